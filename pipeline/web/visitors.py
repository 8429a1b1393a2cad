"""Who is asking: the session behind a cookie, the token behind a form, and the answers to those who may not."""

from __future__ import annotations

import hmac
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from pipeline.web.accounts import Session
from pipeline.web.receiving import RefusedError, read_form
from pipeline.web.rendering import page
from pipeline.web.site import Site

TOKEN: Final = "csrf"  # noqa: S105 - the field's name


class SignInError(Exception):
    """Nobody is signed in."""


class NoSuchPageError(Exception):
    """Not there, or not for this user: the same answer to both."""


def site_of(request: Request) -> Site:
    """The page's own."""
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(site_of)]


def cookie_name(site: Site) -> str:
    """The session cookie's name: where browsers can see to it, one that no other host or path can set."""
    return "__Host-xinfang" if site.is_secure else "xinfang"


def set_cookie(response: Response, site: Site, name: str, value: str, seconds: int | None = None) -> None:
    """A cookie that no script reads and no other page sends."""
    response.set_cookie(name, value, max_age=seconds, path="/", secure=site.is_secure, httponly=True, samesite="strict")


def session_of(request: Request, site: TheSite) -> Session:
    """Who is signed in. Raises SignInError."""
    token = request.cookies.get(cookie_name(site), "")
    session = site.accounts.session(token, site.now()) if token else None
    if session is None:
        raise SignInError
    request.scope["state"] |= {"session": session, "user": session.user.name}
    return session


SignedIn = Annotated[Session, Depends(session_of)]


def clerk_of(session: SignedIn) -> Session:
    """A clerk of a district. Raises NoSuchPageError."""
    if session.user.is_office:
        raise NoSuchPageError
    return session


def office_of(session: SignedIn) -> Session:
    """Somebody of the office. Raises NoSuchPageError: a district learns nothing of the office's pages."""
    if not session.user.is_office:
        raise NoSuchPageError
    return session


Clerk = Annotated[Session, Depends(clerk_of)]
Office = Annotated[Session, Depends(office_of)]


def is_token(session: Session, fields: dict[str, str]) -> bool:
    """Whether a form bears its session's token."""
    return hmac.compare_digest(fields.get(TOKEN, "").encode(), session.csrf.encode())


async def form_of(request: Request, session: SignedIn) -> dict[str, str]:
    """The fields of a form that a page of this session sent. Raises RefusedError."""
    fields = await read_form(request)
    if not is_token(session, fields):
        raise RefusedError(403, "token")
    return fields


Form = Annotated[dict[str, str], Depends(form_of)]


def see_other(where: str) -> RedirectResponse:
    """Go on to another page, after a change or instead of it."""
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


def attachment(name: str) -> dict[str, str]:
    """The header that gives a download its name, in any script (RFC 6266 and 8187)."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}


# --- answers to those who may not --------------------------------------------------------------------------------


async def to_sign_in(request: Request, _error: Exception) -> Response:
    """To the page for signing in."""
    site = site_of(request)
    response = see_other("/signin" if request.method == "GET" else "/signin?again")
    if cookie_name(site) in request.cookies:
        response.delete_cookie(cookie_name(site), path="/", secure=site.is_secure, httponly=True, samesite="strict")
    return response


async def not_found(request: Request, _error: Exception) -> Response:
    """Not there, or not yours."""
    return await _said(request, {"word": "missing", "status": 404})


async def refused(request: Request, error: Exception) -> Response:
    """A body that is not taken."""
    word, status = (error.word, error.status) if isinstance(error, RefusedError) else ("form", 400)
    most = site_of(request).settings.limits.file_megabytes
    return await _said(request, {"word": word, "status": status, "most": most})


async def busy(request: Request, _error: Exception) -> Response:
    """The ledger cannot be read just now: the night's run writes, or the office must look; no place on the server is named."""
    return await _said(request, {"word": "busy", "status": 503})


async def our_fault(request: Request, error: Exception) -> Response:
    """Our own fault: said, and a report left that holds no contents."""
    from pipeline.disk import faults

    site = site_of(request)
    faults.write_report(faults.places_of(error), site.settings.paths.state, site.now())
    return await _said(request, {"word": "fault", "status": 500})


async def _said(request: Request, said: dict[str, Any]) -> Response:
    """A page that says why there is no other; whoever is signed in keeps the name and the way out."""
    site = site_of(request)
    if "session" not in request.scope["state"]:
        with suppress(SignInError, SQLAlchemyError):  # also where no route asked who it is; the fault may be the book's own
            await run_in_threadpool(session_of, request, site)
    return page(request, site, "error", said, said["status"])
