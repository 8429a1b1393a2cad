"""Urgent matters and requests of earlier days that were refused, until they are reported again and taken, or something is said of the case.

Covered by tests/report/test_not_taken.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType

from pipeline.day import requests
from pipeline.day.case_book import CaseBook
from pipeline.day.cases import Case
from pipeline.day.judgement import Judgement
from pipeline.day.submissions import Reports
from pipeline.day.withdrawn_rows import UrgentRow, not_again, urgent_rows
from pipeline.terms.case_numbers import canonical
from pipeline.terms.contract import CASE, PROGRESS, URGENT, URGENT_KINDS, Severity
from pipeline.terms.handed_in import Filed, request_mark
from pipeline.terms.rows import Rows, rows_of_sheet
from pipeline.terms.text import key

_Row = tuple[str, str]
"""事项类别 of a row, '' where it is not in the list; and its case's number where that is the district's, else ''."""


@dataclass(frozen=True, slots=True)
class UrgentOfReport:
    """What a district's report of a day has in 急报事项, and what its refused rows of 案件进展 ask.

    What a report that it replaced had refused, and no later one has again, is among what is refused.
    """

    day: date
    district: str
    received_at: datetime
    taken: tuple[_Row, ...]
    refused: tuple[_Row, ...]
    is_sheet_refused: bool
    requests: tuple[tuple[str, str], ...] = ()
    """As `Judgement.refused_requests` has them."""
    asked: frozenset[str] = frozenset()
    """Of the texts by which such requests are known, its own and earlier ones: those that a taken row has."""

    @property
    def kinds(self) -> list[str]:
        """The kinds of all its rows."""
        return [kind for kind, _number in (*self.taken, *self.refused)]


@dataclass(frozen=True, slots=True)
class RefusedMatter:
    """An urgent matter, or a request about a case, that was refused and that nobody has reported since so that it could be taken."""

    day: date
    district: str
    kind: str
    number: str = ""
    is_file: bool = False
    """Whether its file was refused whole,"""
    is_sheet: bool = False
    """or its sheet, of which nobody knows what it told."""
    is_request: bool = False
    """Whether it is the 需协调事项 of a row of 案件进展: of no kind, and with the number as it was written."""
    said: str = ""
    """What a request asks, as texts are compared, where its number is no case's of the district."""
    stands: str = ""
    """Of a request whose case asks something already, in a row that was taken: what; the refused one has other words."""


def of_day(
    day: date, submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement], book: CaseBook, before: Iterable[UrgentOfReport]
) -> list[UrgentOfReport]:
    """Return what the day's reports have of either; nothing of those without. `before`: what those of earlier days had."""
    in_force = [(district, report) for district, reports in submissions.items() if (report := reports.in_force)]
    told = [_of_report(day, submissions[district], judgements, book) for district, _report in in_force]
    texts: dict[str, set[str]] = {}
    for each in (*before, *told):
        texts.setdefault(each.district, set()).update(said for _number, said in each.requests if said)
    told = [
        replace(each, asked=_asked(report, book, texts[district])) if texts.get(district) else each
        for each, (district, report) in zip(told, in_force, strict=True)
    ]
    return [each for each in told if each.taken or each.refused or each.is_sheet_refused or each.requests or each.asked]


def _asked(report: Filed, book: CaseBook, texts: Collection[str]) -> frozenset[str]:
    """Return which of these texts a row of the report asks that was taken."""
    rows, asked = rows_of_sheet(report.reading.rows, PROGRESS.name), set[str]()
    for position, text in enumerate(rows.texts("需协调事项") if rows else ()):
        if rows and text and (said := key(text)) in texts:
            case = book.find(canonical(rows.text(CASE, position) or ""))
            last = case.last if case else None
            asked |= {said} if last and (last.arrival, last.position) == (report.arrival.id, position) else set()
    return frozenset(asked)


def _of_report(day: date, reports: Reports, judgements: Mapping[int, Judgement], book: CaseBook) -> UrgentOfReport:
    report = reports.in_force
    assert report is not None  # noqa: S101 - asked of those that count
    district, judgement = report.reading.district, judgements[report.arrival.id]
    rows = rows_of_sheet(report.reading.rows, URGENT.name)
    taken = [_row(rows, place.position, district, book) for place in judgement.urgent] if rows else []
    left, is_sheet_refused = not_taken(reports, judgements)
    refused = [_row(of_rows, position, district, book) for of_rows, position in left]
    received_at, requests = report.arrival.envelope.received_at, tuple(dict.fromkeys(judgement.refused_requests))
    return UrgentOfReport(day, district, received_at, tuple(taken), tuple(refused), is_sheet_refused, requests)


