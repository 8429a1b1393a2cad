"""What the office decided about 核查提示 (docs/contract-extensions.md 2).

Covered by tests/day/test_unlikely.py.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator

from pipeline.settings.rules import Frozen, written_day
from pipeline.terms.hint_words import HINTS


def _code(value: str) -> str:
    if value not in HINTS:
        msg = f"没有“{value}”这种核查提示，只有：{'、'.join(HINTS)}"
        raise ValueError(msg)
    return value


class Hints(Frozen):
    """Which hints are looked for, and from where on something is unlikely."""

    trial_until: date | None = date(2027, 3, 31)
    skip: tuple[Annotated[str, AfterValidator(_code)], ...] = ()
    same_progress_reports: Annotated[int, Field(ge=2, le=365, strict=True)] = 5
    resolved_a_day: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 10
    receptions_times: Annotated[int, Field(ge=2, le=1000, strict=True)] = 10
    similar_percent: Annotated[int, Field(ge=50, le=100, strict=True)] = 85

    @field_validator("trial_until", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return None if value is None else written_day(value)

    def is_trial(self, day: date) -> bool:
        """Whether the hints of that day are on trial."""
        return self.trial_until is not None and day <= self.trial_until
