"""What a day's folder rests on: the files that count, those told beside them, and a fingerprint of it all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline import CONTRACT_VERSION, HOME, __version__
from pipeline.day.submissions import Submissions
from pipeline.disk import storage
from pipeline.publishing import numbering
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Filed, in_order
from pipeline.terms.notice_number import NoticeNumber

_TEMPLATES = HOME / "templates"
_NOT_SHOWN = {"paths", "outgoing_mail", "mailboxes", "upload"}
"""Settings that change no published day."""


def templates_of(settings: Settings) -> Path:
    """Where the templates lie: the program's own unless set."""
    return settings.paths.templates or _TEMPLATES


def needed(outlines: list[Filed], days: Iterable[date]) -> list[Filed]:
    """The files whose rows or findings the days need: superseded revisions only on their own day."""
    wanted = frozenset(days)
    last = max(wanted)
    force = {one.arrival.id for one in in_force(outlines)}
    return [
        one
        for one in outlines
        if one.arrival.is_assignment or one.reading.day in wanted or (one.reading.day <= last and one.arrival.id in force)
    ]


def in_force(outlines: Iterable[Filed]) -> list[Filed]:
    """The accepted reports that count: the last revision of each district and day."""
    return Submissions.of(outlines).in_force()


def refused_on(outlines: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """The files refused whole that belong to the day; of assignment workbooks those newer than the one in force."""
    newest = _assignments_by(outlines, day, settings)[-1]
    return [
        one
        for one in in_order(outlines)
        if not one.reading.accepted
        and (one.reading.day == day if not one.arrival.is_assignment else _is_newer(one, newest) and one.reading.day <= day)
    ]


def _is_newer(one: Filed, other: Filed) -> bool:
    return one.arrival.envelope.received_at > other.arrival.envelope.received_at


def _assignments_by(outlines: Iterable[Filed], day: date, settings: Settings) -> list[Filed]:
    """The usable assignment workbooks that had arrived by the end of the day, or the earliest there is."""
    usable = [one for one in in_order(outlines) if one.arrival.is_assignment and one.reading.accepted]
    zone = settings.calendar.zone
    arrived = [one for one in usable if one.arrival.envelope.received_at.astimezone(zone).date() <= day]
    return arrived or usable[:1]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Every file that a day's folder rests on, each kind in order of arrival."""

    counting: tuple[Filed, ...]
    """Assignment workbooks and the reports in force, of the day and of those before it."""
    superseded: tuple[Filed, ...]
    """The day's reports that a later one replaced, and duplicates."""
    refused: tuple[Filed, ...]

    @property
    def all(self) -> tuple[Filed, ...]:
        """All of them."""
        return (*self.counting, *self.superseded, *self.refused)


def of(outlines: Sequence[Filed], day: date, settings: Settings) -> Inputs:
    """What counts for the day, and what else is reported for it."""
    reports = [one for one in in_force(outlines) if one.reading.day <= day]
    counted = {one.arrival.id for one in reports}
    superseded = [
        one
        for one in in_order(outlines)
        if one.reading.accepted and not one.arrival.is_assignment and one.reading.day == day and one.arrival.id not in counted
    ]
    counting = (*_assignments_by(outlines, day, settings), *reports)
    return Inputs(counting, tuple(superseded), tuple(refused_on(outlines, day, settings)))


def fingerprint(files_of: Iterable[Filed], day: date, settings: Settings, numbers: tuple[NoticeNumber, ...], *, figures_alone: bool) -> str:
    """What the day's folder is made from: the files, the numbers of notices, the settings, the templates and the program."""
    files = [
        (one.arrival.path, one.arrival.sha256, one.arrival.envelope.received_at.isoformat(), one.reading.accepted, f"{one.reading.day}")
        for one in files_of
    ]
    said = settings.model_dump(mode="json", exclude=_NOT_SHOWN)
    templates = sorted(path for path in templates_of(settings).iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))
    given = [one.written + one.district for one in numbering.around(numbers, day)]
    parts = [
        json.dumps(given),
        __version__,
        str(CONTRACT_VERSION),
        day.isoformat(),
        str(figures_alone),
        json.dumps(files),
        json.dumps(said, sort_keys=True),
    ]
    return storage.digest([*(part.encode() for part in parts), *(path.read_bytes() for path in templates)])
