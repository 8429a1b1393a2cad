"""对账: what the assignment workbook and the reports say differently on a day (docs/contract-extensions.md 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from pipeline.day import template_values
from pipeline.day.cases import RECENT_DAYS, Case, RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.unlikely import alike, replies
from pipeline.report.case_lines import CaseLine
from pipeline.report.exemptions import silenced_cases
from pipeline.settings.config import Settings
from pipeline.terms.case_numbers import Register
from pipeline.terms.contract import CASE
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Arrival
from pipeline.terms.month_day import MonthDay
from pipeline.terms.rows import written
from pipeline.terms.text import mask

_LEADER, _DEADLINE, UNIT = "包案领导", "办结时限", "责任单位"
COLUMNS = (_LEADER, _DEADLINE, UNIT)
"""The particulars that are compared, in the order in which they are listed."""
ALIKE, SAME_REPLY = "unlikely-alike", "unlikely-same-reply"
MOST_PAIRS = 2_000
"""Of a day: a thousand cases of one project that are all alike would be half a million pairs, which nobody reads."""


@dataclass(frozen=True, slots=True)
class NeverReported:
    """A case of the workbook of which no row was ever taken."""

    line: CaseLine
    is_refused_today: bool
    """Whether a row of the day is about it, and was refused."""
    refused_on: date | None = None
    """The last earlier day of which a row about it was refused; None where there is none."""

    @property
    def is_refused(self) -> bool:
        """Whether a row about it came and was refused: then it is told by a receipt what to do, and it did report."""
        return self.is_refused_today or self.refused_on is not None


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """A case that no workbook has: found by the district, or a number that nobody knows."""

    number: str
    district: str
    line: CaseLine | None
    """Of a found case; None where it is a number of a refused row."""
    origin: str
    """File, sheet and row that it stands in."""
    is_refused_in_workbook: bool = False
    """Whether the workbook in force has it after all, in a row that was refused: nothing that a district could mend."""

    @property
    def is_found(self) -> bool:
        """Whether a district's 新增案件 brought it in."""
        return self.line is not None


@dataclass(frozen=True, slots=True)
class Differing:
    """A particular of a case that a report has otherwise."""

    line: CaseLine
    column: str
    holds: str
    """What the workbook has, or else what holds; '' where it is empty. A date in ISO form."""
    reported: str
    origin: str
    """File, sheet and row of the report."""


@dataclass(frozen=True, slots=True)
class Twice:
    """Two cases that may be the same matter, by number."""

    lines: tuple[CaseLine, CaseLine]
    codes: tuple[str, ...]
    """The hints that say so."""

    @property
    def districts(self) -> tuple[str, ...]:
        """Whose they are, each once."""
        return tuple(dict.fromkeys(line.district for line in self.lines))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """All of a day, each kind by case number; texts of reports have their personal numbers masked."""

    never_reported: tuple[NeverReported, ...] = ()
    not_assigned: tuple[NotAssigned, ...] = ()
    differing: tuple[Differing, ...] = ()
    twice: tuple[Twice, ...] = ()
    is_trial: bool = False
    """Whether hints are on trial, and `twice` with them: nobody is asked about it yet."""

    def __bool__(self) -> bool:
        return bool(self.never_reported or self.not_assigned or self.differing or self.twice)

    def of_district(self, district: str) -> Reconciliation:
        """Return what a letter to the district says: nothing of another one's cases, nothing that is on trial, nothing that it cannot mend.

        A case of which a row came and was refused is none that was never reported, and a row that the office has to mend is asked of
        nobody. What a district cannot mend is 责任单位: a 新增案件 row is compared with its first one, so that one with the workbook's
        unit is refused (contract 5).
        """
        return Reconciliation(
            tuple(each for each in self.never_reported if each.line.district == district and not each.is_refused),
            tuple(each for each in self.not_assigned if each.district == district and not each.is_refused_in_workbook),
            tuple(each for each in self.differing if each.line.district == district and each.column != UNIT),
            () if self.is_trial else tuple(pair for pair in self.twice if pair.districts == (district,)),
        )


def of(state: DayState, cases: Sequence[CaseLine], arrivals: Mapping[int, Arrival], settings: Settings) -> Reconciliation:
    """Return what differs on a folded day; `cases` are its cases as they are shown, `arrivals` its files."""
    today = _Today(state, {line.number: line for line in cases}, arrivals)
    return Reconciliation(
        tuple(today.never_reported()),
        tuple(sorted(today.not_assigned(), key=lambda each: (each.number, each.district))),
        tuple(sorted(today.differing(), key=lambda each: (each.line.number, COLUMNS.index(each.column)))),
        tuple(today.twice(settings)),
        settings.hints.is_trial(state.day),
    )


