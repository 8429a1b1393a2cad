"""The charts under 总览: in each group the districts side by side, and the rates of the days so far, both with the target."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter.utility import xl_range_abs

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import BAR_LIGHT, BLUE, FONT, GREY, GRID, LINE, RED, Book, merge, text
from pipeline.render.workbook.figure_sheets import TARGET_LINE, TARGETS, WIDE, needed_column, side_by_side
from pipeline.render.workbook.sheet_frame import OVERVIEW, OVERVIEW_LAST, heading
from pipeline.render.workbook.two_pages import WIDTH
from pipeline.settings.units import OF_DISTRICTS

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

_FONT = {"name": FONT, "size": 10.5, "color": GREY}
_GRID = {"visible": True, "line": {"color": GRID, "width": 0.5}}
_FEW_DAYS: Final = 14
_DASHED = {"color": RED, "width": 1.5, "dash_type": "dash"}
LOWEST: Final = 136.0
"""Points that a chart takes at least."""
_ROWS: Final = 8
"""Rows that it stands over."""
_WIDE_NUMBER, _ABOVE = 100, {False: 1.4, True: 2}
"""From so many cases on numbers stand upright over their bars; and how much higher than the highest bar the chart is, for the numbers."""


def least(book: Book) -> float:
    """Return the points that the section takes at least."""
    return 26 + 20 + LOWEST * len(book.report.settings.groups)


def _is_first_day(book: Book) -> bool:
    return len(book.report.trend) <= 1


def _first(book: Book, top: int) -> int:
    return top + 1 + _is_first_day(book)


def reserve(book: Book, top: int) -> int:
    """Leave room for the charts below their heading in the row `top`; the row after them."""
    sheet, end = book.sheets[OVERVIEW], _first(book, top) + _ROWS * len(book.report.settings.groups)
    heading(book, sheet, top, OVERVIEW_LAST, "图示")
    if _is_first_day(book):
        merge(sheet, (top + 1, 0, top + 1, OVERVIEW_LAST), words.TOO_FEW_DAYS, book.look("note"))
    for row in range(_first(book, top), end):
        sheet.set_row(row, LOWEST / _ROWS)
    return end


def draw(book: Book, top: int, trend: int, more: float) -> None:
    """Draw the charts below the row `top`, in so many more points than the least; `trend` as for 总览."""
    sheet, groups = book.sheets[OVERVIEW], book.report.settings.groups
    pixels = int((LOWEST + more / len(groups)) / _ROWS / 0.75)
    for index in range(len(groups)):
        first = _first(book, top) + index * _ROWS
        for row in range(first, first + _ROWS):
            sheet.set_row_pixels(row, pixels)
        if _is_first_day(book):
            _insert(sheet, first, _districts(book, index), (0, WIDTH), pixels * _ROWS)
            continue
        _insert(sheet, first, _districts(book, index), (0, WIDTH // 2), pixels * _ROWS)
        _insert(sheet, first, _trend(book, index, trend), (WIDTH // 2, WIDTH // 2), pixels * _ROWS)


def _area(name: str, first: int, last: int, column: int) -> str:
    """Return a chart's reference to part of a column."""
    return f"='{name}'!{xl_range_abs(first, column, last, column)}"


def _insert(sheet: Sheet, row: int, chart: Any, across: tuple[int, int], high: int) -> None:  # noqa: ANN401 - XlsxWriter has no public type
    """Place a chart: from which pixel on, how wide and how high."""
    left, width = across
    chart.set_size({"width": width - 8, "height": high - 8})
    chart.set_legend({"position": "top", "font": _FONT})
    chart.set_chartarea({"border": {"color": LINE}})
    sheet.insert_chart(row, 0, chart, {"x_offset": left + 4, "y_offset": 5, "object_position": 1})


def _title(words_: str) -> dict[str, Any]:
    return {"name": text(words_), "name_font": {"name": FONT, "size": 11, "bold": True, "color": BLUE}, "overlay": False}


def _districts(book: Book, index: int) -> Any:  # noqa: ANN401
    """One group: how many cases each district, or unit below the reader, has, how many are resolved, and with how many it would do."""
    first, last = side_by_side(book)
    report, group = book.report, book.report.settings.groups[index]
    figures = [line.of(group.name) for line in report.below] or [figure for figure in report.by_district if figure.group == group.name]
    most = max((figure.tally.total for figure in figures), default=0)
    is_wide = most >= _WIDE_NUMBER  # two numbers of three digits are wider than their bars
    upright = {"rotation": -90, "size": 8} if is_wide else {}
    chart, target = book.workbook.add_chart({"type": "column"}), book.workbook.add_chart({"type": "line"})
    for step, (name, colour) in enumerate((("总数", BAR_LIGHT), ("已化解", BLUE))):
        chart.add_series(
            {
                "name": name,
                "categories": _area("旗区", first, last, 0),
                "values": _area("旗区", first, last, 2 + WIDE * index + step),
                "fill": {"color": colour},
                "gap": 80,
                "overlap": -5,
                "data_labels": {"value": True, "num_format": "0;;", "font": _FONT | upright},
            }
        )
    target.add_series(
        {
            "name": f"达标线（{group.target_percent}%）",
            "categories": _area("旗区", first, last, 0),
            "values": _area("旗区", first, last, needed_column(book, index)),
            "line": {"none": True},
            "marker": {"type": "long_dash", "size": 14, "border": {"color": RED}, "fill": {"color": RED}},
        }
    )
    chart.combine(target)
    chart.set_title(_title(f"各{report.settings.tree.word() if report.below else OF_DISTRICTS}：{group.name}（件）"))
    chart.set_x_axis({"num_font": _FONT, "line": {"color": LINE}})
    room = {"max": ceil(most * _ABOVE[is_wide])} if most else {}
    chart.set_y_axis({"min": 0, **room, "visible": False, "major_gridlines": {"visible": False}})
    return chart


def _trend(book: Book, index: int, first: int) -> Any:  # noqa: ANN401
    """One group's rate day by day, and its target; a day without cases is a gap."""
    group, days = book.report.settings.groups[index], len(book.report.trend)
    start = first + index * days
    chart = book.workbook.add_chart({"type": "line"})
    marker = {"type": "circle", "size": 5 if days <= _FEW_DAYS else 3, "fill": {"color": BLUE}, "border": {"color": BLUE}}
    for name, column, look in (
        ("化解率", 6, {"line": {"color": BLUE, "width": 2}, "marker": marker}),
        (f"目标 {group.target_percent}%", TARGET_LINE, {"line": _DASHED, "marker": {"type": "none"}}),
    ):
        areas = {"categories": _area(TARGETS, start, start + days - 1, 1), "values": _area(TARGETS, start, start + days - 1, column)}
        chart.add_series({"name": name, **areas, **look})
    chart.set_title(_title(f"{words.TREND}：{group.name}"))
    chart.show_blanks_as("gap")
    every = {"major_unit": max(1, days // 8), "major_unit_type": "days"}
    chart.set_x_axis({"date_axis": True, "num_format": "m-d", **every, "num_font": _FONT, "line": {"color": LINE}})
    chart.set_y_axis(
        {"min": 0, "max": 1, "num_format": "0%", "num_font": _FONT, "line": {"none": True}, "major_gridlines": _GRID, "major_unit": 0.25}
    )
    return chart
