"""What runs took in and read that did not come to their end: nobody has been told of it, and the next run that ends tells it.

What was told last is noted beside the checkpoints, on this computer; where the note is gone, what published days rest on counts as told.
Covered by tests/intake/test_untold.py.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.disk import storage
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Paths
from pipeline.terms.handed_in import Filed


@dataclass(frozen=True, slots=True)
class Untold:
    """What this run has to tell beside its own."""

    taken: int = 0
    """How many files earlier runs took in since something was told last."""
    refused: tuple[Filed, ...] = ()
    """Those that they refused as a whole."""
    last: int = 0
    """The last arrival of all."""

    @classmethod
    def of(cls, ledger: Ledger, paths: Paths, taken: int, read: Sequence[Filed]) -> Untold:
        """Return it; `taken`: how many files this run took in. `read`: what it has read."""
        arrivals = [arrival for arrival, _sidecar in ledger.arrivals()]
        last = max((arrival.id for arrival in arrivals), default=0)
        if not isinstance(paths.ledger_place, Path):  # which other computers' runs tell of too
            return cls(last=last)
        told = _told(paths)
        if told is None:
            told = last if ledger.publications() else 0
        earlier = max(0, sum(arrival.id > told for arrival in arrivals) - taken)
        own = {filed.arrival.id for filed in read}
        outlines = [filed for filed in ledger.outlines() if filed.arrival.id > told and filed.arrival.id not in own] if earlier else []
        return cls(earlier, tuple(ledger.load(filed for filed in outlines if not filed.reading.accepted)), last)

    def note(self, paths: Paths) -> None:
        """Note that all is told; a full disk takes nothing."""
        if self.last != _told(paths):
            with suppress(OSError):
                storage.make_folder(_place(paths).parent)
                storage.replace(_place(paths), json.dumps({"arrival": self.last}).encode())


def _told(paths: Paths) -> int | None:
    with suppress(OSError, ValueError, LookupError, TypeError):
        return int(json.loads(_place(paths).read_bytes())["arrival"])
    return None


def _place(paths: Paths) -> Path:
    return paths.checkpoints / "told.json"
