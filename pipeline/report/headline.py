"""The answer before everything else: 专报 and page begin with these lines.

Covered by tests/report/test_headline.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.day.edit_effects import Effects
from pipeline.day.restatement import Restated
from pipeline.report import (
    agenda,
    corrections,
    day_corrected,
    decision_words,
    exemptions,
    matter_words,
    not_taken,
    outcome_words,
    restated_figures,
    sentences,
    units,
    verdict_words,
    who_reported,
)
from pipeline.report.case_lines import UrgentLine
from pipeline.report.report import Report
from pipeline.terms import words
from pipeline.terms.contract import SAFETY
from pipeline.terms.text import shortened
from pipeline.terms.words import FLAGS, first_of

MOST_RUNS = 3
"""Runs of restated days that the line about corrections names."""
_MOST_NAMED = 4
"""Dangers that are named by their cases above a list."""
_MOST_TOLD, _LONGEST_TOLD = 2, 60
"""Dangers that are told in the first lines, and characters of one with its case: of a longer one its gist."""
_ALL = 100
"""The target in percent of which every case counts."""


def lines(report: Report, *, is_paper: bool = False, is_listed: bool = False) -> tuple[tuple[str, str], ...]:
    """Return each line's name and what it says: the verdicts and why, what is asked, and what was restated where anything was.

    They are the same however much room a paper has. `is_paper`: of 专报, whose sections tell the lists: these lines have how many
    there are and the worst, and nothing is said twice on two pages. `is_listed`: below them stands a list of what is asked.
    """
    said = (
        ("结论", verdict_words.verdicts(report, is_paper=is_paper)),
        (words.WORST, _worst(report)),
        (words.ASKED, _asked(report, is_paper=is_paper, is_listed=is_listed)),
        (outcome_words.STANDING, outcome_words.standing(report, 1 if is_listed else outcome_words.MOST_STANDING)),
        (outcome_words.FOLLOWED, outcome_words.in_brief(report, with_days=not is_paper)),
        (outcome_words.REQUESTS, "" if is_paper else outcome_words.of_requests_in_brief(report)),
        (words.RESTATED, _restated(report, _this_issue(report), is_paper=is_paper, is_listed=is_listed)),
    )
    return tuple((name, sentence) for name, sentence in said if sentence)


def _worst(report: Report) -> str:
    """Return which units directly under the reader are worst served; '' where there are none, and where none lacks anything."""
    said = "；".join(units.worst(report.below, [group.name for group in report.settings.groups]))
    return f"{said}。" if said else ""


def _asked(report: Report, *, is_paper: bool, is_listed: bool) -> str:
    matters = agenda.noted(report.urgent)
    has_danger = any(matter.kind == SAFETY for matter in report.unsettled)
    refused = not_taken.in_brief(report) if is_paper else not_taken.asked(report)
    order = () if is_paper else report.settings.district_names  # the second section names the cases with their districts
    is_told = is_paper and report.decisions and not who_reported.unheard(report.submissions).nobody  # of whom nothing is known: above
    # in a paper, beside a danger of an earlier day or one to be decided, nothing is told that the sections below tell with their cases
    before = _to_decide_first(report, is_listed=is_listed)
    with_kinds = not (is_paper and (has_danger or before))
    heard = () if is_told else report.submissions
    decided = decision_words.decisions(report.decisions, heard, refused, with_kinds=with_kinds, told_on=report.day)
    decided += decision_words.due_today(report.cases, report.targets, report.day, order)
    decided += decision_words.newly_overdue(report.changes)
    without_request = "" if has_danger else "没有提出请求，"
    noted_too = f"另有急报{len(matters)}件{without_request}请知悉{_dangers(matters, report.day)}。" if matters else ""
    earlier = f"{_UNSETTLED}{len(report.unsettled)}件{_dangers(report.unsettled, report.day)}。" if report.unsettled else ""
    first, last = (earlier, "") if has_danger else ("", earlier)
    return f"{before}{first}{decided}{noted_too}{last}{matter_words.taken_back(report)}"


def _to_decide_first(report: Report, *, is_listed: bool) -> str:
    """Return what endangers people and waits for a decision: it is told before how many decisions there are.

    `is_listed`: by its case alone, where it has one and stands in a list below.
    """
    dangers = [matter for matter in agenda.gravest_first(report.urgent) if matter.kind == SAFETY and matter.coordination]
    named = is_listed and len(dangers) <= _MOST_NAMED and all(matter.number for matter in dangers)
    told = "、".join(f"{matter.district}{matter.number}" for matter in dangers) if named else _told(dangers, report.day, of_day=True)
    return f"{SAFETY}{len(dangers)}件请先决定：{told}。" if dangers else ""


def _dangers(matters: Sequence[UrgentLine], day: date) -> str:
    """Return how many of them are about people's safety, and what one or two are: however crowded the day, that stands on page one."""
    dangers = [matter for matter in matters if matter.kind == SAFETY]
    all_of = "都是" if len(dangers) > 1 else ""
    of_all = f"其中{SAFETY}{len(dangers)}件" if len(dangers) < len(matters) else f"{all_of}{SAFETY}"
    return f"（{of_all}：{_told(dangers, day)}）" if dangers else ""


