"""A report against the register: what depends on anything outside the report (contract 4), in the order of the fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.day import disputes, template_values
from pipeline.day.case_book import CaseBook
from pipeline.day.cases import COMPARED, FILLABLE, PARTICULARS, Case, Particulars, RowPlace, goes_back
from pipeline.day.judgement import Judgement
from pipeline.day.moves import Move, away_from
from pipeline.day.template_values import LateReport
from pipeline.reading.examination import Examination, Row
from pipeline.settings.units import District
from pipeline.terms import case_numbers, messages, words
from pipeline.terms.contract import ANSWERS, CASE, CONFIRMED, DISPUTED, NEW_CASES, PROGRESS, RECEPTION, SOURCE_DISTRICT, URGENT, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed
from pipeline.terms.look_alikes import number_meant, retype
from pipeline.terms.rows import Rows, Value, written
from pipeline.terms.text import key

_MOST_TOLD = 3
"""So many columns in which rows of one case differ, and so many of these rows, a sentence tells."""


@dataclass(frozen=True, slots=True)
class _Report:
    """The report under judgement."""

    filed: Filed
    district: District
    case_book: CaseBook
    judgement: Judgement
    late: LateReport | None

    def place(self, row: Row) -> RowPlace:
        """Return the place of that row."""
        return RowPlace(self.filed.arrival.id, row.sheet.rows, row.position)

    def owns(self, case: Case | None) -> bool:
        """Return whether the register holds the case, as one of the report's district."""
        return case is not None and case.text("旗区") == self.district.name


@dataclass(slots=True, eq=False)
class _CaseRow:
    """A row with the case in the register that its number means, if it means one."""

    row: Row
    number: str
    """As it is written; '' where there is none."""
    case: Case | None
    moved: Move | None = None
    """How its case went to another district, where nothing else refuses the row."""
    is_unknown: bool = False
    """Whether the row is refused since the register has no such number."""

    @property
    def number_as_meant(self) -> str:
        """The case's number where there is one, else the number as it is written; '' where there is none."""
        return self.case.number if self.case else self.number

    @property
    def has_readable_number(self) -> bool:
        """Whether it has a number, and no finding refuses that."""
        return bool(self.number) and self.row.is_read(CASE)


def judge(filed: Filed, district: District, case_book: CaseBook, late: LateReport | None, *, with_findings: bool) -> Judgement:
    """Judge a report's rows against the case book, and apply the accepted rows to it; `late`: where it came after its day's cut-off."""
    result = Judgement()
    report = _Report(filed, district, case_book, result, late)
    by_name = {sheet.sheet: sheet for sheet in filed.reading.rows}
    for name, judge_sheet in _SHEETS.items():
        if name not in by_name:
            continue
        counted = judge_sheet(report, Examination(by_name[name], by_name[name].values, result.findings, with_findings))
        refused = sum(row.is_refused for row in counted)
        result.rows_refused += refused
        result.rows_accepted += len(counted) - refused
    return result


def refused_rows(sheets: Iterable[Rows], findings: Iterable[Finding]) -> set[tuple[str, int | None]]:
    """Return the rows that were refused, by themselves or against the register, by sheet and row as findings name them."""
    by_itself = {(rows.name, rows.lines[position]) for rows in sheets for position in rows.refused}
    return by_itself | {(finding.sheet, finding.row) for finding in findings if finding.severity is Severity.ROW}


def _case_rows(report: _Report, sheet: Examination, ignored: frozenset[str]) -> tuple[list[_CaseRow], list[_CaseRow]]:
    """Return all rows with their cases, and those of them that count; note the repeated rows, and the numbers without leading zeros."""
    find = report.case_book.find
    rows = [_CaseRow(row, number := row[CASE] or "", find(number) if number else None) for row in sheet]
    counted = _without_repeated(rows, ignored)
    _warn_of_loose_numbers(report, rows)
    return rows, counted


def _warn_of_loose_numbers(report: _Report, rows: list[_CaseRow]) -> None:
    """Warn once, at the first number without the leading zeros of its case's number whose cell has no remark on its writing yet."""
    told = {(note.sheet, note.row) for note in report.filed.reading.findings if note.code == "read-as" and note.message.startswith(CASE)}
    loose = [(case_row.row, case_row.case.number) for case_row in rows if case_row.case and case_row.number != case_row.case.number]
    if loose := [(row, number) for row, number in loose if (row.sheet.rows.name, row.sheet.rows.lines[row.position]) not in told]:
        row, number = loose[0]
        more = f"（这一列共 {len(loose)} 处）" if len(loose) > 1 else ""
        row.warn("read-as/zeros", CASE, meant=number, more=more)


# --- the same case twice -----------------------------------------------------------------------------------------


