"""`run.py send`: write the letters that are due, at most once each, and know what became of every one."""

from __future__ import annotations

import hashlib
import json
import smtplib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.disk import lock
from pipeline.ledger.ledger import Ledger
from pipeline.post import letter_plan, letters, smtp
from pipeline.post.letters import Kind, Letter
from pipeline.post.sent_letters import Book, Row, State
from pipeline.publishing import outbox
from pipeline.render.receipts import receipts
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Filed
from pipeline.terms.text import mask, on_screen

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
    """Letters that the server wanted none of, in the days that are looked at, to addresses that are still written to."""
    without_address: list[str] = field(default_factory=list)
    why: str = ""
    """Why the server could not be reached, if it could not."""

    @property
    def is_complete(self) -> bool:
        """Whether every letter has come to its end."""
        unsettled = self.not_tried or self.unknown or self.refused
        return not (unsettled or self.why or any(one.fate is not smtp.Fate.TAKEN for _letter, one in self.done))


@dataclass(frozen=True, slots=True)
class FoundOut:
    """What the office has found out about letters of unknown fate."""

    fate: str
    """`again`: send it again; `done`: it has arrived."""
    to: str | None = None
    """The one recipient that is meant; None for all."""


def run(
    settings: Settings, now: datetime, connect: Connect = smtp.connected, *, dry_run: bool = False, found_out: FoundOut | None = None
) -> Sent:
    """Send what is due."""
    outgoing = settings.outgoing_mail
    if outgoing is None:
        msg = "设置文件里没有写 outgoing_mail（发信服务器和收件人），没有发信。请照 config.yaml 里的说明填写。"
        raise ConfigurationError(msg)
    with lock.hold(settings.paths.state / "post"):
        ledger = Ledger(settings.paths.ledger)
        try:
            book = Book(ledger.engine, settings.paths.state)
            if found_out:
                _settle(book, found_out, now)
            sent = _due(ledger, book, settings, outgoing, now)
            if not dry_run and sent.planned:
                _send(sent, book, settings, outgoing, connect)
            rows = book.rows()
            sent.unknown = [one for one in rows if one.state is State.UNDER_WAY]
            sent.refused = [one for one in rows if one.state is State.REFUSED and _still_matters(one, settings, outgoing, now)]
            return sent
        finally:
            ledger.close()


def _settle(book: Book, found_out: FoundOut, now: datetime) -> None:
    states = {"again": State.PUT_OFF, "done": State.SENT}
    meant = [
        one
        for one in book.rows()
        if one.state is State.UNDER_WAY and (found_out.to is None or one.recipient.lower() == found_out.to.lower())
    ]
    if found_out.to is not None and not meant:
        msg = (
            f"没有发给 {on_screen(found_out.to)} 的下落不明的信，什么也没有改，没有发信。收件人以 python run.py send --dry-run 列出的为准。"
        )
        raise ConfigurationError(msg)
    for row in meant:
        book.settle(row, states[found_out.fate], f"办公室核实：{'重发' if found_out.fate == 'again' else '对方已收到'}", now)


def _still_matters(row: Row, settings: Settings, outgoing: Outgoing, now: datetime) -> bool:
    """Whether a refused letter still has to reach that address: not once the days are over, or another address is set."""
    days = 0 if row.kind == Kind.REMINDER else outgoing.days
    if row.day < (now.date() - timedelta(days=days)).isoformat():
        return False
    if row.kind == Kind.LEADERS:
        written_to = outgoing.leaders
    else:
        written_to = letter_plan.addresses(row.district, settings, outgoing) if row.district in settings.district_names else ()
    return row.recipient.lower() in {one.lower() for one in written_to}


def _due(ledger: Ledger, book: Book, settings: Settings, outgoing: Outgoing, now: datetime) -> Sent:
    published = list(_published(ledger, settings, outgoing, now.date()))
    planner = letter_plan.Planner(settings, outgoing, book.settled, now)
    about, reminders = planner.about(published), planner.reminders()
    without = dict.fromkeys([*about.without_address, *reminders.without_address])
    return Sent(planned=[*about.letters, *reminders.letters], without_address=list(without))


def _published(ledger: Ledger, settings: Settings, outgoing: Outgoing, today: date) -> Iterator[letter_plan.Published]:
    """The last days' folders, as far as they are whole."""
    outlines = [one for one in ledger.outlines() if not one.arrival.is_assignment]
    for iso, (_fingerprint, manifest) in sorted(ledger.publications().items()):
        day = date.fromisoformat(iso)
        if not 0 <= (today - day).days <= outgoing.days or not outbox.is_whole(settings.paths.outbox, iso, manifest):
            continue
        folder = settings.paths.outbox / iso
        written = (folder / outbox.MANIFEST).read_bytes()
        if hashlib.sha256(written).hexdigest() == manifest:
            said = json.loads(written)
            yield letter_plan.Published(
                day, folder, said["outputs"], said["correction"], _answers(outlines, iso, said["inputs"], ledger, settings)
            )


def _answers(outlines: Iterable[Filed], day: str, inputs: Iterable[dict[str, str]], ledger: Ledger, settings: Settings) -> dict[str, Filed]:
    """Which file each of the folder's receipts answers: of the day's files those that its manifest lists."""
    listed = {(one["path"], one["sha256"], one["received_at"]) for one in inputs}
    of_day = [one for one in outlines if one.reading.day == day and (mask(one.arrival.path), *one.arrival.identity[1:]) in listed]
    refused = ledger.load(one for one in of_day if not one.reading.accepted)
    return receipts.answered([*refused, *(one for one in of_day if one.reading.accepted)], settings)


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
