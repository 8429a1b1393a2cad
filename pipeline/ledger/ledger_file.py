"""The ledger's one SQLite file: opened, looked over, and read so that no row is believed whose sum does not agree.

Covered by tests/ledger/test_row_sums.py and tests/upkeep/test_damaged_ledger.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from pipeline.disk import sqlite_connections
from pipeline.ledger import row_sums, schema, versions
from pipeline.terms.errors import DamagedLedgerError, LedgerError, OtherVersionError, reason_of

_WAIT_SECONDS: Final = 60
"""So long one waits for another that reads or writes: to look over the file of years takes seconds on a slow disk."""

_ERRORS: Final = (sqlite3.Error, MemoryError, OverflowError, UnicodeDecodeError)
"""What Python's sqlite3 raises over a file; the last where SQLite's own words quote what is damaged."""
_OF_SIZE: Final = ("user_version", "freelist_count", "page_count", "page_size")
_UNREADABLE: Final = "数据库读不下去"

Row = dict[str, Any]
"""A row by its columns, as SQLite has it."""


class LedgerFile:
    """The file at that path, made if there is none. Raises LedgerError where it cannot be used."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._looked_at: dict[str, list[Row]] = {}
        """What was found sound since something was last written: a run asks a dozen times for every arrival, and alone writes them."""
        self.engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": _WAIT_SECONDS})
        sa.event.listen(self.engine, "connect", sqlite_connections.prepare)
        sa.event.listen(self.engine, "connect", _read_broken_text)
        sa.event.listen(self.engine, "handle_error", self._on_error)
        try:
            with self.begin() as connection:
                versions.prepare(connection)
        except versions.UnknownVersionError as error:
            self.close()
            msg = f"台账 {path} 的版本是 {error}，本程序只认识版本 {schema.VERSION} 及以前的。请使用相配的程序版本。"
            raise OtherVersionError(msg) from error
        except versions.NotAsMadeError as error:
            self.close()
            raise self.damaged(schema.WORDS["meta"]) from error
        except BaseException:
            self.close()
            raise

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Begin what is written whole or not at all."""
        try:
            with self._told(), self.engine.begin() as connection:
                yield connection
        finally:
            self._looked_at.clear()

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """Connect for a look."""
        with self._told(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file: as long as it is open, Windows lets nobody rename or remove it."""
        self.engine.dispose()

    def erase_deleted(self) -> None:
        """Write a file anew, once, that programs of before have deleted from without overwriting; under the lock.

        SQLite does it whole or not at all. Where there is no room for it, or somebody reads the file, it waits for another night.
        """
        with suppress(LedgerError), self.connect() as connection:
            told = {name: int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0) for name in _OF_SIZE}
            if told["user_version"]:
                return
            # Longer than its pages: a run was killed when the new file was there, and before the old one's end was cut off.
            if told["freelist_count"] or self.path.stat().st_size > told["page_count"] * told["page_size"]:
                connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA user_version = 1")

    # --- what cannot be used ---

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in a sentence why there is no connection: `_on_error` does it for a statement, and hears of nothing before."""
        try:
            yield
        except (sa.exc.SQLAlchemyError, *_ERRORS) as error:
            raise self._refusal(error) from error

    def _on_error(self, context: sa.engine.ExceptionContext) -> None:
        """Raise a LedgerError for a full or broken disk and for a damaged file, wherever a statement meets it."""
        error = context.original_exception
        if isinstance(error, _ERRORS):
            raise self._refusal(error) from error

    def _refusal(self, error: BaseException) -> LedgerError:
        """Return what to say of an error of SQLite's: it was the disk that refused, or the file is damaged."""
        number = sqlite_connections.number_of(error)
        if number is None:
            return self.damaged(_UNREADABLE)
        msg = f"台账 {self.path} 读写不了：{reason_of(OSError(number, ''))}。已收到的文件都还在；处理好后再运行一次。"
        return LedgerError(msg)

    def damaged(self, what: str) -> DamagedLedgerError:
        """Return the error to raise where something in the file is not what was written."""
        msg = (
            f"台账 {self.path} 的内容已经损坏（{what}）。为免数字算错，没有用它汇总，已有的结果没有变动。"
            "请运行 python run.py doctor --repair，从存档重建台账（旧台账会另存）；或用同一时间的备份恢复整个 state 文件夹。"
        )
        return DamagedLedgerError(msg)

    # --- rows ---

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool], is_whole: bool = False) -> list[Row]:
        """Return rows of a table in the order of their keys, each as it was written. Raises LedgerError where one is not.

        `is_whole`: with the columns that their sum leaves out.
        """
        is_all = not where and not is_whole
        if is_all and table.name in self._looked_at:
            return self._looked_at[table.name]
        sound, others = self._examined(table, *where, is_whole=is_whole)
        if others:
            what = f"{schema.WORDS[table.name]} {others} 行"
            raise self.damaged(what)
        if is_all:
            self._looked_at[table.name] = sound
        return sound

    def sound_rows(self, table: sa.Table) -> list[Row]:
        """Return the rows that are as they were written, and none of the others."""
        return self._examined(table)[0]

    def _examined(self, table: sa.Table, *where: sa.ColumnElement[bool], is_whole: bool = False) -> tuple[list[Row], int]:
        """Return the sound rows, and how many others there are."""
        columns = [column for column in table.columns if is_whole or row_sums.APART not in column.info]
        names = [column.name for column in columns]
        # As SQLite has them: a type of SQLAlchemy's would stumble over what is damaged.
        query = sa.select(*(sa.type_coerce(column, sa.types.NullType()) for column in columns)).where(*where)
        with self.connect() as connection:
            rows = [dict(zip(names, row, strict=True)) for row in connection.execute(query)]
        sound = [row for row in rows if row_sums.agrees(table, row)]
        keys = [column.name for column in table.primary_key]
        # Sorted here: an index that lies would leave rows out.
        return sorted(sound, key=lambda row: tuple(row[key] for key in keys)), len(rows) - len(sound)

    # --- the whole file ---

    def check(self) -> None:
        """Look over the whole file before anything in it is counted on; once, as long as nobody has written into it. Raises LedgerError."""
        seen = self.path.resolve(), *_as_it_lies(self.path)
        if seen in _LOOKED_OVER:
            return
        if damage := self.damage():
            raise self.damaged("、".join(damage))
        _LOOKED_OVER.add(seen)

    def damage(self) -> list[str]:
        """Return what is not as it was written; nothing where all is. What was read from each file, `Ledger.damaged` looks at."""
        try:
            with self.connect() as connection:
                lines = [line for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars() if line != "ok"]
                lines += connection.exec_driver_sql("PRAGMA foreign_key_check").scalars()
            counts = {table.name: self._examined(table)[1] for table in schema.SUMMED}
        except DamagedLedgerError:
            return [_UNREADABLE]
        found = [f"{schema.WORDS[name]} {count} 行" for name, count in counts.items() if count]
        return [*found, *([f"数据库自检 {len(lines)} 处"] if lines else [])]


_LOOKED_OVER: Final[set[tuple[Path | int, ...]]] = set()
"""The files, as they lay there, that this process found whole: a run opens its ledger three times before it writes the first row."""


def _as_it_lies(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _read_broken_text(connection: sqlite3.Connection, _record: object) -> None:
    """Have broken UTF-8 read as something that no sum agrees with: the row alone is damaged then, and not every look at its table."""
    connection.text_factory = lambda content: content.decode("utf-8", "surrogateescape")
