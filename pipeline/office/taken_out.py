"""Files that came by mail or page and that somebody took out of the inbox by hand before a run had them: they are told as gone.

Covered by tests/post/test_sending.py, tests/web/test_desk.py and tests/web/test_upload_pages.py.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from pipeline.intake import envelopes, held_files, inbox, laid_uploads, mail_journal
from pipeline.settings.config import Settings
from pipeline.terms.handed_in import Envelope
from pipeline.terms.mails import Mail
from pipeline.terms.text import mask, storable
from pipeline.terms.words import OF_ASSIGNMENT, moment

if TYPE_CHECKING:
    from pipeline.office.waiting import Waits

WHY: Final = "收到过，但还没有汇总就被人从收件箱里拿走了，没有算上；要算数的，请再发一次"
FOR_OFFICE: Final = "收到过，但还没有汇总就被人从收件箱里拿走了，没有算上。请找一找，连同信封文件放回原处；找不到的，请旗区再发一次"
MADE_GOOD: Final = "收到过，但还没有汇总就被人从收件箱里拿走了；后来收到的那一份算数，不用再发"
_TOLD_FOR: Final = timedelta(days=7)
"""So long the office is told of what is gone, where nothing came in its place."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A file that is gone."""

    name: str
    district: str
    """From which it came; '' for the office, and where nobody knows."""
    day: date
    """For which it would have counted; where nobody knows, and of an assignment workbook, on which it came."""
    received_at: datetime
    """In the office's zone."""
    number: str = ""
    """The receipt number; '' of what was mailed."""
    is_assignment: bool = False
    is_made_good: bool = False
    """Whether another of the same that came later was taken in."""

    @property
    def channel(self) -> str:
        """By which door it came."""
        return "upload" if self.number else "email"

    def told(self, today: date) -> str:
        """Return whose it is, which, when and how it came, and what to do."""
        whose = OF_ASSIGNMENT if self.is_assignment else self.district or "不知旗区"
        why = FOR_OFFICE.replace("请旗区再发一次", "请再交一次") if self.is_assignment else FOR_OFFICE
        how = f"网页上传，收据号 {self.number}" if self.number else "邮件"
        return f"{whose} {self.name}（{moment(self.received_at, today)} {how}）：{why}。"


@dataclass(frozen=True, slots=True)
class _TakenIn:
    """What of the ledger tells that a file is not gone, or made good."""

    ledger: Hashable
    known: frozenset[tuple[str, str | None]]
    """Paths in the inbox and messages of all that was taken in,"""
    sha256s: frozenset[str]
    last: Mapping[tuple[str, date | None], datetime]
    """and when the last usable file came of each district and day; of assignment workbooks with neither."""


