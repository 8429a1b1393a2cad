"""The fold of a year of nine districts, without a late report and with one.

The reports of one day stand for those of every day: what a fold costs lies in how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

DAYS = 365
DAYS_LATE = 20


def year(office: Path) -> Iterator[None]:
    """The last day of a year on which nothing came late."""
    return _fold(office, with_late=False)


def year_with_late(office: Path) -> Iterator[None]:
    """The same day, on which a report for a day three weeks before came in."""
    return _fold(office, with_late=True)


def _fold(office: Path, *, with_late: bool) -> Iterator[None]:
    from pipeline.day import known_when
    from pipeline.reading import reading
    from pipeline.settings import config
    from pipeline.terms.handed_in import Arrival, Envelope, Facts, Filed

    settings = config.load(office / "config.yaml")
    zone = settings.calendar.zone

    def read(path: Path, *, is_assignment: bool) -> Filed:
        envelope = Envelope(datetime(2020, 4, 1, 9, tzinfo=zone) if is_assignment else datetime(2020, 5, 1, 16, tzinfo=zone))
        said = reading.read(path.read_bytes(), envelope, settings, is_assignment=is_assignment)
        return Filed(Arrival(0, path.name, path.name, path.name, 1, envelope, is_assignment), said)

    def again(file: Filed, number: int, days: int, days_late: int = 0) -> Filed:
        day = file.reading.day + timedelta(days=days)
        envelope = Envelope(datetime.combine(day + timedelta(days=days_late), time(16), zone))
        arrival = replace(file.arrival, id=number, sha256=f"{number}", envelope=envelope)
        return Filed(arrival, replace(file.reading, day=day))

    book = read(office / "inbox" / "assignment" / "分解表.xlsx", is_assignment=True)
    of_a_day = [read(path, is_assignment=False) for path in sorted((office / "inbox").glob("20*/*.xlsx"))]
    reports = [again(file, days * len(of_a_day) + at + 1, days) for days in range(DAYS) for at, file in enumerate(of_a_day)]
    if with_late:
        reports.append(again(of_a_day[0], len(reports) + 1, DAYS - 1 - DAYS_LATE, DAYS_LATE))
    yield
    known_when.fold(Facts((book,), tuple(reports)), settings, [reports[DAYS * len(of_a_day) - 1].reading.day])
