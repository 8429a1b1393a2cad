"""What the dates of one row say together: years, deadlines before their start, and the regulation's spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.reading import checking
from pipeline.reading.checking import Check


def settle_years(check: Check, start: str, columns: Iterable[str]) -> None:
    """Give dates without a year the earliest one not before the row's `start` date; without a start they stay open."""
    starts = check.rows.values[start]
    for column in columns:
        values = check.rows.values[column]
        for position, value in enumerate(values):
            if value and value.startswith("--") and check.is_read(column, position):
                begun = starts[position] if check.is_read(start, position) else None
                day = checking.month_day(value).on_or_after(date.fromisoformat(begun)) if begun else None
                values[position] = day.isoformat() if day else None


def refuse_early_deadline(check: Check, start: str) -> None:
    """办结时限 before the day on which the case began."""
    starts, deadlines = check.rows.values[start], check.rows.values["办结时限"]
    for position, deadline in enumerate(deadlines):
        begun = starts[position]
        if begun and deadline and deadline < begun and check.is_read("办结时限", position) and check.is_read(start, position):
            check.refuse("date-out-of-range/before-start", "办结时限", position, column="办结时限", start=start, limit=begun)


def warn_of_the_statute(check: Check, start: str, *, has_extension: bool) -> None:
    """A deadline later than the regulation allows, or an extension that shortens: said, and taken as it is."""
    windows = check.around.settings.windows
    for position, (begun, deadline) in _sound_pairs(check, start, "办结时限"):
        if days_between(begun, deadline) > windows.conclude_days:
            details = {"start": start, "limit": begun, "days": windows.conclude_days}
            check.warn("deadline-beyond-statute/deadline", "办结时限", position, value=deadline, **details)
    for position, (deadline, extended) in _sound_pairs(check, "办结时限", "延期至") if has_extension else ():
        if extended < deadline:
            check.warn("extension-shortens", "延期至", position, value=extended, limit=deadline)
        elif days_between(deadline, extended) > windows.extension_days:
            check.warn("deadline-beyond-statute/extension", "延期至", position, value=extended, limit=deadline, days=windows.extension_days)


def _sound_pairs(check: Check, first: str, second: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """The rows in which both dates are there and nothing has refused them, by position."""
    pairs = zip(check.rows.values[first], check.rows.values[second], strict=True)
    for position, (one, other) in enumerate(pairs):
        if one and other and check.is_read(first, position) and check.is_read(second, position):
            yield position, (one, other)


def days_between(first: str, last: str) -> int:
    """Whole days from one ISO date to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
