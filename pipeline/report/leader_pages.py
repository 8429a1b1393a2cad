"""What a leader is told of his own: his cases, those of the districts that he accompanies, his receptions and his turns.

He is compared with nobody (docs/contract-extensions.md 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.day.rota import Turn
from pipeline.reading.assignment_workbook import leaders_named
from pipeline.report.case_lines import CaseLine
from pipeline.report.receptions import HeldTurn, Visit
from pipeline.report.report import Report
from pipeline.terms.contract import NO_LEADER

TOLD: Final = ("disputed", "overdue", "due_soon")
"""The flags that are counted and told of each case, the worst first."""


@dataclass(frozen=True, slots=True)
class LeaderCase:
    """An open case."""

    line: CaseLine
    told: tuple[str, ...]
    """Its flags among `TOLD`, each in few words with its days."""
    asked: str
    """What the district asks for, in its own words; '' for nothing."""
    by_rule: str = ""
    """Why it stands among those that need a decision, where the district asks for nothing: a key of `words.DECISIONS`."""

    @property
    def needs_a_look(self) -> bool:
        """Whether it is due, overdue or disputed, or something is asked."""
        return bool(self.told or self.asked)


@dataclass(frozen=True, slots=True)
class LeaderPage:
    """One leader's page."""

    name: str
    own: tuple[LeaderCase, ...]
    """His open cases, those that need a look first."""
    resolved: int
    """Of his other cases those that count as resolved,"""
    referred: int
    """and those that are 导入法定途径."""
    districts: tuple[tuple[str, str], ...]
    """The districts with an open case that he accompanies, with his post."""
    liaison: tuple[LeaderCase, ...]
    """Their open cases that are not his own."""
    visits: tuple[Visit, ...]
    """By day and case."""
    turns: tuple[HeldTurn, ...]
    """Of the last thirty days: his own, and those that somebody else had for him."""
    coming: tuple[Turn, ...]


def of(report: Report) -> tuple[LeaderPage, ...]:
    """Return a page for each leader with an open case, or with a district that has one, by name."""
    shown = {line.number: case for line, case in _open_cases(report)}
    in_use = [line for line in report.cases if not line.grounds]
    own = _by_leader((name, line) for line in in_use for name in leaders_named(line.leaders) if name != NO_LEADER)
    districts: dict[str, list[tuple[str, str]]] = {}
    with_open = {case.line.district for case in shown.values()}
    for district in report.settings.district_names:
        for written, post in report.liaison.get(district, ()) if district in with_open else ():
            for name in leaders_named(written):
                districts.setdefault(name, []).append((district, post))
    wanted = {name for name, lines in own.items() if any(line.number in shown for line in lines)} | districts.keys()
    return tuple(_page(name, own.get(name, []), districts.get(name, []), shown, report) for name in sorted(wanted))


def _by_leader(named: Iterable[tuple[str, CaseLine]]) -> dict[str, list[CaseLine]]:
    lines: dict[str, list[CaseLine]] = {}
    for name, line in named:
        lines.setdefault(name, []).append(line)
    return lines


def _open_cases(report: Report) -> Iterable[tuple[CaseLine, LeaderCase]]:
    """Go through the open cases, those that need a look first, each group by its deadline."""
    asked: dict[str, list[str]] = {}
    by_rule: dict[str, str] = {}
    for decision in report.decisions:
        if decision.asked:
            asked.setdefault(decision.number, []).append(decision.asked)
        else:
            by_rule[decision.number] = decision.kinds[0]
    cases = [
        LeaderCase(line, tuple(_told(line)), "；".join(dict.fromkeys(asked.get(line.number, ()))), by_rule.get(line.number, ""))
        for line in report.cases
        if line.is_open
    ]
    cases.sort(key=lambda case: (_rank(case), case.line.deadline or date.max, case.line.number))
    return ((case.line, case) for case in cases)


def _told(line: CaseLine) -> Iterable[str]:
    late = line.days_overdue
    said = {"disputed": "群众不认可", "overdue": f"超期{late}天", "due_soon": f"还有{-late}天到期" if late else "当日到期"}
    return (said[flag] for flag in TOLD if flag in line.flags)


def _rank(case: LeaderCase) -> int:
    worst = next((rank for rank, flag in enumerate(TOLD) if flag in case.line.flags), len(TOLD))
    return worst if worst < len(TOLD) or case.asked else len(TOLD) + 1


def _page(
    name: str, lines: Sequence[CaseLine], districts: Sequence[tuple[str, str]], shown: Mapping[str, LeaderCase], report: Report
) -> LeaderPage:
    numbers, accompanied = {line.number for line in lines}, {district for district, _post in districts}
    receptions = report.beyond.receptions
    return LeaderPage(
        name,
        tuple(case for number, case in shown.items() if number in numbers),
        sum(line.is_counted for line in lines),
        sum(line.is_referred for line in lines),
        tuple(districts),
        tuple(case for number, case in shown.items() if case.line.district in accompanied and number not in numbers),
        tuple(visit for visit in receptions.reported if visit.leader == name),
        tuple(held for held in receptions.rota if name in (held.turn.receives, held.turn.leader)),
        tuple(turn for turn in receptions.coming if name in (turn.receives, turn.leader)),
    )
