"""Stands before every request: whether it may come in at all, what headers every answer carries, and the line in the log."""

from __future__ import annotations

import asyncio
import time
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web import sign_in_limits
from pipeline.web.site import DEFAULT_PORTS, Site

# the page's script and style are files of its own: what stands in a workbook or a file's name could not run even where it was not escaped
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    # a downloaded workbook or its name must not be taken for a page
    "X-Content-Type-Options": "nosniff",
    # for browsers that do not know frame-ancestors
    "X-Frame-Options": "DENY",
    # no other site learns an address, since a one-time link is one; with no-referrer browsers would send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Bounds on reading what nobody uses: without them a client that never stops sending would keep its connection open for ever.
_DRAIN_BYTES: Final = 64 << 20
_DRAIN_SECONDS: Final = 10
_LONGEST_PATH: Final = 80
_UNLOGGED: Final = "/static/", "/healthz"
"""What is asked for so often that it stands in no log."""
_SECRETS: Final = ("/password/", "/folder/")
"""What follows these in a path is a one-time link's token, or a session's key: whoever reads the log could use it."""


class Guard:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._hosts = {host for origin in site.origins for host in _hosts(origin)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        exchange = _Exchange(scope, receive, send, self._site)
        refusal = self._refusal(Headers(scope=scope), scope)
        begun = time.perf_counter()
        try:
            # a page answers to HEAD as to GET; the server leaves out the body
            asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
            await (refusal or self._app)(asked, exchange.receive, exchange.send)
        finally:
            self._log(scope, exchange.status, time.perf_counter() - begun)

    def _refusal(self, headers: Headers, scope: Scope) -> ASGIApp | None:
        """Return the answer to a request that is not let through: another host's name, or a change that no page of ours asked for."""
        # a stranger's name that leads to this server (DNS rebinding) would make his page one of ours; monitoring asks by address
        if scope["path"] != "/healthz" and headers.get("host", "").lower() not in self._hosts:
            return PlainTextResponse("这个地址不对，请用办公室给的网址打开。", 421)
        if scope["method"] in ("GET", "HEAD"):
            return None
        if scope["method"] != "POST":
            return PlainTextResponse("不支持这种请求。", 405, {"Allow": "GET, HEAD, POST"})
        return None if self._is_from_here(headers) else PlainTextResponse("这个请求不是从本网页发出的，没有执行。", 403)

    def _is_from_here(self, headers: Headers) -> bool:
        """Whether a page of ours sent it: another site's form would bring our cookies along, but not our origin (CSRF)."""
        origin = headers.get("origin")
        if origin is None and headers.get("referer"):  # not every browser writes an Origin where page and form are of one site
            referer = urlsplit(headers["referer"])
            origin = f"{referer.scheme}://{referer.netloc}"
        return origin is not None and origin.lower() in self._site.origins

    def _log(self, scope: Scope, status: int, seconds: float) -> None:
        path = str(scope["path"])
        if path.startswith(_UNLOGGED):
            return
        if secret := next((begin for begin in _SECRETS if path.startswith(begin)), ""):
            path = f"{secret}…"
        user = scope["state"].get("user")
        address = scope["client"][0] if scope.get("client") else "-"
        line = f"{address} {user or '-'} {scope['method']} {path[:_LONGEST_PATH]} {status}"
        detail = f" {seconds * 1000:.0f}ms"
        if user:
            self._site.accesses.add(self._site.now(), f"{line}{detail}")
        else:
            self._site.accesses.add_stranger(self._site.now(), sign_in_limits.network(address), line, detail)


def _hosts(origin: str) -> list[str]:
    """Return how requests name that origin's host: some write the usual port out."""
    split = urlsplit(origin)
    return [split.netloc] if split.port else [split.netloc, f"{split.netloc}:{DEFAULT_PORTS[split.scheme]}"]


class _Exchange:
    """One request and its answer: what every answer carries, and an end to a body that nobody read."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, site: Site) -> None:
        self._receive = receive
        self._send = send
        self._site = site
        headers = Headers(scope=scope)
        self._is_chunked = "transfer-encoding" in headers
        self._is_read = not self._is_chunked and headers.get("content-length", "0") == "0"
        self._is_static = scope["path"].startswith("/static/")
        self.status = 500

    async def receive(self) -> Message:
        """Return what the client sends next."""
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._is_read = True
        return message

    async def send(self, message: Message) -> None:
        """Answer; a client that is still sending hears the answer, and is then cut off."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._add_headers(MutableHeaders(raw=message["headers"]))
        elif message["type"] == "http.response.body" and not message.get("more_body", False) and not self._is_read:
            await self._send({**message, "more_body": True})
            await self._drain()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)  # the published page comes with a policy of its own, which allows it even less
        if self._site.is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not self._is_static:
            # after signing out, "back" must bring nothing out of the browser's memory
            headers["Cache-Control"] = "no-store"
        # nothing follows a chunked body: what a lenient reading of its chunks leaves over is no second request
        if self._is_chunked or not self._is_read:
            headers["Connection"] = "close"

    async def _drain(self) -> None:
        """Read a little of what is still coming.

        A connection closed over unread bytes is reset, and a browser then shows no answer (RFC 9112, 9.6).
        """
        total = 0
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                while not self._is_read and total < _DRAIN_BYTES:
                    total += len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
