"""What needs a decision: all of it in 决策事项, and on 总览 as many of the first as its page has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, merge, put
from pipeline.render.workbook.sheet_frame import OVERVIEW_LAST, OVERVIEW_WIDTHS, Column, explain, heading, note, write_list
from pipeline.report import decision_words, headline, matter_words, not_taken, outcome_words, sentences
from pipeline.report.case_lines import Decision
from pipeline.terms.words import DECISIONS

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

NAME = "决策事项"
MOST: Final = 20
"""On 总览."""
_FEWEST: Final = 3
_MOST_LINES: Final = 4
_LOOSE: Final = 18
"""Points by which a row may be higher than its text needs."""
_MOST_CHARACTERS = 200
"""Of an urgent matter of an earlier day, or of one that reports do not keep to."""
_MOST_UNSETTLED = 2
"""Urgent matters of earlier days that are told; the others are named."""
_ABOVE, _BELOW = 26 + 22, 22
"""Points of heading and header, and of the row that says where the rest is."""
_ASKED: Final = 6
"""The first column of what is asked for on 总览."""
_ROOMS: Final = (OVERVIEW_WIDTHS[0], *(width + 2 for width in OVERVIEW_WIDTHS[1:_ASKED]), sum(OVERVIEW_WIDTHS[_ASKED:]))
"""The widths that the texts of a row have; what is centred has no indent."""
_TITLES: Final = ("事项", "旗区", "案件编号", "包案领导", "原因", "从何时起", "请领导决定")


_ASKED_WIDTH: Final = 46
_FEW_LINES, _BEGINNING = 2, 12
"""Lines of a request that is told with each of its cases, and characters by which a longer one is known again."""


def _reasons(decision: Decision, day: date) -> str:
    return "、".join(decision_words.reasons(decision, day))


def _columns(decisions: Sequence[Decision], day: date) -> tuple[Column[Decision], ...]:
    asked = _once(decisions)
    return (
        Column("事项", 36, "long", lambda line: line.matter),
        Column("旗区", 12, "center", lambda line: line.district),
        Column("案件编号", 15, "case", lambda line: line.number, cases=lambda line: (line.number,)),
        Column("包案领导", 11, "center", lambda line: line.leader),
        Column("原因", 18, "center", lambda line: _reasons(line, day)),
        Column("从何时起", 12, "date", lambda line: line.since),
        Column("现行时限", 12, "date", lambda line: line.due),
        Column("请领导决定", _ASKED_WIDTH, "long", lambda line: asked[line]),
    )


def write(book: Book) -> None:
    """All of them, and above the list what each reason means."""
    decisions = book.report.decisions
    columns = _columns(decisions, book.report.day)
    sheet = write_list(book, NAME, columns, decisions)
    if not decisions:
        put(sheet, 3, 0, decision_words.decisions(decisions, book.report.submissions, not_taken.asked(book.report)), book.look("note"))
    kinds = {kind for decision in decisions for kind in decision.kinds}
    meanings = (f"{reason.name}：{reason.meaning}" for kind, reason in DECISIONS.items() if kind in kinds)
    gone = [said] if (said := outcome_words.of_requests(book.report.cases, book.report)) else []
    note(book, sheet, "\n".join((words.NOTES[NAME], *meanings, *gone)), [column.width for column in columns])


def _once(decisions: Sequence[Decision]) -> dict[Decision, str]:
    """Return what is asked about each; a long text that a case further up has too is told there, and here whose it is."""
    first: dict[str, str] = {}
    said = {}
    for decision in decisions:
        asked = sentences.asked(decision)
        number = first.setdefault(asked, decision.number)
        is_told = number not in ("", decision.number) and lines(asked, _ASKED_WIDTH) > _FEW_LINES
        said[decision] = f"同{number}：{asked[:_BEGINNING]}……" if is_told else asked
    return said


# --- on 总览 -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Room:
    """What the first page of 总览 has left for decisions and charts, in points."""

    points: float
    charts: float
    """Of it what charts need."""
    may_be_alone: bool
    """Whether the second page has room for the charts."""


def chosen(book: Book, room: Room) -> tuple[Sequence[Decision], bool]:
    """Return those that have room, twenty at most, and whether the charts follow on the second page, which leaves room for more of them."""
    decisions, around = book.report.decisions, _ABOVE + _BELOW
    points = room.points - around - sum(height(lines(said, sum(OVERVIEW_WIDTHS))) for said in _told_beside(book))
    cells = [_cells(decision, book.report.day) for decision in decisions[:MOST]]
    beside = decisions[: _as_many_as_fit(cells, points - room.charts)]
    if len(beside) == min(MOST, len(decisions)) or not room.may_be_alone:
        return beside, False
    return decisions[: _as_many_as_fit(cells, points)], True


def write_first(book: Book, sheet: Sheet, top: int, shown: Sequence[Decision]) -> int:
    """The first of them, and below them where the rest is. The row after it."""
    decisions = book.report.decisions
    heading(book, sheet, top, OVERVIEW_LAST, f"需要决策的事项（{decision_words.count(decisions)}件）")
    if not decisions:
        said = decision_words.decisions(decisions, book.report.submissions, not_taken.asked(book.report))
        merge(sheet, (top + 1, 0, top + 1, OVERVIEW_LAST), said, book.look("note"))
        return explain(book, sheet, top + 2, OVERVIEW_WIDTHS, _told_beside(book))
    for column, title in enumerate(_TITLES[:-1]):
        put(sheet, top + 1, column, title, book.look("header"))
    merge(sheet, (top + 1, _ASKED, top + 1, OVERVIEW_LAST), _TITLES[-1], book.look("header"))
    sheet.set_row(top + 1, 22)
    for row, decision in enumerate(shown, top + 2):
        _write_decision(book, sheet, row, decision)
    row = top + 2 + len(shown)
    if len(shown) < len(decisions):
        merge(sheet, (row, 0, row, OVERVIEW_LAST), "", book.cell("case"))
        formulas.link(sheet, (row, 0), f"'{NAME}'!A1")
        rest = f"还有 {len(decisions) - len(shown)} 行，连同以上的共 {len(decisions)} 行，都在“{NAME}”里（点击前往）"
        put(sheet, row, 0, rest, book.cell("case"))
        sheet.set_row(row, 22)
        row += 1
    return explain(book, sheet, row, OVERVIEW_WIDTHS, _told_beside(book))


def stretch(book: Book, sheet: Sheet, top: int, shown: Sequence[Decision], more: float) -> float:
    """Make the rows below the row `top` together so many points higher, but none by much; the points that are left."""
    each = min(_LOOSE, int(more / len(shown)))
    for row, decision in enumerate(shown, top + 2):
        sheet.set_row(row, _height(_cells(decision, book.report.day)) + each)
    return more - each * len(shown)


def _told_beside(book: Book) -> list[str]:
    """Urgent matters of earlier days without an answer, and what became of what reports do not keep to; the first lines have the others."""
    refused = not_taken.asked(book.report) if book.report.decisions else ""  # else it is told in their place
    unsettled = headline.unsettled(book.report, _MOST_UNSETTLED, _MOST_CHARACTERS)
    return [said for said in (refused, unsettled, matter_words.changed(book.report, words.MOST_CASES, _MOST_CHARACTERS)) if said]


def _as_many_as_fit(rows: Sequence[Sequence[str]], room: float) -> int:
    for count, cells in enumerate(rows):
        room -= _height(cells)
        if room < 0 and count >= _FEWEST:
            return count
    return len(rows)


def _cells(decision: Decision, day: date) -> tuple[str, ...]:
    """The texts of a decision's row, each cut where the row would be too high."""
    since = decision.since.isoformat() if decision.since else ""
    said = (decision.matter, decision.district, decision.number, decision.leader, _reasons(decision, day), since, sentences.asked(decision))
    return tuple(_brief(text, room) for text, room in zip(said, _ROOMS, strict=True))


def _brief(text: str, width: float) -> str:
    """Return the text, or as much of it as has room, and where the whole of it stands."""
    if lines(text, width) <= _MOST_LINES:
        return text
    text = text.replace("\n", " ")
    room = int(width) * _MOST_LINES // 2 - len(words.REST_OF_DECISION) - 4
    return f"{text[: max(room, 4)]}{words.REST_OF_DECISION}"


def _height(cells: Sequence[str]) -> float:
    return height(max(lines(text, room) for text, room in zip(cells, _ROOMS, strict=True))) - 2


def _write_decision(book: Book, sheet: Sheet, row: int, decision: Decision) -> None:
    cells = _cells(decision, book.report.day)
    for column, (look, value) in enumerate(zip(("long", "center", "case", "center", "center"), cells, strict=False)):
        is_linked = look == "case" and formulas.link_cases(book, sheet, (row, column), (decision.number,))
        put(sheet, row, column, value, book.cell(look if is_linked or look != "case" else "text"))
    put(sheet, row, 5, decision.since, book.cell("date"))
    merge(sheet, (row, _ASKED, row, OVERVIEW_LAST), cells[_ASKED], book.cell("long"))
    sheet.set_row(row, _height(cells))
