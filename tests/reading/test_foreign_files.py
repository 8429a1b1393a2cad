"""Reports of 达拉特旗 that other programs wrote: read as what they show, each with the rows of the same report."""

from __future__ import annotations

from crafting import FILES
from offices import read_report

from pipeline.terms.handed_in import Reading

FOREIGN = FILES / "foreign"


def _read(name: str) -> Reading:
    reading = read_report((FOREIGN / name).read_bytes(), "2020-05-18 16:00")
    assert reading.accepted, reading.findings
    return reading


PLAIN = _read("no-calcpr.xlsx")


def test_the_report_itself() -> None:
    assert (PLAIN.district, PLAIN.day.isoformat(), PLAIN.findings) == ("达拉特旗", "2020-05-18", ())
    assert [(rows.sheet, rows.lines) for rows in PLAIN.rows] == [
        ("案件进展", [3, 4, 5, 6, 7, 8]), ("新增案件", [2, 3]), ("接访情况", [2, 3, 4]), ("急报事项", [2, 3]),
    ]  # fmt: skip


def test_a_binary_workbook_of_sheetjs_is_read() -> None:
    assert _read("records-12-to-18.xlsb") == PLAIN


def test_an_xls_of_phpspreadsheet_is_read() -> None:
    assert _read("pool-runs-on.xls") == PLAIN
