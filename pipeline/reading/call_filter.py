"""The system calls that a process keeps which takes strangers' files apart (Linux, seccomp). Every other one is refused.

A filter is a program of classic BPF (linux/filter.h, linux/seccomp.h) that the kernel runs on every system call of the process.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

KEPT: dict[str, tuple[int | None, int | None]] = {
    # what the pipes need
    "read": (0, 63), "write": (1, 64), "writev": (20, 66), "close": (3, 57),
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "mremap": (25, 216), "brk": (12, 214), "madvise": (28, 233),
    # the clock, the alarm, locks within the process, chance
    "clock_gettime": (228, 113), "gettimeofday": (96, 169), "time": (201, None), "alarm": (37, None), "setitimer": (38, 103),
    "futex": (202, 98), "sched_yield": (24, 124), "getrandom": (318, 278), "getpid": (39, 172), "gettid": (186, 178),
    # the way back from Ctrl+C, and the end
    "rt_sigreturn": (15, 139), "restart_syscall": (219, 128), "exit": (60, 93), "exit_group": (231, 94),
}  # fmt: skip
"""Each with its numbers on x86_64 and aarch64. Found by watching readers at work; nothing that opens, asks about or changes a file."""
NO_SUCH_FILE: dict[str, tuple[int | None, int | None]] = {
    "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "stat": (4, None), "lstat": (6, None), "newfstatat": (262, 79),
    "statx": (332, 291), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "readlink": (89, None),
    "readlinkat": (267, 78), "getcwd": (79, 17),
}  # fmt: skip
"""What looks for a file finds none: Python then says of a codec or a module that there is no such, and goes on."""
_NEWER = 424
"""From here on numbers are the same on every machine. libc tries such calls first, and an older one where the kernel has none."""
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_WITH_PROTECTION = ("mmap", "mprotect")
_EXECUTABLE = 4
"""PROT_EXEC: no code is loaded any more, and none that a file brought is to run."""
_SET_SECCOMP, _FILTER = 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO, with the error in the lower half
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def install() -> bool:
    """Keep to these calls for the rest of this process's life; False where the system has no such filter. It has one thread as yet."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _AUDIT or sys.maxsize <= 1 << 32:
        return False
    steps = program(machine)
    held = ctypes.create_string_buffer(steps, len(steps))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(steps) // 8, ctypes.addressof(held)))
    return prctl(_SET_SECCOMP, _FILTER, ctypes.addressof(header))


def prctl(option: int, value: int, address: int | None = None) -> bool:
    """Change something about this process (Linux); whether the kernel did."""
    call = ctypes.CDLL(None, use_errno=True).prctl
    call.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    return bool(call(option, value, address, 0, 0) == 0)


def program(machine: str) -> bytes:
    """The filter: `struct seccomp_data` has the call's number at 0, the machine at 4 and the arguments from 16, eight bytes each."""
    column = list(_AUDIT).index(machine)
    # A call of another machine's kind (32-bit calls on x86_64) has other numbers: all of them are refused.
    steps = [_step(_LOAD, 4), _step(_EQUAL, _AUDIT[machine], skip_if=1), _refuse(errno.EPERM), _step(_LOAD, 0)]
    for name, numbers in KEPT.items():
        if (number := numbers[column]) is not None:
            refused = _executable() if name in _WITH_PROTECTION else []
            steps += [_step(_EQUAL, number, skip_else=len(refused) + 1), *refused, _step(_RETURN, _ALLOW)]
    for numbers in NO_SUCH_FILE.values():
        if (number := numbers[column]) is not None:
            steps += [_step(_EQUAL, number, skip_else=1), _refuse(errno.ENOENT)]
    return b"".join([*steps, _step(_AT_LEAST, _NEWER, skip_else=1), _refuse(errno.ENOSYS), _refuse(errno.EPERM)])


def _executable() -> list[bytes]:
    """Refuse memory that is to hold code; the protection is the third argument."""
    return [_step(_LOAD, 16 + 8 * 2), _step(_ANY_BIT, _EXECUTABLE, skip_else=1), _refuse(errno.EPERM)]


def _step(code: int, value: int, *, skip_if: int = 0, skip_else: int = 0) -> bytes:
    """One step; a comparison skips so many of the next where it holds, or else."""
    return struct.pack("=HBBI", code, skip_if, skip_else, value)


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _REFUSE | error)
