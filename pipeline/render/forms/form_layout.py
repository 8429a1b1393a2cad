"""Where things stand on a form's sheets and how they look, and what a form is made from: its workbook under way, and each of its sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from pipeline.render.workbook.cell_formats import BLUE, FONT, GREY, INK, LINE, PALE, Formats, Look, Value
from pipeline.settings.config import Settings
from pipeline.terms.contract import Column, Kind, Sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.render.workbook.xlsxwriter_private import InMemoryWorkbook

TITLE, NOTE, HEADER, FIRST = range(4)
"""The rows of a sheet, which count from 0: its title, its note, its headers, and the first to fill in."""
ROOM: Final = 100
"""Empty rows below what is filled in beforehand."""
FIRST_COVER_LABEL: Final = 3
"""The row of 封面, counted from 0, with its first label."""

LOOKS: Final[dict[str, Look]] = {
    "plain": {"font_name": FONT, "font_size": 11, "font_color": INK, "valign": "vcenter"},
    "title": {"font_size": 16, "bold": True, "font_color": BLUE},
    "heading": {"font_size": 12, "bold": True, "font_color": BLUE, "bottom": 1, "bottom_color": BLUE},
    "note": {"font_size": 10, "font_color": GREY},
    "box": {"border": 1, "border_color": LINE},
    "header": {"bold": True, "font_color": "#FFFFFF", "bg_color": BLUE, "align": "center", "text_wrap": True},
    "locked": {"bg_color": PALE},
    "open": {"locked": False},
    "text": {"num_format": "@", "text_wrap": True, "indent": 1},
    "center": {"num_format": "@", "text_wrap": True, "align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
    "count": {"num_format": "0", "align": "center"},
    "money": {"num_format": "0.####", "align": "center"},
    "label": {"bold": True, "font_size": 11, "bg_color": PALE, "align": "center"},
    "field": {"font_size": 11, "indent": 1, "align": "left"},
    "word": {"bold": True, "valign": "top", "align": "left"},
    "sentence": {"text_wrap": True, "valign": "top", "align": "left"},
    "middle": {"align": "center"},
    "remark": {"indent": 1},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormWorkbook:
    """The workbook of a form under way, and what its hints and drop-downs depend on."""

    workbook: InMemoryWorkbook
    day: date | None
    """The report's day, where there is one."""
    example: str
    """A case number as this district writes it."""
    settings: Settings
    formats: Formats
    missing: Format
    """What a condition lays over a cell that is still to be filled in."""

    def look(self, *names: str) -> Format:
        """Return the format that has those looks; where two differ the later holds."""
        return self.formats.look(*names)

    @property
    def written_day(self) -> str:
        """Return a day as it is to be written."""
        return (self.day or date(2020, 5, 21)).isoformat()


@dataclass(frozen=True, slots=True)
class FormSheet:
    """What one sheet is to hold."""

    sheet: Sheet
    title: str
    rows: Sequence[Mapping[str, Value]] = ()
    """What is filled in beforehand, by the columns' names."""
    note: str = ""
    """What stands below the title; '' where it is the sheet's usual one."""
    room: int = ROOM
    """Empty rows below."""

    @property
    def columns(self) -> list[Column]:
        """Return the columns that are read, in the template's order."""
        return [column for column in self.sheet.columns if column.kind is not Kind.UNREAD]

    @property
    def last(self) -> int:
        """Return the last row that may be filled in."""
        return FIRST + len(self.rows) + self.room - 1

    def position(self, name: str) -> int:
        """Return where the column of that name stands."""
        return [column.name for column in self.columns].index(name)
