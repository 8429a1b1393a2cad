"""What templates fill in, for the reader's eye and of a case's state, as such values are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from pipeline.reading.assignment_workbook import responsible_leader
from pipeline.terms.contract import ASSIGNED, CASE, OF_THE_DAY, PROGRESS, Kind
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Value, written
from pipeline.terms.text import key, without_controls

_TEXTS = ("案由", "包案领导")
_OTHERS: Final = frozenset({Kind.UNREAD, Kind.PREFILLED, Kind.PREFILLED_DATE})
OF_STATE: Final = [col.name for col in PROGRESS.columns if col.name not in (CASE, *OF_THE_DAY) and col.kind not in _OTHERS]
"""What templates fill in of a case's state."""


class Row(Protocol):
    """A row of 案件进展."""

    def __getitem__(self, column: str) -> str | None:
        """Return what stands in a column, as text; None where it is empty."""


FilledInFrom = tuple[Row | None, ...]
"""The rows after which templates were made; None: after none."""


@dataclass(frozen=True, slots=True)
class LateReport:
    """A report that came after its day's cut-off: the form of the next day may have been made before."""

    came: datetime
    replaced: Mapping[str, FilledInFrom]
    """By case the rows of the revisions that it replaced."""


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


def is_untouched(row: Row, filled_in_from: FilledInFrom) -> bool:
    """Return whether a row holds nothing but what a template made after one of these rows of its case has."""
    if any(row[column] for column in OF_THE_DAY):
        return False
    has = _state(row)
    return any(has == _state(before) for before in filled_in_from)


def _state(row: Row | None) -> list[str]:
    values = [row[column] if row else ASSIGNED if column == "当前状态" else "" for column in OF_STATE]
    return [key(value or "") for value in values]
