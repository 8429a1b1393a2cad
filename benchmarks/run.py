"""Measures the program beside what people would use instead, on the same files in one run, and prints a table.

`python benchmarks/run.py [--write] [--quick]`; takes more than half an hour, or two minutes with `--quick`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import rehearsal, year  # noqa: E402 - the root is not among the paths of a script in this folder

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
PAPERS = Path(__file__).resolve().parent / "PAPERS.md"
DAY = "2020-05-01"
ROUNDS = 3
PARTS = {
    "paper_leaders": "Word and PDF for the leaders",
    "paper_page": "the page",
    "paper_workbook": "the office's workbook",
    "paper_templates": "9 templates",
    "paper_notices": "the notices",
    "paper_receipts": "9 receipts, with the start of two readers",
}
"""What is made of one day, by the name of its work."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a piece of work took: seconds on the wall, seconds of processor, and its process's peak in megabytes."""

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


def main() -> None:
    """Make the files, measure, and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update benchmarks/RESULTS.md")
    parser.add_argument("--papers", action="store_true", help="only what people read of one day, in half a minute; with --write PAPERS.md")
    parser.add_argument("--year", action="store_true", help="only the nights of a year, in half an hour")
    parser.add_argument("--rehearsal", action="store_true", help="only the rehearsal of a month, in five minutes")
    parser.add_argument("--quick", action="store_true", help="leave out what takes longest: openpyxl on 300 workbooks, and long ledgers")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        folder = Path(scratch)
        day, nine, many = folder / "day", folder / "nine", folder / "many"
        _make(day, "--days", "1", "--rows", "22")
        if said.rehearsal:
            _show(_measure_rehearsal(folder), None)
            return
        if said.year:
            _show(_measure_year(folder), None)
            return
        if said.papers:
            _show(_measure_day(day, folder), PAPERS if said.write else None)
            return
        _make(nine, "--days", "1", "--rows", "200")
        _make(many, "--days", "34", "--rows", "300", "--leave-out", "6")
        lines = [
            _help(),
            *_measure_day(day, folder),
            *_measure_nine(nine, folder),
            *_measure_many(many, folder, quick=said.quick),
        ]
        if not said.quick:
            long = folder / "long"
            _make(long, "--days", "200", "--rows", "22")
            lines.append(_measure_story(long, folder))
            lines += _measure_year(folder)
            lines += _measure_rehearsal(folder)
    _show(lines, RESULTS if said.write else None)


def _show(lines: Sequence[Line], path: Path | None) -> None:
    page = _page(lines)
    print(page)
    if path:
        path.write_text(page, encoding="utf-8")


# --- what is measured --------------------------------------------------------------------------------------------


def _help() -> Line:
    cold = _middle(_cold([sys.executable, str(ROOT / "run.py"), "--help"]) for _ in range(5))
    return Line("`run.py --help`, cold", cold, at_most=0.3)


def _measure_day(office: Path, folder: Path) -> list[Line]:
    """A day as large as a real one, with everything that people read of it: cold in all, and each part by itself."""
    cold, there_and_back = [], []
    parts: dict[str, list[Measured]] = {name: [] for name in PARTS}
    for _ in range(ROUNDS):
        with _copy(office, folder) as copied:
            cold.append(_cold([sys.executable, str(ROOT / "run.py"), "--config", str(copied / "config.yaml"), "--date", DAY]))
        for name, runs in parts.items():
            with _copy(office, folder) as copied:
                runs.append(_inside(name, copied))
        with _copy(office, folder) as copied:
            there_and_back.append(_inside("openpyxl_there_and_back", copied))
    lines = [Line("a day of 9 workbooks of 22 rows, every file of its folder, cold", _middle(cold), at_most=3)]
    for name, runs in parts.items():
        title = f"of it: {PARTS[name]}"
        if name == "paper_receipts":
            lines.append(Line(title, _middle(runs), "openpyxl: open and save the 9 workbooks", _middle(there_and_back)))
        else:
            lines.append(Line(title, _middle(runs)))
    return lines


def _measure_year(folder: Path) -> list[Line]:
    """What a late report, and a look at a long case, cost beside a night without them; a late report has published days written again."""
    office = folder / "year"
    _make(office, "--days", f"{year.DAYS}", "--rows", "22", "--step-days", f"{year.STEP_DAYS}")
    year.put_aside(office)
    _inside("year_published", office)
    runs: dict[tuple[str, int], list[Measured]] = defaultdict(list)
    for _ in range(ROUNDS):
        for work, days_late in (("year_night", 0), *product(("year_night", "year_night_untold"), year.LATE)):
            with _copy(office, folder) as copied:
                year.hand_in(copied, days_late)
                runs[work, days_late].append(_inside(work, copied))
                if not days_late:
                    runs["year_explained", 0].append(_inside("year_explained", copied))
    middle = {of: _middle(measured) for of, measured in runs.items()}
    plain = middle["year_night", 0]
    night = f"a night of day {year.DAYS} of nine districts"
    told = "with a report {days} days late, told as restated; {more} days are written"
    return [
        Line(f"`explain` of a case with {year.DAYS} rows", middle["year_explained", 0], f"{night}, nothing late", plain, 1.2),
        *(
            Line(
                f"{night} {told.format(days=days, more=days + 1)}",
                middle["year_night", days],
                "the same, nothing told of it",
                middle["year_night_untold", days],
                1.2,
            )
            for days in year.LATE
        ),
    ]


def _measure_rehearsal(folder: Path) -> list[Line]:
    """What it costs to try other settings on a month, beside three nights of the same office: each cold, as somebody types it."""
    office = folder / "month"
    _make(office, "--days", f"{rehearsal.DAYS}", "--rows", "22")
    rehearsal.put_aside(office)
    first, before = rehearsal.FIRST, rehearsal.LAST_NIGHTS[0] - timedelta(days=1)
    _cold(_command(office, "--from", f"{first}", "--to", f"{before}"))
    nights, tried = list[Measured](), defaultdict[str, list[Measured]](list)
    for _ in range(ROUNDS):
        with _copy(office, folder) as copied:
            last = []
            for day in rehearsal.LAST_NIGHTS:
                rehearsal.hand_in(copied, day)
                last.append(_cold(_command(copied, "--date", f"{day}")))
            wall, processor = (sum(getattr(night, field) for night in last) for field in ("wall", "processor"))
            nights.append(Measured(wall, processor, max(night.peak for night in last)))
            for name, edits in rehearsal.EDITS.items():
                new = rehearsal.write_settings(copied, edits)
                span = ("--from", f"{first}", "--to", f"{rehearsal.LAST}")
                tried[name].append(_cold(_command(copied, "rehearse", "--config", f"{new}", *span)))
    beside = "three nights of the same office, every file of its folders, cold"
    work = f"a rehearsal of {rehearsal.DAYS} days of nine districts of 22 rows, cold"
    return [Line(f"{work}: {name}", _middle(runs), beside, _middle(nights), 1) for name, runs in tried.items()]


def _command(office: Path, *arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "run.py"), "--config", str(office / "config.yaml"), *arguments]


def _measure_nine(office: Path, folder: Path) -> list[Line]:
    """Cold processes: the wall includes the interpreter's start and every import."""
    first, again, calamine, openpyxl = [], [], [], []
    for _ in range(ROUNDS):
        calamine.append(_cold(_work("pandas_calamine", office)))
        with _copy(office, folder) as copied:
            command = [sys.executable, str(ROOT / "run.py"), "--config", str(copied / "config.yaml"), "--date", DAY]
            first.append(_cold(command))
            again.append(_cold(command))
        openpyxl.append(_cold(_work("pandas_openpyxl", office)))
    work = "9 workbooks of 200 rows, first run, with everything, cold"
    return [
        Line(work, _middle(first), "pandas with calamine: read, concat, merge, cold", _middle(calamine), 3),
        Line(work, _middle(first), "pandas with openpyxl: glob, read, concat, merge, groupby, to_excel, cold", _middle(openpyxl)),
        Line("the same, second run with nothing new, cold", _middle(again), "its first run", _middle(first), 0.2),
    ]


