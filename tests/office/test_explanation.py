"""`run.py explain`: the story of a case, and the cases behind a figure.

Covers `story`, `breakdown`, `story_lines` and `explanation_text`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from offices import ZONE, File, Office, afternoon, moment
from untidy_offices import DAYS as UNTIDY_DAYS
from untidy_offices import untidy_offices
from weeks import DAYS, WEEKS, Published
from workbooks import (
    CASES,
    DAY,
    EXEMPTIONS,
    assignment,
    assignment_pages,
    case_row,
    edit,
    exemption_row,
    new_row,
    page,
    progress_row,
    report,
    report_pages,
    resolved_row,
    urgent_row,
    write,
)

from pipeline import cli
from pipeline.day import story
from pipeline.intake import held_files
from pipeline.office import explanation, explanation_text, today
from pipeline.office.explanation import CaseExplained, FigureExplained, UnknownError
from pipeline.render.page import cases_behind_figures
from pipeline.report import breakdown
from pipeline.terms.errors import NothingToConsolidateError

if TYPE_CHECKING:
    from offices import Summary

Captured = pytest.CaptureFixture[str]
YESTERDAY = DAY - timedelta(days=1)


def case(office: Office, what: str = "SJ-2020-001", day: date = DAY) -> CaseExplained:
    explained = explanation.explain(what, office.settings, day)
    assert isinstance(explained, CaseExplained)
    return explained


def figure(office: Office, what: str, day: date = DAY) -> FigureExplained:
    explained = explanation.explain(what, office.settings, day)
    assert isinstance(explained, FigureExplained)
    return explained


def became(explained: CaseExplained) -> list[str]:
    return [line.mention.became for line in explained.lines]


def changed(explained: CaseExplained, at: int) -> dict[str, tuple[str | None, str | None]]:
    return {change.column: (change.before, change.after) for change in explained.lines[at].changes}


@pytest.fixture
def home(office: Office) -> Office:
    """An office with its assignment workbook."""
    office.put_assignment(assignment())
    return office


# --- a case ------------------------------------------------------------------------------------------------------


def test_a_case_is_told_row_by_row_with_what_each_changed_and_where_it_comes_from(home: Office) -> None:
    home.put(report(day=YESTERDAY, progress=[progress_row("SJ-2020-001")]), "一.xlsx", "2020-05-20T16:00:00+08:00")
    home.put(report(progress=[resolved_row("SJ-2020-001")], urgent=[urgent_row("SJ-2020-001")]), "二.xlsx")
    home.run(DAY)
    told = case(home)
    assert became(told) == ["taken", "taken", "taken", "taken"]
    clocks = [
        "受理：5月5日到期（自4月20日起15天，《信访条例》第二十一条），5月20日首次报已受理，已完成，晚15天",
        "办结：7月4日到期（自5月5日起60天，《信访条例》第三十三条），5月20日办结，已完成",
    ]
    assert told.clocks[:2] == tuple(clocks)
    assert f"  法定期限　{clocks[0]}" in [*explanation_text.as_lines(told)]
    written = json.loads(explanation_text.as_json(told))["standing"]["clocks"]
    assert (written["objection"], written["conclusion"]["done"], written["conclusion"]["extension"]) == (None, "2020-05-20", 0)
    assert [(line.file, line.place) for line in told.lines] == [
        ("分解表.xlsx", "群众来访案件 第2行"),
        ("一.xlsx", "案件进展 第2行"),
        ("二.xlsx", "案件进展 第2行"),
        ("二.xlsx", "急报事项 第2行"),
    ]
    assert changed(told, 0)["列入台账"] == ("否", "是")
    assert changed(told, 1) == {"当前状态": ("已交办", "办理中"), "今日进展": (None, "已约谈开发企业")}
    reply = {"答复日期": (None, "2020-05-20"), "答复文号": (None, "东住建信〔2020〕1号")}
    assert changed(told, 2) == {
        "当前状态": ("办理中", "已化解"),
        "今日进展": ("已约谈开发企业", "已书面答复"),
        **reply,
        "群众确认": (None, "认可"),
        "计入化解": ("否", "是"),
    }
    assert (changed(told, 3), told.lines[3].verdict) == ({}, "采用，急报事项不改变案件的情况")
    assert ("E2", "当前状态", "已化解") in told.lines[2].cells
    assert told.verdict == "计入化解：当前状态是“已化解”，有 2020-05-20 的答复（东住建信〔2020〕1号），没有未解决的群众不认可。"


def test_what_was_replaced_repeated_or_left_out_is_told_and_changes_nothing(home: Office) -> None:
    first = report(progress=[progress_row("SJ-2020-001")])
    home.put(first, "一.xlsx", "2020-05-21T10:00:00+08:00")
    home.put(report(progress=[]), "二.xlsx", "2020-05-21T11:00:00+08:00")
    home.put(first, "三.xlsx", "2020-05-21T12:00:00+08:00")
    home.put(first, "四.xlsx", "2020-05-21T13:00:00+08:00")
    home.run(DAY)
    told = case(home)
    assert became(told) == ["taken", "replaced", "replaced", "taken", "duplicate"]
    assert [line.mention.in_force for line in told.lines[1:]] == [3, 3, 3, 3]
    assert [finding.code for finding in told.lines[2].findings] == ["rows-withdrawn"]
    assert [bool(line.changes) for line in told.lines] == [True, False, False, True, False]


def test_a_refused_row_says_why_and_a_row_of_another_district_too(home: Office) -> None:
    home.put(report(progress=[resolved_row("SJ-2020-001", 答复文号="")]), "一.xlsx")
    home.put(report("达拉特旗", progress=[progress_row("SJ-2020-001")]), "二.xlsx", "2020-05-21T16:30:00+08:00")
    new = new_row("SJ-2020-001", 案由="别的事")
    home.put(report("准格尔旗", progress=[], new=[new]), "三.xlsx", "2020-05-21T16:40:00+08:00")
    home.run(DAY)
    told = case(home)
    assert became(told) == ["taken", "refused", "refused", "refused"]
    codes = [{finding.code for finding in line.findings} for line in told.lines]
    assert codes == [set(), {"reply-missing"}, {"other-district"}, {"case-exists"}]
    assert told.verdict == "计入总数，不计入化解：当前状态是“已交办”。"


def test_a_row_that_says_what_stood_already_says_that_it_changed_nothing(home: Office) -> None:
    home.put_assignment(assignment([*CASES, case_row("SJ-2020-099")]), "二.xlsx", "2020-05-20T09:00:00+08:00")
    for day, progress in ((YESTERDAY, "一"), (date(2020, 5, 19), "一"), (DAY, "二")):
        home.put(
            report(day=day, progress=[progress_row("SJ-2020-001", 今日进展=progress, 诉求认定="诉求合理")]),
            f"{day}.xlsx",
            f"{day}T16:00:00+08:00",
        )
    home.run(DAY)
    told = case(home)
    unchanged = "采用，与此前的相同，没有改变什么"
    assert [line.verdict for line in told.lines] == ["采用", "采用", unchanged, unchanged, "采用"]
    assert changed(told, 1)["诉求认定"] == (None, "诉求合理")
    assert changed(told, 4) == {"今日进展": ("一", "二")}


def test_equal_rows_of_one_sheet_count_once(home: Office) -> None:
    home.put(report(progress=[progress_row("SJ-2020-001"), progress_row("SJ-2020-001")]), "一.xlsx")
    home.run(DAY)
    assert became(case(home)) == ["taken", "taken", "repeated"]


def test_a_dispute_is_told_from_its_beginning_to_its_end(home: Office) -> None:
    home.put(report(day=YESTERDAY, progress=[resolved_row(群众确认="不认可")]), "一.xlsx", "2020-05-20T16:00:00+08:00")
    home.put(report(progress=[resolved_row(群众确认="认可")]), "二.xlsx")
    home.run(DAY)
    dispute = "自 2020-05-20 起未解决，针对答复 东住建信〔2020〕1号"
    first = changed(case(home), 1)
    assert (first["当前状态"], first["群众确认"], first["群众不认可"]) == (("已交办", "已化解"), (None, "不认可"), (None, dispute))
    assert changed(case(home), 2) == {"群众确认": ("不认可", "认可"), "群众不认可": (dispute, None), "计入化解": ("否", "是")}
    assert case(home, day=YESTERDAY).verdict.startswith("计入总数，不计入化解：报了“已化解”，但群众不认可，自 2020-05-20 起未解决")


def test_workbooks_tell_what_they_changed_cancelled_and_left_out(home: Office) -> None:
    rows = [case_row("SJ-2020-001", 办结时限="2020-06-12")]
    home.put_assignment(assignment(rows), "二.xlsx", "2020-05-02T09:00:00+08:00")
    home.put_assignment(
        assignment([case_row("SJ-2020-001", 办结时限="2020-06-12", 撤销依据="并案")]), "三.xlsx", "2020-05-03T09:00:00+08:00"
    )
    home.put_assignment(assignment([case_row("SJ-2020-002")]), "四.xlsx", "2020-05-04T09:00:00+08:00")
    home.put(report(progress=[]), "日报.xlsx")
    home.run(DAY)
    told = case(home)
    assert became(told) == ["taken", "taken", "taken", "left-out"]
    assert changed(told, 1) == {"办结时限": ("2020-06-10", "2020-06-12")}
    assert changed(told, 2) == {"撤销依据": (None, "并案")}
    assert changed(told, 3) == {"撤销依据": ("并案", None), "分解表缺失": ("否", "是")}
    assert case(home, day=date(2020, 5, 3)).verdict == "不计入总数：已撤销，依据是“并案”。"


def test_an_exemption_is_told_with_the_deadline_that_it_moves(home: Office) -> None:
    rows = [exemption_row("SJ20201", until="2020-06-30"), exemption_row(kind="核查提示"), exemption_row("SJ-2020-002")]
    home.put_assignment(assignment(exemptions=rows), "二.xlsx", "2020-05-02T09:00:00+08:00")
    home.run(DAY)
    told = case(home)
    assert [(line.place, line.mention.became) for line in told.lines[1:]] == [
        ("群众来访案件 第2行", "taken"),
        ("豁免 第2行", "taken"),
        ("豁免 第3行", "taken"),
    ]
    assert changed(told, 2) == {"现行时限": ("2020-06-10", "2020-06-30")}
    assert told.standing
    assert told.standing.deadline == date(2020, 6, 30)
    assert case(home, day=date(2020, 7, 1)).standing.deadline == date(2020, 6, 10)  # type: ignore[union-attr]
    home.put_assignment(assignment(exemptions=rows[:1]), "三.xlsx", "2020-07-02T09:00:00+08:00")
    home.run(date(2020, 7, 2))
    later = case(home, day=date(2020, 7, 2))
    assert changed(later, 2) == {"现行时限": ("2020-06-10", "2020-06-30")}
    assert [(line.place, changed(later, at)) for at, line in enumerate(later.lines)][-3:] == [
        ("豁免 第2行", {"现行时限": ("2020-06-30", "2020-06-10")}),  # it ended by its date
        ("群众来访案件 第2行", {}),
        ("豁免 第2行", {}),
    ]


def test_the_end_of_an_exemption_has_a_row_of_its_own_with_its_reason_and_its_file(home: Office) -> None:
    """It ends by its date on the 5th; back on the 6th, gone on the 7th; back on the 8th, its row refused on the 9th; its sheet on the 11th.

    A row for 核查提示 stays all the time, and never stands for the deadline's way back.
    """
    other, own = exemption_row(kind="核查提示", until="2020-12-31"), case_row("SJ-2020-001", 办结时限="2020-06-10")
    bad_sheet = assignment_pages([own]) | {"豁免": page(EXEMPTIONS, [other])}
    workbooks = {
        2: assignment([own], exemptions=[other, exemption_row(until="2020-06-04")]),
        6: assignment([own], exemptions=[other, exemption_row()]),
        7: assignment([own], exemptions=[other]),
        8: assignment([own], exemptions=[other, exemption_row(until="2020-07-01")]),
        9: assignment([own], exemptions=[other, exemption_row(until="2020-07-01", 理由=None)]),
        10: assignment([own], exemptions=[other, exemption_row(until="2020-07-02")]),
        11: write(edit(bad_sheet, {"豁免!E1": "到哪天"})),
    }
    for day, content in workbooks.items():
        home.put_assignment(content, f"{day}日.xlsx", f"2020-06-{day:02}T09:00:00+08:00")
    home.run(DAY)
    told = case(home, day=date(2020, 6, 12))
    ends = [(line.mention.day.day, line.verdict, line.file, changed(told, at)) for at, line in enumerate(told.lines) if line.mention.ended]
    assert ends == [
        (5, "豁免延期结束：到期，现行时限没有变", "2日.xlsx", {}),
        (7, "豁免延期结束：新的分解表里没有了", "7日.xlsx", {"现行时限": ("2020-06-30", "2020-06-10")}),
        (9, "豁免延期结束：新的分解表里这一行退回了", "9日.xlsx", {"现行时限": ("2020-07-01", "2020-06-10")}),
        (11, "豁免延期结束：新的分解表里“豁免”表没有采用", "11日.xlsx", {"现行时限": ("2020-07-02", "2020-06-10")}),
    ]
    taken = [
        (line.file, changed(told, at)) for at, line in enumerate(told.lines) if "现行时限" in changed(told, at) and not line.mention.ended
    ]
    assert taken == [
        (f"{day}日.xlsx", {"现行时限": ("2020-06-10", moved)}) for day, moved in ((6, "2020-06-30"), (8, "2020-07-01"), (10, "2020-07-02"))
    ]
    text = "\n".join(explanation_text.as_lines(told))
    assert "2020-06-07　案件包案任务分解表　豁免延期结束：新的分解表里没有了\n      7日.xlsx　" in text
    assert [row["ended"] for row in json.loads(explanation_text.as_json(told))["rows"] if "ended" in row] == [
        "expired",
        "gone",
        "row-refused",
        "sheet-refused",
    ]
    assert not any(line.mention.ended for line in case(home, day=date(2020, 6, 4)).lines)


def test_a_file_that_was_refused_whole_is_told_where_it_names_the_case(home: Office) -> None:
    home.put(b"no workbook", "关于SJ-2020-001.xlsx")
    home.run(DAY)
    told = case(home)
    assert became(told) == ["taken", "refused-file"]
    assert [finding.code for finding in told.lines[1].findings] == ["unreadable"]


def test_a_number_is_found_however_loosely_it_is_written(home: Office) -> None:
    home.put(report(progress=[progress_row("sj2020-1")]), "一.xlsx")
    home.run(DAY)
    for written in ("SJ-2020-001", "sj2020001", "ＳＪ－２０２０－１", " SJ—2020—01 "):
        assert case(home, written).story.number == "SJ-2020-001"
    assert became(case(home)) == ["taken", "taken"]


def test_a_case_that_is_not_in_the_register_on_the_day_says_so(home: Office) -> None:
    home.put_assignment(assignment([case_row("SJ-2020-009", 交办日期="2020-05-25")]), "二.xlsx", "2020-05-02T09:00:00+08:00")
    home.put(report(progress=[progress_row("SJ-2020-009")], new=[new_row("DS-2020-001")]), "一.xlsx", "2020-05-21T10:00:00+08:00")
    home.put(report(progress=[]), "二.xlsx", "2020-05-21T11:00:00+08:00")
    home.run(DAY)
    coming, withdrawn = case(home, "SJ-2020-009"), case(home, "DS-2020-001")
    assert coming.verdict == "还不在台账：交办日期是 2020-05-25，从那天起才列入。"
    assert became(coming) == ["taken", "replaced", "left-out"]
    assert {finding.code for finding in coming.lines[1].findings} == {"unknown-case"}
    assert withdrawn.verdict.startswith("不在台账：")
    assert became(withdrawn) == ["replaced", "left-out"]
    assert (withdrawn.standing, withdrawn.story.is_in_register) == (None, False)


def test_rows_of_later_days_stand_apart_and_count_for_nothing(home: Office) -> None:
    home.put(report(day=YESTERDAY, progress=[progress_row("SJ-2020-001")]), "一.xlsx", "2020-05-20T16:00:00+08:00")
    home.put(report(progress=[resolved_row("SJ-2020-001")]), "二.xlsx")
    home.run(DAY)
    told = case(home, day=YESTERDAY)
    assert (became(told), [line.mention.became for line in told.later]) == (["taken", "taken"], ["taken"])
    assert told.standing is not None
    assert told.standing.status == "办理中"


def test_no_personal_number_shows(home: Office) -> None:
    home.put(report(progress=[progress_row("SJ-2020-001", 今日进展="已联系 13812345678")]), "一.xlsx")
    home.run(DAY)
    assert "13812345678" not in str([(line.cells, line.findings) for line in case(home).lines])


# --- a figure ----------------------------------------------------------------------------------------------------


def test_a_figure_is_the_cases_counted_and_those_not_counted_by_reason(home: Office, capsys: Captured) -> None:
    rows = [case_row(f"SJ-2020-{n:03}", 包案领导="领导一") for n in range(1, 6)]
    home.put_assignment(assignment([*rows, case_row("SJ-2020-006", 撤销依据="并案")]), "二.xlsx", "2020-05-02T09:00:00+08:00")
    disputed = resolved_row("SJ-2020-002", 群众确认="不认可")
    referred = progress_row("SJ-2020-004", 当前状态="导入法定途径")
    home.put(report(progress=[resolved_row("SJ-2020-001"), disputed, progress_row("SJ-2020-003"), referred]), "一.xlsx")
    home.run(DAY)
    arguments = ["--config", str(home.home / "config.yaml"), "explain", "市级交办和旗区自行梳理/领导一", "--date", str(DAY)]
    assert cli.main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "total": 5,
        "resolved": 1,
        "counted": ["SJ-2020-001"],
        "not_counted": {
            "群众不认可": ["SJ-2020-002"],
            "已交办": ["SJ-2020-005"],
            "办理中": ["SJ-2020-003"],
            "导入法定途径": ["SJ-2020-004"],
        },
    }
    assert cli.main(arguments) == 0
    said = capsys.readouterr().out
    assert "总数 5 件：计入化解 1 件，不计入 4 件" in said
    assert "不计台账改动（撤销1件：SJ-2020-006；撤销的一律按未化解计），化解率为16.6%（1/6）" in said
    assert "已撤销，不在总数里（1 件）\n    SJ-2020-006" in said
    assert "  未达标，还差 4 件\n" in said


def test_a_leader_named_like_a_district_gives_way_to_it_and_that_is_said(home: Office) -> None:
    rows = [case_row("SJ-2020-001", 包案领导="达拉特旗"), case_row("SJ-2020-002", "达拉特旗", 包案领导="领导三")]
    home.put_assignment(assignment(rows), "二.xlsx", "2020-05-02T09:00:00+08:00")
    home.put(report(progress=[]), "一.xlsx")
    home.run(DAY)
    told = figure(home, "市级交办和旗区自行梳理／达旗")
    assert (told.name, told.kind, told.remark) == ("市级交办和旗区自行梳理/达拉特旗", "旗区", "")
    told = figure(home, "市级交办和旗区自行梳理/达拉特旗")
    assert (told.kind, told.remark) == ("旗区", "“达拉特旗”也是包案领导的名称，这里按旗区。")
    assert told.breakdown.not_counted == {"已交办": ("SJ-2020-002",)}


def test_what_is_not_there_says_what_there_is(home: Office, capsys: Captured) -> None:
    home.put(report(progress=[]), "一.xlsx")
    home.run(DAY)
    for what, expected in (
        ("DS-2020-099", "收到过的文件里都没有这个编号的案件。可以写案件编号"),
        ("张三", "没有这个案件，也没有这个数字"),
        ("自治区交办/张三", "“/”后面可以写：旗区 东胜区、"),
        ("", "可以写案件编号"),
        ("领导一", "“领导一”的数字要写明哪一组，请写：自治区交办/领导一 或 市级交办和旗区自行梳理/领导一。"),
        ("达旗", "请写：自治区交办/达拉特旗 或 市级交办和旗区自行梳理/达拉特旗。"),
        ("豁免", "豁免（谁批准、到哪天）看当日汇总表的“豁免”。"),
    ):
        assert cli.main(["--config", str(home.home / "config.yaml"), "explain", what, "--date", str(DAY)]) == 2
        assert expected in capsys.readouterr().err


def test_two_cases_that_a_number_could_mean_are_both_named(home: Office) -> None:
    home.put_assignment(assignment([case_row("SJ-2020-01"), case_row("SJ-2020-001")]), "二.xlsx", "2020-05-02T09:00:00+08:00")
    home.put(report(progress=[]), "一.xlsx")
    home.run(DAY)
    assert case(home, "SJ-2020-001").story.number == "SJ-2020-001"
    with pytest.raises(UnknownError, match="可以是 SJ-2020-001、SJ-2020-01，请写全"):
        case(home, "SJ-2020-1")


def test_before_any_workbook_had_come_nothing_is_told_as_a_fact(office: Office, capsys: Captured) -> None:
    office.put_assignment(assignment(), "分解表.xlsx", f"{DAY}T09:00:00+08:00")
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    said = "2020-05-20 还没有分解表，那天有多少案件并不知道；这里按最早的一份（2020-05-21 09:00 收到）推算。"
    for told in (case(office, day=YESTERDAY).verdict, figure(office, "自治区交办", YESTERDAY).remark):
        assert told.endswith(f"注意：{said}")
    for told in (case(office).verdict, figure(office, "自治区交办").remark):
        assert "分解表" not in told
    assert cli.main(["--config", str(office.home / "config.yaml"), "explain", "自治区交办", "--date", str(YESTERDAY)]) == 0
    assert said in capsys.readouterr().out


def test_without_a_workbook_there_is_nothing_to_explain(office: Office) -> None:
    with pytest.raises(NothingToConsolidateError):
        figure(office, "自治区交办")


def test_a_strangers_file_leaves_a_figure_as_it_is_after_the_run_and_the_districts_own_makes_it_provisional(home: Office) -> None:
    group, sender = "市级交办和旗区自行梳理", "kangbashi@example.com"
    home.put(report(progress=[progress_row("SJ-2020-001")]), "一.xlsx")
    home.put(report(), "二.xlsx", "2020-05-21T16:20:00+08:00", channel="email", sender=sender)
    home.put(report(), "三.xlsx", "2020-05-21T16:30:00+08:00", channel="email", sender="mallory@example.net")
    home.run(DAY)
    assert figure(home, f"{group}/东胜区").verdict.startswith("未达标，")
    assert "再次报送" not in figure(home, group).verdict
    look = today.of_day(DAY, (), home.settings, None)
    assert not any("再次报送" in target.why_open(is_over=True) for target in look.targets)
    refused = write(edit(report_pages(), {"案件进展!P1": "手机号"}))
    home.put(refused, "四.xlsx", "2020-05-21T16:40:00+08:00", channel="email", sender="dongsheng@example.com")
    home.run(DAY)
    assert figure(home, f"{group}/东胜区").verdict.startswith("暂计未达标，")
    assert "东胜区再次报送的没有采用" in figure(home, group).verdict


def test_until_the_cut_off_nobodys_report_is_missing_and_what_waits_is_said_not_to_be_in_it(home: Office) -> None:
    group = "市级交办和旗区自行梳理"
    home.put(report(day=YESTERDAY, progress=[progress_row("SJ-2020-001")]), "一.xlsx", "2020-05-20T16:00:00+08:00")
    home.run(YESTERDAY)
    assert figure(home, group).waits == case(home).waits == ""
    early, late = (explanation.explain(group, home.settings, DAY, moment(f"2020-05-21 {at}")) for at in ("16:36", "17:01"))
    assert isinstance(early, FigureExplained)
    assert isinstance(late, FigureExplained)
    behind = "达拉特旗等8个旗区缺以前的日报（5月20日）"
    assert early.verdict.endswith(f"（东胜区等9个旗区还没有报，{behind}，报来、补报后结论可能改变）")
    assert late.verdict.endswith(f"（东胜区等9个旗区没有日报，{behind}，补报后结论可能改变）")
    home.put(report(progress=[resolved_row("SJ-2020-001")]), "二.xlsx")
    home.put_assignment(assignment([case_row("SJ-2020-001", 撤销依据="重复")]), "新.xlsx", "2020-05-21T16:10:00+08:00")
    early = explanation.explain(group, home.settings, DAY, moment("2020-05-21 16:36"))
    assert isinstance(early, FigureExplained)
    assert early.verdict.endswith(f"（达拉特旗等8个旗区还没有报，东胜区的日报还没有收下，{behind}，报来、收下、补报后结论可能改变）")
    said = "收件箱里还有 1 份日报、1 份分解表等待收取，没有算在这里。"
    assert early.waits == f"{said}算上它们的数字看网页“今天”。"
    assert f"  {early.waits}" in explanation_text.as_lines(early)
    assert figure(home, group, YESTERDAY).waits == said, "今天 has no figures of another day"
    whose = "收件箱里还有 东胜区的 1 份日报、1 份分解表等待收取，没有算在这里。"
    assert figure(home, f"{group}/东胜区").waits == whose
    assert figure(home, f"{group}/达拉特旗").waits == "收件箱里还有 1 份分解表等待收取，没有算在这里。"
    home.put(report("达拉特旗", progress=[]), "达.xlsx")
    assert f"  {whose}" in explanation_text.as_lines(case(home)), "no other district's report is about its case"
    own = explanation.of_district(explanation.case("SJ-2020-001", home.settings, DAY), "东胜区")
    assert own
    assert not own.waits, "how much of others' waits is the office's to know"


# --- every figure and every case of the sample weeks -------------------------------------------------------------


def _figures(summary: Summary) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for target in summary["targets"]:
        yield target["group"], "", target
    groups = {source: target["group"] for target in summary["targets"] for source in target["sources"]}
    for entry in summary["by_source"]:
        yield groups[entry["source"]], entry["source"], entry
    for part in ("district", "leader", "category"):
        for entry in summary[f"by_{part}"]:
            yield entry["group"], entry[part], entry


def _add_up(office: Office, day: date) -> None:
    """Check that the cases behind every figure of the day's summary are together its total."""
    groups = {group.name: group for group in office.settings.groups}
    register = explanation.register(office.settings, day)
    for group, label, entry in _figures(office.summary(day)):
        counted = explanation.figure(groups[group], label, register, office.settings, day).breakdown
        assert (counted.total, len(counted.counted)) == (entry["total"], entry["resolved"]), (day, group, label)


