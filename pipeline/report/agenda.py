"""What is still to be done: the way to each target, what leaders have to decide, and who has not reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from pipeline.day.fold import DayState
from pipeline.day.targets import Tally
from pipeline.report.case_lines import CaseLine, Decision, UrgentLine
from pipeline.report.figures import Figure, Way
from pipeline.report.submission_lines import Absence, AbsencePart, SubmissionLine
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import REPLIED, URGENT_KINDS

PACE_DAYS = 7
_LONGEST = 3660
"""Days beyond which no day is named: in ten years and more nothing goes on as it does now, and dates end (decision 9)."""
_NEVER = date.max


def ways(targets: Iterable[Figure], lines: Sequence[CaseLine], state: DayState) -> tuple[Way, ...]:
    """Return the way to each group's target (decision 9)."""
    return tuple(_way(target, [line for line in lines if line.group == target.group and line.is_open], state) for target in targets)


def _way(target: Figure, open_cases: list[CaseLine], state: DayState) -> Way:
    lacking = target.tally.shortfall
    deadlines = sorted(line.deadline or _NEVER for line in open_cases)
    by = deadlines[lacking - 1] if 0 < lacking <= len(deadlines) else None
    days, gained = _pace(target.group, state)
    is_in_sight = lacking and gained > 0 and lacking * days // gained < _LONGEST
    expected = state.day + timedelta(days=-(-lacking * days // gained)) if is_in_sight else None  # rounded up to the day it is met
    near = [line for line in open_cases if (line.status == REPLIED or "due_soon" in line.flags) and "disputed" not in line.flags]
    near.sort(key=lambda line: (line.status != REPLIED, line.deadline or _NEVER, line.number))
    numbers = tuple(line.number for line in near)
    return Way(target.group, target.tally, len(open_cases), None if by == _NEVER else by, gained, days, expected, numbers)


def _pace(group: str, state: DayState) -> tuple[int, int]:
    """Return the days, at most seven, of the pace, and the cases resolved more than before them; 0 and 0 without an earlier day."""
    tallies: dict[date, dict[str, Tally]] = dict(state.trend)
    earlier = [day for day, by_group in tallies.items() if 0 < (state.day - day).days <= PACE_DAYS and group in by_group]
    if not earlier or state.day not in tallies:
        return 0, 0
    first = min(earlier)
    return (state.day - first).days, tallies[state.day][group].resolved - tallies[first][group].resolved


# --- decisions ---------------------------------------------------------------------------------------------------


def decisions(lines: Iterable[CaseLine], urgent: Iterable[UrgentLine]) -> tuple[Decision, ...]:
    """Return what needs a decision: urgent matters first, then cases by reason, by the day since when, and by number."""
    by_number = {line.number: line for line in lines}
    matters = [_urgent(matter, by_number.get(matter.number)) for matter in _gravest_first(urgent)]
    cases = [decision for line in by_number.values() if (decision := _decision(line))]
    order = list(words.DECISIONS)
    cases.sort(key=lambda decision: (order.index(decision.kinds[0]), decision.since or _NEVER, decision.number))
    return (*matters, *cases)


def _gravest_first(urgent: Iterable[UrgentLine]) -> list[UrgentLine]:
    """Return them by kind, in the contract's order, and of each kind a matter of every district before the second of any.

    Papers have room for a few: a district with many matters must not push the others' off the page.
    """
    gravity = {kind: rank for rank, kind in enumerate(URGENT_KINDS)}
    before: Counter[tuple[str, str]] = Counter()
    ranked = []
    for matter in urgent:
        ranked.append((gravity.get(matter.kind, len(gravity)), before[matter.kind, matter.district], matter))
        before[matter.kind, matter.district] += 1
    return [matter for _gravity, _turn, matter in sorted(ranked, key=lambda rank: rank[:2])]


def _urgent(matter: UrgentLine, case: CaseLine | None) -> Decision:
    since = matter.happened.date() if isinstance(matter.happened, datetime) else matter.happened
    leader = case.leader if case else ""
    return Decision(
        ("urgent",), matter.number, matter.district, f"{matter.kind}：{matter.situation}", leader, since, matter.coordination, matter.origin
    )


def _decision(line: CaseLine) -> Decision | None:
    if not line.is_open:
        return None
    since = {
        "disputed": line.disputed_since if "disputed" in line.flags else None,
        "overdue": line.deadline + timedelta(days=1) if line.deadline and "overdue" in line.flags else None,
        "coordination": line.asking_since,
    }
    kinds = tuple(kind for kind, day in since.items() if day)
    if not kinds:
        return None
    return Decision(
        kinds, line.number, line.district, line.matter, line.leader, since[kinds[0]], line.coordination, line.origin or line.listed_in
    )


# --- who did not report ------------------------------------------------------------------------------------------


def absences(
    submissions: Iterable[SubmissionLine], lines: Sequence[CaseLine], settings: Settings, last_reports: Mapping[str, date]
) -> tuple[Absence, ...]:
    """Return the districts without an accepted report, each with what it has in every group."""
    return tuple(
        Absence(
            submission.district,
            last_reports.get(submission.district),
            tuple(
                AbsencePart(group.name, len(own), sum(line.is_counted for line in own))
                for group in settings.groups
                if (own := [line for line in lines if line.district == submission.district and line.group == group.name])
            ),
            submission.refused_files,
        )
        for submission in submissions
        if submission.status == "missing"
    )
