"""Reports of 达拉特旗 that other programs wrote: read as what they show, each with the rows of the same report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from crafting import FILES
from offices import assigned, handed_in, on, read_report
from workbooks import assignment, case_row

from pipeline.terms.contract import Severity
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


def test_an_index_of_a_shared_text_may_have_blanks_around_it_or_be_missing() -> None:
    assert _read("indented-index.xlsx") == PLAIN
    assert _read("empty-shared-index.xlsx") == PLAIN


def test_days_in_iso_writing_are_days() -> None:
    assert _read("iso-date-cells.xlsx") == PLAIN


def test_a_correction_by_another_program_withdraws_nothing() -> None:
    names = ("no-calcpr.xlsx", "iso-date-cells.xlsx", "records-12-to-18.xlsb", "pool-runs-on.xls", "indented-index.xlsx", "no-calcpr.xlsx")
    files = [handed_in((FOREIGN / name).read_bytes(), f"2020-05-18 16:{minute:02}", name) for minute, name in enumerate(names)]
    day = on(date(2020, 5, 18), assigned(assignment([case_row("SJ-2020-018", "达拉特旗")])), *files)
    assert "rows-withdrawn" not in day.codes()
    assert day.submission("达拉特旗")["revision"] == len(names)


def test_a_value_under_a_merged_range_is_not_read_and_is_told() -> None:
    reading = _read("value-under-merge.xlsx")
    assert [(finding.code, finding.severity, finding.sheet, finding.cell) for finding in reading.findings] == [
        ("read-as", Severity.WARNING, "案件进展", "J4")
    ]
    assert reading.rows == PLAIN.rows


def test_a_number_that_needs_seventeen_digits_counts_as_excel_shows_it() -> None:
    amounts = [rows.values["涉及金额"] for rows in _read("seventeen-digits.xlsx").rows if rows.sheet == "新增案件"]
    assert amounts == [[Decimal("0.3"), None]]
