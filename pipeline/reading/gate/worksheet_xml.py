"""A worksheet's XML: what its library would not tell or would misread; most sheets pass as they are.

Searched with patterns and not element by element: that takes a fraction of the time, and what could fool a pattern (comments,
CDATA, prefixes, odd attributes) is looked for first and sends the sheet to `worksheet_rewrite`.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.reading.gate import plain_worksheet, worksheet_rewrite, xml_parts
from pipeline.reading.gate.cell_values import (
    ANY_ERROR,
    KNOWN_ERRORS,
    LAST_COLUMN,
    LAST_ROW,
    PICTURE_NAMES,
    PictureFormulas,
    column_number,
    is_index,
    is_number,
    may_be_date,
)
from pipeline.reading.gate.safe_workbook import Merge, Place, SheetFacts, damaged, too_many_cells

_PIECE = 4 << 20
"""Bytes of a sheet that are looked at in one go."""
_DIMENSION = re.compile(rb"<dimension\b[^>]*?/>")
_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.digits.encode()

_NOT_PLAINEST = re.compile(
    rb'<c(?! r="[A-Z][1-9][0-9]{0,3}+"(?: s="[0-9]{1,9}+")?+(?: t="(?:[snb]|str)")?+ ?+(?:/>|><v>[0-9]{1,7}+(?:\.[0-9]{1,20}+)?+</v></c>))'
)
"""A cell that is anything but empty, or one figure or shared text, within A1 to Z9999: most sheets have none."""
_NEAR = 26 * 9999
"""Cells of the rectangle from A1 to Z9999."""
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
_FORMULA = re.compile(rb"<f\b([^>]*?)(?:/>|>([^<]*))")
_STORED = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)<v>[^<]")
"""A formula and its result as nearly every program writes them."""
_RESULT = re.compile(rb"<v(?: [^>]*)?>([^<]*)")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Za-z]{0,3})([0-9]{0,7}):([A-Za-z]{0,3})([0-9]{0,7})[\"']")
_MERGES = re.compile(rb"<mergeCells\b[^>]*?(?:/>|>.*?</mergeCells\s*>)", re.DOTALL)


def make_safe(part: bytes, telling: Mapping[str, str], most: int, widest: int) -> tuple[bytes, SheetFacts, int]:
    """Return the sheet as its library may have it, what it would not tell, and how many filled cells it has.

    `telling`: the number formats, by a cell's style, that may show something else than the value. Raises UnreadableError for a
    damaged sheet, for one with more than `most` filled cells, and for one that would be laid out with more than `widest`.
    """
    # The patterns below would pass a sheet that was cut off: first it must be well-formed to its end.
    xml_parts.check(part)
    merges = tuple(_merges(part))
    plain = _make_plain_safe(part, most, widest)
    if plain is None:
        if part.count(b"<v>") - part.count(b"<v></v>") > most:  # said at once: to write them anew first takes half a minute
            raise too_many_cells()
        return worksheet_rewrite.rewrite(part, merges, telling, most=most, widest=widest)
    written, facts, cells = plain
    facts = replace(facts, formats=_formats(part, telling)) if telling else facts
    # The library gives the whole file up over one range of whole columns; the merges are told beside it anyway.
    return _MERGES.sub(b"", written) if merges else written, replace(facts, merges=merges), cells


PlainCell = tuple[bytes, bytes, bytes, bytes, bytes]
"""Column and row as they are written, style, kind and value, b'' for what is not there."""
_PLAIN_CELL = re.compile(rb'<c r="([A-Z])([0-9]+)"(?: s="([0-9]+)")?(?: t="([a-z]+)")? ?(?:/>|><v>([0-9.]+)</v></c>)')


def parted(part: bytes) -> tuple[bytes, list[PlainCell]] | None:
    """Return a well-formed sheet without its cells, and these in their order; None unless all of them are the plainest."""
    start = part.find(b"<sheetData")
    end = part.find(_END, start)
    if not 0 <= start < end:
        return None
    body = part[start:end]
    if _NOT_PLAINEST.search(body) or _misleads_patterns(part[:start], body, part[end + len(_END) :]):
        return None
    return part[:start] + _PLAIN_CELL.sub(b"", body) + part[end:], _PLAIN_CELL.findall(body)


def _make_plain_safe(part: bytes, most: int, widest: int) -> tuple[bytes, SheetFacts, int] | None:
    """Return the sheet as it is, but for traps; None where it looks unusual or is mostly empty space."""
    start = part.find(b"<sheetData")
    end = part.find(_END, start)
    if not 0 <= start < end:
        return None
    body = part[start:end]
    if _misleads_patterns(part[:start], body, part[end + len(_END) :]):
        return None
    # Most sheets end here, after one search: of A1 to Z9999 every cell is within the sheet, and none is far from the others.
    # The extent that the sheet declares goes: the library makes room for it, however wrong it is.
    if widest >= _NEAR and (cells := body.count(b"<c")) <= most and not _NOT_PLAINEST.search(body):
        return _DIMENSION.sub(b"", part, count=1), SheetFacts(), cells
    extent = _extent(body, _CELL) if _has_plain_values(body) else None
    if extent is not None and extent.is_sparse:  # what is formatted and empty does not count: people format whole columns
        extent = _extent(body, _FILLED)
    if extent is None:
        return None
    if extent.cells > most:
        extent = _extent(body, _FILLED) or extent
        if extent.cells > most:
            raise too_many_cells()
    written = None if extent.is_sparse or extent.rectangle > widest else _without_traps(_DIMENSION.sub(b"", part, count=1))
    return None if written is None else (written, _facts(body), extent.cells)


def _misleads_patterns(before: bytes, body: bytes, behind: bytes) -> bool:
    """Return whether something stands in the sheet that a search for plain tags would miss or misunderstand."""
    if b"<!" in before or before.find(b"<?", 2) >= 0 or b"sheetData" in behind:
        return True
    # One character is found much faster than two, and most sheets have neither.
    if (b"!" in body and b"<!" in body) or (b"?" in body and b"<?" in body):
        return True
    return body.count(b":") != body.count(b' spans="') and _PREFIXED.search(body) is not None


def _has_plain_values(body: bytes) -> bool:
    return body.count(b"<v") == body.count(b"<v>") + body.count(_PRESERVED)


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many cells there are, and how many from A1 to the last row and column (the rectangle)."""

    cells: int
    rectangle: int

    @property
    def is_sparse(self) -> bool:
        return plain_worksheet.is_sparse(self.rectangle, self.cells)


