"""What lies in the outbox when a run begins and no run may pass over: what nobody noted, and what rests on files that are lost.

Covered by tests/publishing/test_editions.py and tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.intake import soundness
from pipeline.ledger import edition_files, editions, journal, places
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Paths
from pipeline.terms.errors import LedgerError

MANIFEST = "manifest.json"
_SHA256 = re.compile(rb'"sha256": "([0-9a-f]{64})"')
_Key = tuple[date, str]
"""A day and the SHA-256 of a manifest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A day's folder in the outbox whose manifest nobody has noted, or one that is noted and rests on what nobody knows any more."""

    day: date
    folder: Path
    manifest: bytes
    fields: dict[str, Any]
    """What the manifest says. Anybody may have written it."""
    is_noted: bool = False

    @property
    def sha256(self) -> str:
        """The SHA-256 of its manifest."""
        return hashlib.sha256(self.manifest).hexdigest()

    @property
    def outputs(self) -> dict[str, str]:
        """The SHA-256 of its files by their names."""
        return editions.outputs_of(self.manifest)

    @property
    def published_at(self) -> float:
        """When its manifest was written, in seconds."""
        return (self.folder / MANIFEST).stat().st_mtime


def look(paths: Paths) -> list[Standing]:
    """Return the days' folders that no run may pass over: those that nobody noted, and those that rest on what nobody knows any more."""
    return sorted([*unnoted(paths), *short(paths)], key=lambda standing: standing.day)


def unnoted(paths: Paths) -> list[Standing]:
    """Return the days' folders whose manifest neither ledger nor journal has noted, by day."""
    noted = noted_manifests(paths)
    return [standing for path in sorted(paths.outbox.glob(f"????-??-??/{MANIFEST}")) if (standing := _read(path, noted))]


def short(paths: Paths) -> list[Standing]:
    """Return the noted days of which the manifest names a file that ledger, journal and archive have lost, by day.

    The manifest of the outbox; where it is gone or another's, that of the newest edition that ledger or journal know.
    """
    noted, here = noted_manifests(paths), known(paths)
    manifests: dict[date, bytes] = {}
    for path in paths.outbox.glob(f"????-??-??/{MANIFEST}"):
        with suppress(OSError, ValueError):
            day, manifest = date.fromisoformat(path.parent.name), path.read_bytes()
            if (day, hashlib.sha256(manifest).hexdigest()) in noted:
                manifests[day] = manifest if _names_others(manifest, here) else b""
    for day, manifest in _kept(paths, manifests):
        manifests[day] = manifest if _names_others(manifest, here) else b""
    return [
        Standing(day, paths.outbox / day.isoformat(), manifest, json.loads(manifest), is_noted=True)
        for day, manifest in sorted(manifests.items())
        if manifest
    ]


def _names_others(manifest: bytes, known: Collection[str]) -> bool:
    """Whether it names files that are not among the known; by its text, since a year of manifests takes seconds to parse."""
    return any(match[1].decode() not in known for match in _SHA256.finditer(manifest))


def _kept(paths: Paths, others: Collection[date]) -> Iterator[tuple[date, bytes]]:
    """Return the manifest of the newest edition of each published day but those, as the ledger has it, or as it was kept by its content.

    Any note is enough: a day of which the ledger has lost its publication was published all the same, as the journal tells.
    """
    told = {edition.day: edition for edition in journal.editions(paths.archive) if not edition.is_over}
    held: dict[date, bytes] = {}
    if places.exists(paths.ledger_place):
        with suppress(LedgerError), Ledger(paths.ledger_place) as ledger:
            days = {*map(date.fromisoformat, ledger.publications()), *(noted.day for noted in editions.notes(ledger))}
            newest = (edition for day in days.difference(others) for edition in editions.held_of_day(ledger, day)[-1:])
            held = {edition.note.day: edition.manifest for edition in newest if edition.manifest and not edition.is_damaged}
    yield from held.items()
    for day in told.keys() - held.keys() - {*others}:
        if manifest := edition_files.read(paths.editions, told[day].manifest):
            yield day, manifest


def noted_manifests(paths: Paths) -> set[_Key]:
    """Return the days and manifests that ledger and journal have noted."""
    noted: set[_Key] = {(edition.day, edition.manifest) for edition in journal.editions(paths.archive)}
    if places.exists(paths.ledger_place):
        with suppress(LedgerError), Ledger(paths.ledger_place) as ledger:
            noted |= {(edition.day, edition.manifest) for edition in editions.notes(ledger)}
    return noted


def _read(path: Path, noted: set[_Key]) -> Standing | None:
    """Return the day's folder of that manifest; None where the manifest is noted, or is none."""
    with suppress(OSError, ValueError):
        manifest, day = path.read_bytes(), date.fromisoformat(path.parent.name)
        # Asked first: a year of manifests takes seconds to parse.
        if (day, hashlib.sha256(manifest).hexdigest()) not in noted and isinstance(fields := json.loads(manifest), dict):
            return Standing(day, path.parent, manifest, fields)
    return None


def known(paths: Paths) -> set[str]:
    """Return the SHA-256 of every file that journal, archive or ledger has."""
    sums = {arrival.sha256 for arrival, _sidecar in journal.arrivals(paths.archive)} | {*soundness.originals(paths).names()}
    if places.exists(paths.ledger_place):
        with suppress(LedgerError), Ledger(paths.ledger_place) as ledger:
            sums |= {sha256 for _path, sha256, _received in ledger.identities()}
    return sums
