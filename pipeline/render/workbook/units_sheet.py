"""案件台账 of a large day: where each unit's own workbook is; and what the sheets say whose lists are there.

Covered by tests/render/test_large_days.py.
"""

from __future__ import annotations

from collections import Counter

from pipeline.render import districts
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, put
from pipeline.render.workbook.figure_places import REGISTER as NAME
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, NOTE, frame, headers

_WIDTHS = (24, 12, 60)


def path_of(unit: districts.Unit) -> str:
    """Return the name of a unit's workbook in the day's folder."""
    return f"{words.UNITS_FOLDER}/{unit.file}.xlsx"


def write(book: Book) -> None:
    """Write a row for each unit with a link to its workbook; the other sheets that have moved say where to."""
    here = {districts.FINDINGS} if districts.findings_of_nobody(book.report) else set()
    for name in (name for name in words.MOVED if name not in here):
        sheet = frame(book, name, _WIDTHS)
        put(sheet, NOTE, 0, words.in_units(book.report), book.look("note"))
    sheet, counts = book.sheets[NAME], Counter(case.district for case in book.report.cases)
    headers(book, sheet, HEADER, ("旗区", "案件（件）", "打开"))
    up = "../" * (len(book.report.settings.way) + 1) if book.report.unit else ""  # a level's workbook is in a folder of its own
    for row, (name, file) in enumerate(districts.files_of(book.report).items(), FIRST):
        put(sheet, row, 0, name or districts.NOBODY, book.cell("text"))
        put(sheet, row, 1, counts[name], book.cell("count"))
        path = f"{up}{words.UNITS_FOLDER}/{file}.xlsx"
        # a formula and no link: a link to a file is a relation of the sheet's, and Excel has room for so many of them only
        sheet.write_formula(row, 2, f'=HYPERLINK("{path.replace(chr(34), chr(34) * 2)}")', book.cell("link"), path)
    sheet.freeze_panes(FIRST, 1)
    sheet.autofilter(HEADER, 0, FIRST + len(districts.files_of(book.report)) - 1, 1)
