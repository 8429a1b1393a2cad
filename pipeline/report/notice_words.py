"""The sentences of notices: why a case stands there, by which rule, what is asked, and why it stands there no longer."""

from __future__ import annotations

from datetime import date, timedelta

from pipeline.report.case_lines import CaseLine
from pipeline.report.sentences import long_day
from pipeline.settings.rules import Windows
from pipeline.terms.contract import ASSIGNED, CONFIRMED
from pipeline.terms.words import FLAGS

_SHOWN = 40


def days(flag: str, line: CaseLine, day: date, windows: Windows) -> int | None:
    """Return how many days it has been so, or are left where it is due soon; None where no days are counted."""
    match flag:
        case "overdue":
            return line.days_overdue
        case "due_soon":
            return -line.days_overdue
        case "stalled":
            return line.days_idle
        case "acceptance_overdue":
            return (day - line.assigned).days - windows.acceptance_days
        case "disputed" if line.disputed_since:
            return (day - line.disputed_since).days
        case _:
            return None


def reason(flag: str, line: CaseLine, day: date, count: int | None) -> str:
    """Return why the case stands in the notice, with the days."""
    limit = f"{'延期后的' if line.extended else ''}办结时限{long_day(line.deadline)}" if line.deadline else ""
    match flag:
        case "overdue":
            return f"{limit}，已超期{count}天"
        case "due_soon":
            return f"{limit}，{f'还有{count}天' if count else '当日到期'}"
        case "stalled":
            return f"自{long_day(day - timedelta(days=line.days_idle))}起没有报来进展，已{count}天"
        case "acceptance_overdue":
            return f"{long_day(line.assigned)}交办，受理已超期{count}天"
        case "disputed":
            since = (
                f"{long_day(line.disputed_since)}起群众不认可{f'，已{count}天' if count else ''}" if line.disputed_since else "群众不认可"
            )
            return f"{since}{_reply(line)}"
        case _:
            return f"缺少{'、'.join(line.missing_ones)}"


def settled(flag: str, district: str, line: CaseLine | None, deadline_before: date | None) -> str:
    """Return why a point of the district's last notice holds no longer; `deadline_before` was in force the day before."""
    if line is None:
        return "已不在案件台账内"
    if line.district != district:  # what becomes of another district's case is told to that one alone
        return "已转由别的旗区办理"
    if line.grounds:
        return f"已撤销（{_short(line.grounds)}）"
    if flag == "incomplete_assignment":
        return "已补齐"
    if line.is_counted:
        outcome = "已化解" if flag != "disputed" else "群众已认可" if line.confirmation == CONFIRMED else "已重新答复"
        return outcome + _reply(line)
    return _still_open(flag, line, deadline_before)


def settled_by_rule(flag: str, allowed_then: int | None, allowed: int | None) -> str:
    """Return that a point would hold by the rules of the last notice: nothing was done about it, the office's span is another."""
    return f"规则改动，尚未办结：{FLAGS[flag].name}的天数由{allowed_then}天改为{allowed}天"


def _still_open(flag: str, line: CaseLine, deadline_before: date | None) -> str:
    if line.is_referred:
        return "已导入法定途径"
    match flag:
        case "overdue" | "due_soon" if line.deadline:
            # The case is open and late no more: nothing was done about it, its deadline moved.
            moved = "延期至" if line.extended else "办结时限已改为"
            was = f"，原为{long_day(deadline_before)}" if deadline_before and deadline_before != line.deadline else ""
            return f"时限改动，尚未办结：{moved}{long_day(line.deadline)}{was}"
        case "stalled":
            since = f"{long_day(line.reported_on)}" if line.reported_on else ""
            return f"有新进展（{since}：{_short(line.progress)}）" if line.progress else f"有新进展（当前状态：{line.status}）"
        case "disputed":
            return f"已重新办理（当前状态：{line.status}）"
        case "acceptance_overdue" if line.status != ASSIGNED:
            return f"已受理（当前状态：{line.status}）"
        case _:
            return "情况已更正"


def _reply(line: CaseLine) -> str:
    return f"（答复文号：{_short(line.reply_number)}）" if line.reply_number else ""


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
