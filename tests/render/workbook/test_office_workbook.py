from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.cell import Cell

from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.workbook import office_workbook
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Change, Decision, ReceptionLine, UrgentLine
from pipeline.report.figures import Bounds, Bridge, Figure, Step, Way
from pipeline.report.report import Report
from pipeline.report.submission_lines import Absence, AbsencePart, FindingLine, SubmissionLine
from pipeline.settings.config import District, Group, Settings
from pipeline.terms import words
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

# openpyxl does not know the extensions in which Excel and LibreOffice keep data bars and charts
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

SHEETS = [
    "总览",
    "目标完成",
    "旗区",
    "包案领导",
    "案件台账",
    "今日变化",
    "督办清单",
    "接访情况",
    "急报事项",
    "报送情况",
    "问题清单",
    "撤销案件",
]
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
)
PATTERNS = ("*", "?", "~", "~*", ">5", "<>", "=", '"', "领导一", "领导一 ", "领导Ａ", "领导A", "领导a", "", "12", "12.0", "TRUE")
"""Names that COUNTIFS would read as patterns, or take for one another."""

# --- a small day ------------------------------------------------------------------------------------------------------


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
    return Report(
        day=DAY, office=settings.office, is_correction=False, data_until=datetime(2020, 5, 22, 17, 26, tzinfo=ZONE),
        targets=tuple(Figure(g.name, g.name, tally(cases, g.target_percent, group=g.name)) for g in settings.groups),
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
    )  # fmt: skip


