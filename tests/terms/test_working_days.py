"""Working days against the State Council's notices, written out here, and a year that nobody knows yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.terms import working_days


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2020, 5, 21), True),
        (date(2020, 5, 23), False),  # a Saturday
        (date(2020, 5, 1), False),  # 劳动节
        (date(2020, 5, 5), False),  # of the same holiday
        (date(2020, 5, 9), True),  # a Saturday that was worked for it
        (date(2022, 5, 7), True),
        (date(2020, 1, 31), False),  # the longer 春节 of 2020
    ],
)
def test_holidays_and_the_weekends_worked_instead(day: date, *, works: bool) -> None:
    assert working_days.is_working_day(day) is works


def test_five_working_days_over_a_holiday() -> None:
    # From 28 April 2020: 29, 30, then 1 to 5 May off, 6, 7, 8.
    assert working_days.after(date(2020, 4, 28), 5) == date(2020, 5, 8)
    assert working_days.after(date(2020, 4, 28), 0) == date(2020, 4, 28)
    assert [*working_days.between(date(2020, 5, 1), date(2020, 5, 9))] == [date(2020, 5, day) for day in (6, 7, 8, 9)]


def test_a_year_that_nobody_knows_is_counted_monday_to_friday_and_named() -> None:
    new_year = date(2099, 1, 1)  # a Thursday, and a holiday whenever it comes
    assert working_days.is_working_day(new_year)
    assert not working_days.is_working_day(new_year + timedelta(days=2))
    assert working_days.unknown_years([date(2020, 5, 1), new_year, new_year]) == (2099,)
    assert working_days.unknown_told([]) == ""
    assert working_days.unknown_told([2099, 2100]).startswith("2099、2100 年的放假调休安排程序还不知道")
