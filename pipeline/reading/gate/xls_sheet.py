"""One sheet of an .xls: its records up to its end, and the filled cells in them.

Records are called as in [MS-XLS] and in older descriptions of the format (BIFF): BOF, EOF, LABELSST, MULRK, …
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from pipeline.reading.gate.cell_values import LAST_COLUMN, PICTURE_IN_TOKENS, Value, error_value, number_value, rk_number, truth_value
from pipeline.reading.gate.plain_workbook import SharedTables, Sheet
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import unproved
from pipeline.reading.gate.xls_strings import Encoding

BOF, EOF, CONTINUE, MERGECELLS, WINDOW2 = 0x809, 0x0A, 0x3C, 0xE5, 0x23E
_BEHIND_MERGES = frozenset({MERGECELLS, 0x1B0, 0x1B2, 0x1B8, 0x1BA, 0x862, 0x867, 0x868})
"""Records that stand where merged ranges do, or behind them: CONDFMT, DVAL, HLINK, CODENAME, SHEETEXT, FEATHDR, FEAT."""
_NEVER_IN_CHARTS = frozenset({0x06, 0xBD, 0xFD, 0x27E})
"""Cells of sheets: FORMULA, MULRK, LABELSST, RK. A chart has numbers and texts of its own, in other records."""
_CELLS = _NEVER_IN_CHARTS | {0x203, 0x204, 0x205, 0x206, 0x207, 0x406, 0xD6}
"""Those and NUMBER, LABEL, BOOLERR, FORMULA of older versions, STRING, RSTRING."""
_CHART = b"\x20\0"
"""The kind in a chart's BOF."""
HEAD = struct.Struct("<HH")
"""A record's type and the length of its body, in bytes."""
_PLACE = struct.Struct("<HHH")
"""A cell's row, column and style (XF)."""
_OLD_DIMENSIONS = 8
"""Bytes that at least follow a record of type 0 (DIMENSIONS of Excel 2), which old programs write; fewer are zeros of a lost sector."""
_NO_NUMBER = 0xFFFF
_STRING_RESULT, _TRUTH_RESULT, _ERROR_RESULT, _EMPTY_RESULT = 0, 1, 2, 3
"""What a formula came to where that is no number ([MS-XLS] 2.5.133 FormulaValue)."""


def records(stream: bytes, at: int, end: int | None = None) -> Iterator[tuple[int, int, int, int]]:
    """Return type, begin and end of each record of the substream that begins there, and how deep it lies (1: in no other).

    Raises UnreadableError unless the substream is closed and no record runs over the stream's end; zeros are no record. One that
    is known to end at `end` need not be closed where a record ends exactly there, or where only zeros follow up to the stream's end.
    """
    size, depth = len(stream), 0
    while at != end:
        if at + HEAD.size > size:
            raise unproved()
        type_, length = HEAD.unpack_from(stream, at)
        at += HEAD.size
        if not (type_ or length) and at + HEAD.size <= size and stream[at : at + 2] != b"\0\0":
            continue  # four zeros alone between two records: some programs (Crystal Reports) write them, and a lost sector has more
        if (not type_ and length < _OLD_DIMENSIONS) or at + length > size:
            if end == size and not stream[at - HEAD.size :].strip(b"\0"):
                return
            raise unproved()
        depth += type_ == BOF  # a chart in a sheet is a substream within it
        yield type_, at, at + length, depth
        at += length
        if type_ == EOF:
            depth -= 1
            if depth <= 0:
                return


def end_of(stream: bytes, at: int, limit: int) -> int:
    """Return where the substream ends that begins there and must end by the limit: the next one's beginning, or the stream's end.

    Raises UnreadableError unless it is closed, or all its cells are there although it is not. Some programs forget to close one,
    or a chart in it. Before another substream nothing can be missing: each begins where the list of sheets says. Behind the last,
    WINDOW2 shows that the cells are whole, which stand before it, and, where zeros follow, one of the records behind the merges.
    """
    types, end, is_closed, is_chart = set[int](), at, False, True
    for type_, start, stop, depth in records(stream, at, limit):
        types.add(type_)
        end = stop
        if depth > 1:
            is_chart = is_chart and type_ not in _NEVER_IN_CHARTS and (type_ != BOF or stream[start + 2 : start + 4] == _CHART)
        is_closed = type_ == EOF and depth == 1
    if is_closed:
        return end
    is_shown = WINDOW2 in types and (end == limit or _BEHIND_MERGES & types)
    if not is_chart or (limit == len(stream) and not is_shown):
        raise unproved()
    return limit


def end_of_empty(stream: bytes, at: int) -> int:
    """Return where the substream ends that begins there. Raises UnreadableError unless it is closed and has no cells."""
    end = at
    for type_, _start, stop, _depth in records(stream, at):
        if type_ in _CELLS:
            raise unproved()
        end = stop
    return end


def read(sheet: Sheet, *, stream: bytes, extent: tuple[int, int], encoding: Encoding, tables: SharedTables) -> Sheet:
    """Return the sheet with the filled cells and merged ranges of the substream with that begin and end.

    Raises UnreadableError unless it is whole, and struct.error where a record is too short for what must stand in it.
    """
    reader = _Reader(sheet, encoding, tables)
    reader.read(stream, *extent)
    return sheet


