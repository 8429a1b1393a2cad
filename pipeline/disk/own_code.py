"""What the program itself is made of, and what it made of its own templates: kept beside Python's compiled modules.

What is kept there is code or as good as code. It lies where Python's own compiled modules lie and nowhere else, and is as much to be
trusted. Where Python keeps none (`-B`, a folder that is not ours to write), nothing is kept here either.

Covered by tests/render/test_compiled_templates.py and tests/publishing/test_checkpoints.py.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import hashlib
import marshal
import os
import sys
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType
from typing import Final

from pipeline import HOME, __version__


@cache
def stamp(*wings: str) -> str:
    """Return what tells this code from any other: version, Python, and when each module of these wings was changed last, and its size."""
    modules = sorted(path for wing in wings for path in (HOME / "pipeline" / wing).rglob("*.py"))
    status = [(path.as_posix(), path.stat()) for path in modules]
    return repr((__version__, sys.version_info[:2], [(path, each.st_size, each.st_mtime_ns) for path, each in status]))


@cache
def contents(*wings: str) -> str:
    """Return what tells what these wings do from what any others do, wherever they lie: modules, Python, and packages of others."""
    files = hashlib.sha256()
    for path in sorted(path for wing in wings for path in (HOME / "pipeline" / wing).rglob("*.py")):
        files.update(f"{path.relative_to(HOME).as_posix()}\n".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return repr((__version__, sys.version_info[:3], files.hexdigest(), packages()))


@cache
def packages() -> list[str]:
    """Return which packages of others there are, with their versions."""
    return sorted(path.name for folder in sys.path for path in Path(folder).glob("*.dist-info"))


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
    import tempfile  # here alone: most runs keep nothing new

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


class _Kept:
    """Executes source like `exec`, which it is for a module that finds it under that name, and compiles each source once for all runs."""

    NAME: Final = "dataclasses.code"

    def __init__(self) -> None:
        self._stamp = repr((__version__, sys.version))
        self._codes: dict[str, CodeType] | None = None
        self._has_new = False

    def __call__(self, source: str, global_names: dict[str, object] | None = None, local_names: dict[str, object] | None = None) -> None:
        if self._codes is None:
            self._codes = {}
            with contextlib.suppress(EOFError, TypeError, ValueError):  # nothing there yet
                self._codes = marshal.loads(recall(self.NAME, self._stamp))  # noqa: S302 - as much to be trusted as a .pyc file
        code = self._codes.get(source)
        if code is None:
            code = self._codes[source] = compile(source, "<string>", "exec")
            self._has_new = True
        exec(code, global_names, local_names)  # noqa: S102 - what would have been executed anyway

    def keep(self) -> None:
        """Keep what this run compiled, beside what others did."""
        if self._has_new:
            keep(self.NAME, self._stamp, marshal.dumps(self._codes))


def keep_dataclasses() -> None:
    """Have the code of dataclasses kept, as Python keeps that of all other classes.

    For each class `dataclass` writes half a dozen functions as source and has them compiled in every process: with three hundred classes
    that is a quarter of the time that a night's imports take. It calls `exec`, which a name in its own module goes before.
    """
    kept = _Kept()
    vars(dataclasses)["exec"] = kept
    atexit.register(kept.keep)
