"""专报 spread over the pages that it takes anyway: larger letters before and behind the decisions, long notes in lines of their own.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.render.papers import page_room

Fields = dict[str, Any]
_SENTENCE = re.compile(r"[^。]+。?")
_LONG = (100, 160, 240)
"""Characters of a sentence that is set in lines: of fewer of them where there is less room."""
_ROOM = {page_room.ROOMY: 34.0, page_room.USUAL: 39.0, page_room.SMALL: 46.0}
"""In Chinese characters: of a line, by setting."""
_DAY = re.compile(r"(?<=、)(?=(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:由|仍))")
"""Between the days of a correction."""
_INDENT = "　　"
_NOTES = ("由来", "台账")


def over_pages(draft: Fields) -> Fields:
    """Return the texts set as legibly as their pages have room for: on no more pages, and with as many decisions on the first."""
    pages, is_decided = page_room.pages(draft), page_room.is_decided(draft)
    draft = {**draft, "前文": page_room.USUAL, "后半": draft["版面"]}
    if page_room.pages(draft) > pages or page_room.is_decided(draft) < is_decided:
        draft["前文"] = draft["版面"]
    for tried in _tries(draft):
        if page_room.pages(tried) == pages and page_room.is_decided(tried) >= is_decided:
            return tried
    return draft


def _tries(draft: Fields) -> Iterator[Fields]:
    """Go through the ways to set it, the most legible first."""
    larger = page_room.SETTINGS[: page_room.SETTINGS.index(draft["后半"]) + 1]
    for long in _LONG:
        for setting in larger:
            in_lines = {name: [line for text in draft[name] for line in lines(text, long, _ROOM[setting])] for name in _NOTES}
            yield {**draft, **in_lines, "后半": setting}
    yield from ({**draft, "后半": setting} for setting in larger)


def lines(text: str, long: int, room: float) -> list[str]:
    """Return a note's sentences: short ones together, a longer one in lines that begin with one of its parts, a corrected day by itself."""
    found, together = [], ""
    for sentence in _SENTENCE.findall(text):
        if len(sentence) <= long:
            together += sentence
            continue
        found += [together] if together else []
        together = ""
        first, *others = _packed(sentence, room)
        found += [first, *(f"{_INDENT}{line}" for line in others)]
    return found + ([together] if together else [])


def _packed(sentence: str, room: float) -> Iterator[str]:
    """Go through a sentence's lines: as many of its parts as have room on one, and each day of a correction on its own."""
    line = ""
    for part in re.split("(?<=；)", sentence):
        day, *days = _DAY.split(part)
        if line and (days or page_room.width(line + day) > room):
            yield line
            line = ""
        line += day
        for other in days:
            yield line
            line = other
    yield line
