"""What is said of the verdicts: the figures first, why they are provisional once for all of them, and what has to be mended.

Covered by tests/report/test_headline.py and tests/report/test_period.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from pipeline.day.targets import Tally
from pipeline.report import same_day, sentences, who_reported
from pipeline.report.figures import Bounds, Bridge, Certainty, Figure
from pipeline.report.report import Report
from pipeline.terms import open_reasons, words
from pipeline.terms.words import first_of

_MOST_MISTYPED: Final = 3
_FEW: Final = 3
"""Districts of which the cells are told; of more of them the list of what is wrong has them."""


def verdicts(report: Report, *, is_paper: bool = False) -> str:
    """Return for each target whether it is met, then once why that is provisional, who is silent and what has to be mended.

    `is_paper`: the note below a paper's table has what is to be mended.
    """
    certainties = {certainty.group: certainty for certainty in report.certainties}
    bridges = {bridge.group: bridge for bridge in report.bridges}
    out_of_reach = {way.group: sentences.out_of_reach(way) for way in report.ways}
    turned = same_day.verdicts_before(report, with_cases=not is_paper)
    verdict_of = partial(_verdict, is_paper=is_paper)
    said = "；".join(
        _with_yesterday(
            verdict_of(figure, certainties.get(figure.group), bridges.get(figure.group), out_of_reach.get(figure.group, "")),
            turned.get(figure.group, ""),
        )
        for figure in report.targets
    )
    open_ = _open(report.targets)
    missing = {
        name for figure in open_ if figure.bounds for why, names in figure.bounds.reasons if why in ("absent", "returned") for name in names
    }
    is_first, never = report.day_before == "none", who_reported.never(report.absences)
    silence = who_reported.silence(
        report.submissions, is_first=is_first, told=missing, never=never, asks_urgent=is_paper and bool(report.decisions)
    )
    silence += who_reported.left_out(report.left_out, report.day)
    hangs = any(why == "refused" for figure in open_ if figure.bounds for why, _names in figure.bounds.reasons)
    mended = (to_mend(report, with_places=False) if hangs and not is_paper else "") + _once_mended(report)
    return f"{said}。{why_provisional(report.targets, report.settings.district_names)}{silence}{mended}"


def _with_yesterday(said: str, turned: str) -> str:
    """Return a verdict with how yesterday's turned since; as what that is known now is said once."""
    then, _mark, now = turned.partition("，后来更正为达标")
    return f"{said}{then if now and f'的件数达标{now}' in said else turned}"


def in_short(figures: Sequence[Figure]) -> str:
    """Return the verdicts alone, such as 自治区交办未达标，市级交办暂计达标; of several alike 各项目标都达标."""
    verdicts = {figure.verdict for figure in figures}
    if len(figures) > 1 and len(verdicts) == 1:
        same = verdicts.pop()
        return f"各项目标都{same}" if same else "各组都没有案件"
    return "，".join(f"{figure.label}{figure.verdict or '没有案件'}" for figure in figures)


def why_provisional(figures: Sequence[Figure], districts: Sequence[str]) -> str:
    """Return once for all these verdicts why they are provisional, in a sentence; '' where none is.

    Of several with reasons of their own it is said that these are taken together: which of them can turn which, page and workbook say.
    """
    ends = [figure.bounds for figure in _open(figures) if figure.bounds]
    if not ends:
        return ""
    several = len({(each.reasons, each.open) for each in ends}) > 1
    name = f"{PROVISIONAL}的原因{'合起来' if several else ''}"
    return f"{name}：{sentences.why_open(_together(ends, districts))}。"


PROVISIONAL: Final = "暂计"


def _open(figures: Sequence[Figure]) -> list[Figure]:
    """Return those that have a verdict that may turn."""
    return [figure for figure in figures if figure.verdict and figure.bounds and not figure.is_certain]


def _together(ends: Sequence[Bounds], districts: Sequence[str]) -> Bounds:
    """Return the bounds of one figure with the reasons of all of them."""
    whose: dict[str, set[str]] = {}
    for why, names in (reason for each in ends for reason in each.reasons):
        whose.setdefault(why, set()).update(names)
    reasons = tuple((why, tuple(filter(whose[why].__contains__, districts))) for why in open_reasons.OPEN_REASONS if why in whose)

    def days(of: Callable[[Bounds], tuple[date, ...]]) -> tuple[date, ...]:
        return tuple(sorted({day for each in ends for day in of(each)}))

    return replace(
        ends[0],
        reasons=reasons,
        open=frozenset[tuple[str, date]]().union(*(each.open for each in ends)),
        behind=days(lambda each: each.behind),
        lost=days(lambda each: each.lost),
        returned=days(lambda each: each.returned),
    )


