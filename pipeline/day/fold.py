"""Facts in, the state of every case on a day out: a pure fold over assignment workbooks and accepted reports (contract 4)."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipeline.day import beginning, judging, supervision
from pipeline.day.cases import PARTICULARS, Case, RowPlace, World
from pipeline.day.judging import Judgement
from pipeline.day.submissions import NO_REPORTS, Reports, Submissions
from pipeline.day.targets import Tally
from pipeline.day.withdrawn_rows import withdrawn_rows
from pipeline.settings.config import Settings
from pipeline.terms import messages
from pipeline.terms.contract import CASE, LIAISON, NEW_CASES, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Facts, Filed, Submission, in_order
from pipeline.terms.rows import Rows

TREND_DAYS = 30
_TREND = timedelta(days=TREND_DAYS)
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


def fold(facts: Facts, settings: Settings, days: Sequence[date], watched: Iterable[date] = ()) -> dict[date, DayState]:
    """The state on each of the days asked for, in one pass. There must be at least one assignment workbook.

    On the watched days, before or among those asked for, the cases' flags are kept too.
    """
    return _Fold(facts, settings, frozenset(days), frozenset(watched)).run()


@dataclass(slots=True)
class _Snapshot:
    counted: frozenset[str]
    register: frozenset[str]
    tallies: dict[str, Tally]
    cases: dict[str, Before]


@dataclass(slots=True)
class _Fold:
    facts: Facts
    settings: Settings
    days: frozenset[date]
    watched: frozenset[date] = frozenset()
    world: World = field(default_factory=World)
    workbooks: list[Filed] = field(default_factory=list)
    """Still to come, oldest first."""
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
        districts = self.settings.district_names  # a ledger outlives its settings: it may know districts that they no longer name
        index = Submissions.of(self.facts.reports)
        self.reported = index.days(districts)
        last = max(self.days)
        first = min([*self.reported, min(self.days) - timedelta(days=1)])
        self.workbooks = in_order(self.facts.assignments)
        self._take_workbook(self.workbooks.pop(0))
        states: dict[date, DayState] = {}
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            self._take_arrived(day)
            self.world.turn_to(day)
            submissions = {name: reports for name, reports in index.on(day).items() if name in districts}
            judgements, brought_in = self._judge_day(submissions, speaks=day in self.days)
            if any(0 <= (asked - day).days <= TREND_DAYS for asked in self.days):
                self.snapshots[day] = self._snapshot(keeps=day + timedelta(days=1) in self.days)
            self._note_doubts(day, submissions, judgements)
            if day in self.watched:
                self.raised[day] = self._raised(day)
            if day in self.days:
                states[day] = self._state(day, submissions, judgements, brought_in)
        return states

    # --- assignment workbooks ---

    def _take_arrived(self, day: date) -> None:
        zone = self.settings.calendar.zone
        while self.workbooks and self.workbooks[0].arrival.envelope.received_at.astimezone(zone).date() <= day:
            self._take_workbook(self.workbooks.pop(0))

    def _take_workbook(self, filed: Filed) -> None:
        findings = take_workbook(filed, self.world)
        self.world.moved()
        self.assignment, self.assignment_findings = filed, tuple(findings)

    # --- reports ---

    def _judge_day(self, submissions: Mapping[str, Reports], *, speaks: bool) -> tuple[dict[int, Judgement], list[str]]:
        """Judge the day's reports in order; the cases that superseded revisions had brought in."""
        judgements: dict[int, Judgement] = {}
        brought_in: list[str] = []
        arrived = {revision.filed.arrival.id: revision for reports in submissions.values() for revision in reports.revisions}
        for filed in in_order(revision.filed for revision in arrived.values()):
            submission = arrived[filed.arrival.id]
            if not submission.in_force and not speaks:
                continue
            world = self.world if submission.in_force else self.world.fork()
            judgement = self._judge(submission, world, speaks=speaks)
            judgements[filed.arrival.id] = judgement
            if not submission.in_force:
                brought_in += judgement.brought_in
            if speaks and submission.revision > 1:
                earlier = submissions[filed.reading.district].revisions[submission.revision - 2].filed
                judgement.findings += withdrawn_rows(earlier.reading.rows, filed.reading.rows, world)
        return judgements, brought_in

    def _judge(self, submission: Submission, world: World, *, speaks: bool) -> Judgement:
        reading = submission.filed.reading
        district = next(one for one in self.settings.districts if one.name == reading.district)
        return judging.judge(reading.rows, submission.filed.arrival.id, district, world, speaks=speaks)

    def _note_doubts(self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement]) -> None:
        """Keep what the day's reports leave open, while they can still be sent."""
        self.last_reports |= dict.fromkeys(submissions, day)
        span = self.settings.calendar.oldest_report_days
        if not any(0 <= (asked - day).days <= span for asked in self.days):
            return
        for district in self.settings.district_names:
            force = submissions.get(district, NO_REPORTS).in_force
            if force is None:
                self.doubts.append(Doubt(day, district, is_missing=True))
                continue
            judgement = judgements[force.arrival.id]
            self.brought[day] = max(self.brought.get(day, 0), len(judgement.brought_in))
            unread = any(one.severity is Severity.SHEET for one in force.reading.findings) and not any(
                rows.sheet == NEW_CASES.name for rows in force.reading.rows
            )
            doubt = Doubt(day, district, False, frozenset(judgement.doubtful), judgement.unplaced, judgement.new_refused, unread)
            self.doubts += [doubt] if doubt != Doubt(day, district) else []

    # --- what is seen of it ---

    def _raised(self, day: date) -> Raised:
        raised: Raised = {}
        for case in self.world.in_register():
            if flags := supervision.flags(case, day, self.settings.windows):
                raised.setdefault(case.text("旗区"), {})[case.number] = flags
        return raised

    def _snapshot(self, *, keeps: bool) -> _Snapshot:
        cases = list(self.world.in_register())
        counted = frozenset(case.number for case in cases if case.is_counted)
        in_use = [case for case in cases if not case.grounds]
        total = Counter(case.text("案件来源") for case in in_use)
        resolved = Counter(case.text("案件来源") for case in in_use if case.number in counted)
        tallies = {
            group.name: Tally(group.target_percent, sum(total[one] for one in group.sources), sum(resolved[one] for one in group.sources))
            for group in self.settings.groups
        }
        kept = {
            case.number: Before(case.text("案件来源"), case.status, case.number in counted, bool(case.grounds)) for case in cases if keeps
        }
        return _Snapshot(counted, frozenset(case.number for case in cases), tallies, kept)

    def _state(self, day: date, submissions: Mapping[str, Reports], judgements: dict[int, Judgement], brought_in: list[str]) -> DayState:
        before = self.snapshots.get(day - timedelta(days=1))
        begun = beginning.of(self.reported, day) or day
        start = min(begun, day - timedelta(days=1)) - timedelta(days=1)
        register = self.snapshots[day].register
        oldest = day - timedelta(days=self.settings.calendar.oldest_report_days)
        if self.assignment is None:  # pragma: no cover - the first workbook is taken before any day
            message = "a fold without an assignment workbook"
            raise AssertionError(message)
        return DayState(
            day,
            tuple(copy.copy(case) for case in sorted(self.world.in_register(), key=lambda case: case.number)),
            before.counted if before else frozenset(),
            before.register if before else frozenset(),
            submissions,
            judgements,
            tuple(sorted({number for number in brought_in if number not in register})),
            self.assignment,
            self._assignment_findings(register),
            tuple((one, seen.tallies) for one, seen in sorted(self.snapshots.items()) if max(start, day - _TREND) < one <= day),
            before.cases if before else {},
            tuple(one for one in self.doubts if max(oldest, begun) <= one.day <= day),
            max((count for one, count in self.brought.items() if oldest <= one <= day), default=0),
            dict(self.last_reports),
            tuple((one, flags) for one, flags in sorted(self.raised.items()) if one <= day),
        )

    def _assignment_findings(self, register: frozenset[str]) -> tuple[Finding, ...]:
        gone = sorted(case.number for case in self.world.cases.values() if case.is_missing and case.number in register)
        missing = [messages.finding("case-missing", value=number, case=messages.brief(number)) for number in gone]
        filed = self.assignment.reading.findings if self.assignment else ()
        return (*filed, *self.assignment_findings, *missing)


