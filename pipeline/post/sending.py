"""`run.py send`: writes the letters that are due, sends each at most once, and knows what became of every one. `run` tells the story.

SMTP has no way to ask afterwards whether a server has a message. A connection that breaks after the last dot leaves a letter of unknown
fate; it is never sent again by itself, since a person would get it twice, and it is never forgotten, since a person may not have it.
"""

from __future__ import annotations

import hashlib
import json
import smtplib
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.ledger import editions, journal, one_run, places
from pipeline.ledger.ledger import Ledger
from pipeline.post import letter_plan, letters, sent_letters, smtp
from pipeline.post.letters import Kind, Letter
from pipeline.post.published_days import PublishedDay
from pipeline.post.sent_letters import JournalAlone, SentLetter, SentLetters, State
from pipeline.publishing import handed_out, outbox
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.terms.errors import ConfigurationError
from pipeline.terms.handed_in import LEFT_OUT
from pipeline.terms.mails import Mail
from pipeline.terms.text import on_screen

_STATES = {
    smtp.Fate.TAKEN: State.SENT,
    smtp.Fate.PUT_OFF: State.PUT_OFF,
    smtp.Fate.REFUSED: State.REFUSED,
    smtp.Fate.UNKNOWN: State.UNDER_WAY,
}
Connect = Callable[[Outgoing], AbstractContextManager[smtplib.SMTP]]
TOLD_OF = timedelta(days=32)
"""Of messages of so long letters tell that they held no report."""
_ENOUGH = 3
"""So many letters in a row that the server puts off end the run, which would only go on in vain: the rest waits for the next one."""


@dataclass(slots=True)
class SendingOutcome:
    """What a run of `send` did."""

    planned: list[Letter] = field(default_factory=list)
    """All letters that were due; with `dry_run` none was sent."""
    done: list[tuple[Letter, smtp.Answer]] = field(default_factory=list)
    not_tried: list[Letter] = field(default_factory=list)
    unknown: list[SentLetter] = field(default_factory=list)
    """Letters of which nobody knows whether the server has them; they are not sent again by themselves."""
    refused: list[SentLetter] = field(default_factory=list)
    """Letters that the server wanted none of, in the days that are looked at, to addresses that are still written to."""
    without_address: list[str] = field(default_factory=list)
    held: list[date] = field(default_factory=list)
    """Days whose letters to the leaders wait until somebody of the office lets them go."""
    why: str = ""
    """Why the server could not be reached, if it could not."""

    @property
    def is_complete(self) -> bool:
        """Return whether every letter has come to its end."""
        unsettled = self.not_tried or self.unknown or self.refused
        return not (unsettled or self.why or any(answer.fate is not smtp.Fate.TAKEN for _letter, answer in self.done))


@dataclass(frozen=True, slots=True)
class Clarification:
    """What the office has found out about letters of unknown fate."""

    fate: str
    """`again`: send it again; `done`: it has arrived."""
    to: str | None = None
    """The one recipient that is meant; None for all."""


def run(
    settings: Settings,
    now: datetime,
    connect: Connect = smtp.connected,
    *,
    dry_run: bool = False,
    clarification: Clarification | None = None,
    mails: Sequence[Mail] = (),
) -> SendingOutcome:
    """Send what is due; with `dry_run` only say what it would be. `mails`: what came by mail today and on the days that letters are about.

    Raises ConfigurationError where nothing is set about outgoing mail, and AnotherRunError where another run is sending.
    """
    outgoing = settings.outgoing_mail
    if outgoing is None:
        msg = "设置文件里没有写 outgoing_mail（发信服务器和收件人），没有发信。请照 config.yaml 里的说明填写。"
        raise ConfigurationError(msg)
    places.check_there(settings.paths)
    with one_run.hold(settings.paths, settings.paths.state / sent_letters.LOCK), Ledger(settings.paths.ledger_place) as ledger:
        record = SentLetters(ledger, settings.paths.state)
        if clarification:
            _settle(record, clarification, now)
        outcome = _due(ledger, record, settings, now, mails)
        if not dry_run and outcome.planned:
            hand_over(outcome, record, settings, outgoing, connect)
        noted = [letter for letter in record.all() if letter.kind != Kind.ANSWER]
        outcome.unknown = [letter for letter in noted if letter.state is State.UNDER_WAY]
        outcome.refused = [letter for letter in noted if letter.state is State.REFUSED and still_matters(letter, settings, outgoing, now)]
        return outcome


