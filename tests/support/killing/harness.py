"""One disturbed run after another, each in a fresh copy of the office, and what was bad about them."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from offices import HOME
from workbooks import DAY

from killing import office, shim
from killing.shim import Mode, Plan
from pipeline.render.documents import ALL

if TYPE_CHECKING:
    from postgresql import Server

KILLED = -9

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended and what it said."""

    status: int
    out: str
    err: str
    points: int
    """The changing calls it made, or had made when it ended."""


@dataclass(slots=True)
class Report:
    """What many disturbed runs came to."""

    runs: int = 0
    killed: int = 0
    bad: list[str] = field(default_factory=list)
    """Each with its plan and what was wrong."""


class Program:
    """The program, ready to be run again and again in that folder, with the library between it and the system."""

    def __init__(self, library: Path, folder: Path) -> None:
        self._folder = folder
        self._control = shim.Control(folder / "control")
        environment = {
            **os.environ,
            "LD_PRELOAD": str(library),
            "KILLING_CONTROL": str(self._control.path),
            "PYTHONPATH": os.pathsep.join([str(HOME / "tests" / "support"), str(HOME)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "killing.server"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True)

    def runs(self, job: dict[str, Any], root: Path, plan: Plan, log: Path | None = None) -> list[Run]:
        """Do a job as planned, with the calls below that root numbered, and written into the log."""
        self._control.begin(plan, root, log)
        if not self._server.stdin or not self._server.stdout:
            raise RuntimeError
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()
        ends = json.loads(self._server.stdout.readline())
        return [Run(status, *said(self._folder, number), self._control.met) for number, status in enumerate(ends)]

    def end(self) -> None:
        """Let the program go."""
        with self._server:
            pass


def place() -> Path:
    """A new folder where syncing costs nothing, if there is such a place; the order of the calls is the same."""
    memory = Path("/dev/shm")  # noqa: S108
    return Path(tempfile.mkdtemp(prefix="killing-", dir=memory if os.access(memory, os.W_OK) else None)).resolve()


class Bench:
    """An office as it was before the night, one after an undisturbed night, and a place to disturb copies in.

    A `quick` one reads files in the run's own process, since the readers' processes change nothing on the disk, and makes few documents.
    `server`: where its ledger is, if not in a file.
    """

    def __init__(self, library: Path, *, wrong: str | None = None, quick: bool = False, server: Server | None = None) -> None:
        self._base = place()
        self.template, self.home = self._base / "template", self._base / "office"
        self._wrong, self._quick = wrong, quick
        self._server, database = server, server.new_database() if server else None
        office.build(self.template, office.FEW_DOCUMENTS if quick else ALL, database)
        self._database = str(database).rpartition("/")[2]
        if server:
            server.do(f"CREATE DATABASE template_of_{self._database} TEMPLATE {self._database}")
        self._program = Program(library, self._base)
        self.before = office.state_of(self.template)
        self.fresh()
        self.log = self._base / "log"
        self.undisturbed = self.run(Plan(sockets=server is not None), log=self.log)
        self.after = office.state_of(self.home)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._program.end()
        shutil.rmtree(self._base, ignore_errors=True)

    # --- one run ---

    def fresh(self) -> None:
        """Another copy of the office as it was before the night."""
        office.copy(self.template, self.home)
        if self._server:
            self._server.do(f"DROP DATABASE {self._database} WITH (FORCE)")
            self._server.do(f"CREATE DATABASE {self._database} TEMPLATE template_of_{self._database} OWNER {self._database}")

    def run(self, plan: Plan | None = None, *, log: Path | None = None, zone: str | None = None) -> Run:
        """The night's run as planned, or undisturbed."""
        return self.runs([0.0], plan, log=log, zone=zone)[0]

    def runs(self, delays: Sequence[float], plan: Plan | None = None, *, log: Path | None = None, zone: str | None = None) -> list[Run]:
        """Several runs at once."""
        job = {**job_for(self.home, self._base), "wrong": self._wrong, "quick": self._quick, "zone": zone, "delays": list(delays)}
        return self._program.runs(job, self.home, plan or Plan(), log)

    @property
    def calls(self) -> list[str]:
        """The changing calls of the undisturbed run, in their order: number, name and path."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()

    # --- many ---

    def kill(self, plans: Sequence[Plan], report: Report) -> None:
        """Kill the run as planned, each time it is started again, and let it come to its end: the same as undisturbed?"""
        self.fresh()
        report.runs += 1
        for plan in plans:
            report.killed += self.run(plan).status == KILLED
            missed = office.lost(self.before, self.home)
            mixed = office.mixed((self.before, self.after), self.home)
            if missed or mixed:
                report.bad.append(f"{plan}: lost {missed}, neither edition {mixed}")
                return
        self._finish(str(plans), report)

    def fail(self, plan: Plan, report: Report) -> None:
        """Let calls fail as planned: one clear line, nothing lost, and the next run makes it good."""
        self.fresh()
        report.runs += 1
        ended = self.run(plan)
        wrong = unclear(ended)
        wrong += [f"lost {name}" for name in office.lost(self.before, self.home)]
        wrong += [f"torn {day}" for day in office.torn(self.before, self.home)]
        if wrong:
            report.bad.append(f"{plan}: {wrong}\n{ended.err}")
            return
        self._finish(str(plan), report)

    def _finish(self, plan: str, report: Report) -> None:
        last = self.run()
        now = office.state_of(self.home) if last.status == 0 else {}
        if last.status or now != self.after:
            report.bad.append(f"{plan}: then {last.status} {last.err.strip()} {differences(self.after, now)}")


def job_for(home: Path, folder: Path, *command: str) -> dict[str, Any]:
    """A command in that office, or the night's run, as a job for the server."""
    return {
        "arguments": ["--config", str(home / "config.yaml"), *(command or ("--date", str(DAY)))],
        "folder": str(folder),
        "wrong": None,
        "quick": True,
        "zone": None,
        "delays": [0.0],
    }


def said(folder: Path, number: int = 0) -> tuple[str, str]:
    """What a job's run wrote on standard output and error."""
    return (folder / f"out{number}").read_text(encoding="utf-8"), (folder / f"err{number}").read_text(encoding="utf-8")


def unclear(ended: Run) -> list[str]:
    """What is wrong with how a run ended whose disk refused something."""
    lines = ended.err.splitlines()
    wrong = []
    if ended.status not in {0, 1}:
        wrong.append(f"status {ended.status}")
    if ended.status == 1 and (len(lines) != 1 or not lines[0].endswith("。")):
        wrong.append(f"{len(lines)} lines")
    if "Traceback" in ended.err + ended.out or "程序出错" in ended.err:
        wrong.append("our own fault")
    return wrong


def differences(one: office.State, other: office.State) -> list[str]:
    """What differs between two offices, in short."""
    if not other:
        return ["no end"]
    differences = [f"-{name}" for name in one["names"] if name not in other["names"]]
    differences += [f"+{name}" for name in other["names"] if name not in one["names"]]
    differences += [f"~{name}" for name, content in one["files"].items() if name in other["files"] and other["files"][name] != content]
    for table, rows in one["facts"].items():
        there = other["facts"].get(table, [])
        differences += [f"{table} -{row!r:.200}" for row in rows if row not in there] + [
            f"{table} +{row!r:.200}" for row in there if row not in rows
        ]
    return differences


def every(points: int) -> list[Plan]:
    """A kill before, after and half-way through every call."""
    return [Plan(mode, at) for at in range(1, points + 1) for mode in (Mode.BEFORE, Mode.AFTER, Mode.HALF)]


def some(items: Sequence[Item], count: int, *, everything: bool) -> Sequence[Item]:
    """All of them, or so many that are the same in every test run."""
    return items if everything else random.Random(20200521).sample(items, count)  # noqa: S311 - no secret


_WRITES = frozenset({"write", "pwrite", "pwrite64", "writev", "pwritev", "pwritev64", "send", "sendfile", "sendfile64", "copy_file_range"})


def steps(calls: Sequence[str]) -> list[Plan]:
    """A kill at each step of a run that made these calls: before each, half-way through a write, and at the end.

    After what was said to a server, too: while nobody is left to hear its answer, it goes on.
    """
    plans = []
    for call in calls:
        number, name, path = call.split("\t")
        plans.append(Plan(Mode.BEFORE, int(number), sockets=True))
        if name in _WRITES:
            plans.append(Plan(Mode.HALF, int(number), sockets=True))
        if name in _WRITES and path.startswith("socket:"):
            plans.append(Plan(Mode.AFTER, int(number), sockets=True))
    return [*plans, Plan(Mode.AFTER, len(calls), sockets=True)]
