"""A mailbox over IMAP and TLS: just what fetching needs, and every way in which a server can fail as one sentence."""

from __future__ import annotations

import imaplib
import logging
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from pipeline import __version__
from pipeline.settings.mailboxes import Mailbox
from pipeline.terms.errors import PipelineError

_AT_ONCE = 200
"""Messages in one command, whose line stays far below the 8,192 bytes that a client should not exceed (RFC 7162, 4)."""
_SIZE, _DATE, _BODY = b"RFC822.SIZE", b"INTERNALDATE", b"BODY[]"
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
"""Of an arrival that the inbox takes."""

logging.getLogger("imapclient").addHandler(logging.NullHandler())  # its warnings are English and would come on the terminal


class MailboxError(PipelineError):
    """A mailbox that cannot be read; `str()` says why and what to do."""


class RefusedError(MailboxError):
    """Something that the server does not do; the connection stands."""


@dataclass(frozen=True, slots=True)
class MessageOnServer:
    """What the server says of a message before it is downloaded."""

    uid: int
    size: int
    received_at: datetime | None
    """INTERNALDATE: when the message came to the server. None where that cannot be used."""


class Session(Protocol):
    """A mailbox that is open."""

    def select(self, folder: str) -> int:
        """Open a folder and return its UIDVALIDITY. Raises RefusedError."""

    def uids(self) -> list[int]:
        """Return the UID of every message in the folder, in ascending order."""

    def describe(self, uids: Sequence[int]) -> list[MessageOnServer]:
        """Return what the server says of these messages; those that are gone are left out."""

    def download(self, uid: int, most: int) -> bytes | None:
        """Return at most so many bytes of a message, without marking it as read; None where it is gone."""

    def flag(self, uids: Sequence[int], flag: str) -> None:
        """Set a flag."""

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages to another folder, which is made where there is none."""


@contextmanager
def connected(account: Mailbox, password: str) -> Iterator[Session]:
    """Open the mailbox as long as it is needed. Raises MailboxError."""
    with _as_mailbox_errors(account, impossible_name=ValueError):
        context = ssl.create_default_context(cafile=account.ca_file)
        client = IMAPClient(account.host, account.port, ssl_context=context, timeout=account.seconds)
    client.normalise_times = False  # dates keep their offset and do not become this computer's local time
    client._imap.debug = 0  # noqa: SLF001 - IMAPClient writes whole messages into its log, which triples the memory of a download
    try:
        with _as_mailbox_errors(account):
            _log_in(client, account, password)
        yield _Session(client, account)
    finally:
        with suppress(Exception):  # whatever the server says to a good-bye
            client.logout()
        with suppress(Exception):
            client.shutdown()


def _log_in(client: IMAPClient, account: Mailbox, password: str) -> None:
    try:
        # LOGIN takes ASCII alone; SASL PLAIN takes UTF-8 (RFC 4616)
        log_in = client.login if (account.user + password).isascii() else client.plain_login
        log_in(account.user, password)
    except LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):  # IMAPClient also says so where the connection broke
            raise error.__context__ from error
        msg = f"邮箱 {account.user} 不让登录：用户名或密码不对，或邮箱没有开通 IMAP。很多邮箱要用“授权码”而不是登录密码。"
        raise MailboxError(msg) from error
    if client.has_capability("ID"):  # some Chinese providers let nobody in who does not say who he is
        try:
            client.id_({"name": "xinfang-daily", "version": __version__})
        except imaplib.IMAP4.error as error:
            if not _is_refusal(error):
                raise


@contextmanager
def _as_mailbox_errors(account: Mailbox, refusal: str = "", impossible_name: type[Exception] = socket.gaierror) -> Iterator[None]:
    """Let every failure of the network and the server come as a MailboxError, and a refusal as a RefusedError with that sentence.

    `impossible_name`: what a host's name that can be no server's fails with, while the connection is made.
    """
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        msg = (
            f"邮箱 {account.user}：服务器 {account.host} 的证书不可信，为安全没有登录。"
            "请核对服务器名称和这台电脑的日期；内部服务器自签证书的，在设置里写 ca_file。"
        )
        raise MailboxError(msg) from error
    except ssl.SSLError as error:
        msg = f"邮箱 {account.user}：与 {account.host}:{account.port} 建立不了加密连接。请核对端口（加密的 IMAP 一般是 993）。"
        raise MailboxError(msg) from error
    except FileNotFoundError as error:
        msg = f"邮箱 {account.user}：找不到 ca_file 写的证书文件 {account.ca_file}。"
        raise MailboxError(msg) from error
    except (socket.gaierror, impossible_name) as error:
        msg = f"邮箱 {account.user}：找不到服务器 {account.host}。请核对名称，检查网络。"
        raise MailboxError(msg) from error
    except (imaplib.IMAP4.abort, EOFError, OSError) as error:
        reason = "很久没有回音" if isinstance(error, TimeoutError) else "连不上，或连接中断了"
        msg = f"邮箱 {account.user}：服务器 {account.host} {reason}。已收好的不受影响，下次接着收；总是这样的，请检查网络和设置。"
        raise MailboxError(msg) from error
    except (imaplib.IMAP4.error, ValueError, TypeError, AttributeError, LookupError) as error:  # what IMAPClient stumbles with
        if refusal and _is_refusal(error):
            raise RefusedError(refusal) from error
        msg = f"邮箱 {account.user}：服务器 {account.host} 的回答看不懂。已收好的不受影响；总是这样的，请核对服务器和端口。"
        raise MailboxError(msg) from error


def _is_refusal(error: Exception) -> bool:
    """Return whether the server said NO. BAD, which comes as the same exception, has imaplib's own words in it."""
    return type(error) is imaplib.IMAP4.error and "command error: BAD" not in str(error)


