"""Draws up a day's report from its folded state: every figure is counted here, and nowhere after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline.day import doubts, edit_effects, misspelt, particulars, unit_state
from pipeline.day.day_state import DayState
from pipeline.day.doubts import Doubt
from pipeline.day.edit_effects import Effects, Today
from pipeline.day.known_when import known_until
from pipeline.day.standing import standing_of
from pipeline.day.submissions import Attendance, Beyond, OfDay, stood
from pipeline.report import (
    agenda,
    bridge,
    case_register,
    certainty,
    changes,
    extensions,
    handed_in_lines,
    lost_originals,
    notice_answers,
    notices,
    other_sheets,
    rate_bounds,
    receptions,
    reminders,
    rested_on,
    rule_words,
    units,
)
from pipeline.report.case_lines import CaseLine
from pipeline.report.counting import Counting
from pipeline.report.figures import Figure, OpenPoint
from pipeline.report.report import Report
from pipeline.report.submission_lines import ArrivedReport
from pipeline.settings.config import Settings
from pipeline.settings.rules import Rules, ToldBefore
from pipeline.terms import words
from pipeline.terms.handed_in import Arrival, Filed, LeftOut, SaidBefore
from pipeline.terms.notice_number import NoticeNumber

Tell = Callable[[Sequence[ArrivedReport]], object]


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a day by what became of them: those behind a report's figures, and the others."""

    arrivals: Mapping[int, Arrival]
    """By their ids, as the ledger numbers them."""
    files_in_force: tuple[Filed, ...]
    """What the figures rest on, in order."""
    superseded: tuple[Filed, ...]
    refused: tuple[Filed, ...]
    """The day's refused files, with their findings."""
    replaced_since: tuple[Filed, ...] = ()
    """Reports for earlier days that counted when the day before was told, and do not any more."""
    numbers: tuple[NoticeNumber, ...] = ()
    """Of the day's notices, and of those before them that its reports may answer."""
    first_rules: Rules | None = None
    """What the day was published under first, where that is another thing now."""
    first_before: Rules | None = None
    """What held on the day before when the day was published first, where that is another thing now."""
    told_before: ToldBefore | None = None
    """The last day published before and its first rules, where the day before had others when this one was written first."""
    left_out: tuple[LeftOut, ...] = ()
    """The files of the day that are lost and without which the office decided to go on."""
    refused_late: tuple[Filed, ...] = ()
    """Files refused whole that belong to earlier days and became known on this one, without their findings."""
    refused_before: tuple[Filed, ...] = ()
    """Those of the days of which a report could still be sent, that were known before."""
    said_before: SaidBefore | None = None
    """What this day, or else the day before, said of its figures when it still rested on files that are lost."""
    first_units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The levels above the districts that the day was published with first, where they are others now."""
    former_names: Mapping[str, str] = field(default_factory=dict)
    """By code, or of a unit by its name: what it was called before that has another name since the day before or its first edition."""
    attendance: Attendance = ()
    """Whether each district's report of the last thirty days came, and when."""
    lost: frozenset[OfDay] = frozenset()
    """Of which districts and days a report came that is lost and left out."""
    returned: frozenset[OfDay] = frozenset()
    """Of which districts and earlier days a report came that was refused whole."""

    def of(self, own: Settings, whole: Settings) -> Sources:
        """Return what stands behind a unit's figures, as far as anybody can tell; assignment workbooks are everybody's."""
        districts, codes = frozenset(own.district_names), {district.code for district in own.districts}

        def of_these(files: Sequence[Filed], *, with_workbooks: bool = False) -> tuple[Filed, ...]:
            theirs = (file for file in files if not file.arrival.is_assignment and handed_in_lines.may_be_of(file, districts, whole))
            return (*(file for file in files if file.arrival.is_assignment and with_workbooks), *theirs)

        return replace(
            self,
            files_in_force=of_these(self.files_in_force, with_workbooks=True),
            superseded=of_these(self.superseded, with_workbooks=True),
            refused=of_these(self.refused),
            replaced_since=of_these(self.replaced_since, with_workbooks=True),
            numbers=tuple(number for number in self.numbers if number.district in districts),
            left_out=tuple(file for file in self.left_out if file.is_assignment or file.district in districts),
            refused_late=of_these(self.refused_late),
            refused_before=of_these(self.refused_before),
            said_before=self.said_before and self.said_before.units.get(own.way[-1]),
            former_names={of: name for of, name in self.former_names.items() if of in codes or of in own.tree or of in own.way[-1:]},
            attendance=tuple(
                (day, {name: stands for name, stands in of_day.items() if name in districts}) for day, of_day in self.attendance
            ),
            lost=frozenset(of_day for of_day in self.lost if of_day[0] in districts),
            returned=frozenset(of_day for of_day in self.returned if of_day[0] in districts),
        )


