"""How each district's reports of the last days stand, and how often so: the calendar strip of every district.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from pipeline.day.submissions import IN_TIME_ONLY, NO_REPORTS, Beyond, OfDay, Submissions
from pipeline.intake import held_files
from pipeline.office import as_published, row_counts
from pipeline.office.status import PARTLY
from pipeline.office.waiting import Waits
from pipeline.render import files_for_programs
from pipeline.report import handed_in_lines
from pipeline.settings.config import Settings
from pipeline.settings.units import Tree
from pipeline.terms import words
from pipeline.terms.handed_in import Filed

DAYS: Final = 30
ZERO: Final = "zero"
PART: Final = "part"
"""Marks of a day whose report came: it said that there was nothing to report; rows of it count and others were refused."""
MARKS: Final = {ZERO: words.ZERO, PART: PARTLY}
_TO_MAKE_UP: Final = ("missing", "returned", "lost", "refused", "coming-refused")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of everybody's reports."""

    index: Submissions
    coming: Collection[OfDay] = ()
    """Of which districts and days a report waits that will count."""
    late: Collection[OfDay] = ()
    """Of these whose report is their first and came after the cut-off, which nobody approved."""
    in_vain: Collection[OfDay] = ()
    """Of these whose report will count and of which everything will be refused."""
    beyond: Beyond = IN_TIME_ONLY
    """What is no matter of time."""


def known(index: Submissions, coming: Collection[OfDay], in_vain: Collection[OfDay], beyond: Beyond) -> Known:
    """Return what one district is told of its own reports: what it can still make up for."""
    return Known(index, coming, in_vain=in_vain, beyond=beyond)


@dataclass(frozen=True, slots=True)
class DayAttended:
    """One day of one district: as `submissions.Stands`; coming, coming-late or -refused while its report waits; open before the cut-off."""

    day: date
    stands: str
    marks: tuple[str, ...] = ()
    """Of `MARKS`, as published."""
    rows_refused: int = 0
    """As published."""

    @property
    def word(self) -> str:
        """How it stands, for people."""
        return "，".join([words.ATTENDED[self.stands], *(MARKS[mark] for mark in self.marks)])


@dataclass(frozen=True, slots=True)
class Strip:
    """A district's last days, oldest first."""

    district: str
    days: tuple[DayAttended, ...]

    def on(self, stands: str) -> list[date]:
        """Return the days that stand so."""
        return [attended.day for attended in self.days if attended.stands == stands]

    def marked(self, mark: str) -> list[date]:
        """Return the days with that mark."""
        return [attended.day for attended in self.days if mark in attended.marks]

    @property
    def summary(self) -> str:
        """How often so, in words: what is there always, and what else there is."""
        usual = ("on-time", "late", "missing")
        others = (stands for stands in words.ATTENDED if stands not in (*usual, "open") and self.on(stands))
        said = "，".join(f"{_as_one(words.ATTENDED[stands])} {len(self.on(stands))} 天" for stands in (*usual, *others))
        marked = "，".join(f"{name} {len(days)} 天" for mark, name in MARKS.items() if (days := self.marked(mark)))
        return f"{said}{f'；其中{marked}' if marked else ''}"


def _as_one(name: str) -> str:
    return f"“{name}”" if "，" in name else name


@dataclass(frozen=True, slots=True)
class UnitStrips:
    """The strips of the districts under one unit, or of one that lies directly below the office; of all where there are no levels."""

    unit: str
    """'' where there are none."""
    strips: tuple[Strip, ...]

    def on(self, stands: str) -> int:
        """Return how many reports of these districts stand so, all days together."""
        return sum(len(strip.on(stands)) for strip in self.strips)

    @property
    def rows_refused(self) -> int:
        """So many rows of their reports were refused, as published."""
        return sum(attended.rows_refused for strip in self.strips for attended in strip.days)


def summed(all_strips: Iterable[Strip]) -> str:
    """Return how often so, in words, the districts of these strips and their days together."""
    return Strip("", tuple(day for strip in all_strips for day in strip.days)).summary.replace(" 天", " 份")


def by_unit(all_strips: Iterable[Strip], tree: Tree) -> list[UnitStrips]:
    """Return the strips by what lies directly below the office; all in one where there are no levels."""
    whole = tree.parted(all_strips, lambda strip: strip.district)
    if not tree:
        return [UnitStrips("", whole.things)]
    alone = (UnitStrips(strip.district, (strip,)) for strip in whole.own)
    return [*(UnitStrips(part.unit, part.things) for part in whole.below), *alone]


