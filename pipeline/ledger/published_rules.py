"""Under which rules each day was published, and what would differ under others: facts about publications, beside their fingerprints.

Covered by tests/publishing/test_held_days.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.ledger import row_sums, schema
from pipeline.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PublishedUnder:
    """What a day was published under."""

    digest: str
    """Of everything but the files: settings, templates, program."""
    rules: Mapping[str, Any]
    """The rules themselves (`Rules.as_json`), and the districts' names by their codes."""
    compared: str = ""
    """With what the day was compared last; '' for nothing."""
    differing: tuple[str, ...] = ()
    """The figures that were other then, each in a line."""


def by_day(ledger: Ledger) -> dict[str, PublishedUnder]:
    """Return it of each day (ISO) of which it is known."""
    rows = ledger.store.rows(schema.published_rules)
    return {
        row["day"]: PublishedUnder(row["digest"], json.loads(row["rules"]), row["compared"], tuple(json.loads(row["differing"])))
        for row in rows
    }


def note(ledger: Ledger, day: str, digest: str, rules: Mapping[str, Any]) -> None:
    """Note what a day was published under, in the place of what was noted of it."""
    _put(ledger, {"day": day, "digest": digest, "rules": json.dumps(rules, ensure_ascii=False), "compared": "", "differing": "[]"})


def note_comparison(ledger: Ledger, day: str, compared: str, differing: Sequence[str]) -> None:
    """Note what would differ under other rules, so that it is not worked out every night."""
    noted = ledger.store.rows(schema.published_rules, schema.published_rules.c.day == day)
    comparison = {"compared": compared, "differing": json.dumps(differing, ensure_ascii=False)}
    _put(ledger, {"day": day, "digest": "", "rules": "{}", **(noted[0] if noted else {}), **comparison})


def _put(ledger: Ledger, row: Mapping[str, Any]) -> None:
    table = schema.published_rules
    with ledger.store.begin() as connection:
        connection.execute(table.delete().where(table.c.day == row["day"]))
        connection.execute(table.insert().values(row_sums.with_sum(table, row)))
