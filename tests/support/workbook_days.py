"""Days for the office's workbook, and what its sheets must say of a report."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.utils import column_index_from_string
from outlooks import certainties

from pipeline.day.targets import Tally
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Change, Decision, ReceptionLine, UrgentLine
from pipeline.report.figures import Bounds, Bridge, Figure, Step, Way
from pipeline.report.report import Report
from pipeline.report.submission_lines import Absence, AbsencePart, FindingLine, SubmissionLine
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.settings.units import District
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

DAY = date(2020, 5, 22)
ZONE = ZoneInfo("Asia/Shanghai")
REGION, CITY = "自治区交办", "市级交办和旗区自行梳理"


def settings_with(districts: tuple[str, str, str], groups: tuple[str, str]) -> Settings:
    return Settings(
        office="某市住建局",
        districts=tuple(District(code=code, name=name) for code, name in zip(("JQ", "YQ", "BQ"), districts, strict=True)),
        groups=(
            Group(name=groups[0], sources=("自治区交办",), target_percent=100),
            Group(name=groups[1], sources=("市级交办", "旗区自行梳理"), target_percent=90),
        ),
    )


SETTINGS = settings_with(("甲旗", "乙区", "丙旗"), (REGION, CITY))
HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "http://example.com",
    "mailto:a@example.com",
    "{=1}",
    "<r>x",
    "_x0041_",
    "_x000D_甲",
    "]]>",
    "</t></si>&lt;",
    "  =1+1",
    "'=1+1",
)


def a_case(number: str, source: str = "市级交办", **details: object) -> CaseLine:
    group = REGION if source == "自治区交办" else CITY
    line = CaseLine(
        number=number, group=group, source=source, district="甲旗", category="物业服务", matter="电梯停运", project="某小区",
        households=Decimal(12), amount=Decimal("3.5"), unit="甲旗住建局", leader="领导一", leaders="领导一", team="专班一", plan="先修后议",
        assigned=date(2020, 5, 1), limit=date(2020, 6, 1), extended=None, deadline=date(2020, 6, 1), status="办理中", claim="诉求合理",
        replied_on=None, reply_number="", confirmation="", progress="已约谈物业", next_step="更换部件", coordination="",
        reported_on=DAY,
        disputed_since=None, asking_since=None, is_counted=False, is_open=True, is_referred=False, dispute_stands=False,
        days_overdue=-10, days_idle=0,
        missing_ones=(), flags=(), grounds="", origin="甲旗日报.xlsx · 案件进展 · 第4行", listed_in="分解表.xlsx · 群众来访案件 · 第5行",
    )  # fmt: skip
    return replace(line, **details)  # type: ignore[arg-type]


def resolved(number: str, source: str = "市级交办", **details: object) -> CaseLine:
    answered = {"status": "已化解", "replied_on": DAY, "reply_number": f"复〔2020〕{number[-1]}号", "confirmation": "认可"}
    return a_case(number, source, is_counted=True, is_open=False, **answered, **details)


def small_register() -> tuple[CaseLine, ...]:
    return (
        a_case("SJ-2020-001", flags=("overdue", "stalled"), days_overdue=3, days_idle=6, deadline=date(2020, 5, 19)),
        resolved("SJ-2020-002"),
        a_case("SJ-2020-003", district="乙区", leader="领导二", flags=("disputed",), status="已化解", dispute_stands=True),
        a_case(
            "SJ-2020-004", district="乙区", leader="领导二", flags=("cancelled",), is_open=False, grounds="重复交办，与 SJ-2020-002 并案"
        ),
        a_case(
            "SJ-2020-005",
            "旗区自行梳理",
            flags=("incomplete_assignment",),
            missing_ones=("化解方案",),
            plan="",
            households=Decimal(1234567890123456),
        ),
        resolved("ZZQ-2020-001", "自治区交办", district="乙区"),
        a_case("ZZQ-2020-002", "自治区交办", is_open=False, is_referred=True, status="导入法定途径", category="工程质量"),
    )


def tally(cases: tuple[CaseLine, ...], target: int, **wanted: str) -> Tally:
    chosen = [line for line in cases if not line.grounds and all(getattr(line, name) == value for name, value in wanted.items())]
    return Tally(target, len(chosen), sum(line.is_counted for line in chosen))


def figures(
    cases: tuple[CaseLine, ...], settings: Settings, column: str, labels: list[str], *, everyone: bool = False
) -> tuple[Figure, ...]:
    tallies = [
        Figure(label, group.name, tally(cases, group.target_percent, group=group.name, **{column: label}))
        for group in settings.groups
        for label in labels
    ]
    return tuple(figure for figure in tallies if everyone or figure.tally.total)


def missing(district: str) -> SubmissionLine:
    return SubmissionLine(district, "missing", False, 0, None, 0, 0, "", "", 0)


def a_report(cases: tuple[CaseLine, ...], settings: Settings = SETTINGS) -> Report:
    """A day with that register and nothing else."""
    trend = tuple(
        (date(2020, 5, day), {group.name: Tally(group.target_percent, 4, day - 20) for group in settings.groups}) for day in (21, 22)
    )
    targets = tuple(Figure(g.name, g.name, tally(cases, g.target_percent, group=g.name)) for g in settings.groups)
    return Report(
        day=DAY, office=settings.office, is_correction=False, data_until=datetime(2020, 5, 22, 17, 26, tzinfo=ZONE),
        targets=targets,
        by_source=tuple(Figure(s, g.name, tally(cases, g.target_percent, source=s)) for g in settings.groups for s in g.sources),
        by_district=figures(cases, settings, "district", list(settings.district_names), everyone=True),
        by_leader=figures(cases, settings, "leader", sorted({line.leader for line in cases if not line.grounds})),
        by_category=figures(cases, settings, "category", ["物业服务", "工程质量"]),
        cases=cases,
        flags={flag: tuple(line.number for line in cases if flag in line.flags) for flag in words.FLAGS},
        newly_resolved=(), reopened=(), new_cases=(), withdrawn_cases=(), no_longer_counted=(), changes=(), reception=(),
        submissions=tuple(missing(name) for name in settings.district_names),
        urgent=(), findings=(), liaison={}, trend=trend,
        bridges=(), ways=(), decisions=(), absences=(), open_points=(), most_new=3, inputs=(), settings=settings,
        certainties=certainties(targets, cases),
    )  # fmt: skip


def bounded(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The figures with bounds one case below and two above, but for every third one."""
    with_bounds = []
    for index, figure in enumerate(figures):
        target, total, counted = figure.tally.target_percent, figure.tally.total + 1, figure.tally.resolved
        bounds = Bounds(Tally(target, total, max(0, counted - 1)), Tally(target, total, min(total, counted + 2)), (("absent", ("丙旗",)),))
        with_bounds.append(figure if index % 3 == 2 else replace(figure, bounds=bounds))
    return tuple(with_bounds)


