"""Originals that nobody needs any more go when their time is over: those refused whole, and those with personal information."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from pipeline.disk import storage
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.terms.handed_in import Filed

_LEAP = timedelta(days=366)
"""Where so much time passes without an arrival, a clock has more likely jumped than the office been silent."""
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
    waiting = {one.sha256 for one in ledger.unread()}  # nobody knows yet what these would say
    due = _due(outlines, ledger.arrivals_with(PERSONAL), now - timedelta(days=days), spared | waiting)
    there = {sha256 for sha256 in due if (archive / sha256).exists()}
    told = journal.removed(archive) if due.keys() - there else frozenset[str]()  # one that was made again does not tell
    left = {sha256: files for sha256, files in due.items() if sha256 in there or sha256 not in told}
    if left and _has_jumped([one.arrival.envelope.received_at for one in outlines], now, timedelta(days=days)):
        return Removed(days=days, doubts_clock=True)
    names: list[str] = []
    for sha256, files in left.items():
        journal.note_removal(archive, sha256, now, ledger.load(files))
        if sha256 in there and storage.remove(archive / sha256):
            names += [one.arrival.name for one in files]
    if names:
        storage.sync_folder(archive)
    return Removed(tuple(names), days)


def _has_jumped(arrivals: Iterable[datetime], now: datetime, kept: timedelta) -> bool:
    """Whether the clock leapt within the time for which originals are kept: nobody has seen that time pass.

    An arrival that lies ahead of the clock is no witness.
    """
    moments = sorted({*(one for one in arrivals if one < now), now})
    return any(later - earlier > _LEAP and later > now - kept for earlier, later in pairwise(moments))


def _due(outlines: Iterable[Filed], personal: set[int], before: datetime, spared: AbstractSet[str]) -> dict[str, list[Filed]]:
    """The bytes of which every arrival is old and either refused whole or with personal information."""
    files: dict[str, list[Filed]] = {}
    for one in outlines:
        if one.arrival.sha256 not in spared:
            files.setdefault(one.arrival.sha256, []).append(one)
    return {
        sha256: several
        for sha256, several in files.items()
        if all(one.arrival.envelope.received_at < before and (not one.reading.accepted or one.arrival.id in personal) for one in several)
    }
