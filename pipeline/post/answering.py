"""Answers to what districts mail, within minutes: what was taken and what is wrong with it, what was not, and why. `run` tells the story.

A message is answered at most once, and only where our own mail server vouches for a sender whom a district has named. What died between
taking a message and answering it is made up for by the next fetch; after a day it is too late, and the night's receipt says it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from pipeline.ledger import one_run
from pipeline.ledger.ledger import Ledger
from pipeline.office import taken_out
from pipeline.office.mailed_files import MailedFiles
from pipeline.post import letters, sending, smtp, wording
from pipeline.post.letters import Delivery, Item, Kind, Letter
from pipeline.post.sending import Connect, SendingOutcome
from pipeline.post.sent_letters import SentLetters
from pipeline.post.wording import Beside
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail

WHILE = timedelta(days=1)
"""An answer that comes later helps nobody; also, a mailbox that is fetched for the first time has years of mail."""
_MOST_A_DAY = 30
"""So many answers a day to one address: a program that sends our answers back must not keep us busy."""
LOCK = "answers"


@dataclass(slots=True)
class Answers:
    """What a run has answered."""

    outcome: SendingOutcome = field(default_factory=SendingOutcome)
    answered: dict[str, str] = field(default_factory=dict)
    """When messages were answered, ISO, by their identity."""


def run(settings: Settings, now: datetime, mails: Sequence[Mail], connect: Connect = smtp.connected) -> Answers:
    """Answer the messages that nobody has answered. Does nothing where no mail server is set, or the office wants no answers.

    Raises AnotherRunError where another fetch is answering.
    """
    answers, outgoing = Answers(), settings.outgoing_mail
    waiting = [(mail, district) for mail in mails if (district := _whose(mail, settings, now)) and not mail.answered]
    if outgoing is None or not outgoing.answers or not waiting:
        return answers
    with one_run.hold(settings.paths, settings.paths.state / LOCK, "回信"), Ledger(settings.paths.ledger_place) as ledger:
        record = SentLetters(ledger, settings.paths.state)
        due = [(mail, district) for mail, district in waiting if _is_due(mail, record)]
        if due:
            with MailedFiles(settings, now, len(due)) as files:
                answers.outcome.planned = [_letter(mail, district, files, settings, now) for mail, district in due]
            sending.hand_over(answers.outcome, record, settings, outgoing, connect)
        answers.answered = {
            mail.identity: now.isoformat() for mail, _district in waiting if _digest(mail) in record.settled(mail.sender or "")
        }
    return answers


def _digest(mail: Mail) -> str:
    return letters.digest_of("answer", mail.identity)


def _whose(mail: Mail, settings: Settings, now: datetime) -> str:
    """Return the district that has named this sender; '' where none has, or nobody may answer the message."""
    own = {account.user.lower() for account in settings.mailboxes} | {
        settings.outgoing_mail.sender.lower() if settings.outgoing_mail else ""
    }
    if mail.is_silent or not mail.sender or mail.sender.lower() in own or not timedelta(0) <= now - mail.received_at <= WHILE:
        return ""
    envelope = Envelope(mail.received_at, "email", mail.sender)
    return next((district.name for district in settings.districts if district.accepts(envelope)), "")


def _is_due(mail: Mail, record: SentLetters) -> bool:
    day, sender = mail.received_at.date().isoformat(), (mail.sender or "").lower()
    of_day = sum((letter.kind, letter.day, letter.recipient.lower()) == (Kind.ANSWER, day, sender) for letter in record.all())
    return of_day < _MOST_A_DAY and _digest(mail) not in record.settled(sender)


def _letter(mail: Mail, district: str, files: MailedFiles, settings: Settings, now: datetime) -> Letter:
    """Write the answer to one message."""
    (mail,) = taken_out.told([mail], settings, made_good=taken_out.MADE_GOOD, waits=files.waits())
    told = [files.look(name, path, district) for name, path in mail.taken]
    receipts = [
        Item(f"{PurePosixPath(file.name).stem}_回执.xlsx", letters.digest_of("answer", mail.identity, number), file.receipt)
        for number, file in enumerate(told)
        if file.receipt
    ]
    form = files.form(district, told)
    forms = [Item(form[0], letters.digest_of("form", mail.identity), form[1])] if form else []
    items = [*letters.bounded([*receipts, *forms]), Item("", _digest(mail), delivery=Delivery.IN_WORDS)]
    without = "" if any(file.day or file.is_old for file in told) else files.of_day(district, mail.received_at.date())
    return wording.Writer(settings, now.date()).answer(mail, district, told, items, Beside(without, form[0] if form else ""))
