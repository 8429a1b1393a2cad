"""The files of the editions by their content, each once, under its SHA-256 in one folder.

Covered by tests/publishing/test_editions.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from pipeline.disk import storage

_PART: Final = 1 << 20


def keep(folder: Path, contents: Iterable[bytes | Path]) -> None:
    """Keep these contents, or those of these files, all synced when this returns; what is there already stays. Raises OSError."""
    storage.make_folder(folder)
    is_new = False
    for given in contents:
        sha256, size, parts = (hashlib.sha256(given).hexdigest(), len(given), given) if isinstance(given, bytes) else _of_file(given)
        path = folder / sha256
        if not _has_size(path, size):
            aside = path.with_name(f".{path.name}.tmp")
            storage.write(aside, parts)
            storage.retry_while_held(partial(aside.replace, path))
            is_new = True
    if is_new:
        storage.sync_folder(folder)


def _of_file(path: Path) -> tuple[str, int, Iterator[bytes]]:
    return storage.sha256(path), path.stat().st_size, _parts(path)


def _parts(path: Path) -> Iterator[bytes]:
    """Go through a file's content: of a large day there is one of a hundred megabytes."""
    with path.open("rb") as file:
        while part := file.read(_PART):
            yield part


def replace(folder: Path, contents: Iterable[bytes], lacking: Collection[str]) -> None:
    """Keep those of these contents that are lacking, also in the place of what was changed. Raises OSError."""
    found = {hashlib.sha256(content).hexdigest(): content for content in contents}
    back = {sha256: content for sha256, content in found.items() if sha256 in lacking}
    for sha256 in back:
        storage.remove(folder / sha256)
    keep(folder, back.values())


def _has_size(path: Path, size: int) -> bool:
    # Its bytes are compared by `doctor`; a file that was cut off or grew is written again here.
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def read(folder: Path, sha256: str) -> bytes | None:
    """Return the content of that SHA-256; None where it is gone or changed."""
    try:
        content = (folder / sha256).read_bytes() if sha256 else b""
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def names(folder: Path) -> set[str]:
    """Return the SHA-256 of every content that is kept."""
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")} if folder.exists() else set()


def remove_unnamed(folder: Path, named: set[str], before: datetime) -> int:
    """Remove the contents that nobody names and that were written before that moment; return how many."""
    count = 0
    for name in sorted(names(folder) - named):
        path = folder / name
        if path.stat().st_mtime < before.timestamp() and storage.remove(path):
            count += 1
    if count:
        storage.sync_folder(folder)
    return count
