"""The papers of levels above the district: what a province and a prefecture of it are told, of the level below each.

Covers `district_table`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from briefings import lines
from offices import HOME, Day, assigned, consolidated, on
from provinces import FIRST, LAST, PROVINCE, SECOND, filed
from python_calamine import CalamineWorkbook
from workbook_days import opened
from workbooks import DAY, assignment, case_row

from pipeline.render import definitions, districts, files_for_programs
from pipeline.render.page import large_page, leaders_page
from pipeline.render.papers import briefing, briefing_files, district_table
from pipeline.render.period import period_files
from pipeline.render.workbook import office_workbook
from pipeline.report import period
from pipeline.report.report import Report
from pipeline.settings.large_days import LargeDay

Golden = Callable[[str, str], None]
TEMPLATES = HOME / "templates"


@pytest.fixture(scope="module")
def day() -> Day:
    return consolidated(filed(), [FIRST, SECOND, LAST], PROVINCE)[LAST]


def test_where_a_district_has_no_case_no_verdict_can_turn() -> None:
    """Nobody has reported; 东胜区 has a case of the second group."""
    told = on(DAY, assigned(assignment([case_row("SJ-2020-001")]))).report
    lacking = {row["名称"]: [cells["还差"] for cells in row["分组"]] for row in district_table.rows(told)}
    assert (lacking["东胜区"], lacking["达拉特旗"]) == (["0", "1*"], ["0", "0"])
    assert district_table.provisional(told, 1)


def _word(report: Report) -> str:
    files, broken, _printed = briefing_files.render(report, TEMPLATES)
    assert broken == []
    return "\n".join(lines(files[f"信访事项办理情况专报_{LAST}.docx"])) + "\n"


def test_a_provinces_paper_reads_like_this(day: Day, golden: Golden) -> None:
    golden("province/专报.txt", _word(day.report))


def test_a_prefectures_paper_reads_like_this(day: Day, golden: Golden) -> None:
    golden("province/丙市_专报.txt", _word(day.units["丙市"]))


def test_a_provinces_figures_are_these(day: Day, golden: Golden) -> None:
    golden("province/summary.json", files_for_programs.summary(day.report).decode())
    golden("province/丙市_summary.json", files_for_programs.summary(day.units["丙市"]).decode())


def test_the_table_has_what_lies_directly_under_the_reader(day: Day) -> None:
    shown = {name: briefing.fields(report) for name, report in {"": day.report, **day.units}.items()}
    assert {name: (fields["层级"], [row["名称"] for row in fields["旗区"]]) for name, fields in shown.items()} == {
        "": ("盟市", ["甲市", "乙市", "丙市"]),
        "甲市": ("旗区", ["甲一区", "甲二县", "甲三县"]),
        "乙市": ("旗区", ["乙一区", "乙二县", "乙三县"]),
        "丙市": ("单位", ["丙北片", "丙三县"]),
        "丙北片": ("旗区", ["丙一区", "丙二县"]),
    }
    assert [row["报送"] for row in shown[""]["旗区"]] == ["3/3", "2/3", "2/3"]
    assert shown[""]["合计"]["报送"] == "7/9"
    assert [row["报送"] for row in shown["丙市"]["旗区"]] == ["2/2", "未报"]
    assert shown[""]["小标题"]["旗区"].startswith("四、各盟市情况")
    assert shown["丙市"]["标题"] == "丙市2020年5月21日信访事项办理情况"
    assert "：乙市乙二县" in shown[""]["缺报"][0]


def test_the_page_has_the_level_below_and_the_districts_behind_it(day: Day) -> None:
    page = re.sub(r"<[^>]+>", "", leaders_page.render(day.report, TEMPLATES).decode())
    assert "四、各盟市" in page
    assert "各盟市自治区交办案件化解情况" in page
    assert "按旗区看" in page
    own = re.sub(r"<[^>]+>", "", leaders_page.render(day.units["甲市"], TEMPLATES).decode())
    assert "甲市信访事项办理情况日报" in own
    assert "四、各旗区" in own
    assert "按旗区看" not in own
    assert "乙一区" not in re.sub("甲一区(→|旗区甲一区)乙一区|改派乙一区", "", own)  # whereto a case went is told


def test_a_units_papers_name_no_case_of_another_unit(day: Day) -> None:
    for name, report in day.units.items():
        others = {case.number for case in day.report.cases} - {case.number for case in report.cases}
        page = leaders_page.render(report, TEMPLATES).decode()
        named = {number for number in others if number in page}
        assert named <= {"SJ-2020-001"}, name  # 改派 is told of the unit that gave the case


def test_a_units_workbook_says_whose_it_is_on_every_sheet(day: Day) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(office_workbook.render(day.units["丙市"])))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    titles = [str(rows[0][0]) for rows in sheets.values() if rows and "2020年5月21日" in str(rows[0][0])]
    assert len(titles) > 10
    assert all(title.startswith("丙市") for title in titles)
    districts = {cell for row in sheets["旗区"] for cell in row}
    assert {"丙一区", "丙二县", "丙三县"} <= districts
    assert "甲一区" not in districts


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_the_sheet_of_districts_begins_with_what_lies_directly_under_the_reader(day: Day) -> None:
    """Each unit's figures are the sums of its districts' rows below; without such levels there are the districts alone."""
    for report, word in ((day.report, "盟市"), (day.units["丙市"], "单位"), (day.units["甲市"], "旗区")):
        sheet = opened(office_workbook.render(report))["旗区"]
        header, *shown = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
        below = [line.name for line in report.below]
        names = [*below, *report.settings.district_names, "合计"]
        assert [row[0] for row in shown[: len(names)]] == names
        assert header[0] == (f"{word}、旗区" if below else "旗区")
        assert (header[-1] == f"所在{word}") is bool(below)
        districts = shown[len(below) : len(names) - 1]
        for row, line in zip(shown, report.below, strict=False):
            own = [each for each in districts if each[0] in line.districts]
            assert all(each[-1] == line.name for each in own)
            for column in (2, 3, 9, 10, *range(16, 24)):  # 总数 and 已化解 of both groups, and what is to be watched
                assert row[column] == sum(int(str(each[column])) for each in own), (line.name, header[column])


def _large(report: Report) -> Report:
    return replace(report, settings=report.settings.model_copy(update={"large_day": LargeDay(cases=1, workbook_rows=1)}))


def test_a_units_page_of_a_large_day_says_where_its_cases_are_and_names_no_other_districts(day: Day) -> None:
    """From 单位/丙市 the day's folder is two levels up; what the page knows of districts is its own."""
    index = large_page.Index.of(districts.of(_large(day.report)))
    (page,) = large_page.files(index, _large(day.units["丙市"]), TEMPLATES).values()
    text = page.decode()
    assert "旁边" not in text
    assert "同一文件夹" not in text
    assert text.count("（本页往上2级）") == 2
    assert "“案件”文件夹在当日结果文件夹里，本页往上2级" in text
    data = json.loads(text.split('<script type="application/json" id="data">')[1].split("</script>")[0])
    assert [name for name, _href in data["units"].values()] == ["丙一区", "丙二县", "丙三县"]
    assert all(href.startswith("../../案件/") for _name, href in data["units"].values())
    assert all("全市" not in definitions.rows_below(held.tree, held.way) for held in (report.settings for report in day.units.values()))


