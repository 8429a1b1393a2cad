"""What the program is judged by, in one run on the same files: beside a user's script, readers, checking libraries; a day of a year."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks import clusters, workbooks
from benchmarks.measuring import Line, Measured, cold, command, copied, inside, make, middle, work

DAY = f"{workbooks.FIRST_DAY}"
_SCRIPT = "a user's script: pandas with openpyxl, glob, read, concat, merge, groupby, one plain workbook by to_excel, cold"
_PEERS = {
    "pandas_calamine": "pandas with calamine: read all sheets, concat, merge",
    "pandera": "pandas with calamine and pandera: five columns of one sheet",
    "polars": "polars with fastexcel (calamine): read one sheet, concat",
    "frictionless": "frictionless validate: the same five columns",
}


_MORE = 1.05
"""How much more than its share a larger piece of work may take."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the offices are, and how many times each piece of work is done."""

    rows_of_a_day: int = 22
    rows_of_nine: int = 200
    days_of_many: int = 34
    left_out: int = 6
    days_of_ten_times: int = 334
    left_out_of_ten_times: int = 6
    rows_of_many: int = 300
    districts: int = 300
    rows_of_a_district: int = 300
    days_of_a_year: int = 300
    early_day: int = 10
    rounds: int = 3


SMALL = Sizes(
    days_of_many=12,
    left_out=8,
    days_of_ten_times=34,
    left_out_of_ten_times=6,
    districts=40,
    rows_of_a_district=100,
    days_of_a_year=60,
    rounds=1,
)
"""For a machine that others use."""
COUNTRY = Sizes(districts=2850, rows_of_a_district=100)
TINY = Sizes(2, 3, 2, 1, 3, 1, 3, 12, 2, 4, 2, 1)
"""To try the measurements themselves."""


def measure(folder: Path, sizes: Sizes, python: str | None) -> list[Line]:
    """Measure all but the large region; without the peers' interpreter only what the program's own environment has."""
    return [*day(folder, sizes), *nine(folder, sizes), *many(folder, sizes, python), *year(folder, sizes)]


def day(folder: Path, sizes: Sizes) -> list[Line]:
    """A real day, with every file."""
    office = folder / "real day"
    make(office, "--days", "1", "--rows", f"{sizes.rows_of_a_day}")
    runs = list[Measured]()
    for _ in range(sizes.rounds):
        with copied(office, folder) as copy:
            runs.append(cold(command(copy, "--date", DAY)))
    return [Line(f"a day of 9 workbooks of {sizes.rows_of_a_day} rows, every file, cold", middle(runs), at_most=1)]


def nine(folder: Path, sizes: Sizes) -> list[Line]:
    """Nine larger workbooks, every file, beside the script that a user would write."""
    office = folder / "nine"
    make(office, "--days", "1", "--rows", f"{sizes.rows_of_nine}")
    runs = defaultdict[str, list[Measured]](list)
    for _ in range(sizes.rounds):
        runs["calamine"].append(cold(work("pandas_calamine", office)))
        with copied(office, folder) as copy:
            runs["first"].append(cold(command(copy, "--date", DAY)))
            runs["again"].append(cold(command(copy, "--date", DAY)))
        with copied(office, folder) as copy:
            runs["script"].append(cold(work("pandas_openpyxl", copy)))
    took = {name: middle(measured) for name, measured in runs.items()}
    title = f"9 workbooks of {sizes.rows_of_nine} rows, every file, cold"
    return [
        Line(title, took["first"], _SCRIPT, took["script"], 1, 1),
        Line(title, took["first"], "pandas with calamine: read, concat, merge, cold", took["calamine"]),
        Line("the same, second run with nothing new, cold", took["again"], "its first run", took["first"], 0.1, 0.1),
    ]


def many(folder: Path, sizes: Sizes, python: str | None) -> list[Line]:
    """Many workbooks, with the three data files, beside what only reads, and what only checks; the imports are before the clock starts."""
    office = folder / "many"
    days = f"{sizes.days_of_many}"
    make(office, "--days", days, "--rows", f"{sizes.rows_of_many}", "--leave-out", f"{sizes.left_out}")
    runs = defaultdict[str, list[Measured]](list)
    for _ in range(sizes.rounds):
        runs["calamine"].append(inside("calamine", office))
        with copied(office, folder) as copy:
            runs["first"].append(inside("nightly", copy))
            runs["again"].append(inside("nightly", copy))
            workbooks.correct(office, copy)
            runs["corrected"].append(inside("nightly", copy))
        for name in _PEERS if python else ():
            runs[name].append(inside(name, office, python or ""))
    took = {name: middle(measured) for name, measured in runs.items()}
    files = sizes.days_of_many * 9 - sizes.left_out
    title, first = f"{files} workbooks of {sizes.rows_of_many} rows, read, checked, folded, the three data files", took["first"]
    return [
        Line(title, first, "raw python-calamine reading the same cells, one thread", took["calamine"], 2, 3.5),
        *(Line(title, first, beside, took[name]) for name, beside in _PEERS.items() if name in took),
        Line("the same, second run with nothing new", took["again"], "its first run", first, 0.1, 0.1),
        Line(f"a correction of one report among {files}", took["corrected"], "its first run", first, 0.2, 0.2),
    ]


