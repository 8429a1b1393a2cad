"""督办通知: what a district has to follow up, case by case, and what of its last notice is settled. Which days have one is a fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pipeline.day import supervision
from pipeline.day.fold import DayState
from pipeline.report import notice_words
from pipeline.report.case_lines import CaseLine, Notice, Point, Settled
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.notice_number import NoticeNumber

FLAGS = ("overdue", "acceptance_overdue", "disputed", "stalled", "incomplete_assignment", "due_soon")
"""What a notice is about, in its order. 已撤销 needs nothing more, 分解表缺失 is the office's own affair."""
LOOKS_BACK_DAYS = 30
"""How old a district's last notice may be for its points to be looked at again (decision 11)."""


def concerns(flags: Mapping[str, Iterable[str]]) -> bool:
    """Return whether any of a district's flags, which are by case, is a matter for a notice."""
    return any(flag in FLAGS for flags_of_case in flags.values() for flag in flags_of_case)


def of(state: DayState, lines: Sequence[CaseLine], numbers: Iterable[NoticeNumber], settings: Settings) -> tuple[Notice, ...]:
    """Return the day's notices in the order of their numbers; one that has no point any more is void, and stays."""
    given = sorted(numbers)
    return tuple(_notice(number, state, lines, given, settings) for number in given if number.day == state.day)


def _notice(number: NoticeNumber, state: DayState, lines: Sequence[CaseLine], given: Sequence[NoticeNumber], settings: Settings) -> Notice:
    district, windows = number.district, settings.windows
    points = []
    for flag in FLAGS:
        for line in lines:
            if line.district == district and flag in line.flags:
                count = notice_words.days(flag, line, state.day, windows)
                reason = notice_words.reason(flag, line, state.day, count)
                points.append(Point(flag, line, words.FLAGS[flag].rule.format(days=supervision.days_allowed(flag, windows)), count, reason))
    last = _last(state, district)
    before = next((earlier.written for earlier in given if last and (earlier.day, earlier.district) == (last, district)), "")
    settled = _settled(state, district, lines, (last, settings)) if points and last else ()
    return Notice(number.written, district, tuple(points), tuple(settled), before if settled else "")


def _last(state: DayState, district: str) -> date | None:
    """Return the day of the district's last notice before this one; None where there is none in the last `LOOKS_BACK_DAYS`."""
    near = [(day, flags) for day, flags in state.flags_by_day if 0 < (state.day - day).days <= LOOKS_BACK_DAYS]
    days = [day for day, flags in near if concerns(flags.get(district, {}))]
    return max(days, default=None)


def _settled(state: DayState, district: str, lines: Sequence[CaseLine], then: tuple[date, Settings]) -> Iterable[Settled]:
    """Go through the last notice's points that hold no longer; a case that was due soon and is overdue now is not settled.

    `then`: the day of that notice, and the settings, which know what held on it.
    """
    last, settings = then
    flags_then, windows_then = dict(state.flags_by_day)[last][district], settings.on(last).windows
    by_number, cases = {line.number: line for line in lines}, {case.number: case for case in state.cases}
    for flag in FLAGS:
        for number in sorted(number for number, flags in flags_then.items() if flag in flags):
            line = by_number.get(number)
            is_own = line is not None and line.district == district
            now = line.flags if line and is_own else ()
            if flag not in now and not (flag == "due_soon" and "overdue" in now):
                why = notice_words.settled(flag, district, line, _deadline_before(state, number))
                if is_own and flag in supervision.flags(cases[number], state.day, windows_then):
                    spans = (supervision.days_allowed(flag, windows) for windows in (windows_then, settings.windows))
                    why = notice_words.settled_by_rule(flag, *spans)
                yield Settled(flag, number, line.matter if line and is_own else "", why)


def _deadline_before(state: DayState, number: str) -> date | None:
    """Return the deadline that was in force the day before; None where there was none."""
    standing = state.before.get(number)
    deadline = (standing.particulars["延期至"] or standing.particulars["办结时限"]) if standing else None
    return deadline if isinstance(deadline, date) else None
