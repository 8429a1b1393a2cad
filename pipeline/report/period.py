"""A week or any other span of days: where everything began and ended, drawn up from the reports of its days and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day.refused_matters import RefusedMatter
from pipeline.day.restatement import Moves, Restated
from pipeline.day.targets import Tally
from pipeline.report import breakdown, corrections, day_corrected, durations, exemptions_of_period, urgent_of_period
from pipeline.report.case_lines import CaseLine
from pipeline.report.durations import Duration
from pipeline.report.exemptions_of_period import ExemptionOverDays
from pipeline.report.figures import Certainty, Figure
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine
from pipeline.report.urgent_of_period import UrgentOverDays
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group

STANDS: Final = ("on-time", "mended", "late", "excused", "refused", "returned", "lost", "missing")
"""How a district's report of a day can stand, in the order in which they are counted: `day.submissions.Stands`, and a late one excused."""
ALWAYS_COUNTED: Final = ("on-time", "late", "missing")
"""The others are spoken of where there are any."""
LOOKED_AFTER: Final = (7, 30)
"""So many days after it was resolved a case is looked at again."""


@dataclass(frozen=True, slots=True)
class Part:
    """A group, or a district or leader in it: at the beginning, which is the day before the first, and at the end."""

    label: str
    group: str
    tallies: tuple[Tally, Tally]
    """Both against the target of the end."""
    moves: Moves
    """`newly_counted` and `no_longer_counted` are of both totals alone."""
    entered_resolved: tuple[str, ...]
    """Of the cases that entered the total, those that count at the end."""
    left_resolved: tuple[str, ...]
    """Of those that left it, the ones that counted at the beginning."""
    reopened: tuple[str, ...]
    """Those that a report of the period took out of 已化解, whatever came after."""
    figure: Figure | None = None
    """The figure of the end, with its bounds; None where the day's report has none."""
    fallen_back: tuple[str, ...] = ()
    """Counted on some day of the period, and neither at its beginning nor at its end."""
    passing: tuple[str, ...] = ()
    """In the total on some day of the period, and neither at its beginning nor at its end."""

    @property
    def newly_resolved(self) -> tuple[str, ...]:
        """Counted at the end and not at the beginning."""
        return tuple(sorted((*self.moves.newly_counted, *self.entered_resolved)))

    @property
    def no_longer_counted(self) -> tuple[str, ...]:
        """Counted at the beginning and not at the end."""
        return tuple(sorted((*self.moves.no_longer_counted, *self.left_resolved)))


