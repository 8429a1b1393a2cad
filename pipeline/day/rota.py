"""接访排班: who receives when, as the assignment workbook has it, and a plan that goes on from there (docs/contract-extensions.md 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final

from pipeline.day.exemptions import is_sheet_refused
from pipeline.reading.assignment_workbook import leaders_named
from pipeline.terms.contract import LIAISON, ON_LEAVE, ROTA
from pipeline.terms.handed_in import Filed
from pipeline.terms.rows import rows_of_sheet
from pipeline.terms.text import mask
from pipeline.terms.words import near

LOOKS_BACK: Final = timedelta(days=30)
"""Turns of so many days before a plan count in it."""
_MOST_DAYS: Final = 12
NO_DISTRICT: Final = "该领导没有包联旗区"
"""What is said of whoever stands in a rota and is no leader of 包联旗区: a rota may have him, and a name can be mistyped."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One leader on one day."""

    day: date
    leader: str
    kind: str
    """One of `contract.TURN_KINDS`."""
    substitute: str = ""
    """Of 替班: who receives instead."""
    note: str = ""

    @property
    def receives(self) -> str:
        """Who receives; '' where the leader is on leave."""
        return "" if self.kind == ON_LEAVE else self.substitute or self.leader


def of(workbook: Filed) -> tuple[Turn, ...]:
    """Return the turns and days off that a workbook has, by day, without its refused rows; the same twice counts once."""
    rows = rows_of_sheet(workbook.reading.rows, ROTA.name)
    turns: dict[tuple[date, str], Turn] = {}
    for position in range(len(rows.lines) if rows else 0):
        if rows and position not in rows.refused and (day := rows.day("日期", position)):
            kind, note = (rows.text(name, position) or "" for name in ("安排", "备注"))
            substitute = next(iter(leaders_named(rows.text("替班领导", position))), "")
            for leader in leaders_named(rows.text("领导", position)):
                turns.setdefault((day, leader), Turn(day, leader, kind, substitute, note))
    return tuple(sorted(turns.values(), key=lambda turn: turn.day))


def past(workbooks: Sequence[Filed], until: date, zone: tzinfo) -> tuple[Turn, ...]:
    """Return the turns of days up to one, of the newest of these workbooks (oldest first) that has the sheet.

    A workbook without the sheet ends the rota from its own day on: who was to receive on a day before stays as it was.
    """
    workbook, ended = _last(workbooks, zone)
    turns = of(workbook) if workbook else ()
    return tuple(turn for turn in turns if turn.day <= until and (ended is None or turn.day < ended))


def _last(workbooks: Sequence[Filed], zone: tzinfo) -> tuple[Filed | None, date | None]:
    """Return the newest of these workbooks (oldest first) that has the sheet, and the day on which one without it came."""
    having = next((at for at in reversed(range(len(workbooks))) if rows_of_sheet(workbooks[at].reading.rows, ROTA.name)), None)
    if having is None or having == len(workbooks) - 1:
        return (None if having is None else workbooks[having]), None
    return workbooks[having], workbooks[having + 1].arrival.envelope.received_at.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """A day on which nobody stands, since its rows were refused."""

    day: date
    leaders: tuple[str, ...]
    """Who is named in these rows, in either column."""


def unstaffed(workbooks: Sequence[Filed], zone: tzinfo) -> tuple[Unstaffed, ...]:
    """Return the days of refused rows on which nobody stands, in order, of the workbook whose turns `past` has."""
    workbook, ended = _last(workbooks, zone)
    rows = rows_of_sheet(workbook.reading.rows, ROTA.name) if workbook else None
    if workbook is None or rows is None:
        return ()
    staffed = {turn.day for turn in of(workbook) if turn.receives}
    named: dict[date, dict[str, None]] = {}
    for position in sorted(rows.refused):
        if (day := rows.day("日期", position)) and day not in staffed and (ended is None or day < ended):
            both = (rows.text(column, position) for column in ("领导", "替班领导"))
            named.setdefault(day, {}).update(dict.fromkeys(name for cell in both for name in leaders_named(cell)))
    return tuple(Unstaffed(day, tuple(names)) for day, names in sorted(named.items()))


def unstaffed_told(days: Sequence[date], anchor: date) -> str:
    """Return that nobody stands on these days, since their rows were refused; '' where there are none."""
    listed = f"{'、'.join(near(day, anchor) for day in days[:_MOST_DAYS])}{f'等{len(days)}天' if len(days) > _MOST_DAYS else ''}"
    return f"“{ROTA.name}”表里{listed}的行退回了（见问题清单），没有人排到。请改正后再交一次分解表。" if days else ""


