"""What was known when: earlier days as the report before knew them, beside what is known now (contract 4, "What was known when").

A day is computed anew from the facts, also where a report for it comes days later. So that no figure that was said changes in silence,
the report of the day on which something became known tells of every earlier day that it changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.day.fold import DayState, Register, Restated, registers
from pipeline.day.targets import Tally
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.terms.handed_in import Facts, Filed

LOOKS_BACK_DAYS = 30
"""As far back as a restatement goes (contract 4)."""
_ONE_DAY = timedelta(days=1)


def known_until(day: date, settings: Settings) -> datetime:
    """Return the last moment whose arrivals the readers of that day's report could know of: by noon of the next day, unless set."""
    calendar = settings.on(day).calendar
    return datetime.combine(day + _ONE_DAY, calendar.correction_after, calendar.zone)


def late_for(reports: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """Return the reports for earlier days that the report of the day before could not know of."""
    moment = known_until(day - _ONE_DAY, settings)
    return [filed for filed in reports if filed.reading.day < day and filed.arrival.envelope.received_at > moment]


def remembered(states: Mapping[date, DayState], facts: Facts, settings: Settings) -> dict[date, DayState]:
    """Return the states with what became known on each day of earlier ones.

    `facts` hold what each day's readers and those of the day before could know, reports that were replaced since included.
    """
    return {day: _remembering(state, facts, settings) for day, state in states.items()}


def _remembering(state: DayState, facts: Facts, settings: Settings) -> DayState:
    day = state.day
    late = late_for(facts.reports, day, settings)
    then, now = (_known_by(facts, known_until(known_on, settings)) for known_on in (day - _ONE_DAY, day))
    if not late or not then.assignments:
        return state
    # Before the first day that the late reports are about, and before the first report of all, nothing is known differently.
    first = max(day - timedelta(days=LOOKS_BACK_DAYS), min(filed.reading.day for filed in late))
    last = day - _ONE_DAY
    restated: list[Restated] = []
    told: Register = {}
    pairs = zip(registers(then, settings, first, last), registers(now, settings, first, last), strict=True)
    for days, (told, known) in enumerate(pairs):
        past = first + timedelta(days=days)
        entries = (_restated(past, group, told, known) for group in settings.on(past).groups)
        restated += [entry for entry in entries if _differs(entry)]
    return replace(state, before_as_told=told, restated=tuple(restated))


def _known_by(facts: Facts, moment: datetime) -> Facts:
    """The facts that had arrived by then."""
    return Facts(
        tuple(filed for filed in facts.assignments if filed.arrival.envelope.received_at <= moment),
        tuple(filed for filed in facts.reports if filed.arrival.envelope.received_at <= moment),
    )


def _restated(day: date, group: Group, told: Register, known: Register) -> Restated:
    then, now = _of_group(told, group), _of_group(known, group)
    both = then.keys() & now.keys()
    return Restated(
        day,
        group.name,
        (_tally(then, group), _tally(now, group)),
        entered=tuple(sorted(now.keys() - then.keys())),
        left=tuple(sorted(then.keys() - now.keys())),
        newly_counted=tuple(sorted(number for number in both if now[number] and not then[number])),
        no_longer_counted=tuple(sorted(number for number in both if then[number] and not now[number])),
    )


def _of_group(register: Register, group: Group) -> dict[str, bool]:
    """The cases of a group's total, with whether they are counted as resolved."""
    return {number: case.is_counted for number, case in register.items() if case.source in group.sources and not case.is_cancelled}


def _tally(cases: Mapping[str, bool], group: Group) -> Tally:
    return Tally(group.target_percent, len(cases), sum(cases.values()))


def _differs(entry: Restated) -> bool:
    then, now = entry.tallies
    return then != now or any((entry.entered, entry.left, entry.newly_counted, entry.no_longer_counted))
