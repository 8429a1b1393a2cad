"""`run.py urgent`: mails urgent matters of reports that still wait, each once, to the leaders on duty and those of the units above.

All letters of a look are noted in one step before the first is handed over, as put off: so that whatever dies in between, and also where
the night takes the report in meanwhile, the next look knows whom a matter is still owed. From there on it is as with every letter: noted
before and after the server has it, and one of unknown fate is told and never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.disk import lock
from pipeline.ledger import places
from pipeline.ledger.ledger import Ledger
from pipeline.office import urgent_matters
from pipeline.office.shared_readers import SharedReaders
from pipeline.office.urgent_matters import Known, Unsent, Untold, UrgentMatter, WaitingFiles
from pipeline.post import letters, sending, smtp, wording
from pipeline.post.letters import Delivery, Item, Kind, Letter
from pipeline.post.matter_standing import BY_WEIGHT, HAVE, Standing, Standings, stands
from pipeline.post.sending import Connect, SendingOutcome
from pipeline.post.sent_letters import SentLetter, SentLetters, State
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing
from pipeline.settings.units import Tree
from pipeline.terms.errors import AnotherRunError, ConfigurationError
from pipeline.terms.text import mask

LOCK = "urgent"
_MOST_MATTERS: Final = 50
"""So many stand in one letter; more come in further letters."""
_AGAIN: Final = timedelta(minutes=5)
"""So long a look that is taken again and again does nothing where the inbox is the same: letters that were put off are tried then."""

_NOBODY: Final = "没有设置发信，急报不会发给领导"
_NOT_YET: Final = "还没有发出"
_WHY: Final = {
    State.PUT_OFF: "没有发成，几分钟以后再试",
    State.REFUSED: "对方的服务器不收",
    State.UNDER_WAY: "交给服务器时断了，不知道到了没有",
}


@dataclass(slots=True)
class UrgentOutcome:
    """What a look has mailed."""

    sent: SendingOutcome = field(default_factory=SendingOutcome)
    matters: int = 0
    """So many had to be mailed."""
    nobody: int = 0
    """Of these, so many to nobody, since no leader has an address."""
    without: list[str] = field(default_factory=list)
    """Leaders on duty of whom no address is set."""
    unsent: list[Unsent] = field(default_factory=list)
    """What waits and is mailed to no leader since it will be refused."""
    dropped: list[UrgentMatter] = field(default_factory=list)
    """What leaders have been mailed, and the report that waits in its place has no more; `since` says so."""
    refused: list[UrgentMatter] = field(default_factory=list)
    """What is mailed though the register of now refuses it, which nobody can see in a report by itself."""
    tree: Tree = field(default_factory=Tree)
    """What lies above the districts."""

    @property
    def is_complete(self) -> bool:
        """Return whether nothing is owed to anybody."""
        return not self.nobody and self.sent.is_complete

    @property
    def in_short(self) -> str:
        """What the log says of it: nothing of what a report holds."""
        taken = sum(answer.fate is smtp.Fate.TAKEN for _letter, answer in self.sent.done)
        unsent = f"；另有 {len(self.unsent)} 件会退回，没有发给领导" if self.unsent else ""
        unsent += f"；另有 {len(self.dropped)} 件发过的，后来报的里面没有了" if self.dropped else ""
        letters_taken = f"急报 {self.matters} 件，该发 {len(self.sent.planned)} 封，发出 {taken} 封"
        return f"{letters_taken}{'' if self.is_complete else '；还有没发成的'}{unsent}"


def run(settings: Settings, now: datetime, connect: Connect = smtp.connected, shared: SharedReaders | None = None) -> UrgentOutcome:
    """Mail what is new. `shared`: the readers of whoever looks again and again.

    Raises ConfigurationError where nobody could be written to, and AnotherRunError where somebody is looking at this moment.
    """
    outgoing = _outgoing(settings)
    with lock.hold(settings.paths.state / LOCK, "看急报"):
        files = shared.waiting() if shared else urgent_matters.look(settings)
        waiting = {str(file.path): urgent_matters.of_waiting(file) for file in files}
        outcome = UrgentOutcome(unsent=urgent_matters.unsent(files), tree=settings.tree)
        if not any(waiting.values()) and not outcome.unsent and not places.exists(settings.paths.ledger_place):
            return outcome
        with Ledger(settings.paths.ledger_place) as ledger:
            record = SentLetters(ledger, settings.paths.state)
            noted = record.of_kind(Kind.URGENT)
            standing = Standings(noted, settings)
            owed = _owed(waiting, standing, _taken_in(waiting, noted, standing, settings, now))
            if any(owed.values()):
                known = urgent_matters.known(files, now.date(), settings, shared.start() if shared else None)
                matters = _counting(_with_remarks(owed, waiting, known, standing, settings, now), known.replaced, standing)
                _plan(outcome, matters, standing, known.on_duty, settings, now)
            outcome.dropped = _dropped(files, waiting, standing, settings, now)
            outcome.sent.planned += _to_office(outcome, record, settings, now)
            if outcome.sent.planned:
                record.plan(outcome.sent.planned, outgoing.sender, now)
                sending.hand_over(outcome.sent, record, settings, outgoing, connect)
                _note_unreached(outcome.sent, record, outgoing, now)
            _add_unsettled(outcome.sent, record, settings, outgoing, now)
            return outcome


def _note_unreached(sent: SendingOutcome, record: SentLetters, outgoing: Outgoing, now: datetime) -> None:
    """Note of the letters that no server could be reached for that they were tried, and why it failed."""
    for letter in sent.not_tried if sent.why else ():
        record.note(letter, letter.message_id(outgoing.sender), State.PUT_OFF, sent.why, now)


def _outgoing(settings: Settings) -> Outgoing:
    outgoing = settings.outgoing_mail
    if outgoing is None:
        msg = "设置文件里没有写 outgoing_mail（发信服务器和收件人），急报没有发。请照 config.yaml 里的说明填写。"
        raise ConfigurationError(msg)
    if not outgoing.may_write_to_leaders:
        msg = "设置文件的 outgoing_mail 里没有领导的地址，急报没有发。请写 leader_addresses（值班领导各自的地址）或 leaders。"
        raise ConfigurationError(msg)
    return outgoing


def _digest_of_unsent(unsent: Unsent) -> str:
    return letters.digest_of("unsent", *unsent.identity)


def _digest_of_dropped(matter: UrgentMatter) -> str:
    return letters.digest_of("dropped", *matter.identity, matter.since)


def _digest(matter: UrgentMatter) -> str:
    return letters.digest_of("urgent", *matter.identity)


def _counting(owed: Mapping[str, Sequence[UrgentMatter]], replaced: Collection[str], standing: Standings) -> list[UrgentMatter]:
    """Return what is owed; of a report in whose place a later one counts only what was noted before, first, and marked as such."""
    noted = [matter for path, own in owed.items() if path in replaced for matter in own if standing.is_known(_digest(matter))]
    rest = [matter for path, own in owed.items() if path not in replaced for matter in own]
    return [*(replace(matter, since=urgent_matters.REPLACED) for matter in noted), *rest]


def _with_remarks(
    owed: Mapping[str, Sequence[UrgentMatter]],
    waiting: Mapping[str, Sequence[UrgentMatter]],
    known: Known,
    standing: Standings,
    settings: Settings,
    now: datetime,
) -> dict[str, list[UrgentMatter]]:
    """Return what is owed with what the register refuses of it, and what was mailed before and may be the same matter."""
    of_files = (matter for own in waiting.values() for matter in own)
    all_known = [*urgent_matters.taken_in_since(_since(settings, now), settings), *of_files]
    mailed = [matter for matter in all_known if standing.is_had(_digest(matter))]
    mailed.sort(key=lambda matter: matter.came or now)

    def remarked(path: str, matter: UrgentMatter) -> UrgentMatter:
        beside = set() if path in known.replaced else {_digest(other) for other in waiting.get(path, [])}
        earlier = [other for other in mailed if _digest(other) not in beside]
        refused = known.refused.get(path, {}).get(matter.row, "") if matter.row else ""
        same = [] if matter.since else [other for other in all_known if _digest(other) == _digest(matter)]
        first = urgent_matters.as_first_reported(urgent_matters.corrected(matter, earlier, now), same)
        return replace(first, refused=refused)

    return {path: [remarked(path, matter) for matter in own] for path, own in owed.items()}


def _dropped(
    files: WaitingFiles,
    waiting: Mapping[str, Sequence[UrgentMatter]],
    standing: Standings,
    settings: Settings,
    now: datetime,
) -> list[UrgentMatter]:
    """Return what somebody has or may have, and the report that waits in its place has no more."""
    if not standing:
        return []
    taken_in = urgent_matters.taken_in_since(_since(settings, now), settings, urgent_matters.counting(files))
    known = [*taken_in, *(matter for own in waiting.values() for matter in own)]
    mailed = [matter for matter in known if standing.is_had(_digest(matter))]
    return urgent_matters.dropped(files, mailed, settings.calendar.zone)


def _since(settings: Settings, now: datetime) -> datetime:
    assert settings.outgoing_mail is not None  # noqa: S101 - `_outgoing` has seen to it
    return now - timedelta(days=settings.outgoing_mail.days)


def _taken_in(
    waiting: Mapping[str, Sequence[UrgentMatter]],
    noted: Iterable[tuple[SentLetter, Sequence[str]]],
    standing: Standings,
    settings: Settings,
    now: datetime,
) -> list[UrgentMatter]:
    """Return what was noted while it waited, is still owed, and stands in a report that was taken in since."""
    since = _since(settings, now)
    recent = {digest for letter, digests in noted if letter.day >= since.date().isoformat() for digest in digests}
    there = {_digest(matter) for matters in waiting.values() for matter in matters}
    owed = {digest for digest in recent - there if standing.may_be_owed(digest)}
    return [matter for matter in urgent_matters.taken_in_since(since, settings) if _digest(matter) in owed] if owed else []


def _owed(
    waiting: Mapping[str, Sequence[UrgentMatter]], standing: Standings, taken_in: Sequence[UrgentMatter]
) -> dict[str, list[UrgentMatter]]:
    """Return by file what is still to be mailed to somebody; '' for what was taken in."""
    return {
        path: [matter for matter in matters if standing.is_owed(matter.district, _digest(matter))]
        for path, matters in {**waiting, "": taken_in}.items()
    }


def _plan(
    outcome: UrgentOutcome,
    matters: Iterable[UrgentMatter],
    standing: Standings,
    on_duty: Sequence[str],
    settings: Settings,
    now: datetime,
) -> None:
    """Plan a letter to each leader with all that is new for him: of the office, and of the units above each matter's district."""
    assert settings.outgoing_mail is not None  # noqa: S101 - `_outgoing` has seen to it
    leaders, listed = settings.outgoing_mail.leaders, urgent_matters.addresses(on_duty, settings)
    known = (*leaders, *(address for own in settings.outgoing_mail.leader_addresses.values() for address in own))
    of_duty = [address for own in listed.values() for address in own]
    today = now.date().isoformat()
    by_letter: dict[tuple[str, str, str], dict[str, UrgentMatter]] = {}
    distinct = {_digest(matter): matter for matter in matters}
    for digest, matter in distinct.items():
        of_matter = standing.of_office(digest)
        of_office = _owed_to(of_matter, known) or [(address, today) for address in _reachable(of_matter, of_duty, leaders)]
        is_for_nobody = not (of_office or _is_told(of_matter, known))
        whom = {recipient.lower(): ("", recipient, day) for recipient, day in of_office}
        for unit, (addresses, of_unit) in standing.above(matter.district, digest).items():
            of_leaders = _owed_to(of_unit, addresses) or [(address, today) for address in _reachable(of_unit, addresses, ())]
            for recipient, day in of_leaders:
                whom.setdefault(recipient.lower(), (unit, recipient, day))
        outcome.nobody += is_for_nobody
        outcome.matters += bool(whom) or is_for_nobody
        for letter in whom.values():
            by_letter.setdefault(letter, {})[digest] = matter
    outcome.refused = [matter for matter in distinct.values() if matter.refused]
    outcome.without = [name for name, own in listed.items() if not own] if distinct else []
    writer = wording.Writer(settings, now.date())
    outcome.sent.planned = [letter for whom, own in by_letter.items() for letter in _letters(whom, own, writer, now)]


