"""How many pages a sheet takes, and how it takes fewer: upright where it is narrow, in smaller letters, but none below eight points.

Covered by tests/render/workbook/test_sheets_on_paper.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_cell_to_rowcol

from pipeline.render.workbook.cell_formats import BOTTOM, SIDE, TOP, begin_page

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

_LEAST: Final = 0.82
"""Of letters of ten points, with some air: eight of them are the least."""
_A4: Final = (595.2, 841.8)
_INCH: Final = 72
_WIDER: Final = 1.06
"""LibreOffice makes columns so much wider than Excel."""
_POINT: Final = 0.75
_CHART: Final = (170, 300)
"""Pixels that a chart is high, at least and at most."""
_GAP: Final = 14.0
"""Points of an empty row."""
_UNSET: Final = 17
"""Pixels of a row whose height is not set."""
_AREA: Final = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?$")


def spare(sheets: Iterable[Sheet]) -> dict[str, int]:
    """Set each sheet that lies on its side on as few pages as it has room on; by name how many pages each takes."""
    return {sheet.name: _spare(sheet) for sheet in sheets}


def place_of_chart(sheet: Sheet, row: int) -> tuple[int, int]:
    """Return where a chart below the row begins and how high it is, in pixels: no page ends within it.

    With too little room it begins a page: empty rows bring it there in Excel, which keeps no break in a sheet that is fitted to its paper.
    """
    left = _next_page(sheet, row)
    if left >= _CHART[0] * _POINT:
        return row, min(_CHART[1], int(left / _POINT) - 4)
    empty = ceil(left / _GAP)
    for gap in range(row, row + empty):
        sheet.set_row(gap, _GAP)
    begin_page(sheet, row + empty)
    return row + empty, _CHART[1]


def _next_page(sheet: Sheet, end: int) -> float:
    """Return how many points lie between the row `end` and the next page of a sheet on its side: in Excel, which sets it larger."""
    content = _content(sheet)
    scale = replace(content, width=content.width / _WIDER).scale(is_upright=False)
    page = (_A4[0] - (TOP + BOTTOM) * _INCH) / scale
    return page - sum(content.rows[:end]) % page


@dataclass(frozen=True, slots=True)
class _Content:
    """What is printed of a sheet: the heights of its rows, those repeated on every page, and its width, in points."""

    rows: Sequence[float]
    repeated: float
    width: float

    def scale(self, *, is_upright: bool) -> float:
        """Return in what share of their size letters are set where the width fills the page."""
        room = _A4[not is_upright] - 2 * SIDE * _INCH
        return min(1.0, room / self.width) if self.width else 1.0

    def pages(self, scale: float, *, is_upright: bool) -> int:
        """Return onto how many pages the rows come in letters of that size."""
        return _pages(self.rows, self.repeated, (_A4[is_upright] - (TOP + BOTTOM) * _INCH) / scale)


def _spare(sheet: Sheet) -> int:
    content = _content(sheet)
    if sheet.orientation or sheet.fit_width != 1:
        is_upright = bool(sheet.orientation)
        return int(sheet.fit_width) * content.pages(content.scale(is_upright=is_upright) if is_upright else _LEAST, is_upright=is_upright)
    scale = content.scale(is_upright=False)
    usual = fewest = content.pages(scale, is_upright=False)
    for is_upright in (False, True):
        if (
            usual > 1
            and content.scale(is_upright=is_upright) >= _LEAST
            and (count := content.pages(_LEAST, is_upright=is_upright)) < fewest
        ):
            fewest = count
            sheet.fit_to_pages(1, count)
            if is_upright:
                sheet.set_portrait()
    return fewest


def _content(sheet: Sheet) -> _Content:
    rows, columns = _printed(sheet)
    high = [sheet.row_sizes.get(row, (_UNSET, False))[0] * _POINT for row in range(rows)]
    wide = sum((sheet.col_info[column].width if column in sheet.col_info else 0) for column in range(columns)) * _POINT * _WIDER
    return _Content(high, sum(high[row] for row in _repeated(sheet) if row < rows), wide)


def _printed(sheet: Sheet) -> tuple[int, int]:
    """Return how many rows and columns are printed, counted from the first."""
    if found := _AREA.search(sheet.print_area_range):
        row, column = xl_cell_to_rowcol(f"{found[3] or found[1]}{found[4] or found[2]}")
        return row + 1, column + 1
    return (sheet.dim_rowmax or 0) + 1, (sheet.dim_colmax or 0) + 1


def _repeated(sheet: Sheet) -> Sequence[int]:
    found = re.search(r"\$(\d+):\$(\d+)$", sheet.repeat_row_range)
    return range(int(found[1]) - 1, int(found[2])) if found else ()


def _pages(high: Sequence[float], repeated: float, room: float) -> int:
    """Return onto how many pages rows of these heights come, with what stands at the top of each but the first."""
    count, filled = 1, 0.0
    for row in high:
        if filled + row > room:
            count, filled = count + 1, repeated
        filled += row
    return count
