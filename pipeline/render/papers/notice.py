"""督办通知 as a Word file, one for each of the day's notices."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Generic

from pipeline.render.papers import notice_room, own_templates, word, word_settings
from pipeline.render.papers.plain_text import LONGEST_NAME, plain, short
from pipeline.report import answer_words, clock_lines, matter_words, not_taken, notice_words, notices
from pipeline.report.case_lines import Notice, NoticeCase, Point
from pipeline.report.report import Report
from pipeline.report.sentences import long_day
from pipeline.terms import words
from pipeline.terms.messages import shorten

FOLDER = "督办通知"
TEMPLATE = "督办通知模板.docx"
OLDER_FIELDS = frozenset({"项数", "事项", "销号序号", "销号", "上次编号", "名称", "规则", "要求", "原因"})
HOW_IT_ENDED = "作废说明"
NEWER_FIELDS = (HOW_IT_ENDED, "说明", "上次", "销号明细", "增续", "回复期限", "从密", "清单", "条文")
"""What templates of before do not use: whoever keeps one is told."""
_FIELD = re.compile(r"\{[{%](.*?)[%}]\}")
_SAYS = ("编号", "作废说明", "件数", "情形", "上次", "销号明细")
"""Of the fields those by which two notices say the same, beside the cases: not when it was written nor how answers are counted."""
_OF_CASE = ("编号", "案由", "责任单位", "包案领导", "情况")
"""Likewise of a case: not how often it was in one."""
_MOST_ROOMY = 28
"""With more cases than this the list is set close, and is the reply too: one line a case, the articles cited once above it."""
_MOST_LINES = 40
"""With more lines than this in the table of fewer cases the articles are cited once below it: else a page is begun for a few lines."""
_NUMERALS = "一二三四五六七"
"""Of an older template's sections: one for each of the six flags, and what was settled."""
_LONGEST_MATTER, _LONGEST_UNIT = 60, 12
_DIGITS = re.compile(r"\d+")
_SHORTEST_REPEATED = 24
"""Characters of a matter that is not said again where it differs from one above by numbers alone."""
_AROUND, _MOST_DIFFERING = 4, 2
"""Characters on either side of a number in which it differs, and how many such numbers are shown."""
_MORE = "…（全文见日报模板）"
"""Behind a matter that is longer."""
_WAY_OUT = "请用 Word 改好；改不好的，删掉这个文件就恢复程序自带的版式。"


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return every notice by its file's name, and what is wrong with the office's template; then the original takes its place."""
    return made_by(word.filled, report, templates)


def made_by(filling: word.Filling[word.Content], report: Report, templates: Path) -> tuple[dict[str, word.Content], list[str]]:
    """Return the same as `filling` makes it."""
    made, problem = own_templates.apply(templates / TEMPLATE, lambda content: _rendered(report, word.Template(content), filling))
    remarks = [f"模板“{TEMPLATE}”{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []
    ended = [notice.number for notice in report.notices if not notice.cases and not notice_words.is_void(notice)]
    if ended and not made.says_how_it_ended:
        remarks.append(f"{'、'.join(ended)}现在没有需要督办的案件，也没有作废，通知里少了说明这一点的话。{_lacking([HOW_IT_ENDED])}")
    return made.files, remarks


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with the office's template, as far as that shows without a notice."""
    if problem := own_templates.problem_of(templates / TEMPLATE, lambda template: word.check(word.Template(template))):
        yield f"版式 {templates / TEMPLATE} 不能用：模板“{TEMPLATE}”{problem}。{_WAY_OUT}"


def unused(templates: Path) -> list[str]:
    """Return what the program's own template tells and the office's leaves out, in a line; nothing where it is all there."""
    with suppress(own_templates.BrokenTemplateError):
        if (own := own_templates.read(templates / TEMPLATE)) is not None:
            used = _names(word.Template(own))
            lacking = [name for name in NEWER_FIELDS if name not in used]
            return [_lacking(lacking)] if lacking else []
    return []


def _lacking(names: Sequence[str]) -> str:
    return (
        f"办公室自己的模板“{TEMPLATE}”没有用到{'、'.join(f'“{name}”' for name in names)}，通知里就没有这些内容。"
        "请照程序自带的（templates/原版）用 Word 补上；不再用自己的，删掉它，就恢复程序自带的版式。"
    )


