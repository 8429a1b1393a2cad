"""The sheets of a form: 封面, 填写说明, and each declared sheet with its header, what is filled in beforehand, and room below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell

from pipeline.render.forms import drop_downs
from pipeline.render.forms import form_words as words
from pipeline.render.forms.form_layout import FIRST, FIRST_COVER_LABEL, HEADER, NOTE, TITLE, FormSheet, FormWorkbook
from pipeline.render.workbook.cell_formats import A4, Value, height, lines, merge, put, stored, text
from pipeline.terms.contract import COVER, COVER_LABELS, PROGRESS, REGION_CASES, REPLIED, RESOLVED, VISITOR_CASES, Column, Kind

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.render.workbook.xlsxwriter_private import Sheet

_LOOK_OF_KIND: Final = {
    Kind.CODE: "text", Kind.CHOICE: "center", Kind.DISTRICT: "center", Kind.DATE: "date", Kind.MOMENT: "moment", Kind.COUNT: "count",
    Kind.MONEY: "money", Kind.TEXT: "text", Kind.REPLY_NUMBER: "text", Kind.PREFILLED: "text", Kind.PREFILLED_DATE: "date",
}  # fmt: skip
_PREFILLED: Final = (Kind.PREFILLED, Kind.PREFILLED_DATE)
_LONG: Final = (PROGRESS, REGION_CASES, VISITOR_CASES)
"""Sheets long enough for a filter."""
_NOTICE: Final = "通知编号"
_SENTENCE_WIDTH: Final = 84
"""Of the sentences in 填写说明."""


def write(form: FormWorkbook, sheet: FormSheet) -> None:
    """Write a declared sheet."""
    page = form.workbook.add_worksheet(sheet.sheet.name)
    put(page, TITLE, 0, sheet.title, form.look("title"))
    put(page, NOTE, 0, sheet.note or words.NOTES[sheet.sheet.name], form.look("note"))
    page.set_row(TITLE, 30)
    page.set_row(NOTE, 20)
    page.set_row(HEADER, 32)
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, _width(column))
        star = "*" if column.required else ""
        put(page, HEADER, at, f"{column.header}{star}", form.look("header", "box"))
        drop_downs.add_to_column(form, page, sheet, at)
        _mark_missing(form, page, sheet, at)
    _write_rows(form, page, sheet)
    page.freeze_panes(FIRST, 1)
    if sheet.sheet in _LONG:
        page.autofilter(HEADER, 0, sheet.last, len(sheet.columns) - 1)
    page.repeat_rows(HEADER)
    _set_paper(form, page, is_list=True)
    _protect(page)


def _width(column: Column) -> int:
    return words.WIDTHS.get(column.name, words.WIDTH)


def _write_rows(form: FormWorkbook, page: Sheet, sheet: FormSheet) -> None:
    """Write what is filled in beforehand, and the room below; a program fits these rows to what is typed, as no height is set by hand."""
    columns = sheet.columns
    empty = [_cell_look(form, column, locked=_PREFILLED) for column in columns]
    filled = [_cell_look(form, column, locked=(*_PREFILLED, *_identifying(column))) for column in columns]
    made: dict[tuple[int, Value], tuple[str, int]] = {}
    for at, row in enumerate(sheet.rows, FIRST):
        values = enumerate(row.get(column.name) for column in columns)
        cells = [made.get(cell) or made.setdefault(cell, _cell(page, cell, filled, columns)) for cell in values]
        page.lay_form(at, [element for element, _count in cells], height(max(count for _element, count in cells)))
    blanks = [page.cell(place, None, look) for place, look in enumerate(empty)]
    page.lay_form(FIRST + len(sheet.rows), blanks, height(1), sheet.room)


def _cell(page: Sheet, cell: tuple[int, Value], looks: Sequence[Format], columns: Sequence[Column]) -> tuple[str, int]:
    """Return the element of a cell in that place, and how many lines it takes."""
    place, value = cell
    return page.cell(place, stored(value), looks[place]), lines(str(value or ""), _width(columns[place]))


def _identifying(column: Column) -> tuple[Kind, ...]:
    """Return the column's kind where a row that is filled in beforehand keeps what stands there, as it names what the row is about."""
    return (column.kind,) if column.kind is Kind.CODE or column.name == _NOTICE else ()


def _cell_look(form: FormWorkbook, column: Column, *, locked: Sequence[Kind]) -> Format:
    return form.look(_LOOK_OF_KIND[column.kind], "box", "locked" if column.kind in locked else "open")


