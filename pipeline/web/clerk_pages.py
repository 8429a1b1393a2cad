"""A clerk's page: what is due, where to drop the workbook, what to download, what was handed in before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from pipeline.office import attendance, district_history, templates, waiting
from pipeline.office.district_history import HandedIn, History, Upload
from pipeline.office.waiting import Waits
from pipeline.publishing import told_editions
from pipeline.publishing.told_editions import ToldEdition
from pipeline.render.forms import report_form
from pipeline.render.papers import notice
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.terms.errors import LedgerError, NothingToConsolidateError
from pipeline.web import published_files
from pipeline.web.accounts import User
from pipeline.web.drafts import Draft, SentUpload
from pipeline.web.page_access import Clerk, NoSuchPageError, SignedIn, TheSite, attachment, download, see_other
from pipeline.web.published_files import PublishedFile
from pipeline.web.rendering import page
from pipeline.web.site import Site

router = APIRouter()
_SHOWN_FILES: Final = 12


@router.get("/")
def home(request: Request, site: TheSite, session: SignedIn) -> Response:
    """Show the clerk's page; the office goes to its desk."""
    user = session.user
    if user.is_office:
        return see_other("/today")
    now = site.local_now()
    month = now.date() - timedelta(days=district_history.DAYS)
    days = published_files.days(site.settings)[: district_history.DAYS]
    sent = site.drafts.sent_of(user, month)
    history = history_of(site, user, user.district, min([month, *map(date.fromisoformat, days[-1:])]))
    handed_in = [file for file in history.files if file.became in ("waiting", "overtaken", "gone") or (file.day and file.day >= month)]
    if history.ledger_fails:  # nobody knows which papers are the district's, nor what a template holds
        days = []
    published = [entry for day in days for entry in published_files.entries(site.settings, day, user, history.receipts)]
    papers = _papers(published, history)
    editions = _editions(site, user, papers[:_SHOWN_FILES])
    missed = _missed(site, user, history, now)
    context = {
        "district": user.district,
        "due": _due(handed_in, now, site.settings),
        "missed": missed,
        "chosen": next((day for day in missed if day.isoformat() == request.query_params.get("day")), None),
        "drafts": [draft for draft in site.drafts.of(user) if not _is_overtaken(draft, sent)],
        "is_discarded": "discarded" in request.query_params,
        "reports": handed_in,
        "templates": _offers(published, history, now.date()),
        "ledger_fails": history.ledger_fails or editions is None,
        "is_begun": bool(days),
        "papers": papers[:_SHOWN_FILES],
        "older_papers": papers[_SHOWN_FILES:],
        "editions": editions or {},
        "most": site.settings.limits.file_megabytes,
    }
    return page(request, site, "home", context)


def _editions(site: Site, user: User, papers: list[PublishedFile]) -> dict[date, list[ToldEdition]] | None:
    """Return the later editions of these papers' days; None where the ledger cannot be used."""
    if not papers:
        return {}
    try:
        return told_editions.for_district(site.settings, user.district, {paper.published_on for paper in papers})
    except LedgerError:
        return None


def history_of(site: Site, user: User, district: str, since: date) -> History:
    """Return what the district has handed in since that day, as that user may know it."""
    own = [sent for sent in site.drafts.sent_of(user, since) if not sent.is_assignment and sent.district == district]
    uploads = [_upload(sent) for sent in site.rechecked(own)]
    history = district_history.of(district, uploads, site.settings, since)
    if not history.ledger_fails:
        with suppress(LedgerError):
            history = district_history.without(history, district, site.taken_out.look(since))
    return district_history.with_others_waiting(history, district, _waiting_by_other_doors(site, district))


def _waiting_by_other_doors(site: Site, district: str) -> Sequence[Waits]:
    """Return what waits for the district and was not sent on the page. Only for it the register is asked: what was sent here is judged."""
    own = [file for file in site.readers.waiting_as_known() if file.district == district and file.channel != "upload"]
    if not any(file.day for file in own):
        return waiting.unjudged(own)
    try:
        return site.waits_as_known()
    except LedgerError:
        return waiting.unjudged(own)


