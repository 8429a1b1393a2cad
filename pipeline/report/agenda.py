"""What is still to be done: the way to each target, what leaders have to decide, and who has not reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from pipeline.day.day_state import DayState
from pipeline.day.submissions import OfDay
from pipeline.day.targets import PastDay
from pipeline.report import decision_words, matter_words
from pipeline.report.case_lines import CaseLine, Decision, UrgentLine
from pipeline.report.figures import Figure, Way
from pipeline.report.submission_lines import Absence, AbsencePart, SubmissionLine
from pipeline.settings.config import Settings
from pipeline.terms.contract import REPLIED, URGENT_KINDS

PACE_DAYS = 7
FEWEST_PACE_DAYS = 3
"""Days of which it can be told what was resolved on them: with fewer, before the fourth day of reports at the earliest, no pace is told."""
_LONGEST = 3660
"""Days beyond which no day is named: in ten years and more nothing goes on as it does now, and dates end (decision 9)."""
_NEVER = date.max
_ONE_DAY = timedelta(days=1)


def ways(targets: Iterable[Figure], lines: Sequence[CaseLine], state: DayState) -> tuple[Way, ...]:
    """Return the way to each group's target (decision 9)."""
    return tuple(_way(target, [line for line in lines if line.group == target.group], state) for target in targets)


