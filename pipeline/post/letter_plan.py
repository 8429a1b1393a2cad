"""Who is to be written to now: from what was published, who has reported, and what each has already been sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.ledger import edition_files, editions, journal
from pipeline.ledger.editions import Edition
from pipeline.post import letters, wording
from pipeline.post.come_since import ComeSince, NoticeSince
from pipeline.post.letters import Delivery, Item, Kind, Letter
from pipeline.post.sent_letters import SentLetters
from pipeline.post.wording import Later, LeadersDay
from pipeline.publishing import edition_changes, own_cases, told_editions
from pipeline.render import extension_files, file_names
from pipeline.render.forms import report_form
from pipeline.render.papers import notice
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.settings.units import District
from pipeline.terms.contract import LATE_EXCUSED
from pipeline.terms.handed_in import Filed
from pipeline.terms.mails import Mail

_NOTICE = f"{notice.FOLDER}/{{district}}_督办通知_"
_PATHS = (
    f"{receipt_files.FOLDER}/{{district}}_回执_",
    _NOTICE,
    f"{report_form.FOLDER}/{{district}}_日报_",
)
"""How the paths of what a district gets begin."""
_LEADERS_PATH, _PAGE_PATH = "信访事项办理情况专报_", "信访事项办理情况日报_"


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A day's folder as its manifest describes it."""

    day: date
    folder: Path
    outputs: Mapping[str, str]
    """SHA-256 by path."""
    is_correction: bool
    answers: Mapping[str, Filed]
    """Which file each receipt answers, by the receipt's path. Names alone do not tell: a stranger can choose his file's name."""
    manifest: str
    """The SHA-256 of the manifest."""
    editions: tuple[Edition, ...]
    """The day's editions, in order."""
    left_out: frozenset[str] = frozenset()
    """The districts of which a report of the day is lost and left out by the office's decision."""
    headline: tuple[tuple[str, str], ...] = ()
    """The lines that the day's papers begin with, each with its name; none where an older program wrote the folder."""
    named_then: Mapping[str, str] = field(default_factory=dict)
    """By its present name: what a district was called when the folder was written, where that is another name."""
    units: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By folder: whether the day is a correction for a level above the districts, and the lines that its papers begin with."""
    unit: str = ""
    """The level above the districts whose part of the day it is; '' for the whole day."""
    senders: Mapping[str, str] = field(default_factory=dict)
    """By the path of a receipt of a file that names no district: the district whose sender it came from, where that is one."""

    def of_unit(self, way: Sequence[str], kept: Path) -> PublishedDay | None:
        """Return the part of a level above the districts, by the names down to it; None where the day was written without it."""
        folder = file_names.unit_folder(way)
        if folder not in self.units:
            return None
        told, begins = self.units[folder], f"{folder}/"
        return replace(
            self,
            folder=self.folder / folder,
            outputs={path.removeprefix(begins): sha256 for path, sha256 in self.outputs.items() if path.startswith(begins)},
            is_correction=bool(told["correction"]),
            headline=tuple((line["name"], line["says"]) for line in told["headline"]),
            editions=tuple(told_editions.of_unit(edition, folder, kept) for edition in self.editions),
            unit=way[-1],
        )

    @property
    def newest(self) -> Edition | None:
        """The edition that this folder is; None where nobody has noted it yet."""
        return next((edition for edition in self.editions if edition.note.manifest == self.manifest), None)

    def earlier(self, had: tuple[str, frozenset[str]]) -> Edition | None:
        """Return the edition that somebody was mailed last, by its manifest or by what it brought; None where nothing tells."""
        manifest, digests = had
        mailed = [edition for edition in self.editions if edition.note.manifest == manifest]
        by_content = [edition for edition in self.editions if not manifest and digests & {*edition.outputs.values()}]
        return next(reversed(mailed or by_content), None)

    def summary(self) -> dict[str, Any]:
        """Return the day's figures, as in `summary.json` but with the districts' present names.

        Beside that of each district whether its report is left out by decision, which of its sheets were refused whole, whether it is
        approved that it came late, what replaced reports had and the one in force has not, which urgent matters have no answer,
        what was refused and is not mended, and whether any file of it has a receipt.
        """
        figures: dict[str, Any] = json.loads((self.folder / "summary.json").read_bytes())
        excused = self._excused()
        left_out = {line["district"]: line["told"] for line in self._extensions().get("left_out", [])}
        unanswered = {line["district"]: line["told"] for line in self._extensions().get("unanswered", [])}
        refused = {line["district"]: line["sheets"] for line in self._extensions().get("refused_sheets", [])}
        to_mend = {line["district"]: line["told"] for line in self._extensions().get("to_mend", [])}
        for submission in figures["submissions"]:
            submission["to_mend"] = to_mend.get(submission["district"], [])
            submission["refused_sheets"] = refused.get(submission["district"], [])
            submission["unanswered"] = unanswered.get(submission["district"], [])
            submission["withdrew"] = left_out.get(submission["district"], [])
            receipts = self.receipts(submission["district"], submission["district"])
            submission["has_come"] = not all(map(self.is_for_stranger, receipts))
            submission["is_excused"] = submission["status"] == "late" and submission["district"] in excused
            submission["is_left_out"] = submission["status"] == "missing" and submission["district"] in self.left_out
        now = {then: name for name, then in self.named_then.items()}
        named: dict[str, Any] = edition_changes.with_names(figures, {then: then for then in now}, now)
        return named

    def _excused(self) -> set[str]:
        """Return the districts whose late report of the day is approved; none where an older program wrote the folder."""
        told = self._extensions().get("exceptions", [])
        mine = f" {self.day.isoformat()}"
        held = (line["subject"] for line in told if line["kind"] == LATE_EXCUSED and line["holds"])
        return {subject.removesuffix(mine) for subject in held if subject.endswith(mine)}

    def _extensions(self) -> dict[str, Any]:
        path = self.folder / extension_files.NAME
        return dict(json.loads(path.read_bytes())) if path.exists() else {}

    def then(self, name: str) -> str:
        """Return what a district was called when the folder was written."""
        return self.named_then.get(name, name)

    def receipts(self, name: str, then: str) -> list[str]:
        """Return the paths of the district's receipts, also of what it sent that names no district; `then`: its name in the folder."""
        begin = _PATHS[0].format(district=then)
        return sorted(path for path in self.outputs if path.startswith(begin) or self.senders.get(path) == name)

    def has_notice(self, name: str) -> bool:
        """Return whether the district has a notice of that day."""
        return any(path.startswith(_NOTICE.format(district=self.then(name))) for path in self.outputs)

    def became_of_notice(self, name: str, day: date) -> NoticeSince:
        """Return what became by this day of the cases of the district's notice of an earlier one."""
        asked = self._extensions().get("notices", {}).get("cases", [])
        own = (case for case in asked if (case["district"], case["day"]) == (self.then(name), day.isoformat()))
        return NoticeSince.of(own, self.day, json.loads((self.folder / "summary.json").read_bytes()))

    def is_for_stranger(self, path: str) -> bool:
        """Return whether it is the receipt of a file whose sender may not send for the district: it is mailed to nobody.

        Otherwise anybody could have us mail his workbook to a district under our name.
        """
        return path in self.answers and self.answers[path].reading.is_from_stranger

    def sent_for_other_district(self, district: District) -> tuple[Item, ...]:
        """Return a note about every file that a sender of this district has sent for another district."""
        return tuple(
            Item(
                filed.arrival.name,
                letters.digest_of("elsewhere", self.day, district.name, *filed.arrival.identity),
                delivery=Delivery.IN_WORDS,
            )
            for path, filed in self.answers.items()
            if self.is_for_stranger(path) and district.accepts(filed.arrival.envelope)
        )

    def says_as_sent(self, path: str, settled: frozenset[str], kept: Path) -> bool:
        """Return whether it is a notice that says what the last one that was sent says, but for its dates; `kept`: the editions' files."""
        if not path.startswith(f"{notice.FOLDER}/"):
            return False
        sent = next((sha256 for edition in reversed(self.editions) if (sha256 := edition.outputs.get(path, "")) in settled), "")
        before, now = (notice.says(content) if content else "" for content in (edition_files.read(kept, sent), self._content(path)))
        return bool(before) and before == now

    def _content(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def arrived(self, path: str) -> tuple[float, str]:
        """Return when the file of a receipt arrived, for sorting; the path settles a tie."""
        return (self.answers[path].arrival.envelope.received_at.timestamp() if path in self.answers else 0.0), path

    def items(self, paths: Iterable[str]) -> tuple[Item, ...]:
        """Return these files with their contents; only those that are still as the manifest says: people can open and save them."""
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
    held: list[PublishedDay] = field(default_factory=list)
    """Days whose letters to the leaders wait until somebody of the office lets them go."""


class Planner:
    """Plans the letters that are due at a moment."""

    def __init__(self, settings: Settings, outgoing: Outgoing, record: SentLetters, now: datetime, mails: Sequence[Mail]) -> None:
        self._settings, self._outgoing, self._record, self._now = settings, outgoing, record, now
        self._released = journal.releases(settings.paths.archive) if outgoing.leaders_after_look else {}
        self._writer = wording.Writer(settings, now.date())
        self._came = ComeSince(settings, now, mails)

    def letters_about(self, published: Iterable[PublishedDay]) -> Plan:
        """Return the letters about days that are published and over."""
        plan = Plan()
        days = sorted(published, key=lambda published_day: published_day.day)
        for position, published_day in enumerate(days):
            day = published_day.day
            if self._now > self._settings.on(day).calendar.last_moment(day):
                for district in self._settings.districts:
                    self._add_district(plan, published_day, district, days[position + 1 :])
            if self._now >= datetime.combine(day + timedelta(days=1), self._outgoing.leaders_at, self._settings.calendar.zone):
                self._add_leaders(plan, published_day, self._outgoing.leaders)
                for unit, recipients in self._outgoing.unit_leaders.items():
                    if part := published_day.of_unit(self._settings.tree.way(unit), self._settings.paths.editions):
                        self._add_leaders(plan, part, recipients)
        return plan

    def _add_district(self, plan: Plan, published: PublishedDay, district: District, after: Sequence[PublishedDay]) -> None:
        """Add the district's letters about a day; `after`: the later days that are published, in order."""
        name = district.name
        recipients = addresses(name, self._settings, self._outgoing)
        paths = [path for path in _paths_for(name, published) if not _is_template(path) or _day_of(path) >= self._now.date()]
        todays = [path for path in paths if _is_template(path) and _day_of(path) == self._now.date()]
        is_new = any(published.outputs[path] not in self._record.settled(recipient) for path in todays for recipient in recipients)
        today = self._came.todays_report(name) if is_new else ""
        paths = [path for path in paths if today != "over" or path not in todays]
        notes = published.sent_for_other_district(district)
        if (paths or notes) and not recipients and name not in plan.without_address:
            plan.without_address.append(name)
        new = {recipient: items for recipient in recipients if (items := self._new(recipient, paths, published, notes))}
        later = {recipient: self._later(published, Kind.DISTRICT, name, recipient) for recipient in new}
        new = {recipient: items for recipient, items in new.items() if self._is_due(published.day, later[recipient], items)}
        if not new:
            return
        forms = {Path(path).name: _day_of(path) for path in paths if _is_template(path)}
        summary = published.summary()
        since = replace(self._came.since(name, published.day, forms), today=today)
        if after and published.has_notice(name):
            later_notice = max((later.day for later in after if later.has_notice(name)), default=None)
            since = replace(since, newest_notice=later_notice, of_notice=after[-1].became_of_notice(name, published.day))
        for recipient, items in new.items():
            told = [since.renewed(item) for item in items]
            letter = self._writer.to_district(published.day, name, recipient, told, summary, later=later[recipient], since=since)
            plan.letters.append(replace(letter, edition=published.manifest))

    def _add_leaders(self, plan: Plan, published: PublishedDay, recipients: Iterable[str]) -> None:
        is_held = self._outgoing.leaders_after_look and published.manifest not in self._released
        for recipient in recipients:
            items = self._new(recipient, self._paths_for_leader(recipient, published), published)
            later = self._later(published, Kind.LEADERS, published.unit, recipient) if items else None
            if not self._is_due(published.day, later, items):
                continue
            if items and is_held:
                plan.held.extend([] if published.day in (held.day for held in plan.held) else [published])
                return
            if items:
                told = LeadersDay(
                    published.day,
                    published.summary(),
                    published.headline,
                    published.unit,
                    is_correction=published.is_correction,
                    since=() if published.unit else self._came.known_otherwise(published.day),
                )
                letter = self._writer.to_leaders(told, recipient, items, later=later)
                plan.letters.append(replace(letter, edition=published.manifest))

    def _paths_for_leader(self, recipient: str, published: PublishedDay) -> list[str]:
        """Return 专报 and the page, which by itself is a reason to write only to whoever was mailed the page of an earlier edition.

        Else everybody who had 专报 before pages were mailed would get another letter about the same.
        """
        whose = f"{file_names.portable(published.unit)}_" if published.unit else ""
        papers, pages = (
            sorted(path for path in published.outputs if path.startswith(f"{whose}{begin}")) for begin in (_LEADERS_PATH, _PAGE_PATH)
        )
        settled = self._record.settled(recipient)
        had_page = any(edition.outputs.get(path) in settled for edition in published.editions for path in pages)
        return [*papers, *pages] if had_page or any(published.outputs[path] not in settled for path in papers) else []

    def _later(self, published: PublishedDay, kind: Kind, district: str, recipient: str) -> Later | None:
        """Return what to say of the edition to whoever was mailed an earlier one of that day; None for a first letter."""
        names = next(((own.name, *own.aliases) for own in self._settings.districts if own.name == district), (district,))
        had = self._record.last_had(kind, published.day.isoformat(), names, recipient)
        if had is None or had[0] == published.manifest:
            return None
        earlier, newest = published.earlier(had), published.newest
        if earlier is None or newest is None:
            return Later(newest.note.number if newest else 0)
        if earlier == newest:
            return None
        kept = self._settings.paths.editions
        own = own_cases.read(published.then(district), (earlier, newest), kept) if kind is Kind.DISTRICT else None
        files = frozenset(Path(path).name for path in earlier.outputs)
        return Later(newest.note.number, earlier.note.number, told_editions.changes(earlier, newest, kept, own), files)

    def _is_due(self, day: date, later: Later | None, items: Sequence[Item]) -> bool:
        """Whether letters are still written about the day; after `days`, to whoever had another edition, what is news in this one."""
        is_recent = (self._now.date() - day).days <= self._outgoing.days
        return is_recent or (later is not None and later.is_news(items))

    def _new(self, recipient: str, paths: Iterable[str], published: PublishedDay, notes: Iterable[Item] = ()) -> tuple[Item, ...]:
        """Return what the recipient has not got yet, as much of it as one letter holds."""
        settled = self._record.settled(recipient)
        kept = self._settings.paths.editions
        unsent = (path for path in paths if published.outputs[path] not in settled and not published.says_as_sent(path, settled, kept))
        files = published.items(unsent)
        return (*letters.bounded(files), *(item for item in notes if item.digest not in settled))

    def reminders(self) -> Plan:
        """Return the reminders of today's report, to those of whom nothing has come that will count."""
        plan = Plan()
        day, begins = self._now.date(), self._outgoing.reminder_at
        if begins is None or self._now.time() < begins or self._now > self._settings.on(day).calendar.last_moment(day):
            return plan
        for district in self._came.board(day).districts:
            if district.takes_nothing or (district.status == "missing" and not district.is_coming):
                self._remind(plan, day, district.district)
        return plan

    def _remind(self, plan: Plan, day: date, name: str) -> None:
        item = Item("", letters.digest_of("reminder", day, name), delivery=Delivery.IN_WORDS)
        recipients = addresses(name, self._settings, self._outgoing)
        plan.without_address.extend([] if recipients else [name])
        came = self._came.in_vain(name, day), self._came.of_other_days(name, day)
        plan.letters.extend(
            self._writer.reminder(day, name, recipient, item, *came)
            for recipient in recipients
            if item.digest not in self._record.settled(recipient)
        )


def addresses(name: str, settings: Settings, outgoing: Outgoing) -> tuple[str, ...]:
    """Return who is written to for the district of that name: as set, else the whole addresses that may report for it."""
    if name in outgoing.districts:
        return outgoing.districts[name]
    senders = next(district.senders for district in settings.districts if district.name == name)
    return tuple(sender for sender in senders if not sender.startswith("@"))  # "@…" lets a whole domain report


def what_counts(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return of an edition's files those by which letters tell that it says another thing: figures, and files' receipts."""
    figures = (editions.SUMMARY, extension_files.NAME)
    return {path: sha256 for path, sha256 in outputs.items() if path in figures or path.startswith(f"{receipt_files.FOLDER}/")}


def _paths_for(name: str, published: PublishedDay) -> Iterator[str]:
    """Yield what there is for the district, what matters most first: the receipt of the report in force, or else the newest."""
    receipt, notice_path, template = (path.format(district=published.then(name)) for path in _PATHS)
    notices, templates = (sorted(path for path in published.outputs if path.startswith(begin)) for begin in (notice_path, template))
    newest = sorted(
        (path for path in published.receipts(name, published.then(name)) if not published.is_for_stranger(path)),
        key=published.arrived,
        reverse=True,
    )
    submissions = published.summary()["submissions"]
    revision = next((submission["revision"] for submission in submissions if submission["district"] == name), 0)
    in_force = [path for path in newest if revision and path.startswith(f"{receipt}{revision}_")]
    first = in_force or newest[:1]
    yield from (*first, *notices, *templates, *(path for path in newest if path not in first))


def _is_template(path: str) -> bool:
    return path.startswith(f"{report_form.FOLDER}/")


def _day_of(template: str) -> date:
    return report_form.day_of(Path(template).name) or date.min