def ten_times(folder: Path, sizes: Sizes) -> list[Line]:
    """Many workbooks beside a tenth of them (or as many as the sizes say), each once: what one more costs must not grow."""
    took = dict[int, Measured]()
    for days, left_out in ((sizes.days_of_many, sizes.left_out), (sizes.days_of_ten_times, sizes.left_out_of_ten_times)):
        office = folder / "growing"
        make(office, "--days", f"{days}", "--rows", f"{sizes.rows_of_many}", "--leave-out", f"{left_out}")
        took[days * 9 - left_out] = inside("nightly", office)
        shutil.rmtree(office)
    few, many = took
    limit = _MORE * many / few
    title = f"{many:,} workbooks of {sizes.rows_of_many} rows, read, checked, folded, the three data files, once"
    return [Line(title, took[many], f"{few} of them", took[few], limit, limit)]


def two_workers(folder: Path, sizes: Sizes) -> list[Line]:
    """A day of a region, every file, cold, with two workers of Dask's on this computer, beside the same without; in turns."""
    office, runs = folder / "region", defaultdict[bool, list[Measured]](list)
    _make_region(office, sizes)
    settings = (office / "config.yaml").read_text(encoding="utf-8")
    with clusters.running(folder / "cluster", 2) as cluster:
        for _ in range(sizes.rounds):
            for is_shared in (False, True):
                with copied(office, folder) as copy:
                    if is_shared:
                        engine = f"engine: {{dask: '{cluster.address}'}}"
                        (copy / "config.yaml").write_text(settings.replace("engine: local", engine), encoding="utf-8")
                    before = cluster.processor()
                    took = cold(command(copy, "--date", DAY))
                    elsewhere = cluster.processor() - before
                    runs[is_shared].append(Measured(took.wall, took.processor + elsewhere, took.peak))
    shutil.rmtree(office)
    title = f"{sizes.districts} districts with {sizes.rows_of_a_district} rows of one day, every file, cold"
    ours, theirs = middle(runs[True]), middle(runs[False])
    return [Line(f"{title}, with two Dask workers on this computer", ours, "the same with `engine: local`", theirs, 1.3, 1.3)]


def _make_region(office: Path, sizes: Sizes) -> None:
    make(office, "--days", "1", "--rows", f"{sizes.rows_of_a_district}", "--districts", f"{sizes.districts}")


def large(folder: Path, sizes: Sizes, at_most: float = 35) -> list[Line]:
    """One day of a region, every file, cold, once; the line says how large the page is. `at_most`: seconds."""
    office = folder / "region"
    _make_region(office, sizes)
    took = cold(command(office, "--date", DAY))
    published = office / "outbox" / DAY
    page = max(path.stat().st_size for path in published.glob("*.html")) / 1e6
    whole = sum(path.stat().st_size for path in published.rglob("*") if path.is_file()) / 1e6
    shutil.rmtree(office)
    title = f"{sizes.districts} districts with {sizes.rows_of_a_district} rows of one day, every file, cold, once"
    return [Line(f"{title}; the page has {page:.2f} MB, all files {whole:.0f} MB", took, at_most=at_most)]


def year(folder: Path, sizes: Sizes) -> list[Line]:
    """A late night of a year beside an early one, each after all reports were read and the day before was published."""
    office = folder / "year of nights"
    make(office, "--days", f"{sizes.days_of_a_year}", "--rows", f"{sizes.rows_of_a_day}")
    early, late = (workbooks.FIRST_DAY + timedelta(days=number - 1) for number in (sizes.early_day, sizes.days_of_a_year))
    nights = {last: _nights(office, folder, last, sizes.rounds) for last in (early, late)}
    title = "every file of the day {} of nine districts, cold, the days before it read and the last of them published"
    return [Line(title.format(sizes.days_of_a_year), nights[late], f"the day {sizes.early_day}", nights[early], 1.3, 1.3)]


def _nights(office: Path, folder: Path, last: date, rounds: int) -> Measured:
    """Measure the night of a day in an office that received nothing after it."""
    runs = list[Measured]()
    with copied(office, folder) as copy:
        for received in (copy / "inbox").iterdir():
            if received.name > f"{last}" and received.name.startswith("20"):
                shutil.rmtree(received)
        aside = copy / "aside"
        (copy / "inbox" / f"{last}").rename(aside)
        cold(command(copy, "--date", f"{last - timedelta(days=1)}"))
        for number in range(rounds):
            before = folder / f"before {number}"
            shutil.copytree(copy, before)
            (before / "aside").rename(before / "inbox" / f"{last}")
            runs.append(cold(command(before, "--date", f"{last}")))
            shutil.rmtree(before)
    return middle(runs)
