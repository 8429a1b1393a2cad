"""What is said about a day, before how it looks: one frozen report that every renderer reads and none computes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.day.targets import Tally
from pipeline.settings.config import Settings
from pipeline.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a tally could be at least and at most once everything that is missing or refused is told (decision 9)."""

    lowest: Tally
    highest: Tally


@dataclass(frozen=True, slots=True)
class Figure:
    """A tally of one part of a group: of a district, a leader, a category or a source, or of the whole group."""

    label: str
    group: str
    tally: Tally
    bounds: Bounds | None = None
    """None where nothing is missing or refused that could change it."""


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
    households: str
    amount: str
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
    missing_ones: tuple[str, ...]
    flags: tuple[str, ...]
    grounds: str
    """撤销依据; a case that has it stands outside every total."""
    origin: str
    """File, sheet and row of the last accepted row about it."""
    listed_in: str
    """File, sheet and row that the particulars come from."""


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """What a district handed in for the day."""

    district: str
    status: str
    """on-time, late or missing."""
    zero_report: bool
    revision: int
    received_at: datetime | None
    """The arrival of the first accepted revision, in the office's zone."""
    rows_accepted: int
    rows_refused: int
    file: str
    """The revision in force."""
    reporter: str
    refused_files: int


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed on the day."""

    kind: str
    number: str
    district: str
    matter: str
    detail: str


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of change between yesterday's figure and today's."""

    kind: str
    """A key of `words.STEPS`."""
    change: int
    """Cases more, or fewer where negative."""
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """From yesterday's total and resolved cases of a group to today's: both add up to the last case."""

    group: str
    total_before: int
    total_steps: tuple[Step, ...]
    total: int
    resolved_before: int
    resolved_steps: tuple[Step, ...]
    resolved: int


@dataclass(frozen=True, slots=True)
class Way:
    """What a group still lacks to its target."""

    group: str
    tally: Tally
    open: int
    """Cases that can still be resolved, disputed ones included."""
    by: date | None
    """Of so many open cases as are lacking, in the order of their deadlines, the last one's; None where none lacks, or
    fewer are open than lacking."""
    gained: int
    """Resolved cases more than `days` ago."""
    days: int
    """At most 7; 0 where there is no earlier day."""
    expected: date | None
    """The day on which the target is met if it goes on like that; None where nothing is lacking or gained."""
    nearest: tuple[str, ...]
    """Cases that lack least: replied and not yet confirmed, then those due soon, by deadline."""


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
    """What is asked, in the district's words where it has said so; else ''."""
    origin: str


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """What of a district's reports keeps its figures between bounds."""

    district: str
    missing: tuple[date, ...]
    """Days without an accepted report, as far back as one could still be sent."""
    refused: tuple[date, ...]
    """Days whose refused rows nothing has told since."""


@dataclass(frozen=True, slots=True)
class AbsencePart:
    """What a silent district has in one group."""

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
class UrgentLine:
    """One row of 急报事项."""

    district: str
    number: str
    kind: str
    situation: str
    happened: str
    measures: str
    coordination: str
    origin: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding with the file it is about."""

    report_date: str
    district: str
    file: str
    use: str
    """One of `words.USED`, `REPLACED`, `DUPLICATE`, `REFUSED` and `OF_ASSIGNMENT`."""
    finding: Finding


@dataclass(frozen=True, slots=True)
class Handed:
    """One report that arrived for the day, whatever became of it."""

    day: date
    """The report's day, or that of arrival where the file does not say a usable one."""
    district: str
    """'' where it is not known."""
    revision: int
    """From 1; 0 for a duplicate and for a file refused whole."""
    use: str
    """One of `words.USED`, `REPLACED`, `DUPLICATE` and `REFUSED`; `UNSENT` where somebody only asks."""
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

    @property
    def is_late(self) -> bool:
        """Whether it arrived after the cut-off."""
        return self.received_at > self.on_time_until

    @property
    def refuses(self) -> bool:
        """Whether anything in it was refused."""
        return any(one.refuses for one in self.findings)


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the day's figures rest on."""

    path: str
    sha256: str
    received_at: str
    role: str


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


@dataclass(frozen=True, slots=True)
class Settled:
    """A point of the district's last notice that is one no longer."""

    flag: str
    number: str
    matter: str
    why: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A district's 督办通知; without a point it is void: its number was given, and what it said has been corrected."""

    number: str
    """Such as 督办〔2020〕3号."""
    district: str
    points: tuple[Point, ...]
    settled: tuple[Settled, ...]
    before: str
    """The number of the notice that had the settled points; '' where there is none."""


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
    reopened: tuple[str, ...]
    new_cases: tuple[str, ...]
    withdrawn_cases: tuple[str, ...]
    no_longer_counted: tuple[str, ...]
    changes: tuple[Change, ...]
    submissions: tuple[SubmissionLine, ...]
    reception: tuple[ReceptionLine, ...]
    urgent: tuple[UrgentLine, ...]
    findings: tuple[FindingLine, ...]
    liaison: dict[str, tuple[tuple[str, str], ...]]
    """By district: its liaison leaders with their posts."""
    trend: tuple[tuple[date, dict[str, Tally]], ...]
    bridges: tuple[Bridge, ...]
    """One for each group, in their order."""
    ways: tuple[Way, ...]
    """Likewise."""
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
    handed: tuple[Handed, ...] = ()
    """Every report that arrived for the day, by district and arrival."""
    notices: tuple[Notice, ...] = ()
    """In the order of their numbers."""