def _measure_many(office: Path, folder: Path, *, quick: bool) -> list[Line]:
    """In processes of their own, the imports before the clock starts."""
    first, again, calamine = [], [], []
    loose: list[Measured] = []
    alone: list[Measured] = []
    for _ in range(ROUNDS):
        calamine.append(_inside("calamine", office))
        for name, measured in (("unconfined", loose), ("one_process", alone)):
            with _copy(office, folder) as copied:
                measured.append(_inside(name, copied))
        with _copy(office, folder) as copied:
            first.append(_inside("nightly", copied))
            again.append(_inside("nightly", copied))
    work = "300 workbooks of 300 rows, read, checked, folded, the three data files"
    lines = [
        Line(work, _middle(first), "raw python-calamine reading the same cells, one thread", _middle(calamine), 3),
        Line(work, _middle(first), "the same with readers that have no gate and are not confined", _middle(loose), 1.3),
        Line(work, _middle(first), "the same without gate, in one process", _middle(alone), 1.3),
        Line("the same, second run with nothing new", _middle(again), "its first run", _middle(first), 0.2),
    ]
    if not quick:
        openpyxl = _inside("pandas_openpyxl", office)
        lines.append(Line(work, _middle(first), "pandas with openpyxl: glob, read, concat, merge, groupby, to_excel (once)", openpyxl))
    return lines


