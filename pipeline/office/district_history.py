"""What a district has handed in, by whatever door, and what became of it: which revision counts, what was refused, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pipeline.ledger.ledger import Ledger
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Filed, number_revisions
from pipeline.terms.text import mask
from pipeline.web.drafts import Sent

DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Line:
    """One file."""

    received_at: datetime
    name: str
    day: str
    """The report's day, ISO; '' while nobody knows it."""
    number: str
    """The receipt number; '' for what came by another door."""
    channel: str
    became: str
    """waiting, in-force, replaced, duplicate or refused."""
    revision: int
    in_force: int
    """The revision that counts for that day; 0 for none."""
    reason: str
    """Why it was refused whole, or will be."""


@dataclass(frozen=True, slots=True)
class History:
    """A district's files of some weeks."""

    lines: list[Line]
    """The newest first; what was sent here and not yet taken in is among them."""
    receipts: Mapping[tuple[str, str], bool]
    """The district's own receipts by their day and their place in its folder: whether the one that counts. None of a stranger's."""
    reported: list[str]
    """Every day, ISO, of which a report of the district counts, however long ago."""


def of(district: str, sent: Iterable[Sent], settings: Settings, since: date) -> History:
    """The district's history since that day; `sent` is what it sent here."""
    uploads = {one.number: one for one in sent if not one.is_assignment}
    taken, filed, reported = _filed(district, set(uploads), settings, since.isoformat())
    own = [one for one in filed if _is_own(one, district, set(uploads))]
    waiting = [_waiting(one) for number, one in uploads.items() if number not in taken]
    lines = [*waiting, *_told(own, uploads, settings)]
    newest = sorted(lines, key=lambda one: (one.received_at, one.number, one.name), reverse=True)
    return History(newest, _receipts(district, filed, set(uploads), settings), reported)


def _filed(district: str, numbers: set[str], settings: Settings, since: str) -> tuple[set[str | None], list[Filed], list[str]]:
    """The message ids of all reports that were taken in; those since that day that are or say they are the district's; its days."""
    if not settings.paths.ledger.exists():
        return set(), [], []
    ledger = Ledger(settings.paths.ledger)
    try:
        outlines = [one for one in ledger.outlines() if not one.arrival.is_assignment]
        said = [one for one in outlines if one.reading.district == district or _is_own(one, district, numbers)]
        recent = [one for one in said if one.reading.day >= since]
        refused = {one.arrival.id: one for one in ledger.load(one for one in recent if not one.reading.accepted)}
        days = sorted({one.reading.day for one in said if one.reading.accepted and one.reading.district == district})
        return {one.arrival.envelope.message_id for one in outlines}, [refused.get(one.arrival.id, one) for one in recent], days
    finally:
        ledger.close()


def _is_own(one: Filed, district: str, numbers: set[str]) -> bool:
    """The district's by what it says, and not somebody else's who only named the district; or sent under one of its numbers."""
    if one.arrival.envelope.channel == "upload":
        return one.arrival.envelope.message_id in numbers
    return one.reading.district == district and one.reading.accepted


def _receipts(district: str, filed: Iterable[Filed], numbers: set[str], settings: Settings) -> dict[tuple[str, str], bool]:
    """The receipts that the district may have, named as the night's run named them: all of a day in their order, then its own of them."""
    by_day: dict[str, list[Filed]] = {}
    for one in filed:
        if one.reading.district == district:
            by_day.setdefault(one.reading.day, []).append(one)
    found: dict[tuple[str, str], bool] = {}
    for day, several in by_day.items():
        sent = number_revisions(one for one in several if one.reading.accepted)
        in_force = {one.filed.arrival.id for one in sent if one.in_force and one.revision}
        answered = receipt_files.answered(several, settings)
        found |= {(day, name): one.arrival.id in in_force for name, one in answered.items() if not _is_strangers(one, numbers)}
    return found


def _is_strangers(one: Filed, numbers: set[str]) -> bool:
    """Whether it came from a sender who may not report for the district: whose it is, its cover alone does not tell."""
    is_sent_here = one.arrival.envelope.channel == "upload" and one.arrival.envelope.message_id in numbers
    return not is_sent_here and one.reading.is_from_stranger


def _told(filed: list[Filed], uploads: dict[str, Sent], settings: Settings) -> Iterator[Line]:
    by_day: dict[tuple[str, str], list[Filed]] = {}
    for one in filed:
        if one.reading.accepted:
            by_day.setdefault((one.reading.day, one.reading.district), []).append(one)
    numbered = {key: number_revisions(several) for key, several in by_day.items()}
    known = {one.filed.arrival.id: one for several in numbered.values() for one in several}
    force = {key: max(one.revision for one in several) for key, several in numbered.items()}
    for one in filed:
        place, number = known.get(one.arrival.id), one.arrival.envelope.message_id or ""
        yield Line(
            received_at=one.arrival.envelope.received_at.astimezone(settings.calendar.zone),
            name=uploads[number].name if number in uploads else mask(one.arrival.name),
            day=one.reading.day,
            number=number if number in uploads else "",
            channel=one.arrival.envelope.channel,
            became="refused" if place is None else "duplicate" if not place.revision else "in-force" if place.in_force else "replaced",
            revision=place.revision if place else 0,
            in_force=force.get((one.reading.day, one.reading.district), 0),
            reason=next((found.message for found in one.reading.findings if found.refuses), ""),
        )


def _waiting(one: Sent) -> Line:
    day = str((one.checked or {}).get("day", "")) if (one.checked or {}).get("accepted") else ""
    return Line(one.received_at, one.name, day, one.number, "upload", "waiting", 0, 0, _foreseen(one))


def _foreseen(one: Sent) -> str:
    """Why the check expects that it is refused whole; '' where it does not."""
    checked = one.checked or {}
    if checked.get("accepted", True):
        return ""
    return next((str(group["message"]) for section in checked["sections"] for group in section["groups"]), "")
