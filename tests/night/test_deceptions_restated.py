"""What became known later, as the leaders read it: each reader of 专报 or page alone learns what was told and what is known now.

Covers `restatement`, `restating`, `row_changes`, `corrections`, `restated_figures`, `day_corrected` and `corrections_sheet`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from offices import SETTINGS, File, afternoon, assigned, handed_in, moment, on
from read_by_leaders import Told, told
from workbooks import Row, assignment, case_row, edit, new_row, progress_row, report, report_pages, resolved_row, write

from pipeline.post.wording import LeadersDay, Writer
from pipeline.report import corrections, day_corrected, headline, not_taken

DAYS = [date(2020, 5, 18) + timedelta(days=days) for days in range(5)]
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = DAYS
REGION, CITY = "自治区交办", "市级交办和旗区自行梳理"
TEN = [f"ZZQ-2020-{number:03}" for number in range(1, 11)]
SEVENTH, NINTH, TENTH = TEN[6], TEN[8], TEN[9]


def _assigned(numbers: Iterable[str] = TEN) -> File:
    return assigned(assignment([case_row(number, 办结时限="2020-05-17") for number in [*numbers, "SJ-2020-001"]]))


def _resolved(numbers: Iterable[str], **cells: str) -> list[Row]:
    return [resolved_row(number, 答复日期="2020-05-18", **cells) for number in numbers]


def _of(day: date, *rows: Row, new: Iterable[Row] = (), came: str = "", district: str = "东胜区") -> File:
    return File(report(district, day, progress=rows, new=new), moment(came) if came else afternoon(day))


def _assert_all_say(day: Told, *sentences: str) -> None:
    for text in day.both:
        for sentence in sentences:
            assert sentence in text


def test_a_late_report_is_told_with_what_it_changed_though_its_case_is_another_districts_by_now() -> None:
    seventh_moved = [case_row(number, 旗区="达拉特旗" if number == SEVENTH else "东胜区") for number in TEN]
    others = [case_row("SJ-2020-001", 旗区="达拉特旗"), case_row("ZZQ-2020-011", 旗区="达拉特旗")]
    files = [
        assigned(assignment([*map(case_row, TEN), *others])),
        assigned(assignment([*seventh_moved, *others]), "2020-05-19 09:00"),
        _of(MONDAY, progress_row("SJ-2020-001"), district="达拉特旗"),
        _of(MONDAY, *_resolved([SEVENTH]), came="2020-05-19 15:00"),
        _of(MONDAY, *_resolved(["SJ-2020-001", "ZZQ-2020-011"]), came="2020-05-19 16:00", district="达拉特旗"),
        _of(MONDAY, progress_row("ZZQ-2020-011"), came="2020-05-19 16:30", district="乌审旗"),
    ]
    tuesday = told(files, DAYS[:2])[TUESDAY]
    _assert_all_say(
        tuesday,
        f"5月18日由0/11改为2/11；改为计入化解2件（{SEVENTH}、ZZQ-2020-011）；"
        "依据东胜区补报的5月18日日报（5月19日15:00收到）、达拉特旗5月18日日报的更正（5月19日16:00收到）。",
        "乌审旗补报的5月18日日报（5月19日16:30收到），以前的数字没有因此改变。",
    )
    assert not any("东胜区补报的5月18日日报（5月19日15:00收到），以前的数字" in text for text in tuesday.both)


# --- the table of the issue --------------------------------------------------------------------------------------


def test_a_revision_four_days_late_is_told_on_the_day_it_came_with_both_values_and_its_cases() -> None:
    eight = _of(MONDAY, *_resolved(TEN[:8]))
    silent = [_of(day, progress_row("SJ-2020-001")) for day in DAYS[1:]]
    read = told([_assigned(), eight, *silent, _of(MONDAY, *_resolved(TEN), came="2020-05-22 15:05")], DAYS)
    friday = read[FRIDAY]
    assert not any("原报群众不认可" in text for text in friday.both)
    _assert_all_say(
        friday,
        "5月18日至5月21日由8/10改为10/10，按件数算由未达标变为达标",
        f"改为计入化解2件（{NINTH}、{TENTH}）",
        "东胜区5月18日日报的更正（5月22日15:05收到）",
        "与前一日（按次日12:00所知）相比，总数不变，已化解增加2件（其中前一日更正使已化解增加2件，不是今日的变化）",
    )
    letter = Writer(SETTINGS, FRIDAY).to_leaders(
        LeadersDay(FRIDAY, friday.summary, (), is_correction=False), "leader@example.org", [], later=None
    )
    assert "以前的数字有更正：自治区交办5月21日由8/10改为10/10，按件数算由未达标变为达标（共4天有更正，这是最近的一天）。" in letter.text
    assert "与前一日相同" not in friday.paper.partition("二、")[0].partition(CITY)[0]
    assert [entry["met"] for entry in friday.summary["restated"]] == [[False, True]] * 4
    for day in DAYS[:4]:  # published again: each says what its own readers could know
        _assert_all_say(
            read[day], "本期是更正：自治区交办由8/10改为10/10，按件数算由未达标变为达标", f"自治区交办改为计入化解2件（{NINTH}、{TENTH}）"
        )
        assert read[day].summary["restated"] == []


def test_a_case_that_a_revision_dropped_from_the_register_is_named_on_the_day_that_became_known() -> None:
    cases = [f"SJ-2020-{number:03}" for number in range(1, 11)]
    found = new_row("DS-2020-001", 排查日期="2020-05-20")
    files = [
        assigned(assignment([case_row(number) for number in cases])),
        _of(MONDAY, *_resolved(cases[:9])),
        _of(WEDNESDAY, new=[found]),
        _of(THURSDAY),
        _of(WEDNESDAY, came="2020-05-22 14:00"),
        _of(FRIDAY),
    ]
    friday = told(files, [FRIDAY])[FRIDAY]
    assert (friday.summary["restated"][0]["left"], friday.summary["restated"][0]["met"]) == (["DS-2020-001"], [False, True])
    _assert_all_say(
        friday, "由9/11改为9/10", "由未达标变为达标", "退出总数1件（DS-2020-001）", "东胜区5月20日日报的更正（5月22日14:00收到）"
    )
    assert "不再在台账1件（东胜区DS-2020-001）" in friday.paper
    assert "更正后的日报不再包含，台账里不再有此案" in friday.page


def test_a_dispute_that_a_revision_leaves_out_the_next_morning_is_named_beside_the_rate() -> None:
    nine = _resolved(TEN[:9])
    files = [
        _assigned(),
        _of(MONDAY, *nine, *_resolved([TENTH], 群众确认="不认可")),
        _of(MONDAY, *nine, *_resolved([TENTH], 群众确认=""), came="2020-05-19 08:30"),
    ]
    monday = told(files, [MONDAY])[MONDAY]
    assert monday.summary["changes"]["withdrawn_disputes"] == [TENTH]
    _assert_all_say(
        monday,
        f"更正的日报去掉了1件的群众不认可，又没有写认可：{TENTH}（东胜区）",
        f"东胜区5月19日08:30更正，改为计入化解1件（{TENTH}）",
        "首报 16:00，5月19日08:30 更正",
    )
    assert f"不认可没有再报上1件（东胜区{TENTH}）" in monday.paper
    assert not monday.report.is_correction  # it came before noon: nothing but this says it


_LATE = "2020-05-21 16:30"


def _disputed_on_monday(*later: File) -> list[File]:
    """Nine of ten count on Monday, and the tenth is disputed; then what came later."""
    return [_assigned(), _of(MONDAY, *_resolved(TEN[:9]), *_resolved([TENTH], 群众确认="不认可")), *later]


def _monday_again(came: str, answer: str) -> File:
    return _of(MONDAY, *_resolved(TEN[:9]), *_resolved([TENTH], 群众确认=answer), came=came)


def test_a_dispute_that_a_correction_takes_back_days_later_is_named_on_the_day_that_became_known() -> None:
    quiet = [_of(day, progress_row("SJ-2020-001")) for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)]
    read = told(_disputed_on_monday(*quiet, _monday_again(_LATE, "未回访")), [THURSDAY, FRIDAY])
    _assert_all_say(
        read[THURSDAY],
        f"更正的日报去掉了1件的群众不认可，又没有写认可：{TENTH}（东胜区）。如仍按不认可，为9/10（90.0%），低于100%的目标。",
        "不认可没有再报上",
        f"改为计入化解1件（{TENTH}），其中1件原报群众不认可、更正后不再有",
    )
    assert read[THURSDAY].summary["changes"]["withdrawn_disputes"] == []  # the contract: of that day's own revisions
    assert not any("去掉了" in text for text in read[FRIDAY].both)  # told once


_ANSWERED = "另行答复后计入，群众尚未认可"


@pytest.mark.parametrize(
    ("later", "day", "how"),
    [
        ([_of(TUESDAY, *_resolved([TENTH], 群众确认="认可"))], TUESDAY, "群众已认可"),
        ([_monday_again(_LATE, "认可")], THURSDAY, "更正为认可"),
        ([_monday_again("2020-05-18 18:30", "认可")], MONDAY, "更正为认可"),
    ],
    ids=["confirmed", "corrected late", "corrected the same day"],
)
def test_a_dispute_that_ends_with_a_confirmation_is_told_with_its_case_and_how(later: list[File], day: date, how: str) -> None:
    read = told(_disputed_on_monday(*later), [day])[day]
    _assert_all_say(read, f"1件（{TENTH}）原群众不认可，{how}。")
    assert "原不认可、现计入化解" in read.page


@pytest.mark.parametrize(("came", "day"), [("", TUESDAY), (_LATE, THURSDAY)], ids=["in time", "late"])
def test_disputes_that_another_reply_ends_are_told_as_not_confirmed_and_many_are_counted(came: str, day: date) -> None:
    monday = _of(MONDAY, *_resolved(TEN, 群众确认="不认可"))
    again = [resolved_row(number, 答复日期="2020-05-19", 答复文号="东住建信〔2020〕99号", 群众确认="") for number in TEN]
    read = told([_assigned(), monday, _of(TUESDAY, *again, came=came)], [day])[day]
    assert "10件（ZZQ-2020-001、" in read.paper
    assert f"）原群众不认可，{_ANSWERED}。" in read.paper
    assert f"原群众不认可，{_ANSWERED}；" in read.page  # at the case, among the changes


@pytest.mark.parametrize(("answer", "how"), [("", _ANSWERED), ("认可", "群众已认可")], ids=["answered", "confirmed"])
def test_a_dispute_that_ended_while_the_case_was_open_is_told_on_the_day_on_which_it_counts(answer: str, how: str) -> None:
    reply = {"答复日期": "2020-05-19", "答复文号": "东住建信〔2020〕99号"}
    open_again = progress_row(TENTH, 重新办理原因="群众反映仍漏水", 群众确认=answer, **reply)
    again = _of(WEDNESDAY, resolved_row(TENTH, 群众确认=answer, **reply))
    read = told(_disputed_on_monday(_of(TUESDAY, open_again), again), [TUESDAY, WEDNESDAY, THURSDAY])
    _assert_all_say(read[WEDNESDAY], f"1件（{TENTH}）原群众不认可，{how}。")
    assert read[WEDNESDAY].summary["changes"]["newly_resolved"] == [TENTH]
    for day in (TUESDAY, THURSDAY):  # told once, on the day on which it counts
        assert not any(f"（{TENTH}）原群众不认可" in text for text in read[day].both)
    for text in read[THURSDAY].both:  # and as long as the target rests on a reply that nobody has confirmed
        assert ("其中1件原群众不认可、另行答复后计入、此后没有认可，不计这1件为90.0%，不到100%" in text) is (not answer)


_REOPENED = progress_row("SJ-2020-001", 重新办理原因="群众反映仍漏水")


@pytest.mark.parametrize(
    ("number", "replied"),
    [("东住建信〔2020〕1号", "2020-05-18"), ("东住建信〔2020〕1号之二", "2020-05-18")],
    ids=["the same reply", "an older reply"],
)
def test_a_disputed_case_that_is_reopened_and_resolved_without_a_new_reply_is_not_newly_resolved(number: str, replied: str) -> None:
    disputed = resolved_row("SJ-2020-001", 答复日期="2020-05-18", 群众确认="不认可")
    again = resolved_row("SJ-2020-001", 答复日期=replied, 答复文号=number, 群众确认="")
    files = [_assigned([]), _of(TUESDAY, disputed), _of(WEDNESDAY, _REOPENED), _of(THURSDAY, again)]
    thursday = told(files, [THURSDAY])[THURSDAY]
    assert thursday.summary["changes"]["newly_resolved"] == []
    assert "新化解1件" not in thursday.paper
    assert "东胜区SJ-2020-001" in thursday.paper
    assert "三、今日群众不认可1件" in thursday.paper
    assert "群众不认可没有了结，不计入化解" in thursday.page


def test_a_zero_report_that_was_replaced_at_night_is_not_told_as_a_zero_report_on_time() -> None:
    zero = write(edit(report_pages(day=MONDAY, progress=[], new=[], reception=[], urgent=[]), {"封面!B5": "是"}))
    files = [_assigned(), File(zero, moment("2020-05-18 16:59")), _of(MONDAY, *_resolved(TEN[:3]), came="2020-05-18 23:00")]
    monday = told(files, [MONDAY])[MONDAY]
    _assert_all_say(monday, "首报 16:59 零报告，23:00 更正", "改为计入化解3件")
    assert "按时，后更正" in monday.paper


# --- particulars and flags ---------------------------------------------------------------------------------------


_CITY_TEN = [f"SJ-2020-{number:03}" for number in range(1, 11)]


def _found_on_monday(came: str = "", **cells: str) -> File:
    """Nine of ten are resolved, and the district finds a case of its own."""
    return _of(MONDAY, *_resolved(_CITY_TEN[:9]), new=[new_row("DS-2020-001", **{"排查日期": "2020-05-18", **cells})], came=came)


def _with_own_case(*reports: File) -> list[File]:
    return [assigned(assignment([case_row(number) for number in _CITY_TEN])), *reports, *(_of(day) for day in DAYS[1:])]


def test_a_case_of_its_own_that_a_district_rewrites_days_later_is_told_with_the_flag_that_is_gone() -> None:
    late = _found_on_monday("2020-05-21 15:00", 办结时限="2020-06-30", 包案领导="领导六", 问题类别="其他")
    read = told(_with_own_case(_found_on_monday(办结时限="2020-05-19"), late), [WEDNESDAY, THURSDAY, FRIDAY])
    assert (read[THURSDAY].summary["restated"], read[THURSDAY].report.edited.edits) == ([], ())  # the contract: it is neither
    for day in (WEDNESDAY, THURSDAY):
        _assert_all_say(
            read[day],
            "案件内容有更正：办结时限改后，1件不再算超期未结（DS-2020-001）",
            "办结时限1件（DS-2020-001：2020-05-19→2020-06-30）",
            "问题类别1件（DS-2020-001：物业服务→其他）",
            "包案领导1件（DS-2020-001：领导甲→领导六）",
            "东胜区5月18日日报的更正（5月21日15:00收到）",
        )
    assert not any("所知相同。" in text for text in read[WEDNESDAY].both)
    assert not any("DS-2020-001：" in text for text in read[FRIDAY].both)  # told once


def test_a_stalled_case_for_which_a_late_report_of_an_earlier_day_brings_progress_is_told() -> None:
    rows = [case_row(number, 交办日期="2020-04-20", 办结时限="2020-06-10") for number in _CITY_TEN]
    days = [MONDAY + timedelta(days=days) for days in range(8)]
    files = [
        assigned(assignment(rows)),
        _of(MONDAY, *_resolved(_CITY_TEN[:8]), *(progress_row(number) for number in _CITY_TEN[8:])),
        *(_of(day) for day in days[1:]),
    ]
    late = _of(days[5], *(progress_row(number, 今日进展="约谈") for number in _CITY_TEN[8:]), came="2020-05-25 15:00")
    last = told([*files, late], [days[7]])[days[7]]
    _assert_all_say(last, "日报更正后，2件不再算停滞（SJ-2020-009、SJ-2020-010）；依据东胜区5月23日日报的更正（5月25日15:00收到）")
    whose = "东胜区5月23日日报的更正（5月25日15:00收到）"
    assert dict(headline.lines(last.report))["更正"] == f"以前日报里的案件内容有更正（{whose}）：2件不再算停滞（SJ-2020-009等）。"
    without = told([*files, _of(days[5], progress_row(_CITY_TEN[0]), came="2020-05-25 15:00")], [days[7]])[days[7]]
    assert not any("停滞（" in text for text in without.both)  # of the same days, with a correction that does nothing to it


def test_a_flag_that_a_late_report_forestalls_is_told_as_fallen_by_nobody() -> None:
    """The case would be stalled today without the report; no edition of an earlier day has said that it was."""
    days = [MONDAY + timedelta(days=days) for days in range(6)]
    files = [assigned(assignment([case_row(_CITY_TEN[0], 交办日期="2020-05-15")])), _of(MONDAY, progress_row(_CITY_TEN[0]))]
    files += [_of(day) for day in days[1:]]
    late = _of(days[2], progress_row(_CITY_TEN[0], 今日进展="约谈"), came=f"{days[5]} 09:30")
    states = told([*files, late], days[4:])
    assert [day.report.flags["stalled"] for day in states.values()] == [(), ()]
    assert told(files, days[5:])[days[5]].report.flags["stalled"] == (_CITY_TEN[0],)
    for text in states[days[5]].both:
        assert "停滞（" not in text
        assert "案件内容有更正" not in text


def test_a_case_that_a_late_report_makes_overdue_or_gives_to_another_leader_is_told() -> None:
    first, late = _found_on_monday(办结时限="2020-06-30"), _found_on_monday("2020-05-20 15:00", 办结时限="2020-05-19", 包案领导="领导六")
    wednesday = told(_with_own_case(first, late), [WEDNESDAY])[WEDNESDAY]
    _assert_all_say(wednesday, "办结时限改后，1件算作超期未结（DS-2020-001）", f"领导六（{CITY}）由0/0（—）变为0/1（0.0%）")


def test_a_late_report_that_changes_no_case_is_told_as_one_that_leaves_all_as_it_was_known() -> None:
    nine, tenth = _resolved(_CITY_TEN[:9]), progress_row(_CITY_TEN[9])
    first, late = _of(MONDAY, *nine, tenth), _of(MONDAY, *nine, {**tenth, "下一步措施": "继续协调"}, came="2020-05-20 15:00")
    read = told(_with_own_case(first, late), [MONDAY, WEDNESDAY])
    _assert_all_say(read[MONDAY], f"总数和化解件数没有变，改写1行（{_CITY_TEN[9]}：下一步措施）。")
    assert "报后又更正的：东胜区首报 16:00，5月20日15:00 更正，改写1行" in read[MONDAY].paper
    assert not any("案件内容有更正" in text for day in read.values() for text in day.both)


def test_a_correction_that_withdraws_an_urgent_matter_is_not_told_as_one_that_leaves_all_as_it_was_known() -> None:
    matter = {
        "案件编号": "SJ-2020-001",
        "事项类别": "工程安全隐患",
        "情况说明": "外墙脱落",
        "发生时间": "2020-05-18 09:30",
        "已采取措施": "围挡",
    }
    first, late = (report("东胜区", MONDAY, progress=_resolved(TEN[:8]), urgent=urgent) for urgent in ([matter], []))
    files = [_assigned(), File(first, afternoon(MONDAY)), File(late, moment("2020-05-19 15:00"))]
    monday = told(files, [MONDAY])[MONDAY]
    _assert_all_say(monday, "总数和化解件数没有变，急报有更正。")
    assert not any("所知相同。" in text for text in monday.both)


# --- of the same kind --------------------------------------------------------------------------------------------


def test_corrections_that_leave_the_counts_alone_are_told_with_the_cases_that_changed_places() -> None:
    west = [case_row(number, "达拉特旗") for number in TEN[5:]]
    cases = assigned(assignment([*(case_row(number) for number in TEN[:5]), *west]))
    files = [
        cases,
        _of(MONDAY, *_resolved(TEN[:4])),
        _of(MONDAY, *_resolved(TEN[5:9]), district="达拉特旗"),
        _of(MONDAY, *_resolved(TEN[:5]), came="2020-05-20 15:00"),
        _of(MONDAY, *_resolved(TEN[5:8]), progress_row(NINTH), district="达拉特旗", came="2020-05-20 16:00"),
    ]
    wednesday = told(files, [WEDNESDAY])[WEDNESDAY]
    _assert_all_say(
        wednesday,
        "5月18日至5月19日仍为8/10，案件有变",
        f"改为计入化解1件（{TEN[4]}）",
        f"改为不计入化解1件（{NINTH}）",
        "东胜区5月18日日报的更正（5月20日15:00收到）、达拉特旗5月18日日报的更正（5月20日16:00收到）",
        "总数和已化解件数与前一日（按次日12:00所知）相同（其中前一日更正使已化解增加1件、减少1件，不是今日的变化）",
    )


def test_what_a_silent_district_sends_days_later_is_told_as_sent_later_and_not_as_a_correction() -> None:
    found = new_row("DLT-2020-001", 排查日期="2020-05-18")
    files = [
        _assigned(["ZZQ-2020-001"]),
        *(_of(day, progress_row("SJ-2020-001")) for day in DAYS[:4]),
        _of(MONDAY, new=[found], district="达拉特旗", came="2020-05-21 18:00"),
    ]
    thursday = told(files, [THURSDAY])[THURSDAY]
    _assert_all_say(
        thursday, "5月18日至5月20日由0/1改为0/2", "新列入总数1件（DLT-2020-001）", "达拉特旗补报的5月18日日报（5月21日18:00收到）"
    )
    assert thursday.summary["changes"]["new_cases"] == []


def test_a_correction_before_noon_that_takes_the_target_away_is_told_without_the_mark() -> None:
    cases = [f"SJ-2020-{number:03}" for number in range(1, 11)]
    files = [
        assigned(assignment([case_row(number) for number in cases])),
        _of(MONDAY, *_resolved(cases[:9])),
        _of(MONDAY, *_resolved(cases[:5]), came="2020-05-19 09:30"),
    ]
    monday = told(files, [MONDAY])[MONDAY]
    assert not monday.report.is_correction
    _assert_all_say(monday, "首报后又更正：东胜区5月19日09:30更正，改为不计入化解4件（SJ-2020-006、SJ-2020-007、SJ-2020-008等）")


@pytest.mark.parametrize(("came", "is_told"), [("2020-05-19 09:30", True), ("2020-05-18 23:30", False)], ids=["morning", "evening"])
def test_what_came_between_the_end_of_a_day_and_noon_is_told_on_the_next_day(came: str, is_told: bool) -> None:  # noqa: FBT001 - a row
    cases = [f"SJ-2020-{number:03}" for number in range(1, 11)]
    files = [
        assigned(assignment([case_row(number) for number in cases])),
        _of(MONDAY, *_resolved(cases[:9])),
        _of(MONDAY, *_resolved(cases[:5]), came=came),
        _of(TUESDAY, progress_row(cases[9])),
    ]
    tuesday = told(files, [TUESDAY])[TUESDAY]
    assert tuesday.summary["restated"] == []
    said = (
        "5月18日的数字，当日24:00以后、次日12:00以前有更正：由9/10改为5/10，按件数算由达标变为未达标；改为不计入化解4件（SJ-2020-006、"
        "SJ-2020-007、SJ-2020-008等）；依据东胜区5月18日日报的更正（5月19日09:30收到）。总数和已化解件数与前一日相同"
    )
    assert [said.partition("。")[0] in text for text in tuesday.both] == [is_told] * 2
    assert ["当日24:00以后" in text for text in tuesday.both] == [is_told] * 2


def test_a_figure_that_was_known_between_two_runs_alone_is_told_as_that_on_its_day_and_on_the_next() -> None:
    cases = [f"SJ-2020-{number:03}" for number in range(1, 6)]
    files = [
        assigned(assignment([case_row(number) for number in cases])),
        _of(MONDAY, *_resolved(cases[:3])),  # 3/5 in the night's edition
        _of(TUESDAY),
        _of(MONDAY, *_resolved(cases[:4]), came="2020-05-19 08:50"),  # 4/5 is known at noon
        _of(MONDAY, *_resolved([*cases[:2], cases[3]]), came="2020-05-19 13:10"),  # 3/5 again, of other cases
    ]
    read = told(files, DAYS[:2])
    both = f"改为计入化解1件（{cases[3]}），改为不计入化解1件（{cases[2]}）"
    for text in read[MONDAY].both:
        assert f"本期是更正：与当日24:00所知相比，{CITY}仍为3/5（{both}）（次日12:00所知4/5）" in text  # its readers may have read 4/5
        assert text.count("与当日24:00所知相比") == 1, "its first line tells all of it"
    told_first = f"本期是更正：与当日24:00所知相比，{CITY}仍为3/5（{both}）（次日12:00所知4/5）。"
    assert headline.lines(read[MONDAY].report)[-1] == ("更正", told_first)
    assert headline.lines(read[TUESDAY].report)[-1] == ("更正", f"与5月18日24:00所知相比，{CITY}5月18日仍为3/5（{both}）。")
    once = "以前的数字，与5月18日24:00所知相比有更正：5月18日仍为3/5，案件有变（5月19日12:00所知4/5）；改为计入化解1件"
    _assert_all_say(read[TUESDAY], f"{CITY}5月18日仍为3/5（{both}）。", once)
    assert [(entry["resolved"], entry["total"]) for entry in read[TUESDAY].summary["restated"]] == [([4, 3], [5, 5])]  # contract 4


def test_a_figure_that_noon_knew_and_that_is_back_is_told_as_taken_back_where_the_night_had_the_same() -> None:
    cases = [f"SJ-2020-{number:03}" for number in range(1, 4)]
    files = [
        assigned(assignment([case_row(number) for number in cases])),
        _of(MONDAY, *_resolved(cases[:1])),
        _of(MONDAY, *_resolved(cases[:2]), came="2020-05-19 08:50"),
        _of(MONDAY, *_resolved(cases[:1]), came="2020-05-19 13:10"),
    ]
    monday = told(files, [MONDAY])[MONDAY]
    assert headline.lines(monday.report)[-1] == ("更正", f"本期是更正：{CITY}次日12:00所知2/3，又改回1/3。")
    _assert_all_say(monday, f"{CITY}次日12:00所知2/3，又改回1/3。")
    # What noon knew and the night did not is told by a correction of another matter too.
    files[-1] = _of(MONDAY, progress_row("SJ-2020-001", 今日进展="甲"), district="达拉特旗", came="2020-05-19 13:10")
    both = told(files, [MONDAY])[MONDAY]
    _assert_all_say(both, f"本期是更正：与当日24:00所知相比，{CITY}由1/3改为2/3（次日12:00所知2/3）")
    # Each is told with its own cases alone: the late report has changed none.
    by_noon, late = "东胜区5月18日日报的更正（5月19日08:50收到）", "达拉特旗补报的5月18日日报（5月19日13:10收到）"
    assert day_corrected.behind(both.report) == (
        f"本期的更正：当日24:00以后收到的，与当日24:00所知相比：{by_noon}：{CITY}改为计入化解1件（SJ-2020-002）；{late}：没有改变总数和化解件数。"
    )
    assert f"{late}在次日12:00以后才收到，{by_noon}在当日24:00以后、次日12:00以前收到。" in day_corrected.correction(both.report)


def test_an_old_version_that_is_sent_again_at_night_is_told_as_that() -> None:
    three = report(day=MONDAY, progress=_resolved(TEN[:3]))
    corrected = _of(MONDAY, *(progress_row(number) for number in TEN[:3]), came="2020-05-18 16:30")
    files = [_assigned(), File(three, afternoon(MONDAY)), corrected, File(three, moment("2020-05-18 22:00"), "旧.xlsx")]
    monday = told(files, [MONDAY])[MONDAY]
    assert monday.summary["targets"][0]["resolved"] == 3
    _assert_all_say(monday, "首报 16:00，22:00 更正，内容与第 1 版相同")


def test_a_day_without_any_of_this_says_nothing_of_it() -> None:
    files = [_assigned(), _of(MONDAY, *_resolved(TEN[:8])), _of(TUESDAY, *_resolved(TEN[:9]))]
    tuesday = told(files, [TUESDAY])[TUESDAY]
    for text in tuesday.both:
        assert not any(word in text for word in ("首报 ", "次日12:00所知", "有更正", "改为计入", "不认可没有再报上", "不再在台账"))


@pytest.mark.parametrize(
    ("came", "answer", "said"),
    [
        ("2020-05-19 08:00", "认可", f"1件（{TENTH}）原群众不认可，更正为认可"),
        ("2020-05-19 08:00", "", f"更正的日报去掉了1件的群众不认可，又没有写认可：{TENTH}（东胜区）"),
        ("2020-05-18 23:00", "认可", ""),
        ("2020-05-18 23:00", "", ""),
    ],
)
def test_how_a_dispute_ended_by_a_correction_before_noon_is_told_on_the_next_day_too(came: str, answer: str, said: str) -> None:
    tuesday = told(_disputed_on_monday(_monday_again(came, answer), _of(TUESDAY)), [TUESDAY])[TUESDAY]
    assert tuesday.summary["changes"]["withdrawn_disputes"] == []
    for text in tuesday.both:
        assert said in text
        assert ("不认可，更正为认可" in text or "又没有写认可" in text) is bool(said)


@pytest.mark.parametrize(("last", "is_told"), [("未回访", True), ("", True), ("认可", False)])
def test_a_dispute_that_two_revisions_take_back_step_by_step_is_named(last: str, is_told: bool) -> None:  # noqa: FBT001 - a row
    monday = told(_disputed_on_monday(_monday_again("2020-05-18 18:00", "认可"), _monday_again("2020-05-18 19:00", last)), [MONDAY])[MONDAY]
    for text in monday.both:
        assert (f"更正的日报去掉了1件的群众不认可，又没有写认可：{TENTH}（东胜区）" in text) is is_told
        assert (f"1件（{TENTH}）原群众不认可，更正为认可" in text) is not is_told


@pytest.mark.parametrize(("came", "day"), [("2020-05-19 09:00", TUESDAY), ("2020-05-20 15:00", WEDNESDAY)])
@pytest.mark.parametrize("last", ["", "认可"])
def test_a_confirmation_that_a_correction_takes_back_is_told(came: str, day: date, last: str) -> None:
    files = [_assigned(), _of(MONDAY, *_resolved(TEN[:9])), _of(TUESDAY), _of(WEDNESDAY)]
    corrected = _of(MONDAY, *_resolved(TEN[:8]), *_resolved([NINTH], 群众确认=last, 下一步措施="回访"), came=came)
    for text in told([*files, corrected], [day])[day].both:
        assert (f"日报更正后，1件（{NINTH}）不再写群众认可，仍计入化解" in text) is (not last)


# --- what a correction drops -------------------------------------------------------------------------------------

_OVERDUE, _DUE = "2020-05-17", "2020-06-30"


@pytest.mark.parametrize(
    ("came", "day", "limit", "flag"),
    [
        ("2020-05-18 23:00", MONDAY, _OVERDUE, "，其中原超期未结1件（DS-2020-001）"),
        ("2020-05-19 09:30", MONDAY, _OVERDUE, "，其中原超期未结1件（DS-2020-001）"),
        ("2020-05-19 09:30", TUESDAY, _OVERDUE, "，其中原超期未结1件（DS-2020-001）"),
        ("2020-05-19 15:00", TUESDAY, _OVERDUE, "，其中原超期未结1件（DS-2020-001）"),
        ("2020-05-19 09:30", TUESDAY, _DUE, ""),
    ],
)
def test_a_case_that_a_correction_drops_is_told_with_its_flag(came: str, day: date, limit: str, flag: str) -> None:
    read = told(
        _with_own_case(_found_on_monday(办结时限=limit, 排查日期="2020-05-16"), _of(MONDAY, *_resolved(_CITY_TEN[:9]), came=came)), [day]
    )
    _assert_all_say(read[day], f"退出总数1件（DS-2020-001）{flag}{'；' if day == TUESDAY else ''}")
    assert all(("原超期未结" in text) is bool(flag) for text in read[day].both)


def test_a_case_that_is_taken_back_is_told_with_its_matter() -> None:
    files = _with_own_case(_found_on_monday(案由="外墙脱落"), _of(MONDAY, *_resolved(_CITY_TEN[:9]), came="2020-05-18 18:00"))
    (taken_back,) = (line for line in told(files, [MONDAY])[MONDAY].report.changes if line.kind == "withdrawn_cases")
    assert (taken_back.district, taken_back.matter) == ("东胜区", "外墙脱落")


@pytest.mark.parametrize(("hour", "left"), [(16, ()), (18, ("DS-2020-001", "DS-2020-002"))], ids=["in time", "after the cut-off"])
def test_new_cases_that_came_and_went_before_the_cut_off_left_no_total_and_those_that_we_refused_are_no_withdrawal(
    hour: int, left: tuple[str, ...]
) -> None:
    """001 is left out of the second report, and 002's row there has no 责任单位."""
    both = ("DS-2020-001", "DS-2020-002")
    found = [new_row(number, 排查日期="2020-05-18") for number in both]
    first = handed_in(report(day=MONDAY, progress=[], new=found), "2020-05-18 10:00")
    second = handed_in(report(day=MONDAY, new=[{**found[1], "责任单位": None}]), f"2020-05-18 {hour}:00")
    day = on(MONDAY, assigned(assignment()), first, second)
    assert day.summary["changes"]["withdrawn_cases"] == list(both)
    gone = {change.number: (change.kind, change.detail) for change in day.report.changes if change.number in both}
    assert gone == {
        "DS-2020-001": ("withdrawn_cases", "更正后的日报不再包含，台账里不再有此案"),
        "DS-2020-002": ("refused_new_cases", "更正后的日报里这一行被退回，台账里不再有此案"),
    }
    (line,) = (line for line in day.report.submissions if line.is_replaced)
    assert (line.moves.left, line.moves.passing) == (left, () if left else both)
    said = corrections.handed_in(line, MONDAY)
    assert ("退出总数2件" in said) is bool(left)
    assert ("，报来又撤下或退回的新增案件2件（DS-2020-001、DS-2020-002）" in said) is not bool(left)


