"""Tallies, rates and shortfalls: counted in whole numbers, divided once, rounded last and down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.day.cases import Case
from pipeline.settings.rules import Group


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of how many cases are resolved, against a target in whole percent."""

    target_percent: int
    total: int = 0
    resolved: int = 0

    @property
    def rate_percent(self) -> str | None:
        """The rate with one decimal, rounded down; None where there is nothing to resolve."""
        if not self.total:
            return None
        tenths = self.resolved * 1000 // self.total
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is nothing to resolve."""
        return self.resolved * 100 >= self.target_percent * self.total if self.total else None

    @property
    def shortfall(self) -> int:
        """How many more must be resolved to meet the target."""
        return max(0, -(-self.target_percent * self.total // 100) - self.resolved)


@dataclass(frozen=True, slots=True)
class PastDay:
    """What the pace to a target needs of one of the last days."""

    day: date
    reported: frozenset[str] = frozenset()
    """The districts that have reported of it."""
    resolved: frozenset[str] = frozenset()
    """Cases that were resolved on it and never before, as far as that is known: open the day before, of which their district had reported;
    and counted by a row that the day's readers could know of. What only came in resolved, or came back, is not among them."""
    counted: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    """The districts of whose report everything was refused."""
    mended: Mapping[str, datetime] = field(default_factory=dict)
    """The districts of whose reports by the cut-off everything was refused, with when the first came of which something was taken."""
    returned: frozenset[str] = frozenset()
    """Of the cases counted those that were cancelled until then and resolved before."""


def returned(cases: Iterable[Case], day: date) -> frozenset[str]:
    """Return the cases that count again on the day, after they were cancelled, and were resolved before it."""
    back = (case for case in cases if case.before and case.before.day == day and case.before.is_cancelled and case.is_counted)
    return frozenset(case.number for case in back if case.settled_since is not None and case.settled_since < day)


def tallied(cases: Iterable[Case], counted: Collection[str], groups: Iterable[Group]) -> dict[frozenset[str], Tally]:
    """Return the tally of each group, by its sources; `counted`: the numbers of the cases that are counted."""
    total, resolved = Counter[str](), Counter[str]()
    for case in cases:
        source = case.text("案件来源")
        total[source] += 1
        resolved[source] += case.number in counted
    return {
        frozenset(group.sources): Tally(
            group.target_percent, sum(total[source] for source in group.sources), sum(resolved[source] for source in group.sources)
        )
        for group in groups
    }
