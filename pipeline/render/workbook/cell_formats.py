"""How cells look, and how values from the report reach them as what they are and never as a formula or a link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Final

from pipeline.render.workbook import sheet_words as words
from pipeline.render.workbook.figure_places import Places
from pipeline.report.report import Report
from pipeline.terms.rows import written
from pipeline.terms.text import without_controls

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipeline.render.workbook.xlsxwriter_private import Sheet

FONT: Final = "微软雅黑"
INK, BLUE, MIST, PALE, LINE, GREY, RED = "#26323F", "#1F4E79", "#DCE6F1", "#F4F7FA", "#C3CCD6", "#5F6B77", "#B42318"
BAR, BAR_LIGHT, SECOND, GRID = "#B7CCE2", "#B8C4D0", "#B08D57", "#E3E8EE"

Value = str | int | float | date | datetime | None
Look = dict[str, str | int | bool]

OPTIONS: Final = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""For every workbook: XlsxWriter would take a text that begins with = for a formula, and one with http:// for a link."""
A4: Final = 9
"""The paper's number in a workbook."""
WIDEST: Final = 1235
"""Pixels of columns that a page on its side has room for in letters of eight points: those of ten are set in four fifths of their size.

LibreOffice makes columns six hundredths wider than Excel.
"""
MANY: Final = 9999
"""As many pages high as a sheet may be. Where the number is free LibreOffice sets letters two hundredths smaller if that spares a page."""
SIDE, TOP, BOTTOM = 0.3, 0.6, 0.55
"""Inches around the cells on paper; header and footer stand in those above and below."""

LOOKS: Final[dict[str, Look]] = {
    "plain": {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"},
    "title": {"font_size": 16, "bold": True, "font_color": BLUE},
    "heading": {"font_size": 12, "bold": True, "font_color": BLUE, "bottom": 2, "bottom_color": BLUE},
    "note": {"font_size": 10, "font_color": GREY},
    "header": {
        "bold": True, "font_color": "#FFFFFF", "bg_color": BLUE, "align": "center", "text_wrap": True, "border": 1, "border_color": LINE,
    },
    "band": {"bold": True, "font_color": BLUE, "bg_color": MIST, "align": "center", "text_wrap": True, "border": 1, "border_color": LINE},
    "box": {"border": 1, "border_color": LINE},
    "text": {"num_format": "@", "indent": 1},
    "long": {"num_format": "@", "text_wrap": True, "indent": 1},
    "case": {"num_format": "@", "indent": 1, "font_color": BLUE, "underline": 1},
    "listed": {"num_format": "0;-0;0", "align": "center", "font_color": BLUE, "underline": 1, "shrink": True},
    "center": {"num_format": "@", "align": "center", "text_wrap": True},
    "middle": {"align": "center", "shrink": True},
    "count": {"num_format": "0", "align": "center", "shrink": True},
    "change": {"num_format": "+0;-0;0", "align": "center", "shrink": True},
    "number": {"num_format": "General", "align": "center", "shrink": True},
    "percent": {"num_format": '0"%"', "align": "center", "shrink": True},
    "rate": {"num_format": "0.0%", "align": "center", "shrink": True},
    "date": {"num_format": "yyyy-mm-dd", "align": "center", "shrink": True},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "center", "shrink": True},
    "minute": {"num_format": "yyyy-mm-dd hh:mm", "align": "center", "shrink": True},
    "big": {"font_size": 13, "bold": True},
    "number_of": {"font_size": 12, "bold": True, "font_color": BLUE, "align": "center", "shrink": True},
    "on-time": {"font_color": BLUE, "bg_color": MIST},
    "late": {"bold": True, "font_color": "#7A4B00", "bg_color": "#F7E3BF"},
    "all-refused": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#B4552D"},
    "lost": {"bold": True, "font_color": GREY, "bg_color": "#E3E6EA"},
    "missing": {"bold": True, "font_color": RED, "bg_color": "#FBEFED"},
    "sum": {"bold": True, "bg_color": MIST},
    "muted": {"font_color": GREY},
    "alert": {"font_color": RED},
    "refused": {"bg_color": "#FBEFED"},
    "link": {"font_color": BLUE, "underline": 1},
    "wrap": {"text_wrap": True},
    "centered": {"align": "center"},
}  # fmt: skip
"""What is shown as a number or a day is set smaller where a column has no room for it: a program would print ### in its place."""


def widths_in_arial() -> dict[str, object]:
    """Return the options by which a workbook counts its widths in digits of Arial 10: as wide as those of Calibri 11 in Excel.

    Where neither font is there, what stands in for a smaller one makes columns less too wide. XlsxWriter changes what it is given.
    """
    return {**OPTIONS, "default_format_properties": {"font_name": "Arial", "font_size": 10}, "default_row_height": 17}


_UNWRITABLE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")  # outside XML 1.0, beside control characters
_LONGEST = 32_767  # of a cell, in UTF-16 units
_NUMBER = re.compile(r"\d{1,15}|\d{1,9}\.\d{1,6}")  # Excel keeps fifteen digits
_EARLIEST = date(1900, 3, 1)
_EPOCH = datetime(1899, 12, 31)  # noqa: DTZ001 - Excel's day 0; from 1 March 1900 on one more, as Excel counts a 29 February that never was


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of a workbook under way, by the names of their looks. Each is made once."""

    workbook: Workbook
    looks: Mapping[str, Look]
    _made: dict[tuple[str, ...], Format] = field(default_factory=dict)

    def look(self, *names: str) -> Format:
        """Return the format that has those looks over the plain one; where two differ the later holds."""
        if names not in self._made:
            merged: Look = {}
            for name in ("plain", *names):
                merged |= self.looks[name]
            self._made[names] = self.workbook.add_format(merged)
        return self._made[names]


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook under way with the report it shows."""

    workbook: Workbook
    report: Report
    is_plain: bool
    """Whether the names of groups, districts, sources and categories hold nothing that COUNTIFS would take for a pattern."""
    sheets: dict[str, Sheet]
    formats: Formats
    places: Places
    is_split: bool = False
    """Whether the cases are in workbooks of their own, one for each unit: then figures are values, and lead to no case."""

    def look(self, *names: str) -> Format:
        """Return the format that has those looks; where two differ the later holds."""
        return self.formats.look(*names)

    def cell(self, *names: str) -> Format:
        """The same with a thin border, as the cells of a table have it."""
        return self.look("box", *names)


