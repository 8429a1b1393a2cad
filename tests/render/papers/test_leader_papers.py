"""领导: a page a leader of made-up stories, whose lines are written by hand. Covers `leader_pages`."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import briefings
import pytest
from hostile import HOSTILE
from offices import HOME, Day, assigned, consolidate, handed_in, on
from test_originals import fields, marks, part
from workbooks import (
    DISTRICTS,
    assignment,
    assignment_pages,
    case_row,
    edit,
    progress_row,
    report,
    resolved_row,
    turn_row,
    urgent_row,
    write,
)

from pipeline.render.papers import leader_papers
from pipeline.report import leader_pages, notice_words
from pipeline.report.report import Report

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
    case_row("SJ-2020-008", 包案领导="未明确", 交办日期="2020-05-20"),
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
    shared = "以上有1件共同包案，统计计入别人，汇总表“包案领导”里不在本人名下。"
    assert lines[2] == f"正文段落｜包案在办3件，其中群众不认可1件、超期未结1件、临近到期1件、需协调事项1件。{shared}"
    assert [line for line in lines if " | " in line] == [
        "案件编号 | 旗区 | 案由 | 现行时限 | 状态和情况 | 旗区的请求",
        "SJ-2020-003 | 东胜区 | 逾期交房 | 6月30日（延期） | 报已化解；群众不认可 | ",
        "SJ-2020-001 | 东胜区 | 电梯停运 | 5月11日 | 办理中；超期10天 | 请协调供电公司",
        "SJ-2020-002 | 东胜区 | 逾期交房 | 5月23日 | 办理中；还有2天到期；与领导二共同包案，统计计入领导二 | ",
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
    counts = "群众不认可1件、超期未结1件、停滞1件、超期未受理1件、临近到期1件、五个一不全2件、需协调事项1件"
    assert f"正文段落｜包联东胜区在办5件，其中{counts}。" in lines
    numbers = ["SJ-2020-003", "SJ-2020-001", "SJ-2020-007", "SJ-2020-002", "SJ-2020-008"]
    assert [line.split(" | ")[0] for line in lines if line.startswith("SJ")] == numbers
    assert any("没有写明由您接访下访的" in line for line in lines)


def test_a_case_not_accepted_or_without_progress_is_told_as_in_the_notice_of_the_day() -> None:
    """Assigned on 20 April: 15 days to accept it ended on 5 May, 16 days before; nothing was told of it for 31. The other is new."""
    cases = (case_row("SJ-2020-001", 包案领导="领导一"), case_row("SJ-2020-002", 包案领导="领导一", 交办日期="2020-05-20"))
    built = consolidate([assigned(assignment(cases))], [DAY], noticed=True)[DAY].report
    own, liaison = (_said(built, name) for name in ("领导一", "领导0"))
    said = "停滞31天；严重超期16天未受理（《信访条例》第二十一条）"
    assert notice_words.all_points(built.notices[0].cases[0], DAY) == said
    assert [row["情况"] for row in own["包案"]] == [f"已交办；{said}", "已交办"]
    assert own["包案概况"] == "包案在办2件，其中停滞1件、超期未受理1件。"
    assert [row["情况"] for row in liaison["包联"]] == [f"已交办；{said}"]
    nothing = "群众不认可、超期未结、停滞、超期未受理、临近到期、五个一不全，没有法定期限临近或已过的，也没有已知的急报和请求"
    assert liaison["请办"] == [f"包联旗区其余1件在办，没有{nothing}，见汇总表“案件台账”。"]


def _said(built: Report, name: str) -> dict[str, Any]:
    """What a leader's page says, by field."""
    (page,) = (page for page in leader_pages.of(built) if page.name == name)
    return leader_papers.fields(page, built)


