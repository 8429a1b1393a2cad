"""What was drawn for a day before, by the digest of what it was drawn from: a document whose lines did not change is not drawn again.

A cache beside the checkpoints (decision 37): it names contents that the editions keep anyway, each under its SHA-256; whoever deletes it
loses time and nothing else.
Covered by tests/render/receipts/test_receipt_files.py and tests/publishing/test_drawn.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pipeline.disk import own_code, storage

_WINGS = ("day", "disk", "reading", "render", "report", "settings", "terms")
"""The wings whose code decides what a document looks like."""

_DAYS = 64


def _nothing(_sha256: str) -> None:
    """Find no content."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The documents of a day."""

    before: Mapping[str, str] = field(default_factory=dict)
    """Those that an earlier run drew: the SHA-256 of each, by the digest of what it was drawn from."""
    read: Callable[[str], bytes | None] = _nothing
    """Reads a content by its SHA-256; None where it is gone or changed."""
    settings: str = ""
    """What the settings say of drawing."""
    now: dict[str, str] = field(default_factory=dict)
    """Those of this run."""

    def has(self, made_from: str) -> bool:
        """Whether something was drawn from the same, if it is still there."""
        return bool(self.before) and self._digest(made_from) in self.before

    def again(self, made_from: str) -> bytes | None:
        """Return what was drawn from the same; None where it has to be drawn."""
        return self.read(self.before[self._digest(made_from)]) if self.has(made_from) else None

    def note(self, made_from: str, content: bytes) -> None:
        """Note what this run has drawn, or taken over."""
        self.note_sum(made_from, hashlib.sha256(content).hexdigest())

    def note_sum(self, made_from: str, sha256: str) -> None:
        """Note by its SHA-256 what was drawn elsewhere."""
        self.now[self._digest(made_from)] = sha256

    def _digest(self, made_from: str) -> str:
        return storage.digest(part.encode() for part in (_program(), self.settings, made_from))


def load(path: Path, read: Callable[[str], bytes | None], settings: str) -> Drawn:
    """Return what the file there says of a day; nothing where it is none."""
    with contextlib.suppress(OSError, ValueError):
        before = json.loads(path.read_bytes())
        if isinstance(before, dict):
            return Drawn({digest: sha256 for digest, sha256 in before.items() if isinstance(sha256, str)}, read, settings)
    return Drawn(read=read, settings=settings)


def keep(path: Path, drawn: Drawn) -> None:
    """Keep what was drawn of a day in the place of what was drawn before; a full disk takes nothing.

    Of days, whose names are in their order, so many as a late report can have written again.
    """
    if drawn.now and drawn.now != drawn.before:
        with contextlib.suppress(OSError):
            storage.make_folder(path.parent)
            storage.replace(path, json.dumps(drawn.now, sort_keys=True).encode())
            for old in sorted(path.parent.glob("*.json"))[:-_DAYS]:
                storage.remove(old)


@cache
def _program() -> str:
    """Return what tells this program, with the packages that it is run with, from any other."""
    return repr((own_code.stamp(*_WINGS), own_code.packages()))
