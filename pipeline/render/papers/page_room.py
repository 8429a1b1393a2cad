"""How many pages the texts of 专报 need, in points: both templates set 22 lines of 28 characters on a page."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

_PAGE = 637.8
"""Between the margins of A4."""
_SPARE = 4.0
"""Of each page."""
ROOMY, USUAL, SMALL = SETTINGS = ("疏", "", "密")
"""Of the field 版面, the largest first: notes are set larger and rows higher; or notes and tables smaller, and all lines closer."""
_SIDE_BY_SIDE, _MORE_GROUPS = 2, 9.0
"""So many groups' figures have room on one line of the table; with more of them each row is so much higher."""
_NOTE_WIDTH, _LIST_WIDTH = 42.1, 41.6
"""In Chinese characters: of the notes, and of the cases of an item, in the usual size."""
_LIST_ROW = 11.4
"""Of the list of decisions, in the small setting."""
WHO_WIDTH, WHAT_WIDTH, _WHEN_WIDTH = 9.3, 28.0, 7.8
"""In Chinese characters: of the columns of the list of decisions."""
_DETAILS = "各项的案件和情况如下。"
"""What the templates say between the list of decisions and their table."""
_REASON_WIDTH, _CASE_WIDTH, _SINCE_WIDTH, _LEADER_WIDTH, _ASKED_WIDTH = 5.7, 11.4, 8.4, 4.8, 9.0
"""Of the columns in the table of decisions; that of days is in nine points in every setting."""
_STATUS_WIDTH = 3
"""Of the column of reports in the table of districts."""
_LACKING_WIDTH = 2
"""Of its columns of what is lacking: 112* needs a second line."""
_CAPITAL, _DIGIT, _SIGN, _BROAD = 0.66, 0.56, 0.35, 1.1
"""The widths of Latin capitals, of digits and small letters, of -, dots and the like, and of the broadest of all."""
_BROAD_ONES = "%@MWmw"
_OPENING, _CLOSING_MARKS = "（《“‘【", "，。、；：！？）》”’】…"
_MARKS = frozenset(_OPENING + _CLOSING_MARKS) - {"…"}
_MARK, _SQUEEZED = 0.96, 0.5
"""A Chinese mark gives way a little; much more at the end or the beginning of a line, and the second of two side by side."""
_PIECE = re.compile(rf"[{_OPENING}]*(?:[!-~]{{1,13}}(?![!-~])|.)[{_CLOSING_MARKS}]*", re.DOTALL)
"""What stands on one line; both templates may break a longer run of Latin letters anywhere."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """The heights, in points, of a template's setting."""

    top: float
    corrected: float
    """The height of the mark of a corrected issue."""
    line: float
    line_width: float
    """In Chinese characters: of the text."""
    lead_line: float
    """Of the lines before the first section."""
    lead_width: float
    heading: float
    finding_line: float
    finding_gap: float
    note_line: float
    note_gap: float
    cell_line: float
    table_gap: float
    table_head: float
    row: float
    low_row: float
    padding: float
    closing: float
    finding_width: float
    """In Chinese characters: of what is said of a target."""
    wider: float
    """How many times as many characters a line of notes has."""
    cells_wider: float
    """And one in a table."""


