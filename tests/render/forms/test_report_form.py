"""日报模板: what stands in them, what may be typed, and that they come back as reports.

Covers `report_form`, `form_sheets`, `form_layout`, `form_words` and `drop_downs`.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as dt_time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import hostile
import openpyxl
import pytest
import weeks
from hostile import HOSTILE, seen
from offices import HOME, SETTINGS, Day, File, afternoon, assigned, consolidate, handed_in, on, read_assignment, read_report
from weeks import DAYS, WEEKS
from workbooks import (
    DAY,
    DISTRICTS,
    Formula,
    Row,
    Value,
    assignment,
    case_row,
    exemption_row,
    new_row,
    progress_row,
    report,
    resolved_row,
    turn_row,
)

from pipeline.render.forms import report_form
from pipeline.settings.config import Settings
from pipeline.terms import contract
from pipeline.terms.contract import Kind
from pipeline.terms.text import key

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

NEXT = DAY + timedelta(days=1)
FIRST = 4
"""The first row below the header, as Excel counts."""
SHEETS = ["封面", "填写说明", "案件进展", "新增案件", "接访情况", "急报事项", "督办回复"]

CASES = (
    case_row("ZZQ-2020-001"),
    case_row("SJ-2020-001"),
    case_row("SJ-2020-003", 延期至="2020-07-01", 案由="欠薪\n两处工地", 包案领导="领导一、领导二"),
    case_row("SJ-2020-004"),
    case_row("SJ-2020-005", 撤销依据="重复交办"),
    case_row("SJ-2020-002", "达拉特旗", 包案领导="领导三"),
)
REPORTED: tuple[Row, ...] = (
    progress_row(下一步措施="约谈二次", 需协调事项="请自然资源局协调", 接访下访领导="领导一", 接访下访日期="2020-05-21"),
    resolved_row("SJ-2020-001"),
    resolved_row("SJ-2020-003", 群众确认="不认可", 诉求认定="部分合理"),
    progress_row("SJ-2020-004", 当前状态="导入法定途径"),
)
FILES = (assigned(assignment(CASES)), handed_in(report(progress=REPORTED)))


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def templates(day: Day) -> dict[str, bytes]:
    """The day's templates by district."""
    return {path.removeprefix("日报模板/").partition("_")[0]: content for path, content in report_form.render(day.report).items()}


def noticed(day: date, files: Iterable[File]) -> Day:
    """What these files come to on one day, with its notices and those before it."""
    return consolidate(files, [day], noticed=True)[day]


@pytest.fixture(scope="module")
def yesterday() -> Day:
    return noticed(DAY, FILES)


@pytest.fixture(scope="module")
def content(yesterday: Day) -> bytes:
    """东胜区's template."""
    return templates(yesterday)["东胜区"]


def columns_of(sheet: Worksheet, header: int = FIRST - 1) -> dict[str, int]:
    """Each header with its column, from 1; the star does not count."""
    return {str(cell.value).removesuffix("*"): cell.column for cell in sheet[header] if cell.value}


def row_of(sheet: Worksheet, number: str) -> int:
    """The row of that case, from 1."""
    return next(row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, 1).value == number)


def fill(content: bytes, rows: Mapping[str, Iterable[Row]], cover: Mapping[str, Value] | None = None) -> bytes:
    """The workbook as a clerk fills it in: rows of cases that are there over their own, others into the room below."""
    book = opened(content)
    for name, sheet_rows in rows.items():
        sheet = book[name]
        columns = columns_of(sheet)
        free = next(row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, 1).value is None)
        for row in sheet_rows:
            numbers: dict[object, int] = {sheet.cell(at, 1).value: at for at in range(FIRST, free)}
            at = numbers.get(next(iter(row.values())), free)
            free += at == free
            for header, value in row.items():
                sheet.cell(at, columns[header]).value = _cell(header, value)
    for label, cell in cover_of(book).items() if cover else ():
        cell.value = _cell(label, cover[label]) if cover and label in cover else cell.value
    return saved(book)


def cover_of(book: Workbook) -> dict[str, Cell]:
    """The cell behind each label of 封面."""
    sheet = book["封面"]
    return {str(sheet.cell(row, 1).value).removesuffix("*"): sheet[f"B{row}"] for row in range(4, 10)}


