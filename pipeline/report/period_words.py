"""What is said of a period: once, so that page, Word, PDF and workbook have the same words.

Covered by tests/report/test_period.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.day.restatement import Restated
from pipeline.report import (
    exemptions,
    exemptions_of_period,
    headline,
    left_at_the_end,
    not_taken,
    outcome_words,
    restated_figures,
    sentences,
    urgent_of_period,
    verdict_words,
)
from pipeline.report.durations import Duration
from pipeline.report.exemptions_of_period import ExemptionOverDays
from pipeline.report.figures import Certainty, Figure
from pipeline.report.period import LOOKED_AFTER, Part, Period, Standing
from pipeline.report.urgent_of_period import UrgentOverDays
from pipeline.settings.units import OF_DISTRICTS
from pipeline.terms import words
from pipeline.terms.contract import URGENT_KINDS

NAME: Final = {False: "信访事项阶段报告", True: "信访事项结项报告"}
"""By whether it is a closing."""
STANDS: Final[Mapping[str, str]] = words.STANDS
"""By how a report stands."""
BELONGS: Final = (
    "案件按期末所在的组别、旗区和包案领导归类，按现在收到的全部材料计算；期初是第一天的前一日。旗区按固定次序、领导按姓名排，不排名次。"
)
DURATIONS: Final = (
    "用时：从交办日期（自行梳理的为排查日期）到计入化解那一行的答复日期。还没有化解的按到期末还没有结束计（卡普兰—迈耶估计），"
    "不因为它们没有结果就略去；“半数”“九成”是到第几天有半数、九成的案件化解，到期末还到不了的写“未到”。已撤销的不在内。"
)
NEWLY: Final = (
    "新增、退出：只比期初、期末的总数；新化解：期末计入、期初没有计入的；不再计入：期初计入、期末没有计入的，连同撤销的；重新办理：期内报过从已化解改回在办的，"
    "以后又化解的也在内。“期初”“期末”是已化解/总数。"
)
PASSING: Final = "期内进入又退出总数"
FALLEN_BACK: Final = "期内曾计入、期末不计"
LATER: Final = "期内每天新计入化解的案件，满七天、满三十天那一天是否仍计入；那一天在期末以后的还看不到。"
NO_BEGINNING: Final = "期初以前没有日报，新化解的有的可能是以前化解、期内才报来的。"
NOT_YET: Final = "未到"
_MOST_CASES: Final = 6


def span(period: Period) -> str:
    """Such as 2020年5月16日至22日; the month and the year of the end where they are others."""
    if (period.first.year, period.first.month) == (period.last.year, period.last.month):
        return f"{sentences.long_day(period.first)}至{period.last.day}日" if period.days > 1 else sentences.long_day(period.first)
    return f"{sentences.long_day(period.first)}至{words.near(period.last, period.first)}"


def beginning(period: Period) -> date:
    """Return the day before the first."""
    return period.first - timedelta(days=1)


def below(period: Period) -> str:
    """Return what lies directly under the reader is called in one word: 旗区, or the units' own word."""
    return period.settings.tree.word() if period.below else OF_DISTRICTS


def lines(period: Period, runs: int = 2) -> list[tuple[str, str]]:
    """Return each line's name and what it says: the answer, before everything else; so many restatements are told."""
    targets = ((part.label, of_target(part, period)) for part in period.groups)
    unknown = "" if period.has_beginning or not any(part.newly_resolved for part in period.groups) else NO_BEGINNING
    begin = [("结项", left_at_the_end.closed(period)), ("结论", f"{answer(period)}{unknown}")]
    usual = [("结论", f"{answer(period)}{unknown}{left_at_the_end.dangers(period)}")]
    return [
        *(begin if period.is_closing else usual),
        *targets,
        *([] if period.is_closing else [("余下", left_at_the_end.in_words(period))]),
        *([("急报", urgent(period))] if period.urgent or period.refused_urgent else []),
        *([("请求", outcome_words.of_period(period.requests, period.cases))] if period.requests else []),
        ("报送", handed_in(period)),
        ("更正", restated(period, runs)),
    ]


def answer(period: Period) -> str:
    """Return which targets are met at the end with what figures, how many cases the others lack, and once why that is provisional."""
    figures = [part.figure for part in period.groups if part.figure and part.tallies[1].total]
    without = [f"{part.label}没有案件" for part in period.groups if not part.tallies[1].total]
    if not figures:
        return "没有案件。"
    told = "；".join([*(_answer(figure, period) for figure in figures), *without])
    return f"{told}。{verdict_words.why_provisional(figures, period.settings.district_names)}"


