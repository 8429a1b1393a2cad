"""What was known when: earlier days as the report before knew them, beside what is known now (contract 4, "What was known when").

A day is computed anew from the facts, also where a report for it comes days later. So that no figure that was said changes in silence,
the report of the day on which something became known tells of every earlier day that it changed; and the report of a day that is a
correction tells what its own readers could know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain, pairwise

from pipeline.day import restating, supervision
from pipeline.day.beginning import Beginning
from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.fold import fold_noting, registers
from pipeline.day.restatement import FlagThen, LateReport, Overnight, RefusedSince, Restated
from pipeline.day.row_changes import told_otherwise
from pipeline.day.standing import Register, Standing, as_it_stood, is_known_otherwise, standing_of
from pipeline.day.submissions import Submissions
from pipeline.day.withdrawn_rows import MatterChange, late_matters, late_receptions, refused_answers
from pipeline.settings.config import Settings
from pipeline.terms.case_numbers import alike
from pipeline.terms.handed_in import Facts, Filed, in_order

LOOKS_BACK_DAYS = 30
"""As far back as a restatement goes (contract 4)."""
_ONE_DAY = timedelta(days=1)


def known_until(day: date, settings: Settings) -> datetime:
    """Return the last moment whose arrivals the readers of that day's report could know of."""
    return settings.on(day).calendar.known_until(day)


