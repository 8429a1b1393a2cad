"""What a rehearsal found, in words: for the terminal in lines, for the workbook in rows.

Covered by tests/night/test_rehearsal.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import ceil
from typing import Any, Final

from pipeline.report.clock_lines import STATES
from pipeline.report.rehearsed import CaseDiffers, DayDiffers, FigureDiffers, Rehearsal
from pipeline.settings.statute import CLOCKS
from pipeline.terms import words, working_days
from pipeline.terms.hint_words import HINTS
from pipeline.terms.messages import brief

_NONE: Final = "无"
_MOST_CASES: Final = 8
FIGURES: Final = {
    "target_percent": "目标",
    "total": "总数",
    "resolved": "已化解",
    "rate_percent": "化解率",
    "shortfall": "还差",
}
"""What each figure is called; `met` and `certain` are told in one, as the verdict."""
VERDICT: Final = "结论"
CASES: Final = {"registered": "统计中", "group": "所在组", "counted": "计入化解", "status": "状态"}
"""What can be other of a case."""
OTHERS: Final = {
    "by_source": "各案件来源的数字",
    "by_district": "各旗区的数字",
    "by_leader": "各包案领导的数字",
    "by_category": "各问题类别的数字",
    "submissions": "报送的其他情况",
    "changes": "当日的变化",
    "restated": "对以前各天的更正",
}
"""What the other parts are called."""
BESIDE: Final = "另外不同"
_FOLLOWING: Final = frozenset({"by_source", "by_district", "by_leader", "by_category"})
"""Parts that say again, for less than a group, what its figures say."""
RULES: Final = (
    "“试的”是按要试的设置从头算一遍：整份设置当作一直如此，其中 changes 从写明的日期起；已发布的各天不再保留发布时的规则。"
    "“发布的”是结果文件夹里最新一版。收件箱里还没有收下的文件不算在内。"
)
"""How the figures come about, for whoever reads them."""


READ_AGAIN: Final = {
    False: "要试的设置在旗区、案件来源、问题类别、编号样式、限额或报告日期的规定上与办公室的不同，采用哪些行可能不同",
    True: "所在的那天写过不止一版（有过更正，或当晚又放入了文件），或者是另一版程序、另一套设置写的，说不准当时怎样读的；不是原件有问题",
}
"""Why originals are read again, by whether the settings decide alike which rows are taken."""
_SECONDS_EACH: Final = 0.01
"""What an original takes, as measured in benchmarks/RESULTS.md."""


def before_reading(count: int, why: str) -> str:
    """Return why originals are read again, before that begins, and about how long it takes."""
    return f"要重新读 {count} 个原件，大约 {ceil(count * _SECONDS_EACH)} 秒，电脑忙时更久：{why}。"


def value(key: str, said: Any) -> str:  # noqa: ANN401 - JSON
    """Return a figure, or what is said of a case, as people read it."""
    if said is None:
        return _NONE
    if isinstance(said, bool):
        return words.YES if said else words.NO
    return f"{said}{_UNITS.get(key, '')}"


_UNITS: Final = {"target_percent": "%", "rate_percent": "%", "total": " 件", "resolved": " 件", "shortfall": " 件"}


def status(said: str) -> str:
    """Return how a district reported."""
    return words.REPORTED.get(said, _NONE)


CLOCK_KEYS: Final = {"due": "最后一天", "state": "状态"}
_STATES: Final = {f"{state}": name for state, name in STATES.items()}


def clock(said: str | None) -> str:
    """Return a clock's last day or state."""
    return _NONE if said is None else _STATES.get(said, said)


def hint_name(code: str) -> str:
    """Return what a kind of hint is called."""
    return HINTS[code].name if code in HINTS else code


def rows(counts: tuple[int, int]) -> str:
    """Return the rows that are taken and refused."""
    return f"采用 {counts[0]} 行，退回 {counts[1]} 行"


# --- the terminal ------------------------------------------------------------------------------------------------


