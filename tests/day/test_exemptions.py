"""A month with exceptions whose outcome is written by hand: one that begins, ends by its date, comes again, is withdrawn, is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from offices import File, assigned, consolidate, handed_in, on, read_assignment
from workbooks import (
    EXEMPTIONS,
    Row,
    assignment,
    assignment_pages,
    case_row,
    edit,
    exemption_row,
    page,
    progress_row,
    report,
    resolved_row,
    turn_row,
    write,
)

from pipeline.render import extension_files
from pipeline.report import exemptions
from pipeline.terms.rows import rows_of_sheet

CASES = (
    case_row("SJ-2020-001", 办结时限="2020-05-20"),
    case_row("SJ-2020-002", 办结时限="2020-06-19"),
    case_row("ZZQ-2020-001", 办结时限="2020-06-19"),
)
FIRST, LAST = date(2020, 5, 20), date(2020, 6, 18)
LATE = exemption_row("东胜 5月21日", "迟报", "5月31日", 理由="停电")


def _workbook(received: str, *rows: Row) -> File:
    return assigned(assignment(CASES, exemptions=rows), received, f"分解表{received[:10]}.xlsx")


STORY = (
    _workbook("2020-05-01 09:00"),
    _workbook(
        "2020-05-22 09:00", exemption_row(until="6月5日"), LATE, exemption_row("SJ-2020-999"), exemption_row("SJ-2020-002", 批准人=None)
    ),
    _workbook("2020-06-10 09:00", exemption_row("sj2020-1", until="2020-06-30", 批准人="领导二")),
    _workbook("2020-06-15 09:00"),
    handed_in(report(day=date(2020, 5, 20), progress=[progress_row("SJ-2020-001")]), "2020-05-20 16:00", "一.xlsx"),
    handed_in(report(day=date(2020, 5, 21), progress=[progress_row("SJ-2020-001")]), "2020-05-21 18:30", "二.xlsx"),
    handed_in(report(day=date(2020, 5, 22), progress=[progress_row("SJ-2020-001")]), "2020-05-22 16:00", "三.xlsx"),
)


@pytest.fixture(scope="module")
def month() -> dict[str, Any]:
    days = [FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)]
    return {day.isoformat()[5:]: of_day for day, of_day in consolidate(STORY, days).items()}


def _through(first: str, last: str) -> list[str]:
    day, end = date.fromisoformat(f"2020-{first}"), date.fromisoformat(f"2020-{last}")
    return [(day + timedelta(days=count)).isoformat()[5:] for count in range((end - day).days + 1)]


def test_a_deadline_moves_while_the_exemption_holds_and_moves_back_by_itself(month: dict[str, Any]) -> None:
    overdue = [day for day, of_day in month.items() if of_day.summary["flags"]["overdue"] == ["SJ-2020-001"]]
    assert overdue == [*_through("05-21", "05-21"), *_through("06-06", "06-09"), *_through("06-15", "06-18")]
    due_soon = [day for day, of_day in month.items() if "SJ-2020-001" in of_day.summary["flags"]["due_soon"]]
    assert due_soon == ["05-20", *_through("06-02", "06-05")]


def test_nothing_but_the_flags_moves(month: dict[str, Any]) -> None:
    assert {str(of_day.summary["changes"]["particulars"]) for of_day in month.values()} == {"[]"}
    assert {of_day.summary["targets"][0]["unmoved"]["total"] for of_day in month.values()} == {1}
    assert month["05-21"].submission()["status"] == "late"


def _exceptions(of_day: Any) -> list[tuple[str, str, bool, Any]]:  # noqa: ANN401 - JSON
    return [(each["subject"], each["kind"], each["holds"], each["effect"]) for each in of_day.beyond["exceptions"]]


def test_every_exemption_is_listed_while_it_holds_and_its_end_is_told_once(month: dict[str, Any]) -> None:
    moved, own = {"deadline": ["2020-05-20", "2020-06-05"]}, {"deadline": ["2020-05-20", "2020-05-20"]}
    again = {"deadline": ["2020-05-20", "2020-06-30"]}
    came = {"received_at": "2020-05-21T18:30:00+08:00"}
    late, case = ("东胜区 2020-05-21", "迟报"), ("SJ-2020-001", "延期")
    told = {day: _exceptions(of_day) for day, of_day in month.items() if _exceptions(of_day)}
    expected = {key: [(*case, True, moved), (*late, True, came)] for key in _through("05-22", "05-31")}
    expected["06-01"] = [(*case, True, moved), (*late, False, came)]
    expected |= {key: [(*case, True, moved)] for key in _through("06-02", "06-05")}
    expected["06-06"] = [(*case, False, own)]
    expected |= {key: [(*case, True, again)] for key in _through("06-10", "06-14")}
    expected["06-15"] = [(*case, False, own)]
    assert told == expected
    assert [line.ended for day in ("06-06", "06-15") for line in month[day].report.beyond.exemptions] == ["到期", "新的分解表里没有了"]


def test_what_it_hides_is_told_with_it(month: dict[str, Any]) -> None:
    lines = {day: of_day.report.beyond.exemptions[0] for day, of_day in month.items() if of_day.report.beyond.exemptions}
    assert (lines["05-22"].is_new, lines["05-22"].hidden, lines["05-22"].days_late) == (True, ("overdue",), 2)
    assert (lines["05-23"].is_new, lines["05-23"].hidden, lines["05-23"].days_late) == (False, ("overdue",), 3)
    assert (lines["06-06"].hidden, lines["06-06"].flags, lines["06-06"].days_late) == ((), ("overdue",), 17)


def test_bad_rows_are_refused_and_cost_nothing_else(month: dict[str, Any]) -> None:
    found = sorted((finding.cell, finding.code) for _file, finding in month["05-25"].findings)
    assert found == [("A4", "unknown-case"), ("C5", "required"), ("E2", "read-as")]
    assert month["06-12"].codes() == ["deadline-beyond-statute"]  # 41 days after 办结时限


def test_a_case_counts_how_often_its_deadline_moved_also_by_exemptions(month: dict[str, Any]) -> None:
    deferrals = {day: of_day.report.cases[0].deferrals for day, of_day in month.items()}
    assert [deferrals[day] for day in ("05-21", "05-22", "06-09", "06-10", "06-18")] == [0, 1, 1, 2, 2]


def test_a_workbook_that_comes_later_excuses_from_its_first_day_on_and_not_before(month: dict[str, Any]) -> None:
    """The report of 21 May came late, the workbook that excuses it on the 22nd. The row holds until the 31st, which takes nothing back."""
    (own,) = (line for line in month["05-21"].report.submissions if line.district == "东胜区")
    assert (own.status, own.is_excused, own.stands) == ("late", False, "late")
    excused = [day for day, of_day in month.items() if ("东胜区", date(2020, 5, 21)) in of_day.report.beyond.excused]
    assert excused == _through("05-22", "06-18")


def test_a_report_that_was_excused_on_its_own_day_stays_so_whatever_comes() -> None:
    row = exemption_row("东胜区 2020-05-20", "迟报", "2020-05-20")
    late = handed_in(report(day=FIRST, progress=[progress_row("SJ-2020-001")]), "2020-05-20 18:30")
    days = [FIRST, FIRST + timedelta(days=2)]
    own, later = consolidate([_workbook("2020-05-01 09:00", row), _workbook("2020-05-21 09:00"), late], days).values()
    assert own.submission()["status"] == "late"
    assert [each["effect"] for each in own.beyond["exceptions"]] == [{"received_at": "2020-05-20T18:30:00+08:00"}]
    assert dict(own.report.attendance)[FIRST]["东胜区"] == "excused"
    assert (dict(later.report.attendance)[FIRST]["东胜区"], later.beyond["exceptions"]) == ("excused", [])


def test_a_report_on_time_or_one_that_is_yet_to_come_is_excused_of_nothing() -> None:
    rows = [exemption_row("东胜区 2020-05-20", "迟报"), exemption_row("东胜区 2020-05-21", "迟报")]
    sent = [
        handed_in(report(day=FIRST, progress=[progress_row("SJ-2020-001")]), "2020-05-20 16:00", "一.xlsx"),
        handed_in(report(day=date(2020, 5, 21), progress=[progress_row("SJ-2020-001")]), "2020-05-21 19:00", "二.xlsx"),
    ]
    day = consolidate([_workbook("2020-05-01 09:00", *rows), *sent], [FIRST])[FIRST]
    assert [each["effect"] for each in day.beyond["exceptions"]] == [{"received_at": None}] * 2
    assert dict(day.report.attendance)[FIRST]["东胜区"] == "on-time"


def test_what_was_known_and_what_is_known_move_the_same_deadlines() -> None:
    """A late report of the 20th, which comes on the 22nd, changes no flag but its own: the exemption held then and holds now."""
    held = _workbook("2020-05-01 09:00", exemption_row(until="2020-05-21"))
    late = handed_in(report(day=FIRST, progress=[progress_row("SJ-2020-001")]), "2020-05-22 14:00")
    day = consolidate([held, late], [date(2020, 5, 22)])[date(2020, 5, 22)]
    assert day.summary["flags"]["overdue"] == ["SJ-2020-001"]
    assert day.summary["restated"] == []
    effects = day.report.late_effects
    assert not {"overdue", "due_soon"} & {*(effect.flag for effect in effects.flags), *(then.flag for then in effects.then)}


# --- rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "meant"),
    [
        ("东胜区 2020-05-21", "东胜区 2020-05-21"),
        ("东胜2020年5月21日", "东胜区 2020-05-21"),
        ("鄂前旗　２０２０．５．２１", "鄂托克前旗 2020-05-21"),
        ("伊旗5/21", "伊金霍洛旗 2019-05-21"),
        ("东胜区住建局 4月30日", "东胜区 2020-04-30"),
    ],
)
def test_a_district_and_a_day_are_understood_as_people_write_them(subject: str, meant: str) -> None:
    read = read_assignment(assignment(exemptions=[exemption_row(subject, "迟报", "2020-05-31")]))
    rows = rows_of_sheet(read.rows, "豁免")
    assert rows
    assert (rows.texts("对象"), read.findings) == ([meant], ())


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("2020-05-21 东胜区", "迟报"),
        ("东胜区", "迟报"),
        ("SJ-2020-001", "迟报"),
        ("东胜区 2020-05-32", "迟报"),
        ("呼和浩特市 2020-05-21", "迟报"),
        ("东胜区 2020-05-21", "延期"),
        ("东胜区", "核查提示"),
        ("东" * 30_000, "迟报"),
    ],
)
def test_what_cannot_be_understood_is_refused(subject: str, kind: str) -> None:
    read = read_assignment(assignment(exemptions=[exemption_row(subject, kind)]))
    assert [(finding.code, finding.cell) for finding in read.findings] == [("not-in-list", "A2")]


def test_the_last_day_without_its_year_is_not_before_the_arrival() -> None:
    rows = [exemption_row(until="4月30日"), exemption_row("SJ-2020-002", until="5月1日")]
    read = rows_of_sheet(read_assignment(assignment(exemptions=rows)).rows, "豁免")
    assert read
    assert read.texts("截止日期") == ["2021-04-30", "2020-05-01"]


def test_the_same_twice_is_refused_both_times_and_the_same_case_for_another_thing_is_not() -> None:
    rows = [exemption_row("SJ-2020-001"), exemption_row("SJ20201", until="2020-07-31"), exemption_row(kind="核查提示")]
    day = on(FIRST, assigned(assignment(CASES, exemptions=rows)))
    assert [(code, finding.cell) for (_file, finding), code in zip(day.findings, day.codes(), strict=True)] == [
        ("repeated-case", "A2"),
        ("repeated-case", "A3"),
    ]
    assert [each["kind"] for each in day.beyond["exceptions"]] == ["核查提示"]


def test_a_case_that_is_assigned_later_or_that_a_report_found_before_is_known() -> None:
    later = case_row("SJ-2020-003", 交办日期="2020-07-01", 办结时限="2020-08-01")
    found = handed_in(report(day=FIRST, progress=(), new=[_found()]), "2020-05-20 16:00")
    rows = [exemption_row("SJ-2020-003"), exemption_row("DS-2020-001", until="2020-12-31")]
    second = assigned(assignment([*CASES, later], exemptions=rows), "2020-05-21 09:00")
    day = on(date(2020, 5, 22), STORY[0], found, second)
    assert day.codes() == ["deadline-beyond-statute"]  # of DS-2020-001
    assert [(each["subject"], each["effect"]["deadline"]) for each in day.beyond["exceptions"]] == [
        ("DS-2020-001", ["2020-06-20", "2020-12-31"]),
        ("SJ-2020-003", None),
    ]


def _found() -> Row:
    said: Row = {"问题类别": "物业服务", "案由": "电梯停运", "责任单位": "东胜区住建局"}
    return {"案件编号": "DS-2020-001", **said, "排查日期": "2020-05-20", "办结时限": "2020-06-20"}


def test_an_earlier_last_day_moves_no_deadline() -> None:
    day = on(FIRST, assigned(assignment(CASES, exemptions=[exemption_row("SJ-2020-002", until="2020-06-01")])))
    assert _exceptions(day) == [("SJ-2020-002", "延期", True, {"deadline": ["2020-06-19", "2020-06-19"]})]
    case = day.report.cases[1]
    assert (case.exempted, case.deferrals) == (None, 0)


def test_a_row_that_a_newer_workbook_refuses_ends_it_and_that_is_said() -> None:
    first = _workbook("2020-05-01 09:00", exemption_row())
    second = _workbook("2020-05-20 09:00", exemption_row(理由=None))
    (line,) = on(FIRST, first, second).report.beyond.exemptions
    assert (line.holds, line.ended, extension_files.exception(line)["standing"]) == (False, "新的分解表里这一行退回了", "ended")


def test_a_very_long_one_is_warned_of_and_holds_and_one_of_a_closed_case_is_said_to_change_nothing() -> None:
    rows = [exemption_row("SJ-2020-002", until="2020-07-19"), exemption_row("ZZQ-2020-001", until="2099-12-20"), exemption_row()]
    cancelled = case_row("SJ-2020-001", 办结时限="2020-06-19", 撤销依据="重复登记")
    day = on(FIRST, assigned(assignment([*CASES[1:], cancelled], exemptions=rows)))
    assert [(code, finding.cell) for (_file, finding), code in zip(day.findings, day.codes(), strict=True)] == [
        ("deadline-beyond-statute", "E3")
    ]
    said = {line.subject: exemptions.effect(line, FIRST) for line in day.report.beyond.exemptions}
    assert said == {
        "SJ-2020-001": "此案已撤销，延期不起作用",
        "SJ-2020-002": "时限6月19日改为7月19日",
        "ZZQ-2020-001": "时限6月19日改为2099年12月20日",
    }
    stands = {each["subject"]: (each["holds"], each["standing"]) for each in day.beyond["exceptions"]}
    assert stands == {"SJ-2020-001": (True, "idle"), "SJ-2020-002": (True, "holds"), "ZZQ-2020-001": (True, "holds")}


def test_a_sheet_that_is_refused_whole_is_what_ended_them_and_is_said_while_it_is_in_force() -> None:
    first, same_day = _workbook("2020-05-01 09:00", exemption_row()), _workbook("2020-05-20 08:00", exemption_row())
    pages = assignment_pages(CASES) | {"豁免": page(EXEMPTIONS, [exemption_row()])}
    second = assigned(write(edit(pages, {"豁免!E1": "到哪天"})), "2020-05-20 09:00", "坏.xlsx")
    third = _workbook("2020-05-22 09:00")
    days = consolidate([first, same_day, second, third], [FIRST + timedelta(days=count) for count in range(3)])
    (line,) = days[FIRST].report.beyond.exemptions
    assert (line.holds, line.ended) == (False, "新的分解表里“豁免”表没有采用")
    said = [of_day.report.beyond.exemptions_refused for of_day in days.values()]
    assert said == ["现行分解表里“豁免”表没有采用，其中的豁免都不再有效。"] * 2 + [""]


def test_one_whose_last_day_was_past_when_it_came_is_told_once_as_ended() -> None:
    past = exemption_row(until="2019-06-30")
    files = [
        _workbook("2020-05-01 09:00", exemption_row("SJ-2020-002")),
        _workbook("2020-05-20 08:00", past),
        _workbook("2020-05-20 09:00", past, exemption_row("SJ-2020-002", until="2020-05-19")),
        _workbook("2020-05-21 09:00", past),
    ]
    days = consolidate(files, [FIRST, FIRST + timedelta(days=1)])
    lines = days[FIRST].report.beyond.exemptions
    assert [(line.subject, line.holds, line.ended) for line in lines] == [
        ("SJ-2020-001", False, "到期：交来时已过截止日期"),
        ("SJ-2020-002", False, "到期：交来时已过截止日期"),
    ]
    assert [exemptions.effect(line, FIRST) for line in lines] == [
        "到期：交来时已过截止日期",
        "到期：交来时已过截止日期，现行时限6月19日不早于豁免的，没有改动",
    ]
    assert days[FIRST + timedelta(days=1)].report.beyond.exemptions == ()


def test_a_silenced_case_is_left_out_of_hints_and_others_are_told() -> None:
    rows = [resolved_row("SJ-2020-001", 答复文号="口头"), resolved_row("SJ-2020-002", 答复文号="待补")]
    sent = handed_in(report(day=FIRST, progress=rows), "2020-05-20 16:00")
    told = on(FIRST, STORY[0], sent).beyond
    quiet = on(FIRST, _workbook("2020-05-01 09:00", exemption_row(kind="核查提示")), sent).beyond
    assert [hint["cases"] for hint in told["hints"] if hint["code"] == "unlikely-reply-number"] == [["SJ-2020-001"], ["SJ-2020-002"]]
    assert [hint["cases"] for hint in quiet["hints"] if hint["code"] == "unlikely-reply-number"] == [["SJ-2020-002"]]
    assert not any("SJ-2020-001" in hint["cases"] for hint in quiet["hints"])
    assert quiet["exceptions"][0]["effect"] == {"silenced": ["unlikely-reply-number"]}


def test_a_silenced_hint_names_its_kind_and_the_other_cases_and_the_end_of_what_moved_nothing_says_so() -> None:
    both = [
        case_row("SJ-2020-001", 涉及项目或单位="甲", 问题类别="物业服务"),
        case_row("SJ-2020-002", 涉及项目或单位="乙", 问题类别="工程质量"),
    ]
    sent = handed_in(report(day=FIRST, progress=[resolved_row("SJ-2020-001"), resolved_row("SJ-2020-002")]), "2020-05-20 16:00")
    silent = assigned(assignment(both, exemptions=[exemption_row(kind="核查提示")]), "2020-05-01 09:00")
    (line,) = on(FIRST, silent, sent).report.beyond.exemptions
    assert "unlikely-shared-reply" in line.silenced
    assert line.beside == ("SJ-2020-002",)
    assert "不相干的案件同一个文号" in exemptions.effect(line, FIRST)
    assert exemptions.effect(line, FIRST).endswith("，也涉及没有豁免的SJ-2020-002，请另看）")
    first = assigned(assignment(both, exemptions=[exemption_row(until="2020-06-01")]), "2020-05-01 09:00", "一.xlsx")
    (ended,) = on(FIRST, first, assigned(assignment(both), "2020-05-20 09:00", "二.xlsx")).report.beyond.exemptions
    assert exemptions.effect(ended, FIRST) == "新的分解表里没有了，现行时限6月10日不早于豁免的，没有改动"


def test_a_rota_beside_it_costs_nothing() -> None:
    day = on(FIRST, assigned(assignment(CASES, exemptions=[exemption_row()], rota=[turn_row("2020-05-20")])))
    assert (day.codes(), len(day.beyond["exceptions"])) == (["deadline-beyond-statute"], 1)