def _extent(body: bytes, pattern: re.Pattern[bytes]) -> _Extent | None:
    """Return what the cells that the pattern finds make up; None where there are cells that `_CELL` does not find."""
    cells, rows, columns = 0, set[bytes](), set[bytes]()
    for piece in _pieces(body):
        places = pattern.findall(piece)
        if pattern is _CELL and len(places) != piece.count(b"<c"):
            return None
        # Letters and digits are told apart for all places at once: one by one takes several times as long.
        joined = b" ".join(places)
        rows.update(joined.translate(None, _LETTERS).split())
        columns.update(joined.translate(None, _DIGITS).split())
        cells += len(places)
    if not cells:
        return _Extent(0, 0)
    numbers, width = {*map(int, rows)}, max(map(column_number, columns))
    if min(numbers) < 1 or max(numbers) > LAST_ROW or width > LAST_COLUMN:
        raise damaged()
    return _Extent(cells, max(numbers) * width)


def _pieces(body: bytes) -> Iterator[bytes]:
    """Return the body, cut before rows, so that a list of what is found in it stays small."""
    at = 0
    while at < len(body):
        end = body.find(b"<row", at + _PIECE)
        end = len(body) if end < 0 else end
        yield body[at:end]
        at = end


def _merges(part: bytes) -> Iterator[Merge]:
    first = part.find(b"mergeCell")
    if first < 0:
        return
    for left, top, right, bottom in _MERGE.findall(part, part.rfind(b"<", 0, first)):
        # The two corners may stand in either order; of whole columns (A:C) and rows (1:3) there are no corners.
        rows = sorted((int(top or 1) - 1, int(bottom or LAST_ROW) - 1))
        columns = sorted((column_number(left or b"A") - 1, (column_number(right) if right else LAST_COLUMN) - 1))
        is_range = (left and right) or (top and bottom)
        if is_range and rows[0] >= 0 and rows[1] < LAST_ROW and columns[1] < LAST_COLUMN:
            yield rows[0], columns[0], rows[1], columns[1]


# --- formats, errors and formulas -----------------------------------------------------------------------------------------


