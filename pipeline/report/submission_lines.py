"""The lines of a report about the files behind a day: who reported, the findings, what the figures rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.day.restatement import Moves
from pipeline.day.row_changes import RowChanges
from pipeline.day.submissions import Standing, Stands, stands, takes_nothing
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class RefusedUrgent:
    """What one file told in 急报事项 and was not taken. Its words are published nowhere, but that it was there is said."""

    kinds: tuple[str, ...]
    """The 事项类别 of each row, '' for one that is not in the list; none where the whole sheet was refused."""
    is_file: bool = False
    """Whether the file was refused whole."""


@dataclass(frozen=True, slots=True)
class UnmendedRows:
    """Rows of a district's report of the day or an earlier one that were refused and that no report since makes good."""

    district: str
    day: date
    cases: tuple[str, ...]
    """The district's that they are about, and of which nothing was taken since."""
    others: int
    """Those that name none, and those of 新增案件, a sheet that could not be read as one: a correction of that day alone mends them."""
    went_back: tuple[tuple[str, str], ...] = ()
    """Of these cases the ones whose row goes back without 重新办理原因, each with its 当前状态."""


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A view on a district's `Submission`s and refused files of the day: one line of the report."""

    district: str
    status: Standing
    zero_report: bool
    """Whether 封面 says that there is nothing to report, whatever else is in it (contract 6)."""
    revision: int
    received_at: datetime | None
    """The arrival of the first accepted revision, in the office's zone."""
    rows_accepted: int
    rows_refused: int
    file: str
    """The revision in force."""
    reporter: str
    refused_files: int
    in_force_received_at: datetime | None = None
    """The arrival of the revision in force, in the office's zone."""
    was_zero_report: bool = False
    """Whether the first accepted revision was a zero report: it said that there was nothing to report, and nothing was in it."""
    repeats: int = 0
    """The earlier revision whose bytes the one in force has again; 0 where they are new."""
    moves: Moves = field(default_factory=Moves)
    """What the revision in force changed against the first one; nothing where that one is in force."""
    revised: RowChanges = field(default_factory=RowChanges)
    """What the revision in force says otherwise than the first one, row by row."""
    left_out: tuple[str, ...] = ()
    """What replaced revisions had, was taken there, and the revision in force has not: sheet by sheet in words, then 不认可 of cases."""
    turned_back: tuple[str, ...] = ()
    """What taken rows of the revision in force, maybe of an older form, change against a late report before it, in words."""
    refused_sheets: tuple[str, ...] = ()
    """The sheets of the revision in force that were refused whole; their rows are in no count."""
    refused_urgent: tuple[RefusedUrgent, ...] = ()
    """What was reported in 急报事项 and not taken: in the revision in force, and in other files where that one does not have it."""
    refused_requests: tuple[str, ...] = ()
    """The case of each refused row of 案件进展 of the revision in force with 需协调事项, cases given away left out; '' for none."""
    is_lost: bool = False
    """Whether it has no report since the original is lost and counts nowhere by the office's decision."""
    rows_moved: int = 0
    """Of the refused rows those that nothing is wrong with but that the office has given their case to another district."""
    is_offices_alone: bool = False
    """Whether all that was refused is so since the office's own rows of the cases were: the district has nothing to mend."""
    is_excused: bool = False
    """Whether it came late and that is approved (豁免)."""
    mended_at: datetime | None = None
    """When the first report came of which anything was taken, where all that had come by the cut-off was refused; else None."""

    @property
    def is_zero(self) -> bool:
        """Whether it is what people call 零报告: 封面 says that there is nothing to report, and there is nothing in it."""
        return self.zero_report and not (self.rows_accepted or self.rows_refused or self.refused_sheets)

    @property
    def is_replaced(self) -> bool:
        """Whether the first accepted revision is not in force any more."""
        return self.revision > 1

    @property
    def is_returned(self) -> bool:
        """Whether it has no report that is accepted, though something came: that was refused whole."""
        return self.status == "missing" and self.refused_files > 0 and not self.is_lost

    @property
    def is_wholly_refused(self) -> bool:
        """Whether a report is there and all that it holds was refused: nothing of the day is known from it, unlike from a zero report.

        Rows of cases that are another district's by now say nothing of the district's own, and are no fault of its.
        """
        by_its_fault = self.rows_refused - self.rows_moved
        return self.status != "missing" and takes_nothing(self.rows_accepted, by_its_fault, is_sheet_refused=bool(self.refused_sheets))

    @property
    def is_all_of_moved_cases(self) -> bool:
        """Whether no row counts, and all were about cases that the office has given to other districts."""
        return self.rows_moved > 0 and not self.rows_accepted and not self.is_wholly_refused

    @property
    def stands(self) -> Stands:
        """How it stands, as people are shown it."""
        return stands(
            self.status,
            is_refused=self.is_wholly_refused,
            is_lost=self.is_lost,
            is_excused=self.is_excused,
            is_mended=self.mended_at is not None,
            is_returned=self.is_returned,
        )


