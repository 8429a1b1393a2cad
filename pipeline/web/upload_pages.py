"""A file on its way: received, checked, looked over, sent or discarded; for clerks' reports and the office's assignment workbook alike."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pipeline.web import check_results
from pipeline.web.accounts import Session, User
from pipeline.web.drafts import Draft
from pipeline.web.page_access import Form, NoSuchPageError, SignedIn, TheSite, download, has_session_token, see_other
from pipeline.web.receiving import receive_file
from pipeline.web.rendering import page
from pipeline.web.site import Site
from pipeline.web.upload_limits import RefusedError

router = APIRouter()
_FULL: Final = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))  # not every system has an error for quotas
_WAIT_SECONDS: Final = 15
"""So long a page waits for a check before it says that it is under way."""


@router.post("/upload")
async def upload(request: Request, site: TheSite, session: SignedIn) -> Response:
    """Receive a file to the disk and begin its check. A clerk's is a report, the office's an assignment workbook."""
    user = session.user
    identity, folder = await run_in_threadpool(site.drafts.place)
    target = site.drafts.path(identity, is_assignment=user.is_office)
    try:
        received = await receive_file(request, target, site.upload_limit, allow=lambda fields: has_session_token(session, fields))
        await run_in_threadpool(site.drafts.keep, identity, user, received, site.now(), is_assignment=user.is_office)
    except BaseException as error:  # also where the server is asked to end: nothing half received stays
        await run_in_threadpool(site.drafts.drop, folder.name)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise RefusedError(507, "full") from error
        raise
    draft = await run_in_threadpool(_own, site, session, identity)
    site.note(f"{user.name} 上传{_described(draft, user)}")
    site.check(draft, user, _chosen(received.fields))
    return see_other(f"/draft/{identity}")


def _chosen(fields: Mapping[str, str]) -> str:
    """Return the day (ISO) that the clerk says the report is for; '' where the form did not ask."""
    with suppress(ValueError):
        return date.fromisoformat(fields.get("day", "")).isoformat()
    return ""


def _described(draft: Draft, user: User) -> str:
    """Return how the log names a file: what it is, whose, what it is called; nothing of what stands in it."""
    return f"{'分解表' if draft.is_assignment else '日报'} {user.district or '办公室'} “{draft.name}”"


def _own(site: Site, session: Session, identity: str) -> Draft:
    draft = site.drafts.find(identity, session.user)
    if draft is None:
        raise NoSuchPageError
    return draft


@router.get("/draft/{identity}")
async def show_draft(request: Request, site: TheSite, session: SignedIn, identity: str) -> Response:
    """Show what the check found, and ask whether to send."""
    sent = await run_in_threadpool(site.drafts.sent_as, identity, session.user)
    if sent:
        return see_other(f"/sent/{sent}")
    draft = await run_in_threadpool(_own, site, session, identity)
    if draft.checked is None:
        await asyncio.wait({site.check(draft, session.user)}, timeout=_WAIT_SECONDS)
        draft = await run_in_threadpool(_own, site, session, identity)
    if draft.checked is None:
        return page(request, site, "waiting", {"draft": draft})
    context = {
        "draft": draft,
        "checked": draft.checked,
        "is_foreign": is_foreign(draft, session),
        "is_again": "again" in request.query_params,
    }
    return page(request, site, "preview" if draft.is_assignment else "draft", context)


def is_foreign(draft: Draft, session: Session) -> bool:
    """Whether it is another district's report: that is not sent under this user's name, also where the address would be allowed to."""
    district = str((draft.checked or {}).get("district", ""))
    return bool(district) and not session.user.is_office and district != session.user.district


@router.get("/draft/{identity}/replace")
def ask_to_replace(request: Request, site: TheSite, session: SignedIn, identity: str) -> Response:
    """Ask whether a report of which less counts really is to take the place of the one that counts now."""
    draft = site.drafts.find(identity, session.user)
    if draft is None or not _question(draft):
        return see_other(f"/draft/{identity}")
    return page(request, site, "replace", {"draft": draft, "checked": draft.checked, "answer": _replaced(draft)})


def _question(draft: Draft) -> str:
    return str((draft.checked or {}).get("question", ""))


def _replaced(draft: Draft) -> str:
    """Return what a form says that was asked about this draft: the bytes that it would take the place of."""
    return str(((draft.checked or {}).get("replaced") or {}).get("key", ""))


@router.post("/draft/{identity}/send")
def send(site: TheSite, session: SignedIn, form: Form, identity: str) -> Response:
    """Lay the draft into the inbox; a second click gives the same receipt number.

    Where less of it would count than of what it takes the place of, only a form that was asked about just that sends it. Where another
    report of the day has been sent since the check, the check is made again: what it said is true no more.
    """
    draft = site.drafts.find(identity, session.user)
    if draft is not None and (draft.checked is None or is_foreign(draft, session)):
        return see_other(f"/draft/{identity}")
    if draft is not None and site.drafts.is_overtaken(draft, session.user):
        site.drafts.forget_check(identity)
        return see_other(f"/draft/{identity}?again")
    if draft is not None and _question(draft) and form.get("replaces") != _replaced(draft):
        return see_other(f"/draft/{identity}/replace")
    sending = site.drafts.send(identity, session.user, site.now().replace(microsecond=0))
    if sending is None:
        raise NoSuchPageError
    if sending.is_first and draft is not None:
        site.note(f"{session.user.name} 报送{_described(draft, session.user)} {sending.number}")
    return see_other(f"/sent/{sending.number}")


@router.post("/draft/{identity}/discard")
def discard(site: TheSite, session: SignedIn, _form: Form, identity: str) -> Response:
    """Forget the draft."""
    draft = _own(site, session, identity)
    if site.drafts.discard(draft):
        site.note(f"{session.user.name} 删去没有报送的{_described(draft, session.user)}")
    return see_other("/board?discarded" if session.user.is_office else "/?discarded")


@router.get("/draft/{identity}/marked")
async def marked_draft(site: TheSite, session: SignedIn, identity: str) -> Response:
    """Answer with the uploaded report, its findings on their cells."""
    draft = await run_in_threadpool(_own, site, session, identity)
    if draft.is_assignment or is_foreign(draft, session):
        raise NoSuchPageError
    path = site.drafts.path(identity, is_assignment=False)
    return download(check_results.marked_name(draft.name), await site.mark(path, draft.name))
