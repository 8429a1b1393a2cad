"""A revision against the one before it: the rows that it leaves out (`rows-withdrawn`, contract 4)."""

from __future__ import annotations

from pipeline.day.cases import CaseBook
from pipeline.terms import contract, messages
from pipeline.terms.contract import CASE, RECEPTION, URGENT
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


def _row_names(rows: Rows, case_book: CaseBook) -> list[str]:
    """Return what identifies each row: its case, its category, or for 急报事项 number, 类别 and 发生时间."""
    if rows.sheet == RECEPTION.name:
        return [name for name in rows.texts("问题类别") if name]
    numbers = [(case.number if (case := case_book.find(number)) else number) if number else "" for number in rows.texts(CASE)]
    if rows.sheet != URGENT.name:
        return [number for number in numbers if number]
    parts = zip(numbers, rows.texts("事项类别"), rows.texts("发生时间"), strict=True)
    return [" ".join(part for part in row if part) for row in parts]