def _upload(sent: SentUpload) -> Upload:
    """Return a sent report with what the check expects of it."""
    checked = sent.checked or {}
    if checked.get("accepted", True):
        day = checked.get("day")
        is_counted = "rows_accepted" in checked
        rows = (checked["rows_accepted"], checked["rows_refused"], checked.get("rows_moved", 0)) if is_counted else None
        return Upload(sent.number, sent.name, sent.received_at, date.fromisoformat(day) if day else None, "", rows, sent.sha256)
    messages = [str(group["message"]) for section in checked["sections"] for group in section["groups"]]
    return Upload(sent.number, sent.name, sent.received_at, None, messages[0] if messages else "")


def _missed(site: Site, user: User, history: History, now: datetime) -> dict[date, str]:
    """Return the last thirty days that the district has missed, as the office sees them, the newest first, each with how it stands.

    What waits by whatever door is none of them, unless nothing of it will be taken.
    """
    if history.ledger_fails:
        return {}
    counting = [file for file in history.files if file.day and file.is_handed_in and not file.is_followed]
    coming = {(user.district, file.day): file.counts_nothing for file in counting if file.became == "waiting" and file.day}
    in_vain = {of_day for of_day, counts_nothing in coming.items() if counts_nothing}
    refused = {(user.district, file.day) for file in counting if file.became == "in-force" and file.counts_nothing and file.day}
    known = attendance.known(history.index, coming, in_vain, history.beyond(refused))
    return attendance.missed(user.district, known, site.settings, now)


def _due(handed_in: list[HandedIn], now: datetime, settings: Settings) -> dict[str, Any]:
    """Return how it stands with today's report: handed in or not, until when it is on time, and how many seconds that still is."""
    today = now.date()
    limit = settings.on(today).calendar.last_moment(today)
    of_today = [file for file in handed_in if file.day == today and file.is_handed_in and not file.is_followed]
    in_vain = next((file for file in handed_in if (file.day or file.received_at.date()) == today and file.is_refused), None)
    left = max(0, int((limit - now).total_seconds()))
    return {
        "day": today,
        "limit": limit,
        "left": left,
        "report": of_today[0] if of_today else None,
        "is_over": now > limit,
        "in_vain": in_vain,
    }


def _is_overtaken(draft: Draft, sent: list[SentUpload]) -> bool:
    """Whether a report of the same day was sent after that draft came: nobody waits for the draft any more."""
    day = str((draft.checked or {}).get("day", ""))
    accepted = [report for report in sent if (report.checked or {}).get("accepted") and report.checked]
    return bool(day) and any((report.checked or {}).get("day") == day and report.received_at >= draft.made for report in accepted)


# --- what there is to download -----------------------------------------------------------------------------------


def _papers(published: list[PublishedFile], history: History) -> list[PublishedFile]:
    """Return what there is beside the templates: the newest day first, of a day its 督办通知, then the receipt that counts."""
    papers = [entry for entry in published if entry.folder != report_form.FOLDER and _is_offered(entry, history)]
    papers.sort(key=lambda entry: entry.name)
    papers.sort(key=lambda entry: _revision(entry.file), reverse=True)
    papers.sort(key=lambda entry: (entry.folder != notice.FOLDER, not history.receipts.get((entry.day, entry.name), False)))
    return sorted(papers, key=lambda entry: entry.day, reverse=True)


def _revision(name: str) -> int:
    """Return the revision that a receipt's name bears; 0 for one of a file that counted for nothing."""
    part = (name.split("_回执_", 1)[1:] or [""])[0].partition("_")[0]
    return int(part) if part.isdecimal() else 0


def _is_offered(entry: PublishedFile, history: History) -> bool:
    """Whether a district's file is offered to its clerks: of receipts only those of files that the district itself sent."""
    return entry.folder != receipt_files.FOLDER or (entry.day, entry.name) in history.receipts


