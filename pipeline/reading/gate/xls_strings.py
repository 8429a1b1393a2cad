"""Texts in the records of .xls: in one or two bytes a character, and going on in the next record where one is full.

A record holds at most 8,224 bytes; what is longer goes on in CONTINUE records ([MS-XLS] 2.4.58).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reading.gate import plain_worksheet
from pipeline.reading.gate.safe_workbook import unproved

_WIDE, _EXTRA, _RICH = 1, 4, 8
"""Flags before a text: two bytes a character; something for East Asian readings behind it; fonts of its parts behind it."""
_SHORTEST = 3
"""Bytes of the shortest text: its length and its flags."""


class _Reader:
    """Reads on from one record to those that continue it."""

    def __init__(self, blocks: Sequence[bytes]) -> None:
        self._blocks = blocks
        self._number, self._at = 0, 0

    @property
    def is_at_end(self) -> bool:
        """Return whether nothing is left."""
        return self._number >= len(self._blocks) - 1 and self._at >= len(self._blocks[-1])

    def take(self, count: int) -> bytes:
        """Return the next bytes. Raises UnreadableError where there are fewer."""
        block = self._blocks[self._number]
        taken = block[self._at : self._at + count]
        self._at += count
        while len(taken) < count:
            self._next()
            self._at = count - len(taken)
            taken += self._blocks[self._number][: self._at]
        return taken

    def text(self, count: int, flags: int) -> str:
        """Return so many characters.

        A record that continues them begins with flags of its own: Excel changes from one byte a character to two in the
        middle of a text.
        """
        characters = ""
        while True:
            width = 1 + (flags & _WIDE)
            here = min(count, (len(self._blocks[self._number]) - self._at) // width)
            piece = self._blocks[self._number][self._at : self._at + here * width]
            characters += piece.decode("utf-16-le" if width > 1 else "latin-1", "replace")
            self._at += here * width
            count -= here
            if not count:
                return plain(characters)
            self._next()
            flags = self.take(1)[0]

    def _next(self) -> None:
        self._number, self._at = self._number + 1, 0
        if self._number >= len(self._blocks):
            raise unproved()


def shared(blocks: Sequence[bytes]) -> list[str]:
    """Return the workbook's shared texts (SST, [MS-XLS] 2.4.265), of that record and those that continue it.

    Raises UnreadableError where there are more than declared, or half a text. There may be fewer: some programs count wrong, and a
    cell that names one that is not there is refused.
    """
    reader = _Reader(blocks)
    # How often the texts are used stands first and proves nothing: healthy files of a common Java writer say one too many.
    _uses, count = struct.unpack("<II", reader.take(8))
    strings: list[str] = []
    while len(strings) < count and not reader.is_at_end:
        strings.append(_shared(reader))
    if not reader.is_at_end:
        raise unproved()
    return strings


def _shared(reader: _Reader) -> str:
    """Return one of them ([MS-XLS] 2.5.293 XLUnicodeRichExtendedString): its fonts and readings are passed over."""
    length, flags = struct.unpack("<HB", reader.take(_SHORTEST))
    runs = int.from_bytes(reader.take(2), "little") * 4 if flags & _RICH else 0
    extra = int.from_bytes(reader.take(4), "little") if flags & _EXTRA else 0
    string = reader.text(length, flags)
    # Taken though nobody reads them: where they are not all there, what follows would be no text.
    reader.take(runs)
    reader.take(extra)
    return string


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a workbook writes its texts, but for the shared ones, which came with Excel 97."""

    is_unicode: bool
    """Whether the workbook is of Excel 97 or later; in Excel 5 and 95 every character takes what the code page says."""
    codec: str

    def text(self, blocks: Sequence[bytes]) -> str:
        """Return the text of a record and those that continue it: its length in two bytes, its flags, its characters.

        The form is [MS-XLS] 2.5.294 XLUnicodeString; before Excel 97 there are no flags.
        """
        if self.is_unicode:
            reader = _Reader(blocks)
            length, flags = struct.unpack("<HB", reader.take(_SHORTEST))
            return reader.text(length, flags)
        written = b"".join(blocks)
        (length,) = struct.unpack_from("<H", written)
        if len(written) < 2 + length:
            raise unproved()
        return plain(written[2 : 2 + length].decode(self.codec, "replace"))

    def name(self, body: bytes) -> str:
        """Return a sheet's name: as a text, with its length in one byte ([MS-XLS] 2.5.240 ShortXLUnicodeString)."""
        if not body:
            raise unproved()
        if not self.is_unicode:
            return body[1 : 1 + body[0]].decode(self.codec, "replace")
        reader = _Reader([body])
        length, flags = reader.take(2)
        return reader.text(length, flags)

    def format_code(self, body: bytes) -> str:
        """Return the code of a format (`yyyy/m/d`), which stands behind its number.

        The length before it is not read: some programs miscount it, and of a code only the signs for days and hours matter.
        """
        if not self.is_unicode:
            return body[3:].decode(self.codec, "replace")
        (flags,) = struct.unpack_from("<B", body, 4)
        return body[5:].decode("utf-16-le" if flags & _WIDE else "latin-1", "replace")


def plain(characters: str) -> str:
    """Return the text as a worksheet spells it.

    Raises UnreadableError for zeros, which nobody can type: a sector of the file was lost there.
    """
    if "\0" in characters:
        raise unproved()
    return plain_worksheet.text(characters)