@pytest.mark.parametrize("week", WEEKS)
def test_the_cases_behind_every_figure_add_up_to_it(week: str, published: Published) -> None:
    for day in DAYS:
        _add_up(published(week).office, day)


def _lay(office: Office, files: Iterable[File]) -> None:
    for file in files:
        office.put(file.content, f"assignment/{file.name}" if file.is_assignment else file.name, file.received.isoformat())


@settings(max_examples=2)
@given(untidy_offices())
def test_whatever_comes_the_figures_open_to_their_cases_and_do_not_depend_on_runs_and_editions(files: list[File]) -> None:
    with TemporaryDirectory() as folder:
        daily, at_once = Office(Path(folder) / "daily"), Office(Path(folder) / "at once")
        since = datetime.min.replace(tzinfo=ZONE)
        for day in UNTIDY_DAYS:
            night = afternoon(day) + timedelta(hours=7)
            _lay(daily, (file for file in files if since < file.received <= night))
            daily.run(day)
            since = night
        _lay(daily, (file for file in files if file.received > since))
        daily.run(UNTIDY_DAYS[-1])
        _lay(at_once, files)
        at_once.run(*UNTIDY_DAYS)
        said = [at_once.summary(day) for day in UNTIDY_DAYS]
        assert said == [daily.summary(day) for day in UNTIDY_DAYS]
        shutil.rmtree(daily.settings.paths.editions)
        daily.run(*UNTIDY_DAYS)
        assert said == [daily.summary(day) for day in UNTIDY_DAYS]
        for day in UNTIDY_DAYS:
            _add_up(at_once, day)


def test_the_page_names_the_cases_that_are_not_counted_by_reason(published: Published) -> None:
    report = published("week-light").reports[-1]
    by_number = {case.number: case for case in report.cases}
    for figure in report.targets:
        shown = dict(cases_behind_figures.not_counted(figure.group, report, by_number))
        assert sum(map(len, shown.values())) == figure.tally.total - figure.tally.resolved
        assert shown.keys() <= {*breakdown.REASONS}


@pytest.mark.parametrize("week", WEEKS)
def test_every_cases_story_ends_where_the_summary_says_it_stands(week: str, published: Published) -> None:
    office = published(week).office
    files = held_files.held(office.settings, lambda _file: True).files
    for day in DAYS[-1:] if week == "week-messy" else DAYS[1:2]:
        summary = office.summary(day)
        for number, expected in summary["cases"].items():
            told = story.tell(number, [story.about(number, file) for file in files], office.settings, day)
            assert told.case is not None
            assert told.is_in_register
            assert (told.case.status, told.case.is_counted) == (expected["status"], expected["counted_resolved"]), (day, number)
        for number in summary["flags"]["cancelled"]:
            told = story.tell(number, [story.about(number, file) for file in files], office.settings, day)
            assert told.case is not None
            assert told.case.grounds