def _owed_to(standing: Standing, known: Iterable[str]) -> list[tuple[str, str]]:
    """Return who of those that are still written to was to get a matter with somebody who has it, each with that day."""
    if not stands(standing, *HAVE):
        return []
    listed = dict.fromkeys(address.lower() for address in known)
    return [(letter.recipient, letter.day) for address in listed if (letter := standing.get(address)) and letter.state is State.PUT_OFF]


def _reachable(standing: Standing, of_duty: Sequence[str], leaders: Sequence[str]) -> list[str]:
    """Return who is to get a matter that nobody has: whoever is on duty now, and the leaders where none of these can be reached."""
    if stands(standing, *HAVE):
        return []

    def reached(addresses: Sequence[str]) -> list[str]:
        distinct = {address.lower(): address for address in addresses}
        return [own for address, own in distinct.items() if address not in standing or standing[address].state is not State.REFUSED]

    return reached(of_duty) or reached(leaders)


def _is_told(standing: Standing, known: Iterable[str]) -> bool:
    """Whether somebody has it, or the server of an address that is still set wants none of it, which is told by itself."""
    listed = {address.lower() for address in known}
    is_refused = any(address in listed and letter.state is State.REFUSED for address, letter in standing.items())
    return is_refused or stands(standing, *HAVE)


