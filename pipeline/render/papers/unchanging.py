"""What 专报 says however much room there is: who reported, both tables, the lines at its head, the titles of its sections.

Covered by tests/render/papers/test_briefing.py and, for the headings, test_unchanging.py.
"""

from __future__ import annotations

from typing import Any

from pipeline.render.papers import district_table
from pipeline.report import answer_words, decision_words, headline, not_taken, sentences, verdict_words, who_reported
from pipeline.report.report import Report
from pipeline.terms import words

Fields = dict[str, Any]
"""Texts by the names that stand in the templates, in lists and mappings."""

NAME = "信访事项办理情况专报"


def texts(report: Report) -> Fields:
    """Return the texts by their names; a dense paper leaves 近日 out."""
    day, note = sentences.long_day(report.day), who_reported.beside_data_until(report.submissions, report.absences)
    return {
        "报头": NAME,
        "文件标题": f"{report.unit}{NAME}（{day}{'，更正' if report.is_correction else ''}）",
        "单位": report.office,
        "期号": f"第{report.day:%j}期".replace("第0", "第").replace("第0", "第"),
        # a paper is not dated before its data
        "日期": sentences.long_day(max(report.day, report.data_until.date())),
        "标题": f"{report.unit}{day}信访事项办理情况",
        "数据截至": f"{sentences.day(report.data_until.date(), report.day)}{report.data_until:%H:%M}{note}",
        "提要": first_lines(report),
        "小标题": _headings(report),
        "近日": district_table.recent(report),
        "督办": headline.flags(report) + answer_words.told_overdue(report.beyond.notices),
        "分组": [{"名称": group.name, "目标": f"{group.target_percent}%"} for group in report.settings.groups],
        "层级": report.settings.tree.word(),
        "旗区": district_table.rows(report),
        "合计": district_table.row(_sum_of_reports(report), report.targets, report),
        "报送": who_reported.submissions(report.submissions, report.below)
        + who_reported.left_out(report.left_out, report.day)
        + who_reported.unplaced(report.arrived_reports, report.refused_late, report.day),
    }


def first_lines(report: Report, *, is_listed: bool = False) -> list[Fields]:
    """Return the lines at its head; `is_listed`: above a list of decisions, which has the dangers first."""
    return [{"名称": name, "内容": said} for name, said in headline.lines(report, is_paper=True, is_listed=is_listed)]


def changes(report: Report) -> dict[str, list[tuple[str, str]]]:
    """Return the day's changes by kind, in their order: number and district of each.

    What counts no longer because it is in hand again or disputed is told as that alone, and what else counts no longer behind it.
    """
    order = dict.fromkeys((*_FIRST, *words.CHANGES))
    found = {kind: [(change.number, change.district) for change in report.changes if change.kind == kind] for kind in order}
    told = {*found["reopened"], *found["newly_disputed"]}
    found["no_longer_counted"] = [case for case in found["no_longer_counted"] if case not in told]
    return {kind: cases for kind, cases in found.items() if cases}


_FIRST = ("newly_resolved", "counted_again", "reopened", "newly_disputed", "no_longer_counted")
"""As the title of their section has them."""


def _headings(report: Report) -> Fields:
    """Return each section's title: its message in a few words."""
    decisions = decision_words.count(report.decisions)
    return {
        "目标": f"一、{verdict_words.in_short(report.targets)}",
        "决策": f"二、需要决策的事项{decisions}件"
        if decisions
        else f"二、{decision_words.none(report.submissions, not_taken.asked(report))}",
        "变化": f"三、{_changes(report)}",
        "旗区": f"四、各{report.settings.tree.word()}情况（{who_reported.in_short(report.submissions)}）",
    }


def _changes(report: Report) -> str:
    """Return how many cases changed for the better and the worse.

    Each number is all there are of it; before the semicolon no case is in two of them.
    """
    disputed = [change.number for change in report.changes if change.kind == "newly_disputed"]
    others = {*report.no_longer_counted} - {*report.reopened, *disputed}
    gained = (("新化解", report.resolved_today), ("恢复计入", report.counted_again))
    kinds = (*gained, ("重新办理", report.reopened), ("群众不认可", disputed))
    told = [f"{name}{len(numbers)}件" for name, numbers in kinds if numbers]
    besides = "另有" if report.reopened or disputed else ""
    moved = "，".join([*told, *([f"{besides}不再计入化解{len(others)}件"] if others else [])])
    late = sum(change.kind == "newly_overdue" for change in report.changes)
    said = "；".join([*([moved] if moved else []), *([f"{words.CHANGES['newly_overdue'].name}{late}件"] if late else [])])
    return f"今日{said}" if said else _unchanged(report)


def _unchanged(report: Report) -> str:
    """Return that nothing changed, as far as that is known."""
    who = who_reported.unheard(report.submissions)
    if who.nobody:
        return f"{who.nobody}，今日有没有变化不知道"
    return f"{'采用的日报里' if who else '今日'}没有新化解、重新办理的案件"


def _sum_of_reports(report: Report) -> str:
    """Return of how many districts there is a report, below the same of the units; where the rows are districts, nothing is added up."""
    if not report.below:
        return "—"
    return f"{sum(line.reported for line in report.below)}/{len(report.submissions)}"
