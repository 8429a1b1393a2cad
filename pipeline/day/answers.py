"""The taken rows of 督办回复 that are kept of the days up to one: what the districts answered to their notices.

Covered by tests/report/test_notice_answers.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipeline.day.cases import RowPlace
from pipeline.day.judging import Judgement
from pipeline.day.submissions import Reports
from pipeline.terms.contract import CASE

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


NamedOn = Callable[[str, str], tuple[str, frozenset[date]]]
"""Gives of a district and a case's number as written the register's number, and the days on which a notice would name it."""


def taken(day: date, submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement], named_on: NamedOn) -> Iterator[AnswerRow]:
    """Go through the rows that the day's reports in force have, district by district."""
    for district, reports in submissions.items():
        if report := reports.in_force:
            for row in judgements[report.arrival.id].answers:
                yield AnswerRow(day, district, row, *named_on(district, row[CASE] or ""))


def kept(rows: Iterable[AnswerRow], since: date) -> list[AnswerRow]:
    """Return the rows after that day, and of each case the newest ones however old they are; in the order that they have, oldest first."""
    newer, wanted = Counter[tuple[str, str]](), []
    for answer in reversed([*rows]):
        newer[answer.district, answer.case] += bool(answer.named_on)
        if answer.day > since or (answer.named_on and newer[answer.district, answer.case] <= _NEWEST):
            wanted.append(answer)
    return wanted[::-1]


def looked_back_on(days: Iterable[date]) -> frozenset[date]:
    """Return the days on whose notices reports of these days may answer."""
    return frozenset(day - timedelta(days=ago) for day in days for ago in range(1, ANSWERABLE_DAYS + 1))
