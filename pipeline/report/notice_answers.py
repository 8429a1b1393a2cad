"""督办回复: what the districts' reports answer to the notices, case by case (docs/contract-extensions.md 9)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Final, Literal

from pipeline.day.answers import ANSWERABLE_DAYS, AnswerRow
from pipeline.day.day_state import DayState
from pipeline.day.supervision import NOTICED
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import ANSWERS, CASE
from pipeline.terms.findings import column_letter
from pipeline.terms.handed_in import Filed
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import rows_of_sheet
from pipeline.terms.text import document_number, mask

TOLD_DAYS: Final = 30
"""Of the notices of so many days up to a day it is told what was answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report says is done about a case of a notice."""

    day: date
    """The report's."""
    measures: str
    until: date
    origin: str
    """File, sheet and row."""
    notice: str = ""
    """The number of the notice that it answers, as it stands on that."""


@dataclass(frozen=True, slots=True)
class AskedCase:
    """A case that a notice names."""

    notice: NoticeNumber
    written: str
    """The notice's number as it stands on it."""
    case: str
    asked: str
    """Why the notice names it, and what is asked."""
    reply_by: date
    answer: Answer | None
    """The newest; None where there is none."""
    is_settled: bool
    """Whether nothing of the case needs following up any more in this district on the day that tells it."""
    was_settled: bool = False
    """Whether nothing needed it on a day before the reply could be overdue: whoever asks for it again later asks anew."""

    @property
    def district(self) -> str:
        """The notice's district."""
        return self.notice.district


Standing = Literal["answered", "settled", "continued", "waiting", "overdue"]
"""Of a case in a notice: answered; or it needs nothing more, a later notice asks instead, or the newest one waits, in time or past it."""