@dataclass(frozen=True, slots=True)
class AbsencePart:
    """The cases in one group of a district that has not reported."""

    group: str
    total: int
    counted: int


@dataclass(frozen=True, slots=True)
class Absence:
    """A district without an accepted report of the day."""

    district: str
    last_report: date | None
    """The day of the last one that it sent, as far back as one could still be sent."""
    parts: tuple[AbsencePart, ...]
    refused_files: int
    is_lost: bool = False
    """As of its `SubmissionLine`."""

    @property
    def is_refused(self) -> bool:
        """Whether something came of it, and that was refused whole."""
        return self.refused_files > 0 and not self.is_lost


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of a report that no run has taken in yet."""

    number: str = ""
    """Its receipt number; '' where it did not come by the upload page."""
    instead: str = ""
    """Of one that is a duplicate, or that a later one replaces: which counts, in words; '' where nobody says."""


@dataclass(frozen=True, slots=True)
class ArrivedReport:
    """One report that arrived for the day, whatever became of it."""

    day: date
    """The report's day, or that of arrival where the file has no usable one."""
    district: str
    """'' where it is not known."""
    revision: int
    """From 1; 0 for a duplicate and for a file refused whole."""
    use: str
    """One of `words.USED`, `REPLACED`, `DUPLICATE` and `REFUSED`; `UNSENT` for a file that somebody only has checked."""
    in_force: int
    """The revision that counts for the district and day; 0 where there is none."""
    name: str
    """The file's name, personal numbers masked."""
    sha256: str
    size: int
    received_at: datetime
    """In the office's zone."""
    rows_accepted: int
    rows_refused: int
    findings: tuple[Finding, ...]
    """In the order of their sheets and cells."""
    on_time_until: datetime
    """The last moment at which a first report of the day is on time."""
    unmarked_until: datetime
    """The last moment at which an arrival does not turn the day's results into a correction."""
    cases: tuple[str, ...] = ()
    """For each finding the number of the case in its row; '' where there is none."""
    sent: int = 0
    """The how many of the district's files for the day it is, whatever became of them; 0 for a stranger's."""
    before: tuple[int, int] | None = None
    """The rows taken and refused of the revision directly before it; None where there was none."""
    sent_by: str = ""
    """Where the file is not of the district that it names, or names none: the one whose registered sender sent it. For words alone."""
    first_at: datetime | None = None
    """When the district's first accepted report of the day arrived, which decides about 按时; None where this one is not accepted."""
    rows_moved: int = 0
    """As of `SubmissionLine`."""
    moved_places: frozenset[tuple[str, int]] = frozenset()
    """Where these stand: sheet and row, as findings name them."""
    reminders: tuple[str, ...] = ()
    """As of `Judgement`."""
    taken_at: datetime | None = None
    """When the first of the district's reports of the day arrived of which not everything was refused, this one included; else None."""
    is_excused: bool = False
    """Whether it is approved that its district reports late for the day (豁免)."""
    waits: Waiting | None = None
    """Of one that waits for the next run: `use` is then what will become of it. None for any other."""
    refused_urgent: tuple[str, ...] = ()
    """As of `Reading`."""
    meant: str = ""
    """As of `Reading`; for words alone."""
    masked: tuple[str, ...] = ()
    """The cells in which the stars of an earlier receipt came back: of a report that counts, or is only checked."""

    @property
    def is_from_stranger(self) -> bool:
        """Whether somebody sent it who may not send for the district that it names."""
        return any(finding.code == "sender-not-allowed" for finding in self.findings)

    @property
    def whose(self) -> str:
        """Whose it is, in words; of a stranger's file who sent it, and for whom."""
        return words.whose(self.district or self.meant, self.sent_by, is_own=bool(self.district) and not self.is_from_stranger)

    @property
    def sender(self) -> str:
        """Whose a refused file is, as far as anybody can tell, before 日报 or a day."""
        own = "" if self.is_from_stranger else self.district
        unknown = "不能确认旗区的" if self.district else "看不出旗区的"
        return own or self.sent_by or (f"封面写{self.meant}的" if self.meant else unknown)

    @property
    def why_refused(self) -> str:
        """For what a file was refused, in few words."""
        return next((words.FINDING_TITLES[finding.code] for finding in self.findings if finding.refuses), "不能用")

    @property
    def is_late(self) -> bool:
        """Whether it arrived after the cut-off."""
        return self.received_at > self.on_time_until

    @property
    def takes_nothing(self) -> bool:
        """Whether it holds something and all of it was refused, by the district's fault."""
        is_sheet_refused = any(finding.severity is Severity.SHEET for finding in self.findings)
        return takes_nothing(self.rows_accepted, self.rows_refused - self.rows_moved, is_sheet_refused=is_sheet_refused)

    @property
    def stands(self) -> Stands:
        """How the district's report of the day stands with it: of a report that is accepted."""
        is_late = (self.first_at or self.received_at) > self.on_time_until
        return stands(
            "late" if is_late else "on-time",
            is_refused=self.takes_nothing,
            is_lost=False,
            is_excused=self.is_excused,
            is_mended=self.taken_at is not None and self.taken_at > self.on_time_until,
        )

    @property
    def refuses(self) -> bool:
        """Whether anything in it was refused."""
        return any(finding.refuses for finding in self.findings)

    @property
    def refuses_moved_alone(self) -> bool:
        """Whether all that was refused are rows of cases that the office has given to other districts: there is nothing to mend."""
        is_rows_alone = all(finding.severity is Severity.ROW for finding in self.findings if finding.refuses)
        return self.rows_moved > 0 and self.rows_moved == self.rows_refused and is_rows_alone


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding with the file it is about."""

    report_date: str
    district: str
    file: str
    use: str
    """One of `words.USED`, `REPLACED`, `DUPLICATE`, `REFUSED` and `OF_ASSIGNMENT`."""
    finding: Finding
    sent_by: str = ""
    """As of `ArrivedReport`."""
    is_from_stranger: bool = False
    """As of `ArrivedReport`."""
    is_of_moved: bool = False
    """Whether nothing is wrong with its row but that the office has given the case to another district: there is nothing to mend."""
    case: str = ""
    """The number of the case in its row, as it was written; '' where there is none."""
    meant: str = ""
    """As of `ArrivedReport`."""

    @property
    def whose(self) -> str:
        """As of `ArrivedReport`; '' for the assignment workbook in force."""
        of_nobody = not self.district and self.use != words.REFUSED
        is_own = bool(self.district) and not self.is_from_stranger
        return "" if of_nobody else words.whose(self.district or self.meant, self.sent_by, is_own=is_own)


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the day's figures rest on."""

    path: str
    sha256: str
    received_at: str
    role: str
    whose: Mapping[str, str] = field(default_factory=dict)
    """Of a report that counts: its district and its day, as a manifest names them."""
