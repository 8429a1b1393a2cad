"""What the ledger knows of each original, written once more beside the originals: from both the ledger can be made again.

Covered by tests/upkeep/test_doctor.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.disk import storage, summed_lines
from pipeline.ledger.kept_districts import Named
from pipeline.reading.reading import Transcript
from pipeline.settings.places import JOURNAL
from pipeline.terms.handed_in import Arrival, Envelope, Filed, LeftOut, Reading, SaidBefore
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import write_rows

NAME = JOURNAL
"""The file beside the archive, in the office's state."""
ASIDE = "arrivals.坏行.jsonl"
"""Where a repair keeps lines that nobody can read."""
_NUMBERED = "numbered"
_EDITION = "edition"
_DISTRICTS = "districts"
_LEFT_OUT = "left_out"
_SAID_BEFORE = "said_before"
_RELEASED = "released"

Noted = tuple[Arrival, str | None]
"""An arrival with its sidecar as it came."""
Identity = tuple[str, str, str]
"""What distinguishes an arrival from every other: its path in the inbox, its SHA-256, and when it was received (ISO)."""


@dataclass(frozen=True, slots=True)
class EditionNote:
    """That a day was published, with which number and when."""

    day: date
    number: int
    published_at: datetime
    manifest: str
    """The SHA-256 of its manifest."""
    is_over: bool = False
    """Whether its time was over, and what it said was removed."""

    @property
    def key(self) -> tuple[date, int]:
        """What distinguishes it from every other."""
        return self.day, self.number


@dataclass(frozen=True, slots=True)
class Release:
    """That somebody of the office has let the leaders' letters about an edition go."""

    day: date
    manifest: str
    """The SHA-256 of the edition's manifest."""
    by: str
    at: datetime

    @property
    def since(self) -> date:
        """From which day on its letters are due: the later of its own and that of the release."""
        return max(self.day, self.at.date())


def note(archive: Path, arrivals: Sequence[Noted]) -> None:
    """Note arrivals, seen on the disk when this returns."""
    # Without its number: that is the ledger's own, and one that is made again may give another.
    entries = ({"arrived": {**asdict(arrival), "id": 0}, "sidecar": sidecar} for arrival, sidecar in arrivals)
    storage.append_lines(archive.parent / NAME, map(_line, entries))


def note_removal(archive: Path, sha256: str, at: datetime, files: Iterable[Filed]) -> None:
    """Note that an original is about to be removed because its time is over, with what was read from it for each of its arrivals."""
    noted = [
        {
            "path": file.arrival.path,
            "received_at": file.arrival.envelope.received_at.isoformat(),
            **file.reading.as_json(),
            "rows": write_rows(file.reading.rows),
        }
        for file in files
    ]
    storage.append_lines(archive.parent / NAME, [_line({"removed": sha256, "at": at.isoformat(), "transcripts": noted})])


def arrivals(archive: Path) -> list[Noted]:
    """Return every arrival that was noted, in order; one that was noted twice, since a run was killed in between, comes once."""
    noted: dict[Identity, Noted] = {}
    for arrival, sidecar in every_arrival(archive):
        noted.setdefault(arrival.identity, (arrival, sidecar))
    return list(noted.values())


def every_arrival(archive: Path) -> list[Noted]:
    """Return every line about an arrival, in order."""
    return [_noted(entry) for entry in _entries(archive) if "arrived" in entry]


def _noted(entry: dict[str, Any]) -> Noted:
    fields = entry["arrived"]
    envelope = Envelope(**{**fields["envelope"], "received_at": datetime.fromisoformat(fields["envelope"]["received_at"])})
    return Arrival(**{**fields, "envelope": envelope}), entry["sidecar"]


def removed(archive: Path) -> frozenset[str]:
    """Return the SHA-256 of every original that was removed because its time was over."""
    return frozenset(entry["removed"] for entry in _entries(archive) if "removed" in entry)


def transcripts(archive: Path) -> dict[Identity, Transcript]:
    """Return what was read from the originals that were removed, by arrival; the last that was noted of each."""
    entries = {entry["removed"]: entry["transcripts"] for entry in _entries(archive) if "removed" in entry}
    return {
        (transcript["path"], sha256, transcript["received_at"]): Transcript(Reading.from_json(transcript), transcript["rows"])
        for sha256, noted in entries.items()
        for transcript in noted
    }


