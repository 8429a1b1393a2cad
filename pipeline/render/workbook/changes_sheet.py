"""今日变化: how yesterday's figures became today's, to the last case; then every change case by case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_range

from pipeline.day.particulars import Edit
from pipeline.render import definitions
from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, put
from pipeline.render.workbook.figure_sheets import TARGETS
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, Column, Listing, explain, frame, headers, heading, write_rows, write_table
from pipeline.report import edit_words, sentences, who_reported
from pipeline.report.case_lines import Change
from pipeline.report.figures import Bridge, Step
from pipeline.terms.words import CHANGES, STEPS

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

NAME = "今日变化"
COLUMNS: tuple[Column[Change], ...] = (
    Column("变化", 26, "center", lambda line: CHANGES[line.kind].name if line.kind in CHANGES else line.kind),
    Column("案件编号", 16, "case", lambda line: line.number, cases=lambda line: (line.number,)),
    Column("旗区", 13, "center", lambda line: line.district),
    Column("案由", 46, "long", lambda line: line.matter),
    Column("情况", 54, "long", lambda line: line.detail),
)
EDITS: tuple[Column[tuple[Edit, str]], ...] = (
    Column("要素", 26, "center", lambda line: line[0].column),
    Column("案件编号", 16, "case", lambda line: line[0].number, cases=lambda line: (line[0].number,)),
    Column("改前", 13, "long", lambda line: line[0].before or words.NOTHING),
    Column("改后", 46, "long", lambda line: line[0].after or words.NOTHING),
    Column("影响", 54, "long", lambda line: line[1]),
)
_TITLES = ("变化", "总数", "已化解", "使总数变化的案件", "使已化解变化的案件")


def write(book: Book) -> None:
    """The bridges, the edits, every change, and what each kind of change means."""
    empty = words.in_units(book.report) if book.is_split else who_reported.nothing(words.EMPTY[NAME], book.report.submissions)
    changes = Listing(COLUMNS, () if book.is_split else book.report.changes, empty=empty)
    sheet = frame(book, NAME, changes.widths)
    top = HEADER
    if book.report.bridges:
        top = _write_bridges(book, sheet, changes.widths)
    top = _write_edits(book, sheet, top)
    if top > HEADER:
        heading(book, sheet, top, len(COLUMNS) - 1, words.CHANGES)
        top += 1
    below = write_rows(book, sheet, top, changes)
    sheet.freeze_panes(HEADER, 1)
    meanings = [f"{change.name}：{change.meaning}" for change in CHANGES.values()]
    explain(book, sheet, below + 1, changes.widths, meanings)


# --- edited particulars ------------------------------------------------------------------------------------------


def _write_edits(book: Book, sheet: Sheet, top: int) -> int:
    """What was edited and what that did, in sentences and edit by edit; the first row that is free below."""
    report = book.report
    groups = [edit_words.of_group(report.edited, group.name) for group in report.settings.groups]
    said = [*filter(None, groups), *edit_words.of_day(report)]
    if not said:
        return top
    widths = [column.width for column in EDITS]
    heading(book, sheet, top, len(EDITS) - 1, words.EDITS)
    row = explain(book, sheet, top + 1, widths, said)
    if report.edited.edits:
        row = write_table(book, sheet, row, Listing(EDITS, edit_words.by_edit(report.edited)))
        row = explain(book, sheet, row, widths, (definitions.EDITS,))
    return row + 1


# --- from the day before to the day ------------------------------------------------------------------------------


def _write_bridges(book: Book, sheet: Sheet, widths: list[float]) -> int:
    """Each group's bridge under the other; the first row that is free below them."""
    bridges = book.report.bridges
    heading(book, sheet, HEADER, len(widths) - 1, words.BRIDGE)
    row = HEADER + 1
    for index, bridge in enumerate(bridges):
        headers(book, sheet, row, (bridge.group, *_TITLES[1:]))
        sheet.set_row(row, height(lines(bridge.group, widths[0])))
        row = _write_bridge(book, sheet, row + 1, bridge=bridge, target=FIRST + index)
    kinds = {step.kind for bridge in bridges for step in (*bridge.total_steps, *bridge.resolved_steps)}
    meanings = [f"{step.name}：{step.meaning}" for kind, step in STEPS.items() if kind in kinds]
    first = filter(None, [sentences.NOT_REPORTED_BEFORE[book.report.day_before]])
    return explain(book, sheet, row, widths, (*first, definitions.BRIDGE, *meanings)) + 1


