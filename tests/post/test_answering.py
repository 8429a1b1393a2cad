"""Answers to what districts mail: to whom, what they say, and at most once. Covers also `mailed_files` and `mails`."""

from __future__ import annotations

import email
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from mailserver import HANG_UP, MailServer, running
from offices import Office, moment
from workbooks import DAY, Page, assignment, case_row, edit, progress_row, report, report_pages, resolved_row, write

from pipeline.doors import deposit, fetch_words
from pipeline.office import taken_out
from pipeline.post import answering, letter_plan, sending
from pipeline.post.letters import Letter
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail

TO = "dongsheng@example.com"
CAME, NOW = moment("2020-05-21 16:30"), moment("2020-05-21 16:35")
OUTGOING = Outgoing(host="127.0.0.1", sender="ribao@example.com")
PHOTO = ("照片.jpg", "这是照片或图片，不是工作簿，程序读不了图片里的字。请把内容填进模板，报送那个 .xlsx 文件本身，不要拍照或截图")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    return office


def _mail(**more: Any) -> Mail:  # noqa: ANN401
    usual = {"identity": "1", "sender": TO, "claimed": "", "received_at": CAME, "subject": "日报", "message_id": "<1@example.com>"}
    return Mail(**{**usual, "taken": (), "not_taken": (PHOTO,), **more})


def _told(server: MailServer) -> list[tuple[EmailMessage, str]]:
    messages = [email.message_from_bytes(content, policy=default) for _recipient, content in server.taken]
    return [(message, body.get_content()) for message in messages if (body := message.get_body(("plain",)))]


def test_a_report_is_answered_with_what_is_wrong_with_it_and_the_marked_workbook(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    office.run(DAY - timedelta(days=1))
    place = office.inbox / "邮件" / "2020-05-21" / "a"
    bad = report(progress=[progress_row("ZZQ-2020-001"), progress_row("SJ-2020-999")])
    names = deposit.lay(place, [("日报.xlsx", bad)], Envelope(CAME, "email", TO, "<1@example.com>"))
    mail = _mail(taken=((names[0], f"邮件/2020-05-21/a/{names[0]}"),))
    answers = answering.run(office.settings, NOW, [mail], server.connect)
    ((message, body),) = _told(server)
    assert "是东胜区5月21日的日报，等待汇总。照现在的样子，会采用1行，退回1行：" in body
    assert "SJ-2020-999" in body
    assert "“照片.jpg”：这是照片或图片" in body
    assert "以晚上汇总以后的回执为准" in body
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "日报_回执.xlsx"
    receipt = [
        row[0] for row in openpyxl.load_workbook(io.BytesIO(attached.get_content())).worksheets[0].iter_rows(max_row=5, values_only=True)
    ]
    assert "已报送，汇总时会采用 1 行，退回 1 行。请改正后重新报送。" in receipt
    assert "东胜区 · 报告日期 2020-05-21 · 已报送，5月21日16:30 收到，等待汇总" in receipt
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["In-Reply-To"] == "<1@example.com>"
    assert message["Subject"] == "【回信】收到1份日报，等待汇总：日报"
    assert list(answers.answered) == ["1"]


@pytest.mark.parametrize(
    "mail",
    [
        _mail(sender=None, claimed=TO),
        _mail(sender="x@evil.example"),
        _mail(sender="ribao@example.com"),
        _mail(is_silent=True),
        _mail(received_at=CAME - timedelta(days=2)),
        _mail(answered="2020-05-21T16:31:00+08:00"),
    ],
)
def test_who_is_not_vouched_for_or_known_gets_no_answer_and_nothing_old_or_automatic_does(
    office: Office, server: MailServer, mail: Mail
) -> None:
    assert answering.run(office.settings, NOW, [mail], server.connect).outcome.planned == []


def test_a_message_is_answered_once_however_often_it_is_asked(office: Office, server: MailServer) -> None:
    for _ in range(2):
        answering.run(office.settings, NOW, [_mail()], server.connect)
    ((_message, body),) = _told(server)
    assert (
        "“照片.jpg”：这是照片或图片，不是工作簿，程序读不了图片里的字。请把内容填进模板，报送那个 .xlsx 文件本身，不要拍照或截图。" in body
    )


def test_what_died_before_it_was_answered_is_made_up_for_and_an_answer_of_unknown_fate_is_not(office: Office, server: MailServer) -> None:
    server.orders["RCPT"] = ["451 later"]
    first = answering.run(office.settings, NOW, [_mail()], server.connect)
    assert first.answered == {}
    server.orders["."] = [HANG_UP]
    assert list(answering.run(office.settings, NOW, [_mail()], server.connect).answered) == ["1"]
    assert answering.run(office.settings, NOW, [_mail()], server.connect).outcome.planned == []
    assert sending.run(office.settings, NOW - timedelta(hours=5), server.connect).unknown == []


def test_a_program_that_sends_our_answers_back_does_not_keep_us_busy(office: Office, server: MailServer) -> None:
    mails = [_mail(identity=str(number), subject="") for number in range(40)]
    for start in range(0, 40, 10):
        answering.run(office.settings, NOW, mails[start : start + 10], server.connect)
    assert len(server.taken) == 30


def test_an_office_that_wants_no_answers_gives_none(office: Office, server: MailServer) -> None:
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING.model_copy(update={"answers": False})})
    assert answering.run(office.settings, NOW, [_mail()], server.connect).outcome.planned == []


