"""The office's log: one line for what a command did, no contents, rotated. A log that cannot be written stops nothing."""

from __future__ import annotations

import logging
import os
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.terms.text import on_screen

FOLDER, NAME = "logs", "run.log"
_COMMAND = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d) (\d+) (\w+) (.*)")
_MOST_LINES = 20_000
_BYTES, _KEPT = 1 << 20, 9
"""Bytes of one file, and how many older ones are kept."""


class _Silent(RotatingFileHandler):
    """Says nothing where it cannot write: the run itself has already reported the full disk to the office."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Let it be."""


def open_handler(state: Path, name: str = NAME) -> logging.Handler:
    """Return what writes lines into that file below the office's state, from any thread. Raises OSError where there is no folder."""
    (state / FOLDER).mkdir(parents=True, exist_ok=True)
    # With `delay` the file is made with its first line: a folder that takes no file says so there, and stops nothing.
    return _Silent(state / FOLDER / name, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)


def add_line(handler: logging.Handler, now: datetime, sentence: str) -> None:
    """Add one line; its time is the office's, with the offset, whatever zone the computer keeps."""
    line = f"{now.isoformat(' ', 'seconds')} {on_screen(sentence)}"  # without control characters: a file's name may have some
    handler.handle(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))


def last_lines(state: Path, name: str, most: int) -> list[str]:
    """Return the last lines of that file, the newest first, also just after it was begun anew."""
    lines: deque[str] = deque(maxlen=most)
    # A full file gets ".1" behind its name; its lines are older than those of the new one.
    for path in (state / FOLDER / f"{name}.1", state / FOLDER / name):
        with suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
            lines.extend(line.rstrip("\n") for line in file)
    return [*lines][::-1]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What a command said of itself."""

    at: datetime
    pid: int
    said: str


def lines_of(state: Path, command: str) -> list[CommandLine]:
    """Return what that command said in the present file and the one before it, the oldest first."""
    found = []
    for line in reversed(last_lines(state, NAME, _MOST_LINES)):
        match = _COMMAND.fullmatch(line) if f" {command} " in line else None
        if match and match[3] == command:
            found.append(CommandLine(datetime.fromisoformat(match[1]), int(match[2]), match[4]))
    return found


def note_command(state: Path, now: datetime, command: str, sentence: str) -> None:
    """Add a line below the office's state: when, in which process, which command, what it did."""
    with suppress(OSError):
        handler = open_handler(state)
        try:
            add_line(handler, now, f"{os.getpid()} {command} {sentence}")
        finally:
            handler.close()
