"""The urgent matters of a span of days: all that its reports told, those that were unsettled before it, and how each stands at the end.

Covered by tests/report/test_headline.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.report import matter_words
from pipeline.report.case_lines import UrgentLine
from pipeline.report.report import Report

_Key = tuple[date | None, str, str, str, date | None]


@dataclass(frozen=True, slots=True)
class UrgentOverDays:
    """An urgent matter of a span of days."""

    line: UrgentLine
    """As its report has it, where its case lies at last; `reported_on` is the day of that report."""
    ended: date | None = None
    """The day on which something was said of it, or on which it was told for the last time; None where it is unsettled at the end.

    Of one that is withdrawn, the day of its report.
    """
    since: str = ""
    """What was said then."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether its district's report does not have it any more; nobody knows here since when."""
        return self.since == matter_words.WITHDRAWN


def over_days(days: Iterable[Report]) -> tuple[UrgentOverDays, ...]:
    """Return the urgent matters of these days' reports, by the day of their report."""
    matters: dict[_Key, UrgentOverDays] = {}
    for report in days:
        for line in report.earlier_urgent:
            matters[_key(line)] = UrgentOverDays(line, report.day if line.since else None, line.since)
        outcomes = (case for case in report.cases if report.urgent and (case.is_counted or case.is_referred))
        settled = {case.number: case.status for case in outcomes if case.settled_since == report.day}
        for own in report.urgent:
            line = replace(own, reported_on=report.day)
            status = settled.get(line.number, "")
            matters[_key(line)] = UrgentOverDays(line, report.day if status else None, status)
        for line in matter_words.withdrawn(report, of_day=True):
            matters[_key(line)] = UrgentOverDays(line, report.day, line.since)
    return tuple(sorted(matters.values(), key=lambda matter: matter.line.reported_on or date.min))


def _key(line: UrgentLine) -> _Key:
    moment = line.happened.replace(tzinfo=None) if isinstance(line.happened, datetime) else line.happened
    return line.reported_on, line.origin, line.kind, line.situation, moment
