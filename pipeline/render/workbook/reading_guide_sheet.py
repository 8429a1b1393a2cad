"""说明: the first sheet, which says in five lines how to read the others, and leads to each of them."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, merge, put
from pipeline.render.workbook.sheet_frame import HEADER, explain, frame, headers

NAME = "说明"
_WIDTHS = (5, 14, 67, 12)


def write(book: Book, pages: Mapping[str, int]) -> None:
    """The five lines, and below them a way to every sheet with what it says and how many pages it takes on paper."""
    sheet = frame(book, NAME, _WIDTHS)
    for row, line in enumerate(words.guide(is_split=book.is_split), HEADER):
        put(sheet, row, 0, row - HEADER + 1, book.look("number_of"))
        merge(sheet, (row, 1, row, 3), line, book.look("wrap"))
        sheet.set_row(row, height(lines(line, sum(_WIDTHS[1:]))) + 2)
    sheet.set_portrait()
    top = HEADER + len(words.GUIDE) + 1
    headers(book, sheet, top, ("", "表（点击前往）", "里面有什么", words.PAGES))
    sheet.set_row(top, 24)
    for row, (name, what) in enumerate(words.contents(is_split=book.is_split).items(), top + 1):
        put(sheet, row, 0, row - top, book.cell("count", "muted"))
        sheet.link(row, 1, f"'{name}'!A1", name)
        put(sheet, row, 1, name, book.cell("case"))
        put(sheet, row, 2, what, book.cell("long"))
        put(sheet, row, 3, pages[name], book.cell("count"))
        sheet.set_row(row, 18)
    explain(book, sheet, top + len(words.CONTENTS) + 1, _WIDTHS, (words.printing(pages, is_split=book.is_split), words.PAGES_DIFFER))
