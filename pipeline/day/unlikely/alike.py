"""Cases that are like older ones: the same matter may have two numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.unlikely.hint import Hint, age, numbers, others
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
    asked = {case.number for case in entered if not case.grounds}
    for (project, _category), same in by_matter.items():
        if project and len(same) > 1 and not asked.isdisjoint(case.number for case in same):
            yield from _like_older_of_matter(same, asked, percent)


def _like_older_of_matter(same: list[Case], asked: Collection[str], percent: int) -> Iterator[tuple[Case, list[Case]]]:
    """Go through those asked for of the cases of one project and category."""
    by_age = sorted(same, key=age)
    texts = [key(case.text("案由")) for case in by_age]
    if len({*texts}) == 1:
        yield from ((case, by_age[:position]) for position, case in enumerate(by_age) if case.number in asked and position)
        return
    from rapidfuzz import fuzz, process  # only where two cases have a project in common and say it in other words

    for position, case in enumerate(by_age):
        if case.number in asked and position:
            found = process.extract(texts[position], texts[:position], scorer=fuzz.ratio, score_cutoff=percent, limit=None)
            if found:
                yield case, [by_age[other] for other in sorted(other for _text, _score, other in found)]


def _matter(case: Case) -> tuple[str, str]:
    return key(case.text("涉及项目或单位")), key(case.text("问题类别"))
