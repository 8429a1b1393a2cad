"""Two hundred clerks at once: all are answered, and the server's memory is bounded."""

from __future__ import annotations

import pytest

from benchmarks import uploads

pytestmark = pytest.mark.external


def test_two_hundred_uploads_at_once_are_all_answered_and_memory_is_bounded() -> None:
    seen = uploads.measure(200, 50)
    assert seen.failed == []
    assert len(set(seen.sent)) == 200
    assert max(seen.accepted) < max(seen.checked) / 2, "an upload is taken without waiting for the others' findings"
    assert seen.peak_megabytes < 600
