"""诉求认定: how the districts judge what is asked, counted over 案件台账 by group and district."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, put
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, explain, frame, headers
from pipeline.report.claims import NOT_JUDGED, ClaimTally
from pipeline.terms.contract import CLAIMS

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

NAME: Final = "诉求认定"
_WIDTHS: Final = (26, 14, *(13,) * len(CLAIMS), 13, 11)
_FIRST_COUNT: Final = 2
_TOTAL: Final = _FIRST_COUNT + len(CLAIMS) + 1
_ROW: Final = 22


def write(book: Book) -> None:
    """A row for each group and district, and under each group its sum."""
    sheet = frame(book, NAME, _WIDTHS)
    headers(book, sheet, HEADER, ("组别", "旗区", *CLAIMS, words.NOT_JUDGED, "合计"))
    sheet.set_row(HEADER, 26)
    row, last_group = FIRST, book.report.settings.groups[-1].name
    for group in book.report.settings.groups:
        first = row
        tallies = [tally for tally in book.report.beyond.claims if tally.group == group.name]
        for tally in tallies:
            _write_tally(book, sheet, row, tally)
            row += 1
        if tallies:
            _write_sum(book, sheet, (first, row), tallies)
            row += 1 if group.name == last_group else 2
    if not book.report.beyond.claims:
        put(sheet, FIRST, 0, words.EMPTY[NAME], book.look("note"))
    sheet.freeze_panes(FIRST, 2)
    sheet.repeat_rows(HEADER)
    explain(book, sheet, row + 1, _WIDTHS, words.CLAIMS_SAY)


def _write_tally(book: Book, sheet: Sheet, row: int, tally: ClaimTally) -> None:
    counts = dict(tally.counts)
    group, district = (xl_rowcol_to_cell(row, column, col_abs=True) for column in (0, 1))
    own = ((formulas.GROUP, group), (formulas.DISTRICT, district), (formulas.IN_TOTAL, formulas.QUOTED_YES))
    put(sheet, row, 0, tally.group, book.cell("long"))
    put(sheet, row, 1, tally.district, book.cell("text"))
    for column, claim in enumerate(CLAIMS, _FIRST_COUNT):
        formula = formulas.count(*own, (formulas.CLAIM, f'"{claim}"'), is_free_text=not book.is_plain)
        counted = formulas.Count(formula, counts[claim], book.places.count(NAME, claim, tally.group, tally.district))
        formulas.write_count(book, sheet, (row, column), counted, *_muted(counts[claim]))
    whole = book.places.figure("district", tally.group, tally.district).whole
    judged = xl_range(row, _FIRST_COUNT, row, _TOTAL - 2)
    rest = formulas.Count(f"={xl_rowcol_to_cell(row, _TOTAL)}-SUM({judged})", counts[NOT_JUDGED], whole if counts[NOT_JUDGED] else "")
    formulas.write_count(book, sheet, (row, _TOTAL - 1), rest, *_muted(counts[NOT_JUDGED]))
    total = formulas.Count(formulas.count(*own, is_free_text=not book.is_plain), sum(counts.values()), whole)
    formulas.write_count(book, sheet, (row, _TOTAL), total)
    sheet.set_row(row, _ROW)


def _muted(count: int) -> tuple[str, ...]:
    return () if count else ("muted",)


def _write_sum(book: Book, sheet: Sheet, rows: tuple[int, int], tallies: list[ClaimTally]) -> None:
    """The sum of a group's rows, in the row below them."""
    first, row = rows
    put(sheet, row, 0, tallies[0].group, book.cell("long", "sum"))
    put(sheet, row, 1, "合计", book.cell("text", "sum"))
    values = [sum(dict(tally.counts)[claim] for tally in tallies) for claim in (*CLAIMS, NOT_JUDGED)]
    for column, value in enumerate((*values, sum(values)), _FIRST_COUNT):
        formulas.write_count(book, sheet, (row, column), formulas.Count(f"=SUM({xl_range(first, column, row - 1, column)})", value), "sum")
    sheet.set_row(row, _ROW + 2)
