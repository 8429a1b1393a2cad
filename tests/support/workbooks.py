"""Workbooks for tests, written from compact tables: a whole default report and assignment, single cells overridden.

Headers are written out from the contract's page and not taken from the program, so that the two can disagree.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the result that a program stored; an error such as #N/A is a result too."""

    written: str
    result: str | float | bool


Value = str | int | float | bool | date | datetime | time | Formula | None
Row = Mapping[str, Value]
Edits = Mapping[str, Value]
"""Cells to override, by `sheet!A1`."""

DISTRICTS = ("东胜区", "达拉特旗", "准格尔旗", "伊金霍洛旗", "乌审旗", "杭锦旗", "鄂托克旗", "鄂托克前旗", "康巴什区")
PROGRESS = (
    "案件编号", "案由", "包案领导", "办结时限", "当前状态", "今日进展", "诉求认定", "答复日期", "答复文号", "群众确认",
    "接访下访领导", "接访下访日期", "重新办理原因", "下一步措施", "需协调事项",
)  # fmt: skip
NEW_CASES = (
    "案件编号", "问题类别", "案由", "涉及项目或单位", "涉及户数", "涉及金额(万元)", "责任单位", "包案领导", "工作专班",
    "化解方案", "排查日期", "办结时限", "备注",
)  # fmt: skip
RECEPTION = ("问题类别", "接访批次", "当场答复", "转交办理", "备注")
URGENT = ("案件编号", "事项类别", "情况说明", "发生时间", "已采取措施", "需协调事项")
LIAISON = ("旗区", "包联领导", "职务")
ASSIGNMENT = (
    "案件编号", "案件来源", "旗区", "问题类别", "案由", "涉及项目或单位", "涉及户数", "涉及金额(万元)", "责任单位", "包案领导",
    "工作专班", "化解方案", "交办日期", "办结时限", "延期至", "撤销依据", "备注",
)  # fmt: skip
EXEMPTIONS = ("对象", "事项", "批准人", "理由", "截止日期")
ROTA = ("日期", "领导", "安排", "替班领导", "备注")
ANSWERS = ("通知编号", "案件编号", "督办事项", "办理措施", "完成时限")
_DATE_COLUMNS = frozenset(
    {"办结时限", "答复日期", "接访下访日期", "排查日期", "交办日期", "延期至", "报告日期", "截止日期", "日期", "完成时限"}
)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

DAY = date(2020, 5, 21)
"""The day of the default report."""


class Text(str):
    """A date written as text, where the builder would make a date cell of it."""

    __slots__ = ()


@dataclass(slots=True)
class Page:
    """One sheet: its cells by row and column from 0, its merged ranges, and what is hidden."""

    grid: list[list[Value]]
    merges: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)

    def insert_row(self, at: int, *cells: Value) -> None:
        self.grid.insert(at, list(cells))

    def insert_column(self, at: int, *cells: Value) -> None:
        for index, row in enumerate(self.grid):
            row[len(row) :] = [None] * (at - len(row))
            row.insert(at, cells[index] if index < len(cells) else None)

    def append(self, *cells: Value) -> None:
        self.grid.append(list(cells))


Pages = dict[str, Page]


