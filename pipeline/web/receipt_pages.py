"""What was sent, under its receipt number: whether it waits, counts or was replaced, and its receipt as that is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pipeline.office import handed_in_rows
from pipeline.office.district_history import HandedIn, Stands
from pipeline.publishing import held_days, told_editions
from pipeline.settings.config import Settings
from pipeline.terms.errors import LedgerError
from pipeline.terms.words import AHEAD, moment, near
from pipeline.web import check_results, clerk_pages, published_files
from pipeline.web.accounts import User
from pipeline.web.drafts import SentUpload
from pipeline.web.page_access import NoSuchPageError, SignedIn, TheSite, download, see_other
from pipeline.web.published_files import PublishedFile
from pipeline.web.rendering import page
from pipeline.web.site import Site

router = APIRouter()
_DOORS = {"email": "邮件", "folder": "文件"}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a sent report by now."""

    stands: Stands | None = None
    """None of an assignment workbook, and where nothing is known of it."""
    receipt: PublishedFile | None = None
    """What the run wrote about it; None while it waits."""
    published_at: datetime | None = None
    """When the newest results of its day were written, of a report that was taken in."""
    ledger_fails: bool = False


@router.get("/sent/{number}")
def show_sent(request: Request, site: TheSite, session: SignedIn, number: str) -> Response:
    """Show the receipt number, what became of the file by now, and what happens next."""
    sent = site.drafts.receipt(number, session.user)
    if sent is None:
        raise NoSuchPageError
    (sent,) = site.rechecked([sent])
    known = _look(site, session.user, sent)
    context = {"sent": sent, "checked": sent.checked or {}, "is_there": site.drafts.original(sent) is not None, "known": known}
    context["late"] = _late(sent, known, site.settings)
    context["since"] = _since(site, sent.district, known)
    return page(request, site, "sent", {**context, "instead": _instead(known.stands, site.local_now())})


def _late(sent: SentUpload, known: _Known, settings: Settings) -> str:
    """Return that a report came after its day's cut-off, to the second, since the page may have stood open before it; '' in time.

    With it stands what the day counts as, which the first report decides.
    """
    stands = known.stands
    day = stands.itself.day if stands else None
    if (
        stands is None
        or day is None
        or stands.itself.became == "gone"
        or sent.received_at <= (limit := _judged_by(settings, day).calendar.last_moment(day))
    ):
        return ""
    came = sent.received_at.astimezone(limit.tzinfo)
    at = f"{came:%H:%M:%S}，" if came.date() == day else ""
    said, first = f"{at}已过{near(day, came.date())}的{limit:%H:%M}截止。", stands.first_at
    if known.ledger_fails:
        return f"迟报：{said}截止以前另有一份报到、有内容采用的，这一天仍算按时。"
    if first and first <= limit:
        before = f"截止以前已另报过一份（{first.astimezone(limit.tzinfo):%H:%M}）"
        return f"截止以后再报：{said}{before}，{_after_one_in_time(stands, limit)}。"
    return _first_late(stands, said, sent.received_at, day)


def _after_one_in_time(stands: Stands, limit: datetime) -> str:
    """Return what a day counts as of which a report came in time and this one after the cut-off."""
    if stands.taken_at is None or stands.taken_at > limit:
        return "全部退回，这一天不记为按时；改好的，记为退回后改好"
    if stands.itself.counts_nothing:
        return f"这一份{_mended(stands)}仍算按时；不然记为全部退回"
    return "这一天仍算按时" if stands.is_taken else "有内容采用的，这一天仍算按时"


def _first_late(stands: Stands, said: str, received_at: datetime, day: date) -> str:
    """Return the same of one of which no report came in time; `said`: that it came after the cut-off."""
    first = stands.first_at
    if stands.itself.is_refused:
        return f"迟报：{said}"
    if stands.itself.counts_nothing:
        return f"截止以后报送：{said}{_mended(stands)}记为迟报；不然记为全部退回。"
    if first and first < received_at:
        came = moment(first.astimezone(received_at.tzinfo), day)
        return f"截止以后再报：{said}当日首次报送（{came}）已在截止以后，这一天记为迟报；内容照常采用。"
    return f"迟报：{said}这一天截止以前没有报过，记为迟报；内容照常采用。"


def _mended(stands: Stands) -> str:
    return f"一行也{'不会' if stands.itself.waits else '没有'}采用。改好再报、有采用的，这一天"


def _since(site: Site, district: str, known: _Known) -> list[str]:
    """Return of refused rows of the report that counts how it stands by now with cases that came into the register later."""
    itself = known.stands.itself if known.stands else None
    if itself is None or itself.day is None or itself.became != "in-force" or not (itself.rows and itself.rows[1]):
        return []
    try:
        rows = list(handed_in_rows.of_days(site.settings, [itself.day], site.local_now().date()))
    except LedgerError:
        return []
    return list(dict.fromkeys(row.since for row in rows if row.district == district and row.since and not row.replaced))


def _judged_by(settings: Settings, day: date) -> Settings:
    try:
        return held_days.judged_by(settings, day)
    except LedgerError:
        return settings.on(day)


def _look(site: Site, user: User, sent: SentUpload) -> _Known:
    if sent.is_assignment:
        return _Known()
    day, came = str((sent.checked or {}).get("day", "")), sent.received_at.date()
    history = clerk_pages.history_of(site, user, sent.district, min(date.fromisoformat(day), came) if day else came)
    stands = history.stands(sent.number)
    if stands is None or stands.itself.waits or history.ledger_fails:
        return _Known(stands, ledger_fails=history.ledger_fails)
    of_day, name = history.receipt_of.get(sent.number, ("", ""))
    written = published_files.entries(site.settings, of_day, user, history.receipts)
    receipt = next((entry for entry in written if entry.name == name), None)
    return _Known(stands, receipt, _published_at(site, of_day) if receipt else None)


def _published_at(site: Site, day: str) -> datetime | None:
    try:
        return told_editions.last_published(site.settings, date.fromisoformat(day))
    except LedgerError:
        return None


def _instead(stands: Stands | None, now: datetime) -> str:
    """Return in words which report counts where this one does not; '' where none is known."""
    other = (stands.twin or stands.counts) if stands else None
    return _named(other, now) if other else ""


def _named(file: HandedIn, now: datetime) -> str:
    came = f"{moment(file.received_at, now.date())} 收到"
    why = f"，它{AHEAD}" if file.received_at > now else ""
    return f"收据号 {file.number}，{came}{why}" if file.number else f"{came}的{_DOORS.get(file.channel, '文件')}“{file.name}”{why}"


@router.get("/sent/{number}/marked")
async def marked_sent(site: TheSite, session: SignedIn, number: str) -> Response:
    """Answer with the sent report, its findings on their cells; where a run has taken it in, with the receipt that the run wrote."""
    sent = await run_in_threadpool(site.drafts.receipt, number, session.user)
    if sent is None or sent.is_assignment:
        raise NoSuchPageError
    known = await run_in_threadpool(_look, site, session.user, sent)
    if known.receipt:
        return see_other(f"/file/{known.receipt.day}/{known.receipt.id}")
    instead = _instead(known.stands, site.local_now())
    content = await site.in_turn(site.readers.mark_waiting, number, sent.name, instead)
    if content is None:  # a run is taking it in just now
        return see_other(f"/sent/{number}")
    return download(check_results.marked_name(sent.name), content)
