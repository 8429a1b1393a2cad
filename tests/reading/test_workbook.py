from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
from offices import SETTINGS, read_report
from workbooks import Page, Value, edit, report_pages, write

from pipeline.reading import reading, workbook
from pipeline.reading.gate.safe_workbook import Limits, UnreadableError
from pipeline.terms.rows import rows_of_sheet

LIMITS = reading.limits(SETTINGS)
GOOD = write(report_pages())


def _repacked(change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None, content: bytes = GOOD) -> bytes:
    """The workbook with its parts changed; None leaves a part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = change(name, source.read(name))
            if part is not None:
                target.writestr(name, part)
        for name, part in (more or {}).items():
            target.writestr(name, part)
    return out.getvalue()


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return out.getvalue()


def test_cells_keep_their_addresses() -> None:
    book = workbook.read(write({"甲": Page([[None], [None, None, "在C2"], [], [None, 4.5]])}), LIMITS)
    (sheet,) = book.sheets
    assert sheet.name == "甲"
    assert (sheet.rows[1][2], sheet.rows[3][1], sheet.rows[0][0]) == ("在C2", 4.5, "")


def test_cells_have_their_types() -> None:
    cells: list[Value] = ["00123", 123, 4.5, True, date(2020, 5, 21), datetime(2020, 5, 21, 9, 30), " 文 "]  # noqa: DTZ001
    (sheet,) = workbook.read(write({"甲": Page([cells])}), LIMITS).sheets
    assert [str(cell) for cell in sheet.rows[0]][:4] == ["00123", "123.0", "4.5", "True"]
    assert sheet.rows[0][5] == datetime(2020, 5, 21, 9, 30)  # noqa: DTZ001
    assert sheet.rows[0][6] == " 文 "


DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "text": b"a,b,c\n1,2,3\n",
    "half": GOOD[: len(GOOD) // 2],
    "cut": GOOD[:-30],
    "head": b"PK\x03\x04",
    "docx": _zip(**{"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}),
    "zip": _zip(**{"a.txt": b"a"}),
    "no sheets": _repacked(lambda name, part: None if "worksheets" in name else part),
    "sheet is no xml": _repacked(lambda name, part: b"\x00\x01" if name.endswith("sheet2.xml") else part),
    "xls header": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "nested": _zip(**{"日报.xlsx": GOOD}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_cannot_be_read_whole_is_unreadable(name: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        workbook.read(DAMAGED[name], LIMITS)
    assert caught.value.code == "unreadable"
    (finding,) = read_report(DAMAGED[name]).findings
    assert "请" in finding.message


def test_a_flipped_bit_is_found_or_harms_nothing() -> None:
    chance = random.Random(20200521)  # noqa: S311 - the same bits each time
    whole = workbook.read(GOOD, LIMITS)
    for _ in range(150):
        content = bytearray(GOOD)
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        try:
            read = workbook.read(bytes(content), LIMITS)
        except UnreadableError:
            continue
        assert [sheet.rows for sheet in read.sheets] == [sheet.rows for sheet in whole.sheets]


def test_every_length_short_of_the_whole_is_unreadable() -> None:
    for length in range(0, len(GOOD) - 22, 97):
        with pytest.raises(UnreadableError):
            workbook.read(GOOD[:length], LIMITS)


def test_the_limits_hold() -> None:
    for limits, reason in (
        (Limits(len(GOOD) - 1, 10**9, 10**9), "bytes"),
        (Limits(10**9, 10_000, 10**9), "unpacked"),
        (Limits(10**9, 10**9, 50), "cells"),
    ):
        with pytest.raises(UnreadableError) as caught:
            workbook.read(GOOD, limits)
        assert caught.value.message == f"too-large/{reason}"
    assert workbook.read(GOOD, Limits(len(GOOD), 10**7, 10**5)).sheets


def test_a_bomb_is_too_large_before_it_is_unpacked() -> None:
    bomb = _repacked(lambda _name, part: part, {"xl/media/image1.png": b"\0" * (300 << 20)})
    assert len(bomb) < 1 << 20
    (finding,) = read_report(bomb).findings
    assert (finding.code, "256" in finding.message) == ("too-large", True)


def test_a_workbook_of_openpyxl_reads_like_one_of_xlsxwriter() -> None:
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    out = io.BytesIO()
    book.save(out)
    assert read_report(out.getvalue()) == read_report(GOOD)


def test_a_strict_workbook_is_read_too() -> None:
    def strict(_name: str, part: bytes) -> bytes:
        part = part.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        return part.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    assert read_report(_repacked(strict)) == read_report(GOOD)


def test_a_1904_workbook_gives_the_same_dates() -> None:
    assert read_report(write(report_pages(), date_1904=True)) == read_report(GOOD)


def test_a_serial_number_that_lost_its_format_gives_the_same_day_in_both_calendars() -> None:
    serial = (date(2020, 5, 20) - date(1899, 12, 30)).days
    plain = read_report(write(edit(report_pages(), {"案件进展!H3": serial})))
    shifted = read_report(write(edit(report_pages(), {"案件进展!H3": serial - 1462}), date_1904=True))
    for read in (plain, shifted):
        rows = rows_of_sheet(read.rows, "案件进展")
        assert rows is not None
        assert rows.values["答复日期"][1] == date(2020, 5, 20)


def test_hidden_sheets_rows_and_columns_are_read() -> None:
    pages = report_pages()
    pages["新增案件"].hidden_rows.append(1)
    pages["案件进展"].hidden_columns += [0, 4]
    assert read_report(write(pages)).rows == read_report(GOOD).rows


def test_formats_far_below_and_beside_the_table_cost_nothing() -> None:
    def formatted(name: str, part: bytes) -> bytes:
        cells = b"".join(b'<row r="%d"><c r="XFD%d" s="1"/></row>' % (r, r) for r in range(5000, 9000))
        return part.replace(b"</sheetData>", cells + b"</sheetData>") if name.endswith("sheet2.xml") else part

    assert read_report(_repacked(formatted)) == read_report(GOOD)


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_sheet_that_was_cut_off_inside_a_whole_archive_is_unreadable(keep: float) -> None:
    cut = _repacked(lambda name, part: part[: int(len(part) * keep)] if name.endswith("sheet2.xml") else part)
    assert [finding.code for finding in read_report(cut).findings] == ["unreadable"]


def test_shared_strings_that_were_cut_off_inside_a_whole_archive_are_unreadable() -> None:
    cut = _repacked(lambda name, part: part[: len(part) // 2] if name.endswith("sharedStrings.xml") else part)
    assert [finding.code for finding in read_report(cut).findings] == ["unreadable"]
