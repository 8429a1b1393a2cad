"""`run.py fetch`: brings what districts have mailed into the inbox. `fetch` tells the story; nothing here reads a workbook.

The order for every message: its files into the inbox, seen on the disk; a line in the journal; only then its mark in the mailbox.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.disk import lock, storage
from pipeline.doors import deposit, fetch_words, headers, imap, mail_journal, sender
from pipeline.doors.imap import MailboxError, MessageOnServer, RefusedError, Session
from pipeline.doors.mail_journal import Entry, Journal, Place
from pipeline.doors.message_parts import Bounds, Letter, Letters
from pipeline.doors.sender import Sender
from pipeline.reading.gate.safe_workbook import Limits
from pipeline.settings.config import Settings
from pipeline.settings.mailboxes import Mailbox
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.nouns import Envelope

FOLDER = "邮件"
"""Where the files lie in the inbox."""
STATE = "mail"
"""Where the journal lies in the office's state."""
_AT_ONCE = 50
"""So many messages are marked together."""
_SEEN, _FLAGGED = r"\Seen", r"\Flagged"
_LONGEST_ID = 998

Say = Callable[[str], None]
Connect = Callable[[Mailbox, str], AbstractContextManager[Session]]


@dataclass(slots=True)
class Fetched:
    """What a fetch did."""

    messages: int = 0
    files: int = 0
    empty: int = 0
    """Messages without anything that could be a report."""
    left: int = 0
    """Messages of which something that could be one was not taken."""
    known: int = 0
    """Messages whose files had all come in before, seen again because the server has given its messages other numbers."""
    failed: list[str] = field(default_factory=list)
    """Why mailboxes could not be read, or marked."""
    faults: list[tuple[str, ...]] = field(default_factory=list)
    """Where the program itself failed over a message; it is tried again by the next fetch."""


def fetch(settings: Settings, say: Say, connect: Connect = imap.connected) -> Fetched:
    """Bring the attachments of every new message of every mailbox into the inbox; one mailbox's failure costs it alone.

    Raises ConfigurationError where there is no mailbox, AnotherRunError where another fetch is under way.
    """
    if not settings.mailboxes:
        raise ConfigurationError(fetch_words.NONE)
    state = settings.paths.state / STATE
    fetched = Fetched()
    with lock.hold(state, "收邮件") as held, Letters(_bounds(settings)) as letters:
        if held.remark:
            say(held.remark)
        journal = mail_journal.read(state / mail_journal.NAME)
        for account in settings.mailboxes:
            try:
                with connect(account, _password(account)) as session:
                    for folder in account.folders:
                        held.check()
                        _fetch_folder(_Round(settings, account, session, journal, letters, fetched, say), folder)
            except MailboxError as error:
                fetched.failed.append(str(error))
        deposit.tidy(settings.paths.inbox / FOLDER)
    if fetched.messages or not fetched.failed:  # "no new mail" would be untrue of a mailbox that nobody could look into
        say(fetch_words.sums(fetched.messages, fetched.files, (fetched.empty, fetched.left, fetched.known)))
    return fetched


def _bounds(settings: Settings) -> Bounds:
    limits = settings.limits
    measures = Limits(limits.file_megabytes << 20, limits.unpacked_megabytes << 20, limits.cells)
    return Bounds(limits.memory_megabytes << 20, limits.seconds, measures)


def _password(account: Mailbox) -> str:
    """The mailbox's password. Raises MailboxError where there is none."""
    try:
        found = account.secret()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"邮箱 {account.user} 的密码文件 {account.password_file} 读不了：请检查它在不在、有没有权限、是不是用 UTF-8 保存的。"
        raise MailboxError(msg) from error
    if found is None:
        where = f"环境变量 {account.password_env}" if account.password_env else f"密码文件 {account.password_file}"
        msg = f"邮箱 {account.user} 没有密码：{where} 是空的。请写好后再运行一次。"
        raise MailboxError(msg)
    return found


# --- one folder --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Round:
    """What one folder is fetched with."""

    settings: Settings
    account: Mailbox
    session: Session
    journal: Journal
    letters: Letters
    fetched: Fetched
    say: Say
    refused: RefusedError | None = None
    """Why messages cannot be marked; they are taken all the same, and the next fetch tries to mark them again."""


def _fetch_folder(with_: _Round, folder: str) -> None:
    """Take every message of the folder that the journal does not know; a folder that the server refuses costs itself alone."""
    try:
        place = Place(with_.account.address, folder, with_.session.select(folder))
        lying = with_.session.uids()
        known = with_.journal.known(place)
        waiting = sum(1 for uid in lying if uid in known and known[uid].verdict == "left")
        new = [uid for uid in lying if uid not in known]
        for chunk in _chunks(new):
            for message in with_.session.describe(chunk):
                if not _is_too_old(message, with_):
                    _take(message, place, with_)
            _mark(place, lying, with_)
        _mark(place, lying, with_)
    except RefusedError as error:
        with_.refused = error
    else:
        if waiting:
            with_.say(fetch_words.still_left(with_.account.user, folder, waiting))
    if with_.refused:
        with_.fetched.failed.append(str(with_.refused))


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))


