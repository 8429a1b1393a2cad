"""The door for what was uploaded: each file goes into the inbox under its receipt number, with its envelope."""

from __future__ import annotations

from pathlib import Path

from pipeline.doors import deposit
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope

FOLDER = "upload"


def lay(settings: Settings, file: tuple[str, Path], envelope: Envelope, *, is_assignment: bool) -> None:
    """Put a file (the name that its sender gave it, and its path) into the inbox. Done twice, it is there once.

    The envelope's `message_id` is the receipt number, which names the file's folder. Raises ValueError without one.
    """
    if not envelope.message_id:
        raise ValueError(envelope)
    day = envelope.received_at.date().isoformat()
    deposit.lay(_place(settings, is_assignment=is_assignment) / day / envelope.message_id, [file], envelope)


def sweep(settings: Settings) -> None:
    """Remove what a killed deposit left; only while no other is under way."""
    for is_assignment in (False, True):
        deposit.sweep(_place(settings, is_assignment=is_assignment))


def _place(settings: Settings, *, is_assignment: bool) -> Path:
    return (settings.paths.assignment if is_assignment else settings.paths.inbox) / FOLDER
