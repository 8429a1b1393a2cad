"""What the dates of one row say together: years, deadlines before their start, and the regulation's spans."""

from __future__ import annotations

from datetime import date

from pipeline.reading import cell_kinds
from pipeline.reading.examination import Row
from pipeline.settings.config import Windows


def settle_year(row: Row, column: str, start: str) -> None:
    """Give a date without a year the earliest one not before the row's `start` date; without a start it stays open."""
    value = row[column]
    if value and value.startswith("--") and row.is_read(column):
        begun = row[start] if row.is_read(start) else None
        day = cell_kinds.month_day(value).on_or_after(date.fromisoformat(begun)) if begun else None
        row[column] = day.isoformat() if day else None


def refuse_early_deadline(row: Row, start: str) -> None:
    """办结时限 before the day on which the case began."""
    begun, deadline = row[start], row["办结时限"]
    if begun and deadline and deadline < begun and row.is_read("办结时限") and row.is_read(start):
        row.refuse_cell("date-out-of-range/before-start", "办结时限", column="办结时限", start=start, limit=begun)


def warn_of_a_late_deadline(row: Row, start: str, windows: Windows) -> None:
    """A deadline later than the regulation allows: it is said, and holds all the same."""
    begun, deadline = _both_read(row, start, "办结时限")
    if begun and deadline and days_between(begun, deadline) > windows.conclude_days:
        row.warn("deadline-beyond-statute/deadline", "办结时限", value=deadline, start=start, limit=begun, days=windows.conclude_days)


def warn_of_an_odd_extension(row: Row, windows: Windows) -> None:
    """An extension that shortens, or is longer than the regulation allows: it is said, and holds all the same."""
    deadline, extended = _both_read(row, "办结时限", "延期至")
    if not deadline or not extended:
        return
    if extended < deadline:
        row.warn("extension-shortens", "延期至", value=extended, limit=deadline)
    elif days_between(deadline, extended) > windows.extension_days:
        row.warn("deadline-beyond-statute/extension", "延期至", value=extended, limit=deadline, days=windows.extension_days)


def _both_read(row: Row, first: str, second: str) -> tuple[str | None, str | None]:
    """The two dates, as far as nothing has refused either."""
    return (row[first], row[second]) if row.is_read(first) and row.is_read(second) else (None, None)


def days_between(first: str, last: str) -> int:
    """Whole days from one ISO date to another."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
