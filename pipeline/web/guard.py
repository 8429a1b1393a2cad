"""Stands before every request: whether it may come in at all, what headers every answer bears, and the line in the log."""

from __future__ import annotations

import asyncio
import time
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web import sign_in_limits
from pipeline.web.site import Site

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_PORTS: Final = {"http": 80, "https": 443}
_DRAIN_BYTES: Final = 64 << 20
_DRAIN_SECONDS: Final = 10
_LONGEST_PATH: Final = 80
_UNREAD: Final = "/static/", "/healthz"
"""What is asked for so often that it stands in no log."""
_UNSAID: Final = "/password/"
"""What follows this in a path is nobody's to read."""


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._hosts = {host for one in site.origins for host in _hosts(one)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        one = _Exchange(scope, receive, send, self._site)
        refused = self._refusal(Headers(scope=scope), scope)
        begun = time.perf_counter()
        try:
            # a page answers to HEAD as to GET; the server leaves out the body
            asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
            await (refused or self._app)(asked, one.receive, one.send)
        finally:
            self._note(scope, one.status, time.perf_counter() - begun)

    def _refusal(self, headers: Headers, scope: Scope) -> ASGIApp | None:
        """Why a request is not let through: another host's name, or a change that no page of ours asked for."""
        if scope["path"] != "/healthz" and headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("这个地址不对，请用办公室给的网址打开。", 421)
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return PlainTextResponse("不支持这种请求。", 405, {"Allow": "GET, HEAD, POST"})
        return None if self._is_from_here(headers) else PlainTextResponse("这个请求不是从本网页发出的，没有执行。", 403)

    def _is_from_here(self, headers: Headers) -> bool:
        said = headers.get("origin")
        if said is None and headers.get("referer"):
            split = urlsplit(headers["referer"])
            said = f"{split.scheme}://{split.netloc}"
        return said is not None and said.lower() in self._site.origins

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        path = str(scope["path"])
        if path.startswith(_UNREAD):
            return
        if path.startswith(_UNSAID):
            path = f"{_UNSAID}…"
        who = scope["state"].get("user")
        client = scope["client"][0] if scope.get("client") else "-"
        said = f"{client} {who or '-'} {scope['method']} {path[:_LONGEST_PATH]} {status}"
        detail = f" {seconds * 1000:.0f}ms"
        if who:
            self._site.accesses.known(self._site.now(), f"{said}{detail}")
        else:
            self._site.accesses.stranger(self._site.now(), sign_in_limits.network(client), said, detail)


def _hosts(origin: str) -> list[str]:
    """How requests name that origin's host: some write the usual port out."""
    said = urlsplit(origin)
    return [said.netloc] if said.port else [said.netloc, f"{said.netloc}:{_PORTS[said.scheme]}"]


class _Exchange:
    """One request and its answer: what every answer bears, and an end to a body that nobody read."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, site: Site) -> None:
        self._receive = receive
        self._send = send
        self._site = site
        headers = Headers(scope=scope)
        self._is_read = "transfer-encoding" not in headers and headers.get("content-length", "0") == "0"
        self._is_static = scope["path"].startswith("/static/")
        self.status = 500

    async def receive(self) -> Message:
        """What the client sends."""
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._is_read = True
        return message

    async def send(self, message: Message) -> None:
        """Answer; a client that is still sending hears the answer, and is then cut off."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._add_headers(MutableHeaders(raw=message["headers"]))
            message["headers"] = message["headers"]
        elif message["type"] == "http.response.body" and not message.get("more_body", False) and not self._is_read:
            await self._send({**message, "more_body": True})
            await self._drain()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers[name] = value
        if self._site.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not self._is_static:
            headers["Cache-Control"] = "no-store"
        if not self._is_read:
            headers["Connection"] = "close"

    async def _drain(self) -> None:
        """Read a little of what is still coming: a browser that is cut off in the midst of sending shows no answer."""
        total = 0
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self._is_read and total < _DRAIN_BYTES:
                    total += len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
