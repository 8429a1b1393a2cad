"""The inner parts of openpyxl 3.1 that its public ones do not offer: all that may break with another version stands here."""

from __future__ import annotations

import io
import re
from copy import copy
from datetime import datetime
from functools import partial
from string import ascii_uppercase
from typing import IO, TYPE_CHECKING, Any, cast
from xml.etree.ElementTree import _escape_cdata, iterparse  # type: ignore[attr-defined]

import openpyxl.packaging.extended  # noqa: F401 - openpyxl itself imports it when it saves, which is too late for a confined process
from openpyxl.cell._writer import write_cell
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.compat import safe_string
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.reader import excel
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.numbers import FORMAT_DATE_DATETIME, FORMAT_DATE_YYYYMMDD2, is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet import _reader
from openpyxl.worksheet._reader import parse_richtext_string
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse as guarded_iterparse

from pipeline.reading.gate import worksheet_xml
from pipeline.reading.marking import plain_cells
from pipeline.reading.marking.plain_cells import Plain, PlainCells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from openpyxl.styles.fills import Fill
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from pipeline.reading.marking.package_parts import Sink


def cells(sheet: Worksheet) -> list[Cell]:
    """Return the cells that are there, without those that a merge covers; `iter_rows` would make every empty one of the rectangle."""
    within: Any = sheet
    return [cell for cell in within._cells.values() if cell.__class__ is Cell]


def made_cells(sheet: Worksheet) -> list[Cell]:
    """Return them without those that nobody has asked for yet (`PlainCells`)."""
    within: Any = sheet
    return [cell for cell in dict.values(within._cells) if cell.__class__ is Cell]


def values(sheet: Worksheet) -> list[Any]:
    """Return the values of its cells, in their order."""
    within: Any = sheet
    return [
        cell[plain_cells.VALUE] if cell.__class__ is tuple else cell._value
        for cell in dict.values(within._cells)
        if cell.__class__ is not MergedCell
    ]


def more_than_values(sheet: Worksheet) -> list[Cell]:
    """Return the cells that are more than a text or a number: with a comment, a link, a formula, or a value of another kind."""
    within: Any = made_cells(sheet)
    return [
        cell
        for cell in within
        if cell._comment is not None
        or cell._hyperlink is not None
        or cell.data_type == "f"
        or cell._value.__class__ not in plain_cells.KINDS
    ]


def set_text(cell: Any, text: str) -> None:  # noqa: ANN401 - openpyxl's cell
    """Give the cell this text, whatever it begins with; as `value`, what begins with = would become a formula."""
    cell._value = text
    cell.data_type = "s"


def set_error(cell: Any, text: str) -> None:  # noqa: ANN401 - openpyxl's cell
    """Give the cell this error, also one that openpyxl does not know."""
    cell._value = text
    cell.data_type = "e"


def dress_like(cell: Any, other: Any) -> None:  # noqa: ANN401 - openpyxl's cells
    """Give the cell the look of another one; to look for an equal style among all others takes many times as long."""
    cell._style = copy(other._style)


def style(cell: Any) -> Any:  # noqa: ANN401 - openpyxl's cell, and the numbers of its font, fill, border and the like
    """Return what the cell wears, as `put_on` takes it: it stays the same whatever becomes of the cell."""
    return copy(cell._style)


def put_on(cell: Any, style: Any) -> None:  # noqa: ANN401 - see above
    """Give the cell a style that a cell of the same workbook wears."""
    cell._style = copy(style)


def merge_in_row(sheet: Worksheet, row: int, styles: Sequence[Any]) -> None:
    """Merge the first cells of a row, each in its style; `merge_cells` would make the borders of each anew."""
    within: Any = sheet
    put_on(sheet.cell(row, 1), styles[0])
    for column, style in enumerate(styles[1:], 2):
        covered = within._cells[row, column] = MergedCell(sheet, row, column)
        put_on(covered, style)
    sheet.merged_cells.ranges.add(CellRange(min_col=1, min_row=row, max_col=len(styles), max_row=row))


