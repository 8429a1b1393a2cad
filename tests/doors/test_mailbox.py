"""Fetching, against a mailbox in memory: what comes in, what is said, and that no moment of dying loses or doubles a file.

Covers `automatic_mail`, `deposit`, `fetch_words`, `mail_journal` and `mailbox`. For `doors/upload` see tests/web/test_upload_pages.py.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mails import OURS, PASSED, SENDER, attached, encoded, message
from offices import ZONE, moment
from workbooks import DAY, assignment, progress_row, report

from pipeline.disk import lock, storage
from pipeline.doors import automatic_mail, deposit, headers, mailbox, message_parts
from pipeline.doors.imap import MailboxError, MessageOnServer, RefusedError
from pipeline.doors.mailbox import Fetched
from pipeline.doors.message_parts import MessageOpener, MessageParts
from pipeline.intake import envelopes, inbox, mail_journal
from pipeline.settings.mailboxes import Mailbox
from pipeline.terms.errors import AnotherRunError, ConfigurationError
from pipeline.terms.mails import Mail
from pipeline.terms.messages import CATALOGUE

if TYPE_CHECKING:
    from offices import Office

    from pipeline.settings.config import Settings

ARRIVED = moment("2020-05-21 16:42")
ACCOUNT = Mailbox(host="imap.office.example", user="ribao@office.example", password_env="XINFANG_TEST_PASSWORD", authserv_id=OURS)  # noqa: S106


@dataclass(slots=True)
class Stored:
    """A message on the server."""

    raw: bytes
    received_at: datetime | None = ARRIVED
    flags: set[str] = field(default_factory=set)
    size: int | None = None


@dataclass
class Server:
    """A mailbox as its server keeps it; it lives on when a fetch dies."""

    folders: dict[str, dict[int, Stored]] = field(default_factory=lambda: {"INBOX": {}})
    validity: int = 1
    next_uid: int = 1
    refuses: set[str] = field(default_factory=set)
    downloaded: list[int] = field(default_factory=list)
    selected: str = ""
    step: Callable[[str], None] = lambda _name: None
    """Hears every act, before and after it is done."""

    def deliver(self, raw: bytes, folder: str = "INBOX", **more: Any) -> int:  # noqa: ANN401
        self.folders.setdefault(folder, {})[self.next_uid] = Stored(raw, **more)
        self.next_uid += 1
        return self.next_uid - 1

    def renumber(self) -> None:
        """Give every message another UID, as a server does after it was restored."""
        self.validity += 1
        self.next_uid = 1
        for folder, messages in self.folders.items():
            self.folders[folder] = {}
            for stored in messages.values():
                self.folders[folder][self.next_uid] = stored
                self.next_uid += 1

    @contextmanager
    def connected(self, _account: Mailbox, _password: str) -> Iterator[Server]:
        self.step("connect")
        yield self

    def select(self, folder: str) -> int:
        if folder not in self.folders:
            msg = f"没有文件夹“{folder}”。"
            raise RefusedError(msg)
        self.selected = folder
        return self.validity

    @property
    def here(self) -> dict[int, Stored]:
        return self.folders[self.selected]

    def uids(self) -> list[int]:
        return sorted(self.here)

    def describe(self, uids: Sequence[int]) -> list[MessageOnServer]:
        there = [(uid, self.here[uid]) for uid in uids if uid in self.here]
        return [MessageOnServer(uid, len(stored.raw) if stored.size is None else stored.size, stored.received_at) for uid, stored in there]

    def download(self, uid: int, most: int) -> bytes | None:
        self.step("download")
        self.downloaded.append(uid)
        return self.here[uid].raw[:most] if uid in self.here else None

    def flag(self, uids: Sequence[int], flag: str) -> None:
        self._act("flag")
        for uid in uids:
            self.here[uid].flags.add(flag)
            self.step("flagged one")

    def move(self, uids: Sequence[int], folder: str) -> None:
        self._act("move")
        for uid in uids:
            self.folders.setdefault(folder, {})[self.next_uid] = self.here.pop(uid)
            self.next_uid += 1
            self.step("moved one")

    def _act(self, name: str) -> None:
        self.step(name)
        if name in self.refuses:
            msg = f"服务器不肯{name}。"
            raise RefusedError(msg)


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINFANG_TEST_PASSWORD", "x")


@pytest.fixture
def server() -> Server:
    return Server()


def _settings(office: Office, *accounts: Mailbox) -> Settings:
    return office.settings.model_copy(update={"mailboxes": accounts or (ACCOUNT,)})


@dataclass
class Desk:
    """An office that fetches."""

    office: Office
    server: Server
    account: Mailbox = ACCOUNT
    said: list[str] = field(default_factory=list)

    def fetch(self) -> Fetched:
        self.said.clear()
        return mailbox.fetch(_settings(self.office, self.account), self.said.append, self.server.connected)

    def mails(self) -> list[Mail]:
        """What people are told of the messages."""
        return mailbox.mails(self.office.settings, ARRIVED - timedelta(days=1))

    def files(self) -> dict[str, bytes]:
        """What lies in the inbox, by its path in the door's folder."""
        home = self.office.inbox / mailbox.FOLDER
        return {path.relative_to(home).as_posix(): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}

    def names(self) -> list[str]:
        """The names of the files that are no envelopes."""
        return [path.rpartition("/")[2] for path in self.files() if not path.endswith(envelopes.SIDECAR)]

    def envelopes(self) -> list[dict[str, Any]]:
        return [json.loads(content) for path, content in self.files().items() if path.endswith(envelopes.SIDECAR)]


