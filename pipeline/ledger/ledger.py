"""The facts, in one database: what arrived, what was read from it, what was found. Never a computed state."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any, Self, TypeVar

from pipeline.ledger import kept_districts, places, read_with, row_sums, schema
from pipeline.ledger.journal import Identity, Noted
from pipeline.ledger.kept_districts import DISTRICT, NOBODY, Named
from pipeline.ledger.ledger_store import LedgerStore
from pipeline.ledger.tables import Connection, Row
from pipeline.reading.reading import Transcript
from pipeline.settings.places import LedgerPlace
from pipeline.terms.contract import CASE_SHEETS, Severity
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import read_rows
from pipeline.terms.text import mask


class Ledger:
    """The ledger there, made if there is none. Raises LedgerError where it is of another version, damaged or cannot be read."""

    def __init__(self, place: LedgerPlace) -> None:
        self.store = LedgerStore(place)
        self.districts: Named = NOBODY
        try:
            self.districts = next(reversed(self.named_districts()), NOBODY)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self.store.close()

    # --- districts ---

    def named_districts(self) -> list[Named]:
        """Return the districts as the settings have named them one after another; the last ones hold."""
        named: dict[int, Named] = {}
        for row in self.store.rows(schema.districts):
            same = named.setdefault(row["snapshot"], Named(row["after"], {}, {}))
            kept_as, names = {**same.kept_as, row["code"]: row["kept_as"]}, {**same.names, row["code"]: row["name"]}
            named[row["snapshot"]] = Named(row["after"], kept_as, names)
        return list(named.values())

    def note_districts(self, named: Named) -> None:
        """Note how the districts are named from now on."""
        number = max((row["snapshot"] for row in self.store.rows(schema.districts)), default=0) + 1
        same = {"snapshot": number, "after": named.after}
        rows = [{**same, "code": code, "kept_as": named.kept_as[code], "name": name} for code, name in named.names.items()]
        with self.store.begin() as connection:
            self.store.insert(connection, schema.districts, rows)
        self.districts = named

    def kept_districts(self) -> set[str]:
        """Return as what the facts name districts: in readings, notices, and the rows of assignment workbooks."""
        readings = self.store.rows(schema.readings)
        kept = {row["district"] for row in (*readings, *self.store.rows(schema.notices))}
        lists = {row["id"] for row in self.store.rows(schema.arrivals) if row["is_assignment"]}
        wanted = [row["arrival"] for row in readings if row["accepted"] and row["arrival"] in lists]
        for rows in self._sheets(wanted).values():
            for sheet in read_rows(rows):
                if DISTRICT in sheet.values and sheet.sheet in CASE_SHEETS:
                    kept |= {sheet.text(DISTRICT, at) or "" for at in range(len(sheet.lines)) if at not in {*sheet.refused}}
        return kept - {""}

    # --- arrivals ---

    def record(self, arrivals: Sequence[Noted]) -> None:
        """Note arrivals with their sidecars as they came; one that is noted already stays as it is."""
        if not arrivals:
            return
        first = max((row["id"] for row in self.store.rows(schema.arrivals)), default=0) + 1
        rows = [
            {
                "id": number,
                "is_assignment": int(arrival.is_assignment),
                "path": arrival.path,
                "name": arrival.name,
                "sha256": arrival.sha256,
                "size": arrival.size,
                "received_at": arrival.envelope.received_at.isoformat(),
                "channel": arrival.envelope.channel,
                "sender": arrival.envelope.sender,
                "message_id": arrival.envelope.message_id,
                "envelope": sidecar,
            }
            for number, (arrival, sidecar) in enumerate(arrivals, first)
        ]
        with self.store.begin() as connection:
            self.store.insert(connection, schema.arrivals, rows, or_ignore=True)

    def identities(self) -> list[Identity]:
        """Return path, SHA-256 and time (ISO) of everything noted so far, in order."""
        return [(row["path"], row["sha256"], row["received_at"]) for row in self.store.rows(schema.arrivals)]

    def sidecars(self) -> frozenset[tuple[str, str]]:
        """Return path and sidecar of everything that came with one."""
        return frozenset((row["path"], row["envelope"]) for row in self.store.rows(schema.arrivals) if row["envelope"] is not None)

    def arrivals(self) -> list[Noted]:
        """Return everything noted so far with its sidecar as it came, in order."""
        return [(_arrival(row), row["envelope"]) for row in self.store.rows(schema.arrivals)]

    def sound_arrivals(self) -> list[Noted]:
        """Return the same as far as it is what was noted: for whoever makes a damaged ledger again."""
        return [(_arrival(row), row["envelope"]) for row in self.store.sound_rows(schema.arrivals)]

    def unread(self) -> list[Arrival]:
        """Return the arrivals without a lasting verdict, in order: not read yet, failed on by the program, or with a damaged original."""
        failed = {row["arrival"] for row in self.store.rows(schema.faults)}
        lasting = {row["arrival"] for row in self.store.rows(schema.readings)} - failed
        return [arrival for arrival, _sidecar in self.arrivals() if arrival.id not in lasting]

    def not_read(self) -> list[Noted]:
        """Return the arrivals that no run has read yet with their sidecars, in order: after a night that was stopped there are such."""
        with self.store.connect() as connection:
            noted, read = (
                {row[name] for row in connection.select(table, None, (name,))}
                for table, name in ((schema.arrivals, "id"), (schema.readings, "arrival"))
            )
        if not noted - read:
            return []
        return [(_arrival(row), row["envelope"]) for row in self.store.rows(schema.arrivals, {"id": noted - read})]

    # --- attempts ---

    def attempts(self) -> dict[str, int]:
        """Return the SHA-256 of what a run began to read and did not file, with how often each was begun by itself."""
        return {row["sha256"]: row["alone"] for row in self.store.rows(schema.attempts)}

    def begin(self, sha256s: Iterable[str]) -> None:
        """Note that these bytes are about to be read; those noted already are now begun by themselves."""
        begun, noted = {*sha256s}, self.attempts()
        rows = [{"sha256": sha256, "alone": noted.get(sha256, -1) + 1} for sha256 in sorted(begun)]
        with self.store.begin() as connection:
            connection.delete(schema.attempts, {"sha256": begun & noted.keys()})
            self.store.insert(connection, schema.attempts, rows)

    # --- readings ---

    def file(self, transcripts: Sequence[tuple[Arrival, Transcript]], reader: str = "") -> None:
        """Note the verdicts on arrivals with what was read and found: once and for all, but where there is a fault.

        `reader`: the digest of what they were read with; '' where nobody knows it.
        """
        transcripts = [(arrival, kept_districts.renamed(transcript, self.districts.kept)) for arrival, transcript in transcripts]
        arrivals = [arrival.id for arrival, _transcript in transcripts]
        findings = {arrival.id: _finding_rows(arrival, transcript.reading) for arrival, transcript in transcripts}
        filed = [_reading_row(arrival, transcript, findings[arrival.id]) for arrival, transcript in transcripts]
        failed = [{"arrival": arrival.id} for arrival, transcript in transcripts if transcript.fault]
        settled = {arrival.sha256 for arrival, _transcript in transcripts}
        with self.store.begin() as connection:
            if {row["arrival"] for row in self.store.rows(schema.faults)} & {*arrivals}:
                self._forget_fingerprints(connection)  # days that showed the fault are written again
            for table in (schema.findings, schema.readings, schema.faults, schema.read_with):
                connection.delete(table, {"arrival": arrivals})
            connection.delete(schema.attempts, {"sha256": settled})
            self.store.insert(connection, schema.readings, filed)
            self.store.insert(connection, schema.findings, [row for found in findings.values() for row in found])
            self.store.insert(connection, schema.faults, failed)
            self.store.insert(connection, schema.read_with, read_with.rows(transcripts, reader))

    def outlines(self) -> list[Filed]:
        """Return every arrival with its verdict, without rows and findings."""
        arrivals, readings = self.store.rows(schema.arrivals), self.store.rows(schema.readings)
        if {row["arrival"] for row in readings} - {row["id"] for row in arrivals}:
            raise self.store.damaged(schema.WORDS["arrivals"])
        return self._outlines(arrivals, readings)

    def _outlines(self, arrivals: Iterable[Row], readings: Iterable[Row]) -> list[Filed]:
        arrivals_by_id = {row["id"]: _arrival(row) for row in arrivals}
        name = self.districts.name
        return [
            Filed(
                arrivals_by_id[row["arrival"]],
                Reading(bool(row["accepted"]), date.fromisoformat(row["day"]), name(row["district"]), {}, (), ()),
            )
            for row in readings
            if row["arrival"] in arrivals_by_id
        ]

    def sums(self) -> dict[int, str]:
        """Return the sum of what was read from each arrival, and found in it."""
        return {row["arrival"]: row[row_sums.SUM] for row in self.store.rows(schema.readings)}

    def load(self, outlines: Iterable[Filed]) -> list[Filed]:
        """Return the same files with their rows and findings. Raises LedgerError where they are not as they were filed."""
        loaded, damaged = self._load(outlines)
        if damaged:
            what = f"{len(damaged)} 份文件读出的内容，例如 {mask(damaged[0].arrival.name)}"
            raise self.store.damaged(what)
        return loaded

    def mentioning(self, pattern: re.Pattern[str]) -> set[int]:
        """Return the numbers of the arrivals whose rows, as they are kept, hold what the pattern finds."""
        numbers = [row["arrival"] for row in self.store.rows(schema.readings)]
        found: set[int] = set()
        for part in _in_parts(numbers):
            found |= {arrival for arrival, rows in self._sheets(part).items() if pattern.search(rows)}
        return found

    def sound(self) -> list[Filed]:
        """Return every file of which the ledger holds what it was given."""
        return self._load(self._sound_outlines())[0]

    def sound_faults(self) -> set[int]:
        """Return the numbers of the arrivals whose verdict does not last."""
        return {row["arrival"] for row in self.store.sound_rows(schema.faults)}

    def damaged(self) -> list[Filed]:
        """Return the files of which the ledger no longer holds what it was given, without rows and findings."""
        return self._load(self._sound_outlines())[1]

    def _sound_outlines(self) -> list[Filed]:
        return self._outlines(self.store.sound_rows(schema.arrivals), self.store.sound_rows(schema.readings))

    def _load(self, outlines: Iterable[Filed]) -> tuple[list[Filed], list[Filed]]:
        """Return the files in full as far as they are sound, and the outlines of those that are not."""
        loaded: list[Filed] = []
        damaged: list[Filed] = []
        texts = dict[str, str]()
        for part in _in_parts([*outlines]):
            numbers = [outline.arrival.id for outline in part]
            rows, findings = self._whole(numbers), self._findings(numbers)
            for outline in part:
                row, found = rows.get(outline.arrival.id), findings.get(outline.arrival.id, [])
                if row is None or not _holds(row) or row["found"] != schema.sum_of_findings(found):
                    damaged.append(outline)
                    continue
                named = tuple(kept_districts.renamed_rows(sheet, self.districts.name) for sheet in read_rows(row["rows"], texts))
                contents = {"cover": json.loads(row["cover"]), "rows": named, "findings": tuple(map(_finding, found))}
                loaded.append(Filed(outline.arrival, replace(outline.reading, **contents)))
        return loaded, damaged

    def _whole(self, numbers: Sequence[int]) -> dict[int, Row]:
        """Return the readings of these arrivals with what was read."""
        rows = self.store.rows(schema.readings, {"arrival": numbers}, is_whole=True)
        return {row["arrival"]: row for row in rows}

    def _sheets(self, numbers: Sequence[int]) -> dict[int, str]:
        """Return the rows of these arrivals as they are kept. Raises LedgerError where they are not as they were filed."""
        rows: dict[int, str] = {}
        for part in _in_parts(numbers):
            for arrival, row in self._whole(part).items():
                if not _holds(row):
                    raise self.store.damaged("读出的内容")
                rows[arrival] = row["rows"]
        return rows

    def _findings(self, numbers: Sequence[int]) -> dict[int, list[Row]]:
        """Return the findings of these arrivals, in their order."""
        findings: dict[int, list[Row]] = {}
        with self.store.connect() as connection:
            rows = connection.select(schema.findings, {"arrival": numbers}, is_ordered=True)
        for row in rows:
            findings.setdefault(row["arrival"], []).append(row)
        return findings

    def arrivals_with(self, code: str) -> set[int]:
        """Return the numbers of the arrivals in which a finding has that code."""
        with self.store.connect() as connection:
            return {row["arrival"] for row in connection.select(schema.findings, {"code": code}, ["arrival"])}

    # --- publications ---

    def publications(self) -> dict[str, tuple[str, str]]:
        """Return every published day (ISO) with its fingerprint and its manifest's SHA-256."""
        return {row["day"]: (row["fingerprint"], row["manifest"]) for row in self.store.rows(schema.publications)}

    def note_publication(self, day: str, fingerprint: str, manifest: str) -> None:
        """Remember what a day's folder was made from."""
        with self.store.begin() as connection:
            connection.delete(schema.publications, {"day": day})
            self.store.insert(connection, schema.publications, [{"day": day, "fingerprint": fingerprint, "manifest": manifest}])

    def _forget_fingerprints(self, connection: Connection) -> None:
        rows = [{"day": day, "fingerprint": "", "manifest": manifest} for day, (_made_from, manifest) in self.publications().items()]
        connection.delete(schema.publications)
        self.store.insert(connection, schema.publications, rows)

    # --- the numbers of notices ---

    def numbers(self) -> tuple[NoticeNumber, ...]:
        """Return every number that was given to a notice, in order."""
        name = self.districts.name
        rows = self.store.rows(schema.notices)
        return tuple(NoticeNumber(row["year"], row["number"], date.fromisoformat(row["day"]), name(row["district"])) for row in rows)

    def give(self, numbers: Iterable[NoticeNumber]) -> None:
        """Note numbers that are given to notices; one that was given stays as it is."""
        kept = self.districts.kept
        rows = [{**asdict(number), "day": number.day.isoformat(), "district": kept(number.district)} for number in numbers]
        if rows:
            with self.store.begin() as connection:
                self.store.insert(connection, schema.notices, rows, or_ignore=True)


