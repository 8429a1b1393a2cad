"""What lies in the inbox: what is settled is taken into the archive and the ledger, and only then leaves."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.disk import storage
from pipeline.intake import envelopes
from pipeline.intake.envelopes import SIDECAR, EnvelopeError
from pipeline.ledger import journal
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import ASSIGNMENT
from pipeline.terms.errors import reason_of
from pipeline.terms.handed_in import Arrival
from pipeline.terms.text import storable

_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
_JUNK_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", "~")
_JUNK_STARTS = ("~$", ".", "~wrl")
_RECENT_SECONDS = 2.0
_SETTLE_SECONDS = 0.4
_BATCH = 64
_COPIES = 8
_WORKBOOKS = frozenset({".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".et"})
_LINK = "是一个链接，没有读取；请放入文件本身，并删去链接"
_FOLDER = "是文件夹而不是工作簿，里面的文件照常收取；请改掉文件夹的名称"
_NO_FILE = "不是普通文件（管道、设备等），没有读取；请移走"
_ALONE = "只有信封文件，它旁边没有那个文件；请把文件放到旁边，不要了的请删去信封"
_ALONE_SECONDS = 3600.0
"""So long the file of a sidecar may still be on its way."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a file was left for the next run; no `Arrival` yet."""

    path: str
    reason: str


@dataclass(slots=True)
class Taken:
    """What an intake did: the paths of what it took in, and what it left."""

    taken: list[str] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    relative: str
    is_assignment: bool
    status: os.stat_result


@dataclass(frozen=True, slots=True)
class _Kept:
    """An `Arrival` whose bytes are in the archive, with the file in the inbox that it came from."""

    found: _Found
    arrival: Arrival
    sidecar: str | None


def take_in(inbox: Path, archive: Path, ledger: Ledger, zone: ZoneInfo, step: Callable[[int], None]) -> Taken:
    """Archive and note every settled file, then let the reports go from the inbox. `step` hears how many were done."""
    storage.make_folder(archive)
    taken = Taken()
    lies = _look(inbox)
    taken.waiting += lies.odd
    now = storage.clock_of(inbox) if lies.files or lies.alone else 0
    settled = _settled(lies.files, now, taken)
    known = ledger.identities()
    noted = set(known)
    with ThreadPoolExecutor(_COPIES) as threads:  # most of the time goes into waiting for the disk
        for start in range(0, len(settled), _BATCH):
            batch = settled[start : start + _BATCH]
            tried = list(threads.map(lambda found: _archive(found, archive, zone), batch))
            storage.sync_folder(archive)
            taken.waiting += [one for one in tried if isinstance(one, Waiting)]
            kept = [one for one in tried if isinstance(one, _Kept) and not _still_lies(one, known)]
            new = [(one.arrival, one.sidecar) for one in kept if one.arrival.identity not in noted]
            if new:
                journal.note(archive, new)
            ledger.record(new)
            taken.taken += [one.found.relative for one in kept if one.arrival.identity not in noted]
            _let_go([one.found for one in kept if not one.found.is_assignment], taken)
            step(len(batch))
    _let_sidecars_go(lies.alone, ledger)
    taken.waiting += _long_alone(lies.alone, now)
    return taken


def oddities(inbox: Path, now: float, zone: ZoneInfo) -> list[Waiting]:
    """What lies in the inbox and is no file that a run will take, with what to do about it."""
    lies = _look(inbox)
    waiting = [one for found in lies.files if (one := _hindered(found, zone))]
    return lies.odd + waiting + _long_alone(lies.alone, now)


def _hindered(found: _Found, zone: ZoneInfo) -> Waiting | None:
    """Why a run would leave the file, as far as a look tells: it cannot be opened, or its envelope not be understood."""
    try:
        envelopes.look(found.path, zone)
        storage.open_regular(found.path).close()
    except (EnvelopeError, OSError) as error:
        is_gone = isinstance(error, FileNotFoundError | storage.ChangedError)  # a run takes it in this moment
        return None if is_gone else Waiting(found.relative, _why(error))
    return None


def _still_lies(kept: _Kept, known: Sequence[tuple[str, str, str]]) -> bool:
    """Whether it is the assignment workbook that lay there before: without a sidecar its arrival is recorded once."""
    if not kept.found.is_assignment or kept.sidecar is not None:
        return False
    latest = next((sha256 for path, sha256, _received in reversed(known) if path == kept.arrival.path), None)
    return latest == kept.arrival.sha256


# --- what lies there ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Lies:
    """A look at the inbox."""

    files: list[_Found] = field(default_factory=list)
    """What could be a report or an assignment workbook, in the order of its path."""
    odd: list[Waiting] = field(default_factory=list)
    alone: list[_Found] = field(default_factory=list)
    """Sidecars without their file."""


def _look(inbox: Path) -> _Lies:
    """See what lies in the inbox and in every folder below it, without following a link."""
    lies = _Lies()
    folders = [inbox]
    while folders:  # no recursion: the depth is a stranger's
        folder = folders.pop()
        try:
            names = sorted(one.name for one in folder.iterdir())
        except FileNotFoundError:
            continue
        except OSError as error:
            lies.odd.append(Waiting(_shown(folder, inbox), f"文件夹打不开：{reason_of(error) or error.strerror}"))
            continue
        there = frozenset(names)
        inner = [folder / name for name in names if not is_junk(name) and _sees_folder(folder / name, there, inbox, lies)]
        folders += reversed(inner)
    return lies