def test_a_report_that_is_refused_whole_withdraws_no_case() -> None:
    first = handed_in(report(day=MONDAY, progress=[], new=[new_row(排查日期="2020-05-18")]), "2020-05-18 10:00")
    second = handed_in(report(day=MONDAY, progress=[progress_row("SJ-2020-999")]), "2020-05-18 16:00")
    (change,) = on(MONDAY, assigned(assignment()), first, second).report.changes
    assert (change.kind, change.detail) == ("refused_new_cases", "更正后的日报全部退回，台账里不再有此案")


@pytest.mark.parametrize(("came", "is_told"), [("2020-05-19 09:30", True), ("2020-05-18 23:30", False)], ids=["morning", "evening"])
def test_what_a_correction_before_noon_did_to_flags_is_told_on_the_next_day(came: str, is_told: bool) -> None:  # noqa: FBT001 - a row
    first, later = (_found_on_monday(when, 排查日期="2020-05-10", 办结时限=limit) for when, limit in (("", _OVERDUE), (came, _DUE)))
    tuesday = told(_with_own_case(first, later), [TUESDAY])[TUESDAY]
    said = (
        "5月18日日报里的案件内容，当日24:00以后、次日12:00以前有更正：办结时限改后，1件不再算超期未结（DS-2020-001）",
        "依据东胜区5月18日日报的更正（5月19日09:30收到）",
    )
    for text in tuesday.both:
        assert [words in text for words in said] == [is_told] * 2


