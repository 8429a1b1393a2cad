"""What one report changed in the register, once it is judged.

Covered by tests/day/test_fold.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.day.cases import Move, RowPlace
from pipeline.terms.findings import Finding


@dataclass(slots=True)
class Judgement:
    """What one report changed in the register, and the findings that were made against the register."""

    findings: list[Finding] = field(default_factory=list)
    rows_accepted: int = 0
    rows_refused: int = 0
    brought_in: list[str] = field(default_factory=list)
    """Cases that were not in the register before."""
    status_before: dict[str, str] = field(default_factory=dict)
    """Cases whose status changed, with the status before."""
    reception: list[RowPlace] = field(default_factory=list)
    urgent: list[RowPlace] = field(default_factory=list)
    answers: list[RowPlace] = field(default_factory=list)
    """The taken rows of 督办回复."""
    reminders: tuple[str, ...] = ()
    """What the district is told of its rows besides, in whole sentences: no findings."""
    rows_moved: int = 0
    """Of the refused rows those that nothing is wrong with but that the office has given their case to another district."""
    moved_places: set[tuple[str, int]] = field(default_factory=set)
    """Where these stand: sheet and row, as findings name them."""
    of_moved: list[tuple[str, RowPlace, Move]] = field(default_factory=list)
    """The rows of 案件进展 among them, each with its case and how that went away."""
    doubtful: list[str] = field(default_factory=list)
    """The district's cases that a refused row of 案件进展 is about."""
    went_back: dict[str, str] = field(default_factory=dict)
    """By case among these, the 当前状态 of a row that goes back without 重新办理原因."""
    moved_away: list[str] = field(default_factory=list)
    """Cases that were the district's, are another's by now, and that a refused row of 案件进展 is about."""
    unplaced: int = 0
    """Refused rows of 案件进展 that name no case that is or was the district's."""
    unknown: list[str] = field(default_factory=list)
    """What these name where the register has no such number."""
    unlisted: list[str] = field(default_factory=list)
    """Cases that refused rows of 案件进展 name and that are in no register since the workbook's own row was refused."""
    new_refused: int = 0
    """Refused rows of 新增案件."""
    confirmations: dict[str, str] = field(default_factory=dict)
    """By case, what the taken rows of 案件进展 have in 群众确认; cases whose cell is empty are not in it."""
    refused_confirmations: dict[str, str] = field(default_factory=dict)
    """By case, the 不认可 or 认可 of a row of 案件进展 that was refused, a 不认可 before a 认可; a case that has none is not in it."""
    refused_requests: list[tuple[str, str]] = field(default_factory=list)
    """Of each refused row of 案件进展 with 需协调事项 its number, '' for none, and what it asks where no case of the district has that.

    The text is as texts are compared: under which number it is asked again nobody knows. Cases given away are left out.
    """
    withdrawn_disputes: list[str] = field(default_factory=list)
    """Cases that the revision directly before called 不认可 and this one passes over."""
