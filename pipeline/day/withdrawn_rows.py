"""A revision against the one before it: which rows, disputes and urgent matters it leaves out (contract 4), and what it changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import RowPlace
from pipeline.day.moves import away_from
from pipeline.day.submissions import Submissions
from pipeline.terms import contract, messages
from pipeline.terms.case_numbers import alike
from pipeline.terms.contract import ANSWERS, CASE, CONFIRMED, DISPUTED, PROGRESS, RECEPTION, URGENT
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Facts, Filed, Reading, in_order
from pipeline.terms.rows import Rows, rows_of_sheet
from pipeline.terms.text import key


class _Place(TypedDict, total=False):
    """Where a finding points."""

    sheet: str
    row: int
    at: int


def withdrawn_rows(before: Reading, after: Reading, case_book: CaseBook, refused: Collection[tuple[str, int | None]]) -> list[Finding]:
    """Return a finding for each sheet of which the later revision leaves out rows that the earlier one had.

    `refused`: the rows of the earlier one that were refused, by sheet and row as findings name them; they are told apart.
    """
    return [finding for sheet in _SHEETS for finding in _left_out(sheet.name, _gone(sheet.name, before, after, case_book, refused))]


def missing_at_last(
    replaced: Sequence[tuple[Reading, Collection[tuple[str, int | None]]]], last: Reading, case_book: CaseBook
) -> tuple[str, ...]:
    """Return sheet by sheet, in words, the taken rows of all replaced reports of a day that the report in force has not.

    `replaced`: in order of arrival, each with its refused rows.
    """
    told = []
    for sheet in _SHEETS:
        of_all = (row for before, refused in replaced for row in _gone(sheet.name, before, last, case_book, refused))
        if names := dict.fromkeys(name for name, was_refused in of_all if not was_refused):
            told.append(f"{sheet.name}：{messages.listed([*names], '项')}")
    return tuple(told)


_SHEETS = (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS)


def _gone(
    sheet: str, before: Reading, after: Reading, case_book: CaseBook, refused: Collection[tuple[str, int | None]]
) -> list[tuple[str, bool]]:
    """Return the rows of a sheet that the later report has not, each with whether it had been refused.

    An urgent matter that was refused is there again with what was wrong in it changed, such as its moment: its finding asks for just that.
    """
    earlier, later = (rows_of_sheet(reading.rows, sheet) for reading in (before, after))
    if earlier is None:
        return []
    have = set(_row_names(later, case_book)) if later else set()
    is_refused = [(earlier.name, line) in refused for line in earlier.lines]
    again = _again(earlier, later, is_refused) if sheet == URGENT.name else frozenset()
    return [
        (f"{name}{_moved(name, case_book, after.district)}", was_refused)
        for place, (name, was_refused) in enumerate(zip(_row_names(earlier, case_book), is_refused, strict=True))
        if name and name not in have and place not in again
    ]


def _again(earlier: Rows, later: Rows | None, is_refused: Sequence[bool]) -> frozenset[int]:
    """Return the places of the refused rows of 急报事项 that a later report has again, with what was wrong in them changed."""
    rows, places = urgent_rows(earlier), [place for place, refused in enumerate(is_refused) if refused]
    kept = [row for row, refused in zip(rows, is_refused, strict=True) if not refused]
    left = not_again([rows[place] for place in places], urgent_rows(later), kept)
    return frozenset(place for number, place in enumerate(places) if number not in left)


def _left_out(sheet: str, gone: Sequence[tuple[str, bool]]) -> Iterator[Finding]:
    """Yield the finding on these rows of a sheet, if any is to be told; each comes with whether it had been refused."""
    taken = dict.fromkeys(name for name, was_refused in gone if not was_refused)
    refused = dict.fromkeys(name for name, _was_refused in gone if name not in taken)
    names, others = (f"{sheet}：{messages.listed([*some], '项')}" for some in (taken, refused))
    if taken:
        yield messages.finding(f"rows-withdrawn{'/both' if refused else ''}", sheet=sheet, names=names, refused=others)
    elif refused:
        yield messages.finding("rows-withdrawn/refused", sheet=sheet, names=others)


def _moved(name: str, case_book: CaseBook, district: str) -> str:
    """Return that a case need not be there, since the office has given it to another district; '' where it has not."""
    case = case_book.cases.get(name)
    moved = away_from(case.moves, district) if case else None
    return f"（已改派{moved.after}，不用补）" if moved else ""


def withdrawn_disputes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the cases that the earlier revision called 不认可 and of which the later one says neither that nor 认可.

    In come both revisions' 群众确认 by case, of the rows that were taken.
    """
    return sorted(number for number, answer in before.items() if answer == DISPUTED and after.get(number) not in (DISPUTED, CONFIRMED))


