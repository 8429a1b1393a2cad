"""Memory that is free, given back to the system.

Covered by tests/disk/test_memory.py.
"""

from __future__ import annotations

import sys


def give_back() -> None:
    """Have the C library give back what is free: glibc keeps what lies below anything that is still used, and waits for more to come."""
    if sys.platform != "linux":
        return
    import ctypes  # here alone: small days do without

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim:
        trim(0)