def note_districts(archive: Path, named: Named) -> None:
    """Note how the districts are named from now on, seen on the disk when this returns."""
    storage.append_lines(archive.parent / NAME, [_line({_DISTRICTS: {"kept_as": named.kept_as, "names": named.names}})])


def districts(archive: Path) -> list[Named]:
    """Return how the districts were named one after another, each with how many arrivals had been noted before."""
    named, arrived = [], set()
    for entry in _entries(archive):
        if "arrived" in entry:
            arrived.add(_noted(entry)[0].identity)
        elif _DISTRICTS in entry:
            named.append(_named(entry, len(arrived)))
    return named


def _named(entry: dict[str, Any], after: int = 0) -> Named:
    fields = entry[_DISTRICTS]
    return Named(after, {str(code): str(kept) for code, kept in fields["kept_as"].items()}, {**fields["names"]})


def note_numbers(archive: Path, numbers: Sequence[NoticeNumber]) -> None:
    """Note the numbers that notices were given, seen on the disk when this returns."""
    storage.append_lines(archive.parent / NAME, [_line({_NUMBERED: asdict(number)}) for number in numbers])


def numbers(archive: Path) -> tuple[NoticeNumber, ...]:
    """Return the numbers that were given to notices, in order."""
    # Every run asks this, and the journal keeps the arrivals of years: only the lines that begin as a number's are parsed.
    return tuple(sorted({_number(entry) for entry in _entries(archive, f'{{"{_NUMBERED}"'.encode())}))


def _number(entry: dict[str, Any]) -> NoticeNumber:
    fields = entry[_NUMBERED]
    return NoticeNumber(**{**fields, "day": date.fromisoformat(fields["day"])})


def note_editions(archive: Path, noted: Sequence[EditionNote]) -> None:
    """Note that days were published, or that the time of editions is over, seen on the disk when this returns."""
    storage.append_lines(archive.parent / NAME, [_line({_EDITION: asdict(edition)}) for edition in noted])


def editions(archive: Path) -> list[EditionNote]:
    """Return every edition that was noted, by day and number, as it was noted last."""
    noted = {edition.key: edition for edition in map(_edition, _entries(archive, f'{{"{_EDITION}"'.encode()))}
    return [noted[key] for key in sorted(noted)]


def _edition(entry: dict[str, Any]) -> EditionNote:
    fields = entry[_EDITION]
    moment = datetime.fromisoformat(fields["published_at"])
    return EditionNote(**{**fields, "day": date.fromisoformat(fields["day"]), "published_at": moment})


def note_left_out(archive: Path, files: Sequence[LeftOut]) -> None:
    """Note that the office decided to go on without these files, seen on the disk when this returns."""
    storage.append_lines(archive.parent / NAME, [_line({_LEFT_OUT: asdict(file)}) for file in files])


def left_out(archive: Path) -> list[LeftOut]:
    """Return the files without which the office decided to go on, by day and arrival, as each was noted last."""
    noted = {file.sha256: file for file in map(_left_out, _entries(archive, f'{{"{_LEFT_OUT}"'.encode()))}
    return sorted(noted.values(), key=lambda file: (file.day, file.received_at, file.sha256))


def _left_out(entry: dict[str, Any]) -> LeftOut:
    fields = {name: str(value) for name, value in entry[_LEFT_OUT].items()}
    day, is_assignment = date.fromisoformat(fields["day"]), fields.get("is_assignment") == "True"
    return LeftOut(fields["sha256"], fields["path"], fields["received_at"], day, fields["district"], is_assignment)


def note_said_before(archive: Path, days: Sequence[SaidBefore]) -> None:
    """Note what days said before files that they rested on were left out, seen on the disk when this returns."""
    if days:
        storage.append_lines(archive.parent / NAME, [_line({_SAID_BEFORE: asdict(said)}) for said in days])


