"""Every code of contract 5: one workbook that gets it, exactly there, and a neighbour that must not.

Covers `template_values`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from offices import SETTINGS, Day, assigned, consolidate, handed_in, moment, on, read_assignment, read_report
from workbooks import (
    CASES,
    DAY,
    Edits,
    Text,
    Value,
    assignment,
    assignment_pages,
    case_row,
    edit,
    new_row,
    progress_row,
    report,
    report_pages,
    resolved_row,
    urgent_row,
    write,
)

from pipeline.reading import reading
from pipeline.render.receipts import receipt_words
from pipeline.report import edit_words
from pipeline.settings.config import Limits
from pipeline.terms.contract import SEVERITIES
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Envelope

FILE, SHEET, ROW, WARNING = "refused-file", "refused-sheet", "refused-row", "warning"
CITIZEN = "11010519491231002X"
MOBILE = "13912345678"
BANK = "6222020200112233446"


@dataclass(frozen=True)
class Line:
    """A code, where it must stand, what it costs, the cells that earn it, and cells close by that do not."""

    code: str
    at: str
    severity: str
    bad: Edits
    good: Edits


# The default report, row by row: 案件进展 2 ZZQ-2020-001 办理中, 3 SJ-2020-001 已化解; 新增案件 2 DS-2020-001;
# 接访情况 2 物业服务 5 = 3 + 2; 急报事项 2. It is for 2020-05-21, arrived at 16:00, and has no finding.
REPORT = (
    Line("unknown-district", "封面!B1", FILE, {"封面!B1": "呼和浩特市"}, {"封面!B1": "鄂尔多斯市东胜区"}),
    Line("unknown-district", "封面!B1", FILE, {"封面!B1": ""}, {"封面!B1": "东胜"}),
    Line("bad-report-date", "封面!B2", FILE, {"封面!B2": ""}, {"封面!B2": "2020年5月21日"}),
    Line("bad-report-date", "封面!B2", FILE, {"封面!B2": "5.21"}, {"封面!B2": "5/21"}),
    Line("bad-report-date", "封面!B2", FILE, {"封面!B2": date(2020, 5, 22)}, {"封面!B2": date(2020, 5, 20)}),
    Line("bad-report-date", "封面!B2", FILE, {"封面!B2": date(2020, 4, 19)}, {"封面!B2": date(2020, 4, 20)}),
    Line("not-the-template", "案件进展!", FILE, {"案件进展!E1": "状态"}, {"案件进展!G1": "认定"}),
    Line("not-the-template", "接访情况!", SHEET, {"接访情况!B1": "批数"}, {"接访情况!E1": "附注"}),
    Line("not-the-template", "新增案件!", SHEET, {"新增案件!A1": "编码"}, {"新增案件!A1": "案件编号*："}),
    Line("personal-column", "案件进展!P1", FILE, {"案件进展!P1": "联系电话"}, {"案件进展!P1": "联系电话是否核实"}),
    Line("personal-column", "新增案件!N1", FILE, {"新增案件!N1": "信访人身份证号码（必填）"}, {"新增案件!N1": "身份证明材料"}),
    Line("personal-column", "急报事项!G1", FILE, {"急报事项!G1": "人员 去向"}, {"急报事项!G1": "资金去向"}),
    Line("unknown-case", "案件进展!A2", ROW, {"案件进展!A2": "SJ-2020-999"}, {"案件进展!A2": "zzq 2020 001"}),
    Line("unknown-case", "急报事项!A2", ROW, {"急报事项!A2": "SJ-2020-999"}, {"急报事项!A2": ""}),
    Line("other-district", "案件进展!A2", ROW, {"案件进展!A2": "SJ-2020-002"}, {"案件进展!A2": "DS-2020-001"}),
    Line("other-district", "急报事项!A2", ROW, {"急报事项!A2": "SJ-2020-002"}, {"急报事项!A2": "ZZQ-2020-001"}),
    Line("required", "案件进展!A2", ROW, {"案件进展!A2": ""}, {}),
    Line("required", "案件进展!E2", ROW, {"案件进展!E2": "暂无"}, {"案件进展!F2": "暂无"}),
    Line("required", "新增案件!C2", ROW, {"新增案件!C2": "—"}, {"新增案件!D2": "—"}),
    Line("required", "接访情况!D2", ROW, {"接访情况!D2": ""}, {"接访情况!E2": ""}),
    Line("required", "急报事项!E2", ROW, {"急报事项!E2": "/"}, {"急报事项!F2": "/"}),
    Line("not-in-list", "案件进展!E2", ROW, {"案件进展!E2": "差不多了"}, {"案件进展!E2": " 办 理 中 "}),
    Line("not-in-list", "案件进展!G2", ROW, {"案件进展!G2": "合理"}, {"案件进展!G2": "诉求合理"}),
    Line("not-in-list", "案件进展!J2", ROW, {"案件进展!J2": "满意"}, {"案件进展!J2": "未回访"}),
    Line("not-in-list", "新增案件!B2", ROW, {"新增案件!B2": "绿化"}, {"新增案件!B2": "其他"}),
    Line("not-in-list", "新增案件!A2", ROW, {"新增案件!A2": "DS-20-1"}, {"新增案件!A2": "ds20200001"}),
    Line("not-in-list", "接访情况!A2", ROW, {"接访情况!A2": "噪声"}, {"接访情况!A2": "住房保障"}),
    Line("not-in-list", "急报事项!B2", ROW, {"急报事项!B2": "停电"}, {"急报事项!B2": "跨部门协调"}),
    Line("not-in-list", "案件进展!E3", ROW, {"案件进展!E3": "己化解"}, {"案件进展!J3": "认可"}),
    Line("unknown-case", "案件进展!A2", ROW, {"案件进展!A2": "ZZQ-2020-OO1"}, {"案件进展!A2": "ZZQ 2020 001"}),
    Line("bad-date", "案件进展!H3", ROW, {"案件进展!H3": "5.20"}, {"案件进展!H3": "2020.5.20"}),
    Line("bad-date", "案件进展!L2", ROW, {"案件进展!L2": "上周"}, {"案件进展!L2": "5月20日"}),
    Line("bad-date", "新增案件!K2", ROW, {"新增案件!K2": "2020-02-30"}, {"新增案件!K2": "20200518"}),
    Line("bad-date", "新增案件!L2", ROW, {"新增案件!L2": "尽快"}, {"新增案件!L2": 44002}),
    Line("bad-date", "急报事项!D2", ROW, {"急报事项!D2": "早上"}, {"急报事项!D2": "上午9时30分"}),
    Line("bad-date", "急报事项!D2", ROW, {"急报事项!D2": "晚上1点"}, {"急报事项!D2": "凌晨1点"}),
    Line("bad-date", "案件进展!H3", ROW, {"案件进展!H3": "2020 / 05 / 2O"}, {"案件进展!H3": "2020 / 05 / 20\u200b"}),
    Line("date-out-of-range", "案件进展!H3", ROW, {"案件进展!H3": date(2020, 5, 22)}, {"案件进展!H3": date(2020, 5, 21)}),
    Line("date-out-of-range", "案件进展!H3", ROW, {"案件进展!H3": date(2020, 4, 19)}, {"案件进展!H3": date(2020, 4, 20)}),
    Line("date-out-of-range", "案件进展!L2", ROW, {"案件进展!L2": date(2020, 5, 22)}, {"案件进展!L2": date(2020, 5, 21)}),
    Line("date-out-of-range", "新增案件!K2", ROW, {"新增案件!K2": date(2020, 5, 22)}, {"新增案件!K2": date(2020, 5, 21)}),
    Line("date-out-of-range", "新增案件!L2", ROW, {"新增案件!L2": date(2020, 5, 19)}, {"新增案件!L2": date(2020, 5, 20)}),
    Line("date-out-of-range", "急报事项!D2", ROW, {"急报事项!D2": "16:01"}, {"急报事项!D2": "16:00"}),
    Line("date-out-of-range", "急报事项!D2", ROW, {"急报事项!D2": date(2020, 5, 22)}, {"急报事项!D2": date(2020, 5, 21)}),
    Line("bad-number", "新增案件!E2", ROW, {"新增案件!E2": "约12户"}, {"新增案件!E2": "12户"}),
    Line("bad-number", "新增案件!E2", ROW, {"新增案件!E2": -1}, {"新增案件!E2": 0}),
    Line("bad-number", "新增案件!E2", ROW, {"新增案件!E2": 1.5}, {"新增案件!F2": 1.5}),
    Line("bad-number", "新增案件!F2", ROW, {"新增案件!F2": "三十万"}, {"新增案件!F2": "３０万元"}),
    Line("bad-number", "接访情况!B2", ROW, {"接访情况!B2": "5.5"}, {"接访情况!B2": "1,005"}),
    Line("bad-number", "案件进展!I3", ROW, {"案件进展!I3": date(2020, 1, 1)}, {"案件进展!I3": "2020-1"}),
    Line("bad-number", "案件进展!I3", ROW, {"案件进展!I3": True}, {"案件进展!I3": "真"}),
    Line("bad-number", "案件进展!I3", ROW, {"案件进展!I3": 2020051900000001.0}, {"案件进展!I3": 20200519001}),
    Line("reply-missing", "案件进展!H3", ROW, {"案件进展!H3": ""}, {"案件进展!H3": "", "案件进展!I3": "", "案件进展!E3": "办理中"}),
    Line("reply-missing", "案件进展!I3", ROW, {"案件进展!I3": "无"}, {"案件进展!I3": "口头"}),
    Line("reply-missing", "案件进展!I3", ROW, {"案件进展!I3": "", "案件进展!E3": "已答复"}, {"案件进展!E3": "已答复"}),
    Line("contradiction", "案件进展!G3", ROW, {"案件进展!G3": "暂时难以解决"}, {"案件进展!G2": "暂时难以解决"}),
    Line("contradiction", "接访情况!B2", ROW, {"接访情况!C2": 4}, {"接访情况!C2": 1}),
    Line("case-exists", "新增案件!A2", ROW, {"新增案件!A2": "DLT-2020-001"}, {"新增案件!A2": "DS-2019-7"}),
    Line("personal-information", "案件进展!F2", ROW, {"案件进展!F2": f"电话{MOBILE}"}, {"案件进展!F2": "编号1391234567"}),
    Line("personal-information", "案件进展!B2", ROW, {"案件进展!B2": CITIZEN}, {"案件进展!B2": "110105194912310021"}),
    Line("personal-information", "案件进展!F2", ROW, {"案件进展!F2": 110105194912310000.0}, {"案件进展!F2": 110105194913310000.0}),
    Line("personal-information", "新增案件!M2", ROW, {"新增案件!M2": BANK}, {"新增案件!M2": "6222020200112233447"}),
    Line("personal-information", "急报事项!C2", ROW, {"急报事项!C2": "139-1234-5678"}, {"急报事项!C2": "139--12345678"}),
    Line("personal-information", "接访情况!E2", ROW, {"接访情况!E2": float(MOBILE)}, {"接访情况!E2": 12912345678.0}),
    Line("personal-information", "案件进展!F9", WARNING, {"案件进展!F9": f"联系人电话：{MOBILE}"}, {"案件进展!F9": "联系办公室"}),
    Line("read-as", "案件进展!F1", WARNING, {"案件进展!F1": "今 日 进 展"}, {"案件进展!F1": "今日进展（必填）："}),
    Line("read-as", "案件进展!E2", WARNING, {"案件进展!E2": "办 理中"}, {"案件进展!F2": "办 理中"}),
    Line("read-as", "案件进展!H3", WARNING, {"案件进展!H3": Text("2020/5/20")}, {"案件进展!H3": date(2020, 5, 20)}),
    Line("read-as", "新增案件!E2", WARNING, {"新增案件!E2": "120户"}, {"新增案件!E2": 120}),
    Line("read-as", "案件进展!A2", WARNING, {"案件进展!A2": "ZZQ2020001"}, {"案件进展!A2": "ZZQ-2020-001"}),
    Line("read-as", "封面!B1", WARNING, {"封面!B1": "东胜区住建局"}, {"封面!B1": "东胜区"}),
    Line("read-as", "封面!B2", WARNING, {"封面!B2": "20200521"}, {"封面!B2": date(2020, 5, 21)}),
    Line("old-template", "封面!B6", WARNING, {"封面!B6": 0}, {"封面!B6": 1}),
    Line("zero-report-with-rows", "封面!B5", WARNING, {"封面!B5": "是"}, {"封面!B5": "否"}),
    Line("prefilled-changed", "案件进展!B2", WARNING, {"案件进展!B2": "房屋漏水"}, {"案件进展!B2": "逾期 交房"}),
    Line("prefilled-changed", "案件进展!C2", WARNING, {"案件进展!C2": "领导二"}, {"案件进展!C2": "领导一、领导二"}),
    Line("prefilled-changed", "案件进展!D2", WARNING, {"案件进展!D2": date(2020, 6, 11)}, {"案件进展!D2": "6月10日"}),
    Line("unknown-column", "案件进展!P1", WARNING, {"案件进展!P1": "心情"}, {"案件进展!P1": "序号"}),
    Line("unknown-column", "新增案件!F1", WARNING, {"新增案件!F1": "涉及金额(美元)"}, {"新增案件!F1": "涉及金额(元)"}),
    Line("unknown-column", "案件进展!P1", WARNING, {"案件进展!P1": "当前状态"}, {}),
    Line("cover-incomplete", "封面!B3", WARNING, {"封面!B3": ""}, {"封面!B4": ""}),
    Line("cover-incomplete", "封面!B5", WARNING, {"封面!B5": "没有"}, {"封面!B5": ""}),
)
# The default assignment: 自治区交办案件 2 ZZQ-2020-001; 群众来访案件 2 SJ-2020-001, 3 SJ-2020-002.
ASSIGNMENT = (
    Line("not-the-template", "自治区交办案件!", FILE, {"自治区交办案件!M1": "交办时间"}, {"自治区交办案件!K1": "专班"}),
    Line("personal-column", "群众来访案件!R1", WARNING, {"群众来访案件!R1": "手机号"}, {"群众来访案件!R1": "手机品牌"}),
    Line("not-in-list", "群众来访案件!A2", ROW, {"群众来访案件!A2": "市2020"}, {"群众来访案件!A2": "sj-2020-1"}),
    Line("not-in-list", "群众来访案件!B2", ROW, {"群众来访案件!B2": "自治区交办"}, {"群众来访案件!B2": "旗区自行梳理"}),
    Line("not-in-list", "自治区交办案件!B2", ROW, {"自治区交办案件!B2": "市级交办"}, {"自治区交办案件!B2": ""}),
    Line("not-in-list", "群众来访案件!C2", ROW, {"群众来访案件!C2": "包头市"}, {"群众来访案件!C2": "达旗"}),
    Line("not-in-list", "包联旗区!A2", ROW, {"包联旗区!A2": "包头市"}, {"包联旗区!A2": "东胜"}),
    Line("required", "群众来访案件!J2", ROW, {"群众来访案件!J2": ""}, {"群众来访案件!K2": ""}),
    Line("required", "群众来访案件!B2", ROW, {"群众来访案件!B2": ""}, {"群众来访案件!P2": ""}),
    Line("bad-date", "群众来访案件!M2", ROW, {"群众来访案件!M2": "4.20"}, {"群众来访案件!M2": "4月20日"}),
    Line("bad-number", "群众来访案件!H2", ROW, {"群众来访案件!H2": "若干"}, {"群众来访案件!H2": "2亿"}),
    Line("date-out-of-range", "群众来访案件!N2", ROW, {"群众来访案件!N2": date(2020, 4, 19)}, {"群众来访案件!N2": date(2020, 4, 20)}),
    Line("personal-information", "群众来访案件!Q2", ROW, {"群众来访案件!Q2": MOBILE}, {"群众来访案件!Q2": "12345"}),
    Line("repeated-case", "群众来访案件!A2", ROW, {"群众来访案件!A3": "SJ-2020-001"}, {"群众来访案件!A3": "SJ-2020-003"}),
    Line("repeated-case", "群众来访案件!A3", ROW, {"群众来访案件!A3": "SJ-2020-001"}, {"群众来访案件!A3": "SJ-2020-003"}),
    Line(
        "deadline-beyond-statute",
        "群众来访案件!N2",
        WARNING,
        {"群众来访案件!N2": date(2020, 6, 20)},
        {"群众来访案件!N2": date(2020, 6, 19)},
    ),
    Line(
        "deadline-beyond-statute",
        "群众来访案件!O2",
        WARNING,
        {"群众来访案件!O2": date(2020, 7, 11)},
        {"群众来访案件!O2": date(2020, 7, 10)},
    ),
    Line("extension-shortens", "群众来访案件!O2", WARNING, {"群众来访案件!O2": date(2020, 6, 9)}, {"群众来访案件!O2": date(2020, 6, 10)}),
    Line("read-as", "群众来访案件!M2", WARNING, {"群众来访案件!M2": "2020.4.20"}, {"群众来访案件!M2": date(2020, 4, 20)}),
    Line("unknown-column", "群众来访案件!R1", WARNING, {"群众来访案件!R1": "经办"}, {"群众来访案件!R1": "序号"}),
)
TOLD_BELOW = {
    "unreadable", "too-large", "sender-not-allowed", "duplicate", "rows-withdrawn", "older-revision", "wrong-place",
    "dispute-withdrawn", "reply-before-dispute", "status-went-back", "late", "sheet-missing", "case-missing", "assignment-postponed",
    "sidecar-outdated",
}  # fmt: skip
ELSEWHERE = {"encrypted", "macro-workbook", "error-value", "no-cached-value"}


def _addresses(findings: Iterable[Finding], code: str) -> list[tuple[str, str]]:
    return [
        (f"{finding.sheet}!{finding.cell}" if finding.sheet else "", str(finding.severity)) for finding in findings if finding.code == code
    ]


def _reported(edits: Edits) -> Day:
    return on(DAY, assigned(assignment()), handed_in(write(edit(report_pages(), edits))))


def _of_report(edits: Edits) -> list[Finding]:
    """What is found in the default report with these cells, wherever it belongs."""
    read = read_report(write(edit(report_pages(), edits)))
    return [finding for _file, finding in _reported(edits).findings] if read.accepted else list(read.findings)


def _of_assignment(edits: Edits) -> list[Finding]:
    read = read_assignment(write(edit(assignment_pages(), edits)))
    if not read.accepted:
        return list(read.findings)
    return [finding for _file, finding in on(DAY, assigned(write(edit(assignment_pages(), edits)))).findings]


def _name(line: object) -> str:
    return f"{line.code} {line.at}" if isinstance(line, Line) else ""


def test_the_default_workbooks_have_no_findings() -> None:
    day = on(DAY, assigned(assignment()), handed_in(write(report_pages())))
    assert day.findings == []
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (5, 0)


@pytest.mark.parametrize("line", REPORT, ids=_name)
def test_a_report_gets_the_code_where_it_belongs(line: Line) -> None:
    addresses = _addresses(_of_report(line.bad), line.code)
    assert (line.at, line.severity) in addresses
    assert len(addresses) == 1


@pytest.mark.parametrize("line", REPORT, ids=_name)
def test_a_report_close_by_does_not_get_the_code_there(line: Line) -> None:
    assert line.at not in [at for at, _severity in _addresses(_of_report(line.good), line.code)]


@pytest.mark.parametrize("line", ASSIGNMENT, ids=_name)
def test_an_assignment_workbook_gets_the_code_where_it_belongs(line: Line) -> None:
    assert (line.at, line.severity) in _addresses(_of_assignment(line.bad), line.code)


@pytest.mark.parametrize("line", ASSIGNMENT, ids=_name)
def test_an_assignment_workbook_close_by_does_not_get_the_code_there(line: Line) -> None:
    assert line.at not in [at for at, _severity in _addresses(_of_assignment(line.good), line.code)]


@pytest.mark.parametrize("line", [line for line in REPORT if line.severity == ROW], ids=_name)
def test_a_bad_cell_costs_its_own_row(line: Line) -> None:
    day = _reported(line.bad)
    refused = {(finding.sheet, finding.row) for _file, finding in day.findings if finding.refuses}
    assert len(refused) == day.submission()["rows_refused"] >= 1
    assert day.submission()["rows_accepted"] + day.submission()["rows_refused"] == 5


@pytest.mark.parametrize("line", [*REPORT, *ASSIGNMENT], ids=_name)
def test_a_sentence_names_what_was_found_and_what_to_do(line: Line) -> None:
    findings = _of_assignment(line.bad) if line in ASSIGNMENT else _of_report(line.bad)
    finding = next(finding for finding in findings if finding.code == line.code and finding.severity == line.severity)
    assert re.search("请|不用|只能是", finding.message)
    assert not re.search("[{}]|None", finding.message)
    if line.code not in {"required", "reply-missing", "contradiction", "zero-report-with-rows"}:
        assert finding.value in finding.message


def test_no_code_is_left_out() -> None:
    covered = {line.code for line in (*REPORT, *ASSIGNMENT)} | TOLD_BELOW
    assert covered | ELSEWHERE == set(SEVERITIES)


# --- codes that one cell cannot earn -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", "日报".encode("gbk"), write(report_pages())[:-200]], ids=["empty", "PK", "text", "cut"]
)
def test_what_is_no_whole_workbook_is_unreadable(content: bytes) -> None:
    read = read_report(content)
    assert [(finding.code, str(finding.severity), finding.cell) for finding in read.findings] == [("unreadable", FILE, "")]
    assert (read.accepted, read.day, read.district) == (False, date(2020, 5, 21), "")


def test_a_whole_workbook_is_not_unreadable() -> None:
    assert read_report(write(report_pages())).accepted


def test_a_workbook_over_the_limit_of_cells_is_too_large_and_one_at_it_is_not() -> None:
    small = SETTINGS.model_copy(update={"limits": Limits(cells=1000)})
    content = write(edit(report_pages(), {"新增案件!A900": "以下空白"}))
    read = reading.read(content, Envelope(moment("2020-05-21 16:00")), small, is_assignment=False)
    assert _addresses(read.findings, "too-large") == [("", FILE)]
    assert "1000" in read.findings[0].message
    near = reading.read(write(report_pages()), Envelope(moment("2020-05-21 16:00")), small, is_assignment=False)
    assert near.accepted


def test_a_required_sheet_that_is_not_there_refuses_the_file_and_is_named() -> None:
    pages = report_pages()
    del pages["案件进展"]
    read = read_report(write(pages))
    assert _addresses(read.findings, "not-the-template") == [("", FILE)]
    assert "案件进展" in next(finding.message for finding in read.findings if finding.code == "not-the-template")
    assert (read.accepted, read.day, read.district) == (False, date(2020, 5, 21), "东胜区")


@pytest.mark.parametrize("name", ["新增案件", "接访情况", "急报事项"])
def test_an_optional_sheet_that_is_not_there_is_a_warning(name: str) -> None:
    pages = report_pages()
    del pages[name]
    read = read_report(write(pages))
    assert [(finding.code, str(finding.severity)) for finding in read.findings] == [("sheet-missing", WARNING)]
    assert name in read.findings[0].message
    assert read.accepted


@pytest.mark.parametrize(("received", "is_late"), [("2020-05-21 17:00", False), ("2020-05-21 17:01", True), ("2020-05-22 08:00", True)])
def test_a_report_is_late_only_after_the_cut_off(received: str, *, is_late: bool) -> None:
    assert _addresses(read_report(report(), received).findings, "late") == ([("", WARNING)] if is_late else [])


def test_a_report_that_is_late_by_less_than_a_second_says_by_how_much() -> None:
    arrival = moment("2020-05-21 17:00").replace(microsecond=412_000)
    (late,) = reading.read(report(), Envelope(arrival), SETTINGS, is_assignment=False).findings
    assert late.message.startswith("收到时间 2020-05-21 17:00:00.412 晚于截止时间 2020-05-21 17:00，")


def test_a_workbook_in_the_place_of_the_other_kind_is_told_what_it_is_and_where_it_belongs() -> None:
    among_reports, among_assignments = read_report(assignment()), read_assignment(report())
    for read, arrived in ((among_reports, date(2020, 5, 21)), (among_assignments, date(2020, 5, 1))):
        assert _addresses(read.findings, "wrong-place") == [("", FILE)]
        assert (read.accepted, read.day, read.district, len(read.findings)) == (False, arrived, "", 1)
    assert among_reports.findings[0].message.startswith("这是案件包案任务分解表，不是旗区日报")
    assert among_assignments.findings[0].message.startswith("这是旗区日报，不是案件包案任务分解表")


@pytest.mark.parametrize("left_out", ["案件进展", "包联旗区"])
def test_only_what_is_of_the_other_kind_and_not_of_its_own_is_in_the_wrong_place(left_out: str) -> None:
    both = {**report_pages(), **assignment_pages()}
    del both[left_out]
    read = read_report(write(both)) if left_out == "案件进展" else read_assignment(write(both))
    assert {finding.code for finding in read.findings} == ({"not-the-template"} if left_out == "案件进展" else {"wrong-place"})


SENDERS = (
    ("folder", None, True),
    ("email", "dongsheng@example.com", True),
    ("email", "东胜区住建局 <DongSheng@Example.com>", True),
    ("upload", "dongsheng@example.com", True),
    ("email", "dalate@example.com", False),
    ("upload", "someone@dongsheng@example.com.evil", False),
    ("email", None, False),
    ("upload", "", False),
)


@pytest.mark.parametrize(("channel", "sender", "may"), SENDERS)
def test_the_sender_is_checked_for_mail_and_upload(channel: str, sender: str | None, *, may: bool) -> None:
    read = reading.read(report(), Envelope(moment("2020-05-21 16:00"), channel, sender), SETTINGS, is_assignment=False)
    assert _addresses(read.findings, "sender-not-allowed") == ([] if may else [("", FILE)])
    assert read.accepted is may


@pytest.mark.parametrize(
    ("channel", "sender", "said"),
    [
        ("email", None, "没有得到本单位邮件服务器的证实"),
        ("email", "x@example.org", "不在“东胜区”的报送名单里"),
        ("email", "dalate@example.com", "发件人登记的是达拉特旗，封面写的旗区却是“东胜区”"),
        ("upload", None, "不在“东胜区”的报送名单里"),
    ],
)
def test_a_sender_whom_nobody_vouches_for_is_told_apart_from_one_who_may_not_report(channel: str, sender: str | None, said: str) -> None:
    read = reading.read(report(), Envelope(moment("2020-05-21 16:00"), channel, sender), SETTINGS, is_assignment=False)
    (finding,) = read.findings
    assert finding.code == "sender-not-allowed"
    assert said in finding.message


def test_a_late_report_says_whether_it_is_the_first_of_its_day() -> None:
    """By the arrivals of a day's reports: what each says of its lateness."""
    first, again, again_late = "这是当日首次报送，这一天记为迟报。", "这一天仍记为按时。", "当日首次报送已在截止以后，这一天记为迟报。"
    for arrivals, ends in (
        (("17:10", "17:20"), (first, again_late)),
        (("16:00", "17:20"), ("", again)),
    ):
        files = [handed_in(report(progress=[progress_row()] * at), f"2020-05-21 {time}", f"{at}.xlsx") for at, time in enumerate(arrivals)]
        found = on(DAY, assigned(assignment()), *files).findings
        said = [[finding.message for file, finding in found if file == f"{at}.xlsx" and finding.code == "late"] for at in (0, 1)]
        assert [len(sentences) for sentences in said] == [int(bool(end)) for end in ends]
        assert all(end in sentence for sentences, end in zip(said, ends, strict=True) for sentence in sentences)


