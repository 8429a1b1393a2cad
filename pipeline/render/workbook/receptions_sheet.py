"""接访下访: the turns of the rota with what was reported for them, and every reception and visit of the last thirty days."""

from __future__ import annotations

from typing import Final

from pipeline.day import rota
from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book, put
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, Column, Listing, explain, frame, heading, write_rows, write_table
from pipeline.report.receptions import HeldTurn, Visit
from pipeline.terms.words import NONE

NAME: Final = "接访下访"
TURNS: tuple[Column[HeldTurn], ...] = (
    Column("日期", 13, "date", lambda held: held.turn.day),
    Column("接访领导", 16, "center", lambda held: held.turn.receives),
    Column("报来（件）", 15, "listed", lambda held: len(held.cases), cases=lambda held: held.cases),
    Column("原排领导", 11, "center", lambda held: held.turn.leader if held.turn.substitute else NONE),
    Column("备注", 36, "long", lambda held: held.turn.note),
    Column("说明", 22, "long", lambda held: "；".join(filter(None, ["" if held.cases else words.NOT_REPORTED, held.note]))),
)
VISITS: tuple[Column[Visit], ...] = (
    Column("日期", 13, "date", lambda visit: visit.day),
    Column("领导", 16, "center", lambda visit: visit.leader),
    Column("案件编号", 15, "case", lambda visit: visit.number, cases=lambda visit: (visit.number,)),
    Column("旗区", 11, "center", lambda visit: visit.district),
    Column("案由", 36, "long", lambda visit: visit.matter),
    Column("说明", 22, "long", lambda visit: "" if visit.is_dated else words.UNDATED),
)


def write(book: Book) -> None:
    """Two lists, the newest day first."""
    receptions, widths = book.report.beyond.receptions, [column.width for column in VISITS]
    sheet = frame(book, NAME, widths)
    heading(book, sheet, HEADER, len(widths) - 1, words.TURNS)
    row, day = FIRST, book.report.day
    if receptions.rota:
        row = write_table(book, sheet, FIRST, Listing(TURNS, sorted(receptions.rota, key=lambda held: held.turn.day, reverse=True)))
    unstaffed = rota.unstaffed_told([each.day for each in receptions.unstaffed], day)
    if said := tuple(filter(None, (words.TURNS_SAY if receptions.rota else "", receptions.gone, unstaffed))):
        row = explain(book, sheet, row, widths, said)
    else:
        put(sheet, row, 0, words.NO_TURNS, book.look("note"))
        row += 1
    heading(book, sheet, row + 1, len(widths) - 1, words.VISITS.format(count=len(receptions.reported)))
    if receptions.reported:
        # `write_rows` gives the longer list the one filter of the sheet, and its header on the pages that follow.
        write_rows(book, sheet, row + 2, Listing(VISITS, sorted(receptions.reported, key=lambda visit: visit.day, reverse=True)))
    else:
        put(sheet, row + 2, 0, words.NO_VISITS, book.look("note"))
