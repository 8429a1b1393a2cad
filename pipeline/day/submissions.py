"""Who reported what: the one index of all accepted reports, by day and district."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from pipeline.day.work_began import work_began
from pipeline.settings.config import Settings
from pipeline.settings.rules import Calendar
from pipeline.terms.handed_in import Filed, Submission, in_order

Standing = Literal["on-time", "late", "missing"]
Stands = Literal["on-time", "mended", "late", "excused", "refused", "returned", "lost", "missing"]
"""What people are shown of it: also that its lateness is approved, that all of it was refused, or that its original is lost.

`mended`: all that came by the cut-off was refused, and what is taken came after it. `returned`: none is accepted, and what came was refused
whole.
"""
Attendance = tuple[tuple[date, Mapping[str, Stands]], ...]
"""By day, oldest first, and district."""
OfDay = tuple[str, date]
"""A district and the day of its report."""
ATTENDED_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Reports:
    """The accepted reports of one district for one day, in order of arrival."""

    submissions: tuple[Submission, ...] = ()
    """Duplicates included."""

    @property
    def revisions(self) -> tuple[Submission, ...]:
        """The reports without the duplicates: the first, and its corrections."""
        return tuple(submission for submission in self.submissions if not submission.is_duplicate)

    @property
    def in_force(self) -> Filed | None:
        """The report that counts: the last revision; None where there is none."""
        return next((submission.filed for submission in self.submissions if submission.in_force), None)

    @property
    def revision(self) -> int:
        """The number of the revision that counts; 0 where there is none."""
        return max((submission.revision for submission in self.submissions), default=0)

    @property
    def first_received(self) -> datetime | None:
        """When the first of them arrived; None where there is none. A correction sent late makes no report late."""
        return self.submissions[0].filed.arrival.envelope.received_at if self.submissions else None

    @property
    def in_force_received(self) -> datetime | None:
        """When the report that counts arrived; None where there is none."""
        return report.arrival.envelope.received_at if (report := self.in_force) else None

    def standing(self, day: date, calendar: Calendar) -> Standing:
        """Return whether the day's report came on time, late or not at all.

        Here it is decided whether a district is late: by its first accepted report. Page, workbook and summary show that, by way of
        `SubmissionLine.status`; `run.py status` asks here itself. The finding `late` is about a single file: `reading.daily_report` makes
        it for each one that came after the cut-off, a correction included, and the file's receipt and the list of findings show it.
        """
        if self.first_received is None:
            return "missing"
        return "on-time" if self.first_received.astimezone(calendar.zone) <= calendar.last_moment(day) else "late"


NO_REPORTS: Final = Reports()


def came_late(report: Filed, settings: Settings) -> bool:
    """Whether a report came after its day's cut-off, a correction too."""
    return report.arrival.envelope.received_at > settings.on(report.reading.day).calendar.last_moment(report.reading.day)


def may_be_mended(reports: Reports, day: date, settings: Settings) -> bool:
    """Whether the first report came by the cut-off and the one that counts after it; that nothing of the first was taken its rows tell."""
    first, last, limit = reports.first_received, reports.in_force_received, settings.on(day).calendar.last_moment(day)
    return first is not None and last is not None and first <= limit < last


def takes_nothing(accepted: int, refused: int, *, is_sheet_refused: bool) -> bool:
    """Whether a report holds something and all of it was refused: nothing is known from it, unlike from a zero report.

    `refused`: without the rows whose case is another district's by now, which say nothing of the district's own.
    """
    return not accepted and (refused > 0 or is_sheet_refused)


def stands(
    standing: Stands,
    *,
    is_refused: bool,
    is_lost: bool,
    is_excused: bool = False,
    is_mended: bool = False,
    is_returned: bool = False,
) -> Stands:
    """Return how a district's report of a day stands, for everybody who shows it: board, 报送情况, calendar and the desk's strips.

    `is_refused`: all that it holds was refused; `is_lost`: the office decided to go on without it, since its original is lost;
    `is_excused`: that it comes late is approved (豁免); `is_mended`: what came by the cut-off was refused, and what is taken came after it;
    `is_returned`: something came, and was refused whole.
    """
    if standing == "missing":
        return "lost" if is_lost else "returned" if is_returned else "missing"
    if is_refused:
        return "refused"
    if standing == "on-time" and is_mended:
        return "mended"
    return "excused" if standing == "late" and is_excused else standing


