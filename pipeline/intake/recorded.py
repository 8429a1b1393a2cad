"""What was noted before a look at the inbox, and what is an arrival beside it: an arrival is recorded once (contract 3).

The bytes count and not their names. A rename, a move and a copy of an assignment workbook are no arrival, and a sidecar speaks only of
the bytes that it came with. Covered by tests/intake/test_arrival.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.disk import storage
from pipeline.disk.first_seen import last_changed
from pipeline.intake import envelopes
from pipeline.intake.contents import Seen
from pipeline.ledger import places
from pipeline.ledger.journal import Noted
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Arrival, Envelope

_TOGETHER = 0.1
"""So many seconds may lie between the writing of a sidecar and that of the file that it came with."""
_TICK = timedelta(microseconds=1)


class Recorded:
    """The arrivals noted so far, as the decision on a file needs them."""

    def __init__(self, noted: Iterable[Noted], zone: ZoneInfo) -> None:
        self.zone = zone
        self._identities = set()
        self._moments: set[tuple[str, datetime]] = set()
        self._assignments: set[str] = set()
        self._latest: dict[str, Arrival] = {}
        self._by_sidecar: dict[str, list[Arrival]] = {}
        for arrival, sidecar in noted:
            self._identities.add(arrival.identity)
            self._latest[arrival.path] = arrival
            if sidecar is None or arrival.is_assignment:
                self._moments.add((arrival.sha256, arrival.envelope.received_at))
            if arrival.is_assignment:
                self._assignments.add(arrival.sha256)
            if sidecar is not None and not is_outdated(arrival.envelope, sidecar, zone):
                self._by_sidecar.setdefault(sidecar, []).append(arrival)

    def envelope(self, file: Seen, sha256: str, sidecar: str | None) -> Envelope:
        """Return how these bytes came. Raises EnvelopeError, OSError."""
        earlier = self._latest.get(file.relative)
        if sidecar is not None:
            replaced = self._bytes_before(file, sha256, sidecar)
            if replaced is None:
                return envelopes.read(sidecar, self.zone)
            before = [arrival.envelope.received_at for arrival in (*replaced, earlier) if arrival]
            # Never the very time that the sidecar says: that is how it is seen later that it does not count.
            return self._changed(file, [*before, envelopes.read(sidecar, self.zone).received_at])
        if file.is_assignment and earlier is not None and earlier.sha256 != sha256:
            return self._changed(file, [earlier.envelope.received_at])
        return envelopes.unwritten(file.path, file.status, self.zone)

    def is_new(self, file: Seen, arrival: Arrival, sidecar: str | None) -> bool:
        """Whether this is an arrival that nobody has noted yet."""
        if arrival.identity in self._identities:
            return False
        counts = sidecar is not None and not is_outdated(arrival.envelope, sidecar, self.zone)
        if not file.is_assignment:
            return counts or (arrival.sha256, arrival.envelope.received_at) not in self._moments
        if counts:
            return (arrival.sha256, arrival.envelope.received_at) not in self._moments
        return not self._is_there(file, arrival.sha256)

    def _is_there(self, file: Seen, sha256: str) -> bool:
        """Whether these bytes of an assignment workbook were there before: where they are, or under another name."""
        if sha256 not in self._assignments:
            return False
        latest = self._latest.get(file.relative)
        if latest is None or latest.sha256 == sha256:
            return True
        # Over another one: put back, and that is an arrival, unless two files have changed their names.
        inbox = file.path.parents[file.relative.count("/")]
        return any(
            other.sha256 == sha256 and not _holds(inbox / path, sha256)
            for path, other in self._latest.items()
            if other.is_assignment and path != file.relative
        )

    def _bytes_before(self, file: Seen, sha256: str, sidecar: str) -> list[Arrival] | None:
        """Return the arrivals of the bytes that the sidecar came with, where these are others; None where it is their own."""
        noted = self._by_sidecar.get(sidecar, [])
        is_of_others = envelopes.names_other_bytes(sidecar, sha256)
        if is_of_others is not None:
            return noted if is_of_others else None
        if any(arrival.sha256 == sha256 for arrival in noted):
            return None
        # All attachments of one message have the same sidecar: only of an assignment workbook, which stays, is another name followed.
        others = [arrival for arrival in noted if arrival.path == file.relative or file.is_assignment]
        return others if others and _changed_beside(file) else None

    def _changed(self, file: Seen, before: Iterable[datetime]) -> Envelope:
        """Return the envelope of bytes that took the place of others: they came after those, whatever a clock says."""
        changed = datetime.fromtimestamp(last_changed(file.status), self.zone)
        return Envelope(max([changed, *(moment + _TICK for moment in before)]))


def of(settings: Settings) -> Recorded:
    """Return what was noted so far, for looks that take nothing in; nothing where no run has made a ledger. Raises LedgerError."""
    if not places.exists(settings.paths.ledger_place):
        return Recorded([], settings.calendar.zone)
    with Ledger(settings.paths.ledger_place) as ledger:
        return Recorded(ledger.arrivals(), settings.calendar.zone)


def is_outdated(envelope: Envelope, sidecar: str | None, zone: ZoneInfo) -> bool:
    """Whether a file was noted as changed beside this sidecar: it did not arrive as that says."""
    if sidecar is None or envelope.channel != "folder":
        return False
    try:
        return envelopes.read(sidecar, zone) != envelope
    except envelopes.EnvelopeError:  # an older program took it
        return False


def _changed_beside(file: Seen) -> bool:
    """Whether the file was written after its sidecar was: whoever brings both anew writes the sidecar too."""
    with suppress(OSError):
        sidecar = file.sidecar.stat()
        changed = last_changed(file.status), file.status.st_mtime
        return any(own > beside + _TOGETHER for own, beside in zip(changed, (last_changed(sidecar), sidecar.st_mtime), strict=True))
    return False


def _holds(path: Path, sha256: str) -> bool:
    with suppress(OSError):
        return storage.sha256(path) == sha256
    return False