def said_before(archive: Path) -> dict[date, SaidBefore]:
    """Return it by day, as it was noted first; the files of later decisions are added."""
    noted: dict[date, SaidBefore] = {}
    for said in map(_said_before, _entries(archive, f'{{"{_SAID_BEFORE}"'.encode())):
        first = noted.get(said.day, said)
        noted[said.day] = replace(first, sha256s=tuple(dict.fromkeys((*first.sha256s, *said.sha256s))))
    return noted


def _said_before(entry: dict[str, Any]) -> SaidBefore:
    return _figures_said(entry[_SAID_BEFORE])


def _figures_said(fields: dict[str, Any]) -> SaidBefore:
    tallies = {str(group): (int(resolved), int(total)) for group, (resolved, total) in fields["tallies"].items()}
    counted = {str(number): bool(is_counted) for number, is_counted in fields["counted"].items()}
    units = {str(unit): _figures_said(said) for unit, said in fields.get("units", {}).items()}
    return SaidBefore(date.fromisoformat(fields["day"]), tuple(map(str, fields["sha256s"])), tallies, counted, units)


def note_releases(archive: Path, releases: Sequence[Release]) -> None:
    """Note that letters may go, seen on the disk when this returns."""
    storage.append_lines(archive.parent / NAME, [_line({_RELEASED: asdict(release)}) for release in releases])


def releases(archive: Path) -> dict[str, Release]:
    """Return every release by its edition's manifest, as it was noted first."""
    noted: dict[str, Release] = {}
    for release in map(_release, _entries(archive, f'{{"{_RELEASED}"'.encode())):
        noted.setdefault(release.manifest, release)
    return noted


def _release(entry: dict[str, Any]) -> Release:
    fields = {name: str(value) for name, value in entry[_RELEASED].items()}
    return Release(date.fromisoformat(fields["day"]), fields["manifest"], fields["by"], datetime.fromisoformat(fields["at"]))


# --- lines -------------------------------------------------------------------------------------------------------


def unread(archive: Path) -> list[int]:
    """Return the numbers of the lines that cannot be read: torn by a power cut and closed since, or damaged."""
    return [number for number, line in enumerate(_lines(archive)[:-1], 1) if line and _entry(line) is None]


def set_unread_aside(archive: Path) -> list[int]:
    """Move those lines, as they are, to a file of their own beside the journal, and return their numbers."""
    lines, bad = _lines(archive), set(unread(archive))
    if bad:
        path = archive.parent / NAME
        # Kept before they are taken out: a power cut between the two leaves them twice, and never not at all.
        storage.append_lines(path.with_name(ASIDE), [lines[number - 1] for number in sorted(bad)])
        storage.replace(path, b"\n".join(line for number, line in enumerate(lines, 1) if number not in bad))
    return sorted(bad)


def _lines(archive: Path) -> list[bytes]:
    """Return the lines; behind the last line break stands what a power cut tore, mostly nothing."""
    return summed_lines.lines(archive.parent / NAME)


def _entries(archive: Path, beginning: bytes = b"") -> list[dict[str, Any]]:
    """Return the journal's lines that begin so and can be read."""
    return [entry for line in _lines(archive) if line.startswith(beginning) and (entry := _entry(line)) is not None]


def _entry(line: bytes) -> dict[str, Any] | None:
    """Return what a line holds; None where its sum does not agree, or where it is not what a journal holds."""
    entry = summed_lines.entry(line)
    if entry is None:
        return None
    try:
        for kind, read in _KINDS.items():
            if kind in entry:
                read(entry)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
    return entry


def _removal(entry: dict[str, Any]) -> list[tuple[str, str]]:
    return [(transcript["path"], transcript["received_at"]) for transcript in entry["transcripts"]]


# Older lines have no sum, and a damaged one may still be JSON: it counts only if it can be read as what it says it is.
_KINDS: dict[str, Callable[[dict[str, Any]], object]] = {
    "arrived": _noted,
    _NUMBERED: _number,
    "removed": _removal,
    _DISTRICTS: _named,
    _EDITION: _edition,
    _LEFT_OUT: _left_out,
    _SAID_BEFORE: _said_before,
    _RELEASED: _release,
}


def _line(entry: dict[str, Any]) -> bytes:
    return summed_lines.line(entry, _plain)


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    raise TypeError
