"""督办回复: a line for each case of the notices of thirty days with its answer, what is overdue first; below it rows that answer none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book
from pipeline.render.workbook.sheet_frame import FIRST, Column, Listing, heading, note, write_list, write_table
from pipeline.report import notice_answers
from pipeline.report.notice_answers import Answer, AskedCase, Unmatched
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


@dataclass(frozen=True, slots=True)
class _OfCase:
    """A case of a district in its notices."""

    asked: Sequence[AskedCase]
    """Oldest notice first; not empty."""
    overdue: int

    @property
    def newest(self) -> AskedCase:
        return self.asked[-1]

    @property
    def waiting(self) -> Sequence[AskedCase]:
        """Those without an answer."""
        return [case for case in self.asked if case.answer is None]

    @property
    def answer(self) -> Answer | None:
        """The newest answer."""
        return next((case.answer for case in reversed(self.asked) if case.answer), None)

    @property
    def first_due(self) -> date:
        """By when the next answer is due, or was, of whichever notice."""
        return min((case.reply_by for case in self.waiting), default=self.newest.reply_by)

    @property
    def state(self) -> str:
        later = words.LATER_NOTICE if self.answer else ""
        return f"{later}逾期未回复" if self.overdue else f"{later}未回复" if self.waiting else "已回复"

    @property
    def urgency(self) -> tuple[bool, bool, date, int, str]:
        """What is overdue comes first, then what waits, by when it is due."""
        return not self.overdue, not self.waiting, self.first_due, self.newest.notice.number, self.newest.case


_COLUMNS: tuple[Column[_OfCase], ...] = (
    Column("案件编号", 15, "case", lambda of: of.newest.case, cases=lambda of: (of.newest.case,)),
    Column("旗区", 11, "center", lambda of: of.newest.district),
    Column("督办事项", 28, "long", lambda of: of.newest.asked),
    Column("最新的通知", 20, "center", lambda of: of.newest.written),
    Column("通知日期", 12, "date", lambda of: of.newest.notice.day),
    Column("通知份数", 9, "count", lambda of: len(of.asked)),
    Column("未回复份数", 10, "count", lambda of: len(of.waiting)),
    Column("逾期份数", 9, "count", lambda of: of.overdue),
    Column("回复期限", 12, "date", lambda of: of.newest.reply_by),
    Column("回复", 17, "center", lambda of: of.state),
    Column("日报日期", 12, "date", lambda of: of.answer.day if of.answer else None),
    Column("办理措施", 30, "long", lambda of: of.answer.measures if of.answer else ""),
    Column("完成时限", 12, "date", lambda of: of.answer.until if of.answer else None),
    Column("现在", 10, "center", lambda of: "不再督办" if of.newest.is_settled else "继续督办"),
    Column("出处", 24, "long", lambda of: of.answer.origin if of.answer else ""),
)


def write(book: Book) -> None:
    """The list, in colour what is overdue; above it how many are answered."""
    answers, name = book.report.beyond.notices, ANSWERS.name
    late = Counter((case.district, case.case) for case in answers.overdue)
    by_case: dict[tuple[str, str], list[AskedCase]] = {}
    for case in answers.cases:
        by_case.setdefault((case.district, case.case), []).append(case)
    cases = [_OfCase(asked, late[of]) for of, asked in by_case.items()]
    cases.sort(key=lambda of: of.urgency)
    sheet = write_list(book, name, _COLUMNS, cases, lambda of: ("alert",) if of.overdue else ())
    note(book, sheet, f"{notice_answers.counted(answers)}{words.NOTES[name]}", [column.width for column in _COLUMNS])
    if answers.unmatched:
        top = FIRST + max(len(cases), 1) + 1
        heading(book, sheet, top, len(_COLUMNS) - 1, words.UNMATCHED)
        write_table(book, sheet, top + 1, Listing(_UNMATCHED, answers.unmatched))
