from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pipeline.reading.numbers import read_number
from pipeline.terms.contract import HOUSEHOLD_UNITS, MONEY_UNITS

DAY = date(2020, 5, 21)

MONEY = (
    (12, "12"),
    (12.5, "12.5"),
    (0, "0"),
    ("12", "12"),
    ("１２.５", "12.5"),
    ("1,200", "1200"),
    ("1，200,000", "1200000"),
    ("35万元", "35"),
    ("35 万", "35"),
    ("5000元", "0.5"),
    ("1亿元", "10000"),
    ("0.5亿", "5000"),
    ("+3", "3"),
    (0.1, "0.1"),
    ("1,20", None),
    ("12,00,000", None),
    ("约12", None),
    ("12左右", None),
    ("-1", None),
    (-1, None),
    (-0.5, None),
    ("12户", None),
    ("三十", None),
    ("12-15", None),
    ("1.2.3", None),
    ("", None),
    (True, None),
    (DAY, None),
    (float("inf"), None),
    (float("nan"), None),
)


@pytest.mark.parametrize(("written", "meant"), MONEY)
def test_an_amount_is_read_in_ten_thousands(written: object, meant: str | None) -> None:
    amount = read_number(written, MONEY_UNITS, Decimal(1))
    assert (None if amount is None else format(amount, "f")) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [(50000, "5"), ("50000", "5"), ("5万元", "5"), ("50000元", "5"), ("1亿", "10000"), (1, "0.0001")]
)
def test_a_trailing_unit_wins_over_the_headers(written: object, meant: str) -> None:
    amount = read_number(written, MONEY_UNITS, MONEY_UNITS["元"])
    assert amount is not None
    assert format(amount, "f") == meant


@pytest.mark.parametrize(("written", "meant"), [("12户", "12"), ("12 户", "12"), ("１２户", "12"), ("12万元", None), ("约12户", None)])
def test_households_are_counted_in_their_own_unit(written: str, meant: str | None) -> None:
    amount = read_number(written, HOUSEHOLD_UNITS, Decimal(1))
    assert (None if amount is None else format(amount, "f")) == meant
