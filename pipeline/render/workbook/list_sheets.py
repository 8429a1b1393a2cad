"""The sheets that list what happened: follow-ups, reception, urgent matters, submissions, findings, cancelled cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xlsxwriter.utility import xl_range

from pipeline.render import definitions, districts, first_findings
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, put
from pipeline.render.workbook.figure_places import follow_up_order
from pipeline.render.workbook.sheet_frame import FIRST, Column, Listing, explain, heading, note, print_only, write_list, write_table
from pipeline.report import agenda, corrections, exemptions, matter_words, not_taken, who_reported
from pipeline.report.case_lines import CaseLine, Notice, ReceptionLine, Settled, SettledSince, UrgentLine
from pipeline.report.submission_lines import FindingLine, SubmissionLine
from pipeline.terms import case_numbers
from pipeline.terms.words import COSTS, FLAGS, NO, YES, near

_MOST_FINDINGS = 1_000
"""Of one file."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One flag of one case."""

    flag: str
    case: CaseLine
    days: int | None
    situation: str


@dataclass(frozen=True, slots=True)
class _SettledRow:
    """A point of a district's last notice that holds no longer."""

    notice: Notice | SettledSince
    point: Settled
    case: CaseLine | None
    """As it stands now; None where the register has it no more."""


FOLLOW_UPS: tuple[Column[FollowUp], ...] = (
    Column("督办事项", 12, "center", lambda line: FLAGS[line.flag].name),
    Column("案件编号", 15, "case", lambda line: line.case.number, cases=lambda line: (line.case.number,)),
    Column("旗区", 10, "center", lambda line: line.case.district),
    Column("案由", 37, "long", lambda line: line.case.matter),
    Column("包案领导", 9, "center", lambda line: line.case.leader),
    Column("责任单位", 16, "long", lambda line: line.case.unit),
    Column("当前状态", 13, "center", lambda line: words.status(line.case)),
    Column("现行时限", 11, "date", lambda line: line.case.deadline),
    Column("天数", 6, "count", lambda line: line.days),
    Column("情况", 39, "long", lambda line: line.situation),
)
SETTLED: tuple[Column[_SettledRow], ...] = (
    Column("上次的督办事项", 12, "center", lambda line: FLAGS[line.point.flag].name),
    Column("案件编号", 15, "case", lambda line: line.point.number, cases=lambda line: (line.point.number,)),
    Column("旗区", 10, "center", lambda line: line.notice.district),
    Column("案由", 37, "long", lambda line: line.point.matter or (line.case.matter if line.case else "")),
    Column("包案领导", 9, "center", lambda line: line.case.leader if line.case else ""),
    Column("责任单位", 16, "long", lambda line: line.case.unit if line.case else ""),
    Column("当前状态", 13, "center", lambda line: words.status(line.case) if line.case else ""),
    Column("现行时限", 11, "date", lambda line: line.case.deadline if line.case else None),
    Column("天数", 6, "count", lambda _line: None),
    Column("怎样了结", 39, "long", lambda line: words.settled(line.point)),
)
"""The same columns as `FOLLOW_UPS`: on the pages that follow, that list's header stands above these rows too."""
RECEPTION: tuple[Column[ReceptionLine], ...] = (
    Column("旗区", 14, "text", lambda line: line.district),
    Column("问题类别", 20, "center", lambda line: line.category),
    Column("接访批次", 11, "count", lambda line: line.batches),
    Column("当场答复", 11, "count", lambda line: line.answered),
    Column("转交办理", 11, "count", lambda line: line.passed),
    Column("备注", 64, "long", lambda line: line.note),
)
URGENT: tuple[Column[UrgentLine], ...] = (
    Column("旗区", 12, "text", lambda line: line.district),
    Column("案件编号", 15, "case", lambda line: line.number, cases=lambda line: (line.number,)),
    Column("事项类别", 15, "center", lambda line: line.kind),
    Column("情况说明", 34, "long", lambda line: f"{line.situation}{matter_words.outcome(line)}"),
    Column("发生时间", 17, "minute", lambda line: line.happened),
    Column("已采取措施", 28, "long", lambda line: line.measures),
    Column("需协调事项", 24, "long", lambda line: line.coordination),
    Column("出处", 25, "long", lambda line: line.origin),
)
SUBMISSIONS: tuple[Column[SubmissionLine], ...] = (
    Column("旗区", 11, "text", lambda line: line.district),
    Column("报送", 11, "center", who_reported.status),
    Column("零报告", 6, "center", words.zero_report),
    Column("首次收到", 20, "moment", lambda line: line.received_at),
    Column("现行版本", 6, "count", lambda line: line.revision or None),
    Column("采用行数", 6, "count", lambda line: line.rows_accepted),
    Column("退回行数", 6, "count", lambda line: line.rows_refused),
    Column("退回文件", 6, "count", lambda line: line.refused_files),
    Column("填报人", 9, "center", lambda line: line.reporter),
    Column("现行版本的文件", 19, "long", lambda line: line.file),
    Column("现行版本收到", 20, "moment", lambda line: line.in_force_received_at),
)
FINDINGS: tuple[Column[FindingLine], ...] = (
    Column("是否退回", 6, "center", lambda line: YES if line.finding.refuses else NO),
    Column("处理", 11, "center", lambda line: COSTS[line.finding.severity].document),
    Column("旗区", 10, "center", lambda line: line.whose),
    Column("文件", 25, "long", lambda line: line.file),
    Column("文件采用情况", 8, "center", lambda line: line.use),
    Column("工作表", 9, "center", lambda line: line.finding.sheet),
    Column("单元格", 8, "center", lambda line: line.finding.place),
    Column("案件编号", 15, "case", lambda line: line.case, cases=lambda line: (case_numbers.canonical(line.case),)),
    Column("原内容", 16, "long", lambda line: line.finding.value),
    Column("问题和改法", 59, "long", lambda line: line.finding.message),
    Column("代码", 24, "text", lambda line: line.finding.code),
)
"""The last, for programs, is not printed."""
CANCELLED: tuple[Column[CaseLine], ...] = (
    Column("案件编号", 15, "case", lambda line: line.number, cases=lambda line: (line.number,)),
    Column("案件来源", 11, "center", lambda line: line.source),
    Column("最初来源", 11, "center", lambda line: line.first_source),
    Column("旗区", 10, "center", lambda line: line.district),
    Column("问题类别", 13, "center", lambda line: line.category),
    Column("案由", 28, "long", lambda line: line.matter),
    Column("包案领导", 10, "center", lambda line: line.leader),
    Column("交办日期", 12, "date", lambda line: line.assigned),
    Column("撤销依据", 30, "long", lambda line: line.grounds),
    Column("出处", 29, "long", lambda line: line.listed_in),
)


