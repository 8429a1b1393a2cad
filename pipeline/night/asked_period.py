"""A week or another span of days that somebody asks for by hand: nobody else runs meanwhile, and nothing is taken in.

Covered by tests/publishing/test_periods.py.
"""

from __future__ import annotations

from datetime import date

from pipeline.intake import desk
from pipeline.publishing import periods
from pipeline.publishing.outbox import NotPublishedError
from pipeline.publishing.periods import Made
from pipeline.settings.config import Settings


def run(settings: Settings, first: date, last: date, *, is_closing: bool = False, today: date) -> Made:
    """Write the period of these days from what the ledger holds.

    Raises ConfigurationError, NothingToConsolidateError, AnotherRunError while a run is under way, NotPublishedError, LedgerError.
    """
    periods.check_span(first, last, today)
    with desk.opened(settings) as office:
        try:
            return periods.make(office.ledger, office.settings, first, last, is_closing=is_closing)
        except NotPublishedError as error:
            msg = f"阶段报告 {first}_{last} 没有写进 {settings.paths.periods}：{error}后再运行一次；原有文件没有变动。"
            raise NotPublishedError(msg) from error
