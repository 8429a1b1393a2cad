"""Which days have to be written, and from which files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.day.fold import DayState
from pipeline.ledger import editions
from pipeline.ledger.ledger import Ledger
from pipeline.publishing import inputs, numbering, outbox
from pipeline.publishing.inputs import Outlines
from pipeline.publishing.numbering import Numbers
from pipeline.render.documents import Document
from pipeline.report.compose import Sources
from pipeline.settings.config import Settings
from pipeline.terms.errors import NothingToConsolidateError
from pipeline.terms.handed_in import Arrival, Facts, Filed
from pipeline.terms.text import mask


@dataclass(frozen=True)
class Plan:
    """The days that have to be written, with the files that they need."""

    settings: Settings
    ledger: Ledger
    documents: tuple[Document, ...]
    outlines: Outlines
    days: list[date]
    unchanged: list[date]
    """Days asked for that stand as they are."""
    manifests: dict[str, set[str]]
    """The SHA-256 of the manifests of each published day's editions, by the day (ISO)."""
    given: Numbers
    """The numbers that notices have so far; none where no notices are written."""

    @cached_property
    def _files(self) -> dict[int, Filed]:
        """The files that the days need with their rows, by arrival."""
        needed = self.outlines.needed(self.days, self.settings) if self.days else []
        return {filed.arrival.id: filed for filed in self.ledger.load(needed)}

    @cached_property
    def _arrivals(self) -> dict[int, Arrival]:
        return {number: filed.arrival for number, filed in self._files.items()}

    @property
    def facts(self) -> Facts:
        """What the days are folded from."""
        return Facts.of(filed for filed in self._files.values() if filed.reading.accepted)

    @property
    def watched(self) -> Iterable[date]:
        """The days whose flags are needed, for the numbers of notices."""
        return numbering.watched(self.outlines.submissions, self.days, self.given, self.settings) if self.documents else ()

    @property
    def receipt_count(self) -> int:
        """How many receipts the days will have."""
        due = {*self.days} if self.documents else set[date]()
        return sum(not filed.arrival.is_assignment and filed.reading.day in due for filed in self.outlines.files)

    def numbers(self, states: dict[date, DayState]) -> Numbers:
        """Give the notices of these days their numbers, and return all that were given so far."""
        return numbering.give(self.ledger, self.settings.paths.archive, states, self.settings) if self.documents and states else self.given

    def sources(self, day: date, numbers: Numbers) -> Sources:
        """Return the files behind one day's report."""
        resting = self.outlines.on(day, self.settings)
        refused = tuple(self._files[filed.arrival.id] for filed in resting.refused)
        files_in_force = tuple(self._files[filed.arrival.id] for filed in resting.files_in_force)
        shown = numbering.shown_on(numbers, day)
        return Sources(self._arrivals, files_in_force, resting.superseded, refused, resting.replaced_since, shown)

    def fingerprint(self, day: date, numbers: Numbers) -> str:
        """Return the digest of everything that the day's folder is made from."""
        return _fingerprint(self.outlines, day, self.settings, numbers, self.documents)


def plan(ledger: Ledger, settings: Settings, days: Sequence[date], documents: tuple[Document, ...]) -> Plan:
    """Find the days to write: those asked for, and published ones, whose inputs or folder have changed.

    Raises NothingToConsolidateError where there is no usable assignment workbook.
    """
    outlines = Outlines.of(ledger.outlines())
    if not outlines.assignments:
        raise NothingToConsolidateError(_no_assignment(ledger, outlines, settings))
    published = ledger.publications()
    given = numbering.given_so_far(ledger, settings.paths.archive) if documents else ()
    due: list[date] = []
    unchanged: list[date] = []
    for day in sorted({*days, *map(date.fromisoformat, published)}):
        noted = published.get(day.isoformat())
        is_same = noted is not None and noted[0] == _fingerprint(outlines, day, settings, given, documents)
        if noted and is_same and outbox.is_whole(settings.paths.outbox, day.isoformat(), noted[1]):
            unchanged += [day] if day in days else []
        else:
            due.append(day)
    manifests = {day: {manifest} for day, (_made_from, manifest) in published.items()}
    for edition in editions.notes(ledger):
        manifests.setdefault(edition.day.isoformat(), set()).add(edition.manifest)
    return Plan(settings, ledger, documents, outlines, due, unchanged, manifests, given)


def _fingerprint(outlines: Outlines, day: date, settings: Settings, numbers: Numbers, documents: tuple[Document, ...]) -> str:
    return inputs.fingerprint(outlines.on(day, settings).all, day, settings, numbers, figures_alone=not documents)


def _no_assignment(ledger: Ledger, outlines: Outlines, settings: Settings) -> str:
    """Return why there is nothing to consolidate: no assignment workbook, or none that can be used and what is wrong with it."""
    where = settings.paths.assignment
    refused = ledger.load(filed for filed in outlines.arrived if filed.arrival.is_assignment)
    if not refused:
        return f"没有案件包案任务分解表，无法汇总；收到的日报已保存。请把分解表放入 {where} 后再运行。"
    last = refused[-1]
    reason = next((finding.message for finding in last.reading.findings if finding.refuses), "")
    return f"分解表 {mask(last.arrival.name)} 不能用，无法汇总；收到的日报已保存。{reason}改好后放入 {where} 再运行。"
