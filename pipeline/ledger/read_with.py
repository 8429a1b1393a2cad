"""With what each file was read, and for which other arrivals it would have said the same (decision 37).

Covered by tests/intake/test_read_before.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from pipeline.ledger import schema
from pipeline.ledger.ledger_store import LedgerStore
from pipeline.reading.arrival_moment import HoldsFor
from pipeline.reading.reading import Transcript
from pipeline.terms.handed_in import Arrival


def rows(transcripts: Iterable[tuple[Arrival, Transcript]], reader: str) -> list[dict[str, Any]]:
    """Return the rows about what was read; `reader`: the digest of the program and the settings that it was read with, '' for unknown."""
    held = ((arrival.id, transcript.holds_for) for arrival, transcript in transcripts if reader)
    return [
        {"arrival": number, "reader": reader, **holds_for.as_json(), "has_arrival_day": int(holds_for.has_arrival_day)}
        for number, holds_for in held
        if holds_for
    ]


def holding(store: LedgerStore, arrivals: Collection[int], reader: str) -> dict[int, HoldsFor]:
    """Return for which other arrivals what was read from these holds, where the same reader would read them now."""
    known = store.rows(schema.read_with, {"arrival": arrivals})
    return {row["arrival"]: _holds_for(row) for row in known if row["reader"] == reader}


def _holds_for(row: dict[str, Any]) -> HoldsFor:
    since, until = (datetime.fromisoformat(row[name]) for name in ("since", "until"))
    return HoldsFor(since, until, bool(row["has_arrival_day"]), row["late_at"])
