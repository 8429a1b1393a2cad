"""The sentences about what needs a decision: how much of what kind, and for several decisions together what is asked and by when.

Covered by tests/report/test_agenda.py, tests/report/test_headline.py and tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import overload

from pipeline.report import notice_words, sentences
from pipeline.report.case_lines import CaseLine, Change, Decision
from pipeline.report.figures import Figure
from pipeline.report.submission_lines import SubmissionLine
from pipeline.report.who_reported import in_short, unheard
from pipeline.terms import text, words


def count(matters: Sequence[Decision]) -> int:
    """Return how many matters need a decision: a case counts once, also where it stands here by an urgent matter too."""
    twice = _urgent_too(matters)
    return sum(matter.kinds[0] == "urgent" or matter.number not in twice for matter in matters)


def _urgent_too(matters: Sequence[Decision]) -> set[str]:
    """Return the cases that stand here by themselves and by an urgent matter too."""
    urgent = {matter.number for matter in matters if matter.kinds[0] == "urgent" and matter.number}
    return {matter.number for matter in matters if matter.kinds[0] != "urgent"} & urgent


def is_counted(matter: Decision, matters: Sequence[Decision]) -> bool:
    """Whether a matter is no urgent one, and its case is counted by an urgent one of these already."""
    return matter.kinds[0] != "urgent" and matter.number in _urgent_too(matters)


def decisions(
    matters: Sequence[Decision],
    submissions: Sequence[SubmissionLine] = (),
    refused: str = "",
    *,
    with_kinds: bool = True,
    told_on: date | None = None,
) -> str:
    """Return how many matters need a decision, each counted once, and of which kinds by their first reason where there is room for that.

    `refused`: whose urgent matters were not taken, as `who_reported.refused_urgent` says it. `told_on`: the day; where nothing is known of
    it, what has come since is told apart: a deadline passes without a report.
    """
    who = unheard(submissions)
    unknown = (
        f"{who.nobody}，今日有没有急报等事项，不知道。" if who.nobody else who.asked("有没有急报等事项", of_urgent=bool(refused))
    ) + refused
    if not matters:
        return unknown if who.nobody else f"今日{none(submissions, refused)}。{unknown}"
    of_kinds = {kind: [matter for matter in matters if matter.kinds[0] == kind] for kind in words.DECISIONS}
    twice = _urgent_too(matters)
    kinds = "、".join(
        f"{words.DECISIONS[kind].name}{len(some)}件{_others_too(some)}{_twice(some, twice)}" for kind, some in of_kinds.items() if some
    )
    of_kinds_told = f"：{kinds}" if with_kinds else ""
    if not who.nobody:
        return f"今日需要决策的事项共{count(matters)}件{of_kinds_told}。{unknown}"
    came = [matter for matter in matters if matter.kinds[0] == "overdue" and matter.since == told_on]
    earlier = count(matters) - len(came)
    parts = [f"此前需要决策的事项仍有{earlier}件"] if earlier else []
    if came:
        parts.append(f"今日按期限新有{'' if earlier else '需要决策的事项'}{len(came)}件（{words.DECISIONS['overdue'].name}）")
    return f"{'，'.join(parts)}{of_kinds_told}。{unknown}"


def due_today(cases: Iterable[CaseLine], targets: Iterable[Figure], told_on: date, order: Sequence[str] = ()) -> str:
    """Return how many open cases are due today and of which districts; '' where they are few and no target is met or hangs on them.

    Tomorrow they are overdue: whoever reads of it then reads it too late. `order`: of the districts.
    """
    due, hanging = _due(cases, targets, told_on)
    if not due:
        return ""
    of_groups = Counter(line.group for line in due)
    stalled = sum("stalled" in line.flags for line in due)
    among = f"其中{stalled}件" if stalled < len(due) else "都" if stalled > 1 else ""
    of_stalled = f"（{among}{words.FLAGS['stalled'].name}）" if stalled else ""
    lacking = "".join(f"；{figure.label}还差{figure.tally.shortfall}件，今日到期的有{of_groups[figure.group]}件" for figure in hanging)
    districts = Counter(line.district for line in due)  # in the order in which the reader has them
    whose = "、".join(f"{name}{districts[name]}件" for name in order if name in districts) if len(districts) <= _MOST_NAMED else ""
    return f"今日到期{len(due)}件{f'：{whose}' if whose else ''}{of_stalled}，没有化解、延期的明日超期{lacking}。"


def due_cases(cases: Iterable[CaseLine], targets: Iterable[Figure], told_on: date, most: int) -> str:
    """Return which these cases are, so many under their leaders, for a paper; '' where `due_today` tells of none."""
    due, _hanging = _due(cases, targets, told_on)
    leaders: dict[str, list[str]] = {}
    for line in due[:most]:
        leaders.setdefault(line.leader or "没有包案领导", []).append(f"{line.district}{line.number}{sentences.danger(line, told_on)}")
    told = "；".join(f"{leader}：{'、'.join(own)}" for leader, own in leaders.items())
    return f"今日到期{len(due)}件：{told}{'等，逐件见汇总表“督办清单”' if len(due) > most else ''}。" if told else ""


def _due(cases: Iterable[CaseLine], targets: Iterable[Figure], told_on: date) -> tuple[list[CaseLine], list[Figure]]:
    """Return the open cases due today, where these are many or their target is met or hangs on them, and the targets that hang."""
    due = [line for line in cases if line.is_open and line.deadline == told_on]
    of_groups = Counter(line.group for line in due)
    within_reach = [figure for figure in targets if figure.tally.total and figure.tally.shortfall <= of_groups[figure.group] > 0]
    hanging = [figure for figure in within_reach if figure.tally.shortfall]
    return (due, hanging) if len(due) >= _MANY_DUE or within_reach else ([], [])


def newly_overdue(changes: Iterable[Change]) -> str:
    """Return how many cases became overdue today, where these are many; '' elsewhere."""
    count = sum(change.kind == "newly_overdue" for change in changes)
    return f"今日{words.CHANGES['newly_overdue'].name}{count}件。" if count >= _MANY_DUE else ""


_MANY_DUE = 5
_MOST_NAMED = 12
"""Districts that are named with how many of their cases are due."""


def _twice(some: Sequence[Decision], twice: Collection[str]) -> str:
    """Return how many of a kind are counted as urgent matters already; '' where none is."""
    already = sum(matter.number in twice for matter in some) if some[0].kinds[0] != "urgent" else 0
    return f"（{'' if already == len(some) else f'其中{already}件'}已计在急报里）" if already else ""


def none(submissions: Sequence[SubmissionLine], refused: str = "") -> str:
    """Return that nothing needs a decision, as far as that is known: of whom the day is not known it is not."""
    who = unheard(submissions)
    if who.nobody:
        return f"{who.nobody}，有没有需要决策的事项不知道"
    if who:
        return f"{who.heard}个旗区的日报里没有需要决策的事项，{in_short(submissions)}"
    return f"{'采用的日报里' if refused else ''}没有需要决策的事项"


@dataclass(frozen=True, eq=False)
class Together(Sequence[Decision]):
    """The decisions of an item; 专报 asks in dozens of drafts how they differ, and of a large day there are thousands."""

    decisions: tuple[Decision, ...]

    @overload
    def __getitem__(self, at: int) -> Decision: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Decision]: ...

    def __getitem__(self, at: int | slice) -> Decision | Sequence[Decision]:
        return self.decisions[at]

    def __len__(self) -> int:
        return len(self.decisions)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.decisions)

    @cached_property
    def requests(self) -> list[list[Decision]]:
        """The same by what is asked, in the order of the first of each."""
        return by_request(self.decisions)

    @cached_property
    def districts(self) -> list[str]:
        """Whose they are, each once."""
        return list(dict.fromkeys(decision.district for decision in self.decisions))

    @cached_property
    def leaders(self) -> list[str]:
        """Who answers for them, each once."""
        return list(dict.fromkeys(decision.leader for decision in self.decisions if decision.leader))

    @cached_property
    def since(self) -> date | None:
        """The earliest day since when one of them waits."""
        return min((decision.since for decision in self.decisions if decision.since), default=None)

    @cached_property
    def earliest(self) -> tuple[date, bool] | None:
        """The earliest deadline, and whether it is beyond what the regulation allows; None where none has one."""
        return min(((decision.due, decision.is_beyond) for decision in self.decisions if decision.due), default=None)

    @cached_property
    def asked_by(self) -> date | None:
        """The earliest day that one of the requests names; None where none does."""
        return min((decision.asked_by for decision in self.decisions if decision.asked_by), default=None)

    @cached_property
    def late_too(self) -> str:
        """How many are overdue beside that for which they stand here; '' where none is."""
        return late_too(self.decisions)


def together(item: Sequence[Decision]) -> Together:
    """Return the decisions of an item as one."""
    return item if isinstance(item, Together) else Together(tuple(item))


def asked(item: Sequence[Decision]) -> str:
    """Return what is asked about the decisions of an item; of many different requests how many there are: each stands with its cases."""
    requests = together(item).requests
    if len(requests) == 1:
        return sentences.asked(item[0])
    by_rule = next((cases for cases in requests if not cases[0].asked), None)
    if by_rule is None:
        return f"旗区的请求有{len(requests)}种，写在所列案件前面"
    return f"{sentences.asked(by_rule[0])}；其中{len(item) - len(by_rule)}件旗区另有请求，写在所列案件前面"


def by_request(item: Sequence[Decision]) -> list[list[Decision]]:
    """Return the decisions of an item by what is asked, in the order of the first of each."""
    requests: dict[str, list[Decision]] = {}
    for decision in item:
        requests.setdefault(request(decision), []).append(decision)
    return list(requests.values())


def request(decision: Decision) -> str:
    """Return what is asked, in the form in which two requests are compared."""
    return _compared(sentences.asked(decision))


@lru_cache(maxsize=1 << 10)  # 专报 asks of each decision in dozens of drafts
def _compared(asked: str) -> str:
    return text.key(asked).rstrip("。.;")


def reasons(decision: Decision, told_on: date) -> list[str]:
    """Return why a decision stands here; of a case of which another reply was not accepted either, that it is disputed again."""
    return [notice_words.disputed(decision, told_on) if kind == "disputed" else words.DECISIONS[kind].name for kind in decision.kinds]


def again(decision: Decision, told_on: date) -> str:
    """Return the same of one of several that are disputed, such as 14日重新答复后再次不认可; '' of any other."""
    after = notice_words.again_after(decision, told_on)
    return f"{after}再次不认可" if after else ""


def late_too(item: Sequence[Decision]) -> str:
    """Return how many cases are overdue beside that for which they stand here; '' where none is."""
    return _also(item, ("overdue",))


def _others_too(item: Sequence[Decision]) -> str:
    """Return it of each further reason: the rows below name all of them, and a leader's page counts each by itself."""
    return _also(item, ("overdue", "coordination"))


