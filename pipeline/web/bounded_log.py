"""Lines for a log: what a user does, each its own; of what strangers repeat the number alone, so that none can write the log full."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

_SPAN: Final = timedelta(minutes=1)
_MOST_LINES: Final = 20
"""So many different things a stranger's network may write in a minute; what is beyond is counted together."""


@dataclass(slots=True)
class _Minute:
    """What one stranger's network has asked for since then."""

    begun: datetime
    again: dict[str, int] = field(default_factory=dict)
    """How often each line came again."""
    others: int = 0


class BoundedLog:
    """Hands lines on to `write`; from any thread."""

    def __init__(self, write: Callable[[datetime, str], None]) -> None:
        self._write = write
        self._minutes: dict[str, _Minute] = {}
        self._counting = threading.Lock()

    def known(self, now: datetime, line: str) -> None:
        """Somebody who is signed in has asked for something."""
        self.tell(now)
        self._write(now, line)

    def stranger(self, now: datetime, network: str, said: str, detail: str = "") -> None:
        """Somebody else has; what is said again within a minute is not written again, but counted. The detail is the first one's."""
        self.tell(now)
        with self._counting:
            minute = self._minutes.setdefault(network, _Minute(now))
            if said in minute.again:
                minute.again[said] += 1
                return
            if len(minute.again) >= _MOST_LINES:
                minute.others += 1
                return
            minute.again[said] = 0
        self._write(now, f"{said}{detail}")

    def tell(self, now: datetime, *, is_end: bool = False) -> None:
        """Write how often what came again, where the minute is over; at the end everything."""
        with self._counting:
            over = [name for name, one in self._minutes.items() if is_end or not now - _SPAN < one.begun <= now]
            minutes = [(name, self._minutes.pop(name)) for name in over]
        for name, one in minutes:
            for said, times in one.again.items():
                if times:
                    self._write(now, f"{said}，一分钟内又有 {times} 次")
            if one.others:
                self._write(now, f"{name} 一分钟内还有 {one.others} 次，不再逐次记")
