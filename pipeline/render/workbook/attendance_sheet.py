"""报送日历: one cell for each district and day, told by sign and colour, with the counts of seven and of thirty days beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Final

from pipeline.day.submissions import ATTENDED_DAYS, Attendance, Stands
from pipeline.render import definitions
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, merge, put
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, NOTE, explain, frame, headers
from pipeline.terms.words import STANDS, near

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

NAME = "报送日历"
_WEEK: Final = 7
_ALWAYS: Final[tuple[Stands, ...]] = ("on-time", "late", "missing")
"""What is counted on every calendar; the others have their columns where there is such a day."""
_LOOKS: Final[Mapping[Stands, str]] = {"refused": "all-refused", "returned": "all-refused", "excused": "late", "mended": "late"}
_RARE: Final = ("excused", "mended", "returned")
"""What has its sign explained only where it is there."""
_FEW_DAYS: Final = 20
_FEWEST: Final = 16
"""Columns of days that the notes are set over, where there are fewer days."""


def write(book: Book) -> None:
    """A row for each district, and under them how many have reported of each day."""
    attended = book.report.attendance
    counted = _counted(attended)
    days_from = 1 + 2 * len(counted)
    is_roomy = len(attended) <= _FEW_DAYS and len(counted) == len(_ALWAYS)
    of_count, of_day = (6.5, 4.2) if is_roomy else (4.0, 2.9)  # all thirty days come onto one page
    widths = [11.0, *(of_count,) * (days_from - 1), *(of_day,) * max(len(attended), _FEWEST)]
    sheet = frame(book, NAME, widths)
    if 0 < len(attended) < ATTENDED_DAYS:
        first = attended[0][0]
        put(sheet, NOTE, 0, f"{words.NOTES[NAME]}日报从{near(first, book.report.day)}开始，到当日共{len(attended)}天。", book.look("note"))
    if not attended:
        put(sheet, FIRST, 0, words.EMPTY[NAME], book.look("note"))
        return
    _write_headers(book, sheet, counted, [day for day, _standings in attended])
    names = book.report.settings.district_names
    for row, district in enumerate(names, FIRST + 1):
        put(sheet, row, 0, district, book.cell("text"))
        sheet.set_row(row, 24)
        standings = [of_day[district] for _day, of_day in attended]
        _write_counts(book, sheet, row, counted, standings)
        for column, standing in enumerate(standings, days_from):
            put(sheet, row, column, words.ATTENDED[standing], book.cell("centered", _LOOKS.get(standing, standing)))
    last = FIRST + 1 + len(names)
    _write_total(book, sheet, last, counted, [of_day for _day, of_day in attended])
    sheet.freeze_panes(FIRST + 1, 1)
    sheet.repeat_rows(HEADER, HEADER + 1)
    there = {standing for standing in words.ATTENDED if standing not in _RARE or standing in counted}
    signs = "，".join(f"{sign} {STANDS[standing]}" for standing, sign in words.ATTENDED.items() if standing in there)
    rare = ((words.ATTENDED_OTHERWISE, {"refused", "lost"}), (words.ATTENDED_RETURNED, {"returned"}), (words.ATTENDED_MENDED, {"mended"}))
    otherwise = [note for note, standings in rare if standings & {*counted}]
    notes = (f"{signs}。{words.ATTENDED_LATER}", *otherwise, definitions.on_time(book.report.settings), definitions.NOT_ZERO)
    explain(book, sheet, last + 2, widths, notes)


def _counted(attended: Attendance) -> tuple[Stands, ...]:
    """Return what is counted, in the order of the signs."""
    there = {standing for _day, of_day in attended for standing in of_day.values()}.union(_ALWAYS)
    return tuple(standing for standing in words.ATTENDED if standing in there)


def _write_headers(book: Book, sheet: Sheet, counted: Sequence[Stands], days: Sequence[date]) -> None:
    """Two rows: spans and months, and below them what is counted and the days."""
    band = book.look("band")
    put(sheet, HEADER, 0, None, band)
    for left, span in ((1, "近七天（次）"), (1 + len(counted), "近三十天（次）")):
        merge(sheet, (HEADER, left, HEADER, left + len(counted) - 1), span, band)
    left = days_from = 1 + 2 * len(counted)
    for month, of_month in groupby(days, key=lambda day: day.month):
        right = left + len(list(of_month)) - 1
        merge(sheet, (HEADER, left, HEADER, right), f"{month}月", band)
        left = right + 1
    headers(book, sheet, FIRST, ("旗区", *(STANDS[standing] for standing in (*counted, *counted))))
    for column, day in enumerate(days, days_from):
        put(sheet, FIRST, column, str(day.day), book.look("header"))
    sheet.set_row(HEADER, 22)
    sheet.set_row(FIRST, 24 if len(counted) == len(_ALWAYS) else 32)


def _write_counts(book: Book, sheet: Sheet, row: int, counted: Sequence[Stands], standings: Sequence[Stands]) -> None:
    """How often in the last seven days and in all of them; in red how often not at all, or with nothing that could be taken."""
    column = 1
    for span in (standings[-_WEEK:], standings):
        for standing in counted:
            count = span.count(standing)
            tone = ("alert",) if count and standing in ("missing", "refused", "returned") else ()
            put(sheet, row, column, count, book.cell("count", *tone))
            column += 1


def _write_total(book: Book, sheet: Sheet, row: int, counted: Sequence[Stands], attended: Sequence[Mapping[str, Stands]]) -> None:
    """All districts: the counts added up, and of each day how many have reported."""
    sheet.set_row(row, 24)
    put(sheet, row, 0, definitions.total(book.report.settings), book.cell("text", "sum"))
    for start, span in ((1, attended[-_WEEK:]), (1 + len(counted), attended)):
        said = [standing for of_day in span for standing in of_day.values()]
        for step, standing in enumerate(counted):
            put(sheet, row, start + step, said.count(standing), book.cell("count", "sum"))
    for column, of_day in enumerate(attended, 1 + 2 * len(counted)):
        put(sheet, row, column, sum(standing not in ("missing", "returned") for standing in of_day.values()), book.cell("count", "sum"))