@dataclass(frozen=True, slots=True)
class Offer:
    """A template that a clerk needs next."""

    day: date
    entry: PublishedFile | None
    """The published one; None where it is made when it is asked for: no night's run has made it, or reports came since."""
    until: date | None
    """The last day whose report of the district is filled in; None where none is."""
    waiting: int
    """So many of the district's reports of earlier days wait for a run; where it is made when it is asked for, they are filled in."""
    in_vain: HandedIn | None = None
    """The report of its day of which nothing is taken: it is to be mended, or made anew from this."""
    is_published: bool = True
    """Whether a night's run has made it."""


def _offers(published: list[PublishedFile], history: History, today: date) -> list[Offer]:
    """Return today's template until a report of which something counts is handed in, and tomorrow's where there is one.

    Never one of a day that is over.
    """
    of_today = [file for file in history.files if file.day == today and file.is_handed_in and not file.is_followed]
    is_handed_in = any(not file.counts_nothing for file in of_today)
    # a day's folder holds the templates of the day after
    made = {entry.published_on + timedelta(days=1): entry for entry in published if entry.folder == report_form.FOLDER}
    tomorrow = today + timedelta(days=1)
    days = [*([] if is_handed_in else [today]), *([tomorrow] if tomorrow in made else [])]
    in_vain = next((file for file in of_today if file.counts_nothing), None)
    return [_offer(day, made.get(day), history, in_vain if day == today else None, is_today=day == today) for day in days]


def _offer(day: date, entry: PublishedFile | None, history: History, in_vain: HandedIn | None, *, is_today: bool) -> Offer:
    waits = (file for file in history.files if file.became == "waiting" and file.is_handed_in and file.day and file.day < day)
    waiting = [file.day for file in waits if file.day and not file.counts_nothing]
    offered = None if waiting and is_today else entry
    until = max((reported for reported in [*history.reported, *([] if offered else waiting)] if reported < day), default=None)
    return Offer(day, offered, until, len(waiting), in_vain, is_published=entry is not None)


@router.get("/blank")
def blank(site: TheSite, _session: SignedIn) -> Response:
    """Answer with a blank report, for a district that has no filled-in one yet."""
    return download(report_form.BLANK_REPORT, report_form.blank_report(site.settings))


@router.get("/template")
async def todays_template(site: TheSite, session: Clerk) -> Response:
    """Answer with today's report, filled in as the ledger stands now and with what the district has sent of earlier days since."""
    try:
        name, content = await site.in_turn(_filled_in, site, site.local_now().date(), session.user.district)
    except NothingToConsolidateError:
        return see_other("/blank")
    site.note(f"{session.user.name} 下载 {name}")
    return download(name, content)


def _filled_in(site: Site, day: date, district: str) -> tuple[str, bytes]:
    return templates.of_district(site.settings, day, district, site.readers.waiting_of(district))


@router.get("/template/{day}")
async def template_of_missed_day(site: TheSite, session: Clerk, day: str) -> Response:
    """Answer with the report of a missed day, filled in with what was known before it."""
    now, user = site.local_now(), session.user
    history = await site.in_turn(history_of, site, user, user.district, now.date() - timedelta(days=district_history.DAYS))
    missed = await site.in_turn(_missed, site, user, history, now)
    asked = next((missed_day for missed_day in missed if missed_day.isoformat() == day), None)
    if asked is None:
        raise NoSuchPageError
    try:
        name, content = await site.in_turn(_filled_in, site, asked, user.district)
    except NothingToConsolidateError:
        return see_other("/blank")
    site.note(f"{user.name} 下载 {name}")
    return download(name, content)


@router.get("/file/{day}/{identity}")
def file(site: TheSite, session: SignedIn, day: str, identity: str) -> Response:
    """Answer with a published file, where the user may see it."""
    user = session.user
    if day not in published_files.days(site.settings):
        raise NoSuchPageError
    history = None if user.is_office else history_of(site, user, user.district, date.fromisoformat(day))
    entry = published_files.find(site.settings, day, identity, user, history.receipts if history else ())
    if entry is None or not (history is None or _is_offered(entry, history)):
        raise NoSuchPageError
    site.note(f"{user.name} 下载 {entry.day}/{entry.name}")
    return FileResponse(entry.path, headers=attachment(entry.file), media_type="application/octet-stream")
