"""Receptions and visits: which leader received the people of a case, or went to them, on which day (docs/contract-extensions.md 7)."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from pipeline.reading.assignment_workbook import leaders_named

KEPT_DAYS: Final = 30
"""Days up to a day that are looked back on, it included."""
UNNAMED: Final = "未写明"
"""The leader of a row that has a date and no name."""


class Reception(NamedTuple):
    """One leader received, or visited, on one day; of a case each once, however often it is reported."""

    day: date
    leader: str
    is_dated: bool
    """Whether a row gives the date; else it is the report's day."""


Received = dict[tuple[date, str], bool]
"""A case's receptions by day and leader, and whether a row gives the date; replaced and never changed."""
_MOST: Final = 2 * KEPT_DAYS
"""With more than so many, those that nobody looks back on are left out: to look through them at each row takes longer than the row."""


def after(before: Received, leaders: str | None, on: date | None, day: date) -> Received:
    """Return a case's receptions of the last days, and perhaps older ones, after a row of that day with these leaders and this date."""
    if not leaders and on is None:
        return before
    known, when = dict(before), on or day
    for leader in leaders_named(leaders) or (UNNAMED,):
        known[when, leader] = known.get((when, leader), False) or on is not None
    if len(known) <= _MOST:
        return known
    return {(past, leader): is_dated for (past, leader), is_dated in known.items() if is_recent(past, day)}


def is_recent(day: date, today: date) -> bool:
    """Return whether that day is one of the last days up to today."""
    return 0 <= (today - day).days < KEPT_DAYS


def recent(received: Received, today: date) -> list[Reception]:
    """Return those of the last days up to today."""
    return [Reception(day, leader, is_dated) for (day, leader), is_dated in received.items() if is_recent(day, today)]
