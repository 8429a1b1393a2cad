"""The tables of the ledger. Covered by tests/ledger/test_ledger.py and tests/ledger/test_row_sums.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.ledger import row_sums
from pipeline.ledger.tables import Column, Kind, Table

VERSION = 4
"""A ledger of an older version is brought to this one; a newer one is refused."""
SCHEMA, TABLES = "schema", "tables"
"""What `meta` holds: the version, and a sum of how the tables are made."""

meta = Table("meta", (Column("name", is_key=True), Column("value"), row_sums.COLUMN))
arrivals = Table(
    "arrivals",
    (
        Column("id", Kind.COUNTED, is_key=True),
        Column("is_assignment", Kind.NUMBER),  # 0 or 1
        Column("path"),  # relative to the inbox
        Column("name"),
        Column("sha256"),  # names the copy in the archive
        Column("size", Kind.NUMBER),
        Column("received_at"),  # ISO 8601 with offset
        Column("channel"),
        Column("sender", is_optional=True),
        Column("message_id", is_optional=True),
        Column("envelope", is_optional=True),  # the sidecar as it came
        row_sums.COLUMN,
    ),
    unique=("path", "sha256", "received_at"),
)
readings = Table(
    "readings",
    (
        Column("arrival", Kind.NUMBER, is_key=True, refers_to="arrivals.id"),
        Column("accepted", Kind.NUMBER),  # 0 or 1
        Column("day"),
        Column("district"),
        Column("content"),  # the sum of cover and rows
        Column("found"),  # the sum of its findings, which have none of their own
        row_sums.COLUMN,
        Column("cover", is_apart=True),  # JSON
        Column("rows", is_apart=True),  # JSON: sheets with their rows as understood, and their addresses
    ),
)
findings = Table(
    "findings",
    (
        Column("arrival", Kind.NUMBER, is_key=True, refers_to="arrivals.id"),
        Column("number", Kind.NUMBER, is_key=True),
        Column("code"),
        Column("severity"),
        Column("message"),
        Column("sheet"),
        Column("row", Kind.NUMBER, is_optional=True),
        Column("column", Kind.NUMBER, is_optional=True),
        Column("value"),
    ),
)
read_with = Table(
    "read_with",
    (
        Column("arrival", Kind.NUMBER, is_key=True, refers_to="arrivals.id"),
        Column("reader"),  # the digest of what decides what bytes say: program and settings
        Column("since"),  # ISO, by the office's clock: the first arrival of which the bytes say the same
        Column("until"),  # likewise, and the first that is too late
        Column("has_arrival_day", Kind.NUMBER),  # 0 or 1: the day is the arrival's
        Column("late_at", Kind.NUMBER, is_optional=True),  # so many findings stand before the place of `late`
        row_sums.COLUMN,
    ),
)
publications = Table(
    "publications",
    (
        Column("day", is_key=True),
        Column("fingerprint"),  # of everything that the day's folder was made from
        Column("manifest"),  # SHA-256 of manifest.json
        row_sums.COLUMN,
    ),
)
notices = Table(
    "notices",
    (
        Column("year", Kind.NUMBER, is_key=True),
        Column("number", Kind.NUMBER, is_key=True),
        Column("day"),
        Column("district"),
        row_sums.COLUMN,
    ),
    unique=("day", "district"),
)
attempts = Table(
    "attempts",
    (
        Column("sha256", is_key=True),
        Column("alone", Kind.NUMBER),  # how often it was begun by itself, after a run that ended in the midst of it
        row_sums.COLUMN,
    ),
)
# The program failed on these arrivals, or their original is damaged: to be read again.
faults = Table("faults", (Column("arrival", Kind.NUMBER, is_key=True, refers_to="arrivals.id"), row_sums.COLUMN))
districts = Table(
    "districts",
    (
        Column("snapshot", Kind.NUMBER, is_key=True),  # from 1; the last one holds
        Column("code", is_key=True),
        Column("after", Kind.NUMBER),  # the last arrival that was noted before
        Column("kept_as"),  # what stands in the facts for the district
        Column("name"),
        row_sums.COLUMN,
    ),
)
published_rules = Table(
    "published_rules",
    (
        Column("day", is_key=True),
        Column("digest"),  # of settings, templates and program that the day was published under
        Column("rules"),  # JSON: groups, windows, calendar, notices and districts of then
        Column("compared"),  # with what it was compared last
        Column("differing"),  # JSON: what would differ
        row_sums.COLUMN,
    ),
)
editions = Table(
    "editions",
    (
        Column("day", is_key=True),
        Column("number", Kind.NUMBER, is_key=True),  # from 1
        Column("published_at"),  # ISO 8601 with offset
        Column("manifest"),  # SHA-256 of manifest.json
        Column("contents"),  # JSON: the SHA-256 of each of its files
        row_sums.COLUMN,
        Column("manifest_text", Kind.BYTES, is_apart=True),  # zlib; empty where nobody has it any more
        Column("summary_text", Kind.BYTES, is_apart=True),  # summary.json, likewise
    ),
)
letters = Table(
    "letters",
    (
        Column("message_id", is_key=True),
        Column("kind"),
        Column("day"),
        Column("district"),
        Column("recipient"),
        Column("subject"),
        Column("state"),
        Column("attempts", Kind.NUMBER),
        Column("said"),  # what the server last said
        Column("at"),  # ISO 8601 with offset
        row_sums.COLUMN,
    ),
)
letter_items = Table(
    "letter_items",
    (Column("message_id", is_key=True, refers_to="letters.message_id"), Column("digest", is_key=True), row_sums.COLUMN),
)
letter_editions = Table(
    "letter_editions",
    (
        Column("message_id", is_key=True, refers_to="letters.message_id"),
        Column("manifest"),  # SHA-256 of the manifest of the edition that it was about
        row_sums.COLUMN,
    ),
)
ALL = (
    *(arrivals, attempts, districts, editions, letters, meta, notices, publications, published_rules),
    *(faults, findings, letter_editions, letter_items, read_with, readings),
)
"""Every table; one that refers to another stands behind it."""
NAMES = frozenset(table.name for table in ALL)
SUMMED = tuple(table for table in ALL if row_sums.COLUMN in table.columns)
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
    names = [name for name in findings.names if name != "arrival"]
    return row_sums.of_values(row[name] for row in rows for name in names)
