"""How an assignment workbook comes into force: its usable rows, what it cancels, and what it leaves out (contract 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import PARTICULARS, Case, RowPlace
from pipeline.day.exemptions import Exemption
from pipeline.reading.examination import Examination, Row
from pipeline.settings.config import Settings
from pipeline.settings.rules import Windows
from pipeline.terms import messages
from pipeline.terms.case_numbers import Register
from pipeline.terms.contract import CASE, CASE_SHEETS, DEADLINE_MOVED, EXEMPTIONS, LATE_EXCUSED
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed
from pipeline.terms.look_alikes import number_meant, retype
from pipeline.terms.rows import Rows


def bring_into_force(workbook: Filed, case_book: CaseBook, settings: Settings) -> tuple[Finding, ...]:
    """Take the particulars of its cases from a newer workbook, and return its findings against the cases that are there already."""
    findings: list[Finding] = []
    day = workbook.arrival.envelope.received_at.astimezone(settings.calendar.zone).date()
    since = day if case_book.cases else date.min  # the first workbook holds for the days before it too (contract 2)
    for case in case_book.cases.values():
        case.note_before(day)
    sheets = [Examination(rows, rows.values, findings) for rows in workbook.reading.rows if rows.sheet in CASE_SHEETS]
    rows = _with_numbers(sheets, case_book)
    _refuse_repeated(rows)
    usable = {number: row for row, number in rows if not row.is_refused}
    postponed: dict[str, date | None] = {}
    for number, row in usable.items():
        is_mended = number in case_book.refused_cases and number not in case_book.cases
        case = case_book.bring_in(number, since)
        case.was_refused = case.was_refused or is_mended
        case.note_before(day)
        postponed[number] = _postponed_to(row, case)
        district = case.text("旗区") if case.particulars else ""
        case.listed = {name: row.value(name) for name in PARTICULARS}
        case.listed_at = RowPlace(workbook.arrival.id, row.sheet.rows, row.position)
        case.grounds = row["撤销依据"]
        case_book.update_particulars(case)
        case.note_units(day)
        case.note_move(district, day)
    case_book.exempt(*_exemptions(workbook, case_book, findings, settings.on(day).windows), day)
    # A case that the workbook leaves out stays in the register. Only a cancellation ends when the workbook in force does not state it.
    mentioned = {number for _row, number in rows}
    refused = Counter(number for row, number in rows if row.is_refused)
    case_book.refused_cases = {number: (row["旗区"] or "") if row.is_read("旗区") else "" for row, number in rows if number not in usable}
    for case in case_book.cases.values():
        case.grounds = case.grounds if case.number in usable else None
        case.is_missing = case.listed is not None and case.number not in mentioned
        case.refused_rows = refused[case.number]
        case.postponed_to = postponed.get(case.number)
        case.count_changes()
    case_book.note_moved()
    return tuple(findings)


def _postponed_to(row: Row, case: Case) -> date | None:
    """Warn of a later 交办日期 than held before, and return it. The earlier one holds: an open case could be moved out of the register."""
    assigned = row.day("交办日期")
    if not assigned or not case.began or assigned <= case.began:
        return None
    row.warn("assignment-postponed", "交办日期", case=messages.brief(case.number), held=case.began)
    return assigned


def _with_numbers(sheets: list[Examination], case_book: CaseBook) -> list[tuple[Row, str]]:
    """Return the rows whose number can be read, each with its case's number: that of a case that is there, else as written."""
    register = Register(case_book.cases)
    written = {number for sheet in sheets for number in sheet.rows.texts(CASE)}
    rows = []
    for row in (row for sheet in sheets for row in sheet):
        number = row[CASE]
        if number and row.is_read(CASE):
            meant = register.find(number)
            # Without its leading zeros it means the case that is there, unless the workbook has that one too: an exact number wins.
            rows.append((row, meant if meant and (meant == number or meant not in written) else number))
    return rows


def _refuse_repeated(rows: list[tuple[Row, str]]) -> None:
    """Refuse every row of a number that comes twice, on one sheet or both."""
    by_number: dict[str, list[Row]] = {}
    for row, number in rows:
        by_number.setdefault(number, []).append(row)
    for number, same in by_number.items():
        if len(same) > 1:
            lines = messages.listed([f"“{row.sheet.rows.name}”第 {row.line} 行" for row in same], "行")
            for row in same:
                row.refuse("repeated-case/assignment", CASE, case=messages.brief(number), count=len(same), lines=lines)


