"""The figures of a day's groups at two moments of knowledge: as they were told, and as they are known now.

Covered by tests/night/test_deceptions_restated.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from pipeline.day import supervision
from pipeline.day.cases import Case
from pipeline.day.restatement import Moves, RefusedSince, Restated
from pipeline.day.standing import Register, as_it_stood
from pipeline.day.targets import Tally
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group, Windows
from pipeline.settings.units import Tree
from pipeline.terms.handed_in import Filed
from pipeline.terms.words import FLAGS


def of_groups(day: date, told: Register, known: Register, settings: Settings) -> list[Restated]:
    """Return each group of a day with what was told of it and what is known now; then the groups of each unit."""
    held = settings.on(day)
    parts = {"": (told, known), **_by_unit(told, known, held.tree)}
    return [
        replace(_restated(day, group, *registers, held.windows), unit=unit) for unit, registers in parts.items() for group in held.groups
    ]


def changed_since(
    parts: Iterable[Iterable[Restated]], now: Iterable[tuple[date, Register]], settings: Settings
) -> list[tuple[Restated, ...]]:
    """Return the entries with what they were changed to since; `now`: the days' registers by what is known by now."""
    of_days = (entry for day, register in now for entry in of_groups(day, register, register, settings))
    by_now = {(entry.day, entry.group, entry.unit): entry.tallies[1] for entry in of_days}

    def since(entry: Restated) -> Restated:
        known = by_now.get((entry.day, entry.group, entry.unit), entry.tallies[1])
        return entry if known == entry.tallies[1] else replace(entry, since=known)

    return [tuple(map(since, entries)) for entries in parts]


def _by_unit(told: Register, known: Register, tree: Tree) -> dict[str, tuple[Register, Register]]:
    """Return both registers parted by unit, each case where it lay then and where it lies by what is known now."""
    parts: dict[str, tuple[Register, Register]] = {unit: ({}, {}) for unit in tree.in_order()}
    for at, register in enumerate((told, known) if parts else ()):
        for number, standing in register.items():
            for unit in tree.units_of.get(standing.district, ()):
                parts[unit][at][number] = standing
    return parts


def _restated(day: date, group: Group, told: Register, known: Register, windows: Windows) -> Restated:
    then, now = _of_group(told, group), _of_group(known, group)
    moves = Moves.between(then, now)
    disputed = tuple(number for number in moves.newly_counted if told[number].dispute)
    moves = replace(moves, disputed=disputed, flagged=flagged(moves.left, told, day, windows))
    return Restated(day, group.name, (_tally(then, group), _tally(now, group)), moves)


def rows_refused(day: date, told: Register, known: Register, reports: Mapping[int, Filed]) -> Iterator[RefusedSince]:
    """Go through the rows of a day that were taken, and are not by what is known now; `reports`: those that stand now, by arrival."""
    for number, then in sorted(told.items()):
        row, now = then.last, known.get(number)
        filed = reports.get(row.arrival) if row else None
        if row and filed and filed.reading.day == day and not (now and now.last and now.last.arrival == row.arrival):
            status, progress, request = (row[column] or "" for column in ("当前状态", "今日进展", "需协调事项"))
            yield RefusedSince(filed.reading.district, day, number, status, progress, request, now.status if now else "")


def flagged(numbers: Iterable[str], told: Register, day: date, windows: Windows) -> tuple[tuple[str, str], ...]:
    """Return the flags that these cases had, but for 五个一不全, which says nothing of how they were dealt with."""
    had = {number: supervision.flags(as_it_stood(Case(number), told[number]), day, windows) for number in numbers if number in told}
    shown = [flag for flag in FLAGS if flag not in {"cancelled", "missing_from_assignment", "incomplete_assignment"}]
    return tuple((number, flag) for flag in shown for number, flags in had.items() if flag in flags)


def _of_group(register: Register, group: Group) -> dict[str, bool]:
    """The cases of a group's total, with whether they are counted as resolved."""
    return {number: case.is_counted for number, case in register.items() if case.source in group.sources and not case.is_cancelled}


def _tally(cases: Mapping[str, bool], group: Group) -> Tally:
    return Tally(group.target_percent, len(cases), sum(cases.values()))