@dataclass(frozen=True, slots=True)
class _Today:
    state: DayState
    lines: Mapping[str, CaseLine]
    arrivals: Mapping[int, Arrival]

    def never_reported(self) -> Iterator[NeverReported]:
        judgements = (self.state.judgements[report.arrival.id] for report in self.state.in_force.values())
        refused = {number for judgement in judgements for number in judgement.doubtful}
        for case in self.state.cases:
            if case.listed is not None and not case.grounds and case.assigned < self.state.day and not case.was_reported:
                yield NeverReported(self.lines[case.number], case.number in refused, self._refused_on(case))

    def _refused_on(self, case: Case) -> date | None:
        before = (doubt for doubt in self.state.doubts if doubt.day < self.state.day and doubt.district == case.text("旗区"))
        return max((doubt.day for doubt in before if case.number in doubt.cases | doubt.awaited), default=None)

    def not_assigned(self) -> Iterator[NotAssigned]:
        for case in self.state.cases:
            if case.listed is None:
                yield NotAssigned(case.number, case.text("旗区"), self.lines[case.number], self.origin(case.found_at))
        told = set()
        for district, row, _finding in self._rows_found("unknown-case"):
            number = mask(row[CASE] or "")
            if (district, number) not in told:
                told.add((district, number))
                is_refused = self.state.refused_cases.get(row[CASE] or "") in {"", district}
                yield NotAssigned(number, district, None, self.origin(row), is_refused)

    def differing(self) -> Iterator[Differing]:
        told = set()
        register, cases = Register(self.lines), {case.number: case for case in self.state.cases}
        for _district, row, finding in self._rows_found("prefilled-changed"):
            column = next((name for name in (_LEADER, _DEADLINE) if row.rows.letters.get(name) == finding.column), "")
            case = cases.get(register.find(row[CASE] or "") or "")
            if not column or case is None or case.grounds:
                continue
            if template_values.was_filled_in(case, column, row.rows.values[column][row.position]):
                continue
            holds, reported = (written(case.deadline) if column == _DEADLINE else case.text(column)), _as_reported(row, column, case)
            if (case.number, column, reported) not in told:
                told.add((case.number, column, reported))
                yield Differing(self.lines[case.number], column, mask(holds or ""), mask(reported), self.origin(row))
        for case in self.state.cases:
            if case.units_differ and (self.state.day - case.units_differ[1]).days < RECENT_DAYS and not case.grounds:
                assigned, found = written((case.listed or {}).get(UNIT)) or "", (case.first or {}).get(UNIT) or ""
                yield Differing(self.lines[case.number], UNIT, mask(assigned), mask(found), self.origin(case.found_at))

    def twice(self, settings: Settings) -> Iterator[Twice]:
        """Go through the pairs, as the day's register has them; a pair of which one is cancelled is settled."""
        silenced = silenced_cases(self.state)
        cases = tuple(case for case in self.state.cases if not case.grounds and case.number not in silenced)
        codes: dict[tuple[str, str], list[str]] = {}
        for code, case, older in islice(_pairs(cases, self.state.day, settings), MOST_PAIRS):
            first, second = sorted((case.number, older.number))
            codes.setdefault((first, second), []).append(code)
        for pair in sorted(codes):
            yield Twice((self.lines[pair[0]], self.lines[pair[1]]), tuple(codes[pair]))

    def _rows_found(self, code: str) -> Iterator[tuple[str, RowPlace, Finding]]:
        """Go through the rows of the day's reports in force in which that was found, with the district."""
        for district, report in self.state.in_force.items():
            found = [finding for finding in self.state.judgements[report.arrival.id].findings if finding.code == code]
            sheets = {rows.name: rows for rows in report.reading.rows} if found else {}
            positions = {name: {line: position for position, line in enumerate(rows.lines)} for name, rows in sheets.items()}
            for finding in found:
                if finding.row is not None:
                    place = RowPlace(report.arrival.id, sheets[finding.sheet], positions[finding.sheet][finding.row])
                    yield district, place, finding

    def origin(self, place: RowPlace | None) -> str:
        """Return file, sheet and row of a place; '' where there is none."""
        if place is None:
            return ""
        return mask(f"{self.arrivals[place.arrival].name} · {place.rows.name} · 第{place.rows.lines[place.position]}行")


def _as_reported(row: RowPlace, column: str, case: Case) -> str:
    """Return what the report has; a date without its year as it is read for the case."""
    value = row.rows.values[column][row.position]
    return written(value.on_or_after(case.assigned) if isinstance(value, MonthDay) else value) or ""


def _pairs(cases: tuple[Case, ...], day: date, settings: Settings) -> Iterator[tuple[str, Case, Case]]:
    """Go through the cases of the last thirty days with each older one that may be the same matter, by the hints that are looked for."""
    skipped: Collection[str] = settings.hints.skip
    if ALIKE not in skipped:
        entered = [case for case in cases if case.entered > day - timedelta(days=RECENT_DAYS)]
        for case, older in alike.like_older(entered, cases, settings.hints.similar_percent):
            yield from ((ALIKE, case, other) for other in older)
    if SAME_REPLY not in skipped:
        for case, older in replies.same_as_older(cases, day):
            yield from ((SAME_REPLY, case, other) for other in older)
