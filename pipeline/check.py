"""What a clerk asks before sending: the findings of a file, judged as the night's run would, and nothing taken in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pipeline import inbox, known
from pipeline.errors import ConfigurationError
from pipeline.findings import Finding
from pipeline.fold import Facts, Filed, fold
from pipeline.model import Arrival, Envelope, Reading
from pipeline.reading import Task
from pipeline.settings import Settings

_NEW = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """The findings of one file."""

    path: Path
    reading: Reading
    findings: tuple[Finding, ...]
    against_register: bool
    """Whether it could be compared with the office's register; without one, case numbers are not judged."""

    @property
    def refuses(self) -> bool:
        """Whether anything in it would be refused."""
        return any(finding.refuses for finding in self.findings)


def check(path: Path, settings: Settings, now: datetime) -> Answer:
    """The findings of that file as if it arrived now, or as its sidecar says. Raises ConfigurationError if it is not there."""
    envelope = _envelope(path, settings, now)
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
    except FileNotFoundError as error:
        msg = f"找不到文件 {path}。请检查文件名和所在的文件夹。"
        raise ConfigurationError(msg) from error
    except OSError as error:
        msg = f"打不开文件 {path}。请检查权限；如正在 Excel 中打开，请先关闭。"
        raise ConfigurationError(msg) from error
    is_assignment = path.resolve().parent == (settings.paths.inbox / inbox.ASSIGNMENT).resolve() or "任务分解表" in path.name
    read = known.read([Task(path, size, envelope, is_assignment)], settings)[0]
    arrival = Arrival(_NEW, path.name, path.name, "~", size, envelope, is_assignment)
    judged = _against_register(Filed(arrival, read), settings) if read.accepted and not is_assignment else None
    return Answer(path, read, (*read.findings, *(judged or ())), judged is not None)


def _envelope(path: Path, settings: Settings, now: datetime) -> Envelope:
    """The sidecar's envelope where the file has one; else a delivery now, by hand."""
    try:
        said = inbox.envelope_of(path, settings.calendar.zone)
    except (OSError, inbox.EnvelopeError):
        return Envelope(now)
    has_sidecar = path.with_name(path.name + inbox.SIDECAR).exists()
    return said if has_sidecar else replace(said, received_at=now)


def _against_register(filed: Filed, settings: Settings) -> tuple[Finding, ...] | None:
    """What depends on the register, judged as the last report of its day; None where there is no register yet."""
    held = known.until(filed.reading.day, settings)
    if not any(one.arrival.is_assignment for one in held):
        return None
    facts = Facts(
        tuple(one for one in held if one.arrival.is_assignment),
        (*(one for one in held if not one.arrival.is_assignment), filed),
    )
    day = date.fromisoformat(filed.reading.day)
    judgement = fold(facts, settings, [day])[day].judgements.get(_NEW)
    return tuple(judgement.findings) if judgement else ()
