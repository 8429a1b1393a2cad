"""How it stands with urgent matters that were mailed: who has one, who is still to get it, whose server wants none of it.

Covered by tests/post/test_urgent.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.post.sent_letters import SentLetter, State
from pipeline.settings.config import Settings
from pipeline.settings.outgoing import Outgoing

HAVE: Final = (State.SENT, State.UNDER_WAY)
BY_WEIGHT: Final = (State.PUT_OFF, State.REFUSED, State.UNDER_WAY, State.SENT)

Standing = Mapping[str, SentLetter]
"""How it stands with one matter, by recipient in small letters: of the letters with it the one that has come furthest."""


Noted = Iterable[tuple[SentLetter, Sequence[str]]]
"""Letters, each with the digests of what it brings."""


class Standings:
    """How it stands with every matter that was ever mailed, by its digest: with the office's leaders, and with those of each unit.

    Whoever is a leader of two of these is mailed once: what he has from the one counts for the other.
    """

    def __init__(self, noted: Noted, settings: Settings) -> None:
        outgoing = settings.outgoing_mail
        assert outgoing is not None  # noqa: S101 - whoever asks has seen to it
        letters, self._tree = list(noted), settings.tree
        self._addresses = {unit: own for unit, own in outgoing.unit_leaders.items() if own}
        self._of_office = _standing_of(letters, "", _lists(outgoing))
        self._of_units = {unit: _standing_of(letters, unit, (frozenset(map(str.lower, own)),)) for unit, own in self._addresses.items()}

    def __bool__(self) -> bool:
        """Whether anything was ever mailed."""
        return any((self._of_office, *self._of_units.values()))

    def of_office(self, digest: str) -> Standing:
        """Return how it stands with a matter among the office's leaders."""
        return self._of_office.get(digest, {})

    def above(self, district: str, digest: str) -> dict[str, tuple[Sequence[str], Standing]]:
        """Return of the units above a district that have addresses: these, and how it stands with a matter there."""
        units = self._tree.units_of.get(district, ())
        return {unit: (own, self._of_units[unit].get(digest, {})) for unit in units if (own := self._addresses.get(unit))}

    def is_had(self, digest: str) -> bool:
        """Whether somebody has it, or may have it."""
        return any(stands(of_all.get(digest, {}), *HAVE) for of_all in (self._of_office, *self._of_units.values()))

    def is_known(self, digest: str) -> bool:
        """Whether it was ever noted for anybody."""
        return any(digest in of_all for of_all in (self._of_office, *self._of_units.values()))

    def is_owed(self, district: str, digest: str) -> bool:
        """Whether it is still to be mailed to somebody."""
        return is_owed(self.of_office(digest)) or any(is_owed(standing) for _own, standing in self.above(district, digest).values())

    def may_be_owed(self, digest: str) -> bool:
        """Return the same of a matter that was noted and of which the district is not known."""
        return any(is_owed(of_all[digest]) for of_all in (self._of_office, *self._of_units.values()) if digest in of_all)

    def put_off(self, district: str, digest: str) -> list[str]:
        """Return in small letters to whom it is owed and was tried to be mailed."""
        of_all = [self.of_office(digest), *(standing for _own, standing in self.above(district, digest).values())]
        return [recipient for of_these in of_all for recipient, letter in of_these.items() if letter.state is State.PUT_OFF]


def _standing_of(noted: Noted, whose: str, lists: Sequence[frozenset[str]]) -> dict[str, Standing]:
    """Return how it stands with every matter among those of a unit, '' for the office.

    What was put off for those on duty on one day is owed no more once those of a later day have it, nor what was put off for
    `leaders` once those on duty have it, or the other way round. An address that is set no more counts where it has the matter, and where
    it may have it and nobody who is set has it.
    """
    by_matter: dict[str, list[SentLetter]] = {}
    listed = frozenset[str]().union(*lists)
    for letter, digests in noted:
        is_own = letter.district == whose or (letter.state in HAVE and letter.recipient.lower() in listed)
        for digest in digests if is_own else ():
            by_matter.setdefault(digest, []).append(letter)
    standing: dict[str, Standing] = {}
    for digest, noted_of_matter in by_matter.items():
        sent = _without_former(noted_of_matter, lists)
        having = [letter for letter in sent if letter.state in HAVE]
        had = max((letter.day for letter in having), default="")
        reached = [own for own in lists if any(letter.recipient.lower() in own for letter in having)]
        elsewhere = frozenset[str]().union(*lists).difference(*reached) if reached else frozenset()
        counting = [
            letter
            for letter in sent
            if letter.state is not State.PUT_OFF or (letter.day >= had and letter.recipient.lower() not in elsewhere)
        ]
        counting.sort(key=lambda letter: (BY_WEIGHT.index(letter.state), letter.day))
        standing[digest] = {letter.recipient.lower(): letter for letter in counting}
    return standing


def _without_former(noted: Sequence[SentLetter], lists: Iterable[frozenset[str]]) -> list[SentLetter]:
    """Leave out the letters to addresses that are set no more: nothing is owed to them, and their servers are asked no more."""
    listed = frozenset[str]().union(*lists)
    is_had = any(letter.state is State.SENT and letter.recipient.lower() in listed for letter in noted)
    of_former = (State.SENT,) if is_had else HAVE
    return [letter for letter in noted if letter.recipient.lower() in listed or letter.state in of_former]


def _lists(outgoing: Outgoing) -> tuple[frozenset[str], frozenset[str]]:
    """Return whom a matter is mailed to where nobody on duty can be reached, and who may be on duty, in small letters."""
    of_duty = (address for own in outgoing.leader_addresses.values() for address in own)
    return frozenset(map(str.lower, outgoing.leaders)), frozenset(map(str.lower, of_duty))


def stands(standing: Standing, *states: State) -> bool:
    """Whether somebody's letter with the matter has come so far."""
    return any(letter.state in states for letter in standing.values())


def is_owed(standing: Standing) -> bool:
    """Whether nobody has it or may have it, or somebody else is still to get it."""
    return stands(standing, State.PUT_OFF) or not stands(standing, *HAVE)
