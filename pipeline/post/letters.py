"""A letter: what is written to whom, with which files; its message is the same bytes whenever it is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from enum import StrEnum
from pathlib import PurePosixPath

_TYPES = {
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "pdf",
}


class Kind(StrEnum):
    """Why a letter is written."""

    DISTRICT = "district"
    LEADERS = "leaders"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a recipient gets at most once: a file of a day's folder, or a reminder."""

    name: str
    """The file's name as the recipient sees it; '' for a reminder."""
    digest: str
    """SHA-256 of its content."""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one recipient."""

    kind: Kind
    day: str
    """ISO."""
    district: str
    """'' for the leaders."""
    recipient: str
    subject: str
    text: str
    html: str
    items: tuple[Item, ...]

    @property
    def digest(self) -> str:
        """What the letter is known by: its recipient and what it brings."""
        said = [str(self.kind), self.day, self.district, self.recipient.lower(), *sorted(one.digest for one in self.items)]
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    def message_id(self, sender: str) -> str:
        """The same for the same letter, so that whoever gets it twice can tell."""
        return f"<{self.digest[:40]}@{sender.rpartition('@')[2]}>"


def message(letter: Letter, sender: str, office: str, at: datetime) -> bytes:
    """The message for the wire, with CRLF and lines of ASCII."""
    outer = MIMEMultipart("mixed", boundary=f"=_{letter.digest[:32]}_1")
    outer["Subject"] = Header(letter.subject, "utf-8", header_name="Subject").encode()
    outer["From"] = formataddr((str(Header(office, "utf-8")) if office else "", sender))
    outer["To"] = letter.recipient
    outer["Date"] = format_datetime(at)
    outer["Message-ID"] = letter.message_id(sender)
    outer["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
    outer["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    body = MIMEMultipart("alternative", boundary=f"=_{letter.digest[:32]}_2")
    body.attach(MIMEText(letter.text, "plain", "utf-8"))
    body.attach(MIMEText(letter.html, "html", "utf-8"))
    outer.attach(body)
    for item in letter.items:
        if item.name:
            outer.attach(_attachment(item))
    return outer.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _attachment(item: Item) -> MIMEBase:
    """The file under its Chinese name: as RFC 2231 has it, and once more as Outlook and NetEase have long read it."""
    subtype = _TYPES.get(PurePosixPath(item.name).suffix.lower(), "octet-stream")
    part = MIMEApplication(item.content, subtype, name=str(Header(item.name, "utf-8").encode(maxlinelen=0)))
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", item.name))
    return part
