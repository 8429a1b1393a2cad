"""What 总览 says in sentences: since yesterday, once everything is reported, the way to the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.render import definitions
from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, merge, put
from pipeline.render.workbook.figure_places import NEAREST
from pipeline.render.workbook.sheet_frame import OVERVIEW_LAST, OVERVIEW_WIDTHS, OVERVIEW_WORDS, explain, heading
from pipeline.report import corrections, edit_words, same_day, sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Figure

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

_WHOLE = {"更正": "更正情况", "今日改动": "今日变化", "原不认可": "今日变化", "不计改动": "目标完成"}
"""By the item: the sheet in which its cases stand one by one."""
_TITLES = 26 + 22
"""Points of heading and header."""
_CLAUSE = "；。、，"


@dataclass(frozen=True, slots=True)
class Brevity:
    """How much of what other sheets have whole is said on 总览, which has two pages."""

    characters: int
    """Of a sentence."""
    nearest: int = 6
    """Cases nearest to the target."""
    has_rules: bool = False

    def of(self, said: str, sheet: str) -> str:
        """Return the sentence; where it is longer its first clauses, and the sheet that has the whole."""
        if len(said) <= self.characters:
            return said
        begun = said[: self.characters]
        end = max(begun.rfind(mark) for mark in _CLAUSE)
        whole = (begun[: end + 1] or begun).rstrip("、，")
        return f"{whole}……（全部见“{sheet}”）"


BREVITIES = (
    Brevity(500, has_rules=True),
    *(Brevity(characters) for characters in (500, 400, 320, 260)),
    *(Brevity(characters, 4) for characters in (220, 180, 150)),
    *(Brevity(characters, 2) for characters in (130, 110, 95, 80)),
    *(Brevity(characters, 1) for characters in (65, 50)),
)
"""The fullest first."""


def write_group_sentences(book: Book, sheet: Sheet, top: int, brevity: Brevity) -> int:
    """Each group's sentences, and the rules behind them; the row after them."""
    heading(book, sheet, top, OVERVIEW_LAST, "比前一日、补报以后、达到目标")
    put(sheet, top + 1, 0, "组别", book.look("header"))
    put(sheet, top + 1, 1, "项目", book.look("header"))
    merge(sheet, (top + 1, 2, top + 1, OVERVIEW_LAST), "情况", book.look("header"))
    sheet.set_row(top + 1, 22)
    row, by_number = top + 2, _by_number(book)
    ways = {way.group: way.nearest for way in book.report.ways}
    for figure in book.report.targets:
        items = _items(book, figure, by_number, brevity)
        merge(sheet, (row, 0, row + len(items) - 1, 0), figure.label, book.cell("long"))
        for word, sentence in items:
            _write_item(book, sheet, row, (word, sentence), ways.get(figure.group, ()))
            row += 1
    return explain(book, sheet, row, OVERVIEW_WIDTHS, _rules(book, brevity))


def high(book: Book, brevity: Brevity) -> float:
    """Return the points that the sentences take."""
    by_number = _by_number(book)
    items = [sentence for figure in book.report.targets for _word, sentence in _items(book, figure, by_number, brevity)]
    rules = sum(height(lines(rule, sum(OVERVIEW_WIDTHS))) - 4 for rule in _rules(book, brevity))
    return _TITLES + sum(map(_height, items)) + rules


def _by_number(book: Book) -> dict[str, CaseLine]:
    return {line.number: line for line in book.report.cases}


def _height(sentence: str) -> float:
    return height(lines(sentence, OVERVIEW_WORDS)) - 5


def _write_item(book: Book, sheet: Sheet, row: int, item: tuple[str, str], nearest: Sequence[str]) -> None:
    word, sentence = item
    target = book.places.cases(nearest) if word == NEAREST else f"'{_WHOLE[word]}'!A1" if word in _WHOLE else ""
    look = book.cell("center", *(("link",) if target else ()))
    formulas.link(sheet, (row, 1), target)
    put(sheet, row, 1, word, look)
    merge(sheet, (row, 2, row, OVERVIEW_LAST), sentence, book.cell("long"))
    sheet.set_row(row, _height(sentence))


def _items(book: Book, figure: Figure, by_number: Mapping[str, CaseLine], brevity: Brevity) -> list[tuple[str, str]]:
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
        more = f"；等{len(near)}件，点左边看全部" if len(near) > brevity.nearest else ""
        items += [(NEAREST, "；".join(near[: brevity.nearest]) + more)] if near else []
    return [(word, brevity.of(said, _WHOLE[word]) if word in _WHOLE else said) for word, said in items]


def _case_in_brief(line: CaseLine) -> str:
    disputed = "，群众不认可" if "disputed" in line.flags else ""
    deadline = f"，时限{line.deadline.isoformat()}" if line.deadline else ""
    return f"{line.number}（{line.status}{disputed}{deadline}）"


def _rules(book: Book, brevity: Brevity) -> list[str]:
    report = book.report
    if not brevity.has_rules:
        return [words.RULES_ELSEWHERE] if report.ways else []
    is_bounded = any(target.bounds for target in report.targets)
    rules = [sentences.bounds_rule(report.most_new, report.open_points, report.day)] if is_bounded else []
    return [*rules, definitions.WAY] if report.ways else rules
