from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.render import reproducible_zip

MOMENT = datetime(2020, 5, 21, 9, 30, tzinfo=UTC)


def _workbook(created: datetime) -> bytes:
    book = Workbook()
    book.create_sheet("甲", 0)["A1"] = "甲"
    book.properties.created = created.replace(tzinfo=None)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_two_workbooks_that_differ_in_their_clock_alone_become_the_same_bytes() -> None:
    earlier, later = (reproducible_zip.settle(_workbook(datetime(year, 1, 1, tzinfo=UTC)), MOMENT) for year in (2001, 2002))
    assert earlier == later


def test_a_settled_workbook_says_the_moment_and_keeps_its_cells() -> None:
    settled = reproducible_zip.settle(_workbook(datetime(2001, 1, 1, tzinfo=UTC)), MOMENT)
    book = load_workbook(io.BytesIO(settled))
    assert book["甲"]["A1"].value == "甲"
    assert book.properties.created == book.properties.modified == MOMENT.replace(tzinfo=None)
    with zipfile.ZipFile(io.BytesIO(settled)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("level", [4, 6])
def test_a_package_is_what_zipfile_writes(level: int) -> None:
    parts = [("[Content_Types].xml", b"<a/>"), ("甲/案件.xml", b"x" * 100_000), ("甲/again.xml", b"<a/>"), ("empty", b"")]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as package:
        for name, part in parts:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            package.writestr(entry, part, zipfile.ZIP_DEFLATED, level)
    assert reproducible_zip.packed(parts, level) == written.getvalue()
