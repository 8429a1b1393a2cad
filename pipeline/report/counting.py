"""Counts the figures of a day: how many of a group's cases are resolved, as a whole and by each of its parts, with their bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.day.targets import Tally
from pipeline.report import rate_bounds
from pipeline.report.case_lines import CaseLine
from pipeline.report.figures import Figure
from pipeline.report.rate_bounds import NOTHING_FOUND, Found
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

    def by_unit(self) -> tuple[Figure, ...]:
        """Return the figures of the units above the districts, each before those under it: counted over their cases, never averaged."""
        tree = self.settings.tree
        cases: dict[tuple[str, str], list[CaseLine]] = {}
        for case in self.cases if tree else ():
            for unit in tree.units_of.get(case.district, ()):
                cases.setdefault((case.group, unit), []).append(case)
        return tuple(
            self._figure(unit, group, cases.get((group.name, unit), ()), self._found_by(group, tree.districts(unit)))
            for group in self.settings.groups
            for unit in tree.in_order()
        )

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
        by_all = self.unknown.found_by(self.settings.district_names)
        return tuple(
            self._figure(label, group, cases.get((group.name, label), ()), self._found(group, part, label, by_all))
            for group in self.settings.groups
            for label in labels_of(group)
        )

    def _figure(self, label: str, group: Group, counted: Sequence[CaseLine], found: Found) -> Figure:
        tally = Tally(group.target_percent, len(counted), sum(case.is_counted for case in counted))
        return Figure(label, group.name, tally, rate_bounds.bounds_of(tally, counted, self.unknown, found))

    def _found(self, group: Group, part: str, label: str, by_all: Found) -> Found:
        """Return the still unknown cases that would count in a figure: what districts find is always 旗区自行梳理."""
        if SOURCE_DISTRICT not in group.sources or (part == "source" and label != SOURCE_DISTRICT):
            return NOTHING_FOUND
        return self.unknown.found_by([label]) if part == "district" else by_all

    def _found_by(self, group: Group, districts: Sequence[str]) -> Found:
        return self.unknown.found_by(districts) if SOURCE_DISTRICT in group.sources else NOTHING_FOUND
