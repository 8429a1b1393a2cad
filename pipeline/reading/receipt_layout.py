"""What goes back to a sender, before how it is written: the lines of the sheet 回执 and the marks on cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SHEET = "回执"
AUTHOR = "信访日报汇总"
"""Who signs the comments."""
HEADING = "【信访日报汇总·回执】"
"""Begins our words in a comment: what stands before it is the sender's, what follows is taken off again."""
SIGNATURE = "信访日报汇总·回执·1"
"""Stands in a hidden column of the sheet, so that an earlier receipt's sheet is distinguished from one of the sender's."""
HIDDEN = "（个人信息，已隐去）"
WIDTHS = (6, 12, 11, 9, 15, 24, 60)
COLUMNS = ("序号", "严重程度", "工作表", "单元格", "案件编号", "看到的内容", "问题和改法")
CELL, CASE, SEEN = (COLUMNS.index(name) for name in ("单元格", "案件编号", "看到的内容"))
OF_A_CELL = (CELL, CASE, SEEN)
"""What each cell of a group has of its own."""
RECORDS = len(COLUMNS)
"""The hidden column, from 0, of the signature and of what fills were."""
RECORDS_OF_ALL = (RECORDS, RECORDS - 1)
"""The same of every receipt that may come back: the case's column is newer than the first of them."""
LINE_HEIGHT = 15.0
"""Points for a line of text, with air around it."""

Place = tuple[str, int, int]
"""A sheet, a row that counts from 1, and a column that counts from 0."""


class Kind(StrEnum):
    """What a line of the sheet 回执 is."""

    TAKEN = "taken"  # the first line, where nothing was refused
    PARTLY = "partly"  # likewise, where something was
    NOT_TAKEN = "not-taken"  # likewise, where the whole file was
    FACT = "fact"
    NOTE = "note"
    REFUSALS = "refusals"  # the band above what was refused
    WARNINGS = "warnings"
    HEADER = "header"
    REFUSED = "refused"
    WARNED = "warned"
    UNDERSTOOD = "understood"  # the line above what was read though it is written in another way; below it folded
    READ = "read"


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of line looks; colours as six hexadecimal digits."""

    size: int = 10
    bold: bool = False
    ink: str = "26323F"
    fill: str = ""
    is_boxed: bool = False


A4 = 9
"""The number of the paper's size (ECMA-376 part 1, 18.3.1.63)."""
FONT = "微软雅黑"
BORDER = "C3CCD6"
LINK = "1F4E79"
RED, YELLOW, BLUE = "FFC9C4", "FFF0B8", "DCEAF8"
"""What marks a refused cell, one that is only a reminder, and one that was read though it is written in another way."""
LOOKS = {
    Kind.TAKEN: Look(14, bold=True, ink="1E7145", fill="EAF5EE"),
    Kind.PARTLY: Look(14, bold=True, ink="B42318", fill="FDF3F2"),
    Kind.NOT_TAKEN: Look(14, bold=True, ink="FFFFFF", fill="B42318"),
    Kind.FACT: Look(11),
    Kind.NOTE: Look(9, ink="75808C"),
    Kind.HEADER: Look(bold=True, ink="FFFFFF", fill="1F4E79", is_boxed=True),
    Kind.REFUSALS: Look(11, bold=True, ink="B42318", fill=RED),
    Kind.WARNINGS: Look(11, bold=True, ink="7A5B00", fill=YELLOW),
    Kind.REFUSED: Look(is_boxed=True),
    Kind.WARNED: Look(9, ink="5B6570", is_boxed=True),
    Kind.UNDERSTOOD: Look(11, ink="26323F", fill=BLUE),
    Kind.READ: Look(9, ink="5B6570", is_boxed=True),
}
CENTERED = (0, 1, 2, 3, 4)
"""The columns whose text stands in the middle."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet; one with a single text goes over its whole width."""

    kind: Kind
    cells: tuple[str, ...]
    place: Place | None = None
    """Where the text in the column 单元格 leads."""
    span: int = 1
    """So many lines share what does not belong to one cell alone; the first of them has it."""
    height: float = LINE_HEIGHT

    @property
    def is_folded(self) -> bool:
        """Whether the line shows only when the one above it is unfolded."""
        return self.kind is Kind.READ


@dataclass(frozen=True, slots=True)
class Mark:
    """What the receipt says about one cell."""

    place: Place
    colour: str
    """`RED`, `YELLOW` or `BLUE`."""
    text: str


@dataclass(frozen=True, slots=True)
class ReceiptLines:
    """All that a receipt says about one file: the lines of its sheet, and the marks on the file's own cells."""

    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    notes_at: int
    """Before this line stands what is found only when the workbook is written."""
    personal: tuple[Place, ...]
    """Headers of columns with personal information."""


@dataclass(frozen=True, slots=True)
class Job:
    """A workbook that is to go back with its receipt."""

    path: Path
    receipt: ReceiptLines


class Why(StrEnum):
    """What can stand in the way of marks."""

    UNREAD = "unread"  # the file is no workbook that can be read, or was refused as one
    GONE = "gone"  # the original was removed when its time was over
    LOST = "lost"  # the original should be there and is not, or has other bytes
    FORMAT = "format"
    SHEET_NAME = "sheet-name"  # of a sheet in another format, which no .xlsx may have
    BYTES = "bytes"
    UNPACKED = "unpacked"
    CELLS = "cells"
    SHEETS = "sheets"
    MARKS = "marks"
    LARGE_PART = "large-part"
    PERSONAL = "personal"  # a personal number where nothing can be masked
    UNKNOWN = "unknown"  # what the library does not understand, also of what is left when all but the cells is left out
    DIFFERS = "differs"  # it would read otherwise
    READER = "reader"  # the reader did not come back


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a workbook cannot go back with its marks."""

    why: Why
    detail: str = ""
    """A format, a number or a cell."""


_LAST_NARROW = 0xFF


def note(text: str) -> Line:
    """A sentence on its own line."""
    return Line(Kind.NOTE, (text,), height=LINE_HEIGHT * wrapped_lines(text, sum(WIDTHS)) + 3)


def wrapped_lines(text: str, width: float) -> int:
    """How many lines wrapped text takes in a cell of that width; a Chinese character is two wide."""
    room = max(2, int(width) - 2)
    return sum(max(1, -(-width_of(line) // room)) for line in text.split("\n"))


def width_of(line: str) -> int:
    """How wide a line of text is; a Chinese character is two wide."""
    return sum(1 + (ord(character) > _LAST_NARROW) for character in line)
