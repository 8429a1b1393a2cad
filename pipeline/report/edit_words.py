"""The sentences about edited particulars: what changed in which case, and what that did to totals, rates and flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.day.edit_effects import Effects, FlagEffect, Mover, Shift
from pipeline.day.particulars import WATCHED, Edit
from pipeline.day.restatement import FlagThen
from pipeline.day.targets import Tally
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Certainty, Figure
from pipeline.report.moved_figures import by_causes, causes, fraction, has_moved, in_brief, is_better
from pipeline.report.report import Report
from pipeline.report.sentences import answered, answered_verdict, day
from pipeline.terms.contract import CASE_SHEETS, REFERRED
from pipeline.terms.messages import shorten
from pipeline.terms.words import ENDED_DISPUTES, FLAGS, OF_ASSIGNMENT, first_of

_GROUNDS = "撤销依据"
_FIGURES = {"案件来源": "group", "旗区": "district", "问题类别": "category", "包案领导": "leader", _GROUNDS: "group"}
"""By particular, the figure that it changes first of all."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much is said: so many cases of each list, so many characters of a text from a cell."""

    cases: int
    characters: int


AMPLE = Room(10**6, 60)


# --- what the edits did to a group's total -----------------------------------------------------------------------


def of_group(effects: Effects, group: str, room: Room = AMPLE) -> str:
    """Return which cases the day's edits took out of a group's total or brought in, and its rate without them; '' where none."""
    shift = next(iter(effects.of("group", group)), None)
    left, entered = (shift.left, shift.entered) if shift else ((), ())
    kinds = (
        ("撤销{}件" + _that_counted(shift), [mover for mover in left if not mover.after]),
        ("改到别组{}件", [mover for mover in left if mover.after]),
        ("恢复计入{}件", [mover for mover in entered if not mover.before and not mover.cancelled_in]),
        ("恢复并由别组改入{}件", [mover for mover in entered if mover.cancelled_in]),
        ("由别组改入{}件", [mover for mover in entered if mover.before]),
        ("恢复并改到别组{}件", [mover for other in _groups(effects) for mover in other.entered if mover.cancelled_in == group]),
    )
    parts = [
        f"{words.format(len(movers))}：{first_of([_mover(mover, group, room) for mover in movers], room.cases)}"
        for words, movers in kinds
        if movers
    ]
    if shift is None:
        return f"今日{'；'.join(parts)}。" if parts else ""
    if_not = "如没有这些改动" if any(movers for _words, movers in kinds[1:]) else "如仍按所报计入"
    return f"今日{'；'.join(parts)}。{if_not}，{would_be(shift.without, shift.tally)}。"


def _that_counted(shift: Shift | None) -> str:
    """Return how many of the cases that only left a total had counted as resolved; '' where none had, or others came in."""
    counted = shift.without.resolved - shift.tally.resolved if shift and not shift.entered else 0
    if shift is None or counted <= 0 or any(mover.after for mover in shift.left):
        return ""
    return "（原已化解）" if counted == len(shift.left) else f"（其中{counted}件原已化解）"


def _groups(effects: Effects) -> list[Shift]:
    return [shift for shift in effects.shifts if shift.part == "group"]


def _mover(mover: Mover, group: str, room: Room) -> str:
    if mover.grounds:
        again = f"第{mover.times}次撤销，" if mover.times > 1 else ""
        where = f"{_from_to(mover, group)}，" if mover.cancelled_in else ""
        return f"{mover.number}（{mover.district}，{where}{again}{'原' if mover.after else ''}依据：{_cut(mover.grounds, room)}）"
    return f"{mover.number}（{mover.district}，{_from_to(mover, group)}）"


def _from_to(mover: Mover, group: str) -> str:
    return f"改为{mover.after}" if mover.after != group else f"原为{mover.before or mover.cancelled_in}"


def would_be(without: Tally, tally: Tally) -> str:
    """Return what a figure would be, and how that stands to its target where the verdict would be another one."""
    if not without.total:
        return "为0件"
    against = f"，{'不低于' if without.met else '低于'}{without.target_percent}%的目标" if without.met != tally.met else ""
    return f"为{fraction(without)}{against}"


# --- all that was edited -----------------------------------------------------------------------------------------


