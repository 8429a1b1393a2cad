"""What was reported and not taken: nowhere is it said that there was nothing, and nowhere what it said.

Covers `not_taken`, `refused_matters`, `refused` of `urgent_of_period`, and `refused_urgent` of `other_sheets` and of `Reading`.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from offices import HOME, Day, File, Office, afternoon, assigned, consolidate, moment, read_in
from workbooks import DAY, DISTRICTS, Row, assignment, case_row, edit, progress_row, report, report_pages, resolved_row, urgent_row, write

from pipeline.day.refused_matters import RefusedMatter
from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, leader_papers, notice
from pipeline.render.period import period_files, period_papers
from pipeline.report import decision_words, headline, leader_pages, not_taken, period, period_words
from pipeline.report.period import Period
from pipeline.terms.handed_in import Reading

FIRST, SECOND, THIRD = DISTRICTS[:3]
DANGER: Row = urgent_row("", 事项类别="工程安全隐患", 情况说明="塔吊倾斜压向小学", 需协调事项="请派专家")
UNCLEAR: Row = {**DANGER, "事项类别": "安全"}
UNDATED: Row = {**DANGER, "发生时间": "夜里"}
OTHER: Row = {**DANGER, "情况说明": "基坑渗水"}


def _whole(district: str, *urgent: Row, at: str = "16:00") -> File:
    """A report that is refused whole, for a column that no file may have."""
    pages = edit(report_pages(district, progress=[], new=[], reception=[], urgent=urgent), {"案件进展!P1": "身份证号"})
    return File(write(pages), moment(f"2020-05-21 {at}"), f"{district}{at[:2]}.xlsx")


def _sheet_refused(district: str, at: str = "15:00") -> File:
    """A report of whose 急报事项 nothing can be read, for a starred column that is not there."""
    pages = edit(report_pages(district, progress=[], new=[], reception=[], urgent=[DANGER]), {"急报事项!B1": "甲"})
    return File(write(pages), moment(f"2020-05-21 {at}"), f"{district}{at[:2]}.xlsx")


def _sent(district: str, *urgent: Row, at: str = "16:00", progress: tuple[Row, ...] = ()) -> File:
    return File(report(district, progress=progress, urgent=urgent), moment(f"2020-05-21 {at}"), f"{district}{at[:2]}.xlsx")


def _day(*files: File) -> Day:
    """These files, and nothing to report of the other districts."""
    sent = {name for name in DISTRICTS for file in files if file.name.startswith(name)}
    others = (File(report(name, progress=[]), afternoon(DAY), f"{name}.xlsx") for name in DISTRICTS if name not in sent)
    cases = [case_row("SJ-2020-001", FIRST), case_row("SJ-2020-002", SECOND), case_row("SJ-2020-003", THIRD)]
    return consolidate([assigned(assignment(cases)), *files, *others], [DAY], noticed=True)[DAY]


def test_neither_a_refused_row_nor_a_file_refused_whole_is_told_as_nothing_urgent() -> None:
    day = _day(_whole(FIRST, DANGER), _sent(SECOND, UNDATED), _sent(THIRD, UNCLEAR, progress=(progress_row("SJ-2020-003"),)))
    said = not_taken.urgent(day.report)
    named = f"{FIRST}1件（工程安全隐患、整份日报退回）、{SECOND}1件（工程安全隐患）、{THIRD}1件（类别没有写对）。"
    assert said.startswith(f"报来而退回、这里没有写的急报事项：{named}请马上向旗区核实；")
    asked = dict(headline.lines(day.report))["请决定"]
    assert asked.endswith(said)
    page = leaders_page.render(day.report, HOME / "templates").decode()
    assert f"<strong>{said}</strong></p>\n<p>没有采用的急报事项。</p>" in page
    assert "里没有急报事项" not in page
    assert "塔吊" not in asked + page
    assert decision_words.none(day.report.submissions[3:], said) == "采用的日报里没有需要决策的事项"


def test_a_request_in_a_refused_row_is_no_request_that_nobody_made() -> None:
    """Its row says 办理中 of a case that a later correction of an earlier day calls resolved: it is not taken, and what it asks neither."""
    asking = progress_row("SJ-2020-002", 需协调事项="请市里协调资金缺口")
    before = File(
        report(SECOND, DAY - timedelta(days=1), progress=[resolved_row("SJ-2020-002")]), moment("2020-05-22 09:00"), "前一日.xlsx"
    )
    day = _day(_sent(SECOND, progress=(asking,)), before)
    said = f"报来而退回、这里没有写的需协调事项：{SECOND}1件（SJ-2020-002）。请向旗区核实。"
    assert not_taken.requests(day.report) == said
    assert dict(headline.lines(day.report))["请决定"].endswith(said)
    page = leaders_page.render(day.report, HOME / "templates").decode()
    assert said in page
    assert "资金缺口" not in page
    fields = {page.name: leader_papers.fields(page, day.report) for page in leader_pages.of(day.report)}
    assert said in str(fields["领导1"]["说明"])
    taken = _day(_sent(SECOND, progress=(asking,)))
    assert not_taken.asked(taken.report) == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("请市局协调资金", ""),
        (
            "请市局协调资金三百万",
            f"改写了需协调事项而所在的行退回：{SECOND}SJ-2020-002（此前采用的“请市局协调资金”仍有效）。改写的没有采用，请向旗区核实。",
        ),
    ],
)
def test_a_refused_request_of_a_case_of_which_one_stands_is_not_called_unwritten(asked: str, said: str) -> None:
    """The form carries yesterday's words on; the row is refused for the status alone. Other words are told as such."""
    yesterday = report(SECOND, DAY - timedelta(days=1), progress=[progress_row("SJ-2020-002", 需协调事项="请市局协调资金")])
    refused = progress_row("SJ-2020-002", 当前状态="已答复", 需协调事项=asked)
    told = _day(_sent(SECOND, progress=(refused,)), File(yesterday, afternoon(DAY - timedelta(days=1)), "前一日.xlsx")).report
    assert not_taken.requests(told) == said
    name = "需协调事项的改写（此前采用的仍有效）"
    mend = f"{name}：5月21日1件（SJ-2020-002），要照改写的，请改正后重新报送；不改的，以此前采用的为准"
    assert (mend in not_taken.to_mend(told, SECOND)) is bool(said)
    first = {line["名称"]: line["内容"] for line in briefing.fields(told)["提要"]}["请决定"]
    assert (f"退回、这里没有写的：{name}{SECOND}1件（SJ-2020-002），请向旗区核实。" in first) is bool(said)
    everywhere = first + str(briefing.fields(told)) + leaders_page.render(told, HOME / "templates").decode()
    assert "这里没有写的需协调事项" not in everywhere
    assert (said in everywhere) is True
    pages = {page.name: leader_papers.fields(page, told) for page in leader_pages.of(told)}
    assert said in str(pages["领导1"]["说明"])


