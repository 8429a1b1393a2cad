"""The case-assignment workbook (案件包案任务分解表): its cells become a reading, judged by itself (contract 2)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache

from pipeline.reading import checking, dates, deadlines, table
from pipeline.reading.arrival_moment import ArrivalMoment
from pipeline.reading.cell_kinds import Surroundings
from pipeline.reading.examination import Examination, Row
from pipeline.reading.workbook import Book
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers, contract, messages
from pipeline.terms.contract import CASE, CASE_SHEETS, EXEMPTIONS, LATE_EXCUSED, LIAISON, ROTA, SUBSTITUTED, Severity
from pipeline.terms.handed_in import Reading
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import Rows
from pipeline.terms.text import mask, nfkc

_SEPARATORS = "、,;\n"
_LONGEST_SUBJECT = 60
"""Characters of 对象 in 豁免: no district's name with a day is longer."""


def read(book: Book, arrival: ArrivalMoment, settings: Settings) -> Reading:
    """Return the reading of an assignment workbook; refused where a sheet or column is missing or no case row is usable."""
    day = arrival.arrival_day()
    located = [table.locate(book, sheet, personal=Severity.WARNING) for sheet in contract.ASSIGNMENT_SHEETS]
    findings = [finding for refusal in located if isinstance(refusal, tuple) for finding in refusal]
    if findings:
        return Reading(False, day, "", {}, (), tuple(findings))
    around = Surroundings(arrival.settings(settings), None, arrival, book.is_1904)
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
    if cells.sheet is EXEMPTIONS:
        _settle_exemptions(sheet, around)
    if cells.sheet is ROTA:
        _settle_turns(sheet, around)
    return sheet


@lru_cache(maxsize=1 << 14)
def leaders_named(written: str | None) -> tuple[str, ...]:
    """The leaders that a cell names, each once, in its order and without white space."""
    plain = nfkc(written or "")
    for separator in _SEPARATORS:
        plain = plain.replace(separator, "\n")
    names = ("".join(name.split()) for name in plain.split("\n"))
    return tuple(dict.fromkeys(mask(name) for name in names if name))  # without its blanks a name can be a number


def responsible_leader(written: str | None) -> str:
    """The leader who counts: the first name; 未明确 where there is none."""
    return next(iter(leaders_named(written)), contract.NO_LEADER)


# --- 豁免 --------------------------------------------------------------------------------------------------------


def _settle_exemptions(sheet: Examination, around: Surroundings) -> None:
    """Say of each row what it exempts: a case by its number, or a district's report by two columns more, which name district and day."""
    reports = [_settle_exemption(row, around) for row in sheet]
    sheet.rows.values["旗区"] = [report[0] if report else None for report in reports]
    sheet.rows.values["报告日期"] = [report[1] if report else None for report in reports]


def _settle_exemption(row: Row, around: Surroundings) -> tuple[str, str] | None:
    until = row.value("截止日期")
    if isinstance(until, MonthDay) and row.is_read("截止日期"):
        row.settle("截止日期", until.on_or_after(around.arrival.day))
    subject = row["对象"]
    if not subject or not row["事项"] or not (row.is_read("对象") and row.is_read("事项")):
        return None
    if row["事项"] == LATE_EXCUSED:
        if report := _report_meant(subject, around):
            row.settle("对象", " ".join(report))
            return report
        example = f"{around.settings.district_names[0]} {around.arrival.day}"
        row.refuse_cell("not-in-list/exempted-report", "对象", example=example)
        return None
    number, pattern = case_numbers.canonical(subject), around.settings.case_number_pattern
    if case_numbers.fits(number, pattern) or case_numbers.is_case_number(subject):
        row.settle("对象", number)
    else:
        row.refuse_cell("not-in-list/exempted-case", "对象", example=case_numbers.example(pattern))
    return None


def _report_meant(subject: str, around: Surroundings) -> tuple[str, str] | None:
    """Return the district and the report's day that 对象 names, in this order; None where it names none."""
    if len(subject) > _LONGEST_SUBJECT:
        return None
    for at in range(1, len(subject)):
        day = dates.read_date(subject[at:], is_1904=around.is_1904)
        if day and (district := around.settings.district_named(subject[:at])):
            named = day.on_or_before(around.arrival.day) if isinstance(day, MonthDay) else day
            return (district.name, named.isoformat()) if named else None
    return None


# --- 接访排班 -----------------------------------------------------------------------------------------------------


def _settle_turns(sheet: Examination, around: Surroundings) -> None:
    """Settle the years, and refuse what does not say who receives on that day."""
    by_turn: dict[tuple[str, str], list[Row]] = {}
    for row in sheet:
        day = row.value("日期")
        if isinstance(day, MonthDay) and row.is_read("日期"):
            row.settle("日期", _nearest(day, around.arrival.day))
        _refuse_unclear_substitute(row)
        if (written := row["日期"]) and row.is_read("日期") and row.is_read("领导"):
            for leader in leaders_named(row["领导"]):
                by_turn.setdefault((written, leader), []).append(row)
    for (written, leader), same in by_turn.items():
        if len({(row["安排"], leaders_named(row["替班领导"])) for row in same}) > 1:
            lines = messages.listed([str(row.line) for row in same])
            for row in same:
                row.refuse("repeated-case/turn", "领导", leader=messages.brief(leader), day=written, count=len(same), lines=lines)


def _nearest(day: MonthDay, anchor: date) -> date | None:
    """Return the nearest such day: a rota has past days and days to come."""
    before, after = day.on_or_before(anchor), day.on_or_after(anchor)
    return before if before and (after is None or anchor - before < after - anchor) else after


def _refuse_unclear_substitute(row: Row) -> None:
    """Refuse 替班 by nobody or by the leader himself, and a substitute where the row does not say 替班."""
    kind, substitutes = row["安排"], leaders_named(row["替班领导"])
    if not kind or not (row.is_read("安排") and row.is_read("替班领导")):
        return
    if kind == SUBSTITUTED and not substitutes:
        row.refuse_cell("required", "替班领导", column="替班领导", hint="替他接访的领导的姓名")
    elif kind == SUBSTITUTED and {*substitutes} & {*leaders_named(row["领导"])}:
        row.refuse_cell("contradiction/substitute", "替班领导")
    elif kind != SUBSTITUTED and substitutes:
        row.refuse_cell("contradiction/turn", "替班领导", kind=kind)
