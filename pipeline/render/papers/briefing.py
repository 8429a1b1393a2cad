"""What the leaders' report says, as plain text in the order of its pages: Word and PDF set the same lines. It computes no figure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report import sentences
from pipeline.report.report import CHANGE_KINDS, DECISION_KINDS, Change, Decision, Figure, Report
from pipeline.terms.text import mask

Said = dict[str, Any]
"""Texts by the names that the templates use, in lists and mappings."""

MOST_PAGES = 3
NAME = "信访事项办理情况专报"
_BOOK = "《信访事项办理情况汇总》"
_CHANGES = f"{_BOOK}“今日变化”"
_DECISIONS = f"{_BOOK}“急报事项”“督办清单”和“案件台账”"
_ABSENCES = f"{_BOOK}“报送情况”"
_WORDS = {"on-time": "按时", "late": "迟报", "missing": "未报"}
_NONCHARACTER = 0xFFFE


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each list finds room."""

    decisions: int
    cases: int
    """Of each kind of change."""
    absences: int
    words: int
    """Characters of a matter or of what is asked."""
    steps: str = ""
    """Where the steps from yesterday's figures to today's stand; '' where they find room here."""


ROOMS = (
    *(Room(count, max(0, count - 8), max(4, count - 4), 28 + 2 * count) for count in range(16, 3, -1)),
    *(Room(4, 0, count, words, _CHANGES) for count, words in ((4, 24), (2, 24), (2, 14), (1, 12))),
)
"""The first that fits on three pages is taken."""


def said(report: Report) -> Said:
    """Every text of the report. Lists are cut to what finds room on three pages, and say how many more there are and where."""
    drafts = (_draft(report, room) for room in ROOMS)
    drawn = next((one for one in drafts if pages(one) <= MOST_PAGES), None)
    return drawn or _draft(report, ROOMS[-1])


def _draft(report: Report, room: Room) -> Said:
    day = sentences.long_day(report.day)
    until = f"{sentences.day(report.data_until.date())}{report.data_until.hour}时{report.data_until:%M}分"
    draft: Said = {
        "报头": NAME,
        "单位": report.office,
        "日期": day,
        "标题": f"{day}信访事项办理情况",
        "数据截至": until,
        "更正": sentences.CORRECTION if report.is_correction else "",
        "目标": _targets(report),
        "分组": [{"名称": one.name, "目标": f"{one.target_percent}%"} for one in report.settings.groups],
        "旗区": _districts(report),
        "合计": _figures("—", report.targets, report),
        "范围说明": sentences.bounds_rule(report.most_new) if _is_bounded(report) else "",
        "由来": [sentences.bridge(one, room.steps) for one in report.bridges],
        "变化": _changes(report, room),
        **_decisions(report.decisions, room),
        "报送": sentences.submissions(report.submissions),
        "缺报": [sentences.absence(one) for one in report.absences[: room.absences]],
        "其余缺报": sentences.more(len(report.absences) - room.absences, "旗区", _ABSENCES),
    }
    return {name: _plain_in(value) for name, value in draft.items()}


def sample(*, is_empty: bool = False) -> Said:
    """Made-up texts, to try a template on: something in every list, or nothing in any that may be empty."""
    figures = {"分组": [dict.fromkeys(("总数", "化解", "化解率", "范围", "还差"), "1")] * 2, "报送": "按时"}
    decision = dict.fromkeys(("序号", "事由", "编号", "旗区", "事项", "起始", "包案领导", "请示"), "例")
    sure: Said = dict.fromkeys(("报头", "单位", "日期", "数据截至", "标题", "变化", "决策", "报送"), "例")
    sure |= {
        "目标": [{"结论": "例", "说明": "例"}] * 2,
        "分组": [{"名称": "例", "目标": "90%"}] * 2,
        "旗区": [{"名称": "例", **figures}] * 2,
        "合计": figures,
        "由来": ["例"] * 2,
    }
    some: Said = {**dict.fromkeys(("更正", "范围说明", "其余决策", "其余缺报"), "例"), "决策事项": [decision] * 2, "缺报": ["例"]}
    return sure | ({name: type(value)() for name, value in some.items()} if is_empty else some)


