"""Writes the demo's workbooks from the contract's declaration, each district's in its own untidy hand."""

from __future__ import annotations

import io
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import xlsxwriter

from pipeline.demo.made_up_week import Assignment, Report, Row, Value
from pipeline.terms import contract
from pipeline.terms.contract import Kind

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_CREATED = datetime(2020, 5, 15)  # noqa: DTZ001 - xlsxwriter wants it naive; without it the bytes carry the clock
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_DATE = "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class Hand:
    """How a district's clerk writes; the defaults are the template's."""

    spelling: str
    """The district's name on 封面."""
    reporter: str
    dates: str = "cell"
    """`cell`, or a pattern for text with y, m and d."""
    numbers: str = "plain"
    """How case numbers are written: plain, full-width, bare (without dashes, in lower case)."""
    sheet: str = "{}"
    header: str = "{}"
    """How a required column's header is written."""
    is_reversed: bool = False
    """The columns after the first in another order."""
    has_title: bool = False
    is_numbered: bool = False
    has_signature: bool = False
    has_gaps: bool = False
    hidden: str = ""
    merged: str = ""
    """A column whose equal neighbours are merged."""
    extra: str = ""
    """A column of their own that no contract knows."""


HANDS = {
    "DS": Hand("东胜区", "甲"),
    "DLT": Hand("达旗", "乙", has_title=True, is_numbered=True, is_reversed=True),
    "ZGE": Hand("准格尔旗", "丙", dates="{m}月{d}日", numbers="full-width"),
    "YJHL": Hand("伊金霍洛旗", "丁", has_title=True, has_signature=True),
    "WS": Hand("乌审旗", "戊", has_title=True, hidden="需协调事项", merged="下一步措施"),
    "HJ": Hand("杭锦旗", "己", dates="{y}.{m}.{d}", header="{}*（必填）", has_signature=True),
    "ETK": Hand("鄂尔多斯市鄂托克旗住建局", "庚", sheet="1.{}"),
    "ETQ": Hand("鄂托克前旗", "辛", dates="{y}/{m}/{d}", numbers="bare", has_gaps=True),
    "KBS": Hand("康巴什", "壬", extra="内部流转号"),
}


