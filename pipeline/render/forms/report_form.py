"""日报模板: a district's next report, filled in beforehand with the present state of its open and disputed cases; and blank ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from pipeline.day.day_state import DayState
from pipeline.day.rota import Turn
from pipeline.disk.drawn import Drawn
from pipeline.render.forms import form_sheets
from pipeline.render.forms import form_words as words
from pipeline.render.forms.form_layout import LOOKS, ROOM, FormSheet, FormWorkbook
from pipeline.render.workbook.cell_formats import OPTIONS, Formats, Value, text
from pipeline.render.workbook.xlsxwriter_private import InMemoryWorkbook
from pipeline.report import case_register, notice_answers
from pipeline.report.case_lines import CaseLine
from pipeline.report.notice_answers import AskedCase
from pipeline.report.report import Report
from pipeline.settings.config import Settings
from pipeline.settings.units import District
from pipeline.terms import case_numbers, contract
from pipeline.terms.contract import CASE
from pipeline.terms.handed_in import Filed
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.words import FLAGS

FOLDER: Final = "日报模板"
"""The folder of a day's templates, in the day's own."""
BLANK_REPORT, BLANK_ASSIGNMENT = "旗区日报模板.xlsx", "案件包案任务分解表模板.xlsx"
_BLANK_DAY: Final = date(2020, 1, 1)
"""The date that a blank workbook says it was made on: it must not carry the clock."""
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_NAMED = re.compile(r"(?:(?!_回执_).)+_日报_(\d{4}-\d\d-\d\d)\.xlsx")
"""A form's name; a receipt may carry that of the form that it answers."""
_YEAR = re.compile(r"-\d{4}-")
_ROOM_FOR_CASES: Final = 300


@dataclass(frozen=True, slots=True)
class Draft:
    """What a district's report is to begin with."""

    district: District
    day: date
    reporter: str
    """The last known 填报人; '' where there is none."""
    cases: Sequence[CaseLine]
    """The district's open and disputed cases in their present state."""
    to_answer: Sequence[AskedCase] = ()
    """The cases of its notices that it has not answered, newest notice first."""

    @property
    def name(self) -> str:
        """Return the file's name. No program reads it: a report is known by its 封面."""
        return f"{_NOT_IN_A_NAME.sub('_', self.district.name)}_日报_{self.day.isoformat()}.xlsx"


def day_of(name: str) -> date | None:
    """Return the day of a form by its file's name; None where it is no form's."""
    named = _NAMED.fullmatch(name)
    return date.fromisoformat(named[1]) if named else None


def render(report: Report, drawn: Drawn | None = None) -> dict[str, bytes]:
    """Return every district's report of the day after, by its path in the day's folder; `drawn`: what need not be drawn again."""
    drawn = drawn or Drawn()
    decided, forms = report.settings.on(report.day + timedelta(days=1)).model_dump_json(exclude={"paths"}), {}
    for draft in drafts_after(report):
        made_from = repr((decided, draft.district, draft.day, draft.reporter, _filled(draft), _rows(draft)))
        forms[f"{FOLDER}/{draft.name}"] = content = drawn.again(made_from) or workbook(draft, report.settings)
        drawn.note(made_from, content)
    return forms


def drafts_after(report: Report) -> list[Draft]:
    """Return every district's draft for the day after."""
    following = report.day + timedelta(days=1)
    to_answer = report.beyond.notices.to_answer
    return drafts(report.cases, following, report.settings, reporters=report.reporters, to_answer=to_answer)


def drafts_before(state: DayState, files: Sequence[Filed], numbers: Sequence[NoticeNumber], settings: Settings) -> list[Draft]:
    """Return every district's draft for the state's day, which nobody has reported of yet; it is folded from the files.

    `numbers`: those of the notices up to the day before.
    """
    cases = case_register.case_lines(state, {file.arrival.id: file.arrival for file in files}, settings)
    answers = notice_answers.of(state, numbers, files, settings, last=state.day - timedelta(days=1))
    return drafts(cases, state.day, settings, reporters=state.reporters, to_answer=answers.to_answer)