class TakenOut:
    """Looks for what is gone; what the ledger says is read again only where somebody has written into it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._taken_in: _TakenIn | None = None

    def look(self, since: date) -> list[Gone]:
        """Return what came since that day and is gone, in order of arrival. Raises LedgerError."""
        settings, zone, mails = self._settings, self._settings.calendar.zone, list[Mail]()
        if settings.mailboxes:
            mails = mail_journal.mails(settings, datetime.combine(since, time.min, zone))
        laid = laid_uploads.since(settings, since)
        lying = list(_lying(settings)) if mails or laid else []  # before the ledger: what a run takes in meanwhile is in one of the two
        numbers, apart = {message for _path, message, _sha256 in lying}, {sha256 for _path, _message, sha256 in lying}
        lacking = [sent for sent in laid if sent.number not in numbers and sent.sha256 not in apart]
        if not lacking and not any(mail.taken for mail in mails):
            return []
        there = self._look_into_ledger()
        taken = {message for _path, message in there.known}
        gone = [
            Gone(
                mask(sent.name),
                settings.name_of(sent.district) if sent.district else "",
                sent.day,
                sent.received_at.astimezone(zone),
                sent.number,
                sent.is_assignment,
            )
            for sent in lacking
            if sent.number not in taken and sent.sha256 not in there.sha256s
        ]
        gone += [self._gone(mail, name) for mail, name in self._mailed(mails, lying, there)]
        return sorted((_with_later(file, there.last) for file in gone), key=lambda file: file.received_at)

    def told(self, mails: Sequence[Mail], why: str = WHY, *, made_good: str = "", waits: Iterable[Waits] = ()) -> list[Mail]:
        """Return the messages, with the files that are gone among those that were not taken, and why. Raises LedgerError.

        `made_good`: why, of those in whose place another came that was taken in or `waits`; '' to leave these as they are.
        """
        if all((self._settings.paths.inbox / path).is_file() for mail in mails for _name, path in mail.taken if path):
            return list(mails)
        lying, there = list(_lying(self._settings)), self._look_into_ledger()
        later = {**there.last}
        for of_day, at in _waiting(waits):
            later[of_day] = max(later.get(of_day, at), at)
        names: dict[str, dict[str, str]] = {}
        for mail, name in self._mailed(mails, lying, there):
            if told := made_good if _with_later(self._gone(mail, name), later).is_made_good else why:
                names.setdefault(mail.identity, {})[name] = told
        return [_without(mail, names.get(mail.identity, {})) for mail in mails]

    def _gone(self, mail: Mail, name: str) -> Gone:
        at = mail.received_at.astimezone(self._settings.calendar.zone)
        return Gone(mask(name), self._settings.district_of_sender(Envelope(at, "email", mail.sender)), at.date(), at)

    def _mailed(self, mails: Sequence[Mail], lying: Sequence[tuple[str, str | None, str]], there: _TakenIn) -> Iterator[tuple[Mail, str]]:
        """Go through the files of messages that are neither in the inbox nor were taken in, by the names that they had."""
        known = {*there.known, *((path, message) for path, message, _sha256 in lying)}
        paths = {storable(path) for mail in mails for _name, path in mail.taken if path}
        there_paths = {path for path, _message in known}
        moved = {message for path, message in known if path not in paths}
        for mail in mails:
            if not (mail.message_id and mail.message_id in moved):
                for name, path in mail.taken:
                    if path and storable(path) not in there_paths and not (self._settings.paths.inbox / path).is_file():
                        yield mail, name

    def _look_into_ledger(self) -> _TakenIn:
        stamp = held_files.stamp(self._settings)
        if self._taken_in is None or self._taken_in.ledger != stamp:
            files = held_files.held(self._settings, lambda _file: False).files
            last: dict[tuple[str, date | None], datetime] = {}
            for file in (file for file in files if file.reading.accepted):
                of = ("", None) if file.arrival.is_assignment else (file.reading.district, file.reading.day)
                last[of] = max(last.get(of, file.arrival.envelope.received_at), file.arrival.envelope.received_at)
            arrivals = held_files.arrivals(self._settings)  # what a stopped run took in has no verdict yet
            known = frozenset((arrival.path, arrival.envelope.message_id) for arrival in arrivals)
            self._taken_in = _TakenIn(stamp, known, frozenset(arrival.sha256 for arrival in arrivals), last)
        return self._taken_in


def told(mails: Sequence[Mail], settings: Settings, why: str = WHY, *, made_good: str = "", waits: Iterable[Waits] = ()) -> list[Mail]:
    """Return the messages as `TakenOut.told`, for who asks once. Raises LedgerError."""
    return TakenOut(settings).told(mails, why, made_good=made_good, waits=waits)


def open_now(settings: Settings, today: date, waits: Iterable[Waits] = (), look: TakenOut | None = None) -> list[Gone]:
    """Return what is gone since a week, and in whose place nothing came that was taken in or waits. Raises LedgerError."""
    later = list(_waiting(waits))
    gone = (look or TakenOut(settings)).look(today - _TOLD_FOR)
    return [
        file
        for file in gone
        if not file.is_made_good
        and not any((district, day) == (file.district, file.day) and at > file.received_at for (district, day), at in later)
    ]


def told_now(settings: Settings, today: date) -> list[str]:
    """Return the same in lines, where nothing waits. Raises LedgerError."""
    return [file.told(today) for file in open_now(settings, today)]


def _with_later(file: Gone, last: Mapping[tuple[str, date | None], datetime]) -> Gone:
    later = last.get(("", None) if file.is_assignment else (file.district, file.day))
    return replace(file, is_made_good=later is not None and later > file.received_at)


def _waiting(waits: Iterable[Waits]) -> Iterator[tuple[tuple[str, date | None], datetime]]:
    """Go through the reports that wait and will count: of which district and day, and when each came."""
    return (((each.file.district, each.counts_for), at) for each in waits if each.counts_for and (at := each.file.received_at))


def _without(mail: Mail, names: Mapping[str, str]) -> Mail:
    taken = tuple((name, path) for name, path in mail.taken if name not in names)
    return replace(mail, taken=taken, not_taken=(*mail.not_taken, *names.items())) if names else mail


def _lying(settings: Settings) -> Iterator[tuple[str, str | None, str]]:
    """Go through the files in the inbox: where each lies, and the message that brought it; of what has none the sum of its bytes."""
    for seen in inbox.files(settings.paths.inbox):
        with suppress(OSError, envelopes.EnvelopeError):
            message = envelopes.look(seen.path, seen.sidecar, settings.calendar.zone).message_id
            yield seen.relative, message, "" if message else held_files.sha256(seen.path)
