"""The sheet 回执 in the sender's own workbook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import Outline, PageSetupProperties

from pipeline.reading import receipt_layout
from pipeline.reading.marking import openpyxl_private
from pipeline.reading.receipt_layout import Kind, Line

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LAST = len(receipt_layout.COLUMNS)
_Worn = dict[Kind | tuple[Kind, bool, bool], list[Any]]
"""The styles of a line that goes over all columns, by its kind; and that of a single cell by its look. openpyxl looks for each part of a
style among all others and makes each border of a merged range anew: it is asked once for each look."""
_SIDE = Side(style="thin", color=receipt_layout.BORDER)


def write(book: Workbook, lines: Sequence[Line], records: Sequence[str]) -> None:
    """Put the sheet in front of all others; the records of fills go into its hidden column."""
    title, number = receipt_layout.SHEET, 1
    while title in book.sheetnames:  # a sender's own sheet of that name stays
        number += 1
        title = f"{receipt_layout.SHEET} ({number})"
    sheet = book.create_sheet(title, 0)
    names = frozenset(book.sheetnames)
    worn: _Worn = {}
    for row, line in enumerate(lines, 1):
        dimension = sheet.row_dimensions[row]
        dimension.height = line.height
        dimension.outlineLevel, dimension.hidden = int(line.is_folded), line.is_folded
        dimension.collapsed = line.kind is Kind.UNDERSTOOD
        _write(sheet, row, line, names, worn)
    for row, record in enumerate((receipt_layout.SIGNATURE, *records), 1):
        openpyxl_private.set_text(sheet.cell(row, receipt_layout.RECORDS + 1), record)
    _set_up(sheet, lines)
    for other in book.worksheets:  # two selected sheets would be edited together, each keystroke in both
        other.sheet_view.tabSelected = other is sheet
    book.active = 0
    for view in book.views:
        view.firstSheet = 0  # the sender may have scrolled the tabs, and the first would be out of sight


def _set_up(sheet: Worksheet, lines: Sequence[Line]) -> None:
    for column, width in enumerate(receipt_layout.WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.column_dimensions[get_column_letter(receipt_layout.RECORDS + 1)].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = receipt_layout.LOOKS[lines[0].kind].ink if lines[0].kind is not Kind.NOT_TAKEN else "B42318"
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", receipt_layout.A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0  # one page wide, as many high as it takes
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom = 0.5, 0.6
    sheet.page_margins.footer = 0.3
    if sheet.oddFooter:
        sheet.oddFooter.center.text = "&P / &N"
    header = next((row for row, line in enumerate(lines, 1) if line.kind is Kind.HEADER), None)
    if header:
        sheet.freeze_panes = f"A{header + 1}"
        sheet.print_title_rows = f"{header}:{header}"
    sheet.print_area = f"A1:{get_column_letter(_LAST)}{len(lines)}"


def _write(sheet: Worksheet, row: int, line: Line, names: frozenset[str], worn: _Worn) -> None:
    """Write a line; `worn`: what cells of earlier lines wear, by their looks."""
    if len(line.cells) == 1:
        _write_whole(sheet, row, line, worn)
        return
    for column in range(1, _LAST + 1):
        is_centered = column - 1 in receipt_layout.CENTERED or line.kind is Kind.HEADER
        is_link = column - 1 == receipt_layout.CELL and line.place is not None and line.place[0] in names
        cell = _dressed(sheet, row, column, (line.kind, is_centered, is_link), worn)
        if column > len(line.cells) or not line.cells[column - 1]:
            continue
        openpyxl_private.set_text(cell, line.cells[column - 1])
        # openpyxl makes a plain text a link to the outside, with a relation in the package; a place of our own needs the object.
        if is_link and line.place:
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=_location(line.place))
    if line.span > 1:
        for column in (at for at in range(1, _LAST + 1) if at - 1 not in receipt_layout.OF_A_CELL):
            sheet.merge_cells(start_row=row, start_column=column, end_row=row + line.span - 1, end_column=column)


def _write_whole(sheet: Worksheet, row: int, line: Line, worn: _Worn) -> None:
    """Write a line whose one text goes over all columns."""
    if styles := worn.get(line.kind):
        openpyxl_private.merge_in_row(sheet, row, styles)
    else:
        cells = [_dressed(sheet, row, column, (line.kind, False, False), worn) for column in range(1, _LAST + 1)]
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=_LAST)
        worn[line.kind] = [openpyxl_private.style(sheet.cell(row, cell.column)) for cell in cells]
    if line.cells[0]:
        openpyxl_private.set_text(sheet.cell(row, 1), line.cells[0])


def _dressed(sheet: Worksheet, row: int, column: int, look: tuple[Kind, bool, bool], worn: _Worn) -> Any:  # noqa: ANN401 - openpyxl's cell
    """Return a cell in its look: the kind of its line, whether its text is centered, and whether it is a link."""
    cell: Any = sheet.cell(row, column)
    if styles := worn.get(look):
        openpyxl_private.put_on(cell, styles[0])
        return cell
    kind, is_centered, is_link = look
    cell.font, cell.fill, cell.border, cell.alignment = _look(kind, is_centered=is_centered, is_link=is_link)
    # As text: Excel would make a number or a date of "3-4" or "007" as soon as somebody opens the cell to copy from it.
    cell.number_format = "@"
    worn[look] = [openpyxl_private.style(cell)]
    return cell


def _location(place: receipt_layout.Place) -> str:
    name, row, column = place
    quoted = name.replace("'", "''")  # as in a formula
    return f"'{quoted}'!{get_column_letter(column + 1)}{row}"


@cache
def _look(kind: Kind, *, is_centered: bool, is_link: bool) -> tuple[Font, PatternFill, Border, Alignment]:
    look = receipt_layout.LOOKS[kind]
    ink = receipt_layout.LINK if is_link else look.ink
    return (
        Font(name=receipt_layout.FONT, size=look.size, bold=look.bold, color=ink, underline="single" if is_link else None),
        PatternFill("solid", fgColor=look.fill) if look.fill else PatternFill(),
        Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE) if look.is_boxed else Border(),
        Alignment(horizontal="center" if is_centered else "left", vertical="center", wrap_text=True, indent=0 if is_centered else 1),
    )
