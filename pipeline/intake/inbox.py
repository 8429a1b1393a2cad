"""What is in the inbox: what is settled is taken into the archive and the ledger, and only then leaves."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.disk import first_seen, storage
from pipeline.disk.originals import Originals
from pipeline.intake import contents as looks
from pipeline.intake import envelopes
from pipeline.intake.contents import Seen, Waiting
from pipeline.intake.envelopes import SIDECAR, EnvelopeError
from pipeline.intake.recorded import Recorded
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.terms.errors import reason_of
from pipeline.terms.handed_in import Arrival
from pipeline.terms.text import storable

_RECENT_SECONDS = 2.0
"""A file whose time of modification is so near to the disk's clock may still be growing: no system tells when a writer is done."""
_SETTLE_SECONDS = 0.4
_BATCH = 64
"""Files that share one sync of the archive, one append to the journal and one transaction: a sync costs more than a small file."""
_COPIES = 8
_ALONE = "只有信封文件，它旁边没有那个文件；请把文件放到旁边，不要了的请删去信封"
_ALONE_SECONDS = 3600.0
"""So long the file of a sidecar may still be on its way."""


@dataclass(slots=True)
class Taken:
    """What an intake did: the paths of what it took in, and what it left."""

    taken: list[str] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Archived:
    """An `Arrival` whose bytes are in the archive, with the file in the inbox that it came from."""

    file: Seen
    arrival: Arrival
    sidecar: str | None


def take_in(inbox: Path, originals: Originals, ledger: Ledger, zone: ZoneInfo, step: Callable[[int], None]) -> Taken:
    """Archive and note every settled file, then let the reports go from the inbox. `step` is called with how many were done."""
    storage.make_folder(originals.folder)
    taken = Taken()
    contents = looks.look(inbox)
    taken.waiting += contents.odd
    now = storage.clock_of(inbox) if contents.files or contents.sidecars else 0
    settled = _settled(contents.files, now, taken)
    recorded = Recorded(ledger.arrivals(), zone)
    with ThreadPoolExecutor(_COPIES) as threads:  # most of the time goes into waiting for the disk
        for start in range(0, len(settled), _BATCH):
            batch = settled[start : start + _BATCH]
            outcomes = list(threads.map(lambda file: _archive(file, originals, recorded), batch))
            taken.waiting += [outcome for outcome in outcomes if isinstance(outcome, Waiting)]
            archived = [outcome for outcome in outcomes if isinstance(outcome, _Archived)]
            originals.settle(kept.arrival.sha256 for kept in archived)
            new = [kept for kept in archived if recorded.is_new(kept.file, kept.arrival, kept.sidecar)]
            _note(new, originals.folder, ledger)
            taken.taken += [kept.file.relative for kept in new]
            _let_go([kept.file for kept in archived if not kept.file.is_assignment], taken)
            step(len(batch))
    _let_sidecars_go(contents.sidecars, ledger)
    taken.waiting += _long_alone(contents.sidecars, now)
    return taken


def _note(new: list[_Archived], archive: Path, ledger: Ledger) -> None:
    """Note the arrivals in journal and ledger."""
    arrivals = [(kept.arrival, kept.sidecar) for kept in new]
    # The journal before the ledger: a ledger that is lost can be made again from it, and it is synced when this returns.
    if arrivals:
        journal.note(archive, arrivals)
    ledger.record(arrivals)


def oddities(inbox: Path, now: float, zone: ZoneInfo) -> list[Waiting]:
    """Return what is in the inbox and is no file that a run will take, with what to do about it; `now` in seconds since 1970."""
    contents = looks.look(inbox)
    hindered = [waiting for file in contents.files if (waiting := _hindered(file, zone))]
    return contents.odd + hindered + _long_alone(contents.sidecars, now)


def knows_arrivals(inbox: Path) -> bool:
    """Whether a file that is moved by hand before it is taken in keeps its arrival: the disk says when it was made."""
    return not inbox.exists() or first_seen.is_told(inbox)


def _hindered(file: Seen, zone: ZoneInfo) -> Waiting | None:
    """Return why a run would leave the file, as far as a look shows: it cannot be opened, or its envelope not be understood."""
    try:
        envelopes.look(file.path, file.sidecar, zone)
        storage.open_regular(file.path).close()
    except (EnvelopeError, OSError) as error:
        is_gone = isinstance(error, FileNotFoundError | storage.ChangedError)  # a run takes it in this moment
        return None if is_gone else Waiting(file.relative, _why(error))
    return None


# --- taking ------------------------------------------------------------------------------------------------------


