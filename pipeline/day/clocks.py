"""The clocks of the regulation for a case (docs/contract-extensions.md 1): from the case, the settings and the day alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from pipeline.day.cases import Case
from pipeline.settings.statute import WORKING_DAY, ClockRule, Statute
from pipeline.terms import working_days
from pipeline.terms.contract import REFERRED, SOURCE_DISTRICT

State = Literal["serious", "overdue", "due-soon", "running", "done", "passed"]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case. The day on which it starts is not counted; `due` is the last day within, the extension included."""

    rule: ClockRule
    start: date
    due: date
    done: date | None
    state: State
    extension: int = 0
    """The days that were granted beyond the rule's."""
    unknown_years: tuple[int, ...] = ()
    """Years of its working days whose holidays nobody knows yet."""

    @property
    def is_pressing(self) -> bool:
        """Whether it is near its end, or past it, and not done."""
        return self.state in ("serious", "overdue", "due-soon")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a case; None for one that does not run for it, or has not begun."""

    acceptance: Clock | None = None
    objection: Clock | None = None
    conclusion: Clock | None = None

    @property
    def all(self) -> tuple[Clock, ...]:
        """Those that there are."""
        return tuple(clock for clock in (self.acceptance, self.objection, self.conclusion) if clock)

    @property
    def pressing(self) -> tuple[Clock, ...]:
        """Those that need something to be done: an objection is a right, and nobody owes it."""
        return tuple(clock for clock in (self.acceptance, self.conclusion) if clock and clock.is_pressing)


_clock = lru_cache(maxsize=4096)(Clock)
"""Many cases have the same clock: of a large day there is no room for one of each."""


def of(case: Case, statute: Statute, day: date) -> Clocks | None:
    """Return the clocks of a case on that day; None where it is cancelled."""
    if case.grounds:
        return None
    acceptance = _acceptance(case, statute, day)
    return Clocks(acceptance, _objection(case, statute, day), _conclusion(case, statute, day, acceptance))


def _acceptance(case: Case, statute: Statute, day: date) -> Clock | None:
    rule = statute.rule("acceptance", case.assigned)
    if rule is None:
        return None
    done = case.accepted[0] if case.accepted else None
    due, unknown = _end(case.assigned, rule)
    return _clock(rule, case.assigned, due, done, _state(due, done, day, statute), unknown_years=unknown)


def _objection(case: Case, statute: Statute, day: date) -> Clock | None:
    """Return the clock of the district's objection: it is never done, and runs out."""
    rule = statute.rule("objection", case.assigned)
    if rule is None or case.text("案件来源") == SOURCE_DISTRICT:
        return None
    due, unknown = _end(case.assigned, rule)
    state = "passed" if day > due else _state(due, None, day, statute)
    return _clock(rule, case.assigned, due, None, state, unknown_years=unknown)


def _conclusion(case: Case, statute: Statute, day: date, acceptance: Clock | None) -> Clock | None:
    """Return the clock that begins when the case was accepted, or when its acceptance was due at the latest."""
    start, years = case.accepted[0] if case.accepted else None, set[int]()
    if acceptance and (acceptance.due <= day if start is None else acceptance.due < start):
        start, years = acceptance.due, {*acceptance.unknown_years}
    rule = statute.rule("conclusion", start) if start else None
    if start is None or rule is None:
        return None
    due, unknown = _end(start, rule)
    extension = _granted(case, statute.rule("extension", start))
    due += timedelta(days=extension)
    done = _concluded(case)
    return _clock(rule, start, due, done, _state(due, done, day, statute), extension, tuple(sorted(years.union(unknown))))


def _granted(case: Case, rule: ClockRule | None) -> int:
    """Return the days from 办结时限 to the deadline in force, and no more than the rule allows."""
    limit, deadline = case.limit, case.deadline
    if rule is None or limit is None or deadline is None:
        return 0
    return min(max((deadline - limit).days, 0), rule.days)


def _concluded(case: Case) -> date | None:
    if case.is_counted and case.last:
        return case.last.day("答复日期")
    return case.referred_since if case.status == REFERRED else None


def _end(start: date, rule: ClockRule) -> tuple[date, tuple[int, ...]]:
    """Return the last day within, and the years of its working days that nobody knows."""
    if rule.unit != WORKING_DAY:
        return start + timedelta(days=rule.days), ()
    return _working_end(start, rule.days)


@lru_cache(maxsize=4096)
def _working_end(start: date, count: int) -> tuple[date, tuple[int, ...]]:
    """Return the same of working days; many cases are handed over on one day."""
    due = working_days.after(start, count)
    years = range((start + timedelta(days=1)).year, due.year + 1)
    return due, working_days.unknown_years(date(year, 7, 1) for year in years)


def _state(due: date, done: date | None, day: date, statute: Statute) -> State:
    late = (day - due).days
    if done:
        return "done"
    if late > 0:
        return "serious" if late >= statute.serious_days else "overdue"
    return "due-soon" if -late <= statute.due_soon_days else "running"
