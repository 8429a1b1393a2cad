"""How the day stands now: both targets with what waits in the inbox counted in, and what is wrong with what waits. Nothing is taken in.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pipeline.day.day_state import DayState
from pipeline.day.fold import fold
from pipeline.day.judging import Judgement
from pipeline.day.submissions import OfDay, Submissions
from pipeline.day.targets import Tally
from pipeline.intake import held_files, inbox
from pipeline.intake.incoming import Incoming
from pipeline.office import report_preview
from pipeline.office.check import Answer
from pipeline.reading.readers import Readers
from pipeline.report import breakdown, case_register, compose, handed_in_lines, sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.counting import Counting
from pipeline.report.figures import Figure
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Arrival, Facts, Filed
from pipeline.terms.rows import read_rows

_FIRST_ID: Final = -1_000_000
"""The ledger numbers its arrivals from 1, and `held_files` from -1 downwards; files that wait have the numbers below this one."""


@dataclass(frozen=True, slots=True)
class TargetNow:
    """A group's figure as it would be published now, beside that of the day before."""

    figure: Figure
    before: Tally
    cases: tuple[CaseLine, ...]
    """Those of the total, by case number."""

    @property
    def not_counted(self) -> dict[str, list[CaseLine]]:
        """The cases that are not counted as resolved, by the reason."""
        by_number = {case.number: case for case in self.cases}
        return {reason: [by_number[number] for number in numbers] for reason, numbers in breakdown.of(self.cases).not_counted.items()}

    @property
    def why_open(self) -> str:
        """Why its verdict could still turn; '' where it is certain."""
        return sentences.why_open(self.figure.bounds) if self.figure.bounds and not self.figure.is_certain else ""


@dataclass(frozen=True, slots=True)
class Waits:
    """A report that waits, and what was found in it; None where nothing opened it, since no district may send it."""

    file: Incoming
    answer: Answer | None
    is_replaced: bool = False
    """Whether the district's later report of the same day counts in its place."""

    @property
    def comes_first(self) -> bool:
        """Whether somebody should phone: what is in it will be refused, in part or whole, and nothing has come in its place since."""
        return not self.is_replaced and (self.answer is None or (self.answer.refuses and not self.answer.refuses_moved_alone))


@dataclass(frozen=True, slots=True)
class Today:
    """A day as far as anybody has reported of it."""

    day: date
    targets: tuple[TargetNow, ...]
    """Empty where there is no assignment workbook yet."""
    waiting: tuple[Waits, ...]
    """The reports in the inbox, of whatever day; what somebody should phone about first."""
    refused: frozenset[OfDay] = frozenset()
    """Of which districts and last days a report counts, or will, of which everything is refused."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that a look depends on: where it is the same, so is the answer."""

    day: date
    ledger: tuple[int, int]
    waiting: tuple[Incoming, ...]
    workbooks: tuple[tuple[str, int, int], ...]


