"""What is free goes back to the system."""

from __future__ import annotations

import gc
import sys
import weakref
from pathlib import Path

import pytest

from pipeline.disk import memory


def _resident() -> int:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 >> 20


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is done")
def test_what_lies_free_below_what_is_used_goes_back() -> None:
    kept = [bytes(1000) for _ in range(200_000)]
    del kept[:-1]
    before = _resident()
    memory.give_back()
    assert before - _resident() > 100
    assert len(kept) == 1


class _Of:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.mark.parametrize("is_large", [True, False])
def test_what_refers_to_itself_alone_goes_and_what_was_there_before_is_not_looked_through(*, is_large: bool) -> None:
    with memory.settled(is_large=is_large):
        assert gc.get_freeze_count() > 1000
        seen = weakref.ref(_Of())
        memory.give_back()
        assert seen() is None
    assert gc.get_freeze_count() == 0
