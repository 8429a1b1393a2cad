"""Every row has a sum of what stands in it, and an older ledger gets its sums in one step.

Covers `versions` and `sqlite_database`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from offices import Office, as_version_1, as_version_2, as_version_3
from workbooks import DAY, assignment, progress_row, report, resolved_row

from pipeline.disk import sqlite_connections
from pipeline.intake import desk
from pipeline.ledger import row_sums, schema
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.sqlite_database import SqliteDatabase
from pipeline.publishing import told_editions
from pipeline.terms.errors import DamagedLedgerError, LedgerError

ROW = {"day": "2020-05-21", "fingerprint": "f", "manifest": "m"}


@pytest.fixture
def ran(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")]), "日报.xlsx")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "达旗.xlsx")
    office.put(b"no workbook", "坏.xlsx")
    office.run(DAY)
    return office


def _schema(ledger: Path) -> list[tuple[str, list[str]]]:
    with closing(sqlite3.connect(ledger)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return [(name, [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]) for name in names]


@pytest.mark.parametrize("column", ["day", "fingerprint", "manifest", "sum"])
@pytest.mark.parametrize("value", ["x", "", None, 1])
def test_a_row_agrees_with_its_sum_only_as_it_was_written(column: str, value: object) -> None:
    row = row_sums.with_sum(schema.publications, ROW)
    assert row_sums.agrees(schema.publications, row)
    assert not row_sums.agrees(schema.publications, {**row, column: value})


def test_the_same_values_in_another_table_are_another_row() -> None:
    letter = {"message_id": "a", "digest": "b"}
    assert row_sums.of_row(schema.letter_items, letter) != row_sums.of_row(schema.attempts, {"sha256": "a", "alone": "b"})


def test_a_number_is_no_text_and_an_end_no_beginning() -> None:
    assert row_sums.of_values([1, "2"]) != row_sums.of_values(["1", 2])
    assert row_sums.of_values(["ab", "c"]) != row_sums.of_values(["a", "bc"])
    assert row_sums.of_values([True]) == row_sums.of_values([1])
    assert row_sums.of_texts("ab", "c") != row_sums.of_texts("a", "bc")
    assert row_sums.of_texts(None) != row_sums.of_texts("None")


@pytest.mark.parametrize("older", [as_version_1, as_version_2, as_version_3])
def test_an_older_ledger_gets_its_sums_in_one_step_and_holds_what_it_held(ran: Office, older: object) -> None:
    path = ran.settings.paths.ledger
    facts, tables, outbox = ran.facts(), _schema(path), ran.everything()
    editions = told_editions.of_day(ran.settings, DAY)
    older(path)  # type: ignore[operator]
    assert _schema(path) != tables
    with Ledger(path) as ledger:
        assert ledger.store.damage() == []
        assert ledger.damaged() == []
    assert (ran.facts(), _schema(path)) == (facts, tables)
    ran.run(DAY)
    assert ran.everything() == outbox
    assert told_editions.of_day(ran.settings, DAY) == editions
    assert [row["name"] for row in _meta(path)] == ["schema", "tables"]


def _meta(path: Path) -> list[dict[str, object]]:
    with Ledger(path) as ledger:
        return ledger.store.rows(schema.meta)


def test_every_connection_overwrites_what_it_deletes() -> None:
    """Some systems build SQLite so that it does by itself."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        sqlite_connections.prepare(connection, None)
        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


@pytest.mark.parametrize("older", [as_version_1, as_version_2])
def test_what_an_upgrade_deletes_is_not_left_in_the_file(ran: Office, older: Callable[[Path], None]) -> None:
    path, said = ran.settings.paths.ledger, b"SJ-2020-002"
    older(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")  # what makes it an older one leaves something too
    before = path.read_bytes().count(said)
    assert before
    with Ledger(path) as ledger:
        assert ledger.store.damage() == []
    assert path.read_bytes().count(said) == before


@pytest.mark.parametrize("is_longer", [False, True])
def test_what_a_program_of_before_left_in_free_pages_is_erased_once_by_a_run(ran: Office, *, is_longer: bool) -> None:
    """The file is written anew once; where that cannot be, the night goes on all the same."""
    path = ran.settings.paths.ledger
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA secure_delete=OFF; PRAGMA user_version=0; CREATE TABLE gone (text)")
        connection.executemany("INSERT INTO gone VALUES (?)", [("已经删去的话" * 500,)] * 20)
        connection.commit()
        connection.executescript("DROP TABLE gone")
    left = "已经删去的话".encode()
    if is_longer:  # what a run leaves that is killed between writing the new file and cutting the old one's end off
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("VACUUM")
        path.write_bytes(path.read_bytes() + left * 10_000)
    assert left in path.read_bytes()
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("PRAGMA user_version").fetchone()
        with desk.opened(ran.settings) as opened:
            assert opened.ledger.arrivals()
    assert left not in path.read_bytes()
    whole = path.read_bytes()
    with desk.opened(ran.settings):
        pass
    assert path.read_bytes() == whole


def test_what_was_damaged_already_gets_no_sum_that_agrees(ran: Office) -> None:
    path = ran.settings.paths.ledger
    as_version_2(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE readings SET rows = replace(rows, '已化解', '办理中')")
    with Ledger(path) as ledger:
        (damaged,) = ledger.damaged()
    assert damaged.arrival.name == "日报.xlsx"
    ran.put(report("准格尔旗", progress=[]), "准旗.xlsx")
    with pytest.raises(LedgerError, match=r"doctor --repair"):
        ran.run(DAY)


def test_an_older_ledger_that_names_an_arrival_otherwise_than_the_journal_is_not_counted_on(ran: Office) -> None:
    path = ran.settings.paths.ledger
    as_version_2(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE arrivals SET is_assignment = 1 WHERE name = '日报.xlsx'")
    with pytest.raises(LedgerError, match=r"记得不同.*doctor --repair"):
        ran.run(DAY)


@pytest.mark.parametrize("number", ["1", "2"])
def test_a_ledger_whose_number_became_an_older_one_gets_no_new_sums(ran: Office, number: str) -> None:
    """One flipped bit makes a 2 or a 1 of a 3."""
    path = ran.settings.paths.ledger
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'schema'", (number,))
        connection.execute("UPDATE readings SET day = '2020-05-20'")
    with pytest.raises(DamagedLedgerError, match="版本"):
        Ledger(path)


def test_a_kill_in_the_midst_of_it_leaves_the_older_ledger(ran: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ran.settings.paths.ledger
    as_version_2(path)
    before = _schema(path)

    def killed(*_args: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "sum_of_tables", killed)
        with pytest.raises(KeyboardInterrupt):
            Ledger(path)
    assert _schema(path) == before
    assert len(ran.facts()) == 4