def _cell(header: str, value: Value) -> str | float | date | dt_time | None:
    assert not isinstance(value, Formula)
    return date.fromisoformat(value) if isinstance(value, str) and header in ("答复日期", "排查日期", "办结时限", "交办日期") else value


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# --- what stands in them -----------------------------------------------------------------------------------------


def test_every_district_gets_its_report_of_the_next_day(yesterday: Day) -> None:
    assert list(report_form.render(yesterday.report)) == [f"日报模板/{name}_日报_2020-05-22.xlsx" for name in DISTRICTS]


def test_the_sheets_stand_in_their_order_and_the_cover_is_filled_in(content: bytes) -> None:
    book = opened(content)
    assert book.sheetnames == SHEETS
    cover = cover_of(book)
    assert {label: cell.value for label, cell in cover.items()} == {
        "旗区": "东胜区",
        "报告日期": datetime(2020, 5, 22),  # noqa: DTZ001 - a workbook knows no zones
        "填报人": "甲",
        "审核人": None,
        "零报告": "否",
        "模板版本": contract.TEMPLATE_VERSION,
    }
    assert cover["报告日期"].number_format == "yyyy-mm-dd"


def test_open_and_disputed_cases_stand_in_it_whole_but_for_what_belongs_to_one_day(content: bytes) -> None:
    sheet = opened(content)["案件进展"]
    names = columns_of(sheet)
    assert list(names) == [column.header for column in contract.PROGRESS.columns if column.kind is not Kind.UNREAD]
    listed = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST, max_row=sheet.max_row)]
    filled = {row[0]: {name: row[at - 1] for name, at in names.items() if row[at - 1] is not None} for row in listed if row[0]}
    deadline = datetime(2020, 6, 10)  # noqa: DTZ001
    assert filled == {
        "SJ-2020-003": {
            "案件编号": "SJ-2020-003",
            "案由": "欠薪\n两处工地",
            "包案领导": "领导一、领导二",
            "办结时限": datetime(2020, 7, 1),  # noqa: DTZ001
            "当前状态": "已化解",
            "诉求认定": "部分合理",
            "答复日期": datetime(2020, 5, 20),  # noqa: DTZ001
            "答复文号": "东住建信〔2020〕1号",
            "群众确认": "不认可",
        },
        "ZZQ-2020-001": {
            "案件编号": "ZZQ-2020-001",
            "案由": "逾期交房",
            "包案领导": "领导一",
            "办结时限": deadline,
            "当前状态": "办理中",
            "下一步措施": "约谈二次",
            "需协调事项": "请自然资源局协调",
        },
    }
    assert len(listed) == 2 + 100


def test_whoever_reported_last_is_named_and_where_nobody_ever_did_a_name_is_asked_for() -> None:
    earlier = handed_in(report("达拉特旗", DAY - timedelta(days=1), progress=[]), "2020-05-20 16:00")
    made = templates(on(DAY, *FILES, earlier))
    reporters = {name: opened(content)["封面"]["B6"].value for name, content in made.items()}
    assert reporters == {**{name: f"{name}填报人（请改为姓名）" for name in DISTRICTS}, "东胜区": "甲", "达拉特旗": "甲"}


def test_an_empty_name_does_not_hide_an_earlier_one() -> None:
    nameless = fill(templates(on(DAY, *FILES))["东胜区"], {}, {"填报人": None})
    after = on(NEXT, *FILES, File(nameless, afternoon(NEXT)))
    assert [finding.code for finding in after.of("cover-incomplete")] == ["cover-incomplete"]
    assert opened(templates(after)["东胜区"])["封面"]["B6"].value == "甲"


# --- what may be typed -------------------------------------------------------------------------------------------

BLANKS = report_form.blanks(SETTINGS)
DECLARED = [
    *((report_form.BLANK_REPORT, sheet) for sheet in (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS)),
    *((report_form.BLANK_ASSIGNMENT, sheet) for sheet in (*contract.ASSIGNMENT_SHEETS, contract.EXEMPTIONS)),
]


