"""What the day's edits of particulars did: the day as it is beside the same day with yesterday's particulars in their place.

Not beside yesterday itself: a case that was resolved today is not edited away, and one that would have become overdue today is.
What a late report did to cases that had been told of is compared in the same way, with what was told in the place of what is known.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.day import particulars, supervision
from pipeline.day.cases import Case
from pipeline.day.particulars import Edit
from pipeline.day.restatement import FlagThen
from pipeline.day.standing import Register, Standing, as_it_stood, is_known_otherwise
from pipeline.day.targets import Tally
from pipeline.settings.config import Settings
from pipeline.terms.contract import CONFIRMED, REFERRED
from pipeline.terms.words import FLAGS

PARTS = ("group", "source", "district", "leader", "category")
"""By what cases are counted, each of them within the groups."""
_GROUNDS = "撤销依据"
_WORST_FIRST = ("disputed", "overdue", "stalled", "acceptance_overdue", "due_soon")
_DEADLINES = ("办结时限", "延期至")
_BEHIND = {
    "overdue": _DEADLINES,
    "due_soon": _DEADLINES,
    "stalled": ("交办日期",),
    "acceptance_overdue": ("交办日期",),
    "incomplete_assignment": ("案由", "包案领导", "办结时限"),
}
"""By flag, the particulars that decide about it."""


@dataclass(frozen=True, slots=True)
class Mover:
    """A case that an edit brought into a figure, or took out of it."""

    number: str
    district: str
    before: str
    """Where it would count without the edit: the group where that is another one, else the label; '' where it would be cancelled."""
    after: str
    """Where it counts, likewise; '' where it is cancelled."""
    grounds: str
    """撤销依据: of a cancelled case as it is, of one that came back as it was."""
    times: int = 0
    """Of a cancelled case: how often it has been cancelled."""
    cancelled_in: str = ""
    """Of a case that came back into another group: the one in which it was cancelled."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A figure that the day's edits changed."""

    part: str
    """One of `PARTS`."""
    group: str
    label: str
    without: Tally
    """As it would be without the edits."""
    tally: Tally
    left: tuple[Mover, ...]
    entered: tuple[Mover, ...]


@dataclass(frozen=True, slots=True)
class FlagEffect:
    """A flag that a case has or lacks because of an edit."""

    number: str
    flag: str
    is_raised: bool
    columns: tuple[str, ...]
    """The edited particulars behind it; none where a late report brought other rows about the case."""
    moved: tuple[date, date] | None = None
    """Of a case that is overdue with and without the edit: the deadline without it, and the one that holds."""
    times: int = 0
    """Of a deadline that moved later: the how manieth time."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What the edits of a day did."""

    edits: tuple[Edit, ...] = ()
    shifts: tuple[Shift, ...] = ()
    """By part, group and label: groups, sources and districts in their order, all others by code point."""
    flags: tuple[FlagEffect, ...] = ()
    """By case number, and then in the order of the flags."""
    referred: tuple[str, ...] = ()
    """Cases that a late report makes 导入法定途径, by number."""
    not_referred: tuple[str, ...] = ()
    """Cases that were told as 导入法定途径 and by a late report are not."""
    then: tuple[FlagThen, ...] = ()
    """Flags that late reports change on earlier days alone."""
    unconfirmed: tuple[str, ...] = ()
    """Cases that were told as counted with 认可, and by a late report count without it."""

    @property
    def numbers(self) -> set[str]:
        """The cases whose particulars or flags they changed."""
        flagged = {flag.number for flag in self.flags} | {flag.number for flag in self.then}
        return flagged.union((edit.number for edit in self.edits), self.referred, self.not_referred, self.unconfirmed)

    def of(self, part: str, group: str) -> tuple[Shift, ...]:
        """Return the figures of that kind that changed in a group."""
        return tuple(shift for shift in self.shifts if (shift.part, shift.group) == (part, group))


