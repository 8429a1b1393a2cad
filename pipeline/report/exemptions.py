"""The exceptions of a day: what each of them allows, who approved it and until when, what is to be seen of it, and how others ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.day import supervision
from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.exemptions import Exemption
from pipeline.report.hints import HintLine
from pipeline.settings.config import Settings
from pipeline.terms.contract import EXEMPTION_KINDS, HINT_SILENCED, LATE_EXCUSED
from pipeline.terms.handed_in import Arrival
from pipeline.terms.text import mask

EXPIRED, GONE, REFUSED = "到期", "新的分解表里没有了", "新的分解表里这一行退回了"
"""What ended an exception."""
_OF_DEADLINES = ("overdue", "due_soon")
"""The flags that hang on a deadline."""


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """An exception that holds on the day, or held on the day before and has ended; personal numbers are masked."""

    subject: str
    """A case's number, or a district and its report's day."""
    kind: str
    approved_by: str
    reason: str
    until: date
    origin: str
    """File, sheet and row."""
    district: str = ""
    """'' where the register does not have the case."""
    matter: str = ""
    ended: str = ""
    """What ended it; '' where it holds."""
    is_new: bool = False
    """Whether it did not hold on the day before."""
    until_before: date | None = None
    """The last day that it had on the day before, where a newer workbook gave it another."""
    deadlines: tuple[date, date] | None = None
    """Of 延期: the deadline without it, and the one in force; None where the register does not have the case."""
    hidden: tuple[str, ...] = ()
    """The flags that the case would have without it."""
    flags: tuple[str, ...] = ()
    """Of one that ended: those that the case has now, and that hang on its deadline."""
    days_late: int = 0
    """Of an open case: the days past its deadline without the exemption."""
    received_at: datetime | None = None
    """Of 迟报: when the late report came, in the office's zone; None while there is none."""
    silenced: tuple[str, ...] = ()
    """Of 核查提示: the codes of the hints that are not told."""

    @property
    def case(self) -> str:
        """The case's number; '' where it is about a report."""
        return "" if self.kind == LATE_EXCUSED else self.subject

    @property
    def holds(self) -> bool:
        """Whether it holds on the day."""
        return not self.ended

    @property
    def moves(self) -> bool:
        """Whether it moves a deadline."""
        return self.deadlines is not None and self.deadlines[0] != self.deadlines[1]


def of(state: DayState, arrivals: Mapping[int, Arrival], settings: Settings, all_hints: Iterable[HintLine]) -> tuple[ExemptionLine, ...]:
    """Return what holds on the day, and what held on the day before and does not any more; by subject and kind.

    `all_hints`: the day's hints as they would be without any exemption.
    """
    exempted = state.exempted
    before = {each.key: each for each in exempted.before}
    holding = {each.key: each for each in exempted.holding}
    cases = {case.number: case for case in state.cases}
    hints = tuple(all_hints)
    lines = []
    for key, each in sorted((before | holding).items(), key=lambda item: (item[0][0], EXEMPTION_KINDS.index(item[0][1]))):
        was, place = before.get(key), arrivals.get(each.arrival)
        line = ExemptionLine(
            subject=each.subject,
            kind=each.kind,
            approved_by=mask(each.approved_by),
            reason=mask(each.reason),
            until=each.until,
            origin=mask(f"{place.name} · {each.sheet} · 第{each.line}行") if place else "",
            ended="" if key in holding else _ended(each, exempted.refused, state.day),
            is_new=was is None,
            until_before=was.until if was and was.until != each.until else None,
        )
        lines.append(_with_effect(line, each, cases.get(each.subject), _Today(state, settings, hints)))
    return tuple(lines)


def _ended(exemption: Exemption, refused: Collection[tuple[str, str]], day: date) -> str:
    if not exemption.holds_on(day):
        return EXPIRED
    return REFUSED if exemption.key in refused else GONE


@dataclass(frozen=True, slots=True)
class _Today:
    state: DayState
    settings: Settings
    hints: tuple[HintLine, ...]


def _with_effect(line: ExemptionLine, exemption: Exemption, case: Case | None, today: _Today) -> ExemptionLine:
    """Return the line with whose it is, and what is to be seen of it."""
    if exemption.report:
        received = today.state.exempted.received.get(exemption.report)
        moment = received.astimezone(today.settings.calendar.zone) if received else None
        return replace(line, district=exemption.report[0], received_at=moment)
    if case is None:
        return line
    line = replace(line, district=case.text("旗区"), matter=case.text("案由"))
    if exemption.kind == HINT_SILENCED:
        codes = (hint.code for hint in today.hints if case.number in hint.cases)
        return replace(line, silenced=tuple(dict.fromkeys(codes)) if line.holds else ())
    if case.own_deadline is None or case.deadline is None:
        return line
    day, windows = today.state.day, today.settings.windows
    without = copy(case)
    without.exempted = None
    flags, as_if = (set(supervision.flags(each, day, windows)) & {*_OF_DEADLINES} for each in (case, without))
    hidden, left = (tuple(flag for flag in _OF_DEADLINES if flag in raised) for raised in (as_if - flags, flags))
    late = max(0, supervision.days_overdue(without, day))
    return replace(line, deadlines=(case.own_deadline, case.deadline), hidden=hidden, flags=left, days_late=late if case.is_open else 0)


def silenced_cases(state: DayState) -> frozenset[str]:
    """Return the cases that no hint is to name on the day."""
    return frozenset(each.subject for each in state.exempted.holding if each.kind == HINT_SILENCED)
