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
    r"(?::\s*(?P<m1>\d{1,2})(?:\s*:\s*(?P<s>\d{1,2})(?:\.\d+)?)?|(?P<mark>[时点])\s*(?:(?P<m2>\d{1,2})\s*分?(?:\s*\d{1,2}\s*秒)?|(?P<mid>半))?)"
    r"\s*(?P<ap>[AaPp][Mm])?"
)
_END_OF_DAY = timedelta(days=1)
_HOURS: dict[str, dict[int, int]] = {
    "": {hour: hour for hour in range(24)},
    "凌晨": {12: 0, **{hour: hour for hour in range(7)}},
    "早上": {hour: hour for hour in range(3, 12)},
    "上午": {12: 0, **{hour: hour for hour in range(12)}},
    "中午": {10: 10, 11: 11, 12: 12, 13: 13, 14: 14, 1: 13, 2: 14},
    "下午": {12: 12, **{hour: hour % 12 + 12 for hour in [*range(1, 12), *range(13, 24)]}},
    "晚上": {hour: hour % 12 + 12 for hour in [*range(5, 12), *range(17, 24)]},
    "AM": {12: 0, **{hour: hour for hour in range(12)}},
    "PM": {12: 12, **{hour: hour % 12 + 12 for hour in [*range(1, 12), *range(13, 24)]}},
}
"""The hour of the day that a written hour means after such a word; one that is not there could mean two, or contradicts the word.

Excel writes 00:30 as 上午12:30. 晚上12点 is the end of the day; 晚上1点 may be an hour of the night before or after.
"""


def read_clock(cell: object) -> timedelta | None:
    """A time of day, as what has passed since the day began, in whole minutes: `9:30`, `上午9时30分`, a time cell.

    `24:00` and `晚上12点` are 24 hours: the end of the day. None if it is not understood, or could mean two times.
    """
    match cell:
        case time():
            return timedelta(hours=cell.hour, minutes=cell.minute)
        case timedelta() if timedelta(0) <= cell <= _END_OF_DAY:
            # The library gives a cell formatted as a duration ([h]:mm) as a span of time; Excel formats what is typed as 24:00 so.
            return timedelta(minutes=cell // timedelta(minutes=1))
        case str():
            return _written_clock(short_line(cell))
        case _:
            return None


def _written_clock(plain: str) -> timedelta | None:
    match = _CLOCK.fullmatch(plain)
    if not match or (match["half"] and match["ap"]):
        return None
    half = match["half"] or (match["ap"] or "").upper()
    written, minute = int(match["h"]), 30 if match["mid"] else int(match["m1"] or match["m2"] or 0)
    is_whole = minute == int(match["s"] or 0) == 0
    if is_whole and ((half == "晚上" and written == 12) or (not half and written == 24)):  # noqa: PLR2004 - the last hour has two names
        return _END_OF_DAY
    if half == "上午" and written == 12 and match["mark"] == "点":  # noqa: PLR2004 - spoken it is noon, written by Excel midnight
        return None
    hour = _HOURS[half].get(written)
    if hour is None or minute > 59 or int(match["s"] or 0) > 59:  # noqa: PLR2004
        return None
    return timedelta(hours=hour, minutes=minute)
