"""How many pages the texts of 专报 need, in points: both templates set 22 lines of 28 characters on a page."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_LINE = 28.95
_PAGE = 21.5 * _LINE
"""Half a line is left: Word, LibreOffice and typst do not break every line at the same place."""
_TOP, _CLOSING = 5 * _LINE, 3.2 * _LINE
_HEADS, _ROW, _CELL_LINE, _PADDING, _NOTE_LINE = 52.0, 19.5, 14.0, 6.0, 14.0
_SIDE_BY_SIDE, _MORE_GROUPS = 2, 9.0
"""So many groups' figures have room on one line of the table; with more of them each row is so much higher."""
_LINE_WIDTH, _NOTE_WIDTH = 28, 41
"""In Chinese characters: of the text, and of the smaller notes."""
_STATUS_WIDTH = 3
"""Of the column of reports in the table of districts."""
_LACKING_WIDTH = 2
"""Of its columns of what is lacking: 112* needs a second line."""
_NARROW = 0.56
"""The width of a Latin letter or a digit."""


def pages(fields: Mapping[str, Any]) -> int:
    """Return on how many pages the report comes, rather one too many than one too few."""
    count, left = 1, _PAGE
    for height in _heights(fields):
        if height > left:
            count, left = count + 1, _PAGE
        left -= height
    return count


def _heights(fields: Mapping[str, Any]) -> Iterator[float]:
    """Yield the heights of what is not torn apart: lines, rows, a heading with what follows it."""
    yield _TOP + (_LINE if fields["更正"] else 0)
    yield from _note(fields["更正"])
    for line in fields["提要"]:
        yield from _paragraph(f"{line['名称']}：{line['内容']}")
    headings = fields["小标题"]
    yield from _under_heading(headings["目标"], [])
    for target in fields["目标"]:
        yield from _paragraph(target["结论"] + target["要点"])
        yield from _note(target["说明"])
    yield _ROW * len(fields["近日"]) + (_PADDING if fields["近日"] else 0)
    for text in (fields["督办"], fields["撤销"]):
        yield from _note(text)
    yield from _under_heading(headings["决策"], [])
    yield from _note(fields["决策"])
    yield _ROW if fields["决策事项"] else 0
    yield from (_PADDING + _CELL_LINE * _decision_lines(row) for row in fields["决策事项"])
    yield _PADDING + _NOTE_LINE * _note_lines(fields["其余决策"]) if fields["决策事项"] else 0
    yield from _under_heading(headings["变化"], [fields["变化"]])
    for text in (*fields["由来"], *fields["台账"]):
        yield from _note(text)
    yield from _under_heading(headings["旗区"], [])
    yield from _note(fields["报送"])
    more = _MORE_GROUPS * (len(fields["分组"]) > _SIDE_BY_SIDE)
    yield _HEADS + 3 * more + _ROW
    yield from (_ROW + more + _second_lines([row]) for row in (*fields["旗区"], fields["合计"]))
    yield _PADDING + _NOTE_LINE * (1 + _note_lines(fields["范围说明"]))
    yield from (_NOTE_LINE * _note_lines(text) + 2 for text in [*fields["缺报"], fields["其余缺报"]] if text)
    yield _CLOSING


def _second_lines(rows: Iterable[Mapping[str, Any]]) -> float:
    """Return the height of the second lines in the table of districts: in the column of reports, or in one of what is lacking."""
    return sum(
        _CELL_LINE
        for row in rows
        if _width(row["报送"]) > _STATUS_WIDTH or any(_width(group["还差"]) > _LACKING_WIDTH for group in row["分组"])
    )


def _under_heading(heading: str, paragraphs: Iterable[str]) -> Iterator[float]:
    """Yield a heading with the first line below it, then the others."""
    first, *others = [line for text in paragraphs for line in _paragraph(text)] or [0.0]
    yield sum(_paragraph(heading)) + first
    yield from others


def _paragraph(text: str) -> list[float]:
    """Return the height of each line; two characters are the indent."""
    return [_LINE] * math.ceil((_width(text) + 2) / _LINE_WIDTH) if text else []


def _note(text: str) -> list[float]:
    """Return the height of each line of smaller letters, with what parts it from the next text."""
    return [*[_NOTE_LINE] * _note_lines(text), _PADDING] if text else []


def _note_lines(text: str) -> int:
    return math.ceil(_width(text) / _NOTE_WIDTH)


def _decision_lines(row: Mapping[str, str]) -> int:
    """Return how many lines the fullest cell of a decision has, by the widths of the columns in characters."""
    cells = (
        (row["事由"], 4.7),
        (row["编号"] + row["旗区"], 15),
        (row["事项"], 15),
        (row["请示"], 9.5),
        (row["包案领导"], 4),
        (row["起始"], 4),
    )
    reason, *matter, asked, leader, since = [math.ceil((_width(text) + 0.5) / width) for text, width in cells]
    return max(reason, sum(matter), asked, leader, since + bool(row["时限"]))


def _width(text: str) -> float:
    """Return the width in Chinese characters."""
    return sum(_NARROW if unicodedata.east_asian_width(character) in ("Na", "N", "H") else 1 for character in text)