def _without_repeated(rows: list[_CaseRow], ignored: frozenset[str]) -> list[_CaseRow]:
    """Return the rows that count: one of equal rows. Rows of one case that differ all count, and every one is refused."""
    if len({number for case_row in rows if (number := case_row.number_as_meant)}) == len(rows):
        return rows
    by_case: dict[str, list[_CaseRow]] = {}
    for case_row in rows:
        # A row without a number repeats no other: its key is its place, which the `\0` keeps apart from all numbers.
        by_case.setdefault(case_row.number_as_meant or f"\0{case_row.row.position}", []).append(case_row)
    counted: list[_CaseRow] = []
    for same in by_case.values():
        different: dict[tuple[str | None, ...], _CaseRow] = {}
        # Of equal rows the first counts: one that is not refused, where there is one.
        for case_row in sorted(same, key=lambda candidate: candidate.row.is_refused):
            different.setdefault(_as_understood(case_row.row, ignored), case_row)
        counted += different.values()
        if len(same) > 1 and same[0].row.is_read(CASE):
            _note_repeated([case_row.row for case_row in same], same[0].number_as_meant, _differences(list(different.values()), ignored))
    return sorted(counted, key=lambda case_row: case_row.row.position)


def _differences(case_rows: list[_CaseRow], ignored: frozenset[str]) -> str:
    """Return in which columns rows of one case differ, with what each of them has there; '' of equal rows."""
    rows = sorted((case_row.row for case_row in case_rows), key=lambda row: row.position)
    compared = [column for column in rows[0].sheet.rows.values if column not in ignored]
    columns = [column for column in compared if len({_understood(row, column) for row in rows}) > 1]
    said = [column + "／".join(f"“{messages.brief(row[column] or '空')}”" for row in rows[:_MOST_TOLD]) for column in columns]
    return f"{'，'.join(said[:_MOST_TOLD])}{'等' if len(said) > _MOST_TOLD else ''}"


def _note_repeated(rows: list[Row], number: str, differences: str) -> None:
    """Warn of rows of one case that are equal, at the second of them; refuse every one of rows that differ."""
    lines = messages.listed([str(row.line) for row in rows])
    if not differences:
        rows[1].warn("read-as/same-rows", CASE, case=messages.brief(number), lines=lines)
        return
    for row in rows:
        row.refuse("repeated-case", CASE, case=messages.brief(number), count=len(rows), lines=lines, differences=differences)


def _as_understood(row: Row, ignored: frozenset[str]) -> tuple[str | None, ...]:
    """Return the row's values as two rows of a case are compared, without the ignored columns."""
    return tuple(_understood(row, column) for column in row.sheet.rows.values if column not in ignored)


def _understood(row: Row, column: str) -> str | None:
    return key(value) if (value := row[column]) else None


# --- 新增案件 -----------------------------------------------------------------------------------------------------


def _judge_new_cases(report: _Report, sheet: Examination) -> list[Row]:
    rows, counted = _case_rows(report, sheet, frozenset({CASE}))
    for case_row in rows:
        if case_row.has_readable_number:
            _refuse_another_code(case_row.row, report.district)
            if case_row.case:
                _refuse_another_case(report, case_row.row, case_row.case)
    for case_row in counted:
        if not case_row.row.is_refused:
            _bring_in(report, case_row)
    report.judgement.new_refused += sum(case_row.row.is_refused for case_row in counted)
    return [case_row.row for case_row in counted]


def _refuse_another_code(row: Row, district: District) -> None:
    # Districts number what they find by themselves: without its own code in front two of them would give the same number.
    if case_numbers.letters(row[CASE] or "") != district.code:
        row.refuse("case-exists/code", CASE, code=district.code, example=f"{district.code}-2020-001")


def _refuse_another_case(report: _Report, row: Row, case: Case) -> None:
    """Refuse a number that the register holds for a case with other particulars; another district's are not shown."""
    before = case.first or _as_compared({**(case.listed or case.particulars), "交办日期": case.began})
    differing = [
        column for column in COMPARED if (value := row[column]) and row.is_read(column) and key(value) != key(before[column] or "")
    ]
    if differing and not report.owns(case):
        row.refuse("case-exists/taken", CASE, case=messages.brief(case.number))
    elif differing:
        was = "，".join(f"{column}“{messages.brief(before[column] or '空')}”" for column in differing)
        row.refuse("case-exists/other", CASE, case=messages.brief(case.number), columns="、".join(differing), before=was)


def _as_compared(particulars: Particulars) -> dict[str, str | None]:
    return {column: written(particulars.get("交办日期" if column == "排查日期" else column)) for column in COMPARED}


