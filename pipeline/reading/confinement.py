"""Gives away what a process that opens strangers' files does not need: files, the network, other processes, rights, memory without end."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass, fields

from pipeline.reading import call_filter

_NOBODY = 65534
_MOST_OPEN = 1 << 16
_DUMPABLE, _NO_NEW_PRIVILEGES = 4, 38
_CAPABILITIES = 0x20080522
"""_LINUX_CAPABILITY_VERSION_3: capabilities in two words of 32."""
_KEPT_VARIABLES = (
    *("PYTHONHOME", "PYTHONUSERBASE", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("SYSTEMROOT", "APPDATA"),  # Windows starts no Python without the one, and finds no user's libraries without the other
)
"""What Python needs to come up as it did here. Everything else stays with the run: passwords stand in the environment."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What was taken away; False where the system does not offer it."""

    memory: bool
    """Memory without end."""
    opening: bool
    """Opening anything: files, folders, pipes, the network."""
    user: bool
    """The rights of root, and every other right beyond a usual user's."""
    calls: bool
    """Every system call that it does not need."""

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of what could not be taken away."""
        return tuple(field.name for field in fields(self) if not getattr(self, field.name))


def confine(memory_bytes: int) -> Confinement:
    """Take away from this process, for good, what the system can take. It keeps its three standard pipes.

    No module can be imported from then on.
    """
    if sys.platform != "win32":
        os.closerange(3, _MOST_OPEN)
    memory, opening = _limit(memory_bytes)
    user = _give_up_rights()
    return Confinement(memory=memory, opening=opening, user=user, calls=call_filter.install())


def set_alarm(seconds: int) -> None:
    """End this process by itself after so many seconds, also when the one that started it is gone; 0 takes it back."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def environment(**own: str) -> dict[str, str]:
    """The environment of such a process: what it is given, and what Python needs to come up."""
    return {**{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}, **own}


def _limit(memory_bytes: int) -> tuple[bool, bool]:
    """Whether memory is bounded, and whether nothing can be opened any more."""
    if sys.platform == "win32":
        return False, False
    import resource  # Windows has no such module

    def lower(limit: int, value: int) -> bool:
        hard = resource.getrlimit(limit)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with suppress(ValueError, OSError):  # macOS refuses a limit of memory
            resource.setrlimit(limit, (most, most))
        return resource.getrlimit(limit) == (most, most)

    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_CORE, 0)  # a core file would hold the contents of a stranger's workbook
    lower(resource.RLIMIT_NPROC, 0)
    return lower(resource.RLIMIT_AS, memory_bytes), lower(resource.RLIMIT_NOFILE, 0)


def _give_up_rights() -> bool:
    """Be a user without rights; False where this process is root's and stays so."""
    if sys.platform == "win32":
        return True
    if os.geteuid() == 0:
        with suppress(OSError):  # a container may allow no groups to be given up
            os.setgroups([])
        with suppress(OSError):  # or have no other user
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    if sys.platform == "linux":
        call_filter.prctl(_NO_NEW_PRIVILEGES, 1)  # without it the kernel takes a filter from root alone
        none = ctypes.create_string_buffer(24)
        ctypes.CDLL(None).capset(struct.pack("=Ii", _CAPABILITIES, 0), none)
        call_filter.prctl(_DUMPABLE, 0)  # no process of the same user may look into this one
    return os.geteuid() != 0
