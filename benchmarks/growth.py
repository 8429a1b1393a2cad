"""How the cost grows with files, rows, districts and days: processor seconds at four sizes each, the slope by least squares, and a picture.

`python benchmarks/run.py --growth`; with `--quick` at smaller sizes. Each size is measured once; a line
through four of them tells what one more costs.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks import workbooks
from benchmarks.measuring import Measured, cold, command, inside, machine, make

_DAY = f"{workbooks.FIRST_DAY}"
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 400, 240, 60, 40
Points = Mapping[int, Measured]


@dataclass(frozen=True, slots=True)
class Kind:
    """What grows, what is measured, and at which sizes."""

    title: str
    unit: str
    measure: Callable[[Path, int], Measured]
    sizes: tuple[int, ...]
    quick: tuple[int, ...]


def _files(office: Path, size: int) -> Measured:
    days = -(-size // 9)
    make(office, "--days", f"{days}", "--rows", "22", "--leave-out", f"{days * 9 - size}")
    return inside("nightly", office)


def _rows(office: Path, size: int) -> Measured:
    make(office, "--days", "1", "--rows", f"{size}")
    return cold(command(office, "--date", _DAY))


def _districts(office: Path, size: int) -> Measured:
    make(office, "--days", "1", "--rows", "22", "--districts", f"{size}")
    return cold(command(office, "--date", _DAY))


def _days(office: Path, size: int) -> Measured:
    """Measure the night of the last day: the reports before it are read, and the day before it is published."""
    make(office, "--days", f"{size}", "--rows", "22")
    last = workbooks.FIRST_DAY + timedelta(days=size - 1)
    received, aside = office / "inbox" / f"{last}", office / "aside"
    received.rename(aside)
    cold(command(office, "--date", f"{last - timedelta(days=1)}"))
    aside.rename(received)
    return cold(command(office, "--date", f"{last}"))


KINDS = (
    Kind("files of 22 rows: read, checked, folded, three data files", "file", _files, (10, 30, 100, 300), (9, 27, 54, 108)),
    Kind("rows in each of nine reports: a day with every file, cold", "row of each report", _rows, (22, 66, 200, 600), (10, 22, 66, 132)),
    Kind("districts of 22 rows: a day with every file, cold", "district", _districts, (10, 30, 100, 300), (5, 10, 20, 40)),
    Kind("days behind a night of nine districts: every file, cold", "day", _days, (10, 30, 100, 300), (4, 8, 16, 32)),
)


def measure(folder: Path, *, quick: bool, kinds: Sequence[Kind] = KINDS) -> dict[str, Points]:
    """Measure each kind at each size."""
    found = dict[str, Points]()
    for kind in kinds:
        points = dict[int, Measured]()
        for size in kind.quick if quick else kind.sizes:
            points[size] = kind.measure(folder / "growing", size)
            shutil.rmtree(folder / "growing")
        found[kind.title] = points
    return found


def line_through(points: Mapping[int, float]) -> tuple[float, float]:
    """Return where the straight line of least squares begins, and its slope."""
    middle_size, middle = sum(points) / len(points), sum(points.values()) / len(points)
    spread = sum((size - middle_size) ** 2 for size in points)
    slope = sum((size - middle_size) * (value - middle) for size, value in points.items()) / spread
    return middle - slope * middle_size, slope


def table(found: Mapping[str, Points], kinds: Sequence[Kind] = KINDS, options: str = "") -> str:
    """Return the table: what was measured, and what one more costs."""
    lines = [
        "# How the cost grows",
        "",
        f"`python benchmarks/run.py --growth{options} --write`, {machine()}.",
        "Processor seconds of the program with all that it started, each size once. The last columns are the line of least squares.",
        "",
        "| what grows | size: processor s (most MB) | begins at, s | each further one, ms |",
        "|---|---|---|---|",
    ]
    for kind in kinds:
        points = found[kind.title]
        begin, slope = line_through({size: took.processor for size, took in points.items()})
        seen = "; ".join(f"{size}: {took.processor:.2f} ({took.peak:.0f})" for size, took in points.items())
        lines.append(f"| {kind.title} | {seen} | {begin:.2f} | {slope * 1000:.1f} a {kind.unit} |")
    return "\n".join([*lines, "", "![processor seconds by size](growth.svg)", ""])


def picture(found: Mapping[str, Points]) -> str:
    """Return an SVG with a panel for each kind: the points, and the line through them."""
    panels = [
        f'<g transform="translate({index % 2 * _WIDTH},{index // 2 * _HEIGHT})">{_panel(title, points)}</g>'
        for index, (title, points) in enumerate(found.items())
    ]
    height = _HEIGHT * -(-len(panels) // 2)
    size = f'width="{2 * _WIDTH}" height="{height}" viewBox="0 0 {2 * _WIDTH} {height}"'
    look = 'font-family="sans-serif" font-size="11" fill="#223"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}><rect width="100%" height="100%" fill="#fff"/>{"".join(panels)}</svg>\n'


def _panel(title: str, points: Points) -> str:
    took = {size: measured.processor for size, measured in points.items()}
    begin, slope = line_through(took)
    most_x, most_y = max(took) * 1.1, max(*took.values(), begin + slope * max(took)) * 1.15
    right, top, floor = _WIDTH - 20, 30, _HEIGHT - _BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return round(_LEFT + x / most_x * (right - _LEFT), 1), round(floor - y / most_y * (floor - top), 1)

    drawn = [
        f'<text x="8" y="18" font-size="12">{html.escape(title)}</text>',
        f'<path d="M{_LEFT} {top}V{floor}H{right}" fill="none" stroke="#99a"/>',
    ]
    (x1, y1), (x2, y2) = place(0, max(begin, 0)), place(most_x, begin + slope * most_x)
    drawn.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#27c"/>')
    for size, value in took.items():
        x, y = place(size, value)
        drawn.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="#c33"/><text x="{x}" y="{y - 7}" text-anchor="middle">{value:.1f} s</text>')
        drawn.append(f'<text x="{x}" y="{floor + 15}" text-anchor="middle">{size}</text>')
    drawn.append(f'<text x="{_LEFT}" y="{floor + 32}">processor seconds; each further one {slope * 1000:.1f} ms</text>')
    return "".join(drawn)
