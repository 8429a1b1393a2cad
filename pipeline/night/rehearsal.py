"""What if other settings had always held: days replayed beside what is published of them, in a scratch folder. Nothing else changes."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.intake import district_names, reread
from pipeline.ledger import ledger_store, places
from pipeline.ledger.ledger import Ledger
from pipeline.night.outcome import Progress
from pipeline.publishing import periods, rehearsals
from pipeline.report import rehearsal_words, rehearsed
from pipeline.report.rehearsed import Rehearsal
from pipeline.settings import config, read_by
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError, LedgerError, NothingToConsolidateError, reason_of

_PATIENCE: Final = 60
"""Seconds to wait for a night that writes to the ledger just now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know."""

    office: Path
    """The office's config.yaml."""
    new: Path
    """The one to try."""
    first: date
    last: date
    workbook: Path | None = None
    """Where to write the workbook, if one is wanted."""
    as_json: bool = False


def answer(asked: Asked, now: datetime, progress: Progress | None = None) -> Iterable[str]:
    """Return the answer in lines, once the workbook is written. Raises ConfigurationError too, beside what `run` raises.

    The settings are taken as they are written: names that districts had before are looked up in the copy of the ledger.
    """
    office, new = config.load(asked.office), config.load(asked.new)
    if asked.workbook:
        check_target(asked.workbook, office)
    periods.check_span(asked.first, asked.last, now.astimezone(office.calendar.zone).date())
    found = run(office, new, asked.first, asked.last, progress)
    if asked.workbook:
        write_workbook(found, asked.workbook, office)
    if asked.as_json:
        return rehearsed.as_json(found).splitlines()
    tried = "" if asked.new == asked.office else f"{asked.new}"
    return rehearsal_words.lines(found, tried, f"{asked.workbook or ''}")


def run(office: Settings, new: Settings, first: date, last: date, progress: Progress | None = None) -> Rehearsal:
    """Replay these days under `new`, whose paths are not used, and return what would differ.

    The office's lock is not taken: its ledger is copied as it stands between two writes, and the copy is worked with.
    Raises ConfigurationError, NothingToConsolidateError, LedgerError, OSError.
    """
    progress = progress or Progress()
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    new = new.model_copy(update={"paths": office.paths})
    with _copied(office) as ledger:
        office = district_names.aligned(ledger, office)
        as_now, named = rehearsals.read_as_now(ledger, office), ledger.districts
        new = district_names.aligned(ledger, new)
        is_alike = read_by.read_alike(office, new)
        why = rehearsal_words.READ_AGAIN[is_alike]

        def begin(count: int) -> None:
            if count:
                progress.note(rehearsal_words.before_reading(count, why))
            progress.begin("读取核对", count)

        read = reread.read_again(ledger, new, last, as_now if is_alike else set(), begin, progress.advance)
        before = rehearsals.published(ledger, new, days)
        ledger.districts, named = named, ledger.districts
        unpublished = [day for day in days if day not in before]
        progress.begin("计算", len(days) + len(unpublished))
        for report in rehearsals.computed(ledger, office, unpublished):
            before[report.day] = rehearsals.with_names(rehearsals.figures(report), office, new)
            progress.advance()
        ledger.districts = named
        differing = []
        for report in rehearsals.rehearsed(ledger, new, read.files, read.again, days):
            sources = {case.number: case.source for case in report.cases}
            differing.append(rehearsed.between(report.day, before[report.day], rehearsals.figures(report), sources))
            progress.advance()
    return Rehearsal(
        first,
        last,
        tuple(filter(None, differing)),
        tuple(day.day for day in differing if not day),
        tuple(unpublished),
        len(read.again),
        len(read.gone),
        tuple(day.day for day in differing if day.is_beyond_unknown),
        why,
    )


def check_target(path: Path, office: Settings) -> None:
    """Raise ConfigurationError where the workbook must not be written: in the office's folders, or over a file that is there."""
    folders = (office.paths.inbox, office.paths.outbox, office.paths.state)
    if any(path.resolve().is_relative_to(folder.resolve()) for folder in folders):
        msg = f"--workbook 不能写进收件箱、结果文件夹或 state：{path}。请写到别的文件夹。"
        raise ConfigurationError(msg)
    if path.exists():
        msg = f"已经有 {path}，没有覆盖它。请在 --workbook 后面换一个名字。"
        raise ConfigurationError(msg)


def write_workbook(rehearsal: Rehearsal, path: Path, office: Settings) -> None:
    """Write what would differ as a workbook. Raises ConfigurationError."""
    from pipeline.render import rehearsal_workbook

    check_target(path, office)
    content = rehearsal_workbook.render(rehearsal)
    try:
        with path.open("xb") as file:
            file.write(content)
    except OSError as error:
        msg = f"{path} 写不进去：{reason_of(error) or error.strerror}。请在 --workbook 后面写别的地方。"
        raise ConfigurationError(msg) from error


@contextmanager
def _copied(office: Settings) -> Iterator[Ledger]:
    """Open a copy of the ledger in a folder that is removed afterwards."""
    place = office.paths.ledger_place
    if not places.exists(place):
        msg = f"还没有台账 {place}，没有可以重演的日子。请先汇总一次。"
        raise NothingToConsolidateError(msg)
    with tempfile.TemporaryDirectory(prefix="xinfang-") as scratch:
        copy = Path(scratch) / "ledger.sqlite"
        if isinstance(place, Path):
            _copy(place, copy)
        else:
            ledger_store.copy(place, copy)
        with Ledger(copy) as ledger:
            ledger.store.check()
            yield ledger


def _copy(path: Path, copy: Path) -> None:
    """Copy the ledger between two writes of a night that may be under way; nothing of the office is opened for writing."""
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        msg = f"台账 {path} 现在读不了，可能有一次汇总中断过。请先运行一次 run.py，或运行 run.py doctor 查看；什么都没有改动。"
        raise LedgerError(msg) from error
