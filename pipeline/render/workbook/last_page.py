"""A sheet whose last page would hold little comes onto one page less, in letters that are smaller but not below eight points.

Covered by tests/render/workbook/test_sheets_on_paper.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_cell_to_rowcol

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

_LONG: Final = 4
"""Lists of more pages keep their letters: a page less is no matter there."""
_LEAST: Final = 0.82
"""Of letters of ten points, with some air: eight of them are the least."""
_WIDE: Final = 841.8 - 2 * 0.3 * 72
_HIGH: Final = 595.2 - 2 * 0.7 * 72
"""Points that columns and rows have on A4 on its side."""
_WIDER: Final = 1.06
"""LibreOffice makes columns so much wider than Excel."""
_POINT: Final = 0.75
_UNSET: Final = 17
"""Pixels of a row whose height is not set."""
_AREA: Final = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?$")


def spare(sheets: Iterable[Sheet]) -> None:
    """Set those sheets on one page less that have room there."""
    for sheet in sheets:
        rows, columns = _printed(sheet)
        wide = sum((sheet.col_info[column].width if column in sheet.col_info else 0) for column in range(columns)) * _POINT * _WIDER
        if sheet.orientation or sheet.fit_width != 1 or not wide:
            continue
        high = [sheet.row_sizes.get(row, (_UNSET, False))[0] * _POINT for row in range(rows)]
        repeated = sum(high[row] for row in _repeated(sheet))
        usual, least = (_pages(high, repeated, _HIGH / scale) for scale in (min(1.0, _WIDE / wide), _LEAST))
        if least < usual <= _LONG:
            sheet.fit_to_pages(1, least)


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
