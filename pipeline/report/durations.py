"""How long cases take from 交办日期 to the reply, with those that are not resolved yet counted as such (Kaplan and Meier)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipeline.report.case_lines import CaseLine
from pipeline.settings.config import Settings

Case = tuple[int, bool]
"""The days that a case has taken, and whether it was resolved by then; else it may take any number more."""
Curve = list[tuple[int, Fraction]]
"""After so many days this share of the cases is not resolved yet: a step for each number of days on which one was."""

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Duration:
    """How long the cases of one part take."""

    label: str
    n: int
    resolved: int
    median_days: int | None
    """After so many days half of the cases are resolved; None where they never come so far."""
    p90_days: int | None
    """After so many days nine in ten are."""

    @property
    def censored(self) -> int:
        """The cases that are not resolved yet."""
        return self.n - self.resolved


def by_category(lines: Sequence[CaseLine], day: date, settings: Settings) -> tuple[Duration, ...]:
    """Return it of each 问题类别 that has a case, in the order of the settings."""
    return _by("category", settings.categories, lines, day)


def by_source(lines: Sequence[CaseLine], day: date, settings: Settings) -> tuple[Duration, ...]:
    """Return it of each 案件来源 that has a case, in the order of the settings."""
    return _by("source", settings.sources, lines, day)


def _by(part: str, listed: Sequence[str], lines: Sequence[CaseLine], day: date) -> tuple[Duration, ...]:
    cases: dict[str, list[Case]] = {}
    for line in lines:
        if not line.grounds:
            cases.setdefault(getattr(line, part), []).append(taken(line, day))
    others = sorted(cases.keys() - {*listed})  # a case may have one that was taken off the list since
    return tuple(duration(label, cases[label]) for label in (*listed, *others) if label in cases)


def taken(line: CaseLine, day: date) -> Case:
    """Return the days that a case has taken up to that day: where it counts as resolved, up to its reply."""
    until = line.replied_on if line.is_counted and line.replied_on else day
    return max(0, (until - line.assigned).days), line.is_counted


def duration(label: str, cases: Sequence[Case]) -> Duration:
    """Return how long these cases take."""
    steps = curve(cases)
    return Duration(label, len(cases), sum(is_resolved for _days, is_resolved in cases), percentile(steps, HALF), percentile(steps, TENTH))


def curve(cases: Iterable[Case]) -> Curve:
    """Return the estimate of Kaplan and Meier, exact; of the same days resolved cases come before those that are not."""
    ended = Counter(cases)
    at_risk, left, steps = ended.total(), Fraction(1), Curve()
    for days in sorted({days for days, _is_resolved in ended}):
        if resolved := ended[days, True]:
            left *= Fraction(at_risk - resolved, at_risk)
            steps.append((days, left))
        at_risk -= resolved + ended[days, False]
    return steps


def percentile(steps: Curve, left: Fraction) -> int | None:
    """Return the least number of days after which no more than that share is left; None where it never falls so far."""
    return next((days for days, share in steps if share <= left), None)
