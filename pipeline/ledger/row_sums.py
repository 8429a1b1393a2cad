"""The sum that every row of the ledger carries, of all that stands in it: SQLite notices a damaged page, not a changed byte in a row.

Covered by tests/ledger/test_row_sums.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from pipeline.disk import storage
from pipeline.ledger.tables import Column, Table

SUM: Final = "sum"
COLUMN: Final = Column(SUM)
"""Where a row's sum stands."""


def with_sum(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row with its sum, as it is written."""
    return {**row, SUM: of_row(table, row)}


def agrees(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether a row, as the database has it, is still what was written."""
    # Years of rows are looked at every night: what SQLite gives is plain already.
    return bool(row[SUM] == _of_plain([table.name, *(row[name] for name in summed(table))]))


def of_row(table: Table, row: Mapping[str, Any]) -> str:
    """Return the sum of a row that has every column of the table."""
    return of_values([table.name, *(row[name] for name in summed(table))])


@cache
def summed(table: Table) -> tuple[str, ...]:
    """Return the columns that are read with every row and that its sum is of."""
    return tuple(name for name in table.names_together if name != SUM)


def of_values(values: Iterable[Any]) -> str:
    """Return the sum of these values, in which a number is no text."""
    return _of_plain([_plain(value) for value in values])


def _of_plain(values: list[Any]) -> str:
    # `ascii` and not `repr`, whose escapes follow the Unicode version of each Python.
    return storage.digest([ascii(values).encode()])


def of_texts(*texts: Any) -> str:  # noqa: ANN401 - what stands in a damaged cell can be anything
    """Return the sum of large texts."""
    return storage.digest(_bytes(text) for text in texts)


def _bytes(value: Any) -> bytes:  # noqa: ANN401 - a cell
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b"\0" + ascii(value).encode()


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """Return a value as SQLite gives it back."""
    match value:
        case bool():
            return int(value)
        case str():
            return str(value)  # an enumeration's word
        case _:
            return value