def _measure_story(office: Path, folder: Path) -> Line:
    """The story of one case among all reports of two hundred days, beside a night over the same reports."""
    told: list[Measured] = []
    nights: list[Measured] = []
    for _ in range(ROUNDS):
        for name, measured in (("explain", told), ("next_night", nights)):
            with _copy(office, folder) as copied:
                measured.append(_inside(name, copied))
    work = "the story of a case with 200 rows, among 1,800 reports"
    return Line(work, _middle(told), "one more night over the same reports, the three data files", _middle(nights), 1.2)


# --- how it is measured ------------------------------------------------------------------------------------------


class _copy:  # noqa: N801 - reads as a function
    """A copy of an office with the files' times, removed afterwards: every first run starts from the same inbox."""

    def __init__(self, office: Path, folder: Path) -> None:
        self._office, self._copied = office, folder / "copy"

    def __enter__(self) -> Path:
        return Path(shutil.copytree(self._office, self._copied))

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._copied)


def _make(folder: Path, *options: str) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.workbooks", str(folder), *options], cwd=ROOT, check=True)


def _work(name: str, office: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.works", name, str(office)]


def _cold(command: Sequence[str]) -> Measured:
    return _run(command)[0]


def _inside(name: str, office: Path) -> Measured:
    """What the work itself took, as its process says; the peak is the process's."""
    whole, printed = _run(_work(name, office))
    said = json.loads(printed)
    return Measured(said["wall"], said["processor"], whole.peak)


def _run(command: Sequence[str]) -> tuple[Measured, str]:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=output)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        output.seek(0)
        return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), output.read().decode()


def _middle(measured: Iterable[Measured]) -> Measured:
    """The median of each."""
    runs = list(measured)
    wall, processor, peak = ([getattr(run, field) for run in runs] for field in ("wall", "processor", "peak"))
    return Measured(statistics.median(wall), statistics.median(processor), statistics.median(peak))


# --- how it is shown ---------------------------------------------------------------------------------------------


def _page(lines: Sequence[Line]) -> str:
    measured = (
        f"`python benchmarks/run.py --write`, {datetime.now(UTC):%Y-%m-%d}; Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores. Medians of {ROUNDS} runs taken in turn on the same files."
    )
    head = [
        "# Measurements",
        "",
        measured,
        "Ratios are of seconds on the wall; those of processor seconds stand beside them, since a busy machine disturbs them less.",
        "",
        "| work | s | beside it | s | ratio | at most | ratio of processor s | peak MB | beside it, MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_row, lines)]) + "\n"


def _row(line: Line) -> str:
    ours, theirs = line.ours, line.theirs
    if theirs is None:
        limit = f"{line.at_most} s" if line.at_most else ""
        return f"| {line.work} | {ours.wall:.2f} | | | | {limit} | | {ours.peak:.0f} | |"
    ratio, processor = ours.wall / theirs.wall, ours.processor / theirs.processor
    limit = f"{line.at_most:g}" if line.at_most else ""
    return (
        f"| {line.work} | {ours.wall:.2f} | {line.beside} | {theirs.wall:.2f} | {ratio:.2f} | {limit} "
        f"| {processor:.2f} | {ours.peak:.0f} | {theirs.peak:.0f} |"
    )


if __name__ == "__main__":
    main()
