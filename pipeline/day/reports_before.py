"""What is kept of the districts' earlier reports, for whoever compares a day's report with those before it.

Covered by tests/day/test_unlikely.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.day.cases import RECENT_DAYS
from pipeline.day.judgement import Judgement
from pipeline.day.submissions import Reports
from pipeline.terms.handed_in import Filed


@dataclass(frozen=True, slots=True)
class ReportsBefore:
    """A district's earlier reports in force."""

    last: Filed | None = None
    """The last of them."""
    batches: tuple[tuple[date, int], ...] = ()
    """The 接访批次 of each of the last thirty days of which there is one, added up; oldest first."""

    def after(self, day: date, report: Filed, judgement: Judgement) -> ReportsBefore:
        """Return what is kept once the report of that day is known too."""
        recent = (kept for kept in self.batches if (day - kept[0]).days < RECENT_DAYS)
        return ReportsBefore(report, (*recent, (day, batches(judgement))))


NOTHING_BEFORE: Final = ReportsBefore()


def batches(judgement: Judgement) -> int:
    """Return the 接访批次 of a report's taken rows, added up."""
    return sum(row.count("接访批次") or 0 for row in judgement.reception)


def after(
    before: Mapping[str, ReportsBefore], day: date, submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement]
) -> dict[str, ReportsBefore]:
    """Return what is kept by district after the reports of a day."""
    in_force = {district: report for district, reports in submissions.items() if (report := reports.in_force)}
    return {
        **before,
        **{
            district: before.get(district, NOTHING_BEFORE).after(day, report, judgements[report.arrival.id])
            for district, report in in_force.items()
        },
    }