def test_a_report_mended_after_the_cut_off_is_not_told_that_its_day_is_on_time() -> None:
    """Three reports of a day, of which the first is refused row by row: finding and receipt say what board and calendars say."""
    bad, good = report(progress=[progress_row(当前状态="差不多了")]), report(progress=[progress_row()])
    better = report(progress=[progress_row(今日进展="约谈")])
    sent = [handed_in(bad, "2020-05-21 16:03", "1.xlsx"), handed_in(good, "2020-05-21 18:10", "2.xlsx")]
    sent.append(handed_in(better, "2020-05-21 18:40", "3.xlsx"))
    day = on(DAY, assigned(assignment()), *sent)
    said = {file: finding.message for file, finding in day.findings if finding.code == "late"}
    end = "截止以前报来的全部退回，这一天不记为按时；改好的，记为退回后改好。"
    assert [file for file, message in said.items() if message.endswith(end)] == ["2.xlsx", "3.xlsx"]
    states = [receipt_words.state(line).partition(" 版 · ")[2] for line in day.report.arrived_reports]
    mended = "退回后改好（截止以前报来的全部退回）"
    assert states == ["全部退回", mended, mended]
    in_time = on(DAY, assigned(assignment()), sent[0]).report.arrived_reports[0]
    assert receipt_words.send_again(in_time).startswith("重新报送：5月21日17:00以前送到算按时，以后改好的记为退回后改好，最迟")
    after_a_good_one = on(DAY, assigned(assignment()), handed_in(good, "2020-05-21 15:00", "0.xlsx"), sent[0]).report.arrived_reports[1]
    assert (receipt_words.state(after_a_good_one)[-4:], "17:00" in receipt_words.send_again(after_a_good_one)) == ("全部退回", False)


