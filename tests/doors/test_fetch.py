"""`run.py fetch` on the command line: what it says and how it ends where no mailbox answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import cli

if TYPE_CHECKING:
    from offices import Office

Captured = pytest.CaptureFixture[str]


def _with_mailbox(office: Office, host: str, port: int, *more: str) -> list[str]:
    """The arguments of a fetch from that mailbox."""
    path = office.home / "config.yaml"
    (office.home / "password.txt").write_text("x\n", encoding="utf-8")
    lines = [
        f"- host: '{host}'",
        f"  port: {port}",
        "  user: ribao@example.com",
        "  password_file: password.txt",
        "  authserv_id: mx",
        *more,
    ]
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace("mailboxes: []", "mailboxes:\n  " + "\n  ".join(lines) + "\n#", 1), encoding="utf-8")
    return ["--config", str(path), "fetch"]


@contextmanager
def _listening(greeting: bytes | None) -> Iterator[int]:
    """A server that says this and nothing more; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def answer() -> None:
            try:
                held.append(server.accept()[0])
            except OSError:
                return
            if greeting is not None:
                held[0].sendall(greeting)
                held[0].close()

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        for connection in held:
            connection.close()


def _ended(arguments: list[str], capsys: Captured) -> str:
    """The one sentence with which it ended as with a failure that is not ours."""
    assert cli.main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "程序出错" not in line
    assert line.endswith(("。", "设置。"))
    return line


def test_without_a_mailbox_it_says_so(office: Office, capsys: Captured) -> None:
    assert cli.main(["--config", str(office.home / "config.yaml"), "fetch"]) == 2
    assert "还没有设置邮箱" in capsys.readouterr().err
    assert not office.inbox.exists()


def test_a_server_that_is_not_there_is_one_sentence(office: Office, capsys: Captured) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert "连不上" in _ended(_with_mailbox(office, "127.0.0.1", closed.getsockname()[1]), capsys)


def test_a_name_that_no_server_has_is_one_sentence(office: Office, capsys: Captured) -> None:
    assert "找不到服务器" in _ended(_with_mailbox(office, "imap.invalid", 993), capsys)


@pytest.mark.parametrize("host", [".imap.example.com", "a" * 70 + ".example.com"])
def test_a_name_that_no_server_can_have_is_one_sentence(office: Office, capsys: Captured, host: str) -> None:
    assert "找不到服务器" in _ended(_with_mailbox(office, host, 993), capsys)


def test_a_server_without_encryption_is_told_nothing(office: Office, capsys: Captured) -> None:
    with _listening(b"* OK ready\r\n") as port:
        assert "建立不了加密连接" in _ended(_with_mailbox(office, "127.0.0.1", port), capsys)


def test_a_server_that_hangs_up_is_one_sentence(office: Office, capsys: Captured) -> None:
    with _listening(b"") as port:
        assert "127.0.0.1" in _ended(_with_mailbox(office, "127.0.0.1", port), capsys)


def test_a_server_that_says_nothing_is_not_waited_for_longer_than_is_set(office: Office, capsys: Captured) -> None:
    with _listening(None) as port:
        assert "很久没有回音" in _ended(_with_mailbox(office, "127.0.0.1", port, "  seconds: 1"), capsys)


def test_a_certificate_file_that_is_not_there_is_one_sentence(office: Office, capsys: Captured) -> None:
    assert "找不到 ca_file" in _ended(_with_mailbox(office, "127.0.0.1", 9, "  ca_file: nowhere.pem"), capsys)


def test_a_certificate_file_that_is_none_is_one_sentence(office: Office, capsys: Captured) -> None:
    arguments = _with_mailbox(office, "127.0.0.1", 9, "  ca_file: config.yaml")
    assert "邮箱 ribao@example.com" in _ended(arguments, capsys)


def test_a_missing_password_is_one_sentence(office: Office, capsys: Captured) -> None:
    arguments = _with_mailbox(office, "127.0.0.1", 9)
    Path(office.home / "password.txt").unlink()
    assert "密码文件" in _ended(arguments, capsys)
