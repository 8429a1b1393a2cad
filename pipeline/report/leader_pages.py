"""What a leader is told of his own: his cases, those of the districts that he accompanies, his receptions and his turns.

He is compared with nobody (docs/contract-extensions.md 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pipeline.day.rota import Turn
from pipeline.reading.assignment_workbook import leaders_named
from pipeline.report import agenda, matter_words, notice_words, notices, outcome_words
from pipeline.report.case_lines import CaseLine, UrgentLine
from pipeline.report.receptions import HeldTurn, Visit
from pipeline.report.report import Report
from pipeline.terms.contract import NO_LEADER

TOLD: Final = ("disputed", "overdue", "stalled", "acceptance_overdue", "due_soon", "incomplete_assignment")
"""The flags that are counted and told of each case, the worst first: those of a notice."""


@dataclass(frozen=True, slots=True)
class LeaderCase:
    """An open case."""

    line: CaseLine
    told: tuple[str, ...]
    """What its row in the notice of its district says of it, with its days; the deadline stands beside it."""
    by_law: bool
    """Whether a clock of the regulation is near its end or past it that none of its flags is about."""
    urgent: tuple[str, ...]
    """The kinds of the urgent matters that the day's reports have of it, and of those of earlier days that are unsettled or dangers."""
    asked: str
    """What the district asks for, in its own words; '' for nothing."""
    by_rule: str = ""
    """Why it stands among those that need a decision, where the district asks for nothing: a key of `words.DECISIONS`."""

    @property
    def needs_a_look(self) -> bool:
        """Whether there is anything to say of it, or something is asked."""
        return bool(self.told or self.asked or self.urgent)


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
    """The districts with an open case or an urgent matter that he accompanies, with his post."""
    concerned: frozenset[str]
    """All districts that he accompanies, and those of his own open cases."""
    liaison: tuple[LeaderCase, ...]
    """Their open cases that are not his own."""
    visits: tuple[Visit, ...]
    """By day and case."""
    turns: tuple[HeldTurn, ...]
    """Of the last thirty days: his own, and those that somebody else had for him."""
    coming: tuple[Turn, ...]
    urgent: tuple[UrgentLine, ...]
    """The day's urgent matters of his cases and of the districts that he accompanies, with a case or without, the gravest first."""
    unsettled: tuple[UrgentLine, ...]
    """Those of earlier days of which nothing has been said since."""
    standing: tuple[UrgentLine, ...]
    """Those that are dangers, of which something was said, and whose cases are open still."""
    followed: tuple[UrgentLine, ...]
    """Those of which the day says what became."""
    withdrawn: tuple[UrgentLine, ...]
    """Those that his page had and that are reported no more."""
    gone: tuple[CaseLine, ...]
    """The cases of his and of the districts that he accompanies of which something was asked up to the day before, and is not any more."""
    unstaffed: tuple[date, ...]
    """The days of refused rows of the rota that name him, on which nobody stands."""
    shared: int = 0
    """Of all his cases those that the statistics by leader count with another who answers for them too."""
    told_of: frozenset[str] = frozenset()
    """All districts of which it tells anything: those that concern him, and those of his other cases and of his receptions."""


def of(report: Report) -> tuple[LeaderPage, ...]:
    """Return a page for each leader with an open case or an urgent matter, or with a district that has one, taken or not, by name."""
    shown = {line.number: case for line, case in _open_cases(report)}
    in_use = [line for line in report.cases if not line.grounds]
    own = _by_leader((name, line) for line in in_use for name in leaders_named(line.leaders) if name != NO_LEADER)
    districts: dict[str, list[tuple[str, str]]] = {}
    matters = (*report.urgent, *report.earlier_urgent, *matter_words.withdrawn(report))
    concerned = {case.line.district for case in shown.values()} | {matter.district for matter in matters}
    concerned |= {line.district for line in report.submissions if line.refused_urgent or line.refused_requests}
    concerned |= {matter.district for matter in report.earlier_refused}
    gone = {line.number: line for line in outcome_words.gone(report.cases, report)}
    concerned |= {line.district for line in gone.values()}
    pressing = shown.keys() | gone.keys() | {matter.number for matter in matters}
    for district in report.settings.district_names:
        for written, post in report.liaison.get(district, ()) if district in concerned else ():
            for name in leaders_named(written):
                districts.setdefault(name, []).append((district, post))
    wanted = {name for name, lines in own.items() if any(line.number in pressing for line in lines)} | districts.keys()
    lists = _Lists.of(shown, report)
    accompanied: dict[str, set[str]] = {}
    for district, leaders in report.liaison.items():
        for name in (name for written, _post in leaders for name in leaders_named(written)):
            accompanied.setdefault(name, set()).add(district)
    pages = (_page(name, own.get(name, []), districts.get(name, []), lists, report) for name in sorted(wanted))
    pages = (replace(page, concerned=page.concerned.union(accompanied.get(page.name, ()))) for page in pages)
    return tuple(replace(page, told_of=frozenset(_districts_told(page, own.get(page.name, ()), lists))) for page in pages)


