"""领导: a page a leader of made-up stories, whose lines are written by hand. Covers `leader_pages`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import briefings
import pytest
from hostile import HOSTILE
from offices import HOME, Day, assigned, handed_in, on
from test_originals import fields, marks, part
from workbooks import DISTRICTS, assignment, assignment_pages, case_row, edit, progress_row, report, resolved_row, turn_row, write

from pipeline.render.papers import leader_papers
from pipeline.report import leader_pages

DAY = date(2020, 5, 21)
TEMPLATES = HOME / "templates"
CASES = (
    case_row("SJ-2020-001", 包案领导="领导一", 办结时限="2020-05-11", 案由="电梯停运"),
    case_row("SJ-2020-002", 包案领导="领导二、领导一", 办结时限="2020-05-23"),
    case_row("SJ-2020-003", 包案领导="领导一", 办结时限="2020-05-31", 延期至="2020-06-30"),
    case_row("SJ-2020-004", 包案领导="领导三"),
    case_row("SJ-2020-005", 包案领导="领导四"),
    case_row("SJ-2020-006", "康巴什区", 包案领导="领导五", 撤销依据="重复交办"),
    case_row("SJ-2020-007", 包案领导="未明确"),
)
ROTA = (
    turn_row("2020-05-19", "领导一"),
    turn_row("2020-05-20", "领导三", "替班", 替班领导="领导一"),
    turn_row("2020-05-21", "领导一", "替班", 替班领导="领导三"),
    turn_row("2020-05-22", "领导一", "休假"),
    turn_row("2020-05-25", "领导一"),
)


@pytest.fixture(scope="module")
def day() -> Day:
    rows = [
        progress_row("SJ-2020-001", 接访下访领导="领导一", 接访下访日期="2020-05-20", 需协调事项="请协调供电公司"),
        progress_row("SJ-2020-002", 接访下访领导="领导一"),
        resolved_row("SJ-2020-003", 群众确认="不认可", 接访下访日期="2020-05-20"),
        resolved_row("SJ-2020-004"),
        progress_row("SJ-2020-005", 当前状态="导入法定途径"),
    ]
    return on(DAY, assigned(assignment(CASES, rota=ROTA)), handed_in(report(day=DAY, progress=rows)))


@pytest.fixture(scope="module")
def files(day: Day) -> dict[str, bytes]:
    made, remarks = leader_papers.render(day.report, TEMPLATES)
    assert remarks == []
    return made


def test_each_leader_with_an_open_case_or_district_has_a_page_and_nobody_else(files: dict[str, bytes]) -> None:
    """领导0 accompanies 东胜区, whose cases these are; 领导三 and 领导四 have nothing open, 领导五's case is cancelled."""
    assert sorted(files) == [f"领导/{name}_2020-05-21.docx" for name in ("领导0", "领导一", "领导二")]


def test_a_page_says_what_is_due_disputed_asked_received_and_whose_turn_it_is(files: dict[str, bytes]) -> None:
    lines = [line.removesuffix("｜") for line in briefings.lines(files["领导/领导一_2020-05-21.docx"])]
    assert lines[0] == "Title｜领导一：包案和接访下访情况"
    assert lines[2] == "正文段落｜包案在办3件，其中群众不认可1件、超期未结1件、临近到期1件、需协调事项1件。"
    assert [line for line in lines if " | " in line] == [
        "案件编号 | 旗区 | 案由 | 现行时限 | 状态和情况 | 旗区的请求",
        "SJ-2020-003 | 东胜区 | 逾期交房 | 6月30日（延期） | 报已化解；群众不认可 | ",
        "SJ-2020-001 | 东胜区 | 电梯停运 | 5月11日 | 办理中；超期10天 | 请协调供电公司",
        "SJ-2020-002 | 东胜区 | 逾期交房 | 5月23日 | 办理中；还有2天到期 | ",
        "日期 | 报来（件） | 案件 | 说明",
        "5月20日 | 1 | SJ-2020-001 | ",
        "5月21日 | 1 | SJ-2020-002 | 1件未写日期，按报告日算",
    ]
    notes = [line.partition("｜")[2] for line in lines if line.startswith("说明｜")]
    assert notes == [
        "群众不认可而没有写明请求的1件：请包案领导与群众见面，研究新的答复意见。",
        "近三十日排班：5月19日（日报报来0件）、5月20日替领导三（日报报来1件）、5月21日由领导三替班。",
        "以后排班：5月25日。",
    ]


