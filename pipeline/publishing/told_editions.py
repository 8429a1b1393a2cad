"""What was published when, and how each edition differs from the one before: for the terminal, the board and the letters.

Covered by tests/publishing/test_editions.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pipeline.ledger import edition_files, editions, places
from pipeline.ledger.editions import Edition
from pipeline.ledger.journal import EditionNote
from pipeline.ledger.ledger import Ledger
from pipeline.publishing import edition_changes, own_cases
from pipeline.publishing.edition_changes import Changes, Replaced
from pipeline.publishing.own_cases import OwnByEdition
from pipeline.render import extension_files, file_names
from pipeline.settings.config import Settings
from pipeline.settings.units import other_names
from pipeline.terms import messages, words

_MOST_UNITS: Final = 50
"""So many units are named of those whose files are other ones."""
_NONCE: Final = re.compile(rb"'nonce-[^']*'|\"nonce\": ?\"[^\"]*\"")
_OF_UNIT: Final = "of_unit"
"""Under this name the folder of a unit stands in what an edition said of that unit alone."""


@dataclass(frozen=True, slots=True)
class ToldEdition:
    """One edition, and how it differs from the one before."""

    note: EditionNote
    changes: Changes | None
    """None for a day's first, and where what one of the two said is no longer there."""
    files: tuple[str, ...]
    """The files that are new, other than before, or gone."""

    @property
    def is_first(self) -> bool:
        """Whether no edition of the day was before it."""
        return self.note.number == 1

    @property
    def heading(self) -> str:
        """Its number and when it was published."""
        return f"第 {self.note.number} 版  {self.note.published_at:%Y-%m-%d %H:%M} 写出"

    @property
    def lines(self) -> tuple[str, ...]:
        """How it differs from the one before, line by line; nothing for a day's first."""
        if self.is_first:
            return ()
        if self.changes is None:
            return ("前一版的内容已经不在，无法比较",)
        if not self.changes:
            return (f"数字和案件没有变化，有变化的文件：{'、'.join(self.files)}",)
        return (*self.changes.figures, *_units_named(self.files), *(f"案件 {line}" for line in self.changes.cases))


def days(settings: Settings) -> list[date]:
    """Return every day of which an edition is kept, in order; none where no run has been yet. Raises LedgerError."""
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        return sorted({noted.day for noted in editions.notes(ledger)})


def of_day(settings: Settings, day: date) -> list[ToldEdition]:
    """Return the day's editions, in order; none where no run has been yet. Raises LedgerError."""
    return told(_of_day(settings, day), settings.paths.editions)


def replaced(settings: Settings, day: date) -> dict[int, Replaced]:
    """Return the day's editions that were replaced, by their numbers, as far as what they said is kept. Raises LedgerError."""
    listed = _of_day(settings, day)
    limit, is_corrected = settings.on(day).calendar.last_moment(day), any(edition.is_correction for edition in listed[-1:])

    def how(edition: Edition) -> str:
        if edition.note.published_at <= limit:
            return edition_changes.BEFORE_CUT_OFF
        return edition_changes.CORRECTED if is_corrected else edition_changes.AGAIN

    return {edition.note.number: Replaced(figures, how(edition)) for edition in listed[:-1] if (figures := edition.figures)}


def said(settings: Settings, days: Iterable[date]) -> dict[date, dict[int, dict[str, Any]]]:
    """Return what all editions of these days said, by their numbers, as far as it is kept. Raises LedgerError."""
    return {day: {edition.note.number: figures for edition in _of_day(settings, day) if (figures := edition.figures)} for day in days}


def headline(settings: Settings, day: date) -> dict[str, str]:
    """Return the lines that the day's newest edition begins with, by their names. Raises LedgerError."""
    return next((edition.headline for edition in _of_day(settings, day)[-1:]), {})


def last_published(settings: Settings, day: date) -> datetime | None:
    """Return when the day's newest edition was published, in the office's zone; None where none is kept. Raises LedgerError."""
    notes = [edition.note.published_at for edition in _of_day(settings, day)[-1:]]
    return notes[0].astimezone(settings.calendar.zone) if notes else None


def _of_day(settings: Settings, day: date) -> list[Edition]:
    places.check_there(settings.paths)
    if not places.exists(settings.paths.ledger_place):
        return []
    with Ledger(settings.paths.ledger_place) as ledger:
        return editions.of_day(ledger, day)


