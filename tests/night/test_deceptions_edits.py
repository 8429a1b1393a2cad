"""What an edited register could hide: in each, whoever reads 专报 or the page alone learns what happened (issue 12).

Covers `edit_words`, `moved_figures` and `rule_words`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from offices import CONFIG, HOME, File, Office, afternoon, assigned
from read_by_leaders import Told, paper_text, told
from workbooks import DISTRICTS, Row, assignment, case_row, exemption_row, new_row, progress_row, report, resolved_row

from pipeline.day.edit_effects import Effects, Mover, Shift
from pipeline.day.targets import Tally
from pipeline.night import nightly
from pipeline.render.papers import briefing, briefing_files, page_room
from pipeline.report import edit_words, moved_figures
from pipeline.settings.config import load

MONDAY = date(2020, 5, 18)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
REGION, CITY = "自治区交办", "市级交办和旗区自行梳理"
CASES = [f"SJ-2020-{number:03}" for number in range(1, 11)]
FIRST, LAST, OPEN = "2020-05-01 09:00", CASES[9], CASES[8:]


def _listed(**changed: Row) -> list[Row]:
    """Ten cases of the city and one of the region; `changed`: other cells, by the last digits of a number."""
    rows = [*(case_row(number) for number in CASES), case_row("ZZQ-2020-001"), case_row("ZZQ-2020-002")]
    return [{**row, **changed.get(f"_{str(row['案件编号'])[-3:]}" if str(row["案件编号"]).startswith("SJ") else "zzq", {})} for row in rows]


def _workbook(rows: list[Row], received: str = FIRST) -> File:
    return assigned(assignment(rows), received, f"分解表{received[:10]}.xlsx")


def _reports(day: date, resolved: int = 8) -> list[File]:
    """All nine districts report: so many of the city's ten cases are resolved, both of the region's."""
    rows = [_resolved(number) for number in CASES[:resolved]]
    rows += [progress_row(number) for number in CASES[resolved:]] + [_resolved("ZZQ-2020-001"), _resolved("ZZQ-2020-002")]
    return [File(report(name, day, progress=rows if name == "东胜区" else []), afternoon(day), f"{name}{day}.xlsx") for name in DISTRICTS]


def _resolved(number: str, **cells: str) -> Row:
    return resolved_row(number, **{"答复日期": "2020-05-18", **cells})


def _told(newer: list[Row], *, before: list[Row] | None = None, resolved: int = 8) -> Told:
    """What is told on Tuesday, when a newer workbook came in the morning."""
    files = [
        _workbook(before or _listed()),
        _workbook(newer, "2020-05-19 09:00"),
        *_reports(MONDAY, resolved),
        *_reports(TUESDAY, resolved),
    ]
    return told(files, [MONDAY, TUESDAY])[TUESDAY]


def _assert_stands(told: Told, *said: str) -> None:
    """All of it stands in 专报, and all of it on the page."""
    for text in told.both:
        assert [words for words in said if words not in text] == []


def _first_paragraph(told: Told, group: str) -> str:
    return next(line for line in told.paper.splitlines() if line.startswith(f"{group}案件共"))


# --- rows of the table -------------------------------------------------------------------------------------------


def test_refused_rows_of_a_newer_workbook_are_told_with_the_cases_that_keep_what_they_had() -> None:
    day = _told(_listed(_009={"办结时限": "六月底", "旗区": "达拉特旗"}, _010={"办结时限": "六月底"}))
    _assert_stands(day, "现行分解表2行没有采用：SJ-2020-009、SJ-2020-010沿用原内容。")
    for text in _told(_listed()).both:
        assert "行没有采用" not in text


def test_a_refused_row_of_a_case_that_is_not_there_yet_is_told() -> None:
    day = _told([*_listed(), case_row("SJ-2020-011", 办结时限="六月底")])
    _assert_stands(day, "现行分解表1行没有采用：1行没有列入台账（SJ-2020-011）。")


def test_refused_rows_of_sheets_without_cases_are_not_told_as_cases() -> None:
    newer = [*_listed(), case_row("SJ-2020-011", 办结时限="六月底")]
    content = assignment(newer, exemptions=[exemption_row("SJ-2020-777"), exemption_row("SJ-2020-778")])
    day = told([assigned(content, FIRST, "分解表.xlsx"), *_reports(MONDAY)], [MONDAY])[MONDAY]
    _assert_stands(day, "现行分解表3行没有采用：1行没有列入台账（SJ-2020-011），2行是“豁免”表的，不是案件。")


def test_a_later_date_of_assignment_moves_nothing_and_is_said() -> None:
    day = _told(_listed(_009={"交办日期": "2020-06-01"}, _010={"交办日期": "2020-06-01"}))
    assert (day.summary["targets"][1]["total"], day.summary["targets"][1]["met"]) == (10, False)
    _assert_stands(day, "2件交办日期被改晚，仍按原日期计入（SJ-2020-009：2020-04-20→2020-06-01、SJ-2020-010：2020-04-20→2020-06-01）")


@pytest.mark.parametrize("cells", [{"办结时限": "2020-06-30"}, {"延期至": "2020-06-01"}])
def test_a_flag_that_went_away_because_the_deadline_moved_is_told(cells: Row) -> None:
    late: Row = {"办结时限": "2020-05-10"}
    (column,) = cells
    day = _told(_listed(_009={**late, **cells}, _010=late), before=_listed(_009=late, _010=late))
    assert day.summary["flags"]["overdue"] == ["SJ-2020-010"]
    _assert_stands(day, f"{column}改后，1件不再算超期未结（SJ-2020-009）")


def test_the_next_notice_says_that_a_deadline_moved(office: Office) -> None:
    late: Row = {"办结时限": "2020-05-10"}
    for name, content, received in (
        ("一.xlsx", _listed(_009=late, _010=late), "2020-05-01T09:00:00+08:00"),
        ("二.xlsx", _listed(_009={**late, "延期至": "2020-06-01"}, _010=late), "2020-05-19T09:00:00+08:00"),
    ):
        office.put_assignment(assignment(content), name, received)
    for file in (_reports(MONDAY)[0], _reports(TUESDAY)[0]):
        office.put(file.content, file.name, file.received.isoformat())
    nightly.run(office.settings, [MONDAY, TUESDAY])
    (notice,) = Path(office.outbox / str(TUESDAY) / "督办通知").glob("东胜区*.docx")
    text = paper_text(notice)
    assert "SJ-2020-009" in text
    assert "时限改动，尚未办结1件：SJ-2020-009（延期至2020年6月1日，原为2020年5月10日）" in text


def test_cases_cancelled_on_the_eve_stand_with_their_grounds_beside_the_target_that_is_met_by_it() -> None:
    newer = _listed(_009={"撤销依据": "重复交办"}, _010={"撤销依据": "双方和解"})
    day = _told(newer)
    assert day.summary["targets"][1]["met"] is True
    cases = "SJ-2020-009（东胜区，依据：重复交办）、SJ-2020-010（东胜区，依据：双方和解）"
    said = f"今日撤销2件：{cases}。如仍按所报计入，为8/10（80.0%），低于90%的目标。"
    _assert_stands(day, said)
    assert said in _first_paragraph(day, CITY)


def test_a_cancelled_case_stands_with_its_grounds_as_long_as_it_is_cancelled() -> None:
    newer = _listed(_009={"撤销依据": "重复交办"})
    files = [_workbook(newer), *_reports(MONDAY), *_reports(TUESDAY)]
    day = told(files, [TUESDAY])[TUESDAY]
    _assert_stands(day, "SJ-2020-009", "重复交办")
    # The grounds stand here, and the reader is sent nowhere for them.
    assert "已撤销、不计入总数的共1件：SJ-2020-009（东胜区，市级交办，依据：重复交办）。逐件见《" in day.paper
    assert "今日撤销" not in day.paper


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"旗区": "乌审旗"}, "东胜区（市级交办和旗区自行梳理）由9/10（90.0%）变为9/9（100.0%）"),
        ({"包案领导": "领导九"}, "领导九（市级交办和旗区自行梳理）由0/0（—）变为0/1（0.0%）"),
    ],
)
def test_a_case_that_goes_to_another_district_or_leader_is_named_with_both_figures(cells: Row, said: str) -> None:
    day = _told(_listed(_010=cells), resolved=9)
    ((column, value),) = cells.items()
    _assert_stands(day, f"{column}1件（SJ-2020-010：{'东胜区' if column == '旗区' else '领导一'}→{value}）", said)


def test_a_cancellation_by_which_a_leader_stands_better_is_told_of_him() -> None:
    day = _told(_listed(_010={"撤销依据": "重复交办"}), resolved=5)
    _assert_stands(day, "领导一（市级交办和旗区自行梳理）由5/10（50.0%）变为5/9（55.5%）")


def test_each_figure_that_moved_is_told_with_what_moved_it_and_of_two_causes_that_they_did_it_together() -> None:
    day = _told(_listed(_010={"撤销依据": "重复交办"}, _009={"旗区": "乌审旗"}, _001={"延期至": "2020-07-30"}), resolved=5)
    _assert_stands(day, f"因撤销（SJ-2020-010），领导一（{CITY}）由5/10（50.0%）变为5/9（55.5%）")
    _assert_stands(day, f"撤销（SJ-2020-010）、旗区改动（SJ-2020-009）合计，东胜区（{CITY}）由5/10（50.0%）变为5/8（62.5%）")
    _assert_stands(day, f"因旗区改动（SJ-2020-009），乌审旗（{CITY}）由0/0（—）变为0/1（0.0%）")
    assert f"东胜区（{CITY}）由5/10（50.0%）变为5/8（62.5%）（2件改动合计）" in day.page  # beside each of the two edits


def test_of_figures_that_have_no_room_those_that_stay_are_not_said_to_change() -> None:
    tally = Tally(90, 11, 9)
    out, come = (Mover(number, "东胜区", "东胜区", "东胜区", "") for number in ("SJ-2020-010", "SJ-2020-011"))
    stays, falls = (Shift("district", CITY, "东胜区", was, tally, (out,), (come,)) for was in (tally, Tally(90, 10, 8)))
    said = edit_words.outcomes(Effects(shifts=(stays, falls)), TUESDAY, edit_words.Room(0, 20))
    assert "".join(said).endswith("1个旗区或包案领导的数字有变，1个案件有进有出、数字没有变。")


def test_what_the_same_edit_moved_stands_in_one_sentence_with_the_verdict_that_it_turned() -> None:
    moved = Mover("SJ-2020-010", "东胜区", "东胜区", "达拉特旗", "")
    falls = Shift("district", CITY, "达拉特旗", Tally(90, 5, 5), Tally(90, 6, 5), (), (moved,))
    rises = Shift("district", CITY, "东胜区", Tally(90, 6, 4), Tally(90, 5, 4), (moved,), ())
    first, others = edit_words.outcomes(Effects(shifts=(rises, falls)), TUESDAY)
    assert (first.count("因旗区改动（SJ-2020-010），"), others) == (1, "")
    assert first.index("达拉特旗") < first.index("东胜区"), "what turned a verdict stands first"


def test_where_one_case_leaves_and_another_comes_both_are_named() -> None:
    tally, other = Tally(90, 11, 9), Tally(90, 10, 9)
    out, come = (Mover(number, "东胜区", "", "", "") for number in ("SJ-2020-010", "SJ-2020-011"))
    said = [
        moved_figures.in_brief(Shift("leader", CITY, "领导一", was, tally, left, (come,))) for was, left in ((tally, (out,)), (other, ()))
    ]
    assert said == [
        f"领导一（{CITY}）仍为9/11（81.8%），移出SJ-2020-010，移入SJ-2020-011",
        f"领导一（{CITY}）由9/10（90.0%）变为9/11（81.8%）",
    ]


def test_a_case_that_goes_to_another_group_is_named_beside_the_target_that_is_met_by_it() -> None:
    region = _listed(_010={"案件来源": "自治区交办"})
    day = _told(_listed(), before=region, resolved=9)
    assert (day.summary["targets"][0]["met"], day.summary["targets"][1]["met"]) == (True, True)
    said = f"今日改到别组1件：SJ-2020-010（东胜区，改为{CITY}）。如没有这些改动，为2/3（66.6%），低于100%的目标。"
    _assert_stands(day, said)
    assert said in _first_paragraph(day, REGION)
    assert f"由别组改入1件：SJ-2020-010（东胜区，原为{REGION}）" in _first_paragraph(day, CITY)


def test_a_case_resolved_while_it_is_cancelled_gives_two_rates_and_each_says_how_it_counts() -> None:
    files = [_workbook(_listed()), _workbook(_listed(_010={"撤销依据": "双方和解"}), "2020-05-19 09:00")]
    day = told([*files, *_reports(MONDAY, 8), *_reports(TUESDAY, 10)], [TUESDAY])[TUESDAY]
    _assert_stands(
        day, "如仍按所报计入，为10/10（100.0%）。", "不计台账改动（撤销1件：SJ-2020-010；撤销的一律按未化解计），化解率为90.0%（9/10）"
    )
    region = _told(_listed(), before=_listed(_010={"案件来源": "自治区交办"}), resolved=9)
    assert "不计台账改动（改到其他组1件：SJ-2020-010），化解率为" in region.page  # none is cancelled


@pytest.mark.parametrize(("found", "resolved", "said"), [(10, 8, True), (10, 9, False), (9, 8, False)])
def test_a_target_met_by_cases_found_and_resolved_on_one_day_is_said(*, found: int, resolved: int, said: bool) -> None:
    """Eight of ten are no 90 %; ten more, found and resolved today, make it eighteen of twenty."""
    own = [f"DS-2020-{number:03}" for number in range(1, found + 1)]
    rows = [_resolved(number, 答复日期="2020-05-19") for number in own]
    content = report(day=TUESDAY, progress=rows, new=[new_row(number, 排查日期="2020-05-19") for number in own])
    files = [_workbook(_listed()), *_reports(MONDAY, resolved), *_reports(TUESDAY, resolved)[1:], File(content, afternoon(TUESDAY))]
    day = told(files, [TUESDAY])[TUESDAY]
    assert day.summary["targets"][1]["resolved"] == found + resolved
    for text in (*day.both, day.overview):
        assert ("不计今日新增即化解的10件，为8/10（80.0%），低于90%的目标。" in text) is said
    for text in day.both:  # nothing else was resolved: that is said whatever the target
        assert f"不计今日新增即化解的{found}件" in text


def test_a_case_that_comes_back_is_said() -> None:
    day = _told(_listed(), before=_listed(_010={"撤销依据": "双方和解"}))
    _assert_stands(day, "今日恢复计入1件：SJ-2020-010（东胜区，原依据：双方和解）。如没有这些改动，为8/9（88.8%）。")


def test_a_case_that_comes_back_in_another_group_is_said_in_both() -> None:
    day = _told(_listed(), before=_listed(_010={"案件来源": "自治区交办", "撤销依据": "双方和解"}))
    away, come = (f"SJ-2020-010（东胜区，{where}，原依据：双方和解）" for where in (f"改为{CITY}", f"原为{REGION}"))
    _assert_stands(day, "案件来源1件（SJ-2020-010：自治区交办→市级交办）")
    for text in day.both:
        assert f"今日恢复并改到别组1件：{away}。" in text
        assert f"今日恢复并由别组改入1件：{come}。如没有这些改动，为8/9（88.8%）。" in text
        assert "恢复计入1件" not in text
    gone = _told(_listed(_010={"案件来源": "自治区交办", "撤销依据": "双方和解"}))
    _assert_stands(gone, "今日撤销1件：SJ-2020-010（东胜区，依据：双方和解）", "案件来源1件（SJ-2020-010：市级交办→自治区交办）")


def test_a_case_left_out_of_a_newer_workbook_goes_on_counting_and_is_said() -> None:
    day = _told([row for row in _listed() if row["案件编号"] != LAST])
    assert day.summary["targets"][1]["total"] == 10
    _assert_stands(day, "1件在分解表里不见了，仍按原内容计入（SJ-2020-010）")


# --- more of the same kind ---------------------------------------------------------------------------------------


def test_an_extension_on_the_very_day_on_which_it_would_be_overdue_is_told() -> None:
    """Yesterday it was due, not overdue: a comparison of the flags of two days would find nothing."""
    due: Row = {"办结时限": "2020-05-18"}
    day = _told(_listed(_010={**due, "延期至": "2020-06-17"}), before=_listed(_010=due))
    _assert_stands(day, "延期至改后，1件不再算超期未结（SJ-2020-010）", "SJ-2020-010：空（办结时限2020-05-18）→2020-06-17")


def test_of_many_deadlines_that_moved_those_that_took_a_flag_away_are_named_first() -> None:
    numbers = [f"SJ-2020-{number:03}" for number in range(1, 31)]
    before: list[Row] = [case_row(number, 办结时限="2020-05-10") for number in numbers]
    newer: list[Row] = [case_row(number, 办结时限="2020-05-10", 延期至="2020-06-17") for number in numbers]
    rows = [_resolved(number) for number in numbers[:29]]
    files = [_workbook(before), _workbook(newer, "2020-05-19 09:00")]
    files += [File(report(day=day, progress=rows), afternoon(day)) for day in (MONDAY, TUESDAY)]
    _assert_stands(told(files, [TUESDAY])[TUESDAY], "延期至30件（SJ-2020-030：空（办结时限2020-05-10）→2020-06-17、SJ-2020-001：空")


def test_a_deadline_moved_for_a_case_that_was_resolved_today_took_no_flag_away() -> None:
    late: Row = {"办结时限": "2020-05-10"}
    files = [_workbook(_listed(_009=late)), _workbook(_listed(_009={"办结时限": "2020-06-30"}), "2020-05-19 09:00")]
    day = told([*files, *_reports(MONDAY), *_reports(TUESDAY, 9)], [TUESDAY])[TUESDAY]
    for text in day.both:
        assert "办结时限1件（SJ-2020-009：2020-05-10→2020-06-30）" in text
        assert "不再算" not in text


def test_an_extension_that_is_shortened_is_told_with_the_flag_that_it_brings() -> None:
    day = _told(_listed(_010={"延期至": "2020-05-15"}), before=_listed(_010={"延期至": "2020-06-30"}))
    _assert_stands(day, "延期至1件（SJ-2020-010：2020-06-30→2020-05-15）", "延期至改后，1件算作超期未结（SJ-2020-010）")


def test_a_case_moved_to_another_group_and_cancelled_there_is_told_twice_and_keeps_its_first_source() -> None:
    region = _listed(_010={"案件来源": "自治区交办"})
    moved, cancelled = _listed(), _listed(_010={"撤销依据": "重复交办"})
    files = [_workbook(region), _workbook(moved, "2020-05-19 09:00"), _workbook(cancelled, "2020-05-20 09:00")]
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        files += _reports(day, 9)
    days = told(files, [MONDAY, TUESDAY, WEDNESDAY])
    assert "今日改到别组1件：SJ-2020-010" in _first_paragraph(days[TUESDAY], REGION)
    assert "今日撤销1件：SJ-2020-010（东胜区，依据：重复交办）。如仍按所报计入，为9/10（90.0%）" in _first_paragraph(days[WEDNESDAY], CITY)
    later = told([*files, *_reports(WEDNESDAY + timedelta(days=1), 9)], [WEDNESDAY + timedelta(days=1)])
    assert "SJ-2020-010（东胜区，市级交办，原为自治区交办，依据：重复交办）" in next(iter(later.values())).paper


def test_moved_and_cancelled_by_one_workbook_it_is_told_where_it_counted() -> None:
    day = _told(_listed(_010={"撤销依据": "重复交办"}), before=_listed(_010={"案件来源": "自治区交办"}), resolved=9)
    said = "今日撤销1件：SJ-2020-010（东胜区，依据：重复交办）。如仍按所报计入，为2/3（66.6%），低于100%的目标。"
    _assert_stands(day, said)
    assert said in _first_paragraph(day, REGION)


def test_a_case_that_comes_cancelled_never_counted_and_is_told_all_the_same() -> None:
    day = _told([*_listed(), case_row("SJ-2020-011", 撤销依据="登记有误")])
    _assert_stands(day, "今日撤销1件：SJ-2020-011（东胜区，依据：登记有误）")


def test_a_correction_that_drops_a_dispute_is_told_with_the_rate_if_it_stood() -> None:
    disputed = File(report(day=TUESDAY, progress=[_resolved(CASES[8], 群众确认="不认可")]), afternoon(TUESDAY), "一版.xlsx")
    day = told([_workbook(_listed()), *_reports(MONDAY), disputed, *_later(_reports(TUESDAY, 9))], [TUESDAY])[TUESDAY]
    assert day.summary["changes"]["withdrawn_disputes"] == []  # 认可 was said: nothing to tell
    blank = (
        [progress_row(number) for number in CASES[9:]] + [_resolved(number) for number in CASES[:8]] + [_resolved(CASES[8], 群众确认="")]
    )
    dropped = File(report(day=TUESDAY, progress=blank), afternoon(TUESDAY).replace(hour=23), "二版.xlsx")
    day = told([_workbook(_listed()), *_reports(MONDAY), disputed, dropped], [TUESDAY])[TUESDAY]
    _assert_stands(
        day, "更正的日报去掉了1件的群众不认可，又没有写认可：SJ-2020-009（东胜区）。如仍按不认可，为8/10（80.0%），低于90%的目标"
    )


def _later(files: list[File]) -> list[File]:
    return [File(file.content, file.received.replace(hour=17, minute=30), file.name) for file in files]


def test_a_figure_that_a_revision_before_noon_lowers_is_told_with_the_one_reported_first() -> None:
    back = [progress_row(number, 重新办理原因="群众反映") for number in CASES[:3]]
    lowered = File(report(day=TUESDAY, progress=back), afternoon(WEDNESDAY).replace(hour=9), "二版.xlsx")
    files = [_workbook(_listed()), *_reports(MONDAY), *_reports(TUESDAY)]
    _assert_stands(told([*files, lowered], [TUESDAY])[TUESDAY], "首报后又更正：东胜区", "；首报时为8/10。")
    assert "首报时为" not in told(files, [TUESDAY])[TUESDAY].paper
    in_time = File(lowered.content, afternoon(TUESDAY).replace(hour=16, minute=57), "二版.xlsx")
    assert "首报后又更正：东胜区16:57更正" in told([*files, in_time], [TUESDAY])[TUESDAY].paper.replace("\n", "")


def test_another_number_with_an_older_date_ends_no_dispute_and_is_said() -> None:
    monday = File(report(day=MONDAY, progress=[_resolved(LAST, 群众确认="不认可")]), afternoon(MONDAY))
    renumbered = _resolved(LAST, 群众确认="", 答复文号="东住建信〔2020〕1号之二", 答复日期="2020-05-10")
    tuesday = File(report(day=TUESDAY, progress=[renumbered]), afternoon(TUESDAY))
    day = told([_workbook(_listed()), monday, tuesday], [MONDAY, TUESDAY])[TUESDAY]
    assert day.summary["flags"]["disputed"] == [LAST]
    _assert_stands(day, "1件群众不认可后换了答复文号，但答复日期更早，仍按不认可计（SJ-2020-010）")


def test_overdue_cases_that_are_referred_are_named_and_others_that_are_referred_are_not() -> None:
    late = _listed(_009={"办结时限": "2020-05-10"}, _010={"办结时限": "2020-06-30"})
    rows = [_resolved(number) for number in CASES[:8]] + [progress_row(number, 当前状态="导入法定途径") for number in OPEN]
    files = [_workbook(late), *_reports(MONDAY), File(report(day=TUESDAY, progress=rows), afternoon(TUESDAY))]
    day = told([*files, File(report(day=WEDNESDAY, progress=[]), afternoon(WEDNESDAY))], [TUESDAY, WEDNESDAY])
    _assert_stands(day[TUESDAY], "今日1件超期未结（SJ-2020-009）转为导入法定途径，没有计入化解，不再列入督办。")
    assert not any("转为导入法定途径" in text for text in day[WEDNESDAY].both)  # told once


@pytest.mark.parametrize(("answer", "is_told"), [("不认可", True), ("认可", False)])
def test_a_disputed_case_that_is_referred_is_told_as_that_and_not_as_reopened_alone(answer: str, is_told: bool) -> None:  # noqa: FBT001 - a row
    rows = [_resolved(number) for number in CASES[:8]]
    monday = [*rows, _resolved(LAST, 群众确认=answer)]
    tuesday = [*rows, progress_row(LAST, 当前状态="导入法定途径", 重新办理原因="已起诉")]
    files = [_workbook(_listed(_010={"办结时限": "2020-06-30"}))]
    files += [File(report(day=day, progress=sent), afternoon(day)) for day, sent in ((MONDAY, monday), (TUESDAY, tuesday))]
    for text in told(files, [TUESDAY])[TUESDAY].both:
        assert ("今日1件群众不认可（SJ-2020-010）转为导入法定途径，没有计入化解，不再列入督办。" in text) is is_told


def test_a_day_on_which_nothing_was_edited_says_nothing_of_it() -> None:
    day = _told(_listed())
    for text in day.both:
        assert [words for words in ("台账要素", "今日撤销", "不再算", "改晚") if words in text] == []


def test_of_many_cancelled_cases_the_first_are_named_the_others_counted_and_every_one_is_on_the_page() -> None:
    rows = [*_listed(), *(case_row(f"SJ-2020-{number:03}", 撤销依据=f"并案{number}") for number in range(100, 160))]
    files = [_workbook(rows), *_reports(MONDAY), *_reports(TUESDAY)]
    day = told(files, [TUESDAY])[TUESDAY]
    assert "已撤销、不计入总数的共60件：SJ-2020-100（东胜区，市级交办，依据：并案100）" in day.paper
    assert "等。依据见《信访事项办理情况汇总》“撤销案件”" in day.paper
    assert [number for number in range(100, 160) if f"并案{number}" not in day.page] == []


def test_a_workbook_that_edits_and_cancels_hundreds_of_cases_leaves_three_pages_and_every_edit_on_the_page() -> None:
    rows = [*_listed(), *(case_row(f"SJ-2020-{number:03}", 办结时限="2020-05-10") for number in range(100, 400))]
    grounds = "与前期信访事项重复，经核查属同一事项，报请同意后撤销"
    changes: list[Row] = [
        {"撤销依据": grounds},
        {"延期至": "2020-06-01", "包案领导": "领导二"},
        {"案件来源": "自治区交办"},
        {"旗区": "乌审旗"},
    ]
    newer = [{**row, **changes[at % 4]} if str(row["案件编号"]) >= "SJ-2020-100" else row for at, row in enumerate(rows)]
    files = [_workbook(rows), _workbook(newer, "2020-05-19 09:00"), *_reports(MONDAY), *_reports(TUESDAY)]
    day = told(files, [MONDAY, TUESDAY])[TUESDAY]
    assert page_room.pages(briefing.fields(day.report)) <= briefing.MOST_PAGES
    papers, _broken, _printed = briefing_files.render(day.report, HOME / "templates")
    pdf = next(content for name, content in papers.items() if name.endswith(".pdf"))
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= briefing.MOST_PAGES
    assert "今日撤销75件：SJ-2020-1" in _first_paragraph(day, CITY)
    assert "件不再算超期未结（SJ-2020-" in day.paper
    assert day.page.count(grounds) >= 75


# --- rules that change -------------------------------------------------------------------------------------------

_REST = "{name: 市级交办和旗区自行梳理, sources: [市级交办, 旗区自行梳理], target_percent: 90}"
_MERGED = "{name: 自治区交办, sources: [自治区交办, 市级交办], target_percent: 80}"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            f"groups: [{{name: 自治区交办, sources: [自治区交办], target_percent: 80}}, {_REST}]",
            "自治区交办8/10，按原目标100%未达标，还差2件",
        ),
        (
            f"groups: [{_MERGED}, {{name: 旗区自行梳理, sources: [旗区自行梳理], target_percent: 90}}]",
            "按原分组，自治区交办8/10，按原目标100%未达标，还差2件；市级交办和旗区自行梳理0/1，按原目标90%暂计未达标，还差1件",
        ),
        ("windows: {stalled_days: 60}", "停滞由3件减为0件"),
        (
            'calendar: {cut_off: "15:00"}',
            "改为15:00。当日的数字按新规则计算，以前各日不变；东胜区的日报由按时改算迟报。",
        ),
        ('calendar: {cut_off: "16:30"}', "改为16:30。当日的数字按新规则计算，以前各日不变。"),
    ],
    ids=["target", "groups", "windows", "cut-off", "cut-off that makes nobody late"],
)
def test_a_rule_s_first_day_says_what_the_figures_were_by_the_rule_before(tmp_path: Path, change: str, sentence: str) -> None:
    first, second, third = (date(2020, 5, day) for day in (18, 19, 20))
    written = CONFIG.read_text(encoding="utf-8").replace("changes: []", f"changes: [{{from: {second}, {change}}}]")
    assert str(second) in written
    path = tmp_path / "config.yaml"
    path.write_text(written, encoding="utf-8")
    ten = [f"ZZQ-2020-{number:03}" for number in range(1, 11)]
    rows = [resolved_row(number, 答复日期="2020-05-18") for number in ten[:8]]
    files = [assigned(assignment([case_row(number) for number in [*ten, "SJ-2020-001"]]))]
    files += [File(report("东胜区", day, progress=rows if day == first else []), afternoon(day)) for day in (first, second, third)]
    read = told(files, [first, second, third], load(path))
    for text in (*read[second].both, read[second].overview):
        assert sentence in text
    for text in (*read[first].both, *read[third].both):
        assert sentence not in text
    # It is about the groups together, so it stands before the first one.
    assert read[second].paper.index("自5月19日起") < read[second].paper.index("自治区交办案件共")
    judged_then = "（按当时目标100%，按件数算未达标）。"
    assert (judged_then in read[second].page, judged_then in read[third].page) == ("sources: [自治区交办]," in change, False)
    assert "更正后 8/10" not in read[second].page


def test_a_rule_that_makes_a_provisional_verdict_certain_says_what_it_was_by_the_rule_before(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    change = f"changes: [{{from: {TUESDAY}, windows: {{new_cases_per_report: 0}}}}]"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("changes: []", change), encoding="utf-8")
    files = [_workbook(_listed()), *_reports(MONDAY, 9), _reports(TUESDAY, 9)[0]]
    read = told(files, [MONDAY, TUESDAY], load(path))
    _assert_stands(read[TUESDAY], "市级交办和旗区自行梳理90.0%，达标", "市级交办和旗区自行梳理按原规则暂计达标")
    for day in (read[MONDAY], told(files, [TUESDAY])[TUESDAY]):
        assert not any("按原规则" in text for text in day.both)


# --- again and again ---------------------------------------------------------------------------------------------

_FIVE = [MONDAY + timedelta(days=days) for days in range(5)]


def _each_day(cells: list[Row]) -> Told:
    """What is told on the last day where each morning's workbook says something else of SJ-2020-009, which is due on 10 May."""
    files = [file for day in _FIVE[: len(cells)] for file in _reports(day)]
    files += [
        _workbook(_listed(_009={"办结时限": "2020-05-10", **changed}), "2020-05-01 09:00" if day == MONDAY else f"{day} 09:00")
        for day, changed in zip(_FIVE, cells, strict=False)
    ]
    last = _FIVE[len(cells) - 1]
    return told(files, [last])[last]


