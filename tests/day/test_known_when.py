"""What was known when, and what is told once it became known to be another (contract 4 and 6).

Covers `known_when` and `standing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from offices import Day, File, afternoon, assigned, consolidate, handed_in, on
from untidy_offices import DAYS, untidy_offices
from workbooks import assignment, new_row, progress_row, report, resolved_row

from pipeline.report.figures import Step

ONE_DAY = timedelta(days=1)

MONDAY, TUESDAY, WEDNESDAY = (date(2020, 5, 18) + timedelta(days=n) for n in range(3))
CASE = "SJ-2020-001"


def _resolved_on_monday(arrived: str) -> File:
    return handed_in(report(day=MONDAY, progress=[resolved_row(CASE, 答复日期="2020-05-18")]), arrived)


@pytest.mark.parametrize(
    ("arrived", "told_on"),
    [("2020-05-19 12:00", None), ("2020-05-19 12:01", TUESDAY), ("2020-05-20 12:00", TUESDAY), ("2020-05-20 12:01", WEDNESDAY)],
)
def test_what_comes_after_noon_of_the_next_day_is_told_on_the_day_it_became_known(arrived: str, told_on: date | None) -> None:
    first = File(report(day=MONDAY, progress=[progress_row(CASE)]), afternoon(MONDAY))
    days = consolidate([assigned(assignment()), first, _resolved_on_monday(arrived)], [MONDAY, TUESDAY, WEDNESDAY])
    told = {day: [(entry["day"], entry["newly_counted"]) for entry in out.summary["restated"]] for day, out in days.items()}
    restated = [(day.isoformat(), [CASE]) for day in (MONDAY, TUESDAY) if told_on and day < told_on]
    assert told == {day: restated if day == told_on else [] for day in days}


def test_the_first_report_of_all_may_come_weeks_late() -> None:
    day = date(2020, 5, 21)
    late = handed_in(report(day=day - timedelta(days=31), progress=[resolved_row(CASE, 答复日期="2020-04-20")]), "2020-05-21 16:00")
    told = consolidate([assigned(assignment()), late], [day])[day].summary["restated"]
    assert [entry["day"] for entry in told] == [(day - timedelta(days=n)).isoformat() for n in range(30, 0, -1)]
    assert {tuple(entry["newly_counted"]) for entry in told} == {(CASE,)}


@pytest.mark.parametrize(("first_workbook", "told"), [("2020-05-20 12:00", True), ("2020-05-20 12:01", False)])
def test_a_day_that_could_not_be_computed_then_is_not_compared(first_workbook: str, *, told: bool) -> None:
    late = _resolved_on_monday("2020-05-20 16:00")
    files = [assigned(assignment(), first_workbook), File(report(day=TUESDAY, progress=[]), afternoon(TUESDAY)), late]
    restated = consolidate(files, [WEDNESDAY])[WEDNESDAY].summary["restated"]
    assert [entry["day"] for entry in restated] == ([MONDAY.isoformat(), TUESDAY.isoformat()] if told else [])


def test_a_case_that_comes_in_late_has_entered_and_one_that_a_correction_drops_has_left() -> None:
    found = report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18")])
    files = [assigned(assignment()), handed_in(found, "2020-05-20 09:00"), handed_in(report(day=MONDAY, progress=[]), "2020-05-21 09:00")]
    days = consolidate(files, [TUESDAY, WEDNESDAY])
    (entered,) = days[TUESDAY].summary["restated"]
    assert (entered["total"], entered["entered"], entered["left"], entered["newly_counted"]) == ([2, 3], ["DS-2020-001"], [], [])
    assert [(entry["total"], entry["left"]) for entry in days[WEDNESDAY].summary["restated"]] == [([3, 2], ["DS-2020-001"])] * 2


# --- properties over small untidy offices ------------------------------------------------------------------------

CITY_NAME, CITY = "市级交办和旗区自行梳理", ("市级交办", "旗区自行梳理")


def _noon_after(day: date) -> datetime:
    """The last moment that the readers of the day's report could know of."""
    return afternoon(day) + timedelta(hours=20)


@dataclass(slots=True)
class _Told:
    """What leaders were last told of a day: the cases of a group's total, and how many of them are resolved."""

    total: set[str]
    resolved: int
    overdue: frozenset[str] = frozenset()


