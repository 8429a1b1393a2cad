"""Memory that is free, given back to the system.

Covered by tests/disk/test_memory.py.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """Within: what is there now stays, and is not gone through again each time that somebody looks for garbage."""
    gc.collect()
    gc.freeze()
    give_back()
    try:
        yield
    finally:
        gc.unfreeze()


def give_back() -> None:
    """Give back what is free: what refers to itself alone, and what the C library keeps.

    glibc keeps what lies below anything that is still used, and waits for more to come.
    """
    gc.collect()
    if sys.platform != "linux":
        return
    import ctypes  # here alone: small days do without

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim:
        trim(0)
