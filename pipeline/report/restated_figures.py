"""The figures of restated days in words: what was told, what became known, what they were changed to since, and the cases between.

No direction is said that is overtaken by what is known now. Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline.day.restatement import Moves, Restated
from pipeline.day.targets import Tally
from pipeline.report import sentences
from pipeline.terms import words
from pipeline.terms.words import FLAGS

MOST = 3
"""Cases, runs of days, reports or districts that a sentence names; the rest is counted."""
MOVES = {"entered": "新列入总数", "left": "退出总数", "newly_counted": "改为计入化解", "no_longer_counted": "改为不计入化解"}


def runs_of(entries: Iterable[Restated]) -> list[list[Restated]]:
    """Return a group's days in runs of which the same was told and the same is known now."""
    runs: list[list[Restated]] = []
    for entry in entries:
        last = runs[-1][-1] if runs else None
        if last and replace(last, day=entry.day) == entry and last.day + timedelta(days=1) == entry.day:
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def chosen(runs: list[list[Restated]], most: int) -> list[list[Restated]]:
    """Return at most so many: first those in which a target was lost, or won, then those whose counts differ, of each kind the latest."""

    def weight(place: int) -> tuple[bool, bool, bool, int]:
        (entry, *_others) = runs[place]
        return not is_lost(entry), not has_turned(entry), not has_moved(entry), -place

    return [runs[place] for place in sorted(sorted(range(len(runs)), key=weight)[:most])]


def days_of(run: Sequence[Restated], told_on: date | None = None) -> str:
    """Return the days of a run, such as 5月18日至5月21日."""
    first, last = run[0].day, run[-1].day
    return sentences.day(first, told_on) if first == last else f"{sentences.day(first, told_on)}至{sentences.day(last, told_on)}"


def pair(entry: Restated) -> str:
    """Return what was told and what became known, what it was changed to since, and whether that turns the target."""
    then, now = entry.tallies
    if (then.resolved, then.total) == (now.resolved, now.total):
        return f"仍为{counts(now)}，案件有变{_after(entry)}"
    return f"由{counts(then)}改为{counts(now)}{_after(entry)}"


def pair_with_cases(entry: Restated) -> str:
    """Return the same, with the first cases behind it where the numbers alone do not show that anything has changed."""
    if has_moved(entry):
        return pair(entry)
    return f"仍为{counts(entry.tallies[1])}（{'，'.join(moved(entry.moves, 1)) or '案件有变'}）{_after(entry)}"


def back(entry: Restated) -> str:
    """Return to what the figures were changed back, and what became of them after that."""
    return "，".join(filter(None, (f"又改回{counts(entry.tallies[1])}", since(entry))))


def since(entry: Restated) -> str:
    """Return what the figures were changed to after that; '' where they were not."""
    if entry.since is None:
        return ""
    told, last = counts(entry.tallies[0]), counts(entry.since)
    return f"后来{'又改回' if last == told else '改为'}{last}"


def _after(entry: Restated) -> str:
    """Return what became of the figures after that, and whether by now it turns the target."""
    turned = f"按件数算由{verdict(entry.tallies[0])}变为{verdict(by_now(entry))}" if has_turned(entry) else ""
    return "".join(f"，{part}" for part in (since(entry) if _is_overtaken(entry) else "", turned) if part)


def _is_overtaken(entry: Restated) -> bool:
    """Whether what became known turned the target and no longer does, or the other way round, or was taken back."""
    told, known = entry.tallies
    return known.met != by_now(entry).met or (known != told and by_now(entry) == told)


def verdict_since(entry: Restated) -> str:
    """Return the verdict by the counts that became known, with the one by what is known now where that is another."""
    known, last = verdict(entry.tallies[1]), verdict(by_now(entry))
    return known if known == last else f"{known}（后来{last}）"


def by_now(entry: Restated) -> Tally:
    """Return what is known by now."""
    return entry.since or entry.tallies[1]


def has_moved(entry: Restated) -> bool:
    """Whether a total or the cases counted are as many as before, or not."""
    then, now = entry.tallies
    return (then.resolved, then.total) != (now.resolved, now.total)


def verdict(tally: Tally) -> str:
    """Return whether a target is met by the mere counts."""
    return "没有案件" if tally.met is None else "达标" if tally.met else "未达标"


def counts(tally: Tally) -> str:
    """Return the cases counted and the total."""
    return f"{tally.resolved}/{tally.total}"


def is_lost(entry: Restated) -> bool:
    """Whether a target was met by the mere counts and is missed by what is known now."""
    return entry.tallies[0].met is True and by_now(entry).met is False


def has_turned(entry: Restated) -> bool:
    """Whether a target was met by the mere counts and is not by what is known now, or the other way round."""
    return entry.tallies[0].met != by_now(entry).met


def moved(moves: Moves, most: int = MOST) -> list[str]:
    """Return each kind of move with how many cases made it and the first of them."""
    said = []
    for kind, word in MOVES.items():
        cases: tuple[str, ...] = getattr(moves, kind)
        flagged = _flagged(moves, most) if kind == "left" else ""
        ended = f"，其中{len(moves.disputed)}件原报群众不认可、更正后不再有" if kind == "newly_counted" and moves.disputed else ""
        said += [f"{word}{len(cases)}件{named(cases, most)}{ended}{flagged}"] if cases else []
    return [*said, f"{words.PASSING}{len(moves.passing)}件{named(moves.passing, most)}"] if moves.passing else said


def _flagged(moves: Moves, most: int) -> str:
    """Return which flags the cases had that left, such as ，其中原超期未结、停滞1件（DS-2020-001）."""
    by_case: dict[str, list[str]] = {}
    for number, flag in moves.flagged:
        by_case.setdefault(number, []).append(FLAGS[flag].name)
    same: dict[str, list[str]] = {}
    for number, flags in by_case.items():
        same.setdefault("、".join(flags), []).append(number)
    parts = [f"原{flags}{len(numbers)}件{named(numbers, most)}" for flags, numbers in same.items()]
    return f"，其中{'、'.join(parts)}" if parts else ""


def named(cases: Sequence[str], most: int) -> str:
    """Return the first of these cases in brackets; '' where none is named."""
    return f"（{words.first_of(cases, most)}）" if most else ""
