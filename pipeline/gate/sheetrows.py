"""Writes a worksheet's XML anew: filled cells alone, in the plainest form, without empty rows and columns where it is sparse."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from pipeline.gate import xml
from pipeline.gate.cells import KNOWN_ERRORS, LAST_COLUMN, LAST_ROW, column_number, escape, is_number, may_be_date
from pipeline.gate.nouns import Marks, Place, UnreadableError

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_SPARSE, _SMALL = 50, 200_000
_LONGEST_INDEX = 9
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_BLANKS = " \t\r\n"
"""What Excel leaves out at both ends of a text that is not marked as to be kept."""
_MOST_MERGED_ROWS = 10_000


@dataclass(slots=True)
class _Cell:
    """A cell as its XML has it."""

    row: int
    column: int
    kind: str
    style: str
    value: str = ""
    has_value: bool = False
    has_formula: bool = False

    @property
    def is_filled(self) -> bool:
        return self.has_value or self.has_formula or self.kind == "e"


class _Reader:
    """Hears the elements of a sheet and keeps its filled cells; the last of two at one place holds."""

    def __init__(self, most: int) -> None:
        self.cells: dict[Place, _Cell] = {}
        self._most = most
        self._row, self._column = -1, -1
        self._cell: _Cell | None = None
        self._is_inside = False
        self._hears = False
        self._trims = False
        self._said = ""
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match xml.local(name):
            case "sheetData":
                self._is_inside = True
            case _ if not self._is_inside:  # extensions behind the rows have cells of their own
                return
            case "row":
                self._row, self._column = _number(attributes.get("r"), self._row), -1
            case "c":
                self._row, self._column = self._place(attributes.get("r"))
                self._cell = _Cell(self._row, self._column, attributes.get("t", "n"), attributes.get("s", ""))
            case "f" if self._cell:
                self._cell.has_formula = True
            case "rPh":
                self._phonetic += 1
            case "v" | "t" as element if self._cell and not self._phonetic:
                self._hears, self._said = True, ""
                self._trims = element == "t" and attributes.get(_SPACE) != "preserve"
                self._cell.has_value = self._cell.has_value or element == "t"

    def end(self, name: str) -> None:
        match xml.local(name):
            case "sheetData":
                self._is_inside = False
            case "c" if self._cell:
                if self._cell.is_filled:
                    self.cells[self._cell.row, self._cell.column] = self._cell
                    if len(self.cells) > self._most:
                        raise UnreadableError("too-large", "cells")
                self._cell = None
            case "rPh":
                self._phonetic -= 1
            case "v" | "t" if self._hears and self._cell:
                self._cell.value += self._said.strip(_BLANKS) if self._trims else self._said
                self._cell.has_value = self._cell.has_value or bool(self._said)
                self._hears = False

    def text(self, written: str) -> None:
        if self._hears and self._cell:
            self._said += written

    def _place(self, reference: str | None) -> Place:
        if reference is None:
            place = self._row, self._column + 1
        elif found := _REFERENCE.fullmatch(reference):
            place = int(found[2]) - 1, column_number(found[1].encode()) - 1
        else:
            raise UnreadableError("unreadable", "damaged")
        if not (0 <= place[0] < LAST_ROW and place[1] < LAST_COLUMN):
            raise UnreadableError("unreadable", "damaged")
        return place


def _number(written: str | None, before: int) -> int:
    if written is None:
        return before + 1
    if not written.isdecimal():
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
    """Merged ranges by the places of the rows and columns that were kept."""
    for top, left, bottom, right in merges:
        if top in row_at and left in column_at:
            rows = [row_at[row] for row in row_at if top <= row <= bottom] if bottom > top else [row_at[top]]
            columns = [column_at[column] for column in column_at if left <= column <= right] if right > left else [column_at[left]]
            yield row_at[top], column_at[left], rows[-1], columns[-1]


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
    elif kind == "s" and not (value.strip().isdecimal() and len(value.strip()) <= _LONGEST_INDEX):
        raise UnreadableError("unreadable", "damaged")
    elif kind == "n" and is_number(value.strip()):
        value = value.strip()
        style = style if may_be_date(value) else ""
    said = f' s="{style}"' if style.isdecimal() else ""
    said += f' t="{kind}"' if kind in ("s", "b", "e", "str", "d") else ""
    return f'<c r="{name}"{said}><v>{escape(value)}</v></c>' if cell.value or kind == "e" else ""


def _letters(at: int) -> str:
    letters, number = "", at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
