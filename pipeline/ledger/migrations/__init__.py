"""From each version of the ledger's tables to the next: a revision in `versions` for each, from the first on, run by alembic.

A ledger that is of this version never comes here, so that no night waits for alembic to be imported.
Covered by tests/ledger/test_migrations.py and tests/ledger/test_row_sums.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.pool import StaticPool

from pipeline.ledger.tables import Connection, Driver

_VERSIONS: Final = Path(__file__).parent / "versions"
SCRIPTS: Final = ScriptDirectory(str(_VERSIONS), version_locations=[str(_VERSIONS)])
"""The revisions; each is named as the version that it leads to."""


def upgrade(connection: Connection, version: int, to: str = "head") -> None:
    """Bring the tables of that version to that revision, the newest, in the transaction that is under way; the caller notes the version.

    alembic's own table of versions is not made: what `meta` says has a sum, and a second number could say another.
    """
    # A ledger of version 1 may be half made: its program was killed.
    steps = [*SCRIPTS.iterate_revisions(to, str(version) if version > 1 else "base")]
    # That type of PostgreSQL's is in none of our tables, and psycopg asks for it on a connection of its own class alone.
    without = {"use_native_hstore": False} if connection.dialect.name.startswith("postgresql") else {}
    engine = sa.create_engine(f"{connection.dialect.name}://", creator=lambda: _Lent(connection.driver), poolclass=StaticPool, **without)
    try:
        with engine.connect() as lent, Operations.context(MigrationContext.configure(lent)):
            for step in reversed(steps):
                step.module.upgrade()
    except sa.exc.DBAPIError as error:
        raise error.orig or error from error


class _Lent:
    """A driver's connection that SQLAlchemy may use, and neither end nor let go: the transaction is another's."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - each driver's own
        return getattr(self._driver, name)

    def commit(self) -> None:
        """Do nothing."""

    rollback = close = commit
