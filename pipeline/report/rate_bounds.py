"""What a rate could be at least and at most once everything that is missing or refused has been reported (decision 9).

A rate alone does not show whether a target is met where a report that is still to come can change that: the bounds show whether it can.
The decision lists what they do not promise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.day.doubts import Doubt
from pipeline.day.submissions import OfDay
from pipeline.day.targets import Tally
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Bounds, OpenPoint
from pipeline.terms.contract import CONFIRMED, RESOLVED

REASONS = ("absent", "lost", "unread", "behind", "behind-lost", "refused", "moved")
"""Why a figure has bounds: a district has no report of the day; that one came and its original is lost; one that was sent was refused
whole; one of an earlier day is missing; those of earlier days came and their originals are lost; content was refused; of a case that it
got from another district it has said nothing since that one did."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """What could still change on a day."""

    free: frozenset[str]
    """Cases that a report still to come, or a corrected row, may change in any way."""
    unplaced: Mapping[str, int]
    """By district: refused rows that name none of its cases; each may be about any one of them."""
    new: Mapping[str, int]
    """By district: cases that could still be found."""
    reasons: Mapping[str, str]
    """By district: the first of `REASONS` that is so."""
    missing: Mapping[str, frozenset[date]] = field(default_factory=dict)
    """By district: the days of which it has no report."""
    by_whom: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By free case: whose reports may change it; of one that was moved that may be whose it was then."""
    lost: Mapping[str, frozenset[date]] = field(default_factory=dict)
    """By district: the days of which its report came and is lost."""


def unknown_of(lines: Iterable[CaseLine], doubts: Sequence[Doubt], most_new: int, *, day: date, reported: Mapping[str, bool]) -> Unknown:
    """Return what the doubts leave open; a missing report is taken to bring at most `most_new` new cases.

    `reported` are all districts in their order, with whether a report of the day counts.
    """
    by_district: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        by_district.setdefault(doubt.district, []).append(doubt)
    lines, moved = [*lines], {number for doubt in doubts for number in doubt.moved}
    by_whom = {line.number: whose for line in lines if (whose := _freed_by(line, by_district))}
    unplaced = {name: sum(doubt.unplaced for doubt in own) for name, own in by_district.items()}
    new = {
        name: sum(doubt.new_refused + most_new * (doubt.is_missing or doubt.is_new_unread) for doubt in own)
        for name, own in by_district.items()
    }
    waiting = {name for line in lines if line.number in by_whom and line.number in moved for name in by_whom[line.number]}
    reasons = {
        name: _reason(by_district.get(name, ()), day, has_reported=has_reported)
        for name, has_reported in reported.items()
        if name in by_district or name in waiting
    }
    missing = {name: frozenset(doubt.day for doubt in own if doubt.is_missing) for name, own in by_district.items()}
    return Unknown(frozenset(by_whom), unplaced, new, reasons, missing, by_whom)


def _reason(doubts: Iterable[Doubt], day: date, *, has_reported: bool) -> str:
    missing = {doubt.day for doubt in doubts if doubt.is_missing}
    if day in missing:
        return "unread" if has_reported else "absent"
    has_refused = any(doubt.cases or doubt.unplaced or doubt.new_refused or doubt.is_new_unread for doubt in doubts)
    return "behind" if missing else "refused" if has_refused else "moved"


def with_lost(unknown: Unknown, lost: Collection[OfDay], day: date) -> Unknown:
    """Return the same, with the reports that came and whose originals are lost told apart from those that districts did not send."""
    gone = {name: frozenset(missed for missed in days if (name, missed) in lost) for name, days in unknown.missing.items()}

    def reason(name: str, why: str) -> str:
        if why == "absent" and day in gone[name]:
            return "lost"
        return "behind-lost" if why == "behind" and not missing[name] else why

    missing = {name: days - gone[name] for name, days in unknown.missing.items()}
    return replace(unknown, reasons={name: reason(name, why) for name, why in unknown.reasons.items()}, missing=missing, lost=gone)


def _freed_by(line: CaseLine, doubts: Mapping[str, Sequence[Doubt]]) -> frozenset[str]:
    """Return the districts that have not said what could change the case: no row came since, or its dispute may stand after all."""
    had = {line.district, *(move.before for move in line.moves)}
    own = [doubt for name in had for doubt in doubts.get(name, ()) if doubt.day >= line.assigned and _is_about(line, doubt)]
    # A row gives the whole state of its case, so that a later row ends the doubt.
    is_ended = not own or (line.reported_on is not None and line.reported_on > max(doubt.day for doubt in own))
    # But a 不认可 in the missing row would still stand: an empty 群众确认 takes none back, 认可 alone does (contract 4).
    is_disputable = line.status == RESOLVED and line.confirmation != CONFIRMED
    open_by = frozenset(doubt.district for doubt in own if is_disputable or not is_ended)
    return open_by | {line.district} if _awaits_new_district(line, had, doubts) else open_by


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
    for doubt in doubts:
        if doubt.is_missing and doubt.day in unknown.lost.get(doubt.district, ()):
            lost.setdefault(doubt.district, []).append(doubt.day)
        elif doubt.is_missing:
            missing.setdefault(doubt.district, []).append(doubt.day)
        elif doubt.unplaced or doubt.new_refused or doubt.is_new_unread or doubt.cases & unknown.free:
            refused.setdefault(doubt.district, []).append(doubt.day)
    return tuple(
        OpenPoint(district, *(tuple(days.get(district, ())) for days in (missing, refused, lost)))
        for district in districts
        if any(district in days for days in (missing, refused, lost))
    )


def bounds_of(tally: Tally, lines: Iterable[CaseLine], unknown: Unknown, finders: Iterable[str]) -> Bounds | None:
    """Return the bounds of a tally over those cases, to which what `finders` still find comes; None where nothing can change it."""
    free: Counter[bool] = Counter()
    certain: Counter[tuple[str, bool]] = Counter()
    districts = {name for name in finders if unknown.new.get(name)}
    new = sum(unknown.new[name] for name in districts)
    for line in lines:
        if line.number in unknown.free:
            free[line.is_counted] += 1
            districts |= unknown.by_whom.get(line.number, {line.district})
        else:
            certain[line.district, line.is_counted] += 1
    # A refused row that names no case of its district can be about any one of them, but about one only.
    fewer = free[True] + sum(min(rows, certain[district, True]) for district, rows in unknown.unplaced.items())
    more = free[False] + sum(min(rows, certain[district, False]) for district, rows in unknown.unplaced.items())
    if not fewer and not more and not new:
        return None
    total = tally.total + new  # also in the lowest rate: a case found and not resolved lowers it
    districts |= {name for name, _is_counted in certain if unknown.unplaced.get(name)}
    by_reason = ((why, tuple(name for name, reason in unknown.reasons.items() if reason == why and name in districts)) for why in REASONS)
    return Bounds(
        Tally(tally.target_percent, total, tally.resolved - fewer),
        Tally(tally.target_percent, total, tally.resolved + more + new),
        tuple((why, names) for why, names in by_reason if names),
        _days_of("behind", districts, unknown.reasons, unknown.missing),
        _days_of("behind-lost", districts, unknown.reasons, unknown.lost),
    )


def _days_of(why: str, districts: Iterable[str], reasons: Mapping[str, str], days: Mapping[str, frozenset[date]]) -> tuple[date, ...]:
    """Return the days of those districts of which that is the reason."""
    return tuple(sorted({day for name in districts if reasons.get(name) == why for day in days[name]}))
