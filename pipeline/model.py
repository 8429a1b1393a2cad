"""The nouns that travel between the modules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.checking import Rows
from pipeline.findings import Finding


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a file came in. `received_at` carries its zone."""

    received_at: datetime
    channel: str = "folder"
    sender: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from one arrived file, and the verdict on it."""

    accepted: bool
    day: str
    """The day it belongs to, ISO: 报告日期, or the day of arrival where that could not be used."""
    district: str
    """The district's Chinese name; '' where unknown, and for an assignment workbook."""
    cover: dict[str, str]
    rows: tuple[Rows, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that came in, as the ledger keeps it."""

    id: int
    path: str
    """Where it lay, relative to the inbox, with `/`."""
    name: str
    """The file's name alone."""
    sha256: str
    size: int
    envelope: Envelope
    is_assignment: bool = False
