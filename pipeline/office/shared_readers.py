"""Readers that stay up, and what is asked of them about a file: for whoever asks all day, as the upload page does."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pipeline.intake import envelopes, held_files, incoming
from pipeline.office import assignment_preview, check, waiting
from pipeline.office.assignment_preview import Preview
from pipeline.office.check import Answer
from pipeline.office.today import Today, TodayLook
from pipeline.office.waiting import Waits
from pipeline.reading.readers import Readers
from pipeline.render.receipts import receipt_files
from pipeline.report.submission_lines import Waiting
from pipeline.settings.config import Settings
from pipeline.settings.renewed import Renewed
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import Filed

_PATIENCE: Final = 1.0
"""Seconds that a page waits for somebody else's look,"""
_RECENT: Final = 60.0
"""and how long what was seen counts as known."""
_FILES: Final = 10_000
"""Files for which as many readers are worth their start as there are processors."""


class SharedReaders:
    """The readers of one office, shared by all its threads.

    Starting a reader takes half a second, a usual report some hundredths: with a reader for each file, two hundred clerks at once would
    wait for nothing but starts.
    """

    def __init__(self, settings: Settings) -> None:
        self._renewed = Renewed(settings)
        self._began = self._started_with = self._looked_with = settings
        self._starting = threading.Lock()
        self._readers: Readers | None = None
        self._retired: Readers | None = None
        """Those of the rules before: a check may be under way with them."""
        self._looking = threading.Lock()
        self._remembered: incoming.Remembered = {}
        self._seen: tuple[incoming.Incoming, ...] = ()
        self._seen_at = -_RECENT
        self._folding = threading.Lock()
        self._today = TodayLook(settings)

    @property
    def settings(self) -> Settings:
        """The office's settings, with the rules that the file has now."""
        return self._renewed.now

    def start(self) -> Readers:
        """Have the readers come up before they are needed. Waits for nothing."""
        with self._starting:
            settings = self.settings
            if self._readers and settings is not self._started_with:
                _end(self._retired)
                self._readers, self._retired = None, self._readers
            if not self._readers:
                self._readers, self._started_with = Readers(settings, _FILES), settings
            return self._readers

    def close(self) -> None:
        """End the readers."""
        with self._starting:
            _end(self._readers)
            _end(self._retired)
            self._readers = self._retired = None

    def check_report(self, path: Path, sender: str, now: datetime) -> Answer:
        """Return the findings of a report as if that address had uploaded it now; a sidecar beside it says so from then on."""
        envelope = {"received_at": now.isoformat(), "channel": "upload", "sender": sender}
        path.with_name(path.name + envelopes.SIDECAR).write_text(json.dumps(envelope, ensure_ascii=False), encoding="utf-8")
        return check.check(path, self.settings, now, self.start(), waits=self.waiting)

    def recheck(self, number: str, now: datetime) -> Answer | None:
        """Return what the check says by now of the report that was sent under that number and waits; None where it says what it said then.

        What came since can bear on it: a workbook, other rules, its district's report of an earlier day, another's that names one of its
        cases.
        """
        files = self.waiting_as_known()
        itself = next((file for file in files if file.number == number and file.opened), None)
        if itself is None or itself.opened is None or itself.path is None or itself.day is None or itself.is_taken_in:
            return None
        earlier = [file for file in files if file.day and file.day <= itself.day and file is not itself]
        own, cases = itself.district, itself.opened.cases
        bears = any(file.day != itself.day if file.district == own else file.speaks_of(cases) for file in earlier)
        is_judged_otherwise = self.settings is not self._began
        if not (bears or is_judged_otherwise or held_files.waiting_assignments(self.settings)):
            return None
        try:
            return check.check(itself.path, self.settings, now, self.start(), waits=lambda: files)
        except ConfigurationError:  # taken in since
            return None

    def mark_report(self, path: Path, name: str, now: datetime) -> bytes:
        """Return the report with every finding on its cell, as `check --receipt` does; the name is the sender's for the file."""
        readers = self.start()
        answer = check.check(path, self.settings, now, readers, waits=self.waiting)
        filed = replace(answer.filed, arrival=replace(answer.filed.arrival, name=name))
        return receipt_files.before_sending(filed, answer.judgement, path, settings=self.settings, readers=readers)

    def mark_waiting(self, number: str, name: str, instead: str) -> bytes | None:
        """Return the receipt of a report that was sent under that number and waits; None where none does, since a run has taken it in.

        `name`: the sender's for the file; `instead`: in words which report counts, where this one will not.
        """
        files = self.waiting()
        path = next((file.path for file in files if number and file.number == number), None)
        line = waiting.receipt_line(path, files, self.settings, self.start(), Waiting(number, instead)) if path else None
        return receipt_files.receipt(replace(line, name=name), path, self.start()) if line and path else None

    def preview_assignment(self, path: Path, now: datetime) -> Preview:
        """Return what an assignment workbook would change."""
        return assignment_preview.preview(path, self.settings, now, self.start(), self.waiting())

    def today(self, day: date) -> Today:
        """Return how the day stands, with what waits. Raises LedgerError."""
        files = self.waiting()
        with self._folding:
            return self._look_of_today().look(day, files, self.start())

    def waits_as_known(self, day: date) -> tuple[Waits, ...]:
        """Return what waits with its verdict; without one where somebody else's look takes long. Raises LedgerError."""
        files = self.waiting_as_known()
        if not self._folding.acquire(timeout=_PATIENCE):
            return waiting.unjudged(files)
        try:
            return self._look_of_today().look(day, files, self.start()).waiting
        finally:
            self._folding.release()

    def waiting(self) -> tuple[incoming.Incoming, ...]:
        """Return the reports in the inbox. A file is read once, however often this is called."""
        with self._looking:
            return self._look()

    def waiting_of(self, district: str) -> list[Filed]:
        """Return the district's reports that wait and will be accepted."""
        return incoming.beside(self.waiting(), district, ())

    def waiting_as_known(self) -> tuple[incoming.Incoming, ...]:
        """Return the reports in the inbox; where another is looking just now, perhaps at a large one, those that were seen a moment ago."""
        is_known = time.monotonic() - self._seen_at < _RECENT
        if not self._looking.acquire(timeout=0 if is_known else _PATIENCE):
            return self._seen
        try:
            return self._look()
        finally:
            self._looking.release()

    def _look_of_today(self) -> TodayLook:
        if self._today.settings is not (settings := self.settings):
            self._today = TodayLook(settings)
        return self._today

    def _look(self) -> tuple[incoming.Incoming, ...]:
        if self._looked_with is not (settings := self.settings):
            self._remembered, self._looked_with = {}, settings
        self._seen = incoming.look(settings, self.start(), self._remembered)
        self._seen_at = time.monotonic()
        return self._seen


def _end(readers: Readers | None) -> None:
    if readers:
        readers.__exit__()
