"""The sentences of notices: why a case stands there, by which rule, what is asked, and why it stands there no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from pipeline.day import supervision
from pipeline.day.clocks import Clock
from pipeline.day.moves import away_from
from pipeline.report import clock_lines, exemptions, sentences
from pipeline.report.case_lines import CaseLine, Decision, Notice, NoticeCase, Point, Settled
from pipeline.report.sentences import long_day
from pipeline.settings.rules import Windows
from pipeline.terms.contract import ASSIGNED, CONFIRMED
from pipeline.terms.words import BEYOND, FLAGS, near

_SHOWN = 40
_FIRST_MARK = ord("①")
_MOVED, _BY_RULE = "时限改动，尚未办结", "规则改动，尚未办结"
_ELSEWHERE, _CANCELLED, _FILLED = "已转由别的旗区办理", "已撤销", "已补齐"
_EDITED = frozenset({_MOVED, _BY_RULE, _ELSEWHERE, _CANCELLED, _FILLED})
"""How a point goes away that was true: the register was edited, and nothing was corrected."""
_MOST_TOLD, _MOST_NAMED = 5, 12
"""Cases that were settled in one way: of so many it is told how, and so many are named."""


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
    limit = f"{exemptions.deadline(line, day)}" if line.exempted else limit
    match flag:
        case "overdue":
            first = f"（延期前为{long_day(line.limit)}）" if line.extended and line.limit else ""
            return f"{limit}{first}，已超期{count}天{sentences.danger(line, day)}"
        case "due_soon":
            return f"{limit}，{f'还有{count}天' if count else '当日到期'}{sentences.danger(line, day)}"
        case "stalled":
            again = open_again(line, long_day(line.open_again) if line.open_again else "")
            return f"停滞（{again}）" if again else f"自{long_day(day - timedelta(days=line.days_idle))}起没有报来进展，已{count}天"
        case "acceptance_overdue":
            return f"{long_day(line.assigned)}交办，受理已超期{count}天"
        case "disputed":
            again = again_after(line, day)
            said = f"群众{'再次' if again else ''}不认可"
            since = f"{long_day(line.disputed_since)}起{said}{f'，已{count}天' if count else ''}" if line.disputed_since else said
            behind = "，".join([*filter(None, [again]), *([_reply_number(line)] if line.reply_number else [])])
            return f"{since}{f'（{behind}）' if behind else ''}"
        case _:
            return f"缺少{'、'.join(line.missing_ones)}"


def rule(flag: str, line: CaseLine, windows: Windows) -> str:
    """Return by which rule the case stands in a notice; of a stalled one that a dispute opened again, how the days count."""
    told = FLAGS[flag].rule.format(days=supervision.days_allowed(flag, windows))
    return f"{told.removesuffix('。')}{FROM_LAST_PROGRESS}。" if flag == "stalled" and line.open_again else told


def asked(flag: str, points: Sequence[Point], signed: date) -> str:
    """Return what is asked of the cases with a flag in a notice that was written on that day.

    It is read the morning after: nobody can conclude in time then what is due on that day, or was before.
    """
    said = FLAGS[flag].asked
    ended = sum(point.line.deadline is not None and point.line.deadline <= signed for point in points) if flag == "due_soon" else 0
    if not ended:
        return said
    which = f"其中{ended}件" if ended < len(points) else "所列的"
    late = f"{which}时限最晚到{near(signed, None)}为止：已办结的，请在日报里报明；没有办结的，过了时限即为超期，请说明原因，{_BY_ORDER}"
    return f"{said}{late}" if ended < len(points) else late


_BY_ORDER: Final = "确需延期的，按程序报批。"
FROM_LAST_PROGRESS: Final = "（化解后群众又不认可的，从化解以前最后的进展算起，重新在办几天另写）"


def open_again(line: CaseLine, since: str = "") -> str:
    """Return how long nothing has come of a stalled case since a dispute opened it again; '' where none has since its last progress.

    On the days before that it was settled, and nothing was to be reported. `since`: the day, as the reader's paper writes days; '' where
    the dispute with its days stands beside it.
    """
    if not line.open_again:
        return ""
    disputed = f"{since}起群众不认可、" if since else ""
    last, answered = line.progress_before, ""
    since_progress = ""
    if last:
        since_progress = f"，从{near(last, line.open_again)}的进展算起{(line.open_again - last).days + line.days_idle}天"
        if line.replied_on and line.replied_on > last:  # another answer, of which the rule counts neither status nor progress
            again = "" if since else f"{near(line.open_again, line.open_again)}又不认可，"
            answered = f"{near(line.replied_on, line.open_again)}另有答复，{again}"
    idle = f"已{line.days_idle}天" if line.days_idle else "还"
    return f"{answered}{disputed}重新在办，{idle}没有报来{'新的' if answered else ''}进展{since_progress}"


def brief(flag: str, line: CaseLine, day: date, count: int | None, *, with_limit: bool = True) -> str:
    """Return the same in few words, for a row that says all that is so with the case; the deadline may stand in a column beside it."""
    limit = f"{'延期后的' if line.extended else ''}时限{near(line.deadline, day)}" if line.deadline else ""
    limit = f"{exemptions.deadline(line, day)}" if line.exempted else limit
    match flag:
        case "overdue":
            first = f"，延期前为{near(line.limit, day)}" if line.extended and line.limit else ""
            return f"超期{count}天{f'（{limit}{first}）' if with_limit else ''}{sentences.danger(line, day)}"
        case "due_soon":
            return f"{f'还有{count}天' if count else '当日'}到期{f'（{limit}）' if with_limit else ''}{sentences.danger(line, day)}"
        case "stalled":
            again = open_again(line)
            return f"停滞（{again}）" if again else f"停滞{count}天"
        case "acceptance_overdue":
            return f"超期{count}天未受理"
        case "disputed":
            return disputed(line, day, f"{count}天" if count else "")
        case _:
            return f"缺{'、'.join(line.missing_ones)}"


def disputed(line: CaseLine | Decision, day: date, since: str = "") -> str:
    """Return that a case is disputed, and where another reply was not accepted either, that it is so again and after which day."""
    again = again_after(line, day)
    return f"群众{'再次' if again else ''}不认可{since}{f'（{again}）' if again else ''}"


def again_after(line: CaseLine | Decision, day: date) -> str:
    """Return of a disputed case that another reply was not accepted either, such as 14日重新答复后; '' of any other."""
    return f"{near(line.answered_before, day)}重新答复后" if line.answered_before else ""


def explained(notice: Notice, looks_back_days: int) -> str:
    """Return how the rows of a notice are to be read."""
    order = "、".join(dict.fromkeys(FLAGS[case.points[0].flag].name for case in notice.cases))
    in_order = f"按轻重排列：{order}；同一情形，时间长的在前。一案有几种情形的，写在同一行。" if len(notice.cases) > 1 else ""
    stays = notice.before and not any(settled_point.is_gone for settled_point in notice.settled)
    now = "；※以前各日后来有补报、更正，按现在所知各日应列的算，可能与当时收到的通知不同" if notice.is_recounted else ""
    return (
        f"{in_order}列入次数按近{looks_back_days}天的督办通知计算，第一次列入的写“新增”{now}。"
        f"{f'上次通知（{notice.before}）所列{notice.before_cases}件都继续督办。' if stays else ''}"
    )


def written_later(notice: Notice, day: date) -> str:
    """Return of a notice that rests on what came after its day that it knows no later one; '' of any other, and where it has no case."""
    if not notice.cases or notice.data_until.date() <= day:
        return ""
    return (
        f"以上是{near(day, None)}的情形：此后的日报里已经化解、延期或者回复的案件，不用再办，也不用再回复；"
        "另有日期更晚的督办通知的，以最新的一份为准。"
    )


def times(count: int, *, is_recounted: bool = False) -> str:
    """Return the how many notices about a case this is, with a mark where earlier ones may have been others than is known now."""
    return f"第{count}次{'※' if is_recounted else ''}" if count > 1 else "新增"


def whence(case: NoticeCase, day: date) -> str:
    """Return of a case that is new to the district's notices since when it is its own, such as 5月21日由东胜区转来; '' where always."""
    if case.is_back and (back := restored(case.line, day)):
        return back
    came = case.line.moves[-1] if case.line.moves else None
    if came is None and case.line.listed_late and case.times == 1:
        return f"{near(case.line.listed_late, day)}才列入台账（分解表原来退回）"
    told = f"（{case.line.before_move}）" if case.line.before_move else ""
    return f"{near(came.day, day)}由{came.before}转来{told}" if came and (told or case.times == 1) else ""


