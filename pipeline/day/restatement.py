"""The nouns of a restatement: what was told, what is known now, the cases between the two and the reports behind them.

Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.day.standing import Register
from pipeline.day.targets import Tally
from pipeline.terms.case_numbers import alike


@dataclass(frozen=True, slots=True)
class Moves:
    """The cases that make the difference between two states of knowledge, each by number."""

    entered: tuple[str, ...] = ()
    """In the total now and not then."""
    left: tuple[str, ...] = ()
    """In the total then and not now."""
    newly_counted: tuple[str, ...] = ()
    """In both totals, counted as resolved now and not then."""
    no_longer_counted: tuple[str, ...] = ()
    """In both totals, counted as resolved then and not now."""
    disputed: tuple[str, ...] = ()
    """Of those newly counted, the ones of which a 不认可 stood then, as far as that is asked."""
    passing: tuple[str, ...] = ()
    """Brought in by a replaced report of the day and not there any more, as far as that is asked: in no day's total."""
    flagged: tuple[tuple[str, str], ...] = ()
    """Of those that left, the ones that had a flag then, each with it, in the order of the flags."""

    @classmethod
    def between(cls, then: Mapping[str, bool], now: Mapping[str, bool]) -> Moves:
        """Return what differs between two totals, which say of each of their cases whether it is counted."""
        both = then.keys() & now.keys()
        return cls(
            entered=tuple(sorted(now.keys() - then.keys())),
            left=tuple(sorted(then.keys() - now.keys())),
            newly_counted=tuple(sorted(number for number in both if now[number] and not then[number])),
            no_longer_counted=tuple(sorted(number for number in both if then[number] and not now[number])),
        )

    @property
    def cases(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.entered, *self.left, *self.newly_counted, *self.no_longer_counted, *self.passing)

    def among(self, numbers: Container[str]) -> Moves:
        """Return those of some cases alone."""
        kinds = ("entered", "left", "newly_counted", "no_longer_counted", "disputed", "passing")
        of_cases = {kind: tuple(number for number in getattr(self, kind) if number in numbers) for kind in kinds}
        return Moves(**of_cases, flagged=tuple((number, flag) for number, flag in self.flagged if number in numbers))

    def apart_from(self, passing: Container[str]) -> Moves:
        """Return the same, where cases that were only there for a part of the day have left nothing."""
        gone = tuple(number for number in self.left if number in passing)
        left = tuple(number for number in self.left if number not in passing)
        flagged = tuple((number, flag) for number, flag in self.flagged if number not in gone)
        return replace(self, left=left, passing=gone, flagged=flagged)


@dataclass(frozen=True, slots=True)
class Restated:
    """One group on one day, as it was known then and as it is known now (contract 6)."""

    day: date
    group: str
    tallies: tuple[Tally, Tally]
    moves: Moves
    unit: str = ""
    """The level above the districts of which it is told; '' of the whole office."""
    since: Tally | None = None
    """What it was changed to since then by what became known on later days; None where that is nothing."""

    @property
    def differs(self) -> bool:
        """Whether anything is known differently."""
        then, now = self.tallies
        return then != now or bool(self.moves.cases)


@dataclass(frozen=True, slots=True)
class Overnight:
    """The day before at its end, beside what its own readers could know by noon."""

    entries: tuple[Restated, ...] = ()
    """The groups that differ, in their order."""
    reports: tuple[LateReport, ...] = ()
    """The reports that came in between, by arrival."""
    registers: tuple[Register, Register] | None = None
    """The register at the end of the day, and as it was known by noon; None where nothing came."""
    earlier: tuple[Restated, ...] = ()
    """The groups of days before that one that differ likewise, oldest first: its own report restates them, in an edition of the morning."""
    net: tuple[Restated, ...] = ()
    """The groups of earlier days that were told otherwise by noon and again since: at its end, beside what is known by now."""


@dataclass(frozen=True, slots=True)
class RefusedSince:
    """A row that was taken, and that is refused though its report stands: by what came late of an earlier day."""

    district: str
    day: date
    """Its report's."""
    number: str
    status: str
    progress: str
    request: str
    """What it says in 当前状态, 今日进展 and 需协调事项."""
    before: str
    """The status of its case without it, by what is known now; '' of a case that is in the register no more."""


@dataclass(frozen=True, slots=True)
class FlagThen:
    """A flag that a case is known to have had, or not to have had, on earlier days, other than was told."""

    number: str
    flag: str
    is_raised: bool
    first: date
    last: date
    """The first and the last of these days."""


@dataclass(frozen=True, slots=True)
class LateReport:
    """A report that came too late to be known to the readers of its day."""

    district: str
    day: date
    received_at: datetime
    is_revision: bool
    """Whether it took the place of one that was known; else the district had been silent."""
    refused_answers: tuple[str, ...] = ()
    """The cases, compared as `Matter.case` is, whose row says 不认可 or 认可 and was refused by itself."""
    cases: frozenset[str] = frozenset()
    """The cases, compared likewise, of which it says something, as a revision something else: but for those that were another's then."""

    def speaks_of(self, numbers: Iterable[str]) -> bool:
        """Whether it says something of one of these cases: whose they are by now makes no difference."""
        return any(alike(number) in self.cases for number in numbers)