def with_outlook(report: Report) -> Report:
    """The small register's day with bounds, bridges, ways, decisions and absences."""
    report = replace(
        report,
        targets=bounded(report.targets),
        by_source=bounded(report.by_source),
        by_district=bounded(report.by_district),
        by_leader=bounded(report.by_leader),
        by_category=bounded(report.by_category),
    )
    first = Bridge(REGION, 2, (), 2, 0, (Step("newly_resolved", 1, ("ZZQ-2020-001",)),), 1)
    total = (Step("found", 1, ("SJ-2020-005",)), Step("cancelled", -1, ("SJ-2020-004",)))
    counted = (Step("newly_resolved", 1, ("SJ-2020-002",)), Step("cancelled", -1, ("SJ-2020-004",)))
    known, city = date(2020, 5, 20), report.targets[1].tally
    return replace(
        report,
        bridges=(first, Bridge(CITY, 4, total, 4, 1, counted, 1)),
        ways=(
            Way(REGION, report.targets[0].tally, 0, None, 1, 1, date(2020, 5, 23), ()),
            Way(CITY, city, 3, date(2020, 6, 1), 0, 1, None, ("SJ-2020-001",)),
        ),
        decisions=(
            Decision(("urgent",), "", "甲旗", "停水停电停暖：换热站故障", "", DAY, "供热公司", ""),
            Decision(("overdue", "coordination"), "SJ-2020-001", "甲旗", "电梯停运", "领导一", known, "请市级协调", ""),
            Decision(("disputed",), "SJ-2020-003", "乙区", "电梯停运", "领导二", known, "", ""),
        ),
        absences=(Absence("丙旗", None, (AbsencePart(CITY, 1, 0),), 0),),
    )