@dataclass(frozen=True, slots=True)
class ReportOfDay:
    """How a district reported of a day."""

    status: str
    """on-time, late, excused or missing."""
    stands: str
    """One of `STANDS`: also that all of it was refused, that what came was refused whole, or that its original is lost."""
    rows_accepted: int
    rows_refused: int
    rows_moved: int = 0
    """Of the refused ones those whose case had been given to another district: no fault of whoever sent them."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Cases of a group that are not counted at the end, for one reason."""

    group: str
    reason: str
    """As `breakdown.REASONS` names it."""
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LaterLook:
    """What became of the cases resolved on a day, so many days later."""

    day: date
    counted: tuple[str, ...]
    not_counted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The cases newly resolved on a day of the period."""

    day: date
    cases: tuple[str, ...]
    later: tuple[LaterLook | None, ...]
    """For each of `LOOKED_AFTER`; None where that day is after the end."""


@dataclass(frozen=True, slots=True)
class Period:
    """Everything that is said about a span of days."""

    first: date
    last: date
    is_closing: bool
    settings: Settings
    """With the rules of the last day."""
    data_until: datetime
    has_beginning: bool
    """Whether there is a report of any day before the first: else what was resolved before came in with the period's own."""
    groups: tuple[Part, ...]
    units: tuple[Part, ...]
    """Those of `Report.units`: each level above the districts, and the districts directly under the reader beside such."""
    districts: tuple[Part, ...]
    leaders: tuple[Part, ...]
    course: tuple[tuple[date, Mapping[str, Tally]], ...]
    """By day from the beginning to the end: the tally of each group."""
    silent: frozenset[date]
    """Of these the days of which nobody reported: their figures are those of the reports before."""
    by_category: tuple[Duration, ...]
    by_source: tuple[Duration, ...]
    remaining: tuple[Remaining, ...]
    certainties: tuple[Certainty, ...]
    submissions: tuple[tuple[date, Mapping[str, ReportOfDay]], ...]
    """By day and district; no day before the work began."""
    editions: tuple[tuple[date, int], ...]
    """How many editions each day has had."""
    restated: tuple[tuple[date, Restated], ...]
    """With the day on which it was told: the day itself where it is marked 更正 and no later day of the period tells it."""
    former: Mapping[tuple[date, bool], str]
    """As of when the former figures are that a day tells of earlier ones, and with True those that it tells of itself (更正)."""
    corrected: tuple[date, ...]
    """The days that are marked 更正."""
    standing: tuple[Standing, ...]
    exemptions: tuple[ExemptionOverDays, ...]
    urgent: tuple[UrgentOverDays, ...]
    requests: tuple[tuple[str, date], ...]
    """Of open cases what leaders were asked on some day: the case, and since when it was asked."""
    refused_urgent: tuple[RefusedMatter, ...]
    """Those that were not taken, and not mended at the end; requests about cases too."""
    cases: Mapping[str, CaseLine]
    """Every case that is named, by number, as it stands at the end; one that is in the register no more as at the beginning."""

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1

    @property
    def below(self) -> tuple[Part, ...]:
        """What lies directly under the reader, as for the day's own report; none where that is the districts alone."""
        directly = {*self.settings.tree.children()}
        return tuple(part for part in self.units if part.label in directly)

    @property
    def counted(self) -> tuple[str, ...]:
        """How reports stand, as far as it is counted, in the order of `STANDS`."""
        return tuple(stands for stands in STANDS if stands in ALWAYS_COUNTED or self.reported(stands))

    @property
    def reports(self) -> list[ReportOfDay]:
        """How each district reported of each day."""
        return [report for _day, of_day in self.submissions for report in of_day.values()]

    def reported(self, stands: str) -> int:
        """Return how many reports of the period stand so."""
        return sum(report.stands == stands for report in self.reports)

    def kept(self, index: int) -> tuple[int, int]:
        """Return of the cases that could be looked at again after `LOOKED_AFTER[index]` days how many counted, and how many there were."""
        looks = [look for standing in self.standing if (look := standing.later[index])]
        return sum(len(look.counted) for look in looks), sum(len(look.counted) + len(look.not_counted) for look in looks)


def of(reports: Sequence[Report], editions: Mapping[date, int], *, is_closing: bool = False) -> Period:
    """Return the period of which these are the reports of each day; the first of them is the day before it.

    `editions`: how many each day has had, as far as it was published.
    """
    before, after, days = reports[0], reports[-1], reports[1:]
    settings, by_number = after.settings, {case.number: case for case in after.cases}
    lines = {case.number: case for report in reports[:-1] for case in report.cases} | by_number
    counts = [_Counts(report, by_number, settings) for report in (before, after)]
    reopened = frozenset(number for report in days for number in report.reopened)
    counted = frozenset(case.number for report in days for case in report.cases if case.is_counted and not case.grounds)
    seen = {case.number: case for report in days for case in report.cases if not case.grounds}
    passing = [
        by_number.get(number) or _regrouped(case, settings)
        for number, case in seen.items()
        if not any(number in each.counted for each in counts)
    ]
    parts = _Parts(counts[0], counts[1], reopened, counted, tuple(passing), settings)
    return Period(
        first=days[0].day,
        last=after.day,
        is_closing=is_closing,
        settings=settings,
        data_until=max(report.data_until for report in reports),
        has_beginning=days[0].day_before != "none",
        groups=parts.by(lambda line: [line.group], lambda group: [group.name], after.targets),
        units=_units(parts, after),
        districts=parts.by(lambda line: [line.district], lambda _group: settings.district_names, after.by_district),
        leaders=parts.by(lambda line: [line.leader], parts.leaders_of, after.by_leader),
        course=tuple((report.day, _tallies(_Counts(report, by_number, settings), settings.groups)) for report in reports),
        silent=frozenset(report.day for report in reports if report.day in report.silent_days),
        by_category=durations.by_category(after.cases, after.day, settings),
        by_source=durations.by_source(after.cases, after.day, settings),
        remaining=tuple(_remaining(after.cases, settings.groups)),
        certainties=after.certainties,
        submissions=_submissions(days),
        editions=tuple((report.day, editions.get(report.day, 0)) for report in days),
        restated=_restated(days),
        former=_former(days),
        corrected=tuple(report.day for report in days if report.is_correction),
        standing=_standing(days),
        exemptions=exemptions_of_period.over_days([(report.day, report.beyond.exemptions) for report in days]),
        urgent=urgent_of_period.over_days(days),
        requests=urgent_of_period.requests(days),
        refused_urgent=urgent_of_period.refused(days),
        cases=lines,
    )