def test_a_refused_rewriting_is_told_on_later_days_and_at_a_spans_end_beside_the_request_that_stands() -> None:
    yesterday = report(FIRST, DAY - timedelta(days=1), progress=[progress_row("SJ-2020-001", 需协调事项="请市局协调资金")])
    before = File(yesterday, afternoon(DAY - timedelta(days=1)), "前一日.xlsx")
    files = [before, _sent(FIRST, progress=(progress_row("SJ-2020-001", 当前状态="已答复", 需协调事项="请派专家"),)), _later()]
    told = consolidate([assigned(assignment(CASES)), *files], [LAST])[LAST].report
    rewritten = f"{FIRST}5月21日SJ-2020-001（此前采用的“请市局协调资金”仍有效）"
    said = (
        f"以前日期改写需协调事项而退回、至今没有重新报送成功的：{rewritten}。要照改写的，请旗区改正后重新报送；不改的，以此前采用的为准。"
    )
    assert not_taken.requests(told) == said
    span = _period(LAST, *files)
    named = f"报来而退回、期末没有重新报送成功的需协调事项的改写（此前采用的仍有效）1件：{FIRST}5月21日1件（SJ-2020-001）。"
    assert named in dict(period_words.lines(span))["急报"]


def test_where_reports_have_none_that_is_said_of_what_was_taken_alone() -> None:
    page = leaders_page.render(_day().report, HOME / "templates").decode()
    assert not_taken.urgent(_day().report) == ""
    assert "<p>当日采用的日报里没有急报事项。</p>" in page
    assert "<p>当日采用的日报里没有接访情况。</p>" in page


def test_on_a_day_of_which_nothing_was_taken_the_page_says_that_nobody_knows() -> None:
    page = leaders_page.render(_day(*(_whole(name) for name in DISTRICTS)).report, HOME / "templates").decode()
    assert page.count("<p>今日没有旗区报送，有没有，不知道。</p>") + page.count("<p>今日没有旗区的日报能够采用，有没有，不知道。</p>") == 2


