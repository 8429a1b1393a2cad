"""Cells in, understood values and findings out: a column at a time, through the table of its distinct cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipeline.reading import cell_kinds
from pipeline.reading.cell_kinds import EMPTY, CellReader, Surroundings, Understood
from pipeline.reading.examination import Examination, Row
from pipeline.reading.table import Table
from pipeline.reading.workbook import Cell, ErrorValue, Formatted
from pipeline.terms import case_numbers, messages
from pipeline.terms.contract import CASE, Column, Kind
from pipeline.terms.look_alikes import number_meant, retype
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Rows, Value, written
from pipeline.terms.text import as_text, clean, is_empty, mask, may_hold_personal_number, personal_numbers

_READ_AS = {
    Kind.CODE: "read-as/code",
    Kind.DISTRICT: "read-as/district",
    Kind.DATE: "read-as/date",
    Kind.COUNT: "read-as/number",
    Kind.MONEY: "read-as/number",
}


def examine(table: Table, around: Surroundings) -> Examination:
    """Every cell of the table by itself; what several cells say together is the caller's."""
    rows = Rows(table.sheet.name, mask(table.name), dict(table.columns), table.lines, {}, refused=[*table.personal])
    sheet = Examination(rows, table.cells, list(table.findings))
    for position, columns in table.personal.items():
        for name, at in table.columns.items():
            if at in columns:
                sheet.leave_unread(name, position)
    for position in table.of_others:
        sheet.refused.add(position)
        for name in table.columns:
            sheet.leave_unread(name, position)
    for column in table.sheet.columns:
        if column.kind is not Kind.UNREAD:
            rows.values[column.name] = _values(sheet, table, column, around)
    _hide_personal(rows, table)
    for position in table.of_others:  # what they say belongs to columns that nobody knows
        for values in rows.values.values():
            values[position] = None
    return sheet


def _values(sheet: Examination, table: Table, column: Column, around: Surroundings) -> list[Value]:
    """What the cells of a column mean, one for each row; what is wrong with them is found on the way."""
    cells = table.cells.get(column.name)
    if cells is None:
        return [column.default or None] * len(table.lines)
    types = {*map(type, cells)}
    if bool in types:
        # True == 1.0 in Python: as they are, a logical value and the number would share an entry in the table of cells.
        cells = [as_text(cell) if isinstance(cell, bool) else cell for cell in cells]
    if Formatted in types and column.kind not in cell_kinds.NUMBERS:  # what Excel shows counts
        cells = [cell.text if isinstance(cell, Formatted) else cell for cell in cells]
    if column.kind in (Kind.TEXT, Kind.PREFILLED):
        return _texts(sheet, column, cells)
    read = cell_kinds.reader(column, around, table.units.get(column.name, Decimal(1)))
    if ErrorValue in types:
        read = _with_errors(read, column)
    understood = _without_numbers({cell: EMPTY if is_empty(cell) else read(cell) for cell in set(cells)})
    needs_value = column.required and not column.default
    remarkable = {cell: meant for cell, meant in understood.items() if meant.fault or meant.odd or (meant is EMPTY and needs_value)}
    if remarkable:
        _note_findings(sheet, column, [remarkable.get(cell) for cell in cells], _hint(column, around))
    values = [understood[cell].value for cell in cells]
    return [value or column.default for value in values] if column.default else values


def _texts(sheet: Examination, column: Column, cells: list[Cell]) -> list[Value]:
    """Free text: nothing in it is wrong but an error in its place, or that it is missing."""
    understood = {cell: None if is_empty(cell) else clean(as_text(cell)) or None for cell in set(cells)}
    if column.kind is Kind.TEXT and any(isinstance(cell, ErrorValue) for cell in understood):
        for row in sheet:
            if isinstance(cells[row.position], ErrorValue) and row.is_read(column.name):
                row.refuse_cell("error-value", column.name, column=column.name)
    if column.required and None in understood.values():
        for row in sheet:
            if understood[cells[row.position]] is None and row.is_read(column.name):
                row.refuse_cell("required", column.name, column=column.name, hint=column.name)
    return [understood[cell] for cell in cells]


