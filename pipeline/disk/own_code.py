"""What the program itself is made of, and what it made of its own templates: kept beside Python's compiled modules.

What is kept there is code or as good as code. It lies where Python's own compiled modules lie and nowhere else, and is as much to be
trusted. Where Python keeps none (`-B`, a folder that is not ours to write), nothing is kept here either.

Covered by tests/render/test_compiled_templates.py and tests/publishing/test_checkpoints.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from pipeline import HOME, __version__


@cache
def stamp(*wings: str) -> str:
    """Return what tells this code from any other: version, Python, and when each module of these wings was changed last, and its size."""
    modules = sorted(path for wing in wings for path in (HOME / "pipeline" / wing).rglob("*.py"))
    status = [(path.as_posix(), path.stat()) for path in modules]
    return repr((__version__, sys.version_info[:2], [(path, each.st_size, each.st_mtime_ns) for path, each in status]))


def recall(name: str, stamp: str) -> bytes:
    """Return what was kept under that name with that stamp; b"" where nothing was, or with another."""
    with contextlib.suppress(OSError):
        content, digest = _place(name).read_bytes(), _digest(stamp)
        if content.startswith(digest):
            return content[len(digest) :]
    return b""


def keep(name: str, stamp: str, content: bytes) -> None:
    """Keep this under that name, where there is room for it; `stamp`: what it was made with."""
    if sys.dont_write_bytecode:
        return
    with contextlib.suppress(OSError):
        place = _place(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(_digest(stamp) + content)
        Path(aside).replace(place)


def _digest(stamp: str) -> bytes:
    return hashlib.sha256(stamp.encode()).digest()


def _place(name: str) -> Path:
    return Path(cache_from_source(str(HOME / "templates" / "any.py"))).parent / name
