"""Lays cells out as a worksheet in the plainest form, without empty rows and columns where it is sparse."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from html import escape

from pipeline.reading.gate.cell_values import ANY_ERROR, KNOWN_ERRORS, column_letters, is_index, is_number, may_be_date
from pipeline.reading.gate.safe_workbook import Merge, SheetFacts, damaged, too_many_cells

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SPARSE = 50
"""Cells of the rectangle for each filled one from which a large sheet is laid out without its empty rows and columns."""
_SMALL = 200_000
"""Cells of a rectangle that does no harm however empty it is."""
_PLAIN_DIGITS = 6
"""Digits of a number that needs no closer look."""
_MOST_MERGED_ROWS = 10_000
_LABEL_COLUMNS = 100
_AFTER_AN_HOUR = (2, 3)
"""Where the first colon of a time stands in ISO writing: 09:30:00 or T09:30:00."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, and what a reader would take for a reference to such a character."""


@dataclass(slots=True)
class Cell:
    """A filled cell as the XML of a worksheet has it (ECMA-376 part 1, 18.3.1.4)."""

    row: int
    column: int
    kind: str
    """As `t`: n, s (a shared text's number), str, inlineStr, b, e or d."""
    style: str
    """As `s`: a place in the list of formats; '' for the plain one."""
    value: str
    has_formula: bool
    is_picture: bool = False
    """Whether its formula shows a picture."""
    format: str = ""
    """Its number format, where that may show something else than the value."""


def is_sparse(rectangle: int, filled: int) -> bool:
    """Return whether a sheet of so many cells, of which so many are filled, is mostly empty space.

    A library lays the whole rectangle out in memory: two cells in far corners would take seventeen thousand million.
    """
    return rectangle > _SMALL and rectangle > _SPARSE * filled


def lay_out(cells: list[Cell], merges: Sequence[Merge], widest: int) -> tuple[bytes, SheetFacts]:
    """Return the sheet with these cells, which come in order, and what a library would not tell of it.

    Raises UnreadableError where it would be laid out with more than `widest` cells.
    """
    rows, columns = _rows_and_columns(cells, merges)
    if len(rows) * len(columns) > widest:
        raise too_many_cells()
    row_at, column_at = {row: at for at, row in enumerate(rows)}, {column: at for at, column in enumerate(columns)}
    # The library has '' for every error and for every formula without a result.
    pictures = frozenset((row_at[cell.row], column_at[cell.column]) for cell in cells if cell.is_picture)
    errors = {(row_at[cell.row], column_at[cell.column]): cell.value or ANY_ERROR for cell in cells if cell.kind == "e"}
    uncached = {(row_at[cell.row], column_at[cell.column]) for cell in cells if _is_uncached(cell)}
    formats = {(row_at[cell.row], column_at[cell.column]): cell.format for cell in cells if cell.format}
    merged, lines = tuple(_moved_merges(merges, rows, columns)), [row + 1 for row in rows]
    facts = SheetFacts(errors, frozenset(uncached), pictures, formats, merged, lines, columns)
    return _worksheet(cells, row_at, column_at), facts


def text(plain: str) -> str:
    """Return a text as a worksheet spells it: `_x0007_` for what XML does not allow (ECMA-376 part 1, ST_Xstring)."""
    return _UNWRITABLE.sub(lambda character: f"_x{ord(character[0]):04X}_", plain)


def _is_uncached(cell: Cell) -> bool:
    # An empty text is a result, for example of =IF(A1>0,A1,""); no other kind of result is empty.
    return cell.has_formula and not cell.value and cell.kind not in ("e", "str")


def _rows_and_columns(cells: list[Cell], merges: Iterable[Merge]) -> tuple[list[int], list[int]]:
    """Return the rows and columns that are laid out: all up to the last, or, of a sparse sheet, those with something in them."""
    rows, columns = {cell.row for cell in cells}, {cell.column for cell in cells}
    if not cells:
        return [], []
    height, width = max(rows) + 1, max(columns) + 1
    if not is_sparse(height * width, len(cells)):
        return list(range(height)), list(range(width))
    # A merged cell's value is filled down its rows later, so that these count as filled, unless there are far too many.
    filled = {(cell.row, cell.column) for cell in cells}
    merged = [range(top + 1, min(bottom, height - 1) + 1) for top, left, bottom, _right in merges if (top, left) in filled]
    if sum(map(len, merged)) <= _MOST_MERGED_ROWS:
        rows |= set(itertools.chain.from_iterable(merged))
    # A label's neighbour on 封面 may be empty, and is found by its place.
    return sorted(rows), sorted(columns | set(range(min(width, _LABEL_COLUMNS))))


def _moved_merges(merges: Iterable[Merge], rows: list[int], columns: list[int]) -> Iterator[Merge]:
    """Return the merged ranges by the places of the rows and columns that were kept."""
    for top, left, bottom, right in merges:
        first, start = bisect_left(rows, top), bisect_left(columns, left)
        if first < len(rows) and start < len(columns) and (rows[first], columns[start]) == (top, left):
            yield first, start, bisect_right(rows, bottom) - 1, bisect_right(columns, right) - 1


# --- writing -----------------------------------------------------------------------------------------------------


def _worksheet(cells: list[Cell], row_at: dict[int, int], column_at: dict[int, int]) -> bytes:
    letters = [column_letters(at) for at in range(len(column_at))]
    rows = []
    for row, row_cells in itertools.groupby(cells, lambda cell: cell.row):
        number = row_at[row] + 1
        written = "".join(_cell(cell, f"{letters[column_at[cell.column]]}{number}") for cell in row_cells)
        rows.append(f'<row r="{number}">{written}</row>')
    return f'<worksheet xmlns="{NAMESPACE}"><sheetData>{"".join(rows)}</sheetData></worksheet>'.encode()


def iso_day(written: str) -> str:
    """Return a date or a time in ISO writing (`2020-05-17T00:00:00.000Z`) as the library knows one; what is none stays as it is.

    The zone behind it counts for nothing: a cell knows none, and SheetJS writes the time that is shown as if it were UTC.
    """
    try:
        if written.find(":") in _AFTER_AN_HOUR:
            return time.fromisoformat(written.strip()).replace(tzinfo=None, microsecond=0).isoformat()
        moment = datetime.fromisoformat(written.strip()).replace(tzinfo=None, microsecond=0)
    except ValueError:
        return written
    return moment.isoformat() if moment.time() != time() else moment.date().isoformat()


def _cell(cell: Cell, address: str) -> str:
    if cell.kind == "s" and not cell.value:
        return ""
    kind, value, style = cell.kind, cell.value, cell.style
    if kind == "e":
        # python-calamine trips over an error that it does not know; the true one is told in the sheet's facts.
        value = value if value.encode() in KNOWN_ERRORS else ANY_ERROR
    elif kind == "inlineStr":
        kind = "str"  # the text goes into <v> here, as a formula's would; an inline one has an element of its own
    elif kind == "n" and value.isdecimal() and len(value) <= _PLAIN_DIGITS:
        pass
    elif kind == "s" and not is_index(value):
        raise damaged()
    elif kind == "n" and is_number(value):
        style = style if may_be_date(value) else ""
    elif kind == "d":
        value = iso_day(value)
    attributes = f' s="{style}"' if style.isdecimal() else ""
    attributes += f' t="{kind}"' if kind in ("s", "b", "e", "str", "d") else ""
    return f'<c r="{address}"{attributes}><v>{escape(value, quote=False)}</v></c>' if value or kind == "e" else ""