def bounded(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The figures with bounds one case below and two above, but for every third one."""
    said = []
    for index, one in enumerate(figures):
        target, total, counted = one.tally.target_percent, one.tally.total + 1, one.tally.resolved
        bounds = Bounds(Tally(target, total, max(0, counted - 1)), Tally(target, total, min(total, counted + 2)))
        said.append(one if index % 3 == 2 else replace(one, bounds=bounds))
    return tuple(said)


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


# --- reading it back --------------------------------------------------------------------------------------------------


def opened(content: bytes, *, values: bool = True) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def cells(workbook: Workbook) -> Iterator[tuple[str, Cell]]:
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and isinstance(cell, Cell):
                    yield f"{sheet.title}!{cell.coordinate}", cell


def rows(workbook: Workbook, sheet: str, first: int = 4) -> list[list[object]]:
    return [list(row) for row in workbook[sheet].iter_rows(min_row=first, values_only=True)]


def said(figure: Tally) -> list[object]:
    """A tally's five cells: 总数, 已化解, 化解率, 还差 and 是否达标."""
    rate = float(figure.rate_percent) / 100 if figure.rate_percent is not None else "—"
    met = {True: "达标", False: "未达标", None: "—"}[figure.met]
    return [figure.total, figure.resolved, pytest.approx(rate, abs=1e-12) if isinstance(rate, float) else rate, figure.shortfall, met]


def columns(figure: Figure) -> list[object]:
    """A figure's seven cells: those of its tally, and the rates of its bounds, empty where it has none."""
    if not figure.bounds:
        return [*said(figure.tally), None, None]
    return [*said(figure.tally), *(said(one)[2] for one in (figure.bounds.lowest, figure.bounds.highest))]


def check_bridges(workbook: Workbook, report: Report) -> None:
    """What 今日变化 says of every bridge is the report's, to the last case, and adds up."""
    before = f"前一日（{sentences.day(report.day - timedelta(days=1))}）"
    told = rows(workbook, "今日变化", first=1)
    starts = [number for number, row in enumerate(told) if row[0] == before]
    assert [told[start - 1][0] for start in starts] == [one.group for one in report.bridges]
    for start, bridge in zip(starts, report.bridges, strict=True):
        end = next(number for number in range(start, len(told)) if told[number][0] == f"当日（{sentences.day(report.day)}）")
        assert told[start][1:3] == [bridge.total_before, bridge.resolved_before]
        assert told[end][1:4] == [bridge.total, bridge.resolved, "与“目标完成”一致"]
        steps = told[start + 1 : end]
        for column, now, expected in ((1, bridge.total, bridge.total_steps), (2, bridge.resolved, bridge.resolved_steps)):
            found = [(row[0], row[column], row[column + 2]) for row in steps if row[column] is not None]
            assert found == [(words.STEPS[one.kind].name, one.change, "、".join(one.cases)) for one in expected]
            changes = [row[column] for row in (told[start], *steps) if isinstance(row[column], int)]
            assert sum(one for one in changes if isinstance(one, int)) == now


def check_figures(workbook: Workbook, report: Report) -> None:
    """Every figure of 总览, 目标完成, 旗区 and 包案领导 is the report's."""
    targets = [*report.targets, *report.by_source, *report.by_category]
    told = rows(workbook, "目标完成")[: len(targets)]
    assert [row[1:11] for row in told] == [[one.label, one.group, one.tally.target_percent, *columns(one)] for one in targets]

    overview: list[list[object]] = [list(row) for row in workbook["总览"].iter_rows(max_col=8, values_only=True)]
    large = [row for row in overview if row[0] in {one.label for one in report.targets}][: len(report.targets)]
    assert [row[1:7] for row in large] == [[one.tally.target_percent, *said(one.tally)] for one in report.targets]
    for row, one in zip(large, report.targets, strict=True):
        assert row[7] == ("暂无案件" if one.tally.met is None else "达标" if one.tally.met else f"未达标，还差 {one.tally.shortfall} 件")
    counts = {row[0]: row[1] for row in overview}
    assert counts["案件总数"] == sum(not line.grounds for line in report.cases)
    assert counts["已化解"] == sum(line.is_counted for line in report.cases)
    assert counts["在办"] == sum(line.is_open for line in report.cases)
    assert counts["导入法定途径"] == sum(line.is_referred for line in report.cases)
    assert {said.name: counts[said.name] for said in words.FLAGS.values()} == {words.FLAGS[f].name: len(n) for f, n in report.flags.items()}

    names, group_names = report.settings.district_names, [group.name for group in report.settings.groups]
    by_district = {(one.label, one.group): one for one in report.by_district}
    told = rows(workbook, "旗区", first=5)[: len(names) + 1]
    assert [row[0] for row in told] == [*names, "全市合计"]
    assert [row[2:16] for row in told[:-1]] == [[cell for g in group_names for cell in columns(by_district[n, g])] for n in names]
    assert told[-1][2:16] == [cell for one in report.targets for cell in columns(one)]
    for row in told[:-1]:
        here = [line for line in report.cases if line.district == row[0]]
        assert row[16:19] == [sum(x.is_open for x in here), sum(x.is_referred for x in here), sum("overdue" in x.flags for x in here)]

    told = rows(workbook, "包案领导")[: len(report.by_leader)]
    assert [row[:10] for row in told] == [
        [one.label or None, one.group, one.tally.target_percent, *columns(one)] for one in report.by_leader
    ]


# --- what it promises -------------------------------------------------------------------------------------------------


def test_the_twelve_sheets_stand_in_order() -> None:
    assert opened(office_workbook.render(a_report(()))).sheetnames == SHEETS


def test_the_figures_are_formulas_with_the_reports_values_beside_them() -> None:
    report = a_full_report()
    content = office_workbook.render(report)
    check_figures(opened(content), report)
    formulas = opened(content, values=False)
    assert formulas["目标完成"]["E4"].value == '=COUNTIFS(台账组别,$C4,台账计入总数,"是")'
    assert formulas["目标完成"]["G4"].value == '=IF(E4=0,"—",QUOTIENT(F4*1000,E4)/1000)'
    assert str(formulas["旗区"]["C5"].value).startswith("=COUNTIFS(")
    assert str(formulas["包案领导"]["D4"].value).startswith("=SUMPRODUCT(1*EXACT(台账包案领导,$A4)")


def test_a_rate_is_rounded_down_and_the_target_judged_in_whole_numbers() -> None:
    cases = tuple(resolved(f"SJ-2020-{n:04}") if n < 899 else a_case(f"SJ-2020-{n:04}") for n in range(1000))
    report = a_report(cases)
    told = rows(opened(office_workbook.render(report)), "目标完成")[1]
    assert told[4:9] == [1000, 899, 0.899, 1, "未达标"]


def test_what_there_is_nothing_of_has_no_rate() -> None:
    assert rows(opened(office_workbook.render(a_report(()))), "目标完成")[0][4:9] == [0, 0, "—", 0, "—"]


def test_text_from_outside_becomes_neither_formula_nor_link() -> None:
    hostile = tuple(
        a_case(f"SJ-2020-{n:03}", matter=text, leader=text, leaders=text, progress=text, unit=text, origin=text, team=text)
        for n, text in enumerate(HOSTILE)
    )
    finding = [Finding("late", Severity.WARNING, text, text, None, None, text) for text in HOSTILE]
    one_case = Bridge(CITY, 0, (Step("new", 1, (HOSTILE[0],)), Step("found", 1, (HOSTILE[1],))), 2, 0, (), 0)
    report = replace(
        a_report(hostile),
        office="=1+1",
        bridges=(one_case,),
        ways=(Way(CITY, Tally(90, 9), 9, None, 0, 1, None, tuple(line.number for line in hostile)),),
        decisions=tuple(Decision(("disputed",), text, text, text, text, DAY, text, text) for text in HOSTILE),
        findings=tuple(FindingLine("2020-05-22", "甲旗", one.value, "采用", one) for one in finding),
        changes=tuple(Change("status", text, text, text, text) for text in HOSTILE),
        liaison={"甲旗": tuple((text, text) for text in HOSTILE)},
    )
    content = office_workbook.render(report)
    plain, formulas = opened(content), opened(content, values=False)
    for address, cell in cells(formulas):
        assert cell.hyperlink is None or cell.hyperlink.target is None, address
        if cell.data_type == "f":
            assert address.split("!")[0] in (*SHEETS[:4], "今日变化"), address
            assert not any(text in str(cell.value) for text in ("1+1", "cmd", "SUM(A1)", "2+3", "{=")), address
    assert [row[5] for row in rows(plain, "案件台账")] == list(HOSTILE)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name]
        assert b'TargetMode="External"' not in b"".join(archive.read(name) for name in archive.namelist())


