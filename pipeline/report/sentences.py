"""A report's sentences: made once, so that Word, PDF, page and workbook have the same words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from pipeline.day.targets import Tally
from pipeline.report import pace_words
from pipeline.report.case_lines import CaseLine, Decision
from pipeline.report.figures import Bounds, Bridge, Certainty, DayBefore, Figure, Ladder, OpenPoint, Step, Way
from pipeline.report.submission_lines import SubmissionLine
from pipeline.report.who_reported import some, unheard
from pipeline.terms import open_reasons, words

BOUNDS_RULE = (
    "“补报后最低、最高”指缺报的日报补齐、退回的行改正以后，化解率可能的范围：缺报旗区的案件、被退回的行所说的案件，"
    "凡此后没有以写明重新办理原因的行再报的，以及已化解而没有认可的，最低按全部不计入化解、最高按全部计入化解计算（补来的日报可能使以后的行退回）；"
    "每份缺报的日报另按可能新增{most}件计入总数。范围只随补报、改正变化，不是预测。"
)

PROVISIONAL_GAP = "“还差”带“*”的是暂计，补报、改正后可能改变。"


def danger(case: CaseLine | Decision, told_on: date) -> str:
    """Return behind a case's number that a danger about it has not ended, and of which day: （10月13日急报）; '' where none stands."""
    return f"（{day(case.danger_on, told_on)}急报）" if case.danger_on else ""


def day(moment: date, anchor: date | None) -> str:
    """Such as 5月21日; 2019年5月21日 where that is not the year of the anchor, which is the day that the paper is about."""
    return words.near(moment, anchor)


def deadline(moment: date, anchor: date | None, *, is_beyond: bool) -> str:
    """Return a day, and where it is extended beyond what the regulation allows that it has to be checked before anybody relies on it."""
    return f"{day(moment, anchor)}{words.BEYOND if is_beyond else ''}"


def extended(line: CaseLine, anchor: date | None) -> str:
    """Return until when a case is extended, such as SJ-2020-001延至5月30日, and whether that is beyond what the regulation allows."""
    return f"{line.number}延至{deadline(line.deadline, anchor, is_beyond=line.is_beyond)}" if line.deadline else line.number


def long_day(moment: date) -> str:
    """Such as 2020年5月21日."""
    return f"{moment.year}年{moment.month}月{moment.day}日"


def rate(percent: str | None) -> str:
    """Such as 93.5%; a dash where there is no rate."""
    return f"{percent}%" if percent else "—"


def target(figure: Figure, *, is_reasoned: bool = True) -> str:
    """Return whether the target is met, else how many cases it lacks, in a sentence that can be read aloud.

    `is_reasoned`: why that is provisional is said too, else it stands elsewhere.
    """
    tally = figure.tally
    if not tally.total:
        return f"{figure.label}：目前没有案件，不计算化解率{f'；{why_open(figure.bounds)}' if figure.bounds else ''}。"
    count = f"{figure.label}案件共{tally.total}件，已化解{tally.resolved}件，化解率{rate(tally.rate_percent)}"
    if figure.bounds and not figure.is_certain:
        lacking = f"，还差{tally.shortfall}件" if tally.shortfall else ""
        why = f"，还不能确定：{why_open(figure.bounds)}" if is_reasoned else ""
        return f"{count}，{figure.verdict}（目标{tally.target_percent}%{lacking}）{why}。"
    if tally.met:
        return f"{count}，达到{tally.target_percent}%的目标。"
    return f"{count}，没有达到{tally.target_percent}%的目标，还差{tally.shortfall}件。"


def by_its_target(before: Tally, target_percent: int) -> str:
    """Return how yesterday's figure was judged where its target was another than today's; else ''."""
    if before.met is None or before.target_percent == target_percent:
        return ""
    return f"（按当时目标{before.target_percent}%，按件数算{'' if before.met else '未'}达标）"


def verdict(figure: Figure, absent: str = "", unread: Collection[str] = ()) -> str:
    """Return the verdict in a few words, and why it is provisional; `absent`, `unread`: as of `why_open`."""
    lacking = f"，还差 {figure.tally.shortfall} 件" if figure.tally.shortfall else ""
    why = f"（{why_open(figure.bounds, absent, unread)}）" if figure.bounds and not figure.is_certain else ""
    return f"{figure.verdict or '没有案件'}{lacking}{why}"