def write(book: Book) -> None:
    """All the lists."""
    report = book.report
    write_list(book, "接访情况", RECEPTION, report.reception)
    _reception_total(book)
    _write_urgent(book)
    _write_submissions(book)
    if not book.is_split or districts.findings_of_nobody(report):
        _write_findings(book)
    if not book.is_split:  # else in the units' own workbooks
        _write_follow_ups(book)
        write_list(book, "撤销案件", CANCELLED, [line for line in report.cases if line.grounds])


def _write_urgent(book: Book) -> None:
    """The day's urgent matters; below them those of earlier days that nothing had been said of until today."""
    report, name, widths = book.report, "急报事项", [column.width for column in URGENT]
    sheet = write_list(book, name, URGENT, report.urgent)
    shown = min(len(report.urgent), words.MOST_IN_WHOLE + 1) if book.is_split else len(report.urgent)
    row = FIRST + max(shown, 1) + 1
    if report.urgent and (refused := not_taken.urgent(report)):
        row = explain(book, sheet, row, widths, [refused]) + 1
    if not report.earlier_urgent:
        return
    standing = f"，{len(report.standing_dangers)} 件险情还没有办结" if report.standing_dangers else ""
    heading(book, sheet, row, len(widths) - 1, f"此前的急报（{len(report.unsettled)} 件尚无下文{standing}）")
    lines = agenda.unsettled_first(report.earlier_urgent)
    row = write_table(book, sheet, row + 1, Listing(_earlier_urgent(report.day), lines))
    explain(book, sheet, row, widths, [definitions.EARLIER_URGENT])


def _earlier_urgent(day: date) -> tuple[Column[UrgentLine], ...]:
    """Return the same columns but the last: on the pages that follow, that list's header stands above these rows too."""

    def since(line: UrgentLine) -> str:
        return f"{_told_on(line, day)}，{matter_words.how_it_stands(line, day) or '尚无下文'}"

    return (*URGENT[:-1], Column("所报日期和下文", 25, "long", since))


def _told_on(line: UrgentLine, day: date) -> str:
    return f"{near(line.reported_on, day)}所报" if line.reported_on else ""


