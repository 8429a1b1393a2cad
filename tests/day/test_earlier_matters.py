"""Urgent matters of earlier days: told again until something is said of them."""

from __future__ import annotations

from datetime import date, timedelta

from offices import SETTINGS, assigned, handed_in, read_in
from workbooks import Row, assignment, case_row, progress_row, report, resolved_row, urgent_row

from pipeline.day.known_when import fold
from pipeline.terms.handed_in import Facts

FIRST = date(2020, 5, 18)
NUMBER = "SJ-2020-001"
DANGER = {"事项类别": "工程安全隐患", "情况说明": "塔吊倾斜，80户已疏散", "发生时间": "2020-05-18 09:30"}


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _matters(
    days: dict[int, dict[str, list[Row]]], on: int, edits: tuple[tuple[str, dict[str, str]], ...] = ()
) -> list[tuple[int, str, str]]:
    """On that day: of which day each matter is, its case, and how it ended."""
    files = [assigned(assignment([case_row(NUMBER)]))]
    files += [assigned(assignment([case_row(NUMBER, **cells)]), moment, f"{moment[:10]}.xlsx") for moment, cells in edits]
    files += [handed_in(report(day=_day(number), **{"progress": [], **rows}), f"{_day(number)} 16:00") for number, rows in days.items()]  # type: ignore[arg-type]
    facts = Facts.of(file for file in read_in(files) if file.reading.accepted)
    state = fold(facts, SETTINGS, [_day(on)])[_day(on)]
    return [((matter.day - FIRST).days, matter.case, matter.ended) for matter in state.earlier_matters]


def test_a_matter_of_which_nothing_is_said_since_is_told_on_every_later_day() -> None:
    days: dict[int, dict[str, list[Row]]] = {
        0: {"urgent": [urgent_row(NUMBER, **DANGER)]},
        1: {},
        2: {"progress": [progress_row(NUMBER, 今日进展="")]},
    }
    assert _matters(days, 0) == []
    assert [_matters(days, on) for on in (1, 2, 3)] == [[(0, NUMBER, "")], [(0, NUMBER, "stands")], [(0, NUMBER, "stands")]]
    days[2] = {"progress": [progress_row(NUMBER, 当前状态="已交办", 今日进展="")]}
    assert [_matters(days, on) for on in (2, 3, 20)] == [[(0, NUMBER, "")]] * 3  # the row says nothing new
    days[1] = {"progress": [progress_row(NUMBER, 当前状态="已交办", 今日进展="专家已到场")]}
    assert [_matters(days, on) for on in (1, 2)] == [[(0, NUMBER, "stands")]] * 2


def test_how_a_matter_ends_is_told_though_progress_was_told_before() -> None:
    days: dict[int, dict[str, list[Row]]] = {
        0: {"urgent": [urgent_row(NUMBER, **DANGER)]},
        1: {"progress": [progress_row(NUMBER, 今日进展="专家已到场")]},
        2: {"progress": [progress_row(NUMBER, 今日进展="正在加固")]},  # it stays in sight
        20: {"progress": [resolved_row(NUMBER, 答复日期="2020-06-07", 今日进展="塔吊已拆除")]},
    }
    told = [_matters(days, on) for on in (1, 2, 19, 20, 21)]
    assert told == [*[[(0, NUMBER, "stands")]] * 3, [(0, NUMBER, "settled")], []]
    again: dict[str, list[Row]] = {"urgent": [urgent_row(NUMBER, **DANGER | {"情况说明": "又有裂缝"})]}
    assert [_matters(days | {3: again}, on) for on in (3, 4)] == [[(0, NUMBER, "again")], [(3, NUMBER, "")]]
    cancelled = (("2020-05-20 09:00", {"撤销依据": "重复登记"}),)
    assert [_matters(days, on, cancelled) for on in (8, 20)] == [[], []]


def test_what_is_settled_by_the_report_that_tells_it_is_not_told_again() -> None:
    settled: dict[str, list[Row]] = {"urgent": [urgent_row(NUMBER, **DANGER)], "progress": [resolved_row(NUMBER, 答复日期="2020-05-18")]}
    assert _matters({0: settled, 1: {}}, 1) == []


