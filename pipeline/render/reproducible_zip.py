"""Office files that are the same bytes whenever they are written: the clock is taken out of the package."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest moment that a zip file can name."""
_USUAL, _SMALL = 6, 1 << 16
"""How hard parts are pressed, as zlib counts it; and bytes of a part that is kept pressed."""
_READABLE, _END = 0o600 << 16, b"PK\5\6"
_IN_DIRECTORY, _SIGNATURE, _FIELDS = b"PK\1\2\x14\0", 4, 30
"""How an entry of the directory begins, with the version that it is made by; where in an entry's own header the fields begin and end."""
_PROPERTIES = "docProps/core.xml"
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def settle(content: bytes, moment: datetime) -> bytes:
    """The same package, its entries in their order and without times of their own, written and changed at that moment."""
    return pack(_parts(content), moment)


def pack(parts: Iterable[tuple[str, bytes]], moment: datetime) -> bytes:
    """A package of these parts, written and changed at that moment."""
    written_at = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    at_moment = ((name, _WRITTEN.sub(rb"\g<1>" + written_at + rb"\g<2>", part) if name == _PROPERTIES else part) for name, part in parts)
    return packed(at_moment, _USUAL)


def packed(parts: Iterable[tuple[str, bytes]], level: int) -> bytes:
    """A package of these parts, pressed so hard.

    It is what `zipfile` writes, byte for byte; but parts that many packages have are pressed once.
    """
    written, entries = io.BytesIO(), []
    for name, part in parts:
        entry = zipfile.ZipInfo(name, _FIRST_DAY)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.CRC, pressed = (_pressed_once if len(part) <= _SMALL else _pressed)(part, level)
        entry.file_size, entry.compress_size = len(part), len(pressed)
        header = entry.FileHeader()
        # In the directory an entry has the fields of its header; it does not say whether Windows or Linux wrote it.
        rest = struct.pack("<HHHII", 0, 0, 0, _READABLE, written.tell())
        entries.append(_IN_DIRECTORY + header[_SIGNATURE:_FIELDS] + rest + header[_FIELDS:])
        written.write(header + pressed)
    begin, directory = written.tell(), b"".join(entries)
    end = struct.pack("<4s4H2IH", _END, 0, 0, len(entries), len(entries), len(directory), begin, 0)
    return written.getvalue() + directory + end


def _pressed(part: bytes, level: int) -> tuple[int, bytes]:
    """Return the part's check sum, and the part pressed."""
    press = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.crc32(part), press.compress(part) + press.flush()


_pressed_once = lru_cache(maxsize=256)(_pressed)
"""Styles, themes and the like are the same in the thousands of files of a large day."""


def _parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        yield from ((entry.filename, package.read(entry)) for entry in package.infolist())
