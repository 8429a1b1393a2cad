"""Which editions the leaders may be mailed, where the office wants to look first (`outgoing_mail.leaders_after_look`).

A release is of one edition: what is published later waits for another look. Covered by tests/post/test_releases.py.
"""

from __future__ import annotations

import getpass
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
    """The newest edition of one of the days that letters are still written about."""

    day: date
    number: int
    """The edition's; 0 where nobody has noted it yet."""
    manifest: str
    release: Release | None


def last_days(settings: Settings, today: date) -> list[Releasable]:
    """Return the newest edition of each of those days, the newest day first. Raises LedgerError."""
    outgoing = settings.outgoing_mail
    if outgoing is None or not places.exists(settings.paths.ledger_place):
        return []
    released = journal.releases(settings.paths.archive)
    with Ledger(settings.paths.ledger_place) as ledger:
        noted = {edition.manifest: edition.number for edition in editions.notes(ledger)}
        newest = {date.fromisoformat(day): manifest for day, (_made_from, manifest) in ledger.publications().items()}
    return [
        Releasable(day, noted.get(manifest, 0), manifest, released.get(manifest))
        for day, manifest in sorted(newest.items(), reverse=True)
        if 0 <= (today - day).days <= outgoing.days
    ]


def release(settings: Settings, manifest: str, by: str, now: datetime) -> Releasable | None:
    """Let the letters about that edition go; None where it is not the newest of a day any more. Raises AnotherRunError, LedgerError."""
    with one_run.hold(settings.paths):  # a repair may be writing the journal anew
        edition = next((edition for edition in last_days(settings, now.date()) if edition.manifest == manifest), None)
        if edition and not edition.release:
            journal.note_releases(settings.paths.archive, [Release(edition.day, manifest, by, now)])
        return edition


def release_all(settings: Settings, by: str, now: datetime, since: date | None = None) -> None:
    """Let the letters about every newest edition go, of no day before `since`. Raises AnotherRunError, LedgerError."""
    for edition in last_days(settings, now.date()):
        if since is None or edition.day >= since:
            release(settings, edition.manifest, by, now)
