"""What is unlikely in the cases that count as resolved on a day and did not the day before, and in statuses that go to and fro."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.unlikely.hint import Hint, numbers, report_of, row_of_day
from pipeline.settings.hints import Hints

_COLUMN = "当前状态"


def many(state: DayState, settings: Hints) -> Iterator[Hint]:
    """Go through the districts of which more than so many cases are newly counted."""
    by_district: dict[str, list[Case]] = {}
    for case in _newly_counted(state):
        by_district.setdefault(case.text("旗区"), []).append(case)
    name = "unlikely-many-resolved/first" if state.is_first else "unlikely-many-resolved"
    for district, cases in by_district.items():
        if len(cases) > settings.resolved_a_day:
            said = {"count": len(cases), "cases": numbers(cases)}
            yield Hint(name, district, numbers(cases), arrival=report_of(district, state), said=said)


def found_and_resolved(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the districts whose report brings cases in that count as resolved at once."""
    found = _found(state)
    by_district: dict[str, list[Case]] = {}
    for case in _newly_counted(state):
        if case.number in found:
            by_district.setdefault(case.text("旗区"), []).append(case)
    for district, cases in by_district.items():
        said = {"count": len(cases), "cases": numbers(cases)}
        yield Hint("unlikely-found-resolved", district, numbers(cases), row_of_day(cases[0], state), _COLUMN, said=said)


def without_progress(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the cases that count at once: no earlier row said anything but 已交办. Those found on the day are told by themselves."""
    found = _found(state)
    for case in _newly_counted_since_before(state):
        before = state.before.get(case.number)
        if case.number not in found and (before is None or before.touched is None):
            yield Hint(
                "unlikely-no-progress", case.text("旗区"), (case.number,), row_of_day(case, state), _COLUMN, said={"case": case.number}
            )


def on_the_last_day(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the cases that count from their deadline on, and that no earlier row gave a 答复文号."""
    for case in _newly_counted_since_before(state):
        if case.deadline == state.day == case.replied:
            said = {"case": case.number, "deadline": case.deadline}
            yield Hint("unlikely-last-day", case.text("旗区"), (case.number,), row_of_day(case, state), "答复日期", said=said)


def to_and_fro(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the cases whose status goes back on the day, not for the first time in thirty days."""
    before = {number: status for judgement in state.judgements.values() for number, status in judgement.status_before.items()}
    for case in state.cases:
        if len(case.went_back) > 1 and case.went_back[-1] == state.day:
            said = {"case": case.number, "count": len(case.went_back), "before": before.get(case.number, ""), "after": case.status}
            yield Hint("unlikely-to-and-fro", case.text("旗区"), (case.number,), row_of_day(case, state), _COLUMN, said=said)


def _newly_counted(state: DayState) -> Iterator[Case]:
    return (case for case in state.cases if case.is_counted and case.number not in state.counted_before)


def _newly_counted_since_before(state: DayState) -> Iterator[Case]:
    """Go through those of districts that have reported before: the first report says of every case what it never said of it."""
    return (case for case in _newly_counted(state) if case.text("旗区") in state.reports_before)


def _found(state: DayState) -> frozenset[str]:
    """Return the cases that the reports of the day that count brought in."""
    judgements = (state.judgements[report.arrival.id] for report in state.in_force.values())
    return frozenset(number for judgement in judgements for number in judgement.brought_in)
