"""What is still to be done, and its sentences.

Covers `agenda`, `decision_words`, `pace_words`, `sentences` and, of whole days, `compose`, `case_register`, `counting`,
`handed_in_lines` and `other_sheets`; what these print is in tests/test_golden.py and tests/render.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from offices import HOME, Day, File, afternoon, assigned, consolidate
from workbooks import DISTRICTS, Row, assignment, case_row, progress_row, report, resolved_row, urgent_row

from pipeline.day.targets import Tally
from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, decision_items, decision_list
from pipeline.render.period import period_page, period_workbook
from pipeline.render.workbook import office_workbook
from pipeline.report import agenda, decision_words, headline, left_at_the_end, matter_words, notice_words, period, sentences, who_reported
from pipeline.report.case_lines import Decision
from pipeline.report.figures import Figure, Way
from pipeline.terms import words

TEMPLATES = HOME / "templates"
MONDAY = date(2020, 5, 18)
CITY = "市级交办和旗区自行梳理"
NUMBERS = [f"SJ-2020-{n:03}" for n in range(1, 11)]


def _report_of(day: date, *rows: Row, urgent: tuple[Row, ...] = ()) -> File:
    return File(report(day=day, progress=rows, urgent=urgent), afternoon(day))


def _resolved(number: str) -> Row:
    return resolved_row(number, 答复日期="2020-05-18")


def _register(**cells: str) -> File:
    """Ten cases of the city, due one by one from the first of June on."""
    return assigned(assignment([case_row(number, 办结时限=f"2020-06-{at:02}", **cells) for at, number in enumerate(NUMBERS, 1)]))


def _day(day: date, *files: File) -> Day:
    return consolidate(files, [day])[day]


def _way(day: Day, group: str = CITY) -> Way:
    return next(way for way in day.report.ways if way.group == group)


def test_the_way_counts_what_is_lacking_by_the_deadline_of_so_many_open_cases() -> None:
    """Nine of ten are lacking to 90 %: of the open cases in the order of their deadlines the ninth is due on the 9th of June."""
    way = _way(_day(MONDAY, _register(), _report_of(MONDAY)))
    assert (way.tally.shortfall, way.open, way.by, way.days, way.expected) == (9, 10, date(2020, 6, 9), 0, None)


def _disputed_twice(between: str, *numbers: str) -> dict[date, Day]:
    """Return the days of cases that are disputed, answered anew with what is said of that, and disputed again."""
    files = [assigned(assignment([case_row(number) for number in numbers]))]
    for day, written, number, said in ((19, 18, "1", "不认可"), (20, 20, "2", between), (21, 20, "2", "不认可")):
        told = {"答复日期": f"2020-05-{written}", "答复文号": f"复{number}号", "群众确认": said}
        files.append(_report_of(date(2020, 5, day), *(resolved_row(case, **told) for case in numbers)))
    return consolidate(files, [date(2020, 5, day) for day in (19, 20, 21)])


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_page_and_workbooks_too_tell_of_a_case_that_is_disputed_again() -> None:
    """Both where it is the one of which something is asked, and where it is one of several."""
    again, of_several = "群众再次不认可（5月20日重新答复后）", "5月20日重新答复后再次不认可"
    for numbers, on_page in ((NUMBERS[:1], again), (NUMBERS[:2], of_several)):
        made = _disputed_twice("未回访", *numbers)
        day = made[date(2020, 5, 21)].report
        assert on_page in leaders_page.render(day, TEMPLATES).decode()
        sheets: Any = openpyxl.load_workbook(io.BytesIO(office_workbook.render(day)))
        for name in ("决策事项", "总览"):
            assert sum(cell.value == again for row in sheets[name] for cell in row) == len(numbers), name
        over = period.of([of_day.report for of_day in made.values()], {}, is_closing=True)
        assert again in left_at_the_end.cells(over.cases[NUMBERS[0]], over)
        assert again in period_page.made(over, TEMPLATES)[0].decode()
        lists: Any = openpyxl.load_workbook(io.BytesIO(period_workbook.render(over)))
        stands = [cell.value for row in lists["余下的案件"] for cell in row]
        assert stands.count("已化解（5月20日重新答复后群众再次不认可，不计）") == len(numbers)


def test_a_case_whose_other_reply_was_not_accepted_either_is_told_as_disputed_again() -> None:
    """In the leaders' report, in lists and in notices; what somebody confirmed in between begins anew."""
    first, second, third = (date(2020, 5, 19) + timedelta(days=n) for n in range(3))

    def told(between: str) -> tuple[str, str, str]:
        made = _disputed_twice(between, "SJ-2020-001")
        assert "再次" not in str(briefing.fields(made[second].report)["决策事项"])
        assert "再次" not in str(briefing.fields(made[first].report)["决策事项"])
        (line,) = (line for line in made[third].report.cases if line.number == "SJ-2020-001")
        (item,) = briefing.fields(made[third].report)["决策事项"]
        words_of = notice_words.brief("disputed", line, third, 0), notice_words.reason("disputed", line, third, 0)
        return item["事由"], *words_of

    assert told("未回访") == (
        "群众再次不认可（5月20日重新答复后）",
        "群众再次不认可（5月20日重新答复后）",
        "2020年5月21日起群众再次不认可（5月20日重新答复后，答复文号：复2号）",
    )
    assert not any("再次" in said for said in told("认可"))


