"""From bytes to a reading: the workbook is opened, recognized, and judged by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from pipeline.reading import assignment_workbook, daily_report, table, workbook
from pipeline.reading.arrival_moment import ArrivalMoment, HoldsFor
from pipeline.reading.gate.safe_workbook import Limits, UnreadableError
from pipeline.reading.workbook import Book, SheetCells
from pipeline.settings.config import Settings
from pipeline.terms import contract, messages, notice_number
from pipeline.terms.handed_in import Arrival, Envelope, Reading
from pipeline.terms.rows import write_rows
from pipeline.terms.text import as_text

_MEGABYTE = 1 << 20


def limits(settings: Settings) -> Limits:
    """The settings' limits in bytes and cells."""
    return Limits(settings.limits.file_megabytes * _MEGABYTE, settings.limits.unpacked_megabytes * _MEGABYTE, settings.limits.cells)


def read(content: bytes, envelope: Envelope, settings: Settings, *, is_assignment: bool) -> Reading:
    """The reading of a file that arrived in that envelope; one that cannot be opened is refused with its reason."""
    return _read(content, ArrivalMoment(envelope, settings), settings, is_assignment=is_assignment)


def _read(content: bytes, arrival: ArrivalMoment, settings: Settings, *, is_assignment: bool) -> Reading:
    try:
        book = workbook.read(content, limits(settings), table.is_wanted)
    except UnreadableError as error:
        return _refused(error.message, arrival, settings)
    read_book = assignment_workbook.read if is_assignment else daily_report.read
    reading = read_book(book, arrival, settings)
    if not reading.accepted and any(finding.code == "not-the-template" for finding in reading.findings):
        kinds = {"report": daily_report.is_report(book), "assignment": assignment_workbook.is_assignment(book)}
        meant, other = ("assignment", "report") if is_assignment else ("report", "assignment")
        if kinds[other] and not kinds[meant]:
            return _refused(f"wrong-place/{other}", arrival, settings)
        if not is_assignment and not kinds["report"] and _is_slip(content, book):
            return _refused("not-the-template/slip", arrival, settings)
    return reading


_SLIP_LIMITS: Final = Limits(1 << 20, 16 << 20, 20_000)
_MOST_SLIP_SHEETS: Final = 3


def _is_slip(content: bytes, book: Book) -> bool:
    """Return whether a workbook without 封面 answers a notice: a small one with a notice's number or slip, and no table of a report."""
    tables = (table.find_sheet(book, sheet.name) for sheet in contract.REPORT_SHEETS)
    if len(content) > _SLIP_LIMITS.file_bytes or any(isinstance(found, SheetCells) for found in tables):
        return False
    try:
        sheets = workbook.read(content, _SLIP_LIMITS).sheets  # those too that a report has not
    except UnreadableError:
        return False
    cells = (as_text(cell) for sheet in sheets for row in sheet.rows for cell in row if isinstance(cell, str))
    said = any(notice_number.is_of_notice(sheet.name) for sheet in sheets) or any(map(notice_number.has_slip, cells))
    return len(sheets) <= _MOST_SLIP_SHEETS and said


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A view on an `Arrival`, taken in or not: all that a reader process learns of it besides its bytes, and where these are."""

    path: Path
    size: int
    """In bytes."""
    envelope: Envelope
    is_assignment: bool

    @classmethod
    def of(cls, arrival: Arrival, path: Path) -> FileToRead:
        """Return the view on that arrival, whose bytes are at `path`."""
        return cls(path, arrival.size, arrival.envelope, arrival.is_assignment)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A view on a `Reading`: its rows are text, as the ledger keeps them and as they leave a reader process."""

    reading: Reading
    """Without its rows."""
    rows: str
    """The rows, as `write_rows` writes them."""
    fault: tuple[str, ...] = ()
    """Where the program itself failed on the file, innermost last; no contents."""
    holds_for: HoldsFor | None = None
    """For which other arrivals the same bytes say the same; None where they have to be opened again."""

    def verdict(self) -> dict[str, Any]:
        """Return all but the rows and the fault, as JSON can hold it."""
        urgent = {"urgent_rows": self.reading.urgent_rows}
        return {**self.reading.as_json(), **urgent, "holds_for": self.holds_for and self.holds_for.as_json()}

    @classmethod
    def of(cls, verdict: Mapping[str, Any], rows: str, fault: tuple[str, ...] = ()) -> Self:
        """Return what `verdict` made, with the rows; ValueError, KeyError or TypeError where it is no such thing."""
        return cls(Reading.from_json(verdict), rows, fault, HoldsFor.from_json(verdict["holds_for"]))


def bytes_of(file: FileToRead, settings: Settings) -> bytes:
    """Return the file's bytes; none of one over the limit, which is refused without being opened. Raises OSError."""
    most = limits(settings).file_bytes
    if file.size > most:
        return b""
    with file.path.open("rb") as opened:
        return opened.read(most + 1)  # one more tells that it has grown beyond the limit since


def transcribe(file: FileToRead, content: bytes, settings: Settings) -> Transcript:
    """Return the transcript of one file of that content; one over the limit of bytes is refused."""
    arrival = ArrivalMoment(file.envelope, settings)
    if file.size > limits(settings).file_bytes:
        whole = _refused("too-large/bytes", arrival, settings)
    else:
        whole = _read(content, arrival, settings, is_assignment=file.is_assignment)
    return Transcript(replace(whole, rows=()), write_rows(whole.rows), holds_for=arrival.holds_for)


def _refused(message: str, arrival: ArrivalMoment, settings: Settings) -> Reading:
    arrival.arrival_day()  # which it has for its own
    return refused(message, arrival.envelope, settings)


def refused(message: str, envelope: Envelope, settings: Settings, value: str = "") -> Reading:
    """The reading of a file that could not be opened; `message` names its sentence in the catalogue, which may show the value."""
    reason = message.partition("/")[2]
    measures = {
        "bytes": settings.limits.file_megabytes,
        "unpacked": settings.limits.unpacked_megabytes,
        "cells": settings.limits.cells,
        "reader": settings.limits.seconds,
    }
    day = envelope.received_at.astimezone(settings.calendar.zone).date()
    return Reading(False, day, "", {}, (), (messages.finding(message, value=value, limit=measures.get(reason, "")),))
