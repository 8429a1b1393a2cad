"""Measures what one list costs: 案件台账 of 1,800 cases by several writers, in turn in one run, in processor seconds.

`python benchmarks/writers.py [--rounds N]`; a writer that is not installed is passed over. What each of them cannot do stands in
docs/decisions/0038-the-workbook-written-fast.md.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import papers, workbooks  # noqa: E402 - the root is not among the paths of a script in this folder
from pipeline.render.workbook import case_register_sheet, cell_formats, figure_places, sheet_frame, xlsxwriter_private  # noqa: E402
from pipeline.render.workbook.cell_formats import LOOKS, OPTIONS, Formats, Value  # noqa: E402

COLUMNS = case_register_sheet.COLUMNS
HEADER, FIRST, LAST = 2, 3, len(COLUMNS) - 1
Rows = Sequence[Sequence[Value]]
Cells = Any
"""Of libraries without types."""


def main() -> None:
    """Print a row of a table for each writer: the least and the middle of its rounds, and the size of its file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    gc.set_threshold(250_000, 50, 50)  # as the command does
    with tempfile.TemporaryDirectory() as folder:
        workbooks.make(Path(folder) / "office", days=1, rows=200)
        report, _settings = papers._made(Path(folder) / "office")  # noqa: SLF001 - one office for both
        rows = [[column.value(line) for column in COLUMNS] for line in figure_places.of(report).register]
        taken: dict[str, list[float]] = {}
        sizes: dict[str, int] = {}
        for _round in range(rounds):
            for name, write in WRITERS.items():
                cell_formats.lines.cache_clear()
                cell_formats.text.cache_clear()
                with suppress(ImportError):
                    begun = time.process_time()
                    content = write(rows)
                    taken.setdefault(name, []).append(time.process_time() - begun)
                    sizes[name] = len(content)
    for name in WRITERS:
        if seconds := taken.get(name):
            print(f"| {name} | {min(seconds):.3f} | {statistics.median(seconds):.3f} | {sizes[name] / 1000:.0f} kB |")
        else:
            print(f"| {name} | not installed | | |")


def _height(row: Sequence[Value]) -> float:
    """Return a row's height, as the list has it."""
    told = ((value, column) for value, column in zip(row, COLUMNS, strict=True) if isinstance(value, str))
    return cell_formats.height(max(cell_formats.lines(value, column.width + 2 * (column.look == "center")) for value, column in told))


def _begun(book: Cells) -> tuple[Cells, Formats]:
    """Return the sheet with widths, header, filter and frozen panes, and the formats."""
    sheet, formats = book.add_worksheet("案件台账"), Formats(book, LOOKS)
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEADER)
    for position, column in enumerate(COLUMNS):
        sheet.set_column(position, position, column.width)
        cell_formats.put(sheet, HEADER, position, column.header, formats.look("header"))
    return sheet, formats


def cell_by_cell(rows: Rows, **options: bool) -> bytes:
    """By XlsxWriter, each cell by itself."""
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {**OPTIONS, **options}) as book:
        sheet, formats = _begun(book)
        sheet.autofilter(HEADER, 0, HEADER + len(rows), LAST)
        looks = [formats.look("box", column.look) for column in COLUMNS]
        for index, row in enumerate(rows, FIRST):
            sheet.set_row(index, _height(row))
            for position, (value, look) in enumerate(zip(row, looks, strict=True)):
                cell_formats.put(sheet, index, position, value, look)
    return output.getvalue()


def row_by_row(rows: Rows) -> bytes:
    """As the office's workbook does it."""
    book = xlsxwriter_private.InMemoryWorkbook(OPTIONS)
    sheet, formats = _begun(book)
    sheet.autofilter(HEADER, 0, HEADER + len(rows), LAST)
    columns: list[sheet_frame.Column[Sequence[Value]]] = [
        sheet_frame.Column(column.header, column.width, column.look, itemgetter(position)) for position, column in enumerate(COLUMNS)
    ]
    within: Any = type("Within", (), {"cell": staticmethod(lambda *looks: formats.look("box", *looks))})
    sheet_frame.write_lines(within, sheet, FIRST, sheet_frame.Listing(columns, rows))
    return book.content()