def test_deadlines_that_have_passed_already_are_said_beside_the_last_one() -> None:
    way = _way(_day(date(2020, 6, 5), _register(), _report_of(MONDAY)))
    assert sentences.way(replace(way, days=0)) == "补足这9件，按办结时限先后化解，其中4件已超期，最后一件的时限是6月9日。"
    assert sentences.way(replace(way, days=0, by=date(2021, 6, 9))).endswith("最后一件的时限是2021年6月9日。")


@pytest.mark.parametrize(("extended", "is_beyond"), [("2020-07-10", False), ("2020-07-11", True), ("2022-06-10", True)])
def test_a_last_deadline_that_is_extended_beyond_the_statute_says_so(extended: str, *, is_beyond: bool) -> None:
    """All ten are lacking; the last is due on the 10th of June, and extended: thirty days are allowed."""
    rows = [case_row(number, 办结时限=f"2020-06-{at:02}", 案件来源="自治区交办") for at, number in enumerate(NUMBERS, 1)]
    rows[-1] = {**rows[-1], "延期至": extended}
    way = next(
        way for way in _day(MONDAY, assigned(assignment(rows)), _report_of(MONDAY)).report.ways if way.tally.shortfall == len(NUMBERS)
    )
    assert (way.by, way.is_beyond) == (date.fromisoformat(extended), is_beyond)
    assert ("日（超过法定延长上限，请核）" in sentences.way(way)) is is_beyond


def test_cases_that_an_extension_makes_no_longer_overdue_are_named_with_the_day_and_what_the_statute_allows() -> None:
    """Fewer are overdue by the register alone: the paper of the day says so, and a closing what is extended too far."""
    days = [date(2020, 6, 5), date(2020, 6, 6)]
    rows = [case_row(number, 办结时限=f"2020-06-{at:02}") for at, number in enumerate(NUMBERS, 1)]
    far = [{**rows[0], "延期至": "2020-06-20"}, {**rows[1], "延期至": "2022-12-31"}, *rows[2:]]
    files = [_register(), _report_of(days[0]), assigned(assignment(far), "2020-06-06 09:00", "分解表二.xlsx"), _report_of(days[1])]
    reports = [day.report for day in consolidate(files, days).values()]
    said = "延期后今日不再算超期未结2件（都没有化解）：SJ-2020-002延至2022年12月31日（超过法定延长上限，请核）、SJ-2020-001延至6月20日。"
    assert [said in headline.flags(report) for report in reports] == [False, True]
    told = left_at_the_end.in_words(period.of(reports, {}, is_closing=True))
    assert told.endswith("没有化解而延期超过法定延长上限，请核的1件：SJ-2020-002延至2022年12月31日。")


def test_a_case_that_an_urgent_matter_is_about_too_has_that_ones_number_in_the_tables() -> None:
    urgent, also = (Decision((kind,), "SJ-2020-001", "东胜区", "塔吊", "", MONDAY, "请派专家", "") for kind in ("urgent", "coordination"))
    other = replace(also, number="SJ-2020-002")
    matters = [urgent, other, also]
    items = [[matter] for matter in matters]
    assert decision_items.numbers(items) == ["1", "2", "同1"]
    assert decision_items.numbers(items)[-2] == str(decision_words.count(matters))
    assert [decision_words.is_counted(matter, matters) for matter in matters] == [False, False, True]
    rows, _cases = decision_items.rows(items, MONDAY, decision_items.Space(12, 2), is_gathered=False)
    assert [row["序号"] for row in rows] == [line["序号"] for line in decision_list.listed(items, MONDAY, 0)] == ["1", "2", "同1"]


def test_what_is_urgent_is_told_whole_in_the_decisions_however_little_room_there_is() -> None:
    told = "工程安全隐患：某小区3号塔吊基础沉降12厘米，倾斜，附近两栋楼80户已疏散，正在监测，尚未排除险情"
    danger = Decision(("urgent",), "SJ-2020-001", "东胜区", told, "", MONDAY, "请派专家", "")
    space = decision_items.Space(12, 2)
    cells = decision_items.texts([danger], MONDAY, space)
    assert (cells["事项"], cells["清单"]) == ("工程安全隐患（情况见下一行）", f"情况：{told.removeprefix('工程安全隐患：')}")
    assert told in decision_items.texts([danger, danger], MONDAY, space)["清单"]
    other = replace(danger, matter=told.replace("工程安全隐患", "其他民生事项"))
    assert other.matter.removeprefix("其他民生事项：") in decision_items.texts([other], MONDAY, space)["清单"]
    gathering = "约60人拟集体上访，" * 30
    long = replace(other, matter=f"其他民生事项：{gathering}")
    assert decision_items.texts([long], MONDAY, space)["清单"] == f"情况：{gathering}"
    tight = decision_items.texts([long], MONDAY, replace(space, requests=90))["清单"]
    assert tight == f"情况：{gathering[:152]}……（全文见《信访事项办理情况汇总》“急报事项”）"
    grave = replace(long, matter=f"工程安全隐患：{gathering}")
    assert decision_items.texts([grave], MONDAY, replace(space, requests=90))["清单"] == f"情况：{gathering}"
    older = decision_items.texts([grave], MONDAY, replace(space, requests=90, is_older=True))
    assert (older["事项"], older["清单"]) == (grave.matter, "")


