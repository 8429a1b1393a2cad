"""Cases that are like older ones: the same matter may have two numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.unlikely.hint import Hint, is_older, numbers, others
from pipeline.settings.hints import Hints
from pipeline.terms.text import key


def of_day(state: DayState, settings: Hints) -> Iterator[Hint]:
    """Go through the cases that entered the register on the day and are like older ones."""
    entered = [case for case in state.cases if case.number not in state.register_before]
    for case, older in like_older(entered, state.cases, settings.similar_percent):
        row = case.found_at or case.listed_at
        said = {"case": case.number, "others": others(case, older)}
        yield Hint("unlikely-alike", case.text("旗区"), numbers((case, *older)), row, "案由", said=said)


def like_older(entered: Iterable[Case], cases: Iterable[Case], percent: int) -> Iterator[tuple[Case, list[Case]]]:
    """Go through the cases that are like older ones of the register, each with those; cancelled cases are like none.

    Of cases that entered together the one with the earlier 交办日期, or else with the lower number, is the older.
    """
    by_matter: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if not case.grounds:
            by_matter.setdefault(_matter(case), []).append(case)
    for case in entered:
        same = by_matter.get(_matter(case), []) if _matter(case)[0] and not case.grounds else []
        if older := [other for other in same if is_older(other, case) and _are_alike(case, other, percent)]:
            yield case, older


def _matter(case: Case) -> tuple[str, str]:
    return key(case.text("涉及项目或单位")), key(case.text("问题类别"))


def _are_alike(case: Case, other: Case, percent: int) -> bool:
    one, another = key(case.text("案由")), key(other.text("案由"))
    if one == another:
        return True
    from rapidfuzz import fuzz  # only where two cases have a project in common and say it in other words

    return fuzz.ratio(one, another) >= percent