@pytest.fixture
def desk(office: Office, server: Server) -> Desk:
    return Desk(office, server)


# --- what comes in -----------------------------------------------------------------------------------------------


def test_an_attachment_lies_in_the_inbox_with_its_envelope_and_the_mail_is_marked(desk: Desk) -> None:
    uid = desk.server.deliver(message(attached(report(), "东胜区日报.xlsx")))
    done = desk.fetch()
    (path, _sidecar) = desk.files()
    assert re.fullmatch(r"2020-05-21/[0-9a-f]{16}/东胜区日报\.xlsx", path)
    assert desk.files()[path] == report()
    assert desk.envelopes() == [
        {
            "received_at": "2020-05-21T16:42:00+08:00",
            "channel": "email",
            "sender": SENDER,
            "message_id": "<1@example.com>",
            "sha256": hashlib.sha256(report()).hexdigest(),
        }
    ]
    assert desk.server.here[uid].flags == {r"\Seen"}
    assert (done.messages, done.files, done.failed) == (1, 1, [])
    assert desk.said == [f"  5月21日16:42 {SENDER}：收下 东胜区日报.xlsx。", "看了 1 封新邮件：收下 1 个文件。"]


def test_the_night_takes_it_as_mail_from_its_sender(desk: Desk) -> None:
    desk.office.put_assignment(assignment())
    desk.server.deliver(message(attached(report(), "东胜区日报.xlsx")))
    desk.fetch()
    desk.office.run(DAY)
    (submission,) = [submission for submission in desk.office.summary(DAY)["submissions"] if submission["status"] != "missing"]
    assert (submission["district"], submission["status"], submission["received_at"]) == ("东胜区", "on-time", "2020-05-21T16:42:00+08:00")
    desk.fetch()
    assert list((desk.office.inbox / mailbox.FOLDER).iterdir()) == []


def test_whom_no_district_has_named_is_said_to_be_nobodys(desk: Desk) -> None:
    fields = {"From": "x@elsewhere.example", "Authentication-Results": PASSED.replace("example.com", "elsewhere.example")}
    desk.server.deliver(message(attached(report(), "日报.xlsx"), fields=fields))
    desk.fetch()
    assert "：收下 日报.xlsx；发件人不在任何旗区的名单里，汇总时会退回，请与旗区联系。" in desk.said[0]


def test_whom_our_server_does_not_vouch_for_is_kept_said_and_sent_back(desk: Desk) -> None:
    desk.office.put_assignment(assignment())
    forged = f"mx.evil.example; dmarc=pass header.from=example.com"  # noqa: F541
    desk.server.deliver(message(attached(report(), "日报.xlsx"), fields={"Authentication-Results": forged}))
    desk.fetch()
    assert [envelope["sender"] for envelope in desk.envelopes()] == [None]
    assert f"自称 {SENDER}（本单位的邮件服务器没有给出核实结果）：收下 日报.xlsx；发件人没有核实，汇总时会退回" in desk.said[0]
    desk.office.run(DAY)
    assert [finding["code"] for finding in desk.office.findings(DAY)] == ["sender-not-allowed"]
    assert len(list(desk.office.archive.iterdir())) == 2