def restored(line: CaseLine, day: date) -> str:
    """Return since when a case that had been cancelled is to be followed up again, and by which deadline; '' where none was.

    A cancellation stops no clock: a case can be overdue on the day on which it comes back.
    """
    if line.restored is None:
        return ""
    is_past = line.deadline is not None and line.deadline < line.restored
    kept = f"{near(line.restored, day)}恢复（原已撤销），时限没有因撤销后延"
    return f"{kept}，恢复时已过时限" if is_past else kept


def settled(flag: str, district: str, line: CaseLine | None, deadline_before: date | None) -> tuple[str, str]:
    """Return how a point of the district's last notice was settled, and more of it; `deadline_before` was in force the day before."""
    if line is None:
        return "已不在案件台账内", ""
    if line.district != district:  # to whom it went, and what becomes of it is told to that one alone
        moved = away_from(line.moves, district)
        return _ELSEWHERE, f"{long_day(moved.day)}由办公室改派{moved.after}" if moved else ""
    if line.grounds:
        return _CANCELLED, _short(line.grounds)
    if flag == "incomplete_assignment":
        return _FILLED, ""
    if line.is_counted:
        outcome = "已化解" if flag != "disputed" else "群众已认可" if line.confirmation == CONFIRMED else "已重新答复"
        return outcome, _reply_number(line)
    return _still_open(flag, line, deadline_before)


