"""督办通知: what a district has to follow up, case by case, and what of its last notice is settled. Which days have one is a fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from pipeline.day import edit_effects, supervision
from pipeline.day.cases import PARTICULARS, Case
from pipeline.day.day_state import DayState
from pipeline.day.known_when import known_until
from pipeline.report import clock_lines, notice_words
from pipeline.report.case_lines import CaseLine, Notice, NoticeCase, Point, Settled, SettledSince
from pipeline.report.notice_answers import Signed
from pipeline.report.rested_on import Resting, by
from pipeline.settings.config import Settings
from pipeline.settings.rules import Windows
from pipeline.terms.handed_in import Filed
from pipeline.terms.notice_number import NoticeNumber

FLAGS = supervision.NOTICED
"""What a notice is about, the worst first. 已撤销 needs nothing more, 分解表缺失 is the office's own affair."""
LOOKS_BACK_DAYS = 30
"""How old a district's earlier notices may be for their cases to be looked at again (decision 11)."""


def concerns(flags: Mapping[str, Iterable[str]]) -> bool:
    """Return whether any of a district's flags, which are by case, is a matter for a notice."""
    return bool(_concerned(flags))


def _concerned(flags: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the cases of a district that a notice is about; `flags` are by case."""
    return [number for number, flags_of_case in flags.items() if any(flag in FLAGS for flag in flags_of_case)]


@dataclass(frozen=True)
class _Known:
    """What notices are drawn up from, sorted once for all districts."""

    state: DayState
    lines: Sequence[CaseLine]
    settings: Settings
    nights: Mapping[NoticeNumber, date]

    @cached_property
    def night_of(self) -> Mapping[tuple[date, str], date]:
        """By day and district: the night on which the notice was handed out."""
        return {(number.day, number.district): night for number, night in self.nights.items()}

    @cached_property
    def line_of(self) -> Mapping[str, CaseLine]:
        """The lines by their cases' numbers."""
        return {line.number: line for line in self.lines}

    @cached_property
    def case_of(self) -> Mapping[str, Case]:
        """The cases by their numbers."""
        return {case.number: case for case in self.state.cases}

    @cached_property
    def _lines_by_district(self) -> Mapping[str, Sequence[CaseLine]]:
        return by(self.lines, lambda line: line.district)

    @cached_property
    def _cases_by_district_before(self) -> Mapping[str, Sequence[Case]]:
        there = (case for case in self.state.cases if case.number in self.state.before)
        return by(there, lambda case: self.state.before[case.number].particulars["旗区"])

    def lines_of(self, district: str) -> Sequence[CaseLine]:
        """Return the lines of a district's cases."""
        return self._lines_by_district.get(district, ())

    def cases_before(self, district: str) -> Sequence[Case]:
        """Return the cases that were the district's the day before."""
        return self._cases_by_district_before.get(district, ())


def of(
    state: DayState, lines: Sequence[CaseLine], numbers: Sequence[NoticeNumber], settings: Settings, files: Sequence[Filed]
) -> tuple[Notice, ...]:
    """Return the day's notices in the order of their numbers; one that has no case any more stays, and says why.

    `files`: the workbooks and reports that the day rests on.
    """
    known, resting = _Known(state, lines, settings, handed_out(numbers, files, settings)), Resting(files)
    given: dict[tuple[date, str], NoticeNumber] = {}
    for number in sorted(numbers):
        given.setdefault((number.day, number.district), number)
    return tuple(_notice(number, known, given, resting) for number in sorted(numbers) if number.day == state.day)


def handed_out(numbers: Iterable[NoticeNumber], files: Sequence[Filed], settings: Settings) -> dict[NoticeNumber, date]:
    """Return the night on which each notice was handed out first, as far as the numbers and the arrivals tell: mostly that of its day.

    A run gives its numbers by day and district. One that goes back in that order, and those that follow it, were given later than all
    before it, and not later than the last file came that the notice rests on.
    """
    turn, signed = {district: place for place, district in enumerate(settings.district_names)}, Signed(files, settings)
    nights: dict[NoticeNumber, date] = {}
    floor, last = date.min, (date.min, 0)
    for number in sorted(numbers):
        place = (number.day, turn.get(number.district, len(turn)))
        if place < last:
            floor = max(nights.values()) + timedelta(days=1)
        nights[number], last = max(number.day, min(floor, signed.on(number))), place
    return nights


def _notice(number: NoticeNumber, known: _Known, given: Mapping[tuple[date, str], NoticeNumber], files: Resting) -> Notice:
    state, settings = known.state, known.settings
    earlier = _earlier(known, number.district)
    last = max(earlier, default=None)
    points = points_of(state.day, known.lines_of(number.district), settings.windows)
    settled = [*_settled(known, number.district, last, points)] if last else []
    settled += [] if points else _edited_away(known, number.district, {point.number for point in settled})
    before = given.get((last, number.district)) if last else None
    objectable = clock_lines.may_object(known.lines_of(number.district))
    told = {*points, *(point.number for point in settled), *(line.number for line in objectable)}
    rested_on = [*files.behind(number.district, (case for name in told if (case := known.case_of.get(name))))]
    data_until = max(file.arrival.envelope.received_at for file in rested_on).astimezone(settings.calendar.zone)
    signed = max(state.day, data_until.date())  # no paper is dated before its data
    reported = [file.arrival.envelope.received_at for file in rested_on if not file.arrival.is_assignment]
    return Notice(
        number=_written(number, settings),
        district=number.district,
        signed=signed,
        reply_by=signed + timedelta(days=settings.notices.reply_days),
        cases=_worst_first(points, _named(known, number.district, earlier), settled, _concerned(earlier[last]) if last else ()),
        settled=tuple(settled),
        before=_written(before, settings) if before else "",
        before_cases=len(_concerned(earlier[last])) if last else 0,
        data_until=data_until,
        reported_until=max(reported).astimezone(settings.calendar.zone) if reported else None,
        is_correction=data_until > known_until(state.day, settings),
        objectable=tuple(objectable),
        is_recounted=any(_is_late(file, state.day, settings) for file in rested_on),
    )


def _is_late(file: Filed, day: date, settings: Settings) -> bool:
    """Whether a report tells of one of the days on which earlier notices are counted what nobody could know when they were written."""
    told = file.reading.day
    is_near = not file.arrival.is_assignment and 0 < (day - told).days <= LOOKS_BACK_DAYS
    return is_near and file.arrival.envelope.received_at > known_until(told, settings)


def without_notice(
    state: DayState, lines: Sequence[CaseLine], numbers: Sequence[NoticeNumber], settings: Settings, files: Sequence[Filed]
) -> tuple[SettledSince, ...]:
    """Return what is settled of the last notices of the districts that have none on this day, in the districts' order."""
    given = {(number.day, number.district): number for number in numbers}
    known = _Known(state, lines, settings, handed_out(numbers, files, settings))
    since = []
    for district in settings.district_names:
        last = max(_earlier(known, district), default=None)
        if last and (last, district) in given and (state.day, district) not in given:
            settled = tuple(_settled(known, district, last, ()))
            since.append(SettledSince(district, _written(given[last, district], settings), settled))
    return tuple(since)


def _written(number: NoticeNumber, settings: Settings) -> str:
    return number.written(settings.on(number.day).notices.code)


def points_of(day: date, lines: Iterable[CaseLine], windows: Windows) -> dict[str, list[Point]]:
    """Return the points of each case that has any, the worst first."""
    points: dict[str, list[Point]] = {}
    for line in lines:
        for flag in FLAGS:
            if flag in line.flags:
                count = notice_words.days(flag, line, day, windows)
                rule = notice_words.rule(flag, line, windows)
                said = notice_words.reason(flag, line, day, count), notice_words.brief(flag, line, day, count)
                points.setdefault(line.number, []).append(Point(flag, line, rule, count, *said))
    return points


def _worst_first(
    points: Mapping[str, Sequence[Point]], told: Mapping[str, int], settled: Iterable[Settled], before: Container[str]
) -> tuple[NoticeCase, ...]:
    """Return a case for each: by its worst point, of those that are alike the one that has been so longest, or is due first.

    `told`: on how many nights notices have named a case. `before`: the cases of the last notice.
    """
    gone: dict[str, list[Settled]] = {}
    for settled_point in settled:
        gone.setdefault(settled_point.number, []).append(settled_point)

    def weight(case: NoticeCase) -> tuple[int, int, int, str]:
        worst, number = case.points[0], case.line.number
        days = worst.days or 0
        return FLAGS.index(worst.flag), days if worst.flag == "due_soon" else -days, -len(case.points), number

    cases = (
        NoticeCase(of_case[0].line, tuple(of_case), 1 + told[number], tuple(gone.get(number, ())), number not in before)
        for number, of_case in points.items()
    )
    return tuple(sorted(cases, key=weight))


def _named(known: _Known, district: str, earlier: Mapping[date, Mapping[str, Iterable[str]]]) -> Counter[str]:
    """Return on how many nights the district was handed a notice that names a case: what comes together is read once."""
    nights = {(known.night_of.get((day, district), day), number) for day, flags in earlier.items() for number in _concerned(flags)}
    return Counter(number for _night, number in nights)


def _earlier(known: _Known, district: str) -> dict[date, Mapping[str, Sequence[str]]]:
    """Return the flags by case on each of the last `LOOKS_BACK_DAYS` on which the district had a notice, as they are known now.

    One that was handed out on the same night as the day's own, or later, is none: nobody can have followed it before.
    """
    state = known.state
    tonight = known.night_of.get((state.day, district), state.day + timedelta(days=1))
    near = {day: flags.get(district, {}) for day, flags in state.flags_by_day if 0 < (state.day - day).days <= LOOKS_BACK_DAYS}
    return {day: flags for day, flags in near.items() if concerns(flags) and known.night_of.get((day, district), day) < tonight}


def _settled(known: _Known, district: str, last: date, points: Container[str]) -> Iterable[Settled]:
    """Go through the last notice's points that hold no longer; a case that was due soon and is overdue now is not settled.

    `last`: the day of that notice. `points`: the cases that this notice names.
    """
    state, settings = known.state, known.settings
    flags_then, windows_then = dict(state.flags_by_day)[last][district], settings.on(last).windows
    for flag in FLAGS:
        for number in sorted(number for number, flags in flags_then.items() if flag in flags):
            line = known.line_of.get(number)
            is_own = line is not None and line.district == district
            now = line.flags if line and is_own else ()
            if flag not in now and not (flag == "due_soon" and "overdue" in now):
                kind, detail = notice_words.settled(flag, district, line, _deadline_then(known.case_of.get(number), last))
                if is_own and flag in supervision.flags(known.case_of[number], state.day, windows_then):
                    spans = (supervision.days_allowed(flag, windows) for windows in (windows_then, settings.windows))
                    kind, detail = notice_words.settled_by_rule(flag, *spans)
                yield Settled(flag, number, line.matter if line and is_own else "", kind, detail, is_gone=number not in points)


def _edited_away(known: _Known, district: str, told: Container[str]) -> Iterable[Settled]:
    """Go through the cases that this very notice would be about by yesterday's particulars, but for those `told` of the last one already.

    Each has its worst point alone: of a case that was moved away the district's own rows count no more, which raises others.
    """
    state, settings = known.state, known.settings
    for case in known.cases_before(district):
        if case.number in told:
            continue
        unedited = edit_effects.unedited(case, state.before, (*PARTICULARS, "撤销依据"))
        unedited.exempted = state.before[case.number].exempted
        line = known.line_of[case.number]
        raised = {*supervision.flags(unedited, state.day, settings.windows)} & {*FLAGS}
        for flag in sorted(raised, key=FLAGS.index)[:1]:
            kind, detail = notice_words.settled(flag, district, line, _deadline_then(case, state.day - timedelta(days=1)))
            yield Settled(flag, case.number, line.matter if line.district == district else "", kind, detail, is_gone=True)


def _deadline_then(case: Case | None, day: date) -> date | None:
    """Return the deadline that was in force on an earlier day, whatever workbooks have come since."""
    return case.deadline_on(day) if case else None