@dataclass(frozen=True, slots=True)
class CaseAnswers:
    """A case in all notices that name it, those of districts that had it before too: the newest asks for it, what came before is closed."""

    asked: Sequence[AskedCase]
    """Oldest notice first; not empty."""
    day: date
    """That tells it."""
    earlier: Answer | None = None
    """The newest answer to any notice, also to one that is told no more."""

    @property
    def newest(self) -> AskedCase:
        """The one that asks for it now."""
        return self.asked[-1]

    @property
    def waiting(self) -> Sequence[AskedCase]:
        """Those without an answer; none where nothing of the case needs following up any more."""
        return [case for case in self.asked if case.answer is None and not (case.is_settled or case.was_settled)]

    @property
    def first_waiting(self) -> AskedCase | None:
        """The one that was to be answered first of those without an answer."""
        return min(self.waiting, key=lambda case: case.reply_by, default=None)

    @property
    def is_overdue(self) -> bool:
        """Whether a reply date has passed without an answer to that notice or a later one."""
        first = self.first_waiting
        return first is not None and self.day > first.reply_by

    @property
    def answer(self) -> Answer | None:
        """The newest answer: it stays with the case as long as notices ask for it."""
        return next((case.answer for case in reversed(self.asked) if case.answer), self.earlier)

    def standing(self, case: AskedCase) -> Standing:
        """Return how the case stands in one of its notices."""
        if case.answer:
            return "answered"
        if case.is_settled or case.was_settled:
            return "settled"
        return "continued" if case is not self.newest else "overdue" if self.is_overdue else "waiting"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases the notices ask for, each once however many notices name it: `asked` is `answered`, `unanswered` and `settled`."""

    asked: int
    answered: int
    """Those with an answer to any of the notices, also where a later one asks again."""
    unanswered: int
    """Those that still need following up, without any."""
    settled: int
    """Those that need nothing more, without any."""
    overdue: int
    """Of the answered and unanswered ones: those of which a reply date is past without an answer since."""
    again: int
    """Of the overdue ones: those that were answered before."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A taken row that answers no notice: its number is none of the district's, or that notice does not name the case."""

    notice: str
    case: str
    district: str
    day: date
    """The report's."""
    file: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class NoticeAnswers:
    """The cases of the notices of the days up to one, with their answers."""

    last: date = date.min
    districts: tuple[str, ...] = ()
    """The office's, in their order."""
    cases: tuple[AskedCase, ...] = ()
    """Of `TOLD_DAYS`, by day, number and case."""
    latest: Mapping[tuple[str, str], Answer] = field(default_factory=dict)
    """By district and case: the newest answer to any notice."""
    unmatched: tuple[Unmatched, ...] = ()
    to_answer: tuple[AskedCase, ...] = ()
    """What has no answer yet of the last day and of `TOLD_DAYS` before it and still needs following up, each case under the newest notice,
    that first."""
    is_used: bool = False
    """Whether any district has answered in the reports of that time: elsewhere notices are answered on paper alone."""
    with_sheet: frozenset[str] = frozenset()
    """The districts of which a report of that time has the sheet, answered or not."""

    @property
    def by_case(self) -> list[CaseAnswers]:
        """The same case by case."""
        asked: dict[str, list[AskedCase]] = {}
        for case in self.cases:
            asked.setdefault(case.case, []).append(case)
        return [CaseAnswers(of_case, self.last, self._latest(of_case)) for of_case in asked.values()]

    def _latest(self, asked: Sequence[AskedCase]) -> Answer | None:
        """Return the newest answer to any notice of the districts that were asked for a case."""
        answers = (self.latest.get((case.district, case.case)) for case in asked)
        return max((answer for answer in answers if answer), default=None, key=lambda answer: answer.day)

    @property
    def overdue(self) -> tuple[CaseAnswers, ...]:
        """The cases of which a reply date is past without an answer since, each once; not those that need nothing any more."""
        return tuple(case for case in self.by_case if case.is_overdue)

    @property
    def counts(self) -> Counts:
        """How many cases there are of each kind."""
        cases = self.by_case
        answered = [case for case in cases if case.answer]
        settled = sum(not case.answer and case.newest.is_settled for case in cases)
        late = [case for case in cases if case.is_overdue]
        again = sum(bool(case.answer) for case in late)
        return Counts(len(cases), len(answered), len(cases) - len(answered) - settled, settled, len(late), again)

    @property
    def sent(self) -> int:
        """How many cases the notices name; a case counts once for each of them."""
        return len(self.cases)

    @property
    def answered(self) -> int:
        """How many of them have an answer."""
        return sum(case.answer is not None for case in self.cases)

    def of_notice(self, written: str) -> list[AskedCase]:
        """Return the cases of one notice."""
        return [case for case in self.cases if case.written == written]


def of(
    state: DayState, numbers: Sequence[NoticeNumber], files: Sequence[Filed], settings: Settings, *, last: date | None = None
) -> NoticeAnswers:
    """Return what is answered by the day of a state; `files`: what that day rests on, `numbers`: those that notices have.

    `last`: the day up to which notices are looked at, unless it is the state's own.
    """
    until, named = last or state.day, _Named(dict(state.flags_by_day))
    answers, unmatched = _matched(state, numbers, files, settings)
    near = [number for number in numbers if 0 <= (until - number.day).days <= TOLD_DAYS]
    replies, flagged = Signed(files, settings), _flagged(state, until)
    cases = [
        AskedCase(
            notice=number,
            written=_written(number, settings),
            case=case,
            asked=_asked(flags),
            reply_by=replies.reply_by(number),
            answer=_newest(answers.get((number.district, case), ()), number.day),
            is_settled=flagged is not None and (number.district, case) not in flagged,
            was_settled=named.was_settled(number, case, min(replies.reply_by(number), until)),
        )
        for number in sorted(near, key=lambda number: (number.day, number.number))
        for case, flags in sorted(named.by_notice(number).items())
    ]
    # The later notice that names a case takes the earlier one's place: whoever answers it has answered both.
    waiting = {(case.district, case.case): case for case in cases if case.answer is None and not case.is_settled}
    told = tuple(case for case in cases if (until - case.notice.day).days < TOLD_DAYS)
    return NoticeAnswers(
        last=until,
        districts=settings.district_names,
        cases=told,
        latest={key: of_case[-1][1] for key, of_case in answers.items()},
        unmatched=unmatched,
        to_answer=_newest_first(waiting.values()),
        is_used=any((state.day - row.day).days <= TOLD_DAYS for row in state.answers),
        with_sheet=_with_sheet(files, state.day),
    )