def _formats(part: bytes, telling: Mapping[str, str]) -> dict[Place, str]:
    """Return the formats of the cells whose style may show something else than the value."""
    formats = {}
    for cell in _WHOLE_CELL.finditer(part, part.find(b"<sheetData"), part.find(_END)):  # extensions behind it have cells of their own
        attributes = cell[1]
        if (style := _STYLE.search(attributes)) and (code := telling.get(style[0].split(b"=")[1][1:-1].decode("ascii", "replace"))):
            formats[_place(_attributes(attributes))] = code
    return formats


def _facts(body: bytes) -> SheetFacts:
    """Return the errors, the formulas without a stored result and those of pictures; most sheets need no closer look."""
    has_pictures = any(name in body for name in PICTURE_NAMES)
    if not has_pictures and b't="e"' not in body and body.count(b"<f") == len(_STORED.findall(body)):
        return SheetFacts()
    errors: dict[Place, str] = {}
    uncached, shown = set[Place](), set[Place]()
    pictures = PictureFormulas()
    for attributes, inner in _WHOLE_CELL.findall(body):
        cell = _attributes(attributes)
        result, formula = _RESULT.search(inner), _FORMULA.search(inner)
        if has_pictures and formula and pictures.is_one((formula[2] or b"").decode("utf-8", "replace"), _shared(formula[1])):
            shown.add(_place(cell))
        elif cell.get(b"t") == b"e":
            errors[_place(cell)] = result[1].decode("utf-8", "replace").strip() if result else ANY_ERROR
        # WPS writes no result for some formulas; an empty text (t="str") is one.
        elif formula and not (result and (result[1] or cell.get(b"t") == b"str")) and b"<is" not in inner:
            uncached.add(_place(cell))
    return SheetFacts(errors, frozenset(uncached), frozenset(shown))


def _shared(attributes: bytes) -> str:
    """Return the number of the formula that a cell shares with others; '' for one of its own."""
    return _attributes(attributes).get(b"si", b"").decode("ascii", "replace")


def _attributes(written: bytes) -> dict[bytes, bytes]:
    return {name: in_double_quotes or in_single_quotes for name, in_double_quotes, in_single_quotes in _ATTRIBUTE.findall(written)}


def _place(attributes: dict[bytes, bytes]) -> Place:
    letters = attributes[b"r"].rstrip(_DIGITS)
    return int(attributes[b"r"][len(letters) :]) - 1, column_number(letters) - 1


# --- values that a library trips over ----------------------------------------------------------------------------


def _without_traps(part: bytes) -> bytes | None:
    """Return the sheet with numbers that are no dates out of cells that are formatted as dates, and errors as libraries know them.

    None where a cell has several values, or one that has to be read more closely.
    """
    pieces, at, last = [], 0, -1
    for value in _UNUSUAL_VALUE.finditer(part):
        begin = part.rfind(b"<c ", max(0, last), value.start())
        if begin in (-1, last):
            return None
        last = begin
        edit = _edit(part, begin, value)
        if edit is _UNUSUAL:
            return None
        if edit:
            start, end, text = edit
            pieces += [part[at:start], text]
            at = end
    return b"".join([*pieces, part[at:]]) if pieces else part


_Edit = tuple[int, int, bytes]
"""Begin and end of a place, and what is to stand there."""
_UNUSUAL: _Edit = (-1, -1, b"")
"""Says that a cell has to be read more closely."""


def _edit(part: bytes, begin: int, match: re.Match[bytes]) -> _Edit | None:
    """Return what is to stand in a place of the sheet, if anything; `begin` is where the value's cell begins."""
    head = part[begin : part.find(b">", begin) + 1]
    kind, value = _attributes(head).get(b"t", b"n"), match[1]
    between = part[begin + len(head) : match.start(1)]
    match kind:
        case b"e" if value not in KNOWN_ERRORS:
            return match.start(1), match.end(1), ANY_ERROR.encode()
        case b"n" if is_number(value):
            number = value.strip()  # the library takes a number with a blank beside it for a text
            if (unstyled := _unstyled(head, number)) != head or number != value:
                return begin, match.end(1), unstyled + between + number
        case b"d" if (day := plain_worksheet.iso_day(value.decode("utf-8", "replace")).encode()) != value:
            return match.start(1), match.end(1), day
        # Pretty printers put an index on a line of its own; some programs write none for an empty text.
        case b"s" | b"n" if not value.strip() or (kind == b"s" and not is_index(value)):
            return _UNUSUAL
    return None


def _unstyled(head: bytes, value: bytes) -> bytes:
    # python-calamine panics on some numbers formatted as dates (-1e12); without a format each is a number, judged as such.
    return _STYLE.sub(b"", head) if not may_be_date(value) else head