def dispute_findings(numbers: list[str], rows: tuple[Rows, ...], case_book: CaseBook, refused: Mapping[str, str]) -> list[Finding]:
    """Return the finding on each of these cases (`dispute-withdrawn`), at its row where the revision has one.

    `refused`: the 不认可 or 认可 of the revision's rows that were refused, by case: there it did not leave out what people said.
    """
    sheet = next((sheet for sheet in rows if sheet.sheet == PROGRESS.name), None)
    positions: dict[str, int] = {}
    for position, number in enumerate(sheet.texts(CASE) if sheet else ()):
        if number and (case := case_book.find(number)):
            positions.setdefault(case.number, position)
    findings = []
    for number in numbers:
        answer, stands = refused.get(number, ""), (case := case_book.find(number)) is not None and case.dispute is not None
        name = f"dispute-withdrawn{'/refused' if answer else ''}{'/stands' if stands else ''}"
        place = {} if sheet is None or number not in positions else _place(sheet, positions[number])
        findings.append(messages.finding(name, value=number, details={"case": messages.brief(number), "answer": answer}, **place))
    return findings


def _place(sheet: Rows, position: int) -> _Place:
    column = sheet.letters.get("群众确认", sheet.letters[CASE])
    return {"sheet": sheet.name, "row": sheet.lines[position], "at": column}


def _row_names(rows: Rows, case_book: CaseBook, *, with_case: bool = True) -> list[str]:
    """Return what identifies each row: its case, its category, or several of its columns; '' where nothing does."""
    if rows.sheet == RECEPTION.name:
        return [name or "" for name in rows.texts("问题类别")]
    numbers = [(case.number if (case := case_book.find(number)) else number) if number else "" for number in rows.texts(CASE)]
    identifying = {URGENT.name: ("事项类别", "发生时间"), ANSWERS.name: ("通知编号",)}.get(rows.sheet, ())
    numbers = numbers if with_case else [""] * len(numbers)
    parts = zip(numbers, *(rows.texts(column) for column in identifying), strict=True)
    return [" ".join(part for part in row if part) for row in parts]


def refused_answers(report: Filed) -> tuple[str, ...]:
    """Return the cases whose row in 案件进展 says 不认可 or 认可 and was refused by itself, each as `alike` writes it."""
    rows = rows_of_sheet(report.reading.rows, PROGRESS.name)
    if rows is None:
        return ()
    answers, numbers = rows.texts("群众确认"), rows.texts(CASE)
    return tuple(sorted({alike(numbers[place] or "") for place in rows.refused if answers[place] in (DISPUTED, CONFIRMED)} - {""}))


# --- urgent matters ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UrgentRow:
    """By what a row of 急报事项 that was refused is known again in a later report: all but what may have been wrong in it."""

    kind: str
    """'' where it is not in the list."""
    number: str
    """As `alike` writes it; '' for none."""
    situation: str
    """As texts are compared; '' where it is empty or refused."""

    def may_be(self, later: UrgentRow) -> bool:
        """Whether a later row tells of the same: of the same kind, and of the same case or in the same words."""
        is_same_kind = not (self.kind and later.kind) or self.kind == later.kind
        is_same_case = bool(self.number) and self.number == later.number
        return is_same_kind and (is_same_case or not self.situation or self.situation == later.situation)