def _answer(figure: Figure, period: Period) -> str:
    lacking = [f"还差{figure.tally.shortfall}件"] if figure.tally.shortfall else []
    limits = sentences.without_which(_certainty(figure.label, period), figure.tally)
    return "，".join([f"{figure.label}{figure.verdict}", verdict_words.counted(figure.tally), *lacking, *limits])


def _certainty(group: str, period: Period) -> Certainty | None:
    return next((certainty for certainty in period.certainties if certainty.group == group), None)


def of_target(part: Part, period: Period) -> str:
    """Return where a target began and ended, and what brought it there."""
    then, now = part.tallies
    first, last = words.near(beginning(period), period.last), sentences.day(period.last, None)
    lacking = f"，还差{now.shortfall}件" if now.shortfall else ""
    figure = f"目标{now.target_percent}%{f'，{part.figure.verdict}{lacking}' if part.figure and now.total else ''}。"
    reliance = _certainty(part.label, period)
    without_edits = sentences.unmoved(reliance, now, _MOST_CASES) if reliance else ""
    began = f"没有日报，案件{then.total}件" if not period.has_beginning and then.total else verdict_words.counted(then)
    return f"期初（{first}）{began}，期末（{last}）{verdict_words.counted(now)}；{figure}{without_edits}{moved(part)}"


def changes(part: Part) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return every kind of change with its cases."""
    return (
        ("新增", part.moves.entered),
        ("退出总数", part.moves.left),
        ("新化解", part.newly_resolved),
        ("不再计入", part.no_longer_counted),
        ("重新办理", part.reopened),
    )


def moved(part: Part) -> str:
    """Return how many cases made the difference."""
    told = [f"{name}{len(cases)}件" for name, cases in all_changes(part) if cases]
    return f"其间{'，'.join(told)}。" if told else "其间没有变化。"


def all_changes(part: Part) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the same, and which cases counted or were in the total for a while alone: a table has no column for them."""
    return *changes(part), (PASSING, part.passing), (FALLEN_BACK, part.fallen_back)


def remaining(period: Period) -> str:
    """Return how many cases are not counted at the end, and why: for pages in a template of the office's own."""
    return left_at_the_end.in_words(period)


def handed_in(period: Period) -> str:
    """Return how complete and punctual reports were."""
    due = sum(len(of_day) for _day, of_day in period.submissions)
    if not due:
        return "期内没有旗区报送过日报。"
    parts = "，".join(f"{STANDS[stands]}{count}份" for stands in period.counted if (count := period.reported(stands)))
    refused, moved = (sum(rows) for rows in zip(*((each.rows_refused, each.rows_moved) for each in period.reports), strict=True))
    first = next(day for day, of_day in period.submissions if of_day)
    since = f"日报从{words.near(first, period.last)}开始，期内{len(period.submissions)}天" if first > period.first else ""
    return f"{since}应报{due}份：{parts}；退回{refused}行{f'，其中案件已改派的{moved}行' if moved else ''}。"


def restated(period: Period, most: int = 2) -> str:
    """Return what was restated of earlier days, in short."""
    runs = _runs(period)
    written = [count for _day, count in period.editions if count]
    again = sum(written) - len(written)
    editions = f"期内{len(written)}天的结果共写出{sum(written)}版{f'，其中改写{again}次' if again else '，没有改写'}。" if written else ""
    if period.corrected:
        named = words.first_of([sentences.day(day, period.last) for day in period.corrected], _MOST_CASES)
        editions = f"结果标明“更正”的有{len(period.corrected)}天（{named}）。{editions}"
    if not runs:
        return f"期内没有更正以前的数字。{editions}"
    turned = sum(restated_figures.has_turned(run[0]) for _day, run in runs)
    shown = _chosen(runs, max(most, min(turned, _MOST_TURNED)))
    told = _in_words(shown, period)
    others = headline.unnamed([run for _day, run in runs if not any(run is each for _told_on, each in shown)], period.last)
    named = f"：{'；'.join(told)}{others}" if most else ""
    return f"期内更正{len(runs)}处{named}。{editions}"


def restated_runs(period: Period, most: int | None = None) -> list[str]:
    """Return every restatement in few words, days of which the same was told together; or so many: first those that turned a verdict.

    They stand in the order of the days that told them, of the groups and of their own days; who told them, and against what, is said once.
    """
    runs = _runs(period)
    return _in_words(runs if most is None else _chosen(runs, most), period)


