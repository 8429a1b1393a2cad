"""Dates and moments as people write them (contract 3, "Reading what people write"). Nothing here knows a sheet."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from pipeline.reading.clock_times import TIME, read_clock
from pipeline.terms.month_day import MonthDay, calendar_day
from pipeline.terms.text import short_line, shown_number

_FIRST_DAY = date(1905, 1, 1)
"""A date cell before it is a span of time: Excel and WPS show what was typed as 24:00 as 1900-01-01, or as 1904-01-02."""
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
"""From 2000-01-01 to 2099-12-31 (contract 3)."""
_EPOCH = date(1899, 12, 30)
"""Excel counts 1900-01-01 as 1 and has a 29 February 1900 that never was: from March 1900 on, day 0 is this one."""
EPOCH_1904_SHIFT = 1462
"""Days by which the serial numbers of a 1904-mode workbook are behind: those of early Excel for the Mac count from 1904-01-01."""
_ALMOST = 1e-4
"""Of a second, by which a serial number may fall short of the next one: what its 15 digits leave of a time."""

_DAY = (
    r"(?:(?P<y>\d{4})\s*(?:-\s*(?P<m1>\d{1,2})\s*-|/\s*(?P<m2>\d{1,2})\s*/|\.\s*(?P<m3>\d{1,2})\s*\.)\s*(?P<d1>\d{1,2})"
    r"|(?:(?P<y4>\d{4})\s*年)?\s*(?P<m4>\d{1,2})\s*月\s*(?P<d4>\d{1,2})\s*(?P<ri>[日号])?"
    r"|(?P<y5>\d{4})(?P<m5>\d{2})(?P<d5>\d{2})"
    r"|(?P<m6>\d{1,2})\s*/\s*(?P<d6>\d{1,2}))"
)
_DATE = re.compile(rf"{_DAY}(?:(?:\s+|[Tt]|(?<=[日号]))\s*(?P<time>{TIME})\s*(?:[Zz]|[+-]\d{{2}}:?\d{{2}})?)?")


def read_date(cell: object, *, is_1904: bool = False) -> date | MonthDay | None:
    """The day that a cell means, without a time that may follow it; None if it is not understood."""
    match cell:
        case date():  # a moment, too: datetime() is one
            day = cell.date() if isinstance(cell, datetime) else cell
            return day if day >= _FIRST_DAY else None
        case bool():  # before int(), which it is too
            return None
        case int() | float():
            return _serial_or_digits(cell, is_1904=is_1904)
        case str():
            return _written_date(cell, is_1904=is_1904)
        case _:
            return None


def _serial_or_digits(number: float, *, is_1904: bool) -> date | None:
    number = float(shown_number(number))
    whole = int(number) if abs(number) < 1e9 else 0  # noqa: PLR2004 - eight digits at most make a date
    shifted = whole + EPOCH_1904_SHIFT * is_1904
    if _FIRST_SERIAL <= shifted <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=shifted)
    return calendar_day(whole // 10000, whole // 100 % 100, whole % 100) if whole == number and whole > 10**7 else None


def _written_date(text: str, *, is_1904: bool) -> date | MonthDay | None:
    plain = short_line(text)
    match = _DATE.fullmatch(plain) or _DATE.fullmatch(re.sub(r"\s+", "", plain))
    if not match:
        # A cell formatted as text keeps the serial number of a date that was pasted into it.
        return _serial_or_digits(int(plain), is_1904=is_1904) if re.fullmatch(r"[0-9]{5}", plain) else None
    part = match.groupdict()
    month = next(part[name] for name in ("m1", "m2", "m3", "m4", "m5", "m6") if part[name])
    day = next(part[name] for name in ("d1", "d4", "d5", "d6") if part[name])
    year = part["y"] or part["y4"] or part["y5"]
    if part["time"] and read_clock(part["time"]) is None:
        return None
    if year:
        return calendar_day(int(year), int(month), int(day))
    # 2000 was a leap year: 29 February without its year is a day that some year has.
    return MonthDay(int(month), int(day)) if calendar_day(2000, int(month), int(day)) else None


def read_moment(cell: object, report_day: date, *, is_1904: bool = False) -> datetime | date | None:
    """When something happened (发生时间): a time of the report's day, a day with a time, or a day alone."""
    if isinstance(cell, datetime) and cell.date() >= _FIRST_DAY:
        return cell.replace(second=0, microsecond=0) if cell.time() != time(0) else cell.date()
    if (clock := read_clock(cell)) is not None:
        return datetime.combine(report_day, time(0)) + clock
    day = read_date(cell, is_1904=is_1904)
    if isinstance(day, MonthDay):
        day = day.on_or_before(report_day)
    if day is None:
        return None
    if isinstance(cell, float) and (part_of_day := float(shown_number(cell)) % 1):  # Excel's time is the part of the day behind the point
        return datetime.combine(day, time(0)) + timedelta(minutes=int(part_of_day * 86400 + _ALMOST) // 60)
    written = _DATE.fullmatch(short_line(cell)) if isinstance(cell, str) else None
    clock = read_clock(written["time"]) if written and written["time"] else None
    return datetime.combine(day, time(0)) + clock if clock is not None else day
