"""One sheet of an .xls: its records up to its end, and the filled cells in them.

Records are called as in [MS-XLS] and in older descriptions of the format (BIFF): BOF, EOF, LABELSST, MULRK, …
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.reading.gate import xls_strings
from pipeline.reading.gate.cell_values import LAST_COLUMN, Value, error_value, number_value, rk_number, truth_value
from pipeline.reading.gate.plain_workbook import SharedTables
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import Merge, too_many_cells, unproved

BOF, EOF, CONTINUE = 0x809, 0x0A, 0x3C
_HEAD = struct.Struct("<HH")
"""A record's type and the length of its body, in bytes."""
_PLACE = struct.Struct("<HHH")
"""A cell's row, column and style (XF)."""
_OLD_DIMENSIONS = 8
"""Bytes that at least follow a record of type 0 (DIMENSIONS of Excel 2), which old programs write; fewer are zeros of a lost sector."""
_NO_NUMBER = 0xFFFF
_STRING_RESULT, _TRUTH_RESULT, _ERROR_RESULT, _EMPTY_RESULT = 0, 1, 2, 3
"""What a formula came to where that is no number ([MS-XLS] 2.5.133 FormulaValue)."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How texts are written."""

    is_unicode: bool
    """Whether the workbook is of Excel 97 or later; in Excel 5 and 95 every character takes what the code page says."""
    codec: str


def records(stream: bytes, at: int) -> Iterator[tuple[int, int, int, int]]:
    """Return type, begin and end of each record of the substream that begins there, and how deep it lies (1: in no other).

    Raises UnreadableError unless the substream is closed and no record runs over the end; zeros are no record.
    """
    size, depth = len(stream), 0
    while True:
        if at + _HEAD.size > size:
            raise unproved()
        type_, length = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        if (not type_ and length < _OLD_DIMENSIONS) or at + length > size:
            raise unproved()
        depth += type_ == BOF  # a chart in a sheet is a substream within it
        yield type_, at, at + length, depth
        at += length
        if type_ == EOF:
            depth -= 1
            if depth <= 0:
                return


def read(stream: bytes, at: int, encoding: Encoding, tables: SharedTables) -> tuple[list[Cell], tuple[Merge, ...]]:
    """Return the filled cells and merged ranges of the sheet that begins there. Raises UnreadableError unless it is whole."""
    reader = _Reader(stream, encoding, tables)
    reader.read(at)
    return reader.cells, tuple(reader.merges)


