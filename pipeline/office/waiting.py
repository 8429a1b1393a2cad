"""What waits in the inbox, each with its verdict: how many rows will count, what a later report takes the place of.

Board, `status`, desk, clerks' page and reminders say the same of a waiting file, since all of them ask here; nothing is taken in.
Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import repeat
from pathlib import Path

from pipeline.day.day_state import DayState
from pipeline.day.judgement import Judgement
from pipeline.day.submissions import IN_TIME_ONLY, Beyond, Reports, Submissions
from pipeline.intake import facts_known, held_files, incoming
from pipeline.intake.facts_known import Known
from pipeline.intake.incoming import Incoming
from pipeline.office import preview_text, report_preview
from pipeline.office.check import Answer
from pipeline.reading.readers import Readers
from pipeline.report import compose, handed_in_lines, reminders
from pipeline.report.submission_lines import ArrivedReport, Waiting
from pipeline.settings.config import Settings
from pipeline.terms import messages, words
from pipeline.terms.errors import LedgerError
from pipeline.terms.handed_in import Filed, in_order


@dataclass(frozen=True, slots=True)
class Waits:
    """A report that waits, and what was found in it."""

    file: Incoming
    answer: Answer | None
    """None where nothing opened it, since no district may send it; also where the program itself failed on it."""
    is_replaced: bool = False
    """Whether the district's later report of the same day counts in its place."""
    is_made_good: bool = False
    """Whether it will be refused whole, and a later report of the district counts for its day."""
    is_repeat: bool = False
    """Whether it is the one that counts once more, byte for byte."""
    first_received: datetime | None = None
    """When the first report of its district and day came that was or will be taken, in the office's zone; None where it is none."""
    is_late: bool = False
    """Whether that first one came after the cut-off."""
    rows: tuple[int, int, int] | None = None
    """So many rows will be taken and refused, and of these of moved cases; None where nobody knows, and where it counts for nothing."""

    @property
    def lateness(self) -> str:
        """Return that the report of its district and day is late, behind other words; '' where it is not, or none is there."""
        return f"，{words.STANDS['late']}" if self.is_late else ""

    def told(self, day: date) -> str:
        """Return what becomes of it behind the time at which the first report came, with its own time where another came first."""
        first, own = self.first_received, self.file.received_at
        later = f"{words.clock(own, day)}收到的一份" if first and own and self.counts_for and own > first else ""
        return f"{later}{self.verdict}"

    @property
    def comes_first(self) -> bool:
        """Whether somebody should phone: what is in it will be refused, in part or whole, and nothing has come in its place since."""
        if self.is_replaced or self.is_made_good or self.is_repeat:
            return False
        if self.answer is None:
            return True
        return self.answer.refuses and not (self.answer.refuses_moved_alone or messages.is_offices_alone(self.answer.findings))

    @property
    def takes_nothing(self) -> bool:
        """Whether all of it will be refused though it counts as the report of its day, other than as moved cases."""
        return self.rows is not None and not self.rows[0] and self.answer is not None and self.comes_first

    @property
    def counts_for(self) -> date | None:
        """The day for which it will count; None where it will not."""
        return None if self.is_replaced else self.file.day

    @property
    def verdict(self) -> str:
        """What becomes of it, in a few words; '' where nobody knows."""
        if self.is_replaced:
            return "已由后来的一份代替，不算数"
        if self.is_repeat:
            return "与算数的那一份完全相同"
        if self.file.day is None:
            why = f"会整份退回：{self.file.refusal}" if self.file.refusal else self._why_not
            return f"{why}{'后来另报的一份算数' if self.is_made_good else ''}"
        if self.rows and not any(self.rows):
            reading = self.file.opened.transcript.reading if self.file.opened else None
            return words.without_rows(is_zero=reading is not None and reading.holds_nothing)
        return f"会{preview_text.rows(*self.rows)}" if self.rows else ""

    @property
    def _why_not(self) -> str:
        """Return why it is no report though nobody opened it, as far as its envelope tells."""
        if self.file.envelope is None or self.file.channel != "email" or self.file.district:
            return "不能算报送，收取时说明原因"
        return f"不能算报送：{'发件人不在任何旗区的名单里' if self.file.envelope.sender else '发件人没有得到证实'}"

    def description(self, seen_on: date, now: datetime | None = None) -> str:
        """Return whose it is, how and when it came, for which day it will count and with how many rows: the words beside its name."""
        day = f"{self.file.day} 的日报" if self.file.day else ""
        return f"{self.file.whose} {self.file.how_it_came(seen_on, now)} {'，'.join(part for part in (day, self.verdict) if part)}"


@dataclass(frozen=True, slots=True)
class Judged:
    """All that waits, and the days that it belongs to."""

    waits: tuple[Waits, ...]
    known: Known
    states: Mapping[date, DayState]
    """Of every day that was asked for and of every day of a waiting report; none where there is no assignment workbook."""
    opened: tuple[Filed, ...]
    """What waits and was opened."""

    def beyond(self, day: date) -> Beyond:
        """Return how the reports of the day and of those shortly before stand that count or will, beside when they came."""
        return compose.beyond(self.states[day], lost=()) if day in self.states else IN_TIME_ONLY