def _with_errors(read: CellReader, column: Column) -> CellReader:
    """The reader for a column that holds errors, which are faults but where the column was filled in beforehand."""
    fault = "" if column.kind is Kind.PREFILLED_DATE else "error-value"

    def read_any(cell: Cell) -> Understood:
        return Understood(as_text(cell), fault=fault, details={"column": column.name}) if isinstance(cell, ErrorValue) else read(cell)

    return read_any


def _note_findings(sheet: Examination, column: Column, remarkable: list[Understood | None], hint: str) -> None:
    """The findings about a column's cells; those that were merely written oddly share one, at the first of them."""
    odd: list[tuple[Row, Understood]] = []
    for row in sheet:
        meant = remarkable[row.position]
        if meant is None or not row.is_read(column.name):
            continue
        if meant is EMPTY:
            row.refuse_cell("required", column.name, column=column.name, hint=hint)
        elif meant.fault:
            row.refuse_cell(meant.fault, column.name, **meant.details)
        else:
            odd.append((row, meant))
    if odd:
        first, meant = odd[0]
        more = f"（这一列共 {len(odd)} 处）" if len(odd) > 1 else ""
        message = _READ_AS.get(column.kind, "read-as/value")
        value = messages.without_year(meant.value) if isinstance(meant.value, MonthDay) else written(meant.value) or ""
        first.warn(message, column.name, column=column.name, meant=value, more=more)
        if isinstance(meant.value, MonthDay) and sheet.with_findings:
            sheet.without_year[column.name, first.position] = len(sheet.findings) - 1


def _hint(column: Column, around: Surroundings) -> str:
    settings = around.settings
    match column.kind:
        case Kind.CHOICE:
            return f"其中之一：{'、'.join(settings.values_of(column))}"
        case Kind.DATE | Kind.MOMENT:
            return f"日期，例如：{cell_kinds.example_day(around)}"
        case Kind.COUNT:
            return "整数，没有的填 0"
        case Kind.CODE:
            return f"案件编号，例如：{case_numbers.example(settings.case_number_pattern)}"
        case Kind.DISTRICT:
            return f"旗区全称：{'、'.join(settings.district_names)}"
        case _:
            return column.name


# --- personal numbers --------------------------------------------------------------------------------------------


def _without_numbers(understood: dict[Cell, Understood]) -> dict[Cell, Understood]:
    """Refuse what becomes a personal number only by being understood, such as one written with commas or wide gaps."""
    texts = (written(meant.value) for meant in understood.values() if not isinstance(meant.value, date))  # which is too short for one
    if not may_hold_personal_number(".".join(text for text in texts if text)):
        return understood
    return {
        cell: _hidden(meant, text) if personal_numbers(text := written(meant.value) or "") else meant for cell, meant in understood.items()
    }


def _hidden(meant: Understood, text: str) -> Understood:
    return Understood(fault=meant.fault or "personal-information", details={**meant.details, "value": mask(text)})


def _hide_personal(rows: Rows, table: Table) -> None:
    """Keep nothing of a cell that holds a personal number; the rest of its row stays as read."""
    if not table.personal:
        return
    for name, values in rows.values.items():
        for position, columns in table.personal.items():
            value = values[position]
            if table.columns.get(name) in columns:
                values[position] = None
            elif isinstance(value, str):
                values[position] = mask(value) or None


# --- a rule of every sheet that brings cases in ------------------------------------------------------------------


def refuse_number_outside(row: Row, around: Surroundings) -> None:
    """A case number outside the pattern, where the row is what brings the case in."""
    number, pattern = row[CASE], around.settings.case_number_pattern
    if number and row.is_read(CASE) and not case_numbers.fits(number, pattern):
        meant = number_meant(number)
        alike = retype(number, [meant]) if case_numbers.fits(meant, pattern) else ""
        row.refuse_cell("not-in-list/case", CASE, example=case_numbers.example(pattern), alike=alike)
