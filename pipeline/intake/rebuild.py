"""The office's state put right (`doctor --repair`): the ledger made again from the archive and its journal, the journal from the ledger.

Covered by tests/upkeep/test_doctor.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.disk import storage
from pipeline.disk.originals import Originals
from pipeline.intake import district_names, found_results, inbox, soundness, standing_editions, unexplained_days
from pipeline.intake.found_results import Standing
from pipeline.ledger import edition_files, editions, journal, kept_districts, one_run, places, published_rules
from pipeline.ledger.journal import EditionNote, Identity, Noted
from pipeline.ledger.kept_districts import NOBODY
from pipeline.ledger.ledger import Ledger
from pipeline.reading import reading
from pipeline.reading.reading import Transcript
from pipeline.settings.config import Paths, Settings
from pipeline.settings.places import LedgerPlace, LedgerServer
from pipeline.terms.errors import ConfigurationError, DamagedLedgerError, LedgerError, OtherVersionError
from pipeline.terms.handed_in import LEFT_OUT, Arrival, Envelope, LeftOut
from pipeline.terms.rows import write_rows


@dataclass(frozen=True, slots=True)
class Mended:
    """What was put right."""

    is_rebuilt: bool
    """Whether the ledger was made again."""
    ledger_kept: str | None
    """Where the ledger that could not be used is now."""
    without: list[Arrival]
    """Arrivals whose original is damaged or gone and which the office decided to go on without."""
    set_aside: list[int]
    """The numbers of the journal's lines that could not be read and are in a file of their own now."""
    noted: int
    """Arrivals added to the journal."""
    taken_again: list[Arrival]
    """Arrivals that only the manifests of published days still told of, whose original is in the archive."""
    given_back: list[str]
    """The SHA-256 of originals without an arrival, which are in the inbox again."""
    editions_lost: list[EditionNote]
    """Editions of which a file is gone or changed, and nobody has it any more."""


def mend(settings: Settings, without: Sequence[str]) -> Mended:
    """Make a ledger that is gone or damaged again, and bring journal and archive in line with it.

    `without`: beginnings of the SHA-256 of originals that are damaged or gone, or that only a published day names, without which the
    office decided to go on. Where others are, and nothing else holds their content, nothing is touched and LedgerError says what to do.
    Raises AnotherRunError while a run is under way.
    """
    paths = settings.paths
    for folder in (paths.inbox, paths.outbox, paths.archive):
        storage.make_folder(folder)
    with one_run.hold(paths):
        storage.sweep(paths.outbox, paths.state, paths.archive, paths.editions)
        storage.sweep(paths.periods, named=storage.SPAN)
        standing = found_results.look(paths)
        about_originals = unexplained_days.check(paths, standing_editions.check(settings, standing, without))
        left_out = standing_editions.decided(settings, standing, without)
        is_usable = _is_usable(paths)
        if is_usable and about_originals:
            msg = "台账完好，没有要重建的，--without 用不上。损坏或不见的原件请从备份放回存档。"
            raise ConfigurationError(msg)
        if not is_usable:
            district_names.check_noted(settings)
        kept, lost = (None, []) if is_usable else _rebuild(settings, about_originals)
        set_aside, noted = journal.set_unread_aside(paths.archive), _complete_journal(paths.ledger_place, paths.archive)
        journal.note_said_before(paths.archive, standing_editions.said_before(settings, standing, left_out))
        journal.note_left_out(paths.archive, left_out)
        unexplained_days.put_by(paths)
        return Mended(
            is_rebuilt=not is_usable,
            ledger_kept=kept,
            without=lost,
            set_aside=set_aside,
            noted=noted,
            taken_again=_take_again(paths),
            given_back=_give_back(paths),
            editions_lost=_mend_editions(settings, standing),
        )


