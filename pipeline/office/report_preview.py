"""What a report that is not sent yet would do: which version it would replace, what it says of each case, what becomes of the figures.

It is compared with everything else that counts or waits: the day folded with it beside the same day folded without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day import fold, supervision
from pipeline.day.beginning import Beginning
from pipeline.day.cases import PARTICULARS, Case, RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.judgement import Judgement
from pipeline.day.standing import Register, Standing, standing_of
from pipeline.day.submissions import NO_REPORTS, Submissions, takes_nothing
from pipeline.day.targets import Tally
from pipeline.intake import held_files, incoming
from pipeline.intake.facts_known import Known
from pipeline.report import handed_in_lines, reminders
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.terms import messages
from pipeline.terms.case_numbers import canonical
from pipeline.terms.contract import CASE, NEW_CASES, OF_THE_DAY, PROGRESS, Severity
from pipeline.terms.handed_in import Filed, Submission
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import written

_LASTING: Final = ("诉求认定", "答复日期", "答复文号", "群众确认", "下一步措施", "需协调事项")
_FLAGS: Final = ("overdue", "due_soon", "stalled", "disputed", "acceptance_overdue")


@dataclass(frozen=True, slots=True)
class Version:
    """The district's report for the same day that counts, or would when the next run has taken it in."""

    revision: int
    rows_accepted: int
    rows_refused: int
    is_waiting: bool
    """Whether no run has taken it in yet."""
    received_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What stands in one column of a case's row, as it is and as it would be; '' for empty."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What the report changes of a case."""

    number: str
    matter: str
    status: tuple[str, str]
    """As it is and as it would be; '' where the register does not hold it."""
    counted: tuple[bool, bool]
    """Whether it counts as resolved, likewise."""
    is_disputed: bool
    """Whether a dispute would stand."""
    is_left_out: bool
    """Whether the version that would be replaced has a row about it that counts and this one has none,"""
    is_refused: bool
    """and of these whether this one has a row about it that would be refused."""
    columns: tuple[ColumnChange, ...]
    grounds: str = ""
    """The office's 撤销依据: the case is in no total; '' where there is none."""


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How many of the district's cases of a group are resolved, as it is and as it would be."""

    group: str
    before: Tally
    after: Tally


@dataclass(frozen=True, slots=True)
class Effect:
    """What the report does to the district's own cases."""

    changes: tuple[CaseChange, ...]
    figures: tuple[GroupFigures, ...]
    flags: tuple[tuple[str, tuple[str, ...]], ...]
    """The cases that would still have each flag."""
    receptions: int
    urgent: int
    answers: int = 0


@dataclass(frozen=True, slots=True)
class OfToday:
    """How it stands with today's report of a district that reports of an earlier day, and what becomes of today's figures."""

    version: Version | None
    """None where nothing was sent for today."""
    takes_nothing: bool
    """Whether that is there and all of it is refused."""
    figures: tuple[GroupFigures, ...]
    """Those that would change."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A report that is not sent yet, beside what the office has or will have of the district."""

    day: date
    today: date
    rows_accepted: int
    rows_refused: int
    rows_moved: int
    """Of the refused rows those of cases that the office has given to other districts."""
    replaced: Version | None
    """None where nothing else was sent for that day."""
    is_repeat: bool
    """Whether it is that version once more, byte for byte."""
    of_today: OfToday | None
    """None where the report itself is today's."""
    effect: Effect | None
    """None where there is no register to compare with."""
    reminders: tuple[str, ...] = ()
    """As of `Judgement`."""
    masked: tuple[str, ...] = ()
    """The cells that hold what a receipt put in place of a personal number: it would go into the register as it is."""
    ahead: datetime | None = None
    """When the report came that counts in spite of this one, since it says that it came later; None where there is none."""
    with_others: bool = False
    """Whether reports of other districts that wait bear on its cases."""
    known: frozenset[str] = frozenset()
    """The district's cases of the register, without those that only a file brings in that no run has taken in."""
    judgements: Mapping[int, Judgement] = field(default_factory=dict)
    """On the other reports of the day, by arrival."""

    @property
    def takes_less(self) -> bool:
        """Whether fewer rows would count than do now: that is asked about before it is sent."""
        return self.replaced is not None and not self.is_repeat and self.rows_accepted < self.replaced.rows_accepted


