"""How many pages the texts of 专报 need, in points: both templates set 22 lines of 28 characters on a page."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

_PAGE = 637.8
"""Between the margins of A4."""
_SPARE, _SPARE_IN_WORD = 2.0, 12.0
"""Of each page, where the PDF has to fit, and where Word files have to as well: LibreOffice parts Chinese from Latin letters by a gap."""
_TOP, _CORRECTED, _CLOSING = 109.0, 35.0, 69.5
_LINE, _HEADING = 28.95, 24.5
_FINDING_LINE, _FINDING_GAP = 16.0, 1.5
_NOTE_LINE, _NOTE_GAP = 13.7, 1.0
_TABLE_GAP, _TABLE_HEAD, _ROW, _LOW_ROW, _PADDING = 8.0, 16.0, 16.5, 15.5, 2.8
_SIDE_BY_SIDE, _MORE_GROUPS = 2, 9.0
"""So many groups' figures have room on one line of the table; with more of them each row is so much higher."""
_LINE_WIDTH, _FINDING_WIDTH, _NOTE_WIDTH = 27.95, 40.4, 42.1
"""In Chinese characters: of the text, of what is said of a target, and of the smaller notes."""
_REASON_WIDTH, _CASE_WIDTH, _SINCE_WIDTH, _LEADER_WIDTH, _ASKED_WIDTH = 5.05, 14.4, 4.7, 4.0, 10.1
"""Of the columns in the table of decisions."""
_STATUS_WIDTH = 3
"""Of the column of reports in the table of districts."""
_LACKING_WIDTH = 2
"""Of its columns of what is lacking: 112* needs a second line."""
_CAPITAL, _DIGIT, _SIGN, _BROAD = 0.66, 0.56, 0.35, 1.1
"""The widths of Latin capitals, of digits and small letters, of -, dots and the like, and of the broadest of all."""
_BROAD_ONES = "%@MWmw"
_OPENING, _CLOSING_MARKS = "（《“‘【", "，。、；：！？）》”’】…"
_MARKS = frozenset(_OPENING + _CLOSING_MARKS)
_MARK, _SQUEEZED = 0.9, 0.4
"""A Chinese mark gives way a little; the second of two side by side much more."""
_PIECE = re.compile(rf"[{_OPENING}]*(?:[!-~]{{1,13}}(?![!-~])|.)[{_CLOSING_MARKS}]*", re.DOTALL)
"""What stands on one line; both templates may break a longer run of Latin letters anywhere."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is not torn apart, in points: lines, a row, a heading with what follows it."""

    height: float
    repeated: float = 0.0
    """What stands once more above it where it begins a page: the head of its table."""


def pages(fields: Mapping[str, Any], *, in_word: bool = False) -> int:
    """Return on how many pages the PDF comes, or the Word file wherever it is opened: rather one too many than one too few."""
    page = _PAGE - (_SPARE_IN_WORD if in_word else _SPARE)
    count, left = 1, page
    for piece in _pieces(fields):
        if piece.height > left:
            count, left = count + 1, page - piece.repeated
        left -= piece.height
    return count


def _pieces(fields: Mapping[str, Any]) -> Iterator[_Piece]:
    """Yield the pieces of the report in their order."""
    yield _Piece(_TOP + (_CORRECTED if fields["更正"] else 0))
    yield from _note(fields["更正"])
    for line in fields["提要"]:
        yield from _paragraph(_lines(f"　　{line['名称']}：{line['内容']}", _LINE_WIDTH), _LINE)
    yield from _targets(fields)
    yield from _decisions(fields)
    yield from _below(_HEADING, _note(fields["变化"]))
    for text in (*fields["由来"], *fields["台账"]):
        yield from _note(text)
    yield from _districts(fields)
    yield _Piece(_CLOSING)


def _targets(fields: Mapping[str, Any]) -> Iterator[_Piece]:
    """Yield the first section: each target, the last days, the flags, cancelled cases."""
    heading = _HEADING
    for target in fields["目标"]:
        lines = _lines(target["结论"] + target["要点"], _FINDING_WIDTH)
        yield from _below(heading + _FINDING_GAP + _FINDING_LINE * lines, _note(target["说明"]))
        heading = 0.0
    yield _Piece(_TABLE_GAP + _LOW_ROW * len(fields["近日"]) if fields["近日"] else 0)
    for text in (fields["督办"], fields["撤销"]):
        yield from _note(text)


