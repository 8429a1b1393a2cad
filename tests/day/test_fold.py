"""Merging: each test's docstring is its input and its expected outcome, a line for every report that comes in.

Covers `assignments`, `case_book`, `cases`, `day_state`, `disputes`, `judgement`, `judging` and `withdrawn_rows`;
every finding of the register is in tests/test_docs.py too.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import Day, File, afternoon, assigned, consolidate, handed_in, moment, on
from workbooks import (
    CASES,
    DISTRICTS,
    Row,
    assignment,
    case_row,
    edit,
    new_row,
    progress_row,
    report,
    report_pages,
    resolved_row,
    table,
    urgent_row,
    write,
)

MONDAY = date(2020, 5, 18)
CASE = "SJ-2020-001"


def _day(written: object) -> date:
    """`05-18` of 2020."""
    return date.fromisoformat(f"2020-{written}")


# --- one case, as a table ----------------------------------------------------------------------------------------

_COLUMNS = {"状态": "当前状态", "日期": "答复日期", "文号": "答复文号", "确认": "群众确认", "原因": "重新办理原因", "进展": "今日进展"}


@dataclass(frozen=True, slots=True)
class Story:
    """A case's reports day by day, and what came out in the columns that the table asks about."""

    expected: list[dict[str, object]]
    happened: list[dict[str, object]]


def _asked(day: Day, name: str) -> str:
    match name:
        case "counted":
            return "yes" if day.counted(CASE) else "no"
        case "disputed" | "stalled" | "overdue" | "due_soon" | "acceptance_overdue":
            return "yes" if name in day.flagged(CASE) else "no"
        case "status":
            return day.status(CASE)
        case "refused":
            return " ".join(sorted({found.code for _file, found in day.findings if found.refuses}))
        case "newly" | "reopened":
            key = {"newly": "newly_resolved", "reopened": "reopened"}[name]
            return "yes" if CASE in day.summary["changes"][key] else "no"
        case _:
            raise AssertionError(name)


@pytest.fixture
def story(request: pytest.FixtureRequest) -> Story:
    """The story in the test's docstring: `day`, cells of 案件进展 (a line without a status is no report), then what is asked."""
    rows = table(str(request.function.__doc__))
    files = [assigned(assignment())]
    for row in rows:
        cells = {_COLUMNS[name]: value for name, value in row.items() if name in _COLUMNS}
        if isinstance(replied := cells.get("答复日期"), str) and replied:
            cells["答复日期"] = _day(replied).isoformat()
        if cells.get("当前状态"):
            day = _day(row["day"])
            files.append(File(report(day=day, progress=[{"案件编号": CASE, **cells}]), afternoon(day)))
    out = consolidate(files, [_day(row["day"]) for row in rows])
    asked = [name for name in rows[0] if name not in _COLUMNS and name != "day"]
    expected: list[dict[str, object]] = [{name: row[name] for name in ("day", *asked)} for row in rows]
    happened: list[dict[str, object]] = [
        {"day": row["day"], **{name: _asked(out[_day(row["day"])], name) for name in asked}} for row in rows
    ]
    return Story(expected, happened)


