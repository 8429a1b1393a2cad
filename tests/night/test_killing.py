"""Whatever moment the machine dies at, and whatever the disk refuses: nothing is lost, and the next run ends as if nothing had been."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from killing import harness, office, shim, wrong
from killing.harness import Bench, Report
from killing.shim import Mode, Plan
from offices import HOME
from workbooks import DAY

if TYPE_CHECKING:
    from postgresql import Server

pytestmark = pytest.mark.external
REFUSALS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
_FEWEST_POINTS = 300


@pytest.fixture(scope="module")
def bench(library: Path) -> Iterator[Bench]:
    with Bench(library, quick=True) as built:
        yield built


def _tell(report: Report, points: int) -> None:
    print(f"{points} points, {report.runs} disturbed runs, {report.killed} killed, {len(report.bad)} bad")
    assert report.runs > 0
    assert report.bad == []


def test_the_undisturbed_night_has_at_least_three_hundred_points_and_repeats_itself(bench: Bench) -> None:
    assert bench.undisturbed.status == 0, bench.undisturbed.err
    assert bench.undisturbed.points >= _FEWEST_POINTS
    bench.fresh()
    assert bench.run().status == 0
    assert harness.differences(bench.after, office.state_of(bench.home)) == []


def test_killed_at_any_point_and_run_once_more_it_ends_as_if_undisturbed(bench: Bench, *, everything: bool) -> None:
    report = Report()
    for plan in harness.some(harness.every(bench.undisturbed.points), 20, everything=everything):
        bench.kill([plan], report)
    _tell(report, bench.undisturbed.points)


def test_killed_three_times_it_ends_as_if_undisturbed(bench: Bench, *, everything: bool) -> None:
    report = Report()
    plans = harness.every(bench.undisturbed.points)
    dice = random.Random(4)  # noqa: S311
    for _ in range(300 if everything else 5):
        bench.kill(dice.choices(plans, k=3), report)
    _tell(report, bench.undisturbed.points)


def test_whatever_the_disk_refuses_is_one_clear_line_and_made_good_by_the_next_run(bench: Bench, *, everything: bool) -> None:
    report = Report()
    points = range(1, bench.undisturbed.points + 1)
    plans = [Plan(Mode.FAIL, at, number=number, ever=ever) for at in points for number in REFUSALS for ever in (False, True)]
    for plan in harness.some(plans, 16, everything=everything):
        bench.fail(plan, report)
    _tell(report, bench.undisturbed.points)


def test_with_readers_of_its_own_it_ends_as_if_undisturbed(library: Path, *, everything: bool) -> None:
    report = Report()
    with Bench(library) as bench:
        for plan in harness.some(harness.every(bench.undisturbed.points), 3, everything=everything):
            bench.kill([plan], report)
        _tell(report, bench.undisturbed.points)


def test_killed_with_its_ledger_on_a_server_it_ends_as_if_undisturbed(library: Path, postgresql: Server, *, everything: bool) -> None:
    """Also in the midst of what it says to the server, and after it has said it and before it hears the answer."""
    report = Report()
    with Bench(library, quick=True, server=postgresql) as bench:
        assert bench.undisturbed.status == 0, bench.undisturbed.err
        for plan in harness.some(harness.steps(bench.calls), 14, everything=everything):
            bench.kill([plan], report)
        _tell(report, bench.undisturbed.points)


# --- the test of the test ----------------------------------------------------------------------------------------

TOUCHED = {
    "removed before noted": r"(rename|unlink|pwrite64|fdatasync)\t.*/(archive/|inbox/|ledger)",
    "removed before archived": r"(open64|write|fsync|rename)\t.*/archive/",
    "sidecar before its file": r"unlink\t.*/inbox/",
    "straight into place": r"(open64|write)\t.*/outbox/",
}


@pytest.mark.parametrize("order", wrong.ORDERS)
def test_a_wrong_order_is_caught(library: Path, order: str, *, everything: bool) -> None:
    with Bench(library, wrong=order, quick=True) as bench:
        calls = [int(call.partition("\t")[0]) for call in bench.calls if re.search(TOUCHED[order], call)]
        plans = [Plan(Mode.BEFORE, at) for at in calls]
        report = Report()
        for plan in harness.some(plans, min(12, len(plans)), everything=everything):
            bench.kill([plan], report)
            if report.bad and not everything:
                break
        print(f"{order}: {report.runs} disturbed runs, {len(report.bad)} bad")
    assert report.bad


def test_no_changing_call_escapes_the_count(library: Path, tmp_path: Path) -> None:
    """What strace sees below the office's folder is what the library counted, call by call."""
    home, log, trace = tmp_path / "office", tmp_path / "log", tmp_path / "trace"
    office.build(home)
    with shim.Control(tmp_path / "control") as control:
        control.begin(Plan(), home, log)
        environment = ["-E", f"LD_PRELOAD={library}", "-E", f"KILLING_CONTROL={control.path}"]
        program = [sys.executable, str(HOME / "run.py"), "--config", str(home / "config.yaml"), "--date", str(DAY)]
        subprocess.run(["strace", "-f", "-y", "-s", "0", "-o", str(trace), *environment, *program], check=True, capture_output=True)
        counted = Counter(_KIND.get(name, name) for name in (line.split("\t")[1] for line in log.read_bytes().decode().splitlines()))
        assert control.met == sum(counted.values())
    seen = Counter(_KIND.get(name, name) for name in _changing(trace, home))
    assert seen == counted
    assert sum(seen.values()) > _FEWEST_POINTS


