"""Rows that are laid as written elements are what XlsxWriter makes of the same cells, and XlsxWriter's inside is still as it is used."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import openpyxl
import pytest
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.worksheet import Worksheet

from pipeline.render.workbook.cell_formats import LOOKS, OPTIONS, Formats, Value, put, stored, widths_in_arial
from pipeline.render.workbook.xlsxwriter_private import InMemoryWorkbook, Sheet

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell

LOOKS_BY_COLUMN = ("long", "center", "number", "case")
VALUES: tuple[Value, ...] = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://example.com", "mailto:a@example.com", "internal:'甲'!A1", "00123", "1.0", "甲"),
    *("<r><t>甲</t></r>", "<r>甲", "</t></si>", "]]>", "<![CDATA[甲]]>", "&amp;", "&", '"甲"', "'甲'", "_x000D_", "_x0041_甲", "__x005F_"),
    *(
        "甲\x00\x0b乙\x1f",
        "\ud800甲\udfff",
        "\ufffe\uffff",
        "\x00",
        "  甲",
        "甲 ",
        "\u3000甲",
        "甲\n乙",
        "\n甲",
        "甲\r\n乙",
        "\t甲",
        " ",
        "🏠",
    ),
    *("长" * 40_000, "🏠" * 20_000, "甲" * 32_767, "", None, 0, -1, 7, 1.5, 0.1 + 0.2, 123_456_789_012_345, 1e-7, -0.25),
    *(date(2020, 5, 21), date(1900, 2, 28), date(1900, 3, 1), date(9999, 12, 31)),
    *(datetime(2020, 5, 21, 16, 42, 7, 123456, UTC), datetime(2020, 5, 21, 23, 59, 59, tzinfo=UTC), datetime(1899, 12, 31, 1, tzinfo=UTC)),
)


def written(values: Sequence[Value]) -> bytes:
    """The values in a column of each look, each cell by XlsxWriter."""
    output = io.BytesIO()
    with Workbook(output, OPTIONS) as book:
        sheet, formats = book.add_worksheet("表"), Formats(book, LOOKS)
        for row, value in enumerate(values):
            for column, look in enumerate(LOOKS_BY_COLUMN):
                put(sheet, row, column, value, formats.look("box", look))
            sheet.set_row(row, 22 + row)
            sheet.write_url(row, 3, "internal:'表'!A1", formats.look("box", "case"), "到第一行")
            put(sheet, row, 3, value, formats.look("box", "case"))
    return output.getvalue()


def laid(values: Sequence[Value]) -> bytes:
    """The same, each row laid."""
    book = InMemoryWorkbook(OPTIONS)
    sheet, formats = book.add_worksheet("表"), Formats(book, LOOKS)
    for row, value in enumerate(values):
        cells = [sheet.cell(column, stored(value), formats.look("box", look)) for column, look in enumerate(LOOKS_BY_COLUMN)]
        sheet.lay(row, cells, 22 + row)
        sheet.link(row, 3, "'表'!A1", "到第一行")
    return book.content()


def look_of(cell: Cell | MergedCell) -> tuple[object, ...]:
    link = cell.hyperlink
    shown = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection, cell.number_format)
    return (*map(repr, shown), link and (link.ref, link.location, link.display, link.target, link.tooltip))


def test_a_laid_row_reads_as_the_same_cells_that_are_written_one_by_one() -> None:
    one_by_one, together = (openpyxl.load_workbook(io.BytesIO(content))["表"] for content in (written(VALUES), laid(VALUES)))
    assert one_by_one.dimensions == together.dimensions == f"A1:D{len(VALUES)}"
    for before, after in zip(one_by_one.iter_rows(), together.iter_rows(), strict=True):
        for was, is_now in zip(before, after, strict=True):
            assert (is_now.data_type, is_now.value, look_of(is_now)) == (was.data_type, was.value, look_of(was)), was.coordinate
    heights = [{row: (line.height, line.customHeight) for row, line in sheet.row_dimensions.items()} for sheet in (one_by_one, together)]
    assert heights[0] == heights[1]
    assert not any(cell.data_type == "f" for row in together.iter_rows() for cell in row)


def test_texts_stand_in_the_file_as_xlsxwriter_writes_them() -> None:
    texts = [value for value in VALUES if isinstance(value, str)]
    first, second = (texts_in(content(texts)) for content in (written, laid))
    link_text = ["<si><t>到第一行</t></si>"]  # XlsxWriter keeps the text that it gave the cell before its own
    assert sorted(second + link_text) == sorted(first)
    assert '<si><t xml:space="preserve">  甲</t></si>' in second


def texts_in(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return re.findall(r"<si>.*?</si>", package.read("xl/sharedStrings.xml").decode(), re.DOTALL)


def test_two_moments_that_are_one_instant_are_written_as_their_own_clocks_say() -> None:
    noon = datetime(2020, 5, 21, 12, tzinfo=UTC)
    assert stored(noon) == 43972.5
    assert stored(noon.astimezone(timezone(timedelta(hours=6)))) == 43972.75


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_laid(number: float) -> None:
    book = InMemoryWorkbook(OPTIONS)
    sheet = book.add_worksheet("表")
    with pytest.raises(ValueError, match="cannot stand in a cell"):
        sheet.cell(0, number, Formats(book, LOOKS).look("plain"))


def test_a_row_of_a_form_is_fitted_to_what_is_typed_and_stands_as_often_as_asked() -> None:
    book = InMemoryWorkbook(OPTIONS)
    sheet, look = book.add_worksheet("表"), Formats(book, LOOKS).look("box")
    sheet.lay_form(2, [sheet.cell(0, None, look), sheet.cell(1, None, look)], 22, rows=3)
    assert re.findall(r"<row.*?</row>", part(book.content())) == [
        f'<row r="{row}" ht="21.75"><c r="A{row}" s="1"/><c r="B{row}" s="1"/></row>' for row in (3, 4, 5)
    ]


def test_rows_stand_in_their_order_and_one_that_no_sheet_has_is_passed_over() -> None:
    book = InMemoryWorkbook(OPTIONS)
    sheet, look = book.add_worksheet("表"), Formats(book, LOOKS).look("plain")
    sheet.lay(1_048_576, [sheet.cell(0, 1, look)])
    sheet.lay_form(1_048_570, [sheet.cell(0, 1, look)], 22, rows=7)
    for row in (4, 1):
        sheet.lay(row, [sheet.cell(1, row, look)], first=1)
    put(sheet, 2, 0, "甲", look)
    sheet.set_row(3, 40)
    found = part(book.content())
    assert re.findall(r'<row r="(\d+)"', found) == ["2", "3", "4", "5"]
    assert '<dimension ref="A2:B5"/>' in found


def and_a_cell(sheet: Sheet, look: Format) -> None:
    sheet.lay(1, [sheet.cell(0, 1, look)])
    put(sheet, 1, 5, "甲", look)


def and_a_height(sheet: Sheet, look: Format) -> None:
    sheet.lay(1, [sheet.cell(0, 1, look)])
    sheet.set_row(1, 40)


def two_kinds_of_links(sheet: Sheet, look: Format) -> None:
    sheet.link(1, 0, "'表'!A1", "甲")
    sheet.write_url(2, 0, "internal:'表'!A1", look, "甲")


@pytest.mark.parametrize("mixed", [and_a_cell, and_a_height, two_kinds_of_links])
def test_what_would_be_lost_stops_the_workbook(mixed: Callable[[Sheet, Format], None]) -> None:
    book = InMemoryWorkbook(OPTIONS)
    mixed(book.add_worksheet("表"), Formats(book, LOOKS).look("plain"))
    with pytest.raises(ValueError, match=r"are laid, and have|a link by write_url"):
        book.content()


# --- XlsxWriter's inside ----------------------------------------------------------------------------------------------

USED = {
    Worksheet: "_write_rows _write_row _write_empty_row _write_cell _write_hyperlinks _prepare_formula _check_dimensions",
    Packager: "_create_package _write_shared_strings_file _filename",
    SharedStrings: "_set_filehandle _write_si",
    Workbook: "_get_packager",
    Format: "_get_xf_index",
}
KEPT = "table row_info row_sizes hyperlinks hlink_count fh name str_table comments"


def test_what_is_used_of_xlsxwriters_inside_is_there() -> None:
    """Where this fails after a new release, `xlsxwriter_private` is to be read beside it before the new version is pinned."""
    gone = [f"{kind.__name__}.{name}" for kind, names in USED.items() for name in names.split() if not callable(getattr(kind, name, None))]
    book = Workbook(io.BytesIO())
    sheet = book.add_worksheet()
    gone += [f"Worksheet().{name}" for name in KEPT.split() if not hasattr(sheet, name)]
    gone += [f"SharedStringTable().{name}" for name in ("count", "unique_count", "string_array") if not hasattr(sheet.str_table, name)]
    assert gone == []


def test_a_workbook_without_laid_rows_is_xlsxwriters_own_but_for_what_nobody_reads() -> None:
    """Each part is the same text; left out are the spans of rows and how many cells have a text, which no program needs."""

    def fill(book: Workbook) -> None:
        sheet, formats = book.add_worksheet("表"), Formats(book, LOOKS)
        book.set_properties({"created": datetime(2020, 5, 21)})  # noqa: DTZ001 - XlsxWriter wants it naive
        for row, value in enumerate(VALUES):
            put(sheet, row, row % 3, value, formats.look("box"))
        sheet.write_formula(90, 0, '=COUNTIFS(甲,"是")', formats.look("count"), 3)
        sheet.write_formula(91, 0, "=IF(A1=0,MAXIFS(B1:B2,C1:C2,1),0)", formats.look("count"), 3)
        sheet.merge_range(92, 0, 92, 3, "甲", formats.look("note"))
        sheet.set_row(93, 40)
        sheet.autofilter(0, 0, 80, 3)
        sheet.conditional_format(
            0, 0, 9, 9, {"type": "formula", "criteria": "=AND(LEN(A1)=0,XOR(A1,B1))", "format": book.add_format({"bold": True})}
        )
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=表!$A$91:$A$92"})
        sheet.insert_chart(3, 5, chart)

    output = io.BytesIO()
    with Workbook(output, widths_in_arial()) as plain:
        fill(plain)
    ours = InMemoryWorkbook(widths_in_arial())
    fill(ours)
    expected, found = (parts(content) for content in (output.getvalue(), ours.content()))
    assert list(found) == list(expected)
    for name, text in expected.items():
        assert found[name] == re.sub(r'(<row[^>]*) spans="[^"]*"|(<sst[^>]*) count="\d+"', r"\1\2", text), name


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def part(content: bytes) -> str:
    return parts(content)["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(A1:A9)",
        "SUM(A1)",
        '=IF(E4=0,"—",QUOTIENT(F4*1000,E4)/1000)',
        "=SUMPRODUCT(1*EXACT(台账包案领导,$A4)*EXACT(台账组别,$B4))",
        "=IFNA(XLOOKUP(A1,B1:B9,C1:C9),0)",
        "=_xlfn.XOR(A1,B1)",
        "=F.DIST(1,2,3)+SORT(A1:A2)",
        "{=SUM(A1)}",
        "=台账Z.TEST(A1)",
        "36526",
    ],
)
def test_a_formula_stands_in_the_file_as_xlsxwriter_writes_it(formula: str) -> None:
    assert Sheet()._prepare_formula(formula, expand_future_functions=True) == Worksheet()._prepare_formula(formula, True)  # noqa: SLF001


def test_the_same_workbook_is_the_same_bytes_and_says_nothing_of_the_system() -> None:
    first, second = laid(VALUES), laid(VALUES)
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {(entry.create_system, entry.date_time) for entry in package.infolist()} == {(0, (1980, 1, 1, 0, 0, 0))}
    assert settled(first) == settled(second)


def settled(content: bytes) -> dict[str, str]:
    return {name: re.sub(r"<dcterms:.*?</dcterms:[a-z]*>", "", text) for name, text in parts(content).items()}


def test_a_finished_workbook_keeps_none_of_its_cells() -> None:
    book = InMemoryWorkbook(OPTIONS)
    sheet: Sheet = book.add_worksheet("甲")
    look = book.add_format(LOOKS["long"])
    sheet.lay(0, [sheet.cell(0, "乙", look)])
    sheet.write_string(1, 0, "丙", look)
    sheet.link(1, 0, "'甲'!A1", "丁")
    read = openpyxl.load_workbook(io.BytesIO(book.content()))["甲"]
    assert [read["A1"].value, read["A2"].value] == ["乙", "丙"]
    assert not any(getattr(sheet, kept) for kept in ("table", "_laid", "_links"))