def due(settings: Settings, now: datetime) -> SendingOutcome:
    """Return what would be sent now, for somebody who only looks: it keeps no run that sends from beginning. Raises LedgerError.

    What came by mail is left out: that changes the words of letters alone.
    """
    places.check_there(settings.paths)
    if settings.outgoing_mail is None or not places.exists(settings.paths.ledger_place):
        return SendingOutcome()
    with Ledger(settings.paths.ledger_place) as ledger:
        return _due(ledger, SentLetters(ledger, settings.paths.state, looks_on=True), settings, now, ())


def written_from(settings: Settings, now: datetime) -> date | None:
    """Return the first day that is ever written about, since the first run that sends writes about no day before; None where there is none.

    Raises LedgerError.
    """
    outgoing = settings.outgoing_mail
    if outgoing is None or not places.exists(settings.paths.ledger_place):
        return None
    with Ledger(settings.paths.ledger_place) as ledger:
        first = SentLetters(ledger, settings.paths.state, looks_on=True).first_day()
        first = first or _newest_over(_published(ledger, settings, _recent(ledger, outgoing, now.date())), settings, now)
    return date.fromisoformat(first) if first else None


def to_release(settings: Settings, now: datetime) -> tuple[date | None, list[date]]:
    """Return the first day that is ever written about, and the days whose letters to the leaders wait for a look. Raises LedgerError."""
    return written_from(settings, now), due(settings, now).held


def _settle(record: SentLetters, clarification: Clarification, now: datetime) -> None:
    recipient = clarification.to
    states = {"again": State.PUT_OFF, "done": State.SENT}
    unknown = [letter for letter in record.all() if letter.state is State.UNDER_WAY and letter.kind != Kind.ANSWER]
    meant = [letter for letter in unknown if recipient is None or letter.recipient.lower() == recipient.lower()]
    if recipient is not None and not meant:
        msg = f"没有发给 {on_screen(recipient)} 的下落不明的信，什么也没有改，没有发信。收件人以 python run.py send --dry-run 列出的为准。"
        raise ConfigurationError(msg)
    for letter in meant:
        record.settle(letter, states[clarification.fate], f"办公室核实：{'重发' if clarification.fate == 'again' else '对方已收到'}", now)


def still_matters(letter: SentLetter, settings: Settings, outgoing: Outgoing, now: datetime) -> bool:
    """Return whether a refused letter still has to reach that address: not once the days are over, or another address is set.

    A letter about a day that was over already, since that was written again, has as many days from when it was refused.
    """
    days = timedelta(0 if letter.kind == Kind.REMINDER else outgoing.days)
    day, refused = date.fromisoformat(letter.day), datetime.fromisoformat(letter.at).astimezone(now.tzinfo).date()
    since = refused if day + days < refused <= now.date() and letter.kind != Kind.REMINDER else day
    if now.date() - since > days:
        return False
    if letter.kind in (Kind.LEADERS, Kind.NIGHT, Kind.URGENT, Kind.UNSENT):
        written_to = outgoing.office if letter.kind in (Kind.NIGHT, Kind.UNSENT) else outgoing.leaders
        own = outgoing.leader_addresses.values() if letter.kind == Kind.URGENT else ()
        if letter.kind in (Kind.LEADERS, Kind.URGENT) and letter.district:
            own, written_to = (), outgoing.unit_leaders.get(letter.district, ())
        written_to = (*written_to, *(address for addresses in own for address in addresses))
    else:
        district = settings.district_named(letter.district)  # a letter keeps the name of then, and a former name is an alias
        written_to = letter_plan.addresses(district.name, settings, outgoing) if district else ()
    return letter.recipient.lower() in {address.lower() for address in written_to}


def _due(ledger: Ledger, record: SentLetters, settings: Settings, now: datetime, mails: Sequence[Mail]) -> SendingOutcome:
    outgoing = settings.outgoing_mail
    assert outgoing is not None  # noqa: S101 - `run` has seen to it
    days = {*_recent(ledger, outgoing, now.date()), *_overtaken(ledger, record, outgoing, now.date())}
    published = list(_published(ledger, settings, days))
    first = record.first_day() or _newest_over(published, settings, now)
    published = [folder for folder in published if folder.day.isoformat() >= first]
    planner = letter_plan.Planner(settings, outgoing, record, now, mails)
    results, reminders = planner.letters_about(published), planner.reminders()
    without = dict.fromkeys([*results.without_address, *reminders.without_address])
    letters_due = [*results.letters, *reminders.letters]
    return SendingOutcome(planned=letters_due, without_address=list(without), held=[folder.day for folder in results.held])


