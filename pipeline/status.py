"""Who has reported, what is waiting, what was refused: a look that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipeline import inbox, nightly, submission
from pipeline.fold import Filed, number_revisions
from pipeline.ledger import Ledger
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class DistrictStatus:
    """What one district has handed in for the day."""

    district: str
    status: str
    """on-time, late or missing."""
    received_at: datetime | None
    revision: int
    refused: tuple[Filed, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The office's board for one day."""

    day: date
    districts: tuple[DistrictStatus, ...]
    unknown: tuple[Filed, ...]
    """Refused files of no known district."""
    waiting: tuple[str, ...]
    """Files in the inbox that the next run will take in."""
    has_assignment: bool
    is_published: bool


def look(settings: Settings, day: date) -> Status:
    """The board of that day."""
    filed = _filed(settings)
    of_day = [one for one in filed if one.reading.day == day.isoformat() and not one.arrival.is_assignment]
    refused = [one for one in of_day if not one.reading.accepted]
    return Status(
        day=day,
        districts=tuple(_district(name, of_day, refused, day, settings) for name in settings.district_names),
        unknown=tuple(one for one in refused if not one.reading.district),
        waiting=tuple(inbox.lying(settings.paths.inbox)),
        has_assignment=any(one.arrival.is_assignment and one.reading.accepted for one in filed),
        is_published=(settings.paths.outbox / day.isoformat()).is_dir(),
    )


def _filed(settings: Settings) -> list[Filed]:
    if not nightly.ledger_of(settings).exists():
        return []
    ledger = Ledger(nightly.ledger_of(settings))
    try:
        outlines = ledger.outlines()
        return [one for one in outlines if one.reading.accepted] + ledger.load(one for one in outlines if not one.reading.accepted)
    finally:
        ledger.close()


def _district(name: str, of_day: list[Filed], refused: list[Filed], day: date, settings: Settings) -> DistrictStatus:
    sent_back = tuple(one for one in refused if one.reading.district == name)
    accepted = [one for one in of_day if one.reading.accepted and one.reading.district == name]
    revisions = [one for one in number_revisions(accepted) if one.revision]
    if not revisions:
        return DistrictStatus(name, "missing", None, 0, sent_back)
    received = revisions[0].filed.arrival.envelope.received_at.astimezone(settings.calendar.zone)
    status = "on-time" if received <= submission.cut_off(day, settings) else "late"
    return DistrictStatus(name, status, received, revisions[-1].revision, sent_back)