def why_open(ends: Bounds, absent: str = "", unread: Collection[str] = ()) -> str:
    """Return why a figure is not settled yet: every reason that can still turn it, in the order of `rate_bounds.REASONS`.

    `absent`: one of ABSENT_YET, said of whose report is not there, where that is not simply missing; `unread`: whose waits.
    """
    days = {"behind": ends.behind, "behind-returned": ends.returned, "behind-lost": ends.lost}
    missing = [name for why, names in ends.reasons if why == "absent" for name in names]
    not_there = [
        (absent, [name for name in missing if name not in unread]),
        (open_reasons.NOT_TAKEN_IN, [*filter(unread.__contains__, missing)]),
    ]
    none: Sequence[date] = ()
    said = [(said or open_reasons.OPEN_REASONS["absent"], names, none) for said, names in not_there if names]
    said += [(open_reasons.OPEN_REASONS[why], [*names], days.get(why, none)) for why, names in ends.reasons if why != "absent"]
    reasons = "，".join(f"{some(names)}{what}{_of_days(on, names, ends)}" for what, names, on in said)
    mended = [open_reasons.ABSENT_YET[said] for said, names in not_there if names]
    after = "、".join(dict.fromkeys([*mended, *_mended_by({why for why, _districts in ends.reasons} - {"absent"})]))
    return f"{reasons}，{after}后结论可能改变"


def _mended_by(kinds: Collection[str]) -> list[str]:
    """Return what has to be done before a verdict may turn, such as 补报 and 改正."""
    return [name for name, whys in open_reasons.MENDED_BY.items() if whys.intersection(kinds)]


def _of_days(days: Sequence[date], districts: Sequence[str], ends: Bounds) -> str:
    several = len(days) > 1 and len(districts) > 1
    how = "，每天都缺" if all((district, day) in ends.open for district in districts for day in days) else "，各缺其中一日或几日"
    return f"（{_days(days, ends.told_on)}{how if several else ''}）" if days else ""


def since_yesterday(bridge: Bridge, submissions: Sequence[SubmissionLine] = ()) -> str:
    """Return how total and resolved cases have changed since the day before, as far as districts have reported."""
    if bridge.day_before == "none":
        earlier = f"；已化解的{bridge.resolved}件，有的可能是以前化解、今日才报来的" if bridge.resolved else ""
        return f"此前没有日报，没有前一日的数字可比{earlier}。"
    who = unheard(submissions)
    restated = [f"{ladder.name}{_changed(changes)}" for ladder in bridge.ladders if (changes := ladder.restated)]
    because = f"（其中前一日更正使{'，'.join(restated)}，不是今日的变化）" if restated else ""
    if given := [f"{ladder.name}{_changed(changes)}" for ladder in bridge.ladders if (changes := ladder.given)]:
        because += f"（其中案件改派使{'，'.join(given)}：{bridge.given_in_brief}）"
    as_before = f"（{who.some}）" if who.some else ""
    if not any(ladder.change for ladder in bridge.ladders):
        if who.nobody and not restated:
            return f"今日{who.nobody}，总数和已化解件数沿用前一日。"
        return f"总数和已化解件数与前一日{f'（{known(bridge)}）' if restated else ''}相同{because}{as_before}。"
    moved = "，".join(f"{ladder.name}{_moved(ladder.change)}" for ladder in bridge.ladders)
    remarks = [*(["没有旗区报送"] if bridge.day_before == "silent" else []), *([known(bridge)] if restated else [])]
    in_brackets = f"（{'，'.join(remarks)}）" if remarks else ""
    return f"与前一日{in_brackets}相比，{moved}{because}{as_before}。"


def known(bridge: Bridge) -> str:
    """Return what yesterday's numbers rest on where later reports restate them: which edition of it was read, nobody can say."""
    return f"按次日{bridge.known_until:%H:%M}所知"


def _changed(changes: Sequence[int]) -> str:
    """Return the changes of a number both ways, such as 增加2件、减少1件."""
    return "、".join(map(_moved, changes))


def _moved(change: int) -> str:
    if not change:
        return "不变"
    return f"{'增加' if change > 0 else '减少'}{abs(change)}件"


