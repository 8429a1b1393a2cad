"""核查提示: of each kind a made-up story that it must catch, and a neighbour that it must leave alone.

Covers `alike`, `hint`, `hint_words`, `hints`, `looks`, `replies`, `reports`, `reports_before` and `resolutions`.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from offices import CONFIG, SETTINGS, Day, File, assigned, consolidate, handed_in, read_assignment, read_report
from workbooks import DAY, Row, assignment, case_row, exemption_row, new_row, progress_row, reception_row, report, resolved_row, urgent_row

from pipeline.day.fold import fold
from pipeline.day.unlikely import looks
from pipeline.render import extension_files
from pipeline.settings.config import Settings, load
from pipeline.settings.hints import Hints
from pipeline.terms import contract
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Arrival, Envelope, Facts, Filed
from pipeline.terms.hint_words import FACTS, HINTS

NUMBERS = [f"SJ-2020-{n:03}" for n in range(1, 15)]
CASES = [case_row(number) for number in NUMBERS]

Told = list[dict[str, Any]]


def said(day: date, district: str = "东胜区", *, progress: Sequence[Row] = (), **sheets: Sequence[Row]) -> File:
    """A report of that day, in time; without 案件进展 unless given."""
    return handed_in(report(district, day, progress=progress, **sheets), f"{day} 16:00", f"{district}{day}.xlsx")


def before(days: int) -> date:
    return DAY - timedelta(days=days)


def told_on(days: Sequence[date], *files: File, cases: Sequence[Row] = CASES, settings: Settings = SETTINGS) -> Mapping[date, Day]:
    return consolidate([assigned(assignment(cases)), *files], days, settings)


def told(code: str, *files: File, cases: Sequence[Row] = CASES, settings: Settings = SETTINGS) -> Told:
    """The hints of that code on the day."""
    return [hint for hint in told_on([DAY], *files, cases=cases, settings=settings)[DAY].beyond["hints"] if hint["code"] == code]


def only(hints: Told) -> dict[str, Any]:
    (hint,) = hints
    return hint


def with_hints(**values: object) -> Settings:
    return SETTINGS.model_copy(update={"hints": Hints.model_validate(values)})


# --- unlikely-same-report ---------------------------------------------------------------------------------------------


def test_a_report_the_same_as_the_one_before_but_for_its_date() -> None:
    rows = [progress_row("SJ-2020-001"), progress_row("SJ-2020-002")]
    files = said(before(3), progress=rows, reception=[reception_row()]), said(DAY, progress=rows[::-1], reception=[reception_row()])
    hint = only(told("unlikely-same-report", *files))
    assert (hint["file"], hint["sheet"], hint["cell"], hint["cases"]) == (f"东胜区{DAY}.xlsx", "", "", [])
    assert "与5月18日的日报完全一样" in hint["message"]


@pytest.mark.parametrize(
    "changed",
    [
        {"progress": [progress_row("SJ-2020-001", 下一步措施="另行约谈")]},
        {"progress": [progress_row("SJ-2020-001")], "urgent": [urgent_row("SJ-2020-002")]},
        {"progress": [progress_row("SJ-2020-001"), progress_row("SJ-2020-001")]},
    ],
    ids=["another cell", "one row more", "the same row twice"],
)
def test_a_report_with_any_difference_is_another(changed: dict[str, Any]) -> None:
    assert told("unlikely-same-report", said(before(1), progress=[progress_row("SJ-2020-001")]), said(DAY, **changed)) == []


def test_the_same_rows_another_number_of_times_are_another_report() -> None:
    one, other = reception_row("其他", 1, 0, 1), reception_row("工程质量", 1, 0, 1)
    files = said(before(1), reception=[one, one, other]), said(DAY, reception=[one, other, other])
    assert told("unlikely-same-report", *files) == []


def test_states_alone_said_again_are_no_copy() -> None:
    rows = [progress_row("SJ-2020-001", 今日进展=None)]
    files = said(before(1), progress=rows, reception=[reception_row(batches=0, answered=0, passed=0)])
    again = said(DAY, progress=rows, reception=[reception_row(batches=0, answered=0, passed=0)])
    assert told("unlikely-same-report", files, again) == []


def test_the_report_before_is_the_last_one_in_force_of_the_same_district() -> None:
    rows, others = [progress_row("SJ-2020-001")], [progress_row("SJ-2020-002")]
    files = said(before(2), progress=rows), said(before(1), progress=others), said(DAY, progress=rows)
    assert told("unlikely-same-report", *files) == []
    assert (
        told("unlikely-same-report", said(before(1), "达拉特旗", reception=[reception_row()]), said(DAY, reception=[reception_row()])) == []
    )


# --- unlikely-same-progress -------------------------------------------------------------------------------------------


def _progress(*texts: str | None) -> list[File]:
    """Reports of as many days up to the day, with that 今日进展 each."""
    last = len(texts) - 1
    return [said(before(last - at), progress=[progress_row("SJ-2020-001", 今日进展=text)]) for at, text in enumerate(texts)]


def test_the_same_progress_in_five_reports() -> None:
    hint = only(told("unlikely-same-progress", *_progress("约谈", "已约谈企业", "已约谈 企业", *["已约谈企业"] * 3)))
    assert (hint["sheet"], hint["cell"], hint["value"], hint["cases"]) == ("案件进展", "F2", "已约谈企业", ["SJ-2020-001"])
    assert "最近 5 份日报" in hint["message"]


@pytest.mark.parametrize("texts", [["约谈"] * 4, ["约谈", "约谈", "", "约谈", "约谈", "约谈"], ["约谈"] * 4 + ["协调"], [""] * 6])
def test_fewer_or_other_or_no_progress_is_no_hint(texts: list[str]) -> None:
    assert told("unlikely-same-progress", *_progress(*texts)) == []


def test_it_is_told_again_each_day_on_which_it_is_reported_and_on_no_other() -> None:
    days = [before(at) for at in (3, 2, 1, 0)]
    texts = [said(before(at), progress=[progress_row("SJ-2020-001")]) for at in (7, 6, 5, 4, 3, 1)]
    got = told_on(days, *texts)
    counts = [sum(hint["code"] == "unlikely-same-progress" for hint in got[day].beyond["hints"]) for day in days]
    assert counts == [1, 0, 1, 0]


# --- 答复文号 ----------------------------------------------------------------------------------------------------------


def _shared(first: dict[str, str], second: dict[str, str], number: str = "东住建信〔2020〕7号") -> Told:
    cases = [case_row("SJ-2020-001", **first), case_row("SJ-2020-002", **second)]
    old = said(before(1), progress=[resolved_row("SJ-2020-001", 答复文号=number)])
    return told("unlikely-shared-reply", old, said(DAY, progress=[resolved_row("SJ-2020-002", 答复文号=number)]), cases=cases)


def test_one_reply_number_under_cases_with_nothing_in_common() -> None:
    hint = only(_shared({"涉及项目或单位": "甲小区", "问题类别": "物业服务"}, {"涉及项目或单位": "乙工地", "问题类别": "拖欠农民工工资"}))
    assert (hint["cell"], hint["value"], hint["cases"]) == ("I2", "东住建信〔2020〕7号", ["SJ-2020-001", "SJ-2020-002"])


def test_a_number_that_two_districts_give_on_one_day_is_told_once_and_names_the_other_district() -> None:
    cases = [case_row("SJ-2020-001", 问题类别="物业服务"), case_row("SJ-2020-002", "达拉特旗", 问题类别="工程质量")]
    files = [said(before(1), name) for name in ("东胜区", "达拉特旗")]
    files += [said(DAY, progress=[resolved_row("SJ-2020-001")]), said(DAY, "达拉特旗", progress=[resolved_row("SJ-2020-002")])]
    hint = only(told("unlikely-shared-reply", *files, cases=cases))
    assert (hint["district"], hint["cases"]) == ("东胜区", ["SJ-2020-001", "SJ-2020-002"])
    assert hint["message"].startswith("SJ-2020-001和SJ-2020-002（达拉特旗）用同一个答复文号")


@pytest.mark.parametrize(
    ("first", "second", "number"),
    [
        ({"涉及项目或单位": "甲小区", "问题类别": "物业服务"}, {"涉及项目或单位": "甲 小区", "问题类别": "工程质量"}, "7号"),
        ({"涉及项目或单位": "甲小区", "问题类别": "物业服务"}, {"涉及项目或单位": "乙小区", "问题类别": "物业服务"}, "7号"),
        ({"涉及项目或单位": "甲小区", "问题类别": "物业服务"}, {"涉及项目或单位": "乙小区", "问题类别": "工程质量"}, "待补"),
    ],
    ids=["project in common", "category in common", "no number at all"],
)
def test_one_reply_for_cases_with_something_in_common_is_likely(first: dict[str, str], second: dict[str, str], number: str) -> None:
    assert _shared(first, second, number) == []


@pytest.mark.parametrize("number", ["东住建信[2020]7号", "东住建信（2020） 7号", "东住建信【2020】7号"])
def test_a_shared_number_is_the_same_whatever_its_brackets(number: str) -> None:
    cases = [case_row("SJ-2020-001", 问题类别="物业服务"), case_row("SJ-2020-002", 问题类别="工程质量")]
    old = said(before(1), progress=[resolved_row("SJ-2020-001", 答复文号="东住建信〔2020〕7号")])
    hint = only(told("unlikely-shared-reply", old, said(DAY, progress=[resolved_row("SJ-2020-002", 答复文号=number)]), cases=cases))
    assert hint["cases"] == ["SJ-2020-001", "SJ-2020-002"]


def test_a_shared_number_that_stands_since_yesterday_is_told_no_more() -> None:
    cases = [case_row("SJ-2020-001", 问题类别="物业服务"), case_row("SJ-2020-002", 问题类别="工程质量")]
    rows = [resolved_row(number, 答复文号="7号") for number in NUMBERS[:2]]
    got = told_on([before(1), DAY], said(before(1), progress=rows), said(DAY, progress=rows), cases=cases)
    told_by_day = {day: [hint["cases"] for hint in got[day].beyond["hints"] if hint["code"] == "unlikely-shared-reply"] for day in got}
    assert told_by_day == {before(1): [["SJ-2020-001", "SJ-2020-002"]], DAY: []}


@pytest.mark.parametrize("number", ["口头", "待补", "已电话答复"])
def test_a_reply_number_without_a_digit(number: str) -> None:
    hint = only(told("unlikely-reply-number", said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号=number)])))
    assert (hint["cell"], hint["value"], hint["cases"], hint["trial"]) == ("I2", number, ["SJ-2020-003"], True)


@pytest.mark.parametrize("number", ["东住建信〔2020〕3号", "信复字第十二号", "第３号"])
def test_a_reply_number_with_figures_or_chinese_numerals_is_one(number: str) -> None:
    assert told("unlikely-reply-number", said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号=number)])) == []


def test_a_reply_number_that_was_told_yesterday_is_not_new() -> None:
    rows = [resolved_row("SJ-2020-003", 答复文号="口头")]
    assert told("unlikely-reply-number", said(before(1), progress=rows), said(DAY, progress=rows)) == []


def test_a_number_without_a_digit_is_told_once_more_on_the_day_after_its_exemption() -> None:
    books = [assigned(assignment(CASES, exemptions=[exemption_row("SJ-2020-003", "核查提示", before(1).isoformat())]), "2020-04-01 09:00")]
    rows = [resolved_row("SJ-2020-003", 答复文号="口头")]
    sent = [said(before(1), progress=rows), said(DAY, progress=rows)]
    days = [before(1), DAY, DAY + timedelta(days=1)]
    got = consolidate([*books, *sent], days)
    of_day = {day: [hint for hint in got[day].beyond["hints"] if hint["code"] == "unlikely-reply-number"] for day in days}
    assert [len(of_day[day]) for day in days] == [0, 1, 0]
    assert of_day[DAY][0]["cell"] == "I2"
    assert of_day[DAY][0]["message"].startswith("SJ-2020-003的答复文号里没有数字；它的核查提示豁免已经结束")
    mended = [sent[0], said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号="5号")])]
    hints = consolidate([*books, *mended], [DAY])[DAY].beyond["hints"]
    assert not any(hint["code"] == "unlikely-reply-number" for hint in hints)


def test_two_cases_that_came_together_are_not_said_to_be_one_older_than_the_other() -> None:
    cases = [case_row("SJ-2020-001", 交办日期="2020-05-02"), case_row("SJ-2020-002", 交办日期="2020-05-02")]
    rows = [resolved_row(number, 答复文号="7号") for number in NUMBERS[:2]]
    hint = only(told("unlikely-same-reply", said(DAY, progress=rows), cases=cases))
    assert hint["message"].startswith("SJ-2020-002和SJ-2020-001同在")
    assert "用同一个答复文号" in hint["message"]


def _reply_of_older(days_ago: int, number: str = "7号", category: str = "物业服务") -> Told:
    """A found case that came so many days ago gets a number on the day; an older one has 7号."""
    old = said(before(39), progress=[resolved_row("SJ-2020-001", 答复日期="2020-04-12", 答复文号="7号")])
    found = new_row(排查日期=before(days_ago).isoformat(), 办结时限="2020-07-01")
    came = said(before(days_ago), new=[found])
    row = resolved_row("DS-2020-001", 答复文号=number, 答复日期=DAY.isoformat())
    cases = [case_row("SJ-2020-001", 交办日期="2020-04-01", 问题类别=category), *CASES[1:]]
    return told("unlikely-same-reply", old, came, said(DAY, progress=[row]), cases=cases)


def test_a_new_case_with_the_reply_number_of_an_older_one() -> None:
    hint = only(_reply_of_older(29))
    assert (hint["cell"], hint["value"], hint["cases"]) == ("I2", "7号", ["DS-2020-001", "SJ-2020-001"])
    assert hint["message"].startswith("DS-2020-001在4月22日进台账，")


def test_the_number_of_an_older_one_is_told_on_the_day_on_which_it_is_new_alone() -> None:
    cases = [case_row("SJ-2020-001", 交办日期="2020-05-01"), case_row("SJ-2020-002", 交办日期="2020-05-02")]
    rows = [resolved_row(number, 答复文号="7号") for number in NUMBERS[:2]]
    got = told_on([before(1), DAY], said(before(1), progress=rows), said(DAY, progress=rows), cases=cases)
    told_by_day = {day: [hint["cases"] for hint in got[day].beyond["hints"] if hint["code"] == "unlikely-same-reply"] for day in got}
    assert told_by_day == {before(1): [["SJ-2020-001", "SJ-2020-002"]], DAY: []}


@pytest.mark.parametrize(("came", "count"), [(f"{before(29)} 09:00", 1), (f"{before(30)} 09:00", 0)])
def test_a_case_is_new_since_the_workbook_that_brought_it_in_whatever_its_own_date(came: str, count: int) -> None:
    old, late = case_row("SJ-2020-001", 交办日期="2020-03-02"), case_row("SJ-2020-099", 交办日期="2020-03-01")
    books = assigned(assignment([old]), "2020-04-01 09:00"), assigned(assignment([old, late]), came)
    rows = said(before(1), progress=[resolved_row("SJ-2020-001")]), said(DAY, progress=[resolved_row("SJ-2020-099")])
    hints = consolidate([*books, *rows], [DAY])[DAY].beyond["hints"]
    assert [hint["cases"] for hint in hints if hint["code"] == "unlikely-same-reply"] == [["SJ-2020-001", "SJ-2020-099"]] * count


def test_a_case_that_is_not_new_and_a_number_of_its_own_are_likely() -> None:
    assert _reply_of_older(30) == []
    assert _reply_of_older(5, "8号") == []


def test_a_case_that_has_nothing_in_common_with_the_older_one_is_not_the_same_matter() -> None:
    assert _reply_of_older(5, category="拖欠农民工工资") == []


# --- resolutions ------------------------------------------------------------------------------------------------------


def _resolved(count: int) -> list[Row]:
    return [resolved_row(number, 答复文号=f"{number}号") for number in NUMBERS[:count]]


def _working(count: int = 14) -> File:
    return said(before(1), progress=[progress_row(number) for number in NUMBERS[:count]])


def test_more_than_ten_cases_of_a_district_resolved_on_one_day() -> None:
    hint = only(told("unlikely-many-resolved", _working(), said(DAY, progress=_resolved(11))))
    assert (hint["file"], hint["cell"], hint["cases"]) == (f"东胜区{DAY}.xlsx", "", NUMBERS[:11])
    assert "第一天汇总" not in hint["message"]


def test_ten_are_likely_and_so_are_eleven_of_which_one_counted_before() -> None:
    assert told("unlikely-many-resolved", _working(), said(DAY, progress=_resolved(10))) == []
    assert told("unlikely-many-resolved", said(before(1), progress=_resolved(1)), said(DAY, progress=_resolved(11))) == []


def test_ten_of_one_district_and_one_of_another_are_likely() -> None:
    cases = [*CASES[:10], case_row("SJ-2020-011", "达拉特旗")]
    other = said(DAY, "达拉特旗", progress=[resolved_row("SJ-2020-011", 答复文号="9号")])
    assert told("unlikely-many-resolved", _working(10), said(DAY, progress=_resolved(10)), other, cases=cases) == []


def test_on_the_first_day_of_all_it_says_so() -> None:
    assert "这是第一天汇总" in only(told("unlikely-many-resolved", said(DAY, progress=_resolved(11))))["message"]


def test_a_case_found_and_resolved_on_one_day_is_told_once() -> None:
    found, done = new_row(排查日期="2020-05-20"), resolved_row("DS-2020-001", 答复文号="9号")
    hints = told_on([DAY], _working(), said(DAY, new=[found], progress=[resolved_row("SJ-2020-001"), done]))[DAY].beyond["hints"]
    assert [(hint["code"], hint["cell"], hint["cases"]) for hint in hints] == [("unlikely-found-resolved", "E3", ["DS-2020-001"])]


def test_a_case_found_one_day_and_resolved_the_next_is_told_only_where_nothing_was_done_between() -> None:
    found, done = said(before(1), new=[new_row()]), said(DAY, progress=[resolved_row("DS-2020-001")])
    got = told_on([DAY], found, done)[DAY].beyond["hints"]
    assert [(hint["code"], hint["cases"]) for hint in got] == [("unlikely-no-progress", ["DS-2020-001"])]


@pytest.mark.parametrize("earlier", [None, progress_row("SJ-2020-001", 当前状态="已交办", 今日进展=None)], ids=["none", "已交办"])
def test_a_resolution_without_any_progress_before_it(earlier: Row | None) -> None:
    files = [said(before(1), progress=[earlier] if earlier else [progress_row("SJ-2020-002")])]
    hint = only(told("unlikely-no-progress", *files, said(DAY, progress=[resolved_row("SJ-2020-001")])))
    assert (hint["cell"], hint["cases"]) == ("E2", ["SJ-2020-001"])


@pytest.mark.parametrize(
    "earlier",
    [progress_row("SJ-2020-001", 当前状态="已受理", 今日进展=None), progress_row("SJ-2020-001", 当前状态="已交办", 今日进展="已约谈")],
)
def test_a_status_or_progress_before_a_resolution_is_enough(earlier: Row) -> None:
    files = said(before(6), progress=[earlier]), said(DAY, progress=[resolved_row("SJ-2020-001")])
    assert told("unlikely-no-progress", *files) == []


def test_the_first_report_of_a_district_says_of_every_case_what_was_never_said_before() -> None:
    cases = [case_row("SJ-2020-001", 办结时限=DAY.isoformat())]
    day = told_on([DAY], said(before(1), "达拉特旗"), said(DAY, progress=[resolved_row("SJ-2020-001")]), cases=cases)[DAY]
    assert day.beyond["hints"] == []


def _last_day(deadline: date, earlier: Row) -> Told:
    cases = [case_row("SJ-2020-001", 办结时限=deadline.isoformat())]
    files = said(before(1), progress=[earlier]), said(DAY, progress=[resolved_row("SJ-2020-001")])
    return told("unlikely-last-day", *files, cases=cases)


def test_a_case_resolved_on_its_last_day_without_a_reply_before() -> None:
    hint = only(_last_day(DAY, progress_row("SJ-2020-001")))
    assert (hint["cell"], hint["value"], hint["cases"]) == ("H2", "2020-05-20", ["SJ-2020-001"])
    assert "5月21日" in hint["message"]


def test_a_day_earlier_or_with_a_reply_known_before_it_is_likely() -> None:
    assert _last_day(DAY + timedelta(days=1), progress_row("SJ-2020-001")) == []
    assert _last_day(before(1), progress_row("SJ-2020-001")) == []
    assert _last_day(DAY, resolved_row("SJ-2020-001", 当前状态="已答复")) == []


def test_an_extension_moves_the_last_day() -> None:
    cases = [case_row("SJ-2020-001", 办结时限="2020-05-10", 延期至=DAY.isoformat())]
    files = said(before(1), progress=[progress_row("SJ-2020-001")]), said(DAY, progress=[resolved_row("SJ-2020-001")])
    assert only(told("unlikely-last-day", *files, cases=cases))["cases"] == ["SJ-2020-001"]


# --- unlikely-alike ---------------------------------------------------------------------------------------------------


def _alike(new: Row, **old: str) -> Told:
    cases = [case_row("SJ-2020-001", **{"涉及项目或单位": "甲小区", "问题类别": "物业服务", "案由": "甲小区三号楼电梯长期停运", **old})]
    return told("unlikely-alike", said(before(1), reception=[reception_row()]), said(DAY, new=[new]), cases=cases)


def test_a_new_case_like_an_old_one() -> None:
    hint = only(_alike(new_row(涉及项目或单位="甲小区", 案由="甲小区3号楼电梯长期停运")))
    assert (hint["sheet"], hint["cell"], hint["cases"]) == ("新增案件", "C2", ["DS-2020-001", "SJ-2020-001"])


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ({"涉及项目或单位": "乙小区", "案由": "甲小区三号楼电梯长期停运"}, {}),
        ({"涉及项目或单位": "甲小区", "案由": "甲小区三号楼外墙长期渗水"}, {}),
        ({"涉及项目或单位": "甲小区", "案由": "甲小区三号楼电梯长期停运", "问题类别": "工程质量"}, {}),
        ({"涉及项目或单位": "", "案由": "甲小区三号楼电梯长期停运"}, {"涉及项目或单位": ""}),
        ({"涉及项目或单位": "甲小区", "案由": "甲小区三号楼电梯长期停运"}, {"撤销依据": "重复交办"}),
    ],
    ids=["another project", "other words", "another category", "no project", "a cancelled case"],
)
def test_a_case_with_another_project_category_or_matter_is_another(new: dict[str, str], old: dict[str, str]) -> None:
    assert _alike(new_row(**new), **old) == []


def test_a_case_that_a_newer_workbook_brings_in_stands_at_its_cell_there_and_is_told_on_one_day() -> None:
    matter = {"涉及项目或单位": "甲小区", "案由": "甲小区三号楼电梯长期停运"}
    old, new = case_row("SJ-2020-001", **matter), case_row("SJ-2020-099", **matter)
    files = assigned(assignment([old])), assigned(assignment([old, new]), f"{DAY} 09:00", "新分解表.xlsx")
    got = consolidate([*files, said(before(1))], [DAY, DAY + timedelta(days=1)])
    hint = only([hint for hint in got[DAY].beyond["hints"] if hint["code"] == "unlikely-alike"])
    assert (hint["file"], hint["sheet"], hint["cell"], hint["cases"]) == (
        "新分解表.xlsx",
        "群众来访案件",
        "E3",
        ["SJ-2020-001", "SJ-2020-099"],
    )
    assert got[DAY + timedelta(days=1)].beyond["hints"] == []


# --- unlikely-to-and-fro ----------------------------------------------------------------------------------------------


def _statuses(*statuses: tuple[int, str]) -> list[File]:
    """A report for each: how many days before the day, and the status."""
    return [said(before(at), progress=[progress_row("SJ-2020-001", 当前状态=status, 重新办理原因="再办")]) for at, status in statuses]


def test_a_status_that_goes_to_and_fro() -> None:
    hint = only(told("unlikely-to-and-fro", *_statuses((30, "办理中"), (29, "已受理"), (5, "办理中"), (0, "已受理"))))
    assert (hint["cell"], hint["value"], hint["cases"]) == ("E2", "已受理", ["SJ-2020-001"])
    assert "由办理中改回已受理" in hint["message"]


def test_going_back_once_in_thirty_days_is_likely_and_going_forward_is_never_told() -> None:
    assert told("unlikely-to-and-fro", *_statuses((31, "办理中"), (30, "已受理"), (5, "办理中"), (0, "已受理"))) == []
    assert told("unlikely-to-and-fro", *_statuses((9, "办理中"), (8, "已受理"), (7, "办理中"), (6, "已受理"), (0, "办理中"))) == []


# --- unlikely-receptions ----------------------------------------------------------------------------------------------


def _receptions(before_: Sequence[int], *today: int) -> Told:
    def rows(*batches: int) -> list[Row]:
        categories = ("物业服务", "工程质量", "其他")
        return [reception_row(category, count, 0, count) for category, count in zip(categories, batches, strict=False)]

    files = [said(before(at), reception=rows(count)) for at, count in enumerate(before_, 1)]
    return told("unlikely-receptions", *files, said(DAY, reception=rows(*today)))


def test_ten_times_the_usual_receptions() -> None:
    hint = only(_receptions([2, 5, 2, 3, 1], 5, 15))
    assert (hint["sheet"], hint["cell"], hint["value"], hint["cases"]) == ("接访情况", "B3", "15", [])
    assert "合计 20 批次" in hint["message"]
    assert "中位数是 2 批次" in hint["message"]
    assert "中位数是 2.5 批次" in only(_receptions([2, 5, 2, 3, 1, 4], 5, 20))["message"]


@pytest.mark.parametrize(
    ("before_", "today"), [([1, 1, 1, 1, 1], 19), ([2, 5, 2, 3], 40), ([3, 5, 3, 3, 1], 29)], ids=["few", "unknown", "nine times"]
)
def test_receptions_in_proportion_few_or_of_a_district_that_hardly_reported_are_likely(before_: list[int], today: int) -> None:
    assert _receptions(before_, today) == []


@pytest.mark.parametrize(("ago", "count"), [((30, 29, 28, 27, 26), 1), ((31, 30, 29, 28, 27), 0), ((40, 39, 38, 37, 31), 0)])
def test_reports_more_than_thirty_days_old_are_not_usual_any_more(ago: Sequence[int], count: int) -> None:
    old = [said(before(at), reception=[reception_row(batches=1, answered=0, passed=1)]) for at in ago]
    today = said(DAY, reception=[reception_row(batches=50, answered=0, passed=50)])
    assert len(told("unlikely-receptions", *old, today)) == count


# --- all of them ------------------------------------------------------------------------------------------------------


def _busy_week() -> list[File]:
    """Eight days with something of most kinds."""
    rows = [progress_row("SJ-2020-001"), progress_row("SJ-2020-002")]
    files = [said(before(at), progress=rows, reception=[reception_row(batches=2, answered=0, passed=2)]) for at in range(7, 0, -1)]
    last = [progress_row("SJ-2020-001"), *(resolved_row(number, 答复文号="口头") for number in NUMBERS[2:14])]
    found = new_row(排查日期=DAY.isoformat())
    done = resolved_row("DS-2020-001", 答复文号="7号", 答复日期=DAY.isoformat())
    return [*files, said(DAY, progress=[*last, done], new=[found], reception=[reception_row(batches=30, answered=0, passed=30)])]


def test_a_day_by_itself_and_days_in_a_row_tell_the_same() -> None:
    days = [before(at) for at in range(7, -1, -1)]
    cases = [*CASES[:2], *(case_row(number, 办结时限=DAY.isoformat()) for number in NUMBERS[2:])]
    together = told_on(days, *_busy_week(), cases=cases)
    for day in days:
        assert told_on([day], *_busy_week(), cases=cases)[day].beyond["hints"] == together[day].beyond["hints"]
    codes = [hint["code"] for hint in together[DAY].beyond["hints"]]
    assert codes == sorted(codes, key=list(HINTS).index)
    assert set(codes) == {
        "unlikely-same-progress", "unlikely-reply-number", "unlikely-many-resolved", "unlikely-found-resolved", "unlikely-no-progress",
        "unlikely-last-day", "unlikely-receptions",
    }  # fmt: skip


def test_a_revision_that_was_replaced_makes_no_hint() -> None:
    first = handed_in(report(progress=[resolved_row("SJ-2020-003", 答复文号="口头")]), f"{DAY} 10:00")
    assert told("unlikely-reply-number", first, said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号="5号")])) == []


def test_hints_are_in_their_own_files_and_nowhere_else() -> None:
    day = told_on([DAY], said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号="=口头")]))[DAY]
    rows = list(csv.DictReader(io.StringIO(extension_files.hints(day.report).decode("utf-8-sig"), newline="")))
    row = next(row for row in rows if row["code"] == "unlikely-reply-number")
    assert row["message"] == next(hint["message"] for hint in day.beyond["hints"] if hint["code"] == "unlikely-reply-number")
    assert (row["report_date"], row["district"], row["cell"], row["severity"], row["value"]) == (
        "2020-05-21", "东胜区", "I2", "warning", "'=口头",
    )  # fmt: skip
    assert not [code for code in day.codes() if code in HINTS]
    assert HINTS.keys().isdisjoint(contract.SEVERITIES)
    assert "unlikely" not in day.files["summary.json"].decode() + day.files["findings.csv"].decode()


def test_kinds_that_are_skipped_are_not_looked_for_and_limits_are_the_offices() -> None:
    files = said(before(1), progress=[progress_row("SJ-2020-003")]), said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号="口头")])
    assert told("unlikely-reply-number", *files, settings=with_hints(skip=["unlikely-reply-number"])) == []
    assert told("unlikely-many-resolved", _working(2), said(DAY, progress=_resolved(2)), settings=with_hints(resolved_a_day=1))
    assert told("unlikely-same-progress", *_progress("约谈", "约谈"), settings=with_hints(same_progress_reports=2))


@pytest.mark.parametrize(("until", "is_trial"), [(DAY, True), (before(1), False), (None, False)])
def test_a_hint_is_on_trial_up_to_the_day_in_the_settings(until: date | None, *, is_trial: bool) -> None:
    settings = with_hints(trial_until=until)
    hint = only(told("unlikely-reply-number", said(DAY, progress=[resolved_row("SJ-2020-003", 答复文号="口头")]), settings=settings))
    assert hint["trial"] is is_trial


def test_a_code_that_does_not_exist_is_refused_with_its_line(tmp_path: Path) -> None:
    edited = CONFIG.read_text(encoding="utf-8").replace("  skip: []", "  skip: [unlikely-something]")
    (tmp_path / "config.yaml").write_text(edited, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="没有“unlikely-something”这种核查提示"):
        load(tmp_path / "config.yaml")


def test_cases_that_are_passed_over_are_in_no_hint_and_what_is_left_must_be_true_without_them() -> None:
    files = [assigned(assignment(CASES)), _working(), said(DAY, progress=[*_resolved(12)[:11], resolved_row(NUMBERS[11], 答复文号="口头")])]
    filed = []
    for number, file in enumerate(files, 1):
        envelope = Envelope(file.received)
        reading = read_assignment(file.content) if file.is_assignment else read_report(file.content, f"{file.received:%Y-%m-%d %H:%M}")
        filed.append(Filed(Arrival(number, file.name, file.name, str(number), 1, envelope, file.is_assignment), reading))
    state = fold(Facts.of(filed), SETTINGS, [DAY])[DAY]

    def left(*numbers: str) -> list[tuple[str, int]]:
        return [(hint.code, len(hint.cases)) for hint in looks.of(state, SETTINGS, numbers)]

    assert left() == [("unlikely-reply-number", 1), ("unlikely-many-resolved", 12)]
    assert left(NUMBERS[11]) == [("unlikely-many-resolved", 11)]
    assert left(*NUMBERS[10:]) == []


def test_each_kind_has_a_sentence() -> None:
    assert list(dict.fromkeys(name.partition("/")[0] for name in FACTS)) == list(HINTS)
    assert load(CONFIG).hints == Hints()


# --- a made-up month, told twice -----------------------------------------------------------------------------------------

_MONTH = [before(at) for at in range(44, -1, -1)]
_STATES = ("已交办", "已受理", "办理中", "已答复", "已化解")
_SIX = NUMBERS[:6]


@dataclass(frozen=True)
class _Said:
    """What a made-up report says of a case."""

    status: str
    progress: str
    reply: str


_Written = dict[date, tuple[dict[str, _Said], list[int]]]
"""By day on which the district reports: what it says of each case that it names, and its 接访批次 by category."""


def _made_up(chance: random.Random) -> _Written:
    month: _Written = {}
    for day in _MONTH:
        if chance.random() < 0.1:
            continue
        rows = {number: _row(chance) for number in _SIX if chance.random() < (0.8 if number < _SIX[3] else 0.04)}
        if month and chance.random() < 0.1:
            rows = dict([*month.values()][-1][0])
        batches = [chance.choice((1, 2, 3)), chance.choice((0, 1, 2, 30))]
        month[day] = rows, [*month.values()][-1][1] if month and chance.random() < 0.5 else batches
    return month


def _row(chance: random.Random) -> _Said:
    status = chance.choice(_STATES)
    reply = chance.choice(("1号", "第二号", "口头", "待补")) if status in ("已答复", "已化解") else chance.choice(("", "1号"))
    return _Said(status, chance.choice(("约谈", "约谈 ", "", "协调")), reply)


def _written(day: date, rows: Mapping[str, _Said], batches: Sequence[int]) -> File:
    progress = [
        progress_row(
            number,
            当前状态=row.status,
            今日进展=row.progress,
            答复文号=row.reply,
            答复日期="2020-04-02" if row.reply else "",
            重新办理原因="再办",
        )
        for number, row in rows.items()
    ]
    reception = [reception_row(category, count, 0, count) for category, count in zip(("物业服务", "其他"), batches, strict=True)]
    return said(day, progress=progress, reception=reception)


def _by_hand(month: _Written, day: date, deadlines: Mapping[str, date]) -> set[tuple[str, tuple[str, ...]]]:
    """The hints of a day, worked out anew from everything that was written up to it: code and cases."""
    if day not in month:
        return set()
    rows, batches = month[day]
    earlier = [past for past in month if past < day]
    hints: set[tuple[str, tuple[str, ...]]] = {
        (code, (number,)) for number, row in rows.items() for code in _of_case(month, day, number, row)
    }
    if earlier and month[earlier[-1]] == month[day]:
        hints.add(("unlikely-same-report", ()))
    usual = sorted(sum(month[past][1]) for past in earlier if (day - past).days <= 30)
    middle = (usual[(len(usual) - 1) // 2] + usual[len(usual) // 2]) / 2 if usual else 0
    if len(usual) >= 5 and sum(batches) >= 20 and sum(batches) >= 10 * middle:
        hints.add(("unlikely-receptions", ()))
    newly = [number for number, row in rows.items() if row.status == "已化解" and _before(month, day, number)[-1].status != "已化解"]
    for number in newly if earlier else ():
        told_before = _before(month, day, number)
        if not any(row.progress or row.status != "已交办" for row in told_before):
            hints.add(("unlikely-no-progress", (number,)))
        if deadlines[number] == day and not any(row.reply for row in told_before):
            hints.add(("unlikely-last-day", (number,)))
    return hints | ({("unlikely-many-resolved", tuple(sorted(newly)))} if len(newly) > 2 else set())


def _before(month: _Written, day: date, number: str) -> list[_Said]:
    """What was said of a case before that day; it began as 已交办."""
    return [_Said("已交办", "", ""), *(month[past][0][number] for past in month if past < day and number in month[past][0])]


def _of_case(month: _Written, day: date, number: str, row: _Said) -> Iterator[str]:
    """What is unlikely in what is said of a case, beside what was said before."""
    rows = [*_before(month, day, number), row]
    days = [past for past in month if past <= day and number in month[past][0]]
    if row.progress and len(days) >= 5 and len({said_.progress.strip() for said_ in rows[-5:]}) == 1:
        yield "unlikely-same-progress"
    if row.reply != rows[-2].reply and row.reply in ("口头", "待补"):
        yield "unlikely-reply-number"
    steps = [(_STATES.index(one.status), _STATES.index(other.status)) for one, other in pairwise(rows)]
    back = [past for past, (was, instead) in zip(days, steps, strict=True) if instead < was]
    if day in back and sum((day - past).days < 30 for past in back) > 1:
        yield "unlikely-to-and-fro"


def test_made_up_months_give_what_working_them_out_by_hand_gives() -> None:
    for seed in (17, 18):  # in each of these months all eight kinds come up
        chance = random.Random(seed)  # noqa: S311 - a made-up story, which must be the same each time
        month = _made_up(chance)
        resolved_on = {
            number: day for day, (rows, _batches) in reversed(month.items()) for number in rows if rows[number].status == "已化解"
        }
        deadlines = {number: resolved_on.get(number, DAY) for number in _SIX}
        cases = [
            case_row(number, 交办日期="2020-04-01", 办结时限=deadlines[number].isoformat(), 涉及项目或单位="甲小区", 案由=f"{number}之事")
            for number in _SIX
        ]
        files = [_written(day, *written) for day, written in month.items()]
        got = told_on(_MONTH, *files, cases=cases, settings=with_hints(resolved_a_day=2, skip=["unlikely-same-reply", "unlikely-alike"]))
        told_by_day = {day: {(hint["code"], tuple(hint["cases"])) for hint in got[day].beyond["hints"]} for day in _MONTH}
        assert told_by_day == {day: _by_hand(month, day, deadlines) for day in _MONTH}
        assert len({code for hints in told_by_day.values() for code, _cases in hints}) == 8
