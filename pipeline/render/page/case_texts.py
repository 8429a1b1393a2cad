"""What the page says about one case, as plain words: its state, how long it still has, and everything that is known of it by label."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report import clock_lines, exemptions, notice_words, story_lines
from pipeline.report.case_lines import CaseLine
from pipeline.terms import words
from pipeline.terms.contract import RESOLVED
from pipeline.terms.rows import written

BETWEEN = " · "
"""Between the parts of a place such as 东胜区日报.xlsx · 案件进展 · 第5行."""
LABELS = (
    *(
        "案由",
        "案件来源",
        "旗区",
        "改派",
        "包联领导",
        "问题类别",
        "涉及项目或单位",
        "涉及户数",
        "涉及金额",
        "责任单位",
        "包案领导",
        "工作专班",
        "化解方案",
    ),
    *("交办日期", "办结时限", "延期至", "撤销依据", "当前状态", "今日进展", "诉求认定", "答复日期", "答复文号", "群众确认", "下一步措施"),
    *("需协调事项", "计入化解", "督办", "法定期限", "最近报送", "资料出处"),
)
"""Everything that can be known of a case, in the order in which it is told."""
PLACES = ("最近报送", "资料出处")
"""Labels whose text ends with a place."""
Liaison = Mapping[str, tuple[tuple[str, str], ...]]
"""By district: its liaison leaders with their posts."""


def part(case: CaseLine) -> str:
    """Return in which part of the list the case is: cancelled, counted, referred or open."""
    if case.grounds:
        return "cancelled"
    return "counted" if case.is_counted else "referred" if case.is_referred else "open"


def state(case: CaseLine) -> str:
    """Return the state in a few words; of a disputed case that it does not count."""
    match part(case):
        case "cancelled":
            return "已撤销"
        case "counted":
            return f"✓ {case.status}"
        case _:
            disputed = "（群众不认可，不计）" if case.status == RESOLVED else "，群众不认可"
            return f"{case.status}{disputed if case.dispute_stands else ''}"


def due(case: CaseLine) -> str:
    """Return how far the deadline is; '' where there is none."""
    if case.deadline is None:
        return ""
    if case.days_overdue > 0:
        return f"超期 {case.days_overdue} 天"
    if case.is_beyond:  # nobody should count on so many days
        return f"时限 {case.deadline}{words.BEYOND}"
    return f"还剩 {-case.days_overdue} 天" if case.days_overdue else "今天到期"


def stalled(case: CaseLine) -> str:
    """Return how long nothing has been reported of it."""
    return notice_words.open_again(case, str(case.open_again)) or f"{case.days_idle} 天没有报来进展"


def details(case: CaseLine, liaison: Liaison) -> list[tuple[str, object]]:
    """Return everything that is known of a case under its labels; empty ones are left out."""
    fields = (
        *(case.matter, case.source, case.district, _moved(case), leaders(liaison.get(case.district, ())), case.category, case.project),
        *(written(case.households), f"{written(case.amount)} 万元" if case.amount is not None else None, case.unit),
        *(case.leaders or case.leader, case.team, case.plan, case.assigned, case.limit, _extended(case), case.grounds, case.status),
        *(case.progress, case.claim, case.replied_on, case.reply_number, case.confirmation, case.next_step, case.coordination),
        *(_counted(case), _flags(case), clock_lines.in_short(case), _last_report(case), case.listed_in or "—"),
    )
    return [(label, value) for label, value in zip(LABELS, fields, strict=True) if value]


def _moved(case: CaseLine) -> str:
    return "；".join(map(story_lines.moved, case.moves))


def _extended(case: CaseLine) -> object:
    """Return 延期至; where an exemption moves the deadline, that and until when."""
    moved = exemptions.moving(case.exempted, case.deadline)
    return f"{case.extended}；{moved}" if moved and case.extended else moved or case.extended


def leaders(named: tuple[tuple[str, str], ...]) -> str:
    """Return a district's liaison leaders with their posts."""
    return "、".join(f"{name}（{post}）" if post else name for name, post in named)


def _counted(case: CaseLine) -> str:
    match part(case):
        case "cancelled":
            return "已撤销，不在总数内"
        case "counted":
            return "是"
        case "referred":
            return "否，已导入法定途径"
        case _:
            return "否，群众不认可尚未了结" if case.dispute_stands else "否"


def _flags(case: CaseLine) -> str:
    named = [words.FLAGS[flag].name for flag in case.flags]
    return "、".join([*named, *filter(None, [lacking(case)])])


def lacking(case: CaseLine) -> str:
    """Return which of the five its assignment lacks: 缺包案领导、办结时限; '' where none."""
    return f"缺{'、'.join(case.missing_ones)}" if case.missing_ones else ""


def _last_report(case: CaseLine) -> str:
    if not case.origin:
        return "还没有被采用的日报提到它，按交办时的状态"
    return f"{case.reported_on}，{case.origin}" if case.reported_on is not None else case.origin