def _sees_folder(path: Path, beside: frozenset[str], inbox: Path, lies: _Lies) -> bool:
    """Put what lies at the path where it belongs; True for a folder to look into."""
    shown = _shown(path, inbox)
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        lies.odd.append(Waiting(shown, f"没有收下：{reason_of(error) or error.strerror}"))
        return False
    is_sidecar = path.name.lower().endswith(SIDECAR)
    parts = path.relative_to(inbox).parts
    is_assignment = parts[0] == ASSIGNMENT and len(parts) > 1
    if _is_link(status):
        lies.odd.append(Waiting(shown, _LINK))
    elif stat.S_ISDIR(status.st_mode):
        if path.suffix.lower() in _WORKBOOKS:
            lies.odd.append(Waiting(shown, _FOLDER))
        return True
    elif not stat.S_ISREG(status.st_mode):
        lies.odd.append(Waiting(shown, _NO_FILE))
    elif not is_sidecar:
        lies.files.append(_Found(path, shown, is_assignment, status))
    elif path.name[: -len(SIDECAR)] not in beside:
        lies.alone.append(_Found(path, shown, is_assignment, status))
    return False


def _is_link(status: os.stat_result) -> bool:
    """A symbolic link, or what Windows calls a junction."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(status.st_mode) or (junction is not None and getattr(status, "st_reparse_tag", None) == junction)


def _shown(path: Path, inbox: Path) -> str:
    return storable(path.relative_to(inbox).as_posix()) if path != inbox else "收件箱"


def is_junk(name: str) -> bool:
    """Lock files, hidden files and files on their way, which are left alone."""
    lower = name.lower()
    return lower in _JUNK_NAMES or lower.startswith(_JUNK_STARTS) or lower.endswith(_JUNK_ENDINGS)


# --- taking ------------------------------------------------------------------------------------------------------


def _settled(found: list[_Found], now: float, taken: Taken) -> list[_Found]:
    """The files that no longer grow: the same size and time after a moment, where they changed just now."""
    recent = [one for one in found if abs(now - one.status.st_mtime) < _RECENT_SECONDS]
    if recent:
        time.sleep(_SETTLE_SECONDS)
    growing = {one.relative for one in recent if not _is_same(one)}
    taken.waiting += [Waiting(relative, "还在写入") for relative in sorted(growing)]
    return [one for one in found if one.relative not in growing]


def _is_same(found: _Found) -> bool:
    try:
        return storage.is_same(found.path.lstat(), found.status)
    except OSError:
        return False


def _archive(found: _Found, archive: Path, zone: ZoneInfo) -> _Kept | Waiting:
    """Keep the file's bytes under their SHA-256, or say why the file waits for the next run."""
    try:
        sidecar = envelopes.sidecar_of(found.path)
        envelope = envelopes.read(sidecar, zone) if sidecar is not None else envelopes.unwritten(found.status, zone)
        sha256, size = storage.copy_into_archive(found.path, found.status, archive)
    except (EnvelopeError, OSError) as error:
        return Waiting(found.relative, _why(error))
    return _Kept(found, Arrival(0, found.relative, storable(found.path.name), sha256, size, envelope, found.is_assignment), sidecar)


def _why(error: EnvelopeError | OSError) -> str:
    """Why a file was not taken."""
    match error:
        case EnvelopeError():
            return f"信封文件看不懂（{error}）"
        case storage.ChangedError():
            return "读取时还在变化"
        case _:
            return f"没有收下：{reason_of(error) or error.strerror}"


def _let_go(leaving: list[_Found], taken: Taken) -> None:
    """Remove what is safe from the inbox; the sidecars only when it is on the disk that their files are gone."""
    held = [found for found in leaving if not _is_gone(found, taken)]
    for pause in storage.PAUSES if held else ():
        time.sleep(pause)
        held = [found for found in held if not _is_gone(found, taken)]
    taken.waiting += [Waiting(found.relative, "已收下，但原文件被占用或没有权限，删不掉，下次运行再删") for found in held]
    for folder in {found.path.parent for found in leaving}:
        with contextlib.suppress(OSError):
            storage.sync_folder(folder)
    staying = {found.path for found in held}
    for found in leaving:
        if found.path not in staying and not found.path.exists():
            storage.remove(found.path.with_name(found.path.name + SIDECAR))


def _is_gone(found: _Found, taken: Taken) -> bool:
    """Remove a file, unless it was changed since it was archived: then it is another, for the next run."""
    try:
        if not storage.is_same(found.path.lstat(), found.status):
            taken.waiting.append(Waiting(found.relative, "收下以后又有变化，下次运行再收"))
            return True
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return storage.remove(found.path)


def _let_sidecars_go(alone: list[_Found], ledger: Ledger) -> None:
    """Remove reports' sidecars that a killed run left behind: those whose file was noted with this very sidecar, and is gone."""
    reports = [one for one in alone if not one.is_assignment]
    noted = ledger.sidecars() if reports else frozenset()
    for one in reports:
        with contextlib.suppress(OSError, EnvelopeError):
            if (one.relative[: -len(SIDECAR)], envelopes.read_sidecar(one.path)) in noted:
                storage.remove(one.path)


def _long_alone(alone: list[_Found], now: float) -> list[Waiting]:
    """The sidecars for which no file came: the next of that name must not take them for its own without anybody knowing."""
    long = [one for one in alone if abs(now - one.status.st_mtime) > _ALONE_SECONDS and one.path.exists()]
    return [Waiting(one.relative, _ALONE) for one in long]


# --- a look alone --------------------------------------------------------------------------------------------------


def lying(inbox: Path) -> list[str]:
    """The reports that lie in the inbox, as paths relative to it."""
    return [shown for _path, shown in reports(inbox)]


def reports(inbox: Path) -> list[tuple[Path, str]]:
    """The reports that lie in the inbox, each with its path relative to it as it can be shown."""
    return [(found.path, found.relative) for found in _look(inbox).files if not found.is_assignment]