def lines(rehearsal: Rehearsal, tried: str = "", workbook: str = "") -> Iterator[str]:
    """Go through the answer: in short, day by day, and the days without a difference in one line.

    `tried`: the file of the settings; `workbook`: where every case stands.
    """
    count, differing = len(rehearsal.days) + len(rehearsal.same), len(rehearsal.days)
    days = f"{span(rehearsal.first, rehearsal.last)} 共 {count} 天，{f'{differing} 天会不同' if differing else '没有一天会不同'}"
    yield f"按{f' {tried} ' if tried else '现在的设置'}试算：{days}。"
    yield from (f"  {line}" for line in _in_short(rehearsal.days))
    told = [(day.day, tuple(_of_day(day))) for day in rehearsal.days]
    for said, run in groupby(_together(told), key=lambda entry: entry[1]):
        of_run = [day for day, _said, _number in run]
        yield f"{of_run[0]}" if len(of_run) == 1 else f"{span(of_run[0], of_run[-1])}（{len(of_run)} 天都一样）"
        yield from (f"  {line}" for line in said[0])
    if rehearsal.same:
        yield f"没有差别的 {len(rehearsal.same)} 天：{spans(rehearsal.same)}。"
    yield from notes(rehearsal)
    if differing:
        yield f"每一件都列在 {workbook}。" if workbook else "要看每一件，加 --workbook 文件名.xlsx。"
    yield f"要试的设置当作一直如此，各天不再按发布时的规则{'；箭头前面是发布的，后面是试的' if differing else ''}。"
    yield "办公室的收件、结果和台账都没有改动。"


def _together(told: Sequence[tuple[date, tuple[str, ...]]]) -> Iterator[tuple[date, tuple[tuple[str, ...], int], int]]:
    """Go through the days with what tells runs apart: their lines, and a number that changes where days between them are missing."""
    number = 0
    for index, (day, said) in enumerate(told):
        number += bool(index and day - told[index - 1][0] != timedelta(days=1))
        yield day, (said, number), number


def _in_short(days: Sequence[DayDiffers]) -> Iterator[str]:
    """Go through what turns: the verdicts of groups, and how districts reported."""
    verdicts = [verdict for day in days for verdict in day.verdicts]
    for verdict in dict.fromkeys(verdicts):
        yield f"{brief(verdict.group)}：{verdicts.count(verdict)} 天由“{verdict.before}”变成“{verdict.after}”"
    turned = [(entry.before, entry.after, entry.district) for day in days for entry in day.submissions]
    for before, after in dict.fromkeys((before, after) for before, after, _district in turned):
        of_kind = [district for *kind, district in turned if kind == [before, after]]
        named = "、".join(f"{district} {of_kind.count(district)} 天" for district in dict.fromkeys(of_kind))
        yield f"由{status(before)}变成{status(after)}：{named}"


def _of_day(day: DayDiffers) -> Iterator[str]:
    verdicts = {verdict.group: f"{VERDICT} {verdict.before} → {verdict.after}" for verdict in day.verdicts}
    for group, figures in groupby(day.figures, key=lambda figure: figure.group):
        steps = [_step(figure) for figure in figures if figure.key in FIGURES]
        steps += [verdicts[group]] if group in verdicts else []
        yield f"{brief(group)}：{'，'.join(steps) or '没有案件，只有是否暂计不同'}"
    yield from _cases(day.cases)
    for flag in day.flags:
        parts = [f"{verb} {_named(cases)}" for verb, cases in (("增加", flag.entered), ("去掉", flag.left)) if cases]
        yield f"{words.FLAGS[flag.flag].name}：{'；'.join(parts)}"
    yield from of_clocks_and_hints(day)
    for before, after in dict.fromkeys((entry.before, entry.after) for entry in day.submissions):
        of_kind = [entry.district for entry in day.submissions if (entry.before, entry.after) == (before, after)]
        yield f"由{status(before)}变成{status(after)}：{'、'.join(of_kind)}"
    for counts in day.rows:
        yield f"{counts.district}的日报：{rows(counts.before)} → {rows(counts.after)}"
    if others := beside(day):
        yield f"{BESIDE}：{'、'.join(others)}"


def of_clocks_and_hints(day: DayDiffers) -> Iterator[str]:
    """Go through what differs beyond the figures."""
    yield from _clocks(day)
    yield from _hints(day)


