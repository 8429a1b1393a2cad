"""What needs a decision, as items of a table: cases of which the same is asked are one item.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from pipeline.render.papers import page_room
from pipeline.render.papers.plain_text import LONGEST_NAME, LONGEST_NUMBER, plain, short
from pipeline.report import decision_words, matter_words, sentences, who_reported
from pipeline.report.case_lines import Decision
from pipeline.terms import words
from pipeline.terms.contract import SAFETY

Item = Sequence[Decision]
WORKBOOK = "《信访事项办理情况汇总》"
LONGEST_REQUEST = 400
"""Characters of a request that are shown whole."""
_IN_CELL = 40
"""Characters of a request that has room in its column; a longer one has a row as wide as the table."""
_ELSEWHERE, _ABOVE = "见下一行", "见上表"
_REQUEST, _SITUATION = "请决定的事：", "情况："
_LONGEST_URGENT = 160
"""Characters of what happened, however little room there is: leaders decide on it, and what matters most is often said last.

What endangers people is told whole: it takes a page more before anything of it is lost.
"""
_MOST_DANGERS, _LONGEST_DANGER = 40, 4000
"""Of so many dangers, and so many characters of each: nobody reports more, and no paper holds what a broken file might."""
_REST_ELSEWHERE = f"……（全文见{WORKBOOK}“急报事项”）"
_FEWEST_SHARED = 28
"""Characters of what several cases of an item are about, however little room there is."""
_LONGEST_SHARED = 80
"""And of what several cases of an item are about, where their matters differ by numbers alone."""


@dataclass(frozen=True, slots=True)
class Space:
    """How much room an item has."""

    characters: int
    """Of a matter, where it is an item of its own."""
    cases: int
    """That are named of one item."""
    matters: int = 0
    """Characters of the matter of each of these; 0 where there is room for their numbers alone."""
    requests: int = LONGEST_REQUEST
    """Characters of a request that is shown whole."""
    is_older: bool = False
    """As of `limits.Limits`."""
    measures: int = 0
    """Characters of what was done about an urgent matter; with 0 neither that is told nor at what hour it happened.

    Of a danger it is said then where that stands.
    """


def texts(item: Item, day: date, space: Space) -> dict[str, Any]:
    """Return an item's cells by name; a request stays whole.

    What happened where it is long, a long request, several cases, and what was done about an urgent matter stand in a row of their own
    (清单, of which 案件 is all but what happened and the request); older templates have none.
    """
    first, characters = item[0], space.characters
    asked = whole_sentences(decision_words.asked(item), space.requests)
    has_row = len(asked) > _IN_CELL and not space.is_older
    request = f"{_REQUEST}{asked}" if has_row else ""
    cells = {"请示": _ELSEWHERE if has_row else asked, "时限": decision_words.earliest_due(item, day)}
    leader_width = min(LONGEST_NAME, max(4, characters // 2))
    if len(item) == 1:
        done = "" if space.is_older else _done(first, space)
        matter, situation = (_matter(first, space), "") if space.is_older else _parted(first, space)
        matter = f"{sentences.danger(first, day)}{matter}"
        return cells | {
            "事由": "、".join(decision_words.reasons(first, day)),
            "编号": short(first.number, min(LONGEST_NUMBER, characters)),
            # without a number templates show the first of these alone
            "旗区": first.district if first.number else f"{first.district}：{matter}",
            "事项": matter if first.number else "",
            "清单": "　".join(filter(None, [situation, request, done])),
            "案件": done,
            "起始": sentences.day(first.since, day) if first.since else "—",
            "包案领导": short(first.leader, leader_width) or "—",
        }
    whole = decision_words.together(item)
    since, leaders = whole.since, whole.leaders
    named = _by_request(item, day, space)
    return cells | {
        "事由": _kind(item),
        "编号": "",
        "旗区": who_reported.some(decision_words.together(item).districts),
        "事项": named if space.is_older else "",
        "清单": "" if space.is_older else "　".join(filter(None, [request, named])),
        "案件": "" if space.is_older else named,
        "起始": f"最早{sentences.day(since, day)}" if since else "—",
        "包案领导": (short(leaders[0], leader_width) + (f"等{len(leaders)}人" if len(leaders) > 1 else "")) if leaders else "—",
    }


_SAME = "同"


def numbers(items: Sequence[Item]) -> list[str]:
    """Return the items' numbers, as many as there are to decide; of a case that an urgent matter above is about, that one's: 同1."""
    told: dict[str, str] = {}
    numbered, count = list[str](), 0
    for item in items:
        is_urgent, same = item[0].kinds[0] == "urgent", told.get(item[0].number, "")
        is_same = len(item) == 1 and not is_urgent and bool(same)
        count += not is_same
        numbered.append(f"{_SAME}{same}" if is_same else str(count))
        if is_urgent:
            told |= {decision.number: str(count) for decision in item if decision.number}
    return numbered


def rows(items: Sequence[Item], day: date, space: Space, *, is_gathered: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the items' cells; with the cases of several after all of them, where these are gathered, else with their item.

    What cases of an item before are about too, and what is asked of them, is not said twice.
    """
    told: dict[str, str] = {}
    requests: dict[str, str] = {}
    cells, behind = [], []
    for number, item in zip(numbers(items), items, strict=True):
        row = {"序号": number, **texts(item, day, space)}
        request = f"{_REQUEST}{whole_sentences(decision_words.asked(item), space.requests)}"
        is_told = request in row["清单"] and not number.startswith(_SAME)
        if is_told and requests.setdefault(request, number) != number:
            row["清单"] = row["清单"].replace(request, f"{_REQUEST}同第{requests[request]}项。", 1)
        alike, shared = _alike(item), _shared_matter(item, space)
        if shared and row["案件"]:
            cases = row["案件"].replace(shared, f"案由同第{told[alike]}项。" if alike in told else shared, 1)
            row["清单"], row["案件"] = f"{row['清单'].removesuffix(row['案件'])}{cases}", cases
            told.setdefault(alike, row["序号"])
        if is_gathered and (cases := row["案件"]):
            row["清单"] = row["清单"].removesuffix(cases).rstrip("　")
            behind.append(f"第{row['序号']}项（{row['事由']}）：{cases}")
        cells.append(row)
    return cells, behind


