"""The lines that come before everything else.

Covers `headline`, `misspelt`, `open_reasons`, `outcome_words`, `requests`, `same_day`, `urgent_of_period`, `verdict_words` and
`who_reported`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from offices import HOME, SETTINGS, File, Office, afternoon, assigned, consolidate, handed_in, moment, on
from workbooks import (
    DAY,
    DISTRICTS,
    Row,
    assignment,
    case_row,
    edit,
    new_row,
    progress_row,
    reception_row,
    report,
    report_pages,
    resolved_row,
    urgent_row,
    write,
)

from pipeline.day.edit_effects import Effects
from pipeline.day.particulars import Edit
from pipeline.day.refused_matters import RefusedMatter
from pipeline.day.restatement import Moves, Restated
from pipeline.day.targets import Tally
from pipeline.office import attendance, status, waiting
from pipeline.render import files_for_programs
from pipeline.render.page import leaders_page
from pipeline.render.papers import briefing, decision_items, leader_papers
from pipeline.report import (
    corrections,
    decision_words,
    edit_words,
    headline,
    leader_pages,
    matter_words,
    outcome_words,
    period,
    period_words,
    same_day,
    sentences,
    urgent_of_period,
    verdict_words,
    who_reported,
)
from pipeline.report.figures import Bounds, Bridge, Figure, Step
from pipeline.terms.contract import SAFETY

if TYPE_CHECKING:
    from weeks import Published

    from pipeline.report.report import Report


def test_the_verdicts_come_first_then_what_is_asked_then_what_was_restated(published: Published) -> None:
    report = published("week-light").reports[3]
    lines = headline.lines(report)
    assert [name for name, _said in lines] == ["结论", "请决定", "此前的险情", "更正"]
    verdicts, asked, _dangers, restated = (said for _name, said in lines)
    assert (
        verdicts
        == "自治区交办24.1%，未达标，还差22件，可继续化解的21件全部化解也达不到目标；市级交办和旗区自行梳理13.3%，未达标，还差58件。"
    )
    assert asked == (
        "此前急报尚无下文3件（都是工程安全隐患：乌审旗、准格尔旗）。"
        "今日需要决策的事项共24件：群众不认可3件、超期未结21件。另有急报3件请知悉（都是工程安全隐患：东胜区等3个旗区）。"
    )
    assert (
        restated
        == "本期是更正：市级交办和旗区自行梳理由10/74改为10/75；与5月21日12:00所知相比，市级交办和旗区自行梳理5月20日由7/69改为7/71。"
    )
    quiet = replace(report, restated=(), is_correction=False)
    assert [name for name, _said in headline.lines(quiet)] == ["结论", "请决定", "此前的险情"]
    by_noon = replace(quiet, overnight=report.restated[:1])
    assert headline.lines(by_noon)[-1] == ("更正", "与5月20日24:00所知相比，市级交办和旗区自行梳理5月20日由7/69改为7/71。")
    edit = Effects(edits=(Edit("SJ-2020-001", "案由", "甲", "乙"),))
    assert headline.lines(replace(quiet, overnight_effects=edit))[-1] == (
        "更正",
        "以前日报里的案件内容有更正：台账要素改动1件：案由1件（SJ-2020-001：甲→乙）。",
    )


def test_of_many_corrections_those_are_named_that_change_a_figure_and_first_those_that_turn_a_verdict(published: Published) -> None:
    report = published("week-light").reports[3]
    region, city = (group.name for group in report.settings.groups)

    def told(day: int, group: str, then: tuple[int, int], now: tuple[int, int]) -> Restated:
        """A group on a day; (total, resolved) as it was told and is known."""
        target = 100 if group == region else 90
        moves = Moves(newly_counted=("ZZQ-2020-001",), no_longer_counted=("ZZQ-2020-002",))
        return Restated(date(2020, 5, day), group, (Tally(target, *then), Tally(target, *now)), moves)

    quiet = replace(report, is_correction=False, overnight=(), overnight_earlier=(), overnight_net=())
    entries = (
        told(17, region, (32, 29), (32, 28)),
        told(19, region, (31, 29), (31, 28)),
        told(19, city, (65, 59), (65, 58)),
        told(20, region, (30, 29), (30, 28)),
        told(20, city, (66, 60), (66, 60)),
    )
    first = (
        f"与5月21日12:00所知相比，{region}5月19日由29/31改为28/31；5月20日由29/30改为28/30；"
        f"{city}5月19日由59/65改为58/65，按件数算由达标变为未达标"  # by groups, and in the order of the days
    )
    assert (
        headline.lines(replace(quiet, restated=entries))[-1][1]
        == f"{first}；另2处达标与否没有变，其中1处件数不变、案件有变（{region}5月17日、{city}5月20日）。"
    )
    four = headline.lines(replace(quiet, restated=entries[1:]))[-1][1]
    same = "5月20日仍为60/66（改为计入化解1件（ZZQ-2020-001），改为不计入化解1件（ZZQ-2020-002））。"
    assert four == f"{first}；{same}", "of four none is left out"
    won, lost = told(18, city, (65, 58), (65, 59)), told(20, city, (65, 59), (65, 58))
    both = headline.lines(replace(quiet, restated=(won, lost)))[-1][1]
    assert both.index("5月18日") < both.index("5月20日"), "in the order of the days, whichever way they turned"
    twice = headline.unnamed([[entries[0]], [entries[0]]], DAY)
    assert twice == f"；另2处达标与否没有变（{region}5月17日）", "a period may have one of two days that tell it"


def test_what_is_not_settled_is_provisional_with_the_reason(published: Published) -> None:
    report = published("week-light").reports[3]
    figure = report.targets[1]
    open_ends = Bounds(replace(figure.tally, resolved=0), replace(figure.tally, resolved=figure.tally.total), (("absent", ("东胜区",)),))
    submissions = (replace(report.submissions[0], status="missing"), *report.submissions[1:])
    day = replace(report, targets=(report.targets[0], replace(figure, bounds=open_ends)), submissions=submissions)
    assert headline.lines(day)[0] == (
        "结论",
        (
            "自治区交办24.1%，未达标，还差22件，可继续化解的21件全部化解也达不到目标；市级交办和旗区自行梳理13.3%，暂计未达标，还差58件。"
            "暂计的原因：东胜区没有日报，补报后结论可能改变。没有日报的办理得怎样不知道，案件沿用此前的情况。"
        ),
    )
    settled = replace(day, targets=report.targets)
    assert headline.lines(settled)[0][1].endswith("。东胜区今日没有日报，办理得怎样不知道，其案件沿用此前的情况。")
    silent = replace(settled, submissions=tuple(replace(line, status="missing") for line in report.submissions))
    assert headline.lines(silent)[0][1].endswith(
        "9个旗区今日都没有日报，今日的办理、认可、急报都不知道；以下沿用此前的报送，不是今日的情况。"
    )


def test_where_nobody_ever_reported_nothing_is_said_to_go_on_from_earlier_reports() -> None:
    report = consolidate([assigned(assignment())], [DAY])[DAY].report
    said = headline.lines(report)[0][1]
    assert said.endswith("至今没有旗区报送过日报，数字只来自案件包案任务分解表，办理得怎样、有没有认可和急报，都不知道。")
    assert "沿用" not in said


def test_a_row_that_is_refused_for_two_faults_is_one_row() -> None:
    row = {**resolved_row("ZZQ-2020-001"), "答复日期": "5.21", "当前状态": "已办"}
    files = [assigned(assignment([case_row("ZZQ-2020-001", 案件来源="自治区交办")])), handed_in(report(progress=[row]), f"{DAY} 16:00")]
    told = consolidate(files, [DAY])[DAY].report
    first, second = (line.finding for line in told.findings if line.finding.refuses)
    assert (first.row, first.cell != second.cell) == (second.row, True)
    assert verdict_words.to_mend(told) == f"日报退回待改正的：东胜区1行（案件进展!{first.cell}）。"


def test_the_refused_row_that_can_still_turn_a_verdict_is_named_and_below_with_its_cell() -> None:
    """The one case of the region is told with a date that nobody understands."""
    row = {**resolved_row("ZZQ-2020-001"), "答复日期": "5.21"}
    files = [assigned(assignment([case_row("ZZQ-2020-001", 案件来源="自治区交办")])), handed_in(report(progress=[row]), f"{DAY} 16:00")]
    told = consolidate(files, [DAY])[DAY].report
    found = next(line.finding for line in told.findings if line.finding.code == "bad-date")
    said = verdict_words.to_mend(told)
    assert said == f"日报退回待改正的：东胜区1行（案件进展!{found.cell}）。"
    assert headline.lines(told)[0][1].endswith("日报退回待改正的：东胜区1行。")
    assert said in briefing.fields(told)["范围说明"]


def test_what_is_to_be_mended_is_one_list_of_every_district_in_the_first_lines_and_below_the_table(published: Published) -> None:
    """Rows of the day and of days before, whether or not they can turn a verdict; an urgent matter that was refused too."""
    report = published("week-light").reports[3]
    whole = verdict_words.to_mend(report)
    refused = {point.district for point in report.open_points if point.refused}
    assert refused
    assert all(name in whole for name in refused)
    assert whole in briefing.fields(report)["范围说明"]
    matter = RefusedMatter(date(2020, 5, 18), "乌审旗", SAFETY)
    assert "乌审旗1行及5月18日、19日" in verdict_words.to_mend(replace(report, earlier_refused=(matter,)))


def test_why_verdicts_are_provisional_is_said_once_for_all_of_them() -> None:
    tally = Tally(90, 10, 8)
    ends = Bounds(tally, Tally(90, 10, 10), (("absent", ("东胜区",)),), told_on=DAY, open=frozenset({("东胜区", DAY)}))
    more = replace(ends, reasons=(("absent", ("东胜区",)), ("refused", ("达拉特旗",))))
    first, same, other = (Figure(label, label, tally, bounds) for label, bounds in (("一", ends), ("二", ends), ("三", more)))
    order = ("达拉特旗", "东胜区")
    assert verdict_words.why_provisional([first, same], order) == "暂计的原因：东胜区没有日报，补报后结论可能改变。"
    both = verdict_words.why_provisional([first, other], order)
    assert both == "暂计的原因合起来：东胜区没有日报，达拉特旗有退回的内容没有改正，补报、改正后结论可能改变。"
    assert verdict_words.why_provisional([replace(first, bounds=None)], order) == ""


def test_a_case_that_was_reported_before_any_workbook_had_it_is_awaited_from_then_on_and_settled_by_its_first_row() -> None:
    """05-19 达拉特旗 reports a number that nobody knows; 05-20 a workbook brings it in; 05-21 nothing, or the row again."""
    days = [DAY - timedelta(days=past) for past in (2, 1, 0)]
    listed, late = [case_row("SJ-2020-001", "达拉特旗")], case_row("SJ-2020-008", "达拉特旗")
    rows = [resolved_row(number, 答复日期="2020-05-18") for number in ("SJ-2020-001", "SJ-2020-008")]
    files = [assigned(assignment(listed)), assigned(assignment([*listed, late]), f"{days[1]} 10:00", "分解表2.xlsx")]
    files += [handed_in(report("达拉特旗", days[0], progress=rows), f"{days[0]} 16:00")]
    files += [handed_in(report("达拉特旗", day, progress=rows[:1]), f"{day} 16:00") for day in days[1:2]]
    others = [handed_in(report(name, day, progress=[]), f"{day} 16:00") for name in DISTRICTS if name != "达拉特旗" for day in days]
    again = handed_in(report("达拉特旗", DAY, progress=rows), f"{DAY} 16:00")
    silent = handed_in(report("达拉特旗", DAY, progress=rows[:1]), f"{DAY} 16:00")
    told = consolidate([*files, *others, silent], days)
    assert "有退回的内容没有改正" in headline.lines(told[days[0]].report)[0][1]
    said = headline.lines(told[DAY].report)[0][1]
    assert "达拉特旗报过的案件后来才列入台账，列入以后还没有再报，再报后结论可能改变" in said
    assert "退回" not in said
    assert "5月19日报的案件后来才列入台账" in sentences.bounds_rule(3, told[DAY].report.open_points, DAY)
    settled = consolidate([*files, *others, again], days)[DAY].report
    assert settled.targets[1].is_certain
    assert not any(point.awaited or point.refused for point in settled.open_points)


def test_a_row_about_a_case_whose_row_in_the_workbook_was_refused_is_no_fault_and_keeps_nothing_open() -> None:
    """The workbook's row of SJ-2020-008 has no 案由; its district reports the case."""
    listed = [case_row("SJ-2020-001", "达拉特旗"), case_row("SJ-2020-008", "达拉特旗", 案由="")]
    files = [assigned(assignment(listed))]
    files += [handed_in(report(name, DAY, progress=[]), f"{DAY} 16:00") for name in DISTRICTS if name != "达拉特旗"]
    rows = [resolved_row("SJ-2020-001"), resolved_row("SJ-2020-008")]
    day = consolidate([*files, handed_in(report("达拉特旗", DAY, progress=rows), f"{DAY} 16:00")], [DAY])[DAY]
    found = next(line.finding for line in day.report.findings if line.finding.code == "unknown-case")
    assert "分解表的那一行退回了" in found.message
    assert "不算达拉特旗填错" in found.message
    assert day.report.targets[1].is_certain


