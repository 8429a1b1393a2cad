"""What is said about a day, before how it looks: one frozen report that every renderer reads and none computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipeline.findings import Finding
from pipeline.settings import Settings
from pipeline.targets import Tally


@dataclass(frozen=True, slots=True)
class Figure:
    """A tally of one part of a group: of a district, a leader, a category or a source, or of the whole group."""

    label: str
    group: str
    tally: Tally


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
    """采用, 已被更正, 重复, 未采用 or 分解表."""
    finding: Finding


@dataclass(frozen=True, slots=True)
class Input:
    """A file that the day's figures rest on."""

    path: str
    sha256: str
    received_at: str
    role: str


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
    inputs: tuple[Input, ...]
    settings: Settings


CHANGE_KINDS = {
    "newly_resolved": "新化解",
    "reopened": "重新办理",
    "no_longer_counted": "不再计入化解",
    "new_cases": "新增案件",
    "withdrawn_cases": "撤回案件",
    "status": "状态变化",
}
