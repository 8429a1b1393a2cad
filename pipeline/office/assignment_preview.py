"""What an assignment workbook would change if the next run took it in: the register with it beside the register without it.

Covered by tests/web/test_office_pages.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.day.cases import PARTICULARS, Case
from pipeline.day.fold import DayState, fold
from pipeline.intake import held_files
from pipeline.reading.readers import Readers
from pipeline.settings.config import Settings
from pipeline.terms.contract import CASE, LIAISON
from pipeline.terms.handed_in import Envelope, Facts, Filed, Reading
from pipeline.terms.rows import written
from pipeline.terms.text import mask


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """A case as a list shows it; personal numbers are masked."""

    number: str
    district: str
    matter: str
    leader: str
    deadline: str
    grounds: str
    """撤销依据; '' where the case counts."""


@dataclass(frozen=True, slots=True)
class ChangedParticular:
    """One of a case's particulars, as it is and as it would be."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case of which the workbook gives something else than the register."""

    outline: CaseOutline
    particulars: tuple[ChangedParticular, ...]


@dataclass(frozen=True, slots=True)
class RegisterChanges:
    """What would become of the register."""

    new: tuple[CaseOutline, ...]
    changed: tuple[ChangedCase, ...]
    cancelled: tuple[CaseOutline, ...]
    restored: tuple[CaseOutline, ...]
    missing: tuple[CaseOutline, ...]
    """Cases that an earlier workbook lists and this one does not; they go on counting."""
    total: int
    """So many cases the register would hold."""
    later: int
    """So many numbers stand in the workbook and not in the register: their 交办日期 is yet to come, or their row is refused."""


@dataclass(frozen=True, slots=True)
class Preview:
    """An assignment workbook that has not been sent."""

    reading: Reading
    changes: RegisterChanges | None
    """None where the workbook is refused whole."""


def preview(path: Path, settings: Settings, now: datetime, readers: Readers) -> Preview:
    """Return what the workbook holds and would change. Nothing is taken in."""
    workbook = held_files.read(path, Envelope(now), settings, readers, is_assignment=True)
    reading = workbook.reading
    if not reading.accepted:
        return Preview(reading, None)
    before_it = held_files.facts_until(now.date(), settings, readers)
    before = _state(before_it, settings, now)
    after = _state([*before_it, workbook], settings, now)
    if after is None:
        raise LookupError(path)
    listed = {number for rows in reading.rows if rows.sheet != LIAISON.name for number in rows.texts(CASE) if number}
    return Preview(reading, _changes(before.cases if before else (), after.cases, listed))


def _state(filed: Iterable[Filed], settings: Settings, now: datetime) -> DayState | None:
    """Return the state of the day that `now` is on; None where there is no assignment workbook."""
    facts = Facts.of(filed)
    return fold(facts, settings, [now.date()])[now.date()] if facts.assignments else None


def _changes(before: Iterable[Case], after: Iterable[Case], listed: set[str]) -> RegisterChanges:
    old, new = {case.number: case for case in before}, {case.number: case for case in after}
    kept = [(old[number], case) for number, case in new.items() if number in old]
    return RegisterChanges(
        new=tuple(_outline(case) for number, case in new.items() if number not in old),
        changed=tuple(ChangedCase(_outline(case), differences) for was, case in kept if (differences := _differences(was, case))),
        cancelled=tuple(_outline(case) for was, case in kept if case.grounds and not was.grounds),
        restored=tuple(_outline(case) for was, case in kept if was.grounds and not case.grounds),
        missing=tuple(_outline(case) for case in new.values() if case.is_missing),
        total=len(new),
        later=len(listed - new.keys()),
    )


def _outline(case: Case) -> CaseOutline:
    return CaseOutline(
        case.number,
        mask(case.text("旗区")),
        mask(case.text("案由")),
        case.leader,
        written(case.deadline) or "",
        mask(case.grounds or ""),
    )


def _differences(was: Case, case: Case) -> tuple[ChangedParticular, ...]:
    return tuple(
        ChangedParticular(name, mask(was.text(name)), mask(case.text(name))) for name in PARTICULARS if was.text(name) != case.text(name)
    )
