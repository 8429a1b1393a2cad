"""The report's lines gathered in the order in which the page shows them; lists are picked and grouped, figures taken as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from pipeline.day.restatement import Restated
from pipeline.day.targets import Tally
from pipeline.render import definitions, districts, first_findings
from pipeline.render.page import case_data, case_texts, cases_behind_figures, trend_chart
from pipeline.render.page.trend_chart import TrendChart
from pipeline.report import (
    agenda,
    answer_words,
    clock_lines,
    corrections,
    day_corrected,
    decision_words,
    edit_words,
    exemptions,
    headline,
    matter_words,
    not_taken,
    restated_figures,
    same_day,
    sentences,
    who_reported,
)
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Bridge, Certainty, Figure, Ladder, Way
from pipeline.report.report import Report
from pipeline.report.submission_lines import FindingLine, SubmissionLine
from pipeline.settings.rules import Group
from pipeline.terms import words
from pipeline.terms.findings import Finding

_MOST_FINDINGS = 50
_EVERY: Final = 1_000_000
"""Rows of what is shown whole, but on a large day."""
_MOST_ITEMS = 8
"""Decisions in sight; the others fold."""
MOST_LISTED = 20
"""Cases of one list; the register has all."""
_MOST_NOTED = 6
"""Of one file in one list; the page is read on a phone."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """Everything about one group of sources that shares a target."""

    group: Group
    figure: Figure
    before: Tally | None
    """The day before, as it was told; None where the report has none."""
    restated_before: Tally | None
    """The same as it is known now; None where that is no other."""
    restated: tuple[Restated, ...]
    """What became known of earlier days."""
    bridge: Bridge | None
    certainty: Certainty | None
    confirmation: tuple[tuple[str, tuple[CaseLine, ...]], ...]
    """The resolved cases by what the people concerned said; empty where none is resolved."""
    way: Way | None
    nearest: tuple[CaseLine, ...]
    """The cases that lack least; none where the target is met."""
    chart: TrendChart | None
    sources: tuple[Figure, ...]
    districts: tuple[Figure, ...]
    below: tuple[Figure, ...]
    """What lies directly under the reader; none where that is the districts alone."""
    leaders: tuple[Figure, ...]
    categories: tuple[Figure, ...]
    referred: tuple[CaseLine, ...]
    edited: str
    """What cases of the day itself, the day's edits and the disputes that ended did to its total and rate; '' where nothing."""
    edited_by: tuple[str, ...]
    """Which of these there are, by name; edits first."""
    cancelled: tuple[CaseLine, ...]
    not_counted: tuple[tuple[str, tuple[CaseLine, ...]], ...]
    """The cases of the total that are not counted as resolved, by the reason."""

    @property
    def tally(self) -> Tally:
        """The whole group's."""
        return self.figure.tally

    @property
    def told(self) -> dict[date, Tally]:
        """By earlier day that was restated: what was told of it."""
        return {entry.day: entry.tallies[0] for entry in self.restated}

    @property
    def ladders(self) -> tuple[Ladder, ...]:
        """Both numbers of the bridge; none where there is no day before."""
        return self.bridge.ladders if self.bridge else ()


@dataclass(frozen=True, slots=True)
class FindingsView:
    """The findings of one district, of files without a district, or of the assignment workbook."""

    district: str
    """Empty for files whose district is not known."""
    is_assignment: bool
    submission: SubmissionLine | None
    refused: tuple[FindingLine, ...]
    warnings: tuple[FindingLine, ...]
    superseded: tuple[FindingLine, ...]
    """What was found in revisions that a later one replaced."""


