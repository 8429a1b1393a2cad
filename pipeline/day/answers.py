"""The taken rows of 督办回复 that are kept of the days up to one: what the districts answered to their notices.

Covered by tests/report/test_notice_answers.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import RowPlace
from pipeline.day.judgement import Judgement
from pipeline.day.submissions import Reports, Submissions, may_be_mended
from pipeline.day.supervision import NOTICED, FlagsByDistrict
from pipeline.settings.config import Settings
from pipeline.terms.case_numbers import canonical
from pipeline.terms.contract import ANSWERS, CASE
from pipeline.terms.handed_in import Filed
from pipeline.terms.rows import Rows, rows_of_sheet

ANSWERABLE_DAYS: Final = 60
"""So many days before a report's its answers may look back for their notice."""
_NEWEST: Final = 3
"""So many answers to each case are kept however old they are: one whose number fits no notice must not drive out the last that does."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One taken row of a report in force."""

    day: date
    """The report's."""
    district: str
    row: RowPlace
    case: str = ""
    """Its number as the register has it; '' for none that is there."""
    named_on: frozenset[date] = frozenset()
    """The days before the report's on which a notice of the district would name the case, as far as answers may look back."""
    recounted_on: frozenset[date] = frozenset()
    """Likewise those that were counted again after their notice may have been handed out: that one may have named the case all the same."""

    @property
    def may_answer(self) -> bool:
        """Whether there is a day whose notice it can answer."""
        return bool(self.named_on or (self.case and self.recounted_on))


Recounted = Mapping[str, frozenset[date]]
"""By district: the days for which, or for one before, anything of its own came after their reports were due."""


def recounted(index: Submissions, assignments: Iterable[Filed], settings: Settings) -> Recounted:
    """Return the days whose notices may have been handed out before all that counts for them had come.

    What a notice named when it went out is nowhere a fact: it follows from what came later whether it may have been another.
    """
    by_district: dict[str, set[date]] = {district: set() for district in settings.district_names}
    for submission in index:
        filed = submission.filed
        if not submission.is_duplicate and filed.reading.district in by_district:
            by_district[filed.reading.district] |= {*_due_before(filed, filed.reading.day, settings)}
    for workbook in assignments:
        came = workbook.arrival.envelope.received_at.astimezone(settings.calendar.zone).date()
        for days in by_district.values():
            days |= {*_due_before(workbook, came, settings)}
    return {district: frozenset(days) for district, days in by_district.items()}


def _due_before(filed: Filed, first: date, settings: Settings) -> Iterator[date]:
    """Go through the days from the first on whose reports were due before the file came."""
    day, received = first, filed.arrival.envelope.received_at
    while settings.on(day).calendar.last_moment(day) < received:
        yield day
        day += timedelta(days=1)


def taken(
    day: date,
    submissions: Mapping[str, Reports],
    judgements: Mapping[int, Judgement],
    case_book: CaseBook,
    known: tuple[Mapping[date, FlagsByDistrict], Recounted],
) -> list[AnswerRow]:
    """Return the rows that the day's reports in force have, district by district.

    `known`: the flags of the days before, and those of them that were recounted.
    """
    rows = []
    flags_by_day, recounted_on = known
    for district, reports in submissions.items():
        if report := reports.in_force:
            flags = {past: by[district] for past, by in flags_by_day.items() if 0 < (day - past).days <= ANSWERABLE_DAYS and district in by}
            again = frozenset(past for past in recounted_on.get(district, ()) if 0 < (day - past).days <= ANSWERABLE_DAYS)
            for row in judgements[report.arrival.id].answers:
                case = case_book.find(canonical(row[CASE] or ""))
                named_on = (past for past, raised in flags.items() if case and {*raised.get(case.number, ())} & {*NOTICED})
                rows.append(AnswerRow(day, district, row, case.number if case else "", frozenset(named_on), again))
    return rows


def with_those(rows: list[AnswerRow], taken: Sequence[AnswerRow], since: date) -> list[AnswerRow]:
    """Return what is kept of the rows with those of a day."""
    return kept([*rows, *taken], since) if taken else rows


def kept(rows: Iterable[AnswerRow], since: date) -> list[AnswerRow]:
    """Return the rows after that day, and of each case the newest ones however old they are; in the order that they have, oldest first."""
    newer, wanted = Counter[tuple[str, str]](), []
    for answer in reversed([*rows]):
        newer[answer.district, answer.case] += answer.may_answer
        if answer.day > since or (answer.may_answer and newer[answer.district, answer.case] <= _NEWEST):
            wanted.append(answer)
    return wanted[::-1]


Sheets = dict[int, tuple[date, Rows]]
"""By arrival: a report's day, and its sheet 督办回复."""


def sheets(day: date, submissions: Mapping[str, Reports], settings: Settings) -> Sheets:
    """Return those of the day's reports that later days load: in force, or telling how a report stands that was mended."""
    files = (
        submission.filed
        for reports in submissions.values()
        for submission in reports.revisions
        if submission.in_force or may_be_mended(reports, day, settings)
    )
    found = ((file, rows_of_sheet(file.reading.rows, ANSWERS.name)) for file in files)
    return {file.arrival.id: (day, sheet) for file, sheet in found if sheet is not None}


def looked_back_on(reports: Iterable[Filed]) -> frozenset[date]:
    """Return the days on whose notices these reports may answer: their flags are needed then."""
    days = {report.reading.day for report in reports if rows_of_sheet(report.reading.rows, ANSWERS.name)}
    return frozenset(day - timedelta(days=ago) for day in days for ago in range(1, ANSWERABLE_DAYS + 1))
