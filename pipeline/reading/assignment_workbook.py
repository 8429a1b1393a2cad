"""The case-assignment workbook (案件包案任务分解表): its cells become a reading, judged by itself (contract 2)."""

from __future__ import annotations

from collections import Counter

from pipeline.reading import checking, deadlines, table
from pipeline.reading.cell_kinds import Surroundings
from pipeline.reading.examination import Examination
from pipeline.reading.workbook import Book
from pipeline.settings.config import Settings
from pipeline.terms import contract, messages
from pipeline.terms.contract import CASE, LIAISON, Severity
from pipeline.terms.handed_in import Envelope, Reading
from pipeline.terms.rows import Rows
from pipeline.terms.text import mask, nfkc

_SEPARATORS = "、,;\n"


def read(book: Book, envelope: Envelope, settings: Settings) -> Reading:
    """The reading of an assignment workbook; refused where a sheet or column is missing or no case row is usable."""
    arrival = envelope.received_at.astimezone(settings.calendar.zone)
    day = arrival.date()
    tables = [table.locate(book, sheet, personal=Severity.WARNING) for sheet in contract.ASSIGNMENT_SHEETS]
    findings = [one for found in tables if isinstance(found, tuple) for one in found]
    if findings:
        return Reading(False, day, "", {}, (), tuple(findings))
    around = Surroundings(settings, arrival.date(), arrival, book.is_1904)
    sheets = [_examine(found, around) for found in tables if isinstance(found, table.Table)]
    rows = tuple(sheet.concluded() for sheet in sheets)
    findings = [finding for sheet in sheets for finding in sheet.findings]
    if not _usable([one for one in rows if one.sheet != LIAISON.name]):
        findings.insert(0, messages.finding("not-the-template/cases"))
        return Reading(False, day, "", {}, (), tuple(findings))
    return Reading(True, day, "", {}, rows, tuple(findings))


def _usable(sheets: list[Rows]) -> int:
    """How many rows can be used: neither refused nor with a number that comes twice."""
    times = Counter(number for rows in sheets for number in rows.values[CASE])
    refused = [frozenset(rows.refused) for rows in sheets]
    numbers = [
        number
        for rows, gone in zip(sheets, refused, strict=True)
        for position, number in enumerate(rows.values[CASE])
        if position not in gone
    ]
    return sum(times[number] == 1 for number in numbers)


def _examine(found: table.Table, around: Surroundings) -> Examination:
    sheet = checking.examine(found, around)
    if found.sheet is not LIAISON:
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