def test_a_report_of_the_day_before_that_comes_late_and_changes_no_figure_is_told_in_a_line() -> None:
    """By the contract it restates nothing, and nobody would know that it came."""
    files = [_assigned(), _of(MONDAY), _of(TUESDAY), *(_of(day, district="达拉特旗") for day in (TUESDAY,))]
    for came in ("2020-05-19 08:50", "2020-05-19 15:00"):
        late = _of(MONDAY, came=came, district="达拉特旗")
        (hour,) = re.findall(r"\d\d:\d\d", came)
        for text in told([*files, late], [TUESDAY])[TUESDAY].both:
            assert f"达拉特旗补报的5月18日日报（5月19日{hour}收到），以前的数字没有因此改变。" in text
    late = _of(MONDAY, *_resolved(TEN[:1]), came="2020-05-19 15:00")
    for text in told([_assigned(), _of(TUESDAY), late], [TUESDAY])[TUESDAY].both:
        assert "以前的数字没有因此改变" not in text


def test_of_a_correction_that_is_overtaken_no_direction_is_told_and_what_the_figures_were_changed_to_since_is() -> None:
    nine, ten = (_resolved(TEN[:count]) for count in (9, 10))
    files = [_assigned(), _of(MONDAY, *nine), _of(TUESDAY), _of(WEDNESDAY)]
    files += [_of(MONDAY, *ten, came="2020-05-19 15:00"), _of(MONDAY, *nine, came="2020-05-20 15:00")]
    days = told(files, DAYS[:3])
    _assert_all_say(days[TUESDAY], "5月18日由9/10改为10/10，后来又改回9/10")
    _assert_all_say(days[WEDNESDAY], "5月18日至5月19日由10/10改为9/10，按件数算由达标变为未达标")
    for text in days[TUESDAY].both:
        assert "变为达标" not in text
    assert days[TUESDAY].report.restated[0].since == dict(days[TUESDAY].report.trend)[MONDAY][REGION]
    assert days[WEDNESDAY].report.restated[0].since is None
    once = told(files[:-1], DAYS[:3])[TUESDAY]
    _assert_all_say(once, "5月18日由9/10改为10/10，按件数算由未达标变为达标")