def test_the_search_of_a_large_day_finds_a_case_by_the_unit_in_which_it_lies(day: Day) -> None:
    report = _large(day.report)
    lines = "".join(content.decode() for content in large_page.Index.of(districts.of(report)).given_away().values()).split("\\n")
    under = report.settings.tree.districts("丙市")
    assert sum("\\t丙市" in line for line in lines) == sum(case.district in under for case in report.cases) > 0


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_units_workbook_of_a_large_day_says_where_its_lists_are(day: Day) -> None:
    said = {
        name: str(opened(office_workbook.render(_large(report)))["案件台账"]["A2"].value)
        for name, report in {"": day.report, "丙市": day.units["丙市"]}.items()
    }
    assert "在本表旁边的“汇总”文件夹里" in said[""]
    assert "在当日结果文件夹（本表往上2级）里的“汇总”文件夹里" in said["丙市"]


def test_a_periods_report_has_what_lies_directly_under_its_reader_before_the_districts() -> None:
    days = consolidated(filed(), [FIRST, SECOND, LAST], PROVINCE)
    made = period.of([days[each].report for each in (FIRST, SECOND, LAST)], {})
    assert [part.label for part in made.below] == ["甲市", "乙市", "丙市"] * 2
    for part in made.below:
        own = [each for each in made.districts if each.group == part.group and each.label in PROVINCE.tree.districts(part.label)]
        assert [tally.total for tally in part.tallies] == [sum(each.tallies[end].total for each in own) for end in (0, 1)]
        assert [tally.resolved for tally in part.tallies] == [sum(each.tallies[end].resolved for each in own) for end in (0, 1)]
        assert part.figure is not None
    files, broken = period_files.render(made, TEMPLATES)
    assert broken == []
    by_ending = {name.rpartition(".")[2]: content for name, content in files.items()}
    said = "\n".join(lines(by_ending["docx"]))
    assert "二、各盟市和包案领导" in said
    assert "各旗区的见同一文件夹里的工作簿“旗区”" in said
    page = by_ending["html"].decode()
    assert page.index("各盟市自治区交办案件") < page.index("按旗区看（9 个）")
    shown = [row[2] for row in CalamineWorkbook.from_filelike(io.BytesIO(by_ending["xlsx"])).get_sheet_by_name("旗区").to_python()]
    assert shown.index("单位、旗区") < shown.index("甲市") < shown.index("甲一区")
    assert [entry["unit"] for entry in json.loads(by_ending["json"])["units"]] == [part.label for part in made.units]
