"""The rows behind the counts of a day or several: what each district's report in force says, row by row, and why a row was refused.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.day.cases import RowPlace
from pipeline.day.fold import fold
from pipeline.intake import held_files
from pipeline.office import report_preview
from pipeline.report import story_lines
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers, grouping
from pipeline.terms.contract import CASE, RECEPTION, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Facts, Filed
from pipeline.terms.rows import Rows
from pipeline.terms.text import mask


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """A row of a report in force; all texts masked."""

    day: date
    """Of the report."""
    district: str
    file: str
    place: str
    """案件进展 第4行."""
    about: str
    """Its case number, or the category where its sheet has no numbers."""
    cells: tuple[tuple[str, str, str], ...]
    """Address, column and content of its filled cells."""
    findings: tuple[Finding, ...]
    cases: tuple[str, ...] = ()
    """The cases of the register that it or its findings are about."""

    @property
    def is_refused(self) -> bool:
        """Whether it changed nothing."""
        return any(finding.severity is Severity.ROW for finding in self.findings)


def of_days(settings: Settings, days: Sequence[date]) -> Iterator[HandedInRow]:
    """Go through every row of the reports that count for these days, the last of them last, as the ledger has them now.

    Raises LedgerError.
    """
    facts = Facts.of(held_files.facts_until(max(days), settings))
    if not facts.assignments:
        return
    for state in fold(facts, settings, days).values():
        in_force = [state.in_force[name] for name in settings.district_names if name in state.in_force]
        known = report_preview.in_register(state)
        for report in in_force:
            yield from of_file(report, state.judgements[report.arrival.id].findings, known)


def of_file(filed: Filed, judged: list[Finding], known: Collection[str]) -> Iterator[HandedInRow]:
    """Go through the rows of one report, each with what was found in it.

    `judged`: the findings against the register; `known`: the cases in it.
    """
    by_row: dict[tuple[str, int | None], list[Finding]] = {}
    for finding in (*filed.reading.findings, *judged):
        by_row.setdefault((finding.sheet, finding.row), []).append(finding)
    for rows in filed.reading.rows:
        for position, line in enumerate(rows.lines):
            about, found = _about(rows, position), tuple(by_row.get((rows.name, line), ()))
            numbers = dict.fromkeys([case_numbers.canonical(about), *(case for one in found for case in grouping.about_cases(one, ""))])
            yield HandedInRow(
                day=filed.reading.day,
                district=filed.reading.district,
                file=mask(filed.arrival.name),
                place=mask(f"{rows.name} 第{line}行"),
                about=about,
                cells=story_lines.cells(RowPlace(filed.arrival.id, rows, position)),
                findings=found,
                cases=tuple(number for number in numbers if number in known),
            )


def _about(rows: Rows, position: int) -> str:
    column = "问题类别" if rows.sheet == RECEPTION.name else CASE
    return mask(rows.text(column, position) or "") if column in rows.values else ""
