"""Cells in, understood values and findings out: a column at a time, through the table of its distinct cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from pipeline.reading.dates import read_date, read_moment
from pipeline.reading.numbers import read_number
from pipeline.reading.table import Table
from pipeline.reading.workbook import Cell, ErrorValue
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers, contract, messages
from pipeline.terms.contract import Column, Kind, Yearless
from pipeline.terms.findings import Finding
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Rows, Value
from pipeline.terms.text import as_text, clean, is_empty, key, mask, may_hold_personal_number, personal_numbers


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sheet's cells are read against."""

    settings: Settings
    report_day: date
    arrival: datetime
    is_1904: bool = False


@dataclass(slots=True)
class Check:
    """A sheet under examination: what was understood so far, and what was found."""

    table: Table
    around: Surroundings
    rows: Rows
    findings: list[Finding]
    unread: dict[str, set[int]] = field(default_factory=dict)
    """As in `rows`, to be asked quickly."""

    def refuse(self, name: str, column: str, position: int, /, **details: object) -> None:
        """Note a finding that refuses a row for one of its cells."""
        value = details.pop("value", self.cell(column, position))
        self.findings.append(self._finding(name, column, position, value, details))
        self.leave_unread(column, position)
        self.rows.refused.append(position)

    def leave_unread(self, column: str, position: int) -> None:
        """Note that nothing was understood of a cell."""
        self.rows.unread.setdefault(column, []).append(position)
        self.unread.setdefault(column, set()).add(position)

    def warn(self, name: str, column: str, position: int, /, **details: object) -> None:
        """Note a finding that costs nothing."""
        value = details.pop("value", self.cell(column, position))
        self.findings.append(self._finding(name, column, position, value, details))

    def _finding(self, name: str, column: str, position: int, value: object, details: dict[str, object]) -> Finding:
        columns = self.table.columns
        at = columns.get(column, columns.get(self.table.sheet.key, min(columns.values())))
        return messages.finding(name, sheet=self.table.name, row=self.table.lines[position], at=at, value=value, details=details)

    def cell(self, column: str, position: int) -> Cell:
        """The cell as it came; '' where the sheet has no such column."""
        cells = self.table.cells.get(column)
        return cells[position] if cells else ""

    def is_read(self, column: str, position: int) -> bool:
        """Whether nothing has refused that cell."""
        return position not in self.unread.get(column, ())


def check(table: Table, around: Surroundings) -> Check:
    """Every cell of the table by itself; what several cells say together is the caller's."""
    sheet = table.sheet
    read = [column for column in sheet.columns if column.kind is not Kind.UNREAD]
    rows = Rows(sheet.name, mask(table.name), dict(table.columns), table.lines, {})
    result = Check(table, around, rows, list(table.findings))
    for position, columns in table.personal.items():
        for name, at in table.columns.items():
            if at in columns:
                result.leave_unread(name, position)
    for column in read:
        _check_column(result, column)
    _hide_personal(result)
    rows.refused = sorted({*rows.refused, *table.personal})
    return result


def _check_column(check: Check, column: Column) -> None:
    cells = check.table.cells.get(column.name)
    count = len(check.table.lines)
    if cells is None:
        check.rows.values[column.name] = [column.default or None] * count
        return
    kinds = {*map(type, cells)}
    if bool in kinds:
        cells = [as_text(cell) if isinstance(cell, bool) else cell for cell in cells]  # True == 1.0 would share an entry
    if column.kind in (Kind.TEXT, Kind.PREFILLED):
        _check_text(check, column, cells)
        return
    reader = _READERS[column.kind](check, column)
    if ErrorValue in kinds:
        reader = _with_errors(reader, column)
    understood = _without_numbers({cell: _EMPTY if is_empty(cell) else reader(cell) for cell in set(cells)})
    check.rows.values[column.name] = [understood[cell].value for cell in cells]
    remarkable = {cell for cell, meant in understood.items() if meant.fault or meant.odd or (meant is _EMPTY and column.required)}
    if column.default:
        check.rows.values[column.name] = [value or column.default for value in check.rows.values[column.name]]
        remarkable = {cell for cell in remarkable if understood[cell] is not _EMPTY}
    if remarkable:
        _say_column(check, column, cells, {cell: understood[cell] for cell in remarkable})


def _with_errors(reader: _Reader, column: Column) -> _Reader:
    """The reader for a column that holds errors, which are faults but where the column was filled in beforehand."""
    fault = "" if column.kind is Kind.PREFILLED_DATE else "error-value"

    def read(cell: Cell) -> _Understood:
        return _Understood(as_text(cell), fault=fault, details={"column": column.name}) if isinstance(cell, ErrorValue) else reader(cell)

    return read


