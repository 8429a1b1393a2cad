"""The rows behind the counts of a day or several, why rows and whole files were refused, and what has come of these since.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.judgement import TurnedBack
from pipeline.day.submissions import NO_REPORTS, Submissions
from pipeline.intake import facts_known, held_files
from pipeline.office import report_preview, status
from pipeline.report import reminders, story_lines
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers, grouping
from pipeline.terms.contract import CASE, RECEPTION, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Filed
from pipeline.terms.rows import Rows
from pipeline.terms.text import mask
from pipeline.terms.words import OF_ASSIGNMENT, clock


@dataclass(frozen=True, slots=True)
class HandedInRow:
    """A row of a report; all texts masked."""

    day: date
    """Of the report."""
    district: str
    file: str
    place: str
    """案件进展 第4行."""
    about: str
    """Its case number, or the category where its sheet has no numbers."""
    cells: tuple[tuple[str, str, str], ...]
    """Address, column and content of its filled cells."""
    findings: tuple[Finding, ...]
    cases: tuple[str, ...] = ()
    """The cases of the register that it or its findings are about."""
    replaced: str = ""
    """Of a report that a later one of its day has replaced: which it was and when the one that counts came, in words."""

    since: str = ""
    """Of a case that no workbook had on that day and one has now: since when, and what there is to do."""
    turned_back: str = ""
    """Of a taken row that may be of an older form: what it changes against a late report before it, in words."""

    @property
    def is_refused(self) -> bool:
        """Whether it changed nothing."""
        return any(finding.severity is Severity.ROW for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file of which nothing was taken; all texts masked."""

    day: date
    """Of the report; where nobody could read that, on which it came."""
    district: str
    """From which it came; 分解表 for an assignment workbook, '' where nobody knows."""
    file: str
    received_at: datetime
    findings: tuple[Finding, ...]
    since: str
    """What has come of it since, in words; '' where nothing has."""

    @property
    def is_mended(self) -> bool:
        """Whether what was refused came again and was not refused whole."""
        return self.since.startswith(_MENDED)

    @property
    def is_open(self) -> bool:
        """Whether nothing has come since that was taken, as far as anybody can tell."""
        return not self.is_mended and self.since != _UNKNOWN


_MENDED: Final = "后来另报了"
_UNKNOWN: Final = "不知是谁的，看不出是否另报过"


def refused_files(settings: Settings, first: date, last: date) -> list[RefusedFile]:
    """Return the files that were refused whole of these days' reports, the newest first. Raises LedgerError."""
    zone = settings.calendar.zone

    def about(file: Filed) -> date:
        return file.reading.day or file.arrival.envelope.received_at.astimezone(zone).date()

    def is_one(file: Filed) -> bool:
        return not file.reading.accepted and first <= about(file) <= last

    held = held_files.held(settings, is_one)
    files = [file for file in held.files if not held.is_left_out(file)]
    index = Submissions.of(file for file in files if not file.arrival.is_assignment)
    workbooks = [file.arrival.envelope.received_at for file in files if file.arrival.is_assignment and file.reading.accepted]
    told = []
    for file in filter(is_one, files):
        came, day = file.arrival.envelope.received_at, about(file)
        district = OF_ASSIGNMENT if file.arrival.is_assignment else status.sent_by(file, settings)
        if file.arrival.is_assignment:
            taken = workbooks
        else:
            taken = [submission.filed.arrival.envelope.received_at for submission in index.on(day).get(district, NO_REPORTS).revisions]
        since = _since(came, taken, day, settings) if district else _UNKNOWN
        told.append(RefusedFile(day, district, mask(file.arrival.name), came.astimezone(zone), tuple(file.reading.findings), since))
    return sorted(told, key=lambda refused: (refused.day, refused.received_at), reverse=True)


def _since(came: datetime, taken: Sequence[datetime], day: date, settings: Settings) -> str:
    """Return what came of the same after a refused file that was not refused whole, or before it; its rows may all be refused."""
    later = [at for at in taken if at > came]
    if later:
        return f"{_MENDED}，最近一份{clock(max(later).astimezone(settings.calendar.zone), day)} 收到，采用了几行见这一天的报送情况"
    return "以前报的还算数，没有再报" if taken else ""


def of_days(settings: Settings, days: Sequence[date], today: date) -> Iterator[HandedInRow]:
    """Go through every row of the reports that count for these days, the last of them last, by the register of the rows' days.

    With each report come the refused rows of those that it replaced, but for what it is refused for itself. Raises LedgerError.
    """
    rows = [*_of_days(settings, days)]
    if any(_is_unknown(row) for row in rows):
        today = max(*days, today)
        state = facts_known.until([today], settings, held_files.read_waiting_assignments(settings)).fold(settings, [today]).get(today)
        book = CaseBook.of(state.cases if state else (), today)
        rows = [_with_later_listing(row, book) if _is_unknown(row) else row for row in rows]
    yield from rows


