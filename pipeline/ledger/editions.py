"""The editions of the published days: what was really said, each numbered within its day.

An edition's manifest and `summary.json` are in the ledger, its files by their content in a folder of their own (`edition_files`), and a
line of each in the journal: a ledger that is made again has its editions again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.ledger import edition_files, journal, schema
from pipeline.ledger.journal import EditionNote
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.tables import Row

SUMMARY = "summary.json"
EXTENSIONS = "extensions.json"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition with what it said."""

    note: EditionNote
    manifest: bytes
    """Empty where nobody has it any more."""
    summary: bytes
    """Its `summary.json`; empty where nobody has it any more."""

    @property
    def outputs(self) -> dict[str, str]:
        """The SHA-256 of its files by their names; none where its manifest is lost."""
        return outputs_of(self.manifest)

    @property
    def figures(self) -> dict[str, Any] | None:
        """What its `summary.json` says; None where it is lost."""
        return json.loads(self.summary) if self.summary else None

    @property
    def districts(self) -> dict[str, str]:
        """What the districts were called, by their codes; none where its manifest is lost or of an older program."""
        try:
            return {str(code): str(name) for code, name in json.loads(self.manifest)["rules"]["districts"].items()}
        except (ValueError, LookupError, TypeError, AttributeError):
            return {}

    @property
    def headline(self) -> dict[str, str]:
        """The lines that its papers begin with, by their names; none where its manifest is lost or of an older program."""
        try:
            return {str(line["name"]): str(line["says"]) for line in json.loads(self.manifest)["headline"]}
        except (ValueError, LookupError, TypeError, AttributeError):
            return {}

    @property
    def is_correction(self) -> bool:
        """Whether it is marked 更正; False where its manifest is lost or of an older program."""
        try:
            return json.loads(self.manifest)["correction"] is True
        except (ValueError, LookupError, TypeError):
            return False

    @property
    def is_lost(self) -> bool:
        """Whether the ledger was not given all of it, since nobody had it any more."""
        return not self.manifest or not self.summary

    @property
    def is_damaged(self) -> bool:
        """Whether the ledger does not hold what was published."""
        if hashlib.sha256(self.manifest).hexdigest() != self.note.manifest:
            return True
        return hashlib.sha256(self.summary).hexdigest() != self.outputs.get(SUMMARY)