def _with_sheet(files: Iterable[Filed], day: date) -> frozenset[str]:
    near = (file for file in files if not file.arrival.is_assignment and 0 <= (day - file.reading.day).days < TOLD_DAYS)
    return frozenset(file.reading.district for file in near if rows_of_sheet(file.reading.rows, ANSWERS.name) is not None)


_Answers = dict[tuple[str, str], list[tuple[date, Answer]]]
"""By district and case: the answers, oldest first, each with the day of the notice whose number it carries."""


def _newest(answers: Iterable[tuple[date, Answer]], day: date) -> Answer | None:
    """Return the newest answer to the notice of that day or a later one; None where there is none."""
    return next((answer for answered, answer in reversed([*answers]) if answered >= day), None)


def _newest_first(cases: Iterable[AskedCase]) -> tuple[AskedCase, ...]:
    return tuple(sorted(sorted(cases, key=lambda case: case.case), key=lambda case: case.notice.day, reverse=True))


def _matched(
    state: DayState, numbers: Iterable[NoticeNumber], files: Iterable[Filed], settings: Settings
) -> tuple[_Answers, tuple[Unmatched, ...]]:
    """Return the answers to each case, and the rows of `TOLD_DAYS` that answer none."""
    answers, unmatched = _Answers(), []
    names = {file.arrival.id: file.arrival.name for file in files}
    days = frozenset(day for row in state.answers for day in (*row.named_on, *row.recounted_on))
    by_number = _by_number((number for number in numbers if number.day in days), settings)
    for row in state.answers:
        number = by_number.get((row.district, document_number(row.row["通知编号"] or "")))
        if number and row.case and number.day in row.named_on | row.recounted_on:
            answer = _answer(row, names, _written(number, settings))
            if number.day not in row.named_on:
                answer = replace(answer, origin=f"{answer.origin}（{words.NAMED_NO_MORE}）")
            answers.setdefault((row.district, row.case), []).append((number.day, answer))
        elif (state.day - row.day).days < TOLD_DAYS:
            unmatched.append(_unmatched(row, names))
    return answers, tuple(unmatched)


def quoted(files: Iterable[Filed], numbers: Iterable[NoticeNumber], days: Iterable[date], settings: Settings) -> frozenset[date]:
    """Return the days of the notices that answers in these files name, as far as what is told on one of these days hangs on it."""
    asked = sorted(days)
    by_number: Mapping[tuple[str, str], NoticeNumber] | None = None
    found = set[date]()
    for file in files:
        rows = rows_of_sheet(file.reading.rows, ANSWERS.name)
        if rows is None or not any(0 <= (day - file.reading.day).days <= TOLD_DAYS for day in asked):
            continue
        by_number = by_number or _by_number(numbers, settings)
        meant = (by_number.get((file.reading.district, document_number(written or ""))) for written in rows.texts("通知编号"))
        found |= {number.day for number in meant if number and 0 < (file.reading.day - number.day).days <= ANSWERABLE_DAYS}
    return frozenset(found)


def _by_number(numbers: Iterable[NoticeNumber], settings: Settings) -> dict[tuple[str, str], NoticeNumber]:
    """Return the notices by their districts and numbers."""
    return {(number.district, document_number(_written(number, settings))): number for number in numbers}


def _written(number: NoticeNumber, settings: Settings) -> str:
    return number.written(settings.on(number.day).notices.code)


