"""Dates, times and numbers as people write them (contract 3, "Reading what people write"). Nothing here knows a sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from pipeline.terms.text import nfkc

_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
_EPOCH = date(1899, 12, 30)
EPOCH_1904_SHIFT = 1462
"""Days by which the serial numbers of a 1904-mode workbook are behind."""

_TIME = (
    r"(?:上午|中午|下午|晚上|早上|凌晨)?\s*\d{1,2}\s*"
    r"(?::\s*\d{1,2}(?:\s*:\s*\d{1,2}(?:\.\d+)?)?|[时点]\s*(?:\d{1,2}\s*分?(?:\s*\d{1,2}\s*秒)?|半)?)\s*(?:[AaPp][Mm])?"
)
_DAY = (
    r"(?:(?P<y>\d{4})\s*(?:-\s*(?P<m1>\d{1,2})\s*-|/\s*(?P<m2>\d{1,2})\s*/|\.\s*(?P<m3>\d{1,2})\s*\.)\s*(?P<d1>\d{1,2})"
    r"|(?:(?P<y4>\d{4})\s*年)?\s*(?P<m4>\d{1,2})\s*月\s*(?P<d4>\d{1,2})\s*(?P<ri>[日号])?"
    r"|(?P<y5>\d{4})(?P<m5>\d{2})(?P<d5>\d{2})"
    r"|(?P<m6>\d{1,2})\s*/\s*(?P<d6>\d{1,2}))"
)
_DATE = re.compile(rf"{_DAY}(?:(?:\s+|[Tt]|(?<=[日号]))\s*(?P<time>{_TIME})\s*(?:[Zz]|[+-]\d{{2}}:?\d{{2}})?)?")
_CLOCK = re.compile(
    r"(?P<half>上午|中午|下午|晚上|早上|凌晨)?\s*(?P<h>\d{1,2})\s*"
    r"(?::\s*(?P<m1>\d{1,2})(?:\s*:\s*\d{1,2}(?:\.\d+)?)?|[时点]\s*(?:(?P<m2>\d{1,2})\s*分?(?:\s*\d{1,2}\s*秒)?|(?P<mid>半))?)\s*(?P<ap>[AaPp][Mm])?"
)
_NOON = 12
_LONGEST = 64
"""Characters; nothing longer is a date, a time or a number, and patterns need not try."""


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A date written without its year."""

    month: int
    day: int

    def on_or_before(self, anchor: date) -> date | None:
        """The latest such day not after `anchor`."""
        return self._nearest(anchor, -1)

    def on_or_after(self, anchor: date) -> date | None:
        """The earliest such day not before `anchor`."""
        return self._nearest(anchor, 1)

    def _nearest(self, anchor: date, step: int) -> date | None:
        for years in range(9):  # 29 February comes once in at most eight years
            found = _day(anchor.year + step * years, self.month, self.day)
            if found and (found - anchor).days * step >= 0:
                return found
        return None


def _one_line(text: str) -> str:
    """The text after NFKC with single blanks; '' where it is too long to be a value."""
    plain = " ".join(nfkc(text).split())
    return plain if len(plain) <= _LONGEST else ""


def read_date(cell: object, *, is_1904: bool = False) -> date | MonthDay | None:
    """The day that a cell means, without a time that may follow it; None if it is not understood."""
    match cell:
        case datetime():
            return cell.date()
        case date():
            return cell
        case bool():
            return None
        case int() | float():
            return _serial_or_digits(cell, is_1904=is_1904)
        case str():
            return _written_date(cell, is_1904=is_1904)
        case _:
            return None


