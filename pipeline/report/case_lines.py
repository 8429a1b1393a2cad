"""The lines of a report about single cases and matters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipeline.day.clocks import Clocks
from pipeline.day.exemptions import Exemption
from pipeline.day.moves import Move
from pipeline.day.requests import Request


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of the register, as 案件台账 shows it. Dates are None where there is none."""

    number: str
    group: str
    source: str
    district: str
    category: str
    matter: str
    project: str
    households: Decimal | None
    amount: Decimal | None
    """涉及金额 in 万元."""
    unit: str
    leader: str
    """The responsible leader who counts."""
    leaders: str
    """包案领导 as written."""
    team: str
    plan: str
    assigned: date
    limit: date | None
    """办结时限."""
    extended: date | None
    deadline: date | None
    """The deadline in force."""
    status: str
    claim: str
    replied_on: date | None
    reply_number: str
    confirmation: str
    progress: str
    next_step: str
    coordination: str
    reported_on: date | None
    """The day of the last accepted row about it."""
    is_counted: bool
    is_open: bool
    is_referred: bool
    dispute_stands: bool
    disputed_since: date | None
    """The day of the row that opened the dispute that stands."""
    asking_since: date | None
    """The day since which its rows have asked for coordination."""
    days_overdue: int
    """Days past the deadline; negative before it."""
    days_idle: int
    """Days without progress, of those on which it was open: what people are told, while the flag counts the others too."""
    missing_ones: tuple[str, ...]
    flags: tuple[str, ...]
    grounds: str
    """撤销依据; a case that has it stands outside every total."""
    origin: str
    """File, sheet and row of the last accepted row about it."""
    listed_in: str
    """File, sheet and row that the particulars come from."""
    first_source: str = ""
    """The 案件来源 that was accepted for it first."""
    postponed_to: date | None = None
    """The 交办日期 in the assignment workbook in force, where it is later than the one that holds."""
    refused_rows: int = 0
    """Its rows in the assignment workbook in force that were refused: it keeps the particulars that it had."""
    before_move: str = ""
    """What the district that had it reported of it on the day on which it was given to another one, in words."""
    listed_late: date | None = None
    """The day on which a workbook brought it in, where the one before had it in a row that was refused."""
    is_reply_too_early: bool = False
    """Whether its last row gives another reply than the disputed one, dated before the dispute: it ends nothing."""
    deferrals: int = 0
    """How often its deadline has moved later."""
    cancellations: int = 0
    """How often it has been cancelled."""
    restored: date | None = None
    """The day on which its last cancellation ended; None where it was never cancelled, or is."""
    moves: tuple[Move, ...] = ()
    """From district to district, in their order."""
    clocks: Clocks | None = None
    """The clocks of the regulation; None where it is cancelled."""
    exempted: Exemption | None = None
    """The exemption that moves its deadline; None where none does, and of a cancelled case, which has nothing due."""
    open_again: date | None = None
    """The day from which `days_idle` counts where a dispute has opened it again since its last progress; else None."""
    progress_before: date | None = None
    """Of such a case the day of its last progress, from which the flag counts; else None."""
    settled_since: date | None = None
    """The day of which a row made it resolved or 导入法定途径; None where it is neither."""
    is_beyond: bool = False
    """Whether its deadline is extended by more days than the regulation allows (`deadline-beyond-statute`)."""
    reasoned_on: date | None = None
    """The day of a row about it with 重新办理原因, the last one known: what is reported late of an earlier day cannot refuse that row."""
    danger_on: date | None = None
    """The day of whose report a danger about it was told that has not ended; None where there is none, and where it is not open."""

    answered_before: date | None = None
    """The day of which another reply ended the dispute before the one that stands, and nobody confirmed it since; else None."""

    request_on: date | None = None
    """The day since which its rows have asked for coordination in the words of the last one; None where that asks for nothing."""
    request_gone: Request | None = None
    """What was asked of leaders up to the day before, and is not any more; None where nothing is gone on the day."""

    def deadline_on(self, day: date) -> date | None:
        """Return the deadline in force on that day or a later one, as far as it is known: what moves it may end before."""
        return self.extended or self.limit if self.exempted and not self.exempted.holds_on(day) else self.deadline

    def district_on(self, day: date) -> str:
        """Return whose it was at the end of that day."""
        return next((move.before for move in self.moves if move.day > day), self.district)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed on the day."""

    kind: str
    number: str
    district: str
    matter: str
    detail: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A row that does not count since its case was given to another district, and that says what the register does not have."""

    number: str
    district: str
    """Whose report it stands in."""
    move: Move
    status: tuple[str, str]
    """As the row has it, and as it stands, with 群众不认可 where it does not count for that."""
    source: str
    """The case's 案件来源."""
    columns: tuple[str, ...]
    """In which else it says something that does not stand."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One matter that leaders have to decide."""

    kinds: tuple[str, ...]
    """Keys of `words.DECISIONS`."""
    number: str
    """'' for an urgent matter without a case."""
    district: str
    matter: str
    leader: str
    since: date | None
    asked: str
    """What the district asks for, in its own words; '' where it asks for nothing."""
    origin: str
    due: date | None = None
    """The deadline in force of a case; an urgent matter has none, though its case may."""
    is_beyond: bool = False
    """As of its `CaseLine`."""
    happened: date | None = None
    """As of its `UrgentLine`; None for a case."""
    measures: str = ""
    """What was done about an urgent matter."""
    counted: str = ""
    """As of its `UrgentLine`."""
    answered_before: date | None = None
    """As of its `CaseLine`, where it is disputed."""
    danger_on: date | None = None
    """As of its `CaseLine`; None for an urgent matter."""
    asked_by: date | None = None
    """The latest day that the request itself plainly names."""


