"""The case-assignment workbook (案件包案任务分解表): its cells become a reading, judged by itself (contract 2)."""

from __future__ import annotations

from collections import Counter

from pipeline.reading import checking, deadlines, table
from pipeline.reading.cell_kinds import Surroundings
from pipeline.reading.examination import Examination
from pipeline.reading.workbook import Book
from pipeline.settings.config import Settings
from pipeline.terms import contract, messages
from pipeline.terms.contract import CASE, CASE_SHEETS, LIAISON, Severity
from pipeline.terms.handed_in import Envelope, Reading
from pipeline.terms.rows import Rows
from pipeline.terms.text import mask, nfkc

_SEPARATORS = "、,;\n"


def read(book: Book, envelope: Envelope, settings: Settings) -> Reading:
    """Return the reading of an assignment workbook; refused where a sheet or column is missing or no case row is usable."""
    arrival = envelope.received_at.astimezone(settings.calendar.zone)
    day = arrival.date()
    located = [table.locate(book, sheet, personal=Severity.WARNING) for sheet in contract.ASSIGNMENT_SHEETS]
    findings = [finding for refusal in located if isinstance(refusal, tuple) for finding in refusal]
    if findings:
        return Reading(False, day, "", {}, (), tuple(findings))
    around = Surroundings(settings.on(day), day, arrival, book.is_1904)
    beyond = [table.locate(book, sheet, personal=Severity.WARNING) for sheet in contract.ASSIGNMENT_EXTENSIONS]
    sheets = [_examine(rows, around) for rows in (*located, *beyond) if isinstance(rows, table.Table)]
    rows = tuple(sheet.concluded() for sheet in sheets)
    findings = [finding for refusal in beyond if isinstance(refusal, tuple) for finding in refusal]
    findings += [finding for sheet in sheets for finding in sheet.findings]
    if not _usable([sheet for sheet in rows if sheet.sheet in CASE_SHEETS]):
        findings.insert(0, messages.finding("not-the-template/cases"))
        return Reading(False, day, "", {}, (), tuple(findings))
    return Reading(True, day, "", {}, rows, tuple(findings))


def is_assignment(book: Book) -> bool:
    """Whether a workbook is an assignment workbook, wherever it was handed in: it has the sheet 包联旗区."""
    return table.find_sheet(book, LIAISON.name) is not None


def _usable(sheets: list[Rows]) -> int:
    """How many rows can be used: neither refused nor with a number that comes twice."""
    times = Counter(number for rows in sheets for number in rows.values[CASE])
    return sum(
        times[number] == 1 and position not in refused
        for rows, refused in ((rows, frozenset(rows.refused)) for rows in sheets)
        for position, number in enumerate(rows.values[CASE])
    )


def _examine(cells: table.Table, around: Surroundings) -> Examination:
    """Each rule goes over all rows before the next: findings stand rule by rule, as their order is kept."""
    sheet = checking.examine(cells, around)
    if cells.sheet.name in CASE_SHEETS:
        rows, windows = [*sheet], around.settings.windows
        for row in rows:
            checking.refuse_number_outside(row, around)
        for row in rows:
            deadlines.settle_year(row, "办结时限", "交办日期")
            deadlines.settle_year(row, "延期至", "交办日期")
            deadlines.refuse_early_deadline(row, "交办日期")
        for row in rows:
            deadlines.warn_of_a_late_deadline(row, "交办日期", windows)
        for row in rows:
            deadlines.warn_of_an_odd_extension(row, windows)
    return sheet


def responsible_leader(written: str | None) -> str:
    """The leader who counts: the first name, without white space; 未明确 where there is none."""
    plain = nfkc(written or "")
    for separator in _SEPARATORS:
        plain = plain.replace(separator, "\n")
    names = ("".join(name.split()) for name in plain.split("\n"))
    return mask(next((name for name in names if name), contract.NO_LEADER))  # without its blanks a name can be a number