def _is_usable(paths: Paths) -> bool:
    """Return whether the ledger opens, is sound, and knows everything that the journal and the archive hold."""
    # A line of the journal that cannot be read is no witness against the ledger.
    place, archive = paths.ledger_place, paths.archive
    if not places.exists(place):
        return not journal.arrivals(archive) and not soundness.originals(paths).names()
    try:
        with Ledger(place) as ledger:
            return not ledger.store.damage() and not ledger.damaged() and not soundness.untold(ledger, archive)
    except OtherVersionError:  # it is not broken, and must not be set aside
        raise
    except Exception as error:  # whatever a broken file makes of the library
        if isinstance(place, LedgerServer) and not isinstance(error, DamagedLedgerError):  # nor a server's that does not answer
            raise
        return False


def _rebuild(settings: Settings, without: Sequence[str]) -> tuple[str | None, list[Arrival]]:
    """Make the ledger again, and return where the old one is now, and the arrivals whose content is lost."""
    paths = settings.paths
    records = _gather(paths)
    _check_decided(records.lost, without, soundness.originals(paths))
    # First: once the new ledger is there, the office is not asked any more.
    given_up = standing_editions.give_up(settings, {arrival.sha256 for arrival in records.lost}) if records.lost else []
    kept = places.database(paths.ledger_place).set_aside()
    _record(records, settings, {file.sha256: file for file in given_up})
    return kept, records.lost


# --- what is known of every arrival ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Records:
    """All that journal, archive and the old ledgers hold."""

    noted: list[Noted]
    transcripts: dict[Identity, Transcript]
    """What was read from originals that are no longer there, or not whole."""
    lost: list[Arrival]
    """The others of these: nobody knows any more what they held."""


def _gather(paths: Paths) -> _Records:
    """Return what is known of every arrival. Raises LedgerError where neither journal nor ledger has any."""
    archive = paths.archive
    noted, (old, transcripts) = journal.arrivals(archive), _old_ledgers(paths.ledger_place)
    transcripts |= journal.transcripts(archive)
    journalled = {arrival.sha256 for arrival, _sidecar in noted}
    sums = journalled | {arrival.sha256 for arrival, _sidecar in old}
    damaged = soundness.originals(paths).damaged(sums)
    damaged -= _bring_back(damaged, paths)
    has_gaps = not noted or bool(journal.unread(archive))  # where it has none, what only a damaged ledger holds is no arrival
    for arrival, sidecar in old:
        is_told = arrival.sha256 not in damaged or (has_gaps and arrival.identity in transcripts)
        if arrival.sha256 not in journalled and is_told:
            noted.append((arrival, sidecar))
    if not noted:
        _raise_if_nothing_tells(soundness.originals(paths))
    gone = [arrival for arrival, _sidecar in noted if arrival.sha256 in damaged]
    remembered = {arrival.identity: transcripts[arrival.identity] for arrival in gone if arrival.identity in transcripts}
    return _Records(noted, remembered, [arrival for arrival in gone if arrival.identity not in remembered])


def _bring_back(missing: set[str], paths: Paths) -> set[str]:
    """Archive the missing originals whose very bytes somebody put into the inbox again, and return which."""
    back, archive = set[str](), soundness.originals(paths)
    for path in (paths.inbox / name for name in inbox.report_names(paths.inbox)) if missing else ():
        with suppress(OSError):  # a name that only looks so, or a file that is being written
            if storage.sha256(path) in missing:
                back.add(archive.take(path, path.lstat())[0])
    archive.settle(back)
    return back & missing


def _raise_if_nothing_tells(archive: Originals) -> None:
    if originals := archive.names():
        msg = (
            f"台账和流水簿（{archive.folder.parent / journal.NAME}）都丢失或读不了。存档里有 {len(originals)} 个原件，"
            "但没有它们何时、从哪里收到的记录，不能重建。什么都没有改动。"
            "请从备份恢复整个 state 文件夹，或至少恢复其中的流水簿，再运行 doctor --repair。"
        )
        raise LedgerError(msg)


