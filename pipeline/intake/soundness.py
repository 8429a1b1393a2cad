"""Whether ledger, journal and archive agree before a run counts on them; where they do not, the run stops with a sentence on what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pipeline.disk.originals import Originals
from pipeline.ledger import journal, places, published_rules
from pipeline.ledger.journal import Identity, Noted
from pipeline.ledger.ledger import Ledger
from pipeline.reading.readers import Readers
from pipeline.settings.config import Paths, Settings
from pipeline.terms import words
from pipeline.terms.errors import LedgerError
from pipeline.terms.handed_in import Arrival
from pipeline.terms.text import mask

_CLOCKS_DIFFER = timedelta(minutes=10)
"""Clocks of computers in an office, and of the servers that mail goes through, may differ by so much."""
_MOST_DAYS = 3
_WAY_OUT = (
    "为免数字算错，本次没有汇总，已有的结果没有变动。请用同一时间的备份恢复整个 state 文件夹；"
    "没有备份的，用 doctor --repair 从存档重建台账。"
)


def originals(paths: Paths) -> Originals:
    """Return the office's originals."""
    return Originals(*paths.originals)


def check_ledger(paths: Paths) -> None:
    """Stop where the ledger is gone and originals are there, before an empty one takes its place, or is damaged. Raises LedgerError."""
    if not places.is_filled(paths.ledger_place) and (archived := originals(paths).names()):
        msg = f"台账 {paths.ledger_place} 不见了，存档里却有 {len(archived)} 个原件；收件箱里的文件没有动。{_WAY_OUT}"
        raise LedgerError(msg)
    if places.exists(paths.ledger_place):
        with Ledger(paths.ledger_place) as ledger:
            ledger.store.check(whole_ledger(paths))
            if days := sorted(published_rules.lost(ledger, paths.outbox)):
                msg = f"{without_rules(days)}为免按别的规则改写，没有汇总，结果没有变动。请运行 python run.py doctor --repair，补上。"
                raise LedgerError(msg)


def whole_ledger(paths: Paths) -> Path:
    """Return the file that says how the ledger lay there when it was found whole; a cache, as all beside it."""
    return paths.checkpoints / "ledger"


def without_rules(days: Sequence[str]) -> str:
    """Return that the ledger has lost under which rules these days were published."""
    return f"台账里 {len(days)} 天发布时的规则不见了：{'、'.join(days[:_MOST_DAYS])}{' 等' if len(days) > _MOST_DAYS else ''}。"


def check_archive(ledger: Ledger, archive: Originals) -> None:
    """Stop where archive or journal have originals that the ledger does not know. Raises LedgerError.

    With a lost or older ledger fewer reports would count, and published figures would fall in silence.
    """
    sums = {sha256 for _path, sha256, _received in ledger.identities()}
    unknown = [sha256[:12] for sha256 in archive.names() if sha256 not in sums]
    missing = sorted({arrival.sha256[:12] for arrival in untold(ledger, archive.folder)})
    if unknown or missing:
        msg = (
            f"台账里少了收件记录：存档 {archive.where} 里有 {len(unknown)} 个原件、"
            f"流水簿里有 {len(missing)} 个原件的收件台账没有记录或记得不同"
            f"（例如 {(unknown or missing)[0]}…），台账可能丢失，或用旧备份恢复过。"
            f"{_WAY_OUT}"
        )
        raise LedgerError(msg)


def untold(ledger: Ledger, archive: Path) -> list[Arrival]:
    """Return the arrivals that the journal has and the ledger has not, or with another name, sender or sidecar."""
    held = {arrival.identity: (replace(arrival, id=0), sidecar) for arrival, sidecar in ledger.arrivals()}
    told: dict[Identity, list[Noted]] = {}
    for arrival, sidecar in journal.every_arrival(archive):  # one that a killed run noted may stand there twice
        told.setdefault(arrival.identity, []).append((replace(arrival, id=0), sidecar))
    return [lines[0][0] for identity, lines in told.items() if held.get(identity) not in lines]


def emptied(ledger: Ledger, archive: Originals) -> str | None:
    """Return what to do where originals that were read are not in the archive; a run with nothing new would not notice.

    Those without a verdict, and those without which the office goes on, are told of elsewhere.
    """
    came = {sha256: path for path, sha256, _received in ledger.identities()}
    there = {*archive.names()}  # assignment workbooks, which stay in the inbox, come into it again
    lacking = came.keys() - there
    lacking -= journal.removed(archive.folder) if lacking else frozenset()
    if not lacking:
        return None
    if len(lacking) >= len(there):
        gone = f"存档 {archive.where} 空了或不见了，少了 {len(lacking)} 个原件。"
        return f"{gone}数字仍按台账计算；请从备份把这个文件夹放回去，再运行 doctor 核对。"
    lacking -= {arrival.sha256 for arrival in ledger.unread()} | {file.sha256 for file in journal.left_out(archive.folder)}
    named = words.first_of([f"{mask(Path(came[sha256]).name)}（archive/{sha256[:12]}…）" for sha256 in sorted(lacking)], _MOST_DAYS)
    told = f"{len(lacking)} 个原件在存档里不见了：{named}。数字仍按台账计算；请从备份把它们放回存档，再运行 doctor 核对。"
    return told if lacking else None


def restore_journal(ledger: Ledger, archive: Path) -> int:
    """Write a journal that is gone again from the ledger, and return how many arrivals. A new office has none of either."""
    return 0 if (archive.parent / journal.NAME).exists() else complete_journal(ledger, archive)


def complete_journal(ledger: Ledger, archive: Path) -> int:
    """Note in the journal what only the ledger knows, and return how many arrivals."""
    noted = {arrival.identity for arrival, _sidecar in journal.arrivals(archive)}
    missing = [(arrival, sidecar) for arrival, sidecar in ledger.arrivals() if arrival.identity not in noted]
    if missing:
        journal.note(archive, missing)
    return len(missing)


def torn_lines(archive: Path) -> str:
    """Return which lines of the journal cannot be read; '' where all can."""
    unread = journal.unread(archive)
    if not unread:
        return ""
    lines = words.first_of([str(number) for number in unread], 5)
    return f"流水簿（state/{journal.NAME}）有 {len(unread)} 行看不懂：第 {lines} 行，可能是断电或磁盘出错。数字不受影响。"


def torn_lines_seen(archive: Path) -> str:
    """Return the same for whoever asks again and again: the journal is read anew only where it has changed."""
    try:
        status = (archive.parent / journal.NAME).stat()
    except FileNotFoundError:
        return ""
    return _torn_lines(archive, (status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=1)
def _torn_lines(archive: Path, _stamp: tuple[int, int]) -> str:
    return torn_lines(archive)


def ahead(arrivals: Iterable[Arrival], now: datetime) -> list[Arrival]:
    """Return the arrivals whose time has not come yet: a clock was wrong, here or where they came from."""
    return [arrival for arrival in arrivals if is_ahead(arrival.envelope.received_at, now)]


def is_ahead(received_at: datetime, now: datetime) -> bool:
    """Whether a time of arrival has not come yet: whatever corrects such a report before it counts for nothing."""
    return received_at > now + _CLOCKS_DIFFER


def not_shut(settings: Settings) -> tuple[str, ...]:
    """Have a reader come up; what the system could not take away from it (`words.READER_NOT_SHUT`). Raises WorkerError, OSError."""
    with Readers(settings, 1, marking=False) as readers:
        readers.come_up()
        return readers.not_shut