@dataclass(frozen=True, slots=True)
class Given:
    """The cases that the office gave to a unit's districts from those of others, and the other way round."""

    came: frozenset[str] = frozenset()
    went: tuple[Case, ...] = ()
    """As they stand, where they lie today."""


def of(edits: tuple[Edit, ...], before: Register, today: Today, given: Given | None = None) -> Effects:
    """Return what these edits, which lead from the register `before` to the day's cases, did on that day.

    A case that comes into the register with 撤销依据 counts as cancelled on the day: its coming changes no total. Of a unit, what was
    given to it left no figure of its own, and what it gave away came into none.
    """
    cases, day, settings, given = today.cases, today.day, today.settings, given or Given()
    edited: dict[str, list[str]] = {case.number: [_GROUNDS] for case in cases if case.grounds and case.number not in before}
    for edit in edits:
        edited.setdefault(edit.number, []).append(edit.column)
    pairs = [(unedited(case, before, columns), case) for case in cases if (columns := edited.get(case.number))]
    gone = [(unedited(case, before, columns), case) for case in given.went if (columns := edited.get(case.number))]
    if not (pairs or gone):
        return Effects(edits)
    counted = [(_as_the_first_had_it(was, before.get(case.number), edited[case.number]), case) for was, case in [*pairs, *gone]]
    shifts = [shift for part in PARTS for shift in _shifts(part, cases, counted, settings, given)]
    flags = [effect for was, case in pairs for effect in _flag_effects(was, case, edited[case.number], day, settings)]
    return Effects(edits, tuple(shifts), tuple(flags))


def unedited(case: Case, before: Register, columns: Iterable[str]) -> Case:
    """Return the case as it would be with yesterday's particulars in those columns."""
    standing = before.get(case.number)
    unedited = copy.copy(case)
    if standing is None or _GROUNDS in columns:
        unedited.grounds = standing.grounds if standing else None
    if standing is not None:
        unedited.particulars = {**case.particulars, **{name: standing.particulars[name] for name in columns if name != _GROUNDS}}
    return unedited


def _as_the_first_had_it(was: Case, standing: Standing | None, columns: Iterable[str]) -> Case:
    """Return of a case that another district has today how it would stand with the first one, whose doing it is not what the other says."""
    if standing is None or "旗区" not in columns or "案件来源" in columns:
        return was
    stood = as_it_stood(was, standing)
    stood.particulars, stood.grounds = was.particulars, was.grounds
    return stood


# --- figures -----------------------------------------------------------------------------------------------------

_Key = tuple[str, str]
"""Group and label; ('', '') stands for outside every total."""


def _shifts(
    part: str, cases: Iterable[Case], pairs: Sequence[tuple[Case, Case]], settings: Settings, given: Given | None = None
) -> list[Shift]:
    key, came, went = _keys(part, settings), given.came if given else (), {case.number for case in given.went} if given else ()
    moves = [(key(was), key(case), was, case) for was, case in pairs if key(was) != key(case)]
    if not moves:
        return []
    total, resolved = _counted(cases, key)
    moved = {place for before, after, _was, _case in moves for place in (before, after) if place[0]}
    targets = {group.name: group.target_percent for group in settings.groups}
    shifts = []
    for place in sorted(moved, key=_order(part, settings)):
        left = [move for move in moves if move[0] == place and move[3].number not in came]
        entered = [move for move in moves if move[1] == place and move[3].number not in went]
        if not (left or entered):
            continue
        now = Tally(targets[place[0]], total[place], resolved[place])
        without = Tally(
            now.target_percent,
            now.total + len(left) - len(entered),
            now.resolved + sum(was.is_counted for *_places, was, _case in left) - sum(case.is_counted for *_places, case in entered),
        )
        movers = (tuple(_mover(move, settings) for move in moves_of) for moves_of in (left, entered))
        shifts.append(Shift(part, *place, without, now, *movers))
    return shifts


