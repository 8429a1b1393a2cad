"""核查提示: what is possible but unlikely, by kind; above each list when it is told and what to look at."""

from __future__ import annotations

from itertools import groupby

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.cell_formats import Book
from pipeline.render.workbook.sheet_frame import FIRST, HEADER, Column, Listing, explain, frame, headers, heading, note, write_lines
from pipeline.report import hints, sentences, who_reported
from pipeline.report.hints import HintLine

NAME = "核查提示"


def _cases(line: HintLine) -> str:
    """The case's number; of several how many, since their numbers stand in the sentence."""
    return f"{len(line.cases)}件" if len(line.cases) > 1 else "".join(line.cases)


COLUMNS: tuple[Column[HintLine], ...] = (
    Column("旗区", 12, "center", lambda line: line.district),
    Column("案件", 15, "case", _cases, cases=lambda line: line.cases),
    Column("情况", 62, "long", lambda line: line.fact),
    Column("原内容", 24, "long", lambda line: line.value),
    Column("文件", 30, "long", lambda line: line.file),
    Column("工作表", 13, "center", lambda line: line.sheet),
    Column("单元格", 9, "center", lambda line: line.cell),
)


def write(book: Book) -> None:
    """One header, frozen and on every page; under it the kinds, each with its rule and its lines."""
    report, widths = book.report, [column.width for column in COLUMNS]
    sheet = frame(book, NAME, widths)
    until = report.settings.hints.trial_until
    trial = words.ON_TRIAL.format(day=sentences.long_day(until)) if until and report.settings.hints.is_trial(report.day) else ""
    note(book, sheet, f"{trial}{words.NOTES[NAME]}", widths)
    headers(book, sheet, HEADER, (column.header for column in COLUMNS))
    sheet.set_row(HEADER, 24)
    sheet.freeze_panes(FIRST, 0)
    sheet.repeat_rows(HEADER)
    row = FIRST
    told = sorted(report.beyond.hints, key=hints.kind_order)
    for code, of_kind in groupby(told, key=lambda line: line.code):
        lines = [*of_kind]
        heading(book, sheet, row, len(COLUMNS) - 1, f"{hints.name(code)}（{len(lines)}处）")
        row = explain(book, sheet, row + 1, widths, (hints.rule(code, report.settings.hints),))
        row = write_lines(book, sheet, row, Listing(COLUMNS, lines)) + 1
    if not told:
        write_lines(book, sheet, row, Listing(COLUMNS, (), empty=who_reported.nothing(words.EMPTY[NAME], report.submissions)))
