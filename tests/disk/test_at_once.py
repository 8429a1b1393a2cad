"""One thing done to many files, several at once."""

from __future__ import annotations

import threading

import pytest

from pipeline.disk import at_once


@pytest.mark.parametrize("count", [0, 3, 4, 5, 500])
def test_what_comes_back_is_in_order_however_many_there_are(count: int) -> None:
    assert at_once.each(lambda number: number * 2, range(count)) == [number * 2 for number in range(count)]


def test_few_files_start_no_thread_and_many_are_done_beside_one_another() -> None:
    assert {*at_once.each(lambda _: threading.get_ident(), range(4))} == {threading.get_ident()}
    both = threading.Barrier(2, timeout=30)
    waiting = iter([both.wait, both.wait])  # neither comes back before the other is there
    assert len(at_once.each(lambda number: next(waiting)() if number >= 4 else None, range(6))) == 6


def test_what_fails_is_told() -> None:
    def fail(number: int) -> None:
        if number == 70:
            raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        at_once.each(fail, range(200))