@dataclass(frozen=True, slots=True)
class UrgentLine:
    """One row of 急报事项."""

    district: str
    number: str
    kind: str
    situation: str
    happened: date | None
    """发生时间: a day, or a datetime to the minute where the report gives the time. Every accepted row has one."""
    measures: str
    coordination: str
    origin: str
    reported_on: date | None = None
    """Of a matter of an earlier day: the day of its report; None for one of the day itself."""
    since: str = ""
    """Of such a matter: what is said of it today, and with that for the last time; '' where nothing has been said.

    Of a danger whose case is open still: how that stands, with what was said last.
    """
    stands_since: date | None = None
    """Of such a danger: the day on which something was said last; None of all others."""
    counted: str = ""
    """That its case counts as resolved all the same, and by which reply; '' where it does not, and where something was said since."""
    liaison: str = ""
    """Of a matter of the day that names no case: its district's liaison leaders, such as 包联领导五; '' where the workbook has none."""


@dataclass(frozen=True, slots=True)
class ReceptionLine:
    """接访情况 of one district and category, added up."""

    district: str
    category: str
    batches: int
    answered: int
    passed: int
    note: str


@dataclass(frozen=True, slots=True)
class Point:
    """One case that a notice is about, for one reason."""

    flag: str
    line: CaseLine
    rule: str
    """By which rule, in a sentence."""
    days: int | None
    """How many days it has been so, or are left where it is due soon; None where none are counted."""
    reason: str
    """What is so with the case, with the days."""
    brief: str
    """The same in few words, for a row that says all that is so with the case."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A point of the district's last notice that holds no longer."""

    flag: str
    number: str
    matter: str
    kind: str
    """How it was settled, in few words."""
    detail: str
    """What more there is to say of that, to stand in brackets; '' for nothing."""
    is_gone: bool
    """Whether the case has no other point in this notice."""


@dataclass(frozen=True, slots=True)
class SettledSince:
    """What holds no longer of the last notice of a district that has none on the day."""

    district: str
    before: str
    """The number of that notice."""
    settled: tuple[Settled, ...]


@dataclass(frozen=True, slots=True)
class NoticeCase:
    """A case that a notice is about, with all of its points, the worst first."""

    line: CaseLine
    points: tuple[Point, ...]
    times: int
    """The how many notices about it within `notices.LOOKS_BACK_DAYS` this is; 1 for a new one."""
    settled: tuple[Settled, ...]
    """Its points in the last notice that hold no longer."""
    is_back: bool = False
    """Whether the last notice did not name it; with `times` above 1 an earlier one did."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A district's 督办通知; without a case its number was given, and its cases have gone since: corrected away, or edited."""

    number: str
    """Such as 督办〔2020〕3号."""
    district: str
    signed: date
    """The day on which it was written: not before the last file that it rests on."""
    reply_by: date
    cases: tuple[NoticeCase, ...]
    """The worst first."""
    settled: tuple[Settled, ...]
    before: str
    """The number of the last notice; '' where there is none."""
    before_cases: int
    """How many cases the last notice was about."""
    data_until: datetime
    """When the last file came that it rests on (decision 11)."""
    is_correction: bool
    """Whether that was later than the readers of its day could know."""
    objectable: tuple[CaseLine, ...] = ()
    """The district's open cases of which it can still object that they are not its own."""
    is_recounted: bool = False
    """Whether reports came late for earlier days: how often a case was named is counted as those days are known now (decision 11)."""
    reported_until: datetime | None = None
    """When the last report came that it rests on; None where it rests on workbooks of the office alone."""

    @property
    def points(self) -> tuple[Point, ...]:
        """Every point of every case."""
        return tuple(point for case in self.cases for point in case.points)
