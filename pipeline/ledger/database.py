"""What a ledger lies in, as far as that makes a difference: a file of SQLite's, or a PostgreSQL server.

Covered by tests/ledger/test_ledger.py and tests/ledger/test_row_sums.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from pipeline.ledger.tables import Connection, Table
from pipeline.settings.places import LedgerPlace


class SharedLock(Protocol):
    """A lock that a server holds for one of all who use the ledger."""

    holder: str
    """The computer that has it, if it is another; '' where that is not known."""

    def is_held(self) -> bool:
        """Whether we have it, still."""


class Database(Protocol):
    """One ledger's database. Its errors are told by `LedgerStore`, which asks here what they mean."""

    @property
    def name(self) -> str:
        """Where it is, as people are told; no password is in it."""

    @property
    def is_a_file(self) -> bool:
        """Whether a look at a file tells that nobody has written into it."""

    @property
    def backup(self) -> str:
        """What has to be put back from a backup to have all of it again."""

    @property
    def errors(self) -> tuple[type[BaseException], ...]:
        """What its driver raises over a connection or what it holds."""

    def connect(self) -> Connection:
        """Connect to it."""

    def refusal(self, error: BaseException) -> str | None:
        """Return why it does not work at present; None where what it holds is damaged."""

    # --- whether it is there ---

    def exists(self) -> bool:
        """Whether there is a ledger. Raises LedgerError where that cannot be asked."""

    def seen(self) -> Hashable:
        """Return the stamp, for whoever has no connection. Raises LedgerError, FileNotFoundError."""

    def set_aside(self) -> str | None:
        """Give a ledger that is to be made again another name, and return it; None where there is none. It is never removed."""

    def earlier(self) -> Sequence[LedgerPlace]:
        """Return the ledgers that were set aside before, the newest first."""

    def shared_lock(self, name: str) -> AbstractContextManager[SharedLock | None]:
        """Try to have the lock of that name; None where only this computer can use the ledger. Raises LedgerError."""

    # --- versions ---

    def begin_alone(self, connection: Connection) -> None:
        """Begin a transaction beside which no other makes or upgrades tables."""

    def tables(self, connection: Connection) -> set[str]:
        """Return which tables it has, ours and others."""

    def columns(self, connection: Connection, table: str) -> set[str]:
        """Return the columns of a table; none where there is no such table."""

    def sum_of_tables(self, connection: Connection) -> str:
        """Return the sum of how the tables are made, as it says itself: a changed word there would have another column read."""

    def put_aside(self, connection: Connection, version: int) -> Path | str:
        """Keep a copy of a ledger of an older version before it is upgraded, and return where."""

    def copies(self) -> list[str]:
        """Return where such copies are, by name."""

    # --- what it holds ---

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, or_ignore: bool) -> None:
        """Write rows; with `or_ignore` those whose key is there already stay as they are."""

    def damage(self, connection: Connection) -> int:
        """Return how many places it finds damaged when it looks itself over."""

    def stamp(self, connection: Connection) -> Hashable:
        """Return what is another once anybody has written into it."""

    def erase_deleted(self, connection: Connection) -> None:
        """Overwrite or let go what was deleted before."""