def test_whoever_accompanies_the_district_is_told_on_his_page() -> None:
    day = _day(_whole(FIRST, DANGER), _sent(SECOND, UNDATED), _sent(THIRD, UNCLEAR, progress=(progress_row("SJ-2020-003"),)))
    fields = {page.name: leader_papers.fields(page, day.report) for page in leader_pages.of(day.report)}
    told = "报来而退回、这里没有写的急报事项："
    assert fields["领导0"]["说明"] == (
        f"{told}{FIRST}1件（工程安全隐患、整份日报退回），请马上向旗区问明。{FIRST}至今没有可用的日报，情况只按分解表的登记。"
    )
    assert fields["领导1"]["说明"] == (
        f"{told}{SECOND}1件（工程安全隐患），请马上向旗区问明。{SECOND}当日的日报全部退回，一行也没有采用，当日办理得怎样不知道，情况按以前的日报。"
    )
    (rest,) = fields["领导2"]["请办"]
    assert "也没有已知的急报和请求" in rest
    assert fields["领导2"]["说明"] == f"{told}{THIRD}1件（类别没有写对），请马上向旗区问明。"


def test_a_leader_whose_districts_have_no_open_case_has_a_page_for_an_urgent_matter_that_was_refused() -> None:
    last = DISTRICTS[-1]
    assert "领导8" not in {page.name for page in leader_pages.of(_day().report)}
    (page,) = (page for page in leader_pages.of(_day(_whole(last, DANGER)).report) if page.name == "领导8")
    assert page.concerned == {last}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([_whole(FIRST, DANGER, at="15:00"), _sent(FIRST, DANGER)], ""),  # sent again, and taken
        ([_whole(FIRST, DANGER, at="15:00"), _sent(FIRST)], f"{FIRST}1件（工程安全隐患、整份日报退回）"),
        ([_whole(FIRST, DANGER, DANGER, at="15:00"), _sent(FIRST, DANGER)], f"{FIRST}1件（工程安全隐患、整份日报退回）"),
        ([_sent(FIRST, DANGER, at="15:00"), _whole(FIRST, DANGER)], f"{FIRST}1件（工程安全隐患、整份日报退回）"),
        ([_whole(FIRST, DANGER, at="15:00"), _whole(FIRST, DANGER)], f"{FIRST}1件（工程安全隐患、整份日报退回）"),
        ([_sent(FIRST, UNCLEAR, at="15:00"), _sent(FIRST, DANGER)], ""),  # mended
        ([_sent(FIRST, UNDATED, at="15:00"), _sent(FIRST)], f"{FIRST}1件（工程安全隐患）"),  # left out instead
        ([_sent(FIRST, UNDATED, urgent_row("", 发生时间="夜里"))], f"{FIRST}2件（工程安全隐患1件、停水停电停暖1件）"),
    ],
)
def test_what_a_later_report_has_is_not_told_as_refused(files: list[File], told: str) -> None:
    said = not_taken.urgent(_day(*files).report)
    assert said.partition("没有写的急报事项：")[2].partition("。请马上")[0] == told


EARLIER = "以前日期退回、至今没有重新报送成功的急报事项："
NEXT, LAST = DAY + timedelta(days=1), DAY + timedelta(days=2)
CASES = [case_row("SJ-2020-001", FIRST), case_row("SJ-2020-002", SECOND), case_row("SJ-2020-003", THIRD)]
OF_CASE: Row = urgent_row("SJ-2020-001", 发生时间="夜里")


def _later(*urgent: Row, day: date = NEXT, progress: tuple[Row, ...] = ()) -> File:
    return File(report(FIRST, day=day, progress=progress, urgent=urgent), afternoon(day), f"{FIRST}{day}.xlsx")


