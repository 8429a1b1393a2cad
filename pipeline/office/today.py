"""How the day stands now: both targets with what waits in the inbox counted in, and what is wrong with what waits. Nothing is taken in.

Covered by tests/web/test_desk.py.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pipeline.day import known_when, rota
from pipeline.day.day_state import DayState
from pipeline.day.submissions import IN_TIME_ONLY, Beyond
from pipeline.day.targets import Tally
from pipeline.intake import held_files, inbox, incoming, soundness
from pipeline.intake.facts_known import Known
from pipeline.intake.incoming import Incoming
from pipeline.office import as_published, waiting, workbook_now
from pipeline.office.waiting import Judged, Waits
from pipeline.office.workbook_now import NONE_REFUSED, RefusedNow
from pipeline.reading.readers import Readers
from pipeline.report import breakdown, case_register, certainty, compose, handed_in_lines, sentences
from pipeline.report.case_lines import CaseLine
from pipeline.report.counting import Counting
from pipeline.report.figures import Figure, OpenPoint
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Facts, Filed, in_order
from pipeline.terms.text import mask
from pipeline.terms.words import NOT_YET, near


@dataclass(frozen=True, slots=True)
class TargetNow:
    """A group's figure as it would be published now, beside that of the day before."""

    figure: Figure
    before: Tally
    cases: tuple[CaseLine, ...]
    """Those of the total, by case number."""
    without_edits: str = ""
    """The rate that no edit of the register betters, with the cases; '' where it is the same."""
    cancelled: tuple[CaseLine, ...] = ()
    """Cases of the group that stand in no total, with 撤销依据."""
    open_points: tuple[OpenPoint, ...] = ()
    """What keeps its verdict provisional, by district and day."""
    restates: tuple[tuple[int, int], ...] = ()
    """What today's report says that the day before was told as, counted and total: from there it tells what is known since."""

    @property
    def not_counted(self) -> dict[str, list[CaseLine]]:
        """The cases that are not counted as resolved, by the reason."""
        by_number = {case.number: case for case in self.cases}
        return {reason: [by_number[number] for number in numbers] for reason, numbers in breakdown.of(self.cases).not_counted.items()}

    def why_open(self, *, is_over: bool) -> str:
        """Return why its verdict could still turn; '' where it is certain. `is_over`: whether the day's cut-off is."""
        return (
            sentences.why_open(self.figure.bounds, "" if is_over else NOT_YET) if self.figure.bounds and not self.figure.is_certain else ""
        )


@dataclass(frozen=True, slots=True)
class Today:
    """A day as far as anybody has reported of it."""

    day: date
    targets: tuple[TargetNow, ...]
    """Empty where there is no assignment workbook yet."""
    waiting: tuple[Waits, ...]
    """The reports in the inbox, of whatever day, as they came."""
    beyond: Beyond = IN_TIME_ONLY
    """How the reports of the last days stand that count or will, beside when they came; but for what is lost."""
    workbooks: tuple[tuple[str, str], ...] = ()
    """The usable assignment workbooks in the inbox, which the figures count already: name, and how and when it came."""
    rota_amiss: str = ""
    """That the newest workbook has no rota any more."""
    of_workbook: RefusedNow = NONE_REFUSED
    """Its refused rows."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """All that a look depends on: where it is the same, so is the answer."""

    day: date
    ledger: Hashable
    waiting: tuple[Incoming, ...]
    workbooks: tuple[tuple[str, int, int], ...]


class TodayLook:
    """Answers again and again; a day is folded anew only where ledger, inbox or day are others than before."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._last: tuple[_Seen, Today] | None = None

    def look(self, day: date, files: Sequence[Incoming], readers: Readers) -> Today:
        """Return how the day stands. Raises LedgerError."""
        last, seen = self._last, _Seen(day, held_files.stamp(self.settings), tuple(files), _workbooks(self.settings))
        if last is not None and last[0] == seen:
            return last[1]
        today = of_day(day, files, self.settings, readers)
        self._last = seen, today
        return today


def torn(settings: Settings) -> str:
    """Return what doctor says of lines of the journal that cannot be read; '' where all can."""
    return soundness.torn_lines_seen(settings.paths.archive)


