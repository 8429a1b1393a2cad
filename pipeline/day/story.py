"""The story of one case: every row that ever spoke of it, in the order of the fold, what each changed, and how the case stood on a day.

It is the fold itself that tells it, over the rows that could mean the case: what a row about another case says changes nothing for it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import Case, RowPlace
from pipeline.day.exemptions import Exemption, is_sheet_refused
from pipeline.day.fold import look_on
from pipeline.day.submissions import Submissions
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers
from pipeline.terms.contract import CASE, EXEMPTIONS, URGENT
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Facts, Filed, Submission
from pipeline.terms.rows import Rows

Became = Literal["taken", "repeated", "refused", "replaced", "duplicate", "left-out", "refused-file", "ended"]
Ended = Literal["", "expired", "gone", "row-refused", "sheet-refused"]
"""What ended an exemption: its last day, or what a newer workbook has of it."""
_OFTEN: Final = frozenset({URGENT.name, EXEMPTIONS.name})
"""Sheets on which several rows can be about one case."""
_LEAVES_OUT: Final = frozenset({"rows-withdrawn", "dispute-withdrawn"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One row that spoke of the case; or a file that leaves out what the one before it had, or was refused whole and names the case.

    Or the end of an exemption that moved its deadline: by its last day, of the workbook that had it; else of the workbook that ended it.
    """

    file: Filed
    became: Became
    counts_from: date
    """The day of the fold on which it has its turn."""
    place: RowPlace | None = None
    """None where there is no row."""
    findings: tuple[Finding, ...] = ()
    """Those of the row; where there is none, those of the file that name the case."""
    submission: Submission | None = None
    """The report's place among its day's; None for an assignment workbook and a refused file."""
    in_force: int = 0
    """The revision that counts for the report's day; 0 where there is none."""
    before: Case | None = None
    """The case before the file; None where there was none."""
    after: Case | None = None
    ended: Ended = ""
    """Of `ended` alone."""

    @property
    def day(self) -> date:
        """The day that it stands under: the file's, or that on which an exemption held no more."""
        return self.counts_from if self.became == "ended" else self.file.reading.day

    @property
    def order(self) -> tuple[date, bool, datetime, str, str]:
        """Its place in the fold: workbooks first on their day, reports by arrival and content."""
        arrival = self.file.arrival
        return self.counts_from, not arrival.is_assignment, arrival.envelope.received_at, arrival.sha256, arrival.path


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one number."""

    number: str
    day: date
    mentions: tuple[Mention, ...]
    """What counts for the day or for those before it, in the order of the fold."""
    later: tuple[Mention, ...]
    """What belongs to later days."""
    case: Case | None
    """The case at the end of the day; None where nothing that counts had brought it in."""

    @property
    def is_in_register(self) -> bool:
        """Whether the register held it on the day; cancelled cases included."""
        return self.case is not None and self.case.assigned <= self.day


def about(number: str, file: Filed) -> Filed:
    """Return the file with only those rows that could mean the case of a canonical number."""
    return replace(file, reading=replace(file.reading, rows=tuple(_rows_about(number, file.reading.rows))))


def _rows_about(number: str, sheets: Iterable[Rows]) -> Iterator[Rows]:
    for rows in sheets:
        written = _numbers(rows)
        kept = [at for at, text in enumerate(written) if text and case_numbers.could_mean(number, text)]
        places = {before: now for now, before in enumerate(kept)}
        if kept:
            yield Rows(
                rows.sheet,
                rows.name,
                rows.letters,
                lines=[rows.lines[at] for at in kept],
                values={column: [values[at] for at in kept] for column, values in rows.values.items()},
                unread={column: [places[at] for at in unread if at in places] for column, unread in rows.unread.items()},
                refused=[places[at] for at in rows.refused if at in places],
            )


def _numbers(rows: Rows) -> list[str | None]:
    """Return the numbers as a sheet's rows have them; of 豁免 what its rows exempt."""
    column = EXEMPTIONS.key if rows.sheet == EXEMPTIONS.name else CASE
    return rows.texts(column) if column in rows.values else []