def of(filed: Filed, sha256: str, known: Known, settings: Settings, *, today: date) -> tuple[Judgement | None, Preview]:
    """Return the judgement on a report as the last of its day, and what it would do; no judgement where there is no register.

    `known`: what counts and what waits.
    """
    day, district = filed.reading.day, filed.reading.district
    earlier = [file for file in known.files if not _is_later(file, filed)]
    replaced = Submissions.of(earlier).on(day).get(district, NO_REPORTS)
    counts = replaced.in_force
    is_repeat = counts is not None and counts.arrival.sha256 == sha256
    others = [file for file in earlier if not (is_repeat and file is counts)]  # beside its own bytes a report would not be judged
    judgements, effect, known_cases, of_today = dict[int, Judgement](), None, frozenset[str](), None
    if any(file.arrival.is_assignment for file in others):
        states, beginning, numbers = _folded(known, [*others, filed], filed, settings, today)
        judgement = states[day].judgements.get(filed.arrival.id) or Judgement()
        judgement = _without_comparison(judgement) if is_repeat else judgement
        judgement = replace(judgement, reminders=reminders.of(states[day], filed, judgement, numbers, settings))
        judgements = {**states[day].judgements, filed.arrival.id: with_older(judgement, place_among(filed, sha256, known.files))}
        judgements |= {counts.arrival.id: judgement} if counts and is_repeat else {}
        before = [*fold.registers(known.facts_of(earlier), settings, day, max(day, today), beginning)]
        effect = _effect(before[0], states[day], filed, counts, settings=settings.on(day))
        known_cases = in_register(states[day], district)
        of_today = _of_today(known.files, district, today, (before[-1], states[today]), settings) if day < today else None
    rows = judgements.get(filed.arrival.id) or handed_in_lines.by_itself(filed)
    return judgements.get(filed.arrival.id), Preview(
        day=day,
        today=today,
        rows_accepted=rows.rows_accepted,
        rows_refused=rows.rows_refused,
        rows_moved=rows.rows_moved,
        replaced=_version(counts, replaced.revision, judgements),
        is_repeat=is_repeat,
        of_today=of_today or (_of_today(known.files, district, today, None, settings) if day != today else None),
        effect=effect,
        reminders=rows.reminders,
        masked=handed_in_lines.masked(filed),
        ahead=max(
            (file.arrival.envelope.received_at for file in known.files if file.reading.accepted and _is_later(file, filed)), default=None
        ),
        with_others=_bears_on_others(known.files, filed, known_cases),
        known=known_cases,
        judgements=judgements,
    )


def _folded(
    known: Known, files: Sequence[Filed], filed: Filed, settings: Settings, today: date
) -> tuple[dict[date, DayState], Beginning, tuple[NoticeNumber, ...]]:
    """Return the report's day and today, how everything stood the day before, and the notices that the report may answer."""
    day = filed.reading.day
    numbers = held_files.numbers(settings) if reminders.answers(filed) else ()
    watched = reminders.looked_back_on(filed, numbers, settings)
    days = sorted({day, max(day, today)})
    after, facts = [day - timedelta(days=1)], known.facts_of(files)
    states, (beginning,) = fold.fold_noting(facts, settings, days, watched, after=after, beginning=known.beginning)
    return states, beginning, numbers


