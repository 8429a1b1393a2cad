"""A sheet's frame: title, paper, headers and footers; and a list of rows under one header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import (
    Book,
    Value,
    characters_of_a_line,
    fit_to_paper,
    height,
    lines,
    merge,
    put,
    stored,
    text,
)
from pipeline.report import not_taken
from pipeline.report.who_reported import nothing
from pipeline.terms.contract import EXEMPTIONS, URGENT

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.render.workbook.xlsxwriter_private import Sheet

Row = TypeVar("Row")
OVERVIEW = "总览"
OVERVIEW_WIDTHS = (21, 10, 15, 10, 10, 11, 12, 28)
OVERVIEW_LAST = len(OVERVIEW_WIDTHS) - 1
OVERVIEW_WORDS: Final = sum(OVERVIEW_WIDTHS[2:]) + 4
"""The width of the cells that are merged for sentences; each column is five pixels wider than its digits."""
TITLE, NOTE, HEADER, FIRST = 0, 1, 2, words.FIRST_LINE
"""Rows of every list: title, note, header, first line."""
_UNLINKED = {"case": "text", "listed": "count"}
"""By the look of a cell that leads to cases: that of one that leads nowhere."""
_WEEKDAYS = "一二三四五六日"
_CLOSER: Final = 3
"""Points that a list's rows have less air than others: a list is as many pages long as its rows are high."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column of a list: header, width in characters, look, and where its value comes from."""

    header: str
    width: float
    look: str
    value: Callable[[Row], Value]
    name: str = ""
    """The defined name under which formulas find the column."""
    cases: Callable[[Row], Sequence[str]] | None = None
    """The numbers of the cases that the cell names, so that a click shows them."""


def long_day(book: Book) -> str:
    """The report's day as a title has it."""
    day = book.report.day
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def correction(book: Book) -> str:
    """The mark of a correction, where the report is one."""
    return words.CORRECTION if book.report.is_correction else ""


def title(book: Book, name: str) -> str:
    """What stands at the top of a sheet."""
    return f"{book.report.unit}{words.SHEETS[name]}{correction(book)}　{long_day(book)}"


def frame(book: Book, name: str, widths: Sequence[float]) -> Sheet:
    """The sheet with its title, note, column widths and paper set up."""
    sheet = book.sheets[name]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.hide_gridlines(2)
    sheet.set_row(TITLE, 30)
    sheet.set_row(NOTE, 20)
    put(sheet, TITLE, 0, title(book, name), book.look("title"))
    put(sheet, NOTE, 0, _about(book, name), book.look("note"))
    paper(book, sheet, widths)
    return sheet


def _about(book: Book, name: str) -> str:
    said = words.NOTES.get(name, "")
    return words.AS_VALUES if book.is_split and name in words.OF_FIGURES else said


def note(book: Book, sheet: Sheet, said: str, widths: Sequence[float]) -> None:
    """Write what stands between title and header over the whole width, line by line."""
    merge(sheet, (NOTE, 0, NOTE, len(widths) - 1), said, book.look("note", "wrap"))
    sheet.set_row(NOTE, height(lines(said, sum(widths))) - 2)


def paper(book: Book, sheet: Sheet, widths: Sequence[float]) -> None:
    """A4 on its side, with the office above and the page number below."""
    fit_to_paper(sheet, widths)
    sheet.center_horizontally()
    sheet.ignore_errors({"number_stored_as_text": "A1:BZ1048576", "two_digit_text_year": "A1:BZ1048576"})  # text is meant as text
    # Excel takes at most 255 characters in a header, and a single & begins a code.
    office = text(book.report.office)[:80].replace("\n", " ").replace("&", "&&")
    as_written = {"scale_with_doc": False}  # letters that can be read on a sheet set smaller; LibreOffice makes them smaller too
    sheet.set_header(f"&L&11 {office}&R&11 {book.report.day.isoformat()}{correction(book)}", as_written)
    sheet.set_footer("&C&11 第 &P 页，共 &N 页", as_written)


def print_only(sheet: Sheet, last: int, widths: Sequence[float]) -> None:
    """Print the rows down to the last of the first columns, which have those widths; the screen has all columns."""
    sheet.print_area(0, 0, last, len(widths) - 1)
    fit_to_paper(sheet, widths)


def heading(book: Book, sheet: Sheet, row: int, last: int, words_: str) -> None:
    """The heading of a part of a sheet, as wide as the columns up to `last`."""
    merge(sheet, (row, 0, row, last), words_, book.look("heading"))
    sheet.set_row(row, 26)


def headers(book: Book, sheet: Sheet, row: int, titles: Iterable[str]) -> None:
    """One row of column headers."""
    for column, title in enumerate(titles):
        put(sheet, row, column, title, book.look("header"))


def explain(book: Book, sheet: Sheet, row: int, widths: Sequence[float], sentences: Iterable[str]) -> int:
    """Sentences under a table, each over its whole width; the row after them."""
    for sentence in sentences:
        # Excel does not fit the height of a row to text in merged cells.
        merge(sheet, (row, 0, row, len(widths) - 1), sentence, book.look("note", "wrap"))
        sheet.set_row(row, height(lines(sentence, sum(widths))) - 4)
        row += 1
    return row


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """The rows of a list with their columns. `tone` gives the looks that colour a row, `empty` what an empty list says."""

    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    tone: Callable[[Row], tuple[str, ...]] = lambda _row: ()
    empty: str = ""

    @property
    def widths(self) -> list[float]:
        """The columns' widths in characters."""
        return [column.width for column in self.columns]


