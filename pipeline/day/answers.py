"""The taken rows of 督办回复 that are kept of the days up to one: what the districts answered to their notices.

Covered by tests/report/test_notice_answers.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.day.cases import RowPlace
from pipeline.day.judging import Judgement
from pipeline.day.submissions import Reports


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One taken row of a report in force."""

    day: date
    """The report's."""
    district: str
    row: RowPlace


def taken(day: date, submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement]) -> Iterator[AnswerRow]:
    """Go through the rows that the day's reports in force have, district by district."""
    for district, reports in submissions.items():
        if report := reports.in_force:
            yield from (AnswerRow(day, district, row) for row in judgements[report.arrival.id].answers)