def of_units(state: DayState, sources: Sources, settings: Settings) -> Iterator[Report]:
    """Go through the reports of the levels above the districts, each before those under it; one is drawn up when it is asked for.

    None is another kind of report: the same day, restricted to the unit's districts.
    """
    if not (tree := settings.tree):
        return
    parted, until = unit_state.Parted(state, settings.district_names), rested_on.by_district(state, sources.files_in_force, settings)
    for unit in tree.in_order():
        own = settings.of_unit(unit)
        yield _build(parted.of(unit, own.district_names), sources.of(own, settings), own, max(until[name] for name in own.district_names))


def all_of(state: DayState, sources: Sources, settings: Settings, tell: Tell | None = None) -> tuple[Report, Iterator[Report]]:
    """Return the report of a folded day, and those of the levels above the districts; `tell` hears first what is said of each file."""
    units = of_units(state, sources, settings) if settings.tree else iter(())  # which would hold on to a large day's state
    return build(state, sources, settings, tell), units


def build(state: DayState, sources: Sources, settings: Settings, tell: Tell | None = None) -> Report:
    """Return the report of a folded day."""
    last = handed_in_lines.last_arrival(sources.files_in_force, settings)
    report = _build(unit_state.whole(state) if settings.tree else state, sources, settings, last, tell)
    until = rested_on.by_district(state, sources.files_in_force, settings) if report.has_page_per_unit else {}
    return replace(report, until_of=until)