def _of_today(known: Iterable[Filed], district: str, today: date, folded: tuple[Register, DayState] | None, settings: Settings) -> OfToday:
    """Return how it stands with the district's report of today; `folded`: today without the report of the earlier day, and with it."""
    reports = Submissions.of(known).on(today).get(district, NO_REPORTS)
    counts, judgements = reports.in_force, folded[1].judgements if folded else {}
    version = _version(counts, reports.revision, judgements)
    judged = judgements.get(counts.arrival.id) if counts else None
    if folded is None or counts is None or judged is None:
        return OfToday(version, takes_nothing=False, figures=_changed(folded, district, settings.on(today).groups))
    is_sheet_refused = any(found.severity is Severity.SHEET for found in (*counts.reading.findings, *judged.findings))
    nothing = takes_nothing(judged.rows_accepted, judged.rows_refused - judged.rows_moved, is_sheet_refused=is_sheet_refused)
    return OfToday(version, nothing, _changed(folded, district, settings.on(today).groups))


def _changed(folded: tuple[Register, DayState] | None, district: str, groups: Iterable[Group]) -> tuple[GroupFigures, ...]:
    """Return the district's figures that differ between a register and the cases of a state."""
    if folded is None:
        return ()
    before = {number: case for number, case in folded[0].items() if written(case.particulars["旗区"]) == district}
    after = {case.number: standing_of(case) for case in folded[1].cases if case.text("旗区") == district}
    figures = (GroupFigures(group.name, _tally(group, before), _tally(group, after)) for group in groups)
    return tuple(of for of in figures if of.before != of.after)


def in_register(state: DayState, district: str = "") -> frozenset[str]:
    """Return the cases of the register that somebody can look up, those of a district or all.

    None is among them that only a report brings in that no run has taken in.
    """
    own = (case for case in state.cases if not district or case.text("旗区") == district)
    return frozenset(case.number for case in own if case.listed_at or (case.found_at and case.found_at.arrival > 0))


def _without_comparison(judgement: Judgement) -> Judgement:
    """Return the judgement on the bytes that count already without what they leave out of the revision before them: nothing changes."""
    others = [finding for finding in judgement.findings if finding.code not in ("rows-withdrawn", "dispute-withdrawn")]
    return replace(judgement, findings=others)


def place_among(filed: Filed, sha256: str, known: Iterable[Filed]) -> Submission | None:
    """Return the place of a report among those that are known; None for one that is not accepted."""
    itself = replace(filed, arrival=replace(filed.arrival, sha256=sha256))
    return Submissions.of([*(file for file in known if file.arrival.id != filed.arrival.id), itself]).place_of(itself)


def with_older(judgement: Judgement, place: Submission | None) -> Judgement:
    """Return a judgement that also says where the report is the bytes of a revision that was replaced, as its receipt will."""
    if place is None or not place.repeats:
        return judgement
    return replace(judgement, findings=[*judgement.findings, messages.finding("older-revision", revision=place.repeats)])


def _is_later(file: Filed, filed: Filed) -> bool:
    """Whether it is a report of the same district for the same day that came after it."""
    if file.arrival.is_assignment or (file.reading.district, file.reading.day) != (filed.reading.district, filed.reading.day):
        return False
    return file.arrival.envelope.received_at > filed.arrival.envelope.received_at


def _bears_on_others(files: Iterable[Filed], filed: Filed, own: frozenset[str]) -> bool:
    """Whether reports of other districts that wait name a case of this report or of its district."""
    waiting = (file for file in files if _is_waiting(file) and file.reading.district != filed.reading.district)
    cases = own | _named(filed)
    return any(not cases.isdisjoint(_named(file)) for file in waiting if not file.arrival.is_assignment)


def _named(filed: Filed) -> frozenset[str]:
    """Return the cases that a report has rows of."""
    sheets = (rows for rows in filed.reading.rows if rows.sheet in (PROGRESS.name, NEW_CASES.name))
    return frozenset(canonical(number) for rows in sheets for number in rows.texts(CASE) if number)


def _is_waiting(file: Filed) -> bool:
    return file.arrival.id <= incoming.FIRST


