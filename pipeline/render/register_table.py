"""案件台账.parquet: the register of a large day as one table for analysts, with the columns of 案件台账 in 汇总.

Covered by tests/render/test_register_table.py.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.render import parquet
from pipeline.render.parquet import Kind, Value
from pipeline.render.workbook import case_register_sheet
from pipeline.report.report import Report

NAME: Final = "案件台账.parquet"
_KINDS: Final = {"date": Kind.DAY, "count": Kind.WHOLE, "number": Kind.NUMBER}
"""By the look of a column of 案件台账; any other is text."""


def files(report: Report) -> dict[str, bytes]:
    """Return the table by its name, the cases by number."""
    return {NAME: parquet.write([_column(at, report) for at in range(len(case_register_sheet.COLUMNS))])}


def _column(at: int, report: Report) -> parquet.Column:
    column = case_register_sheet.COLUMNS[at]
    kind = _KINDS.get(column.look, Kind.TEXT)
    return parquet.Column(column.header, kind, [_as(kind, column.value(case)) for case in report.cases])


def _as(kind: Kind, value: object) -> Value:
    if value is None or value == "":
        return None
    match kind:
        case Kind.DAY:
            return value if isinstance(value, date) else None
        case Kind.WHOLE:
            return int(str(value))
        case Kind.NUMBER:
            return float(str(value))
        case _:
            return str(value)
