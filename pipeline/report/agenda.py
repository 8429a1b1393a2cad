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
_NEVER = date.max


def ways(targets: Iterable[Figure], lines: Sequence[CaseLine], state: DayState) -> tuple[Way, ...]:
    """The way to each group's target."""
    return tuple(_way(target, [line for line in lines if line.group == target.group and line.is_open], state) for target in targets)


def _way(target: Figure, still: list[CaseLine], state: DayState) -> Way:
    lacking = target.tally.shortfall
    deadlines = sorted(line.deadline or _NEVER for line in still)
    by = deadlines[lacking - 1] if 0 < lacking <= len(deadlines) else None
    days, gained = _pace(target.group, state)
    expected = (
        state.day + timedelta(days=-(-lacking * days // gained)) if lacking and gained > 0 and _lasts(lacking, days, gained) else None
    )
    near = [line for line in still if (line.status == REPLIED or "due_soon" in line.flags) and "disputed" not in line.flags]
    near.sort(key=lambda line: (line.status != REPLIED, line.deadline or _NEVER, line.number))
    numbers = tuple(line.number for line in near)
    return Way(target.group, target.tally, len(still), None if by == _NEVER else by, gained, days, expected, numbers)


def _lasts(lacking: int, days: int, gained: int) -> bool:
    """Whether the day that the pace leads to can be named at all."""
    return lacking * days // gained < _LONGEST


_LONGEST = 3660
"""Days beyond which no day is named."""


def _pace(group: str, state: DayState) -> tuple[int, int]:
    """Over how many days, at most seven, and by how many cases more the group has come on."""
    known: dict[date, dict[str, Tally]] = dict(state.trend)
    earlier = [day for day in known if 0 < (state.day - day).days <= PACE_DAYS]
    if not earlier or state.day not in known:
        return 0, 0
    first = min(earlier)
    return (state.day - first).days, known[state.day][group].resolved - known[first][group].resolved


# --- decisions ---------------------------------------------------------------------------------------------------


def decisions(lines: Iterable[CaseLine], urgent: Iterable[UrgentLine]) -> tuple[Decision, ...]:
    """What needs a decision: urgent matters first, then cases by why, since when, and number."""
    by_number = {line.number: line for line in lines}
    said = [_urgent(one, by_number.get(one.number)) for one in _gravest_first(urgent)]
    told = [found for line in by_number.values() if (found := _decision(line))]
    order = list(words.DECISIONS)
    told.sort(key=lambda one: (order.index(one.kinds[0]), one.since or _NEVER, one.number))
    return (*said, *told)


def _gravest_first(urgent: Iterable[UrgentLine]) -> list[UrgentLine]:
    """By kind, in the contract's order, and of one kind a matter of each district before the second of any."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked = []
    for one in urgent:
        ranked.append((URGENT_KINDS.index(one.kind) if one.kind in URGENT_KINDS else len(URGENT_KINDS), seen[one.kind, one.district], one))
        seen[one.kind, one.district] += 1
    return [one for _kind, _turn, one in sorted(ranked, key=lambda item: item[:2])]


def _urgent(one: UrgentLine, line: CaseLine | None) -> Decision:
    since = one.happened.date() if isinstance(one.happened, datetime) else one.happened
    leader = line.leader if line else ""
    return Decision(("urgent",), one.number, one.district, f"{one.kind}：{one.situation}", leader, since, one.coordination, one.origin)


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
    """The districts without an accepted report, each with what it has in every group."""
    return tuple(
        Absence(
            one.district,
            last_reports.get(one.district),
            tuple(
                AbsencePart(group.name, len(own), sum(line.is_counted for line in own))
                for group in settings.groups
                if (own := [line for line in lines if line.district == one.district and line.group == group.name])
            ),
            one.refused_files,
        )
        for one in submissions
        if one.status == "missing"
    )
