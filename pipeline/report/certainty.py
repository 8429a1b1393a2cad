"""How far a target's figure can be relied on: whether it is certain, who confirmed it, and what no edit of the register betters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.day.cases import Case
from pipeline.day.targets import Tally
from pipeline.report.figures import Certainty, Figure
from pipeline.settings.rules import Group
from pipeline.terms.words import CONFIRMATIONS, NO_ANSWER


def of(targets: Iterable[Figure], groups: Iterable[Group], cases: Sequence[Case]) -> tuple[Certainty, ...]:
    """Return the certainty of each group's target, in their order. `cases` is the whole register, cancelled ones included."""
    return tuple(_certainty(target, group, cases) for target, group in zip(targets, groups, strict=True))


def _certainty(target: Figure, group: Group, cases: Sequence[Case]) -> Certainty:
    counted = [case for case in cases if case.is_counted and case.text("案件来源") in group.sources]
    by_answer = Counter(_answer(case) for case in counted)
    first = [case for case in cases if case.first_source in group.sources]
    now = [case for case in cases if not case.grounds and case.text("案件来源") in group.sources]
    return Certainty(
        group.name,
        is_certain=target.is_certain,
        confirmation={answer: by_answer[answer] for answer in CONFIRMATIONS},
        unmoved=Tally(group.target_percent, len(first), sum(case.is_counted for case in first)),
        cancelled=_numbers(case for case in first if case.grounds),
        moved_out=_numbers(case for case in first if not case.grounds and case.text("案件来源") not in group.sources),
        moved_in=_numbers(case for case in now if case.first_source not in group.sources),
        answered=_numbers(case for case in counted if case.is_answered_only),
    )


def _answer(case: Case) -> str:
    return (case.last["群众确认"] if case.last else None) or NO_ANSWER


def _numbers(cases: Iterable[Case]) -> tuple[str, ...]:
    return tuple(sorted(case.number for case in cases))