def outcomes(effects: Effects, told_on: date, room: Room = AMPLE) -> tuple[str, str]:
    """Return which flags the day's edits took away or brought, and which districts' and leaders' figures they changed.

    First what betters or worsens a verdict: flags of cases that still count, and figures that meet their target by it or miss it, with
    the others that the same edits moved.
    """
    shifts = [shift for part in ("district", "leader") for shift in effects.shifts if shift.part == part]
    turned = [shift for shift in shifts if {shift.without.met, shift.tally.met} == {True, False}]
    moved = [shift for shift in shifts if shift not in turned and (has_moved(shift) or is_better(shift))]
    causes_of_turned = {causes(shift) for shift in turned}
    turned += [shift for shift in moved if causes(shift) in causes_of_turned]
    moved = [shift for shift in moved if shift not in turned]
    standing = [flag for flag in effects.flags if flag.columns != (_GROUNDS,)]
    others = [flag for flag in effects.flags if flag.columns == (_GROUNDS,)]
    return _flags(standing, room, told_on) + by_causes(turned, room.cases), _flags(others, room, told_on) + by_causes(moved, room.cases)


def of_late_reports(effects: Effects, told_on: date, room: Room = AMPLE) -> list[str]:
    """Return what late reports did to cases that had been told of: first the flags that fell, then those that stand, then the edits."""
    fell, stand = ([flag for flag in effects.flags if flag.is_raised is is_raised] for is_raised in (False, True))
    moved = [shift for shift in effects.shifts if shift.part in ("district", "leader") and has_moved(shift)]
    unconfirmed = effects.unconfirmed
    lost = f"日报更正后，{len(unconfirmed)}件{_in_brackets(unconfirmed, room)}不再写群众认可，仍计入化解。" if unconfirmed else ""
    of_flags = (
        _referred(effects, room),
        lost,
        _flags(fell, room, told_on),
        _flags(stand, room, told_on),
        _flags_then(effects.then, room, told_on),
    )
    said = (*of_flags, edits(effects, room), by_causes(moved, room.cases))
    return [sentence.removesuffix("。") for sentence in said if sentence]


def _referred(effects: Effects, room: Room) -> str:
    kinds = ((f"改为{REFERRED}，没有计入化解", effects.referred), (f"不再是{REFERRED}", effects.not_referred))
    parts = [f"{len(numbers)}件{_in_brackets(numbers, room)}{what}" for what, numbers in kinds if numbers]
    return f"日报更正后，{'；'.join(parts)}。" if parts else ""


def _flags_then(flags: Iterable[FlagThen], room: Room, told_on: date) -> str:
    """Return the flags that are known to have been others on earlier days, and are today what they were told to be."""
    found: dict[str, list[FlagThen]] = {}
    for flag in flags:
        found.setdefault(f"{'算作' if flag.is_raised else '不算'}{FLAGS[flag.flag].name}", []).append(flag)
    parts = []
    for outcome, changed in found.items():
        first, last = min(flag.first for flag in changed), max(flag.last for flag in changed)
        days = day(first, told_on) if first == last else f"{day(first, told_on)}至{day(last, told_on)}"
        parts.append(f"{days}改为{outcome}{len(changed)}件{_in_brackets([flag.number for flag in changed], room)}")
    return f"以前日期的督办有变、今日不变：{'；'.join(parts)}。" if parts else ""


def edits(effects: Effects, room: Room = AMPLE) -> str:
    """Return how many cases have which particular changed, with the cases but for those that `of_group` names."""
    if not effects.edits:
        return ""
    movers = [mover for shift in _groups(effects) for mover in (*shift.left, *shift.entered)]
    moved = {mover.number for mover in movers if mover.before and mover.after}
    told = {"案件来源": moved, _GROUNDS: {mover.number for mover in movers} - moved}
    freed = {(flag.number, column) for flag in effects.flags if not flag.is_raised for column in flag.columns}
    parts = []
    for column in WATCHED:
        changed = [edit for edit in effects.edits if edit.column == column and not edit.is_idle]
        changed.sort(key=lambda edit: (edit.number, edit.column) not in freed)  # first those that are no longer flagged by it
        news = [edit for edit in changed if edit.number not in told.get(column, ())]
        named = _in_brackets([f"{edit.number}：{_before_after(edit, room)}" for edit in news], room)
        parts += [f"{column}{len(changed)}件{named}"] if changed else []
    idle = {edit.number for edit in effects.edits if edit.is_idle}
    parts += [f"{'另有' if parts else ''}已撤销案件的时限{len(idle)}件，不影响督办"] if idle else []
    return f"台账要素改动{len({edit.number for edit in effects.edits})}件：{'、'.join(parts)}。"


