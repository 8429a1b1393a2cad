"""Draws up a day's report from its folded state: every figure is counted here, and nowhere after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.day import supervision
from pipeline.day.cases import Case, RowPlace
from pipeline.day.fold import DayState, Doubt
from pipeline.day.submissions import NO_REPORTS
from pipeline.day.targets import Tally
from pipeline.reading import daily_report
from pipeline.report import agenda, bridge, notices, rate_bounds
from pipeline.report import submissions as submissions_
from pipeline.report.case_lines import CaseLine, Change, ReceptionLine, UrgentLine
from pipeline.report.figures import Figure
from pipeline.report.report import Report
from pipeline.report.submission_lines import ArrivedReport, FindingLine, Input, SubmissionLine
from pipeline.settings.config import Settings
from pipeline.terms import words
from pipeline.terms.contract import CATEGORIES, LIAISON, REFERRED, RESOLVED, SOURCE_DISTRICT
from pipeline.terms.handed_in import Arrival, Filed
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.text import mask

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Sources:
    """The files behind a day."""

    arrivals: dict[int, Arrival]
    counting: tuple[Filed, ...]
    """What the figures rest on, in order."""
    superseded: tuple[Filed, ...]
    refused: tuple[Filed, ...]
    """The day's refused files, with their findings."""
    numbers: tuple[NoticeNumber, ...] = ()
    """Of the day's notices, and of those before them."""


def build(state: DayState, sources: Sources, settings: Settings) -> Report:
    """The report of a folded day."""
    arrivals, refused = sources.arrivals, sources.refused
    lines = case_lines(state, arrivals, settings)
    in_use = [line for line in lines if not line.grounds]
    frame = _frame(in_use)
    moved = _moved(state)
    sets = _changed(state, in_use, moved)
    targets = tuple(Figure(group.name, group.name, _tally(frame, group.target_percent, group=group.name)) for group in settings.groups)
    most_new = max(state.most_new, settings.windows.new_cases_per_report)
    bounded = _Bounded(in_use, _still_unknown(in_use, state, refused, most_new), settings)
    submissions = tuple(_submission_line(name, state, refused, settings) for name in settings.district_names)
    urgent = _urgent(state, arrivals, settings)
    several = submissions_.of(state, refused, settings)
    data_until, is_correction = _arrivals_that_count(sources.counting, state.day, settings)
    return Report(
        day=state.day,
        office=settings.office,
        is_correction=is_correction,
        data_until=data_until,
        targets=bounded.of(targets, "group"),
        by_source=bounded.of(
            tuple(
                Figure(source, group.name, _tally(frame, group.target_percent, source=source))
                for group in settings.groups
                for source in group.sources
            ),
            "source",
        ),
        by_district=bounded.of(_by(frame, "district", settings, settings.district_names, everyone=True), "district"),
        by_leader=bounded.of(_by(frame, "leader", settings, sorted({line.leader for line in in_use})), "leader"),
        by_category=bounded.of(_by(frame, "category", settings, CATEGORIES), "category"),
        cases=lines,
        flags={flag: tuple(line.number for line in lines if flag in line.flags) for flag in words.FLAGS},
        newly_resolved=tuple(sets["newly_resolved"]),
        reopened=tuple(sets["reopened"]),
        new_cases=tuple(sets["new_cases"]),
        withdrawn_cases=tuple(sets["withdrawn_cases"]),
        no_longer_counted=tuple(sets["no_longer_counted"]),
        changes=_changes(sets, {line.number: line for line in lines}, moved),
        submissions=submissions,
        reception=_reception(state, settings),
        urgent=urgent,
        findings=_findings(state, refused, several),
        liaison=_liaison(state.assignment),
        trend=state.trend,
        bridges=bridge.of(state, settings.groups),
        ways=agenda.ways(targets, in_use, state),
        decisions=agenda.decisions(in_use, urgent),
        absences=agenda.absences(submissions, in_use, settings, state.last_reports),
        open_points=tuple(
            sorted(rate_bounds.open_points(state.doubts, bounded.still), key=lambda one: settings.district_names.index(one.district))
        ),
        most_new=most_new,
        inputs=_inputs((*sources.counting, *sources.superseded, *refused)),
        settings=settings,
        reporters=last_reporters(sources.counting),
        arrived_reports=several,
        notices=notices.of(state, lines, sources.numbers, settings),
    )


