"""What stands on the sheets that are not about the register: 接访情况 and 急报事项 of the reports, 包联领导 of the assignment workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from pipeline.day import refused_matters
from pipeline.day.cases import RowPlace
from pipeline.day.day_state import DayState
from pipeline.day.earlier_matters import DAYS_WITHOUT_CASE, EarlierMatter, Ended
from pipeline.day.judgement import Judgement
from pipeline.day.refused_matters import RefusedMatter
from pipeline.day.submissions import Reports
from pipeline.day.withdrawn_rows import MatterChange, ReceptionChange, lost, matters, receptions_of, requests_of
from pipeline.report import matter_words
from pipeline.report.case_lines import CaseLine, ReceptionLine, UrgentLine
from pipeline.report.case_register import origin
from pipeline.report.submission_lines import RefusedUrgent, UnmendedRows
from pipeline.settings.config import Settings
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
    """Return the day's 急报事项 by district, in the order of their rows; those without a case with whom to ask in its leader's place."""
    judged = _judged(state, settings)
    lines = [_urgent_line(district, row, arrivals) for district, judgement in judged for row in judgement.urgent]
    named = {line.number for line in lines if line.number}
    counted = {case.number: matter_words.counted(case, state.day) for case in cases if case.number in named and case.is_counted}
    leaders = liaison(state.assignment) if any(not line.number for line in lines) else {}
    asked = {district: f"{matter_words.LIAISON}{'、'.join(leader for leader, _post in own)}" for district, own in leaders.items()}
    return tuple(
        replace(line, counted=counted.get(line.number, ""), liaison="" if line.number else asked.get(line.district, "")) for line in lines
    )


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


def refused_urgent(reports: Reports, judgements: Mapping[int, Judgement], refused: Iterable[Filed]) -> tuple[RefusedUrgent, ...]:
    """Return what a district's files of the day told in 急报事项 and was not taken, the reports first.

    `refused`: the files refused whole. What files before the one that counts told is there only as far as that one does not have it,
    which the kinds tell; what is sent again is the same once more.
    """
    in_force, taken = reports.in_force, list[str]()
    rows, is_sheet_refused = refused_matters.not_taken(reports, judgements)
    kinds = tuple(refused_matters.kind_at(of_rows, position) for of_rows, position in rows)
    if in_force:
        taken = [row["事项类别"] or "" for row in judgements[in_force.arrival.id].urgent]
    whole = [(file, RefusedUrgent(file.reading.refused_urgent, is_file=True)) for file in refused]
    before = [told for file, told in whole if _is_before(file, in_force)]
    after = [told for file, told in whole if not _is_before(file, in_force)]
    beside = [replace(told, kinds=refused_matters.beside(told.kinds, [*taken, *kinds])) for told in before]
    most = (max(files, key=lambda told: len(told.kinds), default=None) for files in (after, beside))
    own = [*([RefusedUrgent(kinds)] if kinds else []), *([RefusedUrgent(())] if is_sheet_refused else [])]
    return (*own, *(told for told in most if told and told.kinds))


def _is_before(file: Filed, other: Filed | None) -> bool:
    return other is not None and file.arrival.envelope.received_at < other.arrival.envelope.received_at


def refused_requests(reports: Reports, judgements: Mapping[int, Judgement], refused: Iterable[Filed], state: DayState) -> tuple[str, ...]:
    """Return the case of each request of a district's reports of the day that was not taken: of rows, then of files refused whole."""
    in_force = reports.in_force
    own = [number for number, _said in judgements[in_force.arrival.id].refused_requests] if in_force else []
    if asking := [file for file in refused if file.reading.refused_requests]:
        cases, came = {case.number: case for case in state.cases}, in_force.arrival.envelope.received_at if in_force else None
        of_files = dict.fromkeys(number for file in asking for number in refused_matters.requests_of_file(file, came, cases))
        own += [number for number in of_files if number not in own or not number]
    return tuple(own)


def earlier_refused(
    state: DayState, files: Iterable[Filed], settings: Settings, in_force: Iterable[Filed] = ()
) -> tuple[RefusedMatter, ...]:
    """Return the refused matters of earlier days that nobody has mended; `files`: those refused whole of these days.

    `in_force`: the reports that count.
    """
    own = [file for file in files if file.reading.asks_leaders and not file.reading.is_from_stranger]
    asking = {(file.reading.day, file.reading.district) for file in own if file.reading.refused_requests}
    came = {
        of_day: file.arrival.envelope.received_at for file in in_force if (of_day := (file.reading.day, file.reading.district)) in asking
    }
    told = refused_matters.open_on(state.day, state.urgent_of_reports, own, state.cases, came)
    return tuple(matter for matter in told if matter.district in settings.district_names)


def unmended(state: DayState, cases: Iterable[CaseLine], settings: Settings) -> tuple[UnmendedRows, ...]:
    """Return the refused rows up to the day of which no report has given the content since, by day and district."""
    turn = {district: place for place, district in enumerate(settings.district_names)}
    doubts = [doubt for doubt in state.doubts if doubt.district in turn and not doubt.is_missing]
    by_number = {case.number: case for case in cases} if doubts else {}
    rows = []
    for doubt in sorted(doubts, key=lambda doubt: (doubt.day, turn[doubt.district])):
        own = [line for number in sorted(doubt.cases) if (line := by_number.get(number)) and line.district == doubt.district]
        left = tuple(line.number for line in own if not line.grounds and (line.reported_on or date.min) <= doubt.day)
        others = doubt.unplaced + doubt.new_refused + doubt.is_new_unread
        back = tuple(pair for pair in doubt.went_back if pair[0] in left)
        rows += [UnmendedRows(doubt.district, doubt.day, left, others, back)] if left or others else []
    return tuple(rows)


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
            line = replace(line, number=matter.case or line.number, reported_on=matter.day, since=since, counted=counted)
            lines.append(replace(line, stands_since=matter.progress_on if matter.ended == "stands" else None))
    return tuple(sorted(lines, key=lambda line: (line.reported_on or state.day, turn[line.district])))


def _since(matter: EarlierMatter, case: CaseLine | None, day: date) -> str:
    """Return what the day says of a matter of an earlier one, in few words."""
    if matter.ended == "stands" and case:
        return matter_words.standing(replace(case, progress=matter.progress, reported_on=day), day)
    if matter.ended not in ("followed-up", "settled") or case is None:
        return _ENDED[matter.ended]
    return matter_words.standing(case, day)


_ENDED: Final[Mapping[Ended, str]] = {
    "": "",
    "followed-up": "案件有下文",
    "stands": "案件没有办结",
    "settled": "案件已办结",
    "again": matter_words.LISTED_AGAIN,
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