def for_district(settings: Settings, district: str, days: Iterable[date]) -> dict[date, list[ToldEdition]]:
    """Return by day the later editions of these days that differ in what is the district's own, told of that alone."""
    by_day: dict[date, list[ToldEdition]] = {}
    if places.exists(settings.paths.ledger_place):
        with Ledger(settings.paths.ledger_place) as ledger:
            for day in sorted(set(days), reverse=True):
                of_one_day = editions.of_day(ledger, day)
                mine = own_cases.read(district, of_one_day, settings.paths.editions) if len(of_one_day) > 1 else None
                if differing := [edition for edition in told(of_one_day, settings.paths.editions, mine) if mine and edition.changes]:
                    by_day[day] = differing
    return by_day


def told(of_one_day: list[Edition], kept: Path, mine: OwnByEdition | None = None) -> list[ToldEdition]:
    """Return a day's editions, given in order, each with how it differs from the one before; `kept`: where their files are."""
    before = dict(zip((edition.note.number + 1 for edition in of_one_day), of_one_day, strict=True))
    pairs = [(before.get(edition.note.number), edition) for edition in of_one_day]
    return [ToldEdition(later.note, changes(earlier, later, kept, mine), _other_files(earlier, later, kept)) for earlier, later in pairs]


def changes(before: Edition | None, after: Edition, kept: Path | None = None, own: OwnByEdition | None = None) -> Changes | None:
    """Return how the later edition differs from the earlier; None where what one of them said is no longer there.

    `kept`: where their files are, for exemptions and answers.
    """
    earlier, later = before.figures if before else None, after.figures
    if before is None or earlier is None or later is None:
        return None
    read = _extensions(before, after, kept) if kept else None
    if read:
        earlier, later = (_with_refused_sheets(said, beyond) for said, beyond in zip((earlier, later), read, strict=True))
    renamed = edition_changes.with_names(earlier, before.districts, after.districts)
    found = edition_changes.between(renamed, later, own.between(before, after) if own else None)
    if own:
        return replace(found, figures=(*_urgent_lines(before, after, own), *found.figures))
    more = _beyond_lines(*read, before, after) if read else ()
    return replace(found, figures=(*_asked_lines(before, after), *found.figures, *more))


def _beyond_lines(then: dict[str, Any], now: dict[str, Any], before: Edition, after: Edition) -> Iterator[str]:
    """Yield which units have other districts, and how exemptions and answers differ; of one unit what is its own."""
    folder = str(json.loads(after.manifest).get(_OF_UNIT, ""))
    yield from of_units(edition_changes.with_names(then, before.districts, after.districts), now, folder)
    if not folder:
        yield from edition_changes.beyond(then, now, before.districts, after.districts)


def of_units(then: Mapping[str, Any], now: Mapping[str, Any], folder: str = "", *, with_names: bool = True) -> Iterator[str]:
    """Yield which levels above the districts have other districts, and how their figures differ, from two `extensions.json`.

    `folder`: of which unit it is told; its own figures are told with its `summary.json`. `with_names`: another name of a unit too.
    """
    before, later = ({unit["unit"]: unit for unit in said.get("units", ())} for said in (then, now))
    also = other_names(*({name: unit["districts"] for name, unit in each.items()} for each in (before, later)))
    earlier = {also.get(name, name): unit for name, unit in before.items()}
    for name in {**later, **earlier}:
        was, stands = earlier.get(name), later.get(name)
        place = (stands or was or {})["folder"]
        if not f"{place}/".startswith(f"{folder}/" if folder else ""):
            continue
        if was is None or stands is None:
            yield f"旗区之上的级别：{'增加' if stands else '去掉'}{name}"
            continue
        if with_names and was["unit"] != name:
            yield f"旗区之上的级别：{was['unit']}改名{name}"
        moved = [
            f"{word}{'、'.join(names)}"
            for word, one, other in (("去掉", was, stands), ("增加", stands, was))
            if (names := [name for name in one["districts"] if name not in other["districts"]])
        ]
        if moved:
            yield f"{stands['unit']}的旗区（旗区之上的级别改了）：{'，'.join(moved)}"
        yield from _unit_figures(was, stands) if place != folder else ()


def _units_named(files: Iterable[str]) -> Iterator[str]:
    """Yield which units' files are other ones, by the folders in which these stand."""
    ways = dict.fromkeys(PurePosixPath(name).parent.parts[1:] for name in files if name.startswith(f"{file_names.UNITS}/"))
    if named := ["".join(way) for way in ways]:
        yield f"文件有变化的单位 {len(named)} 个：{'、'.join(named[:_MOST_UNITS])}{'等' if len(named) > _MOST_UNITS else ''}"


def _unit_figures(was: Mapping[str, Any], stands: Mapping[str, Any]) -> Iterator[str]:
    groups = {target["group"]: target for target in was["targets"]}
    for target in stands["targets"]:
        before = groups.get(target["group"], {"resolved": 0, "total": 0})
        counts = [f"{each['resolved']}/{each['total']}" for each in (before, target)]
        if counts[0] != counts[1]:
            yield f"{stands['unit']}（{target['group']}）：已化解/总数 {counts[0]} → {counts[1]}"


