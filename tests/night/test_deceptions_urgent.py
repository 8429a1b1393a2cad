"""An urgent matter that a later report hides: whoever reads 专报 or the page alone learns what was first said (issue 12).

Covers `matter_words`.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from offices import File, afternoon, assigned, moment
from read_by_leaders import Told, told
from workbooks import DISTRICTS, Row, assignment, case_row, progress_row, reception_row, report, resolved_row, urgent_row

from pipeline.render.papers import briefing, page_room
from pipeline.report import headline

MONDAY = date(2020, 5, 18)
TUESDAY = MONDAY + timedelta(days=1)
DAYS = [MONDAY + timedelta(days=days) for days in range(5)]
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
    asked = dict(headline.lines(days[MONDAY].report))["请决定"]  # of one that nobody could have read the first lines say nothing
    assert asked.endswith(f"更正后撤下急报1件：东胜区原报“{CASE} {FIRST}”。") is not received.startswith("2020-05-18")


def test_a_request_that_is_taken_back_is_not_torn() -> None:
    """What happened gives way to it; of a very long one whole clauses are told."""
    heating, long = "请市级协调恢复供热", "请市级协调恢复供热，" * 12
    for request, said in ((heating, heating), (long, f"{long[:90]}……")):
        asking: Row = {**URGENT, "情况说明": "小区供热中断，居民家中不足十度，已有老人送医" * 2, "需协调事项": request}
        asked = dict(headline.lines(_told(("2020-05-19 09:00", []), first=[asking])[MONDAY].report))["请决定"]
        assert asked.endswith(f"…；需协调：{said}”。")
        assert "小区供热中断" in asked


@pytest.mark.parametrize("received", ["2020-05-19 15:00", "2020-05-19 09:00"])
def test_one_that_is_left_out_after_its_day_is_told_on_the_next_one(received: str) -> None:
    for text in _told((received, []))[TUESDAY].both:
        assert f"急报更正后撤下1件：东胜区5月18日日报原报“{CASE} {FIRST}”。" in text
    for text in _told(("2020-05-18 23:00", []))[TUESDAY].both:
        assert "急报更正后" not in text  # Monday's first readers could know


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
        assert "没有采用的1份" not in text


def test_a_report_that_is_refused_as_too_old_is_told_beside_the_one_that_counts() -> None:
    later = MONDAY + timedelta(days=35)
    files = [assigned(assignment([case_row(CASE)]))]
    files += [File(report(name, later), afternoon(later), f"{name}.xlsx") for name in DISTRICTS]
    old = File(report("东胜区", MONDAY), moment(f"{later} 15:00"), "旧.xlsx")
    for text in told([*files, old], [later])[later].both:
        assert "另有1份日报没有采用：东胜区（报告日期有误）。" in text
    for text in told(files, [later])[later].both:
        assert "份日报没有采用" not in text


# --- what else a correction of an earlier day changes beside the cases -------------------------------------------


def _corrected(first: bytes, late: bytes) -> Told:
    """Tuesday, when a correction of 东胜区's report of Monday came after it was told."""
    files = [
        assigned(assignment([case_row(CASE, 办结时限="2020-06-30")])),
        File(first, afternoon(MONDAY)),
        File(late, moment("2020-05-19 15:00")),
    ]
    return told(files, [TUESDAY])[TUESDAY]


def test_reception_counts_that_a_correction_of_an_earlier_day_changes_are_told_with_both() -> None:
    five, three = (report("东胜区", MONDAY, reception=[reception_row(batches=batches, answered=1)]) for batches in (5, 3))
    day = _corrected(five, three)
    assert day.paper.index("三、没有旗区报送") < day.paper.index("接访情况在截止以后有更正"), "it is nothing to decide"
    for text in day.both:
        assert "接访情况在截止以后有更正1处：东胜区5月18日日报由5批次（当场答复1、转交2）改为3批次（当场答复1、转交2）。" in text
    again = report("东胜区", MONDAY, progress=[progress_row(CASE)], reception=[reception_row(batches=5, answered=1)])
    assert not any("接访情况在截止以后有更正" in text for text in _corrected(five, again).both)