class _Reader:
    """Reads the records of a sheet and keeps its filled cells."""

    def __init__(self, stream: bytes, encoding: Encoding, tables: SharedTables) -> None:
        self._stream, self._encoding, self._tables = stream, encoding, tables
        self.cells: list[Cell] = []
        self.merges: list[Merge] = []
        self._waiting: Cell | None = None
        """A formula whose text comes in a record of its own."""
        self._text: list[bytes] = []
        """That record, and those that continue it."""

    def read(self, at: int) -> None:
        """Read the whole sheet that begins there."""
        readers: dict[int, Callable[[int, int], None]] = {
            0x06: self._formula, 0x206: self._formula, 0x406: self._formula,  # FORMULA, of Excel 5 and later, 3 and 4
            0x207: self._result,  # STRING
            0x203: self._number, 0x27E: self._rk, 0xBD: self._mulrk, 0xFD: self._labelsst,
            0x204: self._label, 0xD6: self._label,  # LABEL and RSTRING, of Excel 95 and before
            0x205: self._boolerr, 0xE5: self._mergecells,
        }  # fmt: skip
        for type_, start, end, depth in records(self._stream, at):
            if depth == 1 and (read := readers.get(type_)):
                self._finish()
                read(start, end)
                if len(self.cells) > self._tables.most_cells:
                    raise too_many_cells()
            elif type_ == CONTINUE and self._text:
                self._text.append(self._stream[start:end])
        self._finish()

    def _add(self, start: int, value: Value, *, is_formula: bool = False) -> Cell:
        row, column, style = _PLACE.unpack_from(self._stream, start)
        return self._add_at(row, column, style, value, is_formula=is_formula)

    def _add_at(self, row: int, column: int, style: int, value: Value, *, is_formula: bool = False) -> Cell:
        if column >= LAST_COLUMN:
            raise unproved()
        cell = Cell(row, column, value[0], self._tables.styles.get(style, ""), value[1], is_formula)
        self.cells.append(cell)
        return cell

    # --- numbers -------------------------------------------------------------------------------------------------

    def _number(self, start: int, end: int) -> None:
        self._add(start, number_value(_fields("<d", self._stream, start + 6, end)[0]))

    def _rk(self, start: int, end: int) -> None:
        self._add(start, number_value(rk_number(_fields("<I", self._stream, start + 6, end)[0])))

    def _mulrk(self, start: int, end: int) -> None:
        """Keep the numbers of neighbours in a row ([MS-XLS] 2.4.175): row, first column, styles and numbers, last column."""
        row, first = _fields("<HH", self._stream, start, end)
        count, rest = divmod(end - start - 6, 6)
        (last,) = _fields("<H", self._stream, end - 2, end)
        if rest or last - first + 1 != count:
            raise unproved()
        for at in range(count):
            style, written = struct.unpack_from("<HI", self._stream, start + 4 + 6 * at)
            self._add_at(row, first + at, style, ("n", repr(rk_number(written))))

    def _boolerr(self, start: int, end: int) -> None:
        value, is_error = _fields("<BB", self._stream, start + 6, end)
        self._add(start, error_value(value) if is_error else truth_value(value))

    # --- texts ---------------------------------------------------------------------------------------------------

    def _labelsst(self, start: int, end: int) -> None:
        (number,) = _fields("<I", self._stream, start + 6, end)
        if number >= len(self._tables.strings):
            raise unproved()
        if text := self._tables.strings[number]:
            self._add(start, ("str", text))

    def _label(self, start: int, end: int) -> None:
        if text := self._text_of([self._stream[start + 6 : end]]):
            self._add(start, ("str", text))

    def _result(self, start: int, end: int) -> None:
        self._text = [self._stream[start:end]]

    def _finish(self) -> None:
        """Give the formula before it the text of which no more comes."""
        if self._text and self._waiting:
            self._waiting.kind, self._waiting.value = "str", self._text_of(self._text)
            self._waiting = None
        self._text = []

    def _text_of(self, blocks: list[bytes]) -> str:
        if self._encoding.is_unicode:
            return xls_strings.text(blocks)
        written = b"".join(blocks)
        (length,) = _fields("<H", written, 0, len(written))
        if len(written) < 2 + length:
            raise unproved()
        return xls_strings.plain(written[2 : 2 + length].decode(self._encoding.codec, "replace"))

    # --- formulas and merges -------------------------------------------------------------------------------------

    def _formula(self, start: int, end: int) -> None:
        """Keep what a formula came to ([MS-XLS] 2.4.127): a number in eight bytes, or what else it is and its value."""
        kind, value, mark = _fields("<BxBxxxH", self._stream, start + 6, end)
        self._waiting = None
        if mark != _NO_NUMBER:
            self._add(start, number_value(_fields("<d", self._stream, start + 6, end)[0]), is_formula=True)
        elif kind == _TRUTH_RESULT:
            self._add(start, truth_value(value), is_formula=True)
        elif kind == _ERROR_RESULT:
            self._add(start, error_value(value), is_formula=True)
        elif kind == _EMPTY_RESULT:
            self._add(start, ("str", ""), is_formula=True)
        elif kind == _STRING_RESULT:
            self._waiting = self._add(start, ("n", ""), is_formula=True)  # until its text comes it has no result
        else:
            raise unproved()

    def _mergecells(self, start: int, end: int) -> None:
        (count,) = _fields("<H", self._stream, start, end)
        if start + 2 + 8 * count > end:
            raise unproved()
        for at in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", self._stream, start + 2 + 8 * at)
            if top <= bottom and left <= right < LAST_COLUMN:
                self.merges.append((top, left, bottom, right))


def _fields(form: str, stream: bytes, start: int, end: int) -> tuple[int, ...]:
    if start + struct.calcsize(form) > end:
        raise unproved()
    return struct.unpack_from(form, stream, start)
