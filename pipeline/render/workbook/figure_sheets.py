"""目标完成, 旗区 and 包案领导: live figures side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.workbook import figure_places, formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, Value, height, lines, merge, put
from pipeline.render.workbook.figure_places import LEADER_FLAGS
from pipeline.render.workbook.formulas import Part
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, explain, frame, headers, heading, note, print_only
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Figure
from pipeline.settings.units import OF_DISTRICTS
from pipeline.terms.contract import CONFIRMED, NOT_ASKED
from pipeline.terms.words import FLAGS, NO_ANSWER

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

WIDE = len(formulas.COLUMNS)
TARGETS = "目标完成"
ROW = 22
_GAP = 6
"""Points between 旗区 and its notes."""
_SHORT = 120
"""Characters of a note that stands on a line with others."""
_TARGET_WIDTHS = (12, 26, 28, 9, 9, 9, 12, 11, 11, 11, 11)
_LIAISON = 13
_DISTRICT_WIDTHS = (5, 5.2, 7.6, 5, 9.5, 7.6, 7.6)
"""Of a group's figures: 100.0% in bold has room also in the widest of the fonts that stand in for a missing one."""
_LEADER_WIDTHS = (16, 27, 9, 9, 9, 12, 11, 11, 11, 11, 10, 10, 10, 10)
_TARGET_COLUMN = 3
TARGET_LINE = 9
"""The column of the days so far that a chart draws the target from: as a share, like the rates."""
_CONDITIONS = {"source": formulas.SOURCE, "category": formulas.CATEGORY}
"""The column of 案件台账 in which a figure's label stands, beside its group."""


def target_cell(group: int) -> str:
    """Where the target of that group stands, in whole percent."""
    cell = xl_rowcol_to_cell(FIRST + group, _TARGET_COLUMN, row_abs=True, col_abs=True)
    return f"'{TARGETS}'!{cell}"


def _fixed(row: int, column: int) -> str:
    return str(xl_rowcol_to_cell(row, column, col_abs=True))


# --- 目标完成 -----------------------------------------------------------------------------------------------------


def write_targets(book: Book) -> int:
    """Groups, sources and categories in one filterable list, the days so far beneath it; the trend's first row."""
    sheet = frame(book, TARGETS, _TARGET_WIDTHS)
    note(book, sheet, words.AS_VALUES if book.is_split else words.NOTES[TARGETS], _TARGET_WIDTHS)
    headers(book, sheet, HEADER, ("口径", "名称", "组别", "目标", *formulas.COLUMNS))
    sheet.set_row(HEADER, 26)
    report = book.report
    row = FIRST
    for kind, name, figures in (
        ("按组别", "group", report.targets),
        ("按来源", "source", report.by_source),
        ("按问题类别", "category", report.by_category),
    ):
        for figure in figures:
            _write_line(book, sheet, row, (kind, name), figure)
            sheet.set_row(row, ROW)
            row += 1
    formulas.colour(book, sheet, (FIRST, 6, row - 1, 6))
    sheet.autofilter(HEADER, 0, row - 1, 3 + WIDE)
    sheet.freeze_panes(FIRST, 2)
    notes = (*_about_figures(book, *report.targets, *report.by_source, *report.by_category), f"导入法定途径：{definitions.REFERRED}")
    notes += (definitions.WAY,) if report.ways else ()
    row = explain(book, sheet, row + 1, _TARGET_WIDTHS, notes)
    row = _write_certainties(book, sheet, row + 1)
    return _write_trend(book, sheet, row + 1)