def _two_days_later(*files: File) -> Day:
    return consolidate([assigned(assignment(CASES)), *files], [LAST], noticed=True)[LAST]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([_whole(FIRST, DANGER)], f"{FIRST}5月21日1件（工程安全隐患、整份日报退回）"),
        ([_sent(FIRST, UNDATED), _later()], f"{FIRST}5月21日1件（工程安全隐患）"),
        ([_sent(FIRST, UNDATED), _later(UNDATED)], f"{FIRST}5月21日1件（工程安全隐患）、{FIRST}5月22日1件（工程安全隐患）"),
        ([_sent(FIRST, UNDATED), _later(urgent_row(""))], f"{FIRST}5月21日1件（工程安全隐患）"),  # of another kind
        ([_sent(FIRST, UNDATED, UNDATED), _later(DANGER)], f"{FIRST}5月21日1件（工程安全隐患）"),  # one of two
        ([_sent(FIRST, UNDATED), _later(DANGER)], ""),
        ([_sent(FIRST, UNCLEAR), _later(DANGER)], ""),
        ([_whole(FIRST, DANGER), _later(DANGER, day=LAST)], ""),
        ([_whole(FIRST, DANGER, at="15:00"), _sent(FIRST, DANGER)], ""),
        ([_sent(FIRST, UNDATED), File(report(FIRST, progress=[], urgent=[DANGER]), afternoon(NEXT), "更正.xlsx")], ""),
        # a version of the same day mends what it has again, and nothing by leaving it out
        ([_sent(FIRST, UNDATED, at="15:00"), _sent(FIRST)], f"{FIRST}5月21日1件（工程安全隐患）"),
        ([_sent(FIRST, UNDATED, at="15:00"), _sent(FIRST, UNDATED)], f"{FIRST}5月21日1件（工程安全隐患）"),
        ([_sent(FIRST, UNDATED, at="15:00"), _sent(FIRST, DANGER)], ""),
        ([_sent(FIRST, UNDATED, at="14:00"), _sent(FIRST, DANGER, at="15:00"), _sent(FIRST)], ""),
        ([_sent(FIRST, UNDATED, at="14:00"), _sent(FIRST, at="15:00"), _sent(FIRST, DANGER)], ""),
        ([_sent(FIRST, UNDATED, OTHER, at="15:00"), _sent(FIRST, OTHER)], f"{FIRST}5月21日1件（工程安全隐患）"),
        ([_sent(FIRST, UNDATED, at="15:00"), _sent(FIRST, OTHER)], f"{FIRST}5月21日1件（工程安全隐患）"),  # in other words
        ([_sent(FIRST, OF_CASE, at="15:00"), _sent(FIRST, {**OF_CASE, "情况说明": "停水两日", "发生时间": "9:30"})], ""),
        ([_sent(FIRST, UNDATED, at="15:00"), _sent(FIRST), _later(DANGER)], ""),
        ([_sheet_refused(FIRST), _sent(FIRST)], f"{FIRST}5月21日整张表"),
        ([_sheet_refused(FIRST), _sent(FIRST, DANGER)], ""),
        ([_sent(FIRST, OF_CASE), _later()], f"{FIRST}5月21日1件（停水停电停暖，SJ-2020-001）"),
        ([_sent(FIRST, OF_CASE), _later(progress=(progress_row("SJ-2020-001", 今日进展="已恢复供水"),))], ""),
    ],
)
def test_what_was_refused_is_told_on_the_days_after_until_it_is_taken_or_something_is_said(files: list[File], told: str) -> None:
    day = _two_days_later(*files)
    said = not_taken.urgent(day.report)
    assert said.partition(EARLIER)[2].partition("。请")[0] == told
    may_be_danger = any(word in told for word in ("工程安全隐患", "整张表"))
    assert ("请马上向旗区核实，并请旗区重新报送" in said) is may_be_danger
    assert (EARLIER in dict(headline.lines(day.report))["请决定"]) is bool(told)
    pages = {page.name: leader_papers.fields(page, day.report) for page in leader_pages.of(day.report)}
    assert (EARLIER in pages["领导0"]["说明"]) is bool(told)
    assert "塔吊" not in said


EARLIER_REQUEST = "以前日期退回、至今没有重新报送成功的需协调事项："
ASKING: Row = progress_row("SJ-2020-001", 需协调事项="请市里协调资金缺口", 答复日期="11.9")
_SAME: Row = progress_row("SJ-2020-001", 当前状态="已交办", 今日进展="")
MISTYPED: Row = progress_row("SJ-2020-091", 需协调事项="请市里协调资金缺口")