def _letters(whom: tuple[str, str, str], matters: Mapping[str, UrgentMatter], writer: wording.Writer, now: datetime) -> Iterator[Letter]:
    unit, recipient, day = whom
    digests = list(matters)
    for start in range(0, len(digests), _MOST_MATTERS):
        part = digests[start : start + _MOST_MATTERS]
        items = [Item("", digest, delivery=Delivery.IN_WORDS) for digest in part]
        yield writer.urgent(date.fromisoformat(day), (unit, recipient), [matters[digest] for digest in part], items, now)


def _to_office(outcome: UrgentOutcome, record: SentLetters, settings: Settings, now: datetime) -> Iterator[Letter]:
    """Yield a letter to each address of the office with what it has not been told of yet."""
    assert settings.outgoing_mail is not None  # noqa: S101 - `_outgoing` has seen to it
    unsent = {_digest_of_unsent(each): each for each in outcome.unsent}
    dropped = {_digest_of_dropped(each): each for each in outcome.dropped}
    for recipient in settings.outgoing_mail.office if unsent or dropped else ():
        settled = record.settled(recipient)
        new = [digest for digest in (*unsent, *dropped) if digest not in settled]
        if new:
            items = [Item("", digest, delivery=Delivery.IN_WORDS) for digest in new]
            told = [unsent[digest] for digest in new if digest in unsent], [dropped[digest] for digest in new if digest in dropped]
            yield wording.Writer(settings, now.date()).to_phone(now.date(), recipient, *told, items)