def _days(count: int) -> list[date]:
    return [MONDAY + timedelta(days=n) for n in range(count)]


def test_the_pace_is_that_of_the_last_days_and_leads_to_a_day() -> None:
    """Two came in resolved on Monday; two more by Thursday: five are lacking, at two in three days it takes eight more."""
    days = _days(4)
    rows = [list(map(_resolved, NUMBERS[:2])), [], [_resolved(NUMBERS[2])], [_resolved(NUMBERS[3])]]
    way = _way(_day(days[3], _register(), *(_report_of(day, *said) for day, said in zip(days, rows, strict=True))))
    assert (way.tally.shortfall, way.gained, way.days) == (5, 2, 3)
    assert way.expected == days[3] + timedelta(days=8)
    assert "最近3个报送日新化解2件（SJ-2020-003、SJ-2020-004），按此进度推算，2020年5月29日可以达标" in sentences.way(way)


@pytest.mark.parametrize(
    ("more", "said", "expected"),
    [
        (1, "但同期还差由7件减为6件，按此进度推算，2020年6月8日可以达标", date(2020, 6, 8)),
        (2, "但同期还差仍是7件，不推算哪天达标", None),
        (10, "但同期还差由7件增为14件，不推算哪天达标", None),
    ],
)
def test_new_cases_take_the_target_further_away_than_the_pace_says(more: int, said: str, expected: date | None) -> None:
    """Two are resolved in three days, as above; on Thursday morning a workbook brings new cases."""
    days = _days(4)
    rows = [list(map(_resolved, NUMBERS[:2])), [], [_resolved(NUMBERS[2])], [_resolved(NUMBERS[3])]]
    cases = [case_row(number, 办结时限="2020-07-01") for number in [*NUMBERS, *(f"SJ-2020-{n:03}" for n in range(11, 11 + more))]]
    larger = assigned(assignment(cases), f"{days[3]} 09:00", "分解表二.xlsx")
    way = _way(_day(days[3], _register(), larger, *(_report_of(day, *of_day) for day, of_day in zip(days, rows, strict=True))))
    assert (way.gained, way.days, way.lacked, way.expected) == (2, 3, 7, expected)
    assert f"最近3个报送日新化解2件（SJ-2020-003、SJ-2020-004），{said}" in sentences.way(way)


def test_the_pace_agrees_with_what_the_days_call_newly_resolved_and_names_the_cases_that_it_counts_and_takes_off() -> None:
    """Of two that came in resolved one is reopened for good, and one is back on Wednesday: the days tell of four, and two are the pace."""
    days = _days(4)
    rows = [
        list(map(_resolved, NUMBERS[:2])),
        [_resolved(NUMBERS[2]), *(progress_row(number, 重新办理原因="复查") for number in NUMBERS[:2])],
        [_resolved(NUMBERS[0])],
        list(map(_resolved, NUMBERS[3:5])),
    ]
    files = [_register(), *(_report_of(day, *said) for day, said in zip(days, rows, strict=True))]
    told = consolidate(files, days)
    way = _way(told[days[3]])
    assert sum(len(told[day].summary["changes"]["newly_resolved"]) for day in days[1:]) == way.newly == 4
    assert (way.first, way.lost, way.gained) == (tuple(NUMBERS[2:5]), (NUMBERS[1],), 2)
    assert (
        "；最近3个报送日新化解4件，其中第一次化解、当时就已报来、现仍计入的3件（SJ-2020-003、SJ-2020-004、SJ-2020-005），"
        "减去此前计入、现在没有计入的1件（SJ-2020-002），算2件，按此进度推算，"
    ) in sentences.way(way)


def test_a_pace_that_has_stopped_or_that_says_nothing_of_the_cases_that_lack_names_no_day() -> None:
    """Two a day are resolved until Wednesday, none on Thursday: nobody can say that it will be over on Friday. Nor of what is overdue."""
    days, rows = _days(5), [[], *(list(map(_resolved, NUMBERS[at : at + 2])) for at in (0, 2, 4)), []]
    reports = [_report_of(day, *said) for day, said in zip(days, rows, strict=True)]
    going = _way(_day(days[3], _register(), *reports[:4]))
    assert (going.tally.shortfall, going.gained, going.stopped, going.expected) == (3, 6, 0, days[3] + timedelta(days=2))
    stopped = _way(_day(days[4], _register(), *reports))
    assert (stopped.days, stopped.gained, stopped.expected) == (4, 6, None)
    six = "、".join(NUMBERS[:6])
    assert sentences.way(stopped).endswith(f"；最近4个报送日新化解6件（{six}），但今日没有新化解，不推算哪天达标。")
    assert "但最后2个报送日没有新化解" in sentences.way(replace(stopped, stopped=2))
    assert "但最后2个报送日没有计入进度的新化解" in sentences.way(replace(stopped, stopped=2, newly=7)), (
        "one was, and does not count for it"
    )
    for cells in ({"办结时限": "2020-05-19"}, {}):
        late = [{**row, **cells} for row in (case_row(number, 办结时限="2020-06-09") for number in NUMBERS[7:])]
        register = assigned(assignment([*map(case_row, NUMBERS[:7]), *late]))
        asking = [] if cells else [progress_row(number, 需协调事项="请市局协调") for number in NUMBERS[7:]]
        way = _way(_day(days[3], register, *reports[:3], _report_of(days[3], *rows[3], *asking)))
        assert (way.tally.shortfall, way.days, way.expected) == (3, 0, None), cells


