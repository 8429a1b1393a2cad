"""The office that is killed: small, and with something of everything that a night may meet."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from offices import Office, only, tree
from workbooks import CASES, DAY, Page, assignment, new_row, progress_row, reception_row, report, resolved_row, urgent_row, write

from pipeline.ledger import journal, places, schema
from pipeline.night import nightly
from pipeline.render.documents import ALL, Document
from pipeline.settings.config import load
from pipeline.settings.places import LedgerPlace, LedgerServer

BEFORE = DAY - timedelta(days=1)
FEW_DOCUMENTS = (*only("leaders_page"), *only("notices"), *only("receipts"))
"""What a quick run makes: a file of its own, files in folders, numbers that are given once. The others are written as these are."""
_NOT_FACTS = frozenset({"id", "arrival", "attempts", "published_at", "sum"})
"""Columns whose values are the house's own affair, or the clock's; a sum is of these too."""

_NOT_BY_BYTES = frozenset(
    {"state/ledger.sqlite", "state/run.lock", "state/arrivals.jsonl", "state/logs/run.log", "state/checkpoints/ledger"}
)


def build(home: Path, documents: tuple[Document, ...] = ALL, server: LedgerServer | None = None) -> None:
    """Two days published, one of them changed by hand since, and a night's files in the inbox; the ledger on that server, if any."""
    office = Office(home)
    if server:
        office.move_ledger(server)
    office.put_assignment(assignment(CASES[:2]), "分解表一.xlsx")
    office.put(report(day=BEFORE, new=[new_row()]), "东胜区/前一天.xlsx", "2020-05-20T16:00:00+08:00")
    nightly.run(office.settings, [BEFORE - timedelta(days=1), BEFORE], documents=documents)
    (office.outbox / str(BEFORE) / "summary.json").write_bytes(b"by hand")
    (office.outbox / str(BEFORE) / "批示.txt").write_bytes(b"by hand")
    office.put_assignment(assignment(), "分解表二.xlsx", "2020-05-21T09:00:00+08:00")
    _fill(office)


def _fill(office: Office) -> None:
    first = report(progress=[progress_row()], urgent=[urgent_row()])
    office.put(first, "东胜区/日报.xlsx", "2020-05-21T15:00:00+08:00")
    office.put(report(reception=[reception_row()]), "东胜区/更正.xlsx", "2020-05-21T16:10:00+08:00")
    office.put(report(reception=[reception_row()]), "东胜区/又一次.xlsx", "2020-05-21T16:20:00+08:00")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "达拉特旗.xlsx", None)
    for number, district in enumerate(("准格尔旗", "乌审旗", "杭锦旗")):
        office.put(report(district, progress=[]), f"{district}/日报.xlsx", f"2020-05-21T16:3{number}:00+08:00")
    office.put(report("伊金霍洛旗", progress=[progress_row("XX-2020-009")]), "伊金霍洛旗.xlsx", "2020-05-21T18:00:00+08:00")
    office.put(report("达拉特旗", BEFORE, progress=[resolved_row("SJ-2020-002")]), "晚到.xlsx", "2020-05-21T10:00:00+08:00")
    office.put(write({"甲": Page([["x"]])}), "不是日报.xlsx", "2020-05-21T11:00:00+08:00")
    office.put(b"no workbook", "坏.xlsx", "2020-05-21T11:30:00+08:00")
    office.put(report("康巴什区", progress=[]), "信封坏了.xlsx").with_name("信封坏了.xlsx.envelope.json").write_bytes(b"{")
    office.put(b"", "~$日报.xlsx", None)


def copy(template: Path, home: Path) -> None:
    """Another office like it, with its files' times."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home, symlinks=True)


State = dict[str, Any]


def state_of(home: Path) -> State:
    """Everything that must be the same after an undisturbed run and after a disturbed one."""
    names = sorted(path.relative_to(home).as_posix() for path in home.rglob("*"))
    files = {name: content for name, content in tree(home).items() if name not in _NOT_BY_BYTES}
    archive = home / "state/archive"
    editions = [(noted.key, noted.manifest) for noted in journal.editions(archive)]
    noted = sorted(map(repr, [*journal.arrivals(archive), *journal.numbers(archive), *editions]))  # a torn or second line counts once
    return {"names": names, "files": files, "facts": facts_of(load(home / "config.yaml").paths.ledger_place), "journal": noted}


def facts_of(ledger: LedgerPlace) -> dict[str, list[tuple[Any, ...]]]:
    """The ledger's rows in no order, with what an arrival is in the place of its number."""
    if not isinstance(ledger, Path):
        return _facts_on(ledger)
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        arrivals = {row["id"]: (row["path"], row["sha256"], row["received_at"]) for row in connection.execute("SELECT * FROM arrivals")}
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {name: sorted(_facts(connection.execute(f'SELECT * FROM "{name}"'), arrivals), key=repr) for name in names}  # noqa: S608


def _facts_on(server: LedgerServer) -> dict[str, list[tuple[Any, ...]]]:
    connection = places.database(server).connect()
    with closing(connection.driver):
        tables = {table.name: connection.select(table) for table in schema.ALL}
    arrivals = {row["id"]: (row["path"], row["sha256"], row["received_at"]) for row in tables["arrivals"]}
    return {name: sorted(_facts(rows, arrivals), key=repr) for name, rows in tables.items()}


def _facts(rows: Iterable[sqlite3.Row | Mapping[str, Any]], arrivals: dict[int, tuple[str, str, str]]) -> list[tuple[Any, ...]]:
    facts = []
    for row in rows:
        whose = arrivals[row["arrival"]] if "arrival" in row.keys() else None  # noqa: SIM118 - a Row's `in` looks at its values
        facts.append((whose, *((name, row[name]) for name in row.keys() if name not in _NOT_FACTS)))  # noqa: SIM118
    return facts


def lost(before: State, home: Path) -> list[str]:
    """What a reader misses at this very moment: a report that is nowhere, a day's folder that is neither edition whole."""
    there = set(tree(home / "inbox").values()) | set(tree(home / "state/archive").values())
    return [
        name for name, content in before["files"].items() if name.startswith("inbox/") and name.endswith(".xlsx") and content not in there
    ]


def mixed(editions: Iterable[State], home: Path) -> list[str]:
    """The days whose folder is none of these editions."""
    whole_editions = [_days(edition["files"]) for edition in editions]
    now = _days({f"outbox/{name}": content for name, content in tree(home / "outbox").items()})
    return [day for day, files in now.items() if not any(edition.get(day) == files for edition in whole_editions)] + [
        day for day in whole_editions[0] if day not in now
    ]


def torn(before: State, home: Path) -> list[str]:
    """The days whose folder is neither as it was nor what its own manifest lists."""
    now = _days({f"outbox/{name}": content for name, content in tree(home / "outbox").items()})
    return [day for day, files in now.items() if files != _days(before["files"]).get(day) and not _is_whole(files)]


def _is_whole(files: dict[str, bytes]) -> bool:
    listed = json.loads(files.get("manifest.json", b'{"outputs": {}}'))["outputs"]
    return bool(listed) and listed == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }


def _days(files: dict[str, bytes]) -> dict[str, dict[str, bytes]]:
    days: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        top, _, rest = name.partition("/")
        day, _, file = rest.partition("/")
        if top == "outbox" and not day.startswith("."):
            days.setdefault(day, {})[file] = content
    return days