def _matter(decision: Decision, space: Space) -> str:
    """Return what a decision is about; of an urgent matter also when it happened and what was done, where there is room for that."""
    done = _done(decision, space)
    return f"{_told(decision, space)}{f'（{done}）' if done else ''}"


def _parted(decision: Decision, space: Space) -> tuple[str, str]:
    """Return what a decision is about for its cell; of a long urgent one its kind alone, and what happened for a row of its own."""
    told = _told(decision, space)
    if "urgent" not in decision.kinds or len(told) <= _IN_CELL:
        return told, ""
    kind, _mark, situation = told.partition("：")
    return f"{kind}（情况{_ELSEWHERE}）", f"{_SITUATION}{situation}"


def _told(decision: Decision, space: Space) -> str:
    """Return what a decision is about; of what is urgent as much as of a request, or where the whole of it stands, of a danger all."""
    if "urgent" not in decision.kinds:
        return short(decision.matter, space.characters)
    most = _LONGEST_DANGER if matter_words.is_danger(decision) else max(_LONGEST_URGENT, space.requests)
    return _short(decision.matter, decision, most, _REST_ELSEWHERE)


def _short(matter: str, decision: Decision, most: int, mark: str = "…") -> str:
    """Return a matter in so many characters; that its case counts all the same, which stands behind an urgent one, stays whole.

    `mark`: what stands where it is cut.
    """
    outcome = matter_words.outcome(decision)
    whole = plain(matter.removesuffix(outcome))
    return f"{whole if len(whole) <= most else f'{whole[: most - 1]}{mark}'}{outcome}"


def _done(decision: Decision, space: Space) -> str:
    return plain(matter_words.done(decision, space.measures)) if "urgent" in decision.kinds else ""


def _kind(item: Item) -> str:
    """Return why an item stands here, with the number of its cases and how many of them are overdue too."""
    name = words.DECISIONS[item[0].kinds[0]].name
    if len(item) == 1:
        return name + decision_words.together(item).late_too
    return f"{name}{len(item)}件{decision_words.together(item).late_too}"


def listed(items: Sequence[Item], day: date, spare: int) -> list[dict[str, str]]:
    """Return the items as a list, a line for each and so many lines more: the first requests that need these stand there whole."""
    rows = []
    for number, item in zip(numbers(items), items, strict=True):
        row = in_a_line(item, number, day, min(_MOST_LINES, 1 + max(0, spare)))
        spare -= page_room.listed_lines(row["何事"]) - 1
        rows.append(row)
    return rows


_MOST_LINES = 4
"""Of a request in the list."""


