"""What is known until a day, to be looked at: folded on from where an earlier night ended, as far as that still holds (decision 37).

Covered by tests/office/test_looks_from_checkpoints.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.day import checkpoints
from pipeline.day.beginning import Beginning
from pipeline.day.day_state import DayState
from pipeline.day.fold import fold_noting
from pipeline.day.known_when import latest_beginning
from pipeline.day.submissions import Submissions
from pipeline.ledger import places
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Facts, Filed, in_order


@dataclass(frozen=True, slots=True)
class Known:
    """The usable assignment workbooks and accepted reports up to a day."""

    files: tuple[Filed, ...]
    """Of reports up to the beginning's day only the sheets that are told of for thirty days are here."""
    beginning: Beginning | None = None
    """How everything stood at the end of a day before those that are asked for; None where all is folded from the first day."""

    @property
    def facts(self) -> Facts:
        """What the days are folded from."""
        return self.facts_of(self.files)

    def facts_of(self, files: Iterable[Filed]) -> Facts:
        """Return other files of later days, and of those up to the beginning's day the same, as facts that go on from there."""
        return Facts.of(files, self.beginning.day if self.beginning else None)

    def fold(self, settings: Settings, days: Collection[date], days_with_flags: Iterable[date] = ()) -> dict[date, DayState]:
        """Return the state on each of the days; none where there is no assignment workbook."""
        return self.fold_of(self.facts, settings, days, days_with_flags)

    def fold_of(
        self, facts: Facts, settings: Settings, days: Collection[date], days_with_flags: Iterable[date] = ()
    ) -> dict[date, DayState]:
        """Return the same of facts that go on from there."""
        if not facts.assignments:
            return {}
        return fold_noting(facts, settings, sorted(days), days_with_flags, after=(), beginning=self.beginning)[0]


def until(days: Collection[date], settings: Settings, waiting: Iterable[Filed] = (), *, last: date | None = None) -> Known:
    """Return what the ledger holds until the last of these days, or `last`; each of the days can be asked for. Raises LedgerError.

    `waiting`: what counts besides, of whatever day, though no run has taken it in.
    """
    places.check_there(settings.paths)
    besides = [file for file in waiting if file.reading.accepted]
    if not places.exists(settings.paths.ledger_place):
        return Known(tuple(besides))
    with Ledger(settings.paths.ledger_place) as ledger:
        outlines = ledger.outlines()
        places.check_there(settings.paths, is_empty=not outlines)
        accepted = [file for file in outlines if file.reading.accepted]
        beginning = _beginning(ledger, [*accepted, *besides], settings, days)
        begun, last = beginning.day if beginning else date.min, last or max(days)
        counting = [file for file in accepted if file.arrival.is_assignment or file.reading.day <= last]
        wanted = [file for file in counting if file.arrival.is_assignment or file.reading.day > begun]
        loaded = {file.arrival.id: file for file in ledger.load(wanted)}
        files = [loaded.get(file.arrival.id) or _as_told(file, beginning) for file in counting]
    return Known((*files, *besides), beginning)


def _beginning(ledger: Ledger, accepted: Sequence[Filed], settings: Settings, days: Collection[date]) -> Beginning | None:
    """Return the newest end of a night from which these days can be folded on: one that was made from the same files."""
    reports = [file for file in accepted if not file.arrival.is_assignment]
    assignments = in_order(file for file in accepted if file.arrival.is_assignment)
    in_force = [file for file in Submissions.of(reports).in_force() if file.reading.district in settings.district_names]
    if not assignments:
        return None
    made_from = checkpoints.MadeFrom(settings, in_force, assignments, ledger.sums(), ledger.numbers(), is_numbered=True)
    by_figures_alone = replace(made_from, numbers=(), is_numbered=False)
    last = latest_beginning(in_order(reports), days, settings)
    return checkpoints.newest(made_from, last) or checkpoints.newest(by_figures_alone, last)


def _as_told(file: Filed, beginning: Beginning | None) -> Filed:
    """Return a report before the beginning with the sheet that later days tell of."""
    kept = beginning.answer_sheets.get(file.arrival.id) if beginning else None
    return replace(file, reading=replace(file.reading, rows=(kept[1],))) if kept else file
