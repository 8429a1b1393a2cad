"""A period as Word and PDF in the layout of official papers: plain texts by the names that the templates use.

Covered by tests/render/test_period_files.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any, Final

from pipeline.render.papers import briefing_pdf, own_templates, word
from pipeline.render.papers.plain_text import plain_in, short
from pipeline.render.period.period_page import SIGNS, stood
from pipeline.report import left_at_the_end, not_taken, period_words, sentences
from pipeline.report.durations import Duration
from pipeline.report.period import Part, Period
from pipeline.terms import words

Fields = dict[str, Any]
WORD_TEMPLATE, PDF_TEMPLATE = "阶段报告模板.docx", "阶段报告版式.typ"
_WAY_OUT: Final = "请改好；改不好的，删掉这个文件就恢复程序自带的版式。"
_WIDEST_CALENDAR: Final = 31
_MOST_LEFT: Final = (40, 20, 10)
"""So many cases that a closing leaves behind are listed: as many as its pages hold beside the rest in its tightest form."""
_ON_A_PAGE: Final = 20
_MOST_CASES: Final = 4
"""Of one kind in one sentence."""
_MOST_PAGES: Final = 4
_VARIANTS: Final = (
    *((24, 12, 2, 2), (24, 4, 2, 2), (0, 12, 2, 2), (0, 4, 2, 2), (0, 12, 2, 1), (0, 4, 2, 1)),
    *((0, 12, 2, 0), (0, 4, 2, 0), (0, 4, 1, 0), (0, 2, 1, 0), (0, 1, 1, 0)),
)
"""From generous to tight: so many rows of leaders have their tables here, so many restatements are named, and in the beginning, and so many
tables tell how long cases take: what was told otherwise before goes last, and first of it stays what turned a verdict."""


@dataclass(frozen=True, slots=True)
class _Room:
    """One of `_VARIANTS`."""

    leaders: int
    runs: int
    first_runs: int
    durations: int
    urgent: int | None = None
    """Urgent matters that are told whole; as many as restatements where it is None."""
    left: int = 0
    """Cases that a closing leaves behind and that are listed."""


_MOST_DANGERS: Final = 6
"""So many urgent matters without an answer that endanger people are told whole before anything else is."""
_LOST: Final = ("退出总数", "不再计入", "重新办理", period_words.FALLEN_BACK)
"""Kinds of change of which the paper names cases; the others stand in the workbook."""
_LONGEST_LABEL: Final = 12
_LONGEST_CELL: Final = 12
"""Two lines of a cell in a list of cases."""
_SHORT: Final = 6
"""With so many rows or fewer a table is not torn apart."""
_ANY_MOMENT: Final = datetime(2020, 1, 1, tzinfo=UTC)
_WORKBOOK: Final = "同一文件夹里的工作簿"
_NUMBERS: Final = "一二三四五六七八九"
"""Of the sections: those that have nothing to say are not there."""


def docx(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the Word file. Raises BrokenTemplateError."""
    whole = word.Template(template, has_loops_over_columns=True)
    return word.render(whole, fields, moment, word.Properties(fields["文件标题"], fields["单位"]))


def pdf(fields: Fields, moment: datetime, template: bytes) -> bytes:
    """Return the PDF. Raises BrokenTemplateError."""
    return briefing_pdf.render(fields, moment, template)


_Form = Callable[[Fields, datetime, bytes], bytes]
_FORMS: Final[tuple[tuple[str, str, _Form], ...]] = (("docx", WORD_TEMPLATE, docx), ("pdf", PDF_TEMPLATE, pdf))


