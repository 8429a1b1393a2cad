"""One thing that is possible but unlikely, with the row that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.day.cases import Case, RowPlace
from pipeline.day.day_state import DayState


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint about a report, or about a case that the register has now."""

    name: str
    """Its sentence in `hint_words.FACTS`: the code, or the code and which case of it, such as `unlikely-shared-reply/two`."""
    district: str
    cases: tuple[str, ...] = ()
    """By number; none where it is about a whole report."""
    row: RowPlace | None = None
    """The row that shows it; None where none does by itself."""
    column: str = ""
    arrival: int | None = None
    """The report, where no row shows it by itself; None where it is about no report."""
    said: Mapping[str, object] = field(default_factory=dict)
    """What fills its sentence."""

    @property
    def code(self) -> str:
        """Its code."""
        return self.name.partition("/")[0]


def row_of_day(case: Case, state: DayState) -> RowPlace | None:
    """Return the row that was taken on the day about the case; None where none was."""
    return case.last if case.reported == state.day else None


def numbers(cases: Iterable[Case]) -> tuple[str, ...]:
    """Return the numbers of these cases, in order."""
    return tuple(sorted(case.number for case in cases))


def others(case: Case, cases: Iterable[Case]) -> tuple[str, ...]:
    """Return how a sentence about a case names other ones: those of another district with it."""
    district = case.text("旗区")
    return tuple(
        other.number if other.text("旗区") == district else f"{other.number}（{other.text('旗区')}）"
        for other in sorted(cases, key=lambda other: other.number)
    )


def report_of(district: str, state: DayState) -> int | None:
    """Return the arrival of the district's report of the day; None where it has sent none."""
    report = state.in_force.get(district)
    return report.arrival.id if report else None


def is_older(other: Case, case: Case) -> bool:
    """Whether the other case was in the register before; of two that entered together the one assigned earlier, or the lower number."""
    return age(other) < age(case)


def age(case: Case) -> tuple[date, date, str]:
    """Return by what cases are put in order, the older first."""
    return case.entered, case.assigned, case.number
