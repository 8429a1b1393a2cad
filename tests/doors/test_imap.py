"""A mailbox over IMAP, against a server that answers as it is told; with TLS and for real in test_mailbox_dovecot.py."""

from __future__ import annotations

import base64
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import imapserver
import pytest
from imapclient import IMAPClient
from imapserver import HANG_UP, ImapServer

from pipeline.doors import imap
from pipeline.doors.imap import MailboxError, MessageOnServer, RefusedError, Session
from pipeline.settings.mailboxes import Mailbox

USER = "ribao@office.example"
UNREADABLE = f"邮箱 {USER}：服务器 127.0.0.1 的回答看不懂。已收好的不受影响；总是这样的，请核对服务器和端口。"
BROKEN = f"邮箱 {USER}：服务器 127.0.0.1 连不上，或连接中断了。已收好的不受影响，下次接着收；总是这样的，请检查网络和设置。"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    def plain(host: str, port: int, **more: Any) -> IMAPClient:  # noqa: ANN401
        return IMAPClient(host, port, ssl=False, timeout=more["timeout"])

    monkeypatch.setattr(imap, "IMAPClient", plain)
    with imapserver.running() as running:
        yield running


@contextmanager
def _session(server: ImapServer, password: str = "geheim", **more: Any) -> Iterator[Session]:  # noqa: ANN401, S107
    account = Mailbox(host="127.0.0.1", port=server.port, user=USER, password_env="X", check_sender=False, seconds=5, **more)  # noqa: S106
    with imap.connected(account, password) as session:
        yield session


def _unwilling(act: str) -> str:
    return f"邮箱 {USER}：服务器不肯{act}。已收好的不受影响；总是这样的，请检查邮箱的权限和容量。"


ACTS: dict[str, tuple[str, Callable[[Session], object]]] = {
    "SELECT": (f"邮箱 {USER} 没有文件夹“INBOX”，或打不开。请核对设置里的 folders。", lambda session: session.select("INBOX")),
    "UID SEARCH": (_unwilling("列出邮件"), lambda session: session.uids()),
    "UID FETCH": (_unwilling("下载邮件"), lambda session: session.describe([1])),
    "UID STORE": (_unwilling("给邮件做标记"), lambda session: session.flag([1], r"\Seen")),
    "UID MOVE": (_unwilling("移动邮件"), lambda session: session.move([1], "Done")),
}
"""What is said where the server does not do it, and the act."""


def _fail(server: ImapServer, *acts: Callable[[Session], object]) -> MailboxError:
    """Open the INBOX, do this, and return what came of it."""
    with pytest.raises(MailboxError) as failed, _session(server) as session:  # noqa: PT012 - opening may fail, or what follows
        session.select("INBOX")
        for act in acts:
            act(session)
    return failed.value


@pytest.mark.parametrize("verb", ACTS)
def test_what_the_server_refuses_is_said_and_the_connection_stands(server: ImapServer, verb: str) -> None:
    sentence, act = ACTS[verb]
    server.answers[verb] = b"TAG NO not here\r\n"
    with _session(server) as session:
        session.select("INBOX") if verb != "SELECT" else None
        with pytest.raises(RefusedError) as refused:
            act(session)
        assert str(refused.value) == sentence
        server.answers.clear()
        assert session.select("INBOX") == 7


@pytest.mark.parametrize("verb", ACTS)
def test_what_the_server_does_not_understand_ends_the_connection(server: ImapServer, verb: str) -> None:
    server.answers[verb] = b"TAG BAD what\r\n"
    failed = _fail(server, ACTS[verb][1])
    assert (type(failed), str(failed)) == (MailboxError, UNREADABLE)


@pytest.mark.parametrize("verb", ACTS)
def test_a_connection_that_breaks_is_one_sentence(server: ImapServer, verb: str) -> None:
    server.answers[verb] = HANG_UP
    failed = _fail(server, ACTS[verb][1])
    assert (type(failed), str(failed)) == (MailboxError, BROKEN)


@pytest.mark.parametrize(
    ("answer", "sentence"), [(b"TAG NO no\r\n", "不让登录"), (b"TAG BAD no\r\n", "不让登录"), (HANG_UP, "连不上，或连接中断了")]
)
def test_a_login_that_fails_is_told_from_a_connection_that_breaks(server: ImapServer, answer: bytes, sentence: str) -> None:
    server.answers["LOGIN"] = answer
    with pytest.raises(MailboxError, match=sentence), _session(server):
        pass


def test_a_password_beyond_ascii_goes_in_another_way(server: ImapServer) -> None:
    server.answers["AUTHENTICATE"] = b"+ \r\n"
    with _session(server, "密码"):
        pass
    assert base64.b64decode(server.heard[server.heard.index("AUTHENTICATE PLAIN") + 1]).decode() == f"\0{USER}\0密码"


