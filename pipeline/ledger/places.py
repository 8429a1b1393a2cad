"""Where a ledger is, and whether it is there: a file of SQLite's, or a PostgreSQL server, whose driver is imported only where one is set.

Covered by tests/ledger/test_ledger.py.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path

from pipeline.disk.originals import Originals
from pipeline.ledger.database import Database
from pipeline.settings.config import Paths
from pipeline.settings.places import LedgerPlace
from pipeline.terms.errors import LedgerError, LostLedgerError

_WITHOUT_DRIVER = (
    "config.yaml 的 ledger 是 PostgreSQL 数据库，这台电脑还没有装它的驱动。"
    "请运行 python -m pip install --require-hashes -r requirements-servers.txt，再运行一次。"
)

_LOST = (
    "台账 {place} 不见了或是空的，存档里却有 {count} 个原件：为免数字算错，什么都没有显示。已报送的文件都还在，已写出的结果没有变动。"
    "{way_out}请用同一时间的备份恢复整个 state 文件夹；没有备份的，运行 python run.py doctor --repair，从存档重建台账。"
)
_NEVER_FINISHED = "还没有哪一天的结果：第一次汇总中途停了的，再运行一次 python run.py，就会接着做。以前汇总过的，"


def database(place: LedgerPlace) -> Database:
    """Return the database there. Raises LedgerError where the driver or the password is not to be had."""
    if isinstance(place, Path):
        from pipeline.ledger.sqlite_database import SqliteDatabase

        return SqliteDatabase(place)
    try:
        from pipeline.ledger.postgresql_database import PostgresqlDatabase
    except ModuleNotFoundError as error:
        raise LedgerError(_WITHOUT_DRIVER) from error
    return PostgresqlDatabase(place)


def exists(place: LedgerPlace) -> bool:
    """Whether there is a ledger; of a server that does not answer it is believed, and whoever opens it hears why it does not."""
    try:
        return database(place).exists()
    except LedgerError:
        return True


def check_there(paths: Paths, *, is_empty: bool = False) -> None:
    """Stop where the ledger is gone and originals are there: an empty one would answer as if nothing had ever come. Raises LostLedgerError.

    `is_empty`: nothing is in the ledger that is there.
    """
    if (is_empty or not is_filled(paths.ledger_place)) and (archived := Originals(*paths.originals).names()):
        way_out = "" if any(paths.outbox.glob("*/summary.json")) else _NEVER_FINISHED
        raise LostLedgerError(_LOST.format(place=paths.ledger_place, count=len(archived), way_out=way_out))


def is_filled(place: LedgerPlace) -> bool:
    """Whether there is a ledger, and no empty file in the place of one."""
    return exists(place) and not (isinstance(place, Path) and not place.stat().st_size)


def stamp(place: LedgerPlace) -> Hashable:
    """Return what is another once anybody has written into it; None where there is none."""
    try:
        return database(place).seen()
    except FileNotFoundError:
        return None
    except LedgerError as error:  # whoever opens it says so
        return str(error)