_SETTINGS = {
    ROOMY: _Setting(111, 35, 28.95, 27.5, 28.95, 27.5, 26, 19, 1.6, 17, 1.1, 13.7, 10, 20, 20.5, 18.5, 6.8, 69.5, 34.0, 10.5 / 12, 1),
    USUAL: _Setting(109, 35, 28.95, 27.5, 28.95, 27.5, 24.5, 16, 1.5, 13.7, 1, 13.7, 8, 16, 16.5, 15.5, 2.8, 69.5, 40.4, 1, 1),
    SMALL: _Setting(102.5, 27, 20, 31.5, 16, 36.8, 18.5, 13.5, 0, 11.5, 0, 11.5, 4, 13, 13, 10.7, 1.6, 50, 44.3, 10.5 / 9, 10.5 / 9),
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is not torn apart, in points: lines, a row, a heading with what follows it."""

    height: float
    repeated: float = 0.0
    """What stands once more above it where it begins a page: the head of its table."""
    needed: float = 0.0
    """The points that it begins a page for want of, where that is more than its height."""
    is_sticky: bool = False
    """Whether it stands on the page of what follows it: a heading with nothing of its own below it."""


def pages(fields: Mapping[str, Any]) -> int:
    """Return on how many pages the PDF comes: rather one too many than one too few. The Word file is set in less room."""
    return _laid(_pieces(fields))[0]


def is_lead_small(fields: Mapping[str, Any]) -> bool:
    """Return whether the lines before the first section are set smaller than the body: in the small setting, but for `spread`."""
    return bool(fields.get("前文", fields["版面"]) == SMALL)


def is_decided(fields: Mapping[str, Any]) -> bool:
    """Return whether all that is to be decided stands on page one: in its table, or in the list above that where there is one."""
    setting = _SETTINGS[fields["版面"]]
    decided = _decision_list(fields, setting) if fields["决策清单"] else _decisions(fields, setting)
    return _laid([*_first_part(fields, setting), *decided])[0] == 1


def left_of_last(fields: Mapping[str, Any]) -> float:
    """Return as what share of it the last page is empty."""
    return _laid(_pieces(fields))[1] / _PAGE


def is_decided_first(fields: Mapping[str, Any]) -> bool:
    """Return whether all that is to be decided stands on page one, and the last page is at least half full."""
    return is_decided(fields) and _laid(_pieces(fields))[1] <= _PAGE / 2


def ends_early(fields: Mapping[str, Any]) -> bool:
    """Return whether the last page has but a few lines, or the signature alone."""
    return _laid(_pieces(fields))[1] > _PAGE * _EMPTY


_EMPTY = 0.7


def _laid(pieces: Iterable[_Piece]) -> tuple[int, float]:
    """Return on how many pages the pieces come, and what is left of the last."""
    page = _PAGE - _SPARE
    count, left, above = 1, page, 0.0
    for piece in pieces:
        if piece.is_sticky:
            above += piece.height
            continue
        if above + max(piece.height, piece.needed) > left:
            count, left = count + 1, page - piece.repeated
        left -= above + piece.height
        above = 0.0
    return count, left


def _pieces(fields: Mapping[str, Any]) -> Iterator[_Piece]:
    """Yield the pieces of the report in their order."""
    setting = _SETTINGS[fields["版面"]]
    behind = fields.get("后半", fields["版面"])
    later = replace(_SETTINGS[behind], heading=setting.heading, line=setting.line, line_width=setting.line_width)
    yield from _first_part(fields, setting)
    yield from _decision_list(fields, setting)
    yield from _decisions(fields, setting)
    for text in fields["案件清单"]:
        yield from _cases(text, setting)
    yield from _note(fields["其余决策"], setting)
    texts = (fields["变化"], *fields["由来"], *fields["台账"])  # the heading stays with the first there is
    yield from _below(_heading("变化", fields, setting), [piece for text in texts for piece in _note(text, later)])
    yield from _districts(fields, later, _BEGINNING[behind])
    runs_on = fields["决策清单"] and not fields["决策事项"]  # what the list does not say, in one long text: in Word it has a line more
    yield _Piece(setting.closing + (setting.note_line if runs_on else 0))


def _first_part(fields: Mapping[str, Any], setting: _Setting) -> Iterator[_Piece]:
    """Yield what stands above the decisions."""
    yield _Piece(setting.top + (setting.corrected if fields["更正"] else 0))
    yield from _note(fields["更正"], setting)
    lead, room = (setting.lead_line, setting.lead_width) if is_lead_small(fields) else (setting.line, setting.line_width)
    for line in fields["提要"]:
        yield from _paragraph(_lines(f"　　{line['名称']}：{line['内容']}", room), lead)
    yield from _targets(fields, setting)


def _targets(fields: Mapping[str, Any], setting: _Setting) -> Iterator[_Piece]:
    """Yield the first section: each target, the last days, the flags, cancelled cases."""
    heading = _heading("目标", fields, setting)
    for target in fields["目标"]:
        lines = _lines(target["结论"] + target["要点"], setting.finding_width)
        yield from _below(heading + setting.finding_gap + setting.finding_line * lines, _note(target["说明"], setting))
        heading = 0.0
    yield _Piece(setting.table_gap + setting.low_row * len(fields["近日"]) if fields["近日"] else 0)
    for text in (fields["督办"], fields["撤销"]):
        yield from _note(text, setting)


def _decision_list(fields: Mapping[str, Any], setting: _Setting) -> Iterator[_Piece]:
    """Yield the heading of the second section with the list of its decisions, where there is one."""
    lines = (max(listed_lines(row["何事"]), _lines(row["时限"], _WHEN_WIDTH)) for row in fields["决策清单"])
    rows = [_Piece(_LIST_ROW + setting.cell_line * (count - 1), _LIST_ROW) for count in lines]
    if rows:
        yield from _below(_heading("决策", fields, setting) + setting.table_gap + _LIST_ROW, rows)


def _decisions(fields: Mapping[str, Any], setting: _Setting) -> Iterator[_Piece]:
    """Yield the second section; its table does not begin below its first row."""
    note = _note(fields["决策"] or (_DETAILS if fields["决策清单"] else ""), setting)
    rows = [piece for row in fields["决策事项"] for piece in _decision(row, setting)]
    heading = 0 if fields["决策清单"] else _heading("决策", fields, setting)
    if not rows:
        yield from _below(heading, note)
        return
    yield from _below(heading + sum(piece.height for piece in note) + setting.table_gap + setting.table_head, rows)


def _decision(row: Mapping[str, str], setting: _Setting) -> Iterator[_Piece]:
    """Yield a decision, whole; where it is several cases, they follow in a row of their own, which may go on on the next page."""
    yield _Piece(setting.padding + setting.cell_line * _decision_lines(row, setting.cells_wider), setting.table_head)
    yield from _cases(row["清单"], setting)


def _cases(text: str, setting: _Setting) -> Iterator[_Piece]:
    """Yield a row of cases as wide as its table, which may go on on the next page."""
    if text:
        first, *others = _paragraph(_lines(text, _LIST_WIDTH * setting.cells_wider), setting.cell_line)
        yield _Piece(setting.padding + first.height, setting.table_head)
        yield from (_Piece(line.height, setting.table_head + 2 * setting.padding) for line in others)


_BEGINNING = {ROOMY: 150.0, USUAL: 130.0, SMALL: 105.0}
"""What the table of districts begins a page for want of, so that its head has two rows at least below it: as the template has it."""


def _districts(fields: Mapping[str, Any], setting: _Setting, beginning: float) -> Iterator[_Piece]:
    """Yield the table of districts, which does not begin on the last lines of a page, and what follows it."""
    more = _MORE_GROUPS * (len(fields["分组"]) > _SIDE_BY_SIDE)
    head = 2 * setting.table_head + 3 * more
    rows = [_Piece(setting.row + more + _second_line(row, setting), head) for row in (*fields["旗区"], fields["合计"])]
    note = _note(fields["报送"], setting)
    above = _heading("旗区", fields, setting) + sum(piece.height for piece in note) + setting.table_gap + head
    yield _Piece(above + rows[0].height, needed=max(beginning, above + sum(row.height for row in rows[:2])))
    yield from rows[1:]
    yield from _note(fields["范围说明"] and f"注：{fields['范围说明']}", setting)
    for text in (*fields["缺报"], fields["其余缺报"]):
        yield from _note(text, setting)


def _second_line(row: Mapping[str, Any], setting: _Setting) -> float:
    """Return the height of a second line in the table of districts: in the column of reports, or in one of what is lacking."""
    is_wide = width(row["报送"]) > _STATUS_WIDTH or any(width(group["还差"]) > _LACKING_WIDTH for group in row["分组"])
    return setting.cell_line if is_wide else 0.0


def _heading(name: str, fields: Mapping[str, Any], setting: _Setting) -> float:
    """Return the height of a section's heading."""
    lines = _lines(f"　　{fields['小标题'][name]}", setting.line_width)
    return setting.heading + (lines - 1) * setting.line


def _below(height: float, pieces: list[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces, the first of them together with what of that height stands above it."""
    if not pieces:
        yield _Piece(height, is_sticky=True)
        return
    first, *others = pieces
    yield _Piece(height + first.height)
    yield from others


def _note(text: str, setting: _Setting) -> list[_Piece]:
    """Return a text in smaller letters, the last of it with what parts it from the next text."""
    lines = _lines(text, _NOTE_WIDTH * setting.wider)
    return _paragraph(lines, setting.note_line, setting.note_gap) if lines else []


def _paragraph(lines: int, height: float, gap: float = 0.0) -> list[_Piece]:
    """Return a paragraph's lines: neither its first nor its last line stands alone on a page."""
    if lines < 2 * _TOGETHER:
        return [_Piece(lines * height + gap)]
    ends = _TOGETHER * height
    return [_Piece(ends), *[_Piece(height)] * (lines - 2 * _TOGETHER), _Piece(ends + gap)]


_TOGETHER = 2
"""So many lines of a paragraph, or of a row of several cases, stand together where a page ends."""


def _decision_lines(row: Mapping[str, str], wider: float) -> int:
    """Return how many lines the fullest cell of a decision has."""
    cases = (f"{row['编号']} {row['旗区']}：{row['事项']}",) if row["编号"] else (row["旗区"], row["事项"])
    reason, asked = _lines(row["事由"], _REASON_WIDTH * wider), _lines(row["请示"], _ASKED_WIDTH * wider)
    leader = _lines(row["包案领导"], _LEADER_WIDTH * wider)
    since = sum(_lines(text, _SINCE_WIDTH) for text in (row["起始"], row["时限"]))
    return max(reason, sum(_lines(text, _CASE_WIDTH * wider) for text in cases), asked, leader, since)


# --- text --------------------------------------------------------------------------------------------------------


def listed_lines(text: str) -> int:
    """Return on how many lines of the list of decisions a request comes."""
    return _lines(text, WHAT_WIDTH)


@lru_cache(maxsize=4096)
def _lines(text: str, line: float) -> int:
    """Return on how many lines so wide a text comes: a number or a Latin word is not torn, a mark begins no line."""
    lines, left = 0, 0.0
    for piece in _PIECE.findall(text):
        needed = width(piece)
        least = needed - _SQUEEZED * (piece[-1] in _MARKS)  # at the end of a line
        if least > left:
            needed -= _SQUEEZED * (piece[0] in _OPENING)
            lines, left = lines + max(1, math.ceil(least / line)), line
            needed %= line
        left -= needed
    return lines


@lru_cache(maxsize=4096)
def width(text: str) -> float:
    """Return the width in Chinese characters."""
    squeezed = sum(first in _MARKS and second in _MARKS for first, second in pairwise(text))
    return sum(map(_character, text)) - _SQUEEZED * squeezed


def cut(text: str, most: float) -> str:
    """Return the text, cut where it is wider than so many Chinese characters."""
    if width(text) <= most:
        return text
    return f"{next(text[:end] for end in range(len(text) - 1, -1, -1) if width(text[:end]) <= most - 1)}…"


def _character(character: str) -> float:
    if character in _MARKS:
        return _MARK
    if unicodedata.east_asian_width(character) not in ("Na", "N", "H"):
        return 1
    if character in _BROAD_ONES:
        return _BROAD
    return _CAPITAL if character.isupper() else _DIGIT if character.isalnum() else _SIGN