def lost_workbooks(settings: Settings) -> list[str]:
    """Return the assignment workbooks whose original is lost, that the office decided to go on without, and that have not come back."""
    left_out = held_files.held(settings, lambda _file: False).left_out
    return [mask(file.path.rpartition("/")[2]) for file in left_out if file.is_assignment]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A report whose time of arrival has not come yet: until then no correction of it counts."""

    district: str
    day: date
    name: str
    received_at: datetime
    is_waiting: bool
    """Whether no run has taken it in, so that its envelope can still be mended."""


def ahead(waits: Iterable[Waits], settings: Settings, now: datetime) -> list[Ahead]:
    """Return the reports whose envelope gives a time to come, those that wait first. Raises LedgerError."""
    zone = settings.calendar.zone
    found = [
        Ahead(one.file.whose, one.file.about or now.date(), one.file.name, one.file.received_at, is_waiting=True)
        for one in waits
        if one.file.received_at and soundness.is_ahead(one.file.received_at, now)
    ]
    for filed in held_files.held(settings, lambda _file: False).files:
        reading, received_at = filed.reading, filed.arrival.envelope.received_at
        if reading.accepted and not filed.arrival.is_assignment and soundness.is_ahead(received_at, now):
            found.append(Ahead(reading.district, reading.day, mask(filed.arrival.name), received_at.astimezone(zone), is_waiting=False))
    return found


def to_phone(waits: Iterable[Waits], now: datetime, settings: Settings) -> list[str]:
    """Return a sentence for each day of what waits and holds something that will be refused: whose, and whether a phone call is in time."""
    by_day: dict[date, list[str]] = {}
    for one in waits:
        if one.comes_first:
            by_day.setdefault(one.file.about or now.date(), []).append(one.file.whose)
    return [_to_phone(day, by_day[day], now, settings) for day in sorted(by_day, reverse=True)]


def _to_phone(day: date, whose: Sequence[str], now: datetime, settings: Settings) -> str:
    limit = settings.on(day).calendar.last_moment(day)
    known = [name for name in dict.fromkeys(whose) if not name.startswith("不知旗区")]
    of_whom = "、".join([*known, *(["不知是哪个旗区的，先看文件是谁送来的"] if len(known) < len({*whose}) else [])])
    if now <= limit:
        return f"{near(day, now.date())}的有会退回的，{limit:%H:%M}截止以前请打电话：{of_whom}。"
    return f"{near(day, now.date())}的{limit:%H:%M}截止已过，改好再报的内容照常采用，请打电话：{of_whom}。"


def _workbooks(settings: Settings) -> tuple[tuple[str, int, int], ...]:
    seen = (file for file in inbox.files(settings.paths.inbox) if file.is_assignment)
    return tuple((file.relative, file.status.st_size, file.status.st_mtime_ns) for file in seen)


def of_day(day: date, files: Sequence[Incoming], settings: Settings, readers: Readers | None) -> Today:
    """Return how the day stands, folded from the ledger and from what waits."""
    judged = waiting.judge(files, settings, readers, [day])
    if not judged.states:
        return Today(day, (), judged.waits)
    state = judged.states[day]
    facts = judged.known.facts
    targets = _restating(_targets(state, facts, refused_on(day, settings, judged.opened), settings), day, judged.known, settings)
    workbooks = _waiting_workbooks(facts, day, settings)
    rota_amiss = rota.amiss(in_order(facts.assignments), day, settings.calendar.zone)
    newest = workbook_now.newest_of(held_files.held(settings, lambda _file: False).published)
    of_workbook = workbook_now.of(state, newest, settings)
    return Today(day, targets, judged.waits, judged.beyond(day), workbooks, rota_amiss, of_workbook)


def _restating(targets: tuple[TargetNow, ...], day: date, files: Known, settings: Settings) -> tuple[TargetNow, ...]:
    """Add what the day's report will say of the day before where that was published otherwise: it goes by when a report came."""
    before = day - timedelta(days=1)
    published = {told["group"]: (told["resolved"], told["total"]) for told in as_published.targets(settings, before) if told["total"]}
    known = {target.figure.group: (target.before.resolved, target.before.total) for target in targets}
    if all(known.get(group, pair) == pair for group, pair in published.items()):
        return targets
    state = known_when.fold_on(files.facts, settings, [day], (), files.beginning)[0][day]
    begins: dict[str, list[tuple[int, int]]] = {}
    for entry in (*state.restated, *state.overnight.entries, *state.overnight.net):
        if entry.day == before and not entry.unit:
            begins.setdefault(entry.group, []).append((entry.tallies[0].resolved, entry.tallies[0].total))
    return tuple(replace(target, restates=tuple(begins.get(target.figure.group, ()))) for target in targets)