def _add_unsettled(outcome: SendingOutcome, record: SentLetters, settings: Settings, outgoing: Outgoing, now: datetime) -> None:
    noted = [letter for kind in (Kind.URGENT, Kind.UNSENT) for letter, _digests in record.of_kind(kind)]
    outcome.unknown = [letter for letter in noted if letter.state is State.UNDER_WAY]
    outcome.refused = [
        letter for letter in noted if letter.state is State.REFUSED and sending.still_matters(letter, settings, outgoing, now)
    ]


def untold(settings: Settings, files: WaitingFiles, now: datetime) -> Untold:
    """Return what leaders were not mailed of what waits, or was owed to them when it was taken in. Mails nothing. Raises LedgerError.

    `files`: what waits.
    """
    outgoing = settings.outgoing_mail
    waiting = {str(file.path): urgent_matters.of_waiting(file) for file in files}
    matters = {_digest(matter): matter for own in waiting.values() for matter in own}
    unsent = tuple(urgent_matters.unsent(files))
    if outgoing is None or not outgoing.may_write_to_leaders:
        return Untold(tuple((matter, _NOBODY) for matter in matters.values()), unsent)
    if not places.exists(settings.paths.ledger_place):
        return Untold(tuple((matter, _NOT_YET) for matter in matters.values()), unsent)
    with Ledger(settings.paths.ledger_place) as ledger:
        noted = SentLetters(ledger, settings.paths.state, looks_on=True).of_kind(Kind.URGENT)
        standing = Standings(noted, settings)
        matters |= {_digest(matter): matter for matter in _taken_in(waiting, noted, standing, settings, now)}
    dropped = tuple(_dropped(files, waiting, standing, settings, now))
    owed = [(digest, matter, why) for digest, matter in matters.items() if (why := _why_untold(standing, digest, matter))]
    known = (
        [*urgent_matters.taken_in_since(_since(settings, now), settings), *(each for own in waiting.values() for each in own)]
        if owed
        else []
    )
    same = {digest: [other for other in known if _digest(other) == digest] for digest, _matter, _why_not in owed}
    return Untold(tuple((urgent_matters.as_first_reported(matter, same[digest]), why) for digest, matter, why in owed), unsent, dropped)


