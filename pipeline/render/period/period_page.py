"""A period as one self-contained page in the style of the day's: for phone, screen and paper, without script.

Covered by tests/render/test_period_files.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from jinja2 import TemplateError

from pipeline.render import definitions
from pipeline.render.page import leaders_page, trend_chart
from pipeline.render.workbook import sheet_words
from pipeline.report import left_at_the_end, notice_words, period_words, restated_figures, sentences
from pipeline.report.period import LOOKED_AFTER, Part, Period
from pipeline.settings.units import Branch
from pipeline.terms import words

TEMPLATE: Final = "period.html.j2"
MOST_LISTED: Final = 30
"""Cases of one list; the workbook has all."""
SIGNS: Final = {**sheet_words.ATTENDED, "excused": "准"}
_WIDEST_CALENDAR: Final = 31


def made(period: Period, templates: Path) -> tuple[bytes, list[str]]:
    """Return the page, and what is wrong with the office's own template of it; then that of the program takes its place."""
    try:
        return _page(period, templates), []
    except TemplateError as error:
        if templates == leaders_page.BUILT_IN:
            raise
        problem = f"阶段报告页面的版式（{templates / TEMPLATE}）不能用：{error}。这次按程序自带的版式写出。"
        return _page(period, leaders_page.BUILT_IN), [problem]


def _page(period: Period, templates: Path) -> bytes:
    return leaders_page.environment(templates).get_template(TEMPLATE).render(_context(period)).encode("utf-8")


def _context(period: Period) -> dict[str, Any]:
    return {
        "period": period,
        "name": period_words.NAME[period.is_closing],
        "span": period_words.span(period),
        "beginning": period_words.beginning(period),
        "remaining": left_at_the_end.in_words(period),
        "answer": period_words.lines(period),
        "groups": [_group(part, period) for part in period.groups],
        "calendars": [_calendar(period, start) for start in range(0, len(period.submissions), _WIDEST_CALENDAR)],
        "rows": calendar_rows(period),
        "counts": {name: [*stood(period, [name]).values()] for name in period.settings.district_names},
        "below": period_words.below(period),
        "told": [(day, entry, restated_figures.moved(entry.moves, 6)) for day, entry in period.restated],
        "signs": SIGNS,
        "looked_after": LOOKED_AFTER,
        "say": period_words,
        "restated_figures": restated_figures,
        "disputed": notice_words.disputed,
        "sentences": sentences,
        "means": definitions,
        "flags": words.FLAGS,
        "most": MOST_LISTED,
        # what the day's own macros ask for
        "chart": trend_chart,
    }


def _group(part: Part, period: Period) -> dict[str, Any]:
    return {
        "part": part,
        "tally": part.tallies[1],
        "figure": part.figure,
        "group": SimpleNamespace(name=part.label, target_percent=part.tallies[1].target_percent),
        "chart": trend_chart.trend([(day, tallies[part.label]) for day, tallies in period.course], period.silent),
        "told": {},
        "moved": [(name, cases) for name, cases in period_words.all_changes(part) if cases],
        "below": [entry for entry in period.below if entry.group == part.label],
        "between": [entry for entry in period.units if entry.group == part.label and entry not in period.below],
        "districts": [entry for entry in period.districts if entry.group == part.label],
        "leaders": [entry for entry in period.leaders if entry.group == part.label],
        "remaining": [entry for entry in period.remaining if entry.group == part.label],
    }


def calendar_rows(period: Period) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rows of the calendar: below the words and sums of the unit in which they lie the districts, at every level."""
    return _rows_of(period.settings.tree.parted(period.settings.district_names, str), period)


def _rows_of(branch: Branch[str], period: Period) -> list[tuple[str, tuple[str, ...]]]:
    heading = f"{'　'.join(period.settings.tree.way(branch.unit))}　{len(branch.things)}个旗区：{summed(period, branch.things)}"
    return [(heading if branch.unit else "", branch.own), *(row for part in branch.below for row in _rows_of(part, period))]


def summed(period: Period, districts: Collection[str]) -> str:
    """Return how many reports of these districts stand how, in words."""
    return "，".join(f"{period_words.STANDS[stands]}{count}份" for stands, count in stood(period, districts).items() if count)


def stood(period: Period, districts: Collection[str]) -> dict[str, int]:
    """Return how many reports of these districts stand how, as far as it is counted."""
    stood = Counter(of_day[name].stands for _day, of_day in period.submissions for name in districts if name in of_day)
    return {stands: stood[stands] for stands in period.counted}


def _calendar(period: Period, start: int) -> dict[str, Any]:
    days = period.submissions[start : start + _WIDEST_CALENDAR]
    months = [(month, len(list(of_month))) for (_year, month), of_month in groupby(days, key=lambda entry: (entry[0].year, entry[0].month))]
    return {"days": days, "months": months}