def _in_words(runs: Sequence[tuple[date, list[Restated]]], period: Period) -> list[str]:
    told, before = list[str](), ""
    for day, run in runs:
        head = _told(day, run, period)
        days = restated_figures.days_of(run, period.last)
        told.append(f"{'' if head == before else head}{run[0].group}{days}{restated_figures.pair_with_cases(run[0])}")
        before = head
    return told


def _chosen(runs: Sequence[tuple[date, list[Restated]]], most: int) -> list[tuple[date, list[Restated]]]:
    chosen = restated_figures.chosen([run for _day, run in runs], most)
    return [pair for pair in runs if any(pair[1] is run for run in chosen)]


_MOST_TURNED = 4
"""Restatements that turned a verdict and are told however little room there is."""


def _runs(period: Period) -> list[tuple[date, list[Restated]]]:
    """Return every run of days of which the same was told, with the day that told it."""
    told = [(day, group.name) for day in dict.fromkeys(day for day, _entry in period.restated) for group in period.settings.groups]
    return [
        (day, run)
        for day, group in told
        for run in restated_figures.runs_of(entry for told_on, entry in period.restated if (told_on, entry.group) == (day, group))
    ]


NO_EXEMPTIONS: Final = "期内没有豁免。"
EXEMPTION_COLUMNS: Final = ("对象", "事项", "旗区", "批准人", "理由", "截止日期", "期内有效", "期末", "改变了什么")


def exempted(period: Period) -> str:
    """Return how many exceptions held in the period, and how many still do."""
    if not period.exemptions:
        return NO_EXEMPTIONS
    held = [each for each in period.exemptions if each.held]
    stands = Counter(each.state for each in held)
    others = "".join(f"，{state}的{stands[state]}项" for state in (exemptions.IDLE, exemptions.TO_COME) if stands[state])
    never = len(period.exemptions) - len(held)
    past = f"另有{never}项交来时已过截止日期，没有生效。" if never else ""
    return f"期内豁免{len(held)}项，期末还有效的{stands[exemptions.HOLDS]}项{others}。{past}"


def exemption(each: ExemptionOverDays, period: Period) -> tuple[str, ...]:
    """Return the cells of an exception: for what, what, who approved it and why, until when, and what it changed."""
    line, until = each.line, words.near(each.line.until, period.last)
    days, effect = exemptions_of_period.in_words(each, period.cases.get(line.case), period.last)
    return line.subject, line.kind, line.district, line.approved_by, line.reason, until, days, each.state, effect


def exemption_told(each: ExemptionOverDays, period: Period) -> str:
    """Return the same in a sentence."""
    subject, kind, district, approved_by, reason, until, days, state, effect = exemption(each, period)
    whose = f"（{district}）" if each.line.case and district else ""
    return f"{subject}{whose}{kind}：{approved_by}批准，{reason}，至{until}；期内有效：{days}，期末{state}；{effect}"


NO_URGENT: Final = "期内没有采用的急报事项。"
URGENT_COLUMNS: Final = ("旗区", "案件编号", "事项类别", "情况说明", "所报", "发生时间", "已采取措施", "需协调事项", "期末")


def urgent(period: Period) -> str:
    """Return how many urgent matters there were, of how many nothing was said since, the dangers among these, and what was refused."""
    told = urgent_of_period.taken(period.urgent, period.first) if period.urgent else NO_URGENT
    return f"{told}{not_taken.at_the_end(period.refused_urgent, period.last)}"


def urgent_matters(period: Period) -> list[UrgentOverDays]:
    """Return them, the dangers without an end first, then those of which nothing was said, the gravest of each first."""
    gravity = {kind: rank for rank, kind in enumerate(URGENT_KINDS)}
    dangers = {id(matter): place for place, matter in enumerate(left_at_the_end.open_dangers(period))}
    others = len(dangers)
    return sorted(
        period.urgent,
        key=lambda matter: (dangers.get(id(matter), others), matter.ended is not None, gravity.get(matter.line.kind, len(gravity))),
    )


def urgent_matter(matter: UrgentOverDays, period: Period) -> tuple[str, ...]:
    """Return the cells of an urgent matter: whose, what, when, what was done and asked, and how it stands at the end."""
    line = matter.line
    at = f"{line.happened:%H:%M}" if isinstance(line.happened, datetime) else ""
    happened = f"{words.near(line.happened, period.last)}{at}" if line.happened else ""
    reported = words.near(line.reported_on, period.last) if line.reported_on else ""
    cells = (line.district, line.number, line.kind, line.situation, reported, happened, line.measures, line.coordination)
    if matter.is_withdrawn:
        return *cells, matter.since
    return *cells, f"{words.near(matter.ended, period.last)}：{matter.since}" if matter.ended else "尚无下文"


