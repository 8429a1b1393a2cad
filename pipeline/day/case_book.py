"""All cases at one moment of the fold, and which of them the register holds."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from datetime import date

from pipeline.day.cases import Case, RowPlace
from pipeline.day.exemptions import Exemption
from pipeline.terms.case_numbers import Register
from pipeline.terms.contract import CASE, DEADLINE_MOVED, PROGRESS
from pipeline.terms.handed_in import Filed
from pipeline.terms.rows import rows_of_sheet


class CaseBook:
    """All cases at one moment of the fold, and which of them the register holds on the day."""

    def __init__(self, day: date = date.min) -> None:
        self.day = day
        self.cases: dict[str, Case] = {}
        self.register = Register()
        self._register_size = 0
        self._in_register: tuple[Case, ...] | None = None
        """What `in_register` gives; None where it has to be looked up again."""
        self.exemptions: tuple[Exemption, ...] = ()
        """Those of the workbook in force, also what holds no longer."""
        self.refused_exemptions: frozenset[tuple[str, str]] = frozenset()
        self.refused_cases: dict[str, str] = {}
        """The cases whose row in the workbook in force was refused, by number, each with its district there; '' where that is unread."""
        self._over: tuple[date, tuple[Exemption, ...]] = date.min, ()
        self._with_moved_deadline: frozenset[str] = frozenset()

    @classmethod
    def of(cls, cases: Iterable[Case], day: date) -> CaseBook:
        """Return these cases as they stand on the day, to be looked up."""
        book = cls()
        book.cases = {case.number: case for case in cases}
        book.turn_to(day)
        return book

    def turn_to(self, day: date) -> None:
        """Go on to that day: the register holds the cases with 交办日期 on or before it."""
        self.day, self._in_register = day, None
        numbers = [case.number for case in self.in_register()]
        if len(numbers) != self._register_size:  # cases only ever come in, except where a workbook moves one: see `note_moved`
            self.register = Register(numbers)
            self._register_size = len(numbers)
        self._move_deadlines(day)

    def exempt(self, exemptions: tuple[Exemption, ...], refused: frozenset[tuple[str, str]], day: date) -> None:
        """Take the exemptions of a workbook that comes into force on that day in the place of those before."""
        known = {(each.key, each.until) for each in self.exemptions} - {(each.key, each.until) for each in self.over_on(day)}
        over = tuple(each for each in exemptions if not each.holds_on(day) and (each.key, each.until) not in known)
        self._over = day, over
        self.exemptions, self.refused_exemptions = exemptions, refused
        self._move_deadlines(day)

    def over_on(self, day: date) -> tuple[Exemption, ...]:
        """Return the exemptions that came on that day with their last day past, and that no workbook of an earlier day has."""
        return self._over[1] if self._over[0] == day else ()

    def _move_deadlines(self, day: date) -> None:
        """Give each case the exemption that moves its deadline on that day, and take it from those whose exemption has ended."""
        holding = {each.subject: each for each in self.exemptions if each.kind == DEADLINE_MOVED and each.holds_on(day)}
        for number in sorted(self._with_moved_deadline | holding.keys()):
            self.cases[number].exempt(holding.get(number), day)
        self._with_moved_deadline = frozenset(holding)

    def note_moved(self) -> None:
        """Note that a workbook may have moved cases out of the register: the next `turn_to` makes it again."""
        self._register_size, self._in_register = -1, None

    def in_register(self) -> tuple[Case, ...]:
        """Return the cases in the register on the day."""
        if self._in_register is None:
            self._in_register = tuple(case for case in self.cases.values() if case.assigned <= self.day)
        return self._in_register

    def by_number(self, *, copied: bool) -> tuple[Case, ...]:
        """Return the cases in the register by their numbers; `copied`: as they are now, whatever becomes of these."""
        cases = sorted(self.in_register(), key=lambda case: case.number)
        return tuple(copy.copy(case) for case in cases) if copied else tuple(cases)

    def counted_in(self, district: str) -> dict[str, bool]:
        """Return the cases of a district's total, and whether each counts as resolved."""
        cases = (case for case in self.in_register() if not case.grounds and case.text("旗区") == district)
        return {case.number: case.is_counted for case in cases}

    def find(self, number: str) -> Case | None:
        """Return the case in the register that a canonical number means; None where there is none."""
        exact = self.register.find(number)
        return self.cases[exact] if exact else None

    def rows_by_case(self, reports: Iterable[Filed]) -> dict[str, tuple[RowPlace, ...]]:
        """Return the rows of 案件进展 in these reports that nothing in them refuses, by the cases that they mean."""
        by_case: dict[str, tuple[RowPlace, ...]] = {}
        for report in reports:
            rows = rows_of_sheet(report.reading.rows, PROGRESS.name)
            for position, number in enumerate(rows.texts(CASE) if rows else ()):
                if rows and number and position not in rows.refused and (case := self.find(number)):
                    by_case[case.number] = (*by_case.get(case.number, ()), RowPlace(report.arrival.id, rows, position))
        return by_case

    def bring_in(self, number: str, since: date) -> Case:
        """Return the case of exactly that number, made as known since that day if it is not there yet.

        The caller must call `update_particulars` then.
        """
        return self.cases.setdefault(number, Case(number, known_since=since))

    def update_particulars(self, case: Case) -> None:
        """Work out a case's particulars again, after one of their sources changed, and put it into the register if it belongs there."""
        case.update_particulars()
        self._in_register = None
        if case.assigned <= self.day:
            self.register.add(case.number)

    def fork(self) -> CaseBook:
        """Return a copy that can be changed without changing this one."""
        other = CaseBook()
        other.cases = {number: copy.copy(case) for number, case in self.cases.items()}
        other.exemptions, other.refused_exemptions = self.exemptions, self.refused_exemptions
        other._over, other.refused_cases = self._over, self.refused_cases
        other._with_moved_deadline = self._with_moved_deadline
        other.turn_to(self.day)
        return other
