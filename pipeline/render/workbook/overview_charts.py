"""The charts under 总览: districts side by side in each group, and the rates of the days so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import BAR_LIGHT, BLUE, FONT, GREY, GRID, LINE, SECOND, Book, merge, text
from pipeline.render.workbook.figure_sheets import TARGETS, WIDE, district_first
from pipeline.render.workbook.overview_sheet import LAST, NAME, WIDTHS, area, printed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_FONT = {"name": FONT, "size": 9, "color": GREY}
_GRID = {"visible": True, "line": {"color": GRID, "width": 0.5}}
_COLOURS, _MARKERS = (BLUE, SECOND, GREY), ("circle", "diamond", "square")
_ROWS = 15  # of 20 pixels each
_WIDTH = sum(int(width * 7) + 5 for width in WIDTHS)


def write(book: Book, top: int, trend: int) -> None:
    """Draw from the row `top`; `trend` is the first row of the days so far on 目标完成."""
    sheet = book.sheets[NAME]
    merge(sheet, (top, 0, top, LAST), "六、图示", book.look("heading"))
    sheet.set_row(top, 26)
    charts = [_districts(book, index) for index in range(len(book.report.settings.groups))]
    if len(book.report.trend) > 1:
        charts.append(_trend(book, trend))
    for index, chart in enumerate(charts):
        is_alone = index == len(charts) - 1 and not index % 2
        _insert(sheet, top + 1 + index // 2 * _ROWS, index % 2, chart, is_alone=is_alone)
    last = top + (len(charts) + 1) // 2 * _ROWS
    if len(book.report.trend) <= 1:
        last += 1
        merge(sheet, (last, 0, last, LAST), words.TOO_FEW_DAYS, book.look("note"))
    printed(sheet, last)


def _insert(sheet: Worksheet, row: int, half: int, chart: Any, *, is_alone: bool) -> None:  # noqa: ANN401 - XlsxWriter has no public type
    """Two charts side by side; one that stands alone takes the whole width."""
    wide = _WIDTH if is_alone else _WIDTH // 2
    chart.set_size({"width": wide - 10, "height": _ROWS * 20 - 8})
    chart.set_legend({"position": "top", "font": _FONT})
    chart.set_chartarea({"border": {"color": LINE}})
    sheet.insert_chart(row, 0, chart, {"x_offset": 4 + half * wide, "y_offset": 5, "object_position": 1})


def _title(words_: str) -> dict[str, Any]:
    return {"name": text(words_), "name_font": {"name": FONT, "size": 11, "bold": True, "color": BLUE}, "overlay": False}


def _districts(book: Book, index: int) -> Any:  # noqa: ANN401
    """One group: how many cases every district has, and how many of them are resolved."""
    first = district_first()
    last = first + len(book.report.settings.districts) - 1
    chart = book.workbook.add_chart({"type": "column"})
    for step, (name, colour) in enumerate((("总数", BAR_LIGHT), ("已化解", BLUE))):
        chart.add_series(
            {
                "name": name,
                "categories": area("旗区", first, last, 0),
                "values": area("旗区", first, last, 2 + WIDE * index + step),
                "fill": {"color": colour},
                "gap": 80,
                "overlap": -5,
                "data_labels": {"value": True, "num_format": "0;;", "font": _FONT},
            }
        )
    chart.set_title(_title(f"各旗区：{book.report.settings.groups[index].name}（件）"))
    chart.set_x_axis({"num_font": _FONT, "line": {"color": LINE}})
    chart.set_y_axis({"min": 0, "visible": False, "major_gridlines": {"visible": False}})
    return chart


def _trend(book: Book, first: int) -> Any:  # noqa: ANN401
    """The groups' rates day by day; a day without cases is a gap."""
    days = len(book.report.trend)
    chart = book.workbook.add_chart({"type": "line"})
    for index, group in enumerate(book.report.settings.groups):
        colour = _COLOURS[index % len(_COLOURS)]
        start = first + index * days
        chart.add_series(
            {
                "name": text(f"{words.RATE_OF}{group.name}（目标 {group.target_percent}%）"),
                "categories": area(TARGETS, start, start + days - 1, 1),
                "values": area(TARGETS, start, start + days - 1, 6),
                "line": {"color": colour, "width": 2},
                "marker": {"type": _MARKERS[index % len(_MARKERS)], "size": 5, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )
    chart.set_title(_title("近日走势"))
    chart.show_blanks_as("gap")
    chart.set_x_axis({"date_axis": True, "num_format": "m-d", "major_unit_type": "days", "num_font": _FONT, "line": {"color": LINE}})
    chart.set_y_axis(
        {"min": 0, "max": 1, "num_format": "0%", "num_font": _FONT, "line": {"none": True}, "major_gridlines": _GRID, "major_unit": 0.25}
    )
    return chart