def _told(dangers: Sequence[UrgentLine], day: date, *, of_day: bool = False) -> str:
    """Return what one or two dangers are, of a long one the gist; of more, where they are.

    `of_day`: they wait for a decision; then the first of more are told too.
    """
    first, others = (dangers[:_MOST_TOLD], dangers[_MOST_TOLD:]) if of_day or len(dangers) <= _MOST_TOLD else ([], dangers)
    told = [f"{matter_words.in_short(matter, _LONGEST_TOLD)}{matter_words.outcome(matter)}" for matter in first]
    days = [matter_words.when(matter, day) for matter in first]
    if len(told) > 1 and len(set(days)) == 1:  # said once behind all of them
        days = [""] * (len(told) - 1) + [days[0].replace("（", "（都是", 1)]
    told = [f"{danger}{reported}" for danger, reported in zip(told, days, strict=True)]
    elsewhere = who_reported.some(list(dict.fromkeys(matter.district for matter in others)))
    return "；".join([*told, *([f"另有{len(others)}件在{elsewhere}" if told else elsewhere] if others else [])])


def noted(report: Report, most: int | None = None, characters: int | None = None, measures: int | None = None) -> str:
    """Return the urgent matters that ask for nothing, so many of them by name, with as many characters; '' where there is none.

    `measures`: as `matter_words.done` has it; None where what was done stands beside it.
    """
    matters = agenda.noted(report.urgent)
    if not matters:
        return ""
    named = "；".join(_noted(matter, characters, measures or 0) for matter in matters[:most])
    untold = () if measures is None else matters[most:] if measures else matters
    has_pointer = any(matter_words.done(matter, 0) for matter in untold)
    elsewhere = f"（{matter_words.MEASURES_ELSEWHERE}）" if has_pointer else ""  # once for all of them
    return f"急报{len(matters)}件没有提出请求，请知悉：{named}{_others(matters, most)}{elsewhere}。"


def _noted(matter: UrgentLine, characters: int | None, measures: int) -> str:
    done = matter_words.done(matter, measures) if measures else ""
    said = _said(matter, matter.situation.rstrip("。；，"), characters)
    return f"{matter.district}{said}{matter_words.outcome(matter)}{f'（{done}）' if done else ''}"


def _said(matter: UrgentLine, situation: str, characters: int | None) -> str:
    """Return what a matter says in so many characters, with where the rest of it stands; what endangers people is told whole."""
    said = f"{matter.number} {matter.kind}：{situation}".strip()
    if characters is None or matter.kind == SAFETY or len(said) <= characters + len(_REST_ELSEWHERE):
        return said
    return f"{shortened(said, characters)}{_REST_ELSEWHERE}"


_REST_ELSEWHERE = "（全文见汇总表“急报事项”）"


def unsettled(report: Report, most: int | None = None, characters: int | None = None) -> str:
    """Return the urgent matters of earlier days of which nothing has been said since, so many by name; '' where there is none.

    `characters`: as many of what happened, of a danger all; what was asked is told whole or not at all.
    """
    matters = agenda.gravest_first(report.unsettled)
    if not matters:
        return ""
    named = "；".join(_unsettled(matter, report.day, characters) for matter in matters[:most])
    return f"{_UNSETTLED}{len(matters)}件：{named}{_others(matters, most)}。"