class TodayLook:
    """Answers again and again; a day is folded anew only where ledger, inbox or day are others than before."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last: tuple[_Seen, Today] | None = None

    def look(self, day: date, waiting: Sequence[Incoming], readers: Readers) -> Today:
        """Return how the day stands. Raises LedgerError."""
        last, seen = self._last, _Seen(day, _stamp(self._settings.paths.ledger), tuple(waiting), _workbooks(self._settings))
        if last is not None and last[0] == seen:
            return last[1]
        today = of_day(day, waiting, self._settings, readers)
        self._last = seen, today
        return today


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _workbooks(settings: Settings) -> tuple[tuple[str, int, int], ...]:
    seen = (file for file in inbox.files(settings.paths.inbox) if file.is_assignment)
    return tuple((file.relative, file.status.st_size, file.status.st_mtime_ns) for file in seen)


def of_day(day: date, waiting: Sequence[Incoming], settings: Settings, readers: Readers) -> Today:
    """Return how the day stands, folded from the ledger and from what waits."""
    came = [(file, _filed(file, _FIRST_ID - number)) for number, file in enumerate(waiting)]
    opened = [filed for _file, filed in came if filed]
    accepted = [filed for filed in opened if filed.reading.accepted]
    last = max([day, *(filed.reading.day for filed in accepted)])
    held = held_files.facts_until(last, settings, readers)
    facts = Facts.of([*held, *accepted])
    if not facts.assignments:
        return Today(day, (), _in_order(Waits(file, _answer(file, filed, None)) for file, filed in came))
    states = fold(facts, settings, sorted({day, *(filed.reading.day for filed in accepted)}))
    judgements = {identity: judged for state in states.values() for identity, judged in state.judgements.items()}
    index = Submissions.of(facts.reports)
    placed = [(file, filed and _placed(filed, index, settings)) for file, filed in came]
    judgements = {identity: report_preview.without_refused(judged) for identity, judged in judgements.items()}
    judgements |= {
        filed.arrival.id: report_preview.with_older(judgements[filed.arrival.id], index.place_of(filed))
        for filed in accepted
        if filed.arrival.id in judgements
    }
    waits = [Waits(file, _answer(file, filed, judgements), _is_replaced(file, filed, states)) for file, filed in placed]
    refused = [filed for filed in opened if not filed.reading.accepted and filed.reading.day == day]
    return Today(
        day,
        _targets(states[day], counting_of(states[day], facts, (*refused_on(day, settings), *refused), settings)),
        _in_order(waits),
        frozenset(compose.all_refused(states[day])),
    )


def _placed(filed: Filed, index: Submissions, settings: Settings) -> Filed:
    """Return a waiting report whose `late` says whether it is the day's first."""
    first = index.beside(filed).first_received
    return handed_in_lines.placed(filed, first, settings, is_sent=True)


def _is_replaced(file: Incoming, filed: Filed | None, states: Mapping[date, DayState]) -> bool:
    if filed is None or filed.reading.is_from_stranger or not (state := states.get(filed.reading.day)):
        return False
    counts = state.in_force.get(file.district)
    return counts is not None and counts.arrival.envelope.received_at > filed.arrival.envelope.received_at


def _in_order(waits: Iterable[Waits]) -> tuple[Waits, ...]:
    return tuple(sorted(waits, key=lambda waiting: not waiting.comes_first))


def _filed(file: Incoming, number: int) -> Filed | None:
    """Return a waiting file as the ledger would file it; None where nobody opened it."""
    opened = file.opened
    if opened is None or file.envelope is None:
        return None
    arrival = Arrival(number, file.name, file.name, opened.sha256, file.size, file.envelope)
    return Filed(arrival, replace(opened.transcript.reading, rows=read_rows(opened.transcript.rows)))


def refused_on(day: date, settings: Settings) -> list[Filed]:
    """Return the day's reports that were refused whole when they were taken in."""
    files = held_files.held(settings, lambda _file: False).files
    return [file for file in files if file.reading.day == day and not (file.arrival.is_assignment or file.reading.accepted)]


def _answer(file: Incoming, filed: Filed | None, judgements: dict[int, Judgement] | None) -> Answer | None:
    if filed is None or file.path is None:
        return None
    judgement = None if judgements is None else judgements.get(filed.arrival.id, Judgement())
    return Answer(file.path, filed, judgement)


def counting_of(state: DayState, facts: Facts, refused: tuple[Filed, ...], settings: Settings) -> Counting:
    """Return what is counted by the day's rules; what was refused whole leaves a figure open as on the day's own page."""
    own = settings.on(state.day)
    arrivals = {filed.arrival.id: filed.arrival for filed in (*facts.assignments, *facts.reports)}
    lost = held_files.held(settings, lambda _file: False).lost
    return compose.counting_of(state, case_register.case_lines(state, arrivals, own), refused, own, lost)


def _targets(state: DayState, counting: Counting) -> tuple[TargetNow, ...]:
    before = dict(state.trend).get(state.day - timedelta(days=1), {})
    return tuple(
        TargetNow(
            figure,
            before.get(figure.group, Tally(figure.tally.target_percent)),
            tuple(case for case in counting.cases if case.group == figure.group),
        )
        for figure in counting.targets()
    )
