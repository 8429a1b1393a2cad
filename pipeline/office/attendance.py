"""How each district's reports of the last days stand, and how often so: the calendar strip of every district.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day.submissions import NO_REPORTS, OfDay, Submissions
from pipeline.day.submissions import stands as stands_with
from pipeline.intake import held_files
from pipeline.office.waiting import Waits
from pipeline.settings.config import Settings
from pipeline.terms import words

DAYS: Final = 30
_WORDS: Final = {**words.STANDS, "coming": "已到待收", "coming-refused": "已到，按现在会全部退回", "open": "还没到截止"}
"""How a day stands, for people."""
_TO_MAKE_UP: Final = ("missing", "lost", "refused", "coming-refused")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of everybody's reports."""

    index: Submissions
    coming: Collection[OfDay] = ()
    """Of which districts and days a report waits that will count."""
    in_vain: Collection[OfDay] = ()
    """Of these whose report will count and of which everything will be refused."""
    lost: Collection[OfDay] = ()
    """Of which one came whose original is lost, and that the office decided to go on without."""
    refused: Collection[OfDay] = ()
    """Of which one counts of which everything was refused."""
    excused: Collection[OfDay] = ()
    """Of which it is approved that one comes late."""


@dataclass(frozen=True, slots=True)
class DayAttended:
    """One day of one district: as `submissions.Stands`; coming, coming-refused while its report waits; open before the cut-off."""

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


def strips(
    settings: Settings,
    now: datetime,
    waiting: Sequence[Waits] = (),
    refused: Collection[OfDay] = (),
    excused: Collection[OfDay] = (),
) -> list[Strip]:
    """Return the strip of every district, up to today; `waiting`: judged; `refused`, `excused`: as of `Known`.

    None begins before the first day of which anybody has reported: then there was no office yet. Raises LedgerError.
    """
    held = held_files.held(settings, lambda _file: False)
    index = Submissions.of(file for file in held.files if not file.arrival.is_assignment)
    coming = {(waits.file.district, day): waits.takes_nothing for waits in waiting if (day := waits.counts_for) and not waits.is_repeat}
    in_vain = {of_day for of_day, takes_nothing in coming.items() if takes_nothing}
    known = Known(index, coming, in_vain, held.lost, refused, excused)
    return [strip(name, known, settings, now) for name in settings.district_names]


def strip(district: str, known: Known, settings: Settings, now: datetime) -> Strip:
    """Return one district's strip."""
    told = (day for of_day in (known.coming, known.lost) for _district, day in of_day)
    began = min([*known.index.days(settings.district_names), *told, now.date()])
    first = max(began, now.date() - timedelta(days=DAYS - 1))
    days = [first + timedelta(days=count) for count in range((now.date() - first).days + 1)]

    def stands(day: date) -> str:
        calendar, of_day = settings.on(day).calendar, (district, day)
        came = known.index.on(day).get(district, NO_REPORTS).standing(day, calendar)
        if of_day in known.in_vain:
            return "coming-refused"
        if came == "missing" and of_day in known.coming:
            return "coming"
        is_excused = of_day in known.excused
        standing = stands_with(came, is_refused=of_day in known.refused, is_lost=of_day in known.lost, is_excused=is_excused)
        return "open" if standing == "missing" and now <= calendar.last_moment(day) else standing

    return Strip(district, tuple(DayAttended(day, stands(day)) for day in days))


def missed(district: str, known: Known, settings: Settings, now: datetime) -> dict[date, str]:
    """Return the days before today that the district can still make up for, the newest first, each with how it stands.

    As on its strip: missing, lost, or with a report of which everything was refused, or will be.
    """
    days = reversed(strip(district, known, settings, now).days)
    return {of_day.day: of_day.stands for of_day in days if of_day.stands in _TO_MAKE_UP and of_day.day < now.date()}
