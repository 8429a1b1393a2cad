"""The published files that a user may see. A request names an entry of this list, never a file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.publishing import outbox
from pipeline.settings.config import Settings
from pipeline.web.accounts import User

DISTRICT_FOLDERS: Final = ("日报模板", "回执", "督办通知")
_FOR_PROGRAMS: Final = (".json", ".csv")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One published file."""

    id: str
    day: str
    name: str
    """As the manifest lists it, with its folder."""
    path: Path
    size: int

    @property
    def published_on(self) -> date:
        """Its day as a date."""
        return date.fromisoformat(self.day)

    @property
    def file(self) -> str:
        """Its name without the folder."""
        return PurePosixPath(self.name).name

    @property
    def folder(self) -> str:
        """The folder that it lies in below the day's, or ''."""
        return self.name.rpartition("/")[0]


def days(settings: Settings) -> list[str]:
    """Every day that has a folder, the newest first."""
    try:
        names = [one.name for one in settings.paths.outbox.iterdir() if _DAY.fullmatch(one.name) and one.is_dir()]
    except OSError:
        return []
    return sorted(names, reverse=True)


def entries(settings: Settings, day: str, user: User) -> list[Entry]:
    """What of that day's folder the user may see: the office all that the manifest lists, a district its own files."""
    if day not in days(settings):
        return []
    found = [one for one in _listed(settings.paths.outbox / day) if user.is_office or _is_for(one, user.district)]
    return sorted(found, key=lambda one: (one.path.suffix in _FOR_PROGRAMS, one.name))


def find(settings: Settings, day: str, identity: str, user: User) -> Entry | None:
    """The entry of that id, where the user may see it."""
    return next((one for one in entries(settings, day, user) if one.id == identity), None)


def newest(settings: Settings, user: User, folder: str) -> Entry | None:
    """The user's newest published file in a folder such as 日报模板."""
    return next((one for day in days(settings) for one in entries(settings, day, user) if one.folder == folder), None)


def _is_for(entry: Entry, district: str) -> bool:
    return bool(district) and entry.folder in DISTRICT_FOLDERS and entry.file.startswith(f"{district}_")


def _listed(folder: Path) -> Iterator[Entry]:
    try:
        names = list(json.loads((folder / outbox.MANIFEST).read_bytes())["outputs"])
    except (OSError, ValueError, LookupError, TypeError):
        return
    for name in [*names, outbox.MANIFEST]:
        path = folder.joinpath(*PurePosixPath(str(name)).parts)
        if ".." in PurePosixPath(str(name)).parts or not path.is_relative_to(folder) or path.is_symlink() or not path.is_file():
            continue
        identity = hashlib.sha256(f"{folder.name}/{name}".encode()).hexdigest()[:24]
        yield Entry(identity, folder.name, str(name), path, path.stat().st_size)