def tell(number: str, files: Sequence[Filed], settings: Settings, day: date) -> Story:
    """Return the story of the case that a canonical number means on that day, else on any day, else of the number alone.

    `files`: all that ever arrived, with the rows that `about` leaves of them, and an assignment workbook among them. Raises LookupError
    with the numbers that it could mean where these are several, and with none where no row speaks of it.
    """
    facts = Facts.of(file for file in files if file.reading.accepted)
    days = {day, max([day, *(file.reading.day for file in files)])}
    ever = CaseBook()
    meant = None
    for today, ever in look_on(facts, settings, days, lambda *_: None):
        meant = ever.find(number) if today == day else meant
    ever.turn_to(date.max)
    written = {text for file in files for rows in file.reading.rows for text in _numbers(rows) if text}
    teller = _Teller(meant.number if meant else _number_of(number, ever, written), ever, Submissions.of(facts.reports))
    case = None
    for today, case_book in look_on(facts, settings, days, teller.hear):
        if today == day and teller.number in case_book.cases:
            case = copy.copy(case_book.cases[teller.number])
    teller.note_expired(max(days))
    mentions = sorted([*teller.mentions, *teller.unjudged(files)], key=lambda mention: mention.order)
    until, later = (tuple(mention for mention in mentions if (mention.counts_from > day) is after) for after in (False, True))
    return Story(teller.number, day, until, later, case)


def _number_of(number: str, ever: CaseBook, written: set[str]) -> str:
    """Return the case of any day that a number means, else the number as a row has it. Raises LookupError."""
    if case := ever.find(number):
        return case.number
    if number in written or len(written) == 1:
        return number if number in written else min(written)
    raise LookupError(*sorted(written))


