"""日报模板: a district's next report, filled in beforehand with the present state of its open and disputed cases; and blank ones."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from xlsxwriter import Workbook

from pipeline.day.fold import DayState
from pipeline.render.forms import empty_rows
from pipeline.render.forms import form_sheets as sheets
from pipeline.render.forms import form_words as words
from pipeline.render.forms.form_sheets import Book, Form
from pipeline.render.workbook.cell_formats import Value, height, lines, merge, put, text
from pipeline.report import reporting
from pipeline.report.case_lines import CaseLine
from pipeline.report.report import Report
from pipeline.settings.config import District, Settings
from pipeline.terms import case_numbers, contract
from pipeline.terms.contract import CASE, COVER
from pipeline.terms.handed_in import Filed

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FOLDER: Final = "日报模板"
"""Where a day's templates lie in its folder."""
BLANK_REPORT, BLANK_ASSIGNMENT = "旗区日报模板.xlsx", "案件包案任务分解表模板.xlsx"
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_BLANK_DAY: Final = date(2020, 1, 1)
"""The date that a blank workbook says it was made on: it must not carry the clock."""
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_YEAR = re.compile(r"-\d{4}-")
_CASES_ROOM: Final = 300


@dataclass(frozen=True, slots=True)
class Draft:
    """What a district's report is to begin with."""

    district: District
    day: date
    reporter: str
    """The last known 填报人; '' where there is none."""
    cases: Sequence[CaseLine]
    """The district's open and disputed cases in their present state."""

    @property
    def name(self) -> str:
        """The file's name; nobody reads it."""
        return f"{_NOT_IN_A_NAME.sub('_', self.district.name)}_日报_{self.day.isoformat()}.xlsx"


def render(report: Report) -> dict[str, bytes]:
    """Every district's report of the day after, by its path in the day's folder."""
    following = report.day + timedelta(days=1)
    made = drafts(report.cases, following, report.reporters, report.settings)
    return {f"{FOLDER}/{one.name}": workbook(one, report.settings) for one in made}


def drafts_before(day: date, state: DayState, files: Sequence[Filed], settings: Settings) -> list[Draft]:
    """Return every district's draft for that day, which nobody has reported of yet; `state` is that of the day, folded from the files."""
    cases = reporting.case_lines(state, {file.arrival.id: file.arrival for file in files}, settings)
    return drafts(cases, day, reporting.last_reporters(files), settings)


def drafts(cases: Iterable[CaseLine], day: date, reporters: Mapping[str, str], settings: Settings) -> list[Draft]:
    """Every district's draft for that day. A disputed case is an open one."""
    unsettled = [case for case in cases if case.is_open]
    return [
        Draft(district, day, reporters.get(district.name, ""), [case for case in unsettled if case.district == district.name])
        for district in settings.districts
    ]


def workbook(draft: Draft, settings: Settings) -> bytes:
    """The workbook of that draft; the same bytes for the same draft."""
    name = draft.district.name
    heading = f"{name}　{draft.day.year}年{draft.day.month}月{draft.day.day}日"
    said: dict[str, Value] = {
        "旗区": name,
        "报告日期": draft.day,
        "填报人": draft.reporter or f"{name}填报人（请改为姓名）",
        "零报告": "否",
        "模板版本": contract.TEMPLATE_VERSION,
    }
    disputed = sum(case.dispute_stands for case in draft.cases)
    note = f"已预先填好 {len(draft.cases)} 件在办案件" + (f"，其中群众不认可 {disputed} 件" if disputed else "")
    with _written(f"{name}信访事项日报", settings, draft.day) as (output, made):
        book = Book(made, draft.day, _example(draft.district, draft.day, settings), settings.district_names, settings.office)
        _write_cover(book, f"{name}信访事项日报", f"{note}。{_by_when(settings)}怎样填见“填写说明”。", said)
        _write_instructions(book, words.report_steps(*_cut_off(settings), is_filled=True))
        for sheet in contract.REPORT_SHEETS:
            rows = [_row(case) for case in draft.cases] if sheet is contract.PROGRESS else []
            sheets.write(book, Form(sheet, f"{words.TITLES[sheet.name]}　{heading}", rows))
    return _finished(output, book)


def _row(case: CaseLine) -> dict[str, Value]:
    """A case's present state as its row; what belongs to one day alone is left out."""
    return {
        CASE: case.number,
        "案由": case.matter,
        "包案领导": case.leaders,
        "办结时限": case.deadline,
        "当前状态": case.status,
        "诉求认定": case.claim,
        "答复日期": case.replied_on,
        "答复文号": case.reply_number,
        "群众确认": case.confirmation,
        "下一步措施": case.next_step,
        "需协调事项": case.coordination,
    }


# --- blank ones --------------------------------------------------------------------------------------------------


def blanks(settings: Settings) -> dict[str, bytes]:
    """The two blank workbooks, by their names in `templates/`."""
    return {BLANK_REPORT: blank_report(settings), BLANK_ASSIGNMENT: blank_assignment(settings)}


def blank_report(settings: Settings) -> bytes:
    """A report for any district and any day."""
    said: dict[str, Value] = {"零报告": "否", "模板版本": contract.TEMPLATE_VERSION}
    with _written("旗区信访事项日报", settings, _BLANK_DAY) as (output, made):
        book = Book(
            made,
            None,
            case_numbers.example(settings.case_number_pattern, settings.districts[0].code),
            settings.district_names,
            settings.office,
        )
        _write_cover(book, "旗区信访事项日报", _by_when(settings), said)
        _write_instructions(book, words.report_steps(*_cut_off(settings), is_filled=False))
        for sheet in contract.REPORT_SHEETS:
            sheets.write(book, Form(sheet, words.TITLES[sheet.name]))
    return _finished(output, book)