def test_an_urgent_matter_of_a_case_or_of_an_accompanied_district_stands_at_the_head(tmp_path: Path) -> None:
    """One of his case, with what happened and what is asked; one without a case is told to whoever accompanies the district alone."""
    cracks = {"事项类别": "工程安全隐患", "情况说明": "边坡开裂，住户要求撤离", "需协调事项": "请派专家"}
    rows = [urgent_row("SJ-2020-001", **cracks), urgent_row("")]
    cases = [case_row("SJ-2020-001", 包案领导="领导一", 交办日期="2020-05-20"), case_row("SJ-2020-002", 交办日期="2020-05-20")]
    built = on(DAY, assigned(assignment(cases)), handed_in(report(day=DAY, progress=[], urgent=rows))).report
    of_case = "（工程安全隐患，5月21日09:30发生，包案领导领导一）：边坡开裂，住户要求撤离。已采取措施：已协调供水公司抢修。请求：请派专家。"
    without = "（停水停电停暖，5月21日09:30发生）：小区停水两日。已采取措施：已协调供水公司抢修。没有提出请求，请知悉。"
    own, liaison = (_said(built, name) for name in ("领导一", "领导0"))
    assert (own["急报"], own["急报件数"]) == ([f"东胜区 SJ-2020-001{of_case}"], "1")
    assert own["包案概况"] == "包案在办2件，其中有急报的1件。"
    assert next((row["编号"], row["情况"], row["请求"]) for row in own["包案"]) == (
        "SJ-2020-001",
        "急报：工程安全隐患；已交办",
        "急报：请派专家",
    )
    assert liaison["急报"] == [*own["急报"], f"东胜区{without}"]
    lines = briefings.lines(leader_papers.render(built, TEMPLATES)[0]["领导/领导0_2020-05-21.docx"])
    assert [line.partition("｜")[2] for line in lines[2:5]] == ["急报事项2件", *liaison["急报"]]
    # a template made before has no place for them: they stand among what is to be known first
    _without_urgent(tmp_path / leader_papers.TEMPLATE)
    older = briefings.lines(leader_papers.render(built, tmp_path)[0]["领导/领导0_2020-05-21.docx"])
    assert f"说明｜{''.join(liaison['急报'])}" in older
    assert not any("急报事项" in line for line in older)


def _without_urgent(path: Path) -> None:
    """The original without the place for urgent matters."""
    with zipfile.ZipFile(TEMPLATES / leader_papers.TEMPLATE) as package, zipfile.ZipFile(path, "w") as older:
        for name in package.namelist():
            text = package.read(name).decode()
            block = r"(<w:p>(?:(?!</w:p>).)*</w:p>)" * 6
            older.writestr(
                name,
                re.sub(rf"<w:body>((?:<w:p>(?:(?!</w:p>).)*</w:p>){{2}}){block}", r"<w:body>\1", text)
                if name == "word/document.xml"
                else text,
            )


def test_an_urgent_matter_that_is_reported_again_is_told_once_with_what_was_asked_before() -> None:
    danger = urgent_row("SJ-2020-001", 事项类别="工程安全隐患", 发生时间="2020-05-20 08:00", 情况说明="裂缝漏水", 需协调事项="请转移住户")
    now = danger | {"情况说明": "已支撑", "需协调事项": "请鉴定"}
    files = [handed_in(report(day=of, progress=[], urgent=[row]), f"{of} 16:00") for of, row in ((date(2020, 5, 20), danger), (DAY, now))]
    told = consolidate([assigned(assignment(CASES)), *files], [DAY])[DAY].report
    page = next(page for page in leader_pages.of(told) if page.name == "领导一")
    said = str(leader_papers.fields(page, told)["急报"])
    assert "已支撑" in said
    assert "请鉴定" in said
    assert "5月20日所报，又列入急报" in said
    assert "情况见上面今日的急报。原请求：请转移住户。" in said
    assert "裂缝漏水" not in said


def test_a_long_request_stands_whole_and_once_whichever_tables_name_it() -> None:
    """In the cell there is room for 80 characters: what is asked, and by when, comes last."""
    asked = f"{'消防验收资料缺失，开发企业账户冻结，' * 8}请市级明确牵头单位，并请于6月5日以前答复。"
    cases = [*(case_row(f"SJ-2020-00{n}", 包案领导="领导0") for n in (1, 2)), case_row("SJ-2020-003"), case_row("SJ-2020-004")]
    rows = [*(progress_row(f"SJ-2020-00{n}", 需协调事项=asked) for n in (1, 2, 3)), progress_row("SJ-2020-004", 需协调事项="请协调")]
    page = _said(on(DAY, assigned(assignment(cases)), handed_in(report(day=DAY, progress=rows))).report, "领导0")
    assert [row["请求"] for row in (*page["包案"], *page["包联"])] == [*["见表后“请求1”"] * 3, "请协调"]
    assert page["请办"][0] == f"请求1（SJ-2020-001、SJ-2020-002、SJ-2020-003）：{asked}"


def test_a_district_that_has_not_reported_or_never_has_is_named() -> None:
    workbook = assigned(assignment((*CASES, case_row("SJ-2020-009", "达拉特旗", 包案领导="领导二"))))
    before = handed_in(report(day=date(2020, 5, 20)), "2020-05-20 16:00")
    said = [_said(on(DAY, workbook, *files).report, "领导二")["说明"] for files in ((), (before,))]
    never, unknown = "至今没有可用的日报，情况只按分解表的登记。", "当日办理得怎样、有没有急报不知道，情况按以前的日报。"
    assert said == [f"东胜区、达拉特旗{never}", f"东胜区当日没有可用的日报，{unknown}达拉特旗{never}"]


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