_ONE_A_DAY = tuple((_resolved(NUMBERS[at]),) for at in range(5))
_NOT_ACCEPTED = tuple(resolved_row(number, 答复日期="2020-05-18", 群众确认="不认可") for number in NUMBERS[5:])


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(_ONE_A_DAY[:3], id="the third day"),
        pytest.param((*_ONE_A_DAY[:4], None), id="nobody reported today"),
        pytest.param((*_ONE_A_DAY[:4], (progress_row(NUMBERS[9], 当前状态="差不多"),)), id="all of today's was refused"),
        pytest.param((*_ONE_A_DAY[:3], (progress_row(NUMBERS[9], 当前状态="差不多"),), _ONE_A_DAY[3]), id="all of yesterday's was refused"),
        pytest.param((_ONE_A_DAY[0], None, _ONE_A_DAY[1], None, _ONE_A_DAY[2], _ONE_A_DAY[3]), id="most came in after silence"),
        pytest.param((tuple(map(_resolved, NUMBERS[:5])), (), (), ()), id="all came in resolved"),
        pytest.param(
            ((_ONE_A_DAY[0][0], _ONE_A_DAY[1][0]), _ONE_A_DAY[2], (progress_row(NUMBERS[0], 重新办理原因="复查"),), ()), id="lost as many"
        ),
        pytest.param((*_ONE_A_DAY[:3], (*_ONE_A_DAY[3], *_NOT_ACCEPTED)), id="what lacks is disputed"),
    ],
)
def test_no_pace_is_told_where_there_is_none(rows: Sequence[tuple[Row, ...] | None]) -> None:
    days = _days(len(rows))
    files = [_report_of(day, *said) for day, said in zip(days, rows, strict=True) if said is not None]
    way = _way(_day(days[-1], _register(), *files))
    assert (way.gained, way.days, way.expected) == (0, 0, None)
    assert way.tally.shortfall
    assert not re.search("进度|净增|报送日", sentences.way(way))


def test_what_only_came_back_into_the_count_is_no_pace() -> None:
    """A cancelled case that was resolved long ago counts again on Thursday."""
    rows = [case_row(number) for number in NUMBERS]
    cancelled = assigned(assignment([{**rows[0], "撤销依据": "重复"}, *rows[1:]]))
    again = assigned(assignment(rows), "2020-05-21 09:00", "分解表二.xlsx")
    files = [_report_of(day, *([_resolved(NUMBERS[0])] if day == MONDAY else [])) for day in _days(4)]
    way = _way(_day(_days(4)[3], cancelled, again, *files))
    assert (way.tally.resolved, way.gained, way.days) == (1, 0, 0)


def test_a_deadline_that_has_passed_is_not_called_the_last_one() -> None:
    way = _way(_day(date(2020, 6, 12), _register(), _report_of(MONDAY)))
    assert (way.by, way.has_passed) == (None, True)
    assert sentences.way(way) == "还差9件，时限最早的9件都已超期。"
    one = replace(way, tally=Tally(100, 10, 9))
    assert sentences.way(one) == "还差1件，时限最早的1件已超期。"
    assert sentences.way(replace(one, open=1)) == "还差1件，在办的只有这1件，已超期。"
    assert sentences.way(replace(way, open=9)) == "还差9件，在办的也只有这9件，都已超期。"


def test_where_fewer_are_open_than_lacking_no_deadline_is_named() -> None:
    referred = [progress_row(number, 当前状态="导入法定途径") for number in NUMBERS[:4]]
    way = _way(_day(MONDAY, _register(), _report_of(MONDAY, *referred)))
    assert (way.tally.shortfall, way.open, way.by) == (9, 6, None)
    assert "全部化解也达不到目标" in sentences.way(way)


def test_a_target_that_is_met_lacks_nothing() -> None:
    way = _way(_day(MONDAY, _register(), _report_of(MONDAY, *map(_resolved, NUMBERS[:9]))))
    assert (way.tally.shortfall, way.by, way.expected, sentences.way(way)) == (0, None, None, "")


def test_the_nearest_are_those_replied_and_then_those_due_soon() -> None:
    replied = [progress_row(NUMBERS[at], 当前状态="已答复", 答复日期="2020-05-18", 答复文号="甲1") for at in (6, 4)]
    way = _way(_day(date(2020, 5, 30), _register(), _report_of(MONDAY, *replied)))
    assert way.nearest == (NUMBERS[4], NUMBERS[6], NUMBERS[0], NUMBERS[1])


# --- decisions ---------------------------------------------------------------------------------------------------