def drafts(
    cases: Iterable[CaseLine], day: date, settings: Settings, *, reporters: Mapping[str, str], to_answer: Iterable[AskedCase]
) -> list[Draft]:
    """Return every district's draft for that day; `to_answer`: what their notices ask. A disputed case is an open one."""
    asked: dict[str, list[AskedCase]] = {}
    for question in to_answer:
        asked.setdefault(question.district, []).append(question)
    unsettled: dict[str, list[CaseLine]] = {}
    for case in cases:
        if case.is_open:
            unsettled.setdefault(case.district, []).append(case)
    return [
        Draft(district, day, reporters.get(district.name, ""), unsettled.get(district.name, []), asked.get(district.name, []))
        for district in settings.districts
    ]


def workbook(draft: Draft, settings: Settings) -> bytes:
    """Return the workbook of that draft; the same bytes for the same draft."""
    name, settings = draft.district.name, settings.on(draft.day)
    cover: dict[str, Value] = {
        "旗区": name,
        "报告日期": draft.day,
        "填报人": draft.reporter or f"{name}填报人（请改为姓名）",
        "零报告": "否" if draft.cases or draft.to_answer else "是",
        "模板版本": contract.TEMPLATE_VERSION,
    }
    heading = f"　{name}　{draft.day.year}年{draft.day.month}月{draft.day.day}日"

    def write(form: FormWorkbook) -> None:
        form_sheets.write_cover(form, f"{name}信访事项日报", f"{_filled(draft)}。{_by_when(settings)}怎样填见“填写说明”。", cover)
        form_sheets.write_instructions(form, words.report_steps(*_cut_off(settings), settings.categories, is_filled=True))
        rows = _rows(draft)
        for sheet in (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS):
            form_sheets.write(form, FormSheet(sheet, words.TITLES[sheet.name] + heading, rows.get(sheet.name, [])))

    return _written(f"{name}信访事项日报", settings, write, day=draft.day, example=_example(draft.district, draft.day, settings))


def _filled(draft: Draft) -> str:
    """Return what is filled in."""
    if not draft.cases and not draft.to_answer:
        return "没有在办案件，“零报告”已预先填“是”；当天有要报的，请改为“否”"
    disputed = sum(case.dispute_stands for case in draft.cases)
    return f"已预先填好 {len(draft.cases)} 件在办案件" + (f"，其中群众不认可 {disputed} 件" if disputed else "")


def _rows(draft: Draft) -> dict[str, list[dict[str, Value]]]:
    """Return the rows that are filled in, by their sheets."""
    over = {case.number for case in draft.cases if (deadline := case.deadline_on(draft.day)) and deadline < draft.day}
    return {
        contract.PROGRESS.name: [_row(case, draft.day) for case in draft.cases],
        contract.ANSWERS.name: [_asked(case, over) for case in draft.to_answer],
    }


def _row(case: CaseLine, day: date) -> dict[str, Value]:
    """Return a case's present state as its row; what belongs to one day alone is left out."""
    return {
        CASE: case.number,
        "案由": case.matter,
        "包案领导": case.leaders,
        "办结时限": case.deadline_on(day),
        "当前状态": case.status,
        "诉求认定": case.claim,
        "答复日期": case.replied_on,
        "答复文号": case.reply_number,
        "群众确认": case.confirmation,
        "下一步措施": case.next_step,
        "需协调事项": case.coordination,
    }


def _asked(case: AskedCase, over: Container[str]) -> dict[str, Value]:
    """Return the row by which a case of a notice is to be answered; nobody can conclude in time the cases whose deadline is `over`."""
    asked = case.asked.replace(FLAGS["due_soon"].asked, words.AFTER_LIMIT) if case.case in over else case.asked
    return {"通知编号": case.written, CASE: case.case, "督办事项": asked}


# --- blank ones --------------------------------------------------------------------------------------------------