def _units(parts: _Parts, after: Report) -> tuple[Part, ...]:
    names, figures = [line.name for line in after.units], [figure for line in after.units for figure in line.figures]
    return parts.by(lambda case: after.settings.tree.way(case.district), lambda _group: names, figures) if names else ()


class _Counts:
    """The cases of a day's total, each with whether it is counted; they belong where they belong at the end of the period."""

    def __init__(self, report: Report, at_the_end: Mapping[str, CaseLine], settings: Settings) -> None:
        in_use = [case for case in report.cases if not case.grounds]
        self.counted = {case.number: case.is_counted for case in in_use}
        self.lines = {case.number: at_the_end.get(case.number) or _regrouped(case, settings) for case in in_use}


def _regrouped(case: CaseLine, settings: Settings) -> CaseLine:
    """Return a case that is in the register no more, in the group that its source belongs to at the end."""
    group = settings.group_of_source.get(case.source)
    return replace(case, group=group.name) if group else case


@dataclass(frozen=True, slots=True)
class _Parts:
    before: _Counts
    after: _Counts
    reopened: frozenset[str]
    counted: frozenset[str]
    """On any day of the period."""
    passing: tuple[CaseLine, ...]
    """In the total on any day of the period, and at neither end."""
    settings: Settings

    def leaders_of(self, group: Group) -> Iterable[str]:
        """Return the leaders who have a case of the group at the beginning or at the end, by name."""
        return sorted({line.leader for counts in (self.before, self.after) for line in counts.lines.values() if line.group == group.name})

    def by(
        self, labels_of: Callable[[CaseLine], Iterable[str]], labels: Callable[[Group], Iterable[str]], figures: Iterable[Figure]
    ) -> tuple[Part, ...]:
        """Return the parts of each group, in its order; `labels_of`: in which a case is; `figures` are those of the day's own report."""
        own = {(figure.group, figure.label): figure for figure in figures}
        cases = [_by_part(counts, labels_of) for counts in (self.before, self.after)]
        passing: dict[tuple[str, str], list[str]] = {}
        for line in self.passing:
            for label in labels_of(line):
                passing.setdefault((line.group, label), []).append(line.number)
        return tuple(
            replace(
                self._part(label, group, cases[0].get((group.name, label), {}), cases[1].get((group.name, label), {}), own),
                passing=tuple(sorted(passing.get((group.name, label), ()))),
            )
            for group in self.settings.groups
            for label in labels(group)
        )

    def _part(
        self, label: str, group: Group, then: Mapping[str, bool], now: Mapping[str, bool], own: Mapping[tuple[str, str], Figure]
    ) -> Part:
        moves = Moves.between(then, now)
        return Part(
            label,
            group.name,
            (_tally(group, then), _tally(group, now)),
            moves,
            tuple(number for number in moves.entered if now[number]),
            tuple(number for number in moves.left if then[number]),
            tuple(sorted(self.reopened & (then.keys() | now.keys()))),
            own.get((group.name, label)),
            tuple(sorted(number for number in self.counted & (then.keys() | now.keys()) if not then.get(number) and not now.get(number))),
        )