def checks(sheet: Worksheet) -> dict[int, DataValidation]:
    """The check of each column, from 1; each begins below the header and goes on over the whole room."""
    by_column = {}
    for validation in sheet.data_validations.dataValidation:
        (area,) = validation.sqref.ranges
        assert (area.min_row, area.max_row, area.min_col) == (FIRST, sheet.max_row, area.max_col)
        by_column[area.min_col] = validation
    return by_column


@pytest.mark.parametrize(("book", "declared"), DECLARED, ids=lambda sheet: getattr(sheet, "name", ""))
def test_every_column_has_its_hint_its_list_or_check_and_its_format(book: str, declared: contract.Sheet) -> None:
    sheet = opened(BLANKS[book])[declared.name]
    columns, validations = columns_of(sheet), checks(sheet)
    read = [column for column in declared.columns if column.kind is not Kind.UNREAD]
    assert [str(cell.value) for cell in sheet[FIRST - 1]] == [f"{column.header}{'*' if column.required else ''}" for column in read]
    assert sheet.max_row - FIRST + 1 >= 100
    for column in read:
        validation = validations[columns[column.header]]
        title, prompt, error = validation.promptTitle or "", validation.prompt or "", validation.error or ""
        assert 1 <= len(title) <= 32
        assert 5 <= len(prompt) <= 255, column.name
        assert not {*prompt} & {*"{}"}
        cells = [sheet.cell(row, columns[column.header]) for row in (FIRST, sheet.max_row)]
        assert all(cell.border.left.style == "thin" for cell in cells)
        match column.kind:
            case Kind.CHOICE | Kind.DISTRICT:
                values = column.values or SETTINGS.district_names
                assert (validation.type, validation.formula1, validation.errorStyle or "stop") == ("list", f'"{",".join(values)}"', "stop")
                assert error.endswith("。")
            case Kind.DATE:
                assert validation.type == "date"
                assert {cell.number_format for cell in cells} == {"yyyy-mm-dd"}
            case Kind.MOMENT:
                assert validation.type == "date"
                assert {cell.number_format for cell in cells} == {"yyyy-mm-dd hh:mm"}
            case Kind.COUNT | Kind.MONEY:
                assert (validation.type, validation.operator, validation.formula1) == (
                    "whole" if column.kind is Kind.COUNT else "decimal",
                    "greaterThanOrEqual",
                    "0",
                )
            case Kind.CODE:
                assert {cell.number_format for cell in cells} == {"@"}
            case _:
                assert validation.type is None


DATES = (
    ("旗区日报模板.xlsx", "案件进展", "答复日期", "36526", "IF(ISNUMBER('封面'!$B$5),'封面'!$B$5,73050)", "不能晚于封面的报告日期"),
    ("旗区日报模板.xlsx", "案件进展", "接访下访日期", "36526", "IF(ISNUMBER('封面'!$B$5),'封面'!$B$5,73050)", "不能晚于封面的报告日期"),
    ("旗区日报模板.xlsx", "新增案件", "排查日期", "36526", "IF(ISNUMBER('封面'!$B$5),'封面'!$B$5,73050)", "不能晚于封面的报告日期"),
    ("旗区日报模板.xlsx", "新增案件", "办结时限", "IF(ISNUMBER($K4),$K4,36526)", "73050", "不能早于排查日期"),
    ("旗区日报模板.xlsx", "督办回复", "完成时限", "IF(ISNUMBER('封面'!$B$5),'封面'!$B$5,36526)", "73050", "不能早于封面的报告日期"),
    ("旗区日报模板.xlsx", "急报事项", "发生时间", "36526", "73050", "09:30"),
    ("案件包案任务分解表模板.xlsx", "群众来访案件", "交办日期", "36526", "73050", "这样的日期"),
    ("案件包案任务分解表模板.xlsx", "群众来访案件", "办结时限", "IF(ISNUMBER($M4),$M4,36526)", "73050", "不能早于交办日期"),
    ("案件包案任务分解表模板.xlsx", "自治区交办案件", "延期至", "IF(ISNUMBER($N4),$N4,36526)", "73050", "不能早于办结时限"),
)


