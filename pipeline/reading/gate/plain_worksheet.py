"""Lays cells out as a worksheet in the plainest form, without empty rows and columns where it is sparse."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.reading.gate.cell_values import KNOWN_ERRORS, escape, is_number, may_be_date
from pipeline.reading.gate.safe_workbook import SheetFacts, UnreadableError

Merge = tuple[int, int, int, int]
"""A merged range as first row, first column, last row, last column."""
_SPARSE, _SMALL = 50, 200_000
_LONGEST_INDEX = 9
_PLAIN_DIGITS = 6
"""Digits of a number that needs no closer look."""
_MOST_MERGED_ROWS = 10_000
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(slots=True)
class Cell:
    """A filled cell as the XML of a worksheet has it."""

    row: int
    column: int
    kind: str
    style: str
    value: str
    has_formula: bool


def lay_out(cells: list[Cell], merges: tuple[Merge, ...], widest: int) -> tuple[bytes, SheetFacts]:
    """The sheet with these cells, which come in order, and what a library would not tell of it.

    Raises UnreadableError where it would be laid out with more than `widest` cells.
    """
    rows, columns = _kept(cells, merges)
    if len(rows) * len(columns) > widest:
        raise UnreadableError("too-large", "cells")
    row_at, column_at = {row: at for at, row in enumerate(rows)}, {column: at for at, column in enumerate(columns)}
    errors = {(row_at[one.row], column_at[one.column]): one.value or "#VALUE!" for one in cells if one.kind == "e"}
    uncached = {(row_at[one.row], column_at[one.column]) for one in cells if _is_uncached(one)}
    marks = SheetFacts(errors, frozenset(uncached), tuple(_moved(merges, rows, columns)), [row + 1 for row in rows], columns)
    return _written(cells, row_at, column_at), marks


def text(plain: str) -> str:
    """A text as a worksheet spells it: with references for what XML does not allow."""
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", plain)


def _is_uncached(cell: Cell) -> bool:
    return cell.has_formula and cell.kind != "e" and not cell.value and cell.kind != "str"


def _kept(cells: list[Cell], merges: Iterable[Merge]) -> tuple[list[int], list[int]]:
    """The rows and columns that are laid out: all up to the last, or, where most would be empty, those with something in them."""
    rows, columns = {one.row for one in cells}, {one.column for one in cells}
    if not cells:
        return [], []
    height, width = max(rows) + 1, max(columns) + 1
    if height * width <= _SMALL or height * width <= _SPARSE * len(cells):
        return list(range(height)), list(range(width))
    filled = {(one.row, one.column) for one in cells}
    tall = [range(top + 1, min(bottom, height - 1) + 1) for top, left, bottom, _right in merges if (top, left) in filled]
    if sum(map(len, tall)) <= _MOST_MERGED_ROWS:
        rows |= set(itertools.chain.from_iterable(tall))
    first = range(min(width, 100))  # a label's neighbour on 封面 may be empty, and is found by its place
    return sorted(rows), sorted(columns | set(first))


def _moved(merges: Iterable[Merge], rows: list[int], columns: list[int]) -> Iterator[Merge]:
    """Merged ranges by the places of the rows and columns that were kept."""
    for top, left, bottom, right in merges:
        first, start = bisect_left(rows, top), bisect_left(columns, left)
        if first < len(rows) and start < len(columns) and (rows[first], columns[start]) == (top, left):
            yield first, start, bisect_right(rows, bottom) - 1, bisect_right(columns, right) - 1


# --- writing -----------------------------------------------------------------------------------------------------


def _written(cells: list[Cell], row_at: dict[int, int], column_at: dict[int, int]) -> bytes:
    names = [_letters(at) for at in range(len(column_at))]
    lines = []
    for row, inside in itertools.groupby(cells, lambda one: one.row):
        number = row_at[row] + 1
        written = "".join(_cell(one, f"{names[column_at[one.column]]}{number}") for one in inside)
        lines.append(f'<row r="{number}">{written}</row>')
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{"".join(lines)}</sheetData></worksheet>'.encode()


def _cell(cell: Cell, name: str) -> str:
    kind, value, style = cell.kind, cell.value, cell.style
    if kind == "e":
        value = value if value.encode() in KNOWN_ERRORS else "#VALUE!"
    elif kind == "inlineStr":
        kind = "str"
    elif kind == "n" and value.isdecimal() and len(value) <= _PLAIN_DIGITS:
        pass
    elif kind == "s" and not (value.strip().isdecimal() and len(value.strip()) <= _LONGEST_INDEX):
        raise UnreadableError("unreadable", "damaged")
    elif kind == "n" and is_number(value.strip()):
        value = value.strip()
        style = style if may_be_date(value) else ""
    said = f' s="{style}"' if style.isdecimal() else ""
    said += f' t="{kind}"' if kind in ("s", "b", "e", "str", "d") else ""
    return f'<c r="{name}"{said}><v>{escape(value)}</v></c>' if value or kind == "e" else ""


def _letters(at: int) -> str:
    letters, number = "", at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
