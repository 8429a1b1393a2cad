"""Text as people type it: how it is compared, cleaned, and kept free of personal numbers."""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

# Every character of Unicode category Cf ("format"), as ranges; a test compares it with unicodedata.
_FORMAT = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_FORMATS = re.compile(rf"[{_FORMAT}]+")
_IGNORED = re.compile(rf"[\s{_FORMAT}]+")
DASHES = (
    "\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u2212\u2500\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d"
    "\u301c\u3030\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead"
)
"""Everything that is a dash (category Pd, and what looks like one), for a character class."""
_DASH = re.compile(f"[{DASHES}]")
_RADICALS = re.compile("[\u2e80-\u2fd5]")
# Unicode's EquivalentUnifiedIdeograph for the CJK Radicals Supplement, which NFKC leaves as it is. Fonts and text taken out of PDF
# files bring such characters in; nobody sees the difference.
_IDEOGRAPHS = str.maketrans(
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_TEXT = re.compile("[\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LONGEST_VALUE = 64
"""Characters; nothing longer is a date, a time or a number, and no pattern needs to look at what a stranger made longer."""
_EMPTY_WORDS = frozenset({"无", "暂无", "/"})


def nfkc(text: str) -> str:
    """Compatibility form: full-width letters, digits and punctuation become plain ones; all dashes become `-`."""
    return text if text.isascii() else _DASH.sub("-", unicodedata.normalize("NFKC", without_radicals(text)))


def without_radicals(text: str) -> str:
    """The text with ideographs in place of radicals that look the same."""
    return _RADICALS.sub(_ideograph, text) if _RADICALS.search(text) else text


def _ideograph(radical: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", radical[0].translate(_IDEOGRAPHS))


@lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """The form in which codes, list values, headers and free text are compared (contract 3)."""
    return as_compared(text)


def as_compared(text: str) -> str:
    """The same of a text that is not asked for again, however long."""
    return _IGNORED.sub("", nfkc(text)).upper()


_SPARED = 12
"""Characters that are not worth a cut: what ends with them may be what matters most, such as 隐患已消除."""


def shortened(said: str, most: int | None) -> str:
    """Return what was said in so many characters; whole where hardly more would go, and where `most` is None."""
    return said if most is None or len(said) < most + _SPARED else f"{said[: most - 1]}…"


_BRACKETS = str.maketrans("[【〖(（［「《<", "〔〔〔〔〔〔〔〔〔") | str.maketrans("]】〗)）］」》>", "〕〕〕〕〕〕〕〕〕")


def document_number(text: str) -> str:
    """The form in which the numbers of documents are compared: brackets of any kind are alike."""
    return key(text).translate(_BRACKETS)


def clean(text: str) -> str:
    """Free text as it is kept: trimmed, control characters dropped, radicals as ideographs, line breaks as they were."""
    text = without_radicals(text)
    if text.isprintable():
        return text.strip()
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()


def storable(name: str) -> str:
    """Return a stranger's name as text that can be stored and shown on one line.

    Linux lets a name hold bytes that are no UTF-8; line breaks, controls and turns of direction would steer a terminal or a page.
    """
    text = name.encode("utf-8", "replace").decode()
    return text if text.isprintable() else without_controls(" ".join(text.splitlines())).replace("\t", " ")


def without_controls(text: str) -> str:
    """The text without control characters and turns of direction; tabs and line breaks stay."""
    return _TURNS.sub("", _CONTROL.sub("", text))


def on_screen(text: str) -> str:
    """One line as a terminal may show it: nothing in it steers the terminal, and no personal number shows."""
    if text.isprintable() and not may_hold_personal_number(text):
        return text  # mostly: a large day's papers have some millions of them
    line = " ".join(_NO_TEXT.sub(" ", _TURNS.sub(" ", _CONTROL.sub(" ", mask(text)))).splitlines())
    return mask(line.replace("\t", " "))


def short_line(text: str) -> str:
    """The text after NFKC with single blanks and without format characters, to be read as a date, a time or a number.

    '' where it is too long for one.
    """
    plain = " ".join(_FORMATS.sub("", nfkc(text)).split())
    return plain if len(plain) <= _LONGEST_VALUE else ""


def is_empty(cell: object) -> bool:
    """Whether a cell counts as empty: nothing, blanks, or a word that says "nothing" (无, 暂无, /, a dash)."""
    if cell is None or cell == "":
        return True
    if not isinstance(cell, str):
        return False
    first = cell[:1]
    if first.isalnum() and first not in "无暂":
        return False  # most cells, without a closer look
    compared = key(cell)
    return not compared.strip("-") or compared in _EMPTY_WORDS


def shown_number(number: float) -> str:
    """A number cell as Excel shows it, with 15 significant digits: 0.30000000000000004 is 0.3 (contract 3)."""
    return format(number, ".15g")


def as_text(cell: object) -> str:
    """A cell of any type as the text that a reader of the sheet sees (Excel stores 456 as 456.0)."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    match cell:
        case bool():
            return str(cell).upper()
        case float() if abs(cell) < 1e18:  # noqa: PLR2004 - longer ones are shown with an exponent
            return format(Decimal(shown_number(cell)), "f")
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M") if cell.time() != time(0) else cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


# --- personal numbers -------------------------------------------------------------------------------------------

_UNSEEN = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_FORMAT}]+")
_LONG_NUMBER = re.compile(rf"[0-9](?<![0-9]{{2}})(?:[\s\x00-\x1f\x7f-\x9f{_FORMAT}{DASHES}-]*+[0-9]){{10}}")
_CITIZEN = re.compile(r"(?<!\d)\d(?:[ -]?\d){16}[ -]?[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[ -]?[3-9](?:[ -]?\d){9}(?!\d)")
_BANK = tuple(re.compile(rf"(?<!\d)6[ -]?2(?:[ -]?\d){{{n - 2}}}(?!\d)") for n in range(19, 15, -1))
_ABROAD = re.compile(r"(?:\+|(?<!\d)00)86(1[ -]?[3-9](?:[ -]?\d){9})(?!\d)")
"""A mobile number with the country's code written to it: the code belongs to the number and is no other digit beside it."""
_FIRST_DIGIT = re.compile(r"(?<!\d)\d")
_BLANK = re.compile(r"[^\S\n]")
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZERO = ord("0")
_CITIZEN_ZEROS = sum(_CITIZEN_WEIGHTS) * _ZERO
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice the digit, its own two digits summed."""


def may_hold_personal_number(text: str) -> bool:
    """A quick look over any amount of text: False means that `personal_numbers` would find nothing."""
    return _LONG_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None


def _seen(text: str) -> str:
    """The text after NFKC without what nobody sees: control and format characters; every blank is a plain one."""
    return _BLANK.sub(" ", _UNSEEN.sub("", nfkc(text)))


def personal_numbers(text: str) -> list[tuple[int, int]]:
    """Where citizen, mobile and bank-card numbers stand in the text as a reader sees it: pairs that do not overlap."""
    plain = _seen(text)
    numbers = [match.start() for match in _FIRST_DIGIT.finditer(plain)]
    from_six, from_one = ([start for start in numbers if plain[start] == first] for first in "61")
    taken = bytearray(len(plain))
    spans: list[tuple[int, int]] = []
    kinds = ((_CITIZEN, _is_citizen, numbers), *((bank, _is_bank, from_six) for bank in _BANK), (_MOBILE, _needs_no_check, from_one))
    for pattern, is_valid, starts in kinds:
        for start in starts:
            match = pattern.match(plain, start)
            if match and is_valid(match[0].replace(" ", "").replace("-", "")) and not any(taken[start : match.end()]):
                spans.append((start, match.end()))
                taken[start : match.end()] = b"\1" * (match.end() - start)
    spans += [match.span(1) for match in _ABROAD.finditer(plain) if not any(taken[match.start(1) : match.end()])]
    return sorted(spans)


def mask(text: str) -> str:
    """The text with the digits of every personal number but its first three hidden; all else stays as written."""
    if not may_hold_personal_number(text):
        return text
    spans = personal_numbers(text)
    if not spans:
        return text
    places: Sequence[int] = range(len(text))
    plain = text
    if not (text.isascii() and text.isprintable()):
        seen = [(place, shown) for place, written in enumerate(text) for shown in _seen(written)]
        places, plain = [place for place, _shown in seen], "".join(shown for _place, shown in seen)
        spans = personal_numbers(plain)
    shown = list(text)
    for start, end in spans:
        for at in range(start + 3, end):
            if plain[at] in "0123456789Xx":
                shown[places[at]] = "*"
    hidden = "".join(shown)
    return hidden if not personal_numbers(hidden) else _UNSEEN.sub("", re.sub(r"\d", "*", hidden))


_MASKED = re.compile(r"(?<!\d)\d{3}(?:[ -]?\*){8,}")
"""What `mask` leaves of a number: its first three digits, and a star for each of at least eight others."""


def is_masked(text: str) -> bool:
    """Whether a text holds what `mask` makes of a personal number."""
    return _MASKED.search(text) is not None


def is_personal(cell: object) -> bool:
    """Whether a cell holds a personal number, as text or as a number cell."""
    text = as_text(cell)
    return _is_citizen_cell(cell, text) or (may_hold_personal_number(text) and bool(personal_numbers(text)))


def masked_cell(cell: object) -> str:
    """A cell of any type as text in which only the first three digits of a personal number show."""
    text = as_text(cell)
    return text[:3] + "*" * (len(text) - 3) if _is_citizen_cell(cell, text) else mask(text)


def _is_citizen_cell(cell: object, text: str) -> bool:
    """Whether a number cell holds a citizen number, whose check digit is lost: Excel puts zeros in place of what follows 15 digits."""
    return isinstance(cell, int | float) and text.isdecimal() and len(text) in (17, 18) and _has_birthday(text)


def _needs_no_check(_digits: str) -> bool:
    return True


def _is_citizen(digits: str) -> bool:
    """GB 11643: a valid date of birth at 7-14 and the ISO 7064 MOD 11-2 check character."""
    total = sum(map(operator.mul, _CITIZEN_WEIGHTS, digits.encode())) - _CITIZEN_ZEROS
    if "10X98765432"[total % 11] != digits[17].upper():
        return False
    return _has_birthday(digits, earliest=1)


def _has_birthday(digits: str, *, earliest: int = 1900) -> bool:
    try:
        return date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14])).year >= earliest
    except ValueError:
        return False


def _is_bank(digits: str) -> bool:
    """ISO/IEC 7812: the Luhn sum is a multiple of ten."""
    single, doubled = digits[::-2], digits[-2::-2].translate(_DOUBLED)
    return (sum(single.encode()) + sum(doubled.encode()) - len(digits) * _ZERO) % 10 == 0
