"""Writing that survives a power cut: aside, synced, renamed. The only place that moves or removes files.

Why so roundabout: a file that is written in place is half a file after a power cut, and a rename may reach the disk before the
contents of what was renamed. So contents are synced first, then the file takes its name in one step, then the folder is synced.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pipeline.disk import at_once

_CHUNK = 1 << 20
PAUSES = (0.05, 0.1, 0.2, 0.4)
"""Seconds between tries where something holds a file: a virus scanner or an indexer lets go of it soon, an open Excel does not."""
_HELD = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, getattr(errno, "ETXTBSY", errno.EBUSY)})
_HELD_ON_WINDOWS = frozenset({5, 32, 33, 145})
"""Access denied, sharing violation, lock violation, folder not empty: what Windows says of a file that a program has open."""
_UNKNOWN_HERE = frozenset({errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF, errno.ENOSYS})
"""What a file system answers that does not know a call: some shares do not sync folders, exFAT and NFS exchange none."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Follow no link, wait for no writer of a pipe, and let Windows change no line end."""
_DAY = "????-??-??"
SPAN = f"{_DAY}_{_DAY}"
"""How the folder of a span of days is called."""

Value = TypeVar("Value")


class ChangedError(OSError):
    """A file is no longer what was seen a moment ago: another, no regular one, or of other contents."""


def retry_while_held(action: Callable[[], Value]) -> Value:
    """Do it, and where something holds the file do it again after a short pause, a few times. Raises the last OSError.

    Windows renames and removes no file that another program has open, and scanners open every new file for a moment.
    """
    for pause in PAUSES:
        try:
            return action()
        except OSError as error:
            if error.errno not in _HELD and getattr(error, "winerror", None) not in _HELD_ON_WINDOWS:
                raise
            time.sleep(pause)
    return action()


@contextlib.contextmanager
def naming_file(path: Path) -> Iterator[None]:
    """Let a refusal say which file it is about: the system names it where a file is opened, and not where it is written to."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


@contextlib.contextmanager
def naming_folder(folder: Path) -> Iterator[None]:
    """Let a refusal name the folder: nobody outside knows the file of ours that could not be made in it."""
    try:
        yield
    except OSError as error:
        error.filename = str(folder)
        raise


# --- files -------------------------------------------------------------------------------------------------------


def write(path: Path, content: bytes | Iterator[bytes], *, is_synced: bool = True) -> None:
    """Write the file, synced, or to be synced later; from its parts where it is too large to be whole in memory. Raises OSError."""
    with naming_file(path), path.open("wb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        # Only what Python has handed to the system can be synced; the rest is still in the file object.
        file.flush()
        if is_synced:
            os.fsync(file.fileno())


def replace(path: Path, content: bytes) -> None:
    """Put this content in the place of a file's, whole or not at all, synced. Raises OSError."""
    aside = path.with_name(f".{path.name}.tmp")  # beside it: a rename does not go from one disk to another
    with naming_folder(path.parent):
        write(aside, content)
    retry_while_held(lambda: aside.replace(path))
    sync_folder(path.parent)


def open_regular(path: Path) -> BinaryIO:
    """Open a stranger's file: a regular one, no link, and without waiting for anybody. Raises ChangedError where it is none."""
    # Looked at before and after it is opened: whoever may write into the inbox can put another file there in between.
    seen = path.lstat()
    file = os.fdopen(os.open(path, _OPEN), "rb")
    opened = os.fstat(file.fileno())
    if stat.S_ISREG(opened.st_mode) and is_same(seen, opened):
        return file
    file.close()
    raise ChangedError(errno.EINVAL, "not the file that was seen", str(path))