def report(handed_in: Report) -> bytes:
    """Return a district's report as it was handed in."""
    hand = HANDS[handed_in.code]
    output = io.BytesIO()
    with _workbook(output) as book:
        _write_cover(book, handed_in, hand)
        for sheet in (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS):
            if sheet.name in handed_in.rows:
                _Page(book, sheet, hand).write(handed_in.rows[sheet.name])
    content = output.getvalue()
    return content[: len(content) * 2 // 3] if handed_in.is_damaged else content


def assignment(edition: Assignment, names: dict[str, str]) -> bytes:
    """Return an edition of the assignment workbook; `names` gives the districts' names by code."""
    hand = Hand("", "", has_title=True, is_numbered=True)
    output = io.BytesIO()
    with _workbook(output) as book:
        for sheet in contract.ASSIGNMENT_SHEETS:
            rows: list[Row] = [{**row, "旗区": names[str(row["旗区"])]} for row in edition.rows[sheet.name]]
            _Page(book, sheet, hand).write(rows)
        if exempted := edition.rows.get(contract.EXEMPTIONS.name):
            _Page(book, contract.EXEMPTIONS, hand).write([{**row, "对象": str(row["对象"]).format(**names)} for row in exempted])
    return output.getvalue()


def _workbook(output: io.BytesIO) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    return book


def _write_cover(book: xlsxwriter.Workbook, handed_in: Report, hand: Hand) -> None:
    page = book.add_worksheet(contract.COVER)
    page.set_column(0, 1, 22)
    page.write(0, 0, "旗区信访事项日报", book.add_format({"bold": True, "font_size": 14}))
    labelled: Row = {
        "旗区": hand.spelling,
        "报告日期": handed_in.day,
        "填报人": hand.reporter,
        "审核人": "领导",
        "零报告": "是" if handed_in.is_zero else "否",
        "模板版本": contract.TEMPLATE_VERSION,
    }
    for at, (label, value) in enumerate(labelled.items(), 2):
        page.write(at, 0, f"{label}：")
        written = _written(value, hand)
        page.write(at, 1, written, book.add_format({"num_format": _DATE, "align": "left"}) if isinstance(written, date) else None)


def _written(value: Value, hand: Hand) -> Value:
    if not isinstance(value, date) or hand.dates == "cell":
        return value
    return hand.dates.format(y=value.year, m=value.month, d=value.day)


def _number(number: str, hand: Hand) -> str:
    match hand.numbers:
        case "full-width":
            return number.translate(_FULL_WIDTH)
        case "bare":
            return number.replace("-", "").lower()
        case _:
            return number


class _Page:
    """One sheet under the clerk's hand."""

    def __init__(self, book: xlsxwriter.Workbook, sheet: contract.Sheet, hand: Hand) -> None:
        self._sheet, self._hand = sheet, hand
        self._page: Worksheet = book.add_worksheet(hand.sheet.format(sheet.name) if sheet is not contract.LIAISON else sheet.name)
        self._plain: Format = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True})
        self._date: Format = book.add_format({"border": 1, "valign": "vcenter", "num_format": _DATE})
        self._bold: Format = book.add_format({"border": 1, "bold": True, "bg_color": "#DDE8F3", "text_wrap": True})
        self._title: Format = book.add_format({"bold": True, "font_size": 14, "align": "center"})
        self._columns = self._order()

    def _order(self) -> list[contract.Column]:
        columns = [column for column in self._sheet.columns if column.kind is not Kind.UNREAD]
        if self._hand.is_reversed:
            columns = [columns[0], *reversed(columns[1:])]
        own = [contract.Column(self._hand.extra)] if self._hand.extra and self._sheet is contract.PROGRESS else []
        numbered = [column for column in self._sheet.columns if column.kind is Kind.UNREAD] if self._hand.is_numbered else []
        return [*numbered, *columns, *own]

    def write(self, rows: Sequence[Row]) -> None:
        """The sheet with its title, header, rows and what stands below."""
        top = 2 * self._hand.has_title
        if self._hand.has_title:
            self._page.merge_range(0, 0, 0, len(self._columns) - 1, f"{self._sheet.name}表", self._title)
            self._page.write(1, 0, "注：请于当日17时前报送")
        for at, column in enumerate(self._columns):
            header = self._hand.header.format(column.header) if column.required else column.header
            self._page.write(top, at, header, self._bold)
            width = 28 if column.name in ("案由", "今日进展", "下一步措施") else 13
            self._page.set_column(at, at, width, None, {"hidden": int(column.name == self._hand.hidden)})
        self._page.freeze_panes(top + 1, 1)
        places = [top + 1 + number * (1 + self._hand.has_gaps) for number in range(len(rows))]
        for number, (line, row) in enumerate(zip(places, rows, strict=True), 1):
            self._write_row(line, number, row)
        self._merge(places, rows)
        if self._hand.has_signature:
            below = (places[-1] if places else top) + 2
            self._page.write(below, 0, f"填报人：{self._hand.reporter}")
            self._page.write(below, 3, "审核人：领导")

    def _write_row(self, line: int, number: int, row: Row) -> None:
        for at, column in enumerate(self._columns):
            value: Value = number if column.kind is Kind.UNREAD else row.get(column.name)
            if column.kind is Kind.CODE and isinstance(value, str):
                value = _number(value, self._hand)
            if column.name == self._hand.extra:
                value = f"内{number:03}"
            written = _written(value, self._hand)
            self._page.write(line, at, written, self._date if isinstance(written, date) else self._plain)

    def _merge(self, places: Sequence[int], rows: Sequence[Row]) -> None:
        """Merge the first run of equal neighbours in the clerk's favourite column."""
        at = next((at for at, column in enumerate(self._columns) if column.name == self._hand.merged), None)
        if at is None:
            return
        name = self._hand.merged
        for number, (row, following) in enumerate(itertools.pairwise(rows)):
            if row.get(name) and row.get(name) == following.get(name):
                self._page.merge_range(places[number], at, places[number + 1], at, row[name], self._plain)
                return
