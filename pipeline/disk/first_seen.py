"""When a disk first saw a file. Covered by tests/intake/test_arrival.py."""

from __future__ import annotations

import ctypes
import functools
import os
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

_HERE = -100
"""AT_FDCWD: a path is relative to where we are."""
_NO_LINK, _BORN = 0x100, 0x800
"""AT_SYMLINK_NOFOLLOW and STATX_BTIME."""
_MASK_AT, _BORN_AT, _SIZE = 0, 0x50, 256
"""Where `struct statx` has what it tells and the time of birth, and its size in bytes."""


def first_seen(path: Path, status: os.stat_result) -> float:
    """Return, in seconds since 1970, since when the disk has had this file with these contents, as far as it can tell.

    A rename or a move leaves that as it is, unlike `st_ctime`; copying makes another file. What was written into it later counts from
    then; the time of modification alone says nothing, since copying preserves it.
    """
    born = _born(path, status)
    if born is None:
        return status.st_ctime
    latest = time.time() if os.name == "nt" else status.st_ctime  # on Windows that is the time of birth too
    return min(max(born, status.st_mtime), max(born, latest))


def is_told(folder: Path) -> bool:
    """Whether the disk says when files were made; where it does not, to move one by hand makes it arrive then."""
    return _born(folder, folder.stat()) is not None


def last_changed(status: os.stat_result) -> float:
    """Return when the file's contents changed at the latest: a copy over it may have brought an old time of modification along."""
    return max(status.st_ctime, status.st_mtime) if os.name == "nt" else status.st_ctime


def _born(path: Path, status: os.stat_result) -> float | None:
    """Return when the file was made on this disk; None where the system does not say, as a Mac, whose copies bring that along too."""
    if os.name == "nt":
        return float(getattr(status, "st_birthtime", status.st_ctime))
    call = _statx() if sys.platform == "linux" else None
    told = ctypes.create_string_buffer(_SIZE)
    if call is None or call(_HERE, os.fsencode(path), _NO_LINK, _BORN, told) != 0:
        return None
    if not struct.unpack_from("I", told, _MASK_AT)[0] & _BORN:
        return None
    seconds, nanoseconds = struct.unpack_from("qI", told, _BORN_AT)
    return float(seconds + nanoseconds / 1e9) if 0 < seconds <= status.st_ctime + 1 else None


@functools.cache
def _statx() -> Callable[..., int] | None:
    """Return the system's call; None where its library is older than the call."""
    return getattr(ctypes.CDLL(None), "statx", None)
