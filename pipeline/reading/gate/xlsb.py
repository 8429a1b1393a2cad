"""Binary workbooks (.xlsb): the parts that count, each walked record by record to its last."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from pipeline.reading.gate import package_relations, plain_workbook, plain_worksheet
from pipeline.reading.gate.cell_values import ERRORS, LAST_COLUMN, LAST_ROW, packed_number
from pipeline.reading.gate.package_relations import Relations
from pipeline.reading.gate.plain_workbook import Sheet
from pipeline.reading.gate.plain_worksheet import Cell, Merge
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, UnreadableError, Wanted
from pipeline.reading.gate.zip_archive import ZipArchive

_MORE = 0x80
"""The bit of a byte that says that another one follows."""
_NO_TEXT = 0xFFFFFFFF
_HEAD = struct.Struct("<II")


class _Kind(IntEnum):
    """Records that say something that counts."""

    STRING = 19
    FORMAT = 44
    STYLE = 47
    BOOK_END = 132
    SHEET_END = 130
    CELLS = 145
    CELLS_END = 146
    SETTINGS = 153
    SHEET = 156
    STRINGS = 159
    STRINGS_END = 160
    MERGED = 176
    STYLES_END = 279
    STYLES = 617
    STYLE_LIST_END = 618


def make_safe(archive: ZipArchive, main: str, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """The workbook with its wanted sheets. Raises UnreadableError where it is damaged, too large or carries macros."""
    linked = package_relations.without_macros(archive, main)
    is_1904, listed = _listed(archive.read(main), linked)
    formats = _styles(archive, linked)
    styles = {at: str(at) for at, one in enumerate(formats) if one}
    book = _Book(styles, _strings(archive, linked), limits.cells)
    chosen = ((name, path) for name, path in listed if wanted(name))
    sheets = (Sheet(name, *_sheet(archive.read(path), book)) for name, path in chosen)
    return plain_workbook.workbook(sheets, formats, limits, is_1904=is_1904)


def _records(part: bytes, last: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of every record. Raises UnreadableError unless the part ends where a record does, and with that kind."""
    at, size, kind = 0, len(part), -1
    while at + 1 < size:
        kind, length = part[at], part[at + 1]
        if kind < _MORE and length < _MORE:
            at += 2
        else:
            kind, at = _spread(part, at, 2)
            length, at = _spread(part, at, 4)
        end = at + length
        if end > size:
            raise _damaged()
        yield kind, part[at:end]
        at = end
    if at != size or kind != last:
        raise _damaged()