def _mark_missing(form: FormWorkbook, page: Sheet, sheet: FormSheet, at: int) -> None:
    """Let a cell that is still to be filled in turn pale yellow once its row has begun, or its status asks for it."""
    column = sheet.columns[at]
    cell = xl_rowcol_to_cell(FIRST, at, col_abs=True)
    if column.required and not column.default:
        begun = f"COUNTA(${xl_range(FIRST, 0, FIRST, len(sheet.columns) - 1).replace(':', ':$')})>0"
    elif sheet.sheet is PROGRESS and column.name in ("答复日期", "答复文号"):
        status = f"${xl_col_to_name(sheet.position('当前状态'))}{FIRST + 1}"
        begun = f'OR({status}="{REPLIED}",{status}="{RESOLVED}")'
    else:
        return
    rule = {"type": "formula", "criteria": f"=AND({begun},LEN({cell})=0)", "format": form.missing}
    page.conditional_format(FIRST, at, sheet.last, at, rule)


# --- 封面 and 填写说明 --------------------------------------------------------------------------------------------


def write_cover(form: FormWorkbook, title: str, note: str, cells: Mapping[str, Value]) -> None:
    """Write 封面; `cells` holds what is filled in behind its labels."""
    page = form.workbook.add_worksheet(COVER)
    for at, width in enumerate((16, 32, 60)):
        page.set_column(at, at, width)
    page.set_row(0, 34)
    merge(page, (0, 0, 0, 2), title, form.look("title", "middle"))
    merge(page, (1, 0, 1, 2), note, form.look("note", "middle"))
    for at, label in enumerate(COVER_LABELS, FIRST_COVER_LABEL):
        page.set_row(at, 28)
        is_locked = label == "模板版本" or (label == "旗区" and label in cells)
        look = {"报告日期": ("date",), "模板版本": ()}.get(label, ("text",))
        put(page, at, 0, f"{label}{'*' if label in words.REQUIRED_ON_COVER else ''}", form.look("label", "box"))
        put(page, at, 1, cells.get(label), form.look(*look, "field", "box", "locked" if is_locked else "open"))
        put(page, at, 2, words.hint_on_cover(label, form.written_day)[1], form.look("note", "remark"))
        drop_downs.add_to_cover(form, page, at, label)
    _set_paper(form, page, is_list=False)
    _protect(page)
    page.activate()


def write_instructions(form: FormWorkbook, blocks: Sequence[words.Block]) -> None:
    """Write 填写说明: each block's heading, and below it a line for each of its sentences."""
    page = form.workbook.add_worksheet(words.INSTRUCTIONS)
    page.set_column(0, 0, 16)
    page.set_column(1, 1, _SENTENCE_WIDTH)
    put(page, 0, 0, words.INSTRUCTIONS, form.look("title"))
    page.set_row(0, 32)
    at = 2
    for heading, sentences in blocks:
        merge(page, (at, 0, at, 1), heading, form.look("heading"))
        page.set_row(at, 24)
        for word, sentence in sentences:
            at += 1
            put(page, at, 0, word, form.look("word"))
            put(page, at, 1, sentence, form.look("sentence"))
            page.set_row(at, height(lines(sentence, _SENTENCE_WIDTH)))
        at += 2
    _set_paper(form, page, is_list=False)
    _protect(page)


# --- paper and protection ----------------------------------------------------------------------------------------


def _set_paper(form: FormWorkbook, page: Sheet, *, is_list: bool) -> None:
    """Set A4 with the office above and the page number below: a list one landscape page wide, anything else on one page."""
    if is_list:
        page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0 if is_list else 1)
    page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    page.center_horizontally()
    page.hide_gridlines(2)
    # Case numbers and days are meant as text: without this Excel puts a green corner on every one of them.
    page.ignore_errors({"number_stored_as_text": "A1:Z10000", "two_digit_text_year": "A1:Z10000"})
    office = text(form.settings.office)[:80].replace("\n", " ").replace("&", "&&")  # a single & begins a code of Excel's
    page.set_header(f"&L&9 {office}&R&9 {form.day.isoformat() if form.day else ''}")
    page.set_footer("&C&9 第 &P 页，共 &N 页")


def _protect(page: Sheet) -> None:
    """Lock what is not to be filled in, without a password: a slip of the hand is stopped, a purpose is not."""
    allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")
    page.protect("", dict.fromkeys(allowed, True))
