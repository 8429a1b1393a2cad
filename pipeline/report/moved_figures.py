"""The sentences about figures that the day's edits moved: each with its own cause, or with all of them where they moved it together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.day.edit_effects import Mover, Shift
from pipeline.day.targets import Tally
from pipeline.report.sentences import rate
from pipeline.terms.words import first_of

_CANCELLED: Final = "撤销"
_RESTORED: Final = "恢复计入"
_OTHER_GROUP: Final = "案件来源改动"
_LABELS: Final = {
    "district": "旗区改动",
    "leader": "包案领导改动",
    "category": "问题类别改动",
    "source": _OTHER_GROUP,
    "group": _OTHER_GROUP,
}
"""What moved a case within its group, by the part of the figure."""
_ORDER: Final = (_CANCELLED, _RESTORED, _OTHER_GROUP, *_LABELS.values())


def by_causes(shifts: Sequence[Shift], most: int) -> str:
    """Return what figures were without the edits and are with them, by what moved them; of many the first, and how many more."""
    told: dict[str, list[str]] = {}
    for shift in shifts[:most]:
        told.setdefault(causes(shift), []).append(in_brief(shift))
    parts, rest = [f"{cause}，{'、'.join(figures)}" for cause, figures in told.items()], shifts[most:]
    changed = sum(shift.without != shift.tally for shift in rest)
    left_out = [f"{changed}个旗区或包案领导的数字有变"] if changed else []
    left_out += [f"{len(rest) - changed}个案件有进有出、数字没有变"] if changed < len(rest) else []
    if left_out:
        parts.append(f"{'另有' if parts else '因改动，'}{'，'.join(left_out)}")
    return f"{'；'.join(parts)}。" if parts else ""


def causes(shift: Shift) -> str:
    """Return what moved the figure, with the cases, such as 撤销后（SJ-2020-001）; of several causes that they did it together."""
    by_cause: dict[str, list[str]] = {}
    for mover in (*shift.left, *shift.entered):
        by_cause.setdefault(_cause(mover, shift), []).append(mover.number)
    named = [f"{cause}（{_numbers(by_cause[cause])}）" for cause in dict.fromkeys(_ORDER) if cause in by_cause]
    return f"{'、'.join(named)}合计" if len(named) > 1 else f"因{named[0]}" if named else "因改动"


def _numbers(numbers: Sequence[str]) -> str:
    listed = [*dict.fromkeys(numbers)]
    return f"{first_of(listed, 2)}{f'共{len(listed)}件' if len(listed) > 2 else ''}"  # noqa: PLR2004 - two fit in a line


def _cause(mover: Mover, shift: Shift) -> str:
    if not mover.after:
        return _CANCELLED
    if not mover.before:
        return _RESTORED
    return _LABELS[shift.part] if shift.label in (mover.before, mover.after) else _OTHER_GROUP


def in_brief(shift: Shift, *, is_whole: bool = False) -> str:
    """Return what a figure was without the edits and what it is with them.

    `is_whole`: it is told of one edit, and says where others moved it too.
    """
    label = shift.label if shift.part == "group" else f"{shift.label}（{shift.group}）"
    if shift.without == shift.tally:  # one out and one in: the case that left may be the one that was not resolved
        out, come = (first_of([mover.number for mover in movers], 1) for movers in (shift.left, shift.entered))
        return f"{label}仍为{fraction(shift.tally)}，移出{out}，移入{come}"
    cases = {mover.number for mover in (*shift.left, *shift.entered)}
    together = f"（{len(cases)}件改动合计）" if is_whole and len(cases) > 1 else ""
    return f"{label}由{fraction(shift.without)}变为{fraction(shift.tally)}{together}"


def fraction(tally: Tally) -> str:
    """Return a figure with its rate: 5/6（83.3%）."""
    return f"{tally.resolved}/{tally.total}（{rate(tally.rate_percent)}）"


def has_moved(shift: Shift) -> bool:
    """Whether a case changed its label within the group; one that changed its group is told with that."""
    left, entered = (mover.before for mover in shift.left if mover.after), (mover.after for mover in shift.entered if mover.before)
    return shift.label in (*left, *entered)


def is_better(shift: Shift) -> bool:
    """Whether a rate is higher than without the edits, by whatever they did: a cancellation too flatters whoever had the case."""
    now, without = shift.tally, shift.without
    if not without.total:  # a rate where there was none at all
        return now.resolved > 0
    return now.resolved * without.total > without.resolved * now.total