def _by_part(counts: _Counts, labels_of: Callable[[CaseLine], Iterable[str]]) -> dict[tuple[str, str], dict[str, bool]]:
    parts: dict[tuple[str, str], dict[str, bool]] = {}
    for number, is_counted in counts.counted.items():
        line = counts.lines[number]
        for label in labels_of(line):
            parts.setdefault((line.group, label), {})[number] = is_counted
    return parts


def _tally(group: Group, cases: Mapping[str, bool]) -> Tally:
    return Tally(group.target_percent, len(cases), sum(cases.values()))


def _tallies(counts: _Counts, groups: Sequence[Group]) -> dict[str, Tally]:
    parts = _by_part(counts, lambda line: [line.group])
    return {group.name: _tally(group, parts.get((group.name, group.name), {})) for group in groups}


def _remaining(cases: Sequence[CaseLine], groups: Iterable[Group]) -> Iterable[Remaining]:
    for group in groups:
        for reason, numbers in breakdown.of(case for case in cases if case.group == group.name).not_counted.items():
            yield Remaining(group.name, reason, numbers)


def _restated(days: Sequence[Report]) -> tuple[tuple[date, Restated], ...]:
    """Return what the days tell of earlier ones, and of those marked 更正 what differs that none of the others tells of.

    What a day says again, since it came after the night of the day before and by noon, that day's own report has restated already.
    """
    told = [
        (report.day, entry)
        for before, report in zip((None, *days), days, strict=False)
        for entry in corrections.told_otherwise(report)
        if before is None or not _is_said_again(entry, report, before)
    ]
    named = {(entry.day, entry.group) for _told, entry in told}
    marked = (report for report in days if report.is_correction)
    own = [(report.day, entry) for report in marked for entry in day_corrected.of_this_day(report) if entry.differs]
    return tuple(sorted([*told, *(pair for pair in own if (pair[0], pair[1].group) not in named)], key=lambda pair: pair[0]))


def _former(days: Sequence[Report]) -> dict[tuple[date, bool], str]:
    earlier = {(report.day, False): f"{corrections.basis(report)}所知" for report in days}
    return earlier | {(report.day, True): day_corrected.since(report) for report in days if report.is_correction}


def _is_said_again(entry: Restated, report: Report, before: Report) -> bool:
    """Whether the day before restates that day and group by all that this one says of it."""
    anew = {(other.day, other.group) for other in (*report.overnight, *report.restated, *report.overnight_net)}
    return (entry.day, entry.group) not in anew and (entry.day, entry.group) in {(other.day, other.group) for other in before.restated}


def _submissions(days: Sequence[Report]) -> tuple[tuple[date, Mapping[str, ReportOfDay]], ...]:
    attended = [day for day, _standings in days[-1].attendance]  # of thirty days at most
    heard = [report.day for report in days if any(line.status != "missing" for line in report.submissions)]
    first = min([*attended, *heard], default=date.max)
    excused = days[-1].beyond.excused  # as 报送日历 of the last day has it
    return tuple(
        (report.day, {line.district: _of_day(line, is_excused=(line.district, report.day) in excused) for line in report.submissions})
        for report in days
        if report.day >= first
    )


def _of_day(line: SubmissionLine, *, is_excused: bool) -> ReportOfDay:
    """Return how a district reported; a late report whose lateness was approved is `excused`."""
    status, stands = (("excused" if is_excused and said == "late" else said) for said in (line.status, line.stands))
    return ReportOfDay(status, stands, line.rows_accepted, line.rows_refused, line.rows_moved)


def _standing(days: Sequence[Report]) -> tuple[Standing, ...]:
    by_day = {report.day: report for report in days}
    return tuple(
        Standing(
            report.day,
            report.resolved_today,
            tuple(_look(report.resolved_today, by_day.get(report.day + timedelta(days=after))) for after in LOOKED_AFTER),
        )
        for report in days
        if report.resolved_today
    )


def _look(numbers: Sequence[str], later: Report | None) -> LaterLook | None:
    if later is None:
        return None
    counted = {case.number for case in later.cases if case.is_counted}
    return LaterLook(
        later.day,
        tuple(number for number in numbers if number in counted),
        tuple(number for number in numbers if number not in counted),
    )
