"""What the program itself is made of, and what it made of its own templates: kept beside Python's compiled modules.

What is kept there is code or as good as code. It lies where Python's own compiled modules lie and nowhere else, and is as much to be
trusted. Where Python keeps none (`-B`, a folder that is not ours to write), nothing is kept here either.

Covered by tests/render/test_compiled_templates.py and tests/day/test_checkpoints.py.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import hashlib
import marshal
import os
import re
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from threading import get_ident
from types import CodeType
from typing import Any, Final

from pipeline import HOME, __version__


@cache
def stamp(*wings: str) -> str:
    """Return what tells this code from any other: version, Python, and when each module of these wings was changed last, and its size."""
    modules = sorted(lies for wing in wings for lies in _modules(str(HOME / "pipeline" / wing)))
    return repr((__version__, sys.version_info[:2], modules))


def _modules(folder: str) -> list[tuple[str, int, int]]:
    """Return each module in a folder and below, with its size and when it was changed; `Path.rglob` takes ten times as long."""
    found = list[tuple[str, int, int]]()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found += _modules(entry.path)
            elif entry.name.endswith(".py"):
                status = entry.stat()
                found.append((entry.path, status.st_size, status.st_mtime_ns))
    return found


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


_FORM: Final = 2
"""Of these files, in one version of the program."""


class _Kept:
    """What is made once for all runs, by what it is made of; each packed by itself, since no process asks for all."""

    def __init__(self, name: str) -> None:
        self._name, self._stamp = name, repr((__version__, sys.version, _FORM))
        self._made: dict[Any, bytes] | None = None
        self._has_new = False

    def get(self, of: object) -> Any:  # noqa: ANN401 - whatever marshal takes
        """Return what was made of that; None where nothing was."""
        if self._made is None:
            self._made = {}
            with contextlib.suppress(EOFError, TypeError, ValueError):  # nothing there yet
                self._made = marshal.loads(recall(self._name, self._stamp))  # noqa: S302 - as much to be trusted as a .pyc file
        made = self._made.get(of)
        return made and marshal.loads(made)  # noqa: S302 - see above

    def add(self, of: object, made: Any) -> None:  # noqa: ANN401 - whatever marshal takes
        """Note what this run made; it was asked for before."""
        if self._made is not None:
            self._made[of] = marshal.dumps(made)
            self._has_new = True

    def keep(self) -> None:
        """Keep what this run made, beside what others did."""
        if self._has_new:
            keep(self._name, self._stamp, marshal.dumps(self._made))
            self._has_new = False


_KEPT: Final = (_Kept("dataclasses.code"), _Kept("expressions.code"))


def keep_made() -> None:
    """Keep what this process has made so far: at its end, and where it gives away that it may write."""
    for kept in _KEPT:
        kept.keep()


def keep_compiled() -> None:
    """Have the code of dataclasses and of regular expressions kept, as Python keeps that of all else.

    For each class `dataclass` writes half a dozen functions as source and has them compiled in every process: with three hundred classes
    that is a quarter of the time that a night's imports take. It calls `exec`, which a name in its own module goes before. Compiling the
    expressions of four hundred modules takes a tenth; `re` does it in a module of its own, whose names are replaced alike.
    """
    vars(dataclasses)["exec"] = _Executing(_KEPT[0])
    if usual := vars(dataclasses).get("_is_type"):
        vars(dataclasses)["_is_type"] = _Asking(usual)
    with contextlib.suppress(ImportError, AttributeError):  # another Python does it otherwise: then all is as without
        compiler: Any = import_module("re._compiler")
        compiler._sre = engine = _Engine(compiler._sre)  # noqa: SLF001 - see above
        compiler.compile = _Compiling(_KEPT[1], compiler.compile, engine)
    atexit.register(keep_made)


class _Executing:
    """Executes source like `exec`, and compiles each source once for all runs."""

    def __init__(self, kept: _Kept) -> None:
        self._kept = kept

    def __call__(self, source: str, global_names: dict[str, object] | None = None, local_names: dict[str, object] | None = None) -> None:
        code: CodeType | None = self._kept.get(source)
        if code is None:
            code = compile(source, "<string>", "exec")
            self._kept.add(source, code)
        exec(code, global_names, local_names)  # noqa: S102 - what would have been executed anyway


class _Asking:
    """Tells whether an annotation is one of the three that make a field none; asked of each, with an expression and two look-ups."""

    def __init__(self, usual: Callable[..., bool]) -> None:
        self._usual = usual

    def __call__(self, annotation: str, owner: type, *rest: Any) -> bool:  # noqa: ANN401 - as `dataclasses` has it
        is_plain = owner.__module__.startswith(_OURS) and "Var" not in annotation and "KW_ONLY" not in annotation
        return not is_plain and self._usual(annotation, owner, *rest)


_OURS: Final = "pipeline."
"""So begin the names of our modules, where the three are called by their own names (a test looks)."""


class _Compiling:
    """Compiles a regular expression like `re`, and those that are written in the code once for all runs.

    No other is kept: a text that somebody looks for may be in it.
    """

    def __init__(self, kept: _Kept, usual: Callable[..., Any], engine: _Engine) -> None:
        self._kept, self._usual, self._engine = kept, usual, engine

    def __call__(self, pattern: Any, flags: int = 0) -> Any:  # noqa: ANN401 - as `re` has it
        written = pattern, int(flags)
        if not isinstance(pattern, str | bytes) or flags & (re.LOCALE | re.DEBUG):
            return self._usual(pattern, flags)
        if parts := self._kept.get(written):
            with contextlib.suppress(RuntimeError):  # what is no expression
                return self._engine.usual.compile(*parts)
        compiled = self._usual(pattern, flags)
        with contextlib.suppress(ValueError):  # nobody called `re.compile`
            code = sys._getframe(_TO_THE_CALLER).f_code  # noqa: SLF001 - whoever did
            if code.co_name == "<module>" or pattern in code.co_consts:
                self._kept.add(written, self._engine.parts())
        return compiled


_TO_THE_CALLER: Final = 3
"""Of what compiles an expression: this module, and two functions of `re`."""


class _Engine:
    """What `re` makes an expression with, once it is compiled; it notes of what."""

    def __init__(self, usual: Any) -> None:  # noqa: ANN401 - a module
        self.usual = usual
        self._last: dict[int, tuple[Any, ...]] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the module's
        return getattr(self.usual, name)

    def compile(self, *parts: Any) -> Any:  # noqa: ANN401 - as the module has it
        """Make an expression."""
        self._last[get_ident()] = parts
        return self.usual.compile(*parts)

    def parts(self) -> tuple[Any, ...]:
        """Return of what this thread made its last expression, all of it plain: Python's own numbers have names there."""
        pattern, flags, code, *others = self._last[get_ident()]
        return pattern, int(flags), [int(number) for number in code], *others