def _decisions(fields: Mapping[str, Any]) -> Iterator[_Piece]:
    """Yield the second section; its table does not begin below its first row."""
    note = _note(fields["决策"])
    rows = [piece for row in fields["决策事项"] for piece in _decision(row)]
    if not rows:
        yield from _below(_HEADING, note)
        return
    yield from _below(_HEADING + sum(piece.height for piece in note) + _TABLE_GAP + _TABLE_HEAD, rows)
    yield from _note(fields["其余决策"])


def _decision(row: Mapping[str, str]) -> Iterator[_Piece]:
    """Yield a decision, whole; or, where it is several cases, its first lines and then one after the other."""
    lines = _decision_lines(row)
    if row["编号"]:
        yield _Piece(_PADDING + _NOTE_LINE * lines, _TABLE_HEAD)
    else:
        yield _Piece(_PADDING + _NOTE_LINE * min(lines, _TOGETHER), _TABLE_HEAD)
        yield from [_Piece(_NOTE_LINE, _TABLE_HEAD + 2 * _PADDING)] * (lines - _TOGETHER)


def _districts(fields: Mapping[str, Any]) -> Iterator[_Piece]:
    """Yield the table of districts, which does not begin below its first row, and what follows it."""
    more = _MORE_GROUPS * (len(fields["分组"]) > _SIDE_BY_SIDE)
    head = 2 * _TABLE_HEAD + 3 * more
    rows = [_Piece(_ROW + more + _second_line(row), head) for row in (*fields["旗区"], fields["合计"])]
    yield from _below(_HEADING + sum(piece.height for piece in _note(fields["报送"])) + _TABLE_GAP + head, rows)
    yield from _note(fields["范围说明"] and f"注：{fields['范围说明']}")
    for text in (*fields["缺报"], fields["其余缺报"]):
        yield from _note(text)


def _second_line(row: Mapping[str, Any]) -> float:
    """Return the height of a second line in the table of districts: in the column of reports, or in one of what is lacking."""
    is_wide = _width(row["报送"]) > _STATUS_WIDTH or any(_width(group["还差"]) > _LACKING_WIDTH for group in row["分组"])
    return _NOTE_LINE if is_wide else 0.0


def _below(height: float, pieces: list[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, the first of them together with what of that height stands above it."""
    first, *others = pieces or [_Piece(0.0)]
    yield _Piece(height + first.height)
    yield from others


def _note(text: str) -> list[_Piece]:
    """Return a text in smaller letters, the last of it with what parts it from the next text."""
    lines = _lines(text, _NOTE_WIDTH)
    return _paragraph(lines, _NOTE_LINE, _NOTE_GAP) if lines else []


def _paragraph(lines: int, height: float, gap: float = 0.0) -> list[_Piece]:
    """Return a paragraph's lines: neither its first nor its last line stands alone on a page."""
    if lines < 2 * _TOGETHER:
        return [_Piece(lines * height + gap)]
    ends = _TOGETHER * height
    return [_Piece(ends), *[_Piece(height)] * (lines - 2 * _TOGETHER), _Piece(ends + gap)]


_TOGETHER = 2
"""So many lines of a paragraph, or of a row of several cases, stand together where a page ends."""


def _decision_lines(row: Mapping[str, str]) -> int:
    """Return how many lines the fullest cell of a decision has."""
    cases = (f"{row['编号']} {row['旗区']}：{row['事项']}",) if row["编号"] else (row["旗区"], row["事项"])
    reason, asked = _lines(row["事由"], _REASON_WIDTH), _lines(row["请示"], _ASKED_WIDTH)
    leader, since = _lines(row["包案领导"], _LEADER_WIDTH), _lines(row["起始"], _SINCE_WIDTH) + bool(row["时限"])
    return max(reason, sum(_lines(text, _CASE_WIDTH) for text in cases), asked, leader, since)


# --- text --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _lines(text: str, width: float) -> int:
    """Return on how many lines of that width a text comes: a number or a Latin word is not torn, a mark begins no line."""
    lines, left = 0, 0.0
    for piece in _PIECE.findall(text):
        needed = _width(piece)
        if needed > left:
            lines, left = lines + max(1, math.ceil(needed / width)), width
            needed %= width
        left -= needed
    return lines


@lru_cache(maxsize=4096)
def _width(text: str) -> float:
    """Return the width in Chinese characters."""
    squeezed = sum(first in _MARKS and second in _MARKS for first, second in pairwise(text))
    return sum(map(_character, text)) - _SQUEEZED * squeezed


def _character(character: str) -> float:
    if character in _MARKS:
        return _MARK
    if unicodedata.east_asian_width(character) not in ("Na", "N", "H"):
        return 1
    if character in _BROAD_ONES:
        return _BROAD
    return _CAPITAL if character.isupper() else _DIGIT if character.isalnum() else _SIGN
