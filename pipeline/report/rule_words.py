"""The sentences about rules: what a day is judged by and the day before was not, or when it was published first; and what that did.

Covered by tests/night/test_deceptions_edits.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Final

from pipeline.day.submissions import Stands
from pipeline.report import sentences, who_reported
from pipeline.report.figures import Figure
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group, Rules, ToldBefore
from pipeline.settings.units import other_names
from pipeline.terms import words

REWRITTEN = "本期原按旧规则报过，现按新规则重写。"
MOST = 3
"""Cases of a flag that are named; the rest is counted."""


def new_rules(moment: date, before: Rules, now: Rules, otherwise: Sequence[str]) -> str:
    """Return what the figures are judged by from this day on and were not yesterday; '' where the rules are the same.

    `otherwise`: what they would be by the rules of yesterday.
    """
    changed = rule_changes(before, now)
    figures = f"；{'；'.join(otherwise)}" if otherwise else ""
    return f"自{sentences.day(moment, None)}起，{'；'.join(changed)}。当日的数字按新规则计算，以前各日不变{figures}。" if changed else ""


def rewritten(first: Rules, now: Rules, otherwise: Sequence[str]) -> str:
    """Return that the day is judged otherwise than when it was published first, with its figures by the rules of then."""
    changed = rule_changes(first, now)
    figures = f"；{'；'.join(otherwise)}" if otherwise else ""
    return f"本期按改动后的规则重写：与初次发布时相比，{'；'.join(changed)}{figures}。" if changed else ""


def began_here(moment: date, before: Rules, first: Rules, otherwise: Sequence[str]) -> str:
    """Return which rules began with this day when it was published first; the days before it have been rewritten under them since."""
    changed = rule_changes(before, first)
    figures = f"；{'；'.join(otherwise)}" if otherwise else ""
    written = f"本期初次发布时写明：自{sentences.day(moment, None)}起，{'；'.join(changed)}"
    return f"{written}。前一日后来按别的规则重写，变动不再从本期算起{figures}。" if changed else ""


def beside_rewritten(before: Rules, now: Rules) -> str:
    """Return that the day before has been rewritten under other rules since, and this one has not; '' where the two are the same."""
    changed = rule_changes(now, before)
    return f"本期仍按初次发布时的规则；前一日后来按别的规则重写：{'；'.join(changed)}。" if changed else ""


def partly_rewritten(moment: date, rules: tuple[Rules, Rules, Rules], otherwise: Sequence[str]) -> str:
    """Return which rules begin with this day, and which began with it when it was published first and have come to hold the day before.

    `rules`: those of the day before when this one was published first, those of the day before now, and this day's.
    """
    began, before, now = rules
    moved = [change for change in rule_changes(began, before) if change in rule_changes(began, now)]
    more = f"{'；'.join(moved)}，不再从本期算起" if moved else "；".join(rule_changes(began, before))
    return f"{new_rules(moment, before, now, otherwise)}前一日后来按改动后的规则重写：{more}。"


def since_told(known: ToldBefore, told_on: date, rules: tuple[Rules, Rules], otherwise: Sequence[str]) -> str:
    """Return what is judged otherwise than when the last day before was published first; '' where the rules are the same again.

    That day was written again since, or the day before is judged by new rules though nobody published it: no comparison shows.
    """
    before, now = rules
    changed = rule_changes(known.rules, now)
    alike = "本期与前一日比较，两日都按新规则计算" if not rule_changes(before, now) else ""
    parts = "；".join([*([alike] if alike else []), *otherwise])
    said = f"{sentences.day(known.day, told_on)}的专报初次发布以后，规则有变动：{'；'.join(changed)}。"
    return said + (f"{parts}。" if parts else "") if changed else ""


def by_other_rules(
    figures: Sequence[Figure],
    flags: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    other: Rules,
    now: tuple[Rules, Sequence[Figure]],
) -> list[str]:
    """Return what figures and flags (the cases then, the cases now) are by other rules, where these judge them otherwise.

    `now`: the rules that hold, with the figures by them.
    """
    rules, figures_now = now
    is_regrouped = _sources(other.groups) != _sources(rules.groups)
    verdicts = {figure.label: figure.verdict for figure in figures_now}
    told = []
    for figure, group in zip(figures, other.groups, strict=True):
        if not figure.tally.total:
            continue
        if is_regrouped or group not in rules.groups:
            tally = figure.tally
            lacking = f"，还差{tally.shortfall}件" if tally.shortfall else ""
            told.append(f"{figure.label}{tally.resolved}/{tally.total}，按原目标{tally.target_percent}%{figure.verdict}{lacking}")
        elif figure.verdict != verdicts[figure.label]:
            told.append(f"{figure.label}按原规则{figure.verdict}")
    if is_regrouped and told:
        told[0] = f"按原分组，{told[0]}"
    for flag, (was, is_now) in flags.items():
        if changed := sorted({*was} ^ {*is_now}):
            fewer = "减" if len(is_now) < len(was) else "增"
            told.append(f"{words.FLAGS[flag].name}由{len(was)}件{fewer}为{len(is_now)}件（{words.first_of(changed, MOST)}）")
    return told


def lateness(standings: Mapping[str, tuple[Stands, Stands]]) -> list[str]:
    """Return whose reports stand otherwise by another cut-off; by district: how they stood by the other rules, and how they do now."""
    told = []
    for was, is_now in dict.fromkeys(standings.values()):
        districts = [district for district, stood in standings.items() if stood == (was, is_now)]
        if was != is_now:
            told.append(f"{who_reported.some(districts)}的日报由{words.STANDS[was]}改算{words.STANDS[is_now]}")
    return told


def _sources(groups: Sequence[Group]) -> list[tuple[str, set[str]]]:
    return [(group.name, {*group.sources}) for group in groups]


def other_units(first_units: Mapping[str, Sequence[str]], settings: Settings, by_these: Sequence[str]) -> str:
    """Return which districts lay under another unit when the day was published first; `by_these`: a unit's figures by its own then."""
    if not first_units:
        return ""
    here = settings.way[-1] if settings.way else ""
    lowest_first = sorted(first_units, key=lambda unit: len(first_units[unit]))
    now = {district: (*settings.way, *settings.tree.units_of.get(district, ())) for district in settings.district_names}
    names = dict.fromkeys(unit for ways in now.values() for unit in ways)
    also = other_names(first_units, {unit: [district for district in now if unit in now[district]] for unit in names})
    moved = []
    for name, ways in now.items():
        left = [unit for unit in lowest_first if name in first_units[unit] and also.get(unit, unit) not in ways]
        came = [unit for unit in reversed(ways) if unit not in also.values() and name not in first_units.get(unit, ())]
        moved += [f"{name}由{left[0]}改归{came[0]}"] if left and came else []
    moved += [f"{name}不再归{here}" for name in first_units.get(here, ()) if name not in now]
    told = "".join(_of_unit(unit, was) for was, unit in also.items())
    if not moved:
        return told
    figures = f"按那时的旗区，{'，'.join(by_these)}。" if by_these else ""
    rest = f"等{len(moved)}个" if len(moved) > _MOST_MOVED else ""
    return told + f"旗区之上的级别与初次发布时不同：{'、'.join(moved[:_MOST_MOVED])}{rest}；数字、走势都按现在的级别。{figures}"