def _is_unknown(row: HandedInRow) -> bool:
    return any(finding.code == "unknown-case" for finding in row.findings)


def _with_later_listing(row: HandedInRow, book: CaseBook) -> HandedInRow:
    case = book.find(case_numbers.canonical(row.about))
    is_own = case is not None and case.text("旗区") == row.district
    return replace(row, since=story_lines.not_listed_then(case, row.day, case.entered, book.day)) if case and is_own else row


def _of_days(settings: Settings, days: Sequence[date]) -> Iterator[HandedInRow]:
    known_now = facts_known.until(days, settings, held_files.read_waiting_assignments(settings))
    for state in known_now.fold(settings, days).values():
        in_force = [state.in_force[name] for name in settings.district_names if name in state.in_force]
        known = report_preview.in_register(state)
        for report in in_force:
            judgement = state.judgements[report.arrival.id]
            rows = [*of_file(report, judgement.findings, known)]
            turned_back = dict(zip(map(_where, judgement.turned_back), reminders.turned_back(judgement, state.day), strict=True))
            yield from (replace(row, turned_back=turned_back.get(row.place, "")) for row in rows)
            yield from _of_replaced(state, report, {_what(row) for row in rows if row.is_refused}, settings)


def _where(row: TurnedBack) -> str:
    return _place(row.place.rows, row.place.rows.lines[row.place.position])


def _place(rows: Rows, line: int) -> str:
    return mask(f"{rows.name} 第{line}行")


def _of_replaced(state: DayState, report: Filed, still: Collection[tuple[str, ...]], settings: Settings) -> Iterator[HandedInRow]:
    """Go through the refused rows of the reports before the one that counts; `still`: what rows of it are refused for."""
    came = clock(report.arrival.envelope.received_at.astimezone(settings.calendar.zone), state.day)
    known = report_preview.in_register(state)
    for revision in state.submissions[report.reading.district].revisions:
        if not revision.in_force:
            replaced = f"第 {revision.revision} 版，后来另报了，{came} 收到"
            for row in of_file(revision.filed, state.judgements[revision.filed.arrival.id].findings, known):
                if row.is_refused and _what(row) not in still:
                    yield replace(row, replaced=replaced)


def _what(row: HandedInRow) -> tuple[str, ...]:
    """Return what a refused row is about and why it is refused, wherever it stands."""
    return (row.place.partition(" ")[0], row.about, *(finding.code for finding in row.findings if finding.refuses))


def of_file(filed: Filed, judged: list[Finding], known: Collection[str]) -> Iterator[HandedInRow]:
    """Go through the rows of one report, each with what was found in it.

    `judged`: the findings against the register; `known`: the cases in it.
    """
    by_row: dict[tuple[str, int | None], list[Finding]] = {}
    for finding in (*filed.reading.findings, *judged):
        by_row.setdefault((finding.sheet, finding.row), []).append(finding)
    # a reading holds what cells were understood as; findings against the register have that too, and long values are cut
    own = (finding for finding in filed.reading.findings if finding.value and not finding.value.endswith("…"))
    seen = {(finding.sheet, finding.cell): finding.value for finding in own}
    for rows in filed.reading.rows:
        for position, line in enumerate(rows.lines):
            about, noted = _about(rows, position), by_row.get((rows.name, line), ())
            found = tuple(sorted(noted, key=lambda finding: not finding.refuses))
            numbers = dict.fromkeys([case_numbers.canonical(about), *(case for one in found for case in grouping.about_cases(one, ""))])
            yield HandedInRow(
                day=filed.reading.day,
                district=filed.reading.district,
                file=mask(filed.arrival.name),
                place=_place(rows, line),
                about=about,
                cells=tuple(_written(story_lines.cells(RowPlace(filed.arrival.id, rows, position)), rows.name, seen)),
                findings=found,
                cases=tuple(number for number in numbers if number in known),
            )


def _written(cells: Iterable[tuple[str, str, str]], sheet: str, seen: Mapping[tuple[str, str], str]) -> Iterator[tuple[str, str, str]]:
    """Go through a row's cells with what was written in them, as far as their findings tell."""
    return ((cell, column, seen.get((sheet, cell), text)) for cell, column, text in cells)


def _about(rows: Rows, position: int) -> str:
    column = "问题类别" if rows.sheet == RECEPTION.name else CASE
    return mask(rows.text(column, position) or "") if column in rows.values else ""
