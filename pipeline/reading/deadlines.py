"""What the dates of one row say together: years, deadlines before their start, and the regulation's spans."""

from __future__ import annotations

from datetime import date

from pipeline.reading.examination import Row
from pipeline.settings.rules import Windows
from pipeline.terms.month_day import MonthDay


def settle_year(row: Row, column: str, start: str) -> None:
    """Give a date without a year the earliest one not before the row's `start` date; without a start nothing is known of it."""
    value = row.value(column)
    if isinstance(value, MonthDay) and row.is_read(column):
        begun = row.day(start) if row.is_read(start) else None
        row.settle(column, value.on_or_after(begun) if begun else None)


def refuse_early_deadline(row: Row, start: str) -> None:
    """办结时限 before the day on which the case began."""
    begun, deadline = _both_read(row, start, "办结时限")
    if begun and deadline and deadline < begun:
        row.refuse_cell("date-out-of-range/before-start", "办结时限", column="办结时限", start=start, limit=begun)


def warn_of_a_late_deadline(row: Row, start: str, windows: Windows) -> None:
    """A deadline later than the regulation allows: it is reported, and holds all the same."""
    begun, deadline = _both_read(row, start, "办结时限")
    if begun and deadline and (deadline - begun).days > windows.conclude_days:
        row.warn("deadline-beyond-statute/deadline", "办结时限", value=deadline, start=start, limit=begun, days=windows.conclude_days)


def warn_of_an_odd_extension(row: Row, windows: Windows) -> None:
    """An extension that shortens, or is longer than the regulation allows: it is reported, and holds all the same."""
    deadline, extended = _both_read(row, "办结时限", "延期至")
    if not deadline or not extended:
        return
    if extended < deadline:
        row.warn("extension-shortens", "延期至", value=extended, limit=deadline)
    elif (extended - deadline).days > windows.extension_days:
        row.warn("deadline-beyond-statute/extension", "延期至", value=extended, limit=deadline, days=windows.extension_days)


def _both_read(row: Row, first: str, second: str) -> tuple[date | None, date | None]:
    """The two dates, where nothing has refused either."""
    return (row.day(first), row.day(second)) if row.is_read(first) and row.is_read(second) else (None, None)
