"""Only one run at a time: the system's own lock, and beside it a note of who runs.

filelock holds the system's lock, which goes when its process dies. On a network share that lock may not reach other computers;
there the note decides, which a run renews every few seconds. filelock's own lease would not do: its next holder waits the whole
lease, and it cannot tell the office which computer runs, and since when.
"""

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
"""A note that was not renewed for so long is a dead run's: six renewals were missed."""
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS})
"""What the system says where the disk knows no locks: a share mounted without them, a server without a lock daemon."""
_ATTEMPTS = 3
"""So often a dead run's note is set aside: where another computer is quicker each time, the run is left to it."""
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


_NOBODY = Owner("", 0, "")
"""Whose note cannot be understood."""


@dataclass(frozen=True, slots=True)
class Held:
    """The lock while a run has it."""

    note: Path
    owner: Owner
    is_locked: bool
    """Whether the system holds a lock too."""
    what: str
    """What people call the run."""

    @property
    def remark(self) -> str | None:
        """What the office should know about this disk, if anything."""
        return None if self.is_locked else _WITHOUT_LOCKS.format(state=self.note.parent, what=self.what)

    @property
    def content(self) -> bytes:
        """What stands in the note. Runs of other versions read it, so that its form stays."""
        return json.dumps(asdict(self.owner), ensure_ascii=False).encode()

    def is_ours(self) -> bool:
        """Return whether the note is still this run's. Raises OSError where it cannot be read."""
        return self.note.read_bytes() == self.content

    def check(self) -> None:
        """Raise AnotherRunError where another computer took over, since this one had stood still for too long.

        A computer that slept, or whose share was away, wakes up with the belief that it is alone.
        """
        with contextlib.suppress(OSError):
            if not self.is_ours():
                raise AnotherRunError(_elsewhere(_read(self.note) or _NOBODY, self.what))


@contextmanager
def hold(state: Path, what: str = "汇总") -> Iterator[Held]:
    """Hold what only one run (of what people call it) holds in that folder. Raises AnotherRunError, OSError.

    The system lets go of it when a run dies; on a share a dead run's note stands for a minute.
    """
    storage.make_folder(state)
    with _system_lock(state / LOCK, what) as is_locked:
        owner = Owner(platform.node(), os.getpid(), f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}")
        held = Held(state / NOTE, owner, is_locked, what)
        _take(held)
        _tidy(held)
        done = threading.Event()
        # A thread of its own: while a run waits for a reader or writes a document, it comes by no place where it could renew.
        renewing = threading.Thread(target=_renew, args=(held, done), daemon=True)
        renewing.start()
        try:
            yield held
        finally:
            done.set()
            renewing.join()
            with contextlib.suppress(OSError):
                if held.is_ours():
                    storage.remove(held.note)


def is_renewed(state: Path) -> bool:
    """Whether a run seems to be at work in that folder: its note was renewed a moment ago. Disturbs none that begins just now."""
    with contextlib.suppress(OSError):
        return abs(storage.clock_of(state) - (state / NOTE).stat().st_mtime) < DEAD_SECONDS
    return False


def is_left(state: Path) -> bool:
    """Whether the note of a run of this computer lies in that folder whose process is no more: it was killed.

    Windows is not asked: there the question itself would end a process.
    """
    owner = _read(state / NOTE)
    if owner is None or owner.host != platform.node() or owner.pid <= 0 or os.name == "nt":
        return False
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is another user's
        return False
    return False


@contextmanager
def _system_lock(path: Path, what: str) -> Iterator[bool]:
    """Hold the system's lock; False where the file system has none. Raises AnotherRunError, OSError."""
    # filelock would fall back to a file whose mere existence is the lock: a run that was killed would lock out all later ones.
    lock = filelock.FileLock(path, fallback_to_soft=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise AnotherRunError(_HERE.format(what=what)) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            if not path.exists():  # it is the folder that takes nothing
                error.filename = str(path.parent)
            raise
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


# --- the note ----------------------------------------------------------------------------------------------------


def _take(held: Held) -> None:
    """Lay down the note. Raises AnotherRunError where another's is there and was renewed a moment ago."""
    for _ in range(_ATTEMPTS):
        if _lay_down(held):
            return
        other = _read(held.note)
        if other is None:
            continue
        if not _is_dead(held, held.note, other):
            raise AnotherRunError(_elsewhere(other, held.what))
        _set_aside(held.note, other)
    raise AnotherRunError(_HERE.format(what=held.what))


def _lay_down(held: Held) -> bool:
    """Lay the note down with its content; False where there is one."""
    aside = held.note.with_name(f".{held.note.name}-{os.getpid()}.tmp")
    with storage.naming_folder(held.note.parent):
        aside.write_bytes(held.content)
    # A rename would replace another's note; a link is refused where there is one, and comes with its content at once.
    try:
        os.link(aside, held.note)
    except FileExistsError:
        return False
    except OSError:  # FAT, exFAT and some shares know no hard links: a moment without its content cannot be helped
        with contextlib.suppress(FileExistsError), held.note.open("xb") as file:
            file.write(held.content)
            return True
        return False
    finally:
        storage.remove(aside)
    return True


def _read(note: Path) -> Owner | None:
    """Return whose note it is, nobody's where it cannot be understood; None where there is none."""
    try:
        fields = json.loads(note.read_bytes())
        return Owner(str(fields["host"]), int(fields["pid"]), str(fields["begun"]))
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError):  # being written at this moment, or by a power cut cut short
        return _NOBODY


def _is_dead(held: Held, note: Path, other: Owner) -> bool:
    """Return whether nobody is behind a note."""
    # Of this computer's runs the system's lock is proof: we have it, so no other has. Of others' runs only time is.
    if held.is_locked and other.host in {held.owner.host, ""}:
        return True
    # By the clock of the disk: a share's is another than ours, minutes apart at times. One that is far ahead is as dead as an
    # old one: a clock that was put back would otherwise lock everybody out until it had caught up.
    try:
        return abs(storage.clock_of(note.parent) - note.stat().st_mtime) >= DEAD_SECONDS
    except FileNotFoundError:
        return True


def _tidy(held: Held) -> None:
    """Remove the notes that killed runs had written and not put in place yet."""
    for left in held.note.parent.glob(f".{NOTE}-*.tmp"):
        other = _read(left)
        if other and _is_dead(held, left, other):
            storage.remove(left)


def _set_aside(note: Path, judged: Owner) -> None:
    """Take a dead run's note away; one that somebody else put there since comes back."""
    aside = note.with_name(f".{note.name}-{os.getpid()}-old.tmp")
    # Renamed, read once more and only then removed: two computers may have found the same note dead, and the quicker one has
    # put its own there by now.
    with contextlib.suppress(FileNotFoundError):
        storage.retry_while_held(lambda: note.replace(aside))
        if _read(aside) != judged:
            aside.replace(note)
        storage.remove(aside)


def _renew(held: Held, done: threading.Event) -> None:
    """Renew the note's time every few seconds until it is done."""
    while not done.wait(RENEW_SECONDS):
        with contextlib.suppress(OSError):
            if held.is_ours():
                # Its content is written over itself, which the disk stamps by its own clock; `os.utime` may take ours.
                with held.note.open("r+b") as file:
                    file.write(held.content)


def _elsewhere(other: Owner, what: str) -> str:
    where = f"电脑“{other.host}”上的{what}正在运行（{other.begun} 开始）" if other.host else f"另一台电脑上的{what}正在运行"
    return f"{where}，本次没有开始。请等它结束后再试；如果那台电脑已经关机或死机，请过一分钟再运行一次。"
