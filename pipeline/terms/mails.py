"""A message that came by mail, and a letter that we sent, as far as people are told of them.

Covered by tests/post/test_answering.py and tests/post/test_releases.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

NOTICE_ANSWER: Final = "是对督办通知的回复"
"""Begins what is said of what answers a notice by mail and is no report."""


def answers_notice(why: str) -> bool:
    """Whether that is why something was not taken: it answers a notice."""
    return NOTICE_ANSWER in why


@dataclass(frozen=True, slots=True)
class Mail:
    """One message."""

    identity: str
    """The same for the same message, whatever number the server gives it."""
    sender: str | None
    """The address, where our server vouches for it."""
    claimed: str
    """What the message says of its sender, and why that does not count; '' where it does."""
    received_at: datetime
    subject: str
    message_id: str | None
    taken: tuple[tuple[str, str], ...]
    """Of each file that was taken its name and its path in the inbox; '' for one that had come before."""
    not_taken: tuple[tuple[str, str], ...]
    """Of each file that was not: its name, '' where it has none, and why."""
    is_silent: bool = False
    """Whether nobody may answer it: a machine has written it, or a list has sent it on."""
    answered: str = ""
    """When it was answered, ISO; '' where it was not."""


@dataclass(frozen=True, slots=True)
class SentOut:
    """A letter that was handed over, or is to be again."""

    what: str
    """Of which kind it is, in words."""
    day: date
    """That it is about."""
    to: str
    """The district; '' for leaders and the office."""
    recipient: str
    subject: str
    at: datetime
    """When it was last touched."""
    became: str
    """In words."""
    is_settled: bool
    """Whether the server has taken it."""
    edition: str
    """To leaders: the SHA-256 of the manifest of the edition that it is about; '' where that is not known."""
    is_over: bool = False
    """Whether it was not taken and is not tried again: it is owed no more."""

    @property
    def sent_on(self) -> date:
        """The day of that moment."""
        return self.at.date()
