"""Workbook streams of .xls, record by record, and small compound files around them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import compound

BEGIN, END, CONTINUE, PASSWORD, CODE_PAGE, DATE_MODE, SHEET = 0x809, 0x0A, 0x3C, 0x2F, 0x42, 0x22, 0x85
STYLE, FORMAT, STRINGS, MERGED, WINDOW = 0xE0, 0x41E, 0xFC, 0xE5, 0x23E
NUMBER, LABEL, SHARED, FORMULA, RESULT, BOOLEAN_OR_ERROR, PACKED_ROW = 0x203, 0x204, 0xFD, 0x06, 0x207, 0x205, 0xBD
NEW, OLD = 0x600, 0x500
_GLOBALS, _WORKSHEET = 0x05, 0x10


def record(kind: int, body: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(body)) + body


def begin(kind: int, version: int = NEW) -> bytes:
    """The record that begins a substream."""
    return record(BEGIN, struct.pack("<HHHH", version, kind, 0, 1997) + (struct.pack("<II", 0, 6) if version == NEW else b""))


def text(said: str) -> bytes:
    """A text with its length in two bytes, two bytes a character."""
    return struct.pack("<HB", len(said), 1) + said.encode("utf-16-le")


def cell(kind: int, row: int, column: int, body: bytes, style: int = 0) -> bytes:
    """The record of a cell."""
    return record(kind, struct.pack("<HHH", row, column, style) + body)


def label(row: int, column: int, said: str) -> bytes:
    """A cell with a text of its own."""
    return cell(LABEL, row, column, text(said))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A cell with a number."""
    return cell(NUMBER, row, column, struct.pack("<d", value), style)


def formula(row: int, column: int, result: bytes) -> bytes:
    """A cell with a formula; the result is the eight bytes as stored."""
    return cell(FORMULA, row, column, result + struct.pack("<HIH", 0, 0, 3) + b"\x1e\x01\x00")


def shared(*blocks: bytes, count: int) -> bytes:
    """The shared texts, over as many records as there are blocks."""
    first = record(STRINGS, struct.pack("<II", count, count) + blocks[0])
    return first + b"".join(record(CONTINUE, block) for block in blocks[1:])


def stream(
    sheets: Mapping[str, Sequence[bytes]], globals_: Sequence[bytes] = (), *, version: int = NEW, kind: int = 0, is_closed: bool = True
) -> bytes:
    """A workbook of sheets with these records."""
    end = record(END) if is_closed else b""
    names = {name: _name(name, version) for name in sheets}
    head = begin(_GLOBALS, version) + b"".join(globals_)
    at = len(head) + sum(4 + 6 + len(name) for name in names.values()) + len(end)
    listed, bodies = b"", b""
    for name, records in sheets.items():
        listed += record(SHEET, struct.pack("<IBB", at + len(bodies), 0, kind) + names[name])
        bodies += begin(_WORKSHEET, version) + b"".join(records) + end
    return head + listed + end + bodies


def _name(name: str, version: int) -> bytes:
    if version == OLD:
        written = name.encode("gbk")
        return bytes([len(written)]) + written
    return bytes([len(name), 1]) + name.encode("utf-16-le")


def book(sheets: Mapping[str, Sequence[bytes]], globals_: Sequence[bytes] = (), *, version: int = NEW, kind: int = 0) -> bytes:
    """The file of such a workbook."""
    name = "Workbook" if version == NEW else "Book"
    return compound.build({name: stream(sheets, globals_, version=version, kind=kind)})
