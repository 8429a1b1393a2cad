"""How a fold stands at the end of a day: all that later days ask of the days up to it.

Covered by tests/day/test_checkpoints.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from pipeline.day import answers, earlier_matters, refused_matters
from pipeline.day.answers import AnswerRow, Sheets
from pipeline.day.case_book import CaseBook
from pipeline.day.doubts import Doubt
from pipeline.day.earlier_matters import EarlierMatter
from pipeline.day.exemptions import Exemption
from pipeline.day.judgement import Judgement
from pipeline.day.refused_matters import UrgentOfReport
from pipeline.day.reports_before import ReportsBefore
from pipeline.day.standing import Register
from pipeline.day.submissions import OfDay, Reports
from pipeline.day.supervision import FlagsByDistrict
from pipeline.day.targets import PastDay, Tally
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed

TREND_DAYS: Final = 30
"""Days that a day's trend shows, it included."""
FLAGGED_DAYS: Final = 100
"""Days whose flags are kept for later days: notices look back on them, and answers name notices of them."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the states of later days need of a day."""

    counted: frozenset[str] = frozenset()
    register: frozenset[str] = frozenset()
    tallies: dict[frozenset[str], Tally] = field(default_factory=dict)
    """By the sources of a group: its name may change."""
    tallies_of_units: dict[str, dict[frozenset[str], Tally]] = field(default_factory=dict)
    """By unit above the districts: the same, of the cases that lay in it."""
    cases: Register = field(default_factory=dict)
    """Empty where the day after is not asked for."""
    open: frozenset[str] = frozenset()
    """Cases of the total that are not counted."""
    past: PastDay = field(default_factory=lambda: PastDay(date.min))
    """What a pace needs of it."""
    exemptions: tuple[Exemption, ...] = ()
    """Those that held."""

    @property
    def counts(self) -> Snapshot:
        """What is asked of it on all days but the one after it."""
        return replace(self, counted=frozenset(), register=frozenset(), cases={}, open=frozenset())


NOTHING: Final = Snapshot()


@dataclass(slots=True)
class Beginning:
    """How everything stood at the end of a day: from there a fold goes on without the days before it."""

    day: date = date.min
    first: date = date.min
    """The day that the fold began with: the first reported one, or an earlier one that was asked for."""
    case_book: CaseBook = field(default_factory=CaseBook)
    taken: tuple[int, ...] = ()
    """The arrivals of the assignment workbooks that have come into force."""
    assignment: Filed | None = None
    """The last of them."""
    register_findings: tuple[Finding, ...] = ()
    """Those in it that were made against the register."""
    snapshots: dict[date, Snapshot] = field(default_factory=dict)
    """Of the days that a state looks back on."""
    doubts: list[Doubt] = field(default_factory=list)
    last_reports: dict[str, date] = field(default_factory=dict)
    """By district: the last day of which a report was accepted."""
    reporters: dict[str, str] = field(default_factory=dict)
    """By district: the 填报人 of the last of its reports that names one."""
    most_new_by_day: dict[date, int] = field(default_factory=dict)
    """The most cases that one report of a day brought in."""
    flags_by_day: dict[date, FlagsByDistrict] = field(default_factory=dict)
    answers: list[AnswerRow] = field(default_factory=list)
    """Of the days of which snapshots are kept, and of each case its newest ones."""
    answer_sheets: Sheets = field(default_factory=dict)
    """Of the same days: what of their reports is told of for thirty days, so that nobody loads them for it."""
    reports_before: dict[str, ReportsBefore] = field(default_factory=dict)
    """By district: what is kept of its reports."""
    matters: list[EarlierMatter] = field(default_factory=list)
    """The urgent matters of which nothing had been said since, those that ended on this day, and those of this day."""
    urgent_of_reports: list[UrgentOfReport] = field(default_factory=list)
    """What reports had in 急报事项 and asked in refused rows, of the days of which one could still be sent."""
    excused: set[OfDay] = field(default_factory=set)
    """The reports whose lateness was approved on their own day."""
    excused_later: dict[OfDay, date] = field(default_factory=dict)
    """Those whose lateness is approved, by the last day of that: its end by date takes nothing back, a newer workbook without it does."""

    def fork(self) -> Beginning:
        """Return a copy that can go on without changing this one."""
        return replace(
            self,
            case_book=self.case_book.fork(),
            snapshots=dict(self.snapshots),
            doubts=list(self.doubts),
            last_reports=dict(self.last_reports),
            reporters=dict(self.reporters),
            most_new_by_day=dict(self.most_new_by_day),
            flags_by_day=dict(self.flags_by_day),
            answers=list(self.answers),
            answer_sheets=dict(self.answer_sheets),
            matters=list(self.matters),
            urgent_of_reports=list(self.urgent_of_reports),
            excused=set(self.excused),
            excused_later=dict(self.excused_later),
        )

    def note_urgent(self, day: date, submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement], oldest: int) -> None:
        """Keep the day's urgent matters, taken and refused; `oldest`: how many days old a report may be that is still accepted."""
        self.matters = earlier_matters.after(self.matters, day, submissions, judgements, self.case_book)
        before = [each for each in self.urgent_of_reports if (day - each.day).days <= oldest]
        self.urgent_of_reports = before + refused_matters.of_day(day, submissions, judgements, self.case_book, before)

    def note(self, day: date, snapshot: Snapshot) -> None:
        """Keep the snapshot of the day that the fold stands at; only of the day before a state asks which cases there were."""
        before = day - timedelta(days=1)
        self.snapshots = {past: kept if past == before else kept.counts for past, kept in self.snapshots.items()} | {day: snapshot}

    def for_later_days(self) -> Beginning:
        """Return what of it days after this one can ask: nothing that grows with the ledger's years but the cases themselves."""
        shown = self.day - timedelta(days=TREND_DAYS)
        snapshots = {day: kept if day == self.day else kept.counts for day, kept in self.snapshots.items() if day > shown}
        flagged = self.day - timedelta(days=FLAGGED_DAYS)
        return replace(
            self,
            snapshots=snapshots,
            flags_by_day={day: flags for day, flags in self.flags_by_day.items() if day > flagged},
            answers=answers.kept(self.answers, shown),
            answer_sheets={arrival: (day, sheet) for arrival, (day, sheet) in self.answer_sheets.items() if day > shown},
        )
