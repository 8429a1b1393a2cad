"""Who is to be written to now: from what was published, who has reported, and what each has already been sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from pipeline.ledger import editions, journal
from pipeline.post import letters, published_days, wording
from pipeline.post.come_since import ComeSince
from pipeline.post.letters import Delivery, Item, Kind, Letter
from pipeline.post.published_days import PublishedDay
from pipeline.post.sent_letters import SentLetters
from pipeline.post.wording import Later, LeadersDay
from pipeline.publishing import own_cases, told_editions
from pipeline.render import extension_files, file_names
from pipeline.render.forms import report_form
from pipeline.render.receipts import receipt_files
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.settings.units import District
from pipeline.terms.mails import Mail

LOOK_DAYS: Final = 31
"""So many days a day's letters to the leaders wait until somebody of the office lets them go; from then on they have as many as others."""
_LEADERS_PATH, _PAGE_PATH = "信访事项办理情况专报_", "信访事项办理情况日报_"


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
        over = [each for each in days if self._now > self._settings.on(each.day).calendar.last_moment(each.day)]
        for published_day in days:
            day = published_day.day
            for district in self._settings.districts if published_day in over else ():
                self._add_district(plan, published_day, district, over)
            if self._now >= datetime.combine(day + timedelta(days=1), self._outgoing.leaders_at, self._settings.calendar.zone):
                self._add_leaders(plan, published_day, self._outgoing.leaders)
                for unit, recipients in self._outgoing.unit_leaders.items():
                    if part := published_day.of_unit(self._settings.tree.way(unit), self._settings.paths.editions):
                        self._add_leaders(plan, part, recipients)
        return plan

    def _add_district(self, plan: Plan, published: PublishedDay, district: District, over: Sequence[PublishedDay]) -> None:
        """Add the district's letters about a day; `over`: all days that are published and over, in order."""
        name, after = district.name, [later for later in over if later.day > published.day]
        recipients = addresses(name, self._settings, self._outgoing)
        paths = self._paths_now(name, published)
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
        if after and published.is_silent(district):
            new = {
                recipient: items for recipient, items in new.items() if not self._is_told_later(published, district, recipient, after[-1])
            }
        if not new:
            return
        forms = {Path(path).name: _day_of(path) for path in paths if _is_template(path)}
        summary = published.summary()
        since = replace(self._came.since(name, published.day, forms), today=today)
        if after and published.has_notice(name):
            later_notice = max((later.day for later in after if later.has_notice(name)), default=None)
            since = replace(since, newest_notice=later_notice, of_notice=after[-1].became_of_notice(name, published.day))
        for recipient, items in new.items():
            untold = [] if after else [day for day in over[:-1] if self._is_untold(day, district, recipient)]
            told = [*(since.renewed(item) for item in items), *(item for day in untold for item in _in_words(day, name))]
            beside = replace(since, lacking=tuple(day.day for day in untold))
            letter = self._writer.to_district(published.day, name, recipient, told, summary, later=later[recipient], since=beside)
            plan.letters.append(replace(letter, edition=published.manifest))

    def _paths_now(self, name: str, published: PublishedDay) -> list[str]:
        """Return what there is for the district, without templates of days that are over."""
        return [path for path in _paths_for(name, published) if not _is_template(path) or _day_of(path) >= self._now.date()]

    def _is_untold(self, published: PublishedDay, district: District, recipient: str) -> bool:
        """Whether nothing came from the district for that day, one of the last, and this recipient was told nothing of it."""
        is_recent = self._is_due(published.day, None, ())
        names, settled = (district.name, *district.aliases), self._record.settled(recipient)
        is_new = _in_words(published, district.name)[0].digest not in settled
        had = self._record.last_had(Kind.DISTRICT, published.day.isoformat(), names, recipient)
        return is_recent and is_new and had is None and published.is_silent(district)

    def _is_told_later(self, published: PublishedDay, district: District, recipient: str, newest: PublishedDay) -> bool:
        """Whether the letter about the newest day, which is due now or was sent, tells the recipient of that silent day too."""
        settled = self._record.settled(recipient)
        if not self._is_untold(published, district, recipient):
            return _in_words(published, district.name)[0].digest in settled
        return any(newest.outputs[path] not in settled for path in self._paths_now(district.name, newest))

    def _add_leaders(self, plan: Plan, published: PublishedDay, recipients: Iterable[str]) -> None:
        release = self._released.get(published.manifest)
        is_held = self._outgoing.leaders_after_look and not release
        since = release.since if release else published.day
        waits = is_held and (self._now.date() - published.day).days <= LOOK_DAYS
        for recipient in recipients:
            items = self._new(recipient, self._paths_for_leader(recipient, published), published)
            later = self._later(published, Kind.LEADERS, published.unit, recipient) if items else None
            if not self._is_due(since, later, items) and not (waits and later is None):
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


def _in_words(published: PublishedDay, name: str) -> list[Item]:
    """Return the word that nothing came for a day, with its notice, in the place of which that of the newest day is sent."""
    begins = published_days.NOTICE.format(district=published.then(name))
    notices = [sha256 for path, sha256 in published.outputs.items() if path.startswith(begins)]
    digests = [letters.digest_of("no report", published.day, name), *notices]
    return [Item("", digest, delivery=Delivery.IN_WORDS) for digest in digests]


def what_counts(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return of an edition's files those by which letters tell that it says another thing: figures, and files' receipts."""
    figures = (editions.SUMMARY, extension_files.NAME)
    return {path: sha256 for path, sha256 in outputs.items() if path in figures or path.startswith(f"{receipt_files.FOLDER}/")}


def _paths_for(name: str, published: PublishedDay) -> Iterator[str]:
    """Yield what there is for the district, what matters most first: the receipt of the report in force, or else the newest."""
    receipt, notice_path, template = (path.format(district=published.then(name)) for path in published_days.PATHS)
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