def test_markup_control_characters_and_endless_text_do_not_break_the_file() -> None:
    line = a_case(
        "SJ-2020-001", matter="<r><t>x</t></r>", progress="甲\x00\x0b乙\ud800\uffff丙\r\n丁", plan="长" * 40_000, team="🏠" * 20_000
    )
    sheet = opened(office_workbook.render(replace(a_report((line,)), office="局\x01&P\ud800")))["案件台账"]
    told = {sheet.cell(3, column).value: sheet.cell(4, column).value for column in range(1, sheet.max_column + 1)}
    assert told["案由"] == "<r><t>x</t></r＞"
    assert told["最近进展"] == "甲乙丙\n丁"
    assert str(told["化解方案"]).endswith("长……（原文过长，以下略）")
    assert len(str(told["化解方案"])) == 32_767
    assert len(str(told["工作专班"]).encode("utf-16-le")) <= 2 * 32_767


# --- bounds, bridge, way, decisions, absences -------------------------------------------------------------------------


def test_the_bridge_is_summed_by_formulas() -> None:
    report = a_full_report()
    content = office_workbook.render(report)
    check_bridges(opened(content), report)
    sums = [
        (place, cell.value)
        for place, cell in cells(opened(content, values=False))
        if place.startswith("今日变化") and cell.data_type == "f"
    ]
    assert sums[:2] == [("今日变化!B7", "=SUM(B5:B6)"), ("今日变化!C7", "=SUM(C5:C6)")]
    assert len(sums) == 6


