"""How it stands with urgent matters that were mailed: who has one, who is still to get it, whose server wants none of it.

Covered by tests/post/test_urgent.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from pipeline.post.sent_letters import SentLetter, State
from pipeline.settings.outgoing import Outgoing

HAVE: Final = (State.SENT, State.UNDER_WAY)
BY_WEIGHT: Final = (State.PUT_OFF, State.REFUSED, State.UNDER_WAY, State.SENT)

Standing = Mapping[str, SentLetter]
"""How it stands with one matter, by recipient in small letters: of the letters with it the one that has come furthest."""


def standing_of(noted: Iterable[tuple[SentLetter, Sequence[str]]], outgoing: Outgoing) -> dict[str, Standing]:
    """Return how it stands with every matter that was ever mailed, by its digest.

    What was put off for those on duty on one day is owed no more once those of a later day have it, nor what was put off for
    `leaders` once those on duty have it, or the other way round. An address that is set no more counts where it has the matter, and where
    it may have it and nobody who is set has it.
    """
    lists = _lists(outgoing)
    by_matter: dict[str, list[SentLetter]] = {}
    for letter, digests in noted:
        for digest in digests:
            by_matter.setdefault(digest, []).append(letter)
    standing: dict[str, Standing] = {}
    for digest, noted_of_matter in by_matter.items():
        sent = _without_former(noted_of_matter, lists)
        having = [letter for letter in sent if letter.state in HAVE]
        had = max((letter.day for letter in having), default="")
        whose = [own for own in lists if any(letter.recipient.lower() in own for letter in having)]
        elsewhere = frozenset[str]().union(*lists).difference(*whose) if whose else frozenset()
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
