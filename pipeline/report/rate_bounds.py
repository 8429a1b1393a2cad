"""What a rate could be at least and at most once everything that is missing or refused has been reported (decision 9).

A rate alone does not show whether a target is met where a report that is still to come can change that: the bounds show whether it can.
The decision lists what they do not promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NamedTuple

from pipeline.day.doubts import Doubt
from pipeline.day.submissions import OfDay
from pipeline.day.targets import Tally
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Bounds, OpenPoint
from pipeline.terms.contract import CONFIRMED, DISPUTED, RESOLVED

REASONS = ("absent", "returned", "lost", "unread", "behind", "behind-returned", "behind-lost", "refused", "moved", "awaited")
"""Why a figure has bounds: a district has no report of the day; all that came was refused whole; one came and its original is lost; one
that was sent beside the one in force was refused whole; one of an earlier day is missing; those of earlier days were refused whole, or came
and their originals are lost; content was refused; of a case that it got from another district it has said nothing since that one did; it
reported a case before the workbook had it, and not since."""


class Cause(NamedTuple):
    """Why something is open: a district, one of `REASONS`, and the day that it is about."""

    district: str
    why: str
    day: date


Causes = Mapping[str, frozenset[Cause]]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could still change on a day."""

    free: frozenset[str]
    """Cases that a report still to come, or a corrected row, may change in any way."""
    unplaced: Mapping[str, int]
    """By district: refused rows that name none of its cases; each may be about any one of them."""
    new: Mapping[str, int]
    """By district: cases that could still be found."""
    districts: tuple[str, ...] = ()
    """All, in their order."""
    of_cases: Causes = field(default_factory=dict)
    """By free case: what may still change it; of one that was moved that may be a report of the district that had it then."""
    of_unplaced: Causes = field(default_factory=dict)
    """By district: whence its refused rows are that name none of its cases,"""
    of_new: Causes = field(default_factory=dict)
    """and why cases could still be found."""
    lost: frozenset[OfDay] = frozenset()
    """Of which districts and days a report came that is lost,"""
    returned: frozenset[OfDay] = frozenset()
    """and of which one came that was refused whole."""
    day: date | None = None

    def found_by(self, districts: Iterable[str]) -> Found:
        """Return what these districts could still find."""
        if not self.new and not self.of_new:
            return NOTHING_FOUND
        named = [name for name in districts if name in self.new or name in self.of_new]
        causes = frozenset(cause for name in named for cause in self.of_new.get(name, ()))
        return Found(sum(self.new.get(name, 0) for name in named), causes)


@dataclass(frozen=True, slots=True)
class Found:
    """What some districts could still find."""

    new: int = 0
    """So many cases,"""
    causes: frozenset[Cause] = frozenset()
    """and why."""


NOTHING_FOUND: Final = Found()


def unknown_of(lines: Iterable[CaseLine], doubts: Sequence[Doubt], most_new: int, *, day: date, reported: Mapping[str, bool]) -> Unknown:
    """Return what the doubts leave open; a missing report is taken to bring at most `most_new` new cases.

    `reported` are all districts in their order, with whether a report of the day counts.
    """
    by_district: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_district.setdefault(doubt.district, []).append(doubt)
    of_cases = {line.number: own for line in lines if (own := _freed_by(line, by_district, day, reported))}

    def causes(which: Callable[[Doubt], object]) -> dict[str, frozenset[Cause]]:
        return {name: frozenset(_cause(doubt, day, reported) for doubt in own if which(doubt)) for name, own in by_district.items()}

    return Unknown(
        frozenset(of_cases),
        {name: sum(doubt.unplaced for doubt in own) for name, own in by_district.items()},
        {
            name: sum(doubt.new_refused + most_new * (doubt.is_missing or doubt.is_new_unread) for doubt in own)
            for name, own in by_district.items()
        },
        tuple(reported),
        of_cases,
        causes(lambda doubt: doubt.unplaced),
        causes(lambda doubt: doubt.new_refused or (most_new and (doubt.is_missing or doubt.is_new_unread))),
        day=day,
    )


def _cause(doubt: Doubt, day: date, reported: Mapping[str, bool]) -> Cause:
    """Return why a doubt leaves something open: as if no original was lost."""
    why = "refused" if not doubt.is_missing else "behind" if doubt.day != day else "unread" if reported.get(doubt.district) else "absent"
    return Cause(doubt.district, why, doubt.day)


