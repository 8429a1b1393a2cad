"""The facts, in one SQLite file: what arrived, what was read from it, what was found. Never a computed state."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from pipeline.disk import storage
from pipeline.reading.reading import Transcript
from pipeline.terms.contract import Severity
from pipeline.terms.errors import LedgerError, reason_of
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Arrival, Envelope, Filed, Reading
from pipeline.terms.notice_number import NoticeNumber
from pipeline.terms.rows import read_rows
from pipeline.terms.text import mask

SCHEMA_VERSION = 1

_metadata = sa.MetaData()
_meta = sa.Table("meta", _metadata, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))
_arrivals = sa.Table(
    "arrivals",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("is_assignment", sa.Boolean, nullable=False),
    sa.Column("path", sa.Text, nullable=False, comment="relative to the inbox"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, comment="names the copy in the archive"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("sender", sa.Text),
    sa.Column("message_id", sa.Text),
    sa.Column("envelope", sa.Text, comment="the sidecar as it came"),
    sa.UniqueConstraint("path", "sha256", "received_at"),
    sqlite_autoincrement=True,
)
_readings = sa.Table(
    "readings",
    _metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("day", sa.Text, nullable=False, index=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("cover", sa.Text, nullable=False, comment="JSON"),
    sa.Column("rows", sa.Text, nullable=False, comment="JSON: sheets with their rows as understood, and their addresses"),
)
_findings = sa.Table(
    "findings",
    _metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("row", sa.Integer),
    sa.Column("column", sa.Integer),
    sa.Column("value", sa.Text, nullable=False),
)
_publications = sa.Table(
    "publications",
    _metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, comment="of everything that the day's folder was made from"),
    sa.Column("manifest", sa.Text, nullable=False, comment="SHA-256 of manifest.json"),
)
_sums = sa.Table(
    "sums",
    _metadata,
    sa.Column("arrival", sa.ForeignKey("arrivals.id"), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, comment="of the verdict with all that was read and found"),
)
_notices = sa.Table(
    "notices",
    _metadata,
    sa.Column("year", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.UniqueConstraint("day", "district"),
)
_attempts = sa.Table(
    "attempts",
    _metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("alone", sa.Integer, nullable=False, comment="how often it was begun by itself, after a run that ended in the midst of it"),
)
_faults = sa.Table(
    "faults",
    _metadata,
    sa.Column(
        "arrival",
        sa.ForeignKey("arrivals.id"),
        primary_key=True,
        comment="the program failed on it, or its original is damaged: to be read again",
    ),
)


def _on_connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    """One writer, rollback journal, full sync: what was shown to lose nothing when the power goes."""
    for pragma in ("journal_mode=DELETE", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


_NUMBERS = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EACCES,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_BUSY: errno.EBUSY,
    sqlite3.SQLITE_LOCKED: errno.EBUSY,
}
"""What SQLite says of the disk, as the system's own error numbers."""


def _refusal(error: BaseException | None, path: Path) -> LedgerError | None:
    """What to say where it was the disk that refused; None where the fault is another."""
    number = _NUMBERS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if number is None:
        return None
    return LedgerError(f"台账 {path} 读写不了：{reason_of(OSError(number, ''))}。已收到的文件都还在；处理好后再运行一次。")


