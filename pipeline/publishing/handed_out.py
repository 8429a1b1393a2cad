"""Which file each receipt of a published day answers; and the receipt that was handed out, where the original is lost.

Covered by tests/publishing/test_drawn.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.ledger import edition_files, editions, journal
from pipeline.ledger.ledger import Ledger
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Filed
from pipeline.terms.text import mask


def named_then(manifest: Mapping[str, Any], settings: Settings) -> dict[str, str]:
    """Return what districts were called when a folder was written, by their present names."""
    codes = {district.code: district.name for district in settings.districts}
    return {codes[code]: name for code, name in manifest.get("rules", {}).get("districts", {}).items() if code in codes}


def answers(outlines: Iterable[Filed], day: date, manifest: Mapping[str, Any], ledger: Ledger, settings: Settings) -> dict[str, Filed]:
    """Return which file each of a folder's receipts answers: of the day's files those that its manifest lists.

    Only of the refused ones the findings are needed, and an outline has none.
    """
    listed = {(file["path"], file["sha256"], file["received_at"]) for file in manifest["inputs"]}
    of_day = [filed for filed in outlines if filed.reading.day == day and (mask(filed.arrival.path), *filed.arrival.identity[1:]) in listed]
    refused = ledger.load(filed for filed in of_day if not filed.reading.accepted)
    files = [*refused, *(filed for filed in of_day if filed.reading.accepted)]
    names = named_then(manifest, settings)
    return receipt_files.files_by_receipt([_named(filed, names) for filed in files], settings)


def _named(filed: Filed, names: Mapping[str, str]) -> Filed:
    """Return the file under the name that its district had then: by that its receipt is called."""
    district = filed.reading.district
    return replace(filed, reading=replace(filed.reading, district=names.get(district, district)))


def in_place_of(ledger: Ledger, settings: Settings, day: date) -> receipt_files.Instead:
    """Return what gives, for an original that the archive lacks, a receipt of an earlier edition that is its marked copy, or why none.

    What went when its time was over stays gone. The oldest such receipt was made from the original itself, and is the same each time.
    """
    marked = cache(lambda: dict[str, receipt_files.Found](_marked(ledger, settings, day)))

    def of(sha256: str) -> receipt_files.Found:
        return receipt_files.GONE if sha256 in journal.removed(settings.paths.archive) else marked().get(sha256, receipt_files.LOST)

    return of


def _marked(ledger: Ledger, settings: Settings, day: date) -> Iterator[tuple[str, Path]]:
    """Go through the marked receipts of the day's editions, each with its original's SHA-256, the oldest last."""
    outlines = [filed for filed in ledger.outlines() if not filed.arrival.is_assignment]
    kept = settings.paths.editions
    for edition in reversed(editions.held_of_day(ledger, day)):
        if edition.manifest and not edition.is_damaged:
            for name, filed in answers(outlines, day, json.loads(edition.manifest), ledger, settings).items():
                content = edition_files.read(kept, edition.outputs.get(name, ""))
                if content and receipt_files.is_marked(content):
                    yield filed.arrival.sha256, kept / edition.outputs[name]
