"""What a report would do, in words: for the page and for the terminal alike.

Covered by tests/office/test_report_preview.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.office.report_preview import CaseChange, ColumnChange, GroupFigures, Preview, Version
from pipeline.terms.contract import ANSWERS, RESOLVED
from pipeline.terms.messages import brief, listed
from pipeline.terms.words import FLAGS, moment, near

_MOST_NUMBERS: Final = 6
_WITH_OTHERS: Final = "有的案件别的旗区也报了、还在等待汇总，已经一起算：那一份改了，这里的结论也可能跟着变。"
_STARS: Final = "回执里遮住号码的星号还在："


def rows(accepted: int, refused: int, moved: int = 0) -> str:
    """Return what is taken and what is not; `moved`: of these the rows of cases that the office has given to other districts."""
    of_moved = f"（{'' if moved == refused else f'其中 {moved} 行'}案件已改派）" if moved else ""
    return f"采用 {accepted} 行，退回 {refused} 行{of_moved}" if refused else f"采用 {accepted} 行"


def version(replaced: Version) -> str:
    """Return which version it is, what became of it, and how many rows it has."""
    counts = rows(replaced.rows_accepted, replaced.rows_refused) if replaced.rows_refused else f"{replaced.rows_accepted} 行"
    return f"{'已报送、等待汇总' if replaced.is_waiting else '已采用'}的第 {replaced.revision} 版（{counts}）"


def notes(preview: Preview) -> list[str]:
    """Return what somebody must know before sending: the day where it is not today, and what would be replaced."""
    if preview.ahead:
        at = moment(preview.ahead, preview.today)
        return [f"这一天已有一份收到时间写成 {at} 的日报，比这一份还晚：这一份报了也不算数。请先打电话告诉办公室。", *preview.reminders]
    replaced = preview.replaced
    said = f"会替换{version(replaced)}" if replaced else ""
    if preview.is_repeat and replaced:
        stands = "等待汇总" if replaced.is_waiting else "正在算数"
        said = f"与{stands}的那一份（{moment(replaced.received_at, preview.today)} 收到）完全相同：再报一次，汇总时会忽略，那一份照算"
    masked = [*([_masked(preview.masked)] if preview.masked else []), *([_WITH_OTHERS] if preview.with_others else [])]
    if preview.day == preview.today:
        return [*([f"{said}。"] if said else []), *masked, *preview.reminders]
    which = f"这是{near(preview.day, preview.today)}的日报，{said or '那一天还没有报过'}；{_of_today(preview)}。"
    return [which, *masked, *preview.reminders]


def _of_today(preview: Preview) -> str:
    """Return whether today's report is there, and how it stands."""
    version = preview.of_today.version if preview.of_today else None
    if version is None or preview.of_today is None:
        return "今天的还没有报"
    if preview.of_today.takes_nothing:
        return f"今天的报来了，但一行也不能采用（第 {version.revision} 版退回 {version.rows_refused} 行），请改好再报"
    waits = "，等待汇总" if version.is_waiting else ""
    return f"今天的已经报过（第 {version.revision} 版{rows(version.rows_accepted, version.rows_refused)}{waits}）"


def _masked(cells: Sequence[str]) -> str:
    """Return where a receipt's stars came back, and what to do."""
    return f"{_STARS}{listed(cells, '处')}。照这样报送，星号会当作内容收下。请把这一段删去或改写，不要再填号码。"


def question(preview: Preview) -> str:
    """Return what is asked where fewer rows would count than do now; '' where nothing is asked."""
    if not preview.takes_less or preview.replaced is None or preview.ahead:
        return ""
    was = preview.replaced
    return (
        f"第 {was.revision} 版{rows(was.rows_accepted, was.rows_refused)}；这一份会{rows(preview.rows_accepted, preview.rows_refused)}。"
        f"报送以后以这一份为准，第 {was.revision} 版不再算数。"
    )


