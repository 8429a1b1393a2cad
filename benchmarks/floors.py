"""The floor below each line that the program is judged by: what nobody who keeps its libraries and its safety can do without.

Each part (`benchmarks/least.py`) does the least for one thing, in a process of its own; what is left out stands in `LEFT_OUT`. The sum of
their processor seconds is the floor: on the wall nothing on two cores takes less than half of it.
"""

from __future__ import annotations

import dataclasses
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.judged import DAY, Sizes
from benchmarks.measuring import Measured, cold, command, copied, inside, machine, make, middle, work

LEFT_OUT: Final = (
    "No cell is checked; nothing is judged, folded or counted; no look differs from another; no formula, link, chart, drop-down or "
    "comment is written; no page and no Word text is drawn (their bytes are packed and written as they are); nothing is compared with "
    "anything."
)
QUICK: Final = dataclasses.replace(Sizes(), districts=80)
"""For a machine that others use; with fewer districts a large day has no workbook for each."""
_START: Final = "import xlsxwriter, typst, sqlite3, json, zipfile, hashlib, yaml, pydantic.main"
_CORES: Final = 2
_ALWAYS: Final = {
    "read": "readers start and are shut in; every report through gate and calamine, its cells as JSON columns to the run, understood there",
    "filed": "every report copied into the archive under its sum, synced; the columns inserted into a ledger",
    "written": "the files of the day's folder written as they are, synced",
}
_DOCUMENTS: Final = {
    "laid": "as many cells with the same values as all workbooks of the folder have, by the fastest writer, in one look",
    "packed": "the parts of all Word files packed",
    "set": "fonts opened, the PDF set by typst",
}
_START_TOLD: Final = "Python starts, with XlsxWriter, typst, SQLite, and what settings are read and checked by (PyYAML, pydantic)"
_BY_OPENPYXL: Final = (
    "in their place: every report opened and saved by openpyxl, imported already, which keeps what stands in a district's own workbook"
)
_PEERS: Final = {
    "calamine": ("raw calamine on one thread, reading alone", 2.0, 3.5),
    "pandera": ("pandas with calamine and pandera: five columns of one sheet, no addresses", None, 1.0),
    "frictionless": ("frictionless: the same five columns", None, 1 / 6),
}
"""By their work, with how many times theirs ours may take, on the wall and of the processor."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the work is compared with, and how many times as much it may take."""

    name: str
    took: Measured
    wall: float | None
    processor: float | None


@dataclass(frozen=True, slots=True)
class Floor:
    """A line that the program is judged by, with what it cannot do without."""

    work: str
    ours: Measured
    parts: dict[str, Measured]
    wall: float | None = None
    """At most, in seconds."""
    processor: float | None = None
    beside: list[Beside] = field(default_factory=list)
    not_in_it: dict[str, Measured] = field(default_factory=dict)
    """What belongs beside the parts to be understood, and is in none of them."""

    @property
    def least(self) -> float:
        """Seconds of processor."""
        return sum(part.processor for part in self.parts.values())


# --- what is measured --------------------------------------------------------------------------------------------


def measure(folder: Path, sizes: Sizes, python: str | None) -> Iterator[Floor]:
    """Go through the lines; without the peers' interpreter those libraries are not beside them."""
    yield day(folder, sizes, sizes.rows_of_a_day)
    yield day(folder, sizes, sizes.rows_of_nine, script=True)
    yield many(folder, sizes, python)
    yield large(folder, sizes)


def day(folder: Path, sizes: Sizes, rows: int, *, script: bool = False) -> Floor:
    """Measure a day of the nine districts, every file, cold."""
    office = folder / "day"
    make(office, "--days", "1", "--rows", f"{rows}")
    runs: list[Measured] = []
    scripts: list[Measured] = []
    for _ in range(sizes.rounds):
        runs.append(_run(office, folder, lambda copy: cold(command(copy, "--date", DAY))))
        if script:
            with copied(office, folder) as copy:
                scripts.append(cold(work("pandas_openpyxl", copy)))
    (folder / "published").rename(office / "outbox")
    title, ours = f"9 workbooks of {rows} rows, every file, cold", middle(runs)
    floor = Floor(title, ours, _cold_parts(office, sizes.rounds), not_in_it=_not_in_it(office, sizes.rounds))
    shutil.rmtree(office)
    if script:
        return dataclasses.replace(floor, beside=[Beside("a user's script, which makes one plain workbook", middle(scripts), 1, 1)])
    return dataclasses.replace(floor, wall=1, processor=1.35)


def large(folder: Path, sizes: Sizes) -> Floor:
    """Measure a day of a region, every file, cold; each part once."""
    office = folder / "region"
    make(office, "--days", "1", "--rows", f"{sizes.rows_of_a_district}", "--districts", f"{sizes.districts}")
    ours = _run(office, folder, lambda copy: cold(command(copy, "--date", DAY)))
    (folder / "published").rename(office / "outbox")
    title = f"{sizes.districts} districts with {sizes.rows_of_a_district} rows of one day, every file, cold, once"
    wall = 35 * sizes.districts / Sizes().districts
    floor = Floor(title, ours, _cold_parts(office, 1), wall=wall, not_in_it=_not_in_it(office, 1))
    shutil.rmtree(office)
    return floor