def test_without_a_day_before_there_is_no_bridge_and_the_list_stands_where_it_always_does() -> None:
    workbook = opened(office_workbook.render(replace(a_full_report(), bridges=())))
    assert [cell.value for cell in workbook["今日变化"][3]] == ["变化", "案件编号", "旗区", "案由", "情况"]
    assert [row[2] for row in rows(workbook, "总览", 1) if row[1] == "比前一日"] == ["没有前一日的数字可比。"] * 2


def test_where_nothing_can_change_a_figure_it_has_no_bounds_and_the_sheet_says_so() -> None:
    workbook = opened(office_workbook.render(a_report(small_register())))
    for name in ("目标完成", "旗区", "包案领导"):
        said = [row[0] for row in rows(workbook, name)]
        assert definitions.NO_BOUNDS in said, name
        assert sentences.bounds_rule(3) not in said, name
    assert [row[9:11] for row in rows(workbook, "目标完成")[:5]] == [[None, None]] * 5


def test_the_rule_of_the_bounds_stands_under_every_table_that_shows_them() -> None:
    workbook = opened(office_workbook.render(a_full_report()))
    for name in ("总览", "目标完成", "旗区", "包案领导"):
        assert any(str(row[0]).startswith(sentences.bounds_rule(3)) for row in rows(workbook, name)), name


def test_the_overview_says_the_sentences_of_the_report() -> None:
    report = a_full_report()
    told = [row[1:3] for row in rows(opened(office_workbook.render(report)), "总览", 1)]
    for figure, bridge, way in zip(report.targets, report.bridges, report.ways, strict=True):
        assert ["比前一日", sentences.since_yesterday(bridge)] in told
        assert ["到达目标", sentences.way(way)] in told
        assert not figure.bounds or ["补报以后", sentences.bounds(figure.bounds)] in told
    assert ["最接近办结", "SJ-2020-001（办理中，时限2020-05-19）"] in told


def test_every_decision_stands_on_the_overview_and_every_absence_beside_its_district() -> None:
    report = a_full_report()
    workbook = opened(office_workbook.render(report))
    told = rows(workbook, "总览", 1)
    start = next(number for number, row in enumerate(told) if row[0] == "三、需要决策的事项（3件）")
    decided = [(row[0], row[1], row[2], row[3], row[4], row[6]) for row in told[start + 2 : start + 5]]
    assert decided == [
        ("停水停电停暖：换热站故障", "甲旗", None, None, "急报事项", "供热公司"),
        ("电梯停运", "甲旗", "SJ-2020-001", "领导一", "超期未结、需协调事项", "请市级协调"),
        ("电梯停运", "乙区", "SJ-2020-003", "领导二", "群众不认可", "请包案领导与群众见面，研究新的答复意见"),
    ]
    absent = "丙旗没有日报（此前也没有日报）；补报可能改变其名下市级交办和旗区自行梳理1件（计入化解0件）。"
    assert [row[10] for row in rows(workbook, "报送情况")[:3]] == [None, None, absent]
    assert ["未报（旗区）", 1, absent] in [row[:3] for row in told]


def test_many_nearest_cases_are_cut_with_their_number() -> None:
    cases = tuple(a_case(f"SJ-2020-{n:03}", status="已答复") for n in range(30))
    report = a_report(cases)
    way = Way(CITY, report.targets[1].tally, 30, None, 0, 1, None, tuple(line.number for line in cases))
    told = next(row[2] for row in rows(opened(office_workbook.render(replace(report, ways=(way,)))), "总览", 1) if row[1] == "最接近办结")
    assert str(told).count("已答复") == 20
    assert str(told).endswith("；等30件")