class _Session:
    """A mailbox behind IMAPClient."""

    def __init__(self, client: IMAPClient, account: Mailbox) -> None:
        self._client = client
        self._account = account

    def select(self, folder: str) -> int:
        refusal = f"邮箱 {self._account.user} 没有文件夹“{folder}”，或打不开。请核对设置里的 folders。"
        with _as_mailbox_errors(self._account, refusal):
            return int(self._client.select_folder(folder)[b"UIDVALIDITY"])

    def uids(self) -> list[int]:
        with self._asking("列出邮件"):
            # `search` takes one line of an answer, and some servers write a long list on several
            lines: list[bytes | None] = self._client._raw_command_untagged(b"SEARCH", [b"ALL"])  # noqa: SLF001
        return sorted({int(word) for line in lines if line for word in line.split() if word.isdigit()})

    def describe(self, uids: Sequence[int]) -> list[MessageOnServer]:
        answers: dict[int, dict[bytes, Any]] = {}
        with self._asking("下载邮件"):
            for chunk in _chunks(uids):
                answers |= self._client.fetch(chunk, ["UID", _SIZE, _DATE])
        whole = [(uid, answers[uid]) for uid in uids if isinstance(answers.get(uid, {}).get(_SIZE), int)]
        return [MessageOnServer(uid, answer[_SIZE], _usable(answer.get(_DATE))) for uid, answer in whole]

    def download(self, uid: int, most: int) -> bytes | None:
        with self._asking("下载邮件"):
            answer = self._client.fetch([uid], ["UID", f"BODY.PEEK[]<0.{most}>"]).get(uid, {})
        bodies = [content for name, content in answer.items() if name.startswith(_BODY)]  # followed by <0>, or by nothing
        return bytes(bodies[0] or b"") if bodies else None

    def flag(self, uids: Sequence[int], flag: str) -> None:
        for chunk in _chunks(uids):
            self._flag(chunk, flag)

    def _flag(self, uids: Sequence[int], *flags: str) -> None:
        with self._asking("给邮件做标记"):
            self._client.add_flags(uids, flags, silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        with _as_mailbox_errors(self._account):
            is_there = self._client.folder_exists(folder)
        if not is_there:
            self._make(folder)
        for chunk in _chunks(uids):
            with self._asking("移动邮件"):
                self._move(chunk, folder)

    def _make(self, folder: str) -> None:
        with _as_mailbox_errors(
            self._account, f"邮箱 {self._account.user}：建不了文件夹“{folder}”。请在邮箱里建好，或改设置里的 done_folder。"
        ):
            self._client.create_folder(folder)
        with suppress(RefusedError), self._asking("订阅文件夹"):  # the folder is there all the same
            self._client.subscribe_folder(folder)

    def _move(self, uids: Sequence[int], folder: str) -> None:
        if self._client.has_capability("MOVE"):
            self._client.move(uids, folder)
            return
        self._client.copy(uids, folder)
        self._flag(uids, r"\Deleted", r"\Seen")
        if self._client.has_capability("UIDPLUS"):  # a plain EXPUNGE would remove what other people marked
            self._client.uid_expunge(uids)

    def _asking(self, act: str) -> AbstractContextManager[None]:
        return _as_mailbox_errors(
            self._account, f"邮箱 {self._account.user}：服务器不肯{act}。已收好的不受影响；总是这样的，请检查邮箱的权限和容量。"
        )


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))


def _usable(date: datetime | None) -> datetime | None:
    """Return the INTERNALDATE where it is a moment that the inbox takes."""
    try:
        offset = date.utcoffset() if date else None
    except ValueError:  # an offset of a day or more
        return None
    return date if date and offset is not None and _FIRST_YEAR <= date.year <= _LAST_YEAR else None
