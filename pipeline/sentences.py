"""What a report says in whole sentences: made once, so that Word, PDF, page and workbook say the same."""

from __future__ import annotations

from datetime import date

from pipeline.report import Absence, Bounds, Bridge, Decision, Figure, Way

BOUNDS_RULE = (
    "“补报后最低、最高”指缺报的日报补齐、退回的行改正以后，化解率可能的范围：缺报旗区的案件、被退回的行所说的案件，"
    "凡此后没有再报清楚的，最低按全部不计入化解、最高按全部计入化解计算；"
    "每份缺报的日报另按可能新增{most}件计入总数。范围只随补报、改正变化，不是预测。"
)
_ASKED = {
    "urgent": "没有需要协调的事项，请知悉",
    "disputed": "请包案领导与群众见面，研究新的答复意见",
    "overdue": "请确定办结办法和时间，符合规定的按程序延期",
    "coordination": "",
}


def day(one: date) -> str:
    """Such as 5月21日."""
    return f"{one.month}月{one.day}日"


def long_day(one: date) -> str:
    """Such as 2020年5月21日."""
    return f"{one.year}年{one.month}月{one.day}日"


def rate(percent: str | None) -> str:
    """Such as 93.5%; a dash where there is no rate."""
    return f"{percent}%" if percent else "—"


def target(figure: Figure) -> str:
    """Whether the target is met, and by how many cases it is not, as one says it aloud."""
    tally = figure.tally
    if not tally.total:
        return f"{figure.label}：目前没有案件，不计算化解率。"
    said = f"{figure.label}案件共{tally.total}件，已化解{tally.resolved}件，化解率{rate(tally.rate_percent)}"
    if tally.met:
        return f"{said}，达到{tally.target_percent}%的目标。"
    return f"{said}，没有达到{tally.target_percent}%的目标，还差{tally.shortfall}件。"


def since_yesterday(bridge: Bridge) -> str:
    """How total and resolved cases have moved since the day before."""
    total, resolved = bridge.total - bridge.total_before, bridge.resolved - bridge.resolved_before
    if not total and not resolved:
        return "总数和已化解件数与前一日相同。"
    return f"与前一日相比，总数{_moved(total)}，已化解{_moved(resolved)}。"


def _moved(change: int) -> str:
    if not change:
        return "不变"
    return f"{'增加' if change > 0 else '减少'}{abs(change)}件"


def bounds(one: Bounds) -> str:
    """What the rate could be once everything is told, and whether that could change the verdict."""
    low, high = one.lowest, one.highest
    said = f"缺报、退回的内容补齐后，化解率最低{rate(low.rate_percent)}、最高{rate(high.rate_percent)}"
    if low.met == high.met:
        return f"{said}，{'仍然达标' if low.met else '仍然不达标'}。"
    return f"{said}，是否达标要等补报后才能确定。"


def way(one: Way) -> str:
    """How many more, by which deadline, and where the pace of the last days leads; '' where nothing is lacking."""
    lacking = one.tally.shortfall
    if not lacking:
        return ""
    if one.open < lacking:
        return f"还差{lacking}件，而可以继续化解的只有{one.open}件，全部化解也达不到目标；其余案件已导入法定途径。"
    by = f"按办结时限从早到晚排，第{lacking}件的时限是{day(one.by)}；" if one.by else ""
    return f"还差{lacking}件。{by}{_pace(one)}"


def _pace(one: Way) -> str:
    if not one.days:
        return "汇总日数不足，暂不能说明进度。"
    if one.gained <= 0:
        return f"近{one.days}天已化解件数没有增加，照此进度不能达标。"
    said = f"近{one.days}天已化解净增{one.gained}件"
    return f"{said}，照此进度要到{long_day(one.expected)}。" if one.expected else f"{said}，照此进度十年内不能达标。"


def asked(one: Decision) -> str:
    """What is asked of leaders: the district's own words, else what the rules ask."""
    return one.asked or _ASKED[one.kinds[0]]


def absence(one: Absence) -> str:
    """Who has not reported, and which figures that can change."""
    last = f"最近一次是{day(one.last_report)}的日报" if one.last_report else "此前也没有日报"
    refused = f"，送来的{one.refused_files}份没有采用" if one.refused_files else ""
    parts = "、".join(f"{part.group}{part.total}件（计入化解{part.counted}件）" for part in one.parts)
    return f"{one.district}没有日报（{last}{refused}）；补报可能改变其名下{parts or '案件数'}。"


def bounds_rule(most_new: int) -> str:
    """How the bounds are worked out, to stand under a table that shows them."""
    return BOUNDS_RULE.format(most=most_new)
