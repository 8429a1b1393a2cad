"""Under which rules each day was published, and what would differ under others: facts about publications, beside their fingerprints.

Covered by tests/publishing/test_held_days.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.ledger import editions, schema
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


def units(ledger: Ledger, outbox: Path) -> Iterator[dict[str, set[str]]]:
    """Go through the levels above the districts that days had, also at first: of each unit, by its name, the codes of its districts.

    Of days that the ledger does not know, such as one that is made again, it is what their folders say.
    """
    rows = ledger.store.rows(schema.published_rules)
    unknown = _days_in(outbox) - {row["day"] for row in rows}
    texts = dict.fromkeys([*(row["rules"] for row in rows), *(json.dumps(_rules_of(outbox / day)) for day in sorted(unknown))])
    for rules in map(json.loads, texts):  # most days have those of the one before
        codes = {name: code for code, name in rules.get("districts", {}).items()}
        for of_day in filter(None, (rules.get("units"), rules.get("first_units"))):
            yield {unit: {codes[name] for name in names if name in codes} for unit, names in of_day.items()}


def _days_in(outbox: Path) -> set[str]:
    with suppress(OSError):
        return {folder.name for folder in outbox.iterdir() if (folder / "manifest.json").is_file()}
    return set()


def _rules_of(folder: Path) -> Mapping[str, Any]:
    with suppress(OSError, ValueError, AttributeError):
        rules = json.loads((folder / "manifest.json").read_bytes()).get("rules")
        return rules if isinstance(rules, dict) else {}
    return {}


def lost(ledger: Ledger, outbox: Path) -> dict[str, Mapping[str, Any]]:
    """Return, by day (ISO), the rules of which the note is gone, as the manifest of what was published has them.

    A program that noted none wrote none into the manifest.
    """
    noted = {day for day, under in by_day(ledger).items() if under.rules}
    gone = {day: _rules_in(ledger, outbox, day, manifest) for day, (_made, manifest) in ledger.publications().items() if day not in noted}
    return {day: rules for day, rules in gone.items() if rules}


def _rules_in(ledger: Ledger, outbox: Path, day: str, manifest: str) -> Mapping[str, Any]:
    """Return the rules in the manifest with that SHA-256, or in that of the day's newest edition; none where nobody has them."""
    held = [edition for edition in editions.held_of_day(ledger, date.fromisoformat(day)) if edition.manifest and not edition.is_damaged]
    texts = [edition.manifest for edition in sorted(held, key=lambda edition: (edition.note.manifest == manifest, edition.note.number))]
    with suppress(OSError):
        written = (outbox / day / "manifest.json").read_bytes()
        texts += [written] if hashlib.sha256(written).hexdigest() == manifest else []
    with suppress(ValueError, LookupError, AttributeError):
        rules = json.loads(texts[-1]).get("rules")
        return rules if isinstance(rules, dict) else {}
    return {}


def mend(ledger: Ledger, outbox: Path) -> None:
    """Note what is lost again; each of these days is written again under its rules, which come out as they were."""
    for day, rules in lost(ledger, outbox).items():
        note(ledger, day, "", rules)
        ledger.note_publication(day, "", ledger.publications()[day][1])


def note(ledger: Ledger, day: str, digest: str, rules: Mapping[str, Any]) -> None:
    """Note what a day was published under, in the place of what was noted of it."""
    _put(ledger, {"day": day, "digest": digest, "rules": json.dumps(rules, ensure_ascii=False), "compared": "", "differing": "[]"})


def note_comparison(ledger: Ledger, day: str, compared: str, differing: Sequence[str]) -> None:
    """Note what would differ under other rules, so that it is not worked out every night."""
    noted = ledger.store.rows(schema.published_rules, {"day": day})
    comparison = {"compared": compared, "differing": json.dumps(differing, ensure_ascii=False)}
    _put(ledger, {"day": day, "digest": "", "rules": "{}", **(noted[0] if noted else {}), **comparison})


def _put(ledger: Ledger, row: Mapping[str, Any]) -> None:
    table = schema.published_rules
    with ledger.store.begin() as connection:
        connection.delete(table, {"day": row["day"]})
        ledger.store.insert(connection, table, [row])
