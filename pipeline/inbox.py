"""What lies in the inbox: what is settled is taken into the archive and the ledger, and only then leaves."""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline import storage
from pipeline.ledger import Ledger
from pipeline.model import Arrival, Envelope

ASSIGNMENT = "assignment"
SIDECAR = ".envelope.json"
_CHANNELS = ("folder", "email", "upload")
_JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
_JUNK_ENDINGS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".swp", "~")
_JUNK_STARTS = ("~$", ".", "~wrl")
_RECENT_SECONDS = 2.0
_SETTLE_SECONDS = 0.4
_BATCH = 64
_COPIES = 8
_FIRST_YEAR, _LAST_YEAR = 2000, 2199


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that is left for the next run, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Taken:
    """What an intake did."""

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
    """A file whose bytes are in the archive."""

    found: _Found
    arrival: Arrival
    sidecar: str | None


class EnvelopeError(ValueError):
    """A sidecar that cannot be understood."""


def take_in(inbox: Path, archive: Path, ledger: Ledger, zone: ZoneInfo, step: Callable[[int], None]) -> Taken:
    """Archive and note every settled file, then let the reports go from the inbox. `step` hears how many were done."""
    archive.mkdir(parents=True, exist_ok=True)
    taken = Taken()
    settled = _settled(list(_list(inbox)), taken)
    known = ledger.identities()
    noted = set(known)
    with ThreadPoolExecutor(_COPIES) as threads:  # most of the time goes into waiting for the disk
        for start in range(0, len(settled), _BATCH):
            batch = settled[start : start + _BATCH]
            tried = list(threads.map(lambda found: _archive(found, archive, zone), batch))
            storage.sync_folder(archive)
            taken.waiting += [one for one in tried if isinstance(one, Waiting)]
            kept = [one for one in tried if isinstance(one, _Kept) and not _still_lies(one, known)]
            ledger.record([(one.arrival, one.sidecar) for one in kept])
            taken.taken += [one.found.relative for one in kept if _identity(one.arrival) not in noted]
            for one in kept:
                if not one.found.is_assignment:
                    _let_go(one.found, taken)
            step(len(batch))
    return taken


def _identity(arrival: Arrival) -> tuple[str, str, str]:
    return arrival.path, arrival.sha256, arrival.envelope.received_at.isoformat()


def _still_lies(kept: _Kept, known: Sequence[tuple[str, str, str]]) -> bool:
    """Whether it is the assignment workbook that lay there before: without a sidecar its arrival is recorded once."""
    if not kept.found.is_assignment or kept.sidecar is not None:
        return False
    latest = next((sha256 for path, sha256, _received in reversed(known) if path == kept.arrival.path), None)
    return latest == kept.arrival.sha256


def _list(inbox: Path) -> Iterator[_Found]:
    """Every file that could be a report or an assignment workbook, in the order of its path."""
    for folder, folders, files in os.walk(inbox):
        folders[:] = sorted(name for name in folders if not is_junk(name))
        for name in sorted(files):
            path = Path(folder) / name
            if is_junk(name) or name.lower().endswith(SIDECAR):
                continue
            relative = path.relative_to(inbox)
            try:
                status = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode):
                yield _Found(path, _writable(relative.as_posix()), relative.parts[0] == ASSIGNMENT and len(relative.parts) > 1, status)


def _writable(name: str) -> str:
    """The name as text that can be stored and shown, also where the file system holds bytes that are no UTF-8."""
    return name.encode("utf-8", "replace").decode()


def is_junk(name: str) -> bool:
    """Lock files, hidden files and files on their way, which are left alone."""
    lower = name.lower()
    return lower in _JUNK_NAMES or lower.startswith(_JUNK_STARTS) or lower.endswith(_JUNK_ENDINGS)


