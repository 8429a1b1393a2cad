"""A sheet's rows as understood, and how the ledger keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pipeline.terms import contract
from pipeline.terms.contract import Kind
from pipeline.terms.month_day import MonthDay

Value = str | date | Decimal | MonthDay | None
"""An understood cell: text or a list's value; a date; a date whose year is not yet known; for 发生时间 also a datetime; a number.
A cell that a finding refuses keeps what was written there, as text."""


@dataclass(slots=True)
class Rows:
    """A sheet's rows as understood, with the way back to every cell."""

    sheet: str
    """The contract's name of the sheet."""
    name: str
    """The sheet's name in the workbook."""
    letters: dict[str, int]
    """Where each column stands, from 0."""
    lines: list[int]
    """The row numbers, as Excel counts."""
    values: dict[str, list[Value]]
    """Every column of the contract, one value for each row."""
    unread: dict[str, list[int]] = field(default_factory=dict)
    """Positions of cells that a finding refuses: they count as filled and are not judged again."""
    refused: list[int] = field(default_factory=list)
    """Positions of rows that a finding refuses."""

    def texts(self, column: str) -> list[str | None]:
        """A column's values as text."""
        return [written(value) for value in self.values[column]]

    def text(self, column: str, position: int) -> str | None:
        """A value as text; None where it is empty."""
        value = self.values[column][position]
        return value if value is None or value.__class__ is str else written(value)  # asked of every cell that counts

    def day(self, column: str, position: int) -> date | None:
        """The date in that place; None where there is none that was understood with its year."""
        value = self.values[column][position]
        return value if isinstance(value, date) else None

    def count(self, column: str, position: int) -> int | None:
        """The whole number in that place; None where there is none."""
        value = self.values[column][position]
        return int(value) if isinstance(value, Decimal) else None


def rows_of_sheet(sheets: Iterable[Rows], name: str) -> Rows | None:
    """Return the rows of the sheet with that name of the contract; None where the workbook has none."""
    return next((rows for rows in sheets if rows.sheet == name), None)


def written(value: Value) -> str | None:
    """A value as text: a date in ISO form (`--05-21` without its year), a moment to the minute, a number with plain digits."""
    match value:
        case None | str():
            return value
        case datetime():
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


# --- as the ledger keeps them ------------------------------------------------------------------------------------

_ROWS_FIELDS = tuple(each.name for each in fields(Rows) if each.name != "values")
_PLAIN = {str, type(None)}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH_DAY = re.compile(r"--(\d{2})-(\d{2})", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", re.ASCII)
_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)


def write_rows(rows: tuple[Rows, ...]) -> str:
    """The rows as the ledger keeps them: JSON, a column at a time; a column that says one thing throughout says it once."""
    sheets = [
        {
            **{name: getattr(sheet, name) for name in _ROWS_FIELDS},  # asdict would copy every cell
            "values": {name: _write_column(values) for name, values in sheet.values.items()},
        }
        for sheet in rows
    ]
    return json.dumps(sheets, ensure_ascii=False, separators=(",", ":"))


def _write_column(values: list[Value]) -> Sequence[Value] | dict[str, str | None]:
    distinct = {*values}
    if len(distinct) < 2:  # noqa: PLR2004 - one value, or none
        return {"all": written(next(iter(distinct), None))}
    if {*map(type, distinct)} <= _PLAIN:
        return values
    texts = {value: written(value) for value in distinct}
    return [texts[value] for value in values]


def read_rows(rows: str, texts: dict[str, str] | None = None) -> tuple[Rows, ...]:
    """The rows that `write_rows` wrote.

    `texts`: what other rows say, each text by itself; a text that comes again is kept once. A case's number and 案由 stand in the workbook
    and in every report.
    """
    sheets, texts = json.loads(rows), {} if texts is None else texts
    for sheet in sheets:
        kinds = {column.name: column.kind for column in contract.SHEETS[sheet["sheet"]].columns}
        count = len(sheet["lines"])
        sheet["values"] = {name: _read_column(values, kinds.get(name), count, texts) for name, values in sheet["values"].items()}
    return tuple(Rows(**sheet) for sheet in sheets)


def _read_column(values: Any, kind: Kind | None, count: int, known: dict[str, str]) -> list[Value]:  # noqa: ANN401 - JSON
    texts: list[str | None] = values if isinstance(values, list) else [values["all"]] * count
    read = _READERS.get(kind) if kind else None
    if read is None:
        return [known.setdefault(text, text) if text else text for text in texts]
    meant = {text: read(text) if text else text for text in {*texts}}
    return [meant[text] for text in texts]


def _read_day(text: str) -> Value:
    """The date that was stored; what was refused, or only filled in beforehand, can be any text."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        return text
    without_year = _MONTH_DAY.fullmatch(text)
    return MonthDay(int(without_year[1]), int(without_year[2])) if without_year else text


def _read_moment(text: str) -> Value:
    try:
        return datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else _read_day(text)
    except ValueError:
        return text


def _read_number(text: str) -> Value:
    return Decimal(text) if _NUMBER.fullmatch(text) else text


_READERS: dict[Kind, Callable[[str], Value]] = {
    Kind.DATE: _read_day,
    Kind.PREFILLED_DATE: _read_day,
    Kind.MOMENT: _read_moment,
    Kind.COUNT: _read_number,
    Kind.MONEY: _read_number,
}
"""The other kinds are text."""
