"""Many cases named in few words: under their districts, numbers that follow each other as a run, and of very many the first.

Covered by tests/render/papers/test_case_names.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.render.papers.plain_text import LONGEST_NUMBER, short

_FEW = 12
"""Cases that are all named; of more of them each district has a count and the first."""
_FIRST = 3
"""Numbers or runs that a district has then."""
_SHORTEST_RUN = 4
_NUMBER = re.compile(r"(.*?)(\d+)", re.DOTALL)

Case = tuple[str, str]
"""A case's number and its district, '' where none is told."""


def by_district(cases: Sequence[Case], most: int, order: Sequence[str] = ()) -> str:
    """Return the cases under their districts, in that order of these, at most so many; '' where none is named."""
    turns = {name: turn for turn, name in enumerate(order)}
    before = Counter[str]()
    places = []
    for number, district in cases:  # one of every district before the second of any
        places.append((before[district], turns.get(district, len(turns)), number, district))
        before[district] += 1
    nearest = sorted(range(len(places)), key=lambda place: places[place][:2])[:most]
    shown = [cases[place] for place in sorted(nearest, key=lambda place: (places[place][1], place))]
    districts: dict[str, list[str]] = {}
    for number, district in shown:
        districts.setdefault(district, []).append(number)
    counts = before if len(cases) > _FEW else Counter[str]()
    named = "；".join(_named(district, numbers, counts[district]) for district, numbers in districts.items())
    more = len(districts) < len(before) or (not counts and len(shown) < len(cases))
    return f"{named}{'等' if named and more and not named.endswith('等') else ''}"


def _named(district: str, numbers: Sequence[str], count: int) -> str:
    """Return a district's cases; where they are counted, with how many they are, named or not, and of very many the first."""
    told = list(runs(numbers))
    if not count or (len(told) == 1 and len(numbers) == count):
        return f"{district}{'、'.join(told)}"
    return f"{district}{count}件：{'、'.join(told[:_FIRST])}{'等' if len(told) > _FIRST or len(numbers) < count else ''}"


def runs(numbers: Sequence[str]) -> Iterator[str]:
    """Go through numbers in their order, several that follow each other as the first to the last of them."""
    run: list[str] = []
    for before, number in pairwise(["", *numbers]):
        if run and not _follows(before, number):
            yield from _run(run)
            run = []
        run.append(number)
    yield from _run(run)


def _run(numbers: Sequence[str]) -> Iterator[str]:
    shown = [short(number, LONGEST_NUMBER) for number in numbers]
    if len(shown) < _SHORTEST_RUN:
        yield from shown
    else:
        yield f"{shown[0]}至{shown[-1]}共{len(shown)}件"


def _follows(before: str, number: str) -> bool:
    """Whether a number is the next one: SJ-2020-018 of SJ-2020-017."""
    first, second = _NUMBER.fullmatch(before), _NUMBER.fullmatch(number)
    if not first or not second or first[1] != second[1]:
        return False
    return len(first[2]) == len(second[2]) and int(second[2]) == int(first[2]) + 1
