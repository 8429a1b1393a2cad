"""Plain cells are written (those of `plain_cells` too), and shared texts read, as openpyxl itself would do it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from defusedxml import EntitiesForbidden  # type: ignore[import-untyped]
from et_xmlfile import xmlfile  # type: ignore[import-untyped]
from openpyxl import Workbook
from openpyxl.cell._writer import etree_write_cell
from openpyxl.reader.strings import read_rich_text
from openpyxl.styles import Font

from pipeline.reading.gate import worksheet_xml
from pipeline.reading.marking import foreign_package, openpyxl_private, package_parts

_PLAIN = ("办理中", " 前后有空格 ", "两行\n文字", "  ", "a<b>&\"'c\r", "", None, 456.0, 0.1, -3, 1e20, "_x000D_", 0, 0.0, -0.0)


def _by_openpyxl(cell: Any) -> str:  # noqa: ANN401 - openpyxl's cell
    out = io.BytesIO()
    with xmlfile(out) as whole, whole.element("row"):
        etree_write_cell(whole, cell.parent, cell, cell.has_style)
    return out.getvalue().decode().removeprefix("<row>").removesuffix("</row>")


def _written(cell: Any) -> str:  # noqa: ANN401 - openpyxl's cell
    return openpyxl_private._RowsWriter(cell.parent, io.BytesIO())._written(cell)  # noqa: SLF001


@pytest.mark.parametrize("value", _PLAIN)
@pytest.mark.parametrize("is_bold", [False, True])
def test_a_plain_cell_is_written_as_openpyxl_writes_it(value: str | float | None, *, is_bold: bool) -> None:
    cell = Workbook().create_sheet("案件进展").cell(3, 28)
    cell.value = value
    if is_bold:
        cell.font = Font(bold=True)
    assert _written(cell) == _by_openpyxl(cell)


@pytest.mark.parametrize("value", ["=1+1", "#N/A", True, date(2020, 5, 1)])
def test_what_is_no_plain_text_or_number_is_left_to_openpyxl(value: object) -> None:
    cell: Any = Workbook().create_sheet("案件进展").cell(3, 28)
    cell.value = value
    assert _written(cell) == ""
    cell.value, cell.hyperlink = "附件", "https://example.com"
    assert _written(cell) == ""


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SHARED = (
    "<si><t>办理中</t></si>",
    '<si><t xml:space="preserve"> 前后有空格 </t></si>',
    "<si><t>_x005F_x000D_</t></si>",
    "<si><t></t></si>",
    "<si/>",
    "<si><r><t>没有样子</t></r></si>",
    "<si><r><rPr><b/></rPr><t>粗</t></r><r><t>细</t></r></si>",
    "<si><t>东胜</t><rPh sb='0' eb='1'><t>dong</t></rPh></si>",
)


@pytest.mark.parametrize("written", _SHARED)
def test_a_shared_text_is_read_as_openpyxl_reads_it(written: str) -> None:
    part = f"<sst {_MAIN}>{written}</sst>".encode()
    read, by_openpyxl = openpyxl_private._texts(io.BytesIO(part)), read_rich_text(io.BytesIO(part))  # noqa: SLF001
    assert read == by_openpyxl
    assert [*map(type, read)] == [*map(type, by_openpyxl)]


def test_a_part_that_declares_an_entity_is_refused_whoever_let_it_through() -> None:
    part = f'<!DOCTYPE sst [<!ENTITY a "甲">]><sst {_MAIN}><si><t>&a;</t></si></sst>'.encode()
    with pytest.raises(EntitiesForbidden):
        openpyxl_private._texts(io.BytesIO(part))  # noqa: SLF001


_PLAIN_ROWS = (
    '<row r="3" spans="2:3" ht="30" customHeight="1"><c r="B3" t="s"><v>0</v></c><c r="C3" s="1"><v>43952</v></c><c r="D3" s="1"/></row>',
    '<row r="4"><c r="A4" t="b"><v>1</v></c><c r="B4" t="str"><v>007</v></c><c r="C4" s="1"><v>0.50</v></c><c r="D4" t="s"/></row>',
    '<row r="9"><c r="Z9" s="0" t="n"><v>-1</v></c></row>',
    '<row r="5"><c r="A5"><v>0.12345678901234567</v></c><c r="B5"><v>0</v></c><c r="C5"><v>0.0</v></c><c r="D5"><v>1</v></c></row>',
    '<row r="6"><c r="A6" t="s"><v>2</v></c><c r="B6" t="s"><v>3</v></c><c r="C6"/></row>',
    '<row r="9"><c r="A9"><f>1+1</f><v>2</v></c><c r="B9" t="s"><v>1</v></c></row>',
    '<row><c><v>5</v></c><c r="B1" t="inlineStr"><is><t>办理中</t></is></c></row>',
    '<!-- --><row r="1"><c r="A1"><v>1</v></c></row>',
    '<row r="12345"><c r="AB12345" t="s"><v>1</v></c><c r="AC12345" t="e"><v>#N/A</v></c></row>',
    "",
)


def _sheet(rows: Sequence[str], text: str = "丙") -> dict[str, bytes]:
    """The parts of a workbook whose one sheet has these rows, and whose third text is this one."""
    book, packed = Workbook(), io.BytesIO()
    book.worksheets[0]["A1"].value, book.worksheets[0]["A1"].number_format = "甲", "yyyy-mm-dd"
    book.save(packed)
    with zipfile.ZipFile(packed) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"<sheetData>.*</sheetData>", f"<sheetData>{''.join(rows)}</sheetData>".encode(), parts[sheet])
    parts["xl/sharedStrings.xml"] = (
        f"<sst {_MAIN}><si><t>甲</t></si><si><t>乙</t></si><si><t>{text}</t></si><si><t> 空 </t></si></sst>".encode()
    )
    return dict(foreign_package.settled(parts))


@pytest.mark.parametrize("rows", [*([rows] for rows in _PLAIN_ROWS), _PLAIN_ROWS[:2]])
def test_the_cells_of_a_sheet_are_read_as_openpyxl_reads_them(rows: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    parts = _sheet(rows)
    ours = _read(parts)
    monkeypatch.setattr(worksheet_xml, "parted", lambda _part: None)
    assert ours == _read(parts)
    assert len(ours[0]) >= sum(row.count("<c ") for row in rows)


@pytest.mark.parametrize("rows", [*([rows] for rows in _PLAIN_ROWS), _PLAIN_ROWS[:2]])
@pytest.mark.parametrize("text", ["丙", "上_x000D_\n下"])
@pytest.mark.parametrize("asked", [[], ["C3"], ["B4", "C4", "D9"]])
@pytest.mark.parametrize("is_readers", [True, False])
def test_cells_that_nobody_asked_for_are_written_as_those_that_were_made(
    rows: Sequence[str], asked: Sequence[str], text: str, monkeypatch: pytest.MonkeyPatch, *, is_readers: bool
) -> None:
    if is_readers:  # which has no lxml
        monkeypatch.setattr("openpyxl.worksheet._writer.xmlfile", xmlfile)
        monkeypatch.setattr(openpyxl_private, "write_cell", etree_write_cell)
    parts = _sheet(rows, text)
    ours = _written_again(parts, asked)
    monkeypatch.setattr(worksheet_xml, "parted", lambda _part: None)
    assert ours == _written_again(parts, asked)


def _written_again(parts: Mapping[str, bytes], asked: Sequence[str]) -> dict[str, bytes]:
    """The parts as they are written after these cells were looked at and one of them was filled."""
    book, _paths, _is_whole = openpyxl_private.load(package_parts.pack(parts))
    for address in asked:
        cell: Any = book.worksheets[0][address]
        openpyxl_private.set_text(cell, f"{cell.value}")
    sink = package_parts.Sink()
    openpyxl_private.save(book, sink)
    return {name: part for name, part in sink.parts.items() if name != "docProps/core.xml"}


def test_a_plain_cell_is_made_when_somebody_asks_for_it() -> None:
    book, _paths, _is_whole = openpyxl_private.load(package_parts.pack(_sheet(_PLAIN_ROWS[:1])))
    page: Any = book.worksheets[0]
    assert openpyxl_private.made_cells(page) == []
    assert openpyxl_private.values(page) == ["甲", 43952, None]
    assert [page["B3"].value, page["D3"].value] == ["甲", None]
    assert openpyxl_private.made_cells(page) == [page["B3"], page["D3"]]
    assert [cell.coordinate for cell in openpyxl_private.cells(page)] == ["B3", "C3", "D3"]


def test_a_look_that_is_not_there_is_found_before_marks_have_its_number() -> None:
    with pytest.raises(IndexError):
        openpyxl_private.load(package_parts.pack(_sheet(['<row r="3"><c r="B3" s="900"><v>1</v></c></row>'])))


def _read(parts: Mapping[str, bytes]) -> tuple[list[Any], Any, Any]:
    """The cells, what is told of rows, and the last row; dates stay numbers, as in receipts."""
    book, _paths, _is_whole = openpyxl_private.load(package_parts.pack(parts))
    page: Any = book.worksheets[0]
    cells = [(*at, repr(cell.value), cell.data_type, cell.style_id, cell.comment, cell.hyperlink) for at, cell in page._cells.items()]  # noqa: SLF001
    return cells, {row: dict(told) for row, told in page.row_dimensions.items()}, page._current_row  # noqa: SLF001


def test_a_workbook_that_is_opened_for_anything_else_has_its_dates() -> None:
    book, packed = Workbook(), io.BytesIO()
    book.worksheets[0]["A1"].value = date(2020, 5, 1)
    book.save(packed)
    assert openpyxl.load_workbook(packed).worksheets[0]["A1"].value == datetime(2020, 5, 1)  # noqa: DTZ001 - as a cell has it
