"""How the units below the reader stand: figures, who has reported, and which of them are worst served (decision 41).

Counts add up, and rates are divided from them; no unit is judged by how many complaints it receives.

Covered by tests/report/test_unit_reports.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from pipeline.report.case_lines import CaseLine, Decision
from pipeline.report.counting import Counting
from pipeline.report.figures import Figure, UnitLine
from pipeline.report.submission_lines import SubmissionLine
from pipeline.settings.units import Tree
from pipeline.terms.words import FLAGS

MOST_WORST: Final = 3
"""Units that are named as worst served in one way."""


def lines(counting: Counting, cases: Iterable[CaseLine], submissions: Sequence[SubmissionLine], tree: Tree) -> tuple[UnitLine, ...]:
    """Return a line for every unit above the districts, and for the districts directly under the reader; none without such levels.

    Each unit stands before those under it.
    """
    if not tree:
        return ()
    names = (*tree.in_order(), *(name for name in tree.children() if name not in {*tree.in_order()}))
    by_name: dict[str, list[Figure]] = {}
    for figure in (*counting.by_unit(), *counting.by_district()):
        by_name.setdefault(figure.label, []).append(figure)
    counts = {flag: _by_district(cases, flag) for flag in ("overdue", "disputed")}
    sent = {line.district: line for line in submissions}
    return tuple(
        UnitLine(
            name,
            way=tree.way(name),
            figures=tuple(by_name[name]),
            districts=tree.districts(name),
            missing=tuple(district for district in tree.districts(name) if sent[district].status == "missing"),
            refused=tuple(district for district in tree.districts(name) if sent[district].is_wholly_refused),
            returned=tuple(district for district in tree.districts(name) if sent[district].is_returned),
            **{flag: sum(of_flag.get(district, 0) for district in tree.districts(name)) for flag, of_flag in counts.items()},
        )
        for name in names
    )


def _by_district(cases: Iterable[CaseLine], flag: str) -> Mapping[str, int]:
    count: dict[str, int] = {}
    for case in cases:
        if flag in case.flags:
            count[case.district] = count.get(case.district, 0) + 1
    return count


def placed(decisions: tuple[Decision, ...], tree: Tree) -> tuple[Decision, ...]:
    """Return the decisions, each with where its district lies: a reader far above knows few districts by their names."""
    return tuple(replace(decision, district=tree.full(decision.district)) for decision in decisions) if tree else decisions


def worst(below: Sequence[UnitLine], groups: Iterable[str]) -> tuple[str, ...]:
    """Return in sentences which of these are worst served: who lacks most cases to a target, has most overdue, and has not reported.

    Of one alone nothing is told: it is the whole.
    """
    if len(below) == 1:
        return ()
    kinds: list[tuple[str, Callable[[UnitLine], int], str]] = [
        *((f"{group}还差最多", partial(_lacking, group), "件") for group in groups),
        (f"{FLAGS['overdue'].name}最多", lambda line: line.overdue, "件"),
        ("没有日报的旗区最多", lambda line: line.silent * (not line.is_district), "个"),
    ]
    return tuple(said for name, count, measure in kinds if (said := _most(name, below, count, measure)))


def _lacking(group: str, line: UnitLine) -> int:
    return line.of(group).tally.shortfall


def _most(name: str, below: Sequence[UnitLine], count: Callable[[UnitLine], int], measure: str) -> str:
    """Return the units with most of something, as far as they have any, and no more than half of all; none before another that is alike."""
    having = sorted((line for line in below if count(line)), key=lambda line: -count(line))
    if not having:
        return ""
    most = min(MOST_WORST, (len(below) + 1) // 2)
    last = count(having[min(most, len(having)) - 1])
    shown = [line for line in having if count(line) >= last]
    if len(shown) > most:
        shown = [line for line in shown if count(line) > last]
    if not shown:
        return f"{name}：{sum(count(line) == last for line in having)}个各有{last}{measure}"
    others = [line for line in having if line not in shown]
    rest = f"，其余{len(others)}个合计{sum(map(count, others))}{measure}" if others else ""
    return f"{name}：{'、'.join(f'{line.name}{count(line)}{measure}' for line in shown)}{rest}"
