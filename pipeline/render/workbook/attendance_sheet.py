"""报送日历: one cell for each district and day, told by sign and colour, with the counts of seven and of thirty days beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pipeline.day.submissions import ATTENDED_DAYS, Standing
from pipeline.render import definitions
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, merge, put
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, NOTE, explain, frame, headers
from pipeline.terms.words import REPORTED

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

NAME = "报送日历"
_WEEK: Final = 7
_STANDINGS: Final[tuple[Standing, ...]] = ("on-time", "late", "missing")
_COUNTED: Final = 1 + 2 * len(_STANDINGS)
"""The first column of the days: behind the district and the counts of both spans."""
_FEWEST: Final = 16
"""Columns of days that the notes are set over, where there are fewer days."""


def write(book: Book) -> None:
    """A row for each district, and under them how many have reported of each day."""
    attended = book.report.attendance
    widths = [13.0, *(6.5,) * (_COUNTED - 1), *(4.2,) * max(len(attended), _FEWEST)]
    sheet = frame(book, NAME, widths)
    if 0 < len(attended) < ATTENDED_DAYS:
        first = attended[0][0]
        put(sheet, NOTE, 0, f"{words.NOTES[NAME]}日报从{first.month}月{first.day}日开始，到当日共{len(attended)}天。", book.look("note"))
    if not attended:
        put(sheet, FIRST, 0, words.EMPTY[NAME], book.look("note"))
        return
    _write_headers(book, sheet, [day for day, _standings in attended])
    names = book.report.settings.district_names
    for row, district in enumerate(names, FIRST + 1):
        put(sheet, row, 0, district, book.cell("text"))
        sheet.set_row(row, 24)
        standings = [of_day[district] for _day, of_day in attended]
        _write_counts(book, sheet, row, standings)
        for column, standing in enumerate(standings, _COUNTED):
            put(sheet, row, column, words.ATTENDED[standing], book.cell("centered", standing))
    last = FIRST + 1 + len(names)
    _write_total(book, sheet, last, [of_day for _day, of_day in attended])
    sheet.freeze_panes(FIRST + 1, 1)
    sheet.repeat_rows(HEADER, HEADER + 1)
    signs = "，".join(f"{words.ATTENDED[standing]} {REPORTED[standing]}" for standing in _STANDINGS)
    explain(
        book, sheet, last + 2, widths, (f"{signs}。{words.ATTENDED_LATER}", definitions.on_time(book.report.settings), definitions.NOT_ZERO)
    )


def _write_headers(book: Book, sheet: Worksheet, days: Sequence[date]) -> None:
    """Two rows: spans and months, and below them what is counted and the days."""
    band = book.look("band")
    put(sheet, HEADER, 0, None, band)
    for left, span in ((1, "近七天（次）"), (1 + len(_STANDINGS), "近三十天（次）")):
        merge(sheet, (HEADER, left, HEADER, left + len(_STANDINGS) - 1), span, band)
    left = _COUNTED
    for month, of_month in groupby(days, key=lambda day: day.month):
        right = left + len(list(of_month)) - 1
        merge(sheet, (HEADER, left, HEADER, right), f"{month}月", band)
        left = right + 1
    headers(book, sheet, FIRST, ("旗区", *(REPORTED[standing] for standing in _STANDINGS * 2)))
    for column, day in enumerate(days, _COUNTED):
        put(sheet, FIRST, column, str(day.day), book.look("header"))
    sheet.set_row(HEADER, 22)
    sheet.set_row(FIRST, 24)


def _write_counts(book: Book, sheet: Worksheet, row: int, standings: Sequence[str], *looks: str) -> None:
    """How often in the last seven days and in all of them; in red how often not at all."""
    column = 1
    for span in (standings[-_WEEK:], standings):
        for standing in _STANDINGS:
            count = span.count(standing)
            tone = ("alert",) if count and standing == "missing" else ()
            put(sheet, row, column, count, book.cell("count", *looks, *tone))
            column += 1


def _write_total(book: Book, sheet: Worksheet, row: int, attended: Sequence[Mapping[str, Standing]]) -> None:
    """All districts: the counts added up, and of each day how many have reported."""
    sheet.set_row(row, 24)
    put(sheet, row, 0, words.REPORTED_OF, book.cell("text", "sum"))
    for start, span in ((1, attended[-_WEEK:]), (1 + len(_STANDINGS), attended)):
        said = [standing for of_day in span for standing in of_day.values()]
        for step, standing in enumerate(_STANDINGS):
            put(sheet, row, start + step, said.count(standing), book.cell("count", "sum"))
    for column, of_day in enumerate(attended, _COUNTED):
        put(sheet, row, column, sum(standing != "missing" for standing in of_day.values()), book.cell("count", "sum"))
