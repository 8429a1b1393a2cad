"""A dispute (群众不认可): where it begins, under which reply it stands, and where it ends (contract 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipeline.terms.contract import CONFIRMED, DISPUTED
from pipeline.terms.text import key


class _Row(Protocol):
    """An accepted row of 案件进展."""

    def __getitem__(self, column: str, /) -> str | None: ...

    def day(self, column: str, /) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Dispute:
    """A 不认可 that stands."""

    reply_number: str
    """The 答复文号 under which it stands, as codes are compared; '' where there was none, and then any reply ends it."""
    since: date
    """The day of the row that opened it."""
    under_number_since: date
    """The day on which it was first reported under that number: a reply from before that day ends nothing."""


def after(row: _Row, day: date, standing: Dispute | None) -> Dispute | None:
    """Return the dispute that stands after an accepted row of that day. What ends one comes first; a 不认可 then opens one."""
    if standing and ends(row, standing):
        standing = None
    if row["群众确认"] != DISPUTED:
        return standing
    if standing is None:
        return Dispute(_reply_number(row), day, day)
    number = _reply_number(row) or standing.reply_number
    return Dispute(number, standing.since, standing.under_number_since if number == standing.reply_number else day)


def is_answered_too_early(row: _Row, dispute: Dispute | None) -> bool:
    """Whether a row that does not say 认可 gives another reply, dated before the dispute was reported: it ends nothing."""
    if dispute is None or row["群众确认"] == CONFIRMED or not _is_another_reply(row, dispute):
        return False
    replied = row.day("答复日期")
    return replied is not None and replied < dispute.under_number_since


def ends(row: _Row, dispute: Dispute) -> bool:
    """Whether a row ends a dispute: by 认可, or by another reply that is not older than the dispute.

    Reopening the case does not: resolved again under the reply that was not accepted, it is still disputed.
    """
    if row["群众确认"] == CONFIRMED:
        return True
    replied = row.day("答复日期")
    return replied is not None and _is_another_reply(row, dispute) and replied >= dispute.under_number_since


def _is_another_reply(row: _Row, dispute: Dispute) -> bool:
    """Whether the row names another reply than the dispute's."""
    number = _reply_number(row)
    return bool(number) and number != dispute.reply_number


def _reply_number(row: _Row) -> str:
    return key(row["答复文号"] or "")