def follow_ups(book: Book) -> list[FollowUp]:
    """Every flag of every case that is not cancelled, by flag, district and number."""
    report = book.report
    return [FollowUp(flag, case, *words.waiting(flag, case, report.day)) for flag, case in follow_up_order(report)]


def _write_follow_ups(book: Book) -> None:
    """The list, above it once for each flag that it has by which rule and what is advised; below it what is settled since."""
    report, name, lines = book.report, "督办清单", follow_ups(book)
    sheet = write_list(book, name, FOLLOW_UPS, lines)
    rules = definitions.flags(report.settings.windows)
    said = [
        f"{FLAGS[flag].name}（{len(cases)} 件）：{rules[flag]}{FLAGS[flag].advice}"
        for flag, cases in report.flags.items()
        if cases and FLAGS[flag].advice
    ]
    said += filter(None, [exemptions.hidden(report.beyond.exemptions)])
    note(book, sheet, "\n".join((words.NOTES[name], *said)), [column.width for column in FOLLOW_UPS])
    told: tuple[Notice | SettledSince, ...] = (*report.notices, *report.without_notice)
    if any(notice.settled for notice in told):
        by_number = {case.number: case for case in report.cases}
        settled = [_SettledRow(notice, point, by_number.get(point.number)) for notice in told for point in notice.settled]
        top = FIRST + max(len(lines), 1) + 1
        heading(book, sheet, top, len(FOLLOW_UPS) - 1, words.SETTLED)
        top = explain(book, sheet, top + 1, [column.width for column in SETTLED], (words.last_notices(row.notice for row in settled),))
        write_table(book, sheet, top, Listing(SETTLED, settled))


def _write_submissions(book: Book) -> None:
    """Who reported, and beside each district that did not what that can change."""
    report = book.report
    absent = {absence.district: who_reported.absence(absence, report.day) for absence in report.absences}
    heading = "未报、原件遗失的影响" if any(absence.is_lost for absence in report.absences) else "未报的影响"
    changes: Column[SubmissionLine] = Column(heading, 25, "long", lambda line: absent.get(line.district, ""))
    replaced: Column[SubmissionLine] = Column(
        "首报和更正", 22, "long", lambda line: corrections.handed_in(line, report.day, words.MOST_CASES)
    )
    columns = (*SUBMISSIONS, replaced, changes) if absent else (*SUBMISSIONS, replaced)
    sheet = write_list(book, "报送情况", columns, report.submissions, _submission_tone)
    unplaced = who_reported.unplaced(report.arrived_reports, report.refused_late, report.day)
    notes = (*filter(None, [unplaced]), definitions.on_time(report.settings), definitions.NOT_ZERO, definitions.ROWS)
    explain(book, sheet, FIRST + max(len(report.submissions), 1) + 1, [column.width for column in columns], notes)


def _write_findings(book: Book) -> None:
    """What was found, of one file only so much as somebody reads; below it how much more there is.

    On a large day what is a district's stands in its own workbook.
    """
    findings = districts.findings_of_nobody(book.report) if book.is_split else book.report.findings
    lines = first_findings.shown(findings, _MOST_FINDINGS)
    sheet = write_list(book, districts.FINDINGS, FINDINGS, lines, lambda line: ("refused",) if line.finding.refuses else ())
    notes = first_findings.left_out(findings, _MOST_FINDINGS)
    widths = [column.width for column in FINDINGS[:-1]]
    if book.is_split:
        note(book, sheet, f"这里只列认不出旗区的文件和分解表的。{words.in_units(book.report)}", widths)
    end = explain(book, sheet, FIRST + max(len(lines), 1), widths, notes)
    print_only(sheet, end - 1, widths)


def _submission_tone(line: SubmissionLine) -> tuple[str, ...]:
    return ("alert",) if line.status == "missing" or line.is_wholly_refused else ()


def _reception_total(book: Book) -> None:
    lines = book.report.reception
    if not lines or (book.is_split and len(lines) > words.MOST_IN_WHOLE):
        return
    sheet = book.sheets["接访情况"]
    row = FIRST + len(lines)
    sheet.set_row(row, 24)
    put(sheet, row, 0, "合计", book.cell("text", "sum"))
    put(sheet, row, 1, "", book.cell("text", "sum"))
    sums = (sum(line.batches for line in lines), sum(line.answered for line in lines), sum(line.passed for line in lines))
    for column, value in enumerate(sums, 2):
        sheet.write_formula(row, column, f"=SUM({xl_range(FIRST, column, row - 1, column)})", book.cell("count", "sum"), value)
    put(sheet, row, 5, "", book.cell("text", "sum"))
