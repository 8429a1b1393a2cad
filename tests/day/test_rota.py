"""Who receives when: a plan is fair, goes on where one ended, and keeps what stands. Each promise is checked day by day, by brute force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from pipeline.day import rota
from pipeline.day.rota import Turn
from pipeline.terms.contract import ON_LEAVE, RECEIVES, SUBSTITUTED

FIRST = date(2020, 6, 1)
NAMES = ("领导一", "领导二", "领导三", "领导四")


def _day(count: int) -> date:
    return FIRST + timedelta(days=count)


def _plan(leaders: Sequence[str], days: int, *turns: Turn) -> list[str]:
    planned = rota.plan(leaders, map(_day, range(days)), turns)
    return [planned.get(_day(count), "") for count in range(days)]


def test_everybody_has_a_turn_before_anybody_has_a_second_and_in_the_given_order() -> None:
    assert _plan(NAMES[:3], 7) == ["领导一", "领导二", "领导三", "领导一", "领导二", "领导三", "领导一"]


def test_a_plan_goes_on_where_the_last_one_ended_and_looks_back_thirty_days() -> None:
    before = [Turn(_day(-31), "领导三", RECEIVES), Turn(_day(-2), "领导一", RECEIVES), Turn(_day(-1), "领导二", RECEIVES)]
    assert _plan(NAMES, 3, *before) == ["领导三", "领导四", "领导一"]
    assert _plan(NAMES, 3, before[0]) == ["领导一", "领导二", "领导三"]
    assert _plan(NAMES, 3, Turn(_day(-30), "领导三", RECEIVES)) == ["领导四", "领导一", "领导二"]


def test_who_is_on_leave_is_passed_over_and_comes_next_on_his_return() -> None:
    away = [Turn(_day(count), "领导二", ON_LEAVE) for count in (1, 2)]
    assert _plan(NAMES[:3], 6, *away) == ["领导一", "领导三", "领导一", "领导二", "领导三", "领导一"]


def test_standing_turns_stay_and_count_for_who_receives() -> None:
    stands = [Turn(_day(1), "领导三", SUBSTITUTED, "领导一"), Turn(_day(2), "领导二", RECEIVES)]
    assert _plan(NAMES[:3], 5, *stands) == ["领导三", "", "", "领导三", "领导一"]


def test_a_day_on_which_everybody_is_away_is_left_out() -> None:
    assert _plan(NAMES[:1], 2, Turn(_day(0), "领导一", ON_LEAVE)) == ["", "领导一"]
    assert _plan((), 2) == ["", ""]


_LEADERS = st.integers(1, 4).map(lambda count: NAMES[:count])
_LEAVE = st.sets(st.tuples(st.integers(0, 15), st.sampled_from(NAMES)), max_size=20)
_PAST = st.dictionaries(st.integers(-30, -1), st.sampled_from(NAMES), max_size=12)


def _turns(by_day: Mapping[int, str]) -> list[Turn]:
    return [Turn(_day(count), leader, RECEIVES) for count, leader in by_day.items()]


@given(leaders=_LEADERS, leave=_LEAVE, past=_PAST)
def test_between_two_turns_of_a_leader_everybody_else_had_one_or_is_away(
    leaders: Sequence[str], leave: set[tuple[int, str]], past: dict[int, str]
) -> None:
    planned = _plan(leaders, 16, *_turns(past), *(Turn(_day(count), leader, ON_LEAVE) for count, leader in leave))
    had = {**past, **{count: leader for count, leader in enumerate(planned) if leader}}
    for count, leader in enumerate(planned):
        assert (count, leader) not in leave
        assert leader or all((count, other) in leave for other in leaders)
        earlier = [day for day, who in had.items() if who == leader and day < count]
        if leader and earlier:
            between = {who for day, who in had.items() if max(earlier) < day < count}
            assert all(other in between or (count, other) in leave for other in leaders if other != leader)


def _is_fair(order: Sequence[str], leaders: Sequence[str]) -> bool:
    """Whether nobody has a second turn, a third … before everybody has had as many but one."""
    return all(
        max(counts) - min(counts) <= 1 for end in range(len(order) + 1) for counts in [[order[:end].count(leader) for leader in leaders]]
    )


@given(leaders=st.integers(1, 3).map(lambda count: NAMES[:count]), data=st.data())
def test_where_a_fair_plan_around_the_standing_turns_exists_ours_is_one(leaders: Sequence[str], data: st.DataObject) -> None:
    standing = data.draw(st.dictionaries(st.integers(0, 6), st.sampled_from(leaders), max_size=4))
    planned = _plan(leaders, 7, *_turns(standing))
    ours = [standing.get(count, leader) for count, leader in enumerate(planned)]
    assert all(ours)
    free = [count for count in range(7) if count not in standing]
    exists = any(
        _is_fair([standing.get(count, "") or picked[free.index(count)] for count in range(7)], leaders)
        for picked in product(leaders, repeat=len(free))
    )
    assert _is_fair(ours, leaders) or not exists
