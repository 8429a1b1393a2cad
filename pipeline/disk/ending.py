"""How a command ends when the system asks it to: in order, as after Ctrl-C.

Covered by tests/test_cli.py.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _EndRequested(KeyboardInterrupt):
    """The system asks this process to end; it closes what it holds in order, as after Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_status = 128 + number


@contextmanager
def on_signals() -> Iterator[None]:
    """Raise an exception when the system asks the process to end (SIGTERM, SIGHUP)."""

    def end(number: int, _frame: object) -> None:
        raise _EndRequested(number)

    if threading.current_thread() is not threading.main_thread():  # Python sets handlers in the main thread alone
        yield
        return
    # SIGHUP is unknown to Windows, SIGBREAK to every other system.
    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers if signal.getsignal(number) == signal.SIG_DFL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
