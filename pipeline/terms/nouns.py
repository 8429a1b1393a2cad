"""The nouns that travel between the modules."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from pipeline.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a file came in. `received_at` carries its zone."""

    received_at: datetime
    channel: str = "folder"
    sender: str | None = None
    message_id: str | None = None


Value = str | None
"""An understood cell: text, a list's value, an ISO date (`--05-21` where the year is not yet known), a plain number."""


@dataclass(slots=True)
class Rows:
    """A sheet's rows as understood, with the way back to every cell."""

    sheet: str
    """The contract's name of the sheet."""
    name: str
    """The sheet's name in the workbook."""
    letters: dict[str, int]
    """Where each column stands, from 0."""
    lines: list[int]
    """The row numbers, as Excel counts."""
    values: dict[str, list[Value]]
    """Every column of the contract, one value for each row."""
    unread: dict[str, list[int]] = field(default_factory=dict)
    """Positions of cells that a finding refuses: they count as filled and are not judged again."""
    refused: list[int] = field(default_factory=list)
    """Positions of rows that a finding refuses."""


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

    @property
    def is_from_stranger(self) -> bool:
        """Whether the file came from somebody who may not send for the district that it names."""
        return any(finding.code == "sender-not-allowed" for finding in self.findings)


_ROWS_FIELDS = tuple(each.name for each in fields(Rows) if each.name != "values")


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


@dataclass(frozen=True, slots=True)
class Filed:
    """An arrived file and what was read from it."""

    arrival: Arrival
    reading: Reading


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger holds: usable assignment workbooks and accepted reports, in any order."""

    assignments: tuple[Filed, ...]
    reports: tuple[Filed, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """One accepted report with its place among those of its district and day."""

    filed: Filed
    revision: int
    """From 1; 0 for a duplicate of the revision that was in force."""
    in_force: bool


def in_order(filed: Iterable[Filed]) -> list[Filed]:
    """By arrival, and by content where two arrived at once."""
    return sorted(filed, key=lambda one: (one.arrival.envelope.received_at, one.arrival.sha256, one.arrival.path))


def number_revisions(filed: Iterable[Filed]) -> tuple[Submission, ...]:
    """The accepted reports of one district and day, numbered; the bytes of the one in force again are a duplicate."""
    numbered: list[tuple[Filed, int]] = []
    force = ""
    revision = 0
    for one in in_order(filed):
        if one.arrival.sha256 == force:
            numbered.append((one, 0))
            continue
        revision += 1
        force = one.arrival.sha256
        numbered.append((one, revision))
    return tuple(Submission(one, number, number == revision) for one, number in numbered)


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
