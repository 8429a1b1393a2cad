"""The upload page's own database: users, sessions, what was uploaded. Facts about reports stand in the ledger, never here."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from pipeline.disk import sqlite_connections, storage
from pipeline.settings import places
from pipeline.settings.config import Settings
from pipeline.terms.errors import PipelineError, reason_of

NAME = places.UPLOADS
_metadata = sa.MetaData()

users = sa.Table(
    "users",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True, comment="the name as it is compared"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False, comment="the sender of what is uploaded"),
    sa.Column("district", sa.Text, nullable=False, comment="the code; empty for the office"),
    sa.Column("password", sa.Text, comment="argon2id; none before the first one-time link was used"),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sqlite_autoincrement=True,
)
links = sa.Table(
    "links",
    _metadata,
    sa.Column("token", sa.Text, primary_key=True, comment="SHA-256 of what the link says"),
    sa.Column("user", sa.ForeignKey("users.id"), nullable=False),
    sa.Column("expires", sa.Float, nullable=False),
)
sessions = sa.Table(
    "sessions",
    _metadata,
    sa.Column("token", sa.Text, primary_key=True, comment="SHA-256 of what the cookie says"),
    sa.Column("user", sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("begun", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
)
failures = sa.Table(
    "failures",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
)
familiar = sa.Table(
    "familiar",
    _metadata,
    sa.Column("user", sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("address", sa.Text, primary_key=True, comment="a network address from which the user signed in"),
    sa.Column("at", sa.Float, nullable=False),
)
devices = sa.Table(
    "devices",
    _metadata,
    sa.Column("user", sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("token", sa.Text, primary_key=True, comment="SHA-256 of what a browser says that the user signed in with"),
    sa.Column("at", sa.Float, nullable=False),
)
drafts = sa.Table(
    "drafts",
    _metadata,
    sa.Column("id", sa.Text, primary_key=True, comment="names the folder that the file lies in"),
    sa.Column("user", sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("is_assignment", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False, comment="as the browser said it; never a path"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("made", sa.Float, nullable=False),
    sa.Column("checked", sa.Text, comment="JSON: what the check found"),
)
sent = sa.Table(
    "sent",
    _metadata,
    sa.Column("number", sa.Text, primary_key=True, comment="the receipt number, and the message id in the envelope"),
    sa.Column("draft", sa.Text, nullable=False, unique=True),
    sa.Column("user", sa.ForeignKey("users.id"), nullable=False),
    sa.Column("district", sa.Text, nullable=False, index=True, comment="the code of the user's; empty for the office"),
    sa.Column("is_assignment", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("received_at", sa.Text, nullable=False, comment="ISO 8601 with offset"),
    sa.Column("checked", sa.Text, comment="JSON: what the check had found"),
    sa.Column("laid", sa.Boolean, nullable=False, comment="whether it is safe in the inbox"),
)
served = sa.Table(
    "served",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True, comment="always 1"),
    sa.Column("address", sa.Text, nullable=False, comment="where the page was opened last"),
)


def digest(token: str) -> str:
    """What is kept of a token: who reads the file can sign in with none of them."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Database:
    """The database in that state folder, made if there is none."""

    def __init__(self, state: Path) -> None:
        storage.make_folder(state)
        self._path = state / NAME
        # requests are answered in up to 40 threads at once (AnyIO's default), checks in further ones, each with a connection of its own;
        # `run.py user` may be writing at the same time, which is waited for
        self._engine = sa.create_engine(f"sqlite:///{state / NAME}", connect_args={"timeout": 30}, pool_size=20, max_overflow=40)
        sa.event.listen(self._engine, "connect", sqlite_connections.prepare)
        self._writing = threading.Lock()
        _metadata.create_all(self._engine)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def is_sound(self) -> bool:
        """Whether the file is there and answers; one that was removed still answers those who hold it open."""
        try:
            with self.read() as connection:
                connection.execute(sa.select(users.c.id).limit(1)).first()
        except sa.exc.SQLAlchemyError:
            return False
        return self._path.is_file()

    def note_served(self, address: str) -> None:
        """Remember where the page is opened, for the one-time links that a command line says."""
        with self.write() as connection:
            connection.execute(served.delete())
            connection.execute(served.insert().values(id=1, address=address))

    def served_at(self) -> str | None:
        """Where the page was opened last; None where it never was."""
        with self.read() as connection:
            return connection.scalar(sa.select(served.c.address))

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that only asks."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a connection that changes all of it or nothing; one at a time."""
        with self._writing, self._engine.begin() as connection:
            # else SQLite takes the write lock at the first change, and fails where another process (run.py user) wrote since it read
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection


def opened(settings: Settings) -> Database:
    """Open an office's database, in an empty folder too. Raises OSError, PipelineError."""
    for folder in settings.paths.needed:
        storage.make_folder(folder)
    with told(settings):
        return Database(settings.paths.state)


@contextmanager
def told(settings: Settings) -> Iterator[None]:
    """Say in a sentence why the database cannot be used. Raises PipelineError."""
    path = settings.paths.state / NAME
    try:
        yield
    except sa.exc.DBAPIError as error:
        number = sqlite_connections.number_of(error.orig)
        if number is None:
            msg = (
                f"网页自己的数据 {path} 已经损坏，读不下去；报送的文件不在里面。请用备份恢复它；没有备份的，先停下 run.py serve，"
                "把它改名，再用 run.py user add 重新增加用户。"
            )
        else:
            msg = f"网页自己的数据 {path} 读写不了：{reason_of(OSError(number, ''))}。已收到的文件都还在；处理好后再运行一次。"
        raise PipelineError(msg) from error


def keep_codes(database: Database, table: sa.Table, settings: Settings) -> None:
    """Put codes in the place of the districts' names, which an older version kept: another name is the same district."""
    with database.read() as connection:
        kept = set(connection.scalars(sa.select(table.c.district).distinct()))
    older = {name: district.code for name in kept if name and (district := settings.district_named(name)) and district.code != name}
    if older:
        with database.write() as connection:
            for name, code in older.items():
                connection.execute(table.update().where(table.c.district == name).values(district=code))