SLIP = ("督办通知回执.docx", fetch_words.for_sender("notice-answer/word"))


def test_who_mails_an_answer_to_a_notice_is_told_where_it_is_answered(office: Office, server: MailServer) -> None:
    answering.run(office.settings, NOW, [_mail(subject="督办通知回执", not_taken=(SLIP,))], server.connect)
    ((message, body),) = _told(server)
    assert message["Subject"] == "【回信】督办通知的回复请填在日报的“督办回复”表里：督办通知回执"
    assert "“督办通知回执.docx”：是对督办通知的回复（Word 文档），不是日报，程序不读，不算回复过；请在日报的“督办回复”表里逐件填写" in body
    assert "日报的情况：还没有收到5月21日的日报" in body
    assert "没有能用的日报" not in body
    in_words = ("", f"这封邮件{fetch_words.for_sender('notice-answer')}")
    answering.run(office.settings, NOW, [_mail(identity="2", subject="Re: 督办通知", not_taken=(in_words,))], server.connect)
    body = _told(server)[1][1]
    assert "发来的邮件已经收到。" in body
    assert "这封邮件是对督办通知的回复，不是日报，程序不读" in body
    assert "附件" not in body


def test_an_answer_to_a_notice_that_is_typed_into_a_workbook_is_told_as_that(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    slip = write({"Sheet1": Page([["督办通知回执"], ["市住建督〔2020〕9号", "SJ-2020-001"], ["已约见"]])})
    answering.run(office.settings, NOW, [_mailed(office, slip, CAME, "s")], server.connect)
    ((message, body),) = _told(server)
    assert message["Subject"] == "【回信】督办通知的回复请填在日报的“督办回复”表里：日报"
    assert "这是对督办通知的回复（表格），不是日报，程序不读，不算回复过。请在日报模板的“督办回复”表里逐件填写办理措施和完成时限" in body
    assert "日报的情况：还没有收到5月21日的日报" in body
    assert "照着改好" not in body
    assert not [*message.iter_attachments()]


def test_a_letter_without_a_file_is_told_so(office: Office, server: MailServer) -> None:
    answering.run(office.settings, NOW, [_mail(not_taken=())], server.connect)
    assert "里面没有附件" in (body := _told(server)[0][1])
    assert "这封邮件里没有能用的日报。还没有收到5月21日的日报，请尽快报送（17:00截止，以后到的算迟报）。" in body


def _mailed(office: Office, content: bytes, at: datetime, identity: str) -> Mail:
    """A message with one workbook, which lies in the inbox."""
    folder = f"邮件/{at:%Y-%m-%d}/{identity}"
    (name,) = deposit.lay(office.inbox / folder, [("日报.xlsx", content)], Envelope(at, "email", TO, f"<{identity}@example.com>"))
    return _mail(identity=identity, received_at=at, taken=((name, f"{folder}/{name}"),), not_taken=())


def test_of_a_file_that_is_gone_before_it_was_answered_it_is_not_said_that_it_was_taken_in(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    mail = _mailed(office, report(), CAME, "g")
    (office.inbox / mail.taken[0][1]).unlink()
    answering.run(office.settings, NOW, [mail], server.connect)
    body = _told(server)[0][1]
    assert "收到过，但还没有汇总就被人从收件箱里拿走了" in body
    assert "已进入汇总" not in body
    assert "请再发一次" in body


def test_of_a_file_that_is_gone_and_whose_replacement_waits_nobody_is_asked_to_send_it_again(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    gone = _mailed(office, report(), CAME, "g")
    (office.inbox / gone.taken[0][1]).unlink()
    again = _mailed(office, report(progress=[progress_row()]), CAME + timedelta(minutes=1), "h")
    answering.run(office.settings, NOW, [gone, again], server.connect)
    (message, body), (_second, counts) = _told(server)
    assert "收到过，但还没有汇总就被人从收件箱里拿走了；后来收到的那一份算数，不用再发" in body
    assert "5月21日的日报另外收到过，这封邮件不改变它" in body
    assert "请再发一次" not in body
    assert "没有收到能用的日报" not in message["Subject"]
    assert "会采用" in counts


def test_an_answer_says_why_a_report_dated_ahead_keeps_this_one_out(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[]), "以后.xlsx", "2020-06-10T10:00:00+08:00")
    answering.run(office.settings, NOW, [_mailed(office, report(progress=[progress_row()]), CAME, "1")], server.connect)
    ((_message, body),) = _told(server)
    assert "以那一份为准，这一份不算数。那一份的收到时间写得比现在还晚，在那以前再报的不算数，请打电话告诉办公室。" in body


def test_rows_of_cases_that_were_moved_are_not_asked_to_be_mended(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")]), "旧.xlsx", "2020-05-01T09:00:00+08:00")
    office.put(report(progress=[progress_row("SJ-2020-002")], day=DAY - timedelta(days=1)), "昨天.xlsx", "2020-05-20T15:00:00+08:00")
    moved = [case_row("SJ-2020-001"), case_row("SJ-2020-002", "达拉特旗")]
    office.put_assignment(assignment(moved), "新.xlsx", "2020-05-21T09:00:00+08:00")
    office.run(DAY)
    sent = report(progress=[progress_row("SJ-2020-001"), progress_row("SJ-2020-002")])
    answering.run(office.settings, NOW, [_mailed(office, sent, CAME, "1")], server.connect)
    ((_message, body),) = _told(server)
    assert "退回1行（案件已改派）" in body
    assert "退回的行案件已由市局改派，不用改了再报，以后的表里请删去。" in body
    assert "照着改好" not in body
    assert "请在截止以前改好" not in body


def test_an_answer_names_what_a_report_replaces_and_until_when_it_can_be_mended(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    before = DAY - timedelta(days=1)
    office.put(report(day=before, progress=[progress_row()]), "昨天.xlsx", f"{before}T15:00:00+08:00")
    office.run(before)
    good = report(progress=[progress_row()])
    answering.run(office.settings, NOW, [_mailed(office, good, CAME, "1")], server.connect)
    bad = report(progress=[progress_row(当前状态="差不多了"), progress_row("SJ-2020-999")])
    later = NOW + timedelta(hours=1)
    answering.run(office.settings, later, [_mailed(office, bad, later, "2")], server.connect)
    again = report(day=before, progress=[progress_row(), progress_row("SJ-2020-999")])
    answering.run(office.settings, later, [_mailed(office, again, later, "3")], server.connect)
    answering.run(office.settings, later, [_mailed(office, report(progress=[]), CAME + timedelta(minutes=1), "4")], server.connect)
    answering.run(office.settings, later, [_mail(identity="5", received_at=later)], server.connect)
    (_first, second, third, overtaken, without) = _told(server)
    assert "这封邮件不改变它；那一份一行也没有可以采用的，请照它的回信或回执改好再发一次。" in without[1]
    assert " ZZQ-2020-001：" in second[1]
    assert "（提醒）截止时间 2020-05-21 17:00 已过，这样报送一行也不会采用。截止以前报来的有采用：" in second[1]
    assert "问题标在单元格上；照着改好，把它作为附件发回来即可。" in second[1]
    assert "同一天的日报又收到一份（5月21日17:35），以那一份为准，这一份不算数。" in overtaken[1]
    assert overtaken[0]["Subject"] == "【回信】收到了：日报"
    assert second[0]["Subject"] == "【回信】收到的日报一行也不会采用，原来的不再算数：日报"
    replaced = "它代替已报送、等待汇总的第1版（1行），第1版不再算数，采用的比原来少。"
    assert f"是东胜区5月21日的日报，等待汇总。{replaced}照现在的样子，会采用0行，退回2行：" in second[1]
    assert "5月21日的日报照现在的样子一行也不会采用，请改好再发一次，以最后一次为准。" in second[1]
    assert "把它作为附件发回来即可。5月21日的日报17:00已经截止，那一天的收到过，再送来的算更正，那一天的结果照更正重新写出。" in second[1]
    assert "没有能用的日报" not in second[1]
    today = "今天（5月21日）的日报收到了，但一行也不能采用，请照它的回信改好再发一次。"
    assert f"是东胜区5月20日的日报，等待汇总。它代替已采用的第1版（1行），第1版不再算数。{today}照现在的样子" in third[1]
    assert "5月20日的日报17:00已经截止，那一天的收到过，再送来的算更正，那一天的结果照更正重新写出。" in third[1]


def test_an_answer_that_comes_late_says_what_took_the_reports_place_meanwhile_also_where_it_is_the_same_once_more(
    office: Office, server: MailServer
) -> None:
    office.put_assignment(assignment())
    first, other = (report(progress=[progress_row(今日进展=done)]) for done in ("已约谈", "已答复群众"))
    mails = [
        _mailed(office, content, CAME + timedelta(minutes=at), str(at))
        for at, content in enumerate([first, other, first, report(day=DAY - timedelta(days=1))], 1)
    ]
    answering.run(office.settings, NOW, mails, server.connect)
    overtaken, also, counts, of_yesterday = (body for _message, body in _told(server))
    for body in (overtaken, also):
        assert "同一天的日报又收到一份（5月21日16:33），以那一份为准，这一份不算数。" in body
        assert "等待汇总。" not in body
    assert "是东胜区5月21日的日报，等待汇总。它代替已报送、等待汇总的第2版（1行）" in counts
    assert "今天（5月21日）的日报已经收到（会采用1行）。" in of_yesterday


def test_the_report_that_counts_come_once_more_takes_no_row_and_names_the_days_without_one(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    before = DAY - timedelta(days=2)
    of_then = report(day=before, progress=[progress_row()])
    office.put(of_then, "那天.xlsx", f"{before}T15:00:00+08:00")
    office.run(before)
    answering.run(office.settings, NOW, [_mailed(office, of_then, CAME, "1")], server.connect)
    ((message, body),) = _told(server)
    assert message["Subject"] == "【回信】收到了：日报"
    same = "与正在算数的那一份完全相同，汇总时会忽略；那一份照算，不用再报。今天（5月21日）的日报还没有收到。"
    assert f"是东胜区5月19日的日报。{same}5月20日的日报没有收到过，请核对是不是发错了文件。" in body
    for untrue in ("都会采用", "等待汇总", "照常采用", "随信附上"):
        assert untrue not in body
    bad = report(progress=[progress_row("SJ-2020-999")])
    for number in "23":
        answering.run(office.settings, NOW, [_mailed(office, bad, CAME + timedelta(minutes=int(number)), number)], server.connect)
    assert "那一份照算：采用0行，退回1行，请照它的回信或回执改好再发一次。" in _told(server)[2][1]


def test_a_letter_without_a_report_tells_how_its_day_stands(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    late = CAME + timedelta(hours=2)
    answering.run(office.settings, late, [_mail(identity="1", received_at=late)], server.connect)
    _mailed(office, report(progress=[progress_row()]), late, "2")
    answering.run(office.settings, late, [_mail(identity="3", received_at=late)], server.connect)
    (_message, before), (_another, after) = _told(server)
    assert "还没有收到5月21日的日报，请尽快报送（17:00已经截止，现在报算迟报，内容照常采用）。" in before
    assert "5月21日的日报另外收到过，这封邮件不改变它。" in after


def test_reminders_alone_ask_to_mend_nothing_and_another_districts_report_is_for_that_district_to_send(
    office: Office, server: MailServer
) -> None:
    office.put_assignment(assignment())
    late = CAME + timedelta(hours=1)
    mails = [_mailed(office, report(progress=[progress_row()]), late, "1"), _mailed(office, report("达拉特旗"), late, "2")]
    answering.run(office.settings, late, mails, server.connect)
    (_reminded, reminded), (_foreign, foreign) = _told(server)
    assert "里面只有提醒，不改也可以。" in reminded
    assert "照着改好" not in reminded
    assert "标在单元格上" not in reminded
    assert "照常采用。这一天还没有报过，这一份会记为迟报" in reminded
    assert "改为“东胜区”后重新报送；是达拉特旗的日报，请由达拉特旗报送。" in foreign


def test_a_report_of_yesterday_is_nothing_to_mend_and_a_file_in_the_folder_has_come(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment())
    mail = _mailed(office, report(day=DAY - timedelta(days=1), progress=[progress_row()]), CAME, "1")
    office.put(write(edit(report_pages("杭锦旗"), {"案件进展!P1": "联系电话"})), "杭锦旗.xlsx", CAME.isoformat())
    answering.run(office.settings, NOW, [mail], server.connect)
    ((_message, body),) = _told(server)
    assert "今天（5月21日）的日报还没有收到。1行都会采用。" in body
    office.settings = office.settings.model_copy(
        update={"outgoing_mail": OUTGOING.model_copy(update={"districts": {"杭锦旗": ("hangjin@example.com",)}})}
    )
    by_district = {letter.district: letter for letter in sending.run(office.settings, NOW, dry_run=True).planned}
    own, other = by_district["东胜区"], by_district["杭锦旗"]
    assert own.subject == "【催报】东胜区5月21日的日报还没有收到"
    for text in (own.text, own.html):
        assert "今天收到的“日报.xlsx”是5月20日的日报，按那一天的收下了，不用再发。" in text
        assert "改正" not in text
    assert other.subject == "【催报】杭锦旗5月21日的日报收到的不能采用"
    assert "杭锦旗.xlsx”：" in other.text


def test_a_report_of_yesterday_is_answered_with_todays_form_that_has_it_filled_in(office: Office, server: MailServer) -> None:
    office.put_assignment(assignment([case_row("SJ-2020-001"), case_row("SJ-2020-002")]))
    office.run(DAY - timedelta(days=1))
    late = report(day=DAY - timedelta(days=1), progress=[resolved_row("SJ-2020-001"), progress_row("SJ-2020-002")])
    mail = _mailed(office, late, CAME, "1")
    answering.run(office.settings, NOW, [mail], server.connect)
    ((message, body),) = _told(server)
    assert "随信附上今天的日报模板：东胜区_日报_2020-05-21.xlsx，这封信里以前日期的日报已经填进去。" in body
    (form,) = (part for part in message.iter_attachments() if part.get_filename() == "东胜区_日报_2020-05-21.xlsx")
    rows = openpyxl.load_workbook(io.BytesIO(form.get_content()))["案件进展"].iter_rows(values_only=True)
    assert [(row[0], row[4]) for row in rows if f"{row[0]}".startswith("SJ-")] == [("SJ-2020-002", "办理中")]
    over = _mailed(office, report(day=DAY - timedelta(days=1), progress=[resolved_row("SJ-2020-002")]), CAME + timedelta(hours=1), "2")
    answering.run(office.settings, NOW + timedelta(hours=1), [over], server.connect)
    assert "日报模板" not in _told(server)[1][1], "after the cut-off there is no form to use"


def test_a_reminder_names_what_is_wrong_with_what_came(office: Office) -> None:
    sent = sending.run(office.settings, NOW, dry_run=True, mails=[_mail(), _mail(identity="2", sender="x@evil.example")])
    by_district = {letter.district: letter for letter in sent.planned}
    assert by_district["东胜区"].subject == "【催报】东胜区5月21日的日报收到的不能采用"
    for text in (by_district["东胜区"].text, by_district["东胜区"].html):
        assert "“照片.jpg”：这是照片或图片" in text
        assert "还没有收到" not in text
    assert by_district["达拉特旗"].subject.endswith("还没有收到")
    assert letter_plan.addresses("东胜区", office.settings, OUTGOING) == (TO,)


def test_a_reminder_asks_to_mend_only_what_is_wrong_with_a_file(office: Office) -> None:
    def reminded(*not_taken: tuple[str, str]) -> Letter:
        sent = sending.run(office.settings, NOW, dry_run=True, mails=[_mail(not_taken=not_taken)])
        return next(letter for letter in sent.planned if letter.district == "东胜区")

    gone = ("日报.xlsx", taken_out.WHY)
    for not_taken, stands, asked in (
        ((gone,), "收到过，已不在收件箱里，请再发一次", "文件不用改，请在今天17:00前原样再发一次；"),
        ((SLIP,), "还没有收到", "请在今天17:00前报送；"),
        ((gone, PHOTO), "收到的不能采用", "请改正后（不在收件箱里的不用改，原样再发）在今天17:00前重新报送；"),
    ):
        letter = reminded(*not_taken)
        assert letter.subject == f"【催报】东胜区5月21日的日报{stands}"
        for text in (letter.text, letter.html.replace("<strong>", "").replace("</strong>", "")):
            assert asked in text
            assert ("改正" in text) == (PHOTO in not_taken)
            assert ("没有能采用" in text) == (PHOTO in not_taken)
