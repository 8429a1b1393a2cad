"""The rows of the assignment workbook in force that were refused: the office's own, told apart from what districts have to mend.

Covered by tests/report/test_refused_assignments.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.day.day_state import DayState
from pipeline.terms.contract import CASE, CASE_SHEETS
from pipeline.terms.findings import Finding
from pipeline.terms.text import mask
from pipeline.terms.words import first_of

_MOST = 3


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of the assignment workbook in force that was refused; all texts masked."""

    sheet: str
    line: int
    number: str
    """Of its case, as written; '' where it has none."""
    findings: tuple[Finding, ...]
    """Those that refuse it."""
    is_listed: bool
    """Whether the register has the case all the same: with the particulars that it had before."""

    @property
    def told(self) -> str:
        """Which row it is and what is to be mended, cell by cell."""
        cells = [f"{finding.place} {finding.message.rstrip('。')}" for finding in self.findings]
        return f"{self.stands}：{'；'.join(cells)}"

    @property
    def stands(self) -> str:
        """Which row it is and what holds in its place."""
        kept = "，台账里沿用原内容" if self.is_listed else "，没有列入台账" if self.sheet in CASE_SHEETS else ""
        return f"{self.name}{kept}"

    @property
    def name(self) -> str:
        """Its case's number where it has one, with the sheet and the row."""
        return f"{self.number}（“{self.sheet}”第{self.line}行）" if self.number else f"“{self.sheet}”第{self.line}行"


def of(state: DayState) -> tuple[RefusedRow, ...]:
    """Return them in the order of the workbook."""
    if state.assignment is None:
        return ()
    by_row: dict[tuple[str, int], list[Finding]] = {}
    for finding in state.assignment_findings:
        if finding.refuses and finding.row is not None:
            by_row.setdefault((finding.sheet, finding.row), []).append(finding)
    numbers = {case.number for case in state.cases}
    rows = []
    for sheet in state.assignment.reading.rows:
        for position, line in enumerate(sheet.lines):
            if found := by_row.get((sheet.name, line)):
                number = (sheet.text(CASE, position) or "") if CASE in sheet.values else ""
                rows.append(RefusedRow(sheet.name, line, mask(number), tuple(found), number in numbers))
    return tuple(rows)


def in_brief(rows: Sequence[RefusedRow], which: str = "现行分解表") -> str:
    """Return how many there are and which the first are, with what to do; '' where there are none. `which`: the workbook, in words."""
    named = first_of([row.told for row in rows], _MOST, "；")
    return f"{which}退回{len(rows)}行，是办公室的表，请改好后再交一次：{named}。" if rows else ""
