"""A week or a month: what it says is compared with a made-up month whose outcome is known from its plan, and with tables by hand.

Covers `left_at_the_end`, `period`, `period_words` and `exemptions_of_period`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import months
import offices
import pytest
import workbooks
from months import BEGINNING, FIRST, LAST, Life, Month

from pipeline.day.known_when import known_until
from pipeline.day.restatement import Moves, Restated
from pipeline.day.targets import Tally
from pipeline.report import period, period_words, verdict_words
from pipeline.report.period import LaterLook, Part, Period, Standing
from pipeline.report.report import Report
from pipeline.report.submission_lines import SubmissionLine

_ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def month() -> Month:
    return months.a_month()


@cache
def _reports() -> tuple[Report, ...]:
    days = [BEGINNING + timedelta(days=count) for count in range(31)]
    out = offices.consolidated(months.a_month().filed(), days)
    return tuple(out[day].report for day in days)


@pytest.fixture(scope="module")
def whole() -> Period:
    return period.of(_reports(), {FIRST: 2, LAST: 1})


def _numbers(lives: Iterable[Life]) -> tuple[str, ...]:
    return tuple(sorted(life.number for life in lives))


def _check(part: Part, month: Month, own: Iterable[Life]) -> None:
    """Compare a part with the plan: totals, and each list of cases."""
    own = [life for life in own if life.group == part.group]
    total = [[life for life in own if month.in_total(life, day)] for day in (BEGINNING, LAST)]
    counted = [[life for life in own if month.counted(life, day)] for day in (BEGINNING, LAST)]
    assert [tally.total for tally in part.tallies] == [*map(len, total)]
    assert [tally.resolved for tally in part.tallies] == [*map(len, counted)]
    assert part.moves.entered == _numbers(life for life in total[1] if life not in total[0])
    assert part.moves.left == _numbers(life for life in total[0] if life not in total[1])
    assert part.newly_resolved == _numbers(life for life in counted[1] if life not in counted[0])
    assert part.no_longer_counted == _numbers(life for life in counted[0] if life not in counted[1])
    known = {life.number for lives in total for life in lives}
    assert part.reopened == _numbers(life for life in own if life.number in known and _was_reopened(life, month))


def _was_reopened(life: Life, month: Month) -> bool:
    statuses = [(day, month.step(life, day)["当前状态"]) for day in (BEGINNING, *month.days)]
    turns = (day for (_before, then), (day, now) in pairwise(statuses) if then == "已化解" and now != then)
    return any(month.in_total(life, day) for day in turns)


def test_groups_districts_and_leaders_begin_and_end_as_planned(whole: Period, month: Month) -> None:
    assert [part.label for part in whole.groups] == ["自治区交办", "市级交办和旗区自行梳理"]
    for part in whole.groups:
        _check(part, month, month.lives)
    for part in whole.districts:
        _check(part, month, [life for life in month.lives if life.district == part.label])
    for part in whole.leaders:
        _check(part, month, [life for life in month.lives if life.leader == part.label])
    assert len(whole.districts) == 18
    assert {part.label for part in whole.leaders} == {*months.LEADERS}
    assert all(cases for part in whole.groups for _name, cases in period_words.changes(part))


def test_the_figures_of_the_end_are_those_of_the_days_own_report(whole: Period) -> None:
    own = _reports()[-1]
    for parts, figures in ((whole.groups, own.targets), (whole.districts, own.by_district), (whole.leaders, own.by_leader)):
        assert [part.tallies[1] for part in parts if part.figure] == [figure.tally for figure in figures]
        assert [part.figure for part in parts if part.figure] == [*figures]


def test_both_numbers_add_up_from_the_beginning_to_the_end(whole: Period) -> None:
    for part in (*whole.groups, *whole.districts, *whole.leaders):
        then, now = part.tallies
        assert then.total + len(part.moves.entered) - len(part.moves.left) == now.total
        assert then.resolved + len(part.newly_resolved) - len(part.no_longer_counted) == now.resolved


def test_the_course_goes_day_by_day_as_planned(whole: Period, month: Month) -> None:
    assert [day for day, _tallies in whole.course] == [BEGINNING, *month.days]
    for day, tallies in whole.course:
        for group, tally in tallies.items():
            own = [life for life in month.lives if life.group == group]
            assert (tally.total, tally.resolved) == (
                sum(month.in_total(life, day) for life in own),
                sum(month.counted(life, day) for life in own),
            )


def test_what_remains_has_its_reason_as_planned(whole: Period, month: Month) -> None:
    planned: dict[tuple[str, str], list[Life]] = {}
    for life in month.lives:
        if month.in_total(life, LAST) and not month.counted(life, LAST):
            step = month.step(life, LAST)
            reason = "群众不认可" if step["当前状态"] == "已化解" else str(step["当前状态"])
            planned.setdefault((life.group, reason), []).append(life)
    assert {(entry.group, entry.reason): entry.cases for entry in whole.remaining} == {
        key: _numbers(lives) for key, lives in planned.items()
    }
    assert {reason for _group, reason in planned} == {"群众不认可", "已受理", "办理中", "导入法定途径"}


def test_confirmations_are_as_planned(whole: Period, month: Month) -> None:
    for certainty in whole.certainties:
        counted = (life for life in month.lives if life.group == certainty.group and month.counted(life, LAST))
        said = Counter(str(month.step(life, LAST).get("群众确认") or "none") for life in counted)
        assert {name: count for name, count in certainty.confirmation.items() if count} == said


def test_every_report_stands_in_the_calendar_as_planned(whole: Period, month: Month) -> None:
    assert [day for day, _of_day in whole.submissions] == [*month.days]
    for day, of_day in whole.submissions:
        for district, report in of_day.items():
            assert report.status == month.standing(day, district)
            assert report.rows_accepted == (0 if report.status == "missing" else len([*month.rows(day, district)]))
    assert whole.reported("late") > 10
    assert whole.reported("missing") > 5


def test_resolutions_are_looked_at_again_after_seven_and_thirty_days(whole: Period, month: Month) -> None:
    seen = {standing.day: standing for standing in whole.standing}
    for day in month.days:
        newly = [life for life in month.lives if month.counted(life, day) and not month.counted(life, day - _ONE_DAY)]
        assert (seen[day].cases if day in seen else ()) == _numbers(newly)
        if not newly:
            continue
        week, thirty = seen[day].later
        assert thirty is None  # of a month of thirty days no day is thirty days before its end
        assert (week is None) == (day + 7 * _ONE_DAY > LAST)
        if week:
            assert week.counted == _numbers(life for life in newly if month.counted(life, day + 7 * _ONE_DAY))
            assert {*week.counted} | {*week.not_counted} == {*seen[day].cases}
    kept, looked_at = whole.kept(0)
    assert 0 < kept < looked_at


def test_a_case_resolved_twice_counts_each_time_and_that_is_said(whole: Period) -> None:
    first, again = (FIRST + days * _ONE_DAY for days in (2, 5))
    both = Standing(first, ("SJ-2020-001", "SJ-2020-002"), (LaterLook(first + 7 * _ONE_DAY, ("SJ-2020-002",), ("SJ-2020-001",)), None))
    one = Standing(again, ("SJ-2020-001",), (LaterLook(again + 7 * _ONE_DAY, (), ("SJ-2020-001",)), None))
    twice = replace(whole, standing=(both, one))
    assert period_words.later(twice) == [
        "满7天：看得到的3件次（一件案件多次化解的，每次都算）中，仍计入1件次，不再计入2件次（SJ-2020-001）。",
        "满30天：期内化解的还没有满30天的。",
    ]


def test_restatements_are_what_late_reports_changed(whole: Period, month: Month) -> None:
    told = {(on, entry.day, entry.group): entry for on, entry in whole.restated}
    planned = set[tuple[date, date, str]]()
    for on in month.days:
        before, now = (known_until(day, offices.SETTINGS) for day in (on - _ONE_DAY, on))
        for back in range(1, 31):
            day = on - timedelta(days=back)
            for life in month.lives:
                if month.counted(life, day, before) != month.counted(life, day, now):
                    planned.add((on, day, life.group))
                    moves = told[on, day, life.group].moves
                    assert life.number in (moves.newly_counted if month.counted(life, day, now) else moves.no_longer_counted)
    assert planned == {*told}
    assert planned


def test_durations_count_open_cases_as_open(whole: Period, month: Month) -> None:
    for entry in whole.by_source:
        own = [life for life in month.lives if life.source == entry.label and month.in_total(life, LAST)]
        assert (entry.n, entry.resolved) == (len(own), sum(month.counted(life, LAST) for life in own))
        taken = sorted(_taken(life, month) for life in own)
        assert entry.median_days == _by_redistribution(taken, len(taken) / 2)


def _taken(life: Life, month: Month) -> tuple[int, bool]:
    """Days from 交办日期 to the reply, or to the end; resolved cases sort before open ones of the same days."""
    replied = month.step(life, LAST).get("答复日期") if month.counted(life, LAST) else None
    return ((replied if isinstance(replied, date) else LAST) - life.assigned).days, replied is None


def _by_redistribution(taken: list[tuple[int, bool]], enough: float) -> int | None:
    """The same estimate in another way: an open case hands its weight on, in equal parts, to all that take longer."""
    weights, done = [1.0] * len(taken), 0.0
    for place, (days, is_open) in enumerate(taken):
        later = range(place + 1, len(taken))
        if is_open:
            for other in later:
                weights[other] += weights[place] / len(later)
        else:
            done += weights[place]
            if done >= enough - 1e-9:
                return days
    return None


# --- what is said ------------------------------------------------------------------------------------------------


def test_the_first_lines_say_where_each_target_began_and_ended(whole: Period) -> None:
    lines = dict(period_words.lines(whole))
    for part in whole.groups:
        then, now = part.tallies
        assert f"期初（4月30日）{then.resolved}/{then.total}（{then.rate_percent}%）" in lines[part.label]
        assert f"期末（5月30日）{now.resolved}/{now.total}（{now.rate_percent}%）" in lines[part.label]
        (as_it_is,) = (certainty for certainty in whole.certainties if certainty.group == part.label)
        edited = replace(as_it_is, unmoved=Tally(now.target_percent, now.total + 1, now.resolved), cancelled=("ZZQ-2020-099",))
        said = period_words.of_target(part, replace(whole, certainties=(edited,)))
        assert f"化解率为{edited.unmoved.rate_percent}%（{now.resolved}/{now.total + 1}）" in said
        assert f"还差{now.shortfall}件" in lines[part.label]
    assert f"还有{sum(len(entry.cases) for entry in whole.remaining)}件没有计入化解" in lines["余下"]
    assert f"应报270份：按时{whole.reported('on-time')}份" in lines["报送"]
    assert "期内2天的结果共写出3版，其中改写1次。" in lines["更正"]


def test_a_closing_begins_with_what_it_leaves(whole: Period) -> None:
    closing = replace(whole, is_closing=True)
    lines = period_words.lines(closing)
    assert [name for name, _said in lines[:2]] == ["结项", "结论"]
    assert "余下" not in dict(lines)
    said = lines[0][1]
    assert said.startswith(f"还有{sum(len(entry.cases) for entry in whole.remaining)}件没有计入化解：")
    open_ = [part.label for part in whole.groups if part.figure and not part.figure.is_certain]
    assert said.endswith(f"{'、'.join(open_)}的结论是暂计，还可能改变。") is bool(open_)
    asking = whole.remaining[-1].cases[0]
    line = replace(whole.cases[asking], coordination="请明确首期比例", is_open=True)
    asked = dict(period_words.lines(replace(closing, cases={**whole.cases, asking: line})))
    assert f"旗区请求协调而没有办结的1件（{asking}）。" in asked["结项"]
    done = dict(period_words.lines(replace(closing, remaining=())))
    assert done["结项"].startswith("没有余下未化解的案件。")


def test_nothing_is_ordered_by_how_many(whole: Period) -> None:
    assert [part.label for part in whole.districts[:9]] == [*offices.SETTINGS.district_names]
    for group in whole.groups:
        assert [part.label for part in whole.leaders if part.group == group.label] == sorted(months.LEADERS)


def test_the_first_sentence_says_which_targets_are_met_and_by_how_much_the_others_are_missed(whole: Period) -> None:
    name, said = period_words.lines(whole)[0]
    assert name == "结论"
    for part in whole.groups:
        assert f"{verdict_words.counted(part.tallies[1])}，还差{part.tallies[1].shortfall}件" in said
    met = [replace(part, figure=replace(part.figure, tally=Tally(90, 10, 10))) for part in whole.groups if part.figure]
    said = period_words.answer(replace(whole, groups=tuple(met), certainties=()))
    verdicts = [f"{part.label}{part.figure.verdict}，10/10（100.0%）" for part in met if part.figure]
    assert said.startswith(f"{'；'.join(verdicts)}。")
    assert said.count("后结论可能改变") == said.count("暂计的原因") == 1, "why they are provisional is said once"
    one = replace(whole, groups=(met[0], *whole.groups[1:]), certainties=())
    assert period_words.answer(one).startswith(
        f"{met[0].label}{met[0].figure and met[0].figure.verdict}，10/10（100.0%）；{whole.groups[1].label}"
    )


def test_the_first_sentence_says_what_alone_puts_a_target_where_it_is_and_the_cases_follow(whole: Period) -> None:
    (figure,) = (part.figure for part in whole.groups[:1])
    assert figure
    met = replace(whole.groups[0], figure=replace(figure, tally=Tally(100, 20, 20)), tallies=(Tally(100, 20, 0), Tally(100, 20, 20)))
    reliance = replace(whole.certainties[0], unmoved=Tally(100, 20, 20), answered=("ZZQ-2020-003",))
    told = replace(whole, groups=(met, *whole.groups[1:]), certainties=(reliance, *whole.certainties[1:]))
    limit = "其中1件原群众不认可、另行答复后计入、此后没有认可，不计这1件为95.0%，不到100%"
    assert f"，{limit}；" in period_words.answer(told)
    assert period_words.confirmations(told)[0].endswith("1件原群众不认可、另行答复后计入、此后没有认可：ZZQ-2020-003。")
    edited = replace(reliance, answered=(), unmoved=Tally(100, 21, 20), cancelled=("ZZQ-2020-099",))
    both = replace(told, groups=(met,) * 2, certainties=(edited,))
    assert "，不计台账改动为95.2%，不到100%" in period_words.answer(both), "though both groups have the same verdict"


def test_of_many_restatements_the_first_that_is_told_is_one_that_turned_a_verdict(whole: Period) -> None:
    pairs = ((144, 140), (153, 150), (150, 146))
    told = [
        (LAST, Restated(FIRST + timedelta(days=2 * count), "自治区交办", (Tally(90, 170, then), Tally(90, 170, now)), Moves()))
        for count, (then, now) in enumerate(pairs)
    ]
    week = replace(whole, restated=tuple(told))
    turned = "5月30日说的：与5月30日12:00所知相比，自治区交办5月3日由153/170改为150/170，按件数算由达标变为未达标"
    assert period_words.restated_runs(week, 1) == [turned]
    assert period_words.restated(week, 1).startswith(f"期内更正3处：{turned}；另2处达标与否没有变（自治区交办5月1日、自治区交办5月5日）。")
    assert "；另1处达标与否没有变（自治区交办5月1日）。" in period_words.restated(week, 2)
    again = replace(week, restated=(*told, (LAST, replace(told[1][1], day=FIRST + timedelta(days=9)))))
    assert "；另2处达标与否没有变（" in period_words.restated(again, 1), "each turn is told"
    won = (LAST, replace(told[1][1], tallies=told[1][1].tallies[::-1]))
    week = replace(whole, restated=(won, (LAST, replace(told[1][1], day=FIRST + timedelta(days=9)))))
    both = period_words.restated(week, 1)
    assert both.startswith("期内更正2处：")
    assert both.index("由未达标变为达标") < both.index("由达标变为未达标"), "in the order of the days"
    many = tuple((LAST, replace(told[1][1], day=FIRST + timedelta(days=2 * count))) for count in range(6))
    assert "；另2处达标与否也改变（" in period_words.restated(replace(whole, restated=many), 1)


def test_a_group_whose_only_case_was_cancelled_has_no_case_and_none_that_is_not_resolved(whole: Period) -> None:
    (first, *others) = whole.groups
    empty = replace(first, tallies=(first.tallies[0], Tally(first.tallies[1].target_percent)))
    week = replace(whole, groups=(empty, *others))
    assert period_words.answer(week).endswith(f"；{first.label}没有案件。")
    unconfirmed = tuple(replace(certainty, confirmation={}) for certainty in whole.certainties)
    assert f"{first.label}：没有案件。" in period_words.confirmations(replace(week, certainties=unconfirmed))


def test_a_case_that_counted_for_a_while_alone_is_told_though_neither_end_has_it() -> None:
    reports = list(_reports()[:8])
    case = next(
        case
        for case in reports[0].cases
        if not case.is_counted and not case.grounds and case.number not in {line.number for line in reports[-1].cases if line.is_counted}
    )
    between = tuple(replace(line, is_counted=True) if line.number == case.number else line for line in reports[4].cases)
    reports[4] = replace(reports[4], cases=between)
    found = {part.label: part for part in period.of(reports, {}).groups}[case.group]
    assert case.number in found.fallen_back
    assert case.number not in (*found.newly_resolved, *found.no_longer_counted)
    assert f"期内曾计入、期末不计{len(found.fallen_back)}件" in period_words.moved(found)


def test_a_case_that_was_in_the_total_for_a_while_alone_is_told_though_neither_end_has_it() -> None:
    reports = list(_reports()[:8])
    case = next(case for case in reports[0].cases if not case.grounds and case.number in {line.number for line in reports[-1].cases})
    first = tuple(line for line in reports[0].cases if line.number != case.number)
    last = tuple(replace(line, grounds="查重") if line.number == case.number else line for line in reports[-1].cases)
    week = period.of([replace(reports[0], cases=first), *reports[1:-1], replace(reports[-1], cases=last)], {})
    for parts, label in ((week.groups, case.group), (week.districts, case.district), (week.leaders, case.leader)):
        found = next(part for part in parts if (part.label, part.group) == (label, case.group))
        assert found.passing == (case.number,)
        assert case.number not in (*found.moves.entered, *found.moves.left)
        assert "期内进入又退出总数1件" in period_words.moved(found)


def test_days_of_which_nobody_reported_are_known_as_such() -> None:
    reports = list(_reports()[:8])
    reports[3] = replace(reports[3], silent_days=frozenset({reports[3].day}))
    assert reports[3].day in period.of(reports, {}).silent


def test_a_period_that_nobody_reported_before_says_so() -> None:
    reports = [replace(report, day_before="none") for report in _reports()[:8]]
    unknown = period.of(reports, {})
    said = dict(period_words.lines(unknown))
    assert "期初以前没有日报" in said["结论"]
    first = unknown.groups[0]
    assert f"没有日报，案件{first.tallies[0].total}件" in said[first.label]
    assert period_words.part(first, unknown)[0] == f"未报/{first.tallies[0].total}"
    assert "改写" not in said["更正"]


def test_days_before_the_work_began_are_no_missing_reports() -> None:
    silent = [replace(report, attendance=(), submissions=tuple(_unsent(report))) for report in _reports()[:8]]
    assert period.of(silent, {}).submissions == ()
    begun = [*silent[:5], *_reports()[5:8]]
    week = period.of([*begun[:-1], replace(begun[-1], attendance=())], {})
    assert [day for day, _of_day in week.submissions] == [FIRST + timedelta(days=count) for count in (4, 5, 6)]
    began = FIRST + timedelta(days=4)
    assert period_words.handed_in(week).startswith(f"日报从{began.month}月{began.day}日开始，期内3天应报27份：")


def test_a_late_report_whose_lateness_was_approved_is_excused_from_the_day_that_says_so() -> None:
    day, next_day = date(2020, 5, 21), date(2020, 5, 22)
    approved = workbooks.exemption_row("东胜区 2020-05-21", "迟报", f"{next_day}")
    files = [
        offices.assigned(workbooks.assignment()),
        offices.assigned(workbooks.assignment(exemptions=[approved]), f"{next_day} 09:00", "有豁免.xlsx"),
        offices.handed_in(workbooks.report("东胜区", day), f"{day} 20:00"),
        offices.handed_in(workbooks.report("达拉特旗", day, progress=[]), f"{day} 20:00"),
    ]
    days = [day - _ONE_DAY, day, next_day, next_day + _ONE_DAY]  # on the last of them the exemption has ended
    out = offices.consolidate(files, days)
    for last, status in ((day, "late"), (next_day, "excused"), (days[-1], "excused")):
        week = period.of([out[one].report for one in days if one <= last], {})
        (of_day,) = (of_day for of, of_day in week.submissions if of == day)
        assert (of_day["东胜区"].status, of_day["东胜区"].stands, of_day["达拉特旗"].status) == (status, status, "late")
        assert ("excused" in week.counted) == (status == "excused")


def test_calendars_of_a_day_and_of_a_period_agree_on_what_was_excused_afterwards_and_taken_back() -> None:
    """Two late reports are excused on the 22nd until the 25th; the workbook of the 23rd has one of the rows no more."""
    day, excusing, without = date(2020, 5, 21), date(2020, 5, 22), date(2020, 5, 23)
    rows = [workbooks.exemption_row(f"{name} {day}", "迟报", "2020-05-25") for name in ("东胜区", "达拉特旗")]
    files = [
        offices.assigned(workbooks.assignment()),
        offices.assigned(workbooks.assignment(exemptions=rows), f"{excusing} 09:00", "有豁免.xlsx"),
        offices.assigned(workbooks.assignment(exemptions=rows[:1]), f"{without} 09:00", "删去一行.xlsx"),
        *(offices.handed_in(workbooks.report(name, day, progress=[]), f"{day} 20:00", f"{name}.xlsx") for name in ("东胜区", "达拉特旗")),
    ]
    days = [day + timedelta(days=count) for count in range(-1, 7)]
    out = offices.consolidate(files, days)
    expected = {day: ["late", "late"], excusing: ["excused", "excused"]} | {later: ["excused", "late"] for later in days[3:]}
    for last in days[1:]:
        of_period = dict(period.of([out[one].report for one in days if one <= last], {}).submissions)[day]
        of_day = dict(out[last].report.attendance)[day]
        assert [of_period[name].stands for name in ("东胜区", "达拉特旗")] == expected[last]
        assert [of_day[name] for name in ("东胜区", "达拉特旗")] == expected[last]


def test_what_came_and_was_refused_whole_is_returned_on_its_day_in_calendars_in_periods_and_in_reasons() -> None:
    day = date(2020, 5, 21)
    refused = workbooks.write(workbooks.edit(workbooks.report_pages("东胜区", progress=[], new=[]), {"案件进展!P1": "身份证号"}))
    files = [
        offices.assigned(workbooks.assignment()),
        *(offices.handed_in(workbooks.report(name, day, progress=[]), f"{day} 16:00", f"{name}.xlsx") for name in ("达拉特旗", "杭锦旗")),
        offices.handed_in(refused, f"{day} 16:30", "多一列.xlsx"),
        offices.handed_in(workbooks.report("达拉特旗", day + _ONE_DAY, progress=[]), f"{day + _ONE_DAY} 16:00"),
    ]
    out = offices.consolidate(files, [day, day + _ONE_DAY])
    reports = [out[on].report for on in (day, day + _ONE_DAY)]
    for report in reports:
        of_day = dict(report.attendance)[day]
        assert [of_day[name] for name in ("东胜区", "达拉特旗", "准格尔旗")] == ["returned", "on-time", "missing"]
    assert {(line.district, line.status, line.stands) for line in reports[0].submissions if line.is_returned} == {
        ("东胜区", "missing", "returned")
    }
    assert ("returned", ("东胜区",)) in [reason for figure in reports[0].targets if figure.bounds for reason in figure.bounds.reasons]
    later = [reason for figure in reports[1].targets if figure.bounds for reason in figure.bounds.reasons]
    assert ("behind-returned", ("东胜区",)) in later
    assert not any("东胜区" in names for why, names in later if why == "behind")
    week = period.of([reports[0], *reports], {})
    assert (week.reported("returned"), "整份退回1份" in period_words.handed_in(week)) == (1, True)


def _unsent(report: Report) -> Iterable[SubmissionLine]:
    return (replace(line, status="missing", rows_accepted=0) for line in report.submissions)


def test_a_case_belongs_where_it_belongs_at_the_end() -> None:
    reports = list(_reports()[:8])
    moved = next(case for case in reports[0].cases if case.is_open and case.district == "东胜区" and not case.grounds)
    last = [replace(case, district="乌审旗", leader="领导九") if case.number == moved.number else case for case in reports[-1].cases]
    reports[-1] = replace(reports[-1], cases=tuple(last))
    week = period.of(reports, {})
    (there,) = (part for part in week.leaders if part.label == "领导九")
    assert [tally.total for tally in there.tallies] == [1, 1]
    dongsheng = next(part for part in week.districts if (part.label, part.group) == ("东胜区", moved.group))
    assert not {*dongsheng.moves.entered, *dongsheng.moves.left} & {moved.number}


def test_restatements_are_told_in_runs_of_days(whole: Period) -> None:
    tallies = Tally(100, 10, 8), Tally(100, 10, 9)
    told = [(LAST, Restated(FIRST + timedelta(days=count), "自治区交办", tallies, Moves())) for count in (0, 1, 3)]
    runs = period_words.restated_runs(replace(whole, restated=tuple(told)))
    assert runs == [
        "5月30日说的：与5月30日12:00所知相比，自治区交办5月1日至5月2日由8/10改为9/10",
        "自治区交办5月4日由8/10改为9/10",
    ]


def test_a_span_is_said_as_short_as_it_can_be(whole: Period) -> None:
    def said(first: date, last: date) -> str:
        return period_words.span(replace(whole, first=first, last=last))

    assert said(FIRST, LAST) == "2020年5月1日至30日"
    assert said(FIRST, FIRST) == "2020年5月1日"
    assert said(FIRST, date(2020, 6, 2)) == "2020年5月1日至6月2日"
    assert said(date(2020, 12, 30), date(2021, 1, 5)) == "2020年12月30日至2021年1月5日"


def test_a_day_that_is_marked_a_correction_is_among_the_restatements_also_where_no_later_day_of_the_period_tells_it() -> None:
    day, resolved = date(2020, 5, 21), workbooks.resolved_row("SJ-2020-001", 答复日期=date(2020, 5, 20), 群众确认="认可")
    files = [
        offices.assigned(workbooks.assignment()),
        offices.handed_in(workbooks.report("东胜区", day, progress=[workbooks.progress_row("SJ-2020-001")]), f"{day} 16:00"),
        offices.handed_in(workbooks.report("东胜区", day, progress=[resolved]), "2020-05-25 15:00", "更正.xlsx"),
    ]
    days = [day + timedelta(days=count) for count in range(-1, 6)]
    out = offices.consolidate(files, days)
    alone = period.of([out[each].report for each in days[:3]], {day: 1, days[2]: 1})  # what came is told on the 25th
    assert alone.corrected == (day, days[2])
    said = dict(period_words.lines(alone))["更正"]
    assert "5月21日的结果标明更正：与次日12:00所知相比，市级交办和旗区自行梳理5月21日由0/2改为1/2" in said
    assert "结果标明“更正”的有2天（5月21日、5月22日）。期内2天的结果共写出2版，没有改写。" in said
    assert [(told, entry.day) for told, entry in alone.restated if entry.day == day] == [(day, day)]
    later = period.of([out[each].report for each in days], {})
    assert {told for told, entry in later.restated if entry.day == day} == {date(2020, 5, 25)}, "a later day tells it"


def test_a_period_has_its_exemptions_with_who_approved_them_until_when_and_what_they_changed() -> None:
    day = date(2020, 5, 21)
    first = [
        workbooks.exemption_row("SJ-2020-001", until="2020-05-23"),
        workbooks.exemption_row(f"东胜区 {day}", "迟报", "2020-05-22", 批准人="领导二"),
    ]
    files = [
        offices.assigned(workbooks.assignment(exemptions=first)),
        offices.assigned(workbooks.assignment(exemptions=[workbooks.exemption_row("SJ-2020-001")]), "2020-05-22 09:00", "改.xlsx"),
        offices.handed_in(workbooks.report("东胜区", day, progress=[workbooks.progress_row("SJ-2020-001")]), f"{day} 20:00"),
    ]
    days = [day + timedelta(days=count) for count in range(-1, 4)]
    out = offices.consolidate(files, days)
    week = period.of([out[each].report for each in days], {})
    told = [period_words.exemption(each, week) for each in week.exemptions]
    assert [(cells[0], cells[1], cells[3], *cells[5:8]) for cells in told] == [
        ("SJ-2020-001", "延期", "领导一", "5月23日", "5月21日", "已结束"),
        ("SJ-2020-001", "延期", "领导一", "6月30日", "5月22日至5月24日", "有效"),
        ("东胜区 2020-05-21", "迟报", "领导二", "5月22日", "5月21日", "已结束"),
    ]
    assert [cells[8] for cells in told][2] == "5月21日20:00收到，新的分解表里没有了"
    assert "新的分解表改了这一项，期末时限6月30日" in told[0][8]
    assert period_words.exempted(week) == "期内豁免3项，期末还有效的1项。"


def _exempted(rows: list[workbooks.Row], *files: offices.File, days: int, first: date = date(2020, 5, 21)) -> dict[str, tuple[str, ...]]:
    """Return the cells of each exemption of so many days from the first, by its subject."""
    workbook = offices.assigned(workbooks.assignment(exemptions=rows))
    out = offices.consolidate([workbook, *files], [first + timedelta(days=count) for count in range(-1, days)])
    week = period.of([day.report for day in out.values()], {})
    return {each.line.subject: period_words.exemption(each, week) for each in week.exemptions}


def test_an_exemption_says_on_which_days_it_kept_a_case_from_being_overdue_also_where_the_case_was_closed_since() -> None:
    resolved = workbooks.resolved_row("SJ-2020-001", 答复日期=date(2020, 6, 13), 群众确认="认可")
    closing = offices.handed_in(workbooks.report("东胜区", date(2020, 6, 14), progress=[resolved]), "2020-06-14 16:00")
    told = _exempted([workbooks.exemption_row("SJ-2020-001", until="2020-06-20")], closing, days=7, first=date(2020, 6, 9))
    assert told["SJ-2020-001"][6:] == (
        *("6月9日至6月15日", "不起作用"),
        (
            "时限6月10日改为6月20日，6月11日至6月13日因延期不列入超期未结，6月9日至6月10日因延期不列入临近到期，"
            "6月13日按原时限已超期3天，6月14日起此案已办结，延期不再起作用"
        ),
    )


def test_a_case_that_was_closed_and_is_open_again_says_so_where_its_exemption_ended() -> None:
    resolved = workbooks.resolved_row("SJ-2020-001", 答复日期=date(2020, 6, 9), 群众确认="认可")
    again = workbooks.progress_row("SJ-2020-001", 当前状态="办理中", 重新办理原因="情况有变")
    files = [
        offices.handed_in(workbooks.report("东胜区", date(2020, 6, day), progress=[row]), f"2020-06-{day} 16:00", f"{day}.xlsx")
        for day, row in ((10, resolved), (14, again))
    ]
    told = _exempted([workbooks.exemption_row("SJ-2020-001", until="2020-06-12")], *files, days=7, first=date(2020, 6, 9))
    assert told["SJ-2020-001"][8].endswith(
        "6月10日起此案已办结，延期不再起作用，到期，后来又在办，期末时限6月10日，已超期5天，列入超期未结"
    )


def test_an_exemption_that_ended_says_how_its_case_stands_at_the_end() -> None:
    told = _exempted([workbooks.exemption_row("SJ-2020-001", until="2020-06-12")], days=7, first=date(2020, 6, 9))
    assert told["SJ-2020-001"][6:] == (
        *("6月9日至6月12日", "已结束"),
        "时限6月10日改为6月12日，6月11日至6月12日因延期不列入超期未结，6月12日按原时限已超期2天，到期，期末时限6月10日，已超期5天，列入超期未结",
    )


def test_a_silenced_hint_is_told_with_its_day_and_what_ended_before_the_period_is_none_of_its_exemptions() -> None:
    day = date(2020, 5, 21)
    sent = offices.handed_in(
        workbooks.report("东胜区", day, progress=[workbooks.resolved_row("SJ-2020-001", 答复文号="口头")]), f"{day} 16:00"
    )
    rows: list[workbooks.Row] = [
        workbooks.exemption_row("SJ-2020-001", "核查提示", "2020-05-22"),
        workbooks.exemption_row("SJ-2020-002", until="2020-05-20"),
    ]
    told = _exempted(rows, sent, days=4)
    assert [*told] == ["SJ-2020-001"], "the other ended on the day before the first"
    assert told["SJ-2020-001"][6:8] == ("5月21日至5月22日", "已结束")
    assert told["SJ-2020-001"][8].startswith("5月21日1种提示没有列出（答复文号里没有数字")
    assert told["SJ-2020-001"][8].endswith("，到期")


def test_what_comes_by_noon_is_one_correction_of_each_earlier_day() -> None:
    first, resolved = date(2020, 5, 20), workbooks.resolved_row("SJ-2020-001", 答复日期=date(2020, 5, 19), 群众确认="认可")
    days = [first + timedelta(days=count) for count in range(-1, 5)]
    files = [
        offices.assigned(workbooks.assignment()),
        offices.handed_in(workbooks.report("达拉特旗", first), f"{first} 16:00", "零报告.xlsx"),
        offices.handed_in(workbooks.report("东胜区", first, progress=[resolved]), "2020-05-23 10:00", "补报.xlsx"),
    ]
    out = offices.consolidate(files, days)
    whole = period.of([out[day].report for day in days], {})
    assert [(told.day, entry.day.day) for told, entry in whole.restated] == [(22, 20), (22, 21), (23, 22)]
    assert len(period_words.restated_runs(whole)) == 2
    later = period.of([out[day].report for day in days[3:]], {})
    assert [(told.day, entry.day.day) for told, entry in later.restated] == [(23, 20), (23, 21), (23, 22)], "the 22nd is none of its days"
