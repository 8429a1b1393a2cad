"""How far a target's figure can be relied on: whether it is certain, who confirmed it, and what no edit of the register betters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.day.cases import Case
from pipeline.day.targets import Tally
from pipeline.report.figures import Certainty, Figure
from pipeline.settings.rules import Group
from pipeline.terms.contract import CONFIRMED, NOT_ASKED


def of(targets: Iterable[Figure], groups: Iterable[Group], cases: Sequence[Case]) -> tuple[Certainty, ...]:
    """Return the certainty of each group's target, in their order. `cases` is the whole register, cancelled ones included."""
    return tuple(_certainty(target, group, cases) for target, group in zip(targets, groups, strict=True))


def _certainty(target: Figure, group: Group, cases: Sequence[Case]) -> Certainty:
    counted = [case for case in cases if case.is_counted and case.text("案件来源") in group.sources]
    by_answer = Counter(_answer(case) for case in counted)
    first = [case for case in cases if case.first_source in group.sources]
    return Certainty(
        group.name,
        is_certain=_is_certain(target),
        confirmation={answer: by_answer[answer] for answer in (CONFIRMED, NOT_ASKED, NO_ANSWER)},
        unmoved=Tally(group.target_percent, len(first), sum(case.is_counted for case in first)),
    )


NO_ANSWER = "none"
"""Stands for an empty 群众确认 (contract 6, `confirmation`)."""


def _answer(case: Case) -> str:
    return (case.last["群众确认"] if case.last else None) or NO_ANSWER


def _is_certain(target: Figure) -> bool:
    if target.bounds is None:
        return True
    return target.bounds.lowest.met == target.bounds.highest.met == target.tally.met
