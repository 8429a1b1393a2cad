"""A ledger in a file of SQLite's: its settings, its own checks, and what its errors mean.

Covered by tests/ledger/test_row_sums.py, tests/ledger/test_migrations.py and tests/upkeep/test_damaged_ledger.py.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import Any, Final

from pipeline.disk import sqlite_connections, storage
from pipeline.ledger import row_sums, schema
from pipeline.ledger.tables import Connection, Dialect, Kind, Table
from pipeline.terms.errors import reason_of

_WAIT_SECONDS: Final = 60
"""So long one waits for another that reads or writes: to look over the file of years takes seconds on a slow disk."""
_OF_SIZE: Final = ("user_version", "freelist_count", "page_count", "page_size")
_DIALECT: Final = Dialect("sqlite", "?", {Kind.COUNTED: "INTEGER PRIMARY KEY AUTOINCREMENT"})
_HEADER: Final = 100
"""Bytes at the beginning of a file, where SQLite counts how often it was written."""


class SqliteDatabase:
    """The file at that path; SQLite makes it if there is none."""

    errors: tuple[type[BaseException], ...] = (sqlite3.Error, MemoryError, OverflowError, UnicodeDecodeError)
    """The last where SQLite's own words quote what is damaged."""
    is_a_file = True
    backup = "整个 state 文件夹"

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        """Its path."""
        return str(self.path)

    def connect(self) -> Connection:
        """Connect to the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        driver = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, check_same_thread=False)  # each is used by one thread at a time
        driver.text_factory = _broken_text_too
        try:
            sqlite_connections.prepare(driver, None)
        except BaseException:
            driver.close()
            raise
        return Connection(driver, _DIALECT)

    def refusal(self, error: BaseException) -> str | None:
        """Return why the disk refused; None where the file is damaged: Python's sqlite3 raises whatever it stumbles over."""
        number = sqlite_connections.number_of(error)
        return None if number is None else reason_of(OSError(number, ""))

    # --- whether it is there ---

    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.exists()

    def seen(self) -> tuple[Path | int, ...]:
        """Return how the file lies there. Raises OSError."""
        status = self.path.stat()
        return self.path.resolve(), status.st_ino, status.st_size, status.st_mtime_ns

    def set_aside(self) -> str | None:
        """Give the file another name, and return it."""
        if not self.path.exists():
            return None
        names = (self.path.with_name(f"{self.path.stem}.旧{number}{self.path.suffix}") for number in itertools.count(1))
        kept = next(name for name in names if not name.exists())
        self.path.replace(kept)
        # SQLite finds what a killed run had begun by this name; beside the new ledger it would be played back into that one.
        rollback = self.path.with_name(f"{self.path.name}-journal")
        if rollback.exists():
            rollback.replace(kept.with_name(f"{kept.name}-journal"))
        storage.sync_folder(self.path.parent)
        return str(kept)

    def earlier(self) -> list[Path]:
        """Return the files that were set aside before, the newest first."""
        found = self.path.parent.glob(f"{self.path.stem}.旧*{self.path.suffix}")
        return sorted(found, key=lambda kept: (len(kept.name), kept.name), reverse=True)

    def shared_lock(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 - the lock of the state folder is enough
        """Have none: whoever uses the file uses the folder that it is in."""
        return nullcontext()

    # --- versions ---

    def begin_alone(self, connection: Connection) -> None:
        """Begin to write."""
        # Begun by hand: Python's sqlite3 begins no transaction before a CREATE or ALTER, and a kill would leave half of them.
        connection.do("BEGIN IMMEDIATE")

    def tables(self, connection: Connection) -> set[str]:
        """Return which tables the file has."""
        return {*connection.column("SELECT tbl_name FROM sqlite_master")}

    def columns(self, connection: Connection, table: str) -> set[str]:
        """Return the columns of a table."""
        return {row[1] for row in connection.all(f'PRAGMA table_info("{table}")')}

    def sum_of_tables(self, connection: Connection) -> str:
        """Return the sum of how the tables are made, as the file says."""
        written = connection.all("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
        return row_sums.of_values(part for row in written if row[2] in schema.NAMES for part in row)

    def put_aside(self, connection: Connection, version: int) -> Path:  # noqa: ARG002 - it is busy: the copy is made through another
        """Keep a copy beside the file, without what was deleted from it, and return its path; a killed run may have made it already."""
        aside = self.path.with_name(f".{self.path.name}.tmp")
        storage.remove(aside)
        # Python may not copy it: where a process closes a file that SQLite has open, the system takes SQLite's locks away.
        with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as source:
            source.execute("VACUUM INTO ?", (str(aside),))
        content = aside.read_bytes()
        names = (f"升级前第{version}版{'' if number == 1 else f'之{number}'}.{self.path.name}" for number in itertools.count(1))
        kept = next(path for path in map(self.path.with_name, names) if not path.exists() or _is_copy(path, content))
        with aside.open("r+b") as file:
            os.fsync(file.fileno())
        storage.retry_while_held(lambda: aside.replace(kept))
        storage.sync_folder(kept.parent)
        return kept

    def copies(self) -> list[str]:
        """Return the paths of these copies."""
        return sorted(map(str, self.path.parent.glob(f"升级前第*版*.{self.path.name}")))

    # --- what it holds ---

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, or_ignore: bool) -> None:
        """Write rows."""
        connection.insert(table, rows, or_ignore=or_ignore)

    def damage(self, connection: Connection) -> int:
        """Return how many places SQLite finds damaged, indexes that lie and rows that refer to none included."""
        lines = [line for line in connection.column("PRAGMA integrity_check") if line != "ok"]
        return len([*lines, *connection.column("PRAGMA foreign_key_check")])

    def stamp(self, connection: Connection) -> tuple[Path | int, ...]:  # noqa: ARG002 - the file alone tells
        """Return how the file lies there."""
        return self.seen()

    def erase_deleted(self, connection: Connection) -> None:
        """Write a file anew, once, that programs of before have deleted from without overwriting; under the lock.

        SQLite does it whole or not at all. Where there is no room for it, or somebody reads the file, it waits for another night.
        """
        told = {name: int(connection.first(f"PRAGMA {name}") or 0) for name in _OF_SIZE}
        if told["user_version"]:
            return
        # Longer than its pages: a run was killed when the new file was there, and before the old one's end was cut off.
        if told["freelist_count"] or self.path.stat().st_size > told["page_count"] * told["page_size"]:
            connection.do("VACUUM")
        connection.do("PRAGMA user_version = 1")


def _is_copy(path: Path, content: bytes) -> bool:
    return path.read_bytes()[_HEADER:] == content[_HEADER:]


def _broken_text_too(content: bytes) -> str:
    """Read broken UTF-8 as something that no sum agrees with: the row alone is damaged then, and not every look at its table."""
    return content.decode("utf-8", "surrogateescape")
