"""A ledger on a PostgreSQL server: how it is reached, its own checks, and what its errors mean.

Covered by tests/ledger/test_postgresql.py and tests/ledger/test_ledger.py.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import make_url

from pipeline.ledger import row_sums, schema
from pipeline.ledger.tables import Connection, Dialect, Kind, Table
from pipeline.settings.places import LedgerServer
from pipeline.terms.errors import LedgerError

PROGRAM: Final = "xinfang"
"""How the server lists our connections, with the computer's name behind it."""
_SESSION: Final = (
    "tcp_keepalives_idle=30",  # the lock of a computer that died without a word goes after a minute, and not after two hours
    "tcp_keepalives_interval=10",
    "tcp_keepalives_count=3",
    "lock_timeout=60s",  # so long one waits for another that writes, as with SQLite
)
_AWAY: Final = "数据库服务器连不上，请检查网络，和那台服务器上的数据库是否开着"
_REASONS: Final = {
    "08": _AWAY,
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "28": "数据库不让登录，请检查用户名和密码",
    "3D000": "服务器上没有这个数据库，请先建好（见 docs/部署.md）",
    "53100": "数据库服务器的磁盘已满，请腾出空间",
    "53": "数据库服务器太忙，或内存不够，请稍后再试",
    "42501": "这个用户没有权限，请让数据库的所有者运行（见 docs/部署.md）",
    "25006": "数据库是只读的，请检查连的是不是备用服务器",
    "55P03": "别的程序占着台账，等了一分钟，请稍后再试",
    "40": "别的程序同时在写，请再运行一次",
}
"""Why it does not work, by SQLSTATE or the class that it begins with."""
_DAMAGED: Final = ("XX", "22021", "23", "42P01", "42703")
"""Data that the server cannot read, and tables, columns and rows that are not there or are there twice."""
_PAUSES: Final = (0.0, 0.1, 0.3, 0.6)
"""Seconds before each try: the server takes a moment to see that a run was killed."""
_BULK: Final = ("readings", "findings")
_DIALECT: Final = Dialect("postgresql+psycopg", "%s", {Kind.COUNTED: "SERIAL PRIMARY KEY", Kind.BYTES: "BYTEA"})