@pytest.mark.parametrize(
    ("before", "end"),
    [
        ((), "改好再报、有采用的，这一天记为迟报；不然记为全部退回。"),
        (("2020-05-21 17:05",), "改好再报、有采用的，这一天记为迟报；不然记为全部退回。"),
        (("2020-05-21 15:00",), "截止以前报来的有采用：改好再报、有采用的，这一天仍记为按时；不然记为全部退回。"),
        (("2020-05-21 15:00", "refused"), "截止以前报来的也全部退回，这一天不记为按时；改好的，记为退回后改好。"),
    ],
)
def test_a_late_report_of_which_no_row_is_taken_is_not_called_taken(before: tuple[str, ...], end: str) -> None:
    bad = report(progress=[progress_row(当前状态="差不多了")])
    earlier = report(progress=[progress_row(**({"当前状态": "不知道"} if before[1:] else {}))])
    sent = [handed_in(earlier, at, "先.xlsx") for at in before[:1]]
    day = on(DAY, assigned(assignment()), *sent, handed_in(bad, "2020-05-21 17:10", "后.xlsx"))
    (said,) = [finding.message for file, finding in day.findings if file == "后.xlsx" and finding.code == "late"]
    assert said == f"收到时间 2020-05-21 17:10 晚于截止时间 2020-05-21 17:00，一行也没有采用。{end}"