def _bring_in(report: _Report, case_row: _CaseRow) -> None:
    row, case, case_book = case_row.row, case_row.case, report.case_book
    if case is None:
        case = case_book.bring_in(case_row.number_as_meant, case_book.day)
        particulars = {name: row.value(name) for name in PARTICULARS}
        case.found = {**particulars, "案件来源": SOURCE_DISTRICT, "旗区": report.district.name, "交办日期": row.day("排查日期")}
        case.found_at = report.place(row)
        report.judgement.brought_in.append(case.number)
    else:
        gaps = {name: row[name] for name in FILLABLE if row[name] and not case.particulars[name]}
        case.filled = {**case.filled, **gaps}
    case.first = case.first or {column: row[column] for column in COMPARED}
    case_book.update_particulars(case)
    case.note_units(case_book.day)


# --- 案件进展 -----------------------------------------------------------------------------------------------------

_PREFILLED = frozenset({CASE, "案由", "包案领导", "办结时限"})
"""Columns that our template fills in: where two rows of a case differ in these alone, they are equal (contract 5, `repeated-case`)."""


def _judge_progress(report: _Report, sheet: Examination) -> list[Row]:
    rows, counted = _case_rows(report, sheet, _PREFILLED)
    for case_row in rows:
        if case_row.has_readable_number and _is_own(report, case_row) and case_row.case:
            _judge_against(case_row.row, case_row.case, report.case_book)
    for case_row in counted:
        if case_row.row.is_refused:
            _note_doubt(report, case_row)
            _note_request(report, case_row)
            if case_row.moved:
                report.judgement.rows_moved += 1
                report.judgement.of_moved.append((case_row.number_as_meant, report.place(case_row.row), case_row.moved))
        elif case_row.case:
            report.judgement.note_turned_back(case_row.case, place := report.place(case_row.row), report.filed.arrival.envelope.received_at)
            before = case_row.case.take(place, report.case_book.day, report.late)
            if confirmation := case_row.row["群众确认"]:
                report.judgement.confirmations[case_row.case.number] = confirmation
            if before != case_row.case.status:
                report.judgement.status_before[case_row.case.number] = before
    return [case_row.row for case_row in counted]


def _note_request(report: _Report, case_row: _CaseRow) -> None:
    """Note what a refused row asks of leaders; what is reported of a case that was given away is told as that."""
    if not (asked := case_row.row["需协调事项"]) or case_row.moved:
        return
    if case_row.case and report.owns(case_row.case) and case_row.row.is_read(CASE):
        stands = case_row.case.last["需协调事项"] if case_row.case.last and case_row.case.is_open else None
        if key(stands or "") != key(asked):  # forms carry the words on day by day: what stands already is not lost
            report.judgement.refused_requests.append((case_row.case.number, ""))
    else:
        number = case_numbers.canonical(case_row.number) if case_numbers.is_case_number(case_row.number) else ""
        report.judgement.refused_requests.append((number, key(asked)))


def _note_doubt(report: _Report, case_row: _CaseRow) -> None:
    """Note which case a refused row is about, or that it names none that is or was the district's."""
    case = case_row.case if case_row.row.is_read(CASE) else None
    if case and report.owns(case):
        report.judgement.doubtful.append(case.number)
        status = case_row.row["当前状态"]
        if status and not case_row.row["重新办理原因"] and case_row.row.is_read("当前状态") and goes_back(case.status, status):
            report.judgement.went_back[case.number] = status
        answers, answer = report.judgement.refused_confirmations, case_row.row["群众确认"]
        if answer == DISPUTED or (answer == CONFIRMED and case.number not in answers):
            answers[case.number] = answer
    elif case and away_from(case.moves, report.district.name):
        report.judgement.moved_away.append(case.number)
    elif case_row.is_unknown and _is_refused_in_workbook(report, case_row.number):
        report.judgement.unlisted.append(case_row.number)
    else:
        report.judgement.unplaced += 1
        report.judgement.unknown += [case_row.number] if case_row.is_unknown else []


def _is_refused_in_workbook(report: _Report, number: str) -> bool:
    """Return whether the workbook in force has the number in a refused row that gives it to the district, or to nobody."""
    return report.case_book.refused_cases.get(number) in {"", report.district.name}


def _is_own(report: _Report, case_row: _CaseRow) -> bool:
    """Return whether the register holds the case as one of the district's; refuse the row where it does not."""
    if report.owns(case_row.case):
        return True
    if case_row.case is None:
        _refuse_unknown(report, case_row)
    else:
        own, moved = report.district.name, away_from(case_row.case.moves, report.district.name)
        kind = "moved-urgent" if case_row.row.sheet.rows.sheet == URGENT.name else "moved"  # what is urgent has to come again
        case_row.moved = moved if kind == "moved" and not case_row.row.is_refused else None
        if case_row.moved:
            report.judgement.moved_places.add((case_row.row.sheet.rows.name, case_row.row.line))
        if moved is None:
            case_row.row.refuse("other-district", CASE, own=own)
        else:
            case_row.row.refuse(f"other-district/{kind}", CASE, own=own, to=moved.after, day=words.near(moved.day, report.case_book.day))
    return False


