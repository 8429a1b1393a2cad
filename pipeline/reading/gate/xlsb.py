"""Binary workbooks (.xlsb): the parts that count, each walked record by record to its last.

The format is [MS-XLSB]: records (2.1.4) in the parts of an Office Open XML package; their names are given as they stand there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum

from pipeline.reading.gate import package_relations, plain_workbook, plain_worksheet
from pipeline.reading.gate.cell_values import (
    LAST_COLUMN,
    LAST_ROW,
    PICTURE_IN_TOKENS,
    Value,
    error_value,
    number_value,
    rk_number,
    truth_value,
)
from pipeline.reading.gate.package_relations import Relations
from pipeline.reading.gate.plain_workbook import Format, SharedTables, Sheet
from pipeline.reading.gate.plain_worksheet import Cell
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, Wanted, damaged
from pipeline.reading.gate.zip_archive import ZipArchive

_MORE = 0x80
"""The bit of a byte that says that another one follows."""
_NO_TEXT = 0xFFFFFFFF
"""Stands for the length of a text that is none (XLNullableWideString)."""
_COLUMN_AND_STYLE = struct.Struct("<II")
_NO_COLUMN = -1
_STYLE = 0xFFFFFF
"""The bits of a cell's style; the others say whether readings are shown."""


class _Record(IntEnum):
    """Records that say something that counts."""

    ROW = 0  # BrtRowHdr
    BLANK = 1  # BrtCellBlank
    RK = 2  # BrtCellRk
    ERROR = 3  # BrtCellError
    TRUTH = 4  # BrtCellBool
    NUMBER = 5  # BrtCellReal
    TEXT = 6  # BrtCellSt
    SHARED_TEXT = 7  # BrtCellIsst
    FORMULA_TEXT = 8  # BrtFmlaString
    FORMULA_NUMBER = 9  # BrtFmlaNum
    FORMULA_TRUTH = 10  # BrtFmlaBool
    FORMULA_ERROR = 11  # BrtFmlaError
    RICH_TEXT = 62  # BrtCellRString
    STRING = 19  # BrtSSTItem
    FORMAT = 44  # BrtFmt
    STYLE = 47  # BrtXF
    BOOK_END = 132  # BrtEndBook
    SHEET_END = 130  # BrtEndSheet
    CELLS = 145  # BrtBeginSheetData
    CELLS_END = 146  # BrtEndSheetData
    SETTINGS = 153  # BrtWbProp
    SHEET = 156  # BrtBundleSh
    STRINGS = 159  # BrtBeginSst
    STRINGS_END = 160  # BrtEndSst
    MERGED = 176  # BrtMergeCell
    STYLES_END = 279  # BrtEndStyleSheet
    CELL_STYLES = 617  # BrtBeginCellXFs
    CELL_STYLES_END = 618  # BrtEndCellXFs


_FORMULAS = range(_Record.FORMULA_TEXT, _Record.FORMULA_ERROR + 1)
_SHORT = range(12, 19)
"""BrtShortBlank to BrtShortIsst, as SheetJS writes them: the records from BLANK on, without a column: the one behind the cell before."""
_SHORTENED = _SHORT.start - _Record.BLANK
_CELLS = frozenset({*range(_Record.BLANK, _Record.FORMULA_ERROR + 1), *_SHORT, _Record.RICH_TEXT})


def make_safe(archive: ZipArchive, main: str, limits: Limits, wanted: Wanted) -> SafeWorkbook:
    """Return the workbook with its wanted sheets. Raises UnreadableError where it is damaged, too large or carries macros."""
    relations = package_relations.without_macros(archive, main)
    try:
        is_1904, listed = _list_sheets(archive.read(main), relations)
        formats = _formats(archive, relations)
        tables = SharedTables(plain_workbook.styles_of(formats), _strings(archive, relations), limits.cells)
        sheets = (_sheet(name, archive.read(path), tables) for name, path in listed if wanted(name))
        return plain_workbook.workbook(sheets, formats, limits, is_1904=is_1904)
    except struct.error as error:  # a record is shorter than what must stand in it
        raise damaged() from error


def _records(part: bytes, last: int) -> Iterator[tuple[int, bytes]]:
    """Return type and body of every record. Raises UnreadableError unless the part ends where a record does, and with that type.

    Each part ends with a record of its own, so that one that was cut off between two records is noticed too.
    """
    at, size, type_ = 0, len(part), -1
    while at + 1 < size:
        type_, length = part[at], part[at + 1]
        if type_ < _MORE and length < _MORE:  # nearly every record; the general way takes twice as long
            at += 2
        else:
            type_, at = _spread_number(part, at, 2)
            length, at = _spread_number(part, at, 4)
        end = at + length
        if end > size:
            raise damaged()
        yield type_, part[at:end]
        at = end
    if at != size or type_ != last:
        raise damaged()


