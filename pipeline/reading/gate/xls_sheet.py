"""One sheet of an .xls: its records up to its end, and the filled cells in them."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.reading.gate import xls_strings
from pipeline.reading.gate.cell_values import ERRORS, LAST_COLUMN, packed_number
from pipeline.reading.gate.plain_worksheet import Cell, Merge
from pipeline.reading.gate.safe_workbook import UnreadableError

BEGIN, END, CONTINUE = 0x809, 0x0A, 0x3C
_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HHH")
_OLD_DIMENSIONS = 8
"""The least that follows a record of kind 0, which old programs write."""
_DOUBLE = struct.Struct("<d")
_NO_NUMBER = 0xFFFF
_STRING_RESULT, _BOOLEAN_RESULT, _ERROR_RESULT, _EMPTY_RESULT = 0, 1, 2, 3


def records(stream: bytes, at: int) -> Iterator[tuple[int, int, int, int]]:
    """Kind, begin and end of each record of the substream that begins there, and how deep it lies (1: in no other).

    Raises UnreadableError unless the substream is closed and no record runs over the end; zeros are no record.
    """
    size, depth = len(stream), 0
    while True:
        if at + _HEAD.size > size:
            raise damaged()
        kind, length = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        if (not kind and length < _OLD_DIMENSIONS) or at + length > size:
            raise damaged()
        depth += kind == BEGIN
        yield kind, at, at + length, depth
        at += length
        if kind == END:
            depth -= 1
            if depth <= 0:
                return


def damaged() -> UnreadableError:
    """What is said of a workbook that is not whole."""
    return UnreadableError("unreadable", "unproved")


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of all sheets refer to."""

    is_wide: bool
    """Whether it is of Excel 97 or later; of Excel 5 and 95 every character takes what its code page says."""
    codec: str
    styles: Mapping[int, str]
    """The style of a cell by its number, where it is not the plain one."""
    strings: list[str]


