"""The exceptions of a day: what each of them allows, who approved it and until when, what is to be seen of it, and how others ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.day import supervision
from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.exemptions import Exempted, Exemption
from pipeline.report.case_lines import CaseLine
from pipeline.report.hints import HintLine
from pipeline.settings.config import Settings
from pipeline.terms.contract import EXEMPTION_KINDS, HINT_SILENCED, LATE_EXCUSED
from pipeline.terms.handed_in import Arrival
from pipeline.terms.hint_words import HINTS
from pipeline.terms.text import mask
from pipeline.terms.words import FLAGS, first_of, near

EXPIRED, GONE, REFUSED = "到期", "新的分解表里没有了", "新的分解表里这一行退回了"
CHANGED = "新的分解表改了这一项"
PAST, SHEET_REFUSED = "到期：交来时已过截止日期", "新的分解表里“豁免”表没有采用"
"""What ended an exception."""
HOLDS, IDLE, TO_COME, OVER = "有效", "不起作用", "未到日期", "已结束"
"""How one stands: it works, its case is closed so that nothing is changed, its report is still to come, it has ended."""
OF_DEADLINES = ("overdue", "due_soon")
"""The flags that hang on a deadline."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """An exception that holds on the day, or held on the day before and has ended; personal numbers are masked."""

    subject: str
    """A case's number, or a district and its report's day."""
    kind: str
    approved_by: str
    reason: str
    until: date
    origin: str
    """File, sheet and row."""
    district: str = ""
    """'' where the register does not have the case."""
    matter: str = ""
    ended: str = ""
    """What ended it; '' where it holds."""
    is_new: bool = False
    """Whether it did not hold on the day before."""
    until_before: date | None = None
    """The last day that it had on the day before, where a newer workbook gave it another."""
    deadlines: tuple[date, date] | None = None
    """Of 延期: the deadline without it, and the one in force; None where the register does not have the case."""
    hidden: tuple[str, ...] = ()
    """The flags that the case would have without it."""
    flags: tuple[str, ...] = ()
    """Of one that ended: those that the case has now, and that hang on its deadline."""
    closed: str = ""
    """Of 延期: why no deadline matters, such as 已撤销; '' of an open case."""
    days_late: int = 0
    """Of an open case: the days past its deadline without the exemption."""
    received_at: datetime | None = None
    """Of 迟报: when the late report came, in the office's zone; None while there is none."""
    silenced: tuple[str, ...] = ()
    """Of 核查提示: the codes of the hints that are not told."""
    begins: date | None = None
    """Of 迟报: the report's day, where it is still to come: it exempts nothing before."""
    beside: tuple[str, ...] = ()
    """The other cases that these hints name."""

    @property
    def case(self) -> str:
        """The case's number; '' where it is about a report."""
        return "" if self.kind == LATE_EXCUSED else self.subject

    @property
    def holds(self) -> bool:
        """Whether it holds on the day."""
        return not self.ended

    @property
    def is_idle(self) -> bool:
        """Whether the workbook has it, and no deadline of its case matters any more."""
        return self.holds and bool(self.closed)

    @property
    def state(self) -> str:
        """Whether it works, in a word."""
        if self.holds and self.begins:
            return TO_COME
        return IDLE if self.is_idle else HOLDS if self.holds else OVER

    @property
    def moves(self) -> bool:
        """Whether it moves a deadline."""
        return self.deadlines is not None and self.deadlines[0] != self.deadlines[1]


def of(state: DayState, arrivals: Mapping[int, Arrival], settings: Settings, all_hints: Iterable[HintLine]) -> tuple[ExemptionLine, ...]:
    """Return what holds on the day, and what held on the day before and does not any more; by subject and kind.

    `all_hints`: the day's hints as they would be without any exemption.
    """
    exempted = state.exempted
    over = {each.key: each for each in exempted.over}
    before = {each.key: each for each in exempted.before}
    holding = {each.key: each for each in exempted.holding}
    cases = {case.number: case for case in state.cases}
    hints = tuple(all_hints)
    lines = []
    for key, each in sorted((before | over | holding).items(), key=lambda item: (item[0][0], EXEMPTION_KINDS.index(item[0][1]))):
        was, place = before.get(key), arrivals.get(each.arrival)
        line = ExemptionLine(
            subject=each.subject,
            kind=each.kind,
            approved_by=mask(each.approved_by),
            reason=mask(each.reason),
            until=each.until,
            origin=mask(f"{place.name} · {each.sheet} · 第{each.line}行") if place else "",
            ended="" if key in holding else PAST if key in over else _ended(each, exempted, state.day),
            is_new=was is None,
            until_before=was.until if was and was.until != each.until else None,
        )
        lines.append(_with_effect(line, each, cases.get(each.subject), _Today(state, settings, hints)))
    return tuple(lines)


