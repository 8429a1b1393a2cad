"""Texts in the records of .xls: in one or two bytes a character, and going on in the next record where one is full."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from pipeline.reading.gate import plain_worksheet
from pipeline.reading.gate.safe_workbook import UnreadableError

_WIDE, _EXTRA, _RICH = 1, 4, 8
"""Flags before a text: two bytes a character; something for East Asian readings behind it; fonts of its parts behind it."""
_SHORTEST = 3


class _Reader:
    """Reads on from one record to those that continue it."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        self._blocks = blocks
        self._number, self._at = 0, 0

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._number >= len(self._blocks) - 1 and self._at >= len(self._blocks[-1])

    def take(self, count: int) -> bytes:
        """The next bytes. Raises UnreadableError where there are fewer."""
        block = self._blocks[self._number]
        found = block[self._at : self._at + count]
        self._at += count
        while len(found) < count:
            self._next()
            self._at = count - len(found)
            found += self._blocks[self._number][: self._at]
        return found

    def text(self, count: int, flags: int) -> str:
        """So many characters; a record that continues them begins with flags of its own."""
        found = ""
        while True:
            width = 1 + (flags & _WIDE)
            have = min(count, (len(self._blocks[self._number]) - self._at) // width)
            piece = self._blocks[self._number][self._at : self._at + have * width]
            found += piece.decode("utf-16-le" if width > 1 else "latin-1", "replace")
            self._at += have * width
            count -= have
            if not count:
                return plain(found)
            self._next()
            flags = self.take(1)[0]

    def _next(self) -> None:
        self._number, self._at = self._number + 1, 0
        if self._number >= len(self._blocks):
            raise UnreadableError("unreadable", "unproved")


def shared(blocks: Sequence[bytes]) -> list[str]:
    """The workbook's shared texts. Raises UnreadableError unless there are as many as declared and nothing more."""
    reader = _Reader(blocks)
    _total, count = struct.unpack("<II", reader.take(8))
    if count * _SHORTEST > sum(map(len, blocks)):
        raise UnreadableError("unreadable", "unproved")
    found = [_shared(reader) for _ in range(count)]
    if not reader.is_at_end:
        raise UnreadableError("unreadable", "unproved")
    return found


def _shared(reader: _Reader) -> str:
    length, flags = struct.unpack("<HB", reader.take(_SHORTEST))
    runs = int.from_bytes(reader.take(2), "little") * 4 if flags & _RICH else 0
    extra = int.from_bytes(reader.take(4), "little") if flags & _EXTRA else 0
    found = reader.text(length, flags)
    reader.take(runs)
    reader.take(extra)
    return found


def text(blocks: Sequence[bytes]) -> str:
    """A text with its length and flags before it."""
    reader = _Reader(blocks)
    length, flags = struct.unpack("<HB", reader.take(_SHORTEST))
    return reader.text(length, flags)


def name(body: bytes) -> str:
    """A short text with its length in one byte and its flags before it."""
    reader = _Reader([body])
    length, flags = reader.take(2)
    return reader.text(length, flags)


def plain(found: str) -> str:
    """The text as a worksheet spells it. Raises UnreadableError for zeros, which nobody can type: something is missing there."""
    if "\0" in found:
        raise UnreadableError("unreadable", "unproved")
    return plain_worksheet.text(found)
