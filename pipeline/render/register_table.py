"""案件台账.parquet: the register of a large day as one table for analysts, with the columns of 案件台账 in 汇总 and the units above.

Covered by tests/render/test_register_table.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, overload

from pipeline.render import parquet
from pipeline.render.parquet import Kind, Value
from pipeline.render.workbook import case_register_sheet
from pipeline.report.case_lines import CaseLine
from pipeline.report.report import Report

NAME: Final = "案件台账.parquet"
ABOVE: Final = "上级单位"
_KINDS: Final = {"date": Kind.DAY, "count": Kind.WHOLE, "number": Kind.NUMBER}
"""By the look of a column of 案件台账; any other is text."""


def files(report: Report) -> dict[str, bytes]:
    """Return the table by its name, the cases by number."""
    columns = [_column(at, report) for at in range(len(case_register_sheet.COLUMNS))]
    return {NAME: parquet.write([*columns, *_above(report)])}


def _above(report: Report) -> list[parquet.Column]:
    """Return the column with the units above each case's district, from the top down; none where there are no levels."""
    above = {district: report.settings.tree.lies_in(district) for district in report.settings.district_names}
    values = _Values(report.cases, lambda case: above[case.district], Kind.TEXT)
    return [parquet.Column(ABOVE, Kind.TEXT, values)] if report.settings.tree else []


def _column(at: int, report: Report) -> parquet.Column:
    column = case_register_sheet.COLUMNS[at]
    kind = _KINDS.get(column.look, Kind.TEXT)
    return parquet.Column(column.header, kind, _Values(report.cases, column.value, kind))


@dataclass(frozen=True, slots=True)
class _Values(Sequence[Value]):
    """A column's values, made for a group of rows at a time: there is no room for all columns at once."""

    cases: Sequence[CaseLine]
    of: Callable[[CaseLine], object]
    kind: Kind

    def __len__(self) -> int:
        return len(self.cases)

    @overload
    def __getitem__(self, at: int) -> Value: ...

    @overload
    def __getitem__(self, at: slice) -> list[Value]: ...

    def __getitem__(self, at: int | slice) -> Value | list[Value]:
        return _as(self.kind, map(self.of, self.cases[at])) if isinstance(at, slice) else _as(self.kind, [self.of(self.cases[at])])[0]


def _as(kind: Kind, values: Iterable[object]) -> list[Value]:
    """Return a column's values as the table has them; None for what is empty."""
    match kind:
        case Kind.DAY:
            return [value if isinstance(value, date) else None for value in values]
        case Kind.WHOLE:
            return [None if value is None or value == "" else int(str(value)) for value in values]
        case Kind.NUMBER:
            return [None if value is None or value == "" else float(str(value)) for value in values]
        case _:
            return [None if value is None or value == "" else str(value) for value in values]