def _spread_number(part: bytes, at: int, most: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, at most so many bytes, and where it ends."""
    number = 0
    for shift in range(0, 7 * most, 7):
        if at >= len(part):
            raise damaged()
        byte = part[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < _MORE:
            break
    return number, at


def _text(body: bytes, at: int) -> tuple[str, int]:
    """Return a text and where it ends."""
    (length,) = struct.unpack_from("<I", body, at)
    length = 0 if length == _NO_TEXT else length
    end = at + 4 + 2 * length
    if end > len(body):
        raise damaged()
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


# --- the workbook ------------------------------------------------------------------------------------------------


def _list_sheets(part: bytes, relations: Relations) -> tuple[bool, list[tuple[str, str]]]:
    """Return whether days count from 1904, and the worksheets in their order: name and part."""
    is_1904, sheets = False, []
    for type_, body in _records(part, _Record.BOOK_END):
        if type_ == _Record.SETTINGS:
            is_1904 = bool(struct.unpack_from("<I", body)[0] & 1)
        elif type_ == _Record.SHEET:
            id_, end = _text(body, 8)
            path = package_relations.worksheet(relations, id_)
            if path is not None:
                sheets.append((_text(body, end)[0], path))
    return is_1904, sheets


def _formats(archive: ZipArchive, relations: Relations) -> list[Format]:
    """Return the formats of the cells' styles."""
    path = package_relations.path(relations, "styles")
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_of_cells = False  # the same records stand in the list of named styles, which no cell refers to
    for type_, body in _records(archive.read(path), _Record.STYLES_END) if path else ():
        if type_ == _Record.FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif type_ in (_Record.CELL_STYLES, _Record.CELL_STYLES_END):
            is_of_cells = type_ == _Record.CELL_STYLES
        elif type_ == _Record.STYLE and is_of_cells:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    # Excel's own formats have numbers, and no code in the file.
    return [codes.get(number, number) for number in styles]


def _strings(archive: ZipArchive, relations: Relations) -> list[str]:
    """Return the shared texts. Raises UnreadableError where there are fewer than declared."""
    path = package_relations.path(relations, "sharedstrings")
    if path is None:
        return []
    strings: list[str] = []
    declared = 0
    for type_, body in _records(archive.read(path), _Record.STRINGS_END):
        if type_ == _Record.STRINGS:
            (declared,) = struct.unpack_from("<I", body, 4)
        elif type_ == _Record.STRING:
            strings.append(plain_worksheet.text(_text(body, 1)[0]))
    if declared > len(strings):
        raise damaged()
    return strings


# --- a sheet -----------------------------------------------------------------------------------------------------


def _sheet(name: str, part: bytes, tables: SharedTables) -> Sheet:
    """Return the sheet with its filled cells and merged ranges."""
    sheet = Sheet(name)
    row, column, is_inside = 0, _NO_COLUMN, False
    for type_, body in _records(part, _Record.SHEET_END):
        if is_inside and type_ in _CELLS:
            if type_ in _SHORT:
                type_, body = _lengthened(type_, body, column)  # noqa: PLW2901 - the same cell, spelt out
            cell, column = _cell(row, type_, body, tables)
            if cell:
                sheet.add(cell, tables.most_cells)
        elif is_inside and type_ == _Record.ROW:
            (row,) = struct.unpack_from("<I", body)
            column = _NO_COLUMN
            if row >= LAST_ROW:
                raise damaged()
        elif type_ in (_Record.CELLS, _Record.CELLS_END):
            is_inside = type_ == _Record.CELLS
        elif type_ == _Record.MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", body)
            sheet.add_merge(top, bottom, left=left, right=right)
    return sheet


def _lengthened(type_: int, body: bytes, before: int) -> tuple[int, bytes]:
    """Return a short record as the long one of the same cell, which stands behind the column before."""
    if before == _NO_COLUMN:
        raise damaged()
    return type_ - _SHORTENED, struct.pack("<I", before + 1) + body


def _cell(row: int, type_: int, body: bytes, tables: SharedTables) -> tuple[Cell | None, int]:
    """Return the cell of a record, or None for an empty one; and its column."""
    column, style = _COLUMN_AND_STYLE.unpack_from(body)
    if column >= LAST_COLUMN:
        raise damaged()
    if type_ == _Record.BLANK:
        return None, column
    if len(body) <= _COLUMN_AND_STYLE.size:
        raise damaged()
    kind, value = _value(type_, body, tables)
    is_formula = type_ in _FORMULAS
    if is_formula and PICTURE_IN_TOKENS.search(body, _COLUMN_AND_STYLE.size):
        return Cell(row, column, "n", "", "", has_formula=True, is_picture=True), column
    if not value and not is_formula:
        return None, column
    return Cell(row, column, kind, tables.styles.get(style & _STYLE, ""), value, is_formula), column


def _value(type_: int, body: bytes, tables: SharedTables) -> Value:
    match type_:
        case _Record.SHARED_TEXT:
            (number,) = struct.unpack_from("<I", body, 8)
            if number >= len(tables.strings):
                raise damaged()
            return "str", tables.strings[number]
        case _Record.RK:
            return "n", repr(rk_number(struct.unpack_from("<I", body, 8)[0]))
        case _Record.NUMBER | _Record.FORMULA_NUMBER:
            return number_value(struct.unpack_from("<d", body, 8)[0])
        case _Record.TRUTH | _Record.FORMULA_TRUTH:
            return truth_value(body[8])
        case _Record.ERROR | _Record.FORMULA_ERROR:
            return error_value(body[8])
        case _:  # before a rich text stands a byte of flags
            return "str", plain_worksheet.text(_text(body, 9 if type_ == _Record.RICH_TEXT else 8)[0])
