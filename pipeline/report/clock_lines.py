"""The clocks of the regulation in words: of one case, counted for leaders, and what the records cannot show of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from pipeline.day.clocks import Clock, Clocks, State
from pipeline.report.case_lines import CaseLine
from pipeline.settings.statute import CLOCKS, UNITS
from pipeline.terms import working_days
from pipeline.terms.words import FLAGS, near

STATES: Final[dict[State, str]] = {
    "serious": "严重超期",
    "overdue": "超期",
    "due-soon": "临近",
    "running": "期限内",
    "done": "已完成",
    "passed": "已过",
}
"""What a clock's state is called, the worst first."""
SINCE_REPORTED: Final = "受理日期以首次报“已受理”之日为准，实际可能更早"
"""What the records cannot show; it stands beside every 办结."""
_MOST: Final = 6
"""Cases of one last day that are named; the rest is counted."""


def unknown_years(clocks: Iterable[Clock]) -> tuple[int, ...]:
    """Return the years whose holidays nobody knows and on whose working days these clocks depend."""
    return tuple(sorted({year for clock in clocks for year in clock.unknown_years}))


def not_known(clocks: Iterable[Clock]) -> str:
    """Return what has to be said beside these clocks: that 办结 may have begun earlier, and years without known holidays."""
    shown = list(clocks)
    known = f"{SINCE_REPORTED}。" if any(clock.rule.clock == "conclusion" for clock in shown) else ""
    return known + working_days.unknown_told(unknown_years(shown))


def worst(clocks: Clocks, day: date) -> tuple[int, int]:
    """Return by what cases are ordered: the worst state of 受理 and 办结, then the longest over it, or the nearest to its end."""
    owed = [clock for clock in (clocks.acceptance, clocks.conclusion) if clock and clock.done is None]
    return min(((_ORDER[clock.state], (clock.due - day).days) for clock in owed), default=(len(_ORDER) - 1, 0))


def worst_name(clocks: Clocks, day: date) -> str:
    """Return what the worst state is called; '' where no clock of 受理 and 办结 runs."""
    state = [*STATES][worst(clocks, day)[0]]
    return STATES[state] if state != "passed" else ""


_ORDER: Final = {state: position for position, state in enumerate(STATES)}


def in_order(cases: Iterable[CaseLine], day: date) -> list[tuple[CaseLine, Clocks]]:
    """Return the open cases with their clocks, the worst first."""
    running = [(case, case.clocks) for case in cases if case.is_open and case.clocks]
    return sorted(running, key=lambda line: (worst(line[1], day), line[0].number))


def in_need(cases: Iterable[CaseLine], day: date) -> list[tuple[CaseLine, list[str]]]:
    """Return the cases with a clock that is near its end or past it, the worst first, each with what is said of these clocks."""
    pressing_first = ((case, clocks.pressing) for case, clocks in in_order(cases, day))
    return [(case, [cited(clock, day) for clock in clocks]) for case, clocks in pressing_first if clocks]


# --- one clock ---------------------------------------------------------------------------------------------------


def situation(clock: Clock, day: date) -> str:
    """Return how a clock stands, with the days: 严重超期17天, 还有2天."""
    late = (day - clock.due).days
    if clock.done:
        after = (clock.done - clock.due).days
        return f"{STATES['done']}{f'，晚{after}天' if after > 0 else ''}"
    if clock.state == "passed":
        return STATES["passed"]
    if late > 0:
        return f"{STATES[clock.state]}{late}天"
    return f"还有{-late}天" if late else "当日到期"


def in_short(case: CaseLine) -> str:
    """Return what of an open case is still owed, with last day and article, as on every day of its state; '' where nothing is.

    It stands far from whatever is said of all clocks: years without known holidays are named with it.
    """
    owed = (case.clocks.acceptance, case.clocks.conclusion) if case.clocks and case.is_open else ()
    running = [clock for clock in owed if clock and not clock.done]
    told = "；".join(f"{CLOCKS[clock.rule.clock]} {clock.due} {STATES[clock.state]}（{clock.rule.article}）" for clock in running)
    unknown = working_days.unknown_told(unknown_years(running))
    return f"{told}。{unknown}" if unknown else told


def cited(clock: Clock, day: date) -> str:
    """Return a clock with its last day, how it stands, and its article: 办结法定期限5月4日，严重超期17天（《…》第…条）."""
    extended = f"（含延期{clock.extension}天）" if clock.extension else ""
    return f"{CLOCKS[clock.rule.clock]}法定期限{near(clock.due, day)}{extended}，{situation(clock, day)}（{clock.rule.article}）"


def not_accepted(clock: Clock, day: date) -> str:
    """Return the same of 受理 in few words, where its days are told already: 严重超期16天未受理（《…》第…条）."""
    return f"{situation(clock, day)}未受理（{clock.rule.article}）"


