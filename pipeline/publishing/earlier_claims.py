"""Files whose arrival is earlier than an edition that did not have them: nobody who read that edition could know of them.

What is told as restated goes by the arrival (contract 4), so that a file which claims to have come earlier changes published days and
no report of a later day says so. What does is the terminal, at the run that writes these days again, `doctor`, the office's desk on the
day after, and the letter about the new edition to whoever was mailed the one before; nothing of it goes into the outbox.
Covered by tests/publishing/test_earlier_claims.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Final

from pipeline.ledger import editions, places
from pipeline.ledger.editions import Edition
from pipeline.ledger.journal import EditionNote
from pipeline.ledger.ledger import Ledger
from pipeline.publishing import told_editions
from pipeline.settings.config import Settings
from pipeline.terms.contract import EXEMPTIONS
from pipeline.terms.handed_in import LEFT_OUT
from pipeline.terms.messages import shorten
from pipeline.terms.words import moment

_MOST_FILES: Final = 5
_MOST_DAYS: Final = 5
_MOST_NAMED: Final = 3

_UNTOLD: Final = "更正按收到时间说，今天的专报不一定会说到；给看过前一版的领导的信写明新的一版有哪些不同，没有发信的请告诉他们："

_File = tuple[str, str]
"""A file as manifests name it: its SHA-256, and when it was received (ISO)."""


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A published day that such files changed."""

    without: EditionNote
    """Published without them, after the time at which they claim to have arrived."""
    having: EditionNote
    """The next edition, that has them."""
    lines: tuple[str, ...]
    """How the two differ, line by line."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that claims to have arrived before an edition was published that did not have it."""

    name: str
    received_at: datetime
    days: tuple[ChangedDay, ...]


def look(ledger: Ledger, days: Iterable[date], kept: Path, *, is_last_alone: bool = False) -> list[Claim]:
    """Return the files of which these published days' editions show it, in order of arrival.

    `kept`: where the editions' files are, for exemptions and answers. `is_last_alone`: of each day's last edition, since what those before
    it changed was told when they were written.
    """
    seen = _Seen(ledger)
    names: dict[_File, str] = {}
    changed: dict[_File, list[ChangedDay]] = {}
    for day in sorted(days):
        for before, after in [*pairwise(seen.on(day))][-1 if is_last_alone else 0 :]:
            claims = [
                file
                for file in after.inputs.keys() - before.inputs.keys()
                if before.inputs and _came_before(file, before) and not seen.is_in_one_before(file, before)
            ]
            if claims and (lines := _lines(before, after, kept)):
                names |= {file: after.inputs[file] for file in claims}
                for file in claims:
                    changed.setdefault(file, []).append(ChangedDay(before.edition.note, after.edition.note, lines))
    return sorted(
        (Claim(names[file], datetime.fromisoformat(file[1]), tuple(its_days)) for file, its_days in changed.items()),
        key=lambda claim: (claim.received_at, claim.name),
    )


def look_everywhere(ledger: Ledger, kept: Path) -> list[Claim]:
    """Return the same of every day of which editions are kept."""
    return look(ledger, {noted.day for noted in editions.notes(ledger) if noted.number > 1}, kept)


def told_of_day(settings: Settings, day: date) -> list[str]:
    """Return what is told of such files of a day's editions, but for the last line, which names a command. Raises LedgerError."""
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        is_again = any(noted.day == day and noted.number > 1 for noted in editions.notes(ledger))
        return [*told(look(ledger, [day], settings.paths.editions))][:-1] if is_again else []


@dataclass(frozen=True, slots=True)
class _Made:
    """An edition with the files that it was made from."""

    edition: Edition
    inputs: Mapping[_File, str]
    """Their names; none where its manifest is lost."""


class _Seen:
    """The editions of the days that were asked for, each read once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._own_days = {
            (file.arrival.sha256, file.arrival.envelope.received_at.isoformat()): file.reading.day for file in ledger.outlines()
        }
        self._made: dict[date, list[_Made]] = {}

    def on(self, day: date) -> list[_Made]:
        """Return the day's editions, in order."""
        if day not in self._made:
            self._made[day] = [_Made(edition, _inputs(edition)) for edition in editions.of_day(self._ledger, day)]
        return self._made[day]

    def is_in_one_before(self, file: _File, made: _Made) -> bool:
        """Whether an edition of the file's own day had it by then: one that left a later day's and came back is no news."""
        day = self._own_days.get(file)
        by_then = (own for own in self.on(day) if own.edition.note.published_at <= made.edition.note.published_at) if day else ()
        return any(file in own.inputs for own in by_then)


def _inputs(edition: Edition) -> dict[_File, str]:
    try:
        listed = json.loads(edition.manifest)["inputs"]
        return {
            (str(entry["sha256"]), str(entry["received_at"])): PurePosixPath(str(entry["path"])).name
            for entry in listed
            if entry.get("role") != LEFT_OUT
        }
    except (ValueError, LookupError, TypeError):
        return {}


def _came_before(file: _File, made: _Made) -> bool:
    return datetime.fromisoformat(file[1]) <= made.edition.note.published_at


def _lines(before: _Made, after: _Made, kept: Path) -> tuple[str, ...]:
    """Return every difference, exemptions first: they may be why the rest is other, and stand last among the figures."""
    changes = told_editions.changes(before.edition, after.edition, kept)
    if not changes:
        return ()
    figures = sorted(changes.figures, key=lambda line: not line.startswith(EXEMPTIONS.name))
    return (*figures, *(f"案件 {line}" for line in changes.cases))


# --- how it is told ----------------------------------------------------------------------------------------------


def told(claims: list[Claim]) -> Iterator[str]:
    """Yield which files these are, when they claim to have arrived, and what they changed, in lines."""
    if not claims:
        return
    yield f"有 {len(claims)} 个文件的收到时间早于已经写出的结果，而那时的结果里没有它们。{_UNTOLD}"
    for claim in claims[:_MOST_FILES]:
        first = min(claim.days, key=lambda changed: changed.without.published_at)
        lacking, having = (f"第 {noted.number} 版（{moment(noted.published_at)}写出）" for noted in (first.without, first.having))
        came = f"收到时间是{moment(claim.received_at.astimezone(first.without.published_at.tzinfo))}"
        yield f"  {shorten(claim.name)}：{came}，{first.without.day} 的{lacking}还没有它，{having}才有。"
    if len(claims) > _MOST_FILES:
        yield f"  …… 还有 {len(claims) - _MOST_FILES} 个文件。"
    changed = sorted({day.having.key: day for claim in claims for day in claim.days}.items())
    for (day, number), change in changed[:_MOST_DAYS]:
        more = f"；等 {len(change.lines)} 处" if len(change.lines) > _MOST_NAMED else ""
        yield f"  {day} 第 {number} 版改变了：{'；'.join(change.lines[:_MOST_NAMED])}{more}。"
    if len(changed) > _MOST_DAYS:
        yield f"  …… 改变了的共 {len(changed)} 版，{len({day for (day, _number), _change in changed})} 天，到 {changed[-1][0][0]}。"
    yield "  请核对这些文件的收到时间；全部不同：python run.py editions --date 日期。"
