"""When an office began: one report with a wrong month must not make weeks of silence out of the time before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

LONGEST_SILENCE = 7
"""Days without any report after which what went before counts as another time."""
LONGEST_AHEAD = 31
"""Days after the last report for which an office still counts as at work."""


def of(reported: Iterable[date], last: date) -> date | None:
    """The first reported day up to the last one since which there was no long silence; None where nothing was reported."""
    begun = previous = None
    for day in sorted({one for one in reported if one <= last}):
        if previous is None or (day - previous).days > LONGEST_SILENCE:
            begun = day
        previous = day
    return begun
