"""The urgent matters of a span of days: all that its reports told, those that were unsettled before it, and how each stands at the end.

Covered by tests/report/test_headline.py and tests/report/test_not_taken.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day.refused_matters import RefusedMatter
from pipeline.report import matter_words, not_taken
from pipeline.report.case_lines import CaseLine, UrgentLine
from pipeline.report.report import Report
from pipeline.terms import words
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


_MOST_DANGERS: Final = 3
_MOST_TOLD: Final = 2


def taken(matters: Sequence[UrgentOverDays], first: date) -> str:
    """Return how many of them there were, how many were told before, of how many nothing was said since, and how the others stand."""
    before = sum((matter.line.reported_on or first) < first for matter in matters)
    open_ = [matter.line for matter in matters if not matter.ended]
    dangers = [line for line in open_ if line.kind == SAFETY]
    told = len(dangers) <= _MOST_TOLD  # what it is, where these are few
    listed = [f"{line.district}{line.number}{f'：{matter_words.gist(line)}' if told else ''}" for line in dangers]
    named = f"，其中{SAFETY}{len(dangers)}件（{words.first_of(listed, _MOST_DANGERS, '；' if told else '、')}）" if dangers else ""
    earlier = f"（其中期前所报、期初尚无下文的{before}件）" if before else ""
    stands = "、".join([*([f"期末尚无下文{len(open_)}件{named}"] if open_ else []), *_followed_up(matters, "" if open_ else "期末")])
    gone = sum(matter.is_withdrawn for matter in matters)
    withdrawn = f"，更正后撤下{gone}件" if gone else ""
    return f"期内急报{len(matters)}件{earlier}{f'，{stands}' if stands else ''}{withdrawn}。"


def _followed_up(matters: Sequence[UrgentOverDays], when: str) -> list[str]:
    """Return how many of those of which something was said are over at the end, and which are not; `when`: before the first of it."""
    told = [matter for matter in matters if matter.ended and not matter.is_withdrawn]
    of_cases = [matter for matter in told if matter.is_of_its_case]
    going_on = [matter for matter in of_cases if not matter.is_over]
    over, others = len(of_cases) - len(going_on), len(told) - len(of_cases)
    called_over = [matter for matter in going_on if matter.line.kind == SAFETY and matter_words.is_called_over(matter.since)]
    others_on = [matter for matter in going_on if matter not in called_over]
    every = "都" if len(others_on) == len(matters) else ""
    count = "" if every else f"的{len(others_on)}件"
    parts = [f"{every}有后续报告、{every}没有办结{count}（{_named(others_on)}）"] if others_on else []
    parts += [f"旗区写有险情已消除等、案件没有办结的{len(called_over)}件（{_named(called_over)}）"] if called_over else []
    parts += [f"办结、撤销{over}件"] if over else []
    parts += [f"又列入急报或者不再列{others}件"] if others else []
    return [f"{when}{parts[0]}", *parts[1:]] if parts else []


def _named(matters: Sequence[UrgentOverDays]) -> str:
    return words.first_of([f"{matter.line.district}{matter.line.number}" for matter in matters], _MOST_DANGERS)
