"""`run.py rota`: a plan of who receives when, as a workbook that may be changed by hand and handed in again as the sheet 接访排班."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.day import rota
from pipeline.day.rota import Turn
from pipeline.intake import held_files
from pipeline.render.forms import form_files, report_form
from pipeline.settings.config import Settings
from pipeline.terms import working_days
from pipeline.terms.contract import RECEIVES, ROTA
from pipeline.terms.errors import ConfigurationError, NothingToConsolidateError
from pipeline.terms.handed_in import Filed, in_order
from pipeline.terms.rows import rows_of_sheet
from pipeline.terms.text import mask
from pipeline.terms.words import near

_LONGEST: Final = 400
"""Days that a plan may be made for."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Who receives from one day to another."""

    first: date
    last: date
    turns: tuple[Turn, ...]
    """By day: those that stand, days off among them, and those that are new."""
    kept: int
    """How many of them stand in the workbook in force."""
    empty: tuple[date, ...] = ()
    """The working days on which nobody can receive: everybody is on leave."""
    unknown_years: tuple[int, ...] = ()
    """The years whose public holidays are not known."""
    refused: tuple[date, ...] = ()
    """The days of which the workbook's rows were refused: the plan has them as if nothing had been there."""
    strangers: tuple[str, ...] = ()
    """Who stands in the workbook's 接访排班 on these days and is no leader of its 包联旗区."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    path: Path
    plan: Plan


def make(settings: Settings, first: date, last: date, output: Path | None, *, now: datetime) -> Made:
    """Write the plan's workbook; it takes nothing in, and overwrites no file that says something else.

    Raises ConfigurationError, and NothingToConsolidateError where there is no assignment workbook or no leader in it.
    """
    if not first <= last < first + timedelta(days=_LONGEST):
        msg = f"--from 不能晚于 --to，一次最多排 {_LONGEST} 天。"
        raise ConfigurationError(msg)
    path = _target(output, f"接访排班_{first}_{last}.xlsx", settings)
    planned = plan(workbook_in_force(settings, now), first, last)
    content = report_form.rota(planned.turns, (first, last), "".join(notes(planned)), settings)
    form_files.write_beside(path, content)
    return Made(path, planned)


def workbook_in_force(settings: Settings, now: datetime) -> Filed:
    """Return the newest usable assignment workbook, one that waits in the inbox included. Raises NothingToConsolidateError."""
    came = (file for file in held_files.assignments(settings) if file.arrival.envelope.received_at <= now)
    if not (held := in_order(came)):
        msg = f"没有可用的案件包案任务分解表，不知道有哪些领导，没有排班。请把分解表放入 {settings.paths.assignment} 后再运行。"
        raise NothingToConsolidateError(msg)
    return held[-1]


def plan(workbook: Filed, first: date, last: date) -> Plan:
    """Return the plan for these days from what that workbook has. Raises NothingToConsolidateError where it names no leader."""
    leaders, turns = rota.leaders(workbook), rota.of(workbook)
    if not leaders:
        msg = "分解表的“包联旗区”里没有包联领导，没有排班。请在分解表里写上包联领导，放进收件箱后再运行。"
        raise NothingToConsolidateError(msg)
    days = tuple(working_days.between(first, last))
    planned = rota.plan(leaders, days, turns)
    standing = [turn for turn in turns if first <= turn.day <= last]
    new = [Turn(day, leader, RECEIVES) for day, leader in planned.items()]
    has_turn = {turn.day for turn in (*standing, *new) if turn.receives}
    named = dict.fromkeys(name for turn in standing for name in (turn.leader, turn.substitute) if name)
    return Plan(
        first,
        last,
        tuple(sorted((*standing, *new), key=lambda turn: turn.day)),
        sum(bool(turn.receives) for turn in standing),
        tuple(day for day in days if day not in has_turn),
        working_days.unknown_years(first + timedelta(days=count) for count in range((last - first).days + 1)),
        tuple(each.day for each in rota.unstaffed([workbook], UTC) if first <= each.day <= last),
        tuple(name for name in named if name not in leaders),
    )


def notes(planned: Plan) -> list[str]:
    """Return what is to be known of a plan, in sentences, for the terminal and for the workbook's note."""
    empty = f"没有排的工作日：{'、'.join(map(str, planned.empty))}，这些天领导都在休假。" if planned.empty else ""
    days = "、".join(map(str, planned.refused))
    refused = f"分解表里 {days} 的排班行退回了（见问题清单），这次按没有排过重新排。" if days else ""
    unknown = working_days.unknown_told(planned.unknown_years)
    received = dict.fromkeys(turn.day for turn in planned.turns if turn.receives and turn.day.year in planned.unknown_years)
    holidays = "、".join(map(str, working_days.fixed_holidays(received)))
    on_holidays = f"其中 {holidays} 是法定节日，排了接访，请改到别的日子；春节、清明、端午、中秋请自行核对。" if holidays else ""
    return list(filter(None, [empty, refused, rota.strangers_told(planned.strangers), f"{unknown}{on_holidays}"]))