class _Reader:
    """Reads the records of a sheet and keeps its filled cells."""

    def __init__(self, sheet: Sheet, encoding: Encoding, tables: SharedTables) -> None:
        self._sheet, self._encoding, self._tables = sheet, encoding, tables
        self._waiting: Cell | None = None
        """A formula whose text comes in a record of its own."""
        self._text: list[bytes] = []
        """That record, and those that continue it."""

    def read(self, stream: bytes, at: int, end: int) -> None:
        """Read the whole sheet between these places."""
        readers: dict[int, Callable[[bytes], None]] = {
            0x06: self._formula, 0x206: self._formula, 0x406: self._formula,  # FORMULA, of Excel 5 and later, 3 and 4
            0x207: self._result,  # STRING
            0x203: self._number, 0x27E: self._rk, 0xBD: self._mulrk, 0xFD: self._labelsst,
            0x204: self._label, 0xD6: self._label,  # LABEL and RSTRING, of Excel 95 and before
            0x205: self._boolerr, MERGECELLS: self._mergecells,
        }  # fmt: skip
        for type_, start, stop, depth in records(stream, at, end):
            if (depth == 1 or type_ == MERGECELLS) and (read := readers.get(type_)):
                self._finish()
                read(stream[start:stop])
            elif type_ == CONTINUE and self._text:
                self._text.append(stream[start:stop])
        self._finish()

    def _add(self, body: bytes, value: Value, *, is_formula: bool = False) -> Cell:
        return self._add_at(_PLACE.unpack_from(body), value, is_formula=is_formula)

    def _add_at(self, place: tuple[int, int, int], value: Value, *, is_formula: bool = False) -> Cell:
        row, column, style = place
        if column >= LAST_COLUMN:
            raise unproved()
        cell = Cell(row, column, value[0], self._tables.styles.get(style, ""), value[1], is_formula)
        self._sheet.add(cell, self._tables.most_cells)
        return cell

    # --- numbers -------------------------------------------------------------------------------------------------

    def _number(self, body: bytes) -> None:
        self._add(body, number_value(struct.unpack_from("<d", body, 6)[0]))

    def _rk(self, body: bytes) -> None:
        self._add(body, number_value(rk_number(struct.unpack_from("<I", body, 6)[0])))

    def _mulrk(self, body: bytes) -> None:
        """Keep the numbers of neighbours in a row ([MS-XLS] 2.4.175): row, first column, styles and numbers, last column."""
        row, first = struct.unpack_from("<HH", body)
        (last,) = struct.unpack("<H", body[-2:])
        count, rest = divmod(len(body) - 6, 6)
        if rest or last - first + 1 != count:
            raise unproved()
        for column, (style, written) in enumerate(struct.iter_unpack("<HI", body[4:-2]), first):
            self._add_at((row, column, style), ("n", repr(rk_number(written))))

    def _boolerr(self, body: bytes) -> None:
        value, is_error = struct.unpack_from("<BB", body, 6)
        self._add(body, error_value(value) if is_error else truth_value(value))

    # --- texts ---------------------------------------------------------------------------------------------------

    def _labelsst(self, body: bytes) -> None:
        (number,) = struct.unpack_from("<I", body, 6)
        if number >= len(self._tables.strings):
            raise unproved()
        if text := self._tables.strings[number]:
            self._add(body, ("str", text))

    def _label(self, body: bytes) -> None:
        if text := self._encoding.text([body[6:]]):
            self._add(body, ("str", text))

    def _result(self, body: bytes) -> None:
        self._text = [body]

    def _finish(self) -> None:
        """Give the formula before it the text of which no more comes."""
        if self._text and self._waiting:
            self._waiting.kind, self._waiting.value = "str", self._encoding.text(self._text)
            self._waiting = None
        self._text = []

    # --- formulas and merges -------------------------------------------------------------------------------------

    def _formula(self, body: bytes) -> None:
        """Keep what a formula came to ([MS-XLS] 2.4.127): a number in eight bytes, or what else it is and its value."""
        kind, value, mark = struct.unpack_from("<BxBxxxH", body, 6)
        self._waiting = None
        if PICTURE_IN_TOKENS.search(body, 14):
            self._add(body, ("n", ""), is_formula=True).is_picture = True
        elif mark != _NO_NUMBER:
            self._add(body, number_value(struct.unpack_from("<d", body, 6)[0]), is_formula=True)
        elif kind == _TRUTH_RESULT:
            self._add(body, truth_value(value), is_formula=True)
        elif kind == _ERROR_RESULT:
            self._add(body, error_value(value), is_formula=True)
        elif kind == _EMPTY_RESULT:
            self._add(body, ("str", ""), is_formula=True)
        elif kind == _STRING_RESULT:
            self._waiting = self._add(body, ("n", ""), is_formula=True)  # until its text comes it has no result
        else:
            raise unproved()

    def _mergecells(self, body: bytes) -> None:
        (count,) = struct.unpack_from("<H", body)
        for at in range(count):
            top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * at)
            self._sheet.add_merge(top, bottom, left=left, right=right)