def _also(item: Sequence[Decision], kinds: Sequence[str]) -> str:
    counts = [(words.DECISIONS[kind].name, sum(kind in decision.kinds[1:] for decision in item)) for kind in kinds]
    told = "、".join(f"{'' if count == len(item) else f'其中{count}件'}兼{name}" for name, count in counts if count)
    return f"（{told}）" if told else ""


def beyond(item: Sequence[Decision]) -> str:
    """Return how many cases have a deadline beyond what the regulation allows; '' where none has."""
    count = sum(decision.is_beyond for decision in item)
    return f"（{'' if count == len(item) else f'其中{count}件'}{words.BEYOND.strip('（）')}）" if count else ""


def earliest_due(item: Sequence[Decision], told_on: date) -> str:
    """Return the earliest deadline of an item, such as 最早限5月17日; '' where none has one."""
    earliest = together(item).earliest
    if earliest is None:
        return ""
    first, is_beyond = earliest
    return f"{'最早限' if len(item) > 1 else '限'}{sentences.deadline(first, told_on, is_beyond=is_beyond)}"


def asked_by(item: Sequence[Decision], told_on: date) -> str:
    """Return until when the requests of an item ask, such as 请求5月20日，已过1天; '' where they name no day."""
    day = together(item).asked_by
    if day is None:
        return ""
    late = (told_on - day).days
    return f"{'最早' if len(together(item).requests) > 1 else ''}请求{sentences.day(day, told_on)}{f'，已过{late}天' if late > 0 else ''}"


def limits(item: Sequence[Decision], told_on: date) -> str:
    """Return until when something is asked about an item, and its earliest deadline, as far as there are such."""
    return "，".join(filter(None, (asked_by(item, told_on), earliest_due(item, told_on))))