def bounds(ends: Bounds) -> str:
    """Return what the rate could be once everything is reported, and whether that could change if the target is met."""
    low, high = ends.lowest, ends.highest
    span = f"缺报、退回的内容补齐后，化解率最低{rate(low.rate_percent)}、最高{rate(high.rate_percent)}"
    if low.met == high.met:
        return f"{span}，{'今天都达标' if low.met else '今天都不达标'}。"
    return f"{span}，是否达标要等补报后才能确定。"


def bounds_range(ends: Bounds) -> str:
    """Return the same in per cent, short enough for a cell, such as 61.2～96.7."""
    return f"{ends.lowest.rate_percent or '—'}～{ends.highest.rate_percent or '—'}"


def confirmation(certainty: Certainty) -> str:
    """Return how many of the resolved cases the people concerned have confirmed; '' where none is resolved."""
    count = sum(certainty.confirmation.values())
    if not count:
        return ""
    return f"已化解的{count}件中，{'、'.join(f'{name}{certainty.confirmation[key]}件' for key, name in words.CONFIRMATIONS.items())}。"


def answered(certainty: Certainty, most: int = 4) -> str:
    """Return the counted cases whose 不认可 another reply ended, without a 认可 since; '' where there are none."""
    cases = certainty.answered
    return f"{len(cases)}件原群众不认可、另行答复后计入、此后没有认可：{words.first_of(cases, most)}。" if cases else ""


def answered_verdict(certainty: Certainty, tally: Tally) -> str:
    """Return that a target is met only by cases whose 不认可 another reply ended, without a 认可 since; '' elsewhere."""
    count = len(certainty.answered)
    without = Tally(tally.target_percent, tally.total, tally.resolved - count)
    if not tally.met or without.met:
        return ""
    side = f"不计这{count}件为{rate(without.rate_percent)}，不到{tally.target_percent}%"
    return f"其中{count}件原群众不认可、另行答复后计入、此后没有认可，{side}"


def edited_cases(certainty: Certainty, most: int = 4) -> list[str]:
    """Return by kind the cases that edits of the register took out of a group or brought in, so many of each by number."""
    return [f"{name}{len(numbers)}件：{words.first_of(numbers, most)}" for name, numbers in certainty.moved.items()]


def unmoved(certainty: Certainty, tally: Tally, most: int = 4) -> str:
    """Return the rate that no correction of the register can better, and the cases that make the difference; '' where it is the same.

    Of each kind of them so many are named; with 0 they stand elsewhere. That cancelled cases count as unresolved here is always said:
    beside it stands what the rate would be if they still counted as they are reported.
    """
    rules = (("撤销的一律按未化解计", certainty.cancelled), ("改派的按最先所在的单位算", certainty.went or certainty.came))
    said = [*(edited_cases(certainty, most) if most else ()), *(rule for rule, cases in rules if cases)]
    return without_edits(certainty.unmoved, tally, f"（{'；'.join(said)}）" if said else "")


def behind_edits(certainty: Certainty, tally: Tally, most: int = 4) -> str:
    """Return those cases where the rate without edits stands elsewhere; '' where it is the same."""
    cases = edited_cases(certainty, most) if without_edits(certainty.unmoved, tally) else []
    return f"台账改动的案件：{'；'.join(cases)}。" if cases else ""


def without_edits(unmoved: Tally, tally: Tally, edits: str = "") -> str:
    """Return the rate that no edit of the register can better, to stand beside a rate; '' where it is the same."""
    if unmoved.resolved * tally.total == tally.resolved * unmoved.total and bool(unmoved.total) == bool(tally.total):
        return ""
    return f"不计台账改动{edits}，化解率为{rate(unmoved.rate_percent)}（{unmoved.resolved}/{unmoved.total}）{_other_side(unmoved, tally)}。"


def unmoved_verdict(certainty: Certainty, tally: Tally) -> str:
    """Return the rate without edits of the register where the target is met by the one and missed by the other; '' elsewhere."""
    side = _other_side(certainty.unmoved, tally)
    return f"不计台账改动为{rate(certainty.unmoved.rate_percent)}{side}" if side else ""


def without_which(certainty: Certainty | None, tally: Tally) -> list[str]:
    """Return what alone puts a target on its side, to stand beside every verdict: edits of the register, replies that nobody accepted."""
    return [said for says in (unmoved_verdict, answered_verdict) if certainty and (said := says(certainty, tally))]


