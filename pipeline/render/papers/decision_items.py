"""What needs a decision, as items of a table: cases of which the same is asked are one item.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.render.papers.plain_text import LONGEST_NAME, LONGEST_NUMBER, plain, short
from pipeline.report import decision_words, matter_words, sentences, who_reported
from pipeline.report.case_lines import Decision
from pipeline.terms import words

Item = Sequence[Decision]
WORKBOOK = "《信访事项办理情况汇总》"
LONGEST_REQUEST = 400
"""Characters of a request that are shown whole."""
_IN_CELL = 40
"""Characters of a request that has room in its column; a longer one has a row as wide as the table."""
ELSEWHERE = "见下一行"
REQUEST, SITUATION = "请决定的事：", "情况："
LONGEST_URGENT = 160
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
    request = f"{REQUEST}{asked}" if has_row else ""
    cells = {"请示": ELSEWHERE if has_row else asked, "时限": decision_words.limits(item, day)}
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
        "事由": kind(item),
        "编号": "",
        "旗区": who_reported.some(decision_words.together(item).districts),
        "事项": named if space.is_older else "",
        "清单": "" if space.is_older else "　".join(filter(None, [request, named])),
        "案件": "" if space.is_older else named,
        "起始": f"最早{sentences.day(since, day)}" if since else "—",
        "包案领导": (short(leaders[0], leader_width) + (f"等{len(leaders)}人" if len(leaders) > 1 else "")) if leaders else "—",
    }


SAME = "同"


def numbers(items: Sequence[Item]) -> list[str]:
    """Return the items' numbers, as many as there are to decide; of a case that an urgent matter above is about, that one's: 同1."""
    told: dict[str, str] = {}
    numbered, count = list[str](), 0
    for item in items:
        is_urgent, same = item[0].kinds[0] == "urgent", told.get(item[0].number, "")
        is_same = len(item) == 1 and not is_urgent and bool(same)
        count += not is_same
        numbered.append(f"{SAME}{same}" if is_same else str(count))
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
        request = f"{REQUEST}{whole_sentences(decision_words.asked(item), space.requests)}"
        is_told = request in row["清单"] and not number.startswith(SAME)
        if is_told and requests.setdefault(request, number) != number:
            row["清单"] = row["清单"].replace(request, f"{REQUEST}同第{requests[request]}项。", 1)
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
    return f"{kind}（情况{ELSEWHERE}）", f"{SITUATION}{situation}"


def _told(decision: Decision, space: Space) -> str:
    """Return what a decision is about; of what is urgent as much as of a request, or where the whole of it stands, of a danger all."""
    if "urgent" not in decision.kinds:
        return short(decision.matter, space.characters)
    most = _LONGEST_DANGER if matter_words.is_danger(decision) else max(LONGEST_URGENT, space.requests)
    return shortened(decision.matter, decision, most, _REST_ELSEWHERE)


def shortened(matter: str, decision: Decision, most: int, mark: str = "…") -> str:
    """Return a matter in so many characters; that its case counts all the same, which stands behind an urgent one, stays whole.

    `mark`: what stands where it is cut.
    """
    outcome = matter_words.outcome(decision)
    whole = plain(matter.removesuffix(outcome))
    return f"{whole if len(whole) <= most else f'{whole[: most - 1]}{mark}'}{outcome}"


def _done(decision: Decision, space: Space) -> str:
    return plain(matter_words.done(decision, space.measures)) if "urgent" in decision.kinds else ""


def kind(item: Item) -> str:
    """Return why an item stands here, with the number of its cases and how many of them are overdue too."""
    name = words.DECISIONS[item[0].kinds[0]].name
    if len(item) == 1:
        return name + decision_words.together(item).late_too
    return f"{name}{len(item)}件{decision_words.together(item).late_too}"


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