@pytest.mark.parametrize(("book", "name", "column", "low", "high", "sentence"), DATES, ids=lambda value: str(value)[:8])
def test_a_date_has_the_limits_that_the_checks_have(book: str, name: str, column: str, low: str, high: str, sentence: str) -> None:
    sheet = opened(BLANKS[book])[name]
    validation = checks(sheet)[columns_of(sheet)[column]]
    assert (validation.operator or "between", validation.formula1, validation.formula2) == ("between", low, high)
    assert sentence in (validation.error or "")


def test_the_date_that_the_limits_follow_stands_where_they_look() -> None:
    assert [opened(BLANKS[report_form.BLANK_REPORT])["封面"][cell].value for cell in ("A4", "A5", "A8")] == ["旗区*", "报告日期*", "零报告"]
    validations = {
        str(validation.sqref): validation for validation in opened(BLANKS[report_form.BLANK_REPORT])["封面"].data_validations.dataValidation
    }
    assert (validations["B8"].type, validations["B8"].formula1, validations["B5"].type) == ("list", '"是,否"', "date")
    assert validations["B4"].formula1 == f'"{",".join(DISTRICTS)}"'


def test_headers_and_what_is_filled_in_beforehand_are_locked_and_nothing_else_is(content: bytes) -> None:
    book = opened(content)
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book.worksheets)
    sheet = book["案件进展"]
    names = {at: name for name, at in columns_of(sheet).items()}
    assert all(cell.protection.locked for row in sheet.iter_rows(max_row=FIRST - 1) for cell in row)
    for row in sheet.iter_rows(min_row=FIRST):
        for cell in row:
            is_given = names[cell.column or 0] in ("案由", "包案领导", "办结时限") or (cell.column == 1 and row[0].value)
            assert bool(cell.protection.locked) == bool(is_given), cell.coordinate
    for name in SHEETS[3:-1]:
        assert not any(cell.protection.locked for row in book[name].iter_rows(min_row=FIRST) for cell in row)
    given, free = book["督办回复"].iter_rows(min_row=FIRST, max_row=FIRST + 1)
    assert [[bool(cell.protection.locked) for cell in row] for row in (given, free)] == [
        [True, True, True, False, False],
        [False, False, True, False, False],
    ]
    assert [book["封面"][f"B{row}"].protection.locked for row in range(4, 10)] == [True, False, False, False, False, True]


@pytest.mark.parametrize(("name", "given", "room"), [(report_form.BLANK_ASSIGNMENT, 0, 300), ("", 2, 100)])
def test_every_empty_row_is_like_the_first_and_rows_grow_with_what_is_typed(content: bytes, name: str, given: int, room: int) -> None:
    with zipfile.ZipFile(io.BytesIO(BLANKS[name] if name else content)) as book:
        part = book.read("xl/worksheets/sheet2.xml" if name else "xl/worksheets/sheet3.xml").decode()
    rows = re.findall(r'<row r="(\d+)"([^>]*)>(.*?)</row>', part)
    assert [int(number) for number, _said, _cells in rows] == list(range(1, FIRST + given + room))
    assert [number for number, attributes, _cells in rows if "customHeight" in attributes] == ["1", "2", "3"]
    first, *others = rows[FIRST - 1 + given :]
    for number, attributes, cells in others:
        assert (attributes, re.sub(rf'(r="[A-Z]+){number}"', rf'\g<1>{first[0]}"', cells)) == first[1:]
    assert re.search(rf'<dimension ref="A1:[A-Z]+{rows[-1][0]}"/>', part)


def test_a_sheet_is_ready_for_the_printer(content: bytes) -> None:
    for sheet in opened(content).worksheets[2:]:
        assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("B4", "$3:$3", "landscape")
        assert (sheet.page_setup.fitToHeight, getattr(sheet.sheet_properties.pageSetUpPr, "fitToPage", None)) == (0, True)


def test_a_name_that_no_list_can_hold_costs_the_list_alone() -> None:
    districts = tuple(
        district.model_copy(update={"name": "甲,乙"}) if district.code == "DS" else district for district in SETTINGS.districts
    )
    blank = report_form.blank_report(Settings(districts=districts, groups=SETTINGS.groups))
    validations = {str(validation.sqref): validation for validation in opened(blank)["封面"].data_validations.dataValidation}
    assert (validations["B4"].type, validations["B4"].prompt) == (None, "旗区全称。")


