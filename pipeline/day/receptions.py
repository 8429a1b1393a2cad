"""Receptions and visits: which leader received the people of a case, or went to them, on which day (docs/contract-extensions.md 7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
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


def after(before: tuple[Reception, ...], leaders: str | None, on: date | None, day: date) -> tuple[Reception, ...]:
    """Return a case's receptions of the last days after a row of that day with these leaders and this date, in no order."""
    if not leaders and on is None:
        return before
    first = day - timedelta(days=KEPT_DAYS - 1)
    kept = [reception for reception in before if first <= reception.day <= day]
    for leader in leaders_named(leaders) or (UNNAMED,):
        undated, dated = (Reception(on or day, leader, is_dated) for is_dated in (False, True))
        if undated in kept and on:
            kept[kept.index(undated)] = dated
        elif undated not in kept and dated not in kept:
            kept.append(dated if on else undated)
    return tuple(kept)


def is_recent(day: date, today: date) -> bool:
    """Return whether that day is one of the last days up to today."""
    return 0 <= (today - day).days < KEPT_DAYS


def recent(receptions: Iterable[Reception], today: date) -> list[Reception]:
    """Return those of the last days up to today."""
    return [reception for reception in receptions if is_recent(reception.day, today)]
