"""What waits for the next run: whose it is, since when, and the report of which day it will be. Nothing is taken in.

It lies in the inbox, or in the archive where a run was stopped after it took it in and before it read it.

Covered by tests/web/test_office_pages.py.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, MutableMapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from pipeline.disk import storage
from pipeline.intake import envelopes, held_files, inbox, read_new, recorded, soundness
from pipeline.intake.contents import Seen
from pipeline.reading.readers import Readers
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.config import Settings
from pipeline.terms.case_numbers import alike
from pipeline.terms.contract import CASE
from pipeline.terms.handed_in import Arrival, Envelope, Filed
from pipeline.terms.rows import Rows, read_rows
from pipeline.terms.text import mask
from pipeline.terms.words import moment, whose

FIRST: Final = -1_000_000
"""The ledger numbers its arrivals from 1, and `held_files` what it reads from -1 downwards; reports that wait have this and lower ones."""
_AHEAD: Final = "（收到时间比现在还晚，请核对信封）"
STOPPED_BEFORE: Final = "已收下，上次汇总中断，还没有读"
"""What is said of a file that waits for the next run in the archive."""
_CHANNELS = {"folder": "文件夹", "email": "邮件", "upload": "网页上传"}


def came(channel: str, received_at: datetime | None, number: str, day: date, now: datetime | None = None) -> str:
    """Return in words by which door a file came, when, and under which receipt number, as told about that day.

    `now`: where it is given, also that the time has not come yet.
    """
    at = moment(received_at, day) if received_at else ""
    early = _AHEAD if received_at and now and soundness.is_ahead(received_at, now) else ""
    return " ".join(part for part in (_CHANNELS[channel], f"{at}{early}", number) if part)


@dataclass(frozen=True, slots=True)
class Opened:
    """A view on an `Arrival` that no run has taken in: its bytes, and what a reader found in them."""

    sha256: str
    transcript: Transcript
    cases: frozenset[str] = frozenset()
    """The cases that it names, as `case_numbers.alike` writes them."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that waits."""

    name: str
    """Masked, without its folder."""
    district: str
    """By what it says where that counts, else by its sender; '' where neither does."""
    channel: str
    received_at: datetime | None
    """None where its envelope cannot be read."""
    number: str
    """The receipt number of an upload; '' for anything else."""
    day: date | None
    """The day for which it will count as the district's report; None where it will be refused whole, or left in the inbox."""
    path: Path | None = None
    """Where it lies; None where its envelope cannot be read."""
    is_taken_in: bool = False
    """Whether a run took it in and was stopped before it read it."""
    size: int = 0
    envelope: Envelope | None = None
    opened: Opened | None = None
    """What a reader found in it; None where no district may send it."""

    def speaks_of(self, cases: Container[str]) -> bool:
        """Whether it names one of these cases."""
        return self.opened is not None and any(case in cases for case in self.opened.cases)

    @property
    def about(self) -> date | None:
        """The day that it is about, also where it will be refused whole; None where its envelope cannot be read."""
        if self.day or self.received_at is None:
            return self.day
        return self.opened.transcript.reading.day if self.opened else self.received_at.date()

    @property
    def refusal(self) -> str:
        """Why it will be refused whole; '' where it will not, and where nobody has opened it."""
        findings = self.opened.transcript.reading.findings if self.opened and not self.day else ()
        return mask(next((finding.message for finding in findings if finding.refuses), ""))

    @property
    def whose(self) -> str:
        """Whose it is, in words; of a file that another names, or nobody, who sent it and for whom."""
        reading = self.opened.transcript.reading if self.opened else None
        if reading and reading.is_from_stranger:
            return whose(reading.district, self.district, is_own=False)
        sender = mask(self.envelope.sender or "") if self.envelope and not self.district else ""
        return self.district or f"不知旗区{f'（{sender}）' if sender else ''}"

    def how_it_came(self, day: date, now: datetime | None = None) -> str:
        """Return by which door it came, when, and under which receipt number, as `came`; also that it is in the archive already."""
        how = came(self.channel, self.received_at, self.number, day, now)
        return f"{how}（{STOPPED_BEFORE}）" if self.is_taken_in else how


@dataclass(frozen=True, slots=True)
class _File:
    """A view on an `Arrival` that no run has taken in: all that distinguishes it from any other that was or will be in the inbox."""

    path: Path
    size: int
    changed_ns: int
    envelope: Envelope
    is_outdated: bool
    """Whether its bytes changed beside their sidecar."""
    name: str = ""
    """As it came, where it lies under its sum; '' where its path says it."""


Remembered = MutableMapping[_File, Opened | None]
"""What was read before, for a look that is taken again and again; None for what no district may send."""


def look(settings: Settings, readers: Readers | None = None, remembered: Remembered | None = None) -> tuple[Incoming, ...]:
    """Return the reports that wait, in the order of their arrival; each is read as the night's run will, with its own envelope.

    What no district may send is not even opened: it will be refused whatever it says.
    """
    remembered = {} if remembered is None else remembered
    waiting_files = list(_files_waiting(settings))
    files = {file for _name, file in waiting_files if file}
    for gone in remembered.keys() - files:
        del remembered[gone]
    remembered.update(_read([file for _name, file in waiting_files if file and file not in remembered], settings, readers))
    return _in_order(_incoming(name, file, remembered.get(file) if file else None, settings) for name, file in waiting_files)


