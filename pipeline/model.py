"""The nouns that travel between the modules."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, datetime

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


_ROWS_FIELDS = tuple(field.name for field in fields(Rows) if field.name != "values")


def write_rows(rows: tuple[Rows, ...]) -> str:
    """The rows as the ledger keeps them: JSON, a column at a time; a column that says one thing throughout says it once."""
    sheets = [
        {
            **{name: getattr(one, name) for name in _ROWS_FIELDS},  # asdict would copy every cell
            "values": {
                name: values if len({*values}) > 1 else {"all": values[0] if values else None} for name, values in one.values.items()
            },
        }
        for one in rows
    ]
    return json.dumps(sheets, ensure_ascii=False, separators=(",", ":"))


def read_rows(written: str) -> tuple[Rows, ...]:
    """The rows that `write_rows` wrote."""
    sheets = json.loads(written)
    for sheet in sheets:
        count = len(sheet["lines"])
        sheet["values"] = {
            name: values if isinstance(values, list) else [values["all"]] * count for name, values in sheet["values"].items()
        }
    return tuple(Rows(**sheet) for sheet in sheets)


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

    @property
    def identity(self) -> tuple[str, str, str]:
        """What tells it from every other arrival: path, SHA-256 and time."""
        return self.path, self.sha256, self.envelope.received_at.isoformat()


@dataclass(frozen=True, slots=True, order=True)
class NoticeNumber:
    """The number of a district's notice of one day: 督办〔year〕number号. Once given it never changes."""

    year: int
    number: int
    day: date
    district: str

    @property
    def written(self) -> str:
        """As it stands on the notice."""
        return f"督办〔{self.year}〕{self.number}号"
