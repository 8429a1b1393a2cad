"""The number that a district's notice carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class NoticeNumber:
    """The number of a district's notice of one day: 督办〔year〕number号. Once given it never changes."""

    year: int
    number: int
    day: date
    district: str

    @property
    def written(self) -> str:
        """As it stands on the notice."""
        return f"督办〔{self.year}〕{self.number}号"