def test_the_bytes_of_the_revision_in_force_again_are_a_duplicate() -> None:
    same = report()
    day = on(DAY, assigned(assignment()), handed_in(same), handed_in(same, "2020-05-21 16:30", "又一次.xlsx"))
    assert [(file, finding.code, str(finding.severity)) for file, finding in day.findings if finding.code == "duplicate"] == [
        ("又一次.xlsx", "duplicate", WARNING)
    ]
    assert day.submission()["revision"] == 1


def test_a_corrected_report_is_no_duplicate() -> None:
    corrected = report(progress=[progress_row(), resolved_row(), progress_row("DS-2020-001")], new=[new_row()])
    day = on(DAY, assigned(assignment()), handed_in(report(new=[new_row()])), handed_in(corrected, "2020-05-21 16:30"))
    assert day.of("duplicate") == []
    assert day.of("rows-withdrawn") == []
    assert day.submission()["revision"] == 2


def test_the_bytes_of_a_replaced_revision_are_the_next_one_and_older() -> None:
    first, second = report(), report(progress=[progress_row()])
    files = [handed_in(first), handed_in(second, "2020-05-21 16:10"), handed_in(first, "2020-05-21 16:20", "旧.xlsx")]
    day = on(DAY, assigned(assignment()), *files)
    noted = [(file, str(finding.severity)) for file, finding in day.findings if finding.code == "older-revision"]
    assert (noted, day.submission()["revision"], day.of("duplicate")) == ([("旧.xlsx", WARNING)], 3, [])


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ([resolved_row(群众确认="")], [("案件进展!J2", WARNING)]),
        ([resolved_row(群众确认="未回访")], [("案件进展!J2", WARNING)]),
        ([progress_row()], [("", WARNING)]),
        ([resolved_row(群众确认="认可")], []),
        ([resolved_row(群众确认="不认可")], []),
    ],
    ids=["empty", "not asked", "row left out", "accepted", "still disputed"],
)
def test_a_revision_that_takes_a_dispute_back_without_an_acceptance_is_told(now: list[dict[str, Value]], at: list[tuple[str, str]]) -> None:
    first, second = report(progress=[resolved_row(群众确认="不认可")]), report(progress=now)
    day = on(DAY, assigned(assignment()), handed_in(first), handed_in(second, "2020-05-21 16:10"))
    assert _addresses(day.of("dispute-withdrawn"), "dispute-withdrawn") == at
    assert day.summary["changes"]["withdrawn_disputes"] == (["SJ-2020-001"] if at else [])


