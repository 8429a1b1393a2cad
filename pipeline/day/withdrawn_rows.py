"""A revision against the one before it: the rows and the disputes that it leaves out (contract 4)."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.day.cases import CaseBook
from pipeline.terms import contract, messages
from pipeline.terms.contract import CASE, CONFIRMED, DISPUTED, PROGRESS, RECEPTION, URGENT
from pipeline.terms.findings import Finding
from pipeline.terms.rows import Rows


def withdrawn_rows(before: tuple[Rows, ...], after: tuple[Rows, ...], case_book: CaseBook) -> list[Finding]:
    """Return a finding for each sheet of which the later revision leaves out rows that the earlier one had, refused rows included."""
    later = {rows.sheet: rows for rows in after}
    findings = []
    for sheet in contract.REPORT_SHEETS:
        earlier = next((rows for rows in before if rows.sheet == sheet.name), None)
        if earlier is None:
            continue
        had = _row_names(earlier, case_book)
        have = set(_row_names(later[sheet.name], case_book)) if sheet.name in later else set()
        gone = [name for name in dict.fromkeys(had) if name not in have]
        if gone:
            findings.append(messages.finding("rows-withdrawn", sheet=sheet.name, names=f"{sheet.name}：{messages.listed(gone, '项')}"))
    return findings


def withdrawn_disputes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the cases that the earlier revision called 不认可 and of which the later one says neither that nor 认可.

    In come both revisions' 群众确认 by case, of the rows that were taken.
    """
    return sorted(number for number, answer in before.items() if answer == DISPUTED and after.get(number) not in (DISPUTED, CONFIRMED))


def dispute_findings(numbers: list[str], rows: tuple[Rows, ...], case_book: CaseBook) -> list[Finding]:
    """Return the finding on each of these cases (`dispute-withdrawn`), at its row where the revision has one."""
    sheet = next((sheet for sheet in rows if sheet.sheet == PROGRESS.name), None)
    positions: dict[str, int] = {}
    for position, number in enumerate(sheet.texts(CASE) if sheet else ()):
        if number and (case := case_book.find(number)):
            positions.setdefault(case.number, position)
    return [_at_row(number, sheet, positions.get(number)) for number in numbers]


def _at_row(number: str, sheet: Rows | None, position: int | None) -> Finding:
    case = messages.brief(number)
    if sheet is None or position is None:
        return messages.finding("dispute-withdrawn", value=number, case=case)
    column = sheet.letters.get("群众确认", sheet.letters[CASE])
    return messages.finding("dispute-withdrawn", sheet=sheet.name, row=sheet.lines[position], at=column, value=number, case=case)


def _row_names(rows: Rows, case_book: CaseBook) -> list[str]:
    """Return what identifies each row: its case, its category, or for 急报事项 number, 类别 and 发生时间."""
    if rows.sheet == RECEPTION.name:
        return [name for name in rows.texts("问题类别") if name]
    numbers = [(case.number if (case := case_book.find(number)) else number) if number else "" for number in rows.texts(CASE)]
    if rows.sheet != URGENT.name:
        return [number for number in numbers if number]
    parts = zip(numbers, rows.texts("事项类别"), rows.texts("发生时间"), strict=True)
    return [" ".join(part for part in row if part) for row in parts]
