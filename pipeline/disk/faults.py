"""Our own faults: where in the program one arose, left in a report that holds nothing of what was being worked on."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from traceback import walk_tb

from pipeline import __version__

FOLDER = "faults"
"""Below the office's state."""
KEPT = 50
"""So many reports are kept there; the oldest go."""
_NAME = re.compile(r"错误报告_(\d{8}_\d{6})(?:_(\d+))?\.txt")
_MOST_PLACES = 60
"""Places of one exception: one that ends an endless recursion has a thousand, all alike."""
_MOST_CAUSES = 8


def places_of(error: BaseException) -> list[str]:
    """Return the kind of an exception and its places in program and libraries, then those of its causes.

    Never its message, which can quote a cell, nor the values of variables: the report may be sent to whoever mends the program.
    """
    lines: list[str] = []
    # Not `traceback.format_exception`, which prints the messages.
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen and len(seen) < _MOST_CAUSES:
        seen.append(cause)
        lines += [_kind(cause), *_places(cause)]
        # The order of Python's own reports: `raise … from`, else what was being handled, unless `from None` hides it.
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return lines


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _places(error: BaseException) -> list[str]:
    places = [f"  {_short(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(error.__traceback__)]
    if len(places) <= _MOST_PLACES:
        return places
    return [*places[: _MOST_PLACES // 2], f"  …… {len(places) - _MOST_PLACES}", *places[-_MOST_PLACES // 2 :]]


def _short(file: str) -> str:
    """Return a module's file from its package on: the folders above it can carry a person's name."""
    path = Path(file)
    under = [path.relative_to(root) for root in sys.path if root and path.is_relative_to(root)]
    return min(under, key=lambda short: len(short.parts)).as_posix() if under else path.name


def told(caught: Iterable[BaseException | Sequence[str]], state: Path | None, now: datetime) -> tuple[Path | None, str]:
    """Write the report of these faults; return its path and what is said of it.

    What was caught in another process comes as its places already.
    """
    distinct = dict.fromkeys(tuple(places_of(fault)) if isinstance(fault, BaseException) else tuple(fault) for fault in caught)
    lines = [line for places in distinct for line in places]
    path = write_report(lines, state, now)
    if path:
        return path, f"程序出错了，这是程序自身的问题，不是您的操作有误；已收到的文件都还在。请把 {path} 发给维护人员，然后再运行一次。"
    return None, "程序出错了，这是程序自身的问题；已收到的文件都还在。请把下面几行发给维护人员：\n" + "\n".join(lines)


def write_report(lines: Sequence[str], state: Path | None, now: datetime) -> Path | None:
    """Write the report below the office's state, else into the current folder.

    Returns its path, or None where neither can be written: a fault of ours must not end in a second one.
    """
    text = "\n".join([f"程序 {__version__}，Python {sys.version.split()[0]}，{sys.platform}，{now:%Y-%m-%d %H:%M:%S %z}", *lines, ""])
    for folder in (state / FOLDER if state else None, Path()):
        if folder is None:
            continue
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            path = _write_new(folder, text, now)
            if folder != Path():
                _keep_the_last(folder, path)
            return path.resolve()
    return None


def last_lines(state: Path, name: str, most: int) -> tuple[str, ...]:
    """Return the end of that report below the office's state, with its head; nothing where there is none of that name."""
    if not _NAME.fullmatch(name):
        return ()
    lines: list[str] = []
    with suppress(OSError):
        lines = (state / FOLDER / name).read_text(encoding="utf-8", errors="replace").splitlines()
    return tuple(lines if len(lines) <= most else [*lines[:2], "  ……", *lines[3 - most :]])


def _write_new(folder: Path, text: str, now: datetime) -> Path:
    """Write a report of its own, beside those of the same second."""
    for name in _names(now):
        # Opened with "x", which the system refuses where there is one: the page and a command may fail in the same second.
        try:
            file = (folder / name).open("x", encoding="utf-8")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(text)
        except OSError:  # a full disk: half a report helps nobody
            (folder / name).unlink(missing_ok=True)
            raise
        return folder / name
    raise AssertionError  # pragma: no cover - there is always another name


def _names(now: datetime) -> Iterator[str]:
    stem = f"错误报告_{now:%Y%m%d_%H%M%S}"
    yield f"{stem}.txt"
    yield from (f"{stem}_{number}.txt" for number in itertools.count(2))


def _keep_the_last(folder: Path, newest: Path) -> None:
    """Let the oldest reports go; nothing else in the folder is touched."""
    # By their names and not by the disk's times, which a copied folder changes.
    older = [(match[1], int(match[2] or 1), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name)) and path != newest]
    for _second, _number, path in sorted(older)[: -(KEPT - 1)]:
        with suppress(OSError):
            path.unlink()