@dataclass(frozen=True, slots=True)
class _Lists:
    """What every page takes its part of."""

    turn: Mapping[str, int]
    """By number: the place of an open case in the order in which they are shown."""
    shown: Sequence[LeaderCase]
    by_district: Mapping[str, Sequence[LeaderCase]]
    visits: Mapping[str, Sequence[Visit]]
    """By leader."""
    matters: Sequence[UrgentLine]
    """The day's urgent matters, then of earlier days the unsettled, the dangers, what became of others, and what is withdrawn.

    The gravest of each come first.
    """
    matters_of: Mapping[str, Sequence[int]]
    """Their places, by district and by number."""
    gone: Sequence[CaseLine]
    """The cases of which something was asked up to the day before, and is not any more."""

    @classmethod
    def of(cls, shown: Mapping[str, LeaderCase], report: Report) -> _Lists:
        by_district: dict[str, list[LeaderCase]] = {}
        for case in shown.values():
            by_district.setdefault(case.line.district, []).append(case)
        visits: dict[str, list[Visit]] = {}
        for visit in report.beyond.receptions.reported:
            visits.setdefault(visit.leader, []).append(visit)
        kinds = (report.urgent, report.unsettled, report.standing_dangers, report.followed, matter_words.withdrawn(report))
        matters, matters_of = [matter for kind in kinds for matter in agenda.gravest_first(kind)], dict[str, list[int]]()
        for place, matter in enumerate(matters):
            for key in {matter.district, matter.number} - {""}:
                matters_of.setdefault(key, []).append(place)
        return cls(
            {number: turn for turn, number in enumerate(shown)},
            [*shown.values()],
            by_district,
            visits,
            matters,
            matters_of,
            outcome_words.gone(report.cases, report),
        )

    def in_order(self, cases: Iterable[str]) -> tuple[LeaderCase, ...]:
        """Return the open ones of these cases."""
        return tuple(self.shown[turn] for turn in sorted(self.turn[number] for number in cases if number in self.turn))

    def urgent(self, names: Iterable[str]) -> tuple[UrgentLine, ...]:
        """Return the urgent matters of these districts and cases in their order."""
        return tuple(self.matters[place] for place in sorted({place for name in names for place in self.matters_of.get(name, ())}))


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
            of_matter = "急报：" if decision.kinds[0] == "urgent" else ""
            asked.setdefault(decision.number, []).append(f"{of_matter}{decision.asked}")
        else:
            by_rule[decision.number] = decision.kinds[0]
    urgent: dict[str, dict[str, None]] = {}
    for matter in agenda.gravest_first(report.urgent):
        urgent.setdefault(matter.number, {})[matter.kind] = None
    for matter in agenda.gravest_first(report.unsettled):
        urgent.setdefault(matter.number, {})[f"{matter.kind}{matter_words.when(matter, report.day)}尚无下文"] = None
    for matter in agenda.gravest_first(report.standing_dangers):
        urgent.setdefault(matter.number, {})[f"{matter.kind}{matter_words.when(matter, report.day)}还没有办结"] = None
    lines = [line for line in report.cases if line.is_open]
    points = notices.points_of(report.day, lines, report.settings.windows)
    cases = []
    for line in lines:
        told = tuple(notice_words.situation(line, points.get(line.number, ()), report.day, with_limit=False))
        by_law = len(told) > len(points.get(line.number, ()))
        requests = "；".join(dict.fromkeys(asked.get(line.number, ())))
        cases.append(LeaderCase(line, told, by_law, tuple(urgent.get(line.number, ())), requests, by_rule.get(line.number, "")))
    cases.sort(key=lambda case: (_rank(case), case.line.deadline or date.max, case.line.number))
    return ((case.line, case) for case in cases)


def _rank(case: LeaderCase) -> int:
    if case.urgent:
        return -1
    worst = next((rank for rank, flag in enumerate(TOLD) if flag in case.line.flags), len(TOLD))
    return worst if worst < len(TOLD) or case.needs_a_look else len(TOLD) + 1


def _districts_told(page: LeaderPage, own: Iterable[CaseLine], lists: _Lists) -> Iterator[str]:
    """Go through the districts of which a page tells anything; `own`: all cases of its leader."""
    yield from page.concerned
    yield from (line.district for line in own)
    yield from (matter.district for matter in (*page.urgent, *page.unsettled, *page.standing, *page.withdrawn))
    receivers = {page.name, *(held.turn.receives for held in page.turns)}
    yield from (line.district for line in page.gone)
    yield from (visit.district for name in receivers for visit in lists.visits.get(name, ()))


def _page(name: str, lines: Sequence[CaseLine], districts: Sequence[tuple[str, str]], lists: _Lists, report: Report) -> LeaderPage:
    numbers, accompanied = {line.number for line in lines}, {district for district, _post in districts}
    receptions, matters = report.beyond.receptions, lists.urgent({*accompanied, *numbers})
    return LeaderPage(
        name,
        lists.in_order(numbers),
        sum(line.is_counted for line in lines),
        sum(line.is_referred for line in lines),
        tuple(districts),
        frozenset(line.district for line in lines if line.is_open),
        lists.in_order({case.line.number for district in accompanied for case in lists.by_district.get(district, ())} - numbers),
        tuple(lists.visits.get(name, ())),
        tuple(held for held in receptions.rota if name in (held.turn.receives, held.turn.leader)),
        tuple(turn for turn in receptions.coming if name in (turn.receives, turn.leader)),
        tuple(matter for matter in matters if not matter.reported_on),
        tuple(matter for matter in matters if matter.reported_on and not matter.since),
        tuple(matter for matter in matters if matter.stands_since),
        tuple(matter for matter in matters if matter.since not in ("", matter_words.WITHDRAWN) and not matter.stands_since),
        tuple(matter for matter in matters if matter.since == matter_words.WITHDRAWN),
        tuple(line for line in lists.gone if line.number in numbers or line.district in accompanied),
        tuple(each.day for each in receptions.unstaffed if name in each.leaders),
        sum(line.leader != name for line in lines),
    )
