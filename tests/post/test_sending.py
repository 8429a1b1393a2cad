"""Letters: who gets which, when, at most once, and what is known of each afterwards, against a mail server that does as it is told.

Covers every module of `post` (`come_since`, `district_verdict`, `letter_plan`, `letters`, `published_days`, `sending`, `sent_letters`,
`smtp`, `told_letters`, `wording`), `taken_out`, and `summed_lines`.
"""

from __future__ import annotations

import base64
import email
import hashlib
import json
import re
import shutil
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import pytest
from mailserver import HANG_UP, TAKE_AND_HANG_UP, MailServer, running
from offices import Office, moment, only
from openpyxl import load_workbook
from workbooks import DAY, assignment, edit, progress_row, reception_row, report, report_pages, resolved_row, urgent_row, write

from pipeline import cli, screen
from pipeline.disk.lock import hold
from pipeline.doors import deposit
from pipeline.intake import district_names, held_files, inbox, mail_journal
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.office import district_history, handed_in_rows, status, taken_out
from pipeline.post import letters, sending, sent_letters, told_letters, wording
from pipeline.post.come_since import ComeSince
from pipeline.post.letters import Kind, Letter
from pipeline.post.published_days import PublishedDay
from pipeline.post.sending import Clarification, SendingOutcome
from pipeline.post.sent_letters import State
from pipeline.post.smtp import Fate, UnreachableError
from pipeline.post.wording import LeadersDay
from pipeline.publishing import nights, outbox
from pipeline.publishing.edition_changes import Changes
from pipeline.settings.config import load
from pipeline.settings.mailboxes import Mailbox
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import AnotherRunError, ConfigurationError, PipelineError
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail
from pipeline.upkeep import doctor, repair

TO, LEADER = "dongsheng@example.com", "lingdao1@example.com"
NIGHT, MORNING, AFTERNOON = moment("2020-05-21 20:00"), moment("2020-05-22 08:00"), moment("2020-05-21 16:20")
RECEIPT = "回执/东胜区_回执_1_日报.xlsx"
PAGE = f"信访事项办理情况日报_{DAY}.html"
HEADLINE = [{"name": "结论", "says": "自治区交办未达标，还差1件。"}, {"name": "请决定", "says": "今日没有需要决策的事项。"}]
FILES = {
    RECEIPT: b"receipt",
    f"督办通知/东胜区_督办通知_{DAY}.docx": b"notice",
    "日报模板/东胜区_日报_2020-05-22.xlsx": b"template",
    f"信访事项办理情况专报_{DAY}.docx": b"word",
    f"信访事项办理情况专报_{DAY}.pdf": b"pdf",
    PAGE: "<p>页面</p>".encode(),
}
OUTGOING = Outgoing(host="127.0.0.1", sender="ribao@example.com", leaders=(LEADER,), districts={"达拉特旗": ()})


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose day is published, with letters to write."""
    office = Office(tmp_path / "office")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING})
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.run(DAY)
    _publish(office, FILES)
    return office


def _publish(office: Office, files: dict[str, bytes], day: date = DAY, headline: Sequence[dict[str, str]] = HEADLINE) -> None:
    """Put a day's folder in place that has these files beside its figures."""
    folder = office.outbox / day.isoformat()
    summary = (folder / "summary.json").read_bytes()
    outputs = {name: hashlib.sha256(content).hexdigest() for name, content in {**files, "summary.json": summary}.items()}
    manifest = json.dumps({"outputs": outputs, "correction": False, "headline": headline, "inputs": []}).encode()
    sha256 = outbox.publish(
        office.outbox, day.isoformat(), {**files, "summary.json": summary, outbox.MANIFEST: manifest}, office.home / "kept"
    )
    ledger = Ledger(office.settings.paths.ledger)
    ledger.note_publication(day.isoformat(), "made by a test", sha256)
    ledger.close()


def _send(office: Office, server: MailServer, now: datetime = NIGHT, clarification: Clarification | None = None) -> SendingOutcome:
    return sending.run(office.settings, now, server.connect, clarification=clarification)


def _told(server: MailServer) -> list[EmailMessage]:
    return [email.message_from_bytes(content, policy=default) for _recipient, content in server.taken]


def _names(message: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in message.iter_attachments()]


# --- what is sent ------------------------------------------------------------------------------------------------


def test_in_the_evening_a_district_gets_its_receipts_notice_and_template_in_one_letter(office: Office, server: MailServer) -> None:
    sent = _send(office, server)
    assert [to for to, _content in server.taken] == [TO]
    (message,) = _told(server)
    assert message["Subject"] == "【信访日报】东胜区5月21日：已采用2行"
    assert _names(message) == ["东胜区_回执_1_日报.xlsx", f"东胜区_督办通知_{DAY}.docx", "东胜区_日报_2020-05-22.xlsx"]
    assert sent.is_complete


def test_the_leaders_get_the_report_in_the_morning_after(office: Office, server: MailServer) -> None:
    _send(office, server)
    _send(office, server, MORNING)
    assert [to for to, _content in server.taken] == [TO, LEADER]
    message = _told(server)[1]
    assert _names(message) == [f"信访事项办理情况专报_{DAY}.docx", f"信访事项办理情况专报_{DAY}.pdf", PAGE]
    page = [*message.iter_attachments()][-1]
    assert (page["Content-Type"].content_type, page.get_content().strip()) == ("text/html", "<p>页面</p>")
    for kind, begin in (("plain", "结论：自治区"), ("html", "<strong>结论：</strong>自治区")):
        body = message.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert text.index(begin) < text.index("请决定：") < text.index("自治区交办：共1件，已化解0件，化解率0.0%，")
    assert message["Subject"] == "【信访专报】5月21日：自治区交办未达标，市级交办和旗区自行梳理暂计未达标"


def test_a_folder_of_an_older_program_has_no_answer_to_begin_with_and_its_letter_says_what_it_knows(
    office: Office, server: MailServer
) -> None:
    _publish(office, FILES, headline=())
    leaders = next(letter for letter in _send(office, server, MORNING).planned if letter.recipient == LEADER)
    for text in (leaders.text, leaders.html):
        assert "结论" not in text
        assert "没有可用日报的旗区：达拉特旗、" in text


def test_the_page_alone_is_no_new_letter_unless_an_earlier_page_was_mailed(office: Office, server: MailServer) -> None:
    """Who had 专报 from a program that mailed no page gets no second letter about the same; a page that differs from his he gets."""
    without = {path: content for path, content in FILES.items() if path != PAGE}
    _publish(office, without)
    _send(office, server, MORNING)
    _publish(office, FILES)
    assert _send(office, server, MORNING).planned == []
    _publish(office, {**FILES, f"信访事项办理情况专报_{DAY}.pdf": b"other"})
    (letter,) = _send(office, server, MORNING).planned
    assert [item.name for item in letter.items] == [f"信访事项办理情况专报_{DAY}.pdf", PAGE]
    assert _send(office, server, MORNING).planned == []


def test_before_the_cut_off_nothing_is_sent_about_the_day(office: Office, server: MailServer) -> None:
    sent = _send(office, server, moment("2020-05-21 12:00"))
    assert (sent.planned, server.taken) == ([], [])


def test_a_template_for_a_day_that_is_over_is_not_sent(office: Office, server: MailServer) -> None:
    _send(office, server, moment("2020-05-23 08:00"))
    assert "东胜区_日报_2020-05-22.xlsx" not in _names(_told(server)[0])


@pytest.mark.parametrize(
    ("has_reported", "at", "is_attached", "said"),
    [
        (False, "2020-05-22 08:00", True, "请在当天17:00前填好报送"),
        (False, "2020-05-22 17:01", True, "17:00的截止已过，今天的日报还没有收到能用的"),
        (True, "2020-05-22 16:30", True, "日报模板是今天（5月22日）的。今天的日报已经收到，不用因为这封信再报；有要更正的"),
        (True, "2020-05-22 17:01", False, "今天的日报已经收到，不用因为这封信再报；下一天的模板"),
    ],
)
def test_a_template_for_today_is_sent_by_how_todays_report_stands(
    office: Office, server: MailServer, at: str, said: str, *, has_reported: bool, is_attached: bool
) -> None:
    if has_reported:
        office.put(report(day=DAY + timedelta(days=1)), "次日.xlsx", "2020-05-22T09:00:00+08:00")
    _send(office, server, moment(at))
    message = next(message for message in _told(server) if message["To"] == TO)
    assert ("东胜区_日报_2020-05-22.xlsx" in _names(message)) is is_attached
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert said in body.get_content()


