"""The office's desk: how today stands, with what waits, yesterday beside it, and who has reported in the last thirty days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.office import as_published, attendance, handed_in_rows, status, taken_out, urgent_matters, waiting
from pipeline.office import today as today_look
from pipeline.office.attendance import Strip
from pipeline.office.waiting import Waits
from pipeline.publishing import earlier_claims, nights
from pipeline.settings.config import Settings
from pipeline.settings.units import Branch, District
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail, answers_notice
from pipeline.web import check_results, published_files, settings_pages
from pipeline.web.page_access import Office, TheSite
from pipeline.web.rendering import page
from pipeline.web.site import Site
from pipeline.web.started_runs import without_places

router = APIRouter()
MOST_CASES: Final = 200
"""Cases of one list; of more it is told how many each district has."""


class _OfDistrict(Protocol):
    """Something that is told of a district."""

    @property
    def district(self) -> str: ...


_Told = TypeVar("_Told", bound=_OfDistrict)


@router.get("/today")
async def show_today(request: Request, site: TheSite, session: Office) -> Response:
    """Show what somebody can still do today, and how yesterday ended."""
    context = await site.in_turn(_gathered, site, site.local_now())
    return page(request, site, "today", {**context, "drafts": site.drafts.of(session.user)})


def _gathered(site: Site, now: datetime) -> dict[str, Any]:
    """Return what the page shows. Raises LedgerError."""
    day, settings = now.date(), site.settings
    yesterday = day - timedelta(days=1)
    limit = settings.on(day).calendar.last_moment(day)
    today = site.today()
    waits = today.waiting if today else waiting.unjudged(site.readers.waiting())
    strips = attendance.strips(settings, now, waits, *((today.beyond,) if today else ()))
    board, mails = status.look(settings, day, waits, now, site.refused_of_workbook()), site.troubled_mails(day, waits)
    missed = {strip.district: len(strip.on("missing")) for strip in strips}
    refused = {district.district for district in board.districts if district.in_vain}
    by_mail = {own.name: [mail for mail in mails if _is_from(mail, own)] for own in settings.districts}
    missing = [district for district in board.districts if district.stands in ("missing", "returned")]
    told = {one.district for one in missing if one.files_in_vain or missed[one.district] or by_mail[one.district]}
    failed, ahead = nights.look(settings, now), today_look.ahead(waits, settings, now)
    shut_out = {(report.district, report.day) for report in ahead}
    return {
        "ahead": ahead,
        "untold": site.urgent_untold(now),
        "failed_night": failed,
        **settings_pages.as_on_disk(settings),
        "night_said": without_places(failed.did, settings) if failed else "",
        "day": day,
        "yesterday": yesterday,
        "limit": limit,
        "left": max(0, int((limit - now).total_seconds())),
        "is_over": now > limit,
        "today": today,
        "to_phone": today_look.to_phone(waits, now, settings) if today else [],
        "waits": [_shown(one, shut_out) for one in sorted(waits, key=lambda one: not one.comes_first)] if today else [],
        "board": board,
        "missing": missing,
        "takes_nothing": [district for district in board.districts if district.takes_nothing],
        "missing_told": told,
        **_levels(strips, settings),
        "mails": mails,
        **_of_mails(by_mail, {district.district for district in missing}),
        "board_before": status.look(settings, yesterday, waits),
        "will_be_refused": refused,
        "missed": missed,
        **_of_earlier_days(site, now, strips),
    }


def _levels(strips: Sequence[Strip], settings: Settings) -> dict[str, Any]:
    """Return what the page needs to tell of districts under the units in which they lie, at every level."""
    tree = settings.tree

    def parted(things: Iterable[_Told]) -> Branch[_Told]:
        return tree.parted(things, lambda told: told.district)

    def counted(things: Iterable[_Told]) -> list[tuple[str, int]]:
        counts = Counter(told.district for told in things)
        return [(name, counts[name]) for name in settings.district_names if counts[name]]

    shown = {
        "parted": parted,
        "counted_by_district": counted,
        "summed": attendance.summed,
        "is_unit": tree.__contains__,
        "most_cases": MOST_CASES,
    }
    return {**shown, "has_units": bool(tree), "strips": strips, "by_unit": attendance.by_unit(strips, tree)}


def _of_earlier_days(site: Site, now: datetime, strips: Sequence[Strip]) -> dict[str, Any]:
    settings, yesterday = site.settings, now.date() - timedelta(days=1)
    published = as_published.targets(settings, yesterday)
    return {
        "held": site.letters_held(now),
        "torn": today_look.torn(settings),
        "published_before": {target["group"]: (target["resolved"], target["total"]) for target in published},
        "is_first_day": bool(strips and strips[0].days) and strips[0].days[0].day > yesterday,
        "claims": earlier_claims.told_of_day(settings, yesterday),
        "is_published_before": yesterday.isoformat() in published_files.days(settings),
        "is_gone": taken_out.FOR_OFFICE,
        "hints_before": as_published.told_hints(settings, yesterday),
        "targets_before": published,
        "refused_files": handed_in_rows.refused_files(
            settings, yesterday - timedelta(days=attendance.DAYS - 2), yesterday + timedelta(days=1)
        ),
        "refused_days": attendance.refused_rows(strips),
        "lost": [(strip.district, lost) for strip in strips if (lost := strip.on("lost"))],
        "lost_workbooks": today_look.lost_workbooks(settings),
    }


def _of_mails(by_mail: Mapping[str, Sequence[Mail]], missing: Collection[str]) -> dict[str, Any]:
    """Return the districts' messages, and what answers a notice of those that stand in no list of who has not reported."""
    others = [(district, mail) for district, mails in by_mail.items() if district not in missing for mail in mails]
    told = [(district, mail, name) for district, mail in others for name, why in mail.not_taken if answers_notice(why)]
    return {"by_mail": by_mail, "answers_notice": answers_notice, "notice_answers": told}


def _is_from(mail: Mail, district: District) -> bool:
    return bool(mail.sender) and district.accepts(Envelope(mail.received_at, "email", mail.sender))


def _shown(waits: Waits, shut_out: Collection[tuple[str, date | None]]) -> dict[str, Any]:
    answer = waits.answer
    shown = {
        "file": waits.file,
        "waits": waits,
        "comes_first": waits.comes_first,
        "is_shut_out": waits.is_replaced and (waits.file.district, waits.file.day) in shut_out,
        "urgent": len(urgent_matters.of_waiting(waits.file)),
    }
    if answer is None:
        return {**shown, "checked": None}
    refused = {(finding.sheet, finding.row) for finding in answer.findings if finding.severity == "refused-row"}
    rows = sum(len(rows.lines) for rows in answer.reading.rows)
    checked = {**check_results.of_report(answer), "rows": rows, "refused_rows": len(refused)}
    return {**shown, "checked": checked}
