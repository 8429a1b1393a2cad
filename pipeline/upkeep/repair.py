"""`run.py doctor --repair`: makes the ledger again from the archive and its journal, and the outbox from the ledger.

Covered by tests/upkeep/test_doctor.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.intake import rebuild
from pipeline.intake.rebuild import Mended
from pipeline.ledger.ledger import Ledger
from pipeline.night import nightly
from pipeline.night.outcome import Outcome
from pipeline.publishing import edition_changes, outbox, plan, told_editions
from pipeline.render.documents import ALL, Document
from pipeline.settings.config import Settings
from pipeline.upkeep.doctor import Check

_WHY = (
    "原件是按现在的 config.yaml 重新读的，采用、退回可能与以前不同（见这几天的 findings.csv）。"
    "以前采用、现在整份退回的，多半是单位改了名称、旗区也变了：请把原来的名称写进它的 aliases，再修复一次；"
    "修复以前的结果另存在 state/editions 或 state/replaced。"
)


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was done."""

    mended: Mended
    """In the office's state: ledger, journal and archive."""
    outcome: Outcome
    """Of the run that wrote the days again."""
    same: list[str] = field(default_factory=list)
    """Days (ISO) that came out byte for byte as they were in the outbox."""
    restored: list[str] = field(default_factory=list)
    """Days that are again what was published; what somebody had made of them is kept."""
    new: list[str] = field(default_factory=list)
    """Days that were written, since they were missing or others than what the ledger gives."""
    differing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """How the figures of such a day differ from those that its folder had before the repair, each in a line."""
    is_decided: bool = False
    """Whether the office decided to go on without an original: that figures differ is then no fault."""

    @property
    def figures(self) -> Check:
        """Whether the figures are those of before; else which are others, by their days, and what to do."""
        days = tuple(f"{day} 的数字与修复以前结果文件夹里的不同：{'；'.join(lines)}。" for day, lines in sorted(self.differing.items()))
        name, same = "修复以后的数字", "不同的见下，是按办公室的决定" if days else "与修复以前结果文件夹里的相同"
        return Check(name, same, notes=days) if self.is_decided or not days else Check(name, same, (*days, _WHY))


def repair(settings: Settings, without: Sequence[str] = (), *, documents: tuple[Document, ...] = ALL) -> Repaired:
    """Mend what can be mended. Raises AnotherRunError while a run is under way, LedgerError, ConfigurationError.

    `without`: beginnings of the SHA-256 of originals that are damaged or gone, without which the office decided to go on. Where
    others are, and nothing else holds their content, nothing is touched and LedgerError says what to do.
    """
    mended = rebuild.mend(settings, without)
    plan.forget_checkpoints(settings)  # what they hold is folded again
    before = _editions(settings)
    outcome = nightly.run(settings, sorted(date.fromisoformat(day) for day in before), documents=documents)
    if mended.is_rebuilt and not before:  # neither a folder nor the new ledger shows which days there were
        outcome = nightly.run(settings, _reported(settings), documents=documents)
    repaired = Repaired(mended, outcome, same=[day.isoformat() for day in outcome.written.unchanged], is_decided=bool(without))
    repaired.restored.extend(day.isoformat() for day in outcome.written.restored)
    for report in outcome.written.published:
        day = report.day.isoformat()
        edition = before.get(day)
        if edition is None or _manifest(settings.paths.outbox / day) not in {edition.manifest, edition.published}:
            repaired.new.append(day)
            if edition and (lines := _differing(edition.figures, _figures(settings.paths.outbox / day))):
                repaired.differing[day] = lines
        else:
            (repaired.same if edition.is_whole else repaired.restored).append(day)
    return repaired


@dataclass(frozen=True, slots=True)
class _Edition:
    """A day's folder before the repair."""

    manifest: str
    """The SHA-256 of the manifest that was there; '' for none."""
    published: str
    """The SHA-256 of the one that was published; '' where the ledger knows none."""
    is_whole: bool
    """Whether its files are those that its manifest lists."""
    figures: tuple[Mapping[str, Any], ...]
    """Its `summary.json` and `extensions.json`; none where they cannot be read."""


def _editions(settings: Settings) -> dict[str, _Edition]:
    """Return every day's folder in the outbox, by the day (ISO)."""
    with Ledger(settings.paths.ledger_place) as ledger:
        published = {day: manifest for day, (_made_from, manifest) in ledger.publications().items()}
    editions = {}
    for folder in settings.paths.outbox.iterdir():
        if outbox.is_day(day := folder.name):
            manifest = _manifest(folder)
            is_whole = outbox.is_whole(settings.paths.outbox, day, manifest)
            editions[day] = _Edition(manifest, published.get(day, ""), is_whole, _figures(folder))
    return editions


def _figures(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """Return `summary.json` and `extensions.json` of a day; none where one is not what its manifest lists, so that nobody published it."""
    with suppress(OSError, ValueError, LookupError, TypeError):
        listed = json.loads((folder / outbox.MANIFEST).read_bytes())["outputs"]
        read = {name: (folder / name).read_bytes() for name in ("summary.json", "extensions.json")}
        if all(hashlib.sha256(content).hexdigest() == listed[name] for name, content in read.items()):
            return tuple(map(json.loads, read.values()))
    return ()


def _differing(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return how the figures differ, of the whole and of each unit."""
    with suppress(LookupError, TypeError, AttributeError, ValueError):  # a folder that somebody had changed
        if before and after:
            found = edition_changes.between(dict(before[0]), dict(after[0]))
            return (*found.figures, *told_editions.of_units(before[1], after[1], with_names=False))
    return ()


def _manifest(folder: Path) -> str:
    """Return the SHA-256 of the day's manifest; '' where there is none."""
    try:
        return hashlib.sha256((folder / outbox.MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return ""


def _reported(settings: Settings) -> list[date]:
    """Return the days of which there is an accepted report."""
    with Ledger(settings.paths.ledger_place) as ledger:
        outlines = ledger.outlines()
    return sorted({file.reading.day for file in outlines if file.reading.accepted and not file.arrival.is_assignment})