_MOST_MOVED: Final = 5


def renamed(former_names: Mapping[str, str], settings: Settings) -> str:
    """Return which districts and units had which names before; '' where none has another one. `former_names`: as `Sources` has them."""
    districts = {code: was for code, was in former_names.items() if settings.name_of(code) != code}
    named = "；".join(f"{settings.name_of(code)}原名{was}" for code, was in districts.items())
    units = "".join(_of_unit(unit, was) for unit, was in former_names.items() if unit not in districts)
    return f"{named}：是同一个旗区，案件和数字照旧。{units}" if named else units


def _of_unit(unit: str, was: str) -> str:
    return f"{unit}原名{was}，旗区照旧。"


def rule_changes(before: Rules, now: Rules) -> list[str]:
    """Return each rule that is another now, as a part of a sentence."""
    changed = [*_new_groups(before.groups, now.groups)]
    for part, names in ((before.windows, words.WINDOWS), (before.calendar, words.CALENDAR)):
        after = now.windows if part is before.windows else now.calendar
        for name, meaning in names.items():
            was, is_now = getattr(part, name), getattr(after, name)
            if was != is_now:
                changed.append(f"{meaning.name}由{_setting(was)}{meaning.meaning}改为{_setting(is_now)}{meaning.meaning}")
    return changed


def _new_groups(before: Sequence[Group], now: Sequence[Group]) -> Iterable[str]:
    if _sources(before) != _sources(now):
        groups = "；".join(f"{group.name}（{'、'.join(group.sources)}），目标{group.target_percent}%" for group in now)
        return [f"考核分组改为：{groups}"]
    pairs = zip(before, now, strict=True)
    return [f"{then.name}的目标由{then.target_percent}%改为{group.target_percent}%" for then, group in pairs if then != group]


def _setting(value: object) -> str:
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)