def test_each_sheet_with_figures_says_what_they_mean() -> None:
    report = a_full_report()
    workbook = opened(office_workbook.render(report))
    flags = list(definitions.flags(report.settings.windows).values())
    said = {
        "总览": [
            definitions.TOTAL,
            definitions.RESOLVED,
            definitions.OPEN,
            definitions.REFERRED,
            definitions.TARGET,
            definitions.WAY,
            *flags,
        ],
        "目标完成": [definitions.TOTAL, definitions.RESOLVED, definitions.TARGET, definitions.REFERRED, definitions.TREND[:-1]],
        "旗区": [definitions.DISTRICTS, definitions.TOTAL, definitions.RESOLVED, definitions.TARGET, definitions.OPEN, *flags[:6]],
        "包案领导": [definitions.LEADER, definitions.TOTAL, definitions.RESOLVED, definitions.TARGET, *flags[:4]],
        "今日变化": [definitions.BRIDGE, *definitions.CHANGES.values(), definitions.STEPS["cancelled"], definitions.STEPS["found"]],
        "报送情况": [definitions.on_time(report.settings), definitions.NOT_ZERO, definitions.ROWS],
    }
    for name, expected in said.items():
        text = "\n".join(str(cell) for row in rows(workbook, name, 1) for cell in row if cell is not None)
        assert [one for one in expected if one not in text] == [], name


