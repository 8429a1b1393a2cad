"""The only module that opens a workbook: bytes in, cells with their addresses out."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

import python_calamine


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell that holds an error such as #N/A; the reader itself takes it for an empty one."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | float | bool | date | datetime | time | timedelta | ErrorValue
"""What a cell can hold; an empty one holds ''."""


@dataclass(frozen=True, slots=True)
class SheetCells:
    """One sheet. `rows[r][c]` is the cell in row r+1 and column c; a vertical merge is filled down its first column."""

    name: str
    rows: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...]
    """Merged ranges as first row, first column, last row, last column, all from 0."""
    uncached: frozenset[tuple[int, int]] = frozenset()
    """Formulas without a stored result, as row and column from 0; they read as empty."""


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
_MAIN = "xl/workbook.xml"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes, limits: Limits) -> Book:
    """The cells of an .xlsx. Raises UnreadableError for anything else, damaged, or over the limits."""
    if len(content) > limits.file_bytes:
        raise UnreadableError("too-large", "bytes")
    parts = _open_archive(content, limits)
    try:
        return Book(tuple(_sheets(content, limits, parts)), _DATE_1904.search(parts[_MAIN]) is not None)
    except (UnreadableError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a Rust panic reaches Python as a BaseException
        raise UnreadableError("unreadable", "damaged") from error


def _sheets(content: bytes, limits: Limits, parts: dict[str, bytes]) -> Iterator[SheetCells]:
    marks = marked_cells(parts)
    book = python_calamine.load_workbook(io.BytesIO(content))
    cells = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > limits.cells:
            raise UnreadableError("too-large", "cells")
        yield _cells(sheet, marks.get(name, ({}, frozenset())))


def _open_archive(content: bytes, limits: Limits) -> dict[str, bytes]:
    """The archive's XML parts by their lower-case names. Raises UnreadableError unless it is a whole .xlsx."""
    if not content:
        raise UnreadableError("unreadable", "empty")
    if content.startswith(_COMPOUND_FILE):
        raise UnreadableError("unreadable", "encrypted" if _ENCRYPTED in content else "format")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > limits.unpacked_bytes:
                raise UnreadableError("too-large", "unpacked")
            # read every part to its end: the workbook's reader does not check their sums
            parts = {part.filename.lower(): archive.read(part) for part in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        reason = "damaged" if content.startswith(b"PK") else "format"
        raise UnreadableError("unreadable", reason) from error
    if any(name.endswith("vbaproject.bin") for name in parts):
        raise UnreadableError("unreadable", "macros")
    if _MAIN not in parts:
        raise UnreadableError("unreadable", "format")
    return parts


def _cells(sheet: python_calamine.CalamineSheet, marks: Marks) -> SheetCells:
    rows = cast("list[list[Cell]]", sheet.to_python(skip_empty_area=False))
    errors, uncached = marks
    for (at_row, at_column), text in errors.items():
        if at_row < len(rows) and at_column < len(rows[at_row]):
            rows[at_row][at_column] = ErrorValue(text)
    merges = tuple((first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or ())
    for top, left, bottom, _right in merges:
        if bottom > top and top < len(rows) and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = rows[top][left]
    return SheetCells(sheet.name, rows, merges, uncached)


# --- what the reader does not tell -------------------------------------------------------------------------------

Marks = tuple[dict[tuple[int, int], str], frozenset[tuple[int, int]]]
"""A sheet's cells with errors and what they show, and its formulas without a stored result."""

_ELEMENT = re.compile(rb"<(?:\w+:)?(sheet|Relationship)\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_RESULT = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>]*>([^<]*)")
_REFERENCE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")


def marked_cells(parts: dict[str, bytes]) -> dict[str, Marks]:
    """For each sheet by name the cells that hold an error and the formulas without a result, from the XML itself."""
    found: dict[str, Marks] = {}
    for name, path in _sheet_parts(parts).items():
        content = parts.get(path, b"")
        if any(sign in content for sign in _SIGNS):
            found[name] = _marks(content)
    return found


_SIGNS = (b't="e"', b"t='e'", b"</f>", b"<f ", b":f>")
"""What a sheet with an error or a formula has in it somewhere; most sheets need no closer look."""


def _marks(content: bytes) -> Marks:
    errors: dict[tuple[int, int], str] = {}
    uncached: set[tuple[int, int]] = set()
    for attributes, inner in _CELL.findall(content):
        said = _attributes(attributes)
        place = _place(said.get(b"r", b""))
        result = _RESULT.search(inner)
        if place is None:
            continue
        if said.get(b"t") == b"e":
            errors[place] = result[1].decode("utf-8", "replace") if result else "#VALUE!"
        elif result is None and _FORMULA.search(inner):
            uncached.add(place)
    return errors, frozenset(uncached)


def _attributes(written: bytes) -> dict[bytes, bytes]:
    return {name: one or other for name, one, other in _ATTRIBUTE.findall(written)}


def _place(reference: bytes) -> tuple[int, int] | None:
    """Row and column from 0 of a reference such as D7."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]) - 1, column - 1


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Each sheet's name with the lower-case name of its part."""
    relations = [
        _attributes(one) for kind, one in _ELEMENT.findall(parts.get("xl/_rels/workbook.xml.rels", b"")) if kind == b"Relationship"
    ]
    targets = {one.get(b"Id", b""): one.get(b"Target", b"").decode("utf-8", "replace") for one in relations}
    found: dict[str, str] = {}
    for kind, written in _ELEMENT.findall(parts[_MAIN]):
        said = _attributes(written)
        identity = next((value for name, value in said.items() if name.endswith(b":id")), b"")
        if kind == b"sheet" and identity in targets:
            target = targets[identity]
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[html.unescape(said.get(b"name", b"").decode("utf-8", "replace"))] = path.lower()
    return found
