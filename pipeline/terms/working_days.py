"""Working days: Monday to Friday but for public holidays, with the weekends that are worked instead (docs/contract-extensions.md 1).

Which days those are is known year by year, from the State Council's notices (package chinesecalendar). A year that nobody has told yet is
counted Monday to Friday, and `unknown_years` names it, so that what depends on it can say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Return whether people work on that day; of a year that is not known, whether it is Monday to Friday."""
    import chinese_calendar  # asked for a few days only, and large

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def after(start: date, count: int) -> date:
    """Return the last of so many working days, counted from the day after the start; the start itself where none are counted."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def between(first: date, last: date) -> Iterator[date]:
    """Go through the working days from the first to the last, both included."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return (day for day in days if is_working_day(day))


def unknown_years(days: Iterable[date]) -> tuple[int, ...]:
    """Return the years of these days whose holidays are not known, in order."""
    import chinese_calendar

    def is_known(year: int) -> bool:
        try:
            chinese_calendar.is_workday(date(year, 7, 1))
        except NotImplementedError:
            return False
        return True

    return tuple(year for year in sorted({day.year for day in days}) if not is_known(year))


def fixed_holidays(days: Iterable[date]) -> Iterator[date]:
    """Go through those of these days that are holidays by law whatever a year's notice says: 元旦, 劳动节 and 国庆节."""
    return (day for day in days if (day.month, day.day) in _FIXED)


def holidays(days: Iterable[date]) -> Iterator[date]:
    """Go through those of these days that are public holidays; of a year that is not known the fixed ones."""
    import chinese_calendar

    known, unknown = list[date](), unknown_years(days := [*days])
    for day in days:
        if day.year not in unknown:
            is_free, name = chinese_calendar.get_holiday_detail(day)
            known += [day] if is_free and name else []
    yield from sorted({*known, *(day for day in fixed_holidays(days) if day.year in unknown)})


_FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""全国年节及纪念日放假办法, as in force since 2025; the others go by the moon."""


def unknown_told(years: Iterable[int]) -> str:
    """Return the sentence for outputs that rest on days of these years; '' for none."""
    named = "、".join(str(year) for year in years)
    return f"{named} 年的放假调休安排程序还不知道，工作日按周一至周五算，放假安排公布后请更新程序。" if named else ""
