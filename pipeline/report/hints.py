"""核查提示: what is possible but unlikely in the day's reports, each with its sentence and its place (docs/contract-extensions.md 2).

Covered by tests/day/test_unlikely.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.day.day_state import DayState
from pipeline.day.unlikely import looks
from pipeline.day.unlikely.hint import Hint
from pipeline.settings.config import Settings
from pipeline.settings.hints import Hints
from pipeline.terms import messages
from pipeline.terms.findings import column_letter
from pipeline.terms.handed_in import Arrival
from pipeline.terms.hint_words import FACTS, HINTS
from pipeline.terms.text import mask
from pipeline.terms.words import near


@dataclass(frozen=True, slots=True)
class HintLine:
    """One hint, ready to be shown."""

    code: str
    is_trial: bool
    district: str
    cases: tuple[str, ...]
    file: str
    """'' where it is about the register."""
    sheet: str
    """'' where it is about the whole report; so is `cell`."""
    cell: str
    value: str
    fact: str

    @property
    def message(self) -> str:
        """What is so, and what to look at."""
        return self.fact + HINTS[self.code].look


def of(state: DayState, arrivals: Mapping[int, Arrival], settings: Settings, passed_over: Collection[str] = ()) -> tuple[HintLine, ...]:
    """Return the day's hints, by district, kind and case. `passed_over`: cases that none is to name."""
    is_trial = settings.hints.is_trial(state.day)
    return tuple(_line(hint, arrivals, state.day, is_trial=is_trial) for hint in looks.of(state, settings, passed_over))


def _line(hint: Hint, arrivals: Mapping[int, Arrival], day: date, *, is_trial: bool) -> HintLine:
    row = hint.row
    shown_in = row.arrival if row else hint.arrival
    arrival = None if shown_in is None else arrivals.get(shown_in)
    value = messages.brief(row[hint.column] or "") if row else ""
    said = {name: _quoted(detail, day) for name, detail in hint.said.items()}
    return HintLine(
        code=hint.code,
        is_trial=is_trial,
        district=hint.district,
        cases=hint.cases,
        file=mask(arrival.name) if arrival else "",
        sheet=mask(row.rows.name) if row else "",
        cell=f"{column_letter(row.rows.letters[hint.column])}{row.rows.lines[row.position]}" if row else "",
        value=value,
        fact=mask(FACTS[hint.name].format_map({"count": len(hint.cases), **said})),
    )


def _quoted(detail: object, day: date) -> str:
    """Return what a sentence quotes: a day, the numbers of cases, or a text on one line."""
    if isinstance(detail, date):
        return near(detail, day)
    return messages.listed(detail) if isinstance(detail, tuple) else messages.brief(str(detail))


def kind_order(line: HintLine) -> int:
    """Return the place of a hint's kind among all kinds."""
    return list(HINTS).index(line.code)


def name(code: str) -> str:
    """Return what a kind of hint is called."""
    return HINTS[code].name


def rule(code: str, settings: Hints) -> str:
    """Return when a kind of hint is told, by these settings, and what to look at."""
    return HINTS[code].rule.format_map(settings.model_dump()) + HINTS[code].look