def _old_ledgers(place: LedgerPlace) -> tuple[list[Noted], dict[Identity, Transcript]]:
    """Return the arrivals of the old ledger, and of those set aside before it, with what they soundly hold of them."""
    arrivals: dict[Identity, Noted] = {}
    transcripts: dict[Identity, Transcript] = {}
    for ledger in [place, *places.database(place).earlier()]:
        with suppress(Exception):  # whatever a broken file makes of the library
            noted, sound = _old_ledger(ledger)
            arrivals = {arrival.identity: (arrival, sidecar) for arrival, sidecar in noted} | arrivals
            transcripts = sound | transcripts
    return list(arrivals.values()), transcripts


def _old_ledger(place: LedgerPlace) -> tuple[list[Noted], dict[Identity, Transcript]]:
    """Return a ledger's arrivals, and what it soundly holds of them."""
    if not places.exists(place):
        return [], {}
    with Ledger(place) as ledger:
        ledger.districts = NOBODY  # as they are kept, like in the journal
        failed = ledger.sound_faults()
        sound = {
            file.arrival.identity: Transcript(replace(file.reading, rows=()), write_rows(file.reading.rows))
            for file in ledger.sound()
            if file.arrival.id not in failed
        }
        return ledger.sound_arrivals(), sound


def _check_decided(lost: list[Arrival], without: Sequence[str], archive: Originals) -> None:
    """Raise LedgerError where the office has not decided to go on without each of these, ConfigurationError where it named another."""
    for beginning in without:
        if not any(arrival.sha256.startswith(beginning) for arrival in lost):
            msg = (
                f"--without {beginning}：没有损坏或不见的原件以它开头。什么都没有改动；不带 --without 运行 doctor --repair，会列出有哪些。"
            )
            raise ConfigurationError(msg)
    undecided = [arrival for arrival in lost if not arrival.sha256.startswith(tuple(without))]
    if undecided:
        options = " ".join(f"--without {beginning}" for beginning in dict.fromkeys(arrival.sha256[:12] for arrival in lost))
        lines = [
            f"台账要从存档重建，但有 {len(undecided)} 个原件已损坏或不见了，重建后它们不再计入，数字会变。没有重建，什么都没有改动：",
            *(
                f"  {arrival.name}，{arrival.envelope.received_at:%Y-%m-%d %H:%M} 收到，archive/{arrival.sha256[:12]}…"
                f"（{'已损坏' if archive.exists(arrival.sha256) else '不见了'}）"
                for arrival in undecided
            ),
            f"请从备份把这些文件放回 {archive.where}（文件名开头如上）；备份里没有的，请旗区找出当时的文件，原样放进收件箱。",
            "然后再运行 python run.py doctor --repair。",
            f"都没有的，由办公室决定不计入：python run.py doctor --repair {options}",
            "这样收件记录仍保留，当天的问题清单和每次运行都会列出，原件放回以后自动重新计入。",
        ]
        raise LedgerError("\n".join(lines))


# --- what is written ---------------------------------------------------------------------------------------------


def _record(records: _Records, settings: Settings, given_up: Mapping[str, LeftOut]) -> None:
    """Make a new ledger with all arrivals; the next run reads the originals that are whole.

    `given_up`: by their SHA-256, what published days tell of those that are lost.
    """
    lost = {arrival.identity for arrival in records.lost}
    with Ledger(settings.paths.ledger_place) as ledger:
        ledger.record(records.noted)
        district_names.align(ledger, settings)
        unread = ledger.unread()
        readable = [arrival for arrival in unread if arrival.identity in records.transcripts]
        name = ledger.districts.name
        ledger.file([(arrival, kept_districts.renamed(records.transcripts[arrival.identity], name)) for arrival in readable])
        ledger.file([(arrival, _lost(arrival, settings, given_up.get(arrival.sha256))) for arrival in unread if arrival.identity in lost])