_UNSETTLED = "此前急报尚无下文"
_MOST_IN_BRIEF, _FEWEST_OF_MATTER = 24, 14
"""Urgent matters that are named in few words behind those that are told, and characters of what happened in one that is no danger."""


def _others(matters: Sequence[UrgentLine], most: int | None) -> str:
    """Return which urgent matters there are behind the first: no list is too full to say where one is, of what kind, about which case."""
    others = [] if most is None else matters[most:]
    if not others:
        return ""
    rest = f"等，共{len(matters)}件，见汇总表“急报事项”" if len(others) > _MOST_IN_BRIEF else ""
    return f"{'；又有' if most else ''}{'、'.join(_in_brief(matter) for matter in others[:_MOST_IN_BRIEF])}{rest}"


def _in_brief(matter: UrgentLine) -> str:
    """Return a matter in few words; what happened whole where people are in danger, and where no case's number says what it is about."""
    said = matter.situation.rstrip("。；，")
    told = said if matter.kind == SAFETY else "" if matter.number else shortened(said, _FEWEST_OF_MATTER)
    return f"{matter.district}{matter.number}{matter.kind}{f'：{told}' if told else ''}"


def _unsettled(matter: UrgentLine, day: date, characters: int | None) -> str:
    said = _said(matter, matter.situation.rstrip("。；，"), characters)
    asked = matter.coordination.rstrip("。；，")
    request = asked if characters is None or len(asked) <= characters else "见汇总表“急报事项”"
    return (
        f"{matter.district}{said}{matter_words.outcome(matter)}{matter_words.when(matter, day)}{f'，当时请求：{request}' if asked else ''}"
    )


def flags(report: Report) -> str:
    """Return how many cases have each flag that a notice may speak of; those that no case has are named together."""
    counted = {flag: len(report.flags.get(flag, ())) for flag in WATCHED}
    without = [flag for flag in WATCHED if not counted[flag]]
    told = [f"{FLAGS[flag].name}{count}件" for flag, count in counted.items() if flag not in without]
    none = f"没有{'、'.join(FLAGS[flag].name for flag in without)}的" if without else ""
    counts = "，".join(part for part in ("、".join(told), none) if part)
    held = "（按分解表，还没有报送过）" if report.day_before == "none" else "（按此前的报送）"
    basis = held if who_reported.unheard(report.submissions).nobody else ""
    return f"督办{basis}：{counts}。{_extended(report)}{exemptions.hidden(report.beyond.exemptions)}"


def _extended(report: Report) -> str:
    """Return which open cases are overdue no more because their deadline was moved today, and until when; those beyond the law first."""
    effects = (effect for effect in report.edited.flags if effect.flag == "overdue" and not effect.is_raised)
    moved = {effect.number for effect in effects if "延期至" in effect.columns}
    lines = [line for line in report.cases if line.number in moved and line.is_open]
    lines.sort(key=lambda line: not line.is_beyond)
    named = first_of([sentences.extended(line, report.day) for line in lines], _MOST_EXTENDED)
    return f"延期后今日不再算{FLAGS['overdue'].name}{len(lines)}件（都没有化解）：{named}。" if lines else ""


def beyond(report: Report) -> str:
    """Return which open cases are extended beyond what the regulation allows, and until when: by that alone they are not overdue."""
    lines = [line for line in report.cases if line.is_open and line.is_beyond and not line.days_overdue > 0]
    named = first_of([f"{line.number}（{sentences.day(line.deadline, report.day)}）" for line in lines if line.deadline], _MOST_EXTENDED)
    return f"另有{len(lines)}件没有化解、还不算超期的，办结时限{words.BEYOND.strip('（）')}：{named}。" if lines else ""


_MOST_EXTENDED = 4
"""Cases with another deadline that are named."""


WATCHED = ("due_soon", "overdue", "stalled", "disputed", "acceptance_overdue", "incomplete_assignment")
"""Flags of which leaders are told how many cases have them."""