def blanks(settings: Settings) -> dict[str, bytes]:
    """Return the two blank workbooks, by their names in `templates/`."""
    return {BLANK_REPORT: blank_report(settings), BLANK_ASSIGNMENT: blank_assignment(settings)}


def blank_report(settings: Settings) -> bytes:
    """Return a report for any district and any day."""
    settings = settings.on(date.max)  # with the rules that come last: a blank one is for days to come

    def write(form: FormWorkbook) -> None:
        cover: dict[str, Value] = {"零报告": "否", "模板版本": contract.TEMPLATE_VERSION}
        form_sheets.write_cover(form, "旗区信访事项日报", _by_when(settings), cover)
        form_sheets.write_instructions(form, words.report_steps(*_cut_off(settings), settings.categories, is_filled=False))
        for sheet in (*contract.REPORT_SHEETS, *contract.REPORT_EXTENSIONS):
            form_sheets.write(form, FormSheet(sheet, words.TITLES[sheet.name]))

    example = case_numbers.example(settings.case_number_pattern, settings.districts[0].code)
    return _written("旗区信访事项日报", settings, write, day=None, example=example)


def blank_assignment(settings: Settings) -> bytes:
    """Return a case-assignment workbook."""

    def write(form: FormWorkbook) -> None:
        for sheet in (*contract.ASSIGNMENT_SHEETS, *contract.ASSIGNMENT_EXTENSIONS):
            room = _ROOM_FOR_CASES if sheet.name in contract.CASE_SHEETS else ROOM
            form_sheets.write(form, FormSheet(sheet, f"案件包案任务分解表　{words.TITLES[sheet.name]}", room=room))
        form_sheets.write_instructions(form, words.assignment_steps("收件箱的 assignment 文件夹"))

    return _written("案件包案任务分解表", settings, write, day=None, example=case_numbers.example(settings.case_number_pattern))


# --- 接访排班 -----------------------------------------------------------------------------------------------------


def rota(turns: Sequence[Turn], span: tuple[date, date], told: str, settings: Settings) -> bytes:
    """Return a workbook with the sheet 接访排班 and these turns; `told`: what is to be said of its days."""
    rows: list[dict[str, Value]] = [
        {"日期": turn.day, "领导": turn.leader, "安排": turn.kind, "替班领导": turn.substitute, "备注": turn.note} for turn in turns
    ]
    title = f"{words.TITLES[contract.ROTA.name]}　{span[0]} 至 {span[1]}"
    sheet = FormSheet(contract.ROTA, title, rows, f"{words.PLANNED}{told}")
    return _written(title, settings, lambda form: form_sheets.write(form, sheet), day=None, example="")


# --- the workbook ------------------------------------------------------------------------------------------------


def _written(title: str, settings: Settings, write: Callable[[FormWorkbook], None], *, day: date | None, example: str) -> bytes:
    """Return the workbook whose sheets `write` makes. `day` is the report's; None in a blank one."""
    book = InMemoryWorkbook(OPTIONS)
    created = datetime.combine(day or _BLANK_DAY, time(0))
    book.set_properties({"title": text(title), "author": text(settings.office), "created": created})
    missing = book.add_format({"bg_color": "#FFF2CC"})
    write(FormWorkbook(book, day, example, settings, Formats(book, LOOKS), missing))
    return book.content()


def _cut_off(settings: Settings) -> tuple[str, str]:
    """Return the hour of the cut-off as it is written, and to whom a report goes."""
    return f"{settings.calendar.cut_off:%H:%M}", settings.office or "办公室"


def _by_when(settings: Settings) -> str:
    at, office = _cut_off(settings)
    return f"报告日期当天 {at} 以前送到{office}。"


def _example(district: District, day: date, settings: Settings) -> str:
    """Return a number as this district would write it that year, where the office's pattern allows it."""
    usual = case_numbers.example(settings.case_number_pattern, district.code)
    this_year = _YEAR.sub(f"-{day.year:04}-", usual)
    return this_year if case_numbers.fits(this_year, settings.case_number_pattern) else usual
