"""Tells the office by mail of a night without its result, once: `nightly` at its own end, else `serve`, `fetch` and `send`.

A night that never ran can say nothing of itself, and one that stops may have stopped for a damaged ledger: so that the letters' journal
alone is enough to know what was said.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pipeline.disk import lock
from pipeline.ledger.ledger import Ledger
from pipeline.post import letters, sending, smtp, wording
from pipeline.post.letters import Delivery, Item
from pipeline.post.sending import Connect, SendingOutcome
from pipeline.post.sent_letters import JournalAlone, SentLetters
from pipeline.publishing import nights
from pipeline.settings.config import Settings
from pipeline.terms.errors import AnotherRunError, PipelineError

LOCK = "watch"


def run(settings: Settings, now: datetime, connect: Connect = smtp.connected) -> SendingOutcome:
    """Mail the office where the last night has no result, and nobody has told it yet. Does nothing where nobody is to be told."""
    outcome, outgoing = SendingOutcome(), settings.outgoing_mail
    failed = nights.look(settings, now) if outgoing and outgoing.office else None
    if outgoing is None or failed is None:
        return outcome
    item = Item("", letters.digest_of("night", failed.day), delivery=Delivery.IN_WORDS)
    if not _to_tell(JournalAlone(settings.paths.state), outgoing.office, item):
        return outcome
    try:
        with lock.hold(settings.paths.state / LOCK, "夜间检查"), _record(settings) as record:
            writer = wording.Writer(settings, now.date())
            recipients = _to_tell(record, outgoing.office, item)
            outcome.planned = [writer.night(failed, recipient, item, platform.node()) for recipient in recipients]
            if outcome.planned:
                sending.hand_over(outcome, record, settings, outgoing, connect)
    except AnotherRunError:  # serve, fetch or send is telling it at this moment
        outcome.planned = []
    return outcome


def _to_tell(record: SentLetters | JournalAlone, office: tuple[str, ...], item: Item) -> list[str]:
    return [recipient for recipient in office if item.digest not in record.settled(recipient)]


@contextmanager
def _record(settings: Settings) -> Iterator[SentLetters | JournalAlone]:
    """Give what is known of the letters; where the ledger cannot be used, what the journal beside it says."""
    try:
        ledger = Ledger(settings.paths.ledger_place)
    except (PipelineError, OSError):
        yield JournalAlone(settings.paths.state)
        return
    with ledger:
        try:
            record: SentLetters | JournalAlone = SentLetters(ledger, settings.paths.state)
        except (PipelineError, OSError):
            record = JournalAlone(settings.paths.state)
        yield record