def counted(tally: Tally) -> str:
    """Such as 12/40（30.0%）."""
    return f"{tally.resolved}/{tally.total}（{sentences.rate(tally.rate_percent)}）" if tally.total else "没有案件"


def _verdict(figure: Figure, certainty: Certainty | None, bridge: Bridge | None, out_of_reach: str, *, is_paper: bool) -> str:
    """Return whether a target is met, by how many cases it is missed, and what alone brought it about."""
    if not figure.verdict:
        return f"{figure.label}没有案件"
    by_new = same_day.risen_by_new(bridge, figure.tally, certainty.unmoved if certainty else figure.tally) if bridge else ""
    return "，".join(
        part
        for part in (
            f"{figure.label}{sentences.rate(figure.tally.rate_percent)}，{figure.verdict}",
            f"还差{figure.tally.shortfall}件" if figure.tally.shortfall else "",
            same_day.lost(bridge, figure.tally, with_cases=not is_paper) if bridge else "",
            out_of_reach if figure.is_certain else "",
            *sentences.without_which(certainty, figure.tally),
            by_new,
        )
        if part
    )


def to_mend(report: Report, *, with_places: bool = True) -> str:
    """Return whose refused rows, of the day and of days before it, nobody has mended; '' where there are none.

    `with_places`: with the cells of the day's where these are of few districts; the first lines are for others, and name the same.
    Rows of cases that the office has given to another district are none: there is nothing to mend.
    """
    names = report.settings.district_names
    refused = {name: rows for name in names if (rows := _refused_rows(report, name, with_places=False))}
    if with_places and len(refused) <= _FEW:
        refused = {name: _refused_rows(report, name, with_places=True) for name in refused}
    alike: dict[str, list[str]] = {}
    for name, rows in refused.items():
        alike.setdefault(rows, []).append(name)
    told = (f"{'、'.join(whose)}{'各' if whose[1:] and '行' in rows else ''}{rows}" for rows, whose in alike.items())
    return f"日报退回待改正的：{'；'.join(told)}。" if alike else ""


def _refused_rows(report: Report, district: str, *, with_places: bool) -> str:
    """Return how much of a district's report of the day was refused, and where; of earlier days, which."""
    own = [line for line in report.findings if (line.district, line.use) == (district, words.USED) and not line.is_of_moved]
    found = [line.finding for line in own if line.finding.refuses]
    rows = dict[tuple[str, int | None], str]()  # of a row with two faults the first one's cell
    for finding in found:
        if finding.place:
            rows.setdefault((finding.sheet, finding.row), f"{finding.sheet}!{finding.place}")
    sheets = [f"“{finding.sheet}”整张表" for finding in found if not finding.place]
    today = "、".join([*([f"{len(rows)}行{f'（{first_of([*rows.values()], 2)}）' if with_places else ''}"] if rows else []), *sheets])
    days = {day for point in report.open_points if point.district == district for day in point.refused if day != report.day}
    days |= {matter.day for matter in report.earlier_refused if matter.district == district}
    told, month = list[str](), (0, 0)
    for day in sorted(days):  # the month is said once
        told.append(f"{day.day}日" if (day.year, day.month) == month else sentences.day(day, report.day))
        month = (day.year, day.month)
    return "及".join(part for part in (today, "、".join(told)) if part)


def _once_mended(report: Report) -> str:
    """Return what verdicts were with the rows that are refused for a mistyped number alone; '' where no verdict can turn by one.

    Each is told with what it says and which case it can be about; other things that keep the verdict open may remain.
    """
    groups = {case.number: case.group for case in report.cases if report.misspelt}
    told = []
    for figure in report.targets:
        rows = [row for row in report.misspelt if groups[row.number] == figure.group]
        gained = sum(row.gained for row in rows)
        mended = replace(figure.tally, resolved=figure.tally.resolved + gained)
        open_by = {name for why, names in figure.bounds.reasons if why == "refused" for name in names} if figure.bounds else set()
        if rows and not figure.is_certain and (mended.met != figure.tally.met or open_by & {row.district for row in rows}):
            said = first_of([f"{row.district}写的是“{row.written} {row.status}”，若指{row.number}" for row in rows], _MOST_MISTYPED, "；")
            verdict = words.verdict(is_met=bool(mended.met), is_certain=True)
            all_of = "都" if len(rows) > 1 else ""
            told.append(f"{said}，{all_of}改正后{figure.label}为{mended.resolved}/{mended.total}，按件数算{verdict}。")
    return "".join(told)
