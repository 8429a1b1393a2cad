"""What is left at the end of a period: the cases that are not counted, dangers and requests without an end; a closing begins with it.

Covered by tests/report/test_period.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from pipeline.report import breakdown, matter_words, not_taken, notice_words, sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.period import Period
from pipeline.report.urgent_of_period import UrgentOverDays
from pipeline.terms import words
from pipeline.terms.contract import SAFETY

COLUMNS: Final = ("旗区", "包案领导", "案由", "为什么没有计入", "时限")
_MOST_CASES: Final = 6


def left(period: Period) -> list[str]:
    """Return the cases that are not counted at the end, by group and reason."""
    return [number for entry in period.remaining for number in entry.cases]


def closed(period: Period) -> str:
    """Return what a closing leaves behind: cases, urgent matters and requests without an end, and whether the verdicts may still turn."""
    open_ = [case for number in left(period) if (case := period.cases[number]).is_open]
    unanswered = [matter for matter in period.urgent if not matter.ended and matter.line.kind != SAFETY]
    asked = [case for case in open_ if case.coordination]
    told = [f"另有{'尚无下文的其他急报' if open_dangers(period) else '尚无下文的急报'}{len(unanswered)}件"] if unanswered else []
    told += [f"旗区请求协调而没有办结的{len(asked)}件（{words.first_of([case.number for case in asked], _MOST_CASES)}）"] if asked else []
    matters = f"{'，'.join(told)}。" if told else ""
    open_verdicts = [part.label for part in period.groups if part.figure and part.tallies[1].total and not part.figure.is_certain]
    provisional = f"{'、'.join(open_verdicts)}的结论是暂计，还可能改变。" if open_verdicts else ""
    return f"{in_words(period)}{dangers(period)}{matters}{provisional}"


def in_words(period: Period) -> str:
    """Return how many cases are not counted at the end, and why."""
    count = len(left(period))
    if not count:
        return "没有余下未化解的案件。"
    by_reason = Counter[str]()
    for entry in period.remaining:
        by_reason[entry.reason] += len(entry.cases)
    reasons = "、".join(f"{name}{number}件" for name, number in by_reason.items())
    lines = [period.cases[number] for number in left(period)]
    flagged = [(words.FLAGS[flag].name, sum(flag in line.flags for line in lines)) for flag in ("overdue", "stalled")]
    watched = "、".join(f"{name}{number}件" for name, number in flagged if number)
    among = f"；其中{watched}" if watched else ""
    return f"还有{count}件没有计入化解：{reasons}{among}。{_beyond(lines, period.last)}"


def _beyond(lines: Sequence[CaseLine], last: date) -> str:
    """Return which open cases are extended beyond what the regulation allows, and until when: they are not overdue by that alone."""
    beyond = [line for line in lines if line.is_open and line.is_beyond]
    named = words.first_of([f"{line.number}延至{sentences.day(line.deadline, last)}" for line in beyond if line.deadline], _MOST_CASES)
    return f"没有化解而延期{words.BEYOND.strip('（）')}的{len(beyond)}件：{named}。" if beyond else ""


def open_dangers(period: Period) -> list[UrgentOverDays]:
    """Return what endangers people and has no end, what the district calls over last."""
    found = [matter for matter in period.urgent if matter.is_open_danger]
    return sorted(found, key=lambda matter: (matter_words.is_called_over(matter.since), bool(matter.ended)))


def dangers(period: Period) -> str:
    """Return in words what these are, each with how it stands and what was asked: no verdict is read without them."""
    found = open_dangers(period)
    over = [matter for matter in found if matter_words.is_called_over(matter.since)]
    kinds = (
        (f"期末没有办结的{SAFETY}", [matter for matter in found if matter not in over]),
        (f"旗区写有“{'”“'.join(_called_over(over))}”、案件没有办结的{SAFETY}", over),
    )
    told = [f"{name}{len(matters)}件：{_told(matters, period)}" for name, matters in kinds if matters]
    told += [f"退回、没有重新报送成功的{not_taken.in_short(period.refused_urgent)}"] if period.refused_urgent else []
    return f"{'。'.join(told)}，见“急报”。" if told else ""


def _called_over(matters: Sequence[UrgentOverDays]) -> list[str]:
    return [word for word in matter_words.CALLED_OVER if any(word in matter.since for matter in matters)]


def _told(matters: Sequence[UrgentOverDays], period: Period) -> str:
    others = [f"{matter.line.district}{matter.line.number}" for matter in matters[_MOST_DANGERS:]]
    rest = [f"另有{words.first_of(others, _MOST_CASES)}"] if others else []
    return "；".join([*(_danger(matter, period.last) for matter in matters[:_MOST_DANGERS]), *rest])


def _danger(matter: UrgentOverDays, last: date) -> str:
    """Return what was reported, how it stands at the end, and what was asked."""
    said = f"{sentences.day(matter.ended, last)}：{matter_words.to_the_end(matter.since, _LONGEST)}" if matter.ended else "尚无下文"
    asked = matter.line.coordination.rstrip("。；，")
    request = f"；请求：{matter_words.to_the_end(asked, _LONGEST)}" if asked else ""
    return f"{matter_words.in_short(matter.line, _LONGEST)}{matter_words.when(matter.line, last)[:-1]}；{said}{request}）"


_MOST_DANGERS, _LONGEST = 4, 40
"""Dangers that are told, and characters of what happened, of what was said last, and of what was asked."""


def in_order(period: Period) -> list[CaseLine]:
    """Return these cases, the overdue ones first, each in the fixed order of the districts."""
    place = {name: index for index, name in enumerate(period.settings.district_names)}
    lines = [period.cases[number] for number in left(period)]
    return sorted(lines, key=lambda line: ("overdue" not in line.flags, place.get(line.district, len(place)), line.number))


def cells(case: CaseLine, period: Period) -> tuple[str, ...]:
    """Return the cells of a case that a closing leaves behind, and why it is not counted."""
    until = sentences.day(case.deadline, period.last) if case.deadline else "没有时限"
    overdue = f" 超期{case.days_overdue}天" if case.is_open and case.days_overdue > 0 else ""
    reason = breakdown.reason(case)
    why = notice_words.disputed(case, period.last) if reason == breakdown.DISPUTED else reason
    return case.district, case.leader, case.matter, why, f"{until}{overdue}"