def late_for(reports: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """Return the reports for earlier days that the report of the day before could not know of."""
    moment = known_until(day - _ONE_DAY, settings)
    return [filed for filed in reports if filed.reading.day < day and filed.arrival.envelope.received_at > moment]


def end_of(day: date, settings: Settings) -> datetime:
    """Return the last moment of a day: what a report drawn up at its end could know."""
    return datetime.combine(day, time.max, settings.calendar.zone)


def overnight_for(reports: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """Return the reports for earlier days that came after the end of the day before, and that its readers could know all the same."""
    end, known = end_of(day - _ONE_DAY, settings), known_until(day - _ONE_DAY, settings)
    return [filed for filed in reports if filed.reading.day < day and end < filed.arrival.envelope.received_at <= known]


def fold(facts: Facts, settings: Settings, days: Sequence[date], days_with_flags: Iterable[date] = ()) -> dict[date, DayState]:
    """Fold the days as `fold.fold` does, with what became known on each of earlier ones, and with what became known of each later.

    `facts` hold what each day's readers and those of the day before could know, reports that were replaced since included. What was known
    at a moment is folded only from the first day of which a report was not known then; up to there one pass serves for all.
    """
    after = _partings(facts.reports, days, settings)
    states, beginnings = fold_noting(facts, settings, days, days_with_flags, after=after)
    return _with_what_was_known(states, _Past(facts, settings, beginnings))


def fold_on(
    facts: Facts, settings: Settings, days: Sequence[date], days_with_flags: Iterable[date], beginning: Beginning | None = None
) -> tuple[dict[date, DayState], list[Beginning]]:
    """Likewise, and return how everything stood at the ends of the last two days; of the last alone where the fold goes on from there.

    `beginning`: how it stood at the end of a day that is not after `latest_beginning`, from which the fold goes on.
    """
    began = beginning.day + _ONE_DAY if beginning else min((filed.reading.day for filed in facts.reports), default=max(days))
    ends = {max(days) - _ONE_DAY, max(days)} - {began - _ONE_DAY}
    after = {*_partings(facts.reports, days, settings), *ends}
    states, beginnings = fold_noting(facts, settings, days, days_with_flags, after=after, beginning=beginning)
    return _with_what_was_known(states, _Past(facts, settings, beginnings)), [noted for noted in beginnings if noted.day in ends]


def latest_beginning(reports: Iterable[Filed], days: Collection[date], settings: Settings) -> date:
    """Return the last day from whose end on these days can be folded: before them, and before all that became known late.

    The reports' rows are not needed.
    """
    return min([min(days) - _ONE_DAY, *_partings([*reports], days, settings)])


def _partings(reports: Sequence[Filed], days: Iterable[date], settings: Settings) -> set[date]:
    """Return the days after which one moment knew other reports than another."""
    unknown = (late(reports, day, settings) for day in days for late in (late_for, overnight_for, _unknown_on, _overnight_on))
    return {min(filed.reading.day for filed in late) - _ONE_DAY for late in unknown if late}


def _with_what_was_known(states: Mapping[date, DayState], past: _Past) -> dict[date, DayState]:
    known = {
        day: _as_changed_since(_with_overnight(_remembering(_with_flags_dropped(state, past.settings), past), past), past)
        for day, state in states.items()
    }
    return known | {state.day: state for state in _corrected(known, past)}


@dataclass(frozen=True, slots=True)
class _Past:
    """What earlier moments knew."""

    facts: Facts
    settings: Settings
    beginnings: Sequence[Beginning]

    def known_by(self, moment: datetime) -> Facts:
        """Return the facts that had arrived by then."""
        return replace(
            self.facts,
            assignments=tuple(filed for filed in self.facts.assignments if filed.arrival.envelope.received_at <= moment),
            reports=tuple(filed for filed in self.facts.reports if filed.arrival.envelope.received_at <= moment),
        )

    def in_force(self, moment: datetime) -> dict[int, Filed]:
        """Return the reports in force by then, by arrival."""
        return {filed.arrival.id: filed for filed in Submissions.of(self.known_by(moment).reports).in_force()}

    def registers(self, moment: datetime, first: date, last: date) -> Iterator[Register]:
        """Go through the registers of those days as they were known at that moment."""
        facts = self.known_by(moment)
        later = (filed.reading.day for filed in self.facts.reports if filed.arrival.envelope.received_at > moment)
        parted = min([first, *later])
        beginnings = [beginning for beginning in self.beginnings if beginning.day < parted]
        latest = max(beginnings, key=lambda beginning: beginning.day, default=None)
        return registers(facts, self.settings, first, last, latest)


def _with_flags_dropped(state: DayState, settings: Settings) -> DayState:
    """Add which flags the cases had that a replaced report of the day brought in, and that left the total."""
    windows = settings.on(state.day).windows
    dropped = {name: restating.flagged(moves.left, state.former, state.day, windows) for name, moves in state.replaced.items()}
    return replace(state, replaced={name: replace(moves, flagged=dropped[name]) for name, moves in state.replaced.items()})


def _remembering(state: DayState, past: _Past) -> DayState:
    day, settings = state.day, past.settings
    late = late_for(past.facts.reports, day, settings)
    moments = [known_until(known_on, settings) for known_on in (day - _ONE_DAY, day)]
    then = past.known_by(moments[0])
    if not late or not then.assignments:
        return state
    last = day - _ONE_DAY
    known_late = [filed for filed in late if filed.arrival.envelope.received_at <= moments[1]]
    if not known_late:  # nothing became known on this day, but of the day before more is known by now than was told
        (told,) = past.registers(moments[0], last, last)
        return replace(state, before_as_told=told, former=state.former | _former(told, state))
    # Before the first day that the late reports are about nothing is known differently.
    first = max(day - timedelta(days=LOOKS_BACK_DAYS), min(filed.reading.day for filed in known_late))
    restated: list[Restated] = []
    flags, cases = dict[tuple[str, str, bool], FlagThen](), {case.number: case for case in state.cases}
    refused, standing = list[RefusedSince](), past.in_force(moments[1])
    pairs = zip(*(past.registers(moment, first, last) for moment in moments), strict=True)
    for earlier, (told, known) in zip(_through(first, last), pairs, strict=True):
        entries = restating.of_groups(earlier, told, known, settings)
        restated += [entry for entry in entries if entry.differs]
        refused += restating.rows_refused(earlier, told, known, standing)
        _note_flags(flags, earlier, _both(told, known, cases), settings)
    return replace(
        state,
        before_as_told=told,
        before_corrected=(told, known),
        restated=tuple(restated),
        late_reports=_late_reports(known_late, then, state, settings),
        late_matters=tuple(late_matters(known_late, then, past.known_by(moments[1]))),
        late_receptions=tuple(late_receptions(known_late, then, past.known_by(moments[1]))),
        refused_since=tuple(refused),
        late_flags=tuple(flags[key] for key in sorted(flags)),
        former=state.former | _former(told, state),
    )


def _with_overnight(state: DayState, past: _Past) -> DayState:
    """Add what came of the day before between its end and noon: it is in no restatement, though the morning's readers did not have it."""
    before, settings = state.day - _ONE_DAY, past.settings
    came = overnight_for(past.facts.reports, state.day, settings)
    then = past.known_by(end_of(before, settings))
    if not came or not then.reports or not then.assignments:
        return state
    first = max(state.day - timedelta(days=LOOKS_BACK_DAYS), min(filed.reading.day for filed in came))
    midnight, noon = ([*past.registers(moment(before, settings), first, before)] for moment in (end_of, known_until))
    told, known = midnight[-1], noon[-1]
    days = [*zip(_through(first, before), midnight, noon, strict=True)]
    standing = past.in_force(known_until(before, settings))
    refused = [since for day, then_known, by_noon in days for since in restating.rows_refused(day, then_known, by_noon, standing)]
    entries = [
        entry for day, then_known, by_noon in days for entry in restating.of_groups(day, then_known, by_noon, settings) if entry.differs
    ]
    return replace(
        state,
        late_matters=(*late_matters(came, then, past.known_by(known_until(before, settings))), *state.late_matters),
        late_receptions=(*late_receptions(came, then, past.known_by(known_until(before, settings))), *state.late_receptions),
        refused_since=(*refused, *state.refused_since),
        overnight=Overnight(
            tuple(entry for entry in entries if entry.day == before),
            _late_reports(came, then, state, settings),
            (told, known),
            tuple(entry for entry in entries if entry.day < before),
            tuple(_net(state, entries, dict(zip(_through(first, before), midnight, strict=True)), past)),
        ),
        former=state.former | _former(told, state),
    )


def _net(state: DayState, entries: Iterable[Restated], midnight: Mapping[date, Register], past: _Past) -> Iterator[Restated]:
    """Go through the groups that these entries tell otherwise than at midnight, and this day's restatement once more, with both in one."""
    again = {(entry.day, entry.group, entry.unit) for entry in state.restated}.intersection(
        (entry.day, entry.group, entry.unit) for entry in entries
    )
    if not again:
        return
    last = state.day - _ONE_DAY
    now = dict(zip(_through(min(midnight), last), past.registers(known_until(state.day, past.settings), min(midnight), last), strict=True))
    for day in sorted({day for day, _group, _unit in again}):
        entries = restating.of_groups(day, midnight[day], now[day], past.settings)
        yield from (entry for entry in entries if (day, entry.group, entry.unit) in again)


def _as_changed_since(state: DayState, past: _Past) -> DayState:
    """Add to what became known of earlier days what they were changed to by what became known on later ones."""
    overnight, last = state.overnight, state.day - _ONE_DAY
    parts = (state.restated, overnight.entries, overnight.earlier, overnight.net)
    moment = known_until(last if overnight.entries or overnight.earlier else state.day, past.settings)
    days = [entry.day for entries in parts for entry in entries]
    later = (filed for filed in past.facts.reports if filed.arrival.envelope.received_at > moment)
    if not days or not any(filed.reading.day <= max(days) for filed in later):
        return state
    first, end = min(days), max(filed.arrival.envelope.received_at for filed in past.facts.reports)
    now = zip(_through(first, max(days)), past.registers(end, first, max(days)), strict=True)
    restated, entries, earlier, net = restating.changed_since(parts, now, past.settings)
    return replace(state, restated=restated, overnight=replace(overnight, entries=entries, earlier=earlier, net=net))


# --- the day itself ----------------------------------------------------------------------------------------------


def _corrected(states: Mapping[date, DayState], past: _Past) -> Iterator[DayState]:
    """Go through the states of which more is known than their own readers could know, each with what they knew."""
    reports, settings = past.facts.reports, past.settings
    late = {day: _unknown_on(reports, day, settings) for day in sorted(states)}
    days = [day for day, reports in late.items() if reports and past.known_by(known_until(day, settings)).assignments]
    for batch in _batches(days, reports, settings):
        told_by_day = _as_told(batch, late[batch[0]], states[batch[0]].before, past)
        for day, (before, told) in zip(_through(batch[0], batch[-1]), told_by_day, strict=True):
            if day not in late or not late[day]:
                continue
            state = states[day]
            now = {case.number: standing_of(case) for case in state.cases}
            entries = restating.of_groups(day, told, now, settings)
            at_end, in_force = _at_its_end(day, past), {filed.arrival.id: filed for filed in state.in_force.values()}
            yield replace(
                state,
                corrected=tuple(entry for entry in entries if entry.differs),
                corrected_net=() if at_end is None else tuple(_since_its_end(day, (at_end, told, now), settings)),
                late_matters=(*state.late_matters, *_withdrawn_since(day, late[day], past)),
                refused_since=(*state.refused_since, *restating.rows_refused(day, told, now, in_force)),
                correcting=_late_reports(late[day], past.known_by(known_until(day, settings)), state, settings),
                correcting_by_noon=_late_reports(
                    _overnight_on(reports, day, settings), past.known_by(end_of(day, settings)), state, settings
                ),
                as_told=told,
                newly_told=_counted(told) - _counted(before),
                former=state.former | _former(at_end or {}, state) | _former(told, state),
            )


def _as_told(batch: Sequence[date], late: Sequence[Filed], before: Register, past: _Past) -> Iterator[tuple[Register, Register]]:
    """Go through the registers of a run of days as their readers could know them, each with that of the day before it.

    `late`: what came late of the first day, and `before` what is known by now of the day before: where nothing late is about that, it is
    what its readers knew, and no earlier report is needed.
    """
    until = known_until(batch[-1], past.settings)
    if any(filed.reading.day < batch[0] for filed in late):
        return pairwise(past.registers(until, batch[0] - _ONE_DAY, batch[-1]))
    return pairwise(chain([before], past.registers(until, batch[0], batch[-1])))


def _counted(register: Register) -> frozenset[str]:
    return frozenset(number for number, case in register.items() if case.is_counted)


def _withdrawn_since(day: date, late: Iterable[Filed], past: _Past) -> Iterator[MatterChange]:
    """Go through the urgent matters of earlier days that the day's readers may have read of, and that are reported no more."""
    earlier = [filed for filed in late if filed.reading.day < day]
    changes = late_matters(earlier, past.known_by(known_until(day, past.settings)), past.facts) if earlier else ()
    return (change for change in changes if change.is_urgent and not change.now)


def _at_its_end(day: date, past: _Past) -> Register | None:
    """Return the register of a day as it was known at its end; None where no more than that was known by noon, or nothing at all."""
    then = past.known_by(end_of(day, past.settings))
    if not _overnight_on(past.facts.reports, day, past.settings) or not then.reports or not then.assignments:
        return None
    return next(past.registers(end_of(day, past.settings), day, day))


def _since_its_end(day: date, known: tuple[Register, Register, Register], settings: Settings) -> Iterator[Restated]:
    """Go through the groups that came to be known otherwise between the end of the day and noon, each at its end and by now.

    `known`: at the end, by noon, and by now.
    """
    at_end, by_noon, now = known
    moved = {(entry.group, entry.unit) for entry in restating.of_groups(day, at_end, by_noon, settings) if entry.differs}
    yield from (entry for entry in restating.of_groups(day, at_end, now, settings) if (entry.group, entry.unit) in moved)


def _overnight_on(reports: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """Return the reports up to that day that came after its end, and that its readers could know all the same."""
    return overnight_for(reports, day + _ONE_DAY, settings)


def _unknown_on(reports: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """Return the reports up to that day that its own readers could not know."""
    moment = known_until(day, settings)
    return [filed for filed in reports if filed.reading.day <= day and filed.arrival.envelope.received_at > moment]


def _batches(days: Sequence[date], reports: Sequence[Filed], settings: Settings) -> list[list[date]]:
    """Return the days in runs of which one pass gives what was known on each: between two of them nothing came for the earlier ones."""
    batches: list[list[date]] = []
    for day in days:
        until = known_until(day, settings)
        came = _unknown_on(reports, batches[-1][-1], settings) if batches else []
        if batches and all(filed.arrival.envelope.received_at > until for filed in came):
            batches[-1].append(day)
        else:
            batches.append([day])
    return batches


def _through(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=days) for days in range((last - first).days + 1))


# --- what is compared --------------------------------------------------------------------------------------------


def _late_reports(late: Iterable[Filed], known: Facts, state: DayState, settings: Settings) -> tuple[LateReport, ...]:
    """Return the late reports with whether they replaced one that was known, and their cases; of a district's day the last one alone.

    The bytes that were in force when they came, or that were known, say nothing new: a duplicate is no correction.
    """
    before, last = Submissions.of(known.reports), dict[tuple[str, date], Filed]()
    cases = {case.number: case for case in state.cases}
    for filed in in_order(late):
        of_day = (filed.reading.district, filed.reading.day)
        if _bytes(last.get(of_day) or before.beside(filed).in_force) != filed.arrival.sha256:
            last[of_day] = filed
    return tuple(
        LateReport(
            district,
            day,
            filed.arrival.envelope.received_at.astimezone(settings.calendar.zone),
            is_revision=before.beside(filed).in_force is not None,
            refused_answers=refused_answers(filed),
            cases=frozenset(
                alike(number)
                for number in told_otherwise(before.beside(filed).in_force, filed)
                if (case := cases.get(number)) is None or case.district_on(day) == district
            ),
        )
        for (district, day), filed in last.items()
        if district in settings.district_names and _bytes(before.beside(filed).in_force) != filed.arrival.sha256
    )


def _bytes(filed: Filed | None) -> str:
    return filed.arrival.sha256 if filed else ""


def _both(told: Register, known: Register, cases: Mapping[str, Case]) -> Iterator[tuple[Case, Standing, Standing]]:
    """Go through the cases of the day that stood otherwise on an earlier one than was told, and count as they did."""
    for number, now in known.items():
        then, case = told.get(number), cases.get(number)
        if then and case and then is not now and is_known_otherwise(then, now):
            yield case, then, now


def _note_flags(
    noted: dict[tuple[str, str, bool], FlagThen], day: date, pairs: Iterable[tuple[Case, Standing, Standing]], settings: Settings
) -> None:
    """Note the flags of a day that are known otherwise than they were told, each with its first and last day."""
    windows = settings.on(day).windows
    for case, then, now in pairs:
        was, is_now = ({*supervision.flags(as_it_stood(case, standing), day, windows)} for standing in (then, now))
        changed = (was ^ is_now) - {"cancelled", "missing_from_assignment"}
        for flag in changed - ({"due_soon"} if "overdue" in changed else set()):
            key = (case.number, flag, flag in is_now)
            noted[key] = replace(noted[key], last=day) if key in noted else FlagThen(*key, day, day)


def _former(told: Register, state: DayState) -> Register:
    """Return the cases that were told of and that the day's register does not have."""
    now = {case.number for case in state.cases}
    return {number: case for number, case in told.items() if number not in now}
