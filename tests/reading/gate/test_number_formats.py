"""What Excel shows of a cell where its format makes something else of the value, in every format of file."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
from offices import read_report
from openpyxl.styles.numbers import FORMAT_PERCENTAGE
from workbooks import new_row, report, report_pages, write

from pipeline.reading.gate.number_formats import shown, telling
from pipeline.terms.findings import Finding

SHOWN = (
    (12345, "0,", "12"),
    (125_000, r"0\.0,", "12.5"),
    (125_000, "0!.0000", "12.5000"),
    (125_000_000, '#,##0.00,,"亿"', "125.00亿"),
    (0.5, "0%", "50%"),
    (0.5, 9, "50%"),
    (0.5, 10, "50.00%"),
    (-5, "0%", "-500%"),
    (5, ";;;", ""),
    ("不认可", ";;;", ""),
    ("不认可", '0;0;0;"见附件"', "见附件"),
    (5, '"暂无"', "暂无"),
    (3, '0"亿"', "3亿"),
    (12, '#"户"', "12户"),
    (0.333, '0.##"元"', "0.33元"),
    (0.3, '0.##"元"', "0.3元"),
    (3, '"DS-2020-"000', "DS-2020-003"),
    (12, '"住建〔2020〕"0"号"', "住建〔2020〕12号"),
    (12, '"住建"@', "住建12"),
    ("12", '"住建"@', "住建12"),
    (13_800_001_111, "000-0000-0000", "138-0000-1111"),
    (20_200_521, '0000"年"00"月"00"日"', "2020年05月21日"),
    (-7, "0;;;", ""),
)
SAME = (
    (5, 0), (5, "General"), (43_972, "yyyy/m/d"), (43_972, 'm"月"d"日"'), (7, "#,##0"), (7.126, "0.0"), (7, "@"), ("字", "@"), ("字", "0%"),
    (-7, "0.00_);[Red](0.00)"), (1234.5, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '), (7, "[$¥-804]#,##0.00"), (7, "0.00E+00"),
    (7.5, "# ?/?"), (7, "[DBNum1][$-804]General"), (7, "[Red]0"), ("字", "0;0;0;@"),
    (0, ";;;"), (0, "0;-0;;@"), (0, "0%"),  # a zero that is not shown is still a zero
    (5, '[=0]"";0"户"'),  # nobody says what a condition shows
    (5, "0" * 300 + "%"), (5, ""),
)  # fmt: skip


@pytest.mark.parametrize(("value", "format_", "text"), SHOWN)
def test_a_format_that_shows_something_else_is_told(value: float | str, format_: int | str, text: str) -> None:
    assert shown(value, telling(format_)) == text


@pytest.mark.parametrize(("value", "format_"), SAME)
def test_a_format_that_only_dresses_the_value_is_not(value: float | str, format_: int | str) -> None:
    code = telling(format_)
    assert not code or shown(value, code) is None


@pytest.mark.parametrize(
    "code", ['"', "\\", "[", "0;" * 120, ";" * 250, "%" * 250, "0" + "," * 200, "0." + "#" * 200 + "%", "@" * 200, "_", "*", '!"']
)
def test_what_a_stranger_may_write_as_a_format_ends(code: str) -> None:
    for value in (1e308, 5e-324, -1.5, "字", 0.0):
        shown(value, telling(code) or code)


# --- in a report -------------------------------------------------------------------------------------------------


def _formatted(formats: Mapping[str, str], content: bytes | None = None) -> bytes:
    """A report whose cells have these number formats."""
    book = openpyxl.load_workbook(io.BytesIO(content or write(report_pages())))
    for address, code in formats.items():
        sheet, _mark, place = address.partition("!")
        book[sheet][place].number_format = code
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _of_formats(content: bytes) -> list[Finding]:
    return [finding for finding in read_report(content).findings if finding.code in ("bad-number", "read-as", "required", "bad-date")]


@pytest.mark.parametrize("code", ["0%", "0,", '0"元"', "0!.0", FORMAT_PERCENTAGE])
def test_a_number_that_shows_as_another_is_refused_with_both(code: str) -> None:
    (finding,) = _of_formats(_formatted({"新增案件!F2": code}))
    assert (finding.code, finding.sheet, finding.cell) == ("bad-number", "新增案件", "F2")
    assert f"Excel 显示“{shown(35.5, code)}”，存的却是 35.5" in finding.message


@pytest.mark.parametrize("code", ['0.0"万元"', '0"万"', "¥#,##0.00", "0.00", "#,##0"])
def test_a_number_that_only_has_its_unit_beside_it_counts(code: str) -> None:
    content = _formatted({"新增案件!F2": code, "新增案件!E2": '0"户"', "接访情况!C2": "0;-0;;@"})
    assert _of_formats(content) == []
    assert read_report(content).rows == read_report(write(report_pages())).rows


def test_what_a_format_hides_is_not_read_and_told() -> None:
    content = _formatted({"新增案件!E2": ";;;"})
    assert [(finding.sheet, finding.cell, finding.value) for finding in _of_formats(content)] == [("新增案件", "E2", "120")]
    assert all("Excel 里看不见，没有读" in finding.message for finding in _of_formats(content))
    rows = {sheet.name: sheet for sheet in read_report(content).rows}
    assert rows["新增案件"].text("涉及户数", 0) is None


@pytest.mark.parametrize(("code", "how"), [(";;;", "不显示它"), ('0;0;0;"不认可"', "把它显示为“不认可”")])
def test_a_text_that_a_format_hides_or_replaces_is_refused_in_a_list_with_both(code: str, how: str) -> None:
    findings = read_report(_formatted({"案件进展!J3": code})).findings
    assert [(finding.code, finding.cell, finding.value) for finding in findings if finding.refuses] == [
        ("not-in-list", "J3", f"认可（单元格格式{how}）")
    ]


def test_a_code_and_a_date_count_as_they_are_shown() -> None:
    content = report(new=[new_row("x", 排查日期=20_200_520)])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book["新增案件"]["A2"].value = 1
    out = io.BytesIO()
    book.save(out)
    told = {"新增案件!A2": '"DS-2020-"000', "新增案件!K2": '0000"年"00"月"00"日"'}
    (rows,) = [sheet for sheet in read_report(_formatted(told, out.getvalue())).rows if sheet.name == "新增案件"]
    assert (rows.text("案件编号", 0), rows.text("排查日期", 0)) == ("DS-2020-001", "2020-05-20")


@pytest.mark.parametrize("code", ["000-0000-0000", ";;;", '0"号"'])
def test_a_personal_number_is_found_whatever_its_format_shows(code: str) -> None:
    content = report(new=[new_row(责任单位=13_800_001_111)])
    findings = [(finding.code, finding.cell) for finding in read_report(_formatted({"新增案件!G2": code}, content)).findings]
    assert ("personal-information", "G2") in findings