def test_in_the_house_the_sender_is_taken_at_his_word_where_that_is_set(desk: Desk) -> None:
    desk.account = ACCOUNT.model_copy(update={"check_sender": False, "authserv_id": None})
    desk.server.deliver(message(attached(report(), "日报.xlsx"), fields={"Authentication-Results": None}))
    desk.fetch()
    assert [envelope["sender"] for envelope in desk.envelopes()] == [SENDER]


def test_the_envelope_of_a_forwarded_report_is_the_outer_one(desk: Desk) -> None:
    inner = message(attached(report(), "日报.xlsx"), fields={"From": "evil@evil.example"}, number=2)
    desk.server.deliver(message(b"Content-Type: message/rfc822\r\n\r\n" + inner))
    desk.fetch()
    assert [(envelope["sender"], envelope["message_id"]) for envelope in desk.envelopes()] == [(SENDER, "<1@example.com>")]


def test_several_attachments_of_one_name_lie_side_by_side(desk: Desk) -> None:
    desk.server.deliver(message(attached(b"PK1", "日报.xlsx"), attached(b"PK2", "日报.xlsx"), attached(b"PK3", "日报.xlsx")))
    desk.fetch()
    assert sorted(desk.names()) == ["日报 (2).xlsx", "日报 (3).xlsx", "日报.xlsx"]
    assert len(desk.envelopes()) == 3


def test_what_came_of_a_mail_is_remembered_for_its_answer(desk: Desk) -> None:
    desk.server.deliver(
        message(attached(report(), "日报.xlsx"), attached(b"\xff\xd8\xff\xe0", "照片.jpg"), attached(b"Rar!\x1a\x07\x00", "表.rar"))
    )
    desk.fetch()
    (mail,) = desk.mails()
    assert [name for name, _path in mail.taken] == ["日报.xlsx"]
    assert all((desk.office.inbox / path).is_file() for _name, path in mail.taken)
    assert dict(mail.not_taken).keys() == {"照片.jpg", "表.rar"}
    assert "旗区" not in str(mail.not_taken)
    assert (mail.sender, mail.is_silent, mail.answered) == (SENDER, False, "")
    desk.server.renumber()
    desk.fetch()
    mailbox.note_answers(desk.office.settings, {mail.identity: "2020-05-21T16:43:00+08:00"})
    assert [(again.identity, again.answered) for again in desk.mails()] == [(mail.identity, "2020-05-21T16:43:00+08:00")]


ANSWER = (
    "是对督办通知的回复{}，不是日报，程序不读，不算回复过；"
    "请在日报的“督办回复”表里逐件填写办理措施和完成时限，盖章的回执送督办单位，不要发到收日报的邮箱"
)


@pytest.mark.parametrize(
    ("subject", "files", "said"),
    [
        ("日报", {"东胜区督办回执.docx": b"x"}, {"东胜区督办回执.docx": ANSWER.format("（Word 文档）")}),
        ("关于市住建督〔2020〕3号的回复", {"扫描.pdf": b"%PDF"}, {"扫描.pdf": ANSWER.format("（PDF）")}),
        ("Re: 督办通知", {}, {"": "这封邮件" + ANSWER.format("")}),
        ("Re: 【回信】督办通知的回复请填在日报的“督办回复”表里：督办通知回执", {}, {}),
        (
            "督办通知回执和日报",
            {"日报.xlsx": report(), "照片.jpg": b"\xff\xd8\xff\xe0"},
            {"照片.jpg": CATALOGUE["unreadable/picture"].rstrip("。")},
        ),
        ("日报", {"说明.docx": b"x"}, {"说明.docx": CATALOGUE["unreadable/word"].rstrip("。")}),
    ],
)
def test_what_answers_a_notice_is_not_taken_for_a_report_that_cannot_be_read(
    desk: Desk, subject: str, files: dict[str, bytes], said: dict[str, str]
) -> None:
    parts = [attached(content, name) for name, content in files.items()]
    fields = {"Subject": encoded(subject), **({} if files else {"In-Reply-To": "<0@example.com>"})}
    desk.server.deliver(message(*parts, fields=fields))
    desk.fetch()
    (mail,) = desk.mails()
    assert dict(mail.not_taken) == said
    assert mail.is_silent == (not files and not said), "who answers a notice in words alone is told that it does not count"
    if answers := [why for why in said.values() if "是对督办通知的回复" in why]:
        assert answers[0].removeprefix("这封邮件").partition("，不是日报")[0] + "，不是日报，没有收；请在邮箱里查看" in desk.said[0]


