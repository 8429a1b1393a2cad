"""数字明细: for each figure that 案件台账 does not show in one piece a block of its cases, each with a link to its row there."""

from __future__ import annotations

from functools import cache as cached

from pipeline.render.workbook import formulas
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, put, stored, text
from pipeline.render.workbook.figure_places import DETAILS, WIDE, Block
from pipeline.render.workbook.sheet_frame import FIRST, TITLE, frame


def write(book: Book) -> None:
    """The blocks one below the other, those not counted first."""
    sheet = frame(book, DETAILS, (22, *(15,) * WIDE))
    title, name, link = book.look("heading"), book.cell("long"), book.cell("link")
    numbers = [cached(lambda number, column=column: sheet.cell(column, text(number), link)) for column in range(WIDE + 1)]
    for block in book.places.blocks:
        put(sheet, block.top, 0, _title(block), title)
        row = block.top + 1
        for part, cases in block.parts:
            beside = sheet.cell(0, stored(f"{part}（{len(cases)} 件）"), name)
            for at in range(0, len(cases), WIDE):
                shown = cases[at : at + WIDE]
                for column, case in enumerate(shown, 1):
                    formulas.link_cases(book, sheet, (row, column), (case.number,))
                elements = [element(case.number) for element, case in zip(numbers[1:], shown, strict=False)]
                sheet.lay(row, [beside, *elements] if at == 0 else elements, first=0 if at == 0 else 1)
                row += 1
    if not book.places.blocks:
        put(sheet, FIRST, 0, words.EMPTY[DETAILS], book.look("note"))
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(TITLE)


def _title(block: Block) -> str:
    return f"{block.title}：{sum(len(cases) for _part, cases in block.parts)} 件"
