"""What lies ahead in the sample day of `page_days`: bounds, bridges, ways, decisions, absences; and a hostile version of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from pipeline.day.targets import Tally
from pipeline.report.case_lines import CaseLine, Decision
from pipeline.report.figures import Bounds, Bridge, Certainty, Figure, Step, Way
from pipeline.report.report import Report
from pipeline.report.submission_lines import Absence, AbsencePart
from pipeline.terms.words import CONFIRMATIONS, NO_ANSWER

DAY = date(2020, 5, 22)
_REASONS = (("absent", ("乌审旗", "杭锦旗")),)
REGION, REST = "自治区交办", "市级交办和旗区自行梳理"
_FREE = {"市级交办": (1, 2, 0), "旗区自行梳理": (0, 0, 6), "杭锦旗": (0, 1, 3), "乌审旗": (0, 0, 3)}
"""By label: resolved at least, resolved at most without new cases, new cases."""


def bounded(figure: Figure) -> Figure:
    """With the bounds that two silent districts give it: one case that may be resolved by now, and three new ones each."""
    tally = figure.tally
    if figure.group == REGION:
        return figure
    if figure.label in _FREE:
        lowest, highest, new = _FREE[figure.label]
    elif figure.label.endswith(("旗", "区")):
        return figure
    else:
        lowest, highest, new = 1, 2, 6
    total = tally.total + new
    return replace(
        figure, bounds=Bounds(Tally(tally.target_percent, total, lowest), Tally(tally.target_percent, total, highest + new), _REASONS)
    )


def some_bridges() -> tuple[Bridge, ...]:
    """One case resolved in each group; in the second one a case found, one cancelled and one disputed."""
    return (
        Bridge(REGION, 4, (), 4, 0, (Step("newly_resolved", 1, ("ZZQ-2020-001",)),), 1),
        Bridge(
            REST,
            5,
            (Step("found", 1, ("DS-2020-001",)), Step("cancelled", -1, ("SJ-2020-004",))),
            5,
            1,
            (Step("newly_resolved", 1, ("SJ-2020-001",)), Step("disputed", -1, ("SJ-2020-002",))),
            1,
        ),
    )


def some_ways() -> tuple[Way, ...]:
    """A group that gets there in twelve days, and one in which too few cases are open."""
    return (
        Way(REGION, Tally(100, 4, 1), 3, None, 1, 4, date(2020, 6, 3), ("ZZQ-2020-003",)),
        Way(REST, Tally(90, 5, 1), 3, None, 1, 4, date(2020, 6, 7), ()),
    )


def some_decisions() -> tuple[Decision, ...]:
    """One for every reason, one of them without a case."""
    asked = "土地手续请市级协调"
    return (
        Decision(("urgent",), "ZZQ-2020-002", "东胜区", "停水停电停暖：三号楼停水", "领导一", DAY, "请支援", "东胜区日报.xlsx"),
        Decision(("urgent",), "", "康巴什区", "其他民生事项：电梯停运", "", DAY, "请明确维保单位", "康巴什区日报.xlsx", measures="已报修"),
        Decision(("disputed",), "SJ-2020-002", "东胜区", "SJ-2020-002 的案由", "领导一", date(2020, 5, 21), "", "东胜区日报.xlsx"),
        Decision(
            ("overdue", "coordination"),
            "ZZQ-2020-002",
            "东胜区",
            "ZZQ-2020-002 的案由",
            "领导一",
            date(2020, 5, 20),
            asked,
            "东胜区日报.xlsx",
        ),
    )


def some_absences() -> tuple[Absence, ...]:
    """A district whose file was refused, and one that has never reported."""
    return (
        Absence("乌审旗", date(2020, 5, 21), (), 1),
        Absence("杭锦旗", None, (AbsencePart(REST, 1, 0),), 0),
    )


def certainties(targets: tuple[Figure, ...], cases: tuple[CaseLine, ...]) -> tuple[Certainty, ...]:
    """Of a day on which no register was edited."""
    counted = Counter((case.group, case.confirmation or NO_ANSWER) for case in cases if case.is_counted)
    return tuple(
        Certainty(figure.group, figure.is_certain, {answer: counted[figure.group, answer] for answer in CONFIRMATIONS}, figure.tally)
        for figure in targets
    )


def with_outlook(report: Report) -> Report:
    """The sample day with all of that."""
    return replace(
        report,
        targets=tuple(map(bounded, report.targets)),
        by_source=tuple(map(bounded, report.by_source)),
        by_district=tuple(map(bounded, report.by_district)),
        by_leader=tuple(map(bounded, report.by_leader)),
        by_category=tuple(map(bounded, report.by_category)),
        bridges=some_bridges(),
        ways=some_ways(),
        decisions=some_decisions(),
        absences=some_absences(),
        certainties=certainties(tuple(map(bounded, report.targets)), report.cases),
    )


def hostile(report: Report, said: str, *, numbers: dict[str, str]) -> Report:
    """The same with that text wherever somebody could have typed it; `numbers` gives each case its hostile number."""

    def steps(several: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(replace(figure, cases=tuple(numbers.get(number, said) for number in figure.cases)) for figure in several)

    return replace(
        report,
        bridges=tuple(
            replace(bridge, total_steps=steps(bridge.total_steps), resolved_steps=steps(bridge.resolved_steps)) for bridge in report.bridges
        ),
        ways=tuple(replace(way, nearest=tuple(numbers[number] for number in way.nearest)) for way in report.ways),
        decisions=tuple(
            replace(decision, number=numbers.get(decision.number, said), matter=said, leader=said, asked=said, origin=said)
            for decision in report.decisions
        ),
    )