class Ledger:
    """The ledger at that path, made if there is none. Raises LedgerError where it is of another version."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(self._engine, "connect", _on_connect)
        sa.event.listen(self._engine, "handle_error", self._on_error)
        self._path = path
        try:
            self._prepare(path)
        except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
            refused = _refusal(error, path)
            if refused:
                raise refused from error
            msg = (
                f"台账 {path} 打不开或写不进：可能没有写入权限、磁盘已满，或文件已损坏。请先检查权限和空间；不要删除它，损坏的用备份恢复。"
            )
            raise LedgerError(msg) from error

    def _prepare(self, path: Path) -> None:
        _metadata.create_all(self._engine)
        with self._engine.begin() as connection:
            version = connection.scalar(sa.select(_meta.c.value).where(_meta.c.name == "schema"))
            if version is None:
                connection.execute(_meta.insert().values(name="schema", value=str(SCHEMA_VERSION)))
            elif version != str(SCHEMA_VERSION):
                msg = f"台账 {path} 的版本是 {version}，本程序只认识版本 {SCHEMA_VERSION}。请使用相配的程序版本。"
                raise LedgerError(msg)

    def _on_error(self, context: sa.engine.ExceptionContext) -> None:
        """Say a full or broken disk as what it is, wherever a statement meets it."""
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

    # --- arrivals ---

    def record(self, arrivals: Sequence[tuple[Arrival, str | None]]) -> None:
        """Note arrivals with their sidecars as they came; one that is noted already stays as it is."""
        rows = [
            {
                "is_assignment": one.is_assignment,
                "path": one.path,
                "name": one.name,
                "sha256": one.sha256,
                "size": one.size,
                "received_at": one.envelope.received_at.isoformat(),
                "channel": one.envelope.channel,
                "sender": one.envelope.sender,
                "message_id": one.envelope.message_id,
                "envelope": sidecar,
            }
            for one, sidecar in arrivals
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(_arrivals.insert().prefix_with("OR IGNORE"), rows)

    def identities(self) -> list[tuple[str, str, str]]:
        """Path, SHA-256 and arrival of everything noted so far, in order."""
        query = sa.select(_arrivals.c.path, _arrivals.c.sha256, _arrivals.c.received_at).order_by(_arrivals.c.id)
        with self._engine.connect() as connection:
            return [(path, sha256, received) for path, sha256, received in connection.execute(query)]

    def sidecars(self) -> frozenset[tuple[str, str]]:
        """Path and sidecar of everything that came with one."""
        query = sa.select(_arrivals.c.path, _arrivals.c.envelope).where(_arrivals.c.envelope.is_not(None))
        with self._engine.connect() as connection:
            return frozenset((path, envelope) for path, envelope in connection.execute(query))

    def arrivals(self) -> list[tuple[Arrival, str | None]]:
        """Everything noted so far with its sidecar as it came, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(_arrivals).order_by(_arrivals.c.id)).mappings()
            return [(_arrival(row), row["envelope"]) for row in rows]

    def unread(self) -> list[Arrival]:
        """Arrivals without a lasting verdict, in their order: not read yet, or the program failed on them, or their original is damaged."""
        query = (
            sa.select(_arrivals)
            .select_from(_arrivals.outerjoin(_readings).outerjoin(_faults, _faults.c.arrival == _arrivals.c.id))
            .where(_readings.c.arrival.is_(None) | _faults.c.arrival.is_not(None))
            .order_by(_arrivals.c.id)
        )
        with self._engine.connect() as connection:
            return [_arrival(row) for row in connection.execute(query).mappings()]

    # --- attempts ---

    def attempts(self) -> dict[str, int]:
        """The bytes that a run began to read and did not come to file, with how often they were begun by themselves."""
        with self._engine.connect() as connection:
            return {row.sha256: row.alone for row in connection.execute(_attempts.select())}

    def begin(self, sha256s: Iterable[str]) -> None:
        """Note that these bytes are about to be read; those noted already are now begun by themselves."""
        rows = [{"sha256": one, "alone": 0} for one in dict.fromkeys(sha256s)]
        if rows:
            statement = sqlite.insert(_attempts)
            again = statement.on_conflict_do_update(index_elements=["sha256"], set_={"alone": _attempts.c.alone + 1})
            with self._engine.begin() as connection:
                connection.execute(again, rows)

    # --- readings ---

    def file(self, transcripts: Sequence[tuple[Arrival, Transcript]]) -> None:
        """Note the verdicts on arrivals with what was read and found: once and for all, but where there is a fault."""
        arrivals = [arrival.id for arrival, _one in transcripts]
        filed = [
            {
                "arrival": arrival.id,
                "accepted": one.reading.accepted,
                "day": one.reading.day.isoformat(),
                "district": one.reading.district,
                "cover": json.dumps(one.reading.cover, ensure_ascii=False),
                "rows": one.rows,
            }
            for arrival, one in transcripts
        ]
        found = [
            {"arrival": arrival.id, "number": number, **_finding_row(finding)}
            for arrival, one in transcripts
            for number, finding in enumerate(one.reading.findings)
        ]
        failed = [{"arrival": arrival.id} for arrival, one in transcripts if one.fault]
        sums = [
            {"arrival": row["arrival"], "digest": _sum(one.reading, str(row["cover"]), one.rows)}
            for row, (_arrival, one) in zip(filed, transcripts, strict=True)
        ]
        with self._engine.begin() as connection:
            if any(connection.scalars(sa.select(_faults.c.arrival).where(_faults.c.arrival.in_(arrivals)))):
                connection.execute(_publications.update().values(fingerprint=""))  # days that showed the fault are written again
            for table in (_findings, _readings, _faults, _sums):
                connection.execute(table.delete().where(table.c.arrival.in_(arrivals)))
            connection.execute(_attempts.delete().where(_attempts.c.sha256.in_({arrival.sha256 for arrival, _one in transcripts})))
            for table, rows in ((_readings, filed), (_findings, found), (_faults, failed), (_sums, sums)):
                if rows:
                    connection.execute(table.insert(), rows)

    def outlines(self) -> list[Filed]:
        """Every arrival with its verdict, without rows and findings."""
        columns = [_readings.c.accepted, _readings.c.day, _readings.c.district]
        query = sa.select(_arrivals, *columns).join(_readings, _readings.c.arrival == _arrivals.c.id).order_by(_arrivals.c.id)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Filed(_arrival(row), Reading(row["accepted"], date.fromisoformat(row["day"]), row["district"], {}, (), ())) for row in rows]

    def load(self, outlines: Iterable[Filed]) -> list[Filed]:
        """The same files with their rows and findings. Raises LedgerError where they are not as they were filed."""
        loaded, damaged = self._load(outlines)
        if damaged:
            msg = (
                f"台账 {self._path} 里有 {len(damaged)} 份文件的内容已经损坏（例如 {mask(damaged[0].arrival.name)}），"
                "没有汇总，已有的结果没有变动。请运行 python run.py doctor --repair，从存档重建台账。"
            )
            raise LedgerError(msg)
        return loaded

    def sound(self) -> list[Filed]:
        """Every file of which the ledger holds what it was given."""
        return self._load(self.outlines())[0]

    def damaged(self) -> list[Filed]:
        """The files of which the ledger no longer holds what it was given."""
        return self._load(self.outlines())[1]

    def _load(self, outlines: Iterable[Filed]) -> tuple[list[Filed], list[Filed]]:
        """The files in full as far as they are sound, and those that are not."""
        wanted = {one.arrival.id: one for one in outlines}
        rows: dict[int, tuple[str, str]] = {}
        found: dict[int, list[Finding]] = {}
        sums: dict[int, str] = {}
        identities = sorted(wanted)
        with self._engine.connect() as connection:
            for start in range(0, len(identities), 500):  # SQLite's limit on parameters
                part = identities[start : start + 500]
                query = sa.select(_readings.c.arrival, _readings.c.cover, _readings.c.rows).where(_readings.c.arrival.in_(part))
                rows |= {arrival: (cover, sheets) for arrival, cover, sheets in connection.execute(query)}
                sums |= {row.arrival: row.digest for row in connection.execute(_sums.select().where(_sums.c.arrival.in_(part)))}
                listed = _findings.select().where(_findings.c.arrival.in_(part)).order_by(_findings.c.arrival, _findings.c.number)
                for row in connection.execute(listed).mappings():
                    found.setdefault(row["arrival"], []).append(_finding(row))
        loaded: list[Filed] = []
        damaged: list[Filed] = []
        for identity, one in wanted.items():
            cover, sheets = rows[identity]
            told = replace(one.reading, findings=tuple(found.get(identity, ())))
            if sums.get(identity) not in (None, _sum(told, cover, sheets)):  # an older ledger has no sums
                damaged.append(one)
                continue
            loaded.append(Filed(one.arrival, replace(told, cover=json.loads(cover), rows=read_rows(sheets))))
        return loaded, damaged

    def arrivals_with(self, code: str) -> set[int]:
        """The arrivals in which something of that code was found."""
        with self._engine.connect() as connection:
            return set(connection.scalars(sa.select(_findings.c.arrival).where(_findings.c.code == code)))

    def faults_of_file(self) -> list[str]:
        """What SQLite itself finds wrong with the file; nothing where it is sound."""
        with self._engine.connect() as connection:
            said = [str(one) for one in connection.execute(sa.text("PRAGMA integrity_check")).scalars()]
            return [one for one in said if one != "ok"] + [str(row) for row in connection.execute(sa.text("PRAGMA foreign_key_check"))]

    # --- publications ---

    def publications(self) -> dict[str, tuple[str, str]]:
        """Every published day with its fingerprint and its manifest's SHA-256."""
        with self._engine.connect() as connection:
            return {row.day: (row.fingerprint, row.manifest) for row in connection.execute(_publications.select())}

    def note_publication(self, day: str, fingerprint: str, manifest: str) -> None:
        """Remember what a day's folder was made from."""
        with self._engine.begin() as connection:
            connection.execute(_publications.delete().where(_publications.c.day == day))
            connection.execute(_publications.insert().values(day=day, fingerprint=fingerprint, manifest=manifest))

    # --- the numbers of notices ---

    def numbers(self) -> tuple[NoticeNumber, ...]:
        """Every number that was given to a notice, in order."""
        query = sa.select(_notices).order_by(_notices.c.year, _notices.c.number)
        with self._engine.connect() as connection:
            return tuple(NoticeNumber(row.year, row.number, date.fromisoformat(row.day), row.district) for row in connection.execute(query))

    def give(self, numbers: Iterable[NoticeNumber]) -> None:
        """Note numbers that are given to notices; one that was given stays as it is."""
        rows = [{**asdict(one), "day": one.day.isoformat()} for one in numbers]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(_notices.insert().prefix_with("OR IGNORE"), rows)