@pytest.mark.parametrize(
    ("refused", "later", "told"),
    [
        (ASKING, (), f"{FIRST}5月21日1件（SJ-2020-001）"),
        (ASKING, (_SAME,), f"{FIRST}5月21日1件（SJ-2020-001）"),  # the form as it came says nothing of it
        (ASKING, (ASKING,), f"{FIRST}5月21日1件（SJ-2020-001）"),  # told once, since the first
        (ASKING, (progress_row("SJ-2020-001", 需协调事项="请市里协调资金缺口"),), ""),
        (ASKING, (progress_row("SJ-2020-001", 今日进展="已自行筹到资金"),), ""),
        (ASKING, (resolved_row("SJ-2020-001"),), ""),
        (MISTYPED, (), f"{FIRST}5月21日1件（SJ-2020-091）"),
        (MISTYPED, (progress_row("SJ-2020-001", 需协调事项="请派人"),), f"{FIRST}5月21日1件（SJ-2020-091）"),
        (MISTYPED, (progress_row("SJ-2020-001", 需协调事项="请市里协调资金缺口"),), ""),  # under its number
    ],
)
def test_a_request_in_a_refused_row_is_told_on_the_days_after_until_it_is_mended(refused: Row, later: tuple[Row, ...], told: str) -> None:
    late = [case_row("SJ-2020-001", FIRST, 办结时限="2020-05-22"), *CASES[1:]]
    files = [_sent(FIRST, progress=(refused,)), _later(progress=later)]
    day = consolidate([assigned(assignment(late)), *files], [LAST], noticed=True)[LAST]
    said = not_taken.requests(day.report)
    assert said.partition(EARLIER_REQUEST)[2].partition("。请")[0] == told
    assert not_taken.urgent(day.report) == ""
    assert (EARLIER_REQUEST in dict(headline.lines(day.report))["请决定"]) is bool(told)
    # 专报 says it whole in its second section, and its first lines how much it is and whose
    paper = briefing.fields(day.report)
    first = {line["名称"]: line["内容"] for line in paper["提要"]}["请决定"]
    assert (f"退回、这里没有写的：需协调事项{told}，请向旗区核实。" in first) is bool(told)
    assert EARLIER_REQUEST not in first
    assert (paper["决策"] + paper["其余决策"]).count(EARLIER_REQUEST) == bool(told)
    assert (EARLIER_REQUEST in leaders_page.render(day.report, HOME / "templates").decode()) is bool(told)
    pages = {page.name: leader_papers.fields(page, day.report) for page in leader_pages.of(day.report)}
    own = pages.get("领导0", {"说明": "", "请办": []})
    assert (EARLIER_REQUEST in own["说明"]) is bool(told)
    by_rule = [asked for asked in own["请办"] if "没有写明请求" in asked]
    in_vain = [asked for asked in own["请办"] if "旗区写过请求而所在的行退回没有采用的1件（SJ-2020-001）：请先向旗区问明" in asked]
    if refused is ASKING and told:
        assert (by_rule, len(in_vain)) == ([], 1)
    assert "资金缺口" not in said


def test_a_period_tells_requests_that_were_refused_and_never_made_again() -> None:
    span = _period(LAST, _sent(FIRST, UNDATED, progress=(ASKING,)), _later(day=LAST, progress=(MISTYPED,)))
    named = f"{FIRST}5月21日1件（SJ-2020-001）、{FIRST}5月23日1件（SJ-2020-091）"
    said = dict(period_words.lines(span))
    assert f"报来而退回、期末没有重新报送成功的需协调事项2件：{named}。情况这里没有写" in said["急报"]
    assert "退回、没有重新报送成功的急报1件、需协调事项2件，见“急报”。" in said["结论"]
    told = json.loads(period_files.for_programs(span, {}))
    assert len(told["refused_urgent"]) == 1
    assert told["refused_requests"] == [
        {"reported": "2020-05-21", "district": FIRST, "case": "SJ-2020-001"},
        {"reported": "2020-05-23", "district": FIRST, "case": "SJ-2020-091"},
    ]
    mended = _period(LAST, _sent(FIRST, progress=(ASKING,)), _later(progress=(progress_row("SJ-2020-001", 今日进展="不再需要"),)))
    assert "急报" not in dict(period_words.lines(mended))


