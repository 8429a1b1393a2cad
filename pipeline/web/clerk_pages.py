"""A clerk's page: what is due, where to drop the workbook, what to download, what was handed in before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from pipeline.office import district_history, templates
from pipeline.render.forms import report_form
from pipeline.render.papers import notice
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.terms.errors import NothingToConsolidateError
from pipeline.web import published_files
from pipeline.web.accounts import User
from pipeline.web.drafts import Draft, Sent
from pipeline.web.rendering import page
from pipeline.web.site import Site
from pipeline.web.visitors import Clerk, NoSuchPageError, SignedIn, TheSite, attachment, see_other

router = APIRouter()
_SHOWN_FILES: Final = 12


@router.get("/")
def home(request: Request, site: TheSite, session: SignedIn) -> Response:
    """The clerk's page; the office goes to its board."""
    user = session.user
    if user.is_office:
        return see_other("/board")
    now = _now(site)
    month = now.date() - timedelta(days=district_history.DAYS)
    days = published_files.days(site.settings)[: district_history.DAYS]
    sent = site.drafts.sent_of(user, month)
    told = _history(site, user, min([month, *map(date.fromisoformat, days[-1:])]))
    lines = [one for one in told.files if one.became == "waiting" or one.day >= month.isoformat()]
    published = [one for day in days for one in published_files.entries(site.settings, day, user)]
    papers = _papers(published, told)
    said = {
        "district": user.district,
        "due": _due(lines, now, site.settings),
        "drafts": [one for one in site.drafts.of(user) if not _is_overtaken(one, sent)],
        "is_discarded": "discarded" in request.query_params,
        "lines": lines,
        "templates": _offers(published, told, now.date()),
        "is_begun": bool(days),
        "papers": papers[:_SHOWN_FILES],
        "older_papers": papers[_SHOWN_FILES:],
        "most": site.settings.limits.file_megabytes,
    }
    return page(request, site, "home", said)


def _history(site: Site, user: User, since: date) -> district_history.History:
    uploads = [_upload(sent) for sent in site.drafts.sent_of(user, since) if not sent.is_assignment]
    return district_history.of(user.district, uploads, site.settings, since)


def _upload(sent: Sent) -> district_history.Upload:
    checked = sent.checked or {}
    if not checked.get("accepted", True):
        messages = [str(group["message"]) for section in checked["sections"] for group in section["groups"]]
        return district_history.Upload(sent.number, sent.name, sent.received_at, "", messages[0] if messages else "")
    return district_history.Upload(sent.number, sent.name, sent.received_at, str(checked.get("day", "")), "")


def _papers(published: list[published_files.Entry], told: district_history.History) -> list[published_files.Entry]:
    """What there is to read beside the templates: the newest day first, of a day its 督办通知, then the receipt that counts."""
    papers = [one for one in published if one.folder != report_form.FOLDER and _is_offered(one, told)]
    papers.sort(key=lambda one: (one.folder != notice.FOLDER, not told.receipts.get((one.day, one.name), False), one.name))
    return sorted(papers, key=lambda one: one.day, reverse=True)


def _is_offered(entry: published_files.Entry, told: district_history.History) -> bool:
    """Whether a district's file is offered to its clerks: of receipts only those of files that the district itself sent."""
    return entry.folder != receipt_files.FOLDER or (entry.day, entry.name) in told.receipts


@dataclass(frozen=True, slots=True)
class Offer:
    """A template that a clerk needs next."""

    day: date
    entry: published_files.Entry | None
    """The published one; None where it is made when it is asked for, since no night's run has made it."""
    until: date | None
    """The last day whose report of the district is filled in; None where none is."""
    waiting: int
    """So many of the district's reports are not filled in, since no run has taken them in yet."""


def _offers(published: list[published_files.Entry], told: district_history.History, today: date) -> list[Offer]:
    """Today's until it is handed in, and tomorrow's where that is there already; never one of a day that is over."""
    is_sent = any(one.day == today.isoformat() and one.is_handed_in for one in told.files)
    made = {_day_after(one.day): one for one in published if one.folder == report_form.FOLDER}
    tomorrow = today + timedelta(days=1)
    days = [*([] if is_sent else [today]), *([tomorrow] if tomorrow in made else [])]
    return [_offer(day, made.get(day), told) for day in days]


def _offer(day: date, entry: published_files.Entry | None, told: district_history.History) -> Offer:
    until = max((reported for reported in told.reported if reported < day), default=None)
    waiting = sum(one.became == "waiting" and "" < one.day < day.isoformat() for one in told.files)
    return Offer(day, entry, until, waiting)


def _day_after(day: str) -> date:
    """The day that a published template is for."""
    return date.fromisoformat(day) + timedelta(days=1)


def _is_overtaken(draft: Draft, sent: list[Sent]) -> bool:
    """Whether a report of the same day was sent after that draft came: nobody waits for the draft any more."""
    day = str((draft.checked or {}).get("day", ""))
    return bool(day) and any((one.checked or {}).get("day") == day and one.received_at >= draft.made for one in sent)


def _now(site: Site) -> datetime:
    return site.now().astimezone(site.settings.calendar.zone)


def _due(lines: list[district_history.HandedIn], now: datetime, settings: Settings) -> dict[str, Any]:
    """Today's report: handed in or not, until when it is on time, and how long that still is."""
    today = now.date()
    limit = settings.calendar.last_moment(today)
    of_today = [one for one in lines if one.day == today.isoformat() and one.is_handed_in]
    left = max(0, int((limit - now).total_seconds()))
    return {"day": today, "limit": limit, "left": left, "line": of_today[0] if of_today else None, "is_over": now > limit}


@router.get("/blank")
def blank(site: TheSite, _session: SignedIn) -> Response:
    """A blank report, for a district that has no filled-in one yet."""
    content = report_form.blank_report(site.settings)
    return Response(content, headers=attachment(report_form.BLANK_REPORT), media_type="application/octet-stream")


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
def file(site: TheSite, session: SignedIn, day: str, identity: str) -> Response:
    """A published file, where the user may see it."""
    user = session.user
    found = published_files.find(site.settings, day, identity, user)
    if found is None or not (user.is_office or _is_offered(found, _history(site, user, found.published_on))):
        raise NoSuchPageError
    site.note(f"{user.name} 下载 {found.day}/{found.name}")
    return FileResponse(found.path, headers=attachment(found.file), media_type="application/octet-stream")
