"""The connections of the page: none waits for ever, and no network address takes the place of the others.

Both hold where the page has no proxy in front of it: it may stand on the street with a certificate of its own (docs/部署.md).
"""

from __future__ import annotations

import asyncio
import re
import socket
from ipaddress import ip_address, ip_network
from typing import Any, Final

import h11
from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.web import sign_in_limits

_HEAD_SECONDS: Final = 20
"""A browser sends a request's head in one piece; this leaves room for a bad network."""
_HEAD_BYTES: Final = 1 << 15
_SHARE: Final = 4
"""One network address may hold a quarter of all connections: an office shares its address, and a stranger needs four to fill the page."""
_FULL: Final = PlainTextResponse("现在打开网页的人太多，请过一分钟再试。", 503, {"Retry-After": "60", "Connection": "close"})

_LENGTHS: Final = re.compile(rb"\ncontent-length[ \t]*:[ \t]*([^\r\n]*?)[ \t]*\r", re.IGNORECASE)
_CODED: Final = re.compile(rb"\ntransfer-encoding[ \t]*:", re.IGNORECASE)
_END: Final = re.compile(rb"\n\r?\n")
_LOOSE_LINES: Final = re.compile(rb"(?<!\r)\n|\n[ \t]")
"""A line that ends without CR, or that goes on with the one before: some servers read them, and others see another request in them."""
_OLD: Final = re.compile(rb"[^\n]* HTTP/(?!1\.1\r)")


class _StrictConnection(h11.Connection):
    """HTTP that takes a request only where every proxy agrees on where it ends ("request smuggling").

    h11 itself follows RFC 9112 where it lets a server be lenient: a length beside a coding, the same length twice, LF alone, folded lines.
    """

    def next_event(self) -> type[h11.NEED_DATA | h11.PAUSED] | h11.Event:
        """Return what comes next. Raises h11.RemoteProtocolError, which is answered with 400 and the connection's end."""
        if self.their_state is h11.IDLE:
            received = self.trailing_data[0]
            end = _END.search(received)
            head = received[: end.end()] if end else received
            lengths = _LENGTHS.findall(head)
            is_coded = _CODED.search(head)
            if _LOOSE_LINES.search(head) or len(lengths) > 1 or b"," in b"".join(lengths) or (is_coded and (lengths or _OLD.match(head))):
                msg = "where the request ends can be read in two ways"
                raise h11.RemoteProtocolError(msg)
        return super().next_event()


class PatientProtocol(H11Protocol):
    """HTTP that does not wait for ever: a connection that has not sent its request's head in time is closed.

    uvicorn's own timer begins with the first answer. Before it, a client that sends a byte now and then keeps its connection as long as it
    likes ("slow loris").
    """

    _timer: asyncio.TimerHandle | None = None
    network = ""
    """Whose it is: an IPv4 address, or an IPv6 network."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(*arguments, **options)
        self.conn = _StrictConnection(h11.SERVER, _HEAD_BYTES)
        # taken away from uvicorn, whose answer to one connection too many is bare English
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self.begun = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        # asyncio leaves it out for a listening socket that we have made: an answer's second piece then waits for the first one's receipt
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._start_timer()
        self.network = sign_in_limits.network(self.client[0]) if self.client else ""
        if self._most and not self._is_proxy():
            self._make_room(max(1, self._most // _SHARE))

    def data_received(self, data: bytes) -> None:
        """Take bytes in; a request whose head is whole has the time limits of `upload_limits` from then on."""
        self.app = _FULL if self._most and len(self.connections) > self._most else self.config.loaded_app
        super().data_received(data)
        if self._is_answering():
            self._stop_timer()
        elif self._timer is None:
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_timer()
        super().connection_lost(exc)

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(_HEAD_SECONDS, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # --- one address's share ---

    def _is_proxy(self) -> bool:
        """Whether everybody comes from there."""
        try:
            address = ip_address(self.client[0] if self.client else "")
        except ValueError:
            return False
        return any(address in ip_network(proxy) for proxy in self.config.forwarded_allow_ips or ())

    def _make_room(self, most: int) -> None:
        """Close the network's connection that has been idle longest where it holds too many; this one where none is idle."""
        same_network = [other for other in self.connections if isinstance(other, PatientProtocol) and other.network == self.network]
        if len(same_network) > most:
            idle = [other for other in same_network if other is not self and other.is_idle()]
            min(idle, key=lambda connection: connection.begun, default=self).cut()

    def is_idle(self) -> bool:
        """Whether nothing is being answered. A browser whose idle connection was closed opens another when it needs one."""
        return not (self._is_answering() or self.transport.is_closing() or self.transport.get_write_buffer_size())

    def cut(self) -> None:
        """Close at once: in TLS a polite end waits for the other side."""
        self.connections.discard(self)
        self.transport.abort()
