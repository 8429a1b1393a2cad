"""A day as it is for one unit: the folded state of the whole office, restricted to the unit's districts (decision 41).

Every case lies in one district, so that the states of the units of one level part the whole state without rest. What is compared with
earlier days goes with a case to where it lies today; only counts of earlier days are of the cases that lay in the unit then.

Covered by tests/report/test_unit_reports.py.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline.day.cases import Case
from pipeline.day.day_state import DayState
from pipeline.day.exemptions import Exempted, Exemption
from pipeline.day.restatement import LateReport, Restated
from pipeline.day.standing import Register

Part = TypeVar("Part")


def whole(state: DayState) -> DayState:
    """Return the state of the whole office without what became known otherwise of single units."""
    return _told_of(state, "")


class Parted:
    """A day's state parted by district, to be put together again for each unit: no unit goes through the whole register."""

    def __init__(self, state: DayState, districts: Iterable[str]) -> None:
        self._state = state
        self._all = {case.number: case for case in state.cases}
        self._lies_in = {case.number: case.text("旗区") for case in state.cases}
        self._cases: dict[str, list[Case]] = {}
        for case in state.cases:
            self._cases.setdefault(self._lies_in[case.number], []).append(case)
        overnight, corrected = state.overnight.registers or (), state.before_corrected or ()
        registers = (state.before, state.before_as_told, state.as_told, state.former, *overnight, *corrected)
        self._registers = {id(register): self._part(register) for register in registers if register is not None}
        self._moved = {
            number: standing.district
            for register in (state.before, state.before_as_told or {})
            for number, standing in register.items()
            if self._lies_in.get(number, standing.district) != standing.district
        }
        """The cases that lie in another district than the day before, with that one."""
        self._given = [case for case in state.cases if case.first_district != self._lies_in[case.number]]
        self._of_moved = [*state.of_moved]
        self._doubted = [district for district in dict.fromkeys(doubt.district for doubt in state.doubts) if district in {*districts}]

    def _part(self, register: Register) -> dict[str, Register]:
        parts: dict[str, Register] = {}
        for number, standing in register.items():
            parts.setdefault(self._lies_in.get(number, standing.district), {})[number] = standing
        return parts

    def of(self, unit: str, districts: Sequence[str]) -> DayState:
        """Return the state of the unit with these districts."""
        state, own = self._state, frozenset(districts)
        submissions = _by_district(state.submissions, districts)
        arrivals = [submission.filed.arrival.id for reports in submissions.values() for submission in reports.submissions]
        restricted = replace(
            self._with_its_past(districts),
            cases=tuple(sorted((case for name in districts for case in self._cases.get(name, ())), key=lambda case: case.number)),
            is_first=state.is_first or not any(name in state.reports_before for name in districts),
            submissions=submissions,
            judgements={arrival: state.judgements[arrival] for arrival in arrivals if arrival in state.judgements},
            withdrawn=tuple(number for number in state.withdrawn if state.former[number].district in own),
            assignment_findings=(),
            trend=state.unit_trends.get(unit, ()),
            recent=tuple(replace(past, reported=past.reported & own, refused=past.refused & own) for past in state.recent),
            elsewhere=self._all,
            came_ever=frozenset(
                case.number for case in self._given if self._lies_in[case.number] in own and case.first_district not in own
            ),
            went_ever=tuple(case for case in self._given if case.first_district in own and self._lies_in[case.number] not in own),
            told_elsewhere=tuple((name, row) for name, row in self._of_moved if name not in own and self._lies_in.get(row[0]) in own),
            reported_elsewhere={name: name in state.submissions for name in self._doubted if name not in own},
            last_reports=_by_district(state.last_reports, districts),
            reporters=_by_district(state.reporters, districts),
            reports_before=_by_district(state.reports_before, districts),
            replaced=_by_district(state.replaced, districts),
            late_reports=self._of_unit(state.late_reports, own),
            correcting=self._of_unit(state.correcting, own),
            correcting_by_noon=self._of_unit(state.correcting_by_noon, own),
            late_flags=tuple(flag for flag in state.late_flags if self._lies_in.get(flag.number) in own),
            answers=tuple(answer for answer in state.answers if answer.district in own),
            earlier_matters=tuple(matter for matter in state.earlier_matters if self._lies_in.get(matter.case, matter.district) in own),
            urgent_of_reports=tuple(each for each in state.urgent_of_reports if each.district in own),
            flags_by_day=tuple((day, _by_district(flags, districts)) for day, flags in state.flags_by_day),
            exempted=self._exempted(own),
        )
        return _told_of(restricted, unit)

    def _with_its_past(self, districts: Sequence[str]) -> DayState:
        """Return the state with the registers of earlier moments as a unit's: each case where it lies today."""
        state, own = self._state, frozenset(districts)
        came = {number for number, then in self._moved.items() if then not in own and self._lies_in[number] in own}
        went = {number for number, then in self._moved.items() if then in own and self._lies_in[number] not in own}

        def register(register: Register) -> Register:
            parts = self._registers[id(register)]
            return {number: standing for district in districts for number, standing in parts.get(district, {}).items()}

        def pair(registers: tuple[Register, Register] | None) -> tuple[Register, Register] | None:
            return registers and (register(registers[0]), register(registers[1]))

        def gone(register: Register | None) -> Register:
            return {number: register[number] for number in went if register and number in register}

        reports = self._of_unit(state.overnight.reports, own)
        return replace(
            state,
            before=register(state.before),
            before_as_told=state.before_as_told and register(state.before_as_told),
            before_corrected=pair(state.before_corrected),
            as_told=state.as_told and register(state.as_told),
            former=register(state.former),
            came=frozenset(came),
            went=gone(state.before),
            went_as_told=gone(state.before_as_told),
            overnight=replace(state.overnight, reports=reports, registers=pair(state.overnight.registers)),
        )

    def _of_unit(self, reports: Iterable[LateReport], districts: Container[str]) -> tuple[LateReport, ...]:
        """Return the late reports of these districts, and those of others that speak of cases that were given to them."""
        given = [case.number for case in self._given if self._lies_in[case.number] in districts]
        return tuple(report for report in reports if report.district in districts or report.speaks_of(given))

    def _exempted(self, districts: Container[str]) -> Exempted:
        """Return the exemptions of a unit's cases and of its districts' reports."""

        def own(exemptions: Iterable[Exemption]) -> tuple[Exemption, ...]:
            whose = ((each, each.report[0] if each.report else self._lies_in.get(each.subject)) for each in exemptions)
            return tuple(each for each, district in whose if district in districts)

        exempted = self._state.exempted
        return replace(exempted, holding=own(exempted.holding), before=own(exempted.before), over=own(exempted.over))


def _told_of(state: DayState, unit: str) -> DayState:
    """Return the state with what became known otherwise of that unit alone; '' is the whole office."""

    def own(entries: Iterable[Restated]) -> tuple[Restated, ...]:
        return tuple(replace(entry, unit="") for entry in entries if entry.unit == unit)

    overnight = state.overnight
    return replace(
        state,
        restated=own(state.restated),
        corrected=own(state.corrected),
        corrected_net=own(state.corrected_net),
        overnight=replace(overnight, entries=own(overnight.entries), earlier=own(overnight.earlier), net=own(overnight.net)),
    )


def _by_district(parts: Mapping[str, Part], districts: Iterable[str]) -> dict[str, Part]:
    """Return what is these districts' of something by district."""
    return {district: parts[district] for district in districts if district in parts}
