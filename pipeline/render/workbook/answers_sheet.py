"""督办回复: a line for each case of the notices of thirty days with its answer, what is overdue first; below it rows that answer none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, Value
from pipeline.render.workbook.sheet_frame import FIRST, Column, Listing, heading, note, print_only, write_lines, write_list
from pipeline.report import answer_words
from pipeline.report.notice_answers import CaseAnswers, Unmatched
from pipeline.terms.contract import ANSWERS


def _state(of: CaseAnswers) -> str:
    """Return how a case stands: 未回复 never beside a reply that is shown."""
    if of.newest.is_settled:
        return words.ASKED_NO_MORE
    if not of.waiting:
        return words.ANSWERED
    late, waits = words.AGAIN if of.answer else words.FIRST_TIME
    return late if of.is_overdue else waits


def _columns(begun: str) -> tuple[Column[CaseAnswers], ...]:
    """The columns; `begun`: what all numbers of notices begin with, which is told once above."""
    return (
        Column("案件编号", 15, "case", lambda of: of.newest.case, cases=lambda of: (of.newest.case,)),
        Column("旗区", 10, "center", lambda of: of.newest.district),
        Column("督办事项", 46, "long", lambda of: _asked(of)[0]),
        Column("最新的通知", _NUMBER if begun else 15, "center", lambda of: of.newest.written.removeprefix(begun)),
        Column("它的回复期限", 11, "date", lambda of: of.newest.reply_by),
        Column("回复", 11, "center", _state),
        Column("没有回复的通知", 7, "count", lambda of: len(of.waiting)),
        Column("其中最早到期的", _NUMBER if begun else 15, "center", lambda of: _first_waiting(of).removeprefix(begun)),
        Column("它的期限", 11, "date", lambda of: of.first_waiting.reply_by if of.first_waiting else None),
        Column("办理措施", 24 if begun else 15, "long", lambda of: of.answer.measures if of.answer else ""),
        Column("完成时限", 11, "date", lambda of: of.answer.until if of.answer else None),
        Column("答的通知", 22, "center", lambda of: of.answer.notice if of.answer else ""),
        Column("日报日期", 12, "date", lambda of: of.answer.day if of.answer else None),
        Column("出处", 44, "long", lambda of: of.answer.origin if of.answer else ""),
    )


_NUMBER: Final = 8
"""The width of a notice's number without what all of them begin with."""
_PRINTED = 11
"""Columns on paper: with more of them letters would be smaller than eight points. The screen has them all."""


def _asked(of: CaseAnswers) -> tuple[str, str]:
    """Return why the newest notice names a case, and what it asks: the same of all whose first reason is the same."""
    reasons, _colon, request = of.newest.asked.partition("：")
    return reasons, request


def _first_waiting(of: CaseAnswers) -> str:
    return of.first_waiting.written if of.first_waiting else ""


def _begun(cases: Sequence[CaseAnswers]) -> str:
    """Return what all numbers of notices on the sheet begin with, the year with its brackets at the end; '' where they differ in it."""
    begun = {written[: written.rfind("〕") + 1] for of in cases for written in (of.newest.written, _first_waiting(of)) if written}
    return begun.pop() if len(begun) == 1 else ""


_UNMATCHED: dict[str, Callable[[Unmatched], Value]] = {
    "案件编号": lambda row: row.case,
    "旗区": lambda row: row.district,
    "督办事项": lambda row: f"填的通知编号是“{row.notice}”：{row.file} · {row.sheet} · {row.cell}",
    "回复": lambda _row: words.NO_SUCH_NUMBER,
    "答的通知": lambda row: row.notice,
    "日报日期": lambda row: row.day,
    "出处": lambda row: f"{row.file} · {row.sheet} · {row.cell}",
}
"""What rows that answer no notice say in the same columns: on the pages that follow, these columns' header stands above them."""


def _of_unmatched(column: Column[CaseAnswers]) -> Column[Unmatched]:
    cases = (lambda row: (row.case,)) if column.cases else None
    return Column(column.header, column.width, column.look, _UNMATCHED.get(column.header, lambda _row: None), cases=cases)


def _urgency(of: CaseAnswers) -> tuple[bool, bool, date, int, str]:
    """What is overdue comes first, then what waits, by when the first answer is due or was."""
    first = of.first_waiting
    return not of.is_overdue, not first, (first or of.newest).reply_by, of.newest.notice.number, of.newest.case


def write(book: Book) -> None:
    """The list, in colour what is overdue; above it how many are answered and what is asked; below it what answers no notice."""
    answers, name = book.report.beyond.notices, ANSWERS.name
    cases = sorted(answers.by_case, key=_urgency)
    begun = _begun(cases)
    columns = _columns(begun)
    sheet = write_list(book, name, columns, cases, lambda of: ("alert",) if of.is_overdue else ())
    printed = [column.width for column in columns[:_PRINTED]]
    requests = dict.fromkeys((reasons.partition("、")[0], request) for reasons, request in map(_asked, cases))
    asked = [words.ASKED_ONCE, *(f"{reason}：{request}" for reason, request in requests)] if cases else []
    numbers = [words.NUMBERS_BEGIN.format(begun=begun)] if begun else []
    said = (f"{answer_words.counted(answers)}{words.NOTES[name]}", "".join(numbers), "".join(asked))
    note(book, sheet, "\n".join(filter(None, said)), printed)
    last = FIRST + max(len(cases), 1) - 1
    if answers.unmatched:
        heading(book, sheet, last + 2, _PRINTED - 1, words.UNMATCHED)
        last = write_lines(book, sheet, last + 3, Listing([_of_unmatched(column) for column in columns], answers.unmatched)) - 1
    print_only(sheet, last, printed)
