"""`run.py fetch`: brings what districts have mailed into the inbox. `fetch` tells the story; nothing here reads a workbook.

The order for every message: its files into the inbox, seen on the disk; a line in the journal; only then its mark in the mailbox.
A fetch that is killed in between lays the same files at the same place the next time, so nothing is lost and nothing comes twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.disk import lock, storage
from pipeline.doors import automatic_mail, deposit, fetch_words, headers, imap, message_parts, sender
from pipeline.doors.imap import MailboxError, MessageOnServer, RefusedError, Session
from pipeline.doors.message_parts import Bounds, MessageOpener, MessageParts
from pipeline.doors.sender import Sender
from pipeline.intake import mail_journal
from pipeline.intake.mail_journal import Journal, JournalEntry, Place
from pipeline.reading.gate.safe_workbook import Limits
from pipeline.settings.config import Settings
from pipeline.settings.mailboxes import Mailbox
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail
from pipeline.terms.messages import shorten
from pipeline.terms.notice_number import is_of_notice

FOLDER = "邮件"
"""The folder of the files in the inbox."""
STATE = mail_journal.STATE
"""Where the journal is in the office's state."""
_AT_ONCE = 50
"""So many messages are marked together: a server that does not let them be marked is found out after the first so many."""
_SEEN, _FLAGGED = r"\Seen", r"\Flagged"
_MOST_HEADER = 1 << 18
"""Bytes of a message that is not downloaded, to see who sent it."""
_LONGEST_ID = 998
"""Characters of a line in a message (RFC 5322, 2.1.1)."""

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
    repeated: int = 0
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
    with lock.hold(state, "收邮件") as held, MessageOpener(_bounds(settings)) as opener:
        if held.remark:
            say(held.remark)
        journal = mail_journal.read(state / mail_journal.NAME)
        for account in settings.mailboxes:
            try:
                with connect(account, _password(account)) as session:
                    for folder in account.folders:
                        held.check()
                        _fetch_folder(_FolderFetch(settings, account, session, journal, opener, fetched, say), folder)
            except MailboxError as error:
                fetched.failed.append(str(error))
        deposit.sweep(settings.paths.inbox / FOLDER)
    if fetched.messages or not fetched.failed:  # "no new mail" would be untrue of a mailbox that nobody could look into
        say(fetch_words.sums(fetched.messages, fetched.files, (fetched.empty, fetched.left, fetched.repeated)))
    return fetched


def mails(settings: Settings, since: datetime) -> list[Mail]:
    """Return the messages that came since then and were looked at, in order."""
    return mail_journal.mails(settings, since)


def note_answers(settings: Settings, answered: Mapping[str, str]) -> None:
    """Note when messages were answered, by their identity; where another fetch is at work, the next one notes it."""
    if answered:
        mail_journal.read(settings.paths.state / STATE / mail_journal.NAME).note_answers(answered)


def _bounds(settings: Settings) -> Bounds:
    limits = settings.limits
    measures = Limits(limits.file_megabytes << 20, limits.unpacked_megabytes << 20, limits.cells)
    return Bounds(limits.memory_megabytes << 20, limits.seconds, measures)


def _password(account: Mailbox) -> str:
    """Return the mailbox's password. Raises MailboxError where there is none."""
    try:
        secret = account.secret()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"邮箱 {account.user} 的密码文件 {account.password_file} 读不了：请检查它在不在、有没有权限、是不是用 UTF-8 保存的。"
        raise MailboxError(msg) from error
    if secret is None:
        where = f"环境变量 {account.password_env}" if account.password_env else f"密码文件 {account.password_file}"
        msg = f"邮箱 {account.user} 没有密码：{where} 是空的。请写好后再运行一次。"
        raise MailboxError(msg)
    return secret


# --- one folder --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _FolderFetch:
    """What one folder is fetched with."""

    settings: Settings
    account: Mailbox
    session: Session
    journal: Journal
    opener: MessageOpener
    fetched: Fetched
    say: Say
    refused: RefusedError | None = None
    """Why messages cannot be marked; they are taken all the same, and the next fetch tries to mark them again."""