def _names(template: word.Template) -> set[str]:
    """Return the words in the template's fields and conditions."""
    return {name for field in _FIELD.findall(word.text(template)) for name in re.findall(r"\w+", field)}


@dataclass(frozen=True, slots=True)
class _Made(Generic[word.Content]):
    """The notices by their files' names."""

    files: dict[str, word.Content]
    says_how_it_ended: bool
    """Whether the template says of a notice without cases why it has none."""


def _rendered(report: Report, template: word.Template, filling: word.Filling[word.Content]) -> _Made[word.Content]:
    says_how_it_ended = HOW_IT_ENDED in _names(template)
    files = filling(template, (_paper(notice, report, says_how_it_ended=says_how_it_ended) for notice in report.notices))
    return _Made(files, says_how_it_ended)


def _paper(notice: Notice, report: Report, *, says_how_it_ended: bool) -> word.Paper:
    said = fields(notice, report)
    return word.Paper(
        f"{FOLDER}/{notice.district}_督办通知_{report.day.isoformat()}.docx",
        # A template of before calls every notice without cases void, in words of its own: true only of those corrected away.
        said | ({} if says_how_it_ended else {"作废": notice_words.is_void(notice)}),
        notice.data_until,
        word.Properties(f"{notice.district}督办通知（{long_day(report.day)}）", report.office, _identity(notice, report)),
        word_settings.Endings(
            higher=tuple(notice_room.padding(said).items()), begins_page="AnnexLabel" if notice_room.has_own_page(said) else ""
        ),
    )


def _until(notice: Notice, day: date) -> str:
    """Return when the last report came that it rests on, and of which days that is, where more of them have passed.

    A workbook of the office is no report: where nothing else is known, that is said.
    """
    if notice.reported_until is None:
        return f"{long_day(notice.data_until.date())}{notice.data_until:%H:%M}（收到分解表时，此前没有{notice.district}的日报）"
    moment = f"{long_day(notice.reported_until.date())}{notice.reported_until:%H:%M}"
    return f"{moment}对{words.near(day, notice.reported_until.date())}及以前各日" if notice.reported_until.date() > day else moment


def _identity(notice: Notice, report: Report) -> str:
    """Return by what one knows whether two editions of a notice say the same: its cases, what is so with them, and what is settled."""
    told = fields(notice, report)
    cases = [[case[name] for name in _OF_CASE] for case in told["案件"]]
    beside = [matter_words.of_notice(report, notice.district), not_taken.to_mend_in_notice(report, notice.district)]
    said = [*(told[name] for name in _SAYS), cases, _beside(notice, report.day), *beside]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def says(content: bytes) -> str:
    """Return the same of a notice that was published; '' where an older program wrote it."""
    return word.identifier(content)


def fields(notice: Notice, report: Report) -> dict[str, Any]:
    """Return what the template may use, by name."""
    urgent = matter_words.of_notice_by_case(report, notice.district)
    cases, marks = partial(_cases, notice, report.day, urgent), dict[str, str]()
    rows = cases()
    is_close = len(rows) > _MOST_ROOMY
    if is_close or sum(map(notice_room.lines, rows)) > _MOST_LINES:
        marks = notice_words.articles(notice.cases)
    by_flag = {flag: [point for point in notice.points if point.flag == flag] for flag in notices.FLAGS}
    return {
        "单位": report.office,
        "编号": notice.number,
        "旗区": notice.district,
        "你处": f"你{notice.district[-1]}" if notice.district.endswith(("区", "旗")) else "你处",
        "日期": long_day(notice.signed),
        "回复期限": long_day(notice.reply_by),
        "数据截至": _until(notice, report.day),
        "更正": notice.is_correction,
        "作废": not notice.cases,
        "作废说明": notice_words.without_cases(notice) if not notice.cases else "",
        "件数": len(notice.cases),
        "增续": notice_words.new_and_old(notice.cases),
        "情形": [_flag(flag, points, notice.signed) for flag, points in by_flag.items() if points],
        "案件": rows if is_close or not marks else cases(marks),
        "从密": is_close,
        "清单": cases(marks) if is_close else [],
        "条文": notice_words.legend(marks),
        "说明": ("" if is_close else notice_words.legend(marks))
        + notice_words.explained(notice, notices.LOOKS_BACK_DAYS)
        + answer_words.of_last(notice.before, report.beyond.notices)
        + (not_taken.of_notice(report, notice.district) + not_taken.to_mend_in_notice(report, notice.district) if notice.cases else "")
        + matter_words.of_notice(report, notice.district)
        + _beside(notice, report.day)
        + notice_words.written_later(notice, report.day),
        "上次": notice_words.of_last(notice),
        "销号明细": notice_words.settled_by_kind(notice.settled),
        **_older(notice, by_flag),
    }


