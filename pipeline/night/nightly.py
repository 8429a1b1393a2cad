"""The night's run. `run` tells the story: take in, read, fold, publish; each step is a module of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.day.fold import DayState, fold
from pipeline.disk import faults, lock, storage
from pipeline.intake import inbox, retention
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.publishing import inputs, numbering
from pipeline.reading import reading
from pipeline.reading.readers import Readers
from pipeline.reading.reading import Task, Transcript
from pipeline.settings.config import Settings
from pipeline.terms.errors import LedgerError, NothingToConsolidateError, PipelineError
from pipeline.terms.handed_in import Arrival, Facts, Filed, in_order
from pipeline.terms.text import mask

if TYPE_CHECKING:
    from pipeline.report.report import Report

_READ_BATCH = 64
_MOST_ALONE = 5
"""So often a file may end the whole run while it is read by itself; then it is set aside."""

_CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(slots=True)
class Outcome:
    """What a run did, for the summary at its end."""

    taken: inbox.Taken
    read: list[Filed] = field(default_factory=list)
    """The files that this run read, without their rows."""
    published: list[Report] = field(default_factory=list)
    unchanged: list[date] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """Why days could not be written, because somebody has their files open or the disk is full; the other days were."""
    damaged: list[Arrival] = field(default_factory=list)
    """Files without a verdict whose original is damaged or gone: what they say counts nowhere."""
    journal_again: int = 0
    """Arrivals written again from the ledger into a journal that was gone."""
    ahead: list[Arrival] = field(default_factory=list)
    """What says that it arrived at a time that has not come yet."""
    removed: retention.Removed = field(default_factory=retention.Removed)
    """Originals whose time was over."""
    remark: str | None = None
    """What the office should know about its disk."""
    remarks: list[str] = field(default_factory=list)
    """What is wrong with the office's own templates, whose place the program's took."""
    faults: list[tuple[str, ...]] = field(default_factory=list)
    """Where the program itself failed on a file or a day; the run went on without it."""
    failed: list[date] = field(default_factory=list)
    """The days that could not be written for that reason; an earlier edition still stands, and the next run tries again."""


class Progress:
    """Hears how a run goes on; this one says nothing."""

    def begin(self, step: str, total: int | None = None) -> None:
        """A step begins, of so many parts."""

    def advance(self, count: int = 1) -> None:
        """So many parts are done."""


def run(
    settings: Settings, days: Sequence[date], progress: Progress | None = None, *, data_only: bool = False, now: datetime | None = None
) -> Outcome:
    """Take in what the inbox holds and write the outbox for the days asked for, and for published days that changed.

    With `now`, originals whose time is over are removed at the end, and arrivals that lie ahead of it are told.
    """
    heard = progress or Progress()
    paths = settings.paths
    for folder in (paths.inbox / inbox.ASSIGNMENT, paths.outbox, settings.paths.archive):
        storage.make_folder(folder)
    arrived = len(inbox.lying(paths.inbox))
    with lock.hold(paths.state) as held, Readers(settings, arrived) as readers:
        if arrived and not data_only:
            threading.Thread(target=_warm_up).start()
        storage.sweep(paths.outbox, paths.state, settings.paths.archive, settings.paths.replaced)
        _check_ledger(settings)
        ledger = Ledger(settings.paths.ledger)
        try:
            storage.probe(settings.paths.archive)
            heard.begin("收文件")
            journal_again = _begin_journal(ledger, settings.paths.archive)
            taken = inbox.take_in(paths.inbox, settings.paths.archive, ledger, settings.calendar.zone, heard.advance)
            _check_archive(ledger, settings.paths.archive)
            outcome = Outcome(taken, remark=held.remark, journal_again=journal_again)
            _read_new(ledger, settings, readers, outcome, heard)
            held.check()
            _consolidate(ledger, settings, days, outcome, heard, None if data_only else readers)
            if now:
                outcome.ahead = ahead((one for one, _sidecar in ledger.arrivals()), now)
                outcome.removed = retention.remove_old(
                    ledger,
                    settings.paths.archive,
                    settings.retention.refused_days,
                    now,
                    spared={one.arrival.sha256 for one in outcome.read},
                )
            return outcome
        finally:
            ledger.close()


def _begin_journal(ledger: Ledger, archive: Path) -> int:
    """Where the journal is gone it is written again from the ledger: how many arrivals. A new office has none of either."""
    known = [] if (archive.parent / journal.NAME).exists() else ledger.arrivals()
    if known:
        journal.note(archive, known)
    return len(known)


def ahead(arrivals: Iterable[Arrival], now: datetime) -> list[Arrival]:
    """Those whose time has not come yet: a clock was wrong, here or where they came from."""
    return [one for one in arrivals if one.envelope.received_at > now + _CLOCKS_DIFFER]


def _warm_up() -> None:
    """Import what writing a day needs while the readers are at work; what fails here fails again where it is needed, and is told there."""
    with suppress(Exception):
        import pandas as pd

        from pipeline.publishing import outbox
        from pipeline.render.forms import report_form
        from pipeline.render.page import leaders_page
        from pipeline.render.papers import briefing_pdf, notice, word
        from pipeline.render.receipts import receipt_files
        from pipeline.render.workbook import office_workbook
        from pipeline.report import reporting

        word.warm_up()
        briefing_pdf.warm_up()
        del pd, outbox, receipt_files, reporting, leaders_page, notice, report_form, office_workbook


def written_days(settings: Settings) -> list[date]:
    """Every day that was published, as far as that can be told without a run."""
    if not settings.paths.ledger.exists():
        return []
    ledger = Ledger(settings.paths.ledger)
    try:
        return [date.fromisoformat(day) for day in ledger.publications()]
    finally:
        ledger.close()


_WAY_OUT = (
    "为免数字算错，本次没有汇总，已有的结果没有变动。请用同一时间的备份恢复整个 state 文件夹；"
    "没有备份的，用 doctor --repair 从存档重建台账。"
)


def _check_ledger(settings: Settings) -> None:
    """Stop where the ledger is gone and originals are there, before an empty one takes its place. Raises LedgerError."""
    there = [one for one in settings.paths.archive.iterdir() if not one.name.startswith(".")]
    if there and not settings.paths.ledger.exists():
        msg = f"台账 {settings.paths.ledger} 不见了，存档里却有 {len(there)} 个原件；收件箱里的文件没有动。{_WAY_OUT}"
        raise LedgerError(msg)


def _check_archive(ledger: Ledger, archive: Path) -> None:
    """Stop where archive or journal tell of originals that the ledger does not know: with a lost or older ledger figures would fall."""
    known = {*ledger.identities()}
    sums = {sha256 for _path, sha256, _received in known}
    unknown = sorted(path.name[:12] for path in archive.iterdir() if path.name not in sums and not path.name.startswith("."))
    untold = sorted({one.sha256[:12] for one, _sidecar in journal.arrivals(archive) if one.identity not in known})
    if unknown or untold:
        msg = (
            f"台账里少了收件记录：存档 {archive} 里有 {len(unknown)} 个原件、流水簿里有 {len(untold)} 个原件的收件台账没有记录"
            f"（例如 {(unknown or untold)[0]}…），台账可能丢失，或用旧备份恢复过。"
            f"{_WAY_OUT}"
        )
        raise LedgerError(msg)


# --- reading -----------------------------------------------------------------------------------------------------


def _read_new(ledger: Ledger, settings: Settings, readers: Readers, outcome: Outcome, progress: Progress) -> None:
    """Read every arrival that has no verdict yet and whose original is whole.

    First those never begun, then, one by one, those that a run died on.
    """
    unread = ledger.unread()
    lost = {one.id for one in unread if not storage.holds(settings.paths.archive, one.sha256)}
    waiting = [one for one in unread if one.id not in lost]
    outcome.damaged = [one for one in unread if one.id in lost]
    progress.begin("读取核对", len(waiting))
    begun = ledger.attempts()
    fresh = [one for one in waiting if one.sha256 not in begun]
    ledger.begin(one.sha256 for one in fresh)
    transcripts = zip(fresh, readers.transcribe([_task(one, settings) for one in fresh]), strict=True)
    while batch := list(islice(transcripts, _READ_BATCH)):
        _file(ledger, batch, outcome, progress)
    for one in waiting:
        if one.sha256 in begun:
            _file(ledger, [(one, _read_alone(one, ledger, begun, settings, readers))], outcome, progress)


def _read_alone(arrival: Arrival, ledger: Ledger, begun: dict[str, int], settings: Settings, readers: Readers) -> Transcript:
    """The transcript of a file that was begun and not filed; one that ends every run in the midst of it is set aside."""
    if begun[arrival.sha256] >= _MOST_ALONE:
        return Transcript(reading.refused("unreadable/attempts", arrival.envelope, settings), "[]")
    ledger.begin([arrival.sha256])
    return next(iter(readers.transcribe([_task(arrival, settings)])))


def _task(arrival: Arrival, settings: Settings) -> Task:
    return Task(settings.paths.archive / arrival.sha256, arrival.size, arrival.envelope, arrival.is_assignment)


def _file(ledger: Ledger, batch: list[tuple[Arrival, Transcript]], outcome: Outcome, progress: Progress) -> None:
    ledger.file(batch)
    progress.advance(len(batch))
    outcome.read += [Filed(arrival, transcript.reading) for arrival, transcript in batch]
    outcome.faults += [transcript.fault for _arrival, transcript in batch if transcript.fault]


# --- publishing --------------------------------------------------------------------------------------------------


def _consolidate(
    ledger: Ledger, settings: Settings, days: Sequence[date], outcome: Outcome, progress: Progress, readers: Readers | None
) -> None:
    """Write the days that have to be; without readers figures alone."""
    outlines = ledger.outlines()
    if not any(one.arrival.is_assignment and one.reading.accepted for one in outlines):
        raise NothingToConsolidateError(_no_assignment(ledger, outlines, settings))
    published = ledger.publications()
    due: list[date] = []
    numbers = () if readers is None else numbering.known(ledger, settings.paths.archive)
    for day in sorted({*days, *map(date.fromisoformat, published)}):
        fingerprint = inputs.fingerprint(inputs.of(outlines, day, settings).all, day, settings, numbers, data_only=readers is None)
        known = published.get(day.isoformat())
        if known and known[0] == fingerprint and _is_whole(settings, day, known[1]):
            outcome.unchanged += [day] if day in days else []
        else:
            due.append(day)
    if due:
        if readers:
            readers.prepare(sum(not one.arrival.is_assignment and one.reading.day in due for one in outlines))
        _publish(ledger, settings, outlines, due, outcome, progress, readers)


def _no_assignment(ledger: Ledger, outlines: list[Filed], settings: Settings) -> str:
    """Why there is nothing to consolidate: no assignment workbook, or none that can be used and what is wrong with it."""
    where = settings.paths.inbox / inbox.ASSIGNMENT
    refused = ledger.load([one for one in outlines if one.arrival.is_assignment])
    if not refused:
        return f"没有案件包案任务分解表，无法汇总；收到的日报已保存。请把分解表放入 {where} 后再运行。"
    last = in_order(refused)[-1]
    reason = next((found.message for found in last.reading.findings if found.refuses), "")
    return f"分解表 {mask(last.arrival.name)} 不能用，无法汇总；收到的日报已保存。{reason}改好后放入 {where} 再运行。"


def _is_whole(settings: Settings, day: date, manifest: str) -> bool:
    from pipeline.publishing import outbox

    return outbox.is_whole(settings.paths.outbox, day.isoformat(), manifest)


def _publish(
    ledger: Ledger,
    settings: Settings,
    outlines: list[Filed],
    due: list[date],
    outcome: Outcome,
    progress: Progress,
    readers: Readers | None,
) -> None:
    from pipeline.publishing import outbox
    from pipeline.render.receipts import receipt_files
    from pipeline.report import reporting

    progress.begin("汇总", len(due))
    loaded = {one.arrival.id: one for one in ledger.load(inputs.needed(outlines, due))}
    accepted = [one for one in loaded.values() if one.reading.accepted]
    facts = Facts(
        tuple(one for one in accepted if one.arrival.is_assignment), tuple(one for one in accepted if not one.arrival.is_assignment)
    )
    archive, before = settings.paths.archive, {day: manifest for day, (_print, manifest) in ledger.publications().items()}
    watched = () if readers is None else numbering.watched(outlines, due, numbering.known(ledger, archive), settings)
    states = _states(facts, settings, due, outcome, watched)
    numbers = () if readers is None else numbering.give(ledger, archive, states, settings)
    arrivals = {one.arrival.id: one.arrival for one in loaded.values()}
    refused_days: dict[str, list[str]] = {}
    for day, state in states.items():
        manifest = None
        with _at_the_cost_of(day, outcome, refused_days):
            resting = inputs.of(outlines, day, settings)
            refused = tuple(loaded[one.arrival.id] for one in resting.refused)
            counting = tuple(loaded[one.arrival.id] for one in resting.counting)
            near = numbering.around(numbers, day)
            built = reporting.build(state, reporting.Sources(arrivals, counting, resting.superseded, refused, near), settings)
            begun = receipt_files.begin(built.handed, settings.paths.archive, readers) if readers else None
            looks = outbox.Looks(inputs.templates_of(settings), outcome.remarks)
            files = outbox.contents(built, looks, begun, data_only=readers is None)
            manifest = outbox.publish(settings.paths.outbox, f"{day}", files, settings.paths.replaced, before.get(f"{day}"))
        progress.advance()
        if manifest:
            fingerprint = inputs.fingerprint(resting.all, day, settings, numbers, data_only=readers is None)
            ledger.note_publication(day.isoformat(), fingerprint, manifest)
            outcome.published.append(built)
    outcome.held += [
        f"{'、'.join(several)} 的结果没有写进 {settings.paths.outbox}：{reason}后再运行一次；原有文件没有变动。"
        for reason, several in refused_days.items()
    ]


def _states(facts: Facts, settings: Settings, days: list[date], outcome: Outcome, watched: Iterable[date]) -> dict[date, DayState]:
    """The state of each day; where our own fault ends the fold, of each day that can be folded by itself."""
    failed = Outcome(outcome.taken)
    with _at_the_cost_of(days[0], failed, {}):
        return fold(facts, settings, days, watched)
    states: dict[date, DayState] = {}
    for day in days:
        with _at_the_cost_of(day, outcome, {}):
            states |= fold(facts, settings, [day], watched)
    return states


@contextmanager
def _at_the_cost_of(day: date, outcome: Outcome, refused_days: dict[str, list[str]]) -> Iterator[None]:
    """A fault of ours, or a disk that takes no folder, costs that day alone; an interruption goes on up."""
    from pipeline.publishing import outbox

    try:
        yield
    except outbox.NotPublishedError as error:
        refused_days.setdefault(str(error), []).append(day.isoformat())
    except (OSError, PipelineError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a library in Rust panics with a BaseException
        outcome.faults.append(tuple(faults.places_of(error)))
        outcome.failed.append(day)
