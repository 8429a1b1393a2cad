"""Where the cases of each figure stand in the workbook, so that a click on the figure shows them.

The cases of a district stand together in 案件台账, since that is its order; those of a flag in 督办清单. For every other figure there is a
block in 数字明细. The cases that are not counted as resolved come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from xlsxwriter.utility import xl_range

from pipeline.render.workbook.sheet_words import FIRST_LINE as FIRST
from pipeline.report import breakdown, day_corrected, hints, restated_figures
from pipeline.report.case_lines import CaseLine
from pipeline.report.report import Report
from pipeline.terms.words import FLAGS, STEPS, near

REGISTER, DETAILS, FOLLOW_UPS, CANCELLED = "案件台账", "数字明细", "督办清单", "撤销案件"
WIDE: Final = 8
"""Cells on a row of a block, beside its first column."""
_SHOWN: Final = 12
"""Columns that a click marks in a list."""
COUNTED: Final = "计入化解"
LEADER_FLAGS: Final = ("overdue", "due_soon", "stalled", "disputed")
"""The flags that the sheet 包案领导 counts."""
OPEN, REFERRED, RESOLVED = "在办", "导入法定途径", "已化解"
NEAREST: Final = "最接近办结"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure's cases stand, as links name it; '' where there are none."""

    whole: str = ""
    not_counted: str = ""
    counted: str = ""


NOWHERE: Final = Place()


@dataclass(frozen=True, slots=True)
class Block:
    """The cases of one figure in 数字明细: its title beside the row `top`, each part's name before its cases, `WIDE` cells on a row."""

    title: str
    parts: tuple[tuple[str, tuple[CaseLine, ...]], ...]
    """By name, such as 办理中 or 计入化解; none without a case."""
    top: int

    @property
    def rows(self) -> list[list[str | CaseLine]]:
        """Its rows: names of parts and cases; those counted as resolved begin a row of their own."""
        parts = {is_counted: [part for part in self.parts if (part[0] == COUNTED) is is_counted] for is_counted in (False, True)}
        return [*_flowing(parts[False]), *_flowing(parts[True])]

    @property
    def next(self) -> int:
        """The top of the block below."""
        return self.top + len(self.rows)

    @property
    def place(self) -> Place:
        """Return where its cases stand."""
        last = self.next - 1
        counted = len(_flowing([part for part in self.parts if part[0] == COUNTED]))
        return Place(_area(DETAILS, self.top, last), _area(DETAILS, self.top, last - counted), _area(DETAILS, last - counted + 1, last))


def _flowing(parts: Iterable[tuple[str, Sequence[CaseLine]]]) -> list[list[str | CaseLine]]:
    """Return rows of cells in which each part's name stands before its cases, and never as a row's last."""
    rows: list[list[str | CaseLine]] = []
    for name, cases in parts:
        if not rows or len(rows[-1]) > WIDE - 2:
            rows.append([])
        rows[-1].append(f"{name}{len(cases)}件")
        for case in cases:
            if len(rows[-1]) == WIDE:
                rows.append([])
            rows[-1].append(case)
    return rows


def _area(sheet: str, first: int, last: int) -> str:
    """Return rows of a sheet as a link names them; '' where there are none."""
    return f"'{sheet}'!{xl_range(first, 0, last, WIDE if sheet == DETAILS else _SHOWN)}" if first <= last else ""


@dataclass(slots=True)
class Places:
    """The places of all figures and counts."""

    register: list[CaseLine]
    """The cases in the order of 案件台账: by group and district, those not counted first; cancelled ones last."""
    figures: dict[tuple[str, str, str], Place] = field(default_factory=dict)
    """By kind (group, source, district, category, leader), group and label."""
    counts: dict[tuple[str, ...], str] = field(default_factory=dict)
    """By a flag or a state; also of a district, or of a leader and a group."""
    blocks: list[Block] = field(default_factory=list)
    lists: dict[tuple[str, ...], str] = field(default_factory=dict)
    """By the cases that a cell names together: their block."""
    rows: dict[str, int] = field(init=False)
    """By case: its row in 案件台账, from 0."""

    def __post_init__(self) -> None:
        """Number the rows of 案件台账."""
        self.rows = {case.number: row for row, case in enumerate(self.register, FIRST)}

    def figure(self, kind: str, group: str, label: str) -> Place:
        """Return where a figure's cases stand."""
        return self.figures.get((kind, group, label), NOWHERE)

    def count(self, *of_what: str) -> str:
        """Return where the cases of a count stand; '' where there are none."""
        return self.counts.get(of_what, "")

    def cases(self, numbers: Sequence[str]) -> str:
        """Return where the cases stand that a cell names: one in 案件台账, several in their block; '' where none is in the register."""
        listed = [number for number in numbers if number in self.rows] if len(numbers) != 1 else numbers
        if len(listed) == 1:
            row = self.rows.get(listed[0])
            return "" if row is None else f"'{REGISTER}'!A{row + 1}"
        return self.lists.get(tuple(listed), "")