def a_full_report() -> Report:
    """A day on which every sheet has something to say."""
    on_time = SubmissionLine("甲旗", "on-time", False, 2, datetime(2020, 5, 22, 16, 59, 30, tzinfo=ZONE), 5, 1, "甲旗日报.xlsx", "甲", 1)
    late = SubmissionLine("乙区", "late", True, 1, datetime(2020, 5, 22, 17, 0, 1, tzinfo=ZONE), 0, 0, "乙区日报.xlsx", "乙", 0)
    finding = Finding("not-in-list", Severity.ROW, "当前状态“差不多了”不在可选范围。", "案件进展", 14, 4, "差不多了")
    warning = Finding("late", Severity.WARNING, "报送时间晚于截止时间。")
    return replace(
        with_outlook(a_report(small_register())),
        is_correction=True,
        changes=(Change("newly_resolved", "SJ-2020-002", "甲旗", "电梯停运", "已化解；已更换部件"),),
        submissions=(on_time, late, missing("丙旗")),
        reception=(ReceptionLine("甲旗", "物业服务", 3, 2, 1, ""), ReceptionLine("乙区", "工程质量", 2, 0, 2, "一批次约二十户")),
        urgent=(
            UrgentLine(
                "甲旗",
                "",
                "停水停电停暖",
                "换热站故障",
                datetime.fromisoformat("2020-05-22 08:30"),
                "抢修",
                "供热公司",
                "甲旗日报.xlsx · 急报事项 · 第2行",
            ),
        ),
        findings=(
            FindingLine("2020-05-22", "甲旗", "甲旗日报.xlsx", "采用", finding),
            FindingLine("2020-05-22", "乙区", "乙区日报.xlsx", "采用", warning),
        ),
        liaison={"甲旗": (("领导三", "副局长"), ("领导四", ""))},
    )


def opened(content: bytes, *, values: bool = True) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def widths_of(sheet: Worksheet, last: int) -> list[float]:
    """Return the widths of the first columns; openpyxl keeps those of neighbours that are alike at the first of them."""
    kept = {column: group.width for group in sheet.column_dimensions.values() for column in range(group.min or 0, (group.max or 0) + 1)}
    return [kept[column] for column in range(1, last + 1)]


def letters_on_paper(sheet: Worksheet) -> float:
    """Return the points of the smallest letters on paper, where columns are as wide as LibreOffice makes them, the widest of all.

    Of a sheet whose number of pages is free LibreOffice takes two hundredths more where that spares a page: none of 总览, which has two.
    """
    printed = str(sheet.print_area).replace("$", "").partition(":")[2]
    last = column_index_from_string(re.sub(r"[^A-Z]", "", printed)) if printed else sheet.max_column
    paper = 297 if sheet.page_setup.orientation == "landscape" else 210
    room = (paper / 25.4 - sheet.page_margins.left - sheet.page_margins.right) * 96 * int(sheet.page_setup.fitToWidth or 1)
    wide = sum(round(width * 7 * 1.06) for width in widths_of(sheet, last))
    sizes = {cell.font.sz for row in sheet.iter_rows(max_col=last) for cell in row if cell.value is not None}
    scale = int(min(1.0, room / wide) * 100)
    is_free = not sheet.page_setup.fitToHeight and sheet.title != "总览"
    return float(min(sizes)) * (int(scale * 0.98) if is_free else scale) / 100


