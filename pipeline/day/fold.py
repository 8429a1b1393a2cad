"""Facts in, the state of every case on a day out: a pure fold over assignment workbooks and accepted reports (contract 4)."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.day import assignments, judging, supervision
from pipeline.day.cases import Case, World
from pipeline.day.judging import Judgement
from pipeline.day.submissions import NO_REPORTS, Reports, Submissions
from pipeline.day.targets import Tally
from pipeline.day.withdrawn_rows import withdrawn_rows
from pipeline.settings.config import Settings
from pipeline.terms.contract import NEW_CASES, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Facts, Filed, in_order

TREND_DAYS = 30
_ONE_DAY = timedelta(days=1)
LONGEST_SILENCE = 7
"""Days without any report after which what went before counts as another time.

Every calendar day is a reporting day (contract 4): where all districts are silent for longer, the report before has a wrong month, or the
office began anew (decision 11).
"""
LONGEST_AHEAD = 31
"""Days after the last report for which an office still counts as at work: a day far ahead spends no numbers of notices (decision 11)."""
Raised = dict[str, dict[str, tuple[str, ...]]]
"""By district: the flags of each case that has any."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a district has not told, or not so that it could be taken, in its report of one day."""

    day: date
    district: str
    is_missing: bool = False
    """Whether there is no accepted report at all."""
    cases: frozenset[str] = frozenset()
    """Cases that its refused rows are about."""
    unplaced: int = 0
    """Refused rows of 案件进展 that name no case of the district."""
    new_refused: int = 0
    """Refused rows of 新增案件."""
    is_new_unread: bool = False
    """Whether its 新增案件 sheet was refused as a whole."""


@dataclass(frozen=True, slots=True)
class Before:
    """A case as it stood on the day before."""

    source: str
    status: str
    is_counted: bool
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class DayState:
    """Everything known about one day."""

    day: date
    cases: tuple[Case, ...]
    """The register, by case number; cancelled ones included."""
    counted_before: frozenset[str]
    """Cases counted as resolved on the day before."""
    register_before: frozenset[str]
    """The register of the day before."""
    submissions: Mapping[str, Reports]
    """By district: its accepted reports of the day; those that have none are not in it."""
    judgements: dict[int, Judgement]
    """By arrival: the judgement on each report of the day, superseded ones included."""
    withdrawn: tuple[str, ...]
    assignment: Filed
    assignment_findings: tuple[Finding, ...]
    trend: tuple[tuple[date, dict[str, Tally]], ...]
    """Each group's tally on the last days up to this one."""
    before: dict[str, Before] = field(default_factory=dict)
    """The register of the day before, by case number."""
    doubts: tuple[Doubt, ...] = ()
    """What is not known of the days that could still be reported, oldest first."""
    most_new: int = 0
    """The most cases that one report of these days brought in."""
    last_reports: dict[str, date] = field(default_factory=dict)
    """By district: the last day, up to this one, of which a report was accepted."""
    raised: tuple[tuple[date, Raised], ...] = ()
    """What was raised on the watched days up to this one."""

    @property
    def in_force(self) -> dict[str, Filed]:
        """By district: the report of the day that counts; districts without one are not in it."""
        return {district: report for district, reports in self.submissions.items() if (report := reports.in_force)}


def fold(facts: Facts, settings: Settings, days: Sequence[date], watched: Iterable[date] = ()) -> dict[date, DayState]:
    """The state on each of the days asked for, in one pass. There must be at least one assignment workbook.

    On the watched days, before or among those asked for, the cases' flags are kept too.
    """
    return _Fold(facts, settings, frozenset(days), frozenset(watched)).run()


