""".xls of Excel 5 to 2003, and WPS's .et: one stream of records in a compound file, told whole by walking all of it."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from pipeline.reading.gate import plain_workbook, xls_sheet, xls_strings
from pipeline.reading.gate.compound_file import CompoundFile
from pipeline.reading.gate.plain_workbook import Sheet
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, UnreadableError, Wanted
from pipeline.reading.gate.xls_sheet import BEGIN, CONTINUE, Book, damaged

_BOOK_STREAMS = ("workbook", "book")
"""Of Excel 97 and later, of Excel 5 and 95; a file may hold both."""
_MACRO_STORAGES = frozenset({"_vba_project_cur", "_vba_project", "vba", "macros"})
_OLD, _NEW = 0x500, 0x600
_GLOBALS, _MACRO_SHEET = 0x05, 0x40
_BEGINNING = 8
_SHEET_KIND, _MACRO_KINDS = 0, (1, 6)
_CODECS = {
    367: "ascii", 10000: "mac_roman", 10001: "shift_jis", 10002: "big5", 10003: "euc_kr", 10006: "mac_greek", 10007: "mac_cyrillic",
    10008: "gb2312", 10029: "mac_latin2", 10081: "mac_turkish", 32768: "mac_roman", 32769: "cp1252",
}  # fmt: skip


class _Kind(IntEnum):
    """Records that say something of the whole workbook."""

    DATE_MODE = 0x22
    PASSWORD = 0x2F
    CODE_PAGE = 0x42
    SHEET = 0x85
    STYLE = 0xE0
    STRINGS = 0xFC
    FORMAT = 0x41E


@dataclass(slots=True)
class _Globals:
    """What the first substream says of the whole workbook."""

    is_wide: bool
    is_1904: bool = False
    codec: str = "cp1252"
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    sheets: list[tuple[bytes, int, int]] = field(default_factory=list)
    """Name as written, kind and place."""
    strings: list[bytes] = field(default_factory=list)
    """The record of shared texts and those that continue it."""
    end: int = 0


def make_safe(content: bytes, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """The workbook with its wanted sheets. Raises UnreadableError unless it proves whole, and for passwords and macros."""
    file = CompoundFile(content)
    if "encryptedpackage" in file.streams:
        raise UnreadableError("encrypted")
    name = next((one for one in _BOOK_STREAMS if one in file.streams), None)
    if name is None:
        raise UnreadableError("unreadable", "format")
    stream = file.read(name)
    said = _globals(stream)
    if _MACRO_STORAGES & {*file.storages} or any(kind in _MACRO_KINDS for _name, kind, _at in said.sheets):
        raise UnreadableError("macro-workbook")
    formats: list[int | str] = [said.formats.get(one, one) for one in said.styles]
    styles = {at: str(at) for at, one in enumerate(said.styles) if one}
    book = Book(said.is_wide, said.codec, styles, xls_strings.shared(said.strings) if said.strings else [])
    sheets = [(_name(written, said), at) for written, kind, at in said.sheets if kind == _SHEET_KIND]
    _check(stream, said)
    chosen = ((one, at) for one, at in sheets if wanted(one))
    return plain_workbook.workbook(_sheets(stream, chosen, book, limits), formats, limits, is_1904=said.is_1904)


def _sheets(stream: bytes, chosen: Iterator[tuple[str, int]], book: Book, limits: Limits) -> Iterator[Sheet]:
    for name, at in chosen:
        yield Sheet(name, *xls_sheet.read(stream, at, book, limits.cells))


def _globals(stream: bytes) -> _Globals:
    """What the first substream says. Raises UnreadableError unless it is one, and for a password."""
    if len(stream) < _BEGINNING or struct.unpack_from("<H", stream)[0] != BEGIN:
        raise UnreadableError("unreadable", "format")
    version, kind = struct.unpack_from("<HH", stream, 4)
    if version not in (_OLD, _NEW) or kind != _GLOBALS:
        raise UnreadableError("unreadable", "format")
    said = _Globals(version == _NEW)
    before = 0
    for kind, start, end, depth in xls_sheet.records(stream, 0):
        if depth > 1:
            raise damaged()
        if kind == CONTINUE and before == _Kind.STRINGS:
            said.strings.append(stream[start:end])
        elif kind == _Kind.PASSWORD:
            raise UnreadableError("encrypted")
        else:
            _hear(said, kind, stream[start:end])
            before = kind
        said.end = end
    return said


def _hear(said: _Globals, kind: int, body: bytes) -> None:
    try:
        match kind:
            case _Kind.CODE_PAGE:
                said.codec = _codec(struct.unpack_from("<H", body)[0])
            case _Kind.DATE_MODE:
                said.is_1904 = struct.unpack_from("<H", body)[0] == 1
            case _Kind.FORMAT:
                said.formats[struct.unpack_from("<H", body)[0]] = _format(body, said)
            case _Kind.STYLE:
                said.styles.append(struct.unpack_from("<H", body, 2)[0])
            case _Kind.SHEET:
                at, _hidden, one = struct.unpack_from("<IBB", body)
                said.sheets.append((body[6:], one, at))
            case _Kind.STRINGS:
                said.strings.append(body)
    except (struct.error, IndexError) as error:
        raise damaged() from error


def _codec(page: int) -> str:
    name = _CODECS.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def _format(body: bytes, said: _Globals) -> str:
    """A format's code, of which only the signs for days and hours matter; some programs miscount it."""
    if not said.is_wide:
        return body[3:].decode(said.codec, "replace")
    return body[5:].decode("utf-16-le" if body[4] & 1 else "latin-1", "replace")


def _name(written: bytes, said: _Globals) -> str:
    if not written:
        raise damaged()
    return xls_strings.name(written) if said.is_wide else written[1 : 1 + written[0]].decode(said.codec, "replace")


def _check(stream: bytes, said: _Globals) -> None:
    """Raise UnreadableError unless the stream is the globals and the sheets that they list, also those that nobody wants.

    Each must be closed, none may lie on another, and nothing may stand between or behind them, so that neither a sheet nor
    its place in the list can be lost in silence.
    """
    at = said.end
    for _name, _kind, start in sorted(said.sheets, key=lambda one: one[2]):
        if start != at or at + _BEGINNING > len(stream) or struct.unpack_from("<H", stream, at)[0] != BEGIN:
            raise damaged()
        if struct.unpack_from("<H", stream, at + 6)[0] == _MACRO_SHEET:
            raise UnreadableError("macro-workbook")
        for _kind_, _start, at, _depth in xls_sheet.records(stream, start):  # noqa: B007 - the last one's end is the sheet's
            pass
    if not said.sheets or stream[at:].strip(b"\0"):
        raise damaged()