def _counted(cases: Iterable[Case], key: Callable[[Case], _Key]) -> tuple[Counter[_Key], Counter[_Key]]:
    """Return how many cases count at each place, and how many of them are resolved."""
    total: Counter[_Key] = Counter()
    resolved: Counter[_Key] = Counter()
    for case in cases:
        total[key(case)] += 1
        resolved[key(case)] += case.is_counted
    return total, resolved


def _keys(part: str, settings: Settings) -> Callable[[Case], _Key]:
    """Return where a case counts, by that part."""
    labels: Mapping[str, Callable[[Case], str]] = {
        "group": lambda case: settings.group_of_source[case.text("案件来源")].name,
        "source": lambda case: case.text("案件来源"),
        "district": lambda case: case.text("旗区"),
        "leader": lambda case: case.leader,
        "category": lambda case: case.text("问题类别"),
    }
    label = labels[part]
    return lambda case: ("", "") if case.grounds else (settings.group_of_source[case.text("案件来源")].name, label(case))


def _order(part: str, settings: Settings) -> Callable[[_Key], tuple[int, int, str]]:
    groups = [group.name for group in settings.groups]
    labels = {
        "source": [source for group in settings.groups for source in group.sources],
        "district": list(settings.district_names),
    }.get(part, [])
    return lambda place: (groups.index(place[0]), labels.index(place[1]) if place[1] in labels else len(labels), place[1])


def _mover(move: tuple[_Key, _Key, Case, Case], settings: Settings) -> Mover:
    before, after, was, case = move
    labels = (before[1], after[1]) if before[0] == after[0] else (before[0], after[0])
    grounds, times = case.grounds or was.grounds or "", case.cancellations if case.grounds else 0
    then, now = (settings.group_of_source[one.text("案件来源")].name for one in (was, case))
    cancelled_in = then if was.grounds and not case.grounds and then != now else ""
    return Mover(case.number, case.text("旗区"), *labels, grounds, times, cancelled_in)


# --- late reports ------------------------------------------------------------------------------------------------


def of_late_reports(told: Register, known: Register, day_told: date, state: Today) -> Effects:
    """Return what late reports did to cases that had been told of on a day: to their particulars, and to their flags then and today.

    What came into a total, left it, or counts otherwise now is told with the figures.
    """
    changed = particulars.edits(told, known)
    columns: dict[str, list[str]] = {}
    for edit in changed:
        columns.setdefault(edit.number, []).append(edit.column)
    pairs = [(unedited(case, told, columns[case.number]), case) for case in state.cases if case.number in columns]
    shifts = [shift for part in PARTS for shift in _shifts(part, state.cases, pairs, state.settings)]
    flags = [
        FlagEffect(case.number, flag, is_raised, _decisive(flag, columns.get(case.number, ())))
        for case in state.cases
        if (then := told.get(case.number)) and (now := known.get(case.number)) and is_known_otherwise(then, now)
        for flag, is_raised in _flags_by_late_reports(case, then, now, day_told, state)
    ]
    flags += [effect for was, case in pairs for effect in _still_overdue(was, case, columns[case.number], state.day, 0)]
    turned = [
        (number, now.status == REFERRED)
        for number, now in known.items()
        if (then := told.get(number)) and REFERRED in {then.status, now.status} and then.status != now.status
    ]
    referred, not_referred = (tuple(sorted(number for number, is_so in turned if is_so is kind)) for kind in (True, False))
    unconfirmed = tuple(sorted(number for number in told.keys() & known.keys() if _is_unconfirmed(told[number], known[number])))
    return Effects(changed, tuple(shifts), tuple(flags), referred, not_referred, unconfirmed=unconfirmed)


def _is_unconfirmed(then: Standing, now: Standing) -> bool:
    if then.last is None or now.last is None or then.last is now.last or not (then.is_counted and now.is_counted):
        return False
    return then.last["群众确认"] == CONFIRMED != now.last["群众确认"]


