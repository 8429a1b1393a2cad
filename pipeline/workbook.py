"""The only module that opens a workbook: bytes in, cells with their addresses out."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine

Cell = str | float | bool | date | datetime | time | timedelta
"""What a cell can hold; an empty one holds ''."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet. `rows[r][c]` is the cell in row r+1 and column c; a vertical merge is filled down its first column."""

    name: str
    rows: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...]
    """Merged ranges as first row, first column, last row, last column, all from 0."""


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets in their order."""

    sheets: tuple[SheetCells, ...]
    is_1904: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may hold."""

    file_bytes: int
    unpacked_bytes: int
    cells: int


class UnreadableError(Exception):
    """The bytes are no workbook that can be read; `code` is the finding's code, `reason` the message's variant."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}/{reason}")
        self.code = code
        self.reason = reason


_DATE_1904 = re.compile(rb"date1904\s*=\s*[\"'](?:1|true)[\"']")
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes, limits: Limits) -> Book:
    """The cells of an .xlsx. Raises UnreadableError for anything else, damaged, or over the limits."""
    if len(content) > limits.file_bytes:
        raise UnreadableError("too-large", "bytes")
    is_1904 = _inspect_archive(content, limits)
    try:
        return Book(tuple(_sheets(content, limits)), is_1904)
    except (UnreadableError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic reaches Python as a BaseException
        raise UnreadableError("unreadable", "damaged") from error


def _sheets(content: bytes, limits: Limits) -> Iterator[SheetCells]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    cells = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > limits.cells:
            raise UnreadableError("too-large", "cells")
        yield _cells(sheet)


def _inspect_archive(content: bytes, limits: Limits) -> bool:
    """Whether the workbook counts days from 1904. Raises UnreadableError unless the archive is a whole .xlsx."""
    if not content:
        raise UnreadableError("unreadable", "empty")
    if content.startswith(_COMPOUND_FILE):
        raise UnreadableError("unreadable", "format")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if sum(part.file_size for part in archive.infolist()) > limits.unpacked_bytes:
                raise UnreadableError("too-large", "unpacked")
            if archive.testzip() is not None:  # the reader does not check every part's sum
                raise UnreadableError("unreadable", "damaged")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise UnreadableError("unreadable", "macros")
            main = next((name for name in names if name.lower() == "xl/workbook.xml"), None)
            if main is None:
                raise UnreadableError("unreadable", "format")
            return _DATE_1904.search(archive.read(main)) is not None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        reason = "damaged" if content.startswith(b"PK") else "format"
        raise UnreadableError("unreadable", reason) from error


def _cells(sheet: python_calamine.CalamineSheet) -> SheetCells:
    rows = sheet.to_python(skip_empty_area=False)
    merges = tuple((first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or ())
    for top, left, bottom, _right in merges:
        if bottom > top and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return SheetCells(sheet.name, rows, merges)
