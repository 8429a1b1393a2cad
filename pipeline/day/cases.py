"""A case and what is known of it: the workbook's particulars, the district's own, and its present state; and all cases together."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal

from pipeline.day import disputes, receptions, requests, template_values
from pipeline.day.disputes import Dispute
from pipeline.day.exemptions import Exemption
from pipeline.day.moves import Move
from pipeline.day.receptions import Received
from pipeline.day.requests import Request
from pipeline.day.template_values import FilledInFrom, LateReport
from pipeline.reading.assignment_workbook import responsible_leader
from pipeline.terms import contract
from pipeline.terms.contract import ASSIGNED, CONFIRMED, DISPUTED, REFERRED, RESOLVED
from pipeline.terms.rows import Rows, Value, written
from pipeline.terms.text import key

PARTICULARS = (
    "案件来源", "旗区", "问题类别", "案由", "涉及项目或单位", "涉及户数", "涉及金额", "责任单位", "包案领导",
    "工作专班", "化解方案", "交办日期", "办结时限", "延期至", "备注",
)  # fmt: skip
FILLABLE = ("包案领导", "工作专班", "化解方案")
"""Particulars that a district may fill in where they are empty."""
COMPARED = ("问题类别", "案由", "责任单位", "排查日期")
"""What must be the same for a 新增案件 row to be the case that is already there."""
RECENT_DAYS = 30
"""Days up to a day that hints look back on, it included."""

Particulars = dict[str, Value]


@dataclass(frozen=True, slots=True)
class RowPlace:
    """One row of one arrived file. `place["当前状态"]` is what stands in that column, as text; None where it is empty."""

    arrival: int
    rows: Rows
    position: int

    def __getitem__(self, column: str) -> str | None:
        value = self.rows.values[column][self.position]  # as `Rows.text`, without another call: the fold asks this of every row
        return value if value is None or value.__class__ is str else written(value)

    def has(self, column: str) -> bool:
        """Return whether anything stands in that column."""
        value = self.rows.values[column][self.position]
        return value is not None and value != ""

    def day(self, column: str) -> date | None:
        """Return the date in that column; None where it is empty."""
        return self.rows.day(column, self.position)

    def count(self, column: str) -> int | None:
        """Return the whole number in that column; None where it is empty."""
        return self.rows.count(column, self.position)


@dataclass(frozen=True, slots=True)
class AsBefore:
    """A case as it was before the assignment workbooks of a day."""

    day: date
    deadline: date | None
    own_deadline: date | None
    is_cancelled: bool
    deferrals: int
    cancellations: int


@dataclass(slots=True)
class Case:
    """One case during the fold. Its dictionaries are replaced, never changed, so that a copy is a fork."""

    number: str
    listed: Particulars | None = None
    """Its particulars in the newest assignment workbook that has a usable row for it."""
    found: Particulars | None = None
    """Its particulars in the district's first 新增案件 row; None where no district has reported it as new."""
    filled: Particulars = field(default_factory=dict)
    """The particulars that a district filled in where they were empty."""
    first: dict[str, str | None] | None = None
    """The columns of `COMPARED` in the district's first 新增案件 row."""
    began: date | None = None
    """The earliest 交办日期 (排查日期) that was ever accepted for it."""
    first_source: str = ""
    """The 案件来源 that was accepted for it first."""
    first_district: str = ""
    """The 旗区 that was accepted for it first."""
    grounds: str | None = None
    """撤销依据 in the workbook in force."""
    is_missing: bool = False
    """Whether it is not in the workbook in force, though one before had it."""
    refused_rows: int = 0
    """Its rows in the workbook in force that were refused."""
    was_refused: bool = False
    """Whether the workbook before the one that brought it in had it in a row that was refused."""
    postponed_to: date | None = None
    """The 交办日期 in the workbook in force, where that is later than the one that holds."""
    status: str = ASSIGNED
    dispute: Dispute | None = None
    """The dispute that stands; None where none does."""
    confirmed: date | None = None
    """The last day of which a row said 认可."""
    answered: date | None = None
    """The last day of which a row without 认可 ended a dispute: by another reply."""
    ended_dispute: Dispute | None = None
    """The last dispute that ended; None again once the case has counted since."""
    accepted: tuple[date, int] | None = None
    """The first day of which a row had another status than 已交办, and that row's arrival."""
    referred_since: date | None = None
    """The day since which its rows have said 导入法定途径; None where the last one does not."""
    settled_since: date | None = None
    """The day of which a row made it resolved or 导入法定途径, whatever cancels it; None where it is neither."""
    request: Request | None = None
    """What its rows ask of leaders, or asked last; None where none ever has."""
    touched: date | None = None
    """The last day with a change of status or 今日进展."""
    open_again: date | None = None
    """The last day of which a row took it from those resolved; until then there was nothing to report of it."""
    last: RowPlace | None = None
    """The last accepted row about it."""
    reported: date | None = None
    """The day of that row."""
    told_late: datetime | None = None
    """When that row's report came, where that was after its day's cut-off."""
    before_late: FilledInFrom = ()
    """The rows from which forms made before that may have been filled in, at most three."""
    is_named: bool = False
    """Whether a taken row of another sheet than 案件进展 and 新增案件 has named it."""
    was_resolved: bool = False
    """Whether it was resolved before that row, ever."""
    known_since: date = date.min
    """The day from which it was known: that of the workbook or report that brought it in; the first workbook holds from always."""
    replied: date | None = None
    """The first day of which a row gave it a 答复文号."""
    reply_since: date | None = None
    """The day since which its rows have given the 答复文号 of the last one; None where that has none."""
    same_progress: int = 0
    """How many of its last rows, one after another, have had the same 今日进展; 0 where the last has none."""
    went_back: tuple[date, ...] = ()
    """The days of which a row took its status back: the last one, and those of the thirty days up to it."""
    receptions: Received = field(default_factory=dict)
    """The receptions and visits of the thirty days up to its last row that reports one, at least."""
    deferrals: int = 0
    """How often a workbook moved its deadline in force later; that it came with 延期至 is once."""
    cancellations: int = 0
    """How often a workbook cancelled it."""
    restored: date | None = None
    """The day on which its last cancellation ended; None while it is cancelled, or never was."""
    before: AsBefore | None = None
    """How it was before the last day on which an assignment workbook arrived."""
    earlier_deadlines: tuple[tuple[date, date], ...] = ()
    """The deadlines in force that newer workbooks, or the end of an exemption, may have changed, each with the day before which it held."""
    earlier_texts: tuple[tuple[str, Value], ...] = ()
    """案由 and 包案领导, by column, as templates had them before workbooks changed them."""
    moves: tuple[Move, ...] = ()
    """From district to district, by the workbooks, in their order; of a day what it came to."""
    units_differ: tuple[str, date] | None = None
    """责任单位 of the workbook while it is another than in the district's first 新增案件 row, as texts are compared, and since when."""
    listed_at: RowPlace | None = None
    found_at: RowPlace | None = None
    particulars: Particulars = field(default_factory=dict)
    """The particulars that hold: each from the workbook where it is filled in there, else from the district."""
    exempted: Exemption | None = None
    """The 延期 of the sheet 豁免 that holds on the day."""

    def __copy__(self) -> Case:
        """Return a fork of it: what `copy` does of itself, in a quarter of the time. A night copies every case."""
        other = object.__new__(Case)
        for name in _FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def update_particulars(self) -> None:
        """Work out `particulars` again, after one of their sources changed."""
        listed, found, before = self.listed or {}, self.found or {}, self.particulars
        assigned = [day for source in (listed, found) if isinstance(day := source.get("交办日期"), date)]
        self.began = min([*assigned, self.began] if self.began else assigned, default=None)
        only = {} if self.filled or (listed and found) else listed or found
        if len(only) == len(PARTICULARS) and only["交办日期"] == self.began and "" not in only.values():
            self.particulars = only  # mostly there is one source: a copy of it would be a tenth of a large day's memory
        else:
            self.particulars = {name: _first_filled(*(source.get(name) for source in (listed, found, self.filled))) for name in PARTICULARS}
            self.particulars["交办日期"] = self.began
        self.first_source, self.first_district = self.first_source or self.text("案件来源"), self.first_district or self.text("旗区")
        self.earlier_texts = template_values.after(self.earlier_texts, before, self.particulars)

    def note_units(self, day: date) -> None:
        """Note since when 责任单位 differ, after the workbook of that day or the district's first row was taken."""
        assigned, found = (key(written((source or {}).get("责任单位")) or "") for source in (self.listed, self.first))
        if not assigned or not found or assigned == found:
            self.units_differ = None
        elif self.units_differ is None or self.units_differ[0] != assigned:
            self.units_differ = assigned, day

    def text(self, name: str) -> str:
        """Return a particular that holds, as text; '' where it is empty."""
        value = self.particulars[name]
        return (value if value.__class__ is str else written(value)) or ""

    def amount(self, name: str) -> Decimal | None:
        """Return a particular that is a number; None where it is empty. A row with an unreadable one is refused and never gets here."""
        value = self.particulars[name]
        return value if isinstance(value, Decimal) else None

    @property
    def assigned(self) -> date:
        """交办日期; every case has one, since a row without it is refused."""
        day = self.particulars["交办日期"]
        return day if isinstance(day, date) else date.min

    @property
    def entered(self) -> date:
        """The day on which it entered the register."""
        return max(self.known_since, self.assigned)

    @property
    def was_reported(self) -> bool:
        """Whether a row about it was ever taken, on whatever sheet but 督办回复, which tells nothing of how the case stands."""
        return self.last is not None or self.first is not None or self.is_named

    @property
    def reply_number(self) -> str:
        """The 答复文号 of its row in force, as codes are compared; '' where there is none."""
        return key(self.last["答复文号"] or "") if self.last else ""

    @property
    def limit(self) -> date | None:
        """办结时限, before any extension."""
        day = self.particulars["办结时限"]
        return day if isinstance(day, date) else None

    @property
    def extended(self) -> date | None:
        """延期至."""
        day = self.particulars["延期至"]
        return day if isinstance(day, date) else None

    @property
    def own_deadline(self) -> date | None:
        """The deadline without any exemption: 延期至, else 办结时限."""
        return self.extended or self.limit

    @property
    def deadline(self) -> date | None:
        """The deadline in force: 延期至, else 办结时限; while an exemption holds with a later 截止日期, that one."""
        own = self.own_deadline
        return max(own, self.exempted.until) if self.exempted and own else own

    @property
    def leader(self) -> str:
        """The responsible leader who counts."""
        return responsible_leader(self.text("包案领导"))

    @property
    def is_counted(self) -> bool:
        """Whether it counts as resolved."""
        return self.status == RESOLVED and not self.grounds and self.is_resolved  # asked of every case, and most are open

    @property
    def is_resolved(self) -> bool:
        """Whether it would count as resolved, but for a cancellation."""
        if self.status != RESOLVED or self.dispute is not None or self.last is None:
            return False
        return self.last.has("答复日期") and self.last.has("答复文号")

    @property
    def is_answered_only(self) -> bool:
        """Whether another reply alone ended its last 不认可: nobody has said 认可 since."""
        return self.answered is not None and (self.confirmed is None or self.confirmed < self.answered)

    @property
    def is_open(self) -> bool:
        """Neither counted as resolved, nor referred, nor cancelled."""
        return self.status != REFERRED and not self.grounds and not self.is_counted

    def note_move(self, before: str, day: date) -> None:
        """Note that the workbook of that day, whose row is `listed_at`, gave it to another district; `before`: whose it was, or ''."""
        after, place = self.text("旗区"), self.listed_at
        if not before or before == after or place is None:
            return
        last = self.moves[-1] if self.moves else None
        earlier, whose = (self.moves[:-1], last.before) if last and last.day == day else (self.moves, before)
        move = Move(day, whose, after, place.arrival, place.rows.name, place.rows.lines[place.position])
        self.moves = earlier if whose == after else (*earlier, move)

    def district_on(self, day: date) -> str:
        """Return the district whose it was at the end of an earlier day."""
        return next((move.before for move in self.moves if move.day > day), self.text("旗区"))

    def note_before(self, day: date) -> None:
        """Note how it is before the first assignment workbook of a day comes into force."""
        if self.before is None or self.before.day != day:
            both = (self.deadline, self.own_deadline) if self.particulars else (None, None)
            self.before = AsBefore(day, *both, bool(self.grounds), self.deferrals, self.cancellations)
            self._note_deadline(day)

    def _note_deadline(self, day: date) -> None:
        """Note the deadline in force before a day that may change it; what changes it first on the day tells what held before."""
        noted, deadline = self.earlier_deadlines, self.deadline if self.particulars else None
        if deadline and not (noted and noted[-1][0] == day):
            self.earlier_deadlines = (*noted[: -1 if noted and noted[-1][1] == deadline else None], (day, deadline))

    def exempt(self, exemption: Exemption | None, day: date) -> None:
        """Let that exemption hold from that day on; None: none does."""
        is_new = self.before is not None and self.before.day == day and self.before.deadline is None
        if exemption != self.exempted and not is_new:
            self._note_deadline(day)
        self.exempted = exemption

    def deadline_on(self, day: date) -> date | None:
        """Return the deadline that was in force at the end of an earlier day."""
        return next((deadline for until, deadline in self.earlier_deadlines if until > day), self.deadline)

    def count_changes(self) -> None:
        """Count where a workbook has moved the deadline later, or cancelled the case; those of one day together count once.

        By 延期至, 办结时限 or an exemption: whatever moved it.
        """
        if before := self.before:
            is_later = self.extended is not None or self.deadline != self.own_deadline
            if before.deadline and before.own_deadline:
                own, now = self.own_deadline or date.min, self.deadline or date.min
                is_later = own > before.own_deadline or now > before.deadline
            self.deferrals = before.deferrals + is_later
            self.cancellations = before.cancellations + (bool(self.grounds) and not before.is_cancelled)
            self.restored = None if self.grounds else before.day if before.is_cancelled else self.restored

    def take(self, place: RowPlace, day: date, late: LateReport | None = None) -> str:
        """Apply an accepted 案件进展 row of that day, and return the status before it."""
        status, before = place["当前状态"] or ASSIGNED, self.status
        self._note_repeats(place, day, is_back=before != status and goes_back(before, status))
        was_resolved, was_open = self.is_resolved, self.is_open
        of_forms = (self.last,) if was_open else ()  # forms have no other cases
        self.before_late = (*self.before_late, *of_forms, *late.replaced.get(self.number, ()))[-3:] if late else ()
        self.was_resolved = self.was_resolved or was_resolved
        self.ended_dispute = None if was_resolved else self.ended_dispute
        confirmation = place["群众确认"]
        if confirmation == CONFIRMED:
            self.confirmed = day
        if self.dispute and disputes.ends(place, self.dispute):
            self.ended_dispute = self.dispute
            self.answered = self.answered if confirmation == CONFIRMED else day
        if self.dispute or confirmation == DISPUTED:
            self.dispute = disputes.after(place, day, self.dispute)
        if status != before or place["今日进展"]:
            self.touched = day
        self.request = requests.after(self.request, place["需协调事项"], day, was_open=was_open)
        if status != ASSIGNED and self.accepted is None:
            self.accepted = day, place.arrival
        self.referred_since = (self.referred_since or day) if status == REFERRED else None
        self.status = status
        self.last, self.reported, self.told_late = place, day, late.came if late else None
        is_resolved = self.is_resolved
        if was_resolved and not is_resolved:
            self.open_again = day
        since = self.settled_since if status == before else None
        self.settled_since = (since or day) if is_resolved or status == REFERRED else None
        return before

    def _note_repeats(self, place: RowPlace, day: date, *, is_back: bool) -> None:
        """Note what the hints ask of all its rows, before a row of that day is applied."""
        progress, number = place["今日进展"], place["答复文号"]
        was, had = (self.last["今日进展"], self.last["答复文号"]) if self.last else (None, None)
        is_same = progress == was or key(progress or "") == key(was or "")
        self.same_progress = (self.same_progress * is_same + 1) if progress else 0
        if number != had and key(number or "") != key(had or ""):
            self.reply_since = day if number else None
            self.replied = self.replied or self.reply_since
        values, at = place.rows.values, place.position
        if (
            values["接访下访领导"][at] or values["接访下访日期"][at]
        ):  # looked at as they lie there: a ledger can hold years, and few rows have any
            self.receptions = receptions.after(self.receptions, place["接访下访领导"], place.day("接访下访日期"), day)
        if is_back:
            self.went_back = (*(past for past in self.went_back if (day - past).days < RECENT_DAYS), day)


_FIELDS = tuple(each.name for each in fields(Case))


def _first_filled(*values: Value) -> Value:
    """Return the first of them that is not empty; a 0 is not empty."""
    return next((value for value in values if value is not None and value != ""), None)


def goes_back(before: str, after: str) -> bool:
    """Return whether that change of status needs a reason."""
    if before == after:
        return False
    if before in (RESOLVED, REFERRED):
        return True
    order = contract.STATUSES.index
    return after != REFERRED and order(after) < order(before)
