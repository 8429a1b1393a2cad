"""What days would be under other settings, as a workbook: a sheet each for figures, cases, flags, reports, clocks and hints.

Covered by tests/night/test_rehearsal.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from xlsxwriter import Workbook

from pipeline.render.workbook.cell_formats import LOOKS, Formats, Value, fit_to_paper, height, lines, merge, put, widths_in_arial
from pipeline.report import rehearsal_words
from pipeline.report.rehearsed import DayDiffers, Rehearsal
from pipeline.settings.statute import CLOCKS
from pipeline.terms import words

_TITLE, _NOTE, _HEADER = 0, 1, 2
_DAY: Final = ("日期", 13, "date")
_BOTH: Final = (("发布的", 20, "center"), ("试的", 20, "center"))
Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    columns: Sequence[tuple[str, float, str]]
    rows: Sequence[Row]


def render(rehearsal: Rehearsal) -> bytes:
    """Return the workbook; the same bytes for the same differences."""
    written = io.BytesIO()
    with Workbook(written, widths_in_arial()) as workbook:
        created = datetime.combine(rehearsal.last, time.min)  # the same bytes whenever it is made
        workbook.set_properties({"title": f"规则试算 {rehearsal.first}_{rehearsal.last}", "created": created})
        formats = Formats(workbook, LOOKS)
        for sheet in _sheets(rehearsal):
            _write(workbook, formats, sheet, rehearsal)
    return written.getvalue()


def _sheets(rehearsal: Rehearsal) -> Iterator[_Sheet]:
    days = rehearsal.days
    yield _Sheet("数字", (_DAY, ("组别", 28, "text"), ("数字", 18, "center"), *_BOTH), [row for day in days for row in _figures(day)])
    yield _Sheet("案件", (_DAY, ("案件编号", 22, "text"), ("哪一点", 12, "center"), *_BOTH), [row for day in days for row in _cases(day)])
    yield _Sheet(
        "标记", (_DAY, ("标记", 20, "text"), ("变化", 12, "center"), ("案件编号", 22, "text")), [row for day in days for row in _flags(day)]
    )
    both = (("发布的", 26, "center"), ("试的", 26, "center"))
    yield _Sheet("日报", (_DAY, ("旗区", 16, "text"), ("哪一点", 12, "center"), *both), [row for day in days for row in _reports(day)])
    kinds = (("案件编号", 22, "text"), ("期限", 12, "center"), ("哪一点", 12, "center"))
    yield _Sheet("法定期限", (_DAY, *kinds, *_BOTH), [row for day in days for row in _clocks(day)])
    told = (("提示", 28, "text"), ("旗区", 16, "text"), ("变化", 12, "center"), ("案件编号", 40, "text"))
    yield _Sheet("核查提示", (_DAY, *told), [row for day in days for row in _hints(day)])


def _figures(day: DayDiffers) -> Iterator[Row]:
    said = rehearsal_words.value
    for figure in day.figures:
        if name := rehearsal_words.FIGURES.get(figure.key):
            yield day.day, figure.group, name, said(figure.key, figure.before), said(figure.key, figure.after)
    for verdict in day.verdicts:
        yield day.day, verdict.group, rehearsal_words.VERDICT, verdict.before, verdict.after
    for name in rehearsal_words.beside(day):
        yield day.day, rehearsal_words.BESIDE, name, None, None


def _cases(day: DayDiffers) -> Iterator[Row]:
    said = rehearsal_words.value
    for case in day.cases:
        yield day.day, case.case, rehearsal_words.CASES[case.key], said(case.key, case.before), said(case.key, case.after)


def _flags(day: DayDiffers) -> Iterator[Row]:
    for flag in day.flags:
        for verb, cases in (("增加", flag.entered), ("去掉", flag.left)):
            yield from ((day.day, words.FLAGS[flag.flag].name, verb, case) for case in cases)


def _reports(day: DayDiffers) -> Iterator[Row]:
    for submission in day.submissions:
        yield day.day, submission.district, "报送", rehearsal_words.status(submission.before), rehearsal_words.status(submission.after)
    for counts in day.rows:
        yield day.day, counts.district, "行数", rehearsal_words.rows(counts.before), rehearsal_words.rows(counts.after)


def _clocks(day: DayDiffers) -> Iterator[Row]:
    said = rehearsal_words.clock
    for clock in day.clocks:
        key = rehearsal_words.CLOCK_KEYS[clock.key]
        yield day.day, clock.case, CLOCKS[clock.clock], key, said(clock.before), said(clock.after)


def _hints(day: DayDiffers) -> Iterator[Row]:
    for hint in day.hints:
        verb = "增加" if not hint.before else "去掉" if not hint.after else "改为试行" if hint.trial else "改为正式"
        yield day.day, rehearsal_words.hint_name(hint.code), hint.district, verb, "、".join(hint.cases)


def _write(workbook: Workbook, formats: Formats, table: _Sheet, rehearsal: Rehearsal) -> None:
    sheet, widths = workbook.add_worksheet(table.name), [width for _name, width, _look in table.columns]
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.hide_gridlines(2)
    sheet.set_row(_TITLE, 30)
    put(sheet, _TITLE, 0, f"规则试算　{table.name}　{rehearsal_words.span(rehearsal.first, rehearsal.last)}", formats.look("title"))
    said = _note(rehearsal)
    merge(sheet, (_NOTE, 0, _NOTE, len(widths) - 1), said, formats.look("note", "wrap"))
    sheet.set_row(_NOTE, height(lines(said, sum(widths))) - 2)
    for position, (name, _width, _look) in enumerate(table.columns):
        put(sheet, _HEADER, position, name, formats.look("header"))
    sheet.set_row(_HEADER, 24)
    for index, row in enumerate(table.rows, _HEADER + 1):
        high = 1
        for position, (value, (_name, width, look)) in enumerate(zip(row, table.columns, strict=True)):
            put(sheet, index, position, value, formats.look("box", look, "wrap"))
            high = max(high, lines(value, width) if isinstance(value, str) else 1)
        sheet.set_row(index, height(high))
    if not table.rows:
        put(sheet, _HEADER + 1, 0, "没有差别。", formats.look("note"))
    sheet.autofilter(_HEADER, 0, _HEADER + max(len(table.rows), 1), len(widths) - 1)
    sheet.repeat_rows(_HEADER)
    sheet.freeze_panes(_HEADER + 1, 1)
    fit_to_paper(sheet, widths)
    sheet.set_footer("&C&11 第 &P 页，共 &N 页", {"scale_with_doc": False})


def _note(rehearsal: Rehearsal) -> str:
    same = f"没有差别的 {len(rehearsal.same)} 天：{rehearsal_words.spans(rehearsal.same)}。" if rehearsal.same else ""
    return "".join([rehearsal_words.RULES, same, *rehearsal_words.notes(rehearsal)])