class _Named:
    """Which cases each notice names."""

    def __init__(self, flags_by_day: Mapping[date, Mapping[str, Mapping[str, Iterable[str]]]]) -> None:
        self._flags_by_day = flags_by_day
        self._known: dict[NoticeNumber, dict[str, list[str]]] = {}

    def by_notice(self, number: NoticeNumber) -> dict[str, list[str]]:
        """Return the cases with their points, the worst first."""
        if number not in self._known:
            flags = self._flags_by_day.get(number.day, {}).get(number.district, {})
            points = {case: [flag for flag in NOTICED if flag in raised] for case, raised in flags.items()}
            self._known[number] = {case: raised for case, raised in points.items() if raised}
        return self._known[number]

    def was_settled(self, number: NoticeNumber, case: str, last: date) -> bool:
        """Whether on a day after the notice's, up to the day after the last, no notice of its district would name the case."""
        days = (number.day + timedelta(days=count) for count in range(1, (last - number.day).days + 2))
        flags = (self._flags_by_day[day].get(number.district, {}).get(case, ()) for day in days if day in self._flags_by_day)
        return any(not {*raised} & {*NOTICED} for raised in flags)


def _flagged(state: DayState, day: date) -> set[tuple[str, str]] | None:
    """Return the cases that a notice of that day would name, with their districts; None where its flags are not known."""
    today = dict(state.flags_by_day).get(day)
    return (
        None
        if today is None
        else {(district, case) for district, flags in today.items() for case, raised in flags.items() if {*raised} & {*NOTICED}}
    )


def _asked(flags: Sequence[str]) -> str:
    return f"{'、'.join(words.FLAGS[flag].name for flag in flags)}：{words.FLAGS[flags[0]].asked}"


def _answer(row: AnswerRow, names: Mapping[int, str], notice: str) -> Answer:
    rows, line = row.row.rows, row.row.rows.lines[row.row.position]
    origin = f"{names.get(row.row.arrival, '')} · {rows.name} · 第{line}行"
    return Answer(row.day, mask(row.row["办理措施"] or ""), row.row.day("完成时限") or row.day, mask(origin), notice)


def _unmatched(row: AnswerRow, names: Mapping[int, str]) -> Unmatched:
    place = row.row
    return Unmatched(
        notice=mask(place["通知编号"] or ""),
        case=mask(place[CASE] or ""),
        district=row.district,
        day=row.day,
        file=mask(names.get(place.arrival, "")),
        sheet=mask(place.rows.name),
        cell=f"{column_letter(place.rows.letters['通知编号'])}{place.rows.lines[place.position]}",
    )


class Signed:
    """When each notice was written, which is not before the last file that it rests on, and by when it is to be answered."""

    def __init__(self, files: Iterable[Filed], settings: Settings) -> None:
        self._settings = settings
        received = [(file, file.arrival.envelope.received_at.astimezone(settings.calendar.zone).date()) for file in files]
        self._workbooks = sorted(day for file, day in received if file.arrival.is_assignment)
        reports: dict[str, list[tuple[date, date]]] = {}
        for file, day in received:
            if not file.arrival.is_assignment:
                reports.setdefault(file.reading.district, []).append((file.reading.day, day))
        self._reports = {district: _running(sorted(of_district)) for district, of_district in reports.items()}

    def on(self, number: NoticeNumber) -> date:
        """Return the day on which a notice was written."""
        days, latest = self._reports.get(number.district, ([], []))
        count = bisect_right(days, number.day)
        arrived = self._workbooks[: max(1, bisect_right(self._workbooks, number.day))]
        return max(number.day, *arrived[-1:], *latest[max(0, count - 1) : count])

    def reply_by(self, number: NoticeNumber) -> date:
        """Return the day by which it is to be answered."""
        return self.on(number) + timedelta(days=self._settings.on(number.day).notices.reply_days)


def _running(reports: Sequence[tuple[date, date]]) -> tuple[list[date], list[date]]:
    """Return the reports' days, and when the last of those up to each came."""
    return [day for day, _received in reports], [*accumulate((received for _day, received in reports), max)]