# --- figures -----------------------------------------------------------------------------------------------------


def _targets(report: Report) -> list[Said]:
    """For each group whether its target is met; then since yesterday, what is missing could change, the way there."""
    parts = zip(report.targets, report.bridges, report.ways, strict=True)
    return [
        {
            "结论": sentences.target(one),
            "说明": (sentences.since_yesterday(bridge) if one.tally.total else "")
            + (sentences.bounds(one.bounds) if one.bounds else "")
            + sentences.way(way),
        }
        for one, bridge, way in parts
    ]


def _districts(report: Report) -> list[Said]:
    statuses = {one.district: "零报告" if one.zero_report and one.status == "on-time" else _WORDS[one.status] for one in report.submissions}
    names = report.settings.district_names
    by_district = {name: [one for one in report.by_district if one.label == name] for name in names}
    return [{"名称": name, **_figures(statuses.get(name, ""), by_district[name], report)} for name in names]


def _figures(status: str, figures: Iterable[Figure], report: Report) -> Said:
    """A row of the table: the figures of each group in the groups' order."""
    by_group = {one.group: one for one in figures}
    return {"分组": [_figure(by_group[group.name]) for group in report.settings.groups], "报送": status}


def _figure(one: Figure) -> Said:
    tally = one.tally
    return {
        "总数": str(tally.total),
        "化解": str(tally.resolved),
        "化解率": sentences.rate(tally.rate_percent),
        "范围": sentences.bounds_range(one.bounds) if one.bounds else "—",
        "还差": str(tally.shortfall),
    }


def _is_bounded(report: Report) -> bool:
    return any(one.bounds for one in (*report.targets, *report.by_district))


# --- lists -------------------------------------------------------------------------------------------------------


def _changes(report: Report, room: Room) -> str:
    """The day's changes by kind with their cases; a mere change of status is counted only."""
    kinds = []
    for kind in CHANGE_KINDS:
        several = [one for one in report.changes if one.kind == kind]
        kinds += [(kind, [] if kind == "status" else [_case(one) for one in several[: room.cases]], len(several))] if several else []
    return sentences.changes(kinds, _CHANGES)


def _case(one: Change) -> str:
    return f"{_short(one.number, _MOST_NUMBER)}（{one.district}）" if one.district else _short(one.number, _MOST_NUMBER)


