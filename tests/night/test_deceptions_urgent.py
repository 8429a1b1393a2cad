"""An urgent matter that a later report hides: whoever reads 专报 or the page alone learns what was first said (issue 12).

Covers `matter_words`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from offices import File, afternoon, assigned, moment
from read_by_leaders import Told, told
from workbooks import DISTRICTS, Row, assignment, case_row, report, resolved_row, urgent_row

from pipeline.render.papers import briefing, page_room

MONDAY = date(2020, 5, 18)
TUESDAY = MONDAY + timedelta(days=1)
CASE = "SJ-2020-001"
URGENT: Row = urgent_row(CASE, 事项类别="工程安全隐患", 情况说明="外墙脱落砸伤行人", 发生时间="2020-05-18 09:30", 需协调事项="")
FIRST = "工程安全隐患：外墙脱落砸伤行人"


def _told(*revisions: tuple[str, list[Row]], first: list[Row] | None = None) -> dict[date, Told]:
    """东胜区's report of Monday with the urgent matter, its revisions by arrival, and the other reports of Monday and Tuesday."""
    sent = [(afternoon(MONDAY).isoformat(), [URGENT] if first is None else first), *revisions]
    files = [assigned(assignment([case_row(CASE)]))]
    files += [File(_report(matters), moment(received), f"{place}.xlsx") for place, (received, matters) in enumerate(sent)]
    files += [File(report(name, day), afternoon(day), f"{name}{day}.xlsx") for name in DISTRICTS[1:] for day in (MONDAY, TUESDAY)]
    files.append(File(report("东胜区", TUESDAY), afternoon(TUESDAY), "东胜区周二.xlsx"))
    return told(files, [MONDAY, TUESDAY])


def _report(matters: list[Row]) -> bytes:
    return report("东胜区", MONDAY, progress=[resolved_row(CASE, 答复日期="2020-05-18")], urgent=matters)


@pytest.mark.parametrize("received", ["2020-05-18 23:00", "2020-05-19 09:00", "2020-05-19 15:00"])
def test_one_that_a_revision_leaves_out_is_told_with_its_words(received: str) -> None:
    days = _told((received, []))
    for text in (*days[MONDAY].both, days[MONDAY].overview):
        assert f"急报更正后撤下1件：东胜区原报“{CASE} {FIRST}”。" in text


def test_one_that_is_left_out_too_late_for_its_readers_is_told_on_the_day_when_that_became_known() -> None:
    for text in _told(("2020-05-19 15:00", []))[TUESDAY].both:
        assert f"急报更正后撤下1件：东胜区5月18日日报原报“{CASE} {FIRST}”。" in text
    for text in _told(("2020-05-19 09:00", []))[TUESDAY].both:
        assert "急报更正后" not in text  # Monday's readers could know


def test_one_that_is_told_more_softly_stands_with_both_wordings() -> None:
    softer: Row = {**URGENT, "情况说明": "外墙检查正常"}
    for text in _told(("2020-05-18 23:00", [softer]))[MONDAY].both:
        assert f"急报更正后改写1件：东胜区原报“{CASE} {FIRST}”，现为“{CASE} 工程安全隐患：外墙检查正常”。" in text


def test_what_was_asked_of_leaders_and_is_not_any_more_is_told() -> None:
    asking: Row = {**URGENT, "需协调事项": "请市里协调资金500万"}
    for text in _told(("2020-05-18 23:00", [URGENT]), first=[asking])[MONDAY].both:
        assert f"原报“{CASE} {FIRST}；需协调：请市里协调资金500万”，现为“{CASE} {FIRST}”。" in text


def test_what_is_said_again_is_not_told_as_taken_back() -> None:
    same: Row = {**URGENT, "案件编号": "sj2020-1", "情况说明": " 外墙脱落 砸伤行人", "已采取措施": "已围挡"}
    days = _told(("2020-05-18 21:00", []), ("2020-05-18 23:00", [same]))
    for text in (*days[MONDAY].both, *days[TUESDAY].both):
        assert "急报更正后" not in text


def test_one_that_comes_too_late_for_the_readers_of_its_day_is_told_on_the_day_when_it_became_known() -> None:
    days = _told(("2020-05-19 15:00", [URGENT]), first=[])
    for text in days[TUESDAY].both:
        assert f"以前日期的急报今日才报来1件：东胜区5月18日日报“{CASE} {FIRST}”。" in text


def test_many_are_counted_and_the_first_are_named_within_three_pages() -> None:
    many: list[Row] = [urgent_row("", 情况说明=f"{place}号楼外墙脱落" * 20, 发生时间="2020-05-18 09:30") for place in range(60)]
    day = _told(("2020-05-18 23:00", []), first=many)[MONDAY]
    assert "急报更正后撤下60件：" in day.paper
    assert "；等60件。" in day.paper
    assert page_room.pages(briefing.fields(day.report)) <= briefing.MOST_PAGES
    assert "59号楼外墙脱落" in day.page


def test_its_words_are_no_markup() -> None:
    marked: Row = {**URGENT, "情况说明": "<b>外墙</b>&脱落"}
    day = _told(("2020-05-18 23:00", []), first=[marked])[MONDAY]
    for text in day.both:
        assert "工程安全隐患：<b>外墙</b>&脱落" in text


def test_a_file_of_an_earlier_day_that_is_refused_is_told_on_the_day_when_it_came() -> None:
    files = [assigned(assignment([case_row(CASE)]))]
    files += [File(report(name, day), afternoon(day), f"{name}{day}.xlsx") for name in DISTRICTS for day in (MONDAY, TUESDAY)]
    late = File(report("东胜新区", MONDAY), moment("2020-05-19 15:00"), "新区.xlsx")
    said = "以前日期的文件今日才收到、没有采用的1份：看不出旗区的5月18日1份。"
    for text in told([*files, late], [MONDAY, TUESDAY])[TUESDAY].both:
        assert said in text
    for text in told(files, [MONDAY, TUESDAY])[TUESDAY].both:
        assert "没有采用的" not in text


def test_a_report_that_is_refused_as_too_old_is_told_beside_the_one_that_counts() -> None:
    later = MONDAY + timedelta(days=35)
    files = [assigned(assignment([case_row(CASE)]))]
    files += [File(report(name, later), afternoon(later), f"{name}.xlsx") for name in DISTRICTS]
    old = File(report("东胜区", MONDAY), moment(f"{later} 15:00"), "旧.xlsx")
    for text in told([*files, old], [later])[later].both:
        assert "另有1份日报没有采用：东胜区（报告日期有误）。" in text
    for text in told(files, [later])[later].both:
        assert "份日报没有采用" not in text
