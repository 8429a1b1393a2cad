"""The urgent matters of a span of days: all that its reports told, those that were unsettled before it, and how each stands at the end.

Covered by tests/report/test_headline.py and tests/report/test_not_taken.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pipeline.day.refused_matters import RefusedMatter
from pipeline.report import matter_words, not_taken
from pipeline.report.case_lines import CaseLine, UrgentLine
from pipeline.report.report import Report
from pipeline.terms.contract import REFERRED, RESOLVED, SAFETY, STATUSES

_OVER = (RESOLVED, REFERRED, matter_words.CANCELLED)
_Key = tuple[date | None, str, str, str, date | None]


@dataclass(frozen=True, slots=True)
class UrgentOverDays:
    """An urgent matter of a span of days."""

    line: UrgentLine
    """As its report has it, where its case lies at last; `reported_on` is the day of that report."""
    ended: date | None = None
    """The last day on which something was said of it, or on which it was told last; None where it is unsettled at the end.

    Of one that is withdrawn, the day of its report.
    """
    since: str = ""
    """What was said then; of its case how that stands since."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether its district's report does not have it any more; nobody knows here since when."""
        return self.since == matter_words.WITHDRAWN

    @property
    def is_of_its_case(self) -> bool:
        """Whether what was said is how its case stands."""
        return self.since == matter_words.CANCELLED or self.since.partition("，")[0].partition("（")[0] in STATUSES

    @property
    def is_over(self) -> bool:
        """Whether its case is resolved, referred or cancelled."""
        return self.since.partition("，")[0] in _OVER

    @property
    def is_open_danger(self) -> bool:
        """Whether people were in danger and nothing says that its case is over, nor does a later report stand for it."""
        return self.line.kind == SAFETY and (not self.ended or (self.is_of_its_case and not self.is_over))


def over_days(days: Iterable[Report]) -> tuple[UrgentOverDays, ...]:
    """Return the urgent matters of these days' reports, by the day of their report."""
    matters: dict[_Key, UrgentOverDays] = {}
    for report in days:
        for line in report.earlier_urgent:
            matters[_key(line)] = UrgentOverDays(line, line.stands_since or (report.day if line.since else None), line.since)
        outcomes = (case for case in report.cases if report.urgent and (case.is_counted or case.is_referred))
        settled = {case.number: case.status for case in outcomes if case.settled_since == report.day}
        for own in report.urgent:
            line = replace(own, reported_on=report.day)
            status = settled.get(line.number, "")
            matters[_key(line)] = UrgentOverDays(line, report.day if status else None, status)
        for line in matter_words.withdrawn(report, of_day=True):
            matters[_key(line)] = UrgentOverDays(line, report.day, line.since)
        _note_how_cases_stand(matters, report)
    return tuple(sorted(matters.values(), key=lambda matter: matter.line.reported_on or date.min))


def refused(days: Iterable[Report]) -> tuple[RefusedMatter, ...]:
    """Return those that were not taken and that nobody has mended at the end, oldest first; requests too.

    A day tells only of those of which a report could still be sent; what a span's last day is too late for stays as it was told last.
    """
    matters: list[RefusedMatter] = []
    for report in days:
        oldest = report.day - timedelta(days=report.settings.on(report.day).calendar.oldest_report_days)
        cases = {case.number: case for case in report.cases} if matters else {}
        past = [matter for matter in matters if matter.day < oldest and not _is_followed_up(matter, cases.get(matter.number))]
        matters = [*past, *report.earlier_refused, *not_taken.own(report)]
    return tuple(matters)


def requests(days: Iterable[Report]) -> tuple[tuple[str, date], ...]:
    """Return what these days' reports ask of leaders about open cases: the case, and since when; urgent matters are none of these."""
    lines = (line for report in days for line in report.cases if line.asking_since and line.is_open)
    return tuple(sorted({(line.number, line.asking_since) for line in lines if line.asking_since}))


def _is_followed_up(matter: RefusedMatter, case: CaseLine | None) -> bool:
    """Whether the case was settled since, or a request was taken or something else was said of its case."""
    if case is None:
        return False
    is_told = matter.is_request and bool(case.asking_since or case.progress) and (case.reported_on or date.min) > matter.day
    return is_told or (case.settled_since or date.min) >= matter.day


def _note_how_cases_stand(matters: dict[_Key, UrgentOverDays], report: Report) -> None:
    """Take what the day says of cases of which something was said before: the end of a span tells how they stand then."""
    followed = {key: matter for key, matter in matters.items() if matter.is_of_its_case and (matter.ended or report.day) < report.day}
    numbers = {matter.line.number for matter in followed.values()}
    cases = {case.number: case for case in report.cases if case.number in numbers} if numbers else {}
    for key, matter in followed.items():
        if (case := cases.get(matter.line.number)) and (said := _said_anew(case, matter.since, report.day)):
            matters[key] = replace(matter, ended=report.day, since=said)


def _said_anew(case: CaseLine, before: str, day: date) -> str:
    """Return how a case stands where the day has progress of it, or it stands otherwise than was said before; '' where neither is so."""
    if case.grounds:
        return "" if before == matter_words.CANCELLED else matter_words.CANCELLED
    has_progress = bool(case.progress) and case.reported_on == day
    stands = matter_words.standing(replace(case, progress=""), day)
    return matter_words.standing(case, day) if has_progress or before.partition("，")[0] != stands else ""


def _key(line: UrgentLine) -> _Key:
    moment = line.happened.replace(tzinfo=None) if isinstance(line.happened, datetime) else line.happened
    return line.reported_on, line.origin, line.kind, line.situation, moment