def with_came(unknown: Unknown, lost: Collection[OfDay], returned: Collection[OfDay]) -> Unknown:
    """Return the same, with reports whose originals are lost, or that were refused whole, told apart from those that nobody sent."""
    kinds = {"absent": ("lost", "returned"), "behind": ("behind-lost", "behind-returned")}

    def why(cause: Cause) -> str:
        of_day, (if_lost, if_returned) = (cause.district, cause.day), kinds[cause.why]
        return if_lost if of_day in lost else if_returned if of_day in returned else cause.why

    def told(causes: Causes) -> Causes:
        return {
            name: frozenset(cause._replace(why=why(cause)) if cause.why in kinds else cause for cause in own)
            for name, own in causes.items()
        }

    parts = (unknown.of_cases, unknown.of_unplaced, unknown.of_new)
    of_cases, of_unplaced, of_new = map(told, parts)
    return replace(unknown, of_cases=of_cases, of_unplaced=of_unplaced, of_new=of_new, lost=frozenset(lost), returned=frozenset(returned))


def _freed_by(line: CaseLine, doubts: Mapping[str, Sequence[Doubt]], day: date, reported: Mapping[str, bool]) -> frozenset[Cause]:
    """Return what could still change the case: no row came since that holds whatever it says, or its dispute may stand after all."""
    had = {line.district, *(move.before for move in line.moves)}
    own = [doubt for name in had for doubt in doubts.get(name, ()) if doubt.day >= line.assigned and _is_about(line, doubt)]
    # But a 不认可 in the missing row would still stand: an empty 群众确认 takes none back, 认可 alone does (contract 4).
    is_disputable = line.status == RESOLVED and line.confirmation != CONFIRMED
    # A later row gives the whole state of its case, yet the doubt ends with 重新办理原因 alone: without it the row would be refused
    # where the missing one has a status from which it goes back, and each status can be left backwards or not at all.
    # Where the row that holds is 已化解 and says 不认可, nothing of an earlier day makes the case count: either the row is refused, which
    # needs 导入法定途径 before it, or it is taken, and opens the dispute anew whatever was said before.
    denied_on = line.reported_on if line.status == RESOLVED and line.confirmation == DISPUTED else None
    is_open = (
        (denied_on is None or doubt.day >= denied_on) and (is_disputable or line.reasoned_on is None or doubt.day >= line.reasoned_on)
        for doubt in own
    )
    open_by = frozenset(_cause(doubt, day, reported) for doubt, left_open in zip(own, is_open, strict=True) if left_open)
    open_by |= {Cause(name, "awaited", doubt.day) for name in had for doubt in doubts.get(name, ()) if line.number in doubt.awaited}
    if line.district in {cause.district for cause in open_by} or not _awaits_new_district(line, had, doubts):
        return open_by
    return open_by | {Cause(line.district, "moved", day)}


def _awaits_new_district(line: CaseLine, had: Iterable[str], doubts: Mapping[str, Sequence[Doubt]]) -> bool:
    """Whether one that had the case before said something of it that cannot count, and the one that has it nothing on that day or since."""
    days = [doubt.day for name in had for doubt in doubts.get(name, ()) if line.number in doubt.moved]
    return bool(days) and (line.reported_on is None or line.reported_on < max(days))


def _is_about(line: CaseLine, doubt: Doubt) -> bool:
    """Whether what is missing would speak of the case: a row that names it, or a report of the district that had it on that day."""
    return line.number in doubt.cases or (doubt.is_missing and doubt.district == line.district_on(doubt.day))


def open_points(doubts: Iterable[Doubt], unknown: Unknown, districts: Iterable[str]) -> tuple[OpenPoint, ...]:
    """Return for each district with any, in their order, the days that keep something open."""
    missing: dict[str, list[date]] = {}
    refused: dict[str, list[date]] = {}
    lost: dict[str, list[date]] = {}
    awaited: dict[str, list[date]] = {}
    returned: dict[str, list[date]] = {}
    for doubt in doubts:
        if doubt.is_missing and (doubt.district, doubt.day) in unknown.lost:
            lost.setdefault(doubt.district, []).append(doubt.day)
        elif doubt.is_missing and (doubt.district, doubt.day) in unknown.returned:
            returned.setdefault(doubt.district, []).append(doubt.day)
        elif doubt.is_missing:
            missing.setdefault(doubt.district, []).append(doubt.day)
        elif doubt.unplaced or doubt.new_refused or doubt.is_new_unread or doubt.cases & unknown.free:
            refused.setdefault(doubt.district, []).append(doubt.day)
        if doubt.awaited & unknown.free:
            awaited.setdefault(doubt.district, []).append(doubt.day)
    kinds = (missing, refused, lost, awaited, returned)
    return tuple(
        OpenPoint(district, *(tuple(days.get(district, ())) for days in kinds))
        for district in districts
        if any(district in days for days in kinds)
    )


