"""A worksheet's XML: what its library would not tell or would misread; most sheets pass as they are."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.reading.gate import worksheet_rewrite, xml_parts
from pipeline.reading.gate.cell_values import KNOWN_ERRORS, LAST_COLUMN, LAST_ROW, column_number, is_number, may_be_date
from pipeline.reading.gate.safe_workbook import Place, SheetFacts, UnreadableError

_SPARSE = 50
"""Cells of the rectangle for each filled one from which a large sheet is laid out without its empty rows and columns."""
_SMALL = 200_000
"""Cells of a rectangle that does no harm however empty it is."""
_PIECE = 4 << 20
"""Bytes of a sheet that are looked at in one go."""
_LONGEST_INDEX = 9
_DIMENSION = re.compile(rb"<dimension\b[^>]*?/>")
_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.digits.encode()

_NOT_PLAINEST = re.compile(
    rb'<c(?! r="[A-Z][1-9][0-9]{0,3}+"(?: s="[0-9]{1,9}+")?+(?: t="(?:[snb]|str)")?+ ?+(?:/>|><v>[0-9]{1,7}+(?:\.[0-9]{1,20}+)?+</v></c>))'
)
"""A cell that is anything but empty, or one figure or shared text, within A1 to Z9999: most sheets have none."""
_NEAR = 26 * 9999
_CELL = re.compile(rb"<c r=\"([A-Z]{1,3}+[0-9]{1,7}+)\"(?: [a-z]++=\"[A-Za-z0-9]*+\")*+ ?/?>")
"""A cell's tag as nearly every program writes it."""
_FILLED = re.compile(rb"<c r=\"([A-Z]{1,3}[0-9]{1,7})\"[^>]*(?<!/)>")
_PREFIXED = re.compile(rb"<[^<>\s/\"':]+:")
_END = b"</sheetData>"
_PRESERVED = b'<v xml:space="preserve">'
_UNUSUAL_VALUE = re.compile(rb"<v(?: xml:space=\"preserve\")?>(?![0-9]{1,7}(?:\.[0-9]{1,20})?</v>)([^<]*)<")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_STYLE = re.compile(rb"\ss=(?:\"[^\"]*\"|'[^']*')")
_WHOLE_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_FORMULA = re.compile(rb"<f\b")
_STORED = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)<v>[^<]")
"""A formula and its result as nearly every program writes them."""
_RESULT = re.compile(rb"<v(?: [^>]*)?>([^<]*)")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Za-z]{1,3})([0-9]{1,7}):([A-Za-z]{1,3})([0-9]{1,7})[\"']")


def make_safe(part: bytes, most: int, widest: int) -> tuple[bytes, SheetFacts, int]:
    """The sheet as its library may have it, what it would not tell, and how many filled cells it has.

    Raises UnreadableError for a damaged sheet, for one with more than `most` filled cells, and for one that would be laid
    out with more than `widest`.
    """
    xml_parts.check(part)
    merges = tuple(_merges(part))
    plain = _make_plain_safe(part, most, widest)
    if plain is None:
        return worksheet_rewrite.rewrite(part, merges, most, widest)
    written, marks, cells = plain
    return written, SheetFacts(marks.errors, marks.uncached, merges), cells


def _make_plain_safe(part: bytes, most: int, widest: int) -> tuple[bytes, SheetFacts, int] | None:
    """The sheet as it is, but for traps; None where it looks unusual or is mostly empty space."""
    start = part.find(b"<sheetData")
    end = part.find(_END, start)
    if not 0 <= start < end:
        return None
    body = part[start:end]
    if _is_odd(part[:start], body, part[end + len(_END) :]):
        return None
    if widest >= _NEAR and (cells := body.count(b"<c")) <= most and not _NOT_PLAINEST.search(body):
        return _DIMENSION.sub(b"", part, count=1), SheetFacts(), cells
    extent = _extent(body, _CELL) if _has_plain_values(body) else None
    if extent is not None and extent.is_sparse:  # what is formatted and empty does not count
        extent = _extent(body, _FILLED)
    if extent is None:
        return None
    if extent.cells > most:
        extent = _extent(body, _FILLED) or extent
        if extent.cells > most:
            raise UnreadableError("too-large", "cells")
    written = None if extent.is_sparse or extent.rectangle > widest else _without_traps(_DIMENSION.sub(b"", part, count=1))
    return None if written is None else (written, _marks(body), extent.cells)


