"""What a day's fold comes to: everything that is known about one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.day.answers import AnswerRow
from pipeline.day.cases import Case, RowPlace
from pipeline.day.doubts import Doubt
from pipeline.day.earlier_matters import EarlierMatter
from pipeline.day.exemptions import Exempted
from pipeline.day.judgement import Judgement
from pipeline.day.moves import Move
from pipeline.day.refused_matters import UrgentOfReport
from pipeline.day.reports_before import ReportsBefore
from pipeline.day.restatement import FlagThen, LateReport, Moves, Overnight, RefusedSince, Restated
from pipeline.day.standing import Register
from pipeline.day.submissions import Reports
from pipeline.day.supervision import FlagsByDistrict
from pipeline.day.targets import PastDay, Tally
from pipeline.day.withdrawn_rows import MatterChange, ReceptionChange
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed


@dataclass(frozen=True, slots=True)
class DayState:
    """Everything that is known about one day."""

    day: date
    cases: tuple[Case, ...]
    """The register, by case number; cancelled cases included."""
    counted_before: frozenset[str]
    """Cases counted as resolved on the day before."""
    register_before: frozenset[str]
    """The register of the day before."""
    submissions: Mapping[str, Reports]
    """By district: its accepted reports of the day; districts without one are not in it."""
    judgements: dict[int, Judgement]
    """By arrival: the judgement on each report of the day, superseded ones included."""
    withdrawn: tuple[str, ...]
    """Cases that superseded revisions of the day had brought in, and that are not in the register now."""
    assignment: Filed
    """The assignment workbook in force."""
    assignment_findings: tuple[Finding, ...]
    """Those of the workbook by itself, and those against the register."""
    trend: tuple[tuple[date, dict[str, Tally]], ...]
    """The tally of each of this day's groups on the last days up to it, judged by what held then."""
    recent: tuple[PastDay, ...] = ()
    """The same days."""
    before: Register = field(default_factory=dict)  # the register of the day before
    is_first: bool = False
    """Whether nobody has reported of any day before it."""
    before_as_told: Register | None = None
    """The register of the day before as its own readers could know it; None where nothing came later that counts for it."""
    restated: tuple[Restated, ...] = ()
    """What became known on this day of earlier days: oldest first, groups in their order; then, as everywhere, the same of each unit."""
    late_reports: tuple[LateReport, ...] = ()
    """The reports for earlier days that became known on this day, by arrival."""
    late_matters: tuple[MatterChange, ...] = ()
    """The urgent matters of earlier days of which these reports say another thing than what was known, or the first thing."""
    late_receptions: tuple[ReceptionChange, ...] = ()
    """The 接访情况 of earlier days of which these reports say another thing than what was known."""
    refused_since: tuple[RefusedSince, ...] = ()
    """The rows that were taken and that what came late of earlier days makes refused: of earlier days, and of this one where corrected."""
    late_flags: tuple[FlagThen, ...] = ()
    """The flags of earlier days that these reports change, of cases that count as they did; by number and flag."""
    corrected: tuple[Restated, ...] = ()
    """This day as its own readers could know it, beside what is known of it by now: the groups that differ, in their order."""
    corrected_net: tuple[Restated, ...] = ()
    """Of a correction the groups that became known otherwise by noon too: this day as it was known at its end, beside what is known now."""
    correcting: tuple[LateReport, ...] = ()
    """The reports for this day and earlier ones that its own readers could not know, by arrival."""
    correcting_by_noon: tuple[LateReport, ...] = ()
    """Of a correction the reports that came between this day's end and noon: those behind `corrected_net`, with these."""
    overnight: Overnight = field(default_factory=Overnight)
    before_corrected: tuple[Register, Register] | None = None
    """The register of the day before as its own readers could know it, and as this day's can; None where nothing became known of it."""
    as_told: Register | None = None
    """The register of this day as its own readers could know it; None where nothing came later that counts for it."""
    newly_told: frozenset[str] | None = None
    """The cases newly resolved on this day as its own readers could know them; None where nothing came later that counts for it."""
    former: Register = field(default_factory=dict)
    """Cases that replaced reports of this day brought in, or that its readers or the day before's knew, and that are in it no more."""
    replaced: Mapping[str, Moves] = field(default_factory=dict)
    """By district: what its report in force changed against the first one that it sent for the day."""
    refused_cases: Mapping[str, str] = field(default_factory=dict)
    """The cases whose row in the workbook in force was refused, by number, each with its district there; '' where that is unread."""
    doubts: tuple[Doubt, ...] = ()
    """What is not known of the days of which a report could still be sent, oldest first."""
    most_new: int = 0
    """The most cases that one report of these days brought in."""
    last_reports: dict[str, date] = field(default_factory=dict)
    """By district: the last day, up to this one, of which a report was accepted."""
    reporters: Mapping[str, str] = field(default_factory=dict)
    """By district: the 填报人 of the last of its reports up to this day that names one."""
    reports_before: Mapping[str, ReportsBefore] = field(default_factory=dict)
    """By district: what is kept of its reports of earlier days; districts without one are not in it."""
    answers: tuple[AnswerRow, ...] = ()
    """The taken rows of 督办回复 of the days that the trend may show, and the newest of each case however old, oldest first."""
    flags_by_day: tuple[tuple[date, FlagsByDistrict], ...] = ()
    """The cases' flags on those of the fold's `days_with_flags` that are not after this day."""
    earlier_matters: tuple[EarlierMatter, ...] = ()
    """The urgent matters of earlier days that no report before this day's has followed up, in the order in which they were reported."""
    dangers: Mapping[str, date] = field(default_factory=dict)
    """By case of which a danger was told that has not ended: the day of that report, this day's included."""
    urgent_of_reports: tuple[UrgentOfReport, ...] = ()
    """What reports had in 急报事项, this day's included, of the days of which one could still be sent."""
    exempted: Exempted = field(default_factory=Exempted)
    """What the sheet 豁免 of the workbook in force allows on this day, and allowed on the day before."""
    unit_trends: Mapping[str, tuple[tuple[date, dict[str, Tally]], ...]] = field(default_factory=dict)
    """By unit above the districts: its trend, of the cases that lay in it on each day."""
    elsewhere: Mapping[str, Case] = field(default_factory=dict)
    """Of one unit's state: every case of the register, also of other units."""
    came: frozenset[str] = frozenset()
    """Of one unit's state: the cases of `before` that lay in other units then; every case stands where it lies today."""
    went: Register = field(default_factory=dict)
    """Of one unit's state: the cases that lay in it the day before and lie in another one today, as they stood then,"""
    went_as_told: Register = field(default_factory=dict)
    """and as the day's own readers could know it."""
    came_ever: frozenset[str] = frozenset()
    """Of one unit's state: the cases of it that were first accepted as another's,"""
    went_ever: tuple[Case, ...] = ()
    """and those of others that were first accepted as its own, as they stand today."""
    told_elsewhere: tuple[tuple[str, tuple[str, RowPlace, Move]], ...] = ()
    """Of one unit's state: what reports of other units' districts say of cases that were given to it, each with its district."""
    reported_elsewhere: Mapping[str, bool] = field(default_factory=dict)
    """Of one unit's state: the districts of other units, with whether a report of the day counts."""

    @property
    def in_force(self) -> Mapping[str, Filed]:
        """By district: the report of the day that counts; districts without one are not in it."""
        return _InForce(self.submissions)

    @property
    def of_moved(self) -> Iterator[tuple[str, tuple[str, RowPlace, Move]]]:
        """Go through the rows about cases that the office has given to other districts, with whose report they stand in.

        A row of the report that was in force when the case went away on the day stays among them, though a later one leaves it out.
        """
        for district, reports in self.submissions.items():
            if (report := reports.in_force) is None:
                continue
            own = self.judgements[report.arrival.id].of_moved
            yield from ((district, row) for row in own)
            told = {number for number, _place, _move in own}
            yield from ((district, row) for row in self._of_moved_before(reports) if row[0] not in told)

    def _of_moved_before(self, reports: Reports) -> Sequence[tuple[str, RowPlace, Move]]:
        """Return the rows of that kind in the report that was in force when the workbook of the day came."""
        came = self.assignment.arrival.envelope.received_at
        before = [revision.filed.arrival for revision in reports.revisions if revision.filed.arrival.envelope.received_at <= came]
        rows = self.judgements[before[-1].id].of_moved if before and before[-1].id in self.judgements else []
        return [row for row in rows if row[2].day == self.day and row[2].arrival == self.assignment.arrival.id]


@dataclass(frozen=True, slots=True)
class _InForce(Mapping[str, Filed]):
    """Looked up and not put together: it is asked for each of a country's districts."""

    submissions: Mapping[str, Reports]

    def __getitem__(self, district: str) -> Filed:
        if report := self.submissions[district].in_force:
            return report
        raise KeyError(district)

    def __iter__(self) -> Iterator[str]:
        return (district for district, reports in self.submissions.items() if reports.in_force)

    def __len__(self) -> int:
        return sum(1 for _district in self)
