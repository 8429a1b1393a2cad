"""What an assignment workbook would change if it were sent now: the register with it beside the register without it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pipeline.day.cases import PARTICULARS, Case
from pipeline.day.fold import DayState, fold
from pipeline.intake import known_facts
from pipeline.reading.readers import Readers
from pipeline.reading.reading import Task
from pipeline.settings.config import Settings
from pipeline.terms.contract import CASE, LIAISON
from pipeline.terms.handed_in import Arrival, Envelope, Facts, Filed
from pipeline.terms.rows import Value
from pipeline.terms.text import mask
from pipeline.web import check_view

_NEW: Final = -1
_MOST: Final = 200


def of_assignment(path: Path, settings: Settings, now: datetime, readers: Readers) -> dict[str, Any]:
    """Its findings, and what would change; nothing is taken in."""
    envelope = Envelope(now)
    read = known_facts.read([Task(path, path.stat().st_size, envelope, is_assignment=True)], settings, readers)[0]
    arrival = Arrival(_NEW, path.name, path.name, "~", path.stat().st_size, envelope, is_assignment=True)
    said: dict[str, Any] = {"accepted": read.accepted, "refuses": any(one.refuses for one in read.findings), "district": ""}
    said |= {"day": read.day, "sections": check_view.sections(read.findings)}
    if not read.accepted:
        return said
    held = known_facts.until(now.date().isoformat(), settings, readers)
    before = _state(held, settings, now)
    after = _state([*held, Filed(arrival, read)], settings, now)
    if after is None:
        raise LookupError(_NEW)
    numbers = {str(one) for rows in read.rows if rows.sheet != LIAISON.name for one in rows.values[CASE] if one}
    return {**said, **_changes(before.cases if before else (), after.cases, numbers)}


def _state(held: Iterable[Filed], settings: Settings, now: datetime) -> DayState | None:
    """The state of the day that `now` is on; None where there is no assignment workbook."""
    several = list(held)
    facts = Facts(
        tuple(one for one in several if one.arrival.is_assignment), tuple(one for one in several if not one.arrival.is_assignment)
    )
    return fold(facts, settings, [now.date()])[now.date()] if facts.assignments else None


def _changes(before: Iterable[Case], after: Iterable[Case], listed: set[str]) -> dict[str, Any]:
    old, new = {one.number: one for one in before}, {one.number: one for one in after}
    both = [(old[number], one) for number, one in new.items() if number in old]
    changed = [_differences(was, one) for was, one in both]
    said = {
        "new": [_outline(one) for number, one in new.items() if number not in old],
        "changed": [one for one in changed if one["fields"]],
        "cancelled": [_outline(one) for was, one in both if one.grounds and not was.grounds],
        "restored": [_outline(one) for was, one in both if was.grounds and not one.grounds],
        "missing": [_outline(one) for one in new.values() if one.is_missing],
    }
    counts = {name: len(lines) for name, lines in said.items()}
    return {
        "counts": counts,
        "total": len(new),
        "later": len(listed - new.keys()),
        **{name: lines[:_MOST] for name, lines in said.items()},
    }


def _outline(case: Case) -> dict[str, str]:
    said = case.particulars
    return {
        "number": case.number,
        "district": _shown(said["旗区"]),
        "matter": _shown(said["案由"]),
        "leader": case.leader,
        "deadline": case.deadline,
        "grounds": _shown(case.grounds),
    }


def _differences(was: Case, now: Case) -> dict[str, Any]:
    """What a case's particulars were and would be, where that is not the same."""
    fields = [
        {"name": name, "before": _shown(was.particulars[name]), "after": _shown(now.particulars[name])}
        for name in PARTICULARS
        if was.particulars[name] != now.particulars[name]
    ]
    return {**_outline(now), "fields": fields}


def _shown(value: Value) -> str:
    return mask("" if value is None else str(value))
