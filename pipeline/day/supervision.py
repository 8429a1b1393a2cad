"""What needs following up: overdue, due soon, stalled, disputed, incomplete, acceptance overdue (domain.md, "Rules")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import compress

from pipeline.day.cases import Case
from pipeline.settings.rules import Windows
from pipeline.terms.contract import ASSIGNED, NO_LEADER, RESOLVED

NOTICED = ("overdue", "disputed", "stalled", "acceptance_overdue", "due_soon", "incomplete_assignment")
"""The flags that a 督办通知 is about, the worst first."""
FlagsByDistrict = dict[str, dict[str, tuple[str, ...]]]
"""By district: the flags of each case that has any."""


_RAISED = (
    "overdue",
    "due_soon",
    "stalled",
    "disputed",
    "incomplete_assignment",
    "acceptance_overdue",
    "missing_from_assignment",
)
"""The flags of a case that is not cancelled, as `flags` looks at them."""

_FIVE_ONES = ("案由", "包案领导", "工作专班", "化解方案", "办结时限")


def flags_by_district(cases: Iterable[Case], day: date, windows: Windows) -> FlagsByDistrict:
    """Return the flags of these cases on that day."""
    by_district: FlagsByDistrict = {}
    for case in cases:
        if raised := flags(case, day, windows):
            by_district.setdefault(case.text("旗区"), {})[case.number] = raised
    return by_district


def flags(case: Case, day: date, windows: Windows) -> tuple[str, ...]:
    """Return the flags of a case on that day; a cancelled case has `cancelled` and no other."""
    if case.grounds:
        return ("cancelled",)
    is_open = case.is_open
    overdue = days_overdue(case, day) if is_open else 0
    raised = (
        is_open and overdue > 0,
        is_open and -windows.due_soon_days <= overdue <= 0,
        is_open and days_idle(case, day) >= windows.stalled_days,
        is_disputed(case),
        bool(missing_ones(case)),
        case.status == ASSIGNED and (day - case.assigned).days > windows.acceptance_days,
        case.is_missing,
    )
    return tuple(compress(_RAISED, raised))


def is_disputed(case: Case) -> bool:
    """Return whether the case is 已化解 and a dispute stands."""
    return case.status == RESOLVED and case.dispute is not None


def days_overdue(case: Case, day: date) -> int:
    """Return the days past the deadline in force; negative before it. A case without a deadline is never due."""
    deadline = case.deadline
    return (day - deadline).days if deadline else -(10**6)


def days_idle(case: Case, day: date) -> int:
    """Return the days since the later of 交办日期 and the last change of status or 今日进展."""
    return (day - last_progress(case)).days


def last_progress(case: Case) -> date:
    """Return the later of 交办日期 and the last change of status or 今日进展."""
    assigned, touched = case.assigned, case.touched
    return touched if touched and touched > assigned else assigned


def open_again(case: Case) -> date | None:
    """Return the day on which a resolved case became open again without progress, by a dispute; None where it has moved since.

    The flag counts from the last progress all the same (domain.md, "Rules"); what is said of its days does not count those on which the
    case was settled.
    """
    return case.open_again if case.open_again and case.open_again > last_progress(case) else None


def days_without_progress(case: Case, day: date) -> int:
    """Return the days without a change of status or 今日进展, of those on which the case was open."""
    again = open_again(case)
    return (day - again).days if again else days_idle(case, day)


def missing_ones(case: Case) -> tuple[str, ...]:
    """Return which of 五个一 the case lacks: 案由, 包案领导, 工作专班, 化解方案, 办结时限."""
    has = (case.text("案由"), case.leader != NO_LEADER, case.text("工作专班"), case.text("化解方案"), case.limit)
    return () if all(has) else tuple(name for name, value in zip(_FIVE_ONES, has, strict=True) if not value)


def days_allowed(flag: str, windows: Windows) -> int | None:
    """Return the office's span of days behind a flag, which stands for `{days}` in `words.FLAGS`; None where it has none."""
    spans = {"due_soon": windows.due_soon_days, "stalled": windows.stalled_days, "acceptance_overdue": windows.acceptance_days}
    return spans.get(flag)
