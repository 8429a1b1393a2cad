"""督办回复: each case of the notices of thirty days with its answer, what is overdue first; below it the rows that answer none."""

from __future__ import annotations

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book
from pipeline.render.workbook.sheet_frame import FIRST, Column, Listing, heading, note, write_list, write_table
from pipeline.report import notice_answers
from pipeline.report.notice_answers import AskedCase, Unmatched
from pipeline.terms.contract import ANSWERS

_UNMATCHED: tuple[Column[Unmatched], ...] = (
    Column("通知编号", 20, "center", lambda row: row.notice),
    Column("日报日期", 12, "date", lambda row: row.day),
    Column("旗区", 11, "center", lambda row: row.district),
    Column("案件编号", 15, "case", lambda row: row.case, cases=lambda row: (row.case,)),
    Column("文件", 28, "long", lambda row: row.file),
    Column("工作表", 12, "center", lambda row: row.sheet),
    Column("单元格", 11, "center", lambda row: row.cell),
)


def write(book: Book) -> None:
    """The list, in colour what is overdue; above it how many are answered."""
    answers, name = book.report.beyond.notices, ANSWERS.name
    overdue = {(case.written, case.case) for case in answers.overdue}

    def state(case: AskedCase) -> str:
        return "已回复" if case.answer else "逾期未回复" if (case.written, case.case) in overdue else "未回复"

    columns: tuple[Column[AskedCase], ...] = (
        Column("通知编号", 20, "center", lambda case: case.written),
        Column("通知日期", 12, "date", lambda case: case.notice.day),
        Column("旗区", 11, "center", lambda case: case.district),
        Column("案件编号", 15, "case", lambda case: case.case, cases=lambda case: (case.case,)),
        Column("督办事项", 28, "long", lambda case: case.asked),
        Column("回复期限", 12, "date", lambda case: case.reply_by),
        Column("回复", 11, "center", state),
        Column("日报日期", 12, "date", lambda case: case.answer.day if case.answer else None),
        Column("办理措施", 34, "long", lambda case: case.answer.measures if case.answer else ""),
        Column("完成时限", 12, "date", lambda case: case.answer.until if case.answer else None),
        Column("现在", 10, "center", lambda case: "不再督办" if case.is_settled else "继续督办"),
        Column("出处", 28, "long", lambda case: case.answer.origin if case.answer else ""),
    )
    order = {"逾期未回复": 0, "未回复": 1, "已回复": 2}
    cases = sorted(answers.cases, key=lambda case: (order[state(case)], -case.notice.day.toordinal()))
    sheet = write_list(book, name, columns, cases, lambda case: ("alert",) if state(case) == "逾期未回复" else ())
    note(book, sheet, f"{notice_answers.counted(answers)}{words.NOTES[name]}", [column.width for column in columns])
    if answers.unmatched:
        top = FIRST + max(len(cases), 1) + 1
        heading(book, sheet, top, len(columns) - 1, words.UNMATCHED)
        write_table(book, sheet, top + 1, Listing(_UNMATCHED, answers.unmatched))
