"""The office's own templates of the papers; in the place of one that cannot be used the program takes the one that it brings along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pipeline import HOME

_Made = TypeVar("_Made")

ORIGINALS = HOME / "templates" / "原版"
"""The templates as they came with the program. The office edits those in the folder above, or in a folder of its own."""


class BrokenTemplateError(Exception):
    """A template that cannot be used; `str()` says for people where in it and why."""


def read(path: Path) -> bytes | None:
    """Return the office's template; None where it has none. Raises BrokenTemplateError where the file cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        # On Windows a program may keep all others from a file that is open in it.
        msg = "读不出来，可能正被别的程序占用"
        raise BrokenTemplateError(msg) from error


def original(name: str) -> bytes:
    """Return the template of that name that the program brings along."""
    return (ORIGINALS / name).read_bytes()


def apply(path: Path, make: Callable[[bytes], _Made]) -> tuple[_Made, str]:
    """Return what `make` makes of the office's template, or of the original in its place, and what is wrong with the office's; else ''."""
    problem = ""
    try:
        if (template := read(path)) is not None:
            return make(template), ""
    except BrokenTemplateError as error:
        problem = str(error)
    return make(original(path.name)), problem


def problem_of(path: Path, try_out: Callable[[bytes], object]) -> str:
    """Return what is wrong with the office's template, as far as `try_out` shows; '' where nothing is, or where the office has none."""
    try:
        if (template := read(path)) is not None:
            try_out(template)
    except BrokenTemplateError as error:
        return str(error)
    return ""
