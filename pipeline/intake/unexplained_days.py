"""Results in the outbox of which nothing tells: their own manifest is gone or unreadable, and this state never published the day.

Such a day may rest on reports that this state does not know; written again, its figures would fall in silence.
Covered by tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from pipeline.disk import kept_aside
from pipeline.intake import found_results
from pipeline.ledger import editions, journal, places
from pipeline.ledger.ledger import Ledger
from pipeline.settings.config import Paths
from pipeline.terms.errors import LedgerError
from pipeline.terms.messages import shorten

_MANIFEST = "manifest.json"
_OURS = (editions.SUMMARY, "findings.csv")
"""Files that every day's folder has: a folder with neither holds no results."""
_MOST_FILES = 3


def find(paths: Paths) -> list[Path]:
    """Return the folders of such days, in order."""
    folders = [folder for folder in sorted(paths.outbox.glob("????-??-??")) if _holds_results(folder)]
    unreadable = [folder for folder in folders if not _is_readable(folder / _MANIFEST)]
    published = _published(paths) if unreadable else set()
    return [folder for folder in unreadable if folder.name not in published]


def unreadable(paths: Paths) -> list[str]:
    """Return the days (ISO) that hold results and no readable manifest, whether this state published them or not, in order."""
    noted = found_results.noted_manifests(paths)
    folders = [folder for folder in sorted(paths.outbox.glob("????-??-??")) if _holds_results(folder)]
    return [folder.name for folder in folders if not _is_noted(folder, noted) and not _is_readable(folder / _MANIFEST)]


def _is_noted(folder: Path, noted: Collection[tuple[date, str]]) -> bool:
    # Asked first: a year of manifests takes seconds to parse.
    with suppress(OSError):
        return (date.fromisoformat(folder.name), hashlib.sha256((folder / _MANIFEST).read_bytes()).hexdigest()) in noted
    return False


def check(paths: Paths, without: Sequence[str] = ()) -> list[str]:
    """Stop where there are such days, before anything is written. Raises LedgerError.

    `without`: days (ISO) whose results the office decided to go on without; what is none of these is returned.
    """
    found = find(paths)
    if [folder for folder in found if folder.name not in without]:
        raise LedgerError("\n".join(told(paths, found)))
    days = {folder.name for folder in found}
    return [beginning for beginning in without if beginning not in days]


def told(paths: Paths, found: Sequence[Path]) -> list[str]:
    """Return what to say of them, and what to do, line by line; nothing where there are none."""
    if not found:
        return []
    options = " ".join(f"--without {folder.name}" for folder in found)
    why = "state 可能比结果旧（用旧备份恢复过），看不出用到了哪些日报"
    return [
        f"{paths.outbox} 里有 {len(found)} 天的结果，{_MANIFEST} 缺失或读不出，台账也没有写出过这一天：{why}。",
        "为免数字算错，没有汇总，什么都没有改动，这些结果原样留着：",
        *(f"  {folder.name}：{_files(folder)}" for folder in found),
        f"请用新的备份恢复整个 state 文件夹，或从备份放回这一天的 {_MANIFEST}，再运行。",
        f"都没有的，由办公室决定重新写出，现有的文件夹改名留在 outbox：python run.py {options}（修复时写在 doctor --repair 后面）。",
    ]


def put_by(paths: Paths) -> list[str]:
    """Give these days' folders other names, once the office has decided, and files named like days too; return what was done, in lines."""
    folders = [(folder.name, kept_aside.put_by(folder)) for folder in find(paths)]
    decided = [f"{day} 原有的结果由办公室决定不用，文件夹原样留在 outbox/{kept.name}。" for day, kept in folders]
    moved = kept_aside.put_files_by(paths.outbox)
    return [*decided, *(f"outbox 里有一个名称像日期、却不是文件夹的文件，改名原样留在 outbox/{kept.name}。" for kept in moved)]


def _holds_results(folder: Path) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(folder.name)) and any((folder / name).is_file() for name in _OURS)
    return False


def _is_readable(manifest: Path) -> bool:
    with suppress(OSError, ValueError):
        fields = json.loads(manifest.read_bytes())
        return isinstance(fields, dict) and isinstance(fields.get("inputs"), list) and isinstance(fields.get("outputs"), dict)
    return False


def _published(paths: Paths) -> set[str]:
    """Return the days (ISO) that ledger or journal have published."""
    days = {edition.day.isoformat() for edition in journal.editions(paths.archive)}
    if places.exists(paths.ledger_place):
        with suppress(LedgerError), Ledger(paths.ledger_place) as ledger:
            days |= {*ledger.publications(), *(noted.day.isoformat() for noted in editions.notes(ledger))}
    return days


def _files(folder: Path) -> str:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "、".join(map(shorten, names[:_MOST_FILES])) + (f" 等 {len(names)} 个文件" if len(names) > _MOST_FILES else "")