def test_a_trend_of_thirty_days_with_gaps_is_drawn_from_its_cells() -> None:
    first = DAY - timedelta(days=29)
    trend = tuple((first + timedelta(days=n), {REGION: Tally(100, 3, 3), CITY: Tally(90, 10 * (n % 7 != 3), n % 7)}) for n in range(30))
    content = office_workbook.render(replace(a_report(small_register()), trend=trend))
    sheet = opened(content)["目标完成"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        chart = archive.read("xl/charts/chart3.xml").decode()
    assert "dispBlanksAs" not in chart  # a blank is a gap
    ranges = re.findall(r"<c:f>'目标完成'!\$G\$(\d+):\$G\$(\d+)</c:f>", chart)
    for (top, last), name in zip(ranges, (REGION, CITY), strict=True):
        drawn = [sheet.cell(row, 7).value for row in range(int(top), int(last) + 1)]
        rates = [tallies[name].rate_percent for _day, tallies in trend]
        assert drawn == [None if rate is None else pytest.approx(float(rate) / 100, abs=1e-12) for rate in rates]


def test_the_same_report_gives_the_same_bytes_at_any_time() -> None:
    report = a_full_report()
    first = office_workbook.render(report)
    time.sleep(2.1)  # a zip entry's time counts in steps of two seconds
    assert office_workbook.render(report) == first


def test_an_empty_sheet_says_so() -> None:
    workbook = opened(office_workbook.render(a_report(())))
    assert workbook["急报事项"]["A4"].value == "今日无急报事项。"
    for name in SHEETS[3:9] + SHEETS[10:]:
        assert str(workbook[name]["A4"].value).endswith("。"), name


def test_dates_are_dates_counts_are_numbers_and_case_numbers_are_text() -> None:
    sheet = opened(office_workbook.render(a_full_report()))["案件台账"]
    told = {sheet.cell(3, column).value: sheet.cell(4, column) for column in range(1, sheet.max_column + 1)}
    assert told["交办日期"].value == datetime(2020, 5, 1)  # noqa: DTZ001 - a workbook knows no zones
    assert told["交办日期"].number_format == "yyyy-mm-dd"
    assert told["涉及户数"].value == 12
    assert told["涉及金额（万元）"].value == 3.5
    assert (told["案件编号"].data_type, told["案件编号"].number_format) == ("s", "@")


def test_a_day_without_a_time_is_shown_without_one() -> None:
    urgent = UrgentLine("甲旗", "", "其他民生事项", "情况", date(2020, 5, 22), "措施", "", "")
    told = [
        replace(urgent, happened=moment) for moment in (date(2020, 5, 22), datetime.fromisoformat("2020-05-22 08:30"), date(1899, 5, 22))
    ]
    sheet = opened(office_workbook.render(replace(a_report(()), urgent=tuple(told))))["急报事项"]
    assert [sheet[f"E{row}"].number_format for row in (4, 5)] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert sheet["E6"].value == "1899-05-22"


def test_the_workbook_is_as_agreed(golden: Callable[[str, str], None]) -> None:
    content = office_workbook.render(a_full_report())
    cached = opened(content)
    lines = []
    for address, cell in cells(opened(content, values=False)):
        sheet, place = address.split("!")
        value = str(cell.value).replace("\n", "⏎")
        shown = f"{value} → {cached[sheet][place].value}" if cell.data_type == "f" else value
        lines.append(f"{address}, {cell.number_format}, {shown}")
    golden("xlsx/汇总.txt", "\n".join(lines) + "\n")


def test_three_hundred_cases_take_less_than_a_second() -> None:
    report = a_report(tuple(a_case(f"SJ-2020-{n:03}", leader=f"领导{n % 60}") for n in range(300)))
    began = time.process_time()
    office_workbook.render(report)
    assert time.process_time() - began < 1


# --- what a spreadsheet program makes of it ---------------------------------------------------------------------------

_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


def recalculated(content: bytes, folder: Path) -> Workbook:
    """The workbook after LibreOffice has computed every formula anew."""
    office = shutil.which("soffice")
    assert office, "needs LibreOffice"
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    (folder / "in.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), str(folder / "in.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return opened((folder / "out" / "in.xlsx").read_bytes())


def with_wrong_values(content: bytes) -> bytes:
    """The same workbook with 77777 beside every formula."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb' t="str"(><f>)', rb"\1", data)
                data = re.sub(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>77777\2", data)
            target.writestr(name, data)
    return written.getvalue()


def awkward_register() -> tuple[CaseLine, ...]:
    cases = [a_case(f"SJ-2020-{n:03}", leader=name, flags=("overdue",) if n % 2 else ()) for n, name in enumerate(PATTERNS)]
    cases += [resolved(f"SJ-2020-{n:03}", leader=name, district="乙区") for n, name in enumerate(PATTERNS[: len(PATTERNS) // 2], 100)]
    cases += [resolved(f"ZZQ-2020-{n:03}", "自治区交办", leader="十分之九") for n in range(29)]
    cases += [resolved(f"SJ-2020-{n:03}", leader="刚好", district="乙区") for n in range(200, 209)]
    return tuple(sorted([*cases, a_case("SJ-2020-209", leader="刚好"), *small_register()[2:4]], key=lambda line: line.number))


@pytest.mark.external
@pytest.mark.parametrize("cases", [small_register(), awkward_register(), ()], ids=["small", "awkward", "empty"])
def test_libreoffice_computes_the_reports_figures(cases: tuple[CaseLine, ...], tmp_path: Path) -> None:
    report = a_report(cases)
    wrong = with_wrong_values(office_workbook.render(report))
    assert opened(wrong)["目标完成"]["E4"].value == 77777
    check_figures(recalculated(wrong, tmp_path), report)


@pytest.mark.external
def test_names_in_the_settings_that_look_like_patterns_are_counted_as_they_are(tmp_path: Path) -> None:
    groups, districts = {REGION: "*", CITY: ">5"}, {"甲旗": "?旗", "乙区": "乙旗", "丙旗": "=旗"}
    settings = settings_with(("?旗", "乙旗", "=旗"), ("*", ">5"))
    cases = tuple(replace(line, group=groups[line.group], district=districts[line.district]) for line in small_register())
    report = a_report(cases, settings)
    check_figures(recalculated(with_wrong_values(office_workbook.render(report)), tmp_path), report)


@pytest.mark.external
def test_no_formula_ends_in_an_error_and_every_cached_value_is_what_libreoffice_computes(tmp_path: Path) -> None:
    content = office_workbook.render(a_full_report())
    cached, anew = opened(content), recalculated(with_wrong_values(content), tmp_path)
    formulas = [(address, cell) for address, cell in cells(opened(content, values=False)) if cell.data_type == "f"]
    assert len(formulas) > 100
    for address, cell in formulas:
        sheet = address.split("!")[0]
        assert anew[sheet][cell.coordinate].value == cached[sheet][cell.coordinate].value, address
