"""The published files that a user may see. A request names an entry of this list, never a file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.publishing import outbox
from pipeline.publishing import periods as reported_on
from pipeline.publishing.periods import LISTED_IN
from pipeline.render.forms import report_form
from pipeline.render.papers import notice
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.web.accounts import User

_DISTRICT_FOLDERS: Final = (report_form.FOLDER, receipt_files.FOLDER, notice.FOLDER)
_FOR_PROGRAMS: Final = (".json", ".csv")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One published file."""

    id: str
    day: str
    name: str
    """As the manifest lists it, with its folder."""
    path: Path
    size: int

    @property
    def published_on(self) -> date:
        """The day of its folder."""
        return date.fromisoformat(self.day)

    @property
    def file(self) -> str:
        """Its name without its folder."""
        return PurePosixPath(self.name).name

    @property
    def folder(self) -> str:
        """The folder that it is in, below the day's, or ''."""
        return self.name.rpartition("/")[0]


def days(settings: Settings) -> list[str]:
    """Return every day, ISO, that has a folder, the newest first."""
    try:
        names = [path.name for path in settings.paths.outbox.iterdir() if _DAY.fullmatch(path.name) and path.is_dir()]
    except OSError:
        return []
    return sorted(names, reverse=True)


def entries(settings: Settings, day: str, user: User, own: Container[tuple[str, str]] = ()) -> list[PublishedFile]:
    """Return what of that day's folder the user may see: the office all that the manifest lists, a district its own files.

    `own`: receipts that are known to be the district's, by day and name, also where they name no district.
    """
    if day not in days(settings):
        return []
    folder = settings.paths.outbox / day
    name_then = "" if user.is_office else _name_then(folder, user.district, settings)
    seen = [entry for entry in _listed(folder) if user.is_office or _is_for(entry, name_then) or (entry.day, entry.name) in own]
    return sorted(seen, key=_people_first)


def find(settings: Settings, day: str, identity: str, user: User, own: Container[tuple[str, str]] = ()) -> PublishedFile | None:
    """Return the entry of that id, where the user may see it."""
    return next((entry for entry in entries(settings, day, user, own) if entry.id == identity), None)


def named(settings: Settings, day: str, name: str) -> PublishedFile | None:
    """Return the file of that name that the day's manifest lists, whoever may see it."""
    return next(_listed(settings.paths.outbox / day, only=name), None) if day in days(settings) else None


def _name_then(folder: Path, district: str, settings: Settings) -> str:
    """Return what a district was called when the folder was written: another district may have that name by now."""
    try:
        return str(json.loads((folder / outbox.MANIFEST).read_bytes())["rules"]["districts"][settings.code_of(district)])
    except (OSError, ValueError, LookupError, TypeError):
        return district


def _is_for(entry: PublishedFile, district: str) -> bool:
    return bool(district) and entry.folder in _DISTRICT_FOLDERS and entry.file.startswith(f"{district}_")


def periods(settings: Settings) -> list[list[PublishedFile]]:
    """Return the files of every week or other span of days that was reported on, the last days first; they are the office's."""
    listed = (sorted(_listed(folder, LISTED_IN), key=_people_first) for folder in reported_on.folders(settings))
    return [files for files in listed if files]


def find_in_period(settings: Settings, span: str, identity: str) -> PublishedFile | None:
    """Return the file of that id of the period whose folder has that name."""
    return next((file for files in periods(settings) for file in files if (file.day, file.id) == (span, identity)), None)


def _people_first(entry: PublishedFile) -> tuple[bool, str]:
    return entry.path.suffix in _FOR_PROGRAMS, entry.name


def _listed(folder: Path, manifest: str = outbox.MANIFEST, only: str = "") -> Iterator[PublishedFile]:
    try:
        names = list(json.loads((folder / manifest).read_bytes())["outputs"])
    except (OSError, ValueError, LookupError, TypeError):
        return
    for name in [*names, manifest]:
        if only and name != only:
            continue
        parts = PurePosixPath(str(name)).parts
        path = folder.joinpath(*parts)
        # a manifest is a file like others, and somebody may have written a path into it that leads out
        if ".." in parts or not path.is_relative_to(folder) or path.is_symlink() or not path.is_file():
            continue
        identity = hashlib.sha256(f"{folder.name}/{name}".encode()).hexdigest()[:24]
        yield PublishedFile(identity, folder.name, str(name), path, path.stat().st_size)
