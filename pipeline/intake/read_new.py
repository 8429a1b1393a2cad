"""Reads what has come in and has no verdict yet, and files what it says; once, for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from pipeline.intake import district_names, read_before, soundness
from pipeline.intake.desk import Desk
from pipeline.intake.recorded import is_outdated
from pipeline.intake.untold import Untold
from pipeline.reading import reading
from pipeline.reading.reading import FileToRead, Transcript
from pipeline.settings.config import Settings
from pipeline.terms import messages
from pipeline.terms.handed_in import Arrival, Filed

_BATCH = 64
"""Files that are filed together: a power cut costs at most the reading of so many."""
_MOST_ALONE = 5
"""So often a file may end the whole run while it is read by itself; then it is set aside."""


@dataclass(frozen=True, slots=True)
class NewlyRead:
    """What was read in this run."""

    files: list[Filed] = field(default_factory=list)
    """Without their rows."""
    damaged: list[Arrival] = field(default_factory=list)
    """Files without a verdict whose original is damaged or gone: what they say counts nowhere."""
    faults: list[tuple[str, ...]] = field(default_factory=list)
    """Where the program itself failed on a file, which has the verdict that the fault is ours."""
    before: Untold = field(default_factory=Untold)
    """What runs took in and refused that did not come to their end."""

    @property
    def sha256s(self) -> set[str]:
        """The SHA-256 of each."""
        return {filed.arrival.sha256 for filed in self.files}


def read_new(desk: Desk, begin: Callable[[int], None], advance: Callable[[int], None], *, taken: int = 0) -> NewlyRead:
    """Read every arrival that has no verdict yet and whose original is whole.

    First those never begun, then, one by one, those that a run died on. `begin` is called with how many
    there are, `advance` with how many more are done. `taken`: how many files this run took in.
    """
    ledger = desk.ledger
    unread = ledger.unread()
    damaged = soundness.originals(desk.settings.paths).damaged({arrival.sha256 for arrival in unread})
    waiting = [arrival for arrival in unread if arrival.sha256 not in damaged]
    newly = NewlyRead(damaged=[arrival for arrival in unread if arrival.sha256 in damaged])
    begin(len(waiting))
    attempts = ledger.attempts()
    fresh = [arrival for arrival in waiting if arrival.sha256 not in attempts]
    ledger.begin(arrival.sha256 for arrival in fresh)
    repeats = read_before.repeats(desk, fresh)
    for arrivals in ([arrival for arrival in fresh if arrival not in repeats], repeats):
        transcripts = _transcripts(desk, arrivals, read_before.transcripts(desk, repeats) if arrivals is repeats else {})
        while batch := list(islice(transcripts, _BATCH)):
            _file(desk, batch, newly)
            advance(len(batch))
    for arrival in waiting:
        if arrival.sha256 in attempts:
            _file(desk, [(arrival, _read_alone(arrival, attempts[arrival.sha256], desk))], newly)
            advance(1)
    return replace(newly, before=Untold.of(ledger, desk.settings.paths, taken, newly.files))


def _transcripts(desk: Desk, arrivals: Sequence[Arrival], known: Mapping[int, Transcript]) -> Iterator[tuple[Arrival, Transcript]]:
    """Go through what each says; `known`: what need not be read for that."""
    read = iter(desk.engine.transcribe([_to_read(arrival, desk.settings) for arrival in arrivals if arrival.id not in known]))
    return ((arrival, known[arrival.id] if arrival.id in known else next(read)) for arrival in arrivals)


def _read_alone(arrival: Arrival, attempts: int, desk: Desk) -> Transcript:
    """Read a file that was begun and not filed; one that ends every run in the midst of it is set aside."""
    if attempts >= _MOST_ALONE:
        return Transcript(reading.refused("unreadable/attempts", arrival.envelope, desk.settings), "[]")
    desk.ledger.begin([arrival.sha256])
    return next(iter(desk.engine.transcribe([_to_read(arrival, desk.settings)])))


def _to_read(arrival: Arrival, settings: Settings) -> FileToRead:
    return FileToRead.of(arrival, settings.paths.archive / arrival.sha256)


def _file(desk: Desk, batch: list[tuple[Arrival, Transcript]], newly: NewlyRead) -> None:
    outdated = _outdated(desk)
    batch = [(arrival, with_warning(transcript) if arrival.id in outdated else transcript) for arrival, transcript in batch]
    if len(desk.named) > 1:
        batch = [(arrival, district_names.as_meant_then(arrival, transcript, desk.named)) for arrival, transcript in batch]
    desk.ledger.file(batch, desk.reader)
    newly.files.extend(Filed(arrival, transcript.reading) for arrival, transcript in batch)
    newly.faults.extend(transcript.fault for _arrival, transcript in batch if transcript.fault)


def _outdated(desk: Desk) -> set[int]:
    """Return the numbers of the arrivals that changed beside their sidecar."""
    zone = desk.settings.calendar.zone
    return {arrival.id for arrival, sidecar in desk.ledger.arrivals() if sidecar and is_outdated(arrival.envelope, sidecar, zone)}


def with_warning(transcript: Transcript) -> Transcript:
    """Return the transcript of bytes that changed beside their sidecar."""
    findings = (*transcript.reading.findings, messages.finding(read_before.OUTDATED))
    return replace(transcript, reading=replace(transcript.reading, findings=findings))