@pytest.mark.parametrize(
    ("field", "value", "is_automatic"),
    [
        ("Auto-Submitted", "auto-replied", True),
        ("Auto-Submitted", "no", False),
        ("Precedence", "bulk", True),
        ("List-Id", "<news.example.com>", True),
        ("List-Unsubscribe", "<mailto:x@example.com>", True),
        ("Return-Path", "<>", True),
        ("Return-Path", "<dongsheng@example.com>", False),
        ("X-Auto-Response-Suppress", "DR, AutoReply", True),
        ("Content-Type", "multipart/report; report-type=delivery-status", True),
        ("From", "MAILER-DAEMON@example.com", True),
        ("From", "no-reply@example.com", True),
        ("From", "dongsheng@example.com", False),
    ],
)
def test_what_a_machine_has_written_is_not_answered(field: str, value: str, is_automatic: bool) -> None:  # noqa: FBT001
    header = headers.fields(f"{field}: {value}\r\n\r\n".encode())
    assert automatic_mail.is_automatic(header, value if field == "From" else SENDER) is is_automatic


def test_names_are_no_paths_and_no_envelopes(desk: Desk) -> None:
    hostile = ["../../../x.xlsx", "日报.xlsx.envelope.json", ".hidden.xlsx", "~$日报.xlsx", "a.part"]
    desk.server.deliver(message(*(attached(f"PK\x03\x04{n}".encode(), name) for n, name in enumerate(hostile))))
    desk.fetch()
    assert len(desk.names()) == 5
    assert len(inbox.report_names(desk.office.inbox)) == 5
    assert {path.count("/") for path in desk.files()} == {2}


def test_a_mail_without_a_report_stays_as_it_is_and_is_looked_at_once(desk: Desk) -> None:
    uid = desk.server.deliver(message(attached(b"%PDF", "扫描件.pdf")))
    desk.server.deliver(message())
    done = desk.fetch()
    assert (done.messages, done.files, done.empty) == (2, 0, 2)
    what = CATALOGUE["unreadable/pdf"]
    assert f"  5月21日16:42 {SENDER}：没有可收的附件；扫描件.pdf {what}" in desk.said
    assert desk.server.here[uid].flags == set()
    desk.fetch()
    assert desk.said == ["没有新邮件。"]
    assert desk.server.downloaded == [1, 2]


def test_what_could_not_be_read_stays_with_a_star_and_is_said_until_a_person_has_looked(desk: Desk) -> None:
    tnef = attached(b"\x78\x9f\x3e\x22" + bytes(50), "winmail.dat", "application/ms-tnef")
    uid = desk.server.deliver(message(tnef, attached(report(), "日报.xlsx")))
    desk.account = ACCOUNT.model_copy(update={"when_done": "move", "done_folder": "已收"})
    done = desk.fetch()
    assert (done.files, done.left) == (1, 1)
    assert desk.server.folders == {"INBOX": {uid: desk.server.here[uid]}}
    assert desk.server.here[uid].flags == {r"\Flagged"}
    assert "收下 日报.xlsx；没有收：winmail.dat 是 Outlook 专用的格式" in desk.said[0]
    desk.fetch()
    assert "还有 1 封以前没有收全的邮件" in desk.said[0]
    del desk.server.here[uid]
    desk.fetch()
    assert desk.said == ["没有新邮件。"]