def test_a_dispute_in_a_refused_row_is_not_told_as_left_out_and_nothing_is_told_to_leaders_where_it_stands() -> None:
    disputed = resolved_row(群众确认="不认可")
    without_number = {**disputed, "答复文号": ""}
    again = report(progress=[disputed], new=[])
    first, second = handed_in(report(progress=[disputed])), handed_in(report(progress=[without_number]), "2020-05-21 16:10")
    (refused, standing) = (
        on(DAY, assigned(assignment()), first, second, *more).report for more in ([], [handed_in(again, "2020-05-21 16:20")])
    )
    for report_of_day in (refused, standing):
        (finding,) = (line.finding for line in report_of_day.findings if line.finding.code == "dispute-withdrawn")
        assert "这次填了“不认可”，但这一行退回，没有采用，改正以前不按不认可计。" in finding.message
        assert report_of_day.withdrawn_disputes == ("SJ-2020-001",)
    group = refused.targets[1]
    told = "更正的日报里写有群众确认的1行退回，原报的不认可因此不再计：SJ-2020-001（东胜区）。"
    assert [edit_words.disputes(day, group) for day in (refused, standing)] == [told, ""]
    kinds = [
        [(change.number, change.detail) for change in day.changes if change.kind == "withdrawn_disputes"] for day in (refused, standing)
    ]
    assert kinds == [[("SJ-2020-001", "已交办，填了群众确认的行退回，未计入化解")], []]


def test_a_correction_of_an_earlier_day_whose_row_was_refused_dropped_nothing() -> None:
    disputed = resolved_row(群众确认="不认可", 答复日期="2020-05-20")
    days = [date(2020, 5, 20), DAY]
    first = handed_in(report(day=days[0], progress=[disputed], new=[]), "2020-05-20 16:00")
    quiet = handed_in(report(progress=[], new=[]))
    for came in ("2020-05-21 09:00", "2020-05-21 15:00"):  # by noon, and later
        for row, said in (
            ({**disputed, "答复文号": ""}, "更正的日报里写有群众确认的1行退回，原报的不认可因此不再计：SJ-2020-001（东胜区）。"),
            ({**disputed, "群众确认": ""}, "更正的日报去掉了1件的群众不认可，又没有写认可：SJ-2020-001（东胜区）。"),
        ):
            again = handed_in(report(day=days[0], progress=[row], new=[]), came)
            of_day = consolidate([assigned(assignment()), first, again, quiet], [DAY])[DAY].report
            assert edit_words.disputes(of_day, of_day.targets[1]).startswith(said)