class PostgresqlDatabase:
    """The database that the settings name; the ledger's tables are in the schema that comes first in the user's search path."""

    errors: tuple[type[BaseException], ...] = (psycopg.Error,)
    backup = "数据库和整个 state 文件夹"
    is_a_file = False

    def __init__(self, server: LedgerServer) -> None:
        self.server = server

    @property
    def name(self) -> str:
        """User, server and database."""
        return str(self.server)

    def connect(self) -> Connection:
        """Connect to it; encrypted and with the server's certificate checked, unless it is this computer."""
        url = make_url(self.server.url).set(drivername="postgresql+psycopg")
        options = "".join(f" -c {setting}" for setting in _SESSION)
        given = url.query.get("options", "")
        reach: dict[str, Any] = {
            "connect_timeout": self.server.seconds,
            "tcp_user_timeout": self.server.seconds * 1000,
            "application_name": f"{PROGRAM} {platform.node()}",
            "options": f"{options} {given if isinstance(given, str) else ' '.join(given)}".strip(),
        }
        if "sslmode" not in url.query and not self.server.is_here:
            reach |= {"sslmode": "verify-full", "sslrootcert": str(self.server.ca_file or "system")}
        if (secret := self._secret()) is not None:
            reach["password"] = secret
        dialect: Any = PGDialect_psycopg  # whose authors gave it no types
        _none, named = dialect().create_connect_args(url.difference_update_query(["options"]))
        return Connection(psycopg.connect(**{**named, **reach}), _DIALECT)

    def _secret(self) -> str | None:
        try:
            secret = self.server.secret()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"台账 {self.name} 的密码文件 {self.server.password_file} 读不了。请检查它在不在、能不能读。"
            raise LedgerError(msg) from error
        if secret is None and self.server.password_places:
            place = self.server.password_env or self.server.password_file
            msg = f"台账 {self.name} 的密码不在设好的地方（{place}）。请放好以后再运行。"
            raise LedgerError(msg)
        return secret

    def refusal(self, error: BaseException) -> str | None:
        """Return why the server does not do it; None where what it holds is damaged."""
        state = str(getattr(error, "sqlstate", None) or "")
        if not state and isinstance(error, psycopg.OperationalError):
            return f"{_AWAY}；它说：{_first_line(error)}"
        if state.startswith(_DAMAGED):
            return None
        reason = _REASONS.get(state) or _REASONS.get(state[:2])
        return reason or f"数据库报错（{state or type(error).__name__}：{_first_line(error)}）"

    # --- whether it is there ---

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        """Connect for one look. Raises LedgerError."""
        try:
            connection = self.connect()
            with closing(connection.driver):
                yield connection
        except psycopg.Error as error:
            msg = f"台账 {self.name} 读写不了：{self.refusal(error)}。"
            raise LedgerError(msg) from error

    def exists(self) -> bool:
        """Whether there is a ledger. Raises LedgerError where the server does not answer."""
        with self._looking() as connection:
            return bool(self.tables(connection))

    def seen(self) -> tuple[str, ...]:
        """Return the stamp, for whoever has no connection. Raises LedgerError."""
        with self._looking() as connection:
            return self.stamp(connection)

    def set_aside(self) -> str | None:
        """Move the ledger's tables into a schema of their own, and return its name."""
        with self._looking() as connection:
            if not (tables := sorted(self.tables(connection))):
                return None
            name = self._free_schema(connection, "old")
            for statement in [f'CREATE SCHEMA "{name}"', *(f'ALTER TABLE "{table}" SET SCHEMA "{name}"' for table in tables)]:
                connection.do(statement)
            connection.driver.commit()
        return f"{self.name} 的 {name}"

    def earlier(self) -> list[LedgerServer]:
        """Return the same database with each of the schemas that hold a ledger set aside, the newest first."""
        with self._looking() as connection:
            found = _numbered(self._all_schemas(connection), f"{_own(connection)}_old_")
        return [self.server.in_schema(name) for _number, name in sorted(found, reverse=True)]

    @contextmanager
    def shared_lock(self, name: str) -> Iterator[_AdvisoryLock]:
        """Try to have the lock of that name, which the server lets go with the connection: when this process ends, or its computer dies."""
        with self._looking() as connection:
            _each_by_itself(connection)
            yield _AdvisoryLock(connection, name)

    # --- versions ---

    def begin_alone(self, connection: Connection) -> None:
        """Wait for others who make or upgrade tables; the transaction that is under way keeps them waiting."""
        connection.do("SELECT pg_advisory_xact_lock(hashtext('xinfang tables ' || current_schema()))")

    def tables(self, connection: Connection) -> set[str]:
        """Return which of the ledger's tables are there: others in the same schema are no concern of ours."""
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        return {*connection.column(query)} & {*schema.NAMES, "sums"}

    def columns(self, connection: Connection, table: str) -> set[str]:
        """Return the columns of a table."""
        query = "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ?"
        return {*connection.column(query, table)}

    def sum_of_tables(self, connection: Connection) -> str:
        """Return the sum of how the tables are made, as the server says."""
        query = (
            "SELECT table_name, column_name, ordinal_position, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        )
        written = connection.all(query)
        return row_sums.of_values(part for row in written if row[0] in schema.NAMES for part in row)

    def put_aside(self, connection: Connection, version: int) -> str:
        """Keep a copy in a schema of its own, in the transaction of the upgrade, and return its name."""
        name = self._free_schema(connection, f"of_version_{version}")
        connection.do(f'CREATE SCHEMA "{name}"')
        for table in sorted(self.tables(connection)):
            connection.do(f'CREATE TABLE "{name}"."{table}" (LIKE "{table}" INCLUDING ALL)')
            connection.do(f'INSERT INTO "{name}"."{table}" SELECT * FROM "{table}"')  # noqa: S608 - our own names
        return name

    def copies(self) -> list[str]:
        """Return the schemas of these copies."""
        with self._looking() as connection:
            stem = f"{_own(connection)}_of_version_"
            return [f"{self.name} 的 {name}" for name in sorted(self._all_schemas(connection)) if name.startswith(stem)]

    def _free_schema(self, connection: Connection, kind: str) -> str:
        stem, taken = f"{_own(connection)}_{kind}_", self._all_schemas(connection)
        return stem + str(1 + max((number for number, _name in _numbered(taken, stem)), default=0))

    def _all_schemas(self, connection: Connection) -> list[str]:
        return connection.column("SELECT nspname FROM pg_namespace")

    # --- what it holds ---

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, or_ignore: bool) -> None:
        """Write rows; many large ones by COPY."""
        if table.name in _BULK and not or_ignore:
            _copy(connection, table, rows)
        else:
            connection.insert(table, rows, or_ignore=or_ignore)

    def damage(self, connection: Connection) -> int:
        """Return how many rows refer to none; what the server cannot read it says when all rows are looked at."""
        found = 0
        for table in schema.ALL:
            for column in filter(lambda column: column.refers_to, table.columns):
                other, _, key = column.refers_to.partition(".")
                there = f'SELECT 1 FROM "{other}" WHERE "{other}"."{key}" = "{table.name}"."{column.name}"'  # noqa: S608 - our own names
                found += connection.first(f'SELECT count(*) FROM "{table.name}" WHERE NOT EXISTS ({there})')  # noqa: S608
        return found

    def stamp(self, connection: Connection) -> tuple[str, ...]:
        """Return which transactions there were: another one, of whomever, may have written."""
        return self.server.url, str(connection.first("SELECT pg_current_snapshot()::text"))

    def erase_deleted(self, connection: Connection) -> None:  # noqa: ARG002 - a transaction is under way on it, and VACUUM runs in none
        """Let the server use the room of what was deleted again; until it does, the bytes are still on its disk and in its log."""
        with self._looking() as alone:
            _each_by_itself(alone)
            for table in schema.ALL:
                alone.do(f'VACUUM "{table.name}"')


