"""What the page's parts share while the server runs: the office's settings, the database, the clock, the logs, and the checks under way."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Final, TypeVar, TypeVarTuple

import anyio
import anyio.to_thread

from pipeline.disk import faults, log
from pipeline.doors import mailbox
from pipeline.office import taken_out, waiting
from pipeline.office.shared_readers import SharedReaders
from pipeline.office.taken_out import TakenOut
from pipeline.office.today import Today
from pipeline.office.urgent_matters import Untold, WaitingFiles
from pipeline.office.waiting import Waits
from pipeline.office.workbook_now import NONE_REFUSED, RefusedNow
from pipeline.settings.config import Settings
from pipeline.settings.uploading import Uploading
from pipeline.terms.errors import LedgerError
from pipeline.terms.mails import Mail, SentOut
from pipeline.web import check_results, database, upload_limits
from pipeline.web.accounts import Accounts, User
from pipeline.web.bounded_log import BoundedLog
from pipeline.web.drafts import Draft, Drafts, SentUpload
from pipeline.web.started_runs import StartedRuns

ACTIONS: Final = "upload.log"
"""What was done; nobody who is not signed in can write much into it."""
ACCESSES: Final = "access.log"
"""Which pages were asked for. A log of its own, so that many requests do not roll the actions away."""
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
"""Browsers leave these out of an address."""
Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Site:
    """One office's page."""

    def __init__(
        self, settings: Settings, now: Callable[[], datetime], origins: frozenset[str], beside: Callable[[], object] = lambda: None
    ) -> None:
        self.beside = beside
        """What is done every few minutes beside answering."""
        self.urgent: Callable[[], object] = lambda: None
        """What is done within a minute of an upload."""
        self.urgent_look: Callable[[WaitingFiles, datetime], Untold] = lambda _files, _now: Untold()
        """Which urgent matters of what waits no leader was mailed."""
        self.letters_due: Callable[[datetime], Sequence[tuple[str, int, str]]] = lambda _now: ()
        """What would be sent by mail now: what the letters are, how many, and to which districts."""
        self.letters_held: Callable[[datetime], Sequence[date]] = lambda _now: ()
        """The days whose letters to the leaders wait for a look."""
        self.letters_sent: Callable[[datetime, Untold], Sequence[SentOut]] = lambda _now, _untold: ()
        """What was sent by mail in the last days, and what became of it."""
        self.letters_from: Callable[[datetime], date | None] = lambda _now: None
        """The first day that letters are written about; None where nobody knows of one."""
        self.limits = settings.upload or Uploading()
        self.upload_limit = upload_limits.of_upload(settings)
        self.now = now
        self.origins = origins
        """Where the page is reached: scheme, host and port, as browsers write them."""
        self.is_secure = all(origin.startswith("https:") for origin in origins)
        self.database = database.opened(settings)
        self.accounts = Accounts(self.database, settings)
        self.drafts = Drafts(self.database, settings)
        self.readers = SharedReaders(settings)
        self.taken_out = TakenOut(settings)
        self.runs = StartedRuns(settings)
        self._secret = secrets.token_bytes(32)
        self._handlers = {name: log.open_handler(settings.paths.state, name) for name in (ACTIONS, ACCESSES)}
        self.accesses = BoundedLog(self._writer(ACCESSES))
        self._failures = BoundedLog(self._writer(ACTIONS))
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._slots: anyio.CapacityLimiter | None = None

    @property
    def settings(self) -> Settings:
        """The office's settings, with the rules that the file has now."""
        return self.readers.settings

    def local_now(self) -> datetime:
        """Return the time in the office's zone."""
        return self.now().astimezone(self.settings.calendar.zone)

    def close(self) -> None:
        """Let go of the files and end the readers."""
        self.readers.close()
        self.database.close()
        self.write_counts(is_end=True)
        for handler in self._handlers.values():
            handler.close()

    def seal(self, text: str) -> str:
        """Return a token that only this server can have made of that text."""
        return hmac.new(self._secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    # --- logs ---

    def note(self, sentence: str) -> None:
        """Add a line to the log that the office reads: who, what, when, and no contents."""
        self._writer(ACTIONS)(self.now(), sentence)

    def note_failure(self, network: str, sentence: str, name: str) -> None:
        """Add a line for a stranger who tries too often; of many in a minute only their number."""
        self._failures.add_stranger(self.now(), network, sentence, name)

    def write_counts(self, *, is_end: bool = False) -> None:
        """Write down what was counted and is over."""
        for counted in (self.accesses, self._failures):
            counted.write_counts(self.now(), is_end=is_end)

    def _writer(self, name: str) -> Callable[[datetime, str], None]:
        def write(now: datetime, sentence: str) -> None:
            with suppress(OSError):
                log.add_line(self._handlers[name], now.astimezone(self.settings.calendar.zone), sentence)

        return write

    def troubled_mails(self, day: date, waits: Iterable[Waits]) -> list[Mail]:
        """Return the day's messages of which something was not taken or is gone, or whose sender our server does not vouch for.

        What is gone and made good by a report that was taken in or `waits` is none of them. Raises LedgerError.
        """
        since = datetime.combine(day, time.min, self.settings.calendar.zone)
        of_day = [mail for mail in mailbox.mails(self.settings, since) if mail.received_at.date() == day]
        return [mail for mail in self.taken_out.told(of_day, taken_out.FOR_OFFICE, waits=waits) if mail.not_taken or not mail.sender]

    def urgent_untold(self, now: datetime) -> Untold:
        """Return what is urgent and was mailed to no leader, for whoever can phone. Raises LedgerError."""
        return self.urgent_look(self.readers.waiting(), now)

    def today(self) -> Today | None:
        """Return how today stands; None where the program itself fails on it: the rest of a page is shown all the same.

        Raises LedgerError.
        """
        return self._if_it_can(self.readers.today)

    def refused_of_workbook(self) -> RefusedNow:
        """Return the refused rows of the assignment workbook that counts now; none where there can be no look. Raises LedgerError."""
        today = self.today()
        return today.of_workbook if today else NONE_REFUSED

    def waits(self) -> tuple[Waits, ...]:
        """Return what waits in the inbox, with its verdict where there can be one. Raises LedgerError."""
        today = self.today()
        return today.waiting if today else waiting.unjudged(self.readers.waiting())

    def waits_as_known(self) -> tuple[Waits, ...]:
        """Return the same without waiting long for it, for pages that many ask for at once. Raises LedgerError."""
        found = self._if_it_can(self.readers.waits_as_known)
        return waiting.unjudged(self.readers.waiting_as_known()) if found is None else found

    def rechecked(self, sent: Sequence[SentUpload]) -> list[SentUpload]:
        """Return these uploads as their check would find them by now, as far as they wait and something that came since bears on them."""
        waiting_numbers = {file.number for file in self.readers.waiting_as_known() if file.number}
        return [self._rechecked(each) if each.number in waiting_numbers and each.checked else each for each in sent]

    def _rechecked(self, sent: SentUpload) -> SentUpload:
        answer = None
        with suppress(LedgerError):
            answer = self._if_it_can(lambda _day: self.readers.recheck(sent.number, self.now()))
        if answer is None or answer.ledger_fails:
            return sent
        return replace(sent, checked=check_results.again(answer, sent.checked or {}))

    def _if_it_can(self, look: Callable[[date], Result]) -> Result | None:
        now = self.local_now()
        try:
            return look(now.date())
        except LedgerError:
            raise
        except Exception as error:  # noqa: BLE001 - a file that waits was checked by itself only
            faults.write_report(faults.places_of(error), self.settings.paths.state, now)
            return None

    # --- checks ---

    def check(self, draft: Draft, user: User, chosen: str = "") -> asyncio.Task[None]:
        """Return the check of a draft, begun if it is not under way. `chosen`: the day (ISO) that the clerk says it is for."""
        task = self._checks.get(draft.id)
        if task is None:
            task = asyncio.create_task(self.in_turn(self._check, draft, user, chosen))
            self._checks[draft.id] = task
            task.add_done_callback(lambda _done: self._checks.pop(draft.id, None))
        return task

    async def mark(self, path: Path, name: str) -> bytes:
        """Return the marked workbook; it waits for its turn like a check."""
        return await self.in_turn(self.readers.mark_report, path, name, self.now())

    async def in_turn(self, work: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        """Do what takes a processor for a while: so many at once as the machine has, beside the threads that answer requests."""
        # made late, since a limiter belongs to the event loop that is running
        self._slots = self._slots or anyio.CapacityLimiter(max(2, os.cpu_count() or 2))
        return await anyio.to_thread.run_sync(work, *arguments, limiter=self._slots)

    def _check(self, draft: Draft, user: User, chosen: str) -> None:
        now = self.now()
        path = self.drafts.path(draft.id, is_assignment=draft.is_assignment)
        try:
            if draft.is_assignment:
                checked = check_results.of_assignment(self.readers.preview_assignment(path, now))
            else:
                beside = self.drafts.reports_beside(draft, user)  # before the check looks at what waits
                checked = check_results.of_report(self.readers.check_report(path, user.address, now))
                checked |= {"beside": beside.get(checked["day"], []), "chosen": chosen}
        except LedgerError:
            checked = check_results.NO_LEDGER
        except BaseException as error:  # noqa: BLE001 - a library in Rust panics with a BaseException; the file can be sent all the same
            faults.write_report(faults.places_of(error), self.settings.paths.state, now)
            checked = check_results.FAULT
        self.drafts.note_check(draft.id, checked)


def silence_uvicorn() -> None:
    """Keep the server's own words off the terminal: our log says who, and our faults' reports hold no contents."""
    for name in ("uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
