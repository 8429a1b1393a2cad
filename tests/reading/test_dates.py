"""Dates, times of day and dates without a year.

Covers `clock_times` and `month_day`.
"""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.dates import read_date, read_moment
from pipeline.reading.numbers import read_number
from pipeline.terms.contract import MONEY_UNITS
from pipeline.terms.month_day import MonthDay

DAY = date(2020, 5, 21)

DATES = (
    (DAY, DAY),
    (datetime(2020, 5, 21, 9, 30), DAY),  # noqa: DTZ001 - as a workbook gives it
    ("2020-05-21", DAY),
    ("2020-5-21", DAY),
    ("2020/5/21", DAY),
    ("2020.5.21", DAY),
    ("2020年5月21日", DAY),
    ("2020 年 5 月 21 日", DAY),
    ("20200521", DAY),
    (20200521, DAY),
    (20200521.0, DAY),
    ("２０２０－０５－２１", DAY),
    ("２０２０年５月２１日", DAY),
    ("2020—05—21", DAY),
    (" 2020-05-21 ", DAY),
    ("2020-05-21 09:30", DAY),
    ("2020-05-21 09:30:15", DAY),
    ("2020-05-21T09:30:15", DAY),
    ("2020年5月21日上午9时30分", DAY),
    ("2020/5/21 下午3:05", DAY),
    ("5月21日", MonthDay(5, 21)),
    ("5/21", MonthDay(5, 21)),
    ("５／２１", MonthDay(5, 21)),
    ("5月21日 9:30", MonthDay(5, 21)),
    ("2月29日", MonthDay(2, 29)),
    (43972, DAY),
    (43972.0, DAY),
    (43972.75, DAY),
    ("43972", DAY),
    (36526, date(2000, 1, 1)),
    (73050, date(2099, 12, 31)),
    ("2020 / 05 / 21\u200b", DAY),
    ("\u200e2020-05-21", DAY),
    ("20\u200b20年5月 2\ufeff1日", DAY),
    ("2020-0 5-21", DAY),
    ("2020-05-21 \u200b09:30", DAY),
    ("5\u200b/21", MonthDay(5, 21)),
    ("4397\u200b2", DAY),
    (43971.999999999993, DAY),
    (43971.9999, date(2020, 5, 20)),
    ("5.21", None),
    (5.21, None),
    (36525, None),
    (73051, None),
    ("2020-02-30", None),
    ("2020-13-01", None),
    ("20201301", None),
    (20200230, None),
    ("2月30日", None),
    ("5月", None),
    ("2020年5月", None),
    ("2020", None),
    (2020, None),
    ("05-21", None),
    ("20-05-21", None),
    ("2020-05/21", None),
    ("2020-05-21 25:00", None),
    ("2020-05-21左右", None),
    ("5月21日前", None),
    ("上周", None),
    ("", None),
    (True, None),
    (time(9, 30), None),
    (float("inf"), None),
    (float("nan"), None),
    (-43972, None),
)


@pytest.mark.parametrize(("written", "meant"), DATES)
def test_a_date_is_read_as_the_contract_says(written: object, meant: object) -> None:
    assert read_date(written) == meant


@pytest.mark.parametrize(("number", "meant"), [(42510, DAY), (42510.5, DAY), (36526 - 1462, date(2000, 1, 1)), (36526 - 1463, None)])
def test_serial_numbers_of_a_1904_workbook_give_the_same_days(number: float, meant: date | None) -> None:
    assert read_date(number, is_1904=True) == meant


