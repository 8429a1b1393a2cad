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


def note(state: Path, command: str, sentence: str) -> None:
    """Add a line below the office's state: when, which command, what it did."""
    with suppress(OSError):
        (state / FOLDER).mkdir(parents=True, exist_ok=True)
        handler = _Silent(state / FOLDER / NAME, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(message)s"))
        record = logging.makeLogRecord({"msg": on_screen(f"{command} {sentence}"), "levelno": logging.INFO})
        try:
            handler.handle(record)
        finally:
            handler.close()