def _way(target: Figure, lines: Sequence[CaseLine], state: DayState) -> Way:
    lacking = target.tally.shortfall
    open_cases = [line for line in lines if line.is_open]
    deadlines = sorted(line.deadline or _NEVER for line in open_cases)
    by = deadlines[lacking - 1] if 0 < lacking <= len(deadlines) else _NEVER
    # Where the target cannot be met without cases that wait for a decision, what was resolved elsewhere says nothing about them.
    is_stuck = lacking > sum(_decision(line, state.day) is None for line in open_cases)
    pace = _Pace() if is_stuck else _pace(lines, state, target.group)
    days, gained, idle = pace.days, pace.gained, pace.idle
    nearer = min(gained, pace.lacked - lacking)  # what came new, or counts no longer, takes the target further away
    # At a pace that has stopped each day would name the next one, and be refuted: none is told after a silence as long as one case took.
    has_stopped = idle * gained >= days
    is_in_sight = lacking and days and not has_stopped and nearer > 0 and lacking * days // nearer < _LONGEST
    expected = state.day + timedelta(days=-(-lacking * days // nearer)) if is_in_sight else None  # rounded up to the day it is met
    near = [line for line in open_cases if (line.status == REPLIED or "due_soon" in line.flags) and "disputed" not in line.flags]
    near.sort(key=lambda line: (line.status != REPLIED, line.deadline or _NEVER, line.number))
    numbers = tuple(line.number for line in near)
    has_passed = by < state.day
    due = None if has_passed or by == _NEVER else by
    overdue = sum(deadline < state.day for deadline in deadlines[:lacking])
    return Way(
        target.group,
        target.tally,
        len(open_cases),
        due,
        gained,
        days,
        expected,
        numbers,
        has_passed,
        overdue,
        state.day,
        has_stopped * idle,
        any(line.deadline == due and line.is_beyond for line in open_cases),
        pace.newly,
        pace.first,
        pace.lost,
        pace.lacked,
    )


@dataclass(frozen=True, slots=True)
class _Pace:
    """The pace of the last days, as `Way` tells it; of no days where none can be told."""

    days: int = 0
    idle: int = 0
    """The last of them on which nothing was gained."""
    newly: int = 0
    first: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    lacked: int = 0

    @property
    def gained(self) -> int:
        return len(self.first) - len(self.lost)


def _pace(lines: Sequence[CaseLine], state: DayState, group: str) -> _Pace:
    """Return the pace of the last days; of none where none can be told. `lines` are the group's.

    A day counts of which a report was taken, as one of the day before was: else nobody knows whether what came in was resolved on it
    (decision 9).
    """
    days = {past.day: past for past in state.recent}
    week = [state.day - timedelta(days=ago) for ago in reversed(range(PACE_DAYS))]
    telling = [day for day in week if reported_on(day, state) and reported_on(day - _ONE_DAY, state)]
    if len(telling) < FEWEST_PACE_DAYS or telling[-1] != state.day:
        return _Pace()
    resolved = frozenset[str]()
    for day in week:  # what was lost again since is not gained, though it be back: else the same cases could be gained over and over
        past = days.get(day, PastDay(day))
        resolved = resolved & past.counted | (past.resolved if day in telling else frozenset())
    counted_before = days[telling[0] - _ONE_DAY].counted
    lost = tuple(line.number for line in lines if line.is_open and line.number in counted_before)
    stand = tuple(line.number for line in lines if line.is_counted and line.number in resolved)
    if len(stand) <= len(lost):
        return _Pace()
    own = {line.number for line in lines}
    newly = sum(len(own & days[day].counted - days[day].returned - days[day - _ONE_DAY].counted) for day in telling)
    idle = sum(1 for _day in takewhile(lambda day: days[day].resolved.isdisjoint(stand), reversed(telling)))
    lacked = next(tallies[group].shortfall for past, tallies in state.trend if past >= telling[0] - _ONE_DAY)
    return _Pace(len(telling), idle, newly, stand, lost, lacked)


def reported_on(day: date, state: DayState) -> bool:
    """Return whether any district has reported of one of the last days, and something of that was taken."""
    return any(past.reported - past.refused for past in state.recent if past.day == day)


def silent_days(state: DayState) -> frozenset[date]:
    """Return the last days of which no district has reported; on the first reported day the one before it too."""
    return frozenset(past.day for past in state.recent if not past.reported)


# --- decisions ---------------------------------------------------------------------------------------------------


_FEW_LACKING = 3
"""A group that lacks so few to its target meets it by these: of one day its cases come first."""


def decisions(lines: Iterable[CaseLine], urgent: Iterable[UrgentLine], targets: Iterable[Figure], day: date) -> tuple[Decision, ...]:
    """Return what needs a decision, in the order in which everybody is shown it: dangers, other urgent matters, then by the earliest day.

    That is the day that the request itself names, else the case's deadline; an urgent matter that names none is of the day. Of one day
    come the gravest urgent matters first, and the cases that a target lacks little without, the oldest of them first. Of a cancelled
    case nothing is to be decided but what is urgent. `day`: the report's.
    """
    by_number = {line.number: line for line in lines}
    close = {target.group for target in targets if 0 < target.tally.shortfall <= _FEW_LACKING}
    matters = [_urgent(matter, by_number.get(matter.number), day) for matter in gravest_first(urgent) if matter.coordination]
    matters.sort(key=lambda matter: (not matter_words.is_danger(matter), matter.asked_by or day))
    cases = [decision for line in by_number.values() if not line.grounds and (decision := _decision(line, day))]
    cases.sort(
        key=lambda decision: (
            decision.asked_by or decision.due or _NEVER,
            by_number[decision.number].group not in close,
            decision.since or _NEVER,
            decision.number,
        )
    )
    return (*matters, *cases)


def by_request(decisions: Sequence[Decision], *, joins_urgent: bool = False) -> list[Sequence[Decision]]:
    """Return the decisions by what is asked: those of one kind of which the same is asked are one item.

    Where districts ask for many different things about overdue or disputed cases, all of the kind are one item, with what is asked in it.
    An urgent matter is an item of its own; `joins_urgent`: but where the same is asked of several.
    """
    requests: dict[str, set[str]] = {}
    for decision in decisions:
        requests.setdefault(decision.kinds[0], set()).add(decision_words.request(decision))
    together = {kind for kind in _BY_RULE if len(requests.get(kind, ())) > _MOST_APART}
    items: dict[tuple[str, ...], list[Decision]] = {}
    for position, decision in enumerate(decisions):
        kind = decision.kinds[0]
        # what may wait is no part of what may not
        apart = f"{matter_words.is_danger(decision)}{'' if joins_urgent else position}" if kind == "urgent" else ""
        items.setdefault((kind, apart, "" if kind in together else decision_words.request(decision)), []).append(decision)
    return [decision_words.together(item) for item in items.values()]


_BY_RULE = ("disputed", "overdue")
"""The kinds of which the rules ask for something where the district does not."""
_MOST_APART = 3
"""Different requests about cases of one of these that are items of their own."""


def noted(urgent: Iterable[UrgentLine]) -> list[UrgentLine]:
    """Return the urgent matters that ask for nothing, the gravest first: leaders have to know of them, and nothing to decide."""
    return [matter for matter in gravest_first(urgent) if not matter.coordination]


def gravest_first(urgent: Iterable[UrgentLine]) -> list[UrgentLine]:
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


def unsettled_first(urgent: Iterable[UrgentLine]) -> list[UrgentLine]:
    """Return urgent matters of earlier days, the gravest of those of which nothing has been said first, then dangers that are not over."""
    return sorted(gravest_first(urgent), key=lambda matter: (bool(matter.since), not matter.stands_since))


def _urgent(matter: UrgentLine, case: CaseLine | None, day: date) -> Decision:
    since = matter.happened.date() if isinstance(matter.happened, datetime) else matter.happened
    said = f"{matter.kind}：{matter.situation}{matter_words.outcome(matter)}"
    leader = case.leader if case else matter.liaison  # the deadline of its case is none of the matter
    asked = matter_words.dated(matter.coordination, day, day)
    first = (("urgent",), matter.number, matter.district, said, leader, since, asked, matter.origin)
    asked_by = matter_words.asked_by(matter.coordination, day)
    return Decision(*first, happened=matter.happened, measures=matter.measures, counted=matter.counted, asked_by=asked_by)


def _decision(line: CaseLine, told_on: date) -> Decision | None:
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
    origin = line.origin or line.listed_in
    # who asked for coordination before the deadline passed has waited since then
    began = min(day for kind in kinds if kind in (kinds[0], "coordination" if kinds[0] == "overdue" else "") and (day := since[kind]))
    return Decision(
        kinds,
        line.number,
        line.district,
        line.matter,
        line.leader,
        began,
        matter_words.dated(line.coordination, line.request_on, told_on),
        origin,
        line.deadline,
        line.is_beyond,
        answered_before=line.answered_before if "disputed" in kinds else None,
        danger_on=line.danger_on,
        asked_by=matter_words.asked_by(line.coordination, line.request_on),
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
            submission.is_lost,
        )
        for submission in submissions
        if submission.status == "missing"
    )


def last_sent(state: DayState, lost: Collection[OfDay]) -> dict[str, date]:
    """Return by district the last day of which it has sent a report, also one that is lost since; of the day itself none is."""
    gone = {name: day for name, day in sorted(lost) if state.last_reports.get(name, date.min) < day < state.day}
    return state.last_reports | gone
