"""The office opened for one run: nobody else runs, what a killed run left is put right, ledger and readers are at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from pipeline.disk import own_code, storage
from pipeline.disk.originals import Originals
from pipeline.intake import district_names, found_results, inbox, soundness, standing_editions, unexplained_days
from pipeline.ledger import editions, journal, one_run
from pipeline.ledger.kept_districts import Named
from pipeline.ledger.ledger import Ledger
from pipeline.reading import engines
from pipeline.reading.engines import Engine
from pipeline.reading.readers import Readers
from pipeline.settings import read_by
from pipeline.settings.config import Settings
from pipeline.terms import words


@dataclass(frozen=True)
class Desk:
    """What a run works with, as long as it holds the lock."""

    settings: Settings
    ledger: Ledger
    readers: Readers
    engine: Engine
    """Reads what has come in."""
    arriving: int
    """How many files are in the inbox."""
    restored: int
    """Arrivals written again from the ledger into a journal that was gone."""
    named: list[Named]
    """The districts as they were named one after another."""
    _held: one_run.Held
    _without_archive: str | None
    _put_by: tuple[str, ...]
    _torn: str

    @cached_property
    def reader(self) -> str:
        """The digest of what decides what bytes say."""
        return storage.digest(part.encode() for part in (read_by.all_of(self.settings), own_code.contents("reading", "settings", "terms")))

    @property
    def originals(self) -> Originals:
        """The office's originals."""
        return soundness.originals(self.settings.paths)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the office should know about its disk and its archive, and about readers that could not be shut in."""
        not_shut = (words.READER_NOT_SHUT["calls"],) if "calls" in self.readers.not_shut else ()
        torn = f"{self._torn}请运行 python run.py doctor --repair。" if self._torn else ""
        return (
            *(remark for remark in (self._without_archive, self._held.remark, torn) if remark),
            *self._put_by,
            *not_shut,
            *self.engine.remarks,
        )

    def check_lock_still_held(self) -> None:
        """Stop where another computer has taken the lock meanwhile. Raises AnotherRunError."""
        self._held.check()


@contextmanager
def opened(settings: Settings, without: Sequence[str] = ()) -> Iterator[Desk]:
    """Open the office for one run; `without`: as for `standing_editions.check`.

    Raises AnotherRunError, ConfigurationError, LedgerError, OSError.
    """
    paths = settings.paths
    for folder in paths.needed:
        storage.make_folder(folder)
    arriving = len(inbox.report_names(paths.inbox))
    with one_run.hold(paths) as held:
        storage.sweep(paths.outbox, paths.state, paths.archive, paths.replaced, paths.editions)
        storage.sweep(paths.periods, named=storage.SPAN)
        soundness.check_ledger(paths)
        standing = found_results.look(paths)
        about_days = standing_editions.check(settings, standing, without)
        standing_editions.refuse_needless(unexplained_days.check(paths, about_days))
        left_out = standing_editions.decided(settings, standing, without)
        with Ledger(paths.ledger_place) as ledger:
            ledger.store.erase_deleted()
            storage.probe(paths.archive)
            soundness.originals(paths).settle_all()
            restored = soundness.restore_journal(ledger, paths.archive)
            aligned = district_names.align(ledger, settings)
            emptied = soundness.emptied(ledger, soundness.originals(paths))
            editions.align(ledger, paths.archive, paths.editions)
            journal.note_said_before(paths.archive, standing_editions.said_before(settings, standing, left_out))
            journal.note_left_out(paths.archive, left_out)  # first: once its edition is noted, nobody misses a file any more
            standing_editions.note(ledger, settings, standing)
            put_by = unexplained_days.put_by(paths)
            torn = soundness.torn_lines(paths.archive)
            at_once = engines.readers_at_once(aligned, arriving)
            with Readers(aligned, at_once) as readers, engines.opened(aligned, readers, arriving) as engine:
                yield Desk(
                    aligned, ledger, readers, engine, arriving, restored, ledger.named_districts(), held, emptied, tuple(put_by), torn
                )
            ledger.store.note_whole(soundness.whole_ledger(paths))  # looked over when it was opened: all that came since, this run wrote
            soundness.originals(paths).empty_folder()
