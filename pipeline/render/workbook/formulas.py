"""The live figures: formulas over 案件台账 with the report's values beside them. Whole numbers until the last division."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.day.targets import Tally
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import BAR, RED, Book, Value, put
from pipeline.render.workbook.figure_places import NOWHERE, Place
from pipeline.report.figures import Figure
from pipeline.terms.words import MET, MISSED, NONE, PROVISIONALLY, YES

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.render.workbook.xlsxwriter_private import Sheet

GROUP, SOURCE, DISTRICT, CATEGORY, LEADER = "台账组别", "台账案件来源", "台账旗区", "台账问题类别", "台账包案领导"
CLAIM = "台账诉求认定"
CONFIRMATION, IN_TOTAL, RESOLVED, OPEN, REFERRED = "台账群众确认", "台账计入总数", "台账计入化解", "台账在办", "台账导入法定途径"
QUOTED_YES = f'"{YES}"'
FIGURES = ("总数", "已化解", "化解率", "还差（件）", "是否达标")
PROVISIONAL: Final = {"border": 3, "border_color": RED, "italic": True}
MOST_LINKS: Final = 65_000
"""Excel follows 65,530 links in one sheet, and opens no file with more."""
COLUMNS = (*FIGURES, "补报后最低", "补报后最高")
"""The figures with the bounds of the rate."""

_PLAIN = re.compile(r"[\u4e00-\u9fff]{1,100}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the register: its figure, the conditions (defined name, cell) that pick its cases, the cell with its target."""

    figure: Figure
    conditions: tuple[tuple[str, str], ...]
    target: str
    is_free_text: bool = False
    """Whether a label is free text, which COUNTIFS would take for a pattern (`*`, `>5`)."""
    place: Place = NOWHERE
    """Where its cases stand."""
    added: tuple[str, str] | None = None
    """Formulas of 总数 and 已化解 where these are sums of other rows and not counts."""


@dataclass(frozen=True, slots=True)
class Count:
    """A counted number with its formula, and where its cases stand."""

    formula: str
    value: int
    place: str = ""


def flag_name(word: str) -> str:
    """The defined name of a flag's column."""
    return f"台账{word}"


def are_plain(labels: list[str]) -> bool:
    """Whether COUNTIFS reads these labels as nothing but themselves."""
    return all(map(_PLAIN.fullmatch, labels))


def count(*conditions: tuple[str, str], is_free_text: bool = False) -> str:
    """How many cases of the register meet all conditions; with free text, character by character."""
    if is_free_text:
        tests = "*".join(f"EXACT({name},{cell})" for name, cell in conditions)
        return f"=SUMPRODUCT(1*{tests})"
    return f"=COUNTIFS({','.join(f'{name},{cell}' for name, cell in conditions)})"


def write_figures(book: Book, sheet: Sheet, at: tuple[int, int], part: Part, *looks: str) -> None:
    """总数, 已化解, 化解率, 还差 and 是否达标 of a part, in five cells from `at`."""
    row, column = at
    tally, prefix = part.figure.tally, "" if part.figure.is_certain else PROVISIONALLY
    total, resolved = (xl_rowcol_to_cell(row, column + step) for step in (0, 1))
    both = part.added or [count(*part.conditions, (name, QUOTED_YES), is_free_text=part.is_free_text) for name in (IN_TOTAL, RESOLVED)]
    # QUOTIENT cuts off: a rate that is rounded up could show a target as met that is missed. -INT(-x) rounds up what is lacking.
    cells = (
        ("count", both[0], tally.total),
        ("count", both[1], tally.resolved),
        ("rate", f'=IF({total}=0,"{NONE}",QUOTIENT({resolved}*1000,{total})/1000)', rate(tally)),
        ("count", f"=MAX(0,-INT(-({part.target}*{total})/100)-{resolved})", tally.shortfall),
        (
            "middle",
            f'=IF({total}=0,"{NONE}",IF({resolved}*100>={part.target}*{total},"{prefix}{MET}","{prefix}{MISSED}"))',
            part.figure.verdict or NONE,
        ),
    )
    place = part.place
    links = (place.whole, place.counted, place.whole, place.not_counted, place.whole)
    for step, (look, formula, value) in enumerate(cells):
        link(sheet, (row, column + step), links[step])
        write(book, sheet, (row, column + step), (formula, value), book.cell(look, *looks))


def write(book: Book, sheet: Sheet, at: tuple[int, int], figure: tuple[str, Value], look: Format) -> None:
    """Write a figure: a formula over 案件台账 with the report's value, or where the register is elsewhere the value alone."""
    formula, value = figure
    if book.is_split:
        put(sheet, *at, value, look)
    else:
        sheet.write_formula(*at, formula, look, value)


def write_columns(book: Book, sheet: Sheet, at: tuple[int, int], part: Part, *looks: str) -> None:
    """The figures and, in two more cells, the bounds of the rate: the report's own, which no formula over the register gives."""
    row, column = at
    write_figures(book, sheet, at, part, *looks)
    bounds = part.figure.bounds
    rates = [rate(bounds.lowest), rate(bounds.highest)] if bounds else [None, None]
    for step, value in enumerate(rates, len(FIGURES)):
        put(sheet, row, column + step, value, book.cell("rate", "muted", *looks))


def link(sheet: Sheet, at: tuple[int, int], target: str) -> None:
    """Let a click on a cell show rows of the workbook; its content is written by itself.

    '' is no target. Where a sheet has as many links as it may, the rest of its cells have none; `office_workbook` says so at its top.
    """
    if target and sheet.hlink_count < MOST_LINKS:
        sheet.link(*at, target, words.CLICK)


def link_cases(book: Book, sheet: Sheet, at: tuple[int, int], numbers: Sequence[str]) -> bool:
    """Let a click on the numbers of cases show them: one its row in 案件台账, several their block in 数字明细. Return whether it does."""
    target, before = book.places.cases(numbers), sheet.hlink_count
    link(sheet, at, target)
    return bool(sheet.hlink_count > before)


def write_count(book: Book, sheet: Sheet, at: tuple[int, int], counted: Count, *looks: str) -> None:
    """One counted figure."""
    look = book.cell("count", *looks)
    link(sheet, at, counted.place)
    write(book, sheet, at, (counted.formula, counted.value), look)


def rate(tally: Tally) -> float | str:
    """The rate as the share that a cell holds, rounded down to a thousandth; a dash where there is none."""
    return float(tally.resolved * 1000 // tally.total) / 1000 if tally.total else NONE


def colour(book: Book, sheet: Sheet, rate_cells: tuple[int, int, int, int]) -> None:
    """Bars behind the rates; two columns to the right red for what misses its target, and a dashed frame for what is not certain."""
    first, column, last, _ = rate_cells
    # Without a lowest and a highest value Excel gives the longest bar to the highest rate, whatever it is.
    bar = {"type": "data_bar", "bar_color": BAR, "bar_solid": True, "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
    sheet.conditional_format(*rate_cells, bar)
    for criteria, value, look in (("ends with", MISSED, {"font_color": RED}), ("begins with", PROVISIONALLY, PROVISIONAL)):
        rule = {"type": "text", "criteria": criteria, "value": value, "format": book.workbook.add_format(look)}
        sheet.conditional_format(first, column + 2, last, column + 2, rule)
