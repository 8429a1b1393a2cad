"""A case and what is known of it: the workbook's particulars, the district's own, and its present state."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.reading.assignment_workbook import first_leader
from pipeline.terms import contract
from pipeline.terms.case_numbers import Register
from pipeline.terms.contract import ASSIGNED, CONFIRMED, DISPUTED, REFERRED, RESOLVED
from pipeline.terms.rows import Rows, Value
from pipeline.terms.text import key

PARTICULARS = (
    "案件来源", "旗区", "问题类别", "案由", "涉及项目或单位", "涉及户数", "涉及金额", "责任单位", "包案领导",
    "工作专班", "化解方案", "交办日期", "办结时限", "延期至", "备注",
)  # fmt: skip
FILLABLE = ("包案领导", "工作专班", "化解方案")
"""Particulars that a district may fill in where they are empty."""
COMPARED = ("问题类别", "案由", "责任单位", "排查日期")
"""What must be the same for a 新增案件 row to be the case that is already there."""

Particulars = dict[str, Value]


class RowPlace(NamedTuple):
    """One row of one arrived file."""

    arrival: int
    rows: Rows
    position: int

    def get(self, column: str) -> Value:
        """The row's value in that column."""
        return self.rows.values[column][self.position]


@dataclass(slots=True)
class Case:
    """One case during the fold. Its dictionaries are replaced, never changed, so that a copy is a fork."""

    number: str
    listed: Particulars | None = None
    """What the assignment workbook says, from the newest one that has a usable row for it."""
    found: Particulars | None = None
    """What the district that found it said first."""
    filled: Particulars = field(default_factory=dict)
    """What a district filled in where it was empty."""
    first: Particulars | None = None
    """The district's first 新增案件 row, as compared."""
    grounds: Value = None
    """撤销依据 in the workbook in force."""
    is_missing: bool = False
    status: str = ASSIGNED
    dispute: str | None = None
    """The number under which a dispute stands ('' for none); None where no dispute stands."""
    disputed_since: str = ""
    """The day of the row that opened the dispute that stands, ISO."""
    asking_since: str = ""
    """The day since which every row about it has asked for coordination, ISO; '' where the last one does not."""
    touched: str = ""
    """The last day with a change of status or 今日进展, ISO."""
    last: RowPlace | None = None
    """The last accepted row about it."""
    reported: str = ""
    """The day of that row, ISO."""
    listed_at: RowPlace | None = None
    found_at: RowPlace | None = None
    particulars: Particulars = field(default_factory=dict)
    """What holds: the workbook's word where it has one, else the district's."""

    def settle(self) -> None:
        """Work out `particulars` again after one of its sources changed."""
        listed, found = self.listed or {}, self.found or {}
        self.particulars = {name: listed.get(name) or found.get(name) or self.filled.get(name) for name in PARTICULARS}
        if self.listed and self.found:
            self.particulars["交办日期"] = min(str(listed["交办日期"]), str(found["交办日期"]))

    @property
    def assigned(self) -> str:
        """交办日期, ISO."""
        return self.particulars["交办日期"] or ""

    @property
    def deadline(self) -> str:
        """The deadline in force, ISO: 延期至, else 办结时限."""
        return self.particulars["延期至"] or self.particulars["办结时限"] or ""

    @property
    def leader(self) -> str:
        """The responsible leader who counts."""
        return first_leader(self.particulars["包案领导"])

    @property
    def is_counted(self) -> bool:
        """Whether it counts as resolved."""
        if self.status != RESOLVED or self.dispute is not None or self.grounds or self.last is None:
            return False
        return bool(self.last.get("答复日期") and self.last.get("答复文号"))

    @property
    def is_open(self) -> bool:
        """Neither counted as resolved, nor referred, nor cancelled."""
        return not self.is_counted and self.status != REFERRED and not self.grounds

    def take(self, place: RowPlace, day: str) -> str:
        """Apply an accepted 案件进展 row; the status before it."""
        status, before = place.get("当前状态") or ASSIGNED, self.status
        reopened = before == RESOLVED != status
        confirmation = place.get("群众确认")
        if self.dispute is not None and (confirmation == CONFIRMED or reopened or _is_other_reply(place, self.dispute)):
            self.dispute = None
        if confirmation == DISPUTED:
            self.disputed_since = self.disputed_since if self.dispute is not None else day
            self.dispute = key(place.get("答复文号") or "") or self.dispute or ""
        if status != self.status or place.get("今日进展"):
            self.touched = day
        self.asking_since = (self.asking_since or day) if place.get("需协调事项") else ""
        self.status = status
        self.last, self.reported = place, day
        return before


def _is_other_reply(place: RowPlace, disputed: str) -> bool:
    number = key(place.get("答复文号") or "")
    return bool(number and place.get("答复日期")) and number != disputed


def goes_back(before: str, after: str) -> bool:
    """Whether that change of status needs a reason."""
    if before == after:
        return False
    if before in (RESOLVED, REFERRED):
        return True
    order = contract.STATUSES.index
    return after != REFERRED and order(after) < order(before)


class World:
    """All cases at one moment of the fold, and which of them the register holds on the day."""

    def __init__(self, day: str = "") -> None:
        self.day = day
        self.cases: dict[str, Case] = {}
        self.register = Register()
        self._held = 0

    def turn_to(self, day: str) -> None:
        """Go on to that day: the register holds the cases with 交办日期 on or before it."""
        self.day = day
        numbers = [case.number for case in self.in_register()]
        if len(numbers) != self._held:  # cases only ever come in, but where a workbook moves one: `moved`
            self.register = Register(numbers)
            self._held = len(numbers)

    def moved(self) -> None:
        """Take note that a workbook may have moved cases out of the register."""
        self._held = -1

    def in_register(self) -> Iterator[Case]:
        """The cases in the register on the day."""
        return (case for case in self.cases.values() if (case.particulars["交办日期"] or "") <= self.day)

    def find(self, number: str) -> Case | None:
        """The case in the register that a canonical number means."""
        exact = self.register.find(number)
        return self.cases[exact] if exact else None

    def bring_in(self, number: str) -> Case:
        """The case of exactly that number, made if it is not known yet; `settled` must follow."""
        return self.cases.setdefault(number, Case(number))

    def settled(self, case: Case) -> None:
        """Take note that a case's particulars changed."""
        case.settle()
        if case.assigned <= self.day:
            self.register.add(case.number)

    def fork(self) -> World:
        """A copy that can be changed without changing this one."""
        other = World()
        other.cases = {number: copy.copy(case) for number, case in self.cases.items()}
        other.turn_to(self.day)
        return other