def amiss(workbooks: Sequence[Filed], day: date, zone: tzinfo) -> str:
    """Return what is wrong with the rota of that day and later, in words: it is gone, or days have nobody; '' where nothing is."""
    to_come = [each.day for each in unstaffed(workbooks, zone) if each.day >= day]
    return gone(workbooks, day, zone) or unstaffed_told(to_come, day)


def gone(workbooks: Sequence[Filed], day: date, zone: tzinfo) -> str:
    """Return that the newest of these workbooks (oldest first) has no rota any more; '' where it has one, or none ever had.

    It is told as long as that one has turns on the day, in the thirty days before it or later.
    """
    before = next((at for at in reversed(range(len(workbooks))) if rows_of_sheet(workbooks[at].reading.rows, ROTA.name)), None)
    turns = of(workbooks[before]) if before is not None else ()
    if before is None or before == len(workbooks) - 1 or not turns or turns[-1].day < day - LOOKS_BACK:
        return ""
    without, last = workbooks[before + 1], turns[-1].day
    came = without.arrival.envelope.received_at.astimezone(zone).date()
    lacks = f"的“{ROTA.name}”表没有采用（见问题清单）" if is_sheet_refused(without.reading, ROTA.name) else f"里没有“{ROTA.name}”表"
    held = f"原来的排班（{mask(workbooks[before].arrival.name)}，排到 {last}）从那天起不再用"
    after = "以后没有排班可以对照，急报发给设置里的领导（outgoing_mail.leaders）"
    return f"{came} 收到的分解表 {mask(without.arrival.name)} {lacks}：{held}，{after}。还要按排班的，把这张表放进分解表再交一次。"


def leaders(workbook: Filed) -> tuple[str, ...]:
    """Return the leaders of 包联旗区, each once, in its order."""
    rows = rows_of_sheet(workbook.reading.rows, LIAISON.name)
    taken = (position for position in range(len(rows.lines) if rows else 0) if rows and position not in rows.refused)
    return tuple(dict.fromkeys(name for position in taken if rows for name in leaders_named(rows.text("包联领导", position))))


def strangers_told(names: Sequence[str]) -> str:
    """Return that these stand in a rota without a district, as nobody is planned by the program; '' where there are none."""
    named = "、".join(mask(name) for name in names)
    return f"{named}：{NO_DISTRICT}，排好的照旧，以后不会自动排到；名字写错的请改正。" if names else ""


def plan(leaders: Sequence[str], days: Iterable[date], turns: Iterable[Turn]) -> dict[date, str]:
    """Return who receives on each of these days that has no turn yet; a day on which everybody is on leave is not in it.

    Nobody has a second turn before everybody has had one. Who is on leave is passed over, and comes next on his return. `turns` stay, and
    count for whoever receives, those of the thirty days before too.
    """
    wanted = sorted({*days})
    if not wanted or not leaders:
        return {}
    since, turns = wanted[0] - LOOKS_BACK, tuple(turns)
    standing = sorted((turn.day, turn.receives) for turn in turns if turn.receives and turn.day >= since)
    away = {(turn.day, turn.leader) for turn in turns if not turn.receives}
    has_turn = {day for day, _leader in standing}
    slots = sorted([*standing, *((day, "") for day in wanted if day not in has_turn)])
    waiting = _in_order([leader for day, leader in standing if day < wanted[0]], leaders)
    had, chosen = set[str](), dict[date, str]()
    for at, (day, fixed) in enumerate(slots):
        # Whose standing turn is still to come in this round does not need another in it.
        to_come = {leader for _day, leader in slots[at + 1 : at + len(waiting) - len(had)]}
        leader = fixed or _next([name for name in waiting if (day, name) not in away], had, to_come)
        if not fixed and leader:
            chosen[day] = leader
        if leader in waiting:
            waiting.remove(leader)
            waiting.append(leader)
            had = had | {leader} if len(had) + (leader not in had) < len(waiting) else set()
    return chosen


def _in_order(before: Sequence[str], leaders: Sequence[str]) -> list[str]:
    """Return the leaders beginning after the last of those who had a turn before, so that a plan goes on where one ended."""
    listed = list(dict.fromkeys(leaders))
    start = next((listed.index(leader) + 1 for leader in reversed(before) if leader in listed), 0)
    return listed[start:] + listed[:start]


def _next(there: Sequence[str], had: set[str], to_come: set[str]) -> str:
    """Return whose turn it is of those who are there, the longest waiting first; '' where nobody is there."""
    without = [leader for leader in there if leader not in had]
    return next(iter([leader for leader in without if leader not in to_come] or without or there), "")
