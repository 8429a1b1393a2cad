"""Exceptions with a name: what the sheet 豁免 of the workbook in force allows, and until when (docs/contract-extensions.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.day.submissions import OfDay
from pipeline.terms.contract import EXEMPTIONS, Severity
from pipeline.terms.handed_in import Reading
from pipeline.terms.text import key


@dataclass(frozen=True, slots=True)
class Exemption:
    """One row of 豁免 that is not refused."""

    subject: str
    """A case's number; of 迟报 the district and the report's day, such as 东胜区 2020-05-21."""
    kind: str
    """One of `contract.EXEMPTION_KINDS`."""
    approved_by: str
    reason: str
    until: date
    """The last day on which it holds."""
    arrival: int
    """The workbook, and where in it the row stands."""
    sheet: str
    line: int
    report: OfDay | None = None
    """Of 迟报: the report that may be late."""

    @property
    def key(self) -> tuple[str, str]:
        """What it exempts from what: a newer workbook with the same has it still."""
        return self.subject, self.kind

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day on which its workbook is in force."""
        return day <= self.until


@dataclass(frozen=True, slots=True)
class Exempted:
    """The exemptions of a day."""

    holding: tuple[Exemption, ...] = ()
    before: tuple[Exemption, ...] = ()
    """Those that held on the day before."""
    over: tuple[Exemption, ...] = ()
    """Those whose last day was past already when their workbook came, on this day: they never hold."""
    is_sheet_refused: bool = False
    """Whether the workbook in force has the sheet, and it was refused whole."""
    refused: frozenset[tuple[str, str]] = frozenset()
    """What the rows that the workbook in force has refused would exempt, by `Exemption.key`."""
    excused: frozenset[OfDay] = frozenset()
    """The reports whose lateness is approved: by what held on their own day, or on a later one up to this and was not taken back."""
    received: Mapping[OfDay, datetime] = field(default_factory=dict)
    """Of the late reports, up to this day, that `holding` or `before` name: when the first of each came."""


def is_sheet_refused(reading: Reading, sheet: str = EXEMPTIONS.name) -> bool:
    """Whether an assignment workbook has that sheet (豁免), and nothing of it was read."""
    refusals = (finding for finding in reading.findings if finding.severity is Severity.SHEET)
    is_read = any(rows.sheet == sheet for rows in reading.rows)
    return not is_read and any(sheet in key(f"{finding.sheet}{finding.message}") for finding in refusals)
