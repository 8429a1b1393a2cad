"""How far a target's figure can be relied on: whether it is certain, who confirmed it, and what no edit of the register betters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from pipeline.day.cases import Case
from pipeline.day.edit_effects import Given
from pipeline.day.targets import Tally
from pipeline.report.figures import Certainty, Figure
from pipeline.settings.rules import Group
from pipeline.terms.words import CONFIRMATIONS, NO_ANSWER

NOTHING_GIVEN: Final = Given()
"""Of the whole office: whatever it gives to another district stays its own."""


def of(targets: Iterable[Figure], groups: Iterable[Group], cases: Sequence[Case], given: Given = NOTHING_GIVEN) -> tuple[Certainty, ...]:
    """Return the certainty of each group's target, in their order. `cases` is the whole register, cancelled ones included.

    Of a unit, `given` is what of it was first another's, and what of others was first its own: no case is bettered by being given away.
    """
    return tuple(_certainty(target, group, cases, given) for target, group in zip(targets, groups, strict=True))


def given(cases: Iterable[Case], districts: Collection[str]) -> Given:
    """Return which of these districts' cases were first another's, and which of others were first theirs; `cases`: the whole register."""
    moved = [case for case in cases if (case.text("旗区") in districts) != (case.first_district in districts)]
    came = frozenset(case.number for case in moved if case.text("旗区") in districts)
    return Given(came, tuple(case for case in moved if case.number not in came))


def _certainty(target: Figure, group: Group, cases: Sequence[Case], given: Given) -> Certainty:
    counted = [case for case in cases if case.is_counted and case.text("案件来源") in group.sources]
    by_answer = Counter(_answer(case) for case in counted)
    own = [case for case in cases if case.number not in given.came]
    went = [case for case in given.went if case.first_source in group.sources]
    first = [*(case for case in own if case.first_source in group.sources), *went]
    now = [case for case in cases if not case.grounds and case.text("案件来源") in group.sources]
    return Certainty(
        group.name,
        is_certain=target.is_certain,
        confirmation={answer: by_answer[answer] for answer in CONFIRMATIONS},
        unmoved=Tally(group.target_percent, len(first), sum(case.is_counted for case in first)),
        cancelled=_numbers(case for case in first if case.grounds),
        moved_out=_numbers(case for case in first if not case.grounds and case not in went and case.text("案件来源") not in group.sources),
        moved_in=_numbers(case for case in now if case.number not in given.came and case.first_source not in group.sources),
        went=_numbers(case for case in went if not case.grounds),
        came=_numbers(case for case in now if case.number in given.came),
        answered=_numbers(case for case in counted if case.is_answered_only),
    )


def _answer(case: Case) -> str:
    return (case.last["群众确认"] if case.last else None) or NO_ANSWER


def _numbers(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(sorted(case.number for case in cases))
