"""Offices for tests: one on disk, driven as the command line drives it, and one in memory for the pure middle."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipeline.day import known_when
from pipeline.day.day_state import DayState
from pipeline.day.targets import Tally
from pipeline.disk import storage
from pipeline.ledger import row_sums, schema
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.sqlite_database import SqliteDatabase
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.publishing import inputs
from pipeline.reading import reading
from pipeline.render import files_for_programs
from pipeline.render.documents import ALL, FIGURES, Document
from pipeline.render.extension_files import extensions
from pipeline.report import compose, handed_in_lines, notices
from pipeline.report.report import Report
from pipeline.settings.config import Settings, load
from pipeline.settings.places import LedgerServer
from pipeline.terms.findings import Finding
from pipeline.terms.handed_in import Arrival, Envelope, Facts, Filed, Reading
from pipeline.terms.notice_number import NoticeNumber
from pipeline.upkeep import repair

if TYPE_CHECKING:
    import pytest

HOME = Path(__file__).resolve().parents[2]

CONFIG = HOME / "config.yaml"
ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = load(CONFIG)

Summary = dict[str, Any]


def copied_templates(to: Path) -> Path:
    """Copy the program's templates, without what is kept of them beside them: other tests write there meanwhile."""
    return Path(shutil.copytree(HOME / "templates", to, ignore=shutil.ignore_patterns("__pycache__")))


def moment(written: str) -> datetime:
    """`2020-05-21 16:00` in the office's zone."""
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


def afternoon(day: date) -> datetime:
    """16:00 of that day: in time."""
    return datetime.combine(day, time(16), ZONE)


def read_report(content: bytes, received: str = "2020-05-21 16:00", settings: Settings = SETTINGS) -> Reading:
    """A report's reading, by itself."""
    return reading.read(content, Envelope(moment(received)), settings, is_assignment=False)


def read_assignment(content: bytes, received: str = "2020-05-01 09:00", settings: Settings = SETTINGS) -> Reading:
    """An assignment workbook's reading, by itself."""
    return reading.read(content, Envelope(moment(received)), settings, is_assignment=True)


# --- in memory ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """A file that arrived."""

    content: bytes
    received: datetime
    name: str = "日报.xlsx"
    is_assignment: bool = False
    channel: str = "folder"
    sender: str | None = None


def assigned(content: bytes, received: str = "2020-05-01 09:00", name: str = "分解表.xlsx") -> File:
    """An assignment workbook that arrived."""
    return File(content, moment(received), name, is_assignment=True)


def handed_in(content: bytes, received: str = "2020-05-21 16:00", name: str = "日报.xlsx") -> File:
    """A report that arrived."""
    return File(content, moment(received), name)


Trend = tuple[tuple[date, dict[str, Tally]], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What came out for one day."""

    summary: Summary
    findings: list[tuple[str, Finding]]
    """Each with its file's name."""
    files: dict[str, bytes]
    trend: Trend
    report: Report
    units: dict[str, Report] = field(default_factory=dict)
    """By level above the districts: its own report."""

    @property
    def beyond(self) -> dict[str, Any]:
        """extensions.json."""
        written: dict[str, Any] = json.loads(extensions(self.report))
        return written

    def codes(self) -> list[str]:
        return [finding.code for _file, finding in self.findings]

    def of(self, code: str) -> list[Finding]:
        return [finding for _file, finding in self.findings if finding.code == code]

    def counted(self, number: str) -> bool:
        counted: bool = self.summary["cases"][number]["counted_resolved"]
        return counted

    def status(self, number: str) -> str:
        status: str = self.summary["cases"][number]["status"]
        return status

    def flagged(self, number: str) -> set[str]:
        return {flag for flag, numbers in self.summary["flags"].items() if number in numbers}

    def submission(self, district: str = "东胜区") -> dict[str, Any]:
        submission: dict[str, Any] = next(entry for entry in self.summary["submissions"] if entry["district"] == district)
        return submission


@lru_cache(maxsize=512)
def _reading_as_usual(content: bytes, envelope: Envelope, *, is_assignment: bool) -> Reading:
    return reading.read(content, envelope, SETTINGS, is_assignment=is_assignment)


def consolidate(files: Iterable[File], days: Sequence[date], settings: Settings = SETTINGS, *, noticed: bool = False) -> dict[date, Day]:
    """What a run over these files says for these days, without a disk; `noticed`: every day has its notices, as if each had been run."""
    return consolidated(read_in(files, settings), days, settings, noticed=noticed)


def read_in(files: Iterable[File], settings: Settings = SETTINGS) -> list[Filed]:
    """The files as they are filed, numbered in their order."""
    read = _reading_as_usual if settings is SETTINGS else partial(reading.read, settings=settings)
    filed = []
    for number, file in enumerate(files, 1):
        envelope = Envelope(file.received, file.channel, file.sender)
        arrival = Arrival(
            number, file.name, file.name, hashlib.sha256(file.content).hexdigest(), len(file.content), envelope, file.is_assignment
        )
        filed.append(Filed(arrival, read(file.content, envelope, is_assignment=file.is_assignment)))
    return filed


def consolidated(filed: Sequence[Filed], days: Sequence[date], settings: Settings = SETTINGS, *, noticed: bool = False) -> dict[date, Day]:
    """What a run over files that are read already says for these days, without a disk."""
    accepted = [report for report in filed if report.reading.accepted]
    facts = Facts(
        tuple(report for report in accepted if report.arrival.is_assignment),
        tuple(report for report in accepted if not report.arrival.is_assignment),
    )
    arrivals = {report.arrival.id: report.arrival for report in filed}
    first = min((report.reading.day for report in facts.reports), default=min(days))
    watched = [first + timedelta(days=n) for n in range((max(days) - first).days + 1)] if noticed else []
    states = known_when.fold(facts, settings, days, watched)
    numbers = _numbers(states[max(days)], settings)
    out = {}
    for day in days:
        outlines = inputs.Outlines.of(filed)
        resting = outlines.on(day, settings)
        sources = compose.Sources(
            arrivals,
            resting.files_in_force,
            resting.superseded,
            resting.refused,
            resting.replaced_since,
            numbers=tuple(number for number in numbers if number.day <= day),
            refused_late=resting.refused_late,
            refused_before=resting.refused_before,
            attendance=outlines.submissions.attendance(day, settings),
            returned=handed_in_lines.returned(outlines.returned_before(day, settings)),
        )
        built = compose.build(states[day], sources, settings)
        written = {"summary.json": files_for_programs.summary(built), "findings.csv": files_for_programs.findings(built)}
        findings = [(line.file, line.finding) for line in built.findings]
        units = {report.unit: report for report in compose.of_units(states[day], sources, settings)}
        out[day] = Day(json.loads(written["summary.json"]), findings, written, built.trend, built, units)
    return out


def _numbers(state: DayState, settings: Settings) -> list[NoticeNumber]:
    """The numbers of all notices up to that day, in the order of days and districts."""
    raised = [(day, name) for day, by in state.flags_by_day for name in settings.district_names if notices.concerns(by.get(name, {}))]
    return [NoticeNumber(day.year, at, day, name) for at, (day, name) in enumerate(raised, 1)]


def on(day: date, *files: File) -> Day:
    """What these files come to on one day."""
    return consolidate(files, [day])[day]


def only(kind: str) -> tuple[Document, ...]:
    """One kind of document alone: `notices`, `receipts` … A night that makes all of them takes several times as long."""
    (document,) = (document for document in ALL if document.__name__ == f"_{kind}")
    return (document,)


def let_nights_make(patch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Let the nights and repairs that commands run make these kinds of documents alone; without any, figures only."""
    documents = tuple(document for kind in kinds for document in only(kind))
    patch.setattr(nightly, "run", partial(nightly.run, documents=documents))
    patch.setattr(repair, "repair", partial(repair.repair, documents=documents))


# --- on disk -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Office:
    """A folder with a copy of config.yaml: an office of its own."""

    home: Path
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        shutil.copy(CONFIG, self.home / "config.yaml")
        self.settings = load(self.home / "config.yaml")

    @property
    def inbox(self) -> Path:
        return self.settings.paths.inbox

    @property
    def outbox(self) -> Path:
        return self.settings.paths.outbox

    @property
    def archive(self) -> Path:
        return self.settings.paths.archive

    def move_ledger(self, server: LedgerServer) -> None:
        """Have the ledger on that server, as config.yaml says it."""
        config = self.home / "config.yaml"
        said = f"ledger: {{url: '{server.url}', password_env: {server.password_env}, seconds: {server.seconds}}}\n"
        config.write_text(config.read_text(encoding="utf-8").replace("ledger: null\n", said), encoding="utf-8")
        self.settings = load(config)

    def move_archive(self, url: str) -> None:
        """Have the originals in that store, as config.yaml says it."""
        config = self.home / "config.yaml"
        config.write_text(config.read_text(encoding="utf-8").replace("archive: null", f"archive: {url}"), encoding="utf-8")
        self.settings = load(config)

    def use_engine(self, said: str) -> None:
        """Have the night's work done there, as config.yaml says it."""
        config = self.home / "config.yaml"
        config.write_text(config.read_text(encoding="utf-8").replace("engine: local", f"engine: {said}"), encoding="utf-8")
        self.settings = load(config)

    def put(self, content: bytes, path: str, received: str | None = "2020-05-21T16:00:00+08:00", **envelope: str | None) -> Path:
        """Lay a file into the inbox, settled long ago, with a sidecar unless `received` is None."""
        target = self.inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if received is not None:
            sidecar = {"received_at": received, "channel": "folder", "sender": None, "message_id": None, **envelope}
            target.with_name(target.name + ".envelope.json").write_text(json.dumps(sidecar, ensure_ascii=False), encoding="utf-8")
        os.utime(target, (1_500_000_000, 1_500_000_000))
        return target

    def put_assignment(self, content: bytes, name: str = "分解表.xlsx", received: str = "2020-05-01T09:00:00+08:00") -> Path:
        """Lay an assignment workbook into the inbox."""
        return self.put(content, f"assignment/{name}", received)

    def run(self, *days: date) -> Outcome:
        """One night's run, figures only."""
        return nightly.run(self.settings, days, documents=FIGURES)

    def summary(self, day: date) -> Summary:
        summary: Summary = json.loads((self.outbox / day.isoformat() / "summary.json").read_text(encoding="utf-8"))
        return summary

    def findings(self, day: date) -> list[dict[str, str]]:
        """findings.csv as a program reads it."""
        text = (self.outbox / day.isoformat() / "findings.csv").read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def facts(self) -> list[tuple[object, ...]]:
        """What the ledger holds of every arrival, without the numbers that it gives them."""
        with Ledger(self.settings.paths.ledger_place) as ledger:
            loaded = ledger.load(ledger.outlines())
        return sorted((filed.arrival.path, filed.arrival.sha256, str(filed.arrival.envelope), repr(filed.reading)) for filed in loaded)

    def everything(self) -> dict[str, bytes]:
        """Every published file with its bytes."""
        return tree(self.outbox)


def sum_again(ledger: Path) -> None:
    """Give every row the sum of what stands in it now, as if it had been written so."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.row_factory = sqlite3.Row
        for table in schema.SUMMED:
            is_this = " AND ".join(f'"{key}" = ?' for key in table.keys)
            for row in map(dict, connection.execute(f'SELECT * FROM "{table.name}"').fetchall()):  # noqa: S608
                told = (row_sums.of_row(table, row), *(row[key] for key in table.keys))
                connection.execute(f'UPDATE "{table.name}" SET sum = ? WHERE {is_this}', told)  # noqa: S608


def as_version_1(ledger: Path) -> None:
    """Make the ledger one of version 1 with the same facts: what has come since is gone."""
    as_version_2(ledger)
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("DROP TABLE editions")
        connection.execute("UPDATE meta SET value = '1'")


def as_version_2(ledger: Path) -> None:
    """Make the ledger one of version 2 with the same facts: its readings alone have a sum, in a table of their own."""
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("CREATE TABLE sums (arrival INTEGER PRIMARY KEY REFERENCES arrivals (id), digest TEXT NOT NULL)")
        readings = connection.execute("SELECT arrival, accepted, day, district, cover, rows FROM readings").fetchall()
        connection.executemany("INSERT INTO sums VALUES (?, ?)", [(row[0], _sum_of_version_2(connection, *row)) for row in readings])
        connection.execute("DROP TABLE read_with")
        for table in schema.SUMMED:
            for column in ("sum", *(("content", "found") if table is schema.readings else ())) if table is not schema.read_with else ():
                connection.execute(f'ALTER TABLE "{table.name}" DROP COLUMN "{column}"')
        connection.execute("CREATE INDEX ix_readings_day ON readings (day)")
        connection.execute("DELETE FROM meta WHERE name <> 'schema'")
        connection.execute("UPDATE meta SET value = '2'")


def as_version_3(ledger: Path) -> None:
    """Make the ledger one of version 3 with the same facts: nobody knows with what its files were read."""
    database = SqliteDatabase(ledger)
    connection = database.connect()
    with closing(connection.driver):
        connection.do("DROP TABLE read_with")
        connection.delete(schema.meta)
        noted = {schema.SCHEMA: "3", schema.TABLES: database.sum_of_tables(connection)}
        connection.insert(schema.meta, [row_sums.with_sum(schema.meta, {"name": name, "value": value}) for name, value in noted.items()])
        connection.driver.commit()


def _sum_of_version_2(connection: sqlite3.Connection, arrival: int, accepted: int, *texts: str) -> str:
    names = ("code", "severity", "message", "sheet", "row", "column", "value")
    query = """SELECT code, severity, message, sheet, "row", "column", value FROM findings WHERE arrival = ? ORDER BY number"""
    findings = [dict(zip(names, row, strict=True)) for row in connection.execute(query, (arrival,))]
    parts = (str(bool(accepted)), *texts, json.dumps(findings, ensure_ascii=False))
    return storage.digest(part.encode() for part in parts)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below the folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