def known_otherwise(
    days: Collection[date], files: Sequence[Incoming], settings: Settings, readers: Readers | None
) -> dict[date, list[str]]:
    """Return by published day which of its figures are known to be others by now, and which reports wait for it, in words.

    What was taken in since it was published counts, and what waits. Raises LedgerError.
    """
    judged = waiting.judge(files, settings, readers, days)
    return {day: [*_moved(day, judged, settings), *_waiting_for(day, judged.waits)] for day in days}


def _moved(day: date, judged: Judged, settings: Settings) -> Iterator[str]:
    published = {told["group"]: f"{told['resolved']}/{told['total']}" for told in as_published.targets(settings, day)}
    if (state := judged.states.get(day)) is None:
        return
    for figure in counting_of(state, judged.known.facts, (), settings).targets():
        said, known = published.get(figure.group), f"{figure.tally.resolved}/{figure.tally.total}"
        if said and said != known:
            yield f"已知{figure.label}现在是 {known}，这一版写的是 {said}"


def _waiting_for(day: date, waits: Iterable[Waits]) -> Iterator[str]:
    for of_day in (each for each in waits if each.counts_for == day and not each.is_repeat):
        yield f"等待收取：{of_day.description(day)}"


def _waiting_workbooks(facts: Facts, day: date, settings: Settings) -> tuple[tuple[str, str], ...]:
    told, before = [], ""
    last = datetime.combine(day, time.max, settings.calendar.zone)  # the look is kept while the day goes on
    for filed in in_order(facts.assignments):
        if filed.arrival.id < 0:  # no run has taken it in
            envelope = filed.arrival.envelope
            at = envelope.received_at.astimezone(settings.calendar.zone)
            number = envelope.message_id or "" if envelope.channel == "upload" else ""
            same = "，与现行的完全相同，什么也不改变" if filed.arrival.sha256 == before else ""
            told.append((mask(filed.arrival.name), f"{incoming.came(envelope.channel, at, number, day, last)}{same}"))
        before = filed.arrival.sha256
    return tuple(told)


def refused_on(day: date, settings: Settings, opened: Iterable[Filed] = ()) -> tuple[Filed, ...]:
    """Return the day's reports that were refused whole when they were taken in, and of what waits those that will be, with findings."""

    def is_one(file: Filed) -> bool:
        return file.reading.day == day and not (file.arrival.is_assignment or file.reading.accepted)

    # In full: only the findings say that a stranger sent it.
    return tuple(filter(is_one, (*held_files.held(settings, is_one).files, *opened)))


def counting_of(state: DayState, facts: Facts, refused: tuple[Filed, ...], settings: Settings) -> Counting:
    """Return what is counted by the day's rules; what was refused whole leaves a figure open as on the day's own page."""
    return _counting(state, register_of(state, facts, settings), refused, settings)


def register_of(state: DayState, facts: Facts, settings: Settings) -> tuple[CaseLine, ...]:
    """Return the register of the day, cancelled cases included, by the day's rules."""
    arrivals = {filed.arrival.id: filed.arrival for filed in (*facts.assignments, *facts.reports)}
    return case_register.case_lines(state, arrivals, settings.on(state.day))


def _counting(state: DayState, register: Sequence[CaseLine], refused: tuple[Filed, ...], settings: Settings) -> Counting:
    came = (held_files.held(settings, lambda _file: False).lost, handed_in_lines.returned(refused))
    return compose.counting_of(state, register, refused, settings.on(state.day), came)


def _targets(state: DayState, facts: Facts, refused: tuple[Filed, ...], settings: Settings) -> tuple[TargetNow, ...]:
    before = dict(state.trend).get(state.day - timedelta(days=1), {})
    register = register_of(state, facts, settings)
    counting = _counting(state, register, refused, settings)
    targets = counting.targets()
    certainties = certainty.of(targets, counting.settings.groups, state.cases)
    return tuple(
        TargetNow(
            figure,
            before.get(figure.group, Tally(figure.tally.target_percent)),
            tuple(case for case in counting.cases if case.group == figure.group),
            sentences.unmoved(of_group, figure.tally),
            tuple(case for case in register if case.group == figure.group and case.grounds),
            compose.open_points(state, counting, figure),
        )
        for figure, of_group in zip(targets, certainties, strict=True)
    )
