"""Text from reports as it may stand on paper: on one line, without what steers a program, without personal numbers.

Covered by tests/render/papers/test_briefing.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from pipeline.terms.text import mask

LONGEST_NUMBER = 24
LONGEST_NAME = 12
_BREAKS = "\n\r\t\x0b\x0c\x85"
"""The control characters that part words; all others are dropped."""


def short(text: str, most: int) -> str:
    """Return the text, plain, and cut where it is longer than so many characters."""
    text = plain(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


@lru_cache(maxsize=1 << 14)  # 专报 is drafted a dozen times to find what its pages hold, of the same texts
def plain(text: str) -> str:
    """Return the text on one line, without what steers a program or cannot stand in XML, and without personal numbers."""
    if not text.isprintable():
        breaks = f"{_BREAKS}\u2028\u2029"
        text = "".join(" " if character in breaks else character for character in text if _may_stand(character)).strip()
    return mask(text)


def _may_stand(character: str) -> bool:
    if character in _BREAKS:
        return True
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return False
    # Unicode's noncharacters: the last two of every plane, and U+FDD0 to U+FDEF. XML holds no U+FFFE and no U+FFFF.
    return ord(character) & 0xFFFE != 0xFFFE and not "\ufdd0" <= character <= "\ufdef"  # noqa: PLR2004


def plain_in(value: object) -> object:
    """Return the same value with every text in it plain."""
    match value:
        case str():
            return plain(value)
        case Mapping():
            return {name: plain_in(inner) for name, inner in value.items()}
        case list():
            return [plain_in(inner) for inner in value]
        case _:
            return value
