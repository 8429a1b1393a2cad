"""A ledger as it is opened: made where there is none, and brought to this version, each in one transaction.

Covered by tests/ledger/test_ledger.py, tests/ledger/test_migrations.py and tests/ledger/test_row_sums.py.
"""

from __future__ import annotations

from typing import Final

from pipeline.ledger import row_sums, schema
from pipeline.ledger.database import Database
from pipeline.ledger.tables import Connection

_FIRST_WITH_SUMS: Final = 3


class UnknownVersionError(Exception):
    """The ledger is of a version that nobody here knows."""


class NotAsMadeError(Exception):
    """What the ledger says of its version and tables is not what was written."""


def prepare(connection: Connection, database: Database) -> None:
    """Make the tables of a new ledger, or bring an older one to this version; one of this version is only looked at.

    A copy of an older one is put aside first. Raises UnknownVersionError for a newer one, NotAsMadeError where the tables are not as they
    were made; both leave it untouched.
    """
    if _version(connection, database) == schema.VERSION:
        return
    database.begin_alone(connection)
    version = _version(connection, database)  # another process may have done it meanwhile
    if version < schema.VERSION:
        _bring_up(connection, database, version)


def _version(connection: Connection, database: Database) -> int:
    """Return the ledger's version; 0 where none is there yet."""
    names = database.tables(connection)
    if not names:
        return 0
    if not _is_summed(connection, database):
        return _older_version(connection, database)
    meta = {row["name"]: row for row in connection.select(schema.meta)}
    if not {schema.SCHEMA, schema.TABLES} <= meta.keys() or not all(row_sums.agrees(schema.meta, row) for row in meta.values()):
        raise NotAsMadeError
    written = str(meta[schema.SCHEMA]["value"])
    if not written.isdecimal() or int(written) > schema.VERSION:
        raise UnknownVersionError(written)
    if int(written) < _FIRST_WITH_SUMS or meta[schema.TABLES]["value"] != database.sum_of_tables(connection):
        raise NotAsMadeError
    return int(written)


def _is_summed(connection: Connection, database: Database) -> bool:
    """Whether rows carry sums, whatever number the ledger says: with a 3 that became a 2 every row would be given a new one."""
    return any(row_sums.SUM in database.columns(connection, table.name) for table in schema.SUMMED)


def _older_version(connection: Connection, database: Database) -> int:
    """Return 1 or 2. Without a number it was being made when the power went, by version 1."""
    if database.columns(connection, schema.meta.name) != {"name", "value"}:
        raise NotAsMadeError
    found = connection.first("SELECT value FROM meta WHERE name = ?", schema.SCHEMA)
    written = "1" if found is None else str(found)
    if written not in ("1", "2"):
        raise UnknownVersionError(written)
    return int(written)


def _bring_up(connection: Connection, database: Database, version: int) -> None:
    """Make the tables, or lead those of an older version to this one, and note the version."""
    if version:
        from pipeline.ledger import migrations

        database.put_aside(connection, version)
        migrations.upgrade(connection, version)
    else:
        for table in schema.ALL:
            connection.make(table)
    connection.delete(schema.meta)
    noted = {schema.SCHEMA: str(schema.VERSION), schema.TABLES: database.sum_of_tables(connection)}
    connection.insert(schema.meta, [row_sums.with_sum(schema.meta, {"name": name, "value": value}) for name, value in noted.items()])
