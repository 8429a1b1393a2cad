"""Does one thing to many files, several at once: a disk syncs many in little more than the time that it takes for one.

Covered by tests/disk/test_at_once.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final, TypeVar

_AT_ONCE: Final = 16
_FEW: Final = 4
"""With no more files no thread is started."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def each(action: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Return what the action gives for each item, in their order. Raises what the first of them raised that failed; others may be done."""
    following = iter(items)
    done = [action(item) for item in islice(following, _FEW)]
    rest = [*following]
    if not rest:
        return done
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        try:
            return [*done, *threads.map(action, rest)]
        except BaseException:  # an interruption (Ctrl+C) too: what is not begun is not done any more
            threads.shutdown(cancel_futures=True)
            raise