def judge(files: Sequence[Incoming], settings: Settings, readers: Readers | None = None, days: Collection[date] = ()) -> Judged:
    """Judge what waits as the next run will, with what the ledger holds. Raises LedgerError."""
    came = _came(files)
    found = tuple(filed for _file, filed in came if filed)
    accepted = [filed for filed in found if filed.reading.accepted]
    wanted = sorted({*days, *(filed.reading.day for filed in accepted)})
    if not wanted:
        return Judged(tuple(Waits(file, _answer(file, filed, None, {})) for file, filed in came), Known(()), {}, found)
    known = facts_known.until(wanted, settings, [*held_files.read_waiting_assignments(settings, readers), *accepted])
    states, index = known.fold(settings, wanted), Submissions.of(known.facts.reports)
    judgements = {identity: judged for state in states.values() for identity, judged in state.judgements.items()}
    judgements |= {
        filed.arrival.id: report_preview.with_older(judgements[filed.arrival.id], index.place_of(filed))
        for filed in accepted
        if filed.arrival.id in judgements
    }
    placed = [(file, filed and _placed(filed, index, judgements, settings)) for file, filed in came]
    waits = (_waits(file, filed, judgements if states else None, states) for file, filed in placed)
    beside = (index.beside(filed) if filed else None for _file, filed in placed)
    return Judged(tuple(map(_with_first, waits, beside, repeat(settings))), known, states, found)


def _with_first(waits: Waits, beside: Reports | None, settings: Settings) -> Waits:
    """Add when the first report of its district and day came, and whether that was too late; nothing of what is no report."""
    if beside is None or beside.first_received is None or waits.file.day is None:
        return waits
    day = waits.file.day
    is_late = beside.standing(day, settings.on(day).calendar) == "late"
    return replace(waits, first_received=beside.first_received.astimezone(settings.calendar.zone), is_late=is_late)


def receipt_line(
    path: Path, files: Sequence[Incoming], settings: Settings, readers: Readers | None, waits: Waiting
) -> ArrivedReport | None:
    """Return the receipt's line of the waiting report at that path; None where none waits there. `files`: all that waits beside it."""
    itself = next((file for file in files if file.path == path), None)
    filed = incoming.as_filed(itself, incoming.FIRST - len(files)) if itself else None
    if itself is None or filed is None:
        return None
    others = incoming.beside([file for file in files if file is not itself], filed.reading.district, incoming.named_in(filed.reading.rows))
    day, accepted = filed.reading.day, [*others, *([filed] if filed.reading.accepted else [])]
    try:
        numbers = held_files.numbers(settings) if reminders.answers(filed) else ()
        known = facts_known.until([day], settings, [*held_files.read_waiting_assignments(settings, readers), *accepted])
    except LedgerError:  # by itself, as its check was
        return handed_in_lines.waiting(filed, None, Submissions.of(accepted), settings, waits)
    state = known.fold(settings, [day], reminders.looked_back_on(filed, numbers, settings)).get(day)
    line = handed_in_lines.waiting(filed, state, Submissions.of(known.facts.reports), settings, waits)
    return next(reminders.reminded([line], state, numbers, settings)) if state else line


def of_district(waits: Iterable[Waits], district: str) -> list[Filed]:
    """Return the district's reports of these that will be accepted."""
    return incoming.beside([each.file for each in waits], district, ())


def opened(files: Sequence[Incoming]) -> tuple[Filed, ...]:
    """Return what waits and was opened, as the ledger would file it."""
    return tuple(filed for _file, filed in _came(files) if filed)


def _came(files: Sequence[Incoming]) -> list[tuple[Incoming, Filed | None]]:
    return [(file, incoming.as_filed(file, incoming.FIRST - number)) for number, file in enumerate(files)]


def _placed(filed: Filed, index: Submissions, judgements: Mapping[int, Judgement], settings: Settings) -> Filed:
    """Return a waiting report whose `late` says whether it is the day's first."""
    return handed_in_lines.placed(filed, index.beside(filed), judgements, settings, is_sent=True)


def unjudged(files: Iterable[Incoming]) -> tuple[Waits, ...]:
    """Return the same of what nobody has judged: whose it is, and what it says by itself."""
    return tuple(Waits(file, None) for file in files)


def _waits(file: Incoming, filed: Filed | None, judgements: dict[int, Judgement] | None, states: Mapping[date, DayState]) -> Waits:
    is_followed, answer = _is_followed(file, filed, states), _answer(file, filed, judgements, states)
    if filed is None or not filed.reading.accepted:
        return Waits(file, answer, is_made_good=is_followed)
    judged = (judgements or {}).get(filed.arrival.id)
    rows = (judged.rows_accepted, judged.rows_refused, judged.rows_moved) if judged else None
    is_repeat = bool(states) and not judged
    is_in_force = is_repeat and _in_force(file, filed, states) == filed.arrival.sha256
    return Waits(file, answer, is_replaced=is_followed and not is_in_force, is_repeat=is_repeat, rows=rows)


def _in_force(file: Incoming, filed: Filed, states: Mapping[date, DayState]) -> str:
    """Return the bytes that count for its district and day, by their SHA-256; '' where none do."""
    state = states.get(filed.reading.day)
    counts = state.in_force.get(file.district) if state else None
    return counts.arrival.sha256 if counts else ""


def _is_followed(file: Incoming, filed: Filed | None, states: Mapping[date, DayState]) -> bool:
    """Whether another report of the same district and day counts that came later, or at once and comes after it all the same."""
    if filed is None or filed.reading.is_from_stranger or not (state := states.get(filed.reading.day)):
        return False
    counts = state.in_force.get(file.district)
    return counts is not None and counts.arrival.id != filed.arrival.id and in_order([filed, counts])[-1] is counts


def _answer(file: Incoming, filed: Filed | None, judgements: dict[int, Judgement] | None, states: Mapping[date, DayState]) -> Answer | None:
    if filed is None or file.path is None:
        return None
    judgement = None if judgements is None else judgements.get(filed.arrival.id, Judgement())
    state = states.get(filed.reading.day)
    return Answer(file.path, filed, judgement, known=report_preview.in_register(state) if state else frozenset())