@dataclass(frozen=True, slots=True)
class Beyond:
    """How reports stand beside when they came: the districts and days of each kind."""

    refused: Collection[OfDay] = ()
    """Of which a report counts of which everything was refused."""
    lost: Collection[OfDay] = ()
    """Of which one came whose original is lost, and that the office decided to go on without."""
    excused: Collection[OfDay] = ()
    """Of which it is approved that one comes late."""
    mended: Collection[OfDay] = ()
    """Of which one counts that came after the cut-off, while all that had come by then was refused."""
    returned: Collection[OfDay] = ()
    """Of which a file came that was refused whole."""

    def stands(self, came: Stands, of_day: OfDay) -> Stands:
        """Return how a report stands that came so."""
        return stands(
            came,
            is_refused=of_day in self.refused,
            is_lost=of_day in self.lost,
            is_excused=of_day in self.excused,
            is_mended=of_day in self.mended,
            is_returned=of_day in self.returned,
        )


IN_TIME_ONLY: Final = Beyond()
"""Nothing is known but when reports came."""


def stood(attendance: Attendance, beyond: Beyond) -> Attendance:
    """Return the same of every day and district."""
    return tuple((day, {name: beyond.stands(came, (name, day)) for name, came in of_day.items()}) for day, of_day in attendance)


@dataclass(frozen=True, slots=True)
class Submissions:
    """Every accepted report with its place among those of its district and day."""

    _by_day: Mapping[date, Mapping[str, Reports]]
    """By day and district."""

    @classmethod
    def of(cls, files: Iterable[Filed]) -> Submissions:
        """Return the index of these files; what is no accepted report is left out. The files' rows are not needed."""
        by_day: dict[date, dict[str, list[Filed]]] = {}
        for file in files:
            if file.reading.accepted and not file.arrival.is_assignment:
                by_day.setdefault(file.reading.day, {}).setdefault(file.reading.district, []).append(file)
        return cls({day: {name: _numbered(reports) for name, reports in districts.items()} for day, districts in by_day.items()})

    def __iter__(self) -> Iterator[Submission]:
        """Go through all reports, duplicates included, those of one district and day together and in order of arrival."""
        for districts in self._by_day.values():
            for reports in districts.values():
                yield from reports.submissions

    def on(self, day: date) -> Mapping[str, Reports]:
        """Return the day's reports by district; districts without one are not in it."""
        return self._by_day.get(day, {})

    def beside(self, file: Filed) -> Reports:
        """Return the reports of the district and day that a file is about."""
        return self._by_day.get(file.reading.day, {}).get(file.reading.district, NO_REPORTS)

    def place_of(self, file: Filed) -> Submission | None:
        """Return a file's place among its day's reports; None for one that is no accepted report."""
        return next((submission for submission in self.beside(file).submissions if submission.filed.arrival.id == file.arrival.id), None)

    def in_force(self) -> list[Filed]:
        """Return the reports that count, of every day and district, by arrival."""
        return in_order(submission.filed for submission in self if submission.in_force)

    def attendance(self, last: date, settings: Settings) -> Attendance:
        """Return how each district's report of the last thirty days stands, by the rules of each day; no day before the work began."""
        names = settings.district_names
        began = work_began(self.days(names), last) or last + timedelta(days=1)
        first = max(began, last - timedelta(days=ATTENDED_DAYS - 1))
        days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
        return tuple(
            (day, {name: self.on(day).get(name, NO_REPORTS).standing(day, settings.on(day).calendar) for name in names}) for day in days
        )

    def days(self, districts: Collection[str]) -> list[date]:
        """Return the days of which one of these districts has reported, in order."""
        return sorted(day for day, reported in self._by_day.items() if not reported.keys().isdisjoint(districts))


def _numbered(reports: Iterable[Filed]) -> Reports:
    """Number the accepted reports of one district and day; the bytes of the one in force again are a duplicate (contract 4)."""
    numbered: list[tuple[Filed, int, int]] = []
    sha256_in_force, revision = "", 0
    first_with: dict[str, int] = {}
    for file in in_order(reports):
        sha256 = file.arrival.sha256
        is_duplicate = sha256 == sha256_in_force
        revision += not is_duplicate
        sha256_in_force = sha256
        numbered.append((file, 0, 0) if is_duplicate else (file, revision, first_with.get(sha256, 0)))
        first_with.setdefault(sha256, revision)
    return Reports(tuple(Submission(file, number, number == revision, repeats) for file, number, repeats in numbered))