def _build(state: DayState, sources: Sources, settings: Settings, data_until: datetime, tell: Tell | None = None) -> Report:
    settings, before = settings.on(state.day), settings.on(before_day := state.day - timedelta(days=1))
    reports_by_file = tuple(reminders.reminded(handed_in_lines.of(state, sources.refused, settings), state, sources.numbers, settings))
    if tell:
        tell(reports_by_file)
    cases = case_register.case_lines(state, sources.arrivals, settings)
    returned = sources.returned | handed_in_lines.returned(sources.refused)
    counting = counting_of(state, cases, sources.refused, settings, (sources.lost, returned))
    in_use, targets = counting.cases, counting.targets()
    changed = changes.numbers(state, in_use, before)
    urgent = other_sheets.urgent(state, cases, sources.arrivals, settings)
    refused = [file for file in sources.refused if file.arrival.sha256 not in {lost.sha256 for lost in sources.left_out}]
    lines_by_district = [
        replace(
            line,
            is_lost=line.status == "missing" and (line.district, state.day) in sources.lost,
            is_excused=line.status == "late" and (line.district, state.day) in state.exempted.excused,
        )
        for line in handed_in_lines.submission_lines(state, refused, settings)
    ]
    return Report(
        day=state.day,
        office=settings.office,
        is_correction=data_until > known_until(state.day, settings),
        data_until=data_until,
        targets=targets,
        by_source=counting.by_source(),
        by_district=counting.by_district(),
        by_leader=counting.by_leader(),
        by_category=counting.by_category(),
        cases=cases,
        flags={flag: tuple(case.number for case in cases if flag in case.flags) for flag in words.FLAGS},
        newly_resolved=tuple(sorted((*changed["newly_resolved"], *changed["counted_again"]))),
        counted_again=changed["counted_again"],
        reopened=changed["reopened"],
        new_cases=changed["new_cases"],
        withdrawn_cases=state.withdrawn,
        withdrawn_disputes=changes.withdrawn_disputes(state),
        ended_disputes=changes.ended_disputes(state),
        refused_answers=changes.refused_answers(state),
        edited=_edited(state, settings),
        referred=edit_effects.referred(state.before, Today(before_day, state.cases, before), state.cases),
        restated=state.restated,
        late_reports=state.late_reports,
        refused_since=tuple(row for row in state.refused_since if row.district in settings.district_names),
        corrected=state.corrected,
        corrected_net=state.corrected_net,
        newly_told=changes.newly_told(state),
        correcting=state.correcting,
        correcting_by_noon=state.correcting_by_noon,
        overnight=state.overnight.entries,
        overnight_earlier=state.overnight.earlier,
        overnight_net=state.overnight.net,
        overnight_reports=state.overnight.reports,
        overnight_effects=_overnight_effects(state, settings),
        late_effects=_late_effects(state, settings),
        correcting_effects=_correcting_effects(state, settings),
        former=changes.former(state),
        certainties=certainty.of(targets, settings.groups, state.cases, edit_effects.Given(state.came_ever, state.went_ever)),
        no_longer_counted=changed["no_longer_counted"],
        changes=changes.lines(changed, cases, state),
        submissions=tuple(lines_by_district),
        reception=other_sheets.reception(state, settings),
        urgent=urgent,
        earlier_urgent=other_sheets.earlier_urgent(state, cases, sources.arrivals, settings),
        earlier_refused=other_sheets.earlier_refused(state, sources.refused_before, settings, sources.files_in_force),
        unmended=other_sheets.unmended(state, counting.cases, settings),
        changed_matters=other_sheets.changed_matters(state, settings),
        changed_receptions=other_sheets.changed_receptions(state, settings),
        findings=handed_in_lines.finding_lines(state, sources.refused, reports_by_file),
        liaison=other_sheets.liaison(state.assignment, settings if settings.way else None),
        trend=state.trend,
        silent_days=agenda.silent_days(state),
        day_before=bridge.day_before(state),
        bridges=bridge.of(state, settings.groups, before),
        ways=agenda.ways(targets, in_use, state),
        decisions=units.placed(agenda.decisions(cases, urgent, targets, state.day), settings.tree),
        absences=agenda.absences(lines_by_district, in_use, settings, agenda.last_sent(state, sources.lost)),
        open_points=rate_bounds.open_points(state.doubts, counting.unknown, settings.district_names),
        most_new=_most_new(state, settings),
        inputs=handed_in_lines.inputs(
            (
                *sources.files_in_force,
                *sources.superseded,
                *sources.refused,
                *sources.replaced_since,
                *sources.refused_late,
                *sources.refused_before,
            )
        ),
        units=units.lines(counting, cases, lines_by_district, settings.tree),
        left_out=sources.left_out,
        lost_with_originals=lost_originals.of(state, sources.said_before, settings),
        attendance=stood(sources.attendance, replace(beyond(state, sources.lost), returned=returned)),
        of_moved_cases=tuple(changes.of_moved_cases(state)),
        misspelt=misspelt.rows(state),
        refused_late=handed_in_lines.of_earlier_days(sources.refused_late, settings),
        settings=settings,
        reporters=dict(state.reporters),
        arrived_reports=reports_by_file,
        notices=notices.of(state, cases, sources.numbers, settings, sources.files_in_force),
        without_notice=notices.without_notice(state, cases, sources.numbers, settings, sources.files_in_force),
        new_rules=rule_words.renamed(sources.former_names, settings)
        + rule_words.other_units(sources.first_units, settings, _by_first_units(state, sources.first_units, settings))
        + _new_rules(state, sources, counting, before.rules),
        first_units=sources.first_units,
        former_names=dict(sources.former_names),
        rules_before=before.rules,
        first_rules=sources.first_rules,
        first_before=sources.first_before,
        told_before=sources.told_before,
        beyond=replace(
            extensions.of(state, cases, sources.arrivals, settings),
            notices=notice_answers.of(state, sources.numbers, sources.files_in_force, settings),
            receptions=receptions.of(
                state, [file for file in sources.files_in_force if file.arrival.is_assignment], settings.calendar.zone
            ),
        ),
    )


