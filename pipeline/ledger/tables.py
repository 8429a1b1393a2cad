"""What a table of the ledger is, and what is asked of it: one description, from which the SQL for every database follows.

SQLAlchemy would say the same, and takes a sixth of a second to import: a night, a look and a check would each wait for it
(docs/decisions/0006). It is imported where an older ledger is upgraded.
Covered by tests/ledger/test_ledger.py, tests/ledger/test_migrations.py and tests/ledger/test_row_sums.py.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

Row = dict[str, Any]
"""A row by its columns, as the database has it."""
Where = Mapping[str, "str | int | Collection[str] | Collection[int]"]
"""By column the value that the wanted rows have in it, or one of several."""


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "TEXT"
    NUMBER = "INTEGER"
    BYTES = "BLOB"
    COUNTED = "counted"
    """A number that the database gives where none is given, and never again: the key alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: Kind = Kind.TEXT
    is_key: bool = False
    is_optional: bool = False
    refers_to: str = ""
    """The table and column whose value it has to be, such as arrivals.id."""
    is_apart: bool = False
    """Whether the row's sum leaves it out. It is large and read only where it is needed: a sum of it stands in another column."""


@dataclass(frozen=True, eq=False)
class Table:
    """One table; each is itself alone."""

    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    """The columns that together differ in each row, beside the key."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Its columns."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def names_together(self) -> tuple[str, ...]:
        """Its columns without those apart."""
        return tuple(column.name for column in self.columns if not column.is_apart)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The columns that make a row what it is."""
        return tuple(column.name for column in self.columns if column.is_key)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the databases write differently."""

    name: str
    """As SQLAlchemy calls it."""
    place: str
    """What stands in a statement for a value."""
    kinds: Mapping[Kind, str]
    """The words for some kinds of columns."""


class Driver(Protocol):
    """A connection as Python's interface for databases has it."""

    def cursor(self) -> Any:  # noqa: ANN401 - each driver's own
        """Return what does statements."""

    def commit(self) -> None:
        """Let stand what was written."""

    def rollback(self) -> None:
        """Let go of what was written."""

    def close(self) -> None:
        """Let go of the connection."""


class Connection:
    """One connection to a ledger. In the text of a statement ? stands for a value."""

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        self.driver, self.dialect = driver, dialect

    # --- statements as text ---

    def do(self, text: str, *values: object) -> None:
        """Do a statement."""
        self._done(text, values)

    def all(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds."""
        return [tuple(row) for row in self._done(text, values).fetchall()]

    def column(self, text: str, *values: object) -> list[Any]:
        """Return the first value of each row that a query finds."""
        return [row[0] for row in self.all(text, *values)]

    def first(self, text: str, *values: object) -> Any:  # noqa: ANN401 - a cell
        """Return the first value of the first row that a query finds; None where it finds none."""
        return next(iter(self.column(text, *values)), None)

    def _done(self, text: str, values: Sequence[object]) -> Any:  # noqa: ANN401 - each driver's own
        cursor = self.driver.cursor()
        cursor.execute(self._written(text), *([values] if values else []))
        return cursor

    def _written(self, text: str) -> str:
        return text.replace("?", self.dialect.place)

    # --- rows of a table ---

    def select(self, table: Table, where: Where | None = None, names: Sequence[str] = (), *, is_ordered: bool = False) -> list[Row]:
        """Return these columns, or all, of the rows of a table, in no order or in that of their keys."""
        names, (which, values) = names or table.names, _which(where)
        order = f" ORDER BY {_listed(table.keys)}" if is_ordered else ""
        rows = self.all(f"SELECT {_listed(names)} FROM {_quoted(table.name)}{which}{order}", *values)  # noqa: S608 - our own names
        return [dict(zip(names, row, strict=True)) for row in rows]

    def insert(self, table: Table, rows: Sequence[Mapping[str, Any]], *, or_ignore: bool = False) -> None:
        """Write rows, all of the same columns; with `or_ignore` those whose key is there already stay as they are."""
        names = [*rows[0]]
        places = ", ".join("?" * len(names))
        rest = " ON CONFLICT DO NOTHING" if or_ignore else ""
        text = f"INSERT INTO {_quoted(table.name)} ({_listed(names)}) VALUES ({places}){rest}"  # noqa: S608 - our own names
        self.driver.cursor().executemany(self._written(text), [[row[name] for name in names] for row in rows])

    def update(self, table: Table, row: Mapping[str, Any], where: Where | None = None) -> None:
        """Put these values into rows."""
        which, values = _which(where)
        put = ", ".join(f"{_quoted(name)} = ?" for name in row)
        self.do(f"UPDATE {_quoted(table.name)} SET {put}{which}", *row.values(), *values)  # noqa: S608 - our own names

    def delete(self, table: Table, where: Where | None = None) -> None:
        """Delete rows."""
        which, values = _which(where)
        self.do(f"DELETE FROM {_quoted(table.name)}{which}", *values)  # noqa: S608 - our own names

    def make(self, table: Table) -> None:
        """Make a table."""
        keys = [] if any(column.kind is Kind.COUNTED for column in table.columns) else [f"PRIMARY KEY ({_listed(table.keys)})"]
        unique = [f"UNIQUE ({_listed(table.unique)})"] if table.unique else []
        parts = [*(self._made(column) for column in table.columns), *keys, *unique]
        self.do(f"CREATE TABLE {_quoted(table.name)} ({', '.join(parts)})")

    def _made(self, column: Column) -> str:
        kind = self.dialect.kinds.get(column.kind, column.kind)
        other, _, name = column.refers_to.partition(".")
        refers = f" REFERENCES {_quoted(other)} ({_quoted(name)})" if other else ""
        return f"{_quoted(column.name)} {kind}{'' if column.is_optional else ' NOT NULL'}{refers}"


_NOWHERE: Final = " WHERE 1 = 0"


def _which(where: Where | None) -> tuple[str, list[object]]:
    """Return the end of a statement about these rows, and its values."""
    parts, values = list[str](), list[object]()
    for name, wanted in (where or {}).items():
        several = [wanted] if isinstance(wanted, str | int) else [*wanted]
        if not several:
            return _NOWHERE, []
        parts.append(f"{_quoted(name)} IN ({', '.join('?' * len(several))})")
        values += several
    return f" WHERE {' AND '.join(parts)}" if parts else "", values


def _quoted(name: str) -> str:
    return f'"{name}"'


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))
