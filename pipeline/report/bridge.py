"""From what was reported yesterday to today's figures: every case that makes a difference stands in a step, and the steps add up.

Yesterday's figures are those that its own readers could know; what became known of yesterday since is restated first (contract 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time, timedelta

from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.standing import Register, Standing
from pipeline.report.figures import Bridge, DayBefore, Step
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.terms import words
from pipeline.terms.contract import RESOLVED

_Moves = dict[str, list[str]]
"""Cases by the kind of their step."""


def build(state: DayState, group: Group, group_before: Group | None, known_until: time = time(12)) -> Bridge:
    """Return the bridge of one group; `group_before` is what it was yesterday, None where there was no such group.

    `known_until`: until when today yesterday's own readers could know of it.

    Steps are worked out from the two registers and not from the reports, so that they add up whatever happened (decision 9).
    """
    now = {case.number: case for case in state.cases}
    before, moved = _of_group(state.before, group), _of_group(state.before, group_before)
    known = _as_it_lay(state.before, state.went, state, group_before)
    told = known if state.before_as_told is None else _as_it_lay(state.before_as_told, state.went_as_told, state, group_before)
    after = {case.number: case for case in state.cases if not case.grounds and case.text("案件来源") in group.sources}
    counted_before, counted_as_moved, counted_as_known, counted_as_told = (
        {number for number, case in cases.items() if case.is_counted} for cases in (before, moved, known, told)
    )
    counted = {number for number, case in after.items() if case.is_counted}
    left = {number: _why_left(now.get(number)) for number in before if number not in after}
    come = {number: _why_come(case, state, group) for number, case in after.items() if number not in before}
    lost = {number: left.get(number) or _why_lost(now[number]) for number in counted_before - counted}
    gained = {number: _why_gained(come.get(number), state.before.get(number)) for number in counted - counted_before}
    return Bridge(
        group.name,
        total_before=len(told),
        total_steps=(
            *_moved(told, known, "restated"),
            *_moved(known, moved, "given"),
            *_moved(moved, before, "regrouped"),
            *_steps(come, left),
        ),
        total=len(after),
        resolved_before=len(counted_as_told),
        resolved_steps=(
            *_moved(counted_as_told, counted_as_known, "restated"),
            *_moved(counted_as_known, counted_as_moved, "given"),
            *_moved(counted_as_moved, counted_before, "regrouped"),
            *_steps(gained, lost),
        ),
        resolved=len(counted),
        day_before=day_before(state),
        known_until=known_until,
        target_before=group_before.target_percent if group_before else None,
        given=_given(state),
    )


def _given(state: DayState) -> dict[str, str]:
    """Return whereto, or from where, the office gave cases of a unit."""
    before = {**(state.before_as_told or {}), **state.before}
    away = {number: f"改派{state.elsewhere[number].text('旗区')}" for number in {*state.went, *state.went_as_told}}
    return away | {number: f"由{before[number].district}改派来" for number in state.came}


def day_before(state: DayState) -> DayBefore:
    """Return what reports there are of the day before."""
    if state.is_first:
        return "none"
    yesterday = state.day - timedelta(days=1)
    return "reported" if any(past.reported for past in state.recent if past.day == yesterday) else "silent"


def _of_group(register: Register, group: Group | None) -> Register:
    sources = group.sources if group else ()
    return {number: case for number, case in register.items() if not case.is_cancelled and case.source in sources}


def _as_it_lay(register: Register, went: Register, state: DayState, group: Group | None) -> Register:
    """Return a group's cases where they lay then: of one unit's state without what came to it since, and with what went."""
    stayed = {number: case for number, case in register.items() if number not in state.came}
    return _of_group(stayed | went, group) if state.came or went else _of_group(register, group)


def _moved(before: Iterable[str], after: Iterable[str], why: str) -> tuple[Step, ...]:
    """Return as steps of their own what changed of yesterday itself: what became known of it since, or how it is grouped."""
    was, now = set(before), set(after)
    return _steps(dict.fromkeys(now - was, why), dict.fromkeys(was - now, why))


def _steps(more: Mapping[str, str], fewer: Mapping[str, str]) -> tuple[Step, ...]:
    steps = []
    for kind in words.STEPS:
        for sign, moved in ((1, more), (-1, fewer)):
            cases = tuple(sorted(number for number, why in moved.items() if why == kind))
            steps += [Step(kind, sign * len(cases), cases)] if cases else []
    return tuple(steps)


def _why_left(case: Case | None) -> str:
    return "cancelled" if case and case.grounds else "moved_out"


def _why_come(case: Case, state: DayState, group: Group) -> str:
    before = state.before.get(case.number)
    if before is None:
        return "found" if case.found is not None else "new"
    if not before.is_cancelled:
        return "moved_in"
    if before.source not in group.sources:
        return "back_moved_in"
    # A cancellation ends when the workbook in force does not state it (contract 2): it lists the case without it, or not at all.
    is_in_force = case.listed_at is not None and case.listed_at.arrival == state.assignment.arrival.id
    return "back" if is_in_force else "missing_again"


def _why_gained(come: str | None, before: Standing | None) -> str:
    """Return why a case counts now: by coming back or over only where it was resolved when it was away, else it is newly resolved."""
    is_only_away = before is not None and come is not None and before.is_resolved
    return come if come and is_only_away else "newly_resolved"


def _why_lost(case: Case) -> str:
    if case.status != RESOLVED:
        return "reopened"
    return "disputed" if case.dispute is not None else "other"


def of(state: DayState, groups: Sequence[Group], before: Settings) -> tuple[Bridge, ...]:
    """Return the bridge of each of today's groups, in their order, from what it was yesterday; `before`: what held then."""
    return tuple(build(state, group, _same(group, before.groups), before.calendar.correction_after) for group in groups)


def _same(group: Group, groups_before: Sequence[Group]) -> Group | None:
    """Return what the group was yesterday: the one of its name, else the one with its sources under another name."""
    names = {before.name: before for before in groups_before}
    sources = {frozenset(before.sources): before for before in groups_before}
    return names.get(group.name) or sources.get(frozenset(group.sources))
