"""How long cases take: by tables by hand, and by a second way for any cases (weights that open cases hand on to those that take longer)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import durations
from pipeline.report.durations import HALF, TENTH, Case, Curve

RESOLVED, OPEN = True, False


@pytest.mark.parametrize(
    ("cases", "steps"),
    [
        ([], []),
        ([(5, OPEN)], []),
        ([(5, RESOLVED)], [(5, "0")]),
        ([(1, RESOLVED), (2, RESOLVED), (3, RESOLVED), (4, RESOLVED)], [(1, "3/4"), (2, "1/2"), (3, "1/4"), (4, "0")]),
        # 6 patients of a textbook: 6, 6, 6, 7+, 10, 13
        ([(6, RESOLVED)] * 3 + [(7, OPEN), (10, RESOLVED), (13, RESOLVED)], [(6, "1/2"), (10, "1/4"), (13, "0")]),
        ([(3, OPEN), (3, RESOLVED)], [(3, "1/2")]),  # of the same days the resolved one comes first
        ([(0, RESOLVED), (9, OPEN)], [(0, "1/2")]),
    ],
)
def test_the_share_that_is_left_falls_where_cases_are_resolved(cases: list[Case], steps: list[tuple[int, str]]) -> None:
    assert durations.curve(cases) == [(days, Fraction(left)) for days, left in steps]


@pytest.mark.parametrize(
    ("cases", "median", "p90"),
    [
        ([(10, RESOLVED), (20, RESOLVED)], 10, 20),
        ([(10, RESOLVED), (20, OPEN), (30, OPEN)], None, None),
        ([(day, RESOLVED) for day in range(1, 11)], 5, 9),
        ([(day, RESOLVED) for day in range(1, 10)] + [(100, OPEN)], 5, 9),
        ([(day, RESOLVED) for day in range(1, 9)] + [(100, OPEN)] * 2, 5, None),
    ],
)
def test_percentiles_are_the_least_days_after_which_so_few_are_left(cases: list[Case], median: int | None, p90: int | None) -> None:
    entry = durations.duration("物业服务", cases)
    assert (entry.median_days, entry.p90_days) == (median, p90)
    assert entry.n == entry.resolved + entry.censored == len(cases)


def redistributed(cases: list[Case]) -> Curve:
    """Efron's way to the same estimate: each open case hands its weight on, in equal parts, to all that take longer."""
    rest = sorted(cases, key=lambda case: (case[0], not case[1]))
    weights, left, steps = [Fraction(1, len(cases))] * len(cases), Fraction(1), dict[int, Fraction]()
    for place, (days, is_resolved) in enumerate(rest):
        if is_resolved:
            left -= weights[place]
            steps[days] = left
            continue
        for later in range(place + 1, len(rest)):
            weights[later] += weights[place] / (len(rest) - place - 1)
    return [*steps.items()]


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=14))
def test_a_second_way_gives_the_same_curve(cases: list[Case]) -> None:
    assert durations.curve(cases) == redistributed(cases)


@given(st.lists(st.tuples(st.integers(0, 30), st.just(RESOLVED)), min_size=1, max_size=30))
def test_without_open_cases_the_median_is_that_of_the_sorted_days(cases: list[Case]) -> None:
    days = sorted(day for day, _is_resolved in cases)
    steps = durations.curve(cases)
    assert durations.percentile(steps, HALF) == days[-(-len(days) // 2) - 1]
    assert durations.percentile(steps, TENTH) == days[-(-9 * len(days) // 10) - 1]
