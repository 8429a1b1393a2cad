"""`run.py send`: write the letters that are due, at most once each, and know what became of every one."""

from __future__ import annotations

import hashlib
import json
import smtplib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline import lock, nightly, outbox
from pipeline.errors import ConfigurationError
from pipeline.ledger import Ledger
from pipeline.outgoing import Outgoing
from pipeline.post import letters, plan, smtp
from pipeline.post.book import Book, Row, State
from pipeline.post.letters import Letter
from pipeline.settings import Settings

_STATES = {
    smtp.Fate.TAKEN: State.SENT,
    smtp.Fate.PUT_OFF: State.PUT_OFF,
    smtp.Fate.REFUSED: State.REFUSED,
    smtp.Fate.UNKNOWN: State.UNDER_WAY,
}
Connect = Callable[[Outgoing], AbstractContextManager[smtplib.SMTP]]
_ENOUGH = 3
"""So many letters in a row that the server puts off end the run: the rest waits for the next one."""


@dataclass(slots=True)
class Sent:
    """What a run of `send` did."""

    planned: list[Letter] = field(default_factory=list)
    """All letters that were due; with `dry_run` none was sent."""
    done: list[tuple[Letter, smtp.Answer]] = field(default_factory=list)
    not_tried: list[Letter] = field(default_factory=list)
    unknown: list[Row] = field(default_factory=list)
    """Letters of which nobody knows whether the server has them; they are not sent again by themselves."""
    refused: list[Row] = field(default_factory=list)
    """Letters that the server wanted none of, in the days that are looked at."""
    without_address: list[str] = field(default_factory=list)
    why: str = ""
    """Why the server could not be reached, if it could not."""

    @property
    def is_complete(self) -> bool:
        """Whether every letter has come to its end."""
        return not (self.not_tried or self.unknown or self.why or any(one.fate is not smtp.Fate.TAKEN for _letter, one in self.done))


def run(settings: Settings, now: datetime, connect: Connect = smtp.connected, *, dry_run: bool = False, unknown: str | None = None) -> Sent:
    """Send what is due. `unknown`: what the office has found out about letters of unknown fate, `again` or `done`."""
    outgoing = settings.outgoing_mail
    if outgoing is None:
        msg = "设置文件里没有写 outgoing_mail（发信服务器和收件人），没有发信。请照 config.yaml 里的说明填写。"
        raise ConfigurationError(msg)
    with lock.alone(settings.paths.state / "post"):
        ledger = Ledger(nightly.ledger_of(settings))
        try:
            book = Book(ledger.engine, settings.paths.state)
            _settle(book, unknown, now)
            sent = _due(ledger, book, settings, outgoing, now)
            if not dry_run and sent.planned:
                _send(sent, book, settings, outgoing, connect)
            rows = book.rows()
            oldest = (now.date() - timedelta(days=outgoing.days)).isoformat()
            sent.unknown = [one for one in rows if one.state is State.UNDER_WAY]
            sent.refused = [one for one in rows if one.state is State.REFUSED and one.day >= oldest]
            return sent
        finally:
            ledger.close()


def _settle(book: Book, unknown: str | None, now: datetime) -> None:
    states = {"again": State.PUT_OFF, "done": State.SENT}
    if unknown is not None:
        for row in book.rows():
            if row.state is State.UNDER_WAY:
                book.settle(row, states[unknown], f"办公室核实：{'重发' if unknown == 'again' else '对方已收到'}", now)


def _due(ledger: Ledger, book: Book, settings: Settings, outgoing: Outgoing, now: datetime) -> Sent:
    published = list(_published(ledger, settings, outgoing, now.date()))
    planner = plan.Planner(settings, outgoing, book.settled, now)
    about, reminders = planner.about(published), planner.reminders()
    without = dict.fromkeys([*about.without_address, *reminders.without_address])
    return Sent(planned=[*about.letters, *reminders.letters], without_address=list(without))


def _published(ledger: Ledger, settings: Settings, outgoing: Outgoing, today: date) -> Iterator[plan.Published]:
    """The last days' folders, as far as they are whole."""
    for iso, (_fingerprint, manifest) in sorted(ledger.publications().items()):
        day = date.fromisoformat(iso)
        if not 0 <= (today - day).days <= outgoing.days or not outbox.is_whole(settings.paths.outbox, iso, manifest):
            continue
        folder = settings.paths.outbox / iso
        written = (folder / outbox.MANIFEST).read_bytes()
        if hashlib.sha256(written).hexdigest() == manifest:
            said = json.loads(written)
            yield plan.Published(day, folder, said["outputs"], said["correction"])


# --- handing over ------------------------------------------------------------------------------------------------


def _send(sent: Sent, book: Book, settings: Settings, outgoing: Outgoing, connect: Connect) -> None:
    waiting = list(sent.planned)
    try:
        with connect(outgoing) as server:
            put_off = 0
            while waiting and put_off < _ENOUGH:
                letter = waiting.pop(0)
                answer = _hand_over(
                    letter, book, settings, outgoing, lambda content, to: smtp.hand_over(server, outgoing.sender, to, content)
                )
                sent.done.append((letter, answer))
                put_off = 0 if answer.fate in (smtp.Fate.TAKEN, smtp.Fate.REFUSED) else put_off + 1
    except smtp.UnreachableError as error:
        sent.why = str(error)
    sent.not_tried = waiting


def _hand_over(
    letter: Letter, book: Book, settings: Settings, outgoing: Outgoing, hand_over: Callable[[bytes, str], smtp.Answer]
) -> smtp.Answer:
    """Note that it is under way, hand it over, note what became of it: a kill in between leaves it as of unknown fate."""
    at = datetime.now(settings.calendar.zone)
    identity = letter.message_id(outgoing.sender)
    book.note(letter, identity, State.UNDER_WAY, "", at)
    answer = hand_over(letters.message(letter, outgoing.sender, settings.office, at), letter.recipient)
    book.note(letter, identity, _STATES[answer.fate], answer.said, datetime.now(settings.calendar.zone))
    return answer
