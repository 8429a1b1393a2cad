"""The inner parts of XlsxWriter 3 that its public ones do not offer: all that may break with another version stands here.

XlsxWriter keeps every cell as an object and writes its element attribute by attribute. A list of some thousand rows repeats few styles
and few values: here the element of a value in a column is made once, and a row is its cells' elements put together.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from pipeline.render import reproducible_zip

if TYPE_CHECKING:
    from xlsxwriter.format import Format

_HERE: Final = "\0"
"""In a cell's element: the number of its row. No text stands there, only numbers."""
_BY_HAND: Final = ' customHeight="1"'
_IN_FORMULA: Final = re.compile(r"[\w.]+(?=\()")
_HAS_MARKUP: Final = re.compile("[&<>]|_x").search
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NAMESPACE: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LEVEL: Final = 4
"""How hard parts are pressed: half the time of the usual 6, for a file that is a tenth larger (docs/decisions/0038)."""
_column: Final = lru_cache(maxsize=1 << 10)(xl_col_to_name)


class Sheet(Worksheet):  # type: ignore[misc] # XlsxWriter has no types
    """A worksheet that also takes rows as elements that are written already, and links without the cell that they stand on."""

    def __init__(self) -> None:
        """Begin a sheet without rows; `Workbook.add_worksheet` does the rest."""
        super().__init__()
        self._laid: dict[int, tuple[str, str]] = {}
        self._heights: dict[float, tuple[int, str]] = {}
        self._links: dict[str, str] = {}

    def cell(self, column: int, value: str | float | None, look: Format) -> str:
        """Return the element of a cell of that column, for any row: text, a number, or a blank for None."""
        return self.filled(self.begun(column, look), value)

    def begun(self, column: int, look: Format) -> str:
        """Return how the element of a cell of that column and look begins."""
        return f'<c r="{_column(column)}{_HERE}" s="{look._get_xf_index()}"'

    def filled(self, begun: str, value: str | float | None) -> str:
        """Return an element that begins so, with its value."""
        if value is None:
            return f"{begun}/>"
        if isinstance(value, str):
            return f'{begun} t="s"><v>{self.str_table._get_shared_string_index(value)}</v></c>'
        if not isfinite(value):
            msg = f"{value} cannot stand in a cell"
            raise ValueError(msg)
        return f"{begun}><v>{value:.16G}</v></c>"

    def lay(self, row: int, cells: Sequence[str], height: float | None = None, *, first: int = 0) -> None:
        """Lay elements that `cell` made into a row, from the column `first` on and in their order."""
        if self._check_dimensions(row, first) or self._check_dimensions(row, first + len(cells) - 1):
            return  # a row that no sheet has, which XlsxWriter passes over as well
        number = str(row + 1)
        self._laid[row] = f'<row r="{number}"{self._shown(row, height)}>', "".join(cells).replace(_HERE, number)

    def lay_form(self, row: int, cells: Sequence[str], height: float, rows: int = 1) -> None:
        """Lay the same elements into so many rows, whose height is a beginning: a program fits it to what is typed."""
        if self._check_dimensions(row + rows - 1, len(cells) - 1) or self._check_dimensions(row, 0):
            return
        pattern, shown = "".join(cells), self._shown(row, height).removesuffix(_BY_HAND)
        for at in range(row, row + rows):
            number = str(at + 1)
            self._laid[at] = f'<row r="{number}"{shown}>', pattern.replace(_HERE, number)

    def _shown(self, row: int, height: float | None) -> str:
        """Return the height as a row's element has it, and remember it as `set_row` does."""
        if height is None:
            return ""
        if height not in self._heights:
            pixels = int(height * 4 / 3 + 0.5)  # as `set_row` does it
            self._heights[height] = pixels, f' ht="{pixels * 0.75:.16g}"{_BY_HAND}'
        pixels, shown = self._heights[height]
        self.row_sizes[row] = [pixels, False]
        return shown

    def link(self, row: int, column: int, place: str, shown: str) -> None:
        """Let a click on a cell lead to that place of the workbook; `shown` is said of it. The cell's content is written by itself."""
        self.hlink_count += 1
        at = f"{_column(column)}{row + 1}"
        self._links[at] = f'<hyperlink ref="{at}"{_aims(place, shown)}'

    # --- what XlsxWriter calls when it writes the sheet -----------------------------------------------------------

    def _assemble_xml_file(self) -> None:
        """Write the sheet, and let go of its cells: XlsxWriter's objects refer to each other, and would keep them long after."""
        super()._assemble_xml_file()
        for kept in (self.table, self._laid, self._links):
            kept.clear()

    def _write_rows(self) -> None:
        """Write the rows in their order, those that are laid and those that XlsxWriter keeps, without the spans that nobody needs."""
        kept = {*(row for row, cells in self.table.items() if cells), *self.row_info}
        if both := kept & self._laid.keys():
            msg = f"rows {sorted(both)} of {self.name} are laid, and have other cells or another height as well"
            raise ValueError(msg)
        for row in sorted({*self._laid, *kept}):
            info, cells = self.row_info.get(row), self.table.get(row)
            if row in self._laid:
                begun, laid = self._laid[row]
                self.fh.write(f"{begun}{laid}</row>")
            elif cells:
                self._write_row(row, None, info)
                for column in sorted(cells):
                    self._write_cell(row, column, cells[column])
                self.fh.write("</row>")
            else:
                self._write_empty_row(row, None, info)

    def _write_hyperlinks(self) -> None:
        """Write the links."""
        if self.hyperlinks:
            msg = "a link by write_url beside those by link"
            raise ValueError(msg)
        if self._links:
            self.fh.write("".join(["<hyperlinks>", *self._links.values(), "</hyperlinks>"]))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: FBT001, FBT002 - XlsxWriter's
        """Return the formula as a file has it; XlsxWriter looks for each of a hundred newer functions in every formula."""
        if not formula.endswith("}") and all(map(_is_plain, _IN_FORMULA.findall(formula))):
            return formula.removeprefix("=")
        prepared: str = super()._prepare_formula(formula, expand_future_functions)
        return prepared


