"""The office's workbook: what its sheets say, that its formulas give the report's figures, and that nobody's text becomes a formula.

Covers every module of the workbook: `office_workbook`, `case_register_sheet`, `cell_formats`, `changes_sheet`, `figure_sheets`,
`formulas`, `list_sheets`, `overview_sentences`, `overview_sheet`, `sheet_frame` and `sheet_words`.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl.utils import column_index_from_string
from workbook_days import (
    CITY,
    DAY,
    HOSTILE,
    REGION,
    a_case,
    a_full_report,
    a_report,
    cells,
    check_bridges,
    check_figures,
    opened,
    resolved,
    rows,
    settings_with,
    small_register,
)

from pipeline.day.targets import Tally
from pipeline.render import definitions
from pipeline.render.workbook import office_workbook
from pipeline.report import sentences
from pipeline.report.case_lines import CaseLine, Change, Decision, UrgentLine
from pipeline.report.figures import Bridge, Step, Way
from pipeline.report.submission_lines import FindingLine
from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding
from pipeline.terms.words import FLAGS

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

    from pipeline.report.report import Report

# openpyxl does not know the extensions in which Excel and LibreOffice keep data bars and charts
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

SHEETS = [
    "说明",
    "总览",
    "决策事项",
    "目标完成",
    "旗区",
    "包案领导",
    "案件台账",
    "数字明细",
    "今日变化",
    "更正情况",
    "督办清单",
    "接访情况",
    "急报事项",
    "报送情况",
    "报送日历",
    "问题清单",
    "撤销案件",
    "核查提示",
    "对账",
    "豁免",
    "法定期限",
    "督办回复",
    "诉求认定",
    "接访下访",
]


PATTERNS = ("*", "?", "~", "~*", ">5", "<>", "=", '"', "领导一", "领导一 ", "领导Ａ", "领导A", "领导a", "", "12", "12.0", "TRUE")
"""Names that COUNTIFS would read as patterns, or take for one another."""

# --- a small day ------------------------------------------------------------------------------------------------------


# --- reading it back --------------------------------------------------------------------------------------------------


# --- what it promises -------------------------------------------------------------------------------------------------


def test_the_sheets_stand_in_order() -> None:
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
    shown = rows(opened(office_workbook.render(report)), "目标完成")[1]
    assert shown[4:9] == [1000, 899, 0.899, 1, "未达标"]


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
        findings=tuple(FindingLine("2020-05-22", "甲旗", each.value, "采用", each, case=each.value) for each in finding),
        changes=tuple(Change("status", text, text, text, text) for text in HOSTILE),
        liaison={"甲旗": tuple((text, text) for text in HOSTILE)},
    )
    content = office_workbook.render(report)
    plain, formulas = opened(content), opened(content, values=False)
    for address, cell in cells(formulas):
        assert cell.hyperlink is None or cell.hyperlink.target is None, address
        if cell.data_type == "f":
            assert address.split("!")[0] in (*SHEETS[1:6], "今日变化"), address
            assert not any(text in str(cell.value) for text in ("1+1", "cmd", "SUM(A1)", "2+3", "{=")), address
    assert [row[3] for row in rows(plain, "案件台账")] == list(HOSTILE)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name]
        assert b'TargetMode="External"' not in b"".join(archive.read(name) for name in archive.namelist())


def test_markup_control_characters_and_endless_text_do_not_break_the_file() -> None:
    line = a_case(
        "SJ-2020-001", matter="<r><t>x</t></r>", progress="甲\x00\x0b乙\ud800\uffff丙\r\n丁", plan="长" * 40_000, team="🏠" * 20_000
    )
    sheet = opened(office_workbook.render(replace(a_report((line,)), office="局\x01&P\ud800")))["案件台账"]
    shown = {sheet.cell(3, column).value: sheet.cell(4, column).value for column in range(1, sheet.max_column + 1)}
    assert shown["案由"] == "<r><t>x</t></r＞"
    assert shown["最近进展"] == "甲乙丙\n丁"
    assert str(shown["化解方案"]).endswith("长……（原文过长，以下略）")
    assert len(str(shown["化解方案"])) == 32_767
    assert len(str(shown["工作专班"]).encode("utf-16-le")) <= 2 * 32_767


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
        shown = [row[0] for row in rows(workbook, name)]
        assert any(definitions.NO_BOUNDS in str(said) for said in shown), name
        assert not any(sentences.bounds_rule(3) in str(said) for said in shown), name
    assert [row[9:11] for row in rows(workbook, "目标完成")[:5]] == [[None, None]] * 5


def test_the_rule_of_the_bounds_stands_under_every_table_that_shows_them() -> None:
    workbook = opened(office_workbook.render(a_full_report()))
    for name in ("总览", "目标完成", "旗区", "包案领导"):
        assert any(str(row[0]).startswith(sentences.bounds_rule(3)) for row in rows(workbook, name)), name


def test_the_overview_says_the_sentences_of_the_report() -> None:
    report = a_full_report()
    shown = [row[1:3] for row in rows(opened(office_workbook.render(report)), "总览", 1)]
    for figure, bridge, way in zip(report.targets, report.bridges, report.ways, strict=True):
        assert ["比前一日", sentences.since_yesterday(bridge, report.submissions)] in shown
        assert ["达到目标", sentences.way(way)] in shown
        assert not figure.bounds or ["补报以后", sentences.bounds(figure.bounds)] in shown
    assert ["最接近办结", "SJ-2020-001（办理中，时限2020-05-19）"] in shown


def test_beside_a_verdict_that_replies_alone_brought_about_the_overview_says_what_it_is_without_them() -> None:
    report = a_full_report()
    met = replace(report.targets[1], tally=Tally(90, 20, 18))
    reliance = replace(report.certainties[1], answered=("SJ-2020-003",), unmoved=Tally(90, 20, 18))
    told = replace(report, targets=(report.targets[0], met), certainties=(report.certainties[0], reliance))
    shown = rows(opened(office_workbook.render(told)), "总览", 1)
    verdict = next(str(row[7]) for row in shown if row[0] == met.label and row[2] == 20)
    assert verdict == f"{met.verdict}（见下）"
    limit = "其中1件原群众不认可、另行答复后计入、此后没有认可，不计这1件为85.0%，不到90%"
    assert f"{met.label}{met.verdict}，{limit}（SJ-2020-003）。" in [row[0] for row in shown]
    assert "（见下）" not in str([row[7] for row in rows(opened(office_workbook.render(report)), "总览", 1) if len(row) > 7])


def test_nothing_is_said_of_who_passed_urgent_matters_on_since_nobody_notes_it() -> None:
    workbook = opened(office_workbook.render(a_full_report()))
    said = str(rows(workbook, "急报事项", 2)[0][0])
    assert "即时转报" not in said
    assert "有没有转报领导，本表不记" in said


def test_every_decision_stands_on_the_overview_and_every_absence_beside_its_district() -> None:
    report = a_full_report()
    workbook = opened(office_workbook.render(report))
    shown = rows(workbook, "总览", 1)
    start = next(number for number, row in enumerate(shown) if row[0] == "需要决策的事项（3件）")
    decided = [(row[0], row[1], row[2], row[3], row[4], row[6]) for row in shown[start + 2 : start + 5]]
    assert decided == [
        ("停水停电停暖：换热站故障", "甲旗", None, None, "急报事项", "供热公司"),
        ("电梯停运", "甲旗", "SJ-2020-001", "领导一", "超期未结、需协调事项", "请市级协调"),
        ("电梯停运", "乙区", "SJ-2020-003", "领导二", "群众不认可", "请包案领导与群众见面，研究新的答复意见"),
    ]
    absent = "丙旗没有日报（此前也没有日报）；补报可能改变其名下市级交办和旗区自行梳理1件（计入化解0件）。"
    assert [row[12] for row in rows(workbook, "报送情况")[:3]] == [None, None, absent]
    assert ["未报（旗区）", 1, absent] in [row[:3] for row in shown]


def test_many_nearest_cases_are_cut_with_their_number() -> None:
    cases = tuple(a_case(f"SJ-2020-{n:03}", status="已答复") for n in range(30))
    report = a_report(cases)
    way = Way(CITY, report.targets[1].tally, 30, None, 0, 1, None, tuple(line.number for line in cases))
    shown = next(row[2] for row in rows(opened(office_workbook.render(replace(report, ways=(way,)))), "总览", 1) if row[1] == "最接近办结")
    assert str(shown).count("已答复") == 6
    assert str(shown).endswith("；等30件，点左边看全部")


def test_each_sheet_with_figures_says_what_they_mean() -> None:
    report = a_full_report()
    workbook = opened(office_workbook.render(report))
    flags = list(definitions.flags(report.settings.windows).values())
    notes = {
        "决策事项": [definitions.DECISIONS[kind] for kind in ("urgent", "overdue", "disputed", "coordination")],
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
    for name, expected in notes.items():
        text = "\n".join(str(cell) for row in rows(workbook, name, 1) for cell in row if cell is not None)
        assert [note for note in expected if note not in text] == [], name


def test_a_trend_of_thirty_days_with_gaps_is_drawn_from_its_cells() -> None:
    first = DAY - timedelta(days=29)
    trend = tuple((first + timedelta(days=n), {REGION: Tally(100, 3, 3), CITY: Tally(90, 10 * (n % 7 != 3), n % 7)}) for n in range(30))
    content = office_workbook.render(replace(a_report(small_register()), trend=trend))
    sheet = opened(content)["目标完成"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        charts = [archive.read(f"xl/charts/chart{number}.xml").decode() for number in (2, 4)]
    for chart, name, target in zip(charts, (REGION, CITY), (1, 0.9), strict=True):
        assert "dispBlanksAs" not in chart  # a blank is a gap
        ((top, last),) = re.findall(r"<c:f>'目标完成'!\$G\$(\d+):\$G\$(\d+)</c:f>", chart)
        assert f"<c:f>'目标完成'!$J${top}:$J${last}</c:f>" in chart
        assert {sheet.cell(row, 10).value for row in range(int(top), int(last) + 1)} == {target}
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
    assert workbook["急报事项"]["A4"].value == "今日没有旗区报送，有没有，不知道。"
    for name in [name for name in SHEETS[5:] if name not in ("报送情况", "数字明细")]:
        assert str(workbook[name]["A4"].value).endswith("。"), name


def test_dates_are_dates_counts_are_numbers_and_case_numbers_are_text() -> None:
    sheet = opened(office_workbook.render(a_full_report()))["案件台账"]
    shown = {sheet.cell(3, column).value: sheet.cell(4, column) for column in range(1, sheet.max_column + 1)}
    assert shown["交办日期"].value == datetime(2020, 5, 1)  # noqa: DTZ001 - a workbook knows no zones
    assert shown["交办日期"].number_format == "yyyy-mm-dd"
    assert shown["涉及户数"].value == 12
    assert shown["涉及金额（万元）"].value == 3.5
    assert (shown["案件编号"].data_type, shown["案件编号"].number_format) == ("s", "@")


def test_a_case_that_is_disputed_is_not_shown_as_resolved() -> None:
    workbook = opened(office_workbook.render(a_full_report()))
    for name, number, status in (("案件台账", 0, 5), ("督办清单", 1, 6)):
        shown = {row[number]: row[status] for row in rows(workbook, name)}
        assert (shown["SJ-2020-003"], shown["SJ-2020-001"]) == ("已化解（群众不认可，不计）", "办理中"), name


def test_a_rule_stands_once_above_the_list_to_follow_up() -> None:
    cases = tuple(a_case(f"SJ-2020-{n:03}", flags=("overdue",), days_overdue=3) for n in range(5))
    report = a_report(cases)
    sheet = opened(office_workbook.render(report))["督办清单"]
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    said = [line for line in str(sheet["A2"].value).split("\n") if line.startswith("超期未结（5 件）：")]
    assert said == [f"超期未结（5 件）：{definitions.flags(report.settings.windows)['overdue']}{FLAGS['overdue'].advice}"]
    assert text.count(FLAGS["overdue"].advice) == 1
    assert FLAGS["stalled"].advice not in text


def test_the_register_is_printed_as_far_as_a_page_is_wide() -> None:
    sheet = opened(office_workbook.render(a_full_report()))["案件台账"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$3:$3"
    last = column_index_from_string(re.findall(r"\$([A-Z]+)\$", str(sheet.print_area))[-1])
    printed = [cell.value for cell in sheet[3][:last]]
    assert printed == [
        "案件编号", "案件来源", "旗区", "案由", "包案领导", "当前状态", "计入化解", "现行时限", "超期（天）", "督办事项", "最近进展",
    ]  # fmt: skip


def test_the_answers_to_notices_are_printed_as_far_as_a_page_is_wide() -> None:
    sheet = opened(office_workbook.render(a_full_report()))["督办回复"]
    last = column_index_from_string(re.findall(r"\$([A-Z]+)\$", str(sheet.print_area))[-1])
    assert [cell.value for cell in sheet[3][:last]][-2:] == ["办理措施", "完成时限"]


def test_a_day_without_a_time_is_shown_without_one() -> None:
    urgent = UrgentLine("甲旗", "", "其他民生事项", "情况", date(2020, 5, 22), "措施", "", "")
    shown = [
        replace(urgent, happened=moment) for moment in (date(2020, 5, 22), datetime.fromisoformat("2020-05-22 08:30"), date(1899, 5, 22))
    ]
    sheet = opened(office_workbook.render(replace(a_report(()), urgent=tuple(shown))))["急报事项"]
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


def recalculated(contents: Sequence[bytes], folder: Path) -> list[Workbook]:
    """The workbooks after LibreOffice, started once for all, has computed every formula anew."""
    office = shutil.which("soffice")
    assert office, "needs LibreOffice"
    paths = [folder / f"{number}.xlsx" for number in range(len(contents))]
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return [opened((folder / "out" / path.name).read_bytes()) for path in paths]


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


def a_report_with_patterns_as_names() -> Report:
    groups, districts = {REGION: "*", CITY: ">5"}, {"甲旗": "?旗", "乙区": "乙旗", "丙旗": "=旗"}
    settings = settings_with(("?旗", "乙旗", "=旗"), ("*", ">5"))
    cases = tuple(replace(line, group=groups[line.group], district=districts[line.district]) for line in small_register())
    return a_report(cases, settings)


REPORTS: dict[str, Callable[[], Report]] = {
    "small": lambda: a_report(small_register()),
    "awkward": lambda: a_report(awkward_register()),
    "empty": lambda: a_report(()),
    "patterns": a_report_with_patterns_as_names,
    "full": a_full_report,
}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """Every report's workbook as LibreOffice computes it where wrong values stood."""
    wrong = [with_wrong_values(office_workbook.render(make())) for make in REPORTS.values()]
    assert opened(wrong[0])["目标完成"]["E4"].value == 77777
    return dict(zip(REPORTS, recalculated(wrong, tmp_path_factory.mktemp("computed")), strict=True))


@pytest.mark.external
@pytest.mark.parametrize("name", ["small", "awkward", "empty"])
def test_libreoffice_computes_the_reports_figures(name: str, computed: dict[str, Workbook]) -> None:
    check_figures(computed[name], REPORTS[name]())


@pytest.mark.external
def test_names_in_the_settings_that_look_like_patterns_are_counted_as_they_are(computed: dict[str, Workbook]) -> None:
    check_figures(computed["patterns"], REPORTS["patterns"]())


@pytest.mark.external
def test_no_formula_ends_in_an_error_and_every_cached_value_is_what_libreoffice_computes(computed: dict[str, Workbook]) -> None:
    content = office_workbook.render(a_full_report())
    cached, anew = opened(content), computed["full"]
    formulas = [(address, cell) for address, cell in cells(opened(content, values=False)) if cell.data_type == "f"]
    assert len(formulas) > 100
    for address, cell in formulas:
        sheet = address.split("!")[0]
        assert anew[sheet][cell.coordinate].value == cached[sheet][cell.coordinate].value, address
