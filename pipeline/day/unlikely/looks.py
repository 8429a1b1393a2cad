"""All looks at a day, in the order of docs/contract-extensions.md 2."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Final

from pipeline.day.day_state import DayState
from pipeline.day.unlikely import alike, replies, reports, resolutions
from pipeline.day.unlikely.hint import Hint
from pipeline.settings.config import Settings
from pipeline.settings.hints import Hints

LOOKS: Final[dict[str, Callable[[DayState, Hints], Iterator[Hint]]]] = {
    "unlikely-same-report": reports.same_report,
    "unlikely-same-progress": reports.same_progress,
    "unlikely-shared-reply": replies.shared,
    "unlikely-reply-number": replies.without_digit,
    "unlikely-many-resolved": resolutions.many,
    "unlikely-found-resolved": resolutions.found_and_resolved,
    "unlikely-no-progress": resolutions.without_progress,
    "unlikely-last-day": resolutions.on_the_last_day,
    "unlikely-alike": alike.of_day,
    "unlikely-same-reply": replies.of_older,
    "unlikely-to-and-fro": resolutions.to_and_fro,
    "unlikely-receptions": reports.receptions,
}


def of(state: DayState, settings: Settings, passed_over: Collection[str] = ()) -> tuple[Hint, ...]:
    """Return the day's hints, in the order of the districts, then of the looks, then by case.

    `passed_over`: cases that no hint is to name; what is left of a hint must be true without them.
    """
    shown = replace(state, cases=tuple(case for case in state.cases if case.number not in passed_over)) if passed_over else state
    hints = [hint for code, look in LOOKS.items() if code not in settings.hints.skip for hint in look(shown, settings.hints)]
    districts, codes = list(settings.district_names), list(LOOKS)
    places = {name: at for at, name in enumerate(districts)}
    return tuple(
        sorted(hints, key=lambda hint: (places.get(hint.district, len(places)), hint.district, codes.index(hint.code), hint.cases))
    )