def _decisions(decisions: Sequence[Decision], room: Room) -> Said:
    shown = _shown(decisions, room.decisions)
    rows = [
        {
            "序号": str(number),
            "事由": "、".join(DECISION_KINDS[kind] for kind in one.kinds),
            "编号": _short(one.number, min(_MOST_NUMBER, room.words)),
            "旗区": one.district,
            "事项": _short(one.matter, room.words),
            "起始": f"{sentences.day(one.since)}" if one.since else "—",
            "包案领导": _short(one.leader, min(_MOST_NAME, room.words // 2)) or "—",
            "请示": _short(sentences.asked(one), room.words),
        }
        for number, one in enumerate(shown, 1)
    ]
    return {
        "决策": sentences.decisions(decisions),
        "决策事项": rows,
        "其余决策": sentences.rest(len(decisions) - len(shown), _DECISIONS),
    }


def _shown(decisions: Sequence[Decision], most: int) -> list[Decision]:
    """So many in their order; where there are more, each kind has a fair share of the room before any has more."""
    share = max(1, most // len(DECISION_KINDS))
    seen = dict.fromkeys(DECISION_KINDS, 0)
    first: list[int] = []
    more: list[int] = []
    for position, one in enumerate(decisions):
        seen[one.kinds[0]] += 1
        (first if seen[one.kinds[0]] <= share else more).append(position)
    return [decisions[position] for position in sorted((*first, *more)[:most])]


# --- text --------------------------------------------------------------------------------------------------------

_MOST_NUMBER = 24
_MOST_NAME = 12


def _short(text: str, most: int) -> str:
    text = plain(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def plain(text: str) -> str:
    """The text on one line, without what steers a program or cannot stand in XML, and without personal numbers."""
    if not text.isprintable():
        text = "".join(" " if one in "\n\r\t\x0b\x0c\x85\u2028\u2029" else one for one in text if _may_stand(one)).strip()
    return mask(text)


def _may_stand(one: str) -> bool:
    if one in "\n\r\t\x0b\x0c\x85":
        return True
    if unicodedata.category(one) in ("Cc", "Cf", "Cs"):
        return False
    return ord(one) & _NONCHARACTER != _NONCHARACTER and not "\ufdd0" <= one <= "\ufdef"


def _plain_in(value: object) -> object:
    match value:
        case str():
            return plain(value)
        case Mapping():
            return {name: _plain_in(one) for name, one in value.items()}
        case list():
            return [_plain_in(one) for one in value]
        case _:
            return value


# --- room --------------------------------------------------------------------------------------------------------
# In points, of the layout that both templates have: 22 lines of 28 characters on a page.

_LINE = 28.95
_PAGE = 21.5 * _LINE
"""Half a line is left for what the programs break differently."""
_TOP, _CLOSING = 5 * _LINE, 3.2 * _LINE
_HEADS, _ROW, _CELL_LINE, _PADDING, _NOTE_LINE = 52.0, 19.5, 14.0, 6.0, 14.0
_LINE_WIDTH, _NOTE_WIDTH, _NARROW = 28, 41, 0.56


def pages(draft: Said) -> int:
    """On how many pages it comes, on the safe side."""
    count, left = 1, _PAGE
    for piece in _pieces(draft):
        if piece > left:
            count, left = count + 1, _PAGE
        left -= piece
    return count


def _pieces(draft: Said) -> Iterator[float]:
    """The heights of what is not torn apart: lines, rows, the table of districts, a heading with what follows it."""
    yield _TOP + (_LINE if draft["更正"] else 0)
    yield from _lines(draft["更正"])
    yield from _under_heading([one["结论"] + one["说明"] for one in draft["目标"]])
    yield _LINE + _HEADS + _ROW * (len(draft["旗区"]) + 1) + _NOTE_LINE * (1 + math.ceil(_width(draft["范围说明"]) / _NOTE_WIDTH))
    yield from _under_heading([*draft["由来"], draft["变化"]])
    yield from _under_heading([draft["决策"]])
    yield from (_PADDING + _CELL_LINE * _decision_lines(row) for row in draft["决策事项"])
    yield 2 * _ROW + _NOTE_LINE * math.ceil(_width(draft["其余决策"]) / _NOTE_WIDTH) if draft["决策事项"] else 0
    yield from _under_heading([draft["报送"]])
    yield from (_NOTE_LINE * math.ceil(_width(one) / _NOTE_WIDTH) + 2 for one in [*draft["缺报"], draft["其余缺报"]] if one)
    yield _CLOSING


def _under_heading(paragraphs: Iterable[str]) -> Iterator[float]:
    first, *others = [line for one in paragraphs for line in _lines(one)]
    yield _LINE + first
    yield from others


def _lines(paragraph: str) -> list[float]:
    return [_LINE] * math.ceil((_width(paragraph) + 2) / _LINE_WIDTH) if paragraph else []


def _decision_lines(row: Said) -> int:
    cells = ((row["事由"], 5), (row["编号"] + row["旗区"], 13), (row["事项"], 13), (row["请示"], 11), (row["包案领导"], 4.5))
    why, *what, asked, leader = [math.ceil((_width(text) + 0.5) / width) for text, width in cells]
    return max(why, sum(what), asked, leader)


def _width(text: str) -> float:
    """In Chinese characters."""
    return sum(_NARROW if unicodedata.east_asian_width(one) in ("Na", "N", "H") else 1 for one in text)