def _settled(found: list[_Found], taken: Taken) -> list[_Found]:
    """The files that no longer grow: the same size and time after a moment, where they changed just now."""
    now = time.time()
    recent = [one for one in found if abs(now - one.status.st_mtime) < _RECENT_SECONDS]
    if recent:
        time.sleep(_SETTLE_SECONDS)
    growing = {one.relative for one in recent if not _is_same(one)}
    taken.waiting += [Waiting(relative, "还在写入") for relative in sorted(growing)]
    return [one for one in found if one.relative not in growing]


def _is_same(found: _Found) -> bool:
    try:
        now = found.path.lstat()
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (found.status.st_size, found.status.st_mtime_ns)


def _archive(found: _Found, archive: Path, zone: ZoneInfo) -> _Kept | Waiting:
    """Keep the file's bytes under their SHA-256, or say why the file waits for the next run."""
    try:
        sidecar = _sidecar(found.path)
        envelope = read_envelope(sidecar, zone) if sidecar is not None else Envelope(_first_seen(found.status, zone))
        aside, sha256, size = storage.copy_aside(found.path, archive)
    except EnvelopeError as error:
        return Waiting(found.relative, f"信封文件看不懂（{error}）")
    except OSError:
        return Waiting(found.relative, "被其他程序占用或读不了")
    if size != found.status.st_size or not _is_same(found):
        storage.remove(aside)
        return Waiting(found.relative, "读取时还在变化")
    aside.replace(archive / sha256)
    return _Kept(found, Arrival(0, found.relative, _writable(found.path.name), sha256, size, envelope, found.is_assignment), sidecar)


def _let_go(found: _Found, taken: Taken) -> None:
    if storage.remove(found.path):
        storage.remove(found.path.with_name(found.path.name + SIDECAR))
    else:
        taken.waiting.append(Waiting(found.relative, "已收下，但原文件被占用删不掉，下次运行再删"))


# --- the envelope ------------------------------------------------------------------------------------------------


def _sidecar(path: Path) -> str | None:
    try:
        return path.with_name(path.name + SIDECAR).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return None  # no file beside it can have that name
        raise
    except UnicodeDecodeError as error:
        message = "不是 UTF-8"
        raise EnvelopeError(message) from error


def read_envelope(written: str, zone: ZoneInfo) -> Envelope:
    """The envelope that a sidecar's text describes. Raises EnvelopeError."""
    try:
        said = json.loads(written)
        received = datetime.fromisoformat(said["received_at"])
        channel, sender, message_id = said.get("channel", "folder"), said.get("sender"), said.get("message_id")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = "不是有效的 JSON，或没有 received_at"
        raise EnvelopeError(message) from error
    if channel not in _CHANNELS or not isinstance(sender, str | None) or not isinstance(message_id, str | None):
        message = "channel、sender 或 message_id 有误"
        raise EnvelopeError(message)
    if not _FIRST_YEAR <= received.year <= _LAST_YEAR:
        message = "received_at 的年份不对"
        raise EnvelopeError(message)
    if received.tzinfo is None:
        received = received.replace(tzinfo=zone)
    return Envelope(received, channel, sender and _writable(sender), message_id and _writable(message_id))


def _first_seen(status: os.stat_result, zone: ZoneInfo) -> datetime:
    """When the inbox's file system first saw the file: copying preserves the time of modification, but not this one."""
    born = getattr(status, "st_birthtime", None) if os.name == "nt" else None
    return datetime.fromtimestamp(born or status.st_ctime, zone)


def envelope_of(path: Path, zone: ZoneInfo) -> Envelope:
    """The envelope of a file that has not been taken in. Raises EnvelopeError or OSError."""
    sidecar = _sidecar(path)
    return read_envelope(sidecar, zone) if sidecar is not None else Envelope(_first_seen(path.stat(), zone))


def lying(inbox: Path) -> list[str]:
    """The reports that lie in the inbox, as paths relative to it."""
    return [found.relative for found in _list(inbox) if not found.is_assignment]
