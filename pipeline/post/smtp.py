"""Hands a message to a mail server, so that afterwards it is known whether the server has it, has it not, or may have it.

`smtplib.sendmail` does not tell at which step a connection broke, and everything hangs on that: see `hand_over`.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum

from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import PipelineError

_GOES_ON, _TAKEN, _WILL_FORWARD = 354, 250, 251
_FOR_GOOD = 500
_CLOSING = 421
"""Answers of a server (RFC 5321, 4.2): from 500 on a refusal is for good, and after 421 it hangs up."""
_UNTRUSTED = "的证书不可信，没有连接。请检查 host，内部服务器请设置 ca_file。"
_UNSUPPORTED = "不支持所设的加密或登录方式，没有发信。请检查 security（tls 或 starttls）和 port。"
_NOT_SIGNED_IN = "不接受用户名或密码，没有发信。请检查 user 和密码（很多邮箱要用“授权码”）。"
_AWAY = "连不上，没有发信。请检查网络、host 和 port，稍后再运行一次。"
_NO_FILE = "密码文件读不了，没有发信。请检查 password_file 指的文件和权限。"
_NO_SECRET = "没有找到发信密码，没有发信。请检查 password_env 指的环境变量，或 password_file 指的文件。"  # noqa: S105 - a sentence
_ENHANCED_SIZE = re.compile(r"^5\d\d[ -]5\.(3\.4|2\.3)\b")
"""RFC 3463: 5.3.4 is too large for the system, 5.2.3 for the mailbox."""
_WORDS_OF_SIZE = re.compile(r"(?i)^5\d\d .*\b(too (large|big)|size limit|size exceeds|maximum message size)")
_FULL = re.compile(r"(?i)\b5\.2\.2\b|full|quota")


class UnreachableError(PipelineError):
    """The server cannot be used at all; `str()` says why and what to do."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(f"{where}{reason}")


class Fate(Enum):
    """What became of a message."""

    TAKEN = "taken"
    PUT_OFF = "put off"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message, and the server's words."""

    fate: Fate
    words: str


@contextmanager
def connected(outgoing: Outgoing) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted and signed in. Raises UnreachableError."""
    server = _open(outgoing)
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _open(outgoing: Outgoing) -> smtplib.SMTP:
    where = f"发信服务器 {outgoing.host}:{outgoing.port} "
    try:
        context = ssl.create_default_context(cafile=outgoing.ca_file)
        if outgoing.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(outgoing.host, outgoing.port, timeout=outgoing.seconds, context=context)
        else:
            server = smtplib.SMTP(outgoing.host, outgoing.port, timeout=outgoing.seconds)
            server.starttls(context=context)
        if outgoing.user:
            server.login(outgoing.user, _secret(outgoing))
    except ssl.SSLCertVerificationError as error:
        raise UnreachableError(_UNTRUSTED, where) from error
    except smtplib.SMTPNotSupportedError as error:
        raise UnreachableError(_UNSUPPORTED, where) from error
    except smtplib.SMTPAuthenticationError as error:
        raise UnreachableError(_NOT_SIGNED_IN, where) from error
    except (smtplib.SMTPException, OSError) as error:
        raise UnreachableError(_AWAY, where) from error
    return server


def _secret(outgoing: Outgoing) -> str:
    try:
        secret = outgoing.secret()
    except OSError as error:
        raise UnreachableError(_NO_FILE) from error
    if secret is None:
        raise UnreachableError(_NO_SECRET)
    return secret


def hand_over(server: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> Answer:
    """Hand over one message to one recipient.

    Until the last dot is on its way the server cannot have it; from then on only its answer shows.
    """
    try:
        server.ehlo_or_helo_if_needed()
        # a server that knows the size refuses what is too large before it is sent (RFC 1870)
        size = [f"size={len(content)}"] if server.has_extn("size") else []
        for code, words in _steps(server, sender, recipient, size):
            if code not in (_TAKEN, _WILL_FORWARD, _GOES_ON):
                _begin_anew(server, code)
                return Answer(_refusal(code), _words(code, words))
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Fate.PUT_OFF, _reason(error))
    return _finish(server, content)


def _steps(server: smtplib.SMTP, sender: str, recipient: str, size: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """Go on to the next step only when it is asked for: told DATA after a refusal, a server may wait for a message that never comes."""
    yield server.mail(sender, size)
    yield server.rcpt(recipient)
    yield server.docmd("DATA")


def _finish(server: smtplib.SMTP, content: bytes) -> Answer:
    """Send the message itself, and its last dot apart from it: before the dot a break loses nothing, after it nobody can tell."""
    # a dot that begins a line is doubled, since a lone one ends the message (RFC 5321, 4.5.2)
    lines = content.replace(b"\r\n.", b"\r\n..")
    lines = b"." + lines if lines.startswith(b".") else lines
    try:
        server.send(lines + (b"" if lines.endswith(b"\r\n") else b"\r\n"))
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Fate.PUT_OFF, _reason(error))  # without the dot it is no message
    try:
        server.send(b".\r\n")
        code, words = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Fate.UNKNOWN, _reason(error))
    return Answer(Fate.TAKEN if code == _TAKEN else _refusal(code), _words(code, words))


def is_too_large(words: str) -> bool:
    """Return whether these words of a server refuse a message for its size; 552 is also the answer for a mailbox that is full."""
    if _ENHANCED_SIZE.search(words) or _WORDS_OF_SIZE.search(words):
        return True
    return words.startswith("552") and not _FULL.search(words)


def _refusal(code: int) -> Fate:
    return Fate.REFUSED if code >= _FOR_GOOD else Fate.PUT_OFF


def _begin_anew(server: smtplib.SMTP, code: int) -> None:
    """After a refusal the next message begins afresh; where the server has hung up it will be noticed then."""
    if code != _CLOSING:
        with suppress(smtplib.SMTPException, OSError):
            server.rset()


def _words(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"[:200]


def _reason(error: Exception) -> str:
    return "服务器太久没有回答" if isinstance(error, TimeoutError) else "服务器没有回答就断开了"
