"""What the ledger notes comes back as it was noted, and a ledger that cannot be used is left alone.

Covers `schema` and `tables`.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest
from offices import ZONE, Office, as_version_1, handed_in
from workbooks import DAY, Edits, assignment, edit, progress_row, report, report_pages, write

from pipeline.ledger import row_sums, schema
from pipeline.ledger.ledger import Ledger
from pipeline.reading import reading
from pipeline.settings.places import LedgerPlace
from pipeline.terms.errors import LedgerError
from pipeline.terms.handed_in import Arrival, Envelope


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite"


def _arrival(path: str = "日报.xlsx", sha256: str = "a" * 64, minute: int = 0) -> Arrival:
    received = datetime(2020, 5, 21, 16, minute, 7, 250000, tzinfo=ZONE)
    return Arrival(0, path, path.rpartition("/")[2], sha256, 10, Envelope(received, "email", "a@b.cn", "<1>"))


def test_an_arrival_comes_back_as_it_was_noted(place: LedgerPlace) -> None:
    ledger = Ledger(place)
    ledger.record([(_arrival(), '{"received_at": "…"}')])
    (kept,) = ledger.unread()
    assert {**asdict(kept), "id": 0} == asdict(_arrival())
    ledger.close()


def test_an_arrival_is_noted_once_and_the_same_bytes_at_another_time_are_another(place: LedgerPlace) -> None:
    ledger = Ledger(place)
    ledger.record([(_arrival(), None)])
    ledger.record([(_arrival(), None), (_arrival(minute=1), None), (_arrival("b.xlsx"), None)])
    assert [arrival.id for arrival in ledger.unread()] == sorted(arrival.id for arrival in ledger.unread())
    assert len(ledger.unread()) == 3
    ledger.close()


def test_what_arrived_is_known_in_its_order(place: LedgerPlace) -> None:
    ledger = Ledger(place)
    ledger.record([(_arrival(sha256="a" * 64), None), (_arrival(sha256="b" * 64, minute=1), None)])
    assert [(path, sha256[0]) for path, sha256, _received in ledger.identities()] == [("日报.xlsx", "a"), ("日报.xlsx", "b")]
    ledger.close()


def test_facts_outlive_the_process(place: LedgerPlace) -> None:
    ledger = Ledger(place)
    ledger.record([(_arrival(), None)])
    ledger.note_publication("2020-05-21", "f", "m")
    ledger.close()
    again = Ledger(place)
    assert len(again.unread()) == 1
    assert again.publications() == {"2020-05-21": ("f", "m")}
    again.close()


def test_a_publication_is_noted_over_the_one_before(place: LedgerPlace) -> None:
    ledger = Ledger(place)
    for fingerprint in ("first", "second"):
        ledger.note_publication("2020-05-21", fingerprint, "m")
    assert ledger.publications() == {"2020-05-21": ("second", "m")}
    ledger.close()


def test_a_ledger_of_another_version_is_left_alone_and_says_so(path: Path) -> None:
    Ledger(path).close()
    told = row_sums.of_row(schema.meta, {"name": "schema", "value": "999"})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '999', sum = ? WHERE name = 'schema'", (told,))
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="999"):
        Ledger(path)
    assert path.read_bytes() == before


def test_a_ledger_of_version_1_opens_and_keeps_what_it_holds(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.record([(_arrival(), None)])
        ledger.note_publication("2020-05-21", "f", "m")
    as_version_1(path)
    for _time in range(2):
        with Ledger(path) as ledger:
            assert len(ledger.unread()) == 1
            assert ledger.publications() == {"2020-05-21": ("f", "m")}
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchall() == [(str(schema.VERSION),)]
        assert connection.execute("SELECT * FROM editions").fetchall() == []


@pytest.mark.parametrize(
    "content", [b"not a database at all, and longer than a header of one hundred bytes" * 4, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_ledger_says_so_and_is_not_overwritten(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="备份"):
        Ledger(path)
    assert path.read_bytes() == content


def test_what_was_read_comes_back_from_the_ledger_as_it_was_read(office: Office) -> None:
    content = write(edit(report_pages(), {"案件进展!E2": "看不懂", "案件进展!F3": "电话13912345678", "封面!B5": "没有"}))
    office.put_assignment(assignment())
    office.put(content, "日报.xlsx")
    office.run(DAY)
    ledger = Ledger(office.settings.paths.ledger)
    loaded = {filed.arrival.name: filed for filed in ledger.load(ledger.outlines())}
    ledger.close()
    read = reading.read(content, loaded["日报.xlsx"].arrival.envelope, office.settings, is_assignment=False)
    assert loaded["日报.xlsx"].reading == read
    assert handed_in(content).received == loaded["日报.xlsx"].arrival.envelope.received_at


def test_a_verdict_is_recorded_once_whatever_the_settings_say_later(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[progress_row()]), "日报.xlsx")
    office.run(DAY)
    config = office.home / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("oldest_report_days: 31", "oldest_report_days: 0"), encoding="utf-8")
    Office.__post_init__(office)
    office.run(DAY)
    assert office.summary(DAY)["submissions"][0]["revision"] == 1


def test_the_ledger_holds_no_personal_number(office: Office) -> None:
    where: Edits = {
        "案件进展!A2": "13912345678",
        "案件进展!E2": "11010519491231002X",
        "新增案件!F2": 13912345678,
        "封面!B3": "甲13912345678",
    }
    office.put_assignment(assignment())
    office.put(write(edit(report_pages(), where)), "日报.xlsx")
    office.run(DAY)
    ledger = office.settings.paths.ledger.read_bytes()
    assert b"13912345678" not in ledger
    assert b"11010519491231002" not in ledger
    assert b"1391234.5678" not in ledger
    assert json.dumps(office.findings(DAY)).count("13912345678") == 0