def _restated(report: Report, this_issue: str, *, is_paper: bool, is_listed: bool) -> str:
    """Return what is said of this issue, and which earlier days are told otherwise now; '' where none is.

    `is_paper`: of many days only the worst, and how many more there are; the third section has them.
    """
    entries = corrections.told_otherwise(report)
    groups = [[entry for entry in entries if entry.group == group.name] for group in report.settings.groups]
    runs = [run for of_group in groups for run in restated_figures.runs_of(of_group)]
    most = MOST_RUNS + (len(runs) == MOST_RUNS + 1)  # "and one more" takes as much room
    ordered = sorted(runs, key=lambda run: _weight(run[0]))
    chosen = sorted(ordered, key=lambda run: not restated_figures.is_lost(run[0]))[:1] if is_paper and len(runs) > 1 else ordered[:most]
    shown = [run for run in runs if any(run is each for each in chosen)]
    named_groups = [run[0].group for run in shown]
    named = "；".join(
        f"{group if group != before else ''}{restated_figures.days_of(run, report.day)}{restated_figures.pair_with_cases(run[0])}"
        for before, group, run in zip(["", *named_groups], named_groups, shown, strict=False)
    )
    basis = f"与{corrections.basis(report)}所知相比，" if runs else ""
    earlier = f"{basis}{named}{unnamed([run for run in runs if run not in shown], report.day, is_named=not is_listed)}"
    if not runs and (report.late_effects, report.overnight_effects) != (Effects(), Effects()):
        earlier = day_corrected.first_rewritten(report)
    refused = day_corrected.refused_in_brief(report) if is_paper else day_corrected.refused_since(report, 1, 30)
    contradicted = day_corrected.contradicted(report, 2)
    parts = [part for part in (this_issue, earlier, refused, contradicted, *_taken_back(report)[:MOST_RUNS]) if part]
    return f"{'；'.join(parts)}。" if parts else ""


def unnamed(runs: Sequence[Sequence[Restated]], told_on: date, *, is_named: bool = True) -> str:
    """Return how many corrections there are beside those told, where these are few which, and whether they turn a target."""
    if not runs:
        return ""
    named = dict.fromkeys(f"{run[0].group}{restated_figures.days_of(run, told_on)}" for run in runs)  # of a period one may come twice
    which = "、".join(named) if is_named and len(runs) <= MOST_RUNS else ""
    turned = sum(restated_figures.has_turned(run[0]) for run in runs)
    effect = "达标与否没有变" if not turned else "达标与否也改变" if turned == len(runs) else f"其中{turned}处达标与否改变"
    same = sum(not restated_figures.has_moved(run[0]) for run in runs)
    unchanged = f"，{'' if same == len(runs) else f'其中{same}处'}件数不变、案件有变" if same else ""
    return f"；另{len(runs)}处{effect}{unchanged}{f'（{which}）' if which else ''}"


def _weight(entry: Restated) -> tuple[bool, bool, bool, int]:
    """Return what puts a run of restated days before others.

    That its counts differ, then that this turns the verdict, then that nothing less than all meets the target; of the rest the latest.
    """
    (then, _now) = entry.tallies
    return not restated_figures.has_moved(entry), not restated_figures.has_turned(entry), then.target_percent < _ALL, -entry.day.toordinal()


def _taken_back(report: Report) -> list[str]:
    """Return of which days a group's figures were corrected by noon, and corrected back since."""
    same = corrections.taken_back(report)
    return [f"{sentences.day(entry.day, report.day)}{entry.group}曾有更正，{restated_figures.back(entry)}" for entry in same]


def _this_issue(report: Report) -> str:
    """Return in one clause which figures of the day were corrected, or whose report came late and changed none; '' where it is none.

    Whose reports are behind a figure stands with the figures.
    """
    if not report.is_correction:
        return ""
    entries = sorted(day_corrected.of_this_day(report), key=_weight)
    if figures := "、".join(f"{entry.group}{day_corrected.figures_of_this_day(report, entry, with_cases=True)}" for entry in entries):
        has_net = any(net.differs for net in report.corrected_net)  # otherwise noon's, or that noon knew more and it was taken back
        return f"本期是更正：{f'与{day_corrected.since(report)}相比，' if has_net else ''}{figures}"
    content = "案件内容有更正" if report.correcting_effects != Effects() else day_corrected.content(report)
    whose = f"{corrections.listed(report.correcting, 1, report.day)}，" if report.correcting else ""
    return f"本期是更正：{whose}总数和化解件数没有变{f'，{content}' if content else ''}"