def test_a_dispute_stands_until_the_citizens_confirm(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 已化解 | 05-18 | 甲1  | 未回访 | yes     | no
    05-19 | 已化解 | 05-18 | 甲1  | 不认可 | no      | yes
    05-20 | 已化解 | 05-18 | 甲1  |        | no      | yes
    05-21 | 已化解 | 05-18 | 甲1  | 未回访 | no      | yes
    05-22 |        |       |      |        | no      | yes
    05-23 | 已化解 | 05-18 | 甲1  | 认可   | yes     | no
    """
    assert story.happened == story.expected


def test_a_reply_under_another_number_ends_a_dispute(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号      | 确认   | counted | disputed
    05-18 | 已化解 | 05-18 | 甲〔1〕号 | 不认可 | no      | yes
    05-19 | 已化解 | 05-19 | 甲〔1〕 号 |       | no      | yes
    05-20 | 已化解 | 05-20 | 甲〔2〕号 |        | yes     | no
    """
    assert story.happened == story.expected


def test_a_reply_number_is_compared_as_a_code(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号    | 确认   | disputed
    05-18 | 已化解 | 05-18 | xf-2020 | 不认可 | yes
    05-19 | 已化解 | 05-18 | ＸＦ—2020 |      | yes
    """
    assert story.happened == story.expected


def test_a_dispute_under_no_number_ends_with_any_reply(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 办理中 |       |      | 不认可 | no      | no
    05-19 | 已化解 | 05-19 | 甲1  |        | yes     | no
    """
    assert story.happened == story.expected


def test_a_dispute_opened_while_under_way_shows_once_resolved_under_the_same_number(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 已答复 | 05-18 | 甲1  | 不认可 | no      | no
    05-19 | 已化解 | 05-18 | 甲1  |        | no      | yes
    """
    assert story.happened == story.expected


def test_a_number_without_a_day_does_not_end_a_dispute(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 办理中 | 05-18 | 甲1  | 不认可 | no      | no
    05-19 | 办理中 |       | 甲2  |        | no      | no
    05-20 | 已化解 | 05-18 | 甲1  |        | no      | yes
    """
    assert story.happened == story.expected


def test_within_a_row_what_ends_a_dispute_comes_first(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 已化解 | 05-18 | 甲1  | 不认可 | no      | yes
    05-19 | 已化解 | 05-19 | 甲2  | 不认可 | no      | yes
    05-20 | 已化解 | 05-19 | 甲2  |        | no      | yes
    05-21 | 已化解 | 05-18 | 甲1  |        | no      | yes
    05-22 | 已化解 | 05-20 | 甲1  |        | yes     | no
    """
    assert story.happened == story.expected


def test_a_dispute_without_a_number_stands_under_the_number_of_the_one_before(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | disputed
    05-18 | 办理中 | 05-18 | 甲1  | 不认可 | no
    05-19 | 办理中 |       |      | 不认可 | no
    05-20 | 已化解 | 05-18 | 甲1  |        | yes
    """
    assert story.happened == story.expected


def test_a_reopening_ends_no_dispute_and_only_a_new_reply_lets_the_case_count_again(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | 原因 | counted | disputed | newly | reopened | status
    05-18 | 已化解 | 05-18 | 甲1  |        |      | yes     | no       | yes   | no       | 已化解
    05-19 | 已化解 | 05-18 | 甲1  | 不认可 |      | no      | yes      | no    | no       | 已化解
    05-20 | 办理中 |       |      |        | 复查 | no      | no       | no    | yes      | 办理中
    05-21 | 已化解 | 05-18 | 甲1  |        |      | no      | yes      | no    | no       | 已化解
    05-22 | 已化解 | 05-19 | 甲2  |        |      | yes     | no       | yes   | no       | 已化解
    05-23 |        |       |      |        |      | yes     | no       | no    | no       | 已化解
    """
    assert story.happened == story.expected


def test_another_reply_ends_a_dispute_only_from_the_day_on_which_it_was_reported(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 已化解 | 05-17 | 甲1  |        | yes     | no
    05-19 | 已化解 | 05-17 | 甲1  | 不认可 | no      | yes
    05-20 | 已化解 | 05-18 | 甲2  |        | no      | yes
    05-21 | 已化解 | 05-19 | 甲1  |        | no      | yes
    05-22 | 已化解 | 05-19 | 甲2  |        | yes     | no
    """
    assert story.happened == story.expected


def test_under_a_new_number_a_dispute_counts_from_the_day_of_that_number(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 已化解 | 05-18 | 甲1  | 不认可 | no      | yes
    05-19 | 已化解 | 05-18 | 甲1  | 不认可 | no      | yes
    05-20 | 已化解 | 05-20 | 甲2  | 不认可 | no      | yes
    05-21 | 已化解 | 05-19 | 甲3  |        | no      | yes
    05-22 | 已化解 | 05-20 | 甲3  |        | yes     | no
    """
    assert story.happened == story.expected


def test_an_acceptance_ends_a_dispute_whatever_the_reply_says(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | 确认   | counted | disputed
    05-18 | 办理中 |       |      | 不认可 | no      | no
    05-19 | 已化解 | 05-17 | 甲1  |        | no      | yes
    05-20 | 已化解 | 05-17 | 甲1  | 认可   | yes     | no
    """
    assert story.happened == story.expected


def test_leaving_resolved_for_the_courts_is_a_reopening_and_needs_its_reason(story: Story) -> None:
    """
    day   | 状态         | 日期  | 文号 | 原因 | counted | reopened | refused          | status
    05-18 | 已化解       | 05-18 | 甲1  |      | yes     | no       |                  | 已化解
    05-19 | 导入法定途径 |       |      |      | yes     | no       | status-went-back | 已化解
    05-20 | 导入法定途径 |       |      | 起诉 | no      | yes      |                  | 导入法定途径
    05-21 | 已化解       | 05-18 | 甲1  |      | no      | no       | status-went-back | 导入法定途径
    """
    assert story.happened == story.expected


def test_an_empty_cell_is_empty(story: Story) -> None:
    """
    day   | 状态   | 日期  | 文号 | counted | refused
    05-18 | 已化解 | 05-18 | 甲1  | yes     |
    05-19 | 已化解 |       |      | yes     | reply-missing
    05-20 | 已化解 | 05-18 | 甲1  | yes     |
    """
    assert story.happened == story.expected


def test_a_case_stalls_on_the_fifth_day_without_a_word(story: Story) -> None:
    """
    day   | 状态   | 进展   | stalled | acceptance_overdue
    05-10 |        |        | yes     | yes
    05-11 | 已受理 |        | no      | no
    05-12 | 已受理 | 约谈   | no      | no
    05-13 | 已受理 |        | no      | no
    05-16 | 已受理 | 暂无   | no      | no
    05-17 | 已受理 |        | yes     | no
    05-18 | 办理中 |        | no      | no
    """
    assert story.happened == story.expected


def test_a_case_is_due_soon_up_to_its_last_day_and_overdue_after_it(story: Story) -> None:
    """
    day   | 状态   | 进展 | due_soon | overdue
    05-20 | 办理中 | 约谈 | no       | no
    06-06 |        |      | no       | no
    06-07 |        |      | yes      | no
    06-10 |        |      | yes      | no
    06-11 |        |      | no       | yes
    06-12 | 导入法定途径 | 起诉 | no | no
    """
    assert story.happened == story.expected


# --- revisions ---------------------------------------------------------------------------------------------------


def _moments(*hours: int) -> list[str]:
    return [f"2020-05-18 {hour:02}:00" for hour in hours]


def test_a_later_arrival_replaces_the_earlier_one_whole() -> None:
    first = handed_in(report(day=MONDAY, progress=[resolved_row(答复日期="2020-05-18"), progress_row()]), "2020-05-18 10:00")
    second = handed_in(report(day=MONDAY, progress=[progress_row()]), "2020-05-18 18:00")
    day = on(MONDAY, assigned(assignment()), first, second)
    assert day.status(CASE) == "已交办"
    assert day.status("ZZQ-2020-001") == "办理中"
    assert day.submission() == {
        "district": "东胜区",
        "status": "on-time",
        "zero_report": False,
        "revision": 2,
        "received_at": "2020-05-18T10:00:00+08:00",
        "rows_accepted": 1,
        "rows_refused": 0,
        "in_force_received_at": "2020-05-18T18:00:00+08:00",
    }


def test_a_b_a_is_three_revisions_and_a_alone_in_force() -> None:
    a, b = report(day=MONDAY, progress=[resolved_row(答复日期="2020-05-18")]), report(day=MONDAY, progress=[progress_row(CASE)])
    ten, eleven, twelve, thirteen = _moments(10, 11, 12, 13)
    files = [handed_in(a, ten), handed_in(b, eleven), handed_in(a, twelve), handed_in(a, thirteen)]
    day = on(MONDAY, assigned(assignment()), *files)
    assert day.counted(CASE)
    assert day.submission()["revision"] == 3
    assert day.codes().count("duplicate") == 1


def test_a_case_that_a_revision_takes_back_is_withdrawn_on_that_day() -> None:
    first = handed_in(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18")]), "2020-05-18 10:00")
    second = handed_in(report(day=MONDAY, progress=[progress_row()]), "2020-05-18 18:00")
    monday, tuesday = consolidate([assigned(assignment()), first, second], [MONDAY, MONDAY + timedelta(days=1)]).values()
    assert monday.summary["changes"] == {
        "newly_resolved": [],
        "reopened": [],
        "new_cases": [],
        "withdrawn_cases": ["DS-2020-001"],
        "withdrawn_disputes": [],
        "particulars": [],
    }
    assert tuesday.summary["changes"]["withdrawn_cases"] == []
    assert "DS-2020-001" not in tuesday.summary["cases"]


@pytest.mark.parametrize(
    ("revisions", "withdrawn"),
    [
        ([["DS-2020-001"], [], ["DS-2020-002"]], ["DS-2020-001"]),
        ([["DS-2020-001"], [], ["DS-2020-001"]], []),
        ([["DS-2020-001"], ["DS-2020-002"], []], ["DS-2020-001", "DS-2020-002"]),
    ],
    ids=["by the first of three", "brought in again", "by each of two"],
)
def test_cases_that_any_replaced_revision_had_brought_in_are_withdrawn(revisions: list[list[str]], withdrawn: list[str]) -> None:
    files = [
        handed_in(report(day=MONDAY, progress=[], new=[new_row(number, 排查日期="2020-05-18") for number in numbers]), arrived)
        for numbers, arrived in zip(revisions, _moments(10, 11, 12), strict=True)
    ]
    day = on(MONDAY, assigned(assignment()), *files)
    assert day.summary["changes"]["withdrawn_cases"] == withdrawn
    assert day.submission()["in_force_received_at"] == "2020-05-18T12:00:00+08:00"


@pytest.mark.parametrize(
    ("answers", "withdrawn"),
    [
        (("不认可", "", "不认可"), [CASE]),
        (("不认可", "认可", ""), []),
        (("", "不认可", "不认可"), []),
        (("不认可", "未回访", "认可"), [CASE]),
    ],
)
def test_a_dispute_that_any_revision_took_back_is_told_whether_or_not_it_stands(answers: tuple[str, ...], withdrawn: list[str]) -> None:
    files = [
        handed_in(report(day=MONDAY, progress=[resolved_row(CASE, 答复日期="2020-05-18", 群众确认=answer)]), arrived)
        for answer, arrived in zip(answers, _moments(10, 11, 12), strict=True)
    ]
    assert on(MONDAY, assigned(assignment()), *files).summary["changes"]["withdrawn_disputes"] == withdrawn


def test_a_dispute_in_a_refused_row_is_none_that_a_revision_could_take_back() -> None:
    refused = resolved_row(CASE, 答复日期="2020-05-18", 答复文号="", 群众确认="不认可")
    files = [handed_in(report(day=MONDAY, progress=rows), arrived) for rows, arrived in zip([[refused], []], _moments(10, 11), strict=True)]
    assert on(MONDAY, assigned(assignment()), *files).summary["changes"]["withdrawn_disputes"] == []


def test_a_revision_is_judged_as_if_its_predecessors_had_not_been_sent() -> None:
    first = handed_in(
        report(day=MONDAY, progress=[resolved_row(答复日期="2020-05-18")], new=[new_row(排查日期="2020-05-18")]), "2020-05-18 10:00"
    )
    changed = report(day=MONDAY, progress=[progress_row(CASE)], new=[new_row(案由="供暖不足", 排查日期="2020-05-18")])
    day = on(MONDAY, assigned(assignment()), first, handed_in(changed, "2020-05-18 18:00"))
    assert [found.code for _file, found in day.findings if found.refuses] == []
    assert day.status(CASE) == "办理中"


def test_a_refused_row_changes_nothing_and_the_rest_counts() -> None:
    rows = [resolved_row(答复日期="2020-05-18", 答复文号=""), progress_row()]
    day = on(MONDAY, assigned(assignment()), handed_in(report(day=MONDAY, progress=rows), "2020-05-18 10:00"))
    assert (day.status(CASE), day.status("ZZQ-2020-001")) == ("已交办", "办理中")


def test_a_report_for_monday_that_arrives_on_wednesday_is_judged_as_mondays() -> None:
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    in_time = File(report(day=tuesday, progress=[resolved_row(答复日期="2020-05-19")]), afternoon(tuesday))
    behind = File(report(day=MONDAY, progress=[progress_row(CASE, 当前状态="已受理")]), afternoon(wednesday))
    days = consolidate([assigned(assignment()), in_time, behind], [MONDAY, tuesday, wednesday])
    assert [day.status(CASE) for day in days.values()] == ["已受理", "已化解", "已化解"]
    assert days[MONDAY].submission()["status"] == "late"
    assert "status-went-back" not in days[MONDAY].codes()


@pytest.mark.parametrize(
    ("late", "came", "row", "takes_back"),
    [
        ("05-19 14:00", "05-19 15:30", {}, True),  # the form of the night before, untouched
        ("05-19 14:00", "05-19 15:30", {"下一步措施": "另行约谈"}, False),  # somebody wrote it
        (
            "05-19 14:00",
            "05-19 15:30",
            {"当前状态": "已化解", "答复日期": "2020-05-19", "答复文号": "1号"},
            False,
        ),  # reported for the first time
        ("05-20 09:00", "05-19 15:30", {}, False),  # the district could not know yet
    ],
)
@pytest.mark.parametrize("is_correction", [False, True])
def test_a_row_takes_back_what_was_reported_late_only_where_a_form_of_before_has_just_that(
    late: str,
    came: str,
    row: Row,
    takes_back: bool,  # noqa: FBT001
    is_correction: bool,  # noqa: FBT001
) -> None:
    """Monday's late report has a next step that forms made before it have not: filled in from Sunday, or from its first version."""
    sunday, tuesday = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
    earlier = MONDAY if is_correction else sunday
    files = [
        File(report(day=earlier, progress=[progress_row(CASE)]), afternoon(earlier)),
        File(report(day=MONDAY, progress=[progress_row(CASE, 下一步措施="约谈")]), moment(f"2020-{late}")),
        File(report(day=tuesday, progress=[{**progress_row(CASE, 今日进展=None), **row}]), moment(f"2020-{came}")),
    ]
    lines = consolidate([assigned(assignment()), *files], [tuesday])[tuesday].report.submissions
    (told,) = (line.turned_back for line in lines if line.revision)
    assert [said.partition("相比，")[2] for said in told] == ["下一步措施“约谈” → “空”"] * takes_back


def test_a_row_of_our_form_that_a_report_of_the_day_before_has_overtaken_is_refused_as_that() -> None:
    tuesday = MONDAY + timedelta(days=1)
    known = File(report(day=MONDAY, progress=[progress_row(CASE)]), afternoon(MONDAY))
    untouched, touched = progress_row(CASE, 今日进展=None), progress_row(CASE)
    mended = File(report(day=MONDAY, progress=[resolved_row(CASE, 答复日期="2020-05-18")]), moment("2020-05-19 10:00"))

    def said(row: Row, *before: File) -> list[str]:
        files = [assigned(assignment()), *before, File(report(day=tuesday, progress=[row]), afternoon(tuesday))]
        day = consolidate(files, [tuesday])[tuesday]
        assert day.status(CASE) == "已化解"
        return [line.finding.message for line in day.report.findings if line.finding.code == "status-went-back"]

    (message,) = said(untouched, known, mended)
    assert "看来是在那以前发的模板里预先填好、没有改过的。没有变化的，请删去这一行再报，或者用新的模板" in message
    in_time = File(report(day=MONDAY, progress=[resolved_row(CASE, 答复日期="2020-05-18")]), moment("2020-05-18 16:30"))
    for row, before in ((touched, mended), (untouched, in_time)):
        (message,) = said(row, known, before)
        assert "预先填好" not in message


def test_a_late_new_case_is_there_for_rows_of_the_days_between() -> None:
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    early = File(report(day=tuesday, progress=[progress_row("DS-2020-001")]), afternoon(tuesday))
    behind = File(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18")]), afternoon(wednesday))
    alone = on(tuesday, assigned(assignment()), early)
    both = on(tuesday, assigned(assignment()), early, behind)
    assert alone.of("unknown-case") != []
    assert both.of("unknown-case") == []
    assert both.status("DS-2020-001") == "办理中"


def test_a_case_assigned_later_is_unknown_until_its_day() -> None:
    listed = assigned(assignment([*CASES, case_row("SJ-2020-009", 交办日期="2020-05-19")]))
    tuesday = MONDAY + timedelta(days=1)
    files = [File(report(day=day, progress=[progress_row("SJ-2020-009")]), afternoon(day)) for day in (MONDAY, tuesday)]
    days = consolidate([listed, *files], [MONDAY, tuesday])
    assert [day.codes() for day in days.values()] == [["unknown-case"], []]
    assert [day.summary["changes"]["new_cases"] for day in days.values()] == [[], ["SJ-2020-009"]]


def test_the_reception_of_a_category_that_comes_twice_is_added_up_and_both_rows_count() -> None:
    row: Row = {"问题类别": "物业服务", "接访批次": 5, "当场答复": 3, "转交办理": 2}
    day = on(MONDAY, assigned(assignment()), handed_in(report(day=MONDAY, progress=[], reception=[row, row]), "2020-05-18 10:00"))
    assert day.submission()["rows_accepted"] == 2
    assert day.findings == []


# --- the register ------------------------------------------------------------------------------------------------

FIRST, SECOND = "2020-05-01 09:00", "2020-05-19 09:00"


def _register(*rows: Row) -> dict[date, Day]:
    """The default workbook, and from Tuesday on one with these rows: Monday, Tuesday."""
    return consolidate([assigned(assignment(), FIRST), assigned(assignment(rows), SECOND)], [MONDAY, MONDAY + timedelta(days=1)])


def _totals(day: Day) -> list[int]:
    return [target["total"] for target in day.summary["targets"]]


def test_a_cancelled_case_leaves_the_count_and_is_listed() -> None:
    monday, tuesday = _register(CASES[0], {**CASES[1], "撤销依据": "重复登记"}, CASES[2]).values()
    assert (_totals(monday), _totals(tuesday)) == ([1, 2], [1, 1])
    assert tuesday.summary["flags"]["cancelled"] == [CASE]
    assert CASE not in tuesday.summary["cases"]
    assert all(CASE not in numbers for flag, numbers in tuesday.summary["flags"].items() if flag != "cancelled")


@pytest.mark.parametrize("rows", [(CASES[0], CASES[2]), (*CASES[::2], {**CASES[1], "撤销依据": "重复", "问题类别": "绿化"}), CASES])
def test_a_cancelled_case_counts_again_when_a_newer_workbook_does_not_say_so(rows: tuple[Row, ...]) -> None:
    cancelled = assignment([CASES[0], {**CASES[1], "撤销依据": "重复登记"}, CASES[2]])
    files = [assigned(cancelled, FIRST), assigned(assignment(rows), SECOND)]
    monday, tuesday = consolidate(files, [MONDAY, MONDAY + timedelta(days=1)]).values()
    assert (_totals(monday), _totals(tuesday)) == ([1, 1], [1, 2])
    assert tuesday.summary["changes"]["new_cases"] == []


@pytest.mark.parametrize(
    ("later", "total", "unmoved"),
    [
        ({}, 2, 2),
        ({"撤销依据": "双方和解"}, 1, 2),
        ({"案件来源": "自治区交办"}, 1, 2),
        ({"交办日期": "2020-06-01"}, 2, 2),
        ({"旗区": "乌审旗", "包案领导": "别人"}, 2, 2),
    ],
    ids=["as it was", "cancelled", "another source", "postponed", "elsewhere"],
)
def test_no_edit_of_the_register_betters_the_unmoved_rate(later: dict[str, str], total: int, unmoved: int) -> None:
    tuesday = _register(CASES[0], {**CASES[1], **later}, CASES[2])[MONDAY + timedelta(days=1)]
    city = tuesday.summary["targets"][1]
    assert (city["total"], city["unmoved"]["total"]) == (total, unmoved)


def test_a_case_counts_in_the_unmoved_rate_with_its_first_source_and_not_when_its_report_was_withdrawn() -> None:
    tuesday = MONDAY + timedelta(days=1)
    found = handed_in(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18")]), "2020-05-18 10:00")
    listed = assigned(assignment([*CASES, case_row("DS-2020-001", 案件来源="自治区交办")]), SECOND)
    day = on(tuesday, assigned(assignment(), FIRST), found, listed)
    assert [(target["total"], target["unmoved"]["total"]) for target in day.summary["targets"]] == [(2, 1), (2, 3)]
    taken_back = handed_in(report(day=MONDAY, progress=[]), "2020-05-18 11:00")
    day = on(MONDAY, assigned(assignment(), FIRST), found, taken_back)
    assert [(target["total"], target["unmoved"]["total"]) for target in day.summary["targets"]] == [(1, 1), (2, 2)]


def test_the_resolved_are_split_by_what_the_citizens_said_in_the_row_in_force() -> None:
    answers = {"SJ-2020-001": "认可", "SJ-2020-003": "未回访", "SJ-2020-004": "", "SJ-2020-005": "不认可"}
    rows = [resolved_row(number, 答复日期="2020-05-18", 群众确认=answer) for number, answer in answers.items()]
    listed = assigned(assignment([case_row(number) for number in answers]))
    city = on(MONDAY, listed, File(report(day=MONDAY, progress=rows), afternoon(MONDAY))).summary["targets"][1]
    assert (city["resolved"], city["confirmation"]) == (3, {"认可": 1, "未回访": 1, "none": 1})


@pytest.mark.parametrize(("found_on", "exists"), [("2020-04-20", False), ("2020-05-01", True)])
def test_a_new_case_is_compared_with_the_earliest_assignment_day(found_on: str, *, exists: bool) -> None:
    row = case_row("DS-2020-001", 案由="小区电梯停运", 问题类别="物业服务", 责任单位="东胜区住建局")
    files = [assigned(assignment([row]), FIRST), assigned(assignment([{**row, "交办日期": "2020-05-01"}]), "2020-05-02 09:00")]
    day = on(MONDAY, *files, File(report(day=MONDAY, progress=[], new=[new_row(排查日期=found_on)]), afternoon(MONDAY)))
    assert (day.of("case-exists") != []) is exists
    assert [finding.cell for finding in day.of("assignment-postponed")] == ["M2"]


def test_of_another_districts_case_a_finding_says_only_that_its_number_is_taken() -> None:
    listed = assigned(assignment([*CASES, case_row("DS-2020-001", "乌审旗", 案由="别区的事由", 责任单位="别区的单位")]))
    day = on(MONDAY, listed, File(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18")]), afternoon(MONDAY)))
    (finding,) = day.of("case-exists")
    assert "DS-2020-001" in finding.message
    assert not any(word in finding.message for word in ("别区", "乌审", "房地产开发", "2020-04-20"))


def test_a_row_about_a_cancelled_case_is_taken_and_counts_when_the_case_comes_back() -> None:
    cancelled = assigned(assignment([CASES[0], {**CASES[1], "撤销依据": "重复登记"}, CASES[2]]), FIRST)
    reported = File(report(day=MONDAY, progress=[resolved_row(答复日期="2020-05-18")]), afternoon(MONDAY))
    monday, tuesday = consolidate([cancelled, reported, assigned(assignment(), SECOND)], [MONDAY, MONDAY + timedelta(days=1)]).values()
    assert monday.submission()["rows_accepted"] == 1
    assert monday.summary["changes"]["newly_resolved"] == []
    assert tuesday.counted(CASE)
    assert tuesday.summary["changes"]["newly_resolved"] == [CASE]


def test_a_missing_case_stays_with_the_particulars_it_had() -> None:
    _monday, tuesday = _register(*CASES[:2]).values()
    assert tuesday.of("case-missing")[0].value == "SJ-2020-002"
    assert _totals(tuesday) == [1, 2]
    leaders = {figure["leader"] for figure in tuesday.summary["by_leader"]}
    assert leaders == {"领导一", "领导三"}


def test_a_case_whose_row_is_refused_keeps_its_particulars_and_is_not_missing() -> None:
    _monday, tuesday = _register(*CASES[:2], {**CASES[2], "问题类别": "绿化", "包案领导": "别人"}).values()
    assert tuesday.codes() == ["not-in-list"]
    assert {figure["leader"] for figure in tuesday.summary["by_leader"]} == {"领导一", "领导三"}
    assert tuesday.summary["flags"]["missing_from_assignment"] == []


def test_a_workbook_replaced_on_the_same_day_still_counts_for_the_register() -> None:
    with_more = assigned(assignment([*CASES, case_row("SJ-2020-009")]), "2020-05-18 09:00")
    replaced = assigned(assignment(), "2020-05-18 10:00")
    day = on(MONDAY, assigned(assignment(), FIRST), with_more, replaced)
    assert "SJ-2020-009" in day.summary["cases"]
    assert [found.value for found in day.of("case-missing")] == ["SJ-2020-009"]


def test_where_no_workbook_had_arrived_the_earliest_there_is_holds() -> None:
    days = consolidate(
        [assigned(assignment(CASES[:2]), "2020-05-25 09:00"), assigned(assignment(), "2020-05-26 09:00")], [MONDAY, date(2020, 5, 26)]
    )
    assert [_totals(day) for day in days.values()] == [[1, 1], [1, 2]]


def test_a_case_that_a_district_found_takes_its_particulars_from_the_workbook() -> None:
    found = File(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18", 包案领导="领导甲")]), afternoon(MONDAY))
    listed = assignment([*CASES, case_row("DS-2020-001", 包案领导="领导四", 工作专班="", 交办日期="2020-05-19", 办结时限="2020-07-01")])
    tuesday = MONDAY + timedelta(days=1)
    monday, after = consolidate([assigned(assignment(), FIRST), found, assigned(listed, SECOND)], [MONDAY, tuesday]).values()
    assert monday.summary["changes"]["new_cases"] == ["DS-2020-001"]
    assert after.summary["changes"]["new_cases"] == []
    assert {figure["leader"] for figure in after.summary["by_leader"] if figure["total"]} == {"领导一", "领导三", "领导四"}
    assert "DS-2020-001" not in after.summary["flags"]["incomplete_assignment"]


def test_filling_in_an_empty_leader_is_taken_and_anything_else_changes_nothing() -> None:
    def sent(day: date, **cells: str) -> File:
        return File(report(day=day, progress=[], new=[new_row(排查日期="2020-05-18", **cells)]), afternoon(day))

    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    files = [assigned(assignment()), sent(MONDAY, 包案领导=""), sent(tuesday, 包案领导="领导五"), sent(wednesday, 包案领导="别人")]
    days = consolidate(files, [MONDAY, tuesday, wednesday])
    leaders = [{figure["leader"] for figure in day.summary["by_leader"]} - {"领导一", "领导三"} for day in days.values()]
    assert leaders == [{"未明确"}, {"领导五"}, {"领导五"}]
    assert ["DS-2020-001" in day.summary["flags"]["incomplete_assignment"] for day in days.values()] == [True, False, False]


def test_the_leader_who_counts_is_the_first_without_white_space() -> None:
    leaders = ["领导 一、领导二", "领导一,领导甲", "领导一；领导甲", "领导一\n领导二", " 、领导一", "暂无"]
    rows = [case_row(f"SJ-2020-{n:03}", 包案领导=leader) for n, leader in enumerate(leaders[:5], 1)]
    day = on(MONDAY, assigned(assignment(rows)))
    assert [(figure["leader"], figure["total"]) for figure in day.summary["by_leader"]] == [("领导一", 5)]


def test_before_the_first_case_every_rate_is_null() -> None:
    day = on(date(2020, 4, 1), assigned(assignment()))
    for figures in (day.summary["targets"], day.summary["by_source"], day.summary["by_district"]):
        assert {
            (figure["total"], figure["resolved"], figure["rate_percent"], figure["met"], figure["shortfall"]) for figure in figures
        } == {(0, 0, None, None, 0)}
    assert (day.summary["by_leader"], day.summary["by_category"], day.summary["cases"]) == ([], [], {})
    assert len(day.summary["by_district"]) == 18


def test_the_orders_of_the_figures_are_the_contracts() -> None:
    rows = [
        case_row("SJ-2020-001", "康巴什区", 问题类别="其他", 包案领导="乙"),
        case_row("SJ-2020-002", 问题类别="房地产开发", 包案领导="甲"),
        case_row("ZZQ-2020-001", "达拉特旗", 问题类别="征收补偿", 包案领导="丙"),
        case_row("DS-2020-001", 问题类别="物业服务", 包案领导="乙"),
    ]
    summary = on(MONDAY, assigned(assignment(rows))).summary
    assert [figure["source"] for figure in summary["by_source"]] == ["自治区交办", "市级交办", "旗区自行梳理"]
    assert [figure["district"] for figure in summary["by_district"]] == [*DISTRICTS, *DISTRICTS]
    assert [figure["leader"] for figure in summary["by_leader"]] == ["丙", *sorted("甲乙")]
    assert [figure["category"] for figure in summary["by_category"]] == ["征收补偿", "房地产开发", "物业服务", "其他"]
    assert list(summary["cases"]) == sorted(summary["cases"])
    assert [line["district"] for line in summary["submissions"]] == list(DISTRICTS)
    assert summary["submissions"][0] == {
        "district": "东胜区", "status": "missing", "zero_report": False, "revision": 0, "received_at": None,
        "rows_accepted": 0, "rows_refused": 0, "in_force_received_at": None,
    }  # fmt: skip


# --- properties --------------------------------------------------------------------------------------------------

NUMBERS = ("ZZQ-2020-001", "SJ-2020-001", "SJ-2020-003", "DS-2020-001")
REGISTER = [*CASES, case_row("SJ-2020-003", 包案领导=""), case_row("DLT-2020-007", "达拉特旗", 问题类别="其他")]
DAYS = [MONDAY + timedelta(days=n) for n in range(3)]

_statuses = st.sampled_from(["已交办", "已受理", "办理中", "已答复", "已化解", "已化解", "导入法定途径", "看不懂"])
_row = st.fixed_dictionaries(
    {
        "案件编号": st.sampled_from(NUMBERS),
        "当前状态": _statuses,
        "今日进展": st.sampled_from(["", "约谈"]),
        "答复日期": st.sampled_from(["", "2020-05-18", "2020-05-18"]),
        "答复文号": st.sampled_from(["", "甲1", "甲2"]),
        "群众确认": st.sampled_from(["", "认可", "不认可", "未回访"]),
        "重新办理原因": st.sampled_from(["", "复查"]),
    }
)


@st.composite
def _files(draw: Callable[..., object]) -> list[File]:
    """A week of reports of two districts with revisions, late arrivals, new cases and a second assignment workbook."""
    files = [assigned(assignment(REGISTER), FIRST)]
    if draw(st.booleans()):
        files.append(assigned(assignment(REGISTER[:3]), "2020-05-19 11:00"))
    for _ in range(draw(st.integers(1, 7))):  # type: ignore[call-overload]
        day = draw(st.sampled_from(DAYS))
        district = draw(st.sampled_from(["东胜区", "东胜区", "达拉特旗"]))
        assert isinstance(day, date)
        assert isinstance(district, str)
        rows = draw(st.lists(_row, max_size=3))
        is_new = draw(st.booleans()) and district == "东胜区"
        new = [new_row(案由=str(draw(st.sampled_from(["漏水", "停电"]))), 排查日期="2020-05-18")] if is_new else []
        hours = draw(st.integers(0, 40))
        assert isinstance(hours, int)
        assert isinstance(rows, list)
        content = report(district, day, progress=rows, new=new)
        arrived = datetime.combine(day, afternoon(day).timetz()) + timedelta(hours=hours)
        files.append(File(content, arrived, f"{district}{day}_{len(files):02}.xlsx"))
    return files


@settings(max_examples=15)
@given(_files(), st.randoms(use_true_random=False))
def test_the_order_in_which_files_are_taken_in_does_not_matter(files: list[File], chance: random.Random) -> None:
    shuffled = [*files]
    chance.shuffle(shuffled)
    assert {day: out.files for day, out in consolidate(files, DAYS).items()} == {
        day: out.files for day, out in consolidate(shuffled, DAYS).items()
    }


@settings(max_examples=15)
@given(_files())
def test_a_day_alone_equals_the_same_day_among_others(files: list[File]) -> None:
    together = consolidate(files, DAYS)
    for day in DAYS:
        assert on(day, *files).files == together[day].files


@settings(max_examples=25)
@given(_files())
def test_parts_sum_to_the_total_and_changes_are_the_difference_between_two_days(files: list[File]) -> None:
    days = [*consolidate(files, DAYS).values()]
    for day in days:
        summary = day.summary
        for target in summary["targets"]:
            for part in ("by_district", "by_leader", "by_category"):
                for figure in ("total", "resolved"):
                    assert sum(row[figure] for row in summary[part] if row["group"] == target["group"]) == target[figure]
            sources = [figure for figure in summary["by_source"] if figure["source"] in target["sources"]]
            assert sum(source["total"] for source in sources) == target["total"]
            assert target["resolved"] <= target["total"]
            assert target["met"] == (target["resolved"] * 100 >= target["target_percent"] * target["total"])
        assert sum(target["total"] for target in summary["targets"]) == len(summary["cases"])
        counted = {number for number, case in summary["cases"].items() if case["counted_resolved"]}
        assert not counted & {number for flag in ("overdue", "due_soon", "stalled", "disputed") for number in summary["flags"][flag]}
        assert set(summary["changes"]["newly_resolved"]) <= counted
    for before, after in pairwise(days):
        was, now = ({n for n, case in state.summary["cases"].items() if case["counted_resolved"]} for state in (before, after))
        assert after.summary["changes"]["newly_resolved"] == sorted(now - was)
        assert after.summary["changes"]["new_cases"] == sorted(set(after.summary["cases"]) - set(before.summary["cases"]))


@settings(max_examples=15)
@given(_files(), st.integers(0, 6))
def test_sending_the_bytes_in_force_once_more_changes_nothing_and_is_noted(files: list[File], which: int) -> None:
    reports = [file for file in files if not file.is_assignment]
    same_day = [file for file in reports if file.name[:-7] == reports[which % len(reports)].name[:-7]]
    in_force = max(same_day, key=lambda file: (file.received, hashlib.sha256(file.content).hexdigest()))
    again = File(in_force.content, in_force.received + timedelta(days=9), "又一次.xlsx")
    before, after = consolidate(files, DAYS), consolidate([*files, again], DAYS)
    assert [day.summary for day in before.values()] == [day.summary for day in after.values()]
    noted = [(file, found.code) for day in after.values() for file, found in day.findings if file == again.name]
    assert noted == [(again.name, "duplicate")]


def test_a_refused_file_is_no_revision_and_the_one_before_stays_in_force() -> None:
    good = handed_in(report(day=MONDAY, progress=[progress_row(CASE)]), "2020-05-18 10:00")
    pages = edit(report_pages(day=MONDAY), {"案件进展!P1": "联系电话"})
    day = on(MONDAY, assigned(assignment()), good, handed_in(write(pages), "2020-05-18 11:00", "退回.xlsx"))
    assert day.status(CASE) == "办理中"
    assert day.submission()["revision"] == 1
    assert ("退回.xlsx", "personal-column") in [(file, found.code) for file, found in day.findings]
    assert day.of("rows-withdrawn") == []


def test_the_same_rows_written_differently_are_not_withdrawn() -> None:
    first = handed_in(report(day=MONDAY, progress=[progress_row("sj2020001")]), "2020-05-18 10:00")
    second = handed_in(report(day=MONDAY, progress=[progress_row("SJ-2020-1")]), "2020-05-18 11:00")
    assert on(MONDAY, assigned(assignment()), first, second).of("rows-withdrawn") == []


def test_a_case_number_written_exactly_wins_over_one_that_differs_in_zeros() -> None:
    listed = assigned(assignment([case_row("SJ-2020-1"), case_row("SJ-2020-001")]))
    rows = [progress_row("SJ-2020-1", 当前状态="已受理"), progress_row("SJ-2020-01")]
    day = on(MONDAY, listed, handed_in(report(day=MONDAY, progress=rows), "2020-05-18 10:00"))
    assert (day.status("SJ-2020-1"), day.status("SJ-2020-001")) == ("已受理", "已交办")
    assert [(found.code, found.cell) for _file, found in day.findings] == [("unknown-case", "A3")]


def test_a_newer_workbook_may_write_a_known_number_differently() -> None:
    _monday, tuesday = _register(CASES[0], {**CASES[1], "案件编号": "sj20201"}, CASES[2]).values()
    assert "SJ-2020-001" in tuesday.summary["cases"]
    assert tuesday.of("case-missing") == []


def test_a_zero_report_is_a_report() -> None:
    pages = edit(report_pages(day=MONDAY, progress=[], new=[], reception=[], urgent=[]), {"封面!B5": "是"})
    day = on(MONDAY, assigned(assignment()), handed_in(write(pages), "2020-05-18 10:00"))
    assert day.findings == []
    assert (day.submission()["status"], day.submission()["zero_report"]) == ("on-time", True)


def test_the_status_of_a_day_is_that_of_the_first_accepted_revision() -> None:
    first = handed_in(report(day=MONDAY), "2020-05-18 17:00")
    day = on(MONDAY, assigned(assignment()), first, handed_in(report(day=MONDAY, progress=[]), "2020-05-19 09:00"))
    assert (day.submission()["status"], day.submission()["revision"]) == ("on-time", 2)
    assert day.submission()["received_at"] == "2020-05-18T17:00:00+08:00"


def test_a_file_refused_for_its_report_date_belongs_to_the_day_it_arrived() -> None:
    bad = handed_in(write(edit(report_pages(), {"封面!B2": "5.21"})), "2020-05-23 10:00", "看不懂.xlsx")
    days = consolidate([assigned(assignment()), bad], [date(2020, 5, 21), date(2020, 5, 23)])
    assert [[file for file, _found in day.findings] for day in days.values()] == [[], ["看不懂.xlsx"]]


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


def test_a_workbook_with_an_empty_cell_erases_nothing_of_a_case_that_a_district_found_and_filled_in() -> None:
    found = File(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18", 工作专班="电梯专班")]), afternoon(MONDAY))
    row = case_row("DS-2020-001", 交办日期="2020-05-25", 工作专班="", 化解方案="")
    tuesday = MONDAY + timedelta(days=1)
    day = on(tuesday, assigned(assignment(), FIRST), found, assigned(assignment([*CASES, row]), SECOND))
    assert "DS-2020-001" in day.summary["cases"]
    assert "DS-2020-001" not in day.summary["flags"]["incomplete_assignment"]


def test_two_numbers_that_each_stand_in_a_newer_workbook_are_two_cases() -> None:
    twice = [*CASES, case_row("SJ-2020-901"), case_row("SJ-2020-0901"), case_row("SJ-2020-0901")]
    once = [*CASES, case_row("SJ-2020-901"), case_row("SJ-2020-0901")]
    tuesday = MONDAY + timedelta(days=1)
    day = on(tuesday, assigned(assignment(twice), FIRST), assigned(assignment(once), SECOND))
    assert {"SJ-2020-901", "SJ-2020-0901"} <= set(day.summary["cases"])
    assert day.findings == []


def test_urgent_matters_without_a_column_for_case_numbers_count() -> None:
    pages = report_pages(day=MONDAY, progress=[], new=[], reception=[], urgent=[urgent_row("", 发生时间="2020-05-18 09:30")])
    grid = pages["急报事项"].grid
    grid[:] = [row[1:] for row in grid]
    assert "案件编号" not in grid[0]
    day = on(MONDAY, assigned(assignment(), FIRST), File(write(pages), afternoon(MONDAY)))
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (1, 0)


def test_the_trend_is_the_same_in_a_run_over_several_days() -> None:
    files = [assigned(assignment(), FIRST), File(report(day=MONDAY), afternoon(MONDAY))]
    days = [MONDAY + timedelta(days=n) for n in range(-1, 4)]
    together = consolidate(files, days)
    assert {day: state.trend for day, state in together.items()} == {day: on(day, *files).trend for day in days}
    assert [day for day, _tallies in together[days[-1]].trend] == days[1:]


def test_a_number_that_is_none_is_not_also_repeated() -> None:
    rows = [new_row("001", 排查日期="2020-05-18"), new_row("001", 排查日期="2020-05-18", 案由="电梯又停运")]
    day = on(MONDAY, assigned(assignment(), FIRST), File(report(day=MONDAY, progress=[], new=rows), afternoon(MONDAY)))
    assert {found.code for _file, found in day.findings if found.refuses} == {"not-in-list"}
    assert day.submission()["rows_refused"] == 2
