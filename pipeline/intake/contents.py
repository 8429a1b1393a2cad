"""A look at the inbox: what could be a report or an assignment workbook, each with its sidecar, and what no run will take.

Covered by tests/intake/test_inbox.py and tests/intake/test_inbox_oddities.py.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.intake import envelopes, junk
from pipeline.settings.config import ASSIGNMENT
from pipeline.terms.errors import reason_of
from pipeline.terms.text import storable

_WORKBOOKS = frozenset({".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".et"})
_LINK = "是一个链接，没有读取；请放入文件本身，并删去链接"
_FOLDER = "是文件夹而不是工作簿，里面的文件照常收取；请改掉文件夹的名称"
_NO_FILE = "不是普通文件（管道、设备等），没有读取；请移走"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a file was left for the next run; no `Arrival` yet."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a file."""

    path: Path
    relative: str
    """Its path in the inbox as it can be shown and stored."""
    is_assignment: bool
    status: os.stat_result
    """As it was when it was seen: a file that no longer is so has changed."""
    sidecar: Path
    """Where its sidecar is, or would be; a sidecar's own is nothing."""


@dataclass(slots=True)
class Contents:
    """What a look at the inbox saw."""

    files: list[Seen] = field(default_factory=list)
    """What could be a report or an assignment workbook, in the order of its path."""
    odd: list[Waiting] = field(default_factory=list)
    """What no run will take, such as links."""
    sidecars: list[Seen] = field(default_factory=list)
    """Sidecars without their file."""


def look(inbox: Path) -> Contents:
    """See what is in the inbox and in every folder below it, without following a link."""
    contents = Contents()
    folders = [inbox]
    while folders:  # no recursion: the depth is a stranger's
        folder = folders.pop()
        try:
            names = sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:
            continue
        except OSError as error:
            contents.odd.append(Waiting(_shown(folder, inbox), f"文件夹打不开：{reason_of(error) or error.strerror}"))
            continue
        sidecars = envelopes.sidecars(names)
        inner = [folder / name for name in names if not junk.is_junk(name) and _is_folder(folder / name, sidecars, inbox, contents)]
        folders += reversed(inner)
    return contents


def _is_folder(path: Path, sidecars: Mapping[str, str], inbox: Path, contents: Contents) -> bool:
    """Put what is at the path among the contents; True for a folder to look into. `sidecars`: as `envelopes.sidecars` returns them."""
    shown = _shown(path, inbox)
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    except OSError as error:
        contents.odd.append(Waiting(shown, f"没有收下：{reason_of(error) or error.strerror}"))
        return False
    parts = path.relative_to(inbox).parts
    is_assignment = parts[0] == ASSIGNMENT and len(parts) > 1
    seen = Seen(path, shown, is_assignment, status, path.with_name(sidecars.get(path.name, path.name + envelopes.SIDECAR)))
    if _is_link(status):
        contents.odd.append(Waiting(shown, _LINK))
    elif stat.S_ISDIR(status.st_mode):
        if path.suffix.lower() in _WORKBOOKS:
            contents.odd.append(Waiting(shown, _FOLDER))
        return True
    elif not stat.S_ISREG(status.st_mode):
        contents.odd.append(Waiting(shown, _NO_FILE))
    elif not envelopes.is_sidecar(path.name):
        contents.files.append(seen)
    elif path.name not in sidecars.values():
        contents.sidecars.append(seen)
    return False


def _is_link(status: os.stat_result) -> bool:
    """A symbolic link, or what Windows calls a junction."""
    junction = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", None)
    return stat.S_ISLNK(status.st_mode) or (junction is not None and getattr(status, "st_reparse_tag", None) == junction)


def _shown(path: Path, inbox: Path) -> str:
    return storable(path.relative_to(inbox).as_posix()) if path != inbox else "收件箱"
