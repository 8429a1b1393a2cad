"""The cases behind a figure: those counted as resolved, and those that are not, by the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.report.case_lines import CaseLine
from pipeline.terms.contract import RESOLVED, STATUSES
from pipeline.terms.words import FLAGS

DISPUTED: Final = FLAGS["disputed"].name
REASONS: Final = (DISPUTED, *STATUSES)
"""Why a case of the total is not counted, in the order in which the cases are shown."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The cases of one total, each list by case number."""

    counted: tuple[str, ...]
    not_counted: dict[str, tuple[str, ...]]
    """By reason; only those that are there, in the order of `REASONS`."""

    @property
    def total(self) -> int:
        """The cases counted and not counted."""
        return len(self.counted) + sum(map(len, self.not_counted.values()))


def of(cases: Iterable[CaseLine]) -> Breakdown:
    """Return the breakdown of the total that these cases make; cancelled ones are in no total."""
    by_reason: dict[str, list[str]] = {}
    for case in cases:
        if not case.grounds:
            by_reason.setdefault(reason(case), []).append(case.number)
    counted = by_reason.pop("", [])
    return Breakdown(tuple(sorted(counted)), {name: tuple(sorted(by_reason[name])) for name in REASONS if name in by_reason})


def reason(case: CaseLine) -> str:
    """Return why a case is not counted as resolved; '' where it is."""
    if case.is_counted:
        return ""
    return DISPUTED if case.status == RESOLVED and case.dispute_stands else case.status
