"""What the figures were before the office decided to go on without lost originals, beside what they are without them.

Covered by tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from pipeline.day.day_state import DayState
from pipeline.day.restatement import Moves, Restated
from pipeline.day.standing import Register, standing_of
from pipeline.day.targets import Tally
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.terms.case_numbers import letters
from pipeline.terms.contract import SOURCE_DISTRICT
from pipeline.terms.handed_in import SaidBefore


def of(state: DayState, said: SaidBefore | None, settings: Settings) -> tuple[Restated, ...]:
    """Return the groups that differ, of the day itself or of the day before: what was said, and what is known without these files."""
    if said is None:
        return ()
    register = {case.number: standing_of(case) for case in state.cases} if said.day == state.day else _as_it_lay(state)
    groups = settings.on(said.day).groups
    gone = _gone(said, register, groups, settings)
    entries = (_of_group(said, register, group, gone[group.name]) for group in groups)
    return tuple(entry for entry in entries if entry and entry.differs)


def _as_it_lay(state: DayState) -> Register:
    """Return the register of the day before; of one unit with the cases that lay in it then."""
    if not (state.came or state.went):
        return state.before
    return {number: standing for number, standing in state.before.items() if number not in state.came} | dict(state.went)


def _of_group(said: SaidBefore, register: Register, group: Group, gone: Container[str]) -> Restated | None:
    """Return it of one group; None where the day had no such group. `gone`: its cases that are in the register no more."""
    if group.name not in said.tallies:
        return None
    of_group = {number: case for number, case in register.items() if case.source in group.sources}
    now = {number: case.is_counted for number, case in of_group.items() if not case.is_cancelled}
    then = {number: is_counted for number, is_counted in said.counted.items() if number in of_group or number in gone}
    resolved, total = said.tallies[group.name]
    tallies = (Tally(group.target_percent, total, resolved), Tally(group.target_percent, len(now), sum(now.values())))
    return Restated(said.day, group.name, tallies, Moves.between(then, now) if said.counted else Moves())


def _gone(said: SaidBefore, register: Register, groups: Sequence[Group], settings: Settings) -> dict[str, set[str]]:
    """Return by group the cases that are gone from the register with a lost original.

    What was said names no source: a district's own number begins with its code; the others belong where the numbers that begin alike do,
    and those that begin like no other to the group that lacks cases, where it is one alone.
    """
    groups_of: dict[str, set[str]] = {}
    of_source = {source: group.name for group in groups for source in group.sources}
    for number, case in register.items():
        if case.source in of_source:
            groups_of.setdefault(letters(number), set()).add(of_source[case.source])
    groups_of |= {district.code: {of_source.get(SOURCE_DISTRICT, "")} for district in settings.districts}
    gone: dict[str, set[str]] = {"": set(), **{group.name: set() for group in groups}}
    for number in said.counted.keys() - register.keys():
        alike = groups_of.get(letters(number), set())
        gone[next(iter(alike)) if len(alike) == 1 else ""].add(number)
    lacking = [group.name for group in groups if _lacks(said, register, group) > len(gone[group.name])]
    if len(lacking) == 1:
        gone[lacking[0]] |= gone[""]
    return gone


def _lacks(said: SaidBefore, register: Register, group: Group) -> int:
    """Return how many of the cases that a group had then are in the register no more."""
    total = said.tallies.get(group.name, (0, 0))[1]
    return total - sum(number in said.counted and case.source in group.sources for number, case in register.items())
