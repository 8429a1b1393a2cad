"""One declared sheet as a form: header, what is filled in beforehand, room below, drop-downs, checks, hints and protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell

from pipeline.render.forms import form_words as words
from pipeline.render.workbook.cell_formats import BLUE, FONT, GREY, INK, LINE, PALE, Look, Value, height, lines, put, text
from pipeline.terms.contract import COVER, NEW_CASES, PROGRESS, REGION_CASES, REPLIED, RESOLVED, VISITOR_CASES, Column, Kind, Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROOM: Final = 100
"""Empty rows below what is filled in beforehand."""
TITLE, NOTE, HEADER, FIRST = 0, 1, 2, 3
REPORT_DAY: Final = f"'{COVER}'!$B$5"
"""Where 封面 has 报告日期."""
_FIRST_DAY, _LAST_DAY = 36526, 73050
"""2000-01-01 and 2099-12-31: what the checks understand as a date's number."""
_A4 = 9
_LONGEST_LIST = 255

_LOOKS: Final[dict[str, Look]] = {
    "plain": {"font_name": FONT, "font_size": 11, "font_color": INK, "valign": "vcenter"},
    "title": {"font_size": 16, "bold": True, "font_color": BLUE},
    "heading": {"font_size": 12, "bold": True, "font_color": BLUE, "bottom": 1, "bottom_color": BLUE},
    "note": {"font_size": 10, "font_color": GREY},
    "box": {"border": 1, "border_color": LINE},
    "header": {"bold": True, "font_color": "#FFFFFF", "bg_color": BLUE, "align": "center", "text_wrap": True},
    "given": {"bg_color": PALE},
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
_LOOK_OF_KIND: Final = {
    Kind.CODE: "text", Kind.CHOICE: "center", Kind.DISTRICT: "center", Kind.DATE: "date", Kind.MOMENT: "moment", Kind.COUNT: "count",
    Kind.MONEY: "money", Kind.TEXT: "text", Kind.PREFILLED: "text", Kind.PREFILLED_DATE: "date",
}  # fmt: skip
_LONG: Final = (PROGRESS, REGION_CASES, VISITOR_CASES)
"""Sheets long enough for a filter."""
PREFILLED: Final = (Kind.PREFILLED, Kind.PREFILLED_DATE)


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook under way, and what its hints and lists depend on."""

    workbook: Workbook
    day: date | None
    """The report's day, where there is one."""
    example: str
    """A case number as this district writes it."""
    districts: tuple[str, ...]
    office: str
    rooms: dict[str, int] = field(default_factory=dict)
    """By sheet: how many empty rows it is to have."""
    _made: dict[tuple[str, ...], Format] = field(default_factory=dict)

    def look(self, *names: str) -> Format:
        """The format that has those looks; where two differ the later holds."""
        if names not in self._made:
            merged: Look = {}
            for name in ("plain", *names):
                merged |= _LOOKS[name]
            self._made[names] = self.workbook.add_format(merged)
        return self._made[names]

    def mark(self) -> Format:
        """The format that a condition lays over a cell which is still to be filled in."""
        if () not in self._made:
            self._made[()] = self.workbook.add_format({"bg_color": "#FFF2CC"})
        return self._made[()]

    @property
    def written_day(self) -> str:
        """A day as it is to be written."""
        return (self.day or date(2020, 5, 21)).isoformat()


@dataclass(frozen=True, slots=True)
class Form:
    """What a sheet is to hold."""

    sheet: Sheet
    title: str
    rows: Sequence[Mapping[str, Value]] = ()
    room: int = ROOM
    """Empty rows below; the library writes the first, and `template_room` the others."""

    @property
    def columns(self) -> list[Column]:
        """The columns that are read, in the template's order."""
        return [column for column in self.sheet.columns if column.kind is not Kind.UNREAD]

    @property
    def last(self) -> int:
        """The last row that may be filled in."""
        return FIRST + len(self.rows) + self.room - 1


def write(book: Book, form: Form) -> Worksheet:
    """The sheet of that form."""
    page = book.workbook.add_worksheet(form.sheet.name)
    put(page, TITLE, 0, form.title, book.look("title"))
    put(page, NOTE, 0, words.NOTES[form.sheet.name], book.look("note"))
    page.set_row(TITLE, 30)
    page.set_row(NOTE, 20)
    page.set_row(HEADER, 32)
    for at, column in enumerate(form.columns):
        page.set_column(at, at, words.WIDTHS.get(column.name, words.WIDTH))
        star = "*" if column.required else ""
        put(page, HEADER, at, f"{column.header}{star}", book.look("header", "box"))
        _check_cells(book, page, form, at)
        _mark_missing(book, page, form, at)
    _write_rows(book, page, form)
    book.rooms[form.sheet.name] = form.room
    page.freeze_panes(FIRST, 1)
    if form.sheet in _LONG:
        page.autofilter(HEADER, 0, form.last, len(form.columns) - 1)
    page.repeat_rows(HEADER)
    set_paper(book, page, is_list=True)
    protect(page)
    return page


def set_paper(book: Book, page: Worksheet, *, is_list: bool) -> None:
    """A4 with the office above and the page number below: a list one landscape page wide, anything else on one page."""
    if is_list:
        page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0 if is_list else 1)
    page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    page.center_horizontally()
    page.hide_gridlines(2)
    page.ignore_errors({"number_stored_as_text": "A1:Z10000", "two_digit_text_year": "A1:Z10000"})  # text is meant as text
    office = text(book.office)[:80].replace("\n", " ").replace("&", "&&")
    page.set_header(f"&L&9 {office}&R&9 {book.day.isoformat() if book.day else ''}")
    page.set_footer("&C&9 第 &P 页，共 &N 页")


