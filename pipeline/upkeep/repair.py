"""`run.py doctor --repair`: makes the ledger again from the archive and its journal, and the outbox from the ledger."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.disk import lock, storage
from pipeline.intake import inbox
from pipeline.ledger import journal
from pipeline.ledger.journal import Noted
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.publishing import outbox
from pipeline.reading import reading
from pipeline.reading.reading import Transcript
from pipeline.render.documents import ALL, Document
from pipeline.settings.config import Settings
from pipeline.terms.errors import ConfigurationError, LedgerError, PipelineError
from pipeline.terms.handed_in import Arrival, Reading
from pipeline.terms.rows import write_rows


@dataclass(slots=True)
class Repaired:
    """What was done."""

    is_rebuilt: bool = False
    """Whether the ledger was made again."""
    ledger_kept: Path | None = None
    """Where the ledger that could not be used lies now."""
    noted: int = 0
    """Arrivals added to the journal."""
    set_aside: list[int] = field(default_factory=list)
    """The journal's lines that said nothing, and lie in a file of their own now."""
    given_back: list[str] = field(default_factory=list)
    """Originals without an arrival, which lie in the inbox again."""
    without: list[Arrival] = field(default_factory=list)
    """Arrivals whose original is damaged or gone and which the office decided to go on without."""
    same: list[str] = field(default_factory=list)
    """Days that came out byte for byte as they lay in the outbox."""
    restored: list[str] = field(default_factory=list)
    """Days that are again what was published; what somebody had made of them is kept."""
    new: list[str] = field(default_factory=list)
    """Days that were written, since they were missing or others than what the ledger gives."""
    outcome: Outcome | None = None


def repair(settings: Settings, without: Sequence[str] = (), *, documents: tuple[Document, ...] = ALL) -> Repaired:
    """Mend what can be mended. Raises AnotherRunError while a run is under way.

    `without`: beginnings of the SHA-256 of originals that are damaged or gone, without which the office decided to go on. Where
    others are, and only they say what they said, nothing is touched and LedgerError says what to do.
    """
    done = Repaired()
    archive, path = settings.paths.archive, settings.paths.ledger
    for folder in (settings.paths.inbox, settings.paths.outbox, archive):
        storage.make_folder(folder)
    with lock.hold(settings.paths.state):
        storage.sweep(settings.paths.outbox, settings.paths.state, archive)
        if not _is_usable(path, archive):
            told = _told(path, archive, settings.paths.inbox)
            done.without = _decided(told.lost, without, archive)
            done.ledger_kept = _set_aside(path)
            _record(path, told, done.without, settings)
            done.is_rebuilt = True
        elif without:
            msg = "台账完好，没有要重建的，--without 用不上。损坏或不见的原件请从备份放回存档。"
            raise ConfigurationError(msg)
        done.set_aside = journal.set_unread_aside(archive)
        done.noted = _complete_journal(path, archive)
        _give_back(settings, archive, done)
    before = _editions(settings)
    done.outcome = nightly.run(settings, sorted(date.fromisoformat(day) for day in before), documents=documents)
    if done.is_rebuilt and not before:  # neither a folder nor the new ledger tells which days there were
        done.outcome = nightly.run(settings, _reported(settings), documents=documents)
    for report in done.outcome.written.published:
        day = report.day.isoformat()
        edition = before.get(day, _Edition("", "", is_whole=False))
        is_same = _manifest(settings.paths.outbox / day) in {edition.manifest, edition.published} and day in before
        (done.new if not is_same else done.same if edition.is_whole else done.restored).append(day)
    done.same += [day.isoformat() for day in done.outcome.written.unchanged]
    return done


@dataclass(frozen=True, slots=True)
class _Edition:
    """A day's folder before the repair."""

    manifest: str
    """The SHA-256 of the one that lay there."""
    published: str
    """Of the one that was published, where the ledger knows it."""
    is_whole: bool
    """Whether its files are those that its manifest lists."""


def _editions(settings: Settings) -> dict[str, _Edition]:
    """Every day's folder in the outbox."""
    with Ledger(settings.paths.ledger) as ledger:
        published = {day: manifest for day, (_print, manifest) in ledger.publications().items()}
    days = [folder for folder in settings.paths.outbox.iterdir() if outbox.is_day(folder.name)]
    found = {folder.name: _manifest(folder) for folder in days}
    return {
        day: _Edition(sha256, published.get(day, ""), is_whole=outbox.is_whole(settings.paths.outbox, day, sha256))
        for day, sha256 in found.items()
    }


