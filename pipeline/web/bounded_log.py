"""A log that strangers cannot write full: what a user does is a line each; of what strangers repeat, the number alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

_SPAN: Final = timedelta(minutes=1)
_MOST_LINES: Final = 20
"""So many different lines a stranger's network may write in a minute; what is beyond is counted together."""


@dataclass(slots=True)
class _Minute:
    """What a stranger's network has asked for since `begun`."""

    begun: datetime
    repeats: dict[str, int] = field(default_factory=dict)
    """How often each line came again."""
    others: int = 0


class BoundedLog:
    """Hands lines on to `write`; from any thread."""

    def __init__(self, write: Callable[[datetime, str], None]) -> None:
        self._write = write
        self._minutes: dict[str, _Minute] = {}
        self._counting = threading.Lock()

    def add(self, now: datetime, line: str) -> None:
        """Write what somebody has done who is signed in."""
        self.write_counts(now)
        self._write(now, line)

    def add_stranger(self, now: datetime, network: str, line: str, detail: str = "") -> None:
        """Write what a stranger has done. A line that comes again within a minute is counted; the detail is the first one's."""
        self.write_counts(now)
        with self._counting:
            minute = self._minutes.setdefault(network, _Minute(now))
            if line in minute.repeats:
                minute.repeats[line] += 1
                return
            if len(minute.repeats) >= _MOST_LINES:
                minute.others += 1
                return
            minute.repeats[line] = 0
        self._write(now, f"{line}{detail}")

    def write_counts(self, now: datetime, *, is_end: bool = False) -> None:
        """Write how often each line came again, for minutes that are over; at the end for all."""
        with self._counting:
            # a clock that was set back must not keep a minute open: one that begins later than now is over too
            over = [network for network, minute in self._minutes.items() if is_end or not now - _SPAN < minute.begun <= now]
            minutes = [(network, self._minutes.pop(network)) for network in over]
        for network, minute in minutes:
            for line, times in minute.repeats.items():
                if times:
                    self._write(now, f"{line}，一分钟内又有 {times} 次")
            if minute.others:
                self._write(now, f"{network} 一分钟内还有 {minute.others} 次，不再逐次记")
