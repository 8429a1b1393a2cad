"""How everything stood at the end of earlier nights, kept so that the next one folds a day or two and not years (decision 37).

A cache: each file is named by its day and by the digest of everything that it was made from, so that one of other facts, rules or another
program is not even opened; whoever deletes it loses time and nothing else. `doctor` folds anew and compares.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pipeline.day import (
    answers,
    case_book,
    cases,
    disputes,
    doubts,
    earlier_matters,
    exemptions,
    moves,
    refused_matters,
    reports_before,
    requests,
    standing,
    targets,
)
from pipeline.day.beginning import Beginning, Snapshot
from pipeline.disk import own_code, storage
from pipeline.settings.config import Settings
from pipeline.terms import case_numbers, contract, findings, handed_in, month_day, rows
from pipeline.terms.notice_number import NoticeNumber

_KEPT: Final = ((1, 4), (4, 16), (16, 48))
"""Every so many days one is kept, while it is younger than so many: a late report is folded from the last one before its day."""
_SUM: Final = hashlib.sha256().digest_size
_CLASSES: Final = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (
        *(Beginning, Snapshot, case_book.CaseBook, cases.Case, cases.RowPlace, cases.AsBefore, moves.Move, disputes.Dispute, doubts.Doubt),
        *(
            answers.AnswerRow,
            earlier_matters.EarlierMatter,
            exemptions.Exemption,
            refused_matters.UrgentOfReport,
            reports_before.ReportsBefore,
            requests.Request,
            standing.Standing,
        ),
        *(targets.PastDay, targets.Tally, case_numbers.Register, contract.Severity, findings.Finding, month_day.MonthDay, rows.Rows),
        *(handed_in.Filed, handed_in.Arrival, handed_in.Envelope, handed_in.Reading),
        *(date, datetime, timedelta, timezone, Decimal, set, frozenset),
    )
}
"""All that a checkpoint is made of. A file that names anything else, such as a function, is refused: nothing in it is ever called."""
_JUDGED_BY: Final = {
    "districts", "units", "district_prefixes", "district_suffixes", "sources", "categories", "groups", "calendar", "windows", "notices",
    "changes", "statute", "hints", "case_number_pattern",
}  # fmt: skip
_WINGS: Final = ("day", "reading", "settings", "terms")
"""The wings whose code says what a checkpoint holds."""


# --- which one ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What decides how everything stands at the end of a day."""

    settings: Settings
    reports: Sequence[handed_in.Filed]
    """The reports in force, in order of arrival; their rows are not needed."""
    assignments: Sequence[handed_in.Filed]
    """The usable assignment workbooks, likewise."""
    sums: Mapping[int, str]
    """Of each arrival: what was read from it."""
    numbers: Sequence[NoticeNumber]
    """Those that the notices have."""
    is_numbered: bool
    """Whether every notice has one: a run for figures alone gives none."""

    def names(self, days: Iterable[date]) -> dict[date, str]:
        """Return the name of each day's file: the day, and the digest of everything that decides what is in it."""
        zone = self.settings.calendar.zone
        of_days = sorted((file.reading.day, number, file) for number, file in enumerate(self.reports))
        made_from, at, names = hashlib.sha256(_rules(self.settings)), 0, {}
        for day in sorted(days):
            while at < len(of_days) and of_days[at][0] <= day:
                made_from.update(_line(of_days[at][2], self.sums))
                at += 1
            arrived = [file for file in self.assignments if file.arrival.envelope.received_at.astimezone(zone).date() <= day]
            of_day = made_from.copy()
            for file in arrived or self.assignments[:1]:
                of_day.update(_line(file, self.sums))
            of_day.update(repr((self.is_numbered, [number for number in self.numbers if number.day <= day])).encode())
            of_day.update(json.dumps([[f"{held}", rules.as_json()] for held, rules in self.settings.rules_kept() if held <= day]).encode())
            names[day] = f"{day}.{of_day.hexdigest()[:40]}"
        return names


