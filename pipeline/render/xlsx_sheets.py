"""A sheet's frame: title, paper, headers and footers; and a list of rows under one header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from pipeline.render import xlsx_words as words
from pipeline.render.xlsx_formats import Book, Value, height, lines, put, text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Row = TypeVar("Row")
A4 = 9
TITLE, NOTE, HEADER, FIRST = 0, 1, 2, 3
"""Rows of every list: title, note, header, first line."""
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a list: header, width in characters, look, and where its value comes from."""

    header: str
    width: float
    look: str
    value: Callable[[Row], Value]
    name: str = ""
    """The defined name under which formulas find the column."""


def long_day(book: Book) -> str:
    """The report's day as a title has it."""
    day = book.report.day
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def correction(book: Book) -> str:
    """The mark of a correction, where the report is one."""
    return words.CORRECTION if book.report.is_correction else ""


def frame(book: Book, name: str, widths: Sequence[float]) -> Worksheet:
    """The sheet with its title, note, column widths and paper set up."""
    sheet = book.sheets[name]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.hide_gridlines(2)
    sheet.set_row(TITLE, 30)
    sheet.set_row(NOTE, 20)
    put(sheet, TITLE, 0, f"{words.SHEETS[name]}{correction(book)}　{long_day(book)}", book.look("title"))
    put(sheet, NOTE, 0, words.NOTES.get(name, ""), book.look("note"))
    paper(book, sheet)
    return sheet


def paper(book: Book, sheet: Worksheet) -> None:
    """A4 landscape, one page wide, with the office above and the page number below."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.ignore_errors({"number_stored_as_text": "A1:BZ1048576", "two_digit_text_year": "A1:BZ1048576"})  # text is meant as text
    office = text(book.report.office)[:80].replace("\n", " ").replace("&", "&&")
    sheet.set_header(f"&L&9 {office}&R&9 {book.report.day.isoformat()}{correction(book)}")
    sheet.set_footer("&C&9 第 &P 页，共 &N 页")


def headers(book: Book, sheet: Worksheet, row: int, titles: Iterable[str]) -> None:
    """One row of column headers."""
    for column, title in enumerate(titles):
        put(sheet, row, column, title, book.look("header"))


def write_list(
    book: Book,
    name: str,
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    tone: Callable[[Row], tuple[str, ...]] = lambda _row: (),
) -> Worksheet:
    """A whole sheet of one list: frozen header, filter, repeated on every page; an empty list says so in a sentence.

    `tone` gives the looks that colour a row.
    """
    sheet = frame(book, name, [column.width for column in columns])
    headers(book, sheet, HEADER, (column.header for column in columns))
    sheet.set_row(HEADER, 32)
    formats: dict[tuple[str, ...], list[Format]] = {}
    for index, row in enumerate(rows, FIRST):
        looks, values = tone(row), [column.value(row) for column in columns]
        if looks not in formats:
            formats[looks] = [book.cell(column.look, *looks) for column in columns]
        for position, (value, form) in enumerate(zip(values, formats[looks], strict=True)):
            is_day = columns[position].look == "minute" and isinstance(value, date) and not isinstance(value, datetime)
            put(sheet, index, position, value, book.cell("date", *looks) if is_day else form)
        sheet.set_row(index, height(_most_lines(columns, values)))
    if not rows:
        put(sheet, FIRST, 0, words.EMPTY[name], book.look("note"))
    sheet.freeze_panes(FIRST, 1)
    sheet.autofilter(HEADER, 0, FIRST + max(len(rows), 1) - 1, len(columns) - 1)
    sheet.repeat_rows(HEADER)
    return sheet


def _most_lines(columns: Sequence[Column[Row]], values: Sequence[Value]) -> int:
    rooms = (column.width + 2 * (column.look == "center") for column in columns)  # centred text has no indent
    return max(lines(value, room) for room, value in zip(rooms, values, strict=True) if isinstance(value, str))