@lru_cache(maxsize=1 << 14)
def _aims(place: str, shown: str) -> str:
    return f' location="{escape(place, quote=False).replace(chr(34), "&quot;")}" display="{escape(shown)}"/>'


@lru_cache(maxsize=1 << 8)
def _is_plain(function: str) -> bool:
    """Return whether XlsxWriter leaves that function's name as it is."""
    sheet: Any = Worksheet()
    return bool(sheet._prepare_formula(f"{function}(", True) == f"{function}(")


class InMemoryWorkbook(Workbook):  # type: ignore[misc] # XlsxWriter has no types
    """A workbook of such sheets, made in memory."""

    worksheet_class = Sheet

    def __init__(self, options: Mapping[str, object]) -> None:
        """Begin a workbook without sheets."""
        super().__init__(io.BytesIO(), {**options})
        self._packager = _Packager()

    def _get_packager(self) -> Packager:
        return self._packager

    def content(self) -> bytes:
        """Finish the workbook and return it: the same bytes whenever it is made, and on every system."""
        self.close()
        return reproducible_zip.packed(self._parts(), _LEVEL)

    def _parts(self) -> Iterator[tuple[str, bytes]]:
        """Go through the parts, and let go of each."""
        while self._packager.parts:
            part, name, is_binary = self._packager.parts.pop(0)
            yield name, part.getvalue() if is_binary else part.getvalue().encode()


class _Packager(Packager):  # type: ignore[misc] # XlsxWriter has no types
    """Keeps the workbook's parts for whoever packs them, and writes its texts faster."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[Any, str, bool]] = []

    def _create_package(self) -> list[Any]:
        """Return no parts: XlsxWriter would pack them in its own way."""
        self.parts = super()._create_package()
        return []

    def _write_shared_strings_file(self) -> None:
        """Write the texts; how many cells have one stands nowhere, as no program asks."""
        table = self.workbook.str_table
        if not table.count:
            return
        part = self._filename("xl/sharedStrings.xml")
        writer = SharedStrings()
        writer._set_filehandle(part)
        part.write(f'{_DECLARATION}<sst xmlns="{_NAMESPACE}" uniqueCount="{table.unique_count}">')
        for text in table.string_array:
            if text.isprintable() and not _HAS_MARKUP(text) and text and not text[0].isspace() and not text[-1].isspace():
                part.write(f"<si><t>{text}</t></si>")
            else:
                writer._write_si(text)
        part.write("</sst>")
