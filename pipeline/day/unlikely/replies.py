"""What is unlikely in the 答复文号 that a day's rows give their cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from pipeline.day.cases import RECENT_DAYS, Case
from pipeline.day.day_state import DayState
from pipeline.day.unlikely.hint import Hint, is_older, numbers, others, row_of_day
from pipeline.settings.hints import Hints
from pipeline.terms.contract import HINT_SILENCED
from pipeline.terms.text import document_number, key

_DIGIT: Final = re.compile("[0-9〇零一二三四五六七八九十]")
_COLUMN: Final = "答复文号"


def shared(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the numbers that a row of the day gives its case and that answer unrelated cases, each once, at the first such row."""
    by_number = _by_number(state.cases)
    newly = reversed([*_newly_answered(state)])
    newly_answered = {document_number(case.reply_number): case for case in newly if has_digit(case.reply_number)}
    for number, case in newly_answered.items():
        cases = by_number[number]
        pair = next((pair for pair in combinations(cases, 2) if not _have_something_in_common(*pair)), None)
        if pair:
            first, second = others(case, pair)
            said = {"first": first, "second": second, "cases": others(case, cases)}
            name = "unlikely-shared-reply" if len(cases) > len(pair) else "unlikely-shared-reply/two"
            yield Hint(name, case.text("旗区"), numbers(cases), row_of_day(case, state), _COLUMN, said=said)


def without_digit(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the cases that a row of the day gives a 答复文号 without a digit, and those that hints may name again and have one."""
    silenced = _silenced_before(state)
    for case in state.cases:
        is_new = case.reply_since == state.day
        is_again = bool(case.reply_number) and not case.grounds and case.number in silenced
        if (is_new or is_again) and not has_digit(case.reply_number):
            row, said = row_of_day(case, state), {"case": case.number}
            name = "unlikely-reply-number" if is_new else "unlikely-reply-number/again"
            yield Hint(name, case.text("旗区"), (case.number,), row, _COLUMN, said=said)


def _silenced_before(state: DayState) -> frozenset[str]:
    """Return the cases whose exemption from hints ended with the day before: what was said of them meanwhile, nobody was told."""
    before, holding = (
        {each.subject for each in some if each.kind == HINT_SILENCED} for some in (state.exempted.before, state.exempted.holding)
    )
    return frozenset(before - holding)


def of_older(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the new cases that a row of the day gives the 答复文号 of an older one."""
    for case, older in same_as_older(state.cases, state.day):
        if case.reply_since == state.day:
            said = {"case": case.number, "others": others(case, older), "entered": case.entered}
            row, is_together = row_of_day(case, state), all(other.entered == case.entered for other in older)
            name = "unlikely-same-reply/together" if is_together else "unlikely-same-reply"
            yield Hint(name, case.text("旗区"), numbers((case, *older)), row, _COLUMN, said=said)


def same_as_older(cases: tuple[Case, ...], day: date) -> Iterator[tuple[Case, list[Case]]]:
    """Go through the cases that got a number of older ones when they were new, on one of the thirty days up to that day.

    Older ones with which a case has nothing in common are not the same matter.
    """
    by_number, recent = _by_number(cases), day - timedelta(days=RECENT_DAYS)
    for case in cases:
        since = case.reply_since
        if since is None or since <= recent or (since - case.entered).days >= RECENT_DAYS or not has_digit(case.reply_number):
            continue
        same = by_number[document_number(case.reply_number)]
        if older := [other for other in same if is_older(other, case) and _have_something_in_common(other, case)]:
            yield case, older


def has_digit(number: str) -> bool:
    """Whether a 答复文号 has a digit, in figures or in Chinese."""
    return bool(_DIGIT.search(number))


def _newly_answered(state: DayState) -> Iterator[Case]:
    """Go through the cases that a row of the day gives another 答复文号 than they had."""
    return (case for case in state.cases if case.reply_since == state.day)


def _by_number(cases: tuple[Case, ...]) -> dict[str, list[Case]]:
    by_number: dict[str, list[Case]] = {}
    for case in cases:
        if case.reply_number:
            by_number.setdefault(document_number(case.reply_number), []).append(case)
    return by_number


def _have_something_in_common(case: Case, other: Case) -> bool:
    """Whether two cases have their 涉及项目或单位 or 问题类别 in common; two empty cells have nothing in common."""
    both = ((key(case.text(name)), key(other.text(name))) for name in ("涉及项目或单位", "问题类别"))
    return any(one and one == another for one, another in both)