def test_what_needs_a_decision_says_since_when_who_and_what_is_asked() -> None:
    """Urgent, disputed since Tuesday, overdue since the second of June, asking for coordination since Monday."""
    tuesday, end = MONDAY + timedelta(days=1), date(2020, 6, 3)
    asking = progress_row(NUMBERS[7], 需协调事项="请市住建局协调供电")
    disputed = resolved_row(NUMBERS[5], 答复日期="2020-05-18", 群众确认="不认可")
    out = _day(
        end,
        _register(),
        _report_of(MONDAY, asking),
        _report_of(tuesday, disputed, asking),
        _report_of(end, asking, urgent=(urgent_row(NUMBERS[2], 发生时间="2020-06-03 09:30", 需协调事项="请调度供水"),)),
    )
    matters = [
        (decision.kinds, decision.number, decision.since, decision.leader, sentences.asked(decision)) for decision in out.report.decisions
    ]
    assert matters == [
        (("urgent",), NUMBERS[2], end, "领导一", "请调度供水"),
        (("overdue",), NUMBERS[0], date(2020, 6, 2), "领导一", "请确定办结办法和时间，符合规定的按程序延期"),
        (("overdue",), NUMBERS[1], date(2020, 6, 3), "领导一", "请确定办结办法和时间，符合规定的按程序延期"),
        (("disputed",), NUMBERS[5], tuesday, "领导一", "请包案领导与群众见面，研究新的答复意见"),
        (("coordination",), NUMBERS[7], MONDAY, "领导一", "请市住建局协调供电"),
    ]
    late = _day(end, _register(), _report_of(MONDAY, progress_row(NUMBERS[0], 需协调事项="请市里协调资金缺口")))
    (own,) = (decision for decision in late.report.decisions if decision.number == NUMBERS[0])
    assert (own.kinds, own.since) == (("overdue", "coordination"), MONDAY)  # the request has waited since it was made
    assert [decision.due for decision in out.report.decisions[:2]] == [None, date(2020, 6, 1)]  # an urgent matter has no limit of a case's


def test_the_gravest_urgent_matters_come_first_and_each_district_has_its_turn() -> None:
    lamps = [
        urgent_row("", 事项类别="其他民生事项", 情况说明=f"路灯不亮{n}", 发生时间="2020-05-18 09:30", 需协调事项="请支援") for n in range(3)
    ]
    other = urgent_row("", 事项类别="其他民生事项", 情况说明="井盖缺失", 发生时间="2020-05-18 09:30", 需协调事项="请支援")
    crane = urgent_row("", 事项类别="工程安全隐患", 情况说明="塔吊倾斜", 发生时间="2020-05-18 09:30", 需协调事项="请支援")
    third = File(report("康巴什区", MONDAY, progress=[], urgent=[other, crane]), afternoon(MONDAY), "康巴什.xlsx")
    out = _day(MONDAY, _register(), _report_of(MONDAY, urgent=tuple(lamps)), third)
    matters = [decision.matter.partition("：")[2] for decision in out.report.decisions]
    assert matters == ["塔吊倾斜", "路灯不亮0", "井盖缺失", "路灯不亮1", "路灯不亮2"]


def test_of_a_cancelled_case_an_urgent_matter_names_the_leader_and_nothing_else_is_to_be_decided() -> None:
    day = date(2020, 6, 20)
    urgent = (urgent_row(NUMBERS[0], 发生时间="2020-06-20 09:30", 需协调事项="请支援"),)
    out = _day(day, _register(撤销依据="不属于住建领域"), _report_of(day, urgent=urgent))
    assert [(decision.kinds, decision.number, decision.leader) for decision in out.report.decisions] == [
        (("urgent",), NUMBERS[0], "领导一")
    ]


def test_of_one_day_urgent_matters_come_first_then_what_a_target_lacks_little_without() -> None:
    """自治区交办 lacks one case, disputed later than the city's, of which nine lack."""
    tuesday = MONDAY + timedelta(days=1)
    matters = tuple(urgent_row("", 情况说明=f"停水{n}", 发生时间="2020-05-19 09:30", 需协调事项=f"请调度{n}") for n in range(5))
    disputed = [resolved_row(number, 答复日期="2020-05-18", 群众确认="不认可") for number in ("ZZQ-2020-001", *NUMBERS[1:4])]
    asking = progress_row(NUMBERS[7], 需协调事项="请市住建局协调供电")
    city = [case_row(number, 办结时限="2020-06-09") for number in NUMBERS]
    register = assigned(assignment([*city, case_row("ZZQ-2020-001", 案件来源="自治区交办", 办结时限="2020-06-09")]))
    out = _day(tuesday, register, _report_of(MONDAY, *disputed[1:]), _report_of(tuesday, disputed[0], asking, urgent=matters)).report
    assert {target.label: target.tally.shortfall for target in out.targets} == {"自治区交办": 1, CITY: 9}
    told = [decision.number or decision.matter[-1] for decision in out.decisions]
    assert told == ["0", "1", "2", "3", "4", "ZZQ-2020-001", NUMBERS[1], NUMBERS[2], NUMBERS[3], NUMBERS[7]]
    assert [len(item) for item in agenda.by_request(out.decisions)[-2:]] == [4, 1]


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        ("请市自然资源局5月20日以前出具意见", date(2020, 5, 20)),
        ("请市自然资源局明天上午派人到现场，今天18时前先电话答复", date(2020, 5, 20)),
        ("请调派供热车2台，今晚到位", date(2020, 5, 19)),
        ("请明确移交日期，下周一以前答复", date(2020, 5, 25)),
        ("请5月20日至22日派人", date(2020, 5, 22)),
        ("11月30日前拨付资金，2021年1月5日前报账", date(2021, 1, 5)),
        ("因今日断电6户停暖，请市里协调", None),
        ("请按5月11日会议纪要办理", None),
        ("请按5月11日前的标准办理", None),
        ("请6月1日起停供", None),
        ("请光明日报社派人", None),
        ("请2月30日前答复", None),
        ("请派专家", None),
    ],
)
def test_the_day_by_which_something_is_asked_is_read_where_it_is_plain(asked: str, day: date | None) -> None:
    """Written on a Tuesday."""
    assert matter_words.asked_by(asked, date(2020, 5, 19)) == day
    assert matter_words.asked_by(asked, None) is None


