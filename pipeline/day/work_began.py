"""Since when the office has been at work: what lies before it, or after a long silence, counts for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

LONGEST_SILENCE = 7
"""Days: reports before a gap longer than this are ignored where the beginning of the office's work is looked for.

Every calendar day is a reporting day (contract 4): where no district reports for longer, the report before the gap has a wrong month, or
the office began anew (decision 11).
"""
LONGEST_AHEAD = 31
"""Days after the last report for which an office still counts as at work: a day far ahead uses up no notice numbers (decision 11)."""


def work_began(report_days: Iterable[date], last: date) -> date | None:
    """Return the first report day of the present period, which ends at `last` and has no gap over `LONGEST_SILENCE`.

    None without a report. A single report with a wrong month, weeks before all others, is not the beginning: otherwise every day after it
    would count as missing.
    """
    first = previous = None
    for day in sorted({day for day in report_days if day <= last}):
        if previous is None or (day - previous).days > LONGEST_SILENCE:
            first = day
        previous = day
    return first
