"""What the office knows already, for a look that takes nothing in: its ledger, and assignment workbooks that no run has taken in yet."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

from pipeline.disk import storage
from pipeline.intake import envelopes, inbox
from pipeline.ledger.ledger import Ledger
from pipeline.reading.readers import Readers
from pipeline.reading.reading import Task
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Arrival, Filed, Reading
from pipeline.terms.rows import read_rows

LYING = -2
"""Arrivals from here downwards are none of the ledger's."""


def until(day: date, settings: Settings, readers: Readers | None = None) -> list[Filed]:
    """The usable assignment workbooks, and the accepted reports of days up to that one."""
    known: list[Filed] = []
    seen: set[str] = set()
    if settings.paths.ledger.exists():
        with Ledger(settings.paths.ledger) as ledger:
            outlines = [one for one in ledger.outlines() if (one.reading.accepted and one.reading.day <= day) or one.arrival.is_assignment]
            seen = {one.arrival.sha256 for one in outlines if one.arrival.is_assignment}
            known = [one for one in ledger.load(outlines) if one.reading.accepted]
    return [*known, *_lying_assignments(settings, seen, readers)]


def read(tasks: list[Task], settings: Settings, readers: Readers | None = None) -> list[Reading]:
    """What the files say, read in processes of their own; without readers that are up, some are started for it."""
    with nullcontext(readers) if readers else Readers(settings, len(tasks)) as lent:
        return [replace(one.reading, rows=read_rows(one.rows)) for one in lent.transcribe(tasks)]


def _lying_assignments(settings: Settings, seen: set[str], readers: Readers | None) -> list[Filed]:
    """The usable assignment workbooks that no run has taken in yet."""
    arrivals: list[Arrival] = []
    tasks: list[Task] = []
    for path in sorted(settings.paths.assignment.glob("**/*")):
        if not path.is_file() or inbox.is_junk(path.name) or path.name.endswith(envelopes.SIDECAR):
            continue
        try:
            sha256, envelope = storage.sha256(path), envelopes.look(path, settings.calendar.zone)
        except (OSError, envelopes.EnvelopeError):
            continue
        if sha256 not in seen:
            size = path.stat().st_size
            arrivals.append(Arrival(LYING - len(tasks), path.name, path.name, sha256, size, envelope, is_assignment=True))
            tasks.append(Task(path, size, envelope, is_assignment=True))
    return [Filed(arrival, found) for arrival, found in zip(arrivals, read(tasks, settings, readers), strict=True) if found.accepted]
