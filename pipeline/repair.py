"""`run.py doctor --repair`: makes the ledger again from the archive and its journal, and the outbox from the ledger."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline import journal, lock, nightly, storage
from pipeline.contract import Severity
from pipeline.errors import PipelineError
from pipeline.findings import Finding
from pipeline.ledger import Ledger
from pipeline.model import Arrival, Reading
from pipeline.nightly import Outcome
from pipeline.reading import Transcript
from pipeline.settings import Settings


@dataclass(slots=True)
class Repaired:
    """What was done."""

    ledger_kept: Path | None = None
    """Where the ledger that could not be used lies now."""
    noted: int = 0
    """Arrivals added to the journal."""
    given_back: list[str] = field(default_factory=list)
    """Originals without an arrival, which lie in the inbox again."""
    lost: list[str] = field(default_factory=list)
    """Arrivals whose original is gone or changed and of which nothing is known any more."""
    same: list[str] = field(default_factory=list)
    """Days that came out byte for byte as they lay in the outbox."""
    new: list[str] = field(default_factory=list)
    """Days that were written, since they were missing or others than what the ledger gives."""
    outcome: Outcome | None = None


def repair(settings: Settings, *, data_only: bool = False) -> Repaired:
    """Mend what can be mended. Raises AnotherRunError while a run is under way."""
    done = Repaired()
    archive, path = nightly.archive_of(settings), nightly.ledger_of(settings)
    for folder in (settings.paths.inbox, settings.paths.outbox, archive):
        storage.make_folder(folder)
    with lock.alone(settings.paths.state):
        storage.sweep(settings.paths.outbox, settings.paths.state, archive)
        if not _is_usable(path, archive):
            done.ledger_kept = _set_aside(path)
            _record(path, archive, done)
        else:
            done.noted = _complete_journal(path, archive)
        _give_back(settings, archive, done)
    before = {folder.name: _manifest(folder) for folder in settings.paths.outbox.iterdir() if _is_day(folder.name)}
    done.outcome = nightly.run(settings, sorted(date.fromisoformat(day) for day in before), data_only=data_only)
    for report in done.outcome.published:
        day = report.day.isoformat()
        is_same = day in before and before[day] == _manifest(settings.paths.outbox / day)
        (done.same if is_same else done.new).append(day)
    done.same += [day.isoformat() for day in done.outcome.unchanged]
    return done


def _is_usable(path: Path, archive: Path) -> bool:
    """Whether the ledger opens, is sound, and knows everything that the journal and the archive hold."""
    told = {one.sha256 for one, _sidecar in journal.arrivals(archive)}  # one that cannot be read says nothing against the ledger
    if not path.exists():
        return not told
    try:
        ledger = Ledger(path)
        try:
            known = {one.sha256 for one, _sidecar in ledger.arrivals()}
            return not ledger.faults_of_file() and not ledger.damaged() and told <= known
        finally:
            ledger.close()
    except PipelineError:
        _raise_if_other_version(path)
        return False
    except Exception:  # noqa: BLE001 - whatever a broken file makes of the library
        return False


def _raise_if_other_version(path: Path) -> None:
    """A ledger of another version is no broken one: it must not be set aside. Raises LedgerError."""
    try:
        Ledger(path).close()
    except PipelineError as error:
        if "版本" in str(error):
            raise


def _set_aside(path: Path) -> Path | None:
    """Give the old ledger another name; it is never removed."""
    if not path.exists():
        return None
    kept = next(one for n in itertools.count(1) if not (one := path.with_name(f"{path.stem}.旧{n}{path.suffix}")).exists())
    path.replace(kept)
    for left in (path.with_name(f"{path.name}-journal"),):
        if left.exists():
            left.replace(kept.with_name(f"{kept.name}-journal"))
    storage.sync_folder(path.parent)
    return kept


def _record(path: Path, archive: Path, done: Repaired) -> None:
    """A new ledger with all arrivals; the next run reads the originals, and what was removed is known from the journal."""
    noted, removed = journal.arrivals(archive), journal.removed(archive)
    usable = []
    for one, sidecar in noted:
        there = (archive / one.sha256).exists() and storage.sha256(archive / one.sha256) == one.sha256
        if there or one.sha256 in removed:
            usable.append((one, sidecar))
        else:
            done.lost.append(one.name)
    ledger = Ledger(path)
    try:
        ledger.record(usable)
        kept = {(said["path"], said["received_at"], sha256): said for sha256, several in removed.items() for said in several}
        files = []
        for arrival in ledger.unread():
            said = kept.get((arrival.path, arrival.envelope.received_at.isoformat(), arrival.sha256))
            if said and not (archive / arrival.sha256).exists():
                files.append((arrival, _transcript(said)))
        ledger.file(files)
    finally:
        ledger.close()


def _transcript(said: dict[str, Any]) -> Transcript:
    findings = tuple(Finding(**{**one, "severity": Severity(one["severity"])}) for one in said["findings"])
    reading = Reading(said["accepted"], said["day"], said["district"], said["cover"], (), findings)
    return Transcript(reading, said["rows"])


def _give_back(settings: Settings, archive: Path, done: Repaired) -> None:
    """Lay originals that nobody knows into the inbox: a run was killed before it noted them, and their sender took them away."""
    known = {one.sha256 for one, _sidecar in journal.arrivals(archive)}
    for path in sorted(archive.iterdir()) if known else ():
        if path.name not in known and not path.name.startswith("."):
            path.replace(settings.paths.inbox / f"恢复的文件_{path.name[:12]}.xlsx")
            done.given_back.append(path.name)
    if done.given_back:
        storage.sync_folder(settings.paths.inbox)


def _complete_journal(path: Path, archive: Path) -> int:
    """Note in the journal what only the ledger knows."""
    if not path.exists():
        return 0
    ledger = Ledger(path)
    try:
        told = {_identity(one) for one, _sidecar in journal.arrivals(archive)}
        missing = [noted for noted in ledger.arrivals() if _identity(noted[0]) not in told]
    finally:
        ledger.close()
    if missing:
        journal.note(archive, missing)
    return len(missing)


def _identity(one: Arrival) -> tuple[str, str, str]:
    return one.path, one.sha256, one.envelope.received_at.isoformat()


def _is_day(name: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(name).isoformat() == name
    return False


def _manifest(folder: Path) -> bytes:
    try:
        return (folder / "manifest.json").read_bytes()
    except OSError:
        return b""
