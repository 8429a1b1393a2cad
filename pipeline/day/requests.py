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


def stands(request: Request | None) -> Request | None:
    """Return what the last row asks; None where it asks for nothing."""
    return request if request is not None and request.ended is None else None


def after(request: Request | None, asked: str | None, day: date, *, was_open: bool) -> Request | None:
    """Return what is asked after a row of that day with `asked`."""
    before = stands(request)
    if before is None:
        return Request(day, day, asked) if asked else request
    if not asked:
        return replace(before, ended=day, was_open=was_open)
    return before if key(asked) == key(before.said) else Request(before.since, day, asked)
