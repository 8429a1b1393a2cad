"""The connections of the page: none waits for ever, and no network address takes the place of the others."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address, ip_network
from typing import Any, Final

from starlette.responses import PlainTextResponse
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.web import sign_in_limits

_HEAD_SECONDS: Final = 20
_SHARE: Final = 4
"""One network address may hold the so-manieth part of all connections."""
_FULL: Final = PlainTextResponse("现在打开网页的人太多，请过一分钟再试。", 503, {"Retry-After": "60", "Connection": "close"})


class PatientProtocol(H11Protocol):
    """HTTP that does not wait for ever: a connection that has not said its request in time is closed.

    So is the one that has been idle longest where its network address holds more than its share: whoever opens connections and says nothing
    keeps only himself out.
    """

    _clock: asyncio.TimerHandle | None = None
    network = ""
    """Whose it is."""

    def __init__(self, *said: Any, **named: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(*said, **named)
        self._most, self.limit_concurrency = self.limit_concurrency, None  # the library's answer is bare English
        self.begun = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        # asyncio leaves it out for a listening socket that we have made: an answer's second piece then waits for the first one's receipt
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wait()
        self.network = sign_in_limits.network(self.client[0]) if self.client else ""
        if self._most and not self._is_proxy():
            self._make_room(max(1, self._most // _SHARE))

    def data_received(self, data: bytes) -> None:
        """Hear; a request whose head is whole may take its own time from then on."""
        self.app = _FULL if self._most and len(self.connections) > self._most else self.config.loaded_app
        super().data_received(data)
        is_under_way = self.cycle is not None and not self.cycle.response_complete
        if is_under_way:
            self._stop()
        elif self._clock is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._clock = self.loop.call_later(_HEAD_SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._clock:
            self._clock.cancel()
            self._clock = None

    # --- one address's share ---

    def _is_proxy(self) -> bool:
        """Whether everybody comes from there."""
        try:
            address = ip_address(self.client[0] if self.client else "")
        except ValueError:
            return False
        return any(address in ip_network(one) for one in self.config.forwarded_allow_ips or ())

    def _make_room(self, most: int) -> None:
        """Close the connection of the same network that has been idle longest where there are too many; this one where none is idle."""
        beside = [one for one in self.connections if isinstance(one, PatientProtocol) and one.network == self.network]
        if len(beside) > most:
            idle = [one for one in beside if one is not self and one.is_idle()]
            min(idle, key=lambda one: one.begun, default=self).cut()

    def is_idle(self) -> bool:
        """Whether nothing is being answered: a browser opens another connection when it has something to say."""
        is_under_way = self.cycle is not None and not self.cycle.response_complete
        return not (is_under_way or self.transport.is_closing() or self.transport.get_write_buffer_size())

    def cut(self) -> None:
        """Close at once: in TLS a polite end waits for the other side."""
        self.connections.discard(self)
        self.transport.abort()