def context(report: Report, *, is_large: bool = False) -> dict[str, object]:
    """What the template reads, by name; of a large day without what belongs to the list of all cases."""
    by_number = {line.number: line for line in report.cases}
    return (_fixed() | _WITHOUT_REGISTER if is_large else register(report)) | {
        "report": report,
        "data_note": who_reported.beside_data_until(report.submissions, report.absences),
        "answer": headline.lines(report),
        "answered": answer_words.told(report.beyond.notices),
        "noted": headline.noted(report, _MOST_NOTED),
        "earlier_urgent": agenda.unsettled_first(report.earlier_urgent),
        "unsettled": headline.unsettled(report, _MOST_NOTED),
        "beyond": headline.beyond(report),
        "settings": report.settings,
        "level": report.settings.tree.word(),
        "by_number": by_number,
        "flag_means": definitions.flags(report.settings.windows),
        "day_before": _day_before(report.day),
        "groups": [_group(group, report, by_number) for group in report.settings.groups],
        "is_bounded": {name: any(figure.bounds for figure in figures) for name, figures in _tables(report).items()},
        "trend": report.trend,
        "by_status": {stands: [submission for submission in report.submissions if submission.stands == stands] for stands in words.STANDS},
        "stands_word": words.STANDS,
        "refused_urgent": not_taken.urgent(report),
        "refused_requests": not_taken.requests(report),
        "unheard": who_reported.unheard(report.submissions),
        "absences": {absence.district: absence for absence in report.absences},
        "edit_sentences": [*edit_words.of_day(report), *day_corrected.rewritten_in_full(report)],
        "edits": edit_words.by_edit(report.edited),
        "changes": cases_behind_figures.changes(report),
        "follow_ups": [cases_behind_figures.flagged(flag, report, by_number) for flag in cases_behind_figures.FOLLOWED_UP],
        "clocked": clock_lines.in_need(report.cases, report.day),
        "cancelled": cases_behind_figures.flagged("cancelled", report, by_number).cases,
        "missing": cases_behind_figures.flagged("missing_from_assignment", report, by_number).cases,
        "reception": _reception_sums(report),
        "findings": _findings(report),
        "items": agenda.by_request(report.decisions),
        "ranges": [figure for figures in (*_tables(report).values(), _shared(report)) for figure in figures if not figure.is_certain],
    }


def _fixed() -> dict[str, object]:
    """Words and measures that are the same on every day."""
    return {
        "is_large": False,
        "is_unit": False,
        "in_units_workbooks": districts.LISTS,
        "most_rows": _EVERY,
        "most_units": _EVERY,
        "farthest": list,
        "told_first": list,
        "some_of": "、".join,
        "say": sentences,
        "decide": decision_words,
        "who": who_reported,
        "exemptions": exemptions,
        "corrections": corrections,
        "restated_figures": restated_figures,
        "day_corrected": day_corrected,
        "matters": matter_words,
        "means": definitions,
        "texts": case_texts,
        "step_kinds": {kind: step.name for kind, step in words.STEPS.items()},
        "decision_kinds": {kind: decision.name for kind, decision in words.DECISIONS.items()},
        "chart": trend_chart,
        "most": MOST_LISTED,
        "most_items": _MOST_ITEMS,
    }


_WITHOUT_REGISTER: Final = {"is_large": True, "register": (), "in_register": (), "index": {}, "picks": {}, "tag_names": {}}


def register(report: Report) -> dict[str, object]:
    """All cases, and what leads to them, with the words and measures of every page."""
    by_district = cases_behind_figures.register(report)
    return _fixed() | {
        "register": by_district,
        "in_register": {line.number for one in by_district for line in one.open},
        "index": {line.number: position for position, line in enumerate(report.cases)},
        "picks": cases_behind_figures.picks(report),
        "tag_names": case_data.tag_names(report),
    }


def address(finding: Finding) -> str:
    """Where in the workbook: 案件进展!E14, a sheet with its row, a sheet, or nothing."""
    return "!".join(part for part in (finding.sheet, finding.place) if part)


def shown(lines: Sequence[FindingLine]) -> list[FindingLine]:
    """The findings of a list that the page has."""
    return first_findings.shown(lines, _MOST_FINDINGS)


def left_out(lines: Sequence[FindingLine]) -> list[str]:
    """A sentence for each file of which the page has not all."""
    return first_findings.left_out(lines, _MOST_FINDINGS)


def _tables(report: Report) -> dict[str, tuple[Figure, ...]]:
    tables = {"targets": report.targets, "below": _below(report), "districts": report.by_district}
    return tables | {"leaders": report.by_leader, "categories": report.by_category}


