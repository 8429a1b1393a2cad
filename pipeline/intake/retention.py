"""What nobody needs any more goes when its time is over: originals refused whole or with personal information, and editions."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pipeline.disk import storage
from pipeline.disk.originals import Originals
from pipeline.ledger import edition_files, editions, journal
from pipeline.ledger.kept_districts import as_kept
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Paths
from pipeline.terms.handed_in import Filed, Reading

_LEAP = timedelta(days=366)
"""Where so much time passes without an arrival, a clock has more likely jumped than the office been silent."""
PERSONAL = "personal-information"


@dataclass(frozen=True, slots=True)
class Removed:
    """What a run removed, or why it removed nothing."""

    names: tuple[str, ...] = ()
    days: int = 0
    """So many days originals of this kind are kept."""
    doubts_clock: bool = False
    """Whether nothing was removed since the clock seems to have jumped."""


def remove_old(ledger: Ledger, originals: Originals, days: int, now: datetime, *, spared: AbstractSet[str] = frozenset()) -> Removed:
    """Remove the originals whose time is over; what was read from them stays in the ledger, and in the journal.

    `spared`: what this very run has read, however old its envelope says that it is: somebody has to see the refusal first.
    """
    outlines = ledger.outlines()
    waiting = {arrival.sha256 for arrival in ledger.unread()}  # nobody knows yet what these would say
    due = _due(outlines, ledger.arrivals_with(PERSONAL), now - timedelta(days=days), spared | waiting)
    there = {sha256 for sha256 in due if originals.exists(sha256)}
    noted = journal.removed(originals.folder) if due.keys() - there else frozenset[str]()  # a journal that was made again has none of them
    left = {sha256: files for sha256, files in due.items() if sha256 in there or sha256 not in noted}
    if left and _has_jumped([file.arrival.envelope.received_at for file in outlines], now, timedelta(days=days)):
        return Removed(days=days, doubts_clock=True)
    names: list[str] = []
    for sha256, files in left.items():
        # Noted first: once the original is gone, a ledger that must be made again has nothing else to learn its content from.
        noted_files = [as_kept(file, ledger.districts.kept) for file in ledger.load(files)]
        journal.note_removal(originals.folder, sha256, now, noted_files)
        if sha256 in there and originals.remove(sha256):
            names += [file.arrival.name for file in files]
    if names:
        storage.sync_folder(originals.folder)
    return Removed(tuple(names), days)


def end_editions(ledger: Ledger, paths: Paths, days: int, now: datetime) -> None:
    """Forget the editions whose time is over, and remove the contents that none of the others names."""
    before = now - timedelta(days=days)
    contents = editions.contents(ledger)
    editions.end(ledger, paths.archive, [noted for noted in contents if noted.published_at < before])
    named = {sha256 for noted, files in contents.items() if noted.published_at >= before for sha256 in files}
    edition_files.remove_unnamed(paths.editions, named, before)


def _has_jumped(arrivals: Iterable[datetime], now: datetime, kept: timedelta) -> bool:
    """Whether the clock leapt within the time for which originals are kept: nobody has seen that time pass.

    An arrival dated later than the clock is no witness.
    """
    moments = sorted({*(moment for moment in arrivals if moment < now), now})
    return any(later - earlier > _LEAP and later > now - kept for earlier, later in pairwise(moments))


def _due(outlines: Iterable[Filed], personal: set[int], before: datetime, spared: AbstractSet[str]) -> dict[str, list[Filed]]:
    """Return, by SHA-256, the files of which every arrival is old and either refused whole or with personal information."""
    files: dict[str, list[Filed]] = {}
    for file in outlines:
        if file.arrival.sha256 not in spared:
            files.setdefault(file.arrival.sha256, []).append(file)
    return {sha256: alike for sha256, alike in files.items() if all(_is_over(file, personal, before) for file in alike)}


def is_kept_for_a_time(reading: Reading) -> bool:
    """Whether an original of which that was read goes when its time is over."""
    return not reading.accepted or any(finding.code == PERSONAL for finding in reading.findings)


def _is_over(file: Filed, personal: set[int], before: datetime) -> bool:
    is_kept_for_a_time = not file.reading.accepted or file.arrival.id in personal
    return is_kept_for_a_time and file.arrival.envelope.received_at < before
