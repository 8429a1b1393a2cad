"""数字明细: for each figure that 案件台账 does not show in one piece a block of its cases, each with a link to its row there."""

from __future__ import annotations

from functools import cache as cached
from typing import Final

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, height, lines, put, stored, text
from pipeline.render.workbook.figure_places import DETAILS, WIDE, Block
from pipeline.render.workbook.sheet_frame import FIRST, TITLE, frame

_WIDTHS: Final = (47, *(15.3,) * WIDE)
_CLOSER: Final = 6
"""Points that its rows have less air than others: nobody reads them one after the other."""


def write(book: Book) -> None:
    """The blocks one below the other, those not counted first."""
    sheet = frame(book, DETAILS, _WIDTHS)
    title, name, link = book.cell("long", "sum"), book.cell("centered", "muted"), book.cell("link", "centered")
    cells = [
        (cached(lambda said, at=at: sheet.cell(at, text(said), name)), cached(lambda number, at=at: sheet.cell(at, text(number), link)))
        for at in range(1, WIDE + 1)
    ]
    for block in book.places.blocks:
        said = _title(block)
        for row, shown in enumerate(block.rows, block.top):
            elements = [sheet.cell(0, stored(said if row == block.top else None), title)]
            for at, (cell, (named, numbered)) in enumerate(zip(shown, cells, strict=False), 1):
                if isinstance(cell, str):
                    elements.append(named(cell))
                else:
                    formulas.link_cases(book, sheet, (row, at), (cell.number,))
                    elements.append(numbered(cell.number))
            sheet.lay(row, elements, height(lines(said, _WIDTHS[0]) if row == block.top else 1) - _CLOSER)
    if not book.places.blocks:
        put(sheet, FIRST, 0, words.EMPTY[DETAILS], book.look("note"))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(TITLE)


def _title(block: Block) -> str:
    return f"{block.title.replace(' · ', '·')}：{sum(len(cases) for _part, cases in block.parts)}件"