def _without_numbers(understood: dict[Cell, _Understood]) -> dict[Cell, _Understood]:
    """Refuse what becomes a personal number only by being understood, such as one written with commas or wide gaps."""
    if not may_hold_personal_number(".".join(meant.value for meant in understood.values() if meant.value)):
        return understood
    return {cell: _hidden(meant) if personal_numbers(meant.value or "") else meant for cell, meant in understood.items()}


def _hidden(meant: _Understood) -> _Understood:
    return _Understood(fault=meant.fault or "personal-information", details={**meant.details, "value": mask(meant.value or "")})


def _check_text(check: Check, column: Column, cells: list[Cell]) -> None:
    """Free text: nothing in it is wrong but that it is missing."""
    understood = {cell: None if is_empty(cell) else clean(as_text(cell)) or None for cell in set(cells)}
    values = check.rows.values[column.name] = [understood[cell] for cell in cells]
    if column.kind is Kind.TEXT and ErrorValue in {*map(type, cells)}:
        for position, cell in enumerate(cells):
            if cell.__class__ is ErrorValue and check.is_read(column.name, position):
                check.refuse("error-value", column.name, position, column=column.name)
    if column.required and None in understood.values():
        for position, value in enumerate(values):
            if value is None and check.is_read(column.name, position):
                check.refuse("required", column.name, position, column=column.name, hint=column.name)


def _say_column(check: Check, column: Column, cells: list[Cell], remarkable: dict[Cell, _Understood]) -> None:
    odd: list[int] = []
    for position, cell in enumerate(cells):
        meant = remarkable.get(cell)
        if meant is None:
            continue
        if not check.is_read(column.name, position):
            continue
        if meant is _EMPTY:
            check.refuse("required", column.name, position, column=column.name, hint=_hint(column, check.around))
        elif meant.fault:
            check.refuse(meant.fault, column.name, position, **meant.details)
        else:
            odd.append(position)
    if odd:
        first = odd[0]
        more = f"（这一列共 {len(odd)} 处）" if len(odd) > 1 else ""
        name = _READ_AS.get(column.kind, "read-as/value")
        meant_value = remarkable[cells[first]].value or ""
        check.warn(name, column.name, first, column=column.name, meant=meant_value.lstrip("-"), more=more)


def _hint(column: Column, around: Surroundings) -> str:
    settings = around.settings
    match column.kind:
        case Kind.CHOICE:
            return f"其中之一：{'、'.join(column.values)}"
        case Kind.DATE | Kind.MOMENT:
            return f"日期，例如：{example_day(around)}"
        case Kind.COUNT:
            return "整数，没有的填 0"
        case Kind.CODE:
            return f"案件编号，例如：{example_number(settings)}"
        case Kind.DISTRICT:
            return f"旗区全称：{'、'.join(settings.district_names)}"
        case _:
            return column.name


def _hide_personal(check: Check) -> None:
    """Keep nothing of a cell that holds a personal number; the rest of its row stays as read."""
    if not check.table.personal:
        return
    for name, values in check.rows.values.items():
        for position, columns in check.table.personal.items():
            held = check.table.columns.get(name) in columns
            values[position] = None if held else mask(values[position] or "") or None


# --- one reader for each kind of column --------------------------------------------------------------------------


class _Understood(NamedTuple):
    """What one distinct cell means."""

    value: Value = None
    odd: bool = False
    """Whether it was understood though not written as the template has it."""
    fault: str = ""
    """The message's name where it is refused."""
    details: Mapping[str, object] = MappingProxyType({})


_EMPTY = _Understood()
_Reader = Callable[[Cell], _Understood]


def example_day(around: Surroundings) -> str:
    """A day as it is to be written: the report's own, which any date of it could be."""
    return around.report_day.isoformat()


def example_number(settings: Settings, letters: str = "SJ") -> str:
    """A case number that shows the usual shape."""
    return next(
        (n for n in (f"{letters}-2020-014", f"{letters}-2020-0014") if re.fullmatch(settings.case_number_pattern, n)),
        f"{letters}-2020-014",
    )


def _read_code(_check: Check, _column: Column) -> _Reader:
    def read(cell: Cell) -> _Understood:
        if isinstance(cell, str) and case_numbers.PLAIN.fullmatch(cell):
            return _Understood(cell)
        written = as_text(cell)
        number = case_numbers.canonical(written)
        return _Understood(number, odd=written.strip() != number)

    return read


