"""What stands where a day's folder belongs and is none of ours: it gets another name beside it, and is never removed.

Covered by tests/upkeep/test_older_state.py.
"""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path

from pipeline.disk import storage

_DAY = "????-??-??"


def put_by(path: Path) -> Path:
    """Give a file or folder a name that nothing has and that no day has, in its folder, and return it. Raises OSError."""
    name = path.name.removeprefix(".").removesuffix(".new")
    names = (f"{name}（原样留着{'' if number == 1 else number}）" for number in itertools.count(1))
    kept = next(free for free in map(path.with_name, names) if not free.exists() and not free.is_symlink())
    storage.retry_while_held(partial(path.replace, kept))
    storage.sync_folder(path.parent)
    return kept


def put_files_by(outbox: Path) -> list[Path]:
    """Put by what is named as a day, or as one that is being written, and is no folder; return the new names."""
    named = [path for pattern in (_DAY, f".{_DAY}.new") for path in sorted(outbox.glob(pattern))]
    return [put_by(path) for path in named if not path.is_dir() and not path.is_symlink()]
