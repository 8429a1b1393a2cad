"""Writes a worksheet's XML anew: filled cells alone, in the plainest form, without empty rows and columns where it is sparse."""

from __future__ import annotations

import itertools
import re
import string
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from pipeline.gate import xml
from pipeline.gate.cells import KNOWN_ERRORS, LAST_COLUMN, LAST_ROW, column_number, escape, is_number, may_be_date
from pipeline.gate.nouns import Marks, Place, UnreadableError

_LETTERS = re.compile("[A-Za-z]{1,3}")
_SPARSE, _SMALL = 50, 200_000
_LONGEST_INDEX = 9
_PLAIN_DIGITS = 6
"""Digits of a number that needs no closer look."""
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_BLANKS = " \t\r\n"
"""What Excel leaves out at both ends of a text that is not marked as to be kept."""
_MOST_MERGED_ROWS = 10_000
_MOST_ELEMENTS = 10_000_000


@dataclass(frozen=True, slots=True)
class _Cell:
    """A filled cell as its XML has it."""

    row: int
    column: int
    kind: str
    style: str
    value: str
    has_formula: bool


class _Reader:
    """Hears the elements of a sheet and keeps its filled cells; the last of two at one place holds."""

    def __init__(self, most: int) -> None:
        self.cells: dict[Place, _Cell] = {}
        self._most = most
        self._elements = 0
        self._columns: dict[str, int] = {}
        self._row, self._column = -1, -1
        self._is_inside = False
        self._cell: tuple[int, int, str, str] | None = None
        self._values: list[str] = []
        self._texts: list[str] = []
        self._has_formula = self._has_text = self._hears = self._trims = False
        self._said: list[str] = []
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise UnreadableError("too-large", "cells")
        element = name.rpartition(" ")[2]  # most sheets that come here have very many of them
        if not self._is_inside:  # extensions behind the rows have cells of their own
            self._is_inside = element == "sheetData"
        elif element == "c":
            row, self._column = self._place(attributes.get("r"))
            self._cell = row, self._column, attributes.get("t", "n"), attributes.get("s", "")
            self._values, self._texts, self._has_formula, self._has_text = [], [], False, False
        elif element == "row":
            self._row, self._column = _number(attributes.get("r"), self._row), -1
        elif self._cell:
            self._start_inside(element, attributes)

    def _start_inside(self, element: str, attributes: dict[str, str]) -> None:
        if element == "f":
            self._has_formula = True
        elif element == "rPh":
            self._phonetic += 1
        elif element in ("v", "t") and not self._phonetic:
            self._hears, self._said = True, []
            self._trims = element == "t" and attributes.get(_SPACE) != "preserve"
            self._has_text = self._has_text or element == "t"

    def end(self, name: str) -> None:
        element = name.rpartition(" ")[2]
        if self._hears and element in ("v", "t"):
            said = "".join(self._said)
            (self._values if element == "v" else self._texts).append(said.strip(_BLANKS) if self._trims else said)
            self._has_text = self._has_text or bool(said)
            self._hears = False
        elif element == "c" and self._cell:
            if self._has_text or self._has_formula or self._cell[2] == "e":
                is_text = self._texts and (self._cell[2] == "inlineStr" or not self._values)  # some write a number beside their text
                said = "".join(self._texts if is_text else self._values)
                self.cells[self._cell[:2]] = _Cell(*self._cell, said, self._has_formula)
                if len(self.cells) > self._most:
                    raise UnreadableError("too-large", "cells")
            self._cell = None
        elif element == "rPh" and self._phonetic:
            self._phonetic -= 1
        elif element == "sheetData":
            self._is_inside = False

    def text(self, written: str) -> None:
        if self._hears:
            self._said.append(written)

    def _place(self, reference: str | None) -> Place:
        if reference is None:
            row, column = self._row, self._column + 1
        else:
            letters = reference.rstrip(string.digits)
            row, column = _number(reference[len(letters) :], -1), self._columns.get(letters, -1)
            if column < 0:
                column = self._columns[letters] = _column(letters)
        if not (0 <= row < LAST_ROW and column < LAST_COLUMN):
            raise UnreadableError("unreadable", "damaged")
        return row, column


def _column(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        raise UnreadableError("unreadable", "damaged")
    return column_number(letters.encode()) - 1


def _number(written: str | None, before: int) -> int:
    if written is None:
        return before + 1
    if not written.isdecimal() or len(written) > _LONGEST_INDEX:
        raise UnreadableError("unreadable", "damaged")
    return int(written) - 1


def rewrite(part: bytes, merges: tuple[tuple[int, int, int, int], ...], most: int, widest: int) -> tuple[bytes, Marks, int]:
    """The sheet in its plainest form, what a library would not tell of it, and how many filled cells it has.

    Raises UnreadableError for a damaged sheet, for one with more than `most` filled cells, and for one that would be laid
    out with more than `widest`.
    """
    reader = _Reader(most)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = reader.start, reader.end, reader.text
    xml.parse(parser, part)
    cells = [reader.cells[place] for place in sorted(reader.cells)]
    rows, columns = _kept(cells, merges)
    if len(rows) * len(columns) > widest:
        raise UnreadableError("too-large", "cells")
    row_at, column_at = {row: at for at, row in enumerate(rows)}, {column: at for at, column in enumerate(columns)}
    errors = {(row_at[one.row], column_at[one.column]): one.value or "#VALUE!" for one in cells if one.kind == "e"}
    uncached = {(row_at[one.row], column_at[one.column]) for one in cells if _is_uncached(one)}
    marks = Marks(errors, frozenset(uncached), tuple(_moved(merges, row_at, column_at)), [row + 1 for row in rows], columns)
    return _written(cells, row_at, column_at), marks, len(cells)


def _is_uncached(cell: _Cell) -> bool:
    return cell.has_formula and cell.kind != "e" and not cell.value and cell.kind != "str"


def _kept(cells: list[_Cell], merges: Iterable[tuple[int, int, int, int]]) -> tuple[list[int], list[int]]:
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


def _moved(
    merges: Iterable[tuple[int, int, int, int]], row_at: dict[int, int], column_at: dict[int, int]
) -> Iterable[tuple[int, int, int, int]]:
    """Merged ranges by the places of the rows and columns that were kept, which are in their order."""
    rows, columns = list(row_at), list(column_at)
    for top, left, bottom, right in merges:
        if top in row_at and left in column_at:
            yield row_at[top], column_at[left], bisect_right(rows, bottom) - 1, bisect_right(columns, right) - 1


# --- writing -----------------------------------------------------------------------------------------------------


def _written(cells: list[_Cell], row_at: dict[int, int], column_at: dict[int, int]) -> bytes:
    names = [_letters(at) for at in range(len(column_at))]
    lines = []
    for row, inside in itertools.groupby(cells, lambda one: one.row):
        number = row_at[row] + 1
        written = "".join(_cell(one, f"{names[column_at[one.column]]}{number}") for one in inside)
        lines.append(f'<row r="{number}">{written}</row>')
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{"".join(lines)}</sheetData></worksheet>'.encode()


def _cell(cell: _Cell, name: str) -> str:
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