def is_same(before: os.stat_result, after: os.stat_result) -> bool:
    """Return whether both looks saw the same file with the same contents, as far as a look can tell."""
    return os.path.samestat(before, after) and (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def copy_into_archive(source: Path, seen: os.stat_result, archive: Path) -> tuple[str, int]:
    """Copy a file into the archive under its SHA-256, synced; return the hash and the size in bytes. Raises ChangedError, OSError."""
    # The hash is known only at the end; until then the copy has a name that no other file and no other run gives.
    aside = archive / f".{os.getpid()}-{hashlib.sha256(os.fsencode(source)).hexdigest()[:24]}.tmp"
    try:
        digest, size = _copy(source, seen, aside)
        retry_while_held(lambda: aside.replace(archive / digest))
    except BaseException:  # an interruption (Ctrl+C) leaves nothing half copied either
        remove(aside)
        raise
    return digest, size


def _copy(source: Path, seen: os.stat_result, aside: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with naming_file(aside.parent), open_regular(source) as reader, aside.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
        after = os.fstat(reader.fileno())
    # A sender's program may still be writing: what was read is then neither the old file nor the new one.
    if size != seen.st_size or not is_same(seen, after) or not is_same(seen, source.lstat()):
        raise ChangedError(errno.EAGAIN, "changed while it was read", str(source))
    return digest.hexdigest(), size


def remove(path: Path) -> bool:
    """Remove a file that may be gone already; return False where something holds it."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):  # Windows does not remove what is marked read-only
            if os.name == "nt":
                path.chmod(stat.S_IWRITE)
                path.unlink(missing_ok=True)
                return True
        return False
    return True


def move(source: Path, target: Path) -> None:
    """Move a file, also to another disk: it leaves its place only when it is safe in the other. Raises OSError."""
    # `shutil.move` renames, or copies to another disk and removes the original, without syncing: a power cut could take both.
    aside = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, aside)
        _sync(aside)
        retry_while_held(lambda: aside.replace(target))
    except BaseException:
        remove(aside)
        raise
    sync_folder(target.parent)
    remove(source)
    sync_folder(source.parent)


def clock_of(folder: Path) -> float:
    """Return the time, in seconds, by the clock that stamps this folder's files; by ours where it cannot be asked.

    On a network share (SMB, NFS) the server stamps them, and its clock is another than ours.
    """
    probe = folder / ".clock.tmp"
    try:
        probe.write_bytes(b"")
        return probe.stat().st_mtime
    except OSError:
        return time.time()
    finally:
        remove(probe)


# --- folders -----------------------------------------------------------------------------------------------------


def make_folder(folder: Path) -> None:
    """Make the folder and those above it that are missing, each synced in its parent. Raises OSError."""
    missing = [level for level in (folder, *folder.parents) if not level.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for level in missing:
        sync_folder(level.parent)


def sync_folder(folder: Path) -> None:
    """Sync a folder's entries, where the system can. Raises OSError.

    A synced file is on the disk, and its name may not be: the name stands in the folder. Windows syncs it with the file.
    """
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # one may write into a folder that one may not list
        return
    try:
        with naming_file(folder):
            os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNKNOWN_HERE:
            raise
    finally:
        os.close(descriptor)


def write_folder(folder: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write a new folder of these contents, copies, or files that were written there, synced. Raises OSError."""
    if not any(content == folder / name for name, content in files.items()):
        remove_folder(folder)
        folder.mkdir()
    paths = [(folder / name, content) for name, content in files.items()]
    parents = {folder, *(path.parent for path, _content in paths)}
    for parent in parents:
        parent.mkdir(parents=True, exist_ok=True)
    at_once.each(_put, paths)
    for written in parents.union(above for parent in parents for above in parent.parents if above.is_relative_to(folder)):
        sync_folder(written)


def _put(file: tuple[Path, bytes | Path]) -> None:
    path, content = file
    if isinstance(content, bytes):
        write(path, content)
    else:
        _sync(path if content == path else Path(shutil.copy2(content, path)))


def _sync(path: Path) -> None:
    # Open for writing, though nothing is written: Windows syncs no file that is open for reading alone.
    with naming_file(path), path.open("r+b") as file:
        os.fsync(file.fileno())


def probe(folder: Path) -> None:
    """Raise OSError where nothing can be written into that folder: its permissions alone do not tell, least of all on a share."""
    path = folder / f".{os.getpid()}-probe.tmp"
    with naming_folder(folder):
        path.touch()
    remove(path)


def remove_folder(folder: Path) -> None:
    """Remove a folder with what is in it; one that something holds stays, and `sweep` comes again."""
    shutil.rmtree(folder, ignore_errors=True)


def prune(folder: Path) -> None:
    """Remove the folders below this one that are empty by now; what is in the midst of being used stays."""
    below = [Path(path) for path, _folders, _files in os.walk(folder, topdown=False)] if folder.exists() else []
    for path in below:
        if path != folder:
            # Tried and not looked up: a file may come in between, and the system removes no folder that has one.
            with contextlib.suppress(OSError):
                path.rmdir()


def replace_folder(aside: Path, final: Path) -> Path | None:
    """Put a finished, synced folder in the place of an earlier edition, whole; return where that is now, if there was one.

    Where the system can, the two change places in one step, so that whoever looks into the outbox always finds the day. A
    rename alone replaces no folder that has files in it; elsewhere there are two renames, and where a run was killed between
    them, `sweep` puts the earlier one back. Raises OSError.
    """
    old: Path | None = aside
    if not final.exists():
        retry_while_held(lambda: aside.replace(final))
        old = None
    elif not exchange(aside, final):
        old = _replace_in_two_steps(aside, final)
    sync_folder(final.parent)
    return old


def _replace_in_two_steps(aside: Path, final: Path) -> Path:
    old = final.with_name(f".{final.name}.old")
    remove_folder(old)
    retry_while_held(lambda: final.replace(old))
    try:
        retry_while_held(lambda: aside.replace(final))
    except OSError:
        retry_while_held(lambda: old.replace(final))
        raise
    return old


def exchange(folder: Path, other: Path) -> bool:
    """Let two folders change places in one step; return False where the system cannot. Raises OSError."""
    if sys.platform != "linux":
        return False
    import ctypes

    # Python offers no renameat2(2), and an old C library has none.
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    at_fdcwd, rename_exchange = -100, 2
    if renameat2 is None:
        return False
    if renameat2(at_fdcwd, os.fsencode(folder), at_fdcwd, os.fsencode(other), rename_exchange) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN_HERE:
        return False
    raise OSError(number, os.strerror(number), str(other))


def sweep(outbox: Path, *folders: Path, named: str = _DAY) -> None:
    """Put right what a killed run left: an earlier edition set aside comes back to the outbox, half-written things go.

    `named`: how the folders in the outbox are called.
    """
    for old in sorted(outbox.glob(f".{named}.old")):
        final = old.with_name(old.name.removeprefix(".").removesuffix(".old"))
        if final.exists():
            remove_folder(old)
        else:
            with contextlib.suppress(OSError):  # then the day is written anew
                retry_while_held(partial(old.replace, final))
                sync_folder(outbox)
    half_made = [folder for folder in outbox.glob(f".{named}.new") if folder.is_dir()]  # a file of that name is somebody's
    for left in [*half_made, *(left for folder in folders for left in folder.glob(".*.tmp"))]:
        # A link to a folder is itself removed, and never what it leads to.
        if left.is_dir() and not left.is_symlink():
            remove_folder(left)
        else:
            remove(left)


# --- hashes ------------------------------------------------------------------------------------------------------


def digest(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of the parts, each separated from its neighbours."""
    total = hashlib.sha256()
    for part in parts:  # with its length before it: "12", "3" and "1", "23" are not the same
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def sha256(path: Path) -> str:
    """Return the name under which the archive keeps this file's bytes. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_entries(path: Path, beginning: bytes = b"") -> list[dict[str, Any]]:
    """Return the JSON objects of a file that grows line by line, of the lines that begin so.

    A line that a power cut tore is none; nor is there any where there is no file. Raises OSError.
    """
    entries = []
    # By b"\n" alone: `splitlines` would cut a text at the other ends of lines that Unicode knows.
    for line in path.read_bytes().split(b"\n") if path.exists() else []:
        with contextlib.suppress(ValueError):
            entry = json.loads(line) if line.startswith(beginning) else None
            entries += [entry] if isinstance(entry, dict) else []
    return entries


def append_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Add lines to a file, synced; a last line that a power cut tore is closed first, so that it takes no new one with it."""
    is_new = not path.exists()
    # In mode "a" the system puts every write at the end, wherever the file was read before.
    with naming_file(path), path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        torn = b""
        if size:
            file.seek(size - 1)
            torn = b"" if file.read(1) == b"\n" else b"\n"
        file.write(torn + b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(path.parent)
