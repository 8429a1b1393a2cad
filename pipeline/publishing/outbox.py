"""A day's folder: every file is made first, then the folder appears whole, in the place of an earlier edition."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
from collections.abc import Collection, Container, Iterator, Mapping
from datetime import date
from pathlib import Path

from pipeline.disk import kept_aside, listed_folder, storage
from pipeline.render import documents
from pipeline.terms.errors import PipelineError, reason_of

MANIFEST = documents.MANIFEST
_HELD = "里面有文件正被打开，或没有写入权限，请关闭 Excel 等程序"


class NotPublishedError(PipelineError):
    """The disk refused the day's folder; `str()` is why, and what to do. The earlier edition is as it was."""


def aside(outbox: Path, day: str) -> Path:
    """Return where the day's folder is made before it takes its place."""
    return outbox / f".{day}.new"


def publish(
    outbox: Path, day: str, files: Mapping[str, bytes | Path], kept: Path, noted: Collection[str] = (), *, manifest: str = MANIFEST
) -> str:
    """Write the day's folder whole, and return the SHA-256 of its manifest. Raises NotPublishedError where the disk refuses.

    What somebody changed in an earlier edition, or added to it, is kept below the folder `kept`. `noted` are the SHA-256 of the
    day's manifests, where the ledger has any; a run that was killed before it noted one had written what is now written again.
    A path is that of a file which was written into `aside` already. `manifest`: the name of the file that lists the others,
    where the folder is no day's.
    """
    written = _sha256(files[manifest])
    ours = {*noted, written} if noted else None
    new = aside(outbox, day)
    with refusals_as_not_published():
        try:
            storage.make_folder(outbox)
            _keep_changes(outbox / day, kept, ours, manifest)
            kept_aside.put_files_by(outbox)  # somebody's file came there since the run began
            storage.write_folder(new, files)
            old = storage.replace_folder(new, outbox / day)
        except OSError:
            storage.remove_folder(new)
            raise
    if old:
        with contextlib.suppress(OSError):  # somebody is writing into it
            _keep_changes(old, kept, ours, manifest, day)
            storage.remove_folder(old)
    return written


def _sha256(content: bytes | Path) -> str:
    return hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else storage.sha256(content)


@contextlib.contextmanager
def refusals_as_not_published() -> Iterator[None]:
    """Raise NotPublishedError for what the disk refuses, as far as the office can mend it."""
    try:
        yield
    except OSError as error:
        reason = _HELD if isinstance(error, PermissionError) else reason_of(error)
        if reason is None:
            raise
        raise NotPublishedError(reason) from error


def _keep_changes(edition: Path, kept: Path, ours: Container[str] | None, manifest: str, day: str = "") -> None:
    """Keep a copy of an edition that somebody changed, once; `ours`: the manifests that we wrote, where that is known.

    `day`: its name, where it stands under another by now.
    """
    if not edition.is_dir():
        return
    if is_as_written(edition, manifest) and (ours is None or storage.sha256(edition / manifest) in ours):
        return
    changed = _tree(edition)
    for number in itertools.count(1):
        path = kept / f"{day or edition.name}_{number}"
        if not path.exists():
            break
        if _tree(path) == changed:
            return
    storage.make_folder(kept)
    aside = kept / f".{path.name}.tmp"
    storage.write_folder(aside, {name: edition / name for name in changed})
    storage.replace_folder(aside, path)


def _tree(folder: Path) -> dict[str, str]:
    """Return every file below the folder with its SHA-256."""
    return {path.relative_to(folder).as_posix(): storage.sha256(path) for path in folder.rglob("*") if path.is_file()}


def is_as_written(folder: Path, manifest: str = MANIFEST) -> bool:
    """Whether the folder's files are those that its own manifest lists, whatever that is."""
    return listed_folder.is_as_written(folder, manifest)


def is_whole(outbox: Path, day: str, manifest: str) -> bool:
    """Whether the day's folder still is what was published: the same manifest, and every file it lists is there."""
    return listed_folder.is_that(outbox / day, MANIFEST, manifest)


def has(outbox: Path, day: date, manifest: str) -> bool:
    """Whether the day's folder has the manifest with that SHA-256; its other files are not looked at."""
    with contextlib.suppress(OSError):
        return storage.sha256(outbox / day.isoformat() / MANIFEST) == manifest
    return False


def strangers(outbox: Path, own: Container[str] = ()) -> list[str]:
    """Return the names of what is in the outbox and is none of a day's folders, apart from `own` and what programs leave behind."""
    names = sorted(path.name for path in outbox.glob("*") if not (path.is_dir() and (is_day(path.name) or path.name in own)))
    return [name for name in names if not name.startswith(listed_folder.LEFT_BY_PROGRAMS)]


def is_day(name: str) -> bool:
    """Whether a folder of that name is a day's."""
    with contextlib.suppress(ValueError):
        return date.fromisoformat(name).isoformat() == name
    return False
