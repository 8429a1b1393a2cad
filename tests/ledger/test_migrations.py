"""An older ledger is led to this version step by step, after a copy of it was put aside; one of this version is only looked at.

Covers `upgrades`, `version_1`, `version_2`, `version_3` and `version_4`.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from offices import HOME, Office, afternoon, as_version_1, as_version_2, as_version_3
from sqlalchemy.pool import NullPool
from workbooks import DAY, assignment, progress_row, report

from pipeline import cli
from pipeline.ledger import migrations, schema, upgrades
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.sqlite_database import SqliteDatabase
from pipeline.terms.errors import LedgerError, OtherVersionError
from pipeline.upkeep import doctor, repair


@pytest.fixture
def ran(office: Office) -> Office:
    office.put_assignment(assignment())
    office.put(report(progress=[progress_row("SJ-2020-001")]), "日报.xlsx")
    office.run(DAY)
    return office


def _tables(path: Path) -> dict[str, Any]:
    """How the tables are made, in a form that does not tell how they came about."""
    looked = sa.inspect(sa.create_engine(f"sqlite:///{path}", poolclass=NullPool))
    return {
        name: (
            [(column["name"], column["nullable"]) for column in looked.get_columns(name)],
            looked.get_pk_constraint(name)["constrained_columns"],
            sorted((key["constrained_columns"], key["referred_table"]) for key in looked.get_foreign_keys(name)),
            sorted(key["column_names"] for key in looked.get_unique_constraints(name)),
            looked.get_indexes(name),
        )
        for name in looked.get_table_names()
    }


def test_all_revisions_one_after_another_come_to_the_tables_of_a_new_ledger(tmp_path: Path) -> None:
    connection = SqliteDatabase(tmp_path / "led.sqlite").connect()
    migrations.upgrade(connection, 0)
    connection.driver.commit()
    connection.driver.close()
    Ledger(tmp_path / "new.sqlite").close()
    assert _tables(tmp_path / "led.sqlite") == _tables(tmp_path / "new.sqlite")


def test_a_ledger_of_this_version_is_opened_and_made_without_sqlalchemy(tmp_path: Path) -> None:
    code = "import sys, pathlib; from pipeline.ledger.ledger import Ledger; Ledger(pathlib.Path(sys.argv[1])).close(); print(*sys.modules)"
    for _ in range(2):
        run = subprocess.run([sys.executable, "-c", code, tmp_path / "a"], cwd=HOME, capture_output=True, text=True, check=True)
        assert "pipeline.ledger.ledger" in run.stdout.split()
        assert not {"sqlalchemy", "alembic", "asyncio"} & {*run.stdout.split()}


def test_the_newest_revision_is_the_version_that_the_program_writes() -> None:
    assert migrations.SCRIPTS.get_current_head() == str(schema.VERSION)
    assert [script.revision for script in migrations.SCRIPTS.walk_revisions()] == ["4", "3", "2", "1"]


@pytest.mark.parametrize(("older", "version"), [(as_version_1, 1), (as_version_2, 2), (as_version_3, 3)])
def test_a_copy_of_the_older_ledger_is_put_aside_and_told(
    ran: Office, older: Callable[[Path], None], version: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ran.settings.paths.ledger
    older(path)
    with closing(sqlite3.connect(path)) as connection:
        before = [*connection.iterdump()]
    status = ["--config", str(ran.home / "config.yaml"), "status", "--date", str(DAY)]
    assert cli.main(status) == 0
    (copy,) = map(Path, upgrades.copies(path))
    assert copy.name == f"升级前第{version}版.ledger.sqlite"
    assert str(copy) in capsys.readouterr().err
    with closing(sqlite3.connect(copy)) as connection:
        assert [*connection.iterdump()] == before
    assert cli.main(status) == 0
    assert str(copy) not in capsys.readouterr().err
    (told,) = (check for check in doctor.examine(ran.settings, afternoon(DAY)) if check.name == "台账")
    assert told.is_sound
    assert copy.name in told.notes[0]


def test_a_run_that_was_killed_while_it_upgraded_leaves_one_copy_and_another_ledger_another(
    ran: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ran.settings.paths.ledger
    as_version_2(path)
    older = path.read_bytes()

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "upgrade", killed)
        with pytest.raises(KeyboardInterrupt):
            Ledger(path)
    Ledger(path).close()
    assert [Path(copy).name for copy in upgrades.copies(path)] == ["升级前第2版.ledger.sqlite"]
    path.write_bytes(older)  # somebody puts the old one back, and it has grown meanwhile
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO attempts VALUES ('a', 0)")
    Ledger(path).close()
    assert [Path(copy).name for copy in upgrades.copies(path)] == ["升级前第2版.ledger.sqlite", "升级前第2版之2.ledger.sqlite"]


def test_the_next_version_s_revision_is_done_and_noted(ran: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "version_5.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '5', '4'\n\n\n"
        "def upgrade():\n    op.create_table('remarks', sa.Column('text', sa.Text))\n",
        encoding="utf-8",
    )
    own = str(Path(migrations.__file__).parent / "versions")
    monkeypatch.setattr(migrations, "SCRIPTS", ScriptDirectory(own, version_locations=[own, str(tmp_path)]))
    monkeypatch.setattr(schema, "VERSION", 5)
    facts, path = ran.facts(), ran.settings.paths.ledger
    with Ledger(path) as ledger, ledger.store.connect() as connection:
        assert "remarks" in ledger.store.database.tables(connection)
        assert {row["name"]: row["value"] for row in ledger.store.rows(schema.meta)}["schema"] == "5"
    assert ran.facts() == facts
    assert [Path(copy).name for copy in upgrades.copies(path)] == ["升级前第4版.ledger.sqlite"]
    monkeypatch.undo()
    with pytest.raises(OtherVersionError, match="版本是 5"):
        Ledger(path)


def test_a_ledger_that_was_never_finished_by_version_1_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)")
    with Ledger(path) as ledger:
        assert ledger.store.damage() == []
        assert ledger.arrivals() == []


def test_what_the_upgrade_cannot_copy_is_not_upgraded(ran: Office) -> None:
    path = ran.settings.paths.ledger
    as_version_2(path)
    before = path.read_bytes()
    (path.parent / ".ledger.sqlite.tmp" / "in the way").mkdir(parents=True)
    with pytest.raises(LedgerError, match="读写不了"):
        Ledger(path)
    assert path.read_bytes() == before


def test_a_repair_opens_no_copy_of_before_an_upgrade(ran: Office) -> None:
    """It takes what ledgers set aside soundly hold; the copy of one that was upgraded holds nothing that this one has not."""
    path = ran.settings.paths.ledger
    as_version_2(path)
    Ledger(path).close()
    (copy,) = map(Path, upgrades.copies(path))
    content = copy.read_bytes()
    shutil.copy(path, path.with_name("ledger.旧1.sqlite"))
    path.write_bytes(b"no ledger")
    repair.repair(ran.settings, documents=())
    assert copy.read_bytes() == content
    assert ran.run(DAY + timedelta(days=1)).written.published


def test_nobody_waits_for_alembic_or_for_the_drivers_of_servers_where_there_is_no_need_of_them(ran: Office) -> None:
    program = (
        "import sys; from pathlib import Path; from pipeline.ledger.ledger import Ledger\n"
        "Ledger(Path(sys.argv[1])).close(); Ledger(Path(sys.argv[2])).close()\n"
        "sys.exit(bool({'alembic', 'psycopg', 'fsspec'} & sys.modules.keys()))"
    )
    ledger = ran.settings.paths.ledger
    subprocess.run([sys.executable, "-c", program, str(ledger), str(ledger.with_name("new.sqlite"))], check=True, cwd=HOME)
