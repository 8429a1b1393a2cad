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

from pipeline.disk import at_once, storage

_PART: Final = 1 << 20


def keep(folder: Path, contents: Iterable[bytes | Path]) -> None:
    """Keep these contents, or those of these files, all synced when this returns; what is there already stays. Raises OSError."""
    storage.make_folder(folder)
    given = [*contents]
    found = dict(zip(at_once.each(_sha256, given), given, strict=True))  # each once: two threads must not write one
    if any(at_once.each(lambda each: _keep(folder / each[0], each[1]), found.items())):
        storage.sync_folder(folder)


def _sha256(content: bytes | Path) -> str:
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else storage.sha256(content)


def _keep(path: Path, content: bytes | Path) -> bool:
    """Keep that content there; return False where it is there already."""
    if _has_size(path, len(content) if isinstance(content, bytes) else content.stat().st_size):
        return False
    aside = path.with_name(f".{path.name}.tmp")
    storage.write(aside, content if isinstance(content, bytes) else _parts(content))
    storage.retry_while_held(partial(aside.replace, path))
    return True


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