def _ended(exemption: Exemption, exempted: Exempted, day: date) -> str:
    if not exemption.holds_on(day):
        return EXPIRED
    if exempted.is_sheet_refused:
        return SHEET_REFUSED
    return REFUSED if exemption.key in exempted.refused else GONE


def sheet_refused(state: DayState) -> str:
    """Return that nothing of the sheet holds, where it was refused whole; '' where it was not."""
    return "现行分解表里“豁免”表没有采用，其中的豁免都不再有效。" if state.exempted.is_sheet_refused else ""


@dataclass(frozen=True, slots=True)
class _Today:
    state: DayState
    settings: Settings
    hints: tuple[HintLine, ...]


def _with_effect(line: ExemptionLine, exemption: Exemption, case: Case | None, today: _Today) -> ExemptionLine:
    """Return the line with whose it is, and what is to be seen of it."""
    if exemption.report:
        received = today.state.exempted.received.get(exemption.report)
        moment = received.astimezone(today.settings.calendar.zone) if received else None
        (district, day) = exemption.report
        return replace(line, district=district, received_at=moment, begins=day if day > today.state.day else None)
    if case is None:
        return line
    line = replace(line, district=case.text("旗区"), matter=case.text("案由"))
    if exemption.kind == HINT_SILENCED:
        hints = [hint for hint in today.hints if case.number in hint.cases] if line.holds else []
        beside = {number for hint in hints for number in hint.cases} - silenced_cases(today.state)
        return replace(line, silenced=tuple(dict.fromkeys(hint.code for hint in hints)), beside=tuple(sorted(beside)))
    if case.own_deadline is None or case.deadline is None:
        return line
    day, windows = today.state.day, today.settings.windows
    without = copy(case)
    without.exempted = None
    flags, as_if = (set(supervision.flags(each, day, windows)) & {*OF_DEADLINES} for each in (case, without))
    hidden, left = (tuple(flag for flag in OF_DEADLINES if flag in raised) for raised in (as_if - flags, flags))
    late = max(0, supervision.days_overdue(without, day))
    closed = "" if case.is_open else "已撤销" if case.grounds else "已办结"
    line = replace(line, deadlines=(case.own_deadline, case.deadline), hidden=hidden, flags=left, closed=closed)
    return replace(line, days_late=late if case.is_open else 0)


def silenced_cases(state: DayState) -> frozenset[str]:
    """Return the cases that no hint is to name on the day."""
    return frozenset(each.subject for each in state.exempted.holding if each.kind == HINT_SILENCED)


# --- in words ----------------------------------------------------------------------------------------------------


def moving(exemption: Exemption | None, day: date | None) -> str:
    """Return by what a deadline is moved, such as 延期（豁免，领导一批准，至6月30日）; '' where nothing moves it.

    With the year, where that is not the day's; None: always.
    """
    if exemption is None:
        return ""
    return f"{exemption.kind}（豁免，{mask(exemption.approved_by)}批准，至{near(exemption.until, day or date.min)}）"


def deadline(case: CaseLine, day: date) -> str:
    """Return how a case's deadline is moved, with what it would be without; '' where nothing moves it."""
    own = case.extended or case.limit
    closed = "" if case.is_open else "，此案已办结，延期不起作用"
    return f"{moving(case.exempted, day)}，原时限{near(own, day)}{closed}" if case.exempted and own else ""


def effect(line: ExemptionLine, day: date) -> str:
    """Return what is to be seen of an exemption on the day, or how it ended."""
    said = changed(line, day) if line.holds or not line.is_new else ""  # one that never held moved nothing back
    if line.ended:
        return f"{line.ended}{f'，{said}' if said else ''}"
    began = "今日起" if line.is_new else f"截止日期原为{near(line.until_before, day)}" if line.until_before else ""
    return "，".join(part for part in (began, said) if part)


