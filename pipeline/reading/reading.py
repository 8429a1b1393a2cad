"""From bytes to a reading: the workbook is opened, told what it is, and judged by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.reading import assignment_workbook, daily_report, table, workbook
from pipeline.reading.gate.safe_workbook import Limits, UnreadableError
from pipeline.settings.config import Settings
from pipeline.terms import messages
from pipeline.terms.handed_in import Envelope, Reading
from pipeline.terms.rows import write_rows

_MEGABYTE = 1 << 20


def limits(settings: Settings) -> Limits:
    """The settings' limits in bytes and cells."""
    return Limits(settings.limits.file_megabytes * _MEGABYTE, settings.limits.unpacked_megabytes * _MEGABYTE, settings.limits.cells)


def read(content: bytes, envelope: Envelope, settings: Settings, *, is_assignment: bool) -> Reading:
    """The reading of a file that arrived in that envelope; one that cannot be opened is refused with its reason."""
    try:
        book = workbook.read(content, limits(settings), table.is_wanted)
    except UnreadableError as error:
        return refused(error.message, envelope, settings)
    read_book = assignment_workbook.read if is_assignment else daily_report.read
    return read_book(book, envelope, settings)


@dataclass(frozen=True, slots=True)
class Task:
    """A file of the archive that is to be read."""

    path: Path
    size: int
    envelope: Envelope
    is_assignment: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """A reading as the ledger keeps it."""

    reading: Reading
    """Without its rows."""
    rows: str
    """The rows, as `write_rows` writes them."""
    fault: tuple[str, ...] = ()
    """Where the program itself failed on the file, innermost last; no contents."""


def transcribe(task: Task, settings: Settings) -> Transcript:
    """The transcript of one file."""
    if task.size > limits(settings).file_bytes:
        said = refused("too-large/bytes", task.envelope, settings)
    else:
        said = read(task.path.read_bytes(), task.envelope, settings, is_assignment=task.is_assignment)
    return Transcript(replace(said, rows=()), write_rows(said.rows))


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
