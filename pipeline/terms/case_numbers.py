"""Case numbers as people write them, and which case a written number means (contract 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.terms.text import key

_PARTS = re.compile(r"([A-Z]+)-?([0-9]{4})-?([0-9]+)")
PLAIN = re.compile(r"[A-Z]+-[0-9]{4}-[0-9]+")
"""A number as the assignment workbook writes it: nothing about it needs a closer look."""
PLAIN_INSIDE = re.compile(r"(?<![A-Za-z0-9-])([A-Z]{1,10}-[0-9]{4}-[0-9]{1,10})(?![A-Za-z0-9-])", re.ASCII)
"""Such a number within a sentence."""


@lru_cache(maxsize=1 << 14)
def canonical(written: str) -> str:
    """The number in upper case with its dashes, digits as written; unchanged but for NFKC where it has another shape."""
    plain = key(written)
    parts = _PARTS.fullmatch(plain)
    return "-".join(parts.groups()) if parts else plain


def is_case_number(written: str) -> bool:
    """Whether the text as a whole has a case number's shape."""
    return _PARTS.fullmatch(key(written)) is not None


def fits(number: str, pattern: str) -> bool:
    """Whether a canonical number has the shape that the settings allow."""
    return re.fullmatch(pattern, number) is not None


def example(pattern: str, letters: str = "SJ") -> str:
    """A case number that shows the usual shape."""
    usual = (f"{letters}-2020-014", f"{letters}-2020-0014")
    return next((number for number in usual if fits(number, pattern)), usual[0])


def letters(number: str) -> str:
    """The letters that a canonical number begins with."""
    return number.partition("-")[0]


@lru_cache(maxsize=1 << 14)
def without_zeros(number: str) -> str:
    """Return the canonical number without its first dash and the zeros before its serial number."""
    parts = _PARTS.fullmatch(number)
    return f"{parts[1]}{parts[2]}-{parts[3].lstrip('0')}" if parts else number


def alike(number: str) -> str:
    """Return a case's number, the same however it is written; '' for none."""
    return without_zeros(canonical(number)) if number else ""


def could_mean(number: str, written: str) -> bool:
    """Whether a canonical number, as it is written in a row, could mean the case of that number: but for leading zeros it is the same."""
    return without_zeros(number) == without_zeros(written)


def mentions(number: str) -> re.Pattern[str]:
    """Return what finds a canonical number in any text, also without its dashes or leading zeros."""
    parts = _PARTS.fullmatch(number)
    if not parts:
        return re.compile(re.escape(number))
    return re.compile(rf"(?<![A-Z]){parts[1]}-?{parts[2]}-?0*{parts[3].lstrip('0')}(?![0-9])", re.IGNORECASE)


class Register:
    """The numbers in force, looked up exactly first and then without dashes and leading zeros."""

    def __init__(self, numbers: Iterable[str] = ()) -> None:
        self._exact: set[str] = set()
        self._by_number_without_zeros: dict[str, list[str]] = {}
        for number in numbers:
            self.add(number)

    def add(self, number: str) -> None:
        """Take a canonical number in."""
        if number not in self._exact:
            self._exact.add(number)
            self._by_number_without_zeros.setdefault(without_zeros(number), []).append(number)

    def find(self, number: str) -> str | None:
        """The one case that a canonical number means; None if there is none, or more than one."""
        if number in self._exact:
            return number
        alike = self._by_number_without_zeros.get(without_zeros(number), ())
        return alike[0] if len(alike) == 1 else None
