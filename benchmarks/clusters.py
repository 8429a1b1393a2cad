"""A real scheduler and workers of Dask's on the loopback, for measurements and tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.region import descendants

HOME = Path(__file__).resolve().parent.parent
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass
class Cluster:
    """A scheduler, and the workers that were started for it."""

    address: str
    scheduler: subprocess.Popen[bytes]
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, home: Path = HOME) -> subprocess.Popen[bytes]:
        """A worker without a nanny, with the program of that folder: one that is killed is gone for good."""
        options = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(self.folder)]
        self.workers.append(_started("dask_worker", home, self.address, *options))
        return self.workers[-1]

    def processor(self) -> float:
        """Return the seconds of processor that they, and the readers below them, have taken so far."""
        own = [process.pid for process in (self.scheduler, *self.workers)]
        return sum(_processor(process) for first in own for process in (first, *descendants(first)))

    def await_workers(self, count: int) -> None:
        """Wait until so many have come."""
        from distributed import Client

        client = Client(self.address, set_as_default=False)  # type: ignore[no-untyped-call]
        try:
            client.wait_for_workers(count, timeout=60)
        finally:
            client.close()  # type: ignore[no-untyped-call]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process without a word."""
        process.send_signal(signal.SIGKILL)
        process.wait()


def _processor(process: int) -> float:
    with suppress(OSError):
        after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, after_name[11:15])) / _TICKS  # its own and that of children that have ended, for it and the system
    return 0


@contextmanager
def running(folder: Path, workers: int) -> Iterator[Cluster]:
    """A cluster with so many workers, until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    told = folder / "scheduler.json"
    scheduler = _started("dask_scheduler", HOME, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told))
    cluster = Cluster("", scheduler, folder)
    try:
        cluster.address = _address(told)
        for _ in range(workers):
            cluster.start_worker()
        cluster.await_workers(workers)
        yield cluster
    finally:
        for process in [*cluster.workers, scheduler]:
            cluster.kill(process)


def _started(program: str, home: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
    return subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _address(told: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if told.exists() and (written := told.read_text(encoding="utf-8")):
            return str(json.loads(written)["address"])
        time.sleep(0.1)
    message = "no scheduler came up"
    raise AssertionError(message)
