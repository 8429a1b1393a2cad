"""Waiting for what other processes do, as long as it takes, and failing where it never comes."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

_PAUSE, _LONGEST = 0.01, 60


def until(holds: Callable[[], bool], what: str) -> None:
    """Return once it holds; a minute is too long on any machine."""
    end = time.monotonic() + _LONGEST
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(_PAUSE)


def children(pid: int) -> list[str]:
    """The names of a process's children (Linux)."""
    return subprocess.run(["ps", "-o", "comm=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout.split("\n")[:-1]