class _Reader:
    """Hears the records of a sheet and keeps its filled cells."""

    def __init__(self, stream: bytes, book: Book, most: int) -> None:
        self._stream, self._book, self._most = stream, book, most
        self.cells: list[Cell] = []
        self.merges: list[Merge] = []
        self._waits: Cell | None = None
        self._text: list[bytes] = []

    def hear(self, at: int) -> int:
        """Read the whole sheet that begins there; where it ends."""
        heard: dict[int, Callable[[int, int], None]] = {
            0x06: self._formula, 0x206: self._formula, 0x406: self._formula, 0x207: self._result, 0x203: self._number,
            0x27E: self._packed, 0xBD: self._packed_row, 0xFD: self._shared, 0x204: self._label, 0xD6: self._label,
            0x205: self._boolean_or_error, 0xE5: self._merged,
        }  # fmt: skip
        end = at
        for kind, start, end, depth in records(self._stream, at):
            if depth == 1 and (hear := heard.get(kind)):
                self._finish()
                hear(start, end)
                if len(self.cells) > self._most:
                    raise UnreadableError("too-large", "cells")
            elif kind == CONTINUE and self._text:
                self._text.append(self._stream[start:end])
        self._finish()
        return end

    def _add(self, start: int, kind: str, value: str, *, formula: bool = False) -> Cell:
        row, column, style = _PLACE.unpack_from(self._stream, start)
        return self._put(Cell(row, column, kind, self._book.styles.get(style, ""), value, formula))

    def _put(self, cell: Cell) -> Cell:
        if cell.column >= LAST_COLUMN:
            raise damaged()
        self.cells.append(cell)
        return cell

    # --- numbers -------------------------------------------------------------------------------------------------

    def _number(self, start: int, end: int) -> None:
        self._add_number(start, _double(self._stream, start + 6, end))

    def _packed(self, start: int, end: int) -> None:
        (written,) = _fields("<I", self._stream, start + 6, end)
        self._add_number(start, packed_number(written))

    def _packed_row(self, start: int, end: int) -> None:
        row, first = _fields("<HH", self._stream, start, end)
        count, rest = divmod(end - start - 6, 6)
        (last,) = _fields("<H", self._stream, end - 2, end)
        if rest or last - first + 1 != count:
            raise damaged()
        for at in range(count):
            style, written = struct.unpack_from("<HI", self._stream, start + 4 + 6 * at)
            number = repr(packed_number(written))
            self._put(Cell(row, first + at, "n", self._book.styles.get(style, ""), number, False))

    def _add_number(self, start: int, number: float, *, formula: bool = False) -> None:
        if math.isfinite(number):
            self._add(start, "n", repr(number), formula=formula)
        else:
            self._add(start, "e", "#NUM!", formula=formula)

    def _boolean_or_error(self, start: int, end: int) -> None:
        value, is_error = _fields("<BB", self._stream, start + 6, end)
        if is_error:
            self._add(start, "e", ERRORS.get(value, "#VALUE!"))
        else:
            self._add(start, "b", str(int(value > 0)))

    # --- texts ---------------------------------------------------------------------------------------------------

    def _shared(self, start: int, end: int) -> None:
        (number,) = _fields("<I", self._stream, start + 6, end)
        if number >= len(self._book.strings):
            raise damaged()
        if said := self._book.strings[number]:
            self._add(start, "str", said)

    def _label(self, start: int, end: int) -> None:
        if said := self._read([self._stream[start + 6 : end]]):
            self._add(start, "str", said)

    def _result(self, start: int, end: int) -> None:
        self._text = [self._stream[start:end]]

    def _finish(self) -> None:
        """Give the formula before it the text of which no more comes."""
        if self._text and self._waits:
            self._waits.kind, self._waits.value = "str", self._read(self._text)
            self._waits = None
        self._text = []

    def _read(self, blocks: list[bytes]) -> str:
        if self._book.is_wide:
            return xls_strings.text(blocks)
        written = b"".join(blocks)
        (length,) = _fields("<H", written, 0, len(written))
        if len(written) < 2 + length:
            raise damaged()
        return xls_strings.plain(written[2 : 2 + length].decode(self._book.codec, "replace"))

    # --- formulas and merges -------------------------------------------------------------------------------------

    def _formula(self, start: int, end: int) -> None:
        kind, value, mark = _fields("<BxBxxxH", self._stream, start + 6, end)
        self._waits = None
        if mark != _NO_NUMBER:
            self._add_number(start, _double(self._stream, start + 6, end), formula=True)
        elif kind == _BOOLEAN_RESULT:
            self._add(start, "b", str(int(value > 0)), formula=True)
        elif kind == _ERROR_RESULT:
            self._add(start, "e", ERRORS.get(value, "#VALUE!"), formula=True)
        elif kind == _EMPTY_RESULT:
            self._add(start, "str", "", formula=True)
        elif kind == _STRING_RESULT:
            self._waits = self._add(start, "n", "", formula=True)  # until its text comes it has no result
        else:
            raise damaged()

    def _merged(self, start: int, end: int) -> None:
        (count,) = _fields("<H", self._stream, start, end)
        if start + 2 + 8 * count > end:
            raise damaged()
        for at in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", self._stream, start + 2 + 8 * at)
            if top <= bottom and left <= right < LAST_COLUMN:
                self.merges.append((top, left, bottom, right))


def _fields(form: str, stream: bytes, start: int, end: int) -> tuple[int, ...]:
    if start + struct.calcsize(form) > end:
        raise damaged()
    return struct.unpack_from(form, stream, start)


def _double(stream: bytes, start: int, end: int) -> float:
    if start + _DOUBLE.size > end:
        raise damaged()
    found: float = _DOUBLE.unpack_from(stream, start)[0]
    return found


def read(stream: bytes, at: int, book: Book, most: int) -> tuple[list[Cell], tuple[Merge, ...]]:
    """The filled cells and merged ranges of the sheet that begins there. Raises UnreadableError unless it is whole."""
    reader = _Reader(stream, book, most)
    reader.hear(at)
    return reader.cells, tuple(reader.merges)
