"""The taken rows of 督办回复 that are kept of the days up to one: what the districts answered to their notices.

Covered by tests/report/test_notice_answers.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import RowPlace
from pipeline.day.judging import Judgement
from pipeline.day.submissions import Reports
from pipeline.day.supervision import NOTICED, FlagsByDistrict
from pipeline.terms.case_numbers import canonical
from pipeline.terms.contract import ANSWERS, CASE
from pipeline.terms.handed_in import Filed
from pipeline.terms.rows import rows_of_sheet

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


def taken(
    day: date,
    submissions: Mapping[str, Reports],
    judgements: Mapping[int, Judgement],
    case_book: CaseBook,
    flags_by_day: Mapping[date, FlagsByDistrict],
) -> list[AnswerRow]:
    """Return the rows that the day's reports in force have, district by district; `flags_by_day`: those of the days before."""
    rows = []
    for district, reports in submissions.items():
        if report := reports.in_force:
            flags = {past: by[district] for past, by in flags_by_day.items() if 0 < (day - past).days <= ANSWERABLE_DAYS and district in by}
            for row in judgements[report.arrival.id].answers:
                case = case_book.find(canonical(row[CASE] or ""))
                named_on = (past for past, raised in flags.items() if case and {*raised.get(case.number, ())} & {*NOTICED})
                rows.append(AnswerRow(day, district, row, case.number if case else "", frozenset(named_on)))
    return rows


def with_those(rows: list[AnswerRow], taken: Sequence[AnswerRow], since: date) -> list[AnswerRow]:
    """Return what is kept of the rows with those of a day."""
    return kept([*rows, *taken], since) if taken else rows


def kept(rows: Iterable[AnswerRow], since: date) -> list[AnswerRow]:
    """Return the rows after that day, and of each case the newest ones however old they are; in the order that they have, oldest first."""
    newer, wanted = Counter[tuple[str, str]](), []
    for answer in reversed([*rows]):
        newer[answer.district, answer.case] += bool(answer.named_on)
        if answer.day > since or (answer.named_on and newer[answer.district, answer.case] <= _NEWEST):
            wanted.append(answer)
    return wanted[::-1]


def looked_back_on(reports: Iterable[Filed]) -> frozenset[date]:
    """Return the days on whose notices these reports may answer: their flags are needed then."""
    days = {report.reading.day for report in reports if rows_of_sheet(report.reading.rows, ANSWERS.name)}
    return frozenset(day - timedelta(days=ago) for day in days for ago in range(1, ANSWERABLE_DAYS + 1))
