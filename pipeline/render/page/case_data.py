"""The cases as data in the page: what its script lists, sorts, searches and opens. Every text stands there once, and cases name it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from pipeline.render.page import case_texts
from pipeline.render.page.cases_behind_figures import PICKED_BY, Picks
from pipeline.report import clock_lines, story_lines
from pipeline.report.case_lines import CaseLine
from pipeline.report.report import Report
from pipeline.terms import words

Cell = int | list[int]
"""The number of a text, or those of several that ` · ` joins."""
PARTS = {"open": 0, "counted": 1, "referred": 2, "cancelled": 3}
"""Every case is in one of these, as the script knows them by number."""
COLUMNS = ("number", "district", "group", "source", "category", "leader", "matter", "state", "part", "deadline", "due", "idle", "tags")
"""What stands before the details of a case, in this order (`daily.js`)."""
_SHARED = {"案由": "matter", "案件来源": "source", "旗区": "district", "问题类别": "category"}
"""Labels that need no cell of their own."""
_OWN = [label for label in case_texts.LABELS if label not in _SHARED]
_PICKED = {kind: COLUMNS.index(part) for kind, part in PICKED_BY.items()}
_FREE = frozenset({"化解方案", "撤销依据", "今日进展", "下一步措施", "需协调事项"})
"""Labels under which people write as much as they like; the matter is another."""
_UNLIKE = _FREE.union(case_texts.PLACES)
"""Labels with another cell than the number of their text."""
_TAGS = {flag: meaning.name for flag, meaning in words.FLAGS.items() if flag != "cancelled"} | {
    kind: change.name for kind, change in words.CHANGES.items()
}
_LEAST_ROOM, _ROOM_OF_A_CASE = 560_000, 280
"""Bytes that the data may take: a page of 2,000 cases stays below a megabyte, whatever is written."""
_LONGEST, _LEAST_OF_MATTER = (None, 100, 60, 40, 24, 12, 0), 24
"""Characters that a free text has there, tried in this order: on an ordinary day it is whole."""
_ENDS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What could end the element, or a line of it."""


def in_script(value: object) -> str:
    """Return it as JSON that can stand in a script."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for end, written in _ENDS.items():  # `translate` would look up each character
        content = content.replace(end, written)
    return content


class _Texts(dict[object, int]):
    """Texts by number, each once; 0 is the empty one."""

    def __init__(self, shown: Callable[[object], object], longest: int | None) -> None:
        super().__init__({None: 0})
        self._numbers = {"": 0}
        self._shown = shown
        self._longest = longest

    def __missing__(self, text: object) -> int:
        number = self[text] = self._numbers.setdefault(str(self._shown(str(text))), len(self._numbers))
        return number

    def free(self, text: object, least: int = 0) -> int:
        """Return the number of a text that may be long: then of its beginning, of so many characters at least."""
        if isinstance(text, str) and self._longest is not None and len(text) > max(least, self._longest):
            return self[f"{text[: max(least, self._longest)]}…"]
        return self[text]

    def parted(self, text: str) -> Cell:
        """Return a place in two parts: many cases share file and sheet, and many the row."""
        place, between, row = text.rpartition(case_texts.BETWEEN)
        return [self[place], self[row]] if between else self[text]

    def all(self) -> list[str]:
        return list(self._numbers)


def of(report: Report, picks: Picks, shown: Callable[[object], object]) -> str:
    """Return the data as JSON that can stand in a script element; `shown` takes from a text what may not reach the page."""
    room = max(_LEAST_ROOM, _ROOM_OF_A_CASE * len(report.cases))
    for longest in _LONGEST:
        data = _json(report, picks, shown, longest)
        if len(data.encode()) <= room:
            break
    return data


def _json(report: Report, picks: Picks, shown: Callable[[object], object], longest: int | None) -> str:
    texts = _Texts(shown, longest)
    units = report.settings.tree.units_of
    own = dict.fromkeys(case.district for case in report.cases)
    above = {str(shown(district)): list(map(shown, units[district])) for district in own if units.get(district)}
    data = _listed(report, picks, texts) | {"words": texts.all(), "longest": longest, "above": above}
    return in_script(data)


def _listed(report: Report, picks: Picks, texts: _Texts) -> dict[str, object]:
    tags, tagged = tag_names(report), _tagged(report)
    columns = {
        label: COLUMNS.index(_SHARED[label]) if label in _SHARED else _OWN.index(label) + len(COLUMNS) for label in case_texts.LABELS
    }
    return {
        "labels": list(columns.items()),
        "parts": PARTS,
        "tags": list(tags.items()),
        "picks": [[_PICKED[kind], texts[pick.figure.group], texts[pick.figure.label]] for (kind, _, _), pick in picks.items()],
        "cases": [_case(case, report, texts, [tag in tagged[case.number] for tag in tags]) for case in report.cases],
    }


def tag_names(report: Report) -> dict[str, str]:
    """Return by what the list can be narrowed beside its parts: the flags and the kinds of change that any case has, with their names."""
    present = set[str]().union(*_tagged(report).values())
    return {tag: name for tag, name in _TAGS.items() if tag in present}


def said_beside(report: Report) -> dict[str, list[str]]:
    """Return by case number what is found of it beside its own texts: the names of its tags, what it lacks, its clocks, its moves."""
    tagged = _tagged(report)
    return {
        case.number: [
            *(name for tag, name in _TAGS.items() if tag in tagged[case.number]),
            case_texts.lacking(case),
            clock_lines.in_short(case),
            *map(story_lines.moved, case.moves),
        ]
        for case in report.cases
    }


def _tagged(report: Report) -> Mapping[str, set[str]]:
    tags: dict[str, set[str]] = {case.number: set(case.flags) for case in report.cases}
    for change in report.changes:
        if change.number in tags:
            tags[change.number].add(change.kind)
    return tags


def _case(case: CaseLine, report: Report, texts: _Texts, tags: Iterable[bool]) -> list[Cell]:
    named = (case.number, case.district, case.group, case.source, case.category, case.leader)
    due = case_texts.due(case) if case.is_open else ""
    cells: list[Cell] = [*(texts[name] for name in named), texts.free(case.matter, _LEAST_OF_MATTER), texts[case_texts.state(case)]]
    cells += [PARTS[case_texts.part(case)], texts[case.deadline], texts[due], case.days_idle]
    cells.append(sum(1 << position for position, is_tagged in enumerate(tags) if is_tagged))
    details = dict(case_texts.details(case, report.liaison))
    cells += [_cell(label, details.get(label), texts) if label in _UNLIKE else texts[details.get(label)] for label in _OWN]
    while cells[-1] == 0 and len(cells) > len(COLUMNS):
        cells.pop()
    return cells


def _cell(label: str, value: object, texts: _Texts) -> Cell:
    if label in case_texts.PLACES:
        return texts.parted(str(value or ""))
    return texts.free(value)
