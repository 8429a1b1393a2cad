"""对账: what the assignment workbook and the reports say differently, by kind; above each list when something is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, Column, Listing, explain, frame, headers, heading, write_lines
from pipeline.report import reconciliation_words, sentences, who_reported
from pipeline.report.case_lines import CaseLine
from pipeline.report.reconciliation import Twice

NAME: Final = "对账"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of any kind."""

    district: str
    numbers: tuple[str, ...]
    """The first is shown, and a click on it shows all."""
    case: CaseLine | None
    """None where the number is nobody's."""
    situation: str
    origin: str = ""


COLUMNS: Final[tuple[Column[_Line], ...]] = (
    Column("旗区", 10, "center", lambda line: line.district),
    Column("案件编号", 15, "case", lambda line: line.numbers[0], cases=lambda line: line.numbers if line.case else ()),
    Column("案由", 28, "long", lambda line: line.case.matter if line.case else ""),
    Column("责任单位", 13, "long", lambda line: line.case.unit if line.case else ""),
    Column("包案领导", 10, "center", lambda line: line.case.leaders if line.case else ""),
    Column("交办日期", 11, "date", lambda line: line.case.assigned if line.case else None),
    Column("情况", 45, "long", lambda line: line.situation),
    Column("出处", 37, "long", lambda line: line.origin),
)


def write(book: Book) -> None:
    """One header, frozen and on every page; under it the kinds, each with its rule and its lines, by district and case."""
    widths = [column.width for column in COLUMNS]
    sheet = frame(book, NAME, widths)
    headers(book, sheet, HEADER, (column.header for column in COLUMNS))
    sheet.set_row(HEADER, 24)
    sheet.freeze_panes(FIRST, 0)
    sheet.repeat_rows(HEADER)
    row = FIRST
    if not book.report.beyond.reconciliation:
        empty = who_reported.nothing(words.EMPTY[NAME], book.report.submissions)
        write_lines(book, sheet, row, Listing(COLUMNS, (), empty=empty))
        return
    for name, rule, lines in _kinds(book):
        heading(book, sheet, row, len(COLUMNS) - 1, f"{name}（{len(lines)}）")
        row = explain(book, sheet, row + 1, widths, (rule,))
        row = write_lines(book, sheet, row, Listing(COLUMNS, lines, empty=words.NONE_OF_KIND)) + 1


def _kinds(book: Book) -> Iterator[tuple[str, str, list[_Line]]]:
    """Go through the kinds: name, rule, lines."""
    found, day = book.report.beyond.reconciliation, book.report.day
    until = book.report.settings.hints.trial_until
    trial = words.TWICE_ON_TRIAL.format(day=sentences.long_day(until)) if until and found.is_trial else ""
    never = (
        _Line(each.line.district, (each.line.number,), each.line, reconciliation_words.of_never_reported(each, day), each.line.listed_in)
        for each in found.never_reported
    )
    unassigned = (
        _Line(each.district, (each.number,), each.line, reconciliation_words.of_not_assigned(each), each.origin)
        for each in found.not_assigned
    )
    differing = (
        _Line(each.line.district, (each.line.number,), each.line, reconciliation_words.of_differing(each), each.origin)
        for each in found.differing
    )
    yield reconciliation_words.NEVER_REPORTED, words.NEVER_REPORTED, _by_district(book, never)
    yield reconciliation_words.NOT_ASSIGNED, words.NOT_ASSIGNED, _by_district(book, unassigned)
    yield reconciliation_words.DIFFERING, words.DIFFERING, _by_district(book, differing)
    yield reconciliation_words.TWICE, f"{words.TWICE}{trial}", _by_district(book, map(_pair, found.twice))


def _pair(pair: Twice) -> _Line:
    """A pair as a line: of the first case, with what the other is."""
    first, second = pair.lines
    whose = "" if second.district == first.district else f"（{second.district}）"
    situation = f"{reconciliation_words.in_common(pair)}。{second.number}{whose}：{second.matter}"
    return _Line(first.district, (first.number, second.number), first, situation)


def _by_district(book: Book, lines: Iterable[_Line]) -> list[_Line]:
    places = {name: at for at, name in enumerate(book.report.settings.district_names)}
    return sorted(lines, key=lambda line: places.get(line.district, len(places)))
