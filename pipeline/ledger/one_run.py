"""Only one run at a time, also on another computer: with the ledger on a server, the server holds a lock beside that of the state folder.

The locks of a shared folder may not reach other computers, and two computers may believe in two folders.
Covered by tests/ledger/test_postgresql.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.disk import lock
from pipeline.ledger import places
from pipeline.ledger.database import SharedLock
from pipeline.settings.config import Paths
from pipeline.terms.errors import AnotherRunError


@dataclass(frozen=True, slots=True)
class Held:
    """Both locks, while a run has them."""

    folder: lock.Held
    server: SharedLock | None
    what: str

    @property
    def remark(self) -> str | None:
        """What the office should know about this disk, if anything."""
        return self.folder.remark

    def check(self) -> None:
        """Raise AnotherRunError where another computer may have taken over: the connection to the server broke, or this one stood still."""
        self.folder.check()
        if self.server and not self.server.is_held():
            msg = f"与台账所在服务器的连接断过，另一台电脑可能已经开始{self.what}，本次没有做完。请再运行一次。"
            raise AnotherRunError(msg)


@contextmanager
def hold(paths: Paths, folder: Path | None = None, what: str = "汇总") -> Iterator[Held]:
    """Hold what only one run (of what people call it) holds in the state folder, or one below it, and beside that ledger.

    Raises AnotherRunError, LedgerError, OSError.
    """
    folder = folder or paths.state
    with (
        lock.hold(folder, what) as held,
        places.database(paths.ledger_place).shared_lock(folder.relative_to(paths.state).as_posix()) as server,
    ):
        if server and not server.is_held():
            where = f"电脑“{server.holder}”" if server.holder else "另一台电脑"
            msg = f"{where}上的{what}正在运行，本次没有开始。请等它结束后再试；如果那台电脑已经关机或死机，请过两分钟再运行一次。"
            raise AnotherRunError(msg)
        yield Held(held, server, what)