def test_what_came_by_noon_and_is_changed_since_is_told_with_what_it_is_now() -> None:
    eight, nine, ten = (_resolved(TEN[:count]) for count in (8, 9, 10))
    files = [_assigned(), _of(MONDAY, *nine), _of(TUESDAY), _of(MONDAY, *ten, came="2020-05-19 08:00")]
    once = told([*files, _of(MONDAY, *nine, came="2020-05-20 15:00")], DAYS[:2])[TUESDAY]
    _assert_all_say(once, "5月18日的数字，当日24:00以后、次日12:00以前有更正：由9/10改为10/10，后来又改回9/10")
    assert "变为达标" not in once.paper
    back = [*files, _of(MONDAY, *nine, came="2020-05-19 15:00"), _of(MONDAY, *eight, came="2020-05-20 15:00")]
    _assert_all_say(told(back, DAYS[:2])[TUESDAY], "曾改为10/10，又改回9/10，后来改为8/10")


def test_a_correction_says_what_it_mended_added_and_left_out_where_no_figure_moves() -> None:
    rows = [{**progress_row(number), "办结时限": None} for number in TEN[:3]]
    first = _of(MONDAY, {**rows[0], "今日进展": "已回访 13912345678"}, rows[1])
    late = _of(MONDAY, {**rows[0], "今日进展": "已回访"}, rows[2], came="2020-05-20 15:00")
    told_on = told([_assigned(), first, late], [MONDAY])[MONDAY]
    said = f"原退回的1行改好采用（{TEN[0]}：个人信息），增加1行（{TEN[2]}），去掉1行（{TEN[1]}）"
    assert f"报后又更正的：东胜区首报 16:00，5月20日15:00 更正，{said}。" in told_on.paper
    assert said in told_on.page
    assert told_on.paper.index("结论：") < told_on.paper.index("本期是更正") < told_on.paper.index("一、")