def _lost(arrival: Arrival, settings: Settings, told: LeftOut | None) -> Transcript:
    """Return the verdict on a file whose content is known no more, until its original is whole again.

    `told`: what published days tell of it.
    """
    refused = reading.refused("unreadable/original", arrival.envelope, settings, arrival.sha256[:12])
    if told and told.district and not arrival.is_assignment:
        refused = replace(refused, day=told.day, district=told.district)
    return Transcript(refused, "[]", ("original",))


def _complete_journal(place: LedgerPlace, archive: Path) -> int:
    """Note in the journal what only the ledger knows, and return how many arrivals."""
    if not places.exists(place):
        return 0
    with Ledger(place) as ledger:
        return soundness.complete_journal(ledger, archive)


def _mend_editions(settings: Settings, standing: Sequence[Standing]) -> list[EditionNote]:
    """Bring ledger, journal and contents of the editions in line, and return those of which something is lost."""
    paths = settings.paths
    with Ledger(paths.ledger_place) as ledger:
        editions.align(ledger, paths.archive, paths.editions)
        standing_editions.note(ledger, settings, standing)
        for noted, lacking in editions.lacking(ledger, paths.editions).items():
            edition = next(edition for edition in editions.held_of_day(ledger, noted.day) if edition.note == noted)
            listed = [(name, sha256) for name, sha256 in edition.outputs.items() if sha256 in lacking]
            found = standing_editions.files_of(paths.outbox / noted.day.isoformat(), listed)
            edition_files.replace(paths.editions, [content for content in (*found, edition.manifest, edition.summary) if content], lacking)
        editions.mend(ledger, paths.editions)
        published_rules.mend(ledger, paths.outbox)
        return list(editions.lacking(ledger, paths.editions))


def _take_again(paths: Paths) -> list[Arrival]:
    """Record originals that nobody knows but published days, as what arrived when their manifests say, and return the arrivals."""
    noted = {arrival.sha256 for arrival, _sidecar in journal.arrivals(paths.archive)}
    archive = soundness.originals(paths)
    unknown = {name for name in archive.names() if name not in noted and archive.has(name)}
    told: dict[Identity, Arrival] = {}
    for edition in journal.editions(paths.archive) if unknown else ():  # a manifest that nobody noted may be a stranger's
        manifest = edition_files.read(paths.editions, edition.manifest) or b""
        if any(sha256.encode() in manifest for sha256 in unknown):
            files = [file for file in json.loads(manifest)["inputs"] if file["sha256"] in unknown and file["role"] != LEFT_OUT]
            told |= {arrival.identity: arrival for arrival in (_told(file, paths.archive) for file in files)}
    again = sorted(told.values(), key=lambda arrival: arrival.envelope.received_at)
    if again:
        with Ledger(paths.ledger_place) as ledger:
            ledger.record([(arrival, None) for arrival in again])
        journal.note(paths.archive, [(arrival, None) for arrival in again])
    return again


def _told(file: Mapping[str, str], archive: Path) -> Arrival:
    """Return an arrival as the manifest of a published day tells it."""
    path, sha256 = file["path"], file["sha256"]
    envelope = Envelope(datetime.fromisoformat(file["received_at"]))
    is_assignment = file["role"].startswith("assignment")
    return Arrival(0, path, path.rpartition("/")[2], sha256, (archive / sha256).stat().st_size, envelope, is_assignment)


def _give_back(paths: Paths) -> list[str]:
    """Put originals that nobody knows into the inbox: a run was killed before it noted them, and their sender took them away."""
    noted = {arrival.sha256 for arrival, _sidecar in journal.arrivals(paths.archive)}
    archive = soundness.originals(paths)
    unknown = [name for name in archive.names() if name not in noted]
    for name in unknown:
        archive.give(name, paths.inbox / f"恢复的文件_{name[:12]}.xlsx")
    return unknown
