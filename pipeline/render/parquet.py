"""A table as Apache Parquet, for analysts: plain pages packed with gzip, which every reader of the format takes.

The format: https://parquet.apache.org/docs/file-format/ . Its headers are Thrift structures in the compact protocol.
Covered by tests/render/test_register_table.py.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import groupby
from typing import Final, cast

MAGIC: Final = b"PAR1"
_ROWS: Final = 65_536
"""Of one group of rows."""
_EPOCH: Final = date(1970, 1, 1).toordinal()
_PLAIN, _RLE, _GZIP, _OPTIONAL, _DATA_PAGE = 0, 3, 2, 1, 0
_UTF8, _DATE = 0, 6
"""The format's own numbers for encodings, codecs and kinds of text and dates."""

Value = str | int | float | date | None


class Kind(IntEnum):
    """What a column holds, by the format's number of how it is stored."""

    DAY = 1
    WHOLE = 2
    NUMBER = 5
    TEXT = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, and its values; None where a row has none."""

    name: str
    kind: Kind
    values: Sequence[Value]


def write(columns: Sequence[Column]) -> bytes:
    """Return the table; the same bytes for the same columns, which are equally long."""
    count = len(columns[0].values)
    parts, at, groups = [MAGIC], len(MAGIC), []
    for first in range(0, count, _ROWS):
        chunks, total = [], 0
        for column in columns:
            page, unpacked = _page(column.kind, column.values[first : first + _ROWS])
            described = [
                (1, int(column.kind)), (2, [_PLAIN, _RLE]), (3, [column.name]), (4, _GZIP), (5, _Long(min(_ROWS, count - first))),
                (6, _Long(unpacked)), (7, _Long(len(page))), (9, _Long(at)),
            ]  # fmt: skip
            chunks.append([(2, _Long(at)), (3, described)])
            parts.append(page)
            at += len(page)
            total += unpacked
        groups.append([(1, chunks), (2, _Long(total)), (3, _Long(min(_ROWS, count - first)))])
    schema: list[_Fields] = [[(4, "schema"), (5, len(columns))], *map(_described, columns)]
    footer = _struct([(1, 1), (2, schema), (3, _Long(count)), (4, groups), (6, "xinfang")])
    return b"".join([*parts, footer, struct.pack("<I", len(footer)), MAGIC])


def _described(column: Column) -> _Fields:
    kinds = {Kind.TEXT: [(6, _UTF8)], Kind.DAY: [(6, _DATE)]}
    return [(1, int(column.kind)), (3, _OPTIONAL), (4, column.name), *kinds.get(column.kind, [])]


def _page(kind: Kind, values: Sequence[Value]) -> tuple[bytes, int]:
    """Return a page with its header, and how long that is unpacked: first which rows have a value, then the values."""
    runs = b"".join(_varint(len([*run]) << 1) + bytes([there]) for there, run in groupby(value is not None for value in values))
    plain = struct.pack("<I", len(runs)) + runs + b"".join(_plain(kind, values))
    packed = gzip.compress(plain, 6, mtime=0)
    of_data = [(1, len(values)), (2, _PLAIN), (3, _RLE), (4, _RLE)]
    header = _struct([(1, _DATA_PAGE), (2, len(plain)), (3, len(packed)), (5, of_data)])
    return header + packed, len(header) + len(plain)


def _plain(kind: Kind, values: Iterable[Value]) -> Iterator[bytes]:
    there = [value for value in values if value is not None]
    match kind:
        case Kind.TEXT:
            written: dict[Value, bytes] = {}  # many rows say the same
            for value in there:
                if (content := written.get(value)) is None:
                    text = str(value).encode("utf-8", "replace")
                    content = written[value] = struct.pack("<I", len(text)) + text
                yield content
        case Kind.DAY:
            yield struct.pack(f"<{len(there)}i", *(value.toordinal() - _EPOCH for value in there if isinstance(value, date)))
        case Kind.WHOLE:
            yield struct.pack(f"<{len(there)}q", *there)
        case Kind.NUMBER:
            yield struct.pack(f"<{len(there)}d", *there)


# --- Thrift's compact protocol -----------------------------------------------------------------------------------


class _Long(int):
    """A whole number of 64 bits; others have 32."""


_Fields = list[tuple[int, "_Thrift"]]
_Thrift = int | str | Sequence[int] | Sequence[str] | Sequence["_Fields"] | Sequence[tuple[int, "_Thrift"]]


def _struct(fields: Sequence[tuple[int, object]]) -> bytes:
    """Return a structure: each field by its number, in order."""
    written, last = b"", 0
    for number, value in fields:
        written += bytes([(number - last) << 4 | _type(value)]) + _value(value)
        last = number
    return written + b"\0"


def _type(value: object) -> int:
    match value:
        case _Long():
            return 6
        case int():
            return 5
        case str():
            return 8
        case [(int(), _), *_]:
            return 12
        case _:
            return 9


def _value(value: object) -> bytes:
    match value:
        case int():
            return _varint(value << 1)  # zigzag; none is negative
        case str():
            content = value.encode()
            return _varint(len(content)) + content
        case [(int(), _), *_]:
            return _struct(cast("Sequence[tuple[int, object]]", value))
        case list():
            return _list(value)
    raise TypeError(value)


def _list(values: Sequence[object]) -> bytes:
    kind = _type(values[0]) if values else 12
    size = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind]) + _varint(len(values))  # noqa: PLR2004 - as it is written
    return size + b"".join(map(_value, values))


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:  # noqa: PLR2004 - seven bits in a byte
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
