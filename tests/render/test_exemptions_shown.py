"""What is exempted is seen in every document: who approved it, why, until when, and what it hides.

Covers `exemptions_sheet`.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from offices import HOME, Day, File, assigned, consolidate, handed_in
from workbook_days import opened, rows
from workbooks import EXEMPTIONS as SHEET
from workbooks import Row, assignment, assignment_pages, case_row, edit, exemption_row, page, progress_row, report, resolved_row, write

from pipeline.render import extension_files
from pipeline.render.forms import report_form
from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing
from pipeline.render.receipts import receipt_words
from pipeline.render.workbook import office_workbook
from pipeline.report import exemptions, notice_words

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
DAY = date(2020, 5, 22)
CASES = (case_row("SJ-2020-001", 办结时限="2020-05-20"), case_row("SJ-2020-002", 办结时限="2020-05-21"), case_row("ZZQ-2020-001"))
EXEMPTIONS = (
    exemption_row(until="2020-06-20", 理由="=1+1，等待验收"),
    exemption_row("SJ-2020-002", until="2020-05-21", 批准人="领导二"),
    exemption_row("东胜区 2020-05-22", "迟报", "2020-05-24", 理由="停电"),
    exemption_row("东胜区 2020-05-21", "迟报", "2020-05-24", 理由="停电"),
)


def _files(*exemption_rows: Row) -> list[File]:
    sent = [
        handed_in(report(day=day, progress=[progress_row("SJ-2020-001")]), f"{day} 18:30", f"{day}.xlsx")
        for day in (date(2020, 5, 21), DAY)
    ]
    first = assigned(assignment(CASES), "2020-05-01 09:00", "一.xlsx")
    second = assigned(assignment(CASES, exemptions=exemption_rows), "2020-05-21 09:00", "二.xlsx")
    return [first, second, *sent] if exemption_rows else [first, *sent]


@pytest.fixture(scope="module")
def day() -> Day:
    return consolidate(_files(*EXEMPTIONS), [DAY])[DAY]


@pytest.fixture(scope="module")
def book(day: Day) -> Workbook:
    return opened(office_workbook.render(day.report))


def test_the_sheet_lists_what_holds_and_what_ended_with_its_effect(book: Workbook) -> None:
    shown = [[row[0], row[1], row[4], row[5], str(row[6])[:10], row[7], row[8]] for row in rows(book, "豁免")]
    hides = "时限5月20日改为6月20日，按原时限已超期2天，因延期不列入超期未结"
    assert shown == [
        ["SJ-2020-001", "延期", "领导一", "=1+1，等待验收", "2020-06-20", "有效", hides],
        ["SJ-2020-002", "延期", "领导二", "等待工程验收", "2020-05-21", "已结束", "到期，现行时限5月21日不早于豁免的，没有改动，已超期1天"],
        ["东胜区 2020-05-21", "迟报", "领导一", "停电", "2020-05-24", "有效", "5月21日18:30收到"],
        ["东胜区 2020-05-22", "迟报", "领导一", "停电", "2020-05-24", "有效", "5月22日18:30收到"],
    ]


def test_where_a_deadline_moved_the_register_says_by_whom_and_until_when(book: Workbook) -> None:
    flags = {row[0]: row[9] for row in rows(book, "案件台账")}
    assert "延期（豁免，领导一批准，至6月20日）" in str(flags["SJ-2020-001"])
    assert "豁免" not in str(flags["SJ-2020-002"])
    hides = "另有1件已过原时限，因豁免延期不计入超期未结（SJ-2020-001）。"
    assert all(hides in str(rows(book, name, first=1)) for name in ("总览", "督办清单"))


def test_an_approved_late_report_is_late_and_approved_beside_its_true_time(day: Day, book: Workbook) -> None:
    (own,) = (row for row in rows(book, "报送情况") if row[0] == "东胜区")
    assert (own[1], f"{own[3]:%H:%M}") == ("迟报（已批准）", "18:30")
    assert day.submission()["status"] == "late"
    assert [receipt_words.state(line) for line in day.report.arrived_reports] == ["东胜区 · 报告日期 2020-05-22 · 第 1 版 · 迟报（已批准）"]
    shown = rows(book, "报送日历")
    assert next(row for row in shown if row[0] == "东胜区").count("准") == 2
    assert "准 迟报（已批准）" in str(shown)


def test_leaders_read_what_is_hidden_beside_the_count_and_every_exemption(day: Day) -> None:
    said = briefing.fields(day.report)
    assert said["督办"].endswith("另有1件已过原时限，因豁免延期不计入超期未结（SJ-2020-001）。")
    (holding,) = (sentence for sentence in said["台账"] if sentence.startswith("豁免3项。"))
    assert all(part in holding for part in ("领导一批准", "停电", "至6月20日", "至5月24日", "5月22日18:30收到"))
    assert any(sentence.startswith("豁免结束1项。SJ-2020-002") for sentence in said["台账"])
    assert "迟报（已批准）1个（东胜区）" in said["报送"]
    shown = leaders_page.render(day.report, HOME / "templates").decode("utf-8")
    assert all(part in shown for part in ("豁免 3 项有效", "迟报（已批准）", "另有1件已过原时限", "因延期不列入超期未结"))


def test_a_day_without_any_says_nothing_of_it() -> None:
    plain = consolidate(_files(), [DAY])[DAY]
    said = briefing.fields(plain.report)
    shown = leaders_page.render(plain.report, HOME / "templates").decode("utf-8")
    assert (plain.beyond["exceptions"], "豁免" in str(said), "豁免" in shown) == ([], False, False)
    calendar = str(rows(opened(office_workbook.render(plain.report)), "报送日历"))
    assert "已批准" not in calendar


def test_one_for_a_report_still_to_come_is_told_apart_until_its_day() -> None:
    rows_ = (EXEMPTIONS[2], exemption_row("达拉特旗 2020-05-23", "迟报", "2020-05-24", 理由="停电"))
    told = consolidate(_files(*rows_), [DAY])[DAY].report
    assert exemptions.all_told(told.beyond.exemptions, DAY)[-1] == (
        "豁免1项还没有到日期，今日不起作用：达拉特旗 2020-05-23迟报：领导一批准，停电，至5月24日；用于5月23日的日报，到那天才起作用。"
    )
    assert [line.state for line in told.beyond.exemptions] == ["有效", "未到日期"]
    assert [extension_files.exception(line)["standing"] for line in told.beyond.exemptions] == ["holds", "to-come"]
    assert (
        "豁免2项。"
        in exemptions.all_told(consolidate(_files(*rows_), [date(2020, 5, 23)])[date(2020, 5, 23)].report.beyond.exemptions, DAY)[0]
    )


def test_a_sheet_that_was_refused_whole_is_told_in_paper_page_and_sheet() -> None:
    pages = assignment_pages(CASES) | {"豁免": page(SHEET, EXEMPTIONS)}
    bad = assigned(write(edit(pages, {"豁免!E1": "到哪天"})), "2020-05-21 09:00", "二.xlsx")
    refused = consolidate([assigned(assignment(CASES), "2020-05-01 09:00", "一.xlsx"), bad], [DAY])[DAY].report
    said = "现行分解表里“豁免”表没有采用，其中的豁免都不再有效。"
    assert said in briefing.fields(refused)["台账"]
    assert said in leaders_page.render(refused, HOME / "templates").decode("utf-8")
    assert said in str(rows(opened(office_workbook.render(refused)), "豁免"))


def test_one_of_a_closed_or_cancelled_case_stands_apart_and_is_not_counted_as_holding() -> None:
    closed = [case_row("SJ-2020-001", 办结时限="2020-05-20", 撤销依据="重复登记"), case_row("SJ-2020-002", 办结时限="2020-05-20")]
    done = handed_in(report(day=DAY, progress=[resolved_row("SJ-2020-002", 答复日期="2020-05-21")]), f"{DAY} 16:00")
    each = [exemption_row("SJ-2020-001"), exemption_row("SJ-2020-002"), exemption_row("ZZQ-2020-001", until="2020-12-31")]
    told = consolidate([assigned(assignment([*closed, case_row("ZZQ-2020-001")], exemptions=each)), done], [DAY])[DAY].report
    shown = [(row[0], row[7], row[8]) for row in rows(opened(office_workbook.render(told)), "豁免")]
    assert shown[0][:2] == ("ZZQ-2020-001", "有效")
    assert shown[1:] == [
        ("SJ-2020-001", "不起作用", "此案已撤销，延期不起作用"),
        ("SJ-2020-002", "不起作用", "此案已办结，延期不起作用"),
    ]
    ended = [exemptions.deadline(line, DAY).partition("，此案")[2] for line in told.cases if line.number.startswith("SJ")]
    assert ended == ["", "已办结，延期不起作用"]
    holding, apart = (sentence for sentence in briefing.fields(told)["台账"] if "豁免" in sentence)
    assert holding.startswith("豁免1项。ZZQ-2020-001")
    assert apart == "另有延期豁免2项不起作用，案件已办结或已撤销（SJ-2020-001、SJ-2020-002）。"
    page_shown = leaders_page.render(told, HOME / "templates").decode("utf-8")
    assert ("豁免 1 项有效" in page_shown, page_shown.count('<span class="badge">不起作用</span>')) == (True, 2)


def test_of_very_many_the_paper_names_some_and_first_what_hides_an_overdue_case(day: Day) -> None:
    line = next(line for line in day.report.beyond.exemptions if line.kind == "迟报")
    many = [line] * 20 + [line for line in day.report.beyond.exemptions if line.hidden]
    (said,) = exemptions.all_told(many, DAY, 3)
    assert said.startswith("豁免21项。SJ-2020-001")
    assert said.endswith("。其余见汇总表“豁免”。")


def test_the_form_of_the_day_after_the_last_one_has_the_former_deadline(day: Day) -> None:
    until = date(2020, 6, 20)
    (case,) = (line for line in day.report.cases if line.number == "SJ-2020-001")
    forms = [
        report_form.drafts(day.report.cases, of, day.report.settings, reporters={}, to_answer=())[0]
        for of in (until, until + timedelta(days=1))
    ]
    shown = [opened(report_form.workbook(form, day.report.settings))["案件进展"]["D4"].value for form in forms]
    assert [f"{value:%m-%d}" for value in shown] == ["06-20", "05-20"]
    assert case.deadline == until


def test_a_point_of_a_notice_that_an_exemption_took_away_says_so(day: Day) -> None:
    (case,) = (line for line in day.report.cases if line.number == "SJ-2020-001")
    kind, detail = notice_words.settled("overdue", "东胜区", case, date(2020, 5, 20))
    assert kind == "时限改动，尚未办结"
    assert detail == "延期（豁免，领导一批准，至2020年6月20日），超过法定延长上限，请核，原为2020年5月20日"
    assert notice_words.brief("due_soon", case, date(2020, 6, 18), 2) == "还有2天到期（延期（豁免，领导一批准，至6月20日），原时限5月20日）"
