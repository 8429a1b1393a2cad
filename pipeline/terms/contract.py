"""The contract's one declaration: sheets, columns, lists and finding codes. Reading, checks, messages and docs follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

TEMPLATE_VERSION: Final = 1
CASES_FILE: Final = "cases.jsonl"
"""Where the cases of summary.json stand on a day that has too many."""

SOURCE_REGION, SOURCE_CITY, SOURCE_DISTRICT = SOURCES = ("自治区交办", "市级交办", "旗区自行梳理")
"""Unless the office has others (`sources` in config.yaml); so with the categories."""
CATEGORIES: Final = ("房地产开发", "物业服务", "建筑施工", "拖欠农民工工资", "工程质量", "住房保障", "征收补偿", "其他")
STATUSES: Final = ("已交办", "已受理", "办理中", "已答复", "已化解", "导入法定途径")
ASSIGNED, ACCEPTED, IN_PROGRESS, REPLIED, RESOLVED, REFERRED = STATUSES
CLAIMS: Final = ("诉求合理", "部分合理", "诉求不合理", "生活困难", "暂时难以解决")
UNSOLVABLE_NOW: Final = "暂时难以解决"
CONFIRMATIONS: Final = ("认可", "不认可", "未回访")
CONFIRMED, DISPUTED, NOT_ASKED = CONFIRMATIONS
SAFETY: Final = "工程安全隐患"
URGENT_KINDS: Final = (SAFETY, "工资支付逾期", "停水停电停暖", "办结时限临近", "跨部门协调", "其他民生事项")
NO_LEADER: Final = "未明确"


class Kind(StrEnum):
    """How a column's cells are read."""

    CODE = "code"
    CHOICE = "choice"
    DATE = "date"
    MOMENT = "moment"
    COUNT = "count"
    MONEY = "money"
    TEXT = "text"
    REPLY_NUMBER = "reply-number"
    DISTRICT = "district"
    PREFILLED = "prefilled"  # filled in beforehand for the reader's eye; never judged
    PREFILLED_DATE = "prefilled-date"
    UNREAD = "unread"  # known, and not read (序号)


class Yearless(StrEnum):
    """Which year a date without one belongs to (contract 3, "Dates")."""

    REPORT = "report"  # the latest such day not after the report's day
    ARRIVAL = "arrival"  # the latest such day not after the day of arrival
    START = "start"  # the earliest such day not before the case's 交办日期 or 排查日期


MONEY_UNITS: Final = {
    "万元": Decimal(1),
    "万": Decimal(1),
    "元": Decimal("0.0001"),
    "亿元": Decimal(10000),
    "亿": Decimal(10000),
}
HOUSEHOLD_UNITS: Final = {"户": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, how its cells are read, and whether a row may leave it empty."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    values: tuple[str, ...] = ()
    units: dict[str, Decimal] = field(default_factory=dict)
    header_units: tuple[str, ...] = ()
    default: str = ""
    yearless: Yearless = Yearless.REPORT
    listed_in: str = ""
    """The setting that has the values of an office of its own; `values` are the usual ones."""

    @property
    def header(self) -> str:
        """The header as the template writes it."""
        return f"{self.name}(万元)" if self.kind is Kind.MONEY else self.name


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its columns in the template's order, and the column that identifies a row."""

    name: str
    columns: tuple[Column, ...]
    key: str
    required: bool = True
    is_extension: bool = False
    """Whether it is one of docs/contract-extensions.md: where it is missing, nothing is said."""
    answered_in: tuple[str, ...] = ()
    """Columns of which a row fills at least one: a row that came filled in beforehand and was left alone is none."""

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if there is none."""
        return next(column for column in self.columns if column.name == name)


CASE: Final = "案件编号"
_NUMBER = Column("序号", Kind.UNREAD)
_HOUSEHOLDS = Column("涉及户数", Kind.COUNT, units=HOUSEHOLD_UNITS, header_units=("户",))
_AMOUNT = Column("涉及金额", Kind.MONEY, units=MONEY_UNITS, header_units=("万元", "万", "元"))
_COUNTED = ("批", "批次", "次", "件", "起")

LIAISON = Sheet(
    "包联旗区",
    (Column("旗区", Kind.DISTRICT, required=True), Column("包联领导", required=True), Column("职务"), _NUMBER),
    key="旗区",
)


def _assignment_sheet(name: str, source: Column) -> Sheet:
    return Sheet(
        name,
        (
            Column(CASE, Kind.CODE, required=True),
            source,
            Column("旗区", Kind.DISTRICT, required=True),
            Column("问题类别", Kind.CHOICE, required=True, values=CATEGORIES, listed_in="categories"),
            Column("案由", required=True),
            Column("涉及项目或单位"),
            _HOUSEHOLDS,
            _AMOUNT,
            Column("责任单位", required=True),
            Column("包案领导", required=True),
            Column("工作专班"),
            Column("化解方案"),
            Column("交办日期", Kind.DATE, required=True, yearless=Yearless.ARRIVAL),
            Column("办结时限", Kind.DATE, required=True, yearless=Yearless.START),
            Column("延期至", Kind.DATE, yearless=Yearless.START),
            Column("撤销依据"),
            Column("备注"),
            _NUMBER,
        ),
        key=CASE,
    )


REGION_CASES = _assignment_sheet(
    "自治区交办案件",
    Column("案件来源", Kind.CHOICE, required=True, values=(SOURCE_REGION,), default=SOURCE_REGION),
)
VISITOR_CASES = _assignment_sheet(
    "群众来访案件",
    Column("案件来源", Kind.CHOICE, required=True, values=(SOURCE_CITY, SOURCE_DISTRICT), listed_in="sources"),
)
ASSIGNMENT_SHEETS: Final = (LIAISON, REGION_CASES, VISITOR_CASES)

COVER: Final = "封面"
COVER_LABELS: Final = ("旗区", "报告日期", "填报人", "审核人", "零报告", "模板版本")

OF_THE_DAY: Final = ("今日进展", "接访下访领导", "接访下访日期", "重新办理原因")
"""Columns of 案件进展 that say what was done on the day: forms leave them empty, so an empty one takes nothing back."""

PROGRESS = Sheet(
    "案件进展",
    (
        Column(CASE, Kind.CODE, required=True),
        Column("案由", Kind.PREFILLED),
        Column("包案领导", Kind.PREFILLED),
        Column("办结时限", Kind.PREFILLED_DATE),
        Column("当前状态", Kind.CHOICE, required=True, values=STATUSES),
        Column("今日进展"),
        Column("诉求认定", Kind.CHOICE, values=CLAIMS),
        Column("答复日期", Kind.DATE),
        Column("答复文号", Kind.REPLY_NUMBER),
        Column("群众确认", Kind.CHOICE, values=CONFIRMATIONS),
        Column("接访下访领导"),
        Column("接访下访日期", Kind.DATE),
        Column("重新办理原因"),
        Column("下一步措施"),
        Column("需协调事项"),
        _NUMBER,
    ),
    key=CASE,
)
NEW_CASES = Sheet(
    "新增案件",
    (
        Column(CASE, Kind.CODE, required=True),
        Column("问题类别", Kind.CHOICE, required=True, values=CATEGORIES, listed_in="categories"),
        Column("案由", required=True),
        Column("涉及项目或单位"),
        _HOUSEHOLDS,
        _AMOUNT,
        Column("责任单位", required=True),
        Column("包案领导"),
        Column("工作专班"),
        Column("化解方案"),
        Column("排查日期", Kind.DATE, required=True),
        Column("办结时限", Kind.DATE, required=True, yearless=Yearless.START),
        Column("备注"),
        _NUMBER,
    ),
    key=CASE,
    required=False,
)
RECEPTION = Sheet(
    "接访情况",
    (
        Column("问题类别", Kind.CHOICE, required=True, values=CATEGORIES, listed_in="categories"),
        Column("接访批次", Kind.COUNT, required=True, header_units=_COUNTED),
        Column("当场答复", Kind.COUNT, required=True, header_units=_COUNTED),
        Column("转交办理", Kind.COUNT, required=True, header_units=_COUNTED),
        Column("备注"),
        _NUMBER,
    ),
    key="问题类别",
    required=False,
)
URGENT = Sheet(
    "急报事项",
    (
        Column(CASE, Kind.CODE),
        Column("事项类别", Kind.CHOICE, required=True, values=URGENT_KINDS),
        Column("情况说明", required=True),
        Column("发生时间", Kind.MOMENT, required=True),
        Column("已采取措施", required=True),
        Column("需协调事项"),
        _NUMBER,
    ),
    key=CASE,
    required=False,
)
REPORT_SHEETS: Final = (PROGRESS, NEW_CASES, RECEPTION, URGENT)
"""The sheets of a district's report after 封面, in the order in which they are shown."""
EXEMPTION_KINDS: Final = ("迟报", "延期", "核查提示")
LATE_EXCUSED, DEADLINE_MOVED, HINT_SILENCED = EXEMPTION_KINDS
EXEMPTIONS = Sheet(
    "豁免",
    (
        Column("对象", required=True),
        Column("事项", Kind.CHOICE, required=True, values=EXEMPTION_KINDS),
        Column("批准人", required=True),
        Column("理由", required=True),
        Column("截止日期", Kind.DATE, required=True, yearless=Yearless.START),
        _NUMBER,
    ),
    key="对象",
    required=False,
    is_extension=True,
)
TURN_KINDS: Final = ("接访", "休假", "替班")
RECEIVES, ON_LEAVE, SUBSTITUTED = TURN_KINDS
ROTA = Sheet(
    "接访排班",
    (
        Column("日期", Kind.DATE, required=True, yearless=Yearless.START),
        Column("领导", required=True),
        Column("安排", Kind.CHOICE, required=True, values=TURN_KINDS),
        Column("替班领导"),
        Column("备注"),
        _NUMBER,
    ),
    key="日期",
    required=False,
    is_extension=True,
)
ANSWERS = Sheet(
    "督办回复",
    (
        Column("通知编号", required=True),
        Column(CASE, Kind.CODE, required=True),
        Column("督办事项", Kind.PREFILLED),
        Column("办理措施", required=True),
        Column("完成时限", Kind.DATE, required=True, yearless=Yearless.START),
        _NUMBER,
    ),
    key=CASE,
    required=False,
    is_extension=True,
    answered_in=("办理措施", "完成时限"),
)
ASSIGNMENT_EXTENSIONS: Final = (EXEMPTIONS, ROTA)
REPORT_EXTENSIONS: Final = (ANSWERS,)
CASE_SHEETS: Final = (REGION_CASES.name, VISITOR_CASES.name)
"""The sheets of the assignment workbook whose rows are cases."""
SHEETS: Final = {sheet.name: sheet for sheet in (*ASSIGNMENT_SHEETS, *REPORT_SHEETS, *ASSIGNMENT_EXTENSIONS, *REPORT_EXTENSIONS)}
SHEET_NAMES: Final = (COVER, *SHEETS)
"""Every sheet that is read; others are not looked at."""

PERSONAL_HEADERS: Final = (
    "身份证号", "身份证号码", "公民身份号码", "手机", "手机号", "手机号码", "联系电话", "联系方式", "家庭住址",
    "现住址", "住址", "行踪", "轨迹", "人员去向", "本人去向", "稳控措施", "稳控责任人", "稳控情况",
)  # fmt: skip
NOT_A_ROW: Final = ("填报人", "审核人", "合计", "小计", "总计", "备注", "说明", "以下空白")
"""How a row without a case number begins that is no row (a signature line, a sum, a note)."""


class Severity(StrEnum):
    """What a finding costs."""

    FILE = "refused-file"
    SHEET = "refused-sheet"
    ROW = "refused-row"
    WARNING = "warning"


SEVERITIES: Final = {
    "unreadable": Severity.FILE,
    "encrypted": Severity.FILE,
    "too-large": Severity.FILE,
    "macro-workbook": Severity.FILE,
    "not-the-template": Severity.FILE,
    "unknown-district": Severity.FILE,
    "bad-report-date": Severity.FILE,
    "sender-not-allowed": Severity.FILE,
    "personal-column": Severity.FILE,
    "duplicate": Severity.WARNING,
    "rows-withdrawn": Severity.WARNING,
    "older-revision": Severity.WARNING,
    "dispute-withdrawn": Severity.WARNING,
    "reply-before-dispute": Severity.WARNING,
    "sidecar-outdated": Severity.WARNING,
    "wrong-place": Severity.FILE,
    "unknown-case": Severity.ROW,
    "other-district": Severity.ROW,
    "required": Severity.ROW,
    "not-in-list": Severity.ROW,
    "bad-date": Severity.ROW,
    "date-out-of-range": Severity.ROW,
    "bad-number": Severity.ROW,
    "reply-missing": Severity.ROW,
    "contradiction": Severity.ROW,
    "status-went-back": Severity.ROW,
    "repeated-case": Severity.ROW,
    "case-exists": Severity.ROW,
    "personal-information": Severity.ROW,
    "late": Severity.WARNING,
    "read-as": Severity.WARNING,
    "sheet-missing": Severity.WARNING,
    "old-template": Severity.WARNING,
    "zero-report-with-rows": Severity.WARNING,
    "prefilled-changed": Severity.WARNING,
    "unknown-column": Severity.WARNING,
    "error-value": Severity.ROW,
    "no-cached-value": Severity.WARNING,
    "cover-incomplete": Severity.WARNING,
    "case-missing": Severity.WARNING,
    "deadline-beyond-statute": Severity.WARNING,
    "extension-shortens": Severity.WARNING,
    "assignment-postponed": Severity.WARNING,
}
"""Every code with its usual severity; `not-the-template` in an optional sheet and the personal codes outside the rows
of a report are milder (contract 5)."""


def cases_in(summary: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the cases that a summary.json has, by number; None where they are in a file of their own."""
    cases: Mapping[str, Any] = summary.get("cases", {})
    return None if isinstance(cases.get("file"), str) else cases
