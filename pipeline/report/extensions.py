"""What a day's report says beyond the contract: one part for each section of docs/contract-extensions.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report import claims
from pipeline.report.case_lines import CaseLine
from pipeline.report.claims import ClaimTally
from pipeline.settings.config import Settings


@dataclass(frozen=True, slots=True)
class Extensions:
    """The parts, in the order of their sections."""

    claims: tuple[ClaimTally, ...] = ()


def of(cases: Sequence[CaseLine], settings: Settings) -> Extensions:
    """Return the parts of a day with these cases, by its own settings."""
    return Extensions(claims=claims.of(cases, settings))