class _AdvisoryLock:
    """One of PostgreSQL's advisory locks, tried once."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._key = f"{PROGRAM} {_own(connection)} {name}"
        self._is_had = any(self._try(pause) for pause in _PAUSES)
        self.holder = "" if self._is_had else self._who()

    def _try(self, pause: float) -> bool:
        time.sleep(pause)
        return bool(self._connection.first("SELECT pg_try_advisory_lock(hashtext(?)::bigint)", self._key))

    def is_held(self) -> bool:
        """Whether the connection that has it is still there."""
        try:
            return self._is_had and self._connection.first("SELECT 1") == 1
        except psycopg.Error:
            return False

    def _who(self) -> str:
        """Return the name of the computer that has it, as its connection says."""
        query = (
            "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
            " AND objsubid = 1 AND (classid::bigint << 32 | objid::bigint) = hashtext(?)::bigint"
        )
        return str(self._connection.first(query, self._key) or "").removeprefix(f"{PROGRAM} ")


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows by COPY, in the transaction that is under way."""
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])


def _each_by_itself(connection: Connection) -> None:
    """Have each statement stand by itself from now on, in no transaction."""
    driver: Any = connection.driver
    driver.autocommit = True


def _own(connection: Connection) -> str:
    return str(connection.first("SELECT current_schema()"))


def _numbered(names: Iterable[str], stem: str) -> list[tuple[int, str]]:
    return [(int(name.removeprefix(stem)), name) for name in names if name.startswith(stem) and name.removeprefix(stem).isdecimal()]


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).strip().splitlines()), "")
