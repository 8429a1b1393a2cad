"""Memory that is free, given back to the system.

Covered by tests/disk/test_memory.py.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled(*, is_large: bool) -> Iterator[None]:
    """Within: what is there now is not gone through when somebody looks for garbage; `is_large`: what is free goes back before."""
    if is_large:
        gc.collect()
    gc.freeze()
    if is_large:
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
