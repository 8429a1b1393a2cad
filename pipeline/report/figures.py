"""What is counted: figures with their bounds, how they follow from yesterday's, and what they lack to their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from pipeline.day.targets import Tally
from pipeline.terms import words

DayBefore = Literal["reported", "silent", "none"]
"""What reports there are of the day before: some; none, but of earlier days; none of any day before this one."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a tally could be at least and at most once everything that is missing or refused has been reported (decision 9)."""

    lowest: Tally
    highest: Tally
    reasons: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What keeps them apart: kinds of `rate_bounds.REASONS`, each with the districts of which it is so.

    Where the verdict can turn, only what can help to turn it.
    """
    behind: tuple[date, ...] = ()
    """The earlier days of which a report is missing, where that is such a reason."""
    lost: tuple[date, ...] = ()
    """The earlier days of which a report came and its original is lost, where that is such a reason."""
    told_on: date | None = None
    """The day that they are told on: of another year is said with its year."""
    open: frozenset[tuple[str, date]] = frozenset()
    """The districts of these reasons, each with the day of its report that is missing, or of which rows were refused."""
    returned: tuple[date, ...] = ()
    """The earlier days of which all that came was refused whole, where that is such a reason."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A tally of one part of a group: of a district, a leader, a category or a source, or of the whole group."""

    label: str
    group: str
    tally: Tally
    bounds: Bounds | None = None
    """None where nothing is missing or refused that could change it."""

    @property
    def is_certain(self) -> bool:
        """Whether the target would be met or missed alike, whatever missing reports and refused rows said."""
        return self.bounds is None or self.bounds.lowest.met == self.bounds.highest.met == self.tally.met

    @property
    def verdict(self) -> str:
        """达标 or 未达标, with 暂计 before it while that is not certain; '' where there is nothing to resolve."""
        return "" if self.tally.met is None else words.verdict(is_met=self.tally.met, is_certain=self.is_certain)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """How one unit below the reader stands: a level above the districts, or a district directly under the reader."""

    name: str
    way: tuple[str, ...]
    """The names from under the reader down to it."""
    figures: tuple[Figure, ...]
    """One for each group, in their order."""
    districts: tuple[str, ...]
    """All in it."""
    missing: tuple[str, ...]
    """Those without a report,"""
    refused: tuple[str, ...]
    """and with one of which every row was refused."""
    overdue: int
    """Cases past their deadline,"""
    disputed: int
    """and those 已化解 that are disputed."""
    returned: tuple[str, ...] = ()
    """Of those without a report the ones whose file was refused whole: something came of them."""

    def of(self, group: str) -> Figure:
        """Return its figure of a group."""
        return next(figure for figure in self.figures if figure.group == group)

    @property
    def is_district(self) -> bool:
        """Whether it is a district itself."""
        return self.districts == (self.name,)

    @property
    def silent(self) -> int:
        """How many of its districts sent nothing."""
        return len(self.missing) - len(self.returned)

    @property
    def reported(self) -> int:
        """Of how many of its districts there is a report of which anything is taken."""
        return len(self.districts) - len(self.missing) - len(self.refused)


@dataclass(frozen=True, slots=True)
class Certainty:
    """How far a group's figure can be relied on."""

    group: str
    is_certain: bool
    """Whether the target would be met or missed alike, whatever missing reports and refused rows said."""
    confirmation: Mapping[str, int]
    """The cases counted as resolved, by the 群众确认 of their row in force: 认可, 未回访, and none."""
    unmoved: Tally
    """What no correction of the register can better: by the 案件来源 that was accepted first, cancelled cases unresolved."""
    cancelled: tuple[str, ...] = ()
    """Cases that make the difference: those cancelled, those that are in another group now, and those that came from one."""
    moved_out: tuple[str, ...] = ()
    moved_in: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    """Of a unit: cases that were first accepted as its own and lie in another now, whenever they were given away,"""
    came: tuple[str, ...] = ()
    """and those that lie in it now and were first another's."""
    answered: tuple[str, ...] = ()
    """Counted cases whose 不认可 ended by another reply alone, without a 认可 since."""

    @property
    def moved(self) -> dict[str, tuple[str, ...]]:
        """By what edits of the register did to them, the cases that make the difference."""
        kinds = {"撤销": self.cancelled, "改到其他组": self.moved_out, "由其他组改来": self.moved_in}
        kinds |= {"改派给别的单位": self.went, "由别的单位改派来": self.came}
        return {kind: numbers for kind, numbers in kinds.items() if numbers}


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """What of a district's reports keeps its figures between bounds."""

    district: str
    missing: tuple[date, ...]
    """Days without an accepted report, as far back as one could still be sent."""
    refused: tuple[date, ...]
    """Days with refused rows of which no report has given the content since."""
    lost: tuple[date, ...] = ()
    """Days of which a report came whose original is lost, and that counts nowhere by the office's decision."""
    awaited: tuple[date, ...] = ()
    """Days of which it reported cases before the workbook had them, and of which nothing was taken since."""
    returned: tuple[date, ...] = ()
    """Days without an accepted report of which one came that was refused whole."""


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of change between yesterday's figure and today's."""

    kind: str
    """A key of `words.STEPS`."""
    change: int
    """Cases more, or fewer where negative."""
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """One number of a group from yesterday to today, step by step: `before` and the steps add up to `now`."""

    name: str
    before: int
    steps: tuple[Step, ...]
    now: int

    @property
    def change(self) -> int:
        """Cases more than yesterday, or fewer where negative."""
        return self.now - self.before

    @property
    def restated(self) -> tuple[int, ...]:
        """By how much yesterday's number, as it was told, is known to be another: cases more, and cases fewer."""
        return tuple(step.change for step in self.steps if step.kind == "restated")

    @property
    def given(self) -> tuple[int, ...]:
        """By how much a unit's number is another since cases were given to it, or away: cases more, and cases fewer."""
        return tuple(step.change for step in self.steps if step.kind == "given")