def write_list(
    book: Book,
    name: str,
    columns: Sequence[Column[Row]],
    rows: Sequence[Row],
    tone: Callable[[Row], tuple[str, ...]] = lambda _row: (),
) -> Sheet:
    """A whole sheet of one list: frozen header, filter, repeated on every page; an empty list says so in a sentence."""
    if_empty, submissions = words.EMPTY.get(name, ""), book.report.submissions
    if name in words.REPORTED_SHEETS:
        refused = not_taken.urgent(book.report) if name == URGENT.name else ""
        if_empty = nothing("没有采用的急报事项。" if refused else if_empty, submissions, of_urgent=bool(refused)) + refused
    if name == EXEMPTIONS.name:
        if_empty += book.report.beyond.exemptions_refused
    listing = Listing(columns, rows, tone, if_empty)
    sheet = frame(book, name, listing.widths)
    write_rows(book, sheet, HEADER, listing)
    sheet.freeze_panes(FIRST, 1)
    return sheet


def write_rows(book: Book, sheet: Sheet, top: int, listing: Listing[Row]) -> int:
    """A list under a header in the row `top`, to be filtered, its header on every page; the first row that is free below it."""
    below = write_table(book, sheet, top, listing)
    sheet.autofilter(top, 0, below - 1, len(listing.columns) - 1)  # a sheet has only one filter
    sheet.repeat_rows(top)
    return below


def write_table(book: Book, sheet: Sheet, top: int, listing: Listing[Row]) -> int:
    """The same without a filter: one of several lists on a sheet."""
    headers(book, sheet, top, (column.header for column in listing.columns))
    sheet.set_row(top, max(32.0, height(max(lines(column.header, column.width + 2) for column in listing.columns)) - 4))
    return write_lines(book, sheet, top + 1, listing)


def write_lines(book: Book, sheet: Sheet, first: int, listing: Listing[Row]) -> int:
    """The same without a header: the list's rows from the row `first` on."""
    if book.is_split and len(listing.rows) > words.MOST_IN_WHOLE:
        rest = words.REST_IN_UNITS.format(count=len(listing.rows) - words.MOST_IN_WHOLE)
        below = write_lines(book, sheet, first, replace(listing, rows=listing.rows[: words.MOST_IN_WHOLE]))
        put(sheet, below, 0, rest, book.look("note"))
        return below + 1
    columns = listing.columns
    naming = [(position, column.cases) for position, column in enumerate(columns) if column.cases]
    dressed: dict[tuple[str, ...], tuple[list[_Cells], list[_Cells]]] = {}
    for index, row in enumerate(listing.rows, first):
        looks = listing.tone(row)
        if looks not in dressed:
            dressed[looks] = _dressed(book, sheet, columns, looks)
        cells, unlinked = dressed[looks]
        for position, cases in naming:
            if not formulas.link_cases(book, sheet, (index, position), cases(row)):
                cells = [*cells[:position], unlinked[position], *cells[position + 1 :]]
        elements, counts = zip(*[own[column.value(row)] for own, column in zip(cells, columns, strict=True)], strict=True)
        sheet.lay(index, elements, height(max(counts)) - _CLOSER)
    if not listing.rows:
        put(sheet, first, 0, listing.empty, book.look("note"))
    return first + max(len(listing.rows), 1)


def _dressed(book: Book, sheet: Sheet, columns: Sequence[Column[Row]], looks: tuple[str, ...]) -> tuple[list[_Cells], list[_Cells]]:
    """Return the cells of rows of those looks, by column; and as they are where they lead to no case."""
    return (
        [_Cells(book, sheet, position, column, (column.look, *looks)) for position, column in enumerate(columns)],
        [
            _Cells(book, sheet, position, column, (_UNLINKED.get(column.look, column.look), *looks))
            for position, column in enumerate(columns)
        ],
    )


class _Cells(dict[Value, tuple[str, int]]):
    """The cells of a column by their value, each made once: its element, and how many lines it takes."""

    def __init__(self, book: Book, sheet: Sheet, position: int, column: Column[Row], looks: tuple[str, ...]) -> None:
        super().__init__()
        self._sheet, self._position = sheet, position
        self._look = book.cell(*looks)
        self._day_look = book.cell("date", *looks[1:]) if column.look == "minute" else self._look
        self._room = column.width + 2 * (column.look == "center")  # centred text has no indent
        self._short = characters_of_a_line(self._room)
        self._begun: dict[Format, str] = {}

    def __missing__(self, value: Value) -> tuple[str, int]:
        look = self._day_look if type(value) is date else self._look
        if (begun := self._begun.get(look)) is None:  # not before a cell needs the look: looks have numbers in the order of their use
            begun = self._begun[look] = self._sheet.begun(self._position, look)
        is_short = not isinstance(value, str) or (len(value) <= self._short and "\n" not in value)
        made = self._sheet.filled(begun, stored(value)), 1 if is_short else lines(value, self._room)
        if not isinstance(value, datetime):  # two that are equal may be other hours, each in its own time zone
            self[value] = made
        return made