def _is_too_old(message: MessageOnServer, with_: _Round) -> bool:
    """Whether it came before the first day that is fetched, in the office's zone."""
    since = with_.account.since
    return bool(since and message.received_at and message.received_at.astimezone(with_.settings.calendar.zone).date() < since)


def _mark(place: Place, lying: Iterable[int], with_: _Round) -> None:
    """Mark in the mailbox what the journal says is done: read or moved where all was taken, starred where a person must look."""
    here = set(lying)
    due = with_.journal.unsettled(place)
    done = [one.uid for one in due if one.verdict == "taken" and one.uid in here]
    left = [one.uid for one in due if one.verdict == "left" and one.uid in here]
    if with_.refused or not due:
        return
    try:
        if done and with_.account.done_folder:
            with_.session.move(done, with_.account.done_folder)
        elif done:
            with_.session.flag(done, _SEEN)
        if left:
            with_.session.flag(left, _FLAGGED)
    except RefusedError as error:
        with_.refused = error
        return
    with_.journal.settle(place, [one.uid for one in due])


# --- one message -------------------------------------------------------------------------------------------------


def _take(message: MessageOnServer, place: Place, with_: _Round) -> None:
    """Lay what could be a report into the inbox and note the message; a message that is gone meanwhile is nobody's."""
    most = with_.account.message_megabytes << 20
    raw = b""
    if message.size <= most and message.received_at:
        got = with_.session.download(message.uid, most + 1)
        if got is None:
            return
        raw = got
    if message.received_at is None:
        _leave(message, place, "no-date", with_)
    elif max(message.size, len(raw)) > most:
        _leave(message, place, "too-large", with_)
    else:
        _open(raw, message.received_at.astimezone(with_.settings.calendar.zone), place, message.uid, with_)


def _leave(message: MessageOnServer, place: Place, why: str, with_: _Round) -> None:
    """Note a message that was not downloaded."""
    with_.journal.note(Entry(place, message.uid, "left", why=(why,)))
    with_.fetched.messages += 1
    with_.fetched.left += 1
    megabytes = -(-message.size // (1 << 20))
    what = fetch_words.reason(why, size=megabytes, limit=with_.account.message_megabytes)
    when = message.received_at.astimezone(with_.settings.calendar.zone) if message.received_at else None
    with_.say(fetch_words.line(when, "一封邮件", f"{what}；{fetch_words.LEFT}", is_refused=False))


def _open(raw: bytes, received: datetime, place: Place, uid: int, with_: _Round) -> None:
    known = headers.fields(raw)
    who = sender.judge(known, with_.account.authserv_id, checks=with_.account.check_sender)
    letter = with_.letters.take_apart(raw)
    if letter.fault:
        with_.fetched.faults.append(letter.fault)
        return
    sums = [hashlib.sha256(content).hexdigest() for _name, content in letter.taken]
    verdict = "left" if letter.left else "taken" if letter.taken else "nothing"
    why = tuple(sorted({one for _name, one in letter.left}))
    entry = Entry(place, uid, verdict, who.address, _message_id(known), received.isoformat(), tuple(sums), why)
    new = [one for one, sha256 in zip(letter.taken, sums, strict=True) if not with_.journal.has_elsewhere(entry, sha256)]
    names = deposit.lay(_where(raw, entry, received, with_.settings), new, _envelope(entry, received)) if new else []
    with_.journal.note(entry)
    _tell(letter, names, who, received, with_)


def _message_id(known: headers.Fields | None) -> str | None:
    said = headers.values(known or (), "message-id")
    return said[0][:_LONGEST_ID] if said and said[0] else None


def _envelope(entry: Entry, received: datetime) -> Envelope:
    return Envelope(received, "email", entry.sender, entry.message_id)


def _where(raw: bytes, entry: Entry, received: datetime, settings: Settings) -> Path:
    """The message's own folder, the same for the same message whatever its UID is, as long as its sender is judged the same."""
    parts = (entry.place.mailbox, received.isoformat(), entry.sender or "", hashlib.sha256(raw).hexdigest())
    name = storage.digest(part.encode("utf-8", "replace") for part in parts)[:16]
    return settings.paths.inbox / FOLDER / received.date().isoformat() / name


def _tell(letter: Letter, names: Sequence[str], who: Sender, received: datetime, with_: _Round) -> None:
    done = with_.fetched
    again = len(letter.taken) - len(names)
    if again and not names and not letter.left:
        done.known += 1
        return
    done.messages += 1
    done.files += len(names)
    done.empty += not letter.taken and not letter.left
    done.left += bool(letter.left)
    what = fetch_words.of_message(names, letter.passed_over, letter.left, again=again)
    whom = fetch_words.of_sender(who.address, who.claimed, who.reason)
    with_.say(fetch_words.line(received, whom, what, is_refused=bool(names) and who.address is None))
