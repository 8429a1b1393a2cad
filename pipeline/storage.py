"""Writing that survives a power cut: aside, synced, renamed. The only place that moves or removes files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

_CHUNK = 1 << 20


def write(path: Path, content: bytes) -> None:
    """Write the file and see it on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def copy_aside(source: Path, folder: Path) -> tuple[Path, str, int]:
    """Copy a file into the folder under a temporary name, synced: the copy, its SHA-256, its size."""
    digest, size = hashlib.sha256(), 0
    aside = folder / f".{os.getpid()}-{hashlib.sha256(os.fsencode(source)).hexdigest()[:24]}.tmp"
    with source.open("rb") as reader, aside.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return aside, digest.hexdigest(), size


def sync_folder(folder: Path) -> None:
    """See a folder's entries on the disk, where the system can (Windows syncs them with the file)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> bool:
    """Remove a file that may be gone already; False where something holds it."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def replace_folder(aside: Path, final: Path) -> None:
    """Put a finished folder in the place of an earlier edition, whole; what is left half-way `sweep` puts right."""
    old = final.with_name(f".{final.name}.old")
    sync_folder(aside)
    if final.exists():
        final.replace(old)
    aside.replace(final)
    sync_folder(final.parent)
    shutil.rmtree(old, ignore_errors=True)


def sweep(outbox: Path, archive: Path) -> None:
    """Put right what a killed run left: an earlier edition set aside comes back, half-written files go."""
    for old in sorted(outbox.glob(".*.old")):
        final = old.with_name(old.name.removeprefix(".").removesuffix(".old"))
        if final.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.replace(final)
    for left in [*outbox.glob(".*.new"), *archive.glob(".*.tmp")]:
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                left.unlink()


def digest(parts: Iterable[bytes]) -> str:
    """The SHA-256 of the parts, each told apart from its neighbours."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def sha256(path: Path) -> str:
    """The name under which the archive keeps this file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