def case_lines(state: DayState, arrivals: dict[int, Arrival], settings: Settings) -> tuple[CaseLine, ...]:
    """The register of a folded day, as it is shown."""
    return tuple(_case_line(case, state.day, arrivals, settings) for case in state.cases)


def last_reporters(reports: Iterable[Filed]) -> dict[str, str]:
    """By district: the 填报人 of the last of these reports that names one."""
    in_order = sorted(reports, key=lambda one: (one.reading.day, one.arrival.envelope.received_at, one.arrival.sha256))
    return {one.reading.district: name for one in in_order if (name := one.reading.cover.get("填报人"))}


# --- tallies -----------------------------------------------------------------------------------------------------


def _frame(lines: list[CaseLine]) -> pd.DataFrame:
    import pandas as pd

    columns = ["group", "source", "district", "leader", "category"]
    rows = [(line.group, line.source, line.district, line.leader, line.category, int(line.is_counted)) for line in lines]
    return pd.DataFrame(rows, columns=[*columns, "resolved"]).astype({"resolved": "int64"})


def _tally(frame: pd.DataFrame, target: int, **wanted: str) -> Tally:
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return Tally(target, len(frame), int(frame["resolved"].sum()))


def _by(frame: pd.DataFrame, column: str, settings: Settings, labels: Iterable[str], *, everyone: bool = False) -> tuple[Figure, ...]:
    """Tallies by group and then label, in the labels' order; only those with cases unless `everyone` is shown."""
    counted = frame.groupby(["group", column])["resolved"].agg(["size", "sum"])
    found = {key: (int(size), int(resolved)) for key, size, resolved in zip(counted.index, counted["size"], counted["sum"], strict=True)}
    figures = []
    for group in settings.groups:
        for label in labels:
            total, resolved = found.get((group.name, label), (0, 0))
            if total or everyone:
                figures.append(Figure(label, group.name, Tally(group.target_percent, total, resolved)))
    return tuple(figures)


@dataclass(frozen=True, slots=True)
class _Bounded:
    """Gives figures their bounds."""

    in_use: list[CaseLine]
    still: rate_bounds.Unknown
    settings: Settings

    def of(self, figures: tuple[Figure, ...], part: str) -> tuple[Figure, ...]:
        """The figures, whose labels are that part of a case, with their bounds."""
        return rate_bounds.on(
            figures, lambda line: getattr(line, part), self.in_use, self.still, lambda figure: self._finders(figure, part)
        )

    def _finders(self, figure: Figure, part: str) -> Iterable[str]:
        group = next(one for one in self.settings.groups if one.name == figure.group)
        if SOURCE_DISTRICT not in ([figure.label] if part == "source" else group.sources):
            return ()
        return [figure.label] if part == "district" else self.settings.district_names


def _still_unknown(in_use: list[CaseLine], state: DayState, refused: tuple[Filed, ...], most_new: int) -> rate_bounds.Unknown:
    """What could still change; a correction that was refused whole could change all that its district has said."""
    force = {filed.reading.district: filed for filed in _in_force(state)}
    corrections = {
        one.reading.district
        for one in refused
        if (sent := force.get(one.reading.district)) and one.arrival.envelope.received_at > sent.arrival.envelope.received_at
    }
    doubts = [*state.doubts, *(Doubt(state.day, district, is_missing=True) for district in sorted(corrections))]
    return rate_bounds.unknown(in_use, doubts, most_new)


# --- cases -------------------------------------------------------------------------------------------------------


