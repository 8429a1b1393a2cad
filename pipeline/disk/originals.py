"""The originals, each under its SHA-256: in their folder, and where the settings name one, in an object store beyond it.

With a store the folder holds what is on its way there or was fetched from it; it can be emptied without loss.
Covered by tests/disk/test_object_store.py and tests/disk/test_storage.py.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.disk import storage

if TYPE_CHECKING:
    from pipeline.disk.object_store import ObjectStore


@dataclass(frozen=True)
class Originals:
    """An office's originals."""

    folder: Path
    url: str = ""
    """Of the object store; '' where the folder is all there is."""

    @property
    def where(self) -> str:
        """Where they are, as people are told."""
        return self.url or str(self.folder)

    @cached_property
    def _store(self) -> ObjectStore | None:
        if not self.url:
            return None
        from pipeline.disk.object_store import ObjectStore

        return ObjectStore(self.url)

    # --- looks ---

    def names(self) -> list[str]:
        """Return the SHA-256 of every original, as its name says; none where there is no archive yet. Raises ArchiveError."""
        return sorted({*_names(self.folder), *(self._store.names() if self._store else ())})

    def exists(self, sha256: str) -> bool:
        """Whether there is an original of that name. Raises ArchiveError."""
        return (self.folder / sha256).exists() or bool(self._store and self._store.size(sha256) is not None)

    def has(self, sha256: str) -> bool:
        """Whether there is one with these bytes, which are then in the folder. Raises ArchiveError, OSError where the disk is away."""
        if holds(self.folder, sha256):
            return True
        return bool(self._store and self._store.fetch(sha256, self.folder / sha256))

    def damaged(self, sums: Iterable[str]) -> set[str]:
        """Return those of these SHA-256 whose original is gone or has other bytes. Raises ArchiveError, OSError."""
        return {sha256 for sha256 in sums if not self.has(sha256)}

    def unsound(self, sums: Iterable[str]) -> set[str]:
        """Return the same, and fetch nothing into the folder. Raises ArchiveError, OSError."""
        return {name for name in sums if not (holds(self.folder, name) or (self._store and self._store.holds(name)))}

    def path(self, sha256: str) -> Path:
        """Return where the bytes of one that there is are to be read."""
        return self.folder / sha256

    def read(self, sha256: str) -> bytes | None:
        """Return the bytes of an original, and write nothing; None where it is gone or has others. Raises ArchiveError, OSError."""
        with suppress(FileNotFoundError):
            content = (self.folder / sha256).read_bytes()
            if hashlib.sha256(content).hexdigest() == sha256:
                return content
        return self._store.read(sha256) if self._store else None

    # --- changes ---

    def take(self, source: Path, seen: os.stat_result) -> tuple[str, int]:
        """Copy a file into the folder, synced; return its SHA-256 and size. It is safe after `settle`. Raises ChangedError, OSError."""
        return storage.copy_into_archive(source, seen, self.folder)

    def settle(self, sums: Iterable[str]) -> None:
        """Have these on the disk, and in the store. Raises ArchiveError, OSError."""
        storage.sync_folder(self.folder)
        for sha256 in sums if self._store else ():
            if self._store and holds(self.folder, sha256):
                self._store.put(sha256, self.folder / sha256)

    def settle_all(self) -> None:
        """Have in the store what lies in the folder: a run was killed, or the office has had none before. Raises ArchiveError, OSError."""
        if self._store:
            self.settle(_names(self.folder))

    def remove(self, sha256: str) -> bool:
        """Remove an original; return False where something holds it. Raises ArchiveError."""
        if self._store:
            self._store.remove(sha256)
        return storage.remove(self.folder / sha256)

    def give(self, sha256: str, target: Path) -> None:
        """Move an original out of the archive, as it is. Raises ArchiveError, OSError."""
        if self._store and not holds(self.folder, sha256):
            self._store.copy(sha256, self.folder / sha256)
        storage.move(self.folder / sha256, target)
        if self._store:
            self._store.remove(sha256)

    def empty_folder(self) -> None:
        """Remove from the folder what the store has. Raises ArchiveError."""
        for name in _names(self.folder) if self._store else ():
            path = self.folder / name
            if self._store and self._store.size(name) == path.stat().st_size:
                storage.remove(path)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.exists() else []


def holds(archive: Path, name: str) -> bool:
    """Return whether the archive still has the bytes of that SHA-256: neither gone, nor changed, nor on a broken part of the disk.

    Raises OSError for what says nothing of the bytes, such as a share that is away.
    """
    try:
        with storage.naming_file(archive / name):
            return storage.sha256(archive / name) == name
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EIO):
            return False
        raise