def strips(
    settings: Settings,
    now: datetime,
    waiting: Sequence[Waits] = (),
    beyond: Beyond = IN_TIME_ONLY,
) -> list[Strip]:
    """Return the strip of every district, up to today; `waiting`: judged; `beyond`: but for what is lost.

    None begins before the first day of which anybody has reported: then there was no office yet. Raises LedgerError.
    """
    oldest = now.date() - timedelta(days=DAYS)

    def is_refused(file: Filed) -> bool:
        return file.reading.day >= oldest and not (file.reading.accepted or file.arrival.is_assignment)

    held = held_files.held(settings, is_refused)
    returned = handed_in_lines.returned(file for file in held.files if is_refused(file) and not held.is_left_out(file))
    index = Submissions.of(file for file in held.files if not file.arrival.is_assignment)
    coming = {(waits.file.district, day): waits.takes_nothing for waits in waiting if (day := waits.counts_for) and not waits.is_repeat}
    in_vain = {of_day for of_day, takes_nothing in coming.items() if takes_nothing}
    late = {(waits.file.district, day) for waits in waiting if waits.is_late and (day := waits.file.day)}.difference(beyond.excused)
    everybody = Known(index, coming, late, in_vain, replace(beyond, lost=held.lost, returned=returned))
    told = row_counts.known({day: as_published.figures(settings, day) for day in _days(everybody, settings, now)}, index, settings)
    in_part = {
        of_day: _is_in_part(waits)
        for waits in waiting
        if (day := waits.counts_for) and (of_day := (waits.file.district, day)) in coming and not waits.is_repeat
    }
    return [_marked(strip(name, everybody, settings, now), told, index, in_part) for name in settings.district_names]


def _is_in_part(waits: Waits) -> bool:
    """Whether some rows of a report that waits will be refused, and not all of them."""
    return bool(waits.rows and waits.rows[1] > waits.rows[2] and not waits.takes_nothing)


def _marked(plain: Strip, told: Mapping[date, Mapping[str, Mapping[str, Any]]], index: Submissions, coming: Mapping[OfDay, bool]) -> Strip:
    """Return the strip with what was published of each day's report, where that is the one that counts.

    `coming`: where a report waits that will count, whether it is refused in part: how the day stands is told by that one too.
    """

    def marked(attended: DayAttended) -> DayAttended:
        published = told.get(attended.day, {}).get(plain.district, {})
        revision = index.on(attended.day).get(plain.district, NO_REPORTS).revision
        if not revision or published.get("revision") != revision or attended.stands.startswith("coming"):
            return attended
        refused, of_moved = published["rows_refused"], published.get("rows_moved", 0)
        is_coming = (of_day := (plain.district, attended.day)) in coming
        is_part = coming[of_day] if is_coming else refused > of_moved and attended.stands != "refused"
        marks = ((ZERO, not is_coming and files_for_programs.is_zero(published)), (PART, is_part))
        return replace(attended, marks=tuple(mark for mark, holds in marks if holds), rows_refused=refused)

    return replace(plain, days=tuple(map(marked, plain.days)))


def _days(known: Known, settings: Settings, now: datetime) -> list[date]:
    """Return the days of the strips; none before the first of which anybody has reported."""
    told = (day for of_day in (known.coming, known.beyond.lost) for _district, day in of_day)
    began = min([*known.index.days(settings.district_names), *told, now.date()])
    first = max(began, now.date() - timedelta(days=DAYS - 1))
    return [first + timedelta(days=count) for count in range((now.date() - first).days + 1)]


def strip(district: str, known: Known, settings: Settings, now: datetime) -> Strip:
    """Return one district's strip."""

    def stands(day: date) -> str:
        calendar, of_day = settings.on(day).calendar, (district, day)
        came = known.index.on(day).get(district, NO_REPORTS).standing(day, calendar)
        if of_day in known.in_vain:
            return "coming-refused"
        if came == "missing" and of_day in known.coming:
            return "coming-late" if of_day in known.late else "coming"
        standing = known.beyond.stands(came, of_day)
        return "open" if standing == "missing" and now <= calendar.last_moment(day) else standing

    return Strip(district, tuple(DayAttended(day, stands(day)) for day in _days(known, settings, now)))


def refused_rows(all_strips: Iterable[Strip]) -> dict[date, int]:
    """Return how many rows of the reports of each day were refused, as published: the newest first, days without one left out."""
    refused = Counter[date]()
    for attended in (attended for strip in all_strips for attended in strip.days if attended.rows_refused):
        refused[attended.day] += attended.rows_refused
    return dict(sorted(refused.items(), reverse=True))


def missed(district: str, known: Known, settings: Settings, now: datetime) -> dict[date, str]:
    """Return the days before today that the district can still make up for, the newest first, each with how it stands.

    As on its strip: missing, lost, or with a report of which everything was refused, or will be.
    """
    days = reversed(strip(district, known, settings, now).days)
    return {of_day.day: of_day.stands for of_day in days if of_day.stands in _TO_MAKE_UP and of_day.day < now.date()}
