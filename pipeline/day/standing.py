"""How cases stood at the end of a day, as far as other days ask.

Covered by tests/day/test_known_when.py.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date

from pipeline.day.cases import Case, Particulars, RowPlace
from pipeline.day.disputes import Dispute
from pipeline.day.exemptions import Exemption
from pipeline.terms.contract import RESOLVED
from pipeline.terms.rows import written


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
    deferrals: int = 0
    cancellations: int = 0
    exempted: Exemption | None = None
    """The exemption that moves its deadline."""

    @property
    def is_cancelled(self) -> bool:
        """Whether it is out of the count."""
        return bool(self.grounds)

    @property
    def district(self) -> str:
        """The district that it lay in."""
        return written(self.particulars["旗区"]) or ""

    @property
    def is_resolved(self) -> bool:
        """Whether it counted as resolved, or would have but for a cancellation."""
        return self.status == RESOLVED and self.dispute is None


def standing_of(case: Case) -> Standing:
    """Return how a case stands now."""
    source = case.text("案件来源")
    rest = case.dispute, case.touched, case.last, case.deferrals, case.cancellations, case.exempted
    return Standing(source, case.status, case.is_counted, case.grounds, case.particulars, *rest)


def as_it_stood(case: Case, standing: Standing) -> Case:
    """Return the case as it stood then, as far as flags ask."""
    other = copy.copy(case)
    other.particulars, other.grounds, other.status = standing.particulars, standing.grounds, standing.status
    other.dispute, other.touched, other.last, other.exempted = standing.dispute, standing.touched, standing.last, standing.exempted
    return other


def is_known_otherwise(then: Standing, now: Standing) -> bool:
    """Whether flags could be others though the case is counted as it was."""
    if then.is_counted != now.is_counted:
        return False
    is_same = then.particulars is now.particulars or then.particulars == now.particulars
    rest_then, rest_now = ((each.status, each.touched, each.dispute, each.exempted) for each in (then, now))
    return not is_same or rest_then != rest_now


Register = dict[str, Standing]
"""The register of a day, by case number; cancelled cases included."""
