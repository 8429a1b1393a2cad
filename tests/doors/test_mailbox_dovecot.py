"""The whole of `run.py fetch` against a real server: Debian's Dovecot, with TLS, on loopback. For kills see test_killing_mail.py."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import dovecot
import pytest
from dovecot import Dovecot
from imapclient.imap_utf7 import encode
from mails import SENDER, attached, message
from offices import HOME, moment
from workbooks import DAY, assignment, report

from pipeline.intake import envelopes, inbox

if TYPE_CHECKING:
    from offices import Office

pytestmark = pytest.mark.external
ARRIVED = moment("2020-05-21 16:42")


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot.running() as server:
        yield server


@pytest.fixture
def server(running: Dovecot) -> Dovecot:
    """The server with an empty mailbox."""
    running.empty()
    return running


def _command(office: Office) -> list[str]:
    return [sys.executable, str(HOME / "run.py"), "--config", str(office.home / "config.yaml"), "fetch"]


def _fetch(office: Office) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(office), capture_output=True, text=True, encoding="utf-8", check=False, timeout=600)


def _lying(office: Office) -> list[str]:
    """The names of the reports that lie in the inbox, each with its envelope."""
    paths = [office.inbox / name for name in inbox.report_names(office.inbox)]
    assert all(path.with_name(path.name + envelopes.SIDECAR).exists() for path in paths)
    return sorted(path.name for path in paths)


def _envelopes(office: Office) -> list[dict[str, object]]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(office.inbox.rglob(f"*{envelopes.SIDECAR}"))]


def test_mail_comes_in_is_marked_and_counts(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server)
    server.deliver(message(attached(report(), "东胜区日报.xlsx")), ARRIVED)
    server.deliver(message(number=2), ARRIVED)
    done = _fetch(office)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"5月21日16:42 {SENDER}：收下 东胜区日报.xlsx。" in done.stdout
    assert "看了 2 封新邮件：收下 1 个文件，1 封没有可收的附件。" in done.stdout
    assert _lying(office) == ["东胜区日报.xlsx"]
    (envelope,) = _envelopes(office)
    assert len(str(envelope.pop("sha256"))) == 64
    assert envelope == {"received_at": "2020-05-21T16:42:00+08:00", "channel": "email", "sender": SENDER, "message_id": "<1@example.com>"}
    assert server.lying() == {1: r"\Seen", 2: ""}
    assert _fetch(office).stdout == "没有新邮件。\n"
    office.put_assignment(assignment())
    office.run(DAY)
    assert [submission["district"] for submission in office.summary(DAY)["submissions"] if submission["status"] == "on-time"] == ["东胜区"]


def test_mail_is_moved_to_a_chinese_folder_that_is_made_for_it(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server, when_done="move", done_folder="已收&日报")
    for number in range(3):
        server.deliver(message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number), ARRIVED)
    server.deliver(message(attached(b"Rar!\x1a\x07", "包.rar"), number=9), ARRIVED)
    assert _fetch(office).returncode == 0
    assert server.lying() == {4: r"\Flagged"}
    assert len(server.lying(encode("已收&日报").decode("ascii"))) == 3
    again = _fetch(office)
    assert "还有 1 封以前没有收全的邮件" in again.stdout


def test_several_folders_are_fetched_and_one_that_is_not_there_is_said(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server, folders=["没有", "INBOX", "Daily"])
    server.deliver(message(attached(b"PK1", "甲.xlsx")), ARRIVED)
    server.deliver(message(attached(b"PK2", "乙.xlsx"), number=2), ARRIVED, "Daily")
    done = _fetch(office)
    assert done.returncode == 1
    assert done.stderr == f"邮箱 {dovecot.USER} 没有文件夹“没有”，或打不开。请核对设置里的 folders。\n"
    assert _lying(office) == ["乙.xlsx", "甲.xlsx"]


def test_what_people_have_marked_as_deleted_is_not_removed(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server, when_done="move", done_folder="Done")
    server.deliver(message(number=1), ARRIVED)
    server.deliver(message(attached(report(), "日报.xlsx"), number=2), ARRIVED)
    with server.client() as client:
        client.select()
        client.uid("STORE", "1", "+FLAGS", r"(\Deleted)")
    _fetch(office)
    assert server.lying() == {1: r"\Deleted"}


def test_a_mail_of_60_mb_is_not_downloaded(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server)
    server.pour([message(attached(bytes(45 << 20), "大.xlsx"))], ARRIVED)
    before = server.sent()
    done = _fetch(office)
    assert re.search("邮件有 6[12] MB，超过 40 MB，没有下载", done.stdout)
    assert server.sent() - before < 500_000  # its first 256 KiB, which hold the header: its sender is answered
    assert (_lying(office), list(server.lying().values())) == ([], [r"\Flagged"])


WRONG: dict[str, tuple[dict[str, object], str]] = {
    "password": ({"user": "nobody@office.example"}, "不让登录：用户名或密码不对"),
    "certificate": ({"ca_file": None}, "证书不可信"),
    "name": ({"host": "127.0.0.1"}, "证书不可信"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_one_sentence_and_no_fault_of_ours(office: Office, server: Dovecot, what: str) -> None:
    more, sentence = WRONG[what]
    dovecot.configure(office, server, **more)
    done = _fetch(office)
    assert done.returncode == 1
    assert re.fullmatch(f"邮箱 .*{sentence}.*。\n", done.stderr)
    assert not (office.home / "state" / "faults").exists()


def test_after_the_server_has_numbered_its_mail_anew_nothing_comes_twice(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server)
    for number in range(5):
        server.deliver(message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number), ARRIVED)
    _fetch(office)
    before = _validity(server)
    server.forget_uids()
    assert _validity(server) != before
    server.deliver(message(attached(b"PKnew", "新.xlsx"), number=7), ARRIVED)
    done = _fetch(office)
    assert done.stdout.endswith("看了 1 封新邮件：收下 1 个文件。5 封以前收过，没有再收。\n")
    assert _lying(office) == [*(f"{number}.xlsx" for number in range(5)), "新.xlsx"]


def _validity(server: Dovecot) -> bytes:
    with server.client() as client:
        client.select()
        return bytes(client.response("UIDVALIDITY")[1][0])


def test_two_fetches_at_once_bring_everything_once(office: Office, server: Dovecot) -> None:
    dovecot.configure(office, server)
    server.pour([message(attached(f"PK{number}".encode(), f"{number}.xlsx"), number=number) for number in range(60)], ARRIVED)
    fetches = [subprocess.Popen(_command(office), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
    ends = sorted(fetch.wait(300) for fetch in fetches)
    assert ends[0] == 0
    assert set(ends) <= {0, 4}
    assert _lying(office) == sorted(f"{number}.xlsx" for number in range(60))


def _report(number: int) -> bytes:
    return b"PK\x03\x04 no workbook, number %d" % number


def test_thousands_of_mails_are_fetched_in_one_go(office: Office, server: Dovecot, *, everything: bool) -> None:
    dovecot.configure(office, server)
    count = 5000 if everything else 1000
    server.pour([message(attached(_report(number), f"{number}.xlsx"), number=number) for number in range(count)], ARRIVED)
    begun = time.perf_counter()
    done = _fetch(office)
    print(f"{count} mails: {time.perf_counter() - begun:.1f} s")
    before = server.sent()
    assert done.stdout.endswith(f"看了 {count} 封新邮件：收下 {count} 个文件。\n")
    assert len(_lying(office)) == count
    assert _fetch(office).stdout == "没有新邮件。\n"
    assert server.sent() - before < 2000 + 10 * count  # the list of them, and nothing of any one


def test_the_server_is_spoken_to_over_tls_alone(server: Dovecot) -> None:
    with server.client() as client:
        socket = client.socket()
        assert isinstance(socket, ssl.SSLSocket)
        assert socket.version() in {"TLSv1.2", "TLSv1.3"}


def test_a_backup_of_the_office_that_is_older_than_the_mailbox_gets_the_rest_again(office: Office, server: Dovecot, tmp_path: Path) -> None:
    import shutil

    dovecot.configure(office, server)
    office.put_assignment(assignment())
    server.deliver(message(attached(report(), "日报.xlsx")), ARRIVED)
    shutil.copytree(office.home, tmp_path / "backup")
    _fetch(office)
    office.run(DAY)
    facts = office.facts()
    shutil.rmtree(office.home)
    shutil.copytree(tmp_path / "backup", office.home)
    _fetch(office)
    office.run(DAY)
    assert [fact for fact in office.facts() if "邮件" in str(fact[0])] == [fact for fact in facts if "邮件" in str(fact[0])]
