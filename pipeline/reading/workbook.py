"""The only module that reads a workbook's cells: bytes in, cells with their addresses out."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

import python_calamine

from pipeline.reading.gate import formats
from pipeline.reading.gate.safe_workbook import Limits, SafeWorkbook, SheetFacts, UnreadableError, Wanted


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell that holds an error such as #N/A; the library itself takes it for an empty one."""

    text: str

    def __str__(self) -> str:
        return self.text


_OVERLAP = 100_000
"""Rows of merged ranges that may overlap: work on a file grows with its size and not with its square (docs/decisions/0003)."""

Cell = str | float | bool | date | datetime | time | timedelta | ErrorValue
"""What a cell can hold; an empty one holds ''."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet. A vertical merge is filled down its first column.

    Rows and columns in which nothing stands may be left out: `rows[r][c]` is the cell in Excel's row `lines[r]`, which
    counts from 1, and in column `columns[c]`, which counts from 0. Every row has all columns.
    """

    name: str
    rows: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...]
    """Merged ranges as first row, first column, last row, last column; places in `rows`."""
    uncached: frozenset[tuple[int, int]]
    """Formulas without a stored result, as places in `rows`; they read as empty."""
    lines: Sequence[int]
    columns: Sequence[int]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets in their order; those that nobody wanted are left out."""

    sheets: tuple[SheetCells, ...]
    is_1904: bool


def _every(_name: str) -> bool:
    return True


def read(content: bytes, limits: Limits, wanted: Wanted = _every) -> Book:
    """The cells of the wanted sheets. Raises UnreadableError unless the file is a whole workbook within the limits."""
    safe = formats.make_safe(content, limits, wanted)
    try:
        return Book(tuple(_sheets(safe, limits)), safe.is_1904)
    except (UnreadableError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic reaches Python as a BaseException
        raise UnreadableError("unreadable/damaged") from error


def _sheets(safe: SafeWorkbook, limits: Limits) -> Iterator[SheetCells]:
    book = python_calamine.load_workbook(io.BytesIO(safe.content))
    for number, listed in enumerate(safe.sheets, 1):
        sheet = book.get_sheet_by_name(str(number))
        if sheet.total_height * sheet.total_width > limits.cells:
            raise UnreadableError("too-large/cells")
        merges = listed.facts.merges
        if merges is None:
            merges = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
        # By default the library drops empty rows and columns at the beginning, and every address would shift.
        rows = cast("list[list[Cell]]", sheet.to_python(skip_empty_area=False))
        yield _cells(listed.name, rows, merges, listed.facts)


def _within(merges: tuple[tuple[int, int, int, int], ...], rows: list[list[Cell]]) -> Iterator[tuple[int, int, int, int]]:
    """The merged ranges that begin within the sheet, none beyond its last row.

    Raises UnreadableError where far too many overlap.
    """
    height, width = len(rows), len(rows[0]) if rows else 0
    left_over = height * width + _OVERLAP
    for top, left, bottom, right in merges:
        if top >= height or left >= width:
            continue
        last = min(bottom, height - 1)
        left_over -= last - top + 1
        if left_over < 0:
            raise UnreadableError("unreadable/damaged")
        yield top, left, last, right


def _cells(name: str, rows: list[list[Cell]], merges: tuple[tuple[int, int, int, int], ...], facts: SheetFacts) -> SheetCells:
    for (at_row, at_column), text in facts.errors.items():
        if at_row < len(rows) and at_column < len(rows[at_row]):
            rows[at_row][at_column] = ErrorValue(text)
    merges = tuple(_within(merges, rows))
    for top, left, bottom, _right in merges:
        if bottom > top and rows[top][left] != "":
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    lines = range(1, len(rows) + 1) if facts.lines is None else facts.lines
    columns = range(len(rows[0]) if rows else 0) if facts.columns is None else facts.columns
    return SheetCells(name, rows, merges, facts.uncached, lines, columns)