# --- one assignment workbook -------------------------------------------------------------------------------------


def take_workbook(filed: Filed, world: World) -> list[Finding]:
    """Bring a newer workbook into force: its usable rows, what it cancels, what it leaves out. Its findings."""
    sheets = [rows for rows in filed.reading.rows if rows.sheet != LIAISON.name]
    findings: list[Finding] = []
    named = _resolve(sheets, world)
    refused = _refuse_repeated(sheets, named, findings)
    cancelled: set[str] = set()
    mentioned: set[str] = set()
    for rows, numbers in zip(sheets, named, strict=True):
        refused_rows = frozenset(rows.refused)
        for position, number in enumerate(numbers):
            if not number:
                continue
            mentioned.add(number)
            if position in refused_rows or number in refused:
                continue
            case = world.bring_in(number)
            case.listed = {name: rows.values[name][position] for name in PARTICULARS}
            case.listed_at = RowPlace(filed.arrival.id, rows, position)
            case.grounds = rows.text("撤销依据", position)
            cancelled.add(number)
            world.settled(case)
    for case in world.cases.values():
        case.grounds = case.grounds if case.number in cancelled else None
        case.is_missing = case.listed is not None and case.number not in mentioned
    return findings


def _resolve(sheets: list[Rows], world: World) -> list[list[str | None]]:
    """Each row's case: a known one that its number means, else the number itself; None where it cannot be read."""
    known = World()
    known.cases = world.cases
    known.turn_to(date.max)
    written = {number for rows in sheets for number in rows.texts(CASE)}
    resolved: list[list[str | None]] = []
    for rows in sheets:
        unread = frozenset(rows.unread.get(CASE, ()))
        numbers: list[str | None] = []
        for position, number in enumerate(rows.texts(CASE)):
            case = known.find(number) if number and position not in unread else None
            is_meant = case is not None and (case.number == number or case.number not in written)  # one written exactly wins
            numbers.append(None if position in unread else case.number if case and is_meant else number)
        resolved.append(numbers)
    return resolved


def _refuse_repeated(sheets: list[Rows], named: list[list[str | None]], findings: list[Finding]) -> set[str]:
    """The numbers that come twice, on one sheet or both; every such row is refused."""
    places: dict[str, list[tuple[Rows, int]]] = {}
    for rows, numbers in zip(sheets, named, strict=True):
        for position, number in enumerate(numbers):
            if number:
                places.setdefault(number, []).append((rows, position))
    repeated = {number: where for number, where in places.items() if len(where) > 1}
    for number, where in repeated.items():
        lines = messages.several([f"“{rows.name}”第 {rows.lines[position]} 行" for rows, position in where], "行")
        for rows, position in where:
            findings.append(
                messages.finding(
                    "repeated-case/assignment",
                    sheet=rows.name,
                    row=rows.lines[position],
                    at=rows.letters[CASE],
                    value=rows.values[CASE][position],
                    case=messages.brief(number),
                    count=len(where),
                    lines=lines,
                )
            )
    return set(repeated)