def settled_by_rule(flag: str, allowed_then: int | None, allowed: int | None) -> tuple[str, str]:
    """Return that a point would hold by the rules of the last notice: nothing was done about it, the office's span is another."""
    return _BY_RULE, f"{FLAGS[flag].name}的天数由{allowed_then}天改为{allowed}天"


def _still_open(flag: str, line: CaseLine, deadline_before: date | None) -> tuple[str, str]:
    if line.is_referred:
        return "已导入法定途径", ""
    match flag:
        case "overdue" | "due_soon" if line.deadline:
            # The case is open and late no more: nothing was done about it, its deadline moved.
            moved = "延期至" if line.extended else "办结时限已改为"
            was = f"，原为{long_day(deadline_before)}" if deadline_before and deadline_before != line.deadline else ""
            again = f"，第{line.deferrals}次延期" if line.deferrals > 1 else ""
            now = exemptions.moving(line.exempted, None) if line.exempted else f"{moved}{long_day(line.deadline)}"
            now += f"，{BEYOND.strip('（）')}" if line.is_beyond else ""
            return _MOVED, f"{now}{was}{again}"
        case "stalled":
            since = f"{long_day(line.reported_on)}" if line.reported_on else ""
            return "有新进展", f"{since}：{_short(line.progress)}" if line.progress else f"当前状态：{line.status}"
        case "disputed":
            return "已重新办理", f"当前状态：{line.status}"
        case "acceptance_overdue" if line.status != ASSIGNED:
            return "已受理", f"当前状态：{line.status}"
        case _:
            return "情况已更正", ""


def why(settled_point: Settled) -> str:
    """Return why a point of the last notice holds no longer."""
    detail = settled_point.detail
    return f"{settled_point.kind}{f'（{detail}）' if detail else ''}"


def all_points(case: NoticeCase, day: date, marks: Mapping[str, str] | None = None) -> str:
    """Return all that is so with a case, whence it came, and what of the last notice's points holds no longer.

    `marks`: of the articles, in a list that cites them above its rows.
    """
    now = "；".join(part for part in (whence(case, day), *situation(case.line, case.points, day, marks)) if part)
    gone: dict[str, list[str]] = {}
    for settled_point in case.settled:
        # The reply and the progress are the district's own words; who moved a deadline, or a rule, is another.
        how = why(settled_point) if settled_point.kind in (_MOVED, _BY_RULE) else settled_point.kind
        gone.setdefault(how, []).append(f"“{FLAGS[settled_point.flag].name}”")
    return "。".join([now, *(f"上次的{''.join(names)}{how}" for how, names in gone.items())])


def articles(cases: Iterable[NoticeCase]) -> dict[str, str]:
    """Return the articles that the cases' rows cite, each with its mark: ①, ②."""
    cited = dict.fromkeys(clock.rule.article for case in cases if case.line.clocks for clock in case.line.clocks.pressing)
    return {article: chr(_FIRST_MARK + position) for position, article in enumerate(cited)}


def legend(marks: Mapping[str, str]) -> str:
    """Return what the marks stand for; '' where no article is cited."""
    return f"注：{'；'.join(f'{mark}{article}' for article, mark in marks.items())}。" if marks else ""