def test_the_names_stand_there_as_both_kinds_of_programs_read_them(office: Office, server: MailServer) -> None:
    _send(office, server)
    raw = server.taken[0][1]
    assert b"filename*=utf-8''%E4%B8%9C" in raw
    assert b'name="=?utf-8?b?' in raw
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998


def test_plain_text_and_html_say_the_same(office: Office, server: MailServer) -> None:
    _send(office, server)
    (message,) = _told(server)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    for body in bodies:
        assert body is not None
        assert "已采用2行" in body.get_content()
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_name_that_a_sender_chose_is_text_in_the_letter(office: Office, server: MailServer) -> None:
    _publish(office, {"回执/东胜区_回执_1_<b>&{{7*7}}.xlsx": b"x"})
    _send(office, server)
    (message,) = _told(server)
    html = message.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;&amp;{{7*7}}.xlsx" in html.get_content()


@pytest.mark.parametrize(
    ("taken", "refused", "said"),
    [(2, 0, "已采用2行"), (2, 1, "采用2行，退回1行，请改正"), (0, 7, "采用0行，退回7行，请改正"), (0, 0, "没有内容行")],
)
def test_the_subject_says_what_became_of_the_rows(tmp_path: Path, taken: int, refused: int, said: str) -> None:
    submission = {"district": "东胜区", "status": "on-time", "revision": 1, "rows_accepted": taken, "rows_refused": refused}
    writer = wording.Writer(Office(tmp_path).settings, DAY)
    letter = writer.to_district(DAY, "东胜区", TO, [], {"submissions": [submission]}, later=None)
    assert letter.subject == f"【信访日报】东胜区5月21日：{said}"
    zero = writer.to_district(DAY, "东胜区", TO, [], {"submissions": [{**submission, "zero_report": True}]}, later=None)
    assert zero.subject == letter.subject.replace("没有内容行", "零报告")