def _write_certainties(book: Book, sheet: Sheet, top: int) -> int:
    """Of each group who confirmed what is resolved, and the rate that no edit of the register betters; the first row below."""
    heading(book, sheet, top, len(_CERTAINTIES) - 1, words.CERTAINTIES)
    headers(book, sheet, top + 1, _CERTAINTIES)
    sheet.set_row(top + 1, 40)
    row = top + 2
    for figure, certainty in zip(book.report.targets, book.report.certainties, strict=True):
        unmoved = sentences.unmoved(certainty, figure.tally)
        put(sheet, row, 0, "群众确认", book.cell("center"))
        put(sheet, row, 1, figure.label, book.cell("long"))
        put(sheet, row, 2, unmoved or words.NOT_MOVED, book.cell("long"))
        own = (formulas.GROUP, _fixed(row, 1)), (formulas.RESOLVED, formulas.QUOTED_YES)
        answers = ((), *(((formulas.CONFIRMATION, f'"{answer}"'),) for answer in (CONFIRMED, NOT_ASKED)))
        values = (figure.tally.resolved, certainty.confirmation[CONFIRMED], certainty.confirmation[NOT_ASKED])
        for column, (answer, value) in enumerate(zip(answers, values, strict=True), 3):
            formula = formulas.count(*own, *answer, is_free_text=not book.is_plain)
            formulas.write_count(book, sheet, (row, column), formulas.Count(formula, value))
        rest = formulas.Count(f"=D{row + 1}-E{row + 1}-F{row + 1}", certainty.confirmation[NO_ANSWER])
        formulas.write_count(book, sheet, (row, 6), rest)
        before = certainty.unmoved
        for column, look, cell in ((7, "count", before.total), (8, "count", before.resolved), (9, "rate", formulas.rate(before))):
            put(sheet, row, column, cell, book.cell(look, "muted"))
        sheet.set_row(row, max(ROW, height(lines(unmoved, _TARGET_WIDTHS[2]))))
        row += 1
    return explain(book, sheet, row, _TARGET_WIDTHS, (definitions.CONFIRMATION, definitions.UNMOVED))


_CERTAINTIES = (
    "口径", "名称", "不计改动时", "已化解", "群众认可", "未回访", "没有填写", "不计改动的总数", "不计改动的已化解", "不计改动的化解率",
)  # fmt: skip


def _about_figures(book: Book, *figures: Figure) -> tuple[str, ...]:
    """What the columns of these figures mean."""
    rule = sentences.bounds_rule(book.report.most_new, book.report.open_points, book.report.day)
    is_bounded = any(figure.bounds for figure in figures)
    bounds = f"{rule}{definitions.NO_BOUNDS_HERE}" if is_bounded else definitions.NO_BOUNDS
    provisional = () if all(figure.is_certain for figure in figures) else (definitions.PROVISIONAL,)
    return f"总数：{definitions.TOTAL}", f"已化解：{definitions.RESOLVED}", definitions.TARGET, *provisional, bounds


def _write_line(book: Book, sheet: Sheet, row: int, kind: tuple[str, str], figure: Figure) -> None:
    looks = ("sum",) if kind[1] == "group" else ()
    put(sheet, row, 0, kind[0], book.cell("center", *looks))
    put(sheet, row, 1, figure.label, book.cell("long", *looks))
    put(sheet, row, 2, figure.group, book.cell("long", *looks))
    put(sheet, row, 3, figure.tally.target_percent, book.cell("percent", *looks))
    by_group = (formulas.GROUP, _fixed(row, 2))
    conditions = (by_group, (_CONDITIONS[kind[1]], _fixed(row, 1))) if kind[1] in _CONDITIONS else (by_group,)
    place = book.places.figure(kind[1], figure.group, figure.label)
    part = Part(figure, conditions, _fixed(row, _TARGET_COLUMN), not book.is_plain, place)
    formulas.write_columns(book, sheet, (row, 4), part, *looks)


def _write_trend(book: Book, sheet: Sheet, top: int) -> int:
    """Each group's days, by group; past days are no part of today's register, so that these are values."""
    about = f"{definitions.TREND}{definitions.SILENT_DAYS if book.report.silent_days else ''}"
    heading(book, sheet, top, len(_TREND_LOOKS) - 1, words.TREND)
    top = explain(book, sheet, top + 1, _TARGET_WIDTHS[: len(_TREND_LOOKS)], (about,)) - 1
    headers(book, sheet, top + 1, ("口径", "日期", "组别", "目标", *formulas.FIGURES[:-1], "日报", "目标线"))
    sheet.set_row(top + 1, 26)
    sheet.repeat_rows(top + 1)
    row = top + 2
    for group in book.report.settings.groups:
        for day, tallies in book.report.trend:
            tally = tallies.get(group.name, Tally(group.target_percent))
            figures: tuple[Value, ...] = (tally.total, tally.resolved, formulas.rate(tally) if tally.total else None, tally.shortfall)
            is_silent = day in book.report.silent_days
            shown = (None,) * len(figures) if is_silent else figures  # a dash or a word would be drawn as 0 %
            told = book.report.said_of_silent(day) or None
            values = ("按日", day, group.name, tally.target_percent, *shown, told, tally.target_percent / 100)
            for column, (look, value) in enumerate(zip(_TREND_LOOKS, values, strict=True)):
                put(sheet, row, column, value, book.cell(look))
            sheet.set_row(row, ROW)
            row += 1
    return top + 2


