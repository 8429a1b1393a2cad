"""A date without its year, as people write it: 5月21日."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A date written without its year."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"--{self.month:02}-{self.day:02}"  # ISO 8601:2000's form of a date without its year

    def on_or_before(self, anchor: date) -> date | None:
        """The latest such day not after `anchor`."""
        return self._nearest(anchor, -1)

    def on_or_after(self, anchor: date) -> date | None:
        """The earliest such day not before `anchor`."""
        return self._nearest(anchor, 1)

    def _nearest(self, anchor: date, step: int) -> date | None:
        for years in range(9):  # 29 February comes once in at most eight years: 1900 and 2100 have none
            day = calendar_day(anchor.year + step * years, self.month, self.day)
            if day and (day - anchor).days * step >= 0:
                return day
        return None


def calendar_day(year: int, month: int, day: int) -> date | None:
    """That day; None where the calendar has none, such as 31 April."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
