"""Counts the figures of a day: how many of a group's cases are resolved, as a whole and by each of its parts, with their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.day.targets import Tally
from pipeline.report import rate_bounds
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Figure
from pipeline.settings.config import Settings
from pipeline.settings.rules import Group
from pipeline.terms.contract import SOURCE_DISTRICT


@dataclass(frozen=True, slots=True)
class Counting:
    """The cases that are counted. Figures come by group, and in it by label; `part` is the attribute of a case with its label."""

    cases: Sequence[CaseLine]
    """Without the cancelled ones."""
    unknown: rate_bounds.Unknown
    settings: Settings

    def targets(self) -> tuple[Figure, ...]:
        """Return the figure of each whole group."""
        return self._by("group", lambda group: [group.name])

    def by_source(self) -> tuple[Figure, ...]:
        """Return the figures of each group's sources."""
        return self._by("source", lambda group: group.sources)

    def by_district(self) -> tuple[Figure, ...]:
        """Return the figures of all districts, also of those without a case."""
        return self._by("district", lambda _group: self.settings.district_names)

    def by_leader(self) -> tuple[Figure, ...]:
        """Return the figures of the responsible leaders; in a group only of those with a case."""
        leaders = sorted({case.leader for case in self.cases})
        return tuple(figure for figure in self._by("leader", lambda _group: leaders) if figure.tally.total)

    def by_category(self) -> tuple[Figure, ...]:
        """Return the figures of the 问题类别; in a group only of those with a case."""
        listed = self.settings.categories
        others = sorted({case.category for case in self.cases} - {*listed})  # a case may have one that was taken off the list since
        return tuple(figure for figure in self._by("category", lambda _group: [*listed, *others]) if figure.tally.total)

    def _by(self, part: str, labels_of: Callable[[Group], Iterable[str]]) -> tuple[Figure, ...]:
        cases: dict[tuple[str, str], list[CaseLine]] = {}
        for case in self.cases:
            cases.setdefault((case.group, getattr(case, part)), []).append(case)
        figures = []
        for group in self.settings.groups:
            for label in labels_of(group):
                counted = cases.get((group.name, label), ())
                tally = Tally(group.target_percent, len(counted), sum(case.is_counted for case in counted))
                bounds = rate_bounds.bounds_of(tally, counted, self.unknown, self._finders(group, part, label))
                figures.append(Figure(label, group.name, tally, bounds))
        return tuple(figures)

    def _finders(self, group: Group, part: str, label: str) -> Sequence[str]:
        """Return the districts whose still unknown cases would count in a figure: what they find is always 旗区自行梳理."""
        if SOURCE_DISTRICT not in ([label] if part == "source" else group.sources):
            return ()
        return [label] if part == "district" else self.settings.district_names