def table(text: str) -> list[dict[str, Value]]:
    """Rows from a table written with `|`; the first line is the header, an empty cell is an empty string."""
    lines = [[cell.strip() for cell in line.strip().split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def page(headers: Sequence[str], rows: Iterable[Row]) -> Page:
    """A header in row 1 and the rows below it; ISO days in date columns become date cells."""
    return Page([list(headers), *([_cell(name, row.get(name)) for name in headers] for row in rows)])


def _cell(name: str, value: Value) -> Value:
    if name in _DATE_COLUMNS and type(value) is str and _ISO_DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


# --- the default report ------------------------------------------------------------------------------------------


def progress_row(number: str = "ZZQ-2020-001", **cells: Value) -> dict[str, Value]:
    """A row of 案件进展: 办理中, with today's progress."""
    return {"案件编号": number, "当前状态": "办理中", "今日进展": "已约谈开发企业", **cells}


def resolved_row(number: str = "SJ-2020-001", **cells: Value) -> dict[str, Value]:
    """A row of 案件进展: 已化解, with its reply."""
    reply: dict[str, Value] = {"答复日期": "2020-05-20", "答复文号": "东住建信〔2020〕1号", "群众确认": "认可"}
    return {"案件编号": number, "当前状态": "已化解", "今日进展": "已书面答复", **reply, **cells}


def new_row(number: str = "DS-2020-001", **cells: Value) -> dict[str, Value]:
    """A row of 新增案件."""
    said: dict[str, Value] = {"问题类别": "物业服务", "案由": "小区电梯停运", "涉及户数": 120, "涉及金额(万元)": 35.5}
    who: dict[str, Value] = {"责任单位": "东胜区住建局", "包案领导": "领导甲", "工作专班": "物业专班", "化解方案": "更换电梯"}
    return {"案件编号": number, **said, **who, "排查日期": "2020-05-20", "办结时限": "2020-06-20", **cells}


def reception_row(category: str = "物业服务", batches: Value = 5, answered: Value = 3, passed: Value = 2) -> dict[str, Value]:
    """A row of 接访情况."""
    return {"问题类别": category, "接访批次": batches, "当场答复": answered, "转交办理": passed}


def urgent_row(number: str = "SJ-2020-001", **cells: Value) -> dict[str, Value]:
    """A row of 急报事项."""
    said: dict[str, Value] = {"事项类别": "停水停电停暖", "情况说明": "小区停水两日", "发生时间": "2020-05-21 09:30"}
    return {"案件编号": number, **said, "已采取措施": "已协调供水公司抢修", **cells}


def report_pages(
    district: str = "东胜区",
    day: date = DAY,
    *,
    progress: Iterable[Row] | None = None,
    new: Iterable[Row] | None = None,
    reception: Iterable[Row] | None = None,
    urgent: Iterable[Row] | None = None,
) -> Pages:
    """The sheets of a report without a fault; what is not given stands as in the default."""
    cover: list[list[Value]] = [
        ["旗区", district],
        ["报告日期", day],
        ["填报人", "甲"],
        ["审核人", "乙"],
        ["零报告", "否"],
        ["模板版本", 1],
    ]
    return {
        "封面": Page(cover),
        "案件进展": page(PROGRESS, [progress_row(), resolved_row()] if progress is None else progress),
        "新增案件": page(NEW_CASES, [new_row()] if new is None else new),
        "接访情况": page(RECEPTION, [reception_row()] if reception is None else reception),
        "急报事项": page(URGENT, [urgent_row()] if urgent is None else urgent),
    }


def report(
    district: str = "东胜区",
    day: date = DAY,
    *,
    progress: Iterable[Row] | None = None,
    new: Iterable[Row] = (),
    reception: Iterable[Row] = (),
    urgent: Iterable[Row] = (),
    answers: Iterable[Row] = (),
) -> bytes:
    """A report with those rows: 案件进展 as in the default where not given, the other sheets empty, 督办回复 only where it has a row."""
    pages = report_pages(district, day, progress=progress, new=new, reception=reception, urgent=urgent)
    answered = page(ANSWERS, answers)
    return write(pages | ({"督办回复": answered} if len(answered.grid) > 1 else {}))


# --- the default assignment workbook -----------------------------------------------------------------------------


def case_row(number: str, district: str = "东胜区", **cells: Value) -> dict[str, Value]:
    """A row of the assignment workbook, with all of the five ones."""
    source = {"ZZQ": "自治区交办", "SJ": "市级交办"}.get(number.partition("-")[0], "旗区自行梳理")
    said: dict[str, Value] = {"案件来源": source, "旗区": district, "问题类别": "房地产开发", "案由": "逾期交房", "涉及户数": 86}
    who: dict[str, Value] = {"责任单位": "住建局", "包案领导": "领导一", "工作专班": "交房专班", "化解方案": "分批交付"}
    return {"案件编号": number, **said, "涉及金额(万元)": 1200, **who, "交办日期": "2020-04-20", "办结时限": "2020-06-10", **cells}


CASES = (case_row("ZZQ-2020-001"), case_row("SJ-2020-001"), case_row("SJ-2020-002", "达拉特旗", 包案领导="领导三"))


def assignment_pages(rows: Iterable[Row] = CASES) -> Pages:
    """The sheets of an assignment workbook; a case goes to the sheet of its source."""
    listed = list(rows)
    return {
        "包联旗区": page(LIAISON, [{"旗区": name, "包联领导": f"领导{index}", "职务": "副局长"} for index, name in enumerate(DISTRICTS)]),
        "自治区交办案件": page(ASSIGNMENT, [row for row in listed if row["案件来源"] == "自治区交办"]),
        "群众来访案件": page(ASSIGNMENT, [row for row in listed if row["案件来源"] != "自治区交办"]),
    }


def assignment(rows: Iterable[Row] = CASES, *, exemptions: Iterable[Row] = (), rota: Iterable[Row] = ()) -> bytes:
    """An assignment workbook with those cases; the sheets 豁免 and 接访排班 only where they have a row."""
    beyond = {"豁免": page(EXEMPTIONS, exemptions), "接访排班": page(ROTA, rota)}
    return write(assignment_pages(rows) | {name: sheet for name, sheet in beyond.items() if len(sheet.grid) > 1})


def exemption_row(subject: str = "SJ-2020-001", kind: str = "延期", until: Value = "2020-06-30", **cells: Value) -> dict[str, Value]:
    """A row of 豁免."""
    return {"对象": subject, "事项": kind, "批准人": "领导一", "理由": "等待工程验收", "截止日期": until, **cells}


def turn_row(day: Value, leader: str = "领导0", kind: str = "接访", **cells: Value) -> dict[str, Value]:
    """A row of 接访排班."""
    return {"日期": day, "领导": leader, "安排": kind, **cells}


def answer_row(notice: str = "市住建督〔2020〕1号", number: str = "SJ-2020-001", **cells: Value) -> dict[str, Value]:
    """A row of 督办回复."""
    return {"通知编号": notice, "案件编号": number, "督办事项": "已超期", "办理措施": "加派人手", "完成时限": "2020-06-01", **cells}


# --- bytes -------------------------------------------------------------------------------------------------------


def edit(pages: Pages, edits: Edits) -> Pages:
    """The pages with single cells overridden in place."""
    for address, value in edits.items():
        name, _, cell = address.rpartition("!")
        row, column = xl_cell_to_rowcol(cell)
        grid = pages[name].grid
        grid += [[] for _ in range(row + 1 - len(grid))]
        grid[row] += [None] * (column + 1 - len(grid[row]))
        grid[row][column] = value
    return pages


def write(pages: Pages, *, date_1904: bool = False) -> bytes:
    """The workbook's bytes; the same pages give the same bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "date_1904": date_1904, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - xlsxwriter wants it naive
    for name, sheet_page in pages.items():
        _write_page(book.add_worksheet(name), sheet_page, book.add_format())
    book.close()
    return out.getvalue()


def _write_page(sheet: Worksheet, page: Page, plain: Format) -> None:
    for r, row in enumerate(page.grid):
        for c, value in enumerate(row):
            _write_cell(sheet, (r, c), value)
    for span in page.merges:
        first = xl_cell_to_rowcol(span.partition(":")[0])
        sheet.merge_range(span, "", plain)
        _write_cell(sheet, first, page.grid[first[0]][first[1]])
    for r in page.hidden_rows:
        sheet.set_row(r, None, None, {"hidden": True})
    for c in page.hidden_columns:
        sheet.set_column(c, c, None, None, {"hidden": True})


def _write_cell(sheet: Worksheet, at: tuple[int, int], value: Value) -> None:
    match value:
        case None | "":
            pass
        case Formula():
            sheet.write_formula(*at, value.written, None, value.result)
        case bool():
            sheet.write_boolean(*at, value)
        case str():
            sheet.write_string(*at, value)
        case int() | float():
            sheet.write_number(*at, value)
        case date() | time():
            sheet.write_datetime(*at, value)
