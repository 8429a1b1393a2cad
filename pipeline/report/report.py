"""The report of a day, before how it looks: one frozen value that every renderer reads and none computes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pipeline.day.edit_effects import Effects
from pipeline.day.misspelt import Misspelt
from pipeline.day.refused_matters import RefusedMatter
from pipeline.day.restatement import LateReport, RefusedSince, Restated
from pipeline.day.submissions import Attendance
from pipeline.day.targets import Tally
from pipeline.day.withdrawn_rows import MatterChange, ReceptionChange
from pipeline.report.case_lines import CaseLine, Change, Decision, MovedRow, Notice, ReceptionLine, SettledSince, UrgentLine
from pipeline.report.extensions import Extensions
from pipeline.report.figures import Bridge, Certainty, DayBefore, Figure, OpenPoint, UnitLine, Way
from pipeline.report.submission_lines import Absence, ArrivedReport, FindingLine, Input, SubmissionLine, UnmendedRows
from pipeline.settings.config import Settings
from pipeline.settings.rules import Rules, ToldBefore
from pipeline.terms.handed_in import LeftOut
from pipeline.terms.words import STANDS


@dataclass(frozen=True, slots=True)
class Report:
    """One day, ready to be shown."""

    day: date
    office: str
    is_correction: bool
    data_until: datetime
    """The last arrival that counts, in the office's zone."""
    targets: tuple[Figure, ...]
    by_source: tuple[Figure, ...]
    by_district: tuple[Figure, ...]
    by_leader: tuple[Figure, ...]
    by_category: tuple[Figure, ...]
    cases: tuple[CaseLine, ...]
    """The register by case number, cancelled cases included."""
    flags: dict[str, tuple[str, ...]]
    newly_resolved: tuple[str, ...]
    """Counted on the day and not on the day before, as contract 6 has it: those that only count again are among them."""
    reopened: tuple[str, ...]
    new_cases: tuple[str, ...]
    withdrawn_cases: tuple[str, ...]
    no_longer_counted: tuple[str, ...]
    changes: tuple[Change, ...]
    submissions: tuple[SubmissionLine, ...]
    reception: tuple[ReceptionLine, ...]
    urgent: tuple[UrgentLine, ...]
    """The day's own."""
    findings: tuple[FindingLine, ...]
    liaison: dict[str, tuple[tuple[str, str], ...]]
    """By district: its liaison leaders with their posts."""
    trend: tuple[tuple[date, dict[str, Tally]], ...]
    """Each group's tally on the last days up to this one."""
    bridges: tuple[Bridge, ...]
    """One for each group, in their order."""
    ways: tuple[Way, ...]
    """One for each group, in their order."""
    decisions: tuple[Decision, ...]
    absences: tuple[Absence, ...]
    open_points: tuple[OpenPoint, ...]
    """By district: why figures have bounds."""
    most_new: int
    """As many new cases each missing report is taken to bring at most."""
    inputs: tuple[Input, ...]
    settings: Settings
    reporters: dict[str, str] = field(default_factory=dict)
    """By district: the 填报人 whom its last report named."""
    arrived_reports: tuple[ArrivedReport, ...] = ()
    """Every report that arrived for the day, by district and arrival."""
    notices: tuple[Notice, ...] = ()
    """In the order of their numbers."""
    without_notice: tuple[SettledSince, ...] = ()
    """The districts that had a notice and have none on the day."""
    withdrawn_disputes: tuple[str, ...] = ()
    """Cases of which a revision of the day took a 不认可 back without saying 认可."""
    refused_answers: tuple[str, ...] = ()
    """The cases of which the report in force, or one of an earlier day that became known, says 不认可 or 认可 in a refused row."""
    ended_disputes: dict[str, str] = field(default_factory=dict)
    """By case whose 不认可 was told before and does not stand now: how it ended, a key of `words.ENDED_DISPUTES` or `withdrawn`."""
    edited: Effects = field(default_factory=Effects)
    """The particulars that hold today and did not yesterday, and what that did."""
    referred: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By flag that they had yesterday: the cases that were referred today."""
    restated: tuple[Restated, ...] = ()
    """What became known on this day of earlier ones."""
    late_reports: tuple[LateReport, ...] = ()
    """The reports behind that, by arrival."""
    refused_since: tuple[RefusedSince, ...] = ()
    """The rows that were taken and that what came late of earlier days makes refused: of earlier days, and of this one where corrected."""
    corrected: tuple[Restated, ...] = ()
    """This day as its own readers could know it, beside what is known by now: the groups that differ."""
    corrected_net: tuple[Restated, ...] = ()
    """Where it is a correction: the groups that became known otherwise by noon too, at its end, beside what is known by now."""
    newly_told: tuple[str, ...] | None = None
    """The cases of the register that were newly resolved on this day as its own readers could know them; None where it is no correction."""
    correcting: tuple[LateReport, ...] = ()
    """The reports that this day's own readers could not know, by arrival."""
    correcting_by_noon: tuple[LateReport, ...] = ()
    """Of a correction those that came between the day's end and noon."""
    late_effects: Effects = field(default_factory=Effects)
    """What the late reports of earlier days that became known on this day did to particulars and flags."""
    correcting_effects: Effects = field(default_factory=Effects)
    """What the reports that this day's own readers could not know did to particulars and flags."""
    former: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By case that was told of and is in the register no more: its district and 案由."""
    certainties: tuple[Certainty, ...] = ()
    """One for each group, in their order."""
    new_rules: str = ""
    """What is called or judged otherwise than yesterday, or than when the day was published first; '' where nothing is."""
    rules_before: Rules | None = None
    """What held on the day before."""
    first_rules: Rules | None = None
    """What the day was published under first; None where that holds now."""
    first_before: Rules | None = None
    """What held on the day before when the day was published first; None where that is so now."""
    told_before: ToldBefore | None = None
    """The last day published before and its first rules, where the day before had others when this one was written first."""
    first_units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The levels above the districts that the day was published with first, each with its districts; none where they are the same."""
    former_names: dict[str, str] = field(default_factory=dict)
    """By code: what districts were called before that have another name now; told on the day with which that began."""
    silent_days: frozenset[date] = frozenset()
    """Days of the trend of which no district has reported."""
    day_before: DayBefore = "reported"
    left_out: tuple[LeftOut, ...] = ()
    """The lost files without which the office decided to go on: those of the day, and of earlier ones that it was published with."""
    lost_with_originals: tuple[Restated, ...] = ()
    """What the day, or else the day before, said when it still rested on files that are lost, beside what is known without them."""
    refused_late: tuple[ArrivedReport, ...] = ()
    """Files refused whole that belong to earlier days and became known on this one."""
    changed_receptions: tuple[ReceptionChange, ...] = ()
    """The 接访情况 that revisions of the day changed; then those of earlier days that became known now."""
    overnight: tuple[Restated, ...] = ()
    """The day before at its end, beside what its own readers could know by noon: the groups that differ."""
    overnight_earlier: tuple[Restated, ...] = ()
    """The groups of days before that one that differ likewise: its own report restates them, in an edition of the morning."""
    overnight_net: tuple[Restated, ...] = ()
    """Of the groups that became known otherwise by noon and again since: what was told at the end of the day before, and is known now."""
    overnight_reports: tuple[LateReport, ...] = ()
    """The reports that came in between."""
    overnight_effects: Effects = field(default_factory=Effects)
    """What they did to particulars and flags."""
    of_moved_cases: tuple[MovedRow, ...] = ()
    """What the day's reports say anew of cases that the office has given to other districts, which does not count."""
    attendance: Attendance = ()
    """How each district's report of the last thirty days stands, up to this one."""
    changed_matters: tuple[MatterChange, ...] = ()
    """Urgent matters and 需协调事项 that revisions of the day leave out or tell otherwise; then those of earlier days, known now."""
    units: tuple[UnitLine, ...] = ()
    """Every level above the districts below the reader, and the districts directly under the reader beside such; none without levels."""
    earlier_urgent: tuple[UrgentLine, ...] = ()
    """The urgent matters of earlier days of which nothing was said until the day, in the order in which they were reported."""
    counted_again: tuple[str, ...] = ()
    """Of those newly counted the ones that were resolved while they were cancelled: people read 恢复计入, and not 新化解."""
    earlier_refused: tuple[RefusedMatter, ...] = ()
    """The refused urgent matters of earlier days that have not been reported again so that they could be taken."""
    unmended: tuple[UnmendedRows, ...] = ()
    """The refused rows of the day and of earlier ones of which no report has given the content since, by day."""
    misspelt: tuple[Misspelt, ...] = ()
    """The day's rows that are refused for a mistyped case number alone; they count nowhere."""
    until_of: Mapping[str, datetime] = field(default_factory=dict)
    """On a large day by district ('' for none): when the last file came behind what is said of it and its cases."""
    beyond: Extensions = field(default_factory=Extensions)
    """What is said beyond the contract."""

    def as_known_of(self, districts: Iterable[str]) -> Report:
        """Return the report with what a document about these districts alone says of its data: up to when, and whether it is a correction.

        On a day that is not large it says what all do.
        """
        moments = [self.until_of[district] for district in districts if district in self.until_of]
        if not moments:
            return self
        return replace(
            self, data_until=max(moments), is_correction=max(moments) > self.settings.on(self.day).calendar.known_until(self.day)
        )

    @property
    def resolved_today(self) -> tuple[str, ...]:
        """The cases newly resolved, without those that only count again."""
        return tuple(number for number in self.newly_resolved if number not in self.counted_again)

    @property
    def below(self) -> tuple[UnitLine, ...]:
        """What lies directly under the reader, in the order of the settings; none where that is the districts alone."""
        lines = {line.name: line for line in self.units}
        return tuple(lines[name] for name in self.settings.tree.children() if name in lines)

    @property
    def unsettled(self) -> tuple[UrgentLine, ...]:
        """The urgent matters of earlier days of which nothing has been said by the end of the day either."""
        return tuple(matter for matter in self.earlier_urgent if not matter.since)

    @property
    def standing_dangers(self) -> tuple[UrgentLine, ...]:
        """Those of which something was said, that are dangers, and whose case is open still."""
        return tuple(matter for matter in self.earlier_urgent if matter.stands_since)

    @property
    def followed(self) -> tuple[UrgentLine, ...]:
        """Those of which the day tells for the last time, or for now."""
        return tuple(matter for matter in self.earlier_urgent if matter.since and not matter.stands_since)

    @property
    def unit(self) -> str:
        """The name of the unit that it is about; '' where it is about the whole office."""
        return self.settings.way[-1] if self.settings.way else ""

    @property
    def has_page_per_unit(self) -> bool:
        """Whether the cases are too many for one page and one file."""
        return len(self.cases) > self.settings.large_day.cases

    @property
    def has_workbook_per_unit(self) -> bool:
        """Whether the register is too long for one workbook."""
        return len(self.cases) > self.settings.large_day.workbook_rows

    def said_of_silent(self, day: date) -> str:
        """Return what stands in the place of a day's rates where no report of it counts: that none came, or was refused whole; else ''."""
        if day not in self.silent_days:
            return ""
        return STANDS["returned" if "returned" in dict(self.attendance).get(day, {}).values() else "missing"]
