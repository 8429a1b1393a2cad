"""Room in 督办通知: rows are set higher where a page is begun anyway, so that it is not left empty but for a few lines.

Covered by tests/report/test_notices.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.render.papers.page_room import width

_PAGE, _ACROSS = 637.8, 496.0
"""In points: the height of a page of the letter, and of one of the close list."""
_EMPTY = 0.45
"""A last page that is filled less is filled more."""
_FILLED, _REPLY_FILLED = 0.65, 0.85
"""How far: short of all of it, since Word and LibreOffice break lines a little otherwise."""
_SHARED = 0.93
"""What letter and reply fill at most of a page that they share."""
_MOST = 10.0
"""By so many points at most a row is higher."""
_LETTER_TABLES, _REPLY, _LIST = ("督办情形", "督办案件"), "督办通知回执", "督办案件清单和回执"
"""The tables of the template by their captions."""
_Columns = Mapping[str, float]
_CASES: _Columns = {"次数": 3.4, "案由": 11.8, "包案领导": 4.0, "情况": 16.2}
"""In Chinese characters, here and below."""
_SURE: _Columns = {"次数": 3.4, "案由": 11.0, "包案领导": 4.0, "情况": 15.7}
"""The same, but for the room that whole characters leave at the end of a line."""
_KINDS: _Columns = {"规则": 18.2, "要求": 16.9}
_LISTED: _Columns = {"次数": 3.5, "案由": 11.0, "责任单位": 9.0, "情况": 32.2}
_REPLY_WIDTH, _BODY_WIDTH, _NOTE_WIDTH, _LEGEND_WIDTH = 16.0, 27.0, 41.5, 83.5
_INDENT = "　　"
_BORDER = 0.5
_HEAD = 12.0
"""Of a table, repeated on each page."""
_MASTHEAD = 133.0
"""The office's name, the number, the title and to whom it goes."""
_BODY_LINE, _HEADING, _CELL_LINE, _NOTE_LINE, _CLOSE_LINE, _REPLY_LINE = 24.0, 22.0, 11.5, 13.5, 11.0, 14.0
_CORRECTED, _CLOSING, _SEAL, _CLOSE_SEAL = 29.0, 90.0, 65.0, 55.0
_ABOVE_REPLY, _ABOVE_LIST = 117.0, 64.0


@dataclass(frozen=True, slots=True)
class _Row:
    """What is not torn apart, and what stands once more above it where it begins a page."""

    height: float
    repeated: float = 0.0


def lines(row: Mapping[str, Any], columns: _Columns = _CASES) -> int:
    """Return on how many lines a row of a table comes."""
    return max(math.ceil(width(row[name]) / most) for name, most in columns.items())


def padding(fields: Mapping[str, Any]) -> dict[str, float]:
    """Return by how many points the rows are higher, by the captions of their tables."""
    if fields["作废"]:
        return {}
    if fields["从密"]:
        return _of([_LIST], _more(_list(fields), _ACROSS, 1 + len(fields["清单"])))
    letter, reply = _letter(fields), _reply(fields)
    if not has_own_page(fields):
        return {}
    more = _more(letter, _PAGE, len(fields["情形"]) + len(fields["案件"]))
    return _of(_LETTER_TABLES, more) | _of([_REPLY], _up_to(_REPLY_FILLED * _PAGE - reply, 2 + len(fields["案件"])))


def has_own_page(fields: Mapping[str, Any]) -> bool:
    """Whether the reply below a letter begins a page; elsewhere it follows where the letter ends, or there is none."""
    is_below = not fields["作废"] and not fields["从密"]
    return is_below and _last(_letter(fields), _PAGE) + _reply(fields) > _SHARED * _PAGE


def _of(captions: Iterable[str], points: float) -> dict[str, float]:
    return dict.fromkeys(captions, points) if points else {}


def _more(rows: Sequence[_Row], page: float, count: int) -> float:
    """Return by how many points each of so many rows is higher, so that the last page is filled."""
    filled = _last(rows, page)
    begun = sum(row.height for row in rows) > page
    return _up_to(_FILLED * page - filled, count) if begun and filled < _EMPTY * page else 0.0


def _up_to(room: float, count: int) -> float:
    """Return what each of so many rows has of the room, in whole halves of a point."""
    return max(0.0, min(_MOST, math.floor(2 * room / count) / 2))


def _last(rows: Iterable[_Row], page: float) -> float:
    """Return how much of the last page is filled."""
    filled = 0.0
    for row in rows:
        filled = row.height + (filled if filled + row.height <= page else row.repeated)
    return filled


def _letter(fields: Mapping[str, Any]) -> list[_Row]:
    who = f"{fields['你处']}有{fields['件数']}件信访事项需要督办{fields['增续']}"
    said = f"{_INDENT}根据截至{fields['数据截至']}的报送情况，{who}，现通知如下："
    above = _MASTHEAD + (_CORRECTED if fields["更正"] else 0) + _BODY_LINE * _broken(said, _BODY_WIDTH)
    kinds = [_Row(_CELL_LINE * lines(row, _KINDS) + _BORDER, _HEAD) for row in fields["情形"]]
    cases = [_Row(_CELL_LINE * lines(row, _SURE) + _BORDER, _HEAD) for row in fields["案件"]]
    notes = [_Row(2 + _NOTE_LINE * _broken(_INDENT + text, _NOTE_WIDTH)) for text in (fields["说明"], fields["上次"], *fields["销号明细"])]
    closing = f"{_INDENT}请逐件核实，于{fields['回复期限']}前在日报里写明进展，填“督办回复”表；所附回执盖章后送我单位，不随日报发送。"
    return [
        _Row(above),
        *_under(_HEADING + _HEAD, kinds),
        *_under(_HEADING + _HEAD, cases),
        *notes,
        _Row(_BODY_LINE * _broken(closing, _BODY_WIDTH) + _CLOSING),
    ]


def _under(height: float, rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows, the first with what stands above it."""
    return [_Row(height + rows[0].height), *rows[1:]] if rows else []


def _reply(fields: Mapping[str, Any]) -> float:
    """Return the height of the reply, which is not torn apart."""
    names = (f"{case['责任单位']}　{case['包案领导']}" for case in fields["案件"])
    return _ABOVE_REPLY + sum(max(14.5, _REPLY_LINE * _broken(name, _REPLY_WIDTH) + _BORDER) for name in names) + _SEAL


def _list(fields: Mapping[str, Any]) -> list[_Row]:
    above = _ABOVE_LIST + _CELL_LINE * _broken(fields["条文"], _LEGEND_WIDTH)
    named = [case | {"责任单位": f"{case['责任单位']}　{case['包案领导']}"} for case in fields["清单"]]
    heights = [max(12.0, _CLOSE_LINE * lines(case, _LISTED) + _BORDER) for case in named]
    *rows, last = [*heights[:-2], sum(heights[-2:]) + _CLOSE_SEAL]
    return [_Row(above + _HEAD), *(_Row(height, _HEAD) for height in (*rows, last))]


def _broken(text: str, line: float) -> int:
    """Return on how many lines a text comes."""
    return math.ceil(width(text) / line)
