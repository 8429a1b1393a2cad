"""What the office holds, for looks that take nothing in: its ledger, waiting assignment workbooks, a file that is asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from pipeline.disk import storage
from pipeline.intake import envelopes, inbox, recorded
from pipeline.ledger import edition_files, editions, lost_files, places
from pipeline.ledger.journal import Noted
from pipeline.ledger.ledger import Ledger
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead
from pipeline.settings.config import Settings
from pipeline.terms.errors import LedgerError
from pipeline.terms.handed_in import Arrival, Envelope, Filed, LeftOut
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import read_rows

ASKED_ABOUT: Final = -1
"""The ledger numbers its arrivals from 1. The file that somebody asks about has this number,"""
_WAITING: Final = -2
"""and assignment workbooks that no run has taken in yet have those from here downwards."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds."""

    files: list[Filed]
    """Every file that has a verdict; only those that were wanted in full have rows and findings."""
    published: list[str]
    """Every day (ISO) that was published."""
    left_out: tuple[LeftOut, ...] = ()
    """The files without which the office decided to go on, since their originals are lost, and that have not come back."""
    lost: frozenset[tuple[str, date]] = frozenset()
    """Of which districts and days a report came whose original is lost, and that the office decided to go on without."""

    def is_left_out(self, file: Filed) -> bool:
        """Whether it is one of the lost files: no district's fault, and never refused."""
        return any(file.arrival.sha256 == lost.sha256 for lost in self.left_out)


def stamp(settings: Settings) -> Hashable:
    """Return what is another once anybody has written into the ledger."""
    return places.stamp(settings.paths.ledger_place)


def held(settings: Settings, in_full: Callable[[Filed], bool]) -> Held:
    """Return what the ledger holds, or nothing where no run has made one yet. Raises LedgerError."""
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return Held([], [])
    with Ledger(settings.paths.ledger_place) as ledger:
        outlines = ledger.outlines()
        places.check_there(settings.paths, is_empty=not outlines)
        loaded = {file.arrival.id: file for file in ledger.load(filter(in_full, outlines))}
        files = [loaded.get(outline.arrival.id, outline) for outline in outlines]
        left_out = tuple(lost_files.left_out(settings.paths.archive, outlines, ledger))
        return Held(files, list(ledger.publications()), left_out, lost_files.reports(left_out))


def arrivals(settings: Settings) -> list[Arrival]:
    """Return everything that was ever taken in. Raises LedgerError."""
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        return [arrival for arrival, _sidecar in ledger.arrivals()]


def taken_in(settings: Settings) -> list[tuple[Noted, Path]]:
    """Return what was taken in and no run has read yet, since it was stopped before, each with its original.

    Nothing where the ledger does not tell, and none of what has no original here: of these other looks speak.
    """
    place, archive = settings.paths.ledger_place, settings.paths.archive
    with suppress(LedgerError):
        if places.exists(place):
            with Ledger(place) as ledger:
                return [(noted, path) for noted in ledger.not_read() if (path := archive / noted[0].sha256).is_file()]
    return []


def numbers(settings: Settings) -> tuple[NoticeNumber, ...]:
    """Return every number that was given to a notice. Raises LedgerError."""
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return ()
    with Ledger(settings.paths.ledger_place) as ledger:
        return ledger.numbers()


def said_last(settings: Settings, day: date, name: str) -> bytes:
    """Return a file of the day's newest edition as published; empty where there is none, or nobody has it now. Raises LedgerError."""
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return b""
    with Ledger(settings.paths.ledger_place) as ledger:
        newest = editions.held_of_day(ledger, day)[-1:]
    for edition in newest:
        if name == editions.SUMMARY and not edition.is_damaged:
            return edition.summary
        return edition_files.read(settings.paths.editions, edition.outputs.get(name, "")) or b""
    return b""


def mentioning(pattern: re.Pattern[str], settings: Settings) -> list[Filed]:
    """Return every file that was ever taken in, with the rows of those in which the pattern finds something."""
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        outlines, named = ledger.outlines(), ledger.mentioning(pattern)
        wanted = (outline for outline in outlines if outline.arrival.id in named or not outline.reading.accepted)
        loaded = {file.arrival.id: file for file in ledger.load(wanted)}
        return [loaded.get(outline.arrival.id, outline) for outline in outlines]


def assignments(settings: Settings, readers: Readers | None = None) -> list[Filed]:
    """Return the usable assignment workbooks, those that wait in the inbox included."""
    files = [file for file in held(settings, lambda file: file.arrival.is_assignment).files if file.arrival.is_assignment]
    return [file for file in (*files, *read_waiting_assignments(settings, readers)) if file.reading.accepted]


def read(path: Path, envelope: Envelope, settings: Settings, readers: Readers | None = None, *, is_assignment: bool) -> Filed:
    """Return what a file says that is not taken in, read as a run would read it."""
    size = path.stat().st_size
    arrival = Arrival(ASKED_ABOUT, path.name, path.name, "~", size, envelope, is_assignment)
    return _read([(arrival, path)], settings, readers)[0]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, by which an arrival of the same bytes is known."""
    return storage.sha256(path)


def _read(files: Sequence[tuple[Arrival, Path]], settings: Settings, readers: Readers | None) -> list[Filed]:
    """Read the files in processes of their own; where nobody lends readers, some are started for it."""
    to_read = [FileToRead.of(arrival, path) for arrival, path in files]
    with nullcontext(readers) if readers else Readers(settings, len(to_read), marking=False) as lent:
        readings = [replace(transcript.reading, rows=read_rows(transcript.rows)) for transcript in lent.transcribe(to_read)]
    return [Filed(arrival, reading) for (arrival, _path), reading in zip(files, readings, strict=True)]


def read_waiting_assignments(settings: Settings, readers: Readers | None = None) -> list[Filed]:
    """Return the assignment workbooks in the inbox that the next run will take in."""
    return _read(_new_assignments(settings), settings, readers)


def waiting_assignments(settings: Settings) -> int:
    """Return how many assignment workbooks wait in the inbox; none is opened."""
    return len(_new_assignments(settings))


def _new_assignments(settings: Settings) -> list[tuple[Arrival, Path]]:
    seen = [file for file in inbox.files(settings.paths.inbox) if file.is_assignment]
    if not seen:
        return []
    noted = recorded.of(settings)
    files = [
        (replace(arrival, id=_WAITING - at), path)
        for at, ((arrival, _sidecar), path) in enumerate(taken for taken in taken_in(settings) if taken[0][0].is_assignment)
    ]
    for file in seen:
        try:
            sidecar, sha256 = envelopes.text_of(file.sidecar), storage.sha256(file.path)
            envelope = noted.envelope(file, sha256, sidecar)
        except (OSError, envelopes.EnvelopeError):
            continue  # the run itself will say why it cannot take this one
        name = file.path.name
        arrival = Arrival(_WAITING - len(files), file.relative, name, sha256, file.status.st_size, envelope, is_assignment=True)
        if noted.is_new(file, arrival, sidecar):
            files.append((arrival, file.path))
    return files
