"""Finding the sheet, the header and the rows, whatever the page around them looks like.

Covers `assignment_workbook`, `daily_report`, `cell_kinds`, `checking`, `deadlines` and `examination`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import pytest
import xlsb
from offices import Day, assigned, handed_in, on, read_assignment, read_report
from workbooks import (
    CASES,
    DAY,
    Page,
    Pages,
    Value,
    assignment,
    assignment_pages,
    edit,
    new_row,
    page,
    progress_row,
    reception_row,
    report_pages,
    resolved_row,
    write,
)

from pipeline.reading.table import label
from pipeline.terms.contract import Severity
from pipeline.terms.handed_in import Reading
from pipeline.terms.rows import rows_of_sheet


def _read(pages: Pages) -> Reading:
    return read_report(write(pages))


def _numbers(read: Reading) -> list[str | None]:
    rows = rows_of_sheet(read.rows, "案件进展")
    return rows.texts("案件编号") if rows else []


def _day(pages: Pages) -> Day:
    return on(DAY, assigned(assignment()), handed_in(write(pages)))


# --- what a header says ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("案件编号", "案件编号"),
        ("案件编号*", "案件编号"),
        ("案件编号＊：", "案件编号"),
        ("案件编号：", "案件编号"),
        ("案件编号（必填）", "案件编号"),
        ("案件编号（必填）*", "案件编号"),
        ("案件编号*（必填）：", "案件编号"),
        ("案 件\n编 号", "案件编号"),
        ("涉及金额（万元）（必填）", "涉及金额"),
        ("编号（案件", "编号(案件"),
        ("*", ""),
        ("（备注）", ""),
    ],
)
def test_what_trails_a_header_does_not_count(written: str, name: str) -> None:
    assert label(written)[0] == name


# --- the page around the table -----------------------------------------------------------------------------------


def _title(pages: Pages) -> None:
    pages["案件进展"].insert_row(0, "东胜区信访事项日报")


def _title_and_note(pages: Pages) -> None:
    pages["案件进展"].insert_row(0, "东胜区信访事项日报")
    pages["案件进展"].insert_row(1, "填报说明：每天 17:00 前报送，当前状态从下拉框选择")
    pages["案件进展"].insert_row(2)


def _merged_title(pages: Pages) -> None:
    _title(pages)
    pages["案件进展"].merges.append("A1:O1")


def _inserted_columns(pages: Pages) -> None:
    pages["案件进展"].insert_column(0)
    pages["案件进展"].insert_column(3, "序号", 1, 2)


def _serial_numbers(pages: Pages) -> None:
    pages["案件进展"].insert_column(0, "序号", 1, 2)


def _another_order(pages: Pages) -> None:
    for row in pages["案件进展"].grid:
        row.reverse()


def _signature(pages: Pages) -> None:
    pages["案件进展"].append()
    pages["案件进展"].append("填报人：甲", None, "审核人：乙", None, "日期：2020-05-21")


def _blank_rows_between(pages: Pages) -> None:
    pages["案件进展"].insert_row(2)
    pages["案件进展"].insert_row(1)


def _hidden(pages: Pages) -> None:
    pages["案件进展"].hidden_rows += [1, 2]
    pages["案件进展"].hidden_columns += [0, 4]


def _sum_line(pages: Pages) -> None:
    pages["接访情况"].append("合计", 5, 3, 2)


def _sum_line_after_the_serial_number(pages: Pages) -> None:
    pages["接访情况"].insert_column(0, "序号", 1)
    pages["接访情况"].append(2, "合计", 5, 3, 2)


def _end_mark(pages: Pages) -> None:
    pages["案件进展"].append(None, "以下空白")
    pages["新增案件"].append("以下空白", None, "以下空白")


def _note_below(pages: Pages) -> None:
    pages["案件进展"].append(None, None, None, None, None, "其余案件无变化")


def _remark_row(pages: Pages) -> None:
    pages["案件进展"].append("备注", "以上案件均已核对", "无误")
    pages["急报事项"].append("说明：", "以上为当日急报", "请阅")


def _header_once_more(pages: Pages) -> None:
    pages["案件进展"].grid.insert(2, list(pages["案件进展"].grid[0]))


def _row_of_words_for_nothing(pages: Pages) -> None:
    pages["新增案件"].append("无", "/", "—", "暂无", "-")


def _another_sheet(pages: Pages) -> None:
    pages["填表说明"] = Page([["当前状态从下拉框选择"]])
    pages["案件进展填报说明"] = Page([["案件编号", "当前状态"], ["SJ-2020-999", "已化解"]])


def _trailing_formats(pages: Pages) -> None:
    pages["案件进展"].append(*[" "] * 15)


HARMLESS = (
    _title, _title_and_note, _merged_title, _inserted_columns, _serial_numbers, _another_order, _signature, _blank_rows_between,
    _hidden, _sum_line, _sum_line_after_the_serial_number, _end_mark, _note_below, _remark_row, _header_once_more,
    _row_of_words_for_nothing, _another_sheet, _trailing_formats,
)  # fmt: skip


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__.strip("_"))
def test_what_stands_around_a_table_does_no_harm(change: Callable[[Pages], None]) -> None:
    pages = report_pages()
    change(pages)
    day = _day(pages)
    assert [(finding.code, finding.sheet, finding.cell) for _file, finding in day.findings] == []
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (5, 0)
    assert day.counted("SJ-2020-001")


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__.strip("_"))
def test_a_cell_keeps_its_address_whatever_stands_around(change: Callable[[Pages], None]) -> None:
    pages = report_pages()
    for row in pages["案件进展"].grid:
        row[:] = ["看不懂" if cell == "办理中" else cell for cell in row]
    change(pages)
    (finding,) = _day(pages).of("not-in-list")
    cells = {f"{chr(65 + c)}{r + 1}": cell for r, row in enumerate(pages["案件进展"].grid) for c, cell in enumerate(row)}
    assert cells[finding.cell] == "看不懂"


ROWS: tuple[tuple[str, list[Value], int], ...] = (
    ("a case number alone", ["SJ-2020-001"], 1),
    ("a status alone in its own column", [None, None, None, None, "办理中"], 1),
    ("a status alone in another column", [None, None, None, None, None, "办理中"], 0),
    ("a note alone", ["其余无变化"], 0),
    ("two cells without a number", [None, None, None, None, "办理中", "约谈"], 1),
    ("a number that is none", ["待定", None, None, None, "办理中"], 1),
    ("a signature", ["填报人：甲", "乙"], 0),
    ("a sum", ["合计", 2], 0),
    ("a case whose matter begins like a note", ["SJ-2020-001", "说明书不符", None, None, "办理中"], 1),
    ("words for nothing", ["无", "/"], 0),
    ("a zero", [None, None, None, None, None, 0, 0], 1),
)


@pytest.mark.parametrize(("what", "cells", "rows"), ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_a_row_and_what_is_none(what: str, cells: list[Value], rows: int) -> None:
    pages = report_pages(progress=[])
    pages["案件进展"].append(*cells)
    assert len(_numbers(_read(pages))) == rows, what


def test_an_urgent_matter_needs_no_number_to_be_a_row() -> None:
    pages = report_pages(urgent=[])
    pages["急报事项"].append(None, "其他民生事项", "路灯不亮", "9:30", "已报修")
    pages["急报事项"].append(None, None, "说明：以上已报街道", "9:30")
    rows = rows_of_sheet(_read(pages).rows, "急报事项")
    assert rows is not None
    assert rows.lines == [2]


def test_a_reception_row_without_a_category_that_begins_like_a_sum_is_none_and_another_is_one() -> None:
    pages = report_pages(reception=[])
    pages["接访情况"].append("总计", 5, 3, 2)
    pages["接访情况"].append(None, 5, 3, 2)
    rows = rows_of_sheet(_read(pages).rows, "接访情况")
    assert rows is not None
    assert rows.lines == [3]


# --- merged cells ------------------------------------------------------------------------------------------------


def test_a_value_merged_over_several_rows_holds_for_each() -> None:
    pages = report_pages(progress=[progress_row(), progress_row("SJ-2020-001")], reception=[reception_row(), reception_row("其他")])
    pages["案件进展"].merges.append("F2:F3")
    pages["案件进展"].grid[2][4] = None
    pages["案件进展"].merges.append("E2:E3")
    day = _day(pages)
    assert [finding.code for _file, finding in day.findings] == []
    assert (day.status("ZZQ-2020-001"), day.status("SJ-2020-001")) == ("办理中", "办理中")


def _unshown(pages: Pages) -> Reading:
    """The reading of a workbook that keeps what merged ranges cover; XlsxWriter would leave it out."""
    return read_report(xlsb.write(pages))


def test_what_a_merged_range_covers_is_not_read_and_is_told() -> None:
    pages = edit(report_pages(), {"案件进展!F2": "已约谈", "案件进展!J2": "不认可", "案件进展!I3": "东住建复〔2020〕1号"})
    pages["案件进展"].merges.append("F2:J2")
    reading = _unshown(pages)
    rows = reading.rows[0]
    assert [rows.text(column, 0) for column in ("今日进展", "诉求认定", "群众确认")] == ["已约谈", None, None]
    assert rows.text("答复文号", 1) == "东住建复〔2020〕1号"
    assert [(finding.code, finding.cell, finding.value) for finding in reading.findings] == [("read-as", "J2", "不认可")]
    assert "合并单元格盖住了“不认可”，Excel 里看不见，没有读" in reading.findings[0].message


def test_the_same_value_in_every_cell_of_a_range_hides_nothing() -> None:
    pages = edit(
        report_pages(), {"案件进展!E2": "办理中", "案件进展!E3": "办理中", "案件进展!G2": "", "案件进展!H3": "", "案件进展!I3": ""}
    )
    pages["案件进展"].merges += ["E2:E3", "G2:G3"]
    reading = _unshown(pages)
    assert reading.rows[0].values["当前状态"] == ["办理中", "办理中"]
    assert reading.findings == ()


def test_of_several_covered_cells_of_a_column_the_first_is_named_with_how_many() -> None:
    pages = edit(report_pages(), {"案件进展!F2": "一", "案件进展!G2": "诉求合理", "案件进展!G3": "部分合理", "案件进展!F3": "二"})
    pages["案件进展"].merges.append("F2:G3")
    reading = _unshown(pages)
    assert [(finding.cell, finding.value) for finding in reading.findings] == [("G2", "诉求合理"), ("F3", "二")]
    assert "（这一列共 2 处）" in reading.findings[0].message
    assert reading.rows[0].values["今日进展"] == ["一", "一"]


def test_a_number_of_a_person_is_found_where_a_merged_range_covers_it() -> None:
    pages = edit(report_pages(), {"案件进展!F2": "已约谈", "案件进展!G2": "13912345678"})
    pages["案件进展"].merges.append("F2:G2")
    reading = _unshown(pages)
    assert [(finding.code, finding.cell) for finding in reading.findings] == [("personal-information", "G2")]
    assert reading.rows[0].refused == [0]


def test_what_a_merged_range_covers_on_the_cover_is_told_too() -> None:
    pages = edit(report_pages(), {"封面!C2": "康巴什区"})
    pages["封面"].merges.append("B2:C2")
    assert [(finding.code, finding.cell) for finding in _unshown(pages).findings] == [("read-as", "C2")]


def test_a_merged_cover_is_read_past_the_merge() -> None:
    pages = report_pages()
    pages["封面"] = Page(
        [
            ["信访事项日报", None, None, None, None],
            ["旗区：", None, "达拉特旗", None, None],
            ["报告日期*", None, date(2020, 5, 21), "填报人（签字）", "甲"],
            ["审核人", "零报告", "否", None, None],
        ],
        merges=["A1:E1", "A2:B2", "A3:B3"],
    )
    read = _read(pages)
    assert (read.district, read.day) == ("达拉特旗", date(2020, 5, 21))
    assert (read.cover["填报人"], read.cover["审核人"], read.cover["零报告"]) == ("甲", "", "否")
    assert read.findings == ()


def test_a_value_further_right_than_the_next_cell_is_not_read() -> None:
    pages = report_pages()
    pages["封面"].grid[2] = ["填报人", None, "甲"]
    assert [finding.code for finding in _read(pages).findings] == ["cover-incomplete"]


# --- names of sheets ---------------------------------------------------------------------------------------------


def _renamed(**names: str) -> Pages:
    return {names.get(name, name): page for name, page in report_pages().items()}


@pytest.mark.parametrize("name", ["1.案件进展", "案件进展 (2)", "案件进展表", "案 件 进 展", "二、案件进展", "达旗案件进展"])
def test_a_similar_name_will_do(name: str) -> None:
    read = _read(_renamed(案件进展=name))
    assert read.accepted
    assert [finding.code for finding in read.findings] == ["read-as"]
    assert name in read.findings[0].message


def test_the_exact_name_wins_over_a_similar_one() -> None:
    pages = {"案件进展 (2)": page(["案件编号", "当前状态"], []), **report_pages(), "1.案件进展": Page([["旧"]])}
    assert _read(pages).findings == ()


def test_a_second_sheet_with_rows_is_said_not_to_be_read() -> None:
    second = page(["案件编号", "当前状态"], [{"案件编号": "SJ-2020-001", "当前状态": "办理中"}])
    read = _read({**report_pages(), "案件进展 (2)": second, "案件进展填报说明": second})
    assert read.accepted
    (found,) = read.findings
    assert (found.code, str(found.severity), found.sheet) == ("unknown-column", "warning", "案件进展 (2)")
    assert found.message.startswith("“案件进展 (2)”这张表没有读，只读了“案件进展”。")


def test_two_that_match_equally_well_refuse_the_file_and_are_named() -> None:
    pages = _renamed(案件进展="案件进展 (2)") | {"案件进展 (3)": report_pages()["案件进展"]}
    read = _read(pages)
    assert not read.accepted
    assert [finding.code for finding in read.findings] == ["not-the-template"]
    assert all(name in read.findings[0].message for name in ("案件进展 (2)", "案件进展 (3)"))


TITLE, NUMBER, SAID = ["督办通知回执"], ["市住建督〔2020〕9号", "SJ-2020-001"], ["办理措施", "已约见"]
SLIP = Page([[*TITLE], [*NUMBER], [*SAID]])
LARGE: list[list[Value]] = [["甲"] * 30 for _ in range(800)]
SLIPS: list[Pages] = [
    {"Sheet1": SLIP},
    {"Sheet1": Page([[*NUMBER], [*SAID]])},
    {"督办回执": Page([[*SAID]])},
    {"督办回复": SLIP, "Sheet2": Page([["甲"]])},
]


@pytest.mark.parametrize("pages", SLIPS)
def test_a_small_workbook_that_answers_a_notice_is_told_as_that(pages: Pages) -> None:
    (finding,) = _read(pages).findings
    assert (finding.code, finding.severity) == ("not-the-template", Severity.FILE)
    assert finding.message.startswith("这是对督办通知的回复（表格），不是日报，程序不读，不算回复过。请在日报模板的“督办回复”表里逐件填写")


@pytest.mark.parametrize(
    "pages",
    [
        {"Sheet1": SLIP, **{name: page for name, page in report_pages().items() if name != "封面"}},  # a report whose cover is gone
        {"Sheet1": Page([["督办情况"]])},
        {f"Sheet{number}": SLIP for number in range(4)},
        {"Sheet1": Page([[*TITLE], *LARGE])},
    ],
)
def test_what_is_more_than_such_an_answer_or_none_is_asked_for_its_cover(pages: Pages) -> None:
    assert "找不到工作表“封面”。请使用日报模板，不要删除或改名工作表。" in [found.message for found in _read(pages).findings]


def test_two_that_match_equally_well_refuse_an_optional_sheet_alone() -> None:
    pages = _renamed(新增案件="新增案件 (2)") | {"新增案件 (3)": report_pages()["新增案件"]}
    read = _read(pages)
    assert read.accepted
    assert [(finding.code, str(finding.severity)) for finding in read.findings] == [("not-the-template", "refused-sheet")]
    assert rows_of_sheet(read.rows, "新增案件") is None


# --- columns and units -------------------------------------------------------------------------------------------


def test_a_header_that_comes_twice_counts_the_first_time() -> None:
    pages = edit(report_pages(), {"案件进展!P1": "当前状态", "案件进展!P2": "已化解"})
    day = _day(pages)
    assert day.status("ZZQ-2020-001") == "办理中"
    assert [(finding.code, finding.cell) for _file, finding in day.findings] == [("unknown-column", "P1")]


@pytest.mark.parametrize(
    ("header", "cell", "amount"),
    [
        ("涉及金额(万元)", 35.5, "35.5"),
        ("涉及金额", 35.5, "35.5"),
        ("涉及金额（元）", 355000, "35.5"),
        ("涉及金额（元）", "35.5万元", "35.5"),
        ("涉及金额（元）（必填）", 355000, "35.5"),
        ("涉及金额（必填）", 35.5, "35.5"),
        ("涉及金额（千元）", 35.5, None),
        ("涉及金额(美元)", 35.5, None),
        ("涉及金额(户)", 35.5, None),
    ],
)
def test_a_bracketed_unit_counts(header: str, cell: Value, amount: str | None) -> None:
    read = _read(edit(report_pages(), {"新增案件!F1": header, "新增案件!F2": cell}))
    rows = rows_of_sheet(read.rows, "新增案件")
    assert rows is not None
    assert rows.texts("涉及金额") == [amount]
    assert ("unknown-column" in [finding.code for finding in read.findings]) is (amount is None)


def test_an_unknown_column_is_not_read() -> None:
    pages = edit(report_pages(), {"案件进展!P1": "满意度", "案件进展!P2": "13"})
    pages["案件进展"].append(*[None] * 15, "只有这一列")
    day = _day(pages)
    assert [(finding.code, finding.cell, finding.value) for _file, finding in day.findings] == [("unknown-column", "P1", "满意度")]


@pytest.mark.parametrize(
    ("sheet", "columns"),
    [
        ("案件进展", "案件编号 当前状态"),
        ("新增案件", "案件编号 问题类别 案由 责任单位 排查日期 办结时限"),
        ("接访情况", "问题类别 接访批次 当场答复 转交办理"),
    ],
)
def test_every_starred_column_is_needed_and_named(sheet: str, columns: str) -> None:
    for column in columns.split():
        pages = report_pages()
        at = pages[sheet].grid[0].index(column)
        pages[sheet].grid[0][at] = "别的"
        (finding,) = [finding for finding in _read(pages).findings if finding.code == "not-the-template"]
        assert column in finding.message


def test_a_column_without_a_star_may_be_missing() -> None:
    pages = report_pages(progress=[])
    pages["案件进展"] = page(["案件编号", "当前状态"], [progress_row()])
    pages["新增案件"] = page(["案件编号", "问题类别", "案由", "责任单位", "排查日期", "办结时限"], [new_row()])
    assert _day(pages).findings == []


def test_all_three_sheets_of_an_assignment_must_be_there() -> None:
    for name in ("包联旗区", "自治区交办案件", "群众来访案件"):
        pages = assignment_pages()
        del pages[name]
        assert "not-the-template" in _assignment_codes(pages)


def test_an_assignment_may_look_as_untidy_as_a_report() -> None:
    pages = assignment_pages()
    pages["群众来访案件"].insert_row(0, "案件包案任务分解表")
    pages["群众来访案件"].insert_column(0, None, "序号", 1, 2)
    pages["群众来访案件"].append("制表：信访股")
    pages["自治区交办案件"].append("合计", 1)
    day = on(DAY, assigned(write(pages)))
    assert day.findings == []
    assert len(day.summary["cases"]) == len(CASES)


def _assignment_codes(pages: Pages) -> Iterable[str]:
    return [finding.code for finding in read_assignment(write(pages)).findings]


def test_a_resolved_row_is_read_in_every_column() -> None:
    rows = rows_of_sheet(_read(report_pages(progress=[resolved_row(接访下访领导="乙", 接访下访日期="2020-05-19")])).rows, "案件进展")
    assert rows is not None
    filled = {name: value for name, [value] in rows.values.items() if value}
    assert filled == {
        "案件编号": "SJ-2020-001", "当前状态": "已化解", "今日进展": "已书面答复", "答复日期": date(2020, 5, 20),
        "答复文号": "东住建信〔2020〕1号", "群众确认": "认可", "接访下访领导": "乙", "接访下访日期": date(2020, 5, 19),
    }  # fmt: skip


# --- from the contract's sentences, found wanting while this was written ---------------------------------------


@pytest.mark.parametrize("header", ["涉及金额（人民币元）", "涉及金额（单位：人民币元）"])
def test_a_unit_with_a_word_before_it_is_never_read_as_ten_thousands(header: str) -> None:
    rows = rows_of_sheet(_read(edit(report_pages(), {"新增案件!F1": header, "新增案件!F2": 50000})).rows, "新增案件")
    assert rows is not None
    assert rows.texts("涉及金额") in (["5"], [None])


def test_nothing_of_a_mobile_number_in_an_amount_is_kept() -> None:
    rows = rows_of_sheet(_read(edit(report_pages(), {"新增案件!F1": "涉及金额(元)", "新增案件!F2": 13912345678})).rows, "新增案件")
    assert rows is not None
    assert "1234" not in str(rows.values["涉及金额"])


def test_a_header_over_two_rows_is_read_where_it_says_most() -> None:
    pages = report_pages(progress=[resolved_row("SJ-2020-001")], new=[], reception=[], urgent=[])
    grid = pages["案件进展"].grid
    at = {name: index for index, name in enumerate(grid[0])}
    over: list[Value] = [*grid[0]]
    over[at["答复日期"]], over[at["答复文号"]] = "书面答复", None
    grid.insert(0, over)
    reading = read_report(write(pages))
    (rows,) = (sheet for sheet in reading.rows if sheet.sheet == "案件进展")
    assert (rows.values["答复文号"], rows.refused) == (["东住建信〔2020〕1号"], [])
    assert [finding.value for finding in reading.findings if finding.code == "unknown-column"] == []


def _with_second_table(*rows: list[Value]) -> Pages:
    pages = report_pages(progress=[progress_row(), resolved_row()], new=[], reception=[], urgent=[])
    pages["案件进展"].append()
    for row in rows:
        pages["案件进展"].append(*row)
    return pages


@pytest.mark.parametrize(
    "header", [["案件编号", "接访领导", "处理意见"], ["序号", "案件编号", "当前状态"], ["包案领导", "办结时限", "次数"]]
)
def test_rows_under_the_header_of_a_second_table_are_refused_as_that_and_their_header_is_no_row(header: list[Value]) -> None:
    """Read by the first header, one column would pass for another."""
    pages = _with_second_table(header, ["SJ-2020-002", "领导甲", "已约谈", None, "已化解"], ["SJ-2020-003", "领导乙", "约谈"])
    reading = read_report(write(pages))
    found = [(finding.code, finding.severity, finding.cell) for finding in reading.findings]
    assert found == [("not-the-template", "refused-row", f"A{row}") for row in (6, 7)]
    assert "第 5 行又是一行表头" in reading.findings[0].message
    (rows,) = (sheet for sheet in reading.rows if sheet.sheet == "案件进展")
    assert (len(rows.lines), rows.refused) == (4, [2, 3])
    assert rows.texts("当前状态")[2:] == [None, None]
    day = on(DAY, assigned(assignment()), handed_in(write(pages)))
    assert (day.submission()["rows_accepted"], day.submission()["rows_refused"]) == (2, 2)


@pytest.mark.parametrize("header", [["案件编号*"], ["案件编号", None, None, None, "当前状态 "], ["案件编号", "案由：", "包案领导"]])
def test_rows_under_the_same_header_once_more_count(header: list[Value]) -> None:
    """The neighbour: a second page of the same table, of whose header only some cells came along."""
    pages = _with_second_table(header, ["SJ-2020-003", None, None, None, "办理中", "约谈"])
    reading = read_report(write(pages))
    assert reading.findings == ()
    assert _numbers(reading)[2:] == ["SJ-2020-003"]


def test_a_second_header_without_rows_says_nothing_and_the_first_one_again_ends_the_other_table() -> None:
    own = list(report_pages()["案件进展"].grid[0])
    for rows in ([["案件编号", "结果"]], [["案件编号", "结果"], own, ["SJ-2020-003", None, None, None, "办理中", "约谈"]]):
        assert read_report(write(_with_second_table(*rows))).findings == ()


def test_a_personal_number_under_another_header_is_found_all_the_same() -> None:
    codes = {
        finding.code for finding in read_report(write(_with_second_table(["案件编号", "电话"], ["SJ-2020-003", "13812345678"]))).findings
    }
    assert codes == {"not-the-template", "personal-information"}


def test_a_personal_number_alone_in_its_row_is_not_said_to_stand_outside_the_table() -> None:
    (finding,) = read_report(write(edit(report_pages(), {"案件进展!F9": "13812345678"}))).findings
    assert (finding.code, finding.severity, finding.cell) == ("personal-information", "warning", "F9")
    assert "不属于任何一行的单元格（标题、落款，或一行里只填了这一格）" in finding.message
    assert "表格以外" not in finding.message
