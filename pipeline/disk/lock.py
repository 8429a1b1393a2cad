"""Only one run at a time: the system's own lock, and beside it a note of who runs, for shares whose locks do not reach other computers."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import filelock

from pipeline.disk import storage
from pipeline.terms.errors import AnotherRunError

LOCK, NOTE = "run.lock", "run.owner"
RENEW_SECONDS = 10.0
DEAD_SECONDS = 60.0
"""A note that was not renewed for so long is a dead run's."""
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS})
_TRIES = 3
_HERE = "另一次{what}正在运行，本次没有开始。请等它结束后再试。"
_WITHOUT_LOCKS = (
    "{state} 所在的磁盘不支持文件锁，只能靠记录文件防止两次{what}同时进行。请把 state 放到本机磁盘，或不要在几台电脑上同时运行。"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who runs."""

    host: str
    pid: int
    begun: str


@dataclass(frozen=True, slots=True)
class Held:
    """The lock while a run has it."""

    note: Path
    said: bytes
    remark: str | None
    """What the office should know about this disk, if anything."""
    what: str

    def check(self) -> None:
        """Raise AnotherRunError where another computer took over, since this one had stood still for too long."""
        with contextlib.suppress(OSError):
            if self.note.read_bytes() != self.said:
                raise AnotherRunError(_elsewhere(_read(self.note) or Owner("", 0, ""), self.what))


@contextmanager
def hold(state: Path, what: str = "汇总") -> Iterator[Held]:
    """Hold what only one run (of what people call it) holds in that folder.

    The system lets go of it when a run dies; on a share a dead run's note stands for a minute.
    """
    storage.make_folder(state)
    with _system_lock(state / LOCK, what) as is_locked:
        owner = Owner(platform.node(), os.getpid(), f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}")
        remark = None if is_locked else _WITHOUT_LOCKS.format(state=state, what=what)
        held = Held(state / NOTE, json.dumps(asdict(owner), ensure_ascii=False).encode(), remark, what)
        _take(held, owner, is_locked=is_locked)
        _tidy(held, owner, is_locked=is_locked)
        done = threading.Event()
        heart = threading.Thread(target=_renew, args=(held, done), daemon=True)
        heart.start()
        try:
            yield held
        finally:
            done.set()
            heart.join()
            with contextlib.suppress(OSError):
                if held.note.read_bytes() == held.said:
                    storage.remove(held.note)


@contextmanager
def _system_lock(path: Path, what: str) -> Iterator[bool]:
    """Hold the system's lock; False where the file system has none. Raises AnotherRunError."""
    lock = filelock.FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise AnotherRunError(_HERE.format(what=what)) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            if not path.exists():
                error.filename = str(path.parent)
            raise
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


# --- the note ----------------------------------------------------------------------------------------------------


def _take(held: Held, owner: Owner, *, is_locked: bool) -> None:
    """Lay down the note. Raises AnotherRunError where another's is there and was renewed a moment ago."""
    for _ in range(_TRIES):
        if _place(held):
            return
        other = _read(held.note)
        if other is None:
            continue
        if not _is_dead(held.note, other, owner, is_locked=is_locked):
            raise AnotherRunError(_elsewhere(other, held.what))
        _set_aside(held.note, other)
    raise AnotherRunError(_HERE.format(what=held.what))


def _place(held: Held) -> bool:
    """Lay the note down with its content, unless there is one."""
    aside = held.note.with_name(f".{held.note.name}-{os.getpid()}.tmp")
    with storage.naming_folder(held.note.parent):
        aside.write_bytes(held.said)
    try:
        os.link(aside, held.note)
    except FileExistsError:
        return False
    except OSError:  # no hard links here: a moment without its content cannot be helped
        with contextlib.suppress(FileExistsError), held.note.open("xb") as file:
            file.write(held.said)
            return True
        return False
    finally:
        storage.remove(aside)
    return True


def _read(note: Path) -> Owner | None:
    """Whose note it is, nobody's where it cannot be understood; None where there is none."""
    try:
        said = json.loads(note.read_bytes())
        return Owner(str(said["host"]), int(said["pid"]), str(said["begun"]))
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError):
        return Owner("", 0, "")


def _is_dead(note: Path, other: Owner, owner: Owner, *, is_locked: bool) -> bool:
    """Whether nobody is behind a note: the system's lock says so of this computer's runs, the time of others'."""
    return (is_locked and other.host in {owner.host, ""}) or not _is_alive(note)


def _tidy(held: Held, owner: Owner, *, is_locked: bool) -> None:
    """Remove the notes that killed runs had written and not laid down yet."""
    for left in held.note.parent.glob(f".{NOTE}-*.tmp"):
        other = _read(left)
        if other and _is_dead(left, other, owner, is_locked=is_locked):
            storage.remove(left)


def _is_alive(note: Path) -> bool:
    """Whether the note was renewed a moment ago, by the clock of the disk where it lies."""
    try:
        return abs(storage.clock_of(note.parent) - note.stat().st_mtime) < DEAD_SECONDS
    except FileNotFoundError:
        return False


def _set_aside(note: Path, judged: Owner) -> None:
    """Take a dead run's note away; one that somebody else laid down since comes back."""
    aside = note.with_name(f".{note.name}-{os.getpid()}-old.tmp")
    with contextlib.suppress(FileNotFoundError):
        storage.retry_while_held(lambda: note.replace(aside))
        if _read(aside) != judged:
            aside.replace(note)
        storage.remove(aside)


def _renew(held: Held, done: threading.Event) -> None:
    """Write the note's content over itself every few seconds: that renews its time by the disk's own clock."""
    while not done.wait(RENEW_SECONDS):
        with contextlib.suppress(OSError):
            if held.note.read_bytes() == held.said:
                with held.note.open("r+b") as file:
                    file.write(held.said)


def _elsewhere(other: Owner, what: str) -> str:
    where = f"电脑“{other.host}”上的{what}正在运行（{other.begun} 开始）" if other.host else f"另一台电脑上的{what}正在运行"
    return f"{where}，本次没有开始。请等它结束后再试；如果那台电脑已经关机或死机，请过一分钟再运行一次。"