def _read_choice(_check: Check, column: Column) -> _Reader:
    known = {key(value): value for value in column.values}
    fault = "not-in-list/source" if column.name == "案件来源" else "not-in-list"

    def read(cell: Cell) -> _Understood:
        written = as_text(cell)
        meant = known.get(key(written))
        if meant is None:
            details = {"column": column.name, "values": "、".join(column.values)}
            return _Understood(key(written), fault=fault, details=details)
        return _Understood(meant, odd=written.strip() != meant)

    return read


def _read_district(check: Check, column: Column) -> _Reader:
    settings = check.around.settings

    def read(cell: Cell) -> _Understood:
        district = settings.district_named(as_text(cell))
        if district is None:
            details = {"column": column.name, "values": "、".join(settings.district_names)}
            return _Understood(key(as_text(cell)), fault="not-in-list", details=details)
        return _Understood(district.name, odd=key(as_text(cell)) != district.name)

    return read


def _read_date(check: Check, column: Column) -> _Reader:
    around = check.around
    anchor = around.arrival.date() if column.yearless is Yearless.ARRIVAL else around.report_day

    def read(cell: Cell) -> _Understood:
        day = read_date(cell, is_1904=around.is_1904)
        odd = not isinstance(cell, date)
        if isinstance(day, MonthDay) and column.yearless is Yearless.START:
            return _Understood(f"--{day.month:02}-{day.day:02}", odd=odd)
        if isinstance(day, MonthDay):
            day = day.on_or_before(anchor)
        if day is None:
            return _Understood(key(as_text(cell)), fault="bad-date", details={"column": column.name, "example": example_day(around)})
        return _Understood(day.isoformat(), odd=odd)

    return read


def _read_prefilled_date(check: Check, _column: Column) -> _Reader:
    def read(cell: Cell) -> _Understood:
        day = read_date(cell, is_1904=check.around.is_1904)
        if isinstance(day, MonthDay):
            return _Understood(f"--{day.month:02}-{day.day:02}")
        return _Understood(day.isoformat() if day else clean(as_text(cell)))

    return read


def _read_moment(check: Check, column: Column) -> _Reader:
    around = check.around

    def read(cell: Cell) -> _Understood:
        moment = read_moment(cell, around.report_day, is_1904=around.is_1904)
        if moment is None:
            example = f"{example_day(around)} 09:30"
            return _Understood(key(as_text(cell)), fault="bad-date", details={"column": column.name, "example": example})
        return _Understood(moment.isoformat(" ", "minutes") if isinstance(moment, datetime) else moment.isoformat())

    return read


def _read_amount(check: Check, column: Column) -> _Reader:
    factor = check.table.units.get(column.name, Decimal(1))
    hint = "整数" if column.kind is Kind.COUNT else "数字，单位为万元"

    def read(cell: Cell) -> _Understood:
        amount = read_number(cell, column.units, factor)
        if amount is None or (column.kind is Kind.COUNT and amount != amount.to_integral_value()):
            return _Understood(key(as_text(cell)), fault="bad-number", details={"column": column.name, "hint": hint})
        return _Understood(format(amount, "f"), odd=isinstance(cell, str) and cell.strip() != format(amount, "f"))

    return read


_READERS: dict[Kind, Callable[[Check, Column], _Reader]] = {
    Kind.PREFILLED_DATE: _read_prefilled_date,
    Kind.CODE: _read_code,
    Kind.CHOICE: _read_choice,
    Kind.DISTRICT: _read_district,
    Kind.DATE: _read_date,
    Kind.MOMENT: _read_moment,
    Kind.COUNT: _read_amount,
    Kind.MONEY: _read_amount,
}
_READ_AS = {
    Kind.CODE: "read-as/code",
    Kind.DISTRICT: "read-as/district",
    Kind.DATE: "read-as/date",
    Kind.COUNT: "read-as/number",
    Kind.MONEY: "read-as/number",
}


def refuse_numbers_outside(check: Check) -> None:
    """A case number outside the pattern, where the row is what brings the case in."""
    settings = check.around.settings
    allowed = re.compile(settings.case_number_pattern).fullmatch
    for position, number in enumerate(check.rows.values[contract.CASE]):
        if number and check.is_read(contract.CASE, position) and not allowed(number):
            check.refuse("not-in-list/case", contract.CASE, position, example=example_number(settings))


def month_day(value: str) -> MonthDay:
    """The `--05-21` of a stored value as a date without its year."""
    return MonthDay(int(value[2:4]), int(value[5:7]))