def test_whoever_accompanies_a_district_sees_what_needs_a_look_there(files: dict[str, bytes]) -> None:
    lines = briefings.lines(files["领导/领导0_2020-05-21.docx"])
    assert "正文段落｜包联东胜区在办4件，其中群众不认可1件、超期未结1件、临近到期1件、需协调事项1件。" in lines
    assert [line.split(" | ")[0] for line in lines if line.startswith("SJ")] == ["SJ-2020-003", "SJ-2020-001", "SJ-2020-002"]
    assert "说明｜包联旗区其余1件在办，没有不认可、超期、临近到期和请求，见汇总表“案件台账”。" in lines
    assert any("没有写明由您接访下访的" in line for line in lines)


def test_a_district_that_has_not_reported_is_named() -> None:
    silent = on(DAY, assigned(assignment(CASES)))
    (page,) = (page for page in leader_pages.of(silent.report) if page.name == "领导二")
    assert leader_papers.fields(page, silent.report)["说明"] == "东胜区当日没有可用的日报，情况按以前的日报。"


def test_the_same_day_gives_the_same_bytes(day: Day, files: dict[str, bytes]) -> None:
    assert leader_papers.render(day.report, TEMPLATES) == (files, [])


# --- what a cell holds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leaders", "names"),
    [
        (("领导一", "领导二"), ["领导一", "领导二"]),
        (("../../领导", "CON", ".", "a/b", "a\\b", "A:B"), ["_.._领导", "_CON", "_", "a_b", "a_b_2", "A_B_3"]),
        (("甲" * 60, "甲" * 61), ["甲" * 50, "甲" * 50 + "_2"]),
    ],
)
def test_a_name_is_part_of_a_files_name_and_never_a_path(leaders: tuple[str, ...], names: list[str]) -> None:
    assert leader_papers.names(leaders) == names


def test_whatever_a_cell_holds_stays_text() -> None:
    cases = [case_row(f"SJ-2020-{at:03}", 包案领导=f"{text}", 案由=text) for at, text in enumerate(HOSTILE)]
    pages = edit(assignment_pages(cases), {f"包联旗区!B{row}": "{{ 7*7 }}<w:p>" for row in range(2, len(DISTRICTS) + 2)})
    made, remarks = leader_papers.render(on(DAY, assigned(write(pages))).report, TEMPLATES)
    assert remarks == []
    assert made
    for name, content in made.items():
        assert name.startswith("领导/")
        assert name.count("/") == 1
        briefings.document(content)
        assert not any("49" in line for line in briefings.lines(content)[:1])
    assert any("{{7*7}}<w:p>" in briefings.lines(content)[0] for content in made.values())


# --- the template ------------------------------------------------------------------------------------------------


def test_the_template_is_the_original_and_shows_every_text(day: Day) -> None:
    name = leader_papers.TEMPLATE
    assert (TEMPLATES / name).read_bytes() == (TEMPLATES / "原版" / name).read_bytes()
    given = {field for page in leader_pages.of(day.report) for field in fields(leader_papers.fields(page, day.report))}
    assert given == marks(part(name, "word/document.xml")) - {"案", "句", "天"}
    sizes = re.findall(r'<w:sz w:val="(\d+)"/>', part(name, "word/styles.xml") + part(name, "word/document.xml"))
    assert min(map(int, sizes)) >= 18  # half points


def test_in_the_place_of_one_that_cannot_be_used_the_original_is_taken_and_that_is_said(day: Day, tmp_path: Path) -> None:
    broken = tmp_path / leader_papers.TEMPLATE
    broken.write_bytes(b"no package")
    made, remarks = leader_papers.render(day.report, tmp_path)
    assert made == leader_papers.render(day.report, TEMPLATES)[0]
    assert remarks == [f"模板“{leader_papers.TEMPLATE}”打不开，不是完好的 .docx 文件。这次按程序自带的版式写出。{leader_papers._WAY_OUT}"]  # noqa: SLF001
    assert len(list(leader_papers.examine(tmp_path))) == 1