def test_what_is_asked_first_comes_first_and_a_day_that_has_passed_says_so() -> None:
    """Of cases the day that the request names, else the case's own deadline."""
    tuesday, end = MONDAY + timedelta(days=1), date(2020, 6, 3)
    asked = {1: "请市财政局6月5日前拨付", 7: "请市财政局6月2日以前答复", 8: "请市住建局协调"}
    rows = [progress_row(NUMBERS[at], 需协调事项=request) for at, request in asked.items()]
    water, gas, crane = (
        urgent_row("", 事项类别=kind, 情况说明=what, 发生时间="2020-06-03 09:30", 需协调事项=request)
        for kind, what, request in (
            ("停水停电停暖", "停水", "请6月4日前抢修"),
            ("停水停电停暖", "停气", "请抢修"),
            ("工程安全隐患", "塔吊", "请6月5日前鉴定"),
        )
    )
    report = _day(end, _register(), _report_of(tuesday, *rows), _report_of(end, *rows, urgent=(water, gas, crane))).report
    told = [decision.number or decision.matter.partition("：")[2] for decision in report.decisions]
    assert told == ["塔吊", "停气", "停水", NUMBERS[0], NUMBERS[7], NUMBERS[1], NUMBERS[8]]
    lines = [decision_list.in_a_line([decision], 1, end)["时限"] for decision in report.decisions]
    assert lines == ["请求6月5日", "—", "请求6月4日", "办结6月1日", "请求6月2日，已过1天", "请求6月5日", "办结6月9日"]
    late = next(decision for decision in report.decisions if decision.number == NUMBERS[7])
    assert decision_words.limits([late], end) == "请求6月2日，已过1天，限6月8日"
    page = leaders_page.render(report, TEMPLATES).decode()
    assert "起，请求6月2日，已过1天，办结时限 6月8日：" in page


def test_dangers_come_first_however_many_they_are_and_the_same_request_is_one_item() -> None:
    tuesday = MONDAY + timedelta(days=1)
    dangers = [urgent_row("", 事项类别="工程安全隐患", 情况说明=f"塔吊{n}", 发生时间="2020-05-19", 需协调事项="请鉴定") for n in range(3)]
    water = urgent_row("", 事项类别="停水停电停暖", 情况说明="停水", 发生时间="2020-05-19", 需协调事项="请鉴定。")
    disputed = [resolved_row(number, 答复日期="2020-05-18", 群众确认="不认可") for number in NUMBERS[:2]]
    out = _day(tuesday, _register(), _report_of(tuesday, *disputed, urgent=(water, *dangers))).report
    told = [
        [decision.number or decision.matter.partition("：")[2] for decision in item]
        for item in agenda.by_request(out.decisions, joins_urgent=True)
    ]
    assert told == [["塔吊0", "塔吊1", "塔吊2"], ["停水"], NUMBERS[:2]]
    assert [len(item) for item in agenda.by_request(out.decisions)] == [1, 1, 1, 1, 2]
    assert {decision.leader for decision in out.decisions if not decision.number} == {"包联领导0"}  # whom to ask where no case has a leader
    assert "包联领导0" in str(briefing.fields(out)["决策事项"])


def test_many_different_requests_about_overdue_cases_are_one_item_and_a_few_are_apart() -> None:
    rows = [progress_row(number, 需协调事项=f"请协调{at % 4}。") for at, number in enumerate(NUMBERS)]
    rows[1]["需协调事项"] = "请 协调1"
    late = date(2020, 6, 20)
    few = _day(late, _register(), _report_of(late, *rows[:2])).report.decisions
    assert sorted(len(item) for item in agenda.by_request(few)) == [1, 1, 8]
    many = _day(late, _register(), _report_of(late, *rows)).report.decisions
    (item,) = agenda.by_request(many)
    assert [len(cases) for cases in decision_words.by_request(item)] == [3, 3, 2, 2]
    assert decision_words.asked(item) == "旗区的请求有4种，写在所列案件前面"


def test_an_urgent_matter_that_asks_for_nothing_is_to_be_known_and_not_to_be_decided() -> None:
    crane = urgent_row("", 事项类别="工程安全隐患", 情况说明="塔吊倾斜", 发生时间="2020-05-18 09:30")
    asking = urgent_row("", 事项类别="其他民生事项", 情况说明="井盖缺失", 发生时间="2020-05-18 09:30", 需协调事项="请协调权属")
    report = _day(MONDAY, _register(), _report_of(MONDAY, urgent=(crane, asking))).report
    assert [decision.asked for decision in report.decisions] == ["请协调权属"]
    assert [matter.situation for matter in agenda.noted(report.urgent)] == ["塔吊倾斜"]