def _spread(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, at most so many of them, and where it ends."""
    number = 0
    for shift in range(0, 7 * most, 7):
        if at >= len(part):
            raise _damaged()
        byte = part[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < _MORE:
            break
    return number, at


def _damaged() -> UnreadableError:
    return UnreadableError("unreadable", "damaged")


def _fields(form: str, body: bytes, at: int = 0) -> tuple[int, ...]:
    if at + struct.calcsize(form) > len(body):
        raise _damaged()
    return struct.unpack_from(form, body, at)


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A text and where it ends."""
    (length,) = _fields("<I", body, at)
    length = 0 if length == _NO_TEXT else length
    end = at + 4 + 2 * length
    if end > len(body):
        raise _damaged()
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


# --- the workbook ------------------------------------------------------------------------------------------------


def _listed(part: bytes, linked: Relations) -> tuple[bool, list[tuple[str, str]]]:
    """Whether days count from 1904, and the worksheets in their order: name and part."""
    is_1904, sheets = False, []
    for kind, body in _records(part, _Kind.BOOK_END):
        if kind == _Kind.SETTINGS:
            is_1904 = bool(_fields("<I", body)[0] & 1)
        elif kind == _Kind.SHEET:
            id_, end = _text(body, 8)
            found = linked.get(id_)
            if found is None or found.kind == "worksheet":
                sheets.append((_text(body, end)[0], found.path if found else ""))
    return is_1904, sheets


def _styles(archive: ZipArchive, linked: Relations) -> list[int | str]:
    """The formats of the cells' styles."""
    path = package_relations.path(linked, "styles")
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_inside = False
    for kind, body in _records(archive.read(path), _Kind.STYLES_END) if path else ():
        if kind == _Kind.FORMAT:
            codes[_fields("<H", body)[0]] = _text(body, 2)[0]
        elif kind in (_Kind.STYLES, _Kind.STYLE_LIST_END):
            is_inside = kind == _Kind.STYLES
        elif kind == _Kind.STYLE and is_inside:
            styles.append(_fields("<H", body, 2)[0])
    return [codes.get(one, one) for one in styles]


def _strings(archive: ZipArchive, linked: Relations) -> list[str]:
    """The shared texts. Raises UnreadableError unless there are as many as declared."""
    path = package_relations.path(linked, "sharedstrings")
    if path is None:
        return []
    found: list[str] = []
    declared = 0
    for kind, body in _records(archive.read(path), _Kind.STRINGS_END):
        if kind == _Kind.STRINGS:
            (declared,) = _fields("<I", body, 4)
        elif kind == _Kind.STRING:
            found.append(plain_worksheet.text(_text(body, 1)[0]))
    if declared > len(found):
        raise _damaged()
    return found


# --- a sheet -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of all sheets refer to, and how many may be filled."""

    styles: Mapping[int, str]
    strings: list[str]
    most: int


def _sheet(part: bytes, book: _Book) -> tuple[list[Cell], tuple[Merge, ...]]:
    """The filled cells and merged ranges."""
    cells: list[Cell] = []
    merges: list[Merge] = []
    row, is_inside = 0, False
    for kind, body in _records(part, _Kind.SHEET_END):
        if is_inside and (read := _READ.get(kind)):
            if cell := _cell(row, body, read, book):
                cells.append(cell)
                if len(cells) > book.most:
                    raise UnreadableError("too-large", "cells")
        elif is_inside and kind == _ROW:
            (row,) = _fields("<I", body)
            if row >= LAST_ROW:
                raise _damaged()
        elif kind in (_Kind.CELLS, _Kind.CELLS_END):
            is_inside = kind == _Kind.CELLS
        elif kind == _Kind.MERGED:
            top, bottom, left, right = _fields("<4I", body)
            if top <= bottom < LAST_ROW and left <= right < LAST_COLUMN:
                merges.append((top, left, bottom, right))
    return cells, tuple(merges)


_Value = tuple[str, str]
"""What a worksheet's XML would call a cell's kind, and its value."""


def _cell(row: int, body: bytes, read: tuple[Callable[[bytes, _Book], _Value], bool], book: _Book) -> Cell | None:
    """The cell of a record; None for an empty text."""
    if len(body) <= _HEAD.size:
        raise _damaged()
    column, style = _HEAD.unpack_from(body)
    if column >= LAST_COLUMN:
        raise _damaged()
    kind, value = read[0](body, book)
    if not value and not read[1]:
        return None
    return Cell(row, column, kind, book.styles.get(style & 0xFFFFFF, ""), value, read[1])


def _packed(body: bytes, _book: _Book) -> _Value:
    return "n", repr(packed_number(_fields("<I", body, 8)[0]))


def _number(body: bytes, _book: _Book) -> _Value:
    number: float = _fields("<d", body, 8)[0]
    return ("n", repr(number)) if math.isfinite(number) else ("e", "#NUM!")


def _boolean(body: bytes, _book: _Book) -> _Value:
    return "b", str(int(body[8] > 0))


def _error(body: bytes, _book: _Book) -> _Value:
    return "e", ERRORS.get(body[8], "#VALUE!")


def _own_text(body: bytes, _book: _Book) -> _Value:
    return "str", plain_worksheet.text(_text(body, 8)[0])


def _rich_text(body: bytes, _book: _Book) -> _Value:
    return "str", plain_worksheet.text(_text(body, 9)[0])


def _shared_text(body: bytes, book: _Book) -> _Value:
    (number,) = _fields("<I", body, 8)
    if number >= len(book.strings):
        raise _damaged()
    return "str", book.strings[number]


def _unplaced(_body: bytes, _book: _Book) -> _Value:
    """A cell without a column of its own, which no known program writes."""
    raise _damaged()


_READ: Mapping[int, tuple[Callable[[bytes, _Book], _Value], bool]] = {
    2: (_packed, False), 3: (_error, False), 4: (_boolean, False), 5: (_number, False), 6: (_own_text, False),
    7: (_shared_text, False), 62: (_rich_text, False),
    8: (_own_text, True), 9: (_number, True), 10: (_boolean, True), 11: (_error, True),
    **dict.fromkeys(range(12, 19), (_unplaced, False)),
}  # fmt: skip
"""How the records that are cells are read, and whether they are formulas."""
_ROW = 0
