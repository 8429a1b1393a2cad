"""Bytes that were read before, under another name or on another day, are not opened again (decision 37).

What a file says hangs on its bytes, on what reads them, and on what its reader asked about its arrival: when it came, and whether its
sender may report. Where all of it is the same, what the ledger has of the other arrival is what a reader would say, and so is filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from pipeline.intake.desk import Desk
from pipeline.ledger import read_with
from pipeline.reading import daily_report
from pipeline.reading.arrival_moment import HoldsFor, on_the_wall
from pipeline.reading.reading import Transcript
from pipeline.settings.config import Settings
from pipeline.terms.errors import DamagedLedgerError
from pipeline.terms.handed_in import Arrival, Filed, Reading
from pipeline.terms.rows import write_rows

OUTDATED = "sidecar-outdated"
"""The finding that no reader makes: it is of the arrival."""


def repeats(desk: Desk, arrivals: Iterable[Arrival]) -> list[Arrival]:
    """Return which of these have bytes that came before, as a file of the same kind."""
    first: dict[tuple[str, bool], int] = {}
    for arrival, _sidecar in desk.ledger.arrivals():
        first.setdefault((arrival.sha256, arrival.is_assignment), arrival.id)
    return [arrival for arrival in arrivals if first[arrival.sha256, arrival.is_assignment] != arrival.id]


def transcripts(desk: Desk, arrivals: Sequence[Arrival]) -> dict[int, Transcript]:
    """Return what a reader would say of those of which it is known, by arrival."""
    known = _known(desk, arrivals) if arrivals else []
    found = ((arrival.id, of(arrival, known, desk.settings)) for arrival in arrivals if _is_named_as_now(arrival, desk))
    return {number: transcript for number, transcript in found if transcript}


_Known = tuple[Filed, HoldsFor]


def _known(desk: Desk, arrivals: Sequence[Arrival]) -> list[_Known]:
    """Return what the ledger has of these bytes, without rows, that this reader would read."""
    sums = {arrival.sha256 for arrival in arrivals}
    files = {
        file.arrival.id: file for file in desk.ledger.outlines() if file.arrival.sha256 in sums and _is_named_as_now(file.arrival, desk)
    }
    held = read_with.holding(desk.ledger.store, files.keys(), desk.reader)
    with suppress(DamagedLedgerError):  # what is damaged is read anew
        return [(file, held[file.arrival.id]) for file in desk.ledger.load(files[number] for number in held)]
    return []


def _is_named_as_now(arrival: Arrival, desk: Desk) -> bool:
    """Whether the districts had the names of now when it came."""
    return len(desk.named) <= 1 or desk.named[-1].after < arrival.id


def of(arrival: Arrival, known: Sequence[_Known], settings: Settings) -> Transcript | None:
    """Return what a reader would say of it, where one of these tells; None where none does."""
    kind = (arrival.sha256, arrival.is_assignment)
    for file, holds_for in known:
        is_same = kind == (file.arrival.sha256, file.arrival.is_assignment) and holds_for.covers(arrival.envelope, settings)
        if is_same and _may_report(arrival, file.reading, settings):
            read = _as_of(arrival, file.reading, holds_for, settings)
            return Transcript(replace(read, rows=()), write_rows(read.rows), holds_for=holds_for)
    return None


def _may_report(arrival: Arrival, reading: Reading, settings: Settings) -> bool:
    district = settings.district_named(reading.district) if reading.district else None
    return district is None or district.accepts(arrival.envelope)


def _as_of(arrival: Arrival, reading: Reading, holds_for: HoldsFor, settings: Settings) -> Reading:
    """Return the reading with the day and the lateness of this arrival."""
    moment, findings = on_the_wall(arrival.envelope, settings), [*reading.findings]
    if findings and findings[-1].code == OUTDATED:
        del findings[-1]
    if holds_for.late_at is not None:
        at = holds_for.late_at
        after = findings[at + 1 :] if findings[at : at + 1] and findings[at].code == "late" else findings[at:]
        findings = [*findings[:at], *daily_report.lateness_findings(reading.day, moment, settings), *after]
    return replace(reading, day=moment.date() if holds_for.has_arrival_day else reading.day, findings=tuple(findings))
