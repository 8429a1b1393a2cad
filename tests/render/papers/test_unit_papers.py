"""The papers of levels above the district: what a province and a prefecture of it are told, of the level below each.

Covers `district_table`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from briefings import lines
from offices import HOME, Day, consolidated
from provinces import FIRST, LAST, PROVINCE, SECOND, filed
from python_calamine import CalamineWorkbook

from pipeline.render import files_for_programs
from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, briefing_files
from pipeline.render.workbook import office_workbook
from pipeline.report.report import Report

Golden = Callable[[str, str], None]
TEMPLATES = HOME / "templates"


@pytest.fixture(scope="module")
def day() -> Day:
    return consolidated(filed(), [FIRST, SECOND, LAST], PROVINCE)[LAST]


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
    assert "乙一区" not in own.replace("甲一区→乙一区", "")


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
