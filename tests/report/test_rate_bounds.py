"""What a rate could still be: the truth, once it is there, lies within the bounds.

Covers `doubts`, `rate_bounds` and the bounds in `counting`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain, combinations
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import weeks
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import SETTINGS, Day, File, afternoon, assigned, consolidate, handed_in, on, read_report
from workbooks import DAY, Row, Value, assignment, case_row, edit, new_row, progress_row, report, report_pages, resolved_row, write

from pipeline.day.doubts import Doubt
from pipeline.day.targets import Tally
from pipeline.report import rate_bounds, sentences
from pipeline.report.figures import Figure
from pipeline.report.report import Report
from pipeline.terms import words

MONDAY = date(2020, 5, 18)
CITY = "市级交办和旗区自行梳理"


@cache
def _whose(file: File) -> tuple[str, date]:
    """The district and day that a report says it is of."""
    read = read_report(file.content, f"{file.received:%Y-%m-%d %H:%M:%S}")
    return read.district, read.day


def _figures(report: Report) -> dict[tuple[str, str, str], Figure]:
    kinds = ("targets", "by_source", "by_district", "by_leader", "by_category")
    return {(kind, figure.group, figure.label): figure for kind in kinds for figure in getattr(report, kind)}


def _is_at_most(lower: Tally, higher: Tally) -> bool:
    return lower.resolved * (higher.total or 1) <= higher.resolved * (lower.total or 1)


def _outside(before: Report, truth: Report) -> list[tuple[str, str, str]]:
    """The figures whose truth lies outside the bounds."""
    later = _figures(truth)
    wrong = []
    for name, figure in _figures(before).items():
        true = later[name].tally
        low, high = (figure.bounds.lowest, figure.bounds.highest) if figure.bounds else (figure.tally, figure.tally)
        if not _is_at_most(low, true) or not _is_at_most(true, high):
            wrong.append(name)
    return wrong


@settings(max_examples=25)
@given(week=st.sampled_from(weeks.WEEKS), at=st.integers(0, 4), choice=st.randoms(use_true_random=False))
def test_the_truth_lies_within_the_bounds_once_the_missing_reports_are_there(week: str, at: int, choice: Random) -> None:
    files = weeks.files_of(week)
    whose = sorted({_whose(file) for file in files if not file.is_assignment})
    held_back = set(choice.sample(whose, choice.randint(1, len(whose) // 2)))
    day = MONDAY + timedelta(days=at)
    before = on(day, *(file for file in files if file.is_assignment or _whose(file) not in held_back)).report
    assert _outside(before, on(day, *files).report) == []


# --- refused rows ------------------------------------------------------------------------------------------------

_NUMBERS = ("SJ-2020-001", "SJ-2020-002", "SJ-2020-003", "ZZQ-2020-001")
_ROWS = st.sampled_from(["none", "办理中", "已化解", "不认可", "认可"])


def _row(number: str, kind: str, broken: str = "") -> dict[str, Value]:
    """A row as its kind says, which could be refused for nothing but what is broken in it."""
    said = progress_row(number) if kind == "办理中" else resolved_row(number, 群众确认="" if kind == "已化解" else kind)
    faults: dict[str, Row] = {"": {}, "value": {"诉求认定": "说不清"}, "number": {"案件编号": f"{number}9"}}
    return {**said, "答复日期": "2020-05-17" if kind != "办理中" else None, "重新办理原因": "群众要求重新办理", **faults[broken]}


def _register() -> File:
    return assigned(assignment(case_row(number) for number in _NUMBERS))


@settings(max_examples=60)
@given(
    rows=st.lists(st.fixed_dictionaries(dict.fromkeys(_NUMBERS, _ROWS)), min_size=2, max_size=3),
    broken=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(_NUMBERS), st.sampled_from(["value", "number"])), min_size=1, max_size=3),
)
def test_the_truth_lies_within_the_bounds_once_the_refused_rows_are_mended(
    rows: list[dict[str, str]], broken: list[tuple[int, str, str]]
) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(len(rows))]

    def office(faults: dict[tuple[int, str], str]) -> list[File]:
        return [
            _register(),
            *(
                File(
                    report(
                        day=day,
                        progress=[_row(number, kind, faults.get((at, number), "")) for number, kind in said.items() if kind != "none"],
                        new=[],
                    ),
                    afternoon(day),
                )
                for at, (day, said) in enumerate(zip(days, rows, strict=True))
            ),
        ]

    before = on(days[-1], *office({(at, number): how for at, number, how in broken})).report
    assert _outside(before, on(days[-1], *office({})).report) == []


# --- what they are -----------------------------------------------------------------------------------------------


def _everyone(day: date, progress: Iterable[Row] = (), new: Iterable[Row] = ()) -> list[File]:
    """A report of every district, 东胜区's with these rows and the others' without any."""
    return [
        handed_in(
            report(name, day, progress=progress if name == "东胜区" else [], new=new if name == "东胜区" else []),
            f"{day} 16:00",
            f"{name}.xlsx",
        )
        for name in SETTINGS.district_names
    ]


_Ends = tuple[tuple[int, int], tuple[int, int]]
"""Resolved and total, at least and at most."""


def _bounds(day: Day, kind: str, label: str, group: str = CITY) -> _Ends | None:
    found = _figures(day.report)[kind, group, label].bounds
    return None if found is None else ((found.lowest.resolved, found.lowest.total), (found.highest.resolved, found.highest.total))


def test_where_everything_is_reported_there_are_no_bounds() -> None:
    out = on(DAY, assigned(assignment()), *_everyone(DAY, progress=[resolved_row()], new=[]))
    assert {figure.bounds for figure in _figures(out.report).values()} == {None}


def test_a_missing_report_frees_its_districts_cases_and_could_bring_new_ones() -> None:
    """Three cases of 东胜区 in the group, none reported: none to all of them, and three that could be found."""
    files = [file for file in _everyone(DAY) if file.name != "东胜区.xlsx"]
    out = on(DAY, _register(), *files)
    assert _bounds(out, "by_district", "东胜区") == ((0, 6), (6, 6))
    assert _bounds(out, "by_source", "市级交办") == ((0, 3), (3, 3))
    assert _bounds(out, "targets", "自治区交办", "自治区交办") == ((0, 1), (1, 1))
    assert _bounds(out, "by_district", "达拉特旗") is None


def test_a_sentence_names_what_keeps_figures_open() -> None:
    """东胜区 sends nothing of Monday and a broken row on Tuesday."""
    tuesday = MONDAY + timedelta(days=1)
    monday = [file for file in _everyone(MONDAY) if file.name != "东胜区.xlsx"]
    rows = [_row(_NUMBERS[0], "已化解", "value")]
    out = consolidate([_register(), *monday, *_everyone(tuesday, progress=rows)], [tuesday])[tuesday]
    assert [(point.district, point.missing, point.refused) for point in out.report.open_points] == [("东胜区", (MONDAY,), (tuesday,))]
    rule = sentences.bounds_rule(3, out.report.open_points)
    assert rule.endswith("目前没有报清楚的：东胜区缺5月18日的日报，5月19日有退回的内容。")


def test_a_refused_row_frees_its_case_alone() -> None:
    out = on(DAY, _register(), *_everyone(DAY, progress=[_row(_NUMBERS[0], "已化解"), _row(_NUMBERS[1], "已化解", "value")], new=[]))
    assert _bounds(out, "targets", CITY) == ((1, 3), (2, 3))


def test_a_refused_row_that_names_no_case_may_be_about_any_one() -> None:
    out = on(DAY, _register(), *_everyone(DAY, progress=[_row(_NUMBERS[0], "已化解"), _row(_NUMBERS[1], "已化解", "number")], new=[]))
    assert _bounds(out, "targets", CITY) == ((0, 3), (2, 3))


def test_a_refused_row_of_new_cases_could_add_one() -> None:
    out = on(DAY, _register(), *_everyone(DAY, progress=[], new=[new_row(排查日期="")]))
    assert _bounds(out, "targets", CITY) == ((0, 4), (1, 4))
    assert _bounds(out, "targets", "自治区交办", "自治区交办") is None


@pytest.mark.parametrize(("confirmed", "expected"), [("认可", None), ("", ((0, 3), (1, 3)))])
def test_a_case_that_is_reported_after_the_gap_is_certain_unless_its_dispute_may_stand(confirmed: str, expected: _Ends | None) -> None:
    """东胜区 tells nothing of Monday, and of Tuesday that one case is resolved and the other two are under way."""
    tuesday = MONDAY + timedelta(days=1)
    rows = [_row(_NUMBERS[0], "已化解") | {"群众确认": confirmed}, *(_row(number, "办理中") for number in _NUMBERS[1:])]
    monday = [file for file in _everyone(MONDAY) if file.name != "东胜区.xlsx"]
    out = consolidate([_register(), *monday, *_everyone(tuesday, progress=rows, new=[])], [tuesday])[tuesday]
    assert _bounds(out, "by_source", "市级交办") == expected


@pytest.mark.parametrize("missing", ["已交办", "已化解", "另一文号", "重新办理", "导入法定途径", "不认可", "更早的不认可"])
def test_no_report_of_an_earlier_day_makes_a_case_count_of_which_the_row_that_holds_says_that_it_is_not_accepted(missing: str) -> None:
    """The verdict is certain, and whatever a report of the day that is missing says, it stays as it is."""
    days = [MONDAY + timedelta(days=count) for count in range(4)]
    number = "ZZQ-2020-001"
    denied = resolved_row(number, 答复日期="2020-05-17", 答复文号="复1号", 群众确认="不认可")
    late: dict[str, Row] = {
        "已交办": progress_row(number, 当前状态="已受理"),
        "已化解": resolved_row(number, 答复日期="2020-05-17", 答复文号="复1号", 群众确认="认可"),
        "另一文号": resolved_row(number, 答复日期="2020-05-18", 答复文号="复2号", 群众确认="认可"),
        "重新办理": progress_row(number, 当前状态="办理中", 重新办理原因="群众不同意"),
        "导入法定途径": progress_row(number, 当前状态="导入法定途径", 重新办理原因="已起诉"),
        "不认可": denied,
        "更早的不认可": resolved_row(number, 答复日期="2020-05-17", 答复文号="复0号", 群众确认="不认可"),
    }
    register = assigned(assignment([case_row(number)]))
    first = _everyone(days[0], progress=[resolved_row(number, 答复日期="2020-05-17", 答复文号="复1号", 群众确认="未回访")], new=[])
    others = [file for file in _everyone(days[1]) if file.name != "东胜区.xlsx"]
    known = [register, *first, *others, *_everyone(days[2], progress=[denied], new=[]), *_everyone(days[3])]
    for day in days[2:]:
        figure = _figures(consolidate(known, [day])[day].report)["targets", "自治区交办", "自治区交办"]
        assert (figure.is_certain, figure.bounds, figure.tally.resolved) == (True, None, 0)
        whole = [*known, *(file for file in _everyone(days[1], progress=[late[missing]], new=[]) if file.name == "东胜区.xlsx")]
        assert _figures(consolidate(whole, [day])[day].report)["targets", "自治区交办", "自治区交办"].tally == figure.tally


def test_a_correction_that_was_refused_whole_frees_all_cases_of_its_district() -> None:
    rows = [_row(_NUMBERS[0], "已化解")]
    refused = write(edit(report_pages(progress=rows, new=[], urgent=[]), {"案件进展!P1": "手机号"}))
    out = on(DAY, _register(), *_everyone(DAY, progress=rows, new=[]), handed_in(refused, f"{DAY} 16:30", "更正.xlsx"))
    assert _bounds(out, "by_source", "市级交办") == ((0, 3), (3, 3))


def test_what_a_district_did_not_send_and_what_was_lost_of_it_are_told_apart() -> None:
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    missing = [("甲旗", MONDAY), ("甲旗", tuesday), ("乙区", MONDAY), ("丙旗", tuesday), ("丙旗", wednesday)]
    doubts = [Doubt(day, name, is_missing=True) for name, day in missing]
    unknown = rate_bounds.unknown_of([], doubts, 1, day=wednesday, reported=dict.fromkeys(("甲旗", "乙区", "丙旗"), False))
    told = rate_bounds.with_came(unknown, {("甲旗", MONDAY), ("乙区", MONDAY), ("丙旗", wednesday)}, ())
    bounds = rate_bounds.bounds_of(Tally(90), [], told, told.found_by(["丙旗", "乙区", "甲旗"]))
    assert bounds
    assert bounds.reasons == (("lost", ("丙旗",)), ("behind", ("甲旗", "丙旗")), ("behind-lost", ("甲旗", "乙区")))
    assert (bounds.behind, bounds.lost) == ((tuesday,), (MONDAY,))
    assert sentences.why_open(bounds) == (
        "丙旗的日报原件遗失，甲旗、丙旗缺以前的日报（5月19日），甲旗、乙区以前的日报原件遗失（5月18日），补报、找回后结论可能改变"
    )


def test_what_came_and_was_refused_whole_is_no_report_that_nobody_sent() -> None:
    tuesday = MONDAY + timedelta(days=1)
    doubts = [Doubt(day, name, is_missing=True) for name, day in (("甲旗", MONDAY), ("甲旗", tuesday), ("乙区", tuesday))]
    unknown = rate_bounds.unknown_of([], doubts, 1, day=tuesday, reported=dict.fromkeys(("甲旗", "乙区"), False))
    told = rate_bounds.with_came(unknown, (), {("甲旗", MONDAY), ("乙区", tuesday)})
    bounds = rate_bounds.bounds_of(Tally(90), [], told, told.found_by(["甲旗", "乙区"]))
    assert bounds
    assert bounds.reasons == (("absent", ("甲旗",)), ("returned", ("乙区",)), ("behind-returned", ("甲旗",)))
    assert bounds.returned == (MONDAY,)
    assert sentences.why_open(bounds) == "甲旗没有日报，乙区的日报整份退回，甲旗以前的日报整份退回（5月18日），补报、改正后结论可能改变"
    points = rate_bounds.open_points(doubts, told, ["甲旗", "乙区"])
    assert [(point.district, point.missing, point.returned) for point in points] == [
        ("甲旗", (tuesday,), (MONDAY,)),
        ("乙区", (), (tuesday,)),
    ]
    assert "甲旗缺5月19日的日报，5月18日的日报整份退回；乙区5月19日的日报整份退回。" in sentences.bounds_rule(1, points, tuesday)


def test_every_reason_that_can_still_turn_a_verdict_is_told_and_none_that_cannot() -> None:
    """A district that is silent today and was yesterday, with a refused row the day before, of which the case was reported since."""
    days = [MONDAY + timedelta(days=count) for count in range(3)]
    monday = handed_in(report(day=days[0], progress=[_row(_NUMBERS[0], "差不多了")]), f"{days[0]} 16:30", "东胜区.xlsx")
    out = consolidate([_register(), monday, *(file for file in _everyone(days[0]) if file.name != "东胜区.xlsx")], [days[2]])[days[2]]
    bounds = next(figure.bounds for figure in out.report.by_source if figure.label == "市级交办")
    assert bounds
    assert [(why, "东胜区" in names) for why, names in bounds.reasons] == [("absent", True), ("behind", True), ("refused", True)]
    said = sentences.why_open(bounds, words.NOT_YET, ["东胜区"])
    assert said == "东胜区的日报还没有收下，东胜区缺以前的日报（5月19日），东胜区有退回的内容没有改正，收下、补报、改正后结论可能改变"
    tuesday = handed_in(report(day=days[1], progress=[_row(number, "办理中") for number in _NUMBERS]), f"{days[1]} 16:30", "东胜区.xlsx")
    more = [monday, tuesday, *(file for day in days[:2] for file in _everyone(day) if file.name != "东胜区.xlsx")]
    out = consolidate([_register(), *more], [days[2]])[days[2]]
    bounds = next(figure.bounds for figure in out.report.by_source if figure.label == "市级交办")
    assert bounds
    assert [why for why, _names in bounds.reasons] == ["absent"], "the later row settled what was refused"


# --- late reports that refuse later rows -------------------------------------------------------------------------

_STATUSES = st.sampled_from(["已交办", "办理中", "已答复", "已化解", "导入法定途径"])


_CONFIRMED = st.sampled_from(["认可", "不认可", "", "未回访"])
_REPLIES = st.sampled_from(["复1号", "复2号"])


def _stated(number: str, status: str, confirmation: str = "认可", reply: str = "复1号", *, is_reasoned: bool, replied: str = "") -> Row:
    """A row with a reply, and with a reason to go back where it is to have one."""
    why = "群众要求重新办理" if is_reasoned else None
    return resolved_row(number, 当前状态=status, 答复日期=replied or "2020-05-17", 答复文号=reply, 群众确认=confirmation, 重新办理原因=why)


_STATED = st.tuples(_STATUSES, _CONFIRMED, _REPLIES, st.booleans())


@settings(max_examples=60)
@given(
    rows=st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(_NUMBERS, _STATED)), min_size=2, max_size=4),
    choice=st.randoms(use_true_random=False),
)
def test_the_truth_lies_within_the_bounds_where_a_late_report_refuses_rows_that_count_now(
    rows: list[dict[str, tuple[str, str, str, bool]]], choice: Random
) -> None:
    days = [MONDAY + timedelta(days=n) for n in range(len(rows))]
    files = []
    for day, told in zip(days, rows, strict=True):
        said = [
            # a second reply is of that day, so that it can end a dispute under the first
            _stated(number, status, confirmation, reply, is_reasoned=why, replied="2020-05-17" if reply == "复1号" else str(day))
            for number, (status, confirmation, reply, why) in told.items()
        ]
        files.append(File(report(day=day, progress=said, new=[]), afternoon(day)))
    held_back = choice.randrange(len(files) - 1)
    others = [file for day in days for file in _everyone(day) if file.name != "东胜区.xlsx"]
    before = on(days[-1], _register(), *others, *(file for at, file in enumerate(files) if at != held_back)).report
    assert _outside(before, on(days[-1], _register(), *others, *files).report) == []


@pytest.mark.parametrize(("is_reasoned", "expected"), [(False, ((0, 6), (6, 6))), (True, ((0, 6), (3, 6)))])
def test_a_later_row_ends_the_doubt_with_a_reason_alone(is_reasoned: bool, expected: _Ends) -> None:  # noqa: FBT001 - a table's column
    """Nothing of Monday; on Tuesday all cases are under way, which a report of Monday that has them resolved would refuse."""
    tuesday = MONDAY + timedelta(days=1)
    rows = [_stated(number, "办理中", is_reasoned=is_reasoned) for number in _NUMBERS]
    monday = [file for file in _everyone(MONDAY) if file.name != "东胜区.xlsx"]
    out = consolidate([_register(), *monday, *_everyone(tuesday, progress=rows)], [tuesday])[tuesday]
    assert _bounds(out, "by_district", "东胜区") == expected


def test_a_row_refused_yesterday_is_named_beside_a_report_that_is_missing_from_before() -> None:
    """东胜区 sends nothing of Monday, a row with a number that no case has on Tuesday, and no row on Wednesday."""
    days = [MONDAY + timedelta(days=count) for count in range(3)]
    monday = [file for file in _everyone(days[0]) if file.name != "东胜区.xlsx"]
    tuesday = _everyone(days[1], progress=[_row("ZZQ-2020-001", "已化解", "number")])
    out = consolidate([_register(), *monday, *tuesday, *_everyone(days[2])], [days[2]])[days[2]]
    bounds = _figures(out.report)["targets", "自治区交办", "自治区交办"].bounds
    assert bounds
    assert bounds.reasons == (("behind", ("东胜区",)), ("refused", ("东胜区",)))
    assert "东胜区有退回的内容没有改正" in sentences.why_open(bounds)


# --- what can turn a verdict -------------------------------------------------------------------------------------

_DISTRICTS = ("甲旗", "乙旗", "丙区")
_ABOUT = st.tuples(st.sampled_from(_DISTRICTS), st.booleans(), st.sets(st.sampled_from(_DISTRICTS), max_size=2))
"""A case: its district, whether it is counted, and whose reports can change it."""


@dataclass(frozen=True)
class _Office:
    """A small office: a group's target and cases, and what is open."""

    percent: int
    cases: tuple[tuple[str, bool, frozenset[str]], ...]
    unplaced: dict[str, int]
    """Refused rows that may be about any one case of their district."""
    new: dict[str, int]

    def bounds(self) -> Figure:
        lines: list[Any] = [
            SimpleNamespace(number=f"{at}", district=name, is_counted=is_counted) for at, (name, is_counted, _) in self._each()
        ]
        why = {
            kind: {name: frozenset({rate_bounds.Cause(name, kind, DAY)}) for name in _DISTRICTS} for kind in ("absent", "refused", "behind")
        }
        unknown = rate_bounds.Unknown(
            frozenset(f"{at}" for at, (*_, whose) in self._each() if whose),
            self.unplaced,
            self.new,
            _DISTRICTS,
            {f"{at}": frozenset().union(*(why["absent"][name] for name in whose)) for at, (*_, whose) in self._each() if whose},
            {name: why["refused"][name] for name in self.unplaced},
            {name: why["behind"][name] for name in self.new},
            day=DAY,
        )
        tally = Tally(self.percent, len(self.cases), sum(is_counted for _, is_counted, _ in self.cases))
        return Figure("", "", tally, rate_bounds.bounds_of(tally, lines, unknown, unknown.found_by(_DISTRICTS)))

    def _each(self) -> Iterable[tuple[int, tuple[str, bool, frozenset[str]]]]:
        return enumerate(self.cases)

    def turning(self) -> set[tuple[str, str]]:
        """Try every change that may come: what takes part in a smallest one that turns the verdict."""
        is_met = Tally(self.percent, len(self.cases), sum(is_counted for _, is_counted, _ in self.cases)).met
        found, most_new = set[tuple[str, str]](), sum(self.new.values())
        can = [at for at, (name, is_counted, whose) in self._each() if is_counted == is_met and (whose or self.unplaced.get(name))]
        for changed in chain.from_iterable(combinations(can, size) for size in range(len(can) + 1)):
            placed = Counter(self.cases[at][0] for at in changed if not self.cases[at][2])
            if any(placed[name] > self.unplaced.get(name, 0) for name in placed):
                continue
            for new in range(most_new + 1):
                if not self._turns(len(changed), new):
                    continue
                if changed and not self._turns(len(changed) - 1, new):
                    found |= {("absent", name) for at in changed for name in self.cases[at][2]}
                    found |= {("refused", self.cases[at][0]) for at in changed if self.unplaced.get(self.cases[at][0])}
                if new and not self._turns(len(changed), new - 1):
                    found |= {("behind", name) for name, count in self.new.items() if count}
        return found

    def _turns(self, changed: int, new: int) -> bool:
        """Whether so many cases that turn to the other side, and so many found ones, turn the verdict."""
        total, resolved = len(self.cases), sum(is_counted for _, is_counted, _ in self.cases)
        is_met = Tally(self.percent, total, resolved).met
        after = resolved - changed if is_met else resolved + changed + new
        return Tally(self.percent, total + new, after).met != is_met