def _extensions(before: Edition, after: Edition, kept: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return what both said beyond the contract; None where the file of one of the two is gone, or it never had one."""
    read = [edition_files.read(kept, edition.outputs.get(extension_files.NAME, "")) for edition in (before, after)]
    return (json.loads(read[0]), json.loads(read[1])) if read[0] and read[1] else None


def _with_refused_sheets(figures: dict[str, Any], beyond: dict[str, Any]) -> dict[str, Any]:
    """Return the figures with the sheets of each report that were refused whole: without them it seems to have come in time."""
    sheets = {line["district"]: line["sheets"] for line in beyond.get("refused_sheets", ())}
    told = [entry | {"refused_sheets": sheets.get(entry["district"], [])} for entry in figures.get("submissions", ())]
    return figures | {"submissions": told}


def of_unit(edition: Edition, folder: str, kept: Path) -> Edition:
    """Return what an edition said of one level above the districts, by its folder; as one that is lost where it said nothing of it."""
    summary = edition_files.read(kept, edition.outputs.get(f"{folder}/{editions.SUMMARY}", "")) or b""
    try:
        manifest = json.loads(edition.manifest)
        told = manifest["units"][folder]
    except (ValueError, LookupError, TypeError):
        return replace(edition, summary=summary)
    return replace(edition, summary=summary, manifest=json.dumps({**manifest, **told, _OF_UNIT: folder}).encode())


def _urgent_lines(before: Edition, after: Edition, own: OwnByEdition) -> Iterator[str]:
    """Yield which urgent matters of a district only one of the two has; nothing where the workbook of one is gone."""
    then, now = (own.urgent.get(edition.note.manifest) for edition in (before, after))
    if then is not None and now is not None:
        yield from (f"急报事项：去掉 {messages.shorten(matter)}" for matter in sorted(then - now))
        yield from (f"急报事项：增加 {messages.shorten(matter)}" for matter in sorted(now - then))


def _asked_lines(before: Edition, after: Edition) -> Iterator[str]:
    """Yield where the two begin with another line about what is asked: the figures for programs do not tell requests."""
    # Told on a later day: the edition's own day is not today.
    then, now = (edition.headline.get(words.ASKED, "").replace("今日", "当日") for edition in (before, after))
    if then and now and then != now:
        yield f"{words.ASKED}：{then} → {now}"


def _other_files(before: Edition | None, after: Edition, kept: Path) -> tuple[str, ...]:
    earlier, later = before.outputs if before else {}, after.outputs
    differing = sorted(name for name in {**earlier, **later} if earlier.get(name) != later.get(name))
    return tuple(name for name in differing if not _reads_the_same(name, (earlier.get(name), later.get(name)), kept))


def _reads_the_same(name: str, sums: Iterable[str | None], kept: Path) -> bool:
    """Whether a page differs only by what lets it load the case index, which is another with every change of any unit's cases."""
    if not name.endswith(".html"):
        return False
    pages = [edition_files.read(kept, sha256) if sha256 else None for sha256 in sums]
    return all(pages) and len({_NONCE.sub(b"", page) for page in pages if page}) == 1


def as_lines(by_day: Mapping[date, Iterable[ToldEdition]]) -> Iterator[str]:
    """Yield what was published when, and how each edition differs from the one before, for the terminal."""
    if not any(by_day.values()):
        yield "还没有写出过，或各版已过保存期。"
    for day, of_one_day in by_day.items():
        yield f"{day}"
        for edition in of_one_day:
            yield f"  {edition.heading}{'' if edition.is_first else '，与前一版不同的：'}"
            yield from (f"    {line}" for line in edition.lines)


def as_json(by_day: Mapping[date, Iterable[ToldEdition]]) -> str:
    """Return the same for programs; figures and cases are null for a day's first edition and where nothing can be compared."""
    told_of_days = [
        {
            "day": day.isoformat(),
            "editions": [
                {
                    "number": edition.note.number,
                    "published_at": edition.note.published_at.isoformat(timespec="seconds"),
                    "manifest": edition.note.manifest,
                    "figures": None if edition.changes is None else list(edition.changes.figures),
                    "cases": None if edition.changes is None else list(edition.changes.cases),
                    "files": [] if edition.is_first else list(edition.files),
                }
                for edition in of_one_day
            ],
        }
        for day, of_one_day in by_day.items()
    ]
    return json.dumps(told_of_days, ensure_ascii=False, indent=1)