def beside(files: Iterable[Incoming], district: str, cases: Container[str]) -> list[Filed]:
    """Return what a district's report is judged with, of all that waits and will be accepted: its own, and what names one of these cases.

    A case that it reports can have been another's a day ago, whose late report says how it stands then.
    """
    wanted = ((FIRST - at, file) for at, file in enumerate(files) if file.day and (file.district == district or file.speaks_of(cases)))
    return [filed for number, file in wanted if (filed := as_filed(file, number))]


def as_filed(file: Incoming, number: int) -> Filed | None:
    """Return a waiting file as the ledger would file it, under that number; None where nobody opened it."""
    if file.opened is None or file.envelope is None:
        return None
    arrival = Arrival(number, str(file.path), file.name, file.opened.sha256, file.size, file.envelope)
    return Filed(arrival, replace(file.opened.transcript.reading, rows=read_rows(file.opened.transcript.rows)))


def named_in(sheets: Iterable[Rows]) -> frozenset[str]:
    """Return the cases that rows name, as `case_numbers.alike` writes them."""
    return frozenset(alike(number) for rows in sheets if CASE in rows.values for number in rows.texts(CASE) if number)


def _in_order(files: Iterable[Incoming]) -> tuple[Incoming, ...]:
    return tuple(sorted(files, key=lambda file: (file.received_at is None, file.received_at and file.received_at.timestamp(), file.name)))


def _files_waiting(settings: Settings) -> Iterator[tuple[str, _File | None]]:
    """Go through the reports that wait by their masked names; None where the envelope cannot be read."""
    there = set()
    for seen in inbox.reports(settings.paths.inbox):
        name = mask(seen.relative.rpartition("/")[2])
        try:
            status, (envelope, is_outdated) = seen.path.stat(), _envelope(seen, settings)
            file = _File(seen.path, status.st_size, status.st_mtime_ns, envelope, is_outdated)
        except FileNotFoundError:
            continue  # taken in since
        except (OSError, envelopes.EnvelopeError):
            file = None
        there.add(seen.relative)
        yield name, file
    yield from _files_taken_in(settings, there)  # behind the look: what a run takes in meanwhile is in one of the two


def _files_taken_in(settings: Settings, in_inbox: Collection[str]) -> Iterator[tuple[str, _File]]:
    """Go through the reports that a stopped run took in and did not read, but for those that are still in the inbox too."""
    for (arrival, sidecar), path in held_files.taken_in(settings):
        if not arrival.is_assignment and arrival.path not in in_inbox:
            is_outdated = recorded.is_outdated(arrival.envelope, sidecar, settings.calendar.zone)
            yield mask(arrival.name), _File(path, arrival.size, 0, arrival.envelope, is_outdated, arrival.name)


def _envelope(file: Seen, settings: Settings) -> tuple[Envelope, bool]:
    """Return how a run would say that these bytes came, and whether it would say that they changed beside their sidecar."""
    zone = settings.calendar.zone
    sidecar = envelopes.text_of(file.sidecar)
    if sidecar is None:
        return envelopes.unwritten(file.path, file.path.stat(), zone), False
    sha256 = storage.sha256(file.path)
    if envelopes.names_other_bytes(sidecar, sha256) is False:  # what our own doors bring needs no look at all that ever came
        return envelopes.read(sidecar, zone), False
    envelope = recorded.of(settings).envelope(file, sha256, sidecar)
    return envelope, recorded.is_outdated(envelope, sidecar, zone)


def _read(files: list[_File], settings: Settings, readers: Readers | None) -> dict[_File, Opened | None]:
    """Read the files that a district may send; None for each other."""
    read: dict[_File, Opened | None] = dict.fromkeys(files)
    allowed = [file for file in files if any(district.accepts(file.envelope) for district in settings.districts)]
    if allowed:
        to_read = [FileToRead(file.path, file.size, file.envelope, is_assignment=False) for file in allowed]
        with nullcontext(readers) if readers else Readers(settings, len(to_read), marking=False) as lent:
            for file, transcript in zip(allowed, lent.transcribe(to_read), strict=True):
                with suppress(FileNotFoundError):  # taken in since
                    found = read_new.with_warning(transcript) if file.is_outdated else transcript
                    read[file] = Opened(storage.sha256(file.path), found, named_in(read_rows(found.rows)))
    return read


def _incoming(name: str, file: _File | None, opened: Opened | None, settings: Settings) -> Incoming:
    if file is None:
        return Incoming(name, "", "folder", None, "", None)
    envelope = file.envelope
    reading = opened.transcript.reading if opened else None
    named = reading.district if reading and not reading.is_from_stranger else ""  # as when it will have been taken in
    district = named or settings.district_of_sender(envelope)
    day = reading.day if reading and reading.accepted else None
    received = envelope.received_at.astimezone(settings.calendar.zone)
    number = envelope.message_id or "" if envelope.channel == "upload" else ""
    return Incoming(name, district, envelope.channel, received, number, day, file.path, bool(file.name), file.size, envelope, opened)
