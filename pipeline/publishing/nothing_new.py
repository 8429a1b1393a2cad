"""Whether a run would find nothing new, told from how everything lies, before anything heavy is imported (decision 37).

A run that ended with everything in order notes how all lay that a run looks at: settings, program, templates and fonts, inbox,
ledger, journal and originals, and the manifests of the days' folders. The next one of the same day that finds it so has nothing left
to do but to compare the folders with their manifests. A cache: whatever is not as it was, and the run goes its whole way.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Self

from pipeline import HOME
from pipeline.disk import listed_folder, lock, own_code, storage
from pipeline.render.papers import fonts
from pipeline.settings import places
from pipeline.settings.config import Settings
from pipeline.terms.errors import AnotherRunError, LedgerError
from pipeline.terms.text import on_screen
from pipeline.terms.words import NOT_YET, REPORTED, STANDS

_MANIFEST: Final = "manifest.json"
_KEPT: Final = ("ledger.sqlite", places.JOURNAL)
"""How the names begin of what a run looks at in the state folder."""
_Entry = tuple[str | int, ...]
"""A file: its path, and how it lies."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is asked for, and how all lay when it began that only others change."""

    days: Sequence[str]
    """In words; none where the run is asked for more than days."""
    now: datetime
    fixed: str
    """The digest of settings, program, templates and fonts."""
    inbox: frozenset[_Entry]

    @classmethod
    def of(cls, settings: Settings, days: Sequence[str], now: datetime) -> Self:
        """Return it as it is now: before a run looks at anything. What cannot be seen, the run itself says."""
        with suppress(OSError):
            return cls(days, now, _fixed(settings), frozenset(_entries(settings.paths.inbox)))
        return cls((), now, "", frozenset())


# --- what is said ------------------------------------------------------------------------------------------------


def taken(count: int, refused: int, before: int = 0) -> str:
    """Return what was taken in; `before`: how many of these by runs that did not come to their end."""
    earlier = f"（{before} 个是上次中断的运行收下的，那次没有说到）" if before else ""
    return f"收下 {count} 个文件，其中 {refused} 个整份退回{earlier}。"


def unchanged(settings: Settings, days: Sequence[date], now: datetime) -> list[str]:
    """Return that days stand as they are, and who has not reported of the last of them, in lines."""
    last = max(days)
    limit = settings.on(last).calendar.last_moment(last)
    word = NOT_YET if now <= limit else REPORTED["missing"]
    with suppress(OSError, ValueError, LookupError):
        told = json.loads((settings.paths.outbox / last.isoformat() / "summary.json").read_bytes())["submissions"]
        kinds = {"": word, "returned": STANDS["returned"], "lost": STANDS["lost"]}
        missing = [(line["district"], next((key for key in kinds if line.get(key)), "")) for line in told if line["status"] == "missing"]
        absent = [
            f"{said}：{'、'.join(of_kind)}" for kind, said in kinds.items() if (of_kind := [name for name, own in missing if own == kind])
        ]
        early = [f"  {not_over(limit)}"] if any(not kind for _name, kind in missing) and now <= limit else []
        return [_unchanged(days), *([f"  {last} {'；'.join(absent)}。"] if absent else []), *early]
    return [_unchanged(days)]


def _unchanged(days: Sequence[date]) -> str:
    return f"没有新变化，结果保持不变：{'、'.join(map(str, days))}。"


def not_over(limit: datetime) -> str:
    """Return that nobody is missing yet; `limit`: the day's cut-off."""
    return f"{limit:%H:%M} 还没到，之前收到的都算按时；到时以后再运行一次，才知道谁没有报。"


def where(outbox: Path, days: Sequence[date]) -> list[str]:
    """Return where to look, in a line; none where none of the days was written."""
    written = [day for day in days if (outbox / day.isoformat()).is_dir()]
    return [f"请看：{outbox / max(written).isoformat()}"] if written else []


def in_short(count: int, refused: int, written: int, not_written: int, why: str = "") -> str:
    """Return what a run did, for the office's log."""
    return f"收下 {count} 个文件，整份退回 {refused} 个，写出 {written} 天，没有写成 {not_written} 天{why}"


def told(lines: Sequence[str], say: Callable[[str], object]) -> str:
    """Say these lines, and return what the log says of a run that found nothing new."""
    for line in lines:
        say(on_screen(line))
    return in_short(0, 0, 0, 0)


# --- a look ------------------------------------------------------------------------------------------------------