def counting_of(
    state: DayState,
    cases: Iterable[CaseLine],
    refused: tuple[Filed, ...],
    settings: Settings,
    came: tuple[Collection[OfDay], Collection[OfDay]] = ((), ()),
) -> Counting:
    """Return what is counted of a day with these cases, by its own settings; `refused`: the day's files refused whole.

    `came`: of which districts and days a report came that is lost and left out, and of which one came that was refused whole.
    """
    in_use = [case for case in cases if not case.grounds]
    reported = {name: name in state.in_force for name in settings.district_names} | dict(state.reported_elsewhere)
    doubts = _doubts(state, refused)
    unknown = rate_bounds.unknown_of(in_use, doubts, _most_new(state, settings), day=state.day, reported=reported)
    return Counting(in_use, rate_bounds.with_came(unknown, *came), settings)


def open_points(state: DayState, counting: Counting, figure: Figure) -> tuple[OpenPoint, ...]:
    """Return the districts that keep a figure provisional, each with the days of which something is missing or refused."""
    if figure.bounds is None or figure.is_certain:
        return ()
    turning = [doubt for doubt in state.doubts if (doubt.district, doubt.day) in figure.bounds.open]
    return rate_bounds.open_points(turning, counting.unknown, counting.settings.district_names)


def beyond(state: DayState, lost: Collection[OfDay]) -> Beyond:
    """Return how the reports of the last days stand, beside when they came."""
    refused = {(district, past.day) for past in state.recent for district in past.refused}
    return Beyond(refused, lost, state.exempted.excused, {(district, past.day) for past in state.recent for district in past.mended})


def _most_new(state: DayState, settings: Settings) -> int:
    return max(state.most_new, settings.windows.new_cases_per_report)


def _by_first_units(state: DayState, first_units: Mapping[str, Sequence[str]], settings: Settings) -> list[str]:
    """Return a unit's figures by the districts that it had when the day was published first; none where it has the same."""
    districts = first_units.get(settings.way[-1], ()) if settings.way else ()
    if not districts or {*districts} == {*settings.district_names}:
        return []
    cases = [case for case in state.elsewhere.values() if case.text("旗区") in {*districts} and not case.grounds]
    of_group = [(group.name, [case for case in cases if case.text("案件来源") in group.sources]) for group in settings.groups]
    return [f"{name}{sum(case.is_counted for case in own)}/{len(own)}" for name, own in of_group]


def _new_rules(state: DayState, sources: Sources, counting: Counting, before: Rules) -> str:
    """Return what is judged otherwise than before, and than what the readers of the last day before knew."""
    told, known = _newly_judged(state, sources, counting, before), sources.told_before
    if known is None:
        return told
    otherwise = _otherwise(state, sources, counting, known.rules)
    return told + rule_words.since_told(known, state.day, (before, counting.settings.rules), otherwise)


