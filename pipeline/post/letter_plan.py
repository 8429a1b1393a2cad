"""Who is to be written to now: from what was published, who has reported, and what each has got already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.office import status
from pipeline.post import letters, wording
from pipeline.post.letters import How, Item, Kind, Letter
from pipeline.settings.config import District, Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.handed_in import Filed

Settled = Callable[[str], frozenset[str]]
"""What a recipient has, or may have, already: the digests."""
_PARTS = ("回执/{district}_回执_", "督办通知/{district}_督办通知_", "日报模板/{district}_日报_")
"""What a district gets, by how its path begins."""
_LEADERS = "信访事项办理情况专报_"


@dataclass(frozen=True, slots=True)
class Published:
    """A day's folder as its manifest tells it."""

    day: date
    folder: Path
    outputs: Mapping[str, str]
    """SHA-256 by path."""
    is_correction: bool
    answers: Mapping[str, Filed]
    """Which file each receipt answers, by the receipt's path."""

    def summary(self) -> dict[str, Any]:
        """The day's figures."""
        said: dict[str, Any] = json.loads((self.folder / "summary.json").read_bytes())
        return said

    def is_strangers(self, path: str) -> bool:
        """Whether it is the receipt of a file that nobody who may send for the district has sent: it goes to nobody."""
        return path in self.answers and self.answers[path].reading.is_from_stranger

    def elsewhere(self, district: District) -> tuple[Item, ...]:
        """A word about every file that somebody who may send for this district has sent under another's name."""
        return tuple(
            Item(one.arrival.name, _digest("elsewhere", self.day, district.name, *one.arrival.identity), how=How.SAID)
            for path, one in self.answers.items()
            if self.is_strangers(path) and district.accepts(one.arrival.envelope)
        )

    def arrived(self, path: str) -> tuple[float, str]:
        """When the file of a receipt arrived, for sorting."""
        return (self.answers[path].arrival.envelope.received_at.timestamp() if path in self.answers else 0.0), path

    def items(self, paths: Iterable[str]) -> tuple[Item, ...]:
        """These files with their contents; only those that are still as the manifest says."""
        read = [(path, (self.folder / path).read_bytes()) for path in paths]
        return tuple(
            Item(Path(path).name, self.outputs[path], content)
            for path, content in read
            if hashlib.sha256(content).hexdigest() == self.outputs[path]
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The letters to be written, and districts that nobody can be written to about what there is for them."""

    letters: list[Letter] = field(default_factory=list)
    without_address: list[str] = field(default_factory=list)


class Planner:
    """Plans the letters that are due at a moment."""

    def __init__(self, settings: Settings, outgoing: Outgoing, settled: Settled, now: datetime) -> None:
        self._settings, self._outgoing, self._settled, self._now = settings, outgoing, settled, now
        self._writer = wording.Writer(settings)

    def about(self, published: Iterable[Published]) -> Plan:
        """The letters about days that are published and over."""
        plan = Plan()
        for one in published:
            if self._now > self._settings.calendar.last_moment(one.day):
                for district in self._settings.districts:
                    self._add_district(plan, one, district)
            if self._now >= datetime.combine(one.day + timedelta(days=1), self._outgoing.leaders_at, self._settings.calendar.zone):
                self._add_leaders(plan, one)
        return plan

    def _add_district(self, plan: Plan, one: Published, known: District) -> None:
        district = known.name
        paths = [path for path in _paths_for(district, one) if not _is_past_template(path, self._now)]
        elsewhere = one.elsewhere(known)
        recipients = addresses(district, self._settings, self._outgoing)
        if (paths or elsewhere) and not recipients and district not in plan.without_address:
            plan.without_address.append(district)
        for recipient in recipients:
            if items := self._new(recipient, paths, one, elsewhere):
                plan.letters.append(self._writer.to_district(one.day, district, recipient, items, one.summary()))

    def _add_leaders(self, plan: Plan, one: Published) -> None:
        paths = sorted(path for path in one.outputs if path.startswith(_LEADERS))
        for recipient in self._outgoing.leaders:
            if items := self._new(recipient, paths, one):
                letter = self._writer.to_leaders(one.day, recipient, items, one.summary(), is_correction=one.is_correction)
                plan.letters.append(letter)

    def _new(self, recipient: str, paths: Iterable[str], one: Published, said: Iterable[Item] = ()) -> tuple[Item, ...]:
        """What the recipient has not got yet, as much of it as one letter holds."""
        has = self._settled(recipient)
        files = one.items(path for path in paths if one.outputs[path] not in has)
        return (*letters.bounded(files), *(item for item in said if item.digest not in has))

    def reminders(self) -> Plan:
        """The reminders of today's report, to those of whom nothing has come that will count."""
        plan = Plan()
        day, begins = self._now.date(), self._outgoing.reminder_at
        if begins is None or self._now.time() < begins or self._now > self._settings.calendar.last_moment(day):
            return plan
        for one in status.look(self._settings, day).districts:
            if one.status == "missing" and not one.is_coming:
                self._remind(plan, day, one)
        return plan

    def _remind(self, plan: Plan, day: date, one: status.DistrictStatus) -> None:
        item = Item("", _digest("reminder", day, one.district), how=How.SAID)
        recipients = addresses(one.district, self._settings, self._outgoing)
        plan.without_address.extend([] if recipients else [one.district])
        refused = [found.arrival.name for found in one.refused if not found.reading.is_from_stranger]
        plan.letters.extend(
            self._writer.reminder(day, one.district, recipient, item, refused)
            for recipient in recipients
            if item.digest not in self._settled(recipient)
        )


def addresses(district: str, settings: Settings, outgoing: Outgoing) -> tuple[str, ...]:
    """Who is written to for a district: as set, else the whole addresses that may report for it."""
    if district in outgoing.districts:
        return outgoing.districts[district]
    known = next(one for one in settings.districts if one.name == district)
    return tuple(one for one in known.senders if not one.startswith("@"))


def _paths_for(district: str, one: Published) -> Iterator[str]:
    """What there is for the district, what matters most first: the receipt of the report in force, or else the newest."""
    receipts, notices, templates = (
        sorted(path for path in one.outputs if path.startswith(begins.format(district=district))) for begins in _PARTS
    )
    newest = sorted((path for path in receipts if not one.is_strangers(path)), key=one.arrived, reverse=True)
    revision = next((told["revision"] for told in one.summary()["submissions"] if told["district"] == district), 0)
    in_force = [path for path in newest if revision and path.startswith(f"{_PARTS[0].format(district=district)}{revision}_")]
    first = in_force or newest[:1]
    yield from (*first, *notices, *templates, *(path for path in newest if path not in first))


def _digest(*said: object) -> str:
    """What a word is known by."""
    return hashlib.sha256("\0".join(str(one) for one in said).encode()).hexdigest()


def _is_past_template(path: str, now: datetime) -> bool:
    """Whether it is a template for a day that is over."""
    return path.startswith("日报模板/") and path.rpartition("_")[2].removesuffix(".xlsx") < now.date().isoformat()


def kind_of(letter: Letter) -> str:
    """What people call such a letter."""
    return {Kind.DISTRICT: "给旗区", Kind.LEADERS: "给领导", Kind.REMINDER: "催报"}[letter.kind]
