"""Every row gets its sum (docs/decisions/0019), and what is large stands behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from pipeline.disk import storage
from pipeline.ledger import row_sums

revision = "3"
down_revision = "2"

_OF: Final = {
    "meta": ("name", "value"),
    "arrivals": (
        *("id", "is_assignment", "path", "name", "sha256", "size"),
        *("received_at", "channel", "sender", "message_id", "envelope"),
    ),
    "publications": ("day", "fingerprint", "manifest"),
    "notices": ("year", "number", "day", "district"),
    "attempts": ("sha256", "alone"),
    "faults": ("arrival",),
    "districts": ("snapshot", "code", "after", "kept_as", "name"),
    "published_rules": ("day", "digest", "rules", "compared", "differing"),
    "letters": ("message_id", "kind", "day", "district", "recipient", "subject", "state", "attempts", "said", "at"),
    "letter_items": ("message_id", "digest"),
    "letter_editions": ("message_id", "manifest"),
}
"""Of what the sum of a row is, in each table that only gets a column."""
_FINDING: Final = ("number", "code", "severity", "message", "sheet", "row", "column", "value")


def upgrade() -> None:
    """Give every row of the tables its sum; a reading whose sum of version 2 does not agree gets none that could."""
    for table, names in _OF.items():
        op.add_column(table, sa.Column("sum", sa.Text, nullable=False, server_default=""))
        _fill(table, names)
    _make_again("readings", _readings(), _with_sums_of_contents)
    _make_again("editions", _editions(), lambda _connection, row: row)
    op.drop_table("sums")


def _readings() -> list[sa.Column[Any]]:
    return [
        sa.Column("arrival", sa.Integer, sa.ForeignKey("arrivals.id"), primary_key=True),
        sa.Column("accepted", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("day", "district", "content", "found", "sum", "cover", "rows")),
    ]


def _editions() -> list[sa.Column[Any]]:
    return [
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("published_at", "manifest", "contents", "sum")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("manifest_text", "summary_text")),
    ]


def _rows(query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in op.get_bind().execute(query).mappings()]


def _fill(name: str, names: tuple[str, ...]) -> None:
    table = sa.table(name, *map(sa.column, (*names, "sum")))
    keys = sa.inspect(op.get_bind()).get_pk_constraint(name)["constrained_columns"]
    rows = _rows(sa.select(*(table.c[column] for column in names)))
    sums = [{"new": row_sums.of_values([name, *row.values()]), **{f"key_{key}": row[key] for key in keys}} for row in rows]
    if sums:
        this_one = sa.and_(*(table.c[key] == sa.bindparam(f"key_{key}") for key in keys))
        op.get_bind().execute(table.update().where(this_one).values(sum=sa.bindparam("new")), sums)


def _make_again(name: str, columns: list[sa.Column[Any]], with_sums: Callable[[sa.Connection, dict[str, Any]], dict[str, Any]]) -> None:
    """Put a table's rows into a new one with their sums, one by one: they are large.

    A look at the sums of all rows would otherwise read through all that is behind them.
    """
    connection, earlier = op.get_bind(), f"{name}_of_an_older_version"
    op.rename_table(name, earlier)
    new = op.create_table(name, *columns)
    names = [column.name for column in columns]
    kept = [column for column in names if column not in ("content", "found", "sum")]
    summed, keys = names[: names.index("sum")], [column.name for column in columns if column.primary_key]
    old = sa.table(earlier, *map(sa.column, kept))
    for key in _rows(sa.select(*(old.c[column] for column in keys))):
        (row,) = _rows(old.select().where(*(old.c[column] == key[column] for column in keys)))
        row = with_sums(connection, row)
        connection.execute(new.insert().values(**row, sum=row_sums.of_values([name, *(row[column] for column in summed)])))
    op.drop_table(earlier)


def _with_sums_of_contents(connection: sa.Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reading with the sums of what was read and found; none that could agree where the sum that version 2 kept does not."""
    findings, sums = sa.table("findings", *map(sa.column, ("arrival", *_FINDING))), sa.table("sums", *map(sa.column, ("arrival", "digest")))
    found = _rows(
        sa.select(*(findings.c[name] for name in _FINDING)).where(findings.c.arrival == row["arrival"]).order_by(findings.c.number)
    )
    listed = [{name: finding[name] for name in _FINDING[1:]} for finding in found]
    parts = (str(bool(row["accepted"])), row["day"], row["district"], row["cover"], row["rows"], json.dumps(listed, ensure_ascii=False))
    then = storage.digest(str(part).encode("utf-8", "surrogatepass") for part in parts)
    kept = connection.scalar(sa.select(sums.c.digest).where(sums.c.arrival == row["arrival"]))
    if kept not in (None, then):
        return {**row, "content": "", "found": ""}
    values = (finding[name] for finding in found for name in _FINDING)
    return {**row, "content": row_sums.of_texts(row["cover"], row["rows"]), "found": row_sums.of_values(values)}