@dataclass(frozen=True, slots=True)
class Today:
    """A day with its cases, beside which late reports are told of."""

    day: date
    cases: Sequence[Case]
    settings: Settings

    def flags(self, case: Case, day: date | None = None) -> frozenset[str]:
        """Return a case's flags on that day, as far as no other sentence tells of them."""
        return frozenset(supervision.flags(case, day or self.day, self.settings.windows)) - {"cancelled", "missing_from_assignment"}


def _flags_by_late_reports(case: Case, then: Standing, now: Standing, day_told: date, state: Today) -> list[tuple[str, bool]]:
    """Return the flags that the case has not any more, or has, because of late reports; in their order."""
    without = as_it_stood(case, then)
    without.particulars = {**case.particulars, **{name: was for name, was in then.particulars.items() if was != now.particulars[name]}}
    without.exempted = case.exempted if then.exempted == now.exempted else then.exempted
    if case.reported and case.reported > day_told:  # a row since then says more than what was told
        without.status, without.dispute, without.touched, without.last = case.status, case.dispute, case.touched, case.last
    today, untold = state.flags(case), state.flags(without)
    told = state.flags(as_it_stood(case, then), day_told)
    fell = told - state.flags(as_it_stood(case, now), day_told)
    # What was never told falls away for nobody; of a 不认可 that is gone another sentence tells.
    lost, gained = ((untold & told | fell) - today) - {"disputed"}, today - untold
    if "overdue" in lost:  # told to be due soon it would be overdue today: that is one thing
        lost -= {"due_soon"}
    return [(flag, flag in gained) for flag in FLAGS if flag in lost | gained]


def referred(before: Register, yesterday: Today, cases: Iterable[Case]) -> dict[str, tuple[str, ...]]:
    """Return, by the flag that they had yesterday, the cases that were referred since: each by the first of its flags."""
    by_flag: dict[str, tuple[str, ...]] = {}
    for case in cases:
        then = before.get(case.number)
        if then and case.status == REFERRED != then.status and not case.grounds:
            had = yesterday.flags(as_it_stood(case, then)) & {*_WORST_FIRST}
            for flag in sorted(had, key=_WORST_FIRST.index)[:1]:
                by_flag[flag] = (*by_flag.get(flag, ()), case.number)
    return by_flag


# --- flags -------------------------------------------------------------------------------------------------------


def _flag_effects(was: Case, case: Case, columns: Sequence[str], day: date, settings: Settings) -> list[FlagEffect]:
    then, now = supervision.flags(was, day, settings.windows), supervision.flags(case, day, settings.windows)
    times = case.deferrals if was.deadline and case.deadline and was.deadline < case.deadline else 0
    turned = [flag for flag in FLAGS if (flag in then) != (flag in now) and flag != "cancelled"]
    effects = [
        FlagEffect(case.number, flag, flag in now, behind := _behind(flag, columns), times=times if {*behind} & {*_DEADLINES} else 0)
        for flag in turned
    ]
    return [*effects, *_still_overdue(was, case, columns, day, times)]


def _still_overdue(was: Case, case: Case, columns: Iterable[str], day: date, times: int) -> list[FlagEffect]:
    """Return that a case is overdue as it was, but by another deadline: the days that it is overdue begin at another one."""
    if was.grounds or was.deadline is None or case.deadline is None or was.deadline == case.deadline:
        return []
    is_overdue = [one.is_open and supervision.days_overdue(one, day) > 0 for one in (was, case)]
    moved = was.deadline, case.deadline
    return [FlagEffect(case.number, "overdue", True, _decisive("overdue", columns), moved, times)] if all(is_overdue) else []


def _behind(flag: str, columns: Sequence[str]) -> tuple[str, ...]:
    if _GROUNDS in columns:
        return (_GROUNDS,)
    return _decisive(flag, columns) or tuple(columns)


def _decisive(flag: str, columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(column for column in columns if column in _BEHIND.get(flag, ()))