def _below(report: Report) -> tuple[Figure, ...]:
    return tuple(figure for line in report.below if line.name in report.settings.tree for figure in line.figures)


def _shared(report: Report) -> list[Figure]:
    """Return the sources that are not the whole of their group."""
    groups = Counter(figure.group for figure in report.by_source)
    return [figure for figure in report.by_source if groups[figure.group] > 1]


def _group(group: Group, report: Report, by_number: dict[str, CaseLine]) -> GroupView:
    days = [(day, tallies[group.name]) for day, tallies in report.trend if group.name in tallies]
    way = next((way for way in report.ways if way.group == group.name), None)
    bridge = next((bridge for bridge in report.bridges if bridge.group == group.name), None)
    before = dict(days).get(_day_before(report.day))
    told = replace(before, total=bridge.total_before, resolved=bridge.resolved_before) if bridge and before else before
    figure = next(figure for figure in report.targets if figure.group == group.name)
    edited = _edited(figure, bridge, report)
    return GroupView(
        group=group,
        figure=figure,
        before=told,
        restated_before=before if before != told else None,
        restated=tuple(entry for entry in day_corrected.earlier(report) if entry.group == group.name),
        bridge=bridge,
        certainty=next((certainty for certainty in report.certainties if certainty.group == group.name), None),
        confirmation=cases_behind_figures.confirmation(group.name, report),
        way=way,
        nearest=cases_behind_figures.nearest(way, by_number),
        chart=trend_chart.trend(days, report.silent_days),
        sources=_of(group, report.by_source),
        districts=_of(group, report.by_district),
        below=tuple(line.of(group.name) for line in report.below),
        leaders=_of(group, report.by_leader),
        categories=_of(group, report.by_category),
        referred=cases_behind_figures.referred(group.name, report),
        edited="".join(edited.values()),
        edited_by=tuple(name for name in _EDITED if edited.get(name)),
        cancelled=tuple(case for case in report.cases if case.grounds and case.group == group.name),
        not_counted=cases_behind_figures.not_counted(group.name, report, by_number),
    )


_EDITED: Final = ("台账改动", "群众不认可的变化", "当天新增的案件")


def _edited(figure: Figure, bridge: Bridge | None, report: Report) -> dict[str, str]:
    """Return what the day did to a group's figures beside its work, by name, in the order in which it is told."""
    edits, disputes, of_day = _EDITED
    return {
        of_day: same_day.of_verdict(bridge, figure.tally) if bridge else "",
        edits: edit_words.of_group(report.edited, figure.group),
        disputes: edit_words.disputes(report, figure),
    }


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _of(group: Group, figures: Iterable[Figure]) -> tuple[Figure, ...]:
    return tuple(figure for figure in figures if figure.group == group.name)


def _reception_sums(report: Report) -> dict[str, int]:
    return {name: sum(getattr(line, name) for line in report.reception) for name in ("batches", "answered", "passed")}


def _findings(report: Report) -> list[FindingsView]:
    """By district in their order, then files that are of no known one, then the assignment workbook; only where there is something."""
    filed: dict[str, list[FindingLine]] = {}
    for line in report.findings:
        is_of_district = line.district in report.settings.district_names and not line.is_from_stranger
        district = line.district if is_of_district else ""
        filed.setdefault(words.OF_ASSIGNMENT if line.use == words.OF_ASSIGNMENT else district, []).append(line)
    submissions = {submission.district: submission for submission in report.submissions}
    order = (*report.settings.district_names, "", words.OF_ASSIGNMENT)
    return [_findings_of(name, filed[name], submissions.get(name)) for name in order if name in filed]


def _findings_of(name: str, lines: list[FindingLine], submission: SubmissionLine | None) -> FindingsView:
    standing = [line for line in lines if line.use != words.REPLACED]
    return FindingsView(
        district=name,
        is_assignment=name == words.OF_ASSIGNMENT,
        submission=submission,
        refused=tuple(line for line in standing if line.finding.refuses),
        warnings=tuple(line for line in standing if not line.finding.refuses),
        superseded=tuple(line for line in lines if line.use == words.REPLACED),
    )
