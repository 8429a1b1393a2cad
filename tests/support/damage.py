"""Damage done to a ledger's file: to one value of one row, to how its tables are made, or to bytes anywhere."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pipeline.ledger import schema

Place = tuple[str, str]
"""A table and its column."""


def places() -> list[Place]:
    """Return every column of every table."""
    return [(table.name, column.name) for table in schema.ALL for column in table.columns]


@contextmanager
def opened(ledger: Path) -> Iterator[sqlite3.Connection]:
    """Open the file as nobody should: constraints are not looked at."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        yield connection


def change(ledger: Path, place: Place) -> None:
    """Flip one bit in the first row's value."""
    table, column = place
    with opened(ledger) as connection:
        number, value = _first(connection, place)
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (_flipped(value), number))  # noqa: S608


def _first(connection: sqlite3.Connection, place: Place) -> tuple[int, Any]:
    table, column = place
    rows = connection.execute(f'SELECT rowid, "{column}" FROM "{table}" ORDER BY "{column}" IS NULL, rowid')  # noqa: S608
    number, value = rows.fetchone()
    return number, value


def _flipped(value: Any) -> Any:  # noqa: ANN401 - a cell
    match value:
        case None:
            return "x"
        case int():
            return value ^ 1
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case _:
            text = str(value)
            at = len(text) // 2
            return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :] if text else "x"


def empty(ledger: Path, place: Place) -> None:
    """Make the first row's value NULL, past the constraint that forbids it."""
    table, column = place
    with closing(sqlite3.connect(ledger)) as connection, connection:
        (written,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        _write_schema(connection, table, written.replace(" NOT NULL", ""))
    with opened(ledger) as connection:
        number, _value = _first(connection, place)
        connection.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE rowid = ?', (number,))  # noqa: S608
    with closing(sqlite3.connect(ledger)) as connection, connection:
        _write_schema(connection, table, written)


def _write_schema(connection: sqlite3.Connection, name: str, written: str) -> None:
    connection.execute("PRAGMA writable_schema=ON")
    connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (written, name))


def change_schema(ledger: Path, name: str, old: str, new: str) -> None:
    """Change how a table is made, as a flipped bit in its words would."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        (written,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        assert old in written
        _write_schema(connection, name, written.replace(old, new))


def drop(ledger: Path, table: str) -> None:
    """Leave a table out."""
    with opened(ledger) as connection:
        connection.execute(f'DROP TABLE "{table}"')


def lie_in_index(ledger: Path) -> None:
    """Have the index of the editions name another day."""
    content = ledger.read_bytes()
    size = int.from_bytes(content[16:18], "big")
    with closing(sqlite3.connect(ledger)) as connection:
        query = "SELECT rootpage, (SELECT day FROM editions LIMIT 1) FROM sqlite_master WHERE name LIKE 'sqlite_autoindex_editions%'"
        page, day = connection.execute(query).fetchone()
    part = content[(page - 1) * size : page * size]
    changed = part.replace(day.encode(), day.encode()[:-1] + bytes([day.encode()[-1] ^ 1]), 1)
    assert changed != part
    ledger.write_bytes(content[: (page - 1) * size] + changed + content[page * size :])


def break_text(ledger: Path, place: Place) -> None:
    """Put bytes that are no UTF-8 into the first row's value."""
    table, column = place
    with opened(ledger) as connection:
        number, value = _first(connection, place)
        broken = value.encode()[:-1] + b"\xff"
        connection.execute(f'UPDATE "{table}" SET "{column}" = CAST(? AS TEXT) WHERE rowid = ?', (broken, number))  # noqa: S608


def flip_bytes(ledger: Path, chance: random.Random) -> str:
    """Change one to three bytes anywhere in the file, and return which."""
    content = bytearray(ledger.read_bytes())
    changed = []
    for _byte in range(chance.choice((1, 1, 1, 2, 3))):
        at, bit = chance.randrange(len(content)), chance.choice((1, 2, 4, 8, 16, 32, 64, 128, 255))
        content[at] ^= bit
        changed.append(f"{at}^{bit}")
    ledger.write_bytes(bytes(content))
    return " ".join(changed)
