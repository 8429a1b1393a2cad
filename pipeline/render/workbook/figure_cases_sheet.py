"""数字明细: for each figure that 案件台账 does not show in one piece a block of its cases, each with a link to its row there."""

from __future__ import annotations

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, put, text
from pipeline.render.workbook.figure_places import DETAILS, WIDE, Block
from pipeline.render.workbook.sheet_frame import FIRST, TITLE, frame


def write(book: Book) -> None:
    """The blocks one below the other, those not counted first."""
    sheet = frame(book, DETAILS, (22, *(15,) * WIDE))
    title, name, number = book.look("heading"), book.cell("long"), book.cell("link")
    for block in book.places.blocks:
        put(sheet, block.top, 0, _title(block), title)
        row = block.top + 1
        for part, cases in block.parts:
            put(sheet, row, 0, f"{part}（{len(cases)} 件）", name)
            for at, case in enumerate(cases):
                cell = (row + at // WIDE, 1 + at % WIDE)
                formulas.link_cases(book, sheet, cell, (case.number,), number)
                sheet.write_string(*cell, text(case.number), number)
            row += -(-len(cases) // WIDE)
    if not book.places.blocks:
        put(sheet, FIRST, 0, words.EMPTY[DETAILS], book.look("note"))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(TITLE)


def _title(block: Block) -> str:
    return f"{block.title}：{sum(len(cases) for _part, cases in block.parts)} 件"
