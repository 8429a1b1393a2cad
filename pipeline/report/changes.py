"""What changed on a day, case by case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline.day.fold import DayState
from pipeline.report.case_lines import CaseLine, Change
from pipeline.terms.contract import RESOLVED


def numbers(state: DayState, in_use: Iterable[CaseLine]) -> dict[str, tuple[str, ...]]:
    """Return the cases of each kind of change by case number; the kinds are the keys of `words.CHANGES`, in their order.

    `in_use` are the day's cases without the cancelled ones, which are in none of them.
    """
    before = status_before(state)
    counted = {line.number: line.is_counted for line in in_use}
    by_kind = {
        "newly_resolved": [number for number, is_counted in counted.items() if is_counted and number not in state.counted_before],
        "reopened": [number for number in counted if before.get(number) == RESOLVED],
        "no_longer_counted": [number for number, is_counted in counted.items() if not is_counted and number in state.counted_before],
        "new_cases": [number for number in counted if number not in state.register_before],
        "withdrawn_cases": list(state.withdrawn),
    }
    named_already = {*by_kind["newly_resolved"], *by_kind["reopened"]}
    by_kind["status"] = [number for number in counted if number in before and number not in named_already]
    return {kind: tuple(cases) for kind, cases in by_kind.items()}


def lines(by_kind: Mapping[str, Iterable[str]], cases: Sequence[CaseLine], state: DayState) -> tuple[Change, ...]:
    """Return a line for each change, in the order of the kinds; `cases` is the whole register, cancelled cases included."""
    before, by_number = status_before(state), {line.number: line for line in cases}
    return tuple(_line(kind, number, by_number.get(number), before) for kind, numbers in by_kind.items() for number in numbers)


def _line(kind: str, number: str, case: CaseLine | None, before: Mapping[str, str]) -> Change:
    if case is None:
        return Change(kind, number, "", "", "更正后的日报不再包含")
    status = f"{before[number]} → {case.status}" if number in before else case.status
    return Change(kind, number, case.district, case.matter, f"{status}；{case.progress}".strip("；"))


def status_before(state: DayState) -> dict[str, str]:
    """Return the cases whose status changed on the day, with the status before."""
    judgements = (state.judgements[report.arrival.id] for report in state.in_force.values())
    return {number: status for judgement in judgements for number, status in judgement.status_before.items()}


def withdrawn_disputes(state: DayState) -> tuple[str, ...]:
    """Return the cases of which any revision of the day took a 不认可 back without saying 认可."""
    return tuple(sorted({number for judgement in state.judgements.values() for number in judgement.withdrawn_disputes}))