def test_a_row_that_both_versions_had_refused_is_not_told_as_rewritten() -> None:
    wrong = progress_row("SJ-2020-001", 当前状态="已答复")
    files = [
        _assigned(),
        _of(MONDAY, wrong, progress_row("SJ-2020-404")),
        _of(MONDAY, {**wrong, "今日进展": "已约谈"}, progress_row("SJ-2020-405"), came="2020-05-18 18:00"),
    ]
    _assert_all_say(
        told(files, DAYS[:1])[MONDAY],
        "首报 16:00，18:00 更正，原退回的1行改写后仍退回（SJ-2020-001），增加而退回1行（SJ-2020-405），去掉原退回的1行（SJ-2020-404）",
    )


def test_the_same_bytes_again_are_no_correction_of_their_day() -> None:
    one, two = (report(name, MONDAY, progress=_resolved(TEN[:count])) for name, count in (("东胜区", 3), ("达拉特旗", 0)))
    late = _of(MONDAY, *_resolved([SEVENTH]), district="乌审旗", came="2020-05-19 15:00")
    files = [_assigned(), File(one, afternoon(MONDAY)), File(two, afternoon(MONDAY)), late]
    again = [File(one, moment("2020-05-19 16:00"), "又一次.xlsx"), File(late.content, moment("2020-05-19 17:00"), "再一次.xlsx")]
    without, read = (told([*files, *more], [MONDAY, TUESDAY]) for more in ([], again))
    for day in (MONDAY, TUESDAY):
        assert read[day].paper == without[day].paper
        for text in read[day].both:
            assert "东胜区" not in "".join(re.findall(r"[^。]*更正[^。]*。", text))
    assert [(cause.district, cause.received_at.hour) for cause in read[MONDAY].report.correcting] == [("乌审旗", 15)]
    assert [(cause.district, cause.received_at.hour) for cause in read[TUESDAY].report.late_reports] == [("乌审旗", 15)]
    (alone,) = told([*files[:3], *again[:1]], [MONDAY]).values()
    assert not alone.summary["restated"]
    assert "更正" not in alone.paper