def test_reception_counts_that_a_report_of_the_same_day_replaced_before_the_cut_off_are_counted_too() -> None:
    none, one, two = (
        report("东胜区", MONDAY, reception=rows)
        for rows in ([], [reception_row(batches=1, answered=1, passed=0)], [reception_row(batches=2, answered=1, passed=1)])
    )
    workbook = assigned(assignment([case_row(CASE, 办结时限="2020-06-30")]))

    def said(*reports: tuple[bytes, str]) -> Told:
        return told([workbook, *(File(content, moment(f"2020-05-18 {at}")) for content, at in reports)], [MONDAY])[MONDAY]

    early = said((none, "15:42"), (one, "16:30"))
    assert "接访情况有更正" not in early.paper, "nobody had read what it corrects"
    assert "接访情况有更正1处：东胜区由0批次（当场答复0、转交0）改为1批次（" in early.page
    for text in said((none, "15:42"), (one, "16:30"), (two, "18:00")).both:
        assert "接访情况在截止以后有更正1处：东胜区由0批次（当场答复0、转交0）改为2批次（" in text
    assert not any("接访情况有更正" in text for text in said((one, "15:42"), (one + b"", "16:30")).both)


def test_what_a_correction_of_an_earlier_day_asks_no_more_is_told_with_its_words() -> None:
    asking, silent = (report("东胜区", MONDAY, progress=[progress_row(CASE, 需协调事项=asked)]) for asked in ("请市里协调资金", ""))
    for text in _corrected(asking, silent).both:
        assert f"需协调事项更正后撤下1件：东胜区5月18日日报原报“{CASE} 需协调：请市里协调资金”。" in text
    moved_on = report("东胜区", MONDAY, progress=[progress_row(CASE, 需协调事项="请市里 协调资金", 下一步措施="约谈")])
    assert not any("需协调事项更正后" in text for text in _corrected(asking, moved_on).both)


def test_a_referral_by_a_late_correction_is_told_with_that_word() -> None:
    open_case, referred = (
        report("东胜区", MONDAY, progress=[progress_row(CASE, 当前状态=status)]) for status in ("办理中", "导入法定途径")
    )
    for text in _corrected(open_case, referred).both:
        assert f"日报更正后，1件（{CASE}）改为导入法定途径，没有计入化解" in text
    assert not any("改为导入法定途径" in text for text in _corrected(open_case, open_case + b"").both)


def test_a_flag_that_a_correction_changes_on_earlier_days_alone_is_told() -> None:
    """The case was told as stalled on Monday alone: Tuesday's report brings progress, and so does a late one of Monday."""
    wednesday = TUESDAY + timedelta(days=1)
    case = assigned(assignment([case_row(CASE, 交办日期="2020-05-10", 办结时限="2020-06-30")]))

    def of(day: date, said: str, came: str = "") -> File:
        return File(
            report("东胜区", day, progress=[progress_row(CASE, 当前状态="已交办", 今日进展=said)]), moment(came) if came else afternoon(day)
        )

    in_time = [case, of(MONDAY, ""), of(TUESDAY, "约谈"), of(wednesday, "约谈")]
    late = (of(MONDAY, said, "2020-05-20 15:00") for said in ("走访", ""))
    progress, none = (told([*in_time, report], [wednesday])[wednesday] for report in late)
    for text in progress.both:
        assert f"以前日期的督办有变、今日不变：5月18日改为不算停滞1件（{CASE}）" in text
    assert not any("以前日期的督办有变" in text for text in none.both)


def test_a_danger_that_has_not_ended_stands_behind_the_number_of_its_case_on_the_day_on_which_it_is_due_and_after_it() -> None:
    """Of what goes on is told once: four days later nothing but a number would say that people are still in danger."""
    files = [assigned(assignment([case_row(CASE, 办结时限="2020-05-21"), case_row("SJ-2020-009", 办结时限="2020-05-21")]))]
    files += [File(report("东胜区", MONDAY, progress=[progress_row(CASE)], urgent=[URGENT]), afternoon(MONDAY))]
    files += [File(report("东胜区", day, progress=[progress_row(CASE, 今日进展="已围挡")]), afternoon(day)) for day in DAYS[1:3]]
    due, over = (told(files, DAYS)[day] for day in DAYS[3:5])
    assert f"东胜区{CASE}（5月18日急报）" in due.paper
    assert "SJ-2020-009（" not in due.paper
    assert all("（5月18日急报）" in text for text in over.both)
    settled = [*files, File(report("东胜区", DAYS[3], progress=[progress_row(CASE, 当前状态="导入法定途径")]), afternoon(DAYS[3]))]
    assert "5月18日急报）" not in told(settled, DAYS)[DAYS[4]].paper
