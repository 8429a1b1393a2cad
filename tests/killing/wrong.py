"""Orders that lose something when the machine dies: the test of the test."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from pipeline import inbox, outbox, storage
from pipeline.inbox import SIDECAR


def _removed_before_noted() -> None:
    """The sender's file goes as soon as it is archived, before the ledger has noted it."""
    keep = storage.keep

    def keep_and_remove(source: Path, seen: os.stat_result, archive: Path) -> tuple[str, int]:
        kept = keep(source, seen, archive)
        if inbox.ASSIGNMENT not in source.parts:
            source.unlink()
        return kept

    storage.keep = keep_and_remove


def _removed_before_archived() -> None:
    """The sender's file goes before its copy has its place in the archive."""
    keep = storage.keep

    def remove_and_keep(source: Path, seen: os.stat_result, archive: Path) -> tuple[str, int]:
        if inbox.ASSIGNMENT in source.parts:
            return keep(source, seen, archive)
        content = source.read_bytes()
        source.unlink()
        aside = archive / f".{source.name}.tmp"
        storage.write(aside, content)
        sha256 = hashlib.sha256(content).hexdigest()
        aside.replace(archive / sha256)
        return sha256, len(content)

    storage.keep = remove_and_keep


def _sidecar_before_its_file() -> None:
    """The sidecar goes first; a file left without it has arrived at another time."""
    remove = storage.remove

    def remove_sidecar_first(path: Path) -> bool:
        remove(path.with_name(path.name + SIDECAR))
        return remove(path)

    storage.remove = remove_sidecar_first


def _straight_into_place() -> None:
    """The day's files are written into the folder that people look into."""

    def publish(out: Path, day: str, files: Mapping[str, bytes], _kept: Path, _known: str | None) -> str:
        (out / day).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            storage.write(out / day / name, content)
        return hashlib.sha256(files[outbox.MANIFEST]).hexdigest()

    outbox.publish = publish  # type: ignore[assignment]


ORDERS = {
    "removed before noted": _removed_before_noted,
    "removed before archived": _removed_before_archived,
    "sidecar before its file": _sidecar_before_its_file,
    "straight into place": _straight_into_place,
}
