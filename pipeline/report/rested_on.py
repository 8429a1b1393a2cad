"""The files that what is said of a district rests on, whatever else others send: decisions 11 and 40.

Covered by tests/report/test_notices.py and tests/night/test_large_corrections.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Filed

_Each = TypeVar("_Each")


class Resting:
    """The files that a day rests on, found without going through all of them for each district."""

    def __init__(self, files: Sequence[Filed]) -> None:
        self._everybodys = [file for file in files if file.arrival.is_assignment]
        self._by_district = by(files, lambda file: file.reading.district)
        self._by_arrival = {file.arrival.id: file for file in files}

    def behind(self, district: str, cases: Iterable[Case]) -> Iterator[Filed]:
        """Go through the files behind what is said of a district's cases: of one that moved, rows may be another district's.

        In no order, and one may come twice.
        """
        yield from self._everybodys
        yield from self._by_district.get(district, ())
        own = [*cases]
        rows = {case.last.arrival for case in own if case.last} | {case.accepted[1] for case in own if case.accepted}
        yield from (self._by_arrival[arrival] for arrival in rows if arrival in self._by_arrival)


def by_district(state: DayState, files: Sequence[Filed], settings: Settings) -> dict[str, datetime]:
    """Return by district when the last file came behind what is said of it and its cases; '' has the cases that have none.

    A report that nobody could know of in time and that says something of its cases is among them, whoever has sent it.
    """
    resting, cases = Resting(files), by(state.cases, lambda case: case.text("旗区"))
    moved, came = [case for case in state.cases if case.moves], dict[str, list[datetime]]()
    for late in (*state.correcting, *state.late_reports):
        for case in (case for case in moved if late.speaks_of([case.number])):
            came.setdefault(case.text("旗区"), []).append(late.received_at)
    for district in dict.fromkeys(("", *settings.district_names, *cases)):
        of_district = resting.behind(district, cases.get(district, ()))
        came.setdefault(district, []).extend(file.arrival.envelope.received_at for file in of_district)
    return {district: max(moments).astimezone(settings.calendar.zone) for district, moments in came.items()}


def by(each: Iterable[_Each], district_of: Callable[[_Each], object]) -> Mapping[str, Sequence[_Each]]:
    """Return them by district."""
    parts: dict[str, list[_Each]] = {}
    for one in each:
        parts.setdefault(str(district_of(one)), []).append(one)
    return parts