def test_a_mail_that_is_too_large_is_said_and_not_downloaded(desk: Desk) -> None:
    uid = desk.server.deliver(message(), size=60 << 20)
    assert desk.fetch().left == 1
    assert "邮件有 60 MB，超过 40 MB，没有下载" in desk.said[0]
    assert [mail.not_taken for mail in desk.mails()] == [(("", "邮件有 60 MB，超过 40 MB，没有下载；请把附件压缩到 40 MB 以内重发"),)]
    assert [mail.sender for mail in desk.mails()] == [SENDER]
    assert desk.server.here[uid].flags == {r"\Flagged"}


def test_a_mail_that_is_larger_than_its_server_said_is_not_read(desk: Desk) -> None:
    desk.account = ACCOUNT.model_copy(update={"message_megabytes": 1})
    desk.server.deliver(message(attached(bytes(1 << 20), "日报.xlsx")), size=1000)
    assert (desk.fetch().left, desk.names()) == (1, [])


def test_a_mail_without_a_time_is_left_to_a_person(desk: Desk) -> None:
    desk.server.deliver(message(attached(report(), "日报.xlsx")), received_at=None)
    assert (desk.fetch().left, desk.names()) == (1, [])
    assert desk.said[0].startswith("  时间不明 一封邮件：服务器没有说邮件是什么时候到的")


def test_mail_from_before_the_first_day_is_left_alone(desk: Desk) -> None:
    desk.account = ACCOUNT.model_copy(update={"since": DAY})
    desk.server.deliver(message(attached(b"PK1", "早.xlsx")), received_at=moment("2020-05-20 23:59"))
    desk.server.deliver(message(attached(b"PK2", "晚.xlsx"), number=2), received_at=moment("2020-05-21 00:00").astimezone(None))
    desk.fetch()
    assert desk.names() == ["晚.xlsx"]
    desk.account = ACCOUNT
    desk.fetch()
    assert sorted(desk.names()) == ["早.xlsx", "晚.xlsx"]


def test_a_person_s_marks_change_nothing(desk: Desk) -> None:
    """Read already, deleted, marked as unread afterwards: what counts is the journal."""
    uid = desk.server.deliver(message(attached(report(), "日报.xlsx")), flags={r"\Seen", r"\Deleted"})
    desk.fetch()
    assert desk.names() == ["日报.xlsx"]
    desk.server.here[uid].flags.clear()
    desk.fetch()
    assert desk.server.here[uid].flags == set()
    assert desk.server.downloaded == [uid]


def test_mail_can_be_moved_to_a_folder(desk: Desk) -> None:
    desk.account = ACCOUNT.model_copy(update={"when_done": "move", "done_folder": "已收日报"})
    desk.server.deliver(message(attached(report(), "日报.xlsx")))
    desk.fetch()
    assert {name: len(messages) for name, messages in desk.server.folders.items()} == {"INBOX": 0, "已收日报": 1}


def test_what_the_program_itself_fails_on_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.server.deliver(message(attached(report(), "日报.xlsx")))
    with monkeypatch.context() as patch:
        patch.setattr(MessageOpener, "take_apart", lambda _self, _raw: MessageParts(fault=("ZeroDivisionError",)))
        assert desk.fetch().faults == [("ZeroDivisionError",)]
    assert desk.server.here[1].flags == set()
    assert desk.fetch().files == 1


# --- what fails --------------------------------------------------------------------------------------------------


def test_without_a_mailbox_that_is_said(office: Office) -> None:
    with pytest.raises(ConfigurationError, match="还没有设置邮箱"):
        mailbox.fetch(office.settings, print)


def test_a_mailbox_without_a_password_costs_itself_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.server.deliver(message(attached(report(), "日报.xlsx")))
    other = ACCOUNT.model_copy(update={"user": "other@office.example", "password_env": "XINFANG_TEST_NONE"})
    third = ACCOUNT.model_copy(update={"user": "third@office.example", "password_env": None, "password_file": Path("nowhere")})
    monkeypatch.delenv("XINFANG_TEST_NONE", raising=False)
    done = mailbox.fetch(_settings(desk.office, other, third, ACCOUNT), desk.said.append, desk.server.connected)
    assert [failure.partition("：")[0] for failure in done.failed] == [
        "邮箱 other@office.example 没有密码",
        "邮箱 third@office.example 的密码文件 nowhere 读不了",
    ]
    assert desk.names() == ["日报.xlsx"]


