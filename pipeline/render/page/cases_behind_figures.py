"""The cases behind a figure: into which cases each number of the page opens, and the register to which they all lead.

A number of the bridge opens to `Step.cases` of its ladder; here are those behind a target, a flag and a kind of change. A figure of a table
is a link: the page's script then lists its cases alone. Without the script the register shows the open cases of each district.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from pipeline.render.page import case_texts
from pipeline.report import breakdown
from pipeline.report.case_lines import CaseLine, Change
from pipeline.report.figures import Figure, Way
from pipeline.report.report import Report
from pipeline.terms import words
from pipeline.terms.words import NO_ANSWER

FOLLOWED_UP = ("overdue", "due_soon", "stalled", "disputed", "acceptance_overdue", "incomplete_assignment")
"""The flags of section 六 of the page, in its order."""


ALWAYS_SHOWN = ("newly_resolved", "reopened", "no_longer_counted", "new_cases", "withdrawn_cases")
"""The kinds of change that stand on the page also where nothing changed so."""


MOST_STEPS = 8
"""Cases of another kind of change that are in sight."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One flag with its cases."""

    flag: str
    name: str
    cases: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One kind of change with its lines."""

    kind: str
    name: str
    lines: tuple[Change, ...]
    is_told: bool = False
    """Whether the lists that say why have each of its cases."""

    @property
    def is_in_sight(self) -> bool:
        """Whether its cases are listed without being asked for: mere steps only while they are few.

        What came about by time alone stands with its days among the cases to follow up.
        """
        if self.is_told or self.kind in words.BY_TIME:
            return False
        return self.kind in ALWAYS_SHOWN or len(self.lines) <= MOST_STEPS


MOST_OPEN = 10
"""Open cases of one district that stand in the page without its script."""
PICKED_BY = {"组别": "group", "案件来源": "source", "旗区": "district", "问题类别": "category", "包案领导": "leader"}
"""What a figure can be of, as its table is headed, and the attribute of its cases."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A figure whose cases the register can show alone."""

    number: int
    """In the page: p1 for the whole, p1y for the cases counted as resolved, p1n for the others."""
    figure: Figure


Picks = Mapping[tuple[str, str, str], Pick]
"""By what the figure is of, its group and its label."""


@dataclass(frozen=True, slots=True)
class DistrictCases:
    """The register of one district, as it is read without a script."""

    district: str
    leaders: str
    """Its liaison leaders with their posts."""
    total: int
    open: tuple[CaseLine, ...]
    """Its open cases, the earliest deadline first; so many that a page of thousands stays readable."""
    left_out: tuple[str, ...]
    """The numbers of open cases that are not among them."""
    closed: tuple[tuple[str, tuple[str, ...]], ...]
    """The numbers of the others: counted as resolved, referred, cancelled."""


def nearest(way: Way | None, by_number: Mapping[str, CaseLine]) -> tuple[CaseLine, ...]:
    """Return the cases of a group that lack least to being resolved; none where its target is met."""
    return tuple(by_number[number] for number in way.nearest) if way and way.tally.shortfall else ()


def confirmation(group: str, report: Report) -> tuple[tuple[str, tuple[CaseLine, ...]], ...]:
    """Return the cases of a group that count as resolved, by what the people concerned said; answers that nobody gave are left out."""
    counted = [case for case in report.cases if case.is_counted and case.group == group]
    by_answer = (
        (name, tuple(case for case in counted if (case.confirmation or NO_ANSWER) == answer))
        for answer, name in words.CONFIRMATIONS.items()
    )
    return tuple((name, cases) for name, cases in by_answer if cases)


def referred(group: str, report: Report) -> tuple[CaseLine, ...]:
    """Return the cases of a group that were referred to a statutory channel."""
    return tuple(case for case in report.cases if case.is_referred and case.group == group)


def not_counted(group: str, report: Report, by_number: Mapping[str, CaseLine]) -> tuple[tuple[str, tuple[CaseLine, ...]], ...]:
    """Return the cases of a group's total that are not counted as resolved, by the reason."""
    by_reason = breakdown.of(case for case in report.cases if case.group == group).not_counted
    return tuple((reason, tuple(by_number[number] for number in numbers)) for reason, numbers in by_reason.items())


def flagged(flag: str, report: Report, by_number: Mapping[str, CaseLine]) -> FollowUp:
    """Return the cases that have the flag."""
    return FollowUp(flag, words.FLAGS[flag].name, tuple(by_number[number] for number in report.flags.get(flag, ())))


def changes(report: Report) -> list[ChangeView]:
    """Return every kind of change with its cases; those that are rare or mere steps only where they have any."""
    views = [
        ChangeView(kind, change.name, tuple(line for line in report.changes if line.kind == kind)) for kind, change in words.CHANGES.items()
    ]
    told = {line.number for view in views if view.kind in _WHY_NOT_COUNTED for line in view.lines}
    return [
        replace(view, is_told=view.kind == _NOT_COUNTED and bool(view.lines) and told.issuperset(line.number for line in view.lines))
        for view in views
        if view.lines or view.kind in ALWAYS_SHOWN
    ]


_NOT_COUNTED: Final = "no_longer_counted"
_WHY_NOT_COUNTED: Final = frozenset({"reopened", "newly_disputed"})
"""The kinds that say why a case counts no more."""


def picks(report: Report) -> Picks:
    """Return the figures that have cases."""
    figures = (report.targets, report.by_source, report.by_district, report.by_category, report.by_leader)
    by_kind = ((kind, figure) for kind, listed in zip(PICKED_BY, figures, strict=True) for figure in listed if figure.tally.total)
    return {(kind, figure.group, figure.label): Pick(number, figure) for number, (kind, figure) in enumerate(by_kind, 1)}


def register(report: Report) -> list[DistrictCases]:
    """Return every case once: the districts in their order, then whatever stands under a name that the settings no longer know."""
    cases: dict[str, list[CaseLine]] = {name: [] for name in report.settings.district_names} if report.cases else {}
    for case in report.cases:
        cases.setdefault(case.district, []).append(case)
    return [_of_district(name, lines, case_texts.leaders(report.liaison.get(name, ()))) for name, lines in cases.items()]


def _of_district(name: str, cases: list[CaseLine], leaders: str) -> DistrictCases:
    by_part: dict[str, list[CaseLine]] = {}
    for case in cases:
        by_part.setdefault(case_texts.part(case), []).append(case)
    still_open = sorted(by_part.pop("open", []), key=lambda case: (case.deadline or date.max, case.number))
    closed = tuple((part, tuple(case.number for case in by_part[part])) for part in ("counted", "referred", "cancelled") if part in by_part)
    left_out = tuple(case.number for case in still_open[MOST_OPEN:])
    return DistrictCases(name, leaders, len(cases), tuple(still_open[:MOST_OPEN]), left_out, closed)
