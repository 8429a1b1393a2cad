"""What an assignment workbook would change if the next run took it in: the register with it beside the register without it.

Covered by tests/web/test_office_pages.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pipeline.day import edit_effects, particulars, rota
from pipeline.day.cases import PARTICULARS, Case
from pipeline.day.day_state import DayState
from pipeline.day.edit_effects import Today
from pipeline.day.standing import standing_of
from pipeline.intake import facts_known, held_files
from pipeline.intake.facts_known import Known
from pipeline.intake.incoming import Incoming
from pipeline.office import rota_plan, today, waiting
from pipeline.reading.readers import Readers
from pipeline.report import certainty, changes, edit_words, exemptions, handed_in_lines, matter_words, refused_assignments, sentences
from pipeline.report.figures import Certainty, Figure
from pipeline.settings.config import Settings
from pipeline.terms.contract import CASE, CASE_SHEETS, EXEMPTIONS
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Envelope, Facts, Filed, Reading, in_order
from pipeline.terms.rows import rows_of_sheet, written
from pipeline.terms.text import mask
from pipeline.terms.words import moment

_NO_CASES: Final = "没有案件"


@dataclass(frozen=True, slots=True)
class CaseOutline:
    """A case as a list shows it; personal numbers are masked."""

    number: str
    district: str
    matter: str
    leader: str
    deadline: str
    grounds: str
    """撤销依据; '' where the case counts."""
    assigned: str
    """The 交办日期 that holds."""
    postponed_to: str
    """The later one in the workbook; '' where there is none."""


@dataclass(frozen=True, slots=True)
class ChangedParticular:
    """One of a case's particulars, as it is and as it would be."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case of which the workbook gives something else than the register."""

    outline: CaseOutline
    particulars: tuple[ChangedParticular, ...]


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group as it is and as it would be."""

    group: str
    before: str
    """How many of how many cases are resolved, whether the target is met or may be, and what the rate is without the edits."""
    after: str


@dataclass(frozen=True, slots=True)
class RegisterChanges:
    """What would become of the register."""

    new: tuple[CaseOutline, ...]
    changed: tuple[ChangedCase, ...]
    cancelled: tuple[CaseOutline, ...]
    restored: tuple[CaseOutline, ...]
    missing: tuple[CaseOutline, ...]
    """Cases that the workbook in force lists and this one does not; they go on counting."""
    total: int
    """So many cases the register would hold."""
    postponed: tuple[CaseOutline, ...]
    """Cases to which it gives a later 交办日期, which does not hold."""
    figures: tuple[GroupFigures, ...]
    told: tuple[str, ...]
    """What its edits do to totals, rates and flags, as leaders would be told."""
    exempted: tuple[str, ...]
    """The exceptions that begin, end or change with it, and those that are over before they begin."""
    rota: tuple[str, ...]
    """What 接访排班 says otherwise than before,"""
    rota_to_check: tuple[str, ...]
    """and its turns on public holidays, new or not."""
    later: int
    """So many numbers stand in the workbook and not in the register, since their 交办日期 is yet to come."""
    refused: tuple[str, ...]
    """Its rows that are refused, and what holds in their place."""


@dataclass(frozen=True, slots=True)
class Preview:
    """An assignment workbook that has not been sent."""

    reading: Reading
    findings: tuple[Finding, ...]
    """Those of the workbook by itself, and those against the register."""
    changes: RegisterChanges | None
    """None where the workbook is refused whole."""
    repeats: str = ""
    """Of the bytes of the workbook that is in force, or will be with the next run: that one, in words. Nothing has to be done about it."""

    @property
    def cases(self) -> dict[tuple[str, int | None], str]:
        """The case number of each row that has one, by sheet and row as findings name them."""
        return handed_in_lines.cases_by_row(self.reading.rows)


def preview(path: Path, settings: Settings, now: datetime, readers: Readers, files: Sequence[Incoming] = ()) -> Preview:
    """Return what the workbook holds and would change, with the reports that wait (`files`) counted in. Nothing is taken in."""
    workbook = held_files.read(path, Envelope(now), settings, readers, is_assignment=True)
    reading = workbook.reading
    if not reading.accepted:
        return Preview(reading, reading.findings, None)
    waits = tuple(filed for filed in waiting.opened(files) if filed.reading.day <= now.date())
    known = facts_known.until([now.date()], settings, [*held_files.read_waiting_assignments(settings, readers), *waits])
    before_it = known.files
    refused = today.refused_on(now.date(), settings, waits)
    before = _look(known, before_it, refused, settings, now)
    after = _look(known, (*before_it, workbook), refused, settings, now)
    if after is None:
        raise LookupError(path)
    listed = {number for rows in reading.rows if rows.sheet in CASE_SHEETS for number in rows.texts(CASE) if number}
    findings = tuple(
        finding for finding in after.state.assignment_findings if finding.code != "case-missing"
    )  # these have a list of their own
    changed = _changes(before, after, listed, settings)
    exempted = (*changed.exempted, *_over(reading, now.date()))
    workbooks = in_order(filed for filed in (*before_it, workbook) if filed.arrival.is_assignment)
    amiss = rota.amiss(workbooks, now.date(), settings.calendar.zone)
    in_force = next((filed for filed in reversed(workbooks[:-1]) if filed.reading.accepted), None)
    told = (*changed.told, *([amiss] if amiss else []))
    turns, to_check = rota_plan.changes(in_force, workbook, now.date()), rota_plan.to_check(workbook, now.date())
    changed = replace(changed, exempted=exempted, told=told, rota=tuple(turns), rota_to_check=tuple(to_check))
    return Preview(reading, findings, changed, _repeated(path, before_it, settings, now))


def _repeated(path: Path, filed: Iterable[Filed], settings: Settings, now: datetime) -> str:
    """Return which workbook counts and has these bytes; '' where the one that counts has others."""
    if not (assignments := Facts.of(filed).assignments):
        return ""
    arrival = in_order(assignments)[-1].arrival
    came = arrival.envelope.received_at.astimezone(settings.calendar.zone)
    return f"{moment(came, now.date())} 收到的“{mask(arrival.name)}”" if arrival.sha256 == held_files.sha256(path) else ""


@dataclass(frozen=True, slots=True)
class _Look:
    """A day with the workbook or without it."""

    state: DayState
    said: Mapping[str, str]
    """By group: its figure with the verdict, and where edits better it the rate without them."""


def _look(known: Known, filed: Iterable[Filed], refused: tuple[Filed, ...], settings: Settings, now: datetime) -> _Look | None:
    """Return how the day stands that `now` is on; None where there is no assignment workbook."""
    facts, day = known.facts_of(filed), now.date()
    if not facts.assignments:
        return None
    state = known.fold_of(facts, settings, [day])[day]
    targets = today.counting_of(state, facts, refused, settings).targets()
    certainties = certainty.of(targets, settings.on(day).groups, state.cases)
    return _Look(state, {figure.group: _figure(figure, beside) for figure, beside in zip(targets, certainties, strict=True)})


def _changes(look_before: _Look | None, look_after: _Look, listed: set[str], settings: Settings) -> RegisterChanges:
    before, after = look_before.state if look_before else None, look_after.state
    old, new = {case.number: case for case in before.cases} if before else {}, {case.number: case for case in after.cases}
    said_before = look_before.said if look_before else {}
    kept = [(old[number], case) for number, case in new.items() if number in old]
    refused = refused_assignments.of(after)
    return RegisterChanges(
        new=tuple(_outline(case) for number, case in new.items() if number not in old),
        changed=tuple(ChangedCase(_outline(case), differences) for was, case in kept if (differences := _differences(was, case))),
        cancelled=tuple(_outline(case) for was, case in kept if case.grounds and not was.grounds),
        restored=tuple(_outline(case) for was, case in kept if was.grounds and not case.grounds),
        missing=tuple(_outline(case) for number, case in new.items() if case.is_missing and not (number in old and old[number].is_missing)),
        total=len(new),
        postponed=tuple(_outline(case) for case in new.values() if case.postponed_to),
        figures=tuple(GroupFigures(group, said_before.get(group, _NO_CASES), said) for group, said in look_after.said.items()),
        told=(*_told(old, after, settings), *_uncounted(before, after)) if before else (),
        exempted=tuple(_exempted(before, after, settings)),
        rota=(),
        rota_to_check=(),
        later=len(listed - new.keys() - {row.number for row in refused}),
        refused=tuple(row.stands for row in refused),
    )


def _exempted(before: DayState | None, after: DayState, settings: Settings) -> Iterator[str]:
    """Go through the exceptions that hold with the workbook and not without it, the other way round, or until another day."""
    held = before.exempted.holding if before else ()
    beside = replace(after, exempted=replace(after.exempted, before=held))
    for line in exemptions.of(beside, {}, settings, ()):
        if line.ended and line.is_new:
            continue  # `_over` has it
        if line.is_new or line.ended or line.until_before:
            yield f"{'结束' if line.ended else '开始' if line.is_new else '改动'}：{exemptions.told(line, after.day)}"


def _over(reading: Reading, day: date) -> Iterator[str]:
    """Go through the exceptions whose last day is over: they never hold."""
    rows = rows_of_sheet(reading.rows, EXEMPTIONS.name)
    for at in range(len(rows.lines)) if rows else ():
        until = rows.day("截止日期", at) if rows and at not in rows.refused else None
        if rows and until and until < day:
            yield f"不起作用：{mask(rows.text('对象', at) or '')}{rows.text('事项', at)}，截止日期 {until} 已经过了"


def _figure(figure: Figure, beside: Certainty) -> str:
    """Return a group's figure as leaders would be told it: no better than they would hear it."""
    tally = figure.tally
    short = "" if tally.met or not tally.total else f"，还差 {tally.shortfall} 件"
    said = f"{tally.resolved}/{tally.total}，{tally.rate_percent}%，{figure.verdict}{short}" if tally.total else _NO_CASES
    unmoved = sentences.unmoved(beside, tally, 0)
    return f"{said}。{unmoved.removesuffix('。')}" if unmoved else said