def test_a_connection_that_breaks_costs_nothing_that_was_done(desk: Desk) -> None:
    for number in range(5):
        desk.server.deliver(message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number))

    def breaks(name: str) -> None:
        if name == "download" and len(desk.server.downloaded) == 3:
            msg = "连接中断。"
            raise MailboxError(msg)

    desk.server.step = breaks
    assert desk.fetch().failed == ["连接中断。"]
    assert sorted(desk.names()) == ["0.xlsx", "1.xlsx", "2.xlsx"]
    desk.server.step = lambda _name: None
    assert desk.fetch().files == 2
    assert desk.server.downloaded == [1, 2, 3, 4, 5]
    assert all(stored.flags == {r"\Seen"} for stored in desk.server.here.values())


def test_a_folder_that_is_not_there_costs_itself_alone(desk: Desk) -> None:
    desk.account = ACCOUNT.model_copy(update={"folders": ("没有", "INBOX")})
    desk.server.deliver(message(attached(report(), "日报.xlsx")))
    done = desk.fetch()
    assert (done.failed, done.files) == (["没有文件夹“没有”。"], 1)


def test_a_server_that_lets_nothing_be_marked_gives_its_mail_all_the_same_and_once(desk: Desk) -> None:
    for number in range(120):
        desk.server.deliver(message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number))
    desk.server.refuses = {"flag"}
    done = desk.fetch()
    assert (done.files, done.failed) == (120, ["服务器不肯flag。"])
    desk.server.refuses = set()
    assert desk.fetch().files == 0
    assert all(stored.flags == {r"\Seen"} for stored in desk.server.here.values())


def test_two_fetches_at_once_never_work_at_the_same_time(desk: Desk) -> None:
    with lock.hold(desk.office.settings.paths.state / mailbox.STATE, "收邮件"), pytest.raises(AnotherRunError, match="另一次收邮件"):
        desk.fetch()
    with lock.hold(desk.office.settings.paths.state):
        desk.server.deliver(message(attached(report(), "日报.xlsx")))
        assert desk.fetch().files == 1  # the night's run does not stand in the way


# --- other numbers, other places ---------------------------------------------------------------------------------


def test_when_the_server_numbers_its_messages_anew_nothing_comes_twice(desk: Desk) -> None:
    for number in range(3):
        desk.server.deliver(message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number))
    desk.fetch()
    before = desk.files()
    desk.server.renumber()
    desk.server.deliver(message(attached(b"PKnew", "新.xlsx"), number=9))
    done = desk.fetch()
    assert (done.files, done.repeated) == (1, 3)
    assert set(desk.files()) > set(before)
    assert len(desk.names()) == 4
    assert desk.said[-1] == "看了 1 封新邮件：收下 1 个文件。3 封以前收过，没有再收。"


def test_numbered_anew_after_the_night_took_them_nothing_comes_twice(desk: Desk) -> None:
    desk.office.put_assignment(assignment())
    desk.server.deliver(message(attached(report(), "日报.xlsx")))
    desk.fetch()
    desk.office.run(DAY)
    desk.server.renumber()
    assert desk.fetch().files == 0
    assert inbox.report_names(desk.office.inbox) == []


def test_without_a_message_id_the_same_mail_lies_at_the_same_place(desk: Desk) -> None:
    desk.server.deliver(message(attached(report(), "日报.xlsx"), fields={"Message-ID": None}))
    desk.fetch()
    before = desk.files()
    desk.server.renumber()
    desk.fetch()
    assert desk.files() == before


def test_a_mail_with_a_known_message_id_and_other_contents_is_new(desk: Desk) -> None:
    """A correction that a program sends under the number of the first one, or a stranger who has seen that number."""
    desk.server.deliver(message(attached(b"PK1", "日报.xlsx")))
    desk.fetch()
    desk.server.renumber()
    desk.server.deliver(message(attached(b"PK2", "日报.xlsx")))
    desk.server.deliver(message(attached(b"PK1", "日报.xlsx"), fields={"Authentication-Results": None}))
    assert desk.fetch().files == 2