def test_what_was_refused_stands_in_later_notices_until_it_is_mended_with_what_to_do() -> None:
    late = [case_row("SJ-2020-001", FIRST, 办结时限="2020-05-20"), case_row("SJ-2020-004", FIRST), *CASES[1:]]
    unread = progress_row("SJ-2020-004", 答复日期="11.9")

    def said(*files: File) -> str:
        day = consolidate([assigned(assignment(late)), _sent(FIRST, UNDATED, progress=(ASKING, unread)), *files], [LAST], noticed=True)[
            LAST
        ]
        (own,) = (each for each in day.report.notices if each.district == FIRST)
        text = str(notice.fields(own, day.report)["说明"])
        assert not_taken.to_mend(day.report, SECOND) == []
        return text.partition("还没有改正的：")[2]

    urgent = "急报事项：5月21日1件（工程安全隐患），请马上改正后重新报送，已经处理完的，也请在“急报事项”里报明"
    asked = "需协调事项：5月21日1件（SJ-2020-001），请改正后重新报送，不再需要协调的，也请在这件案件的“今日进展”里报明"
    rows = "退回的行：5月21日的日报（SJ-2020-001、SJ-2020-004），请照那天的回执改正，重新报送那天的日报；"
    rows += "写明编号的案件，在以后的日报里报清楚也可以"
    assert said(_later()).startswith(f"{urgent}；{asked}；{rows}。")
    assert said(_later(DANGER)).startswith(f"{asked}；{rows}。")
    by_next = (progress_row("SJ-2020-001"), progress_row("SJ-2020-004"))
    still_open = "全部退回、一行也没有采用的：5月21日的日报，请照那天的回执改正，重新报送那天的日报。"
    assert said(_later(progress=by_next)).startswith(f"{urgent}；{still_open}")
    assert said(_later(DANGER, progress=by_next)).startswith(still_open), "its figures stay provisional by that day"


def test_a_refused_matter_of_which_a_report_could_no_longer_be_sent_again_is_told_no_more() -> None:
    last = DAY + timedelta(days=31)
    days = consolidate([assigned(assignment(CASES)), _whole(FIRST, DANGER)], [last, last + timedelta(days=1)], noticed=True)
    assert [EARLIER in not_taken.urgent(day.report) for day in days.values()] == [True, False]


def _period(last: date, *files: File) -> Period:
    days = [DAY + timedelta(days=count) for count in range(-1, (last - DAY).days + 1)]
    told = consolidate([assigned(assignment(CASES)), *files], days, noticed=True)
    return period.of([told[day].report for day in days], {})


def test_a_period_counts_and_names_what_was_refused_and_never_sent_again_in_every_document() -> None:
    span = _period(LAST, _sent(FIRST, UNDATED), _whole(SECOND, DANGER), _later(DANGER, UNCLEAR, day=LAST))
    assert [(matter.district, matter.day, matter.kind) for matter in span.refused_urgent] == [
        (SECOND, DAY, "工程安全隐患"),
        (FIRST, LAST, ""),
    ]
    named = f"{SECOND}5月21日1件（工程安全隐患、整份日报退回）、{FIRST}5月23日1件（类别没有写对）"
    told = f"报来而退回、期末没有重新报送成功的急报2件：{named}。情况这里没有写，原文在旗区的日报和回执里，请向旗区核实。"
    said = dict(period_words.lines(span))
    assert "尚无下文；请求：请派专家）。退回、没有重新报送成功的急报2件，见“急报”。" in said["结论"]
    assert said["急报"].endswith(told)
    nothing_taken = replace(span, urgent=())
    assert dict(period_words.lines(nothing_taken))["急报"] == f"{period_words.NO_URGENT}{told}"
    for each in (span, nothing_taken):
        section = next(part for part in period_papers.fields(each)["部分"] if part["小标题"].endswith("急报"))
        assert section["说明"][0] == told
        files, _broken = period_files.render(each, HOME / "templates")
        html = next(content.decode() for name, content in files.items() if name.endswith(".html"))
        assert told in html
        book = openpyxl.load_workbook(io.BytesIO(next(content for name, content in files.items() if name.endswith(".xlsx"))))
        rows = [[cell.value for cell in row] for row in book["急报"].iter_rows()]
        assert [row[0] for row in rows if row[-1] == "没有重新报送成功"] == [SECOND, FIRST]
        assert json.loads(files["period.json"])["refused_urgent"][0] == {
            "reported": f"{DAY}", "district": SECOND, "case": "", "kind": "工程安全隐患", "refused_with": "file",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ([_sent(FIRST, UNDATED)], 1),
        ([_sent(FIRST, UNDATED), _later(DANGER)], 0),
        ([_sent(FIRST, OF_CASE)], 1),
        ([_sent(FIRST, OF_CASE), _later(progress=(progress_row("SJ-2020-001", 今日进展="已恢复供水"),))], 0),
        ([_sent(FIRST, OF_CASE), _later(day=DAY + timedelta(days=33), progress=(resolved_row("SJ-2020-001", 答复日期=f"{DAY}"),))], 0),
    ],
)
def test_a_closing_does_not_forget_what_was_refused_long_ago(files: list[File], left: int) -> None:
    assert len(_period(DAY + timedelta(days=34), *files).refused_urgent) == left


