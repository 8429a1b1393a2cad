"""How cases stood at the end of a day, as far as other days ask.

Covered by tests/day/test_known_when.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline.day.cases import Case, Particulars, RowPlace
from pipeline.day.disputes import Dispute


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as it stood on a day, as far as other days ask."""

    source: str
    status: str
    is_counted: bool
    grounds: str | None
    """撤销依据; None where it is not cancelled."""
    particulars: Particulars
    dispute: Dispute | None = None
    """The dispute that stands; None where none does."""
    touched: date | None = None
    """The last day with a change of status or 今日进展."""
    last: RowPlace | None = None
    """The last accepted row about it."""

    @property
    def is_cancelled(self) -> bool:
        """Whether it is out of the count."""
        return bool(self.grounds)


def standing_of(case: Case) -> Standing:
    """Return how a case stands now."""
    source = case.text("案件来源")
    return Standing(source, case.status, case.is_counted, case.grounds, case.particulars, case.dispute, case.touched, case.last)


Register = dict[str, Standing]
"""The register of a day, by case number; cancelled cases included."""
