""".xls of Excel 5 to 2003, and WPS's .et: one stream of records in a compound file, checked to be whole by walking all of it.

The format is [MS-XLS]. It has no sums; that a file is whole shows in two structures that must agree, the container's chains
(`compound_file`) and the stream's records, as docs/decisions/0003-readers.md says at length.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial

from pipeline.reading.gate import default_password, other_files, plain_workbook, xls_sheet, xls_strings
from pipeline.reading.gate.compound_file import CompoundFile
from pipeline.reading.gate.plain_workbook import Format, SharedTables, Sheet
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, UnreadableError, Wanted, not_a_workbook, unproved
from pipeline.reading.gate.xls_sheet import BOF, CONTINUE
from pipeline.reading.gate.xls_strings import Encoding

_WORKBOOK_STREAMS = ("workbook", "book")
"""Of Excel 97 and later, of Excel 5 and 95; a file that was saved for both holds both, and the newer one counts."""
_RIGHTS = "DRMEncryptedDataSpace".encode("utf-16-le")
"""Is in a package that a rights server opens ([MS-OFFCRYPTO] 2.2.6)."""
_AGILE = re.compile(rb"\x04\0\x04\0\x40\0\0\0(?:<\?xml[^>]*>\s*)?<encryption\b.{0,65536}?</encryption>", re.DOTALL)
"""What a package says of its password ([MS-OFFCRYPTO] 2.3.4.10)."""
_MACRO_STORAGES = frozenset({"_vba_project_cur", "_vba_project", "vba", "macros"})
_EXCEL_5, _EXCEL_97 = 0x500, 0x600
"""Versions in BOF ([MS-XLS] 2.4.21); earlier ones have no list of sheets to hold the stream against."""
_GLOBALS, _MACRO_SHEET = 0x05, 0x40
"""Kinds of substreams in BOF."""
_BOF_SIZE = 8
"""Bytes of a BOF that are read, its head included."""
_WORKSHEET, _MACRO_KINDS = 0, (1, 6)
"""Kinds of sheets in BOUNDSHEET ([MS-XLS] 2.4.28): 1 is a sheet of Excel 4.0 macros, 6 a module."""
_DEFAULT_CODEC = "cp1252"
_CODECS = {
    367: "ascii", 10000: "mac_roman", 10001: "shift_jis", 10002: "big5", 10003: "euc_kr", 10006: "mac_greek", 10007: "mac_cyrillic",
    10008: "gb2312", 10029: "mac_latin2", 10081: "mac_turkish", 32768: "mac_roman", 32769: "cp1252",
}  # fmt: skip
"""Code pages whose number is not in Python's name for them."""


class _Record(IntEnum):
    """Records that say something of the whole workbook."""

    DATEMODE = 0x22
    FILEPASS = 0x2F
    CODEPAGE = 0x42
    BOUNDSHEET = 0x85
    XF = 0xE0
    SST = 0xFC
    FORMAT = 0x41E


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet in the workbook's list."""

    name: bytes
    """As written."""
    kind: int
    at: int
    """Where in the stream its substream begins."""


@dataclass(slots=True)
class _WorkbookGlobals:
    """What the first substream says of the whole workbook."""

    encoding: Encoding
    is_1904: bool = False
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    """The format of each style of a cell (XF)."""
    sheets: list[_Listed] = field(default_factory=list)
    strings: list[bytes] = field(default_factory=list)
    """The record of shared texts (SST) and those that continue it."""
    end: int = 0


