"""Places and values of cells, as Excel's files write them."""

from __future__ import annotations

import math
import struct

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
KNOWN_ERRORS = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")
"""The errors that libraries know; a file may hold newer ones."""
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
"""The errors by their numbers in binary files."""
_LAST_DAY = 2_958_466.0
"""The first serial number that is no date any more (after 9999-12-31)."""


def column_number(letters: bytes) -> int:
    """A column's number, counting from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def packed_number(written: int) -> float:
    """The number that binary files write in four bytes: the upper half of one, or a whole one; one of both over 100."""
    whole = written & 2
    number = float((written - (written >> 31 << 32)) >> 2) if whole else struct.unpack("<d", struct.pack("<Q", (written & ~3) << 32))[0]
    return number / 100 if written & 1 else number


def is_number(value: bytes | str) -> bool:
    """Whether it is a number to a library."""
    try:
        float(value)
    except ValueError:
        return False
    return True


def may_be_date(value: bytes | str) -> bool:
    """Whether a library can make a date or a span of time of that number."""
    number = float(value)
    return math.isfinite(number) and 0 <= number < _LAST_DAY


def escape(text: str) -> str:
    """The text inside an element."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