def _other_side(unmoved: Tally, tally: Tally) -> str:
    if unmoved.met is None or unmoved.met is (tally.met is not False):
        return ""
    return f"，{'达到' if unmoved.met else '不到'}{unmoved.target_percent}%"


def way(way: Way) -> str:
    """Return how many more, by which deadline, and where the pace of the last days leads; '' where nothing is lacking."""
    lacking = way.tally.shortfall
    if not lacking:
        return ""
    if way.open < lacking:
        return f"还差{lacking}件，而可以继续化解的只有{way.open}件，全部化解也达不到目标；其余案件已导入法定途径。"
    overdue = f"其中{way.overdue}件已超期，" if way.overdue else ""
    by = (
        "还差{}件"
        if way.by is None
        else f"补足这{{}}件，按办结时限先后化解，{overdue}最后一件的时限是{deadline(way.by, way.told_on, is_beyond=way.is_beyond)}"
    )
    passed = f"，{_earliest(way)}已超期" if way.has_passed else ""
    return f"{by.format(lacking)}{passed}{_pace(way)}。"


def out_of_reach(way: Way) -> str:
    """Return that a target is missed even if all cases that still can be are resolved, beside its verdict; '' where it may be met."""
    if not 0 <= way.open < way.tally.shortfall:
        return ""
    return f"可继续化解的{way.open}件全部化解也达不到目标"


def _earliest(way: Way) -> str:
    """Return so many open cases as are lacking, by their deadlines, in words that a single one fits too."""
    lacking = way.tally.shortfall
    if way.open == lacking:
        return "在办的只有这1件，" if lacking == 1 else f"在办的也只有这{lacking}件，都"
    return "时限最早的1件" if lacking == 1 else f"时限最早的{lacking}件都"


def _pace(way: Way) -> str:
    """Return where the pace of the last days leads; '' where none can be told."""
    if not way.days:
        return ""
    pace = f"；{pace_words.gained(way)}，{pace_words.but(way)}"
    if way.stopped or way.lacked <= way.tally.shortfall:
        return f"{pace}不推算哪天达标"
    return f"{pace}按此进度推算，{f'{long_day(way.expected)}可以达标' if way.expected else '十年内不能达标'}"


# --- what changed ------------------------------------------------------------------------------------------------


def bridge(bridge: Bridge, most: int = 3, submissions: Sequence[SubmissionLine] = ()) -> str:
    """Return how a group's figures follow from yesterday's, step by step.

    Of what is known of yesterday by now the first cases are named, `most` of them.
    """
    ladders = bridge.ladders
    if bridge.day_before == "none":
        return f"{bridge.group}：{'、'.join(f'{ladder.name}{ladder.now}件' for ladder in ladders)}，此前没有日报，没有前一日的数字可比。"
    if not any(ladder.steps for ladder in ladders):
        nobody = unheard(submissions).nobody
        same = f"{nobody}，沿用前一日" if nobody else "都与前一日相同"
        return f"{bridge.group}：{'、'.join(f'{ladder.name}{ladder.now}件' for ladder in ladders)}，{same}。"
    return f"{bridge.group}：{'；'.join(_ladder(ladder, most, known(bridge)) for ladder in ladders)}。"


def _ladder(ladder: Ladder, most: int, known: str) -> str:
    if not ladder.steps:
        return f"{ladder.name}{ladder.now}件，与前一日相同"
    steps = "、".join(f"{words.STEPS[step.kind].name}{_moved(step.change)}{_restated_cases(step, most)}" for step in ladder.steps)
    return f"{ladder.name}前一日{f'{known}为' if ladder.restated else ''}{ladder.before}件，{steps}，今日{ladder.now}件"


def _restated_cases(step: Step, most: int) -> str:
    """Return the first cases of what became known of yesterday only later; other steps' cases stand among the changes."""
    if step.kind != "restated" or not most:
        return ""
    return f"（{words.first_of(step.cases, most)}）"


