"""A ledger's file as it is opened: made where there is none, and brought to this version, each in one transaction.

Covered by tests/ledger/test_ledger.py and tests/ledger/test_row_sums.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.disk import storage
from pipeline.ledger import row_sums, schema


class UnknownVersionError(Exception):
    """The file is of a version that nobody here knows."""


class NotAsMadeError(Exception):
    """What the file says of its version and tables is not what was written."""


def prepare(connection: sa.Connection) -> None:
    """Make the tables of a new ledger, or bring an older one to this version; one of this version is only looked at.

    Raises UnknownVersionError for a newer one, NotAsMadeError where the tables are not as they were made; both leave it untouched.
    """
    if _version(connection) == schema.VERSION:
        return
    # Begun by hand: Python's sqlite3 begins no transaction before a CREATE or ALTER, and a kill would leave half of them.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    version = _version(connection)  # another process may have done it meanwhile
    if version < schema.VERSION:
        _bring_up(connection, version)


def _version(connection: sa.Connection) -> int:
    """Return the ledger's version; 0 where nothing is in the file yet."""
    names = {*connection.exec_driver_sql("SELECT tbl_name FROM sqlite_master").scalars()}
    if not names:
        return 0
    if not _is_summed(connection):
        return _older_version(connection, names)
    meta = {row["name"]: row for row in _rows(connection, schema.meta.select())}
    if not {schema.SCHEMA, schema.TABLES} <= meta.keys() or not all(row_sums.agrees(schema.meta, row) for row in meta.values()):
        raise NotAsMadeError
    written = meta[schema.SCHEMA]["value"]
    if written != str(schema.VERSION):
        raise UnknownVersionError(written)
    if meta[schema.TABLES]["value"] != schema.sum_of_tables(connection):
        raise NotAsMadeError
    return schema.VERSION


def _is_summed(connection: sa.Connection) -> bool:
    """Whether rows carry sums, whatever number the ledger says: with a 3 that became a 2 every row would be given a new one."""
    return any(row_sums.SUM in _columns(connection, table) for table in schema.SUMMED)


def _columns(connection: sa.Connection, table: sa.Table) -> set[str]:
    return {row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{table.name}")')}


def _older_version(connection: sa.Connection, names: set[str]) -> int:
    """Return 1 or 2. Without a number it was being made when the power went, by version 1."""
    if "meta" not in names or _columns(connection, schema.meta) != {"name", "value"}:
        raise NotAsMadeError
    found = connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == schema.SCHEMA))
    written = "1" if found is None else str(found)
    if written not in ("1", "2"):
        raise UnknownVersionError(written)
    return int(written)


# --- from an older version to this one: every row gets its sum ----------------------------------------------------


def _bring_up(connection: sa.Connection, version: int) -> None:
    """Make what is missing, give every row of an older ledger its sum, and note the version."""
    held = {table.name: bool(version and _columns(connection, table)) for table in schema.SUMMED}
    older = [table for table in schema.SUMMED if held[table.name]]
    for table in older:
        if _has_apart(table):
            # Made anew: what is large stands behind the sum, or each look at a sum would read through all of it.
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" RENAME TO "{_old(table)}"')
        else:
            connection.exec_driver_sql(f"ALTER TABLE \"{table.name}\" ADD COLUMN {row_sums.SUM} TEXT NOT NULL DEFAULT ''")
    schema.metadata.create_all(connection)
    for table in older:
        (_copy if _has_apart(table) else _fill)(connection, table)
    connection.exec_driver_sql("DROP TABLE IF EXISTS sums")
    connection.execute(schema.meta.delete())
    for name, value in ((schema.SCHEMA, str(schema.VERSION)), (schema.TABLES, schema.sum_of_tables(connection))):
        connection.execute(schema.meta.insert().values(row_sums.with_sum(schema.meta, {"name": name, "value": value})))


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in connection.execute(query).mappings()]


def _has_apart(table: sa.Table) -> bool:
    return any(row_sums.APART in column.info for column in table.columns)


def _old(table: sa.Table) -> str:
    return f"{table.name}_of_an_older_version"


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    """Give a table's rows their sums."""
    keys = [column.name for column in table.primary_key]
    rows = _rows(connection, table.select())
    new = [{row_sums.SUM: row_sums.of_row(table, row), **{f"key_{name}": row[name] for name in keys}} for row in rows]
    if new:
        this_one = sa.and_(*(table.c[name] == sa.bindparam(f"key_{name}") for name in keys))
        connection.execute(table.update().where(this_one).values({row_sums.SUM: sa.bindparam(row_sums.SUM)}), new)


def _copy(connection: sa.Connection, table: sa.Table) -> None:
    """Put a table's rows into the new one with their sums, one by one: they are large."""
    names = [column.name for column in table.columns if column.name not in (row_sums.SUM, *_NEW)]
    old = sa.table(_old(table), *map(sa.column, names))
    keys = [column.name for column in table.primary_key]
    for key in _rows(connection, sa.select(*(old.c[name] for name in keys))):
        (row,) = _rows(connection, old.select().where(*(old.c[name] == key[name] for name in keys)))
        row |= _sums_of_reading(connection, row) if table is schema.readings else {}
        connection.execute(table.insert().values(row_sums.with_sum(table, row)))
    connection.exec_driver_sql(f'DROP TABLE "{old.name}"')


_NEW = ("content", "found")
"""What version 2 had not beside the sums of rows."""


def _sums_of_reading(connection: sa.Connection, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the sums of what was read and found; none that could agree where the sum that version 2 kept does not."""
    query = schema.findings.select().where(schema.findings.c.arrival == row["arrival"]).order_by(schema.findings.c.number)
    findings = _rows(connection, query)
    listed = [{name: finding[name] for name in ("code", "severity", "message", "sheet", "row", "column", "value")} for finding in findings]
    parts = (str(bool(row["accepted"])), row["day"], row["district"], row["cover"], row["rows"], json.dumps(listed, ensure_ascii=False))
    then = storage.digest(str(part).encode("utf-8", "surrogatepass") for part in parts)
    has_sums = sa.inspect(connection).has_table("sums")
    kept = connection.exec_driver_sql("SELECT digest FROM sums WHERE arrival = ?", (row["arrival"],)).scalar() if has_sums else None
    if kept not in (None, then):
        return {"content": "", "found": ""}
    return {"content": row_sums.of_texts(row["cover"], row["rows"]), "found": schema.sum_of_findings(findings)}