_TREND_LOOKS = ("center", "date", "long", "percent", "count", "count", "rate", "count", "middle", "rate")


# --- 旗区 ---------------------------------------------------------------------------------------------------------

_COUNTED = {formulas.OPEN: "在办", formulas.REFERRED: "导入法定途径"} | {
    formulas.flag_name(meaning.name): meaning.name
    for flag, meaning in FLAGS.items()
    if flag not in ("cancelled", "missing_from_assignment")
}
"""Defined name and header of what is counted beside the figures."""
_OF_COUNT = {formulas.OPEN: figure_places.OPEN, formulas.REFERRED: figure_places.REFERRED} | {
    formulas.flag_name(meaning.name): flag for flag, meaning in FLAGS.items()
}
"""By defined name: of what `Places` knows the cases."""


def _states(line: CaseLine) -> list[str]:
    """The defined names in whose columns the register says 是 about a case."""
    return [
        *([formulas.OPEN] if line.is_open else []),
        *([formulas.REFERRED] if line.is_referred else []),
        *(formulas.flag_name(FLAGS[flag].name) for flag in line.flags),
    ]


def side_by_side(book: Book) -> tuple[int, int]:
    """Return the first and the last row of what lies directly under the reader, under a header of two rows: districts, or units."""
    count = len(book.report.below) or len(book.report.settings.district_names)
    return FIRST + 1, FIRST + count


def write_districts(book: Book) -> None:
    """Every district in the given order: liaison leaders, each group's figures, what needs following up; then the whole.

    Where there are levels between the reader and them, what lies directly under him stands above them.
    """
    report = book.report
    groups = report.settings.groups
    behind = len(groups) + bool(report.below)  # on the screen only
    widths = (11.5, _LIAISON, *_DISTRICT_WIDTHS * len(groups), *(5,) * len(_COUNTED), *(10,) * behind)
    sheet = frame(book, "旗区", widths)
    _district_headers(book, sheet)
    seen = Counter((line.district, name) for line in report.cases for name in _states(line))
    districts = report.settings.district_names
    figures = {(figure.group, figure.label): figure for figure in report.by_district}
    top, first = side_by_side(book)[0], FIRST + 1 + len(report.below)
    for row, district in enumerate(districts, first):
        put(sheet, row, 0, district, book.cell("text"))
        liaison = words.names([_liaison(name, post) for name, post in report.liaison.get(district, ())])
        put(sheet, row, 1, liaison, book.cell("long"))
        sheet.set_row(row, max(ROW, height(lines(liaison, _LIAISON)) - 8))
        here = (formulas.DISTRICT, _fixed(row, 0))
        for index, group in enumerate(groups):
            figure = figures[group.name, district]
            place = book.places.figure("district", group.name, district)
            part = Part(figure, (_in_group(index), here), target_cell(index), not book.is_plain, place)
            formulas.write_columns(book, sheet, (row, 2 + WIDE * index), part)
        for column, name in enumerate(_COUNTED, 2 + WIDE * len(groups)):
            formula = formulas.count(here, (name, formulas.QUOTED_YES), is_free_text=not book.is_plain)
            counted = formulas.Count(formula, seen[district, name], book.places.count(_OF_COUNT[name], district))
            formulas.write_count(book, sheet, (row, column), counted)
        _write_needed(book, sheet, row, [figures[group.name, district].tally for group in groups])
    last = first + len(districts)
    _write_units(book, sheet, (first, last - 1), seen)
    _district_total(book, sheet, last)
    for index in range(len(groups)):
        formulas.colour(book, sheet, (top, 4 + WIDE * index, last, 4 + WIDE * index))
    sheet.autofilter(HEADER + 1, 0, last - 1, 1 + WIDE * len(groups) + len(_COUNTED))
    sheet.freeze_panes(top, 1)
    sheet.repeat_rows(HEADER, HEADER + 1)
    printed = widths[: len(widths) - behind]
    sheet.set_row(last + 1, _GAP)
    end = explain(book, sheet, last + 2, printed, _run_on(_about_districts(book)))
    print_only(sheet, end - 1, printed)


