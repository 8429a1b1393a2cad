"""What the rows about a case ask of leaders: since when, in which words, and until when.

Covered by tests/report/test_headline.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pipeline.terms.text import key


@dataclass(frozen=True, slots=True)
class Request:
    """需协调事项 of the rows about a case, one after another."""

    since: date
    """The day since which every row has asked for something."""
    written: date
    """The day since which the rows have had these very words: forms come filled in, and are sent again as they are."""
    said: str
    ended: date | None = None
    """The day of the row that asks for nothing any more; None while the last one asks."""
    was_open: bool = False
    """Whether the case was open up to that row: else nothing was asked of anybody by then."""


def after(request: Request | None, asked: str | None, day: date, *, was_open: bool) -> Request | None:
    """Return what is asked after a row of that day with `asked`."""
    stands = request is not None and request.ended is None
    if asked:
        if request is None or not stands:
            return Request(day, day, asked)
        return request if key(asked) == key(request.said) else Request(request.since, day, asked)
    return replace(request, ended=day, was_open=was_open) if request is not None and stands else request
