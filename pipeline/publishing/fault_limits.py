"""Limits a fault to the day on which it came up: the other days are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.day.beginning import Beginning
from pipeline.day.day_state import DayState
from pipeline.day.known_when import fold_on
from pipeline.disk import faults
from pipeline.publishing.outbox import NotPublishedError
from pipeline.report.report import Report
from pipeline.settings.config import Settings
from pipeline.terms.errors import PipelineError
from pipeline.terms.handed_in import Facts, Filed


@dataclass(frozen=True, slots=True)
class Written:
    """Which days a run wrote, and which it could not."""

    outbox: Path
    published: list[Report] = field(default_factory=list)
    editions: dict[date, int] = field(default_factory=dict)
    """The number of the edition that stands of each day that was written."""
    restored: list[date] = field(default_factory=list)
    """Days whose folder was damaged and is again the edition that was published, since the rules are others now."""
    unchanged: list[date] = field(default_factory=list)
    """Days asked for whose inputs are those of the edition that stands."""
    refused: dict[str, list[str]] = field(default_factory=dict)
    """Days (ISO) that the disk did not take, by its reason."""
    faults: list[tuple[str, ...]] = field(default_factory=list)
    """Where the program itself failed on a day."""
    failed: list[date] = field(default_factory=list)
    """The days that could not be written for that reason; an earlier edition still stands, and the next run tries again."""
    remarks: list[str] = field(default_factory=list)
    """What is wrong with the office's own templates, whose place the program's took."""
    periods: list[Path] = field(default_factory=list)
    """The folders of the weeks that were reported on."""
    workbooks: Sequence[Filed] = ()
    """The usable assignment workbooks that there are, the oldest first."""

    @property
    def not_written(self) -> int:
        """So many days could not be written, for whatever reason."""
        return len(self.failed) + sum(map(len, self.refused.values()))

    @property
    def held(self) -> list[str]:
        """Why days could not be written, because somebody has their files open or the disk is full; the other days were."""
        way_out = "后再运行一次；原有文件没有变动。"
        return [f"{'、'.join(days)} 的结果没有写进 {self.outbox}：{reason}{way_out}" for reason, days in self.refused.items()]


@contextmanager
def limit_fault_to_day(day: date, written: Written, what: str = "") -> Iterator[None]:
    """Let a fault of ours, or a disk that takes no folder, cost that day alone; an interruption goes on up.

    `what`: what else than the day itself is written.
    """
    try:
        yield
    except NotPublishedError as error:
        written.refused.setdefault(str(error), []).append(what or day.isoformat())
    except (OSError, PipelineError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a library in Rust panics with a BaseException
        written.faults.append(tuple(faults.places_of(error)))
        if not what:
            written.failed.append(day)


Folded = tuple[dict[date, DayState], Sequence[Beginning]]
"""The state of each day, and how everything stood at the ends of the last two; none where not all could be folded together."""


def folded(
    facts: Facts, settings: Settings, days: list[date], watched: Iterable[date], written: Written, beginning: Beginning | None = None
) -> Folded:
    """Fold the facts into the state of each day; where our own fault ends the fold, of each day that can be folded by itself."""
    if not days:
        return {}, ()
    with limit_fault_to_day(days[0], Written(written.outbox)):  # not noted here: each day is tried alone below
        return fold_on(facts, settings, days, watched, beginning)
    states: dict[date, DayState] = {}
    for day in days:
        with limit_fault_to_day(day, written):
            states |= fold_on(facts, settings, [day], watched, beginning)[0]
    return states, ()
