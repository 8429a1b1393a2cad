"""OpenDocument workbooks (.ods): what counts in the package, and the sheets with their cells.

ODF 1.2: the package is part 3, the elements of the content are part 1 (6.1 text, 9.1 tables).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.reading.gate import ods_cell, plain_workbook, xml_parts
from pipeline.reading.gate.cell_values import LAST_COLUMN, LAST_ROW
from pipeline.reading.gate.ods_cell import OFFICE, TABLE, TEXT, OdsCell
from pipeline.reading.gate.plain_workbook import Sheet
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import (
    Limits,
    SafeWorkbook,
    UnreadableError,
    Wanted,
    damaged,
    not_a_workbook,
    too_many_cells,
    too_much_inside,
)
from pipeline.reading.gate.zip_archive import ZipArchive

_MEDIA_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT, _MANIFEST, _MEDIA_PART = "content.xml", "meta-inf/manifest.xml", "mimetype"
_MACRO = re.compile(r"(?:basic/[^/]+/(?!(?:script|dialog)-l[bc]\.xml$)[^/]+\.xml|scripts/.*[^/])")
"""A module; lists of modules, of which some programs write empty ones, are none."""
_ELSEWHERE = frozenset({
    f"{OFFICE}annotation", f"{OFFICE}forms", f"{TABLE}shapes", f"{TABLE}tracked-changes", f"{TABLE}dde-links", f"{TEXT}ruby-text",
    f"{TEXT}note",
})  # fmt: skip
"""Elements in which texts and tables stand that are no cells; drawings are others."""
_DRAWING = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 "
_BREAKS = re.compile(r"[\t\r\n]+")
"""What is only there to lay the XML out; several spaces are meant, as LibreOffice has it."""
_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_ROWS_REPEATED, _COLUMNS_REPEATED = f"{TABLE}number-rows-repeated", f"{TABLE}number-columns-repeated"
_ROWS_SPANNED, _COLUMNS_SPANNED = f"{TABLE}number-rows-spanned", f"{TABLE}number-columns-spanned"
_LINKED = "'file:"
"""How the name of a sheet begins that is only a copy of values in another file."""


def is_workbook(archive: ZipArchive) -> bool:
    """Return whether the package says that it is such a workbook (ODF 1.2 part 3, 3.3: MIME type file), or may be one and says nothing."""
    if _MEDIA_PART in archive.names:
        return archive.read(_MEDIA_PART).startswith(_MEDIA_TYPE)
    # The part may be left out, and is where somebody has packed the workbook's folder anew; `make_safe` looks at the content itself.
    return _CONTENT in archive.names


def make_safe(archive: ZipArchive, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """Return the workbook with its wanted sheets.

    Raises UnreadableError where it is damaged, too large, encrypted or carries macros.
    """
    if _MANIFEST in archive.names:
        manifest = xml_parts.elements(xml_parts.as_utf8(archive.read(_MANIFEST)))
        if any(element.name == "encryption-data" for element in manifest):
            raise UnreadableError("encrypted")
    if any(_MACRO.fullmatch(name) for name in archive.names):
        raise UnreadableError("macro-workbook")
    reader = _Reader(wanted, limits)
    xml_parts.tell(xml_parts.as_utf8(archive.read(_CONTENT)), reader)
    if not reader.is_workbook:
        raise not_a_workbook()
    return plain_workbook.workbook(reader.sheets(), ods_cell.FORMATS, limits, is_1904=reader.is_1904)


class _Reader:
    """Listens to the elements of the content and keeps the filled cells of the wanted sheets."""

    def __init__(self, wanted: Wanted, limits: Limits) -> None:
        self.is_workbook = self.is_1904 = False
        self._wanted, self._cells_left = wanted, limits.cells
        self._blanks_left = limits.unpacked_bytes // plain_workbook.BYTES_PER_CHARACTER
        self._sheets: list[Sheet] = []
        self._depth = 0
        """Of tables: one inside a cell is no sheet."""
        self._skipped = 0
        """How deep it is inside an element that holds no cells."""
        self._is_read = False
        self._sheet = Sheet("")
        self._row, self._rows, self._column = 0, 1, 0
        self._filled: list[tuple[int, int, OdsCell]] = []
        """Of the row: column, how often, and the cell."""
        self._cell: OdsCell | None = None
        self._is_in_paragraph = False
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            f"{OFFICE}spreadsheet": self._start_workbook, f"{TABLE}null-date": self._start_null_date,
            f"{TABLE}table": self._start_sheet, f"{TABLE}table-source": self._start_source, f"{TABLE}table-row": self._start_row,
            **dict.fromkeys(_CELLS, self._start_cell), f"{TEXT}p": self._start_paragraph, f"{TEXT}s": self._start_blanks,
            f"{TEXT}tab": lambda _attributes: self._add("\t"), f"{TEXT}line-break": lambda _attributes: self._add("\n"),
        }  # fmt: skip
        self._ends: dict[str, Callable[[], None]] = {
            f"{TABLE}table": self._end_sheet, f"{TABLE}table-row": self._end_row, **dict.fromkeys(_CELLS, self._end_cell),
            f"{TEXT}p": self._end_paragraph,
        }  # fmt: skip

    def sheets(self) -> Iterator[Sheet]:
        """Return the sheets in their order; each is let go of, so that its cells are not kept while the next is written."""
        while self._sheets:
            yield self._sheets.pop(0)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
        elif begin := self._starts.get(name):
            begin(attributes)
        elif name in _ELSEWHERE or name.startswith(_DRAWING):
            self._skipped = 1

    def _start_workbook(self, _attributes: dict[str, str]) -> None:
        self.is_workbook = True

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            name = attributes.get(f"{TABLE}name", "")
            self._is_read = self._wanted(name)
            if self._is_read:
                self._sheet, self._row = Sheet(name), 0
                self._sheets.append(self._sheet)

    def _start_source(self, _attributes: dict[str, str]) -> None:
        # A formula that refers to another file makes LibreOffice keep a copy of its values, in a sheet that nobody sees.
        if self._is_read and self._depth == 1 and self._sheet.name.startswith(_LINKED):
            self._is_read = False
            self._sheets.pop()

    def _start_row(self, attributes: dict[str, str]) -> None:
        if self._is_read and self._depth == 1:
            self._rows, self._column, self._filled = _count(attributes, _ROWS_REPEATED), 0, []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self._is_read and self._depth == 1:
            self._cell = OdsCell(attributes)

    def _start_null_date(self, attributes: dict[str, str]) -> None:
        day = attributes.get(f"{TABLE}date-value", "1899-12-30")
        # Behind a sheet it would come too late: the days before it are already counted from another.
        if self._sheets or day not in ods_cell.NULL_DATES:
            raise damaged()
        self.is_1904 = ods_cell.NULL_DATES[day]

    # --- texts ---------------------------------------------------------------------------------------------------

    def _start_paragraph(self, _attributes: dict[str, str]) -> None:
        if self._cell:
            self._cell.paragraphs += 1  # each line of a cell is a paragraph of its own
            self._add("\n" if self._cell.paragraphs > 1 else "")
            self._is_in_paragraph = True

    def _start_blanks(self, attributes: dict[str, str]) -> None:
        count = _count(attributes, f"{TEXT}c")
        self._blanks_left -= count  # one short element can stand for millions of them
        if self._blanks_left < 0:
            raise too_much_inside()
        self._add(" " * count)

    def _add(self, text: str) -> None:
        if self._cell and text:
            self._cell.texts.append(text)

    def text(self, written: str) -> None:
        if self._is_in_paragraph and not self._skipped and self._cell:
            self._cell.texts.append(_BREAKS.sub(" ", written))

    def _end_paragraph(self) -> None:
        self._is_in_paragraph = False

    # --- ends ----------------------------------------------------------------------------------------------------

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif finish := self._ends.get(name):
            finish()

    def _end_sheet(self) -> None:
        if self._depth == 1:
            self._is_read = False
        self._depth -= 1

    def _end_cell(self) -> None:
        if not self._cell or self._depth > 1:
            return
        cell, attributes = self._cell, self._cell.attributes
        repeated = _count(attributes, _COLUMNS_REPEATED)
        if _ROWS_SPANNED in attributes or _COLUMNS_SPANNED in attributes:
            height, width = _count(attributes, _ROWS_SPANNED), _count(attributes, _COLUMNS_SPANNED)
            if height > 1 or width > 1:
                self._sheet.merges.append((self._row, self._column, self._row + height - 1, self._column + width - 1))
        if cell.is_filled:
            self._filled.append((self._column, repeated, cell))
        self._column += repeated
        self._cell = None

    def _end_row(self) -> None:
        if not self._is_read or self._depth > 1:
            return
        # LibreOffice ends every sheet with one empty row that is repeated to the last: what is empty counts for nothing.
        # Counted before they are made: one row of one cell can say that both come a million times.
        self._cells_left -= self._rows * sum(repeated for _column, repeated, _cell in self._filled)
        if self._cells_left < 0:
            raise too_many_cells()
        if self._filled:
            column, times, _cell = self._filled[-1]
            if self._row + self._rows > LAST_ROW or column + times > LAST_COLUMN:
                raise damaged()
        contents = [(column, times, cell) for column, times, written in self._filled if (cell := written.as_cell(is_1904=self.is_1904))]
        for row in range(self._row, self._row + self._rows) if contents else ():
            for column, times, cell in contents:
                told = cell.kind, cell.style, cell.value, cell.has_formula, cell.is_picture, cell.format
                self._sheet.cells += [Cell(row, at, *told) for at in range(column, column + times)]
        self._row += self._rows


def _count(attributes: dict[str, str], name: str) -> int:
    count = attributes.get(name, "1")
    if count == "1":
        return 1
    if not (count.isdecimal() and len(count) <= len(str(LAST_ROW)) and int(count)):
        raise damaged()
    return int(count)