def test_the_name_of_a_district_leads_nowhere() -> None:
    (district, *_others) = SETTINGS.districts
    draft = report_form.Draft(district.model_copy(update={"name": '../甲/乙:*?"<>|'}), NEXT, "", ())
    assert draft.name == ".._甲_乙________日报_2020-05-22.xlsx"


# --- as agreed ---------------------------------------------------------------------------------------------------


def test_the_template_is_as_agreed(content: bytes, golden: Callable[[str, str], None]) -> None:
    lines = []
    for sheet in opened(content).worksheets:
        lines.append(f"# {sheet.title} {sheet.dimensions}")
        lines += [_line(sheet, cell) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        for validation in sheet.data_validations.dataValidation:
            limits = " … ".join(limit for limit in (validation.formula1, validation.formula2) if limit)
            hint = f"{validation.promptTitle}：{validation.prompt}"
            lines.append(f"{sheet.title}!{validation.sqref}, {validation.type or 'any'}, {limits} | {hint} | {validation.error or ''}")
        for area in sheet.conditional_formatting:
            lines += [f"{sheet.title}!{area.sqref}, {rule.type}, {rule.formula[0]}" for rule in area.rules]
    golden("xlsx/日报模板.txt", "\n".join(lines) + "\n")


def _line(sheet: Worksheet, cell: Cell) -> str:
    value = str(cell.value).replace("\n", "⏎")
    return f"{sheet.title}!{cell.coordinate}, {cell.number_format}, {value}{'' if cell.protection.locked else ' ✎'}"


def test_the_same_day_gives_the_same_bytes_at_any_time(yesterday: Day) -> None:
    first = report_form.render(yesterday.report)
    time.sleep(2.1)  # a zip entry's time counts in steps of two seconds
    assert report_form.render(yesterday.report) == first
    assert report_form.blanks(SETTINGS) == BLANKS


def test_nine_districts_take_less_than_a_second(yesterday: Day) -> None:
    began = time.process_time()
    report_form.render(yesterday.report)
    assert time.process_time() - began < 1


# --- sent back ---------------------------------------------------------------------------------------------------


def sent_back(contents: Iterable[bytes], day: date = NEXT) -> list[File]:
    """The workbooks as reports that come in on that day in time."""
    return [File(content, afternoon(day), f"日报{number}.xlsx") for number, content in enumerate(contents)]


def figures(day: Day) -> dict[str, object]:
    """What must not change where nothing happened; how sure a target is changes with every report that comes."""
    targets = [{name: figure for name, figure in target.items() if name != "certain"} for target in day.summary["targets"]]
    return {"targets": targets, **{name: day.summary[name] for name in ("by_source", "by_district", "by_leader", "by_category", "cases")}}


def assert_untouched(files: Iterable[File], day: date) -> None:
    """Send the day's templates back as they are: no finding about them but what was found before, every state as it was."""
    before = noticed(day, files)
    after = on(day + timedelta(days=1), *files, *sent_back(templates(before).values(), day + timedelta(days=1)))
    said = [(line.file, line.finding) for line in after.report.findings if line.district]
    assert [(file, finding) for file, finding in said if finding.code != "reply-before-dispute"] == []  # said as long as that reply stands
    assert figures(after) == figures(before)
    assert {submission["status"] for submission in after.summary["submissions"]} == {"on-time"}
    assert {name: changed for name, changed in after.summary["changes"].items() if changed} == {}
    assert [case.days_idle for case in after.report.cases] == [case.days_idle + 1 for case in before.report.cases]
    again = on(day + timedelta(days=1), *files)
    assert {flag: after.summary["flags"][flag] for flag in after.summary["flags"]} == again.summary["flags"]


def test_sent_back_untouched_it_changes_nothing() -> None:
    assert_untouched(FILES, DAY)


def _week(week: str, until: date) -> Iterator[File]:
    """What had arrived by the morning after that day."""
    return (file for file in weeks.files_of(week) if f"{file.received:%Y-%m-%dT%H:%M:%S}" < f"{until + timedelta(days=1)}T05:00")


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("week", WEEKS)
def test_sent_back_untouched_after_any_day_of_a_week_it_changes_nothing(week: str, day: date) -> None:
    files = list(_week(week, day))
    assert len(files) > 5
    assert_untouched(files, day)


FILLED: dict[str, list[Row]] = {
    "案件进展": [
        {
            "案件编号": "ZZQ-2020-001",
            "当前状态": "已化解",
            "今日进展": "已交房",
            "答复日期": "2020-05-22",
            "答复文号": "东住建信〔2020〕8号",
        },
        {
            "案件编号": "SJ-2020-003",
            "今日进展": "已重新答复",
            "答复日期": "2020-05-22",
            "答复文号": "东住建信〔2020〕9号",
            "群众确认": "认可",
        },
        {"案件编号": "SJ-2020-001", "当前状态": "办理中", "今日进展": "又停运", "重新办理原因": "群众反映又停运"},
    ],
    "新增案件": [
        {name: value for name, value in new_row("DS-2020-001", 排查日期="2020-05-22").items() if name != "备注"},
    ],
    "接访情况": [{"问题类别": "物业服务", "接访批次": 5, "当场答复": 3, "转交办理": 2}],
    "急报事项": [
        {
            "案件编号": "SJ-2020-003",
            "事项类别": "停水停电停暖",
            "情况说明": "小区停水",
            "发生时间": datetime(2020, 5, 22, 9, 30),  # noqa: DTZ001
            "已采取措施": "已抢修",
        }
    ],
}


def assert_filled(day: Day) -> None:
    """What `FILLED` comes to, without a finding."""
    assert [line.finding for line in day.report.findings] == []
    changes = day.summary["changes"]
    assert changes["newly_resolved"] == ["SJ-2020-003", "ZZQ-2020-001"]
    assert (changes["reopened"], changes["new_cases"]) == (["SJ-2020-001"], ["DS-2020-001"])
    assert day.summary["flags"]["disputed"] == []
    assert day.submission()["rows_accepted"] == 6
    assert [(reception.batches, reception.answered, reception.passed) for reception in day.report.reception] == [(5, 3, 2)]
    assert [(urgent.number, urgent.happened) for urgent in day.report.urgent] == [
        ("SJ-2020-003", datetime.fromisoformat("2020-05-22 09:30"))
    ]
    (case,) = [case for case in day.report.cases if case.number == "DS-2020-001"]
    assert (case.households, case.amount, case.assigned) == (Decimal(120), Decimal("35.5"), NEXT)


def test_filled_in_it_is_accepted_with_the_right_effect(content: bytes) -> None:
    assert_filled(on(NEXT, *FILES, *sent_back([fill(content, FILLED)])))


def test_after_its_deadline_no_case_is_asked_to_be_concluded_in_time() -> None:
    files = [assigned(assignment([case_row("SJ-2020-004", 交办日期=str(DAY), 办结时限=str(NEXT))]))]
    shown = {}
    for day in (DAY, NEXT):
        sheet = opened(templates(noticed(day, files))["东胜区"])["督办回复"]
        shown[day] = str(sheet.cell(FIRST, 3).value)
    assert shown[DAY] == "临近到期：请抓紧办理，确保按期办结。", "the form of the day on which it is due"
    assert shown[NEXT].startswith("临近到期：时限已过：已办结的，请在“案件进展”里报明；没有办结的，请说明原因")


def test_what_notices_ask_stands_in_it_newest_first_until_it_is_answered() -> None:
    files = [*FILES, *sent_back([templates(noticed(DAY, FILES))["东胜区"]])]
    asked = templates(noticed(NEXT, files))["东胜区"]
    one, two = "市住建督〔2020〕1号", "市住建督〔2020〕3号"  # 达拉特旗 has the one between
    assert answers_in(asked) == [(two, "SJ-2020-003", None, None)]
    assert str(opened(asked)["督办回复"].cell(FIRST, 3).value).startswith("群众不认可：请包案领导")
    filled = fill(asked, {"督办回复": [{"通知编号": two, "办理措施": "已约见", "完成时限": date(2020, 6, 1)}]})
    files += sent_back([filled], NEXT + timedelta(days=1))
    after = noticed(NEXT + timedelta(days=1), files)
    assert [line.finding for line in after.report.findings] == []
    assert [case.written for case in after.report.beyond.notices.cases if case.answer] == [one, two]
    assert [notice for notice, *_others in answers_in(templates(after)["东胜区"])] == ["市住建督〔2020〕5号"]


def answers_in(content: bytes) -> list[tuple[object, ...]]:
    """What stands in the rows of 督办回复, without what is asked."""
    rows = opened(content)["督办回复"].iter_rows(min_row=FIRST, values_only=True)
    return [(notice, case, measures, until) for notice, case, _asked, measures, until in rows if notice]


def test_a_hundred_new_cases_find_room(content: bytes) -> None:
    rows = [{**FILLED["新增案件"][0], "案件编号": f"DS-2020-{n:03}"} for n in range(1, 101)]
    day = on(NEXT, *FILES, *sent_back([fill(content, {"新增案件": rows})]))
    assert [line.finding for line in day.report.findings] == []
    assert len(day.summary["changes"]["new_cases"]) == 100


def test_what_is_pasted_over_a_drop_down_is_caught_in_its_cell(content: bytes) -> None:
    pasted = fill(content, {"案件进展": [{"案件编号": "ZZQ-2020-001", "当前状态": "差不多了", "答复日期": "2020-05-23"}]})
    day = on(NEXT, *FILES, *sent_back([pasted]))
    row = row_of(opened(content)["案件进展"], "ZZQ-2020-001")
    assert {(finding.code, finding.cell) for _file, finding in day.findings} == {
        ("not-in-list", f"E{row}"),
        ("date-out-of-range", f"H{row}"),
    }
    assert day.status("ZZQ-2020-001") == "办理中"


def test_a_district_without_cases_reports_zero(yesterday: Day) -> None:
    empty = templates(yesterday)["乌审旗"]
    assert cover_of(opened(empty))["零报告"].value == "是"
    assert "没有在办案件，“零报告”已预先填“是”；当天有要报的，请改为“否”。" in str([*opened(empty)["封面"].values])
    day = on(NEXT, *FILES, *sent_back([empty]))
    assert day.findings == []
    assert day.submission("乌审旗")["zero_report"] is True


def test_a_newer_workbook_moves_cases_and_deadlines_in_the_next_template() -> None:
    newer = [case_row("SJ-2020-002"), case_row("ZZQ-2020-001", 延期至="2020-07-05"), *CASES[1:5]]
    files = (*FILES, assigned(assignment(newer), "2020-05-21 10:00", "分解表2.xlsx"))
    book = opened(templates(on(DAY, *files))["东胜区"])["案件进展"]
    assert [book.cell(row, 1).value for row in range(FIRST, FIRST + 4)] == ["SJ-2020-002", "SJ-2020-003", "ZZQ-2020-001", None]
    assert book.cell(FIRST + 2, 4).value == datetime(2020, 7, 5)  # noqa: DTZ001
    assert_untouched(files, DAY)


# --- hostile text ------------------------------------------------------------------------------------------------

HOSTILE_FILES = (assigned(hostile.assignment_book(HOSTILE)), handed_in(hostile.report_book(HOSTILE)))


def test_hostile_text_is_text_and_comes_back_as_what_it_was() -> None:
    before = noticed(DAY, HOSTILE_FILES)
    content = templates(before)["东胜区"]
    cells = [cell for sheet in opened(content).worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "d", "n"}
    assert not any(cell.hyperlink for cell in cells)
    sheet = opened(content)["案件进展"]
    shown = {str(sheet.cell(row, 1).value): str(sheet.cell(row, 2).value) for row in range(FIRST, sheet.max_row - 100)}
    matters = {case.number: seen(case.matter) for case in before.report.cases}
    assert len(shown) > len(HOSTILE)
    assert {number: key(text.replace("_x005F_", "_")) for number, text in shown.items()} == {
        number: key(matters[number]) for number in shown
    }
    assert_untouched(HOSTILE_FILES, DAY)


# --- blank ones --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BLANKS)
def test_the_blank_workbook_that_lies_in_the_templates_is_current(name: str) -> None:
    """Made anew by: python run.py templates --blank --output templates"""
    assert _parts((HOME / "templates" / name).read_bytes()) == _parts(BLANKS[name])


def _parts(package: bytes) -> list[tuple[str, bytes]]:
    """What is in it: how tightly that is packed is the business of the system's zlib."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened_package:
        return [(name, opened_package.read(name)) for name in opened_package.namelist()]


def test_the_blank_report_filled_in_is_accepted_without_a_finding() -> None:
    cover: Row = {"旗区": "东胜区", "报告日期": NEXT, "填报人": "甲"}
    rows = {name: sheet_rows for name, sheet_rows in FILLED.items() if name != "案件进展"}
    reading = read_report(fill(BLANKS[report_form.BLANK_REPORT], rows, cover), "2020-05-22 16:00")
    assert (reading.accepted, reading.findings, reading.day, reading.district) == (True, (), date(2020, 5, 22), "东胜区")
    assert [len(sheet_rows.lines) for sheet_rows in reading.rows] == [0, 1, 1, 1, 0]


def test_the_blank_report_as_it_lies_there_says_what_is_missing() -> None:
    assert {finding.code for finding in read_report(BLANKS[report_form.BLANK_REPORT]).findings} == {"unknown-district", "bad-report-date"}


def test_the_blank_assignment_filled_in_is_accepted_without_a_finding() -> None:
    case = case_row("ZZQ-2020-001")
    del case["案件来源"]  # on the first sheet it may stay empty
    rows: dict[str, list[Row]] = {
        "包联旗区": [{"旗区": "东胜区", "包联领导": "领导一", "职务": "副局长"}],
        "自治区交办案件": [case],
        "群众来访案件": [case_row("SJ-2020-001"), case_row("DS-2020-001", 案件来源="旗区自行梳理")],
        "豁免": [exemption_row(until=date(2020, 6, 30))],
        "接访排班": [turn_row(DAY, "领导一", "替班", 替班领导="领导二")],
    }
    reading = read_assignment(fill(BLANKS[report_form.BLANK_ASSIGNMENT], rows), "2020-05-21 09:00")
    assert (reading.accepted, reading.findings) == (True, ())
    assert [len(sheet_rows.lines) for sheet_rows in reading.rows] == [1, 1, 2, 1, 1]


def test_the_blank_assignment_as_it_lies_there_has_no_case() -> None:
    assert [finding.code for finding in read_assignment(BLANKS[report_form.BLANK_ASSIGNMENT]).findings] == ["not-the-template"]


# --- what another program makes of it ----------------------------------------------------------------------------


def resaved(contents: Iterable[bytes], folder: Path) -> list[bytes]:
    """The workbooks as LibreOffice writes them."""
    office = shutil.which("soffice")
    assert office, "needs LibreOffice"
    paths = []
    for number, content in enumerate(contents):
        paths.append(folder / f"{number}.xlsx")
        paths[-1].write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "out"), *map(str, paths)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [(folder / "out" / path.name).read_bytes() for path in paths]


@pytest.mark.external
def test_saved_again_by_libreoffice_it_changes_nothing_untouched_and_does_what_it_says_filled_in(yesterday: Day, tmp_path: Path) -> None:
    made = templates(yesterday)
    *blank, filled = resaved([*made.values(), fill(made["东胜区"], FILLED)], tmp_path)
    after = on(NEXT, *FILES, *sent_back(blank))
    assert after.findings == []
    assert figures(after) == figures(yesterday)
    assert {submission["status"] for submission in after.summary["submissions"]} == {"on-time"}
    assert_filled(on(NEXT, *FILES, *sent_back([filled])))
    kept = opened(blank[0])["案件进展"]
    assert [validation.formula1 for validation in kept.data_validations.dataValidation if validation.type == "list"] == [
        f'"{",".join(column.values)}"' for column in contract.PROGRESS.columns if column.kind is Kind.CHOICE
    ]
    assert kept.protection.sheet
