"""One file that was handed in, from the moment it came: how it came, what it says, and its place among its day's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from pipeline.terms.contract import PROGRESS, URGENT, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.rows import Rows
from pipeline.terms.text import key


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
    day: date
    """The day it belongs to: 报告日期, or the day of arrival where that could not be used."""
    district: str
    """The district's Chinese name; '' where unknown, and for an assignment workbook."""
    cover: dict[str, str]
    """What stands on 封面; of a report refused whole also `meant`, and by their sheets' names `refused_urgent` and `refused_requests`."""
    rows: tuple[Rows, ...]
    findings: tuple[Finding, ...]
    urgent_rows: int | None = field(default=None, compare=False)
    """Of a report that was refused whole: how many rows 急报事项 has in it; None where nobody can see. Not kept."""

    @property
    def is_from_stranger(self) -> bool:
        """Whether the file came from somebody who may not send for the district that it names."""
        return any(finding.code == "sender-not-allowed" for finding in self.findings)

    @property
    def refused_urgent(self) -> tuple[str, ...]:
        """Of a report refused whole the kind of each urgent matter in it, '' for one not in the list: all that is known of them."""
        kinds = self.cover.get(URGENT.name)
        return () if self.accepted or kinds is None else tuple(kinds.split("、"))

    @property
    def refused_requests(self) -> tuple[tuple[str, str], ...]:
        """Likewise of each row of 案件进展 with 需协调事项 its case number, '' for none, and by what its words are known again."""
        rows = self.cover.get(PROGRESS.name)
        return (
            ()
            if self.accepted or not rows
            else tuple((number, mark) for number, _, mark in (row.partition("=") for row in rows.split("、")))
        )

    @property
    def asks_leaders(self) -> bool:
        """Whether it is a report refused whole that has urgent matters or requests."""
        return bool(self.refused_urgent or self.refused_requests)

    @property
    def meant(self) -> str:
        """The district that 封面 of a refused report names with a unit that is not above it: perhaps its own; '' elsewhere."""
        return "" if self.accepted else self.cover.get(MEANT, "")

    def as_json(self) -> dict[str, Any]:
        """The verdict and the findings, without the rows, as JSON can hold them."""
        return {
            "accepted": self.accepted,
            "day": self.day.isoformat(),
            "district": self.district,
            "cover": self.cover,
            "findings": [{**asdict(finding), "severity": str(finding.severity)} for finding in self.findings],
        }

    @classmethod
    def from_json(cls, verdict: Mapping[str, Any]) -> Reading:
        """Return the reading, without its rows, from what `as_json` made; ValueError, KeyError or TypeError where it is no such thing."""
        findings = tuple(Finding(**{**finding, "severity": Severity(finding["severity"])}) for finding in verdict["findings"])
        return cls(
            verdict["accepted"],
            date.fromisoformat(verdict["day"]),
            verdict["district"],
            verdict["cover"],
            (),
            findings,
            verdict.get("urgent_rows"),
        )

    @property
    def is_zero_report(self) -> bool:
        """Whether 封面 says that there is nothing to report."""
        return says_zero_report(self.cover)

    @property
    def holds_nothing(self) -> bool:
        """Whether 封面 says so, and so it is: what people call 零报告 (decision 27)."""
        return self.is_zero_report and all(finding.code != "zero-report-with-rows" for finding in self.findings)


MEANT: Final = "所写旗区"
"""Under this name the cover of a `Reading` has `meant`."""


def request_mark(text: str) -> str:
    """Return by what the words of a request are known again where they are not kept."""
    return hashlib.sha256(key(text).encode()).hexdigest()[:12]


def says_zero_report(cover: Mapping[str, str]) -> bool:
    """Whether these entries of 封面 say that there is nothing to report."""
    return key(cover.get("零报告", "")) == "是"


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
        """What distinguishes it from every other arrival: path, SHA-256 and time."""
        return self.path, self.sha256, self.envelope.received_at.isoformat()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that a published day rested on, that is lost, and without which the office decided to go on."""

    sha256: str
    path: str
    """Where it lay, relative to the inbox."""
    received_at: str
    """ISO; as a manifest told it, which may be anything."""
    day: date
    """The day of its report, or the first day that rested on it."""
    district: str
    """'' where nothing tells whose it was."""
    is_assignment: bool = False


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What a published day said of its figures before the office decided to go on without files that it rested on."""

    day: date
    sha256s: tuple[str, ...]
    """The lost files that it rested on."""
    tallies: Mapping[str, tuple[int, int]]
    """By group: how many cases were resolved, of how many."""
    counted: Mapping[str, bool]
    """Its cases, with whether each was counted as resolved; none where nothing tells that any more."""
    units: Mapping[str, SaidBefore] = field(default_factory=dict)
    """By level above the districts, what the day said of it."""


LEFT_OUT: Final = "left out by decision"
"""How manifests name such a file among the inputs."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The pair of an `Arrival` and its `Reading`: what the ledger files, and all that a day is folded from."""

    arrival: Arrival
    reading: Reading


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger holds: usable assignment workbooks and accepted reports, in any order."""

    assignments: tuple[Filed, ...]
    reports: tuple[Filed, ...]
    without_rows_until: date | None = None
    """Reports up to this day may be here without their rows: a fold of them goes on from the end of that day, or of a later one."""

    @classmethod
    def of(cls, filed: Iterable[Filed], without_rows_until: date | None = None) -> Facts:
        """Return these files as facts, assignment workbooks and reports apart."""
        files = list(filed)
        assignments = tuple(file for file in files if file.arrival.is_assignment)
        return cls(assignments, tuple(file for file in files if not file.arrival.is_assignment), without_rows_until)


@dataclass(frozen=True, slots=True)
class Submission:
    """One accepted report with its place among those of its district and day."""

    filed: Filed
    revision: int
    """From 1; 0 for a duplicate of the revision that was in force."""
    in_force: bool
    repeats: int = 0
    """The earlier revision, since replaced, whose bytes these are again; 0 where they are new."""

    @property
    def is_duplicate(self) -> bool:
        """Whether its bytes were in force already when it came: noted, and nothing changes."""
        return not self.revision


def in_order(filed: Iterable[Filed]) -> list[Filed]:
    """By arrival, and by content where two arrived at once."""
    return sorted(filed, key=lambda file: (file.arrival.envelope.received_at, file.arrival.sha256, file.arrival.path))
