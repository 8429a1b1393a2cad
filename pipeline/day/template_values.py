"""What templates have in the columns that they fill in for the reader's eye, as such values are compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from pipeline.reading.assignment_workbook import responsible_leader
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Value, written
from pipeline.terms.text import key, without_controls

_TEXTS = ("案由", "包案领导")


class Earlier(Protocol):
    """A case, as far as its templates of before are known."""

    earlier_texts: tuple[tuple[str, Value], ...]
    earlier_deadlines: tuple[tuple[date, date], ...]

    @property
    def assigned(self) -> date:
        """交办日期."""


def compared(column: str, value: Value, began: date) -> Value:
    """Return a value of such a column as it is compared with another; `began`: the case's 交办日期, which tells a missing year."""
    if isinstance(value, MonthDay):
        return value.on_or_after(began)
    if column == "包案领导":  # templates are written without control characters
        return without_controls(responsible_leader(written(value)))
    return value if column == "办结时限" else key(written(value) or "")


def after(earlier: tuple[tuple[str, Value], ...], before: Mapping[str, Value], now: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    """Return the texts that templates had earlier, by column, and those of `before` that hold no more."""
    changed = [column for column in _TEXTS if before and before[column] != now[column]]
    for column in changed:
        had, has = (column, compared(column, before[column], date.min)), (column, compared(column, now[column], date.min))
        earlier = earlier if had == has or had in earlier else (*earlier, had)
    return earlier


def was_filled_in(case: Earlier, column: str, value: Value) -> bool:
    """Return whether a template of an earlier day had that value there: then the office has changed it since, and not the district."""
    meant = column, compared(column, value, case.assigned)
    return meant in (*case.earlier_texts, *(("办结时限", deadline) for _until, deadline in case.earlier_deadlines))