def test_a_request_for_coordination_that_is_not_repeated_is_over_and_begins_anew() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(3)]
    asking, not_asking = progress_row(NUMBERS[7], 需协调事项="请协调供电"), progress_row(NUMBERS[7])
    files = [_register(), _report_of(days[0], asking), _report_of(days[1], not_asking), _report_of(days[2], asking)]
    assert _day(days[1], *files).report.decisions == ()
    assert [decision.since for decision in _day(days[2], *files).report.decisions] == [days[2]]


def test_what_is_resolved_or_referred_asks_for_no_decision() -> None:
    rows = [
        {**_resolved(NUMBERS[0]), "需协调事项": "请协调"},
        progress_row(NUMBERS[1], 当前状态="导入法定途径", 需协调事项="请协调"),
    ]
    assert _day(MONDAY, _register(), _report_of(MONDAY, *rows)).report.decisions == ()


# --- absences ----------------------------------------------------------------------------------------------------


def test_who_did_not_report_is_said_with_what_that_can_change() -> None:
    tuesday = MONDAY + timedelta(days=1)
    out = _day(tuesday, _register(), _report_of(MONDAY, _resolved(NUMBERS[0])))
    absence = next(absence for absence in out.report.absences if absence.district == "东胜区")
    assert (
        who_reported.absence(absence, tuesday)
        == f"东胜区没有日报（最近一次是5月18日的日报）；补报可能改变其名下{CITY}10件（计入化解1件）。"
    )
    assert len(out.report.absences) == 9
    (said,) = who_reported.absences(out.report.absences[:2], tuesday)  # one sentence for all
    (first,) = who_reported.absences(out.report.absences, tuesday, 1)
    assert first == (
        f"9个旗区没有日报；补报可能改变其名下的案件（括号里是其中计入化解的），其中东胜区（最近一次是5月18日的日报）{CITY}10件（1件）。"
    )
    assert said == (
        "2个旗区没有日报；补报可能改变其名下的案件（括号里是其中计入化解的）："
        f"东胜区（最近一次是5月18日的日报）{CITY}10件（1件）；达拉特旗（此前也没有日报）没有案件。"
    )
    alike = [replace(each, last_report=MONDAY) for each in out.report.absences[:3]]
    (said,) = who_reported.absences([*alike[1:], alike[0]], tuesday)
    assert said.endswith(f"：东胜区{CITY}10件（1件）；达拉特旗、准格尔旗都没有案件。")


# --- sentences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resolved", "provisional", "certain"),
    [
        (
            8,
            "暂计未达标（目标90%，还差1件），还不能确定：达拉特旗等8个旗区没有日报，补报后结论可能改变。",
            "没有达到90%的目标，还差1件。",
        ),
        (9, "暂计达标（目标90%），还不能确定：达拉特旗等8个旗区没有日报，补报后结论可能改变。", "达到90%的目标。"),
    ],
)
def test_a_target_is_said_in_one_sentence(resolved: int, provisional: str, certain: str) -> None:
    """Eight districts have not reported; then they have."""
    said = f"{CITY}案件共10件，已化解{resolved}件，化解率{resolved}0.0%，"
    files = [_register(), _report_of(MONDAY, *map(_resolved, NUMBERS[:resolved]))]
    assert [sentences.target(target) for target in _day(MONDAY, *files).report.targets] == [
        "自治区交办：目前没有案件，不计算化解率。",
        said + provisional,
    ]
    others = [File(report(name, MONDAY, progress=[]), afternoon(MONDAY), f"{name}.xlsx") for name in DISTRICTS[1:]]
    assert sentences.target(_day(MONDAY, *files, *others).report.targets[1]) == said + certain


def test_what_has_moved_since_yesterday_is_said() -> None:
    tuesday = MONDAY + timedelta(days=1)
    files = [_register(), _report_of(MONDAY, *map(_resolved, NUMBERS[:2])), _report_of(tuesday, _resolved(NUMBERS[2]))]
    bridge = _day(tuesday, *files).report.bridges[1]
    assert sentences.since_yesterday(bridge) == "与前一日相比，总数不变，已化解增加1件。"
    still = _day(tuesday + timedelta(days=1), *files).report.bridges[1]
    assert sentences.since_yesterday(still) == "总数和已化解件数与前一日相同。"


def test_bounds_say_whether_they_could_change_the_verdict() -> None:
    out = _day(MONDAY, _register(), _report_of(MONDAY, *map(_resolved, NUMBERS[:9])))
    bounds = out.report.targets[1].bounds
    assert bounds is not None
    assert sentences.bounds(bounds) == "缺报、退回的内容补齐后，化解率最低26.4%、最高97.0%，是否达标要等补报后才能确定。"


def test_a_deadline_that_passes_on_a_day_without_a_report_is_not_called_an_earlier_matter() -> None:
    tuesday = MONDAY + timedelta(days=1)
    register = assigned(assignment([case_row(number, 办结时限=f"{MONDAY}") for number in NUMBERS]))
    denied = resolved_row(NUMBERS[0], 答复日期=f"{MONDAY}", 群众确认="不认可")
    out = _day(tuesday, register, _report_of(MONDAY, denied, *map(_resolved, NUMBERS[2:])))
    told = dict(headline.lines(out.report))[words.ASKED]
    assert told.startswith("此前需要决策的事项仍有1件，今日按期限新有1件（超期未结）：")


