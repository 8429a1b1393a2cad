"""What was known when, and what is told once it became known to be another (contract 4 and 6).

Covers `known_when`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from offices import File, afternoon, assigned, consolidate, handed_in
from workbooks import assignment, progress_row, report, resolved_row

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