def written_days(path: Path) -> list[date]:
    """Return every day that was published, as far as that ledger tells; none where there is no ledger yet."""
    if not path.exists():
        return []
    with Ledger(path) as ledger:
        return [date.fromisoformat(day) for day in ledger.publications()]


def _sum(reading: Reading, cover: str, rows: str) -> str:
    """What tells whether a file's reading is still what was filed: SQLite itself does not notice a changed byte in a row."""
    found = json.dumps([_finding_row(one) for one in reading.findings], ensure_ascii=False)
    parts = (str(reading.accepted), reading.day.isoformat(), reading.district, cover, rows, found)
    return storage.digest(part.encode("utf-8", "surrogatepass") for part in parts)


def _arrival(row: Any) -> Arrival:  # noqa: ANN401 - SQLAlchemy's row mapping
    envelope = Envelope(datetime.fromisoformat(row["received_at"]), row["channel"], row["sender"], row["message_id"])
    return Arrival(row["id"], row["path"], row["name"], row["sha256"], row["size"], envelope, row["is_assignment"])


def _finding_row(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "severity": str(finding.severity)}


def _finding(row: Any) -> Finding:  # noqa: ANN401 - SQLAlchemy's row mapping
    return Finding(row["code"], Severity(row["severity"]), row["message"], row["sheet"], row["row"], row["column"], row["value"])
