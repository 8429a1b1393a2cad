"""What one report changed in the register, once it is judged.

Covered by tests/day/test_fold.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.day import template_values
from pipeline.day.cases import Case, RowPlace
from pipeline.day.moves import Move
from pipeline.terms.findings import Finding
from pipeline.terms.text import key


@dataclass(frozen=True, slots=True)
class TurnedBack:
    """A taken row with nothing but what a form made before a late report has, so that it takes back what that reported."""

    place: RowPlace
    number: str
    reported: date
    """The day of the report before it, which came after that day's cut-off."""
    changes: tuple[tuple[str, str, str], ...]
    """Column, and what it had before and has now; '' for an empty cell."""


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
    turned_back: list[TurnedBack] = field(default_factory=list)
    """Rows as a form made before the district corrected an earlier day has them, of a report that came after the correction."""
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

    def note_turned_back(self, case: Case, place: RowPlace, came: datetime) -> None:
        """Note before a row of a report is applied what it takes back of a late one, where a form from before that has just this."""
        if not (case.told_late and case.last and case.reported) or came <= case.told_late:
            return
        if not template_values.is_untouched(place, case.before_late):
            return
        both = [(column, case.last[column] or "", place[column] or "") for column in template_values.OF_STATE]
        if changes := tuple((column, was, now) for column, was, now in both if key(was) != key(now)):
            self.turned_back.append(TurnedBack(place, case.number, case.reported, changes))