def _about_districts(book: Book) -> list[str]:
    report = book.report
    rules = definitions.flags(report.settings.windows)
    flags = [f"{meaning.name}：{rules[flag]}" for flag, meaning in FLAGS.items() if formulas.flag_name(meaning.name) in _COUNTED]
    units = [words.LEVELS.format(word=report.settings.tree.word())] if report.below else []
    below = (figure for line in report.below for figure in line.figures)
    about = (*units, definitions.districts(report.settings), *_about_figures(book, *below, *report.by_district, *report.targets))
    return [*about, f"在办：{definitions.OPEN}", f"导入法定途径：{definitions.REFERRED}", *flags]


def _write_units(book: Book, sheet: Sheet, districts: tuple[int, int], seen: Mapping[tuple[str, str], int]) -> None:
    """Write what lies directly under the reader where that is not the districts alone: the sums of the districts' rows below.

    The last column says of each district under which it lies; formulas compare with it, since a unit's districts need not stand together.
    """
    report, first, last = book.report, *districts
    if not report.below:
        return
    lies_in = needed_column(book, len(report.settings.groups))
    for row, district in enumerate(report.settings.district_names, first):
        put(sheet, row, lies_in, report.settings.tree.child_of(district), book.cell("center", "muted"))
    place = xl_range_abs(first, lies_in, last, lies_in)
    for row, line in enumerate(report.below, side_by_side(book)[0]):

        def added(column: int, row: int = row) -> str:
            return f"=SUMPRODUCT(EXACT({place},{_fixed(row, 0)})*{xl_range(first, column, last, column)})"

        put(sheet, row, 0, line.name, book.cell("text", "sum"))
        put(sheet, row, 1, "", book.cell("text", "sum"))
        sheet.set_row(row, ROW)
        for index, figure in enumerate(line.figures):
            at = 2 + WIDE * index
            part = Part(figure, (), target_cell(index), added=(added(at), added(at + 1)))
            formulas.write_columns(book, sheet, (row, at), part, "sum")
        for column, name in enumerate(_COUNTED, 2 + WIDE * len(line.figures)):
            counted = formulas.Count(added(column), sum(seen.get((district, name), 0) for district in line.districts))
            formulas.write_count(book, sheet, (row, column), counted, "sum")
        _write_needed(book, sheet, row, [figure.tally for figure in line.figures])


def _run_on(notes: Sequence[str]) -> Iterator[str]:
    """Put short notes behind one another, and each long one by itself: a table then has them on its own page."""
    for is_long, run in groupby(notes, key=lambda note: len(note) > _SHORT):
        said = [*run]
        yield from said if is_long else ["　".join(said)]


def needed_column(book: Book, group: int) -> int:
    """The column that says with how many resolved cases of the group each district would meet the target."""
    return 2 + WIDE * len(book.report.settings.groups) + len(_COUNTED) + group