def _before_after(edit: Edit, room: Room) -> str:
    empty = f"空（办结时限{edit.held}）" if edit.held else "空"
    again = f"，第{edit.times}次{'撤销' if edit.column == _GROUNDS else '延期'}" if edit.times > 1 else ""
    return f"{_cut(edit.before, room) if edit.before else empty}→{_cut(edit.after or '空', room)}{again}"


def _flags(flags: Iterable[FlagEffect], room: Room, told_on: date) -> str:
    """Return which flags cases lost or got, by the particulars behind that: such as 办结时限改后，2件不再算超期未结."""
    by_cause: dict[str, dict[str, list[str]]] = {}
    for flag in sorted(
        flags, key=lambda effect: ([WATCHED.index(column) for column in effect.columns[:1]], [*FLAGS].index(effect.flag), effect.is_raised)
    ):
        by_cause.setdefault(_cause(flag), {}).setdefault(_outcome(flag), []).append(_flagged(flag, told_on))
    parts = [
        f"{cause}，{'、'.join(f'{len(numbers)}件{outcome}{_in_brackets(numbers, room)}' for outcome, numbers in outcomes.items())}"
        for cause, outcomes in by_cause.items()
    ]
    return f"{'；'.join(parts)}。" if parts else ""


def _cause(flag: FlagEffect) -> str:
    if flag.columns == (_GROUNDS,):
        return "恢复计入后" if flag.is_raised else "撤销后"
    return f"{'、'.join(flag.columns)}改后" if flag.columns else "日报更正后"


def _flagged(flag: FlagEffect, told_on: date) -> str:
    """Return the case's number with what else is to be said of the flag: by which deadlines, and that it is no first extension."""
    moved = "→".join(day(moved, told_on) for moved in flag.moved) if flag.moved else ""
    again = f"第{flag.times}次延期" if flag.times > 1 else ""
    said = "，".join(part for part in (moved, again) if part)
    return f"{flag.number}：{said}" if said else flag.number


def _outcome(flag: FlagEffect) -> str:
    if flag.moved:
        return f"仍算{FLAGS[flag.flag].name}、起算的时限改{'晚' if flag.moved[0] < flag.moved[1] else '早'}"
    return f"{'算作' if flag.is_raised else '不再算'}{FLAGS[flag.flag].name}"


# --- edit by edit ------------------------------------------------------------------------------------------------


def by_edit(effects: Effects) -> list[tuple[Edit, str]]:
    """Return every edit with what it did, in their order."""
    flags: dict[tuple[str, str], list[str]] = {}
    for flag in effects.flags:
        for column in flag.columns:
            flags.setdefault((flag.number, column), []).append(_outcome(flag))
    figures: dict[tuple[str, str], list[str]] = {}
    bettered: dict[str, list[str]] = {}
    for shift in effects.shifts:
        for mover in (*shift.left, *shift.entered):
            figures.setdefault((mover.number, shift.part), []).append(in_brief(shift, is_whole=True))
            if shift.part in ("district", "leader") and is_better(shift):
                bettered.setdefault(mover.number, []).append(in_brief(shift, is_whole=True))
    for number, said in bettered.items():  # told of the cancellation: of a district or leader that was changed the figure is told anyway
        figures.setdefault((number, "group"), []).extend(said)
    return [(edit, _effect(edit, flags, figures)) for edit in effects.edits]


def _effect(edit: Edit, flags: Mapping[tuple[str, str], list[str]], figures: Mapping[tuple[str, str], list[str]]) -> str:
    figure = figures.get((edit.number, _FIGURES.get(edit.column, "")), [])
    changes = [*figure, *flags.get((edit.number, edit.column), [])]
    if edit.is_idle and not changes:
        return "此案已撤销，时限不起作用"
    return "；".join(changes) or "总数、化解率和督办不变"


