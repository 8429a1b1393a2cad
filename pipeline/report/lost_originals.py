"""What the figures were before the office decided to go on without lost originals, beside what they are without them.

Covered by tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

from pipeline.day.fold import DayState
from pipeline.day.restatement import Moves, Restated
from pipeline.day.standing import Register, standing_of
from pipeline.day.targets import Tally
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.terms.contract import SOURCE_DISTRICT
from pipeline.terms.handed_in import SaidBefore


def of(state: DayState, said: SaidBefore | None, settings: Settings) -> tuple[Restated, ...]:
    """Return the groups that differ, of the day itself or of the day before: what was said, and what is known without these files."""
    if said is None:
        return ()
    register = {case.number: standing_of(case) for case in state.cases} if said.day == state.day else state.before
    entries = (_of_group(said, register, group) for group in settings.on(said.day).groups)
    return tuple(entry for entry in entries if entry and entry.differs)


def _of_group(said: SaidBefore, register: Register, group: Group) -> Restated | None:
    """Return it of one group; None where the day had no such group. Only districts' own cases can be gone with a report."""
    if group.name not in said.tallies:
        return None
    now = {number: case.is_counted for number, case in register.items() if case.source in group.sources and not case.is_cancelled}
    has_own = SOURCE_DISTRICT in group.sources
    then = {number: is_counted for number, is_counted in said.counted.items() if number in now or (has_own and number not in register)}
    resolved, total = said.tallies[group.name]
    tallies = (Tally(group.target_percent, total, resolved), Tally(group.target_percent, len(now), sum(now.values())))
    return Restated(said.day, group.name, tallies, Moves.between(then, now))