def test_a_mail_that_a_person_moves_away_and_back_is_judged_anew(desk: Desk) -> None:
    """After a wrong authserv_id was set right, the office fetches once more what was sent back for it."""
    desk.account = ACCOUNT.model_copy(update={"authserv_id": "wrong.example"})
    uid = desk.server.deliver(message(attached(report(), "日报.xlsx")))
    desk.fetch()
    desk.account = ACCOUNT
    stored = desk.server.here.pop(uid)
    desk.server.deliver(stored.raw)
    assert desk.fetch().files == 1
    assert sorted(str(envelope["sender"]) for envelope in desk.envelopes()) == ["None", SENDER]


def test_a_lost_journal_costs_nothing(desk: Desk) -> None:
    desk.office.put_assignment(assignment())
    desk.server.deliver(message(attached(report(), "日报.xlsx")))
    desk.fetch()
    before = desk.files()
    (desk.office.settings.paths.state / mailbox.STATE / mail_journal.NAME).unlink()
    desk.fetch()
    assert desk.files() == before
    desk.office.run(DAY)
    facts = desk.office.facts()
    (desk.office.settings.paths.state / mailbox.STATE / mail_journal.NAME).unlink()
    desk.fetch()
    desk.office.run(DAY)
    assert desk.office.facts() == facts


def test_a_torn_last_line_of_the_journal_costs_its_message_alone(desk: Desk) -> None:
    for number in range(3):
        desk.server.deliver(message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number))
    desk.fetch()
    path = desk.office.settings.paths.state / mailbox.STATE / mail_journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    before = desk.files()
    desk.fetch()
    assert desk.files() == before
    assert desk.server.downloaded == [1, 2, 3, 3]
    assert all(json.loads(line) for line in path.read_bytes().splitlines() if line != lines[2][:40])


# --- dying at every step -----------------------------------------------------------------------------------------


class _Killed(BaseException):
    """The machine dies here."""


_STEPS = ("write", "make_folder", "write_folder", "replace_folder", "sync_folder", "append_lines", "prune", "remove_folder")


class _Dying:
    """Lets everything that changes something outside of memory be counted, and dies at one of these moments."""

    def __init__(self, patch: pytest.MonkeyPatch, server: Server, at: int) -> None:
        self.met = 0
        self._at = at
        for name in _STEPS:
            patch.setattr(storage, name, self._around(getattr(storage, name)))
        server.step = self.step

    def step(self, _name: str) -> None:
        self.met += 1
        if self.met == self._at:
            raise _Killed

    def _around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            self.step("before")
            done = act(*arguments, **named)
            self.step("after")
            return done

        return acts


def _fill(server: Server) -> None:
    server.deliver(message(attached(report(), "日报.xlsx"), attached(report(day=DAY - timedelta(1)), "日报.xlsx")))
    server.deliver(message(attached(b"%PDF", "扫描件.pdf"), number=2))
    server.deliver(message(attached(b"PK\x03\x04damaged", "坏.xlsx"), attached(b"Rar!\x1a\x07", "包.rar"), number=3))
    server.deliver(
        message(attached(report(progress=[progress_row(今日进展="已约谈")]), "日报三.xlsx"), number=4),
        received_at=ARRIVED + timedelta(days=1),
    )


def _die(desk: Desk, at: int) -> int:
    """Fetch until the machine dies at that moment; the moments met."""
    with pytest.MonkeyPatch.context() as patch:
        dying = _Dying(patch, desk.server, at)
        try:
            desk.fetch()
        except _Killed:
            pass
        finally:
            desk.server.step = lambda _name: None
    return dying.met


class _OpenHere(MessageOpener):
    """Takes messages apart in this process: the other one changes nothing on the disk, and starting it takes most of a fetch."""

    def take_apart(self, raw: bytes) -> MessageParts:
        return message_parts.open_(raw, self._bounds.limits)


@pytest.fixture(params=["flag", "move"])
def dying(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Desk]:
    from offices import Office

    monkeypatch.setattr(mailbox, "MessageOpener", _OpenHere)
    more = {"when_done": "move", "done_folder": "已收"} if request.param == "move" else {}

    def fresh(name: str) -> Desk:
        desk = Desk(Office(tmp_path / name), Server(), ACCOUNT.model_copy(update=more))
        _fill(desk.server)
        return desk

    return fresh