def by_rustpy(rows: Rows) -> bytes:
    """By rustpy-xlsxwriter, with what it has: formats by column, heights, filter, paper."""
    rustpy: Cells = importlib.import_module("rustpy_xlsxwriter")
    formats = {}
    for column in COLUMNS:
        look = LOOKS["plain"] | LOOKS["box"] | LOOKS[column.look]
        made = rustpy.Format().set_font_name(look["font_name"]).set_font_size(look["font_size"]).set_border("thin")
        made = made.set_num_format(look["num_format"]).set_align(look.get("align", "left"))
        formats[column.header] = made.set_text_wrap() if look.get("text_wrap") else made
    records = [{column.header: value for column, value in zip(COLUMNS, row, strict=True)} for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        rustpy.write_worksheet(
            records, str(path), sheet_name="案件台账", header_row=HEADER, freeze_row=FIRST, freeze_col=1, autofilter=True,
            column_widths={column.header: column.width for column in COLUMNS}, column_formats=formats, dedupe_strings=True,
            row_heights={index: _height(row) for index, row in enumerate(rows, FIRST)},
        )  # fmt: skip
        return path.read_bytes()


def by_pyexcelerate(rows: Rows) -> bytes:
    """By PyExcelerate: the values, and widths."""
    pyexcelerate: Cells = importlib.import_module("pyexcelerate")
    book = pyexcelerate.Workbook()
    sheet = book.new_sheet("案件台账", data=[[column.header for column in COLUMNS], *rows])
    for position, column in enumerate(COLUMNS, 1):
        sheet.set_col_style(position, pyexcelerate.Style(size=column.width))
    output = io.BytesIO()
    book._save(output)  # noqa: SLF001 - it writes elsewhere than into a file only so
    return output.getvalue()


def by_openpyxl(rows: Rows) -> bytes:
    """By openpyxl's write-only workbook, with borders, fonts and alignment."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side

    book = openpyxl.Workbook(write_only=True)
    sheet: Cells = book.create_sheet("案件台账")
    sheet.freeze_panes, side = "B4", Side(style="thin", color="C3CCD6")
    styles = []
    for column in COLUMNS:
        pattern: Cells = WriteOnlyCell(sheet)
        look = LOOKS["plain"] | LOOKS[column.look]
        pattern.font, pattern.border = Font(name=look["font_name"], size=look["font_size"]), Border(side, side, side, side)
        pattern.number_format = look["num_format"]
        pattern.alignment = Alignment(look.get("align"), "center", wrap_text=look.get("text_wrap"), indent=look.get("indent", 0))
        styles.append(pattern._style)  # noqa: SLF001 - to give each cell its look by name takes four times as long
    for line in ([], [], [column.header for column in COLUMNS]):
        sheet.append(line)
    for index, row in enumerate(rows, FIRST + 1):
        sheet.row_dimensions[index].height = _height(row)
        sheet.append([_dressed(sheet, value, style) for value, style in zip(row, styles, strict=True)])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _dressed(sheet: Cells, value: Cells, style: Cells) -> Cells:
    from openpyxl.cell import WriteOnlyCell

    cell: Cells = WriteOnlyCell(sheet, cell_formats.text(value) if isinstance(value, str) else value)
    cell._style = style  # noqa: SLF001
    return cell


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "XlsxWriter, cell by cell": cell_by_cell,
    "XlsxWriter, `constant_memory`": lambda rows: cell_by_cell(rows, in_memory=False, constant_memory=True),
    "rustpy-xlsxwriter, formats by column": by_rustpy,
    "PyExcelerate, values without formats": by_pyexcelerate,
    "openpyxl, write-only": by_openpyxl,
    "XlsxWriter with laid rows (ours)": row_by_row,
}

if __name__ == "__main__":
    main()
