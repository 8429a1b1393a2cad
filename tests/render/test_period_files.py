"""A period's files: what they say is the period's, nobody's text becomes markup or a formula, and the same period gives the same bytes.

Covers `period_files`, `period_page`, `period_papers`, `period_sheets` and `period_workbook`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import months
import offices
import openpyxl
import provinces
import pytest
from docx import Document
from months import BEGINNING
from page_days import PageText
from workbook_days import cut_numbers, letters_on_paper

from pipeline.day.targets import Tally
from pipeline.render.papers import own_templates
from pipeline.render.period import period_files, period_page, period_papers, period_workbook
from pipeline.report import breakdown, period, period_words
from pipeline.report.case_lines import UrgentLine
from pipeline.report.exemptions import ExemptionLine
from pipeline.report.exemptions_of_period import ExemptionOverDays
from pipeline.report.period import Period, Remaining
from pipeline.report.urgent_of_period import UrgentOverDays

if TYPE_CHECKING:
    from docx.table import Table

TEMPLATES = offices.HOME / "templates"
HOSTILE = "=1+1<script>alert(1)</script>#let x = 1"


@pytest.fixture(scope="module")
def month() -> Period:
    """The made-up month, with a closing and one hostile case in it."""
    days = [BEGINNING + timedelta(days=count) for count in range(31)]
    out = offices.consolidated(months.a_month().filed(), days)
    whole = period.of([out[day].report for day in days], dict.fromkeys(days, 1), is_closing=True)
    number = whole.groups[0].newly_resolved[0]
    line = replace(whole.cases[number], matter=HOSTILE, leader=HOSTILE)
    return replace(whole, cases={**whole.cases, number: line})


@pytest.fixture(scope="module")
def files(month: Period) -> dict[str, bytes]:
    made, broken = period_files.render(month, TEMPLATES)
    assert not broken
    return made


def _of(files: dict[str, bytes], ending: str) -> bytes:
    return files[f"信访事项结项报告_2020-05-01_2020-05-30.{ending}"]


def test_every_sheet_is_printed_in_letters_of_eight_points_at_least(files: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(_of(files, "xlsx")))
    assert [sheet.title for sheet in book if letters_on_paper(sheet) < 8] == []


def test_no_number_of_any_sheet_is_printed_as_hashes(files: dict[str, bytes]) -> None:
    assert not list(cut_numbers(openpyxl.load_workbook(io.BytesIO(_of(files, "xlsx")))))


def test_a_closing_has_its_five_files_and_the_list_names_the_others(files: dict[str, bytes]) -> None:
    stem = "信访事项结项报告_2020-05-01_2020-05-30"
    assert set(files) == {"period.json", *(f"{stem}.{ending}" for ending in ("docx", "pdf", "html", "xlsx"))}
    listed = json.loads(files["period.json"])["outputs"]
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "period.json"}


def test_the_same_period_gives_the_same_bytes(month: Period, files: dict[str, bytes]) -> None:
    assert period_files.render(month, TEMPLATES)[0] == files


def test_programs_read_what_the_period_says(month: Period, files: dict[str, bytes]) -> None:
    said = json.loads(files["period.json"])
    assert [*said] == [
        "period", "from", "to", "closing", "groups", "districts", "leaders", "durations", "remaining", "confirmation", "submissions",
        "corrected", "editions", "restated", "exceptions", "urgent", "refused_urgent", "refused_requests", "standing", "outputs",
    ]  # fmt: skip
    assert (said["from"], said["to"], said["closing"]) == ("2020-05-01", "2020-05-30", True)
    group, part = said["groups"][1], month.groups[1]
    assert (group["group"], group["target_percent"], group["certain"]) == (
        "市级交办和旗区自行梳理",
        90,
        part.figure and part.figure.is_certain,
    )
    assert group["total"] == [tally.total for tally in part.tallies]
    assert group["resolved"] == [tally.resolved for tally in part.tallies]
    for name, cases in (("entered", part.moves.entered), ("newly_resolved", part.newly_resolved), ("reopened", part.reopened)):
        assert group[name] == [*cases]
    assert [(entry["district"], entry["group"]) for entry in said["districts"]] == [(one.label, one.group) for one in month.districts]
    assert {entry["leader"] for entry in said["leaders"]} == {*months.LEADERS}
    assert said["durations"]["by_source"][0] == {
        "source": "自治区交办",
        "n": month.by_source[0].n,
        "resolved": month.by_source[0].resolved,
        "censored": month.by_source[0].censored,
        "median_days": month.by_source[0].median_days,
        "p90_days": month.by_source[0].p90_days,
    }
    assert len(said["submissions"]) == 270
    assert said["standing"][0]["after_30"] is None
    assert {entry["told"] for entry in said["restated"]} == {day.isoformat() for day, _entry in month.restated}


def test_the_page_says_every_figure_and_runs_nothing(month: Period, files: dict[str, bytes]) -> None:
    html = _of(files, "html").decode()
    assert "<script" not in html
    assert "script-src" not in html
    assert "http://" not in html
    assert "https://" not in html
    reading = PageText(html)
    for part in (*month.groups, *month.districts, *month.leaders):
        then, now = part.tallies
        assert f"{then.resolved}/{then.total} →" in reading.text
        assert f"{now.resolved}/{now.total}" in reading.text
    for _name, said in period_words.lines(month):
        assert said in reading.text
    assert HOSTILE in reading.text
    for status, sign in period_page.SIGNS.items():
        assert html.count(f'<td class="is-{status}"') == month.reported(status)
        assert not month.reported(status) or sign in reading.text


def test_both_papers_begin_with_what_is_left_and_have_four_pages_beside_its_list(month: Period, files: dict[str, bytes]) -> None:
    document = Document(io.BytesIO(_of(files, "docx")))
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    answers = [[f"{name}：{said}" for name, said in period_words.lines(month, runs)] for runs in (2, 1)]
    assert paragraphs[3 : 3 + len(answers[0])] in answers
    assert paragraphs[3].startswith("结项：还有44件没有计入化解：")
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    for part in month.districts:
        assert [part.label, *period_words.part(part, month)] in [row for table in tables for row in table]
    calendar = tables[-1]
    assert [len(row) for row in calendar] == [31] * 10
    assert sum(row.count("未") for row in calendar) == month.reported("missing")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", _of(files, "pdf"))) <= 6


def test_a_closing_lists_what_it_leaves_with_district_leader_reason_and_limit_and_no_column_of_zeros(month: Period) -> None:
    first, second = (part.label for part in month.groups)
    few = tuple(Remaining(entry.group, entry.reason, entry.cases[:2]) for entry in month.remaining)
    left = replace(month, remaining=few)
    section, targets = period_papers.fields(left)["部分"][:2]
    assert (section["小标题"], targets["小标题"][:4]) == ("一、余下的案件", "二、两项")
    rows = {row["名称"]: (table["名称"], row["数"]) for table in section["表"] for row in table["行"]}
    assert rows.keys() == {number for entry in few for number in entry.cases}
    for entry in few:
        for number in entry.cases:
            case, (group, cells) = month.cases[number], rows[number]
            assert group in (first, second[:11] + "…", second)
            assert [cells[0], cells[1], cells[3]] == [case.district, case.leader, entry.reason]
            assert case.deadline
            assert cells[4].startswith(f"{case.deadline.month}月{case.deadline.day}日")
    whole = period_papers.fields(month)["部分"][0]
    assert sum(len(table["行"]) for table in whole["表"][1:]) == 40
    assert "其余4件见“余下的案件”" in whole["注"][0]
    weekly = period_papers.fields(replace(left, is_closing=False))
    assert weekly["部分"][0]["表"][0]["列"] == [*period_words.PART_COLUMNS]
    assert len(weekly["部分"][2]["表"]) == 1
    none = replace(month, groups=tuple(replace(part, reopened=()) for part in month.groups))
    assert "重新办理" not in period_papers.fields(none)["部分"][1]["表"][0]["列"]
    page, _broken = period_page.made(none, TEMPLATES)
    assert "一、余下的案件" in page.decode()


def _cells(sheet: Any) -> Iterable[Any]:  # noqa: ANN401 - openpyxl's own
    return (cell for row in sheet.iter_rows() for cell in row)


def test_a_group_without_a_case_has_no_table_of_districts_in_a_closing(month: Period) -> None:
    """Its heads would stand there without a row."""
    first, second = (part.label for part in month.groups)
    fields = period_papers.fields(replace(month, districts=tuple(part for part in month.districts if part.group == first)))
    (section,) = (section for section in fields["部分"] if "旗区" in section["小标题"] and section["表"])
    assert second not in [table["名称"] for table in section["表"]]
    assert all(table["行"] for table in section["表"])
    assert f"{second}没有案件。" in "".join(section["注"])


def test_the_signature_of_the_word_file_stands_with_what_is_above_it(files: dict[str, bytes]) -> None:
    """The last two sentences stay with it, as do the last rows of a table with what follows them."""
    document = Document(io.BytesIO(_of(files, "docx")))
    signature = next(at for at, paragraph in enumerate(document.paragraphs) if paragraph.style and paragraph.style.name == "署名")
    above = document.paragraphs[signature - 2 : signature]
    assert all(paragraph.text and paragraph.paragraph_format.keep_with_next for paragraph in above)
    assert document.styles["署名"].paragraph_format.keep_with_next
    long = next(table for table in document.tables if not _keeps(table, 2) and _keeps(table, -1))
    assert _keeps(long, -2)


def _keeps(table: Table, row: int) -> bool:
    return all(bool(paragraph.paragraph_format.keep_with_next) for cell in table.rows[row].cells for paragraph in cell.paragraphs)


def test_the_workbook_has_a_sheet_for_each_part_and_no_formula(month: Period, files: dict[str, bytes]) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(_of(files, "xlsx")))
    assert workbook.sheetnames == [
        "总览", "旗区", "包案领导", "走势", "变化的案件", "余下的案件", "办理用时", "确认和回看", "报送日历", "每日报送", "更正和版次",
        "豁免", "急报",
    ]  # fmt: skip
    assert not [cell for sheet in workbook for cell in _cells(sheet) if cell.data_type == "f"]
    rows = [[cell.value for cell in row] for row in workbook["旗区"].iter_rows(min_row=4, max_row=21)]
    for row, part in zip(rows, month.districts, strict=True):
        then, now = part.tallies
        assert (row[1], row[2], row[3], row[5], row[6]) == (part.label, then.total, then.resolved, now.total, now.resolved)
        assert row[8:] == [len(cases) for _name, cases in period_words.changes(part)]
    remaining = [row[2].value for row in workbook["余下的案件"].iter_rows(min_row=4)]
    assert remaining == [number for entry in month.remaining for number in entry.cases]
    signs = [cell.value for cell in _cells(workbook["报送日历"])]
    assert signs.count("未") == month.reported("missing")
    assert HOSTILE in [cell.value for cell in _cells(workbook["变化的案件"])]


def test_the_first_sheet_is_printed_on_one_page_across(files: dict[str, bytes]) -> None:
    assert openpyxl.load_workbook(io.BytesIO(_of(files, "xlsx")))["总览"].page_setup.fitToWidth in (None, 1)  # the default is not written


def test_no_page_ends_within_the_chart_of_the_first_sheet(month: Period) -> None:
    """With too little room below the table it begins a page: rows are left empty for Excel, and a break is set for other programs."""
    for restated in ("", "期内很长的一句。" * 60):
        with pytest.MonkeyPatch.context() as patched:
            told = [*period_words.lines(month)[:-1], ("更正", restated or "没有。")]
            patched.setattr(period_words, "lines", lambda _period, told=told: told)
            sheet: Any = openpyxl.load_workbook(io.BytesIO(period_workbook.render(month)))["总览"]
        (chart,) = sheet._charts  # noqa: SLF001 - openpyxl shows what it has read nowhere else
        top = chart.anchor._from.row  # noqa: SLF001
        table = max(row for row in range(1, top + 1) if sheet.cell(row, 1).value)
        assert (top in [each.id for each in sheet.row_breaks.brk]) == (top - table > 2) == bool(restated)


def test_more_than_a_month_has_a_calendar_for_each_month_of_days(month: Period) -> None:
    days = [(day + timedelta(days=31 * count), of_day) for count in (0, 1) for day, of_day in month.submissions]
    long = replace(month, submissions=tuple(days), first=days[0][0], last=days[-1][0])
    workbook = openpyxl.load_workbook(io.BytesIO(period_workbook.render(long)))
    districts = [row[0].value for row in workbook["报送日历"].iter_rows(min_row=5)]
    assert districts.count("东胜区") == 2
    tables = period_papers.fields(long)["部分"][5]["表"]
    assert tables[0]["列"] == ["按时", "迟报", "未报"]
    assert sum(int(row["数"][2]) for row in tables[0]["行"]) == 2 * month.reported("missing")
    page, _broken = period_page.made(long, TEMPLATES)
    assert page.decode().count('<table class="calendar">') == 2


def test_an_excused_report_has_its_sign_wherever_reports_are_counted(month: Period) -> None:
    day, of_day = month.submissions[0]
    excused = {**of_day, "东胜区": replace(of_day["东胜区"], status="excused", stands="excused")}
    changed = replace(month, submissions=((day, excused), *month.submissions[1:]))
    assert "迟报（已批准）1份" in period_words.handed_in(changed)
    workbook = openpyxl.load_workbook(io.BytesIO(period_workbook.render(changed)))
    assert [cell.value for cell in _cells(workbook["报送日历"])].count("准") == 1
    assert period_papers.fields(changed)["部分"][5]["注"] == ["√ 按时，迟 迟报，准 迟报（已批准），未 未报。"]


def test_nothing_to_say_is_said(month: Period) -> None:
    empty = replace(month, submissions=(), restated=(), standing=(), remaining=(), editions=(), by_category=(), by_source=(), leaders=())
    files, broken = period_files.render(empty, TEMPLATES)
    assert not broken
    reading = PageText(_of(files, "html").decode())
    for said in ("没有余下未化解的案件。", "期内没有旗区报送过日报。", "期内没有更正以前的数字。"):
        assert said in reading.text


def test_a_broken_template_costs_only_its_own_look(month: Period, tmp_path: Path) -> None:
    (tmp_path / period_papers.WORD_TEMPLATE).write_bytes(b"no package")
    (tmp_path / period_papers.PDF_TEMPLATE).write_text("#said.nothing", encoding="utf-8")
    (tmp_path / period_page.TEMPLATE).write_text("{{ nothing }}", encoding="utf-8")
    files, broken = period_files.render(month, tmp_path)
    assert len(files) == 5
    assert [name in said for said, name in zip(broken, ("阶段报告模板.docx", "阶段报告版式.typ", "period.html.j2"), strict=True)] == [
        True
    ] * 3
    assert len([*period_papers.examine(tmp_path)]) == 2
    assert not [*period_papers.examine(TEMPLATES)]


def test_the_originals_are_the_templates_that_come_along() -> None:
    for name in (period_papers.WORD_TEMPLATE, period_papers.PDF_TEMPLATE):
        assert own_templates.original(name) == (TEMPLATES / name).read_bytes()


def test_a_paper_of_very_much_leaves_leaders_and_restatements_to_the_workbook_and_has_four_pages(month: Period) -> None:
    groups, (told, entry) = [group.label for group in month.groups], month.restated[0]
    much = replace(
        month,
        is_closing=False,
        leaders=tuple(replace(month.leaders[0], label=f"领导{count}", group=groups[count > 11]) for count in range(24)),
        by_category=tuple(replace(month.by_category[0], label=name) for name in month.settings.categories),
        by_source=tuple(replace(month.by_source[0], label=name) for name in month.settings.sources),
        restated=tuple((told, replace(entry, day=entry.day + timedelta(days=2 * count))) for count in range(16)),
        remaining=tuple(Remaining(group, reason, ("SJ-2020-002",)) for group in groups for reason in breakdown.REASONS),
    )
    fields = period_papers.fields(much)
    assert len(re.findall(rb"/Type\s*/Page\b", period_papers.pdf(fields, much.data_until, own_templates.original("阶段报告版式.typ")))) == 4
    assert "包案领导24位，各自的期初、期末见同一文件夹里的工作簿“包案领导”。" in fields["部分"][1]["注"][0]
    assert _restated(fields)["注"] == [f"其余{16 - len(_restated(fields)['说明'])}处见同一文件夹里的工作簿“更正和版次”。"]


def _restated(fields: dict[str, Any]) -> dict[str, Any]:
    section: dict[str, Any] = next(section for section in fields["部分"] if section["小标题"].endswith("、更正"))
    return section


def test_tables_of_durations_make_room_for_restatements_and_what_turned_a_verdict_is_always_on_paper(month: Period) -> None:
    groups, (told, entry) = [group.label for group in month.groups], month.restated[0]
    pairs = [(Tally(90, 170, then), Tally(90, 170, now)) for then, now in ((144, 140), (153, 150), (150, 146), (149, 148))]
    crowded = replace(
        month,
        is_closing=False,
        by_category=tuple(replace(month.by_category[0], label=name) for name in month.settings.categories),
        by_source=tuple(replace(month.by_source[0], label=name) for name in month.settings.sources),
        restated=tuple((told, replace(entry, day=entry.day + timedelta(days=2 * at), tallies=pair)) for at, pair in enumerate(pairs)),
        remaining=tuple(Remaining(group, reason, ("SJ-2020-002",)) for group in groups for reason in breakdown.REASONS),
    )
    fields = period_papers.fields(crowded)
    turned = "由153/170改为150/170，按件数算由达标变为未达标"
    assert turned in {line["名称"]: line["内容"] for line in fields["提要"]}["更正"]
    assert [line.rstrip("。") for line in _restated(fields)["说明"]] == period_words.restated_runs(crowded)
    assert _restated(fields)["注"] == []
    assert "各类案件的办理用时见“办理用时”。" in fields["部分"][2]["注"][0], "a section of one sentence is none"
    assert [section["小标题"].partition("、")[0] for section in fields["部分"]] == [*"一二三四五六七八九"][: len(fields["部分"])]


def test_urgent_matters_fill_what_four_pages_still_hold_and_those_without_an_answer_come_first(month: Period) -> None:
    groups, situation = [group.label for group in month.groups], "塔吊倾斜，压向小学，已疏散，" * 4
    line = UrgentLine("东胜区", "", "其他", situation, month.last, "已停工", "请派专家", "", month.last)
    urgent = [UrgentOverDays(line, month.last, "已到场") for _each in range(9)]
    urgent += [
        UrgentOverDays(replace(line, kind="工程安全隐患", district=name, situation="塔吊倾斜"))
        for name in month.settings.district_names[:3]
    ]
    crowded = replace(
        month,
        is_closing=False,
        by_category=tuple(replace(month.by_category[0], label=name) for name in month.settings.categories),
        urgent=tuple(urgent),
        restated=(),
        remaining=tuple(Remaining(group, reason, ("SJ-2020-002",)) for group in groups for reason in breakdown.REASONS[:3]),
    )
    fields = period_papers.fields(crowded)
    (section,) = (section for section in fields["部分"] if section["小标题"].endswith("、急报"))
    assert (
        len(re.findall(rb"/Type\s*/Page\b", period_papers.pdf(fields, month.data_until, own_templates.original("阶段报告版式.typ")))) == 4
    )
    assert 4 < len(section["说明"]) < 12, "four are told where twelve have no room, and more where more have"
    assert all("工程安全隐患" in said for said in section["说明"][:3])
    assert section["注"] == [f"其余{12 - len(section['说明'])}件见同一文件夹里的工作簿“急报”。"]


def test_programs_read_nothing_of_a_beginning_of_which_nobody_had_reported(month: Period) -> None:
    told = json.loads(period_files.for_programs(replace(month, has_beginning=False), {}))
    assert {(part["rate_percent"][0], part["met"][0]) for kind in ("groups", "districts", "leaders") for part in told[kind]} == {
        (None, None)
    }
    assert [part["met"][1] for part in told["groups"]] == [part.tallies[1].met for part in month.groups]


def test_an_exemption_stands_in_every_document_in_the_same_words(month: Period) -> None:
    until = date(2020, 6, 30)
    line = ExemptionLine("SJ-2020-001", "延期", "领导一", HOSTILE, until, "", deadlines=(date(2020, 5, 20), until))
    days = tuple((BEGINNING + timedelta(days=count), line) for count in range(3, 31))
    first = ExemptionOverDays(line, days, "")
    told = replace(month, exemptions=(first, ExemptionOverDays(replace(line, subject="东胜区 2020-05-21", kind="迟报"), (), "到期")))
    made, broken = period_files.render(told, TEMPLATES)
    assert not broken
    cells = period_words.exemption(first, told)
    assert cells == (
        *("SJ-2020-001", "延期", "", "领导一", HOSTILE, "6月30日", "5月3日至5月30日", "有效"),
        "时限5月20日改为6月30日，没有哪天因此不列入超期未结或临近到期",
    )
    page = PageText(_of(made, "html").decode()).text
    assert all(cell in page for cell in cells)
    sheet = openpyxl.load_workbook(io.BytesIO(_of(made, "xlsx")))["豁免"]
    assert [str(cell.value or "") for cell in sheet[4]] == list(cells)
    paragraphs = [paragraph.text for paragraph in Document(io.BytesIO(_of(made, "docx"))).paragraphs]
    assert paragraphs[paragraphs.index("八、豁免") + 1] == "期内豁免1项，期末还有效的1项。另有1项交来时已过截止日期，没有生效。"
    assert f"{period_words.exemption_told(first, told)}。" in paragraphs
    closed = replace(first, line=replace(line, closed="已办结"))
    assert period_words.exempted(replace(told, exemptions=(first, closed))) == "期内豁免2项，期末还有效的1项，不起作用的1项。"
    listed = json.loads(made["period.json"])["exceptions"]
    assert [(entry["holds"], entry["standing"]) for entry in listed] == [(True, "holds"), (False, "ended")]


def test_every_level_above_the_districts_has_its_rows_and_the_calendar_stands_by_unit() -> None:
    days = [provinces.FIRST, provinces.SECOND, provinces.LAST]
    out = offices.consolidated(provinces.filed(), days, provinces.PROVINCE)
    told = period.of([out[day].report for day in days], dict.fromkeys(days, 1))
    files, broken = period_files.render(told, TEMPLATES)
    assert not broken
    named, sums = [part.label for part in told.units], {part.label: part for part in told.units if part.group == "自治区交办"}
    assert named[:4] == ["甲市", "乙市", "丙市", "丙北片"]
    assert [part.label for part in told.below][:3] == ["甲市", "乙市", "丙市"]
    own = [part for part in told.districts if part.group == "自治区交办" and part.label in ("丙一区", "丙二县")]
    between = sums["丙北片"]
    assert between.tallies[1].total == sum(part.tallies[1].total for part in own) > 0
    assert between.newly_resolved == tuple(sorted(number for part in own for number in part.newly_resolved))
    assert between.figure is not None
    book = openpyxl.load_workbook(io.BytesIO(files["信访事项阶段报告_2020-05-20_2020-05-21.xlsx"]))
    rows = [row[:3] for row in book["旗区"].iter_rows(min_row=3, values_only=True)]
    assert rows[:5] == [
        ("组别", "上级单位", "单位、旗区"),
        ("自治区交办", None, "甲市"),
        ("自治区交办", None, "乙市"),
        ("自治区交办", None, "丙市"),
        ("自治区交办", "丙市", "丙北片"),
    ]
    assert ("自治区交办", "丙市/丙北片", "丙一区") in rows
    assert ("丙市", "丙三县") in [row[3:5] for row in book["余下的案件"].iter_rows(min_row=4, values_only=True)]
    calendar = [row[0] for row in book["报送日历"].iter_rows(min_row=5, values_only=True)]
    assert calendar[8:] == [
        "丙市　3个旗区：按时4份，迟报1份，未报1份",
        "丙三县",
        "丙市　丙北片　2个旗区：按时3份，迟报1份",
        "丙一区",
        "丙二县",
    ]
    page = files["信访事项阶段报告_2020-05-20_2020-05-21.html"].decode()
    assert "再往下各级（1 个单位）" in page
    assert '<th scope="rowgroup" colspan="3">丙市　丙北片　2个旗区：按时3份，迟报1份</th>' in page
    assert [unit["unit"] for unit in json.loads(files["period.json"])["units"]][:4] == named[:4]


def test_refused_rows_of_cases_that_were_given_away_are_told_apart(month: Period) -> None:
    day, of_day = month.submissions[0]
    district, report = next(iter(of_day.items()))
    submissions = ((day, {**of_day, district: replace(report, rows_refused=3, rows_moved=2)}), *month.submissions[1:])
    said = replace(month, submissions=submissions)
    assert re.search(r"；退回\d+行，其中案件已改派的2行。$", period_words.handed_in(said))
    assert "改派" not in period_words.handed_in(month)
    assert json.loads(period_files.for_programs(said, {}))["submissions"][0]["rows_moved"] == 2