def changed(line: ExemptionLine, day: date) -> str:
    """Return what is to be seen of an exemption on the day."""
    match line.kind:
        case "迟报":
            if line.begins:
                return "" if line.ended else f"用于{near(line.begins, day)}的日报，到那天才起作用"
            came = f"{near(line.received_at, day)}{line.received_at:%H:%M}收到" if line.received_at else "没有迟到的日报"
            return "" if line.ended else came
        case "核查提示":
            return "" if line.ended else f"今日{silenced(line)}" if line.silenced else "今日没有提示"
        case _:
            return _of_deadline(line, day)


def silenced(line: ExemptionLine) -> str:
    """Return which hints are not told of a case, and which other cases they name."""
    kinds = "、".join(HINTS[code].name for code in line.silenced)
    others = first_of(line.beside, _MOST_NAMED) if line.beside else ""
    also = f"，也涉及没有豁免的{others}，请另看" if others else ""
    return f"{len(line.silenced)}种提示没有列出（{kinds}{also}）"


def _of_deadline(line: ExemptionLine, day: date) -> str:
    if line.deadlines is None:
        return "台账里没有此案"
    own, in_force = line.deadlines
    if line.closed and line.holds:
        return f"此案{line.closed}，延期不起作用"
    if line.closed:
        return f"此案{line.closed}，没有时限可恢复" if line.ended else ""
    late = f"，已超期{line.days_late}天" if line.days_late else ""
    if line.ended:
        stays = f"现行时限{near(own, day)}不早于豁免的，没有改动"
        return f"{f'时限恢复为{near(own, day)}' if line.until > own else stays}{late}"
    if not line.moves:
        return f"现行时限{near(own, day)}更晚，没有改动"
    flags = "、".join(FLAGS[flag].name for flag in line.hidden)
    late = f"，按原时限已超期{line.days_late}天" if line.days_late else ""
    return f"时限{near(own, day)}改为{near(in_force, day)}{late}{f'，因延期不列入{flags}' if flags else ''}"


def told(line: ExemptionLine, day: date) -> str:
    """Return an exemption in one clause: what, who approved it, why, until when, and what is to be seen of it."""
    whose = f"（{line.district}）" if line.case and line.district else ""
    by = f"{line.approved_by}批准，{line.reason}，至{near(line.until, day)}"
    return f"{line.subject}{whose}{line.kind}：{by}；{effect(line, day)}"


def all_told(lines: Iterable[ExemptionLine], day: date, most: int | None = None) -> list[str]:
    """Return a sentence of those that hold, one of those that ended, and one of those that change nothing; what hides most comes first.

    So many are named, where there is no room for all.
    """
    ordered = sorted(lines, key=lambda line: "overdue" not in line.hidden)
    sentences = []
    for word, state in (("豁免", HOLDS), ("豁免结束", OVER)):
        some = [line for line in ordered if line.state == state]
        named = "。".join(told(line, day) for line in some[:most])
        more = "。其余见汇总表“豁免”" if most is not None and len(some) > most else ""
        sentences += [f"{word}{len(some)}项。{named}{more}。"] if some else []
    to_come = [told(line, day) for line in ordered if line.state == TO_COME]
    sentences += [f"豁免{len(to_come)}项还没有到日期，今日不起作用：{first_of(to_come, most or len(to_come))}。"] if to_come else []
    idle = [line.subject for line in ordered if line.is_idle]
    cases = f"{'、'.join(idle[:_MOST_NAMED])}{'等' if len(idle) > _MOST_NAMED else ''}"
    return [*sentences, f"另有延期豁免{len(idle)}项不起作用，案件已办结或已撤销（{cases}）。"] if idle else sentences


def apart(lines: Iterable[ExemptionLine]) -> list[ExemptionLine]:
    """Return the same with those last that change nothing, or nothing yet."""
    return sorted(lines, key=lambda line: (line.is_idle, line.state == TO_COME))


def hidden(lines: Iterable[ExemptionLine]) -> str:
    """Return how many cases would be overdue but for an exemption, to stand beside the count of those that are; '' where none would."""
    numbers = [line.subject for line in lines if "overdue" in line.hidden]
    named = f"{'、'.join(numbers[:_MOST_NAMED])}{'等' if len(numbers) > _MOST_NAMED else ''}"
    return f"另有{len(numbers)}件已过原时限，因豁免延期不计入超期未结（{named}）。" if numbers else ""
