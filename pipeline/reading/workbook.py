"""The only module that reads a workbook's cells: bytes in, cells with their addresses out."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import cast

import python_calamine

from pipeline.reading.gate import formats, number_formats
from pipeline.reading.gate.safe_workbook import Limits, Merge, Place, SafeWorkbook, SheetFacts, UnreadableError, Wanted


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell that holds an error such as #N/A; the library itself takes it for an empty one."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Formatted:
    """A number cell whose format shows something else than its value, as `0,` does or `"DS-2020-"000`."""

    text: str
    """What is shown."""
    value: float

    def __str__(self) -> str:
        return self.text


_OVERLAP = 100_000
"""Cells of merged ranges that may overlap: work on a file grows with its size and not with its square (docs/decisions/0003)."""
_PICTURE = ("=DISPIMG(", "=_XLFN.DISPIMG(", "DISPIMG(")
"""How the formula begins that shows a picture in a cell of WPS, which stores the formula itself as its result."""

Cell = str | float | bool | date | datetime | time | timedelta | ErrorValue | Formatted
"""What a cell can hold; an empty one holds ''."""


def stored(cell: Cell) -> Cell:
    """Return what is in the file, whatever its format shows of it."""
    return cell.value if isinstance(cell, Formatted) else cell


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet, as Excel shows it: of a merged range only the first cell counts, and is filled down the range's first column.

    Rows and columns in which nothing stands may be left out: `rows[r][c]` is the cell in Excel's row `lines[r]`, which
    counts from 1, and in column `columns[c]`, which counts from 0. Every row has all columns.
    """

    name: str
    rows: list[list[Cell]]
    merges: tuple[Merge, ...]
    """Merged ranges; places in `rows`."""
    uncached: frozenset[Place]
    """Formulas without a stored result, and pictures, as places in `rows`; they read as empty."""
    lines: Sequence[int]
    columns: Sequence[int]
    pictures: frozenset[Place] = frozenset()
    """Places of pictures in cells."""
    covered: Mapping[Place, Cell] = field(default_factory=dict)
    """What nobody sees, by place: in cells that a merged range covers, where it is not what the range shows, and in hidden ones."""
    hidden: frozenset[Place] = frozenset()
    """Those that their own number format hides; they read as empty."""


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
    has_pictures = b"DISPIMG" in safe.content  # nothing in it is packed; most workbooks need no closer look
    for number, listed in enumerate(safe.sheets, 1):
        sheet = book.get_sheet_by_name(str(number))
        if sheet.total_height * sheet.total_width > limits.cells:
            raise UnreadableError("too-large/cells")
        merges = listed.facts.merges
        if merges is None:
            merges = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
        # By default the library drops empty rows and columns at the beginning, and every address would shift.
        rows = cast("list[list[Cell]]", sheet.to_python(skip_empty_area=False))
        yield _cells(listed.name, rows, merges, listed.facts, has_pictures=has_pictures)


def _within(merges: tuple[Merge, ...], rows: list[list[Cell]]) -> Iterator[Merge]:
    """The merged ranges that begin within the sheet, none beyond its last row.

    Raises UnreadableError where far too many overlap.
    """
    height, width = len(rows), len(rows[0]) if rows else 0
    left_over = height * width + _OVERLAP
    for top, left, bottom, right in merges:
        if top >= height or left >= width:
            continue
        last = min(bottom, height - 1)
        left_over -= (last - top + 1) * (min(right, width - 1) - left + 1)
        if left_over < 0:
            raise UnreadableError("unreadable/damaged")
        yield top, left, last, right


def _cells(name: str, rows: list[list[Cell]], merges: tuple[Merge, ...], facts: SheetFacts, *, has_pictures: bool) -> SheetCells:
    for (at_row, at_column), text in facts.errors.items():
        if at_row < len(rows) and at_column < len(rows[at_row]):
            rows[at_row][at_column] = ErrorValue(text)
    merges = tuple(_within(merges, rows))
    pictures = (_pictures(rows) if has_pictures else frozenset()) | _emptied(rows, facts.pictures)
    hidden = _show(rows, facts.formats)
    covered = {**hidden, **{place: value for merge in merges for place, value in _covered(rows, *merge)}}
    uncached = _not_covered(facts.uncached | pictures, merges, len(rows[0]) if rows else 0)
    lines = range(1, len(rows) + 1) if facts.lines is None else facts.lines
    columns = range(len(rows[0]) if rows else 0) if facts.columns is None else facts.columns
    return SheetCells(name, rows, merges, uncached, lines, columns, pictures & uncached, covered, frozenset(hidden))


def _emptied(rows: list[list[Cell]], places: frozenset[Place]) -> frozenset[Place]:
    """Empty these cells, and return those that are there."""
    there = frozenset((r, c) for r, c in places if r < len(rows) and c < len(rows[r]))
    for r, c in there:
        rows[r][c] = ""
    return there


def _show(rows: list[list[Cell]], formats: Mapping[Place, str]) -> dict[Place, Cell]:
    """Put what Excel shows into the cells whose format shows something else, and return the numbers that it does not show.

    Of a text both are kept: a list has no such word and refuses its row, so that neither a 不认可 nor an 认可 can be hidden.
    """
    hidden: dict[Place, Cell] = {}
    for (r, c), code in formats.items():
        value = rows[r][c] if r < len(rows) and c < len(rows[r]) else ""
        if value == "" or not isinstance(value, float | str):
            continue
        text = number_formats.shown(value, code)
        if text is None:
            continue
        if isinstance(value, str):
            rows[r][c] = f"{value}（单元格格式{f'把它显示为“{text}”' if text else '不显示它'}）"
            continue
        rows[r][c] = Formatted(text, value) if text else ""
        if not text:
            hidden[r, c] = value
    return hidden


def _pictures(rows: list[list[Cell]]) -> frozenset[Place]:
    """Empty the cells that show a picture, and return their places."""
    places = frozenset((r, c) for r, row in enumerate(rows) for c, value in enumerate(row) if isinstance(value, str) and _is_picture(value))
    for r, c in places:
        rows[r][c] = ""
    return places


def _is_picture(text: str) -> bool:
    return "DISPIMG" in text and text.strip().startswith(_PICTURE) and text.rstrip().endswith(")")


def _covered(rows: list[list[Cell]], top: int, left: int, bottom: int, right: int) -> Iterator[tuple[Place, Cell]]:
    """Leave of a merged range what it shows, filled down its first column; yield what stood in the cells that it covers."""
    shown = rows[top][left]
    for r in range(top, bottom + 1):
        row = rows[r]
        for c, value in enumerate(row[left : right + 1], left):
            # Some programs write the value into every cell of the range: then nothing is hidden.
            if (r, c) != (top, left) and value not in ("", shown) and str(value).strip():
                yield (r, c), value
        row[left : right + 1] = [shown, *[""] * (len(row[left : right + 1]) - 1)]


def _not_covered(places: frozenset[Place], merges: Sequence[Merge], width: int) -> frozenset[Place]:
    """Return the places that no merged range covers."""
    by_row: dict[int, set[int]] = {}
    for row, column in places:
        by_row.setdefault(row, set()).add(column)
    for top, left, bottom, right in merges if by_row else ():
        for row in range(top, bottom + 1):
            if columns := by_row.get(row):
                columns.difference_update(range(left + (row == top), min(right + 1, width)))
    return frozenset((row, column) for row, columns in by_row.items() for column in columns)