def _refuse_unknown(report: _Report, case_row: _CaseRow) -> None:
    case_row.is_unknown, number = True, case_row.number
    if _is_refused_in_workbook(report, number):
        case_row.row.refuse("unknown-case/assignment-refused", CASE, own=report.district.name)
        return
    meant = report.case_book.find(number_meant(number))
    case_row.row.refuse("unknown-case", CASE, alike=retype(number, [meant.number]) if meant and report.owns(meant) else "")


def _judge_against(row: Row, case: Case, book: CaseBook) -> None:
    _refuse_early_reply(row, case)
    _refuse_going_back(row, case, book)
    if row.sheet.with_findings:
        _warn_of_early_reply(row, case)
        _warn_of_changes(row, case)


def _refuse_early_reply(row: Row, case: Case) -> None:
    if (replied := row.day("答复日期")) and replied < case.assigned and row.is_read("答复日期"):
        row.refuse_cell("date-out-of-range/before-start", "答复日期", column="答复日期", start="交办日期", limit=case.assigned)


def _refuse_going_back(row: Row, case: Case, book: CaseBook) -> None:
    status, reason, since = row["当前状态"], row["重新办理原因"], case.reported or book.day
    if not status or status == case.status or reason or not (row.is_read("当前状态") and row.is_read("重新办理原因")):
        return
    if goes_back(case.status, status):
        is_old_form = case.told_late and template_values.is_untouched(row, case.before_late)
        name = "status-went-back/filled-in" if is_old_form else "status-went-back"
        row.refuse(name, "当前状态", case=messages.brief(case.number), before=case.status, day=words.near(since, book.day))


def _warn_of_early_reply(row: Row, case: Case) -> None:
    """Warn of a reply that ends nothing, since it is older than the dispute."""
    is_read = all(row.is_read(column) for column in ("答复日期", "答复文号", "群众确认"))
    if is_read and case.dispute and disputes.is_answered_too_early(row, case.dispute):
        number, since = messages.brief(row["答复文号"] or ""), case.dispute.under_number_since
        row.warn("reply-before-dispute", "答复日期", case=messages.brief(case.number), number=number, since=since)


def _warn_of_changes(row: Row, case: Case) -> None:
    """Warn of columns that the template had filled in and that came back different."""
    before = {"案由": case.text("案由"), "包案领导": case.text("包案领导"), "办结时限": case.deadline}
    for column, holds in before.items():
        if row[column] and row.is_read(column) and not _is_same(row, column, case, holds):
            name = "prefilled-changed/by-office" if template_values.was_filled_in(case, column, row.value(column)) else "prefilled-changed"
            row.warn(name, column, column=column, before=messages.brief(written(holds) or "空"))


def _is_same(row: Row, column: str, case: Case, holds: Value) -> bool:
    meant, had = (template_values.compared(column, value, case.assigned) for value in (row.value(column), holds))
    return meant == had


# --- the other sheets --------------------------------------------------------------------------------------------


def _judge_reception(report: _Report, sheet: Examination) -> list[Row]:
    rows = [*sheet]
    report.judgement.reception += [report.place(row) for row in rows if not row.is_refused]
    return rows


def _judge_urgent(report: _Report, sheet: Examination) -> list[Row]:
    rows = [*sheet]
    report.judgement.urgent += _taken_of_own(report, rows, is_report=True)
    return rows


def _judge_answers(report: _Report, sheet: Examination) -> list[Row]:
    rows = [*sheet]
    report.judgement.answers += _taken_of_own(report, rows, is_report=False)
    return rows


def _taken_of_own(report: _Report, rows: list[Row], *, is_report: bool) -> list[RowPlace]:
    """Return the rows that are taken; one that names a case has to name one of the district's. `is_report`: they report of it."""
    for row in rows:
        if (number := row[CASE]) and row.is_read(CASE):
            case_row = _CaseRow(row, number, report.case_book.find(number))
            _is_own(report, case_row)
            report.judgement.rows_moved += case_row.moved is not None
            if is_report and case_row.case and not row.is_refused:
                case_row.case.is_named = True
    return [report.place(row) for row in rows if not row.is_refused]


_SHEETS: dict[str, Callable[[_Report, Examination], list[Row]]] = {
    NEW_CASES.name: _judge_new_cases,
    PROGRESS.name: _judge_progress,
    RECEPTION.name: _judge_reception,
    URGENT.name: _judge_urgent,
    ANSWERS.name: _judge_answers,
}
"""In the order of judging: 新增案件 first, so that rows on the other sheets may be about the cases that it brings in (contract 4)."""
