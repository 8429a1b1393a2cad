"""Gives away what a process that opens strangers' files does not need: memory, writing, the network, other programs."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

_OPEN_FILES = 64
"""A reader opens one file at a time, and Python its modules."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What was taken away; False where the system does not offer it."""

    memory: bool
    writing: bool
    network: bool
    """The network, other programs, and changes to files and folders."""


def confine(memory_bytes: int) -> Confinement:
    """Take away from this process, for good, what the system can take."""
    limited = _limit(memory_bytes)
    return Confinement(memory=limited, writing=limited, network=_filter_calls())


def set_alarm(seconds: int) -> None:
    """End this process by itself after so many seconds, also when the one that started it is gone; 0 takes it back."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit(memory_bytes: int) -> bool:
    if sys.platform == "win32":
        return False
    import resource  # Windows has no such module

    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),  # a core file would hold the contents of a stranger's workbook
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        hard = resource.getrlimit(limit)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with suppress(ValueError, OSError):  # macOS refuses a limit of memory
            resource.setrlimit(limit, (most, most))
    return sys.platform == "linux"


# --- the filter of system calls (Linux, seccomp) -----------------------------------------------------------------

# A filter is a program of classic BPF (linux/filter.h, linux/seccomp.h) that the kernel runs on every system call of this process.
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EPERM
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ANYWHERE = (425, 426, 427, 434, 435, 438)  # io_uring, pidfd_open, clone3, pidfd_getfd: the same number on every machine


@dataclass(frozen=True, slots=True)
class _Machine:
    """The numbers of system calls of one kind of processor."""

    audit: int
    refused: tuple[int, ...]
    opening: dict[int, int]
    """Calls that open a file, with the place of their flags among the arguments."""


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        (
            *(41, 42, 43, 44, 46, 49, 50, 53, 288, 307),  # socket, connect, accept, send, bind, listen, socketpair
            *(56, 57, 58, 59, 322, 101, 310, 311),  # clone, fork, vfork, execve, execveat, ptrace, process_vm_*
            *(76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94),  # truncate, rename, mkdir, rmdir, creat, link, unlink, chmod
            *(258, 260, 263, 264, 265, 266, 268, 280, 316, 132, 133, 235, 259),  # the same by folder; utime, mknod
            *(155, 161, 165, 166, 272, 304, 308, 321, 437),  # mounts, namespaces, handles, bpf, openat2
        ),
        {2: 1, 257: 2},
    ),
    "aarch64": _Machine(
        0xC00000B7,
        (
            *(198, 199, 200, 201, 202, 203, 206, 211, 242, 269),
            *(220, 221, 281, 117, 270, 271),
            *(45, 46, 33, 34, 35, 36, 37, 38, 52, 53, 54, 55, 88, 276),
            *(39, 40, 41, 51, 97, 265, 268, 280, 437),
        ),
        {56: 2},
    ),
}


def _filter_calls() -> bool:
    """Refuse the calls above for the rest of this process's life; False where the system has no such filter."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize <= 1 << 32:
        return False
    program = _program(machine)
    held = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(held)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    if prctl(_NO_NEW_PRIVILEGES, 1, None, 0, 0):  # without it the kernel takes a filter from root alone
        return False
    return bool(prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(header), 0, 0) == 0)


def _program(machine: _Machine) -> bytes:
    """The filter: `struct seccomp_data` has the call's number at 0, the machine at 4 and the arguments from 16."""

    def step(code: int, jump_true: int, jump_false: int, value: int) -> bytes:
        return struct.pack("=HBBI", code, jump_true, jump_false, value)

    # A call of another machine's kind (32-bit calls on x86_64) has other numbers: all of them are refused.
    steps = [step(_LOAD, 0, 0, 4), step(_EQUAL, 1, 0, machine.audit), step(_RETURN, 0, 0, _REFUSE), step(_LOAD, 0, 0, 0)]
    for number in (*machine.refused, *_ANYWHERE):
        steps += [step(_EQUAL, 0, 1, number), step(_RETURN, 0, 0, _REFUSE)]
    # The filter sees an argument as a number and never what it points at: flags can be judged, a path cannot. openat2 has its flags
    # behind a pointer, so it is refused altogether.
    for number, argument in machine.opening.items():
        steps += [
            step(_EQUAL, 0, 4, number),
            step(_LOAD, 0, 0, 16 + 8 * argument),
            step(_ANY_BIT, 0, 1, _WRITES),
            step(_RETURN, 0, 0, _REFUSE),
            step(_RETURN, 0, 0, _ALLOW),
        ]
    return b"".join([*steps, step(_RETURN, 0, 0, _ALLOW)])
