"""Originals that nobody needs any more go when their time is over: those refused whole, and those with personal information."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline import journal, storage
from pipeline.fold import Filed
from pipeline.ledger import Ledger
from pipeline.model import write_rows

_LEAP = timedelta(days=366)
"""A clock that is so far ahead of the newest arrival is more likely wrong than the office silent."""
PERSONAL = "personal-information"


@dataclass(frozen=True, slots=True)
class Removed:
    """What a run removed, or why it removed nothing."""

    names: tuple[str, ...] = ()
    days: int = 0
    doubts_clock: bool = False


def remove_old(ledger: Ledger, archive: Path, days: int, now: datetime, *, spared: AbstractSet[str] = frozenset()) -> Removed:
    """Remove the originals whose time is over; what was read from them stays in the ledger, and in the journal.

    `spared`: what this very run has read, however old its envelope says that it is: somebody has to see the refusal first.
    """
    outlines = ledger.outlines()
    newest = max((one.arrival.envelope.received_at for one in outlines), default=now)
    due = _due(outlines, ledger.arrivals_with(PERSONAL), now - timedelta(days=days), archive)
    if due and now - newest > _LEAP:
        return Removed(days=days, doubts_clock=True)
    names: list[str] = []
    for sha256, files in due.items():
        if sha256 in spared:
            continue
        journal.note_removal(archive, sha256, now, [_transcript(one) for one in ledger.load(files)])
        if storage.remove(archive / sha256):
            names += [one.arrival.name for one in files]
    if names:
        storage.sync_folder(archive)
    return Removed(tuple(names), days)


def _due(outlines: Iterable[Filed], personal: set[int], before: datetime, archive: Path) -> dict[str, list[Filed]]:
    """The bytes that are still kept and of which every arrival is old and either refused whole or with personal information."""
    files: dict[str, list[Filed]] = {}
    for one in outlines:
        files.setdefault(one.arrival.sha256, []).append(one)
    return {
        sha256: several
        for sha256, several in files.items()
        if all(one.arrival.envelope.received_at < before and (not one.reading.accepted or one.arrival.id in personal) for one in several)
        and (archive / sha256).exists()
    }


def _transcript(filed: Filed) -> dict[str, Any]:
    """What the ledger keeps of a file, as the journal holds it."""
    read = filed.reading
    return {
        "path": filed.arrival.path,
        "received_at": filed.arrival.envelope.received_at.isoformat(),
        "accepted": read.accepted,
        "day": read.day,
        "district": read.district,
        "cover": read.cover,
        "findings": [{**asdict(one), "severity": str(one.severity)} for one in read.findings],
        "rows": write_rows(read.rows),
    }