def _fetch_folder(fetching: _FolderFetch, folder: str) -> None:
    """Take every message of the folder that the journal does not know; a folder that the server refuses costs itself alone."""
    try:
        place = Place(fetching.account.address, folder, fetching.session.select(folder))
        uids_present = fetching.session.uids()
        done = fetching.journal.entries(place)
        waiting = sum(1 for uid in uids_present if uid in done and done[uid].verdict == "left")
        new = [uid for uid in uids_present if uid not in done]
        for chunk in _chunks(new):
            for message in fetching.session.describe(chunk):
                if not _is_too_old(message, fetching):
                    _take(message, place, fetching)
            _mark(place, uids_present, fetching)
        _mark(place, uids_present, fetching)
    except RefusedError as error:
        fetching.refused = error
    else:
        if waiting:
            fetching.say(fetch_words.still_left(fetching.account.user, folder, waiting))
    if fetching.refused:
        fetching.fetched.failed.append(str(fetching.refused))


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (uids[start : start + _AT_ONCE] for start in range(0, len(uids), _AT_ONCE))


def _is_too_old(message: MessageOnServer, fetching: _FolderFetch) -> bool:
    """Return whether it came before the first day that is fetched, in the office's zone."""
    since = fetching.account.since
    return bool(since and message.received_at and message.received_at.astimezone(fetching.settings.calendar.zone).date() < since)


def _mark(place: Place, uids_present: Iterable[int], fetching: _FolderFetch) -> None:
    """Mark in the mailbox what the journal says is done: read or moved where all was taken, starred where a person must look."""
    present = set(uids_present)
    due = fetching.journal.unsettled(place)
    done = [entry.uid for entry in due if entry.verdict == "taken" and entry.uid in present]
    left = [entry.uid for entry in due if entry.verdict == "left" and entry.uid in present]
    if fetching.refused or not due:
        return
    try:
        if done and fetching.account.done_folder:
            fetching.session.move(done, fetching.account.done_folder)
        elif done:
            fetching.session.flag(done, _SEEN)
        if left:
            fetching.session.flag(left, _FLAGGED)
    except RefusedError as error:
        fetching.refused = error
        return
    fetching.journal.settle(place, [entry.uid for entry in due])


# --- one message -------------------------------------------------------------------------------------------------


def _take(message: MessageOnServer, place: Place, fetching: _FolderFetch) -> None:
    """Put what could be a report into the inbox and note the message; a message that is gone meanwhile is skipped."""
    most = fetching.account.message_megabytes << 20
    raw = b""
    if message.size <= most and message.received_at:
        downloaded = fetching.session.download(message.uid, most + 1)  # one byte more shows whether it is larger than the server declared
        if downloaded is None:
            return
        raw = downloaded
    if message.received_at is None:
        _leave(message, place, "no-date", fetching)
    elif max(message.size, len(raw)) > most:
        _leave(message, place, "too-large", fetching)
    else:
        _open(raw, message.received_at.astimezone(fetching.settings.calendar.zone), place, message.uid, fetching)


