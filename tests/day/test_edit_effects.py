"""What the day's edits did, against the same day with yesterday's particulars."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from offices import File, afternoon, assigned, consolidate
from workbooks import Row, assignment, case_row, progress_row, report, resolved_row

from pipeline.day.edit_effects import Effects
from pipeline.day.targets import Tally

MONDAY = date(2020, 5, 18)
TUESDAY = MONDAY + timedelta(days=1)
REGION, CITY = "自治区交办", "市级交办和旗区自行梳理"
OTHER = (case_row("ZZQ-2020-001"), case_row("SJ-2020-009"))


def _effects(before: Row | None, after: Row | None, *tuesday: Row) -> Effects:
    """Of one case that a newer workbook gives other particulars on Tuesday; on Monday it is 办理中."""
    progress = [progress_row("SJ-2020-001")] if before else []
    files = [
        assigned(assignment([*OTHER, *([before] if before else [])]), "2020-05-01 09:00"),
        assigned(assignment([*OTHER, *([after] if after else [])]), "2020-05-19 09:00", "新.xlsx"),
        File(report(day=MONDAY, progress=progress), afternoon(MONDAY)),
        File(report(day=TUESDAY, progress=tuesday), afternoon(TUESDAY)),
    ]
    return consolidate(files, [MONDAY, TUESDAY])[TUESDAY].report.edited


def _case(**cells: str) -> Row:
    return case_row("SJ-2020-001", **cells)


def _flags(effects: Effects) -> set[tuple[str, bool]]:
    return {(effect.flag, effect.is_raised) for effect in effects.flags}


@pytest.mark.parametrize(
    ("deadline", "cells", "expected"),
    [
        ("2020-05-10", {"办结时限": "2020-06-10"}, {("overdue", False)}),
        ("2020-05-10", {"延期至": "2020-05-20"}, {("overdue", False), ("due_soon", True)}),
        ("2020-05-18", {"延期至": "2020-06-10"}, {("overdue", False)}),
        ("2020-05-19", {"延期至": "2020-06-10"}, {("due_soon", False)}),
        ("2020-06-10", {"延期至": "2020-05-18"}, {("overdue", True)}),
        ("2020-06-10", {"办结时限": "2020-06-11"}, set()),
        ("2020-05-10", {"撤销依据": "双方和解"}, {("overdue", False)}),
        ("2020-05-10", {"责任单位": "城管局"}, set()),
    ],
    ids=["overdue", "now due soon", "would be overdue just today", "ends today", "shortened", "far away", "cancelled", "another unit"],
)
def test_a_flag_is_told_where_the_day_would_have_it_without_the_edit(
    deadline: str, cells: dict[str, str], expected: set[tuple[str, bool]]
) -> None:
    effects = _effects(_case(办结时限=deadline), _case(**{"办结时限": deadline, **cells}), progress_row("SJ-2020-001"))
    assert _flags(effects) == expected


def test_a_case_that_was_resolved_today_is_not_edited_away() -> None:
    resolved = resolved_row("SJ-2020-001", 答复日期="2020-05-19")
    assert _flags(_effects(_case(办结时限="2020-05-10"), _case(办结时限="2020-06-10"), resolved)) == set()


@pytest.mark.parametrize(
    ("cells", "figures"),
    [
        ({"撤销依据": "双方和解"}, {("group", CITY, 2, 1), ("source", "市级交办", 2, 1), ("district", "东胜区", 2, 1)}),
        ({"案件来源": "旗区自行梳理"}, {("source", "市级交办", 2, 1), ("source", "旗区自行梳理", 0, 1)}),
        ({"旗区": "乌审旗"}, {("district", "东胜区", 2, 1), ("district", "乌审旗", 0, 1)}),
        ({"包案领导": "领导二"}, {("leader", "领导一", 2, 1), ("leader", "领导二", 0, 1)}),
        ({"包案领导": "领导一、领导二"}, set()),
        ({"案件来源": "自治区交办"}, {("group", REGION, 1, 2), ("group", CITY, 2, 1)}),
    ],
    ids=["cancelled", "another source", "another district", "another leader", "the same leader first", "another group"],
)
def test_a_figure_is_told_where_a_case_left_it_or_came_to_it(cells: dict[str, str], figures: set[tuple[str, str, int, int]]) -> None:
    effects = _effects(_case(), _case(**cells))
    shown = {(shift.part, shift.label, shift.without.total, shift.tally.total) for shift in effects.shifts}
    assert shown >= figures
    assert bool(shown) == bool(figures)


def test_the_rate_without_a_cancellation_is_that_of_all_cases() -> None:
    (shift,) = _effects(_case(), _case(撤销依据="双方和解"), resolved_row("SJ-2020-009", 答复日期="2020-05-19")).of("group", CITY)
    assert (shift.without, shift.tally) == (Tally(90, 2, 1), Tally(90, 1, 1))
    (mover,) = shift.left
    assert (mover.number, mover.before, mover.after, mover.grounds) == ("SJ-2020-001", CITY, "", "双方和解")


def test_what_comes_cancelled_and_what_comes_back_are_told() -> None:
    (shift,) = _effects(None, _case(撤销依据="重复交办")).of("group", CITY)
    assert (shift.without.total, shift.tally.total) == (2, 1)
    (shift,) = _effects(_case(撤销依据="重复交办"), None).of("group", CITY)
    assert (shift.without.total, shift.tally.total, shift.entered[0].grounds) == (1, 2, "重复交办")


def test_a_day_without_an_edit_has_no_effect() -> None:
    assert _effects(_case(), _case(工作专班="另一个专班")) == Effects()
