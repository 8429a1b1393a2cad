"""What one cell means, by the kind of its column: one reader for each kind (contract 3, "Reading what people write")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from pipeline.reading.arrival_moment import ArrivalMoment
from pipeline.reading.dates import read_date, read_moment
from pipeline.reading.numbers import read_number, shows_number
from pipeline.reading.workbook import Cell, Formatted
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers
from pipeline.terms.contract import Column, Kind, Yearless
from pipeline.terms.look_alikes import retype
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Value
from pipeline.terms.text import as_text, clean, key


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sheet's cells are read against."""

    settings: Settings
    of_day: date | None
    """The report's day; None in an assignment workbook, whose dates are seen from the day of its arrival."""
    arrival: ArrivalMoment
    is_1904: bool = False

    @property
    def report_day(self) -> date:
        """The day from which dates are seen."""
        return self.of_day or self.arrival.day


class Understood(NamedTuple):
    """What one distinct cell means."""

    value: Value = None
    odd: bool = False
    """Whether it was understood though not written as the template has it."""
    fault: str = ""
    """The message's name where it is refused."""
    details: Mapping[str, object] = MappingProxyType({})


EMPTY = Understood()
_SIXTEEN_DIGITS = 1e15
"""The smallest number with more digits than Excel keeps."""
CellReader = Callable[[Cell], Understood]


def reader(column: Column, around: Surroundings, factor: Decimal) -> CellReader:
    """What reads the cells of that column; `factor` is the one of its header's unit."""
    return _READERS[column.kind](column, around, factor)


def _code_reader(_column: Column, _around: Surroundings, _factor: Decimal) -> CellReader:
    return _read_code


def _read_code(cell: Cell) -> Understood:
    if isinstance(cell, str) and case_numbers.PLAIN.fullmatch(cell):
        return Understood(cell)
    written = as_text(cell)
    number = case_numbers.canonical(written)
    return Understood(number, odd=written.strip() != number)


def _choice_reader(column: Column, around: Surroundings, _factor: Decimal) -> CellReader:
    listed = around.settings.values_of(column)
    values = {key(value): value for value in listed}
    fault = "not-in-list/source" if column.name == "案件来源" else "not-in-list"

    def read(cell: Cell) -> Understood:
        written = as_text(cell)
        meant = values.get(key(written))
        if meant is None:
            details = {"column": column.name, "values": "、".join(listed), "alike": retype(written, listed)}
            return Understood(key(written), fault=fault, details=details)
        return Understood(meant, odd=written.strip() != meant)

    return read


def _district_reader(column: Column, around: Surroundings, _factor: Decimal) -> CellReader:
    settings = around.settings

    def read(cell: Cell) -> Understood:
        written = key(as_text(cell))
        district = settings.district_named(as_text(cell))
        if district is None:
            alike = retype(written, settings.district_names)
            details = {"column": column.name, "values": "、".join(settings.district_names), "alike": alike}
            return Understood(written, fault="not-in-list", details=details)
        return Understood(district.name, odd=written != district.name)

    return read


def _date_reader(column: Column, around: Surroundings, _factor: Decimal) -> CellReader:
    def read(cell: Cell) -> Understood:
        day = read_date(cell, is_1904=around.is_1904)
        odd = not isinstance(cell, date)
        if isinstance(day, MonthDay) and column.yearless is Yearless.START:
            return Understood(day, odd=odd)  # the row's own start settles it
        if isinstance(day, MonthDay):
            day = day.on_or_before(around.arrival.day if column.yearless is Yearless.ARRIVAL else around.report_day)
        if day is None:
            return Understood(key(as_text(cell)), fault="bad-date", details={"column": column.name, "example": example_day(around)})
        return Understood(day, odd=odd)

    return read


def _prefilled_date_reader(_column: Column, around: Surroundings, _factor: Decimal) -> CellReader:
    """Such a cell is never judged, so what is no date stays as it is written."""

    def read(cell: Cell) -> Understood:
        return Understood(read_date(cell, is_1904=around.is_1904) or clean(as_text(cell)))

    return read


def _moment_reader(column: Column, around: Surroundings, _factor: Decimal) -> CellReader:
    def read(cell: Cell) -> Understood:
        moment = read_moment(cell, around.report_day, is_1904=around.is_1904)
        if moment is None:
            example = f"{example_day(around)} 09:30"
            return Understood(key(as_text(cell)), fault="bad-date", details={"column": column.name, "example": example})
        return Understood(moment)

    return read


NUMBERS = (Kind.COUNT, Kind.MONEY)
"""The kinds of columns that hold numbers."""


def _number_reader(column: Column, _around: Surroundings, factor: Decimal) -> CellReader:
    hint = "整数" if column.kind is Kind.COUNT else "数字，单位为万元"

    def read(cell: Cell) -> Understood:
        if isinstance(cell, Formatted):
            if not shows_number(cell.text, cell.value, column.units, factor):
                details = {"column": column.name, "hint": hint, "stored": as_text(cell.value)}
                return Understood(key(cell.text), fault="bad-number/shown", details=details)
            cell = cell.value
        amount = read_number(cell, column.units, factor)
        if amount is None or (column.kind is Kind.COUNT and amount != amount.to_integral_value()):
            return Understood(key(as_text(cell)), fault="bad-number", details={"column": column.name, "hint": hint})
        return Understood(amount, odd=isinstance(cell, str) and cell.strip() != format(amount, "f"))

    return read


def _reply_number_reader(_column: Column, _around: Surroundings, _factor: Decimal) -> CellReader:
    return _read_reply_number


def _read_reply_number(cell: Cell) -> Understood:
    """Free text, unless Excel has made something else of what was typed: that is no number that stands on a letter."""
    text = clean(as_text(cell))
    match cell:
        case date() | time() | timedelta():
            made_of_it = "日期或时间"
        case float() if abs(cell) >= _SIXTEEN_DIGITS:
            made_of_it = "超过 15 位的数字，后面的位数已经变成 0"
        case str() if key(cell) in ("TRUE", "FALSE"):
            made_of_it = "逻辑值"
        case _:
            return Understood(text or None)
    return Understood(text, fault="bad-number/reply", details={"made": made_of_it})


_READERS: dict[Kind, Callable[[Column, Surroundings, Decimal], CellReader]] = {
    Kind.CODE: _code_reader,
    Kind.REPLY_NUMBER: _reply_number_reader,
    Kind.CHOICE: _choice_reader,
    Kind.DISTRICT: _district_reader,
    Kind.DATE: _date_reader,
    Kind.PREFILLED_DATE: _prefilled_date_reader,
    Kind.MOMENT: _moment_reader,
    Kind.COUNT: _number_reader,
    Kind.MONEY: _number_reader,
}


def example_day(around: Surroundings) -> str:
    """A day as it is to be written: the report's own, which any date of it could be."""
    return around.report_day.isoformat()
