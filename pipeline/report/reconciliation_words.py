"""对账 in words, for sheet and letter alike: what each kind is called, and what is said beside a case."""

from __future__ import annotations

from datetime import date
from typing import Final

from pipeline.report.reconciliation import ALIKE, SAME_REPLY, UNIT, Differing, NeverReported, NotAssigned, Twice
from pipeline.terms.messages import brief
from pipeline.terms.words import near

NEVER_REPORTED: Final = "已交办、从未报送"
NOT_ASSIGNED: Final = "报来、分解表没有"
DIFFERING: Final = "内容不一致"
TWICE: Final = "疑似同一事项"

ASK_NEVER_REPORTED: Final = "请核实是否收到交办，在下一份日报“案件进展”里报送；不属于本旗区的，书面说明理由。"
ASK_NOT_ASSIGNED: Final = "编号填错的，请改正后重新报送；与已经交办的案件是同一件的，请写明是哪一件。"
ASK_DIFFERING: Final = "以登记的为准，请在下一份日报里改正；登记有误的，请书面说明，由办公室修改分解表。"
ASK_TWICE: Final = "请核实是否同一件；确是同一件的，请书面说明，由办公室撤销一件。"
"""What a letter asks of its district."""

EMPTY: Final = "空"
_IN_COMMON: Final = {ALIKE: "项目、类别相同，案由相近", SAME_REPLY: "答复文号相同"}


def of_never_reported(line: NeverReported, day: date) -> str:
    """Return for how long nobody has reported of a case, and what else is to be known of it."""
    since = f"交办{(day - line.line.assigned).days}天，没有采用过一行"
    if line.is_refused_today:
        return f"{since}；当日报来的这一行退回了"
    if line.refused_on:
        return f"{since}；{near(line.refused_on, day)}报来的一行退回了"
    return f"{since}；现在的分解表里没有这件" if "missing_from_assignment" in line.line.flags else since


def of_not_assigned(line: NotAssigned) -> str:
    """Return how a case came in that no workbook has."""
    if line.is_refused_in_workbook:
        return "分解表里有，但那一行退回了，没有列入台账：请办公室改好分解表，不是旗区填错"
    return "旗区梳理的新增案件" if line.is_found else "台账里没有这个编号，这一行退回了"


def of_differing(line: Differing) -> str:
    """Return what holds and what was reported."""
    if line.column == UNIT:
        return f"{UNIT}：分解表是“{brief(line.holds)}”，旗区第一次报的是“{brief(line.reported)}”；以分解表为准，旗区不用改"
    return f"{line.column}：登记的是“{brief(line.holds or EMPTY)}”，日报里是“{brief(line.reported)}”"


def in_common(pair: Twice) -> str:
    """Return why two cases may be the same matter."""
    return "；".join(_IN_COMMON[code] for code in pair.codes)
