"""What a cell's number format shows where that is not the value itself: nothing, another number, or words around it.

The codes are those of ECMA-376 part 1, 18.8.31. Rounding, separators, colours and currency signs leave a number what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_PERCENTS = {9: "0%", 10: "0.00%"}
"""Of Excel's own formats, which have no code in a file, those that show something else."""
_TOKEN = re.compile(r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<gap>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]?|(?P<plain>.)', re.DOTALL)
_CONDITION = re.compile(r"[<>=]")
_CURRENCY = re.compile(r"\$([^-]*)")
"""A currency's sign in brackets, with its place behind a hyphen."""
_SIGNS = frozenset("¥￥$€£ -+()（）\xa0")
"""What may stand beside a number without making it another one."""
_DIGITS, _PLACES = frozenset("0#?"), frozenset("0#?.,%@")
_OTHERS = re.compile(r"(?i)general|g/通用格式|[ymdhse/]|上午|下午")
"""What makes a section plain, a date, an exponent or a fraction: none of them shows another number."""
_LONGEST = 255
"""Characters of a code in Excel; a stranger's may be longer."""
_WIDE = Context(prec=700)
"""Room for the longest number that a cell holds, written out."""
_FOR_TEXT = 3
"""The place of the section for texts, behind those for positive numbers, negative ones and zero."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a section: a place for a digit or the text, the point, a comma or a percent sign; or words."""

    place: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of a code: how some kind of value is shown."""

    pieces: tuple[_Piece, ...]
    bare: str
    """What stands outside quotes, brackets and escapes."""
    has_condition: bool

    @property
    def is_telling(self) -> bool:
        """Whether it shows nothing, a multiple or a part of a number, or words that are more than a sign beside it."""
        if _OTHERS.search(self.bare):
            return False
        at = [number for number, piece in enumerate(self.pieces) if piece.place in _DIGITS or piece.place == "@"]
        if not at:
            return True
        is_within = any(piece.words for piece in self.pieces[at[0] : at[-1]])
        return is_within or "%" in self.bare or self.thousands > 0 or not _SIGNS.issuperset("".join(piece.words for piece in self.pieces))

    @property
    def thousands(self) -> int:
        """By how many thousands it divides: the commas behind the last place of the whole part, and behind that of all."""
        parts = "".join(piece.place for piece in self.pieces if piece.place != "%").split(".")
        return sum(len(part) - len(part.rstrip(",")) for part in parts)


def telling(format_: int | str) -> str:
    """Return the code of a format that may show something else than the value; '' for every other."""
    if isinstance(format_, int):
        return _PERCENTS.get(format_, "")
    if not format_ or len(format_) > _LONGEST:
        return ""
    return format_ if any(section.is_telling for section in _sections(format_)) else ""


def shown(value: float | str, code: str) -> str | None:
    """Return what such a format shows of a value, '' for nothing; None where that is the value, or nobody can say."""
    sections = _sections(code)
    if isinstance(value, str):
        section = sections[_FOR_TEXT] if len(sections) > _FOR_TEXT else sections[-1]
        if len(sections) <= _FOR_TEXT and "@" not in section.bare:
            return None
        text = _as_text(value, section)
        return None if text == value else text
    if not value or any(section.has_condition for section in sections):
        return None  # a zero that is not shown is a habit of forms, and still a zero
    is_negative = value < 0
    section = sections[1] if is_negative and len(sections) > 1 else sections[0]
    if not section.is_telling:
        return None
    number = Decimal(format(abs(value), ".15g"))
    written = _as_text(format(number, "f"), section) if "@" in section.bare else _as_number(number, section)
    return f"-{written}" if is_negative and len(sections) == 1 and written else written


def of_words(words: str) -> str:
    """Return a format that shows these words of any number but zero."""
    plain = words.replace('"', "")[: _LONGEST - 2]
    return f'"{plain}"'


def without_signs(text: str) -> str:
    """Return what is shown of a number without what may stand beside it."""
    return "".join(character for character in text if character not in _SIGNS)


# --- a code taken apart ------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _sections(code: str) -> Sequence[_Section]:
    """Return the parts for positive numbers, negative ones, zero and texts, as far as they are there."""
    sections: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(code):
        if match["plain"] == ";":
            sections.append([])
        else:
            sections[-1].append(match)
    return [
        _Section(
            tuple(map(_piece, matches)),
            "".join(match["plain"] or "" for match in matches),
            any(_CONDITION.search(match["bracket"] or "") for match in matches),
        )
        for matches in sections
    ]


def _piece(match: re.Match[str]) -> _Piece:
    if (plain := match["plain"]) is not None:
        return _Piece(place=plain) if plain in _PLACES else _Piece(words=plain)
    if match["gap"] is not None:
        return _Piece(words=" ")
    sign = _CURRENCY.match(match["bracket"] or "")
    return _Piece(words=sign[1] if sign else match["quoted"] or match["escaped"] or "")


# --- a value written ---------------------------------------------------------------------------------------------


def _as_text(text: str, section: _Section) -> str:
    return "".join(text if piece.place == "@" else piece.words for piece in section.pieces).strip()


def _as_number(number: Decimal, section: _Section) -> str:
    """Return a number that is not negative as the section writes it."""
    pieces = section.pieces
    if not any(piece.place in _DIGITS for piece in pieces):
        return _as_text("", section)
    number = number.scaleb(2 * section.bare.count("%") - 3 * section.thousands, _WIDE)
    point = next((at for at, piece in enumerate(pieces) if piece.place == "."), len(pieces))
    places = sum(piece.place in _DIGITS for piece in pieces[point:])
    rounded = format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE), "f")
    whole, _point, part = rounded.partition(".")
    return (_whole(whole, pieces[:point]) + _part(part, pieces[point:])).strip()


def _whole(digits: str, pieces: Sequence[_Piece]) -> str:
    """Return the digits before the point in their places, from the right; the first place takes all that are left."""
    first = next((at for at, piece in enumerate(pieces) if piece.place in _DIGITS), None)
    left, written = digits.lstrip("0"), ""
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.place in _DIGITS:
            taken, left = (left, "") if at == first else (left[-1:], left[:-1])
            written = (taken or ("0" if piece.place == "0" else "")) + written
        else:
            written = ("%" if piece.place == "%" else piece.words) + written
    return written


def _part(digits: str, pieces: Sequence[_Piece]) -> str:
    """Return the point with the digits behind it; zeros in places that are not needed go."""
    places = [piece.place for piece in pieces if piece.place in _DIGITS]
    while places and places.pop() != "0" and digits.endswith("0"):
        digits = digits[:-1]
    written = ""
    for piece in pieces:
        if piece.place in _DIGITS:
            written, digits = written + digits[:1], digits[1:]
        else:
            written += piece.place if piece.place in (".", "%") else piece.words
    return written
