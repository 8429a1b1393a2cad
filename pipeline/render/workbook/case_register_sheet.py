"""案件台账: the register, one row per case, and the names under which the formulas of the other sheets find its columns."""

from __future__ import annotations

from xlsxwriter.utility import xl_range_abs

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, Value, as_number
from pipeline.render.workbook.figure_places import REGISTER as NAME
from pipeline.render.workbook.sheet_frame import FIRST, Column, print_only, write_list
from pipeline.report import exemptions
from pipeline.report.case_lines import CaseLine
from pipeline.terms.words import FLAGS, NO, YES

LAST_PRINTED = "最近进展"
"""The last column on paper: more of them would be set in letters below eight points. The screen has them all.

Those behind it are so wide that hardly any text of theirs makes a row higher than what is printed of it.
"""


def _yes_or_no(is_so: bool) -> str:  # noqa: FBT001 - one flag in, one word out
    return YES if is_so else NO


def _overdue(line: CaseLine) -> Value:
    return line.days_overdue if "overdue" in line.flags else None


def _flags(line: CaseLine) -> str:
    """The flags, and by what the deadline is moved: where that hides an overdue case it stands in the flag's place."""
    moved = [exemptions.moving(line.exempted, line.deadline)] if line.exempted else []
    return "、".join([*(FLAGS[flag].name for flag in line.flags), *moved])


def _flag_column(flag: str, word: str) -> Column[CaseLine]:
    return Column(word, 9, "center", lambda line: _yes_or_no(flag in line.flags), formulas.flag_name(word))


COLUMNS: tuple[Column[CaseLine], ...] = (
    Column("案件编号", 14, "text", lambda line: line.number),
    Column("案件来源", 11, "center", lambda line: line.source, formulas.SOURCE),
    Column("旗区", 10, "center", lambda line: line.district, formulas.DISTRICT),
    Column("案由", 36, "long", lambda line: line.matter),
    Column("包案领导", 9, "center", lambda line: line.leader, formulas.LEADER),
    Column("当前状态", 13, "center", words.status),
    Column("计入化解", 5, "center", lambda line: _yes_or_no(line.is_counted), formulas.RESOLVED),
    Column("现行时限", 11, "date", lambda line: line.deadline),
    Column("超期（天）", 10, "count", _overdue),
    Column("督办事项", 17, "center", _flags),
    Column(LAST_PRINTED, 32, "long", lambda line: line.progress),
    Column("组别", 26, "center", lambda line: line.group, formulas.GROUP),
    Column("问题类别", 14, "center", lambda line: line.category, formulas.CATEGORY),
    Column("计入总数", 8, "center", lambda line: _yes_or_no(not line.grounds), formulas.IN_TOTAL),
    Column("下一步措施", 48, "long", lambda line: line.next_step),
    Column("需协调事项", 48, "long", lambda line: line.coordination),
    Column("涉及项目或单位", 34, "long", lambda line: line.project),
    Column("责任单位", 28, "long", lambda line: line.unit),
    Column("涉及户数", 9, "number", lambda line: as_number(line.households)),
    Column("涉及金额（万元）", 16, "number", lambda line: as_number(line.amount)),
    Column("包案领导（原文）", 28, "long", lambda line: line.leaders),
    Column("工作专班", 36, "long", lambda line: line.team),
    Column("化解方案", 56, "long", lambda line: line.plan),
    Column("五个一缺项", 30, "center", lambda line: "、".join(line.missing_ones)),
    Column("交办日期", 12, "date", lambda line: line.assigned),
    Column("办结时限", 12, "date", lambda line: line.limit),
    Column("延期至", 12, "date", lambda line: line.extended),
    Column("无进展（天）", 12, "count", lambda line: line.days_idle if line.is_open else None),
    Column("最近报告日", 12, "date", lambda line: line.reported_on),
    Column("诉求认定", 13, "center", lambda line: line.claim, formulas.CLAIM),
    Column("答复日期", 12, "date", lambda line: line.replied_on),
    Column("答复文号", 24, "long", lambda line: line.reply_number),
    Column("群众确认", 10, "center", lambda line: line.confirmation, formulas.CONFIRMATION),
    Column("在办", 7, "center", lambda line: _yes_or_no(line.is_open), formulas.OPEN),
    Column("导入法定途径", 9, "center", lambda line: _yes_or_no(line.is_referred), formulas.REFERRED),
    *(_flag_column(flag, meaning.name) for flag, meaning in FLAGS.items()),
    Column("撤销依据", 48, "long", lambda line: line.grounds),
    Column("最近一行的出处", 64, "long", lambda line: line.origin),
    Column("基本情况的出处", 64, "long", lambda line: line.listed_in),
)


def write(book: Book) -> None:
    """The register and its defined names, exactly as long as it is (one empty row where it is empty)."""
    cases = book.places.register
    sheet = write_list(book, NAME, COLUMNS, cases, lambda line: ("muted",) if line.grounds else ())
    last = FIRST + max(len(cases), 1) - 1
    for index, column in enumerate(COLUMNS):
        if column.name:
            book.workbook.define_name(column.name, f"='{NAME}'!{xl_range_abs(FIRST, index, last, index)}")
    printed = next(index for index, column in enumerate(COLUMNS, 1) if column.header == LAST_PRINTED)
    print_only(sheet, last, [column.width for column in COLUMNS[:printed]])
