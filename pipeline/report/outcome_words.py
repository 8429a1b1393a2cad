"""What a day says of urgent matters and requests of earlier days: leaders read now what became of them, and which dangers are not over.

The first lines have the dangers whose cases are open, and of the others those that asked something; the rest is told beside them, and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from pipeline.report import agenda, matter_words, sentences
from pipeline.report.case_lines import CaseLine, UrgentLine
from pipeline.report.report import Report
from pipeline.terms import words
from pipeline.terms.text import shortened
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
    if len(asked) <= _MOST_IN_BRIEF and all(matter.since == shortened(matter.since, _LONGEST_IN_BRIEF) for matter in asked):
        matters = [matter for matter in matters if not matter.coordination]
    known, others = ([], matters) if most == 0 else (matters[:most], matters[most:] if most else [])
    parts = [_outcome(matter, report.day, characters) for matter in known]
    parts += [f"{'另有' if known else ''}{first_of(list(map(_named, others)), _MOST_NAMED)}，见汇总表“急报事项”"] if others else []
    return f"{FOLLOWED}{len(matters)}件：{'；'.join(parts)}。" if matters else ""


STANDING: Final = "此前的险情"
MOST_STANDING, _LONGEST_STANDING, _LONGEST_SAID, _LONGEST_ASKED = 2, 40, 30, 50
"""Dangers that are told in short, and characters of what happened, of what was said of it last, and of what it asked."""


def standing(report: Report, most: int = MOST_STANDING) -> str:
    """Return the dangers of earlier days of which something was said and whose cases are open still; '' where there is none.

    So many of them with what was reported, how they stand, and what was asked; those of which nobody wrote that they are over come first.
    """
    matters = sorted(agenda.gravest_first(report.standing_dangers), key=lambda matter: matter_words.is_called_over(matter.since))
    parts = [_standing(matter, report.day) for matter in matters[:most]]
    others = [_named(matter) for matter in matters[most:]]
    parts += [f"另有{first_of(others, _MOST_NAMED)}，见汇总表“急报事项”"] if others else []
    return f"还没有办结{len(matters)}件：{'；'.join(parts)}。" if matters else ""


def _standing(matter: UrgentLine, day: date) -> str:
    said = matter_words.to_the_end(matter.since, _LONGEST_SAID)
    asked = matter_words.dated(matter.coordination.rstrip("。；，"), matter.reported_on, day)
    request = f"；当时请求：{matter_words.to_the_end(asked, _LONGEST_ASKED)}" if asked else ""
    at = f"{matter_words.when(matter, day)[:-1]}；最近进展{sentences.day(matter.stands_since, day)}" if matter.stands_since else ""
    is_short = matter_words.is_called_over(matter.since)  # what is said last tells enough of it
    return f"{_named(matter) if is_short else matter_words.in_short(matter, _LONGEST_STANDING)}{at}：{said}{request}）"


def _of_day(report: Report) -> list[UrgentLine]:
    """Return them without those that are reported again: these stand among the day's own, as they are now."""
    return agenda.gravest_first(matter for matter in report.followed if matter.since != matter_words.LISTED_AGAIN)


def _outcome(matter: UrgentLine, day: date | None, characters: int | None) -> str:
    return f"{_named(matter)}{matter_words.when(matter, day) if day else ''}：{shortened(matter.since, characters)}"


_MOST_NAMED = 24


def _named(matter: UrgentLine) -> str:
    return f"{matter.district}{matter.number or f'“{shortened(matter.situation, _SHORT)}”'}{matter.kind}"


_SHORT = 14


# --- requests ----------------------------------------------------------------------------------------------------

REQUESTS: Final = "请求的下文"
_LONGEST_REQUEST: Final = 60
"""Characters of a request that are told where it is told in whole what became of it."""


def gone(cases: Iterable[CaseLine], report: Report) -> list[CaseLine]:
    """Return those of these cases of which leaders were asked something up to the day before and are not any more, the oldest first.

    What is asked as an urgent matter now is asked still.
    """
    urgent = {matter.number for matter in report.urgent if matter.coordination}
    lines = [line for line in cases if line.request_gone and line.number not in urgent]
    return sorted(lines, key=lambda line: (line.request_gone.since if line.request_gone else report.day, line.number))


def of_requests_in_brief(report: Report) -> str:
    """Return what became of requests that are not made any more, of the first of them, for the first lines; '' where none is."""
    return _requests(gone(report.cases, report), report.day, _MOST_IN_BRIEF, _LONGEST_IN_BRIEF)


def of_requests(cases: Iterable[CaseLine], report: Report, most: int | None = None, characters: int | None = None) -> str:
    """Return the same of all of these cases in a sentence, so many of them with what was asked; none is passed over."""
    lines = gone(cases, report)
    return f"{REQUESTS}{_requests(lines, report.day, most, characters, is_whole=True)}" if lines else ""


def _requests(lines: Sequence[CaseLine], day: date, most: int | None, characters: int | None, *, is_whole: bool = False) -> str:
    known, others = (lines, []) if most is None else (lines[:most], lines[most:])
    parts = [_request(line, day, characters, is_whole=is_whole) for line in known]
    if others:
        named = first_of([f"{line.district}{line.number}" for line in others], _MOST_NAMED) if is_whole else f"{len(others)}件"
        parts.append(f"{'另有' if known else ''}{named}{'，见汇总表“决策事项”' if is_whole else ''}")
    return f"{len(lines)}件：{'；'.join(parts)}。" if lines else ""


def _request(line: CaseLine, day: date, characters: int | None, *, is_whole: bool) -> str:
    """Return what became of a request: what the day's report says of its case, and where this is open that nothing is asked any more."""
    request = line.request_gone
    said = shortened(matter_words.CANCELLED if line.grounds else matter_words.standing(line, day), characters)
    since = f"（{sentences.day(request.since, day)}起，“{shortened(request.said, _LONGEST_REQUEST)}”）" if request and is_whole else ""
    return f"{line.district}{line.number}{since}：{said}{'，请求没有再写' if line.is_open else ''}"


def of_period(requests: Sequence[tuple[str, date]], cases: Mapping[str, CaseLine]) -> str:
    """Return how many requests a span of days had, and how many of them are not made any more at its end, with how their cases stand.

    `requests`: the case of each and since when; `cases`: at the end.
    """
    over = [
        case for number, since in requests for case in [cases[number]] if case.grounds or not case.is_open or case.asking_since != since
    ]
    stood = [f"{case.district}{case.number}：{matter_words.CANCELLED if case.grounds else case.status}" for case in over]
    named = first_of(list(dict.fromkeys(stood)), _MOST_IN_PERIOD)
    stands = f"其中期末不再提出{len(over)}件（{named}）" if over else "期末都还在提出"
    return f"期内旗区在案件里提出{words.DECISIONS['coordination'].name}{len(requests)}件，{stands}。"


_MOST_IN_PERIOD: Final = 3
