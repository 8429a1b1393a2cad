"""Receptions and visits of made-up reports, and the rota that they are held against: both as written by hand. Covers `receptions`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from offices import File, assigned, consolidate, handed_in, on, read_assignment
from workbook_days import opened, rows
from workbooks import Row, Value, assignment, case_row, progress_row, report, turn_row

from pipeline.render.papers import leader_papers
from pipeline.render.workbook import office_workbook
from pipeline.report import leader_pages
from pipeline.terms.rows import rows_of_sheet

CASES = (case_row("SJ-2020-001"), case_row("SJ-2020-002"), case_row("ZZQ-2020-001", 撤销依据="重复交办"))
DAY = date(2020, 5, 21)


def _received(leaders: Value, day: Value = None, number: str = "SJ-2020-001") -> Row:
    return progress_row(number, 接访下访领导=leaders, 接访下访日期=day)


def _report(day: str, *rows: Row, received: str = "") -> File:
    return handed_in(report(day=date.fromisoformat(day), progress=rows), received or f"{day} 16:00", f"{day}.xlsx")


def _reported(beyond: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    return [(each["date"][5:], each["leader"], each["case"], each["date_written"]) for each in beyond["receptions"]["reported"]]


def test_a_case_a_leader_and_a_date_count_once_however_often_they_are_reported() -> None:
    day = on(
        DAY,
        assigned(assignment(CASES)),
        _report("2020-05-19", _received("领导一、领 导二", "2020-05-18"), _received("领导一", "5月18日", "SJ-2020-002")),
        _report("2020-05-20", _received("领导二", "2020-05-18")),
        _report("2020-05-21", _received("领导一", "2020-05-21"), _received("领导三", "2020-05-21", "ZZQ-2020-001")),
    )
    assert _reported(day.beyond) == [
        ("05-18", "领导一", "SJ-2020-001", True),
        ("05-18", "领导一", "SJ-2020-002", True),
        ("05-18", "领导二", "SJ-2020-001", True),
        ("05-21", "领导一", "SJ-2020-001", True),
        ("05-21", "领导三", "ZZQ-2020-001", True),
    ]


def test_without_a_date_the_reports_day_counts_and_without_a_leader_it_is_unnamed() -> None:
    files = (
        assigned(assignment(CASES)),
        _report("2020-05-19", _received("领导一"), _received(None, "2020-05-17", "SJ-2020-002")),
        _report("2020-05-21", _received("领导一", "2020-05-19"), _received("无", None, "SJ-2020-002")),
    )
    days = consolidate(files, [date(2020, 5, 20), DAY])
    undated, named = ("05-17", "未写明", "SJ-2020-002", True), ("05-19", "领导一", "SJ-2020-001")
    assert _reported(days[date(2020, 5, 20)].beyond) == [undated, (*named, False)]
    assert _reported(days[DAY].beyond) == [undated, (*named, True)]


def test_what_is_refused_replaced_or_thirty_days_old_is_not_among_them() -> None:
    files = (
        assigned(assignment(CASES)),
        _report("2020-05-01", _received("领导一"), _received("领导二", "2020-04-02", "SJ-2020-002")),
        _report("2020-05-20", _received("领导三"), received="2020-05-20 15:00"),
        _report("2020-05-20", _received("领导四"), {**_received("领导五", None, "SJ-2020-002"), "当前状态": "差不多了"}),
    )
    days = consolidate(files, [date(2020, 5, 1), date(2020, 5, 30), date(2020, 5, 31)])
    assert _reported(days[date(2020, 5, 1)].beyond) == [
        ("04-02", "领导二", "SJ-2020-002", True), ("05-01", "领导一", "SJ-2020-001", False),
    ]  # fmt: skip
    assert _reported(days[date(2020, 5, 30)].beyond) == [
        ("05-01", "领导一", "SJ-2020-001", False), ("05-20", "领导四", "SJ-2020-001", False),
    ]  # fmt: skip
    assert _reported(days[date(2020, 5, 31)].beyond) == [("05-20", "领导四", "SJ-2020-001", False)]


def test_the_rota_of_the_workbook_in_force_is_held_against_them() -> None:
    rota = [
        turn_row("2020-04-21", "领导零"),
        turn_row("2020-04-22", "领导零"),
        turn_row("2020-05-19", "领导一"),
        turn_row("2020-05-20", "领导一", "替班", 替班领导="领导二", 备注="开会"),
        turn_row("2020-05-20", "领导三", "休假"),
        turn_row("2020-05-22", "领导三"),
    ]
    day = on(
        DAY,
        assigned(assignment(CASES, rota=[turn_row("2020-05-18", "领导八")])),
        assigned(assignment(CASES, rota=rota), "2020-05-21 09:00", "新分解表.xlsx"),
        _report("2020-05-20", _received("领导一"), _received("领导一、领导二", "2020-05-20", "SJ-2020-002")),
        _report("2020-05-21", _received("领导二", "2020-05-20"), _received("领导一", "2020-05-19", "SJ-2020-002")),
    )
    assert day.beyond["receptions"]["rota"] == [
        {"date": "2020-04-22", "leader": "领导零", "substitute": None, "reported": 0},
        {"date": "2020-05-19", "leader": "领导一", "substitute": None, "reported": 1},
        {"date": "2020-05-20", "leader": "领导一", "substitute": "领导二", "reported": 2},
    ]
    assert [turn.day.isoformat() for turn in day.report.beyond.receptions.coming] == ["2020-05-22"]
    assert day.codes() == []


# --- rows of 接访排班 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([turn_row("2020-05-20", 安排="替班")], [("required", "D2")]),
        ([turn_row("2020-05-20", "领导一", "替班", 替班领导="领 导一")], [("contradiction", "D2")]),
        ([turn_row("2020-05-20", "领导一", 替班领导="领导二")], [("contradiction", "D2")]),
        ([turn_row("2020-05-20", "领导一", "休假", 替班领导="领导二")], [("contradiction", "D2")]),
        ([turn_row("2020-05-20", "领导一"), turn_row("5月20日", "领导一", "休假")], [("repeated-case", "B2"), ("repeated-case", "B3")]),
        ([turn_row("2020-05-20", "领导一"), turn_row("5月20日", "领导 一")], []),
        ([turn_row("2020-05-20", "领导一"), turn_row("2020-05-20", "领导二")], []),
        ([turn_row("2020-05-20", "领导一", "值班")], [("not-in-list", "C2")]),
        ([turn_row("5月32日", "")], [("bad-date", "A2"), ("required", "B2")]),
    ],
)
def test_a_row_that_does_not_say_who_receives_is_refused_by_itself(rows: list[Row], found: list[tuple[str, str]]) -> None:
    read = read_assignment(assignment(rota=rows))
    assert read.accepted
    assert sorted((finding.code, finding.cell) for finding in read.findings if finding.code != "read-as") == sorted(found)


def test_a_day_without_its_year_is_the_nearest() -> None:
    read = read_assignment(assignment(rota=[turn_row(day) for day in ("4月2日", "12月31日", "1月1日", "10月30日", "10月31日", "11月1日")]))
    rows = rows_of_sheet(read.rows, "接访排班")
    assert rows
    assert rows.texts("日期") == ["2020-04-02", "2019-12-31", "2020-01-01", "2020-10-30", "2020-10-31", "2019-11-01"]


def test_an_office_that_uses_none_of_it_has_two_empty_lists() -> None:
    assert on(DAY, assigned(assignment()), handed_in(report())).beyond["receptions"] == {"reported": [], "rota": []}


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_turns_of_days_that_are_over_stay_as_they_were_and_refused_ones_are_named() -> None:
    turns = [turn_row("2020-05-12", "领导一"), turn_row("2020-05-13", "领导一"), turn_row(str(DAY), "领导一")]
    first = assigned(assignment(CASES, rota=turns), "2020-05-01 09:00", "一.xlsx")
    contradicting = [turn_row("2020-05-15", "领导一"), turn_row("2020-05-15", "领导一", "休假")]
    again = [turn_row("2020-05-12", "领导二"), *contradicting, turn_row("2020-05-16", "领导二")]
    second = assigned(assignment(CASES, rota=again), "2020-05-13 09:00", "二.xlsx")
    third = assigned(assignment(CASES), "2020-05-17 09:00", "三.xlsx")

    def held(*files: File) -> list[tuple[str, str]]:
        return [(turn["date"], turn["leader"]) for turn in on(DAY, *files).beyond["receptions"]["rota"]]

    assert held(first, second) == [("2020-05-12", "领导二"), ("2020-05-16", "领导二")]
    assert held(first, second, third) == held(first, second)
    assert held(first, assigned(assignment(CASES), "2020-05-13 09:00", "三.xlsx")) == [("2020-05-12", "领导一")]
    said = "“接访排班”表里5月15日的行退回了（见问题清单），没有人排到。请改正后再交一次分解表。"
    for files, is_said in (((first, second), True), ((first, second, third), True), ((first,), False)):
        made = on(DAY, *files)
        assert (said in [row[0] for row in rows(opened(office_workbook.render(made.report)), "接访下访")]) == is_said
        pages = {page.name: leader_papers.fields(page, made.report)["接访说明"] for page in leader_pages.of(made.report)}
        told = "排班里写有您的5月15日退回了，没有采用，没有人排到：请向办公室核实。"
        assert [name for name, said_of in pages.items() if told in said_of] == (["领导一"] if is_said else [])
        assert made.report.beyond.receptions.amiss(DAY) in ("", made.report.beyond.receptions.gone), "it is over"
    ahead = on(date(2020, 5, 14), first, second)
    assert ahead.report.beyond.receptions.amiss(date(2020, 5, 14)) == said


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_a_rota_that_a_new_workbook_lacks_is_told_as_long_as_the_old_one_has_turns() -> None:
    turns = [turn_row("2020-05-20", "领导一"), turn_row("2020-06-15", "领导二")]
    first = assigned(assignment(CASES, rota=turns), "2020-05-01 09:00", "分解表一.xlsx")
    second = assigned(assignment(CASES), "2020-05-19 09:00", "分解表二.xlsx")
    third = assigned(assignment([*CASES, case_row("SJ-2020-003")]), "2020-05-20 09:00", "分解表三.xlsx")
    gone = (
        "2020-05-19 收到的分解表 分解表二.xlsx 里没有“接访排班”表：原来的排班（分解表一.xlsx，排到 2020-06-15）从那天起不再用，"
        "以后没有排班可以对照，急报发给设置里的领导（outgoing_mail.leaders）。还要按排班的，把这张表放进分解表再交一次。"
    )
    for files, day, said in (
        ([first], DAY, ""),
        ([first, second, third], date(2020, 5, 18), ""),
        ([first, second, third], date(2020, 5, 19), gone),
        ([first, second, third], date(2020, 7, 15), gone),
        ([first, second, third], date(2020, 7, 16), ""),
        ([first, second, assigned(assignment(CASES, rota=turns), "2020-05-20 09:00", "分解表四.xlsx")], DAY, ""),
        ([second, third], DAY, ""),
    ):
        made = on(day, *files)
        assert made.report.beyond.receptions.gone == said, (len(files), day)
    made = on(DAY, first, second)
    assert gone in [row[0] for row in rows(opened(office_workbook.render(made.report)), "接访下访")]