def _write_bridge(book: Book, sheet: Sheet, top: int, *, bridge: Bridge, target: int) -> int:
    """The day before, a row for each kind of change, and their sum, which is compared with the row `target` of 目标完成."""
    day = book.report.day
    is_restated = any(ladder.restated for ladder in bridge.ladders)
    _write_end(book, sheet, top, sentences.day_before(day - timedelta(days=1), bridge, is_restated=is_restated))
    put(sheet, top, 1, bridge.total_before, book.cell("count", "sum"))
    put(sheet, top, 2, bridge.resolved_before, book.cell("count", "sum"))
    row = top + 1
    for kind, total, resolved in _rows(bridge):
        put(sheet, row, 0, STEPS[kind].name, book.cell("center"))
        cases = []
        for column, step in enumerate((total, resolved), 1):
            at, named = (row, column), step.cases if step else ()
            # A link is set on the number: LibreOffice does not break a linked text into lines.
            is_linked = formulas.link_cases(book, sheet, at, named)
            put(sheet, *at, step.change if step else None, book.cell("change", *(("link",) if is_linked else ())))
            shown = [f"{number}（{bridge.given[number]}）" if kind == "given" else number for number in named]
            cases.append("、".join(shown))
            _write_cases(book, sheet, (row, column + 2), named, cases[-1])
        most = max(lines(cases[0], COLUMNS[3].width), lines(cases[1], COLUMNS[4].width), lines(STEPS[kind].name, COLUMNS[0].width))
        sheet.set_row(row, height(most))
        row += 1
    _write_end(book, sheet, row, f"当日（{sentences.day(day, day)}）")
    for column, value in ((1, bridge.total), (2, bridge.resolved)):
        sheet.write_formula(row, column, f"=SUM({xl_range(top, column, row - 1, column)})", book.cell("count", "sum"), value)
    same = f"AND(B{row + 1}='{TARGETS}'!$E${target + 1},C{row + 1}='{TARGETS}'!$F${target + 1})"
    sheet.write_formula(row, 3, f'=IF({same},"{words.AGREES}","{words.DISAGREES}")', book.cell("text", "sum"), words.AGREES)
    return row + 1


def _write_cases(book: Book, sheet: Sheet, at: tuple[int, int], numbers: Sequence[str], shown: str) -> None:
    """The numbers of cases; a single one leads to its row."""
    is_linked = len(numbers) == 1 and formulas.link_cases(book, sheet, at, numbers)
    put(sheet, *at, shown, book.cell("case" if is_linked else "long"))


def _write_end(book: Book, sheet: Sheet, row: int, title: str) -> None:
    put(sheet, row, 0, title, book.cell("center", "sum"))
    for column in (3, 4):
        put(sheet, row, column, None, book.cell("text", "sum"))
    sheet.set_row(row, 24)


def _rows(bridge: Bridge) -> list[tuple[str, Step | None, Step | None]]:
    """Each kind of change with its step of the total and of the resolved cases, in the kinds' order."""
    both = [{(step.kind, step.change > 0): step for step in steps} for steps in (bridge.total_steps, bridge.resolved_steps)]
    order = [(kind, is_more) for kind in STEPS for is_more in (True, False)]
    return [
        (kind, both[0].get((kind, more)), both[1].get((kind, more))) for kind, more in order if any((kind, more) in steps for steps in both)
    ]
