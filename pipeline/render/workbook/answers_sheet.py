"""督办回复: a line for each case of the notices of thirty days with its answer, what is overdue first; below it rows that answer none."""

from __future__ import annotations

from datetime import date

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book
from pipeline.render.workbook.sheet_frame import FIRST, Column, Listing, heading, note, print_only, write_list, write_table
from pipeline.report import answer_words
from pipeline.report.notice_answers import CaseAnswers, Unmatched
from pipeline.terms.contract import ANSWERS

_UNMATCHED: tuple[Column[Unmatched], ...] = (
    Column("案件编号", 15, "case", lambda row: row.case, cases=lambda row: (row.case,)),
    Column("旗区", 11, "center", lambda row: row.district),
    Column("文件", 28, "long", lambda row: row.file),
    Column("填的通知编号", 20, "center", lambda row: row.notice),
    Column("日报日期", 12, "date", lambda row: row.day),
    Column("工作表", 8, "center", lambda row: row.sheet),
    Column("单元格", 8, "center", lambda row: row.cell),
)


def _state(of: CaseAnswers) -> str:
    """Return how a case stands: 未回复 never beside a reply that is shown."""
    if of.newest.is_settled:
        return words.ASKED_NO_MORE
    if not of.waiting:
        return words.ANSWERED
    late, waits = words.AGAIN if of.answer else words.FIRST_TIME
    return late if of.is_overdue else waits


_COLUMNS: tuple[Column[CaseAnswers], ...] = (
    Column("案件编号", 14, "case", lambda of: of.newest.case, cases=lambda of: (of.newest.case,)),
    Column("旗区", 9, "center", lambda of: of.newest.district),
    Column("督办事项", 46, "long", lambda of: of.newest.asked),
    Column("最新的通知", 15, "center", lambda of: of.newest.written),
    Column("它的回复期限", 11, "date", lambda of: of.newest.reply_by),
    Column("回复", 10, "center", _state),
    Column("没有回复的通知", 7, "count", lambda of: len(of.waiting)),
    Column("其中最早到期的", 15, "center", lambda of: of.first_waiting.written if of.first_waiting else ""),
    Column("它的期限", 11, "date", lambda of: of.first_waiting.reply_by if of.first_waiting else None),
    Column("办理措施", 15, "long", lambda of: of.answer.measures if of.answer else ""),
    Column("完成时限", 11, "date", lambda of: of.answer.until if of.answer else None),
    Column("答的通知", 15, "center", lambda of: of.answer.notice if of.answer else ""),
    Column("日报日期", 12, "date", lambda of: of.answer.day if of.answer else None),
    Column("出处", 24, "long", lambda of: of.answer.origin if of.answer else ""),
)
_LAST_PRINTED = 10
"""The last column on paper: with more of them letters would be smaller than eight points. The screen has them all."""


def _urgency(of: CaseAnswers) -> tuple[bool, bool, date, int, str]:
    """What is overdue comes first, then what waits, by when the first answer is due or was."""
    first = of.first_waiting
    return not of.is_overdue, not first, (first or of.newest).reply_by, of.newest.notice.number, of.newest.case


def write(book: Book) -> None:
    """The list, in colour what is overdue; above it how many are answered."""
    answers, name = book.report.beyond.notices, ANSWERS.name
    cases = sorted(answers.by_case, key=_urgency)
    sheet = write_list(book, name, _COLUMNS, cases, lambda of: ("alert",) if of.is_overdue else ())
    printed = [column.width for column in _COLUMNS[: _LAST_PRINTED + 1]]
    note(book, sheet, f"{answer_words.counted(answers)}{words.NOTES[name]}", printed)
    last = FIRST + max(len(cases), 1) - 1
    if answers.unmatched:
        top = last + 2
        heading(book, sheet, top, _LAST_PRINTED, words.UNMATCHED)
        write_table(book, sheet, top + 1, Listing(_UNMATCHED, answers.unmatched))
        last = top + 1 + len(answers.unmatched)
    print_only(sheet, last, printed)