_WIDE = {
    False: {"0": 0.636, ".": 0.318, "%": 0.950, "-": 0.361, ":": 0.337, " ": 0.318, "+": 0.838},
    True: {"0": 0.696, ".": 0.380, "%": 1.002, "-": 0.415, ":": 0.400, " ": 0.348, "+": 0.838},
}
"""How wide the letters of numbers are in DejaVu Sans, thin and bold: the widest font that stands in for a missing one."""


def cut_numbers(workbook: Workbook) -> Iterator[str]:
    """Find every number that a program would print as ###, with what it shows: a rate as if it were 100.0 %."""
    for sheet in workbook.worksheets:
        widths = widths_of(sheet, max(map(int, [column.max or 0 for column in sheet.column_dimensions.values()])))
        merged = {(area.min_row, area.min_col): area.max_col for area in sheet.merged_cells.ranges}
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell.value, int | float | date | datetime) or isinstance(cell.value, bool):
                    continue
                shown, last = _shown(cell), merged.get((cell.row, cell.column), cell.column)
                room = sum(round(width * 7) for width in widths[cell.column - 1 : last])
                letters = _WIDE[bool(cell.font.b)]
                wide = sum(letters["0" if letter.isdigit() else letter] for letter in shown) * float(cell.font.sz) / 0.75
                if wide + 1 > room or not cell.alignment.shrink_to_fit:
                    yield f"{sheet.title}!{cell.coordinate} {shown} {wide:.0f}/{room}"


def _shown(cell: Cell) -> str:
    match cell.number_format:
        case "0.0%":
            return "100.0%"
        case "yyyy-mm-dd":
            return "2020-05-22"
        case "yyyy-mm-dd hh:mm":
            return "2020-05-22 10:00"
        case "yyyy-mm-dd hh:mm:ss":
            return "2020-05-22 10:00:00"
        case pattern:
            return f"{cell.value:+d}" if pattern.startswith("+0") else str(cell.value) + "%" * (pattern == '0"%"')


def cells(workbook: Workbook) -> Iterator[tuple[str, Cell]]:
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and isinstance(cell, Cell):
                    yield f"{sheet.title}!{cell.coordinate}", cell


def rows(workbook: Workbook, sheet: str, first: int = 4) -> list[list[object]]:
    return [list(row) for row in workbook[sheet].iter_rows(min_row=first, values_only=True)]


def cells_of(tally: Tally, *, is_certain: bool = True) -> list[object]:
    """A tally's five cells: 总数, 已化解, 化解率, 还差 and 是否达标."""
    rate = float(tally.rate_percent) / 100 if tally.rate_percent is not None else "—"
    met = "—" if tally.met is None else f"{'' if is_certain else '暂计'}{'达标' if tally.met else '未达标'}"
    return [tally.total, tally.resolved, pytest.approx(rate, abs=1e-12) if isinstance(rate, float) else rate, tally.shortfall, met]


def columns(figure: Figure) -> list[object]:
    """A figure's seven cells: those of its tally, and the rates of its bounds, empty where it has none."""
    if not figure.bounds:
        return [*cells_of(figure.tally), None, None]
    own = cells_of(figure.tally, is_certain=figure.is_certain)
    return [*own, *(cells_of(tally)[2] for tally in (figure.bounds.lowest, figure.bounds.highest))]


