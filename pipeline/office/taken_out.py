"""Files of messages that somebody took out of the inbox by hand before a run had them: they are told beside what was not taken.

Covered by tests/post/test_sending.py and tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from pipeline.intake import envelopes, held_files, inbox
from pipeline.settings.config import Settings
from pipeline.terms.mails import Mail
from pipeline.terms.text import storable

WHY: Final = "收到过，但还没有汇总就被人从收件箱里拿走了，没有算上；要算数的，请再发一次"
FOR_OFFICE: Final = "收到过，但还没有汇总就被人从收件箱里拿走了，没有算上。请找一找，连同信封文件放回原处；找不到的，请旗区再发一次"


def told(mails: Sequence[Mail], settings: Settings, why: str = WHY) -> list[Mail]:
    """Return the messages, with the files that are gone among those that were not taken, and why. Raises LedgerError."""
    paths = {storable(path): settings.paths.inbox / path for mail in mails for _name, path in mail.taken if path}
    lacking = {path for path, place in paths.items() if not place.is_file()}
    if not lacking:
        return list(mails)
    lying = list(_lying(settings))  # before the ledger: what a run takes in meanwhile is in one of the two
    known = [*lying, *((arrival.path, arrival.envelope.message_id) for arrival in held_files.arrivals(settings))]
    gone = lacking - {path for path, _message in known}
    moved = {message for path, message in known if path not in paths}
    return [mail if mail.message_id and mail.message_id in moved else _without(mail, gone, why) for mail in mails]


def _without(mail: Mail, gone: Iterable[str], why: str) -> Mail:
    names = [(name, path) for name, path in mail.taken if path and storable(path) in gone]
    taken = tuple(file for file in mail.taken if file not in names)
    return replace(mail, taken=taken, not_taken=(*mail.not_taken, *((name, why) for name, _path in names)))


def _lying(settings: Settings) -> Iterator[tuple[str, str | None]]:
    """Go through the files in the inbox: where each lies, and the message that brought it."""
    for seen in inbox.files(settings.paths.inbox):
        with suppress(OSError, envelopes.EnvelopeError):
            yield seen.relative, envelopes.look(seen.path, seen.sidecar, settings.calendar.zone).message_id