def many(folder: Path, sizes: Sizes, python: str | None) -> Floor:
    """Measure many workbooks with the three data files, without imports, beside what only reads or only checks them."""
    office = folder / "many"
    days = f"{sizes.days_of_many}"
    make(office, "--days", days, "--rows", f"{sizes.rows_of_many}", "--leave-out", f"{sizes.left_out}")
    runs = [_run(office, folder, partial(inside, "nightly")) for _ in range(sizes.rounds)]
    (folder / "published").rename(office / "outbox")
    beside = [
        Beside(
            told,
            _middle(partial(inside, name, office, sys.executable if name == "calamine" or not python else python), sizes.rounds),
            wall,
            processor,
        )
        for name, (told, wall, processor) in _PEERS.items()
        if python or name == "calamine"
    ]
    files = sizes.days_of_many * 9 - sizes.left_out
    title = f"{files} workbooks of {sizes.rows_of_many} rows, read, checked, folded, the data files"
    started = _part("started", office, sizes.rounds)
    parts = {told: _part(name, office, sizes.rounds) for name, told in _ALWAYS.items()}
    shutil.rmtree(office)
    return Floor(title, middle(runs), parts, beside=beside, not_in_it={"of the first: readers start, and end": started})


def _run(office: Path, folder: Path, measured: Callable[[Path], Measured]) -> Measured:
    """Measure the work in a copy of the office, whose outbox is put aside: the parts want both, the files in the inbox and the folder."""
    with copied(office, folder) as copy:
        took = measured(copy)
        shutil.rmtree(folder / "published", ignore_errors=True)
        (copy / "outbox").rename(folder / "published")
    return took


def _cold_parts(office: Path, rounds: int) -> dict[str, Measured]:
    with copied(office, office.parent) as copy:
        shutil.rmtree(copy / "outbox")
        inside("floor_noted", copy)
        (copy / "fields.json").rename(office / "fields.json")
    start = {_START_TOLD: _middle(lambda: cold([sys.executable, "-c", _START]), rounds)}
    return start | {told: _part(name, office, rounds) for name, told in (_ALWAYS | _DOCUMENTS).items()}


def _not_in_it(office: Path, rounds: int) -> dict[str, Measured]:
    return {
        "of the second: readers start, and end": _part("started", office, rounds),
        "of the cells: those of the receipts": _part("receipts", office, rounds),
        _BY_OPENPYXL: _part("reopened", office, rounds),
    }


def _part(name: str, office: Path, rounds: int) -> Measured:
    def measured() -> Measured:
        for left in ("archive of the floor", "folder of the floor"):
            shutil.rmtree(office / left, ignore_errors=True)
        (office / "floor.sqlite").unlink(missing_ok=True)
        return inside(f"floor_{name}", office)

    return _middle(measured, rounds)


def _middle(measured: Callable[[], Measured], rounds: int) -> Measured:
    return middle(measured() for _ in range(rounds))


# --- how it is shown ---------------------------------------------------------------------------------------------


def page(floors: list[Floor], options: str) -> str:
    """Return a table for each line: its parts, the floor, what is wanted and what is taken."""
    told = f"{machine()}. Medians; what is a region's is measured once. {__doc__.split(chr(10) * 2)[0]}"
    head = ["# Floors", "", f"`python benchmarks/run.py --floors{options} --write`, {told}", "", LEFT_OUT]
    return "\n".join([*head, *(line for floor in floors for line in _table(floor))]) + "\n"


def _table(floor: Floor) -> Iterator[str]:
    yield from ("", f"## {floor.work}", "", "| | s on the wall | processor s | of the floor |", "|---|---|---|---|")
    for name, took in floor.parts.items():
        yield _row(name, took, floor)
    yield f"| **the floor** | {floor.least / _CORES:.2f} on two cores at least | **{floor.least:.2f}** | 1 |"
    for name, took in floor.not_in_it.items():
        yield _row(f"({name})", took, floor)
    if floor.wall:
        processor = f"{floor.processor:.2f} | {floor.processor / floor.least:.2f}" if floor.processor else " | "
        yield f"| wanted, at most | {floor.wall:.2f} | {processor} |"
    for each in floor.beside:
        yield _row(each.name, each.took, floor)
        wall = f"{each.wall * each.took.wall:.2f}" if each.wall else ""
        if each.processor:
            wanted = each.processor * each.took.processor
            yield f"| wanted, at most {each.processor:.2g} times that | {wall} | {wanted:.2f} | {wanted / floor.least:.2f} |"
    yield _row("**what the program takes**", floor.ours, floor)


def _row(name: str, took: Measured, floor: Floor) -> str:
    return f"| {name} | {took.wall:.2f} | {took.processor:.2f} | {took.processor / floor.least:.2f} |"
