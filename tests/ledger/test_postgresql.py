"""An office whose ledger is on a server is like every other, also when the server does not answer or is used from two computers.

Covers `postgresql_database`, `places` and `one_run`.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import sqlalchemy as sa
from offices import Office, afternoon
from sqlalchemy.pool import StaticPool
from workbooks import DAY, assignment, new_row, progress_row, report, resolved_row

from pipeline import cli
from pipeline.ledger import migrations, one_run, places, schema, upgrades
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.ledger_store import LedgerStore
from pipeline.settings.places import LedgerServer
from pipeline.terms.errors import AnotherRunError, DamagedLedgerError, LedgerError, OtherVersionError
from pipeline.upkeep import doctor, repair

if TYPE_CHECKING:
    from postgresql import Server

pytestmark = pytest.mark.external


@pytest.fixture
def server(postgresql: Server) -> LedgerServer:
    return postgresql.new_database()


def _fill(office: Office) -> None:
    office.put_assignment(assignment())
    office.put(report(progress=[resolved_row("SJ-2020-001")], new=[new_row()]), "日报.xlsx")
    office.put(report("达拉特旗", progress=[progress_row("SJ-2020-002")]), "达旗.xlsx")
    office.put(b"no workbook", "坏.xlsx")


@pytest.fixture
def ran(office: Office, server: LedgerServer) -> Office:
    office.move_ledger(server)
    _fill(office)
    office.run(DAY)
    return office


def _do(server: Server, office: Office, statement: str) -> None:
    server.do(statement, _name(office))


def _name(office: Office) -> str:
    return str(office.settings.paths.ledger_place).rpartition("/")[2]


def _ledger_of(office: Office) -> list[doctor.Check]:
    return [check for check in doctor.examine(office.settings, afternoon(DAY + timedelta(days=1))) if check.name == "台账"]


def test_a_night_is_the_same_on_a_server_as_in_a_file(ran: Office, tmp_path: Path) -> None:
    other = Office(tmp_path / "other")
    _fill(other)
    other.run(DAY)
    assert ran.facts() == other.facts()
    assert ran.everything() == other.everything()
    assert not ran.settings.paths.ledger.exists()
    for at_work in (ran, other):
        at_work.put(report("达拉特旗", progress=[resolved_row("SJ-2020-002")]), "又.xlsx", "2020-05-21T16:30:00+08:00")
        at_work.run(DAY, DAY + timedelta(days=1))
    assert ran.everything() == other.everything()
    assert [check.problems for check in doctor.examine(ran.settings, afternoon(DAY + timedelta(days=1))) if not check.is_sound] == []


def test_every_command_that_asks_asks_the_server(ran: Office, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--config", str(ran.home / "config.yaml")]
    days = ["--from", str(DAY), "--to", str(DAY)]
    for command in (["status", "--date", str(DAY)], ["explain", "SJ-2020-001", "--date", str(DAY)], ["editions"], ["rehearse", *days]):
        assert cli.main([*asked, *command]) == 0, capsys.readouterr().err
        assert capsys.readouterr().out
    assert not ran.settings.paths.ledger.exists()


def test_what_a_row_says_otherwise_stops_the_run_and_a_repair_sets_the_old_ledger_aside(ran: Office, postgresql: Server) -> None:
    before, facts = ran.everything(), ran.facts()
    _do(postgresql, ran, "UPDATE readings SET day = '2020-05-20' WHERE arrival = 2")
    with pytest.raises(DamagedLedgerError, match="恢复数据库和整个 state 文件夹"):
        ran.run(DAY)
    (told,) = _ledger_of(ran)
    assert "读出的内容 1 行" in told.problems[0]
    done = repair.repair(ran.settings, documents=())
    assert done.mended.ledger_kept == f"{ran.settings.paths.ledger_place} 的 public_old_1"
    assert (ran.facts(), ran.everything()) == (facts, before)
    _do(postgresql, ran, "UPDATE publications SET day = '2020-05-20'")
    assert repair.repair(ran.settings, documents=()).mended.ledger_kept == f"{ran.settings.paths.ledger_place} 的 public_old_2"
    assert (ran.facts(), ran.everything()) == (facts, before)


def test_a_repair_takes_from_ledgers_set_aside_what_nobody_else_knows(ran: Office, postgresql: Server) -> None:
    facts = ran.facts()
    for original in [path for path in ran.archive.iterdir() if path.read_bytes() != b"no workbook"][:1]:
        original.unlink()
    _do(postgresql, ran, "UPDATE publications SET day = '2020-05-20'")
    repair.repair(ran.settings, documents=())
    assert ran.facts() == facts


def test_an_office_moves_its_ledger_to_a_server_by_a_repair(office: Office, server: LedgerServer) -> None:
    _fill(office)
    office.run(DAY)
    facts, before = office.facts(), office.everything()
    office.move_ledger(server)
    with pytest.raises(LedgerError, match=r"不见了.*doctor --repair"):
        office.run(DAY)
    done = repair.repair(office.settings, documents=())
    assert (office.facts(), office.everything()) == (facts, before)
    assert (done.same, done.new) == ([DAY.isoformat()], [])
    assert office.settings.paths.ledger.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE readings RENAME COLUMN day TO date",
        "ALTER TABLE readings ALTER COLUMN accepted TYPE text",
        "DROP TABLE letter_items",
        "UPDATE meta SET value = '2' WHERE name = 'schema'",
        "DELETE FROM meta",
    ],
)
def test_tables_that_are_not_as_they_were_made_are_damage(ran: Office, postgresql: Server, statement: str) -> None:
    _do(postgresql, ran, statement)
    with pytest.raises(DamagedLedgerError):
        ran.run(DAY)


def test_other_tables_in_the_same_schema_are_no_concern(ran: Office, postgresql: Server) -> None:
    _do(postgresql, ran, "CREATE TABLE somebodys (text text)")
    ran.run(DAY)
    assert _ledger_of(ran)[0].is_sound


def test_a_newer_ledger_is_refused_with_its_version(ran: Office, postgresql: Server) -> None:
    from pipeline.ledger import row_sums

    told = row_sums.of_row(schema.meta, {"name": "schema", "value": "999"})
    _do(postgresql, ran, f"UPDATE meta SET value = '999', sum = '{told}' WHERE name = 'schema'")  # noqa: S608
    with pytest.raises(OtherVersionError, match="版本是 999"):
        ran.run(DAY)
    with pytest.raises(OtherVersionError):
        repair.repair(ran.settings, documents=())


def test_a_ledger_that_is_gone_does_not_begin_anew(ran: Office, postgresql: Server) -> None:
    before = ran.everything()
    _do(postgresql, ran, "DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO public")
    with pytest.raises(LedgerError, match="不见了"):
        ran.run(DAY)
    repair.repair(ran.settings, documents=())
    assert ran.everything() == before


# --- the server -----------------------------------------------------------------------------------------------------


@pytest.fixture
def stopping(postgresql: Server, ran: Office) -> Iterator[Office]:
    """An office whose database lets nobody in."""
    _let_in(postgresql, ran, is_open=False)
    yield ran
    _let_in(postgresql, ran, is_open=True)


def _let_in(server: Server, office: Office, *, is_open: bool) -> None:
    name = _name(office)
    server.do(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(is_open).lower()}")
    server.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608


def test_a_server_that_lets_nobody_in_stops_the_run_with_a_sentence_and_is_no_damage(
    stopping: Office, postgresql: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    from postgresql import PASSWORD

    before = stopping.everything()
    stopping.put(report("准格尔旗", progress=[]), "准旗.xlsx")
    asked = ["--config", str(stopping.home / "config.yaml")]
    for command in (["--date", str(DAY)], ["status"], ["doctor"], ["doctor", "--repair"]):
        assert cli.main([*asked, *command]) == 1
        said = "".join(capsys.readouterr())
        assert "台账" in said
        assert "连不上" in said
        assert "从存档重建" not in said
        assert PASSWORD not in said
        assert "Traceback" not in said
    assert (stopping.everything(), (stopping.inbox / "准旗.xlsx").exists()) == (before, True)
    _let_in(postgresql, stopping, is_open=True)
    stopping.run(DAY)
    assert not (stopping.inbox / "准旗.xlsx").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://nobody@127.0.0.1:{port}/{name}", "连不上"),
        ("postgresql+psycopg://{name}@127.0.0.1:1/{name}", "连不上"),
        ("postgresql+psycopg://{name}@127.0.0.1:{port}/nowhere", "连不上"),
        ("postgresql+psycopg://{name}@127.0.0.1:{port}/{name}?sslmode=verify-full", "连不上"),
    ],
)
def test_why_there_is_no_connection_is_told_without_the_password(
    office: Office, server: LedgerServer, postgresql: Server, url: str, said: str
) -> None:
    from postgresql import PASSWORD

    name = str(server).rpartition("/")[2]
    office.move_ledger(server.model_copy(update={"url": url.format(port=postgresql.port, name=name)}))
    with pytest.raises(LedgerError) as refused:
        office.run(DAY)
    assert said in str(refused.value)
    assert PASSWORD not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_password_that_is_not_where_it_is_said_to_be_is_told(
    server: LedgerServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(str(server.password_env))
    with pytest.raises(LedgerError, match="密码不在设好的地方"):
        Ledger(server)
    with pytest.raises(LedgerError, match="密码文件"):
        Ledger(server.model_copy(update={"password_env": None, "password_file": tmp_path / "none"}))


def test_without_the_driver_it_is_said_how_to_install_it(server: LedgerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "pipeline.ledger.postgresql_database", raising=False)
    with pytest.raises(LedgerError, match=r"requirements-servers\.txt"):
        Ledger(server)


@pytest.mark.parametrize(
    ("state", "said"),
    [("53100", "磁盘已满"), ("53300", "太忙"), ("42501", "没有权限"), ("25006", "只读"), ("57P01", "连不上"), ("99999", "99999")],
)
def test_what_the_server_refuses_is_told_and_is_no_damage(server: LedgerServer, state: str, said: str) -> None:
    reason = places.database(server).refusal(_error(state))
    assert reason is not None
    assert said in reason


def test_what_the_server_cannot_read_is_damage(server: LedgerServer) -> None:
    assert places.database(server).refusal(_error("XX001")) is None


def _error(state: str) -> psycopg.Error:
    error = psycopg.Error()
    error.sqlstate = state
    return error


# --- two computers --------------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(ran: Office, tmp_path: Path) -> Office:
    """The same office on another computer, with a state folder of its own."""
    shutil.copytree(ran.home, tmp_path / "elsewhere")
    other = Office(tmp_path / "elsewhere")
    assert isinstance(ran.settings.paths.ledger_place, LedgerServer)
    other.move_ledger(ran.settings.paths.ledger_place)
    return other


def test_only_one_run_at_a_time_on_all_computers(ran: Office, elsewhere: Office) -> None:
    with one_run.hold(ran.settings.paths) as held:
        held.check()
        with pytest.raises(AnotherRunError, match=f"“{platform.node()}”上的汇总正在运行"):
            elsewhere.run(DAY)
        with one_run.hold(elsewhere.settings.paths, elsewhere.settings.paths.state / "post", "发信"):
            pass  # another lock
    elsewhere.run(DAY)


def test_a_run_whose_connection_broke_does_not_believe_that_it_is_alone(ran: Office, elsewhere: Office, postgresql: Server) -> None:
    with one_run.hold(ran.settings.paths) as held:
        postgresql.do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(ran)}'")  # noqa: S608
        with one_run.hold(elsewhere.settings.paths), pytest.raises(AnotherRunError, match="断过"):
            held.check()


def test_a_look_over_is_done_again_once_anybody_has_written(ran: Office, postgresql: Server) -> None:
    place = ran.settings.paths.ledger_place
    seen = places.stamp(place)
    assert places.stamp(place) == seen
    _do(postgresql, ran, "UPDATE attempts SET alone = alone WHERE false; INSERT INTO attempts VALUES ('a', 0, '')")
    assert places.stamp(place) != seen


# --- versions -------------------------------------------------------------------------------------------------------


def _columns(store: LedgerStore) -> dict[str, list[tuple[str, str]]]:
    with store.connect() as connection:
        looked = sa.inspect(sa.create_engine("postgresql+psycopg://", creator=lambda: connection.driver, poolclass=StaticPool))
        return {name: [(column["name"], str(column["type"])) for column in looked.get_columns(name)] for name in looked.get_table_names()}


def test_an_older_ledger_is_upgraded_after_a_copy_of_it_was_put_aside(postgresql: Server) -> None:
    old, new = postgresql.new_database(), postgresql.new_database()
    connection = places.database(old).connect()
    migrations.upgrade(connection, 0, "2")
    connection.do("INSERT INTO meta VALUES ('schema', '2'); INSERT INTO attempts VALUES ('a', 1)")
    connection.driver.commit()
    connection.driver.close()
    with Ledger(old) as upgraded, Ledger(new) as made:
        assert upgraded.attempts() == {"a": 1}
        assert upgraded.store.damage() == []
        assert _columns(upgraded.store) == _columns(made.store)
    assert upgrades.copies(old) == [f"{old} 的 public_of_version_2_1"]
    assert postgresql.do("SELECT * FROM public_of_version_2_1.attempts", str(old).rpartition("/")[2]) == [("a", 1)]
