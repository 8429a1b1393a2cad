"""What the reports of a day leave open.

Covered by tests/report/test_rate_bounds.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import Case
from pipeline.day.judgement import Judgement
from pipeline.day.submissions import Reports, Stands, may_be_mended, stands, takes_nothing
from pipeline.settings.config import Settings
from pipeline.settings.rules import Calendar
from pipeline.terms.contract import NEW_CASES, Severity
from pipeline.terms.handed_in import Filed


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a district did not report of one day, or what was refused of it."""

    day: date
    district: str
    is_missing: bool = False
    """Whether there is no accepted report at all."""
    cases: frozenset[str] = frozenset()
    """Cases that its refused rows are about."""
    went_back: tuple[tuple[str, str], ...] = ()
    """Of these the ones whose row goes back without 重新办理原因, each with its 当前状态."""
    moved: frozenset[str] = frozenset()
    """Cases that its refused rows are about and that the office had given to another district: only that one can say how they stand."""
    unplaced: int = 0
    """Refused rows of 案件进展 that name no case of the district."""
    unknown: tuple[str, ...] = ()
    """What these name where the register had no such number then."""
    unlisted: tuple[str, ...] = ()
    """Cases that other refused rows name: the workbook has them in rows that were refused themselves."""
    awaited: frozenset[str] = frozenset()
    """Cases of either kind that workbooks have brought in since, and of which nothing was taken yet."""
    new_refused: int = 0
    """Refused rows of 新增案件."""
    is_new_unread: bool = False
    """Whether its 新增案件 sheet was refused as a whole."""


def all_refused(submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement]) -> frozenset[str]:
    """Return the districts of whose report of the day everything was refused."""
    reports = {district: report for district, sent in submissions.items() if (report := sent.in_force)}
    return frozenset(district for district, report in reports.items() if is_wholly_refused(report, judgements[report.arrival.id]))


def mended(submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement], day: date, settings: Settings) -> dict[str, datetime]:
    """Return, by district that reported by the cut-off, when the first of its reports came of which anything was taken, if that was later.

    By the contract it is on time, since refused rows refuse no file; until that moment nothing of its day was known (decision 27).
    """
    return {district: came for district, reports in submissions.items() if (came := _mended(reports, judgements, day, settings))}


def _mended(reports: Reports, judgements: Mapping[int, Judgement], day: date, settings: Settings) -> datetime | None:
    if not may_be_mended(reports, day, settings):
        return None
    came = first_taken(reports, judgements)
    return came if came and came > settings.on(day).calendar.last_moment(day) else None


def first_taken(reports: Reports, judgements: Mapping[int, Judgement]) -> datetime | None:
    """Return when the first of these reports came of which not everything was refused; None where there is none."""
    files = (revision.filed for revision in reports.revisions)
    taken = (file for file in files if not is_wholly_refused(file, judgements.get(file.arrival.id, Judgement())))
    return next((file.arrival.envelope.received_at for file in taken), None)


def standings(submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement], day: date, calendar: Calendar) -> dict[str, Stands]:
    """Return how the reports of the day stand by that calendar, by district that has reported."""
    limit, refused = calendar.last_moment(day), all_refused(submissions, judgements)

    def stand(district: str, reports: Reports) -> Stands:
        taken = first_taken(reports, judgements)
        is_mended = taken is not None and taken > limit
        return stands(reports.standing(day, calendar), is_refused=district in refused, is_lost=False, is_mended=is_mended)

    return {district: stand(district, reports) for district, reports in submissions.items()}


def is_wholly_refused(report: Filed, judgement: Judgement) -> bool:
    """Whether a report holds something and all of it was refused, by the district's fault."""
    is_sheet_refused = any(finding.severity is Severity.SHEET for finding in report.reading.findings)
    by_its_fault = judgement.rows_refused - judgement.rows_moved
    return takes_nothing(judgement.rows_accepted, by_its_fault, is_sheet_refused=is_sheet_refused)


def doubt(day: date, report: Filed, judgement: Judgement) -> Doubt:
    """Return what a report that counts leaves open."""
    is_a_sheet_refused = any(finding.severity is Severity.SHEET for finding in report.reading.findings)
    has_new_cases = any(rows.sheet == NEW_CASES.name for rows in report.reading.rows)
    return Doubt(
        day,
        report.reading.district,
        cases=frozenset(judgement.doubtful),
        went_back=tuple(sorted(judgement.went_back.items())),
        moved=frozenset(judgement.moved_away),
        unplaced=judgement.unplaced,
        unknown=tuple(judgement.unknown),
        unlisted=tuple(judgement.unlisted),
        new_refused=judgement.new_refused,
        is_new_unread=is_a_sheet_refused and not has_new_cases,
    )


def known_by_now(doubt: Doubt, case_book: CaseBook) -> Doubt:
    """Return what of a doubt is left by the cases as they stand on a later day.

    A row that named a case before any workbook had it can never be taken for its day, and is about no other case. What settles it is
    the first row about the case that is taken: it gives the whole state.
    """
    named = {number: case_book.find(number) for number in (*doubt.unknown, *doubt.unlisted)}
    came = {number: case for number, case in named.items() if case and _came_by_workbook(case, doubt)}
    if not came:
        return doubt
    unknown = tuple(number for number in doubt.unknown if number not in came)
    awaited = frozenset(case.number for case in came.values() if case.last is None)
    return replace(doubt, unplaced=doubt.unplaced - len(doubt.unknown) + len(unknown), unknown=unknown, awaited=awaited)


def _came_by_workbook(case: Case, doubt: Doubt) -> bool:
    return case.listed is not None and case.found is None and case.entered > doubt.day and case.text("旗区") == doubt.district
