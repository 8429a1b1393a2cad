"""The library that stands between the program and the system, and the file through which it is told what to do."""

from __future__ import annotations

import mmap
import struct
import subprocess
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Self

_SOURCE = Path(__file__).with_name("shim.c")
_LAYOUT = struct.Struct("=QQiiiiqq4096s4096s")


class Mode(IntEnum):
    """What happens at the point; the same numbers as in shim.c."""

    COUNT = 0
    BEFORE = 1
    AFTER = 2
    HALF = 3
    FAIL = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen in one run, and at which of its changing calls."""

    mode: Mode = Mode.COUNT
    at: int = 0
    number: int = 0
    """FAIL: the errno."""
    ever: bool = False
    """FAIL: from that point on, as a full disk does."""
    seconds: int = 0
    """How far the clock is off."""
    sockets: bool = False
    """What is said to servers is counted too, and the begin of each of their answers."""


def build(folder: Path) -> Path:
    """Compile the library into the folder."""
    library = folder / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library, _SOURCE, "-ldl"], check=True)
    return library


class Control:
    """The file that the library looks into at every call."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _LAYOUT.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._shared.close()

    def begin(self, plan: Plan, root: Path, log: Path | None = None) -> None:
        """From now on watch that folder and do as planned; the calls are written into the log."""
        order = (plan.at, plan.mode, plan.number, plan.ever, log is not None, plan.seconds, plan.sockets)
        self._shared[:] = _LAYOUT.pack(0, *order, bytes(root), bytes(log) if log else b"")

    @property
    def met(self) -> int:
        """How many changing calls there were."""
        return int(_LAYOUT.unpack(self._shared[:])[0])
