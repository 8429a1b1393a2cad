"""The settings of a program that stays up: the rules by which days are judged are those that the file has now.

Covered by tests/web/test_settings_pages.py.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Final

from pipeline.settings import config
from pipeline.settings.config import Settings
from pipeline.settings.units import District, Unit
from pipeline.terms.errors import ConfigurationError

RULES: Final = ("sources", "categories", "groups", "calendar", "windows", "notices", "changes", "statute", "hints", "case_number_pattern")
"""The settings by which a day is judged. All others hold as they were when the program began."""


class Renewed:
    """The settings with the rules of now; a file that cannot be used, or is gone, leaves the last ones."""

    def __init__(self, settings: Settings) -> None:
        self._began = self._now = settings
        self._stamp = _stamp(settings.file)
        self._reading = threading.Lock()

    @property
    def now(self) -> Settings:
        """The settings; the same value as before where the file is."""
        if self._began.file and _stamp(self._began.file) != self._stamp:
            with self._reading:
                self._read(self._began.file)
        return self._now

    def _read(self, file: Path) -> None:
        stamp = _stamp(file)
        if stamp == self._stamp:  # another thread was here first
            return
        with suppress(ConfigurationError):
            read = config.load(file)
            if any(getattr(read, name) != getattr(self._now, name) for name in RULES):
                self._now = self._began.model_copy(update={name: getattr(read, name) for name in RULES})
        self._stamp = stamp


def others_than(settings: Settings, file: Path) -> list[str]:
    """Return which settings the file has otherwise by now that a program which stays up does not take over; none where it has a fault."""
    with suppress(ConfigurationError):
        read = config.load(file)
        return [name for name in Settings.model_fields if name not in RULES and getattr(read, name) != _as_written(name, settings, read)]
    return []


def _as_written(name: str, settings: Settings, read: Settings) -> object:
    """Return a setting without the names of before that were added to districts and units: these stand in no file."""
    match name:
        case "districts":
            return tuple(own.model_copy(update=_own(own, alike)) for own, alike in zip_longest(settings.districts, read.districts) if own)
        case "units":
            return tuple(own.model_copy(update=_own(own, alike)) for own, alike in zip_longest(settings.units, read.units) if own)
        case _:
            return getattr(settings, name)


def _own(named: District | Unit, written: District | Unit | None) -> dict[str, tuple[str, ...]]:
    return {"aliases": tuple(alias for alias in named.aliases if written is None or alias in written.aliases)}


def _stamp(file: Path | None) -> tuple[int, int, int] | None:
    try:
        status = file.stat() if file else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if status else None
