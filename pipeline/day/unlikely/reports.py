"""A report beside the district's earlier ones: the same again, and counts of receptions out of proportion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from statistics import median
from typing import Final

from pipeline.day.cases import RECENT_DAYS
from pipeline.day.day_state import DayState
from pipeline.day.reports_before import NOTHING_BEFORE, batches
from pipeline.day.unlikely.hint import Hint, row_of_day
from pipeline.settings.hints import Hints
from pipeline.terms.contract import NEW_CASES, PROGRESS, RECEPTION, URGENT
from pipeline.terms.rows import Rows, rows_of_sheet
from pipeline.terms.text import key

_FEWEST_BATCHES: Final = 20
_FEWEST_REPORTS: Final = 5


def same_report(state: DayState, _settings: Hints) -> Iterator[Hint]:
    """Go through the districts whose report has the same rows as their last one, and says something."""
    for district, report in state.in_force.items():
        last = state.reports_before.get(district, NOTHING_BEFORE).last
        if last and _are_same(report.reading.rows, last.reading.rows) and _says_something(report.reading.rows):
            yield Hint("unlikely-same-report", district, arrival=report.arrival.id, said={"before": last.reading.day})


def _are_same(sheets: tuple[Rows, ...], before: tuple[Rows, ...]) -> bool:
    counts = ({rows.sheet: len(rows.lines) for rows in of_report if rows.lines} for of_report in (sheets, before))
    return next(counts) == next(counts) and _as_compared(sheets) == _as_compared(before)


def _as_compared(sheets: Iterable[Rows]) -> dict[str, Counter[frozenset[tuple[str, str]]]]:
    """Return the rows of each sheet that has any, in whatever order they and their columns stand; an empty cell is as none."""
    compared = {}
    for rows in sheets:
        columns = [[(column, key(text or "")) for text in rows.texts(column)] for column in rows.values]
        compared[rows.sheet] = Counter(frozenset(cell for cell in row if cell[1]) for row in zip(*columns, strict=True))
    return {sheet: counted for sheet, counted in compared.items() if counted}


def _says_something(sheets: tuple[Rows, ...]) -> bool:
    """Whether a report has 今日进展, a 接访批次 above 0, or a row of 急报事项 or 新增案件."""
    of_sheet = {sheet.name: rows_of_sheet(sheets, sheet.name) for sheet in (PROGRESS, RECEPTION, URGENT, NEW_CASES)}
    progress, reception = of_sheet[PROGRESS.name], of_sheet[RECEPTION.name]
    return (
        any(rows and rows.lines for rows in (of_sheet[URGENT.name], of_sheet[NEW_CASES.name]))
        or bool(progress and any(progress.texts("今日进展")))
        or bool(reception and any(reception.count("接访批次", at) for at in range(len(reception.lines))))
    )


def same_progress(state: DayState, settings: Hints) -> Iterator[Hint]:
    """Go through the cases whose last rows, so many of them or more, all have the same 今日进展."""
    for case in state.cases:
        row = row_of_day(case, state)
        if row and case.same_progress >= settings.same_progress_reports:
            said = {"case": case.number, "count": case.same_progress}
            yield Hint("unlikely-same-progress", case.text("旗区"), (case.number,), row, "今日进展", said=said)


def receptions(state: DayState, settings: Hints) -> Iterator[Hint]:
    """Go through the districts that report many times as many receptions as they use to."""
    for district, report in state.in_force.items():
        before = state.reports_before.get(district, NOTHING_BEFORE).batches
        earlier = [count for day, count in before if (state.day - day).days <= RECENT_DAYS]
        judgement = state.judgements[report.arrival.id]
        count = batches(judgement)
        if count < _FEWEST_BATCHES or len(earlier) < _FEWEST_REPORTS or count < settings.receptions_times * median(earlier):
            continue
        usual = median(earlier)
        most = max(judgement.reception, key=lambda row: row.count("接访批次") or 0)
        said = {"count": count, "reports": len(earlier), "usual": int(usual) if usual == int(usual) else usual}
        yield Hint("unlikely-receptions", district, (), most, "接访批次", said=said)
