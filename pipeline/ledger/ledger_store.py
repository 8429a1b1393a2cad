"""The ledger's database: opened, looked over, and read so that no row is believed whose sum does not agree.

Covered by tests/ledger/test_row_sums.py and tests/upkeep/test_damaged_ledger.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pipeline.ledger import places, row_sums, schema, versions
from pipeline.ledger.tables import Connection, Row, Table, Where
from pipeline.settings.places import LedgerPlace, LedgerServer
from pipeline.terms.errors import DamagedLedgerError, LedgerError, OtherVersionError

_UNREADABLE: Final = "数据库读不下去"


class LedgerStore:
    """The ledger there, made if there is none. Raises LedgerError where it cannot be used."""

    def __init__(self, place: LedgerPlace) -> None:
        self._place = place
        self.database = places.database(place)
        self._looked_at: dict[str, list[Row]] = {}
        """What was found sound since something was last written: a run asks a dozen times for every arrival, and alone writes them."""
        self._before: dict[str, list[Row]] = {}
        """What was found sound before that: a row that is still the same needs no sum."""
        self._idle: list[Connection] = []
        try:
            with self.begin() as connection:
                versions.prepare(connection, self.database)
        except versions.UnknownVersionError as error:
            self.close()
            msg = f"台账 {self.database.name} 的版本是 {error}，本程序只认识版本 {schema.VERSION} 及以前的。请使用相配的程序版本。"
            raise OtherVersionError(msg) from error
        except versions.NotAsMadeError as error:
            self.close()
            raise self.damaged(schema.WORDS["meta"]) from error
        except BaseException:
            self.close()
            raise

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Begin what is written whole or not at all."""
        try:
            with self.connect() as connection:
                yield connection
                connection.driver.commit()
        finally:
            self._before |= self._looked_at
            self._looked_at.clear()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Connect for a look. Raises LedgerError, also for a full or broken disk and for a damaged file, wherever a statement meets it."""
        with self._told():
            try:
                connection = self._idle.pop()
            except IndexError:  # two may look at once
                connection = self.database.connect()
            try:
                yield connection
                connection.driver.rollback()
            except BaseException:
                connection.driver.close()
                raise
            self._idle.append(connection)

    def close(self) -> None:
        """Let go of the file: as long as it is open, Windows lets nobody rename or remove it."""
        while self._idle:
            self._idle.pop().driver.close()

    def erase_deleted(self) -> None:
        """Have nothing left of what was deleted, as far as the database can; under the lock."""
        with suppress(LedgerError), self.connect() as connection:
            self.database.erase_deleted(connection)

    # --- what cannot be used ---

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in a sentence why a statement is not done, or why there is no connection."""
        try:
            yield
        except self.database.errors as error:
            raise self._refusal(error) from error

    def _refusal(self, error: BaseException) -> LedgerError:
        """Return what to say of a driver's error: it was the disk or the server that refused, or what is there is damaged."""
        reason = self.database.refusal(error)
        if reason is None:
            return self.damaged(_UNREADABLE)
        return LedgerError(f"台账 {self.database.name} 读写不了：{reason}。已收到的文件都还在；处理好后再运行一次。")

    def damaged(self, what: str) -> DamagedLedgerError:
        """Return the error to raise where something in it is not what was written."""
        msg = (
            f"台账 {self.database.name} 的内容已经损坏（{what}）。为免数字算错，没有用它汇总，已有的结果没有变动。"
            f"请运行 python run.py doctor --repair，从存档重建台账（旧台账会另存）；或用同一时间的备份恢复{self.database.backup}。"
        )
        return DamagedLedgerError(msg)

    # --- rows ---

    def insert(self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, or_ignore: bool = False) -> None:
        """Write rows, with their sums where the table has them; with `or_ignore` those whose key is there already stay as they are."""
        if rows:
            summed = [row_sums.with_sum(table, row) for row in rows] if table in schema.SUMMED else rows
            self.database.insert(connection, table, summed, or_ignore=or_ignore)

    def rows(self, table: Table, where: Where | None = None, *, is_whole: bool = False) -> list[Row]:
        """Return rows of a table in the order of their keys, each as it was written. Raises LedgerError where one is not.

        `is_whole`: with the columns that their sum leaves out.
        """
        is_all = where is None and not is_whole
        if is_all and table.name in self._looked_at:
            return self._looked_at[table.name]
        sound, others = self._examined(table, where, is_whole=is_whole)
        if others:
            what = f"{schema.WORDS[table.name]} {others} 行"
            raise self.damaged(what)
        if is_all:
            self._looked_at[table.name] = sound
        return sound

    def sound_rows(self, table: Table) -> list[Row]:
        """Return the rows that are as they were written, and none of the others."""
        return self._examined(table, is_anew=True)[0]

    def _examined(
        self, table: Table, where: Where | None = None, *, is_whole: bool = False, is_anew: bool = False
    ) -> tuple[list[Row], int]:
        """Return the sound rows, and how many others there are; `is_anew`: also where this process has just found them sound."""
        with self.connect() as connection:
            rows = connection.select(table, where, table.names if is_whole else table.names_together)
        if not is_anew and self._is_as_looked_over():
            sound = rows
        else:
            known = {} if is_anew or where or is_whole else {row[row_sums.SUM]: row for row in self._before.pop(table.name, ())}
            sound = [row for row in rows if known.get(row[row_sums.SUM]) == row or row_sums.agrees(table, row)]
        # Sorted here: an index that lies would leave rows out.
        return sorted(sound, key=lambda row: tuple(row[key] for key in table.keys)), len(rows) - len(sound)

    def _is_as_looked_over(self) -> bool:
        """Whether it lies there as this process found it whole. Asked behind a look: what came into it meanwhile is noticed."""
        return self.database.is_a_file and places.stamp(self._place) in _LOOKED_OVER

    # --- the whole ledger ---

    def check(self, noted: Path | None = None) -> None:
        """Look all over before anything in it is counted on; once, as long as nobody has written into it. Raises LedgerError.

        `noted`: the file of `note_whole`, where the look is spared a later process too.
        """
        with self.connect() as connection:
            seen = self.database.stamp(connection)
        if seen in _LOOKED_OVER or (noted and _noted(noted) == repr(seen)):
            return
        if damage := self.damage():
            raise self.damaged("、".join(damage))
        _LOOKED_OVER.add(seen)
        if noted:
            self.note_whole(noted)

    def note_whole(self, noted: Path) -> None:
        """Note in that file how the ledger lies there, after a look, or at the end of a run that began with one and has the lock.

        Of what was written since, each row is compared with its sum when it is read for the first time.
        """
        with suppress(LedgerError, OSError), self.connect() as connection:
            seen = repr(self.database.stamp(connection))
            if _noted(noted) != seen:
                noted.parent.mkdir(parents=True, exist_ok=True)
                noted.write_text(seen, encoding="utf-8")

    def damage(self) -> list[str]:
        """Return what is not as it was written; nothing where all is. What was read from each file, `Ledger.damaged` looks at."""
        try:
            with self.connect() as connection:
                places = self.database.damage(connection)
            counts = {table.name: self._examined(table, is_anew=True)[1] for table in schema.SUMMED}
        except DamagedLedgerError:
            return [_UNREADABLE]
        found = [f"{schema.WORDS[name]} {count} 行" for name, count in counts.items() if count]
        return [*found, *([f"数据库自检 {places} 处"] if places else [])]


_LOOKED_OVER: Final[set[Hashable]] = set()
"""The ledgers, as they lay there, that this process found whole: a run opens its ledger three times before it writes the first row."""


def _noted(path: Path) -> str:
    with suppress(OSError, ValueError):
        return path.read_text(encoding="utf-8")
    return ""


def copy(place: LedgerServer, other: Path) -> None:
    """Copy a server's ledger, as it is between two writes, into a new file. Raises LedgerError where a row is not what was written."""
    source, target = LedgerStore(place), LedgerStore(other)
    try:
        source.check()
        with source.connect() as seen, target.begin() as connection:
            seen.do("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for table in schema.ALL:
                target.insert(connection, table, seen.select(table) if table is not schema.meta else [])
    finally:
        source.close()
        target.close()
