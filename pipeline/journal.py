"""What the ledger knows of each original, told once more beside the originals: from both the ledger can be made again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline import storage
from pipeline.model import Arrival, Envelope, NoticeNumber

NAME = "arrivals.jsonl"
"""Lies beside the archive, in the office's state."""
_NUMBERED = "numbered"

Noted = tuple[Arrival, str | None]
"""An arrival with its sidecar as it came."""


def note(archive: Path, arrivals: Sequence[Noted]) -> None:
    """Note arrivals, seen on the disk when this returns."""
    storage.append_lines(
        archive.parent / NAME, [_line({"arrived": {**asdict(one), "id": 0}, "sidecar": sidecar}) for one, sidecar in arrivals]
    )


def note_removal(archive: Path, sha256: str, at: datetime, transcripts: Iterable[dict[str, Any]]) -> None:
    """Note that an original is about to be removed because its time is over, with what was read from it."""
    storage.append_lines(archive.parent / NAME, [_line({"removed": sha256, "at": at.isoformat(), "transcripts": list(transcripts)})])


def arrivals(archive: Path) -> list[Noted]:
    """Every arrival that was noted, in order; one that was noted twice, since a run was killed in between, comes once."""
    found: dict[tuple[str, str, str], Noted] = {}
    for said in _entries(archive):
        if "arrived" in said:
            one = said["arrived"]
            envelope = Envelope(**{**one["envelope"], "received_at": datetime.fromisoformat(one["envelope"]["received_at"])})
            arrival = Arrival(**{**one, "envelope": envelope})
            found.setdefault((arrival.path, arrival.sha256, envelope.received_at.isoformat()), (arrival, said["sidecar"]))
    return list(found.values())


def removed(archive: Path) -> dict[str, list[dict[str, Any]]]:
    """The originals whose time was over, by SHA-256, each with what was read from it."""
    return {said["removed"]: said["transcripts"] for said in _entries(archive) if "removed" in said}


def note_numbers(archive: Path, numbers: Sequence[NoticeNumber]) -> None:
    """Note the numbers that notices were given, seen on the disk when this returns."""
    storage.append_lines(archive.parent / NAME, [_line({_NUMBERED: asdict(one)}) for one in numbers])


def numbers(archive: Path) -> tuple[NoticeNumber, ...]:
    """The numbers that were given to notices, in order."""
    said = (one[_NUMBERED] for one in _entries(archive, f'{{"{_NUMBERED}"'.encode()))
    return tuple(sorted({NoticeNumber(**{**one, "day": date.fromisoformat(one["day"])}) for one in said}))


def _entries(archive: Path, beginning: bytes = b"") -> list[dict[str, Any]]:
    """The journal's lines that begin so."""
    return storage.read_entries(archive.parent / NAME, beginning)


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=True, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError
