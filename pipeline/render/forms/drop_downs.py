"""The drop-downs of a form, its checks of dates and numbers, and the hint at every cell: Excel calls all three data validation.

Excel and WPS refuse what is typed against a rule, and let through what is pasted over one: the reading checks every cell again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.render.forms import form_words as words
from pipeline.render.forms.form_layout import FIRST, FIRST_COVER_LABEL, FormSheet, FormWorkbook
from pipeline.terms.contract import ANSWERS, COVER, COVER_LABELS, NEW_CASES, PROGRESS, REGION_CASES, VISITOR_CASES, Column, Kind

if TYPE_CHECKING:
    from pipeline.render.workbook.xlsxwriter_private import Sheet

Rule = dict[str, object]
"""What XlsxWriter's `data_validation` takes."""

_ANYTHING: Final[Rule] = {"validate": "any"}
_NOT_NEGATIVE: Final[Rule] = {"criteria": ">=", "value": 0}
_LONGEST_LIST: Final = 255
"""Characters of a list that stands in the rule itself, commas among them; Excel finds a file with a longer one damaged."""
_FIRST_DAY, _LAST_DAY = 36526, 73050
"""2000-01-01 and 2099-12-31 as Excel counts days."""
_REPORT_DAY: Final = f"'{COVER}'!$B${FIRST_COVER_LABEL + COVER_LABELS.index('报告日期') + 1}"
"""Where 封面 has 报告日期."""
_FROM_ROW: Final = {
    (NEW_CASES.name, "办结时限"): "排查日期",
    (REGION_CASES.name, "办结时限"): "交办日期",
    (VISITOR_CASES.name, "办结时限"): "交办日期",
    (REGION_CASES.name, "延期至"): "办结时限",
    (VISITOR_CASES.name, "延期至"): "办结时限",
}
"""The column of the same row that a date is not to be before."""
_UNTIL_REPORT: Final = ((PROGRESS.name, "答复日期"), (PROGRESS.name, "接访下访日期"), (NEW_CASES.name, "排查日期"))
_FROM_REPORT: Final = ((ANSWERS.name, "完成时限"),)
_ONLY_WARNED: Final = ("延期至", "发生时间")
"""What the report's check does not refuse either."""


def add_to_column(form: FormWorkbook, page: Sheet, sheet: FormSheet, at: int) -> None:
    """Give every cell of a column that may be filled in its drop-down or check, and its hint."""
    column = sheet.columns[at]
    title, message = words.hint(sheet.sheet.name, column, form.written_day, form.example)
    rule = _rule(form, sheet, column) | {"input_title": title, "input_message": message}
    page.data_validation(FIRST, at, sheet.last, at, rule)


def add_to_cover(form: FormWorkbook, page: Sheet, row: int, label: str) -> None:
    """Give the cell behind a label of 封面 its drop-down or check, and its hint."""
    title, message = words.hint_on_cover(label, form.written_day)
    rule: Rule
    match label:
        case "旗区":
            rule = _refusing(form, Kind.DISTRICT, _drop_down(form.settings.district_names))
        case "零报告":
            rule = _refusing(form, Kind.CHOICE, _drop_down(("是", "否")))
        case "报告日期":
            rule = _refusing(form, Kind.DATE, _dates(str(_FIRST_DAY), str(_LAST_DAY)))
        case _:
            rule = _ANYTHING
    page.data_validation(row, 1, row, 1, rule | {"input_title": title, "input_message": message})


def _rule(form: FormWorkbook, sheet: FormSheet, column: Column) -> Rule:
    """Return what a cell of that column may hold."""
    match column.kind:
        case Kind.CHOICE:
            return _refusing(form, column.kind, _drop_down(form.settings.values_of(column)))
        case Kind.DISTRICT:
            return _refusing(form, column.kind, _drop_down(form.settings.district_names))
        case Kind.DATE | Kind.MOMENT:
            return _dates_of(form, sheet, column)
        case Kind.COUNT:
            return _refusing(form, column.kind, {"validate": "integer", **_NOT_NEGATIVE})
        case Kind.MONEY:
            return _refusing(form, column.kind, {"validate": "decimal", **_NOT_NEGATIVE})
        case _:
            return _ANYTHING


def _refusing(form: FormWorkbook, kind: Kind, rule: Rule, limit: str = "") -> Rule:
    """Return the rule with what Excel says when it refuses a value."""
    return words.wrong(kind, form.written_day, limit) | rule


def _drop_down(values: Sequence[str]) -> Rule:
    """Return a drop-down of these values; none where Excel could not hold it."""
    # A list in the rule itself is one text, parted by commas; one that begins with = is a formula.
    if len(",".join(values)) > _LONGEST_LIST or any("," in value or value.startswith("=") for value in values):
        return _ANYTHING
    return {"validate": "list", "source": list(values)}


def _dates(first: str, last: str) -> Rule:
    """Return the check of a date; each end is the number of a day, or a formula."""
    return {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}


def _dates_of(form: FormWorkbook, sheet: FormSheet, column: Column) -> Rule:
    """Return the check of a date whose limits follow 封面 and the row's own dates, where these are filled in."""
    place = (sheet.sheet.name, column.name)
    first, last, limit = str(_FIRST_DAY), str(_LAST_DAY), ""
    if place in _FROM_ROW:
        limit = words.not_before(_FROM_ROW[place])
        start = xl_rowcol_to_cell(FIRST, sheet.position(_FROM_ROW[place]), col_abs=True)
        first = f"=IF(ISNUMBER({start}),{start},{_FIRST_DAY})"
    if place in _UNTIL_REPORT:
        limit = words.UNTIL_REPORT
        last = f"=IF(ISNUMBER({_REPORT_DAY}),{_REPORT_DAY},{_LAST_DAY})"
    if place in _FROM_REPORT:
        limit = words.FROM_REPORT
        first = f"=IF(ISNUMBER({_REPORT_DAY}),{_REPORT_DAY},{_FIRST_DAY})"
    style = "warning" if column.name in _ONLY_WARNED else "stop"
    return _refusing(form, column.kind, {**_dates(first, last), "error_type": style}, limit)