def changes(
    kinds: Sequence[tuple[str, str, int]],
    where: str,
    submissions: Sequence[SubmissionLine] = (),
    *,
    has_steps: bool = False,
    day_before: DayBefore = "reported",
) -> str:
    """Return each kind of change with the cases that are named, how many there are of it, and where they stand.

    `has_steps`: the steps from yesterday's figures to today's stand there too, and not here.
    """
    who = unheard(submissions)
    unknown = who.asked("有没有变化")
    steps = f"各项增减见{where}。" if has_steps else ""
    besides = "另有" if any(kind in LOST for kind, _named, _count in kinds) else ""  # those are told as what they are
    parts = [
        f"{besides * (kind == 'no_longer_counted')}{words.CHANGES[kind].name}{count}件{f'（{named}）' if named else ''}"
        for kind, named, count in kinds
    ]
    if all(kind in words.BY_TIME for kind, _named, _count in kinds):
        late = f"{'；'.join(parts)}，逐件见{where}。" if parts else ""
        if who.nobody:
            return f"今日{who.nobody}，案件有没有新化解、重新办理等变化，不知道。{late}{steps}"
        whose = f"{'日报可用' if who.refused or who.lost else '有日报'}的{who.heard}个旗区，" if who else ""
        return f"{whose}今日没有案件新化解、重新办理、不再计入化解、新增、撤回或变更状态。{late}{unknown}{steps}"
    return f"{NOT_REPORTED_BEFORE[day_before]}{'；'.join(parts)}。{unknown}逐件{'和两数的各项增减' if has_steps else ''}见{where}。"


LOST = ("reopened", "newly_disputed")
"""Kinds of changes by which a case counts no longer."""
NOT_REPORTED_BEFORE: Mapping[str, str] = {
    "reported": "",
    "silent": "前一日没有任何旗区报送，以下变化有的可能是以前发生、今日才报来的。",
    "none": "此前没有日报，以下变化有的可能是以前发生、今日才报来的。",
}
"""What is to be known of the day's changes, by `DayBefore`."""


def day_before(day_before: date, bridge: Bridge, *, is_restated: bool) -> str:
    """Return what stands beside yesterday's numbers, such as 前一日（5月17日）."""
    reports = bridge.day_before
    name = "此前没有日报" if reports == "none" else f"前一日{known(bridge) if is_restated else ''}"
    return f"{name}（{day(day_before, day_before + _ONE_DAY)}{'，只有台账' if reports == 'none' else ''}）"


# --- what is asked of leaders ------------------------------------------------------------------------------------


def asked(decision: Decision) -> str:
    """Return what is asked of leaders: in the district's own words, else what the rules ask."""
    return decision.asked or words.DECISIONS[decision.kinds[0]].asked


def rest(count: int, where: str) -> str:
    """Return that so many more stand elsewhere; '' where all are shown."""
    return f"限于篇幅，每类先列一部分，其余{count}件见{where}。" if count > 0 else ""


def more(count: int, what: str, where: str) -> str:
    """Return that so many more stand elsewhere; '' where none does."""
    return f"其余{count}个{what}见{where}。" if count > 0 else ""


# --- bounds ----------------------------------------------------------------------------------------------------------


def bounds_rule(most_new: int, points: Iterable[OpenPoint] = (), told_on: date | None = None) -> str:
    """Return how the bounds are worked out, and what keeps them open, to stand under a table that shows them."""
    open_points = "；".join(_open_point(point, told_on) for point in points)
    return BOUNDS_RULE.format(most=most_new) + (f"目前没有报清楚的：{open_points}。" if open_points else "")


def _open_point(point: OpenPoint, told_on: date | None) -> str:
    missing = f"缺{_days(point.missing, told_on)}的日报" if point.missing else ""
    unused = (f"{_days(days, told_on)}的日报{became}" for days, became in ((point.returned, "整份退回"), (point.lost, "原件遗失")) if days)
    refused = f"{_days(point.refused, told_on)}有退回的内容" if point.refused else ""
    awaited = f"{_days(point.awaited, told_on)}报的案件后来才列入台账，列入以后还没有再报" if point.awaited else ""
    return f"{point.district}{'，'.join(part for part in (missing, *unused, refused, awaited) if part)}"


def _days(days: Sequence[date], told_on: date | None) -> str:
    shown = "、".join(day(open_day, told_on) for open_day in days[-_MOST_DAYS:])
    return shown if len(days) <= _MOST_DAYS else f"{shown}等{len(days)}天"


_MOST_DAYS = 4
_ONE_DAY = timedelta(days=1)