@dataclass(frozen=True, slots=True)
class Bridge:
    """From yesterday's total and resolved cases of a group to today's: both add up to the last case."""

    group: str
    total_before: int
    total_steps: tuple[Step, ...]
    total: int
    resolved_before: int
    resolved_steps: tuple[Step, ...]
    resolved: int
    day_before: DayBefore = "reported"
    known_until: time = time(12)
    """Until when on the next day yesterday's own readers could know of it (`correction_after`)."""
    target_before: int | None = None
    """What the group had to reach yesterday, in percent; None where there was no such group."""
    given: Mapping[str, str] = field(default_factory=dict)
    """By case that the office gave to the unit from another one, or away: from where, or whereto, in words."""

    @property
    def ladders(self) -> tuple[Ladder, Ladder]:
        """The total and the resolved cases, each by itself, with the names that people read."""
        return (
            Ladder("总数", self.total_before, self.total_steps, self.total),
            Ladder("已化解", self.resolved_before, self.resolved_steps, self.resolved),
        )

    @property
    def given_in_brief(self) -> str:
        """The first cases of the steps 改派, each with where it lies now or lay before."""
        steps = [step for step in (*self.total_steps, *self.resolved_steps) if step.kind == "given"]
        told = [f"{number}{self.given[number]}" for number in dict.fromkeys(number for step in steps for number in step.cases)]
        return "、".join(told[:_MOST_GIVEN]) + (f"等{len(told)}件" if len(told) > _MOST_GIVEN else "")


_MOST_GIVEN = 3
"""Cases that a sentence names."""


@dataclass(frozen=True, slots=True)
class Way:
    """What a group still lacks to its target."""

    group: str
    tally: Tally
    open: int
    """Cases that can still be resolved, disputed ones included."""
    by: date | None
    """Of so many open cases as are lacking, in the order of their deadlines, the last one's; None where none lacks,
    fewer are open than lacking, or that deadline has passed."""
    gained: int
    """Cases that were resolved within `days`, less those that count no longer."""
    days: int
    """Days with reports that the pace rests on, of the last seven; 0 where no pace can be told (decision 9)."""
    expected: date | None
    """The day on which the target is met if it goes on like that; None where it is not told, or further off than anybody can say."""
    nearest: tuple[str, ...]
    """Cases that lack least: replied and not yet confirmed, then those due soon, by deadline."""
    has_passed: bool = False
    """Whether that last deadline has passed."""
    overdue: int = 0
    """Of so many cases as are lacking, in that order, those whose deadline has passed."""
    told_on: date | None = None
    """The report's day: a deadline of another year is written with its year."""
    stopped: int = 0
    """The last days on which nothing was resolved, where these are so many that the pace leads nowhere."""
    is_beyond: bool = False
    """Whether `by` is later than the regulation allows an extension to be: nobody should rely on it before it is checked."""
    newly: int = 0
    """Cases that the reports of `days` call newly resolved, one that came back as often as it did."""
    first: tuple[str, ...] = ()
    """Of these, the cases that the pace counts: resolved for the first time, known at the time, and counted still."""
    lost: tuple[str, ...] = ()
    """The cases that it takes off: counted before `days`, and open now."""
    lacked: int = 0
    """How many were lacking before `days`, by what is known now: new cases take the target further away than `gained` says."""
