"""The frame that the sheets of 阶段报告 have in common: a title, what is said below it, tables and their paper.

Covered by tests/render/test_period_files.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pipeline.render.workbook.cell_formats import Formats, Value, fit_to_paper, height, lines, merge, put, text
from pipeline.report import period_words
from pipeline.report.period import Period

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_TITLE, _NOTE = 0, 1
HEADER: Final = 2
Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    header: str
    width: float
    look: str = "text"


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook that is being written."""

    workbook: Workbook
    period: Period
    formats: Formats

    def sheet(self, name: str, widths: Sequence[float], said: str = "") -> Worksheet:
        """A sheet with its title, what is said below it, its columns' widths and its paper."""
        sheet = self.workbook.add_worksheet(name)
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        sheet.hide_gridlines(2)
        sheet.set_row(_TITLE, 30)
        title = f"{period_words.NAME[self.period.is_closing]}　{name}　{period_words.span(self.period)}"
        put(sheet, _TITLE, 0, title, self.formats.look("title"))
        merge(sheet, (_NOTE, 0, _NOTE, len(widths) - 1), said, self.formats.look("note", "wrap"))
        sheet.set_row(_NOTE, height(lines(said, sum(widths))) - 2)
        fit_to_paper(sheet, widths)
        office = text(self.period.settings.office)[:80].replace("\n", " ").replace("&", "&&")
        sheet.set_header(f"&L&11 {office}&R&11 {self.period.first}_{self.period.last}", {"scale_with_doc": False})
        sheet.set_footer("&C&11 第 &P 页，共 &N 页", {"scale_with_doc": False})
        return sheet

    def table(self, sheet: Worksheet, top: int, columns: Sequence[Column], rows: Sequence[Row], *, empty: str = "没有。") -> int:
        """A table with its header in the row `top`; the first row that is free below it."""
        for position, column in enumerate(columns):
            put(sheet, top, position, column.header, self.formats.look("header"))
        sheet.set_row(top, 32)
        for index, row in enumerate(rows, top + 1):
            for position, (column, value) in enumerate(zip(columns, row, strict=True)):
                put(sheet, index, position, value, self.formats.look("box", column.look))
            high = max(
                (lines(value, column.width) for column, value in zip(columns, row, strict=True) if isinstance(value, str)), default=1
            )
            sheet.set_row(index, height(high))
        if not rows:
            put(sheet, top + 1, 0, empty, self.formats.look("note"))
        return top + max(len(rows), 1) + 1

    def list_sheet(self, name: str, columns: Sequence[Column], rows: Sequence[Row], said: str = "", empty: str = "没有。") -> None:
        """A sheet of one list, to be filtered, its header on every page."""
        sheet = self.sheet(name, [column.width for column in columns], said)
        below = self.table(sheet, HEADER, columns, rows, empty=empty)
        sheet.autofilter(HEADER, 0, below - 1, len(columns) - 1)
        sheet.repeat_rows(HEADER)
        sheet.freeze_panes(HEADER + 1, 1)
