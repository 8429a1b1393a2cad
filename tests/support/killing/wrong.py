"""Orders that lose something when the machine dies: the test of the test."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.disk import storage
from pipeline.doors import deposit, mailbox
from pipeline.intake.envelopes import SIDECAR
from pipeline.intake.mail_journal import Journal, JournalEntry
from pipeline.post import letters, sending, smtp
from pipeline.post.letters import Letter
from pipeline.post.sent_letters import SentLetters, State
from pipeline.publishing import outbox
from pipeline.settings.config import ASSIGNMENT, Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.handed_in import Envelope


def _removed_before_noted() -> None:
    """The sender's file goes as soon as it is archived, before the ledger has noted it."""
    keep = storage.copy_into_archive

    def keep_and_remove(source: Path, seen: os.stat_result, archive: Path) -> tuple[str, int]:
        kept = keep(source, seen, archive)
        if ASSIGNMENT not in source.parts:
            source.unlink()
        return kept

    storage.copy_into_archive = keep_and_remove


def _removed_before_archived() -> None:
    """The sender's file goes before its copy has its place in the archive."""
    keep = storage.copy_into_archive

    def remove_and_keep(source: Path, seen: os.stat_result, archive: Path) -> tuple[str, int]:
        if ASSIGNMENT in source.parts:
            return keep(source, seen, archive)
        content = source.read_bytes()
        source.unlink()
        aside = archive / f".{source.name}.tmp"
        storage.write(aside, content)
        sha256 = hashlib.sha256(content).hexdigest()
        aside.replace(archive / sha256)
        return sha256, len(content)

    storage.copy_into_archive = remove_and_keep


def _sidecar_before_its_file() -> None:
    """The sidecar goes first; a file left without it has arrived at another time."""
    remove = storage.remove

    def remove_sidecar_first(path: Path) -> bool:
        remove(path.with_name(path.name + SIDECAR))
        return remove(path)

    storage.remove = remove_sidecar_first


def _straight_into_place() -> None:
    """The day's files are written into the folder that people look into."""

    def publish(out: Path, day: str, files: Mapping[str, bytes], _kept: Path, _known: Collection[str]) -> str:
        (out / day).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            storage.write(out / day / name, content)
        return hashlib.sha256(files[outbox.MANIFEST]).hexdigest()

    outbox.publish = publish  # type: ignore[assignment]


ORDERS = {
    "removed before noted": _removed_before_noted,
    "removed before archived": _removed_before_archived,
    "sidecar before its file": _sidecar_before_its_file,
    "straight into place": _straight_into_place,
}


# --- fetching ----------------------------------------------------------------------------------------------------


def _noted_before_laid() -> None:
    """A message is noted as done before its files lie in the inbox."""
    lay, note = deposit.lay, Journal.note
    waiting: list[tuple[Any, ...]] = []

    def lay_later(place: Path, files: Sequence[tuple[str, bytes | Path]], envelope: Envelope) -> list[str]:
        waiting.append((place, files, envelope))
        return [name for name, _content in files]

    def note_and_lay(self: Journal, entry: JournalEntry) -> None:
        note(self, entry)
        while waiting:
            lay(*waiting.pop())

    deposit.lay = lay_later
    Journal.note = note_and_lay  # type: ignore[method-assign]


def _marked_before_laid() -> None:
    """A message bears its mark in the mailbox before its files lie in the inbox."""
    open_ = mailbox._open  # noqa: SLF001

    def mark_and_open(*message: Any) -> None:  # noqa: ANN401 - handed on as it is
        _raw, _received, _place, uid, with_ = message
        if with_.account.done_folder:
            with_.session.move([uid], with_.account.done_folder)
        else:
            with_.session.flag([uid], r"\Seen")
        open_(*message)

    mailbox._open = mark_and_open  # type: ignore[assignment] # noqa: SLF001


def _never_the_same_place() -> None:
    """A message's files lie at another place each time it is fetched."""
    where = mailbox._where  # noqa: SLF001

    def elsewhere(raw: bytes, entry: JournalEntry, received: datetime, settings: Settings) -> Path:
        place = where(raw, entry, received, settings)
        return next(one for number in range(100) if not (one := place.with_name(f"{place.name}-{number}")).exists())

    mailbox._where = elsewhere  # noqa: SLF001


FETCHING = {
    "noted before laid": _noted_before_laid,
    "marked before laid": _marked_before_laid,
    "never the same place": _never_the_same_place,
}


# --- sending -----------------------------------------------------------------------------------------------------


Give = Callable[[bytes, str], smtp.Answer]


def _sent_before_answered() -> None:
    """A letter is noted as sent before the server has answered; a refusal is noted afterwards."""

    def hand_over(letter: Letter, record: SentLetters, settings: Settings, outgoing: Outgoing, give: Give) -> smtp.Answer:
        at = datetime.now(settings.calendar.zone)
        identity = letter.message_id(outgoing.sender)
        record.note(letter, identity, State.UNDER_WAY, "", at)
        record.note(letter, identity, State.SENT, "", at)
        answer = give(letters.message(letter, outgoing.sender, settings.office, at), letter.recipient)
        if answer.fate is not smtp.Fate.TAKEN:
            record.note(letter, identity, sending._STATES[answer.fate], answer.words, at)  # noqa: SLF001
        return answer

    sending._hand_over = hand_over  # type: ignore[assignment] # noqa: SLF001


def _noted_afterwards_only() -> None:
    """Nothing is noted before the server has the letter."""

    def hand_over(letter: Letter, record: SentLetters, settings: Settings, outgoing: Outgoing, give: Give) -> smtp.Answer:
        at = datetime.now(settings.calendar.zone)
        answer = give(letters.message(letter, outgoing.sender, settings.office, at), letter.recipient)
        record.note(letter, letter.message_id(outgoing.sender), sending._STATES[answer.fate], answer.words, at)  # noqa: SLF001
        return answer

    sending._hand_over = hand_over  # type: ignore[assignment] # noqa: SLF001


SENDING = {
    "sent before answered": _sent_before_answered,
    "noted afterwards only": _noted_afterwards_only,
}
