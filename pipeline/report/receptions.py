"""Receptions and visits as reported, and the rota that they are held against (docs/contract-extensions.md 7 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from operator import attrgetter
from typing import NamedTuple

from pipeline.day import receptions, rota
from pipeline.day.day_state import DayState
from pipeline.day.rota import Turn, Unstaffed
from pipeline.terms.handed_in import Filed
from pipeline.terms.text import mask


class Visit(NamedTuple):
    """One reception or visit: a case, a leader and a day."""

    number: str
    district: str
    matter: str
    leader: str
    day: date
    is_dated: bool
    """Whether a row gives the date; else it is the report's day."""


@dataclass(frozen=True, slots=True)
class HeldTurn:
    """A turn of the rota, and what was reported for its day of whoever receives."""

    turn: Turn
    cases: tuple[str, ...] = ()
    note: str = ""
    """What is to be said of whoever receives."""


@dataclass(frozen=True, slots=True)
class Receptions:
    """What the last thirty days have of both, and the turns to come."""

    reported: tuple[Visit, ...] = ()
    """By day, leader and case."""
    rota: tuple[HeldTurn, ...] = ()
    """By day; without days off."""
    coming: tuple[Turn, ...] = ()
    """Those after the day, likewise."""
    gone: str = ""
    """That the workbook in force has no rota any more, and what the last one was."""
    unstaffed: tuple[Unstaffed, ...] = ()
    """Of the last thirty days and those to come: on which nobody stands, since their rows were refused."""

    def amiss(self, day: date) -> str:
        """Return what is wrong with the rota of that day and later, in words; '' where nothing is."""
        return self.gone or rota.unstaffed_told([each.day for each in self.unstaffed if each.day >= day], day)


def amiss(workbooks: Sequence[Filed], day: date, zone: tzinfo) -> str:
    """Return the same as `Receptions.amiss` of the newest of these workbooks (oldest first), for a day that no report is about."""
    return rota.amiss(workbooks, day, zone)


def of(state: DayState, workbooks: Sequence[Filed], zone: tzinfo) -> Receptions:
    """Return the receptions of a folded day; `workbooks`: the assignment workbooks up to the one in force, oldest first."""
    reported = sorted(
        (
            Visit(case.number, case.text("旗区"), case.text("案由"), each.leader, each.day, each.is_dated)
            for case in state.cases
            if case.receptions
            for each in receptions.recent(case.receptions, state.day)
        ),
        key=attrgetter("day", "leader", "number"),
    )
    by_turn: dict[tuple[date, str], list[str]] = {}
    for visit in reported:
        by_turn.setdefault((visit.day, visit.leader), []).append(visit.number)
    turns = [_masked(turn) for turn in rota.of(state.assignment) if turn.receives]
    over = [_masked(turn) for turn in rota.past(workbooks, state.day, zone) if turn.receives]
    past = (turn for turn in over if receptions.is_recent(turn.day, state.day))
    leaders = rota.leaders(state.assignment)
    held = tuple(
        HeldTurn(turn, tuple(by_turn.get((turn.day, turn.receives), ())), "" if turn.receives in leaders else rota.NO_DISTRICT)
        for turn in past
    )
    coming = tuple(turn for turn in turns if turn.day > state.day)
    gone = rota.gone(workbooks, state.day, zone)
    told = (each for each in rota.unstaffed(workbooks, zone) if each.day > state.day or receptions.is_recent(each.day, state.day))
    return Receptions(tuple(reported), held, coming, gone, tuple(told))


def _masked(turn: Turn) -> Turn:
    return Turn(turn.day, turn.leader, turn.kind, turn.substitute, mask(turn.note))