def _case_line(case: Case, day: date, arrivals: dict[int, Arrival], settings: Settings) -> CaseLine:
    last = case.last
    row = {name: (last[name] or "") for name in _SHOWN} if last else dict.fromkeys(_SHOWN, "")
    return CaseLine(
        number=case.number,
        group=settings.group_of_source[case.text("案件来源")].name,
        source=case.text("案件来源"),
        district=case.text("旗区"),
        category=case.text("问题类别"),
        matter=case.text("案由"),
        project=case.text("涉及项目或单位"),
        households=case.text("涉及户数"),
        amount=case.text("涉及金额"),
        unit=case.text("责任单位"),
        leader=case.leader,
        leaders=case.text("包案领导"),
        team=case.text("工作专班"),
        plan=case.text("化解方案"),
        assigned=case.assigned,
        limit=case.limit,
        extended=case.extended,
        deadline=case.deadline,
        status=case.status,
        claim=row["诉求认定"],
        replied_on=last.day("答复日期") if last else None,
        reply_number=row["答复文号"],
        confirmation=row["群众确认"],
        progress=row["今日进展"],
        next_step=row["下一步措施"],
        coordination=row["需协调事项"],
        reported_on=case.reported,
        is_counted=case.is_counted,
        is_open=case.is_open,
        is_referred=case.status == REFERRED and not case.grounds,
        dispute_stands=case.dispute is not None,
        disputed_since=case.dispute.since if case.dispute else None,
        asking_since=case.asking_since,
        days_overdue=supervision.days_overdue(case, day) if case.deadline else 0,
        days_idle=supervision.days_idle(case, day),
        missing_ones=supervision.missing_ones(case),
        flags=supervision.flags(case, day, settings.windows),
        grounds=case.grounds or "",
        origin=_origin(last, arrivals),
        listed_in=_origin(case.listed_at or case.found_at, arrivals),
    )


_SHOWN = ("诉求认定", "答复文号", "群众确认", "今日进展", "下一步措施", "需协调事项")


def _origin(place: RowPlace | None, arrivals: dict[int, Arrival]) -> str:
    if place is None:
        return ""
    return mask(f"{arrivals[place.arrival].name} · {place.rows.name} · 第{place.rows.lines[place.position]}行")


# --- what was handed in ------------------------------------------------------------------------------------------


def _in_force(state: DayState) -> list[Filed]:
    return [filed for reports in state.submissions.values() if (filed := reports.in_force)]


def _submission_line(district: str, state: DayState, refused: tuple[Filed, ...], settings: Settings) -> SubmissionLine:
    reports = state.submissions.get(district, NO_REPORTS)
    status, last = reports.standing(state.day, settings.calendar), reports.in_force
    refused_files = sum(one.reading.district == district for one in refused)
    if last is None or reports.first_received is None:
        return SubmissionLine(district, status, False, 0, None, 0, 0, "", "", refused_files)
    judgement = state.judgements[last.arrival.id]
    return SubmissionLine(
        district=district,
        status=status,
        zero_report=last.reading.is_zero_report,
        revision=reports.revision,
        received_at=reports.first_received.astimezone(settings.calendar.zone),
        rows_accepted=judgement.rows_accepted,
        rows_refused=judgement.rows_refused,
        file=mask(last.arrival.name),
        reporter=last.reading.cover.get("填报人", ""),
        refused_files=refused_files,
    )


def _reception(state: DayState, settings: Settings) -> tuple[ReceptionLine, ...]:
    lines = []
    for district in settings.district_names:
        places = [place for filed in _of(district, state) for place in state.judgements[filed.arrival.id].reception]
        for category in CATEGORIES:
            rows = [place for place in places if place["问题类别"] == category]
            if rows:
                batches, answered, passed = (sum(row.count(name) or 0 for row in rows) for name in ("接访批次", "当场答复", "转交办理"))
                note = "；".join(note for row in rows if (note := row["备注"]))
                lines.append(ReceptionLine(district, category, batches, answered, passed, note))
    return tuple(lines)


def _urgent(state: DayState, arrivals: dict[int, Arrival], settings: Settings) -> tuple[UrgentLine, ...]:
    return tuple(
        UrgentLine(
            district=district,
            number=place["案件编号"] or "",
            kind=place["事项类别"] or "",
            situation=place["情况说明"] or "",
            happened=place["发生时间"] or "",
            measures=place["已采取措施"] or "",
            coordination=place["需协调事项"] or "",
            origin=_origin(place, arrivals),
        )
        for district in settings.district_names
        for filed in _of(district, state)
        for place in state.judgements[filed.arrival.id].urgent
    )


