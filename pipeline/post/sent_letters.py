"""The letters that were sent, or may have been: one row for each in the ledger, noted before and after the server had it.

A journal beside the ledger records the same once more: the ledger can be made again from the archive, and that must not have everything
sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipeline.disk import storage, summed_lines
from pipeline.ledger import one_run, places, row_sums, schema
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.row_sums import SUM
from pipeline.ledger.tables import Connection
from pipeline.post.letters import Kind, Letter
from pipeline.settings.config import Paths
from pipeline.settings.places import LedgerPlace
from pipeline.terms.errors import LedgerError, PipelineError

JOURNAL = "letters.jsonl"
LOCK = "post"
"""The folder in the office's state that is held while letters are sent."""
_MENDED = "mended"
_DAMAGED = (
    "发信记录 {path} 第 {lines} 行已损坏，台账里又没有那封信，不知道发过没有。为免重发或漏发，没有发信。"
    "请用备份恢复这个文件；没有备份的，删去这几行再运行，那几行记的信可能会再发一次。"
)
_WAY = "不会重发，也不会漏发。请运行 python run.py doctor --repair，按台账补记（发信时也会补记）。"
_DAMAGED_AND_HELD = "发信记录 {path} 第 {lines} 行已损坏；那几行记的信台账里都有，" + _WAY
_LACKING = "台账里有 {count} 封信发信记录 {path} 没有记，" + _WAY
_UNKNOWN = (
    "发信记录 {path} 第 {lines} 行已损坏，台账又读不了，不知道那几行记的信发过没有。请用同一时间的备份恢复整个 state 文件夹；"
    "没有备份的，先按“台账”一项修复。"
)

_letters, _items, _editions = schema.letters, schema.letter_items, schema.letter_editions


class State(StrEnum):
    """How far a letter has come."""

    UNDER_WAY = "under-way"
    """It is being handed over. Where nobody is at work on it any more, nobody knows what became of it."""
    SENT = "sent"
    """The server has taken it."""
    PUT_OFF = "put-off"
    """The server has not taken it, for the time being or because nobody reached it; it is tried again."""
    REFUSED = "refused"
    """The server has refused it for good."""


@dataclass(frozen=True, slots=True)
class SentLetter:
    """One letter as the ledger has it."""

    message_id: str
    kind: str
    day: str
    district: str
    recipient: str
    subject: str
    state: State
    attempts: int
    said: str
    at: str