# --- 豁免 --------------------------------------------------------------------------------------------------------


def _exemptions(
    workbook: Filed, case_book: CaseBook, findings: list[Finding], windows: Windows
) -> tuple[tuple[Exemption, ...], frozenset[tuple[str, str]]]:
    """Return the exemptions of a workbook whose cases are in the book by now, and what its refused rows would exempt from what."""
    register = Register(case_book.cases)
    by_key: dict[tuple[str, str], list[Row]] = {}
    for sheet in (Examination(rows, rows.values, findings) for rows in workbook.reading.rows if rows.sheet == EXEMPTIONS.name):
        for row in sheet:
            if subject := _exempted(row, register):
                by_key.setdefault((subject, row["事项"] or ""), []).append(row)
    for (subject, _kind), same in by_key.items():
        for row in same if len(same) > 1 else ():
            lines = messages.listed([str(row.line) for row in same])
            row.refuse("repeated-case/exempted", "对象", case=messages.brief(subject), count=len(same), lines=lines)
    taken = {key: same[0] for key, same in by_key.items() if not same[0].is_refused}
    for (subject, kind), row in taken.items():
        if kind == DEADLINE_MOVED:
            _warn_of_a_long_one(row, case_book.cases[subject].limit, windows)
    refused = frozenset(key for key in by_key if key not in taken)
    return tuple(exemption for key, row in taken.items() if (exemption := _exemption(workbook, key, row))), refused


def _exempted(row: Row, register: Register) -> str | None:
    """Return the case's number, or the district with the report's day; None where that, or from what it is exempted, is not understood."""
    subject, kind = row["对象"], row["事项"]
    if not subject or not kind or not (row.is_read("对象") and row.is_read("事项")):
        return None
    if kind == LATE_EXCUSED:
        return f"{row['旗区']} {row['报告日期']}"
    number = register.find(subject)
    if number is None:
        meant = register.find(number_meant(subject))
        row.refuse("unknown-case/exempted", "对象", alike=retype(subject, [meant]) if meant else "")
    return number


def _warn_of_a_long_one(row: Row, limit: date | None, windows: Windows) -> None:
    """Warn of a deadline that is moved further than the regulation allows, as 延期至 of a case is."""
    until = row.day("截止日期")
    if until and limit and (until - limit).days > windows.extension_days:
        row.warn("deadline-beyond-statute/exempted", "截止日期", value=until, limit=limit, days=windows.extension_days)


def _exemption(workbook: Filed, key: tuple[str, str], row: Row) -> Exemption | None:
    until, day = row.day("截止日期"), row["报告日期"]
    if until is None:
        return None  # pragma: no cover - a row without it is refused
    return Exemption(
        *key,
        approved_by=row["批准人"] or "",
        reason=row["理由"] or "",
        until=until,
        arrival=workbook.arrival.id,
        sheet=row.sheet.rows.name,
        line=row.line,
        report=(row["旗区"] or "", date.fromisoformat(day)) if day else None,
    )


def check_sources(workbooks: Iterable[Filed], sources: Collection[str]) -> None:
    """Raise ConfigurationError where a case has a source that the settings have no more: it would be in no figure."""
    for workbook in workbooks:
        for rows in workbook.reading.rows:
            taken = {*rows.texts("案件来源")} - {None, ""} if "案件来源" in rows.values else set()
            for source in sorted(source for source in taken - {*sources} if source and _is_taken(rows, source)):
                msg = f"设置的 sources 里没有“{source}”，而分解表里有这种来源的案件。请把“{source}”放回 sources 和它所在的分组，再运行。"
                raise ConfigurationError(msg)


def _is_taken(rows: Rows, source: str) -> bool:
    return any(value == source and position not in rows.refused for position, value in enumerate(rows.texts("案件来源")))


def missing(case_book: CaseBook) -> list[Finding]:
    """Return a finding for each case of the register that an earlier workbook lists and the one in force does not."""
    gone = sorted(case.number for case in case_book.in_register() if case.is_missing)
    return [messages.finding("case-missing", value=number, case=messages.brief(number)) for number in gone]
