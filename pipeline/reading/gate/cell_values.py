"""Places and values of cells, as Excel's files write them."""

from __future__ import annotations

import math
import re
import struct

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""A sheet's size since Excel 2007."""
LONGEST_NUMBER = 9
"""Digits of an index or of a row's number that can be meant; more are no number of ours and would only cost time."""
KNOWN_ERRORS = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")
"""The errors that python-calamine knows; a file may hold newer ones."""
ANY_ERROR = "#VALUE!"
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
"""The errors by their numbers in binary files ([MS-XLS] BErr)."""
_END_OF_DATES = 2_958_466.0
"""The first serial number that is no date any more (after 9999-12-31)."""

PICTURE_NAMES = (b"DISPIMG", b"dispimg")
"""How the function of WPS is called that shows a picture in a cell; other programs may write it in small letters."""
_PICTURE = re.compile(r"(?i)dispimg\s*\(")
PICTURE_IN_TOKENS = re.compile(rb"\x17\x23(?:\0ID_[0-9A-Fa-f]{32}|[\1\0]I\0D\0_\0(?:[0-9A-Fa-f]\0){32})", re.DOTALL)
"""The text by which that function names its picture, as formulas of binary files hold it ([MS-XLS] 2.5.198.89 PtgStr)."""

Value = tuple[str, str]
"""What a worksheet's XML would call a cell's kind (`t`, ECMA-376 part 1, 18.18.11), and its value."""


def column_number(letters: bytes) -> int:
    """Return a column's number, counting from 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def column_letters(at: int) -> str:
    """Return the letters of the column at that place, counting from 0."""
    letters, number = "", at + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- values of binary files --------------------------------------------------------------------------------------


def rk_number(written: int) -> float:
    """Return the number that binary files write in four bytes ([MS-XLS] 2.5.217 RkNumber).

    It is the upper half of a double, or, by bit 1, a whole number of 30 bits with a sign; by bit 0 a hundredth of that.
    """
    # Excel writes so whatever needs no more bits, which is nearly every number that people type.
    is_whole = written & 2
    number = float((written - (written >> 31 << 32)) >> 2) if is_whole else struct.unpack("<d", struct.pack("<Q", (written & ~3) << 32))[0]
    return number / 100 if written & 1 else number


def number_value(number: float) -> Value:
    """Return the value of a number; one that is none (NaN, infinity) is the error that Excel would show."""
    return ("n", repr(number)) if math.isfinite(number) else ("e", "#NUM!")


def truth_value(byte: int) -> Value:
    """Return the value of a truth in one byte."""
    return "b", str(int(byte > 0))


def error_value(number: int) -> Value:
    """Return the value of an error by its number."""
    return "e", _ERRORS.get(number, ANY_ERROR)


# --- pictures in cells -------------------------------------------------------------------------------------------


def is_picture(formula: str) -> bool:
    """Return whether a formula shows a picture of WPS, whatever a program that does not know it has made of its result."""
    return _PICTURE.search(formula) is not None


class PictureFormulas:
    """Tells the formulas of a sheet that show a picture, in their order: one that shares another's has no text of its own."""

    def __init__(self) -> None:
        self._shared: set[str] = set()

    def is_one(self, formula: str, shared: str) -> bool:
        """Return whether this one does; `shared` is the number of the formula that it shares, '' for none."""
        if is_picture(formula):
            self._shared.add(shared)
            return True
        return bool(shared) and not formula and shared in self._shared


# --- values of XML -----------------------------------------------------------------------------------------------


def is_number(value: bytes | str) -> bool:
    """Return whether a library takes it for a number."""
    try:
        float(value)
    except ValueError:
        return False
    return True


def may_be_date(value: bytes | str) -> bool:
    """Return whether a library can make a date or a span of time of that number.

    Of others it must not try: python-calamine takes -1 for 00:00 and panics at -1e12.
    """
    number = float(value)
    return math.isfinite(number) and 0 <= number < _END_OF_DATES


def is_index(value: bytes | str) -> bool:
    """Return whether it can be the number of a shared text."""
    return (value.isdigit() if isinstance(value, bytes) else value.isdecimal()) and len(value) <= LONGEST_NUMBER