def _is_usable(path: Path, archive: Path) -> bool:
    """Whether the ledger opens, is sound, and knows everything that the journal and the archive hold."""
    told = {one.identity for one, _sidecar in journal.arrivals(archive)}  # one that cannot be read says nothing against the ledger
    if not path.exists():
        return not told and not any(not one.name.startswith(".") for one in archive.iterdir())
    try:
        with Ledger(path) as ledger:
            return not ledger.faults_of_file() and not ledger.damaged() and told <= {*ledger.identities()}
    except PipelineError:
        _raise_if_other_version(path)
        return False
    except Exception:  # noqa: BLE001 - whatever a broken file makes of the library
        return False


def _raise_if_other_version(path: Path) -> None:
    """A ledger of another version is no broken one: it must not be set aside. Raises LedgerError."""
    try:
        Ledger(path).close()
    except PipelineError as error:
        if "版本" in str(error):
            raise


def _set_aside(path: Path) -> Path | None:
    """Give the old ledger another name; it is never removed."""
    if not path.exists():
        return None
    kept = next(one for n in itertools.count(1) if not (one := path.with_name(f"{path.stem}.旧{n}{path.suffix}")).exists())
    path.replace(kept)
    for left in (path.with_name(f"{path.name}-journal"),):
        if left.exists():
            left.replace(kept.with_name(f"{kept.name}-journal"))
    storage.sync_folder(path.parent)
    return kept


# --- the ledger made again ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """All that journal, archive and the old ledger tell."""

    noted: list[Noted]
    transcripts: dict[_Identity, Transcript]
    """What was read from originals that are no longer there, or not whole."""
    lost: list[Arrival]
    """The others of these: nobody knows any more what they said."""


_Identity = tuple[str, str, str]


def _told(path: Path, archive: Path, lying: Path) -> _Told:
    """What is known of every arrival. Raises LedgerError where neither journal nor ledger tells of any."""
    noted, (old, kept) = journal.arrivals(archive), _old(path)
    for sha256, several in journal.removed(archive).items():
        kept |= {(said["path"], sha256, said["received_at"]): _transcript(said) for said in several}
    journalled, all_ = {one.sha256 for one, _sidecar in noted}, {one.sha256 for one, _sidecar in [*noted, *old]}
    held = {sha256 for sha256 in all_ if storage.holds(archive, sha256)}
    held |= _brought_back(all_ - held, archive, lying)
    has_gaps = not noted or bool(journal.unread(archive))  # where it has none, what only a damaged ledger tells is no arrival
    untold = [said for said in old if said[0].sha256 not in journalled]
    noted += [said for said in untold if said[0].sha256 in held or (has_gaps and said[0].identity in kept)]
    if not noted:
        _raise_if_nothing_tells(archive)
    gone = [one for one, _sidecar in noted if one.sha256 not in held]
    transcripts = {one.identity: kept[one.identity] for one in gone if one.identity in kept}
    return _Told(noted, transcripts, [one for one in gone if one.identity not in transcripts])


def _brought_back(missing: set[str], archive: Path, lying: Path) -> set[str]:
    """The missing originals whose very bytes somebody laid into the inbox again: they are in the archive now."""
    found = set()
    for path in (lying / name for name in inbox.lying(lying)) if missing else ():
        with suppress(OSError):  # a name that only looks so, or a file that is being written
            if storage.sha256(path) in missing:
                found.add(storage.copy_into_archive(path, path.lstat(), archive)[0])
    return found & missing


def _raise_if_nothing_tells(archive: Path) -> None:
    there = [one for one in archive.iterdir() if not one.name.startswith(".")]
    if there:
        msg = (
            f"台账和流水簿（{archive.parent / journal.NAME}）都丢失或读不了。存档里有 {len(there)} 个原件，"
            "但没有它们何时、从哪里收到的记录，不能重建。什么都没有改动。"
            "请从备份恢复整个 state 文件夹，或至少恢复其中的流水簿，再运行 doctor --repair。"
        )
        raise LedgerError(msg)


def _old(path: Path) -> tuple[list[Noted], dict[_Identity, Transcript]]:
    """The arrivals of the old ledger, and of those set aside before it, with what they soundly hold of them."""
    earlier = sorted(path.parent.glob(f"{path.stem}.旧*{path.suffix}"), key=lambda one: (len(one.name), one.name), reverse=True)
    arrivals: dict[_Identity, Noted] = {}
    read: dict[_Identity, Transcript] = {}
    for one in [path, *earlier]:
        with suppress(Exception):  # whatever a broken file makes of the library
            noted, known = _readings(one)
            arrivals = {said[0].identity: said for said in noted} | arrivals
            read = known | read
    return list(arrivals.values()), read