def test_a_case_that_counts_again_is_not_told_as_resolved_that_day() -> None:
    """康巴什区 has one case: resolved two days ago, cancelled yesterday, and no longer cancelled today, without a report."""
    days = [DAY - timedelta(days=past) for past in (2, 1, 0)]
    rows = [case_row("SJ-2020-001"), case_row("SJ-2020-020", "康巴什区", 包案领导="领导九")]
    cancelled = [rows[0], {**rows[1], "撤销依据": "重复"}]
    files = [assigned(assignment(rows)), assigned(assignment(cancelled), f"{days[1]} 09:00"), assigned(assignment(rows), f"{DAY} 09:00")]
    settled = resolved_row("SJ-2020-020", 答复日期="2020-05-18")
    files += [handed_in(report("康巴什区", days[0], progress=[settled]), f"{days[0]} 16:00")]
    files += [handed_in(report(day=day, progress=[progress_row("SJ-2020-001")]), f"{day} 16:00") for day in days]
    day = consolidate(files, days)[DAY]
    assert day.summary["changes"]["newly_resolved"] == day.summary["changes"]["counted_again"] == ["SJ-2020-020"]
    told = day.report
    assert [(change.kind, change.number) for change in told.changes] == [("counted_again", "SJ-2020-020")]
    paper = briefing.fields(told)
    assert paper["小标题"]["变化"] == "三、今日恢复计入1件"
    assert "新化解" not in str(paper["变化"])
    assert (
        "因恢复计入（SJ-2020-020），康巴什区（市级交办和旗区自行梳理）由0/0（—）变为1/1（100.0%）、领导九"
        in edit_words.outcomes(told.edited, DAY)[1]
    )
    again = consolidate([*files, handed_in(report("康巴什区", DAY, progress=[settled]), f"{DAY} 16:00")], days)[DAY].report
    assert again.resolved_today == ()


