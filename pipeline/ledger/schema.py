"""The tables of the ledger. Covered by tests/ledger/test_ledger.py."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

VERSION = 2
"""A ledger of an older version is brought to this one; a newer one is refused."""

metadata = sa.MetaData()
meta = sa.Table("meta", metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("is_assignment", sa.Boolean, nullable=False),
    sa.Column("path", sa.Text, nullable=False, comment="relative to the inbox"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, comment="names the copy in the archive"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("sender", sa.Text),
    sa.Column("message_id", sa.Text),
    sa.Column("envelope", sa.Text, comment="the sidecar as it came"),
    sa.UniqueConstraint("path", "sha256", "received_at"),
    sqlite_autoincrement=True,
)
readings = sa.Table(
    "readings",
    metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("day", sa.Text, nullable=False, index=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("cover", sa.Text, nullable=False, comment="JSON"),
    sa.Column("rows", sa.Text, nullable=False, comment="JSON: sheets with their rows as understood, and their addresses"),
)
findings = sa.Table(
    "findings",
    metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("row", sa.Integer),
    sa.Column("column", sa.Integer),
    sa.Column("value", sa.Text, nullable=False),
)
publications = sa.Table(
    "publications",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, comment="of everything that the day's folder was made from"),
    sa.Column("manifest", sa.Text, nullable=False, comment="SHA-256 of manifest.json"),
)
sums = sa.Table(
    "sums",
    metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, comment="of the verdict with all that was read and found"),
)
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.UniqueConstraint("day", "district"),
)
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("alone", sa.Integer, nullable=False, comment="how often it was begun by itself, after a run that ended in the midst of it"),
)
faults = sa.Table(
    "faults",
    metadata,
    sa.Column(
        "arrival",
        sa.ForeignKey("arrivals.id"),
        primary_key=True,
        comment="the program failed on it, or its original is damaged: to be read again",
    ),
)
districts = sa.Table(
    "districts",
    metadata,
    sa.Column("snapshot", sa.Integer, primary_key=True, comment="from 1; the last one holds"),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("after", sa.Integer, nullable=False, comment="the last arrival that was noted before"),
    sa.Column("kept_as", sa.Text, nullable=False, comment="what stands in the facts for the district"),
    sa.Column("name", sa.Text, nullable=False),
)
published_rules = sa.Table(
    "published_rules",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, comment="of settings, templates and program that the day was published under"),
    sa.Column("rules", sa.Text, nullable=False, comment="JSON: groups, windows, calendar and districts of then"),
    sa.Column("compared", sa.Text, nullable=False, comment="with what it was compared last"),
    sa.Column("differing", sa.Text, nullable=False, comment="JSON: what would differ"),
)
editions = sa.Table(
    "editions",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, comment="from 1"),
    sa.Column("published_at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    sa.Column("manifest", sa.Text, nullable=False, comment="SHA-256 of manifest.json"),
    sa.Column("contents", sa.Text, nullable=False, comment="JSON: the SHA-256 of each of its files"),
    sa.Column("manifest_text", sa.LargeBinary, nullable=False, comment="zlib; empty where nobody has it any more"),
    sa.Column("summary_text", sa.LargeBinary, nullable=False, comment="summary.json, likewise"),
)


# --- from an older version to this one ---------------------------------------------------------------------------


def _to_version_2(_connection: sa.Connection) -> None:
    """Editions came: their table is made like every other that is missing."""


_STEPS: dict[int, tuple[Callable[[sa.Connection], None], ...]] = {1: (_to_version_2,)}
"""What leads from each version to the one after it. A step that was done already changes nothing."""


def prepare(connection: sa.Connection) -> str | None:
    """Make what is missing and bring an older ledger to this version; return the version of one that nobody here knows, untouched."""
    is_new = not sa.inspect(connection).has_table("meta")
    found = None if is_new else connection.scalar(sa.select(meta.c.value).where(meta.c.name == "schema"))
    # Without a number it was being made when the power went, by whatever version.
    version = VERSION if is_new else 1 if found is None else int(found) if found.isdecimal() else 0
    if not 1 <= version <= VERSION:
        return str(found)
    metadata.create_all(connection)
    for older in range(version, VERSION):
        for step in _STEPS[older]:
            step(connection)
    if found != str(VERSION):
        connection.execute(meta.delete().where(meta.c.name == "schema"))
        connection.execute(meta.insert().values(name="schema", value=str(VERSION)))
    return None