def _row(rows: Rows, position: int, district: str, book: CaseBook) -> _Row:
    case = book.find(canonical(rows.text(CASE, position) or ""))
    return kind_at(rows, position), case.number if case and case.text("旗区") == district else ""


def kind_at(rows: Rows, position: int) -> str:
    """Return the 事项类别 of a row, '' where it is not in the list."""
    written = rows.text("事项类别", position) or ""
    return written if written in URGENT_KINDS else ""


def not_taken(reports: Reports, judgements: Mapping[int, Judgement]) -> tuple[list[tuple[Rows, int]], bool]:
    """Return the rows of 急报事项 that a district reported of a day and that were refused, and whether such a sheet was refused whole.

    Of the report that counts, and of those that it replaced what no later one has again, taken or refused: leaving a row out mends nothing.
    A replaced report that was not judged tells nothing.
    """
    left, taken, is_sheet_refused = list[tuple[UrgentRow, Rows, int]](), Counter[UrgentRow](), False
    for report in (revision.filed for revision in reports.revisions):
        if (rows := rows_of_sheet(report.reading.rows, URGENT.name)) is None:
            is_sheet_refused |= _is_sheet_refused(report)
        elif judgement := judgements.get(report.arrival.id):
            own, places = urgent_rows(rows), {place.position for place in judgement.urgent}
            left = [left[place] for place in not_again([row for row, _rows, _position in left], own, taken.elements())]
            left += [(row, rows, position) for position, row in enumerate(own) if position not in places]
            taken |= Counter(own[position] for position in places)
            is_sheet_refused &= not own
    return [(rows, position) for _row, rows, position in left], is_sheet_refused


def tells_later(report: Filed) -> bool:
    """Whether later days may tell of a report that is replaced: it has rows of 急报事项, or such a sheet was refused."""
    return rows_of_sheet(report.reading.rows, URGENT.name) is not None or _is_sheet_refused(report)


def _is_sheet_refused(report: Filed) -> bool:
    return any(finding.severity is Severity.SHEET and finding.sheet == URGENT.name for finding in report.reading.findings)


