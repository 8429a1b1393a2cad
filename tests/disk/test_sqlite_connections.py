"""What every connection to an office's SQLite files is set to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from pipeline.disk.sqlite_connections import prepare  # before the tests take the syncing out of it

_FULL = 2


def test_a_connection_syncs_fully_keeps_a_rollback_journal_and_checks_foreign_keys(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "office.sqlite")) as connection:
        prepare(connection, None)
        settings = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert settings == ["delete", _FULL, 1]