def outputs_of(manifest: bytes) -> dict[str, str]:
    """Return the SHA-256 of the files that a manifest lists, by their names; none where it is no manifest."""
    try:
        listed = json.loads(manifest)["outputs"]
        return {str(name): str(sha256) for name, sha256 in listed.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def notes(ledger: Ledger) -> list[EditionNote]:
    """Return every edition that the ledger holds, by day and number, without what it said."""
    return [_note(row) for row in ledger.store.rows(schema.editions)]


def contents(ledger: Ledger) -> dict[EditionNote, frozenset[str]]:
    """Return the SHA-256 of the files of every edition."""
    return {_note(row): frozenset(json.loads(row["contents"])) for row in ledger.store.rows(schema.editions)}


def lacking(ledger: Ledger, folder: Path) -> dict[EditionNote, frozenset[str]]:
    """Return the editions of which a file is gone or changed, with the SHA-256 of these; that of its manifest where nothing tells them."""
    listed = contents(ledger)
    whole = {sha256 for sha256 in frozenset[str]().union(*listed.values()) if edition_files.read(folder, sha256) is not None}
    return {noted: files - whole for noted, files in listed.items() if files - whole}


def damaged(ledger: Ledger) -> list[Edition]:
    """Return the editions of which the ledger no longer holds what it was given."""
    return [edition for day in sorted({noted.day for noted in notes(ledger)}) for edition in held_of_day(ledger, day) if edition.is_damaged]


def of_day(ledger: Ledger, day: date) -> list[Edition]:
    """Return the day's editions, in order. Raises LedgerError where the ledger no longer holds what it was given."""
    editions = held_of_day(ledger, day)
    if any(edition.is_damaged and not edition.is_lost for edition in editions):
        what = f"{day} 的{schema.WORDS['editions']}"
        raise ledger.store.damaged(what)
    return editions


def held_of_day(ledger: Ledger, day: date) -> list[Edition]:
    """Return the day's editions as the ledger has them, those too of which it no longer holds what it was given."""
    rows = ledger.store.rows(schema.editions, {"day": day.isoformat()}, is_whole=True)
    return [Edition(_note(row), _unpacked(row["manifest_text"]), _unpacked(row["summary_text"])) for row in rows]


def note(ledger: Ledger, archive: Path, *, day: date, published_at: datetime, manifest: bytes, summary: bytes) -> EditionNote:
    """Note what was published, seen on the disk when this returns; what the day's newest edition was already is none.

    A kill between ledger and journal leaves one of them behind: `align` makes up for it.
    """
    told = [noted for noted in journal.editions(archive) if noted.day == day]
    held = [noted for noted in notes(ledger) if noted.day == day]
    newest = max([*told, *held], key=lambda noted: noted.number, default=None)
    sha256 = hashlib.sha256(manifest).hexdigest()
    if newest and newest.manifest == sha256:
        return newest
    noted = EditionNote(day, newest.number + 1 if newest else 1, published_at, sha256)
    _insert(ledger, [Edition(noted, manifest, summary)])
    journal.note_editions(archive, [noted])
    return noted


def align(ledger: Ledger, archive: Path, folder: Path) -> None:
    """Note on each side, ledger and journal, what only the other knows; `folder`: where the contents are."""
    told, held = journal.editions(archive), notes(ledger)
    missing = {noted.key for noted in held} - {noted.key for noted in told}
    if missing:
        journal.note_editions(archive, [noted for noted in held if noted.key in missing])
    in_ledger = {noted.key for noted in held}
    _insert(ledger, [_gathered(noted, folder) for noted in told if not noted.is_over and noted.key not in in_ledger])


def mend(ledger: Ledger, folder: Path) -> None:
    """Give the ledger again what it no longer holds of an edition; what the contents do not have either is lost."""
    for edition in damaged(ledger):
        found = _gathered(edition.note, folder)
        if not found.manifest and hashlib.sha256(edition.manifest).hexdigest() == edition.note.manifest:
            found = replace(found, manifest=edition.manifest)
        _delete(ledger, [edition.note])
        _insert(ledger, [found])


def end(ledger: Ledger, archive: Path, over: list[EditionNote]) -> None:
    """Forget editions whose time is over; the journal remembers their numbers, so that no other gets them."""
    if over:
        journal.note_editions(archive, [replace(noted, is_over=True) for noted in over])
        _delete(ledger, over)


# --- rows --------------------------------------------------------------------------------------------------------


def _note(row: Row) -> EditionNote:
    return EditionNote(date.fromisoformat(row["day"]), row["number"], datetime.fromisoformat(row["published_at"]), row["manifest"])


def _gathered(noted: EditionNote, folder: Path) -> Edition:
    """Return an edition with what it said, as far as its contents are there."""
    manifest = edition_files.read(folder, noted.manifest) or b""
    summary = edition_files.read(folder, outputs_of(manifest).get(SUMMARY, "")) or b""
    return Edition(noted, manifest, summary)


def _insert(ledger: Ledger, editions: Iterable[Edition]) -> None:
    rows = [
        {
            "day": edition.note.day.isoformat(),
            "number": edition.note.number,
            "published_at": edition.note.published_at.isoformat(),
            "manifest": edition.note.manifest,
            "contents": json.dumps(sorted({edition.note.manifest, *edition.outputs.values()})),
            # A manifest names every report of the year, and is a quarter of that when it is packed.
            "manifest_text": zlib.compress(edition.manifest),
            "summary_text": zlib.compress(edition.summary),
        }
        for edition in editions
    ]
    if rows:
        with ledger.store.begin() as connection:
            ledger.store.insert(connection, schema.editions, rows, or_ignore=True)


def _delete(ledger: Ledger, noted: Iterable[EditionNote]) -> None:
    with ledger.store.begin() as connection:
        for edition in noted:
            connection.delete(schema.editions, {"day": edition.day.isoformat(), "number": edition.number})


def _unpacked(content: Any) -> bytes:  # noqa: ANN401 - what stands in a damaged cell can be anything
    """Return what was packed, or what no sum agrees with."""
    try:
        return zlib.decompress(content)
    except (zlib.error, TypeError):
        return _DAMAGED


_DAMAGED = b"\0"