def _beside(notice: Notice, day: date) -> str:
    return clock_lines.beside_notice([case.line for case in notice.cases], notice.objectable, day)


def _flag(flag: str, points: Sequence[Point], signed: date) -> dict[str, Any]:
    return {
        "名称": words.FLAGS[flag].name,
        "件数": str(len(points)),
        "规则": max((point.rule for point in points), key=len),  # the one that says how all of them count
        "要求": notice_words.asked(flag, points, signed),
    }


def _cases(notice: Notice, day: date, urgent: Mapping[str, str], marks: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Return the rows of its cases; of a matter that differs from one above by numbers alone, what differs.

    `urgent`: what is said beside a case of an urgent matter.
    """
    told: dict[str, tuple[int, str]] = {}
    rows = []
    for number, case in enumerate(notice.cases, 1):
        matter = plain(case.line.matter)
        first = told.setdefault(_DIGITS.sub("0", matter), (number, matter))
        is_repeated = first[0] != number and len(matter) > _SHORTEST_REPEATED
        row = _case(number, case, notice, day, marks) | {"案由": _repeated(*first, matter) if is_repeated else _matter(matter)}
        rows.append(row | {"情况": f"{row['情况']}{urgent.get(case.line.number, '')}"})
    return rows


def _repeated(number: int, first: str, matter: str) -> str:
    """Return a matter by what stands around the numbers in which it differs from that of the row with that number: it is read alone too."""
    spans = [
        (max(0, now.start() - _AROUND), now.end() + _AROUND)
        for before, now in zip(_DIGITS.finditer(first), _DIGITS.finditer(matter), strict=True)
        if before[0] != now[0]
    ][:_MOST_DIFFERING] or [(0, 2 * _AROUND)]
    said = "，".join(f"{'…' if start else ''}{matter[start:end]}…" for start, end in spans)
    return f"{said}（余同序号{number}）" if len(said) < len(matter) else matter


def _case(number: int, case: NoticeCase, notice: Notice, day: date, marks: Mapping[str, str] | None = None) -> dict[str, Any]:
    line = case.line
    return {
        "序号": number,
        "编号": line.number,
        "次数": notice_words.times(case.times, is_recounted=notice.is_recounted),
        "责任单位": short(line.unit, _LONGEST_UNIT),
        "包案领导": short(line.leader, LONGEST_NAME),
        "情况": notice_words.all_points(case, day, marks),
    }


def _matter(text: str) -> str:
    """Return a case's matter whole; where it is very long its beginning, and where all of it stands."""
    text = plain(text)
    return text if len(text) <= _LONGEST_MATTER else f"{text[:_LONGEST_MATTER]}{_MORE}"


# --- for an office's template of before ----------------------------------------------------------------------------


def _older(notice: Notice, by_flag: dict[str, list[Point]]) -> dict[str, Any]:
    """Return the fields of templates made before a case had one row: a section for each flag, and every settled point."""
    sections = [(flag, points) for flag, points in by_flag.items() if points]
    return {
        "项数": len(notice.points),
        "事项": [_section(n, flag, points, notice.signed) for n, (flag, points) in enumerate(sections)],
        "销号序号": _NUMERALS[len(sections)],
        "上次编号": notice.before if notice.settled else "",
        "销号": [
            {
                "序号": n,
                "编号": settled.number,
                "案由": settled.matter,
                "事项": words.FLAGS[settled.flag].name,
                "原因": notice_words.why(settled),
            }
            for n, settled in enumerate(notice.settled, 1)
        ],
    }


def _section(number: int, flag: str, points: Sequence[Point], signed: date) -> dict[str, Any]:
    return {
        "序号": _NUMERALS[number],
        **_flag(flag, points, signed),
        "案件": [
            {
                "序号": n,
                "编号": point.line.number,
                "案由": _matter(point.line.matter),
                "责任单位": shorten(point.line.unit),
                "包案领导": shorten(point.line.leader),
                "情况": point.reason,
            }
            for n, point in enumerate(points, 1)
        ],
    }