def test_many_cases_that_are_due_today_are_told_at_once_and_one_without_which_a_target_is_missed() -> None:
    met = [*map(_resolved, NUMBERS[:9])]
    register = assigned(assignment([case_row(number, 办结时限=f"{MONDAY}") for number in NUMBERS]))
    narrow = dict(headline.lines(_day(MONDAY, register, _report_of(MONDAY, *met)).report))[words.ASKED]
    assert "今日到期1件：东胜区1件（停滞），没有化解、延期的明日超期。" in narrow, "tomorrow's readers hear of it too late, met or not"
    one = dict(headline.lines(_day(MONDAY, register, _report_of(MONDAY, *met[:8])).report))[words.ASKED]
    assert f"今日到期2件：东胜区2件（都停滞），没有化解、延期的明日超期；{CITY}还差1件，今日到期的有2件。" in one
    out = _day(MONDAY, register, _report_of(MONDAY, progress_row(NUMBERS[9])))
    report = replace(out.report, targets=())
    lines = [replace(line, flags=("due_soon", *(["stalled"] if line.number == NUMBERS[0] else []))) for line in report.cases]
    assert decision_words.due_today(lines, (), MONDAY) == "今日到期10件（其中1件停滞），没有化解、延期的明日超期。"
    assert decision_words.due_today(lines[:4], (), MONDAY) == ""
    assert decision_words.due_cases(lines[:4], (), MONDAY, 12) == ""
    group, tally = lines[0].group, Tally(90, 10, 9)
    near, far = Figure(group, group, tally), Figure(group, group, replace(tally, resolved=0))
    assert decision_words.due_today(lines[:2], (near,), MONDAY).startswith("今日到期2件"), "a target that is near hangs on them too"
    assert decision_words.due_today(lines[:2], (far,), MONDAY) == ""
    listed = decision_words.due_cases(lines, (), MONDAY, 2)
    first, second = (f"{line.district}{line.number}" for line in lines[:2])
    assert listed.startswith("今日到期10件：")
    assert first in listed
    assert second in listed
    assert listed.endswith("等，逐件见汇总表“督办清单”。")
    whose = decision_words.due_today(lines, (), MONDAY, [lines[0].district])
    assert whose.startswith(f"今日到期10件：{lines[0].district}10件（其中1件停滞）")


def test_a_case_that_an_urgent_matter_stands_for_too_is_counted_once() -> None:
    urgent = Decision(("urgent",), NUMBERS[0], "东胜区", "工程安全隐患：甲", "领导一", MONDAY, "请派专家", "")
    late = Decision(("overdue",), NUMBERS[0], "东胜区", "甲", "领导一", MONDAY, "", "")
    matters = [urgent, late, replace(late, number=NUMBERS[1]), replace(late, kinds=("disputed", "overdue"), number=NUMBERS[2])]
    assert decision_words.count(matters) == 3
    said = decision_words.decisions(matters)
    assert said == "今日需要决策的事项共3件：急报事项1件、群众不认可1件（兼超期未结）、超期未结2件（其中1件已计在急报里）。"


def test_of_cases_that_are_to_be_decided_for_one_reason_it_is_said_of_how_many_something_is_asked_too() -> None:
    asks = Decision(("disputed", "coordination"), NUMBERS[0], "东胜区", "甲", "领导一", MONDAY, "请协调资金", "")
    others = [replace(asks, kinds=("disputed",), number=NUMBERS[1]), replace(asks, kinds=("coordination",), number=NUMBERS[2])]
    said = decision_words.decisions([asks, *others])
    assert said == "今日需要决策的事项共3件：群众不认可2件（其中1件兼需协调事项）、需协调事项1件。"
    both = replace(asks, kinds=("disputed", "overdue", "coordination"))
    assert "群众不认可2件（其中1件兼超期未结、其中1件兼需协调事项）。" in decision_words.decisions([both, others[0]])


def test_cases_that_became_overdue_or_stalled_today_are_changes_of_the_day_and_many_stand_in_the_first_lines() -> None:
    days = [MONDAY + timedelta(days=past) for past in range(3)]
    register = assigned(assignment([case_row(number, 交办日期="2020-05-14", 办结时限=f"{MONDAY}") for number in NUMBERS]))
    made = consolidate([register, *(_report_of(day, progress_row(NUMBERS[0])) for day in days)], days)
    kinds = [{change.kind: change.number for change in made[day].report.changes if change.kind in words.BY_TIME} for day in days]
    assert [{*of_day} for of_day in kinds] == [set(), {"newly_overdue", "newly_stalled"}, set()]
    told = [dict(headline.lines(made[day].report))[words.ASKED] for day in days[1:]]
    assert ["今日新超期10件。" in said for said in told] == [True, False]
    assert "新超期10件（" in str(briefing.fields(made[days[1]].report)["变化"])
    four = [change for change in made[days[1]].report.changes if change.kind == "newly_overdue"][:4]
    assert decision_words.newly_overdue(four) == ""
    only = sentences.changes([("newly_overdue", "", 4)], "汇总表", made[days[1]].report.submissions)
    assert "今日没有案件新化解" in only
    assert "新超期4件，逐件见汇总表。" in only
