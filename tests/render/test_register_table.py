"""案件台账.parquet. pyarrow, polars and DuckDB are no part of the program: here its pages are unpacked as the format has them.

Covers `render/parquet` too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from offices import consolidated
from page_days import a_report
from provinces import LAST, PROVINCE, filed

from pipeline.render import parquet, register_table
from pipeline.render.parquet import Column, Kind
from pipeline.render.workbook import case_register_sheet


def _pages(table: bytes) -> Iterator[bytes]:
    """What is in each page, unpacked."""
    at = 0
    while (at := table.find(b"\x1f\x8b\x08", at)) >= 0:
        unpacking = zlib.decompressobj(31)
        yield unpacking.decompress(table[at:])
        at = len(table) - len(unpacking.unused_data)


def test_a_page_says_which_rows_have_a_value_and_then_the_values() -> None:
    days = Column("交办日期", Kind.DAY, [date(1970, 1, 3), None, None, date(1969, 12, 31)])
    names = Column("案件编号", Kind.TEXT, ["甲", "乙乙", None, ""])
    first, second = _pages(parquet.write([days, names]))
    assert first == struct.pack("<I", 6) + b"\x02\x01\x04\x00\x02\x01" + struct.pack("<2i", 2, -1)
    said = "甲乙乙"
    assert second[:4] == struct.pack("<I", 6)
    assert said in second.decode("utf-8", "ignore").replace("\x03\x00\x00\x00", "").replace("\x06\x00\x00\x00", "")


def test_numbers_are_stored_as_they_are_computed_with() -> None:
    whole, number = _pages(parquet.write([Column("天", Kind.WHOLE, [3, 4]), Column("万元", Kind.NUMBER, [3.5, None])]))
    assert struct.unpack("<2q", whole[-16:]) == (3, 4)
    assert struct.unpack("<d", number[-8:]) == (3.5,)


def test_the_file_is_marked_at_both_ends_and_names_its_columns_in_between() -> None:
    table = parquet.write([Column("案件编号", Kind.TEXT, [str(number) for number in range(70_000)])])
    assert (table[:4], table[-4:]) == (b"PAR1", b"PAR1")
    (length,) = struct.unpack("<I", table[-8:-4])
    assert table[-8 - length : -8].count("案件编号".encode()) == 1 + 2  # in the schema, and in each group of rows
    assert len([*_pages(table)]) == 2
    assert parquet.write([Column("案件编号", Kind.TEXT, ["甲"])]) == parquet.write([Column("案件编号", Kind.TEXT, ["甲"])])


def test_a_table_without_rows_is_one_too() -> None:
    assert parquet.write([Column("案件编号", Kind.TEXT, [])]).startswith(b"PAR1")


def test_the_register_has_the_columns_of_the_workbook() -> None:
    report = a_report()
    table = register_table.files(report)["案件台账.parquet"]
    (length,) = struct.unpack("<I", table[-8:-4])
    footer = table[-8 - length : -8]
    assert all(column.header.encode() in footer for column in case_register_sheet.COLUMNS)
    pages = [*_pages(table)]
    assert len(pages) == len(case_register_sheet.COLUMNS)
    assert all(case.number.encode() in pages[0] for case in report.cases)
    assert register_table.files(report) == register_table.files(replace(report))


def test_with_levels_above_the_districts_a_last_column_names_them() -> None:
    report = consolidated(filed(), [LAST], PROVINCE)[LAST].report
    names = [*_pages(register_table.files(report)["案件台账.parquet"])]
    assert len(names) == len(case_register_sheet.COLUMNS) + 1
    texts = names[-1].decode("utf-8", "ignore")
    assert texts.count("丙市/丙北片") == sum(case.district in ("丙一区", "丙二县") for case in report.cases)
    assert texts.count("甲市") == sum(case.district.startswith("甲") for case in report.cases)
