"""The clocks of the regulation in words: counted by article, cited for a district, and told of one case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from offices import HOME, SETTINGS, Day, assigned, consolidate, handed_in
from workbook_days import opened, rows
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row

from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, leader_papers
from pipeline.render.workbook import office_workbook
from pipeline.report import clock_lines, leader_pages

CASES = [
    case_row("SJ-2020-001", 交办日期="2020-02-20"),  # never accepted: by 6 March, concluded by 5 May
    case_row("SJ-2020-002", 交办日期="2020-05-03"),  # to be accepted by 18 May
    case_row("SJ-2020-003", 交办日期="2020-03-20", 办结时限="2020-05-19", 延期至="2020-05-22"),
    case_row("SJ-2020-004", 交办日期="2020-05-20"),
    case_row("SJ-2020-005", 交办日期="2020-03-01"),
    case_row("SJ-2020-006", 交办日期="2020-03-01", 撤销依据="重复交办"),
]
ROWS = [progress_row("SJ-2020-003", 当前状态="已受理"), resolved_row("SJ-2020-005")]


def _day() -> Day:
    accepted = [handed_in(report(day=day, progress=ROWS[:1]), f"{day} 16:00") for day in (date(2020, 3, 20),)]
    return consolidate([assigned(assignment(CASES)), *accepted, handed_in(report(progress=ROWS))], [DAY])[DAY]


def test_leaders_read_how_many_are_near_late_and_very_late_by_article() -> None:
    assert clock_lines.counted(_day().report.cases) == (
        "法定期限（与“超期未结”分别计算）：受理超期1件、严重超期1件（《信访条例》第二十一条）；办结临近1件、严重超期1件（《信访条例》第三十三条）。"
        "受理日期以首次报“已受理”之日为准，实际可能更早。"
    )
    late = [replace(case, flags=("overdue",)) for case in _day().report.cases if case.number != "SJ-2020-003"]
    assert "；超期的案件里有2件同时超期未结。" in clock_lines.counted(late)
    quiet = [case for case in _day().report.cases if case.number in ("SJ-2020-004", "SJ-2020-005", "SJ-2020-006")]
    assert clock_lines.counted(quiet) == ""


def test_briefing_and_page_say_that_line_once_and_the_page_opens_to_the_cases() -> None:
    report = _day().report
    line = clock_lines.counted(report.cases)
    assert sum(said.count("法定期限") for said in briefing.fields(report)["台账"]) == 1
    assert line in briefing.fields(report)["台账"]
    page = leaders_page.render(report, HOME / "templates").decode()
    assert page.count(line) == 1
    opened = page[page.index('id="clocks"') :].partition("</details>")[0]
    assert '<span class="count">3</span>' in opened
    assert (
        "受理法定期限3月6日，严重超期76天（《信访条例》第二十一条）；办结法定期限5月5日，严重超期16天（《信访条例》第三十三条）" in opened
    )


def test_what_depends_on_holidays_that_nobody_knows_says_so() -> None:
    day = date(2098, 12, 31)
    cases = [case_row(f"SJ-2098-{n:03}", 交办日期="2098-12-30", 办结时限="2099-01-20") for n in range(1, 9)]
    lines = consolidate([assigned(assignment(cases), "2098-12-30 09:00")], [day])[day].report.cases
    objectable = clock_lines.may_object(lines)
    assert clock_lines.beside_notice([], objectable, day) == (
        "新交办的SJ-2098-001、SJ-2098-002、SJ-2098-003、SJ-2098-004、SJ-2098-005、SJ-2098-006等8件，"
        "如不属于本旗区职权，请于2099年1月6日前（含当日）提出异议（《信访工作条例》第二十三条）。"
        "2098、2099 年的放假调休安排程序还不知道，工作日按周一至周五算，放假安排公布后请更新程序。"
    )
    assert lines[0].clocks
    assert "2098、2099 年的放假调休安排程序还不知道" in [*clock_lines.of_case(lines[0].clocks, day)][-1]


@pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
def test_every_output_of_a_clock_in_working_days_names_the_years_that_nobody_knows() -> None:
    """Where acceptance counts working days, conclusion begins where these end; a case handed over in 2097 is by now past both."""
    day, year = date(2098, 12, 31), "2097、2098 年的放假调休安排程序还不知道"
    rules = [rule.model_copy(update={"unit": "working-day"}) if rule.clock == "acceptance" else rule for rule in SETTINGS.statute.rules]
    settings = SETTINGS.model_copy(update={"statute": SETTINGS.statute.model_copy(update={"rules": tuple(rules)})})
    case = case_row("SJ-2098-001", 交办日期="2097-12-30", 办结时限="2098-03-01")
    of_day = consolidate([assigned(assignment([case]), "2097-12-30 09:00")], [day], settings)[day]
    report, line = of_day.report, of_day.report.cases[0]
    assert line.clocks
    assert line.clocks.conclusion
    assert line.clocks.conclusion.unknown_years == (2097, 2098)
    page = leaders_page.render(report, HOME / "templates").decode()
    notice = clock_lines.beside_notice([line], [], day)
    shown = opened(office_workbook.render(report))
    said = {
        "专报": "".join(briefing.fields(report)["台账"]),
        "日报页面": page[page.index('id="clocks"') :].partition("</details>")[0],
        "页面的案件": clock_lines.in_short(line),
        "督办通知": notice,
        "汇总": str(rows(shown, "法定期限", first=1)),
        "explain": "".join(clock_lines.of_case(line.clocks, day)),
        "领导": leader_papers.fields(leader_pages.of(report)[0], report)["说明"],
    }
    assert [output for output, text in said.items() if year not in text] == []
    assert of_day.beyond["clocks"]["unknown_years"] == [2097, 2098]


def test_the_worst_come_first_and_closed_cases_are_not_among_them() -> None:
    ordered = [(case.number, clock_lines.worst(clocks, DAY)[0]) for case, clocks in clock_lines.in_order(_day().report.cases, DAY)]
    assert ordered == [("SJ-2020-001", 0), ("SJ-2020-002", 1), ("SJ-2020-003", 2), ("SJ-2020-004", 3)]


def test_a_clock_is_cited_with_its_last_day_and_what_was_granted() -> None:
    by_number = {case.number: [clock_lines.cited(clock, DAY) for clock in clock_lines.pressing([case])] for case in _day().report.cases}
    assert by_number["SJ-2020-001"] == [
        "受理法定期限3月6日，严重超期76天（《信访条例》第二十一条）",
        "办结法定期限5月5日，严重超期16天（《信访条例》第三十三条）",
    ]
    assert by_number["SJ-2020-003"] == ["办结法定期限5月22日（含延期3天），还有1天（《信访条例》第三十三条）"]
    assert by_number["SJ-2020-004"] == by_number["SJ-2020-005"] == by_number["SJ-2020-006"] == []


def test_the_clocks_of_a_case_say_from_when_they_run_and_what_the_records_cannot_show() -> None:
    by_number = {case.number: case.clocks for case in _day().report.cases}
    resolved = by_number["SJ-2020-005"]
    assert resolved
    assert [*clock_lines.of_case(resolved, DAY)] == [
        "受理：3月16日到期（自3月1日起15天，《信访条例》第二十一条），已完成：受理不晚于5月20日办结，5月21日才首次报来",
        "办结：5月15日到期（自3月16日起60天，《信访条例》第三十三条），5月20日办结，已完成，晚5天",
        "受理日期以首次报“已受理”之日为准，实际可能更早。",
    ]
    assert by_number["SJ-2020-006"] is None


def test_a_case_that_was_first_reported_as_resolved_was_accepted_no_later_than_its_reply() -> None:
    replied = date(2020, 5, 10)
    files = [
        assigned(assignment([case_row("SJ-2020-001", 交办日期="2020-04-20")])),
        handed_in(report(progress=[resolved_row("SJ-2020-001", 答复日期=replied)]), f"{DAY} 16:00"),
    ]
    (case,) = consolidate(files, [DAY])[DAY].report.cases
    assert case.clocks
    first = next(iter(clock_lines.of_case(case.clocks, DAY)))
    assert first.endswith(f"，已完成：受理不晚于5月10日办结，{DAY.month}月{DAY.day}日才首次报来")
    assert "晚16天" not in first
