"""Packs what was checked as the plainest workbook, which is what a library is given."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from pipeline.reading.gate import plain_worksheet
from pipeline.reading.gate import zip_archive as archives
from pipeline.reading.gate.plain_worksheet import Cell, Merge
from pipeline.reading.gate.safe_workbook import Limits, SafeSheet, SafeWorkbook, UnreadableError

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXT = 4
"""Bytes that a character takes while it is read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet of another format."""

    name: str
    cells: list[Cell]
    """The filled ones; of two at one place the last holds."""
    merges: tuple[Merge, ...]


def workbook(sheets: Iterable[Sheet], formats: Sequence[int | str], limits: Limits, *, is_1904: bool) -> SafeWorkbook:
    """The workbook of these sheets; a cell's style is a place in `formats`. Raises UnreadableError beyond the limits."""
    found: list[SafeSheet] = []
    parts = {"xl/styles.xml": styles(formats)}
    cells, text = limits.cells, limits.unpacked_bytes // TEXT
    for one in sheets:
        cells -= len(one.cells)
        text -= sum(len(cell.value) for cell in one.cells)
        if cells < 0 or text < 0:
            raise UnreadableError("too-large", "cells" if cells < 0 else "inside")
        part, marks = plain_worksheet.lay_out(_in_order(one.cells), one.merges, limits.cells)
        found.append(SafeSheet(one.name, str(len(found) + 1), marks))
        parts[f"xl/worksheets/sheet{len(found)}.xml"] = part
    return SafeWorkbook(packed(parts, len(found), is_1904=is_1904), tuple(found), is_1904)


def _in_order(cells: list[Cell]) -> list[Cell]:
    if all((one.row, one.column) < (after.row, after.column) for one, after in itertools.pairwise(cells)):
        return cells
    places = {(one.row, one.column): one for one in cells}
    return [places[place] for place in sorted(places)]


def packed(parts: Mapping[str, bytes], count: int, *, is_1904: bool) -> bytes:
    """A workbook of these parts alone, not compressed, with sheets named 1, 2, 3."""
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, count + 1))
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904={quoteattr(str(int(is_1904)))}/>'
        f"<sheets>{sheets}</sheets></workbook>"
    )
    targets = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, count + 1)]
    targets += [(kind, f"{kind}.xml") for kind in ("styles", "sharedStrings") if f"xl/{kind}.xml" in parts]
    written = {
        "_rels/.rels": _relationships([("officeDocument", "xl/workbook.xml")]).encode(),
        "xl/workbook.xml": book.encode(),
        "xl/_rels/workbook.xml.rels": _relationships(targets).encode(),
    }
    return archives.packed({**written, **parts})


def styles(formats: Sequence[int | str]) -> bytes:
    """The styles of a workbook whose cells are formatted so: by the number of a built-in format, or as its code says."""
    codes = {code: 164 + at for at, code in enumerate(dict.fromkeys(one for one in formats if isinstance(one, str)))}
    listed = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(plain_worksheet.text(code))}/>' for code, number in codes.items())
    cells = "".join(f'<xf numFmtId="{codes[one] if isinstance(one, str) else one}"/>' for one in formats)
    return f'<styleSheet xmlns="{_MAIN}"><numFmts>{listed}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>'.encode()


def _relationships(targets: list[tuple[str, str]]) -> str:
    lines = "".join(f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{path}"/>' for n, (kind, path) in enumerate(targets, 1))
    return f'<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'