@pytest.mark.parametrize("answer", [b"* ID NIL\r\nTAG OK done\r\n", b"TAG NO not to you\r\n"])
def test_who_asks_for_a_name_is_told_it(server: ImapServer, answer: bytes) -> None:
    server.answers |= {"CAPABILITY": b"* CAPABILITY IMAP4rev1 ID\r\nTAG OK done\r\n", "ID": answer}
    with _session(server) as session:
        assert session.select("INBOX") == 7
    assert len(server.told("ID")) == 1
    assert server.told("ID")[0].startswith('("name" "xinfang-daily" "version" "')


def test_what_is_in_a_folder_is_listed(server: ImapServer) -> None:
    server.answers["UID SEARCH"] = b"* SEARCH 5 2 9\r\nTAG OK done\r\n"
    with _session(server) as session:
        session.select("INBOX")
        assert session.uids() == [2, 5, 9]
        server.answers["UID SEARCH"] = b"* SEARCH\r\nTAG OK done\r\n"
        assert session.uids() == []
        del server.answers["UID SEARCH"]  # nothing at all but OK
        assert session.uids() == []


def test_a_list_that_comes_in_two_answers_is_one(server: ImapServer) -> None:
    server.answers["UID SEARCH"] = b"* SEARCH 5 2\r\n* SEARCH 9\r\nTAG OK done\r\n"
    with _session(server) as session:
        session.select("INBOX")
        assert session.uids() == [2, 5, 9]


