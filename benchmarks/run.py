"""Measures the program beside what people would use instead, on the same files in one run, and prints a table.

`python benchmarks/run.py [--write] [--quick]`; takes more than half an hour, or two minutes with `--quick`.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import floors, growth, judged, peers, rehearsal, year  # noqa: E402 - the root is not among the paths of a script in this folder
from benchmarks.measuring import ROUNDS, Line, Measured, cold, command, copied, inside, make, middle, page  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
JUDGED = Path(__file__).resolve().parent / "JUDGED.md"
GROWTH = Path(__file__).resolve().parent / "GROWTH.md"
FLOORS = Path(__file__).resolve().parent / "FLOORS.md"
PAPERS = Path(__file__).resolve().parent / "PAPERS.md"
DAY = "2020-05-01"
PARTS = {
    "paper_leaders": "Word and PDF for the leaders",
    "paper_page": "the page",
    "paper_workbook": "the office's workbook",
    "paper_templates": "9 templates",
    "paper_notices": "the notices",
    "paper_receipts": "9 receipts, with the start of two readers",
}
"""What is made of one day, by the name of its work."""


_JUDGED: dict[str, Callable[[Path, judged.Sizes], list[Line]]] = {
    "judged": lambda folder, sizes: judged.measure(folder, sizes, peers.python()),
    "large": judged.large,
    "country": lambda folder, _sizes: judged.large(folder, judged.COUNTRY, 600),
    "ten_times": judged.ten_times,
    "dask": judged.two_workers,
}
"""What the program is judged by, by option."""


def main() -> None:
    """Make the files, measure, and show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update benchmarks/RESULTS.md")
    parser.add_argument("--papers", action="store_true", help="only what people read of one day, in half a minute; with --write PAPERS.md")
    parser.add_argument("--year", action="store_true", help="only the nights of a year, in half an hour")
    parser.add_argument("--rehearsal", action="store_true", help="only the rehearsal of a month, in five minutes")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="leave out what takes longest: openpyxl on 300 workbooks, and long ledgers; smaller with --judged",
    )
    parser.add_argument(
        "--judged",
        action="store_true",
        help="only what the program is judged by, beside the libraries of benchmarks/requirements.txt; with --write JUDGED.md",
    )
    parser.add_argument("--growth", action="store_true", help="only how the cost grows; with --write GROWTH.md and growth.svg")
    parser.add_argument("--large", action="store_true", help="only (or also) a day of 300 districts with 300 rows each")
    parser.add_argument("--country", action="store_true", help="only (or also) a day of 2,850 districts with 100 rows each")
    parser.add_argument("--ten-times", action="store_true", help="only (or also) 3,000 workbooks of 300 rows beside 300")
    parser.add_argument("--dask", action="store_true", help="only (or also) such a large day with two Dask workers beside the same without")
    parser.add_argument(
        "--floors", action="store_true", help="only what nothing can do without, for each line that is missed; with --write FLOORS.md"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how many times each piece of work of --judged is done")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        _measure(Path(scratch), said)


def _measure(folder: Path, said: argparse.Namespace) -> None:
    if said.growth:
        found = growth.measure(folder, quick=said.quick)
        told = growth.table(found, options=" --quick" * said.quick)
        print(told)
        if said.write:
            GROWTH.write_text(told, encoding="utf-8")
            GROWTH.with_name("growth.svg").write_text(growth.picture(found), encoding="utf-8")
        return
    if said.floors:
        sizes = dataclasses.replace(floors.QUICK if said.quick else judged.Sizes(), rounds=said.rounds)
        told = floors.page([*floors.measure(folder, sizes, peers.python())], f"{' --quick' * said.quick} --rounds {said.rounds}")
        print(told)
        if said.write:
            FLOORS.write_text(told, encoding="utf-8")
        return
    if chosen := [name for name in _JUDGED if getattr(said, name)]:
        sizes = dataclasses.replace(judged.SMALL if said.quick else judged.Sizes(), rounds=said.rounds)
        lines = [line for name in chosen for line in _JUDGED[name](folder, sizes)]
        options = "".join(f" --{name.replace('_', '-')}" for name in (*chosen, *(["quick"] if said.quick else [])))
        _show(lines, JUDGED if said.write else None, said.rounds, options)
        return
    if said.rehearsal or said.year:
        _show(_measure_rehearsal(folder) if said.rehearsal else _measure_year(folder), None)
        return
    day = folder / "day"
    make(day, "--days", "1", "--rows", "22")
    if said.papers:
        _show(_measure_day(day, folder), PAPERS if said.write else None)
        return
    sizes = judged.Sizes()
    lines = [_help(), *_measure_day(day, folder), *judged.nine(folder, sizes), *judged.many(folder, sizes, None)]
    lines += _measure_gate(folder / "many", folder, quick=said.quick)
    if not said.quick:
        long = folder / "long"
        make(long, "--days", "200", "--rows", "22")
        lines.append(_measure_story(long, folder))
        lines += _measure_year(folder)
        lines += _measure_rehearsal(folder)
    _show(lines, RESULTS if said.write else None)


def _show(lines: Sequence[Line], path: Path | None, rounds: int = ROUNDS, options: str = "") -> None:
    told = page(lines, rounds, options)
    print(told)
    if path:
        path.write_text(told, encoding="utf-8")


# --- what is measured --------------------------------------------------------------------------------------------


def _help() -> Line:
    cold = middle(cold([sys.executable, str(ROOT / "run.py"), "--help"]) for _ in range(5))
    return Line("`run.py --help`, cold", cold, at_most=0.3)


def _measure_day(office: Path, folder: Path) -> list[Line]:
    """A day as large as a real one, with everything that people read of it: cold in all, and each part by itself."""
    whole, there_and_back = list[Measured](), list[Measured]()
    parts: dict[str, list[Measured]] = {name: [] for name in PARTS}
    for _ in range(ROUNDS):
        with copied(office, folder) as office_copy:
            whole.append(cold([sys.executable, str(ROOT / "run.py"), "--config", str(office_copy / "config.yaml"), "--date", DAY]))
        for name, runs in parts.items():
            with copied(office, folder) as office_copy:
                runs.append(inside(name, office_copy))
        with copied(office, folder) as office_copy:
            there_and_back.append(inside("openpyxl_there_and_back", office_copy))
    lines = [Line("a day of 9 workbooks of 22 rows, every file of its folder, cold", middle(whole), at_most=3)]
    for name, runs in parts.items():
        title = f"of it: {PARTS[name]}"
        if name == "paper_receipts":
            lines.append(Line(title, middle(runs), "openpyxl: open and save the 9 workbooks", middle(there_and_back)))
        else:
            lines.append(Line(title, middle(runs)))
    return lines


def _measure_year(folder: Path) -> list[Line]:
    """What a late report, and a look at a long case, cost beside a night without them; a late report has published days written again."""
    office = folder / "year"
    make(office, "--days", f"{year.DAYS}", "--rows", "22", "--step-days", f"{year.STEP_DAYS}")
    year.put_aside(office)
    inside("year_published", office)
    runs: dict[tuple[str, int], list[Measured]] = defaultdict(list)
    for _ in range(ROUNDS):
        for work, days_late in (("year_night", 0), *product(("year_night", "year_night_untold"), year.LATE)):
            with copied(office, folder) as office_copy:
                year.hand_in(office_copy, days_late)
                runs[work, days_late].append(inside(work, office_copy))
                if not days_late:
                    runs["year_explained", 0].append(inside("year_explained", office_copy))
    middle = {of: middle(measured) for of, measured in runs.items()}
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
    make(office, "--days", f"{rehearsal.DAYS}", "--rows", "22")
    rehearsal.put_aside(office)
    first, before = rehearsal.FIRST, rehearsal.LAST_NIGHTS[0] - timedelta(days=1)
    cold(command(office, "--from", f"{first}", "--to", f"{before}"))
    nights, tried = list[Measured](), defaultdict[str, list[Measured]](list)
    for _ in range(ROUNDS):
        with copied(office, folder) as office_copy:
            last = []
            for day in rehearsal.LAST_NIGHTS:
                rehearsal.hand_in(office_copy, day)
                last.append(cold(command(office_copy, "--date", f"{day}")))
            wall, processor = (sum(getattr(night, field) for night in last) for field in ("wall", "processor"))
            nights.append(Measured(wall, processor, max(night.peak for night in last)))
            for name, edits in rehearsal.EDITS.items():
                new = rehearsal.write_settings(office_copy, edits)
                span = ("--from", f"{first}", "--to", f"{rehearsal.LAST}")
                tried[name].append(cold(command(office_copy, "rehearse", "--config", f"{new}", *span)))
    beside = "three nights of the same office, every file of its folders, cold"
    work = f"a rehearsal of {rehearsal.DAYS} days of nine districts of 22 rows, cold"
    return [Line(f"{work}: {name}", middle(runs), beside, middle(nights), 1) for name, runs in tried.items()]


def _measure_gate(office: Path, folder: Path, *, quick: bool) -> list[Line]:
    """What gate and confinement of the readers cost; in processes of their own, the imports before the clock starts."""
    first = list[Measured]()
    loose: list[Measured] = []
    alone: list[Measured] = []
    for _ in range(ROUNDS):
        for name, measured in (("unconfined", loose), ("one_process", alone)):
            with copied(office, folder) as office_copy:
                measured.append(inside(name, office_copy))
        with copied(office, folder) as office_copy:
            first.append(inside("nightly", office_copy))
    work = "300 workbooks of 300 rows, read, checked, folded, the three data files"
    lines = [
        Line(work, middle(first), "the same with readers that have no gate and are not confined", middle(loose), 1.3),
        Line(work, middle(first), "the same without gate, in one process", middle(alone), 1.3),
    ]
    if not quick:
        openpyxl = inside("pandas_openpyxl", office)
        lines.append(Line(work, middle(first), "pandas with openpyxl: glob, read, concat, merge, groupby, to_excel (once)", openpyxl))
    return lines


def _measure_story(office: Path, folder: Path) -> Line:
    """The story of one case among all reports of two hundred days, beside a night over the same reports."""
    told: list[Measured] = []
    nights: list[Measured] = []
    for _ in range(ROUNDS):
        for name, measured in (("explain", told), ("next_night", nights)):
            with copied(office, folder) as office_copy:
                measured.append(inside(name, office_copy))
    work = "the story of a case with 200 rows, among 1,800 reports"
    return Line(work, middle(told), "one more night over the same reports, the three data files", middle(nights), 1.2)


if __name__ == "__main__":
    main()