@pytest.mark.parametrize(
    ("month_day", "anchor", "before", "after"),
    [
        (MonthDay(5, 21), DAY, DAY, DAY),
        (MonthDay(5, 22), DAY, date(2019, 5, 22), date(2020, 5, 22)),
        (MonthDay(5, 20), DAY, date(2020, 5, 20), date(2021, 5, 20)),
        (MonthDay(12, 31), date(2020, 1, 1), date(2019, 12, 31), date(2020, 12, 31)),
        (MonthDay(2, 29), DAY, date(2020, 2, 29), date(2024, 2, 29)),
        (MonthDay(2, 29), date(1999, 1, 1), date(1996, 2, 29), date(2000, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_nearest_on_its_side(month_day: MonthDay, anchor: date, before: date, after: date) -> None:
    assert month_day.on_or_before(anchor) == before
    assert month_day.on_or_after(anchor) == after


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_way_to_write_a_day_gives_that_day(day: date) -> None:
    ways = [
        f"{day:%Y-%m-%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
    ]
    serial = (day - date(1899, 12, 30)).days
    assert {read_date(way) for way in [*ways, serial, str(serial), float(serial)]} == {day}
    assert read_date(serial - 1462, is_1904=True) == day


MOMENTS = (
    ("9:30", datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    ("９：３０", datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    ("上午9时30分", datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    ("下午3时", datetime(2020, 5, 21, 15, 0)),  # noqa: DTZ001
    ("下午3点半", datetime(2020, 5, 21, 15, 30)),  # noqa: DTZ001
    ("2020-05-21 09:30", datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    ("2020年5月20日上午9时30分", datetime(2020, 5, 20, 9, 30)),  # noqa: DTZ001
    ("5月20日 21:15", datetime(2020, 5, 20, 21, 15)),  # noqa: DTZ001
    ("12月31日 8:00", datetime(2019, 12, 31, 8, 0)),  # noqa: DTZ001
    (datetime(2020, 5, 21, 9, 30, 59), datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    (time(9, 30), datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    (43972.395833333336, datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    ("2020-05-21", DAY),
    (DAY, DAY),
    (43972.0, DAY),
    ("20200521", DAY),
    ("5月21日", DAY),
    ("25:00", None),
    ("9:75", None),
    ("早上", None),
    ("9:30:75", None),
    ("中午1点", datetime(2020, 5, 21, 13, 0)),  # noqa: DTZ001
    ("中午12点半", datetime(2020, 5, 21, 12, 30)),  # noqa: DTZ001
    ("中午11:40", datetime(2020, 5, 21, 11, 40)),  # noqa: DTZ001
    ("中午5点", None),
    ("晚上7点半", datetime(2020, 5, 21, 19, 30)),  # noqa: DTZ001
    ("晚上20:15", datetime(2020, 5, 21, 20, 15)),  # noqa: DTZ001
    ("晚上12点", datetime(2020, 5, 22, 0, 0)),  # noqa: DTZ001
    ("2020年5月20日晚上12点", datetime(2020, 5, 21, 0, 0)),  # noqa: DTZ001
    ("晚上12点半", None),
    ("晚上1点", None),
    ("2020-05-20 晚上1点", None),
    ("上午12:30", datetime(2020, 5, 21, 0, 30)),  # noqa: DTZ001
    ("上午12时30分", datetime(2020, 5, 21, 0, 30)),  # noqa: DTZ001
    ("上午12点", None),
    ("上午13:30", None),
    ("下午12:30", datetime(2020, 5, 21, 12, 30)),  # noqa: DTZ001
    ("下午15:30", datetime(2020, 5, 21, 15, 30)),  # noqa: DTZ001
    ("凌晨12:10", datetime(2020, 5, 21, 0, 10)),  # noqa: DTZ001
    ("凌晨3点", datetime(2020, 5, 21, 3, 0)),  # noqa: DTZ001
    ("凌晨13点", None),
    ("早上8点", datetime(2020, 5, 21, 8, 0)),  # noqa: DTZ001
    ("12:30 AM", datetime(2020, 5, 21, 0, 30)),  # noqa: DTZ001
    ("12:30 pm", datetime(2020, 5, 21, 12, 30)),  # noqa: DTZ001
    ("13:30 AM", None),
    ("上午9:30 AM", None),
    ("9\u200b:30", datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    (43971.999999999993, datetime(2020, 5, 21, 0, 0).date()),  # noqa: DTZ001
    (43972.3958333333, datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001
    (43972.39652777, datetime(2020, 5, 21, 9, 30)),  # noqa: DTZ001 - 9:30:59, as a date cell with that time
    ("9", None),
    (True, None),
)


@pytest.mark.parametrize(("written", "meant"), MOMENTS)
def test_a_moment_is_of_the_reports_day_or_a_day_with_a_time_or_a_day_alone(written: object, meant: object) -> None:
    assert read_moment(written, DAY) == meant
    assert type(read_moment(written, DAY)) is type(meant)


# --- a cell must not hold up the night -------------------------------------------------------------------------

LONG = 20_000


@pytest.mark.parametrize(
    "cell",
    ["2020-05-21" + " " * LONG + "x", "20200521" + "\n" * LONG + "9", "9时" + " " * LONG + "x", " ".join("2020" * (LONG // 8)), "9" * LONG],
    ids=["blanks", "breaks", "clock", "pieces", "digits"],
)
def test_a_cell_as_long_as_excel_allows_is_read_at_once(cell: str) -> None:
    begun = clock.process_time()
    assert read_date(cell) is None
    assert read_moment(cell, DAY) is None
    read_number(cell, MONEY_UNITS, Decimal(1))
    assert clock.process_time() - begun < 1.0


@pytest.mark.parametrize(
    "cell", [timedelta(days=1), "24:00", "24:00:00", "24时", "24点", "２４：００", "2020-05-21 24:00", "2020年5月21日24时"]
)
def test_24_hours_are_the_end_of_the_day(cell: object) -> None:
    assert read_moment(cell, DAY) == datetime(2020, 5, 22, 0, 0)  # noqa: DTZ001


SPANS: list[object] = [
    timedelta(days=1, minutes=1), "24:01", "24:00:01", "25:00", "下午24点", "2020-05-21 24:30",
    date(1900, 1, 1), datetime(1900, 1, 1, 12, 0), date(1904, 1, 2), datetime(1904, 1, 2, 9, 30),  # noqa: DTZ001
]  # fmt: skip


@pytest.mark.parametrize("cell", SPANS, ids=repr)
def test_a_span_of_time_is_no_moment_and_no_day(cell: object) -> None:
    assert read_moment(cell, DAY) is None
    assert read_date(cell) is None