def test_what_was_settled_before_says_nothing_of_a_matter_and_nobody_is_asked_for_ever() -> None:
    days: dict[int, dict[str, list[Row]]] = {
        0: {"progress": [resolved_row(NUMBER, 答复日期="2020-05-18")]},
        1: {"urgent": [urgent_row(NUMBER, **DANGER | {"发生时间": "2020-05-19 09:30"})]},
        2: {"progress": [resolved_row(NUMBER, 答复日期="2020-05-18", 今日进展="")]},  # the same again: it says nothing new
    }
    assert [_matters(days, on) for on in (2, 3, 8, 9, 10)] == [[(1, NUMBER, "")]] * 3 + [[(1, NUMBER, "over")], []]
    days[1]["progress"] = [resolved_row(NUMBER, 答复日期="2020-05-18", 今日进展="已回访")]  # of the old outcome, on the day itself
    assert _matters(days, 3) == [(1, NUMBER, "")]
    days[2] = {"progress": [resolved_row(NUMBER, 答复日期="2020-05-18", 今日进展="塔吊已拆除")]}
    assert _matters(days, 2) == [(1, NUMBER, "followed-up")]
    days[2] = {"progress": [resolved_row(NUMBER, 答复日期="2020-05-18", 今日进展="", 群众确认="不认可")]}
    days[20] = {"progress": [resolved_row(NUMBER, 答复日期="2020-05-18", 今日进展="", 群众确认="认可")]}
    assert [_matters(days, on) for on in (2, 19, 20)] == [[(1, NUMBER, "")]] * 2 + [[(1, NUMBER, "settled")]]  # open meanwhile


def test_a_matter_reported_once_more_takes_the_place_of_the_earlier_one() -> None:
    first: dict[str, list[Row]] = {"urgent": [urgent_row(NUMBER, **DANGER)]}
    days: dict[int, dict[str, list[Row]]] = {0: first, 1: {"urgent": [urgent_row(NUMBER, **DANGER | {"情况说明": "又有裂缝"})]}}
    assert _matters(days, 1) == [(0, NUMBER, "again")]
    assert _matters(days, 2) == [(1, NUMBER, "")]
    days[1] = {"urgent": [urgent_row(NUMBER, 发生时间="2020-05-19")]}  # of another kind: it says nothing of the danger
    assert _matters(days, 1) == [(0, NUMBER, "")]
    assert _matters(days, 2) == [(0, NUMBER, ""), (1, NUMBER, "")]


def test_a_matter_without_a_case_is_told_for_seven_days_or_until_it_is_reported_again() -> None:
    first: dict[str, list[Row]] = {"urgent": [urgent_row("", **DANGER), urgent_row("", 情况说明="停暖", 发生时间="2020-05-18")]}
    danger, other = (0, "", ""), (0, "", "")
    assert [_matters({0: first}, on) for on in (1, 7)] == [[danger, other]] * 2
    assert _matters({0: first}, 8) == [(0, "", "over")] * 2
    assert _matters({0: first}, 9) == []
    again: dict[str, list[Row]] = {
        "urgent": [urgent_row(NUMBER, **DANGER | {"情况说明": "仍在疏散"})]
    }  # the same minute, now with its case
    assert _matters({0: first, 1: again}, 1) == [(0, "", "again"), other]
    another: dict[str, list[Row]] = {
        "urgent": [urgent_row("", 情况说明="别处停暖", 发生时间="2020-05-18")]
    }  # of the same day, without an hour
    assert _matters({0: first, 1: another}, 1) == [danger, other]


def test_cancelling_the_case_ends_no_danger_but_nobody_is_asked_for_ever() -> None:
    days: dict[int, dict[str, list[Row]]] = {0: {"urgent": [urgent_row(NUMBER, **DANGER)]}}
    cancelled = (("2020-05-19 09:00", {"撤销依据": "重复登记"}),)
    assert [_matters(days, on, cancelled) for on in (1, 7, 8, 9)] == [[(0, NUMBER, "")]] * 2 + [[(0, NUMBER, "over")], []]
    back: tuple[tuple[str, dict[str, str]], ...] = (*cancelled, ("2020-05-20 09:00", {}))
    assert _matters(days, 20, back) == [(0, NUMBER, "")]


def test_a_correction_that_leaves_the_matter_out_takes_it_from_the_later_days_too() -> None:
    files = [
        assigned(assignment([case_row(NUMBER)])),
        handed_in(report(day=FIRST, progress=[], urgent=[urgent_row(NUMBER, **DANGER)]), "2020-05-18 16:00"),
    ]
    files.append(handed_in(report(day=FIRST, progress=[]), "2020-05-18 16:30"))
    facts = Facts.of(file for file in read_in(files) if file.reading.accepted)
    assert fold(facts, SETTINGS, [_day(1)])[_day(1)].earlier_matters == ()
