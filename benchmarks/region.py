"""A night of a large region, step by step: time, processor time and memory, of the run and of everything that it started.

`python -m benchmarks.workbooks FOLDER --days 1 --rows 300 --districts 300`, then `python -m benchmarks.region FOLDER`: it runs there.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import pkgutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

_EVERY = 0.1  # seconds
_REST = 30
"""So many times as long as a look takes nobody looks again: adding up the pages of a gigabyte would be counted as the run's work."""
_STEPS = (
    ("pipeline.intake.inbox", "take_in"),
    ("pipeline.night.nightly", "read_new"),
    ("pipeline.night.nightly", "plan"),
    ("pipeline.publishing.fault_limits", "folded"),
    ("pipeline.report.compose", "build"),
    ("pipeline.night.nightly", "publish"),
    ("pipeline.render.files_for_programs", "summary"),
    ("pipeline.render.files_for_programs", "findings"),
    ("pipeline.render.extension_files", "extensions"),
    ("pipeline.render.extension_files", "hints"),
    ("pipeline.render.papers.briefing_files", "render"),
    ("pipeline.render.workbook.office_workbook", "render"),
    ("pipeline.render.page.leaders_page", "made"),
    ("pipeline.render.register_table", "files"),
    ("pipeline.render.makers.Makers", "units"),
    ("pipeline.render.papers.notice", "made_by"),
    ("pipeline.render.papers.leader_papers", "made_by"),
    ("pipeline.render.papers.reconciliation_letter", "made_by"),
    ("pipeline.ledger.edition_files", "keep"),
    ("pipeline.publishing.outbox", "publish"),
)
"""Functions that are timed, by module (or class) and name; one may stand within another, or go on beside others."""


@dataclass
class Memory:
    """The greatest memory so far, in megabytes: of a process (this one if none is named), and of it with all that it started."""

    process: int = field(default_factory=os.getpid)
    own: float = 0
    all: float = 0
    _is_over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look at it until the run is over."""
        rest = _EVERY
        while not self._is_over.wait(rest):
            begun = time.thread_time()
            self.look()
            rest = max(_EVERY, _REST * (time.thread_time() - begun))

    def look(self) -> None:
        """Look at it once."""
        self.own = max(self.own, _resident(self.process))
        self.all = max(self.all, sum(_resident(process) for process in (self.process, *descendants(self.process))))

    def end(self) -> None:
        """Look no more."""
        self._is_over.set()


def descendants(process: int) -> Iterator[int]:
    """Go through the processes that a process started, and those that these started."""
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


def _resident(process: int) -> float:
    """Return the megabytes of a process that is still there; a page that several share counts in parts."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0


@contextmanager
def _timed(memory: Memory) -> Iterator[None]:
    """Print what each step takes while the run goes on."""
    depth = [0]
    for name, function in _STEPS:
        of = pkgutil.resolve_name(name)
        setattr(of, function, _told(getattr(of, function), f"{name.removeprefix('pipeline.')}.{function}", memory, depth))
    yield


def _told(step: Callable[..., Any], name: str, memory: Memory, depth: list[int]) -> Callable[..., Any]:
    def timed(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the step is given
        wall, processor = time.perf_counter(), _processor()
        depth[0] += 1
        try:
            return step(*args, **named)
        finally:
            depth[0] -= 1
            memory.look()
            took = f"{time.perf_counter() - wall:8.2f} s {_processor() - processor:8.2f} s"
            now = _resident(os.getpid())
            print(
                f"{'  ' * depth[0] + name:56} {took} {now:8.0f} MB now, {memory.own:6.0f} at most, {memory.all:6.0f} with all",
                file=sys.stderr,
            )

    return timed


def _processor() -> float:
    return sum(os.times()[:4])


def main() -> None:
    """Run the night of the office's last day, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--plain", action="store_true", help="without the times of its steps")
    said = parser.parse_args()
    from pipeline.night import nightly
    from pipeline.settings import config

    gc.set_threshold(250_000, 50, 50)  # as the command line does
    memory = Memory()
    watching = threading.Thread(target=memory.watch)
    watching.start()
    days = sorted(date.fromisoformat(path.name) for path in (said.folder / "inbox").iterdir() if path.name.startswith("20"))
    wall, processor = time.perf_counter(), _processor()
    try:
        if not said.plain:
            with _timed(memory):
                pass
        outcome = nightly.run(config.load(said.folder / "config.yaml"), [days[-1]])
    finally:
        memory.end()
        watching.join()
    took = {"wall": round(time.perf_counter() - wall, 1), "processor": round(_processor() - processor, 1)}
    files = sorted(path for path in (said.folder / "outbox" / f"{days[-1]}").rglob("*") if path.is_file())
    sizes = {path.name: path.stat().st_size for path in files if path.parent.name == f"{days[-1]}"}
    made = {"files": len(files), "bytes": sum(path.stat().st_size for path in files), "faults": len(outcome.faults)}
    print(
        json.dumps(
            {**took, "own_megabytes": round(memory.own), "all_megabytes": round(memory.all), **made, "of it": sizes},
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