def test_a_dispute_of_an_earlier_day_that_stands_is_said_to_stand_where_a_revision_passes_over_it() -> None:
    disputed = resolved_row(群众确认="不认可", 答复日期="2020-05-20")
    earlier = handed_in(report(day=date(2020, 5, 20), progress=[disputed]), "2020-05-20 16:00")
    files = [
        earlier,
        *(
            handed_in(report(progress=[row]), at)
            for row, at in ((disputed, "2020-05-21 16:00"), ({**disputed, "群众确认": ""}, "2020-05-21 16:10"))
        ),
    ]
    day = on(DAY, assigned(assignment()), *files)
    (finding,) = day.of("dispute-withdrawn")
    assert "以前的日报里报过的不认可还在，仍按群众不认可计" in finding.message
    assert edit_words.disputes(day.report, day.report.targets[1]) == ""
    assert day.flagged("SJ-2020-001") == {"disputed"}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"答复日期": "2020-05-19"}, True),
        ({"答复日期": "2020-05-20"}, False),
        ({"答复日期": "2020-05-19", "群众确认": "认可"}, False),
        ({"答复日期": "2020-05-19", "答复文号": "东住建信〔2020〕1号"}, False),
    ],
    ids=["before", "on its day", "accepted", "the same number"],
)
def test_another_reply_dated_before_the_dispute_is_told(cells: dict[str, str], *, told: bool) -> None:
    disputed = report(day=date(2020, 5, 20), progress=[resolved_row(群众确认="不认可")])
    answered = report(progress=[resolved_row(**{"答复文号": "东住建信〔2020〕2号", "群众确认": "", **cells})])
    day = on(DAY, assigned(assignment()), handed_in(disputed, "2020-05-20 16:00"), handed_in(answered))
    found = _addresses(day.of("reply-before-dispute"), "reply-before-dispute")
    assert found == ([("案件进展!H2", WARNING)] if told else [])


def test_a_later_assignment_day_in_a_newer_workbook_is_told_on_every_day_and_an_earlier_one_is_not() -> None:
    later = [CASES[0], {**CASES[1], "交办日期": "2020-05-01"}, {**CASES[2], "交办日期": "2020-04-01"}]
    newer = assigned(assignment(later), "2020-05-20 09:00", "新分解表.xlsx")
    days = consolidate([assigned(assignment()), newer], [date(2020, 5, 19), date(2020, 5, 20), DAY]).values()
    told = [_addresses(day.of("assignment-postponed"), "assignment-postponed") for day in days]
    assert told == [[], [("群众来访案件!M2", WARNING)], [("群众来访案件!M2", WARNING)]]


def test_rows_that_had_been_refused_are_named_apart_and_not_as_left_out() -> None:
    taken, wrong = progress_row("SJ-2020-001"), progress_row("SJ-2020-999")
    second = handed_in(report(progress=[progress_row()], new=[], urgent=[], reception=[]), "2020-05-21 16:30")
    for rows, said in (
        ([taken, wrong], "没有包含上一次的这些内容：案件进展：SJ-2020-001。如是漏填，请补上"),
        ([wrong], "上一次退回的这些行，这次没有再报：案件进展：SJ-2020-999。要报的，请改正后补上；不报的，不用处理。"),
    ):
        first = handed_in(report(progress=rows, new=[], urgent=[], reception=[]))
        (finding,) = on(DAY, assigned(assignment()), first, second).of("rows-withdrawn")
        assert said in finding.message
        assert ("上一次退回的行，这次也没有：案件进展：SJ-2020-999。" in finding.message) is (len(rows) == 2)


@pytest.mark.parametrize(
    ("number", "kept", "is_named"),
    [
        ("SJ-2020-999", {}, False),
        ("SJ-2020-999", {"发生时间": "2020-05-21 08:00"}, False),
        ("SJ-2020-999", {"情况说明": "二期停水"}, True),
        ("SJ-2020-001", {}, True),
    ],
)
def test_a_refused_urgent_matter_that_is_sent_again_without_its_number_as_told_is_there_again(
    number: str, kept: dict[str, str], *, is_named: bool
) -> None:
    first, again = (report(progress=[], new=[], reception=[], urgent=[row]) for row in (urgent_row(number), urgent_row("", **kept)))
    day = on(DAY, assigned(assignment()), handed_in(first), handed_in(again, "2020-05-21 16:30", "更正.xlsx"))
    assert bool(day.of("rows-withdrawn")) is is_named


@pytest.mark.parametrize(
    ("was", "now", "is_named"),
    [
        (urgent_row("", 发生时间="晚上1点"), urgent_row("", 发生时间="2020-05-21 01:00"), False),  # mended as was asked
        (urgent_row("", 发生时间="2020-05-21 23:00"), urgent_row(""), False),  # later than it came
        (urgent_row("", 发生时间="晚上1点"), urgent_row("", 发生时间="晚上两点"), False),  # refused again: that is told of itself
        (urgent_row("", 发生时间="晚上1点"), urgent_row("", 情况说明="二期停水"), True),
        (urgent_row("", 发生时间="晚上1点"), urgent_row("", 事项类别="其他民生事项"), True),
        (urgent_row(""), urgent_row("", 发生时间="2020-05-21 08:00"), True),  # it had been taken
    ],
)
def test_a_refused_urgent_matter_of_which_what_was_wrong_is_changed_is_there_again(
    was: dict[str, str], now: dict[str, str], *, is_named: bool
) -> None:
    first, again = (report(progress=[], new=[], reception=[], urgent=[row]) for row in (was, now))
    day = on(DAY, assigned(assignment()), handed_in(first), handed_in(again, "2020-05-21 16:30", "更正.xlsx"))
    assert bool(day.of("rows-withdrawn")) is is_named


def test_rows_that_a_revision_leaves_out_are_named() -> None:
    first = write(report_pages(progress=[progress_row(), progress_row("SJ-2020-999"), resolved_row()]))
    second = report(progress=[progress_row()])
    day = on(DAY, assigned(assignment()), handed_in(first), handed_in(second, "2020-05-21 16:30", "更正.xlsx"))
    named = {finding.message.split("：")[1]: finding.message for finding in day.of("rows-withdrawn")}
    assert {file for file, finding in day.findings if finding.code == "rows-withdrawn"} == {"更正.xlsx"}
    assert {str(finding.severity) for finding in day.of("rows-withdrawn")} == {WARNING}
    assert set(named) == {"案件进展", "新增案件", "接访情况", "急报事项"}
    for sheet, names in {
        "案件进展": ["SJ-2020-999", "SJ-2020-001"],
        "新增案件": ["DS-2020-001"],
        "接访情况": ["物业服务"],
        "急报事项": ["SJ-2020-001", "停水停电停暖", "2020-05-21 09:30"],
    }.items():
        assert all(name in named[sheet] for name in names)
    assert "ZZQ-2020-001" not in named["案件进展"]