def check_bridges(workbook: Workbook, report: Report) -> None:
    """What 今日变化 says of every bridge is the report's, to the last case, and adds up."""
    day_before = sentences.day(report.day - timedelta(days=1), report.day)
    before = (f"前一日（{day_before}）", f"前一日按次日12:00所知（{day_before}）", f"此前没有日报（{day_before}，只有台账）")
    shown_rows = rows(workbook, "今日变化", first=1)
    starts = [number for number, row in enumerate(shown_rows) if row[0] in before]
    assert [shown_rows[start - 1][0] for start in starts] == [bridge.group for bridge in report.bridges]
    for start, bridge in zip(starts, report.bridges, strict=True):
        end = next(
            number
            for number in range(start, len(shown_rows))
            if shown_rows[number][0] == f"当日（{sentences.day(report.day, report.day)}）"
        )
        assert shown_rows[start][1:3] == [bridge.total_before, bridge.resolved_before]
        assert shown_rows[end][1:4] == [bridge.total, bridge.resolved, "与“目标完成”一致"]
        steps = shown_rows[start + 1 : end]
        for column, now, expected in ((1, bridge.total, bridge.total_steps), (2, bridge.resolved, bridge.resolved_steps)):
            shown = [(row[0], row[column], row[column + 2]) for row in steps if row[column] is not None]
            assert shown == [(words.STEPS[step.kind].name, step.change, "、".join(step.cases)) for step in expected]
            changes = [row[column] for row in (shown_rows[start], *steps) if isinstance(row[column], int)]
            assert sum(change for change in changes if isinstance(change, int)) == now


def check_figures(workbook: Workbook, report: Report) -> None:
    """Every figure of 总览, 目标完成, 旗区 and 包案领导 is the report's."""
    targets = [*report.targets, *report.by_source, *report.by_category]
    shown_rows = rows(workbook, "目标完成")[: len(targets)]
    assert [row[1:11] for row in shown_rows] == [
        [figure.label, figure.group, figure.tally.target_percent, *columns(figure)] for figure in targets
    ]

    overview: list[list[object]] = [list(row) for row in workbook["总览"].iter_rows(max_col=8, values_only=True)]
    large = [row for row in overview if row[0] in {figure.label for figure in report.targets}][: len(report.targets)]
    assert [row[1:7] for row in large] == [[figure.tally.target_percent, *columns(figure)[:5]] for figure in report.targets]
    for row, figure in zip(large, report.targets, strict=True):
        lacking = f"，还差 {figure.tally.shortfall} 件" if figure.tally.shortfall else ""
        assert row[7] == (f"{columns(figure)[4]}{lacking}" if figure.tally.total else "暂无案件")
    counts = {row[0]: row[1] for row in overview}
    assert counts["案件总数"] == sum(not line.grounds for line in report.cases)
    assert counts["已化解"] == sum(line.is_counted for line in report.cases)
    assert counts["在办"] == sum(line.is_open for line in report.cases)
    assert counts["导入法定途径"] == sum(line.is_referred for line in report.cases)
    assert {flag.name: counts[flag.name] for flag in words.FLAGS.values()} == {words.FLAGS[f].name: len(n) for f, n in report.flags.items()}

    names, group_names = report.settings.district_names, [group.name for group in report.settings.groups]
    by_district = {(figure.label, figure.group): figure for figure in report.by_district}
    shown_rows = rows(workbook, "旗区", first=5)[: len(names) + 1]
    assert [row[0] for row in shown_rows] == [*names, "全市合计"]
    assert [row[2:16] for row in shown_rows[:-1]] == [[cell for g in group_names for cell in columns(by_district[n, g])] for n in names]
    assert shown_rows[-1][2:16] == [cell for figure in report.targets for cell in columns(figure)]
    for row in shown_rows[:-1]:
        here = [line for line in report.cases if line.district == row[0]]
        assert row[16:19] == [sum(x.is_open for x in here), sum(x.is_referred for x in here), sum("overdue" in x.flags for x in here)]

    shown_rows = rows(workbook, "包案领导")[: len(report.by_leader)]
    assert [row[:10] for row in shown_rows] == [
        [figure.label or None, figure.group, figure.tally.target_percent, *columns(figure)] for figure in report.by_leader
    ]
