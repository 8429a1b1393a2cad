"""Signing in and out, and setting a password by a one-time link."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pipeline.web import passwords, sign_in_limits
from pipeline.web.accounts import User
from pipeline.web.receiving import RefusedError, read_form
from pipeline.web.rendering import page
from pipeline.web.sign_in_limits import Client
from pipeline.web.site import Site
from pipeline.web.visitors import TOKEN, Form, SignedIn, TheSite, cookie_name, see_other, set_cookie

router = APIRouter()
_TOO_OFTEN: Final = 429
_LONGEST: Final = 200


def _before(request: Request, site: Site) -> str:
    """The word of a browser that nobody is signed in at: its forms bear what only this server can make of it."""
    return request.cookies.get(_before_name(site), "") or secrets.token_urlsafe(16)


def _before_name(site: Site) -> str:
    return f"{cookie_name(site)}-before"


def _form_page(request: Request, site: Site, name: str, said: dict[str, object], status: int = 200) -> Response:
    word = _before(request, site)
    response = page(request, site, name, {**said, "token": site.seal(word)}, status)
    set_cookie(response, site, _before_name(site), word)
    return response


async def _fields(request: Request, site: Site) -> dict[str, str]:
    """The fields of a form that this browser was given. Raises RefusedError."""
    fields = await read_form(request)
    word = request.cookies.get(_before_name(site), "")
    if not word or not hmac.compare_digest(fields.get(TOKEN, "").encode(), site.seal(word).encode()):
        raise RefusedError(403, "token")
    return fields


def _known_name(site: Site) -> str:
    """The cookie of a browser that somebody has signed in with; it outlasts the session and opens nothing."""
    return f"{cookie_name(site)}-known"


def _client(request: Request, site: Site) -> Client:
    return Client(_address_of(request), request.cookies.get(_known_name(site), ""))


def _address_of(request: Request) -> str:
    return request.client.host if request.client else "-"


@router.get("/signin")
def show_sign_in(request: Request, site: TheSite) -> Response:
    """The page for signing in."""
    return _form_page(request, site, "signin", {"word": "again" if "again" in request.query_params else "", "name": ""})


@router.post("/signin")
async def sign_in(request: Request, site: TheSite) -> Response:
    """Begin a session, always a new one."""
    fields = await _fields(request, site)
    name, password = fields.get("name", "")[:_LONGEST], fields.get("password", "")
    found = await run_in_threadpool(site.accounts.sign_in, name, password, _client(request, site), site.now())
    if not isinstance(found, User):
        _note_failure(request, site, name[:40], is_too_often=found == "too-often")
        response = _form_page(request, site, "signin", {"word": found, "name": name}, _TOO_OFTEN if found == "too-often" else 401)
        if found == "too-often":
            response.headers["Retry-After"] = str(int(sign_in_limits.SPAN.total_seconds()))
        return response
    site.note(f"{_address_of(request)} {found.name} 登录")
    return await _begin(request, site, found)


def _note_failure(request: Request, site: Site, name: str, *, is_too_often: bool) -> None:
    """Who was let in as nobody; where that was too often, whom he says he is no longer matters."""
    address = _address_of(request)
    said = f"{address} 登录没有成功"
    if is_too_often:
        site.note_failure(sign_in_limits.network(address), f"{said}（次数过多）", f"：{name}")
    else:
        site.note(f"{said}：{name}")


async def _begin(request: Request, site: Site, user: User) -> Response:
    """Begin a new session and go to the first page; a session that the browser still had ends."""
    await _end_earlier(request, site)
    response = see_other("/")
    set_cookie(response, site, cookie_name(site), await run_in_threadpool(site.accounts.begin, user, site.now()))
    known = await run_in_threadpool(site.accounts.recognise, user, _client(request, site), site.now())
    set_cookie(response, site, _known_name(site), known, int(sign_in_limits.DEVICE.total_seconds()))
    return response


async def _end_earlier(request: Request, site: Site) -> None:
    """A session that the browser still had ends."""
    token = request.cookies.get(cookie_name(site), "")
    earlier = await run_in_threadpool(site.accounts.session, token, site.now()) if token else None
    if earlier:
        await run_in_threadpool(site.accounts.end, earlier)


@router.post("/signout")
def sign_out(site: TheSite, session: SignedIn, _form: Form) -> Response:
    """End the session."""
    site.accounts.end(session)
    site.note(f"{session.user.name} 退出登录")
    response = see_other("/signin")
    response.delete_cookie(cookie_name(site), path="/", secure=site.is_secure, httponly=True, samesite="strict")
    return response


@router.get("/password/{token}")
def show_password(request: Request, site: TheSite, token: str) -> Response:
    """The page for setting a password; looking at it does not use up the link."""
    user = site.accounts.linked(token, site.now())
    if user is None:
        return page(request, site, "error", {"word": "link", "status": 404}, 404)
    return _form_page(request, site, "password", {"name": user.name, "word": "", "shortest": passwords.SHORTEST})


@router.post("/password/{token}")
async def set_password(request: Request, site: TheSite, token: str) -> Response:
    """Set the password, once; whoever sets it is signed in."""
    fields = await _fields(request, site)
    user = await run_in_threadpool(site.accounts.linked, token, site.now())
    if user is None:
        return page(request, site, "error", {"word": "link", "status": 404}, 404)
    password = fields.get("password", "")
    word = passwords.fault(password, user.name) or ("differ" if password != fields.get("again", "") else None)
    if word:
        return _form_page(request, site, "password", {"name": user.name, "word": word, "shortest": passwords.SHORTEST}, 400)
    if not await run_in_threadpool(site.accounts.set_password, token, password, site.now()):
        return page(request, site, "error", {"word": "link", "status": 404}, 404)
    site.note(f"{_address_of(request)} {user.name} 设置了密码")
    return await _begin(request, site, user)