def still_owed(settings: Settings, outgoing: Outgoing, untold: Untold) -> set[tuple[str, str]]:
    """Return to whom a letter that was put off is still owed, in small letters, each with the digest of what. Raises LedgerError."""
    if not outgoing.may_write_to_leaders:
        return set()
    with Ledger(settings.paths.ledger_place) as ledger:
        standing = Standings(SentLetters(ledger, settings.paths.state, looks_on=True).of_kind(Kind.URGENT), settings)
    matters = {_digest(matter): matter.district for matter, _why_not in untold.matters}
    of_office = [*map(_digest_of_unsent, untold.unsent), *map(_digest_of_dropped, untold.dropped)]
    to_office = {(address.lower(), digest) for address in outgoing.office for digest in of_office}
    return to_office | {(recipient, digest) for digest, district in matters.items() for recipient in standing.put_off(district, digest)}


def _why_untold(standing: Standings, digest: str, matter: UrgentMatter) -> str:
    """Return why a matter has not reached everybody it is owed to, of the office's leaders and of the units'; '' where it has."""
    above = {unit: _why(own) for unit, (_addresses, own) in standing.above(matter.district, digest).items()}
    whys = [_why(standing.of_office(digest)), *(f"给{unit}的{why}" for unit, why in above.items() if why)]
    return "；".join(filter(None, dict.fromkeys(whys)))


def _why(standing: Standing) -> str:
    """Return why a matter has not reached everybody it is owed to; '' where it has."""
    open_letters = [letter for letter in standing.values() if letter.state is not State.SENT]
    if not open_letters:
        return "" if standing else _NOT_YET
    worst = min(open_letters, key=lambda letter: BY_WEIGHT.index(letter.state))
    if stands(standing, State.SENT) and worst.state is State.REFUSED:
        return ""
    return f"{_WHY[worst.state]}{f'（{mask(worst.said)}）' if worst.said else ''}"


def at_the_end(settings: Settings, now: datetime, connect: Connect = smtp.connected, shared: SharedReaders | None = None) -> UrgentOutcome:
    """Do the same at the end of another command. Does nothing where nobody is to be told, or another is telling it at this moment."""
    if settings.outgoing_mail is None or not settings.outgoing_mail.may_write_to_leaders:
        return UrgentOutcome()
    try:
        return run(settings, now, connect, shared)
    except AnotherRunError:
        return UrgentOutcome()


class Watch:
    """Looks again and again for `serve`, and only where the inbox is another than before or letters may have been put off."""

    def __init__(self, shared: SharedReaders) -> None:
        self._shared = shared
        self._last: tuple[datetime, tuple[object, ...]] | None = None

    def look(self, now: datetime, connect: Connect = smtp.connected) -> UrgentOutcome:
        """Mail what is new."""
        outgoing = self._shared.settings.outgoing_mail
        if outgoing is None or not outgoing.may_write_to_leaders:
            return UrgentOutcome()
        seen = self._shared.waiting()
        if self._last and self._last[1] == seen and now - self._last[0] < _AGAIN:
            return UrgentOutcome()
        outcome = at_the_end(self._shared.settings, now, connect, self._shared)
        self._last = now, seen
        return outcome