# --- what stands of the register ---------------------------------------------------------------------------------


def cancelled(cases: Iterable[CaseLine], effects: Effects, where: str, room: Room = AMPLE, *, of_day_at: str = "见上") -> str:
    """Return every cancelled case with its grounds, but for those of the day, which `of_group` names; '' where none is cancelled.

    Where there are many, the first of them, how many there are, and where. `of_day_at`: where those of the day are named, so that only
    the others are looked for elsewhere.
    """
    lines = [case for case in cases if case.grounds]
    if not lines:
        return ""
    of_day = {mover.number for shift in effects.shifts if shift.part == "group" for mover in shift.left if not mover.after}
    earlier = [case for case in lines if case.number not in of_day]
    named = [
        f"{case.number}（{case.district}，{_source(case)}，{_again(case)}依据：{_cut(case.grounds, room)}）"
        for case in earlier[: room.cases]
    ]
    parts = [f"今日{len(of_day)}件{of_day_at}"] if of_day else []
    first = f"{'、'.join(named)}{'等' if len(named) < len(earlier) else ''}"
    parts += [f"此前{len(earlier)}件{f'：{first}' if named else ''}"] if of_day and earlier else [first] if named else []
    is_complete = named and len(named) == len(earlier) and all(_cut(case.grounds, room) == case.grounds for case in earlier)
    told = f"{'。' if named else ''}{'逐件' if is_complete else '依据'}见{where}" if earlier or not of_day_at else ""
    return f"已撤销、不计入总数的共{len(lines)}件{'：' if parts else '，'}{'，'.join(parts)}{told}。"


def _again(case: CaseLine) -> str:
    return f"第{case.cancellations}次撤销，" if case.cancellations > 1 else ""


def _source(case: CaseLine) -> str:
    return case.source if case.source == case.first_source or not case.first_source else f"{case.source}，原为{case.first_source}"


def warnings(cases: Sequence[CaseLine], room: Room = AMPLE) -> str:
    """Return what of the assignment workbook or of a reply does not hold: cases left out, later 交办日期, replies too old."""
    kinds: tuple[tuple[str, Callable[[CaseLine], bool]], ...] = (
        ("{}件交办日期被改晚，仍按原日期计入", lambda case: case.postponed_to is not None),
        ("{}件在分解表里不见了，仍按原内容计入", lambda case: "missing_from_assignment" in case.flags),
        ("{}件群众不认可后换了答复文号，但答复日期更早，仍按不认可计", lambda case: case.is_reply_too_early),
    )
    parts = []
    odd = [case for case in cases if case.postponed_to is not None or case.is_reply_too_early or "missing_from_assignment" in case.flags]
    for words, is_so in kinds:
        lines = [case for case in odd if not case.grounds and is_so(case)]
        parts += [f"{words.format(len(lines))}（{first_of([_warned(case) for case in lines], room.cases)}）"] if lines else []
    return f"{'；'.join(parts)}。" if parts else ""


def _warned(case: CaseLine) -> str:
    if case.postponed_to is None:
        return f"{case.number}"
    return f"{case.number}：{case.assigned}→{case.postponed_to}"


def refused_rows(report: Report, room: Room = AMPLE) -> str:
    """Return how many rows of the assignment workbook in force were refused, of what, and which cases keep what they had; '' where none."""
    refused = (line.finding for line in report.findings if line.use == OF_ASSIGNMENT and line.finding.refuses)
    rows = {(finding.sheet, finding.row) for finding in refused if finding.row}
    of_sheet = Counter(sheet for sheet, _row in rows)
    elsewhere = [f"{of_sheet[sheet]}行是“{sheet}”表的，不是案件" for sheet in sorted(of_sheet) if sheet not in CASE_SHEETS]
    kept = [case for case in report.cases if case.refused_rows]
    others = sum(of_sheet[sheet] for sheet in CASE_SHEETS) - sum(case.refused_rows for case in kept)
    named = [f"{first_of([case.number for case in kept], room.cases)}{f'共{len(kept)}件' if len(kept) > room.cases else ''}沿用原内容"]
    parts = [*(named if kept else ()), *([f"{others}行没有列入台账{_unlisted(report, room)}"] if others > 0 else []), *elsewhere]
    return f"现行分解表{len(rows)}行没有采用：{'，'.join(parts)}。" if rows else ""


