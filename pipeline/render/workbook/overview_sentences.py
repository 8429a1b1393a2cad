"""What 总览 says in sentences: since yesterday, once everything is reported, the way to the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.render import definitions
from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, merge, put
from pipeline.render.workbook.figure_places import NEAREST
from pipeline.render.workbook.sheet_frame import OVERVIEW_LAST, OVERVIEW_WIDTHS, explain, heading
from pipeline.report import corrections, edit_words, same_day, sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Figure

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

_MOST_NEAREST = 6
_MOST_CHARACTERS = 500
"""Of a sentence that stands whole in another sheet: 总览 has two pages."""
_WHOLE = {"更正": "更正情况", "今日改动": "今日变化", "原不认可": "今日变化"}
"""By the item: the sheet in which its cases stand one by one."""


def write_group_sentences(book: Book, sheet: Sheet, top: int) -> int:
    """Each group's sentences, and the rules behind them; the row after them."""
    heading(book, sheet, top, OVERVIEW_LAST, "比前一日、补报以后、达到目标")
    put(sheet, top + 1, 0, "组别", book.look("header"))
    put(sheet, top + 1, 1, "项目", book.look("header"))
    merge(sheet, (top + 1, 2, top + 1, OVERVIEW_LAST), "情况", book.look("header"))
    sheet.set_row(top + 1, 22)
    row = top + 2
    by_number = {line.number: line for line in book.report.cases}
    ways = {way.group: way.nearest for way in book.report.ways}
    for figure in book.report.targets:
        items = _items(book, figure, by_number)
        merge(sheet, (row, 0, row + len(items) - 1, 0), figure.label, book.cell("long"))
        for word, sentence in items:
            _write_item(book, sheet, row, (word, sentence), ways.get(figure.group, ()))
            row += 1
    return explain(book, sheet, row, OVERVIEW_WIDTHS, _rules(book))


def _write_item(book: Book, sheet: Sheet, row: int, item: tuple[str, str], nearest: Sequence[str]) -> None:
    word, sentence = item
    if word in _WHOLE and len(sentence) > _MOST_CHARACTERS:
        sentence = f"{sentence[:_MOST_CHARACTERS]}……（全部见“{_WHOLE[word]}”）"
    target = book.places.cases(nearest) if word == NEAREST else f"'{_WHOLE[word]}'!A1" if word in _WHOLE else ""
    look = book.cell("center", *(("link",) if target else ()))
    formulas.link(sheet, (row, 1), target)
    put(sheet, row, 1, word, look)
    merge(sheet, (row, 2, row, OVERVIEW_LAST), sentence, book.cell("long"))
    sheet.set_row(row, height(lines(sentence, sum(OVERVIEW_WIDTHS[2:]))))


def _items(book: Book, figure: Figure, by_number: Mapping[str, CaseLine]) -> list[tuple[str, str]]:
    bridge = next((bridge for bridge in book.report.bridges if bridge.group == figure.group), None)
    way = next((way for way in book.report.ways if way.group == figure.group), None)
    certainty = next((certainty for certainty in book.report.certainties if certainty.group == figure.group), None)
    corrected = corrections.of_group(book.report, figure.group, words.MOST_CASES)
    items = [("更正", corrected)] if corrected else []
    items += [("比前一日", sentences.since_yesterday(bridge, book.report.submissions) if bridge else words.NO_DAY_BEFORE)]
    if without := same_day.of_verdict(bridge, figure.tally) if bridge else "":
        items.append(("新增即化解", without))
    if edited := edit_words.of_group(book.report.edited, figure.group):
        items.append(("今日改动", edited))
    if disputes := edit_words.disputes(book.report, figure):
        items.append(("原不认可", disputes))
    if figure.bounds:
        items += [] if figure.is_certain else [(figure.verdict or "暂无案件", f"还不能确定：{sentences.why_open(figure.bounds)}。")]
        items.append(("补报以后", sentences.bounds(figure.bounds)))
    if certainty:
        items += [("群众确认", said)] if (said := sentences.confirmation(certainty)) else []
        items += [("另行答复", said)] if (said := sentences.answered(certainty)) else []
        items += [("不计改动", said)] if (said := sentences.unmoved(certainty, figure.tally)) else []
    if way and way.tally.shortfall:
        items.append(("达到目标", sentences.way(way)))
        near = [_case_in_brief(by_number[number]) for number in way.nearest]
        more = f"；等{len(near)}件，点左边看全部" if len(near) > _MOST_NEAREST else ""
        items += [(NEAREST, "；".join(near[:_MOST_NEAREST]) + more)] if near else []
    return items


def _case_in_brief(line: CaseLine) -> str:
    disputed = "，群众不认可" if "disputed" in line.flags else ""
    deadline = f"，时限{line.deadline.isoformat()}" if line.deadline else ""
    return f"{line.number}（{line.status}{disputed}{deadline}）"


def _rules(book: Book) -> list[str]:
    report = book.report
    is_bounded = any(target.bounds for target in report.targets)
    rules = [sentences.bounds_rule(report.most_new, report.open_points, report.day)] if is_bounded else []
    return [*rules, definitions.WAY] if report.ways else rules
