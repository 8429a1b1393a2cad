"""How a command ends: at once when all is done, and in order, as after Ctrl-C, when the system asks it to.

Covered by tests/test_cli.py.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from pipeline.terms.errors import ConfigurationError, PipelineError, reason_of


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


def leave(status: int) -> NoReturn:
    """End the process with that status: threads, what is registered for the end, and all output come to their end as ever.

    Left out is what Python does last, to take apart every module and object: 0.08 s of a day, 0.04 of a run with nothing new.
    """
    with suppress(AttributeError, OSError, ValueError):  # another Python, or output that nobody takes: Python ends as it always does
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - what Python itself begins its end with, in this order
        atexit._run_exitfuncs()  # noqa: SLF001 - see above
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    raise SystemExit(status)


def told(error: BaseException) -> tuple[str, int] | None:
    """Return what people are told where a command did not come to its end, and its exit status; None where the fault is ours."""
    match error:
        case PipelineError():
            return str(error), error.exit_status
        case KeyboardInterrupt():
            return "已中断。再运行一次会从停下的地方继续，不会丢失或重复。", getattr(error, "exit_status", 1)
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] not in {"pipeline", *sys.stdlib_module_names}:
            return (
                f"这个 Python（{sys.executable}）里没有程序要用的库 {name}。请用装好了库的那个来运行，"
                "例如 .venv/bin/python run.py（Windows 上是 .venv\\Scripts\\python run.py）；还没有安装的，照 README.md 安装。"
            ), ConfigurationError.exit_status
        case OSError() if reason := reason_of(error):
            where = f"{error.filename} " if error.filename else "这台电脑上的文件"
            return f"{where}读写不了：{reason}。已收到的文件都还在；处理好后再运行一次。", 1
        case _:
            return None
