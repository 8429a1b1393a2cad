"""Days computed once more under other settings, as if these had always held, beside what is published of them; nothing is written.

Covered by tests/night/test_rehearsal.py.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from pipeline.day import known_when
from pipeline.ledger import edition_files, editions, journal, lost_files, published_rules
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.published_rules import PublishedUnder
from pipeline.publishing import edition_changes, inputs, outbox
from pipeline.publishing.inputs import Outlines
from pipeline.publishing.plan import Plan, to_look_at
from pipeline.render import extension_files, files_for_programs
from pipeline.report.rehearsed import BEYOND
from pipeline.report.report import Report
from pipeline.settings import read_by
from pipeline.settings.config import Settings
from pipeline.terms.errors import NothingToConsolidateError
from pipeline.terms.handed_in import Filed


def read_as_now(ledger: Ledger, office: Settings) -> set[int]:
    """Return the arrivals of which it is known that they were read by this program under the office's settings as they are now.

    No reading says under what it was made. But a run reads and publishes: where the first day that shows a file has one edition, and that
    was written under what holds now, the file was read so too. Of what holds only that counts which decides what a file says, where it was
    noted with the day.
    """
    program, digests, read_now = inputs.digest_of_program(office), dict[int, str](), read_by.digest(office)
    numbers: dict[str, int] = {}
    for noted in editions.notes(ledger):
        numbers[noted.day.isoformat()] = max(noted.number, numbers.get(noted.day.isoformat(), 0))
    published = sorted(ledger.publications())
    under, trusted = published_rules.by_day(ledger), set[str]()
    for day in published:
        held = office.on(date.fromisoformat(day))
        if id(held) not in digests:
            digests[id(held)] = inputs.digest_of_rules(held, program)
        kept = under.get(day)
        is_read_so = kept is not None and (kept.rules.get("read_by", "") == read_now or _is_older(kept, digests[id(held)]))
        if numbers.get(day) == 1 and is_read_so:
            trusted.add(day)
    shown = ((file, bisect_left(published, file.reading.day.isoformat())) for file in ledger.outlines())
    return {file.arrival.id for file, at in shown if at < len(published) and published[at] in trusted}


def _is_older(noted: PublishedUnder, digest: str) -> bool:
    """Whether a program that did not note by what it read wrote a day under what has that digest."""
    return "read_by" not in noted.rules and noted.digest == digest


def published(ledger: Ledger, settings: Settings, days: Sequence[date]) -> dict[date, Any]:
    """Return what the newest edition of each published day says, with the districts' names of these settings."""
    noted, now = ledger.publications(), {district.code: district.name for district in settings.districts}
    found: dict[date, Any] = {}
    for day in days:
        files = _published_files(ledger, settings, day) if day.isoformat() in noted else None
        with suppress(ValueError, LookupError, TypeError, AttributeError):  # anybody may have written it
            if files:
                then = json.loads(files[outbox.MANIFEST]).get("rules", {}).get("districts", {})
                found[day] = edition_changes.with_names(_told(files), then, now)
    return found


def _told(files: Mapping[str, bytes]) -> Any:  # noqa: ANN401 - JSON
    """Return figures, and where the edition has them, clocks and hints: what is compared of a day."""
    beyond = json.loads(files[extension_files.NAME]) if extension_files.NAME in files else None
    return json.loads(files[editions.SUMMARY]) | {BEYOND: beyond}


def _published_files(ledger: Ledger, settings: Settings, day: date) -> dict[str, bytes] | None:
    """Return manifest and figures of the newest edition, with clocks and hints if it has them: as the state keeps them, else the outbox."""
    newest = next(reversed(editions.held_of_day(ledger, day)), None)
    kept = _kept(settings, newest.outputs.get(extension_files.NAME, "")) if newest else None
    beyond = {extension_files.NAME: kept} if kept else {}
    if newest and not newest.is_damaged:
        return {outbox.MANIFEST: newest.manifest, editions.SUMMARY: newest.summary} | beyond
    names, folder = (outbox.MANIFEST, editions.SUMMARY), settings.paths.outbox / day.isoformat()
    with suppress(OSError):
        return {name: (folder / name).read_bytes() for name in names} | beyond
    summary = _kept(settings, newest.outputs.get(editions.SUMMARY, "")) if newest else None
    return {outbox.MANIFEST: newest.manifest, editions.SUMMARY: summary} | beyond if newest and summary else None


def _kept(settings: Settings, sha256: str) -> bytes | None:
    return edition_files.read(settings.paths.editions, sha256) if sha256 else None


def computed(ledger: Ledger, settings: Settings, days: Sequence[date]) -> Iterator[Report]:
    """Go through these days as they would be published today by the office's own settings. Raises NothingToConsolidateError."""
    yield from _reports(to_look_at(ledger, settings, days)) if days else ()


def rehearsed(
    ledger: Ledger, settings: Settings, files: Sequence[Filed], again: Mapping[int, Filed], days: Sequence[date]
) -> Iterator[Report]:
    """Go through these days as they would be if the settings had always been these; no day keeps the rules of its publication.

    `files`: what the ledger holds, as it is under these settings; `again`: those with their rows that were read again.
    Raises NothingToConsolidateError.
    """
    outlines, archive = Outlines.of(files), settings.paths.archive
    if not outlines.assignments:
        msg = "按要试的设置，没有一份案件包案任务分解表可以用，算不出数字；什么都没有改动。"
        raise NothingToConsolidateError(msg)
    yield from _reports(
        Plan(
            settings=settings,
            present=settings,
            ledger=ledger,
            documents=(),
            outlines=outlines,
            manifests={},
            given=(),
            under={},
            program="",
            left_out=lost_files.left_out(archive, files, ledger),
            said_before=journal.said_before(archive),
            days=[*days],
            loaded=again,
        )
    )


def _reports(drawn: Plan) -> Iterator[Report]:
    from pipeline.report import compose

    states = known_when.fold(drawn.facts, drawn.settings, drawn.days)
    for day in drawn.days:
        yield compose.build(states.pop(day), drawn.sources(day, ()), drawn.settings)


def with_names(summary: Any, then: Settings, now: Settings) -> Any:  # noqa: ANN401 - JSON
    """Return what a summary says with the districts' names of other settings: another name is no other figure."""
    names, later = ({district.code: district.name for district in settings.districts} for settings in (then, now))
    return edition_changes.with_names(summary, names, later)


def figures(report: Report) -> Any:  # noqa: ANN401 - JSON
    """Return what a day's `summary.json` would say, with clocks and hints."""
    return json.loads(files_for_programs.summary(report)) | {BEYOND: extension_files.compared(report)}
