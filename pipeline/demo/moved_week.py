"""The made-up week on other days, so that it ends today and its board, upload and mail can be tried."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from pipeline.demo.made_up_week import FRI, Assignment, Report, Row, Value, day

_Handed = TypeVar("_Handed", Assignment, Report)
_ISO = re.compile(r"2020-\d\d-\d\d")
_WITHOUT_YEAR = re.compile(r"(\d+)月(\d+)日")
_YEAR = re.compile(r"(?<=-)2020(?=-\d{3}\b)|(?<=〔)2020(?=〕)")
"""The year in a case number and in a 答复文号."""


def moved(handed_in: _Handed, now: datetime) -> _Handed:
    """Return a file of the week as if the Friday were today: what comes on that day has come by now."""
    days = (now.date() - day(FRI)).days
    rows: dict[str, list[Row]] = {
        sheet: [{column: _value(value, days) for column, value in row.items()} for row in lines] for sheet, lines in handed_in.rows.items()
    }
    arrived, file = _arrived(handed_in.arrived + timedelta(days=days), now.replace(tzinfo=None)), str(_value(handed_in.file, days))
    if isinstance(handed_in, Report):
        return replace(handed_in, arrived=arrived, file=file, rows=rows, moved=days)
    return replace(handed_in, arrived=arrived, file=file, rows=rows)


def _arrived(at: datetime, now: datetime) -> datetime:
    """Return the arrival, on the last day so much earlier that it lies between midnight and now."""
    midnight = datetime.combine(now.date(), time.min)
    return min(at, midnight + (now - midnight) * ((at - midnight) / timedelta(days=1))) if at >= midnight else at


def _value(value: Value, days: int) -> Value:
    if isinstance(value, date):
        return value + timedelta(days=days)
    if not isinstance(value, str):
        return value
    later = timedelta(days=days)
    with_dates = _ISO.sub(lambda found: str(date.fromisoformat(found[0]) + later), value)
    with_days = _WITHOUT_YEAR.sub(lambda found: f"{(at := date(2020, int(found[1]), int(found[2])) + later).month}月{at.day}日", with_dates)
    return _YEAR.sub(str((day(FRI) + later).year), with_days)
