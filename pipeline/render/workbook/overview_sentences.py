"""What 总览 says in sentences: since yesterday, once everything is reported, the way to the targets; and what needs a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.render import definitions
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, merge, put
from pipeline.render.workbook.sheet_frame import OVERVIEW_LAST, OVERVIEW_WIDTHS, explain, heading
from pipeline.report import corrections, edit_words, matter_words, sentences
from pipeline.report.case_lines import CaseLine, Decision
from pipeline.report.figures import Figure
from pipeline.terms.words import DECISIONS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_MOST_NEAREST = 20
_MOST_CHARACTERS = 200
"""Of an urgent matter that reports do not keep to."""


def write_group_sentences(book: Book, sheet: Worksheet, top: int) -> int:
    """Each group's sentences, and the rules behind them; the row after them."""
    heading(book, sheet, top, OVERVIEW_LAST, "二、比前一日、补报以后、达到目标")
    put(sheet, top + 1, 0, "组别", book.look("header"))
    put(sheet, top + 1, 1, "项目", book.look("header"))
    merge(sheet, (top + 1, 2, top + 1, OVERVIEW_LAST), "情况", book.look("header"))
    sheet.set_row(top + 1, 22)
    row = top + 2
    by_number = {line.number: line for line in book.report.cases}
    for figure in book.report.targets:
        items = _items(book, figure, by_number)
        merge(sheet, (row, 0, row + len(items) - 1, 0), figure.label, book.cell("long"))
        for word, sentence in items:
            put(sheet, row, 1, word, book.cell("center"))
            merge(sheet, (row, 2, row, OVERVIEW_LAST), sentence, book.cell("long"))
            sheet.set_row(row, height(lines(sentence, sum(OVERVIEW_WIDTHS[2:]))))
            row += 1
    return explain(book, sheet, row, OVERVIEW_WIDTHS, _rules(book))


def _items(book: Book, figure: Figure, by_number: Mapping[str, CaseLine]) -> list[tuple[str, str]]:
    bridge = next((bridge for bridge in book.report.bridges if bridge.group == figure.group), None)
    way = next((way for way in book.report.ways if way.group == figure.group), None)
    certainty = next((certainty for certainty in book.report.certainties if certainty.group == figure.group), None)
    corrected = corrections.of_group(book.report, figure.group, words.MOST_CASES)
    items = [("更正", corrected)] if corrected else []
    items += [("比前一日", sentences.since_yesterday(bridge, book.report.submissions) if bridge else words.NO_DAY_BEFORE)]
    if same_day := edit_words.of_same_day(bridge, figure.tally) if bridge else "":
        items.append(("新增即化解", same_day))
    if edited := edit_words.of_group(book.report.edited, figure.group):
        items.append(("今日改动", edited))
    if disputes := edit_words.disputes(book.report, figure):
        items.append(("原不认可", disputes))
    if figure.bounds:
        items += [] if figure.is_certain else [(figure.verdict or "暂无案件", f"还不能确定：{sentences.why_open(figure.bounds)}。")]
        items.append(("补报以后", sentences.bounds(figure.bounds)))
    if certainty:
        items += [("群众确认", said)] if (said := sentences.confirmation(certainty)) else []
        items += [("不计改动", said)] if (said := sentences.unmoved(certainty, figure.tally)) else []
    if way and way.tally.shortfall:
        items.append(("达到目标", sentences.way(way)))
        near = [_case_in_brief(by_number[number]) for number in way.nearest]
        more = f"；等{len(near)}件" if len(near) > _MOST_NEAREST else ""
        items += [("最接近办结", "；".join(near[:_MOST_NEAREST]) + more)] if near else []
    return items


def _case_in_brief(line: CaseLine) -> str:
    disputed = "，群众不认可" if "disputed" in line.flags else ""
    deadline = f"，时限{line.deadline.isoformat()}" if line.deadline else ""
    return f"{line.number}（{line.status}{disputed}{deadline}）"


def _rules(book: Book) -> list[str]:
    report = book.report
    rules = [sentences.bounds_rule(report.most_new, report.open_points)] if any(target.bounds for target in report.targets) else []
    return [*rules, definitions.WAY] if report.ways else rules


# --- decisions ---------------------------------------------------------------------------------------------------


def write_decisions(book: Book, sheet: Worksheet, top: int) -> int:
    """Everything that needs a decision, as the report has it; the row after it."""
    decisions = book.report.decisions
    changed = matter_words.changed(book.report, words.MOST_CASES, _MOST_CHARACTERS)
    heading(book, sheet, top, OVERVIEW_LAST, f"三、需要决策的事项（{len(decisions)}件）")
    if not decisions:
        said = sentences.decisions(decisions, book.report.submissions)
        merge(sheet, (top + 1, 0, top + 1, OVERVIEW_LAST), said, book.look("note"))
        return explain(book, sheet, top + 2, OVERVIEW_WIDTHS, filter(None, (changed,)))
    for column, title in enumerate(("事项", "旗区", "案件编号", "包案领导", "原因", "从何时起")):
        put(sheet, top + 1, column, title, book.look("header"))
    merge(sheet, (top + 1, 6, top + 1, OVERVIEW_LAST), "请领导决定", book.look("header"))
    sheet.set_row(top + 1, 22)
    for row, decision in enumerate(decisions, top + 2):
        _write_decision(book, sheet, row, decision)
    meanings = "".join(f"{kind.name}：{kind.meaning}" for kind in DECISIONS.values())
    return explain(book, sheet, top + 2 + len(decisions), OVERVIEW_WIDTHS, filter(None, (changed, meanings)))


def _write_decision(book: Book, sheet: Worksheet, row: int, decision: Decision) -> None:
    kinds = "、".join(DECISIONS[kind].name for kind in decision.kinds)
    asked = sentences.asked(decision)
    cells = (
        ("long", decision.matter),
        ("center", decision.district),
        ("text", decision.number),
        ("center", decision.leader),
        ("center", kinds),
    )
    for column, (look, value) in enumerate(cells):
        put(sheet, row, column, value, book.cell(look))
    put(sheet, row, 5, decision.since, book.cell("date"))
    merge(sheet, (row, 6, row, OVERVIEW_LAST), asked, book.cell("long"))
    rooms = (*zip((value for _look, value in cells), OVERVIEW_WIDTHS, strict=False), (asked, sum(OVERVIEW_WIDTHS[6:])))
    sheet.set_row(row, height(max(lines(value, room) for value, room in rooms)))
