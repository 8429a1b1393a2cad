"""How many rows of each report were taken and refused: as published, and where results could not be written, as the ledger has it.

Board, calendars, home page, `status` and the desk say the same, since all of them ask here. Covered by tests/office/test_row_counts.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from pipeline.day import doubts
from pipeline.day.day_state import DayState
from pipeline.day.submissions import NO_REPORTS, Reports, Submissions
from pipeline.intake import facts_known
from pipeline.settings.config import Settings

Figures = Mapping[str, Mapping[str, Any]]
"""By district: revision, rows_accepted, rows_refused, and where there are such rows_moved and mended_at, as in `summary.json`."""
LOOKS_BACK: Final = timedelta(days=31)
"""A report of an earlier day can turn what is taken of a later one."""


def known(told: Mapping[date, Figures], index: Submissions, settings: Settings) -> dict[date, Figures]:
    """Return what is known of the reports of these days; `told`: what was published of each. Raises LedgerError.

    From the first day on of which the ledger has a report that the results do not show, the rows are judged anew.
    """
    stale = [day for day, figures in told.items() if _is_behind(figures, index.on(day), settings)]
    if told:
        window = (max(told) - timedelta(days=count) for count in range(LOOKS_BACK.days))
        stale += [day for day in window if _came_since(index.on(day).values(), day, settings)]
    again = [day for day in told if stale and day >= min(stale)]
    if not again:
        return {**told}
    states = facts_known.until(again, settings).fold(settings, again)
    return {**told, **{day: _of(state, settings) for day, state in states.items()}}


def _is_behind(figures: Figures, reports: Mapping[str, Reports], settings: Settings) -> bool:
    """Whether the results of a day show another revision than the one that counts."""
    return any(figures.get(name, {}).get("revision", 0) != reports.get(name, NO_REPORTS).revision for name in settings.district_names)


def _came_since(reports: Iterable[Reports], day: date, settings: Settings) -> bool:
    """Whether a report of the day came after its results were written."""
    last = max((came for each in reports if (came := each.in_force_received)), default=None)
    if last is None:
        return False
    try:
        written = (settings.paths.outbox / day.isoformat() / "summary.json").stat().st_mtime
    except OSError:
        return True
    return last > datetime.fromtimestamp(written, settings.calendar.zone)


def _of(state: DayState, settings: Settings) -> dict[str, dict[str, Any]]:
    mended = doubts.mended(state.submissions, state.judgements, state.day, settings)
    figures = {}
    for name, report in state.in_force.items():
        judged = state.judgements[report.arrival.id]
        figures[name] = {
            "revision": state.submissions[name].revision,
            "rows_accepted": judged.rows_accepted,
            "rows_refused": judged.rows_refused,
            "rows_moved": judged.rows_moved,
            "mended_at": mended[name].astimezone(settings.calendar.zone).isoformat(timespec="seconds") if name in mended else None,
        }
    return figures