def situation(
    line: CaseLine, points: Iterable[Point], day: date, marks: Mapping[str, str] | None = None, *, with_limit: bool = True
) -> Iterator[str]:
    """Go through the points of a case, then the clocks of the regulation that are near their end or past it, each with its article.

    What a point says of the same days is not said twice. A leader's page says the same of it as the notice; there its deadline stands
    in a column beside it.
    """
    clocks = line.clocks
    acceptance = clocks.acceptance if clocks else None
    for point in points:
        is_same = point.flag == "acceptance_overdue" and acceptance and point.days == (day - acceptance.due).days
        said = point.brief if with_limit else brief(point.flag, line, day, point.days, with_limit=False)
        yield _not_accepted(acceptance, day, marks) if acceptance and is_same else said
        acceptance = None if is_same else acceptance
    cited = (acceptance, clocks.conclusion) if clocks else ()
    for clock in cited:
        if clock and clock.is_pressing:
            yield clock_lines.cited(clock, day) if marks is None else clock_lines.marked(clock, day, marks)


def _not_accepted(clock: Clock, day: date, marks: Mapping[str, str] | None) -> str:
    return clock_lines.not_accepted(clock, day) if marks is None else clock_lines.not_accepted_marked(clock, day, marks)


def new_and_old(cases: Sequence[NoticeCase]) -> str:
    """Return how many cases of a notice are new, or back after one that did not name them, to follow their number; '' where all are new."""
    new = sum(case.times == 1 for case in cases)
    back = sum(case.times > 1 and case.is_back for case in cases)
    counts = (("新增", new), ("重新列入", back), ("继续督办", len(cases) - new - back))
    return f"（{'，'.join(f'{what}{count}件' for what, count in counts if count)}）" if new < len(cases) else ""


def of_last(notice: Notice) -> str:
    """Return how many of the last notice's cases stand here no more; '' where all do, or there was none."""
    if not (kinds := _by_kind(notice.settled)):
        return ""
    gone = sum(map(len, kinds.values()))
    stay = f"{notice.before_cases - gone}件继续督办，" if notice.before_cases > gone else ""
    return f"上次通知（{notice.before}）所列{notice.before_cases}件，{stay}{gone}件不再列入："


def is_void(notice: Notice) -> bool:
    """Whether all its cases were corrected away; one of which edits took the last case is not void."""
    return not notice.cases and not any(settled_point.kind in _EDITED for settled_point in notice.settled)


def without_cases(notice: Notice) -> str:
    """Return what a notice is that has no case any more; only where all were corrected away, its number is void."""
    if not is_void(notice):
        return f"本通知现在没有需要督办的案件。不再列入的{f'（含上次通知{notice.before}所列）' if notice.before else ''}："
    return f"本通知所列事项经更正均不成立，本号作废。{of_last(notice) if notice.before else ''}"


def settled_by_kind(settled_points: Iterable[Settled]) -> list[str]:
    """Return how the cases were settled that the notice names no more, a sentence for each way with its cases."""
    return [_of_kind(kind, cases) for kind, cases in _by_kind(settled_points).items()]


def _by_kind(settled_points: Iterable[Settled]) -> dict[str, dict[str, str]]:
    """Return the cases that are gone by how they were settled, each once, with more of it."""
    kinds: dict[str, dict[str, str]] = {}
    for settled_point in settled_points:
        if settled_point.is_gone and not any(settled_point.number in cases for cases in kinds.values()):
            kinds.setdefault(settled_point.kind, {})[settled_point.number] = settled_point.detail
    return kinds


def _of_kind(kind: str, details: Mapping[str, str]) -> str:
    """Return how many cases were settled in one way, and which; what is the same of all is said once, else there is room for a few."""
    (shared, *others) = dict.fromkeys(details.values())
    is_shared = not others and len(details) > 1
    has_room = len(details) <= _MOST_TOLD and not is_shared
    cases = [f"{number}（{detail}）" if detail and has_room else number for number, detail in details.items()]
    rest = "等，逐件见市局《信访事项办理情况汇总》“督办清单”" if len(cases) > _MOST_NAMED else ""
    head = f"{kind}{len(cases)}件{f'（{shared}）' if shared and is_shared else ''}"
    return f"{head}：{'、'.join(cases[:_MOST_NAMED])}{rest}。"


def _reply_number(line: CaseLine) -> str:
    return f"答复文号：{_short(line.reply_number)}" if line.reply_number else ""


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