def in_order(report: Report) -> list[CaseLine]:
    """Return the cases in the order of 案件台账."""
    groups = {group.name: at for at, group in enumerate(report.settings.groups)}
    districts = _districts(report)
    return sorted(
        report.cases,
        key=lambda case: (bool(case.grounds), groups[case.group], districts(case), _turn(case), case.number),
    )


def follow_up_order(report: Report) -> list[tuple[str, CaseLine]]:
    """Return every flag of every case that is not cancelled in the order of 督办清单: by flag, district and number."""
    lines, districts = {case.number: case for case in report.cases}, _districts(report)
    return [
        (flag, case)
        for flag in FLAGS
        if flag != "cancelled"
        for case in sorted((lines[number] for number in report.flags.get(flag, ())), key=lambda case: (districts(case), case.number))
    ]


def _districts(report: Report) -> Callable[[CaseLine], tuple[int, str]]:
    """Return what orders cases by district; names that the settings do not have come last."""
    names = {name: at for at, name in enumerate(report.settings.district_names)}
    return lambda case: (names.get(case.district, len(names)), case.district)


def _turn(case: CaseLine) -> int:
    """Return the order of a case among those of a figure: by the reason why it is not counted, the counted last."""
    reason = breakdown.reason(case)
    return breakdown.REASONS.index(reason) if reason else len(breakdown.REASONS)


def of(report: Report) -> Places:
    """Return where the cases of every figure of the report stand."""
    places = Places(in_order(report))
    _in_register(report, places)
    _in_follow_ups(report, places)
    _in_blocks(report, places)
    return places


def _in_register(report: Report, places: Places) -> None:
    row = FIRST
    in_use = [case for case in places.register if not case.grounds]
    for group, of_group in groupby(in_use, key=lambda case: case.group):
        top = row
        for district, cases in groupby(of_group, key=lambda case: case.district):
            counted = [case.is_counted for case in cases]
            last, split = row + len(counted) - 1, row + counted.count(False)
            whole, behind, done = _area(REGISTER, row, last), _area(REGISTER, row, split - 1), _area(REGISTER, split, last)
            places.figures["district", group, district] = Place(whole, behind, done)
            row = last + 1
        places.figures["group", group, group] = Place(_area(REGISTER, top, row - 1))
    places.counts["",] = _area(REGISTER, FIRST, row - 1)
    cancelled = len(report.cases) - len(in_use)
    places.counts["cancelled",] = _area(CANCELLED, FIRST, FIRST + cancelled - 1)


def _in_follow_ups(report: Report, places: Places) -> None:
    row = FIRST
    for flag, of_flag in groupby(follow_up_order(report), key=lambda entry: entry[0]):
        top = row
        for district, entries in groupby(of_flag, key=lambda entry: entry[1].district):
            count = len(list(entries))
            places.counts[flag, district] = _area(FOLLOW_UPS, row, row + count - 1)
            row += count
        places.counts[flag,] = _area(FOLLOW_UPS, top, row - 1)


def _in_blocks(report: Report, places: Places) -> None:
    cases = [case for case in places.register if not case.grounds]
    _groups(report, cases, places)
    for kind, figures in (("source", report.by_source), ("category", report.by_category), ("leader", report.by_leader)):
        by_label: dict[tuple[str, str], list[CaseLine]] = {}
        for case in cases:
            by_label.setdefault((case.group, getattr(case, kind)), []).append(case)
        for figure in figures:
            own = by_label.get((figure.group, figure.label), [])
            if (kind, figure.group, figure.label) not in places.figures:
                places.figures[kind, figure.group, figure.label] = _block(places, f"{figure.group} · {figure.label}", own)
            for flag in LEADER_FLAGS if kind == "leader" else ():
                title = f"{figure.group} · {figure.label} · {FLAGS[flag].name}"
                places.counts[flag, figure.label, figure.group] = _block(places, title, [case for case in own if flag in case.flags]).whole
    _states(sorted(cases, key=_districts(report)), places)
    _claims(cases, places)
    _lists(report, places)