def _write_needed(book: Book, sheet: Sheet, row: int, tallies: Sequence[Tally]) -> None:
    """What the charts of 总览 draw as the target, group by group: on the screen only."""
    for index, tally in enumerate(tallies):
        total = xl_rowcol_to_cell(row, 2 + WIDE * index)
        formula = f"=-INT(-({target_cell(index)}*{total})/100)"
        value = -(-tally.target_percent * tally.total // 100)
        sheet.write_formula(row, needed_column(book, index), formula, book.cell("count", "muted"), value)


def _liaison(name: str, post: str) -> str:
    return f"{name}（{post}）" if post else name


def _in_group(index: int) -> tuple[str, str]:
    cell = xl_rowcol_to_cell(FIRST + index, 2, row_abs=True, col_abs=True)
    return formulas.GROUP, f"'{TARGETS}'!{cell}"


def _district_headers(book: Book, sheet: Sheet) -> None:
    groups = book.report.settings.groups
    band = book.look("band")
    merge(sheet, (HEADER, 0, HEADER, 1), "", band)
    for index, group in enumerate(groups):
        left = 2 + WIDE * index
        merge(sheet, (HEADER, left, HEADER, left + WIDE - 1), f"{group.name}（目标 {group.target_percent}%）", band)
    left = 2 + WIDE * len(groups)
    merge(sheet, (HEADER, left, HEADER, left + len(_COUNTED) - 1), "需要关注（件）", band)
    sheet.set_row(HEADER, 24)
    left += len(_COUNTED)
    merge(sheet, (HEADER, left, HEADER, left + len(groups) - 1), words.NEEDED, band)
    word = book.report.settings.tree.word()
    lies_in = [words.LIES_IN.format(word=word)] if book.report.below else []
    if lies_in:
        put(sheet, HEADER, left + len(groups), None, band)
    names = (group.name for group in groups)
    figures = [words.NARROW.get(name, name) for name in formulas.COLUMNS]
    headers(
        book,
        sheet,
        HEADER + 1,
        (f"{word}、{OF_DISTRICTS}" if lies_in else OF_DISTRICTS, "包联领导", *figures * len(groups), *_COUNTED.values(), *names, *lies_in),
    )
    sheet.set_row(HEADER + 1, 46)


def _district_total(book: Book, sheet: Sheet, row: int) -> None:
    report = book.report
    sheet.set_row(row, 24)
    put(sheet, row, 0, definitions.total(report.settings), book.cell("text", "sum"))
    put(sheet, row, 1, "", book.cell("text", "sum"))
    for index, figure in enumerate(report.targets):
        place = book.places.figure("group", figure.group, figure.label)
        part = Part(figure, (_in_group(index),), target_cell(index), not book.is_plain, place)
        formulas.write_columns(book, sheet, (row, 2 + WIDE * index), part, "sum")
    seen = Counter(name for line in report.cases for name in _states(line))
    for column, name in enumerate(_COUNTED, 2 + WIDE * len(report.settings.groups)):
        counted = formulas.Count(formulas.count((name, formulas.QUOTED_YES)), seen[name], book.places.count(_OF_COUNT[name]))
        formulas.write_count(book, sheet, (row, column), counted, "sum")


# --- 包案领导 -----------------------------------------------------------------------------------------------------

_LEADERS_COUNTED = tuple(formulas.flag_name(FLAGS[flag].name) for flag in LEADER_FLAGS)


def write_leaders(book: Book) -> None:
    """Every leader by group; names are free text, so they are compared character by character."""
    report = book.report
    name = "包案领导"
    targets = {group.name: index for index, group in enumerate(report.settings.groups)}
    sheet = frame(book, name, _LEADER_WIDTHS)
    headers(book, sheet, HEADER, ("包案领导", "组别", "目标", *formulas.COLUMNS, *(_COUNTED[state] for state in _LEADERS_COUNTED)))
    sheet.set_row(HEADER, 26)
    seen = Counter((line.leader, line.group, state) for line in report.cases for state in _states(line))
    for row, figure in enumerate(report.by_leader, FIRST):
        put(sheet, row, 0, figure.label, book.cell("long"))
        put(sheet, row, 1, figure.group, book.cell("long"))
        sheet.set_row(row, height(lines(figure.label, 16)))
        sheet.write_formula(row, 2, f"={target_cell(targets[figure.group])}", book.cell("percent"), figure.tally.target_percent)
        own = ((formulas.LEADER, _fixed(row, 0)), (formulas.GROUP, _fixed(row, 1)))
        place = book.places.figure("leader", figure.group, figure.label)
        formulas.write_columns(book, sheet, (row, 3), Part(figure, own, _fixed(row, 2), is_free_text=True, place=place))
        for column, state in enumerate(_LEADERS_COUNTED, 3 + WIDE):
            formula = formulas.count(*own, (state, formulas.QUOTED_YES), is_free_text=True)
            of_count = book.places.count(_OF_COUNT[state], figure.label, figure.group)
            formulas.write_count(book, sheet, (row, column), formulas.Count(formula, seen[figure.label, figure.group, state], of_count))
    last = FIRST + max(len(report.by_leader), 1) - 1
    if not report.by_leader:
        put(sheet, FIRST, 0, words.EMPTY[name], book.look("note"))
    formulas.colour(book, sheet, (FIRST, 5, last, 5))
    sheet.autofilter(HEADER, 0, last, 2 + WIDE + len(_LEADERS_COUNTED))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEADER)
    rules = definitions.flags(report.settings.windows)
    notes = (
        definitions.LEADER,
        *_about_figures(book, *report.by_leader),
        *(f"{FLAGS[flag].name}：{rules[flag]}" for flag in LEADER_FLAGS),
    )
    explain(book, sheet, last + 2, _LEADER_WIDTHS, _run_on(notes))