def test_a_sheet_that_was_refused_is_no_number_of_matters() -> None:
    sheet = RefusedMatter(DAY, FIRST, "", is_sheet=True)
    row = RefusedMatter(DAY, SECOND, "工程安全隐患")
    assert not_taken.at_the_end([sheet], LAST).startswith(f"报来而退回、期末没有重新报送成功的急报整张表1份：{FIRST}5月21日整张表。")
    assert "急报1件、整张表1份：" in not_taken.at_the_end([sheet, row], LAST)
    many = [replace(row, day=DAY - timedelta(days=count)) for count in range(5)]
    assert "等；逐件见工作簿“急报”。" in not_taken.at_the_end(many, LAST)


def test_a_night_writes_of_earlier_days_too_that_something_urgent_was_refused(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.put_assignment(assignment(CASES))
    file = _whole(FIRST, DANGER)
    office.put(file.content, file.name)
    office.put(report(SECOND, progress=[]), "二.xlsx")
    office.run(DAY)
    office.run(NEXT)
    assert "工程安全隐患" in (office.outbox / f"{NEXT}" / "manifest.json").read_text(encoding="utf-8")
    office.put(report(FIRST, day=NEXT, progress=[], urgent=[DANGER]), "重报.xlsx", f"{NEXT}T16:00:00+08:00")
    office.run(NEXT)
    assert EARLIER not in (office.outbox / f"{NEXT}" / "manifest.json").read_text(encoding="utf-8")


def test_a_file_that_is_nobody_s_is_told_of_too() -> None:
    pages = edit(report_pages(FIRST, progress=[], new=[], reception=[], urgent=[DANGER]), {"封面!B1": "某旗"})
    day = _day(File(write(pages), afternoon(DAY), "某旗.xlsx"))
    assert "没有写的急报事项：看不出旗区的日报1件（工程安全隐患、整份日报退回）。" in not_taken.urgent(day.report)


def test_of_a_file_refused_whole_nothing_but_the_kinds_is_kept() -> None:
    (file,) = read_in([_whole(FIRST, DANGER, UNCLEAR)])
    assert (file.reading.accepted, file.reading.refused_urgent) == (False, ("工程安全隐患", ""))
    assert "塔吊" not in json.dumps(file.reading.as_json(), ensure_ascii=False)
    assert Reading.from_json(file.reading.as_json()).refused_urgent == ("工程安全隐患", "")


def test_a_notice_says_that_the_district_s_own_report_of_the_day_was_refused() -> None:
    day = _day(_sent(SECOND, progress=(progress_row("SJ-2020-002", 当前状态="差不多"),)), _whole(FIRST))
    said = {each.district: notice.fields(each, day.report)["说明"] for each in day.report.notices}
    refused = (
        "你处5月21日的日报全部退回，一行也没有采用，当日报来的进展、督办回复都没有计入，以上按此前采用的日报；请照回执改正后重新报送。"
    )
    assert refused in said[SECOND]
    assert "你处5月21日送来的日报整份退回，没有采用，以上按此前采用的日报；请照回执改正后重新报送。" in said[FIRST]
    assert "你处" not in said[THIRD]


def test_a_notice_says_up_to_which_report_it_knows_and_since_when_nothing_has_come() -> None:
    """The workbook of this morning is no report of the district's; who has never sent one is told that."""
    days = [DAY - timedelta(days=ago) for ago in (3, 2, 1, 0)]
    cases = [case_row(f"SJ-2020-00{at}", name, 办结时限="2020-05-20") for at, name in enumerate(DISTRICTS[:3], 1)]
    files = [
        assigned(assignment(cases), f"{days[0]} 09:00"),
        assigned(assignment([*cases, case_row("SJ-2020-009", THIRD)]), f"{DAY} 09:00", "分解表二.xlsx"),
        File(report(FIRST, day=days[0], progress=[progress_row("SJ-2020-001")]), moment(f"{days[0]} 16:00"), "一.xlsx"),
        *(File(report(SECOND, day=day, progress=[]), moment(f"{day} 15:00"), f"二{day}.xlsx") for day in days[1:]),
    ]
    day = consolidate(files, [DAY], noticed=True)[DAY]
    said = {each.district: notice.fields(each, day.report) for each in day.report.notices}
    assert [said[name]["数据截至"] for name in DISTRICTS[:3]] == [
        "2020年5月18日16:00",
        "2020年5月21日15:00",
        f"2020年5月21日09:00（收到分解表时，此前没有{THIRD}的日报）",
    ]
    silent = "你处5月21日没有日报（5月19日至5月21日连续3天没有日报），以上按此前采用的日报；请补报，以前这几天的也请补报。"
    assert silent in said[FIRST]["说明"]
    assert "没有日报" not in said[SECOND]["说明"]


def test_a_file_refused_whole_holds_requests_of_which_the_cases_are_told() -> None:
    """Their words are kept nowhere; what a later report of the same day has in its place is not told, nor what stands already."""
    asking, number = progress_row("SJ-2020-001", 当前状态="办理中", 需协调事项="请协调拨款"), "SJ-2020-001"
    pages = edit(report_pages(FIRST, progress=[asking], new=[], reception=[], urgent=[]), {"案件进展!P1": "身份证号"})
    refused = File(write(pages), moment("2020-05-21 15:00"), f"{FIRST}15.xlsx")
    day = _day(refused)
    assert not_taken.requests(day.report) == f"报来而退回、这里没有写的需协调事项：{FIRST}1件（{number}）。请向旗区核实。"
    (told,) = not_taken.to_mend(day.report, FIRST)
    assert told.startswith("需协调事项：5月21日1件（SJ-2020-001），请改正后重新报送")
    assert not not_taken.requests(_day(refused, _sent(FIRST, progress=(progress_row("SJ-2020-001"),))).report)
    stood = File(report(FIRST, progress=[asking]), moment("2020-05-21 14:00"), f"{FIRST}14.xlsx")
    assert not not_taken.requests(_day(stood, refused).report)


def test_a_day_refused_whole_is_asked_for_in_later_notices_until_a_report_of_it_is_taken() -> None:
    def told(*files: File) -> list[str]:
        day = consolidate([assigned(assignment(CASES)), _whole(FIRST), _sent(SECOND), *files], [LAST], noticed=True)[LAST]
        assert not_taken.to_mend(day.report, SECOND) == []
        return not_taken.to_mend(day.report, FIRST)

    assert told(_later()) == ["整份退回、那天没有别的日报的：5月21日的日报，请照那天的回执改正，重新报送那天的日报"]
    assert told(_later(), _sent(FIRST, at="16:30")) == []


def test_a_day_of_which_no_row_was_taken_is_asked_for_though_its_cases_are_reported_later() -> None:
    """Its figures stay open as long as that."""
    unclear = _sent(FIRST, progress=(progress_row("SJ-2020-001", 当前状态="差不多"),))

    def told(*files: File) -> list[str]:
        return not_taken.to_mend(_two_days_later(unclear, *files).report, FIRST)

    rows, mend = "5月21日的日报（SJ-2020-001）", "请照那天的回执改正，重新报送那天的日报"
    assert told(_later()) == [f"退回的行：{rows}，{mend}；写明编号的案件，在以后的日报里报清楚也可以"]
    reported = _later(progress=(progress_row("SJ-2020-001"),))
    assert told(reported) == [f"全部退回、一行也没有采用的：5月21日的日报，{mend}"]
    assert told(reported, _sent(FIRST, at="16:30", progress=(progress_row("SJ-2020-001"),))) == []


def test_requests_of_a_file_refused_whole_are_told_on_later_days_until_they_are_mended() -> None:
    asking = progress_row("SJ-2020-001", 当前状态="办理中", 需协调事项="请协调拨款")
    pages = edit(report_pages(FIRST, progress=[asking], new=[], reception=[], urgent=[]), {"案件进展!P1": "身份证号"})
    refused = File(write(pages), moment("2020-05-21 15:00"), f"{FIRST}15.xlsx")

    def told(*files: File) -> str:
        day = consolidate([assigned(assignment(CASES)), refused, *files], [LAST], noticed=True)[LAST]
        return not_taken.requests(day.report)

    assert f"{EARLIER_REQUEST}{FIRST}5月21日1件（SJ-2020-001）。" in told(_later())
    assert told(_sent(FIRST, at="16:30", progress=(progress_row("SJ-2020-001"),))) == ""
    assert told(_later(progress=(progress_row("SJ-2020-001", 今日进展="已拨款"),))) == ""
