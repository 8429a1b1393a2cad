"""The tables of the ledger. Covered by tests/ledger/test_ledger.py and tests/ledger/test_row_sums.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.ledger import row_sums

VERSION = 4
"""A ledger of an older version is brought to this one; a newer one is refused."""
SCHEMA, TABLES = "schema", "tables"
"""What `meta` holds: the version, and a sum of how the tables are made."""

metadata = sa.MetaData()
_APART = {row_sums.APART: True}
meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    row_sums.column(),
)
arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("is_assignment", sa.Integer, nullable=False, comment="0 or 1"),
    sa.Column("path", sa.Text, nullable=False, comment="relative to the inbox"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, comment="names the copy in the archive"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("sender", sa.Text),
    sa.Column("message_id", sa.Text),
    sa.Column("envelope", sa.Text, comment="the sidecar as it came"),
    row_sums.column(),
    sa.UniqueConstraint("path", "sha256", "received_at"),
    sqlite_autoincrement=True,
)
readings = sa.Table(
    "readings",
    metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("accepted", sa.Integer, nullable=False, comment="0 or 1"),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False, comment="the sum of cover and rows"),
    sa.Column("found", sa.Text, nullable=False, comment="the sum of its findings, which have none of their own"),
    row_sums.column(),
    sa.Column("cover", sa.Text, nullable=False, comment="JSON", info=_APART),
    sa.Column("rows", sa.Text, nullable=False, comment="JSON: sheets with their rows as understood, and their addresses", info=_APART),
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
read_with = sa.Table(
    "read_with",
    metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("reader", sa.Text, nullable=False, comment="the digest of what decides what bytes say: program and settings"),
    sa.Column("since", sa.Text, nullable=False, comment="ISO, by the office's clock: the first arrival of which the bytes say the same"),
    sa.Column("until", sa.Text, nullable=False, comment="likewise, and the first that is too late"),
    sa.Column("has_arrival_day", sa.Integer, nullable=False, comment="0 or 1: the day is the arrival's"),
    sa.Column("late_at", sa.Integer, comment="so many findings stand before the place of `late`"),
    row_sums.column(),
)
publications = sa.Table(
    "publications",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, comment="of everything that the day's folder was made from"),
    sa.Column("manifest", sa.Text, nullable=False, comment="SHA-256 of manifest.json"),
    row_sums.column(),
)
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    row_sums.column(),
    sa.UniqueConstraint("day", "district"),
)
attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("alone", sa.Integer, nullable=False, comment="how often it was begun by itself, after a run that ended in the midst of it"),
    row_sums.column(),
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
    row_sums.column(),
)
districts = sa.Table(
    "districts",
    metadata,
    sa.Column("snapshot", sa.Integer, primary_key=True, comment="from 1; the last one holds"),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("after", sa.Integer, nullable=False, comment="the last arrival that was noted before"),
    sa.Column("kept_as", sa.Text, nullable=False, comment="what stands in the facts for the district"),
    sa.Column("name", sa.Text, nullable=False),
    row_sums.column(),
)
published_rules = sa.Table(
    "published_rules",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, comment="of settings, templates and program that the day was published under"),
    sa.Column("rules", sa.Text, nullable=False, comment="JSON: groups, windows, calendar, notices and districts of then"),
    sa.Column("compared", sa.Text, nullable=False, comment="with what it was compared last"),
    sa.Column("differing", sa.Text, nullable=False, comment="JSON: what would differ"),
    row_sums.column(),
)
editions = sa.Table(
    "editions",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, comment="from 1"),
    sa.Column("published_at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    sa.Column("manifest", sa.Text, nullable=False, comment="SHA-256 of manifest.json"),
    sa.Column("contents", sa.Text, nullable=False, comment="JSON: the SHA-256 of each of its files"),
    row_sums.column(),
    sa.Column("manifest_text", sa.LargeBinary, nullable=False, comment="zlib; empty where nobody has it any more", info=_APART),
    sa.Column("summary_text", sa.LargeBinary, nullable=False, comment="summary.json, likewise", info=_APART),
)
letters = sa.Table(
    "letters",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("said", sa.Text, nullable=False, comment="what the server last said"),
    sa.Column("at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    row_sums.column(),
)
letter_items = sa.Table(
    "letter_items",
    metadata,
    sa.Column("message_id", sa.ForeignKey("letters.message_id"), primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    row_sums.column(),
)
letter_editions = sa.Table(
    "letter_editions",
    metadata,
    sa.Column("message_id", sa.ForeignKey("letters.message_id"), primary_key=True),
    sa.Column("manifest", sa.Text, nullable=False, comment="SHA-256 of the manifest of the edition that it was about"),
    row_sums.column(),
)
SUMMED = tuple(table for table in metadata.sorted_tables if row_sums.SUM in table.columns)
"""The tables whose rows carry a sum: all but the findings, whose sum stands in their reading."""
WORDS = {
    "meta": "版本",
    "arrivals": "收件记录",
    "readings": "读出的内容",
    "findings": "问题清单",
    "read_with": "读取所用的程序",
    "publications": "发布记录",
    "notices": "督办通知编号",
    "attempts": "读取记录",
    "faults": "出错记录",
    "districts": "旗区名称",
    "published_rules": "发布时的规则",
    "editions": "各版",
    "letters": "信件",
    "letter_items": "信件内容",
    "letter_editions": "信件所说的版",
}
"""What people call each table."""


def sum_of_findings(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the sum of a reading's findings, given in their order."""
    names = [column.name for column in findings.columns if column.name != "arrival"]
    return row_sums.of_values(row[name] for row in rows for name in names)
