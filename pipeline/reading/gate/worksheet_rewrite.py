"""Reads a worksheet's XML cell by cell, to write it anew where it looks unusual."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

from pipeline.reading.gate import plain_worksheet, xml_parts
from pipeline.reading.gate.cell_values import LAST_COLUMN, LAST_ROW, PictureFormulas, column_number, is_index
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import Merge, Place, SheetFacts, damaged, too_many_cells

_LETTERS = re.compile("[A-Za-z]{1,3}")
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_BLANKS = " \t\r\n"
"""What Excel leaves out at both ends of a text without xml:space="preserve"."""
_TEXTS = ("str", "inlineStr")
_MOST_ELEMENTS = 10_000_000
"""Empty cells are no cells in the limits, but each takes the parser its time."""


class _Reader:
    """Listens to the elements of a sheet and keeps its filled cells; the last of two at one place holds."""

    def __init__(self, most: int, telling: Mapping[str, str]) -> None:
        self.cells: dict[Place, Cell] = {}
        self._most, self._telling = most, telling
        self._elements = 0
        self._columns: dict[str, int] = {}
        self._row, self._column = -1, -1
        self._is_inside = False
        self._cell: tuple[int, int, str, str] | None = None
        self._values: list[str] = []
        self._texts: list[str] = []
        self._has_formula = self._has_text = self._listens = self._trims = False
        self._shared, self._is_picture, self._pictures = "", False, PictureFormulas()
        self._pieces: list[str] = []
        self._phonetic = 0
        """How deep it is in a phonetic run (ECMA-376 part 1, 18.4.6): how a name is read is no part of the cell's text."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise too_many_cells()
        element = name.rpartition(" ")[2]  # as `xml_parts.local`, without its call: a sheet that comes here has very many of them
        if not self._is_inside:  # extensions behind the rows (extLst) have cells of their own
            self._is_inside = element == "sheetData"
        elif element == "c":
            row, self._column = self._place(attributes.get("r"))
            self._cell = row, self._column, attributes.get("t", "n"), attributes.get("s", "")
            self._values, self._texts, self._has_formula, self._has_text, self._is_picture = [], [], False, False, False
        elif element == "row":
            self._row, self._column = _row_number(attributes.get("r"), self._row), -1
        elif self._cell:
            self._start_inside(element, attributes)

    def _start_inside(self, element: str, attributes: dict[str, str]) -> None:
        if element == "f":
            self._has_formula = self._listens = True
            self._shared, self._pieces = attributes.get("si", ""), []
        elif element == "rPh":
            self._phonetic += 1
        elif element in ("v", "t") and not self._phonetic:
            self._listens, self._pieces = True, []
            self._trims = element == "t" and attributes.get(_SPACE) != "preserve"
            self._has_text = self._has_text or element == "t"

    def end(self, name: str) -> None:
        element = name.rpartition(" ")[2]
        if self._listens and element == "f":
            self._is_picture = self._pictures.is_one("".join(self._pieces), self._shared)
            self._listens = False
        elif self._listens and element in ("v", "t"):
            written = "".join(self._pieces)
            (self._values if element == "v" else self._texts).append(written.strip(_BLANKS) if self._trims else written)
            self._has_text = self._has_text or bool(written)
            self._listens = False
        elif element == "c" and self._cell:
            self._keep(*self._cell)
            self._cell = None
        elif element == "rPh" and self._phonetic:
            self._phonetic -= 1
        elif element == "sheetData":
            self._is_inside = False

    def _keep(self, row: int, column: int, kind: str, style: str) -> None:
        if not (self._has_text or self._has_formula or kind == "e"):
            return
        # Some programs write a number beside the text of an inlineStr, which Excel does not show.
        is_text = self._texts and (kind == "inlineStr" or not self._values)
        content = "".join(self._texts if is_text else self._values)
        if kind not in _TEXTS:  # pretty printers put a value on a line of its own
            content = content.strip(_BLANKS)
        self.cells[row, column] = Cell(row, column, kind, style, content, self._has_formula, self._is_picture, self._telling.get(style, ""))
        if len(self.cells) > self._most:
            raise too_many_cells()

    def text(self, written: str) -> None:
        if self._listens:
            self._pieces.append(written)

    def _place(self, reference: str | None) -> Place:
        if reference is None:  # a cell may leave out its address: it stands behind the one before it
            row, column = self._row, self._column + 1
        else:
            letters = reference.rstrip(string.digits)
            row, column = _row_number(reference[len(letters) :], -1), self._columns.get(letters, -1)
            if column < 0:  # kept, since every row has the same letters again
                column = self._columns[letters] = _column_place(letters)
        if not (0 <= row < LAST_ROW and column < LAST_COLUMN):
            raise damaged()
        return row, column


def _column_place(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        raise damaged()
    return column_number(letters.encode()) - 1


def _row_number(written: str | None, before: int) -> int:
    if written is None:
        return before + 1
    if not is_index(written):
        raise damaged()
    return int(written) - 1


def rewrite(part: bytes, merges: tuple[Merge, ...], telling: Mapping[str, str], *, most: int, widest: int) -> tuple[bytes, SheetFacts, int]:
    """Return the sheet in its plainest form, what a library would not tell of it, and how many filled cells it has.

    Raises UnreadableError for a damaged sheet, for one with more than `most` filled cells, and for one that would be laid
    out with more than `widest`. `telling`: as for `worksheet_xml.make_safe`.
    """
    reader = _Reader(most, telling)
    xml_parts.tell(part, reader)
    cells = [reader.cells[place] for place in sorted(reader.cells)]
    return *plain_worksheet.lay_out(cells, merges, widest), len(cells)
