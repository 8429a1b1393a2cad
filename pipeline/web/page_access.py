"""Who is asking: the session behind a cookie, the token behind a form, and the answers to those who may not."""

from __future__ import annotations

import hmac
from contextlib import suppress
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from pipeline.disk import faults
from pipeline.web.accounts import Session
from pipeline.web.receiving import read_form
from pipeline.web.rendering import page
from pipeline.web.site import Site
from pipeline.web.upload_limits import RefusedError

TOKEN: Final = "csrf"  # noqa: S105 - the field's name
_FIRST: Final = date(1900, 1, 1)
_LAST: Final = date(9998, 12, 31)
"""Spreadsheets begin with 1900, and `date` ends with 9999: the board links to the day before and the day after."""


class SignInError(Exception):
    """Nobody is signed in."""


class NoSuchPageError(Exception):
    """Not there, or not for this user: the same answer to both."""


def site_of(request: Request) -> Site:
    """Return what the page's parts share."""
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(site_of)]


def cookie_name(site: Site) -> str:
    """Return the session cookie's name. Browsers take `__Host-` only over TLS, and from no other host or path (RFC 6265bis)."""
    return "__Host-xinfang" if site.is_secure else "xinfang"


def set_cookie(response: Response, site: Site, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that no script reads and no other site's page brings along."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=site.is_secure, httponly=True, samesite="strict")


def delete_session_cookie(response: Response, site: Site) -> None:
    """Have the browser forget the session. The attributes are those it was set with, else it is kept."""
    response.delete_cookie(cookie_name(site), path="/", secure=site.is_secure, httponly=True, samesite="strict")


def session_of(request: Request, site: TheSite) -> Session:
    """Return the session of whoever is signed in. Raises SignInError."""
    token = request.cookies.get(cookie_name(site), "")
    session = site.accounts.session(token, site.now()) if token else None
    if session is None:
        raise SignInError
    request.scope["state"] |= {"session": session, "user": session.user.name}
    return session


SignedIn = Annotated[Session, Depends(session_of)]


def clerk_of(session: SignedIn) -> Session:
    """Return a clerk's session. Raises NoSuchPageError for the office."""
    if session.user.is_office:
        raise NoSuchPageError
    return session


def office_of(session: SignedIn) -> Session:
    """Return a session of the office. Raises NoSuchPageError for a clerk, who learns nothing of the office's pages."""
    if not session.user.is_office:
        raise NoSuchPageError
    return session


Clerk = Annotated[Session, Depends(clerk_of)]
Office = Annotated[Session, Depends(office_of)]


def has_session_token(session: Session, fields: dict[str, str]) -> bool:
    """Whether a form carries its session's token. Compared in constant time: how long it takes reveals nothing of the token."""
    return hmac.compare_digest(fields.get(TOKEN, "").encode(), session.csrf.encode())


async def form_of(request: Request, session: SignedIn) -> dict[str, str]:
    """Return the fields of a form that a page of this session sent. Raises RefusedError."""
    fields = await read_form(request)
    if not has_session_token(session, fields):
        raise RefusedError(403, "token")
    return fields


Form = Annotated[dict[str, str], Depends(form_of)]


def day_of(written: str) -> date:
    """Return the day that an address names. Raises NoSuchPageError."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise NoSuchPageError from None
    if not _FIRST <= day <= _LAST:
        raise NoSuchPageError
    return day


def see_other(where: str) -> RedirectResponse:
    """Send the browser to another page; after a change, so that reloading that page repeats nothing."""
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


def attachment(name: str) -> dict[str, str]:
    """Return the header that gives a download its name, in any script (RFC 6266 and 8187)."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}


def download(name: str, content: bytes) -> Response:
    """Answer with a file that was made just now."""
    return Response(content, headers=attachment(name), media_type="application/octet-stream")


# --- answers to those who may not --------------------------------------------------------------------------------


async def to_sign_in(request: Request, _error: Exception) -> Response:
    """Send to the page for signing in."""
    site = site_of(request)
    response = see_other("/signin" if request.method == "GET" else "/signin?again")
    if cookie_name(site) in request.cookies:
        delete_session_cookie(response, site)
    return response


async def not_found(request: Request, _error: Exception) -> Response:
    """Answer that there is no such page: the same whether it is not there or not theirs."""
    return await _error_page(request, 404, "missing")


async def refused(request: Request, error: Exception) -> Response:
    """Answer why a body is not taken."""
    if isinstance(error, RefusedError):
        return await _error_page(request, error.status, error.reason)
    return await _error_page(request, 400, "form")


async def busy(request: Request, _error: Exception) -> Response:
    """Answer that the ledger cannot be read: the night's run writes, or the office must look. No place on the server is named."""
    return await _error_page(request, 503, "busy")


async def damaged(request: Request, _error: Exception) -> Response:
    """Answer that the ledger is damaged, and how the office mends it."""
    return await _error_page(request, 503, "damaged")


async def lost(request: Request, _error: Exception) -> Response:
    """Answer that the ledger is gone, and what the office does about it."""
    return await _error_page(request, 503, "lost")


async def our_fault(request: Request, error: Exception) -> Response:
    """Answer that the program itself failed, and leave a report that holds no contents."""
    site = site_of(request)
    faults.write_report(faults.places_of(error), site.settings.paths.state, site.now())
    return await _error_page(request, 500, "fault")


async def _error_page(request: Request, status: int, reason: str) -> Response:
    """Say why there is no other page; whoever is signed in keeps the name and the way out."""
    site = site_of(request)
    if "session" not in request.scope["state"]:
        with suppress(SignInError, SQLAlchemyError):  # also where no route asked who it is; the fault may be the database's own
            await run_in_threadpool(session_of, request, site)
    return error_page(request, site, status, reason)


def error_page(request: Request, site: Site, status: int, reason: str) -> Response:
    """Return the page for that reason, as error.html.j2 names them."""
    return page(request, site, "error", {"reason": reason, "status": status, "most": site.settings.limits.file_megabytes}, status)
