"""How every SQLite file of an office is opened: one writer at a time, and nothing lost when the power goes."""

from __future__ import annotations

import sqlite3


def prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set a new connection up: rollback journal, full sync, foreign keys. Made for SQLAlchemy's `connect` event."""
    # FULL: what was confirmed to somebody (a receipt number, a letter's state) is on the disk, also after a power cut.
    # SQLite checks foreign keys only where each connection asks for it.
    for pragma in ("journal_mode=DELETE", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
