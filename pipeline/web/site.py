"""What the page's parts share while the server runs: the office's settings, its book, the clock, and the checks under way."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar, TypeVarTuple

import anyio
import anyio.to_thread

from pipeline.disk import faults, log
from pipeline.office.shared_readers import SharedReaders
from pipeline.settings.config import Settings
from pipeline.settings.uploading import Uploading
from pipeline.web import check_view
from pipeline.web.accounts import Accounts, User
from pipeline.web.bounded_log import BoundedLog
from pipeline.web.database import Database
from pipeline.web.drafts import Draft, Drafts

LOG: Final = "upload.log"
"""What was done; nobody who is not signed in can write much into it."""
ACCESSES: Final = "access.log"
"""Which pages were asked for."""
Value = TypeVar("Value")
Said = TypeVarTuple("Said")


class Site:
    """One office's page."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], origins: frozenset[str]) -> None:
        self.settings = settings
        self.limits = settings.upload or Uploading()
        self.now = now
        self.origins = origins
        """Where the page is reached: scheme, host and port, as browsers write them."""
        self.is_secure = all(one.startswith("https:") for one in origins)
        self.database = Database(settings.paths.state)
        self.accounts = Accounts(self.database, self.limits)
        self.drafts = Drafts(self.database, settings)
        self._secret = secrets.token_bytes(32)
        self._log = log.open_handler(settings.paths.state, LOG)
        self._asked = log.open_handler(settings.paths.state, ACCESSES)
        self.accesses = BoundedLog(self._writer(self._asked))
        self._failures = BoundedLog(self._writer(self._log))
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._slots: anyio.CapacityLimiter | None = None
        self.readers = SharedReaders(settings)

    @property
    def most_bytes(self) -> int:
        """How large an upload may be."""
        return self.settings.limits.file_megabytes << 20

    def close(self) -> None:
        """Let go of the files and end the readers."""
        self.readers.close()
        self.database.close()
        for counted, handler in ((self.accesses, self._asked), (self._failures, self._log)):
            counted.tell(self.now(), is_end=True)
            handler.close()

    def note(self, sentence: str) -> None:
        """A line in the log that the office reads: who, what, when, and no contents."""
        self._writer(self._log)(self.now(), sentence)

    def note_failure(self, network: str, sentence: str, name: str) -> None:
        """Likewise for a stranger whose password was wrong: of many in a minute only their number."""
        self._failures.stranger(self.now(), network, sentence, name)

    def tell_counted(self) -> None:
        """Write down what was counted and is over."""
        for one in (self.accesses, self._failures):
            one.tell(self.now())

    def _writer(self, handler: logging.Handler) -> Callable[[datetime, str], None]:
        def write(now: datetime, sentence: str) -> None:
            with suppress(OSError):
                log.add_line(handler, now.astimezone(self.settings.calendar.zone), sentence)

        return write

    def seal(self, word: str) -> str:
        """A token that only this server can have made of that word."""
        return hmac.new(self._secret, word.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    # --- checks ---

    def check(self, draft: Draft, user: User) -> asyncio.Task[None]:
        """The check of a draft, begun if it is not under way; so many at once as the machine has processors."""
        task = self._checks.get(draft.id)
        if task is None:
            task = asyncio.create_task(self._check(draft, user))
            self._checks[draft.id] = task
            task.add_done_callback(lambda _done: self._checks.pop(draft.id, None))
        return task

    async def mark(self, path: Path, name: str) -> bytes:
        """The marked workbook; it waits for its turn like a check."""
        return await self.in_turn(self.readers.mark_report, path, name, self.now())

    async def in_turn(self, work: Callable[[*Said], Value], *said: *Said) -> Value:
        """What takes a processor for a while: so many at once as the machine has."""
        self._slots = self._slots or anyio.CapacityLimiter(max(2, os.cpu_count() or 2))
        return await anyio.to_thread.run_sync(work, *said, limiter=self._slots)

    async def _check(self, draft: Draft, user: User) -> None:
        await self.in_turn(self._checked, draft, user)

    def _checked(self, draft: Draft, user: User) -> None:
        now = self.now()
        path = self.drafts.path(draft.id, is_assignment=draft.is_assignment)
        try:
            if draft.is_assignment:
                checked = check_view.of_assignment(self.readers.preview_assignment(path, now))
            else:
                checked = check_view.of_report(self.readers.check_report(path, user.address, now))
        except BaseException as error:  # noqa: BLE001 - a library in Rust panics with a BaseException; the file can be sent all the same
            faults.write_report(faults.places_of(error), self.settings.paths.state, now)
            checked = check_view.FAULT
        self.drafts.note_check(draft.id, checked)


def silence() -> None:
    """Keep the server's own words off the terminal: our log says who, and our faults' reports hold no contents."""
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
