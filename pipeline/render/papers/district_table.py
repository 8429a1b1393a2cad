"""The last table of 专报: what lies directly under its reader, a row each, with the figures of every group and who has reported.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.report import corrections, sentences
from pipeline.report.figures import Figure, UnitLine
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine
from pipeline.terms import words

Fields = dict[str, Any]


def rows(report: Report) -> list[Fields]:
    """Return the rows: the districts, or the units where there are levels between the reader and them."""
    if report.below:
        return [{"名称": line.name, **row(_reported(line), line.figures, report)} for line in report.below]
    statuses = {submission.district: _status(submission, report) for submission in report.submissions}
    figures = {name: [figure for figure in report.by_district if figure.label == name] for name in report.settings.district_names}
    return [{"名称": name, **row(statuses.get(name, ""), figures[name], report)} for name in figures]


def is_certain(report: Report) -> bool:
    """Return whether no verdict in the table can still turn."""
    shown = (figure for line in report.below for figure in line.figures) if report.below else report.by_district
    return all(figure.is_certain for figure in (*report.targets, *shown))


def _reported(line: UnitLine) -> str:
    """Return of how many of a unit's districts there is a report; of a district directly under the reader, whether there is one."""
    if line.is_district:
        return words.REPORTED["missing" if line.missing else "late" if line.late else "on-time"]
    return f"{line.reported}/{len(line.districts)}"


def _status(line: SubmissionLine, report: Report) -> str:
    """Return how a district reported; a report that was replaced later than its readers expect is not told as the first one."""
    if line.is_lost:
        return "遗失"
    status = "零报告" if line.zero_report and line.status == "on-time" else words.REPORTED[line.status]
    status += "，已批准" if line.is_excused else ""
    if line.is_wholly_refused or line.stands == "mended":  # in two lines of three characters, as the column has room
        return f"{status}，{'全退回' if line.is_wholly_refused else '后改好'}"
    return f"{status}，后更正" if corrections.is_noteworthy(line, report) else status


def row(status: str, figures: Iterable[Figure], report: Report) -> Fields:
    """Return a row of the table: the figures of each group, in the groups' order."""
    by_group = {figure.group: figure for figure in figures}
    return {"分组": [_cells(by_group[group.name]) for group in report.settings.groups], "报送": status}


def _cells(figure: Figure) -> Fields:
    tally = figure.tally
    return {
        "总数": str(tally.total),
        "化解": str(tally.resolved),
        "化解率": sentences.rate(tally.rate_percent),
        "范围": sentences.bounds_range(figure.bounds) if figure.bounds else "—",
        "还差": f"{tally.shortfall}{'' if figure.is_certain else '*'}",
    }