def urgent_rows(rows: Rows | None) -> list[UrgentRow]:
    """Return what each row of 急报事项 is known by."""
    if rows is None:
        return []
    unread, columns = rows.unread.get("情况说明", ()), zip(rows.texts("事项类别"), rows.texts(CASE), rows.texts("情况说明"), strict=True)
    return [
        UrgentRow(kind if kind in contract.URGENT_KINDS else "", alike(number or ""), "" if place in unread else key(situation or ""))
        for place, (kind, number, situation) in enumerate(columns)
    ]


def not_again(refused: Sequence[UrgentRow], later: Iterable[UrgentRow], taken: Iterable[UrgentRow]) -> list[int]:
    """Return the places of the refused rows that a later report has not again; `taken`: what the earlier one had besides.

    One row is one of them again; none is that was taken before already, but for one in the same words.
    """
    rows, left = Counter(later), list[int]()
    for place, was in enumerate(refused):
        if rows[was]:
            rows[was] -= 1
        else:
            left.append(place)
    anew = [*(rows - Counter(taken)).elements()]
    for place in [*left]:
        if found := next((row for row in anew if refused[place].may_be(row)), None):
            anew.remove(found)
            left.remove(place)
    return left


@dataclass(frozen=True, slots=True)
class Matter:
    """What a row of 急报事项 says of a matter."""

    number: str
    """The case's number; '' for a row without one."""
    said: str
    """事项类别, 情况说明 and 需协调事项."""
    situation: str
    happened: str
    is_urgent: bool = True
    """Else it is what a row of 案件进展 asks to be coordinated."""

    @property
    def identity(self) -> tuple[str, str]:
        """The same of two rows that say the same of the same case."""
        return self.case, key(self.said)

    @property
    def case(self) -> str:
        """The number, the same however it is written."""
        return alike(self.number)


@dataclass(frozen=True, slots=True)
class MatterChange:
    """An urgent matter of which a report in force says another thing than one that it replaced."""

    district: str
    day: date
    was: Matter | None
    """None where nothing was said of it."""
    now: Matter | None
    """None where nothing is said of it any more."""

    @property
    def is_urgent(self) -> bool:
        """Whether it stands in 急报事项; else it is a 需协调事项 of a case."""
        return all(matter.is_urgent for matter in (self.was, self.now) if matter)


Reception = tuple[int, int, int]
"""接访批次, 当场答复 and 转交办理."""


@dataclass(frozen=True, slots=True)
class ReceptionChange:
    """The counts of 接访情况 of which a report in force says another thing than one that it replaced."""

    district: str
    day: date
    was: Mapping[str, Reception] | None
    """By category; None where there was no report."""
    now: Mapping[str, Reception]
    is_late: bool = True
    """Whether what had come by the cut-off said another thing too."""


def matters(rows: Iterable[RowPlace]) -> list[Matter]:
    """Return what these rows of 急报事项 say."""
    return [
        Matter(
            row[CASE] or "",
            "；".join(
                part for part in (f"{row['事项类别']}：{row['情况说明']}", row["需协调事项"] and f"需协调：{row['需协调事项']}") if part
            ),
            row["情况说明"] or "",
            row["发生时间"] or "",
        )
        for row in rows
    ]


def matters_of(report: Filed | None) -> list[Matter]:
    """Return what a report says in the rows of 急报事项 that are sound by themselves."""
    rows = rows_of_sheet(report.reading.rows, URGENT.name) if report else None
    if report is None or rows is None:
        return []
    return matters(RowPlace(report.arrival.id, rows, place) for place in range(len(rows.lines)) if place not in rows.refused)


def requests_of(report: Filed | None) -> list[Matter]:
    """Return what a report asks to be coordinated, case by case, in the rows of 案件进展 that are sound by themselves."""
    rows = rows_of_sheet(report.reading.rows, PROGRESS.name) if report else None
    if rows is None:
        return []
    asked = {place: text for place, text in enumerate(rows.texts("需协调事项")) if text and place not in rows.refused}
    numbers = {place: rows.text(CASE, place) or "" for place in asked}
    return [Matter(numbers[place], f"需协调：{text}", "", "", is_urgent=False) for place, text in asked.items()]


