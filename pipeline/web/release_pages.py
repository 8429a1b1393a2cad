"""Letters to the leaders: which editions wait for a look, and letting them go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.office import today
from pipeline.publishing import releases
from pipeline.terms.errors import AnotherRunError
from pipeline.web import settings_pages
from pipeline.web.page_access import Form, NoSuchPageError, Office, TheSite, see_other
from pipeline.web.rendering import page
from pipeline.web.site import Site

router = APIRouter()
_SAID = {
    "done": "已放行：还没有发过的，下一次发信（run.py send）时发出；发过的不再发。",
    "newer": "这一天又写出了新的一版，请先看新的，再放行。",
    "before": "这一天在开始发信以前，不写信，没有放行。",
}
_BUSY = "正在汇总，没有放行。等它结束以后再点一次。"


@router.get("/letters")
async def show_letters(request: Request, site: TheSite, _session: Office) -> Response:
    """Show what would be sent now, and the last days' editions, of each whether its letters to the leaders may go."""
    settings, outgoing = site.settings, site.settings.outgoing_mail
    said = next((words for name, words in {**_SAID, "busy": _BUSY}.items() if name in request.query_params), "")
    letters = await site.in_turn(site.letters_due, site.local_now()) if outgoing else ()
    held = await site.in_turn(site.letters_held, site.local_now())
    editions = releases.last_days(settings, site.local_now().date(), held)
    since = await site.in_turn(site.letters_from, site.local_now())
    untold = await site.in_turn(site.urgent_untold, site.local_now())
    sent = await site.in_turn(site.letters_sent, site.local_now(), untold) if outgoing else ()
    to_leaders = {
        edition.manifest: [letter for letter in sent if letter.edition == edition.manifest and letter.is_settled] for edition in editions
    }
    waits = [edition.day for edition in editions if not edition.release and not (since and edition.day < since)]
    context = {
        "known": await site.in_turn(_known_otherwise, site, waits) if waits and outgoing and outgoing.leaders_after_look else {},
        "since": since,
        "held": held,
        "untold": untold,
        "outgoing": outgoing,
        "editions": editions,
        "said": said,
        "letters": letters,
        "sent": sent,
        "sent_to_leaders": to_leaders,
        **await site.in_turn(settings_pages.as_on_disk, settings),
    }
    return page(request, site, "letters", context)


def _known_otherwise(site: Site, days: Sequence[date]) -> dict[date, list[str]]:
    """Return what is known to be otherwise by now than these days' editions say: whoever releases one knows it then. Raises LedgerError."""
    return today.known_otherwise(days, site.readers.waiting(), site.settings, site.readers.start())


@router.post("/release")
def release(site: TheSite, session: Office, form: Form) -> Response:
    """Let the letters about the edition go that the office has looked at, and about no other."""
    outgoing = site.settings.outgoing_mail
    if outgoing is None or not outgoing.leaders_after_look:
        raise NoSuchPageError
    since = site.letters_from(site.local_now())
    asked = releases.newest_with(site.settings, form.get("manifest", ""))
    if asked and since and asked.day < since:
        return see_other("/letters?before")
    try:
        edition = releases.release(site.settings, form.get("manifest", ""), session.user.name, site.local_now())
    except AnotherRunError:
        return see_other("/letters?busy")
    if edition is None:
        return see_other("/letters?newer")
    site.note(f"{session.user.name} 放行 {edition.day} 第 {edition.number} 版给领导的信")
    return see_other("/letters?done")
