"""Reads a worksheet's XML cell by cell, to write it anew where it looks unusual."""

from __future__ import annotations

import re
import string
from xml.parsers import expat

from pipeline.reading.gate import plain_worksheet, xml_parts
from pipeline.reading.gate.cell_values import LAST_COLUMN, LAST_ROW, column_number
from pipeline.reading.gate.plain_worksheet import Cell, Merge
from pipeline.reading.gate.safe_workbook import Place, SheetFacts, UnreadableError

_LETTERS = re.compile("[A-Za-z]{1,3}")
_LONGEST_INDEX = 9
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_BLANKS = " \t\r\n"
"""What Excel leaves out at both ends of a text that is not marked as to be kept."""
_MOST_ELEMENTS = 10_000_000


class _Reader:
    """Hears the elements of a sheet and keeps its filled cells; the last of two at one place holds."""

    def __init__(self, most: int) -> None:
        self.cells: dict[Place, Cell] = {}
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
                self.cells[self._cell[:2]] = Cell(*self._cell, said, self._has_formula)
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


def rewrite(part: bytes, merges: tuple[Merge, ...], most: int, widest: int) -> tuple[bytes, SheetFacts, int]:
    """The sheet in its plainest form, what a library would not tell of it, and how many filled cells it has.

    Raises UnreadableError for a damaged sheet, for one with more than `most` filled cells, and for one that would be laid
    out with more than `widest`.
    """
    reader = _Reader(most)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = reader.start, reader.end, reader.text
    xml_parts.parse(parser, part)
    cells = [reader.cells[place] for place in sorted(reader.cells)]
    return *plain_worksheet.lay_out(cells, merges, widest), len(cells)
