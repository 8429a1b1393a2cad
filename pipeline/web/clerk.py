"""A clerk's page: what is due, where to drop the workbook, what to download, what was handed in before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from pipeline import submission, templates
from pipeline.errors import NothingToConsolidateError
from pipeline.render import template
from pipeline.settings import Settings
from pipeline.web import history, shelf
from pipeline.web.drafts import Draft, Sent
from pipeline.web.entry import Anybody, Clerk, NoSuchPageError, TheSite, attachment, see_other
from pipeline.web.pages import page
from pipeline.web.site import Site

router = APIRouter()
_SHOWN_FILES = 12


@router.get("/")
def home(request: Request, site: TheSite, session: Anybody) -> Response:
    """The clerk's page; the office goes to its board."""
    user = session.user
    if user.is_office:
        return see_other("/board")
    now = _now(site)
    sent = site.drafts.sent_of(user, now.date() - timedelta(days=history.DAYS))
    lines = history.of(user.district, sent, site.settings, now.date())
    papers = [one for day in shelf.days(site.settings)[: history.DAYS] for one in shelf.entries(site.settings, day, user)]
    said = {
        "district": user.district,
        "due": _due(lines, now, site.settings),
        "drafts": [one for one in site.drafts.of(user) if not _is_overtaken(one, sent)],
        "is_discarded": "discarded" in request.query_params,
        "lines": lines,
        "templates": _offers(papers, lines, now.date()),
        "is_begun": bool(shelf.days(site.settings)),
        "papers": [one for one in papers if one.folder != template.FOLDER][:_SHOWN_FILES],
        "most": site.settings.limits.file_megabytes,
    }
    return page(request, site, "home", said)


@dataclass(frozen=True, slots=True)
class Offer:
    """A template that a clerk needs next."""

    day: date
    entry: shelf.Entry | None
    """The published one; None where it is made when it is asked for, since no night's run has made it."""
    until: date | None
    """The last day whose report of the district is filled in, as far as the last month tells."""
    waiting: int
    """So many of the district's reports are not filled in, since no run has taken them in yet."""


def _offers(papers: list[shelf.Entry], lines: list[history.Line], today: date) -> list[Offer]:
    """Today's until it is handed in, and tomorrow's where that is there already; never one of a day that is over."""
    is_sent = any(one.day == today.isoformat() and one.became in _HANDED_IN for one in lines)
    published = {_day_after(one.day): one for one in papers if one.folder == template.FOLDER}
    tomorrow = today + timedelta(days=1)
    days = [*([] if is_sent else [today]), *([tomorrow] if tomorrow in published else [])]
    return [_offer(day, published.get(day), lines) for day in days]


def _offer(day: date, entry: shelf.Entry | None, lines: list[history.Line]) -> Offer:
    before = [one for one in lines if "" < one.day < day.isoformat()]
    until = max((one.day for one in before if one.became == "in-force"), default=None)
    return Offer(day, entry, date.fromisoformat(until) if until else None, sum(one.became == "waiting" for one in before))


_HANDED_IN: Final = ("in-force", "waiting")


def _day_after(day: str) -> date:
    """The day that a published template is for."""
    return date.fromisoformat(day) + timedelta(days=1)


def _is_overtaken(draft: Draft, sent: list[Sent]) -> bool:
    """Whether a report of the same day was sent after that draft came: nobody waits for the draft any more."""
    day = str((draft.checked or {}).get("day", ""))
    return bool(day) and any((one.checked or {}).get("day") == day and one.received_at >= draft.made for one in sent)


def _now(site: Site) -> datetime:
    return site.now().astimezone(site.settings.calendar.zone)


def _due(lines: list[history.Line], now: datetime, settings: Settings) -> dict[str, Any]:
    """Today's report: handed in or not, until when it is on time, and how long that still is."""
    today = now.date()
    limit = submission.cut_off(today, settings)
    of_today = [one for one in lines if one.day == today.isoformat() and one.became in _HANDED_IN]
    left = max(0, int((limit - now).total_seconds()))
    return {"day": today, "limit": limit, "left": left, "line": of_today[0] if of_today else None, "is_over": now > limit}


@router.get("/blank")
def blank(site: TheSite, _session: Anybody) -> Response:
    """A blank report, for a district that has no filled-in one yet."""
    content = template.blank_report(site.settings)
    return Response(content, headers=attachment(template.BLANK_REPORT), media_type="application/octet-stream")


@router.get("/template")
async def todays_template(site: TheSite, session: Clerk) -> Response:
    """Today's report, filled in beforehand as the ledger stands now; for a day that no night's run has made it for."""
    try:
        name, content = await site.in_turn(templates.of_district, site.settings, _now(site).date(), session.user.district)
    except NothingToConsolidateError:
        return see_other("/blank")
    site.note(f"{session.user.name} 下载 {name}")
    return Response(content, headers=attachment(name), media_type="application/octet-stream")


@router.get("/file/{day}/{identity}")
def file(site: TheSite, session: Anybody, day: str, identity: str) -> Response:
    """A published file, where the user may see it."""
    found = shelf.find(site.settings, day, identity, session.user)
    if found is None:
        raise NoSuchPageError
    site.note(f"{session.user.name} 下载 {found.day}/{found.name}")
    return FileResponse(found.path, headers=attachment(found.file), media_type="application/octet-stream")
