"""Marks on cells: put on, and taken off again without a trace, so that they never add up from one receipt to the next."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import tostring

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Color, PatternFill
from openpyxl.styles.fills import Fill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import fromstring

from pipeline.reading import receipt_layout
from pipeline.reading.marking import openpyxl_private
from pipeline.reading.receipt_layout import Mark

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_COLOURS = (receipt_layout.RED, receipt_layout.YELLOW, receipt_layout.BLUE)
"""What costs most comes first."""
_OURS = tuple(f"FF{colour}" for colour in _COLOURS)
_NOBODY = 64
"""The number of the system's text colour: a fill's second colour where nobody chose one."""
_RECORD = "fill "
"""Begins, in the hidden column, what a cell's fill was: the cell, then the fill."""
_WIDTH, _LINE = 330, 17
"""Pixels of a comment's width and of a line in it."""
_ROOM = 44
"""Characters in a line of a comment of that width, a Chinese one two wide."""


def put(book: Workbook, marks: Iterable[Mark]) -> list[str]:
    """Mark the cells; return what their fills were, for the hidden column.

    A mark in a hidden row or column stands on the nearest cell that shows, and names its own.
    """
    placed: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        sheet, row, column = mark.place
        # A finding can name a sheet that the workbook lacks, and a sheet that is one chart has no cells.
        if sheet not in book.sheetnames or not isinstance(book[sheet], Worksheet):
            continue
        cell = _cell(book[sheet], row, column + 1)
        shown = _shown(book[sheet], cell)
        text = mark.text if shown is cell else mark.text.replace("\n", f"\n{_ELSEWHERE.format(cell=cell.coordinate)}\n", 1)
        placed.setdefault((sheet, shown.coordinate), []).append(replace(mark, text=text))
    records = []
    for (sheet, address), of_cell in placed.items():
        cell = book[sheet][address]
        record = _colour(cell, min((mark.colour for mark in of_cell), key=_COLOURS.index))
        if record:
            records.append(f"{_RECORD}{sheet}!{address} {record}")
        _comment(cell, "\n\n".join(mark.text for mark in of_cell))
    return records


def unseen(book: Workbook, marks: Iterable[Mark]) -> list[str]:
    """Return the hidden sheets that have marks, quoted."""
    named = dict.fromkeys(mark.place[0] for mark in marks if mark.place[0] in book.sheetnames)
    return [f"“{name}”" for name in named if book[name].sheet_state != "visible"]


_ELSEWHERE = "说的是 {cell}，它在隐藏的行或列里。"


def _shown(sheet: Worksheet, cell: Cell) -> Cell:
    """Return the cell, or where its row or column is hidden the nearest that shows: to the left or above, else to the right or below."""
    row = next((at for at in _nearest(cell.row) if not _is_row_hidden(sheet, at)), cell.row)
    columns = _hidden_columns(sheet)
    column = next((at for at in _nearest(cell.column) if at not in columns), cell.column)
    return cell if (row, column) == (cell.row, cell.column) else _cell(sheet, row, column)


_FARTHEST = 1000
"""Rows or columns that are looked at behind a hidden one."""


def _nearest(at: int) -> Iterator[int]:
    yield from range(at, 0, -1)
    yield from range(at + 1, at + _FARTHEST)


def _is_row_hidden(sheet: Worksheet, row: int) -> bool:
    if row not in sheet.row_dimensions:
        return bool(sheet.sheet_format.zeroHeight)
    dimension = sheet.row_dimensions[row]
    return bool(dimension.hidden) or dimension.height == 0


def _hidden_columns(sheet: Worksheet) -> set[int]:
    hidden: set[int] = set()
    for letter, dimension in sheet.column_dimensions.items():
        if dimension.hidden or dimension.width == 0:
            first = dimension.min or column_index_from_string(letter)
            hidden.update(range(first, (dimension.max or first) + 1))
    return hidden


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return the cell, or, inside a merged range, the one that shows."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
        cell = sheet.cell(area.min_row, area.min_col)
    assert isinstance(cell, Cell)  # noqa: S101 - the first cell of a range is none of those that are merged into it
    return cell