def blank_assignment(settings: Settings) -> bytes:
    """A case-assignment workbook."""
    with _written("案件包案任务分解表", settings, _BLANK_DAY) as (output, made):
        book = Book(made, None, case_numbers.example(settings.case_number_pattern), settings.district_names, settings.office)
        for sheet in contract.ASSIGNMENT_SHEETS:
            room = sheets.ROOM if sheet is contract.LIAISON else _CASES_ROOM
            sheets.write(book, Form(sheet, f"案件包案任务分解表　{words.TITLES[sheet.name]}", room=room))
        _write_instructions(book, words.assignment_steps("收件箱的 assignment 文件夹"))
    return _finished(output, book)


# --- the workbook ------------------------------------------------------------------------------------------------


@contextmanager
def _written(title: str, settings: Settings, day: date) -> Iterator[tuple[io.BytesIO, Workbook]]:
    """A workbook under way; its bytes are there once the block has ended."""
    output = io.BytesIO()
    with Workbook(output, _OPTIONS) as made:
        created = datetime.combine(day, time(0))
        made.set_properties({"title": text(title), "author": text(settings.office), "created": created})
        yield output, made


def _finished(output: io.BytesIO, book: Book) -> bytes:
    """The bytes with all the empty rows."""
    return empty_rows.widen(output.getvalue(), [book.rooms.get(page.name, 0) for page in book.workbook.worksheets()])


def _cut_off(settings: Settings) -> tuple[str, str]:
    return f"{settings.calendar.cut_off:%H:%M}", settings.office or "办公室"


def _by_when(settings: Settings) -> str:
    at, office = _cut_off(settings)
    return f"报告日期当天 {at} 以前送到{office}。"


def _example(district: District, day: date, settings: Settings) -> str:
    """A number as this district would write it that year, where the office's pattern allows it."""
    usual = case_numbers.example(settings.case_number_pattern, district.code)
    this_year = _YEAR.sub(f"-{day.year:04}-", usual)
    return this_year if case_numbers.fits(this_year, settings.case_number_pattern) else usual


# --- 封面 and 填写说明 --------------------------------------------------------------------------------------------

_REQUIRED: Final = ("旗区", "报告日期", "填报人")
_FIRST_LABEL = 3
"""Above the row that `template_sheets.REPORT_DAY` names."""


def _write_cover(book: Book, title: str, note: str, said: Mapping[str, Value]) -> None:
    page = book.workbook.add_worksheet(COVER)
    for at, width in enumerate((16, 32, 60)):
        page.set_column(at, at, width)
    page.set_row(0, 34)
    merge(page, (0, 0, 0, 2), title, book.look("title", "middle"))
    merge(page, (1, 0, 1, 2), note, book.look("note", "middle"))
    for at, label in enumerate(contract.COVER_LABELS, _FIRST_LABEL):
        page.set_row(at, 28)
        is_given = label == "模板版本" or (label == "旗区" and label in said)
        form = ("date",) if label == "报告日期" else () if label == "模板版本" else ("text",)
        put(page, at, 0, f"{label}{'*' if label in _REQUIRED else ''}", book.look("label", "box"))
        put(page, at, 1, said.get(label), book.look(*form, "field", "box", "given" if is_given else "open"))
        put(page, at, 2, words.HINTS[COVER][label].format_map({"day": book.written_day}), book.look("note", "remark"))
        page.data_validation(at, 1, at, 1, _cover_rule(book, label))
    sheets.set_paper(book, page, is_list=False)
    sheets.protect(page)
    page.activate()


def _cover_rule(book: Book, label: str) -> dict[str, object]:
    """What may stand behind that label, with its hint."""
    said = words.HINTS[COVER][label].format_map({"day": book.written_day})
    title = f"{label}（必填）" if label in _REQUIRED else label
    match label:
        case "旗区":
            rule, kind = sheets.listed(book.districts), contract.Kind.DISTRICT
        case "零报告":
            rule, kind = sheets.listed(("是", "否")), contract.Kind.CHOICE
        case "报告日期":
            rule, kind = sheets.any_day(), contract.Kind.DATE
        case _:
            return {"validate": "any", "input_title": title, "input_message": said}
    return {**rule, "input_title": title, "input_message": said, **words.wrong(kind, book.written_day)}


def _write_instructions(book: Book, blocks: Sequence[words.Block]) -> None:
    page = book.workbook.add_worksheet(words.INSTRUCTIONS)
    page.set_column(0, 0, 16)
    page.set_column(1, 1, _SENTENCE_WIDTH)
    put(page, 0, 0, words.INSTRUCTIONS, book.look("title"))
    page.set_row(0, 32)
    at = 2
    for heading, several in blocks:
        at = _write_block(book, page, at, heading, several)
    sheets.set_paper(book, page, is_list=False)
    sheets.protect(page)


_SENTENCE_WIDTH = 84


def _write_block(book: Book, page: Worksheet, at: int, heading: str, several: Iterable[tuple[str, str]]) -> int:
    """One heading with its lines; the row after it."""
    merge(page, (at, 0, at, 1), heading, book.look("heading"))
    page.set_row(at, 24)
    for word, sentence in several:
        at += 1
        put(page, at, 0, word, book.look("word"))
        put(page, at, 1, sentence, book.look("sentence"))
        page.set_row(at, height(lines(sentence, _SENTENCE_WIDTH)))
    return at + 2