def _is_odd(before: bytes, body: bytes, behind: bytes) -> bool:
    """Whether something stands in the sheet that a search for plain tags would miss or misunderstand."""
    if b"<!" in before or before.find(b"<?", 2) >= 0 or b"sheetData" in behind:
        return True
    if (b"!" in body and b"<!" in body) or (b"?" in body and b"<?" in body):  # one character is found much faster than two
        return True
    return body.count(b":") != body.count(b' spans="') and _PREFIXED.search(body) is not None


def _has_plain_values(body: bytes) -> bool:
    return body.count(b"<v") == body.count(b"<v>") + body.count(_PRESERVED)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many cells there are, and how many from A1 to the last row and column."""

    cells: int
    rectangle: int

    @property
    def is_sparse(self) -> bool:
        return self.rectangle > _SMALL and self.rectangle > _SPARSE * self.cells


def _extent(body: bytes, pattern: re.Pattern[bytes]) -> _Extent | None:
    """What the cells that the pattern finds make up; None where there are cells that `_CELL` does not find."""
    cells, rows, columns = 0, set[bytes](), set[bytes]()
    for piece in _pieces(body):
        places = pattern.findall(piece)
        if pattern is _CELL and len(places) != piece.count(b"<c"):
            return None
        joined = b" ".join(places)
        rows.update(joined.translate(None, _LETTERS).split())
        columns.update(joined.translate(None, _DIGITS).split())
        cells += len(places)
    if not cells:
        return _Extent(0, 0)
    lines, width = {*map(int, rows)}, max(map(column_number, columns))
    if min(lines) < 1 or max(lines) > LAST_ROW or width > LAST_COLUMN:
        raise UnreadableError("unreadable", "damaged")
    return _Extent(cells, max(lines) * width)


def _pieces(body: bytes) -> Iterator[bytes]:
    """The body, cut before rows, so that a list of what is found in it stays small."""
    at = 0
    while at < len(body):
        end = body.find(b"<row", at + _PIECE)
        end = len(body) if end < 0 else end
        yield body[at:end]
        at = end


def _merges(part: bytes) -> Iterator[tuple[int, int, int, int]]:
    first = part.find(b"mergeCell")
    if first < 0:
        return
    for left, top, right, bottom in _MERGE.findall(part, part.rfind(b"<", 0, first)):
        rows, columns = sorted((int(top) - 1, int(bottom) - 1)), sorted((column_number(left) - 1, column_number(right) - 1))
        if rows[0] >= 0 and rows[1] < LAST_ROW and columns[1] < LAST_COLUMN:
            yield rows[0], columns[0], rows[1], columns[1]


# --- errors and formulas -----------------------------------------------------------------------------------------


def _marks(body: bytes) -> SheetFacts:
    """The errors and the formulas without a stored result; most sheets need no closer look."""
    if b't="e"' not in body and body.count(b"<f") == len(_STORED.findall(body)):
        return SheetFacts()
    errors: dict[Place, str] = {}
    uncached: set[Place] = set()
    for attributes, inner in _WHOLE_CELL.findall(body):
        said = _attributes(attributes)
        result = _RESULT.search(inner)
        if said.get(b"t") == b"e":
            errors[_place(said)] = result[1].decode("utf-8", "replace") if result else "#VALUE!"
        elif _FORMULA.search(inner) and not (result and (result[1] or said.get(b"t") == b"str")) and b"<is" not in inner:
            uncached.add(_place(said))
    return SheetFacts(errors, frozenset(uncached))


def _attributes(written: bytes) -> dict[bytes, bytes]:
    return {name: one or other for name, one, other in _ATTRIBUTE.findall(written)}


def _place(said: dict[bytes, bytes]) -> Place:
    letters = said[b"r"].rstrip(b"0123456789")
    return int(said[b"r"][len(letters) :]) - 1, column_number(letters) - 1


# --- values that a library trips over ----------------------------------------------------------------------------


def _without_traps(part: bytes) -> bytes | None:
    """The sheet with numbers that are no dates out of cells that are formatted as dates, and errors as libraries know them.

    None where a cell has several values.
    """
    pieces, at, last = [], 0, -1
    for found in _UNUSUAL_VALUE.finditer(part):
        begin = part.rfind(b"<c ", max(0, last), found.start())
        if begin in (-1, last):
            return None
        last = begin
        edit = _edit(part, begin, found)
        if edit:
            start, end, text = edit
            pieces += [part[at:start], text]
            at = end
    return b"".join([*pieces, part[at:]]) if pieces else part


def _edit(part: bytes, begin: int, found: re.Match[bytes]) -> tuple[int, int, bytes] | None:
    """What is to stand in a place of the sheet; `begin` is where the value's cell begins."""
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