def _serial_or_digits(number: float, *, is_1904: bool) -> date | None:
    whole = int(number) if abs(number) < 1e9 else 0  # noqa: PLR2004 - eight digits at most make a date
    shifted = whole + EPOCH_1904_SHIFT * is_1904
    if _FIRST_SERIAL <= shifted <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=shifted)
    return _day(whole // 10000, whole // 100 % 100, whole % 100) if whole == number and whole > 10**7 else None


def _written_date(text: str, *, is_1904: bool) -> date | MonthDay | None:
    plain = _one_line(text)
    found = _DATE.fullmatch(plain) or _DATE.fullmatch(re.sub(r"\s+", "", plain))
    if not found:
        return _serial_or_digits(int(plain), is_1904=is_1904) if re.fullmatch(r"[0-9]{5}", plain) else None
    part = found.groupdict()
    month = next(part[name] for name in ("m1", "m2", "m3", "m4", "m5", "m6") if part[name])
    day = next(part[name] for name in ("d1", "d4", "d5", "d6") if part[name])
    year = part["y"] or part["y4"] or part["y5"]
    if part["time"] and read_clock(part["time"]) is None:
        return None
    if year:
        return _day(int(year), int(month), int(day))
    return MonthDay(int(month), int(day)) if _day(2000, int(month), int(day)) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_clock(cell: object) -> time | None:
    """A time of day: `9:30`, `上午9时30分`, a time cell; None if it is not understood."""
    match cell:
        case datetime():
            return None
        case time():
            return cell.replace(second=0, microsecond=0)
        case timedelta() if timedelta(0) <= cell < timedelta(days=1):
            return time(*divmod(int(cell.total_seconds()) // 60, 60))
        case str():
            return _written_clock(_one_line(cell))
        case _:
            return None


def _written_clock(plain: str) -> time | None:
    found = _CLOCK.fullmatch(plain)
    if not found:
        return None
    hour, minute = int(found["h"]), 30 if found["mid"] else int(found["m1"] or found["m2"] or 0)
    if (found["half"] in ("下午", "晚上") or (found["ap"] or "").upper() == "PM") and hour < _NOON:
        hour += _NOON
    elif (found["half"] == "凌晨" or (found["ap"] or "").upper() == "AM") and hour == _NOON:
        hour = 0
    try:
        return time(hour, minute)
    except ValueError:
        return None


def read_moment(cell: object, report_day: date, *, is_1904: bool = False) -> datetime | date | None:
    """When something happened (发生时间): a time of the report's day, a day with a time, or a day alone."""
    if isinstance(cell, datetime):
        return cell.replace(second=0, microsecond=0) if cell.time() != time(0) else cell.date()
    if (clock := read_clock(cell)) is not None:
        return datetime.combine(report_day, clock)
    day = read_date(cell, is_1904=is_1904)
    if isinstance(day, MonthDay):
        day = day.on_or_before(report_day)
    if day is None:
        return None
    if isinstance(cell, float) and cell % 1 and not cell.is_integer():
        return datetime.combine(day, time(0)) + timedelta(minutes=round(cell % 1 * 1440))
    written = _DATE.fullmatch(_one_line(cell)) if isinstance(cell, str) else None
    at = read_clock(written["time"]) if written and written["time"] else None
    return datetime.combine(day, at) if at else day


_NUMBER = re.compile(r"(?P<sign>[-+]?)\s*(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?\s*(?P<unit>[^\d\s.,]*)")


def read_number(cell: object, units: dict[str, Decimal], default: Decimal) -> Decimal | None:
    """An amount of zero or more in the column's own unit; None if it is not understood or negative.

    `units` gives the factor of each unit that may trail the number; `default` is the header's factor, used where
    nothing trails it.
    """
    match cell:
        case bool():
            return None
        case int() | float():
            try:
                amount = Decimal(repr(cell)) * default
            except InvalidOperation:
                return None
            return _plain(amount) if amount.is_finite() and amount >= 0 else None
        case str():
            found = _NUMBER.fullmatch(_one_line(cell))
            if not found or found["sign"] == "-" or (found["unit"] and found["unit"] not in units):
                return None
            amount = Decimal(found["digits"].replace(",", "") + (found["fraction"] or ""))
            return _plain(amount * (units[found["unit"]] if found["unit"] else default))
        case _:
            return None


def _plain(amount: Decimal) -> Decimal:
    """Without trailing zeros or an exponent, so that 12.0 and 12 are the same text."""
    return Decimal(format(amount.normalize(), "f")) + 0