def _leave(message: MessageOnServer, place: Place, why: str, fetching: _FolderFetch) -> None:
    """Note a message that was not downloaded."""
    numbers = {"size": -(-message.size // (1 << 20)), "limit": fetching.account.message_megabytes}
    fetching.journal.note(_left(JournalEntry(place, message.uid, "left", why=(why,)), message, numbers, fetching))
    fetching.fetched.messages += 1
    fetching.fetched.left += 1
    what = fetch_words.reason(why, **numbers)
    when = message.received_at.astimezone(fetching.settings.calendar.zone) if message.received_at else None
    fetching.say(fetch_words.line(when, "一封邮件", f"{what}；{fetch_words.LEFT}"))


def _left(entry: JournalEntry, message: MessageOnServer, numbers: Mapping[str, int], fetching: _FolderFetch) -> JournalEntry:
    """Return what is noted of a message that was not downloaded: who sent it stands in its header."""
    if message.received_at is None:
        return entry
    received = message.received_at.astimezone(fetching.settings.calendar.zone)
    header = headers.fields(fetching.session.download(message.uid, _MOST_HEADER) or b"")
    who = sender.judge(header, fetching.account.authserv_id, checks=fetching.account.check_sender)
    known = replace(entry, sender=who.address, message_id=_message_id(header), received_at=received.isoformat())
    return _told(known, header, who, [("", fetch_words.for_sender(entry.why[0], **numbers))])


def _told(entry: JournalEntry, header: headers.Fields | None, who: Sender, not_taken: Sequence[tuple[str, str]]) -> JournalEntry:
    """Return the note with what people are told of the message."""
    has_nothing = not entry.files and not not_taken
    return replace(
        entry,
        subject=shorten(_subject(header)),
        claimed="" if who.address else fetch_words.of_sender(None, who.claimed, who.reason),
        not_taken=tuple((shorten(name), why) for name, why in not_taken[:_MOST_NOTED]),
        # who writes back in words alone has forgotten no file
        is_silent=automatic_mail.is_automatic(header, who.address) or (has_nothing and automatic_mail.is_reply(header)),
    )


_MOST_NOTED = 20


def _open(raw: bytes, received: datetime, place: Place, uid: int, fetching: _FolderFetch) -> None:
    """Put the message's reports into the inbox and note it; where the program itself failed over it, the next fetch tries again."""
    header = headers.fields(raw)
    who = sender.judge(header, fetching.account.authserv_id, checks=fetching.account.check_sender)
    parts = fetching.opener.take_apart(raw)
    if parts.fault:
        fetching.fetched.faults.append(parts.fault)
        return
    parts.passed_over = list(_passed_over(parts, _subject(header)))
    sums = [hashlib.sha256(content).hexdigest() for _name, content in parts.taken]
    verdict = "left" if parts.left else "taken" if parts.taken else "nothing"
    why = tuple(sorted({reason for _name, reason in parts.left}))
    entry = JournalEntry(place, uid, verdict, who.address, _message_id(header), received.isoformat(), tuple(sums), why)
    new = [file for file, sha256 in zip(parts.taken, sums, strict=True) if not fetching.journal.has_elsewhere(entry, sha256)]
    where = _where(raw, entry, received, fetching.settings)
    names = deposit.lay(where, new, _envelope(entry, received)) if new else []
    folder = where.relative_to(fetching.settings.paths.inbox).as_posix()
    again = [(shorten(file[0]), "") for file in parts.taken if file not in new]
    taken = (*((shorten(name), f"{folder}/{name}") for name in names), *again)
    reasons = [(name, _for_sender(name, reason)) for name, reason in (*parts.left, *parts.passed_over)]
    fetching.journal.note(_told(replace(entry, taken=taken), header, who, reasons))
    _count_and_tell(parts, names, who, received, fetching)


def _passed_over(parts: MessageParts, subject: str) -> Iterator[tuple[str, str]]:
    """Yield what is certainly no report; what answers a notice is told by its name, or by the subject where there is no report."""
    is_answer = is_of_notice(subject) and not parts.taken
    for name, why in parts.passed_over:
        is_own = why not in (message_parts.SLIP, "bounce") and (is_answer or is_of_notice(name))
        yield name, fetch_words.NOTICE_ANSWERS.get(why, fetch_words.NO_FILE)[0] if is_own else why
    if is_answer and not parts.passed_over and not parts.left:
        yield "", fetch_words.NO_FILE[0]


def _for_sender(name: str, why: str) -> str:
    whole = "这封邮件" if not name and why == fetch_words.NO_FILE[0] else ""
    return f"{whole}{fetch_words.for_sender(why)}"


def _subject(header: headers.Fields | None) -> str:
    return headers.decoded(next(iter(headers.values(header or (), "subject")), ""))


def _message_id(header: headers.Fields | None) -> str | None:
    identities = headers.values(header or (), "message-id")
    return identities[0][:_LONGEST_ID] if identities and identities[0] else None


def _envelope(entry: JournalEntry, received: datetime) -> Envelope:
    return Envelope(received, "email", entry.sender, entry.message_id)


def _where(raw: bytes, entry: JournalEntry, received: datetime, settings: Settings) -> Path:
    """Return the message's own folder, the same for the same message whatever its UID is, as long as its sender is judged the same."""
    parts = (entry.place.mailbox, received.isoformat(), entry.sender or "", hashlib.sha256(raw).hexdigest())
    name = storage.digest(part.encode("utf-8", "replace") for part in parts)[:16]
    return settings.paths.inbox / FOLDER / received.date().isoformat() / name


def _count_and_tell(parts: MessageParts, names: Sequence[str], who: Sender, received: datetime, fetching: _FolderFetch) -> None:
    """Count the message and report what became of it. Nothing is reported of one whose files had all come in before."""
    fetched = fetching.fetched
    again = len(parts.taken) - len(names)
    if again and not names and not parts.left:
        fetched.repeated += 1
        return
    fetched.messages += 1
    fetched.files += len(names)
    fetched.empty += not parts.taken and not parts.left
    fetched.left += bool(parts.left)
    what = fetch_words.of_message(names, parts.passed_over, parts.left, again=again)
    whom = fetch_words.of_sender(who.address, who.claimed, who.reason)
    envelope = Envelope(received, "email", who.address)
    is_listed = any(district.accepts(envelope) for district in fetching.settings.districts)
    sender = "" if not names or is_listed else "unlisted" if who.address else "unproven"
    fetching.say(fetch_words.line(received, whom, what, sender=sender))
