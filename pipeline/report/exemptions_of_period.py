"""The exceptions of a span of days: when each held, what it kept back on which days, what ended it, and how its case stands at the end.

Covered by tests/report/test_period.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pipeline.report import exemptions
from pipeline.report.case_lines import CaseLine
from pipeline.report.exemptions import CHANGED, OF_DEADLINES, OVER, PAST, ExemptionLine
from pipeline.terms.contract import EXEMPTION_KINDS, HINT_SILENCED, LATE_EXCUSED
from pipeline.terms.words import FLAGS, near


@dataclass(frozen=True, slots=True)
class ExemptionOverDays:
    """An exception of a span of days."""

    line: ExemptionLine
    """As on the last day on which it held; as it was told where it held on none."""
    days: tuple[tuple[date, ExemptionLine], ...]
    """The days on which it held, oldest first, each with how it stood there."""
    ended: str
    """What ended it; '' where it holds on the last day of all."""

    @property
    def held(self) -> tuple[date, date] | None:
        """The first and the last of these days on which it held."""
        return (self.days[0][0], self.days[-1][0]) if self.days else None

    @property
    def state(self) -> str:
        """Whether it works on the last day of all, in a word."""
        return OVER if self.ended else self.line.state

    @property
    def kept_back(self) -> Mapping[str, tuple[date, ...]]:
        """By flag, of 核查提示 by the hint's code: the days on which the case would have had it."""
        codes = dict.fromkeys(code for _day, line in self.days for code in _kept_back(line))
        return {code: tuple(day for day, line in self.days if code in _kept_back(line)) for code in codes}


def _kept_back(line: ExemptionLine) -> tuple[str, ...]:
    return line.silenced if line.kind == HINT_SILENCED else line.hidden


def over_days(days: Sequence[tuple[date, Iterable[ExemptionLine]]]) -> tuple[ExemptionOverDays, ...]:
    """Return what held on any of these days, or came too late to hold; by subject and kind, as on a day.

    Another approver, reason or last day is another exception. What ended before the first of the days is none of them.
    """
    last: dict[tuple[str, int, date, str, str], ExemptionLine] = {}
    held: dict[tuple[str, int, date, str, str], list[tuple[date, ExemptionLine]]] = {}
    ended: dict[tuple[str, int, date, str, str], str] = {}
    for day, lines in days:
        for line in lines:
            key = (line.subject, EXEMPTION_KINDS.index(line.kind), line.until, line.approved_by, line.reason)
            if line.holds:
                last[key] = line
                held.setdefault(key, []).append((day, line))
            elif key in held or line.ended == PAST:
                last.setdefault(key, line)
                ended[key] = line.ended
    end = days[-1][0]
    return tuple(
        ExemptionOverDays(
            last[key],
            tuple(held.get(key, ())),
            "" if key in held and held[key][-1][0] == end else ended.get(key, CHANGED),
        )
        for key in sorted(last)
    )


# --- in words ----------------------------------------------------------------------------------------------------


def in_words(each: ExemptionOverDays, case: CaseLine | None, end: date) -> tuple[str, str]:
    """Return on which of the days an exception held, and what it changed there, what ended it and what followed.

    `case`: as it stands at `end`, the last day of all; None where the register does not have it.
    """
    if not each.days:
        return "没有生效", each.ended
    first, last = each.days[0][0], each.days[-1][0]
    days = near(first, end) if first == last else f"{near(first, end)}至{near(last, end)}"
    match each.line.kind:
        case str(kind) if kind == HINT_SILENCED:
            parts = [_silenced(each, end), each.ended]
        case str(kind) if kind == LATE_EXCUSED:
            parts = [exemptions.changed(each.line, last), each.ended]
        case _:
            parts = [_moved(each, end), each.ended, _at_the_end(each.line, case, end) if each.ended and case else ""]
    return days, "，".join(part for part in parts if part)


def _silenced(each: ExemptionOverDays, end: date) -> str:
    """Return which hints were not told, and on which days."""
    if not each.kept_back:
        return "有效的各天没有提示"
    days = sorted({day for days in each.kept_back.values() for day in days})
    beside = sorted({number for _day, line in each.days for number in line.beside})
    return f"{_span(days, end)}{exemptions.silenced(replace(each.line, silenced=tuple(each.kept_back), beside=tuple(beside)))}"


def _moved(each: ExemptionOverDays, end: date) -> str:
    """Return how a deadline was moved, what that kept back on which days, and since when the case is closed."""
    worked = [(day, line) for day, line in each.days if line.moves and not line.closed]
    last = each.days[-1][0]
    if not worked or not (deadlines := worked[-1][1].deadlines):
        return exemptions.changed(each.line, last)
    kept = [f"{_span(days, end)}因延期不列入{FLAGS[flag].name}" for flag in OF_DEADLINES if (days := each.kept_back.get(flag))]
    late = [(day, line.days_late) for day, line in worked if line.days_late]
    by_own = [f"{near(late[-1][0], end)}按原时限已超期{late[-1][1]}天"] if late else []
    since = next(((day, line.closed) for day, line in each.days if day > worked[-1][0] and line.closed), None)
    closed = [f"{near(since[0], end)}起此案{since[1]}，延期不再起作用"] if since else []
    moved = f"时限{near(deadlines[0], end)}改为{near(deadlines[1], end)}"
    return "，".join([moved, *(kept or ["没有哪天因此不列入超期未结或临近到期"]), *by_own, *closed])


def _at_the_end(last: ExemptionLine, case: CaseLine, end: date) -> str:
    """Return how the case of an exception that ended stands at the end."""
    if not case.is_open or case.deadline is None:
        return f"期末此案{'已撤销' if case.grounds else '已办结'}" if not case.is_open else ""
    overdue = f"，已超期{case.days_overdue}天" if case.days_overdue > 0 else ""
    flags = "、".join(FLAGS[flag].name for flag in OF_DEADLINES if flag in case.flags)
    again = "后来又在办，" if last.closed else ""
    return f"{again}期末时限{near(case.deadline, end)}{overdue}{f'，列入{flags}' if flags else ''}"


def _span(days: Sequence[date], end: date) -> str:
    """Return which days these are: one, from one to another, or how many of those between."""
    first, last = days[0], days[-1]
    if first == last:
        return near(first, end)
    some = "" if last - first == timedelta(days=len(days) - 1) else f"间的{len(days)}天"
    return f"{near(first, end)}至{near(last, end)}{some}"
