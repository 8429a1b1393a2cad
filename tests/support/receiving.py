"""Receipts for tests: a file as it came in, and what goes back, opened by another program's library."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from offices import SETTINGS, moment, read_report
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.reading import receipt_layout
from pipeline.reading.readers import Readers
from pipeline.reading.receipt_layout import Job, Kind, Line, Mark, ReceiptLines
from pipeline.render.receipts import receipt_files
from pipeline.report import handed_in_lines
from pipeline.report.submission_lines import ArrivedReport
from pipeline.terms import words
from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook


@lru_cache(maxsize=4)
def reading_of(content: bytes, received: str = "2020-05-21 16:00") -> Reading:
    """The file's reading, by itself, kept for the test that asks for it after the desk has."""
    return read_report(content, received)


@dataclass(slots=True)
class Desk:
    """Answers files by themselves, without an office."""

    folder: Path
    readers: Readers

    def handed(self, content: bytes, received: str = "2020-05-21 16:00", name: str = "日报.xlsx") -> ArrivedReport:
        arrival = Arrival(1, name, name, hashlib.sha256(content).hexdigest(), len(content), Envelope(moment(received)))
        asked = handed_in_lines.unsent(Filed(arrival, reading_of(content, received)), None, SETTINGS)
        return replace(asked, use=words.USED if asked.revision else words.REFUSED, in_force=asked.revision)

    def answer(self, content: bytes, received: str = "2020-05-21 16:00", name: str = "日报.xlsx") -> bytes:
        """The receipt of that file."""
        path = self.folder / "original"
        path.write_bytes(content)
        return receipt_files.receipt(self.handed(content, received, name), path, self.readers)

    def marked(self, content: bytes, received: str = "2020-05-21 16:00") -> bytes:
        """The receipt of that file, which must be the file itself with its marks."""
        written = self.answer(content, received)
        assert len(openpyxl.load_workbook(io.BytesIO(written), read_only=True).sheetnames) > 1
        return written

    def marked_at(self, content: bytes, mark: Mark) -> bytes:
        """That file with one mark, whatever is found in it."""
        path = self.folder / "original"
        path.write_bytes(content)
        lines = ReceiptLines((Line(Kind.TAKEN, ("一",)),), (mark,), notes_at=1, personal=())
        (marked,) = self.readers.mark([Job(path, lines)])
        written = marked.result()
        assert isinstance(written, bytes), written
        return written


def opened(content: bytes, *, values: bool = False) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on a date that is none
        return openpyxl.load_workbook(io.BytesIO(content), data_only=values, rich_text=True)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet(book: Workbook, name: str) -> Worksheet:
    worksheet = book[name]
    assert isinstance(worksheet, Worksheet)
    return worksheet


def cell(book: Workbook, address: str) -> Cell:
    name, _, at = address.rpartition("!")
    found_cell = sheet(book, name)[at]
    assert isinstance(found_cell, Cell)
    return found_cell


COLOURS = {f"FF{receipt_layout.RED}": "red", f"FF{receipt_layout.YELLOW}": "yellow", f"FF{receipt_layout.BLUE}": "blue"}


def said(receipt: bytes | Workbook) -> str:
    """The sheet 回执 as text: a line of it on a line, with where it leads."""
    page = (opened(receipt) if isinstance(receipt, bytes) else receipt).worksheets[0]
    lines = []
    for row in page.iter_rows(max_col=len(receipt_layout.COLUMNS)):
        links = [f" → {cell.hyperlink.location}" for cell in row if cell.hyperlink]
        lines.append(" | ".join(str(cell.value) for cell in row if cell.value is not None) + "".join(links))
    return "\n".join(lines) + "\n"


def marks(content: bytes) -> str:
    """Every mark in the workbook as text: the cell, its fill, its comment."""
    lines = []
    for page in opened(content).worksheets[1:]:
        for row in page.iter_rows():
            for cell in row:
                if isinstance(cell, Cell) and (cell.comment or cell.fill.fgColor.rgb in COLOURS):
                    colour = COLOURS.get(str(cell.fill.fgColor.rgb), "none")
                    note = f"{cell.comment.author}: {cell.comment.text}" if cell.comment else ""
                    lines.append(f"{page.title}!{cell.coordinate} {colour} {note}".replace("\n", "⏎"))
    return "\n".join(lines) + "\n"
