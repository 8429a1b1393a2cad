"""What needs a decision, as a list on page one with a line for each, and the table below it without what stands in the list.

Covered by tests/render/papers/test_briefing.py and test_crowded_days.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from pipeline.render.papers import decision_items, page_room
from pipeline.render.papers.decision_items import ELSEWHERE, LONGEST_REQUEST, REQUEST, SAME, SITUATION, Item, whole_sentences
from pipeline.render.papers.plain_text import plain, short
from pipeline.report import decision_words, matter_words, who_reported
from pipeline.terms import words
from pipeline.terms.contract import SAFETY

_ABOVE = "见上表"


def listed(items: Sequence[Item], day: date, spare: int, *, is_brief: bool = False) -> list[dict[str, str]]:
    """Return the items as a list, a line for each and so many lines more: the first requests that need these stand there whole.

    `is_brief`: without what happened, which stands below.
    """
    rows = []
    for number, item in zip(decision_items.numbers(items), items, strict=True):
        row = in_a_line(item, number, day, min(_MOST_LINES, 1 + max(0, spare)), is_brief=is_brief)
        spare -= page_room.listed_lines(row["何事"]) - 1
        rows.append(row)
    return rows


_MOST_LINES = 4
"""Of a request in the list."""


def told_above(rows: Sequence[dict[str, Any]], listing: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the rows of the table below the list, without the requests that stand whole in the list."""
    whole = {line["序号"] for line in listing if not line["何事"].endswith(_BELOW)}
    return [_without_request(row) if row["序号"] in whole else row for row in rows]


def _without_request(row: dict[str, Any]) -> dict[str, Any]:
    if row["请示"] != ELSEWHERE:
        return {**row, "请示": _ABOVE}
    before, _mark, request = row["清单"].partition(REQUEST)
    _asked, mark, behind = request.partition("　")
    return {**row, "请示": _ABOVE, "清单": f"{before}{behind}".rstrip("　")} if mark or not row["案件"] else row


def in_few_lines(rows: Sequence[dict[str, Any]], listing: Sequence[Mapping[str, str]]) -> tuple[list[dict[str, Any]], str]:
    """Return the rows that the list does not tell whole, and of all others what it does not say, in one text."""
    whole = {line["序号"] for line in listing if not line["何事"].endswith(_BELOW)}
    told = told_above(rows, listing)
    kept = [row for row in told if row["序号"] not in whole]
    return kept, "　".join(_in_few_words(row) for row in told if row not in kept)


def _in_few_words(row: Mapping[str, str]) -> str:
    """Return a row's case and since when it stands here: the list says why, who is asked and what."""
    number = row["序号"]
    name = f"同第{number.removeprefix(SAME)}项" if number.startswith(SAME) else f"第{number}项"
    why = row["事由"] if "再次" in row["事由"] else ""
    beside = "，".join(filter(None, [why, f"{row['起始']}起" if row["起始"] != "—" else ""]))
    case = f"{row['编号']} {row['事项']}" if row["编号"] else row["旗区"]
    told = "。".join(filter(None, [case.replace(f"（情况{ELSEWHERE}）", ""), *row["清单"].split("　")])).replace("。。", "。")
    return f"{name}{f'（{beside}）' if beside else ''}：{told.rstrip('。')}。"


def in_a_line(item: Item, number: int | str, day: date, most_lines: int = 1, *, is_brief: bool = False) -> dict[str, str]:
    """Return an item under its number, on so many lines: who, what is asked of them, by when; in full it stands in the table."""
    leaders = decision_words.together(item).leaders
    districts = who_reported.some(decision_words.together(item).districts)
    leader = plain(leaders[0]) + (f"等{len(leaders)}人" if len(leaders) > 1 else "") if leaders else ""
    return {
        "序号": str(number),
        "谁": _who("" if leader and len(item) > 1 else districts[-_MOST_HEARD:], leader.removeprefix(matter_words.LIAISON)[:_MOST_HEARD]),
        "何事": _what(item, most_lines, is_brief=is_brief),
        "时限": decision_words.asked_by(item, day) or decision_words.earliest_due(item, day).replace("限", "办结") or "—",
    }


def _who(where: str, leader: str) -> str:
    """Return a district and a leader as the column has room: the leader before all, and of a district with its units the end."""
    room = page_room.WHO_WIDTH - page_room.width(f" {leader}" if leader else "")
    if not where or room < _LEAST_OF_A_NAME:
        return page_room.cut(leader, page_room.WHO_WIDTH)
    if page_room.width(where) > room:
        where = next(f"…{where[at:]}" for at in range(1, len(where) + 1) if page_room.width(where[at:]) <= room - 1)
    return f"{where} {leader}".rstrip()


_LEAST_OF_A_NAME: Final = 3


def _what(item: Item, most_lines: int, *, is_brief: bool) -> str:
    """Return why an item stands here and what is asked: whole, or where that has no room where it stands, and never a part of it.

    Of urgent matters what happened follows, as much as has room on the last line, or on one more: all of it stands in the table below.
    What is asked where people are in danger is told whole, on as many lines as it needs.
    """
    if item[0].kinds[0] != "urgent":
        whole = f"{decision_items.kind(item)}：{short(decision_words.asked(item), _MORE_THAN_A_LIST)}"
        return whole if _has_room(whole, most_lines) else f"{decision_items.kind(item)}{_BELOW}"
    is_danger = matter_words.is_danger(item[0])
    name = SAFETY if is_danger else words.DECISIONS["urgent"].name.removesuffix("事项")
    kind = f"{name}{f'{len(item)}件' if len(item) > 1 else ''}"
    asked = f"{kind}：{whole_sentences(decision_words.asked(item), LONGEST_REQUEST)}".rstrip("。；，")
    if not is_danger and not _has_room(asked, most_lines):
        room = most_lines * page_room.WHAT_WIDTH - page_room.width(_BELOW)
        return f"{page_room.cut(f'{kind}：{_happened(item)}', room)}{_BELOW}"
    lines = page_room.listed_lines(asked)
    room = max(most_lines, lines + is_danger) * page_room.WHAT_WIDTH - page_room.width(f"{asked}。{SITUATION}")
    room = min(room, _MOST_HEARD) - lines  # a mark or a number that has no room on a line takes a little of the next
    return asked if is_brief or room < _FEWEST_HEARD else f"{asked}。{SITUATION}{page_room.cut(_happened(item), room)}"


def _has_room(text: str, most_lines: int) -> bool:
    return len(text) < _MORE_THAN_A_LIST and page_room.listed_lines(text) <= most_lines


_BELOW = "（请示见下表）"
_MORE_THAN_A_LIST = 360
"""Characters that no row of the list has room for, however narrow they are."""
_MOST_HEARD, _FEWEST_HEARD = 60, 8
"""Characters of a name, and of what happened, in the list."""
_MOST_HAPPENED = 3
"""Different things that happened, of which the same is asked, in the list."""


def _happened(item: Item) -> str:
    """Return what happened, of urgent matters with the same request each once."""
    said = {(matter.matter.partition("：")[2] or matter.matter).rstrip("。；，"): matter for matter in item}
    told = [
        decision_items.shortened(happened, matter, decision_items.LONGEST_URGENT)
        for happened, matter in islice(said.items(), _MOST_HAPPENED + 1)
    ]
    return words.first_of(told, _MOST_HAPPENED)