def fills(book: Workbook) -> list[Fill]:
    """Return every fill that a cell of the workbook has, by its number."""
    within: Any = book
    return list(within._fills)


def fill_number(cell: Any) -> int:  # noqa: ANN401 - openpyxl's cell
    """Return the number of the cell's fill, which spares making the fill itself for every cell."""
    return int(cell._style.fillId) if cell.has_style else 0


def remembered(book: Workbook) -> list[Any]:
    """Return the cells of other workbooks whose values this one remembers: formulas that refer to them keep copies."""
    within: Any = book
    copies = [link.externalBook.sheetDataSet for link in within._external_links if link.externalBook and link.externalBook.sheetDataSet]
    return [cell for copy in copies for sheet in copy.sheetData for row in sheet.row for cell in row.cell]


def disarm(book: Workbook) -> None:
    """Take out what would ask elsewhere, and what cannot be written again: pivot tables, pictures, controls, queries."""
    within: Any = book
    for sheet in within.worksheets:
        sheet._pivots, sheet._images, sheet.legacy_drawing = [], [], None
        # A table that a query fills names the connection that it asks, and the receipt carries no connections.
        for table in sheet.tables.values():
            table.tableType = table.connectionId = None


def has_charts(sheet: Worksheet) -> bool:
    """Return whether the sheet will be written with a drawing of charts."""
    within: Any = sheet
    return bool(within._charts)


def load(content: bytes) -> tuple[Workbook, dict[str, str], bool]:
    """Return the workbook, where each of its worksheets stands in the package, and whether all its sheets were read."""
    # Without `rich_text` openpyxl joins the pieces of a text, and a word in bold or red loses its look.
    reader: Any = _Reader(io.BytesIO(content), rich_text=True)
    reader.read()
    reader.wb.calculation = reader.wb.calculation or CalcProperties()  # many programs write none
    has_breaks = any(text.__class__ is str and _HALF_A_BREAK in text for text in reader.shared_strings)
    for sheet in reader.wb.worksheets:
        for cell in (cells if has_breaks else made_cells)(sheet):
            if cell.data_type == "d" and not is_date_format(cell.number_format):  # as ISO text it was a date without a format
                cell.number_format = FORMAT_DATE_DATETIME if isinstance(cell.value, datetime) else FORMAT_DATE_YYYYMMDD2
            if isinstance(cell.value, str) and _HALF_A_BREAK in cell.value:  # half of a line break; openpyxl leaves it as it is written
                set_text(cell, cell.value.replace(f"{_HALF_A_BREAK}\n", "\n").replace(_HALF_A_BREAK, "\n"))
    paths = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets() if "chartsheet" not in relation.Type}
    # openpyxl passes over a sheet whose part is not in the package; a receipt without it would look whole.
    return reader.wb, paths, len(reader.wb._sheets) == len(list(reader.parser.sheets))


_HALF_A_BREAK = "_x000D_"


def save(book: Workbook, sink: Sink) -> None:
    """Write the workbook's parts."""
    for sheet in book.worksheets:
        within: Any = made_cells(sheet)
        for cell in within:
            cell._value = _exact(cell._value)
    # Not with `Workbook.save`: it puts the clock's time into the properties, and the same receipt must be the same bytes.
    package: Any = sink
    _Writer(book, package).save()


def _exact(value: Any) -> Any:  # noqa: ANN401 - a cell's
    """Return the value as it is to be written: openpyxl writes sixteen digits, and some numbers need seventeen to be the same again."""
    return repr(value) if value.__class__ is float and float(f"{value:.16g}") != value else value


_BLANKS = re.compile(rb"<t>(\s+)</t>")
"""A piece of a text that is blanks alone: openpyxl does not say that they are to be kept."""


