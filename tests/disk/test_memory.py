"""What is free goes back to the system."""

from __future__ import annotations

import sys
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
