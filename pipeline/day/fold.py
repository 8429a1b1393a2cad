"""Facts in, the state of every case on a day out: a pure fold over assignment workbooks and accepted reports (contract 4)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from pipeline.day import answers, assignments, earlier_matters, judging, refused_matters, reports_before, supervision
from pipeline.day.beginning import FLAGGED_DAYS, NOTHING, TREND_DAYS, Beginning, Snapshot
from pipeline.day.case_book import CaseBook
from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.doubts import Doubt, all_refused, doubt, known_by_now, mended
from pipeline.day.exemptions import Exempted, Exemption, is_sheet_refused
from pipeline.day.judgement import Judgement
from pipeline.day.reports_before import ReportsBefore
from pipeline.day.restatement import Moves
from pipeline.day.standing import Register, standing_of
from pipeline.day.submissions import NO_REPORTS, Reports, Submissions, came_late, may_be_mended
from pipeline.day.targets import PastDay, Tally, returned, tallied
from pipeline.day.template_values import LateReport
from pipeline.day.withdrawn_rows import dispute_findings, withdrawn_disputes, withdrawn_rows
from pipeline.day.work_began import work_began
from pipeline.settings.config import Settings
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Facts, Filed, in_order

_ONE_DAY = timedelta(days=1)


def fold(facts: Facts, settings: Settings, days: Sequence[date], days_with_flags: Iterable[date] = ()) -> dict[date, DayState]:
    """Return the state on each of these days, in one pass. There must be at least one assignment workbook.

    Raises ConfigurationError where a case has a source that the settings have no more.
    The cases' flags are kept of `days_with_flags`, which may lie before these days or among them.
    """
    states, _beginnings = fold_noting(facts, settings, days, days_with_flags, after=())
    return states


def fold_noting(
    facts: Facts,
    settings: Settings,
    days: Sequence[date],
    days_with_flags: Iterable[date],
    *,
    after: Collection[date],
    beginning: Beginning | None = None,
) -> tuple[dict[date, DayState], list[Beginning]]:
    """Likewise, with how everything stood after each of the days `after`.

    `beginning`: a day before all of these days, from which the same facts are folded on; none of `after` lies before it.
    """
    assignments.check_sources(facts.assignments, settings.sources)
    whole = _Fold(facts, settings, frozenset(days), frozenset(days_with_flags), beginning=beginning, noted_after=frozenset(after))
    return whole.run(), whole.beginnings


def registers(facts: Facts, settings: Settings, first: date, last: date, beginning: Beginning | None = None) -> Iterator[Register]:
    """Go through the register of each day from the first to the last, also of those before the first report.

    `beginning`: a day before the first, up to which these facts have the same reports as those that it was folded from.
    """
    branch = _Fold(facts, settings, frozenset())  # no day is asked for: nothing is found, and nothing kept
    for day in _days(branch.go_on_from(beginning) if beginning else branch.begin(first), last):
        branch.go_to(day)
        if day >= first:
            yield branch.register()


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=days) for days in range((last - first).days + 1))


Witness = Callable[[Filed, Sequence[Finding], CaseBook], None]
"""Is told of each file once it is judged: the file, what was found in it against the register, and the cases as it leaves them.