def beside(kinds: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds that are not among a report's own; one that nobody could read may be any."""
    rest, left = [*own], list[str]()
    for kind in sorted(kinds, reverse=True):
        same = [other for other in rest if other == kind] or [other for other in rest if not (kind and other)]
        if same:
            rest.remove(same[0])
        else:
            left.append(kind)
    return tuple(left)


def open_on(
    day: date,
    told: Collection[UrgentOfReport],
    files: Collection[Filed],
    cases: Collection[Case],
    came: Mapping[tuple[date, str], datetime] = MappingProxyType({}),
) -> tuple[RefusedMatter, ...]:
    """Return the refused matters of days before this one that are open at its end, oldest first.

    `told`: what reports had up to the day, it included; `files`: the files of the days before it that were refused whole; `came`: when the
    reports that count of their days and districts did.
    """
    whole: dict[tuple[date, str], list[Filed]] = {}
    for file in files:
        whole.setdefault((file.reading.day, file.reading.district), []).append(file)
    reports = {(each.day, each.district): each for each in told}
    asked_of = {number for file in files for number, _mark in file.reading.refused_requests}
    asking = {case.number: case for case in cases if case.number in asked_of} if asked_of else {}
    matters = list[RefusedMatter]()
    for of_day in sorted(reports.keys() | whole.keys()):
        report = reports.get(of_day)
        matters = _without_repeated(matters, report) if report else matters
        if of_day[0] < day:
            matters += [
                *_of_rows(report),
                *_of_files(whole.get(of_day, ()), report),
                *_asked_by(whole.get(of_day, ()), came.get(of_day), asking),
            ]
    named = {matter.number for matter in matters if matter.number}
    by_number = {case.number: case for case in cases if case.number in named}
    open_ = (
        _beside(matter, by_number.get(matter.number)) for matter in matters if not _is_followed_up(matter, by_number.get(matter.number))
    )
    firsts: dict[tuple[object, ...], RefusedMatter] = {}
    for place, matter in enumerate(open_):
        firsts.setdefault(_of_one(matter, place), matter)
    return tuple(firsts.values())


def _beside(matter: RefusedMatter, case: Case | None) -> RefusedMatter:
    """Return a request with what its case asks all the same."""
    asks = case.last["需协调事项"] if matter.is_request and case and case.last and case.is_open else None
    return replace(matter, stands=asks) if asks else matter


def _of_one(matter: RefusedMatter, place: int) -> tuple[object, ...]:
    """Return by what a request is told once, though day after day its row is refused: since the first. Urgent matters are told each."""
    return (matter.district, matter.number, matter.said) if matter.is_request else (place,)


def _of_rows(report: UrgentOfReport | None) -> Iterator[RefusedMatter]:
    if report:
        yield from (RefusedMatter(report.day, report.district, kind, number) for kind, number in report.refused)
        if report.is_sheet_refused:
            yield RefusedMatter(report.day, report.district, "", is_sheet=True)
        asked = ((number, said) for number, said in report.requests if said not in report.asked)
        yield from (RefusedMatter(report.day, report.district, "", number, is_request=True, said=said) for number, said in asked)


def _of_files(files: Sequence[Filed], report: UrgentOfReport | None) -> Iterator[RefusedMatter]:
    """Yield what the files of a district and day told that its report in force has not; of several that one which told the most."""
    told = []
    for file in files:
        kinds = file.reading.refused_urgent
        is_before = report is not None and file.arrival.envelope.received_at < report.received_at
        told.append(beside(kinds, report.kinds) if report and is_before else kinds)
    most = max(told, key=len, default=())
    yield from (RefusedMatter(files[0].reading.day, files[0].reading.district, kind, is_file=True) for kind in most)


def _asked_by(files: Iterable[Filed], came: datetime | None, cases: Mapping[str, Case]) -> Iterator[RefusedMatter]:
    """Yield what the files of a district and day ask about cases; `came`: when the report of theirs that counts did."""
    for file in files:
        for number in requests_of_file(file, came, cases):
            yield RefusedMatter(file.reading.day, file.reading.district, "", number, is_file=True, is_request=True)


def requests_of_file(file: Filed, came: datetime | None, cases: Mapping[str, Case]) -> tuple[str, ...]:
    """Return about which cases a file that was refused whole asks; none where a later report of its day counts, and none that stand.

    `came`: when the report of its district and day that counts did; None where there is none.
    """
    if came and came > file.arrival.envelope.received_at:
        return ()
    return tuple(dict.fromkeys(number for number, mark in file.reading.refused_requests if not _stands(cases.get(number), mark)))


def _stands(case: Case | None, mark: str) -> bool:
    """Whether an open case asks the same already."""
    return bool(case and case.last and case.is_open and request_mark(case.last["需协调事项"] or "") == mark)


def _without_repeated(matters: Iterable[RefusedMatter], report: UrgentOfReport) -> list[RefusedMatter]:
    """Return the matters but for those that a later report of their district has again, and that are taken of it: one for each row."""
    left = [matter for matter in matters if matter.district != report.district or matter.said not in report.asked]
    for kind, number in report.taken:
        same = [matter for matter in left if matter.district == report.district and matter.day < report.day and not matter.is_request]
        same = [matter for matter in same if _may_be(matter, kind, number)]
        if same:
            left.remove(max(same, key=lambda matter: (bool(number) and matter.number == number, matter.kind == kind)))
    return left


def _may_be(matter: RefusedMatter, kind: str, number: str) -> bool:
    return (not matter.kind or matter.kind == kind) and (not (matter.number and number) or matter.number == number)


def _is_followed_up(matter: RefusedMatter, case: Case | None) -> bool:
    """Whether a later report said something of its case, or settled it, as `earlier_matters` has it of those that were taken."""
    if case is None or (matter.is_request and matter.district not in (case.text("旗区"), case.district_on(matter.day))):
        return False
    if case.grounds:
        return matter.is_request  # of a cancelled case nothing is asked
    is_asked = matter.is_request and requests.stands(case.request) is not None and (case.reported or date.min) > matter.day
    return is_asked or (case.settled_since or date.min) >= matter.day or (case.touched or date.min) > matter.day


def by_file(matters: Iterable[RefusedMatter]) -> Iterator[list[RefusedMatter]]:
    """Go through the matters of each district and day, those of files refused whole and requests apart."""
    for _key, group in groupby(
        matters, key=lambda matter: (matter.day, matter.district, matter.is_file, matter.is_sheet, matter.is_request)
    ):
        yield [*group]