def _unlisted(report: Report, room: Room) -> str:
    """Return which cases these rows are about, in brackets; '' where none has a number."""
    rows = report.beyond.refused_assignments
    numbers = list(dict.fromkeys(row.number for row in rows if row.sheet in CASE_SHEETS and row.number and not row.is_listed))
    return f"（{first_of(numbers, room.cases)}{f'共{len(numbers)}件' if len(numbers) > room.cases else ''}）" if numbers else ""


def of_day(report: Report) -> list[str]:
    """Return all that is said of the register beside each group's total: what was edited, what that did, and what does not hold."""
    said = (referred(report), edits(report.edited), *outcomes(report.edited, report.day), warnings(report.cases), refused_rows(report))
    return [sentence for sentence in said if sentence]


def referred(report: Report, room: Room = AMPLE) -> str:
    """Return which cases that were flagged yesterday were referred today, and have their flags no more; '' where none were."""
    parts = [
        f"{len(report.referred[flag])}件{FLAGS[flag].name}{_in_brackets(report.referred[flag], room)}"
        for flag in FLAGS
        if flag in report.referred
    ]
    return f"今日{'、'.join(parts)}转为{REFERRED}，没有计入化解，不再列入督办。" if parts else ""


def disputes(report: Report, figure: Figure, room: Room = AMPLE, *, with_ended: bool = True) -> str:
    """Return how the 不认可 in a group ended that stand no more, and of which a revision took it back without 认可; '' where none."""
    if not report.ended_disputes:
        return ""
    cases = [case for case in report.cases if case.group == figure.group]
    withdrawn = {number for number, how in report.ended_disputes.items() if how not in ENDED_DISPUTES}
    lines = [case for case in cases if case.number in withdrawn and not case.grounds]
    ended = _ended(cases, report.ended_disputes, room) if with_ended else ""
    return ended + _withdrawn(lines, report.refused_answers, figure.tally, room)


def _ended(cases: Sequence[CaseLine], ended: Mapping[str, str], room: Room) -> str:
    kinds = [(how, [case.number for case in cases if ended.get(case.number) == key]) for key, how in ENDED_DISPUTES.items()]
    parts = [f"{len(numbers)}件{_in_brackets(numbers, room)}原群众不认可，{how}" for how, numbers in kinds if numbers]
    return f"{'；'.join(parts)}。" if parts else ""


def answered_before(report: Report, certainty: Certainty, tally: Tally) -> str:
    """Return the cases without which a target is missed, their 不认可 ended by another reply alone; '' where the day's changes tell it."""
    told = {number for number, how in report.ended_disputes.items() if how in ENDED_DISPUTES}
    return "" if told.issuperset(certainty.answered) or not answered_verdict(certainty, tally) else answered(certainty)


def _withdrawn(lines: Sequence[CaseLine], refused: Collection[str], tally: Tally, room: Room) -> str:
    """Return of which cases 不认可 stands no more, dropped without 认可 or in a row that was refused, and the rate if it stood."""
    dropped = ""
    for is_refused in (False, True):
        named = [f"{case.number}（{case.district}）" for case in lines if (case.number in refused) is is_refused]
        count, cases = len(named), first_of(named, room.cases)
        if named and is_refused:
            dropped += f"更正的日报里写有群众确认的{count}行退回，原报的不认可因此不再计：{cases}。"
        elif named:
            dropped += f"更正的日报去掉了{count}件的群众不认可，又没有写认可：{cases}。"
    counted = sum(case.is_counted for case in lines)
    without = Tally(tally.target_percent, tally.total, tally.resolved - counted)
    return f"{dropped}如仍按不认可，{would_be(without, tally)}。" if counted else dropped


def _in_brackets(names: Sequence[str], room: Room) -> str:
    return f"（{first_of(names, room.cases)}）" if names and room.cases else ""


def _cut(text: str, room: Room) -> str:
    line = shorten(text)
    return line if len(line) <= room.characters else f"{line[: room.characters - 1]}…"
