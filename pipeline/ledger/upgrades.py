"""The copies of ledgers of older versions that were put aside when they were upgraded: told when it happens, and by `doctor`.

Covered by tests/ledger/test_migrations.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.ledger import places, schema
from pipeline.settings.places import LedgerPlace

_UPGRADED = "台账已升级到版本 {version}，原来的另存为 {copy}。新程序运行正常以后，可以删去它。"
_KEPT = "升级前的台账还留着：{copies}。新程序运行正常以后，可以删去；到期删除的内容在它里面还有。"


@contextmanager
def told(place: LedgerPlace, say: Callable[[str], object]) -> Iterator[None]:
    """Say where the copy is, if the ledger's file is upgraded meanwhile; of a server `doctor` says it, which asks it anyway."""
    before = copies(place) if isinstance(place, Path) else []
    try:
        yield
    finally:
        for copy in copies(place) if isinstance(place, Path) else []:
            if copy not in before:
                say(_UPGRADED.format(version=schema.VERSION, copy=copy))


def copies(place: LedgerPlace) -> list[str]:
    """Return where the copies are that are still there, by name."""
    return places.database(place).copies()


def kept(place: LedgerPlace) -> tuple[str, ...]:
    """Return what is to be known of the copies that are still there."""
    names = "、".join(copies(place))
    return (_KEPT.format(copies=names),) if names else ()