def _newest_over(published: Iterable[PublishedDay], settings: Settings, now: datetime) -> str:
    """Return the newest day that letters are written about: the first run ever sends no backlog. '' where there is none."""
    over = (folder.day for folder in published if now > settings.on(folder.day).calendar.last_moment(folder.day))
    return max((day.isoformat() for day in over), default="")


def _recent(ledger: Ledger, outgoing: Outgoing, today: date) -> list[str]:
    """Return the last days of which letters tell whatever was mailed before, and those of which some may wait for a look (ISO)."""
    days = max(outgoing.days, letter_plan.LOOK_DAYS if outgoing.leaders_after_look else 0)
    return [iso for iso in ledger.publications() if 0 <= (today - date.fromisoformat(iso)).days <= days]


def _overtaken(ledger: Ledger, record: SentLetters, outgoing: Outgoing, today: date) -> Iterator[str]:
    """Go through the days before these of which somebody had an edition that may say another thing than the newest (ISO)."""
    newest = {iso: manifest for iso, (_made_from, manifest) in ledger.publications().items()}
    for iso, mailed in record.overtaken(newest).items():
        if (today - date.fromisoformat(iso)).days <= outgoing.days:
            continue
        listed = editions.of_day(ledger, date.fromisoformat(iso))
        said = {edition.note.manifest: letter_plan.what_counts(edition.outputs) for edition in listed}
        if any(said.get(manifest) != said.get(newest[iso]) for manifest in mailed):  # else the look alone is another, as of a new program
            yield iso


def _published(ledger: Ledger, settings: Settings, days: Container[str]) -> Iterator[PublishedDay]:
    """Yield these days' folders, as far as they are whole: a changed manifest may name what we never wrote."""
    outlines = [filed for filed in ledger.outlines() if not filed.arrival.is_assignment]
    for iso, (_fingerprint, sha256) in sorted(ledger.publications().items()):
        day = date.fromisoformat(iso)
        if iso not in days or not outbox.is_whole(settings.paths.outbox, iso, sha256):
            continue
        folder = settings.paths.outbox / iso
        written = (folder / outbox.MANIFEST).read_bytes()
        if hashlib.sha256(written).hexdigest() == sha256:
            manifest = json.loads(written)
            answers = handed_out.answers(outlines, day, manifest, ledger, settings)
            of_day = tuple(editions.of_day(ledger, day))
            gone = {file["sha256"] for file in manifest["inputs"] if file.get("role") == LEFT_OUT}
            left_out = frozenset(
                file.district for file in journal.left_out(settings.paths.archive) if file.sha256 in gone and file.day == day
            )
            headline = tuple((line["name"], line["says"]) for line in manifest.get("headline", ()))
            yield PublishedDay(
                day,
                folder,
                manifest["outputs"],
                manifest["correction"],
                answers,
                sha256,
                of_day,
                left_out,
                headline,
                handed_out.named_then(manifest, settings),
                manifest.get("units", {}),
                senders={
                    path: settings.district_of_sender(filed.arrival.envelope)
                    for path, filed in answers.items()
                    if not filed.reading.district
                },
            )


# --- handing over ------------------------------------------------------------------------------------------------


def hand_over(
    outcome: SendingOutcome, record: SentLetters | JournalAlone, settings: Settings, outgoing: Outgoing, connect: Connect
) -> None:
    """Hand over the letters that are planned, each noted before and after."""
    waiting = list(outcome.planned)
    try:
        with connect(outgoing) as server:
            put_off = 0
            while waiting and put_off < _ENOUGH:
                letter = waiting.pop(0)
                answer = _hand_over(
                    letter, record, settings, outgoing, lambda content, to: smtp.hand_over(server, outgoing.sender, to, content)
                )
                outcome.done.append((letter, answer))
                put_off = 0 if answer.fate in (smtp.Fate.TAKEN, smtp.Fate.REFUSED) else put_off + 1
    except smtp.UnreachableError as error:
        outcome.why = str(error)
    outcome.not_tried = waiting


def _hand_over(
    letter: Letter,
    record: SentLetters | JournalAlone,
    settings: Settings,
    outgoing: Outgoing,
    hand_over: Callable[[bytes, str], smtp.Answer],
) -> smtp.Answer:
    """Note that it is under way, hand it over, note what became of it: a kill in between leaves it as of unknown fate."""
    at = datetime.now(settings.calendar.zone)
    identity = letter.message_id(outgoing.sender)
    record.note(letter, identity, State.UNDER_WAY, "", at)
    answer = hand_over(letters.message(letter, outgoing.sender, settings.office, at), letter.recipient)
    record.note(letter, identity, _STATES[answer.fate], answer.words, datetime.now(settings.calendar.zone))
    return answer
