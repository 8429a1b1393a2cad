"""Which particulars of which cases hold today and did not yesterday (contract 6, `particulars`)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.day.cases import Particulars
from pipeline.day.standing import Register, Standing
from pipeline.reading.assignment_workbook import responsible_leader
from pipeline.terms.contract import NO_LEADER
from pipeline.terms.rows import written
from pipeline.terms.text import key

WATCHED = ("案件来源", "旗区", "问题类别", "案由", "责任单位", "包案领导", "交办日期", "办结时限", "延期至", "撤销依据")
"""The particulars whose changes are told, in their order."""
DEADLINES = ("办结时限", "延期至")
"""Those of which something can be due."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One particular of one case, as it held yesterday and as it holds today; None where it is empty."""

    number: str
    column: str
    before: str | None
    after: str | None
    held: str | None = None
    """Of 延期至 that was empty before: the 办结时限 that held."""
    times: int = 0
    """Of a deadline that moved later, and of 撤销依据 that was filled in: the how manieth time; 0 for any other change."""
    is_idle: bool = False
    """Whether it is a deadline's, and the case cancelled on both days or since: nothing of it is due."""


def edits(before: Register, after: Register) -> tuple[Edit, ...]:
    """Return what changed between two days, by case and in the order of the columns; only cases that both days know."""
    return tuple(edit for number in sorted(before.keys() & after.keys()) for edit in _of_case(number, before[number], after[number]))


def _of_case(number: str, before: Standing, after: Standing) -> list[Edit]:
    if before.particulars is after.particulars and before.grounds == after.grounds:
        return []
    pairs = [(column, _shown(before, column), _shown(after, column)) for column in WATCHED]
    limit = _shown(before, "办结时限")
    return [
        Edit(
            number,
            column,
            was,
            now,
            limit if column == "延期至" and not was else None,
            _times(column, before, after),
            is_idle=column in DEADLINES and after.is_cancelled,
        )
        for column, was, now in pairs
        if key(was or "") != key(now or "")
    ]


def _times(column: str, before: Standing, after: Standing) -> int:
    if column in DEADLINES:
        return after.deferrals if after.deferrals > before.deferrals else 0
    return after.cancellations if column == "撤销依据" and after.cancellations > before.cancellations else 0


def _shown(case: Standing, column: str) -> str | None:
    if column == "撤销依据":
        return case.grounds or None
    if column == "包案领导":
        return _leader(case.particulars)
    return written(case.particulars[column]) or None


def _leader(particulars: Particulars) -> str | None:
    """The leader who counts; None where there is none."""
    leader = responsible_leader(written(particulars["包案领导"]) or "")
    return None if leader == NO_LEADER else leader