def _colour(cell: Cell, colour: str) -> str:
    """Colour the cell; return what its fill was as XML, '' for none."""
    # A plain fill is also kept as the second colour, which a solid fill does not show: noted by address alone it would be lost
    # where the sender inserts rows before sending the receipt back.
    before = cell.fill
    kind = getattr(before, "fill_type", None)
    behind = copy.copy(before.fgColor) if kind == "solid" else Color(indexed=_NOBODY)
    cell.fill = PatternFill("solid", fgColor=Color(rgb=f"FF{colour}"), bgColor=behind)
    if kind in (None, "none"):
        return ""
    # As XML and not as a colour: patterns and gradients have several, and theme colours have shades.
    return tostring(before.to_tree(), encoding="unicode")


def _comment(cell: Cell, text: str) -> None:
    """Put our words in a comment, below the sender's own."""
    theirs = cell.comment
    whole = f"{theirs.text}\n\n{text}" if theirs else text
    comment = Comment(whole, theirs.author if theirs else receipt_layout.AUTHOR)
    # openpyxl makes every comment 144 by 79 pixels, those that it has read as well; ours would show three words of a sentence.
    comment.width = _WIDTH
    comment.height = _LINE * (receipt_layout.wrapped_lines(whole, _ROOM) + 2)
    cell.comment = comment


# --- taken off ---------------------------------------------------------------------------------------------------


def remove(book: Workbook) -> None:
    """Take off what earlier receipts put on: their sheets, fills and words."""
    records: dict[str, Fill] = {}
    for sheet in list(book.worksheets):
        if is_ours(sheet):
            records |= _records(sheet)
            book.remove(sheet)
    # Equal fills stand once in a workbook: looked at there, a large sheet is asked for a number in each cell and not for a fill.
    ours = {number for number, fill in enumerate(openpyxl_private.fills(book)) if _is_mark(fill)}
    plain = [fill.fgColor for fill in records.values() if isinstance(fill, PatternFill) and fill.fill_type == "solid"]
    for sheet in book.worksheets:
        for cell in (openpyxl_private.cells if ours else openpyxl_private.made_cells)(sheet):
            if openpyxl_private.fill_number(cell) in ours:
                cell.fill = _before(cell, records.get(f"{sheet.title}!{cell.coordinate}"), plain)
            if cell.comment and receipt_layout.HEADING in cell.comment.text:
                _remove_words(cell, cell.comment)


def is_ours(sheet: Worksheet) -> bool:
    """Return whether the sheet is an earlier receipt's: by its hidden mark, since a sender's own sheet may be called 回执."""
    return sheet.title.startswith(receipt_layout.SHEET) and _records_column(sheet) is not None


def _records_column(sheet: Worksheet) -> int | None:
    """Return the column, from 1, of an earlier receipt's signature and records."""
    columns = (column + 1 for column in receipt_layout.RECORDS_OF_ALL)
    return next((column for column in columns if str(sheet.cell(1, column).value) == receipt_layout.SIGNATURE), None)


def _records(sheet: Worksheet) -> dict[str, Fill]:
    """Return the fills that an earlier receipt noted, by sheet and address."""
    fills: dict[str, Fill] = {}
    column = _records_column(sheet)
    for (written,) in sheet.iter_rows(min_col=column, max_col=column, values_only=True):
        record = str(written)  # LibreOffice writes text of two scripts as formatted pieces
        if record.startswith(_RECORD):
            address, _, fill = record.removeprefix(_RECORD).partition(" <")
            tree: Any = fromstring(f"<{fill}")
            fills[address] = Fill.from_tree(tree) or PatternFill()
    return fills


def _is_mark(fill: Fill) -> bool:
    return isinstance(fill, PatternFill) and fill.fill_type == "solid" and fill.fgColor.type == "rgb" and fill.fgColor.rgb in _OURS


def _before(cell: Cell, record: Fill | None, plain: list[Color]) -> Fill:
    """Return the fill that the cell had: as its mark remembers it, where that is a fill that was there, else as noted for its address.

    The mark's second colour moves with the cell; LibreOffice puts another in its place, so that it must be a known one.
    """
    behind: Color = cell.fill.bgColor
    if behind in plain:
        return PatternFill("solid", fgColor=copy.copy(behind))
    return record or PatternFill()


def _remove_words(cell: Cell, comment: Comment) -> None:
    theirs = comment.text.partition(receipt_layout.HEADING)[0].rstrip()
    cell.comment = Comment(theirs, comment.author, comment.height, comment.width) if theirs else None