def test_who_changed_a_report_is_named_and_not_who_has_said_the_first_again_by_the_cut_off() -> None:
    one, two = (report("东胜区", MONDAY, progress=_resolved(TEN[:count])) for count in (1, 2))
    files = [_assigned(), *(File(content, moment(f"2020-05-18 1{hour}:00")) for hour, content in ((4, one), (5, two), (6, one)))]
    files += [_of(MONDAY, progress_row("SJ-2020-001"), district="达拉特旗", came="2020-05-18 15:42")]
    files += [_of(MONDAY, district="达拉特旗", came="2020-05-18 16:30")]
    paper = told(files, [MONDAY])[MONDAY].paper
    assert re.findall("报后又更正的：(.*)", paper) == ["达拉特旗首报 15:42，16:30 更正，去掉原退回的1行（SJ-2020-001）。"]
    assert "按时，后更正" in paper
    assert "同首报" not in paper


def test_a_late_resolution_is_told_with_the_later_reports_that_say_less_and_are_refused() -> None:
    less = progress_row("SJ-2020-001", 今日进展="仍在协商")
    later = [_of(day, less) for day in (TUESDAY, WEDNESDAY, THURSDAY)]
    days = told([_assigned(), *later, _of(MONDAY, *_resolved(["SJ-2020-001"]), came="2020-05-20 14:00")], DAYS[:5])
    said = "计入化解而旗区此后写得不同、退回没有采用的：东胜区{}里SJ-2020-001写“办理中”，请核实"
    _assert_all_say(days[WEDNESDAY], said.format("5月20日1份日报"))  # that of Tuesday had been taken, and is told as that
    _assert_all_say(days[WEDNESDAY], "以前采用的行改为退回：东胜区5月19日日报的SJ-2020-001")
    _assert_all_say(days[THURSDAY], said.format("5月19日、5月20日、5月21日3份日报"))
    assert "此后写得不同" not in "".join(dict(headline.lines(days[FRIDAY].report)).values()), "the district says nothing new"
    again = [*later[:2], _of(THURSDAY, *_resolved(["SJ-2020-001"]))]
    mended = told([_assigned(), *again, _of(MONDAY, *_resolved(["SJ-2020-001"]), came="2020-05-20 14:00")], [THURSDAY])
    assert day_corrected.contradicted(mended[THURSDAY].report, 2) == ""