def told_by_mail(preview: Preview) -> str:
    """Return the same for a report that is in the inbox already: whoever mails one is asked nothing before."""
    said, was = "", preview.replaced
    if was and not preview.is_repeat:
        less = "，采用的比原来少" if preview.takes_less else ""
        said = f"它代替{version(was)}，第 {was.revision} 版不再算数{less}。"
    if preview.day != preview.today:
        said += _today_by_mail(preview)
    if preview.masked:
        said += f"{_STARS}{listed(preview.masked, '处')}，会当作内容收下。请把这一段删去或改写后再发一次，不要再填号码。"
    return f"{said.replace(' ', '')}{_WITH_OTHERS if preview.with_others else ''}"


def _today_by_mail(preview: Preview) -> str:
    of_today, whose = preview.of_today, f"今天（{near(preview.today, preview.today)}）的日报"
    if of_today is None or of_today.version is None:
        said = f"{whose}还没有收到。"
    elif of_today.takes_nothing:
        said = f"{whose}收到了，但一行也不能采用，请照它的回信改好再发一次。"
    else:
        version = of_today.version
        said = f"{whose}已经收到（{'会' if version.is_waiting else ''}{rows(version.rows_accepted, version.rows_refused)}）。"
    return f"{said}{_figures_of_today(preview)}"


def _figures_of_today(preview: Preview) -> str:
    """Return what becomes of today's figures by a report of an earlier day; '' where nothing does."""
    changed = [
        _figures(figures, "").removesuffix("。").replace("：", "", 1) for figures in (preview.of_today.figures if preview.of_today else ())
    ]
    return f"今天的数字也跟着变：{'；'.join(changed)}。" if changed else ""


# --- what it does ------------------------------------------------------------------------------------------------


def heading(preview: Preview) -> str:
    """Return with what it is compared."""
    return f"与第 {preview.replaced.revision} 版相比" if preview.replaced else "与以前报的相比"


def change(of: CaseChange) -> list[str]:
    """Return what becomes of a case, piece by piece: its status, whether it counts, and what its row says anew."""
    before, after = of.status
    said = [f"原来报过这一件，这一份{'的这一行会退回' if of.is_refused else '没有报'}"] if of.is_left_out else []
    if before and not after:
        said.append("不再在册")
    elif before != after:
        said.append(f"{before} → {after}" if before else f"新增案件，{after}")
    if of.counted[0] != of.counted[1]:
        said.append("计入化解" if of.counted[1] else "不再计入化解")
    if after == RESOLVED and of.is_disputed:
        said.append("群众不认可，不计入化解")
    if of.grounds:
        said.append(f"这一件市局已撤销（依据：{brief(of.grounds)}），不在总数里，也不计入化解，报的内容照收")
    return [*said, *map(_column, of.columns)]


def _column(of: ColumnChange) -> str:
    if not of.after:
        return f"{of.column}：原来是“{brief(of.before)}”，现在空着"
    return f"{of.column}：{brief(of.before)} → {brief(of.after)}" if of.before else f"{of.column}：{brief(of.after)}"


def outcome(preview: Preview) -> list[str]:
    """Return what becomes of the district's figures, and which of its cases would still need following up; of another day with its date."""
    effect = preview.effect
    if effect is None:
        return []
    until = "" if preview.day == preview.today else f"截至{near(preview.day, preview.today)}"
    lines = [_figures(figures, until) for figures in effect.figures if figures.before.total or figures.after.total]
    lines += [changed] if (changed := _figures_of_today(preview)) else []
    raised = [f"{FLAGS[flag].name} {len(numbers)} 件（{_numbers(numbers)}）" for flag, numbers in effect.flags if numbers]
    if raised:
        lines.append(f"报送以后{f'，{until}' if until else ''}有：{'，'.join(raised)}。")
    counts = (("接访情况", effect.receptions), ("急报事项", effect.urgent), (ANSWERS.name, effect.answers))
    others = [f"{name} {count} 行" for name, count in counts if count]
    return [*lines, f"另外采用{'、'.join(others)}。"] if others else lines


def _figures(of: GroupFigures, until: str) -> str:
    before, after = (f"{tally.resolved}/{tally.total}" for tally in (of.before, of.after))
    return f"{of.group}：{until}化解 {before}，不变。" if before == after else f"{of.group}：{until}化解 {before} → {after}。"


def _numbers(numbers: Sequence[str]) -> str:
    shown = "、".join(map(brief, numbers[:_MOST_NUMBERS]))
    return shown if len(numbers) <= _MOST_NUMBERS else f"{shown} 等"
