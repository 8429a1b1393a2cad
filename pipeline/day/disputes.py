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


@dataclass(frozen=True, slots=True)
class Dispute:
    """A 不认可 that stands."""

    reply_number: str
    """The 答复文号 under which it stands, as codes are compared; '' where there was none, and then any reply ends it."""
    since: date
    """The day of the row that opened it."""


def after(row: _Row, day: date, standing: Dispute | None, *, reopens: bool) -> Dispute | None:
    """Return the dispute that stands after an accepted row of that day. What ends one comes first; a 不认可 then opens one."""
    if standing and _ends(row, standing, reopens=reopens):
        standing = None
    if row["群众确认"] != DISPUTED:
        return standing
    number = key(row["答复文号"] or "") or (standing.reply_number if standing else "")
    return Dispute(number, standing.since if standing else day)


def _ends(row: _Row, dispute: Dispute, *, reopens: bool) -> bool:
    """Return whether a row ends a dispute: by 认可, by reopening the case, or by another reply."""
    return row["群众确认"] == CONFIRMED or reopens or _is_another_reply(row, dispute)


def _is_another_reply(row: _Row, dispute: Dispute) -> bool:
    """Return whether the row has a reply, which is 答复日期 and 答复文号, under another number than the dispute's."""
    number = key(row["答复文号"] or "")
    return bool(number and row["答复日期"]) and number != dispute.reply_number
