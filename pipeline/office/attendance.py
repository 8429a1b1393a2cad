"""Who reported on each of the last days, and how often on time, late or not at all: the calendar strip of every district.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day.submissions import NO_REPORTS, Submissions
from pipeline.intake import held_files
from pipeline.intake.incoming import Incoming
from pipeline.settings.config import Settings
from pipeline.terms import words

DAYS: Final = 30
_WORDS: Final = {**words.REPORTED, "coming": "已到待收", "open": "还没到截止"}
"""How a day stands, for people."""


@dataclass(frozen=True, slots=True)
class DayAttended:
    """One day of one district: on-time, late, missing; coming while its report waits; open while there is still time."""

    day: date
    stands: str

    @property
    def word(self) -> str:
        """How it stands, for people."""
        return _WORDS[self.stands]


@dataclass(frozen=True, slots=True)
class Strip:
    """A district's last days, oldest first."""

    district: str
    days: tuple[DayAttended, ...]

    def on(self, stands: str) -> list[date]:
        """Return the days that stand so."""
        return [attended.day for attended in self.days if attended.stands == stands]


def strips(settings: Settings, now: datetime, waiting: Sequence[Incoming] = ()) -> list[Strip]:
    """Return the strip of every district, up to today.

    None begins before the first day of which anybody has reported: then there was no office yet. Raises LedgerError.
    """
    index = Submissions.of(file for file in held_files.held(settings, lambda _file: False).files if not file.arrival.is_assignment)
    coming = {(file.district, file.day) for file in waiting if file.day}
    return [strip(name, index, coming, settings, now) for name in settings.district_names]


def strip(district: str, index: Submissions, coming: Collection[tuple[str, date]], settings: Settings, now: datetime) -> Strip:
    """Return one district's strip; `coming`: of which districts and days a report waits."""
    began = min([*index.days(settings.district_names), *(day for _district, day in coming), now.date()])
    first = max(began, now.date() - timedelta(days=DAYS - 1))
    days = [first + timedelta(days=count) for count in range((now.date() - first).days + 1)]

    def stands(day: date) -> str:
        calendar = settings.on(day).calendar
        standing = index.on(day).get(district, NO_REPORTS).standing(day, calendar)
        if standing != "missing":
            return standing
        if (district, day) in coming:
            return "coming"
        return "open" if now <= calendar.last_moment(day) else standing

    return Strip(district, tuple(DayAttended(day, stands(day)) for day in days))


def missed(district: str, index: Submissions, coming: Collection[tuple[str, date]], settings: Settings, now: datetime) -> list[date]:
    """Return the days before today that the district itself can still make up for, the newest first.

    As on its strip, but none before its own first report: then it had no part in it yet.
    """
    own = [*index.days([district]), *(day for name, day in coming if name == district)]
    days = strip(district, index, coming, settings, now).on("missing") if own else []
    return [day for day in reversed(days) if min(own) < day < now.date()]