def make_safe(content: bytes, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """Return the workbook with its wanted sheets. Raises UnreadableError unless it proves whole, and for passwords and macros."""
    file = CompoundFile(content)
    # An .xlsx with a password is an encrypted package in a compound file ([MS-OFFCRYPTO]), whatever its name says.
    if "encryptedpackage" in file.streams:
        raise UnreadableError(_lock(file, content))
    stream_name = next((name for name in _WORKBOOK_STREAMS if name in file.streams), None)
    if stream_name is None:
        raise UnreadableError(other_files.in_compound_file(file.streams))
    try:
        return _read(file.read(stream_name), file.storages, limits, wanted)
    except struct.error as error:  # a record is shorter than what must stand in it
        raise unproved() from error


def _lock(file: CompoundFile, content: bytes) -> str:
    """Return the name of the sentence about an encrypted package: rights that a server gives, Excel's own password, or another."""
    if _RIGHTS in content:
        return "encrypted/rights"
    # Some programs leave the container's end out, which Excel does not mind: the XML lies in one piece all the same.
    info = agile[0] if (agile := _AGILE.search(content)) else b""
    if not info:
        with suppress(UnreadableError):
            info = file.read("encryptioninfo") if "encryptioninfo" in file.streams else b""
    return "encrypted/default" if default_password.of_package(info) else "encrypted"


def _read(stream: bytes, storages: Collection[str], limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """Return the workbook of that stream with its wanted sheets; the file's storages tell whether it has macros."""
    workbook = _globals(stream)
    # Only at the root: macros of a document that is embedded in the workbook do not run with it.
    if _MACRO_STORAGES & {*storages} or any(sheet.kind in _MACRO_KINDS for sheet in workbook.sheets):
        raise UnreadableError("macro-workbook")
    formats: list[Format] = [workbook.formats.get(number, number) for number in workbook.styles]
    strings = xls_strings.shared(workbook.strings) if workbook.strings else []
    tables = SharedTables(plain_workbook.styles_of(formats), strings, limits.cells)
    sheets = [(workbook.encoding.name(sheet.name), sheet.at) for sheet in workbook.sheets if sheet.kind == _WORKSHEET]
    ends = _ends(stream, workbook)
    read = partial(xls_sheet.read, stream=stream, encoding=workbook.encoding, tables=tables)
    cells = (read(Sheet(name), extent=(at, ends[at])) for name, at in sheets if wanted(name))
    return plain_workbook.workbook(cells, formats, limits, is_1904=workbook.is_1904)


def _globals(stream: bytes) -> _WorkbookGlobals:
    """Return what the first substream says. Raises UnreadableError unless it is one, and for a password."""
    if len(stream) < _BOF_SIZE or struct.unpack_from("<H", stream)[0] != BOF:
        raise not_a_workbook()
    version, substream = struct.unpack_from("<HH", stream, 4)
    if version not in (_EXCEL_5, _EXCEL_97) or substream != _GLOBALS:
        raise not_a_workbook()
    workbook = _WorkbookGlobals(Encoding(version == _EXCEL_97, _DEFAULT_CODEC))
    last_type = 0
    for type_, start, end, depth in xls_sheet.records(stream, 0):
        if depth > 1:  # the end of the globals is not there, and this is the beginning of the first sheet
            if start - xls_sheet.HEAD.size != min((sheet.at for sheet in workbook.sheets), default=-1):
                raise unproved()
            break
        if type_ == CONTINUE and last_type == _Record.SST:
            workbook.strings.append(stream[start:end])
        elif type_ == _Record.FILEPASS:  # all behind it is encrypted
            raise UnreadableError("encrypted/default" if default_password.of_record(stream[start:end]) else "encrypted")
        else:
            _take_in(workbook, type_, stream[start:end])
            last_type = type_
        workbook.end = end
    return workbook


def _take_in(workbook: _WorkbookGlobals, type_: int, body: bytes) -> None:
    match type_:
        case _Record.CODEPAGE:
            workbook.encoding = Encoding(workbook.encoding.is_unicode, _codec(struct.unpack_from("<H", body)[0]))
        case _Record.DATEMODE:
            workbook.is_1904 = struct.unpack_from("<H", body)[0] == 1
        case _Record.FORMAT:
            workbook.formats[struct.unpack_from("<H", body)[0]] = workbook.encoding.format_code(body)
        case _Record.XF:
            workbook.styles.append(struct.unpack_from("<H", body, 2)[0])
        case _Record.BOUNDSHEET:
            at, _hidden, kind = struct.unpack_from("<IBB", body)
            workbook.sheets.append(_Listed(body[6:], kind, at))
        case _Record.SST:
            workbook.strings.append(body)


def _codec(page: int) -> str:
    name = _CODECS.get(page, f"cp{page}")
    try:
        codecs.lookup(name)
    except LookupError:
        return _DEFAULT_CODEC
    return name


def _ends(stream: bytes, workbook: _WorkbookGlobals) -> dict[int, int]:
    """Return where each sheet ends, by where it begins.

    Raises UnreadableError unless the stream is the globals and the sheets that they list, also those that nobody wants. None may
    overlap another, and nothing may stand between or behind them, so that neither a sheet nor its place in the list can be lost
    in silence.
    """
    at, ends = workbook.end, dict[int, int]()
    places = sorted(sheet.at for sheet in workbook.sheets)
    if not places:
        raise unproved()
    for place, limit in zip(places, [*places[1:], len(stream)], strict=True):
        if place != at or at + _BOF_SIZE > len(stream) or struct.unpack_from("<H", stream, at)[0] != BOF:
            raise unproved()
        if struct.unpack_from("<H", stream, at + 6)[0] == _MACRO_SHEET:
            raise UnreadableError("macro-workbook")
        at = ends[place] = xls_sheet.end_of(stream, place, limit)
    # An empty sheet that the list has not takes nothing away. Zeros behind the last one are healthy: some programs (xlwt) fill the
    # stream up to whole 4,096 bytes.
    while struct.unpack_from("<H", stream.ljust(at + 2, b"\0"), at)[0] == BOF:
        at = xls_sheet.end_of_empty(stream, at)
    if stream[at:].strip(b"\0"):
        raise unproved()
    return ends
