"""What the originals say under other settings: read again in confined readers, and noted nowhere (rehearsals).

Covered by tests/night/test_rehearsal.py.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.intake import district_names, soundness
from pipeline.ledger.ledger import Ledger
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Arrival, Filed
from pipeline.terms.rows import read_rows


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What was read again."""

    files: list[Filed]
    """Every file of the ledger, in its order; those that were read again with their rows and findings."""
    again: dict[int, Filed]
    """Those that were read again, by arrival."""
    gone: list[Arrival]
    """Those of which the original is gone or damaged: their reading of then stands."""


def read_again(
    ledger: Ledger, settings: Settings, last: date, known: Container[int], begin: Callable[[int], None], advance: Callable[[], None]
) -> ReadAgain:
    """Return every file of the ledger, with what it says under these settings where that is not known.

    `last`: what was taken for a later day is left as it is; `known`: the arrivals whose reading of then is the one under these settings.
    `begin` is called with how many are read, `advance` after each. Raises WorkerError, LedgerError, OSError.
    """
    outlines, originals = ledger.outlines(), soundness.originals(settings.paths)
    # What was refused then has the day of its arrival: under these settings it may be the report of an earlier one.
    wanted = [file for file in outlines if file.arrival.id not in known and (file.reading.day <= last or not file.reading.accepted)]
    damaged = originals.damaged({file.arrival.sha256 for file in wanted})
    arrivals = [file.arrival for file in wanted if file.arrival.sha256 not in damaged]
    begin(len(arrivals))
    again = {filed.arrival.id: filed for filed in _read(ledger, arrivals, settings, advance)} if arrivals else {}
    gone = [file.arrival for file in wanted if file.arrival.sha256 in damaged]
    return ReadAgain([again.get(file.arrival.id, file) for file in outlines], again, gone)


def _read(ledger: Ledger, arrivals: Sequence[Arrival], settings: Settings, advance: Callable[[], None]) -> list[Filed]:
    named, read = ledger.named_districts(), []
    files = [FileToRead.of(arrival, settings.paths.archive / arrival.sha256) for arrival in arrivals]
    with Readers(settings, len(files), marking=False) as readers:
        for arrival, transcript in zip(arrivals, readers.transcribe(files), strict=True):
            meant = district_names.as_meant_then(arrival, transcript, named) if len(named) > 1 else transcript
            read.append(Filed(arrival, replace(meant.reading, rows=read_rows(meant.rows))))
            advance()
    return read