def pixels(widths: Iterable[float]) -> int:
    """Return how wide columns of those widths are together."""
    return sum(int(width * 7) + 5 for width in widths)


def fit_to_paper(sheet: Worksheet, widths: Sequence[float]) -> None:
    """Set columns of those widths on one page's width of A4 on its side; on several where letters would be smaller than eight points."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=SIDE, right=SIDE, top=TOP, bottom=BOTTOM)
    side_by_side = max(1, ceil(pixels(widths) / WIDEST))
    sheet.fit_to_pages(side_by_side, MANY)
    if side_by_side > 1:
        sheet.repeat_columns(0)


def begin_page(sheet: Worksheet, row: int) -> None:
    """Begin a page with the row: not in Excel, in LibreOffice only where the number of pages is free."""
    sheet.fit_to_pages(int(sheet.fit_width), 0)
    sheet.set_h_pagebreaks([row])


@lru_cache(maxsize=1 << 14)
def text(value: str) -> str:
    """The text as a cell can hold it: without characters that break the file, and cut where it is too long."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if not value.isprintable():
        value = _UNWRITABLE.sub("", without_controls(value))
    if len(value) * 2 > _LONGEST and len(units := value.encode("utf-16-le")) > _LONGEST * 2:
        room = (_LONGEST - len(words.CUT)) * 2
        value = units[:room].decode("utf-16-le", "ignore") + words.CUT
    if value.startswith("<r>") and value.endswith("</r>"):  # XlsxWriter would take it for its own markup
        value = f"{value[:-1]}＞"
    return value


def as_number(value: Decimal | None) -> Value:
    """Return a count or an amount as a cell can hold it: as a number, else as text where Excel would round its digits away."""
    digits = written(value) or ""
    if not _NUMBER.fullmatch(digits):
        return digits
    return float(digits) if "." in digits else int(digits)


def stored(value: Value) -> str | float | None:
    """Return what a cell keeps of a value: text, a number (also for a date, as Excel counts days), or None for a blank."""
    match value:
        case None | "":
            return None
        case str():
            return text(value)
        case datetime() if value.date() >= _EARLIEST:
            since = value.replace(tzinfo=None) - _EPOCH
            return since.days + since.seconds / 86_400 + 1
        case date() if not isinstance(value, datetime) and value >= _EARLIEST:
            return (value - _EPOCH.date()).days + 1
        case date():
            return value.isoformat()
        case _:
            return value


def put(sheet: Worksheet, row: int, column: int, value: Value, look: Format) -> None:
    """Write a value as what it is; text stays text whatever it begins with."""
    match stored(value):
        case str() as kept:
            sheet.write_string(row, column, kept, look)
        case None:
            sheet.write_blank(row, column, None, look)
        case number:
            sheet.write_number(row, column, number, look)


def merge(sheet: Worksheet, area: tuple[int, int, int, int], value: str, look: Format) -> None:
    """Write text over several cells; one cell stays one."""
    if area[:2] != area[2:]:
        sheet.merge_range(*area, "", look)
    put(sheet, area[0], area[1], value, look)


@lru_cache(maxsize=1 << 14)
def lines(value: str, width: float) -> int:
    """How many lines wrapped text takes in a cell of that width, with two characters' width for a Chinese one.

    A column's width counts digits of seven pixels, and a Chinese character takes thirteen; the indent and the margins take the rest.
    Numbers and words are not torn apart, so that a text that has many of them leaves its lines less full.
    """
    if len(value) <= characters_of_a_line(width) and "\n" not in value:
        return 1
    room = _room(width)
    return sum(max(1, _lines(line, room)) for line in value.split("\n"))


def characters_of_a_line(width: float) -> int:
    """How many characters fit on one line of a cell of that width, whatever they are."""
    return _room(width) // 2


def _room(width: float) -> int:
    return max(2, int(1.03 * width - 1.3))


def _lines(line: str, room: int) -> int:
    wide = _width(line)
    if wide <= room:
        return 1
    if 2 * len(line) - wide < _MANY * wide:
        return -(-wide // (room - room % 2))
    count, filled = 0, 0.0
    for token in _TOKENS.findall(line):
        wide = _width(token)
        long = wide + _WIDER * (2 * len(token) - wide)
        filled += long
        if filled > room or not count:
            count, filled = count + max(1, ceil(long / room)), long
    return count


_MANY: Final = 0.3
"""The share of a line that is no Chinese, from which on it is looked at word by word."""
_WIDER: Final = 0.15
"""By so much letters and digits are wider than a column's unit in the fonts that stand in for Arial."""
_TOKENS: Final = re.compile(r"(?:[!-,.-~]+-?|.)[、，。；：）》”]*")


def _width(line: str) -> int:
    """Return the width of text in characters, where a Chinese one has two."""
    return len(line) if line.isascii() else 2 * len(line) - len(line.encode("latin-1", "ignore"))


def height(count: int) -> float:
    """Points for a row of so many lines, with air above and below; Excel allows no row more than 409."""
    return min(409.0, 15.0 * count + 7)