def _told(old: Mapping[str, Case], after: DayState, settings: Settings) -> tuple[str, ...]:
    """Return what the edits do, as 专报 and page would have it: each group's total first."""
    register = {number: standing_of(case) for number, case in old.items()}
    edits = particulars.edits(register, {case.number: standing_of(case) for case in after.cases})
    effects = edit_effects.of(edits, register, Today(after.day, after.cases, settings))
    by_group = {group.name: edit_words.of_group(effects, group.name) for group in settings.groups}
    totals = [f"{name}：{changes}" for name, changes in by_group.items() if changes]
    return tuple(mask(sentence) for sentence in (*totals, *edit_words.outcomes(effects, after.day)) if sentence)


def _uncounted(before: DayState, after: DayState) -> tuple[str, ...]:
    """Return what the day's reports have said of cases that the workbook gives to other districts: it would count no more."""
    known = {*changes.of_moved_cases(before)}
    rows = [row for row in changes.of_moved_cases(after) if row not in known]
    return (mask(said),) if (said := matter_words.of_moved_cases(rows, after.day)) else ()


def _outline(case: Case) -> CaseOutline:
    return CaseOutline(
        case.number,
        mask(case.text("旗区")),
        mask(case.text("案由")),
        case.leader,
        written(case.deadline) or "",
        mask(case.grounds or ""),
        written(case.assigned) or "",
        written(case.postponed_to) or "",
    )


def _differences(was: Case, case: Case) -> tuple[ChangedParticular, ...]:
    return tuple(
        ChangedParticular(name, mask(was.text(name)), mask(case.text(name))) for name in PARTICULARS if was.text(name) != case.text(name)
    )