def _end(desk: Desk) -> tuple[object, ...]:
    """What is there in the end, on both sides."""
    journal = mail_journal.read(desk.office.settings.paths.state / mailbox.STATE / mail_journal.NAME)
    place = mail_journal.Place(ACCOUNT.address, "INBOX", 1)
    folders = {name: sorted((stored.raw, *stored.flags) for stored in messages.values()) for name, messages in desk.server.folders.items()}
    return desk.files(), folders, journal.entries(place), journal.unsettled(place)


def test_whatever_moment_a_fetch_dies_at_the_next_one_ends_as_if_nothing_had_been(dying: Callable[[str], Desk]) -> None:
    whole = dying("whole")
    points = _die(whole, 0)
    assert points > 60
    for at in range(1, points + 1, 3 if whole.account.done_folder else 1):
        desk = dying(f"at{at}")
        assert _die(desk, at) == at
        assert all(len(folder) % 2 == 0 for folder in _visible(desk)), "a file without its envelope"
        desk.fetch()
        assert _end(desk) == _end(whole), at


def _visible(desk: Desk) -> list[list[str]]:
    """What the night's run would see, by folder."""
    home = desk.office.inbox / mailbox.FOLDER
    return [[path.name for path in day.iterdir()] for day in home.glob("*/[0-9a-f]*")]


def test_it_dies_the_night_takes_what_lies_there_and_it_goes_on(dying: Callable[[str], Desk]) -> None:
    """Whatever lay in the inbox by then is taken in; in the end every file was taken in once."""
    whole = dying("whole")
    whole.office.put_assignment(assignment())
    points = _die(whole, 0)
    whole.office.run(DAY)
    for at in range(1, points + 1, 17):
        desk = dying(f"at{at}")
        desk.office.put_assignment(assignment())
        _die(desk, at)
        desk.office.run(DAY)
        desk.fetch()
        desk.office.run(DAY)
        assert desk.office.facts() == whole.office.facts(), at
        assert inbox.report_names(desk.office.inbox) == []


def test_a_fetch_that_noted_a_mail_before_its_files_are_safe_would_be_caught(
    dying: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test of the test: the order that loses mail."""
    waiting: list[tuple[Any, ...]] = []
    lay, note = deposit.lay, mail_journal.Journal.note

    def lay_later(*arguments: Any) -> list[str]:  # noqa: ANN401
        waiting[:] = [arguments]
        return [name for name, _content in arguments[1]]

    def note_first(journal: mail_journal.Journal, entry: mail_journal.JournalEntry) -> None:
        note(journal, entry)
        while waiting:
            lay(*waiting.pop())

    monkeypatch.setattr(deposit, "lay", lay_later)
    monkeypatch.setattr(mail_journal.Journal, "note", note_first)
    whole = dying("whole")
    points = _die(whole, 0)
    bad = 0
    for at in range(1, points + 1, 3):
        desk = dying(f"at{at}")
        _die(desk, at)
        waiting.clear()
        desk.fetch()
        bad += desk.files() != whole.files()
    assert bad > 0


def test_what_is_written_is_the_same_every_time(office: Office, tmp_path: Path) -> None:
    from offices import Office as Another

    desks = [Desk(place, Server()) for place in (office, Another(tmp_path / "another"))]
    for desk in desks:
        _fill(desk.server)
        desk.fetch()
    assert desks[0].files() == desks[1].files()
    paths = [desk.office.settings.paths.state / mailbox.STATE / mail_journal.NAME for desk in desks]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_zone_in_which_the_server_says_the_time_changes_nothing(office: Office, tmp_path: Path) -> None:
    from offices import Office as Another

    desks = [Desk(place, Server()) for place in (office, Another(tmp_path / "another"))]
    for desk, zone in zip(desks, (ZONE, None), strict=True):
        desk.server.deliver(message(attached(report(), "日报.xlsx")), received_at=ARRIVED.astimezone(zone))
        desk.fetch()
    assert desks[0].files() == desks[1].files()