def test_a_case_that_vanished_from_a_newer_workbook_is_reported_and_stays() -> None:
    newer = assigned(assignment(CASES[:2]), "2020-05-20 09:00", "新分解表.xlsx")
    before, after = consolidate([assigned(assignment()), newer], [date(2020, 5, 19), DAY]).values()
    assert before.of("case-missing") == []
    assert [(file, finding.code, finding.value, str(finding.severity)) for file, finding in after.findings] == [
        ("新分解表.xlsx", "case-missing", "SJ-2020-002", WARNING)
    ]
    assert after.flagged("SJ-2020-002") >= {"missing_from_assignment"}


@pytest.mark.parametrize(
    ("before", "after", "reason", "refused"),
    [
        ("办理中", "已受理", "", True),
        ("办理中", "已受理", "材料有误", False),
        ("办理中", "办理中", "", False),
        ("已受理", "已化解", "", False),
        ("已化解", "办理中", "", True),
        ("已化解", "导入法定途径", "", True),
        ("导入法定途径", "已化解", "", True),
        ("导入法定途径", "办理中", "撤诉", False),
        ("已答复", "导入法定途径", "", False),
    ],
)
def test_a_backward_move_needs_its_reason(before: str, after: str, reason: str, *, refused: bool) -> None:
    first = report(day=DAY - timedelta(days=1), progress=[resolved_row(当前状态=before)])
    second = report(progress=[resolved_row(当前状态=after, 重新办理原因=reason)])
    day = on(DAY, assigned(assignment()), handed_in(first, "2020-05-20 16:00"), handed_in(second))
    assert _addresses([finding for _file, finding in day.findings], "status-went-back") == ([("案件进展!E2", ROW)] if refused else [])
    assert day.status("SJ-2020-001") == (before if refused else after)


def test_the_same_case_twice_refuses_every_such_row_and_equal_rows_count_once() -> None:
    differing = report(progress=[progress_row(), resolved_row(), progress_row(当前状态="已受理")])
    equal = report(progress=[progress_row(), resolved_row(), progress_row(包案领导="另一人", 办结时限="2020-06-01", 案由="别的")])
    day = on(DAY, assigned(assignment()), handed_in(differing))
    assert _addresses([finding for _file, finding in day.findings], "repeated-case") == [("案件进展!A2", ROW), ("案件进展!A4", ROW)]
    assert day.status("ZZQ-2020-001") == "已交办"
    day = on(DAY, assigned(assignment()), handed_in(equal))
    assert day.of("repeated-case") == []
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (2, 0)


def test_rows_that_are_equal_as_understood_are_not_repeated_though_written_differently() -> None:
    row = resolved_row(答复日期="2020-05-20", 今日进展="已 答复")
    other = resolved_row("sj2020001", 答复日期=Text("2020.5.20"), 今日进展="已答复", 当前状态="已 化解")
    day = on(DAY, assigned(assignment()), handed_in(report(progress=[row, other])))
    assert day.of("repeated-case") == []
    assert day.submission()["rows_accepted"] == 1
    assert day.counted("SJ-2020-001")


CASE_EXISTS: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("the same again", {}, False),
    ("another category", {"问题类别": "其他"}, True),
    ("another matter", {"案由": "电梯故障"}, True),
    ("the same matter spaced", {"案由": "小区 电梯停运"}, False),
    ("another unit", {"责任单位": "康巴什区住建局"}, True),
    ("another day", {"排查日期": "2020-05-19"}, True),
    ("another deadline", {"办结时限": "2020-06-30"}, False),
    ("another leader", {"包案领导": "领导五"}, False),
)


@pytest.mark.parametrize(("what", "cells", "refused"), CASE_EXISTS)
def test_a_new_case_that_is_there_already_must_be_the_same(what: str, cells: dict[str, str], *, refused: bool) -> None:
    first = report(day=date(2020, 5, 20), progress=[], new=[new_row()])
    second = report(progress=[], new=[new_row(**cells)])
    day = on(DAY, assigned(assignment()), handed_in(first, "2020-05-20 16:00"), handed_in(second))
    addresses = _addresses([finding for _file, finding in day.findings], "case-exists")
    assert addresses == ([("新增案件!A2", ROW)] if refused else []), what


def test_a_new_case_is_compared_with_the_workbook_where_the_district_had_no_row() -> None:
    listed = assigned(assignment([*CASES, case_row("DS-2020-001", 交办日期="2020-05-20", 案由="小区电梯停运", 问题类别="物业服务")]))
    day = on(DAY, listed, handed_in(report(progress=[], new=[new_row(责任单位="住建局")])))
    assert day.of("case-exists") == []
    day = on(DAY, listed, handed_in(report(progress=[], new=[new_row()])))
    assert _addresses([finding for _file, finding in day.findings], "case-exists") == [("新增案件!A2", ROW)]


def test_a_refused_sheet_costs_its_own_rows_and_they_are_in_neither_count() -> None:
    day = _reported({"接访情况!B1": "批数"})
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (4, 0)


def test_a_cell_that_has_a_refusing_finding_counts_as_filled() -> None:
    codes = [finding.code for finding in _of_report({"案件进展!H3": "5.20"}) if finding.refuses]
    assert codes == ["bad-date"]


def test_another_districts_case_is_judged_no_further() -> None:
    row = resolved_row("SJ-2020-002", 当前状态="已答复", 答复日期="2020-04-01", 包案领导="别人")
    day = on(DAY, assigned(assignment()), handed_in(report(progress=[row])))
    assert day.codes() == ["other-district"]


def test_a_row_gets_every_finding_that_applies() -> None:
    row = progress_row(当前状态="差不多了", 诉求认定="合理", 接访下访日期="2020-05-22", 今日进展=f"电话{MOBILE}")
    day = on(DAY, assigned(assignment()), handed_in(report(progress=[row])))
    assert sorted(day.codes()) == ["date-out-of-range", "not-in-list", "not-in-list", "personal-information"]
    assert day.submission()["rows_refused"] == 1


@pytest.mark.parametrize("number", [MOBILE, CITIZEN, BANK, "６２２２ 0202 0011 2233 446", "139 1234 5678"])
def test_a_personal_number_shows_nowhere(number: str) -> None:
    where = {"案件进展!A2": number, "案件进展!E2": number, "案件进展!F3": f"见{number}", "新增案件!F2": number, "封面!B3": number}
    day = on(DAY, assigned(assignment()), handed_in(write(edit(report_pages(), where)), name=f"{number}.xlsx"))
    bare = re.sub(r"\D", "", number)[:17]
    for content in day.files.values():
        assert number not in content.decode()
        assert bare not in re.sub(r"[ \-]", "", content.decode())


# --- what read-as and unknown-column promise ---------------------------------------------------------------------


def test_read_as_comes_once_for_a_column_and_says_how_many() -> None:
    rows = [resolved_row(答复日期=Text("2020.5.20")), resolved_row("ZZQ-2020-001", 答复日期=Text("2020年5月20日"))]
    findings = on(DAY, assigned(assignment()), handed_in(report(progress=rows))).of("read-as")
    assert [(finding.cell, "2 处" in finding.message) for finding in findings] == [("H2", True)]


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("案件进展!E2", "办理中\u200b", "当前状态“办理中”里有看不见的字符，没有算在内，不用改。"),
        ("案件进展!A2", "ＺＺＱ-2020-001", "案件编号“ZZQ-2020-001”里有全角的空格、字母、数字或标点，没有算在内，不用改。"),
        ("案件进展!H3", Text("2020-05-20"), "答复日期“2020-05-20”是按文本填的，照样读了，不用改。"),
        ("案件进展!E2", "办 理中", "当前状态写作“办 理中”，读作“办理中”，不用改。"),
        ("案件进展!H3", Text("2020.5.20"), "答复日期写作“2020.5.20”，读作 2020-05-20，不用改。"),
    ],
)
def test_what_would_look_the_same_before_and_after_is_told_by_what_differed(cell: str, value: str, said: str) -> None:
    assert [finding.message for finding in _of_report({cell: value}) if finding.code == "read-as"] == [said]


