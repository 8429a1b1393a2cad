"""The tables of figures in 专报: the rates of the last days, and what lies directly under its reader with who has reported.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipeline.render.papers.decision_items import WORKBOOK
from pipeline.render.papers.limits import Limits
from pipeline.report import corrections, day_corrected, sentences, verdict_words, who_reported
from pipeline.report.figures import Figure, UnitLine
from pipeline.report.report import Report
from pipeline.report.submission_lines import Absence, SubmissionLine
from pipeline.terms import words

Fields = dict[str, Any]


_RECENT_DAYS = 7


def recent(report: Report) -> list[Fields]:
    """Return the rates of the last days as rows of a table, its head first; none where there is one day only."""
    days = report.trend[-_RECENT_DAYS:]
    if len(days) < 2:  # noqa: PLR2004 - one day is no row of days
        return []
    groups = []
    for group in report.settings.groups:
        tallies = [tallies.get(group.name) for _day, tallies in days]
        # a target that changed within these days is said with each that held
        held = dict.fromkeys([*(tally.target_percent for tally in tallies if tally), group.target_percent])
        groups.append((f"{group.name}（目标{'→'.join(f'{percent}%' for percent in held)}）", tallies))
    restated = {entry.day for entry in (*report.overnight_earlier, *report.overnight, *report.restated) if entry.differs}
    marked = [f"{day.month}-{day.day}{'※' if day in restated else ''}" for day, _tallies in days]
    head = {"名称": "按今天所知（※该日数字本期有更正）" if "※" in "".join(marked) else "按今天所知的化解率", "数": marked}
    silent = [report.said_of_silent(day) for day, _tallies in days]
    rows = [
        {
            "名称": name,
            "数": [
                nothing or sentences.rate(tally.rate_percent if tally else None) for tally, nothing in zip(tallies, silent, strict=True)
            ],
        }
        for name, tallies in groups
    ]
    return [head, *rows]


def rows(report: Report) -> list[Fields]:
    """Return the rows: the districts, or the units where there are levels between the reader and them."""
    if report.below:
        return [{"名称": line.name, **row(_reported(line, report), line.figures, report)} for line in report.below]
    statuses = {submission.district: _status(submission, report) for submission in report.submissions}
    figures = {name: [figure for figure in report.by_district if figure.label == name] for name in report.settings.district_names}
    return [{"名称": name, **row(statuses.get(name, ""), figures[name], report)} for name in figures]


def provisional(report: Report, most: int) -> str:
    """Return what the star in the table means, and by what figures stay provisional: so much of each kind; '' where none is.

    Who has no report today stands in the table; of the verdicts of the whole the first lines say why.
    """
    shown = [figure for line in report.below for figure in line.figures] if report.below else report.by_district
    starred = [figure for figure in (*report.targets, *shown) if figure.tally.total and not figure.is_certain]
    if not starred:
        return ""
    behind = who_reported.behind(starred, [figure for figure in report.targets if figure in starred], most)
    return sentences.PROVISIONAL_GAP + verdict_words.to_mend(report) + behind


def _reported(line: UnitLine, report: Report) -> str:
    """Return of how many of a unit's districts there is a report; of a district directly under the reader, how its own stands."""
    if line.is_district:
        return next((_status(own, report) for own in report.submissions if own.district == line.name), "")
    return f"{line.reported}/{len(line.districts)}"


def _status(line: SubmissionLine, report: Report) -> str:
    """Return how a district reported; a report that was replaced later than its readers expect is not told as the first one."""
    if line.is_lost:
        return "遗失"
    if line.stands in ("refused", "returned", "mended"):
        return words.STANDS[line.stands]
    status = words.ZERO if line.is_zero and line.status == "on-time" else words.REPORTED[line.status]
    status += "，已批准" if line.is_excused else ""
    if not corrections.is_noteworthy(line, report):
        return status
    return f"{status}，{'同首报' if line.repeats == 1 else '后更正'}"


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
        "还差": f"{tally.shortfall}{'' if figure.is_certain or not tally.total else '*'}",  # without cases there is no verdict to turn
    }


def reported(report: Report, room: Limits) -> dict[str, Any]:
    """Return what is known of those who did not report."""
    most = max(1, room.absences)
    return {
        "缺报": [
            *filter(None, [day_corrected.replaced(report, most, room.corrections), day_corrected.filled_in(report, most)]),
            *who_reported.absences([_placed(absence, report) for absence in report.absences], report.day, room.absences),
        ],
        "其余缺报": "" if room.is_dense else sentences.more(len(report.absences) - room.absences, "旗区", f"{WORKBOOK}“报送情况”"),
    }


def _placed(absence: Absence, report: Report) -> Absence:
    """Return it with where its district lies."""
    return replace(absence, district=f"{_unit_of(absence.district, report)}{absence.district}")


def _unit_of(district: str, report: Report) -> str:
    """Return in which units under the reader a district lies; '' where it lies directly there."""
    return report.settings.tree.full(district).removesuffix(district)
