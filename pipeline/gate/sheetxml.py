"""A worksheet's XML: what its library would not tell or would misread; most sheets pass as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.gate import sheetrows, xml
from pipeline.gate.cells import KNOWN_ERRORS, LAST_COLUMN, LAST_ROW, column_number, is_number, may_be_date
from pipeline.gate.nouns import Marks, Place, UnreadableError

_SPARSE = 50
"""Cells of the rectangle for each filled one from which a large sheet is laid out without its empty rows and columns."""
_SMALL = 200_000
"""Cells of a rectangle that does no harm however empty it is."""
_MANY = 1_000_000
_LONGEST_INDEX = 9
_DIMENSION = re.compile(rb"<dimension\b[^>]*?/>")

_CELL = re.compile(rb"<c r=\"([A-Z]{1,3})([0-9]{1,7})\"(?: [a-z]+=\"[A-Za-z0-9]*\")*\s*/?>")
"""A cell's tag as nearly every program writes it."""
_FILLED = re.compile(rb"<c r=\"([A-Z]{1,3})([0-9]{1,7})\"[^>]*(?<!/)>")
_ODD = (
    b"<![CDATA[",
    b"<!--",
    b":sheetData",
    b":c ",
    b"<?",
    b"<c>",
    b"<c\n",
    b"<c\t",
    b"<c\r",
    b"<v\n",
    b"<v\t",
    b"<v\r",
    b"<f\n",
    b"<f\t",
    b"<f\r",
)
_UNUSUAL_VALUE = re.compile(rb"<v(?: [^>]*)?>(?![0-9]{1,7}(?:\.[0-9]{1,20})?</v>)([^<]*)<")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_STYLE = re.compile(rb"\ss=(?:\"[^\"]*\"|'[^']*')")
_WHOLE_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_FORMULA = re.compile(rb"<f\b")
_RESULT = re.compile(rb"<v(?: [^>]*)?>([^<]*)")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Za-z]{1,3})([0-9]{1,7}):([A-Za-z]{1,3})([0-9]{1,7})[\"']")
_SIGNS = (b't="e"', b"t='e'", b"</f>", b"<f ", b"<f>", b"<f/>")
"""What a sheet with an error or a formula has in it somewhere; most sheets need no closer look."""


def vet(part: bytes, most: int, widest: int) -> tuple[bytes, Marks, int]:
    """The sheet as its library may have it, what it would not tell, and how many filled cells it has.

    Raises UnreadableError for a damaged sheet, for one with more than `most` filled cells, and for one that would be laid
    out with more than `widest`.
    """
    xml.check(part)
    merges = tuple(_merges(part))
    start = part.find(b"<sheetData")
    end = part.find(b"</sheetData>", start)
    body = part[start:end] if 0 <= start < end else part
    if any(sign in body for sign in _ODD):
        return sheetrows.rewrite(part, merges, most, widest)
    written = body.count(b"<c ")
    cells = _CELL.findall(body) if written < _MANY else []
    if written < _MANY and len(cells) != written:
        return sheetrows.rewrite(part, merges, most, widest)
    if written >= _MANY or _is_sparse(cells):  # what is formatted and empty does not count
        cells = _FILLED.findall(body)
    if len(cells) > most:
        raise UnreadableError("too-large", "cells")
    if _is_sparse(cells) or _rectangle(cells) > widest:
        return sheetrows.rewrite(part, merges, most, widest)
    marks = _marks(body) if any(sign in body for sign in _SIGNS) else Marks()
    return _without_traps(_DIMENSION.sub(b"", part, count=1)), Marks(marks.errors, marks.uncached, merges), len(cells)


def _is_sparse(cells: list[tuple[bytes, bytes]]) -> bool:
    rectangle = _rectangle(cells)
    return rectangle > _SMALL and rectangle > _SPARSE * len(cells)


def _rectangle(cells: list[tuple[bytes, bytes]]) -> int:
    """Cells from A1 to the last row and column."""
    rows = {int(row) for row in {row for _column, row in cells}}
    columns = {column_number(column) for column in {column for column, _row in cells}}
    if not rows:
        return 0
    if min(rows) < 1 or max(rows) > LAST_ROW or max(columns) > LAST_COLUMN:
        raise UnreadableError("unreadable", "damaged")
    return max(rows) * max(columns)


def _merges(part: bytes) -> Iterator[tuple[int, int, int, int]]:
    if b"mergeCell" not in part:
        return
    for left, top, right, bottom in _MERGE.findall(part):
        rows, columns = sorted((int(top) - 1, int(bottom) - 1)), sorted((column_number(left) - 1, column_number(right) - 1))
        if rows[0] >= 0 and rows[1] < LAST_ROW and columns[1] < LAST_COLUMN:
            yield rows[0], columns[0], rows[1], columns[1]


# --- errors and formulas -----------------------------------------------------------------------------------------


def _marks(body: bytes) -> Marks:
    errors: dict[Place, str] = {}
    uncached: set[Place] = set()
    for attributes, inner in _WHOLE_CELL.findall(body):
        said = _attributes(attributes)
        result = _RESULT.search(inner)
        if said.get(b"t") == b"e":
            errors[_place(said)] = result[1].decode("utf-8", "replace") if result else "#VALUE!"
        elif _FORMULA.search(inner) and not (result and (result[1] or said.get(b"t") == b"str")) and b"<is" not in inner:
            uncached.add(_place(said))
    return Marks(errors, frozenset(uncached))


def _attributes(written: bytes) -> dict[bytes, bytes]:
    return {name: one or other for name, one, other in _ATTRIBUTE.findall(written)}


def _place(said: dict[bytes, bytes]) -> Place:
    letters = said[b"r"].rstrip(b"0123456789")
    return int(said[b"r"][len(letters) :]) - 1, column_number(letters) - 1


# --- values that a library trips over ----------------------------------------------------------------------------


def _without_traps(part: bytes) -> bytes:
    """The sheet with numbers that are no dates out of cells that are formatted as dates, and errors as libraries know them."""
    edits = [edit for found in _UNUSUAL_VALUE.finditer(part) if (edit := _edit(part, found))]
    if not edits:
        return part
    pieces, at = [], 0
    for start, end, text in edits:
        pieces += [part[at:start], text]
        at = end
    return b"".join([*pieces, part[at:]])


def _edit(part: bytes, found: re.Match[bytes]) -> tuple[int, int, bytes] | None:
    begin = part.rfind(b"<c ", 0, found.start())
    head = part[begin : part.find(b">", begin) + 1]
    kind, value = _attributes(head).get(b"t", b"n"), found[1]
    rest = part[begin + len(head) : found.start(1)]
    match kind:
        case b"e" if value not in KNOWN_ERRORS:
            return found.start(1), found.end(1), b"#VALUE!"
        case b"n" if value.strip() != value and is_number(value.strip()):
            return begin, found.end(1), _unstyled(head, value.strip()) + rest + value.strip()
        case b"n" if is_number(value) and head != _unstyled(head, value):
            return begin, begin + len(head), _unstyled(head, value)
        case b"s" if not value.isdigit() or len(value) > _LONGEST_INDEX:
            raise UnreadableError("unreadable", "damaged")
    return None


def _unstyled(head: bytes, value: bytes) -> bytes:
    return _STYLE.sub(b"", head) if not may_be_date(value) else head
