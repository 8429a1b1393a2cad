"""What a day says of urgent matters of earlier days: leaders read now what became of them.

The first lines have those that asked something; the others are told beside them, and once.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.report import agenda, matter_words
from pipeline.report.case_lines import UrgentLine
from pipeline.report.report import Report
from pipeline.terms.words import first_of

FOLLOWED: Final = "急报的下文"
_MOST_IN_BRIEF, _LONGEST_IN_BRIEF = 2, 24
"""Urgent matters whose outcome the first lines tell, and characters of one."""


def in_brief(report: Report, *, with_days: bool = True) -> str:
    """Return what the day says of urgent matters of earlier days, the first of them, for the first lines; '' where it says nothing."""
    matters = [matter for matter in _of_day(report) if matter.coordination]
    parts = [_outcome(matter, report.day if with_days else None, _LONGEST_IN_BRIEF) for matter in matters[:_MOST_IN_BRIEF]]
    more = len(matters) - len(parts)
    count = f"{len(matters)}件：" if more or with_days else ""
    return f"{count}{'；'.join([*parts, *([f'另有{more}件'] if more else [])])}。" if matters else ""


def told(report: Report, most: int | None = None, characters: int | None = None) -> str:
    """Return the same of all, so many of them in whole; without those that asked something where the first lines tell all these in whole.

    The others are named, none is passed over; '' where none is left. `characters`: as many of what is said of one.
    """
    matters = _of_day(report)
    asked = [matter for matter in matters if matter.coordination]
    if len(asked) <= _MOST_IN_BRIEF and all(len(matter.since) <= _LONGEST_IN_BRIEF for matter in asked):
        matters = [matter for matter in matters if not matter.coordination]
    known, others = ([], matters) if most == 0 else (matters[:most], matters[most:] if most else [])
    parts = [_outcome(matter, report.day, characters) for matter in known]
    parts += [f"{'另有' if known else ''}{first_of(list(map(_named, others)), _MOST_NAMED)}，见汇总表“急报事项”"] if others else []
    return f"{FOLLOWED}{len(matters)}件：{'；'.join(parts)}。" if matters else ""


def _of_day(report: Report) -> list[UrgentLine]:
    return agenda.gravest_first(matter for matter in report.earlier_urgent if matter.since)


def _outcome(matter: UrgentLine, day: date | None, characters: int | None) -> str:
    return f"{_named(matter)}{matter_words.when(matter, day) if day else ''}：{_cut(matter.since, characters)}"


_MOST_NAMED = 24


def _named(matter: UrgentLine) -> str:
    return f"{matter.district}{matter.number or f'“{_cut(matter.situation, _SHORT)}”'}{matter.kind}"


_SHORT = 14


def _cut(text: str, characters: int | None) -> str:
    return text if characters is None or len(text) <= characters else f"{text[: characters - 1]}…"