def _of(district: str, state: DayState) -> list[Filed]:
    return [filed] if (filed := state.submissions.get(district, NO_REPORTS).in_force) else []


def _liaison(assignment: Filed) -> dict[str, tuple[tuple[str, str], ...]]:
    leaders: dict[str, list[tuple[str, str]]] = {}
    rows = daily_report.first_rows(assignment.reading.rows, LIAISON.name)
    for position in range(len(rows.lines) if rows else 0):
        if rows and position not in rows.refused:
            district, leader, post = (rows.text(name, position) or "" for name in ("旗区", "包联领导", "职务"))
            leaders.setdefault(district, []).append((leader, post))
    return {district: tuple(names) for district, names in leaders.items()}


# --- what changed ------------------------------------------------------------------------------------------------


def _moved(state: DayState) -> dict[str, str]:
    """The cases whose status changed on the day, with the status before."""
    judgements = [state.judgements[filed.arrival.id] for filed in _in_force(state)]
    return {number: before for judgement in judgements for number, before in judgement.moved.items()}


def _changed(state: DayState, in_use: list[CaseLine], moved: dict[str, str]) -> dict[str, list[str]]:
    """The day's changes by kind, each by case number; cancelled cases are in none of them."""
    counted = frozenset(line.number for line in in_use if line.is_counted)
    numbers = [line.number for line in in_use]
    said = {
        "newly_resolved": [one for one in numbers if one in counted and one not in state.counted_before],
        "reopened": [one for one in numbers if moved.get(one) == RESOLVED],
        "no_longer_counted": [one for one in numbers if one in state.counted_before and one not in counted],
        "new_cases": [one for one in numbers if one not in state.register_before],
        "withdrawn_cases": list(state.withdrawn),
    }
    told = {number for kind in ("newly_resolved", "reopened") for number in said[kind]}
    return {**said, "status": [one for one in numbers if one in moved and one not in told]}


def _changes(sets: dict[str, list[str]], lines: dict[str, CaseLine], moved: dict[str, str]) -> tuple[Change, ...]:
    changes = []
    for kind, numbers in sets.items():
        for number in numbers:
            line = lines.get(number)
            if line is None:
                changes.append(Change(kind, number, "", "", "更正后的日报不再包含"))
                continue
            status = f"{moved[number]} → {line.status}" if number in moved else line.status
            changes.append(Change(kind, number, line.district, line.matter, f"{status}；{line.progress}".strip("；")))
    return tuple(changes)


# --- findings ----------------------------------------------------------------------------------------------------


def _findings(state: DayState, refused: tuple[Filed, ...], several: tuple[ArrivedReport, ...]) -> tuple[FindingLine, ...]:
    """What was found in the assignment workbooks, then in the reports, file by file."""
    day = state.day.isoformat()
    assignment = mask(state.assignment.arrival.name)
    lines = [FindingLine(day, "", assignment, words.OF_ASSIGNMENT, one) for one in state.assignment_findings]
    lines += [FindingLine(day, one.district, one.name, one.use, found) for one in several for found in one.findings]
    lines += [
        FindingLine(day, one.reading.district, mask(one.arrival.name), words.REFUSED, found)
        for one in refused
        if one.arrival.is_assignment
        for found in sorted(one.reading.findings, key=submissions_.address)
    ]
    return tuple(lines)


# --- inputs ------------------------------------------------------------------------------------------------------


def _arrivals_that_count(inputs: Iterable[Filed], day: date, settings: Settings) -> tuple[datetime, bool]:
    zone = settings.calendar.zone
    counting = [one.arrival.envelope.received_at.astimezone(zone) for one in inputs]
    limit = submissions_.correction_from(day, settings)
    return max(counting), any(one > limit for one in counting)


def _inputs(inputs: Iterable[Filed]) -> tuple[Input, ...]:
    return tuple(
        Input(mask(one.arrival.path), one.arrival.sha256, one.arrival.envelope.received_at.isoformat(), _role(one)) for one in inputs
    )


def _role(one: Filed) -> str:
    kind = "assignment" if one.arrival.is_assignment else "report"
    return kind if one.reading.accepted else f"{kind}, refused"