def _newly_judged(state: DayState, sources: Sources, counting: Counting, before: Rules) -> str:
    """Return what is judged otherwise than yesterday, and than when the day was published first, with the figures by those rules."""
    now, first = counting.settings.rules, sources.first_rules
    if (began := sources.first_before) and not first:
        if not rule_words.rule_changes(began, now):
            return rule_words.beside_rewritten(before, now)
        if rule_words.rule_changes(before, now):
            return rule_words.partly_rewritten(state.day, (began, before, now), _otherwise(state, sources, counting, before))
        return rule_words.began_here(state.day, began, now, _otherwise(state, sources, counting, began))
    told = rule_words.new_rules(state.day, before, now, _otherwise(state, sources, counting, before))
    if first and first == before and told:
        return told + rule_words.REWRITTEN
    told += rule_words.rewritten(first, now, _otherwise(state, sources, counting, first)) if first else ""
    if began and first:
        told += rule_words.began_here(state.day, began, first, _otherwise(state, sources, counting, began))
    return told


def _otherwise(state: DayState, sources: Sources, counting: Counting, other: Rules) -> list[str]:
    """Return what the day's figures would be by other rules, where that is another thing."""
    now = counting.settings.rules
    if not rule_words.rule_changes(other, now):
        return []
    held = counting.settings.model_copy(update=other._asdict())
    cases = [case_register.case_line(case, state.day, sources.arrivals, held) for case in state.cases if not case.grounds]
    flags = {flag: (_flagged(flag, cases), _flagged(flag, counting.cases)) for flag in words.FLAGS}
    was, is_now = (doubts.standings(state.submissions, state.judgements, state.day, rules.calendar) for rules in (held, now))
    standings = {name: (was[name], is_now[name]) for name in held.district_names if name in was}
    figures = counting_of(state, cases, sources.refused, held).targets()
    return [*rule_words.by_other_rules(figures, flags, other, (now, counting.targets())), *rule_words.lateness(standings)]


def _flagged(flag: str, cases: Iterable[CaseLine]) -> list[str]:
    return [case.number for case in cases if flag in case.flags]


def _edited(state: DayState, settings: Settings) -> Effects:
    went = [state.elsewhere[number] for number in sorted(state.went)]
    edits = particulars.edits(state.before, {case.number: standing_of(case) for case in state.cases})
    away = particulars.edits(state.went, {case.number: standing_of(case) for case in went})
    all_edits = sorted((*edits, *(edit for edit in away if edit.column == "旗区")), key=lambda edit: edit.number)
    before = {**state.before, **state.went} if went else state.before
    return edit_effects.of(tuple(all_edits), before, Today(state.day, state.cases, settings), edit_effects.Given(state.came, tuple(went)))


def _late_effects(state: DayState, settings: Settings) -> Effects:
    if state.before_corrected is None:
        return Effects()
    told, known = state.before_corrected
    effects = edit_effects.of_late_reports(told, known, state.day - timedelta(days=1), Today(state.day, state.cases, settings))
    today = {(effect.number, effect.flag) for effect in effects.flags} | {(number, "disputed") for number in changes.ended_disputes(state)}
    return replace(effects, then=tuple(flag for flag in state.late_flags if (flag.number, flag.flag) not in today))


def _overnight_effects(state: DayState, settings: Settings) -> Effects:
    if state.overnight.registers is None:
        return Effects()
    told, known = state.overnight.registers
    return edit_effects.of_late_reports(told, known, state.day - timedelta(days=1), Today(state.day, state.cases, settings))


def _correcting_effects(state: DayState, settings: Settings) -> Effects:
    if state.as_told is None:
        return Effects()
    now = {case.number: standing_of(case) for case in state.cases}
    return edit_effects.of_late_reports(state.as_told, now, state.day, Today(state.day, state.cases, settings))


def _doubts(state: DayState, refused: tuple[Filed, ...]) -> list[Doubt]:
    """Return what could still change: a correction refused whole could change its district's whole report, as a missing one could.

    A stranger's file corrects nothing of the district that it names: else anybody could make another's figures doubtful.
    """
    corrected = {
        file.reading.district
        for file in refused
        if not file.reading.is_from_stranger
        and (report := state.in_force.get(file.reading.district))
        and file.arrival.envelope.received_at > report.arrival.envelope.received_at
    }
    return [*state.doubts, *(Doubt(state.day, district, is_missing=True) for district in sorted(corrected))]
