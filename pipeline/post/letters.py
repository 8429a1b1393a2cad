"""A letter: what is written to whom, with which files. The same letter has the same Message-ID whenever it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from enum import StrEnum
from pathlib import PurePosixPath

_TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".pdf": ("application", "pdf"),
    ".html": ("text", "html"),
}
"""By which a phone knows the program that opens a file."""


class Kind(StrEnum):
    """Why a letter is written."""

    DISTRICT = "district"
    LEADERS = "leaders"
    REMINDER = "reminder"
    ANSWER = "answer"
    NIGHT = "night"
    URGENT = "urgent"
    UNSENT = "unsent"
    """To the office: what may be urgent and was mailed to no leader."""


class Delivery(StrEnum):
    """In which way a letter brings an item."""

    ATTACHED = "attached"
    NAMED = "named"
    """A file that makes the letter too large: the letter says where to get it."""
    IN_WORDS = "in words"
    """A sentence alone, without a file."""


MOST_BYTES = 15 << 20
"""All attachments of a letter on the wire, at most: many servers refuse a message above 20 MB."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a recipient gets at most once: a file of a day's folder, a reminder, or a word about a file."""

    name: str
    """The file's name as the recipient sees it; '' for a reminder."""
    digest: str
    """SHA-256 of its content, or of what it reports."""
    content: bytes = b""
    delivery: Delivery = Delivery.ATTACHED

    @property
    def size(self) -> int:
        """Return its bytes on the wire: base64 makes a line of 76 characters, with CR and LF, of every 57 bytes (RFC 2045)."""
        return -(-len(self.content) // 57) * 78


def bounded(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return the items, of which those that no longer fit into one letter are only named. What matters most comes first."""
    room, kept = MOST_BYTES, []
    for item in items:
        fits = item.size <= room
        room -= item.size if fits else 0
        kept.append(item if fits else replace(item, content=b"", delivery=Delivery.NAMED))
    return tuple(kept)


def digest_of(*parts: object) -> str:
    """Return what an item or a letter is known by in the record of what was sent."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


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
    edition: str = ""
    """The SHA-256 of the manifest of the edition that it is about; '' for a reminder."""
    in_reply_to: str = ""
    """The Message-ID of the message that it answers; '' for a letter of our own accord."""

    @property
    def digest(self) -> str:
        """Return what the letter is known by: its recipient and what it brings. The wording does not count."""
        items = sorted(item.digest for item in self.items)
        return digest_of(self.kind, self.day, self.district, self.recipient.lower(), *items)

    def message_id(self, sender: str) -> str:
        """Return the same for the same letter, so that whoever gets it twice can tell."""
        return f"<{self.digest[:40]}@{sender.rpartition('@')[2]}>"


def message(letter: Letter, sender: str, office: str, at: datetime) -> bytes:
    """Return the message for the wire, with CRLF and lines of ASCII.

    The boundaries come from the letter and not from chance, so that the same letter at the same moment is the same bytes.
    """
    outer = MIMEMultipart("mixed", boundary=f"=_{letter.digest[:32]}_1")
    outer["Subject"] = Header(letter.subject, "utf-8", header_name="Subject").encode()
    outer["From"] = formataddr((str(Header(office, "utf-8")) if office else "", sender))
    outer["To"] = letter.recipient
    outer["Date"] = format_datetime(at)
    outer["Message-ID"] = letter.message_id(sender)
    if letter.in_reply_to:
        outer["In-Reply-To"] = outer["References"] = letter.in_reply_to
    # RFC 3834: no answering machine answers
    outer["Auto-Submitted"] = "auto-replied" if letter.kind is Kind.ANSWER else "auto-generated"
    outer["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    body = MIMEMultipart("alternative", boundary=f"=_{letter.digest[:32]}_2")
    body.attach(MIMEText(letter.text, "plain", "utf-8"))
    body.attach(MIMEText(letter.html, "html", "utf-8"))
    outer.attach(body)
    for item in letter.items:
        if item.delivery is Delivery.ATTACHED:
            outer.attach(_attachment(item))
    return outer.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _attachment(item: Item) -> MIMEBase:
    """Return the file under its Chinese name: as RFC 2231 has it, and once more as Outlook and NetEase have long read it."""
    kinds = _TYPES.get(PurePosixPath(item.name).suffix.lower(), ("application", "octet-stream"))
    part = MIMEBase(*kinds, name=str(Header(item.name, "utf-8").encode(maxlinelen=0)))
    if part.get_content_maintype() == "text":
        part.set_param("charset", "utf-8")
    part.set_payload(item.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", item.name))
    return part
