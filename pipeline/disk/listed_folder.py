"""A folder with a file that lists the others: whether these are what it says, to the byte.

Covered by tests/publishing/test_outbox.py.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from pipeline.disk import storage

LEFT_BY_PROGRAMS: Final = ("~$", ".", "Thumbs.db", "desktop.ini")
"""How the names begin of what other programs leave in a folder that somebody has open."""


def is_that(folder: Path, manifest: str, sha256: str) -> bool:
    """Whether the folder has the manifest with that SHA-256, and every file that it lists, and no other."""
    try:
        written = (folder / manifest).read_bytes()
    except OSError:
        return False
    return hashlib.sha256(written).hexdigest() == sha256 and is_as_written(folder, manifest)


def is_as_written(folder: Path, manifest: str) -> bool:
    """Whether the folder's files are those that its own manifest lists, whatever that is."""
    try:
        listed: dict[str, str] = json.loads((folder / manifest).read_bytes())["outputs"]
        there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if _counts(path)}
        return there == {*listed, manifest} and all(storage.sha256(folder / name) == sha256 for name, sha256 in listed.items())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _counts(path: Path) -> bool:
    return not path.name.startswith(LEFT_BY_PROGRAMS) and not path.is_dir()