def test_a_revision_that_takes_all_rows_back_is_not_called_unchanged(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    office.put(report(progress=[progress_row()]), "一.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(report(progress=[]), "二.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    folder = office.outbox / DAY.isoformat()
    published = PublishedDay(DAY, folder, {}, is_correction=False, answers={}, manifest="", editions=())
    writer = wording.Writer(office.settings, DAY)
    letter = writer.to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    assert letter.subject == "【信访日报】东胜区5月21日：没有内容行，原来报的不再算数"
    assert "贵局先前报的这些内容，算数的这一份里没有了：案件进展：ZZQ-2020-001。" in letter.text
    assert "（按时报送，以贵局第 2 版日报为准）" in letter.text
    silent = writer.to_district(DAY, "达拉特旗", TO, [], published.summary(), later=None)
    assert "不再算数" not in silent.subject


def test_a_revision_that_drops_some_rows_says_so_in_its_subject_and_which(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    both = [progress_row("SJ-2020-001"), progress_row("ZZQ-2020-001", 群众确认="不认可")]
    office.put(report(progress=both), "一.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(report(progress=[progress_row("ZZQ-2020-001")]), "二.xlsx", "2020-05-21T16:30:00+08:00")
    office.run(DAY)
    published = PublishedDay(DAY, office.outbox / DAY.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())
    letter = wording.Writer(office.settings, DAY).to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    assert letter.subject == "【信访日报】东胜区5月21日：已采用1行，少了先前报的内容"
    assert "这一份里没有了：案件进展：SJ-2020-001；ZZQ-2020-001 的群众不认可。" in letter.text


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({}, "没有收到贵局5月21日的日报。请尽快照"),
        ({"回执/东胜区_回执_0_坏.xlsx": ""}, "贵局5月21日的日报收到过，但没有采用，原因见回执。请改好，尽快照"),
    ],
)
def test_a_district_without_a_report_is_told_whether_anything_came(tmp_path: Path, outputs: dict[str, str], said: str) -> None:
    missing = {"status": "missing", "district": "东胜区", "revision": 0, "rows_accepted": 0, "rows_refused": 0}
    (tmp_path / "summary.json").write_text(json.dumps({"submissions": [missing], "targets": []}), encoding="utf-8")
    published = PublishedDay(DAY, tmp_path, outputs, is_correction=False, answers={}, manifest="", editions=())
    writer = wording.Writer(Office(tmp_path / "office").settings, DAY)
    letter = writer.to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    assert said in letter.text
    assert said in letter.html


def _letter_to(outcome: SendingOutcome, district: str) -> Letter:
    return next(letter for letter in outcome.planned if (letter.district, letter.kind) == (district, Kind.DISTRICT))


def test_a_letter_says_what_came_since_and_its_template_is_filled_in_with_it(office: Office, server: MailServer) -> None:
    """A correction that waits stops no letter, and no letter tells an older result as if nothing had come since."""
    disputed = report(progress=[progress_row("ZZQ-2020-001", 群众确认="不认可"), progress_row("SJ-2020-001", 下一步措施="再去一次")])
    office.put(disputed, "更正.xlsx", "2020-05-22T07:30:00+08:00")
    letter = _letter_to(_send(office, server, MORNING), "东胜区")
    assert letter.subject == "【信访日报】东胜区5月21日：已采用2行；此后收到的还没有汇总"
    for text in (letter.text, letter.html):
        assert "5月21日的日报（文件夹 5月22日07:30，会采用 2 行）" in text
        assert "汇总以后有变的另发一封" in text
        assert "所附的日报模板里，此后收到的也已填进去" in text
    form = next(item.content for item in letter.items if "_日报_2020" in item.name)
    rows = load_workbook(BytesIO(form))["案件进展"].iter_rows(values_only=True)
    assert any("再去一次" in row for row in rows), "not the form of the night"
    assert not _send(office, server, MORNING).planned, "noted by what was published"


@pytest.mark.parametrize(
    ("progress", "subject", "said"),
    [
        ([progress_row("SJ-2020-002")], "补报的收到了，等待汇总", "不用再报；汇总以后另发一封"),
        ([progress_row("没有的")], "补报的一行也不会采用，请改好再报", "请改好，尽快照"),
    ],
)
def test_a_late_report_that_waits_is_not_told_as_missing(
    office: Office, server: MailServer, progress: list[dict[str, Any]], subject: str, said: str
) -> None:
    outgoing = OUTGOING.model_copy(update={"districts": {"达拉特旗": (TO,)}})
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    _publish(office, {**FILES, "日报模板/达拉特旗_日报_2020-05-22.xlsx": b"form"})
    office.put(report("达拉特旗", progress=progress), "补报.xlsx", "2020-05-22T07:30:00+08:00")
    letter = _letter_to(_send(office, server, MORNING), "达拉特旗")
    assert letter.subject == f"【信访日报】达拉特旗5月21日：{subject}"
    for text in (letter.text, letter.html):
        assert "汇总时没有收到贵局5月21日的日报；" in text.replace("<strong>", "")
        assert said in text
        assert "没有变化的，也请把那一天的模板原样报来" not in text


def test_who_sent_what_is_no_report_is_told_the_morning_after_when_what_and_why(office: Office, server: MailServer) -> None:
    outgoing = OUTGOING.model_copy(update={"districts": {"准格尔旗": (TO,)}})
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    _publish(office, {**FILES, "日报模板/准格尔旗_日报_2020-05-22.xlsx": b"form"})
    usual: dict[str, Any] = {"sender": "zhungeer@example.com", "claimed": "", "subject": "日报", "message_id": None, "taken": ()}
    at = moment("2020-05-21 15:20")
    mails = [
        Mail("1", received_at=at, not_taken=(("照片.jpg", "这是照片或图片，请填写模板后发来"),), **usual),
        Mail("2", received_at=at + timedelta(minutes=5), not_taken=(), **usual),
        Mail("3", received_at=at - timedelta(days=1), not_taken=(("前一天.pdf", "不是工作簿"),), **usual),
    ]
    letter = _letter_to(sending.run(office.settings, MORNING, server.connect, mails=mails), "准格尔旗")
    for text in (letter.text, letter.html):
        assert "没有收到贵局5月21日的日报。请尽快照" in text
        assert "5月21日15:20 “照片.jpg”：这是照片或图片，请填写模板后发来" in text
        assert "15:25的邮件里没有附件" in text
        assert "前一天" not in text


def test_who_has_reported_and_mailed_an_answer_to_a_notice_is_told_that_it_does_not_count(office: Office, server: MailServer) -> None:
    _publish(office, FILES)
    slip = ("督办通知回执.docx", "是对督办通知的回复（Word 文档），不是日报，程序不读")
    mail = Mail("1", TO, "", moment("2020-05-21 15:20"), "督办", None, (), (slip,))
    letter = _letter_to(sending.run(office.settings, NIGHT, server.connect, mails=[mail]), "东胜区")
    for text in (letter.text, letter.html):
        assert "贵局发来的这些不是日报：" in text
        assert "15:20 “督办通知回执.docx”：是对督办通知的回复（Word 文档），不是日报，程序不读" in text


def test_a_mailed_file_that_somebody_took_out_of_the_inbox_is_told_as_gone_and_one_that_waits_or_was_taken_in_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    at, mails = moment("2020-05-21 15:39"), list[Mail]()
    for identity, district, sender in (("a", "东胜区", "dongsheng"), ("b", "东胜区", "dongsheng"), ("c", "准格尔旗", "zhungeer")):
        sent = report(district, progress=[progress_row("SJ-2020-001")] if identity == "a" else [])
        envelope = Envelope(at - timedelta(minutes=9 * (identity == "a")), "email", f"{sender}@example.com", f"<{identity}@example.com>")
        (name,) = deposit.lay(office.inbox / "邮件" / identity, [(f"{identity}.xlsx", sent)], envelope)
        taken = ((name, f"邮件/{identity}/{name}"),)
        mails.append(Mail(identity, envelope.sender, "", envelope.received_at, "日报", envelope.message_id, taken, ()))
    assert taken_out.told(mails, office.settings) == mails, "all are there"
    shutil.move(office.inbox / "邮件" / "b", office.inbox / "挪")
    assert taken_out.told(mails, office.settings) == mails, "elsewhere in the inbox"
    for gone in ("挪", "邮件/c"):
        (next(path for path in (office.inbox / gone).iterdir() if path.suffix == ".xlsx")).unlink()
    office.run(DAY)
    published = PublishedDay(DAY, office.outbox / DAY.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())
    writer, came = wording.Writer(office.settings, MORNING.date()), ComeSince(office.settings, MORNING, mails)
    monkeypatch.setattr(mail_journal, "mails", lambda *_said: mails)
    account = Mailbox(host="127.0.0.1", user="a@example.com", password_file=tmp_path / "secret", authserv_id="mx.example.com")
    settings = office.settings.model_copy(update={"mailboxes": (account,)})
    out = taken_out.TakenOut(settings).look(DAY)
    assert sorted((file.name, file.district, file.day, file.is_made_good) for file in out) == [
        ("b.xlsx", "东胜区", DAY, False),
        ("c.xlsx", "准格尔旗", DAY, False),
    ]
    history = district_history.without(district_history.of("准格尔旗", [], settings, DAY), "准格尔旗", out)
    assert [(file.name, file.became, file.channel) for file in history.files] == [("c.xlsx", "gone", "email")]
    assert "准格尔旗 c.xlsx（5月21日15:39 邮件）：收到过" in taken_out.told_now(settings, DAY)[1]
    missing, there = (
        writer.to_district(DAY, name, TO, [], published.summary(), later=None, since=came.since(name, DAY, {}))
        for name in ("准格尔旗", "东胜区")
    )
    why = "收到过，但还没有汇总就被人从收件箱里拿走了，没有算上；要算数的，请再发一次"
    for text in (missing.text, missing.html):
        assert "没有收到贵局" not in text
        assert "汇总时没有贵局5月21日的日报" in text
        assert f"5月21日15:39 “c.xlsx”：{why}" in text
    for text in (there.text, there.html):
        assert f"5月21日15:39 “b.xlsx”：{why}" in text
        assert "a.xlsx" not in text
    office.put(report("准格尔旗", progress=[]), "再发.xlsx", "2020-05-22T07:30:00+08:00")
    assert [lost.name for lost in ComeSince(office.settings, MORNING, mails).in_vain("准格尔旗", DAY)] == [], "another waits in its place"
    office.run(DAY)
    (of_c,) = taken_out.told([mails[2]], office.settings)
    assert of_c.not_taken == (), "another was taken in in its place"
    (of_c,) = taken_out.told([mails[2]], office.settings, made_good=taken_out.MADE_GOOD)
    assert of_c.not_taken == (("c.xlsx", taken_out.MADE_GOOD),)
    (of_b,) = taken_out.told([mails[1]], office.settings)
    assert of_b.not_taken == (("b.xlsx", why),)


def test_what_a_replaced_report_left_out_and_the_one_in_force_has_again_is_not_told(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    first = report(progress=[progress_row("SJ-2020-001"), progress_row("ZZQ-2020-001", 群众确认="不认可")], urgent=[urgent_row()])
    office.put(first, "一.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(report(progress=[progress_row("ZZQ-2020-001")]), "二.xlsx", "2020-05-21T15:30:00+08:00")
    office.put(first, "一再报.xlsx", "2020-05-21T16:00:00+08:00")
    day = office.outbox / DAY.isoformat()
    published = PublishedDay(DAY, day, {}, is_correction=False, answers={}, manifest="", editions=())
    office.run(DAY)
    letter = wording.Writer(office.settings, DAY).to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    assert letter.subject == "【信访日报】东胜区5月21日：已采用3行"
    assert "没有了" not in letter.text
    office.put(report(progress=[progress_row("SJ-2020-001")]), "四.xlsx", "2020-05-21T16:10:00+08:00")
    office.put(report(progress=[progress_row("SJ-2020-001", 今日进展="又")]), "五.xlsx", "2020-05-21T16:20:00+08:00")
    office.run(DAY)
    letter = wording.Writer(office.settings, DAY).to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    gone = "案件进展：ZZQ-2020-001；急报事项：SJ-2020-001 停水停电停暖 2020-05-21 09:30；ZZQ-2020-001 的群众不认可"
    assert f"算数的这一份里没有了：{gone}。" in letter.text, "also what the report directly before had not"


def test_what_an_untouched_older_form_takes_back_is_named_in_the_nights_letter_and_for_the_office(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    confirmed = resolved_row("SJ-2020-001", 今日进展="", 群众确认="认可", 答复日期="2020-05-18")
    office.put(report(day=date(2020, 5, 20), progress=[{**confirmed, "群众确认": "不认可"}]), "先报.xlsx", "2020-05-20T15:00:00+08:00")
    office.put(report(day=date(2020, 5, 20), progress=[confirmed]), "更正.xlsx", "2020-05-21T10:30:00+08:00")
    office.put(report(progress=[{**confirmed, "群众确认": "不认可"}]), "旧.xlsx", "2020-05-21T15:00:00+08:00")
    office.run(DAY)
    published = PublishedDay(DAY, office.outbox / DAY.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())
    letter = wording.Writer(office.settings, DAY).to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    said = "案件进展 第2行，案件 SJ-2020-001：与5月20日的日报（那天截止以后才报来）相比，群众确认“认可” → “不认可”"
    assert letter.subject == "【信访日报】东胜区5月21日：已采用1行，有的把补报的内容改了回去，请看一看"
    for text in (letter.text, letter.html):
        assert said in text
        assert "是这样的，请用新的模板重新报送" in text
    assert [row.turned_back for row in handed_in_rows.of_days(office.settings, [DAY], DAY)] == [said]
    other = wording.Writer(office.settings, DAY).to_district(DAY, "准格尔旗", TO, [], published.summary(), later=None)
    assert "改了回去" not in other.subject + other.text + other.html


def test_a_report_of_which_only_a_sheet_was_refused_is_not_called_unchanged_or_in_time(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    pages = report_pages(progress=[], new=[], reception=[reception_row()], urgent=[])
    office.put(write(edit(pages, {"接访情况!B1": "批数"})), "一.xlsx", "2020-05-21T15:00:00+08:00")
    office.run(DAY)
    published = PublishedDay(DAY, office.outbox / DAY.isoformat(), {}, is_correction=False, answers={}, manifest="", editions=())
    letter = wording.Writer(office.settings, DAY).to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    assert letter.subject == "【信访日报】东胜区5月21日：采用0行，退回整张表（接访情况），请改正"
    assert "（全部退回）" in letter.text


def test_a_letter_about_a_day_of_another_year_says_it(tmp_path: Path) -> None:
    new_year, last = date(2021, 1, 1), date(2020, 12, 31)
    settings = Office(tmp_path).settings
    writer, item = wording.Writer(settings, new_year), letters.Item("", "0" * 64, delivery=letters.Delivery.IN_WORDS)
    submission = {"district": "东胜区", "status": "on-time", "revision": 1, "rows_accepted": 2, "rows_refused": 0}
    headline = (("请决定", "今日需要决策的事项共3件。"),)
    told = [
        writer.to_district(last, "东胜区", TO, [], {"submissions": [submission]}, later=None),
        writer.to_leaders(LeadersDay(last, {"submissions": [], "targets": []}, headline, is_correction=False), LEADER, [], later=None),
        writer.reminder(last, "东胜区", TO, item, []),
    ]
    assert [letter.subject for letter in told] == [
        "【信访日报】东胜区2020年12月31日：已采用2行",
        "【信访专报】2020年12月31日：目前没有案件",
        "【催报】东胜区2020年12月31日的日报还没有收到",
    ]
    assert "2020年12月31日需要决策的事项共3件。" in told[1].text
    outcome = SendingOutcome(planned=told[:1])
    assert told_letters.by_kind(outcome, new_year) == [("2020年12月31日给旗区的信（回执、督办通知、日报模板）", 1, "东胜区")]
    assert told_letters.by_kind(outcome, last)[0][0].startswith("12月31日给旗区的信")
    failed = nights.FailedNight(last, nights.Wrong.FAILED, None, moment("2021-01-01 02:00"), None, "", 1, "", ())
    assert failed.in_short == "2020年12月31日晚上的汇总出了错"


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("东胜区（自治区交办）：化解率 100.0% → 66.6%", "没有内容行，数字、案件有更正"),
        ("东胜区的报送：报送次数 1 次 → 2 次", "没有内容行"),
        ("东胜区的报送：状态 未报 → 迟报，报送次数 0 次 → 1 次", "补报的收到了，没有内容行"),
    ],
)
def test_the_subject_of_a_later_letter_does_not_call_changed_figures_unchanged(tmp_path: Path, figure: str, said: str) -> None:
    submission = {"district": "东胜区", "status": "on-time", "revision": 1, "rows_accepted": 0, "rows_refused": 0}
    later = wording.Later(3, 1, Changes((figure,)))
    letter = wording.Writer(Office(tmp_path).settings, DAY).to_district(DAY, "东胜区", TO, [], {"submissions": [submission]}, later=later)
    assert letter.subject == f"【信访日报】东胜区5月21日（第3版）：{said}"


def test_a_letter_names_the_day_of_which_it_tells_and_the_cases_behind_numbers_that_stayed(tmp_path: Path) -> None:
    """It is sent the next morning; decision 9 has what is restated."""
    moved = {"day": "2020-05-20", "group": "自治区交办", "total": [31, 31], "resolved": [25, 25], "met": [False, False]}
    entry = {**moved, "newly_counted": ["ZZQ-2020-008"], "no_longer_counted": ["ZZQ-2020-026"]}
    summary = {"submissions": [], "targets": [], "restated": [entry, {**moved, "group": "市级交办", "resolved": [25, 26]}]}
    headline = (("请决定", "今日需要决策的事项共3件。"), ("结论", "9个旗区今日都没有日报，不是今日的情况。"))
    letter = wording.Writer(Office(tmp_path).settings, DAY).to_leaders(
        LeadersDay(DAY, summary, headline, is_correction=False), TO, [], later=None
    )
    for text in (letter.text, letter.html):
        assert "今日" not in text
        assert "5月21日需要决策的事项共3件。" in text
        assert "9个旗区5月21日都没有日报，不是当日的情况。" in text
        assert "自治区交办5月20日仍为25/31，改为计入ZZQ-2020-008，改为不计入ZZQ-2020-026；市级交办5月20日由25/31改为26/31。" in text


def test_the_leaders_letter_says_the_rate_without_edits_beside_the_one_that_they_made(tmp_path: Path) -> None:
    target = {
        "group": "自治区交办",
        "target_percent": 100,
        "total": 30,
        "resolved": 30,
        "rate_percent": "100.0",
        "met": True,
        "shortfall": 0,
    }
    made = {**target, "certain": True, "unmoved": {"total": 31, "resolved": 30, "rate_percent": "96.7"}}
    as_it_is = {**made, "group": "市级交办", "unmoved": {"total": 30, "resolved": 30, "rate_percent": "100.0"}}
    summary = {"submissions": [], "targets": [made, as_it_is], "flags": {"cancelled": ["ZZQ-2020-007"]}}
    told = LeadersDay(DAY, summary, (), is_correction=False)
    letter = wording.Writer(Office(tmp_path).settings, DAY).to_leaders(told, TO, [], later=None)
    for text in (letter.text, letter.html):
        assert text.count("不计台账改动") == 1
        assert "达到100%的目标" in text
        assert "。不计台账改动，化解率为96.7%（30/31），不到100%。" in text
        assert "已撤销、不在总数里的案件1件：ZZQ-2020-007；依据见专报。" in text


@pytest.mark.parametrize("is_large", [True, False])
def test_leaders_are_not_promised_that_a_large_days_page_opens_every_number(tmp_path: Path, *, is_large: bool) -> None:
    summary: dict[str, Any] = {"submissions": [], "targets": [], "cases": {"file": "cases.jsonl"} if is_large else {}}
    page = letters.Item("信访事项办理情况日报_2020-05-21.html", "0" * 64, b"<html>")
    told = LeadersDay(DAY, summary, (), is_correction=False)
    letter = wording.Writer(Office(tmp_path).settings, DAY).to_leaders(told, TO, [page], later=None)
    for text in (letter.text, letter.html):
        assert ("每个数字都能点开看案件" in text, "单独打开时不能查找" in text) == (not is_large, is_large)


@pytest.mark.parametrize("is_left_out", [True, False])
def test_a_report_that_the_office_left_out_is_not_said_never_to_have_come(tmp_path: Path, *, is_left_out: bool) -> None:
    missing = {"status": "missing", "revision": 0, "rows_accepted": 0, "rows_refused": 0}
    summary = {"submissions": [{**missing, "district": "东胜区", "is_left_out": is_left_out}], "targets": []}
    writer = wording.Writer(Office(tmp_path).settings, DAY)
    own = writer.to_district(DAY, "东胜区", TO, [], summary, later=None)
    leaders = writer.to_leaders(LeadersDay(DAY, summary, (), is_correction=False), TO, [], later=None)
    for text in (own.text, own.html):
        assert ("没有收到贵局" in text, "原件遗失，经市局决定暂不采用" in text) == (not is_left_out, is_left_out)
    for text in (leaders.text, leaders.html):
        assert ("没有可用日报的旗区" in text, "暂不采用日报的旗区：东胜区" in text) == (not is_left_out, is_left_out)
    assert own.subject.endswith("收到的日报暂不采用，请重新报送" if is_left_out else "没有日报，请补报")


@pytest.mark.parametrize(("holds", "said"), [(True, "迟报（已批准）"), (False, "（迟报）")])
def test_an_approved_late_report_is_told_as_that(tmp_path: Path, *, holds: bool, said: str) -> None:
    late = {"status": "late", "district": "东胜区", "revision": 1, "rows_accepted": 2, "rows_refused": 0, "zero_report": False}
    exceptions = [{"subject": f"东胜区 {DAY}", "kind": "迟报", "holds": holds}, {"subject": "SJ-2020-001", "kind": "延期", "holds": True}]
    for name, told in (("summary.json", {"submissions": [late], "targets": []}), ("extensions.json", {"exceptions": exceptions})):
        (tmp_path / name).write_text(json.dumps(told), encoding="utf-8")
    published = PublishedDay(DAY, tmp_path, {}, is_correction=False, answers={}, manifest="", editions=())
    writer = wording.Writer(Office(tmp_path / "office").settings, DAY)
    letter = writer.to_district(DAY, "东胜区", TO, [], published.summary(), later=None)
    assert said in letter.text
    assert said in letter.html


@pytest.mark.parametrize(
    ("files", "there", "not_there"),
    [
        (
            {"日报模板/达拉特旗_日报_2020-05-22.xlsx": b"x"},
            ["没有收到贵局5月21日的日报", "日报模板是5月22日的，"],
            ["回执里", "督办通知请"],
        ),
        ({"督办通知/达拉特旗_督办通知_2020-05-21.docx": b"x"}, ["督办通知请"], ["回执里", "日报模板是"]),
        ({"回执/达拉特旗_回执_0_坏.xlsx": b"x"}, ["回执里标出了"], ["督办通知请", "日报模板是"]),
    ],
)
def test_a_letter_speaks_of_what_it_brings_alone(
    office: Office, server: MailServer, files: dict[str, bytes], there: list[str], not_there: list[str]
) -> None:
    outgoing = OUTGOING.model_copy(update={"districts": {"达拉特旗": ("dalate@example.com",)}})
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    _publish(office, files)
    (letter,) = _send(office, server).planned
    for text in (letter.text, letter.html):
        assert all(words in text for words in there)
        assert not any(words in text for words in not_there)


def test_of_the_notices_of_several_days_in_one_mailing_the_newest_alone_is_to_be_answered(office: Office, server: MailServer) -> None:
    _send(office, server)
    later = DAY + timedelta(days=1)
    office.run(later)
    _publish(office, {**FILES, f"督办通知/东胜区_督办通知_{DAY}.docx": b"notice, written anew"})
    _publish(office, {f"督办通知/东胜区_督办通知_{later}.docx": b"another"}, later)
    of_day = {letter.day: letter for letter in _send(office, server, NIGHT + timedelta(days=1)).planned if letter.district == "东胜区"}
    for older, newest in ((of_day[f"{DAY}"].text, of_day[f"{later}"].text), (of_day[f"{DAY}"].html, of_day[f"{later}"].html)):
        assert "这是5月21日的督办通知；后面已有" in older
        assert "请以5月22日的督办通知为准" in older
        assert "督办通知请按要求办理" not in older
        assert "督办通知请按要求办理" in newest
        assert "补记" not in newest


@pytest.mark.parametrize(
    ("standings", "said", "not_said"),
    [
        (
            {"SJ-2020-001": "settled", "SJ-2020-002": "answered", "SJ-2020-003": "waiting"},
            [
                "到5月22日的日报为止已经不再督办1件",
                "SJ-2020-001（已化解）",
                "不用再回复",
                "SJ-2020-002（5月22日的日报已回复）",
                "督办通知请按要求办理",
            ],
            ["没有要办的了"],
        ),
        (
            {"SJ-2020-001": "settled", "SJ-2020-004": "answered"},
            ["已经不再督办2件", "SJ-2020-004（5月22日的日报已回复，已化解）", "没有要办的了"],
            ["请按要求办理"],
        ),
        ({"SJ-2020-003": "waiting"}, ["督办通知请按要求办理"], ["没有要办的了", "不再督办", "不用再回复"]),
    ],
)
def test_a_notice_that_is_sent_late_names_what_was_settled_or_answered_since(
    office: Office, server: MailServer, standings: dict[str, str], said: list[str], not_said: list[str]
) -> None:
    later = DAY + timedelta(days=1)
    _send(office, server)
    office.run(later)
    _publish(office, {**FILES, f"督办通知/东胜区_督办通知_{DAY}.docx": b"notice, written anew"})
    asked = [
        {"case": case, "district": "东胜区", "day": f"{DAY}", "standing": how, "answer": {"day": f"{later}"} if how == "answered" else None}
        for case, how in standings.items()
    ]
    summary = json.loads((office.outbox / f"{later}" / "summary.json").read_bytes())
    summary["flags"] |= {"stalled": ["SJ-2020-002", "SJ-2020-003"]}
    summary["cases"]["SJ-2020-004"] = {"status": "已化解", "counted_resolved": True}
    (office.outbox / f"{later}" / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    _publish(office, {"extensions.json": json.dumps({"notices": {"cases": asked}}).encode()}, later)
    (letter,) = [
        letter
        for letter in _send(office, server, NIGHT + timedelta(days=1)).planned
        if letter.day == f"{DAY}" and letter.kind is Kind.DISTRICT
    ]
    for text in (letter.text, re.sub(r"</?strong>", "", letter.html)):
        assert [words for words in said if words not in text] == []
        assert [words for words in not_said if words in text] == []


# --- whose files are sent to whom --------------------------------------------------------------------------------


@pytest.fixture
def strangers(tmp_path: Path) -> Office:
    """An office in whose day lie files of people who may not send for 东胜区, under the name of a file of its own."""
    office = Office(tmp_path / "strangers")
    office.settings = office.settings.model_copy(update={"outgoing_mail": OUTGOING.model_copy(update={"districts": {}})})
    office.put_assignment(assignment())
    office.put(report(), "一/日报.xlsx", "2020-05-21T15:00:00+08:00", channel="email", sender=None)
    office.put(report(progress=[]), "二/日报.xlsx", "2020-05-21T15:10:00+08:00", channel="email", sender=TO)
    office.put(report(progress=[]), "三/日报.xlsx", "2020-05-21T15:20:00+08:00", channel="email", sender=TO)
    office.put(report(new=[{}]), "四/日报.xlsx", "2020-05-21T15:30:00+08:00", channel="email", sender="x@evil.example")
    office.put(report(reception=[{}]), "五/达旗13912345678.xlsx", channel="email", sender="dalate@example.com")
    assert not nightly.run(office.settings, [DAY], documents=only("receipts")).faults
    return office


def test_the_receipt_of_a_file_that_a_stranger_sent_goes_to_no_district_and_stays_in_the_outbox(
    strangers: Office, server: MailServer
) -> None:
    _send(strangers, server)
    receipts = {path.name: path.read_bytes() for path in (strangers.outbox / DAY.isoformat() / "回执").iterdir()}
    assert len(receipts) == 5
    (message,) = [message for message in _told(server) if message["To"] == TO]
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments() if "_回执_" in str(part.get_filename())}
    own = ["东胜区_回执_1_日报.xlsx", "东胜区_回执_0_日报 (2).xlsx"]  # the second of that name is the district's own, sent twice
    assert attached == {name: receipts[name] for name in own}
    body = message.get_body(("plain",))
    assert body is not None
    assert "达旗" not in body.get_content()


def test_the_receipt_of_a_file_that_names_no_district_goes_to_the_one_whose_sender_sent_it(strangers: Office, server: MailServer) -> None:
    """Nothing but its sender says whose a file is that cannot be opened."""
    for sender, name in (("zhungeer@example.com", "加密.xlsx"), ("x@evil.example", "生人.xlsx"), (None, "未证实.xlsx")):
        strangers.put(f"no workbook {name}".encode(), name, "2020-05-21T15:40:00+08:00", channel="email", sender=sender)
    assert not nightly.run(strangers.settings, [DAY], documents=only("receipts")).faults
    _send(strangers, server)
    got = {str(message["To"]): [name for name in _names(message) if name and "未识别" in name] for message in _told(server)}
    assert {to: names for to, names in got.items() if names} == {"zhungeer@example.com": ["未识别_回执_0_加密.xlsx"]}
    (message,) = [message for message in _told(server) if message["To"] == "zhungeer@example.com"]
    body = message.get_body(("plain",))
    assert body is not None
    assert "收到过，但没有采用，原因见回执" in body.get_content()


def test_who_has_put_another_district_on_the_cover_is_told_so_once_and_gets_no_workbook(strangers: Office, server: MailServer) -> None:
    for _ in range(2):
        _send(strangers, server)
    (message,) = [message for message in _told(server) if message["To"] == "dalate@example.com"]
    assert not [name for name in _names(message) if name and "_回执_" in name]
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert "您发来的“达旗139********.xlsx”封面写的是另一个旗区" in body.get_content()


def test_a_reminder_names_no_file_that_a_stranger_sent(office: Office, server: MailServer) -> None:
    office.put(report("准格尔旗"), "点这里.xlsx", channel="email", sender="x@evil.example")
    office.put(report("准格尔旗", date(2020, 5, 22)), "准旗.xlsx", channel="email", sender="zhungeer@example.com")
    office.run(DAY)
    letter = next(letter for letter in _send(office, server, AFTERNOON).planned if letter.district == "准格尔旗")
    assert "准旗.xlsx" in letter.text
    assert "点这里" not in letter.text + letter.html


# --- how much a letter holds -------------------------------------------------------------------------------------


def _large(count: int) -> dict[str, bytes]:
    return {f"回执/东胜区_回执_{number}_日报.xlsx": bytes([number]) * 3_300_000 for number in range(1, count + 1)}


def test_a_letter_holds_what_matters_most_and_names_the_rest(office: Office, server: MailServer) -> None:
    _publish(office, {**FILES, **_large(9)})
    (letter,) = _send(office, server).planned
    assert len(server.taken[0][1]) < letters.MOST_BYTES + 20_000
    assert _names(_told(server)[0]) == [
        "东胜区_回执_1_日报.xlsx", f"东胜区_督办通知_{DAY}.docx", "东胜区_日报_2020-05-22.xlsx",
        "东胜区_回执_9_日报.xlsx", "东胜区_回执_8_日报.xlsx",
    ]  # fmt: skip
    for text in (letter.text, letter.html):
        rest = text.partition("太大、没有附在信里的文件")[2]
        assert all(f"东胜区_回执_{number}_日报.xlsx" in rest for number in range(2, 8))
        assert f"请向{office.settings.office}索取。" in rest
    assert _send(office, server).planned == []


def test_a_page_that_is_too_large_is_named_with_the_place_where_it_lies(office: Office, server: MailServer) -> None:
    _publish(office, {**FILES, PAGE: bytes(letters.MOST_BYTES)})
    leaders = next(letter for letter in _send(office, server, MORNING).planned if letter.recipient == LEADER)
    for text in (leaders.text, leaders.html):
        assert f"附件合起来超过15MB，下面的文件没有附在信里，在办公室的结果文件夹{DAY}里" in text
        assert PAGE in text.partition("结果文件夹")[2]
        assert "用手机的浏览器打开" not in text


def test_what_a_letter_leaves_out_changes_nothing_of_its_identity() -> None:
    items = [letters.Item("甲.xlsx", "1", bytes(9 << 20)), letters.Item("乙.xlsx", "2", bytes(9 << 20))]
    first, second = letters.bounded(items)
    assert (first, second.delivery, second.content) == (items[0], letters.Delivery.NAMED, b"")
    whole, bounded = (
        letters.Letter(letters.Kind.DISTRICT, "2020-05-21", "东胜区", TO, "", "", "", tuple(brought))
        for brought in (items, (first, second))
    )
    assert whole.message_id("ribao@example.com") == bounded.message_id("ribao@example.com")


@pytest.mark.parametrize("content", [b"", b"x", bytes(57), bytes(58), bytes(1_000_000)])
def test_the_size_of_an_attachment_is_that_on_the_wire(content: bytes) -> None:
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert len(encoded) <= letters.Item("甲.xlsx", "1", content).size <= len(encoded) + 78


def test_a_server_that_says_how_much_it_takes_hears_the_size_before_the_message(office: Office, server: MailServer) -> None:
    server.largest = 1_000
    (answer,) = [answer for _letter, answer in _send(office, server).done]
    assert (answer.fate, answer.words) == (Fate.REFUSED, "552 5.3.4 message size exceeds fixed limit")
    server.largest = 1_000_000
    _publish(office, {RECEIPT: b"another"})
    assert len(_send(office, server).done) == len(server.taken) == 1


@pytest.mark.parametrize(
    ("words", "is_for_size"),
    [
        ("552 5.3.4 Message size exceeds fixed limit", True),
        ("552 Requested mail action aborted", True),
        ("554 5.2.3 Message too long", True),
        ("550 message too large", True),
        ("552 5.2.2 mailbox full", False),
        ("552 over quota", False),
        ("550 no such user", False),
        ("550 5.1.1 15.3.4 is not here", False),
    ],
)
def test_a_refusal_for_the_size_does_not_point_at_the_address(
    office: Office, server: MailServer, capsys: pytest.CaptureFixture[str], *, words: str, is_for_size: bool
) -> None:
    server.orders["RCPT"] = [words]
    screen.tell_lines(told_letters.sent(_send(office, server)))
    shown = capsys.readouterr().out
    assert ("信太大" in shown, "请检查地址" in shown) == (is_for_size, not is_for_size)


@pytest.mark.parametrize(
    ("step", "heard"), [("MAIL", ["EHLO", "MAIL", "RSET", "QUIT"]), ("RCPT", ["EHLO", "MAIL", "RCPT", "RSET", "QUIT"])]
)
def test_after_a_refusal_the_server_hears_of_no_message(office: Office, server: MailServer, step: str, heard: list[str]) -> None:
    server.orders[step] = ["550 no such user"]
    _send(office, server)
    assert server.heard == heard


# --- at most once ------------------------------------------------------------------------------------------------


def test_the_same_is_not_sent_twice(office: Office, server: MailServer) -> None:
    for _ in range(3):
        _send(office, server)
    assert len(server.taken) == 1


def test_only_what_is_new_is_sent_after_a_correction(office: Office, server: MailServer) -> None:
    _send(office, server)
    _publish(office, {**FILES, "回执/东胜区_回执_2_日报.xlsx": b"second receipt"})
    _send(office, server)
    assert _names(_told(server)[1]) == ["东胜区_回执_2_日报.xlsx"]


def test_the_same_letter_has_the_same_identity(office: Office, server: MailServer) -> None:
    server.orders["RCPT"] = ["451 later"]
    first = _send(office, server)
    again = _send(office, server)
    assert [letter.digest for letter, _answer in first.done] == [letter.digest for letter, _answer in again.done]


@pytest.mark.parametrize(
    ("step", "order", "fate"),
    [
        ("MAIL", "451 busy", Fate.PUT_OFF),
        ("RCPT", "450 greylisted", Fate.PUT_OFF),
        ("DATA", "421 closing", Fate.PUT_OFF),
        ("BODY", "452 disk full", Fate.PUT_OFF),
        ("MAIL", HANG_UP, Fate.PUT_OFF),
        ("RCPT", HANG_UP, Fate.PUT_OFF),
        ("DATA", HANG_UP, Fate.PUT_OFF),
    ],
)
def test_what_the_server_has_not_taken_is_sent_by_the_next_run(
    office: Office, server: MailServer, step: str, order: str, fate: Fate
) -> None:
    server.orders[step] = [order]
    first = _send(office, server)
    assert [answer.fate for _letter, answer in first.done] == [fate]
    assert not first.is_complete
    assert server.taken == []
    assert _send(office, server).is_complete
    assert len(server.taken) == 1


@pytest.mark.parametrize(("order", "arrived"), [(TAKE_AND_HANG_UP, 1), (HANG_UP, 0)])
def test_a_letter_of_unknown_fate_is_said_and_not_sent_again_by_itself(
    office: Office, server: MailServer, order: str, arrived: int
) -> None:
    server.orders["BODY"] = [order]
    sent = _send(office, server)
    if sent.done[0][1].fate is Fate.PUT_OFF:
        assert order == HANG_UP  # the server hung up before the message was whole
        return
    assert sent.done[0][1].fate is Fate.UNKNOWN
    assert len(server.taken) == arrived
    later = _send(office, server)
    assert (later.planned, [row.recipient for row in later.unknown], later.is_complete) == ([], [TO], False)


def test_the_office_may_have_a_letter_of_unknown_fate_sent_again_under_its_old_identity(office: Office, server: MailServer) -> None:
    server.orders["BODY"] = [TAKE_AND_HANG_UP]
    _send(office, server)
    assert _send(office, server, clarification=Clarification("again")).is_complete
    first, second = _told(server)
    assert first["Message-ID"] == second["Message-ID"]


def test_or_say_that_it_has_arrived(office: Office, server: MailServer) -> None:
    server.orders["BODY"] = [TAKE_AND_HANG_UP]
    _send(office, server)
    assert _send(office, server, clarification=Clarification("done")).is_complete
    assert len(server.taken) == 1


def test_what_a_server_refuses_for_good_is_said_and_sent_no_more_until_there_is_something_new(office: Office, server: MailServer) -> None:
    server.orders["RCPT"] = ["550 no such user"]
    sent = _send(office, server)
    assert [(row.recipient, row.state, row.said) for row in sent.refused] == [(TO, State.REFUSED, "550 no such user")]
    assert _send(office, server).planned == []
    _publish(office, {RECEIPT: b"another"})
    assert len(_send(office, server).planned) == 1


def test_a_refused_letter_is_said_in_one_line_and_leaves_the_run_incomplete_as_long_as_it_matters(
    office: Office, server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.orders["RCPT"] = ["550 no such user"]
    for _ in range(2):
        sent = _send(office, server)
        assert not sent.is_complete
        screen.tell_lines(told_letters.sent(sent))
        assert capsys.readouterr().out.count(TO) == 1
    assert _send(office, server, moment("2020-05-25 08:00")).is_complete


def test_a_refused_letter_about_a_day_long_over_is_listed_for_days_too(office: Office, server: MailServer) -> None:
    server.orders["RCPT"] = ["550 no such user"]
    _send(office, server)
    at = datetime.now(NIGHT.tzinfo)  # what is noted of a letter has the clock's time
    for later, is_listed in ((0, True), (OUTGOING.days, True), (OUTGOING.days + 1, False)):
        refused = _send(office, server, at + timedelta(days=later)).refused
        assert ([row.recipient for row in refused if row.day == DAY.isoformat()] == [TO]) is is_listed


def test_a_refused_letter_no_longer_matters_once_another_address_is_set(office: Office, server: MailServer) -> None:
    server.orders["RCPT"] = ["550 no such user"]
    _send(office, server)
    outgoing = OUTGOING.model_copy(update={"districts": {"东胜区": ("new@example.com",)}})
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    sent = _send(office, server)
    assert ([to for to, _content in server.taken], sent.refused, sent.is_complete) == (["new@example.com"], [], True)


def test_what_was_found_out_may_be_about_one_recipient(office: Office, server: MailServer) -> None:
    outgoing = OUTGOING.model_copy(update={"districts": {"东胜区": (TO, "other@example.com")}})
    office.settings = office.settings.model_copy(update={"outgoing_mail": outgoing})
    for _ in range(2):
        server.orders["BODY"] = [TAKE_AND_HANG_UP]
        _send(office, server)
    assert len(server.taken) == 2
    sent = _send(office, server, clarification=Clarification("again", "Other@example.com"))
    assert [to for to, _content in server.taken[2:]] == ["other@example.com"]
    assert [row.recipient for row in sent.unknown] == [TO]
    with pytest.raises(ConfigurationError, match=r"没有发给 nobody@example\.com 的下落不明的信"):
        _send(office, server, clarification=Clarification("done", "nobody@example.com"))


def test_a_recipient_alone_says_nothing(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["send", "--to", TO, "--config", str(office.home / "config.yaml")]) == 2
    assert "--to 要与 --unknown 一起用。" in capsys.readouterr().err


class _KilledError(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_is_killed_over_a_letter_leaves_it_of_unknown_fate(office: Office, server: MailServer, when: str) -> None:
    class Dying(smtplib.SMTP):
        def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
            if when == "before":
                raise _KilledError
            return super().docmd(cmd, args)

        def getreply(self) -> tuple[int, bytes]:
            code, words = super().getreply()
            if words == b"taken":
                raise _KilledError
            return code, words

    @contextmanager
    def connect(_outgoing: Outgoing) -> Iterator[smtplib.SMTP]:
        dying = Dying("127.0.0.1", server.port)
        try:
            yield dying
        finally:
            dying.close()

    with pytest.raises(_KilledError):
        sending.run(office.settings, NIGHT, connect)
    assert len(server.taken) == (when == "after")
    later = _send(office, server)
    assert [row.recipient for row in later.unknown] == [TO]
    assert len(server.taken) == (when == "after")


def test_a_ledger_that_is_made_again_has_nothing_sent_twice(office: Office, server: MailServer) -> None:
    _send(office, server)
    office.settings.paths.ledger.unlink()
    repair.repair(office.settings)
    _publish(office, FILES)
    assert _send(office, server).planned == []


@pytest.mark.parametrize(
    "changed", [(b'"sent"', b'"sen5"'), (b"message_id", b"messagf_id"), (b'"items": ["', b'"items": ["0'), (b"{", b"[")]
)
def test_a_damaged_journal_has_nothing_sent_twice_and_nothing_left_out(
    office: Office, server: MailServer, changed: tuple[bytes, bytes]
) -> None:
    """While the ledger is whole, what the lines said is written again; where the ledger is new too, nobody knows, and `send` stops."""
    _send(office, server)
    sent = len(server.taken)
    journal = office.settings.paths.state / "letters.jsonl"
    whole = journal.read_bytes()
    damaged = b"\n".join(line.replace(*changed, 1) for line in whole.split(b"\n"))
    for is_mended_first in (True, False):
        journal.write_bytes(damaged)
        if is_mended_first:
            _send(office, server)
        office.settings.paths.ledger.unlink()
        repair.repair(office.settings)
        _publish(office, FILES)
        with nullcontext() if is_mended_first else pytest.raises(PipelineError, match=r"letters\.jsonl 第 .*行已损坏"):
            _send(office, server)
        assert len(server.taken) == sent
    journal.write_bytes(whole)
    _send(office, server)
    assert len(server.taken) == sent


def test_a_damaged_line_of_the_letters_is_found_and_a_repair_writes_it_again(office: Office, server: MailServer) -> None:
    """Before the ledger is made anew: the new one has the letters of the journal alone."""
    _send(office, server)
    paths = office.settings.paths
    journal, sent = paths.state / sent_letters.JOURNAL, len(server.taken)
    whole = journal.read_bytes()
    assert sent_letters.problem(paths) == ""
    assert not sent_letters.mend(paths)
    assert journal.read_bytes() == whole
    for damaged, sentence in (
        (whole.replace(b'"sent"', b'"sen5"', 1), r"letters\.jsonl 第 \d+ 行已损坏；.*台账里都有.*doctor --repair"),
        (whole.replace(b'"digest', b"\0", 1).replace(b"{", b"[", 1), r"第 1 行已损坏；"),
        (b"", r"台账里有 \d+ 封信发信记录 .*letters\.jsonl 没有记.*doctor --repair"),
    ):
        journal.write_bytes(damaged)
        assert re.search(sentence, sent_letters.problem(paths))
        assert sent_letters.mend(paths)
        assert sent_letters.problem(paths) == ""
    paths.ledger.unlink()
    repair.repair(office.settings)
    _publish(office, FILES)
    _send(office, server)
    assert len(server.taken) == sent


def test_a_damaged_line_of_a_letter_that_no_ledger_has_is_left_for_a_person(office: Office, server: MailServer) -> None:
    """The neighbour: what nobody knows is not made up, and a ledger that cannot be read is said first."""
    _send(office, server)
    paths = office.settings.paths
    journal = paths.state / sent_letters.JOURNAL
    damaged = journal.read_bytes().replace(b'"sent"', b'"sen5"', 1)
    journal.write_bytes(damaged)
    held = paths.ledger.read_bytes()
    paths.ledger.write_bytes(held[:4096] + bytes(len(held) - 4096))
    assert "台账又读不了" in sent_letters.problem(paths)
    assert not sent_letters.mend(paths)
    paths.ledger.unlink()
    assert "不知道发过没有" in sent_letters.problem(paths)
    assert not sent_letters.mend(paths)
    assert not paths.ledger.exists()
    assert journal.read_bytes() == damaged


def test_two_at_once_are_one(office: Office, server: MailServer) -> None:
    with hold(office.settings.paths.state / "post"), pytest.raises(AnotherRunError):
        _send(office, server)


# --- who is written to -------------------------------------------------------------------------------------------


def test_a_district_without_an_address_is_said(office: Office, server: MailServer) -> None:
    _publish(office, {"回执/达拉特旗_回执_1_日报.xlsx": b"x"})
    assert _send(office, server).without_address == ["达拉特旗"]


def test_a_folder_that_somebody_changed_is_not_sent(office: Office, server: MailServer) -> None:
    (office.outbox / DAY.isoformat() / RECEIPT).write_bytes(b"changed")
    assert _send(office, server).planned == []


def test_days_long_past_are_not_sent(office: Office, server: MailServer) -> None:
    assert _send(office, server, moment("2020-05-25 08:00")).planned == []


def test_the_first_send_ever_is_about_the_newest_day_alone_and_so_are_those_after_it(office: Office, server: MailServer) -> None:
    before = DAY - timedelta(days=1)
    (office.outbox / before.isoformat()).mkdir()
    shutil.copy(office.outbox / DAY.isoformat() / "summary.json", office.outbox / before.isoformat())
    _publish(office, {RECEIPT: b"the day before"}, before)
    for now in (NIGHT, NIGHT, MORNING):
        _send(office, server, now)
    assert [to for to, _content in server.taken] == [TO, LEADER]


# --- reminders ---------------------------------------------------------------------------------------------------


def test_before_the_cut_off_those_who_have_not_reported_are_reminded_once(office: Office, server: MailServer) -> None:
    first = _send(office, server, AFTERNOON)
    assert {letter.district for letter in first.planned} == set(office.settings.district_names) - {"东胜区", "达拉特旗"}
    assert first.without_address == ["达拉特旗"]
    assert _send(office, server, AFTERNOON).planned == []
    message = _told(server)[0]
    assert message["Subject"] == "【催报】准格尔旗5月21日的日报还没有收到"


def test_who_has_sent_a_report_that_no_run_has_taken_in_yet_is_not_reminded(office: Office, server: MailServer) -> None:
    office.put(report("准格尔旗", progress=[]), "准旗.xlsx")
    assert "准格尔旗" not in {letter.district for letter in _send(office, server, AFTERNOON).planned}


def test_who_has_sent_a_report_that_a_stopped_run_took_in_is_not_reminded(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put(report("准格尔旗", progress=[]), "准旗.xlsx")
    office.put_assignment(assignment(), "分解表2.xlsx", "2020-05-21T15:00:00+08:00")

    def stopped(*_: object, **_named: object) -> NoReturn:
        raise KeyboardInterrupt

    seen = inbox.reports(office.inbox)
    with monkeypatch.context() as patch:
        patch.setattr(nightly, "read_new", stopped)
        with pytest.raises(KeyboardInterrupt):
            office.run(DAY)
    assert not [*office.inbox.glob("准旗*")]
    (waits,) = status.look(office.settings, DAY, now=AFTERNOON).waiting
    assert waits.description(DAY) == "准格尔旗 文件夹 5月21日16:00（已收下，上次汇总中断，还没有读） 2020-05-21 的日报，没有内容行"
    (district,) = (district for district in status.look(office.settings, DAY, now=AFTERNOON).districts if district.waits)
    assert (district.district, district.word) == ("准格尔旗", "已收下，上次汇总中断，还没有读")
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "reports", lambda _inbox: seen)  # as somebody who looks while the run takes it in
        assert status.look(office.settings, DAY, now=AFTERNOON).waiting == (waits,)
    (night,) = (check for check in doctor.examine(office.settings, AFTERNOON) if check.name == "上一次汇总")
    assert night.problems == ("2 个文件已收下、还没有读，没有计入：准旗.xlsx、分解表2.xlsx。请运行一次汇总，会从停下的地方继续。",)
    assert held_files.waiting_assignments(office.settings) == 1
    assert "准格尔旗" not in {letter.district for letter in _send(office, server, AFTERNOON).planned}
    office.run(DAY)
    assert status.look(office.settings, DAY, now=AFTERNOON).waiting == ()
    assert held_files.waiting_assignments(office.settings) == 0


def test_a_stranger_s_mail_spares_no_district_its_reminder(office: Office, server: MailServer) -> None:
    office.put(report("准格尔旗", progress=[]), "准旗.xlsx", channel="email", sender="stranger@example.net")
    assert "准格尔旗" in {letter.district for letter in _send(office, server, AFTERNOON).planned}


@pytest.mark.parametrize(("sender", "is_reminded"), [(None, True), ("x@evil.example", True), ("zhungeer@example.com", False)])
def test_a_report_that_waits_counts_only_where_its_sender_may_send_it(
    office: Office, server: MailServer, *, sender: str | None, is_reminded: bool
) -> None:
    office.put(report("准格尔旗", progress=[]), "准旗.xlsx", channel="email", sender=sender)
    assert ("准格尔旗" in {letter.district for letter in _send(office, server, AFTERNOON).planned}) is is_reminded


@pytest.mark.parametrize("now", ["2020-05-21 15:59", "2020-05-21 17:00:01"])
def test_at_other_times_nobody_is_reminded(office: Office, server: MailServer, now: str) -> None:
    assert [letter for letter in _send(office, server, moment(now)).planned if "催报" in letter.subject] == []


# --- what cannot be done -----------------------------------------------------------------------------------------


def test_without_a_server_set_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="outgoing_mail"):
        sending.run(Office(tmp_path / "office").settings, NIGHT)


def test_a_server_that_is_not_there_costs_nothing(office: Office) -> None:
    @contextmanager
    def connect(_outgoing: Outgoing) -> Iterator[smtplib.SMTP]:
        raise UnreachableError("连不上")
        yield smtplib.SMTP()

    sent = sending.run(office.settings, NIGHT, connect)
    assert (len(sent.not_tried), sent.why, sent.is_complete) == (1, "连不上", False)


def test_a_dry_run_sends_and_notes_nothing(office: Office, server: MailServer) -> None:
    sent = sending.run(office.settings, NIGHT, server.connect, dry_run=True)
    assert [letter.recipient for letter in sent.planned] == [TO]
    assert server.taken == []
    assert len(_send(office, server).planned) == 1


@pytest.mark.parametrize("is_renamed", [True, False])
def test_what_was_written_under_a_former_name_is_mailed_to_the_renamed_district(
    tmp_path: Path, server: MailServer, *, is_renamed: bool
) -> None:
    office = Office(tmp_path / "office")
    office.put_assignment(assignment())
    office.put(report(), "日报.xlsx")
    office.put(report(progress=[]), "生人.xlsx", "2020-05-21T16:10:00+08:00", channel="email", sender="stranger@example.org")
    nightly.run(office.settings, [DAY], documents=only("receipts"))
    config = office.home / "config.yaml"
    written = config.read_text(encoding="utf-8")
    config.write_text(written.replace("name: 东胜区,", "name: 东城区,") if is_renamed else written, encoding="utf-8")
    name = "东城区" if is_renamed else "东胜区"
    settings = district_names.known(load(config)).model_copy(update={"outgoing_mail": OUTGOING})
    outcome = sending.run(settings, NIGHT, server.connect)
    assert [letter.district for letter, _answer in outcome.done] == [name]
    (letter,) = _told(server)
    assert letter["To"] == TO
    assert _names(letter) == ["东胜区_回执_1_日报.xlsx"], "and nothing that a stranger sent"
    assert f"{name}5月21日" in letter["Subject"]
    assert not sending.run(settings, NIGHT, server.connect).planned
