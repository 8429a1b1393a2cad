"""An .xlsx copy of a workbook of another format: what its cells show, to be marked, mended and sent again.

Nothing marks an .xls, .xlsb or .ods. What the gate has read of one is all that is copied, and openpyxl sees nothing else of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.worksheet.properties import PageSetupProperties

from pipeline.reading import receipt_layout, table, workbook
from pipeline.reading.gate import plain_worksheet
from pipeline.reading.gate.safe_workbook import Limits, UnreadableError
from pipeline.reading.marking import openpyxl_private, package_parts
from pipeline.reading.marking.package_parts import NotMarkableError
from pipeline.reading.receipt_layout import Why
from pipeline.reading.workbook import Book, Cell, ErrorValue, Formatted, SheetCells
from pipeline.terms.text import as_text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COPIED = (
    "您的原件是 {format} 格式，标注不了。后面的工作表是按原件做的 .xlsx 副本：内容和日期照原样，公式换成了结果，"
    "颜色、下拉框、批注和图形没有带来。可以直接在这份上改正、报送，也可以改自己的原件。"
)
SOME_SHEETS = "原件里与日报无关的工作表没有带来。"
_LONGEST_SHEET = 31
"""Characters of a sheet's name in Excel."""
_NARROWEST, _WIDEST = 9, 42
_FONT = Font(name=receipt_layout.FONT, size=10)
_SIDE = Side(style="thin", color=receipt_layout.BORDER)
_BORDER = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_LAYOUT = Alignment(wrap_text=True, vertical="center")
_ROOM = 2
"""Characters of air beside a text."""


def parts(original: bytes, limits: Limits) -> tuple[dict[str, bytes], bool]:
    """Return the copy's parts, and whether it has all the sheets. Raises NotMarkableError, UnreadableError."""
    try:
        book, is_whole = workbook.read(original, limits), True
    except UnreadableError:  # in a sheet that no report needs
        book, is_whole = workbook.read(original, limits, table.is_wanted), False
    _count(book)
    copy = Workbook()
    copy.remove(copy.worksheets[0])
    copy.epoch = CALENDAR_MAC_1904 if book.is_1904 else CALENDAR_WINDOWS_1900
    copy.properties.creator = receipt_layout.AUTHOR
    for sheet in book.sheets:
        _fill(copy, sheet)
    sink = package_parts.Sink()
    openpyxl_private.save(copy, sink)
    return sink.parts, is_whole


def _count(book: Book) -> None:
    if len(book.sheets) > package_parts.MOST_SHEETS:
        raise NotMarkableError(Why.SHEETS, package_parts.MOST_SHEETS)
    if sum(value != "" for sheet in book.sheets for row in sheet.rows for value in row) > package_parts.MOST_CELLS:
        raise NotMarkableError(Why.CELLS, package_parts.MOST_CELLS)


def _fill(copy: Workbook, cells: SheetCells) -> None:
    """Add a sheet with these cells, each at its address."""
    if len(cells.name) > _LONGEST_SHEET:
        raise NotMarkableError(Why.SHEET_NAME, cells.name[:_LONGEST_SHEET])
    try:
        sheet = copy.create_sheet(cells.name)
    except ValueError as error:  # a character that Excel allows in no sheet's name
        raise NotMarkableError(Why.SHEET_NAME, cells.name) from error
    _set_up(sheet)
    widths: dict[int, int] = {}
    first = None
    for line, column, value in _filled(cells):
        cell = sheet.cell(line, column)
        if first is None:
            first = cell
            cell.font, cell.border, cell.alignment = _FONT, _BORDER, _LAYOUT
        openpyxl_private.dress_like(cell, first)  # before the value: a date sets its format
        _set(cell, value)
        widths[column] = max(widths.get(column, 0), *map(receipt_layout.width_of, as_text(value).split("\n")))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + _ROOM, _NARROWEST), _WIDEST)
    _merge(sheet, cells)


def _set_up(sheet: Worksheet) -> None:
    """Print it across, one page wide."""
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", receipt_layout.A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0


def _filled(cells: SheetCells) -> Iterator[tuple[int, int, Cell]]:
    """Go through what stands in the sheet: line and column from 1, and the value."""
    for line, row in zip(cells.lines, cells.rows, strict=False):
        for column, value in zip(cells.columns, row, strict=False):
            if value != "":
                yield line, column + 1, value


def _set(cell: Any, value: Cell) -> None:  # noqa: ANN401 - openpyxl's cell
    if isinstance(value, str | Formatted):  # what a format shows goes as text: the format itself has not been read
        openpyxl_private.set_text(cell, plain_worksheet.text(str(value)))
    elif isinstance(value, ErrorValue):
        openpyxl_private.set_error(cell, value.text)
    else:
        cell.value = value


def _merge(sheet: Worksheet, cells: SheetCells) -> None:
    """Merge what is merged, as far as something stands beside it: openpyxl makes an object of each cell of a range."""
    lines, columns = list(cells.lines), list(cells.columns)
    for top, left, bottom, right in cells.merges:
        last_line, last_column = lines[min(bottom, len(lines) - 1)], columns[min(right, len(columns) - 1)] + 1
        sheet.merge_cells(start_row=lines[top], start_column=columns[left] + 1, end_row=last_line, end_column=last_column)
