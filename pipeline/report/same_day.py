"""What the day alone did to a verdict: cases that came in and were counted within it, and cases that took a target away.

Covered by tests/report/test_headline.py.
"""

from __future__ import annotations

from datetime import timedelta

from pipeline.day.targets import Tally
from pipeline.report import corrections, edit_words
from pipeline.report.figures import Bridge, Ladder
from pipeline.report.report import Report
from pipeline.report.sentences import rate
from pipeline.terms import words

_ALL = 100
_MOST_CASES = 2
_YESTERDAYS = ("restated", "regrouped")
"""Steps that change what yesterday was, not what the day brought."""


def of_verdict(bridge: Bridge, tally: Tally) -> str:
    """Return what the rate is without the cases that came in and were counted within the day, where the verdict hangs on them; else ''."""
    new, _others = _counted_today(bridge)
    without = Tally(tally.target_percent, tally.total - new, tally.resolved - new)
    return f"不计今日新增即化解的{new}件，{edit_words.would_be(without, tally)}。" if without.met != tally.met else ""


def risen_by_new(bridge: Bridge, tally: Tally, unmoved: Tally) -> str:
    """Return that cases which came in and were counted within the day lifted the rate, and how many others count since; else ''.

    Told where the target is met only by them (by them and edits of the register: `unmoved` is without these), the rate has risen only
    by them, or they are more than the others.
    """
    new, others = _counted_today(bridge)
    without = Tally(tally.target_percent, tally.total - new, tally.resolved - new)
    before = Tally(tally.target_percent, *(_before_today(ladder) for ladder in bridge.ladders))
    if not new or not without.total or not before.total or bridge.day_before == "none":
        return ""
    neither = Tally(tally.target_percent, unmoved.total - new, unmoved.resolved - new)
    if without.met != tally.met:
        said = f"不计今日新增即化解的{new}件为{rate(without.rate_percent)}，不到{tally.target_percent}%"
    elif tally.met and unmoved.met and neither.met is False:
        said = f"不计台账改动和今日新增即化解的{new}件为{rate(neither.rate_percent)}，不到{tally.target_percent}%"
    elif not _is_higher(tally, before) or (_is_higher(without, before) and others >= new):
        return ""
    elif _is_higher(without, before):
        said = f"化解率升高，其中今日新增即化解{new}件"
    else:
        said = f"不计今日新增即化解的{new}件，化解率没有升高"
    return f"{said}，前一日没有计入化解的案件今日{f'计入{others}件' if others else '一件也没有计入'}"


def lost(bridge: Bridge, tally: Tally, *, with_cases: bool = True) -> str:
    """Return that the target was met yesterday and is not today, with the cases that the day took from it; else ''."""
    before = Tally(tally.target_percent, *(_before_today(ladder) for ladder in bridge.ladders))
    if not before.met or tally.met is not False or bridge.target_before != tally.target_percent:
        return ""
    known = "按现在所知的件数" if any(ladder.restated for ladder in bridge.ladders) else "按件数算"
    taken = "、".join(
        f"{words.STEPS[kind].name}{len(cases)}件{f'（{words.first_of(cases, _MOST_CASES)}）' * with_cases}"
        for kind, cases in _taken(bridge, tally)
    )
    return f"前一日{known}达标（{before.resolved}/{before.total}）{f'，今日{taken}' if taken else ''}"


def verdicts_before(report: Report, *, with_cases: bool = True) -> dict[str, str]:
    """Return by group that the verdict of the day before has turned since the day was told first, to follow the day's own verdict.

    What the day tells as a correction of the day before stands there.
    """
    told = {entry.group for entry in corrections.told_otherwise(report) if entry.day == report.day - timedelta(days=1)}
    bridges = (bridge for bridge in report.bridges if report.is_correction and bridge.group not in told)
    return {bridge.group: said for bridge in bridges if (said := _turned_before(bridge, with_cases=with_cases))}


def _turned_before(bridge: Bridge, *, with_cases: bool) -> str:
    """Return that yesterday's verdict was another when it was told than it is as known now, with the cases; else ''."""
    if bridge.target_before is None or bridge.day_before == "none":
        return ""
    then = Tally(bridge.target_before, bridge.total_before, bridge.resolved_before)
    restated = [step for step in (*bridge.total_steps, *bridge.resolved_steps) if step.kind == "restated"]
    total, resolved = (ladder.before + sum(step.change for step in ladder.steps if step.kind == "restated") for ladder in bridge.ladders)
    now = Tally(bridge.target_before, total, resolved)
    if then.met is None or now.met is None or then.met == now.met:
        return ""
    cases = list(dict.fromkeys(case for step in restated for case in step.cases)) if with_cases else []
    named = f"：{words.first_of(cases, _MOST_CASES)}" if cases else ""
    was, became = (words.verdict(is_met=bool(tally.met), is_certain=True) for tally in (then, now))
    return f"，前一日当时按件数算{was}（{then.resolved}/{then.total}），后来更正为{became}（{now.resolved}/{now.total}{named}）"


def _taken(bridge: Bridge, tally: Tally) -> list[tuple[str, list[str]]]:
    """Return by kind the cases that made the rate lower: those that count no more, and those that came in and do not count."""
    left, come, fallen, gained = (
        {case for step in steps if step.kind not in _YESTERDAYS and step.change * sign > 0 for case in step.cases}
        for steps in (bridge.total_steps, bridge.resolved_steps)
        for sign in (-1, 1)
    )
    fallen -= left if tally.target_percent == _ALL else set()  # where all have to be resolved, one less is no harm
    lower, told = fallen | (come - gained), dict[str, list[str]]()
    for sign, steps in ((-1, bridge.resolved_steps), (1, bridge.total_steps)):
        for step in steps:
            if step.change * sign > 0 and (cases := [case for case in step.cases if case in lower]):
                told.setdefault(step.kind, []).extend(cases)
    return list(told.items())


def _counted_today(bridge: Bridge) -> tuple[int, int]:
    """Return how many cases came in and were counted within the day, and how many others are newly resolved."""
    come = {case for step in bridge.total_steps if step.kind in ("found", "new") and step.change > 0 for case in step.cases}
    gained = {case for step in bridge.resolved_steps if step.kind == "newly_resolved" and step.change > 0 for case in step.cases}
    return len(come & gained), len(gained - come)


def _before_today(ladder: Ladder) -> int:
    """Return yesterday's number as it is known and grouped now."""
    return ladder.before + sum(step.change for step in ladder.steps if step.kind in _YESTERDAYS)


def _is_higher(rate_now: Tally, rate_before: Tally) -> bool:
    return rate_now.resolved * rate_before.total > rate_before.resolved * rate_now.total