def test_an_extension_for_the_third_time_is_told_as_that() -> None:
    first, second = _each_day([{}, {"延期至": "2020-05-20"}]), _each_day([{}, {"延期至": "2020-05-19"}, {"延期至": "2020-05-21"}])
    third = _each_day([{}, {"延期至": "2020-05-18"}, {"延期至": "2020-05-19"}, {"延期至": "2020-06-10"}])
    _assert_stands(first, "延期至改后，1件不再算超期未结", "（SJ-2020-009")
    assert not any("次延期" in text for text in first.both)
    _assert_stands(second, "SJ-2020-009：2020-05-19→2020-05-21，第2次延期")
    _assert_stands(third, "SJ-2020-009：2020-05-19→2020-06-10，第3次延期", "延期至改后，1件不再算超期未结（SJ-2020-009：第3次延期）")


def test_how_often_a_deadline_moved_depends_on_no_other_day_that_is_asked_for() -> None:
    late: Row = {"办结时限": "2020-05-10"}
    files = [*_reports(TUESDAY), *_reports(WEDNESDAY), _workbook(_listed(_009=late))]
    files += [_workbook(_listed(_009={**late, "延期至": f"2020-05-{day + 10}"}), f"2020-05-{day} 09:00") for day in (15, 16, 20)]
    said = "SJ-2020-009：2020-05-26→2020-05-30，第3次延期"
    early = [date(2020, 5, 12), TUESDAY, WEDNESDAY]  # before the first report, and so before the second workbook
    for days in ([WEDNESDAY], early):
        _assert_stands(told(files, days)[WEDNESDAY], said)


