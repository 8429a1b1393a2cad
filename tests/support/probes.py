"""What a process tries that a stranger's file has taken over. Run as a program: `probes.py FILE root|ordinary confined|free`.

It writes one line of JSON: what was taken away, what became of each attempt, and of each system call without arguments. Then it waits
for the end of its input. In a free process the harmless attempts succeed; the others would harm, or need more than may be there.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import mmap
import os
import platform
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from pipeline.reading import call_filter, confinement

CALLS = 480
"""Numbers of system calls below this one are tried; the newest so far are below 470."""
_LIBC = ctypes.CDLL(None, use_errno=True)
_NOBODY = 65534
_END_WHO_CALLS = {335, 336} if platform.machine() == "x86_64" else set()
"""uretprobe and uprobe: newer kernels end with SIGILL whoever calls them from elsewhere than a probe, before any filter is asked."""
Attempt = Callable[[], object]
Call = Callable[[], int]


def raw(x86_64: int, aarch64: int, *arguments: int | bytes | None) -> Call:
    """Make the attempt at a system call that Python has no name for."""
    number = aarch64 if platform.machine() == "aarch64" else x86_64

    def attempt() -> int:
        answer: int = _LIBC.syscall(ctypes.c_long(number), *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments))
        if answer < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return answer

    return attempt


def harmless(kept: Path, parent: int) -> dict[str, Attempt]:
    """Give the attempts that succeed in a free process; `kept` and its neighbours are there, and `parent` is alive."""
    beside = kept.with_name
    (name, folder) = (os.fsencode(kept), os.fsencode(kept.parent))
    return {
        "read a file": kept.read_bytes,
        "list a folder": lambda: list(kept.parent.iterdir()),
        "look at a file": kept.stat,
        "ask for its rights": lambda: raw(21, -1, name, 4)() if platform.machine() == "x86_64" else kept.stat(),
        "write a file": lambda: beside("new").write_bytes(b"x"),
        "append to a file": lambda: beside("appended").open("ab").close(),
        "remove a file": beside("removed").unlink,
        "rename a file": lambda: beside("renamed").rename(beside("other")),
        "link a file": lambda: os.link(kept, beside("linked")),
        "link a name": lambda: beside("pointer").symlink_to(kept),
        "make a folder": beside("folder").mkdir,
        "make a pipe with a name": lambda: os.mkfifo(beside("named")),
        "cut a file short": lambda: os.truncate(beside("cut"), 0),
        "change modes": lambda: kept.chmod(0o644),
        "change times": lambda: os.utime(beside("cut")),
        "change the owner": lambda: os.chown(kept, -1, -1),
        "go to another folder": lambda: os.chdir(folder),
        "lock a file": lambda: fcntl.flock(os.open(kept, os.O_RDONLY), fcntl.LOCK_EX),
        "lock a standard pipe": lambda: fcntl.flock(0, fcntl.LOCK_EX),
        "read its own memory": lambda: os.open("/proc/self/mem", os.O_RDONLY),
        "read the parent's environment": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "read the parent's memory map": lambda: Path(f"/proc/{parent}/maps").read_bytes(),
        "the network": lambda: socket.socket(socket.AF_INET),
        "a local socket": lambda: socket.socket(socket.AF_UNIX),
        "a pair of sockets": socket.socketpair,
        "talk to the kernel": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "another program": lambda: subprocess.run(["true"], check=True),
        "a thread": lambda: threading.Thread(target=int).start(),
        "signal the parent": lambda: os.kill(parent, 0),
        "signal its group": lambda: os.killpg(os.getpgid(parent), 0),
        "limit the parent": lambda: resource.prlimit(parent, resource.RLIMIT_CORE, resource.prlimit(parent, resource.RLIMIT_CORE)),
        "limit itself": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
        "bind the parent to a processor": lambda: os.sched_setaffinity(parent, os.sched_getaffinity(parent)),
        "slow the parent down": lambda: os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent)),
        "a handle on the parent": lambda: os.pidfd_open(parent),
        "shared memory of System V": lambda: _made_and_removed(raw(29, 194, 0, 4096, 0o1600), (31, 195)),
        "messages of System V": lambda: _made_and_removed(raw(68, 186, 0, 0o1600), (71, 187)),
        "semaphores of System V": lambda: _made_and_removed(raw(64, 190, 0, 1, 0o1600), (66, 191)),
        "a file in memory": lambda: os.memfd_create("x"),
        "a pipe": os.pipe,
        "a copy of a pipe": lambda: os.dup(0),
        "an event": lambda: os.eventfd(0),
        "watch files": raw(294, 26, 0),
        "watch events": raw(291, 20, 0),
        "memory for code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC),
        "memory without end": lambda: mmap.mmap(-1, 1 << 30),
        "a thread's own name": raw(157, 167, 15, b"x", 0, 0, 0),
        "a group of its own": os.setpgrp,
        "another mask": lambda: _raise_where(os.umask(0o77) == (1 << 32) - 1),
    }


def harmful(kept: Path, parent: int) -> dict[str, Attempt]:
    """Give the attempts that would harm, or that need a newer system or other rights."""
    name = os.fsencode(kept)
    return {
        "the network, version 6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
        "fork": os.fork,
        "put a program in its place": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "end the parent": raw(62, 129, parent, 0),
        "signal the parent with a value": raw(129, 138, parent, 0, None),
        "trace the parent": raw(101, 117, 16, parent, 0, 0),
        "read the parent's bytes": raw(310, 270, parent, None, 0, None, 0, 0),
        "write the parent's bytes": raw(311, 271, parent, None, 0, None, 0, 0),
        "change modes the newer way": raw(452, 452, -100, name, 0o666, 0),
        "set an attribute": raw(188, 5, name, b"user.x", b"x", 1, 0),
        "set an attribute of a link": raw(189, 6, name, b"user.x", b"x", 1, 0),
        "remove an attribute": raw(197, 14, name, b"user.x"),
        "open by the newer way": raw(437, 437, -100, name, None, 24),
        "mount": raw(165, 40, b"none", b"/mnt", b"tmpfs", 0, None),
        "mount the newer way": raw(430, 430, b"tmpfs", 0),
        "another root": raw(161, 51, b"/"),
        "namespaces of its own": raw(272, 97, 0x20000),
        "be root": lambda: os.setresuid(0, 0, 0),
        "every right": raw(126, 91, None, None),
        "look into itself again": raw(157, 167, 4, 1, 0, 0, 0),
        "another filter": raw(317, 277, 2, 0, None),
        "name the computer": raw(170, 161, b"x", 1),
        "set the clock": raw(227, 112, 0, None),
        "keys": raw(250, 219, 0, -3, 0, 0, 0),
        "programs in the kernel": raw(321, 280, 0, None, 0),
        "counters of the kernel": raw(298, 241, None, 0, -1, -1, 0),
        "many calls at once": raw(425, 425, 1, None),
    }


def _made_and_removed(make: Call, control: tuple[int, int]) -> None:
    """Make something of System V, whose way to remove it is that call with a 0 as command (IPC_RMID)."""
    made = make()
    raw(*control, made, 0, 0, 0)()


def _raise_where(failed: bool) -> None:  # noqa: FBT001
    if failed:
        raise PermissionError(errno.EPERM, "refused")


def main() -> None:
    """Try everything, and tell."""
    kept, user, way = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    tries = harmless(kept, os.getppid())
    if way == "confined":
        tries |= harmful(kept, os.getppid())
    if user == "ordinary" and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    taken = asdict(confinement.confine(512 << 20)) if way == "confined" else {}
    told = {
        "taken": taken,
        "became": {name: _became(attempt) for name, attempt in tries.items()},
        "calls": {number: _became(raw(number, number, 0, 0, 0, 0, 0, 0)) for number in _not_kept()} if taken else {},
        "open": [number for number in range(3, 64) if taken and _became(partial(os.read, number, 0)) != errno.EBADF],
    }
    print(json.dumps(told), flush=True)
    sys.stdin.read()


def _became(attempt: Attempt) -> int:
    """Return 0 where the attempt succeeded, the error's number where it was refused, -1 for a refusal without one."""
    try:
        attempt()
    except OSError as error:
        return error.errno or -1
    except (MemoryError, RuntimeError, ValueError):
        return -1
    return 0


def _not_kept() -> list[int]:
    column = int(platform.machine() == "aarch64")
    kept = {numbers[column] for numbers in call_filter.KEPT.values()}
    return [number for number in range(CALLS) if number not in kept | _END_WHO_CALLS]


if __name__ == "__main__":
    main()