def _in_group(day: Day, *, counted: bool = False) -> set[str]:
    return {line.number for line in day.report.cases if line.source in CITY and not line.grounds and (line.is_counted or not counted)}


def _read_at_midnight(day: date, files: Iterable[File]) -> _Told | None:
    """What whoever reads at once is told of a day, without what comes by noon; None where nothing had come."""
    known = [file for file in files if file.received < afternoon(day) + timedelta(hours=8)]
    if all(file.is_assignment for file in known):
        return None
    said = on(day, *known)
    return _Told(_in_group(said), len(_in_group(said, counted=True)), frozenset(said.summary["flags"]["overdue"]))


def _told_overnight(said: Day, read: _Told | None) -> _Told | None:
    """The same with what the next day's report says of what came until noon."""
    entry = next((entry for entry in said.report.overnight if entry.group == CITY_NAME), None)
    if read is None or entry is None:
        return read
    then, now = entry.tallies
    assert (then.total, then.resolved) == (len(read.total), read.resolved)
    assert {*entry.moves.left} <= read.total
    assert read.total.isdisjoint(entry.moves.entered)
    return _Told(read.total - {*entry.moves.left} | {*entry.moves.entered}, now.resolved, read.overdue)


def _flag_words(said: Day) -> set[str]:
    """The cases of which the report says that a flag is another than was told, or that they count otherwise or not at all."""
    report = said.report
    effects = (report.edited, report.late_effects, report.overnight_effects)
    named = {flag.number for effect in effects for flag in effect.flags} | {
        number for numbers in report.referred.values() for number in numbers
    }
    named |= {number for entry in (*report.restated, *report.overnight) for number in entry.moves.cases}
    named |= {mover.number for effect in effects for shift in effect.shifts for mover in shift.left}
    return named | {*report.newly_resolved, *report.former, *report.flags["cancelled"]}


def _after(steps: Iterable[Step], cases: set[str]) -> set[str]:
    """The cases after those steps; a case comes only where it was not, and goes only where it was."""
    for step in steps:
        came, gone = (set(step.cases), set()) if step.change > 0 else (set(), set(step.cases))
        assert came.isdisjoint(cases)
        assert gone <= cases
        cases = cases - gone | came
    return cases


@settings(max_examples=15)
@given(untidy_offices())
def test_every_difference_between_two_mornings_is_told_to_the_case_and_each_arrival_once(files: list[File]) -> None:
    told: dict[str, _Told] = {}
    before: tuple[set[str], set[str]] | None = None
    read_at_midnight: _Told | None = None
    overdue: set[str] = set()
    for day in DAYS:
        said = on(day, *(file for file in files if file.received <= _noon_after(day)))
        restated = said.summary["restated"]
        assert restated == on(day, *files).summary["restated"]  # what comes later is told on a later day
        if not any(_noon_after(day) >= file.received > _noon_after(day - ONE_DAY) for file in files):
            assert restated == []  # what had come before was told before
        for entry in restated:
            if entry["group"] == CITY_NAME and entry["day"] in told:
                last = told[entry["day"]]
                assert (entry["total"][0], entry["resolved"][0]) == (len(last.total), last.resolved)
                assert {*entry["left"]} <= last.total
                assert last.total.isdisjoint(entry["entered"])
                told[entry["day"]] = _Told(last.total - {*entry["left"]} | {*entry["entered"]}, entry["resolved"][1])
                assert len(told[entry["day"]].total) == entry["total"][1]
        now = _in_group(said), _in_group(said, counted=True)
        if before:
            if read := _told_overnight(said, read_at_midnight):
                assert (read.total, read.resolved) == (before[0], len(before[1]))
            assert overdue - {*said.summary["flags"]["overdue"]} <= _flag_words(said)  # no overdue case goes without a word
            bridge = next(bridge for bridge in said.report.bridges if bridge.group == CITY_NAME)
            assert (bridge.total_before, bridge.resolved_before) == (len(before[0]), len(before[1]))
            assert (_after(bridge.total_steps, before[0]), _after(bridge.resolved_steps, before[1])) == now
        before = now
        read_at_midnight = _read_at_midnight(day, files)
        overdue = {*said.summary["flags"]["overdue"]} | (read_at_midnight.overdue if read_at_midnight else set())
        told[day.isoformat()] = _Told(now[0], len(now[1]))
