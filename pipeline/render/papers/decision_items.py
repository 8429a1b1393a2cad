"""What needs a decision, as items of a table: cases of which the same is asked are one item.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.render.papers import page_room
from pipeline.render.papers.plain_text import LONGEST_NAME, LONGEST_NUMBER, plain, short
from pipeline.report import sentences, who_reported
from pipeline.report.case_lines import Decision
from pipeline.terms import words

Item = Sequence[Decision]
WORKBOOK = "《信访事项办理情况汇总》"
_LONGEST_REQUEST, _FEWEST = 90, 45
"""Characters of a request that are shown whole, where there is room and where there is little."""
_FEWEST_OF_URGENT = 28
"""Characters of what happened, however little room there is: it stands nowhere else on the paper."""


def texts(item: Item, day: date, characters: int, most_cases: int, *, is_older: bool = False) -> dict[str, Any]:
    """Return an item's cells by name: a matter has so many characters, so many cases are named, and a request stays whole.

    Several cases stand in a row of their own (清单); older templates have none.
    """
    first = item[0]
    kinds = "、".join(words.DECISIONS[kind].name for kind in first.kinds)
    asked = {"请示": _whole_sentences(sentences.asked(first), max(_FEWEST, min(_LONGEST_REQUEST, 3 * characters)))}
    leader_width = min(LONGEST_NAME, max(4, characters // 2))
    if len(item) == 1:
        matter = short(first.matter, max(_FEWEST_OF_URGENT, characters) if "urgent" in first.kinds else characters)
        return asked | {
            "事由": kinds,
            "编号": short(first.number, min(LONGEST_NUMBER, characters)),
            # without a number templates show the first of these alone
            "旗区": first.district if first.number else f"{first.district}：{matter}",
            "事项": matter if first.number else "",
            "清单": "",
            "起始": sentences.day(first.since, day) if first.since else "—",
            "时限": _due(first.due, day),
            "包案领导": short(first.leader, leader_width) or "—",
        }
    since = min((decision.since for decision in item if decision.since), default=None)
    named = _by_leader(item, most_cases)
    leaders = list(dict.fromkeys(decision.leader for decision in item if decision.leader))
    return asked | {
        "事由": f"{words.DECISIONS[first.kinds[0]].name}{len(item)}件",
        "编号": "",
        "旗区": who_reported.some(list(dict.fromkeys(decision.district for decision in item))),
        "事项": named if is_older else "",
        "清单": "" if is_older else named,
        "起始": f"最早{sentences.day(since, day)}" if since else "—",
        "时限": "",
        "包案领导": (short(leaders[0], leader_width) + (f"等{len(leaders)}人" if len(leaders) > 1 else "")) if leaders else "—",
    }


def in_a_line(item: Item, number: int, day: date) -> dict[str, str]:
    """Return an item on one line, under its number: who, what is asked of them, by when; in full it stands in the table."""
    first = item[0]
    leaders = list(dict.fromkeys(decision.leader for decision in item if decision.leader))
    districts = who_reported.some(list(dict.fromkeys(decision.district for decision in item)))
    leader = plain(leaders[0]) + (f"等{len(leaders)}人" if len(leaders) > 1 else "") if leaders else ""
    who = districts if not leader else leader if len(item) > 1 else f"{districts} {leader}"
    kind = words.DECISIONS[first.kinds[0]].name + (f"{len(item)}件" if len(item) > 1 else "")
    due = min((decision.due for decision in item if decision.due), default=None)
    return {
        "序号": str(number),
        "谁": page_room.cut(who[:_LONGEST_REQUEST], _WHO_WIDTH),
        "何事": _urgent(first)
        if first.kinds[0] == "urgent"
        else _clauses(kind, short(sentences.asked(first), _LONGEST_REQUEST), _WHAT_WIDTH),
        "时限": f"{'最早' if len(item) > 1 else ''}{sentences.day(due, day)}" if due else "—",
    }


_WHO_WIDTH, _WHAT_WIDTH = 10.3, 28.0
"""In Chinese characters: of the columns of the list of decisions."""


def _urgent(matter: Decision) -> str:
    """Return what happened, and as many clauses of what is asked as have room on a line."""
    happened = short(matter.matter.partition("：")[2] or matter.matter, _LONGEST_REQUEST).rstrip("。；，")
    return _clauses(f"急报：{happened}", short(sentences.asked(matter), _LONGEST_REQUEST), _WHAT_WIDTH, "；")


def _clauses(kind: str, asked: str, most: float, joint: str = "：") -> str:
    """Return the kind and as many clauses of what is asked as have room on a line; where none has, the kind and where it stands."""
    if page_room.width(whole := f"{kind}{joint}{asked}") <= most:
        return whole
    ends = [at + 1 for at, character in enumerate(whole) if character in "，。；！？、" and page_room.width(whole[: at + 1] + "……") <= most]
    if ends and ends[-1] > len(kind) + 1:
        return f"{whole[: ends[-1]]}……"
    return f"{page_room.cut(kind, most - page_room.width(_BELOW))}{_BELOW}"


_BELOW = "（请示见下表）"


def _due(due: date | None, day: date) -> str:
    return f"限{sentences.day(due, day)}" if due else ""


def _by_leader(item: Item, most: int) -> str:
    """Return the cases of an item under their leaders, in the order of the first of each."""
    named: dict[str, list[str]] = {}
    for decision in item[:most]:
        named.setdefault(short(decision.leader, LONGEST_NAME) or "没有包案领导", []).append(short(decision.number, LONGEST_NUMBER))
    more = f"；等{len(item)}件" if len(item) > most else ""
    return "；".join(f"{leader}：{'、'.join(numbers)}" for leader, numbers in named.items()) + more


def _whole_sentences(asked: str, most: int) -> str:
    """Return what is asked, whole; where that is very long its first sentences, if there are any, and where all of it stands."""
    asked = plain(asked)
    if len(asked) <= most:
        return asked
    end = max(asked.rfind(mark, 0, most) for mark in "。；！？")
    return f"{asked[: end + 1]}……（全文见{WORKBOOK}）" if end >= 0 else f"请求较长，见{WORKBOOK}"


def chosen(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most so many items in their order: each kind has a fair share of the room before any kind has more."""
    share = max(1, most // len(words.DECISIONS))
    seen = dict.fromkeys(words.DECISIONS, 0)
    within_share: list[int] = []
    beyond: list[int] = []
    for position, item in enumerate(items):
        seen[item[0].kinds[0]] += 1
        (within_share if seen[item[0].kinds[0]] <= share else beyond).append(position)
    return [items[position] for position in sorted((*within_share, *beyond)[:most])]
