"""The number that a district's notice carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

WORD: Final = "督办"
"""Begins the number where the office has set no code of its agency."""


@dataclass(frozen=True, slots=True, order=True)
class NoticeNumber:
    """The number of a district's notice of one day: code〔year〕number号. Once given it never changes."""

    year: int
    number: int
    day: date
    district: str

    def written(self, code: str = WORD) -> str:
        """Return it as it stands on the notice, with the agency's code that held on its day."""
        return f"{code}〔{self.year}〕{self.number}号"
