"""How every SQLite file of an office is opened: one writer at a time, and nothing lost when the power goes."""

from __future__ import annotations

import errno
import sqlite3

_NUMBERS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
}
"""SQLite's errors about the disk, as the system's own error numbers."""


def number_of(error: BaseException | None) -> int | None:
    """Return the system's number of what the disk refused; None where it is the file itself that is damaged."""
    # SQLite's extended codes carry the plain one in their lowest eight bits.
    return _NUMBERS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)


def prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set a new connection up: rollback journal, full sync, foreign keys, erasing. Made for SQLAlchemy's `connect` event."""
    # FULL: what was confirmed to somebody (a receipt number, a letter's state) is on the disk, also after a power cut.
    # SQLite checks foreign keys only where each connection asks for it.
    # What is deleted, also by an upgrade that makes a table anew, is overwritten in the same transaction: else it would stay in free pages.
    for pragma in ("journal_mode=DELETE", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
