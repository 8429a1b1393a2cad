"""Nothing personal goes back: numbers are masked on every sheet, columns that the contract refuses are emptied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from openpyxl.cell.rich_text import CellRichText
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula

from pipeline.reading import table
from pipeline.reading.marking import openpyxl_private
from pipeline.reading.marking.package_parts import NotMarkableError, Results
from pipeline.reading.receipt_layout import HIDDEN, Place, Why
from pipeline.terms import contract
from pipeline.terms.text import as_compared, as_text, is_personal, mask, masked_cell, may_hold_personal_number, nfkc, personal_numbers

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_HEADERS = frozenset(column.name for sheet in contract.SHEETS.values() for column in sheet.columns)
_HEADERS_OF_A_TABLE = 2
"""So many known headers make a row a header; one alone may be a word in a sentence."""
_SHORTEST_NUMBER = 11
"""Characters of a mobile number, the shortest of the personal ones."""
_REMEMBERED = 1 << 14
"""Values that were looked at: cells repeat a lot, also from one workbook to the next."""


def hide(book: Workbook, results: Mapping[str, Results], refused: tuple[Place, ...]) -> int:
    """Hide what is personal; return in how many cells. Raises NotMarkableError where it stands in what cannot be changed."""
    # Formulas, names and links call a sheet by its name: masked, they would lead nowhere.
    if any(personal_numbers(name) for name in book.sheetnames):
        raise NotMarkableError(Why.PERSONAL, "工作表的名称")
    hidden = 0
    for sheet in book.worksheets:
        columns = {*_columns(sheet), *((row, column + 1) for name, row, column in refused if name == sheet.title)}
        hidden += sum(_hide_column(sheet, row, column) for row, column in columns)
        sheet_results = results.get(sheet.title, {})
        hidden += sum(_mask(cell, sheet_results) for cell in _suspects(sheet))
        _mask_around(sheet)
    _mask_links(book)
    return hidden


def _columns(sheet: Worksheet) -> Iterator[tuple[int, int]]:
    """Return the headers of columns with personal information, on whichever sheet: row and column from 1."""
    values = openpyxl_private.values(sheet)
    if CellRichText not in {*map(type, values)}:
        compared = as_compared(_joined(values))
        if not any(name in compared for name in contract.PERSONAL_HEADERS):  # most sheets: asked at once of all that they say
            return
    rows: dict[int, list[tuple[int, str]]] = {}
    for cell, value in zip(openpyxl_private.cells(sheet), values, strict=True):
        if isinstance(value, str | CellRichText) and value:
            rows.setdefault(cell.row, []).append((cell.column, _label(str(_value(value)))))
    for row, labels in rows.items():
        if sum(name in _HEADERS for _column, name in labels) >= _HEADERS_OF_A_TABLE:
            yield from ((row, column) for column, name in labels if name.endswith(contract.PERSONAL_HEADERS))


def _joined(values: Iterable[object]) -> str:
    """Return the different texts among the values as one, in plain characters; the mark between them belongs to no header and no number."""
    return nfkc(",".join({value for value in values if value.__class__ is str}))


@lru_cache(maxsize=_REMEMBERED)
def _label(text: str) -> str:
    return table.label(text)[0]


@lru_cache(maxsize=_REMEMBERED, typed=True)  # 1 is no True
def _is_personal(value: str | float) -> bool:
    return len(as_text(value)) >= _SHORTEST_NUMBER and is_personal(value)


def _hide_column(sheet: Worksheet, row: int, column: int) -> int:
    cells = openpyxl_private.cells(sheet)
    below = [cell for cell in cells if cell.column == column and cell.row > row and cell.value not in (None, "", HIDDEN)]
    for cell in below:
        openpyxl_private.set_text(cell, HIDDEN)
        cell.hyperlink = None
        cell.comment = None
    return len(below)


def _suspects(sheet: Worksheet) -> list[Cell]:
    """Return the cells that have to be looked at one by one."""
    is_plain = not are_personal(openpyxl_private.values(sheet))
    return (openpyxl_private.more_than_values if is_plain else openpyxl_private.cells)(sheet)


def are_personal(values: Sequence[object]) -> bool:
    """Return whether a text or number among these may be personal, in one quick look."""
    return may_hold_personal_number(_joined(values)) or any(
        map(_is_personal, {value for value in values if isinstance(value, int | float)})
    )


def _mask(cell: Cell, sheet_results: Results) -> bool:
    """Mask a cell's value, its formula with what that had come to, its comment and its link; return whether there was anything."""
    is_hidden = False
    is_formula = cell.data_type == "f"
    result = _result(sheet_results.get(cell.coordinate)) if is_formula else ""
    written = _value(cell.value)
    if _is_personal(written) or (is_formula and _is_personal(result)):
        # A formula that comes to a number, or quotes one, would bring it back when it is calculated again.
        openpyxl_private.set_text(cell, HIDDEN if is_formula and result == "" else masked_cell(written if result == "" else result))
        is_hidden = True
    if cell.comment and personal_numbers(cell.comment.text):
        cell.comment = Comment(mask(cell.comment.text), mask(cell.comment.author or ""))
        is_hidden = True
    link = cell.hyperlink
    if link and any(personal_numbers(text or "") for text in (link.target, link.location, link.tooltip, link.display)):
        cell.hyperlink = None
        is_hidden = True
    return is_hidden


def _result(result: tuple[str, str] | None) -> str | float:
    """Return what a formula had come to, as a number where it was one."""
    kind, text = result or ("", "")
    try:
        return float(text) if kind == "n" else text
    except ValueError:
        return text


def _value(value: object) -> str | float:
    if type(value) is str:  # most of them; each pattern below is asked one after the other
        return value
    match value:
        case CellRichText():
            return str(value)
        case ArrayFormula():  # openpyxl has a formula that fills several cells as an object
            return value.text or ""
        case None | date() | time():  # no personal number, whatever its digits
            return ""
        case bool() | int() | float():
            return value
        case _:
            return as_text(value)


def _mask_around(sheet: Worksheet) -> None:
    """Mask headers, footers and hints of drop-downs. Raises NotMarkableError where a list's formula holds a number."""
    for part in (sheet.oddHeader, sheet.oddFooter, sheet.evenHeader, sheet.evenFooter, sheet.firstHeader, sheet.firstFooter):
        for side in (part.left, part.center, part.right) if part else ():
            if side.text:
                side.text = mask(side.text)
    for rule in sheet.data_validations.dataValidation:
        for name in ("prompt", "promptTitle", "error", "errorTitle"):
            if getattr(rule, name):
                setattr(rule, name, mask(getattr(rule, name)))
        if any(personal_numbers(formula or "") for formula in (rule.formula1, rule.formula2)):
            raise NotMarkableError(Why.PERSONAL, f"工作表“{sheet.title}”的下拉框")


def _mask_links(book: Workbook) -> None:
    """Mask what is remembered of other workbooks. Raises NotMarkableError where the value of a name holds a number."""
    for cell in openpyxl_private.remembered(book):
        if cell.v and personal_numbers(cell.v):
            cell.v = mask(cell.v)
    names = chain(book.defined_names.values(), *(sheet.defined_names.values() for sheet in book.worksheets))
    if any(personal_numbers(name.attr_text or "") for name in names):
        raise NotMarkableError(Why.PERSONAL, "定义的名称")