def _clocks(day: DayDiffers) -> Iterator[str]:
    """Go through the clocks that end on another day, and those whose state is another, the same step together."""
    by_kind: dict[str, list[str]] = {}
    for entry in day.clocks:
        step = f"状态由“{clock(entry.before)}”变成“{clock(entry.after)}”" if entry.key == "state" else "最后一天不同"
        by_kind.setdefault(f"法定期限，{CLOCKS[entry.clock]}{step}", []).append(entry.case)
    yield from (f"{kind}：{_named(numbers)}" for kind, numbers in by_kind.items())


def _hints(day: DayDiffers) -> Iterator[str]:
    for is_new, verb in ((True, "增加"), (False, "去掉")):
        for code in dict.fromkeys(hint.code for hint in day.hints if (hint.before, hint.after) == (not is_new, is_new)):
            told = [hint for hint in day.hints if (hint.code, hint.before, hint.after) == (code, not is_new, is_new)]
            named = "；".join("、".join(hint.cases[:_MOST_CASES]) or hint.district for hint in told[:_MOST_CASES])
            yield f"核查提示“{hint_name(code)}”：{verb} {len(told)} 条（{named}{' 等' if len(told) > _MOST_CASES else ''}）"
    for is_trial in (True, False):
        if moved := [hint for hint in day.hints if hint.before == hint.after and hint.trial is is_trial]:
            yield f"核查提示{'由正式改为试行' if is_trial else '由试行改为正式'}：{len(moved)} 条"


def beside(day: DayDiffers) -> list[str]:
    """Return what differs beside what is told one by one, and does not only say the same for less than a group."""
    has_figures = bool(day.figures or day.cases)
    return [OTHERS[name] for name in day.others if not (has_figures and name in _FOLLOWING)]


def _step(figure: FigureDiffers) -> str:
    return f"{FIGURES[figure.key]} {value(figure.key, figure.before)} → {value(figure.key, figure.after)}"


_MOVES: Final[Mapping[tuple[str, Any, Any], str]] = {
    ("registered", False, True): "列入统计",
    ("registered", True, False): "不再列入统计",
    ("counted", False, True): "计入化解",
    ("counted", None, True): "计入化解",
    ("counted", True, False): "不再计入化解",
    ("counted", True, None): "不再计入化解",
}


def _cases(cases: Iterable[CaseDiffers]) -> Iterator[str]:
    """Go through the cases, those of which the same is other in one line."""
    by_kind: dict[str, list[str]] = {}
    for case in cases:
        step = f"{CASES[case.key]}由“{value(case.key, case.before)}”变成“{value(case.key, case.after)}”"
        by_kind.setdefault(_MOVES.get((case.key, case.before, case.after), step), []).append(case.case)
    yield from (f"{kind}：{_named(numbers)}" for kind, numbers in by_kind.items())


def _named(cases: Sequence[str]) -> str:
    more = " 等" if len(cases) > _MOST_CASES else ""
    return f"{len(cases)} 件（{'、'.join(cases[:_MOST_CASES])}{more}）"


# --- days --------------------------------------------------------------------------------------------------------


def notes(rehearsal: Rehearsal) -> Iterator[str]:
    """Go through what is to be known of how the figures came about."""
    if rehearsal.unpublished:
        yield f"没有发布过的 {len(rehearsal.unpublished)} 天（{spans(rehearsal.unpublished)}），是与按现在的设置算出的比。"
    if without := rehearsal.without_beyond:
        yield f"有 {len(without)} 天（{spans(without)}）发布的结果里没有法定期限和核查提示，这两样没有比。"
    if rehearsal.unknown_years:
        yield f"法定期限不同的日子：{working_days.unknown_told(rehearsal.unknown_years)}"
    if rehearsal.read_again:
        yield f"有 {rehearsal.read_again} 个原件按要试的设置重新读过：{rehearsal.why_read_again}。"
    if rehearsal.gone:
        yield f"有 {rehearsal.gone} 个原件已到期删除或损坏，没有办法重读，用的是当时读出的内容。"


def spans(days: Sequence[date]) -> str:
    """Return days in few words, those that follow each other together."""
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(span(run[0], run[-1]) for run in runs)


def span(first: date, last: date) -> str:
    """Return a day, or the first and last of several."""
    return f"{first}" if first == last else f"{first} 至 {last}"
