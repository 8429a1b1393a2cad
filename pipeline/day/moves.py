"""How a case goes from district to district, by the assignment workbooks.

Covered by tests/night/test_moved_cases.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Move:
    """The assignment workbooks of a day gave the case to another district."""

    day: date
    """On which they came: from then on the case is the other district's."""
    before: str
    after: str
    arrival: int
    """The last of these workbooks, and where in it the case stands."""
    sheet: str
    row: int


def away_from(moves: Sequence[Move], district: str) -> Move | None:
    """Return how a district lost a case, of which these are the moves; None where it has it, or never had it."""
    last = next((move for move in reversed(moves) if district in (move.before, move.after)), None)
    return last if last and last.before == district else None
