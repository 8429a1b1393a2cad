"""What the office decided about originals that are lost, as far as it still holds.

Covered by tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.terms.handed_in import Filed, LeftOut


def left_out(archive: Path, files: Iterable[Filed], ledger: Ledger) -> list[LeftOut]:
    """Return the files without which the office decided to go on, and that have not come back since; `files`: all that the ledger holds."""
    decided = journal.left_out(archive)
    # A ledger that was made again knows that they came, and gives them no lasting verdict until their original is there.
    lost = ledger.sound_faults() & ledger.arrivals_with("unreadable") if decided else set[int]()
    back = {file.arrival.sha256 for file in files if file.arrival.id not in lost} if decided else set[str]()
    return [file for file in decided if file.sha256 not in back]


def reports(files: Iterable[LeftOut]) -> frozenset[tuple[str, date]]:
    """Return of which districts and days these are the reports."""
    return frozenset((file.district, file.day) for file in files if file.district and not file.is_assignment)