def test_messages_about_urgent_rows_do_not_need_a_case() -> None:
    assert on(DAY, assigned(assignment()), handed_in(report(progress=[], urgent=[urgent_row("")]))).findings == []


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


def test_read_as_for_headers_comes_for_each_column() -> None:
    findings = _of_report({"案件进展!F1": "今 日 进 展", "案件进展!G1": "诉 求认定"})
    assert _addresses(findings, "read-as") == [("案件进展!F1", WARNING), ("案件进展!G1", WARNING)]


def test_a_number_taken_without_its_leading_zeros_is_said_to_be_read_as_the_case() -> None:
    findings = [finding for finding in _of_report({"案件进展!A2": "ZZQ-2020-1"}) if finding.code == "read-as"]
    assert [(finding.sheet, finding.cell) for finding in findings] == [("案件进展", "A2")]
    assert "ZZQ-2020-001" in findings[0].message


def test_a_district_written_as_an_alias_in_the_assignment_is_said_to_be_read_as() -> None:
    assert _addresses(_of_assignment({"群众来访案件!C2": "东胜"}), "read-as") == [("群众来访案件!C2", WARNING)]


def test_a_refused_row_gets_its_warnings_too() -> None:
    findings = _of_assignment({"群众来访案件!D2": "绿化", "群众来访案件!N2": date(2020, 12, 31)})
    assert {finding.code for finding in findings} == {"not-in-list", "deadline-beyond-statute"}


def test_of_rows_equal_as_understood_a_clean_one_is_not_lost_with_one_that_holds_a_personal_number() -> None:
    rows = [resolved_row(案由=f"逾期交房{MOBILE}"), resolved_row(案由="逾期交房")]
    day = on(DAY, assigned(assignment()), handed_in(report(progress=rows)))
    assert day.counted("SJ-2020-001")


def test_new_cases_that_differ_only_in_leading_zeros_are_not_swallowed() -> None:
    rows = [new_row("DS-2020-09"), new_row("DS-2020-009", 案由="供暖不足")]
    day = on(DAY, assigned(assignment()), handed_in(report(progress=[], new=rows)))
    assert day.submission()["rows_refused"] == 2 or {"DS-2020-09", "DS-2020-009"} <= set(day.summary["cases"])


def test_a_signature_line_under_the_liaison_leaders_is_no_row() -> None:
    assert _of_assignment({"包联旗区!A12": "填报人：甲", "包联旗区!B12": "审核人：乙"}) == []


@pytest.mark.parametrize("note", ["填表日期20200521", f"联系人电话{MOBILE}", "截至20200521"])
def test_a_note_of_words_and_digits_is_no_case_number(note: str) -> None:
    day = _reported({"案件进展!F9": note})
    assert [finding for _file, finding in day.findings if finding.refuses] == []
    assert day.submission()["rows_refused"] == 0


@pytest.mark.parametrize(
    ("cells", "code", "day"),
    [
        ({"封面!B2": ""}, "bad-report-date", "2020-05-23"),
        ({"封面!B2": "某日"}, "bad-report-date", "2020-05-23"),
        ({"案件进展!H3": "某日"}, "bad-date", "2020-05-21"),
        ({"急报事项!D2": ""}, "required", "2020-05-21"),
    ],
)
def test_the_example_of_a_date_is_one_that_would_be_taken(cells: dict[str, str], code: str, day: str) -> None:
    """The day of arrival for the report's date, the report's own day for the dates in it."""
    read = read_report(write(edit(report_pages(), cells)), "2020-05-23 09:00")
    messages = [finding.message for finding in read.findings if finding.code == code]
    assert messages
    assert all(f"例如：{day}" in message or f"写成这样：{day}" in message for message in messages)


# --- what is said is true -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "by_office", "by_district"),
    [
        ({"办结时限": "2020-06-12"}, {"办结时限": "2020-06-10"}, {"办结时限": "2020-06-11"}),
        ({"延期至": "2020-07-01"}, {"办结时限": "6月10日"}, {"办结时限": "6月11日"}),
        ({"包案领导": "领导二"}, {"包案领导": "领导 一、领导三"}, {"包案领导": "领导三"}),
        ({"案由": "漏水"}, {"案由": "逾期 交房"}, {"案由": "停水"}),
    ],
)
def test_what_an_earlier_template_had_was_changed_by_the_office_and_is_told_so(
    cells: dict[str, str], by_office: dict[str, str], by_district: dict[str, str]
) -> None:
    newer = assigned(assignment([CASES[0], {**CASES[1], **cells}, CASES[2]]), "2020-05-21 09:00", "改.xlsx")
    for written, told in ((by_office, "模板发出以后办公室改成了"), (by_district, "这里改成了")):
        day = on(DAY, assigned(assignment()), newer, handed_in(report(progress=[progress_row("SJ-2020-001", **written)])))
        found = next(finding for _file, finding in day.findings if finding.code == "prefilled-changed")
        assert told in found.message
        assert bool(day.beyond["reconciliation"]["differing"]) is (written is by_district and "案由" not in written)


def test_a_date_without_its_year_is_said_with_the_year_that_it_was_read_as() -> None:
    rows = [new_row("DS-2020-007", 办结时限="3月1日", 排查日期=date(2020, 5, 20)), new_row("DS-2020-008", 办结时限="3月1日", 排查日期=None)]
    for row, told in zip(rows, ("读作 2021-03-01，不用改", "看不出是哪一年"), strict=True):
        found = [finding.message for finding in read_report(report(new=[row])).findings if finding.code == "read-as"]
        assert [told in message for message in found] == [True]


def test_a_number_without_dash_and_zeros_gets_one_remark_in_its_cell() -> None:
    rows = [progress_row("SJ2020-1"), progress_row("ZZQ-2020-1")]
    told = ["案件编号写作“SJ2020-1”，读作“SJ-2020-1”，不用改。", "案件编号前面的 0 写得与台账不同，读作“ZZQ-2020-001”，不用改。"]
    for progress, said in ((rows[:1], told[:1]), (rows, told)):
        day = on(DAY, assigned(assignment()), handed_in(report(progress=progress)))
        assert [finding.message for _file, finding in day.findings if finding.code == "read-as"] == said


def test_a_zero_report_with_rows_does_not_say_that_refused_ones_are_taken() -> None:
    pages = report_pages(progress=[progress_row("SJ-2020-001", 当前状态="已答复")])
    read = read_report(write(edit(pages, {"封面!B5": "是"})))
    found = next(finding for finding in read.findings if finding.code == "zero-report-with-rows")
    assert "不算零报告，没有退回的行采用" in found.message
