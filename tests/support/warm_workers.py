"""Worker processes for tests, each forked from a process that has imported already what a worker needs.

A night starts a reader, and importing what a reader needs takes Python half a second. Forked workers are processes of their own, run the
same code and give away the same rights; only their imports are done. Tests of the workers themselves ask for `cold_workers`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from pipeline.doors import message_parts
from pipeline.reading import readers, worker

_WARM = frozenset({worker.READER[0], message_parts.__name__})
_PATH = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]


class ForkServer:
    """The process that workers are forked from; it ends when its socket closes."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(_PATH), "PYTHONIOENCODING": "utf-8"},
            )  # fmt: skip

    def fork(self, program: Sequence[str], environment: dict[str, str], pipes: Sequence[int]) -> tuple[int, int]:
        """Start a worker that hears and answers on these pipes; its number, and a descriptor that can be read when it has ended."""
        order = json.dumps({"program": program, "folder": str(Path.cwd()), "environment": environment}).encode()
        with self._one_at_a_time:
            socket.send_fds(self._control, [len(order).to_bytes(8, "big")], pipes)
            self._control.sendall(order)
            number, process, *_ = socket.recv_fds(self._control, 8, 1)
            return int.from_bytes(number, "big"), process[0]

    def close(self) -> None:
        self._control.close()
        self._process.wait()


class Forked:
    """A worker as `subprocess.Popen` would show it."""

    def __init__(self, fork_server: ForkServer, program: Sequence[str], environment: dict[str, str]) -> None:
        hears, speaks = os.pipe()
        listens, answers = os.pipe()
        self.pid, self._process = fork_server.fork(program, environment, (hears, answers))
        for end in (hears, answers):
            os.close(end)
        self.stdin, self.stdout = os.fdopen(speaks, "wb"), os.fdopen(listens, "rb")
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return with what the worker ended. Raises TimeoutExpired: it goes on."""
        if (code := self._ended(timeout)) is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def kill(self) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._process], [], [], seconds)[0]:
            os.close(self._process)
            self.returncode = -signal.SIGKILL
        return self.returncode


@contextmanager
def installed() -> Iterator[None]:
    """Let workers be forked until the end of the block, where the system can; every other program starts as ever."""
    if sys.platform != "linux":
        yield
        return
    fork_server, python = ForkServer(), sys.executable

    def start(command: Sequence[str], **named: Any) -> object:  # noqa: ANN401 - handed on as they came
        if command[0] == python and command[2] in _WARM:
            return Forked(fork_server, command[2:], named["env"])
        return subprocess.Popen(command, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "subprocess", SimpleNamespace(**{**vars(subprocess), "Popen": start}))
        yield
    fork_server.close()


# --- in the fork server ----------------------------------------------------------------------------------------------


def main() -> None:
    """Fork a worker for each order, until the socket closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, _take_leave)
    readers.import_marking()
    worker.import_codecs()
    gc.freeze()
    while True:
        head, pipes, *_ = socket.recv_fds(control, 8, 2)
        if not head:
            return
        order = json.loads(_exactly(control, int.from_bytes(head, "big")))
        number = os.fork()
        if number == 0:
            control.close()
            _work(order, pipes)
        for pipe in pipes:
            os.close(pipe)
        process = os.pidfd_open(number)
        socket.send_fds(control, [number.to_bytes(8, "big")], [process])
        os.close(process)


def _take_leave(*_signal: object) -> None:
    """Wait for the workers that have ended: what they took of the processor then counts among what the tests cost."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _work(order: dict[str, Any], pipes: Sequence[int]) -> NoReturn:
    """Be the worker."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for standard, pipe in enumerate(pipes):
        os.dup2(pipe, standard)
        os.close(pipe)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    module, *sys.argv[1:] = order["program"]
    try:
        importlib.import_module(module).main()
    finally:
        os._exit(0)


def _exactly(control: socket.socket, count: int) -> bytes:
    content = b""
    while len(content) < count:
        more = control.recv(count - len(content))
        if not more:
            raise EOFError
        content += more
    return content


if __name__ == "__main__":
    main()