_KIND = {"open64": "open", "open": "open", "openat": "open", "creat": "open", "sendfile64": "sendfile", "ftruncate64": "ftruncate"}
"""The library's function and the system call that it makes, by one name."""
_READING = re.compile(
    r"(f|l|new)?stat(fs|at|x)?|fstatfs|newfstatat|f?accessat?2?|access|getdents(64)?|p?read(64|v)?|readlink(at)?|lseek|fcntl|flock|close"
    r"|ioctl|m(un)?map|getcwd|chdir|fadvise64|[lf]?(get|list)xattr|poll|select|execve|dup[23]?"
)
"""Calls that only look."""


def _changing(trace: Path, home: Path) -> Iterator[str]:
    """The names of the calls on the office's files that do not only look."""
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        call = re.match(r"\d+ +(\w+)\((.*)", line)
        if not call or str(home) not in call[2] or _READING.fullmatch(call[1]):
            continue
        if call[1] in {"open", "openat", "creat"} and not re.search(r"O_CREAT|O_TRUNC", call[2]):
            continue
        if call[1] == "sendfile" and not call[2].partition("<")[2].startswith(str(home)):
            continue
        yield call[1]


# --- two at once, clocks, full disks -----------------------------------------------------------------------------


def test_two_runs_at_once_never_work_at_the_same_time(bench: Bench) -> None:
    ends = Counter[tuple[int, ...]]()
    for number in range(20):
        bench.fresh()
        both = bench.runs([0.0, 0.02 * number])
        ends[tuple(sorted(run.status for run in both))] += 1
        assert all("正在运行" in run.err and len(run.err.splitlines()) == 1 for run in both if run.status == 4)
        assert harness.differences(bench.after, office.state_of(bench.home)) == []
    print(ends)
    assert set(ends) <= {(0, 4), (0, 0)}
    assert ends[0, 4] > 0


def test_two_programs_at_once_never_work_at_the_same_time(tmp_path: Path) -> None:
    office.build(tmp_path / "office")
    program = [sys.executable, str(HOME / "run.py"), "--config", str(tmp_path / "office/config.yaml"), "--date", str(DAY)]
    started = [subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path) for _ in range(4)]
    assert sorted(process.wait() for process in started) in ([0, 4, 4, 4], [0, 0, 4, 4], [0, 0, 0, 4], [0, 0, 0, 0])


@pytest.mark.parametrize("seconds", [-400 * 86400, -3600, 30 * 86400])
def test_a_clock_that_goes_back_or_forth_between_runs_changes_nothing(bench: Bench, seconds: int) -> None:
    for at in (60, 200):
        bench.fresh()
        bench.run(Plan(Mode.BEFORE, at))
        assert bench.run(Plan(seconds=seconds)).status == 0
        assert harness.differences(bench.after, office.state_of(bench.home)) == []


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"])
def test_a_time_zone_that_is_not_the_office_s_changes_nothing(bench: Bench, zone: str) -> None:
    bench.fresh()
    assert bench.run(zone=zone).status == 0
    assert harness.differences(bench.after, office.state_of(bench.home)) == []


def test_a_disk_that_is_really_full_says_so_and_loses_nothing(tmp_path: Path) -> None:
    """At every size, from a disk without any room to one with room for all."""
    command = ["unshare", "-rm", sys.executable, "-m", "killing.small", str(tmp_path)]
    sizes = ["0", "4", "16", "40", "64", "100", "140", "180", "240", "4000"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME / "tests" / "support"), str(HOME)]), "PYTHONUTF8": "1"}
    done = subprocess.run([*command, *sizes], env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    tried = [json.loads(line) for line in done.stdout.splitlines()]
    assert [attempt["room"] for attempt in tried] == [int(size) for size in sizes]
    for attempt in tried:
        assert harness.unclear(harness.Run(attempt["status"], attempt["out"], attempt["err"], 0)) == []
        assert (attempt["lost"], attempt["again"], attempt["left"]) == ([], 0, []), attempt
    refused = [attempt["err"] + attempt["out"] for attempt in tried[:-1] if "磁盘已满" in attempt["err"] + attempt["out"]]
    assert len(refused) >= 3
    assert tried[-1]["status"] == 0
    assert "磁盘已满" not in tried[-1]["out"] + tried[-1]["err"]
