"""对账说明 as a Word file, a draft for each district that has something to hold against the assignment workbook; nobody is mailed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pipeline.render.papers import own_templates, word
from pipeline.render.papers.plain_text import LONGEST_NAME, LONGEST_NUMBER, plain_in, short
from pipeline.report import reconciliation_words as words
from pipeline.report.case_lines import CaseLine
from pipeline.report.reconciliation import Reconciliation
from pipeline.report.report import Report
from pipeline.report.sentences import long_day
from pipeline.terms.words import NONE

FOLDER: Final = "对账"
TEMPLATE: Final = "对账说明模板.docx"
_WAY_OUT: Final = "请用 Word 改好；改不好的，删掉这个文件就恢复程序自带的版式。"
_MOST_LINES: Final = 60
"""Of one kind: more are in 汇总."""
_LONGEST_TEXT, _LONGEST_UNIT = 40, 16
_NUMERALS: Final = "一二三四"


def render(report: Report, templates: Path) -> tuple[dict[str, bytes], list[str]]:
    """Return every letter by its file's name, and what is wrong with the office's template; then the original takes its place."""
    return made_by(word.filled, report, templates)


def made_by(filling: word.Filling[word.Content], report: Report, templates: Path) -> tuple[dict[str, word.Content], list[str]]:
    """Return the same as `filling` makes it."""
    found = {district: report.beyond.reconciliation.of_district(district) for district in report.settings.district_names}
    told = {district: of_district for district, of_district in found.items() if of_district}
    if not told:
        return {}, []
    made, problem = own_templates.apply(templates / TEMPLATE, lambda content: filling(word.Template(content), _papers(report, told)))
    return made, [f"模板“{TEMPLATE}”{problem}。这次按程序自带的版式写出。{_WAY_OUT}"] if problem else []


def examine(templates: Path) -> Iterator[str]:
    """Say what is wrong with the office's template, as far as that shows without a letter."""
    if problem := own_templates.problem_of(templates / TEMPLATE, lambda template: word.check(word.Template(template))):
        yield f"版式 {templates / TEMPLATE} 不能用：模板“{TEMPLATE}”{problem}。{_WAY_OUT}"


def _papers(report: Report, told: Mapping[str, Reconciliation]) -> Iterator[word.Paper]:
    for district, found in told.items():
        own = report.as_known_of([district])
        yield word.Paper(
            f"{FOLDER}/{district}_对账说明_{report.day.isoformat()}.docx",
            fields(district, found, own),
            own.data_until,
            word.Properties(f"{district}对账说明草稿（{long_day(report.day)}）", report.office),
        )


def fields(district: str, found: Reconciliation, report: Report) -> dict[str, Any]:
    """Return what the template may use, by name."""
    never = [_case(each.line) | {"情况": words.of_never_reported(each, report.day)} for each in found.never_reported[:_MOST_LINES]]
    kinds = {
        "从未报送": (words.NEVER_REPORTED, words.ASK_NEVER_REPORTED, never, len(found.never_reported)),
        "未列入": (words.NOT_ASSIGNED, words.ASK_NOT_ASSIGNED, _not_assigned(found), len(found.not_assigned)),
        "不一致": (words.DIFFERING, words.ASK_DIFFERING, _differing(found), len(found.differing)),
        "同一事项": (words.TWICE, words.ASK_TWICE, _twice(found), len(found.twice)),
    }
    there = [name for name, (_title, _asked, lines, _count) in kinds.items() if lines]
    return {
        "单位": report.office,
        "旗区": district,
        "你处": f"你{district[-1]}" if district.endswith(("区", "旗")) else "你处",
        "日期": long_day(max(report.day, report.data_until.date())),
        "数据截至": long_day(report.day),  # what is counted goes up to the day, whenever the last file came
        "概况": "，".join(f"{kinds[name][0]}的有{kinds[name][3]}{_unit(name)}" for name in there),
        **{name: _kind(name, there, kind) for name, kind in kinds.items()},
    }


def _kind(name: str, there: Sequence[str], kind: tuple[str, str, list[dict[str, Any]], int]) -> dict[str, Any] | None:
    """Return a kind's heading, rows and what is asked; None where it has no row."""
    title, asked, lines, count = kind
    if name not in there:
        return None
    left = f"这里只列{len(lines)}{_unit(name)}，其余的由办公室另附。" if count > len(lines) else ""
    heading = f"{_NUMERALS[there.index(name)]}、{title}（{count}{_unit(name)}）"
    return {"标题": heading, "行": [plain_in(line) for line in lines], "说明": f"{asked}{left}"}


def _unit(name: str) -> str:
    return {"不一致": "处", "同一事项": "对"}.get(name, "件")


def _case(line: CaseLine | None) -> dict[str, str]:
    if line is None:
        return {"案由": NONE, "责任单位": NONE, "包案领导": NONE, "日期": NONE}
    return {
        "编号": line.number,
        "案由": short(line.matter, _LONGEST_TEXT),
        "责任单位": short(line.unit, _LONGEST_UNIT),
        "包案领导": short(line.leaders, LONGEST_NAME),
        "日期": line.assigned.isoformat(),
    }


def _not_assigned(found: Reconciliation) -> list[dict[str, Any]]:
    return [
        _case(each.line)
        | {"编号": short(each.number, LONGEST_NUMBER), "情况": words.of_not_assigned(each), "出处": short(each.origin, _LONGEST_TEXT)}
        for each in found.not_assigned[:_MOST_LINES]
    ]


def _differing(found: Reconciliation) -> list[dict[str, Any]]:
    return [
        _case(each.line)
        | {
            "项目": each.column,
            "登记": short(each.holds, _LONGEST_TEXT) or words.EMPTY,
            "日报": short(each.reported, _LONGEST_TEXT),
        }
        for each in found.differing[:_MOST_LINES]
    ]


def _twice(found: Reconciliation) -> list[dict[str, Any]]:
    return [
        _case(pair.lines[0])
        | {
            "另一件": pair.lines[1].number,
            "另一案由": short(pair.lines[1].matter, _LONGEST_TEXT),
            "情况": words.in_common(pair),
        }
        for pair in found.twice[:_MOST_LINES]
    ]
