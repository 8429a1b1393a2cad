"""A message that came by mail, as far as people are told of it: what of it was taken, what was not, and why.

Covered by tests/post/test_answering.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
