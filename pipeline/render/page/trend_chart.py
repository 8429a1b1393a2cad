"""Where the lines and points of a trend chart are. Positions only: every number shown beside them is the report's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.day.targets import Tally

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 38, 296, 16, 142
_LINE = 16


@dataclass(frozen=True, slots=True)
class Point:
    """One day on the chart."""

    x: str
    y: str
    day: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class TrendChart:
    """A group's rate day by day on a scale from 0 to 100 %; a day without a rate, or without a report, is a gap."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    """Each unbroken run of days, as the `points` of an SVG polyline."""
    first_day: date
    last_day: date
    target_line: str
    """The target of each day, as the `points` of an SVG polyline: a step where another one holds from a day on."""
    target_y: str
    target_percent: int
    ticks: tuple[tuple[str, int], ...]

    @property
    def label_y(self) -> str:
        """How high the last value stands beside its point: clear of the target's own label."""
        last, target = float(self.points[-1].y), float(self.target_y)
        if abs(last - target) >= _LINE:
            return f"{last:.1f}"
        is_above = last < target and target - _LINE >= TOP
        return f"{target - _LINE if is_above else target + _LINE:.1f}"


def trend(days: Sequence[tuple[date, Tally]], silent: Collection[date] = ()) -> TrendChart | None:
    """The chart of these consecutive days; None where fewer than two have a rate. On a silent day nobody reported: it has none."""
    step = (RIGHT - LEFT) / max(1, len(days) - 1)
    runs: list[list[Point]] = [[]]
    for index, (day, tally) in enumerate(days):
        if tally.rate_percent is None or day in silent:
            runs.append([])
            continue
        runs[-1].append(Point(f"{LEFT + index * step:.1f}", _height(float(tally.rate_percent)), day, tally))
    points = tuple(point for run in runs for point in run)
    if len(points) < 2:  # noqa: PLR2004 - one point is no line
        return None
    lines = tuple(" ".join(f"{point.x},{point.y}" for point in run) for run in runs if len(run) > 1)
    ticks = tuple((_height(percent), percent) for percent in (0, 50, 100))
    target_percent = days[-1][1].target_percent
    line = _target_line([tally.target_percent for _day, tally in days], step)
    return TrendChart(points, lines, days[0][0], days[-1][0], line, _height(target_percent), target_percent, ticks)


def _target_line(targets: Sequence[int], step: float) -> str:
    """From day to day at the height of its target; another one begins half-way between two days."""
    corners = [(float(LEFT), targets[0])]
    for index in range(1, len(targets)):
        if targets[index] != targets[index - 1]:
            between = LEFT + (index - 0.5) * step
            corners += [(between, targets[index - 1]), (between, targets[index])]
    corners.append((float(RIGHT), targets[-1]))
    return " ".join(f"{x:.1f},{_height(target)}" for x, target in corners)


def _height(percent: float) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * percent / 100:.1f}"
