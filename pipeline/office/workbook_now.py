"""The rows that are refused of the assignment workbook that counts now: the office's own to mend, be a result made with it or not.

Covered by tests/report/test_refused_assignments.py and tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.day.day_state import DayState
from pipeline.intake import facts_known, held_files
from pipeline.intake.held_files import Held
from pipeline.office import as_published
from pipeline.report import refused_assignments
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.handed_in import Filed


@dataclass(frozen=True, slots=True)
class RefusedNow:
    """They, each in words."""

    rows: tuple[str, ...] = ()
    by: str = ""
    """By which result or workbook: 按5月21日的结果."""


NONE_REFUSED: Final = RefusedNow()


def of(state: DayState, newest: date | None, settings: Settings) -> RefusedNow:
    """Return them as of a day that was folded with what waits; `newest`: the last day that is published."""
    rows = tuple(row.told for row in refused_assignments.of(state))
    if state.assignment is None:
        return NONE_REFUSED
    at = state.assignment.arrival.envelope.received_at.astimezone(settings.calendar.zone)
    waits = "等待汇总" if state.assignment.arrival.id < 0 else "还没有写进结果"
    is_told = newest is not None and not _is_newer(state.assignment, newest, settings)
    return RefusedNow(
        rows, f"按{_result(newest, state.day)}" if newest and is_told else f"{words.moment(at, state.day)}收到的一份，{waits}"
    )


def look(held: Held, settings: Settings, day: date) -> RefusedNow:
    """Return them as of that day, for whoever has folded none. Raises LedgerError."""
    newest = newest_of(held.published)
    workbooks = [file for file in held.files if file.arrival.is_assignment and file.reading.accepted]
    waiting = held_files.read_waiting_assignments(settings)
    if newest and not waiting and not any(_is_newer(file, newest, settings) for file in workbooks):
        return RefusedNow(tuple(as_published.refused_assignments(settings, newest)), f"按{_result(newest, day)}")
    state = facts_known.until([day], settings, waiting).fold(settings, [day]).get(day)
    return of(state, newest, settings) if state else NONE_REFUSED


def newest_of(published: Collection[str]) -> date | None:
    """Return the last of the published days (ISO); None where there is none."""
    return date.fromisoformat(max(published)) if published else None


def _is_newer(workbook: Filed, newest: date, settings: Settings) -> bool:
    """Whether no result can have been made with it: it came after the last day that is published, or no run has taken it in."""
    came = workbook.arrival.envelope.received_at.astimezone(settings.calendar.zone).date()
    return workbook.arrival.id < 0 or came > newest


def _result(newest: date, day: date) -> str:
    return f"{words.near(newest, day)}的结果"
