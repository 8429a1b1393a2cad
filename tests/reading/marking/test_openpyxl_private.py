"""Plain cells are written, and shared texts read, as openpyxl itself would do it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from defusedxml import EntitiesForbidden  # type: ignore[import-untyped]
from et_xmlfile import xmlfile  # type: ignore[import-untyped]
from openpyxl import Workbook
from openpyxl.cell._writer import etree_write_cell
from openpyxl.reader.strings import read_rich_text
from openpyxl.styles import Font

from pipeline.reading.marking import openpyxl_private

_PLAIN = ("办理中", " 前后有空格 ", "两行\n文字", "  ", "a<b>&\"'c\r", "", None, 456.0, 0.1, -3, 1e20, "_x000D_")


def _by_openpyxl(cell: Any) -> str:  # noqa: ANN401 - openpyxl's cell
    out = io.BytesIO()
    with xmlfile(out) as whole, whole.element("row"):
        etree_write_cell(whole, cell.parent, cell, cell.has_style)
    return out.getvalue().decode().removeprefix("<row>").removesuffix("</row>")


@pytest.mark.parametrize("value", _PLAIN)
@pytest.mark.parametrize("is_bold", [False, True])
def test_a_plain_cell_is_written_as_openpyxl_writes_it(value: str | float | None, *, is_bold: bool) -> None:
    cell = Workbook().create_sheet("案件进展").cell(3, 28)
    cell.value = value
    if is_bold:
        cell.font = Font(bold=True)
    assert openpyxl_private._written(cell) == _by_openpyxl(cell)  # noqa: SLF001


@pytest.mark.parametrize("value", ["=1+1", "#N/A", True, date(2020, 5, 1)])
def test_what_is_no_plain_text_or_number_is_left_to_openpyxl(value: object) -> None:
    cell: Any = Workbook().create_sheet("案件进展").cell(3, 28)
    cell.value = value
    assert openpyxl_private._written(cell) == ""  # noqa: SLF001
    cell.value, cell.hyperlink = "附件", "https://example.com"
    assert openpyxl_private._written(cell) == ""  # noqa: SLF001


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