def work_began(reported: Iterable[date], last: date) -> date | None:
    """The first reported day up to the last one since which there was no long silence; None where nothing was reported.

    One report with a wrong month must not make weeks of silence out of the time before it.
    """
    begun = previous = None
    for day in sorted({day for day in reported if day <= last}):
        if previous is None or (day - previous).days > LONGEST_SILENCE:
            begun = day
        previous = day
    return begun


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What must be known of a day on the days after it."""

    counted: frozenset[str]
    register: frozenset[str]
    tallies: dict[str, Tally]
    cases: dict[str, Before]


_NOTHING = _Snapshot(frozenset(), frozenset(), {}, {})


@dataclass(slots=True)
class _Fold:
    facts: Facts
    settings: Settings
    days: frozenset[date]
    watched: frozenset[date] = frozenset()
    world: World = field(default_factory=World)
    workbooks: list[Filed] = field(default_factory=list)
    """Assignment workbooks that are still to come, oldest first."""
    assignment: Filed | None = None
    assignment_findings: tuple[Finding, ...] = ()
    snapshots: dict[date, _Snapshot] = field(default_factory=dict)
    reported: list[date] = field(default_factory=list)
    """The days with reports."""
    doubts: list[Doubt] = field(default_factory=list)
    last_reports: dict[str, date] = field(default_factory=dict)
    brought: dict[date, int] = field(default_factory=dict)
    """The most cases that one report of a day brought in."""
    raised: dict[date, Raised] = field(default_factory=dict)

    def run(self) -> dict[date, DayState]:
        districts = self.settings.district_names  # a ledger outlives its settings: it may hold districts that they no longer name
        index = Submissions.of(self.facts.reports)
        self.reported = index.days(districts)
        last = max(self.days)
        first = min([*self.reported, min(self.days) - _ONE_DAY])
        self.workbooks = in_order(self.facts.assignments)
        self._take_workbook()  # where none had arrived by then, the earliest there is holds (contract 2)
        states: dict[date, DayState] = {}
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            self._take_arrived(day)
            self.world.turn_to(day)
            submissions = {name: reports for name, reports in index.on(day).items() if name in districts}
            judgements, brought_in = self._judge_day(submissions, speaks=day in self.days)
            # Snapshots and doubts are kept of the days alone that a state looks back on: a ledger can hold years.
            if any(0 <= (asked - day).days <= TREND_DAYS for asked in self.days):
                self.snapshots[day] = self._snapshot(keeps=day + _ONE_DAY in self.days)
            self._note_doubts(day, submissions, judgements)
            if day in self.watched:
                self.raised[day] = self._raised(day)
            if day in self.days:
                states[day] = self._state(day, submissions, judgements, brought_in)
        return states

    # --- assignment workbooks ---

    def _take_arrived(self, day: date) -> None:
        """Bring the workbooks into force that had arrived by the end of the day, also one that was replaced on it."""
        zone = self.settings.calendar.zone
        while self.workbooks and self.workbooks[0].arrival.envelope.received_at.astimezone(zone).date() <= day:
            self._take_workbook()

    def _take_workbook(self) -> None:
        self.assignment = self.workbooks.pop(0)
        self.assignment_findings = assignments.bring_into_force(self.assignment, self.world)

    # --- reports ---

    def _judge_day(self, submissions: Mapping[str, Reports], *, speaks: bool) -> tuple[dict[int, Judgement], list[str]]:
        """Judge the day's reports in order; the cases that superseded revisions had brought in."""
        judgements: dict[int, Judgement] = {}
        brought_in: list[str] = []
        revisions = {revision.filed.arrival.id: revision for reports in submissions.values() for revision in reports.revisions}
        for filed in in_order(revision.filed for revision in revisions.values()):
            submission = revisions[filed.arrival.id]
            if not submission.in_force and not speaks:
                continue  # of a day that nobody asked for no receipt is written
            # A revision that was replaced is judged for its receipt, and must leave no trace: it gets a world of its own.
            world = self.world if submission.in_force else self.world.fork()
            judgement = self._judge(filed, world, speaks=speaks)
            judgements[filed.arrival.id] = judgement
            if not submission.in_force:
                brought_in += judgement.brought_in
            if speaks and submission.revision > 1:
                earlier = submissions[filed.reading.district].revisions[submission.revision - 2].filed
                judgement.findings += withdrawn_rows(earlier.reading.rows, filed.reading.rows, world)
        return judgements, brought_in

    def _judge(self, filed: Filed, world: World, *, speaks: bool) -> Judgement:
        district = next(district for district in self.settings.districts if district.name == filed.reading.district)
        return judging.judge(filed.reading.rows, filed.arrival.id, district, world, speaks=speaks)

    def _note_doubts(self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement]) -> None:
        """Keep what the day's reports leave open, while they can still be sent; what is older is refused when it comes (decision 9)."""
        self.last_reports |= dict.fromkeys(submissions, day)
        span = self.settings.calendar.oldest_report_days
        if not any(0 <= (asked - day).days <= span for asked in self.days):
            return
        for district in self.settings.district_names:
            report = submissions.get(district, NO_REPORTS).in_force
            if report is None:
                self.doubts.append(Doubt(day, district, is_missing=True))
                continue
            judgement = judgements[report.arrival.id]
            self.brought[day] = max(self.brought.get(day, 0), len(judgement.brought_in))
            doubt = _doubt(day, report, judgement)
            self.doubts += [doubt] if doubt != Doubt(day, district) else []

    # --- what is seen of it ---

    def _raised(self, day: date) -> Raised:
        raised: Raised = {}
        for case in self.world.in_register():
            if flags := supervision.flags(case, day, self.settings.windows):
                raised.setdefault(case.text("旗区"), {})[case.number] = flags
        return raised

    def _snapshot(self, *, keeps: bool) -> _Snapshot:
        """The day's counts; with each case as it stands where the day after is asked for."""
        cases = list(self.world.in_register())
        counted = frozenset(case.number for case in cases if case.is_counted)
        in_use = [case for case in cases if not case.grounds]
        total = Counter(case.text("案件来源") for case in in_use)
        resolved = Counter(case.text("案件来源") for case in in_use if case.number in counted)
        tallies = {
            group.name: Tally(
                group.target_percent, sum(total[source] for source in group.sources), sum(resolved[source] for source in group.sources)
            )
            for group in self.settings.groups
        }
        kept = {
            case.number: Before(case.text("案件来源"), case.status, case.number in counted, bool(case.grounds)) for case in cases if keeps
        }
        return _Snapshot(counted, frozenset(case.number for case in cases), tallies, kept)

    def _state(self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement], brought_in: list[str]) -> DayState:
        before = self.snapshots.get(day - _ONE_DAY, _NOTHING)
        register = self.snapshots[day].register
        begun = work_began(self.reported, day) or day
        # The trend begins with the office, but always has the day before: the page compares with it.
        trend_from = max(min(begun, day - _ONE_DAY), day - timedelta(days=TREND_DAYS - 1))
        oldest = day - timedelta(days=self.settings.calendar.oldest_report_days)
        if self.assignment is None:  # pragma: no cover - the first workbook is taken before any day
            message = "a fold without an assignment workbook"
            raise AssertionError(message)
        in_force = (*self.assignment.reading.findings, *self.assignment_findings, *assignments.missing(self.world))
        return DayState(
            day=day,
            cases=tuple(copy.copy(case) for case in sorted(self.world.in_register(), key=lambda case: case.number)),
            counted_before=before.counted,
            register_before=before.register,
            submissions=submissions,
            judgements=judgements,
            withdrawn=tuple(sorted({number for number in brought_in if number not in register})),
            assignment=self.assignment,
            assignment_findings=in_force,
            trend=tuple((seen, snapshot.tallies) for seen, snapshot in sorted(self.snapshots.items()) if trend_from <= seen <= day),
            before=before.cases,
            doubts=tuple(doubt for doubt in self.doubts if max(oldest, begun) <= doubt.day <= day),
            most_new=max((count for reported, count in self.brought.items() if oldest <= reported <= day), default=0),
            last_reports=dict(self.last_reports),
            raised=tuple((seen, flags) for seen, flags in sorted(self.raised.items()) if seen <= day),
        )


def _doubt(day: date, report: Filed, judgement: Judgement) -> Doubt:
    """What a report that counts leaves open."""
    is_a_sheet_refused = any(finding.severity is Severity.SHEET for finding in report.reading.findings)
    has_new_cases = any(rows.sheet == NEW_CASES.name for rows in report.reading.rows)
    return Doubt(
        day,
        report.reading.district,
        cases=frozenset(judgement.doubtful),
        unplaced=judgement.unplaced,
        new_refused=judgement.new_refused,
        is_new_unread=is_a_sheet_refused and not has_new_cases,
    )