def _settled(files: list[Seen], now: float, taken: Taken) -> list[Seen]:
    """Return the files that no longer grow: the same size and time after a moment, where they changed just now."""
    # `now` is the clock of the inbox's disk; a share's may be minutes from ours.
    recent = [file for file in files if abs(now - file.status.st_mtime) < _RECENT_SECONDS]
    if recent:
        time.sleep(_SETTLE_SECONDS)
    growing = {file.relative for file in recent if not _is_same(file)}
    taken.waiting += [Waiting(relative, "还在写入") for relative in sorted(growing)]
    return [file for file in files if file.relative not in growing]


def _is_same(file: Seen) -> bool:
    try:
        return storage.is_same(file.path.lstat(), file.status)
    except OSError:
        return False


def _archive(file: Seen, originals: Originals, recorded: Recorded) -> _Archived | Waiting:
    """Keep the file's bytes under their SHA-256, or return why the file waits for the next run."""
    try:
        sidecar = envelopes.text_of(file.sidecar)
        if sidecar is not None:
            envelopes.read(sidecar, recorded.zone)
        sha256, size = originals.take(file.path, file.status)
        envelope = recorded.envelope(file, sha256, sidecar)
    except (EnvelopeError, OSError) as error:
        return Waiting(file.relative, _why(error))
    return _Archived(file, Arrival(0, file.relative, storable(file.path.name), sha256, size, envelope, file.is_assignment), sidecar)


def _why(error: EnvelopeError | OSError) -> str:
    """Return why a file was not taken."""
    match error:
        case EnvelopeError():
            return f"信封文件看不懂（{error}）"
        case storage.ChangedError():
            return "读取时还在变化"
        case _:
            return f"没有收下：{reason_of(error) or error.strerror}"


def _let_go(leaving: list[Seen], taken: Taken) -> None:
    """Remove what is safe from the inbox; the sidecars only when it is on the disk that their files are gone."""
    held = [file for file in leaving if not _is_gone(file, taken)]
    for pause in storage.PAUSES if held else ():
        time.sleep(pause)
        held = [file for file in held if not _is_gone(file, taken)]
    taken.waiting += [Waiting(file.relative, "已收下，但原文件被占用或没有权限，删不掉，下次运行再删") for file in held]
    # After a power cut a file that came back without its sidecar would arrive anew, by another door and at another time.
    for folder in {file.path.parent for file in leaving}:
        with contextlib.suppress(OSError):
            storage.sync_folder(folder)
    staying = {file.path for file in held}
    for file in leaving:
        if file.path not in staying and not file.path.exists():
            storage.remove(file.sidecar)


def _is_gone(file: Seen, taken: Taken) -> bool:
    """Remove a file, unless it was changed since it was archived: then it is another, for the next run."""
    try:
        if not storage.is_same(file.path.lstat(), file.status):
            taken.waiting.append(Waiting(file.relative, "收下以后又有变化，下次运行再收"))
            return True
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return storage.remove(file.path)


def _let_sidecars_go(sidecars: list[Seen], ledger: Ledger) -> None:
    """Remove reports' sidecars that a killed run left behind: those whose file was noted with this very sidecar, and is gone."""
    of_reports = [sidecar for sidecar in sidecars if not sidecar.is_assignment]
    noted = ledger.sidecars() if of_reports else frozenset()
    for sidecar in of_reports:
        with contextlib.suppress(OSError, EnvelopeError):
            if (sidecar.relative[: -len(SIDECAR)], envelopes.read_sidecar(sidecar.path)) in noted:
                storage.remove(sidecar.path)


def _long_alone(sidecars: list[Seen], now: float) -> list[Waiting]:
    """Return the sidecars for which no file came: the next of that name must not take them for its own without anybody knowing."""
    # Not at once: whoever brings both in may write the sidecar first, and its file is still on its way.
    long = [sidecar for sidecar in sidecars if abs(now - sidecar.status.st_mtime) > _ALONE_SECONDS and sidecar.path.exists()]
    return [Waiting(sidecar.relative, _ALONE) for sidecar in long]


# --- a look alone --------------------------------------------------------------------------------------------------


def files(inbox: Path) -> list[Seen]:
    """Return what could be a report or an assignment workbook, in the order of its path."""
    return looks.look(inbox).files


def reports(inbox: Path) -> list[Seen]:
    """Return the reports in the inbox."""
    return [file for file in files(inbox) if not file.is_assignment]


def report_names(inbox: Path) -> list[str]:
    """Return the reports in the inbox, as paths relative to it."""
    return [file.relative for file in reports(inbox)]
