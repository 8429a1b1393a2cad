"""A period's folder: drawn up from the ledger by one fold over its days, and written whole.

Where the office wants it, every week is written by itself, in the night of its last day.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.day import known_when
from pipeline.ledger import editions
from pipeline.ledger.ledger import Ledger
from pipeline.publishing import fault_limits, inputs, outbox
from pipeline.publishing.fault_limits import Written
from pipeline.publishing.plan import Plan, to_look_at
from pipeline.report.report import Report
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError

if TYPE_CHECKING:
    from pipeline.report.period import Period

_WEEK: Final = timedelta(days=6)
"""From the first day of a week to its last."""
MOST_DAYS: Final = 400
"""Longer spans are no weeks and no closings, but a slip of the pen."""
LISTED_IN: Final = "period.json"
"""The file of a period's folder that lists the others."""


_BACK: Final = {"阶段报告": "不写 --closing ", "结项报告": "写上 --closing "}
"""How each is asked for."""


@dataclass(frozen=True, slots=True)
class Made:
    """A period that was written."""

    folder: Path
    period: Period
    is_new: bool
    """Whether anything is another than what stood there."""
    remarks: tuple[str, ...]
    """What is wrong with the office's own templates."""
    is_other_kind: bool = False
    """Whether a closing took the place of a report, or the other way round: what stood there was kept aside."""

    @property
    def told_aside(self) -> str:
        """What is said where one took the other's place; '' elsewhere."""
        was = "阶段报告" if self.period.is_closing else "结项报告"
        return f"（这几天原来的{was}另存在 state/replaced；要换回来，{_BACK[was]}再运行一次）" if self.is_other_kind else ""


def make(ledger: Ledger, settings: Settings, first: date, last: date, *, is_closing: bool = False) -> Made:
    """Write the period of these days from what the ledger holds. Raises NothingToConsolidateError, NotPublishedError, LedgerError."""
    return _write(to_look_at(ledger, settings, _with_day_before(first, last)), is_closing=is_closing)


def check_span(first: date, last: date, today: date) -> None:
    """Raise ConfigurationError for a span that is none, that is too long, or that ends after today."""
    if first > last:
        msg = "--from 不能晚于 --to。"
        raise ConfigurationError(msg)
    if last > today:
        msg = f"--to {last} 还没有到；最晚写 {today}。"
        raise ConfigurationError(msg)
    if (last - first).days >= MOST_DAYS:
        msg = f"--from 到 --to 有 {(last - first).days + 1} 天，最多 {MOST_DAYS} 天。"
        raise ConfigurationError(msg)


def write_due(drawn: Plan, written: Written) -> None:
    """Write the weeks that end on a day of this run, and the last week where a run before was kept from it."""
    for last in _due(drawn, written.published):
        span = f"阶段报告 {last - _WEEK}_{last}"
        with fault_limits.limit_fault_to_day(last, written, span):
            made = _write(drawn.over(_with_day_before(last - _WEEK, last)))
            written.periods.extend([made.folder] if made.is_new else [])
            written.remarks.extend(remark for remark in made.remarks if remark not in written.remarks)


def folders(settings: Settings) -> list[Path]:
    """Return the folder of every period that was written, the last days first."""
    found = (path for path in settings.paths.periods.glob("*_*") if path.is_dir() and _is_span(path.name))
    return sorted(found, key=lambda path: path.name.split("_")[::-1], reverse=True)


def _is_span(name: str) -> bool:
    return all(map(outbox.is_day, name.split("_")))


def _due(drawn: Plan, published: Iterable[Report]) -> list[date]:
    own = drawn.present.period
    if own.weekly is None:
        return []
    now = {report.day for report in published}
    ends = [day for day in sorted({*map(date.fromisoformat, drawn.manifests), *now}) if own.ends_on(day)]
    missing = [day for day in ends[-1:] if not outbox.is_as_written(_folder(drawn.settings, day - _WEEK, day), LISTED_IN)]
    return sorted({*missing, *(day for day in ends if day in now)})


def _with_day_before(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range(-1, (last - first).days + 1)]


def _folder(settings: Settings, first: date, last: date) -> Path:
    return settings.paths.periods / f"{first}_{last}"


def _write(drawn: Plan, *, is_closing: bool | None = None) -> Made:
    """Write the period. `is_closing`: None where what stands there decides: a night does not make a week's report of a closing."""
    from pipeline.render.period import period_files

    folder = _folder(drawn.settings, drawn.days[1], drawn.days[-1])
    was_closing = _was_closing(folder)
    drawn_up = _drawn_up(drawn, is_closing=bool(was_closing) if is_closing is None else is_closing)
    files, remarks = period_files.render(drawn_up, inputs.templates_of(drawn.settings))
    is_new = _stands(folder) != files[LISTED_IN] or not outbox.is_as_written(folder, LISTED_IN)
    is_other_kind = was_closing is (not drawn_up.is_closing)
    if is_new:
        # of what is noted here everything else was written for somebody to keep: it is another paper, and may have been handed on
        noted = [hashlib.sha256(files[LISTED_IN]).hexdigest()] if is_other_kind else []
        outbox.publish(folder.parent, folder.name, files, drawn.settings.paths.replaced, noted, manifest=LISTED_IN)
    return Made(folder, drawn_up, is_new, tuple(remarks), is_other_kind)


def _drawn_up(drawn: Plan, *, is_closing: bool) -> Period:
    from pipeline.report import compose, period

    states = known_when.fold(drawn.facts, drawn.settings, drawn.days)
    reports = [compose.build(states[day], drawn.sources(day, ()), drawn.settings) for day in drawn.days]
    return period.of(reports, _editions(drawn, drawn.days), is_closing=is_closing)


def _editions(drawn: Plan, days: Sequence[date]) -> Counter[date]:
    return Counter(noted.day for noted in editions.notes(drawn.ledger) if noted.day in days)


def _stands(folder: Path) -> bytes:
    """Return what the folder's list says; nothing where there is none."""
    try:
        return (folder / LISTED_IN).read_bytes()
    except OSError:
        return b""


def _was_closing(folder: Path) -> bool | None:
    """Whether what stands there is a closing; None where nothing does, or nobody can tell."""
    try:
        return bool(json.loads(_stands(folder))["closing"])
    except (ValueError, LookupError, TypeError):
        return None
