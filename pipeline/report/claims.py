"""诉求认定: how the districts judge what is asked, counted by group and district (docs/contract-extensions.md 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pipeline.report.case_lines import CaseLine
from pipeline.settings.config import Settings
from pipeline.terms.contract import CLAIMS

NOT_JUDGED: Final = ""
"""What a row in force without 诉求认定 says, and a case without a row."""


@dataclass(frozen=True, slots=True)
class ClaimTally:
    """The cases of a group and district, by the 诉求认定 of their row in force; cancelled cases are not among them."""

    group: str
    district: str
    counts: tuple[tuple[str, int], ...]
    """By 诉求认定 in the contract's order, then those without one."""


def of(cases: Iterable[CaseLine], settings: Settings) -> tuple[ClaimTally, ...]:
    """Return a tally for each group and district, groups first, also where there is no case."""
    tally = Counter((case.group, case.district, case.claim) for case in cases if not case.grounds)
    return tuple(
        ClaimTally(group.name, district, tuple((claim, tally[group.name, district, claim]) for claim in (*CLAIMS, NOT_JUDGED)))
        for group in settings.groups
        for district in settings.district_names
    )