DATES = [
    (b'"21-May-2020 16:42:00 +0800"', datetime(2020, 5, 21, 16, 42, tzinfo=timezone(timedelta(hours=8)))),
    (b'" 1-May-2020 06:02:03 -0330"', datetime(2020, 5, 1, 6, 2, 3, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
    (b'"21-May-1970 16:42:00 +0800"', None),
    (b'"21-May-2020 16:42:00 +9900"', None),
    (b'"31-Feb-2020 16:42:00 +0800"', None),
    (b'"31-Feb-2020 16:42:60 +0800"', None),
    (b'"21-May-2020 25:42:00 +0800"', None),
    (b'"21-May-2020 16:42:00"', None),
    (b'"21-Mai-2020 16:42:00 +0800"', None),
    (b'"gestern"', None),
    (b'""', None),
    (b"NIL", None),
]


@pytest.mark.parametrize(("written", "moment"), DATES)
def test_a_message_is_known_before_it_is_downloaded(server: ImapServer, written: bytes, moment: datetime | None) -> None:
    server.answers["UID FETCH"] = b"* 1 FETCH (UID 5 RFC822.SIZE 1234 INTERNALDATE %s)\r\nTAG OK done\r\n" % written
    with _session(server) as session:
        session.select("INBOX")
        assert session.describe([5, 6]) == [MessageOnServer(5, 1234, moment)]


def test_messages_that_nobody_asked_for_are_left_out(server: ImapServer) -> None:
    line = b'* %d FETCH (UID %d RFC822.SIZE 1 INTERNALDATE "21-May-2020 16:42:00 +0800")\r\n'
    server.answers["UID FETCH"] = line % (1, 5) + b"* 3 FETCH (FLAGS (\\Seen))\r\n" + line % (2, 6) + b"* 2 EXPUNGE\r\nTAG OK done\r\n"
    with _session(server) as session:
        session.select("INBOX")
        assert [message.uid for message in session.describe([6, 5, 7])] == [6, 5]


BODIES = [
    (b"* 1 FETCH (UID 5 BODY[]<0> {4}\r\na\r\nb)\r\n", b"a\r\nb"),
    (b"* 1 FETCH (BODY[]<0> {4}\r\na\r\nb UID 5)\r\n", b"a\r\nb"),
    (b"* 1 FETCH (UID 5 BODY[] {4}\r\na\r\nb)\r\n", b"a\r\nb"),
    (b"* 2 FETCH (UID 6 FLAGS (\\Seen))\r\n* 1 FETCH (UID 5 BODY[]<0> {4}\r\na\r\nb)\r\n", b"a\r\nb"),
    (b'* 1 FETCH (UID 5 BODY[]<0> "")\r\n', b""),
    (b"* 1 FETCH (UID 5 BODY[]<0> NIL)\r\n", b""),
    (b"* 1 FETCH (UID 5 FLAGS ())\r\n", None),
    (b"", None),
]


@pytest.mark.parametrize(("answer", "body"), BODIES)
def test_a_message_is_downloaded_as_far_as_it_may_be_large(server: ImapServer, answer: bytes, body: bytes | None) -> None:
    server.answers["UID FETCH"] = answer + b"TAG OK done\r\n"
    with _session(server) as session:
        session.select("INBOX")
        assert session.download(5, 100) == body
    assert server.told("UID FETCH") in (["5 (UID BODY.PEEK[]<0.100>)"], ["5 (BODY.PEEK[]<0.100>)"])


def test_messages_are_marked_at_most_two_hundred_at_a_time(server: ImapServer) -> None:
    with _session(server) as session:
        session.select("INBOX")
        session.flag(range(1, 251), r"\Seen")
    assert [line.split()[0].count(",") for line in server.told("UID STORE")] == [199, 49]
    assert server.told("UID STORE")[0].endswith(r"+FLAGS.SILENT (\Seen)")


ALL, NO_MOVE, NEITHER = b"IMAP4rev1 MOVE UIDPLUS", b"IMAP4rev1 UIDPLUS", b"IMAP4rev1"


@pytest.mark.parametrize("offered", [ALL, NO_MOVE, NEITHER])
def test_a_message_is_moved_and_nothing_else_removed(server: ImapServer, offered: bytes) -> None:
    """A plain EXPUNGE would remove what people have marked as deleted."""
    server.answers["CAPABILITY"] = b"* CAPABILITY %s\r\nTAG OK done\r\n" % offered
    with _session(server) as session:
        session.select("INBOX")
        session.move([3, 4], "Done")
    acts = [line.replace('"', "") for line in server.heard if line.startswith("UID ")]
    copied = ["UID COPY 3,4 Done", r"UID STORE 3,4 +FLAGS.SILENT (\Deleted \Seen)"]
    assert acts == {ALL: ["UID MOVE 3,4 Done"], NO_MOVE: [*copied, "UID EXPUNGE 3,4"], NEITHER: copied}[offered]
    assert "EXPUNGE" not in server.heard
    assert server.told("CREATE") == []


@pytest.mark.parametrize("answer", [b"TAG OK done\r\n", b"TAG NO not that\r\n"])
def test_a_folder_that_is_not_there_is_made_and_subscribed_to(server: ImapServer, answer: bytes) -> None:
    server.answers |= {"LIST": b"TAG OK nothing\r\n", "SUBSCRIBE": answer}
    with _session(server) as session:
        session.select("INBOX")
        session.move([3], "已收&日报")
    assert [line.replace('"', "") for line in server.heard if line.split()[0] in ("CREATE", "SUBSCRIBE", "UID")] == [
        "CREATE &XfJlNg-&-&ZeVipQ-",
        "SUBSCRIBE &XfJlNg-&-&ZeVipQ-",
        "UID MOVE 3 &XfJlNg-&-&ZeVipQ-",
    ]


def test_a_folder_that_cannot_be_made_is_said(server: ImapServer) -> None:
    server.answers |= {"LIST": b"TAG OK nothing\r\n", "CREATE": b"TAG NO not you\r\n"}
    with _session(server) as session:
        session.select("INBOX")
        with pytest.raises(RefusedError, match="建不了文件夹“Done”。请在邮箱里建好，或改设置里的 done_folder。"):
            session.move([3], "Done")


def test_a_folder_without_a_number_for_its_numbering_is_not_understood(server: ImapServer) -> None:
    server.answers["SELECT"] = b"* 3 EXISTS\r\nTAG OK done\r\n"
    assert str(_fail(server)) == UNREADABLE


GARBAGE = {
    "UID FETCH": b"* 1 FETCH (UID 5 RFC822.SIZE\r\n",
    "SELECT": b"* OK [UIDVALIDITY many] valid\r\n",
    "LIST": b"* LIST (what\r\n",
}


@pytest.mark.parametrize("verb", GARBAGE)
def test_what_is_no_imap_is_one_sentence(server: ImapServer, verb: str) -> None:
    server.answers[verb] = GARBAGE[verb] + b"TAG OK done\r\n"
    assert str(_fail(server, ACTS["UID FETCH"][1], ACTS["UID MOVE"][1])) == UNREADABLE


def test_nothing_is_said_on_the_terminal(server: ImapServer, capfd: pytest.CaptureFixture[str]) -> None:
    server.answers["SELECT"] = "* OK 你好\r\n* OK [UIDVALIDITY 7] valid\r\nTAG OK 好\r\n".encode()
    with _session(server) as session:
        session.select("INBOX")
    assert capfd.readouterr() == ("", "")


def test_a_large_message_is_not_written_out_once_more_for_a_log(server: ImapServer) -> None:
    """IMAPClient asks imaplib to do so, unless it is told otherwise."""
    body = b"x" * (8 << 20)
    server.answers["UID FETCH"] = b"* 1 FETCH (UID 5 BODY[]<0> {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(body), body)
    with _session(server) as session:
        session.select("INBOX")
        tracemalloc.start()
        assert session.download(5, len(body)) == body
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 2.5 * len(body)  # what imaplib read, and the server's own answer in the same process
