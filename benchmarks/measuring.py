"""How a piece of work is measured, in a process of its own, and how a table of them is shown."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.region import Memory

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """What it took: seconds on the wall, seconds of processor with its children's, and the most megabytes that it had with them."""

    wall: float
    processor: float
    peak: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a piece of work, what it is compared with, and how much it may be."""

    work: str
    ours: Measured
    beside: str = ""
    theirs: Measured | None = None
    at_most: float | None = None
    processor_at_most: float | None = None


def command(office: Path, *arguments: str) -> list[str]:
    """Return the command line of the program in this office."""
    return [sys.executable, str(ROOT / "run.py"), "--config", str(office / "config.yaml"), *arguments]


# --- how it is measured ------------------------------------------------------------------------------------------


@contextmanager
def copied(office: Path, folder: Path) -> Iterator[Path]:
    """Give a copy of an office with the files' times, and remove it afterwards: every first run starts from the same inbox."""
    copy = Path(shutil.copytree(office, folder / "copy"))
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def make(folder: Path, *options: str) -> None:
    """Make an office by `benchmarks.workbooks`."""
    subprocess.run([sys.executable, "-m", "benchmarks.workbooks", str(folder), *options], cwd=ROOT, check=True)


def work(name: str, office: Path, python: str = sys.executable) -> list[str]:
    """Return the command that does a piece of work."""
    return [python, "-m", "benchmarks.works", name, str(office)]


def cold(command: Sequence[str]) -> Measured:
    """Measure a command from its start to its end, every import with it."""
    return _run(command)[0]


def inside(name: str, office: Path, python: str = sys.executable) -> Measured:
    """Measure the work itself, as its process says; the memory is that of the process and of all that it started."""
    whole, printed = _run(work(name, office, python))
    said = json.loads(printed)
    return Measured(said["wall"], said["processor"], whole.peak)


def _run(command: Sequence[str]) -> tuple[Measured, str]:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=output)
        memory = Memory(process.pid)
        watching = threading.Thread(target=memory.watch)
        watching.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        memory.end()
        watching.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        return Measured(wall, used.ru_utime + used.ru_stime, max(memory.all, used.ru_maxrss / 1024)), output.read().decode()


def middle(measured: Iterable[Measured]) -> Measured:
    """Return the median of each."""
    runs = list(measured)
    wall, processor, peak = ([getattr(run, field) for run in runs] for field in ("wall", "processor", "peak"))
    return Measured(statistics.median(wall), statistics.median(processor), statistics.median(peak))


# --- how it is shown ---------------------------------------------------------------------------------------------


def machine() -> str:
    """Tell when and where it was measured, and how busy the machine was."""
    waiting = os.getloadavg()[2]
    cores = os.cpu_count() or 1
    busy = "a busy machine: only processor seconds count" if waiting > cores else "a quiet machine"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; Python {platform.python_version()}, {platform.system()} {platform.machine()}, {cores} cores; "
        f"{waiting:.0f} programs at work on the average of the last quarter of an hour ({busy})"
    )


def page(lines: Sequence[Line], rounds: int, options: str = "") -> str:
    """Return the table."""
    taken = f"Medians of {rounds} runs" if rounds > 1 else "Each measured once,"
    head = [
        "# Measurements",
        "",
        f"`python benchmarks/run.py{options} --write`, {machine()}. {taken} in turn on the same files.",
        "Ratios are of seconds on the wall; those of processor seconds stand beside them, since a busy machine disturbs them less.",
        "",
        "| work | s | processor s | beside it | s | processor s | ratio | at most | of processor s | at most | MB | beside it, MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_row, lines)]) + "\n"


def _row(line: Line) -> str:
    ours, theirs = line.ours, line.theirs
    begin = f"| {line.work} | {ours.wall:.2f} | {ours.processor:.2f} |"
    unit = "" if theirs else " s"
    wall, processor = (f"{limit:g}{unit}" if limit else "" for limit in (line.at_most, line.processor_at_most))
    if theirs is None:
        return f"{begin} | | | | {wall} | | {processor} | {ours.peak:.0f} | |"
    ratios = f"{ours.wall / theirs.wall:.2f} | {wall} | {ours.processor / (theirs.processor or 0.01):.2f} | {processor}"
    return f"{begin} {line.beside} | {theirs.wall:.2f} | {theirs.processor:.2f} | {ratios} | {ours.peak:.0f} | {theirs.peak:.0f} |"