A revision that was replaced leaves a case book of its own.
"""


def look_on(facts: Facts, settings: Settings, days: Iterable[date], witness: Witness) -> Iterator[tuple[date, CaseBook]]:
    """Go through the days up to the last of these with the cases at the end of each; every revision is judged, with its findings."""
    whole = _Fold(facts, settings, frozenset(days), witness=witness)
    return ((day, whole.kept.case_book) for day in whole.through_days())


_OfDay = tuple[Mapping[str, Reports], dict[int, Judgement], Register]
"""The reports of a day, the judgements on them, and the cases of superseded reports."""


@dataclass(slots=True)
class _Fold:
    facts: Facts
    settings: Settings
    days: frozenset[date]
    days_with_flags: frozenset[date] = frozenset()
    witness: Witness | None = None
    kept: Beginning = field(default_factory=Beginning)
    """All that is kept of the days up to the one that the fold stands at."""
    workbooks: list[Filed] = field(default_factory=list)
    """Assignment workbooks that are still to come, oldest first."""
    report_days: list[date] = field(default_factory=list)
    """The days of which a district has reported, in order."""
    beginning: Beginning | None = None
    """From where the fold goes on; None where it begins with the first day."""
    noted_after: frozenset[date] = frozenset()
    """The days of which `beginnings` are noted."""
    beginnings: list[Beginning] = field(default_factory=list)
    index: Submissions = field(default_factory=lambda: Submissions({}))
    """The reports that are folded."""

    _answered_on: frozenset[date] = field(default=frozenset(), init=False)
    """The days on whose notices reports may answer: their flags are needed then."""
    _recounted: answers.Recounted = field(default_factory=dict, init=False)
    _of_day: _OfDay = field(default=({}, {}, {}), init=False)
    """Of the day that the fold stands at: its reports, the judgements on them, and the cases of superseded reports."""
    _reports_before: Mapping[str, ReportsBefore] = field(default_factory=dict, init=False)
    """The same without that day's report."""
    _by_first_report: dict[str, dict[str, bool]] = field(default_factory=dict, init=False)
    """Of the same day, by district whose first report was replaced: its cases by that one, and whether they were counted."""

    def run(self) -> dict[date, DayState]:
        return {day: self._state(day, *self._of_day) for day in self.through_days() if day in self.days}

    def through_days(self) -> Iterator[date]:
        """Go from the first reported day to the last one asked for; at each of them the case book is as it was at its end."""
        first = self.go_on_from(self.beginning) if self.beginning else self.begin(min([min(self.days) - _ONE_DAY, *self.noted_after]))
        for day in _days(first, max(self.days)):
            submissions, judgements, _cases = self._of_day = self.go_to(day)
            # Snapshots and doubts are kept only of the days that a state looks back on: a ledger can hold years.
            if any(0 <= (asked_day - day).days <= TREND_DAYS for asked_day in self.days):
                with_cases = day + _ONE_DAY in self.days or day in self.noted_after
                self.kept.note(day, self._snapshot(day, submissions, judgements, with_cases=with_cases))
            taken = answers.taken(day, submissions, judgements, self.kept.case_book, (self.kept.flags_by_day, self._recounted))
            self.kept.answers = answers.with_those(self.kept.answers, taken, day - timedelta(days=TREND_DAYS + 1))
            self.kept.answer_sheets |= answers.sheets(day, submissions, self.settings)
            self.kept.note_urgent(day, submissions, judgements, self.settings.on(day).calendar.oldest_report_days)
            self._note_doubts(day, submissions, judgements)
            self._note_reporters(submissions)
            self._reports_before = self.kept.reports_before
            self.kept.reports_before = reports_before.after(self._reports_before, day, submissions, judgements)
            self._note_excused(day)
            is_near_end = max(self.days) in self.noted_after and (max(self.days) - day).days <= FLAGGED_DAYS
            if is_near_end or day in self.days_with_flags or day in self._answered_on:
                windows, cases = self.settings.on(day).windows, self.kept.case_book.in_register()
                self.kept.flags_by_day[day] = supervision.flags_by_district(cases, day, windows)
            self.kept.day = day
            if day in self.noted_after:
                self.beginnings.append(self._end_of(day))
            yield day

    def _end_of(self, day: date) -> Beginning:
        end = replace(self.kept) if day == max(self.days) else self.kept.fork()  # behind the last day nothing changes any more
        end.doubts = [doubt for doubt in end.doubts if self._is_open(doubt.day, day)]
        end.most_new_by_day = {reported: count for reported, count in end.most_new_by_day.items() if self._is_open(reported, day)}
        return end

    def begin(self, no_later: date) -> date:
        """Make ready, and return the day to begin with: the first reported one, or an earlier one."""
        self._look_through(self.facts.reports)
        self.workbooks = in_order(self.facts.assignments)
        self._take_workbook()  # where none had arrived by then, the earliest there is holds (contract 2)
        self.kept.first = self._never_without_rows(min([*self.report_days, no_later]))
        return self.kept.first

    def go_on_from(self, beginning: Beginning) -> date:
        """Make ready to go on from there with these facts, and return the day after."""
        self.kept = beginning.fork()
        self.workbooks = [filed for filed in in_order(self.facts.assignments) if filed.arrival.id not in beginning.taken]
        self._look_through(self.facts.reports if self.days else (file for file in self.facts.reports if file.reading.day > beginning.day))
        if beginning.day in self.noted_after:
            self.beginnings.append(beginning)
        return self._never_without_rows(beginning.day + _ONE_DAY)

    def _look_through(self, reports: Iterable[Filed]) -> None:
        self.index = Submissions.of(reports)
        self.report_days = self.index.days(self.settings.district_names)
        if self.days and self.witness is None:
            self._answered_on = answers.looked_back_on(self.index.in_force())
            self._recounted = answers.recounted(self.index, self.facts.assignments, self.settings) if self._answered_on else {}

    def _never_without_rows(self, first: date) -> date:
        if self.facts.without_rows_until and first <= self.facts.without_rows_until:
            message = f"the fold would begin on {first} with reports that were not loaded"
            raise AssertionError(message)
        return first

    def go_to(self, day: date) -> _OfDay:
        """Go on to the end of that day; return its reports, the judgements on them, and the cases of superseded reports."""
        self._take_arrived(day)
        self.kept.case_book.turn_to(day)
        districts = self.settings.district_names  # a ledger outlives its settings: it may hold districts that they no longer name
        submissions = {name: reports for name, reports in self.index.on(day).items() if name in districts}
        return submissions, *self._judge_day(submissions, with_findings=day in self.days or self.witness is not None)

    # --- assignment workbooks ---

    def _take_arrived(self, day: date) -> None:
        """Bring into force, one after another, the workbooks that had arrived by the end of the day, also one that was replaced on it."""
        zone = self.settings.calendar.zone
        while self.workbooks and self.workbooks[0].arrival.envelope.received_at.astimezone(zone).date() <= day:
            self._take_workbook()

    def _take_workbook(self) -> None:
        self.kept.assignment = self.workbooks.pop(0)
        self.kept.taken += (self.kept.assignment.arrival.id,)
        self.kept.register_findings = assignments.bring_into_force(self.kept.assignment, self.kept.case_book, self.settings)
        if self.witness:
            self.witness(self.kept.assignment, self.kept.register_findings, self.kept.case_book)

    # --- reports ---

    def _judge_day(self, submissions: Mapping[str, Reports], *, with_findings: bool) -> tuple[dict[int, Judgement], Register]:
        """Judge the day's reports in order; return the judgements by arrival, and the cases that superseded revisions had brought in."""
        judgements: dict[int, Judgement] = {}
        cases_of_superseded: Register = {}
        self._by_first_report, districts = {}, {district.name: district for district in self.settings.districts}
        revisions = {revision.filed.arrival.id: revision for reports in submissions.values() for revision in reports.revisions}
        for filed in in_order(revision.filed for revision in revisions.values()):
            submission = revisions[filed.arrival.id]
            reports = submissions[filed.reading.district]
            if not (submission.in_force or with_findings or self._is_told_later(filed, reports)):
                continue  # of a day that nobody asked for no receipt is written
            # A revision that was replaced is judged for its receipt, and must leave no trace: it gets a case book of its own.
            case_book = self.kept.case_book if submission.in_force else self.kept.case_book.fork()
            replaced = (revision.filed for revision in reports.revisions[: submission.revision - 1])
            received = filed.arrival.envelope.received_at
            late = LateReport(received, case_book.rows_by_case(replaced)) if came_late(filed, self.settings) else None
            district = districts[filed.reading.district]
            judgement = judgements[filed.arrival.id] = judging.judge(filed, district, case_book, late, with_findings=with_findings)
            if not submission.in_force:
                cases_of_superseded |= {number: standing_of(case_book.cases[number]) for number in judgement.brought_in}
                if submission.revision == 1:
                    self._by_first_report[filed.reading.district] = case_book.counted_in(filed.reading.district)
            if with_findings and submission.revision > 1:
                # Revisions count from 1, and places in the tuple from 0: this is the revision before.
                earlier = submissions[filed.reading.district].revisions[submission.revision - 2].filed
                refused = judging.refused_rows(earlier.reading.rows, judgements[earlier.arrival.id].findings)
                judgement.findings += withdrawn_rows(earlier.reading, filed.reading, case_book, refused)
                judgement.withdrawn_disputes = withdrawn_disputes(judgements[earlier.arrival.id].confirmations, judgement.confirmations)
                judgement.findings += dispute_findings(
                    judgement.withdrawn_disputes, filed.reading.rows, case_book, judgement.refused_confirmations
                )
            if self.witness:
                self.witness(filed, judgement.findings, case_book)
        return judgements, cases_of_superseded

    def _is_told_later(self, filed: Filed, reports: Reports) -> bool:
        return may_be_mended(reports, filed.reading.day, self.settings) or (bool(self.days) and refused_matters.tells_later(filed))

    def _note_doubts(self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement]) -> None:
        """Note what the day's reports leave open. Nothing is noted of a day whose reports would be refused as too old (decision 9)."""
        self.kept.last_reports |= dict.fromkeys(submissions, day)
        oldest_report_days = self.settings.on(day).calendar.oldest_report_days
        if not any(0 <= (asked_day - day).days <= oldest_report_days for asked_day in self.days | self.noted_after):
            return
        for district in self.settings.district_names:
            report = submissions.get(district, NO_REPORTS).in_force
            if report is None:
                self.kept.doubts.append(Doubt(day, district, is_missing=True))
                continue
            judgement = judgements[report.arrival.id]
            self.kept.most_new_by_day[day] = max(self.kept.most_new_by_day.get(day, 0), len(judgement.brought_in))
            if (left_open := doubt(day, report, judgement)) != Doubt(day, district):
                self.kept.doubts.append(left_open)

    def _note_reporters(self, submissions: Mapping[str, Reports]) -> None:
        in_force = ((district, report) for district, reports in submissions.items() if (report := reports.in_force))
        self.kept.reporters |= {district: name for district, report in in_force if (name := report.reading.cover.get("填报人"))}

    # --- what is kept of a day ---

    def _snapshot(self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement], *, with_cases: bool) -> Snapshot:
        """Return the day's counts; `with_cases` also each case as it stands, for the state of the day after."""
        cases = list(self.kept.case_book.in_register())
        counted = frozenset(case.number for case in cases if case.is_counted)
        taken = all_refused(submissions, judgements), mended(submissions, judgements, day, self.settings)
        in_use = [case for case in cases if not case.grounds]
        of_units: dict[str, list[Case]] = {unit: [] for unit in self.settings.tree.in_order()}
        for case in in_use if of_units else ():
            for unit in self.settings.tree.units_of.get(case.text("旗区"), ()):
                of_units[unit].append(case)
        groups = self.settings.on(day).groups
        return Snapshot(
            counted,
            frozenset(case.number for case in cases),
            tallied(in_use, counted, groups),
            {unit: tallied(own, counted, groups) for unit, own in of_units.items()},
            self.register() if with_cases else {},
            frozenset(case.number for case in in_use) - counted,
            PastDay(day, frozenset(submissions), self._resolved(day, submissions, counted), counted, *taken, returned(cases, day)),
            self._holding(day),
        )

    def _holding(self, day: date) -> tuple[Exemption, ...]:
        return tuple(exemption for exemption in self.kept.case_book.exemptions if exemption.holds_on(day))

    def _note_excused(self, day: date) -> None:
        holding = {each.report: each.until for each in self._holding(day) if each.report and each.report[1] <= day}
        self.kept.excused |= {report for report in holding if report[1] == day}
        self.kept.excused_later = {report: until for report, until in self.kept.excused_later.items() if until < day} | holding

    def _resolved(self, day: date, submissions: Mapping[str, Reports], counted: frozenset[str]) -> frozenset[str]:
        before, known_until = self.kept.snapshots.get(day - _ONE_DAY, NOTHING), self.settings.on(day).calendar.known_until(day)
        in_time = {name for name, reports in submissions.items() if (moment := reports.in_force_received) and moment <= known_until}
        telling = in_time & before.past.reported
        newly = (self.kept.case_book.cases[number] for number in counted & before.open)
        return frozenset(case.number for case in newly if case.reported == day and not case.was_resolved and case.text("旗区") in telling)

    def register(self) -> Register:
        """Return the register of the day that the fold stands at."""
        return {case.number: standing_of(case) for case in self.kept.case_book.in_register()}

    def _state(
        self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement], cases_of_superseded: Register
    ) -> DayState:
        before = self.kept.snapshots.get(day - _ONE_DAY, NOTHING)
        register = self.kept.snapshots[day].register
        began = work_began(self.report_days, day) or day  # of a day before it nothing is known: it is no point of the trend
        trend_from = max(began, day - timedelta(days=TREND_DAYS - 1))
        kept_days = [past for past in sorted(self.kept.snapshots) if trend_from <= past <= day]
        if self.kept.assignment is None:  # pragma: no cover - the first workbook is taken before any day
            message = "a fold without an assignment workbook"
            raise AssertionError(message)
        of_workbook = self.kept.assignment.reading.findings
        assignment_findings = (*of_workbook, *self.kept.register_findings, *assignments.missing(self.kept.case_book))
        return DayState(
            day=day,
            cases=self.kept.case_book.by_number(copied=day < max(self.days)),
            counted_before=before.counted,
            register_before=before.register,
            submissions=submissions,
            judgements=judgements,
            withdrawn=tuple(sorted(cases_of_superseded.keys() - register)),
            former={number: standing for number, standing in cases_of_superseded.items() if number not in register},
            assignment=self.kept.assignment,
            assignment_findings=assignment_findings,
            refused_cases=self.kept.case_book.refused_cases,
            trend=tuple((past, self._tallies(self.kept.snapshots[past].tallies, day)) for past in kept_days),
            unit_trends={
                unit: tuple((past, self._tallies(self.kept.snapshots[past].tallies_of_units.get(unit, {}), day)) for past in kept_days)
                for unit in self.settings.tree.in_order()
            },
            recent=tuple(self.kept.snapshots[past].past for past in kept_days),
            before=before.cases,
            is_first=not any(reported < day for reported in self.report_days),
            replaced={
                district: Moves.between(by_first, self.kept.case_book.counted_in(district))
                for district, by_first in self._by_first_report.items()
            },
            doubts=tuple(known_by_now(left, self.kept.case_book) for left in self.kept.doubts if self._is_open(left.day, day, began)),
            most_new=max((count for reported, count in self.kept.most_new_by_day.items() if self._is_open(reported, day)), default=0),
            last_reports=dict(self.kept.last_reports),
            reporters=dict(self.kept.reporters),
            reports_before=self._reports_before,
            answers=tuple(answers.kept(self.kept.answers, day - timedelta(days=TREND_DAYS + 1))),
            urgent_of_reports=tuple(self.kept.urgent_of_reports),
            earlier_matters=tuple(matter for matter in self.kept.matters if matter.day < day and matter.is_told),
            dangers=earlier_matters.dangers(self.kept.matters),
            flags_by_day=tuple(
                (past, flags) for past, flags in sorted(self.kept.flags_by_day.items()) if past <= day and past in self.days_with_flags
            ),
            exempted=self._exempted(day, before.exemptions),
        )

    def _exempted(self, day: date, before: tuple[Exemption, ...]) -> Exempted:
        holding = self._holding(day)
        excused = self.kept.excused.union(self.kept.excused_later)
        named = {exemption.report for exemption in (*holding, *before) if exemption.report and exemption.report[1] <= day}
        received = {report: moment for report in named if (moment := self._came_late(*report))}
        over, refused = self.kept.case_book.over_on(day), self.kept.case_book.refused_exemptions
        is_refused = self.kept.assignment is not None and is_sheet_refused(self.kept.assignment.reading)
        return Exempted(holding, before, over, is_refused, refused, frozenset(excused), received)

    def _came_late(self, district: str, day: date) -> datetime | None:
        reports = self.index.on(day).get(district, NO_REPORTS)
        is_late = reports.standing(day, self.settings.on(day).calendar) == "late"
        return reports.first_received if is_late else None

    def _tallies(self, kept: Mapping[frozenset[str], Tally], day: date) -> dict[str, Tally]:
        """Return an earlier day's tallies by the groups of `day`, each with its own target; none of a group with other sources then."""
        groups = self.settings.on(day).groups
        return {group.name: kept[sources] for group in groups if (sources := frozenset(group.sources)) in kept}

    def _is_open(self, reported: date, day: date, began: date = date.min) -> bool:
        """Whether a report of the earlier day, none before `began`, could still be sent on `day`."""
        return began <= reported and 0 <= (day - reported).days <= self.settings.on(reported).calendar.oldest_report_days
