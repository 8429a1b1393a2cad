"""What has been fetched: a line for every message whose files are safe in the inbox, or that holds none that could be had.

A message is known by its mailbox, folder, UIDVALIDITY and UID, never by its flags, which anybody can change.
Covered by tests/doors/test_mailbox.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.disk import storage
from pipeline.settings.config import Settings
from pipeline.terms.mails import Mail

STATE = "mail"
NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of a mailbox, while its UIDs mean the same."""

    mailbox: str
    folder: str
    validity: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """What was done with one message; its fields are a line of the journal."""

    place: Place
    uid: int
    verdict: str
    """taken: everything that could be a report is in the inbox; nothing: there was none; left: something could not be had."""
    sender: str | None = None
    message_id: str | None = None
    received_at: str = ""
    files: tuple[str, ...] = ()
    """SHA-256 of each file of the message that is or was in the inbox."""
    why: tuple[str, ...] = ()
    """Names of the sentences about what was left."""
    subject: str = ""
    claimed: str = ""
    """What the message says of a sender that does not count, and why it does not."""
    taken: tuple[tuple[str, str], ...] = ()
    """Names and paths in the inbox of the files that came in; a path is '' where the file had come in before."""
    not_taken: tuple[tuple[str, str], ...] = ()
    """Names of the others, and why: in sentences."""
    is_silent: bool = True
    """Whether nobody may answer it; so are all that were noted before messages were answered."""

    @property
    def identity(self) -> str:
        """What the message is known by, also under another UID."""
        parts = (self.place.mailbox, self.received_at, self.sender or "", self.message_id or "", *self.files)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class Journal:
    """The journal's lines, and what was added to them."""

    path: Path
    _entries: dict[Place, dict[int, JournalEntry]] = field(default_factory=dict)
    _settled: set[tuple[Place, int]] = field(default_factory=set)
    _deposited: dict[tuple[str, str, str], set[Place]] = field(default_factory=dict)
    """Where each file was found, by Message-ID, sender and SHA-256."""
    _answered: dict[str, str] = field(default_factory=dict)
    """When messages were answered, by their identity."""

    def entries(self, place: Place) -> dict[int, JournalEntry]:
        """Return the messages of that folder that are done, by UID."""
        return self._entries.get(place, {})

    def unsettled(self, place: Place) -> list[JournalEntry]:
        """Return those whose mark in the mailbox was not seen to be set; a message without a report gets none."""
        entries = self.entries(place).values()
        return [entry for entry in entries if entry.verdict != "nothing" and (place, entry.uid) not in self._settled]

    def has_elsewhere(self, entry: JournalEntry, sha256: str) -> bool:
        """Return whether the file came in by the same message from another folder, or from this one under other UIDs."""
        places = self._deposited.get((entry.message_id or "", entry.sender or "", sha256), set())
        return bool(entry.message_id) and bool(places - {entry.place})

    def note(self, entry: JournalEntry) -> None:
        """Add a message, seen on the disk when this returns."""
        storage.append_lines(self.path, [_line({"mail": asdict(entry)})])
        self._add(entry)

    def mails(self, since: datetime) -> list[Mail]:
        """Return the messages that came since then, in order; one that lies in two folders once, as it was noted first."""
        by_identity: dict[str, Mail] = {}
        for entries in self._entries.values():
            for entry in entries.values():
                if entry.received_at and datetime.fromisoformat(entry.received_at) >= since and entry.identity not in by_identity:
                    by_identity[entry.identity] = _mail(entry, self._answered.get(entry.identity, ""))
        return sorted(by_identity.values(), key=lambda mail: (mail.received_at, mail.identity))

    def note_answers(self, answered: Mapping[str, str]) -> None:
        """Add that these messages were answered, and when."""
        new = {identity: at for identity, at in answered.items() if identity not in self._answered}
        if new:
            storage.append_lines(self.path, [_line({"answered": new})])
            self._answered |= new

    def settle(self, place: Place, uids: Iterable[int]) -> None:
        """Add that these messages have their mark in the mailbox, or are gone from the folder."""
        done = sorted(uids)
        if done:
            storage.append_lines(self.path, [_line({"settled": asdict(place), "uids": done})])
            self._settled |= {(place, uid) for uid in done}

    def _add(self, entry: JournalEntry) -> None:
        self._entries.setdefault(entry.place, {})[entry.uid] = entry
        if entry.message_id:
            for sha256 in entry.files:
                self._deposited.setdefault((entry.message_id, entry.sender or "", sha256), set()).add(entry.place)

    def read(self) -> None:
        """Take in what the file says; a line that a power cut tore is none."""
        for line in storage.read_entries(self.path):
            if "mail" in line:
                mail = line["mail"]
                pairs = {name: tuple((str(first), str(second)) for first, second in mail.get(name, ())) for name in ("taken", "not_taken")}
                lists = {name: tuple(mail[name]) for name in ("files", "why")}
                self._add(JournalEntry(**{**mail, **pairs, **lists, "place": Place(**mail["place"])}))
            elif "answered" in line:
                self._answered |= line["answered"]
            else:
                place = Place(**line["settled"])
                self._settled |= {(place, uid) for uid in line["uids"]}


def _mail(entry: JournalEntry, answered: str) -> Mail:
    received = datetime.fromisoformat(entry.received_at)
    told = (entry.subject, entry.message_id, entry.taken, entry.not_taken, entry.is_silent, answered)
    return Mail(entry.identity, entry.sender, entry.claimed, received, *told)


def mails(settings: Settings, since: datetime) -> list[Mail]:
    """Return the messages that came since then and were looked at, in order."""
    return read(settings.paths.state / STATE / NAME).mails(since)


def read(path: Path) -> Journal:
    """Read the journal in that file; it is empty where there is none."""
    journal = Journal(path)
    journal.read()
    return journal


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=True).encode()
