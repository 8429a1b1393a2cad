from __future__ import annotations

import io
import re
from datetime import date, datetime

import pytest
import xlsxwriter
from hostile import rewrite
from offices import read_report
from provinces import PROVINCE
from workbooks import report

from pipeline.terms.contract import Severity
from pipeline.terms.findings import Finding


def _report(formulas: dict[str, tuple[str, str | None]]) -> bytes:
    """A report of one row whose cells in 案件进展, or in `封面!B2`, are overridden by formulas with these stored results."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    cover = book.add_worksheet("封面")
    for row, (label, value) in enumerate([("旗区", "东胜区"), ("报告日期", "2020-05-21"), ("填报人", "甲")]):
        cover.write_string(row, 0, label)
        cover.write_string(row, 1, value)
    sheet = book.add_worksheet("案件进展")
    for column, (header, value) in enumerate(
        [("案件编号", "SJ-2020-001"), ("案由", "停水"), ("当前状态", "办理中"), ("今日进展", "已入户")]
    ):
        sheet.write_string(0, column, header)
        sheet.write_string(1, column, value)
    for cell, (formula, stored) in formulas.items():
        page, _mark, place = cell.rpartition("!")
        (cover if page else sheet).write_formula(place, formula, None, stored)
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - xlsxwriter wants it naive
    book.close()
    content = out.getvalue()
    return content if None not in {stored for _formula, stored in formulas.values()} else _without_results(content)


def _without_results(content: bytes) -> bytes:
    """The workbook as a program that calculates nothing writes it: formulas without a stored result."""
    import re
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", old.read(part)))
    return out.getvalue()


def _found(content: bytes) -> list[tuple[str, str, Severity]]:
    findings: tuple[Finding, ...] = read_report(content).findings
    return [
        (finding.code, finding.cell, finding.severity)
        for finding in findings
        if finding.code in ("error-value", "no-cached-value", "prefilled-changed")
    ]


def test_an_error_in_a_cell_is_never_taken_for_an_empty_one() -> None:
    assert _found(_report({"D2": ("=NA()", "#N/A")})) == [("error-value", "D2", Severity.ROW)]
    assert _found(_report({"C2": ("=1/0", "#DIV/0!")})) == [("error-value", "C2", Severity.ROW)]
    assert _found(_report({"A2": ("=#REF!", "#REF!")})) == [("error-value", "A2", Severity.ROW)]
    findings = read_report(_report({"C2": ("=1/0", "#DIV/0!")})).findings
    assert [finding.message for finding in findings if finding.code == "error-value"] == [
        "当前状态的单元格是错误值“#DIV/0!”，这一行不能采用。请改正公式，或直接填写内容。"
    ]


def test_an_error_in_what_was_filled_in_beforehand_changes_nothing() -> None:
    assert _found(_report({"B2": ("=#REF!", "#REF!")})) == []


def test_a_lone_error_far_below_is_no_row() -> None:
    reading = read_report(_report({"D40": ("=#REF!", "#REF!")}))
    assert (_found(_report({"D40": ("=#REF!", "#REF!")})), len(reading.rows[0].lines)) == ([], 1)


def test_a_formula_counts_as_its_stored_result() -> None:
    reading = read_report(_report({"D2": ('="已"&"约谈"', "已约谈")}))
    assert reading.rows[0].values["今日进展"] == ["已约谈"]
    assert _found(_report({"D2": ('="已"&"约谈"', "已约谈")})) == []


def test_a_formula_without_a_stored_result_is_empty_and_said() -> None:
    content = _report({"D2": ('="已"&"约谈"', None)})
    assert _found(content) == [("no-cached-value", "D2", Severity.WARNING)]
    assert read_report(content).rows[0].values["今日进展"] == [None]


def test_a_formula_on_the_cover_without_a_stored_result_is_said_to_be_one() -> None:
    """The clerk sees a date there: that nothing was filled in would be untrue."""
    for place, code, words in (("封面!B2", "bad-report-date", "“报告日期”是公式"), ("封面!B1", "unknown-district", "“旗区”是公式")):
        content = _report({place: ("=TODAY()", None)})
        refusals = [(finding.code, finding.cell, finding.severity) for finding in read_report(content).findings if finding.refuses]
        assert refusals == [(code, place.partition("!")[2], Severity.FILE)]
        message = read_report(content).findings[0].message
        assert words in message
        assert "打开、保存后重新报送，或直接填写" in message
    stored = read_report(_report({"封面!B2": ("=TODAY()", "2020-05-21")}))
    assert (stored.accepted, stored.day) == (True, date(2020, 5, 21))
    assert "没有填“报告日期”" in read_report(_report({"封面!B2": ('=" "', " ")})).findings[0].message


_PICTURE = ('_xlfn.DISPIMG("ID_9A",1)', '=DISPIMG("ID_9A",1)')


def test_a_picture_in_a_cell_of_wps_is_empty_and_a_warning_says_so() -> None:
    content = _report({"D2": _PICTURE})
    reading = read_report(content)
    assert reading.rows[0].text("今日进展", 0) is None
    (finding,) = [finding for finding in reading.findings if finding.code == "no-cached-value"]
    assert (finding.cell, finding.severity) == ("D2", Severity.WARNING)
    assert "图片" in finding.message


@pytest.mark.parametrize("stored", ["#NAME?", None, "0", "一"])
@pytest.mark.parametrize("formula", ['_xlfn.DISPIMG("ID_9A",1)', 'dispimg ("ID_9A",1)'])
def test_a_picture_is_one_whatever_a_program_that_does_not_know_it_stored(formula: str, stored: str | None) -> None:
    """Excel saves #NAME?, other programs nothing: not what the district has filled in, and no formula to be calculated again."""
    plain = _report({"D2": (formula, stored)})
    rewritten = rewrite(plain, lambda _name, part: part.replace(b"<sheetData>", b"<sheetData><!-- -->"))
    for content in (plain, rewritten):
        reading = read_report(content)
        assert reading.rows[0].text("今日进展", 0) is None
        assert _found(content) == [("no-cached-value", "D2", Severity.WARNING)]
        assert "图片" in next(finding.message for finding in reading.findings if finding.code == "no-cached-value")