def urgent_told(matter: UrgentOverDays, period: Period) -> str:
    """Return the same in a sentence."""
    district, number, kind, situation, reported, happened, measures, asked, stands = urgent_matter(matter, period)
    said = [f"{district}{number} {kind}（{f'{happened}发生，' if happened else ''}{reported}所报）：{situation.rstrip('。；，')}"]
    said += [f"已采取措施：{measures.rstrip('。；，')}"] if measures else []
    said += [f"请求：{asked.rstrip('。；，')}"] if asked else []
    return f"{'；'.join(said)}。{stands}"


def _told(day: date, run: Sequence[Restated], period: Period) -> str:
    """Return which day says it, a later one or by its mark the day itself, and as of when the former figures are."""
    return f"{sentences.day(day, period.last)}{'的结果标明更正' if run[0].day == day else '说的'}：与{former(day, run[0], period)}相比，"


def former(day: date, entry: Restated, period: Period) -> str:
    """Return as of when the former figures are that a day tells, of itself or of an earlier day."""
    return period.former[day, entry.day == day]


def days(count: int | None) -> str:
    """Return a number of days; 未到 where the cases never come so far."""
    return NOT_YET if count is None else f"{count}天"


def _none_resolved(group: str, period: Period) -> str:
    return "还没有化解的案件。" if any(part.label == group and part.tallies[1].total for part in period.groups) else "没有案件。"


def confirmations(period: Period) -> list[str]:
    """Return of each group how many resolved cases were confirmed, and which count though nobody accepted the reply again."""
    return [
        f"{certainty.group}：{sentences.confirmation(certainty) or _none_resolved(certainty.group, period)}"
        f"{sentences.answered(certainty, _MOST_CASES)}"
        for certainty in period.certainties
    ]


def later(period: Period) -> list[str]:
    """Return how many resolutions still stood after so many days, and which did not."""
    return [_later(period, index, after) for index, after in enumerate(LOOKED_AFTER)]


def _later(period: Period, index: int, after: int) -> str:
    kept, looked_at = period.kept(index)
    if not looked_at:
        return f"满{after}天：期内化解的还没有满{after}天的。"
    fallen = sorted({number for standing in period.standing if (look := standing.later[index]) for number in look.not_counted})
    lost = f"，不再计入{looked_at - kept}件次（{words.first_of(fallen, _MOST_CASES)}）" if fallen else ""
    return f"满{after}天：看得到的{looked_at}件次（一件案件多次化解的，每次都算）中，仍计入{kept}件次{lost}。"


def look(standing: Standing, index: int) -> str:
    """Return how many of the day's resolutions still counted so many days later; 未到 where that day is to come."""
    found = standing.later[index]
    return NOT_YET if found is None else f"{len(found.counted)}/{len(found.counted) + len(found.not_counted)}"


def duration(entry: Duration) -> tuple[str, ...]:
    """Return the cells of how long a part takes."""
    return str(entry.n), str(entry.resolved), str(entry.censored), days(entry.median_days), days(entry.p90_days)


DURATION_COLUMNS: Final = ("案件", "已化解", "未化解", "半数用时", "九成用时")


PART_COLUMNS: Final = ("期初", "期末", "化解率", "新增", "退出", "新化解", "不再计入", "重新办理")


def zero_throughout(entries: Sequence[Part], period: Period) -> frozenset[str]:
    """Return the columns of changes that a closing leaves out of a table, since no entry has any."""
    if not period.is_closing or not entries:
        return frozenset()
    counts = zip(PART_COLUMNS[_FIGURES:], zip(*map(changes, entries), strict=True), strict=True)
    return frozenset(column for column, of_entries in counts if not any(cases for _name, cases in of_entries))


_FIGURES: Final = 3
"""Columns of `PART_COLUMNS` before those of changes."""


def part(entry: Part, period: Period) -> tuple[str, ...]:
    """Return the cells of where a part began and ended."""
    then, now = entry.tallies
    began = f"未报/{then.total}" if not period.has_beginning and then.total else f"{then.resolved}/{then.total}"
    counts = (began, f"{now.resolved}/{now.total}")
    return (*counts, sentences.rate(entry.tallies[1].rate_percent), *(str(len(cases)) for _name, cases in changes(entry)))