@dataclass(slots=True)
class _Teller:
    """Listens to the fold, and notes what it says of one case."""

    number: str
    ever: CaseBook
    """Every case that is ever brought in."""
    submissions: Submissions
    mentions: list[Mention] = field(default_factory=list)
    before: Case | None = None
    """The case before the file that is heard now."""
    is_first_workbook: bool = True
    workbooks: dict[int, Filed] = field(default_factory=dict)
    """Those that were heard, by arrival."""

    def hear(self, file: Filed, findings: Sequence[Finding], case_book: CaseBook) -> None:
        """Note what a file says of the case, once the fold has judged it."""
        submission = self.submissions.place_of(file)
        case = case_book.cases.get(self.number)
        after, turn = copy.copy(case) if case else None, self._turn(file)
        self.note_expired(turn)
        told = Mention(
            file,
            "taken",
            turn,
            findings=(*file.reading.findings, *findings),
            submission=submission,
            in_force=self.submissions.beside(file).revision if submission else 0,
            before=self.before,
            after=after,
        )
        self.mentions += [*self._rows(told, case_book), *self._left_out(told), *self._ended(told, case_book)]
        if submission is None or submission.in_force:  # what was replaced leaves no trace
            self.before = after

    def note_expired(self, day: date) -> None:
        """Note on that day, or before what is heard on it, that the exemption has ended by its date, under the workbook that had it."""
        exempted = self.before.exempted if self.before else None
        if self.before is None or exempted is None or exempted.holds_on(day):
            return
        after = copy.copy(self.before)
        after.exempted = None
        workbook, day_after = self.workbooks[exempted.arrival], exempted.until + timedelta(days=1)
        told = Mention(workbook, "ended", day_after, place=_place(exempted, workbook), before=self.before, after=after, ended="expired")
        self.mentions.append(told)
        self.before = after

    def _ended(self, told: Mention, case_book: CaseBook) -> Iterator[Mention]:
        """Return a mention where a workbook ends the exemption of the case before its date."""
        if not told.file.arrival.is_assignment:
            return
        self.workbooks[told.file.arrival.id] = told.file
        exempted = told.before.exempted if told.before else None
        if exempted is None or (told.after and told.after.exempted):
            return
        is_row = exempted.key in case_book.refused_exemptions
        ended: Ended = "sheet-refused" if is_sheet_refused(told.file.reading) else "row-refused" if is_row else "gone"
        yield replace(told, became="ended", findings=(), ended=ended)

    def _turn(self, file: Filed) -> date:
        """On which day of the fold a file has its turn: the earliest workbook holds from the beginning."""
        is_first = file.arrival.is_assignment and self.is_first_workbook
        self.is_first_workbook = self.is_first_workbook and not is_first
        return date.min if is_first else file.reading.day

    def _rows(self, told: Mention, case_book: CaseBook | None) -> Iterator[Mention]:
        """Return a mention for each row of the file that speaks of the case."""
        for rows in told.file.reading.rows:
            is_taken = False
            for position, written in enumerate(_numbers(rows)):
                if not written or not self._is_meant(written, case_book):
                    continue
                own = tuple(finding for finding in told.findings if (finding.sheet, finding.row) == (rows.name, rows.lines[position]))
                is_refused = position in rows.refused or any(finding.refuses for finding in own)
                became = _became(told, is_refused=is_refused, is_repeated=is_taken and rows.sheet not in _OFTEN)
                is_taken = is_taken or became == "taken"
                yield replace(told, became=became, place=RowPlace(told.file.arrival.id, rows, position), findings=own)

    def _is_meant(self, written: str, case_book: CaseBook | None) -> bool:
        """Whether a number as a row has it means the case, or did not mean any when it had its turn and would mean it on another day."""
        case = (case_book.find(written) if case_book else None) or self.ever.find(written)
        return (case.number if case else written) == self.number

    def _left_out(self, told: Mention) -> Iterator[Mention]:
        """Return a mention where a file says of the case that it leaves it out."""
        named = tuple(finding for finding in told.findings if finding.code in _LEAVES_OUT and finding.row is None)
        if told.file.arrival.is_assignment:
            is_gone = told.after is not None and told.after.is_missing and not (told.before and told.before.is_missing)
        else:
            is_gone = any(self.number in finding.message for finding in named)
        if is_gone:
            became: Became = "replaced" if told.submission and not told.submission.in_force else "left-out"
            yield replace(told, became=became, findings=named)

    def unjudged(self, files: Iterable[Filed]) -> Iterator[Mention]:
        """Return the mentions in files that the fold passes over: duplicates, and what was refused whole."""
        for file in files:
            submission = self.submissions.place_of(file) if file.reading.accepted else None
            told = Mention(file, "duplicate", file.reading.day, submission=submission, in_force=self.submissions.beside(file).revision)
            if submission and submission.is_duplicate:
                yield from self._rows(told, None)
            elif not file.reading.accepted:
                pattern = case_numbers.mentions(self.number)
                named = tuple(finding for finding in file.reading.findings if pattern.search(f"{finding.value} {finding.message}"))
                if named or pattern.search(file.arrival.name):
                    refusing = tuple(finding for finding in file.reading.findings if finding.refuses)
                    yield replace(told, became="refused-file", findings=named or refusing)


def _place(exempted: Exemption, workbook: Filed) -> RowPlace | None:
    """Return where in its workbook an exemption stands."""
    for rows in workbook.reading.rows:
        if rows.name == exempted.sheet and exempted.line in rows.lines:
            return RowPlace(workbook.arrival.id, rows, rows.lines.index(exempted.line))
    return None


def _became(told: Mention, *, is_refused: bool, is_repeated: bool) -> Became:
    """Return what became of a row: first by its file, then by itself."""
    if told.submission and not told.submission.in_force:
        return "duplicate" if told.submission.is_duplicate else "replaced"
    if is_refused:
        return "refused"
    return "repeated" if is_repeated else "taken"
