"""What stands on the sheets that are not about the register: 接访情况 and 急报事项 of the reports, 包联领导 of the assignment workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from pipeline.day.cases import RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.earlier_matters import DAYS_WITHOUT_CASE, EarlierMatter, Ended
from pipeline.day.judging import Judgement
from pipeline.day.withdrawn_rows import MatterChange, ReceptionChange, lost, matters, receptions_of, requests_of
from pipeline.report import matter_words
from pipeline.report.case_lines import CaseLine, ReceptionLine, UrgentLine
from pipeline.report.case_register import origin
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import LIAISON
from pipeline.terms.handed_in import Arrival, Filed
from pipeline.terms.rows import rows_of_sheet


def reception(state: DayState, settings: Settings) -> tuple[ReceptionLine, ...]:
    """Return the day's 接访情况 by district and category; only categories that a report has a row for."""
    lines = []
    for district, judgement in _judged(state, settings):
        by_category: dict[str, list[RowPlace]] = {category: [] for category in settings.categories}
        for row in judgement.reception:
            by_category.setdefault(row["问题类别"] or "", []).append(row)
        for category, rows in by_category.items():
            if rows:
                batches, answered, passed = (sum(row.count(name) or 0 for row in rows) for name in ("接访批次", "当场答复", "转交办理"))
                note = "；".join(note for row in rows if (note := row["备注"]))
                lines.append(ReceptionLine(district, category, batches, answered, passed, note))
    return tuple(lines)


def urgent(state: DayState, cases: Iterable[CaseLine], arrivals: Mapping[int, Arrival], settings: Settings) -> tuple[UrgentLine, ...]:
    """Return the day's 急报事项 by district, in the order of their rows."""
    judged = _judged(state, settings)
    lines = [_urgent_line(district, row, arrivals) for district, judgement in judged for row in judgement.urgent]
    named = {line.number for line in lines if line.number}
    counted = {case.number: matter_words.counted(case, state.day) for case in cases if case.number in named and case.is_counted}
    return tuple(replace(line, counted=counted.get(line.number, "")) for line in lines)


def _urgent_line(district: str, row: RowPlace, arrivals: Mapping[int, Arrival]) -> UrgentLine:
    return UrgentLine(
        district=district,
        number=row["案件编号"] or "",
        kind=row["事项类别"] or "",
        situation=row["情况说明"] or "",
        happened=row.day("发生时间"),
        measures=row["已采取措施"] or "",
        coordination=row["需协调事项"] or "",
        origin=origin(row, arrivals),
    )


def earlier_urgent(
    state: DayState, cases: Iterable[CaseLine], arrivals: Mapping[int, Arrival], settings: Settings
) -> tuple[UrgentLine, ...]:
    """Return the urgent matters of earlier days that the day begins with, each where its case lies today, by day and district."""
    by_number = {case.number: case for case in cases} if state.earlier_matters else {}
    turn = {district: place for place, district in enumerate(settings.district_names)}
    lines = []
    for matter in state.earlier_matters:
        case = by_number.get(matter.case)
        district = case.district if case else matter.district
        if district in turn:  # a ledger outlives its settings
            line, since = _urgent_line(district, matter.row, arrivals), _since(matter, case, state.day)
            counted = matter_words.counted(case, state.day) if case and case.is_counted and not since else ""
            lines.append(replace(line, number=matter.case or line.number, reported_on=matter.day, since=since, counted=counted))
    return tuple(sorted(lines, key=lambda line: (line.reported_on or state.day, turn[line.district])))


def _since(matter: EarlierMatter, case: CaseLine | None, day: date) -> str:
    """Return what the day says of a matter of an earlier one, in few words."""
    if matter.ended != "followed-up" or case is None:
        return _ENDED[matter.ended]
    status = f"{case.status}（{words.FLAGS['disputed'].name}）" if "disputed" in case.flags else case.status
    progress = case.progress.rstrip("。；，") if case.reported_on == day else ""
    return "，".join(part for part in (status, progress) if part)


_ENDED: Final[Mapping[Ended, str]] = {
    "": "",
    "followed-up": "案件有下文",
    "again": "又列入急报",
    "over": f"没有在办的案件，报后{DAYS_WITHOUT_CASE}日的日报里没有再提，以后不再列",
}


def changed_matters(state: DayState, settings: Settings) -> tuple[MatterChange, ...]:
    """Return the urgent matters that the day's revisions leave out or tell otherwise, then those of earlier days.

    Each is told once, as the first revision had it that is not kept to.
    """
    changes: dict[tuple[str, str, str], MatterChange] = {}
    for district, judgement in _judged(state, settings):
        now = matters(judgement.urgent)
        for revision in state.submissions[district].revisions[:-1]:
            for was, instead in lost(matters(state.judgements[revision.filed.arrival.id].urgent), now):
                changes.setdefault((district, was.number, was.said), MatterChange(district, state.day, was, instead))
            for was, instead in lost(requests_of(revision.filed), requests_of(state.in_force[district])):
                changes.setdefault((district, was.number, was.said), MatterChange(district, state.day, was, instead))
    return (*changes.values(), *(change for change in state.late_matters if change.district in settings.district_names))


def changed_receptions(state: DayState, settings: Settings) -> tuple[ReceptionChange, ...]:
    """Return the 接访情况 that revisions of the day changed, as the first had them that is not kept to, then those of earlier days."""
    until, changes = settings.on(state.day).calendar.last_moment(state.day), list[ReceptionChange]()
    for district, _judgement in _judged(state, settings):
        reports = [revision.filed for revision in state.submissions[district].revisions]
        told, now = [receptions_of(report) for report in reports], receptions_of(state.in_force[district]) or {}
        in_time = sum(report.arrival.envelope.received_at <= until for report in reports)
        others = [was for was in told if was != now]
        changes += [ReceptionChange(district, state.day, others[0], now, is_late=told[max(in_time, 1) - 1] != now)] if others else []
    return (*changes, *(change for change in state.late_receptions if change.district in settings.district_names))


def _judged(state: DayState, settings: Settings) -> Iterator[tuple[str, Judgement]]:
    """Go through the districts that have reported, in their order, each with the judgement on the report that counts."""
    for district in settings.district_names:
        if report := state.in_force.get(district):
            yield district, state.judgements[report.arrival.id]


def liaison(assignment: Filed, of_unit: Settings | None = None) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return by district the liaison leaders with their posts, without the rows that were refused; of a unit those of its districts."""
    leaders: dict[str, list[tuple[str, str]]] = {}
    rows = rows_of_sheet(assignment.reading.rows, LIAISON.name)
    for position in range(len(rows.lines) if rows else 0):
        if rows and position not in rows.refused:
            district, leader, post = (rows.text(name, position) or "" for name in ("旗区", "包联领导", "职务"))
            if of_unit is None or district in of_unit.district_names:
                leaders.setdefault(district, []).append((leader, post))
    return {district: tuple(names) for district, names in leaders.items()}
