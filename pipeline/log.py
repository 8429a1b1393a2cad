"""The office's log: one line for what a command did, no contents, rotated. A log that cannot be written stops nothing."""

from __future__ import annotations

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipeline.text import on_screen

FOLDER, NAME = "logs", "run.log"
_BYTES, _KEPT = 1 << 20, 9


class _Silent(RotatingFileHandler):
    """Says nothing where it cannot write: a full disk has been said already."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Let it be."""


def keeper(state: Path, name: str = NAME, words: str = "%(asctime)s %(process)d %(message)s") -> logging.Handler:
    """What writes lines into that file below the office's state, from any thread. Raises OSError where there is no folder."""
    (state / FOLDER).mkdir(parents=True, exist_ok=True)
    handler = _Silent(state / FOLDER / name, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter(words))
    return handler


def line(handler: logging.Handler, sentence: str) -> None:
    """Add one line."""
    handler.handle(logging.makeLogRecord({"msg": on_screen(sentence), "levelno": logging.INFO}))


def note(state: Path, command: str, sentence: str) -> None:
    """Add a line below the office's state: when, which command, what it did."""
    with suppress(OSError):
        handler = keeper(state)
        try:
            line(handler, f"{command} {sentence}")
        finally:
            handler.close()
