"""What rows would say that are refused for a mistyped case number alone, if they are about the case whose number looks like it.

It counts nowhere, and is told only where a verdict can turn by it.

Covered by tests/report/test_headline.py.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.day.cases import Case, RowPlace, goes_back
from pipeline.day.day_state import DayState
from pipeline.terms.case_numbers import Register
from pipeline.terms.contract import CASE, PROGRESS
from pipeline.terms.handed_in import Filed
from pipeline.terms.look_alikes import number_meant
from pipeline.terms.rows import Rows, rows_of_sheet
from pipeline.terms.text import key


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A refused row of 案件进展 of the day, and the one case that it can be about."""

    district: str
    place: str
    """Sheet and cell of the number."""
    written: str
    """As it stands there."""
    status: str
    number: str
    """Of the case whose number looks like it."""
    gained: int
    """How many more cases were counted with the row: 1, or -1 where it takes one from those that are."""


def rows(state: DayState) -> tuple[Misspelt, ...]:
    """Return the rows that change whether their case is counted, by district and row.

    None where more than one case, or another row, can be meant, where anything else is wrong with the row, or it is about another matter.
    """
    return tuple(row for district, report in state.in_force.items() for row in _of_report(state, district, report))


def _of_report(state: DayState, district: str, report: Filed) -> Iterator[Misspelt]:
    sheet = rows_of_sheet(report.reading.rows, PROGRESS.name)
    found = [finding for finding in state.judgements[report.arrival.id].findings if sheet and finding.sheet == sheet.name]
    unknown = [finding for finding in found if finding.code == "unknown-case" and finding.row is not None]
    if sheet is None or not unknown:
        return
    refusals = Counter(finding.row for finding in found if finding.refuses)
    cases = state.elsewhere or {case.number: case for case in state.cases}
    register = Register(cases)
    meant = [_meant(written or "", register) for written in sheet.texts(CASE)]
    for finding in unknown:
        position = sheet.lines.index(finding.row or 0)
        case = cases.get(meant[position] or "")
        if case is None or meant.count(case.number) > 1 or refusals[finding.row] > 1 or position in sheet.refused:
            continue
        if case.text("旗区") == district and case.reported != state.day and (gained := _gained(case, sheet, position, state)):
            status = sheet.text("当前状态", position) or ""
            yield Misspelt(district, f"{sheet.name}!{finding.place}", finding.value, status, case.number, gained)


def _meant(written: str, register: Register) -> str | None:
    """Return the number in the register that a number as written means, or else looks like; None where none or several do."""
    return register.find(written) or register.find(number_meant(written))


def _gained(case: Case, sheet: Rows, position: int, state: DayState) -> int:
    """Return how many more cases were counted if that row were about the case; 0 where it would be refused then too."""
    place = RowPlace(case.last.arrival if case.last else 0, sheet, position)
    replied, status, matter = place.day("答复日期"), place["当前状态"] or case.status, place["案由"]
    if (replied and replied < case.assigned) or (goes_back(case.status, status) and not place["重新办理原因"]):
        return 0
    if matter and key(matter) != key(case.text("案由")):
        return 0
    after = copy.copy(case)
    after.take(place, state.day)
    return after.is_counted - case.is_counted