def _readings(path: Path) -> tuple[list[Noted], dict[_Identity, Transcript]]:
    """A ledger's arrivals, and what it soundly holds of them."""
    if not path.exists():
        return [], {}
    with Ledger(path) as ledger:
        waiting = {one.id for one in ledger.unread()}
        sound = [one for one in ledger.sound() if one.arrival.id not in waiting]
        read = {one.arrival.identity: Transcript(replace(one.reading, rows=()), write_rows(one.reading.rows)) for one in sound}
        return ledger.arrivals(), read


def _decided(lost: list[Arrival], without: Sequence[str], archive: Path) -> list[Arrival]:
    """The lost arrivals, every one of which the office decided to go on without. Raises LedgerError, ConfigurationError."""
    for beginning in without:
        if not any(one.sha256.startswith(beginning) for one in lost):
            msg = (
                f"--without {beginning}：没有损坏或不见的原件以它开头。什么都没有改动；不带 --without 运行 doctor --repair，会列出有哪些。"
            )
            raise ConfigurationError(msg)
    undecided = [one for one in lost if not one.sha256.startswith(tuple(without))]
    if undecided:
        chosen = dict.fromkeys(one.sha256[:12] for one in lost)
        each = [
            f"  {one.name}，{one.envelope.received_at:%Y-%m-%d %H:%M} 收到，archive/{one.sha256[:12]}…"
            f"（{'已损坏' if (archive / one.sha256).exists() else '不见了'}）"
            for one in undecided
        ]
        lines = [
            f"台账要从存档重建，但有 {len(undecided)} 个原件已损坏或不见了，重建后它们不再计入，数字会变。没有重建，什么都没有改动：",
            *each,
            f"请从备份把这些文件放回 {archive}（文件名开头如上）；备份里没有的，请旗区找出当时的文件，原样放进收件箱。",
            "然后再运行 python run.py doctor --repair。",
            "都没有的，由办公室决定不计入：python run.py doctor --repair " + " ".join(f"--without {one}" for one in chosen),
            "这样收件记录仍保留，当天的问题清单和每次运行都会列出，原件放回以后自动重新计入。",
        ]
        raise LedgerError("\n".join(lines))
    return lost


def _record(path: Path, told: _Told, without: list[Arrival], settings: Settings) -> None:
    """A new ledger with all arrivals; the next run reads the originals that are whole."""
    lost = {one.identity for one in without}
    with Ledger(path) as ledger:
        ledger.record(told.noted)
        unread = ledger.unread()
        ledger.file([(one, told.transcripts[one.identity]) for one in unread if one.identity in told.transcripts])
        ledger.file([(one, _lost(one, settings)) for one in unread if one.identity in lost])


def _lost(one: Arrival, settings: Settings) -> Transcript:
    """The verdict on a file whose content is known no more, until its original is whole again."""
    return Transcript(reading.refused("unreadable/original", one.envelope, settings, one.sha256[:12]), "[]", ("original",))


def _transcript(said: dict[str, Any]) -> Transcript:
    return Transcript(Reading.from_json(said), said["rows"])


def _give_back(settings: Settings, archive: Path, done: Repaired) -> None:
    """Lay originals that nobody knows into the inbox: a run was killed before it noted them, and their sender took them away."""
    known = {one.sha256 for one, _sidecar in journal.arrivals(archive)}
    for path in sorted(archive.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            storage.move(path, settings.paths.inbox / f"恢复的文件_{path.name[:12]}.xlsx")
            done.given_back.append(path.name)


def _reported(settings: Settings) -> list[date]:
    """The days of which there is an accepted report."""
    with Ledger(settings.paths.ledger) as ledger:
        reports = [one.reading for one in ledger.outlines() if not one.arrival.is_assignment]
    return sorted({one.day for one in reports if one.accepted})


def _complete_journal(path: Path, archive: Path) -> int:
    """Note in the journal what only the ledger knows."""
    if not path.exists():
        return 0
    with Ledger(path) as ledger:
        told = {one.identity for one, _sidecar in journal.arrivals(archive)}
        missing = [noted for noted in ledger.arrivals() if noted[0].identity not in told]
    if missing:
        journal.note(archive, missing)
    return len(missing)


def _manifest(folder: Path) -> str:
    """The SHA-256 of the day's manifest; nothing where there is none."""
    try:
        return hashlib.sha256((folder / outbox.MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""
