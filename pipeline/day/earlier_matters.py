"""The urgent matters of earlier days: they are told until something is said of them, a danger until its case ends, and once more then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from pipeline.day.case_book import CaseBook
from pipeline.day.cases import Case, RowPlace
from pipeline.day.judgement import Judgement
from pipeline.day.submissions import Reports
from pipeline.terms.case_numbers import canonical
from pipeline.terms.contract import CASE, SAFETY
from pipeline.terms.text import key

DAYS_WITHOUT_CASE: Final = 7
"""So many days after its report's a matter is told again that no open case stands for: no row about a case can follow it up."""

Ended = Literal["", "followed-up", "stands", "settled", "again", "over"]
"""What a day says of a matter: something of its case; that people are in danger and the case, of which something was said, is open still;
that it is settled; that the matter is urgent once more; or its days are over. The last three end it.
"""
_GOING_ON: Final = ("", "followed-up", "stands")


@dataclass(frozen=True, slots=True)
class EarlierMatter:
    """One taken row of 急报事项 of a report in force."""

    day: date
    """The report's."""
    district: str
    row: RowPlace
    case: str = ""
    """Its number as the register has it; '' for a row without one."""
    ended: Ended = ""
    """What the day says that the fold stands at; '' where it says nothing."""
    has_progress: bool = False
    """Whether something was said of its case on an earlier day: it is told no more until it ends, but for a danger."""
    progress_on: date | None = None
    """The last day on which something was said of its case since."""
    progress: str = ""
    """What was said then."""

    @property
    def is_told(self) -> bool:
        """Whether the day tells of it: what became of it, or that nothing has been said."""
        return bool(self.ended) or not self.has_progress

    @property
    def is_danger(self) -> bool:
        """Whether people are in danger."""
        return self.row["事项类别"] == SAFETY

    def heard(self, case: Case | None) -> EarlierMatter:
        """Return it with what was said of its case last: a row that says nothing new leaves that standing."""
        if case is None or case.touched is None or case.touched <= (self.progress_on or self.day):
            return self
        said = case.last["今日进展"] if case.last and case.reported == case.touched else None
        return replace(self, progress_on=case.touched, progress=said or "")


def after(
    matters: Iterable[EarlierMatter], day: date, submissions: Mapping[str, Reports], judgements: Mapping[int, Judgement], book: CaseBook
) -> list[EarlierMatter]:
    """Return what is known at the end of a day of those that had not ended the day before, and the day's own.

    What is said of a case that goes on is told once; but how it ends, whatever was said before, is told too. A danger is told until
    then: that people work on it does not end it.

    One whose case is settled by its own day's report is none: nothing is left to be followed up.
    That it was settled before says nothing of it.
    """
    own = [
        EarlierMatter(day, district, row, case.number if case else "")
        for district, reports in submissions.items()
        if (report := reports.in_force)
        for row in judgements[report.arrival.id].urgent
        for case in [book.find(canonical(row[CASE] or ""))]
        if case is None or not _is_settled(case, day)
    ]
    going_on = [matter.heard(book.cases.get(matter.case)) for matter in matters if matter.ended in _GOING_ON]
    before = [replace(matter, has_progress=matter.has_progress or bool(matter.ended)) for matter in going_on]
    now = [replace(matter, ended=_ended(matter, day, own, book)) for matter in before]
    return [*(matter for matter in now if matter.is_told or not _is_past(matter, day, book)), *own]


def dangers(matters: Iterable[EarlierMatter]) -> dict[str, date]:
    """Return by case the day of whose report a danger about it was told last, of those that have not ended."""
    return {matter.case: matter.day for matter in matters if matter.ended in _GOING_ON and matter.case and matter.is_danger}


def _is_past(matter: EarlierMatter, day: date, book: CaseBook) -> bool:
    """Whether nothing is awaited any more of a matter of which something was said: its case is open no longer, and its days are over."""
    return not _has_open_case(matter, book) and (day - matter.day).days > DAYS_WITHOUT_CASE


def _ended(matter: EarlierMatter, day: date, own: Sequence[EarlierMatter], book: CaseBook) -> Ended:
    if any(_is_same(matter, other) for other in own):
        return "again"
    case = book.cases.get(matter.case)
    if case and _is_settled(case, matter.day):
        return "settled"
    has_new = case is not None and (case.touched or date.min) > matter.day
    if (has_new or matter.has_progress) and matter.is_danger and _has_open_case(matter, book):
        return "stands"
    if matter.has_progress:
        return ""
    if has_new:
        return "followed-up"
    return "" if _has_open_case(matter, book) or (day - matter.day).days <= DAYS_WITHOUT_CASE else "over"


def _has_open_case(matter: EarlierMatter, book: CaseBook) -> bool:
    case = book.cases.get(matter.case)
    return case is not None and case.is_open


def _is_settled(case: Case, since: date) -> bool:
    """Whether it came to count as resolved, or to be 导入法定途径, on that day or later. A cancellation settles nothing urgent."""
    return not case.grounds and (case.settled_since or date.min) >= since


def _is_same(matter: EarlierMatter, other: EarlierMatter) -> bool:
    """Whether a later row is of the same kind and about the same case; without a case: it says the same, or names the same minute."""
    one, later = matter.row, other.row
    if one["事项类别"] != later["事项类别"]:
        return False
    if matter.case and other.case:
        return matter.case == other.case
    happened = one.day("发生时间")
    is_alike = key(one["情况说明"] or "") == key(later["情况说明"] or "")
    return matter.district == other.district and (is_alike or (isinstance(happened, datetime) and happened == later.day("发生时间")))