def look(settings: Settings, asked: Asked) -> list[str]:
    """Return what to say of a run that finds nothing new, line by line; none where it may find something."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, AnotherRunError):
        noted = json.loads(_place(settings).read_bytes())
        if not _is_of(noted, asked):
            return []
        with lock.hold(settings.paths.state, "汇总") as held:
            if held.remark or noted["lies"] != _digest(settings, asked) or not _are_whole(settings, noted["manifests"]):
                return []
            days = [date.fromisoformat(day) for day in noted["days"]]
        return [taken(0, 0), *unchanged(settings, days, asked.now), *where(settings.paths.outbox, days)]
    return []


def _is_of(noted: dict[str, Any], asked: Asked) -> bool:
    """Whether it was noted on the same day, before now, about the same days: what is over by then is over."""
    at = datetime.fromisoformat(noted["at"])
    return bool(asked.days) and noted["asked"] == [*asked.days] and at <= asked.now and at.date() == asked.now.date()


def _are_whole(settings: Settings, manifests: dict[str, str]) -> bool:
    return all(listed_folder.is_that(settings.paths.outbox / day, _MANIFEST, sha256) for day, sha256 in manifests.items())


# --- a note ------------------------------------------------------------------------------------------------------


def note(settings: Settings, asked: Asked, days: Sequence[date], *, is_settled: bool) -> None:
    """Note how all lies at the end of a run; of one that leaves something to the next, and of a ledger on a server, nothing.

    `is_settled`: whether the next one has nothing to do or to tell.
    """
    paths = settings.paths
    is_here = isinstance(paths.ledger_place, Path) and not paths.originals[1]
    with suppress(OSError, LedgerError):
        # A file that came since the run began has been seen by nobody.
        if not (asked.days and is_here and is_settled and asked.inbox.issuperset(_entries(paths.inbox))):
            return
        manifests, skipped = _published(settings, max(days))
        if skipped or not {path.name for path in paths.outbox.iterdir()} <= {*manifests, paths.periods.name}:
            return  # what the next run tells of once more
        told = {"asked": [*asked.days], "at": asked.now.isoformat(), "days": [f"{day}" for day in days], "manifests": manifests}
        storage.make_folder(paths.checkpoints)
        storage.replace(_place(settings), json.dumps({**told, "lies": _digest(settings, asked)}).encode())


def _published(settings: Settings, last: date) -> tuple[dict[str, str], int]:
    """Return the manifests of the published days, and how many days before that one are left out after a long pause."""
    from pipeline.ledger import ledger  # here alone: the look imports as little as can be
    from pipeline.publishing import nights

    with ledger.Ledger(settings.paths.ledger_place) as book:
        return {day: manifest for day, (_made_from, manifest) in book.publications().items()}, nights.to_write(last, settings)[1]


# --- how it lies -------------------------------------------------------------------------------------------------


def _place(settings: Settings) -> Path:
    return settings.paths.checkpoints / "nothing-new.json"


def _fixed(settings: Settings) -> str:
    """Return the digest of what no run changes."""
    said = [settings.file, settings.file and _status(settings.file.stat()), settings.calendar.timezone]
    program = (own_code.stamp("."), own_code.packages(), fonts.stamp())
    # What the program makes of its own templates lies in a folder below them (`own_code`).
    templates = sorted(path for path in (settings.paths.templates or HOME / "templates").iterdir() if path.is_file())
    return _sum([said, program, [(path.name, *_status(path.stat())) for path in templates]])


def _digest(settings: Settings, asked: Asked) -> str:
    """Return the digest of all that a run looks at but the days' folders."""
    paths = settings.paths
    folders = [sorted(path.name for path in folder.iterdir()) if folder.is_dir() else None for folder in (paths.archive, paths.outbox)]
    state = [(path.name, *_status(path.stat())) for path in sorted(paths.state.iterdir()) if path.name.startswith(_KEPT)]
    inbox = sorted(asked.inbox.intersection(_entries(paths.inbox)))
    return _sum([asked.fixed, inbox, state, folders, sorted(_entries(paths.periods))])


def _sum(told: object) -> str:
    return hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()


def _entries(folder: Path) -> list[_Entry]:
    """Return all files below the folder, each with how it lies."""
    entries = list[_Entry]()
    with suppress(FileNotFoundError), os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                entries += _entries(Path(entry.path))
            else:
                entries.append((entry.path, *_status(entry.stat(follow_symlinks=False))))
    return entries


def _status(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mode, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
