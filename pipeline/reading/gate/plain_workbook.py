"""Packs what was checked as the plainest workbook, which is what a library is given."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from pipeline.reading.gate import number_formats, plain_worksheet, zip_archive
from pipeline.reading.gate.cell_values import LAST_COLUMN, LAST_ROW
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import Limits, Merge, SafeSheet, SafeWorkbook, too_many_cells, too_much_inside

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BYTES_PER_CHARACTER = 4
"""Bytes that a character takes while it is read."""
_FIRST_OWN_FORMAT = 164
"""Excel's own formats have the numbers below it."""

Format = int | str
"""A cell's format: the number of a built-in one, or its code (`yyyy/m/d`)."""


@dataclass(slots=True)
class Sheet:
    """A worksheet of another format than .xlsx, filled while its records or elements are read."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    """The filled ones; of two at one place the last holds."""
    merges: list[Merge] = field(default_factory=list)

    def add(self, cell: Cell, most: int) -> None:
        """Keep a cell. Raises UnreadableError where there are more than that: a small file can hold very many."""
        self.cells.append(cell)
        if len(self.cells) > most:
            raise too_many_cells()

    def add_merge(self, top: int, bottom: int, *, left: int, right: int) -> None:
        """Keep a merged range; one that is none or leads out of the sheet is left out."""
        if top <= bottom < LAST_ROW and left <= right < LAST_COLUMN:
            self.merges.append((top, left, bottom, right))


@dataclass(frozen=True, slots=True)
class SharedTables:
    """What the cells of all sheets of a binary workbook refer to by number."""

    styles: Mapping[int, str]
    """The style of a cell by its number, where it is not the plain one."""
    strings: Sequence[str]
    most_cells: int
    """So many cells may be filled."""


def styles_of(formats: Sequence[Format]) -> dict[int, str]:
    """Return the styles of these formats by their places; the plain format needs none."""
    return {at: str(at) for at, format_ in enumerate(formats) if format_}


def workbook(sheets: Iterable[Sheet], formats: Sequence[Format], limits: Limits, *, is_1904: bool) -> SafeWorkbook:
    """Return the workbook of these sheets; a cell's style is a place in `formats`. Raises UnreadableError beyond the limits."""
    safe_sheets: list[SafeSheet] = []
    written: list[bytes] = []
    telling = {str(at): code for at, format_ in enumerate(formats) if (code := number_formats.telling(format_))}
    cells_left, characters_left = limits.cells, limits.unpacked_bytes // BYTES_PER_CHARACTER
    for sheet in sheets:
        cells_left -= len(sheet.cells)
        # Counted cell by cell: a shared text stands once in a binary file, and here in each cell that refers to it.
        characters_left -= sum(len(cell.value) for cell in sheet.cells)
        if cells_left < 0:
            raise too_many_cells()
        if characters_left < 0:
            raise too_much_inside()
        for cell in sheet.cells if telling else ():
            cell.format = telling.get(cell.style, "")
        part, facts = plain_worksheet.lay_out(_in_order(sheet.cells), sheet.merges, limits.cells)
        written.append(part)
        safe_sheets.append(SafeSheet(sheet.name, facts))
    return SafeWorkbook(pack(written, {"styles": _styles(formats)}, is_1904=is_1904), tuple(safe_sheets), is_1904)


def _in_order(cells: list[Cell]) -> list[Cell]:
    # Programs write cells row by row, but a file need not: to look takes far less time than to sort.
    if all((cell.row, cell.column) < (after.row, after.column) for cell, after in itertools.pairwise(cells)):
        return cells
    places = {(cell.row, cell.column): cell for cell in cells}
    return [places[place] for place in sorted(places)]


def pack(sheets: Sequence[bytes], tables: Mapping[str, bytes], *, is_1904: bool) -> bytes:
    """Return a workbook of these sheets and tables (`styles`, `sharedStrings`) alone; inside, the sheets are named 1, 2, 3."""
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1))
    main = (
        f'<workbook xmlns="{plain_worksheet.NAMESPACE}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(is_1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>"
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    targets += [(kind, f"{kind}.xml") for kind in tables]
    parts = {
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]).encode(),
        "xl/workbook.xml": main.encode(),
        "xl/_rels/workbook.xml.rels": _relationships(targets).encode(),
        **{f"xl/{kind}.xml": part for kind, part in tables.items()},
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets, 1)},
    }
    return zip_archive.pack(parts)


def _styles(formats: Sequence[Format]) -> bytes:
    codes = {code: _FIRST_OWN_FORMAT + at for at, code in enumerate(dict.fromkeys(code for code in formats if isinstance(code, str)))}
    own = "".join(f'<numFmt numFmtId="{number}" formatCode="{escape(plain_worksheet.text(code))}"/>' for code, number in codes.items())
    # One for each style of the file, also for those that no cell has: a cell names its style by its place.
    cells = "".join(f'<xf numFmtId="{codes[format_] if isinstance(format_, str) else format_}"/>' for format_ in formats)
    return f'<styleSheet xmlns="{plain_worksheet.NAMESPACE}"><numFmts>{own}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>'.encode()


def _relationships(targets: list[tuple[str, str]]) -> str:
    relations = "".join(f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{path}"/>' for n, (kind, path) in enumerate(targets, 1))
    return f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'
