"""What a report would do before it is sent: which version it would replace, what it changes, what it leaves out.

Covers `check`, `check_text`, `report_preview` and `preview_text`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from offices import File, Office, assigned, consolidate, moment
from receiving import opened
from workbooks import (
    answer_row,
    assignment,
    case_row,
    edit,
    exemption_row,
    new_row,
    progress_row,
    report,
    report_pages,
    resolved_row,
    write,
)

from pipeline.intake import incoming
from pipeline.ledger.ledger import Ledger
from pipeline.office import check, check_text, preview_text, waiting
from pipeline.office.check import Answer
from pipeline.office.report_preview import Preview
from pipeline.render.receipts import receipt_words, receipt_workbook
from pipeline.report import handed_in_lines
from pipeline.report.submission_lines import Waiting
from pipeline.terms import words
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.text import mask
from pipeline.web import check_results

DAY = date(2020, 5, 21)
CASES = (
    case_row("ZZQ-2020-001"),
    case_row("SJ-2020-001"),
    case_row("SJ-2020-003", 办结时限="2020-05-20"),
    case_row("SJ-2020-002", "达拉特旗"),
)


def asked(office: Office, content: bytes, now: str = "2020-05-21 16:00") -> Answer:
    """What the check says of a report."""
    path = office.home / "想报的.xlsx"
    path.write_bytes(content)
    return check.check(path, office.settings, moment(now))


def preview(answer: Answer) -> Preview:
    assert answer.preview
    return answer.preview


def test_of_a_cancelled_case_it_is_said_that_it_stands_in_no_total(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    office.put_assignment(
        assignment([*CASES[:1], {**CASES[1], "撤销依据": "重复交办"}, *CASES[2:]]), "二.xlsx", "2020-05-21T09:00:00+08:00"
    )
    answer = asked(office, report(progress=[resolved_row("SJ-2020-001"), progress_row("SJ-2020-003")]))
    told = {number: "这一件市局已撤销（依据：重复交办），不在总数里" in words for number, words in said(answer).items()}
    assert told == {"SJ-2020-001": True, "SJ-2020-003": False}


def said(answer: Answer) -> dict[str, str]:
    """What becomes of each case, in words."""
    effect = preview(answer).effect
    assert effect
    return {change.number: "；".join(preview_text.change(change)) for change in effect.changes}


def outcome(answer: Answer) -> list[str]:
    return preview_text.outcome(preview(answer))


def test_a_clean_report_is_told_by_case_with_its_effect_on_the_districts_own_figures(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    rows = [progress_row(当前状态="办理中", 今日进展="已约谈", 下一步措施=""), resolved_row(答复日期="2020-05-20", 答复文号="住建复1号")]
    answer = asked(office, report(progress=rows, new=[new_row()], answers=[answer_row()]))
    assert said(answer) == {
        "DS-2020-001": "新增案件，已交办",
        "SJ-2020-001": "已交办 → 已化解；计入化解；今日进展：已书面答复；答复日期：2020-05-20；答复文号：住建复1号；群众确认：认可",
        "ZZQ-2020-001": "已交办 → 办理中；今日进展：已约谈",
    }
    assert outcome(answer) == [
        "自治区交办：化解 0/1，不变。",
        "市级交办和旗区自行梳理：化解 0/2 → 1/3。",
        "报送以后有：超期未结 1 件（SJ-2020-003），停滞 1 件（SJ-2020-003），超期未受理 1 件（SJ-2020-003）。",
        "另外采用督办回复 1 行。",
    ]
    assert "SJ-2020-002" not in str(answer.preview), "another district's case"


def test_a_correction_is_compared_with_the_version_that_waits(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.put(report(progress=[progress_row(), progress_row("SJ-2020-001"), progress_row("SJ-2020-003")]), "v1.xlsx")
    office.run(DAY)
    office.put(report(progress=[progress_row(), resolved_row(), progress_row("XX-2020-009")]), "v2.xlsx", received="2020-05-21 16:10")
    answer = asked(office, report(progress=[progress_row(当前状态="已受理", 重新办理原因="填错")]), "2020-05-21 16:20")
    assert preview_text.notes(preview(answer)) == ["会替换已报送、等待汇总的第 2 版（采用 2 行，退回 1 行）。"]
    assert preview_text.question(preview(answer)).startswith("第 2 版采用 2 行，退回 1 行；这一份会采用 1 行。")
    assert said(answer)["SJ-2020-001"].startswith("原来报过这一件，这一份没有报；")
    refused = asked(office, report(progress=[progress_row(), resolved_row(答复文号="")]), "2020-05-21 16:20")
    assert said(refused)["SJ-2020-001"].startswith("原来报过这一件，这一份的这一行会退回；")
    (left_out,) = [finding.message for finding in answer.findings if finding.code == "rows-withdrawn"]
    assert "SJ-2020-001" in left_out
    assert "SJ-2020-003" not in left_out, "of the version before that"
    assert left_out.endswith("上一次退回的行，这次也没有：案件进展：XX-2020-009。要报的，请改正后补上；不报的，不用处理。")
    assert (answer.left_out, answer.dropped) == (("案件进展：SJ-2020-001",), ("案件进展：XX-2020-009",))


def test_an_empty_report_over_one_that_was_refused_names_its_rows_as_the_night_will(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    urgent = {"事项类别": "停水停电停暖", "发生时间": "晚上1点", "情况说明": "三号楼停暖"}
    wrong = report(progress=[progress_row("XX-2020-009")], new=[new_row("XX-2020-008")], urgent=[urgent])
    office.put(wrong, "全错.xlsx", received="2020-05-21 15:00")
    empty = report(progress=[])
    answer = asked(office, empty)
    assert not answer.refuses
    assert check_text.title(answer) == "可以报送，但原来退回的没有再报"
    assert answer.dropped == ("急报事项：停水停电停暖 晚上1点", "案件进展：XX-2020-009", "新增案件：XX-2020-008")
    checked = check_results.of_report(answer)
    assert (checked["title"], checked["drops"], checked["leaves_out"]) == (check_text.title(answer), list(answer.dropped), [])
    told = list(check_text.lines(answer))
    assert told[1] == "  可以报送，但原来退回的没有再报。"
    named = [line.strip() for line in told if "上一次退回的这些行，这次没有再报" in line]
    assert [line.partition("：")[0] for line in named] == ["急报事项", "案件进展", "新增案件"]
    office.put(empty, "空.xlsx", received="2020-05-21 16:00")
    (published,) = office.run(DAY).written.published
    (line,) = (line for line in published.arrived_reports if line.name == "空.xlsx")
    withdrawn = [cells[-1] for row in receipt_workbook.compose(line).lines if "再次报送时少了内容" in (cells := row.cells)[-1]]
    assert [cell.removeprefix("【再次报送时少了内容】") for cell in withdrawn] == [line.partition("：")[2] for line in named]


def test_the_same_once_more_changes_nothing_and_asks_nothing(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.put(report(), "v1.xlsx")
    office.run(DAY)
    answer = asked(office, report())
    assert preview_text.notes(preview(answer)) == ["与正在算数的那一份（5月21日16:00 收到）完全相同：再报一次，汇总时会忽略，那一份照算。"]
    assert check_text.title(answer) == "与已报送的一份完全相同，不用再报"
    assert not preview_text.question(preview(answer))
    assert said(answer) == {}
    assert (preview(answer).rows_accepted, preview(answer).rows_refused) == (2, 0)


def test_what_waits_keeps_its_number_whichever_of_it_is_checked_again(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    poor = report(progress=[progress_row("XX-2020-009")])
    office.put(poor, "v1.xlsx", received="2020-05-21 15:00")
    office.put(report(), "v2.xlsx", received="2020-05-21 15:10")
    good = preview(again := asked(office, report()))
    assert preview_text.notes(good) == ["与等待汇总的那一份（5月21日15:10 收到）完全相同：再报一次，汇总时会忽略，那一份照算。"]
    assert again.left_out == again.dropped == (), "what it leaves out of the one before it is not asked again"
    assert (preview_text.heading(good), said(again)) == ("与第 2 版相比", {})
    worse = preview(asked(office, poor))
    assert preview_text.notes(worse) == ["会替换已报送、等待汇总的第 2 版（2 行）。"]
    assert preview_text.question(worse).startswith("第 2 版采用 2 行；这一份会采用 0 行，退回 1 行。")


def test_what_a_new_case_is_said_to_be_otherwise_is_a_change(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    office.put(report(new=[new_row()]), "v1.xlsx", received="2020-05-21 15:00")
    other = asked(office, report(new=[new_row(案由="楼道漏水")]))
    assert said(other) == {"DS-2020-001": f"案由：{new_row()['案由']} → 楼道漏水"}


def test_an_older_version_once_more_is_said_to_be_one_before_it_is_sent(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    old = report(progress=[progress_row(), progress_row("SJ-2020-001")])
    office.put(old, "v1.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(report(progress=[progress_row()]), "v2.xlsx", "2020-05-21T15:10:00+08:00")
    office.run(DAY)
    other = asked(office, report(progress=[]))
    assert "older-revision" not in {finding.code for finding in other.findings}
    assert [check_results.of_report(answer)["is_older"] for answer in (other, asked(office, old))] == [False, True]
    for count in range(2):  # also where a version waits
        (again,) = [finding.message for finding in asked(office, old).findings if finding.code == "older-revision"]
        assert again.startswith("内容与第 1 版完全相同，而那一版已被后来的报送替换；采用后这一份成为新的一版")
        if not count:
            office.put(report(progress=[], new=[]), "v3.xlsx", "2020-05-21T15:20:00+08:00")
            assert [finding.code for finding in asked(office, report(progress=[], new=[])).findings if "old" in finding.code] == []


def test_the_check_after_the_cut_off_says_whether_the_day_is_reported_and_names_no_time_of_arrival(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    for said_of_it in ("这一天还没有报过，这一份会记为迟报。", "当日首次报送在截止以前，这一天仍记为按时。"):
        (late,) = [finding.message for finding in asked(office, report(), "2020-05-21 17:30").findings if finding.code == "late"]
        assert late.startswith(f"截止时间 2020-05-21 17:00 已过，照常采用。{said_of_it}")
        assert "17:30" not in late
        office.put(report(progress=[]), "v1.xlsx", "2020-05-21T15:00:00+08:00")


def test_what_a_receipt_masked_and_comes_back_is_said_before_it_is_sent(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    masked = mask("业主张三 13912345678 反映漏水")
    answer = asked(office, report(progress=[progress_row(今日进展=masked)], new=[new_row(备注=mask("11010519491231002X"))]))
    assert "13912345678" not in masked
    assert answer.preview
    stars = "回执里遮住号码的星号还在：案件进展!F2、新增案件!M2，会当作内容收下。请把这一段删去或改写后再发一次，不要再填号码。"
    assert preview_text.told_by_mail(answer.preview).endswith(stars)
    line = handed_in_lines.unsent(answer.filed, answer.judgement, office.settings)
    unsent, sent = (receipt_words.masked(replace(line, use=use)) for use in (words.UNSENT, words.USED))
    assert unsent.endswith("案件进展!F2、新增案件!M2。照这样报送，星号会当作内容收下。请把这一段删去或改写，不要再填号码。")
    assert sent.endswith("星号已经当作内容收下。请把这一段删去或改写后重新报送，不要再填号码。")
    shown = [cell for row in receipt_workbook.compose(line).lines for cell in row.cells]
    assert unsent in shown
    assert not any("没有问题" in cell for cell in shown)
    assert preview_text.notes(preview(answer)) == [
        "回执里遮住号码的星号还在：案件进展!F2、新增案件!M2。照这样报送，星号会当作内容收下。请把这一段删去或改写，不要再填号码。"
    ]
    assert not answer.refuses
    assert preview_text.notes(preview(asked(office, report(new=[new_row(备注="*** 见附件 138****")])))) == []


def test_a_report_of_yesterday_says_what_it_would_replace_and_that_todays_is_missing(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    yesterday = date(2020, 5, 20)
    office.put(report(day=yesterday), "v1.xlsx", received="2020-05-20 16:00")
    office.run(yesterday)
    answer = asked(office, report(day=yesterday, progress=[progress_row(), resolved_row(), progress_row("SJ-2020-003")]))
    assert preview_text.notes(preview(answer)) == ["这是5月20日的日报，会替换已采用的第 1 版（2 行）；今天的还没有报。"]
    assert outcome(answer)[:2] == ["自治区交办：截至5月20日化解 0/1，不变。", "市级交办和旗区自行梳理：截至5月20日化解 1/2，不变。"]
    assert outcome(answer)[2].startswith("报送以后，截至5月20日有：临近到期 1 件（SJ-2020-003）")
    office.put(report(), "today.xlsx", received="2020-05-21 15:00")
    answer = asked(office, report(day=yesterday))
    assert preview_text.notes(preview(answer))[0].endswith("；今天的已经报过（第 1 版采用 2 行，等待汇总）。")
    assert "今天的数字" not in str(outcome(answer)), "the same once more changes nothing"
    office.put(report(progress=[progress_row("SJ-2020-999")]), "wrong.xlsx", received="2020-05-21 15:10")
    answer = asked(office, report(day=yesterday, progress=[progress_row()]))
    notes, told = preview_text.notes(preview(answer)), outcome(answer)
    assert notes[0].endswith("；今天的报来了，但一行也不能采用（第 2 版退回 1 行），请改好再报。")
    assert told[1:3] == [
        "市级交办和旗区自行梳理：截至5月20日化解 1/2 → 0/2。",
        "今天的数字也跟着变：市级交办和旗区自行梳理化解 1/2 → 0/2。",
    ]


def test_an_answer_to_a_notice_that_answers_none_is_told_before_it_is_sent_and_on_the_receipt(office: Office) -> None:
    """On the 19th 东胜区 has a notice, about 003."""
    yesterday = date(2020, 5, 19)
    late = case_row("SJ-2020-003", 交办日期="2020-04-10", 办结时限="2020-05-10")
    office.put_assignment(assignment([*CASES[:2], late]))
    office.put(report(day=yesterday), "v1.xlsx", received="2020-05-19 16:00")
    office.run(yesterday)
    with Ledger(office.settings.paths.ledger) as ledger:
        ledger.give([NoticeNumber(2020, 1, yesterday, "东胜区")])
    right = answer_row("市住建督〔2020〕1号", "SJ-2020-003")
    content = report(answers=[right, answer_row("市住建督〔2020〕99号", "SJ-2020-003")])
    answer = asked(office, content)
    said = "督办回复!A3：通知编号“市住建督〔2020〕99号”不是本旗区的通知，不算回复；SJ-2020-003的通知是市住建督〔2020〕1号。"
    assert preview_text.notes(preview(answer)) == [said]
    lines = "\n".join(check_text.lines(answer))
    assert said in lines
    assert "没有问题" not in lines
    assert "  可以报送，没有会退回的内容。" in lines
    assert not answer.refuses
    assert check_results.of_report(answer)["has_reminders"]
    receipt = opened(check.receipt(answer, office.home, office.settings).read_bytes())
    cells = [str(cell.value) for row in receipt.worksheets[0].iter_rows() for cell in row if cell.value]
    assert cells[0] == "可以报送，共 4 行；有 1 处提醒，请看一看。"
    assert f"提醒：{said}" in cells
    assert not preview(asked(office, report(answers=[right]))).reminders


def test_a_report_with_nothing_in_it_that_is_no_zero_report_is_told_so(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    (said,) = preview_text.notes(preview(asked(office, report(progress=[]))))
    assert said == "表里没有内容，封面的“零报告”却不是“是”。当天没有要报的，“零报告”请填“是”；有要报的，是漏填了。"
    assert (
        preview_text.notes(
            preview(asked(office, write(edit(report_pages(progress=[], new=[], reception=[], urgent=[]), {"封面!B5": "是"}))))
        )
        == []
    )


def test_an_untouched_row_that_takes_back_what_was_reported_late_is_told_of(office: Office) -> None:
    """The correction of yesterday came today; the form of last night still has what was before."""
    office.put_assignment(assignment(CASES))
    confirmed = resolved_row("SJ-2020-001", 今日进展="", 群众确认="认可", 答复日期="2020-05-18")
    old = {**confirmed, "群众确认": "不认可"}
    office.put(report(day=date(2020, 5, 20), progress=[old]), "v0.xlsx", received="2020-05-20 15:00")
    office.put(report(day=date(2020, 5, 20), progress=[confirmed]), "v1.xlsx", received="2020-05-21 10:30")
    answer = asked(office, report(progress=[old]))
    (said,) = preview_text.notes(preview(answer))
    assert "案件 SJ-2020-001：与5月20日的日报（那天截止以后才报来）相比，群众确认“认可” → “不认可”，按这一份计。" in said
    assert not answer.refuses
    assert said in "\n".join(check_text.lines(answer))
    receipt = opened(check.receipt(answer, office.home, office.settings).read_bytes())
    assert f"提醒：{said}" in [str(cell.value) for row in receipt.worksheets[0].iter_rows() for cell in row if cell.value]
    files = [
        File(report(day=date(2020, 5, 20), progress=[old]), moment("2020-05-20 15:00"), "v0.xlsx"),
        File(report(day=date(2020, 5, 20), progress=[confirmed]), moment("2020-05-21 10:30"), "v1.xlsx"),
        File(report(progress=[old]), moment("2020-05-21 15:00"), "v2.xlsx"),
    ]
    (line,) = consolidate([assigned(assignment(CASES)), *files], [DAY])[DAY].report.arrived_reports
    assert line.reminders == (said,)
    for written in (
        confirmed,
        {**old, "今日进展": "回访，群众仍不认可"},
        {**old, "群众确认": ""},
    ):  # nothing is taken back, or somebody wrote it
        assert not preview(asked(office, report(progress=[written]))).reminders


def test_findings_stand_in_the_order_of_sheet_and_row(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    rows = [progress_row("XX-2020-001"), progress_row(当前状态="差不多了"), progress_row("XX-2020-002")]
    answer = asked(office, report(progress=rows))
    assert [finding.row for finding in answer.findings if finding.refuses] == [2, 3, 4]
    assert answer.cases["案件进展", 3] == "ZZQ-2020-001"


def test_the_head_of_a_check_names_no_day_where_the_cover_names_none_that_can_be(office: Office) -> None:
    tomorrow = asked(office, report(day=date(2020, 5, 22), progress=[]))
    assert next(check_text.lines(tomorrow)) == "想报的.xlsx（东胜区）"
    assert next(check_text.lines(asked(office, report(progress=[])))) == "想报的.xlsx（东胜区 2020-05-21）"
    for no_workbook in (b"PK\x03\x04", b"\xff\xd8\xff\xe0", b""):
        assert [*check_text.lines(asked(office, no_workbook))][:2] == ["想报的.xlsx（未识别旗区）", "  整份会退回，不算报送。"]


def test_an_assignment_workbook_is_judged_against_itself_and_the_register_as_the_night_does(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.run(date(2020, 5, 20))
    twice = [*CASES[:3], case_row("SJ-2020-004", 案由="甲"), case_row("SJ-2020-004", 案由="乙")]
    exempted = [exemption_row(), exemption_row(until="2020-07-31"), exemption_row("SJ-2020-999")]
    path = office.home / "任务分解表.xlsx"
    path.write_bytes(assignment(twice, exemptions=exempted))
    answer = check.check(path, office.settings, moment("2020-05-21 16:00"))
    assert answer.refuses
    assert sorted((finding.code, finding.sheet, finding.cell) for finding in answer.findings) == [
        ("case-missing", "", ""),
        ("repeated-case", "群众来访案件", "A4"),
        ("repeated-case", "群众来访案件", "A5"),
        ("repeated-case", "豁免", "A2"),
        ("repeated-case", "豁免", "A3"),
        ("unknown-case", "豁免", "A4"),
    ]
    assert "  共 5 行会被退回，改好后请再查一次。" in check_text.lines(answer)


def test_without_a_register_an_assignment_workbook_is_judged_by_itself(office: Office) -> None:
    path = office.home / "任务分解表.xlsx"
    path.write_bytes(assignment([*CASES, case_row("SJ-2020-002")]))
    answer = check.check(path, office.settings, moment("2020-05-21 16:00"))
    assert [finding.code for finding in answer.findings] == ["repeated-case"] * 2


def test_what_another_district_reports_of_a_case_that_moved_is_counted_in_while_it_waits(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.put_assignment(assignment([*CASES[:1], case_row("SJ-2020-001", "达拉特旗"), *CASES[2:]]), "新.xlsx", "2020-05-21T09:00:00+08:00")
    office.run(date(2020, 5, 19))
    both = report("达拉特旗", progress=[progress_row("SJ-2020-001"), progress_row("SJ-2020-002")])
    assert preview(asked(office, both)).rows_refused == 0
    late = report("东胜区", date(2020, 5, 20), progress=[resolved_row("SJ-2020-001")])
    office.put(late, "东胜区昨天.xlsx", "2020-05-21T11:00:00+08:00")
    answer = asked(office, both)
    assert (preview(answer).rows_accepted, preview(answer).rows_refused) == (1, 1)
    assert [finding.code for finding in answer.findings if finding.refuses] == ["status-went-back"]
    lines = list(check_text.lines(answer))
    others = "有的案件别的旗区也报了、还在等待汇总，已经一起算：那一份改了，这里的结论也可能跟着变。"
    assert f"  {others}" in lines
    assert not any("东胜区" in line for line in lines), "of another district's report nothing is said but what it does to the own case"
    path = office.put(both, "达拉特旗.xlsx", "2020-05-21T12:00:00+08:00")
    judged = waiting.judge(incoming.look(office.settings), office.settings)
    assert [one.rows for one in judged.waits] == [(1, 0, 0), (1, 1, 0)]
    line = waiting.receipt_line(path, incoming.look(office.settings), office.settings, None, Waiting())
    assert line
    assert (line.rows_accepted, line.rows_refused) == (1, 1)


def test_the_figures_of_an_own_case_that_the_report_does_not_name_go_by_all_that_waits_too(office: Office) -> None:
    office.put_assignment(assignment(CASES))
    office.put_assignment(assignment([*CASES[:1], case_row("SJ-2020-001", "达拉特旗"), *CASES[2:]]), "新.xlsx", "2020-05-21T09:00:00+08:00")
    office.run(date(2020, 5, 19))
    late = report("东胜区", date(2020, 5, 20), progress=[resolved_row("SJ-2020-001")])
    office.put(late, "东胜区昨天.xlsx", "2020-05-21T11:00:00+08:00")
    answer = asked(office, report("达拉特旗", progress=[progress_row("SJ-2020-002")]))
    (city,) = [line for line in preview_text.outcome(preview(answer)) if "市级交办" in line]
    assert city.endswith("化解 1/2，不变。")
    alone = asked(office, report("东胜区", progress=[progress_row("SJ-2020-003")]))
    assert not preview(alone).with_others
    nothing_shared = asked(office, report("准格尔旗", progress=[]))
    assert not preview(nothing_shared).with_others, "it holds no case, and its district has none"
