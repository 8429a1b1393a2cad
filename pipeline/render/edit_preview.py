"""What leaders would be told of an assignment workbook that is not in force yet.

Covered by tests/web/test_office_pages.py.
"""

from __future__ import annotations

from pipeline.day.edit_effects import Effects
from pipeline.day.targets import Tally
from pipeline.report import edit_words
from pipeline.settings.config import Settings


def figure(tally: Tally) -> str:
    """Return how many of how many cases are resolved, and how many more the target needs."""
    if not tally.total:
        return "没有案件"
    return f"{tally.resolved}/{tally.total}，{tally.rate_percent}%{'' if tally.met else f'，还差 {tally.shortfall} 件'}"


def sentences(effects: Effects, settings: Settings) -> tuple[str, ...]:
    """Return them as 专报 and page would have them: each group's total first."""
    groups = (edit_words.of_group(effects, group.name) for group in settings.groups)
    named = ((group.name, changes) for group, changes in zip(settings.groups, groups, strict=True) if changes)
    return (*(f"{name}：{changes}" for name, changes in named), *edit_words.outcomes(effects))