def changes(before: Filed | None, workbook: Filed, today: date) -> list[str]:
    """Return what a workbook's rota says otherwise than the one before it, of the last days and those to come.

    Of a workbook without the sheet nothing is said: `rota.gone` does.
    """
    if rows_of_sheet(workbook.reading.rows, ROTA.name) is None:
        return []
    old, new = (
        {(turn.day, turn.leader): turn for turn in rota.of(filed) if turn.day >= today - rota.LOOKS_BACK} if filed else {}
        for filed in (before, workbook)
    )
    moved = [_changed(old.get(of_day), new.get(of_day), today) for of_day in sorted(old.keys() | new.keys())]
    told = [sentence for sentence in moved if sentence]
    more = [f"等，共{len(told)}处。"] if len(told) > _MOST_TOLD else []
    return [*told[:_MOST_TOLD], *more]


def to_check(workbook: Filed, today: date) -> list[str]:
    """Return which turns of a workbook's rota to come are on holidays, and of which years nobody knows them: whether or not it is new."""
    return list(_on_holidays([turn.day for turn in rota.of(workbook) if turn.receives and turn.day >= today], today))


_MOST_TOLD = 40


def _changed(was: Turn | None, now: Turn | None, today: date) -> str:
    """Return how a leader's turn on a day changes; '' where it does not."""
    turn, said, before = was or now, _said(now), _said(was)
    if turn is None or said == before:
        return ""
    whose = mask(f"{near(turn.day, today)}{turn.leader}")
    if was and now:
        return f"{whose}由{before}改为{said}。"
    return f"{whose}不再排（原为{before}）。" if was else f"{whose}新排{said}。"


def _said(turn: Turn | None) -> str:
    return mask(f"{turn.kind}{f'（{turn.substitute}）' if turn.substitute else ''}") if turn else ""


def _on_holidays(days: Sequence[date], today: date) -> Iterator[str]:
    """Yield which of the days on which somebody receives are public holidays, and of which years nobody knows the others."""
    if on := "、".join(near(day, today) for day in working_days.holidays(days)):
        yield f"{on}是法定节假日，排了接访，请核对。"
    if years := "、".join(map(str, working_days.unknown_years(days))):
        yield f"{years}年的放假安排程序还不知道，春节、清明、端午、中秋请自行核对。"


def _target(output: Path | None, name: str, settings: Settings) -> Path:
    """Where to write: beside the outbox unless another file is asked for, which must lie in none of the folders that a run works in."""
    if output is None:
        return settings.paths.outbox.parent / name
    path = output.resolve()
    if path.suffix.lower() != ".xlsx" or path.is_dir():
        msg = f"--output 要写一个 .xlsx 文件，例如 {name}。"
        raise ConfigurationError(msg)
    form_files.check_place(path, settings)
    return path


def as_lines(made: Made) -> Sequence[str]:
    """Return what the terminal says."""
    planned = made.plan
    new = sum(bool(turn.receives) for turn in planned.turns) - planned.kept
    kept = f"，分解表里已有的 {planned.kept} 次照旧" if planned.kept else ""
    lines = [f"{planned.first} 至 {planned.last} 的接访排班：新排 {new} 次{kept}。"]
    return [
        *lines,
        *notes(planned),
        "改好以后，把各行贴到分解表的“接访排班”里（原有的留着，一样的行不会重复计算），整份放进收件箱。",
        f"请看：{made.path}",
    ]