def _claims(cases: Sequence[CaseLine], places: Places) -> None:
    """Add the cases by 诉求认定, group and district; where none is given, the district's whole is shown."""
    by_claim: dict[tuple[str, str, str], list[CaseLine]] = {}
    for case in cases:
        if case.claim:
            by_claim.setdefault((case.claim, case.group, case.district), []).append(case)
    for (claim, group, district), own in by_claim.items():
        places.counts["诉求认定", claim, group, district] = _block(places, f"{claim} · {group} · {district}", own).whole


def _lists(report: Report, places: Places) -> None:
    """Add the cases that one cell of 总览, 今日变化, 更正情况, 核查提示 or 接访下访 names together."""
    named = [(f"{way.group} · {NEAREST}", way.nearest) for way in report.ways]
    for bridge in report.bridges:
        steps = (("总数", bridge.total_steps), ("已化解", bridge.resolved_steps))
        named += [(f"{bridge.group} · {STEPS[step.kind].name}（{what}）", step.cases) for what, of in steps for step in of]
    for entry in (*day_corrected.of_this_day(report), *day_corrected.earlier(report)):
        day = near(entry.day, report.day)
        named += [(f"{entry.group} · {day} · {title}", getattr(entry.moves, kind)) for kind, title in restated_figures.MOVES.items()]
    named += [(f"核查提示 · {hints.name(hint.code)} · {hint.district}", hint.cases) for hint in report.beyond.hints]
    pairs = report.beyond.reconciliation.twice
    named += [(f"对账 · 疑似同一事项 · {pair.districts[0]}", tuple(line.number for line in pair.lines)) for pair in pairs]
    named += [(f"接访下访 · {held.turn.day} · {held.turn.receives}", held.cases) for held in report.beyond.receptions.rota]
    for title, numbers in named:
        listed = tuple(number for number in numbers if number in places.rows)
        if len(listed) > 1 and listed not in places.lists:
            places.lists[listed] = _block(places, title, [places.register[places.rows[number] - FIRST] for number in listed]).whole


def _groups(report: Report, cases: Sequence[CaseLine], places: Places) -> None:
    """Add what of each group is not counted, then what is: those counted of all groups stand together."""
    first = 0
    for is_counted, title in ((False, "不计入化解"), (True, COUNTED)):
        first = len(places.blocks)
        for group in report.settings.groups:
            own = _block(
                places, f"{group.name} · {title}", [case for case in cases if (case.group, case.is_counted) == (group.name, is_counted)]
            )
            before = places.figure("group", group.name, group.name)
            part = replace(before, counted=own.whole) if is_counted else replace(before, not_counted=own.whole)
            places.figures["group", group.name, group.name] = part
            if len(group.sources) == 1:
                places.figures["source", group.name, group.sources[0]] = part
    places.counts[RESOLVED,] = _all_since(first, places)


def _states(by_district: Sequence[CaseLine], places: Places) -> None:
    """Add the cases in each state by district, one below the other: together they are the whole state."""
    of_state: dict[str, Callable[[CaseLine], bool]] = {OPEN: lambda case: case.is_open, REFERRED: lambda case: case.is_referred}
    for state, is_in in of_state.items():
        first = len(places.blocks)
        for district, own in groupby(filter(is_in, by_district), key=lambda case: case.district):
            places.counts[state, district] = _block(places, f"{state} · {district}", own).whole
        places.counts[state,] = _all_since(first, places)


def _all_since(first: int, places: Places) -> str:
    """Return the area of all blocks from that one on."""
    return _area(DETAILS, places.blocks[first].top, places.blocks[-1].next - 1) if len(places.blocks) > first else ""


def _block(places: Places, title: str, cases: Iterable[CaseLine]) -> Place:
    """Add a block below the others, and return where its cases stand; nothing where there are none."""
    parts: dict[str, list[CaseLine]] = {}
    for case in sorted(cases, key=_turn):
        parts.setdefault(FLAGS["cancelled"].name if case.grounds else breakdown.reason(case) or COUNTED, []).append(case)
    if not parts:
        return NOWHERE
    top = places.blocks[-1].next if places.blocks else FIRST
    block = Block(title, tuple((name, tuple(lines)) for name, lines in parts.items()), top)
    places.blocks.append(block)
    return block.place
