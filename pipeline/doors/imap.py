"""A mailbox over IMAP and TLS: just what fetching needs, and every way in which a server can fail as one sentence."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.mailbox import MailBox
from imap_tools.utils import encode_folder

from pipeline import __version__
from pipeline.settings.mailboxes import Mailbox
from pipeline.terms.errors import PipelineError

_AT_ONCE = 200
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DOING = {"SEARCH": "列出邮件", "FETCH": "下载邮件", "STORE": "给邮件做标记"}
"""What a command does, for people; the others move mail."""
_DATE = re.compile(rb'INTERNALDATE "\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"')
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
"""Of an arrival that the inbox takes."""


class MailboxError(PipelineError):
    """A mailbox that cannot be read; `str()` says why and what to do."""


class RefusedError(MailboxError):
    """Something that the server does not do; the connection stands."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the server says of a message before it is downloaded."""

    uid: int
    size: int
    received_at: datetime | None
    """INTERNALDATE: when the message came to the server. None where that cannot be used."""


class Session(Protocol):
    """A mailbox that is open."""

    def select(self, folder: str) -> int:
        """Open a folder: its UIDVALIDITY. Raises RefusedError."""

    def uids(self) -> list[int]:
        """Every message in the folder."""

    def look(self, uids: Sequence[int]) -> list[Look]:
        """What the server says of these messages; those that are gone are left out."""

    def download(self, uid: int, most: int) -> bytes | None:
        """At most so many bytes of a message, without marking it as read; None where it is gone."""

    def flag(self, uids: Sequence[int], flag: str) -> None:
        """Set a flag."""

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages to another folder, which is made where there is none."""


@contextmanager
def connected(account: Mailbox, password: str) -> Iterator[Session]:
    """The mailbox, open as long as it is needed. Raises MailboxError."""
    with _told(account, ValueError):  # a name that can be no server's
        context = ssl.create_default_context(cafile=account.ca_file)
        box = MailBox(account.host, account.port, timeout=account.seconds, ssl_context=context)
    try:
        with _told(account):
            _log_in(box, account, password)
        yield _Session(box, account)
    finally:
        with suppress(Exception):  # whatever the server says to a good-bye
            box.logout()
        with suppress(Exception):
            box.client.shutdown()


def _log_in(box: MailBox, account: Mailbox, password: str) -> None:
    try:
        log_in = box.login if (account.user + password).isascii() else box.login_utf8
        log_in(account.user, password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        msg = f"邮箱 {account.user} 不让登录：用户名或密码不对，或邮箱没有开通 IMAP。很多邮箱要用“授权码”而不是登录密码。"
        raise MailboxError(msg) from error
    _status, known = box.client.capability()  # a server offers more to whom it knows
    box.client.capabilities = tuple(b" ".join(one for one in known if one).decode("ascii", "replace").upper().split())
    if "ID" in box.client.capabilities:  # some Chinese providers let nobody in who does not say who he is
        box.client.xatom("ID", f'("name" "xinfang-daily" "version" "{__version__}")')


@contextmanager
def _told(account: Mailbox, *also: type[Exception]) -> Iterator[None]:
    """Let every failure of the network and the server come as a MailboxError."""
    names: tuple[type[Exception], ...] = (socket.gaierror, *also)
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
    except names as error:
        msg = f"邮箱 {account.user}：找不到服务器 {account.host}。请核对名称，检查网络。"
        raise MailboxError(msg) from error
    except (imaplib.IMAP4.abort, EOFError, OSError) as error:
        said = "很久没有回音" if isinstance(error, TimeoutError) else "连不上，或连接中断了"
        msg = f"邮箱 {account.user}：服务器 {account.host} {said}。已收好的不受影响，下次接着收；总是这样的，请检查网络和设置。"
        raise MailboxError(msg) from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        msg = f"邮箱 {account.user}：服务器 {account.host} 的回答看不懂。已收好的不受影响；总是这样的，请核对服务器和端口。"
        raise MailboxError(msg) from error


class _Session:
    """A mailbox behind imap-tools. Its own flagging and moving is not used: it expunges what people have marked as deleted."""

    def __init__(self, box: MailBox, account: Mailbox) -> None:
        self._client = box.client
        self._box = box
        self._account = account

    def select(self, folder: str) -> int:
        with _told(self._account):
            status, _answer = self._client.select(encode_folder(folder))  # type: ignore[arg-type] # bytes do as well
            if status != "OK":
                msg = f"邮箱 {self._account.user} 没有文件夹“{folder}”，或打不开。请核对设置里的 folders。"
                raise RefusedError(msg)
            said = self._client.response("UIDVALIDITY")[1]
            if not said or not said[-1]:
                raise imaplib.IMAP4.error("UIDVALIDITY")
            return int(said[-1])

    def uids(self) -> list[int]:
        with _told(self._account):
            return sorted(
                {int(one) for line in self._command("SEARCH", "ALL") if isinstance(line, bytes) for one in line.split() if one.isdigit()}
            )

    def look(self, uids: Sequence[int]) -> list[Look]:
        found: dict[int, Look] = {}
        with _told(self._account):
            for chunk in _chunks(uids):
                for line in self._command("FETCH", _set(chunk), "(UID RFC822.SIZE INTERNALDATE)"):
                    one = _look(line if isinstance(line, bytes) else line[0] if line else b"")
                    if one and one.uid in chunk:
                        found[one.uid] = one
        return [found[uid] for uid in uids if uid in found]

    def download(self, uid: int, most: int) -> bytes | None:
        with _told(self._account):
            answer = self._command("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{most}>)")
            bodies = [one for one in answer if isinstance(one, tuple)]
            mine = [body for head, body in bodies if f"UID {uid} " in head.decode("latin-1").upper() + " "]
            if mine or len(bodies) == 1:
                return bytes(mine[0] if mine else bodies[0][1])
            return b"" if any(isinstance(one, bytes) and b"BODY[]" in one for one in answer) else None

    def flag(self, uids: Sequence[int], flag: str) -> None:
        with _told(self._account):
            for chunk in _chunks(uids):
                self._command("STORE", _set(chunk), "+FLAGS.SILENT", f"({flag})")

    def move(self, uids: Sequence[int], folder: str) -> None:
        with _told(self._account):
            name: Any = encode_folder(folder)
            if not self._box.folder.exists(folder):
                status, _answer = self._client.create(name)
                if status != "OK":
                    msg = f"邮箱 {self._account.user}：建不了文件夹“{folder}”。请在邮箱里建好，或改设置里的 done_folder。"
                    raise RefusedError(msg)
                self._client.subscribe(name)
            for chunk in _chunks(uids):
                self._move(_set(chunk), name)

    def _move(self, chosen: str, folder: object) -> None:
        known = self._client.capabilities
        if "MOVE" in known:
            self._command("MOVE", chosen, folder)
            return
        self._command("COPY", chosen, folder)
        self._command("STORE", chosen, "+FLAGS.SILENT", r"(\Deleted \Seen)")
        if "UIDPLUS" in known:  # a plain EXPUNGE would remove what other people marked
            self._command("EXPUNGE", chosen)

    def _command(self, name: str, *arguments: Any) -> list[Any]:  # noqa: ANN401 - as imaplib has it
        status, answer = self._client.uid(name, *arguments)
        if status != "OK":
            doing = _DOING.get(name, "移动邮件")
            msg = f"邮箱 {self._account.user}：服务器不肯{doing}。已收好的不受影响；总是这样的，请检查邮箱的权限和容量。"
            raise RefusedError(msg)
        return [one for one in answer if one is not None]


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _look(line: bytes) -> Look | None:
    uid, size = re.search(rb"\bUID (\d+)", line), re.search(rb"\bRFC822\.SIZE (\d+)", line)
    return Look(int(uid[1]), int(size[1]), _moment(line)) if uid and size else None


def _moment(line: bytes) -> datetime | None:
    """INTERNALDATE with its offset."""
    found = _DATE.search(line)
    if not found:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = (part.decode() for part in found.groups())
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        at = datetime(
            int(year), _MONTHS.index(month.title()) + 1, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=timezone(offset)
        )
    except ValueError:
        return None
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else None
