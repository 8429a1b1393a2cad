from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.day.targets import Tally

ARITHMETIC = """
percent | total | resolved | rate  | met   | shortfall
100     | 31    | 29       | 93.5  | False | 2
100     | 31    | 31       | 100.0 | True  | 0
100     | 2000  | 1999     | 99.9  | False | 1
100     | 99999 | 99998    | 99.9  | False | 1
90      | 10    | 9        | 90.0  | True  | 0
90      | 10    | 8        | 80.0  | False | 1
90      | 19    | 17       | 89.4  | False | 1
90      | 11    | 9        | 81.8  | False | 1
90      | 11    | 10       | 90.9  | True  | 0
90      | 9999  | 8999     | 89.9  | False | 1
90      | 3     | 0        | 0.0   | False | 3
90      | 1     | 0        | 0.0   | False | 1
0       | 5     | 0        | 0.0   | True  | 0
90      | 0     | 0        | None  | None  | 0
100     | 3     | 1        | 33.3  | False | 2
100     | 3     | 2        | 66.6  | False | 1
"""


@pytest.mark.parametrize("line", ARITHMETIC.strip().splitlines()[1:])
def test_a_rate_is_rounded_down_and_a_target_is_judged_on_whole_numbers(line: str) -> None:
    percent, total, resolved, rate, met, shortfall = (part.strip() for part in line.split("|"))
    tally = Tally(int(percent), int(total), int(resolved))
    assert (str(tally.rate_percent), str(tally.met), str(tally.shortfall)) == (rate, met, shortfall)


@given(st.integers(0, 100), st.integers(0, 5000), st.data())
def test_a_shortfall_is_exactly_what_is_needed_and_a_rate_never_promises_more(percent: int, total: int, data: st.DataObject) -> None:
    tally = Tally(percent, total, data.draw(st.integers(0, total)))
    assert Tally(percent, total, tally.resolved + tally.shortfall).met in (True, None)
    if tally.shortfall:
        assert not tally.met
        assert not Tally(percent, total, tally.resolved + tally.shortfall - 1).met
    if tally.rate_percent is not None:
        assert Fraction(tally.rate_percent) <= Fraction(100 * tally.resolved, total) < Fraction(tally.rate_percent) + Fraction(1, 10)
