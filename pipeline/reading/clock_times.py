"""Times of day as people write them: 9:30, 上午9时30分, 下午3点半 (contract 3, "Dates")."""

from __future__ import annotations

import re
from datetime import time, timedelta

from pipeline.terms.text import short_line

TIME = (
    r"(?:上午|中午|下午|晚上|早上|凌晨)?\s*\d{1,2}\s*"
    r"(?::\s*\d{1,2}(?:\s*:\s*\d{1,2}(?:\.\d+)?)?|[时点]\s*(?:\d{1,2}\s*分?(?:\s*\d{1,2}\s*秒)?|半)?)\s*(?:[AaPp][Mm])?"
)
"""A time as it may follow a date, for a pattern that has one."""
_CLOCK = re.compile(
    r"(?P<half>上午|中午|下午|晚上|早上|凌晨)?\s*(?P<h>\d{1,2})\s*"
    r"(?::\s*(?P<m1>\d{1,2})(?:\s*:\s*\d{1,2}(?:\.\d+)?)?|[时点]\s*(?:(?P<m2>\d{1,2})\s*分?(?:\s*\d{1,2}\s*秒)?|(?P<mid>半))?)\s*(?P<ap>[AaPp][Mm])?"
)
_NOON = 12


def read_clock(cell: object) -> time | None:
    """A time of day: `9:30`, `上午9时30分`, a time cell; None if it is not understood."""
    match cell:
        case time():
            return cell.replace(second=0, microsecond=0)
        case timedelta() if timedelta(0) <= cell < timedelta(days=1):
            # The library gives a cell formatted as a duration ([h]:mm) as a span of time; below one day it is a time of day.
            return time(*divmod(int(cell.total_seconds()) // 60, 60))
        case str():
            return _written_clock(short_line(cell))
        case _:
            return None


def _written_clock(plain: str) -> time | None:
    match = _CLOCK.fullmatch(plain)
    if not match:
        return None
    hour, minute = int(match["h"]), 30 if match["mid"] else int(match["m1"] or match["m2"] or 0)
    if (match["half"] in ("下午", "晚上") or (match["ap"] or "").upper() == "PM") and hour < _NOON:
        hour += _NOON
    elif (match["half"] == "凌晨" or (match["ap"] or "").upper() == "AM") and hour == _NOON:
        hour = 0  # 12 in the half before noon is midnight
    try:
        return time(hour, minute)
    except ValueError:
        return None