def test_a_case_that_is_referred_and_one_that_comes_back_are_named() -> None:
    days = [DAY - timedelta(days=past) for past in (2, 1, 0)]
    files = [assigned(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")]))]
    told = [{}, {"当前状态": "导入法定途径"}, {"当前状态": "办理中", "重新办理原因": "法院不予受理"}]
    files += [
        handed_in(report(day=day, progress=[progress_row("SJ-2020-001", **row), progress_row("SJ-2020-002")]), f"{day} 16:00")
        for day, row in zip(days, told, strict=True)
    ]
    _first, second, third = (done.report for _day, done in sorted(consolidate(files, days).items()))
    assert "导入法定途径1件（东胜区SJ-2020-001）" in briefing.fields(second)["变化"]
    assert "从法定途径回来办理1件（东胜区SJ-2020-001）" in briefing.fields(third)["变化"]
    assert [change.kind for change in (*second.changes, *third.changes)] == ["referred", "referred_back"]


def test_a_star_in_the_table_for_the_sake_of_a_report_of_an_earlier_day_has_its_reason_below() -> None:
    """杭锦旗, of which nothing is lacking, misses the target alone; what 东胜区 would have said the day before turns its own row."""
    before = DAY - timedelta(days=1)
    files = [assigned(assignment([case_row("ZZQ-2020-001"), case_row("ZZQ-2020-002", "杭锦旗")]))]
    files += [handed_in(report("杭锦旗", day, progress=[progress_row("ZZQ-2020-002")]), f"{day} 16:00") for day in (before, DAY)]
    files += [handed_in(report(progress=[], reception=[reception_row()]), f"{DAY} 16:00")]
    told = consolidate(files, [before, DAY])[DAY].report
    assert told.targets[0].is_certain
    noted = briefing.fields(told)["范围说明"]
    assert noted == f"{sentences.PROVISIONAL_GAP}缺以前的日报的：东胜区（5月20日）。"


def _nine_of_ten(*more: Row, also: Sequence[str] = ()) -> Report:
    """The report of a day on which eight of ten cases are resolved, and what stands in these rows counts nowhere."""
    numbers = [f"SJ-2020-{n:03}" for n in range(1, 11)]
    rows = [*(resolved_row(number) for number in numbers[:8]), *more]
    files = [assigned(assignment([case_row(number) for number in (*numbers, *also)])), handed_in(report(progress=rows), f"{DAY} 16:00")]
    return consolidate(files, [DAY])[DAY].report


def test_of_a_row_with_a_mistyped_number_that_decides_the_verdict_it_is_told_what_mending_makes_of_it() -> None:
    """One case is lacking, and the row that would be it stands in the report; it counts in no figure."""
    told = _nine_of_ten(resolved_row("SJ-2020-0O9"))
    city = told.targets[1]
    assert (city.tally.resolved, city.tally.total, city.verdict) == (8, 10, "暂计未达标")
    said = f"东胜区写的是“SJ-2020-0O9 已化解”，若指SJ-2020-009，改正后{city.label}为9/10，按件数算达标。"
    assert headline.lines(told)[0][1].endswith(f"日报退回待改正的：东胜区1行。{said}")
    assert said in leaders_page.render(told, HOME / "templates").decode()
    assert said in str(briefing.fields(told)["提要"])
    both = headline.lines(_nine_of_ten(resolved_row("SJ-2020-0O9"), resolved_row("SJ-2020-O10")))[0][1]
    assert f"若指SJ-2020-010，都改正后{city.label}为10/10，按件数算达标。" in both


def test_a_row_that_takes_a_case_from_those_counted_is_told_likewise() -> None:
    row = {**resolved_row("SJ-2020-0O9"), "群众确认": "不认可"}
    assert "若指" not in headline.lines(_nine_of_ten(row))[0][1]  # it changes nothing that is counted
    numbers = [f"SJ-2020-{n:03}" for n in range(1, 11)]
    before = handed_in(report(progress=[resolved_row(number) for number in numbers[:9]]), f"{DAY} 16:00")
    day = DAY + timedelta(days=1)
    after = handed_in(report(day=day, progress=[row]), f"{day} 16:00")
    told = consolidate([assigned(assignment([case_row(number) for number in numbers])), before, after], [day])[day].report
    assert (told.targets[1].tally.resolved, told.targets[1].verdict) == (9, "暂计达标")
    assert f"若指SJ-2020-009，改正后{told.targets[1].label}为8/10，按件数算未达标。" in headline.lines(told)[0][1]


@pytest.mark.parametrize(
    ("rows", "also"),
    [
        pytest.param([resolved_row("SJ-2020-OO09")], ["SJ-2020-9"], id="two cases can be meant"),
        pytest.param([resolved_row("SJ-2020-0O9"), progress_row("SJ-2020-009")], (), id="the case has a row"),
        pytest.param([resolved_row("SJ-2020-0O9"), resolved_row("SJ-2020-OO9")], (), id="two rows can mean the case"),
        pytest.param([{**resolved_row("SJ-2020-0O9"), "答复文号": None}], (), id="something else is wrong too"),
        pytest.param([{**resolved_row("SJ-2020-0O9"), "答复日期": date(2000, 1, 1)}], (), id="it would be refused for its case too"),
        pytest.param([{**resolved_row("SJ-2020-0O9"), "案由": "另一件事"}], (), id="it is about another matter"),
        pytest.param([resolved_row("SJ-2020-999")], (), id="no number looks like it"),
    ],
)
def test_a_row_of_which_it_is_not_plain_what_mending_makes_of_it_is_named_by_its_cell_alone(rows: list[Row], also: Sequence[str]) -> None:
    said = headline.lines(_nine_of_ten(*rows, also=also))[0][1]
    assert "退回待改正的：东胜区" in said
    assert "若指" not in said


def test_that_nothing_needs_a_decision_is_said_of_those_who_reported(published: Published) -> None:
    report = published("week-light").reports[3]
    three = (*(replace(line, status="missing") for line in report.submissions[:3]), *report.submissions[3:])
    quiet = replace(report, decisions=(), urgent=(), earlier_urgent=(), changed_matters=(), submissions=three)
    assert headline.lines(quiet)[1][1].startswith("今日6个旗区的日报里没有需要决策的事项，东胜区等3个旗区没有日报。")
    assert briefing.fields(quiet)["小标题"]["决策"] == "二、6个旗区的日报里没有需要决策的事项，东胜区等3个旗区没有日报"
    assert decision_words.none(report.submissions) == "没有需要决策的事项"
    assert decision_words.none(report.submissions, "报来的急报事项有退回的。") == "采用的日报里没有需要决策的事项"


def test_a_report_of_which_every_row_was_refused_is_no_news_of_its_district_and_a_zero_report_is(published: Published) -> None:
    report = published("week-light").reports[3]
    first, *others = (replace(line, status="on-time", zero_report=False, rows_accepted=2, rows_refused=0) for line in report.submissions)
    refused = replace(first, rows_accepted=0, rows_refused=3)
    lines = (refused, *others)
    said = headline.lines(replace(report, submissions=lines))[0][1]
    assert said.endswith("。东胜区今日的日报全部退回，一行也没有采用，办理得怎样不知道，其案件沿用此前的情况。")
    assert who_reported.submissions(lines) == "9个旗区中8个有可用的日报；日报全部退回、一行也没有采用的1个（东胜区）。"
    gone = replace(lines[1], status="missing", zero_report=False, rows_accepted=0, revision=0)
    came = [lines[0], gone, replace(gone, district="乌审旗", refused_files=1)]
    apart = "没有日报的1个（{}）；送来的日报整份退回、没有采用的1个（乌审旗）；日报全部退回、一行也没有采用的1个（东胜区）。"
    assert who_reported.submissions(came) == f"3个旗区都没有可用的日报；{apart.format(gone.district)}"
    assert (who_reported.in_short(lines), who_reported.status(refused)) == ("东胜区日报全部退回", "全部退回")
    assert who_reported.nothing("没有。", lines) == "没有。日报全部退回的1个旗区有没有，不知道。"
    assert "日报可用的8个旗区，今日没有案件新化解" in sentences.changes([], "汇总表", lines)
    silent = (refused, *(replace(line, status="missing", revision=0, rows_accepted=0) for line in others))
    assert who_reported.nothing("没有。", silent) == "今日没有旗区的日报能够采用，有没有，不知道。"
    assert who_reported.silence(silent).startswith("达拉特旗等8个旗区今日没有日报，东胜区今日的日报全部退回")
    told = (replace(refused, rows_refused=0, zero_report=True), replace(first, rows_refused=3))
    assert (who_reported.silence(told), who_reported.in_short(told), who_reported.status(told[1])) == ("", "都有日报", "按时")


@pytest.mark.parametrize(
    ("now", "unmoved", "said"),
    [
        ((64, 59), (66, 59), "达标，不计台账改动为89.3%，不到90%"),
        ((64, 50), (50, 50), "未达标，还差8件，不计台账改动为100.0%，达到90%"),
        ((64, 60), (66, 60), "达标"),
    ],
)
def test_edits_of_the_register_that_turn_a_verdict_stand_beside_it(
    published: Published, now: tuple[int, int], unmoved: tuple[int, int], said: str
) -> None:
    report = published("week-light").reports[3]
    figure = replace(report.targets[1], tally=Tally(90, *now), bounds=None)
    turned = replace(report.certainties[1], unmoved=Tally(90, *unmoved))
    day = replace(report, targets=(report.targets[0], figure), certainties=(report.certainties[0], turned))
    assert headline.lines(day)[0][1].split("；")[1].startswith(f"市级交办和旗区自行梳理{figure.tally.rate_percent}%，{said}。")


def _verdicts(*days: tuple[Sequence[Row], Sequence[Row]], cases: Sequence[Row] = ()) -> list[str]:
    """The verdict of each group on DAY; of each day up to it 东胜区's rows and the new cases that it found."""
    listed = [case_row("ZZQ-2020-001"), case_row("ZZQ-2020-002"), *(case_row(f"SJ-2020-{at:03}") for at in range(1, 11)), *cases]
    files = [assigned(assignment(listed))]
    for back, (rows, new) in zip(range(len(days) - 1, -1, -1), days, strict=True):
        day = DAY - timedelta(days=back)
        files.append(File(report(day=day, progress=rows, new=new), afternoon(day), f"{day}.xlsx"))
    return headline.lines(consolidate(files, [DAY])[DAY].report)[0][1].split("。")[0].split("；")


def _settled(*numbers: str, **cells: str) -> list[Row]:
    return [resolved_row(number, **{"答复日期": "2020-05-18", **cells}) for number in numbers]


def test_a_target_that_is_met_only_by_another_reply_without_a_confirmation_says_so() -> None:
    disputed = [*_settled("ZZQ-2020-001"), *_settled("ZZQ-2020-002", 群众确认="不认可")]
    answered = {"答复文号": "甲复〔2020〕9号", "答复日期": "2020-05-20"}
    again = _settled("ZZQ-2020-002", **answered, 群众确认="未回访")
    said = "，其中1件原群众不认可、另行答复后计入、此后没有认可，不计这1件为50.0%，不到100%"
    for last in ([], [*again], [{**again[0], "群众确认": None}]):  # on that day, and on the days after it
        (first, _others) = _verdicts((disputed, []), (again, []), (last, []))
        assert "达标" in first
        assert first.endswith(said)
    (first, _others) = _verdicts((disputed, []), (again, []), ([{**again[0], "群众确认": "认可"}], []))
    assert "原群众不认可" not in first
    (first, _others) = _verdicts((_settled("ZZQ-2020-001", "ZZQ-2020-002", 群众确认="未回访"), []), ([], []))
    assert "原群众不认可" not in first  # the split by 群众确认 tells it


def test_a_rate_that_only_cases_found_and_resolved_within_the_day_lifted_says_so() -> None:
    numbers = [f"DS-2020-{at:03}" for at in range(1, 11)]
    found = [new_row(number, 案由=f"漏水{number}", 排查日期=f"{DAY}") for number in numbers]
    within = _settled(*numbers, 答复日期=f"{DAY}")
    five, six = ([*_settled(*(f"SJ-2020-{at:03}" for at in range(1, last)))] for last in (6, 7))
    without, others = "，不计今日新增即化解的7件，化解率没有升高", "，前一日没有计入化解的案件今日"
    assert _verdicts((five, []), (within[:7], found[:7]))[1].endswith(f"{without}{others}一件也没有计入")
    reopened = [progress_row("SJ-2020-001", 重新办理原因="仍漏水"), six[-1]]
    assert _verdicts((five, []), ([*within[:7], *reopened], found[:7]))[1].endswith(f"{without}{others}计入1件")
    lifted = f"，化解率升高，其中今日新增即化解7件{others}计入1件"
    assert _verdicts((five, []), ([*within[:7], six[-1]], found[:7]))[1].endswith(lifted)
    eight = _settled(*(f"SJ-2020-{at:03}" for at in range(1, 9)))
    turned = _verdicts((eight, []), (within, found))[1]
    assert turned.endswith(f"，不计今日新增即化解的10件为80.0%，不到90%{others}一件也没有计入")
    nine, cancelled = _settled(*(f"SJ-2020-{at:03}" for at in range(1, 10))), case_row("SJ-2020-011", 撤销依据="重复交办")
    (_region, alone) = _verdicts((nine, []), ([], []), cases=[cancelled])
    assert alone.endswith("，不计台账改动为81.8%，不到90%")
    (_region, with_new) = _verdicts((nine, []), (within, found), cases=[cancelled])
    assert with_new.endswith(f"，不计台账改动和今日新增即化解的10件为81.8%，不到90%{others}一件也没有计入")


def test_a_target_that_was_met_yesterday_and_is_not_today_says_what_took_it() -> None:
    both, nine = _settled("ZZQ-2020-001", "ZZQ-2020-002"), _settled(*(f"SJ-2020-{at:03}" for at in range(1, 10)))
    disputed, again = _settled("ZZQ-2020-001", 群众确认="不认可"), progress_row("SJ-2020-001", 重新办理原因="仍漏水")
    found = [new_row("DS-2020-001", 案由="漏水", 排查日期=f"{DAY}")]
    region, city = _verdicts(([*both, *nine], []), ([*disputed, again], found))
    assert "未达标，还差1件，前一日按件数算达标（2/2），今日群众不认可1件（ZZQ-2020-001）" in region
    assert city.endswith("，前一日按件数算达标（9/10），今日重新办理1件（SJ-2020-001）、旗区新排查1件（DS-2020-001）")
    assert not any("前一日" in said for said in _verdicts(([*both, *nine], []), ([], [])))
    assert not any("前一日" in said for said in _verdicts(([], []), ([*disputed, again], [])))


def test_a_correction_says_that_the_verdict_of_the_day_before_has_turned_and_what_was_told_of_it() -> None:
    """Yesterday's 9 of 10 were 8, as came to light two days later: the first edition told of a target lost today."""
    names, yesterday = [f"SJ-2020-{at:03}" for at in range(1, 10)], DAY - timedelta(days=1)
    files = [
        assigned(assignment([case_row(f"SJ-2020-{at:03}") for at in range(1, 11)])),
        File(report(day=yesterday, progress=_settled(*names)), afternoon(yesterday), "昨.xlsx"),
        File(report(progress=_settled(names[0], 群众确认="不认可")), afternoon(DAY), "今.xlsx"),
    ]
    late = File(report(day=yesterday, progress=_settled(*names[:8])), afternoon(DAY + timedelta(days=2)), "昨更正.xlsx")
    first, corrected, next_day = (
        headline.lines(consolidate(come, [day])[day].report)[0][1]
        for come, day in ((files, DAY), ([*files, late], DAY), ([*files, late], DAY + timedelta(days=1)))
    )
    assert "前一日按件数算达标（9/10），今日群众不认可1件（SJ-2020-001）" in first
    assert "，前一日当时按件数算达标（9/10），后来更正为未达标（8/10：SJ-2020-009）" in corrected
    assert "前一日" not in next_day


def test_a_case_that_leaves_takes_no_target_of_all_and_another_target_yesterday_is_not_compared() -> None:
    left, fell = Step("cancelled", -1, ("甲-1",)), Step("disputed", -1, ("甲-2",))
    region = Bridge("自治区交办", 20, (left,), 19, 20, (left, fell), 18, target_before=100)
    assert same_day.lost(region, Tally(100, 19, 18)) == "前一日按件数算达标（20/20），今日群众不认可1件（甲-2）"
    city = Bridge("市级交办", 40, (left,), 39, 36, (left,), 35, target_before=90)
    assert same_day.lost(city, Tally(90, 39, 35)) == "前一日按件数算达标（36/40），今日撤销1件（甲-1）"
    assert same_day.lost(replace(city, target_before=95), Tally(90, 39, 35)) == ""
    restated = Step("restated", -2, ("甲-3", "甲-4"))
    late = replace(city, resolved_before=38, resolved_steps=(restated, left))
    assert same_day.lost(late, Tally(90, 39, 35)).startswith("前一日按现在所知的件数达标（36/40），")


def test_of_cases_found_and_resolved_within_the_day_nothing_is_said_where_others_lifted_the_rate_or_nothing_did() -> None:
    found, within = [new_row("DS-2020-001", 排查日期=f"{DAY}")], _settled("DS-2020-001", 答复日期=f"{DAY}")
    two, fell = _settled("SJ-2020-001", "SJ-2020-002"), progress_row("SJ-2020-001", 重新办理原因="仍漏水")
    for before, today in (([], [*within, *two]), (two, [*within, fell])):
        assert "新增即化解" not in _verdicts((before, []), (today, found))[1]
    assert "新增即化解" not in _verdicts((within, found))[1]


def test_an_earlier_day_of_which_only_the_cases_changed_is_told_with_them(published: Published) -> None:
    report = published("week-light").reports[3]
    entry = report.restated[0]
    moves = Moves(newly_counted=("SJ-2020-001",), no_longer_counted=("SJ-2020-002",))
    swapped = replace(entry, tallies=(entry.tallies[1], entry.tallies[1]), moves=moves)
    said = headline.lines(replace(report, restated=(swapped,), is_correction=False))[-1][1]
    assert said.endswith("仍为7/71（改为计入化解1件（SJ-2020-001），改为不计入化解1件（SJ-2020-002））。")


def _restated(day: date, *late: File) -> str:
    return dict(headline.lines(_corrected(day, *late))).get("更正", "")


def _corrected(day: date, *late: File) -> Report:
    """The report of that day: 东胜区 had resolved the first case, 达拉特旗 the fifth, of six, three days before DAY."""
    monday, numbers = DAY - timedelta(days=3), [f"ZZQ-2020-{at:03}" for at in range(1, 7)]
    cases = [case_row(number, district) for number, district in zip(numbers, ("东胜区",) * 4 + ("达拉特旗",) * 2, strict=True)]
    reports = [("东胜区", _settled(numbers[0])), ("达拉特旗", _settled(numbers[4]))]
    first = [File(report(district, monday, progress=rows), afternoon(monday)) for district, rows in reports]
    quiet = [File(report(day=monday + timedelta(days=days), progress=[]), afternoon(monday + timedelta(days=days))) for days in (1, 2, 3)]
    return consolidate([assigned(assignment(cases)), *first, *quiet, *late], [day])[day].report


def _late(came: str, *numbers: str, district: str = "东胜区") -> File:
    return handed_in(report(district, DAY - timedelta(days=3), progress=_settled(*numbers)), came, f"{came}.xlsx")


def test_a_day_that_was_corrected_there_and_back_is_told_once_with_its_cases() -> None:
    tuesday, more = DAY - timedelta(days=2), _late("2020-05-19 10:10", "ZZQ-2020-001", "ZZQ-2020-002")
    said = _restated(tuesday, more, _late("2020-05-19 14:05", "SJ-2020-009", district="达拉特旗"))
    moves = "改为计入化解1件（ZZQ-2020-002），改为不计入化解1件（ZZQ-2020-005）"
    assert said == f"与5月18日24:00所知相比，自治区交办5月18日仍为2/6（{moves}）。"
    assert _restated(tuesday, more) == "与5月18日24:00所知相比，自治区交办5月18日由2/6改为3/6。"
    assert _restated(tuesday, more, _late("2020-05-19 14:05", "ZZQ-2020-001")) == "5月18日自治区交办曾有更正，又改回2/6。"


def test_what_came_by_noon_is_told_of_every_earlier_day_that_it_changed() -> None:
    """The day before restates them, but in an edition that came after its readers had read it."""
    late = _late("2020-05-21 10:00", "ZZQ-2020-001", "ZZQ-2020-002")
    assert _restated(DAY, late) == "与5月20日24:00所知相比，自治区交办5月18日至5月20日由2/6改为3/6。"
    came, cases = "东胜区5月18日日报的更正（5月21日10:00收到）", "改为计入化解1件（ZZQ-2020-002）"
    assert corrections.of_group(_corrected(DAY, late), "自治区交办").startswith(
        f"以前的数字，与5月20日24:00所知相比有更正：5月18日至5月20日由2/6改为3/6；{cases}；依据{came}。"
    )
    assert _restated(DAY - timedelta(days=1), late) == "与5月20日12:00所知相比，自治区交办5月18日至5月19日由2/6改为3/6。"
    evening = _late("2020-05-20 20:00", "ZZQ-2020-001", "ZZQ-2020-002")
    assert (_restated(DAY, evening), _restated(DAY - timedelta(days=1), evening)) == (
        "",
        "与5月20日12:00所知相比，自治区交办5月18日至5月19日由2/6改为3/6。",
    )


def test_a_correction_that_changes_no_figure_says_whose_report_came_late() -> None:
    zero = handed_in(report("康巴什区", DAY, progress=[]), "2020-05-23 16:50", "零.xlsx")
    late = "康巴什区补报的5月21日日报（5月23日16:50收到）"
    assert _restated(DAY, zero) == f"本期是更正：{late}，总数和化解件数没有变。"


@pytest.mark.parametrize(
    ("taken", "said"), [("", ""), ("16:40", "，后来另报的已采用"), ("16:00", "，先前报的已采用")], ids=["none", "later", "earlier"]
)
def test_of_a_file_that_cannot_be_opened_it_is_not_said_what_it_names_and_that_another_was_taken(taken: str, said: str) -> None:
    """Nobody knows what the cover of such a file says."""
    locked = File(b"no workbook", moment("2020-05-21 16:30"), "打不开.xlsx", channel="email", sender="zhungeer@example.com")
    files = [handed_in(report("准格尔旗", progress=[]), f"2020-05-21 {taken}")] if taken else []
    told = on(DAY, assigned(assignment()), locked, *files).report.arrived_reports
    why = f"准格尔旗（文件打不开{said}）"
    assert who_reported.unplaced(told) == f"另有1份文件没有采用，看不出写的是哪个旗区，是登记的填报人送来的：{why}。"
    assert [line.whose for line in told if line.name == "打不开.xlsx"] == ["准格尔旗送来，文件看不出写的是哪个旗区"]


@pytest.mark.parametrize(
    ("sender", "sent_by", "whose"),
    [
        ("dalate@example.com", "达拉特旗", "达拉特旗送来，封面写的是东胜区"),
        ("x@example.org", "", "不能确认是谁送来，封面写的是东胜区"),
        (None, "", "不能确认是谁送来，封面写的是东胜区"),
    ],
)
def test_a_strangers_file_casts_no_doubt_on_the_district_that_it_names_and_says_who_sent_it(
    sender: str | None, sent_by: str, whose: str
) -> None:
    files = [File(report(name, progress=[], reception=[], urgent=[]), afternoon(DAY)) for name in SETTINGS.district_names]
    strange = File(report(progress=[]), moment("2020-05-21 16:30"), "外.xlsx", channel="email", sender=sender)
    own = handed_in(write(edit(report_pages(progress=[]), {"案件进展!P1": "身份证号"})), "2020-05-21 16:30")
    quiet, disturbed = (on(DAY, assigned(assignment()), *files, *more).report for more in ([], [strange]))
    assert disturbed.targets == quiet.targets
    assert disturbed.targets != on(DAY, assigned(assignment()), *files, own).report.targets  # its own wrong correction does
    assert headline.lines(disturbed)[0] == headline.lines(quiet)[0]
    assert who_reported.unplaced(disturbed.arrived_reports) == f"另有1份日报没有采用，不是所写旗区登记的发件人送来的：{whose}。"
    assert {line.refused_files for line in disturbed.submissions} == {0}
    (line,) = (line for line in disturbed.findings if line.file == "外.xlsx")
    assert (line.sent_by, line.whose) == (sent_by, whose)
    absent = on(DAY, assigned(assignment()), *files[1:], strange).report
    assert "送来" not in who_reported.absence(absent.absences[0])
    assert who_reported.unplaced(absent.arrived_reports).endswith(f"：{whose}。")


def test_a_danger_about_which_something_is_asked_is_told_before_how_many_decisions_there_are() -> None:
    """However many others ask for something too; where it asks for nothing it stands behind them."""
    danger = {"事项类别": "工程安全隐患", "情况说明": "塔吊倾斜，80户已疏散。"}
    rows = [urgent_row("", 需协调事项="请协调热力公司"), urgent_row("SJ-2020-001", **danger, 需协调事项="请派专家")]
    files = [assigned(assignment([case_row("SJ-2020-001")])), handed_in(report(progress=[], urgent=rows))]
    lead = "工程安全隐患1件请先决定：东胜区SJ-2020-001塔吊倾斜，80户已疏散。今日需要决策的事项共"
    told = on(DAY, *files).report
    assert dict(headline.lines(told))["请决定"].startswith(lead)
    (crane,) = (matter for matter in told.urgent if matter.number)
    long = replace(crane, situation=f"5月21日06时20分，4号楼基坑支护桩断裂，坑顶地面开裂。{'两栋楼墙体出现斜裂缝，' * 9}有坍塌可能")
    dangers = [long, *(replace(crane, district=name) for name in ("乌审旗", "杭锦旗", "准格尔旗"))]
    said = (
        "工程安全隐患4件请先决定：东胜区SJ-2020-001 4号楼基坑支护桩断裂，坑顶地面开裂。两栋楼墙体出现斜裂缝，两栋楼墙体出现斜裂缝…；"
        "乌审旗SJ-2020-001塔吊倾斜，80户已疏散；另有2件在杭锦旗、准格尔旗。"
    )
    assert dict(headline.lines(replace(told, urgent=tuple(dangers))))["请决定"].startswith(said)


def test_an_urgent_matter_of_a_case_that_counts_as_resolved_says_so_everywhere() -> None:
    """On its day and on the days after it: what is asked for there seems settled by the figures of the same paper."""
    urgent = [urgent_row("SJ-2020-001", 事项类别="工资支付逾期", 情况说明="40人两月未发工资，拟停工", 需协调事项="请约谈总包")]
    before, next_day = (DAY + timedelta(days=days) for days in (-1, 1))
    resolved = report(day=before, progress=[resolved_row("SJ-2020-001", 答复日期=f"{before}")])
    files = [assigned(assignment([case_row("SJ-2020-001")])), handed_in(resolved, f"{before} 16:00")]
    files.append(handed_in(report(day=DAY, progress=[], urgent=urgent), f"{DAY} 16:00"))
    told, later = (day.report for day in consolidate(files, [DAY, next_day]).values())
    said = f"（该件已按{before.month}月{before.day}日的答复计入化解）"
    assert told.decisions[0].matter == f"工资支付逾期：40人两月未发工资，拟停工{said}"
    fields = briefing.fields(told)
    assert said in fields["决策事项"][0]["事项"]
    short = decision_items.texts(
        [replace(told.decisions[0], matter=f"工资支付逾期：{'拟停工，' * 60}{said}")], DAY, decision_items.Space(12, 2)
    )
    assert short["清单"].endswith(f"拟停工，{said}")
    for day in (told, later):
        assert leaders_page.render(day, HOME / "templates").decode().count(said) >= 1
        leader = next(page for page in leader_pages.of(day) if page.urgent or page.unsettled)
        assert said in leader_papers.fields(leader, day)["急报"][0]
    assert said in headline.unsettled(later)
    disputed = resolved_row("SJ-2020-001", 答复日期=f"{before}", 群众确认="不认可")
    files.append(handed_in(report(day=next_day, progress=[disputed]), f"{next_day} 16:00"))
    assert said not in headline.unsettled(on(next_day, *files).report)


def test_urgent_matters_for_which_there_is_no_room_are_named_by_district_kind_and_case() -> None:
    kinds = (("工程安全隐患", "塔吊倾斜"), ("工资支付逾期", "拖欠工资"), ("其他民生事项", "约60人拟到市政府上访，反映工程款"))
    rows = [
        urgent_row(number, 事项类别=kind, 情况说明=said)
        for number, (kind, said) in zip(("SJ-2020-001", "SJ-2020-002", ""), kinds, strict=True)
    ]
    files = [assigned(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")])), handed_in(report(progress=[], urgent=rows))]
    told = on(DAY, *files).report
    others = "东胜区SJ-2020-002工资支付逾期、东胜区其他民生事项：约60人拟到市政府上访，反映工程款。"
    first = f"{rows[0]['情况说明']}"
    assert headline.noted(told, 1) == f"急报3件没有提出请求，请知悉：东胜区SJ-2020-001 工程安全隐患：{first}；又有{others}"
    assert headline.noted(told, 0) == f"急报3件没有提出请求，请知悉：东胜区SJ-2020-001工程安全隐患：{first}、{others}"
    whole = "塔吊基础沉降，" * 30 + "附近80户已疏散"
    danger = replace(told.urgent[0], situation=whole)
    for most in (0, 1):
        assert whole in headline.noted(replace(told, urgent=(danger,)), most, 12), "however little room there is"
        earlier = replace(told, earlier_urgent=(replace(danger, reported_on=DAY - timedelta(days=1)),))
        assert whole in headline.unsettled(earlier, most, 12)
    calm = replace(told, urgent=told.urgent[1:])
    assert headline.noted(calm, 0) == f"急报2件没有提出请求，请知悉：{others}"
    assert headline.noted(calm, 1, 20).startswith("急报2件没有提出请求，请知悉：东胜区SJ-2020-002 工资支付逾期：拖欠工资；又有")
    longer = replace(told.urgent[2], situation=f"{told.urgent[2].situation}，另有20人已到车站")
    assert "其他民生事项：约60人…（全文见汇总表“急报事项”）" in headline.noted(replace(told, urgent=(longer,)), 1, 12)
    many = replace(told, urgent=told.urgent * 10)
    assert headline.noted(many, 3).count("拖欠工资") + headline.noted(many, 3).count("SJ-2020-002") == 10
    assert headline.noted(many, 3).endswith("等，共30件，见汇总表“急报事项”。")


def test_a_danger_that_is_withdrawn_leaves_a_trace() -> None:
    """In the issues of the days whose readers had read of it, on leaders' pages, and in the report of the span."""
    rows = [urgent_row("SJ-2020-001", 事项类别="工程安全隐患", 情况说明="塔吊倾斜", 需协调事项="请派专家")]
    days = [DAY + timedelta(days=n) for n in range(4)]
    files = [
        assigned(assignment([case_row("SJ-2020-001")])),
        handed_in(report(progress=[], urgent=rows), f"{DAY} 16:00"),
        handed_in(report(progress=[]), f"{days[3]} 14:00"),
    ]
    told = [consolidate(files, days)[day].report for day in days]
    near = f"{DAY.month}月{DAY.day}日"
    assert all(report.unsettled == () for report in told)
    gone = f"更正后撤下急报1件：东胜区{near}日报原报“SJ-2020-001 工程安全隐患：塔吊倾斜；需协调：请派专家”。"
    assert [gone in dict(headline.lines(report))["请决定"] for report in told] == [False, True, True, True]
    assert "更正后撤下急报1件：东胜区" in dict(headline.lines(told[0]))["请决定"]
    for report_ in told:
        (leader,) = (page for page in leader_pages.of(report_) if page.own)
        assert [(matter.number, matter.situation, matter.reported_on) for matter in leader.withdrawn] == [("SJ-2020-001", "塔吊倾斜", DAY)]
        (said,) = leader_papers.fields(leader, report_)["急报"]
        assert said.startswith(f"东胜区 SJ-2020-001（工程安全隐患，{near}所报，更正后的日报里已撤下，不再列")
        assert said.endswith("）：塔吊倾斜。原请求：请派专家。")
        assert leader_papers.fields(leader, report_)["急报件数"] == "0件，已撤下1"
    over = replace(period.of(told, {}), urgent=urgent_of_period.over_days(told))
    assert period_words.urgent(over).endswith("期初尚无下文的1件），更正后撤下1件。")
    (matter,) = period_words.urgent_matters(over)
    assert period_words.urgent_told(matter, over).endswith("：塔吊倾斜；请求：请派专家。更正后的日报里已撤下，不再列")


def test_a_danger_of_an_earlier_day_is_told_until_something_is_said_of_its_case() -> None:
    danger = {"事项类别": "工程安全隐患", "情况说明": "塔吊倾斜，80户已疏散。", "发生时间": f"{DAY}", "需协调事项": "请派专家"}
    next_day, third = (DAY + timedelta(days=days) for days in (1, 2))
    files = [
        assigned(assignment([case_row("SJ-2020-001")])),
        handed_in(report(day=DAY, progress=[], urgent=[urgent_row("SJ-2020-001", **danger)]), f"{DAY} 16:00"),
        handed_in(report(day=third, progress=[progress_row("SJ-2020-001", 今日进展="专家已到场")]), f"{third} 16:00"),
    ]
    days = consolidate(files, [DAY, next_day, third])
    told = {day: days[day].report for day in (DAY, next_day, third)}
    near = f"{DAY.month}月{DAY.day}日"
    said = f"此前急报尚无下文1件（工程安全隐患：东胜区SJ-2020-001塔吊倾斜，80户已疏散（{near}所报））。"
    assert [said in dict(headline.lines(told[day]))["请决定"] for day in (DAY, next_day, third)] == [False, True, False]
    assert headline.unsettled(told[next_day]) == (
        f"此前急报尚无下文1件：东胜区SJ-2020-001 工程安全隐患：塔吊倾斜，80户已疏散（{near}所报），当时请求：请派专家。"
    )
    assert [line.since for line in told[third].earlier_urgent] == ["办理中，专家已到场"]
    (danger_line,) = told[third].standing_dangers
    matter = replace(danger_line, stands_since=None)  # as it is told of what endangers nobody
    outcome = f"1件：东胜区SJ-2020-001工程安全隐患（{near}所报）：办理中，专家已到场。"
    asked = replace(told[third], earlier_urgent=(matter,))
    assert dict(headline.lines(asked))["急报的下文"] == outcome
    assert outcome_words.told(asked) == ""
    asked_nothing = replace(told[third], earlier_urgent=(replace(matter, coordination=""), matter))
    assert outcome_words.in_brief(asked_nothing) == outcome
    assert outcome_words.told(asked_nothing) == f"急报的下文{outcome}", "what asked nothing is told beside the first lines"
    again = replace(matter, since="又列入急报")  # it stands among the day's own
    assert outcome_words.in_brief(replace(told[third], earlier_urgent=(again,))) == ""
    over_now = replace(matter, since="办理中，塔吊5月20日14时已拆除，站台恢复通行，隐患已消除")
    assert outcome_words.in_brief(replace(told[third], earlier_urgent=(over_now,))).endswith("站台恢复通行，隐患已消除。")
    more = replace(
        told[third], earlier_urgent=(matter, replace(matter, number="", since="专家在场"), again, replace(matter, since="已" * 40))
    )
    assert outcome_words.in_brief(more).endswith("：专家在场；另有1件。")
    assert outcome_words.told(more, 1) == (
        f"急报的下文3件：东胜区SJ-2020-001工程安全隐患（{near}所报）：办理中，专家已到场；"
        "另有东胜区“塔吊倾斜，80户已疏散。”工程安全隐患、东胜区SJ-2020-001工程安全隐患，见汇总表“急报事项”。"
    )
    assert outcome_words.told(more, 0).startswith("急报的下文3件：东胜区SJ-2020-001工程安全隐患、")
    page = leaders_page.render(told[next_day], HOME / "templates").decode()
    assert "<strong>尚无下文</strong>" in page
    (leader,) = (page for page in leader_pages.of(told[next_day]) if page.own)
    assert [matter.reported_on for matter in leader.unsettled] == [DAY]
    assert leader.own[0].urgent == (f"工程安全隐患（{near}所报）尚无下文",)
    over = period.of([told[DAY], told[next_day], told[third]], {})
    assert (
        period_words.urgent(over) == "期内急报1件（其中期前所报、期初尚无下文的1件），期末都有后续报告、都没有办结（东胜区SJ-2020-001）。"
    )
    assert period_words.lines(over)[0][1].endswith(
        f"期末没有办结的工程安全隐患1件：东胜区SJ-2020-001塔吊倾斜，80户已疏散（{near}所报；{third.month}月{third.day}日：办理中，专家已到场；"
        "请求：请派专家），见“急报”。"
    )
    assert period_words.urgent_matter(over.urgent[0], over)[-1] == f"{third.month}月{third.day}日：办理中，专家已到场"
    still = period.of([told[DAY], told[next_day]], {})
    assert "，期末尚无下文1件，其中工程安全隐患1件（东胜区SJ-2020-001：塔吊倾斜，80户已疏散）。" in period_words.urgent(still)
    assert period_words.lines(still)[0][1].endswith("（5月21日所报；尚无下文；请求：请派专家），见“急报”。")
    (open_one,) = still.urgent
    dated = replace(
        open_one.line, situation="5月21日06时20分，4号楼基坑支护桩出现3处断裂，坑顶地面开裂长约27米、最宽处9厘米，距坑边8米的两栋楼有裂缝"
    )
    assert matter_words.gist(dated) == "4号楼基坑支护桩出现3处断裂，坑顶地面开裂长约27米、最宽处9厘米…"


def test_what_became_of_a_request_that_is_made_no_more_is_told_on_the_day_on_which_it_goes() -> None:
    asks = {"需协调事项": "请市自然资源局核定宗地红线"}
    days = [DAY + timedelta(days=n) for n in range(6)]
    rows = [
        [progress_row("SJ-2020-001", **asks), progress_row("SJ-2020-002", **asks), progress_row("SJ-2020-003", **asks)],
        [progress_row("SJ-2020-001", 今日进展="已书面核定"), resolved_row("SJ-2020-002", 答复日期=f"{days[1]}", 今日进展="", **asks)],
        [progress_row("SJ-2020-001", 今日进展="已办证"), progress_row("SJ-2020-003", 今日进展="")],
        [progress_row("SJ-2020-003", 今日进展="", **asks)],
        [],
        [],
    ]
    files = [assigned(assignment([case_row(f"SJ-2020-00{n}") for n in (1, 2, 3)]))]
    edits = assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002"), case_row("SJ-2020-003", 撤销依据="重复登记")])
    files.append(assigned(edits, f"{days[4]} 09:00", "二.xlsx"))
    files += [handed_in(report(day=day, progress=rows[n]), f"{day} 16:00") for n, day in enumerate(days)]
    told = [consolidate(files, days)[day].report for day in days]
    since, asked = f"（{DAY.month}月{DAY.day}日起，“请市自然资源局核定宗地红线”）", "，请求没有再写"
    brief = [dict(headline.lines(report_)).get("请求的下文") for report_ in told]
    said = [
        f"2件：东胜区SJ-2020-001：办理中，已书面核定{asked}；东胜区SJ-2020-002：已化解。",
        f"1件：东胜区SJ-2020-003：办理中{asked}。",
        "1件：东胜区SJ-2020-003：案件已撤销。",
    ]
    assert brief == [None, said[0], said[1], None, said[2], None]
    whole = f"请求的下文2件：东胜区SJ-2020-001{since}：办理中，已书面核定{asked}；东胜区SJ-2020-002{since}：已化解。"
    assert outcome_words.of_requests(told[1].cases, told[1]) == whole
    fields = briefing.fields(told[1])
    assert whole in f"{fields['决策']}{fields['其余决策']}"
    assert "请求的下文" not in dict(headline.lines(told[1], is_paper=True))
    leader = next(page for page in leader_pages.of(told[1]) if page.own)
    assert whole in leader_papers.fields(leader, told[1])["请办"]
    assert outcome_words.of_requests(told[1].cases, told[1], 1).endswith("；另有东胜区SJ-2020-002，见汇总表“决策事项”。")
    over = period.of(told, {})
    assert dict(period_words.lines(over))["请求"] == (
        "期内旗区在案件里提出需协调事项2件，其中期末不再提出2件（东胜区SJ-2020-003：案件已撤销）。"
    )


def test_a_request_that_hangs_on_its_day_says_when_it_was_written() -> None:
    asks = {"需协调事项": "请市城管局今日14时以前决定是否关阀，明日复工"}
    days = [DAY + timedelta(days=n) for n in range(2)]
    urgent = [urgent_row("SJ-2020-002", 事项类别="工程安全隐患", 情况说明="塔吊倾斜", 发生时间=f"{days[1]}", **asks)]
    files = [
        assigned(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")])),
        handed_in(report(day=days[0], progress=[progress_row("SJ-2020-001", **asks)]), f"{days[0]} 16:00"),
        handed_in(report(day=days[1], progress=[progress_row("SJ-2020-001", **asks)], urgent=urgent), f"{days[1]} 16:00"),
    ]
    told = consolidate(files, days)[days[1]].report
    near = [f"{day.month}月{day.day}日" for day in days]
    said = [f"请市城管局今日（{day}写）14时以前决定是否关阀，明日复工" for day in near]
    assert [decision.asked for decision in told.decisions] == [said[1], said[0]], "the same words sent again are no newer"
    leader = next(page for page in leader_pages.of(told) if page.own)
    assert said[1] in leader_papers.fields(leader, told)["急报"][0]
    assert matter_words.dated("请光明日报核实", DAY, DAY) == "请光明日报核实"
    for word in ("下周一", "本周五", "后天", "下星期"):
        assert matter_words.dated(f"请{word}以前答复", DAY, DAY) == f"请{word}（5月21日写）以前答复"
    assert matter_words.dated("请今后天天巡查", DAY, DAY) == "请今后天天巡查"


def test_a_danger_stays_in_sight_until_its_case_ends_whatever_is_said_of_it() -> None:
    """Also over days on which nobody says anything, with what was said last and what was asked; its newest report holds."""
    first = {"事项类别": "工程安全隐患", "情况说明": "顶板开裂，222户仍在楼内", "发生时间": f"{DAY}", "需协调事项": "请派专家"}
    newest = first | {"情况说明": "顶板须加固，316户在外", "发生时间": f"{DAY + timedelta(days=1)}", "需协调事项": "请今日落实费用186万元"}
    days = [DAY + timedelta(days=n) for n in range(7)]
    rows = [[], [], [progress_row("SJ-2020-001", 今日进展="卸土三成")], [progress_row("SJ-2020-001", 今日进展="")], []]
    long = "已请专家论证三次并报市级部门备案，两台设备轮流施工，各班组二十四小时值守，每两小时监测一次，数据正常，隐患已消除"
    rows += [[progress_row("SJ-2020-001", 今日进展=long)], [resolved_row("SJ-2020-001", 答复日期=f"{days[6]}", 今日进展="完工")]]
    files = [assigned(assignment([case_row("SJ-2020-001")]))]
    for day, own, urgent in zip(days, rows, [[first], [newest], *[[]] * 5], strict=True):
        filled = [urgent_row("SJ-2020-001", **row) for row in urgent]
        files.append(handed_in(report(day=day, progress=own, urgent=filled), f"{day} 16:00"))
    told = [consolidate(files, days)[day].report for day in days]
    near = [f"{day.month}月{day.day}日" for day in days]
    whose = "东胜区SJ-2020-001顶板须加固，316户在外"
    said = f"还没有办结1件：{whose}（{near[1]}所报；最近进展{near[2]}：办理中，卸土三成；当时请求：请今日（{near[1]}写）落实费用186万元）。"
    for is_paper in (True, False):
        standing = [dict(headline.lines(each, is_paper=is_paper)).get("此前的险情") for each in told]
        assert standing[:5] == [None, None, said, said, said]
        assert standing[5]
        assert "…隐患已消除；当时请求" in standing[5], "a district's word that it is over is shown, and ends nothing"
        assert standing[6] is None
    page = leaders_page.render(told[4], HOME / "templates").decode()
    assert f"还没有办结，最近进展{near[2]}：办理中，卸土三成" in page
    (leader,) = (page for page in leader_pages.of(told[4]) if page.own)
    assert [matter.situation for matter in leader.standing] == ["顶板须加固，316户在外"]
    assert leader.own[0].urgent == (f"工程安全隐患（{near[1]}所报）还没有办结",)
    (paper,) = leader_papers.fields(leader, told[4])["急报"]
    assert "还没有办结，最近进展" in paper
    assert f"原请求：请今日（{near[1]}写）落实费用186万元" in paper
    assert dict(headline.lines(told[6]))["急报的下文"].endswith("：已化解，完工。")
    over = period.of(told[:6], {})
    for sentence in (period_words.lines(over)[0][1], dict(period_words.lines(replace(over, is_closing=True)))["结项"]):
        assert "旗区写有“已消除”、案件没有办结的工程安全隐患1件：东胜区SJ-2020-001顶板须加固，316户在外" in sentence
        assert "请求：请今日落实费用186万元" in sentence
    before = period.of(told[:5], {})
    assert "期末没有办结的工程安全隐患1件：东胜区SJ-2020-001顶板须加固" in period_words.lines(before)[0][1]
    assert period_words.urgent_matter(period_words.urgent_matters(before)[0], before)[-1] == f"{near[2]}：办理中，卸土三成"


def test_how_a_danger_ended_is_told_everywhere_and_is_how_it_stands_at_the_end_of_a_span() -> None:
    danger = {"事项类别": "工程安全隐患", "情况说明": "塔吊倾斜，80户已疏散。", "发生时间": f"{DAY}", "需协调事项": "请派专家"}
    days = [DAY + timedelta(days=n) for n in range(5)]
    rows = [
        [],
        [progress_row("SJ-2020-001", 今日进展="专家已到场")],
        [progress_row("SJ-2020-001", 今日进展="正在加固")],
        [resolved_row("SJ-2020-001", 答复日期=f"{days[3]}", 今日进展="塔吊已拆除")],
        [resolved_row("SJ-2020-001", 答复日期=f"{days[3]}", 今日进展="", 群众确认="不认可")],
    ]
    files = [assigned(assignment([case_row("SJ-2020-001")]))]
    for n, day in enumerate(days):
        urgent = [] if n else [urgent_row("SJ-2020-001", **danger)]
        files.append(handed_in(report(day=day, progress=rows[n], urgent=urgent), f"{day} 16:00"))
    told = [consolidate(files, days)[day].report for day in days]
    near = f"{DAY.month}月{DAY.day}日"
    followed = [dict(headline.lines(report_)).get("急报的下文") for report_ in told]
    assert followed == [None, None, None, f"1件：东胜区SJ-2020-001工程安全隐患（{near}所报）：已化解，塔吊已拆除。", None]
    assert [len(report_.standing_dangers) for report_ in told] == [0, 1, 1, 0, 0]
    page = leaders_page.render(told[3], HOME / "templates").decode()
    assert "已化解，塔吊已拆除" in page
    (width,) = re.findall(r"\.outcomes th\.wide ?\{ ?width: ?(\d+)%", page)
    assert page.partition('class="stack outcomes"')[2].partition("</thead>")[0].count('class="wide"') * int(width) < 100
    leader = next(page for page in leader_pages.of(told[3]) if page.followed)
    fields = leader_papers.fields(leader, told[3])
    assert fields["急报件数"] == "0件，此前所报今日有下文1"
    assert f"{near}所报，已化解，塔吊已拆除" in fields["急报"][0]
    stands = ["办理中，专家已到场", "办理中，正在加固", "已化解，塔吊已拆除", "已化解（群众不认可）"]
    for last, how in enumerate(stands, 1):
        (matter,) = urgent_of_period.over_days(told[: last + 1])
        assert (matter.ended, matter.since) == (days[last], how)
    gone = (*told, replace(told[4], day=days[4] + timedelta(days=1), cases=tuple(replace(case, grounds="合并") for case in told[4].cases)))
    assert urgent_of_period.over_days(gone)[0].since == "案件已撤销"


@pytest.mark.parametrize("was_settled", [True, False])
def test_a_period_says_of_no_urgent_matter_that_an_outcome_of_before_settled_it(*, was_settled: bool) -> None:
    before, row = DAY - timedelta(days=1), resolved_row("SJ-2020-001", 答复日期=DAY - timedelta(days=1))
    urgent = report(day=DAY, progress=[] if was_settled else [row], urgent=[urgent_row("SJ-2020-001", 发生时间=f"{DAY}")])
    files = [assigned(assignment([case_row("SJ-2020-001")])), handed_in(urgent, f"{DAY} 16:00")]
    files += [handed_in(report(day=before, progress=[row] if was_settled else []), f"{before} 16:00")]
    days = consolidate(files, [before, DAY])
    (matter,) = period.of([days[day].report for day in (before, DAY)], {}).urgent
    assert (matter.ended, matter.since) == ((None, "") if was_settled else (DAY, "已化解"))


def test_on_a_day_without_any_report_the_flags_are_told_as_of_earlier_ones() -> None:
    told = on(DAY, assigned(assignment([case_row("SJ-2020-001")]))).report
    assert headline.flags(told).startswith("督办（按分解表，还没有报送过）：")
    before = DAY - timedelta(days=1)
    earlier = handed_in(report(day=before, progress=[progress_row("SJ-2020-001")]), f"{before} 16:00")
    told = on(DAY, assigned(assignment([case_row("SJ-2020-001")])), earlier).report
    assert headline.flags(told).startswith("督办（按此前的报送）：")


def test_a_report_of_which_a_sheet_is_all_there_is_and_is_refused_whole_is_no_news(office: Office) -> None:
    office.put_assignment(assignment())
    pages = edit(report_pages(progress=[], new=[new_row()], reception=[], urgent=[]), {"新增案件!A1": "号码"})
    office.put(write(pages), "东胜区.xlsx")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002", 当前状态="差不多了")]), "达拉特旗.xlsx")
    office.put(report("准格尔旗", progress=[]), "准格尔旗.xlsx")
    first, second = office.run(DAY, DAY + timedelta(days=1)).written.published
    line = first.submissions[0]
    assert (line.district, line.rows_accepted, line.rows_refused, line.refused_sheets) == ("东胜区", 0, 0, ("新增案件",))
    assert [who_reported.status(line) for line in first.submissions[:3]] == ["全部退回", "全部退回", "按时"]
    for told in (first, second):  # and so on every later calendar; a report in which there is nothing is as good as any
        assert [*dict(told.attendance)[DAY].values()][:4] == ["refused", "refused", "on-time", "missing"]


def test_a_report_with_rows_is_no_zero_report_whatever_its_cover_says(office: Office) -> None:
    """`summary.json` follows the cover (contract 6); people are told what is in it."""
    office.put_assignment(assignment())
    zero = {"封面!B5": "是"}
    office.put(write(edit(report_pages(progress=[], new=[], reception=[reception_row()], urgent=[]), zero)), "东胜区.xlsx")
    office.put(write(edit(report_pages("达拉特旗", progress=[], new=[], reception=[], urgent=[]), zero)), "达拉特旗.xlsx")
    (day,) = office.run(DAY).written.published
    entries = json.loads((office.outbox / str(DAY) / "summary.json").read_bytes())["submissions"][:2]
    assert [(entry["zero_report"], files_for_programs.is_zero(entry)) for entry in entries] == [(True, False), (True, True)]
    assert [who_reported.zero(line) for line in day.submissions[:2]] == ["封面写零报告，采用1行", "零报告"]
    assert [row["报送"] for row in briefing.fields(day)["旗区"]][:2] == ["按时", "零报告"]
    board = status.look(office.settings, DAY)
    assert [district.zero for district in board.districts[:3]] == ["封面写零报告，采用1行", "零报告", ""]
    assert board.among == [("zero", "零报告", 1)]
    strips = attendance.strips(office.settings, datetime(2020, 5, 22, 18, tzinfo=office.settings.calendar.zone))
    assert [strip.days[0].word for strip in strips[:2]] == ["按时", "按时，零报告"]


def test_a_report_of_which_nothing_was_taken_by_the_cut_off_is_told_so_where_it_is_on_time(office: Office) -> None:
    """The contract's `status` is that of the first accepted report, and only a file that is refused whole is none (decision 27)."""
    office.put_assignment(assignment())
    bad, good = report(progress=[progress_row("SJ-2020-001", 当前状态="差不多了")]), report(progress=[progress_row("SJ-2020-001")])
    office.put(bad, "坏.xlsx", f"{DAY}T16:10:00+08:00")
    office.put(good, "好.xlsx", f"{DAY}T18:20:00+08:00")
    for hour, progress in (("16:10", "约谈"), ("18:20", "再次约谈")):
        office.put(
            report("达拉特旗", progress=[progress_row("SJ-2020-002", 今日进展=progress)]), f"{progress}.xlsx", f"{DAY}T{hour}:00+08:00"
        )
    later = DAY + timedelta(days=1)
    (first,) = office.run(DAY).written.published
    (second,) = office.run(later).written.published
    line, corrected = first.submissions[:2]
    assert (line.status, line.stands, who_reported.status(line)) == ("on-time", "mended", "退回后改好（18:20）")
    assert (corrected.stands, who_reported.status(corrected)) == ("on-time", "按时")
    assert "，其中退回后改好1个（东胜区18:20）；" in who_reported.submissions(first.submissions)
    submission = json.loads((office.outbox / str(DAY) / "summary.json").read_bytes())["submissions"][0]
    assert (submission["status"], submission["mended_at"]) == ("on-time", f"{DAY}T18:20:00+08:00")
    for told in (first, second):  # the second goes on from a checkpoint, where the replaced report is not read again
        assert [*dict(told.attendance)[DAY].values()][:3] == ["mended", "on-time", "missing"]
    board = status.look(office.settings, DAY)
    assert [district.word for district in board.districts[:2]] == ["退回后改好（18:20）", "按时"]
    assert (board.count("on-time"), board.count("mended"), board.among) == (1, 1, [("zero", "零报告", 0)])
    strip = attendance.strips(office.settings, datetime(2020, 5, 22, 18, tzinfo=office.settings.calendar.zone))[0]
    assert strip.days[0].stands == "on-time"  # without a fold nobody knows what was taken
    look = waiting.judge([], office.settings, None, [later])
    strip = attendance.strips(office.settings, datetime(2020, 5, 22, 18, tzinfo=office.settings.calendar.zone), (), look.beyond(later))[0]
    assert (strip.days[0].stands, strip.days[0].word) == ("mended", "退回后改好")
    assert dict(period.of([first, first, second], {}).submissions)[DAY]["东胜区"].stands == "mended"