_Item = TypeVar("_Item")
_AT_ONCE = 250
"""So many readings are read together: SQLite limits parameters, and what is in them is large."""


def _in_parts(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))


def written_days(place: LedgerPlace) -> list[date]:
    """Return every day that was published, as far as that ledger holds it, and none where there is no ledger yet."""
    if not places.exists(place):
        return []
    with Ledger(place) as ledger:
        return [date.fromisoformat(day) for day in ledger.publications()]


def _reading_row(arrival: Arrival, transcript: Transcript, findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    reading, cover = transcript.reading, json.dumps(transcript.reading.cover, ensure_ascii=False)
    return {
        "arrival": arrival.id,
        "accepted": int(reading.accepted),
        "day": reading.day.isoformat(),
        "district": reading.district,
        "content": row_sums.of_texts(cover, transcript.rows),
        "found": schema.sum_of_findings(findings),
        "cover": cover,
        "rows": transcript.rows,
    }


def _holds(row: Row) -> bool:
    """Whether a reading still has what was read."""
    return bool(row["content"] == row_sums.of_texts(row["cover"], row["rows"]))


def _arrival(row: Row) -> Arrival:
    envelope = Envelope(datetime.fromisoformat(row["received_at"]), row["channel"], row["sender"], row["message_id"])
    return Arrival(row["id"], row["path"], row["name"], row["sha256"], row["size"], envelope, bool(row["is_assignment"]))


def _finding_rows(arrival: Arrival, reading: Reading) -> list[dict[str, Any]]:
    found = enumerate(reading.findings)
    return [{"arrival": arrival.id, "number": at, **asdict(finding), "severity": str(finding.severity)} for at, finding in found]


def _finding(row: Row) -> Finding:
    return Finding(row["code"], Severity(row["severity"]), row["message"], row["sheet"], row["row"], row["column"], row["value"])