def _version(file: Filed | None, revision: int, judgements: dict[int, Judgement]) -> Version | None:
    if file is None:
        return None
    judgement = judgements.get(file.arrival.id) or handed_in_lines.by_itself(file)
    arrival = file.arrival
    return Version(
        revision, judgement.rows_accepted, judgement.rows_refused, _is_waiting(file), arrival.envelope.received_at, arrival.sha256
    )


# --- what it does ------------------------------------------------------------------------------------------------


def _effect(before: Register, state: DayState, filed: Filed, replaced: Filed | None, *, settings: Settings) -> Effect:
    """Return what the report does to its district's cases: `before` without it, `state` with it."""
    district, judgement = filed.reading.district, state.judgements.get(filed.arrival.id) or Judgement()
    arrivals = replaced.arrival.id if replaced else 0, filed.arrival.id
    own_before = {number: was for number, was in before.items() if written(was.particulars["旗区"]) == district}
    own = {case.number: case for case in state.cases if case.text("旗区") == district}
    doubtful = set(judgement.doubtful)
    changes = (
        _change(number, own_before.get(number), own.get(number), arrivals, is_refused=number in doubtful)
        for number in sorted(own_before.keys() | own.keys())
    )
    raised = {number: supervision.flags(case, state.day, settings.windows) for number, case in own.items()}
    after = {number: standing_of(case) for number, case in own.items()}
    return Effect(
        changes=tuple(change for change in changes if change),
        figures=tuple(GroupFigures(group.name, _tally(group, own_before), _tally(group, after)) for group in settings.groups),
        flags=tuple((flag, tuple(number for number, flags in raised.items() if flag in flags)) for flag in _FLAGS),
        receptions=len(judgement.reception),
        urgent=len(judgement.urgent),
        answers=len(judgement.answers),
    )


def _tally(group: Group, register: Register) -> Tally:
    in_use = [case for case in register.values() if case.source in group.sources and not case.is_cancelled]
    return Tally(group.target_percent, len(in_use), sum(case.is_counted for case in in_use))


def _change(number: str, was: Standing | None, case: Case | None, arrivals: tuple[int, int], *, is_refused: bool) -> CaseChange | None:
    """Return what becomes of a case; None where nothing does. `arrivals`: of the version that would be replaced, and of the report."""
    replaced, own = arrivals
    row_before, row = was.last if was else None, case.last if case else None
    is_own = row is not None and row.arrival == own
    is_left_out = row_before is not None and row_before.arrival == replaced and not is_own
    columns = (*_particulars(was, case), *(_columns(row_before, row, replaced) if row and is_own else ()))
    status = was.status if was else "", case.status if case else ""
    counted = bool(was and was.is_counted), bool(case and case.is_counted)
    if not (is_left_out or columns or status[0] != status[1] or counted[0] != counted[1]):
        return None
    matter = case.text("案由") if case else written(was.particulars["案由"]) if was else ""
    is_disputed, grounds = bool(case and case.dispute), case.grounds or "" if case else ""
    return CaseChange(number, matter or "", status, counted, is_disputed, is_left_out, is_left_out and is_refused, columns, grounds)


def _particulars(was: Standing | None, case: Case | None) -> Iterator[ColumnChange]:
    """Go through what is otherwise known of a case: the report has it anew among its 新增案件."""
    for column in PARTICULARS if was and case else ():
        before, after = written(was.particulars[column]) or "" if was else "", written(case.particulars[column]) or "" if case else ""
        if before != after:
            yield ColumnChange(column, before, after)


def _columns(before: RowPlace | None, row: RowPlace, replaced: int) -> Iterator[ColumnChange]:
    """Go through the columns of the report's own row that say another thing than the row before it."""
    is_same_day = before is not None and before.arrival == replaced
    for column in (*OF_THE_DAY, *_LASTING):
        was = (before[column] or "") if before and (is_same_day or column in _LASTING) else ""
        now = row[column] or ""
        if was != now:
            yield ColumnChange(column, was, now)