def marked(clock: Clock, day: date, marks: Mapping[str, str]) -> str:
    """Return the same in a list that cites each article once, above it: 法定办结严重超期17天②."""
    return f"法定{CLOCKS[clock.rule.clock]}{situation(clock, day)}{marks[clock.rule.article]}"


def not_accepted_marked(clock: Clock, day: date, marks: Mapping[str, str]) -> str:
    """Return what `not_accepted` says, in such a list: 严重超期16天未受理①."""
    return f"{situation(clock, day)}未受理{marks[clock.rule.article]}"


def of_case(clocks: Clocks, day: date) -> Iterator[str]:
    """Go through the clocks of a case, each with where it starts and why it ends there; last what the records cannot show."""
    for clock in clocks.all:
        rule = clock.rule
        extended = f"，延期{clock.extension}天" if clock.extension else ""
        span = f"自{near(clock.start, day)}起{rule.days}{UNITS[rule.unit]}{extended}，{rule.article}"
        done = "首次报已受理" if rule.clock == "acceptance" else "办结"
        ended = f"{near(clock.done, day)}{done}，{situation(clock, day)}" if clock.done else situation(clock, day)
        concluded = clocks.conclusion.done if clocks.conclusion else None
        if rule.clock == "acceptance" and clock.done and concluded and concluded < clock.done:
            ended = f"{STATES['done']}：受理不晚于{near(concluded, day)}办结，{near(clock.done, day)}才首次报来"  # how late, nobody knows
        yield f"{CLOCKS[rule.clock]}：{near(clock.due, day)}到期（{span}），{ended}"
    if said := not_known(clocks.all):
        yield said


# --- many clocks -------------------------------------------------------------------------------------------------


def pressing(cases: Iterable[CaseLine]) -> list[Clock]:
    """Return the clocks of these cases that are near their end or past it, and not done."""
    return [clock for case in cases if case.clocks for clock in case.clocks.pressing]


def counted(cases: Sequence[CaseLine]) -> str:
    """Return in one line how many cases are 临近, 超期 and 严重超期 by which article; '' where none is."""
    clocks = pressing(cases)
    if not clocks:
        return ""
    tally = Counter((clock.rule.clock, clock.rule.article, clock.state) for clock in clocks)
    kinds = sorted({(clock.rule.clock, clock.rule.article) for clock in clocks}, key=lambda kind: ([*CLOCKS].index(kind[0]), kind[1]))
    parts = []
    for name, article in kinds:
        counts = ((word, tally[name, article, state]) for state, word in reversed(STATES.items()))
        parts.append(f"{CLOCKS[name]}{'、'.join(f'{word}{count}件' for word, count in counts if count)}（{article}）")
    return f"法定期限（与{_BY_LIMIT}分别计算）：{'；'.join(parts)}{_late_by_both(cases)}。{not_known(clocks)}"


def _late_by_both(cases: Iterable[CaseLine]) -> str:
    """Return how many cases are past their deadline as well as a clock of the regulation; '' where none is."""
    late = (case for case in cases if case.clocks and any(clock.state in _LATE for clock in case.clocks.pressing))
    both = sum("overdue" in case.flags for case in late)
    return f"；超期的案件里有{both}件同时{FLAGS['overdue'].name}" if both else ""


_LATE: Final = ("serious", "overdue")
_BY_LIMIT: Final = "“超期未结”"


# --- 督办通知 ----------------------------------------------------------------------------------------------------


def may_object(cases: Iterable[CaseLine]) -> list[CaseLine]:
    """Return the open cases of which it can still be said that they are another district's."""
    return [case for case in cases if case.is_open and case.clocks and (held := case.clocks.objection) and held.state != "passed"]


def beside_notice(told: Iterable[CaseLine], objectable: Sequence[CaseLine], day: date) -> str:
    """Return what a notice says below its rows: until when objections are heard, and what the records cannot show of the clocks told."""
    by_article: dict[str, dict[date, list[str]]] = {}
    objections = [(case.number, case.clocks.objection) for case in objectable if case.clocks and case.clocks.objection]
    for number, clock in objections:
        by_article.setdefault(clock.rule.article, {}).setdefault(clock.due, []).append(number)
    said = "".join(_objections(article, sorted(ends.items()), day) for article, ends in by_article.items())
    return said + not_known([*pressing(told), *(clock for _number, clock in objections)])


def _objections(article: str, ends: Sequence[tuple[date, Sequence[str]]], day: date) -> str:
    """Return until when objections are heard, by last day."""
    if len(ends) == 1:
        ((due, numbers),) = ends
        return f"新交办的{_named(numbers)}，如不属于本旗区职权，请于{near(due, day)}前（含当日）提出异议（{article}）。"
    by_end = "；".join(f"{near(due, day)}，{_named(numbers)}" for due, numbers in ends)
    return f"新交办的案件，如不属于本旗区职权，请于下列日期前（含当日）提出异议（{article}）：{by_end}。"


def _named(numbers: Sequence[str]) -> str:
    return "、".join(numbers[:_MOST]) + (f"等{len(numbers)}件" if len(numbers) > _MOST else "")