@settings(max_examples=300)
@given(
    percent=st.sampled_from([50, 66, 90, 100]),
    cases=st.lists(_ABOUT, min_size=1, max_size=7),
    unplaced=st.dictionaries(st.sampled_from(_DISTRICTS), st.integers(1, 2)),
    new=st.dictionaries(st.sampled_from(_DISTRICTS), st.integers(1, 3)),
)
def test_a_provisional_verdict_names_what_can_turn_it_and_nothing_else(
    percent: int, cases: list[tuple[str, bool, set[str]]], unplaced: dict[str, int], new: dict[str, int]
) -> None:
    """Every change is tried that the missing reports and refused rows of a small office may bring."""
    office = _Office(percent, tuple((name, is_counted, frozenset(whose)) for name, is_counted, whose in cases), unplaced, new)
    figure, turning = office.bounds(), office.turning()
    assert figure.is_certain == (not turning)
    if turning and figure.bounds:
        assert {(why, name) for why, names in figure.bounds.reasons for name in names} == turning
        assert {name for name, _day in figure.bounds.open} == {name for _why, name in turning}


def test_a_refused_row_whose_mending_can_only_worsen_a_missed_target_is_no_reason() -> None:
    """东胜区's row about a case that counts was refused; 达拉特旗, which has the one case that lacks, is silent."""
    rows = {"SJ-2020-001": ("东胜区", 16), "SJ-2020-002": ("达拉特旗", 16)}
    register = assigned(assignment(case_row(number, 旗区=name) for number, (name, _hour) in rows.items()))
    before, day = DAY - timedelta(days=1), DAY
    first = handed_in(report("东胜区", before, progress=[_row("SJ-2020-001", "已化解")], new=[]), f"{before} 16:00", "一.xlsx")
    broken = handed_in(report("东胜区", day, progress=[_row("SJ-2020-001", "不认可", "value")], new=[]), f"{day} 16:00", "二.xlsx")
    others = [file for each in (before, day) for file in _everyone(each) if file.name not in ("东胜区.xlsx", "达拉特旗.xlsx")]
    told = consolidate([register, first, broken, *others], [day])[day].report
    figure = next(figure for figure in told.targets if figure.group == CITY)
    assert (figure.tally.met, figure.is_certain) == (False, False)
    assert figure.bounds
    assert dict(figure.bounds.reasons).keys() == {"absent", "behind"}
    assert {name for name, _day in figure.bounds.open} == {"达拉特旗"}
    assert "东胜区" not in sentences.why_open(figure.bounds)