def test_two_workbooks_of_one_day_extend_once() -> None:
    late: Row = {"办结时限": "2020-05-10"}
    files = [*_reports(MONDAY), *_reports(TUESDAY), _workbook(_listed(_009=late))]
    files += [_workbook(_listed(_009={**late, "延期至": f"2020-05-{day}"}), f"2020-05-19 0{day - 12}:00") for day in (20, 21)]
    for text in told(files, [TUESDAY])[TUESDAY].both:
        assert "2020-05-21" in text
        assert "次延期" not in text


def test_a_case_cancelled_again_is_told_as_that() -> None:
    cancelled = {"撤销依据": "重复交办"}
    again, once = _each_day([{}, cancelled, {}, cancelled]), _each_day([{}, {}, {}, cancelled])
    _assert_stands(again, "SJ-2020-009（东胜区，第2次撤销，依据：重复交办）")
    assert not any("次撤销" in text for text in once.both)


@pytest.mark.parametrize(
    ("newer", "said"),
    [
        ({"延期至": "2020-05-15"}, "延期至改后，1件仍算超期未结、起算的时限改晚（SJ-2020-009：5月10日→5月15日）"),
        ({"办结时限": "2020-05-06"}, "办结时限改后，1件仍算超期未结、起算的时限改早（SJ-2020-009：5月10日→5月6日）"),
        ({"案由": "别的"}, ""),
        ({"延期至": "2020-05-10"}, ""),
    ],
)
def test_a_deadline_that_has_passed_too_moves_where_overdue_begins_and_that_is_told(newer: Row, said: str) -> None:
    day = _each_day([{}, newer])
    assert day.summary["flags"]["overdue"] == ["SJ-2020-009"]
    if said:
        _assert_stands(day, said)
    else:
        assert not any("起算的时限" in text for text in day.both)