def _iterparse(source: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Go through a part's elements: by the parser in C, or where it declares anything by the guarded one, which takes four times as long.

    Every part is in UTF-8 (`foreign_package`), so that nothing is declared where these bytes are not.
    """
    content = source.read()
    parse: Any = guarded_iterparse if b"<!DOCTYPE" in content else iterparse
    return cast("Iterator[tuple[str, Element]]", parse(io.BytesIO(content)))


setattr(_reader, "iterparse", _iterparse)  # noqa: B010 - there is no parameter for it


_TEXT, _RUN = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"


def _texts(source: IO[bytes]) -> list[Any]:
    """Return the texts that cells share, as openpyxl reads them; of a plain one it makes three objects."""
    texts: list[Any] = []
    for _event, element in _iterparse(source):
        if element.tag == _TEXT:
            is_plain = len(element) == 1 and element[0].tag == _RUN and not element.attrib
            text: Any = element[0].text if is_plain else None
            texts.append(text.replace("x005F_", "") if text else parse_richtext_string(cast("Any", element)))
            element.clear()
    return texts


def _made(sheet: Any, plain: Plain) -> Any:  # noqa: ANN401 - openpyxl's worksheet, and its cell
    cell: Any = object.__new__(Cell)
    cell.parent = sheet
    cell.row, cell.column, style, cell.data_type, cell._value = plain
    cell._style = StyleArray(sheet.parent._cell_styles[style])
    cell._hyperlink = cell._comment = None
    return cell


class _CellsReader(_reader.WorksheetReader):
    """Takes cells at once of a sheet that has none but the plainest; openpyxl goes through an element and a dictionary for each."""

    def bind_cells(self) -> None:
        within: Any = self
        if within.parser.date_formats:  # of a workbook that is opened for anything but a receipt
            super().bind_cells()
            return
        content = within.parser.source.read()
        rest, plain = worksheet_xml.parted(content) or (content, [])
        within.parser.source = io.BytesIO(rest)
        super().bind_cells()
        if plain:
            if max(int(style or 0) for style in {cell[plain_cells.STYLE] for cell in plain}) >= len(within.ws.parent._cell_styles):
                raise IndexError  # of a look that is not there: once the marks are made, theirs would have that number
            within.ws._cells = PlainCells(plain, within.parser.shared_strings, partial(_made, within.ws))
            within.ws._current_row = within.ws.max_row


setattr(excel, "WorksheetReader", _CellsReader)  # noqa: B010 - there is no parameter for it


class _Reader(ExcelReader):
    """Leaves dates the numbers that they are, so that they go back as they came, also those that are no dates."""

    def read_strings(self) -> None:
        within: Any = self
        if part := within.package.find(SHARED_STRINGS):
            with within.archive.open(part.PartName[1:]) as source:
                within.shared_strings = _texts(source)

    def read_worksheets(self) -> None:
        # Which styles are dates is known by now. openpyxl turns a number in such a cell into a date, with a loss in the last
        # digits, and one that is no date (-1.5) into the error #VALUE!.
        book: Any = self.wb
        book._date_formats, book._timedelta_formats = set(), set()
        super().read_worksheets()


class _RowsWriter(WorksheetWriter):
    """Writes cells of plain texts and numbers as text at once, as openpyxl writes them element by element."""

    def __init__(self, ws: Any, out: Any) -> None:  # noqa: ANN401 - openpyxl's own
        super().__init__(ws, out)
        self._styles, self._contents, self._rests = dict[bytes, str](), dict[tuple[object, ...], str](), dict[object, str]()
        """What is written of a look, of a value of a kind, and of both behind a plain cell's address: cells repeat a lot."""

    def rows(self) -> list[tuple[int, list[Any]]]:
        """Return the rows in their order, with cells that nobody has asked for as they are."""
        within: Any = self
        rows: dict[int, list[Any]] = {row: [] for row in within.ws.row_dimensions}
        for (row, _column), cell in sorted(dict.items(within.ws._cells)):
            rows.setdefault(row, []).append(cell)
        return sorted(rows.items())

    def write_row(self, xf: Any, row: Any, row_idx: Any) -> None:  # noqa: ANN401 - openpyxl's own
        within: Any = self
        attributes = {"r": f"{row_idx}"}
        attributes.update(within.ws.row_dimensions.get(row_idx, {}))
        write = getattr(xf, "_file", None)  # of et_xmlfile; openpyxl's other writer, lxml, is never in a reader
        pending: list[str] = []
        with xf.element("row", attributes):
            for cell in row if write else map(self._whole, row):
                if cell.__class__ is tuple:
                    pending.append(self._written_plain(cell))
                    continue
                if cell._comment is not None:
                    within.ws._comments.append(CommentRecord.from_cell(cell))
                elif cell._value is None and not self._style(cell):
                    continue
                if write and (written := self._written(cell)):
                    pending.append(written)
                    continue
                if write and pending:
                    write("".join(pending))
                    pending.clear()
                write_cell(xf, within.ws, cell, cell.has_style)
            if write and pending:
                write("".join(pending))

    def _written(self, cell: Any) -> str:  # noqa: ANN401 - openpyxl's cell
        """Return the element of a cell; '' of one that openpyxl has to write: formulas, formatted texts, dates, errors, links."""
        value, kind = cell._value, cell.data_type
        if cell.hyperlink or kind not in ("s", "n") or not (value is None or type(value) in (str, int, float)):
            return ""
        return f'<c r="{get_column_letter(cell.column)}{cell.row}"{self._style(cell)}{self._content(value, kind)}'

    def _whole(self, cell: Any) -> Any:  # noqa: ANN401 - openpyxl's cell, or a plain one that nobody has asked for
        within: Any = self
        return _made(within.ws, (*cell[: plain_cells.VALUE], _exact(cell[-1]))) if cell.__class__ is tuple else cell

    def _written_plain(self, plain: Plain) -> str:
        """Return the element of a cell that nobody has asked for; '' of one without value and look."""
        key = plain[plain_cells.STYLE :], plain[plain_cells.VALUE].__class__
        if (rest := self._rests.get(key)) is None:
            within: Any = self
            _line, _column, _style, kind, value = plain
            look = self._style(_made(within.ws, plain))
            rest = self._rests[key] = "" if value is None and not look else look + self._content(_exact(value), kind)
        return rest and f'<c r="{ascii_uppercase[plain[1] - 1]}{plain[0]}"{rest}'

    def _content(self, value: str | float | None, kind: str) -> str:
        key = (kind, value.__class__, value if value != 0 else repr(value))  # 0.0 is -0.0
        if (content := self._contents.get(key)) is None:
            content = self._contents[key] = _content(value, kind)
        return content

    def _style(self, cell: Any) -> str:  # noqa: ANN401 - openpyxl's cell
        look = cell._style
        if look is None:
            return ""
        key = look.tobytes()
        if (written := self._styles.get(key)) is None:
            written = self._styles[key] = f' s="{cell.style_id}"' if any(look) else ""
        return written


def _content(value: str | float | None, kind: str) -> str:
    head = f' t="{"inlineStr" if kind == "s" else "n"}"'
    if value is None or value == "":
        return f"{head} />"
    if kind == "n" or not isinstance(value, str):
        return f"{head}><v>{_escape_cdata(safe_string(value))}</v></c>"
    stripped = value.strip()
    kept = ' xml:space="preserve"' if stripped and value != stripped else ""
    return f"{head}><is><t{kept}>{_escape_cdata(value)}</t></is></c>"


class _Writer(ExcelWriter):
    """Writes into memory: this process may not write files."""

    def write_worksheet(self, ws: Any) -> None:  # noqa: ANN401 - openpyxl's worksheet
        # As openpyxl 3.1 does it, but for `out`: its own way is a temporary file for each sheet.
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        content = io.BytesIO()
        out = io.BufferedWriter(
            cast("io.RawIOBase", content)
        )  # of what can be read too, each piece of text that is written resets a decoder
        writer: Any = _RowsWriter(ws, out)
        writer.write()
        out.flush()
        ws._rels = writer._rels
        sink: Any = self
        sink._archive.writestr(ws.path[1:], _BLANKS.sub(rb'<t xml:space="preserve">\1</t>', content.getvalue()))
        sink.manifest.append(ws)
