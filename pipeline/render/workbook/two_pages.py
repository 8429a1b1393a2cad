"""How 总览 comes onto two upright pages, parted between two sections.

A sheet that is fitted to its paper keeps no page break in Excel, and one that is not fitted runs over where a computer lacks the font that
widths are counted in. So the sheet is fitted to the page's width, and its first page is filled: the charts, or the rows of many decisions,
take what room the rest of it leaves, as far down as the page reaches; a few empty rows are where the page ends, however the printer rounds.
What would be too much for the second page is said in fewer words, with the sheet where it stands whole; letters stay at eight points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.render.workbook.cell_formats import BOTTOM, SIDE, TOP, begin_page, pixels
from pipeline.render.workbook.sheet_frame import OVERVIEW_LAST, OVERVIEW_WIDTHS

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

_INCH: Final = 72
_PAPER: Final = (595.2, 841.8)
"""A4 in points."""
_POINT: Final = 0.75
"""A pixel in points."""
_UNSET: Final = 17
"""Pixels of a row whose height is not set."""
_FILLED: Final = 0.965
"""As much of the first page is filled for certain."""
_GAP_ROWS: Final = 4
_GAP_ROW: Final = 14.0
WIDTH: Final = pixels(OVERVIEW_WIDTHS)
"""Of the sheet, in pixels."""
_SCALE: Final = int(100 * (_PAPER[0] - 2 * SIDE * _INCH) / (WIDTH * _POINT))
"""In percent: at this the width fills the page."""
_PAGE: Final = (_PAPER[1] - (TOP + BOTTOM) * _INCH) * 100 / _SCALE
"""The points that a page has room for at that scale."""
ROOM: Final = _PAGE * _FILLED


def high(sheet: Sheet, first: int, end: int) -> float:
    """Return the points that the rows take from the first up to, not with, the end."""
    return float(sum(sheet.row_sizes.get(row, (_UNSET, False))[0] for row in range(first, end))) * _POINT


def leave_gap(sheet: Sheet, top: int) -> int:
    """Leave the rows empty in which the first page ends; the first row of the second."""
    for row in range(top, top + _GAP_ROWS):
        sheet.set_row(row, _GAP_ROW)
    return top + _GAP_ROWS


def widen_gap(sheet: Sheet, second: int, more: float) -> None:
    """Make the empty rows above the row `second` together so many points higher."""
    for row in range(second - _GAP_ROWS, second):
        sheet.set_row(row, _GAP_ROW + more / _GAP_ROWS)


def left(sheet: Sheet, second: int, end: int) -> tuple[float, float]:
    """Return the points that the two pages have left; none where a page is too full."""
    return max(0.0, ROOM - high(sheet, 0, second - _GAP_ROWS)), max(0.0, ROOM - high(sheet, second, end))


def set_up(sheet: Sheet, second: int, end: int) -> None:
    """Print all above the row `end`, with the second page from the row `second` on."""
    sheet.set_portrait()
    begin_page(sheet, second)
    sheet.print_area(0, 0, end - 1, OVERVIEW_LAST)