def protect(page: Worksheet) -> None:
    """Lock what is not to be filled in, without a password: a slip of the hand is stopped, a purpose is not."""
    allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")
    page.protect("", dict.fromkeys(allowed, True))


def _write_rows(book: Book, page: Worksheet, form: Form) -> None:
    """What is filled in beforehand, and the first row of the room below."""
    empty = [book.look(_LOOK_OF_KIND[column.kind], "box", *_state(column, is_given=False)) for column in form.columns]
    given = [book.look(_LOOK_OF_KIND[column.kind], "box", *_state(column, is_given=True)) for column in form.columns]
    names = [column.name for column in form.columns]
    for at, row in enumerate(form.rows, FIRST):
        for place, (name, look) in enumerate(zip(names, given, strict=True)):
            put(page, at, place, row.get(name), look)
        page.set_row(at, height(max(lines(str(row.get(name) or ""), words.WIDTHS.get(name, words.WIDTH)) for name in names)))
    below = FIRST + len(form.rows)
    for place, look in enumerate(empty):
        page.write_blank(below, place, None, look)
    page.set_row(below, height(1))


def _state(column: Column, *, is_given: bool) -> tuple[str, ...]:
    """Whether a cell is locked and grey, or open."""
    is_locked = column.kind in PREFILLED or (is_given and column.kind is Kind.CODE)
    return ("given",) if is_locked else ("open",)


# --- what may be typed -------------------------------------------------------------------------------------------


def _check_cells(book: Book, page: Worksheet, form: Form, at: int) -> None:
    """The column's drop-down or check, with the hint that every cell shows."""
    column = form.columns[at]
    title, message = words.hint(form.sheet.name, column, book.written_day, book.example)
    said = {"input_title": title, "input_message": message}
    page.data_validation(FIRST, at, form.last, at, {**_rule(book, form, column), **said})


def _rule(book: Book, form: Form, column: Column) -> dict[str, object]:
    """What a cell of that column may hold, as the library takes it."""
    rule: dict[str, object]
    match column.kind:
        case Kind.CHOICE:
            rule = listed(column.values)
        case Kind.DISTRICT:
            rule = listed(book.districts)
        case Kind.DATE | Kind.MOMENT:
            return _dates(book, form, column)
        case Kind.COUNT:
            rule = {"validate": "integer", "criteria": ">=", "value": 0}
        case Kind.MONEY:
            rule = {"validate": "decimal", "criteria": ">=", "value": 0}
        case _:
            return {"validate": "any"}
    return {**words.wrong(column.kind, book.written_day), **rule}


def listed(values: Sequence[str]) -> dict[str, object]:
    """A drop-down of these values; none where Excel could not hold it."""
    if len(",".join(values)) > _LONGEST_LIST or any("," in value or value.startswith("=") for value in values):
        return {"validate": "any"}
    return {"validate": "list", "source": list(values)}


def any_day() -> dict[str, object]:
    """Any day that a report could be about."""
    return {"validate": "date", "criteria": "between", "minimum": str(_FIRST_DAY), "maximum": str(_LAST_DAY)}


_FROM_ROW: Final = {
    (NEW_CASES.name, "办结时限"): "排查日期",
    (REGION_CASES.name, "办结时限"): "交办日期",
    (VISITOR_CASES.name, "办结时限"): "交办日期",
    (REGION_CASES.name, "延期至"): "办结时限",
    (VISITOR_CASES.name, "延期至"): "办结时限",
}
"""The column that a date is not to be before."""
_UNTIL_REPORT: Final = ((PROGRESS.name, "答复日期"), (PROGRESS.name, "接访下访日期"), (NEW_CASES.name, "排查日期"))
_ONLY_WARNED: Final = ("延期至", "发生时间")
"""What the report's check does not refuse either."""


def _dates(book: Book, form: Form, column: Column) -> dict[str, object]:
    """The limits of a date, which follow 封面 and the row's own dates where these are filled in."""
    place = (form.sheet.name, column.name)
    low, high, limit = str(_FIRST_DAY), str(_LAST_DAY), ""
    if place in _FROM_ROW:
        limit = words.not_before(_FROM_ROW[place])
        start = xl_rowcol_to_cell(FIRST, [one.name for one in form.columns].index(_FROM_ROW[place]), col_abs=True)
        low = f"=IF(ISNUMBER({start}),{start},{_FIRST_DAY})"
    if place in _UNTIL_REPORT:
        limit = words.UNTIL_REPORT
        high = f"=IF(ISNUMBER({REPORT_DAY}),{REPORT_DAY},{_LAST_DAY})"
    style = "warning" if column.name in _ONLY_WARNED else "stop"
    said = words.wrong(column.kind, book.written_day, limit)
    return {"validate": "date", "criteria": "between", "minimum": low, "maximum": high, "error_type": style, **said}


def _mark_missing(book: Book, page: Worksheet, form: Form, at: int) -> None:
    """A cell that is still to be filled in turns pale yellow once its row has begun, or its status asks for it."""
    name, width = form.columns[at].name, len(form.columns)
    cell = xl_rowcol_to_cell(FIRST, at, col_abs=True)
    if form.columns[at].required and not form.columns[at].default:
        begun = f"COUNTA(${xl_range(FIRST, 0, FIRST, width - 1).replace(':', ':$')})>0"
    elif form.sheet is PROGRESS and name in ("答复日期", "答复文号"):
        status = f"${xl_col_to_name([one.name for one in form.columns].index('当前状态'))}{FIRST + 1}"
        begun = f'OR({status}="{REPLIED}",{status}="{RESOLVED}")'
    else:
        return
    rule = {"type": "formula", "criteria": f"=AND({begun},LEN({cell})=0)", "format": book.mark()}
    page.conditional_format(FIRST, at, form.last, at, rule)