def render(period: Period, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return both files by their endings, and what is wrong with the office's templates: the originals take their place."""
    said, files, broken = fields(period), dict[str, bytes](), list[str]()
    for ending, name, form in _FORMS:
        files[ending], problem = own_templates.apply(templates / name, partial(form, said, period.data_until))
        broken += [f"版式 {name} 不能用：{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []
    return files, broken


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with each template, tried on made-up texts."""
    for _ending, name, form in _FORMS:
        if problem := own_templates.problem_of(templates / name, partial(form, _SAMPLE, _ANY_MOMENT)):
            yield f"版式 {templates / name} 不能用：{problem}。{_WAY_OUT}"


# --- the texts ---------------------------------------------------------------------------------------------------


def fields(period: Period) -> Fields:
    """Return every text of the paper: the most generous that four pages hold."""
    dangers = min(len(left_at_the_end.open_dangers(period)), _MOST_DANGERS)
    most_left = _MOST_LEFT if period.is_closing else (0,)
    rooms = (_Room(*variant, urgent=max(variant[1], dangers), left=most) for most in most_left for variant in _VARIANTS)
    tightest = _Room(*_VARIANTS[-1], left=most_left[-1])
    room = next((room for room in rooms if _has_room(period, room)), tightest)
    return _draft(period, _with_more(period, _with_more_urgent(period, room)))


def _with_more(period: Period, room: _Room) -> _Room:
    """Return the same with what the last page still holds: more restatements, then tables of how long cases take."""
    runs = len(period_words.restated_runs(period)) if period.restated else 0
    wanted = [replace(room, runs=most) for most in (12, 8, 4, 2) if most > room.runs and runs > room.runs]
    room = next((more for more in wanted if _has_room(period, more)), room)
    wanted = [replace(room, durations=most) for most in (2, 1) if most > room.durations]
    return next((more for more in wanted if _has_room(period, more)), room)


def _with_more_urgent(period: Period, room: _Room) -> _Room:
    """Return the same with as many more urgent matters as the paper still holds: those of which nothing was said come first."""
    fits, too_many = min(room.runs if room.urgent is None else room.urgent, len(period.urgent)), len(period.urgent) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if _has_room(period, replace(room, urgent=middle)):
            fits = middle
        else:
            too_many = middle
    return replace(room, urgent=fits)


def _has_room(period: Period, room: _Room) -> bool:
    """Whether four pages hold the texts: where that is close, they are set to see it, with a little to spare for other fonts.

    A closing has a page more for every so many cases that it lists.
    """
    draft, most = _draft(period, room), _MOST_PAGES - -min(room.left, len(left_at_the_end.left(period))) // _ON_A_PAGE
    pages = _height(draft) / _PAGE
    if not most < pages <= most * _TOO_HIGH:
        return pages <= most
    *sections, last = draft["部分"]
    longer = draft | {"部分": [*sections, last | {"注": [*last["注"], *_SPARE]}]}
    return len(_PAGE_OF_PDF.findall(pdf(longer, period.data_until, own_templates.original(PDF_TEMPLATE)))) <= most


def _draft(period: Period, room: _Room) -> Fields:
    """Return the texts with so much room."""
    runs, durations = room.runs, room.durations
    name, until = period_words.NAME[period.is_closing], period.data_until
    sections = [_targets(period), _districts(period, room.leaders)]
    sections.insert(0 if period.is_closing else len(sections), _remaining(period, room.left, has_durations=bool(durations)))
    sections += [*([_durations(period, durations)] if durations else []), _later(period), _reports(period)]
    sections += [
        section
        for section in (_restated(period, runs), _exempted(period, runs), _urgent(period, runs if room.urgent is None else room.urgent))
        if section
    ]
    said: Fields = {
        "报头": name,
        "文件标题": f"{name}（{period_words.span(period)}）",
        "单位": period.settings.office,
        "期间": f"共{period.days}天",
        "数据截至": f"{sentences.day(until.date(), period.last)}{until:%H:%M}",
        "标题": f"{period_words.span(period)}信访事项办理情况",
        "日期": sentences.long_day(max(period.last, until.date())),  # a paper is not dated before its data
        "提要": [{"名称": title, "内容": said} for title, said in period_words.lines(period, room.first_runs)],
        "部分": [section | {"小标题": f"{number}、{section['小标题']}"} for number, section in zip(_NUMBERS, sections, strict=False)],
    }
    return {key: plain_in(value) for key, value in said.items()}


_PAGE: Final = 665.0
"""Points of a page as `_height` counts them, which is rather too high."""
_TOO_HIGH: Final = 1.4
"""By what at most `_height` is too high."""
_PAGE_OF_PDF: Final = re.compile(rb"/Type ?/Page\b")
_SPARE: Final = ("空", "空", "空")
"""Notes that stand for what another font takes more."""
_HEAD_AND_END, _LINE, _HEADING, _NOTE_LINE, _ROW_HEIGHT = 190.0, 28.95, 37.0, 13.7, 16.2
_LINE_WIDTH, _NOTE_WIDTH, _ROW_WIDTH = 27, 41, 35
"""Characters of a line of the text, of a note, and of all columns of a table but the first."""
_CELL_LINE = 13.2


def _height(draft: Fields) -> float:
    """Return about how high the paper is, in points."""
    height = _HEAD_AND_END + sum(_LINE * _lines(f"　　{line['名称']}：{line['内容']}", _LINE_WIDTH) for line in draft["提要"])
    for section in draft["部分"]:
        notes = (*section["说明"], *section["注"])
        height += _HEADING + sum(_NOTE_LINE * _lines(note, _NOTE_WIDTH) + 5 for note in notes)
        height += sum(_ROW_HEIGHT * 1.4 + 9 + sum(map(_row, table["行"])) for table in section["表"])
    return height


def _row(row: Fields) -> float:
    """Return how high a row is: of five columns or fewer a cell may have a second line."""
    width = _ROW_WIDTH // len(row["数"]) if len(row["数"]) <= len(left_at_the_end.COLUMNS) else _ROW_WIDTH
    return _ROW_HEIGHT + _CELL_LINE * (max(_lines(cell, width) for cell in row["数"]) - 1)


def _lines(text: str, width: int) -> int:
    wide = sum(0.6 if character.isascii() else 1 for character in text)
    return -(-math.ceil(wide) // width)


def _section(title: str, above: Sequence[str] = (), tables: Sequence[Fields] = (), below: Sequence[str] = ()) -> Fields:
    return {"小标题": title, "说明": [*filter(None, above)], "表": [*tables], "注": [*filter(None, below)]}


def _table(name: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], *, is_calendar: bool = False) -> Fields:
    listed = [{"名称": short(label, _LONGEST_LABEL), "数": [*cells]} for label, cells in rows]
    return {"名称": name, "列": [*columns], "行": listed, "日历": is_calendar, "短": len(listed) <= _SHORT}


def _parts(name: str, parts: Sequence[Part], period: Period) -> Fields:
    unsaid = period_words.zero_throughout(parts, period)
    is_shown = [column not in unsaid for column in period_words.PART_COLUMNS]
    rows = [(part.label, [*compress(period_words.part(part, period), is_shown)]) for part in parts]
    return _table(name, [*compress(period_words.PART_COLUMNS, is_shown)], rows)


def _targets(period: Period) -> Fields:
    """Where the groups began and ended; which cases stopped counting."""
    told = [
        _named(part.group, kind, cases)
        for part in period.groups
        for kind, cases in period_words.all_changes(part)
        if cases and kind in _LOST
    ]
    table = _parts("组别", period.groups, period)
    return _section("两项目标：期初、期末和其间的变化", (), [table], [*told, period_words.NEWLY])


def _named(group: str, kind: str, cases: Sequence[str]) -> str:
    return f"{group}{kind}{len(cases)}件：{words.first_of(cases, _MOST_CASES)}。"


def _districts(period: Period, most: int) -> Fields:
    unknown = "" if period.has_beginning else period_words.NO_BEGINNING
    shown, word = period.below or period.districts, period_words.below(period)
    own = {group.label: [part for part in shown if part.group == group.label and _has_cases(part)] for group in period.groups}
    tables = [_parts(label, parts, period) for label, parts in own.items() if parts]
    unknown += "".join(f"{label}没有案件。" for label, parts in own.items() if not parts)
    unknown += f"没有案件的{word}不列。" if not all(map(_has_cases, shown)) else ""
    unknown += f"{'再往下各级和' if len(period.units) > len(period.below) else ''}各旗区的见{_WORKBOOK}“旗区”。" if period.below else ""
    if len(period.leaders) <= most:
        leaders = {group.label: [part for part in period.leaders if part.group == group.label] for group in period.groups}
        tables += [_parts(f"{label}（包案领导）", own, period) for label, own in leaders.items() if own]
        return _section(f"各{word}和包案领导", (), tables, (f"{unknown}{period_words.BELONGS}",))
    where = f"包案领导{len({part.label for part in period.leaders})}位，各自的期初、期末见{_WORKBOOK}“包案领导”。"
    return _section(f"各{word}", (), tables, (f"{unknown}{period_words.BELONGS}{where}",))


def _has_cases(part: Part) -> bool:
    return any(tally.total for tally in part.tallies)


def _remaining(period: Period, most: int, *, has_durations: bool) -> Fields:
    listed = _left(period, most)
    beyond = len(left_at_the_end.left(period)) - sum(len(table["行"]) for table in listed)
    tables = _reasons(period) if beyond else []  # else each row says it, and the beginning counts them
    elsewhere = [f"其余{beyond}件见“余下的案件”"] if listed and beyond else ["逐件见“余下的案件”"] if beyond else []
    elsewhere += [] if has_durations else ["各类案件的办理用时见“办理用时”"]
    below = (f"{_WORKBOOK}里，{'，'.join(elsewhere)}。",) if elsewhere else ()  # a section of its own would be one sentence
    above = "" if listed else left_at_the_end.in_words(period)  # a closing begins with these words
    return _section("余下的案件", (above,), [*tables, *listed], below)


def _reasons(period: Period) -> list[Fields]:
    """Return the table of the reasons, without groups that have none of these cases."""
    by_reason: dict[str, dict[str, int]] = {}
    for entry in period.remaining:
        by_reason.setdefault(entry.reason, {})[entry.group] = len(entry.cases)
    has_any = {entry.group for entry in period.remaining} if period.is_closing else {part.label for part in period.groups}
    groups = [part.label for part in period.groups if part.label in has_any]
    rows = [(reason, [str(counts.get(group, 0)) for group in groups]) for reason, counts in by_reason.items()]
    return [_table("为什么没有计入", groups, rows)] if rows else []


def _left(period: Period, most: int) -> list[Fields]:
    """Return a table for each group of the first so many cases that a closing leaves behind."""
    cases = left_at_the_end.in_order(period)[:most]
    tables = []
    for group in dict.fromkeys(part.label for part in period.groups):
        own = [(case.number, left_at_the_end.cells(case, period)) for case in cases if case.group == group]
        rows = [{"名称": number, "数": [short(cell, _LONGEST_CELL) for cell in cells]} for number, cells in own]
        table = _table(short(group, _LONGEST_LABEL), left_at_the_end.COLUMNS, ())
        tables += [table | {"行": rows, "短": len(rows) <= _SHORT}] if rows else []
    return tables


def _durations(period: Period, most: int) -> Fields:
    def table(name: str, entries: Sequence[Duration]) -> Fields:
        return _table(name, period_words.DURATION_COLUMNS, [(entry.label, period_words.duration(entry)) for entry in entries])

    tables = [table("问题类别", period.by_category), table("案件来源", period.by_source)]
    more = "" if most == len(tables) else f"按问题类别的见{_WORKBOOK}“办理用时”。"
    return _section("办理用时", (), [one for one in tables[-most:] if one["行"]], (f"{period_words.DURATIONS}{more}",))


def _later(period: Period) -> Fields:
    return _section("群众确认，和化解以后", [*period_words.confirmations(period), *period_words.later(period)], (), (period_words.LATER,))


def _reports(period: Period) -> Fields:
    above, names = (period_words.handed_in(period),), period.settings.district_names
    signs = "，".join(f"{SIGNS[stands]} {period_words.STANDS[stands]}" for stands in period.counted)
    days = period.submissions
    if period.below and days:
        tree, headings = period.settings.tree, [period_words.STANDS[stands] for stands in period.counted]
        sums = [(name, [f"{count}" for count in stood(period, tree.districts(name)).values()]) for name in tree.children()]
        table = _table(f"{period_words.below(period)}（份）", headings, sums)
        return _section("日报报送", above, [table], (f"各旗区逐日见{_WORKBOOK}“报送日历”。",))
    if len(days) <= _WIDEST_CALENDAR:
        rows = [(name, [SIGNS[of_day[name].stands] for _day, of_day in days]) for name in names]
        tables = [_table("旗区", [str(day.day) for day, _of_day in days], rows, is_calendar=True)] if days else []
        return _section("日报报送", above, tables, (f"{signs}。",) if days else ())
    counted = [(name, [f"{count}" for count in stood(period, [name]).values()]) for name in names]
    tables = [_table("旗区", [period_words.STANDS[stands] for stands in period.counted], counted)]
    return _section("日报报送", above, tables, (f"逐日见{_WORKBOOK}“报送日历”。",))


def _urgent(period: Period, most: int) -> Fields | None:
    """Return the section of the urgent matters, the dangers without an end first."""
    lines = [f"{period_words.urgent_told(matter, period)}。" for matter in period_words.urgent_matters(period)]
    more = f"其余{len(lines) - most}件见{_WORKBOOK}“急报”。" if len(lines) > most else ""
    refused = not_taken.at_the_end(period.refused_urgent, period.last)
    return _section("急报", [refused, *lines[:most]], (), (more,)) if lines or refused else None


def _restated(period: Period, most: int) -> Fields | None:
    if not period.restated:
        return None
    runs = period_words.restated_runs(period)
    more = f"其余{len(runs) - most}处见{_WORKBOOK}“更正和版次”。" if len(runs) > most else ""
    return _section("更正", [f"{said}。" for said in period_words.restated_runs(period, most)], (), (more,))


def _exempted(period: Period, most: int) -> Fields | None:
    lines = [f"{period_words.exemption_told(each, period)}。" for each in period.exemptions]
    more = f"其余{len(lines) - most}项见{_WORKBOOK}“豁免”。" if len(lines) > most else ""
    return _section("豁免", [period_words.exempted(period), *lines[:most]], (), (more,)) if lines else None


_ROW: Final = {"名称": "东胜区", "数": ["1", "2"]}
_SAMPLE: Final[Fields] = {
    **dict.fromkeys(("报头", "文件标题", "单位", "期间", "数据截至", "标题", "日期"), "试"),
    "提要": [{"名称": "试", "内容": "试"}],
    "部分": [
        {
            "小标题": "试",
            "说明": ["试"],
            "表": [{"名称": "旗区", "列": ["一", "二"], "行": [_ROW], "日历": kind == 0, "短": kind == 1} for kind in range(3)],
            "注": ["试"],
        }
    ],
}
"""Made-up texts in which every list has something."""
