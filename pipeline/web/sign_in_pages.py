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
from pipeline.web.page_access import TOKEN, Form, SignedIn, TheSite, cookie_name, delete_session_cookie, error_page, see_other, set_cookie
from pipeline.web.receiving import read_form
from pipeline.web.rendering import page
from pipeline.web.sign_in_limits import Client
from pipeline.web.site import Site
from pipeline.web.upload_limits import RefusedError

router = APIRouter()
_LONGEST: Final = 200


def _pre_session_cookie(site: Site) -> str:
    """Return the cookie of a browser at which nobody is signed in yet; forms carry the seal of what it says.

    Without it another site could sign a clerk's browser in as somebody else, who would then see what she uploads (login CSRF).
    """
    return f"{cookie_name(site)}-before"


def _form_page(request: Request, site: Site, name: str, context: dict[str, object], status: int = 200) -> Response:
    nonce = request.cookies.get(_pre_session_cookie(site), "") or secrets.token_urlsafe(16)
    response = page(request, site, name, {**context, "token": site.seal(nonce)}, status)
    set_cookie(response, site, _pre_session_cookie(site), nonce)
    return response


async def _fields(request: Request, site: Site) -> dict[str, str]:
    """Return the fields of a form that this browser was given. Raises RefusedError."""
    fields = await read_form(request)
    nonce = request.cookies.get(_pre_session_cookie(site), "")
    if not nonce or not hmac.compare_digest(fields.get(TOKEN, "").encode(), site.seal(nonce).encode()):
        raise RefusedError(403, "token")
    return fields


def _device_cookie(site: Site) -> str:
    """Return the cookie of a browser that somebody has signed in with; it outlasts the session and opens nothing."""
    return f"{cookie_name(site)}-known"


def _client(request: Request, site: Site) -> Client:
    return Client(_address_of(request), request.cookies.get(_device_cookie(site), ""))


def _address_of(request: Request) -> str:
    return request.client.host if request.client else "-"


@router.get("/signin")
def show_sign_in(request: Request, site: TheSite) -> Response:
    """Show the page for signing in."""
    return _form_page(request, site, "signin", {"reason": "again" if "again" in request.query_params else "", "name": ""})


@router.post("/signin")
async def sign_in(request: Request, site: TheSite) -> Response:
    """Begin a session, always a new one: whoever knew an earlier id learns nothing by it."""
    fields = await _fields(request, site)
    name, password = fields.get("name", "")[:_LONGEST], fields.get("password", "")
    user = await run_in_threadpool(site.accounts.sign_in, name, password, _client(request, site), site.now())
    if isinstance(user, User):
        site.note(f"{_address_of(request)} {user.name} 登录")
        return await _begin(request, site, user)
    is_too_often = user == "too-often"
    _note_failure(request, site, name[:40], is_too_often=is_too_often)
    response = _form_page(request, site, "signin", {"reason": user, "name": name}, 429 if is_too_often else 401)
    if is_too_often:
        response.headers["Retry-After"] = str(int(sign_in_limits.SPAN.total_seconds()))
    return response


def _note_failure(request: Request, site: Site, name: str, *, is_too_often: bool) -> None:
    """Log a sign-in that failed. Those beyond the limit are counted whatever their name, so that none can write the log full."""
    address = _address_of(request)
    sentence = f"{address} 登录没有成功"
    if is_too_often:
        site.note_failure(sign_in_limits.network(address), f"{sentence}（次数过多）", f"：{name}")
    else:
        site.note(f"{sentence}：{name}")


async def _begin(request: Request, site: Site, user: User) -> Response:
    """Begin a new session and go to the first page; a session that the browser still had ends."""
    await _end_earlier(request, site)
    response = see_other("/")
    set_cookie(response, site, cookie_name(site), await run_in_threadpool(site.accounts.begin_session, user, site.now()))
    device = await run_in_threadpool(site.accounts.remember_browser, user, _client(request, site), site.now())
    set_cookie(response, site, _device_cookie(site), device, int(sign_in_limits.DEVICE.total_seconds()))
    return response


async def _end_earlier(request: Request, site: Site) -> None:
    """End a session that the browser still had: after this sign-in no cookie leads to it any more."""
    token = request.cookies.get(cookie_name(site), "")
    earlier = await run_in_threadpool(site.accounts.session, token, site.now()) if token else None
    if earlier:
        await run_in_threadpool(site.accounts.end_session, earlier)


@router.post("/signout")
def sign_out(site: TheSite, session: SignedIn, _form: Form) -> Response:
    """End the session."""
    site.accounts.end_session(session)
    site.note(f"{session.user.name} 退出登录")
    response = see_other("/signin")
    delete_session_cookie(response, site)
    return response


@router.get("/password/{token}")
def show_password(request: Request, site: TheSite, token: str) -> Response:
    """Show the page for setting a password. Looking does not use up the link: mail scanners look."""
    user = site.accounts.user_of_link(token, site.now())
    if user is None:
        return _over(request, site, token)
    return _form_page(request, site, "password", {"name": user.name, "reason": "", "shortest": passwords.SHORTEST})


def _over(request: Request, site: Site, token: str) -> Response:
    return error_page(request, site, 404, f"link-{site.accounts.why_over(token)}")


@router.post("/password/{token}")
async def set_password(request: Request, site: TheSite, token: str) -> Response:
    """Set the password, once; whoever sets it is signed in."""
    fields = await _fields(request, site)
    user = await run_in_threadpool(site.accounts.user_of_link, token, site.now())
    if user is None:
        return await run_in_threadpool(_over, request, site, token)
    password = fields.get("password", "")
    reason = passwords.refusal(password, user.name) or ("differ" if password != fields.get("again", "") else None)
    if reason:
        return _form_page(request, site, "password", {"name": user.name, "reason": reason, "shortest": passwords.SHORTEST}, 400)
    if not await run_in_threadpool(site.accounts.set_password, token, password, site.now()):
        return await run_in_threadpool(_over, request, site, token)
    site.note(f"{_address_of(request)} {user.name} 设置了密码")
    return await _begin(request, site, user)
