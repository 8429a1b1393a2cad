"""The clocks of the regulation in words: counted by article, cited for a district, and told of one case."""

from __future__ import annotations

from datetime import date

from offices import Day, assigned, consolidate, handed_in
from workbooks import DAY, assignment, case_row, progress_row, report, resolved_row

from pipeline.report import clock_lines

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
        "法定期限：受理超期1件、严重超期1件（《信访条例》第二十一条）；办结临近1件、严重超期1件（《信访条例》第三十三条）。"
        "受理日期以首次报“已受理”之日为准，实际可能更早。"
    )
    quiet = [case for case in _day().report.cases if case.number in ("SJ-2020-004", "SJ-2020-005", "SJ-2020-006")]
    assert clock_lines.counted(quiet) == ""


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
        "受理：3月16日到期（自3月1日起15天，《信访条例》第二十一条），5月21日首次报已受理，已完成，晚66天",
        "办结：5月15日到期（自3月16日起60天，《信访条例》第三十三条），5月20日办结，已完成，晚5天",
        "受理日期以首次报“已受理”之日为准，实际可能更早。",
    ]
    assert by_number["SJ-2020-006"] is None