def told_above(rows: Sequence[dict[str, Any]], listing: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return the rows of the table below the list, without the requests that stand whole in the list."""
    whole = {line["序号"] for line in listing if not line["何事"].endswith((_BELOW, _BOTH_BELOW))}
    return [{**row, "请示": _ABOVE} if row["序号"] in whole and row["请示"] != _ELSEWHERE else row for row in rows]


def in_a_line(item: Item, number: int | str, day: date, most_lines: int = 1) -> dict[str, str]:
    """Return an item under its number, on so many lines: who, what is asked of them, by when; in full it stands in the table."""
    leaders = decision_words.together(item).leaders
    districts = who_reported.some(decision_words.together(item).districts)
    leader = plain(leaders[0]) + (f"等{len(leaders)}人" if len(leaders) > 1 else "") if leaders else ""
    who = districts if not leader else leader if len(item) > 1 else f"{districts} {leader}"
    return {
        "序号": str(number),
        "谁": page_room.cut(who[:_MOST_HEARD], page_room.WHO_WIDTH),
        "何事": _what(item, most_lines),
        "时限": decision_words.earliest_due(item, day).replace("限", "") or "—",
    }


def _what(item: Item, most_lines: int) -> str:
    """Return why an item stands here and what is asked: whole, or where that has no room where it stands, and never a part of it.

    What endangers people is told whole, on as many lines as it needs.
    """
    is_urgent = item[0].kinds[0] == "urgent"
    name = SAFETY if matter_words.is_danger(item[0]) else words.DECISIONS["urgent"].name.removesuffix("事项")
    happened, is_cut = _happened(item) if is_urgent else ("", False)
    kind = f"{name}{f'{len(item)}件' if len(item) > 1 else ''}：{happened}" if is_urgent else _kind(item)
    whole = f"{kind}{'；' if is_urgent else '：'}{short(decision_words.asked(item), _MORE_THAN_A_LIST)}"
    below = _BOTH_BELOW if is_cut else _BELOW
    if matter_words.is_danger(item[0]):
        most_lines = max(most_lines, page_room.listed_lines(f"{kind}{below}"))
    if not is_cut and len(whole) < _MORE_THAN_A_LIST and page_room.listed_lines(whole) <= most_lines:
        return whole
    if page_room.listed_lines(f"{kind}{below}") <= most_lines:
        return f"{kind}{below}"
    below = _BOTH_BELOW if is_urgent else _BELOW
    return f"{page_room.cut(kind, most_lines * page_room.WHAT_WIDTH - page_room.width(below))}{below}"


_BELOW, _BOTH_BELOW = "（请示见下表）", "（全文和请示见下表）"
_MORE_THAN_A_LIST = 360
"""Characters that no row of the list has room for, however narrow they are."""
_MOST_HEARD = 90
"""Characters of a name, and of what happened where nobody is endangered, in the list."""
_MOST_HAPPENED = 3
"""Different things that happened, of which the same is asked, in the list."""


def _happened(item: Item) -> tuple[str, bool]:
    """Return what happened, of urgent matters with the same request each once, and whether any of that is cut."""
    said = {(matter.matter.partition("：")[2] or matter.matter).rstrip("。；，"): matter for matter in item}
    longest = _LONGEST_URGENT if matter_words.is_danger(item[0]) else _MOST_HEARD
    told = [_short(happened, matter, longest) for happened, matter in islice(said.items(), _MOST_HAPPENED + 1)]
    is_cut = any(len(happened.removesuffix(matter_words.outcome(matter))) > longest for happened, matter in said.items())
    return words.first_of(told, _MOST_HAPPENED), is_cut


def named(item: Item, most: int) -> int:
    """Return how many cases of an item are named: so many, and of dangers all."""
    return min(len(item), max(most, _MOST_DANGERS) if matter_words.is_danger(item[0]) else most)


def _by_request(item: Item, day: date, space: Space) -> str:
    """Return the cases of an item by what is asked, where that is not the same of all, and by leaders within it.

    What is the same of all of them, but for numbers in it, is said once.
    """
    most = named(item, space.cases)
    requests = decision_words.by_request(item[:most])
    shared, due = _shared_matter(item, space), _shared_due(item, day, space)

    def told(case: Decision) -> str:
        mark = sentences.danger(case, day)
        return _case(case, "" if due else _due(case, day), space, mark=mark, is_told=bool(shared))

    told_cases = [_by_leader(cases, told) for cases in requests]
    if len(decision_words.together(item).requests) > 1:
        asked = (whole_sentences(sentences.asked(cases[0]), space.requests).rstrip("。") for cases in requests)
        told_cases = [f"{request}（{len(cases)}件）——{said}" for request, cases, said in zip(asked, requests, told_cases, strict=True)]
    rest = f"；等{len(item)}件" if len(item) > most else ""
    has_pointer = not space.measures and any(_done(case, space) for case in item)
    elsewhere = f"。{matter_words.MEASURES_ELSEWHERE}" if has_pointer else ""
    return f"{shared}{due}{'；'.join(told_cases)}{rest}{elsewhere}"


_DIGITS = re.compile(r"\d+")
_FEWEST_ALIKE, _SHORTEST_SHARED = 3, 20
"""Cases, and characters of their matter, for which it is said once."""


def _shared_matter(item: Item, space: Space) -> str:
    """Return what all cases of an item are about where their matters differ by numbers alone; '' where they differ more."""
    if not _alike(item):
        return ""
    matters = {decision.matter for decision in item}
    matter = short(item[0].matter, max(_LONGEST_SHARED if space.matters else _FEWEST_SHARED, space.characters))
    return f"{len(item)}件的案由{'只有数字不同，第一件是' if len(matters) > 1 else '都是'}“{matter}”。"


def _alike(item: Item) -> str:
    """Return the one matter of an item's cases without its numbers; '' where there is not one."""
    if item[0].kinds[0] == "urgent" or len(item) < _FEWEST_ALIKE or len(item[0].matter) < _SHORTEST_SHARED:
        return ""
    matter = _DIGITS.sub("0", item[0].matter)
    return matter if all(_DIGITS.sub("0", decision.matter) == matter for decision in item) else ""


def _shared_due(item: Item, day: date, space: Space) -> str:
    """Return what is to be said of the deadlines where that is the same of all cases of an item; '' where it is not."""
    if item[0].kinds[0] == "urgent" or len(item) < _FEWEST_ALIKE or not space.matters:
        return ""
    due = _due(item[0], day)
    return f"都是{due}。" if due and all(_due(decision, day) == due for decision in item) else ""


def _by_leader(cases: Item, told: Callable[[Decision], str]) -> str:
    """Return the cases under their leaders, in the order of the first of each."""
    named: dict[str, list[str]] = {}
    for decision in cases:
        named.setdefault(short(decision.leader, LONGEST_NAME) or "没有包案领导", []).append(told(decision))
    return "；".join(f"{leader}：{'、'.join(numbers)}" for leader, numbers in named.items())


def _case(decision: Decision, due: str, space: Space, *, mark: str, is_told: bool) -> str:
    """Return a case with its matter and its deadline, where there is room for them; what happened has room always.

    `mark`: what follows its number; `is_told`: its matter is, once for all.
    """
    number = f"{short(decision.number, LONGEST_NUMBER)}{mark}"
    if decision.kinds[0] == "urgent":
        # with no room for what was done, where that stands is said once for all of them
        return f"{decision.district}{number} {_matter(decision, space) if space.measures else _told(decision, space)}"
    if space.matters < _FEWEST_OF_MATTER:
        has_more = decision.is_beyond or decision.answered_before  # it waits longer than the law allows, or was not settled twice
        return f"{number}（{due}）" if due and has_more else number
    matter = "" if is_told else f" {short(decision.matter, space.matters)}"
    return f"{number}{matter}{f'（{due}）' if due else ''}"


def _due(decision: Decision, day: date) -> str:
    """Return when a case is due, whether it is overdue beside that for which it stands here, and whether the law allows its deadline."""
    due = f"{sentences.deadline(decision.due, day, is_beyond=False)}到期" if decision.due else ""
    late = f"兼{words.FLAGS['overdue'].name}" if "overdue" in decision.kinds[1:] else ""
    beyond = words.BEYOND.strip("（）") if decision.is_beyond else ""
    return "，".join(part for part in (due, late, beyond, decision_words.again(decision, day)) if part)


_FEWEST_OF_MATTER = 8
"""Characters of a matter; with less room than that a case is named by its number alone."""


def whole_sentences(asked: str, most: int) -> str:
    """Return what is asked, whole; where that is very long its first sentences, if there are any, and where all of it stands."""
    asked = plain(asked)
    if len(asked) <= most:
        return asked
    end = max(asked.rfind(mark, 0, most) for mark in "。；！？")
    return f"{asked[: end + 1]}……（全文见{WORKBOOK}）" if end >= 0 else f"请求较长，见{WORKBOOK}"


def chosen(items: Sequence[Item], most: int) -> list[Item]:
    """Return at most so many items in their order: all dangers, and each kind has a fair share of the room before any has more."""
    most = max(most, min(_MOST_DANGERS, sum(matter_words.is_danger(item[0]) for item in items)))
    share = max(1, most // len(words.DECISIONS))
    seen = dict.fromkeys(words.DECISIONS, 0)
    within_share: list[int] = []
    beyond: list[int] = []
    for position, item in enumerate(items):
        seen[item[0].kinds[0]] += 1
        has_place = matter_words.is_danger(item[0]) or seen[item[0].kinds[0]] <= share
        (within_share if has_place else beyond).append(position)
    return [items[position] for position in sorted((*within_share, *beyond)[:most])]
