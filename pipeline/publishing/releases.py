"""Which editions the leaders may be mailed, where the office wants to look first (`outgoing_mail.leaders_after_look`).

A release is of one edition: what is published later waits for another look. Covered by tests/post/test_releases.py.
"""

from __future__ import annotations

import getpass
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.ledger import editions, journal, one_run, places
from pipeline.ledger.journal import Release
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Settings


def at_this_computer() -> str:
    """Return who types commands here, as the computer's system names him."""
    with suppress(OSError, KeyError, ImportError):
        return f"命令行（{getpass.getuser()}）"
    return "命令行"


@dataclass(frozen=True, slots=True)
class Releasable:
    """The newest edition of a day."""

    day: date
    number: int
    """The edition's; 0 where nobody has noted it yet."""
    manifest: str
    release: Release | None


def last_days(settings: Settings, today: date, also: Collection[date] = ()) -> list[Releasable]:
    """Return the newest edition of each day that letters are written about, the newest day first. Raises LedgerError.

    Also of a day that was let go no longer ago. `also`: days longer ago that wait for a look, or of which the leaders had another edition.
    """
    days = settings.outgoing_mail.days if settings.outgoing_mail else 0
    since = ((edition, edition.release.since if edition.release else edition.day) for edition in _newest(settings))
    return [edition for edition, first in since if 0 <= (today - first).days <= days or edition.day in also]


def _newest(settings: Settings) -> list[Releasable]:
    """Return the newest edition of every day, the newest day first; none where no letters are written. Raises LedgerError."""
    if settings.outgoing_mail is None or not places.exists(settings.paths.ledger_place):
        return []
    released = journal.releases(settings.paths.archive)
    with Ledger(settings.paths.ledger_place) as ledger:
        noted = {edition.manifest: edition.number for edition in editions.notes(ledger)}
        newest = {date.fromisoformat(day): manifest for day, (_made_from, manifest) in ledger.publications().items()}
    return [
        Releasable(day, noted.get(manifest, 0), manifest, released.get(manifest)) for day, manifest in sorted(newest.items(), reverse=True)
    ]


def newest_with(settings: Settings, manifest: str) -> Releasable | None:
    """Return the edition with that manifest; None where it is not the newest of a day any more. Raises LedgerError."""
    return next((edition for edition in _newest(settings) if edition.manifest == manifest), None)


def release(settings: Settings, manifest: str, by: str, now: datetime) -> Releasable | None:
    """Let the letters about that edition go; None where it is not the newest of a day any more. Raises AnotherRunError, LedgerError."""
    with one_run.hold(settings.paths):  # a repair may be writing the journal anew
        edition = newest_with(settings, manifest)
        if edition and not edition.release:
            journal.note_releases(settings.paths.archive, [Release(edition.day, manifest, by, now)])
        return edition


def release_all(settings: Settings, by: str, now: datetime, since: date | None = None, also: Collection[date] = ()) -> None:
    """Let the letters about every newest edition go, of no day before `since`; `also` as of `last_days`.

    Raises AnotherRunError, LedgerError.
    """
    for edition in last_days(settings, now.date(), also):
        if since is None or edition.day >= since:
            release(settings, edition.manifest, by, now)