def test_a_row_that_was_taken_and_that_a_late_report_makes_refused_is_told_with_what_it_says_and_why() -> None:
    asked = progress_row("SJ-2020-001", 今日进展="已约谈开发企业", 需协调事项="请明确首期比例")
    replied = progress_row("SJ-2020-001", 当前状态="已答复", 答复日期="2020-05-18", 答复文号="答〔2020〕1号")
    files = [_assigned(), _of(TUESDAY, asked), _of(MONDAY, replied, came="2020-05-20 14:00"), _of(WEDNESDAY), _of(THURSDAY)]
    days = told(files, DAYS[:4])
    row = "东胜区5月19日日报的SJ-2020-001（办理中；今日进展：已约谈开发企业；需协调：请明确首期比例）"
    why = "以前日期的日报补报、更正后，此前已是“已答复”，又没有写重新办理原因"
    for day in (TUESDAY, WEDNESDAY):  # corrected, and the day on which it became known
        _assert_all_say(days[day], f"以前采用的行改为退回：{row}，{why}")
    wednesday, thursday = days[WEDNESDAY].report, days[THURSDAY].report
    assert dict(headline.lines(wednesday))["更正"].count(why) == 1
    assert f"原已采用、现在退回的行：{row.removeprefix('东胜区')}，{why}，请核对后" in "".join(not_taken.to_mend(wednesday, "东胜区"))
    assert thursday.refused_since == ()
    assert "退回的行：5月19日的日报（SJ-2020-001）" in "".join(not_taken.to_mend(thursday, "东胜区"))
    _assert_all_say(days[THURSDAY], "以前日期退回、至今没有重新报送成功的需协调事项：东胜区5月19日1件（SJ-2020-001）")
    assert (
        told([_assigned(), _of(TUESDAY, asked), _of(MONDAY, progress_row("SJ-2020-001"), came="2020-05-20 14:00")], [WEDNESDAY])[
            WEDNESDAY
        ].report.refused_since
        == ()
    )
