"""The facts, in one SQLite file: what arrived, what was read from it, what was found. Never a computed state."""

from __future__ import annotations

import errno
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from pipeline.disk import sqlite_connections, storage
from pipeline.ledger import kept_districts, schema
from pipeline.ledger.journal import Identity, Noted
from pipeline.ledger.kept_districts import DISTRICT, NOBODY, Named
from pipeline.reading.reading import Transcript
from pipeline.terms.contract import LIAISON, Severity
from pipeline.terms.errors import LedgerError, reason_of
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import read_rows
from pipeline.terms.text import mask

_NUMBERS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
}
"""SQLite's errors about the disk, as the system's own error numbers."""


def _refusal(error: BaseException | None, path: Path) -> LedgerError | None:
    """Return the error to raise where it was the disk that refused, and None where the fault is another."""
    # SQLite's extended codes carry the plain one in their lowest eight bits.
    number = _NUMBERS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if number is None:
        return None
    return LedgerError(f"台账 {path} 读写不了：{reason_of(OSError(number, ''))}。已收到的文件都还在；处理好后再运行一次。")


class Ledger:
    """The ledger at that path, made if there is none. Raises LedgerError where it is of another version."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(self._engine, "connect", sqlite_connections.prepare)
        sa.event.listen(self._engine, "handle_error", self._on_error)
        self._path = path
        self.districts: Named = NOBODY
        try:
            self._prepare(path)
            self.districts = next(reversed(self.named_districts()), NOBODY)
        except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
            refused = _refusal(error, path)
            if refused:
                raise refused from error
            msg = (
                f"台账 {path} 打不开或写不进：可能没有写入权限、磁盘已满，或文件已损坏。请先检查权限和空间；不要删除它，损坏的用备份恢复。"
            )
            raise LedgerError(msg) from error

    def _prepare(self, path: Path) -> None:
        with self._engine.begin() as connection:
            unknown = schema.prepare(connection)
        if unknown is not None:
            msg = f"台账 {path} 的版本是 {unknown}，本程序只认识版本 {schema.VERSION} 及以前的。请使用相配的程序版本。"
            raise LedgerError(msg)

    def _on_error(self, context: sa.engine.ExceptionContext) -> None:
        """Raise a LedgerError for a full or broken disk, wherever a statement meets it."""
        refused = _refusal(context.original_exception, self._path)
        if refused:
            raise refused from context.original_exception

    @property
    def engine(self) -> sa.Engine:
        """The ledger's file, for tables that other modules keep in it."""
        return self._engine

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file: as long as it is open, Windows lets nobody rename or remove it."""
        self._engine.dispose()

    # --- districts ---

    def named_districts(self) -> list[Named]:
        """Return the districts as the settings have named them one after another; the last ones hold."""
        named: dict[int, Named] = {}
        query = schema.districts.select().order_by(schema.districts.c.snapshot)
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                same = named.setdefault(row.snapshot, Named(row.after, {}, {}))
                named[row.snapshot] = Named(row.after, {**same.kept_as, row.code: row.kept_as}, {**same.names, row.code: row.name})
        return list(named.values())

    def note_districts(self, named: Named) -> None:
        """Note how the districts are named from now on."""
        with self._engine.begin() as connection:
            number = (connection.scalar(sa.select(sa.func.max(schema.districts.c.snapshot))) or 0) + 1
            rows = [{"code": code, "kept_as": named.kept_as[code], "name": name} for code, name in named.names.items()]
            connection.execute(schema.districts.insert(), [{**row, "snapshot": number, "after": named.after} for row in rows])
        self.districts = named

    def kept_districts(self) -> set[str]:
        """Return as what the facts name districts: in readings, notices, and the rows of assignment workbooks."""
        kept: set[str] = set()
        lists = sa.select(schema.readings.c.rows).join(schema.arrivals).where(schema.arrivals.c.is_assignment, schema.readings.c.accepted)
        with self._engine.connect() as connection:
            for column in (schema.readings.c.district, schema.notices.c.district):
                kept |= set(connection.scalars(sa.select(column).distinct()))
            for rows in connection.scalars(lists):
                for sheet in read_rows(rows):
                    if DISTRICT in sheet.values and sheet.sheet != LIAISON.name:
                        kept |= {sheet.text(DISTRICT, at) or "" for at in range(len(sheet.lines)) if at not in {*sheet.refused}}
        return kept - {""}

    # --- arrivals ---

    def record(self, arrivals: Sequence[Noted]) -> None:
        """Note arrivals with their sidecars as they came; one that is noted already stays as it is."""
        rows = [
            {
                "is_assignment": arrival.is_assignment,
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
            for arrival, sidecar in arrivals
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(schema.arrivals.insert().prefix_with("OR IGNORE"), rows)

    def identities(self) -> list[Identity]:
        """Return path, SHA-256 and time (ISO) of everything noted so far, in order."""
        query = sa.select(schema.arrivals.c.path, schema.arrivals.c.sha256, schema.arrivals.c.received_at).order_by(schema.arrivals.c.id)
        with self._engine.connect() as connection:
            return [(path, sha256, received) for path, sha256, received in connection.execute(query)]

    def sidecars(self) -> frozenset[tuple[str, str]]:
        """Return path and sidecar of everything that came with one."""
        query = sa.select(schema.arrivals.c.path, schema.arrivals.c.envelope).where(schema.arrivals.c.envelope.is_not(None))
        with self._engine.connect() as connection:
            return frozenset((path, envelope) for path, envelope in connection.execute(query))

    def arrivals(self) -> list[Noted]:
        """Return everything noted so far with its sidecar as it came, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(schema.arrivals).order_by(schema.arrivals.c.id)).mappings()
            return [(_arrival(row), row["envelope"]) for row in rows]

    def unread(self) -> list[Arrival]:
        """Return the arrivals without a lasting verdict, in order: not read yet, failed on by the program, or with a damaged original."""
        query = (
            sa.select(schema.arrivals)
            .select_from(
                schema.arrivals.outerjoin(schema.readings).outerjoin(schema.faults, schema.faults.c.arrival == schema.arrivals.c.id)
            )
            .where(schema.readings.c.arrival.is_(None) | schema.faults.c.arrival.is_not(None))
            .order_by(schema.arrivals.c.id)
        )
        with self._engine.connect() as connection:
            return [_arrival(row) for row in connection.execute(query).mappings()]

    # --- attempts ---

    def attempts(self) -> dict[str, int]:
        """Return the SHA-256 of what a run began to read and did not file, with how often each was begun by itself."""
        with self._engine.connect() as connection:
            return {row.sha256: row.alone for row in connection.execute(schema.attempts.select())}

    def begin(self, sha256s: Iterable[str]) -> None:
        """Note that these bytes are about to be read; those noted already are now begun by themselves."""
        rows = [{"sha256": sha256, "alone": 0} for sha256 in dict.fromkeys(sha256s)]
        if rows:
            statement = sqlite.insert(schema.attempts)
            again = statement.on_conflict_do_update(index_elements=["sha256"], set_={"alone": schema.attempts.c.alone + 1})
            with self._engine.begin() as connection:
                connection.execute(again, rows)

    # --- readings ---

    def file(self, transcripts: Sequence[tuple[Arrival, Transcript]]) -> None:
        """Note the verdicts on arrivals with what was read and found: once and for all, but where there is a fault."""
        transcripts = [(arrival, kept_districts.renamed(transcript, self.districts.kept)) for arrival, transcript in transcripts]
        arrivals = [arrival.id for arrival, _transcript in transcripts]
        filed = [
            {
                "arrival": arrival.id,
                "accepted": transcript.reading.accepted,
                "day": transcript.reading.day.isoformat(),
                "district": transcript.reading.district,
                "cover": json.dumps(transcript.reading.cover, ensure_ascii=False),
                "rows": transcript.rows,
            }
            for arrival, transcript in transcripts
        ]
        findings = [
            {"arrival": arrival.id, "number": number, **_finding_row(finding)}
            for arrival, transcript in transcripts
            for number, finding in enumerate(transcript.reading.findings)
        ]
        failed = [{"arrival": arrival.id} for arrival, transcript in transcripts if transcript.fault]
        sums = [
            {"arrival": row["arrival"], "digest": _sum(transcript.reading, str(row["cover"]), transcript.rows)}
            for row, (_arrival, transcript) in zip(filed, transcripts, strict=True)
        ]
        with self._engine.begin() as connection:
            if any(connection.scalars(sa.select(schema.faults.c.arrival).where(schema.faults.c.arrival.in_(arrivals)))):
                connection.execute(schema.publications.update().values(fingerprint=""))  # days that showed the fault are written again
            for table in (schema.findings, schema.readings, schema.faults, schema.sums):
                connection.execute(table.delete().where(table.c.arrival.in_(arrivals)))
            connection.execute(
                schema.attempts.delete().where(schema.attempts.c.sha256.in_({arrival.sha256 for arrival, _transcript in transcripts}))
            )
            for table, rows in ((schema.readings, filed), (schema.findings, findings), (schema.faults, failed), (schema.sums, sums)):
                if rows:
                    connection.execute(table.insert(), rows)

    def outlines(self) -> list[Filed]:
        """Return every arrival with its verdict, without rows and findings."""
        columns = [schema.readings.c.accepted, schema.readings.c.day, schema.readings.c.district]
        query = (
            sa.select(schema.arrivals, *columns)
            .join(schema.readings, schema.readings.c.arrival == schema.arrivals.c.id)
            .order_by(schema.arrivals.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        name = self.districts.name
        return [
            Filed(_arrival(row), Reading(row["accepted"], date.fromisoformat(row["day"]), name(row["district"]), {}, (), ()))
            for row in rows
        ]

    def load(self, outlines: Iterable[Filed]) -> list[Filed]:
        """Return the same files with their rows and findings. Raises LedgerError where they are not as they were filed."""
        loaded, damaged = self._load(outlines)
        if damaged:
            msg = (
                f"台账 {self._path} 里有 {len(damaged)} 份文件的内容已经损坏（例如 {mask(damaged[0].arrival.name)}），"
                "没有汇总，已有的结果没有变动。请运行 python run.py doctor --repair，从存档重建台账。"
            )
            raise LedgerError(msg)
        return loaded

    def mentioning(self, pattern: re.Pattern[str]) -> set[int]:
        """Return the numbers of the arrivals whose rows, as they are kept, hold what the pattern finds."""
        query = sa.select(schema.readings.c.arrival, schema.readings.c.rows)
        with self._engine.connect().execution_options(yield_per=100) as connection:
            return {arrival for arrival, rows in connection.execute(query) if pattern.search(rows)}

    def sound(self) -> list[Filed]:
        """Return every file of which the ledger holds what it was given."""
        return self._load(self.outlines())[0]

    def damaged(self) -> list[Filed]:
        """Return the files of which the ledger no longer holds what it was given, without rows and findings."""
        return self._load(self.outlines())[1]

    def _load(self, outlines: Iterable[Filed]) -> tuple[list[Filed], list[Filed]]:
        """Return the files in full as far as they are sound, and the outlines of those that are not."""
        wanted = {outline.arrival.id: outline for outline in outlines}
        rows: dict[int, tuple[str, str]] = {}
        findings: dict[int, list[Finding]] = {}
        sums: dict[int, str] = {}
        numbers = sorted(wanted)
        with self._engine.connect() as connection:
            for start in range(0, len(numbers), 500):  # SQLite's limit on parameters
                part = numbers[start : start + 500]
                query = sa.select(schema.readings.c.arrival, schema.readings.c.cover, schema.readings.c.rows).where(
                    schema.readings.c.arrival.in_(part)
                )
                rows |= {arrival: (cover, sheets) for arrival, cover, sheets in connection.execute(query)}
                sums |= {row.arrival: row.digest for row in connection.execute(schema.sums.select().where(schema.sums.c.arrival.in_(part)))}
                listed = (
                    schema.findings.select()
                    .where(schema.findings.c.arrival.in_(part))
                    .order_by(schema.findings.c.arrival, schema.findings.c.number)
                )
                for row in connection.execute(listed).mappings():
                    findings.setdefault(row["arrival"], []).append(_finding(row))
        loaded: list[Filed] = []
        damaged: list[Filed] = []
        for arrival, outline in wanted.items():
            cover, sheets = rows[arrival]
            reading = replace(outline.reading, findings=tuple(findings.get(arrival, ())))
            kept = replace(reading, district=self.districts.kept(reading.district))
            if sums.get(arrival) not in (None, _sum(kept, cover, sheets)):  # an older ledger has no sums
                damaged.append(outline)
                continue
            named = tuple(kept_districts.renamed_rows(rows, self.districts.name) for rows in read_rows(sheets))
            loaded.append(Filed(outline.arrival, replace(reading, cover=json.loads(cover), rows=named)))
        return loaded, damaged

    def arrivals_with(self, code: str) -> set[int]:
        """Return the numbers of the arrivals in which a finding has that code."""
        with self._engine.connect() as connection:
            return set(connection.scalars(sa.select(schema.findings.c.arrival).where(schema.findings.c.code == code)))

    def faults_of_file(self) -> list[str]:
        """Return what SQLite itself finds wrong with the file; nothing where it is sound."""
        with self._engine.connect() as connection:
            lines = [str(line) for line in connection.execute(sa.text("PRAGMA integrity_check")).scalars()]
            return [line for line in lines if line != "ok"] + [str(row) for row in connection.execute(sa.text("PRAGMA foreign_key_check"))]

    # --- publications ---

    def publications(self) -> dict[str, tuple[str, str]]:
        """Return every published day (ISO) with its fingerprint and its manifest's SHA-256."""
        with self._engine.connect() as connection:
            return {row.day: (row.fingerprint, row.manifest) for row in connection.execute(schema.publications.select())}

    def note_publication(self, day: str, fingerprint: str, manifest: str) -> None:
        """Remember what a day's folder was made from."""
        with self._engine.begin() as connection:
            connection.execute(schema.publications.delete().where(schema.publications.c.day == day))
            connection.execute(schema.publications.insert().values(day=day, fingerprint=fingerprint, manifest=manifest))

    # --- the numbers of notices ---

    def numbers(self) -> tuple[NoticeNumber, ...]:
        """Return every number that was given to a notice, in order."""
        query = sa.select(schema.notices).order_by(schema.notices.c.year, schema.notices.c.number)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        name = self.districts.name
        return tuple(NoticeNumber(row.year, row.number, date.fromisoformat(row.day), name(row.district)) for row in rows)

    def give(self, numbers: Iterable[NoticeNumber]) -> None:
        """Note numbers that are given to notices; one that was given stays as it is."""
        kept = self.districts.kept
        rows = [{**asdict(number), "day": number.day.isoformat(), "district": kept(number.district)} for number in numbers]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(schema.notices.insert().prefix_with("OR IGNORE"), rows)


def written_days(path: Path) -> list[date]:
    """Return every day that was published, as far as that ledger holds it, and none where there is no ledger yet."""
    if not path.exists():
        return []
    with Ledger(path) as ledger:
        return [date.fromisoformat(day) for day in ledger.publications()]


def _sum(reading: Reading, cover: str, rows: str) -> str:
    """Return a digest that shows whether a file's reading is still what was filed: SQLite does not notice a changed byte in a row."""
    findings = json.dumps([_finding_row(finding) for finding in reading.findings], ensure_ascii=False)
    parts = (str(reading.accepted), reading.day.isoformat(), reading.district, cover, rows, findings)
    return storage.digest(part.encode("utf-8", "surrogatepass") for part in parts)


def _arrival(row: Any) -> Arrival:  # noqa: ANN401 - SQLAlchemy's row mapping
    envelope = Envelope(datetime.fromisoformat(row["received_at"]), row["channel"], row["sender"], row["message_id"])
    return Arrival(row["id"], row["path"], row["name"], row["sha256"], row["size"], envelope, row["is_assignment"])


def _finding_row(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "severity": str(finding.severity)}


def _finding(row: Any) -> Finding:  # noqa: ANN401 - SQLAlchemy's row mapping
    return Finding(row["code"], Severity(row["severity"]), row["message"], row["sheet"], row["row"], row["column"], row["value"])