def bounds_of(tally: Tally, lines: Iterable[CaseLine], unknown: Unknown, found: Found) -> Bounds | None:
    """Return the bounds of a tally over those cases, to which what could still be found comes; None where nothing can change it."""
    free: Counter[bool] = Counter()
    certain: Counter[tuple[str, bool]] = Counter()
    causes = _Causes(found=found.causes)
    for line in lines:
        causes.whose[line.is_counted].add(line.district)
        if line.number in unknown.free:
            free[line.is_counted] += 1
            causes.of_free[line.is_counted] |= unknown.of_cases[line.number]
        else:
            certain[line.district, line.is_counted] += 1
    # A refused row that names no case of its district can be about any one of them, but about one only.
    fewer = free[True] + sum(min(rows, certain[district, True]) for district, rows in unknown.unplaced.items())
    more = free[False] + sum(min(rows, certain[district, False]) for district, rows in unknown.unplaced.items())
    if not fewer and not more and not found.new:
        return None
    total = tally.total + found.new  # also in the lowest rate: a case found and not resolved lowers it
    ends = (
        Tally(tally.target_percent, total, tally.resolved - fewer),
        Tally(tally.target_percent, total, tally.resolved + more + found.new),
    )
    can_turn = tally.met is not None and not (ends[0].met == ends[1].met == tally.met)
    told = causes.that_turn(tally, unknown, (fewer if tally.met else more, found.new)) if can_turn else causes.all_of(unknown)
    return Bounds(
        *ends,
        tuple((why, names) for why in REASONS if (names := _whose(why, told, unknown.districts))),
        _days_of("behind", told),
        _days_of("behind-lost", told),
        unknown.day,
        frozenset((cause.district, cause.day) for cause in told),
        _days_of("behind-returned", told),
    )


@dataclass(frozen=True, slots=True)
class _Causes:
    """Why cases of a figure are open, apart for those that are counted (True) and those that are not."""

    found: frozenset[Cause]
    of_free: Mapping[bool, set[Cause]] = field(default_factory=lambda: {True: set(), False: set()})
    whose: Mapping[bool, set[str]] = field(default_factory=lambda: {True: set(), False: set()})
    """The districts of these cases, free or not."""

    def all_of(self, unknown: Unknown) -> set[Cause]:
        """Return everything that keeps the figure between bounds."""
        return {*self.found}.union(*(self._of_cases(is_counted, unknown) for is_counted in (True, False)))

    def that_turn(self, tally: Tally, unknown: Unknown, most: tuple[int, int]) -> set[Cause]:
        """Return what can help to turn the verdict; `most`: so many cases can change so that it may turn, and be found."""
        by_case, by_found = _decide(tally, *most)
        causes = self._of_cases(bool(tally.met), unknown) if by_case else set[Cause]()
        return causes.union(self.found) if by_found else causes

    def _of_cases(self, is_counted: bool, unknown: Unknown) -> set[Cause]:  # noqa: FBT001 - one of two kinds of cases
        # Also where a missing report leaves all cases open: once it has come, the refused row may still be the one that decides.
        unplaced = (unknown.of_unplaced.get(name, ()) for name in self.whose[is_counted])
        return self.of_free[is_counted].union(*unplaced)


def _decide(tally: Tally, cases: int, new: int) -> tuple[bool, bool]:
    """Return whether one of so many cases that can change, and one of so many found, can be the one with which the verdict turns.

    A case is in no smallest change that turns it where the others fall short by more than it brings, or turn it without it: such as a
    found case against a target of 100 %, or one where each case that changes closes the gap alone and found ones do not reach it.
    """
    weight = tally.target_percent if tally.met else 100 - tally.target_percent  # of a found case, against 100 of one that changes
    ahead = tally.resolved * 100 - tally.target_percent * tally.total
    gap = ahead + 1 if tally.met else -ahead

    def closes(own: int, cases: int, new: int) -> bool:
        """Whether some of these come as near to the gap, and no further, as that much closes it."""
        for found in range(new + 1):
            rest = gap - 1 - weight * found
            if rest < 0:
                return False
            if rest - 100 * min(cases, rest // 100) < own:
                return True
        return False

    return cases > 0 and closes(100, cases - 1, new), new > 0 and closes(weight, cases, new - 1)


def _whose(why: str, causes: Collection[Cause], districts: Iterable[str]) -> tuple[str, ...]:
    """Return the districts of which that is a reason, in their order."""
    have = {cause.district for cause in causes if cause.why == why}
    return tuple(name for name in districts if name in have) if have else ()


def _days_of(why: str, causes: Iterable[Cause]) -> tuple[date, ...]:
    """Return the days that are behind that reason."""
    return tuple(sorted({cause.day for cause in causes if cause.why == why}))