def receptions_of(report: Filed | None) -> dict[str, Reception] | None:
    """Return a report's 接访情况 by category, added up, of the rows that are sound by themselves; None without a report."""
    if report is None:
        return None
    rows, sums = rows_of_sheet(report.reading.rows, RECEPTION.name), dict[str, Reception]()
    for place in range(len(rows.lines) if rows else 0):
        if rows and place not in rows.refused:
            batches, answered, passed = (rows.count(name, place) or 0 for name in ("接访批次", "当场答复", "转交办理"))
            had = sums.get(category := rows.text("问题类别", place) or "", (0, 0, 0))
            sums[category] = (had[0] + batches, had[1] + answered, had[2] + passed)
    return {category: counts for category, counts in sorted(sums.items()) if any(counts)}


def lost(before: Sequence[Matter], after: Sequence[Matter]) -> Iterator[tuple[Matter, Matter | None]]:
    """Yield each matter that is not said any more as it was, with what is said instead of the same case, situation or moment."""
    kept = Counter(was.identity for was in before) & Counter(now.identity for now in after)
    by_clue: dict[tuple[str, str], list[Matter]] = defaultdict(list)
    for now in reversed(_without(kept, after)):
        for clue in _clues(now):
            by_clue[clue].append(now)
    taken = set[int]()
    for was in _without(kept, before):
        yield was, _successor([by_clue[clue] for clue in _clues(was) if clue in by_clue], taken)


def _successor(alike: Iterable[list[Matter]], taken: set[int]) -> Matter | None:
    """Take the first of the rows that no other matter has taken; the lists, last row first, lose those that have been."""
    for rows in alike:
        while rows:
            now = rows.pop()
            if id(now) not in taken:
                taken.add(id(now))
                return now
    return None


def _without(kept: Counter[tuple[str, str]], rows: Sequence[Matter]) -> list[Matter]:
    left = kept.copy()
    others = []
    for row in rows:
        if left[row.identity]:
            left[row.identity] -= 1
        else:
            others.append(row)
    return others


def _clues(matter: Matter) -> list[tuple[str, str]]:
    """Return by what a matter is known again, the surest first."""
    of_case = [("case", matter.case)] if matter.case else []
    others = (("situation", key(matter.situation)), ("moment", matter.happened))
    return [*of_case, *(clue for clue in others if clue[1])]


def gained(before: Sequence[Matter], after: Sequence[Matter]) -> list[Matter]:
    """Return the matters of which nothing was said before."""
    return [now for now, was in lost(after, before) if was is None]


def late_matters(late: Iterable[Filed], then: Facts, known: Facts) -> Iterator[MatterChange]:
    """Go through the urgent matters that the late reports leave out, tell otherwise, or are the first to tell."""
    told, now = Submissions.of(then.reports), Submissions.of(known.reports)
    for filed in {(filed.reading.district, filed.reading.day): filed for filed in in_order(late)}.values():
        district, day = filed.reading.district, filed.reading.day
        for said_in in (matters_of, requests_of):
            before, after = (said_in(reports.beside(filed).in_force) for reports in (told, now))
            yield from (MatterChange(district, day, was, instead) for was, instead in lost(before, after))
            yield from (MatterChange(district, day, None, new) for new in gained(before, after))


def late_receptions(late: Iterable[Filed], then: Facts, known: Facts) -> Iterator[ReceptionChange]:
    """Go through the 接访情况 of which the late reports say another thing than what was known."""
    told, now = Submissions.of(then.reports), Submissions.of(known.reports)
    for filed in {(filed.reading.district, filed.reading.day): filed for filed in in_order(late)}.values():
        before, after = (receptions_of(reports.beside(filed).in_force) for reports in (told, now))
        if (before or {}) != (after or {}):
            yield ReceptionChange(filed.reading.district, filed.reading.day, before, after or {})