def newest(made_from: MadeFrom, until: date) -> Beginning | None:
    """Return the latest one up to that day that was made from this; None where none can be used.

    `until`: `known_when.latest_beginning` of the days to be written.
    """
    kept = {day: path for day, path in _kept(made_from.settings.paths.checkpoints) if day <= until}
    names = made_from.names(kept) if kept else {}
    for day in sorted(kept, reverse=True):
        if kept[day].name == names[day] and (beginning := _read(kept[day])):
            return beginning
    return None


def _kept(folder: Path) -> Iterator[tuple[date, Path]]:
    for path in sorted(folder.glob("????-??-??.*")) if folder.is_dir() else ():
        with contextlib.suppress(ValueError):
            yield date.fromisoformat(path.name[:10]), path


def _line(file: handed_in.Filed, sums: Mapping[int, str]) -> bytes:
    arrival = file.arrival
    return repr((arrival.id, *arrival.identity, file.reading.day.isoformat(), file.reading.district, sums.get(arrival.id))).encode()


def _rules(settings: Settings) -> bytes:
    """Return what a fold is decided by beside the facts: settings and program."""
    return json.dumps([settings.model_dump(mode="json", include=_JUDGED_BY), own_code.stamp(*_WINGS)], sort_keys=True).encode()


# --- as it lies there --------------------------------------------------------------------------------------------


class _Data(pickle.Unpickler):
    """Takes nothing but data: whoever can write into the state must not be able to have anything run by it."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        if (module, name) in _CLASSES:
            return _CLASSES[module, name]
        message = f"{module}.{name} is no part of a checkpoint"
        raise pickle.UnpicklingError(message)


def write(beginning: Beginning) -> bytes:
    """Return how it lies on the disk: a sum, and the data, packed."""
    packed = zlib.compress(pickle.dumps(beginning.for_later_days(), protocol=5), 1)
    return hashlib.sha256(packed).digest() + packed


def read(content: bytes) -> Beginning | None:
    """Return what was written; None where it is not as it was written."""
    packed = content[_SUM:]
    if hashlib.sha256(packed).digest() != content[:_SUM]:
        return None
    try:
        beginning = _Data(io.BytesIO(zlib.decompress(packed))).load()
    except Exception:  # noqa: BLE001 - pickle raises what it likes; the days are folded from the facts then
        return None
    return beginning if isinstance(beginning, Beginning) else None


def _read(path: Path) -> Beginning | None:
    with contextlib.suppress(OSError):
        return read(path.read_bytes())
    return None


def keep(made_from: MadeFrom, ends: Sequence[Beginning]) -> None:
    """Keep how everything stood at the ends of days, in the place of what is no longer worth its room; a full disk takes none.

    Of a fold that began before the first report nothing is kept: a later night begins with that report.
    """
    districts, folder = made_from.settings.district_names, made_from.settings.paths.checkpoints
    first = min((file.reading.day for file in made_from.reports if file.reading.district in districts), default=None)
    ends = [end for end in ends if end.first == first]
    names = made_from.names(end.day for end in ends)
    last = max([*names, *(day for day, _path in _kept(folder))], default=date.min)
    with contextlib.suppress(OSError):
        storage.make_folder(folder)
        for end in ends:
            if not (folder / names[end.day]).exists():
                storage.replace(folder / names[end.day], write(end))
        for day, path in _kept(folder) if ends else ():
            if path.name != names.get(day) and (day in names or not _is_worth(day, last)):
                storage.remove(path)


def _is_worth(day: date, last: date) -> bool:
    return any(day.toordinal() % every == 0 and (last - day).days < age for every, age in _KEPT)


def forget(settings: Settings) -> None:
    """Remove all: the next night folds from the first day. Raises OSError."""
    storage.remove_folder(settings.paths.checkpoints)


def newest_day(folder: Path) -> date | None:
    """Return the day of the newest checkpoint, of whatever it was made; None where there is none."""
    return max(dict(_kept(folder)), default=None)


def is_same(kept: Beginning, anew: Beginning) -> bool:
    """Whether a checkpoint says what a fold of all facts says."""
    one, other = kept.for_later_days(), anew.for_later_days()
    books = one.case_book, other.case_book
    is_book_same = books[0].cases == books[1].cases and books[0].exemptions == books[1].exemptions
    return is_book_same and replace(one, case_book=books[0]) == replace(other, case_book=books[0])