class SentLetters:
    """The letters in the ledger, and the journal beside it."""

    def __init__(self, ledger: Ledger, state: Path, *, looks_on: bool = False) -> None:
        """`looks_on`: nothing is written, also where the journal knows more than the ledger; the next run that sends takes that in."""
        self._store = ledger.store
        self._journal = state / JOURNAL
        for table in (_items, _editions):  # looked over once, the letters with each look
            self._store.rows(table)
        if not looks_on:
            self._restore()

    def _restore(self) -> None:
        """Take in what the journal knows and the ledger does not."""
        read = _read_journal(self._journal)
        known = {sent.message_id: sent for sent in self.all()}
        missing = [entry for message_id, entry in read.letters.items() if message_id not in known]
        # noted while the ledger could not be used, or the ledger is an older one that somebody has put back
        newer = [entry[0] for message_id, entry in read.letters.items() if message_id in known and _is_after(entry[0], known[message_id])]
        if read.is_damaged and (missing or not known):
            raise PipelineError(read.told(_DAMAGED, self._journal))
        with self._store.begin() as connection:
            for sent in newer:
                _change(connection, sent)
            for sent, digests, edition in missing:
                _insert(connection, sent, digests)
                _set_edition(connection, sent.message_id, edition)
        if read.is_damaged:
            self._mend(read)

    def _mend(self, read: _Journal) -> None:
        """Write into the journal what its damaged lines may have said: the ledger, which is whole, has it."""
        # Added and not replaced: what answers mails may be adding a line at this moment.
        lines = []
        for sent in self.all():
            with self._store.connect() as connection:
                entry = sent, _digests(connection, sent.message_id), _edition(connection, sent.message_id)
            if entry != read.letters.get(sent.message_id):
                lines.append(summed_lines.line(_entry(*entry)))
        mended = [summed_lines.line({_MENDED: len(read.damaged)})] if read.is_damaged else []
        storage.append_lines(self._journal, [*lines, *mended])

    def complete_journal(self) -> None:
        """Write into the journal what the ledger knows and it does not."""
        self._mend(_read_journal(self._journal))

    def all(self) -> list[SentLetter]:
        """Return every letter, in the order in which they were last touched."""
        letters = [_read({name: value for name, value in row.items() if name != SUM}) for row in self._store.rows(_letters)]
        return sorted(letters, key=lambda letter: (letter.at, letter.message_id))

    def with_editions(self) -> list[tuple[SentLetter, str]]:
        """Return the same, each with the SHA-256 of the manifest of the edition that it is about; '' where nobody noted it."""
        with self._store.connect() as connection:
            editions = {row["message_id"]: row["manifest"] for row in connection.select(_editions)}
        return [(letter, editions.get(letter.message_id, "")) for letter in self.all()]

    def of_kind(self, kind: Kind) -> list[tuple[SentLetter, list[str]]]:
        """Return the letters of that kind, each with the digests of what it brings, in the order in which they were last touched."""
        letters = [letter for letter in self.all() if letter.kind == kind]
        with self._store.connect() as connection:
            return [(letter, _digests(connection, letter.message_id)) for letter in letters]

    def first_day(self) -> str:
        """Return the first day that was ever written about to a district or to leaders; '' where none was."""
        return min((letter.day for letter in self.all() if letter.kind in (Kind.DISTRICT, Kind.LEADERS)), default="")

    def overtaken(self, newest: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """Return by day (ISO) the editions that somebody was mailed last, or may have been, where one is not the day's newest, `newest`.

        Editions are told by their manifests' SHA-256; a letter of which nobody noted the edition counts for none.
        """
        last: dict[tuple[str, ...], str] = {}
        for letter, manifest in self.with_editions():
            if letter.kind in (Kind.DISTRICT, Kind.LEADERS) and letter.state in (State.SENT, State.UNDER_WAY) and manifest:
                last[letter.day, letter.kind, letter.district, letter.recipient.lower()] = manifest
        mailed: dict[str, set[str]] = {}
        for (day, *_whom), manifest in last.items():
            mailed.setdefault(day, set()).add(manifest)
        return {day: frozenset(manifests) for day, manifests in mailed.items() if day in newest and manifests != {newest[day]}}

    def settled(self, recipient: str) -> frozenset[str]:
        """Return the digests of what this recipient has, may have, or will not be let have by his server."""
        query = (
            "SELECT digest FROM letter_items JOIN letters ON letters.message_id = letter_items.message_id"
            " WHERE lower(recipient) = ? AND state <> ?"
        )
        with self._store.connect() as connection:
            return frozenset(connection.column(query, recipient.lower(), str(State.PUT_OFF)))

    def last_had(self, kind: Kind, day: str, districts: Sequence[str], recipient: str) -> tuple[str, frozenset[str]] | None:
        """Return what this recipient was last mailed, or may have been, of that kind about that day.

        That is the SHA-256 of the edition's manifest, '' where nobody noted it, and the digests of all that came; None for nothing.
        `districts`: every name that the district has had; '' for the leaders.
        """
        query = (
            "SELECT manifest, digest, district FROM letters JOIN letter_items ON letter_items.message_id = letters.message_id"
            " LEFT OUTER JOIN letter_editions ON letter_editions.message_id = letters.message_id"
            " WHERE lower(recipient) = ? AND kind = ? AND day = ? AND state IN (?, ?) ORDER BY at, letters.message_id"
        )
        values = (recipient.lower(), str(kind), day, str(State.SENT), str(State.UNDER_WAY))
        with self._store.connect() as connection:
            rows = [row for row in connection.all(query, *values) if row[2] in districts]
        return (rows[-1][0] or "", frozenset(digest for _manifest, digest, _district in rows)) if rows else None

    def note(self, letter: Letter, message_id: str, state: State, words: str, at: datetime) -> None:
        """Note how far a letter has come, seen on the disk when this returns."""
        digests = [item.digest for item in letter.items]
        with self._store.begin() as connection:
            before = connection.first("SELECT attempts FROM letters WHERE message_id = ?", message_id)
            attempts = (before or 0) + (state is State.UNDER_WAY)
            sent = _sent(letter, message_id, state, attempts, words, at)
            if before is None:
                _insert(connection, sent, digests)
            else:
                _change(connection, sent)
            _set_edition(connection, message_id, letter.edition)
        self._append(sent, digests, letter.edition)

    def plan(self, planned: Iterable[Letter], sender: str, at: datetime) -> None:
        """Note letters as put off, all in one step: of what nobody has tried to hand over yet it is known to whom it is owed."""
        entries = []
        with self._store.begin() as connection:
            known = {*connection.column("SELECT message_id FROM letters")}
            for letter in planned:
                if (message_id := letter.message_id(sender)) not in known:
                    sent, digests = _sent(letter, message_id, State.PUT_OFF, 0, "", at), [item.digest for item in letter.items]
                    _insert(connection, sent, digests)
                    entries.append(_entry(sent, digests, ""))
        if entries:
            storage.append_lines(self._journal, [summed_lines.line(entry) for entry in entries])

    def settle(self, sent: SentLetter, state: State, words: str, at: datetime) -> None:
        """Note what the office has found out about a letter."""
        settled = replace(sent, state=state, said=words, at=at.isoformat())
        with self._store.begin() as connection:
            _change(connection, settled)
            digests, edition = _digests(connection, sent.message_id), _edition(connection, sent.message_id)
        self._append(settled, digests, edition)

    def _append(self, sent: SentLetter, digests: list[str], edition: str) -> None:
        storage.append_lines(self._journal, [summed_lines.line(_entry(sent, digests, edition))])


# --- looked over and mended, for `doctor` ----------------------------------------------------------------------------


def problem(paths: Paths) -> str:
    """Return what is wrong with the journal and what to do about it; '' where nothing is. Changes nothing."""
    path = paths.state / JOURNAL
    read = _read_journal(path)
    try:
        held = _held(paths.ledger_place)
    except LedgerError:
        return read.told(_UNKNOWN, path) if read.is_damaged else ""
    if read.is_damaged:
        return read.told(_DAMAGED if read.letters.keys() - held or not held else _DAMAGED_AND_HELD, path)
    lacking = held - read.letters.keys()
    return _LACKING.format(count=len(lacking), path=path) if lacking else ""


def _held(place: LedgerPlace) -> set[str]:
    """Return the letters that the ledger has, by their Message-ID; none where there is no ledger. Raises LedgerError."""
    if not places.exists(place):
        return set()
    with Ledger(place) as ledger:
        return {row["message_id"] for row in ledger.store.rows(_letters)}


def mend(paths: Paths) -> bool:
    """Write into the journal what the ledger knows and it does not, and return whether there was something that is well now.

    To be done before a ledger is made anew, which then has the letters of the journal alone. Raises AnotherRunError while letters are sent.
    """
    if not (problem(paths) and places.exists(paths.ledger_place)):
        return False
    # Where the ledger cannot say it either, `problem` goes on to say so.
    with one_run.hold(paths, paths.state / LOCK), suppress(PipelineError), Ledger(paths.ledger_place) as ledger:
        SentLetters(ledger, paths.state).complete_journal()
    return not problem(paths)


class JournalAlone:
    """The letters as far as the journal knows them: for what must be told where the ledger cannot be used."""

    def __init__(self, state: Path) -> None:
        self._journal = state / JOURNAL

    def settled(self, recipient: str) -> frozenset[str]:
        """Return the digests of what this recipient has, may have, or will not be let have by his server."""
        letters = _read_journal(self._journal).letters.values()
        own = [(sent, digests) for sent, digests, _edition in letters if sent.recipient.lower() == recipient.lower()]
        return frozenset(digest for sent, digests in own if sent.state is not State.PUT_OFF for digest in digests)

    def note(self, letter: Letter, message_id: str, state: State, words: str, at: datetime) -> None:
        """Note how far a letter has come, seen on the disk when this returns; the ledger takes it in once it can be used."""
        before = _read_journal(self._journal).letters.get(message_id)
        attempts = (before[0].attempts if before else 0) + (state is State.UNDER_WAY)
        sent = _sent(letter, message_id, state, attempts, words, at)
        storage.append_lines(self._journal, [summed_lines.line(_entry(sent, [item.digest for item in letter.items], letter.edition))])


def _is_after(one: SentLetter, other: SentLetter) -> bool:
    return datetime.fromisoformat(one.at) > datetime.fromisoformat(other.at)


def _sent(letter: Letter, message_id: str, state: State, attempts: int, words: str, at: datetime) -> SentLetter:
    return SentLetter(
        message_id, str(letter.kind), letter.day, letter.district, letter.recipient, letter.subject, state, attempts, words, at.isoformat()
    )


def _entry(sent: SentLetter, digests: list[str], edition: str) -> dict[str, Any]:
    return {"letter": asdict(sent), "items": digests, **({"edition": edition} if edition else {})}


def _digests(connection: Connection, message_id: str) -> list[str]:
    return connection.column("SELECT digest FROM letter_items WHERE message_id = ?", message_id)


def _edition(connection: Connection, message_id: str) -> str:
    return connection.first("SELECT manifest FROM letter_editions WHERE message_id = ?", message_id) or ""


@dataclass(frozen=True, slots=True)
class _Journal:
    """What the journal says."""

    letters: dict[str, tuple[SentLetter, list[str], str]]
    """Each letter as its last line has it, with the digests and the edition."""
    damaged: list[int]
    """The numbers of the lines that cannot be read."""
    mended: int
    """Of how many such lines the contents were written again."""

    @property
    def is_damaged(self) -> bool:
        """Whether there are lines of which nobody has written the contents again."""
        return len(self.damaged) > self.mended

    def told(self, sentence: str, path: Path) -> str:
        """Return the sentence with the lines that it is about."""
        return sentence.format(path=path, lines="、".join(map(str, self.damaged)))


def _read_journal(path: Path) -> _Journal:
    read = _Journal({}, [], 0)
    for number, line in enumerate(written := summed_lines.lines(path), 1):
        entry = summed_lines.entry(line)
        try:
            if entry is not None and _MENDED in entry:
                read = replace(read, mended=int(entry[_MENDED]))
            elif entry is not None:
                sent = _read(entry["letter"])
                read.letters[sent.message_id] = (sent, [str(digest) for digest in entry["items"]], str(entry.get("edition", "")))
        except (KeyError, TypeError, ValueError):
            entry = None
        if entry is None and line and number < len(written):  # behind the last line break a power cut may have torn one
            read.damaged.append(number)
    return read


def _read(row: Mapping[str, Any]) -> SentLetter:
    return SentLetter(**{**row, "state": State(row["state"])})


def _insert(connection: Connection, sent: SentLetter, digests: Iterable[str]) -> None:
    connection.insert(_letters, [_row(sent)])
    items = [{"message_id": sent.message_id, "digest": digest} for digest in dict.fromkeys(digests)]
    connection.insert(_items, [row_sums.with_sum(_items, item) for item in items])


def _row(sent: SentLetter) -> dict[str, Any]:
    return row_sums.with_sum(_letters, {**asdict(sent), "state": str(sent.state)})


def _set_edition(connection: Connection, message_id: str, manifest: str) -> None:
    if manifest:
        connection.delete(_editions, {"message_id": message_id})
        connection.insert(_editions, [row_sums.with_sum(_editions, {"message_id": message_id, "manifest": manifest})])


def _change(connection: Connection, sent: SentLetter) -> None:
    connection.update(_letters, _row(sent), {"message_id": sent.message_id})