def test_a_cell_that_shares_the_formula_of_a_picture_shows_one() -> None:
    def share(_name: str, part: bytes) -> bytes:
        return re.sub(rb"<f>(DISP[^<]*)</f>(.*)<f>DISP[^<]*</f>", rb'<f t="shared" si="4" ref="C2:D2">\1</f>\2<f t="shared" si="4"/>', part)

    content = rewrite(_report({"C2": ('DISPIMG("ID_9A",1)', "#NAME?"), "D2": ('DISPIMG("ID_9A",1)', "#NAME?")}), share)
    assert _found(content) == [("no-cached-value", "C2", Severity.WARNING), ("no-cached-value", "D2", Severity.WARNING)]
    other = _report({"C2": ('DISPIMG("ID_9A",1)', "#NAME?"), "D2": ("NA()", "#N/A")})
    assert _found(other) == [("no-cached-value", "C2", Severity.WARNING), ("error-value", "D2", Severity.ROW)]


def test_a_picture_in_a_required_cell_leaves_it_empty() -> None:
    assert ("required", "C2", Severity.ROW) in [(f.code, f.cell, f.severity) for f in read_report(_report({"C2": _PICTURE})).findings]


def test_what_speaks_of_such_a_formula_is_a_text() -> None:
    for text in ("DISPIMG 显示不了", "见图 =DISPIMG(1)", "=DISPIMG"):
        reading = read_report(_report({"D2": ('""', text)}))
        assert reading.rows[0].text("今日进展", 0) == text


def test_a_name_that_several_districts_share_or_with_a_unit_that_is_not_above_is_no_district() -> None:
    alike = PROVINCE.model_copy(
        update={
            "districts": tuple(
                district.model_copy(update={"name": f"{district.parent}城关区"} if district.code in ("JA", "YA") else {})
                for district in PROVINCE.districts
            ),
        }
    )
    said = {
        "城关区": "封面的旗区“城关区”有几个：甲市城关区、乙市城关区。请写全称。",
        "乙市甲二县": "封面的旗区写的是“乙市甲二县”，而甲二县不在乙市。请核对，填写旗区全称。",
        "戊县": "封面的旗区“戊县”不在旗区名单里。",
    }
    for written, sentence in said.items():
        (found,) = [each for each in read_report(report(written), settings=alike).findings if each.code == "unknown-district"]
        assert found.message.startswith(sentence)
    for written, name in (("甲市甲二县", "甲二县"), ("丙市丙北片丙一区住建局", "丙一区"), ("乙市城关区", "乙市城关区")):
        read = read_report(report(written), settings=alike)
        assert (read.district, [each.code for each in read.findings if each.code == "unknown-district"]) == (name, [])
